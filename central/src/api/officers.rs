//! Accounts of offices' officers, for whoever manages the system.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::code::Role;
use registry::feed::Officer;
use registry::password::{OncePassword, SALT_BYTES, Verifier};
use registry::value::Line;
use registry::{OfficeCode, OfficerId};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item};
use super::{Api, ApiError};
use crate::operators::OperatorRole;
use crate::registrar::OfficerChange;

/// An account.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OfficerView {
    /// Account name.
    #[schema(value_type = String)]
    id: OfficerId,
    /// Name as shown.
    name: String,
    /// What the officer may do.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// Whether the account is open.
    active: bool,
}

impl From<Officer> for OfficerView {
    fn from(officer: Officer) -> OfficerView {
        OfficerView {
            id: officer.id,
            name: officer.name.as_str().to_owned(),
            roles: officer.roles,
            active: officer.active,
        }
    }
}

/// A new account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOfficer {
    /// Account name: a-z, 0-9, dot, dash, underscore.
    #[schema(value_type = String)]
    id: OfficerId,
    /// Name as shown.
    #[schema(value_type = String)]
    name: Line,
    /// civil-status, residence, identification, viewer, admin.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

/// What an officer may do from now on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoles {
    /// civil-status, residence, identification, viewer, admin.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
}

/// What becomes of an officer's password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// Take it away, and give none.
    #[serde(default)]
    take_away: bool,
}

/// A password for one sign-in, shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PasswordView {
    /// The password; none if it was taken away.
    password: Option<String>,
}

fn office_of(code: &str) -> Result<OfficeCode, ApiError> {
    code.parse()
        .map_err(|_| ApiError::not_found("office_unknown", "there is no commune with this code"))
}

fn officer_of(name: &str) -> Result<OfficerId, ApiError> {
    let words = "an account's name is 1 to 40 of a-z, 0-9, dot, dash, underscore";
    name.parse()
        .map_err(|_| ApiError::bad("account_name_invalid", words).at("officer"))
}

/// The accounts of an office.
#[utoipa::path(
    get, path = "/api/v1/offices/{code}/officers", params(("code" = String, Path, description = "5 digits")),
    security(("operator" = [])),
    responses((status = 200, body = [OfficerView]), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn list(
    caller: Caller,
    State(api): State<Api>,
    Item(code): Item<String>,
) -> Result<Json<Vec<OfficerView>>, ApiError> {
    caller.needs(&[OperatorRole::System])?;
    let office = office_of(&code)?;
    let officers = api.reader.read(move |registrar| {
        let office = registrar.known()?.office_now(office);
        registrar.officers(office)
    });
    let officers = officers.await?.into_iter();
    Ok(Json(officers.map(OfficerView::from).collect()))
}

/// Opens an account. It has no password before one is given.
#[utoipa::path(
    post, path = "/api/v1/offices/{code}/officers", request_body = NewOfficer,
    params(("code" = String, Path, description = "5 digits")), security(("operator" = [])),
    responses((status = 204), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn open(
    caller: Caller,
    State(api): State<Api>,
    Item(code): Item<String>,
    Body(new): Body<NewOfficer>,
) -> Result<StatusCode, ApiError> {
    let change = OfficerChange::Open {
        name: new.name,
        roles: new.roles,
    };
    changed(&caller, &api, &code, new.id, change).await
}

/// Gives an officer other roles.
#[utoipa::path(
    post, path = "/api/v1/offices/{code}/officers/{officer}/roles", request_body = NewRoles,
    params(("code" = String, Path, description = "5 digits"),
           ("officer" = String, Path, description = "Account name")),
    security(("operator" = [])),
    responses((status = 204), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn roles(
    caller: Caller,
    State(api): State<Api>,
    Item((code, officer)): Item<(String, String)>,
    Body(new): Body<NewRoles>,
) -> Result<StatusCode, ApiError> {
    let change = OfficerChange::Roles(new.roles);
    changed(&caller, &api, &code, officer_of(&officer)?, change).await
}

/// Closes an account: at the office as soon as its feed comes. What is filed after that is looked at
/// by a reviewer or returned.
#[utoipa::path(
    post, path = "/api/v1/offices/{code}/officers/{officer}/close",
    params(("code" = String, Path, description = "5 digits"),
           ("officer" = String, Path, description = "Account name")),
    security(("operator" = [])),
    responses((status = 204), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn close(
    caller: Caller,
    State(api): State<Api>,
    Item((code, officer)): Item<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let officer = officer_of(&officer)?;
    changed(&caller, &api, &code, officer, OfficerChange::Close).await
}

/// Gives an officer a password for one sign-in, or takes the password away. It holds at the office
/// as soon as its feed comes, whatever the officer has changed there.
#[utoipa::path(
    post, path = "/api/v1/offices/{code}/officers/{officer}/password", request_body = NewPassword,
    params(("code" = String, Path, description = "5 digits"),
           ("officer" = String, Path, description = "Account name")),
    security(("operator" = [])),
    responses((status = 201, body = PasswordView), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn password(
    caller: Caller,
    State(api): State<Api>,
    Item((code, officer)): Item<(String, String)>,
    Body(new): Body<NewPassword>,
) -> Result<(StatusCode, Json<PasswordView>), ApiError> {
    caller.needs(&[OperatorRole::System])?;
    let officer = officer_of(&officer)?;
    let given = if new.take_away {
        None
    } else {
        Some(new_password().await?)
    };
    let (password, verifier) = given.unzip();
    let change = OfficerChange::Password(verifier);
    changed(&caller, &api, &code, officer, change).await?;
    Ok((StatusCode::CREATED, Json(PasswordView { password })))
}

/// A password for one sign-in, and what it is held against.
async fn new_password() -> Result<(String, Verifier), ApiError> {
    let unavailable = |code: &'static str, words: &str| {
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, words)
    };
    let no_random = || unavailable("random_failed", "the system's random source failed");
    let (mut letters, mut salt) = ([0; 12], [0; SALT_BYTES]);
    getrandom::fill(&mut letters).map_err(|_| no_random())?;
    getrandom::fill(&mut salt).map_err(|_| no_random())?;
    let once = OncePassword::from_random(&letters);
    let secret = once.secret();
    let made = tokio::task::spawn_blocking(move || Verifier::of(&secret, &salt)).await;
    let verifier = made
        .map_err(|_| no_random())?
        .map_err(|error| unavailable(error.code(), &error.to_string()))?;
    Ok((once.reveal().to_owned(), verifier))
}

async fn changed(
    caller: &Caller,
    api: &Api,
    code: &str,
    officer: OfficerId,
    change: OfficerChange,
) -> Result<StatusCode, ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    let office = office_of(code)?;
    let what = match &change {
        OfficerChange::Open { .. } => "opened",
        OfficerChange::Roles(_) => "given other roles",
        OfficerChange::Close => "closed",
        OfficerChange::Password(_) => "given another password",
    };
    let account = officer.clone();
    api.desk.change_officer(office, officer, change).await?;
    tracing::info!(%office, officer = %account, by = %by.name, "an account was {what}");
    Ok(StatusCode::NO_CONTENT)
}
