//! A run on paper: its plan, what became of it, and the log of its events. A recording can be run
//! again without the code that draws plans, so that a fault once found stays a test.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::check::Failure;
use crate::plan::Plan;
use crate::sabotage::Sabotage;
use crate::{Report, run};

/// Largest recording that is read, bytes.
const BYTES_MAX: u64 = 64 << 20;

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// What it shows, in a sentence.
    #[serde(default)]
    pub title: String,
    /// The commit of the sources that it was made with, or their version.
    #[serde(default)]
    pub commit: String,
    /// What has to stand in the log of each replay, in this order: without it the plan shows no more
    /// what the title says, because what its salts draw has changed.
    #[serde(default)]
    pub must_happen: Vec<String>,
    /// What was to happen.
    pub plan: Plan,
    /// The fault that was planted.
    #[serde(default)]
    pub sabotage: Option<Sabotage>,
    /// What did not hold when it was made.
    #[serde(default)]
    pub failure: Option<Failure>,
    /// The hash of what happened when it was made.
    #[serde(default)]
    pub trace: String,
    /// What happened.
    #[serde(default)]
    pub log: Vec<String>,
}

/// The commit of the sources, with `-dirty` behind it if they have been changed since; their version
/// if they are in no repository.
pub fn commit() -> String {
    let describe = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always"])
        .args(["--dirty", "--abbrev=12", "--exclude=*"])
        .output();
    let told = describe.ok().filter(|output| output.status.success());
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    told.map_or_else(
        || env!("CARGO_PKG_VERSION").to_owned(),
        |told| told.trim().to_owned(),
    )
}

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file.
    #[error("the recording cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// Too large.
    #[error("the file is larger than any recording; name the file that `simulate` wrote")]
    TooLarge,
    /// Not a recording.
    #[error("the file is no recording of a simulation: {0}")]
    Form(#[from] serde_json::Error),
}

impl Recording {
    /// Runs a plan and writes down what happens.
    pub fn of(plan: &Plan, sabotage: Option<Sabotage>) -> (Recording, Report) {
        let mut report = run(plan, sabotage, true);
        let recording = Recording {
            title: String::new(),
            commit: commit(),
            must_happen: Vec::new(),
            plan: plan.clone(),
            sabotage,
            failure: report.failure.clone(),
            trace: report.trace.clone(),
            log: std::mem::take(&mut report.log),
        };
        (recording, report)
    }

    /// What had to happen and has not, if a replay with this log no longer shows what this one did.
    pub fn missing(&self, log: &[String]) -> Option<&str> {
        let mut lines = log.iter();
        let mut wanted = self.must_happen.iter();
        wanted
            .find(|wanted| !lines.any(|line| line.contains(*wanted)))
            .map(String::as_str)
    }

    /// Leaves out of a failing plan what the failure does not need, as long as it is the same
    /// failure. At most so many runs.
    pub fn shrink(&self, runs: usize) -> Plan {
        let mut plan = self.plan.clone();
        let Some(failure) = &self.failure else {
            return plan;
        };
        let mut left = runs;
        let mut size = plan.items.len() / 2;
        while size > 0 && left > 0 {
            let mut at = 0;
            while at < plan.items.len() && left > 0 {
                let mut fewer = plan.clone();
                let end = (at + size).min(fewer.items.len());
                fewer.items.drain(at..end);
                left -= 1;
                let again = run(&fewer, self.sabotage, false).failure;
                if again.is_some_and(|again| again.invariant == failure.invariant) {
                    plan = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        plan
    }

    /// Reads a recording.
    pub fn read(path: &Path) -> Result<Recording, RecordingError> {
        if std::fs::metadata(path)?.len() > BYTES_MAX {
            return Err(RecordingError::TooLarge);
        }
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// Writes it.
    pub fn write(&self, path: &Path) -> Result<(), RecordingError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(std::fs::write(path, bytes)?)
    }
}
