//! An act (thủ tục): what a clerk performs, whole or not at all; the unit of audit, of sending, of
//! receipt and of refusal.
//!
//! Here is its form and how it takes effect on records. What each procedure needs, changes and
//! refuses is in [`crate::procedure`]; who may perform it in [`kind`];
//! by when in [`deadline`]; what of its papers is told to an office that came later in [`papers`].

use serde::{Deserialize, Serialize};

use crate::attachment::{ATTACHMENTS_MAX, Attachment};
use crate::date::{BirthDate, PartialDate};
use crate::document::{Actor, Document, DocumentError, Stamp};
use crate::edit::{Edit, EditError};
use crate::fields::Fields;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::record::Record;
use crate::sabotage;
use crate::schema::RecordKind;
use crate::value::Line;
use crate::{
    ActId, ActNumber, CaseId, CommitSeq, Incarnation, NodeId, OfficeCode, OfficerId, RecordId,
};

pub mod deadline;
pub mod kind;
pub mod papers;

pub use deadline::{DayCount, Deadline, Term};
pub use kind::{ActKind, offered};

/// Most records that one act changes (a household of many members moves as one).
pub const CHANGES_MAX: usize = 64;
/// Most papers that one act names.
pub const EVIDENCE_MAX: usize = 16;
/// Largest act, bytes encoded.
pub const ACT_BYTES_MAX: usize = 64 << 10;

/// Who made an act, and its place among theirs. The act's id is derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The node (or the central registry).
    pub node: NodeId,
    /// Its life.
    pub incarnation: Incarnation,
    /// The act's place in its outbox.
    pub number: ActNumber,
}

impl Author {
    /// The act's id.
    pub fn act_id(&self) -> ActId {
        ActId::derive(
            "npd 2026 act",
            &[
                self.node.as_bytes(),
                &self.incarnation.get().to_le_bytes(),
                &self.number.get().to_le_bytes(),
            ],
        )
    }

    /// The actor of the changes that it makes: never the same after a loss of state.
    pub fn actor(&self) -> Actor {
        let mut bytes = self.node.as_bytes().to_vec();
        let mut incarnation = u32::try_from(self.incarnation.get()).unwrap_or(u32::MAX);
        if sabotage::planted(sabotage::Fault::ReuseActor) {
            incarnation = 0;
        }
        bytes.extend_from_slice(&incarnation.to_be_bytes());
        Actor::new(&bytes)
    }
}

/// When an act was entered, by the device's clock, and how far that clock may be off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Seconds since 1970, UTC.
    pub at_s: i64,
    /// Known error of the clock, seconds; `u32::MAX` if it was never compared.
    pub error_s: u32,
}

impl Entered {
    /// By how much the clock was found wrong when it was last compared; none if it never was.
    pub fn known_error_s(&self) -> Option<u32> {
        (self.error_s != u32::MAX).then_some(self.error_s)
    }
}

/// A paper that an act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is, in the words of the procedure (giấy chứng sinh, giấy báo tử, CT01 …).
    pub kind: Line,
    /// Its number, if it has one.
    #[serde(default)]
    pub number: Line,
    /// Its date.
    #[serde(default)]
    pub date: Option<PartialDate>,
    /// Its pages as they were scanned or photographed. The content travels after the act, which
    /// never waits for it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// The state of a record that the author saw, by what both sides know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// As it was made.
    Genesis,
    /// After the changes whose hashes begin so. Eight bytes are enough within one record; the
    /// full hashes are checked by the digest.
    Heads(Vec<[u8; 8]>),
}

impl Base {
    /// The base that a document stands at.
    pub fn of(document: &Document) -> Base {
        let heads = document.heads();
        if heads == document.genesis_heads() {
            return Base::Genesis;
        }
        Base::Heads(
            heads
                .iter()
                .filter_map(|head| head.0.first_chunk::<8>().copied())
                .collect(),
        )
    }
}

/// A person whom the office does not hold, as their card or paper tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// The number on the card.
    pub pin: Pin,
    /// The name on the card.
    pub name: PersonName,
    /// The birth date on the card.
    pub birth: BirthDate,
}

