//! A case as a reviewer looks at it: the claims side by side, who made them on which papers, and
//! what each decision would do.

use std::collections::BTreeMap;

use registry::RecordId;
use registry::act::Evidence;
use registry::case::{Answer, Appeal, Case, CaseNotice, CaseState, Outcome};
use registry::dispute::{Dispute, Matter};
use registry::edit::Edit;
use registry::schema::Field;
use registry::value::Value;
use registry::words::Said;
use serde_json::Value as Json;

use crate::duration::moment;
use crate::output::{Tone, cell, table};
use crate::words;

mod columns;
mod decisions;

use columns::{Column, LABELS, VALUE_ROW, party_of};
use decisions::what_decisions_do;

/// Fields by which a reviewer tells two people apart, or sees that they are one.
const TELLING: [Field; 10] = [
    Field::Name,
    Field::BirthDate,
    Field::Sex,
    Field::Pin,
    Field::BirthPlace,
    Field::BirthEntry,
    Field::Father,
    Field::Mother,
    Field::HouseholdFile,
    Field::HouseholdAddress,
];

/// What a whole record says of who the person is.
pub(crate) fn of_record(whole: &Json) -> String {
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

/// What a proposal asks for on one record, as the API tells it.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Asked {
    /// The record, if it is found.
    pub(crate) record: Option<RecordId>,
    /// Whether the act makes it.
    pub(crate) makes: bool,
    /// What is done to it.
    pub(crate) edits: Vec<Edit>,
}

/// A case in words; `records` tells what the records say that are compared, `asks` what a
/// proposal would do, `next` who does what next.
pub(crate) fn side_by_side(
    notice: &CaseNotice,
    records: &BTreeMap<RecordId, String>,
    asks: &[Asked],
    next: &Said,
) -> String {
    let case = &notice.case;
    let dispute = &case.dispute;
    let mut text = format!(
        "Case {}: {} (row {} of the clash table, harm {})\n",
        case.number,
        words::matter_words(&dispute.matter),
        dispute.row,
        dispute.harm
    );
    if let Some(line) = case.clash() {
        let (vi, en) = line.title();
        text.push_str(&format!("  {en}\n  {vi}\n"));
    }
    text.push_str(&standing(case));
    if let Some(appeal) = &case.appeal {
        text.push_str(&below(appeal));
    }
    if let Some(agreed) = &dispute.agreed {
        text.push_str(&format!(
            "Shown meanwhile, last agreed: {}\n",
            words::value(agreed)
        ));
    }
    if matches!(dispute.matter, Matter::Parked(_)) {
        text.push_str(&proposal(notice, records, asks));
    }
    text.push_str(&about(dispute, records));
    if matches!(dispute.matter, Matter::Contested(_)) && !asks.is_empty() {
        text.push_str(&undone(asks));
    }
    let columns: Vec<Column> = dispute
        .claims
        .iter()
        .map(|claim| Column::of(dispute, claim, party_of(notice, claim), records))
        .collect();
    let mut headings = vec![String::new()];
    // A decision names the claim, from 0; the screens of the offices number the sides from 1.
    let heading = |index: usize| format!("claim {index} / Bên {}", index + 1);
    headings.extend((0..columns.len()).map(heading));
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
    for answer in &case.answers {
        text.push_str(&answered(answer));
    }
    if case.is_open() {
        text.push_str(&to_look_at(case));
    }
    text.push_str(&format!("Next: {}\n      {}\n", next.en, next.vi));
    text.push_str(&what_decisions_do(case));
    text
}

/// Where it stands, by when it is to be decided, and by which rule.
fn standing(case: &Case) -> String {
    let mut text = format!(
        "{}; opened {}, due {}\n",
        state(case),
        moment(case.opened_s),
        case.due.to_civil().strftime("%d/%m/%Y")
    );
    if let Some(rule) = case.due_rule() {
        text.push_str(&format!("  {}\n  {}\n", rule.en, rule.vi));
    }
    text
}

/// Whom a case is about, where the claims themselves do not tell it.
fn about(dispute: &Dispute, records: &BTreeMap<RecordId, String>) -> String {
    let compared = |id: &RecordId| dispute.claims.iter().any(|claim| claim.record == Some(*id));
    let mut text = String::new();
    for id in dispute.records.iter().filter(|id| !compared(id)) {
        let says = records.get(id).map_or("", String::as_str);
        let says: Vec<&str> = says.lines().collect();
        let says = match says.as_slice() {
            [] => format!("record {id}"),
            lines => lines.join("; "),
        };
        text.push_str(&format!("About {says}\n"));
    }
    text
}

