//! Decisions: what a reviewer's word does to records, offices and numbers, on the little world of
//! the clash table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    missing_docs
)]

mod desk;

use desk::{Centre, Office, P, Q, World, birth, correct, reviewer};
use registry::case::Outcome;
use registry::schema::Field;
use serde_json::json;

#[test]
fn a_decision_reaches_the_record_and_the_offices_and_is_not_asked_again() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let by_p = p.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
    ));
    q.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bính"}}),
    ));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let before = centre.shown(&world.shared_id());
    assert_eq!(
        registry::person::Person(&before).name().unwrap().as_str(),
        "Nguyễn Văn Chung"
    );
    let case = centre.open_cases().remove(0);
    let kept = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act == Some(by_p))
        .unwrap();
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(kept as u8),
            case.version,
        )
        .unwrap();
    let after = centre.shown(&world.shared_id());
    assert_eq!(
        registry::person::Person(&after).name().unwrap().as_str(),
        "Nguyễn Văn Bình"
    );
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn harm_5_needs_two_different_reviewers() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let death = p.file(world.death("2026-10-01"));
    q.file(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": "2026-10-20"}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let sign_of_life = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act != Some(death))
        .unwrap() as u8;
    let first = centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(sign_of_life),
            case.version,
        )
        .unwrap();
    assert_eq!(first.step, "needs_second");
    let again = centre.decide(
        case.number,
        &reviewer("one"),
        Outcome::Keep(sign_of_life),
        case.version + 1,
    );
    assert_eq!(again.unwrap_err().code(), "second_reviewer_needed");
    assert!(
        centre
            .shown(&world.shared_id())
            .single(Field::Death)
            .is_some()
    );
    let second = centre
        .decide(
            case.number,
            &reviewer("two"),
            Outcome::Keep(sign_of_life),
            case.version + 1,
        )
        .unwrap();
    assert_eq!(second.step, "settled");
    // The living are living again, and the sign of life stands.
    let after = centre.shown(&world.shared_id());
    assert!(after.single(Field::Death).is_none());
    assert!(after.single(Field::Phone).is_some());
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn a_move_decided_leaves_one_home_and_the_loser_lets_go() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let by_p = p.file(world.move_in_by_card());
    q.file(world.move_in_by_card());
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    // While it is open the home is the last agreed one, and all three offices hold the record.
    assert_eq!(centre.homes(&world.mover_id()), [25]);
    assert_eq!(centre.offices(&world.mover_id()), [P, Q, 25]);
    let case = centre.open_cases().remove(0);
    let kept = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act == Some(by_p))
        .unwrap();
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(kept as u8),
            case.version,
        )
        .unwrap();
    assert_eq!(centre.homes(&world.mover_id()), [P]);
    assert_eq!(centre.offices(&world.mover_id()), [P]);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn the_loser_of_a_pair_is_revoked_and_the_other_keeps_the_number() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    ));
    q.file(birth(
        "Trần Thị Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    ));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let seen = case.version;
    for (name, seen) in [("one", seen), ("two", seen + 1)] {
        centre
            .decide(case.number, &reviewer(name), Outcome::Keep(0), seen)
            .unwrap();
    }
    let [kept, lost] = [0, 1].map(|index| case.dispute.claims[index].record.unwrap());
    // Only one of the two had got a number; whichever it was, it leads to the one that stays.
    let numbers: Vec<_> = [kept, lost]
        .iter()
        .filter_map(|id| registry::person::Person(&centre.shown(id)).pin().copied())
        .collect();
    assert!(!numbers.is_empty());
    for pin in numbers {
        assert_eq!(centre.by_pin(&pin), Some(kept));
    }
    assert!(centre.shown(&kept).single(Field::Pin).is_some());
    assert!(centre.shown(&kept).single(Field::Revoked).is_none());
    assert!(centre.shown(&lost).single(Field::Revoked).is_some());
    assert_eq!(centre.open_rows(), []);
}
