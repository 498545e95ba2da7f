//! The description of the interface, made from the code.

use axum::Json;
use utoipa::OpenApi;

use super::{
    account, acts, attachments, bulk, bundles, card, cases, changes, health, line, papers, people,
    portraits, quality, readings, receipt, statistics, status,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "commune-node",
        description = "The daemon of a commune office, on the loopback"
    ),
    paths(
        acts::file,
        acts::check,
        acts::list,
        acts::show,
        attachments::attach,
        attachments::list,
        attachments::show,
        bulk::file,
        bundles::make,
        bundles::list,
        bundles::answer,
        people::find,
        people::show,
        people::household,
        papers::of_person,
        papers::of_household,
        portraits::show,
        card::read,
        cases::list,
        changes::show,
        quality::show,
        quality::records,
        readings::list,
        receipt::show,
        statistics::show,
        status::show,
        status::attest,
        line::sync_now,
        line::switch,
        account::list,
        account::give_token,
        account::give_password,
        account::unlock,
        health::alive,
        health::ready,
        health::metrics,
    )
)]
struct Description;

/// The description as a value.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The description.
pub(super) async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
