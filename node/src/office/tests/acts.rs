//! Own acts from filing to their outcome.

use std::sync::Arc;

use registry::feed::ActOutcome;
use registry::procedure::{Filing, Refusal};
use registry_store::{Store, SyncFault};
use serde_json::json;

use super::counted::Counted;
use super::world::*;
use crate::office::{ActState, FileError, Office};

fn returned() -> ActOutcome {
    ActOutcome::Returned {
        code: line("record_dead"),
        words: line("look again"),
    }
}

#[test]
fn an_act_is_provisional_until_its_receipt_and_final_after_it() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    assert_eq!((filed.state, filed.number.get()), ("provisional", 1));
    assert_eq!(filed.records, [record_id(1)]);
    let person = world
        .office
        .person_view(&record_id(1), NOW_S)
        .unwrap()
        .unwrap();
    assert_eq!((person.official, person.pending.len()), (false, 1));
    assert!(person.fields.contains_key("phone"));
    assert_eq!(world.state_of(filed.act), ActState::Provisional);
    let before = world.office.meta().digest;

    world.answer(1, &[ActOutcome::Accepted]);
    let person = world
        .office
        .person_view(&record_id(1), NOW_S)
        .unwrap()
        .unwrap();
    assert_eq!(
        (person.official, person.pending.len(), person.history.len()),
        (true, 0, 1)
    );
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert_eq!(world.state_of(filed.act), ActState::Final);
    assert_ne!(world.office.meta().digest, before);
    assert_eq!(world.office.standing(NOW_S).unsent, 0);
    world.check();
}

#[test]
fn an_act_that_the_disk_has_not_confirmed_is_told_so_and_has_no_receipt() {
    let mut world = World::filled();
    let saved = world.file(&phone(record_id(1), "0912345678"));
    let filing = phone(record_id(2), "0987654321");
    let filed = world.office.file_act(&filing, &clerk(), NOW_S).unwrap();
    let looks = |world: &World| {
        let view = |act| world.office.act_view(&act).unwrap().unwrap().unsaved;
        let listed = world.office.own_acts(None, 10).unwrap();
        let listed: Vec<bool> = listed.iter().map(|view| view.unsaved).collect();
        let receipt = world.office.receipt_content(&filed.act, NOW_S);
        let refused = receipt.map_err(|error| error.code()).err();
        (view(saved.act), view(filed.act), listed, refused)
    };
    let unsaved = (false, true, vec![true, false], Some("act_unsaved"));
    assert_eq!(looks(&world), unsaved);
    // A disk that is full leaves it as it is; once there is room again it is saved.
    world.store.fail_next_sync(SyncFault::DiskFull);
    world.store.sync().unwrap_err();
    assert_eq!(looks(&world), unsaved);
    // Another one joins it before the next sync.
    let another = |number| phone(record_id(1), number);
    let filing = another("0911111111");
    world.office.file_act(&filing, &clerk(), NOW_S).unwrap();
    let both = (false, true, vec![true, true, false], Some("act_unsaved"));
    assert_eq!(looks(&world), both);
    world.store.sync().unwrap();
    let all = (false, false, vec![false, false, false], None);
    assert_eq!(looks(&world), all);
    // And what a power cut took is not there at all.
    let filing = another("0922222222");
    world.office.file_act(&filing, &clerk(), NOW_S).unwrap();
    world.crash();
    assert_eq!(looks(&world), all);
}

#[test]
fn a_returned_act_is_taken_off_and_the_reason_is_told() {
    let mut world = World::filled();
    let before = world.office.meta().digest;
    let filed = world.file(&phone(record_id(1), "0912345678"));
    world.answer(1, &[returned()]);
    assert_eq!(world.phone_of(record_id(1)), None);
    let view = world.office.act_view(&filed.act).unwrap().unwrap();
    assert_eq!(view.state, ActState::Returned);
    assert_eq!(view.code.as_deref(), Some("record_dead"));
    assert_eq!(world.office.meta().digest, before);
    assert_eq!(world.office.standing(NOW_S).returned, 1);
    world.check();
}

#[test]
fn an_act_that_rests_on_a_returned_one_waits_and_is_left_out() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    let second = world.file(&phone(record_id(1), "0987654321"));
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0987654321"));
    world.answer(1, &[returned()]);
    assert_eq!(world.phone_of(record_id(1)), None);
    assert_eq!(world.state_of(second.act), ActState::Waiting);
    world.answer(2, &[returned()]);
    assert_eq!(world.state_of(second.act), ActState::Returned);
    world.check();
}

