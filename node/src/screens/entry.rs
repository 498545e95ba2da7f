//! The door: signing in and out, the lock of an unattended screen, the own password and PIN, the
//! language. Who may pass is decided in [`crate::door`].

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::fault::{foreign_form, of_code};
use super::forms;
use super::page::{Page, go, show, show_as};
use super::seat::{LANGUAGE, Seated, Visitor, door_of, local, session_cookie};
use super::shown::span;
use super::words::{Lang, Words};
use crate::api::Api;
use crate::door::DoorRefused;
use crate::session::{SeatRefused, SessionId};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    name: String,
    next: String,
    carried: String,
    wrong: Option<String>,
    why: Option<String>,
}

pub(super) async fn sign_in_page(
    State(api): State<Api>,
    visitor: Visitor,
    Query(asked): Query<Next>,
) -> Response {
    let ended = visitor
        .session
        .as_ref()
        .map(|session| api.door.glance(session));
    let why = match ended {
        Some(Ok(_)) => return go(local(asked.next.as_deref())),
        Some(Err(SeatRefused::None)) => Some(visitor.words.t("entry-restarted")),
        Some(Err(SeatRefused::Ended { .. })) => Some(visitor.words.t("entry-ended")),
        _ => None,
    };
    show(&SignInPage {
        page: Page::outside(&api, visitor.words, &visitor.path),
        name: String::new(),
        next: local(asked.next.as_deref()).to_owned(),
        carried: String::new(),
        wrong: None,
        why,
    })
}

/// What the door is told. No `Debug`: it holds a password.
#[derive(Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
    /// What was typed when the session ran out.
    #[serde(default)]
    carried: String,
}

pub(super) async fn sign_in(
    State(api): State<Api>,
    visitor: Visitor,
    Form(told): Form<SignIn>,
) -> Response {
    let next = local(told.next.as_deref());
    match api.door.sign_in(told.name.trim(), &told.password).await {
        Ok((session, seat)) => {
            let kept = forms::keep_carried(&api, seat.account.id(), &told.carried).await;
            entered(&session, kept.as_deref().unwrap_or(next))
        }
        Err(DoorRefused::Seat(SeatRefused::MustChange { .. })) => go("/password"),
        Err(refused) => show_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SignInPage {
                page: Page::outside(&api, visitor.words, "/sign-in"),
                name: told.name.trim().to_owned(),
                next: next.to_owned(),
                carried: told.carried,
                wrong: Some(refused_words(&refused, visitor.words)),
                why: None,
            },
        ),
    }
}

fn entered(session: &SessionId, next: &str) -> Response {
    with_cookie(go(next), &session_cookie(Some(session)))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// What the door says, in the clerk's language.
fn refused_words(refused: &DoorRefused, words: &Words) -> String {
    let text = of_code(words, refused.code(), &refused.to_string());
    match refused.wait_s() {
        Some(seconds) => {
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            words.with("entry-wait", &[("age", &span(words, seconds))])
        }
        None => text,
    }
}

/// A form that holds nothing but its proof.
#[derive(Debug, Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    csrf: String,
}

pub(super) async fn sign_out(
    State(api): State<Api>,
    visitor: Visitor,
    Form(proof): Form<Proof>,
) -> Response {
    if let Some(session) = &visitor.session
        && session.csrf_fits(&proof.csrf)
    {
        api.door.sign_out(session);
    }
    with_cookie(go("/sign-in"), &session_cookie(None))
}

pub(super) async fn lock(
    State(api): State<Api>,
    visitor: Visitor,
    Form(proof): Form<Proof>,
) -> Response {
    if let Some(session) = &visitor.session
        && session.csrf_fits(&proof.csrf)
    {
        api.door.lock(session);
    }
    go("/unlock")
}

#[derive(Template)]
#[template(path = "unlock.html")]
struct UnlockPage {
    page: Page,
    name: String,
    pin: bool,
    csrf: String,
    next: String,
    carried: String,
    wrong: Option<String>,
}

pub(super) async fn unlock_page(
    State(api): State<Api>,
    visitor: Visitor,
    Query(asked): Query<Next>,
) -> Response {
    unlocking(&api, &visitor, local(asked.next.as_deref()), "", None)
}

/// The door with what was typed before it: it goes on with whoever opens it.
pub(super) fn carrying(api: &Api, visitor: &Visitor, carried: &str) -> Response {
    let seen = visitor
        .session
        .as_ref()
        .map(|session| api.door.glance(session));
    if let Some(Err(SeatRefused::Locked { .. })) = seen {
        return unlocking(api, visitor, "/", carried, None);
    }
    show_as(
        StatusCode::UNPROCESSABLE_ENTITY,
        &SignInPage {
            page: Page::outside(api, visitor.words, "/sign-in"),
            name: String::new(),
            next: "/".to_owned(),
            carried: carried.to_owned(),
            wrong: None,
            why: Some(visitor.words.t("entry-carried")),
        },
    )
}

