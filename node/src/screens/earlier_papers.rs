//! The papers of a person or a household as the centre tells of them: those of acts that other offices
//! made before the record came here.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::RecordId;
use registry::procedure::Slice;
use registry::schema::RecordKind;

use super::act::{FileLine, file_line};
use super::fault::{Fault, told};
use super::page::{Page, show as shown_page};
use super::person::{Why, ask_reason, note_reading_once};
use super::record::href_of;
use super::seat::Seated;
use super::shown::{Shown, joined, moment, paper};
use crate::api::{Api, papers_of};
use crate::line::LineState;
use crate::office::{PapersOfActView, RecordPapersView};

/// Where the papers of a record are asked for, and whether they can be at the moment.
pub(super) struct Earlier {
    pub(super) href: String,
    pub(super) open: bool,
}

impl Earlier {
    /// What the page of a record says of it.
    pub(super) fn of(api: &Api, kind: RecordKind, id: &RecordId, reason: &str) -> Earlier {
        let page = match kind {
            RecordKind::Household => "households",
            RecordKind::Person => "people",
        };
        Earlier {
            href: format!("/{page}/{id}/papers?reason={reason}"),
            open: api.line.status().state == LineState::Up,
        }
    }
}

struct PaperLine {
    text: String,
    files: Vec<FileLine>,
}

struct ActPapers {
    label: &'static str,
    /// The page of the act, if this office knows it.
    href: Option<String>,
    where_and_when: String,
    papers: Vec<PaperLine>,
}

#[derive(Template)]
#[template(path = "earlier_papers.html")]
struct PapersPage {
    page: Page,
    name: String,
    back: String,
    acts: Vec<ActPapers>,
    more: bool,
}

pub(super) async fn of_person(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Response {
    show(&api, &seated, (&id, RecordKind::Person), &why).await
}

pub(super) async fn of_household(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Response {
    show(&api, &seated, (&id, RecordKind::Household), &why).await
}

async fn show(api: &Api, seated: &Seated, (id, kind): (&str, RecordKind), why: &Why) -> Response {
    let id = id.parse::<RecordId>().ok();
    let held = id.filter(|id| {
        let held = api.office.record(id);
        held.is_some_and(|held| held.record.kind == kind)
    });
    let Some(id) = held else {
        return Fault::Unknown.page(api, seated);
    };
    let Some(reason) = why.known() else {
        return ask_reason(api, seated);
    };
    note_reading_once(api, seated, id, reason).await;
    match papers_of(api, &id).await {
        Ok(list) => shown_page(&page_of(api, seated, (&id, kind), &list, reason)),
        Err(error) => told(api, seated, &error),
    }
}

fn page_of(
    api: &Api,
    seated: &Seated,
    (id, kind): (&RecordId, RecordKind),
    list: &RecordPapersView,
    reason: &str,
) -> PapersPage {
    let shown = Shown::new(&api.office, seated.words);
    let acts = list.papers.iter();
    PapersPage {
        page: Page::of(api, seated),
        name: shown.called(*id, Some(kind)),
        back: href_of(Some(kind), id, reason),
        acts: acts
            .map(|act| act_papers(act, &shown, seated, reason))
            .collect(),
        more: list.more,
    }
}

fn act_papers(
    act: &PapersOfActView,
    shown: &Shown<'_>,
    seated: &Seated,
    reason: &str,
) -> ActPapers {
    let words = seated.words;
    let rule = act.kind.rule();
    let papers = act.papers.iter().map(|view| PaperLine {
        text: paper(&view.paper),
        files: view
            .attached
            .iter()
            .map(|file| FileLine {
                href: format!("/attachments/{}?reason={reason}", file.hash),
                ..file_line(file, words)
            })
            .collect(),
    });
    ActPapers {
        label: words.pick(rule.label_vi, rule.label_en),
        href: act.known.then(|| format!("/acts/{}", act.act)),
        where_and_when: joined([shown.commune(act.office), moment(act.at_s)]),
        papers: papers.collect(),
    }
}
