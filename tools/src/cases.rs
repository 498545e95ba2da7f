//! `registryctl cases`: the queue of disputes.

use registry::date::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::central;
use crate::cli::{CasesArguments, Global};
use crate::duration::{age, now_s};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};
use crate::words;

/// One case of the list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CaseRow {
    pub(crate) number: u64,
    #[serde(default)]
    pub(crate) matter: Value,
    #[serde(default)]
    pub(crate) harm: u8,
    #[serde(default)]
    pub(crate) owner: Value,
    #[serde(default)]
    pub(crate) opened_s: i64,
    #[serde(default)]
    pub(crate) due: Value,
    #[serde(default)]
    pub(crate) state: Value,
    #[serde(default)]
    pub(crate) offices: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &CasesArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let mut path = format!(
        "/api/v1/cases?state={}&late={}&mine={}&limit={}",
        arguments.state.as_str(),
        arguments.late,
        arguments.mine,
        // One more tells whether there are others.
        arguments.limit.saturating_add(1)
    );
    if let Some(office) = arguments.office {
        path.push_str(&format!("&office={office}"));
    }
    if let Some(harm) = arguments.harm {
        path.push_str(&format!("&harm={harm}"));
    }
    if global.format == Format::Json {
        return print_json(&api.get(&path)?);
    }
    let rows: Vec<CaseRow> = api.get_as(&path)?;
    let chosen =
        arguments.late || arguments.mine || arguments.office.is_some() || arguments.harm.is_some();
    if rows.is_empty() {
        return print_line(match arguments.state {
            crate::cli::CaseFilter::Open if !chosen => "no case waits for a decision",
            crate::cli::CaseFilter::Open => "no such case waits for a decision",
            _ => "no case",
        });
    }
    let now = now_s();
    let today = Date::in_viet_nam(now);
    let mut shown = table(&[
        "case", "what", "harm", "offices", "owner", "open for", "due", "state",
    ]);
    for row in rows.iter().take(arguments.limit) {
        let due = words::plain(&row.due);
        let waits = matches!(row.state.as_str(), Some("open" | "proposed"));
        let overdue = waits && due.parse::<Date>().is_ok_and(|due| due < today);
        let tone = if row.harm >= 5 {
            Tone::Bad
        } else {
            Tone::Plain
        };
        shown.add_row([
            cell(row.number, Tone::Plain),
            cell(words::matter(&row.matter), Tone::Plain),
            cell(row.harm, tone),
            cell(row.offices.join(", "), Tone::Plain),
            cell(words::plain(&row.owner), Tone::Plain),
            cell(age(now.saturating_sub(row.opened_s)), Tone::Plain),
            cell(
                words::day(&due),
                if overdue { Tone::Bad } else { Tone::Plain },
            ),
            cell(words::plain(&row.state), Tone::Plain),
        ]);
    }
    print_line(shown)?;
    if rows.len() > arguments.limit {
        print_line(format!(
            "{} shown, those that are due first; --limit shows more",
            arguments.limit
        ))?;
    }
    print_line("registryctl case NUMBER show    both claims of one")
}
