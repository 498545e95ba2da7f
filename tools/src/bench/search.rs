//! Finding a person over the API.

use std::time::Instant;

use super::spread::Spread;
use super::{Bench, Figure};
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Searches that are timed.
const ROUNDS: usize = 1_000;
/// What clerks type: common and rare names, with and without marks, Telex, parts of numbers.
const QUERIES: [&str; 10] = [
    "nguyen",
    "nguyễn thị hòa",
    "tran van duc",
    "Nguyeenx Thij",
    "le",
    "phạm minh",
    "hoa 1975",
    "vu thi lan 1990",
    "001090",
    "đặng",
];

/// Times searches.
pub(crate) fn measure(bench: &mut Bench) -> Result<Vec<Figure>, Failure> {
    let office = at(&bench.fleet.offices, 0)?;
    let mut timings = Vec::with_capacity(ROUNDS);
    let mut found = 0usize;
    for query in QUERIES.iter().cycle().take(ROUNDS) {
        let started = Instant::now();
        found += office.desk.find(query)?;
        timings.push(started.elapsed());
    }
    let spread = Spread::of(timings);
    let note = format!("over HTTP; {found} people found in {ROUNDS} searches");
    Ok(vec![
        Figure::plain("find, median", spread.at(500), "ms"),
        Figure::at_most("find, p99", spread.at(990), "ms", 5.0).with(note),
    ])
}
