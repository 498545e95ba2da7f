//! `registryctl case`: one dispute, shown side by side, and decided.

use std::collections::BTreeMap;

use registry::RecordId;
use registry::case::{Case, CaseNotice, CaseState, Outcome, Party};
use registry::dispute::{Claim, Matter};
use registry::schema::Field;
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

use crate::central;
use crate::cli::{CaseAction, CaseArguments, DecideArguments, Global};
use crate::client::Api;
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};
use crate::words;

/// Runs the command.
pub(crate) fn run(arguments: &CaseArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    match &arguments.action {
        CaseAction::Show => show(&api, arguments.number, global),
        CaseAction::Decide(decision) => {
            let api = central::speaking_as(api, decision.as_person.as_deref())?;
            decide(&api, arguments.number, decision, global)
        }
    }
}

fn path(number: u64) -> String {
    format!("/api/v1/cases/{number}")
}

fn show(api: &Api, number: u64, global: &Global) -> Result<(), Failure> {
    let answer = api.get(&path(number))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let notice: CaseNotice = api.typed(answer)?;
    let mut records = BTreeMap::new();
    for record in notice
        .case
        .dispute
        .claims
        .iter()
        .filter_map(|claim| claim.record)
    {
        let whole = api.get(&format!("/api/v1/people/{record}"))?;
        records.insert(record, of_record(&whole));
    }
    print_line(side_by_side(&notice, &records))
}

/// Fields by which a reviewer tells two people apart, or sees that they are one.
const TELLING: [Field; 8] = [
    Field::Name,
    Field::BirthDate,
    Field::Sex,
    Field::Pin,
    Field::BirthPlace,
    Field::BirthEntry,
    Field::Father,
    Field::Mother,
];

