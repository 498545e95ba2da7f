//! `registryctl duplicates` and `registryctl duplicate`: pairs of records that may be one person,
//! the pass that finds them, and a person's word on one.

use std::thread::sleep;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case_page;
use crate::central;
use crate::cli::{
    DuplicateAction, DuplicateArguments, DuplicatesAction, DuplicatesArguments, Global, PairReason,
};
use crate::client::Api;
use crate::duration::{age, moment, now_s};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, grouped, print_json, print_line, table};
use crate::population::bar;

/// How often a running pass is asked how far it is.
const ASKED_EVERY: Duration = Duration::from_millis(500);
/// Findings that a list shows of one pair.
const REASONS_SHOWN: usize = 3;

/// A pair as the API tells it.
#[derive(Debug, Deserialize)]
struct Pair {
    number: u64,
    records: [String; 2],
    hint: String,
    score: i64,
    offices: Vec<String>,
    found_s: i64,
    state: String,
    case: Option<u64>,
    by: Option<String>,
    reason: Option<String>,
    explanation: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    points: i64,
    vi: String,
    en: String,
}

#[derive(Debug, Deserialize)]
struct Pairs {
    found: u64,
    pairs: Vec<Pair>,
}

/// The pass as the API tells it.
#[derive(Debug, Deserialize)]
struct Pass {
    running: bool,
    begun_s: i64,
    ended_s: i64,
    people: u64,
    changed: u64,
    compared: u64,
    found: u64,
    left_out: u64,
    thousandths: u64,
}

/// Runs `duplicates`.
pub(crate) fn run(arguments: &DuplicatesArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    match &arguments.action {
        None => list(&api, arguments, global),
        Some(DuplicatesAction::Run { now: true }) => run_now(&api, global),
        Some(DuplicatesAction::Run { now: false }) => show_pass(&api, global),
    }
}

fn list(api: &Api, arguments: &DuplicatesArguments, global: &Global) -> Result<(), Failure> {
    let mut path = format!(
        "/api/v1/duplicates?hint={}&limit={}",
        arguments.hint.as_str(),
        arguments.limit
    );
    if let Some(office) = arguments.office {
        path.push_str(&format!("&office={office}"));
    }
    if let Some(province) = arguments.province {
        path.push_str(&format!("&province={province}"));
    }
    let answer = api.get(&path)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let Pairs { found, pairs } = api.typed(answer)?;
    if pairs.is_empty() {
        return print_line(
            "no possible duplicate waits; `registryctl duplicates run` tells of the last search",
        );
    }
    let mut shown = table(&[
        "pair",
        "hint",
        "points",
        "offices",
        "found",
        "what says most",
    ]);
    let now = now_s();
    for pair in &pairs {
        let tone = if pair.hint == "strong" {
            Tone::Bad
        } else {
            Tone::Plain
        };
        let reasons = pair.explanation.iter().take(REASONS_SHOWN);
        let reasons: Vec<&str> = reasons.map(|finding| finding.en.as_str()).collect();
        shown.add_row([
            cell(pair.number, Tone::Plain),
            cell(&pair.hint, tone),
            cell(pair.score, Tone::Plain),
            cell(pair.offices.join(", "), Tone::Plain),
            cell(
                format!("{} ago", age(now.saturating_sub(pair.found_s))),
                Tone::Plain,
            ),
            cell(reasons.join("; "), Tone::Plain),
        ]);
    }
    print_line(shown)?;
    let left = found.saturating_sub(pairs.len() as u64);
    if left > 0 {
        print_line(format!(
            "and {} more; --limit shows more of them",
            grouped(left)
        ))?;
    }
    print_line("registryctl duplicate NUMBER show    both records of one")
}

fn show_pass(api: &Api, global: &Global) -> Result<(), Failure> {
    let answer = api.get("/api/v1/duplicates/pass")?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    print_line(pass_words(&api.typed(answer)?))
}

fn run_now(api: &Api, global: &Global) -> Result<(), Failure> {
    let mut answer = api.post("/api/v1/duplicates/pass", &json!({}))?;
    let progress = bar(1_000, "thousandths of the registry");
    loop {
        let pass: Pass = api.typed(answer.clone())?;
        if !pass.running {
            progress.finish_and_clear();
            return match global.format {
                Format::Json => print_json(&answer),
                _ => print_line(pass_words(&pass)),
            };
        }
        progress.set_position(pass.thousandths);
        sleep(ASKED_EVERY);
        answer = api.get("/api/v1/duplicates/pass")?;
    }
}

fn pass_words(pass: &Pass) -> String {
    if pass.begun_s == 0 {
        return "nobody has looked for duplicates yet; `registryctl duplicates run --now` does"
            .into();
    }
    let so_far = format!(
        "{} people, {} of them new or changed, {} comparisons, {} new pairs",
        grouped(pass.people),
        grouped(pass.changed),
        grouped(pass.compared),
        grouped(pass.found)
    );
    let left_out = match pass.left_out {
        0 => String::new(),
        left => format!(
            "; {} comparisons were left out, because too many people share a key",
            grouped(left)
        ),
    };
    if pass.running {
        let percent = pass.thousandths / 10;
        format!(
            "a search is under way since {}, {percent} % done: {so_far}{left_out}",
            moment(pass.begun_s)
        )
    } else {
        let took = age(pass.ended_s.saturating_sub(pass.begun_s));
        format!(
            "the last search ended {} and took {took}: {so_far}{left_out}",
            moment(pass.ended_s)
        )
    }
}

