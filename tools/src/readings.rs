//! `registryctl readings`: which records were opened at an office. It names nobody: a record is its id.

use registry::date::Date;
use registry::reading::ReadReason;
use serde_json::Value;

use crate::central;
use crate::cli::{Global, ReadingsArguments};
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// Viet Nam is seven hours ahead, all year.
const VIET_NAM_S: i64 = 7 * 3600;
const DAY_S: i64 = 86_400;

/// Runs the command.
pub(crate) fn run(arguments: &ReadingsArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let mut path = format!(
        "/api/v1/readings?office={}&limit={}",
        arguments.office, arguments.limit
    );
    if let Some(officer) = &arguments.officer {
        path.push_str(&format!("&officer={officer}"));
    }
    if let Some(day) = arguments.since {
        path.push_str(&format!("&since_s={}", first_second(day)));
    }
    let mut after = arguments.after.clone();
    let answer = loop {
        let page = match &after {
            Some(after) => api.get(&format!("{path}&after={}", plain(after)?))?,
            None => api.get(&path)?,
        };
        let rows = page.get("rows").and_then(Value::as_array);
        let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
        // An answer may hold none and not be the last: much was gone through.
        if rows.is_none_or(Vec::is_empty) && next.is_some() && next != after {
            after = next;
            continue;
        }
        break page;
    };
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let rows = answer.get("rows").and_then(Value::as_array);
    let rows = rows.cloned().unwrap_or_default();
    if rows.is_empty() {
        return print_line("no record was opened, or the office has not told of it yet");
    }
    let mut shown = table(&["when", "officer", "record", "why", "device"]);
    for row in &rows {
        let text = |key: &str| {
            row.get(key)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        let at_s = row.get("at_s").and_then(Value::as_i64);
        let reason = text("reason").parse::<ReadReason>();
        let reason = reason.map_or_else(|_| text("reason"), |it| it.label_en().to_owned());
        shown.add_row([
            cell(at_s.map_or_else(|| "-".into(), moment), Tone::Plain),
            cell(text("officer"), Tone::Plain),
            cell(text("record"), Tone::Plain),
            cell(reason, Tone::Plain),
            cell(text("node"), Tone::Plain),
        ]);
    }
    print_line(shown)?;
    match answer.get("next").and_then(Value::as_str) {
        Some(next) => print_line(format!("more: --after {next}")),
        None => Ok(()),
    }
}

/// When a day begins in Viet Nam, seconds since 1970.
fn first_second(day: Date) -> i64 {
    let epoch = Date::from_days(0).ok();
    let days = epoch.map_or(0, |epoch| days_between(epoch, day));
    days.saturating_mul(DAY_S).saturating_sub(VIET_NAM_S)
}

fn days_between(from: Date, to: Date) -> i64 {
    let span = to.to_civil().since(from.to_civil());
    span.map_or(0, |span| i64::from(span.get_days()))
}

/// A place as an answer told it: nothing else goes into a query.
fn plain(place: &str) -> Result<&str, Failure> {
    let fits = place
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if fits {
        Ok(place)
    } else {
        Err(Failure::Usage(
            "--after: give it as the answer before told".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_viet_nam() {
        let day = "2026-11-21".parse().unwrap();
        assert_eq!(
            moment(first_second(day)).get(..16),
            moment(1_795_194_000).get(..16)
        );
        assert_eq!(first_second("1970-01-01".parse().unwrap()), -VIET_NAM_S);
        assert!(plain("123-00ff").is_ok() && plain("1&office=2").is_err());
    }
}
