//! One act: how it stands, its papers, what it changed, and what can be done about it.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use registry::ActId;
use registry::dossier::DossierState;
use serde::Deserialize;

use super::acts::{ActLine, dossier_of, line_of, office_of};
use super::changed::{ChangesTold, told};
use super::fault::{Fault, foreign_form};
use super::find::{Reason, reasons};
use super::page::{Page, go, show as shown_page};
use super::person::{ACT_IN_HAND, Why, note_reading_once};
use super::record::href_of;
use super::seat::Seated;
use super::shown::{Shown, joined, moment, paper, size};
use super::words::Words;
use crate::api::Api;
use crate::office::{
    ActChanges, ActState, ActView, AttachmentState, AttachmentView, ChangedRecord, Effect, Meeting,
    OfficeError,
};
use crate::tables::Settled;
use crate::writer::WriteError;

/// The header by which `app.js` says that a page follows by itself.
const FOLLOWS: &str = "npd-follows";

struct PaperLine {
    text: String,
    added: bool,
    files: Vec<FileLine>,
}

pub(super) struct FileLine {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) state: String,
}

pub(super) fn file_line(view: &AttachmentView, words: &Words) -> FileLine {
    let key = match view.state {
        AttachmentState::AtCentre => "file-at-centre",
        AttachmentState::NotWanted => "file-not-wanted",
        AttachmentState::OnItsWay | AttachmentState::Unnamed => "file-on-its-way",
    };
    FileLine {
        href: format!("/attachments/{}", view.hash),
        label: format!(
            "{} ({})",
            words.t(&format!("file-{}", view.kind.key())),
            size(view.bytes)
        ),
        state: words.with(
            key,
            &[
                ("sent", view.pieces_sent.to_string().as_str()),
                ("pieces", view.pieces.to_string().as_str()),
            ],
        ),
    }
}

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    page: Page,
    line: ActLine,
    code: String,
    effective: String,
    dossier: String,
    office: String,
    number: u64,
    papers: Vec<PaperLine>,
    records: Vec<(String, String)>,
    case: Option<u64>,
    may_withdraw: bool,
    may_add: bool,
    unsaved: bool,
    provisional: bool,
    /// The acts that it met, where neither author knew of the other.
    met: Vec<MetLine>,
    /// What the centre said of an application.
    answer: Option<String>,
    /// Whether it asks for papers, and this officer may add them.
    may_hand_in: bool,
    /// Why the records do not stand as it says; empty if they do.
    effect: String,
    again: Option<String>,
    settled: Option<SettledLine>,
    content: Content,
}

/// An act that met another one, and what comes of it.
pub(super) struct MetLine {
    pub(super) words: String,
    pub(super) href: String,
    pub(super) act: String,
}

/// What a person reads of acts that met.
pub(super) fn met_lines(met: &[Meeting], shown: &Shown<'_>, words: &'static Words) -> Vec<MetLine> {
    let line = |met: &Meeting| {
        let rule = met.other.kind.rule();
        let office = met.other.office.map(|office| shown.commune(office));
        MetLine {
            words: words.pick(met.words.vi, met.words.en).to_owned(),
            href: format!("/acts/{}", met.other.act),
            act: joined([
                words.pick(rule.label_vi, rule.label_en).to_owned(),
                office.unwrap_or_default(),
                words.with(
                    "act-met-since",
                    &[("at", moment(met.other.entered_s).as_str())],
                ),
            ]),
        }
    };
    met.iter().map(line).collect()
}

/// What the act changed.
enum Content {
    /// The page follows by itself, and nobody asked for it.
    NotAsked,
    /// It is told to whoever says why.
    Asks(Vec<Reason>),
    /// What it changed, and the officer's remark.
    Told { told: ChangesTold, note: String },
}

/// Why the records do not stand as an act in this state says; nothing if they do.
fn effect_of(state: ActState, words: &Words) -> String {
    match state.effect() {
        Effect::Stands => String::new(),
        effect => words.t(&format!("act-effect-{}", effect.key())),
    }
}

