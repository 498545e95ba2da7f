//! Who asks: an officer with a token. And what an administrator of the office may do about tokens.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use registry::OfficerId;
use registry::code::Role;
use registry::feed::Officer;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, ApiError, ErrorBody};
use crate::door::{AccountAccess, DoorRefused};
use crate::office::{Account, Credential, OfficeError, PasswordState};
use crate::writer::WriteError;

/// An officer who has shown a token.
pub(super) struct Desk(pub(super) Account);

impl FromRequestParts<Api> for Desk {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Desk, ApiError> {
        desk_of(&shown(parts)?, api)
    }
}

/// Who may give tokens: an administrator of the office, or whoever can read this device's secrets.
pub(super) struct Giver(
    /// The administrator; nobody for the device itself.
    Option<OfficerId>,
);

impl FromRequestParts<Api> for Giver {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Giver, ApiError> {
        let credential = shown(parts)?;
        if api.office.is_lent(&credential) {
            return Ok(Giver(None));
        }
        let desk = desk_of(&credential, api)?;
        desk.administering()?;
        Ok(Giver(Some(desk.0.id().clone())))
    }
}

fn shown(parts: &Parts) -> Result<Credential, ApiError> {
    let token = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| unknown("no token was shown"))?;
    Ok(Credential::from_text(token))
}

fn desk_of(credential: &Credential, api: &Api) -> Result<Desk, ApiError> {
    let account = api.office.account(credential);
    account
        .map(Desk)
        .ok_or_else(|| unknown("the token is not known here, or its account is closed"))
}

fn unknown(words: &str) -> ApiError {
    let advice = "send `Authorization: Bearer TOKEN` with an officer's token; `commune-node officer token NAME` on this machine gives a new one";
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "token_missing_or_wrong",
        words,
        advice,
    )
}

impl Desk {
    /// Refuses those who only read.
    pub(super) fn acting(&self) -> Result<(), ApiError> {
        let acts = |role: &Role| *role != Role::Viewer;
        if self.0.officer().roles.iter().any(acts) {
            Ok(())
        } else {
            Err(ApiError::forbidden("this needs a role that acts"))
        }
    }

    /// Refuses those who do not manage the office.
    pub(super) fn administering(&self) -> Result<(), ApiError> {
        if self.0.has(Role::Admin) {
            Ok(())
        } else {
            Err(ApiError::forbidden("this needs the role `admin`"))
        }
    }
}

/// An officer of this office.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfficerView {
    /// Account name.
    #[schema(value_type = String)]
    id: OfficerId,
    /// Name as shown.
    name: String,
    /// Roles.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// Whether the account is open.
    active: bool,
    /// What it has for a password: `none`, `once` or `own`.
    #[schema(value_type = String)]
    password: PasswordState,
    /// How long it waits after wrong passwords, seconds.
    wait_s: u64,
}

impl From<AccountAccess> for OfficerView {
    fn from(access: AccountAccess) -> OfficerView {
        let Officer {
            id,
            name,
            roles,
            active,
        } = access.officer;
        OfficerView {
            id,
            name: name.as_str().to_owned(),
            roles,
            active,
            password: access.password,
            wait_s: access.wait_s,
        }
    }
}

/// The officers of this office.
#[utoipa::path(get, path = "/api/v1/officers", responses((status = 200, body = [OfficerView])))]
pub(super) async fn list(State(api): State<Api>, _desk: Desk) -> Json<Vec<OfficerView>> {
    Json(
        api.door
            .accounts()
            .into_iter()
            .map(OfficerView::from)
            .collect(),
    )
}

/// A token, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenView {
    /// The token.
    token: String,
}

/// Gives an officer a token; an administrator of the office may, and who can read the device's
/// `api.json`.
#[utoipa::path(post, path = "/api/v1/officers/{id}/token",
    params(("id" = String, Path, description = "Account name")),
    responses((status = 201, body = TokenView), (status = 403, body = ErrorBody)))]
pub(super) async fn give_token(
    State(api): State<Api>,
    _giver: Giver,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<TokenView>), ApiError> {
    let id = named(&id)?;
    let credential = new_credential().ok_or_else(|| {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "random_failed",
            "the system gives no random numbers",
            "restart the device",
        )
    })?;
    let token = credential.reveal().to_owned();
    api.writer.give_credential(id, credential).await?;
    Ok((StatusCode::CREATED, Json(TokenView { token })))
}

/// A password for one sign-in, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasswordView {
    /// The password.
    password: String,
}

/// Gives an officer a password for one sign-in; who may give tokens may.
#[utoipa::path(post, path = "/api/v1/officers/{id}/password",
    params(("id" = String, Path, description = "Account name")),
    responses((status = 201, body = PasswordView), (status = 403, body = ErrorBody)))]
pub(super) async fn give_password(
    State(api): State<Api>,
    giver: Giver,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<PasswordView>), ApiError> {
    let once = api.door.give_once(&named(&id)?, giver.0).await;
    let password = once.map_err(shut)?.reveal().to_owned();
    Ok((StatusCode::CREATED, Json(PasswordView { password })))
}

/// An account that waits no longer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnlockedView {
    /// Account name.
    #[schema(value_type = String)]
    officer: OfficerId,
}

/// Lets an account try again at once that waits after wrong passwords; who may give tokens may.
#[utoipa::path(post, path = "/api/v1/officers/{id}/unlock",
    params(("id" = String, Path, description = "Account name")),
    responses((status = 200, body = UnlockedView), (status = 403, body = ErrorBody)))]
pub(super) async fn unlock(
    State(api): State<Api>,
    giver: Giver,
    Path(id): Path<String>,
) -> Result<Json<UnlockedView>, ApiError> {
    let officer = named(&id)?;
    api.writer.lift_wait(officer.clone(), giver.0).await?;
    Ok(Json(UnlockedView { officer }))
}

fn named(id: &str) -> Result<OfficerId, ApiError> {
    id.parse()
        .map_err(|_| ApiError::invalid("id", "not an account name"))
}

fn shut(refused: DoorRefused) -> ApiError {
    match refused {
        DoorRefused::Write(error) => error.into(),
        DoorRefused::OfficerUnknown => WriteError::from(OfficeError::OfficerUnknown).into(),
        other => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            other.code(),
            &other.to_string(),
            "try again in a moment",
        ),
    }
}

/// A new token.
pub(crate) fn new_credential() -> Option<Credential> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(Credential::from_random(&bytes))
}