/// Which record is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A record that the office holds.
    Held {
        /// Which.
        id: RecordId,
        /// As the office saw it.
        base: Base,
    },
    /// A record that this act makes; its id is [`new_record_id`] of the act and its place in it.
    New {
        /// Person or household.
        kind: RecordKind,
        /// What it is made with.
        fields: Fields,
    },
    /// A person of another commune, found by the central registry.
    Absent(Claimed),
    /// The same once the central registry has found them: the record, and the state that the
    /// office could have known. The change's actor is the act itself.
    Placed {
        /// Which.
        id: RecordId,
        /// The state at the horizon of the act.
        base: Base,
    },
}

/// The change of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordChange {
    /// Which record.
    pub target: Target,
    /// What is done to it; empty for a new record.
    pub edits: Vec<Edit>,
}

/// What an act is about, beside the records that it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refers {
    /// Another act.
    Act(ActId),
    /// A case.
    Case(CaseId),
    /// The act of an application, and what the centre asked for with its `place`-th answer: what was
    /// entered before the office heard of it is no answer to it.
    Asked {
        /// The act.
        of: ActId,
        /// Which answer.
        place: u16,
    },
}

impl Refers {
    /// The act, if it is one.
    pub const fn act(self) -> Option<ActId> {
        match self {
            Refers::Act(act) | Refers::Asked { of: act, .. } => Some(act),
            Refers::Case(_) => None,
        }
    }
}

/// What an office pushes: an act without its author, which the session knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActBody {
    /// The procedure.
    pub kind: ActKind,
    /// Who performed it.
    pub officer: OfficerId,
    /// From when it counts, which may lie far behind its entry.
    pub effective: PartialDate,
    /// When it was entered.
    pub entered: Entered,
    /// The last commit of the central registry that the office had heard of.
    pub horizon: CommitSeq,
    /// The papers.
    pub evidence: Vec<Evidence>,
    /// The officer's remark.
    pub note: Line,
    /// The act or case that this one is about (withdrawal, added papers, an answer).
    pub refers: Option<Refers>,
    /// The changes.
    pub changes: Vec<RecordChange>,
}

/// An act with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who made it.
    pub author: Author,
    /// The office where it was made; `None` for the central registry's own.
    pub office: Option<OfficeCode>,
    /// What it says.
    pub body: ActBody,
}

/// Why an act cannot be read or cannot take effect.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Not the bytes of an act.
    #[error("the act cannot be read; it is kept for inspection")]
    Unreadable,
    /// Past a limit.
    #[error("the act is larger than allowed")]
    TooLarge,
    /// It names a record that is not there.
    #[error("the act names a record that is not known here")]
    UnknownRecord,
    /// It makes a record that is there already.
    #[error("the act makes a record that exists already")]
    RecordExists,
    /// The person is not in the office's slice and was not found yet.
    #[error("the person is to be found by the central registry first")]
    NotPlaced,
    /// A new record does not fit its kind.
    #[error("the new record does not fit its kind")]
    MisfitRecord,
    /// Two of its changes are of one record.
    #[error("the act names one person or household twice; name each once")]
    RecordTwice,
    /// The document refused it.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl From<EditError> for ActError {
    fn from(error: EditError) -> Self {
        ActError::Document(error.into())
    }
}

impl ActError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            ActError::Unreadable => "act_unreadable",
            ActError::TooLarge => "act_too_large",
            ActError::UnknownRecord => "record_unknown",
            ActError::RecordExists => "record_exists",
            ActError::NotPlaced => "person_not_placed",
            ActError::MisfitRecord => "record_misfit",
            ActError::RecordTwice => "record_twice",
            ActError::Document(error) => error.code(),
        }
    }
}

/// The id of the `index`-th record that an act makes.
pub fn new_record_id(act: &ActId, index: usize) -> RecordId {
    RecordId::derive(
        "npd 2026 new record",
        &[act.as_bytes(), &(index as u64).to_le_bytes()],
    )
}

impl ActBody {
    /// Whether the office has to check something elsewhere before the result: it names somebody by
    /// card, of whom it holds nothing. The law gives some procedures more time for that
    /// ([`Deadline::checked`]).
    pub fn needs_checks(&self) -> bool {
        let is_elsewhere =
            |target: &Target| matches!(target, Target::Absent(_) | Target::Placed { .. });
        self.changes
            .iter()
            .any(|change| is_elsewhere(&change.target))
    }

