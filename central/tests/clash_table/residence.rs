//! Residence and households.

use serde_json::{Value as Json, json};

use crate::desk::play::{Play, Same, Scenario, offices};
use crate::desk::{Office, P, Q, R, World};
use crate::{HEAD, MOVER, SHARED, X};

fn temporary(card: (&str, &str, &str), from: &str, to: &str) -> Json {
    json!({"act": "temporary_registration", "address": "Số 2", "from": from, "to": to,
        "person": {"pin": card.0, "name": card.1, "birth_date": card.2}})
}

fn head(world: &World, new: &str) -> Json {
    json!({"act": "change_of_head", "household": world.household(), "new_head": new})
}

/// Two desks of the commune of the household.
fn desks(world: &World, one: Json, two: Json) -> Play {
    let (mut first, mut second) = (Office::new(world, P), Office::new(world, P));
    second.second_desk();
    first.file(one);
    second.file(two);
    offices([first, second])
}

pub(crate) fn scenarios() -> Vec<Scenario> {
    [homes(), stays(), heads()].into_iter().flatten().collect()
}

fn homes() -> Vec<Scenario> {
    vec![Scenario {
        row: 4,
        name: "moved in in two communes",
        make: |world| {
            let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
            p.file(world.move_in_by_card());
            q.file(world.move_in_by_card());
            offices([p, q])
        },
        third: &[MOVER],
        cases: &[(4, 2)],
        same: Same::All,
    }]
}

fn stays() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, cases| Scenario {
        row,
        name,
        make,
        third: &[MOVER],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            15,
            "one after the other",
            |world| {
                let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
                q.file(temporary(MOVER, "2026-01-01", "2026-05-31"));
                r.file(temporary(MOVER, "2026-07-01", "2027-06-30"));
                offices([q, r])
            },
            &[],
        ),
        scenario(
            15,
            "at one time",
            |world| {
                let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
                q.file(temporary(MOVER, "2026-01-01", "2026-12-31"));
                r.file(temporary(MOVER, "2026-07-01", "2027-06-30"));
                offices([q, r])
            },
            &[(15, 2)],
        ),
        scenario(
            16,
            "in the same commune",
            |world| {
                let (mut one, mut two) = (Office::new(world, Q), Office::new(world, Q));
                two.second_desk();
                one.file(temporary(MOVER, "2026-01-01", "2027-06-30"));
                two.file(world.move_in_by_card());
                offices([one, two])
            },
            &[],
        ),
        scenario(
            16,
            "in two communes",
            |world| {
                let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
                q.file(temporary(MOVER, "2026-01-01", "2027-06-30"));
                r.file(world.move_in_by_card());
                offices([q, r])
            },
            &[],
        ),
        Scenario {
            row: 25,
            name: "one night in two places",
            make: |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.file(world.stay("2026-11-10"));
                q.file(world.stay("2026-11-10"));
                offices([p, q])
            },
            third: &[SHARED],
            cases: &[],
            same: Same::All,
        },
    ]
}

fn heads() -> Vec<Scenario> {
    vec![Scenario {
        row: 13,
        name: "two members",
        make: |world| {
            let [x, y] = world.members();
            desks(world, head(world, &x), head(world, &y))
        },
        third: &[HEAD, X],
        cases: &[(13, 2)],
        same: Same::All,
    }]
}
