//! The fleet: nodes, lag, the feed and slice of an office.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::value::Line;
use registry::{NodeId, OfficeCode};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item};
use super::{Api, ApiError};
use crate::clock;
use crate::fleet::{NodeView, worst_first};
use crate::operators::OperatorRole;
use crate::tables::Exclusion;

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
        let units = registrar.units()?;
        let mut rows = Vec::new();
        for (office, node, row) in registrar.nodes()? {
            let head = registrar.office(office)?.head;
            let committed = |seq| registrar.fed_at_s(office, seq).ok().flatten();
            rows.push(fleet.view(now_s, (&units, office), node, &row, head, committed));
        }
        Ok(rows)
    });
    Ok(read.await?)
}

/// Why a node is shut out.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShutOut {
    /// Why; compulsory, at most 300 characters.
    #[schema(value_type = String)]
    reason: Line,
}

/// Shuts a node out: its line ends, and nothing that it sends is taken any more. Its office's
/// records stay where they are.
#[utoipa::path(
    post, path = "/api/v1/nodes/{node}/shut-out", request_body = ShutOut,
    params(("node" = String, Path, description = "32 hexadecimal digits")),
    security(("operator" = [])),
    responses((status = 204), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn shut_out(
    caller: Caller,
    State(api): State<Api>,
    Item(node): Item<String>,
    Body(why): Body<ShutOut>,
) -> Result<StatusCode, ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    if why.reason.is_empty() {
        let words = "shutting a node out needs its reason; say why in a sentence";
        return Err(ApiError::bad("exclusion_without_reason", words).at("reason"));
    }
    let exclusion = Exclusion {
        at_s: clock::now_s(),
        by: by.name.clone(),
        reason: why.reason,
    };
    exclude(&api, &node, Some(exclusion)).await?;
    tracing::warn!(%node, by = %by.name, "a node was shut out");
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a node in again that was shut out.
#[utoipa::path(
    post, path = "/api/v1/nodes/{node}/let-in",
    params(("node" = String, Path, description = "32 hexadecimal digits")),
    security(("operator" = [])),
    responses((status = 204), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn let_in(
    caller: Caller,
    State(api): State<Api>,
    Item(node): Item<String>,
) -> Result<StatusCode, ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    exclude(&api, &node, None).await?;
    tracing::warn!(%node, by = %by.name, "a node was let in again");
    Ok(StatusCode::NO_CONTENT)
}

async fn exclude(api: &Api, node: &str, exclusion: Option<Exclusion>) -> Result<(), ApiError> {
    let unknown = || ApiError::not_found("node_unknown", "there is no node with this id");
    let node: NodeId = node.parse().map_err(|_| unknown())?;
    let read = api.reader.read(move |registrar| {
        let nodes = registrar.nodes()?;
        Ok(nodes
            .into_iter()
            .filter(|(_, known, _)| *known == node)
            .map(|(office, _, _)| office)
            .collect::<Vec<OfficeCode>>())
    });
    let offices = read.await?;
    if offices.is_empty() {
        return Err(unknown());
    }
    for office in offices {
        api.desk.exclude(office, node, exclusion.clone()).await?;
    }
    Ok(())
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
    let read = api.reader.read(move |registrar| {
        let is_known = registrar.units()?.existed(office);
        let row = registrar.office(office)?;
        Ok(is_known.then_some(row))
    });
    let row = read.await?.ok_or_else(unknown)?;
    Ok(Json(OfficeView {
        office: office.to_string(),
        feed_head: row.head.get(),
        count: row.digest.count(),
        digest: data_encoding::HEXLOWER.encode(&row.digest.short()),
    }))
}
