//! The acts of this office as lines: of the list, of a day, of a record's time line.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::act::ActKind;
use serde::Deserialize;

use super::countdown::CountDown;
use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::record::elsewhere;
use super::seat::Seated;
use super::shown::{Shown, joined, moment, paper, state, state_key};
use super::words::Words;
use crate::api::Api;
use crate::office::{ActState, ActView};

/// Acts of one list.
const ROWS: usize = 100;

/// An act as a line of a list.
pub(super) struct ActLine {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) about: String,
    pub(super) officer: String,
    /// The office that entered it.
    pub(super) office: String,
    pub(super) effective: String,
    pub(super) entered: String,
    pub(super) state: String,
    pub(super) state_key: &'static str,
    pub(super) reason: String,
    /// Of an application that the centre has: how far it is with it.
    pub(super) dossier: String,
    pub(super) due: String,
    pub(super) papers: Vec<String>,
}

/// The line of an act.
pub(super) fn line_of(act: &ActView, shown: &Shown<'_>, words: &'static Words) -> ActLine {
    let rule = act.kind.rule();
    let left = |due| {
        let left = CountDown::on(shown.today(), due, words);
        format!("{} ({})", left.day, left.words)
    };
    ActLine {
        href: format!("/acts/{}", act.act),
        label: words.pick(rule.label_vi, rule.label_en),
        about: about_of(act, shown, words),
        officer: act.officer.to_string(),
        office: office_of(act, shown, words),
        effective: act.effective.to_string(),
        entered: moment(act.entered_s),
        state: if act.unsaved {
            words.t("state-unsaved")
        } else {
            state(words, act.state)
        },
        state_key: state_key(act.state),
        reason: reason_of(act, words),
        dossier: match act.state {
            ActState::Final if act.kind.applies() => dossier_of(act, words),
            _ => String::new(),
        },
        due: act.due.map(left).unwrap_or_default(),
        papers: act.papers.iter().map(|view| paper(&view.paper)).collect(),
    }
}

/// Where the dossier of an act stands.
pub(super) fn dossier_of(act: &ActView, words: &Words) -> String {
    words.t(&format!("dossier-{}", act.dossier.key()))
}

/// Whom an act is about; somebody or a household elsewhere, if nothing that it changes is known here.
pub(super) fn about_of(act: &ActView, shown: &Shown<'_>, words: &Words) -> String {
    let about = joined(act.about.iter().map(|known| shown.known(known)));
    match act.kinds.split_first() {
        Some((kind, others)) if about.is_empty() => {
            let same = others.iter().all(|other| other == kind);
            elsewhere(same.then_some(*kind), words)
        }
        _ => about,
    }
}

/// The office where an act was entered.
pub(super) fn office_of(act: &ActView, shown: &Shown<'_>, words: &Words) -> String {
    act.office
        .map_or_else(|| words.t("the-centre"), |code| shown.commune(code))
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

/// The applications that the centre has not answered yet.
const UNDER_WAY: &str = "under_way";

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
    let under_way = asked == UNDER_WAY;
    let acts = if under_way {
        api.office.open_applications(None, ROWS)
    } else {
        api.office.own_acts(only, ROWS)
    };
    let acts = match acts {
        Ok(acts) => acts,
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    let words = seated.words;
    let all = Filter {
        href: "/acts".to_owned(),
        label: words.t("acts-all"),
        here: only.is_none() && !under_way,
    };
    let waiting = Filter {
        href: format!("/acts?state={UNDER_WAY}"),
        label: words.t("acts-under-way"),
        here: under_way,
    };
    let filters = STATES.into_iter().map(|known| Filter {
        href: format!("/acts?state={}", state_key(known)),
        label: state(words, known),
        here: only == Some(known),
    });
    let shown = Shown::new(&api.office, words);
    shown_page(&ActsPage {
        filters: [all, waiting].into_iter().chain(filters).collect(),
        full: acts.len() == ROWS,
        acts: acts.iter().map(|act| line_of(act, &shown, words)).collect(),
        page: Page::of(&api, &seated),
    })
}
