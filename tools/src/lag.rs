//! `registryctl lag`: which offices are behind, and why.

use std::io::{IsTerminal, Write, stdout};
use std::time::Duration;

use comfy_table::Table;
use serde::Deserialize;

use crate::central;
use crate::cli::{Global, LagArguments};
use crate::client::Api;
use crate::duration::{age, now_s};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, coloured, print_json, print_line, table};

/// Between two looks.
const REFRESH: Duration = Duration::from_secs(2);
/// From this age on a lag is to be watched, then to be acted upon, seconds.
const LATE_S: i64 = 3_600;
const BAD_S: i64 = 86_400;
/// From this offset on a clock is to be watched, milliseconds.
const CLOCK_LATE_MS: i64 = 60_000;

/// One office, as the central registry sees it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct NodeRow {
    pub(crate) office: String,
    pub(crate) office_name: String,
    pub(crate) province: Option<serde_json::Value>,
    pub(crate) node: Option<String>,
    pub(crate) state: String,
    pub(crate) last_contact_s: Option<i64>,
    pub(crate) software: Option<String>,
    pub(crate) acts_taken: u64,
    pub(crate) unsent: Option<u64>,
    pub(crate) oldest_unsent_s: Option<i64>,
    pub(crate) feed_head: u64,
    pub(crate) feed_applied: Option<u64>,
    pub(crate) feed_behind: Option<u64>,
    pub(crate) oldest_unapplied_s: Option<i64>,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) incarnation: Option<u64>,
    pub(crate) certificate_days_left: Option<i64>,
    pub(crate) reason: Option<String>,
}

impl Default for NodeRow {
    fn default() -> Self {
        Self {
            office: String::new(),
            office_name: String::new(),
            province: None,
            node: None,
            state: "never".into(),
            last_contact_s: None,
            software: None,
            acts_taken: 0,
            unsent: None,
            oldest_unsent_s: None,
            feed_head: 0,
            feed_applied: None,
            feed_behind: None,
            oldest_unapplied_s: None,
            clock_offset_ms: None,
            incarnation: None,
            certificate_days_left: None,
            reason: None,
        }
    }
}

/// How an age is to be taken.
fn tone_of_age(age_s: Option<i64>) -> Tone {
    match age_s {
        None | Some(..=0) => Tone::Plain,
        Some(seconds) if seconds >= BAD_S => Tone::Bad,
        Some(seconds) if seconds >= LATE_S => Tone::Late,
        Some(_) => Tone::Plain,
    }
}

/// How a state is to be taken.
pub(crate) fn tone_of_state(state: &str) -> Tone {
    match state {
        "connected" => Tone::Good,
        "away" => Tone::Late,
        _ => Tone::Bad,
    }
}

/// A count, or a dash.
pub(crate) fn count(value: Option<u64>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

/// How long ago a moment was, or a dash.
pub(crate) fn ago(at_s: Option<i64>, now_s: i64) -> String {
    at_s.map_or_else(|| "-".into(), |at_s| age(now_s.saturating_sub(at_s)))
}

fn age_or_dash(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "-".into(), age)
}

fn table_of(rows: &[NodeRow], now: i64) -> Table {
    let mut shown = table(&[
        "office",
        "name",
        "state",
        "unsent",
        "oldest unsent",
        "behind",
        "oldest unapplied",
        "last contact",
        "clock",
        "reason",
    ]);
    for row in rows {
        let clock = row.clock_offset_ms;
        let clock_tone = match clock {
            Some(offset) if offset.saturating_abs() >= CLOCK_LATE_MS => Tone::Late,
            _ => Tone::Plain,
        };
        shown.add_row([
            cell(&row.office, Tone::Plain),
            cell(&row.office_name, Tone::Plain),
            cell(&row.state, tone_of_state(&row.state)),
            cell(count(row.unsent), Tone::Plain),
            cell(
                age_or_dash(row.oldest_unsent_s),
                tone_of_age(row.oldest_unsent_s),
            ),
            cell(count(row.feed_behind), Tone::Plain),
            cell(
                age_or_dash(row.oldest_unapplied_s),
                tone_of_age(row.oldest_unapplied_s),
            ),
            cell(ago(row.last_contact_s, now), Tone::Plain),
            cell(
                clock.map_or_else(|| "-".into(), |ms| format!("{ms:+} ms")),
                clock_tone,
            ),
            cell(row.reason.as_deref().unwrap_or(""), Tone::Plain),
        ]);
    }
    shown
}

/// Runs the command.
pub(crate) fn run(arguments: &LagArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    if arguments.watch {
        return watch(&api, global);
    }
    if global.format == Format::Json {
        return print_json(&api.get("/api/v1/lag")?);
    }
    let rows: Vec<NodeRow> = api.get_as("/api/v1/lag")?;
    if rows.is_empty() {
        return print_line("no office has joined yet");
    }
    print_line(table_of(&rows, now_s()))?;
    print_line(summary(&rows))
}

fn summary(rows: &[NodeRow]) -> String {
    let with = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let unsent: u64 = rows.iter().filter_map(|row| row.unsent).sum();
    format!(
        "{} offices: {} connected, {} away, {} never seen; {unsent} acts known to be unsent",
        rows.len(),
        with("connected"),
        with("away"),
        with("never"),
    )
}

/// Shows it again and again, until Ctrl-C. A central registry that goes away and comes back is
/// part of what is watched, not an error.
fn watch(api: &Api, global: &Global) -> Result<(), Failure> {
    let in_place = stdout().is_terminal() && global.format == Format::Table;
    loop {
        let text = match api.get("/api/v1/lag") {
            Ok(value) if global.format == Format::Json => value.to_string(),
            Ok(value) => {
                let rows: Vec<NodeRow> = api.typed(value)?;
                format!("{}\n{}", table_of(&rows, now_s()), summary(&rows))
            }
            Err(failure @ Failure::Unreachable { .. }) => failure.to_string(),
            Err(failure) => return Err(failure),
        };
        if in_place {
            // Home, then each line cleared to its end, then the rest: no flicker.
            let clear = if coloured() { "\u{1b}[K\n" } else { "\n" };
            let _ = write!(
                stdout(),
                "\u{1b}[H{}{clear}\u{1b}[J",
                text.replace('\n', clear)
            );
            let _ = stdout().flush();
        } else {
            print_line(&text)?;
        }
        std::thread::sleep(REFRESH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_office_that_was_never_seen_is_read() {
        let row: NodeRow =
            serde_json::from_str(r#"{"office":"00004","state":"never","last_contact_s":null}"#)
                .unwrap();
        assert_eq!((row.state.as_str(), row.last_contact_s), ("never", None));
        let shown = table_of(&[row], 100).to_string();
        assert!(shown.contains("00004"), "{shown}");
    }

    #[test]
    fn an_old_lag_is_bad_and_a_young_one_is_not() {
        assert_eq!(tone_of_age(None), Tone::Plain);
        assert_eq!(tone_of_age(Some(60)), Tone::Plain);
        assert_eq!(tone_of_age(Some(LATE_S)), Tone::Late);
        assert_eq!(tone_of_age(Some(BAD_S)), Tone::Bad);
    }
}
