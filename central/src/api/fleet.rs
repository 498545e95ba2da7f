//! The fleet: nodes, lag, the feed and slice of an office.

use axum::Json;
use axum::extract::State;
use registry::OfficeCode;
use serde::Serialize;

use super::auth::Caller;
use super::body::Item;
use super::{Api, ApiError};
use crate::clock;
use crate::fleet::{NodeView, worst_first};

/// Every node with where it stands.
#[utoipa::path(
    get, path = "/api/v1/nodes", security(("operator" = [])),
    responses((status = 200, body = [NodeView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn nodes(
    _: Caller,
    State(api): State<Api>,
) -> Result<Json<Vec<NodeView>>, ApiError> {
    rows(&api).await.map(Json)
}

/// The same with the worst lag first.
#[utoipa::path(
    get, path = "/api/v1/lag", security(("operator" = [])),
    responses((status = 200, body = [NodeView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn lag(
    _: Caller,
    State(api): State<Api>,
) -> Result<Json<Vec<NodeView>>, ApiError> {
    let mut rows = rows(&api).await?;
    worst_first(&mut rows);
    Ok(Json(rows))
}

/// Every node as it is shown.
pub(super) async fn rows(api: &Api) -> Result<Vec<NodeView>, ApiError> {
    let fleet = std::sync::Arc::clone(&api.fleet);
    let read = api.reader.read(move |registrar| {
        let now_s = clock::now_s();
        let mut rows = Vec::new();
        for (office, node, row) in registrar.nodes()? {
            let head = registrar.office(office)?.head;
            let committed = |seq| registrar.fed_at_s(office, seq).ok().flatten();
            rows.push(fleet.view(now_s, office, node, &row, head, committed));
        }
        Ok(rows)
    });
    Ok(read.await?)
}

/// A commune as the centre has it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OfficeView {
    /// Its code.
    office: String,
    /// The last entry of its feed.
    feed_head: u64,
    /// Records in its slice.
    count: u32,
    /// Digest of its slice, hexadecimal, first eight bytes.
    digest: String,
}

/// The feed and the slice of a commune.
#[utoipa::path(
    get, path = "/api/v1/offices/{code}", params(("code" = String, Path, description = "5 digits")),
    security(("operator" = [])),
    responses((status = 200, body = OfficeView), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn office(
    _: Caller,
    State(api): State<Api>,
    Item(code): Item<String>,
) -> Result<Json<OfficeView>, ApiError> {
    let unknown = || ApiError::not_found("office_unknown", "there is no commune with this code");
    let office: OfficeCode = code.parse().map_err(|_| unknown())?;
    if !registry::unit::Units::built_in().exists(office) {
        return Err(unknown());
    }
    let row = api
        .reader
        .read(move |registrar| registrar.office(office))
        .await?;
    Ok(Json(OfficeView {
        office: office.to_string(),
        feed_head: row.head.get(),
        count: row.digest.count(),
        digest: data_encoding::HEXLOWER.encode(&row.digest.short()),
    }))
}
