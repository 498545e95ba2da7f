//! The accounts of the office, for its administrator: who has which roles, how each can come in,
//! a password for one sign-in, and an end to the wait after wrong passwords. Who may do it is
//! decided in [`crate::door`]; accounts themselves are the centre's.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use registry::OfficerId;
use registry::code::Role;
use serde::Deserialize;

use super::fault::{Fault, foreign_form, of_code};
use super::page::{Page, go, show_as};
use super::seat::{Seated, door_of};
use super::shown::span;
use super::words::Words;
use crate::api::Api;
use crate::door::AccountAccess;
use crate::office::PasswordState;
use crate::session::SeatRefused;

/// An account.
struct AccountLine {
    id: String,
    name: String,
    roles: String,
    closed: bool,
    password: &'static str,
    pin: bool,
    wait: Option<String>,
    sessions: usize,
    own: bool,
}

/// A password that is shown once, on this page and nowhere else. No `Debug`.
struct Given {
    name: String,
    password: String,
}

#[derive(Template)]
#[template(path = "officers.html")]
struct OfficersPage {
    page: Page,
    accounts: Vec<AccountLine>,
    given: Option<Given>,
    wrong: Option<String>,
}

/// A form that holds nothing but its proof.
#[derive(Debug, Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    csrf: String,
}

pub(super) async fn list(State(api): State<Api>, seated: Seated) -> Response {
    accounts_page(&api, &seated, None, None)
}

fn accounts_page(
    api: &Api,
    seated: &Seated,
    given: Option<Given>,
    wrong: Option<String>,
) -> Response {
    if !seated.seat.administers() {
        return Fault::Role.page(api, seated);
    }
    let accounts = match api.door.access(&seated.session) {
        Ok(accounts) => accounts,
        Err(SeatRefused::NotAdmin) => return Fault::Role.page(api, seated),
        Err(refused) => return go(door_of(&refused)),
    };
    let own = seated.seat.account.id();
    let mut accounts: Vec<AccountLine> = accounts
        .into_iter()
        .map(|account| line_of(account, own, seated.words))
        .collect();
    accounts.sort_by(|a, b| a.closed.cmp(&b.closed).then_with(|| a.id.cmp(&b.id)));
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = OfficersPage {
        page: Page::of(api, seated),
        accounts,
        given,
        wrong,
    };
    show_as(status, &page)
}

fn line_of(account: AccountAccess, own: &OfficerId, words: &Words) -> AccountLine {
    let role = |role: &Role| words.t(&format!("role-{}", role.as_str()));
    let officer = account.officer;
    AccountLine {
        own: officer.id == *own,
        id: officer.id.to_string(),
        name: officer.name.as_str().to_owned(),
        roles: officer
            .roles
            .iter()
            .map(role)
            .collect::<Vec<_>>()
            .join(", "),
        closed: !officer.active,
        password: match account.password {
            PasswordState::None => "officer-password-none",
            PasswordState::Once => "officer-password-once",
            PasswordState::Own => "officer-password-own",
        },
        pin: account.pin_set,
        wait: (account.wait_s > 0)
            .then(|| span(words, i64::try_from(account.wait_s).unwrap_or(i64::MAX))),
        sessions: account.sessions,
    }
}

pub(super) async fn give_password(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Form(proof): Form<Proof>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &proof.csrf) {
        return response;
    }
    let Ok(officer) = id.parse::<OfficerId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let given = api.door.give_once_password(&seated.session, &officer).await;
    match given {
        Ok(once) => {
            let given = Given {
                name: officer.to_string(),
                password: once.reveal().to_owned(),
            };
            accounts_page(&api, &seated, Some(given), None)
        }
        Err(refused) => {
            let wrong = of_code(seated.words, refused.code(), &refused.to_string());
            accounts_page(&api, &seated, None, Some(wrong))
        }
    }
}

pub(super) async fn lift_wait(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Form(proof): Form<Proof>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &proof.csrf) {
        return response;
    }
    let Ok(officer) = id.parse::<OfficerId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    match api.door.lift_wait(&seated.session, &officer).await {
        Ok(()) => go("/officers"),
        Err(refused) => {
            let wrong = of_code(seated.words, refused.code(), &refused.to_string());
            accounts_page(&api, &seated, None, Some(wrong))
        }
    }
}
