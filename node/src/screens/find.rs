//! Finding people: one box, results while typing, ready for a scanner.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Response};
use registry::act::ActKind;
use registry::search::HITS_MAX;
use registry::words::Tells;
use serde::Deserialize;

use super::fault::{Fault, foreign_form, in_words};
use super::page::{Page, go, show as shown_page};
use super::seat::{Seated, encoded};
use super::shown::{found_as, life};
use super::words::Words;
use crate::api::Api;
use crate::clock;
use crate::office::{CardView, PersonHit};

/// People of one list; who is looked for stands among the first, or more has to be typed.
const PEOPLE: usize = 20;
/// Why a record is opened, if nothing else is chosen.
pub(super) const COUNTER: &str = "counter";
/// The reasons that there are.
pub(super) const REASONS: [&str; 6] = [
    COUNTER,
    "act_in_hand",
    "case_work",
    "verification",
    "quality",
    "audit",
];

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    from: String,
}

/// A reason to choose.
pub(super) struct Reason {
    pub(super) key: &'static str,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The reasons, with the one that is chosen.
pub(super) fn reasons(words: &Words, chosen: &str) -> Vec<Reason> {
    REASONS
        .iter()
        .map(|key| Reason {
            key,
            label: words.t(&format!("reason-{key}")),
            chosen: *key == chosen,
        })
        .collect()
}

fn reason_of(told: &str) -> &'static str {
    REASONS
        .iter()
        .find(|known| **known == told)
        .copied()
        .unwrap_or(COUNTER)
}

/// A person found.
pub(super) struct HitLine {
    pub(super) href: String,
    pub(super) hit: PersonHit,
    pub(super) state: String,
    pub(super) life: String,
    /// By which other name, if not by the name.
    pub(super) other: String,
}

