//! The screens of the office: pages that a clerk reads and fills in, made in the daemon and served
//! beside the interface for programs.
//!
//! Everything works without JavaScript; with it, lists follow the typing and the status line
//! follows the office. No text stands in code: it is in `web/messages`, in Vietnamese and English.
//! No rule lives here either: what an act needs and refuses is the office's business.

mod act;
mod acts;
mod assets;
mod attachment;
mod audit;
mod bar;
mod cases;
mod changed;
mod countdown;
mod day;
mod earlier_papers;
mod entry;
mod fault;
mod find;
mod forms;
mod household;
mod items;
mod link;
mod officers;
mod page;
mod person;
mod plot;
mod quality;
mod readings;
mod receipt;
mod record;
mod seat;
mod shown;
mod start;
mod statistics;
mod surveyed;
mod verification;
mod verify;
mod words;

pub(crate) use changed::{ChangesTold, told as told_changes};
pub(crate) use fault::always_a_page;
pub(crate) use verification::page as verification_page;
pub(crate) use words::Lang;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::api::Api;

/// What a page may load and where its forms may go: this office alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The pages.
pub(crate) fn router() -> Router<Api> {
    Router::new()
        .route("/", get(start::show))
        .route("/sign-in", get(entry::sign_in_page).post(entry::sign_in))
        .route("/sign-out", post(entry::sign_out))
        .route("/lock", post(entry::lock))
        .route("/unlock", get(entry::unlock_page).post(entry::unlock))
        .route("/password", get(entry::password_page).post(entry::password))
        .route("/language", post(entry::language))
        .route("/account", get(entry::account))
        .route("/account/pin", post(entry::pin))
        .route("/find", get(find::show))
        .route("/find/results", get(find::results))
        .route("/find/card", post(find::card))
        .route("/people/{id}", get(person::show))
        .route("/people/{id}/papers", get(earlier_papers::of_person))
        .route("/households/{id}", get(household::show))
        .route("/households/{id}/papers", get(earlier_papers::of_household))
        .route("/acts", get(acts::list))
        .route("/acts/day", get(day::show))
        .route("/acts/new", get(forms::choose))
        .route("/acts/new/{act}", get(forms::begin))
        .route("/acts/pick", get(forms::pick))
        .merge(forms::with_files())
        .route("/drafts/{id}/keep", post(forms::keep))
        .route("/drafts/{id}/hints", post(forms::hints))
        .route("/acts/{id}", get(act::show))
        .route("/acts/{id}/aside", post(act::put_aside))
        .route("/attachments/{hash}", get(attachment::show))
        .route("/acts/{id}/receipt", get(receipt::show))
        .route("/verify", get(verify::form).post(verify::verify))
        .route("/verification-page", get(verification::download))
        .route("/cases", get(cases::list))
        .route("/cases/{number}", get(cases::show))
        .route("/quality", get(quality::show))
        .route("/quality/{problem}", get(quality::list))
        .route("/statistics", get(statistics::show))
        .route("/readings", get(readings::list))
        .route("/audit", get(audit::list))
        .route("/officers", get(officers::list))
        .route("/officers/{id}/password", post(officers::give_password))
        .route("/officers/{id}/wait", post(officers::lift_wait))
        .route("/link", get(link::show))
        .route("/link/line", post(link::switch))
        .route("/link/sync", post(link::sync_now))
        .route("/link/bundle", post(link::stick::write))
        .route(
            "/link/answer",
            post(link::stick::read).layer(DefaultBodyLimit::max(link::stick::UPLOAD_BYTES_MAX)),
        )
        .route("/events", get(bar::events))
        .route("/assets/{name}", get(assets::serve))
        .layer(middleware::from_fn(guarded))
}

async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard(response.headers_mut());
    response
}

/// Tells the browser what these pages never do.
fn guard(headers: &mut HeaderMap) {
    // A picture alone says itself what its page may do.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // People's data stay in no cache; what never changes says so itself.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
