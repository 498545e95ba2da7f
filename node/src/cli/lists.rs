//! The commands that show lists: what is pending, cases, people found.

use std::collections::HashMap;

use registry::date::Date;
use serde_json::Value;

use super::client::Client;
use super::table::{self, Rows, cell};
use super::words::{moment, span};
use super::{Cli, Exit, Failure};
use crate::clock;

/// What is pending, in the order in which a clerk looks at it.
const PENDING: [&str; 6] = [
    "provisional",
    "waiting",
    "returned",
    "parked",
    "disputed",
    "quarantined",
];

/// Exit code 3 if there is anything.
pub(super) fn pending(cli: &Cli) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let mut acts = Vec::new();
    for state in PENDING {
        let query = [("state", state), ("limit", "500")];
        if let Value::Array(found) = client.get("/api/v1/acts", &query)? {
            acts.extend(found);
        }
    }
    let open = client.get("/api/v1/acts", &[("under_way", "true"), ("limit", "500")])?;
    if let Value::Array(found) = open {
        acts.extend(found.into_iter().filter(asked_for_more));
    }
    let numbers = case_numbers(&client.get("/api/v1/cases", &[])?);
    let none = acts.is_empty();
    let now_s = clock::device_s();
    table::show(cli, &Value::Array(acts), |acts| {
        pending_table(acts, &numbers, now_s)
    });
    Ok(if none { Exit::Done } else { Exit::Refused })
}

/// An application for which something is missing, and that is in none of the other lists.
fn asked_for_more(act: &Value) -> bool {
    text(act, "state") == "final" && text(act, "dossier") == "supplement_asked"
}

fn case_numbers(cases: &Value) -> HashMap<String, u64> {
    let number = |case: &Value| {
        let id = case.pointer("/case/id")?.as_str()?.to_owned();
        Some((id, case.pointer("/case/number")?.as_u64()?))
    };
    cases
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(number)
        .collect()
}

fn pending_table(acts: &Value, cases: &HashMap<String, u64>, now_s: i64) -> String {
    let acts = acts.as_array().map_or(&[][..], Vec::as_slice);
    if acts.is_empty() {
        return "nothing is pending: every act has its receipt, none is disputed, came back or lacks papers\n"
            .to_owned();
    }
    let mut rows = Rows::new(&[
        "state", "since", "due", "act", "about", "officer", "next", "id",
    ]);
    for act in acts {
        let age = act.get("entered_s").and_then(Value::as_i64);
        rows.push(vec![
            text(act, "state").to_owned(),
            age.map_or_else(String::new, |at_s| span(now_s.saturating_sub(at_s))),
            due(act, now_s),
            text(act, "kind").to_owned(),
            about(act),
            text(act, "officer").to_owned(),
            next_step(act, cases),
            text(act, "act").to_owned(),
        ]);
    }
    rows.to_text()
}

/// Whom an act is about; somebody elsewhere, if nobody whom it changes is known here.
fn about(act: &Value) -> String {
    let known = act.get("about").map_or_else(String::new, cell);
    let changes = act.get("records").and_then(Value::as_array);
    if known.is_empty() && changes.is_some_and(|records| !records.is_empty()) {
        return "(held elsewhere)".to_owned();
    }
    known
}

/// By when the result is due: the day, and whether it has passed.
fn due(act: &Value, now_s: i64) -> String {
    let Ok(due) = text(act, "due").parse::<Date>() else {
        return String::new();
    };
    match due.days_since(Date::in_viet_nam(now_s)) {
        0 => "today".to_owned(),
        1.. => due.to_string(),
        _ => format!("{due} OVERDUE"),
    }
}

/// What happens next with an act, or what to do about it.
fn next_step(act: &Value, cases: &HashMap<String, u64>) -> String {
    let withdrawn = act.pointer("/withdrawal/state").and_then(Value::as_str);
    if withdrawn == Some("provisional") {
        return "withdrawn; the centre's receipt is awaited".to_owned();
    }
    let case = act
        .get("case")
        .and_then(Value::as_str)
        .and_then(|id| cases.get(id))
        .map_or_else(|| "a case".to_owned(), |number| format!("case {number}"));
    let said = |or: &str| match text(act, "words") {
        "" => or.to_owned(),
        words => format!("{words} [{}]", text(act, "code")),
    };
    match text(act, "state") {
        "provisional" => "sent when there is a line; the receipt is awaited".to_owned(),
        "waiting" => "rests on an act that came back: look at that one first".to_owned(),
        "disputed" => format!("took effect; {case} decides (`commune-node cases`)"),
        "parked" => format!(
            "{} ({case})",
            said("the office that holds the record decides")
        ),
        "returned" => format!("{}: correct it and file it again", said("it was refused")),
        "final" => format!(
            "the centre asks for: {} (add papers to it)",
            text(act, "answer")
        ),
        _ => said("the operator of the centre looks at it"),
    }
}

pub(super) fn cases(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data, cli.officer.as_ref())?.get("/api/v1/cases", &[])?;
    table::show(cli, &answer, cases_table);
    Ok(Exit::Done)
}

