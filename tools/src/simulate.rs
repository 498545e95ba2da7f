//! `registryctl simulate` and `registryctl replay`: the simulation of the centre and its offices.
//! What is simulated and what must hold is `registry-simulation`'s business; here are its runs
//! and what a person sees of them.

use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::Path;

use registry_simulation::{Many, Plan, Recording, Sabotage, Setting, commit, many};
use serde_json::json;

use crate::cli::{Global, ReplayArguments, SimulateArguments};
use crate::failure::Failure;
use crate::output::{Format, grouped};
use crate::population::bar;

/// Recordings that are written of one call; the rest are named by their seeds.
const RECORDINGS_MAX: usize = 10;
/// Runs that shrinking may take.
const SHRINK_RUNS: usize = 400;

/// Runs one seed, or many.
pub(crate) fn run(arguments: &SimulateArguments, global: &Global) -> Result<(), Failure> {
    let sabotage = arguments.sabotage.as_deref().map(planted).transpose()?;
    let base = Setting {
        seed: 0,
        offices: arguments.offices,
        steps: arguments.steps,
        profile: arguments.profile.clone(),
        numbers_at_hand: arguments.numbers_at_hand,
        drift_ppm: arguments.drift_ppm,
    };
    let (first, last) = match arguments.seed {
        Some(seed) => (seed, seed),
        None => arguments.seeds,
    };
    // Before the long run, not after it.
    std::fs::create_dir_all(&arguments.out).map_err(|error| {
        let out = arguments.out.display();
        Failure::Usage(format!("--out {out} cannot be made: {error}"))
    })?;
    let progress = bar(last - first + 1, "seeds");
    let ran = many(
        &base,
        (first, last),
        sabotage,
        sabotage.is_some(),
        &|so_far| progress.set_position(so_far.done),
    );
    progress.finish_and_clear();
    let recorded = record(&ran, &base, sabotage, &arguments.out)?;
    match global.format {
        Format::Json => println!("{}", in_json(&ran)),
        Format::Table | Format::Csv | Format::Qcvn => show(&ran, &recorded),
    }
    match (sabotage, ran.failures.is_empty()) {
        (None, true) | (Some(_), false) => Ok(()),
        (None, false) => Err(Failure::Failed(format!(
            "{} of {} seeds failed",
            ran.failures.len(),
            ran.seeds
        ))),
        (Some(sabotage), true) => Err(Failure::Failed(format!(
            "{} went unnoticed in {} seeds",
            sabotage.name(),
            ran.seeds
        ))),
    }
}

fn planted(name: &str) -> Result<Sabotage, Failure> {
    let sabotage = Sabotage::named(name).ok_or_else(|| {
        let names: Vec<String> = Sabotage::ALL.iter().map(|one| one.name()).collect();
        Failure::Usage(format!(
            "there is no fault `{name}` to plant; one of: {}",
            names.join(", ")
        ))
    })?;
    if Sabotage::is_possible() {
        Ok(sabotage)
    } else {
        let words = "this program was built without debug assertions, so nothing can be planted in it; \
                     use a debug build: cargo run -p registry-tools -- simulate --sabotage …";
        Err(Failure::Usage(words.to_owned()))
    }
}

/// Writes recordings of the first failing runs; tells where.
fn record(
    ran: &Many,
    base: &Setting,
    sabotage: Option<Sabotage>,
    out: &Path,
) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for (seed, _) in ran.failures.iter().take(RECORDINGS_MAX) {
        let plan = Plan::of(Setting {
            seed: *seed,
            ..base.clone()
        });
        let (recording, _) = Recording::of(&plan, sabotage);
        let path = out.join(format!("simulation-{seed}.json"));
        recording
            .write(&path)
            .map_err(|error| Failure::Failed(error.to_string()))?;
        paths.push(path.display().to_string());
    }
    Ok(paths)
}

