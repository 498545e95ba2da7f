//! First fill, repair, search and views.

use registry::feed::ActOutcome;

use super::world::*;
use crate::tables::Kept;

#[test]
fn a_fill_replaces_the_slice_page_by_page_and_goes_on_after_a_crash() {
    let mut world = World::empty();
    world.fill(&[
        person(1, "Trần Thị Hòa"),
        person(5, "Lê Văn Đức"),
        person(9, "Vũ Thị Mai"),
    ]);
    let people = [
        person(2, "Ngô Bá Khá"),
        person(5, "Lê Văn Đức"),
        person(7, "Bùi Thị Xuân"),
    ];
    let (first, second) = people.split_at(2);
    world.office.apply_page(page(first, None, false)).unwrap();
    world.sync();
    world.crash();
    let fill = world.office.meta().fill.unwrap();
    assert_eq!(fill.after, Some(record_id(5)));
    assert!(!world.office.standing(NOW_S).filled);
    world
        .office
        .apply_page(page(second, fill.after, true))
        .unwrap();
    world.sync();
    let standing = world.office.standing(NOW_S);
    assert_eq!((standing.people, standing.filled), (3, true));
    assert_eq!(world.office.meta().feed_applied.get(), 10);
    assert!(
        world
            .office
            .find_people("tran thi hoa", 5)
            .unwrap()
            .is_empty()
    );
    assert!(
        world
            .office
            .find_people("vu thi mai", 5)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        world.office.find_people("bui thi xuan", 5).unwrap().len(),
        1
    );
    world.check();
}

#[test]
fn a_page_that_comes_twice_and_an_empty_slice_do_no_harm() {
    let mut world = World::empty();
    world.fill(&[person(1, "Trần Thị Hòa"), household()]);
    let digest = world.office.meta().digest;
    world.fill(&[person(1, "Trần Thị Hòa"), household()]);
    assert_eq!(world.office.meta().digest, digest);
    assert_eq!(
        (world.office.meta().people, world.office.meta().households),
        (1, 1)
    );
    world.fill(&[]);
    assert_eq!(
        (world.office.meta().people, world.office.meta().households),
        (0, 0)
    );
    world.check();
}

#[test]
fn own_unsent_acts_stay_on_top_of_a_new_fill() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    let child = world.file(&birth("Trần Gia Bảo", "GCS-17")).made[0];
    world.fill(&[person(1, "Trần Thị Hòa"), household()]);
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert!(world.office.person_view(&child, NOW_S).unwrap().is_some());
    world.answer(1, &[ActOutcome::Accepted, ActOutcome::Accepted]);
    assert!(
        world
            .office
            .person_view(&child, NOW_S)
            .unwrap()
            .unwrap()
            .official
    );
    world.check();
}

#[test]
fn an_act_that_the_fill_already_contains_is_not_applied_twice() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    let with_act = world
        .office
        .rows
        .provisional(&record_id(1))
        .unwrap()
        .unwrap()
        .record;
    world.fill(&[with_act, person(2, "Lê Văn Đức"), household()]);
    let digest = world.office.meta().digest;
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(world.office.meta().digest, digest);
    assert!(
        world
            .office
            .person_view(&record_id(1), NOW_S)
            .unwrap()
            .unwrap()
            .official
    );
    world.check();
}

#[test]
fn a_repair_replaces_and_drops() {
    let world = World::filled();
    let (items, done) = world.office.repair_list(None, 2).unwrap();
    assert_eq!((items.len(), done), (2, false));
    assert_eq!(items[0].record, record_id(1));
    assert_eq!(
        items[0].version,
        *Kept::of(person(1, "Trần Thị Hòa"))
            .unwrap()
            .version
            .first_chunk()
            .unwrap()
    );
    let (rest, done) = world.office.repair_list(Some(record_id(2)), 2).unwrap();
    assert_eq!((rest.len(), done), (1, true));
    let patch = registry::columns::encode_page(&[person(3, "Hồ Thị Kỷ")])
        .unwrap()
        .into();
    world.office.apply_repair(&patch, &[record_id(2)]).unwrap();
    world
        .office
        .apply_repair(&bytes::Bytes::new(), &[record_id(2)])
        .unwrap();
    assert!(
        world
            .office
            .person_view(&record_id(2), NOW_S)
            .unwrap()
            .is_none()
    );
    assert!(
        world
            .office
            .person_view(&record_id(3), NOW_S)
            .unwrap()
            .is_some()
    );
    world.check();
}

#[test]
fn people_are_found_by_name_number_and_household_file() {
    let mut world = World::filled();
    world.crash();
    let found = |text: &str| {
        let hits = world.office.find_people(text, 10).unwrap();
        hits.iter().map(|hit| hit.id).collect::<Vec<_>>()
    };
    assert_eq!(found("le van duc"), [record_id(2)]);
    assert_eq!(found("001180000002"), [record_id(2)]);
    assert_eq!(found("hs-0042").len(), 2);
    let hit = &world.office.find_people("duc", 1).unwrap()[0];
    let masked = hit.pin_masked.as_deref().unwrap();
    assert_ne!(masked, "001180000002");
    assert_eq!(hit.household_file.as_deref(), Some("HS-0042"));
    let household = world
        .office
        .household_view(&record_id(200))
        .unwrap()
        .unwrap();
    assert_eq!(
        household
            .members
            .iter()
            .filter(|member| member.head)
            .count(),
        1
    );
}
