//! `registryctl quality` and `statistics`: how good the data are by the four words, and the people
//! in numbers, of the country, a province or a commune.

use serde_json::Value;

use crate::central;
use crate::cli::{Global, QualityArguments, ScopeArguments, StatisticsArguments};
use crate::duration::now_s;
use crate::failure::Failure;
use crate::lag::ago;
use crate::output::{Format, Tone, cell, grouped, print_json, print_line, table};

/// Percent below which a share is to be watched, and below which to be acted upon.
const LATE: f64 = 95.0;
const BAD: f64 = 80.0;

fn path(of: &str, scope: &ScopeArguments, year: Option<u16>) -> String {
    let mut query: Vec<String> = Vec::new();
    query.extend(scope.province.iter().map(|code| format!("province={code}")));
    query.extend(scope.office.iter().map(|code| format!("office={code}")));
    query.extend(scope.now.then(|| "now=true".to_owned()));
    query.extend(year.map(|year| format!("year={year}")));
    format!("/api/v1/{of}?{}", query.join("&"))
}

/// Runs `quality`.
pub(crate) fn quality(arguments: &QualityArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let answer = api.get(&path("quality", &arguments.scope, None))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let now = now_s();
    let mut shown = table(&[
        "code",
        "name",
        "people",
        "đúng",
        "đủ",
        "sạch",
        "sống",
        "surveyed",
        "last contact",
    ]);
    let parts = list(&answer, "parts");
    for part in answer.get("whole").into_iter().chain(parts) {
        let name = match text(part, "name") {
            "" => "(no hamlet in the address)",
            name => name,
        };
        let mut row = vec![
            cell(text(part, "code"), Tone::Plain),
            cell(name, Tone::Plain),
            cell(grouped(number(part, "/score/people")), Tone::Plain),
        ];
        for word in ["accurate", "complete", "clean", "live"] {
            let percent = part.pointer(&format!("/percent/{word}"));
            row.push(match percent.and_then(Value::as_f64) {
                None => cell("-", Tone::Plain),
                Some(percent) => cell(format!("{percent:.1} %"), tone_of(percent)),
            });
        }
        for key in ["surveyed_s", "last_sync_s"] {
            let at_s = part.get(key).and_then(Value::as_i64);
            row.push(cell(ago(at_s, now), Tone::Plain));
        }
        shown.add_row(row);
    }
    print_line(shown)?;
    say_waiting(&answer)?;
    let mut mend = table(&["people", "to mend", "", "name"]);
    let mut none = true;
    for problem in list(&answer, "problems") {
        none = false;
        mend.add_row([
            cell(grouped(number(problem, "/people")), Tone::Plain),
            cell(text(problem, "label_vi"), Tone::Plain),
            cell(text(problem, "mend"), Tone::Plain),
            cell(text(problem, "problem"), Tone::Plain),
        ]);
    }
    if none {
        return Ok(());
    }
    print_line("")?;
    print_line(mend)
}

/// Runs `statistics`.
pub(crate) fn statistics(arguments: &StatisticsArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let answer = api.get(&path("statistics", &arguments.scope, arguments.year))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let surveyed = answer.get("surveyed_s").and_then(Value::as_i64);
    print_line(format!(
        "{}: {} people, surveyed {}",
        text(&answer, "name"),
        grouped(number(&answer, "/people")),
        ago(surveyed, now_s()),
    ))?;
    say_waiting(&answer)?;
    print_line("")?;
    let mut pyramid = table(&["age", "male", "female", "sex unknown"]);
    let mut push = |name: String, of: Option<&Value>| {
        let count = |key: &str| of.and_then(|of| of.get(key)).and_then(Value::as_u64);
        let cells = ["male", "female", "sex_unknown"]
            .map(|key| cell(grouped(count(key).unwrap_or(0)), Tone::Plain));
        let mut row = vec![cell(name, Tone::Plain)];
        row.extend(cells);
        pyramid.add_row(row);
    };
    let bands = answer.pointer("/pyramid/bands").and_then(Value::as_array);
    for band in bands.into_iter().flatten() {
        let name = match number(band, "/from") {
            100.. => "100 and more".to_owned(),
            from => format!("{from}–{}", from + 4),
        };
        push(name, band.get("people"));
    }
    let apart = |key: &str| answer.pointer(&format!("/pyramid/{key}"));
    push("one of two bands".to_owned(), apart("band_uncertain"));
    push("unknown".to_owned(), apart("age_unknown"));
    print_line(pyramid)?;
    print_line("")?;
    months(&answer)
}

fn months(answer: &Value) -> Result<(), Failure> {
    const COLUMNS: [&str; 4] = [
        "/vital/births/happened",
        "/vital/births/registered",
        "/vital/deaths/happened",
        "/vital/deaths/registered",
    ];
    let mut shown = table(&[
        "month",
        "born",
        "births registered",
        "died",
        "deaths registered",
    ]);
    let mut none = true;
    for (part, suffix) in [("month_unknown", ", month unknown"), ("by_month", "")] {
        let of = |path: &str| {
            let map = answer.pointer(&format!("{path}/{part}"));
            map.and_then(Value::as_object)
        };
        let keys: std::collections::BTreeSet<&String> = COLUMNS
            .iter()
            .filter_map(|path| of(path))
            .flat_map(|map| map.keys())
            .collect();
        for key in keys {
            none = false;
            let mut row = vec![cell(format!("{key}{suffix}"), Tone::Plain)];
            row.extend(COLUMNS.iter().map(|path| {
                let count = of(path)
                    .and_then(|map| map.get(key))
                    .and_then(Value::as_u64);
                cell(grouped(count.unwrap_or(0)), Tone::Plain)
            }));
            shown.add_row(row);
        }
    }
    if none {
        return print_line("no birth or death was registered in this time");
    }
    print_line(shown)
}

fn say_waiting(answer: &Value) -> Result<(), Failure> {
    match number(answer, "/communes_waiting") {
        0 => Ok(()),
        waiting => print_line(format!(
            "{} communes were not surveyed yet and are not in the sums; `--office CODE --now` surveys one at once",
            grouped(waiting)
        )),
    }
}

fn tone_of(percent: f64) -> Tone {
    if percent < BAD {
        Tone::Bad
    } else if percent < LATE {
        Tone::Late
    } else {
        Tone::Good
    }
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_in_the_path() {
        let scope = |province: Option<&str>, office: Option<&str>, now| ScopeArguments {
            province: province.map(str::to_owned),
            office: office.map(str::to_owned),
            now,
        };
        assert_eq!(
            path("quality", &scope(None, None, false), None),
            "/api/v1/quality?"
        );
        assert_eq!(
            path("quality", &scope(Some("01"), None, false), None),
            "/api/v1/quality?province=01"
        );
        assert_eq!(
            path("statistics", &scope(None, Some("00004"), true), Some(2026)),
            "/api/v1/statistics?office=00004&now=true&year=2026"
        );
    }
}
