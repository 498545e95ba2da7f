//! Births, deaths, marriages, and who somebody is.

use serde_json::{Value as Json, json};

use crate::desk::play::{Play, Same, Scenario, offices};
use crate::desk::{DEAD, Office, P, Q, R, World, confirmed};
use crate::filed::{by_card, child, decided, desks, pair, with};
use crate::{MOTHER, SHARED, SINGLE};

fn twins(world: &World, one: (&str, u8), two: (&str, u8)) -> Play {
    pair(
        world,
        child(world, "Trần Minh An", one.0, one.1),
        child(world, "Trần Minh Anh", two.0, two.1),
    )
}

/// Children of the same parents, born on two days.
fn born_on(world: &World, one: &str, other: &str) -> Play {
    let born = |name: &str, day: &str| {
        let mut filing = child(world, name, "", 0);
        filing["child"]["birth_date"] = json!(day);
        filing
    };
    pair(
        world,
        born("Trần Minh An", one),
        born("Trần Thị Minh An", other),
    )
}

fn phone(world: &World, effective: &str) -> Json {
    json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": effective})
}

fn wedding(world: &World, with: u32, date: &str) -> Json {
    json!({"act": "marriage", "first": {"id": world.shared()},
        "second": {"id": world.single(with)}, "date": date})
}

fn collected(name: &str, address: &str) -> Json {
    json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": "1980-05-05", "sex": "male",
        "address": address})
}

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        births(),
        deaths(),
        marriages(),
        divorces(),
        parents(),
        people(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn births() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, cases, same| Scenario {
        row,
        name,
        make,
        third: &[MOTHER],
        cases,
        same,
    };
    vec![
        scenario(
            1,
            "one birth in two communes, under two names",
            |world| {
                pair(
                    world,
                    child(world, "Trần Minh An", "", 0),
                    child(world, "Trần Thị Minh An", "", 0),
                )
            },
            &[(1, 2)],
            Same::AllButNumbers,
        ),
        scenario(
            1,
            "one birth in two communes, three days apart",
            |world| born_on(world, "2026-11-02", "2026-11-05"),
            &[(1, 2)],
            Same::AllButNumbers,
        ),
        scenario(
            1,
            "two births of one mother, four days apart by their papers",
            |world| born_on(world, "2026-11-02", "2026-11-06"),
            &[],
            Same::All,
        ),
        scenario(
            1,
            "one birth entered late in two communes, under two names",
            |world| {
                let late = |name| {
                    let mut filing = child(world, name, "", 0);
                    filing["act"] = json!("late_birth");
                    filing["child"]["birth_date"] = json!("2020-05-06");
                    decided(filing)
                };
                pair(world, late("Trần Minh An"), late("Trần Thị Minh An"))
            },
            &[(1, 2)],
            Same::AllButNumbers,
        ),
        scenario(
            2,
            "papers with two numbers",
            |world| twins(world, ("A-1", 0), ("A-2", 0)),
            &[],
            Same::All,
        ),
        scenario(
            2,
            "first and second born",
            |world| twins(world, ("", 1), ("", 2)),
            &[],
            Same::All,
        ),
        scenario(
            3,
            "the same clerk enters it again and is told",
            |world| {
                let mut p = Office::new(world, P);
                p.file(child(world, "Trần Minh An", "A-1", 0));
                let again = child(world, "Trần Thị Minh An", "A-1", 0);
                assert_eq!(p.refused(again), "certificate_used");
                let mut q = Office::new(world, Q);
                q.file(phone(world, "2026-09-20"));
                offices([p, q])
            },
            &[],
            Same::All,
        ),
        scenario(
            3,
            "two desks of one office that do not hear of each other",
            |world| {
                let (mut one, mut two) = (Office::new(world, P), Office::new(world, P));
                two.second_desk();
                one.file(child(world, "Trần Minh An", "A-1", 0));
                two.file(child(world, "Trần Minh An", "A-1", 0));
                offices([one, two])
            },
            &[],
            Same::AllButIds,
        ),
    ]
}

fn deaths() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, cases| Scenario {
        row,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            6,
            "an act dated after the death",
            |world| pair(world, world.death("2026-10-01"), phone(world, "2026-10-20")),
            &[(6, 2)],
        ),
        scenario(
            6,
            "an act dated before the death",
            |world| pair(world, world.death("2026-10-01"), phone(world, "2026-09-20")),
            &[],
        ),
        scenario(
            7,
            "a stay after the death",
            |world| pair(world, world.death("2026-10-01"), world.stay("2026-10-20")),
            &[(7, 2)],
        ),
        scenario(
            7,
            "a stay after a death of some day of the year was entered",
            |world| partly_known(world, "2026-11-10"),
            &[(7, 2)],
        ),
        scenario(
            7,
            "a stay before it was entered, in the same year",
            |world| partly_known(world, "2026-09-10"),
            &[],
        ),
        scenario(
            7,
            "a stay of somebody whom the register had as dead from the start",
            |world| {
                let stay = json!({"act": "stay_notification", "from": "2026-10-20",
                    "person": {"id": world.dead_id().to_string()}});
                pair(world, stay, phone(world, "2026-09-20"))
            },
            &[(7, 2)],
        ),
        scenario(
            6,
            "a home and a marriage by the card of somebody dead from the start",
            |world| {
                let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
                q.file(json!({"act": "permanent_registration", "address": "Số 1",
                    "from": "2026-10-05", "ground": "thuê nhà",
                    "people": [{"person": by_card(DEAD)}], "evidence": [{"kind": "CT01"}]}));
                let wedding = json!({"act": "marriage", "first": by_card(DEAD),
                    "second": by_card(MOTHER), "date": "2026-10-06"});
                r.file(confirmed(wedding, "2026-10-01"));
                offices([q, r])
            },
            &[(6, 3)],
        ),
        scenario(
            8,
            "two dates of one death",
            |world| pair(world, world.death("2026-10-01"), world.death("2026-10-02")),
            &[(8, 2)],
        ),
        scenario(
            22,
            "declared missing by a court, and dead by a notice",
            |world| {
                let missing = with(world.death("2026-10-01"), "declared", "missing");
                pair(world, decided(missing), world.death("2026-10-02"))
            },
            &[(22, 2)],
        ),
    ]
}

