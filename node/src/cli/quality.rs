//! `quality` and `statistics`: the office's data in numbers, and whose records are to be mended.

use serde_json::Value;

use super::client::Client;
use super::table::{self, Rows, cell};
use super::words::span;
use super::{Cli, Exit, Failure, MendArguments};

/// The four words as columns.
const WORDS: [&str; 4] = ["accurate", "complete", "clean", "live"];

pub(super) fn quality(cli: &Cli, wanted: &MendArguments) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let Some(problem) = &wanted.problem else {
        let answer = client.get("/api/v1/quality", &[])?;
        table::show(cli, &answer, quality_words);
        return Ok(Exit::Done);
    };
    let limit = wanted.limit.to_string();
    let mut query = vec![("problem", problem.as_str()), ("limit", limit.as_str())];
    query.extend(wanted.hamlet.as_deref().map(|hamlet| ("hamlet", hamlet)));
    query.extend(wanted.after.as_deref().map(|after| ("after", after)));
    let answer = client.get("/api/v1/quality/records", &query)?;
    table::show(cli, &answer, records_words);
    Ok(Exit::Done)
}

fn quality_words(answer: &Value) -> String {
    let number = |path: &str| answer.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let sync = answer.get("last_sync_age_s").and_then(Value::as_i64);
    let mut text = format!(
        "{} people counted; last contact with the centre {}\n\n",
        number("/score/people"),
        sync.map_or_else(
            || "never".to_owned(),
            |age_s| format!("{} ago", span(age_s))
        ),
    );
    let mut rows = Rows::new(&["", "people", "đúng", "đủ", "sạch", "sống"]);
    rows.push(score_row("this office", answer));
    for hamlet in list(answer, "hamlets") {
        let name = match hamlet.get("name").and_then(Value::as_str) {
            None | Some("") => "(no hamlet in the address)",
            Some(name) => name,
        };
        rows.push(score_row(name, hamlet));
    }
    text.push_str(&rows.to_text());
    let mut rows = Rows::new(&["people", "to mend", "", "name"]);
    for problem in list(answer, "problems") {
        let keys = ["people", "label_vi", "mend", "problem"];
        rows.push(
            keys.map(|key| problem.get(key).map_or_else(String::new, cell))
                .to_vec(),
        );
    }
    if list(answer, "problems").next().is_none() {
        text.push_str("\nnothing is to be mended\n");
    } else {
        text.push('\n');
        text.push_str(&rows.to_text());
        text.push_str("\n`commune-node quality --problem NAME` lists whose records these are\n");
    }
    text
}

fn score_row(name: &str, of: &Value) -> Vec<String> {
    let people = of.pointer("/score/people").map_or_else(String::new, cell);
    let share = |word: &&str| {
        let percent = of
            .pointer(&format!("/percent/{word}"))
            .and_then(Value::as_f64);
        percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"))
    };
    let mut row = vec![name.to_owned(), people];
    row.extend(WORDS.iter().map(share));
    row
}

fn records_words(answer: &Value) -> String {
    let mut rows = Rows::new(&["name", "born", "number", "address", "to mend", "id"]);
    let mut none = true;
    for person in list(answer, "people") {
        none = false;
        let keys = [
            "name",
            "birth_date",
            "pin_masked",
            "address",
            "problems",
            "id",
        ];
        rows.push(
            keys.map(|key| person.get(key).map_or_else(String::new, cell))
                .to_vec(),
        );
    }
    if none {
        return "nobody: there is nothing of this kind to mend\n".to_owned();
    }
    let more = answer.get("next").and_then(Value::as_str);
    let more = more.map_or_else(String::new, |next| {
        format!("there are more: go on with --after {next}\n")
    });
    rows.to_text() + &more
}

pub(super) fn statistics(cli: &Cli, year: Option<u16>) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let year = year.map(|year| year.to_string());
    let query: Vec<(&str, &str)> = year.iter().map(|year| ("year", year.as_str())).collect();
    let answer = client.get("/api/v1/statistics", &query)?;
    table::show(cli, &answer, statistics_words);
    Ok(Exit::Done)
}

