//! Acts with their papers, and the papers themselves, for reviewers.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use registry::act::Act;
use registry::attachment::AttachmentId;
use registry::case::Jurisdiction;
use registry::feed::ActOutcome;
use registry::unit::Units;
use registry::{ActId, OfficeCode};
use registry_store::FolderError;
use serde::Serialize;

use super::auth::Caller;
use super::body::Item;
use super::{Api, ApiError};
use crate::clock;
use crate::operators::{Operator, OperatorRole};
use crate::registrar::{AttachmentError, AttachmentStand, Registrar};
use crate::unit::UnitError;

/// A paper that an act rests on.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PaperView {
    /// What it is.
    kind: String,
    /// Its number.
    number: String,
    /// Its scans, each with how far it has arrived.
    #[schema(value_type = Vec<Object>)]
    attachments: Vec<AttachmentStand>,
}

/// An act that the centre has.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ActView {
    act: String,
    /// The procedure.
    kind: &'static str,
    /// Its name in law.
    label: &'static str,
    office: Option<String>,
    officer: String,
    /// When it was taken in, seconds since 1970.
    at_s: i64,
    /// What became of it.
    #[schema(value_type = Object)]
    outcome: ActOutcome,
    papers: Vec<PaperView>,
    /// Whether every scan is here.
    papers_complete: bool,
    /// The records that it changes or makes.
    records: Vec<String>,
}

/// One act, with its papers and whether they have arrived.
#[utoipa::path(
    get, path = "/api/v1/acts/{id}", security(("operator" = [])),
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses((status = 200, body = ActView), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn act(
    caller: Caller,
    State(api): State<Api>,
    Item(id): Item<String>,
) -> Result<Json<ActView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?.clone();
    let Ok(id) = id.parse::<ActId>() else {
        return Err(ApiError::bad("query_invalid", "an act is 32 hexadecimal digits").at("id"));
    };
    let unknown = || ApiError::not_found("act_unknown", "the centre has no act with this id");
    let (view, office) = api
        .reader
        .read(move |it| view_of(it, &id))
        .await?
        .ok_or_else(unknown)?;
    match office {
        Some(office) if !may_see(&reviewer, &api, office).await? => Err(not_yours()),
        _ => Ok(Json(view)),
    }
}

fn view_of(
    registrar: &Registrar,
    id: &ActId,
) -> Result<Option<(ActView, Option<OfficeCode>)>, UnitError> {
    let Some(kept) = registrar.act(id)? else {
        return Ok(None);
    };
    let papers = papers_of(registrar, &kept.act)?;
    let mut stands = papers.iter().flat_map(|paper| &paper.attachments);
    let body = &kept.act.body;
    let view = ActView {
        act: id.to_string(),
        kind: body.kind.key(),
        label: body.kind.rule().label_vi,
        office: kept.act.office.map(|office| office.to_string()),
        officer: body.officer.to_string(),
        at_s: kept.at_s,
        outcome: kept.outcome,
        papers_complete: stands.all(|stand| stand.arrived_s.is_some()),
        records: kept.act.records().map(|(_, id)| id.to_string()).collect(),
        papers,
    };
    Ok(Some((view, kept.act.office)))
}

fn papers_of(registrar: &Registrar, act: &Act) -> Result<Vec<PaperView>, UnitError> {
    let papers = act.body.evidence.iter();
    papers
        .map(|paper| {
            let attachments = paper.attachments.iter();
            let stands = attachments.map(|it| registrar.attachment_stand(*it));
            Ok(PaperView {
                kind: paper.kind.as_str().to_owned(),
                number: paper.number.as_str().to_owned(),
                attachments: stands.collect::<Result<_, UnitError>>()?,
            })
        })
        .collect()
}

async fn may_see(reviewer: &Operator, api: &Api, office: OfficeCode) -> Result<bool, ApiError> {
    let units = api.reader.read(Registrar::units).await?;
    Ok(reviews(reviewer, office, &units))
}

/// Whether an operator reviews the acts of an office.
fn reviews(reviewer: &Operator, office: OfficeCode, units: &Units) -> bool {
    match reviewer.jurisdiction {
        Jurisdiction::National => true,
        Jurisdiction::Province(province) => units.province_of(office) == Some(province),
    }
}

fn not_yours() -> ApiError {
    let words = "this is decided upon by reviewers of another jurisdiction";
    ApiError::new(StatusCode::FORBIDDEN, "attachment_not_yours", words)
}

/// A photograph or scanned paper; who looks at it is written into the audit chain.
#[utoipa::path(
    get, path = "/api/v1/attachments/{hash}", security(("operator" = [])),
    params(("hash" = String, Path, description = "64 hexadecimal digits")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn show(
    caller: Caller,
    State(api): State<Api>,
    Item(hash): Item<String>,
) -> Result<Response, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?.clone();
    let Ok(hash) = hash.parse::<AttachmentId>() else {
        let words = "an attachment is 64 hexadecimal digits";
        return Err(ApiError::bad("query_invalid", words).at("hash"));
    };
    let units = api.reader.read(Registrar::units).await?;
    let by = reviewer.name.clone();
    let shown = api.reader.read(move |it| {
        let may_see = |office| reviews(&reviewer, office, &units);
        Ok(it.show_attachment(clock::now_s(), &hash, may_see))
    });
    let (attachment, content) = shown.await?.map_err(refused)?;
    tracing::info!(%by, attachment = %hash, "an attachment was looked at");
    let headers = [
        (header::CONTENT_TYPE, attachment.kind().media_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, content).into_response())
}

fn refused(error: AttachmentError) -> ApiError {
    let words = error.to_string();
    match error {
        AttachmentError::Unknown => ApiError::not_found("attachment_unknown", &words),
        AttachmentError::NotYours => not_yours(),
        AttachmentError::NotHere => {
            ApiError::new(StatusCode::CONFLICT, "attachment_not_here", words)
                .todo("look again later; `registryctl act ID` tells how far it is")
        }
        AttachmentError::Folder(FolderError::Damaged) => {
            ApiError::new(StatusCode::CONFLICT, "attachment_damaged", words)
                .todo("ask the office to attach the paper again")
        }
        AttachmentError::Folder(error) => {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), words)
                .todo("check the disk")
        }
        AttachmentError::Store(error) => crate::server::DeskError::from(error).into(),
    }
}