fn unlocking(
    api: &Api,
    visitor: &Visitor,
    next: &str,
    carried: &str,
    wrong: Option<String>,
) -> Response {
    let Some(session) = &visitor.session else {
        return go("/sign-in");
    };
    match api.door.glance(session) {
        Ok(_) => go(next),
        Err(SeatRefused::Locked { officer, pin }) => {
            let status = if wrong.is_some() {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            let page = UnlockPage {
                page: Page::outside(api, visitor.words, "/unlock"),
                name: officer.name.as_str().to_owned(),
                pin,
                csrf: session.csrf(),
                next: next.to_owned(),
                carried: carried.to_owned(),
                wrong,
            };
            show_as(status, &page)
        }
        Err(refused) => go(door_of(&refused)),
    }
}

/// How a lock is opened. No `Debug`: it holds a secret.
#[derive(Deserialize)]
pub(super) struct Unlock {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
    /// What was typed when the session was locked.
    #[serde(default)]
    carried: String,
}

pub(super) async fn unlock(
    State(api): State<Api>,
    visitor: Visitor,
    Form(told): Form<Unlock>,
) -> Response {
    let next = local(told.next.as_deref());
    let Some(session) = &visitor.session else {
        return go("/sign-in");
    };
    if !session.csrf_fits(&told.csrf) {
        return go("/unlock");
    }
    let opened = if told.password.is_empty() {
        api.door.unlock_with_pin(session, told.pin.trim()).await
    } else {
        api.door.unlock_with_password(session, &told.password).await
    };
    match opened {
        Ok(seat) => {
            let kept = forms::keep_carried(&api, seat.account.id(), &told.carried).await;
            go(kept.as_deref().unwrap_or(next))
        }
        Err(refused) => {
            let wrong = refused_words(&refused, visitor.words);
            unlocking(&api, &visitor, next, &told.carried, Some(wrong))
        }
    }
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    page: Page,
    csrf: String,
    first: bool,
    wrong: Option<String>,
}

pub(super) async fn password_page(State(api): State<Api>, visitor: Visitor) -> Response {
    changing(&api, &visitor, None)
}

fn changing(api: &Api, visitor: &Visitor, wrong: Option<String>) -> Response {
    let Some(session) = &visitor.session else {
        return go("/sign-in");
    };
    let first = match api.door.glance(session) {
        Ok(_) => false,
        Err(SeatRefused::MustChange { .. }) => true,
        Err(refused) => return go(door_of(&refused)),
    };
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = PasswordPage {
        page: Page::outside(api, visitor.words, "/password"),
        csrf: session.csrf(),
        first,
        wrong,
    };
    show_as(status, &page)
}

/// A new password. No `Debug`.
#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

pub(super) async fn password(
    State(api): State<Api>,
    visitor: Visitor,
    Form(told): Form<NewPassword>,
) -> Response {
    let Some(session) = &visitor.session else {
        return go("/sign-in");
    };
    if !session.csrf_fits(&told.csrf) {
        return go("/password");
    }
    if told.new != told.again {
        let words = visitor.words.t("password-differs");
        return changing(&api, &visitor, Some(words));
    }
    match api
        .door
        .change_password(session, &told.old, &told.new)
        .await
    {
        Ok((session, _)) => entered(&session, "/"),
        Err(refused) => {
            let wrong = refused_words(&refused, visitor.words);
            changing(&api, &visitor, Some(wrong))
        }
    }
}

/// Another language.
#[derive(Debug, Deserialize)]
pub(super) struct Language {
    #[serde(default)]
    language: String,
    next: Option<String>,
}

pub(super) async fn language(Form(told): Form<Language>) -> Response {
    let code = Lang::from_tag(&told.language).tag();
    let cookie = format!("{LANGUAGE}={code}; SameSite=Strict; Path=/; Max-Age=31536000");
    with_cookie(go(local(told.next.as_deref())), &cookie)
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    name: String,
    id: String,
    roles: Vec<String>,
    pin_set: bool,
    locks_in: String,
    wrong: Option<String>,
    done: bool,
}

pub(super) async fn account(State(api): State<Api>, seated: Seated) -> Response {
    own_account(&api, &seated, None, false)
}

fn own_account(api: &Api, seated: &Seated, wrong: Option<String>, done: bool) -> Response {
    let officer = seated.seat.account.officer();
    let words = seated.words;
    let role = |role: &registry::code::Role| words.t(&format!("role-{}", role.as_str()));
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let locks_in_s = i64::try_from(seated.seat.locks_in_s).unwrap_or(i64::MAX);
    let page = AccountPage {
        page: Page::of(api, seated),
        name: officer.name.as_str().to_owned(),
        id: officer.id.to_string(),
        roles: officer.roles.iter().map(role).collect(),
        pin_set: seated.seat.pin_set,
        locks_in: span(words, locks_in_s),
        wrong,
        done,
    };
    show_as(status, &page)
}

/// A PIN for the lock. No `Debug`.
#[derive(Deserialize)]
pub(super) struct NewPin {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    pin: String,
}

pub(super) async fn pin(
    State(api): State<Api>,
    seated: Seated,
    Form(told): Form<NewPin>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &told.csrf) {
        return response;
    }
    let pin = told.pin.trim();
    let pin = (!pin.is_empty()).then_some(pin);
    match api.door.set_pin(&seated.session, &told.password, pin).await {
        Ok(seat) => {
            let seated = Seated { seat, ..seated };
            own_account(&api, &seated, None, true)
        }
        Err(refused) => {
            let wrong = refused_words(&refused, seated.words);
            own_account(&api, &seated, Some(wrong), false)
        }
    }
}
