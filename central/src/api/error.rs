//! What a caller is told when something is not done: status, stable code, words, what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use registry::case::CaseError;
use registry::law::of_input;
use registry::schema::Field;
use serde::Serialize;

use crate::registrar::{
    ApplicationError, BundleError, ContestError, DecideError, DecreeFailure, IntakeError,
    NationalityError, NumberError, OfficerError, PairError,
};
use crate::server::DeskError;
use crate::unit::UnitError;

/// Until when a card holds that is issued on a day.
const CARD_TERM: &str = "Law on Identification 26/2023, Art. 21";

/// The form of every answer that is no success.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// What is wrong.
    pub error: ErrorWords,
}

/// What is wrong.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorWords {
    /// Stable name.
    pub code: String,
    /// The item of the request that is wrong, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The same in words.
    pub words: String,
    /// Where the rule of that item stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub source: Option<&'static str>,
    /// What the caller can do.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// An answer that is no success.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    words: ErrorWords,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &str, words: impl Into<String>) -> Self {
        let words = ErrorWords {
            code: code.to_owned(),
            field: None,
            words: words.into(),
            source: None,
            action: None,
        };
        Self { status, words }
    }

    pub(super) fn bad(code: &str, words: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, words)
    }

    pub(super) fn not_found(code: &str, words: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, words)
    }

    pub(super) fn at(mut self, field: impl Into<String>) -> Self {
        self.words.field = Some(field.into()).filter(|field| !field.is_empty());
        let field = self.words.field.as_deref();
        self.words.source = field.and_then(|field| of_input(None, field));
        self
    }

    /// The same with the rule of an item of the record, where the request has another name for it.
    pub(super) fn by_rule_of(mut self, field: Field) -> Self {
        self.words.source = of_input(None, field.key());
        self
    }

    /// The same with the rule itself, where it is that of no item of the record.
    fn by_law(mut self, law: &'static str) -> Self {
        self.words.source = Some(law);
        self
    }

    pub(super) fn todo(mut self, action: &str) -> Self {
        self.words.action = Some(action.to_owned());
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, axum::Json(ErrorBody { error: self.words })).into_response()
    }
}

fn unavailable(code: &str, words: String) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, words)
        .todo("see the log and the disk of the central registry, then try again")
}

impl From<UnitError> for ApiError {
    fn from(error: UnitError) -> Self {
        unavailable(error.code(), error.to_string())
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        let (code, words) = (error.code(), error.to_string());
        match error {
            DeskError::Decide(error) => decided(&error),
            DeskError::Number(error) => match error {
                NumberError::Unknown => ApiError::not_found(code, &words)
                    .at("of")
                    .by_rule_of(Field::Pin),
                NumberError::NoReason => ApiError::bad(code, words).at("reason"),
                NumberError::Store(_) => unavailable(code, words),
                _ => ApiError::new(StatusCode::CONFLICT, code, words),
            },
            DeskError::Nationality(error) => of_nationality(&error),
            DeskError::Application(error) => of_application(&error),
            DeskError::Contest(error) => of_contest(&error),
            DeskError::Officer(error) => match error {
                OfficerError::NoOffice | OfficerError::Unknown => ApiError::not_found(code, &words),
                OfficerError::NoRole => ApiError::bad(code, words).at("roles"),
                OfficerError::NameTaken | OfficerError::TooMany => {
                    ApiError::new(StatusCode::CONFLICT, code, words)
                }
                OfficerError::Store(_) => unavailable(code, words),
            },
            DeskError::Pair(error) => of_pair(&error),
            DeskError::Operator(error) => match error {
                crate::operators::OperatorError::NameTaken
                | crate::operators::OperatorError::TooMany => {
                    ApiError::new(StatusCode::CONFLICT, code, words)
                }
                crate::operators::OperatorError::NoRole => ApiError::bad(code, words).at("roles"),
                _ => unavailable(code, words),
            },
            DeskError::Decree(error) => decree(&error),
            DeskError::Bundle(error) => of_bundle(&error),
            DeskError::Intake(IntakeError::Store(_))
            | DeskError::Store(_)
            | DeskError::NotDurable
            | DeskError::DecreeUnderway
            | DeskError::Stopped => unavailable(code, words),
            DeskError::Intake(_) => ApiError::new(StatusCode::CONFLICT, code, words),
        }
    }
}

fn decree(error: &DecreeFailure) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        DecreeFailure::File(_) | DecreeFailure::TooLarge | DecreeFailure::Early(_) => {
            ApiError::bad(code, words).at("decree")
        }
        DecreeFailure::Store(_) => unavailable(code, words),
        DecreeFailure::Edition(_)
        | DecreeFailure::Underway(_)
        | DecreeFailure::Applied(_)
        | DecreeFailure::Begun => ApiError::new(StatusCode::CONFLICT, code, words),
    }
}

pub(super) fn of_bundle(error: &BundleError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        BundleError::Refused(_) => ApiError::new(StatusCode::CONFLICT, code, words),
        BundleError::Store(_) | BundleError::Seal(_) => unavailable(code, words),
    }
}

