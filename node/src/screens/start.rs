//! My queue: what waits for this officer, with the next step.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use registry::act::ActKind;

use super::acts::{ActLine, line_of};
use super::fault::Fault;
use super::forms::{DraftLine, drafts_of};
use super::page::Page;
use super::seat::Seated;
use super::shown::Shown;
use crate::api::Api;
use crate::clock;
use crate::office::{ActState, OfficeError};

/// Acts that the start offers; the page of acts has them all.
const DOORS: usize = 11;
/// The newest acts, among which the queue looks; the page of acts looks at all.
const RECENT: usize = 500;
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

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    page: Page,
    heaps: Vec<Heap>,
    asked: Vec<(u64, String)>,
    doors: Vec<Door>,
    drafts: Vec<DraftLine>,
    today: usize,
}

pub(super) async fn show_start(api: &Api, seated: &Seated) -> Result<Response, OfficeError> {
    let shown = Shown::new(&api.office, seated.words);
    // One walk over the newest: a walk for each state would look through every act there is.
    let recent = api.office.own_acts(None, RECENT)?;
    let heap = |key, href, state| Heap {
        key,
        href,
        acts: recent
            .iter()
            .filter(|act| act.state == state)
            .take(SHOWN)
            .map(|act| line_of(act, &shown, seated.words))
            .collect(),
    };
    let mut heaps = vec![
        heap("queue-returned", "/acts?state=returned", ActState::Returned),
        heap("queue-disputed", "/acts?state=disputed", ActState::Disputed),
        heap("queue-parked", "/acts?state=parked", ActState::Parked),
        heap(
            "queue-unsent",
            "/acts?state=provisional",
            ActState::Provisional,
        ),
    ];
    heaps.retain(|heap| !heap.acts.is_empty());
    let office = api.office.code();
    let asked = api
        .office
        .cases()?
        .into_iter()
        .filter(|notice| notice.case.is_open())
        .filter_map(|notice| {
            let question = notice.case.open_question(office)?;
            Some((notice.case.number, question.as_str().to_owned()))
        })
        .collect();
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
    let now_s = clock::device_s();
    let today = recent
        .iter()
        .filter(|act| {
            registry::date::Date::in_viet_nam(act.entered_s)
                == registry::date::Date::in_viet_nam(now_s)
        })
        .count();
    Ok(super::page::show(&StartPage {
        page: Page::of(api, seated),
        heaps,
        asked,
        doors,
        drafts: drafts_of(api, seated),
        today,
    }))
}

pub(super) async fn show(State(api): State<Api>, seated: Seated) -> Response {
    match show_start(&api, &seated).await {
        Ok(response) => response,
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}