    /// Its bytes, as they are chained and sent.
    pub fn encode(&self) -> Result<Vec<u8>, ActError> {
        let bytes = postcard::to_stdvec(self).map_err(|_| ActError::Unreadable)?;
        if bytes.len() > ACT_BYTES_MAX {
            Err(ActError::TooLarge)
        } else {
            Ok(bytes)
        }
    }

    /// Reads them; whole, within the limits, each edit of the right kind.
    pub fn decode(bytes: &[u8]) -> Result<ActBody, ActError> {
        if bytes.len() > ACT_BYTES_MAX {
            return Err(ActError::TooLarge);
        }
        let (body, rest): (ActBody, &[u8]) =
            postcard::take_from_bytes(bytes).map_err(|_| ActError::Unreadable)?;
        if !rest.is_empty() {
            return Err(ActError::Unreadable);
        }
        // Beside what a person attached, the thumbnail of a portrait is named.
        let attachments_max = ATTACHMENTS_MAX + usize::from(body.kind == ActKind::Portrait);
        let attachments = body.attachments().take(attachments_max + 1).count();
        if body.changes.len() > CHANGES_MAX
            || body.evidence.len() > EVIDENCE_MAX
            || attachments > attachments_max
        {
            return Err(ActError::TooLarge);
        }
        Ok(body)
    }

    /// The attachments of its papers; one that is named twice comes twice.
    pub fn attachments(&self) -> impl Iterator<Item = Attachment> + '_ {
        let papers = self.evidence.iter();
        papers.flat_map(|paper| paper.attachments.iter().copied())
    }
}

impl Act {
    /// Its id.
    pub fn id(&self) -> ActId {
        self.author.act_id()
    }

    /// The records that it changes, with the place of each change; people who are still to be
    /// found are left out.
    pub fn records(&self) -> impl Iterator<Item = (usize, RecordId)> + '_ {
        let act = self.id();
        self.body
            .changes
            .iter()
            .enumerate()
            .filter_map(move |(index, change)| {
                let id = match &change.target {
                    Target::Held { id, .. } | Target::Placed { id, .. } => *id,
                    Target::New { .. } => new_record_id(&act, index),
                    Target::Absent(_) => return None,
                };
                Some((index, id))
            })
    }

    /// Whether two of its changes are of one record. Both would be made from the state before the
    /// act, so the second would undo the first: such an act is refused whole.
    pub fn names_one_twice(&self) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        !self.records().all(|(_, id)| seen.insert(id))
    }

    /// The state of a record after the `index`-th change of this act. `before` is its state
    /// here, which may know more than the author did.
    pub fn apply(&self, index: usize, before: Option<&Record>) -> Result<Record, ActError> {
        let change = self.body.changes.get(index).ok_or(ActError::Unreadable)?;
        let act = self.id();
        match &change.target {
            Target::New { kind, fields } => match before {
                None if fields.fits(*kind) => Ok(Record::new(
                    new_record_id(&act, index),
                    *kind,
                    fields.clone(),
                )),
                None => Err(ActError::MisfitRecord),
                // The same act applied again; whoever has the record keeps its later state.
                Some(record) => Ok(record.clone()),
            },
            Target::Held { base, .. } => {
                self.change(before, base, &change.edits, self.author.actor())
            }
            Target::Placed { base, .. } => {
                self.change(before, base, &change.edits, Actor::new(act.as_bytes()))
            }
            Target::Absent(_) => Err(ActError::NotPlaced),
        }
    }

    fn change(
        &self,
        before: Option<&Record>,
        base: &Base,
        edits: &[Edit],
        actor: Actor,
    ) -> Result<Record, ActError> {
        let record = before.ok_or(ActError::UnknownRecord)?;
        for edit in edits {
            edit.check(record.kind)?;
        }
        let mut document = record.document()?;
        let base = match base {
            Base::Genesis => document.genesis_heads(),
            Base::Heads(prefixes) => document.heads_by_prefix(prefixes)?,
        };
        let stamp = Stamp {
            actor,
            time_s: self.body.entered.at_s,
            act: self.id(),
            takes_back: self.body.kind == ActKind::Withdraw,
        };
        document.append(&base, &stamp, edits)?;
        Ok(record.with_document(&document)?)
    }
}
