//! The one line that is always in view: linked or not, last contact, what is unsent, to review and
//! returned; and, when it is amber or red, the way out in words.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::link::stick::words_of;
use super::page::Page;
use super::seat::Glanced;
use super::shown::span;
use super::words::Words;
use crate::api::{Api, StatusView};
use crate::line::LineState;

/// Unsent acts, and days of the oldest, from which the line is amber, and red.
const AMBER: (usize, i64) = (5, 5);
const RED: (usize, i64) = (50, 15);
const DAY_S: i64 = 86_400;
/// How often an open page looks, beside every commit.
const LOOK: Duration = Duration::from_secs(5);
/// Pages that may follow at once.
static STREAMS: Semaphore = Semaphore::const_new(64);
/// At most so often.
const PAUSE: Duration = Duration::from_millis(300);

/// The status line.
pub(super) struct Bar {
    pub(super) level: &'static str,
    pub(super) line: String,
    pub(super) contact: String,
    pub(super) unsent: usize,
    pub(super) oldest: Option<String>,
    pub(super) review: u32,
    pub(super) returned: u32,
    pub(super) way_out: Option<String>,
}

impl Bar {
    pub(super) fn of(status: &StatusView, words: &Words) -> Bar {
        let days = status.oldest_unsent_s.unwrap_or(0) / DAY_S;
        let over = |(acts, limit): (usize, i64)| status.unsent >= acts || days >= limit;
        let level = if over(RED) {
            "red"
        } else if !status.linked || over(AMBER) || !status.filled {
            "amber"
        } else {
            "ok"
        };
        let line = match status.line {
            LineState::Up if status.filled => words.t("bar-linked"),
            LineState::Up => words.t("bar-filling"),
            LineState::Cut => words.t("bar-cut"),
            LineState::Down => words.t("bar-down"),
        };
        let contact = match status.last_heard_s {
            _ if status.linked => String::new(),
            Some(age) => words.with("bar-contact", &[("age", &span(words, age))]),
            None => words.t("bar-no-contact"),
        };
        let on_stick = status.on_stick.filter(|_| !status.linked);
        let way_out = match level {
            _ if on_stick.is_some() => on_stick.map(|on_stick| words_of(&on_stick, words)),
            "red" => Some(words.t("bar-way-out-red")),
            "amber" if over(AMBER) => Some(words.t("bar-way-out-amber")),
            "amber" if status.line == LineState::Cut => Some(words.t("bar-way-out-cut")),
            "amber" if status.filled => Some(words.t("bar-way-out-down")),
            _ => None,
        };
        Bar {
            level,
            line,
            contact,
            unsent: status.unsent,
            oldest: status
                .oldest_unsent_s
                .filter(|_| status.unsent > 0)
                .map(|age| span(words, age)),
            review: status.cases_open,
            returned: status.returned,
            way_out,
        }
    }
}

#[derive(Template)]
#[template(path = "bar.html")]
struct BarPart<'a> {
    page: &'a Page,
    bar: &'a Bar,
}

/// What an open page follows the office with.
struct Follow {
    api: Api,
    glanced: Glanced,
    commits: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
    /// What was told last.
    told: String,
    _place: SemaphorePermit<'static>,
}

impl Follow {
    /// The next thing to tell; nothing more once the daemon stops.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Follow)> {
        loop {
            if *self.stopped.borrow() {
                return None;
            }
            let Some(page) = self.glanced.page(&self.api) else {
                // The page closes the stream when it hears this; one that does not is told slowly.
                self.wait(LOOK).await;
                let event = Event::default().event("locked").data("-");
                return Some((Ok(event), self));
            };
            let bar = page.bar.as_ref();
            let html = bar
                .and_then(|bar| BarPart { page: &page, bar }.render().ok())
                .unwrap_or_default();
            if html != self.told {
                tokio::time::sleep(PAUSE).await;
                let event = Event::default().event("bar").data(html.replace('\n', " "));
                self.told = html;
                return Some((Ok(event), self));
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = self.commits.changed() => {}
                _ = self.stopped.changed() => {}
            }
        }
    }

    async fn wait(&mut self, time: Duration) {
        let _ = tokio::time::timeout(time, self.stopped.changed()).await;
    }
}

/// The status line as it changes, for as long as the page is open and its officer signed in.
pub(super) async fn events(State(api): State<Api>, glanced: Glanced) -> Response {
    let Ok(place) = STREAMS.try_acquire() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let follow = Follow {
        commits: api.writer.commits(),
        stopped: api.stopped.clone(),
        api,
        glanced,
        told: String::new(),
        _place: place,
    };
    let stream = futures_util::stream::unfold(follow, Follow::next);
    Sse::new(stream)
        .keep_alive(KeepAlive::default())
        .into_response()
}
