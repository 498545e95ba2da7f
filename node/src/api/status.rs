//! How the office and its line stand: for the screen, for Prometheus, and signed for an authority.

use axum::Json;
use axum::extract::State;
use ed25519_dalek::Signer;
use registry::OfficeCode;
use registry::code::Sex;
use registry::unit::Units;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account::Desk;
use super::{Api, ApiError};
use crate::clock;
use crate::lan::{Lan, LanView};
use crate::line::LineState;
use crate::office::{Attestation, OnStick};

/// Records held.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RecordCounts {
    /// People.
    pub people: u32,
    /// Households.
    pub households: u32,
}

/// A commune whose office it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FormerOffice {
    /// The commune.
    pub office: String,
    /// Its name then.
    pub office_name: String,
}

/// The name of a commune of today or of the past.
fn name_of(units: &Units, office: OfficeCode) -> String {
    units
        .ever(office)
        .map(registry::unit::Commune::full_name)
        .unwrap_or_default()
}

/// How the office stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatusView {
    /// The commune.
    pub office: String,
    /// Its name.
    pub office_name: String,
    /// The communes whose office it was before decrees, the oldest first.
    pub former: Vec<FormerOffice>,
    /// The edition of the units that it knows.
    pub units_edition: u16,
    /// The node.
    pub node: String,
    /// Whether the centre answers.
    pub linked: bool,
    /// `up`, `cut` or `down`.
    pub line: LineState,
    /// Why there is no line, in words.
    pub reason: Option<String>,
    /// The same as a stable code.
    pub reason_code: Option<String>,
    /// Since when the line is in this state, seconds since 1970; none before the first attempt.
    pub line_since_s: Option<i64>,
    /// Whether both sides are known to hold the same.
    pub in_step: bool,
    /// When anything last came from the centre, seconds since 1970.
    pub last_contact_s: Option<i64>,
    /// How long ago that was, seconds.
    pub last_heard_s: Option<i64>,
    /// Own acts without an outcome.
    pub unsent: usize,
    /// Age of the oldest of them, seconds.
    pub oldest_unsent_s: Option<i64>,
    /// Own acts that are on a stick and without an outcome.
    pub on_stick: Option<OnStick>,
    /// Attachments that the centre does not have.
    pub attachments_unsent: u32,
    /// Their bytes.
    pub attachments_unsent_bytes: u64,
    /// Pieces of them that the centre does not have.
    pub attachments_unsent_pieces: u64,
    /// Thumbnails of portraits in the slice that are not on this device yet.
    pub thumbnails_missing: u32,
    /// Own acts that came back.
    pub returned: u32,
    /// Open cases.
    pub cases_open: u32,
    /// The last feed entry that took effect.
    pub feed_applied: u64,
    /// The last entry that the centre spoke of.
    pub feed_head: u64,
    /// How long entries may have waited at the centre, seconds: 0 in step; else since last contact.
    pub apply_lag_s: Option<i64>,
    /// The feed entry that waits for a newer release of this program.
    pub needs_upgrade_at: Option<u64>,
    /// Records held.
    pub records: RecordCounts,
    /// Eight bytes that stand for the slice.
    pub slice_digest: String,
    /// Whether the first fill is complete.
    pub filled: bool,
    /// By how much the device's clock is behind the centre's.
    pub clock_offset_ms: Option<i64>,
    /// Bytes sent since the start.
    pub bytes_up: u64,
    /// Bytes received since the start.
    pub bytes_down: u64,
    /// When the node's certificate ends, seconds since 1970; the next is fetched long before.
    pub certificate_ends_s: Option<i64>,
    /// How it is reached from other machines of the office; none if it is served to this one alone.
    pub lan: Option<LanView>,
    /// Memory of the process, bytes.
    pub resident_bytes: Option<u64>,
    /// Bytes free on the disk.
    pub disk_free_bytes: u64,
    /// Version of the program.
    pub version: &'static str,
    /// The life of the node.
    pub incarnation: u64,
}

