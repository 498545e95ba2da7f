//! Whether a receipt is genuine: anybody may ask, without signing in and without a line. Says what
//! is proven and what is not. What makes a receipt genuine is in `provisioning`.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use provisioning::{Doubt, Verified};
use registry::receipt::{TEXT_CHARS_MAX, tracking_code};
use serde::Deserialize;

use super::fault::of_code;
use super::page::{Page, show_as};
use super::seat::{Seated, Visitor};
use super::shown::{Shown, moment, span};
use super::words::Words;
use crate::api::Api;
use crate::clock;
use crate::receipt::VerifyError;

/// What a genuine receipt says.
struct Proven {
    tracking: String,
    act: &'static str,
    office: String,
    entered: String,
    printed: String,
    standing: &'static str,
    standing_key: &'static str,
    device: String,
    doubts: Vec<String>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    page: Page,
    text: String,
    proven: Option<Proven>,
    wrong: Option<String>,
}

/// The text of a receipt. It goes by POST, so that no receipt stands in a history.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    text: String,
}

/// The page of whoever asks: with the ways of the office only if somebody sits there.
fn page_for(api: &Api, visitor: &Visitor, seated: Option<&Seated>) -> Page {
    seated.map_or_else(
        || Page::outside(api, visitor.words, "/verify"),
        |seated| Page {
            path: "/verify".to_owned(),
            ..Page::of(api, seated)
        },
    )
}

pub(super) async fn form(
    State(api): State<Api>,
    visitor: Visitor,
    seated: Option<Seated>,
) -> Response {
    let page = VerifyPage {
        page: page_for(&api, &visitor, seated.as_ref()),
        text: String::new(),
        proven: None,
        wrong: None,
    };
    show_as(StatusCode::OK, &page)
}

pub(super) async fn verify(
    State(api): State<Api>,
    visitor: Visitor,
    seated: Option<Seated>,
    Form(asked): Form<Asked>,
) -> Response {
    let words = visitor.words;
    let (status, proven, wrong) = match api.receipts.verify(&asked.text, clock::device_s()) {
        Ok(verified) => (StatusCode::OK, Some(proven(&api, &verified, words)), None),
        Err(VerifyError::Device(error)) => {
            tracing::error!(code = error.code(), "a receipt was not verified: {error}");
            let wrong = words.t("fault-office");
            (StatusCode::SERVICE_UNAVAILABLE, None, Some(wrong))
        }
        Err(VerifyError::Refused(refused)) => {
            let wrong = of_code(words, refused.code(), &refused.to_string());
            (StatusCode::UNPROCESSABLE_ENTITY, None, Some(wrong))
        }
    };
    let page = VerifyPage {
        page: page_for(&api, &visitor, seated.as_ref()),
        // What was wrong stays to be looked at; longer than a receipt it was none.
        text: asked.text.chars().take(TEXT_CHARS_MAX).collect(),
        proven,
        wrong,
    };
    show_as(status, &page)
}

fn proven(api: &Api, verified: &Verified, words: &'static Words) -> Proven {
    let content = &verified.content;
    let rule = content.kind.rule();
    let entered = moment(content.entered.at_s);
    Proven {
        tracking: tracking_code(content.office, &content.act),
        act: words.pick(rule.label_vi, rule.label_en),
        office: Shown::new(&api.office, words).commune(content.office),
        entered: match content.entered.error_s {
            u32::MAX => entered,
            error_s => format!("{entered} ± {}", span(words, error_s.into())),
        },
        printed: moment(content.printed_s),
        standing: words.pick(content.standing.words_vi(), content.standing.words_en()),
        standing_key: content.standing.key(),
        device: verified.device.node.to_string(),
        doubts: verified
            .doubts
            .iter()
            .map(|doubt| words.t(doubt_key(*doubt)))
            .collect(),
    }
}

const fn doubt_key(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::CertificateTime => "verify-doubt-certificate",
        Doubt::Ahead => "verify-doubt-ahead",
        Doubt::OtherOffice => "verify-doubt-office",
        Doubt::ClockUnknown => "verify-doubt-clock",
    }
}
