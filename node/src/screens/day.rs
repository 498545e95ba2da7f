//! What was entered on a day, by whom and of which kind: what the head of the office looks over and
//! prints in the evening.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::date::{Date, PartialDate};
use serde::Deserialize;

use super::acts::{ActLine, line_of};
use super::fault::Fault;
use super::forms::iso;
use super::page::{Page, show as shown_page};
use super::seat::Seated;
use super::shown::{Shown, day as written};
use crate::api::Api;

/// Acts of one page.
const ROWS: usize = 150;

/// Which day, and from which act on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    day: String,
    #[serde(default)]
    from: String,
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    page: Page,
    heading: String,
    day: String,
    wrong: bool,
    total: usize,
    by_officer: Vec<(String, usize)>,
    by_kind: Vec<(&'static str, usize)>,
    acts: Vec<ActLine>,
    part: Option<String>,
    first: Option<String>,
    next: Option<String>,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let asked = wanted.day.trim();
    let read = iso(asked).parse::<PartialDate>().ok();
    let read = read.and_then(PartialDate::whole);
    let day = read.unwrap_or(shown.today());
    let from: usize = wanted.from.trim().parse().unwrap_or(0);
    let view = match api.office.entered_on(day, from, ROWS) {
        Ok(view) => view,
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    let by_officer = view.by_officer.into_iter().map(|(id, count)| {
        let officer = api.office.officer(&id);
        let name = officer.map(|officer| officer.name.as_str().to_owned());
        (name.unwrap_or_else(|| id.to_string()), count)
    });
    let by_kind = view.by_kind.into_iter().map(|(kind, count)| {
        let rule = kind.rule();
        (words.pick(rule.label_vi, rule.label_en), count)
    });
    let to = from.saturating_add(view.acts.len());
    let href = |from: usize| format!("/acts/day?day={}&from={from}", iso_of(day));
    shown_page(&DayPage {
        heading: words.with("day-of", &[("day", written(day).as_str())]),
        day: written(day),
        wrong: !asked.is_empty() && read.is_none(),
        part: (view.total > view.acts.len()).then(|| {
            let (first, last) = (from.saturating_add(1).to_string(), to.to_string());
            words.with(
                "day-part",
                &[("from", first.as_str()), ("to", last.as_str())],
            )
        }),
        first: (from > 0).then(|| href(0)),
        next: (to < view.total && !view.acts.is_empty()).then(|| href(to)),
        total: view.total,
        by_officer: by_officer.collect(),
        by_kind: by_kind.collect(),
        acts: view
            .acts
            .iter()
            .map(|act| line_of(act, &shown, words))
            .collect(),
        page: Page::of(&api, &seated),
    })
}

fn iso_of(day: Date) -> String {
    PartialDate::from(day).to_iso()
}
