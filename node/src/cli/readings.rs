//! `readings`: who opened which record, when and why.

use registry::reading::ReadReason;
use serde_json::Value;

use super::client::Client;
use super::table::{self, Rows, cell};
use super::words::moment;
use super::{Cli, Exit, Failure, ReadingsArguments};

pub(super) fn readings(cli: &Cli, wanted: &ReadingsArguments) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let officer = wanted.officer.as_ref().map(ToString::to_string);
    let day = wanted.day.map(|day| day.to_string());
    let limit = wanted.limit.to_string();
    let mut before = wanted.before;
    loop {
        let place = before.map(|place| place.to_string());
        let mut query = vec![("limit", limit.as_str())];
        query.extend(officer.as_deref().map(|name| ("officer", name)));
        query.extend(day.as_deref().map(|day| ("day", day)));
        query.extend(place.as_deref().map(|place| ("before", place)));
        let answer = client.get("/api/v1/readings", &query)?;
        let empty = answer
            .get("rows")
            .and_then(Value::as_array)
            .is_none_or(Vec::is_empty);
        let next = answer.get("next").and_then(Value::as_u64);
        // A page may hold none and not be the last: a long time in which nobody read.
        if empty && next.is_some() && next != before {
            before = next;
            continue;
        }
        table::show(cli, &answer, as_text);
        return Ok(Exit::Done);
    }
}

fn as_text(answer: &Value) -> String {
    let readings = answer.get("rows").and_then(Value::as_array);
    let readings = readings.map_or(&[][..], Vec::as_slice);
    if readings.is_empty() {
        return "no record was opened\n".to_owned();
    }
    let mut rows = Rows::new(&["when", "officer", "record", "why", "at the centre"]);
    for reading in readings {
        let shown = |key: &str| reading.get(key).map_or_else(String::new, cell);
        let at_s = reading.get("at_s").and_then(Value::as_i64);
        let reason = shown("reason").parse::<ReadReason>();
        let sent = reading.get("sent").and_then(Value::as_bool) == Some(true);
        rows.push(vec![
            at_s.map_or_else(String::new, moment),
            shown("officer"),
            shown("record"),
            reason.map_or_else(|_| shown("reason"), |reason| reason.label_en().to_owned()),
            if sent { "yes" } else { "not yet" }.to_owned(),
        ]);
    }
    let mut text = rows.to_text();
    if let Some(next) = answer.get("next").and_then(Value::as_u64) {
        text.push_str(&format!("more: --before {next}\n"));
    }
    text
}