/// How an act that came back was seen to.
struct SettledLine {
    words: String,
    /// The act as which it was filed again.
    href: Option<String>,
}

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Query(why): Query<Why>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<ActId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let (act, content) = match seen(&api, &seated, &id, &why, &headers).await {
        Ok(Some(seen)) => seen,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    match act_page(&api, &seated, &act, content) {
        Ok(page) => shown_page(&page),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

/// The act with what this look at it tells. What the page asks for again by itself is how the act
/// stands: what it changed is neither read nor told then, and no reading is written down.
async fn seen(
    api: &Api,
    seated: &Seated,
    id: &ActId,
    why: &Why,
    headers: &HeaderMap,
) -> Result<Option<(ActView, Content)>, OfficeError> {
    if headers.contains_key(FOLLOWS) {
        let act = api.office.act_view(id)?;
        return Ok(act.map(|act| (act, Content::NotAsked)));
    }
    let Some(changes) = api.office.act_changes(id)? else {
        return Ok(None);
    };
    let content = content_of(api, seated, &changes, why).await;
    Ok(Some((changes.act, content)))
}

/// What an act changed is the content of records: each is noted as read, with the reason, before it
/// is told. Who performs the procedure at the office of the act has it in hand; others say why.
async fn content_of(api: &Api, seated: &Seated, changes: &ActChanges, why: &Why) -> Content {
    let reason = why.known().or_else(|| {
        let performs = |rule: &&registry::act::kind::ActRule| rule.kind == changes.act.kind;
        let in_hand = changes.act.own && seated.seat.offered().iter().any(performs);
        (in_hand || changes.changes.is_empty()).then_some(ACT_IN_HAND)
    });
    let Some(reason) = reason else {
        return Content::Asks(reasons(seated.words, ACT_IN_HAND));
    };
    for id in changes.changes.iter().filter_map(ChangedRecord::read) {
        note_reading_once(api, seated, id, reason).await;
    }
    Content::Told {
        told: told(&api.office, &changes.changes, seated.words.lang()),
        note: changes.note.as_str().to_owned(),
    }
}

fn papers_of(act: &ActView, words: &Words) -> Vec<PaperLine> {
    let line = |view: &crate::office::PaperView| PaperLine {
        text: paper(&view.paper),
        added: view.added_by.is_some(),
        files: view
            .attached
            .iter()
            .map(|file| file_line(file, words))
            .collect(),
    };
    act.papers.iter().map(line).collect()
}

fn settled_line(how: &Settled, words: &Words) -> SettledLine {
    let key = if how.again.is_some() {
        "act-filed-again"
    } else {
        "act-put-aside"
    };
    let at = moment(how.at_s);
    let values = [("officer", how.officer.as_str()), ("at", at.as_str())];
    SettledLine {
        words: words.with(key, &values),
        href: how.again.map(|again| format!("/acts/{again}")),
    }
}

/// The button under an act that came back.
#[derive(Deserialize)]
pub(super) struct Aside {
    #[serde(default)]
    csrf: String,
}

/// An act that came back is not filed again.
pub(super) async fn put_aside(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Form(told): Form<Aside>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &told.csrf) {
        return response;
    }
    let Ok(id) = id.parse::<ActId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let view = match api.office.act_view(&id) {
        Ok(Some(view)) => view,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    let offered = seated.seat.offered();
    if !offered.iter().any(|rule| rule.kind == view.kind) {
        return Fault::Role.page(&api, &seated);
    }
    let officer = seated.seat.account.id().clone();
    match api.writer.put_aside(id, officer).await {
        // Somebody was quicker: the page tells how it was seen to.
        Ok(()) | Err(WriteError::Office(OfficeError::NotReturned)) => go(&format!("/acts/{id}")),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

fn act_page(
    api: &Api,
    seated: &Seated,
    act: &ActView,
    content: Content,
) -> Result<ActPage, OfficeError> {
    let id = &act.act;
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let case = match act.case {
        Some(case) => {
            let mut cases = api.office.cases()?.into_iter();
            cases
                .find(|notice| notice.case.id == case)
                .map(|notice| notice.case.number)
        }
        None => None,
    };
    let came_back = act.own && act.state == ActState::Returned;
    let settled = api.office.settled(id)?.filter(|_| came_back);
    let open = came_back && settled.is_none();
    let offered = seated.seat.offered();
    let again = offered.iter().find(|rule| open && rule.kind == act.kind);
    let mut line = line_of(act, &shown, words);
    if act.about.is_empty()
        && let Some(about) = super::forms::about_form(api, id, words)
    {
        line.about = about;
    }
    // Until the centre has answered an application it can be taken back.
    let ours = act.own || act.office == Some(api.office.code());
    let waits = act.kind.applies() && act.state == ActState::Final && !act.dossier.is_closed();
    Ok(ActPage {
        answer: act.answer.as_deref().map(|said| {
            let key = format!("answer-{}", act.dossier.key());
            words.with(&key, &[("words", said)])
        }),
        may_hand_in: act.dossier == DossierState::SupplementAsked && waits && seated.seat.may_act(),
        page: Page::of(api, seated),
        met: met_lines(&api.office.meetings(act)?, &shown, words),
        content,
        line,
        again: again.map(|rule| format!("/acts/new/{}?again={id}", rule.key)),
        settled: settled.map(|how| settled_line(&how, words)),
        may_add: seated.seat.may_act()
            && !matches!(
                act.state,
                ActState::Returned | ActState::Quarantined | ActState::Withdrawn
            ),
        code: id.to_string(),
        effective: act.effective.to_string(),
        dossier: dossier_of(act, words),
        office: office_of(act, &shown, words),
        number: act.number.get(),
        papers: papers_of(act, words),
        records: act
            .records
            .iter()
            .zip(&act.kinds)
            .map(|(id, kind)| {
                let href = href_of(Some(*kind), id, ACT_IN_HAND);
                (href, shown.called(*id, Some(*kind)))
            })
            .collect(),
        case,
        may_withdraw: ours
            && act.withdrawal.is_none()
            && (matches!(
                act.state,
                ActState::Provisional | ActState::Waiting | ActState::Disputed
            ) || waits)
            && seated.seat.may_act(),
        effect: effect_of(act.state, words),
        unsaved: act.unsaved,
        provisional: !act.unsaved && matches!(act.state, ActState::Provisional | ActState::Waiting),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_the_pages_says_that_it_follows() {
        let script = include_str!("../../web/assets/app.js");
        assert!(script.contains(&format!("\"{FOLLOWS}\":")));
    }
}
