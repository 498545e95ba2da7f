//! The rows that are not records: acts, their answers, the audit chain, tombstones.

use registry::act::{Act, ActKind};
use registry::attachment::AttachmentId;
use registry::feed::{ActOutcome, SliceReason};
use registry::reading::ReadReason;
use registry::unit::Edition;
use registry::{ActId, CommitSeq, OfficeCode, OfficerId, RecordId};
use serde::{Deserialize, Serialize};

/// How an own act ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The centre's word.
    Central {
        /// What it decided.
        outcome: ActOutcome,
        /// Its time, seconds since 1970.
        at_s: i64,
        /// Its commit.
        commit: CommitSeq,
    },
    /// The node began a new life, and the act was filed again in it.
    Refiled {
        /// As which act.
        again: ActId,
    },
    /// The node began a new life, and the act cannot be filed again by itself.
    Unfiled,
}

/// An act that this office knows: its own, or another's on a record that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRow {
    /// The act.
    pub act: Act,
    /// Its place in the order in which this office heard of acts.
    pub order: u64,
    /// How it ended, if it is an own act that has an answer.
    pub answer: Option<Answer>,
}

/// An act that came back and needs nothing more of this office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Who saw to it.
    pub officer: OfficerId,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// The act as which it was filed again; none if it was put aside.
    pub again: Option<ActId>,
}

/// What was done at this office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditEvent {
    /// An act was filed.
    ActFiled {
        /// Which.
        act: ActId,
        /// Its procedure.
        kind: ActKind,
    },
    /// Receipts were taken.
    ReceiptsTaken {
        /// How many acts they answer.
        acts: u32,
        /// The centre's commit.
        commit: CommitSeq,
    },
    /// A record was opened; so earlier releases wrote it.
    RecordRead {
        /// Which.
        record: RecordId,
        /// Why, in a word.
        reason: String,
    },
    /// The line was cut or restored by an officer.
    LineSwitched {
        /// Whether it is cut.
        cut: bool,
    },
    /// A token for the interface was given to an officer.
    CredentialGiven {
        /// To whom.
        officer: OfficerId,
    },
    /// The node began a new life.
    NewLife {
        /// Its number.
        incarnation: u64,
    },
    /// A decree made the office that of another commune, or gave its slice another extent.
    OfficeChanged {
        /// The commune before.
        before: OfficeCode,
        /// The commune since.
        after: OfficeCode,
        /// The edition of the units that the decree made.
        edition: Edition,
    },
    /// The officer signed in with a password.
    SignedIn,
    /// Too many wrong passwords: the account waits.
    WaitBegan {
        /// Whose.
        officer: OfficerId,
    },
    /// An administrator, or whoever reads this device's secrets, let an account try again.
    WaitLifted {
        /// Whose.
        officer: OfficerId,
    },
    /// An officer has another password.
    PasswordSet {
        /// Whose.
        officer: OfficerId,
        /// Whether it is good for one sign-in.
        once: bool,
    },
    /// The officer set a quick PIN, or took it away.
    PinSet {
        /// Whether there is one now.
        is_set: bool,
    },
    /// An attachment was taken in.
    Attached {
        /// Which.
        hash: AttachmentId,
    },
    /// An attachment was looked at.
    AttachmentRead {
        /// Which.
        hash: AttachmentId,
        /// Why, in a word.
        reason: String,
    },
    /// A record was opened.
    Read {
        /// Which.
        record: RecordId,
        /// Why.
        reason: ReadReason,
    },
    /// A bundle was made for a stick.
    BundleMade {
        /// Its name.
        bundle: [u8; 16],
        /// Acts in it.
        acts: u64,
    },
    /// The answer to a bundle was taken in.
    BundleAnswered {
        /// The name of the bundle.
        bundle: [u8; 16],
    },
    /// An act that came back was put aside: it is not filed again.
    PutAside {
        /// Which.
        act: ActId,
    },
}

/// A link of the audit chain: each covers all before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Seconds since 1970.
    pub at_s: i64,
    /// Who; nobody if the node did it by itself.
    pub officer: Option<OfficerId>,
    /// What.
    pub event: AuditEvent,
    /// The link before.
    pub before: [u8; 32],
}

impl AuditEntry {
    /// The link after this entry at its place.
    pub fn link(&self, position: u64) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.before);
        hasher.update(&position.to_le_bytes());
        hasher.update(&postcard::to_stdvec(self).unwrap_or_default());
        *hasher.finalize().as_bytes()
    }
}

/// What is left of a record that is no longer held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Where it is held now.
    pub to: Vec<OfficeCode>,
    /// Why it left.
    pub reason: SliceReason,
}

/// What the office knows of the units beside the decrees, and what it was before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsRow {
    /// The edition with which the registry began.
    pub base: Edition,
    /// The communes whose office it was, the oldest first.
    pub former: Vec<OfficeCode>,
}

impl Default for UnitsRow {
    fn default() -> Self {
        UnitsRow {
            base: Edition::SINCE_JULY_2025,
            former: Vec::new(),
        }
    }
}
