//! Papers that are added to an own act, and answers to a reviewer's question.

use registry::case::CaseNotice;
use registry::feed::{ActOutcome, FeedItem};
use registry::procedure::Filing;
use serde_json::json;

use super::world::*;
use crate::office::ActState;

fn filing(json: serde_json::Value) -> Filing {
    serde_json::from_value(json).unwrap()
}

/// The centre's word on an open case about the first person, in which an act is a claim.
fn case(act: registry::ActId, questions: &[(&str, &str)]) -> FeedItem {
    let claim = json!({"act": act, "record": null, "value": null});
    let dispute = json!({"row": 6, "matter": "life", "records": [record_id(1)],
        "claims": [claim], "agreed": null, "slots": [], "harm": 5});
    let notice: CaseNotice = serde_json::from_value(json!({"parties": [], "case":
        {"id": "03".repeat(16), "number": 12, "generation": 0, "dispute": dispute,
        "owner": "national", "opened_s": NOW_S, "due": "2026-11-25", "state": "open",
        "version": 1, "questions": questions, "answers": [], "appeal": null}}))
    .unwrap();
    FeedItem::Case(Box::new(notice))
}

#[test]
fn papers_added_to_an_act_are_shown_with_it_unless_they_came_back() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let papers = |kind: &str| {
        filing(json!({"act": "add_evidence", "of": filed.act, "evidence": [{"kind": kind}]}))
    };
    let first = world.file(&papers("CT01"));
    let second = world.file(&papers("CT02"));
    let shown = |world: &World| -> Vec<(String, bool)> {
        let view = world.office.act_view(&filed.act).unwrap().unwrap();
        let papers = view.papers.iter();
        papers
            .map(|paper| {
                let by_first = paper.added_by == Some(first.act);
                (paper.paper.kind.as_str().to_owned(), by_first)
            })
            .collect()
    };
    let both = [("CT01".to_owned(), true), ("CT02".to_owned(), false)];
    assert_eq!(shown(&world), both);
    // The clerk sees whom the papers are about, though the act changes no record.
    let view = world.office.act_view(&second.act).unwrap().unwrap();
    assert_eq!((view.records.len(), view.about.len()), (0, 1));
    world.crash();
    assert_eq!(shown(&world), both);
    let returned = ActOutcome::Returned {
        code: line("act_not_yours"),
        words: line("no"),
    };
    world.answer(1, &[ActOutcome::Accepted, ActOutcome::Accepted, returned]);
    assert_eq!(shown(&world), both[..1]);
    assert_eq!(world.state_of(first.act), ActState::Final);
    assert_eq!(world.office.standing(NOW_S).unsent, 0);
    world.check();
}

#[test]
fn an_office_that_is_asked_answers_by_the_number_of_the_case() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let answer = filing(json!({"act": "answer_case", "case": 12, "answer": "còn sống"}));
    let refused = |world: &World| {
        let refusal = world.office.file_act(&answer, &clerk(), NOW_S);
        refusal.unwrap_err().code()
    };
    assert_eq!(refused(&world), "input_invalid");
    world.feed(&[case(filed.act, &[("00008", "có gặp không?")])]);
    assert_eq!(refused(&world), "input_invalid");
    world.feed(&[case(filed.act, &[("00004", "có gặp không?")])]);
    let said = world.file(&answer);
    let view = world.office.act_view(&said.act).unwrap().unwrap();
    assert_eq!((view.state, view.about.len()), (ActState::Provisional, 1));
    world.check();
}
