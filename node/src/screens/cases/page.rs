//! One case: what it is about, both sides, what was agreed last, what happens next and by when,
//! what was asked, answered and decided, and what this office can do.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use registry::act::ActKind;
use registry::case::{Case, CaseNotice, CaseState};
use registry::{CaseId, RecordId};

use super::super::countdown::CountDown;
use super::super::fault::Fault;
use super::super::page::{Page, show as shown_page};
use super::super::person::note_reading;
use super::super::record;
use super::super::seat::Seated;
use super::super::shown::{Shown, joined, known_as, moment};
use super::super::words::{Lang, Words};
use super::ruling::{Verdict, below, verdicts};
use super::sides::{Sides, sides_of};
use super::{harm_words, said, sentence};
use crate::api::Api;
use crate::office::{ActState, OfficeError};

/// Why the records of a case are read.
const CASE_WORK: &str = "case_work";

/// A record that a case is about.
struct About {
    href: String,
    known: String,
    held: bool,
}

/// What an office was asked.
struct Question {
    office: String,
    text: String,
    own: bool,
}

/// What an office said or brought.
struct Answered {
    office: String,
    officer: String,
    at: String,
    text: String,
    papers: Vec<String>,
}

/// Something that this office can do.
struct Step {
    href: String,
    label: String,
    main: bool,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    page: Page,
    id: CaseId,
    number: u64,
    matter: String,
    kind: String,
    open: bool,
    harm: u8,
    harm_words: String,
    due: Option<CountDown>,
    due_rule: String,
    opened: String,
    owner: String,
    next: String,
    up: Option<u64>,
    asked: Option<String>,
    clerk: String,
    law: String,
    about: Vec<About>,
    sides: Sides,
    agreed: Option<String>,
    verdicts: Vec<Verdict>,
    below: Vec<Verdict>,
    questions: Vec<Question>,
    answers: Vec<Answered>,
    steps: Vec<Step>,
}

