//! The forms of acts: asked step by step, kept as a draft from the first key, looked over with
//! before and after, then filed. What an act needs is decided by the act; here it is only asked,
//! shown beside the input that it is about, and never forgotten.

mod again;
mod attached;
mod begin;
mod choose;
mod codes;
mod communes;
mod countries;
mod hints;
mod inputs;
mod label;
mod meant;
mod papers;
mod pick;
mod read;
mod review;
mod sent;
mod sheet;
mod spec;
mod steps;
mod table;
#[cfg(test)]
mod taken;
mod typed;
mod unread;
mod written;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use registry::act::kind::{ACTS, ActRule};

pub(super) use again::why;
pub(super) use begin::takes;
pub(super) use choose::{DraftLine, about_form, choose, drafts_of, many};
pub(super) use hints::hints;
pub(super) use pick::pick;
pub(super) use written::iso;

use super::entry;
use super::fault::{Fault, of_code};
use super::page::go;
use super::seat::{Seated, Visitor};
use crate::api::Api;
use crate::clock;
use crate::office::{Draft, DraftId, OfficeError};
use crate::writer::WriteError;
use begin::{Begin, prefilled};
use inputs::Faults;
use sent::{FORM_BYTES_MAX, Sent};
use sheet::{Sheet, Told};
use spec::Form;
use table::form_of;
use typed::Typed;

/// The form of a draft, which is larger than any other: it brings files.
pub(super) fn with_files() -> Router<Api> {
    Router::new()
        .route("/drafts/{id}", get(reopen).post(submit))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

fn rule_of(act: &str) -> Option<&'static ActRule> {
    ACTS.iter().find(|rule| rule.key == act)
}

/// The form and the line of the act, if this officer may perform it.
fn offered(seated: &Seated, act: &str) -> Result<(&'static Form, &'static ActRule), Fault> {
    let (Some(form), Some(rule)) = (form_of(act), rule_of(act)) else {
        return Err(Fault::Unknown);
    };
    let offered = seated.seat.offered().iter().any(|known| known.key == act);
    if offered {
        Ok((form, rule))
    } else {
        Err(Fault::Role)
    }
}

pub(super) async fn begin(
    State(api): State<Api>,
    seated: Seated,
    Path(act): Path<String>,
    Query(asked): Query<Begin>,
) -> Response {
    let (form, rule) = match offered(&seated, &act) {
        Ok(found) => found,
        Err(fault) => return fault.page(&api, &seated),
    };
    if let Some(act) = asked.again() {
        return again::begin(&api, &seated, form, rule, &act);
    }
    let Some(draft) = new_draft() else {
        return Fault::Office("random_failed").page(&api, &seated);
    };
    let typed = prefilled(&api, form, rule, &asked);
    Sheet {
        api: &api,
        seated: &seated,
        form,
        rule,
        draft,
    }
    .show(&typed, Faults::default(), None, Told::Nothing)
}

fn new_draft() -> Option<DraftId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(DraftId::from_random(bytes))
}