fn of_nationality(error: &NationalityError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        NationalityError::Unknown => ApiError::not_found(code, &words)
            .at("of")
            .by_rule_of(Field::Pin),
        NationalityError::NoPaper => ApiError::bad(code, words)
            .at("paper")
            .by_rule_of(Field::Nationality),
        NationalityError::Future => ApiError::bad(code, words)
            .at("date")
            .by_rule_of(Field::Nationality),
        NationalityError::TooMany => ApiError::bad(code, words)
            .at("now")
            .by_rule_of(Field::Nationality),
        NationalityError::Misfit(ground) => ApiError::new(StatusCode::CONFLICT, code, words)
            .at("now")
            .by_law(ground.rule().law),
        NationalityError::Store(_) => unavailable(code, words),
        NationalityError::Same
        | NationalityError::InDoubt
        | NationalityError::Revoked
        | NationalityError::Act(_) => ApiError::new(StatusCode::CONFLICT, code, words),
    }
}

fn of_application(error: &ApplicationError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        ApplicationError::Unknown => ApiError::not_found(code, &words),
        ApplicationError::NotYours => ApiError::new(StatusCode::FORBIDDEN, code, words),
        ApplicationError::NoWords => ApiError::bad(code, words).at("words"),
        ApplicationError::Issued => ApiError::bad(code, words).at("issued"),
        ApplicationError::Expires => ApiError::bad(code, words).at("expires").by_law(CARD_TERM),
        ApplicationError::Store(_) => unavailable(code, words),
        ApplicationError::Step(_)
        | ApplicationError::ByNumber
        | ApplicationError::NotLiving
        | ApplicationError::NoCitizen
        | ApplicationError::CardStands
        | ApplicationError::InDispute
        | ApplicationError::Outdated
        | ApplicationError::TooMany
        | ApplicationError::Act(_) => ApiError::new(StatusCode::CONFLICT, code, words),
    }
}

fn of_contest(error: &ContestError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        ContestError::Unknown => ApiError::not_found(code, &words),
        ContestError::NotYours => ApiError::new(StatusCode::FORBIDDEN, code, words),
        ContestError::NoPaper => ApiError::bad(code, words).at("paper"),
        ContestError::NoReason | ContestError::TooLong => ApiError::bad(code, words).at("reason"),
        ContestError::Decide(error) => decided(error),
        ContestError::Store(_) => unavailable(code, words),
        ContestError::NoEffect
        | ContestError::OtherWay
        | ContestError::Registers
        | ContestError::Revoked
        | ContestError::InCase { .. }
        | ContestError::Decided
        | ContestError::Same => ApiError::new(StatusCode::CONFLICT, code, words),
    }
}

fn of_pair(error: &PairError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        PairError::Unknown => ApiError::not_found(code, &words),
        PairError::NoReason => ApiError::bad(code, words).at("reason"),
        PairError::NotYours => ApiError::new(StatusCode::FORBIDDEN, code, words),
        PairError::Settled | PairError::Gone | PairError::Decided => {
            ApiError::new(StatusCode::CONFLICT, code, words)
        }
        PairError::Store(_) => unavailable(code, words),
    }
}

fn decided(error: &DecideError) -> ApiError {
    let (code, words) = (error.code(), error.to_string());
    match error {
        DecideError::Unknown => ApiError::not_found(code, &words),
        DecideError::Store(_) => unavailable(code, words),
        DecideError::Act(_)
        | DecideError::Proposal(_)
        | DecideError::ProposalRefused { .. }
        | DecideError::ProposalWaits { .. }
        | DecideError::BuiltOn { .. }
        | DecideError::AnsweredSince { .. } => ApiError::new(StatusCode::CONFLICT, code, words),
        DecideError::Case(error) => match error {
            CaseError::NotYours => ApiError::new(StatusCode::FORBIDDEN, code, words),
            CaseError::NoReason => ApiError::bad(code, words).at("reason"),
            CaseError::NoSuchClaim | CaseError::Misfit | CaseError::HeadNotMember => {
                ApiError::bad(code, words).at("outcome")
            }
            CaseError::DecidedBelow | CaseError::WentUp { .. } | CaseError::NotDecided => {
                ApiError::new(StatusCode::CONFLICT, code, words)
            }
            CaseError::SecondMustBeAnother | CaseError::Closed | CaseError::ChangedSince => {
                ApiError::new(StatusCode::CONFLICT, code, words)
                    .todo("read the case again; it may have changed since you saw it")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_a_card_that_cannot_be_are_told_with_the_item_and_its_rule() {
        for (error, field, source) in [
            (ApplicationError::Issued, "issued", None),
            (ApplicationError::Expires, "expires", Some(CARD_TERM)),
        ] {
            let told = of_application(&error);
            assert_eq!(told.status, StatusCode::BAD_REQUEST);
            assert_eq!(told.words.code, "card_dates_wrong");
            assert_eq!(told.words.field.as_deref(), Some(field));
            assert_eq!(told.words.source, source);
        }
    }
}
