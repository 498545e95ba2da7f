//! `registryctl case`: one dispute, shown and decided. How it is shown is in [`crate::case_page`].

use std::collections::{BTreeMap, BTreeSet};

use registry::RecordId;
use registry::case::{CaseNotice, Outcome};
use registry::told;
use registry::value::{Line, Value};
use registry::words::Said;
use serde_json::{Value as Json, json};

use crate::case_page::{self, Asked};
use crate::central;
use crate::cli::{CaseAction, CaseArguments, DecideArguments, Global};
use crate::client::Api;
use crate::failure::Failure;
use crate::output::{Format, print_json, print_line};
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
        CaseAction::Reverse(word) => {
            let api = central::speaking_as(api, word.as_person.as_deref())?;
            let said = (&Outcome::Reverse, word.reason.as_str(), word.seen);
            say(&api, arguments.number, said, global)
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
    let asks = answer.get("asks").cloned().unwrap_or_default();
    let scans = crate::attachments::scans(answer.get("scans"));
    let next: Said = api.typed(answer.get("next").cloned().unwrap_or_default())?;
    let notice: CaseNotice = api.typed(answer)?;
    let asks: Vec<Asked> = if asks.is_null() {
        Vec::new()
    } else {
        api.typed(asks)?
    };
    let dispute = &notice.case.dispute;
    let compared = dispute.claims.iter().filter_map(|claim| claim.record);
    let asked_for = asks.iter().filter(|asked| !asked.makes);
    let mut wanted: BTreeSet<RecordId> = compared
        .chain(asked_for.filter_map(|asked| asked.record))
        .collect();
    // Nobody decides about somebody whom they cannot tell from another.
    wanted.extend(&dispute.records);
    words::learn_names(api);
    let mut records = BTreeMap::new();
    for record in wanted {
        match api.get(&format!("/api/v1/people/{record}")) {
            Ok(whole) => records.insert(record, case_page::of_record(&whole)),
            // Somebody of another province, beside the person whom the case is about.
            Err(failure) if !dispute.records.contains(&record) => {
                records.insert(record, failure.to_string())
            }
            Err(failure) => return Err(failure),
        };
    }
    print_line(case_page::side_by_side(&notice, &records, &asks, &next))?;
    if scans.is_empty() {
        return Ok(());
    }
    print_line(format!(
        "\nScans of its papers (registryctl attachment HASH --out FILE):\n{scans}"
    ))
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
            let error = told::words(&error.to_string());
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
    Ok(if arguments.decline {
        Outcome::Decline
    } else {
        Outcome::NotAConflict
    })
}

fn decide(
    api: &Api,
    number: u64,
    arguments: &DecideArguments,
    global: &Global,
) -> Result<(), Failure> {
    let outcome = outcome_of(arguments)?;
    let said = (&outcome, arguments.reason.as_str(), arguments.seen);
    say(api, number, said, global)
}

/// Says an outcome with its reason, of the version seen or the present one.
fn say(
    api: &Api,
    number: u64,
    (outcome, reason, seen): (&Outcome, &str, Option<u32>),
    global: &Global,
) -> Result<(), Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::Usage(
            "--reason: say why in a sentence; the offices read it".into(),
        ));
    }
    let version = match seen {
        Some(version) => version,
        None => api.get_as::<CaseNotice>(&path(number))?.case.version,
    };
    let answer = send(api, number, outcome, reason, version)?;
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
            "your word on case {number} is noted; it takes effect when a second reviewer says the same"
        ),
        Some("reversed") => format!(
            "the decision of case {number} is undone; the case in which it is decided anew is named by `registryctl case {number} show`"
        ),
        Some("asked") => format!("the office is asked; case {number} stays open"),
        Some("escalated") => format!(
            "two reviewers decided case {number} differently; it goes up to a national reviewer who decided neither, as a new case (`registryctl case {number} show` names it)"
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
        assert_eq!(
            outcome_of(&arguments(&["--decline"])).unwrap(),
            Outcome::Decline
        );
        let entered = outcome_of(&arguments(&["--enter", r#"{"blood": "o"}"#])).unwrap();
        assert!(matches!(entered, Outcome::Enter(Value::Blood(_))));
        assert!(outcome_of(&arguments(&["--enter", "o"])).is_err());
        let asked = outcome_of(&arguments(&["--ask", "00008", "--question", "paper?"])).unwrap();
        assert!(matches!(asked, Outcome::AskOffice { .. }));
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
        assert_eq!(
            serde_json::to_value(Outcome::Decline).unwrap(),
            json!("decline")
        );
    }
}
