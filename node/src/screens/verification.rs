//! One page that checks receipts by itself: kept on a telephone, opened from a file, asking nobody.
//! It holds the root, the names of offices and procedures, and both languages; what it does with a
//! text is in `web/verification/page.js` and is the same as in `provisioning`.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey};
use provisioning::fingerprint;
use registry::act::ActKind;
use registry::receipt::{PREFIX, Standing, TEXT_CHARS_MAX};
use registry::unit::Units;
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::words::{Lang, words};
use crate::api::Api;

const PAGE: &str = include_str!("../../web/verification/page.html");
const STYLE: &str = include_str!("../../web/verification/page.css");
const SCRIPT: &str = include_str!("../../web/verification/page.js");
/// The file that a browser saves.
const SAVED_AS: &str = "attachment; filename=\"kiem-tra-giay-tiep-nhan.html\"";

/// What the page says, by the keys of the messages.
const WORDS: &[&str] = &[
    "verify",
    "verify-label",
    "verify-check",
    "verify-genuine",
    "verify-not",
    "verify-says",
    "verify-then",
    "verify-device",
    "verify-proven",
    "verify-proven-1",
    "verify-proven-2",
    "verify-open",
    "verify-open-1",
    "verify-open-2",
    "verify-open-3",
    "verify-doubt-certificate",
    "verify-doubt-ahead",
    "verify-doubt-office",
    "verify-doubt-clock",
    "tracking-code",
    "act",
    "case-office",
    "entered",
    "receipt-printed",
    "error-receipt-prefix",
    "error-receipt-too-long",
    "error-receipt-damaged",
    "error-receipt-certificate",
    "error-receipt-untrusted",
    "error-receipt-signature-wrong",
    "page-what",
    "page-hint",
    "page-camera",
    "page-photo",
    "page-stop",
    "page-clear",
    "page-no-camera",
    "page-camera-refused",
    "page-no-code",
    "page-no-algorithm",
    "page-unchecked",
    "page-newer",
    "page-root",
    "page-of",
    "page-seconds",
    "page-minutes",
    "page-hours",
    "page-days",
];

/// The page for this root (DER); none if it is no root of the authority.
pub(crate) fn page(root: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(root).ok()?;
    let key: &[u8; 32] = certificate
        .public_key()
        .subject_public_key
        .data
        .as_ref()
        .try_into()
        .ok()?;
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src blob:; media-src blob:; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    // Nothing in the data may end the element that they stand in.
    let data = data(key, root).to_string().replace('<', "\\u003c");
    let page = PAGE
        .replace("%POLICY%", &policy)
        .replace("%TITLE%", &words(Lang::Vi).t("verify"))
        .replace("%STYLE%", STYLE)
        .replace("%SCRIPT%", SCRIPT)
        .replace("%DATA%", &data);
    Some(page)
}

/// How a policy names a text that stands in the page.
fn hash(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    format!("sha256-{}", BASE64.encode(hash.as_ref()))
}

fn data(root_key: &[u8; 32], root: &[u8]) -> Value {
    let acts: BTreeMap<String, [&str; 2]> = (0..=u8::MAX)
        .filter_map(ActKind::from_code)
        .map(ActKind::rule)
        .map(|rule| {
            (
                (rule.kind as u8).to_string(),
                [rule.label_vi, rule.label_en],
            )
        })
        .collect();
    let standings: BTreeMap<String, [&str; 2]> = Standing::ALL
        .iter()
        .map(|it| ((*it as u8).to_string(), [it.words_vi(), it.words_en()]))
        .collect();
    json!({
        "prefix": PREFIX,
        "longest": TEXT_CHARS_MAX,
        "root": { "key": HEXLOWER.encode(root_key), "fingerprint": HEXLOWER.encode(&fingerprint(root)) },
        "trial": trial(),
        "acts": acts,
        "standings": standings,
        "provinces": provinces(),
        "words": { "vi": said(Lang::Vi), "en": said(Lang::En) },
    })
}

/// A signature that is known to be good: with it a browser shows that it can check any.
fn trial() -> Value {
    let key = SigningKey::from_bytes(&[7; 32]);
    let message = b"npd 2026 trial of a browser";
    json!({
        "key": HEXLOWER.encode(key.verifying_key().as_bytes()),
        "signature": HEXLOWER.encode(&key.sign(message).to_bytes()),
        "message": HEXLOWER.encode(message),
    })
}

/// The communes of each province, as one text each: a code and a name, and so on.
fn provinces() -> BTreeMap<&'static str, String> {
    let units = Units::built_in();
    let communes = |province| {
        units
            .communes_of(province)
            .map(|commune| format!("{}{}", commune.code, commune.full_name()))
            .collect::<Vec<_>>()
            .join("|")
    };
    units
        .provinces()
        .map(|province| (&*province.name, communes(province.code)))
        .collect()
}

fn said(lang: Lang) -> BTreeMap<&'static str, String> {
    let mut said: BTreeMap<&str, String> =
        WORDS.iter().map(|key| (*key, words(lang).t(key))).collect();
    // It is the page that is too old, not a program.
    let newer = said.get("page-newer").cloned().unwrap_or_default();
    said.insert("error-receipt-newer", newer);
    said
}

/// The page as a file to be kept; anybody may have it.
pub(super) async fn download(State(api): State<Api>) -> Response {
    let page = api.receipts.root().ok().and_then(|root| page(&root));
    let Some(page) = page else {
        tracing::error!("the page that checks receipts was not made: the root cannot be used");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, SAVED_AS),
    ];
    (headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use provisioning::Authority;

    use super::*;

    #[test]
    fn the_page_asks_nobody_and_has_words_for_all_that_it_says() {
        let authority = Authority::create(1_790_000_000).unwrap();
        let page = page(authority.root.certificate()).unwrap();
        println!("the page weighs {} bytes", page.len());
        assert!(page.len() < 250_000, "{} bytes", page.len());
        for place in ["%POLICY%", "%TITLE%", "%STYLE%", "%SCRIPT%", "%DATA%"] {
            assert!(!page.contains(place) && PAGE.contains(place), "{place}");
        }
        for foreign in ["http:", "https:", "src=", "href=", "@import", "url("] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        let policy = page
            .split("content=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'sha256-"),
            "{policy}"
        );
        for lang in [Lang::Vi, Lang::En] {
            for (key, text) in said(lang) {
                assert_ne!(key, text, "no words in {}", lang.tag());
            }
        }
        // Every key that the script and the page name is among the words.
        let all = said(Lang::Vi);
        for text in [PAGE, SCRIPT] {
            for mark in ["data-t=\"", " t(\"", "(t(\"", "[t(\""] {
                for part in text.split(mark).skip(1) {
                    let key = part.split('"').next().unwrap();
                    assert!(all.contains_key(key), "{key}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_root_makes_no_page() {
        assert_eq!(page(b"no certificate"), None);
    }
}
