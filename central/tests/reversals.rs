//! A decision undone by a further one: everything stands as before it, what was merged is apart
//! again, and what is decided afterwards stands as if it had been decided at once.
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

use desk::kinds::{Kind, decided_at_once, kinds, look, names, settle, the_case};
use desk::{Centre, World, reviewer};
use registry::ActId;
use registry::case::{Case, CaseState, Outcome};
use registry::dispute::Matter;
use registry::person::Person;
use registry::schema::Field;

/// Undoes a decision, as many as it takes.
fn reverse(centre: &Centre, number: u64) {
    for who in ["undoes", "agrees"] {
        let seen = centre.case(number).version;
        let said = centre.decide(number, &reviewer(who), Outcome::Reverse, seen);
        if said.unwrap().step == "reversed" {
            return;
        }
    }
    panic!("not undone by two");
}

fn open_after(centre: &Centre, below: &Case) -> Case {
    let CaseState::Reversed { next, .. } = centre.case(below.number).state else {
        panic!("not undone");
    };
    centre.case(next.unwrap())
}

/// A number that somebody got by a decision stays theirs for ever, whatever becomes of it.
fn without_numbers(told: Vec<String>) -> Vec<String> {
    let told = told.into_iter();
    told.map(|one| one.replacen(" true ", " ", 1).replacen(" false ", " ", 1))
        .collect()
}

/// Decided, undone, decided anew: each outcome after each.
fn stands_as_if_never_decided(kind: &Kind) {
    for first in &kind.outcomes {
        for second in &kind.outcomes {
            let way = format!("{}: {first:?}, undone, {second:?}", kind.name);
            let world = World::new();
            let (centre, records) = (kind.make)(&world);
            let before = without_numbers(look(&centre, &records));
            let case = the_case(&centre);
            settle(&centre, &case, first, "first");
            centre.check_told();
            reverse(&centre, case.number);
            centre.check_told();
            let undone = without_numbers(look(&centre, &records));
            assert_eq!(undone, before, "{way}");
            let again = open_after(&centre, &case);
            assert!(again.is_open(), "{way}");
            assert_eq!(again.dispute.matter, case.dispute.matter, "{way}");
            assert_eq!(again.dispute.claims, case.dispute.claims, "{way}");
            assert_eq!(
                (again.owner, again.dispute.row),
                (case.owner, case.dispute.row)
            );
            settle(&centre, &again, second, "second");
            let left = decided_rows(kind, second);
            assert_eq!(centre.open_rows(), left, "{way}");
            // Of two marriages that are left, what all last agreed on is shown; who put one of
            // them back has seen more than who entered it.
            if left.iter().all(|(row, _)| *row != 9) {
                let wanted = without_numbers(decided_at_once(kind, second));
                assert_eq!(without_numbers(look(&centre, &records)), wanted, "{way}");
            }
            centre.check_slices();
        }
    }
}

fn decided_rows(kind: &Kind, outcome: &Outcome) -> Vec<(u8, usize)> {
    let world = World::new();
    let (centre, _) = (kind.make)(&world);
    settle(&centre, &the_case(&centre), outcome, "at-once");
    centre.open_rows()
}

macro_rules! each_kind {
    ($($test:ident $name:literal;)*) => {
        $(#[test]
        fn $test() {
            let kind = kinds().into_iter().find(|kind| kind.name == $name).unwrap();
            stands_as_if_never_decided(&kind);
        })*
        const NAMED: &[&str] = &[$($name),*];
    };
}

/// Which kinds here are about a matter: a matter that is new has to be named before this compiles.
fn undone_as(matter: &Matter) -> &'static [&'static str] {
    match matter {
        Matter::Field(Field::HouseholdHead) => &["heads"],
        Matter::Field(Field::Father | Field::Mother) => &["recognition"],
        Matter::Field(_) => &["names"],
        Matter::Residence(Field::Temporary) => &["temporary"],
        Matter::Residence(_) => &["moves"],
        Matter::Marriage => &["marriages"],
        Matter::Life => &["life", "first death"],
        Matter::SamePerson => &["births", "asked"],
        Matter::Parked(_) => &["proposal", "closed officer", "unmarried"],
        Matter::MovedOut => &["moved out"],
        Matter::HeadLeft => &["head left"],
        Matter::TwoHeads => &["two heads"],
        Matter::HeadGone => &["head gone"],
        Matter::Consent => &["consent"],
        Matter::Deletion => &["deletion"],
        Matter::Divorce => &["divorce"],
        Matter::Application => &["application"],
        Matter::Contested(_) => &["contested"],
        // What keeps every act: `papers.rs` undoes these.
        Matter::BookNumber(_) | Matter::Divided(_) => &[],
    }
}