impl StatusView {
    /// How it stands now.
    pub fn of(api: &Api) -> StatusView {
        let now_s = clock::device_s();
        let standing = api.office.standing(now_s);
        let (units, former) = (api.office.units(), api.office.former());
        let waiting = api.office.meta().attachments;
        let line = api.line.status();
        let linked = line.state == LineState::Up;
        let behind = standing.feed_head > standing.feed_applied;
        let last_contact_s = line.heard_s.max(standing.last_contact_s);
        let since_contact_s = last_contact_s.map(|at_s| now_s.saturating_sub(at_s).max(0));
        let (reason_code, reason) = line.trouble.map(|why| (why.code, why.words)).unzip();
        StatusView {
            office: standing.office.to_string(),
            office_name: name_of(&units, standing.office),
            former: former
                .iter()
                .map(|office| FormerOffice {
                    office: office.to_string(),
                    office_name: name_of(&units, *office),
                })
                .collect(),
            units_edition: units.edition().get(),
            node: standing.node.to_string(),
            linked,
            line: line.state,
            reason,
            reason_code,
            in_step: linked && line.in_step,
            line_since_s: (line.since_s > 0).then_some(line.since_s),
            last_contact_s,
            last_heard_s: since_contact_s,
            unsent: standing.unsent,
            oldest_unsent_s: standing.oldest_unsent_s,
            // What cannot be read is told where it is asked for; the status is told in any case.
            on_stick: api.office.on_stick(now_s).unwrap_or_default(),
            attachments_unsent: waiting.to_send,
            attachments_unsent_bytes: waiting.to_send_bytes,
            attachments_unsent_pieces: api.office.pieces_waiting(),
            thumbnails_missing: api.office.thumbnails_missing(),
            returned: standing.returned,
            cases_open: standing.cases_open(),
            feed_applied: standing.feed_applied.get(),
            feed_head: standing.feed_head.get(),
            apply_lag_s: if linked && !behind {
                Some(0)
            } else {
                since_contact_s
            },
            needs_upgrade_at: standing.held_at.map(registry::FeedSeq::get),
            records: RecordCounts {
                people: standing.people,
                households: standing.households,
            },
            slice_digest: standing.slice_digest,
            filled: standing.filled,
            clock_offset_ms: standing.clock_offset_ms,
            bytes_up: line.bytes_up,
            bytes_down: line.bytes_down,
            certificate_ends_s: line.certificate_ends_s,
            lan: api.lan.as_ref().map(Lan::view),
            resident_bytes: resident_bytes(),
            disk_free_bytes: api.office.store().health().disk_free_bytes,
            version: env!("CARGO_PKG_VERSION"),
            incarnation: standing.incarnation.get(),
        }
    }
}

/// How the office stands.
#[utoipa::path(get, path = "/api/v1/status", responses((status = 200, body = StatusView)))]
pub(super) async fn show(State(api): State<Api>, _desk: Desk) -> Json<StatusView> {
    Json(StatusView::of(&api))
}

/// An attestation with its signature.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedAttestation {
    /// The statement.
    pub statement: Attestation,
    /// Ed25519 signature of the statement's JSON behind `npd 2026 attestation of a node` and a
    /// zero byte, in hexadecimal digits.
    pub signature: String,
    /// The node's public key, in hexadecimal digits.
    pub public_key: String,
}

/// A signed statement of what this node still holds alone.
#[utoipa::path(get, path = "/api/v1/attest", responses((status = 200, body = SignedAttestation)))]
pub(super) async fn attest(
    State(api): State<Api>,
    desk: Desk,
) -> Result<Json<SignedAttestation>, ApiError> {
    desk.acting()?;
    let statement = api.office.attestation(clock::device_s());
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    Ok(Json(SignedAttestation {
        signature: hex(&api.key.sign(&statement.signed_bytes()).to_bytes()),
        public_key: hex(api.key.verifying_key().as_bytes()),
        statement,
    }))
}

/// Brings the figures for Prometheus up to date. What is not known is not told.
#[allow(clippy::cast_precision_loss)] // counts, ages and sizes: far below 2^52
pub(super) fn record_figures(api: &Api) {
    let status = StatusView::of(api);
    let standing = api.office.standing(clock::device_s());
    let set = |name: &'static str, value: f64| metrics::gauge!(name).set(value);
    set("node_unacked_acts", status.unsent as f64);
    set(
        "node_oldest_unacked_seconds",
        status.oldest_unsent_s.unwrap_or(0) as f64,
    );
    set("node_returned_acts", f64::from(status.returned));
    set(
        "node_attachments_waiting",
        f64::from(status.attachments_unsent),
    );
    set(
        "node_attachment_bytes_waiting",
        status.attachments_unsent_bytes as f64,
    );
    set(
        "node_attachment_pieces_waiting",
        status.attachments_unsent_pieces as f64,
    );
    set(
        "node_thumbnails_missing",
        f64::from(status.thumbnails_missing),
    );
    if let Some(lag_s) = status.apply_lag_s {
        set("node_apply_lag_seconds", lag_s as f64);
    }
    for (harm, open) in (1u8..).zip(standing.cases_by_harm) {
        metrics::gauge!("node_cases_open", "harm" => harm.to_string()).set(f64::from(open));
    }
    let records = |kind: &'static str, count: u32| {
        metrics::gauge!("node_slice_records", "kind" => kind).set(f64::from(count));
    };
    records("person", status.records.people);
    records("household", status.records.households);
    if let Some(offset_ms) = status.clock_offset_ms {
        set("node_clock_offset_seconds", offset_ms as f64 / 1000.0);
    }
    let bytes = |direction: &'static str, count: u64| {
        metrics::counter!("node_bytes_total", "direction" => direction).absolute(count);
    };
    bytes("up", status.bytes_up);
    bytes("down", status.bytes_down);
    for sex in [Sex::Male, Sex::Female] {
        let left = u32::try_from(api.office.numbers_at_hand(sex)).unwrap_or(u32::MAX);
        metrics::gauge!("node_number_block_remaining", "sex" => sex.as_str()).set(f64::from(left));
    }
    set("node_disk_free_bytes", status.disk_free_bytes as f64);
    let screens = status.lan.and_then(|lan| lan.certificate_ends_s);
    if let Some(ends_s) = screens {
        let left_s = ends_s.saturating_sub(clock::device_s());
        set("node_screens_cert_expiry_seconds", left_s as f64);
    }
    set("node_linked", f64::from(u8::from(status.linked)));
}

/// Memory of this process, as the kernel tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
}
