//! `registryctl simulate` and `registryctl replay`: what a person who looks for a fault works with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn registryctl(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registryctl"));
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A seed that fails leaves a file; the file shows the same failure again, step by step, with the
/// state of each office, and says so.
#[test]
fn a_failing_seed_is_recorded_and_its_recording_shows_each_office_and_fails_again() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["simulate", "--seed", "1", "--sabotage", "half-act"];
    let out = ["--steps", "30", "--out", "found"];
    let ran = registryctl(&[&arguments[..], &out].concat(), folder.path());
    let told = text(&ran.stdout);
    // The planted fault was found: that is what was wanted.
    assert!(ran.status.success(), "{told}{}", text(&ran.stderr));
    let settings =
        "--offices 3 --steps 30 --numbers-at-hand 0 --drift-ppm 20000 --sabotage half-act";
    let first = told.lines().next().unwrap();
    let wanted = format!("simulate: --seeds 1..1 {settings}, a line drawn for each office; at ");
    assert!(first.starts_with(&wanted), "{told}");
    assert!(told.contains("seed 1 failed at "), "{told}");
    let command = format!("  registryctl simulate --seed 1 {settings}");
    assert!(told.lines().any(|line| line == command), "{told}");
    let file = folder.path().join("found/simulation-1.json");
    let recording: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(recording["plan"]["setting"]["seed"], 1);
    assert_eq!(recording["commit"], registry_simulation::commit());
    let failure = recording["failure"]["words"].as_str().unwrap().to_owned();
    assert!(told.contains(&failure), "{told}");
    // No list beside it: it was one seed, and the fault was planted.
    let found = std::fs::read_dir(folder.path().join("found")).unwrap();
    assert_eq!(found.count(), 1);
    // The command that was told is all that is needed to see it again.
    let mut words: Vec<&str> = command.split_whitespace().skip(1).collect();
    words.extend(["--out", "again"]);
    let again = registryctl(&words, folder.path());
    let again = text(&again.stdout);
    assert!(again.contains(&failure), "{again}");

    let replayed = registryctl(&["replay", "found/simulation-1.json"], folder.path());
    let (log, said) = (text(&replayed.stdout), text(&replayed.stderr));
    assert_eq!(replayed.status.code(), Some(1), "{said}");
    assert!(
        said.contains("as recorded") && !said.contains("not as recorded"),
        "{said}"
    );
    assert!(said.contains(&failure), "{said}");
    let steps = log.lines().filter(|line| line.contains("planned:")).count();
    let is_state = |line: &&str| {
        let parts = [
            "  office ",
            "life ",
            "acts ",
            "people ",
            "digest ",
            "centre's feed ",
        ];
        parts.iter().all(|part| line.contains(part))
    };
    let states: Vec<&str> = log.lines().filter(is_state).collect();
    assert!(
        steps > 0 && states.len() >= steps,
        "{} states, {steps} steps",
        states.len()
    );
    // The offices are told apart, each with the digest of what it holds.
    let word_after = |line: &str, mark: &str| {
        let rest = line.split_once(mark).unwrap().1;
        rest.split([' ', ',', ';']).next().unwrap().to_owned()
    };
    let unlike = |mark: &str| {
        let words: std::collections::BTreeSet<String> =
            states.iter().map(|line| word_after(line, mark)).collect();
        words.len()
    };
    assert_eq!(unlike("  office "), 3);
    assert!(unlike("digest ") >= 3, "{} digests", unlike("digest "));
}

#[test]
fn a_recording_of_another_program_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let short = [
        "simulate",
        "--seed",
        "1",
        "--steps",
        "10",
        "--sabotage",
        "panic",
    ];
    let ran = registryctl(&short, folder.path());
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let file = folder.path().join("simulation-1.json");
    let mut recording: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    recording["trace"] = "00".repeat(32).into();
    recording["commit"] = "0123456789ab".into();
    std::fs::write(&file, recording.to_string()).unwrap();
    let replayed = registryctl(&["replay", "simulation-1.json"], folder.path());
    let said = text(&replayed.stderr);
    let words = "is not as recorded: the program has changed since 0123456789ab";
    assert!(said.contains(words), "{said}");
}
