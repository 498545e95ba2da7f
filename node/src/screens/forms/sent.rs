//! What a browser sends with a form: texts by path, and files. A file is taken in while the form is
//! read, one at a time, so that none waits in memory for another; what was typed is kept even when
//! a file is not taken.

use std::collections::BTreeMap;

use axum::body::to_bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use registry::attachment::ATTACHMENT_BYTES_MAX;

use super::super::fault::of_code;
use super::super::seat::Seated;
use super::super::words::Words;
use super::attached::{attach, files_of};
use super::typed::Typed;
use crate::api::{Api, take_in};

/// Largest form without its files, bytes.
pub(super) const TEXT_BYTES_MAX: usize = 256 << 10;
/// Largest form with its files, bytes: four scans of the largest size at once.
pub(super) const FORM_BYTES_MAX: usize = 4 * ATTACHMENT_BYTES_MAX + TEXT_BYTES_MAX;

/// A form as it came. No `Debug`: it is people's data.
#[derive(Default)]
pub(super) struct Sent {
    /// The proof that it is of this session.
    pub(super) csrf: String,
    /// The act, by its name in JSON.
    pub(super) act: String,
    /// The button.
    pub(super) wish: String,
    /// What was typed.
    pub(super) typed: Typed,
    /// What is wrong with its files, by the path of the paper.
    pub(super) faults: BTreeMap<String, String>,
    /// Whether it came whole.
    pub(super) whole: bool,
}

impl Sent {
    /// Splits off what is not of the act.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Sent {
        let mut sent = Sent {
            whole: true,
            ..Sent::default()
        };
        let mut rest = Vec::new();
        for (name, text) in pairs {
            match name.as_str() {
                "csrf" => sent.csrf = text,
                "act" => sent.act = text,
                "do" => sent.wish = text,
                // The name of a file, from a page that sends no files.
                _ if name.ends_with(FILE) => {}
                _ => rest.push((name, text)),
            }
        }
        sent.typed = Typed::of(rest);
        sent
    }

    /// Reads a form without files.
    pub(super) fn of_text(body: &[u8]) -> Sent {
        Sent::of(serde_urlencoded::from_bytes(body).unwrap_or_default())
    }

    /// The same as a text, for a form that is carried through the door.
    pub(super) fn to_text(&self) -> String {
        let own = [("act", self.act.as_str())];
        let pairs: Vec<(&str, &str)> = own.into_iter().chain(self.typed.pairs()).collect();
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }
}

/// How the input of a paper's files ends.
const FILE: &str = ".file";

/// Reads a form; its files are taken in for whoever sits here, and left out for whoever does not.
pub(super) async fn read(
    api: &Api,
    seated: Option<&Seated>,
    words: &Words,
    request: Request,
) -> Sent {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let parts = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if !parts {
        return match to_bytes(request.into_body(), TEXT_BYTES_MAX).await {
            Ok(body) => Sent::of_text(&body),
            Err(_) => Sent::default(),
        };
    }
    match Multipart::from_request(request, api).await {
        Ok(parts) => read_parts(api, seated, words, parts).await,
        Err(_) => Sent::default(),
    }
}

/// A file that was taken in, or what is wrong with it.
type File = (String, Result<String, String>);

async fn read_parts(
    api: &Api,
    seated: Option<&Seated>,
    words: &Words,
    mut parts: Multipart,
) -> Sent {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut files: Vec<File> = Vec::new();
    let mut bytes = 0;
    let mut own = false;
    let mut whole = true;
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(_) => {
                whole = false;
                break;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        let Some(path) = name.strip_suffix(FILE) else {
            match text_of(part, TEXT_BYTES_MAX.saturating_sub(bytes)).await {
                Some(text) => {
                    bytes += name.len() + text.len();
                    // A form says whose it is before anything of it is kept.
                    own |= name == "csrf" && seated.is_some_and(|it| it.session.csrf_fits(&text));
                    texts.push((name, text));
                }
                None => whole = false,
            }
            continue;
        };
        // An input into which no file was put comes without a name and empty.
        let named = part.file_name().is_some_and(|name| !name.is_empty());
        let (Some(seated), true, true) = (seated, own, named) else {
            continue;
        };
        files.push((path.to_owned(), file_of(api, seated, words, part).await));
    }
    let mut sent = Sent::of(texts);
    sent.whole = whole;
    for (path, file) in files {
        let taken = file.and_then(|text| {
            let full = || words.t("files-full");
            attach(&mut sent.typed, &path, &text).ok_or_else(full)
        });
        if let Err(wrong) = taken {
            sent.faults.insert(files_of(&path), wrong);
        }
    }
    sent
}

/// The text of a part; `None` if it is too long or broken off.
async fn text_of(part: Field<'_>, most: usize) -> Option<String> {
    let bytes = bytes_of(part, most).await?;
    String::from_utf8(bytes).ok()
}

/// The bytes of a part; one more than `most` at most.
async fn bytes_of(mut part: Field<'_>, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.ok()? {
        if bytes.len() + chunk.len() > most {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}

/// Takes a file in: how a draft names it, or what is wrong in the clerk's language.
async fn file_of(
    api: &Api,
    seated: &Seated,
    words: &Words,
    part: Field<'_>,
) -> Result<String, String> {
    let Ok(_place) = api.attaching.try_acquire() else {
        return Err(words.t("error-busy"));
    };
    let too_large = || words.t("error-attachment-too-large");
    let Some(content) = bytes_of(part, ATTACHMENT_BYTES_MAX).await else {
        return Err(too_large());
    };
    let officer = seated.seat.account.id().clone();
    match take_in(api, officer, content.into()).await {
        Ok(attachment) => Ok(super::attached::written(&attachment)),
        Err(error) => {
            let told = error.words();
            Err(of_code(words, &told.code, &told.text()))
        }
    }
}
