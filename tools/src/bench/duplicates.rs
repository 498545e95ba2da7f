//! The search for duplicates on a population in which they were planted: how many are found, how
//! many hints are wrong, how long it takes. The trial itself is [`registry::duplicate::Trial`].

use std::time::Instant;

use registry::duplicate::{Report, Trial};
use registry::population::{Population, Rates, specimens, spread};
use serde_json::{Value, json};

use super::process;
use crate::cli::{BenchArguments, Global};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, grouped, print_json, print_line, table};
use crate::population::bar;

/// What the hints aim at.
const PRECISION: f64 = 0.99;
const RECALL: f64 = 0.95;

/// What was measured beside the report.
struct Cost {
    prepare_s: f64,
    compare_s: f64,
    peak_bytes: Option<u64>,
}

/// Runs the trial and prints what came out.
pub(crate) fn measure(arguments: &BenchArguments, global: &Global) -> Result<(), Failure> {
    let population = Population::new(arguments.seed, &spread(arguments.people))
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let begun = Instant::now();
    let progress = bar(u64::from(arguments.people), "people");
    let mut trial = Trial::default();
    for specimen in specimens(population, arguments.seed, Rates::default()) {
        trial.add(&specimen);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let prepare_s = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let progress = bar(0, "pairs");
    let report = trial.run(|done, all| {
        progress.set_length(all);
        progress.set_position(done);
    });
    progress.finish_and_clear();
    let cost = Cost {
        prepare_s,
        compare_s: begun.elapsed().as_secs_f64(),
        peak_bytes: process::resident_bytes_most(std::process::id()),
    };
    match global.format {
        Format::Json => print_json(&as_json(&report, &cost, arguments)),
        Format::Table | Format::Csv | Format::Qcvn => print(&report, &cost),
    }
}

fn print(report: &Report, cost: &Cost) -> Result<(), Failure> {
    let mut kinds = table(&[
        "planted",
        "pairs",
        "share a key",
        "worth a look",
        "strong hint",
    ]);
    for (kind, tally) in &report.kinds {
        let tone = |wanted: bool| if wanted { Tone::Plain } else { Tone::Late };
        kinds.add_row([
            cell(kind.words(), tone(kind.is_duplicate())),
            cell(grouped(tally.planted), Tone::Plain),
            cell(percent(tally.met, tally.planted), Tone::Plain),
            cell(percent(tally.looked, tally.planted), Tone::Plain),
            cell(percent(tally.strong, tally.planted), Tone::Plain),
        ]);
    }
    print_line(kinds)?;
    let mut sums = table(&["what", "measured", "goal"]);
    let goal = |measured: f64, goal: f64| {
        if measured >= goal {
            Tone::Good
        } else {
            Tone::Bad
        }
    };
    let (precision, recall) = (report.precision(), report.recall());
    for (what, measured, aim, tone) in [
        (
            "precision of strong hints",
            precision,
            "≥ 0.99",
            goal(precision, PRECISION),
        ),
        (
            "recall of strong hints",
            recall,
            "≥ 0.95",
            goal(recall, RECALL),
        ),
        (
            "recall of all hints",
            report.recall_looked(),
            "",
            Tone::Plain,
        ),
        (
            "precision of all hints",
            report.precision_looked(),
            "",
            Tone::Plain,
        ),
        (
            "duplicates that share a key",
            report.reach(),
            "",
            Tone::Plain,
        ),
    ] {
        sums.add_row([
            cell(what, Tone::Plain),
            cell(format!("{measured:.4}"), tone),
            cell(aim, Tone::Plain),
        ]);
    }
    for (what, measured) in costs(report, cost) {
        sums.add_row([
            cell(what, Tone::Plain),
            cell(measured, Tone::Plain),
            cell("", Tone::Plain),
        ]);
    }
    print_line(sums)?;
    if cfg!(debug_assertions) {
        print_line("not optimised: build with --release before comparing")?;
    }
    Ok(())
}

fn costs(report: &Report, cost: &Cost) -> Vec<(&'static str, String)> {
    let peak = cost.peak_bytes.map_or_else(
        || "unknown".to_owned(),
        |bytes| format!("{} MiB", grouped(bytes >> 20)),
    );
    vec![
        ("records", grouped(report.people)),
        ("duplicates planted", grouped(report.planted())),
        ("keys", grouped(report.keys)),
        ("pairs compared", grouped(report.pairs)),
        (
            "pairs left out of too large blocks",
            grouped(report.left_out),
        ),
        ("making people and keys", format!("{:.1} s", cost.prepare_s)),
        (
            "finding and comparing pairs",
            format!("{:.1} s", cost.compare_s),
        ),
        ("memory at most", peak),
    ]
}

#[allow(clippy::cast_precision_loss)] // counts of people stay far below 2⁵²
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

fn as_json(report: &Report, cost: &Cost, arguments: &BenchArguments) -> Value {
    let kinds: Vec<Value> = report
        .kinds
        .iter()
        .map(|(kind, tally)| {
            json!({
                "planted": kind.words(), "duplicate": kind.is_duplicate(),
                "pairs": tally.planted, "share_a_key": tally.met,
                "worth_a_look": tally.looked, "strong": tally.strong,
            })
        })
        .collect();
    let wrong: Vec<Value> = report
        .wrong
        .iter()
        .map(|(kind, count)| {
            json!({"of": kind.map_or("nobody planted", |kind| kind.words()), "pairs": count})
        })
        .collect();
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|((item, level), (duplicates, others))| {
            json!({
                "item": item.key(), "level": level.key(),
                "duplicates": duplicates, "others": others,
            })
        })
        .collect();
    let scores: Vec<Value> = report
        .scores
        .iter()
        .map(|(tens, (duplicates, others))| {
            json!({"from": tens * 10, "duplicates": duplicates, "others": others})
        })
        .collect();
    json!({
        "people": report.people, "seed": arguments.seed,
        "version": env!("CARGO_PKG_VERSION"), "optimised": !cfg!(debug_assertions),
        "planted": report.planted(), "keys": report.keys,
        "pairs": report.pairs, "left_out": report.left_out,
        "precision": report.precision(), "recall": report.recall(),
        "precision_all_hints": report.precision_looked(),
        "recall_all_hints": report.recall_looked(), "reach": report.reach(),
        "kinds": kinds, "wrong_strong_hints": wrong,
        "wrong_hints_to_look": report.looked_wrong,
        "scores": scores, "findings": findings,
        "prepare_seconds": cost.prepare_s, "compare_seconds": cost.compare_s,
        "peak_bytes": cost.peak_bytes,
    })
}
