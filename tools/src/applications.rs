//! `registryctl applications` and `registryctl application`: what people apply for at their offices and
//! the centre answers.

use registry::OfficeCode;
use registry::application::Application;
use registry::date::Date;
use registry::value::Card;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::central;
use crate::cli::{ApplicationAction, ApplicationArguments, ApplicationsArguments, Global};
use crate::duration::{age, now_s};
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};
use crate::words;

/// One of the list, as the API tells it.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    request: String,
    state: String,
    since_s: i64,
    due: Option<String>,
    office: OfficeCode,
}

/// One application, as the API tells it.
#[derive(Debug, Deserialize)]
struct View {
    id: String,
    record: String,
    office: OfficeCode,
    state: String,
    due: Option<String>,
    words: Option<String>,
    outdated: Vec<String>,
    application: Application,
    card: Option<Card>,
    act: Option<String>,
}

/// Runs `applications`.
pub(crate) fn list(wanted: &ApplicationsArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    words::learn_names(&api);
    let mut path = format!(
        "/api/v1/applications?limit={}&late={}",
        wanted.limit, wanted.late
    );
    if let Some(state) = wanted.state {
        path.push_str(&format!("&state={}", state.as_str()));
    }
    if let Some(office) = wanted.office {
        path.push_str(&format!("&office={office}"));
    }
    if global.format == Format::Json {
        return print_json(&api.get(&path)?);
    }
    let rows: Vec<Row> = api.get_as(&path)?;
    if rows.is_empty() {
        return print_line("no application waits for an answer");
    }
    let now = now_s();
    let today = Date::in_viet_nam(now);
    let mut shown = table(&["application", "for", "office", "state", "waits", "due"]);
    for row in &rows {
        let late = row.due.as_deref().and_then(|due| due.parse::<Date>().ok());
        let tone = match late {
            Some(due) if due < today => Tone::Bad,
            _ => Tone::Plain,
        };
        shown.add_row([
            cell(&row.id, Tone::Plain),
            cell(plain(&row.request), Tone::Plain),
            cell(words::office(row.office), Tone::Plain),
            cell(plain(&row.state), Tone::Plain),
            cell(age(now.saturating_sub(row.since_s)), Tone::Plain),
            cell(words::day(row.due.as_deref().unwrap_or("-")), tone),
        ]);
    }
    print_line(shown)?;
    if rows.len() >= wanted.limit {
        print_line(format!(
            "{} shown, the longest waiting; --limit shows more",
            rows.len()
        ))?;
    }
    print_line("registryctl application APPLICATION show    one of them")
}

/// Runs `application`.
pub(crate) fn run(wanted: &ApplicationArguments, global: &Global) -> Result<(), Failure> {
    let id = wanted.id.trim();
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == ':';
    if id.is_empty() || !id.chars().all(is_id) {
        return Err(Failure::Usage(
            "an application is named by the tracking code of its act, or as RECORD:ENTRY".into(),
        ));
    }
    let api = central::connect(global)?;
    let api = central::speaking_as(api, wanted.as_person.as_deref())?;
    words::learn_names(&api);
    let path = format!("/api/v1/applications/{id}");
    let answer = match body(&wanted.action, wanted.dry_run) {
        None => api.get(&path)?,
        Some(body) => api.post(&format!("{path}/answer"), &body)?,
    };
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let view: View = serde_json::from_value(answer)
        .map_err(|_| Failure::Usage("the registry's answer is of another version".into()))?;
    let only_looked = wanted.dry_run && !matches!(wanted.action, ApplicationAction::Show);
    print_line(in_words(&view, only_looked))
}

/// What is sent; nothing if it is only shown.
fn body(action: &ApplicationAction, dry_run: bool) -> Option<Json> {
    Some(match action {
        ApplicationAction::Show => return None,
        ApplicationAction::Ask { words } => {
            json!({"step": "ask", "words": words.trim(), "dry_run": dry_run})
        }
        ApplicationAction::HandedIn => json!({"step": "handed_in", "dry_run": dry_run}),
        ApplicationAction::Accept => json!({"step": "accept", "dry_run": dry_run}),
        ApplicationAction::Refuse { words } => {
            json!({"step": "refuse", "words": words.trim(), "dry_run": dry_run})
        }
        ApplicationAction::Decide(card) => json!({
            "step": "decide", "dry_run": dry_run,
            "issued": card.issued, "place": card.place, "expires": card.expires,
        }),
    })
}

fn plain(code: &str) -> String {
    code.replace('_', " ")
}

fn in_words(view: &View, only_looked: bool) -> String {
    let of = &view.application;
    let mut lines = Vec::new();
    let state = plain(&view.state);
    lines.push(match (&view.act, only_looked) {
        (Some(act), _) => format!("application {}: {state} now (act {act})", view.id),
        (None, true) => format!(
            "application {}: would be {state}; nothing was done",
            view.id
        ),
        (None, false) => format!("application {}: {state}", view.id),
    });
    let reason = of.reason.map_or_else(String::new, |reason| {
        format!(", {}", plain(reason.as_str()))
    });
    lines.push(format!(
        "for        {}{reason}, prepared {}",
        plain(of.request.as_str()),
        of.prepared
    ));
    lines.push(format!(
        "person     {}, {}, {} (record {})",
        of.pinned.name.as_str(),
        of.pinned.birth.shown(),
        of.pinned.sex,
        view.record
    ));
    lines.push(format!("office     {}", words::office(view.office)));
    if let Some(due) = &view.due {
        lines.push(format!("due        {}", words::day(due)));
    }
    if let Some(words) = &view.words {
        lines.push(format!("said       {words}"));
    }
    if let Some(card) = &view.card {
        let until = card
            .expires
            .map_or_else(|| "without end".to_owned(), |day| format!("until {day}"));
        lines.push(format!(
            "card       issued {} by {}, valid {until}",
            card.issued,
            card.place.as_str()
        ));
    }
    if !view.outdated.is_empty() {
        let fields: Vec<String> = view.outdated.iter().map(|field| plain(field)).collect();
        lines.push(format!(
            "changed    {}: the record says something else now; refuse it, or ask for what is missing",
            fields.join(", ")
        ));
    }
    lines.join("\n")
}
