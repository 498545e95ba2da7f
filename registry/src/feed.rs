//! What a commune's feed carries: everything that its office must know, in one gapless order.
//! Receipts are entries of it, so one cursor makes them exactly-once.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::attachment::{ATTACHMENTS_MAX, Attachment};
use crate::block::{BLOCK_NUMBERS_MAX, NumberBlock};
use crate::case::CaseNotice;
use crate::code::Role;
use crate::password::PasswordSet;
use crate::record::Record;
use crate::unit::{Decree, Edition};
use crate::value::Line;
use crate::{
    ActNumber, CaseId, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, OfficerId, RecordId,
};

mod parts;

pub use parts::{DecreePart, PART_BYTES_MAX, PARTS_MAX, Parted};

/// Largest entry, bytes: what a session carries as one.
pub const ENTRY_BYTES_MAX: usize = 256 << 10;
/// What the length of a list takes at most.
const LENGTH_BYTES_MAX: usize = 10;

/// Central's answer to one act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActOutcome {
    /// It took effect: final (chính thức).
    Accepted,
    /// It took effect and is part of a case: disputed.
    InCase(CaseId),
    /// The record has left the office's slice; the act is a proposal to the new office.
    Parked(CaseId),
    /// It was refused and took no effect.
    Returned {
        /// Stable code of the reason.
        code: Line,
        /// The reason in words, with what to do.
        words: Line,
    },
    /// It cannot be read; it is kept for people to look at.
    Quarantined,
}

impl ActOutcome {
    /// Whether the act took effect.
    pub const fn took_effect(&self) -> bool {
        matches!(self, ActOutcome::Accepted | ActOutcome::InCase(_))
    }
}

/// Central's signed answer to a run of acts of one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// Whose acts.
    pub node: NodeId,
    /// In which of its lives.
    pub incarnation: Incarnation,
    /// The first act answered; the others follow without gap.
    pub first: ActNumber,
    /// The answers.
    pub outcomes: Vec<ActOutcome>,
    /// The chain over the node's acts up to the last one answered: what exactly was answered.
    pub chain: [u8; 32],
    /// The commit that they took effect in.
    pub commit: CommitSeq,
    /// Central's time, seconds since 1970.
    pub at_s: i64,
    /// Ed25519 signature of [`Receipts::signed_bytes`] by the central registry (64 bytes).
    pub signature: Vec<u8>,
}

impl Receipts {
    /// What the signature covers: everything else.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let unsigned = Receipts {
            signature: Vec::new(),
            ..self.clone()
        };
        let mut bytes = b"npd 2026 receipts\0".to_vec();
        bytes.extend(postcard::to_stdvec(&unsigned).unwrap_or_default());
        bytes
    }
}

/// An officer of an office, as the centre knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Account name.
    pub id: OfficerId,
    /// Name as shown.
    pub name: Line,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Whether the account is open.
    pub active: bool,
}

/// Why a record entered or left a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SliceReason {
    /// The person moved.
    Moved,
    /// A case made or ended a claim of the commune.
    Case,
    /// The record was made elsewhere and belongs here.
    New,
    /// The register was imported or mended.
    Mended,
}

/// What a node is told of the units: that they begin with an edition, or that a decree made the
/// next one, and what it means for the node's office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsNotice {
    /// The edition that holds from here on.
    pub edition: Edition,
    /// The commit of the centre with which it came into force.
    pub commit: CommitSeq,
    /// What makes it.
    pub change: UnitsChange,
    /// What becomes of the office that follows this feed; `None` where nothing does.
    pub office: Option<OfficeChange>,
}

/// What makes an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitsChange {
    /// The registry began with it.
    Begins,
    /// The decree of July 2025, which every release knows.
    OfJuly2025,
    /// Another decree.
    Decree(Box<Decree>),
    /// Another decree, whose table came in entries of their own before this one.
    InParts(Parted),
}

impl UnitsChange {
    /// How a decree is told.
    pub fn of(decree: &Decree) -> UnitsChange {
        if decree.is_of_july_2025() {
            UnitsChange::OfJuly2025
        } else {
            UnitsChange::Decree(Box::new(decree.clone()))
        }
    }