async fn reopen(State(api): State<Api>, seated: Seated, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<DraftId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let draft = match api.office.draft(seated.seat.account.id(), &id) {
        Ok(Some(draft)) => draft,
        Ok(None) => return filed_or_unknown(&api, &seated, &id),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    match offered(&seated, &draft.act) {
        Ok((form, rule)) => Sheet {
            api: &api,
            seated: &seated,
            form,
            rule,
            draft: id,
        }
        .show(
            &Typed::of(draft.typed),
            Faults::default(),
            None,
            Told::Nothing,
        ),
        Err(fault) => fault.page(&api, &seated),
    }
}

/// The act as which a draft was filed: what a browser's way back leads to.
fn filed_or_unknown(api: &Api, seated: &Seated, id: &DraftId) -> Response {
    match api.office.filed_draft(seated.seat.account.id(), id) {
        Ok(Some(act)) => go(&format!("/acts/{act}")),
        Ok(None) => Fault::Unknown.page(api, seated),
        Err(error) => Fault::Office(error.code()).page(api, seated),
    }
}

/// Keeps a draft while it is typed; the page is told with a status alone.
pub(super) async fn keep(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Sent {
        csrf, act, typed, ..
    } = Sent::of_text(&body);
    let Ok(id) = id.parse::<DraftId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !seated.session.csrf_fits(&csrf) || offered(&seated, &act).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    match save(&api, &seated, &id, &act, &typed).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(WriteError::Office(OfficeError::DraftFiled { .. })) => StatusCode::GONE.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn save(
    api: &Api,
    seated: &Seated,
    id: &DraftId,
    act: &str,
    typed: &Typed,
) -> Result<(), WriteError> {
    let officer = seated.seat.account.id().clone();
    api.writer
        .keep_draft(officer, *id, draft_of(act, typed))
        .await
}

/// A form as a draft keeps it.
fn draft_of(act: &str, typed: &Typed) -> Draft {
    Draft {
        act: act.to_owned(),
        typed: typed
            .pairs()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
        saved_s: clock::device_s(),
    }
}

/// Keeps what came with a door: typed before the session ran out, signed in again since.
pub(super) async fn keep_carried(
    api: &Api,
    officer: &registry::OfficerId,
    carried: &str,
) -> Option<String> {
    let (to, body) = carried.split_once('?')?;
    let id = to.strip_prefix("/drafts/")?.parse::<DraftId>().ok()?;
    let Sent { act, typed, .. } = Sent::of_text(body.as_bytes());
    form_of(&act)?;
    let kept = api
        .writer
        .keep_draft(officer.clone(), id, draft_of(&act, &typed))
        .await;
    match kept {
        Ok(()) => Some(format!("/drafts/{id}")),
        Err(WriteError::Office(OfficeError::DraftFiled { act })) => Some(format!("/acts/{act}")),
        Err(_) => None,
    }
}

/// What a form was submitted for. A session that ran out meanwhile is no reason to lose it: the
/// door carries it.
async fn submit(
    State(api): State<Api>,
    visitor: Visitor,
    seated: Option<Seated>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let sent = sent::read(&api, seated.as_ref(), visitor.words, request).await;
    let Some(seated) = seated else {
        let carried = format!("/drafts/{id}?{}", sent.to_text());
        return entry::carrying(&api, &visitor, &carried);
    };
    let Sent {
        csrf,
        act,
        wish,
        mut typed,
        ..
    } = sent;
    let Ok(id) = id.parse::<DraftId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let (form, rule) = match offered(&seated, &act) {
        Ok(found) => found,
        Err(fault) => return fault.page(&api, &seated),
    };
    let sheet = Sheet {
        api: &api,
        seated: &seated,
        form,
        rule,
        draft: id,
    };
    // Asked before anything is kept: a form that was filed and is sent once more leads to its act.
    match api.office.filed_draft(seated.seat.account.id(), &id) {
        Ok(Some(act)) => return go(&format!("/acts/{act}")),
        Ok(None) => {}
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    }
    if !seated.session.csrf_fits(&csrf) {
        return sheet.show(&typed, Faults::default(), None, Told::OtherSession);
    }
    if wish == "drop" {
        let officer = seated.seat.account.id().clone();
        return match api.writer.drop_draft(officer, id).await {
            Ok(()) => go("/"),
            Err(error) => Fault::Office(error.code()).page(&api, &seated),
        };
    }
    let doubts = sheet.settle(&mut typed, &wish);
    let saved = save(&api, &seated, &id, &act, &typed).await;
    if let Err(WriteError::Office(OfficeError::DraftFiled { act })) = saved {
        return go(&format!("/acts/{act}"));
    }
    // A form is looked over and filed, also where no more drafts are kept.
    let goes_on = matches!(wish.as_str(), "look" | "file")
        && matches!(saved, Err(WriteError::Office(OfficeError::DraftsFull)));
    if let Err(error) = saved
        && !goes_on
    {
        let mut faults = Faults::default();
        faults
            .whole
            .push(of_code(seated.words, error.code(), &error.to_string()));
        return sheet.show(&typed, faults, None, Told::Nothing);
    }
    if !sent.whole || !sent.faults.is_empty() || !doubts.at.is_empty() {
        let mut faults = doubts;
        if !sent.whole {
            faults.whole.push(seated.words.t("form-cut-short"));
        }
        faults.at.extend(sent.faults);
        return sheet.show(&typed, faults, None, Told::Nothing);
    }
    sheet.answer(&typed, &wish).await
}
