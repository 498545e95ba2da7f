//! Who decides cases.

use serde::{Deserialize, Serialize};

use crate::unit::{ProvinceCode, Units};
use crate::{OfficeCode, OfficerId};

/// Who may decide a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jurisdiction {
    /// Reviewers of one province.
    Province(ProvinceCode),
    /// National reviewers.
    National,
}

impl Jurisdiction {
    /// The jurisdiction that covers these offices: their province, else the nation.
    pub fn over(offices: impl IntoIterator<Item = OfficeCode>, units: &Units) -> Jurisdiction {
        let mut province = None;
        for office in offices {
            match (units.province_of(office), province) {
                (Some(code), None) => province = Some(code),
                (Some(code), Some(known)) if code == known => {}
                _ => return Jurisdiction::National,
            }
        }
        province.map_or(Jurisdiction::National, Jurisdiction::Province)
    }

    /// Whether a reviewer of this jurisdiction may decide a case of `other`.
    pub fn covers(self, other: Jurisdiction) -> bool {
        self == Jurisdiction::National || self == other
    }
}

/// A person who decides cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Account name.
    pub id: OfficerId,
    /// What they may decide.
    pub jurisdiction: Jurisdiction,
}
