//! Proposals: acts on a record that has left their office, and what a reviewer can do with them.
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

use desk::{Centre, Office, P, R, World, reviewer};
use registry::ActId;
use registry::case::{Case, Outcome};
use registry::dispute::Matter;
use registry::schema::Field;
use serde_json::json;

/// Two acts of an office, the second on top of the first, on a person who has moved away since.
fn two_proposals(world: &World) -> (Centre, [ActId; 2]) {
    let (mut old, mut new) = (Office::new(world, P), Office::new(world, R));
    let contact =
        |what: &str, value: &str| json!({"act": "contact", "person": world.mover(), what: value});
    let acts = [
        old.file(contact("phone", "0912345678")),
        old.file(contact("email", "chuyen@example.vn")),
    ];
    new.file(world.move_in_by_card());
    let centre = Centre::of(world);
    centre.take(&mut new);
    centre.take(&mut old);
    (centre, acts)
}

fn case_of(centre: &Centre, act: ActId) -> Case {
    let mut cases = centre.open_cases().into_iter();
    cases
        .find(|case| case.dispute.matter == Matter::Parked(act))
        .unwrap()
}

fn has(centre: &Centre, world: &World) -> (bool, bool) {
    let shown = centre.shown(&world.mover_id());
    let holds = |field| shown.single(field).is_some();
    (holds(Field::Phone), holds(Field::Email))
}

fn decide(centre: &Centre, case: &Case, outcome: Outcome) -> Result<(), &'static str> {
    let decided = centre.decide(case.number, &reviewer("one"), outcome, case.version);
    decided.map(|_| ()).map_err(|error| error.code())
}

#[test]
fn proposals_are_taken_up_in_the_order_in_which_they_were_made() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    let (below, above) = (case_of(&centre, first), case_of(&centre, second));
    let waits = centre.decide(
        above.number,
        &reviewer("one"),
        Outcome::Keep(0),
        above.version,
    );
    let words = waits.unwrap_err().to_string();
    assert!(words.contains(&format!("case {}", below.number)), "{words}");
    assert_eq!(has(&centre, &world), (false, false));
    decide(&centre, &below, Outcome::Keep(0)).unwrap();
    decide(&centre, &above, Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (true, true));
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn a_proposal_on_top_of_a_declined_one_is_taken_up_without_it() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    decide(&centre, &case_of(&centre, first), Outcome::Decline).unwrap();
    assert_eq!(centre.returned(), ["proposal_declined"]);
    decide(&centre, &case_of(&centre, second), Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (false, true));
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn declining_has_its_own_word_for_proposals_alone() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    let (below, above) = (case_of(&centre, first), case_of(&centre, second));
    let misfit = decide(&centre, &below, Outcome::NotAConflict);
    assert_eq!(misfit, Err("outcome_misfit"));
    decide(&centre, &above, Outcome::Decline).unwrap();
    decide(&centre, &below, Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (true, false));
    let mut q = Office::new(&world, desk::Q);
    let mut p = Office::new(&world, P);
    p.file(world.death("2026-10-01"));
    q.file(world.death("2026-10-02"));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let dates = centre.open_cases().remove(0);
    assert_eq!(
        decide(&centre, &dates, Outcome::Decline),
        Err("outcome_misfit")
    );
    assert_eq!(decide(&centre, &dates, Outcome::Keep(0)), Ok(()));
}