#[test]
fn a_newborn_is_found_at_once_and_becomes_official_with_the_receipt() {
    let mut world = World::filled();
    let filed = world.file(&birth("Trần Gia Bảo", "GCS-17"));
    assert_eq!(filed.made.len(), 1);
    assert!(
        filed
            .local_file
            .as_deref()
            .is_some_and(|file| file.starts_with("TAM-00004-"))
    );
    let found = world.office.find_people("tran gia bao", 5).unwrap();
    assert_eq!(
        (found[0].id, found[0].state),
        (filed.made[0], "provisional")
    );
    // The family has a paper with the provisional number.
    let number = filed.local_file.unwrap();
    let by_number = |office: &Office, text: &str| -> Vec<registry::RecordId> {
        let found = office.find_people(text, 5).unwrap();
        found.iter().map(|found| found.id).collect()
    };
    for text in [
        number.clone(),
        number.to_lowercase(),
        format!(" {} ", number.get(..14).unwrap()),
    ] {
        assert_eq!(by_number(&world.office, &text), filed.made, "{text}");
    }
    assert!(by_number(&world.office, "TAM-00005").is_empty());
    assert_eq!(world.office.standing(NOW_S).people, 2);
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(
        world.office.find_people("tran gia bao", 5).unwrap()[0].state,
        "official"
    );
    assert_eq!(world.office.standing(NOW_S).people, 3);
    world.crash();
    assert_eq!(by_number(&world.office, &number), filed.made);
    world.check();
}

#[test]
fn one_hospital_paper_registers_one_child_unless_the_act_came_back() {
    let mut world = World::filled();
    world.file(&birth("Trần Gia Bảo", "GCS-17"));
    let again = world
        .office
        .file_act(&birth("Trần Gia Huy", "gcs-17"), &clerk(), NOW_S);
    assert!(matches!(
        again,
        Err(FileError::Refused(Refusal::CertificateUsed { .. }))
    ));
    world.crash();
    let again = world
        .office
        .file_act(&birth("Trần Gia Huy", "GCS-17"), &clerk(), NOW_S);
    assert!(matches!(
        again,
        Err(FileError::Refused(Refusal::CertificateUsed { .. }))
    ));
    world.answer(1, &[returned()]);
    world.file(&birth("Trần Gia Huy", "GCS-17"));
}

#[test]
fn an_act_on_a_person_of_another_commune_waits_for_the_centre() {
    let mut world = World::filled();
    let json = r#"{"act": "marriage", "first": {"id": "01010101010101010101010101010101"},
        "second": {"pin": "001085000123", "name": "Lê Văn Thành",
                   "birth_date": {"date": "1985-01-17"}},
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]}"#;
    world.file(&serde_json::from_str(json).unwrap());
    let before = world.office.meta().digest;
    assert!(
        !world
            .office
            .person_view(&record_id(1), NOW_S)
            .unwrap()
            .unwrap()
            .official
    );
    world.answer(1, &[ActOutcome::Accepted]);
    // Not half of it: the record comes as the centre has it.
    assert_eq!(world.office.meta().digest, before);
    let person = world
        .office
        .person_view(&record_id(1), NOW_S)
        .unwrap()
        .unwrap();
    assert!(person.official && !person.fields.contains_key("marriages"));
    world.check();
}

#[test]
fn a_disputed_act_names_its_case() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let case = registry::CaseId::new([3; 16]);
    world.answer(1, &[ActOutcome::InCase(case)]);
    let view = world.office.act_view(&filed.act).unwrap().unwrap();
    assert_eq!((view.state, view.case), (ActState::Disputed, Some(case)));
    // It is under way until the case is decided; this procedure has no term.
    assert_eq!((view.dossier.key(), view.due), ("accepted", None));
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
}

#[test]
fn own_acts_are_listed_the_newest_first_and_by_state() {
    let mut world = World::filled();
    for n in 0..4 {
        world.file(&phone(record_id(1), &format!("091234567{n}")));
    }
    world.answer(1, &[ActOutcome::Accepted, returned()]);
    let numbers = |state| {
        let acts = world.office.own_acts(state, 10).unwrap();
        acts.iter().map(|act| act.number.get()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None), [4, 3, 2, 1]);
    assert_eq!(numbers(Some(ActState::Final)), [1]);
    assert_eq!(numbers(Some(ActState::Returned)), [2]);
    assert_eq!(numbers(Some(ActState::Waiting)), [4, 3]);
    assert_eq!(world.office.own_acts(None, 2).unwrap().len(), 2);
}

