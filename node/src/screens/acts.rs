//! The acts of this office: the list, and one act with its receipt state.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use registry::act::ActKind;
use registry::procedure::Slice;
use registry::schema::RecordKind;
use registry::{ActId, RecordId};
use serde::Deserialize;

use super::countdown::CountDown;
use super::fault::{Fault, foreign_form};
use super::page::{Page, go, show as shown_page};
use super::seat::Seated;
use super::shown::{Shown, moment, size, state, state_key};
use super::words::Words;
use crate::api::Api;
use crate::office::{ActState, ActView, AttachmentState, AttachmentView, OfficeError};
use crate::tables::Settled;
use crate::writer::WriteError;

/// Acts of one list.
const ROWS: usize = 100;

/// An act as a line of a list.
pub(super) struct ActLine {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) about: String,
    pub(super) officer: String,
    /// The office that entered it, if it is another one.
    pub(super) office: String,
    pub(super) effective: String,
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
        office: match act.office {
            _ if act.own => String::new(),
            Some(code) => shown.commune(code),
            None => words.t("the-centre"),
        },
        effective: act.effective.to_string(),
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
pub(super) fn reason_of(act: &ActView, words: &Words) -> String {
    match (&act.code, &act.words) {
        (Some(code), Some(text)) => super::forms::why(words, act.kind.rule().key, code, text),
        _ => String::new(),
    }
}

pub(super) const STATES: [ActState; 9] = [
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
    may_add: bool,
    provisional: bool,
    again: Option<String>,
    settled: Option<SettledLine>,
}

/// How an act that came back was seen to.
struct SettledLine {
    words: String,
    /// The act as which it was filed again.
    href: Option<String>,
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

fn settled_line(how: &Settled, words: &Words) -> SettledLine {
    let key = if how.again.is_some() {
        "act-filed-again"
    } else {
        "act-put-aside"
    };
    let at = moment(how.at_s);
    let values = [("officer", how.officer.as_str()), ("at", at.as_str())];
    SettledLine {
        words: words.with(key, &values),
        href: how.again.map(|again| format!("/acts/{again}")),
    }
}

/// The button under an act that came back.
#[derive(Deserialize)]
pub(super) struct Aside {
    #[serde(default)]
    csrf: String,
}

/// An act that came back is not filed again.
pub(super) async fn put_aside(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Form(told): Form<Aside>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &told.csrf) {
        return response;
    }
    let Ok(id) = id.parse::<ActId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let view = match api.office.act_view(&id) {
        Ok(Some(view)) => view,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    let offered = seated.seat.offered();
    if !offered.iter().any(|rule| rule.kind == view.kind) {
        return Fault::Role.page(&api, &seated);
    }
    let officer = seated.seat.account.id().clone();
    match api.writer.put_aside(id, officer).await {
        // Somebody was quicker: the page tells how it was seen to.
        Ok(()) | Err(WriteError::Office(OfficeError::NotReturned)) => go(&format!("/acts/{id}")),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
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
    let came_back = act.own && act.state == ActState::Returned;
    let settled = api.office.settled(id)?.filter(|_| came_back);
    let open = came_back && settled.is_none();
    let offered = seated.seat.offered();
    let again = offered.iter().find(|rule| open && rule.kind == act.kind);
    let mut line = line_of(&act, &shown, words);
    if line.about.is_empty() {
        line.about = super::forms::about_form(api, id).unwrap_or_default();
    }
    Ok(Some(ActPage {
        page: Page::of(api, seated),
        line,
        again: again.map(|rule| format!("/acts/new/{}?again={id}", rule.key)),
        settled: settled.map(|how| settled_line(&how, words)),
        may_add: seated.seat.may_act()
            && !matches!(
                act.state,
                ActState::Returned | ActState::Quarantined | ActState::Withdrawn
            ),
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
