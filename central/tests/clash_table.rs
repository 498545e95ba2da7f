//! The clash table, line by line: what two offices do unknown to each other, and what must come
//! of it, in every order of arrival, with repeated delivery, and with a third office beside.
//! Offices act through the real procedures on what they hold; the centre is the real one on a
//! store in memory. The lines are in `clash_table/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    missing_docs
)]

mod desk;

#[path = "clash_table/civil.rs"]
mod civil;
#[path = "clash_table/filed.rs"]
mod filed;
#[path = "clash_table/papers.rs"]
mod papers;
#[path = "clash_table/register.rs"]
mod register;
#[path = "clash_table/residence.rs"]
mod residence;

use std::collections::BTreeSet;

use desk::play::Scenario;
use registry::RecordId;
use registry::act::{ActBody, ActKind, Target};
use registry::case::Case;
use registry::clash::{self, Class, Harm};
use registry::dispute::Matter;
use registry::edit::Edit;
use registry::rules;

/// Cards in the hands of a third office.
pub(crate) const SHARED: (&str, &str, &str) = ("001080000001", "Nguyễn Văn Chung", "1980-03-04");
pub(crate) const MOVER: (&str, &str, &str) = ("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
pub(crate) const MOTHER: (&str, &str, &str) = ("001189000006", "Phạm Thị Mẹ", "1989-01-01");
pub(crate) const HEAD: (&str, &str, &str) = ("001060000007", "Bùi Văn Chủ", "1960-01-01");
pub(crate) const SINGLE: (&str, &str, &str) = ("001190000002", "Lê Thị Một", "1990-01-01");
pub(crate) const HEADLESS: (&str, &str, &str) = ("001070000011", "Mai Văn Uy", "1970-01-01");
pub(crate) const X: (&str, &str, &str) = ("001085000008", "Bùi Văn Ích", "1985-01-01");

fn scenarios() -> Vec<Scenario> {
    [
        civil::scenarios(),
        residence::scenarios(),
        register::scenarios(),
        papers::scenarios(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Plays the scenarios of one line and holds them against the table.
fn line(row: u8) {
    let line = clash::clash(row).unwrap();
    let mut asked = false;
    let mut silent = false;
    for scenario in scenarios().into_iter().filter(|it| it.row == row) {
        let open = scenario.play();
        asked |= !open.is_empty();
        silent |= open.is_empty();
        for case in open {
            has_harm_of_table(&scenario, &case);
            if line.class == Class::Parked {
                assert!(
                    matches!(case.dispute.matter, Matter::Parked(_)),
                    "{scenario}"
                );
            }
        }
    }
    match line.class {
        Class::Review | Class::Parked => assert!(asked, "row {row}: nobody was asked"),
        Class::Auto => {
            assert!(silent, "row {row}: it never goes by itself");
            assert_eq!(asked, line.asked_if.is_some(), "row {row}");
        }
        Class::Idempotent | Class::Never => assert!(silent && !asked, "row {row}"),
    }
}

fn has_harm_of_table(scenario: &Scenario, case: &Case) {
    let line = clash::clash(case.dispute.row).unwrap();
    let harm = match line.harm {
        Harm::Fixed(harm) => harm,
        Harm::OfField => match case.dispute.matter {
            Matter::Field(field) => field.rule().harm,
            _ => panic!("{scenario}: a line of a field without one"),
        },
        Harm::OfCaseBelow => case.dispute.harm,
        Harm::None => panic!("{scenario}: row {} is no case", case.dispute.row),
    };
    assert_eq!(case.dispute.harm, harm, "{scenario}");
}

/// One test a line, so that they run beside each other and a failure names its line.
macro_rules! lines {
    ($($name:ident $row:literal;)*) => {
        $(#[test]
        fn $name() {
            line($row);
        })*
        /// The lines that are played.
        const PLAYED: &[u8] = &[$($row),*];
    };
}

lines! {
    row_01 1; row_02 2; row_03 3; row_04 4; row_05 5;
    row_06 6; row_07 7; row_08 8; row_09 9; row_10 10;
    row_11 11; row_12 12; row_13 13; row_14 14; row_15 15; row_16 16;
    row_17 17; row_18 18; row_19 19; row_20 20; row_21 21; row_22 22; row_23 23; row_24 24; row_25 25; row_26 26; row_27 27; row_28 28; row_29 29;
    row_30 30; row_31 31; row_32 32; row_33 33;
    row_35 35; row_36 36; row_37 37; row_38 38; row_40 40; row_41 41;
}

/// What offices did on a record, as far as they are still sent: by act.
fn did_on(bodies: &[ActBody], record: RecordId) -> Vec<(ActKind, Vec<Edit>)> {
    let mut did = Vec::new();
    for body in bodies {
        for change in &body.changes {
            let on = match &change.target {
                Target::Held { id, .. } | Target::Placed { id, .. } => *id == record,
                // Who is named by card in these scenarios is the one they are about.
                Target::Absent(_) => true,
                Target::New { .. } => false,
            };
            if on {
                did.push((body.kind, change.edits.clone()));
            }
        }
    }
    did
}

fn did((kind, edits): &(ActKind, Vec<Edit>)) -> rules::Did<'_> {
    rules::Did { kind: *kind, edits }
}

/// Of what goes by itself both offices are told by the line of the table, where it has something
/// to tell them (`node/src/office/act_view/met.rs`). Two temporary residences one after the other
/// (row 15) are nobody's concern, nor is one beside a permanent one elsewhere: both stand.
#[test]
fn what_goes_by_itself_is_told_to_both_offices_by_its_line() {
    for (row, name, record, told) in [
        (15, "one after the other", "mover", None),
        (16, "in the same commune", "mover", Some(16)),
        (16, "in two communes", "mover", None),
        (
            20,
            "the child is named anew elsewhere",
            "single 4",
            Some(20),
        ),
        (24, "two phones", "shared", Some(24)),
    ] {
        let mut found = scenarios().into_iter();
        let scenario = found.find(|it| it.row == row && it.name == name);
        let scenario = scenario.unwrap_or_else(|| panic!("row {row}, {name}"));
        let (one, other) = scenario.bodies();
        let (one, other) = (
            did_on(&one, desk::id(record)),
            did_on(&other, desk::id(record)),
        );
        assert!(!one.is_empty() && !other.is_empty(), "{scenario}");
        for (one, other) in one.iter().zip(&other) {
            let met = rules::met(did(one), did(other)).map(|met| met.row);
            assert_eq!(met, told, "{scenario}");
        }
    }
}

#[test]
fn every_line_that_is_played_has_its_scenarios() {
    let runnable: BTreeSet<u8> = scenarios().iter().map(|scenario| scenario.row).collect();
    let played: BTreeSet<u8> = PLAYED.iter().copied().collect();
    assert_eq!(runnable, played);
    // All lines, but for those that no acts bring about: a person asks.
    let all: BTreeSet<u8> = clash::table()
        .chain(clash::beside())
        .map(|line| line.row)
        .collect();
    let missing: Vec<u8> = all.difference(&played).copied().collect();
    assert_eq!(missing, [clash::ASKED_ROW, clash::CONTESTED_ROW]);
}
