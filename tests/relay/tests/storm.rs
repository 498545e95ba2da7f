//! A small region returns at once; the large one is `cargo run -p line-relay --bin storm`.
#![allow(clippy::unwrap_used, missing_docs)]

use line_relay::Quality;
use line_relay::storm::{Plan, storm};

#[test]
fn a_region_that_returns_at_once_loses_nothing_and_doubles_nothing() {
    let report = storm(Plan {
        nodes: 12,
        acts: 10,
        people: 60,
        quality: Quality::named("yagi_return"),
        seed: 7,
    });
    println!("{report:?}");
    assert_eq!(report.acts, 120);
}