#[test]
fn acts_in_a_rare_state_are_found_and_counted_without_a_walk_and_after_a_start_too() {
    let mut world = World::filled();
    // More acts that took effect than one look back reads, on top of those in other states.
    let number = |n: u64| phone(record_id(1), &format!("09{n:08}"));
    for n in 0..6 {
        world.file(&number(n));
    }
    let case = registry::CaseId::new([3; 16]);
    world.answer(
        1,
        &[
            returned(),
            ActOutcome::InCase(case),
            ActOutcome::Parked(case),
            ActOutcome::Quarantined,
            returned(),
            ActOutcome::Accepted,
        ],
    );
    for n in 0..300 {
        world.file(&number(100 + n));
        world.answer(7 + n, &[ActOutcome::Accepted]);
    }
    let unsent = world.file(&number(500)).number.get();
    let look = |world: &World| {
        [
            ActState::Returned,
            ActState::Disputed,
            ActState::Parked,
            ActState::Quarantined,
            ActState::Provisional,
            ActState::Withdrawn,
        ]
        .map(|state| {
            let acts = world.office.own_acts(Some(state), 10).unwrap();
            let numbers: Vec<u64> = acts.iter().map(|act| act.number.get()).collect();
            let count = world.office.count_acts(state).unwrap();
            assert_eq!(count, Some(numbers.len()), "{state:?}");
            numbers
        })
    };
    let expected = [vec![5, 1], vec![2], vec![3], vec![4], vec![unsent], vec![]];
    assert_eq!(look(&world), expected);
    assert_eq!(world.office.count_acts(ActState::Final).unwrap(), None);
    let last_final = world.office.own_acts(Some(ActState::Final), 3).unwrap();
    let numbers: Vec<u64> = last_final.iter().map(|act| act.number.get()).collect();
    assert_eq!(numbers, [unsent - 1, unsent - 2, unsent - 3]);
    let day = registry::date::Date::in_viet_nam(NOW_S);
    assert_eq!(world.office.count_entered_on(day).unwrap(), 307);
    world.crash();
    assert_eq!(look(&world), expected);
}

#[test]
fn acts_that_took_effect_are_found_below_a_dark_year_without_reading_it() {
    let mut world = World::filled();
    let number = |n: u64| phone(record_id(1), &format!("09{n:08}"));
    for n in 0..4 {
        world.file(&number(n));
        world.answer(1 + n, &[ActOutcome::Accepted]);
    }
    world.file(&number(10));
    world.answer(5, &[returned()]);
    for n in 0..600 {
        world.file(&number(100 + n));
    }
    world.sync();
    let counted = Arc::new(Counted::of(world.store.copy()));
    let office = Office::open(counted.clone(), office_code(), node_id()).unwrap();
    let before = counted.rows();
    let found = office.own_acts(Some(ActState::Final), 2).unwrap();
    let numbers: Vec<u64> = found.iter().map(|act| act.number.get()).collect();
    assert_eq!(numbers, [4, 3]);
    let read = counted.rows() - before;
    assert!(read < 60, "{read} rows were read for two acts");
    // All of them, and no more than there are.
    let found = office.own_acts(Some(ActState::Final), 100).unwrap();
    assert_eq!(found.len(), 4);
    // The control: the same look at all acts reads what is on top.
    let before = counted.rows();
    assert_eq!(office.own_acts(None, 500).unwrap().len(), 500);
    assert!(counted.rows() - before > 500);
}

/// What this office adds and what another added meanwhile both stand, before the answer and after.
#[test]
fn another_name_is_added_beside_one_that_another_office_added() {
    use registry::edit::Edit;
    use registry::feed::FeedItem;
    use registry::schema::Field;
    use registry::value::Value;
    let mut world = World::filled();
    let filing = format!(
        r#"{{"act": "registry_correction", "person": "{}", "other_names": {{"add": "Cô Hai"}},
            "evidence": [{{"kind": "DC02"}}]}}"#,
        record_id(1)
    );
    world.file(&serde_json::from_str(&filing).unwrap());
    let name = Value::Name(registry::name::PersonName::parse("Hòa Bé").unwrap());
    let mut theirs = foreign_act(1, record_id(1), vec![Edit::Add(Field::OtherNames, name)]);
    theirs.body.kind = registry::act::ActKind::RegistryCorrection;
    let names = |world: &World| {
        let view = world.office.person_view(&record_id(1), NOW_S);
        match view.unwrap().unwrap().fields.get("other_names") {
            Some(crate::office::FieldView::Entries(entries)) => entries.len(),
            _ => 0,
        }
    };
    assert_eq!(names(&world), 1);
    assert!(world.feed(&[FeedItem::Act(theirs)]).trouble.is_none());
    assert_eq!(names(&world), 2);
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(names(&world), 2);
    world.check();
}

#[test]
fn a_number_in_the_book_stays_used_when_a_correction_of_its_entry_comes_back() {
    let mut world = World::filled();
    let filing = |json: serde_json::Value| -> Filing { serde_json::from_value(json).unwrap() };
    let died = |record| {
        filing(
            json!({"act": "death", "person": {"id": record_id(record).to_string()}, "date": "2026-11-01",
            "ground": "giấy báo tử", "certificate": "17/2026", "evidence": [{"kind": "giấy báo tử"}]}),
        )
    };
    world.file(&died(1));
    world.answer(1, &[ActOutcome::Accepted]);
    let death =
        json!({"death": {"date": "2026-11-02", "ground": "giấy báo tử", "certificate": "17/2026"}});
    world.file(&filing(
        json!({"act": "correction", "person": record_id(1).to_string(),
        "fields": [{"field": "death", "value": death}], "evidence": [{"kind": "giấy báo tử"}]}),
    ));
    world.answer(2, &[returned()]);
    for _ in 0..2 {
        let refused = world
            .office
            .file_act(&died(2), &clerk(), NOW_S)
            .unwrap_err();
        assert_eq!(refused.code(), "book_number_used");
        world.crash();
    }
}
