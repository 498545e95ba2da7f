//! Row 28 of the clash table: two reviewers who decide otherwise. Whatever the case is about, it
//! goes one level up with the same claims and the same choices, and what is decided there stands
//! as if it had been decided at once, whichever word came first.
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

use desk::kinds::{decided_at_once, kinds, look, names, settle, the_case};
use desk::{Centre, Office, P, Q, World, correct, reviewer};
use registry::case::{Case, CaseState, Jurisdiction, Outcome};
use registry::person::Person;
use serde_json::json;

/// Two words that differ, in this order; gives the case above.
fn differ(centre: &Centre, case: &Case, first: &Outcome, second: &Outcome, late: bool) -> Case {
    let (seen, number) = (case.version, case.number);
    if late {
        settle(centre, case, first, "below");
    } else {
        centre
            .decide(number, &reviewer("below-0"), first.clone(), seen)
            .unwrap();
    }
    let other = reviewer("other");
    let step = centre
        .decide(number, &other, second.clone(), seen)
        .unwrap()
        .step;
    assert_eq!(step, "escalated");
    let above = the_case(centre);
    // One case, one level up, about the same; the one below says where it went.
    let same = |case: &Case| {
        (
            case.dispute.matter,
            case.dispute.records.clone(),
            case.dispute.claims.clone(),
        )
    };
    assert_eq!(same(&above), same(case));
    assert_eq!(
        (above.dispute.row, above.owner),
        (28, Jurisdiction::National)
    );
    let below = centre.case(number);
    assert_eq!(below.state, CaseState::WentUp { to: above.number });
    // The same word once more, and one more who is late: it is decided above.
    for late in ["other", "third"] {
        let again = centre.decide(number, &reviewer(late), second.clone(), seen);
        assert_eq!(again.unwrap_err().code(), "case_went_up");
    }
    for spoke in ["below-0", "other"] {
        let again = centre.decide(
            above.number,
            &reviewer(spoke),
            second.clone(),
            above.version,
        );
        assert_eq!(again.unwrap_err().code(), "decided_below");
    }
    above
}

/// Every two words that differ, in both orders, spoken before and after the first took effect.
fn stands_as_if_decided_at_once(name: &str) {
    let kind = kinds().into_iter().find(|kind| kind.name == name).unwrap();
    for outcome in &kind.outcomes {
        let wanted = decided_at_once(&kind, outcome);
        let others = kind.outcomes.iter();
        let others = others.flat_map(|one| kind.outcomes.iter().map(move |two| (one, two)));
        for (first, second) in others.filter(|(one, two)| one != two) {
            for late in [false, true] {
                let world = World::new();
                let (centre, records) = (kind.make)(&world);
                let case = the_case(&centre);
                if !late && case.dispute.harm < 5 {
                    continue;
                }
                let above = differ(&centre, &case, first, second, late);
                settle(&centre, &above, outcome, "above");
                let way = format!(
                    "{}: {first:?} {second:?} late {late}: {outcome:?}",
                    kind.name
                );
                assert_eq!(look(&centre, &records), wanted, "{way}");
                let left: Vec<_> = centre.open_rows();
                assert!(left.iter().all(|row| row.0 != 28), "{way}: {left:?}");
                centre.check_slices();
            }
        }
    }
}

#[test]
fn two_names_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("names");
}

#[test]
fn two_moves_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("moves");
}

#[test]
fn two_marriages_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("marriages");
}

#[test]
fn a_death_and_signs_of_life_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("life");
}

#[test]
fn two_births_of_one_child_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("births");
}

#[test]
fn a_proposal_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("proposal");
}

#[test]
fn two_heads_decided_above_stand_as_if_decided_at_once() {
    stands_as_if_decided_at_once("heads");
}

#[test]
fn a_household_that_moved_out_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("moved out");
}

#[test]
fn a_head_who_left_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("head left");
}

#[test]
fn a_dead_head_s_consent_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("consent");
}

#[test]
fn a_deletion_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("deletion");
}

#[test]
fn an_act_of_a_closed_officer_decided_above_stands_as_if_decided_at_once() {
    stands_as_if_decided_at_once("closed officer");
}

