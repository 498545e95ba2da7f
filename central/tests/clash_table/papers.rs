//! Papers that are used twice, a divorce of a marriage that the other's record does not hold, and acts
//! on what was revoked.

use registry::act::new_record_id;
use registry::case::Outcome;
use serde_json::{Value as Json, json};

use crate::desk::play::{Actor, Play, Same, Scenario, offices};
use crate::desk::{Centre, Office, P, Q, World, birth, confirmed, reviewer};
use crate::filed::{by_card, child, decided, desks, pair, phone};
use crate::{HEAD, MOTHER, MOVER, SHARED, SINGLE, X};

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        births(),
        numbers(),
        restored_numbers(),
        unmarried(),
        revoked_registrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Another child than that of the parents of this world.
fn stranger(paper: &str, order: u8) -> Json {
    let (father, mother) = (X.0.to_owned(), SINGLE.0.to_owned());
    birth("Bùi Thị Mai", father, mother, paper, order)
}

fn born_in(mut filing: Json, unit: &str) -> Json {
    filing["child"]["birth_place"] = json!({"unit": unit, "text": "Bệnh viện"});
    filing
}

fn births() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 35,
        name,
        make,
        third: &[MOTHER],
        cases,
        same: Same::AllButNumbers,
    };
    vec![
        scenario(
            "two offices, other parents",
            |world| {
                pair(
                    world,
                    child(world, "Trần Minh An", "A-1", 0),
                    stranger("a-1", 0),
                )
            },
            &[(35, 2)],
        ),
        scenario(
            "one office, a boy and a girl, and nothing says that they are twins",
            |world| {
                let mut boy = child(world, "Trần Minh Anh", "A-1", 0);
                boy["child"]["sex"] = json!("male");
                desks(world, child(world, "Trần Minh An", "A-1", 0), boy)
            },
            &[(35, 2)],
        ),
        scenario(
            "two children on one paper, told apart",
            |world| {
                pair(
                    world,
                    child(world, "Trần Minh An", "A-1", 1),
                    stranger("A-1", 2),
                )
            },
            &[],
        ),
        scenario(
            "the same number of two hospitals",
            |world| {
                let here = born_in(child(world, "Trần Minh An", "A-1", 0), "00004");
                pair(world, here, born_in(stranger("A-1", 0), "00008"))
            },
            &[],
        ),
    ]
}

fn wedding(first: Json, second: Json, number: &str) -> Json {
    let wedding = json!({"act": "marriage", "first": first, "second": second, "date": "2026-11-02",
        "certificate": number});
    confirmed(wedding, "2026-10-01")
}

fn one_wedding(world: &World, number: &str) -> Json {
    let here = json!({"id": world.shared()});
    wedding(here, json!({"id": world.single(P)}), number)
}

fn other_wedding(number: &str) -> Json {
    wedding(by_card(X), by_card(MOVER), number)
}

fn dies(card: (&str, &str, &str), number: &str) -> Json {
    json!({"act": "death", "person": by_card(card), "date": "2026-11-02",
        "ground": "Giấy báo tử", "certificate": number, "evidence": [{"kind": "giấy báo tử"}]})
}

fn numbers() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 36,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "two devices, two marriages",
            |world| {
                desks(
                    world,
                    one_wedding(world, "88/2026"),
                    other_wedding("Số 88, quyển 01"),
                )
            },
            &[(36, 2)],
        ),
        scenario(
            "two devices, two deaths",
            |world| desks(world, dies(X, "17/2026"), dies(HEAD, "017/2026")),
            &[(36, 2)],
        ),
        scenario(
            "two devices, one marriage",
            |world| {
                desks(
                    world,
                    one_wedding(world, "88/2026"),
                    one_wedding(world, "88/2026"),
                )
            },
            &[],
        ),
        scenario(
            "two offices number for themselves",
            |world| {
                pair(
                    world,
                    one_wedding(world, "88/2026"),
                    other_wedding("88/2026"),
                )
            },
            &[],
        ),
        scenario(
            "two books",
            |world| {
                desks(
                    world,
                    one_wedding(world, "88/2026"),
                    other_wedding("88/2026 quyển 02"),
                )
            },
            &[],
        ),
        scenario(
            "one of the two is withdrawn",
            |world| {
                let mut play = desks(
                    world,
                    one_wedding(world, "88/2026"),
                    other_wedding("88/2026"),
                );
                let mut third = Office::new(world, P);
                let mistaken = third.file(one_wedding(world, "88/2026"));
                third.file(json!({"act": "withdraw", "of": mistaken, "reason": "nhầm người"}));
                play.actors[0] = third.into();
                play
            },
            &[],
        ),
    ]
}

