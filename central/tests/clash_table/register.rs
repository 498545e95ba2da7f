//! Fields, numbers, cases, and the offices themselves.

use registry::act::new_record_id;
use registry::case::{Case, Outcome};
use serde_json::{Value as Json, json};

use crate::desk::play::{Actor, Play, Same, Scenario, offices};
use crate::desk::{Centre, NOW, Office, P, Q, R, World, birth, correct, reviewer};
use crate::filed::{desks, pair};
use crate::{MOVER, SHARED, SINGLE};

fn name(world: &World, name: &str) -> Json {
    correct(world, json!({"field": "name", "value": {"name": name}}))
}

fn phone(world: &World, phone: &str) -> Json {
    json!({"act": "contact", "person": world.shared(), "phone": phone, "effective": "2026-09-20"})
}

pub(crate) fn scenarios() -> Vec<Scenario> {
    [
        fields(),
        cards(),
        cases_and_offices(),
        officers(),
        clocks(),
        units(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn fields() -> Vec<Scenario> {
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
            22,
            "two names",
            |world| {
                pair(
                    world,
                    name(world, "Nguyễn Văn Bình"),
                    name(world, "Nguyễn Văn Bính"),
                )
            },
            &[(22, 2)],
        ),
        scenario(
            22,
            "three names",
            |world| {
                let mut play = pair(
                    world,
                    name(world, "Nguyễn Văn Bình"),
                    name(world, "Nguyễn Văn Bính"),
                );
                let mut second = Office::new(world, P);
                second.second_desk();
                second.file(name(world, "Nguyễn Văn Bỉnh"));
                play.actors.push(second.into());
                play
            },
            &[(22, 3)],
        ),
        scenario(
            22,
            "two names, one of which is withdrawn",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                let mistaken = p.file(name(world, "Nguyễn Văn Bình"));
                p.file(json!({"act": "withdraw", "of": mistaken, "reason": "nhầm người"}));
                q.file(name(world, "Nguyễn Văn Bính"));
                offices([p, q])
            },
            &[],
        ),
        scenario(
            23,
            "another place of the tone, capital letters",
            |world| {
                pair(
                    world,
                    name(world, "Nguyễn Văn Hòa"),
                    name(world, "NGUYỄN VĂN HOÀ"),
                )
            },
            &[],
        ),
        scenario(
            23,
            "two spaces",
            |world| {
                pair(
                    world,
                    name(world, "Lê Thị Thủy"),
                    name(world, "Lê  Thị Thuỷ"),
                )
            },
            &[],
        ),
        scenario(
            24,
            "two phones",
            |world| {
                pair(
                    world,
                    phone(world, "0912345678"),
                    phone(world, "0987654321"),
                )
            },
            &[],
        ),
        scenario(
            26,
            "a name and a phone",
            |world| {
                pair(
                    world,
                    name(world, "Nguyễn Văn Bình"),
                    phone(world, "0987654321"),
                )
            },
            &[],
        ),
    ]
}

fn the_case(centre: &Centre) -> Case {
    centre
        .all_cases()
        .into_iter()
        .min_by_key(|case| case.number)
        .unwrap()
}