/// A death of which the year is known was entered in October, and somebody stayed on a day.
fn partly_known(world: &World, stayed: &str) -> Play {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    p.set_ahead(-30);
    p.file(world.death("2026"));
    q.file(world.stay(stayed));
    offices([p, q])
}

fn marriages() -> Vec<Scenario> {
    let two = Scenario {
        row: 9,
        name: "one person and two others",
        make: |world| {
            pair(
                world,
                wedding(world, P, "2026-11-01"),
                wedding(world, Q, "2026-11-02"),
            )
        },
        third: &[SHARED],
        cases: &[(9, 2)],
        same: Same::All,
    };
    let three = Scenario {
        name: "one person and three others",
        make: |world| {
            let mut play = pair(
                world,
                wedding(world, P, "2026-11-01"),
                wedding(world, Q, "2026-11-02"),
            );
            let mut second = Office::new(world, P);
            second.second_desk();
            let [x, _] = world.members();
            second.file(json!({"act": "marriage", "first": {"id": world.shared()},
                "second": {"id": x}, "date": "2026-11-03"}));
            play.actors.push(second.into());
            play
        },
        cases: &[(9, 3)],
        ..two
    };
    vec![two, three]
}

fn people() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, cases, same| Scenario {
        row,
        name,
        make,
        third: &[SHARED],
        cases,
        same,
    };
    vec![
        scenario(
            27,
            "collected in two communes, with one old number",
            |world| {
                let who =
                    |address| with(collected("Vi Văn Mới", address), "old_number", "011234567");
                pair(world, who("Thôn 1"), who("Thôn 2"))
            },
            &[(27, 2)],
            Same::AllButNumbers,
        ),
        scenario(
            27,
            "somebody says that they have another's number",
            |world| {
                let (mut p, mut r) = (Office::new(world, P), Office::new(world, R));
                p.file(phone(world, "2026-09-20"));
                let claims = collected("Ai Đó", "Bản 2");
                r.file(with(claims, "claimed_pin", &world.shared_pin()));
                offices([p, r])
            },
            &[(27, 2)],
            Same::All,
        ),
        scenario(
            33,
            "one name and one birth date",
            |world| {
                pair(
                    world,
                    collected("Nguyễn Văn Hùng", "Thôn 1"),
                    collected("Nguyễn Văn Hùng", "Thôn 2"),
                )
            },
            &[],
            Same::All,
        ),
    ]
}

/// They have been married since 2020; one office enters the divorce, another, which knows neither
/// of the marriage nor of its end, marries one of them to somebody else.
fn divorced(world: &World, ended: &str, married: &str) -> Play {
    let mut p = Office::new(world, P);
    p.file(wedding(world, P, "2020-01-10"));
    let mut desk = p.beside();
    desk.file(decided(
        json!({"act": "divorce", "first": {"id": world.shared()},
        "second": {"id": world.single(P)}, "date": ended}),
    ));
    let mut q = Office::new(world, Q);
    q.file(wedding(world, Q, married));
    Play {
        before: vec![p.into()],
        actors: offices([desk, q]).actors,
    }
}

fn divorces() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 10,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "the marriage is from before the divorce",
            |world| divorced(world, "2026-10-01", "2026-09-15"),
            &[(10, 2)],
        ),
        scenario(
            "the marriage is from after the divorce",
            |world| divorced(world, "2026-10-01", "2026-10-15"),
            &[],
        ),
    ]
}

fn recognised(world: &World, father: (&str, &str, &str)) -> Json {
    decided(
        json!({"act": "parent_recognition", "child": {"id": world.single(P)},
        "father": {"pin": father.0, "name": father.1, "birth_date": father.2}}),
    )
}

const FATHER: (&str, &str, &str) = ("001088000005", "Trần Văn Cha", "1988-01-01");

fn parents() -> Vec<Scenario> {
    vec![
        Scenario {
            row: 20,
            name: "the child is named anew elsewhere",
            make: |world| {
                let renamed = json!({"act": "correction", "person": world.single(P),
                    "fields": [{"field": "name", "value": {"name": "Trần Thị Một"}}],
                    "evidence": [{"kind": "Giấy khai sinh bản gốc"}]});
                desks(world, recognised(world, FATHER), renamed)
            },
            third: &[SINGLE],
            cases: &[],
            same: Same::All,
        },
        Scenario {
            row: 21,
            name: "two men",
            make: |world| desks(world, recognised(world, FATHER), recognised(world, SHARED)),
            third: &[SINGLE],
            cases: &[(21, 2)],
            same: Same::All,
        },
    ]
}
