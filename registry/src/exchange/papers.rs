//! Papers and dossiers as entries of a cell: confirmations of marital status, and applications for
//! a card, a number or an account. How entries and their parts stand apart is in
//! `exchange/history.rs`.

use super::Directory;
use super::history::{EMPTY, Entry, EntryFault};
use crate::act::Base;
use crate::application::{Application, Pinned};
use crate::code::Capture;
use crate::date::BirthDate;
use crate::dossier::DossierState;
use crate::person::MaritalStatus;
use crate::pin::Pin;
use crate::value::Confirmation;

/// The parts of a confirmation of marital status.
pub(super) const CONFIRMATION: &[&str] = &["number", "purpose", "status", "issued", "until"];

/// The parts of an application; those from `name` on are what it is pinned to.
pub(super) const APPLICATION: &[&str] = &[
    "request",
    "reason",
    "collected",
    "phone",
    "asked_by_name",
    "asked_by_pin",
    "prepared",
    "state",
    "name",
    "birth_date",
    "sex",
    "seen",
];

/// What stands between several values of one part.
const AND: char = '+';

/// The states of a dossier by their names.
const STATES: [DossierState; 6] = [
    DossierState::Received,
    DossierState::SupplementAsked,
    DossierState::Accepted,
    DossierState::Refused,
    DossierState::Decided,
    DossierState::Withdrawn,
];

pub(super) fn confirmation(paper: &Confirmation) -> Vec<String> {
    vec![
        paper.number.as_str().to_owned(),
        paper.purpose.as_str().to_owned(),
        paper.status.code().to_owned(),
        paper.issued.to_iso(),
        paper.until.to_iso(),
    ]
}

pub(super) fn read_confirmation(entry: &mut Entry<'_>) -> Result<Confirmation, EntryFault> {
    let (number, purpose) = (entry.line(0)?, entry.line(1)?);
    let status = MaritalStatus::of_code(entry.text(2));
    let wrong = || {
        entry.fault(
            2,
            "the status is 1 (never married), 2 (married) or 3 (ended)",
        )
    };
    Ok(Confirmation {
        number,
        purpose,
        status: status.ok_or_else(wrong)?,
        issued: entry.day(3)?,
        until: entry.day(4)?,
    })
}

pub(super) fn application(dossier: &Application, directory: &dyn Directory) -> Vec<String> {
    let asked_by = dossier.asked_by.as_ref();
    let (name, pin) = asked_by.map_or((None, None), |link| super::person::named(link, directory));
    let collected: Vec<&str> = dossier
        .collected
        .iter()
        .map(|taken| taken.as_str())
        .collect();
    let pinned = &dossier.pinned;
    let birth = pinned.birth.original().map(str::to_owned);
    let birth = birth.or_else(|| Some(pinned.birth.date()?.to_iso()));
    let reason = dossier.reason.map(|reason| reason.as_str().to_owned());
    let phone = dossier
        .phone
        .as_ref()
        .map(|phone| phone.as_str().to_owned());
    vec![
        dossier.request.as_str().to_owned(),
        reason.unwrap_or_default(),
        collected.join(&AND.to_string()),
        phone.unwrap_or_default(),
        name.map(|name| name.as_str().to_owned())
            .unwrap_or_default(),
        pin.map(Pin::digits).unwrap_or_default(),
        dossier.prepared.to_iso(),
        dossier.state.key().to_owned(),
        pinned.name.as_str().to_owned(),
        birth.unwrap_or_default(),
        pinned.sex.as_str().to_owned(),
        base_text(&pinned.seen),
    ]
}

pub(super) fn read_application(entry: &mut Entry<'_>) -> Result<Application, EntryFault> {
    let state = STATES
        .into_iter()
        .find(|state| state.key() == entry.text(7));
    let parts = entry.text(2).split(AND).filter(|part| !part.is_empty());
    let collected: Result<Vec<Capture>, _> = parts.map(str::parse).collect();
    let birth = BirthDate::parse_legacy(entry.text(9));
    let asked_by = super::person::link(entry.name(4)?, entry.some::<Pin>(5)?);
    Ok(Application {
        request: entry.one(0)?,
        reason: entry.some(1)?,
        collected: collected.map_err(|error| entry.fault(2, &error.to_string()))?,
        phone: entry.some(3)?,
        asked_by,
        prepared: entry.day(6)?,
        state: state.ok_or_else(|| entry.fault(7, "this is no state of a dossier"))?,
        pinned: Pinned {
            name: entry.name(8)?.ok_or_else(|| entry.fault(8, EMPTY))?,
            birth: birth.map_err(|error| entry.fault(9, &error.to_string()))?,
            sex: entry.one(10)?,
            seen: read_base(entry.text(11)).ok_or_else(|| {
                entry.fault(
                    11,
                    "this is no state of a record: leave it empty if not known",
                )
            })?,
        },
    })
}

/// Empty as it was made; else what its changes' hashes begin with.
fn base_text(base: &Base) -> String {
    let heads = match base {
        Base::Genesis => &[][..],
        Base::Heads(heads) => heads,
    };
    let heads: Vec<String> = heads
        .iter()
        .map(|head| format!("{:016x}", u64::from_be_bytes(*head)))
        .collect();
    heads.join(&AND.to_string())
}

fn read_base(text: &str) -> Option<Base> {
    if text.is_empty() {
        return Some(Base::Genesis);
    }
    let head = |part: &str| {
        let digits = part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(part, 16).ok().filter(|_| digits)?;
        Some(number.to_be_bytes())
    };
    let heads: Option<Vec<[u8; 8]>> = text.split(AND).map(head).collect();
    heads.map(Base::Heads)
}