/// What a whole record says of who the person is.
fn of_record(whole: &Json) -> String {
    let lines = TELLING.iter().filter_map(|field| {
        let value = whole.get("fields")?.get(field.key())?.clone();
        let value: Value = serde_json::from_value(value).ok()?;
        Some(format!(
            "{}: {}",
            field.rule().label_en.to_lowercase(),
            words::value(&value)
        ))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A case in words; `records` tells what the records say that are compared.
fn side_by_side(notice: &CaseNotice, records: &BTreeMap<RecordId, String>) -> String {
    let case = &notice.case;
    let dispute = &case.dispute;
    let mut text = format!(
        "Case {}: {} (row {} of the clash table, harm {})\n",
        case.number,
        words::matter_words(&dispute.matter),
        dispute.row,
        dispute.harm
    );
    text.push_str(&format!(
        "{}; opened {}, due {}\n",
        state(case),
        moment(case.opened_s),
        case.due.to_civil().strftime("%d/%m/%Y")
    ));
    if let Some(agreed) = &dispute.agreed {
        text.push_str(&format!(
            "Shown meanwhile, last agreed: {}\n",
            words::value(agreed)
        ));
    }
    let columns: Vec<Column> = dispute
        .claims
        .iter()
        .map(|claim| Column::of(claim, party_of(notice, claim), records))
        .collect();
    let mut headings = vec![String::new()];
    headings.extend((0..columns.len()).map(|index| format!("claim {index}")));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut shown = table(&headings);
    let differ = |row: usize| {
        let mut texts = columns.iter().filter_map(|column| column.lines.get(row));
        let first = texts.next();
        texts.any(|text| Some(text) != first)
    };
    for (row, label) in LABELS.iter().enumerate() {
        // What differs is what the reviewer looks for.
        let tone = if row == VALUE_ROW && differ(row) {
            Tone::Late
        } else {
            Tone::Plain
        };
        let mut cells = vec![cell(label, Tone::Plain)];
        for column in &columns {
            cells.push(cell(
                column.lines.get(row).map_or("-", String::as_str),
                tone,
            ));
        }
        shown.add_row(cells);
    }
    text.push_str(&shown.to_string());
    text.push('\n');
    for (office, question) in &case.questions {
        text.push_str(&format!(
            "Asked {}: {}\n",
            words::office(*office),
            question.as_str()
        ));
    }
    text.push_str(&what_decisions_do(case));
    text
}

const LABELS: &[&str] = &[
    "value",
    "act",
    "office",
    "officer",
    "counts from",
    "entered",
    "papers",
];
const VALUE_ROW: usize = 0;

/// A claim's column.
struct Column {
    lines: Vec<String>,
}

impl Column {
    fn of(claim: &Claim, party: Option<&Party>, records: &BTreeMap<RecordId, String>) -> Column {
        let dash = || "-".to_owned();
        let value = match (&claim.value, claim.record) {
            (Some(value), _) => words::value(value),
            (None, Some(record)) => records
                .get(&record)
                .cloned()
                .unwrap_or_else(|| format!("record {record}")),
            (None, None) => dash(),
        };
        let papers: Vec<String> = party
            .iter()
            .flat_map(|party| &party.evidence)
            .map(|paper| format!("{} {}", paper.kind.as_str(), paper.number.as_str()))
            .collect();
        let act = party.and_then(|party| party.kind);
        let text = |words: Option<String>| words.unwrap_or_else(dash);
        Column {
            lines: vec![
                value,
                act.map_or_else(
                    || "as it was made".to_owned(),
                    |kind| kind.rule().label_en.into(),
                ),
                text(party.and_then(|party| party.office).map(words::office)),
                text(
                    party
                        .and_then(|party| party.officer.as_ref())
                        .map(ToString::to_string),
                ),
                text(
                    party
                        .and_then(|party| party.effective)
                        .map(|date| date.to_string()),
                ),
                text(party.and_then(|party| party.entered_s).map(moment)),
                if papers.is_empty() {
                    "none".into()
                } else {
                    papers.join("; ")
                },
            ],
        }
    }
}

/// Who makes a claim: by act, or by place in the list where the record had it from its making.
fn party_of<'a>(notice: &'a CaseNotice, claim: &Claim) -> Option<&'a Party> {
    claim
        .act
        .and_then(|act| notice.parties.iter().find(|party| party.act == Some(act)))
}

fn state(case: &Case) -> String {
    match &case.state {
        CaseState::Open => "Waits for a decision".into(),
        CaseState::Proposed(first) => format!(
            "{} proposes {}; a second reviewer must agree ({})",
            first.reviewer,
            outcome(&first.outcome),
            first.reason.as_str()
        ),
        CaseState::Decided {
            decision, second, ..
        } => {
            let second = second
                .as_ref()
                .map(|name| format!(" and {name}"))
                .unwrap_or_default();
            format!(
                "Decided by {}{second}: {} ({})",
                decision.reviewer,
                outcome(&decision.outcome),
                decision.reason.as_str()
            )
        }
        CaseState::Moot => "Closed: the clash went away before a decision".into(),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Keep(index) => format!("claim {index} holds"),
        Outcome::Combine(index) => format!("one person, claim {index}'s record stays"),
        Outcome::Enter(value) => format!("another value: {}", words::value(value)),
        Outcome::NotAConflict => "not a conflict".into(),
        Outcome::AskOffice { office, question } => {
            format!("{office} is asked: {}", question.as_str())
        }
    }
}

/// What each outcome would do, for this matter.
fn what_decisions_do(case: &Case) -> String {
    if !case.is_open() {
        return String::new();
    }
    let number = case.number;
    let mut lines = vec!["What a decision does:".to_owned()];
    let mut line = |flag: &str, does: &str| {
        lines.push(format!(
            "  registryctl case {number} decide {flag:<16} {does}"
        ));
    };
    match case.dispute.matter {
        Matter::SamePerson => {
            line(
                "--combine I",
                "one person: claim I's record takes what it lacks, the other is revoked",
            );
            line(
                "--keep I",
                "one person: claim I's record stays as it is, the other is revoked",
            );
            line("--not-a-conflict", "two people; never asked again");
        }
        Matter::Life => {
            line(
                "--keep I",
                "what claim I says stands; what speaks against it is taken back",
            );
            line(
                "--not-a-conflict",
                "both stand; the record is no longer frozen",
            );
        }
        Matter::Field(_) => {
            line(
                "--keep I",
                "claim I's value is shown everywhere, the others stay in the history",
            );
            line("--enter JSON", "none of them: this value");
        }
        _ => line("--keep I", "claim I stands, the others are taken back"),
    }
    line(
        "--ask OFFICE",
        "an office is asked for its papers (--question); the case stays open",
    );
    if case.dispute.harm >= 5 {
        lines.push(
            "  Harm 5: a second reviewer must decide the same before it takes effect.".into(),
        );
    }
    lines.join("\n")
}

/// The outcome that the arguments tell, as the API takes it.
fn outcome_of(arguments: &DecideArguments) -> Result<Outcome, Failure> {
    if let Some(claim) = arguments.keep {
        return Ok(Outcome::Keep(claim));
    }
    if let Some(claim) = arguments.combine {
        return Ok(Outcome::Combine(claim));
    }
    if let Some(text) = &arguments.enter {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            Failure::Usage(format!(
                "--enter: {error}; a value names its type, for example {{\"blood\": \"o\"}} (docs/acts.md shows them)"
            ))
        })?;
        return Ok(Outcome::Enter(value));
    }
    if let Some(office) = arguments.ask {
        let text = arguments.question.as_deref().unwrap_or_default();
        let question =
            Line::parse(text).map_err(|error| Failure::Usage(format!("--question: {error}")))?;
        return Ok(Outcome::AskOffice { office, question });
    }
    Ok(Outcome::NotAConflict)
}

