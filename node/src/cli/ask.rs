//! The commands that ask the running daemon for one thing and show its answer in a sentence or two.

use std::io::Read;
use std::path::Path;

use registry::card::CARD_BYTES_MAX;
use serde_json::{Value, json};

use super::attachments::{self, AttachArgument};
use super::client::Client;
use super::duplicates;
use super::table;
use super::words::{count, moment};
use super::{Cli, Exit, Failure, LineWanted};

/// Largest act that is read from a file, bytes.
const ACT_BYTES_MAX: u64 = 256 << 10;
/// How long `sync-now` and `line restore` wait for the centre.
const WAIT: &str = "wait_ms=5000";

/// What a file says, or standard input.
pub(super) fn read_json(file: &Path) -> Result<Value, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin()
            .take(ACT_BYTES_MAX)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(file)
            .and_then(|file| file.take(ACT_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::system(&format!("read {}", file.display()), &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let words = format!(
            "{} is not JSON (line {}, column {}); docs/acts.md shows one act of each kind",
            file.display(),
            error.line(),
            error.column()
        );
        Failure::new(Exit::Usage, "input_unreadable", &words)
    })
}

pub(super) fn act(
    cli: &Cli,
    file: &Path,
    check: bool,
    attach: &[AttachArgument],
) -> Result<Exit, Failure> {
    let mut body = read_json(file)?;
    attachments::attach(&client(cli)?, &mut body, attach, check)?;
    if check {
        let answer = client(cli)?.post("/api/v1/acts/check", &body)?;
        table::show(cli, &answer, duplicates::checked);
    } else {
        let answer = client(cli)?.post("/api/v1/acts", &body)?;
        table::show(cli, &answer, filed);
    }
    Ok(Exit::Done)
}

/// What the officer should look at, a line each.
pub(super) fn notices(answer: &Value) -> String {
    let notices = answer.get("notices").and_then(Value::as_array);
    let words = notices.into_iter().flatten().map(|notice| {
        format!(
            "look: {}\n",
            notice_words(notice.as_str().unwrap_or_default())
        )
    });
    words.collect()
}

fn filed(answer: &Value) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = answer.get("number").and_then(Value::as_u64).unwrap_or(0);
    let mut words = format!(
        "filed: act {number} of this office is on the disk; provisional (tạm) until the centre's receipt\n"
    );
    words.push_str(&notices(answer));
    let mut lines = vec![("act", text("act").to_owned())];
    for (key, name) in [("made", "made"), ("records", "changed")] {
        if let Some(list) = answer
            .get(key)
            .and_then(Value::as_array)
            .filter(|list| !list.is_empty())
        {
            let made = answer.get("made").and_then(Value::as_array);
            let others = list
                .iter()
                .filter(|id| key == "made" || made.is_none_or(|made| !made.contains(id)));
            let ids: Vec<String> = others.map(table::cell).collect();
            if !ids.is_empty() {
                lines.push((name, ids.join("\n")));
            }
        }
    }
    if !text("pin").is_empty() {
        lines.push(("number", format!("{} (provisional)", text("pin"))));
    }
    if !text("local_file").is_empty() {
        lines.push(("local file", text("local_file").to_owned()));
    }
    words + &table::block(&lines) + &duplicates::told(answer)
}