fn cases_and_offices() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, third, cases, same| Scenario {
        row,
        name,
        make,
        third,
        cases,
        same,
    };
    vec![
        scenario(
            28,
            "two reviewers who have not heard of each other",
            |world| {
                let before = pair(
                    world,
                    name(world, "Nguyễn Văn Bình"),
                    name(world, "Nguyễn Văn Bính"),
                );
                let says = |who: &'static str, claim: u8| {
                    Actor::Deed(Box::new(move |centre: &Centre| {
                        let case = the_case(centre);
                        // Both looked at the case as it was opened.
                        let outcome = Outcome::Keep(claim);
                        centre
                            .decide(case.number, &reviewer(who), outcome, 1)
                            .unwrap();
                    }))
                };
                Play {
                    before: before.actors,
                    actors: vec![says("one", 0), says("two", 1)],
                }
            },
            &[SHARED],
            &[(28, 2)],
            Same::Cases,
        ),
        scenario(
            29,
            "acts of the former office arrive after the move",
            |world| {
                let (mut old, mut new) = (Office::new(world, P), Office::new(world, R));
                let mut second = Office::new(world, Q);
                old.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
                second.file(
                    json!({"act": "contact", "person": world.mover(), "phone": "0987654321"}),
                );
                new.file(world.move_in_by_card());
                Play {
                    before: vec![new.into()],
                    actors: offices([old, second]).actors,
                }
            },
            &[MOVER],
            &[(29, 1), (29, 1)],
            Same::All,
        ),
        scenario(
            29,
            "an act of the office that holds the record arrives after the move",
            |world| {
                let (former, mover) = move_and_phone(world);
                Play {
                    before: vec![mover],
                    actors: vec![former],
                }
            },
            &[MOVER],
            &[(29, 1)],
            Same::All,
        ),
        scenario(
            29,
            "the other way round: it arrived before the move, and counts",
            |world| {
                let (former, mover) = move_and_phone(world);
                Play {
                    before: vec![former],
                    actors: vec![mover],
                }
            },
            &[MOVER],
            &[],
            Same::All,
        ),
        scenario(
            32,
            "it goes on where the centre says that it stood",
            restored,
            &[SHARED],
            &[],
            Same::All,
        ),
    ]
}

/// The commune that holds somebody writes their phone, another one registers them by card.
fn move_and_phone(world: &World) -> (Actor, Actor) {
    let (mut former, mut new) = (Office::new(world, 25), Office::new(world, R));
    former.second_desk();
    former.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
    new.file(world.move_in_by_card());
    (former.into(), new.into())
}

/// The device makes two acts, loses them with its disk, and goes on with a backup from before.
fn restored(world: &World) -> Play {
    let mut first_life = Office::new(world, P);
    first_life.file(phone(world, "0912345678"));
    first_life.file(name(world, "Nguyễn Văn Bình"));
    let shadow = {
        let centre = Centre::of(world);
        let mut sent = first_life.clone();
        centre.take(&mut sent);
        let mut second_life = first_life.restored(&centre);
        // What it had entered came back: nothing is to be entered twice.
        assert_eq!(
            second_life.refused(phone(world, "0912345678")),
            "nothing_changes"
        );
        second_life.file(json!({"act": "contact", "person": world.shared(),
            "email": "chung@example.vn", "effective": "2026-09-20"}));
        second_life
    };
    let mut q = Office::new(world, Q);
    q.file(
        json!({"act": "registry_correction", "person": world.shared(),
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm"}]}),
    );
    Play {
        before: vec![first_life.into()],
        actors: offices([shadow, q]).actors,
    }
}

/// The account of the officer of P is closed at this moment.
fn closing(world: &World, at_s: i64) -> Actor {
    let office = Office::new(world, P);
    Actor::Deed(Box::new(move |centre: &Centre| {
        centre.close_officer(&office, at_s);
    }))
}

/// It was closed when P goes on, and Q acts beside.
fn after_closing(world: &World, at_s: i64, p: Office) -> Play {
    let mut q = Office::new(world, Q);
    q.file(phone(world, "0987654321"));
    Play {
        before: vec![closing(world, at_s)],
        actors: offices([p, q]).actors,
    }
}

fn officers() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 30,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "acts from before, the second built on the first",
            |world| {
                let mut p = Office::new(world, P);
                p.file(name(world, "Nguyễn Văn Bình"));
                p.file(phone(world, "0912345678"));
                after_closing(world, NOW + 10, p)
            },
            &[(30, 1), (30, 1)],
        ),
        scenario(
            "the other way round: what has arrived before the closing counts",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.file(name(world, "Nguyễn Văn Bình"));
                p.file(phone(world, "0912345678"));
                q.file(phone(world, "0987654321"));
                Play {
                    before: vec![p.into()],
                    actors: vec![closing(world, NOW + 60), q.into()],
                }
            },
            &[],
        ),
        scenario(
            "a birth, and an act on the child",
            |world| {
                let mut p = Office::new(world, P);
                let parents = (world.father_pin(), world.mother_pin());
                let born = p.file(birth("Trần Minh An", parents.0, parents.1, "A-1", 0));
                let child = new_record_id(&born, 0).to_string();
                p.file(json!({"act": "registry_correction", "person": child,
                    "fields": [{"field": "blood", "value": {"blood": "o"}}],
                    "evidence": [{"kind": "phiếu xét nghiệm"}]}));
                after_closing(world, NOW + 10, p)
            },
            &[(30, 1), (30, 1)],
        ),
        scenario(
            "certainly after, by the clock: it is returned",
            |world| {
                let mut p = Office::new(world, P);
                p.file(name(world, "Nguyễn Văn Bình"));
                after_closing(world, NOW - 3_600, p)
            },
            &[],
        ),
        scenario(
            "certainly after, because the office had heard of it",
            |world| {
                let mut p = Office::new(world, P);
                p.has_heard(1_000);
                p.file(name(world, "Nguyễn Văn Bình"));
                after_closing(world, NOW + 10, p)
            },
            &[],
        ),
    ]
}

