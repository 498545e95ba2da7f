//! Residence and households.

use serde_json::{Value as Json, json};

use crate::desk::play::{Play, Same, Scenario, offices};
use crate::desk::{Office, P, Q, R, World};
use crate::filed::{desks, phone, with};
use crate::{HEAD, HEADLESS, MOVER, SHARED, SINGLE, X};

fn temporary(card: (&str, &str, &str), from: &str, to: &str) -> Json {
    json!({"act": "temporary_registration", "address": "Số 2", "from": from, "to": to,
        "ground": "thuê nhà", "person": {"pin": card.0, "name": card.1, "birth_date": card.2},
        "evidence": [{"kind": "CT01"}]})
}

/// Two desks of the commune of the household.
pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        homes(),
        stays(),
        heads(),
        two_heads(),
        head_gone(),
        houses(),
        deletions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn homes() -> Vec<Scenario> {
    let two = Scenario {
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
    };
    let three = Scenario {
        name: "moved in in three communes",
        make: |world| {
            offices([P, Q, R].map(|code| {
                let mut office = Office::new(world, code);
                office.file(world.move_in_by_card());
                office
            }))
        },
        cases: &[(4, 3)],
        ..two
    };
    vec![two, three]
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
            15,
            "at one time in one commune, at two addresses",
            |world| {
                let (mut one, mut two) = (Office::new(world, Q), Office::new(world, Q));
                two.second_desk();
                let stays = |address| {
                    let stay = temporary(MOVER, "2026-01-01", "2026-12-31");
                    with(stay, "address", address)
                };
                one.file(stays("Số 7"));
                two.file(stays("Số 9"));
                offices([one, two])
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

/// Two members of a household without a head are told to be it.
fn two_heads() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 40,
        name,
        make,
        third: &[HEADLESS, X],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "by two desks",
            |world| {
                let (_, [u, v]) = world.headless();
                desks(world, world.told_head(u), world.told_head(v))
            },
            &[(40, 2)],
        ),
        scenario(
            "one by a change of head",
            |world| {
                let (house, [u, v]) = world.headless();
                let mut change = world.new_head(&u.to_string());
                change["household"] = json!(house.to_string());
                desks(world, change, world.told_head(v))
            },
            &[(40, 2)],
        ),
        scenario(
            "one of them joins it",
            |world| {
                let (house, [u, _]) = world.headless();
                let mut joins = world.joins_house();
                joins["household"] = json!(house.to_string());
                joins["people"][0]["relation"] = json!("head");
                desks(world, joins, world.told_head(u))
            },
            &[(40, 2)],
        ),
        scenario(
            "both the same one",
            |world| {
                let (_, [u, _]) = world.headless();
                desks(world, world.told_head(u), world.told_head(u))
            },
            &[],
        ),
    ]
}

/// The head moves away by card, and the household's office knows nothing of it.
fn head_gone() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 41,
        name,
        make,
        third: &[HEAD, X],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "two stay",
            |world| {
                let [x, _] = world.members();
                moving(world, world.head_moves(), phone(&x, "0912345678"))
            },
            &[(41, 2)],
        ),
        scenario(
            "one stays: the law names the head",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                let mut r = Office::new(world, R);
                let [_, y] = world.members();
                p.file(phone(&y, "0912345678"));
                q.file(world.x_moves());
                r.file(world.head_moves());
                offices([p, q, r])
            },
            &[],
        ),
        scenario(
            "nobody stays",
            |world| {
                let elsewhere = phone(&world.single(P), "0912345678");
                moving(world, world.house_moves(), elsewhere)
            },
            &[],
        ),
        scenario(
            "two offices take the head in",
            |world| {
                let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
                q.file(world.head_moves());
                r.file(world.head_moves());
                offices([q, r])
            },
            &[(4, 2)],
        ),
    ]
}

fn heads() -> Vec<Scenario> {
    vec![Scenario {
        row: 13,
        name: "two members",
        make: |world| {
            let [x, y] = world.members();
            desks(world, world.new_head(&x), world.new_head(&y))
        },
        third: &[HEAD, X],
        cases: &[(13, 2)],
        same: Same::All,
    }]
}

fn moving(world: &World, moves: Json, added: Json) -> Play {
    let (mut p, mut r) = (Office::new(world, P), Office::new(world, R));
    r.file(moves);
    p.file(added);
    offices([r, p])
}

fn effective(mut filing: Json, day: &str) -> Json {
    filing["effective"] = json!(day);
    filing
}

fn agreed(mut filing: Json, day: &str) -> Json {
    filing["agreed"] = json!(day);
    filing
}

fn houses() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, cases| Scenario {
        row,
        name,
        make,
        third: &[HEAD, X],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            5,
            "a child is born into it",
            |world| moving(world, world.house_moves(), world.born_into_house()),
            &[(5, 2)],
        ),
        scenario(
            5,
            "somebody joins it",
            |world| moving(world, world.house_moves(), world.joins_house()),
            &[(5, 2)],
        ),
        scenario(
            5,
            "only a member moves out",
            |world| moving(world, world.x_moves(), world.joins_house()),
            &[],
        ),
        scenario(
            11,
            "the new head makes a household of their own",
            |world| {
                let [x, _] = world.members();
                desks(world, world.split(&[&x], &x), world.new_head(&x))
            },
            &[(11, 2)],
        ),
        scenario(
            11,
            "the new head moves to another house of the commune",
            |world| {
                let [x, _] = world.members();
                let away = json!({"act": "permanent_registration", "address": "Số 7",
                    "ground": "thuê nhà", "people": [{"person": {"id": x}}],
                    "evidence": [{"kind": "CT01"}]});
                desks(world, away, world.new_head(&x))
            },
            &[(11, 2)],
        ),
        scenario(
            11,
            "somebody else leaves",
            |world| {
                let [x, y] = world.members();
                desks(world, world.split(&[&y], &y), world.new_head(&x))
            },
            &[],
        ),
        scenario(
            12,
            "a change of head, agreed after the death",
            |world| {
                let [x, _] = world.members();
                desks(
                    world,
                    world.head_dies("2026-10-01"),
                    agreed(world.new_head(&x), "2026-10-10"),
                )
            },
            &[(12, 2)],
        ),
        scenario(
            12,
            "a split after the death",
            |world| {
                let [x, _] = world.members();
                desks(
                    world,
                    world.head_dies("2026-10-01"),
                    effective(world.split(&[&x], &x), "2026-10-10"),
                )
            },
            &[(12, 2)],
        ),
        scenario(
            12,
            "a change of head, agreed before the death",
            |world| {
                let [x, _] = world.members();
                desks(
                    world,
                    world.head_dies("2026-10-01"),
                    agreed(world.new_head(&x), "2026-09-20"),
                )
            },
            &[],
        ),
    ]
}

fn deletions() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 14,
        name,
        make,
        third: &[SINGLE],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "the absence was declared before",
            |world| {
                desks(
                    world,
                    world.deleted("2026-11-15"),
                    world.absent("2025-10-20"),
                )
            },
            &[(14, 2)],
        ),
        scenario(
            "temporary residence elsewhere from before",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.file(world.deleted("2026-11-15"));
                q.file(temporary(SINGLE, "2026-01-01", "2027-06-30"));
                offices([p, q])
            },
            &[(14, 2)],
        ),
        scenario(
            "the absence was declared afterwards",
            |world| {
                desks(
                    world,
                    world.deleted("2026-10-01"),
                    world.absent("2026-10-20"),
                )
            },
            &[],
        ),
    ]
}
