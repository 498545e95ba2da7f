//! Who sits at a browser: the session of its cookie, read for every page. A page without a session
//! sends to the door and comes back afterwards.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::page::{Page, go};
use super::words::{Lang, Words, words};
use crate::api::Api;
use crate::session::{Seat, SeatRefused, SessionId};

/// The cookie of the session.
pub(super) const SESSION: &str = "npd_session";
/// The cookie of the language.
pub(super) const LANGUAGE: &str = "npd_language";

/// An officer who may see pages.
pub(super) struct Seated {
    pub(super) seat: Seat,
    pub(super) session: SessionId,
    pub(super) words: &'static Words,
    pub(super) path: String,
}

/// A browser of whom nothing is known but its language and, perhaps, its session.
pub(crate) struct Visitor {
    pub(super) session: Option<SessionId>,
    pub(super) words: &'static Words,
    pub(super) path: String,
}

/// An officer whose page looks without anybody's doing: it keeps no session alive.
pub(super) struct Glanced {
    session: SessionId,
    words: &'static Words,
}

impl Glanced {
    /// The page of now, for as long as the officer is signed in.
    pub(super) fn page(&self, api: &Api) -> Option<Page> {
        let seat = api.door.glance(&self.session).ok()?;
        Some(Page::of(
            api,
            &Seated {
                seat,
                session: self.session.clone(),
                words: self.words,
                path: String::new(),
            },
        ))
    }
}

impl FromRequestParts<Api> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _api: &Api) -> Result<Visitor, Response> {
        Ok(visitor(parts))
    }
}

impl FromRequestParts<Api> for Seated {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Seated, Response> {
        let Visitor {
            session,
            words,
            path,
        } = visitor(parts);
        // After the door a page is asked for again; what a form brought is carried by its page.
        let back = if parts.method == Method::GET {
            path.as_str()
        } else {
            "/"
        };
        let Some(session) = session else {
            return Err(to("/sign-in", back, parts));
        };
        match api.door.seat(&session) {
            Ok(seat) => Ok(Seated {
                seat,
                session,
                words,
                path,
            }),
            Err(refused) => Err(to(door_of(&refused), back, parts)),
        }
    }
}

impl OptionalFromRequestParts<Api> for Seated {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Option<Seated>, Response> {
        Ok(
            <Seated as FromRequestParts<Api>>::from_request_parts(parts, api)
                .await
                .ok(),
        )
    }
}

impl FromRequestParts<Api> for Glanced {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Glanced, Response> {
        let Visitor { session, words, .. } = visitor(parts);
        match session {
            Some(session) if api.door.glance(&session).is_ok() => Ok(Glanced { session, words }),
            // A stream that is answered so is not asked for again.
            _ => Err(StatusCode::NO_CONTENT.into_response()),
        }
    }
}

/// Which page opens again what was refused.
pub(super) const fn door_of(refused: &SeatRefused) -> &'static str {
    match refused {
        SeatRefused::Locked { .. } => "/unlock",
        SeatRefused::MustChange { .. } => "/password",
        _ => "/sign-in",
    }
}

fn to(door: &str, back: &str, parts: &Parts) -> Response {
    let target = if back == "/" {
        door.to_owned()
    } else {
        format!("{door}?next={}", encoded(back))
    };
    if parts.headers.contains_key("hx-request") {
        // A list that follows the typing: the whole page goes to the door.
        let mut response = go(&target);
        *response.status_mut() = axum::http::StatusCode::OK;
        if let Ok(value) = target.parse() {
            response.headers_mut().insert("hx-redirect", value);
        }
        return response;
    }
    go(&target)
}

/// A path of this office to come back to, or the start.
pub(super) fn local(next: Option<&str>) -> &str {
    next.filter(|next| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && !next.chars().any(char::is_control)
    })
    .unwrap_or("/")
}

/// Text as it stands within a query.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn visitor(parts: &Parts) -> Visitor {
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    Visitor {
        session: cookie(&parts.headers, SESSION).and_then(|text| SessionId::from_text(&text)),
        words: words(language(&parts.headers)),
        path,
    }
}

/// The language that was chosen; else Vietnamese, whatever the browser was made for.
fn language(headers: &HeaderMap) -> Lang {
    Lang::from_tag(&cookie(headers, LANGUAGE).unwrap_or_default())
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// The cookie of a new session; an empty one ends it.
pub(super) fn session_cookie(session: Option<&SessionId>) -> String {
    match session {
        Some(session) => format!(
            "{SESSION}={}; HttpOnly; SameSite=Strict; Path=/",
            session.to_text()
        ),
        None => format!("{SESSION}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_to_come_back_to_is_one_of_this_office() {
        assert_eq!(local(Some("/acts?state=returned")), "/acts?state=returned");
        for foreign in [
            "https://elsewhere.example",
            "//elsewhere.example",
            "/\\elsewhere",
            "x",
            "/a\nb",
        ] {
            assert_eq!(local(Some(foreign)), "/", "{foreign}");
        }
        assert_eq!(local(None), "/");
        assert_eq!(encoded("/find?q=Đức"), "/find%3Fq%3D%C4%90%E1%BB%A9c");
    }
}
