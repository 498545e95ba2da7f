//! Measures the survey of a synthetic commune (quality, hamlets, pyramid): the rows as a node
//! keeps them, in memory, read and counted one after the other.
//!
//! `cargo run --release -p registry --example survey_speed -- 150000`

#![allow(clippy::unwrap_used)]

use std::time::Instant;

use registry::RecordId;
use registry::date::Date;
use registry::fields::Fields;
use registry::population::Population;
use registry::quality::{Marks, Word};
use registry::statistics::Survey;

fn main() {
    let people: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(150_000);
    let office = "00004".parse().unwrap();
    let mut rows: Vec<(RecordId, Vec<u8>)> = Vec::new();
    for household in Population::new(1, &[(office, people)]).unwrap() {
        for person in &household.members {
            let id = RecordId::derive("speed", &[person.pin.digits().as_bytes()]);
            let row = postcard::to_stdvec(&person.fields(&household)).unwrap();
            rows.push((id, row));
        }
    }
    rows.sort_unstable();
    let bytes: usize = rows.iter().map(|(_, row)| row.len()).sum();
    println!("{} rows, {} MiB", rows.len(), bytes >> 20);
    let today = Date::in_viet_nam(1_795_230_000);
    for _ in 0..5 {
        let started = Instant::now();
        let mut survey = Survey::default();
        for (_, row) in &rows {
            let fields: Fields = postcard::from_bytes(row).unwrap();
            survey.add(&fields, &Marks::default(), today);
        }
        let took = started.elapsed();
        println!(
            "{took:?}, {:.2?} a person; {} people, {} complete, {} hamlets",
            took / u32::try_from(rows.len()).unwrap(),
            survey.score.people,
            survey.score.of(Word::Complete),
            survey.hamlets().len(),
        );
    }
}