/// What the clash table tells the reviewer, and who does what next.
fn to_look_at(case: &Case) -> String {
    let mut text = String::new();
    if let Some(line) = case.clash() {
        let (en, vi) = (line.reviewer.en, line.reviewer.vi);
        text.push_str(&format!("To look at: {en}\n            {vi}\n"));
        if !line.law.is_empty() {
            text.push_str(&format!("Rule: {}\n      {}\n", line.law, line.law_vi()));
        }
    }
    text
}

/// What an office said or brought.
fn answered(answer: &Answer) -> String {
    let mut text = format!(
        "{} of {}, {}: ",
        answer.officer,
        words::office(answer.office),
        moment(answer.at_s)
    );
    if answer.agrees() {
        text.push_str("agrees with the other side; its own act may be replaced: ");
    }
    text.push_str(match answer.words.as_str() {
        "" => "brings papers",
        said => said,
    });
    if !answer.evidence.is_empty() {
        text.push_str(&format!(" ({})", papers(&answer.evidence)));
    }
    text.push('\n');
    text
}

/// Papers by kind and number.
fn papers(evidence: &[Evidence]) -> String {
    let papers = evidence.iter().map(|paper| {
        let words = format!("{} {}", paper.kind.as_str(), paper.number.as_str());
        words.trim_end().to_owned()
    });
    papers.collect::<Vec<_>>().join("; ")
}

/// What was decided below, by whom.
fn below(appeal: &Appeal) -> String {
    if appeal.is_reversal() {
        return format!(
            "The decision of case {} was undone; it is decided anew here\n",
            appeal.of
        );
    }
    let mut text = format!("Two reviewers decided case {} otherwise:\n", appeal.of);
    for word in &appeal.words {
        text.push_str(&format!(
            "  {}: {} ({})\n",
            word.reviewer,
            outcome(&word.outcome),
            word.reason.as_str()
        ));
    }
    if let Some(effect) = &appeal.effect {
        text.push_str(&format!("  In force now: {}\n", outcome(&effect.outcome)));
    }
    text
}

/// Whom a proposal is about, whose it is, and what it asks for.
fn proposal(notice: &CaseNotice, records: &BTreeMap<RecordId, String>, asks: &[Asked]) -> String {
    let from = notice.parties.iter().find_map(|party| party.office);
    let from = from.map_or_else(|| "-".to_owned(), words::office);
    let mut text = format!("Proposed by {from}\n");
    for asked in asks {
        let about = match asked.record {
            _ if asked.makes => "a new record".to_owned(),
            Some(record) => format!("record {record}"),
            None => "a person of another commune, by their card".to_owned(),
        };
        text.push_str(&format!("Asks, of {about}:\n"));
        let says = asked.record.and_then(|record| records.get(&record));
        for line in says.iter().flat_map(|says| says.lines()) {
            text.push_str(&format!("    now  {line}\n"));
        }
        for edit in &asked.edits {
            text.push_str(&format!("    asks {}\n", words::edit(edit)));
        }
    }
    text
}

