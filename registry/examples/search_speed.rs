//! Measures the search index on a synthetic commune: memory, time to build, time a query.
//!
//! `cargo run --release -p registry --example search_speed -- 150000`

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]

use std::time::{Duration, Instant};

use registry::RecordId;
use registry::population::{Population, SyntheticHousehold, SyntheticPerson};
use registry::search::{Entry, HITS_MAX, Index};
use registry::text::fold_base;

/// What a clerk types to find a person.
type Query = fn(&SyntheticHousehold, &SyntheticPerson) -> String;

fn main() {
    let people: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(150_000);
    let office = "00004".parse().unwrap();
    let households: Vec<_> = Population::new(1, &[(office, people)]).unwrap().collect();
    let before = resident_kib();
    let mut index = Index::new();
    let mut number = 0u64;
    let mut spent = Duration::ZERO;
    for household in &households {
        for person in &household.members {
            number += 1;
            let id = RecordId::derive("speed", &[&number.to_le_bytes()]);
            let others: Vec<&str> = person.other_names.iter().map(|n| n.as_str()).collect();
            let started = Instant::now();
            index.insert(id, &entry(household, person, &others));
            spent += started.elapsed();
        }
    }
    let grown = resident_kib().saturating_sub(before);
    println!("{people} people indexed in {spent:?}; {grown} KiB more resident");

    let sample: Vec<_> = households
        .iter()
        .step_by(households.len() / 250 + 1)
        .map(|household| (household, &household.members[0]))
        .collect();
    let kinds: [(&str, Query); 12] = [
        ("full name", |_, p| p.name.as_str().to_owned()),
        ("base letters", |_, p| fold_base(p.name.as_str())),
        ("surname", |_, p| fold_base(p.name.surname())),
        ("given name", |_, p| fold_base(p.name.given())),
        ("two letters", |_, p| {
            fold_base(p.name.surname())[..2].to_owned()
        }),
        ("name while typed", |_, p| {
            let base = fold_base(p.name.as_str());
            base[..base.len() - 1].to_owned()
        }),
        ("name and year", |_, p| {
            format!(
                "{} {}",
                fold_base(p.name.as_str()),
                p.birth.year().unwrap_or(1990)
            )
        }),
        ("year", |_, p| p.birth.year().unwrap_or(1990).to_string()),
        ("four digits", |_, p| p.pin.digits()[6..10].to_owned()),
        ("PIN", |_, p| p.pin.digits()),
        ("file", |h, _| h.file.clone()),
        ("name and hamlet", |h, p| {
            format!("{} {}", fold_base(p.name.given()), h.hamlet.as_str())
        }),
    ];
    let mut all = Vec::new();
    for (kind, text) in kinds {
        let mut times: Vec<Duration> = Vec::new();
        let mut hits = 0;
        for (household, person) in &sample {
            let text = text(household, person);
            let started = Instant::now();
            hits += index.query(&text, HITS_MAX).len();
            times.push(started.elapsed());
        }
        report(kind, &mut times, hits);
        all.append(&mut times);
    }
    let mut telex: Vec<Duration> = Vec::new();
    let mut hits = 0;
    for _ in 0..250 {
        let started = Instant::now();
        hits += index.query("Nguyeenx Vawn Ddwcs", HITS_MAX).len();
        telex.push(started.elapsed());
    }
    report("Telex", &mut telex, hits);
    all.append(&mut telex);
    report("all", &mut all, 0);
}

fn entry<'a>(
    household: &'a SyntheticHousehold,
    person: &'a SyntheticPerson,
    other_names: &'a [&'a str],
) -> Entry<'a> {
    Entry {
        name: person.name.as_str(),
        other_names,
        birth: person.birth.date(),
        pin: Some(person.pin),
        household_file: Some(&household.file),
        phone: person.phone.as_ref().map(|phone| phone.as_str()),
        hamlet: Some(household.hamlet.as_str()),
        ..Entry::default()
    }
}

fn report(kind: &str, times: &mut [Duration], hits: usize) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "{kind:18} p50 {:>10.2?} p99 {:>10.2?} max {:>10.2?} hits {hits}",
        at(50),
        at(99),
        at(100)
    );
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
