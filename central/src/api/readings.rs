//! Which records were opened at an office: who, when, why, and nothing of what stood there.

use axum::Json;
use axum::extract::State;
use registry::reading::ReadReason;
use registry::{NodeId, OfficeCode, OfficerId, RecordId};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::Params;
use super::{Api, ApiError};
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::{ReadingFound, ReadingsWanted};

/// Which readings are wanted, the earliest first.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this office, 5 digits.
    office: String,
    /// By this officer alone.
    officer: Option<String>,
    /// Since then, seconds since 1970.
    since_s: Option<i64>,
    /// Behind this one, as `next` of the answer before told.
    after: Option<String>,
    /// At most so many.
    limit: Option<usize>,
}

/// A reading.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReadingView {
    /// When, seconds since 1970, by the device's clock as it was set right.
    at_s: i64,
    /// Who.
    #[schema(value_type = String)]
    officer: OfficerId,
    /// Which record.
    #[schema(value_type = String)]
    record: RecordId,
    /// Why.
    #[schema(value_type = String)]
    reason: ReadReason,
    /// At which device.
    #[schema(value_type = String)]
    node: NodeId,
    /// Its place in that device's audit chain.
    place: u64,
    /// The chain behind it, its first 16 bytes: the device still has the same, or it wrote anew.
    mark: String,
}

/// Readings, and where to go on.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReadingsView {
    /// The readings.
    rows: Vec<ReadingView>,
    /// Where the next answer begins; none at the end. An answer may be empty and not the last.
    next: Option<String>,
}

impl From<ReadingFound> for ReadingView {
    fn from(found: ReadingFound) -> ReadingView {
        ReadingView {
            at_s: found.at_s,
            officer: found.row.officer,
            record: found.row.record,
            reason: found.row.reason,
            node: found.row.node,
            place: found.row.place,
            mark: data_encoding::HEXLOWER.encode(&found.mark),
        }
    }
}

fn place_text((at_s, mark): (i64, [u8; 16])) -> String {
    format!("{at_s}-{}", data_encoding::HEXLOWER.encode(&mark))
}

fn place_of(text: &str) -> Option<(i64, [u8; 16])> {
    let (at_s, mark) = text.split_once('-')?;
    let mark = data_encoding::HEXLOWER.decode(mark.as_bytes()).ok()?;
    Some((at_s.parse().ok()?, mark.try_into().ok()?))
}

/// The records that were opened at an office.
#[utoipa::path(
    get, path = "/api/v1/readings", params(Wanted), security(("operator" = [])),
    responses((status = 200, body = ReadingsView), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn list(
    caller: Caller,
    State(api): State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<ReadingsView>, ApiError> {
    caller.needs(&[OperatorRole::System])?;
    let invalid = |field: &str| ApiError::bad("query_invalid", "not understood").at(field);
    let office: OfficeCode = wanted.office.parse().map_err(|_| invalid("office"))?;
    let officer = wanted.officer.map(|name| name.parse::<OfficerId>());
    let after = wanted.after.map(|text| place_of(&text).ok_or(()));
    let limit = wanted.limit.unwrap_or(limits::ROWS_DEFAULT);
    let wanted = ReadingsWanted {
        office,
        officer: officer.transpose().map_err(|_| invalid("officer"))?,
        since_s: wanted.since_s.unwrap_or(0),
        after: after.transpose().map_err(|()| invalid("after"))?,
        limit: limit.clamp(1, limits::ROWS_MAX),
    };
    let found = api
        .reader
        .read(move |registrar| registrar.readings(&wanted));
    let found = found.await?;
    Ok(Json(ReadingsView {
        rows: found.rows.into_iter().map(ReadingView::from).collect(),
        next: found.next.map(place_text),
    }))
}