fn cases_table(cases: &Value) -> String {
    let cases = cases.as_array().map_or(&[][..], Vec::as_slice);
    if cases.is_empty() {
        return "no case concerns this office\n".to_owned();
    }
    let mut rows = Rows::new(&["case", "state", "harm", "opened", "matter", "about", "next"]);
    for case in cases {
        let number = |path: &str| case.pointer(path).and_then(Value::as_i64);
        let open = case.get("open").and_then(Value::as_bool) == Some(true);
        rows.push(vec![
            number("/case/number").map_or_else(String::new, |number| number.to_string()),
            if open { "open" } else { "closed" }.to_owned(),
            number("/case/dispute/harm").map_or_else(String::new, |harm| harm.to_string()),
            number("/case/opened_s").map_or_else(String::new, moment),
            text(case, "matter").to_owned(),
            match case.get("about").map(cell).unwrap_or_default() {
                about if about.is_empty() => "(held elsewhere)".to_owned(),
                about => about,
            },
            case.pointer("/next/en").map(cell).unwrap_or_default(),
        ]);
    }
    rows.to_text()
}

pub(super) fn find(cli: &Cli, query: &str, limit: usize) -> Result<Exit, Failure> {
    let limit = limit.to_string();
    let query = [("q", query), ("limit", limit.as_str())];
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let (answer, found) = client.get_found("/api/v1/people", &query)?;
    table::show(cli, &answer, |people| people_table(people, found));
    Ok(Exit::Done)
}

fn people_table(people: &Value, found: Option<usize>) -> String {
    let people = people.as_array().map_or(&[][..], Vec::as_slice);
    if people.is_empty() {
        return "nobody of this office fits; type less, or look whether the person lives in another commune\n"
            .to_owned();
    }
    let mut rows = Rows::new(&["name", "born", "number", "address", "file", "state", "id"]);
    for person in people {
        let keys = [
            "name",
            "birth_date",
            "pin_masked",
            "address",
            "household_file",
            "state",
            "id",
        ];
        let shown = |key: &str| person.get(key).map_or_else(String::new, cell);
        let mut cells = keys.map(shown).to_vec();
        let other = text(person, "other_name");
        if let (Some(name), false) = (cells.first_mut(), other.is_empty()) {
            *name = format!("{name} (other name: {other})");
        }
        rows.push(cells);
    }
    let found = found.unwrap_or(people.len());
    let last = if found > people.len() {
        format!(
            "first {} of {}{found}: type more to narrow it down, or give --limit\n",
            people.len(),
            if found >= registry::search::HITS_MAX {
                "at least "
            } else {
                ""
            },
        )
    } else {
        format!("{found} found\n")
    };
    rows.to_text() + &last
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pending_act_is_told_with_whom_it_is_about_and_what_comes_next() {
        let acts = json!([
            {"state": "provisional", "kind": "birth", "about": ["Trần Gia Bảo (2026)"], "officer": "lan",
             "entered_s": 100, "act": "aa", "due": "1969-12-31"},
            {"state": "disputed", "kind": "correction", "records": ["r1"], "officer": "lan", "entered_s": 0,
             "act": "bb", "case": "c7", "due": "1970-01-01"},
            {"state": "returned", "kind": "death", "officer": "minh", "entered_s": 0, "act": "cc",
             "code": "person_dead", "words": "the person is registered as dead"},
            {"state": "provisional", "kind": "contact", "officer": "lan", "entered_s": 100, "act": "dd",
             "withdrawal": {"state": "provisional"}},
            {"state": "final", "dossier": "supplement_asked", "kind": "eid_level_2", "officer": "lan",
             "entered_s": 100, "act": "ee", "answer": "a clearer photograph"},
        ]);
        let cases = HashMap::from([("c7".to_owned(), 7)]);
        let table = pending_table(&acts, &cases, 190);
        let lines: Vec<&str> = table.lines().collect();
        assert!(
            lines[1].contains("1 min  31/12/1969 OVERDUE  birth")
                && lines[1].contains("Trần Gia Bảo (2026)")
        );
        assert!(lines[1].contains("the receipt is awaited"));
        assert!(
            lines[2].contains("case 7 decides")
                && lines[2].contains("today")
                && lines[2].contains("(held elsewhere)"),
            "{table}"
        );
        assert!(lines[3].contains("registered as dead [person_dead]: correct it"));
        assert!(lines[4].contains("withdrawn; the centre's receipt"));
        assert!(lines[5].contains("asks for: a clearer photograph (add papers"));
        let more: Vec<bool> = acts
            .as_array()
            .unwrap()
            .iter()
            .map(asked_for_more)
            .collect();
        assert_eq!(more, [false, false, false, false, true]);
        assert!(pending_table(&json!([]), &cases, 0).contains("nothing is pending"));
    }

    #[test]
    fn whoever_is_found_by_another_name_is_listed_with_it() {
        let two = json!([{"name": "A", "other_name": "B"}, {"name": "C", "other_name": null}]);
        let table = people_table(&two, Some(2));
        assert!(table.contains("A (other name: B)") && !table.contains("C ("));
    }

    #[test]
    fn a_cut_list_of_people_says_so() {
        let two = json!([{"name": "A"}, {"name": "B"}]);
        assert!(
            people_table(&two, Some(31))
                .ends_with("first 2 of 31: type more to narrow it down, or give --limit\n")
        );
        assert!(people_table(&two, Some(1000)).contains("first 2 of at least 1000"));
        assert!(people_table(&two, Some(2)).ends_with("\n2 found\n"));
        assert!(people_table(&json!([]), Some(0)).contains("nobody"));
    }
}
