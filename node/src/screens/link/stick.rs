//! The line on a stick, from the Link page: a bundle that the browser saves, and the answer that it
//! sends back. Works without JavaScript; what came of it is told in words beside the field.

use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sync_proto::bundle::BundleRefusal;
use sync_proto::limits::BUNDLE_BYTES_MAX;

use super::{Switch, page_of};
use crate::api::Api;
use crate::bundle::{self, AnswerTaken, BundleError};
use crate::office::OnStick;
use crate::screens::fault::{Fault, foreign_form, of_code};
use crate::screens::page::show_as;
use crate::screens::seat::Seated;
use crate::screens::shown::moment;
use crate::screens::words::Words;

/// Largest upload: a bundle with what a form says around it, and a byte more, so that who sends too
/// much is told how much it may be.
pub(in crate::screens) const UPLOAD_BYTES_MAX: usize = BUNDLE_BYTES_MAX + (64 << 10);

/// What the page says of sticks.
#[derive(Default)]
pub(super) struct Stick {
    /// What is on one.
    pub(super) on_stick: Option<String>,
    /// Why no bundle was made.
    pub(super) bundle_wrong: Option<String>,
    /// Why the answer was not taken.
    pub(super) answer_wrong: Option<String>,
    /// What came of an answer, line by line.
    pub(super) taken: Vec<String>,
}

impl Stick {
    pub(super) fn of(on_stick: Option<OnStick>, words: &Words) -> Stick {
        Stick {
            on_stick: on_stick.map(|on_stick| words_of(&on_stick, words)),
            ..Stick::default()
        }
    }
}

/// What is on a stick, in words.
pub(in crate::screens) fn words_of(on_stick: &OnStick, words: &Words) -> String {
    let acts = on_stick.acts.to_string();
    let since = moment(on_stick.since_s);
    let until = moment(on_stick.expires_s);
    let values = [
        ("acts", acts.as_str()),
        ("since", since.as_str()),
        ("until", until.as_str()),
    ];
    words.with("stick-on", &values)
}

fn wrong(error: &BundleError, words: &Words) -> String {
    of_code(words, error.code(), &error.to_string())
}

fn status_of(error: &BundleError) -> StatusCode {
    match error {
        BundleError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Gives the browser a bundle to save.
pub(in crate::screens) async fn write(
    State(api): State<Api>,
    seated: Seated,
    Form(wanted): Form<Switch>,
) -> Response {
    if let Some(response) = foreign_form(&api, &seated, &wanted.csrf) {
        return response;
    }
    if !seated.seat.may_act() {
        return Fault::Role.page(&api, &seated);
    }
    let officer = seated.seat.account.officer().id.clone();
    match bundle::export(&api.office, &api.writer, &api.key, &officer).await {
        Ok(made) => {
            let name = format!("attachment; filename=\"{}\"", made.name(&api.office));
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, made.file).into_response()
        }
        Err(error) => {
            let stick = Stick {
                bundle_wrong: Some(wrong(&error, seated.words)),
                ..Stick::default()
            };
            told(&api, &seated, status_of(&error), stick)
        }
    }
}

/// Takes the answer in that the browser sends.
pub(in crate::screens) async fn read(
    State(api): State<Api>,
    seated: Seated,
    mut form: Multipart,
) -> Response {
    let words = seated.words;
    let sent = Sent::of(&mut form).await;
    if let Some(response) = foreign_form(&api, &seated, &sent.csrf) {
        return response;
    }
    if !seated.seat.may_act() {
        return Fault::Role.page(&api, &seated);
    }
    let refused = |key: &str| Stick {
        answer_wrong: Some(words.t(key)),
        ..Stick::default()
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let file = match sent.file {
        Upload::None => return told(&api, &seated, unprocessable, refused("stick-no-file")),
        Upload::TooLarge => {
            let max = BUNDLE_BYTES_MAX;
            let error = BundleRefusal::TooLarge { max }.into();
            let stick = Stick {
                answer_wrong: Some(wrong(&error, words)),
                ..Stick::default()
            };
            return told(&api, &seated, unprocessable, stick);
        }
        Upload::File(file) => file,
    };
    let Ok(_place) = api.attaching.try_acquire() else {
        return told(
            &api,
            &seated,
            StatusCode::SERVICE_UNAVAILABLE,
            refused("stick-busy"),
        );
    };
    let officer = seated.seat.account.officer().id.clone();
    match bundle::import(&api.office, &api.writer, &api.line, &officer, file).await {
        Ok(taken) => {
            let stick = Stick {
                taken: taken_words(&taken, words),
                ..Stick::default()
            };
            told(&api, &seated, StatusCode::OK, stick)
        }
        Err(error) => {
            let stick = Stick {
                answer_wrong: Some(wrong(&error, words)),
                ..Stick::default()
            };
            told(&api, &seated, status_of(&error), stick)
        }
    }
}

fn told(api: &Api, seated: &Seated, status: StatusCode, stick: Stick) -> Response {
    match page_of(api, seated, stick) {
        Ok(page) => show_as(status, &page),
        Err(fault) => fault.page(api, seated),
    }
}

/// What came of an answer, line by line.
fn taken_words(taken: &AnswerTaken, words: &Words) -> Vec<String> {
    if taken.new_life {
        return vec![words.t("stick-new-life")];
    }
    let n = |key: &str, n: u64| words.n(key, i64::try_from(n).unwrap_or(i64::MAX));
    let mut lines = vec![
        n("stick-answered", taken.answered),
        n("stick-unsent", taken.unsent),
        n("stick-entries", taken.entries_new),
    ];
    if taken.needs_line {
        lines.push(words.t("stick-needs-line"));
    } else if taken.late {
        lines.push(words.t("stick-late"));
    } else {
        if taken.entries_new == 0 && taken.answered == 0 {
            lines.push(words.t("stick-nothing-new"));
        }
        if taken.entries_left > 0 {
            lines.push(n("stick-left", taken.entries_left));
        }
    }
    lines
}

/// What a form sent.
struct Sent {
    csrf: String,
    file: Upload,
}

enum Upload {
    None,
    TooLarge,
    File(Bytes),
}

impl Sent {
    /// Reads the parts of the form. What cannot be read was cut off, or is larger than a bundle.
    async fn of(form: &mut Multipart) -> Sent {
        let mut sent = Sent {
            csrf: String::new(),
            file: Upload::None,
        };
        while let Ok(Some(field)) = form.next_field().await {
            match field.name() {
                Some("csrf") => sent.csrf = field.text().await.unwrap_or_default(),
                Some("file") => match field.bytes().await {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) if bytes.len() <= BUNDLE_BYTES_MAX => sent.file = Upload::File(bytes),
                    _ => {
                        sent.file = Upload::TooLarge;
                        break;
                    }
                },
                _ => {}
            }
        }
        sent
    }
}
