//! The cases that the centre told this office of: the list, the open ones first. One case is in
//! `cases/page.rs`, both sides of it as a table in `cases/sides.rs`, what was decided in
//! `cases/ruling.rs`.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use registry::case::{Case, CaseNotice};
use registry::date::Date;
use registry::dispute::Matter;
use registry::words::Said;
use serde::Deserialize;

use super::countdown::CountDown;
use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::seat::Seated;
use super::shown::Shown;
use super::words::{Lang, Words};
use crate::api::Api;
use crate::office::OfficeError;

mod page;
mod ruling;
mod sides;

pub(super) use page::show;

/// Cases of one list.
const ROWS: usize = 200;

/// Open cases that the start shows; the list of cases has them all.
const WAITING: usize = 12;

/// A case as a line of a list.
pub(super) struct CaseLine {
    pub(super) number: u64,
    pub(super) matter: String,
    pub(super) about: String,
    pub(super) harm: u8,
    pub(super) harm_words: String,
    pub(super) due: Option<CountDown>,
    pub(super) next: String,
    pub(super) asked: bool,
    duplicate: bool,
}

impl CaseLine {
    /// Whether it is about two records that may be one person.
    pub(super) const fn is_duplicate(&self) -> bool {
        self.duplicate
    }
}

/// The open cases for the start: those first that ask this office something, then the urgent ones.
pub(super) fn waiting(api: &Api, seated: &Seated) -> Result<Vec<CaseLine>, OfficeError> {
    let office = api.office.code();
    let mut open = api.office.cases()?;
    open.retain(|notice| notice.case.is_open());
    open.sort_by_key(|notice| {
        let asked = notice.case.open_question(office).is_some();
        (!asked, urgency(&notice.case))
    });
    let today = Shown::new(&api.office, seated.words).today();
    let first = open.iter().take(WAITING);
    first
        .map(|notice| line_of(api, seated.words, today, &notice.case))
        .collect()
}

/// A decision about acts of this office that nobody has looked at.
pub(super) struct NewsLine {
    pub(super) number: u64,
    pub(super) acts: String,
    pub(super) task: String,
}

/// The decisions about acts of this office that nobody has looked at, with the next step.
pub(super) fn news(api: &Api, seated: &Seated) -> Result<Vec<NewsLine>, OfficeError> {
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let mut lines = Vec::new();
    for news in api.office.news()? {
        let mut acts = Vec::new();
        for party in &news.notice.parties {
            let view = match party.act {
                Some(act) => api.office.act_view(&act)?,
                None => None,
            };
            if let Some(view) = view.filter(|view| view.own) {
                let rule = view.kind.rule();
                let label = words.pick(rule.label_vi, rule.label_en).to_owned();
                let about = view.about.iter().map(|known| shown.known(known));
                acts.push(super::shown::joined(std::iter::once(label).chain(about)));
            }
        }
        if acts.is_empty() {
            acts.push(sentence(&said(
                words,
                news.notice.case.dispute.matter.words(),
            )));
        }
        lines.push(NewsLine {
            number: news.notice.case.number,
            acts: acts.join("; "),
            task: said(words, news.task),
        });
    }
    Ok(lines)
}

/// Which cases.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage {
    page: Page,
    closed: bool,
    open_count: usize,
    closed_count: usize,
    cases: Vec<CaseLine>,
    more: usize,
}

/// What is said in the language of the page.
pub(super) fn said(words: &Words, said: Said) -> String {
    match words.lang() {
        Lang::Vi => said.vi,
        Lang::En => said.en,
    }
}

/// The first letter large, as a sentence begins.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The name of a harm.
fn harm_words(words: &Words, harm: u8) -> String {
    words.t(&format!("harm-{}", harm.clamp(1, 5)))
}

pub(super) async fn list(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    let closed = wanted.state.as_deref() == Some("closed");
    match cases_page(&api, &seated, closed) {
        Ok(page) => shown_page(&page),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

fn cases_page(api: &Api, seated: &Seated, closed: bool) -> Result<CasesPage, OfficeError> {
    let (mut wanted, others): (Vec<CaseNotice>, Vec<CaseNotice>) = api
        .office
        .cases()?
        .into_iter()
        .partition(|notice| notice.case.is_open() != closed);
    let (open_count, closed_count) = if closed {
        (others.len(), wanted.len())
    } else {
        (wanted.len(), others.len())
    };
    if closed {
        wanted.reverse();
    } else {
        wanted.sort_by_key(|notice| urgency(&notice.case));
    }
    let more = wanted.len().saturating_sub(ROWS);
    let today = Shown::new(&api.office, seated.words).today();
    let mut cases = Vec::with_capacity(wanted.len().min(ROWS));
    for notice in wanted.iter().take(ROWS) {
        cases.push(line_of(api, seated.words, today, &notice.case)?);
    }
    Ok(CasesPage {
        page: Page::of(api, seated),
        closed,
        open_count,
        closed_count,
        cases,
        more,
    })
}

/// What is due first stands first, of two the graver.
fn urgency(case: &Case) -> (i32, std::cmp::Reverse<u8>, u64) {
    (
        case.due.days(),
        std::cmp::Reverse(case.dispute.harm),
        case.number,
    )
}

fn line_of(api: &Api, words: &Words, today: Date, case: &Case) -> Result<CaseLine, OfficeError> {
    let known = api.office.known_records(&case.dispute.records)?;
    let about = known
        .iter()
        .map(|known| super::shown::known_as(words, known));
    let question = case.open_question(api.office.code());
    let question = question.filter(|_| case.is_open());
    Ok(CaseLine {
        number: case.number,
        matter: sentence(&said(words, case.dispute.matter.words())),
        about: super::shown::joined(about),
        harm: case.dispute.harm,
        harm_words: harm_words(words, case.dispute.harm),
        due: case
            .is_open()
            .then(|| CountDown::on(today, case.due, words)),
        next: match question {
            Some(question) => question.as_str().to_owned(),
            None => sentence(&said(words, case.next_step(&api.office.units()))),
        },
        asked: question.is_some(),
        duplicate: case.dispute.matter == Matter::SamePerson,
    })
}
