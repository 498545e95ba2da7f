//! Finding a person over the API, and whoever may be registered already.

use std::time::Instant;

use serde_json::{Value, json};

use super::spread::Spread;
use super::{Bench, Figure};
use crate::demo::office_work::at;
use crate::failure::Failure;

/// Searches that are timed.
const ROUNDS: usize = 1_000;
/// Births that are checked.
const CHECKS: usize = 500;
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
    let mut figures = vec![
        Figure::plain("find, median", spread.at(500), "ms"),
        Figure::at_most("find, p99", spread.at(990), "ms", 5.0).with(note),
    ];
    figures.extend(check(bench)?);
    Ok(figures)
}

/// Times checks of births, of common names and of parents with common names.
fn check(bench: &Bench) -> Result<[Figure; 2], Failure> {
    let office = at(&bench.fleet.offices, 0)?;
    let births: Vec<Value> = (0..CHECKS).map(birth).collect();
    let mut timings = Vec::with_capacity(births.len());
    let mut found = 0usize;
    for birth in &births {
        let started = Instant::now();
        found += office.desk.check(birth)?;
        timings.push(started.elapsed());
    }
    let spread = Spread::of(timings);
    let note = format!("over HTTP; {found} hints in {CHECKS} births");
    Ok([
        Figure::plain("check a birth for duplicates, median", spread.at(500), "ms"),
        Figure::plain("check a birth for duplicates, p99", spread.at(990), "ms").with(note),
    ])
}

fn birth(number: usize) -> Value {
    let pick = |list: &[&'static str], place: usize| {
        list.get(place % list.len()).copied().unwrap_or_default()
    };
    let surname = pick(&["Nguyễn", "Trần", "Lê", "Phạm"], number);
    let given = pick(
        &["Anh", "Minh", "Bảo", "Khang", "Huy", "Nam", "Long"],
        number / 3,
    );
    let mother = pick(
        &["Thị Trang", "Thị Thảo", "Thị Linh", "Thị Hương"],
        number / 5,
    );
    let day = number % 28 + 1;
    json!({
        "act": "birth",
        "child": {"name": format!("{surname} Gia {given}"), "sex": "male",
                  "birth_date": format!("2026-0{}-{day:02}", number % 6 + 1), "ethnic": "1979:01"},
        "father": {"named": {"name": format!("{surname} Văn Tuấn"), "pin": null}},
        "mother": {"named": {"name": format!("Nguyễn {mother}"), "pin": null}},
        "joins_household": false,
        "evidence": [{"kind": "giấy chứng sinh"}],
    })
}
