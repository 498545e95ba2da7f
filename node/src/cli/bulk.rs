//! `act --bulk`: one renaming for everybody of a street or hamlet, looked at first and then filed
//! act by act, with its progress.

use std::path::Path;

use serde_json::{Value, json};

use super::ask::read_json;
use super::client::Client;
use super::table::{self, Rows, cell};
use super::words::count;
use super::{Cli, Exit, Failure, Format};

/// Most steps of one run: far more than the largest ward needs.
const STEPS_MAX: usize = 10_000;

pub(super) fn bulk(cli: &Cli, file: &Path, dry_run: bool) -> Result<Exit, Failure> {
    let mut body = read_json(file)?;
    let Some(items) = body.as_object_mut() else {
        let words = "a renaming is a JSON object with `from`, `to` and `ground` (docs/acts.md)";
        return Err(Failure::new(Exit::Usage, "input_unreadable", words));
    };
    items.insert("dry_run".to_owned(), json!(dry_run));
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    if dry_run {
        let answer = client.post("/api/v1/acts/bulk", &body)?;
        table::show(cli, &answer, would);
        return Ok(Exit::Done);
    }
    let mut run = Run::default();
    for _ in 0..STEPS_MAX {
        let answer = client.post("/api/v1/acts/bulk", &body)?;
        let more = run.take(&answer);
        if cli.format == Format::Table && run.acts > 0 {
            eprintln!("{}", run.progress());
        }
        if !more {
            break;
        }
    }
    table::show(cli, &run.summary(), did);
    Ok(Exit::Done)
}

/// What the steps of a run came to.
#[derive(Debug, Default)]
struct Run {
    records: u64,
    remaining: u64,
    acts: usize,
    acts_in_all: usize,
    filed: Vec<Value>,
    skipped: Value,
}

impl Run {
    /// Takes a step's answer; whether there is another step.
    fn take(&mut self, answer: &Value) -> bool {
        let number = |key: &str| answer.get(key).and_then(Value::as_u64).unwrap_or(0);
        if self.acts_in_all == 0 {
            self.records = number("records");
            self.acts_in_all = usize::try_from(number("acts")).unwrap_or(usize::MAX);
        }
        self.remaining = number("remaining");
        self.skipped = answer.get("skipped").cloned().unwrap_or_default();
        let filed = answer.get("filed").and_then(Value::as_array);
        let filed = filed.map_or(&[][..], Vec::as_slice);
        self.acts += filed.len();
        self.filed.extend(filed.iter().cloned());
        self.remaining > 0 && !filed.is_empty()
    }

    fn progress(&self) -> String {
        format!(
            "filed {} of {} ({} of {})",
            self.acts,
            count(self.acts_in_all as u64, "act"),
            self.records.saturating_sub(self.remaining),
            count(self.records, "record")
        )
    }

    fn summary(&self) -> Value {
        json!({"records": self.records, "remaining": self.remaining, "filed": self.filed,
            "skipped": self.skipped})
    }
}

fn would(answer: &Value) -> String {
    let number = |key: &str| answer.get(key).and_then(Value::as_u64).unwrap_or(0);
    let changes = answer.get("changes").and_then(Value::as_array);
    let changes = changes.map_or(&[][..], Vec::as_slice);
    let mut text = if number("records") == 0 {
        "nobody and no household of this office lies there: nothing would change\n".to_owned()
    } else {
        format!(
            "would change {} by {}; nothing was filed\n",
            count(number("records"), "record"),
            count(number("acts"), "act")
        )
    };
    if !changes.is_empty() {
        let mut rows = Rows::new(&["record", "about", "is written", "would be", "id"]);
        for change in changes {
            let of = |key: &str| change.get(key).map_or_else(String::new, cell);
            rows.push(vec![
                of("kind"),
                of("about"),
                of("old"),
                of("new"),
                of("record"),
            ]);
        }
        text.push_str(&rows.to_text());
        if (changes.len() as u64) < number("records") {
            text.push_str("… and more of the same\n");
        }
    }
    text + &skipped(answer)
}

fn did(summary: &Value) -> String {
    let number = |key: &str| summary.get(key).and_then(Value::as_u64).unwrap_or(0);
    let acts = summary.get("filed").and_then(Value::as_array);
    let acts = acts.map_or(0, Vec::len) as u64;
    let text = if acts == 0 {
        "nobody and no household of this office lies there: nothing was filed\n".to_owned()
    } else {
        format!(
            "filed: {} for {} on the disk; provisional (tạm) until the centre's receipts\n",
            count(acts, "act"),
            count(
                number("records").saturating_sub(number("remaining")),
                "record"
            )
        )
    };
    text + &skipped(summary)
}

/// What is left as it is.
fn skipped(answer: &Value) -> String {
    let skipped = answer.get("skipped").and_then(Value::as_array);
    let skipped = skipped.map_or(&[][..], Vec::as_slice);
    if skipped.is_empty() {
        return String::new();
    }
    let mut rows = Rows::new(&["left as it is", "because"]);
    for skip in skipped {
        let of = |key: &str| skip.get(key).map_or_else(String::new, cell);
        rows.push(vec![of("record"), of("words")]);
    }
    format!("look: {} left out\n", count(skipped.len() as u64, "record")) + &rows.to_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_until_nothing_remains_and_stops_when_nothing_is_filed() {
        let step = |remaining: u64, filed: &[&str]| {
            json!({"records": 70, "acts": 3, "remaining": remaining, "filed": filed,
                "skipped": []})
        };
        let mut run = Run::default();
        assert!(run.take(&step(6, &["a", "b"])));
        assert_eq!(run.progress(), "filed 2 of 3 acts (64 of 70 records)");
        assert!(!run.take(&step(0, &["c"])));
        let text = did(&run.summary());
        assert!(
            text.starts_with("filed: 3 acts for 70 records on the disk"),
            "{text}"
        );
        let mut stuck = Run::default();
        assert!(!stuck.take(&step(70, &[])));
    }

    #[test]
    fn a_dry_run_tells_what_would_be_written_and_what_is_left() {
        let answer = json!({"dry_run": true, "records": 1, "acts": 1, "filed": [],
            "remaining": 1, "changes": [{"record": "r1", "kind": "person", "about": "An (1980)",
            "old": "thôn Đông", "new": "tổ 3"}],
            "skipped": [{"record": "r2", "code": "record_frozen", "words": "a case is open"}]});
        let text = would(&answer);
        assert!(text.starts_with("would change 1 record by 1 act; nothing was filed\n"));
        for part in ["An (1980)", "thôn Đông", "tổ 3", "a case is open"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let none = json!({"records": 0, "changes": [], "skipped": []});
        assert!(would(&none).starts_with("nobody and no household"));
    }
}
