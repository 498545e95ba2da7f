//! People who may be one: how many cases that makes, when their numbers come, and where the
//! numbers of merged registrations lead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use std::collections::BTreeSet;

use desk::{Centre, Office, P, Q, R, World, birth, reviewer};
use registry::RecordId;
use registry::act::new_record_id;
use registry::case::{Case, Outcome};
use registry::person::Person;
use registry::pin::Pin;
use serde_json::json;

fn child(world: &World, name: &str) -> serde_json::Value {
    birth(name, world.father_pin(), world.mother_pin(), "", 0)
}

/// Births of one mother, half of them in each of two offices.
fn births(world: &World, count: usize) -> (Office, Office, BTreeSet<RecordId>) {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    let mut children = BTreeSet::new();
    for turn in 0..count {
        let office = if turn % 2 == 0 { &mut p } else { &mut q };
        let act = office.file(child(world, "Trần Minh An"));
        children.insert(new_record_id(&act, 0));
    }
    (p, q, children)
}

fn in_doubt(centre: &Centre) -> BTreeSet<RecordId> {
    let cases = centre.open_cases();
    cases
        .iter()
        .flat_map(|case| case.dispute.records.clone())
        .collect()
}

fn pin_of(centre: &Centre, id: &RecordId) -> Option<Pin> {
    Person(&centre.shown(id)).pin().copied()
}

/// Both reviewers say the same.
fn settle(centre: &Centre, case: &Case, outcome: &Outcome) {
    for (name, seen) in [("one", case.version), ("two", case.version + 1)] {
        centre
            .decide(case.number, &reviewer(name), outcome.clone(), seen)
            .unwrap();
    }
}

#[test]
fn many_births_of_one_mother_are_no_more_cases_than_births() {
    const BIRTHS: usize = 200;
    let world = World::new();
    let (mut p, mut q, children) = births(&world, BIRTHS);
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    assert!(centre.open_cases().len() < BIRTHS);
    assert_eq!(in_doubt(&centre), children);
    // Nor were many opened on the way: a nearer candidate comes ever more seldom.
    let ever = centre.all_cases().len();
    assert!(ever < 10 * BIRTHS, "{ever}");
}

#[test]
fn the_pairs_asked_about_are_the_same_in_every_order_and_after_a_withdrawal() {
    for withdrawn in [None, Some(0), Some(5), Some(11)] {
        let mut seen = BTreeSet::new();
        for order in [[0, 1], [1, 0]] {
            let world = World::new();
            let (mut p, mut q, children) = births(&world, 12);
            let gone = withdrawn.map(|place: usize| *children.iter().nth(place).unwrap());
            for office in [&mut p, &mut q] {
                let acts = office.filed();
                let made = |act: &&registry::ActId| Some(new_record_id(act, 0)) == gone;
                if let Some(act) = acts.iter().find(made) {
                    office.file(json!({"act": "withdraw", "of": act, "reason": "nhầm"}));
                }
            }
            let centre = Centre::of(&world);
            let mut offices = [p, q];
            for index in order {
                centre.take(&mut offices[index]);
            }
            let left: BTreeSet<_> = children
                .into_iter()
                .filter(|child| Some(*child) != gone)
                .collect();
            assert_eq!(in_doubt(&centre), left);
            assert!(centre.open_cases().len() < left.len());
            seen.insert(centre.disputes());
            centre.check_slices();
        }
        assert_eq!(seen.len(), 1, "{withdrawn:?}");
    }
}

#[test]
fn every_pair_is_asked_about_in_the_end_and_numbers_come_with_the_last_doubt() {
    let world = World::new();
    let (mut p, mut q, children) = births(&world, 4);
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let mut asked = BTreeSet::new();
    while let Some(case) = centre.open_cases().pop() {
        assert!(asked.insert(case.dispute.records.clone()), "asked twice");
        settle(&centre, &case, &Outcome::NotAConflict);
        for child in children.difference(&in_doubt(&centre)) {
            assert!(pin_of(&centre, child).is_some());
        }
    }
    assert_eq!(asked.len(), 6);
    let pins: BTreeSet<_> = children.iter().map(|id| pin_of(&centre, id)).collect();
    assert_eq!((pins.len(), pins.contains(&None)), (4, false));
}

#[test]
fn a_number_that_waited_comes_when_the_other_record_s_change_closes_the_case() {
    for order in [[0, 1], [1, 0]] {
        let world = World::new();
        let mut offices = [Office::new(&world, P), Office::new(&world, Q)];
        let acts = [
            offices[0].file(child(&world, "Trần Minh An")),
            offices[1].file(child(&world, "Trần Thị Minh An")),
        ];
        let centre = Centre::of(&world);
        for index in order {
            centre.take(&mut offices[index]);
        }
        let [first, second] = order;
        let waits = new_record_id(&acts[second], 0);
        assert_eq!(pin_of(&centre, &waits), None);
        assert_eq!(centre.open_rows(), [(1, 2)]);
        let withdrawal = json!({"act": "withdraw", "of": acts[first], "reason": "nhập hai lần"});
        offices[first].file(withdrawal);
        centre.take(&mut offices[first]);
        assert_eq!(centre.open_rows(), []);
        // Nobody has touched the child's own record.
        let pin = pin_of(&centre, &waits).unwrap();
        assert_eq!(centre.by_pin(&pin), Some(waits));
        centre.check_slices();
    }
}

#[test]
fn numbers_lead_to_the_last_of_a_chain_of_merges() {
    let world = World::new();
    let (mut q, mut r) = (Office::new(&world, Q), Office::new(&world, R));
    let collect = |name: &str, claimed: String| {
        json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": "1990-01-01",
            "sex": "male", "claimed_pin": claimed, "address": "Bản 2"})
    };
    let centre = Centre::of(&world);
    let first: Pin = world.shared_pin().parse().unwrap();
    let second_id = new_record_id(&q.file(collect("Nguyễn Văn Hai", first.digits())), 0);
    centre.take(&mut q);
    let merge_into = |kept: RecordId| {
        let case = centre.open_cases().remove(0);
        let mut claims = case.dispute.claims.iter();
        let place = claims.position(|claim| claim.record == Some(kept)).unwrap();
        settle(&centre, &case, &Outcome::Keep(place as u8));
    };
    merge_into(second_id);
    let second = pin_of(&centre, &second_id).unwrap();
    assert_eq!(centre.by_pin(&first), Some(second_id));
    let third_id = new_record_id(&r.file(collect("Nguyễn Văn Ba", second.digits())), 0);
    centre.take(&mut r);
    merge_into(third_id);
    let third = pin_of(&centre, &third_id).unwrap();
    let lead = || [first, second, third].map(|pin| centre.by_pin(&pin));
    assert_eq!(lead(), [Some(third_id); 3]);
    // A late act on the revoked registration in the middle changes nothing of that: it waits for
    // the record that stays.
    q.file(json!({"act": "contact", "person": second_id, "phone": "0912345678"}));
    centre.take(&mut q);
    assert_eq!(lead(), [Some(third_id); 3]);
    assert_eq!(centre.open_rows(), [(registry::clash::REVOKED_ROW, 1)]);
}
