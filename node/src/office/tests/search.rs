//! Finding people: the slice and the office's own work that nobody else has heard of.

use registry::feed::ActOutcome;
use registry::fields::Slot;
use registry::person::Person;
use registry::procedure::Filing;
use registry::schema::Field;
use registry::value::{Residence, Value};

use super::world::*;

fn correction(person: registry::RecordId, name: &str, birth: &str) -> Filing {
    let json = format!(
        r#"{{"act": "correction", "person": "{person}", "fields": [
            {{"field": "name", "value": {{"name": "{name}"}}}},
            {{"field": "birth_date", "value": {{"birth": "{birth}"}}}}],
            "evidence": [{{"kind": "trích lục khai sinh", "number": "114/1980", "date": "1980-09-20"}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

fn names(world: &World, text: &str) -> Vec<String> {
    let found = world.office.find_people(text, 20).unwrap();
    found.into_iter().map(|hit| hit.name).collect()
}

#[test]
fn a_correction_is_found_under_the_new_words_before_anybody_else_knows() {
    let mut world = World::filled();
    assert_eq!(names(&world, "tran thi hoa"), ["Trần Thị Hòa"]);
    world.file(&correction(record_id(1), "Trần Thị Hạnh", "1979-05-06"));
    for text in [
        "tran thi hanh",
        "Tra62n Thi5 Ha5nh",
        "Hanh 1979",
        "06/05/1979",
    ] {
        assert_eq!(names(&world, text), ["Trần Thị Hạnh"], "{text}");
    }
    assert_eq!(
        world.office.find_people("hanh", 5).unwrap()[0].state,
        "provisional"
    );
    assert!(
        names(&world, "tran thi hoa").is_empty(),
        "not under the old words"
    );
    assert!(names(&world, "hanh 1980").is_empty());

    world.crash();
    assert_eq!(
        names(&world, "hanh 1979"),
        ["Trần Thị Hạnh"],
        "the index is built with it"
    );
    world.answer(
        1,
        &[ActOutcome::Returned {
            code: line("person_dead"),
            words: line("look again"),
        }],
    );
    assert_eq!(names(&world, "tran thi hoa 1980"), ["Trần Thị Hòa"]);
    assert!(names(&world, "hanh").is_empty());
}

#[test]
fn an_unsent_birth_and_phone_are_found_by_every_handle_also_after_a_crash() {
    let mut world = World::filled();
    world.file(&birth("Trần Gia Bảo", "GCS-17"));
    world.file(&phone(record_id(2), "0912345678"));
    for round in ["before", "after"] {
        for (text, name) in [
            ("bao gia tran", "Trần Gia Bảo"),
            ("tran bao 2026", "Trần Gia Bảo"),
            ("01/11/2026", "Trần Gia Bảo"),
            ("Traanf Gia Baor", "Trần Gia Bảo"),
            ("+84 912 345 678", "Lê Văn Đức"),
            ("345678 duc", "Lê Văn Đức"),
        ] {
            assert_eq!(names(&world, text), [name], "{text}, {round} the crash");
        }
        world.crash();
    }
}

#[test]
fn people_are_found_by_numbers_of_old_cards() {
    let mai = changed(person(3, "Hoàng Thị Mai"), |fields| {
        fields.push(Field::OldNumbers, Value::Text(line("012345678")));
    });
    let mut world = World::empty();
    world.fill(&[mai, household()]);
    assert_eq!(names(&world, "012345678"), ["Hoàng Thị Mai"]);
    assert_eq!(names(&world, "012 345 678"), ["Hoàng Thị Mai"]);
    assert!(names(&world, "012345679").is_empty());
}

#[test]
fn members_stand_with_the_head_first_then_by_given_name() {
    let mut world = World::empty();
    world.fill(&[
        person(1, "Trần Văn Yên"),
        person(2, "Trần Thị Đào"),
        person(3, "Trần Thị Dung"),
        person(4, "Bùi Thị Ân"),
        person(5, "Bùi Thị An"),
        household(),
    ]);
    let view = world
        .office
        .household_view(&record_id(200))
        .unwrap()
        .unwrap();
    let members: Vec<&str> = view
        .members
        .iter()
        .map(|m| m.person.name.as_str())
        .collect();
    assert_eq!(
        members,
        [
            "Trần Văn Yên",
            "Bùi Thị An",
            "Bùi Thị Ân",
            "Trần Thị Dung",
            "Trần Thị Đào"
        ]
    );
    // So is a list of hits that fit alike.
    assert_eq!(
        names(&world, "so 5 ngo tuc mac"),
        [
            "Bùi Thị An",
            "Bùi Thị Ân",
            "Trần Thị Dung",
            "Trần Thị Đào",
            "Trần Văn Yên"
        ]
    );
}

/// Who is found by what name: a hit tells of the other name alone.
fn found_as(world: &World, text: &str) -> Vec<(String, Option<String>)> {
    let found = world.office.find_people(text, 20).unwrap();
    let hit = |hit: crate::office::PersonHit| (hit.name, hit.other_name);
    found.into_iter().map(hit).collect()
}

#[test]
fn another_name_that_an_act_adds_or_takes_away_is_followed_also_unsent_and_sent_back() {
    let mut world = World::filled();
    let other = |change: &str| -> Filing {
        let person = record_id(1);
        let json = format!(
            r#"{{"act": "registry_correction", "person": "{person}", "other_names": {{{change}}},
                "evidence": [{{"kind": "DC02"}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    };
    let as_hai = [("Trần Thị Hòa".to_owned(), Some("Cô Hai".to_owned()))];
    let as_tu = [("Trần Thị Hòa".to_owned(), Some("Bác Tư".to_owned()))];
    assert!(found_as(&world, "co hai").is_empty());

    world.file(&other(r#""add": "Cô Hai""#));
    for round in ["before", "after"] {
        for text in ["Cô Hai", "hai co", "Coo Hai", "tran hai 1980"] {
            assert_eq!(found_as(&world, text), as_hai, "{text}, {round} the crash");
        }
        let by_name = found_as(&world, "tran thi hoa");
        assert_eq!(by_name, [("Trần Thị Hòa".to_owned(), None)], "{round}");
        world.crash();
    }
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(found_as(&world, "co hai"), as_hai);

    world.file(&other(r#""add": "Bác Tư", "remove": "Cô Hai""#));
    assert!(found_as(&world, "co hai").is_empty());
    assert_eq!(found_as(&world, "bac tu"), as_tu);
    let returned = ActOutcome::Returned {
        code: line("nothing_changes"),
        words: line("look again"),
    };
    world.answer(2, &[returned]);
    assert_eq!(found_as(&world, "co hai"), as_hai);
    assert!(found_as(&world, "bac tu").is_empty());
    world.check();
}

#[test]
fn a_lodger_is_found_and_shown_where_they_live_here() {
    let mut world = World::empty();
    let lodger = changed(person(3, "Phạm Văn Trọ"), |fields| {
        let (entry, home) = Person(fields).open_permanent().next().unwrap();
        let mut elsewhere = home.clone();
        elsewhere.unit = "00008".parse().unwrap();
        elsewhere.address = line("ấp Đồng Xa");
        let here = Residence {
            address: line("thôn Bãi Giữa"),
            ..home.clone()
        };
        let slot = Slot {
            field: Field::Permanent,
            entry: Some(entry),
        };
        fields.put(slot, Value::Residence(elsewhere));
        fields.push(Field::Temporary, Value::Residence(here));
    });
    world.fill(&[lodger]);
    for text in ["tro bai giua", "tro dong xa"] {
        assert_eq!(names(&world, text), ["Phạm Văn Trọ"], "{text}");
    }
    let shown = world.office.find_people("tro", 5).unwrap();
    assert_eq!(shown[0].address.as_deref(), Some("thôn Bãi Giữa"));
}