fn show(ran: &Many, recorded: &[String]) {
    let tally = &ran.tally;
    let seconds = ran.took.as_secs_f64();
    println!(
        "{} runs in {seconds:.1} s, {:.1} virtual days",
        grouped(ran.seeds),
        tally.ms as f64 / 86_400_000.0
    );
    println!(
        "  {} events, {} frames, {} acts acknowledged ({} refused), {} accepted, {} returned, {} parked",
        grouped(tally.events),
        grouped(tally.frames),
        grouped(tally.acts),
        grouped(tally.refused),
        grouped(tally.accepted),
        grouped(tally.returned),
        grouped(tally.parked),
    );
    println!(
        "  {} cases, {} decisions, {} new lives of nodes",
        grouped(tally.cases),
        grouped(tally.decisions),
        grouped(tally.lives)
    );
    println!(
        "  {} decrees, {} offices changed by them, {} records opened, {} papers in {} pieces, {} thumbnails fetched",
        grouped(tally.decrees.values().sum()),
        grouped(tally.offices_changed),
        grouped(tally.readings),
        grouped(tally.attachments),
        grouped(tally.pieces),
        grouped(tally.thumbnails)
    );
    let faults: Vec<String> = tally
        .faults
        .iter()
        .map(|(name, count)| format!("{name} {}", grouped(*count)))
        .collect();
    println!("  faults: {}", faults.join(", "));
    for (seed, report) in &ran.failures {
        if let Some(failure) = &report.failure {
            println!("seed {seed} failed at {}: {failure}", commit());
        }
    }
    for path in recorded {
        println!("recorded: {path}   (registryctl replay {path})");
    }
    println!(
        "simulate: seeds={} failures={} acts={} faults={}",
        ran.seeds,
        ran.failures.len(),
        tally.acts,
        tally.faults.values().sum::<u64>()
    );
}

fn in_json(ran: &Many) -> serde_json::Value {
    let failures: Vec<serde_json::Value> = ran
        .failures
        .iter()
        .map(|(seed, report)| json!({"seed": seed, "failure": report.failure, "trace": report.trace}))
        .collect();
    json!({
        "commit": commit(),
        "seeds": ran.seeds,
        "seconds": ran.took.as_secs_f64(),
        "tally": ran.tally,
        "failures": failures,
    })
}

/// Runs a recording again.
pub(crate) fn replay(arguments: &ReplayArguments) -> Result<(), Failure> {
    let recording =
        Recording::read(&arguments.file).map_err(|error| Failure::Usage(error.to_string()))?;
    if let Some(path) = &arguments.shrink {
        return shrink(&recording, path);
    }
    let (again, _) = Recording::of(&recording.plan, recording.sabotage);
    let waits = arguments.step && stdin().is_terminal();
    for line in &again.log {
        if waits && line.contains("planned:") {
            eprint!("-- Enter goes on --");
            let _ = stderr().flush();
            let mut answer = String::new();
            let _ = stdin().read_line(&mut answer);
        }
        if writeln!(stdout(), "{line}").is_err() {
            // A reader that went away (`| head`) is no failure of ours.
            return Ok(());
        }
    }
    let compared = if recording.trace.is_empty() {
        "; none was recorded".to_owned()
    } else if recording.trace == again.trace {
        " as recorded".to_owned()
    } else {
        let since = match recording.commit.as_str() {
            "" => String::new(),
            commit => format!(" since {commit}"),
        };
        format!(" is not as recorded: the program has changed{since}")
    };
    eprintln!("trace {}{compared}", again.trace);
    match again.failure {
        Some(failure) => Err(Failure::Failed(failure.to_string())),
        None => {
            eprintln!("every invariant held");
            Ok(())
        }
    }
}

fn shrink(recording: &Recording, path: &Path) -> Result<(), Failure> {
    if recording.failure.is_none() {
        let words = "the recording shows no failure, so there is nothing to shrink it to";
        return Err(Failure::Usage(words.to_owned()));
    }
    let plan = recording.shrink(SHRINK_RUNS);
    let (smaller, _) = Recording::of(&plan, recording.sabotage);
    smaller
        .write(path)
        .map_err(|error| Failure::Failed(error.to_string()))?;
    eprintln!(
        "{} of {} steps are left: {}",
        plan.items.len(),
        recording.plan.items.len(),
        path.display()
    );
    Ok(())
}
