//! Every place where bytes from outside are read, given the committed corpora and some thousands
//! of mutations of them: nothing panics, and no input takes more memory than its target allows.
//!
//! A find of `tools/fuzz` becomes a file in `tests/corpora/` and is replayed here for ever.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hostile_inputs::mutation::Mutator;
use hostile_inputs::{TARGETS, Target};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process, so one test runs at a time, those too that measure
/// nothing. The runner itself frees a little beside them when a test ends.
static ALONE: Mutex<()> = Mutex::new(());

/// Begins a test: the others wait. A panic that a reader catches is told by its words alone; to find
/// the names of a backtrace takes more memory than any input may.
fn alone() -> MutexGuard<'static, ()> {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    alone
}

/// Mutations of each target; fewer where one takes a disk or a thread.
const MUTATIONS: u64 = 3_000;
const MUTATIONS_OF_SLOW: u64 = 200;
const SLOW: [&str; 5] = [
    "store_files",
    "session",
    "wire_payload",
    "attachment",
    "picture",
];

fn folder() -> PathBuf {
    registry_tests::sources::folder().join("tests/corpora")
}

/// The committed files of a target, in the order of their names.
fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join(target.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|_| panic!("no corpus {folder:?}"));
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Runs a target and tells how much memory it took at once.
fn measured(target: &Target, bytes: &[u8]) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    (target.run)(bytes);
    MEMORY.peak_usage().saturating_sub(before)
}

fn within(target: &Target, bytes: &[u8], what: &str) -> usize {
    let took = measured(target, bytes);
    let allowed = target.peak_bytes_max;
    assert!(
        took <= allowed,
        "{}: {what} takes {took} bytes, {allowed} are allowed",
        target.name
    );
    took
}

#[test]
fn every_committed_input_is_survived_within_its_memory() {
    let _alone = alone();
    for target in TARGETS {
        let files = corpus(target);
        assert!(!files.is_empty(), "{} has no corpus", target.name);
        // What is prepared once is no input's.
        (target.run)(&files[0].1);
        let most = files
            .iter()
            .map(|(path, bytes)| within(target, bytes, path));
        println!(
            "{}: {} files, most {:?} bytes",
            target.name,
            files.len(),
            most.max()
        );
    }
}

#[test]
fn mutations_of_the_committed_inputs_are_survived_within_their_memory() {
    let _alone = alone();
    for target in TARGETS {
        let inputs: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, bytes)| bytes).collect();
        (target.run)(&inputs[0]);
        let slow = SLOW.contains(&target.name);
        let mutations = if slow { MUTATIONS_OF_SLOW } else { MUTATIONS };
        for number in 0..mutations {
            let at = usize::try_from(number).unwrap() % inputs.len();
            let other = usize::try_from(number.wrapping_mul(7)).unwrap() % inputs.len();
            let mutated = Mutator::new(target.name, number).mutate(&inputs[at], &inputs[other]);
            within(target, &mutated, &format!("mutation {number}"));
        }
    }
}

#[test]
fn a_mutation_is_the_same_at_every_run_and_another_for_another_number() {
    let _alone = alone();
    let mutate = |number| Mutator::new("act", number).mutate(&[7; 200], b"other");
    assert_eq!(mutate(3), mutate(3));
    let different: BTreeSet<Vec<u8>> = (0..50).map(mutate).collect();
    assert!(different.len() > 40);
}

#[test]
fn memory_is_counted() {
    let _alone = alone();
    let hungry = Target {
        name: "hungry",
        run: |bytes| drop(std::hint::black_box(vec![1_u8; bytes.len() * 1_000])),
        peak_bytes_max: 0,
    };
    let (fed, starved) = (measured(&hungry, &[0; 1_000]), measured(&hungry, &[]));
    assert!(fed > 900_000, "{fed} bytes are counted of a million");
    assert!(starved < 100_000, "{starved} bytes are counted of none");
}

#[test]
fn every_target_is_fuzzed_and_every_corpus_has_a_target() {
    let _alone = alone();
    let names: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    let root = registry_tests::sources::folder();
    let here = |path: PathBuf, ending: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(path).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .map(|name| name.trim_end_matches(ending).to_owned())
            .collect()
    };
    assert_eq!(here(root.join("fuzz/fuzz_targets"), ".rs"), names);
    assert_eq!(here(folder(), ""), names);
    let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    for name in &names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
    }
    let page = fs::read_to_string(root.join("docs/fuzzing.md")).unwrap();
    for name in &names {
        assert!(
            page.contains(&format!("| `{name}` |")),
            "{name} is not in docs/fuzzing.md"
        );
    }
}