fn statistics_words(answer: &Value) -> String {
    let people = answer.get("people").and_then(Value::as_u64).unwrap_or(0);
    let mut text = format!("{people} people counted here\n\n");
    let mut rows = Rows::new(&["age", "male", "female", "sex unknown"]);
    let sexes = |of: &Value| {
        let keys = ["male", "female", "sex_unknown"];
        keys.map(|key| of.get(key).map_or_else(String::new, cell))
    };
    let mut push = |name: String, of: Option<&Value>| {
        let mut row = vec![name];
        row.extend(sexes(of.unwrap_or(&Value::Null)));
        rows.push(row);
    };
    let bands = answer.pointer("/pyramid/bands").and_then(Value::as_array);
    for band in bands.into_iter().flatten() {
        let from = band.get("from").and_then(Value::as_u64).unwrap_or(0);
        let name = match from {
            100.. => "100 and more".to_owned(),
            from => format!("{from}–{}", from + 4),
        };
        push(name, band.get("people"));
    }
    push(
        "one of two (only the year is known)".to_owned(),
        answer.pointer("/pyramid/band_uncertain"),
    );
    push("unknown".to_owned(), answer.pointer("/pyramid/age_unknown"));
    text.push_str(&rows.to_text());
    text.push('\n');
    text.push_str(&months_words(answer));
    text
}

fn months_words(answer: &Value) -> String {
    const COLUMNS: [&str; 4] = [
        "/vital/births/happened",
        "/vital/births/registered",
        "/vital/deaths/happened",
        "/vital/deaths/registered",
    ];
    let map = |path: &str, part: &str| {
        let found = answer.pointer(&format!("{path}/{part}"));
        found.and_then(Value::as_object)
    };
    let mut rows = Rows::new(&[
        "month",
        "born",
        "births registered",
        "died",
        "deaths registered",
    ]);
    let mut none = true;
    for (part, suffix) in [("month_unknown", ", month unknown"), ("by_month", "")] {
        let keys = COLUMNS.iter().filter_map(|path| map(path, part));
        let keys: std::collections::BTreeSet<&String> = keys.flat_map(|map| map.keys()).collect();
        for key in keys {
            none = false;
            let count = |path: &&str| {
                let count = map(path, part).and_then(|map| map.get(key));
                count.map_or_else(|| "0".to_owned(), cell)
            };
            let mut row = vec![format!("{key}{suffix}")];
            row.extend(COLUMNS.iter().map(count));
            rows.push(row);
        }
    }
    if none {
        "no birth or death was registered here in this time\n".to_owned()
    } else {
        rows.to_text()
    }
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quality_is_told_in_the_four_words_with_what_to_mend() {
        let score = json!({"people": 3});
        let percent = json!({"accurate": 100.0, "complete": 66.6, "clean": 100.0, "live": 0.0});
        let text = quality_words(&json!({
            "score": score, "percent": percent, "last_sync_age_s": 120,
            "hamlets": [{"name": "Thôn 3", "score": score, "percent": percent},
                        {"name": "", "score": score, "percent": percent}],
            "problems": [{"problem": "sex_missing", "people": 1, "label_vi": "Thiếu giới tính",
                          "mend": "Add the sex by a correction"}]
        }));
        assert!(text.starts_with("3 people counted; last contact with the centre 2 min ago\n"));
        assert!(
            text.contains("Thôn 3                      3       100.0 %  66.6 %  100.0 %  0.0 %"),
            "{text}"
        );
        assert!(text.contains("(no hamlet in the address)"));
        assert!(
            text.contains("Thiếu giới tính  Add the sex by a correction  sex_missing"),
            "{text}"
        );
        let none = json!({"score": {"people": 0}, "percent": {"accurate": null}});
        assert!(quality_words(&none).contains("nothing is to be mended"));
        assert!(quality_words(&none).contains("this office  0       -"));
    }

    #[test]
    fn months_that_are_not_known_stand_apart() {
        let text = statistics_words(&json!({
            "people": 2,
            "pyramid": {"bands": [{"from": 0, "people": {"male": 1, "female": 0, "sex_unknown": 0}},
                                  {"from": 100, "people": {"male": 0, "female": 1, "sex_unknown": 0}}],
                        "band_uncertain": {"male": 0, "female": 0, "sex_unknown": 0},
                        "age_unknown": {"male": 0, "female": 0, "sex_unknown": 0}},
            "vital": {"births": {"happened": {"by_month": {"2026-11": 2}, "month_unknown": {"1941": 1}},
                                 "registered": {"by_month": {"2026-11": 3}}},
                      "deaths": {"happened": {}, "registered": {}}}
        }));
        assert!(
            text.contains("0–4                                  1     0       0"),
            "{text}"
        );
        assert!(text.contains("100 and more"));
        assert!(
            text.contains("1941, month unknown  1     0                  0     0"),
            "{text}"
        );
        assert!(
            text.contains("2026-11              2     3                  0     0"),
            "{text}"
        );
        let none = statistics_words(&json!({"people": 0}));
        assert!(none.ends_with("no birth or death was registered here in this time\n"));
    }
}