/// The device loses its disk with what it had sent, and gives the number again before it hears.
fn restored_numbers() -> Vec<Scenario> {
    vec![Scenario {
        row: 36,
        name: "given again after a restore",
        make: |world| {
            let (mut first, mut second) = (Office::new(world, P), Office::new(world, P));
            first.file(one_wedding(world, "88/2026"));
            second.next_life();
            second.file(other_wedding("88/2026"));
            let mut beside = Office::new(world, Q);
            beside.file(phone(&world.single(Q), "0912345678"));
            Play {
                before: vec![first.into()],
                actors: offices([second, beside]).actors,
            }
        },
        third: &[SHARED],
        cases: &[(36, 2)],
        same: Same::All,
    }]
}

/// Two entries of one birth are decided to be one child, P's; Q had gone on with its own.
fn revoked(world: &World) -> (Vec<Actor>, Office) {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    let stays = new_record_id(&p.file(child(world, "Trần Minh An", "", 0)), 0);
    let lost = new_record_id(&q.file(child(world, "Trần Thị Minh An", "", 0)), 0);
    let mut desk = q.beside();
    desk.file(
        json!({"act": "registry_correction", "person": lost.to_string(),
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm"}]}),
    );
    let decided = move |centre: &Centre| {
        let case = centre.open_cases().remove(0);
        let mut claims = case.dispute.claims.iter();
        let kept = claims
            .position(|claim| claim.record == Some(stays))
            .unwrap();
        for (who, seen) in [("one", case.version), ("two", case.version + 1)] {
            let outcome = Outcome::Keep(kept as u8);
            centre
                .decide(case.number, &reviewer(who), outcome, seen)
                .unwrap();
        }
    };
    let before = vec![p.into(), q.into(), Actor::Deed(Box::new(decided))];
    (before, desk)
}

fn revoked_registrations() -> Vec<Scenario> {
    vec![Scenario {
        row: 38,
        name: "the other record was kept",
        make: |world| {
            let (before, desk) = revoked(world);
            let mut beside = Office::new(world, P);
            beside.second_desk();
            beside.file(phone(&world.shared(), "0987654321"));
            Play {
                before,
                actors: offices([desk, beside]).actors,
            }
        },
        third: &[SHARED],
        cases: &[(38, 1)],
        same: Same::All,
    }]
}

fn ends(world: &World) -> Json {
    decided(
        json!({"act": "divorce", "first": {"id": world.shared()}, "second": by_card(MOVER),
        "date": "2026-11-10"}),
    )
}

fn unmarried() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 37,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "the other's record holds no marriage",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                let one_sided = wedding(json!({"id": world.shared()}), by_card(MOVER), "");
                // As an old register has it: on the one record only.
                p.file_and(one_sided, |body| body.changes.truncate(1));
                p.file(ends(world));
                q.file(phone(&world.shared(), "0987654321"));
                offices([p, q])
            },
            &[(37, 1)],
        ),
        scenario(
            "it stands on both",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.file(wedding(json!({"id": world.shared()}), by_card(MOVER), ""));
                p.file(ends(world));
                q.file(phone(&world.shared(), "0987654321"));
                offices([p, q])
            },
            &[],
        ),
    ]
}
