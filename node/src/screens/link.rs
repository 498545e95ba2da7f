//! The line to the centre: how it stands and why, what is unsent, asking now, and the switch that
//! cuts it for a drill. The line on a stick is in `stick`.

pub(super) mod stick;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;

use super::acts::{ActLine, line_of};
use super::fault::{Fault, foreign_form, of_code};
use super::page::{Page, go, show as shown_page};
use super::plot::{Columns, columns};
use super::seat::Seated;
use super::shown::{Shown, moment, span};
use super::words::Words;
use crate::api::{Api, StatusView};
use crate::clock;
use crate::lan::LanView;
use crate::line::{LineState, Slot};
use crate::office::ActState;
use stick::Stick;

/// How long the page waits for the centre's answer.
const ASKED: std::time::Duration = std::time::Duration::from_secs(3);
/// Unsent acts that the page lists.
const ROWS: usize = 50;

/// How other machines of the office open the screens.
struct Lan {
    urls: Vec<String>,
    ends: String,
    over: bool,
    reason: String,
    fingerprint: String,
}

impl Lan {
    fn of(view: LanView, words: &Words) -> Lan {
        Lan {
            urls: view.urls,
            ends: view.certificate_ends_s.map(moment).unwrap_or_default(),
            over: view.certificate_over,
            reason: match (&view.reason_code, &view.reason) {
                (Some(code), Some(english)) => of_code(words, code, english),
                _ => String::new(),
            },
            fingerprint: view.root_fingerprint.unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Page,
    cut: bool,
    linked: bool,
    reason: String,
    since: String,
    contact: String,
    in_step: bool,
    lag: String,
    up: String,
    down: String,
    offset: String,
    certificate: String,
    free: String,
    digest: String,
    lan: Option<Lan>,
    unsent: Vec<ActLine>,
    more: usize,
    stick: Stick,
    traffic: Columns,
    traffic_words: String,
}

pub(super) async fn show(State(api): State<Api>, seated: Seated) -> Response {
    match page_of(&api, &seated, Stick::default()) {
        Ok(page) => shown_page(&page),
        Err(fault) => fault.page(&api, &seated),
    }
}

/// The page, with what came of a stick.
fn page_of(api: &Api, seated: &Seated, stick: Stick) -> Result<LinkPage, Fault> {
    let status = StatusView::of(api);
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let acts = match api.office.own_acts(Some(ActState::Provisional), ROWS) {
        Ok(acts) => acts,
        Err(error) => return Err(Fault::Office(error.code())),
    };
    let reason = match (&status.reason_code, &status.reason) {
        (Some(code), Some(english)) => of_code(words, code, english),
        _ => String::new(),
    };
    let at = |at: Option<i64>| at.map(moment).unwrap_or_default();
    let stick = Stick {
        on_stick: Stick::of(status.on_stick, words).on_stick,
        ..stick
    };
    let day = api.line.status().history.day(clock::device_s());
    Ok(LinkPage {
        stick,
        traffic: traffic(&day),
        traffic_words: traffic_words(&day, words),
        cut: status.line == LineState::Cut,
        linked: status.linked,
        reason,
        since: at(status.line_since_s),
        contact: at(status.last_contact_s),
        in_step: status.in_step,
        lag: status
            .apply_lag_s
            .map(|age| span(words, age))
            .unwrap_or_default(),
        up: size(status.bytes_up),
        down: size(status.bytes_down),
        offset: status
            .clock_offset_ms
            .map(|ms| words.n("link-offset", ms / 1000))
            .unwrap_or_default(),
        certificate: at(status.certificate_ends_s),
        free: size(status.disk_free_bytes),
        digest: status.slice_digest.clone(),
        lan: status.lan.clone().map(|view| Lan::of(view, words)),
        more: status.unsent.saturating_sub(acts.len()),
        unsent: acts.iter().map(|act| line_of(act, &shown, words)).collect(),
        page: Page::of(api, seated),
    })
}

/// What went over the line in the last day, two hours a pair, in kB.
fn traffic(day: &[Slot]) -> Columns {
    let hour = |slot: &Slot| {
        let of_day = slot.begins_s.saturating_add(7 * 3600).rem_euclid(86_400);
        format!("{}h", of_day / 3600)
    };
    let kb = |bytes: u64| bytes.div_ceil(1000);
    let pairs: Vec<(String, u64, u64)> = day
        .iter()
        .map(|slot| (hour(slot), kb(slot.up), kb(slot.down)))
        .collect();
    columns(&pairs)
}

fn traffic_words(day: &[Slot], words: &Words) -> String {
    let sum = |bytes: fn(&Slot) -> u64| size(day.iter().map(bytes).sum());
    let (up, down) = (sum(|slot| slot.up), sum(|slot| slot.down));
    let values = [("up", up.as_str()), ("down", down.as_str())];
    words.with("link-traffic-words", &values)
}

/// A number of bytes in the unit that reads best, with the comma that Viet Nam writes.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{},{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// What is wanted of the line.
#[derive(Debug, Deserialize)]
pub(super) struct Switch {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    state: String,
}

pub(super) async fn switch(
    State(api): State<Api>,
    seated: Seated,
    Form(wanted): Form<Switch>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &wanted.csrf) {
        return response;
    }
    if !seated.seat.may_act() && !seated.seat.administers() {
        return Fault::Role.page(&api, &seated);
    }
    let cut = wanted.state == "cut";
    let officer = seated.seat.account.officer().id.clone();
    if let Err(error) = api.writer.switch_line(cut, officer).await {
        return Fault::Office(error.code()).page(&api, &seated);
    }
    api.line.switch(cut);
    go("/link")
}

pub(super) async fn sync_now(
    State(api): State<Api>,
    seated: Seated,
    Form(wanted): Form<Switch>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &wanted.csrf) {
        return response;
    }
    // What comes of it stands on the page; a silent centre is not waited for.
    let _ = api.line.ask(ASKED).await;
    go("/link")
}