pub(in super::super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(number): Path<String>,
) -> Response {
    let Ok(number) = number.parse::<u64>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    match case_page(&api, &seated, number) {
        Ok(Some((page, read))) => {
            for record in read {
                note_reading(&api, &seated, record, CASE_WORK).await;
            }
            note_seen(&api, &seated, page.id).await;
            shown_page(&page)
        }
        Ok(None) => Fault::Unknown.page(&api, &seated),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

/// Somebody who can do what is left to do has looked at the decision.
async fn note_seen(api: &Api, seated: &Seated, case: CaseId) {
    if !seated.seat.may_act() || !api.office.is_news(&case).unwrap_or(true) {
        return;
    }
    if let Err(error) = api.writer.note_case_seen(case).await {
        // It stays in the queue, and is looked at once more.
        tracing::warn!(code = error.code(), "a look at a case was not noted");
    }
}

fn case_page(
    api: &Api,
    seated: &Seated,
    number: u64,
) -> Result<Option<(CasePage, Vec<RecordId>)>, OfficeError> {
    let mut notices = api.office.cases()?.into_iter();
    let Some(notice) = notices.find(|notice| notice.case.number == number) else {
        return Ok(None);
    };
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let case = &notice.case;
    let sides = sides_of(api, &notice, &shown, words)?;
    let about = about(api, case, words)?;
    let mut read: Vec<RecordId> = held(&about, case);
    read.extend(&sides.read);
    read.sort_unstable();
    read.dedup();
    let (own, units) = (api.office.code(), api.office.units());
    let asked = case.open_question(own).filter(|_| case.is_open());
    let page = CasePage {
        page: Page::of(api, seated),
        id: case.id,
        number,
        matter: sentence(&said(words, case.dispute.matter.words())),
        kind: kind_of(case, words),
        open: case.is_open(),
        harm: case.dispute.harm,
        harm_words: harm_words(words, case.dispute.harm),
        due: case
            .is_open()
            .then(|| CountDown::on(shown.today(), case.due, words)),
        due_rule: case
            .due_rule()
            .map_or_else(String::new, |rule| said(words, rule)),
        opened: moment(case.opened_s),
        owner: sentence(&said(words, case.owner.words_in(&units))),
        next: sentence(&said(words, case.next_step(&units))),
        up: match case.state {
            CaseState::WentUp { to } => Some(to),
            _ => None,
        },
        asked: asked.map(|question| question.as_str().to_owned()),
        clerk: match api.office.task(&notice) {
            Some(task) => said(words, task),
            None => case.clash().map_or_else(String::new, |line| {
                words.pick(line.clerk.vi, line.clerk.en).to_owned()
            }),
        },
        law: case
            .clash()
            .map_or_else(String::new, |line| match words.lang() {
                Lang::Vi => line.law_vi(),
                Lang::En => line.law.to_owned(),
            }),
        about,
        agreed: case.dispute.agreed.as_ref().map(|value| shown.value(value)),
        verdicts: verdicts(&case.state, &shown, words),
        below: case
            .appeal
            .as_ref()
            .map(|appeal| below(appeal, &shown, words))
            .unwrap_or_default(),
        questions: questions(case, &shown, own),
        answers: answers(case, &shown),
        steps: steps(api, seated, &notice)?,
        sides,
    };
    Ok(Some((page, read)))
}

/// The kind of clash: what one office did, and what the other.
fn kind_of(case: &Case, words: &Words) -> String {
    case.clash().map_or_else(String::new, |line| {
        let one = words.pick(line.one.vi, line.one.en);
        format!("{one} ↔ {}", words.pick(line.other.vi, line.other.en))
    })
}

fn about(api: &Api, case: &Case, words: &Words) -> Result<Vec<About>, OfficeError> {
    let mut about = Vec::with_capacity(case.dispute.records.len());
    for id in &case.dispute.records {
        let known = api.office.known_records(&[*id])?.into_iter().next();
        about.push(About {
            href: record::href(api, id, CASE_WORK),
            held: known.is_some(),
            known: known.map_or_else(
                || record::elsewhere(None, words),
                |known| known_as(words, &known),
            ),
        });
    }
    Ok(about)
}

/// The records of a case that this office holds: who looks at the case reads of them.
fn held(about: &[About], case: &Case) -> Vec<RecordId> {
    let records = case.dispute.records.iter().zip(about);
    let held = records.filter(|(_, about)| about.held);
    held.map(|(id, _)| *id).collect()
}

fn questions(case: &Case, shown: &Shown<'_>, own: registry::OfficeCode) -> Vec<Question> {
    case.questions
        .iter()
        .map(|(office, question)| Question {
            office: shown.commune(*office),
            text: question.as_str().to_owned(),
            own: *office == own,
        })
        .collect()
}

fn answers(case: &Case, shown: &Shown<'_>) -> Vec<Answered> {
    case.answers
        .iter()
        .map(|answer| Answered {
            office: shown.commune(answer.office),
            officer: answer.officer.to_string(),
            at: moment(answer.at_s),
            text: answer.words.as_str().to_owned(),
            papers: answer
                .evidence
                .iter()
                .map(|paper| {
                    joined([
                        paper.kind.as_str().to_owned(),
                        paper.number.as_str().to_owned(),
                    ])
                })
                .collect(),
        })
        .collect()
}

/// Whether an act of this office makes a claim.
fn claims_something(api: &Api, case: &Case) -> Result<bool, OfficeError> {
    for act in case.dispute.claims.iter().filter_map(|claim| claim.act) {
        if api.office.act_view(&act)?.is_some_and(|view| view.own) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What this office can do: answer what it is asked, add papers, take back an act of its own that
/// is not final.
fn steps(api: &Api, seated: &Seated, notice: &CaseNotice) -> Result<Vec<Step>, OfficeError> {
    let case = &notice.case;
    if !case.is_open() || !seated.seat.may_act() {
        return Ok(Vec::new());
    }
    let words = seated.words;
    let number = case.number;
    let offered: Vec<ActKind> = seated.seat.offered().iter().map(|rule| rule.kind).collect();
    let own = api.office.code();
    let mut steps = Vec::new();
    if case.asked(own) && offered.contains(&ActKind::AnswerCase) {
        steps.push(Step {
            href: format!("/acts/new/answer_case?case={number}"),
            label: words.t("case-answer"),
            main: case.open_question(own).is_some(),
        });
    }
    if offered.contains(&ActKind::AnswerCase) && claims_something(api, case)? {
        steps.push(Step {
            href: format!("/acts/new/answer_case?case={number}&agrees=on"),
            label: words.t("case-agree"),
            main: false,
        });
    }
    if offered.contains(&ActKind::AddEvidence) {
        steps.push(Step {
            href: format!("/acts/new/add_evidence?case={number}"),
            label: words.t("case-add-paper"),
            main: false,
        });
    }
    if !offered.contains(&ActKind::Withdraw) {
        return Ok(steps);
    }
    for act in case.dispute.claims.iter().filter_map(|claim| claim.act) {
        let Some(view) = api.office.act_view(&act)?.filter(|view| view.own) else {
            continue;
        };
        let open = matches!(
            view.state,
            ActState::Provisional | ActState::Waiting | ActState::Disputed
        );
        if open && view.withdrawal.is_none() {
            let rule = view.kind.rule();
            let label = words.pick(rule.label_vi, rule.label_en);
            steps.push(Step {
                href: format!("/acts/new/withdraw?act={act}"),
                label: words.with("case-withdraw", &[("act", label)]),
                main: false,
            });
        }
    }
    Ok(steps)
}
