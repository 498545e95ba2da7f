//! What a page says when it cannot be shown, in the clerk's language, with the way out.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use registry::returned::reason;
use registry::words::{Said, Tells};

use super::page::{Page, show_as};
use super::seat::{Seated, Visitor};
use super::words::{Lang, Words};
use crate::api::{Api, ApiError};

/// A page that is refused.
#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    page: Page,
    heading: String,
    words: String,
    code: String,
}

/// Why a page is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no such record, act or page here.
    Unknown,
    /// The role does not allow it.
    Role,
    /// The form came from another page than this office's, or of another session.
    Form,
    /// The office cannot read or write at the moment.
    Office(&'static str),
}

impl Fault {
    const fn status(self) -> StatusCode {
        match self {
            Fault::Unknown => StatusCode::NOT_FOUND,
            Fault::Role => StatusCode::FORBIDDEN,
            Fault::Form => StatusCode::CONFLICT,
            Fault::Office(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Fault::Unknown => "not_found",
            Fault::Role => "role_missing",
            Fault::Form => "form_stale",
            Fault::Office(code) => code,
        }
    }

    /// The page that says so.
    pub(super) fn page(self, api: &Api, seated: &Seated) -> Response {
        let page = Page::of(api, seated);
        let key = match self {
            Fault::Unknown => "fault-unknown",
            Fault::Role => "fault-role",
            Fault::Form => "fault-form",
            Fault::Office(_) => "fault-office",
        };
        let heading = page.t("fault-heading");
        let words = page.t(key);
        show_as(
            self.status(),
            &FaultPage {
                page,
                heading,
                words,
                code: self.code().to_owned(),
            },
        )
    }
}

/// What machines ask to learn how the office is.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// A browser that asks for a page gets one, also where none was made: an address that there is not,
/// a request that cannot be read, one that is too large or one too many. What is for programs stays
/// as it is; so do pages, and what a page's own script asks for.
pub(crate) async fn always_a_page(
    State(api): State<Api>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let for_programs = path.starts_with("/api/") || PROBES.contains(&path);
    let wanted = !for_programs && has(request.headers(), header::ACCEPT, "text/html");
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !wanted || !failed || has(response.headers(), header::CONTENT_TYPE, "text/html") {
        return response;
    }
    let key = match status {
        StatusCode::NOT_FOUND => "fault-address",
        StatusCode::MISDIRECTED_REQUEST => "fault-host",
        StatusCode::FORBIDDEN => "fault-form",
        StatusCode::PAYLOAD_TOO_LARGE => "fault-large",
        _ if status.is_server_error() => "fault-office",
        _ => "fault-request",
    };
    let page = Page::outside(&api, visitor.words, &visitor.path);
    let faulty = FaultPage {
        heading: page.t("fault-heading"),
        words: page.t(key),
        code: status.as_u16().to_string(),
        page,
    };
    let mut shown = show_as(status, &faulty);
    super::guard(shown.headers_mut());
    shown
}

fn has(headers: &HeaderMap, name: header::HeaderName, part: &str) -> bool {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.contains(part))
}

/// The page that tells what the interface for programs would have told.
pub(super) fn told(api: &Api, seated: &Seated, error: &ApiError) -> Response {
    let page = Page::of(api, seated);
    let told = error.words();
    let faulty = FaultPage {
        heading: page.t("fault-heading"),
        words: of_code(seated.words, &told.code, &told.text()),
        code: told.code.clone(),
        page,
    };
    show_as(error.status(), &faulty)
}

/// What went wrong, in the clerk's language: as the two languages of its text say it, else by its
/// stable code: in the words of the screens, or in those that an act comes back with. English words
/// alone are for an English page.
pub(super) fn of_code(words: &Words, code: &str, text: &str) -> String {
    if let Some(said) = Said::of_text(text) {
        return in_words(words, &said);
    }
    let key = format!("error-{}", code.replace('_', "-"));
    let returned = || reason(code).map(|known| in_words(words, &known.said()));
    let known = words.try_t(&key).or_else(returned);
    known.unwrap_or_else(|| match words.lang() {
        Lang::En => text.to_owned(),
        Lang::Vi => words.with("error-other", &[("code", code)]),
    })
}

/// What a rule says, in the clerk's language.
pub(super) fn in_words(words: &Words, said: &Said) -> String {
    words.pick(&said.vi, &said.en).to_owned()
}

/// The page that refuses a form of another session, if it is one.
pub(super) fn foreign_form(api: &Api, seated: &Seated, csrf: &str) -> Option<Response> {
    (!seated.session.csrf_fits(csrf)).then(|| Fault::Form.page(api, seated))
}
