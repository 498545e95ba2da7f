//! What reviewers decided of a case, and why, in words.

use registry::ActId;
use registry::case::{Appeal, CaseState, Decision, Outcome, Ruling};

use super::super::shown::{Shown, moment};
use super::super::words::Words;

/// What a reviewer said.
pub(super) struct Verdict {
    pub(super) heading: String,
    /// The style of its note.
    pub(super) tone: &'static str,
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: String,
    /// The act that carries it out.
    pub(super) act: Option<ActId>,
    /// Another case that goes on with it.
    pub(super) next: Option<u64>,
}

/// What was decided so far, the latest last.
pub(super) fn verdicts(state: &CaseState, shown: &Shown<'_>, words: &Words) -> Vec<Verdict> {
    let one = |heading: &str, decision: &Decision, by: String| Verdict {
        heading: words.t(heading),
        tone: match heading {
            "verdict-decided" => "ok",
            "verdict-proposed" => "",
            _ => "amber",
        },
        outcome: outcome(&decision.outcome, shown, words),
        reason: decision.reason.as_str().to_owned(),
        by,
        at: moment(decision.at_s),
        act: None,
        next: None,
    };
    let alone =
        |heading: &str, decision: &Decision| one(heading, decision, decision.reviewer.to_string());
    let ruled = |ruling: &Ruling| Verdict {
        act: ruling.act,
        ..one(
            "verdict-decided",
            &ruling.decision,
            both(&ruling.decision, ruling.second.as_ref(), words),
        )
    };
    match state {
        CaseState::Open | CaseState::Moot | CaseState::WentUp { .. } => Vec::new(),
        CaseState::Proposed(decision) => vec![alone("verdict-proposed", decision)],
        CaseState::Decided {
            decision,
            second,
            act,
        } => vec![Verdict {
            act: *act,
            ..one(
                "verdict-decided",
                decision,
                both(decision, second.as_ref(), words),
            )
        }],
        CaseState::Reversing { ruling, word } => {
            vec![ruled(ruling), alone("verdict-reversing", word)]
        }
        CaseState::Reversed {
            ruling,
            word,
            second,
            act,
            next,
        } => vec![
            ruled(ruling),
            Verdict {
                act: *act,
                next: *next,
                ..one("verdict-reversed", word, both(word, second.as_ref(), words))
            },
        ],
    }
}

/// What was said below, of a case that came up.
pub(super) fn below(appeal: &Appeal, shown: &Shown<'_>, words: &Words) -> Vec<Verdict> {
    let heading = words.n(
        "verdict-below",
        i64::try_from(appeal.of).unwrap_or(i64::MAX),
    );
    appeal
        .words
        .iter()
        .map(|decision| Verdict {
            heading: heading.clone(),
            tone: "",
            outcome: outcome(&decision.outcome, shown, words),
            reason: decision.reason.as_str().to_owned(),
            by: decision.reviewer.to_string(),
            at: moment(decision.at_s),
            act: None,
            next: Some(appeal.of),
        })
        .collect()
}

fn both(decision: &Decision, second: Option<&registry::OfficerId>, words: &Words) -> String {
    match second {
        Some(second) => words.with(
            "verdict-both",
            &[
                ("first", decision.reviewer.as_str()),
                ("second", second.as_str()),
            ],
        ),
        None => decision.reviewer.to_string(),
    }
}

/// What a decision does, in a sentence.
fn outcome(outcome: &Outcome, shown: &Shown<'_>, words: &Words) -> String {
    // People count from one.
    let side = |index: u8| i64::from(index).saturating_add(1);
    match outcome {
        Outcome::Keep(index) => words.n("outcome-keep", side(*index)),
        Outcome::Combine(index) => words.n("outcome-combine", side(*index)),
        Outcome::Enter(value) => words.with("outcome-enter", &[("value", &shown.value(value))]),
        Outcome::NotAConflict => words.t("outcome-no-conflict"),
        Outcome::AskOffice { office, question } => words.with(
            "outcome-ask",
            &[
                ("office", &shown.commune(*office)),
                ("question", question.as_str()),
            ],
        ),
        Outcome::Decline => words.t("outcome-decline"),
        Outcome::Reverse => words.t("outcome-reverse"),
    }
}