/// A notice in words; one of a newer daemon as it is.
fn notice_words(notice: &str) -> &str {
    match notice {
        "late_filing" => "filed later than the law asks; it is accepted all the same",
        "early_filing" => "filed earlier than the law foresees; it is accepted all the same",
        "household_closed" => "nobody is left in the household, and the act closes it",
        "card_not_on_record" => {
            "the record shows no card: look at the one that the person has, or at their paper"
        }
        "address_differs" => {
            "the two households have different addresses: people keep the registered one; if they live elsewhere now, register that too"
        }
        "unknown_prefix" => {
            "the first three digits of the number are of no province in the table: compare with the card"
        }
        "pin_mismatch" => {
            "the number does not match sex or birth year: lawful after a redetermination, else compare with the card"
        }
        "person_elsewhere" => {
            "a person of this act lives in another commune; the centre finds the record, so wait for the receipt"
        }
        "reserved_number" => {
            "the child's number is one that the centre has set aside for this office; it holds when the centre confirms the act"
        }
        "parent_young" => {
            "by the register the father or mother was under 12 at the birth: look at that person's number and date of birth"
        }
        "parent_old" => {
            "by the register the mother was over 60 or the father over 80 at the birth: look at that person's number and date of birth"
        }
        "mother_dead" => {
            "by the register the mother died before the birth: compare the paper of birth with her record"
        }
        "father_dead" => {
            "by the register the father died more than 300 days before the birth (Law on Marriage and Family 52/2014, Art. 88(1)): look at the father again"
        }
        "no_parents" => {
            "neither father nor mother is named: right for a foundling; else name at least one"
        }
        "name_unusual" => {
            "the name is a single word, or a word of it begins with a small letter: look whether the surname is missing"
        }
        "clock_unverified" => {
            "this device's clock has not been compared with the centre's for long: look at the dates"
        }
        "items_missing" => {
            "native place or ethnic group was left out; the register asks for both: supplement them when they are known"
        }
        "consent_needed" => {
            "at this age the person's own written consent belongs in the dossier (Civil Code 91/2015, Art. 26 to 29)"
        }
        "parent_sex" => {
            "the register shows another sex for this father or mother: lawful after a redetermination, else compare with the card"
        }
        "spouse_elsewhere" => {
            "the spouse's record is not held here: name the spouse by card, or tell their commune"
        }
        "spouse_differs" => {
            "the spouse's own record does not show this marriage: compare both with the marriage certificate"
        }
        "parent_kept" => {
            "the record names a father or mother already and keeps them; whether this is the same person cannot be told here: compare the papers"
        }
        "later_than_death" => {
            "by the register the person married, was divorced, moved or stayed somewhere after this day: compare the paper with the record"
        }
        "marriage_stands_again" => {
            "the marriage that the death had ended stands again, on the spouse's record too"
        }
        "spouse_remarried" => {
            "the spouse has married since: that marriage stands, and the earlier one is ended (Law on Marriage and Family 52/2014, Art. 67)"
        }
        "home_deleted" => {
            "the permanent residence was deleted because of the death: the commune police register it anew"
        }
        "status_differs" => {
            "the marital status that came with the register contradicts the marriages in it: look into the civil-status book first"
        }
        "confirmation_stands" => {
            "an earlier confirmation of marital status is still valid: ask for it back"
        }
        other => other,
    }
}

/// Exit code 3 if the text is no card.
pub(super) fn card(cli: &Cli) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(CARD_BYTES_MAX).unwrap_or(u64::MAX);
    let read = std::io::stdin()
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|error| Failure::system("read what was scanned", &error))?;
    let text = String::from_utf8_lossy(&bytes);
    let answer = client(cli)?.post_text("/api/v1/card", &text)?;
    table::show(cli, &answer, card_words);
    Ok(Exit::Done)
}

fn card_words(answer: &Value) -> String {
    let source = match answer.get("source").and_then(Value::as_str) {
        Some("qr2021") => "the code of a card of 2021 to June 2024",
        Some("qr2024") => "the code of a card of July 2024 or after",
        _ => "the three lines of a card",
    };
    let mut words = format!("{source}: it saves typing and proves nothing\n");
    let list = |key: &str| {
        answer
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    for doubt in list("doubts") {
        words.push_str("look: ");
        words.push_str(
            doubt
                .get("words")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        words.push('\n');
    }
    words.push('\n');
    let items = answer.get("items").and_then(Value::as_object);
    let lines: Vec<(&str, String)> = items
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.as_str(), table::cell(value)))
        .collect();
    words.push_str(&table::block(&lines));
    words.push('\n');
    match answer.get("record").filter(|record| record.is_object()) {
        None => words.push_str("this office holds no record with this number\n"),
        Some(record) => {
            words.push_str("the record with this number\n");
            words.push_str(&table::pairs(record));
        }
    }
    let differs: Vec<&str> = list("differs").filter_map(Value::as_str).collect();
    if !differs.is_empty() {
        if differs.contains(&"pin") {
            words.push_str("this number was cancelled; the record shows the one that holds\n");
        }
        let items = differs.join(", ");
        words.push_str(&format!(
            "the record says otherwise than the card: {items}; ask the person, then look at both\n"
        ));
    }
    words
}

