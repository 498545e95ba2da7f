//! Who read which record, when and why: for the head of the office, by officer and day, page by
//! page, the latest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::OfficerId;
use registry::date::{Date, PartialDate};
use serde::Deserialize;

use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::record;
use super::seat::{Seated, encoded};
use super::shown::{Shown, moment};
use super::surveyed::walked;
use super::words::Words;
use crate::api::Api;
use crate::office::{ReadingRow, ReadingsWanted};

/// Readings of one page.
const ROWS: usize = 50;
/// Why the head of the office opens a record from here.
const AUDIT: &str = "audit";

/// Which readings, as the form asks; empty is any.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    officer: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    before: String,
}

struct OfficerChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// A reading.
struct ReadingLine {
    at: String,
    officer: String,
    href: String,
    record: String,
    reason: String,
    sent: bool,
}

#[derive(Template)]
#[template(path = "readings.html")]
struct ReadingsPage {
    page: Page,
    officers: Vec<OfficerChoice>,
    day: String,
    day_wrong: bool,
    readings: Vec<ReadingLine>,
    later: bool,
    first: String,
    next: Option<String>,
}

/// What was asked, as far as it can be read.
struct Asked {
    wanted: ReadingsWanted,
    day_wrong: bool,
}

fn asked(wanted: &Wanted) -> Asked {
    let day = wanted.day.trim();
    let read = day_of(day);
    Asked {
        day_wrong: read.is_none() && !day.is_empty(),
        wanted: ReadingsWanted {
            officer: wanted.officer.trim().parse().ok(),
            day: read,
            before: wanted.before.trim().parse().ok(),
            limit: ROWS,
        },
    }
}

/// A whole day, as a date field or a person writes it.
fn day_of(text: &str) -> Option<Date> {
    let date: PartialDate = text.parse().ok()?;
    date.day().map(|_| date.first_day())
}

pub(super) async fn list(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    if !seated.seat.administers() {
        return Fault::Role.page(&api, &seated);
    }
    let Asked {
        wanted: asked,
        day_wrong,
    } = asked(&wanted);
    let officer = asked.officer.clone();
    let found = walked(&api, &seated, move |office| office.readings(&asked)).await;
    let found = match found {
        Ok(found) => found,
        Err(response) => return response,
    };
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let lines = found.rows.iter();
    let readings = lines.map(|row| line_of(&api, row, &shown, words)).collect();
    shown_page(&ReadingsPage {
        page: Page::of(&api, &seated),
        officers: officers(&api, officer.as_ref()),
        readings,
        day_wrong,
        later: !wanted.before.trim().is_empty(),
        first: href(&wanted, None),
        next: found.next.map(|before| href(&wanted, Some(before))),
        day: wanted.day,
    })
}

fn officers(api: &Api, chosen: Option<&OfficerId>) -> Vec<OfficerChoice> {
    let mut officers: Vec<OfficerChoice> = api
        .office
        .officers()
        .into_iter()
        .map(|officer| OfficerChoice {
            chosen: Some(&officer.id) == chosen,
            id: officer.id.to_string(),
            name: officer.name.as_str().to_owned(),
        })
        .collect();
    officers.sort_by(|a, b| a.id.cmp(&b.id));
    officers
}

fn line_of(api: &Api, row: &ReadingRow, shown: &Shown<'_>, words: &Words) -> ReadingLine {
    let officer = api.office.officer(&row.officer);
    ReadingLine {
        at: moment(row.at_s),
        officer: officer.map_or_else(
            || row.officer.to_string(),
            |officer| officer.name.as_str().to_owned(),
        ),
        href: record::href(api, &row.record, AUDIT),
        record: shown.record(row.record),
        reason: words.t(&format!("reason-{}", row.reason.key())),
        sent: row.sent,
    }
}

fn href(wanted: &Wanted, before: Option<u64>) -> String {
    let mut parts = Vec::new();
    for (name, text) in [("officer", &wanted.officer), ("day", &wanted.day)] {
        let text = text.trim();
        if !text.is_empty() {
            parts.push(format!("{name}={}", encoded(text)));
        }
    }
    parts.extend(before.map(|before| format!("before={before}")));
    if parts.is_empty() {
        "/readings".to_owned()
    } else {
        format!("/readings?{}", parts.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(officer: &str, day: &str, before: &str) -> Wanted {
        Wanted {
            officer: officer.to_owned(),
            day: day.to_owned(),
            before: before.to_owned(),
        }
    }

    #[test]
    fn a_day_is_a_whole_one_and_what_is_none_is_said() {
        let Asked {
            wanted: read,
            day_wrong,
        } = asked(&wanted("lan", "2026-11-22", "17"));
        assert_eq!(read.officer.unwrap().as_str(), "lan");
        assert_eq!(read.day.map(Date::ymd), Some((2026, 11, 22)));
        assert_eq!((read.before, day_wrong), (Some(17), false));
        for none in ["2026-11", "2026", "hôm qua", "2026-02-30"] {
            let asked = asked(&wanted("", none, ""));
            assert!(asked.wanted.day.is_none() && asked.day_wrong, "{none}");
        }
        let any = asked(&wanted("", " ", ""));
        assert!(any.wanted.officer.is_none() && any.wanted.day.is_none() && !any.day_wrong);
    }

    #[test]
    fn the_next_page_keeps_what_was_asked() {
        let asked = wanted("lan", "2026-11-22", "90");
        assert_eq!(href(&asked, None), "/readings?officer=lan&day=2026-11-22");
        let next = "/readings?officer=lan&day=2026-11-22&before=40";
        assert_eq!(href(&asked, Some(40)), next);
        assert_eq!(href(&wanted("", "", ""), None), "/readings");
    }
}
