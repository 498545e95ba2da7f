//! Errors as every answer shows them: `{"error": {"code", "field", "words", "do"}}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use registry::act::ActKind;
use registry::words::{Said, Tells};
use serde::Serialize;
use utoipa::ToSchema;

use crate::bundle::BundleError;
use crate::office::{FileError, OfficeError};
use crate::writer::WriteError;

/// The body of an answer that is no success.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorWords,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorWords {
    /// Stable code.
    pub code: String,
    /// The input that it is about.
    pub field: Option<String>,
    /// What went wrong, in words.
    pub words: String,
    /// The same in Vietnamese, where it is said of a rule or a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub words_vi: Option<Box<str>>,
    /// Where the rule stands by which an input is refused, if the words do not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub source: Option<&'static str>,
    /// What to do.
    #[serde(rename = "do")]
    pub advice: String,
}

/// An answer that is no success.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    // Most answers are none: what is said of one takes room only then.
    body: Box<ErrorBody>,
}

impl ApiError {
    /// An error about no input in particular.
    pub fn new(status: StatusCode, code: &str, words: &str, advice: &str) -> ApiError {
        let error = ErrorWords {
            code: code.to_owned(),
            field: None,
            words: words.to_owned(),
            words_vi: None,
            source: None,
            advice: advice.to_owned(),
        };
        ApiError {
            status,
            body: Box::new(ErrorBody { error }),
        }
    }

    /// The same about one input.
    #[must_use]
    pub fn about(mut self, field: &str) -> ApiError {
        self.body.error.field = Some(field.to_owned());
        self
    }

    /// The same with its words in Vietnamese.
    #[must_use]
    pub(super) fn vietnamese(mut self, vi: String) -> ApiError {
        self.body.error.words_vi = Some(vi.into_boxed_str());
        self
    }

    /// The same with the rule of the input that it is about, in this procedure if one is named.
    #[must_use]
    pub(super) fn by_rule_of(mut self, procedure: Option<ActKind>) -> ApiError {
        let field = self.body.error.field.as_deref();
        let of_input = |field| registry::law::of_input(procedure, field);
        self.body.error.source = self.body.error.source.or_else(|| of_input(field?));
        self
    }

    /// The same with the place of a rule.
    #[must_use]
    pub(super) fn by(mut self, source: Option<&'static str>) -> ApiError {
        self.body.error.source = source;
        self
    }

    /// Why an act was not filed, with the rule where its words name none.
    pub(super) fn of_filing(error: WriteError, procedure: ActKind) -> ApiError {
        let source = match &error {
            WriteError::File(FileError::Refused(refusal)) => refusal.source(procedure),
            _ => None,
        };
        ApiError::from(error).by(source)
    }

    /// What went wrong, for the screens.
    pub(crate) const fn words(&self) -> &ErrorWords {
        &self.body.error
    }

    /// The status of HTTP, for the screens.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn busy() -> ApiError {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "too much is asked at once, or the answer took too long",
            "try again in a moment",
        )
    }

    /// A value that cannot be read; the reader's text may hold both languages.
    pub(super) fn invalid(field: &str, text: &str) -> ApiError {
        let said = Said::of_text(text);
        let words = said.as_ref().map_or(text, |said| said.en.as_str());
        let status = StatusCode::BAD_REQUEST;
        let error = ApiError::new(status, "input_invalid", words, "correct the input").about(field);
        match said {
            Some(said) => error.vietnamese(said.vi),
            None => error,
        }
    }

    pub(super) fn not_found(words: &str) -> ApiError {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            words,
            "find it first; it may have left this office",
        )
    }

    pub(super) fn forbidden(words: &str) -> ApiError {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "role_missing",
            words,
            "ask a colleague who has the role",
        )
    }
}

impl ErrorWords {
    /// What went wrong in both languages as one text, where it is known in both.
    pub(crate) fn text(&self) -> String {
        match &self.words_vi {
            Some(vi) => Said {
                vi: vi.to_string(),
                en: self.words.clone(),
            }
            .to_string(),
            None => self.words.clone(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<OfficeError> for ApiError {
    fn from(error: OfficeError) -> ApiError {
        if error.is_disk_full() {
            return FileError::DiskFull.into();
        }
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            &error.to_string(),
            "run `commune-node status`, and call your administrator",
        )
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> ApiError {
        let words = error.to_string();
        match error {
            FileError::Refused(refusal) => {
                let advice = "correct what the words say, then file again";
                let error = ApiError::new(StatusCode::CONFLICT, refusal.code(), &words, advice)
                    .vietnamese(refusal.said().vi);
                match refusal.field() {
                    Some(field) => error.about(field),
                    None => error,
                }
            }
            FileError::Act(error) => ApiError::new(
                StatusCode::CONFLICT,
                error.code(),
                &words,
                "open the record again and file anew",
            ),
            FileError::AttachmentUnknown => ApiError::new(
                StatusCode::CONFLICT,
                "attachment_unknown",
                &words,
                "send the file to `POST /api/v1/attachments`, and name what it answers",
            )
            .about("evidence"),
            FileError::DiskFull => ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "disk_full",
                &words,
                "make room on the disk, then file again",
            ),
            FileError::Office(error) => error.into(),
        }
    }
}

impl From<BundleError> for ApiError {
    fn from(error: BundleError) -> ApiError {
        let (code, words) = (error.code(), error.to_string());
        match error {
            BundleError::Refused(_) => ApiError::new(
                StatusCode::CONFLICT,
                code,
                &words,
                "do as the words say; nothing is lost, every act stays here until its receipt",
            )
            .about("file"),
            BundleError::Office(error) => error.into(),
            BundleError::Write(error) => error.into(),
            BundleError::NeedsUpgrade { .. } | BundleError::Seal(_) => ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                &words,
                "call your administrator; every act stays here until its receipt",
            ),
        }
    }
}

impl From<WriteError> for ApiError {
    fn from(error: WriteError) -> ApiError {
        let (code, words) = (error.code(), error.to_string());
        match error {
            WriteError::File(error) => error.into(),
            WriteError::Office(OfficeError::OfficerUnknown) => ApiError::new(
                StatusCode::NOT_FOUND,
                code,
                &words,
                "`commune-node officer list` tells the names; the centre keeps the accounts",
            ),
            WriteError::Office(error) => error.into(),
            WriteError::NotDurable { .. } | WriteError::Stopped => ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                &words,
                "wait a moment and look at the list of acts",
            ),
        }
    }
}
