//! Papers and answers: to what they are added, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

mod town;

use registry::act::Refers;
use registry::case::{Answer, Case, CaseState};
use registry::code::Role;
use registry::{ActId, OfficeCode};
use serde_json::{Value as Json, json};
use town::{Town, author, id};

fn case(number: u64, asked: &[&str]) -> Case {
    let questions: Vec<(&str, &str)> = asked.iter().map(|office| (*office, "còn sống?")).collect();
    let dispute = json!({"row": 6, "matter": "life", "records": [id("an")], "claims": [],
        "agreed": null, "slots": [], "harm": 5});
    serde_json::from_value(
        json!({"id": "03".repeat(16), "number": number, "generation": 0,
        "dispute": dispute, "owner": "national", "opened_s": 0, "due": "2026-11-25",
        "state": "open", "version": 1, "questions": questions, "answers": [], "appeal": null}),
    )
    .unwrap()
}

fn papers(more: Json) -> Json {
    town::with(
        json!({"act": "add_evidence", "evidence": [{"kind": "giấy báo tử"}]}),
        more,
    )
}

/// A town that filed one act, and was told of case 7, which asks it, and of case 8, which does not.
fn town() -> (Town, ActId) {
    let mut town = Town::new();
    town.perform(json!({"act": "contact", "person": id("an"), "phone": "0912345678"}));
    town.cases = vec![case(7, &["00004"]), case(8, &["01273"])];
    (town, author(1).act_id())
}

#[test]
fn papers_are_added_to_an_own_act_or_to_a_case_and_change_no_record() {
    let (town, act) = town();
    let plan = town.file(papers(json!({"of": act}))).unwrap();
    assert_eq!(plan.body.refers, Some(Refers::Act(act)));
    assert!(plan.body.changes.is_empty());
    assert_eq!(plan.body.evidence.len(), 1);
    let plan = town.file(papers(json!({"case": 8}))).unwrap();
    assert_eq!(plan.body.refers, Some(Refers::Case(town.cases[1].id)));
}

#[test]
fn papers_are_refused_for_nothing_for_both_and_for_what_is_not_there() {
    let (mut town, act) = town();
    town.perform(papers(json!({"of": act})));
    let added = author(2).act_id();
    town.cases[1].state = CaseState::Moot;
    for (filing, refusal) in [
        (
            papers(json!({"of": act, "evidence": []})),
            ("input_missing", Some("evidence")),
        ),
        (papers(json!({})), ("input_invalid", Some("of"))),
        (
            papers(json!({"of": act, "case": 7})),
            ("input_invalid", Some("of")),
        ),
        (
            papers(json!({"of": author(9).act_id()})),
            ("act_not_yours", None),
        ),
        (papers(json!({"of": added})), ("input_invalid", Some("of"))),
        (papers(json!({"case": 9})), ("input_invalid", Some("case"))),
        (papers(json!({"case": 8})), ("input_invalid", Some("case"))),
        (
            json!({"act": "withdraw", "of": added, "reason": "x"}),
            ("input_invalid", Some("of")),
        ),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
}

#[test]
fn an_answer_goes_to_the_case_that_asks_the_office() {
    let (mut town, _) = town();
    let answer =
        |case: u64, words: &str| json!({"act": "answer_case", "case": case, "answer": words});
    let plan = town.file(answer(7, "còn sống")).unwrap();
    assert_eq!(plan.body.refers, Some(Refers::Case(town.cases[0].id)));
    assert_eq!(plan.body.note.as_str(), "còn sống");
    for (filing, refusal) in [
        (answer(7, ""), ("input_missing", Some("answer"))),
        (answer(8, "x"), ("input_invalid", Some("case"))),
        (answer(9, "x"), ("input_invalid", Some("case"))),
        (
            town::with(answer(7, "x"), json!({"note": "y"})),
            ("input_invalid", Some("note")),
        ),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    town.cases[0].state = CaseState::Moot;
    assert_eq!(
        town.refused(answer(7, "x")),
        ("input_invalid", Some("case"))
    );
}

#[test]
fn any_role_that_acts_may_add_and_a_viewer_may_not() {
    let (town, act) = town();
    let filing = serde_json::from_value(papers(json!({"of": act}))).unwrap();
    for role in [Role::CivilStatus, Role::Residence, Role::Identification] {
        assert!(registry::procedure::plan(&filing, &town::desk(2, &[role]), &town).is_ok());
    }
    let viewer = registry::procedure::plan(&filing, &town::desk(2, &[Role::Viewer]), &town);
    assert_eq!(viewer.unwrap_err().code(), "role_missing");
}

#[test]
fn a_question_waits_until_it_is_answered_and_a_later_one_waits_again() {
    let (here, there) = (OfficeCode::new(4).unwrap(), OfficeCode::new(1273).unwrap());
    let mut case = case(7, &["00004"]);
    let answer = |office| Answer {
        act: author(1).act_id(),
        office,
        officer: "lan".parse().unwrap(),
        at_s: 0,
        after: 0,
        words: registry::value::Line::parse("còn sống").unwrap(),
        evidence: Vec::new(),
    };
    assert!(case.open_question(here).is_some());
    case.take_answer(answer(there));
    assert!(case.open_question(here).is_some());
    case.take_answer(answer(here));
    assert!(case.open_question(here).is_none() && case.asked(here));
    assert_eq!(case.version, 3);
    case.questions
        .push((here, registry::value::Line::parse("ai gặp?").unwrap()));
    assert_eq!(case.open_question(here).unwrap().as_str(), "ai gặp?");
    assert!(!case.asked(there));
}
