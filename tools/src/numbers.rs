//! `registryctl number`: what became of a personal number, and cancelling a wrong one; `registryctl
//! numbers blocks`: those that are set aside for offices.

use serde::Deserialize;
use serde_json::json;

use crate::central;
use crate::cli::{
    Global, NumberAction, NumberArguments, NumberChangeArguments, NumbersAction, NumbersArguments,
};
use crate::client::Api;
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};
use crate::words;

/// What became of a number.
#[derive(Debug, Deserialize)]
struct Story {
    record: Option<String>,
    current: Option<String>,
    cancelled: Vec<Cancelled>,
    ledger: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Cancelled {
    pin: String,
    by: Option<String>,
    at_s: i64,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Event {
    pin: String,
    event: String,
    at_s: i64,
    office: Option<String>,
    by: Option<String>,
    reason: String,
}

/// Runs the command.
pub(crate) fn run(arguments: &NumberArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let of = plain(&arguments.of)?;
    match &arguments.action {
        NumberAction::Show => show(&api, &of, global),
        NumberAction::Change(wanted) => {
            let api = central::speaking_as(api, wanted.as_person.as_deref())?;
            change(&api, &of, wanted, global)
        }
    }
}

/// A block of numbers.
#[derive(Debug, Deserialize)]
struct Block {
    block: u64,
    office: String,
    year: u16,
    sex: String,
    at_s: i64,
    incarnation: u64,
    given: u64,
    used: u64,
    returned: u64,
    void: u64,
}

/// Lists the blocks that are set aside for offices.
pub(crate) fn blocks(arguments: &NumbersArguments, global: &Global) -> Result<(), Failure> {
    let NumbersAction::Blocks { office } = &arguments.action;
    let api = central::connect(global)?;
    let mut path = "/api/v1/numbers/blocks".to_owned();
    if let Some(office) = office {
        path = format!("{path}?office={office}");
    }
    if global.format == Format::Json {
        return print_json(&api.get(&path)?);
    }
    let rows: Vec<Block> = api.get_as(&path)?;
    if rows.is_empty() {
        return print_line(
            "no numbers are set aside; `central-registry run --numbers reserved` does it",
        );
    }
    let mut shown = table(&[
        "block",
        "office",
        "life",
        "sex",
        "born",
        "set aside",
        "at hand",
        "used",
        "returned",
        "void",
    ]);
    for row in &rows {
        let plain = |text: String| cell(text, Tone::Plain);
        shown.add_row([
            plain(row.block.to_string()),
            plain(row.office.clone()),
            plain(row.incarnation.to_string()),
            plain(row.sex.clone()),
            plain(row.year.to_string()),
            plain(moment(row.at_s)),
            plain(row.given.to_string()),
            plain(row.used.to_string()),
            plain(row.returned.to_string()),
            plain(row.void.to_string()),
        ]);
    }
    print_line(shown)
}

/// A number or a record as it goes into a query: groups of digits may have been typed apart.
pub(crate) fn plain(of: &str) -> Result<String, Failure> {
    let plain: String = of.chars().filter(|c| !c.is_whitespace()).collect();
    if !plain.is_empty() && plain.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(plain);
    }
    Err(Failure::Usage(
        "a number has 12 digits, a record's id 32 hexadecimal digits".into(),
    ))
}

fn path(of: &str) -> String {
    format!("/api/v1/numbers?of={of}")
}

fn show(api: &Api, of: &str, global: &Global) -> Result<(), Failure> {
    if global.format == Format::Json {
        return print_json(&api.get(&path(of))?);
    }
    print_story(&api.get_as(&path(of))?)
}

fn print_story(story: &Story) -> Result<(), Failure> {
    match (&story.record, &story.current) {
        (Some(record), Some(current)) => {
            print_line(format!("{current} is the number of record {record}"))?;
        }
        (Some(record), None) => print_line(format!("record {record} has no number yet"))?,
        (None, _) => print_line("nobody has this number")?,
    }
    for number in &story.cancelled {
        print_line(cancelled_words(number))?;
    }
    if story.ledger.is_empty() {
        return print_line("nothing has happened to it since it came with the register");
    }
    let mut shown = table(&["when", "number", "what", "office", "by", "why"]);
    for event in &story.ledger {
        shown.add_row([
            cell(moment(event.at_s), Tone::Plain),
            cell(&event.pin, Tone::Plain),
            cell(&event.event, Tone::Plain),
            cell(event.office.as_deref().unwrap_or("-"), Tone::Plain),
            cell(event.by.as_deref().unwrap_or("-"), Tone::Plain),
            cell(&event.reason, Tone::Plain),
        ]);
    }
    print_line(shown)
}

fn cancelled_words(number: &Cancelled) -> String {
    let pin = &number.pin;
    match number.by.as_deref() {
        None => format!("{pin} was cancelled before; it leads to this record"),
        Some("decision") => format!(
            "{pin} was cancelled on {} by a decision ({}); it leads to this record",
            moment(number.at_s),
            number.reason
        ),
        Some(_) => format!(
            "{pin} was cancelled on {}: {}; it leads to this record",
            moment(number.at_s),
            number.reason
        ),
    }
}

fn change(
    api: &Api,
    of: &str,
    wanted: &NumberChangeArguments,
    global: &Global,
) -> Result<(), Failure> {
    if wanted.reason.trim().is_empty() {
        return Err(Failure::Usage(
            "--reason: say why in a sentence; the offices read it".into(),
        ));
    }
    if wanted.dry_run {
        let story: Story = api.get_as(&path(of))?;
        let (Some(record), Some(current)) = (story.record, story.current) else {
            return print_line("nobody has this number, or no number was given yet: nothing to do");
        };
        return print_line(format!(
            "would cancel {current} of record {record} and give another; nothing was changed"
        ));
    }
    let body = json!({"of": of, "reason": wanted.reason});
    let answer = api.post("/api/v1/numbers/change", &body)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let text = |key: &str| words::plain(answer.get(key).unwrap_or(&serde_json::Value::Null));
    print_line(format!(
        "{} is cancelled and leads to record {} for ever; its number is {} now",
        text("cancelled"),
        text("record"),
        text("number")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_typed_in_groups_and_nothing_else_goes_into_a_query() {
        assert_eq!(plain("001 1 90 000231").unwrap(), "001190000231");
        for wrong in ["", "001190&of=1", "Nguyễn", "../"] {
            assert!(plain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cancelled_number_says_how_it_went() {
        let number = |by: Option<&str>| Cancelled {
            pin: "001190000231".to_owned(),
            by: by.map(str::to_owned),
            at_s: 1_795_000_000,
            reason: "wrong province".to_owned(),
        };
        assert!(cancelled_words(&number(None)).contains("before"));
        assert!(cancelled_words(&number(Some("decision"))).contains("by a decision"));
        assert!(cancelled_words(&number(Some("number_changed"))).contains(": wrong province"));
    }
}
