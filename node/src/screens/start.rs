//! My queue: what waits for this officer, with the next step.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::act::ActKind;
use registry::dossier::DossierState;
use registry::feed::SliceReason;
use serde::Deserialize;

use super::acts::{ActLine, line_of};
use super::cases::{CaseLine, NewsLine, news, waiting};
use super::fault::Fault;
use super::find::{COUNTER, Reason, reasons};
use super::forms::{DraftLine, drafts_of, many};
use super::page::Page;
use super::seat::Seated;
use super::shown::{Shown, moment};
use super::words::Words;
use crate::api::Api;
use crate::clock;
use crate::office::{ActState, OfficeError};
use crate::tables::Move;

/// Acts that the start offers; the page of acts has them all.
const DOORS: usize = 11;
/// Acts that the start shows of each kind; the list of acts has them all.
const SHOWN: usize = 8;

struct Heap {
    key: &'static str,
    href: &'static str,
    acts: Vec<ActLine>,
}

struct Door {
    href: String,
    label: &'static str,
}

/// Somebody who came or went.
struct MoveLine {
    href: Option<String>,
    name: String,
    words: String,
    at: String,
}

fn move_line(it: &Move, shown: &Shown<'_>, words: &Words) -> MoveLine {
    let reason = match it.reason {
        SliceReason::Case => "move-case",
        SliceReason::New => "move-new",
        SliceReason::Moved | SliceReason::Mended => "move-moved",
    };
    let places: Vec<String> = it
        .to
        .iter()
        .flatten()
        .map(|to| shown.commune(*to))
        .collect();
    let way = match &it.to {
        None => words.t("move-in"),
        Some(_) if places.is_empty() => words.t("move-out"),
        Some(_) => words.with("move-out-to", &[("place", places.join(", ").as_str())]),
    };
    MoveLine {
        href: it
            .to
            .is_none()
            // Why it is opened is for the officer to say: the page asks.
            .then(|| format!("/people/{}", it.record)),
        name: it.name.clone(),
        words: super::shown::joined([way, words.t(reason)]),
        at: moment(it.at_s),
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    page: Page,
    all: bool,
    reasons: Vec<Reason>,
    heaps: Vec<Heap>,
    news: Vec<NewsLine>,
    cases: Vec<CaseLine>,
    duplicates: Vec<CaseLine>,
    moves: Vec<MoveLine>,
    moves_more: usize,
    doors: Vec<Door>,
    drafts: Vec<DraftLine>,
    many: Option<String>,
    today: usize,
}

/// Whose queue is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    of: Option<String>,
}

fn show_start(api: &Api, seated: &Seated, wanted: &Wanted) -> Result<Response, OfficeError> {
    let shown = Shown::new(&api.office, seated.words);
    // Whoever enters no acts looks at those of the others.
    let all = match wanted.of.as_deref() {
        Some("all") => true,
        Some("mine") => false,
        _ => !seated.seat.may_act(),
    };
    let heap = |key, href, state| -> Result<Heap, OfficeError> {
        let acts = if all {
            api.office.own_acts(Some(state), SHOWN)?
        } else {
            let officer = seated.seat.account.id();
            api.office.own_acts_by(officer, state, SHOWN)?
        };
        let lines = acts.iter().map(|act| line_of(act, &shown, seated.words));
        Ok(Heap {
            key,
            href,
            acts: lines.collect(),
        })
    };
    let officer = (!all).then(|| seated.seat.account.id());
    let mut asked = api.office.open_applications(officer, SHOWN)?;
    asked.retain(|act| act.dossier == DossierState::SupplementAsked);
    let asked = asked.iter().map(|act| line_of(act, &shown, seated.words));
    let mut heaps = vec![
        heap("queue-returned", "/acts?state=returned", ActState::Returned)?,
        Heap {
            key: "queue-asked",
            href: "/acts?state=under_way",
            acts: asked.collect(),
        },
        heap("queue-disputed", "/acts?state=disputed", ActState::Disputed)?,
        heap("queue-parked", "/acts?state=parked", ActState::Parked)?,
        heap(
            "queue-unsent",
            "/acts?state=provisional",
            ActState::Provisional,
        )?,
    ];
    heaps.retain(|heap| !heap.acts.is_empty());
    let cases = waiting(api, seated)?;
    let (duplicates, cases) = cases.into_iter().partition(CaseLine::is_duplicate);
    let mut moves = api.office.moves(clock::device_s())?;
    // Who went twice, or by two ways, went.
    let mut told: Vec<(registry::RecordId, bool)> = Vec::new();
    moves.retain(|it| {
        let way = (it.record, it.to.is_none());
        let new = !told.contains(&way);
        told.push(way);
        new
    });
    let words = seated.words;
    let doors = seated
        .seat
        .offered()
        .into_iter()
        .filter(|rule| !rule.kind.is_addition() && rule.kind != ActKind::Withdraw)
        .take(DOORS)
        .map(|rule| Door {
            href: format!("/acts/new/{}", rule.key),
            label: words.pick(rule.label_vi, rule.label_en),
        })
        .collect();
    let day = registry::date::Date::in_viet_nam(clock::device_s());
    let today = api.office.count_entered_on(day)?;
    let drafts = drafts_of(api, seated);
    Ok(super::page::show(&StartPage {
        page: Page::of(api, seated),
        all,
        reasons: reasons(words, COUNTER),
        heaps,
        news: news(api, seated)?,
        cases,
        duplicates,
        moves_more: moves.len().saturating_sub(SHOWN),
        moves: moves
            .iter()
            .take(SHOWN)
            .map(|it| move_line(it, &shown, words))
            .collect(),
        doors,
        many: many(&drafts, words),
        drafts,
        today,
    }))
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    match show_start(&api, &seated, &wanted) {
        Ok(response) => response,
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}