    /// The decree, if it is one that is told whole.
    pub fn decree(&self) -> Option<Arc<Decree>> {
        match self {
            UnitsChange::Begins | UnitsChange::InParts(_) => None,
            UnitsChange::OfJuly2025 => Some(Decree::of_july_2025()),
            UnitsChange::Decree(decree) => Some(Arc::new(Decree::clone(decree))),
        }
    }
}

/// What a decree makes of an office: the slice of another extent, and perhaps another commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeChange {
    /// The commune whose office it is from now on.
    pub commune: OfficeCode,
    /// Where that commune's feed is to be followed from; `None` if it is this feed, which goes on.
    pub follow: Option<FeedSeq>,
    /// Accounts that have another name from now on, because two offices that became one had an
    /// officer of that name each.
    pub renamed: Vec<(OfficerId, OfficerId)>,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeedItem {
    /// Answers to acts of the office.
    Receipts(Receipts),
    /// An act of another office or of the centre on records that the office holds.
    Act(Act),
    /// A record comes into the slice, or is set right, as it stands.
    Enters {
        /// The record.
        record: Record,
        /// Why.
        reason: SliceReason,
    },
    /// A record leaves the slice; unsent acts on it are sent first.
    Leaves {
        /// Which.
        id: RecordId,
        /// Where it is held now.
        to: Vec<OfficeCode>,
        /// Why.
        reason: SliceReason,
    },
    /// A case that concerns the office opened, changed or was decided.
    Case(Box<CaseNotice>),
    /// The officers of the office, all of them.
    Officers(Vec<Officer>),
    /// The units change, and perhaps the office with them.
    Units(Box<UnitsNotice>),
    /// Numbers that are set aside for a node of the office.
    Numbers(NumberBlock),
    /// The centre has set an officer's password.
    Password(Box<PasswordSet>),
    /// Attachments whose content has arrived at the centre.
    Attachments(Vec<Attachment>),
    /// A part of a decree that is larger than one entry.
    DecreePart(Box<DecreePart>),
    /// A case goes on without what made it concern the office: its act is no claim there any more.
    CaseLeaves(CaseId),
    /// Answers to acts that a device made in a life that is over, to the device itself: with the
    /// acts, which its disk lacks if it was put back to before them.
    PastLife(Box<PastLife>),
}

/// What a device whose disk was put back to an older one gets back of what it had sent (row 32).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastLife {
    /// The answers, as they were signed.
    pub receipts: Receipts,
    /// The acts that they answer, as the centre keeps them; those that it could not read are not
    /// among them.
    pub acts: Vec<Act>,
}

impl PastLife {
    /// An entry, with as many of the acts as fit in.
    pub fn fitting(receipts: Receipts, acts: Vec<Act>) -> PastLife {
        let size = |act: &Act| postcard::to_stdvec(act).map_or(usize::MAX, |bytes| bytes.len());
        let own = postcard::to_stdvec(&receipts).map_or(usize::MAX, |bytes| bytes.len());
        let mut left = ENTRY_BYTES_MAX
            .saturating_sub(own)
            .saturating_sub(LENGTH_BYTES_MAX);
        let mut fits = |act: &Act| {
            let rest = left.checked_sub(size(act));
            left = rest.unwrap_or(left);
            rest.is_some()
        };
        let acts = acts.into_iter().filter(|act| fits(act)).collect();
        PastLife { receipts, acts }
    }
}

/// Why a feed entry cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Of a kind that this version does not know, or with a value that none of its tables has.
    #[error("the centre sends entries of a newer version; upgrade this node")]
    NeedsUpgrade,
    /// Not readable.
    #[error("a feed entry cannot be read")]
    Unreadable,
}

impl FeedItem {
    /// The kind of receipts, the most frequent of all.
    pub const RECEIPTS: u8 = 1;

