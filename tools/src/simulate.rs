//! `registryctl simulate` and `registryctl replay`: the simulation of the centre and its offices.
//! What is simulated and what must hold is `registry-simulation`'s business; here are its runs
//! and what a person sees of them.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::Path;

use registry_simulation::{Many, Plan, Recording, Report, Sabotage, Setting, commit, many};
use serde_json::json;

use crate::cli::{Global, ReplayArguments, SimulateArguments};
use crate::failure::Failure;
use crate::output::{Format, grouped};
use crate::population::bar;

/// Recordings that are written of one call; of the rest the commands are.
const RECORDINGS_MAX: usize = 10;
/// Failing seeds that are shown with what did not hold and their command.
const SHOWN_MAX: usize = 50;
/// Runs that shrinking may take.
const SHRINK_RUNS: usize = 400;

/// What all runs of a call have in common, as a person who wants them again has to type it.
struct Call<'a> {
    base: &'a Setting,
    /// The first and the last.
    seeds: (u64, u64),
    sabotage: Option<Sabotage>,
    /// Of the sources.
    commit: &'a str,
}

impl Call<'_> {
    /// Every option but the seeds.
    fn options(&self) -> String {
        let base = self.base;
        let mut words = format!("--offices {} --steps {}", base.offices, base.steps);
        // Writing into a text cannot fail.
        if let Some(profile) = &base.profile {
            let _ = write!(words, " --profile {profile}");
        }
        let (numbers, drift) = (base.numbers_at_hand, base.drift_ppm);
        let _ = write!(words, " --numbers-at-hand {numbers} --drift-ppm {drift}");
        if let Some(sabotage) = self.sabotage {
            let _ = write!(words, " --sabotage {}", sabotage.name());
        }
        words
    }

    /// The whole of it, before anything runs.
    fn line(&self) -> String {
        let (first, last) = self.seeds;
        let lines = match self.base.profile {
            Some(_) => "",
            None => ", a line drawn for each office",
        };
        format!(
            "simulate: --seeds {first}..{last} {}{lines}; at {}",
            self.options(),
            self.commit
        )
    }

    /// What one seed came to, and the command that runs it again.
    fn failed(&self, seed: u64, report: &Report) -> Option<String> {
        let failure = report.failure.as_ref()?;
        Some(format!(
            "seed {seed} failed at {}: {failure}\n  {}",
            self.commit,
            self.command(seed)
        ))
    }

    fn command(&self, seed: u64) -> String {
        format!("registryctl simulate --seed {seed} {}", self.options())
    }

    /// Every failing seed.
    fn all_failed(&self, ran: &Many) -> impl Iterator<Item = String> {
        let failures = ran.failures.iter();
        failures.filter_map(move |(seed, report)| self.failed(*seed, report))
    }

    /// The file, beside the recordings, with all that failed. One seed that is run again has none,
    /// and a fault that was planted needs none.
    fn list(&self) -> Option<String> {
        let (first, last) = self.seeds;
        let listed = first < last && self.sabotage.is_none();
        listed.then(|| format!("simulation-failures-{first}-{last}.txt"))
    }

    /// As many of them as a person reads, and how many more there are and where.
    fn shown(&self, ran: &Many, out: &Path) -> Vec<String> {
        let mut shown: Vec<String> = self.all_failed(ran).take(SHOWN_MAX).collect();
        let more = ran.failures.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            let all = self.list().map_or_else(String::new, |list| {
                format!("; all are in {}", out.join(list).display())
            });
            shown.push(format!("{more} more failed{all}"));
        }
        shown
    }
}

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
    let commit = commit();
    let call = Call {
        base: &base,
        seeds: (first, last),
        sabotage,
        commit: &commit,
    };
    // First of all, so that a run that was broken off can be run again.
    match global.format {
        Format::Json => eprintln!("{}", call.line()),
        Format::Table | Format::Csv | Format::Qcvn => println!("{}", call.line()),
    }
    let progress = bar(last - first + 1, "seeds");
    let ran = many(
        &base,
        (first, last),
        sabotage,
        sabotage.is_some(),
        &|so_far| progress.set_position(so_far.done),
    );
    progress.finish_and_clear();
    let recorded = record(&ran, &call, &arguments.out)?;
    match global.format {
        Format::Json => println!("{}", in_json(&ran, &call)),
        Format::Table | Format::Csv | Format::Qcvn => {
            show(&ran, &call.shown(&ran, &arguments.out), &recorded);
        }
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

/// Writes down what failed: each seed of many with its command, and recordings of the first; tells
/// where these are.
fn record(ran: &Many, call: &Call<'_>, out: &Path) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    if ran.failures.is_empty() {
        return Ok(paths);
    }
    write_list(ran, call, out)?;
    for (seed, _) in ran.failures.iter().take(RECORDINGS_MAX) {
        let plan = Plan::of(Setting {
            seed: *seed,
            ..call.base.clone()
        });
        let (recording, _) = Recording::of(&plan, call.sabotage);
        let path = out.join(format!("simulation-{seed}.json"));
        recording
            .write(&path)
            .map_err(|error| Failure::Failed(error.to_string()))?;
        paths.push(path.display().to_string());
    }
    Ok(paths)
}

