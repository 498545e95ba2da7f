//! The acts of this office: the list, and one act with its receipt state.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::act::ActKind;
use registry::procedure::Slice;
use registry::schema::RecordKind;
use registry::{ActId, RecordId};
use serde::Deserialize;

use super::countdown::CountDown;
use super::fault::{Fault, of_code};
use super::page::{Page, show as shown_page};
use super::seat::Seated;
use super::shown::{Shown, moment, size, state, state_key};
use super::words::Words;
use crate::api::Api;
use crate::office::{ActState, ActView, AttachmentState, AttachmentView, OfficeError};

/// Acts of one list.
const ROWS: usize = 100;

/// An act as a line of a list.
pub(super) struct ActLine {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) about: String,
    pub(super) officer: String,
    pub(super) entered: String,
    pub(super) state: String,
    pub(super) state_key: &'static str,
    pub(super) reason: String,
    pub(super) due: String,
}

/// The line of an act.
pub(super) fn line_of(act: &ActView, shown: &Shown<'_>, words: &'static Words) -> ActLine {
    let rule = act.kind.rule();
    let left = |due| {
        let left = CountDown::on(shown.today(), due, words);
        format!("{} ({})", left.day, left.words)
    };
    let about: Vec<String> = act.about.iter().map(|known| shown.known(known)).collect();
    ActLine {
        href: format!("/acts/{}", act.act),
        label: words.pick(rule.label_vi, rule.label_en),
        about: about.join(", "),
        officer: act.officer.to_string(),
        entered: moment(act.entered_s),
        state: state(words, act.state),
        state_key: state_key(act.state),
        reason: reason_of(act, words),
        due: act.due.map(left).unwrap_or_default(),
    }
}

/// Whether an act is about one person, so that it can begin with their record.
pub(super) const fn begins_with_person(kind: ActKind) -> bool {
    !matches!(
        kind,
        ActKind::Birth
            | ActKind::LateBirth
            | ActKind::Collection
            | ActKind::Withdraw
            | ActKind::AddEvidence
            | ActKind::AnswerCase
            | ActKind::HouseholdMerge
            | ActKind::ResidenceAdjustment
    )
}

/// Why an act came back or waits, in the clerk's language.
fn reason_of(act: &ActView, words: &Words) -> String {
    match (&act.code, &act.words) {
        (Some(code), Some(english)) => of_code(words, code, english),
        _ => String::new(),
    }
}

const STATES: [ActState; 9] = [
    ActState::Provisional,
    ActState::Waiting,
    ActState::Disputed,
    ActState::Returned,
    ActState::Parked,
    ActState::Final,
    ActState::SetAside,
    ActState::Withdrawn,
    ActState::Quarantined,
];

/// Which acts.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
}

struct Filter {
    href: String,
    label: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "acts.html")]
struct ActsPage {
    page: Page,
    filters: Vec<Filter>,
    acts: Vec<ActLine>,
    full: bool,
}

pub(super) async fn list(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    let asked = wanted.state.as_deref().unwrap_or_default();
    let only = STATES.into_iter().find(|known| state_key(*known) == asked);
    let acts = match api.office.own_acts(only, ROWS) {
        Ok(acts) => acts,
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    let words = seated.words;
    let all = Filter {
        href: "/acts".to_owned(),
        label: words.t("acts-all"),
        here: only.is_none(),
    };
    let filters = STATES.into_iter().map(|known| Filter {
        href: format!("/acts?state={}", state_key(known)),
        label: state(words, known),
        here: only == Some(known),
    });
    let shown = Shown::new(&api.office, words);
    shown_page(&ActsPage {
        filters: std::iter::once(all).chain(filters).collect(),
        full: acts.len() == ROWS,
        acts: acts.iter().map(|act| line_of(act, &shown, words)).collect(),
        page: Page::of(&api, &seated),
    })
}

struct PaperLine {
    text: String,
    added: bool,
    files: Vec<FileLine>,
}

struct FileLine {
    href: String,
    label: String,
    state: String,
}

fn file_line(view: &AttachmentView, words: &Words) -> FileLine {
    let key = match view.state {
        AttachmentState::AtCentre => "file-at-centre",
        AttachmentState::NotWanted => "file-not-wanted",
        AttachmentState::OnItsWay | AttachmentState::Unnamed => "file-on-its-way",
    };
    FileLine {
        href: format!("/attachments/{}", view.hash),
        label: format!(
            "{} ({})",
            words.t(&format!("file-{}", view.kind.key())),
            size(view.bytes)
        ),
        state: words.with(
            key,
            &[
                ("sent", view.pieces_sent.to_string().as_str()),
                ("pieces", view.pieces.to_string().as_str()),
            ],
        ),
    }
}

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    page: Page,
    line: ActLine,
    code: String,
    effective: String,
    dossier: String,
    office: String,
    number: u64,
    papers: Vec<PaperLine>,
    records: Vec<(String, String)>,
    case: Option<u64>,
    may_withdraw: bool,
    provisional: bool,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<ActId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    match act_page(&api, &seated, &id) {
        Ok(Some(page)) => shown_page(&page),
        Ok(None) => Fault::Unknown.page(&api, &seated),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

/// Where a record is opened, with an act in hand.
fn record_href(api: &Api, id: &RecordId) -> String {
    let kind = api.office.record(id).map(|held| held.record.kind);
    let page = match kind {
        Some(RecordKind::Household) => "households",
        _ => "people",
    };
    format!("/{page}/{id}?reason=act_in_hand")
}

fn act_page(api: &Api, seated: &Seated, id: &ActId) -> Result<Option<ActPage>, OfficeError> {
    let Some(act) = api.office.act_view(id)? else {
        return Ok(None);
    };
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let case = match act.case {
        Some(case) => {
            let mut cases = api.office.cases()?.into_iter();
            cases
                .find(|notice| notice.case.id == case)
                .map(|notice| notice.case.number)
        }
        None => None,
    };
    let paper = |view: &crate::office::PaperView| PaperLine {
        text: super::shown::joined([
            view.paper.kind.as_str().to_owned(),
            view.paper.number.as_str().to_owned(),
            view.paper
                .date
                .map(|date| date.to_string())
                .unwrap_or_default(),
        ]),
        added: view.added_by.is_some(),
        files: view
            .attached
            .iter()
            .map(|file| file_line(file, words))
            .collect(),
    };
    Ok(Some(ActPage {
        page: Page::of(api, seated),
        line: line_of(&act, &shown, words),
        code: id.to_string(),
        effective: act.effective.to_string(),
        dossier: words.t(&format!("dossier-{}", act.dossier.key())),
        office: act
            .office
            .map_or_else(|| words.t("the-centre"), |code| shown.commune(code)),
        number: act.number.get(),
        papers: act.papers.iter().map(paper).collect(),
        records: act
            .records
            .iter()
            .map(|record| (record_href(api, record), shown.record(*record)))
            .collect(),
        case,
        may_withdraw: act.own
            && act.withdrawal.is_none()
            && matches!(
                act.state,
                ActState::Provisional | ActState::Waiting | ActState::Disputed
            )
            && seated.seat.may_act(),
        provisional: matches!(act.state, ActState::Provisional | ActState::Waiting),
    }))
}