    /// Its kind on the wire; a kind never changes its meaning.
    pub const fn kind(&self) -> u8 {
        match self {
            FeedItem::Receipts(_) => Self::RECEIPTS,
            FeedItem::Act(_) => 2,
            FeedItem::Enters { .. } => 3,
            FeedItem::Leaves { .. } => 4,
            FeedItem::Case(_) => 5,
            FeedItem::Officers(_) => 6,
            FeedItem::Units(_) => 7,
            FeedItem::Numbers(_) => 8,
            FeedItem::Password(_) => 12,
            FeedItem::Attachments(_) => 9,
            FeedItem::DecreePart(_) => 10,
            FeedItem::CaseLeaves(_) => 13,
            FeedItem::PastLife(_) => 14,
        }
    }

    /// Kind and bytes.
    pub fn encode(&self) -> Result<(u8, Vec<u8>), FeedError> {
        let bytes = match self {
            FeedItem::Receipts(receipts) => postcard::to_stdvec(receipts),
            FeedItem::Act(act) => postcard::to_stdvec(act),
            FeedItem::Enters { record, reason } => postcard::to_stdvec(&(record, reason)),
            FeedItem::Leaves { id, to, reason } => postcard::to_stdvec(&(id, to, reason)),
            FeedItem::Case(notice) => postcard::to_stdvec(notice),
            FeedItem::Officers(officers) => postcard::to_stdvec(officers),
            FeedItem::Units(notice) => postcard::to_stdvec(notice),
            FeedItem::Numbers(block) => postcard::to_stdvec(block),
            FeedItem::Password(set) => postcard::to_stdvec(set),
            FeedItem::Attachments(arrived) => postcard::to_stdvec(arrived),
            FeedItem::DecreePart(part) => postcard::to_stdvec(part),
            FeedItem::CaseLeaves(id) => postcard::to_stdvec(id),
            FeedItem::PastLife(past) => postcard::to_stdvec(past),
        };
        Ok((self.kind(), bytes.map_err(|_| FeedError::Unreadable)?))
    }

    /// Reads an entry of this kind.
    pub fn decode(kind: u8, bytes: &[u8]) -> Result<FeedItem, FeedError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(FeedError::Unreadable);
        }
        fn whole<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, FeedError> {
            match postcard::take_from_bytes(bytes) {
                Ok((value, [])) => Ok(value),
                // The bytes are whole, and something in them is in no table of this version: an act
                // of a new kind, a new field, a new state of a case.
                Err(postcard::Error::SerdeDeCustom) => Err(FeedError::NeedsUpgrade),
                _ => Err(FeedError::Unreadable),
            }
        }
        Ok(match kind {
            Self::RECEIPTS => FeedItem::Receipts(whole(bytes)?),
            2 => FeedItem::Act(whole(bytes)?),
            3 => {
                let (record, reason) = whole(bytes)?;
                FeedItem::Enters { record, reason }
            }
            4 => {
                let (id, to, reason) = whole(bytes)?;
                FeedItem::Leaves { id, to, reason }
            }
            5 => FeedItem::Case(Box::new(whole(bytes)?)),
            6 => FeedItem::Officers(whole(bytes)?),
            7 => FeedItem::Units(Box::new(whole(bytes)?)),
            8 => {
                let block: NumberBlock = whole(bytes)?;
                if block.randoms.len() > BLOCK_NUMBERS_MAX {
                    return Err(FeedError::Unreadable);
                }
                FeedItem::Numbers(block)
            }
            10 => {
                let part: DecreePart = whole(bytes)?;
                if part.part >= PARTS_MAX || part.bytes.len() > PART_BYTES_MAX {
                    return Err(FeedError::Unreadable);
                }
                FeedItem::DecreePart(Box::new(part))
            }
            12 => FeedItem::Password(Box::new(whole(bytes)?)),
            13 => FeedItem::CaseLeaves(whole(bytes)?),
            14 => {
                let past: PastLife = whole(bytes)?;
                if past.acts.len() > past.receipts.outcomes.len() {
                    return Err(FeedError::Unreadable);
                }
                FeedItem::PastLife(Box::new(past))
            }
            9 => {
                let arrived: Vec<Attachment> = whole(bytes)?;
                if arrived.len() > ATTACHMENTS_MAX {
                    return Err(FeedError::Unreadable);
                }
                FeedItem::Attachments(arrived)
            }
            _ => return Err(FeedError::NeedsUpgrade),
        })
    }
}