#[test]
fn every_kind_of_case_can_be_undone() {
    let all: Vec<&str> = kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(all, NAMED);
    let act = ActId::new([1; 16]);
    let mut matters = vec![
        Matter::Marriage,
        Matter::Life,
        Matter::SamePerson,
        Matter::Parked(act),
        Matter::MovedOut,
        Matter::HeadLeft,
        Matter::TwoHeads,
        Matter::HeadGone,
        Matter::Consent,
        Matter::Deletion,
        Matter::Divorce,
        Matter::Application,
        Matter::Contested(act),
    ];
    for field in [Field::HouseholdHead, Field::Father, Field::Name] {
        matters.push(Matter::Field(field));
    }
    for field in [Field::Temporary, Field::Permanent] {
        matters.push(Matter::Residence(field));
    }
    let mut wanted: Vec<&str> = matters.iter().flat_map(undone_as).copied().collect();
    let mut named = NAMED.to_vec();
    wanted.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, wanted, "of each matter at least one is undone here");
    // And each is about what it is named for.
    for kind in kinds() {
        let (centre, _) = (kind.make)(&World::new());
        let matter = the_case(&centre).dispute.matter;
        assert!(
            undone_as(&matter).contains(&kind.name),
            "{}: {matter:?}",
            kind.name
        );
    }
}

each_kind! {
    names_ "names"; moves "moves"; marriages "marriages"; life "life"; first_death "first death"; births "births";
    proposal "proposal"; heads "heads"; moved_out "moved out"; head_left "head left"; two_heads "two heads"; head_gone "head gone";
    consent "consent"; deletion "deletion"; closed_officer "closed officer";
    divorce "divorce"; temporary "temporary"; application "application";
    recognition "recognition"; asked "asked"; unmarried "unmarried"; contested "contested";
}

#[test]
fn who_undoes_gives_a_reason_has_seen_the_decision_and_is_not_alone_at_harm_5() {
    let world = World::new();
    let (centre, _) = names(&world);
    let case = the_case(&centre);
    let say = |who: &str, seen| centre.decide(case.number, &reviewer(who), Outcome::Reverse, seen);
    assert_eq!(
        say("one", case.version).unwrap_err().code(),
        "case_not_decided"
    );
    settle(&centre, &case, &Outcome::Keep(0), "first");
    assert_eq!(say("one", case.version).unwrap_err().code(), "case_changed");
    let now = centre.case(case.number).version;
    assert_eq!(say("one", now).unwrap().step, "reversed");
    assert_eq!(say("one", now + 1).unwrap_err().code(), "case_closed");

    let births = kinds()
        .into_iter()
        .find(|kind| kind.name == "births")
        .unwrap();
    let (centre, records) = (births.make)(&World::new());
    let case = the_case(&centre);
    settle(&centre, &case, &Outcome::Combine(0), "first");
    let merged = look(&centre, &records);
    let say = |who: &str| {
        let seen = centre.case(case.number).version;
        centre.decide(case.number, &reviewer(who), Outcome::Reverse, seen)
    };
    assert_eq!(say("one").unwrap().step, "needs_second");
    // In force until the second one agrees, and remembered.
    assert_eq!(look(&centre, &records), merged);
    assert_eq!(centre.open_rows(), []);
    assert_eq!(say("one").unwrap_err().code(), "second_reviewer_needed");
    assert_eq!(say("two").unwrap().step, "reversed");
    // Both live again, each under the number that it had.
    for id in &records {
        let shown = centre.shown(id);
        assert!(!Person(&shown).is_revoked());
        if let Some(pin) = Person(&shown).pin() {
            assert_eq!(centre.by_pin(pin), Some(*id));
        }
    }
    assert_eq!(centre.open_rows(), [(1, 2)]);
}
