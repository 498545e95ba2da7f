//! A person, for reviewers: by number, and whole by record.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::RecordId;
use registry::application::as_it_stands;
use registry::case::Jurisdiction;
use registry::person::Person;
use registry::pin::Pin;
use registry::unit::Units;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_};

use super::auth::Caller;
use super::body::{Item, Params};
use super::{Api, ApiError};
use crate::operators::{Operator, OperatorRole};
use crate::registrar::Registrar;
use crate::tables::Kept;

/// A person in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PersonRow {
    id: String,
    name: String,
    birth_date: String,
    pin_masked: String,
    /// Communes that hold the record.
    offices: Vec<String>,
}

/// Whom to look for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// The whole number, 12 digits.
    pin: String,
}

/// The person with this number, cancelled numbers included; none or one.
#[utoipa::path(
    get, path = "/api/v1/people", params(Search), security(("operator" = [])),
    responses((status = 200, body = [PersonRow]), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn by_pin(
    caller: Caller,
    State(api): State<Api>,
    Params(search): Params<Search>,
) -> Result<Json<Vec<PersonRow>>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let pin: Pin = search
        .pin
        .parse()
        .map_err(|error: registry::pin::PinError| {
            ApiError::bad(error.code(), error.to_string()).at("pin")
        })?;
    let kept = api.reader.read(move |registrar| {
        let id = registrar.by_pin(&pin)?;
        id.map(|id| registrar.kept(&id))
            .transpose()
            .map(Option::flatten)
    });
    let Some(kept) = kept.await? else {
        return Ok(Json(Vec::new()));
    };
    let units = api.reader.read(Registrar::units).await?;
    if !may_see(reviewer, &kept, &units) {
        return Err(not_yours());
    }
    let reading = kept
        .record
        .read()
        .map_err(|error| unreadable(error.code()))?;
    let person = Person(&reading.fields);
    Ok(Json(vec![PersonRow {
        id: kept.record.id.to_string(),
        name: person
            .name()
            .map(|name| name.as_str().to_owned())
            .unwrap_or_default(),
        birth_date: person
            .birth()
            .map(|birth| birth.shown())
            .unwrap_or_default(),
        pin_masked: person.pin().map(|pin| pin.masked()).unwrap_or_default(),
        offices: kept.offices.iter().map(ToString::to_string).collect(),
    }]))
}

/// A record with all that it says.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RecordView {
    id: String,
    /// `person` or `household`.
    #[schema(value_type = String)]
    kind: registry::schema::RecordKind,
    /// Communes that hold it.
    offices: Vec<String>,
    /// Fingerprint of its state, hexadecimal.
    version: String,
    /// Values by the name of the field; of a field with entries, a list.
    #[schema(value_type = Object)]
    fields: Map<String, Json_>,
}

/// A record, whole.
#[utoipa::path(
    get, path = "/api/v1/people/{id}", params(("id" = String, Path, description = "record id")),
    security(("operator" = [])),
    responses((status = 200, body = RecordView), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn one(
    caller: Caller,
    State(api): State<Api>,
    Item(id): Item<String>,
) -> Result<Json<RecordView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let unknown = || ApiError::not_found("record_unknown", "there is no record with this id");
    let id: RecordId = id.parse().map_err(|_| unknown())?;
    let kept = api
        .reader
        .read(move |registrar| registrar.kept(&id))
        .await?;
    let kept = kept.ok_or_else(unknown)?;
    let units = api.reader.read(Registrar::units).await?;
    if !may_see(reviewer, &kept, &units) {
        return Err(not_yours());
    }
    tracing::info!(reviewer = %reviewer.name, record = %id, "a record was read");
    let reading = kept
        .record
        .read()
        .map_err(|error| unreadable(error.code()))?;
    let mut fields = Map::new();
    for (slot, value) in reading.fields.iter() {
        let told = slot
            .entry
            .map(|entry| as_it_stands(entry, value, &reading.fields));
        let value = told.as_deref().unwrap_or(value);
        let value = serde_json::to_value(value).unwrap_or_default();
        let key = slot.field.key().to_owned();
        match slot.entry {
            None => {
                fields.insert(key, value);
            }
            Some(entry) => {
                let entries = fields
                    .entry(key)
                    .or_insert_with(|| Json_::Array(Vec::new()));
                if let Json_::Array(entries) = entries {
                    entries.push(serde_json::json!({"entry": entry, "value": value}));
                }
            }
        }
    }
    Ok(Json(RecordView {
        id: id.to_string(),
        kind: kept.record.kind,
        offices: kept.offices.iter().map(ToString::to_string).collect(),
        version: data_encoding::HEXLOWER.encode(&kept.version),
        fields,
    }))
}

/// A reviewer of a province sees the people of that province.
pub(super) fn may_see(reviewer: &Operator, kept: &Kept, units: &Units) -> bool {
    match reviewer.jurisdiction {
        Jurisdiction::National => true,
        Jurisdiction::Province(province) => kept
            .offices
            .iter()
            .any(|office| units.province_of(*office) == Some(province)),
    }
}

pub(super) fn not_yours() -> ApiError {
    let words = "this person lives in another province: ask a reviewer of that province";
    ApiError::new(StatusCode::FORBIDDEN, "person_not_yours", words)
}

fn unreadable(code: &str) -> ApiError {
    let words = "the record cannot be read: restore the registry from its backup";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, words)
}