fn lines(hits: Vec<PersonHit>, reason: &str, words: &Words) -> Vec<HitLine> {
    hits.into_iter()
        .map(|hit| HitLine {
            href: format!("/people/{}?reason={reason}", hit.id),
            state: words.t(&format!("record-{}", hit.state)),
            life: life(words, hit.dead, hit.missing),
            other: found_as(words, &hit),
            hit,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    page: Page,
    q: String,
    reasons: Vec<Reason>,
    results: Results,
    card: Option<CardPart>,
    wrong: Option<String>,
    collects: bool,
}

#[derive(Template)]
#[template(path = "find_results.html")]
struct ResultsPart {
    page: Page,
    results: Results,
    collects: bool,
}

/// Whether whoever sits here may enter somebody who is registered nowhere.
fn collects(seated: &Seated) -> bool {
    let offered = seated.seat.offered();
    offered.iter().any(|rule| rule.kind == ActKind::Collection)
}

struct Results {
    asked: bool,
    lines: Vec<HitLine>,
    found: String,
    /// Which of them are shown, if not all.
    part: Option<String>,
    next: Option<String>,
}

/// What a card says, beside the record.
struct CardPart {
    pin: String,
    name: String,
    birth: String,
    address: String,
    doubts: Vec<String>,
    differs: Vec<String>,
    collect: String,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    found_page(&api, &seated, wanted, None, None)
}

fn found_page(
    api: &Api,
    seated: &Seated,
    wanted: Wanted,
    card: Option<CardPart>,
    wrong: Option<String>,
) -> Response {
    // What a scanner typed into the box is a card and no name.
    let results = match search(api, seated.words, &wanted) {
        Ok(results) => results,
        Err(code) => return Fault::Office(code).page(api, seated),
    };
    shown_page(&FindPage {
        page: Page::of(api, seated),
        reasons: reasons(seated.words, reason_of(&wanted.reason)),
        q: wanted.q,
        results,
        card,
        wrong,
        collects: collects(seated),
    })
}

fn search(api: &Api, words: &Words, wanted: &Wanted) -> Result<Results, &'static str> {
    let text = wanted.q.trim();
    if text.is_empty() {
        return Ok(Results {
            asked: false,
            lines: Vec::new(),
            found: String::new(),
            part: None,
            next: None,
        });
    }
    let from = wanted.from.trim().parse().unwrap_or(0).min(HITS_MAX);
    let (hits, found) = api
        .office
        .find_people_from(text, from, PEOPLE)
        .map_err(|error| error.code())?;
    let reason = reason_of(&wanted.reason);
    let to = from.saturating_add(hits.len());
    let more = to < found && !hits.is_empty();
    // No more are counted.
    let key = if found < HITS_MAX {
        "people-found"
    } else {
        "people-found-many"
    };
    Ok(Results {
        asked: true,
        part: (more || from > 0).then(|| {
            let (first, last) = (from.saturating_add(1).to_string(), to.to_string());
            words.with(
                "find-part",
                &[("from", first.as_str()), ("to", last.as_str())],
            )
        }),
        next: more.then(|| format!("/find?q={}&reason={reason}&from={to}", encoded(text))),
        lines: lines(hits, reason, words),
        found: words.n(key, i64::try_from(found).unwrap_or(i64::MAX)),
    })
}

/// The list alone, for a page that follows the typing.
pub(super) async fn results(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    match search(&api, seated.words, &wanted) {
        Ok(results) => shown_page(&ResultsPart {
            page: Page::of(&api, &seated),
            results,
            collects: collects(&seated),
        }),
        Err(code) => Fault::Office(code).page(&api, &seated),
    }
}

/// What a scanner gave. It goes by POST, so that no card stands in an address or a history.
#[derive(Deserialize)]
pub(super) struct Scanned {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    card: String,
    #[serde(default)]
    reason: String,
}

pub(super) async fn card(
    State(api): State<Api>,
    seated: Seated,
    Form(scanned): Form<Scanned>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &scanned.csrf) {
        return response;
    }
    let words = seated.words;
    let wanted = Wanted {
        q: String::new(),
        reason: scanned.reason,
        from: String::new(),
    };
    let view = match api.office.card_view(&scanned.card, clock::device_s()) {
        Ok(Ok(view)) => view,
        Ok(Err(error)) => {
            let wrong = in_words(words, &error.said());
            return found_page(&api, &seated, wanted, None, Some(wrong));
        }
        Err(error) => {
            return Fault::Office(error.code())
                .page(&api, &seated)
                .into_response();
        }
    };
    if let Some(hit) = &view.record
        && view.differs.is_empty()
        && view.doubts.is_empty()
    {
        return go(&format!(
            "/people/{}?reason={}",
            hit.id,
            reason_of(&wanted.reason)
        ));
    }
    let wanted = Wanted {
        q: view.items.pin.clone(),
        ..wanted
    };
    let part = card_part(view, words);
    found_page(&api, &seated, wanted, Some(part), None)
}

fn card_part(view: CardView, words: &Words) -> CardPart {
    let items = view.items;
    let label = |part: &str| words.t(&format!("card-{part}"));
    let birth = items.birth_date.as_ref();
    let name = items.name.unwrap_or_default();
    let collect = format!(
        "/acts/new/collection?pin={}&name={}&birth={}",
        encoded(&items.pin),
        encoded(&name),
        birth
            .and_then(registry::date::BirthDate::date)
            .map(|date| encoded(&date.to_iso()))
            .unwrap_or_default()
    );
    CardPart {
        pin: items.pin,
        birth: birth
            .map(registry::date::BirthDate::shown)
            .unwrap_or_default(),
        name,
        address: items.address.unwrap_or_default(),
        doubts: view
            .doubts
            .iter()
            .map(|doubt| words.pick(&doubt.words_vi, &doubt.words).to_owned())
            .collect(),
        differs: view.differs.iter().map(|part| label(part)).collect(),
        collect,
    }
}