fn write_list(ran: &Many, call: &Call<'_>, out: &Path) -> Result<(), Failure> {
    let Some(list) = call.list() else {
        return Ok(());
    };
    let mut all: Vec<String> = call.all_failed(ran).collect();
    // Ends the last line.
    all.push(String::new());
    std::fs::write(out.join(&list), all.join("\n")).map_err(|error| {
        let out = out.display();
        Failure::Failed(format!("{list} in {out}: {error}"))
    })
}

fn show(ran: &Many, failed: &[String], recorded: &[String]) {
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
    for words in failed {
        println!("{words}");
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

fn in_json(ran: &Many, call: &Call<'_>) -> serde_json::Value {
    let failures: Vec<serde_json::Value> = ran
        .failures
        .iter()
        .map(|(seed, report)| {
            let (failure, trace) = (&report.failure, &report.trace);
            let command = call.command(*seed);
            json!({"seed": seed, "failure": failure, "trace": trace, "command": command})
        })
        .collect();
    json!({
        "commit": call.commit,
        "options": call.options(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(profile: Option<&str>) -> Setting {
        Setting {
            seed: 0,
            offices: 5,
            steps: 400,
            profile: profile.map(ToOwned::to_owned),
            numbers_at_hand: 7,
            drift_ppm: 9,
        }
    }

    /// A call in which so many seeds failed, from 1 on.
    fn many_failed(count: u64) -> Many {
        let failure = registry_simulation::Failure {
            invariant: "agreement".to_owned(),
            words: "two offices differ".to_owned(),
        };
        let report = Report {
            failure: Some(failure),
            ..Report::default()
        };
        Many {
            seeds: count,
            failures: (1..=count).map(|seed| (seed, report.clone())).collect(),
            ..Many::default()
        }
    }

    #[test]
    fn the_settings_of_a_call_are_told_as_they_are_typed() {
        let base = setting(Some("edge_cell"));
        let call = Call {
            base: &base,
            seeds: (3, 8),
            sabotage: Some(Sabotage::HalfAct),
            commit: "0123456789ab",
        };
        let options = "--offices 5 --steps 400 --profile edge_cell --numbers-at-hand 7 \
                       --drift-ppm 9 --sabotage half-act";
        let line = format!("simulate: --seeds 3..8 {options}; at 0123456789ab");
        assert_eq!(call.line(), line);
        let failed = format!(
            "seed 1 failed at 0123456789ab: agreement: two offices differ\n  \
             registryctl simulate --seed 1 {options}"
        );
        assert_eq!(call.shown(&many_failed(1), Path::new(".")), [failed]);
        let drawn = setting(None);
        let call = Call {
            base: &drawn,
            seeds: (1, 1),
            ..call
        };
        assert!(!call.options().contains("--profile"));
        assert!(call.line().contains("drawn for each office"));
    }

    #[test]
    fn of_more_failures_than_are_shown_the_number_is_told_and_all_are_written() {
        let base = setting(None);
        let call = Call {
            base: &base,
            seeds: (1, 10_000),
            sabotage: None,
            commit: "0123456789ab",
        };
        let most = SHOWN_MAX as u64;
        let out = Path::new("found");
        assert_eq!(call.shown(&many_failed(most), out).len(), SHOWN_MAX);
        let ran = many_failed(most + 3);
        let shown = call.shown(&ran, out);
        assert_eq!(shown.len(), SHOWN_MAX + 1);
        let words = "3 more failed; all are in found/simulation-failures-1-10000.txt";
        assert_eq!(shown.last().map(String::as_str), Some(words));
        assert_eq!(call.all_failed(&ran).count(), SHOWN_MAX + 3);
    }

    #[test]
    fn the_list_of_many_seeds_outlives_one_that_is_run_again() {
        let base = setting(None);
        let call = |seeds, sabotage| Call {
            base: &base,
            seeds,
            sabotage,
            commit: "0123456789ab",
        };
        let folder = tempfile::tempdir().unwrap();
        let (many, again) = (call((1, 9), None), call((3, 3), None));
        let planted = call((1, 9), Some(Sabotage::HalfAct));
        write_list(&many_failed(9), &many, folder.path()).unwrap();
        write_list(&many_failed(1), &again, folder.path()).unwrap();
        write_list(&many_failed(1), &planted, folder.path()).unwrap();
        let all = folder.path().join("simulation-failures-1-9.txt");
        let all = std::fs::read_to_string(all).unwrap();
        assert_eq!(all.lines().count(), 18);
        assert!(all.ends_with(&format!("{}\n", many.command(9))), "{all}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let shown = planted.shown(&many_failed(SHOWN_MAX as u64 + 1), Path::new("."));
        assert_eq!(shown.last().map(String::as_str), Some("1 more failed"));
    }
}