/// What taking a contested act back would write.
fn undone(asks: &[Asked]) -> String {
    let mut text = "Taking the act back would write:\n".to_owned();
    for asked in asks {
        let record = asked.record.map_or_else(String::new, |id| id.to_string());
        for edit in &asked.edits {
            text.push_str(&format!("  record {record}: {}\n", words::edit(edit)));
        }
    }
    text
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
        CaseState::Reversing { ruling, word } => format!(
            "Decided: {} ({}); {} wants it undone: {}; a second reviewer must agree",
            outcome(&ruling.decision.outcome),
            ruling.decision.reason.as_str(),
            word.reviewer,
            word.reason.as_str()
        ),
        CaseState::Reversed { ruling, word, .. } => format!(
            "Undone by {}: {}; it had been decided: {} ({})",
            word.reviewer,
            word.reason.as_str(),
            outcome(&ruling.decision.outcome),
            ruling.decision.reason.as_str()
        ),
        CaseState::Moot => "Closed: the clash went away before a decision".into(),
        CaseState::WentUp { to } => format!(
            "Two reviewers decided otherwise: it went up to case {to}, and is decided there"
        ),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Keep(index) => format!("claim {index} holds"),
        Outcome::Combine(index) => format!("one person, claim {index}'s record stays"),
        Outcome::Enter(value) => format!("another value: {}", words::value(value)),
        Outcome::NotAConflict => "not a conflict".into(),
        Outcome::Decline => "declined".into(),
        Outcome::Reverse => "undone".into(),
        Outcome::AskOffice { office, question } => {
            format!("{office} is asked: {}", question.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use registry::unit::Units;

    use super::*;
    use serde_json::json;

    /// A proposal as the API tells it.
    fn proposal_notice() -> CaseNotice {
        let (act, record) = ("01".repeat(16), "02".repeat(16));
        let claim = json!({"act": act, "record": null, "value": null});
        let party = json!({"act": act, "kind": "contact", "office": "00008", "officer": "lan",
            "effective": "2026-11-21", "entered_s": 0, "evidence": []});
        let dispute = json!({"row": 29, "matter": {"parked": act}, "records": [record],
            "claims": [claim], "agreed": null, "slots": [], "harm": 3});
        let case = json!({"id": "03".repeat(16), "number": 12, "generation": 0,
            "dispute": dispute, "owner": "national", "opened_s": 0, "due": "2026-11-25",
            "state": "open", "version": 1, "questions": [], "appeal": null});
        serde_json::from_value(json!({"case": case, "parties": [party]})).unwrap()
    }

    /// The page of a case among the units of this release.
    fn page(notice: &CaseNotice, records: &BTreeMap<RecordId, String>, asks: &[Asked]) -> String {
        let next = notice.case.next_step(Units::built_in());
        side_by_side(notice, records, asks, &next)
    }

    #[test]
    fn a_proposal_says_whose_it_is_whom_it_is_about_and_what_it_asks() {
        let record: RecordId = "02".repeat(16).parse().unwrap();
        let asks: Vec<Asked> = serde_json::from_value(json!([{"record": record,
            "makes": false, "edits": [{"put": ["phone", {"phone": "0912345678"}]}]}]))
        .unwrap();
        let records = BTreeMap::from([(record, "birth name: Lê An".to_owned())]);
        let shown = page(&proposal_notice(), &records, &asks);
        for part in [
            "Proposed by 00008 Phường Ngọc Hà",
            "now  birth name: Lê An",
            "asks phone: 0912345678",
            "--decline",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("--not-a-conflict"), "{shown}");
    }

    #[test]
    fn the_known_error_of_the_clock_stands_beside_the_time_of_each_claim() {
        let mut notice = proposal_notice();
        let words = |notice: &CaseNotice| {
            let shown = page(notice, &BTreeMap::new(), &[]);
            shown
                .split(['│', '|', ' ', '\n', '┆'])
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert!(
            words(&notice).contains("not known by how much"),
            "{}",
            words(&notice)
        );
        notice.parties[0].clock_error_s = Some(3 * 3_600 + 59);
        let shown = words(&notice);
        for part in ["about 3 h wrong", "khoảng 3 giờ"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn the_rule_of_the_due_day_stands_under_it_in_both_languages() {
        let mut notice = proposal_notice();
        let shown = page(&notice, &BTreeMap::new(), &[]);
        assert!(!shown.contains("working days"), "another day: {shown}");
        let opened = registry::date::Date::in_viet_nam(notice.case.opened_s);
        notice.case.due = registry::case::decision_term(3).term.last_day(opened);
        let shown = page(&notice, &BTreeMap::new(), &[]);
        let rule = "  5 working days at harm 3 (internal rule of this register)\n  \
            5 ngày làm việc với mức độ hậu quả 3 (quy định nội bộ của hệ thống)\n";
        assert!(shown.contains(rule), "{shown}");
    }

    #[test]
    fn a_case_tells_whom_it_is_about() {
        let record: RecordId = "02".repeat(16).parse().unwrap();
        let mut notice = proposal_notice();
        notice.case.dispute.matter = Matter::Life;
        let says = "birth name: Lê An\ndate of birth: 03/02/1980\npersonal number: 001180000001";
        let shown = page(&notice, &BTreeMap::from([(record, says.to_owned())]), &[]);
        let about = "About birth name: Lê An; date of birth: 03/02/1980; personal number: 0011";
        assert!(shown.contains(about), "{shown}");
        // Beside each other they stand in the table already.
        notice.case.dispute.claims[0].record = Some(record);
        let shown = page(&notice, &BTreeMap::from([(record, says.to_owned())]), &[]);
        assert!(!shown.contains("About"), "{shown}");
    }

    #[test]
    fn what_an_office_answers_stands_under_the_question() {
        let mut notice = proposal_notice();
        let question = json!([["00008", "did he come himself?"]]);
        notice.case.questions = serde_json::from_value(question).unwrap();
        let said = json!([
            {"act": "04".repeat(16), "office": "00008", "officer": "lan", "at_s": 0, "after": 1,
                "words": "yes, with his card", "evidence": [{"kind": "CT01", "number": "7"}]},
            {"act": "05".repeat(16), "office": "00008", "officer": "lan", "at_s": 0, "after": 1,
                "words": "", "evidence": [{"kind": "minutes"}]},
            {"act": "06".repeat(16), "office": "00008", "officer": "lan", "at_s": 0, "after": 1,
                "words": "Đồng ý với bên kia.", "evidence": []}]);
        notice.case.answers = serde_json::from_value(said).unwrap();
        let shown = page(&notice, &BTreeMap::new(), &[]);
        for part in [
            "Asked 00008 Phường Ngọc Hà: did he come himself?",
            "lan of 00008 Phường Ngọc Hà, 01/01/1970 07:00: yes, with his card (CT01 7)",
            "brings papers (minutes)",
            "agrees with the other side; its own act may be replaced",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn a_case_above_tells_what_was_decided_below_and_the_one_below_where_it_went() {
        let mut notice = proposal_notice();
        let word = json!({"reviewer": "hoa", "outcome": "decline", "reason": "gone", "at_s": 0});
        let effect = json!({"outcome": "decline", "acts": []});
        let appeal = json!({"of": 11, "words": [word], "effect": effect});
        notice.case.appeal = Some(Box::new(serde_json::from_value(appeal).unwrap()));
        let shown = page(&notice, &BTreeMap::new(), &[]);
        assert!(shown.contains("hoa: declined (gone)"), "{shown}");
        assert!(shown.contains("In force now: declined"), "{shown}");
        notice.case.state = CaseState::WentUp { to: 13 };
        let shown = page(&notice, &BTreeMap::new(), &[]);
        assert!(shown.contains("it went up to case 13"), "{shown}");
        assert!(!shown.contains("--keep"), "{shown}");
    }

    #[test]
    fn the_rule_and_what_a_decision_does_stand_in_both_languages() {
        let mut notice = proposal_notice();
        let lines = |notice: &CaseNotice| -> Vec<String> {
            let shown = page(notice, &BTreeMap::new(), &[]);
            shown.lines().map(|line| line.trim().to_owned()).collect()
        };
        notice.case.dispute.row = 9;
        notice.case.dispute.matter = Matter::Marriage;
        notice.case.dispute.harm = 5;
        let shown = lines(&notice);
        let after = |first: &str| {
            let at = shown.iter().position(|line| line.ends_with(first));
            let at = at.unwrap_or_else(|| panic!("{first}: {shown:?}"));
            shown[at + 1].clone()
        };
        let line = notice.case.clash().unwrap();
        assert_eq!(after(&format!("Rule: {}", line.law)), line.law_vi());
        assert_eq!(
            after("claim I stands, the others are taken back"),
            "claim I (bên I+1) đúng; nội dung của các bên kia bị hủy"
        );
        assert!(after("before it takes effect.").starts_with("Hậu quả rất nặng"));
        // The words in Vietnamese stand under those in English.
        let shown = page(&notice, &BTreeMap::new(), &[]);
        let column = |part: &str| {
            let line = shown.lines().find(|line| line.contains(part)).unwrap();
            line.split(part).next().unwrap().chars().count()
        };
        assert_eq!(column("an office is asked"), column("hỏi một cơ quan"));
    }

    #[test]
    fn a_claim_is_numbered_as_it_is_entered_and_as_offices_see_its_side() {
        let mut notice = proposal_notice();
        notice.case.dispute.matter = Matter::Marriage;
        let claim = notice.case.dispute.claims[0].clone();
        notice.case.dispute.claims.push(claim);
        let shown = page(&notice, &BTreeMap::new(), &[]);
        for part in [
            "claim 0 / Bên 1",
            "claim 1 / Bên 2",
            "claim I (bên I+1) đúng",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("Bên 0"), "{shown}");
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
}