/// Runs `duplicate`.
pub(crate) fn run_one(arguments: &DuplicateArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let number = arguments.number;
    match &arguments.action {
        DuplicateAction::Show => show(&api, number, global),
        DuplicateAction::Dismiss(why) => say(api, number, "dismiss", why, global),
        DuplicateAction::OpenCase(why) => say(api, number, "open-case", why, global),
    }
}

fn show(api: &Api, number: u64, global: &Global) -> Result<(), Failure> {
    let answer = api.get(&format!("/api/v1/duplicates/{number}"))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let pair: Pair = api.typed(answer)?;
    print_line(heading(&pair))?;
    let [one, two] = &pair.records;
    let whole = |record: &str| -> Result<String, Failure> {
        let whole: Value = api.get(&format!("/api/v1/people/{record}"))?;
        Ok(case_page::of_record(&whole))
    };
    let mut records = table(&["one record", "the other record"]);
    records.add_row([cell(one, Tone::Plain), cell(two, Tone::Plain)]);
    records.add_row([
        cell(whole(one)?, Tone::Plain),
        cell(whole(two)?, Tone::Plain),
    ]);
    print_line(records)?;
    let mut findings = table(&["points", "what was compared", ""]);
    for finding in &pair.explanation {
        let tone = match finding.points {
            points if points <= -10 => Tone::Bad,
            points if points >= 10 => Tone::Good,
            _ => Tone::Plain,
        };
        findings.add_row([
            cell(format!("{:+}", finding.points), tone),
            cell(&finding.vi, Tone::Plain),
            cell(&finding.en, Tone::Plain),
        ]);
    }
    print_line(findings)?;
    print_line("ten points double the odds; 0 points in all is as probable as not")
}

fn heading(pair: &Pair) -> String {
    let hint = match pair.hint.as_str() {
        "strong" => "very probably one person",
        "look" => "worth a look",
        _ => "rather two people as they stand now",
    };
    let said = match (&pair.by, &pair.reason) {
        (Some(by), Some(why)) => format!(" by {by}: {why}"),
        _ => String::new(),
    };
    let state = match (pair.state.as_str(), pair.case) {
        ("case", Some(case)) => format!("; case {case} was opened{said}"),
        ("dismissed", _) => format!("; dismissed{said}"),
        _ => String::new(),
    };
    format!(
        "pair {}: {hint}, {} points in all{state}",
        pair.number, pair.score
    )
}

fn say(
    api: Api,
    number: u64,
    word: &str,
    why: &PairReason,
    global: &Global,
) -> Result<(), Failure> {
    if why.reason.trim().is_empty() {
        return Err(Failure::Usage(
            "--reason: say why in a sentence; it is kept with the pair".into(),
        ));
    }
    let api = central::speaking_as(api, why.as_person.as_deref())?;
    let body = json!({"reason": why.reason});
    let answer = api.post(&format!("/api/v1/duplicates/{number}/{word}"), &body)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    print_line(match answer.get("case").and_then(Value::as_u64) {
        Some(case) => {
            format!("case {case} asks whether they are one person; `registryctl case {case} show`")
        }
        None => format!("pair {number} is dismissed and will not be shown again"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(running: bool) -> Pass {
        Pass {
            running,
            begun_s: 1_795_000_000,
            ended_s: if running { 0 } else { 1_795_000_090 },
            people: 32_200,
            changed: 12,
            compared: 340,
            found: 2,
            left_out: 0,
            thousandths: 420,
        }
    }

    #[test]
    fn the_pass_says_how_far_it_is_and_what_it_left_out() {
        assert!(pass_words(&pass(true)).contains("42 % done"));
        let ended = pass_words(&pass(false));
        assert!(
            ended.contains("2 new pairs") && !ended.contains("left out"),
            "{ended}"
        );
        let left = pass_words(&Pass {
            left_out: 7,
            ..pass(false)
        });
        assert!(left.contains("7 comparisons were left out"), "{left}");
        assert!(
            pass_words(&Pass {
                begun_s: 0,
                ..pass(false)
            })
            .contains("run --now")
        );
    }

    #[test]
    fn a_pair_says_what_became_of_it() {
        let pair = |state: &str, case| Pair {
            number: 3,
            records: [String::new(), String::new()],
            hint: "strong".into(),
            score: 90,
            offices: Vec::new(),
            found_s: 0,
            state: state.into(),
            case,
            by: Some("mai".into()),
            reason: Some("seen".into()),
            explanation: Vec::new(),
        };
        assert!(heading(&pair("case", Some(8))).ends_with("case 8 was opened by mai: seen"));
        assert!(heading(&pair("dismissed", None)).ends_with("dismissed by mai: seen"));
    }
}