/// Exit code 1 if the centre did not answer, 3 if something is still unsent or the line is cut.
pub(super) fn sync_now(cli: &Cli) -> Result<Exit, Failure> {
    let answer = client(cli)?.post(&format!("/api/v1/sync-now?{WAIT}"), &json!({}))?;
    table::show(cli, &answer, line_words);
    let unsent = answer.get("unsent").and_then(Value::as_u64).unwrap_or(0);
    Ok(match answer.get("outcome").and_then(Value::as_str) {
        Some("answered") if unsent == 0 => Exit::Done,
        Some("answered" | "cut") => Exit::Refused,
        _ => Exit::Failed,
    })
}

/// The wish is obeyed whatever the line does next, so the exit code is 0.
pub(super) fn line(cli: &Cli, wanted: LineWanted) -> Result<Exit, Failure> {
    let state = match wanted {
        LineWanted::Cut => "cut",
        LineWanted::Restore => "restore",
    };
    let path = format!("/api/v1/line?{WAIT}");
    let answer = client(cli)?.post(&path, &json!({ "state": state }))?;
    table::show(cli, &answer, |answer| match wanted {
        LineWanted::Cut => line_words(answer),
        LineWanted::Restore => format!("the line is no longer cut: {}", line_words(answer)),
    });
    Ok(Exit::Done)
}

fn line_words(answer: &Value) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("code") {
        "" => format!("{}\n", text("words")),
        code => format!("{} [{code}]\n", text("words")),
    }
}

/// Exit code 3 if something would be lost with this device.
pub(super) fn attest(cli: &Cli) -> Result<Exit, Failure> {
    let answer = client(cli)?.get("/api/v1/attest", &[])?;
    table::show(cli, &answer, |answer| {
        attested(answer) + &table::pairs(answer)
    });
    let none = |key: &str| {
        let count = answer.pointer(&format!("/statement/{key}"));
        count.and_then(Value::as_u64) == Some(0)
    };
    Ok(if none("unsent") && none("attachments_unsent") {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn attested(answer: &Value) -> String {
    let of = |key: &str| answer.pointer(&format!("/statement/{key}"));
    let office = of("office").and_then(Value::as_str).unwrap_or_default();
    let at = of("at_s")
        .and_then(Value::as_i64)
        .map_or_else(String::new, moment);
    let papers = of("attachments_unsent").and_then(Value::as_u64);
    match of("unsent").and_then(Value::as_u64) {
        Some(0) if papers != Some(0) => format!(
            "DO NOT take this device away: every act of the office {office} has its receipt, and {} would be lost with it, {at}\n\n",
            count(papers.unwrap_or(0), "scanned paper")
        ),
        Some(0) => format!(
            "nothing would be lost with this device: every act of the office {office} has its receipt, {at}\n\n"
        ),
        unsent => format!(
            "DO NOT take this device away: {} of the office {office} would be lost with it, {at}\n\n",
            count(unsent.unwrap_or(0), "act")
        ),
    }
}

fn client(cli: &Cli) -> Result<Client, Failure> {
    Client::new(&cli.data, cli.officer.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filed_act_is_told_in_words_with_what_to_look_at() {
        let answer = json!({"act": "aa", "number": 3, "state": "provisional", "records": ["r1", "r2"],
            "made": ["r2"], "notices": ["late_filing", "clock_unverified"], "local_file": "T-1"});
        let text = filed(&answer);
        assert!(text.starts_with("filed: act 3 of this office is on the disk"));
        assert!(text.contains("look: filed later than the law asks"));
        assert!(text.contains("look: this device's clock"));
        assert!(
            text.ends_with("act         aa\nmade        r2\nchanged     r1\nlocal file  T-1\n"),
            "{text}"
        );
    }

    #[test]
    fn an_attestation_says_first_whether_anything_would_be_lost() {
        let of = |unsent: u64, papers: u64| json!({"statement": {"office": "00004", "unsent": unsent, "attachments_unsent": papers, "at_s": 0}});
        assert!(attested(&of(0, 0)).starts_with("nothing would be lost with this device"));
        assert!(attested(&of(2, 0)).starts_with("DO NOT take this device away: 2 acts"));
        assert!(attested(&of(0, 3)).contains("3 scanned papers would be lost"));
    }
}