#[test]
fn it_goes_up_again_if_reviewers_differ_above() {
    for kind in kinds() {
        let (Some(one), Some(two)) = (kind.outcomes.first(), kind.outcomes.last()) else {
            continue;
        };
        let wanted = decided_at_once(&kind, one);
        let world = World::new();
        let (centre, records) = (kind.make)(&world);
        let case = the_case(&centre);
        let above = differ(&centre, &case, one, two, true);
        settle(&centre, &above, two, "above");
        let late = centre.decide(above.number, &reviewer("later"), one.clone(), above.version);
        assert_eq!(late.unwrap().step, "escalated");
        let top = the_case(&centre);
        assert_eq!(
            centre.case(above.number).state,
            CaseState::WentUp { to: top.number }
        );
        settle(&centre, &top, one, "top");
        assert_eq!(look(&centre, &records), wanted, "{}", kind.name);
        centre.check_slices();
    }
}

#[test]
fn the_same_reviewer_or_one_who_saw_the_decision_cannot_take_it_up() {
    let world = World::new();
    let (centre, _) = names(&world);
    let case = the_case(&centre);
    let say = |who: &str, outcome, seen| centre.decide(case.number, &reviewer(who), outcome, seen);
    say("one", Outcome::Keep(0), case.version).unwrap();
    for (who, seen) in [("one", case.version), ("two", case.version + 1)] {
        let again = say(who, Outcome::Keep(1), seen);
        assert_eq!(again.unwrap_err().code(), "case_closed");
    }
    let asks = Outcome::AskOffice {
        office: desk::office(P),
        question: registry::value::Line::parse("Which paper?").unwrap(),
    };
    assert_eq!(
        say("two", asks, case.version).unwrap_err().code(),
        "case_closed"
    );
    assert_eq!(centre.open_rows(), []);
    // And somebody who did not see it can.
    assert_eq!(
        say("two", Outcome::Keep(1), case.version).unwrap().step,
        "escalated"
    );
}

#[test]
fn a_claim_that_arrives_late_joins_the_case_above() {
    let world = World::new();
    let mut third = Office::new(&world, P);
    third.second_desk();
    let name = json!({"field": "name", "value": {"name": "Nguyễn Văn Bảng"}});
    let act = third.file(correct(&world, name));
    for late in [false, true] {
        let (centre, records) = names(&world);
        let case = the_case(&centre);
        let above = differ(&centre, &case, &Outcome::Keep(0), &Outcome::Keep(1), true);
        let before = above.dispute.claims.clone();
        let mut third = third.clone();
        if late {
            settle(&centre, &above, &Outcome::Keep(1), "above");
        }
        centre.take(&mut third);
        let open = the_case(&centre);
        let place = open
            .dispute
            .claims
            .iter()
            .position(|claim| claim.act == Some(act))
            .unwrap();
        if late {
            // Decided already: a new clash of the decision with the new claim, on the first level.
            assert_eq!((open.dispute.row, open.dispute.claims.len()), (22, 2));
        } else {
            assert_eq!(open.number, above.number);
            assert_eq!((open.dispute.row, open.dispute.claims.len()), (28, 3));
            assert_eq!(open.dispute.claims[..2], before[..]);
        }
        settle(&centre, &open, &Outcome::Keep(place as u8), "last");
        let shown = centre.shown(&records[0]);
        assert_eq!(Person(&shown).name().unwrap().as_str(), "Nguyễn Văn Bảng");
        assert_eq!(centre.open_rows(), []);
    }
}

#[test]
fn a_case_above_without_any_decision_in_force_closes_when_its_claim_is_withdrawn() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let mut q = Office::new(&world, Q);
    let death = p.file(world.death("2026-10-01"));
    q.file(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": "2026-10-20"}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = the_case(&centre);
    let above = differ(
        &centre,
        &case,
        &Outcome::Keep(0),
        &Outcome::NotAConflict,
        false,
    );
    p.file(json!({"act": "withdraw", "of": death, "reason": "nhầm người"}));
    centre.take(&mut p);
    assert_eq!(centre.open_rows(), []);
    assert_eq!(centre.case(above.number).state, CaseState::Moot);
}
