//! The audit chain for the head of the office: all that was done at this device, the latest first,
//! and whether anybody changed it since.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::seat::Seated;
use super::shown::{Shown, moment};
use super::surveyed::walked;
use super::words::Words;
use crate::api::Api;
use crate::tables::{AuditEntry, AuditEvent};

/// Links of one page.
const ROWS: usize = 50;

/// Which links.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    before: String,
    /// Whether the whole chain is to be looked over.
    #[serde(default)]
    verify: String,
}

struct LinkLine {
    place: u64,
    at: String,
    officer: String,
    event: String,
}

/// What looking over the whole chain came to.
enum Verdict {
    Unbroken,
    BrokenAt(String),
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Page,
    links: Vec<LinkLine>,
    entries: u64,
    digest: String,
    verdict: Option<Verdict>,
    later: bool,
    next: Option<u64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    seated: Seated,
    Query(wanted): Query<Wanted>,
) -> Response {
    if !seated.seat.administers() {
        return Fault::Role.page(&api, &seated);
    }
    let before = wanted.before.trim().parse().ok();
    let verify = !wanted.verify.is_empty();
    let found = walked(&api, &seated, move |office| {
        let broken = verify.then(|| office.verify_audit()).transpose()?;
        Ok((office.audit_page(before, ROWS)?, broken))
    });
    let (found, broken) = match found.await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let line = |(place, entry): &(u64, AuditEntry)| LinkLine {
        place: *place,
        at: moment(entry.at_s),
        officer: who(&api, entry, words),
        event: told(&entry.event, &shown, words),
    };
    shown_page(&AuditPage {
        page: Page::of(&api, &seated),
        links: found.links.iter().map(line).collect(),
        entries: found.entries,
        digest: data_encoding::HEXLOWER.encode(&found.digest),
        verdict: broken.map(|broken| match broken {
            None => Verdict::Unbroken,
            Some(place) => {
                let place = place.to_string();
                Verdict::BrokenAt(words.with("audit-broken", &[("place", place.as_str())]))
            }
        }),
        later: before.is_some(),
        next: found.next,
    })
}

fn who(api: &Api, entry: &AuditEntry, words: &Words) -> String {
    let Some(id) = &entry.officer else {
        return words.t("audit-device");
    };
    let officer = api.office.officer(id);
    officer.map_or_else(
        || id.to_string(),
        |officer| officer.name.as_str().to_owned(),
    )
}

/// What happened, in a line.
fn told(event: &AuditEvent, shown: &Shown<'_>, words: &Words) -> String {
    let one = |key: &str, name: &'static str, value: &str| words.with(key, &[(name, value)]);
    let yes = |is: bool, yes: &str, no: &str| words.t(if is { yes } else { no });
    match event {
        AuditEvent::ActFiled { kind, .. } => {
            let rule = kind.rule();
            let act = words.pick(rule.label_vi, rule.label_en);
            one("audit-act-filed", "act", act)
        }
        AuditEvent::ReceiptsTaken { acts, .. } => words.n("audit-receipts", *acts),
        AuditEvent::RecordRead { record, reason } => {
            let values = [
                ("record", shown.record(*record)),
                ("reason", reason.clone()),
            ];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            words.with("audit-read", &values)
        }
        AuditEvent::Read { record, reason } => {
            let reason = words.t(&format!("reason-{}", reason.key()));
            let values = [("record", shown.record(*record)), ("reason", reason)];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            words.with("audit-read", &values)
        }
        AuditEvent::LineSwitched { cut } => yes(*cut, "audit-line-cut", "audit-line-restored"),
        AuditEvent::CredentialGiven { officer } => {
            one("audit-token-given", "officer", officer.as_str())
        }
        AuditEvent::NewLife { incarnation } => {
            one("audit-new-life", "number", &incarnation.to_string())
        }
        AuditEvent::OfficeChanged { before, after, .. } => {
            let values = [
                ("before", shown.commune(*before)),
                ("after", shown.commune(*after)),
            ];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            words.with("audit-office-changed", &values)
        }
        AuditEvent::SignedIn => words.t("audit-signed-in"),
        AuditEvent::WaitBegan { officer } => one("audit-wait-began", "officer", officer.as_str()),
        AuditEvent::WaitLifted { officer } => one("audit-wait-lifted", "officer", officer.as_str()),
        AuditEvent::PasswordSet { officer, once } => {
            let key = if *once {
                "audit-password-once"
            } else {
                "audit-password-own"
            };
            one(key, "officer", officer.as_str())
        }
        AuditEvent::PinSet { is_set } => yes(*is_set, "audit-pin-set", "audit-pin-taken"),
        AuditEvent::Attached { .. } => words.t("audit-attached"),
        AuditEvent::AttachmentRead { .. } => words.t("audit-attachment-read"),
        AuditEvent::BundleMade { acts, .. } => words.n(
            "audit-bundle-made",
            i64::try_from(*acts).unwrap_or(i64::MAX),
        ),
        AuditEvent::PutAside { .. } => words.t("audit-put-aside"),
        AuditEvent::BundleAnswered { .. } => words.t("audit-bundle-answered"),
    }
}
