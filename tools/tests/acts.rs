//! The examples of `docs/acts.md` are acts that the program reads, one of each kind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;

use registry::act::kind::ACTS;
use registry::procedure::Filing;

const PAGE: &str = include_str!("../../docs/acts.md");

/// The text between "```json" and "```", block by block.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```json\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("a block that ends").0)
        .collect()
}

fn name(block: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(block).expect("JSON");
    value["act"].as_str().expect("an act").to_owned()
}

#[test]
fn every_example_is_read_by_the_program() {
    let blocks = blocks(PAGE);
    assert!(!blocks.is_empty(), "no example was seen");
    for block in blocks {
        if let Err(error) = serde_json::from_str::<Filing>(block) {
            panic!("{}: {error}", name(block));
        }
    }
}

#[test]
fn every_act_of_an_officer_has_its_example() {
    let shown: BTreeSet<String> = blocks(PAGE).into_iter().map(name).collect();
    let known: BTreeSet<String> = ACTS
        .iter()
        .filter(|rule| !rule.kind.is_central())
        .map(|rule| rule.key.to_owned())
        .collect();
    assert_eq!(shown, known);
}

#[test]
fn a_misspelt_act_or_value_is_not_read() {
    let good = blocks(PAGE)[0];
    assert!(serde_json::from_str::<Filing>(good).is_ok());
    for (from, to) in [
        ("\"birth\"", "\"brith\""),
        ("\"male\"", "\"mail\""),
        ("2026-10-30", "2026-13-30"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert!(serde_json::from_str::<Filing>(&bad).is_err(), "{to}");
    }
}

#[test]
fn each_example_survives_being_written_and_read_again() {
    for block in blocks(PAGE) {
        let filing: Filing = serde_json::from_str(block).unwrap();
        let text = serde_json::to_string(&filing).unwrap();
        assert_eq!(serde_json::from_str::<Filing>(&text).unwrap(), filing);
    }
}
