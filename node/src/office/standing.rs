//! How the office stands: the figures behind the status line, the metrics and the attestation.

use registry::case::CaseNotice;
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode};
use serde::Serialize;

use super::{Office, OfficeError};

/// Figures of the office, without those of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its life.
    pub incarnation: Incarnation,
    /// Own acts without an outcome.
    pub unsent: usize,
    /// Age of the oldest of them, seconds.
    pub oldest_unsent_s: Option<i64>,
    /// Own acts that came back.
    pub returned: u32,
    /// Open cases, by their harm from 1 to 5.
    pub cases_by_harm: [u32; 5],
    /// The last own act.
    pub outbox_last: ActNumber,
    /// The last feed entry that took effect.
    pub feed_applied: FeedSeq,
    /// The last entry that the centre spoke of.
    pub feed_head: FeedSeq,
    /// The entry that needs a newer release.
    pub held_at: Option<FeedSeq>,
    /// People in the official slice.
    pub people: u32,
    /// Households in it.
    pub households: u32,
    /// Eight bytes that stand for the slice, in hexadecimal digits.
    pub slice_digest: String,
    /// Whether the first fill is complete.
    pub filled: bool,
    /// By how much the device's clock is behind the centre's.
    pub clock_offset_ms: Option<i64>,
    /// Last contact, by the device's clock.
    pub last_contact_s: Option<i64>,
    /// Whether an officer has cut the line.
    pub line_cut: bool,
}

impl Standing {
    /// Open cases.
    pub fn cases_open(&self) -> u32 {
        self.cases_by_harm.iter().sum()
    }
}

impl Office {
    /// How the office stands.
    pub fn standing(&self, device_s: i64) -> Standing {
        let live = self.live();
        let meta = &live.meta;
        let now_s = meta.corrected_s(device_s);
        let oldest_s = live.unanswered.values().next();
        let mut cases_by_harm = [0; 5];
        for case in live.cases().values().filter(|case| case.open) {
            let place = usize::from(case.harm.clamp(1, 5)) - 1;
            if let Some(count) = cases_by_harm.get_mut(place) {
                *count += 1;
            }
        }
        Standing {
            office: meta.office,
            node: meta.node,
            incarnation: meta.incarnation,
            unsent: live.unanswered.len(),
            oldest_unsent_s: oldest_s.map(|entered_s| now_s.saturating_sub(*entered_s).max(0)),
            returned: meta.returned,
            cases_by_harm,
            outbox_last: meta.outbox_last,
            feed_applied: meta.feed_applied,
            feed_head: meta.feed_head,
            held_at: meta.held_at,
            people: meta.people,
            households: meta.households,
            slice_digest: data_encoding::HEXLOWER.encode(&meta.digest.short()),
            filled: meta.fill.is_none(),
            clock_offset_ms: meta.clock_offset_ms,
            last_contact_s: meta.last_contact_s,
            line_cut: meta.line_cut,
        }
    }

    /// Own acts without an outcome.
    pub fn unsent(&self) -> usize {
        self.live().unanswered.len()
    }

    /// The cases that this office was told of, the open ones first.
    pub fn cases(&self) -> Result<Vec<CaseNotice>, OfficeError> {
        let mut notices = Vec::new();
        self.rows.walk_cases(&mut |notice| {
            notices.push(notice);
            Ok(())
        })?;
        notices.sort_by_key(|notice| (!notice.case.is_open(), notice.case.number));
        Ok(notices)
    }
}