fn clocks() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, cases| Scenario {
        row: 31,
        name,
        make,
        third: &[SHARED],
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "half a year ahead, with dates that are past",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.set_ahead(200);
                p.file(phone(world, "0912345678"));
                q.file(name(world, "Nguyễn Văn Bình"));
                offices([p, q])
            },
            &[],
        ),
        scenario(
            "half a year ahead, with a death in the future",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.set_ahead(200);
                p.file(world.death("2027-05-01"));
                q.file(phone(world, "0912345678"));
                offices([p, q])
            },
            &[(31, 1)],
        ),
        scenario(
            "half a year behind",
            |world| {
                let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
                p.set_ahead(-200);
                p.file(name(world, "Nguyễn Văn Bình"));
                q.file(phone(world, "0912345678"));
                offices([p, q])
            },
            &[],
        ),
    ]
}

fn applied(world: &World) -> Json {
    json!({"act": "card_application", "person": world.single(P), "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]})
}

fn corrected(world: &World, field: Json) -> Json {
    json!({"act": "correction", "person": world.single(P), "fields": [field],
        "evidence": [{"kind": "Giấy khai sinh bản gốc"}]})
}

/// Her paper in a third office's hands tells the year alone: by a whole date she would be somebody
/// else as soon as it is corrected.
const SINGLE_BY_YEAR: (&str, &str, &str) = (SINGLE.0, SINGLE.1, "1990");

fn cards() -> Vec<Scenario> {
    let scenario = |row, name, make: fn(&World) -> Play, third, cases| Scenario {
        row,
        name,
        make,
        third,
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            17,
            "the name is corrected",
            |world| {
                let name = json!({"field": "name", "value": {"name": "Lê Thị Mốt"}});
                desks(world, corrected(world, name), applied(world))
            },
            &[SINGLE],
            &[(17, 2)],
        ),
        scenario(
            17,
            "the birth date is corrected",
            |world| {
                let born = json!({"field": "birth_date", "value": {"birth": "1990-01-11"}});
                desks(world, corrected(world, born), applied(world))
            },
            &[SINGLE_BY_YEAR],
            &[(17, 2)],
        ),
        scenario(
            17,
            "another field is corrected",
            |world| {
                let place =
                    json!({"field": "native_place", "value": {"place": {"text": "Làng Vũ"}}});
                desks(world, corrected(world, place), applied(world))
            },
            &[SINGLE],
            &[],
        ),
        Scenario {
            row: 18,
            name: "a stay under the old number",
            make: under_the_old_number,
            third: &[SHARED],
            cases: &[],
            // The centre numbers its own acts, and names entries by them.
            same: Same::AllButIds,
        },
    ]
}

fn under_the_old_number(world: &World) -> Play {
    let mut r = Office::new(world, R);
    r.file(json!({"act": "stay_notification", "from": "2026-09-01",
        "person": {"pin": SHARED.0, "name": SHARED.1, "birth_date": SHARED.2}}));
    let id = world.shared_id();
    let changed = move |centre: &Centre| {
        let reason = "the birth was registered in another province".parse();
        let by = "hoa".parse().unwrap();
        let of = central_registry::registrar::NumberOf::Record(id);
        let reason = reason.unwrap();
        centre
            .registrar()
            .change_number(NOW + 60, of, &by, &reason)
            .unwrap();
    };
    Play {
        before: Vec::new(),
        actors: vec![Actor::Deed(Box::new(changed)), r.into()],
    }
}

/// A decree comes into force and is carried out.
fn decree(rows: &'static str) -> Actor {
    Actor::Deed(Box::new(move |centre: &Centre| {
        let units = centre.registrar().units().unwrap();
        let rows = format!("old_code,new_code,share,default,hamlets,name,kind,province\n{rows}");
        let day = "2026-11-01".parse().unwrap();
        let decree = registry::unit::Decree::read(&rows, day, &units).unwrap();
        centre.registrar().apply_decree(NOW + 60, &decree).unwrap();
        centre.registrar().finish_decree(NOW + 60, |_| {}).unwrap();
    }))
}

fn joins(world: &World) -> Actor {
    let known = Office::new(world, P);
    Actor::Deed(Box::new(move |centre: &Centre| {
        centre.take(&mut known.clone());
    }))
}

fn lodger(address: &str) -> Json {
    json!({"act": "temporary_registration", "address": address,
        "from": "2026-01-01", "to": "2027-06-30", "ground": "thuê nhà",
        "person": {"pin": MOVER.0, "name": MOVER.1, "birth_date": MOVER.2},
        "evidence": [{"kind": "CT01"}]})
}

/// Of the commune of P the greater part goes to another; the code goes on with the rest.
const DIVIDED: &str = "00004,00004,part,0,Tổ 5,,,\n00004,00025,part,1,,,,\n";

/// P acts in the dark under its old code, another office beside it.
fn in_the_dark(world: &World, address: &str) -> Vec<Actor> {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    p.file(lodger(address));
    p.file(phone(world, "0912345678"));
    q.file(name(world, "Nguyễn Văn Bình"));
    offices([p, q]).actors
}

/// Units that are mapped while an office edits.
fn units() -> Vec<Scenario> {
    let scenario = |name, make: fn(&World) -> Play, third, cases| Scenario {
        row: 19,
        name,
        make,
        third,
        cases,
        same: Same::All,
    };
    vec![
        scenario(
            "the unit became part of another, before or after the edit",
            |world| {
                let mut p = Office::new(world, P);
                p.file(lodger("Số 2"));
                Play {
                    before: vec![joins(world)],
                    actors: vec![p.into(), decree("00004,00008,whole,1,,,,\n")],
                }
            },
            &[SHARED],
            &[],
        ),
        scenario(
            "the unit was divided",
            |world| Play {
                before: vec![joins(world), decree(DIVIDED)],
                actors: in_the_dark(world, "Số 2"),
            },
            &[SHARED],
            &[(19, 2)],
        ),
        scenario(
            "the unit was divided, and the address tells the part",
            |world| Play {
                before: vec![joins(world), decree(DIVIDED)],
                actors: in_the_dark(world, "Số 2, tổ 5"),
            },
            &[SHARED],
            &[],
        ),
        scenario(
            "the unit is divided after the edit has arrived: it goes along with all others",
            |world| {
                let mut actors = in_the_dark(world, "Số 2");
                let p = actors.remove(0);
                Play {
                    before: vec![p],
                    actors: [actors, vec![decree(DIVIDED)]]
                        .into_iter()
                        .flatten()
                        .collect(),
                }
            },
            &[SHARED],
            &[],
        ),
    ]
}