fn decide(
    api: &Api,
    number: u64,
    arguments: &DecideArguments,
    global: &Global,
) -> Result<(), Failure> {
    if arguments.reason.trim().is_empty() {
        return Err(Failure::Usage(
            "--reason: say why in a sentence; the offices read it".into(),
        ));
    }
    let outcome = outcome_of(arguments)?;
    let version = match arguments.seen {
        Some(version) => version,
        None => api.get_as::<CaseNotice>(&path(number))?.case.version,
    };
    let answer = send(api, number, &outcome, &arguments.reason, version)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    print_line(step_words(number, &answer))
}

/// Sends a decision.
pub(crate) fn send(
    api: &Api,
    number: u64,
    outcome: &Outcome,
    reason: &str,
    version: u32,
) -> Result<Json, Failure> {
    let body = json!({"outcome": outcome, "reason": reason, "version": version});
    api.post(&format!("/api/v1/cases/{number}/decide"), &body)
}

fn step_words(number: u64, answer: &Json) -> String {
    match answer.get("step").and_then(Json::as_str) {
        Some("settled") => {
            format!("case {number} is decided; the offices learn it with their next contact")
        }
        Some("needs_second") => format!(
            "your decision of case {number} is noted; it takes effect when a second reviewer decides the same"
        ),
        Some("asked") => format!("the office is asked; case {number} stays open"),
        Some("escalated") => format!(
            "two reviewers decided case {number} differently; it goes to a national reviewer as a new case"
        ),
        _ => answer.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn arguments(text: &[&str]) -> DecideArguments {
        let mut line = vec!["registryctl", "case", "1", "decide", "--reason", "r"];
        line.extend(text);
        let cli = crate::cli::Cli::try_parse_from(line).unwrap();
        let crate::cli::Command::Case(CaseArguments {
            action: CaseAction::Decide(it),
            ..
        }) = cli.command
        else {
            panic!("another command");
        };
        it
    }

    #[test]
    fn each_way_to_decide_becomes_its_outcome() {
        assert_eq!(
            outcome_of(&arguments(&["--keep", "1"])).unwrap(),
            Outcome::Keep(1)
        );
        assert_eq!(
            outcome_of(&arguments(&["--not-a-conflict"])).unwrap(),
            Outcome::NotAConflict
        );
        let entered = outcome_of(&arguments(&["--enter", r#"{"blood": "o"}"#])).unwrap();
        assert!(matches!(entered, Outcome::Enter(Value::Blood(_))));
        assert!(outcome_of(&arguments(&["--enter", "o"])).is_err());
        let asked = outcome_of(&arguments(&["--ask", "00008", "--question", "paper?"])).unwrap();
        assert!(matches!(asked, Outcome::AskOffice { .. }));
    }

    #[test]
    fn a_record_tells_who_the_person_is() {
        let whole = json!({"fields": {
            "sex": {"sex": "female"},
            "name": {"name": "Lê An"},
            "phone": {"phone": "0912345678"},
        }});
        assert_eq!(of_record(&whole), "birth name: Lê An\nsex: female");
    }

    #[test]
    fn outcomes_are_sent_in_the_api_s_form() {
        assert_eq!(
            serde_json::to_value(Outcome::Keep(0)).unwrap(),
            json!({"keep": 0})
        );
        assert_eq!(
            serde_json::to_value(Outcome::NotAConflict).unwrap(),
            json!("not_a_conflict")
        );
    }
}
