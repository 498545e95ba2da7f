//! Who came into the slice and who left it, for the days in which somebody asks.

use registry::feed::SliceReason;
use registry::{OfficeCode, RecordId};
use serde::{Deserialize, Serialize};

/// How long it is remembered, seconds: as long as a clerk may have been away. It names people whom
/// the office holds no longer, so it is short.
const MOVES_KEPT_FOR_S: i64 = 7 * 86_400;
/// How many are remembered, and as many again before they are counted: a decree moves a commune, and that is told otherwise.
pub(crate) const MOVES_MAX: usize = 500;

/// A record came into the slice, or left it. No `Debug`: it is people's data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub record: RecordId,
    /// When the office learned of it, corrected time, seconds since 1970.
    pub at_s: i64,
    /// The name, as the office held it.
    pub name: String,
    /// Where it went; `None` if it came.
    pub to: Option<Vec<OfficeCode>>,
    /// Why.
    pub reason: SliceReason,
}

impl Move {
    /// Whether it is remembered at this time still.
    pub(crate) const fn is_of_now(&self, now_s: i64) -> bool {
        self.at_s >= now_s.saturating_sub(MOVES_KEPT_FOR_S)
    }
}
