//! The mergeable document behind a record that has changed. The only module that names the CRDT
//! library; nothing of it passes these walls.
//!
//! A document is flat: every value stands at the root under `field` or `field/entry`, so no two
//! offices ever create the same nested object. Values are the bytes of [`Value`]; an emptied slot
//! holds null and is never deleted (a delete would hide a concurrent put). Reading always looks
//! at all concurrent values. Keys and values of a later schema are kept and passed through.
//!
//! A change is made from an act's edits, its author, its time and the heads that the author saw;
//! from the same four, every process makes the same bytes. So changes are never sent: acts are.

use std::collections::BTreeSet;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, ROOT, ReadDoc, ScalarValue};

use crate::ActId;
use crate::edit::{Edit, EditError, resolve};
use crate::fields::{EntryId, Fields, SLOTS_MAX, Slot};
use crate::schema::Field;
use crate::value::Value;

pub(crate) mod form;
mod history;
mod reading;

use history::{History, act_of};
pub use reading::{Claim, Clash, Reading};
use reading::{claims_at, read};

/// Largest document, bytes: a record has to fit into one entry of a feed, and a hostile peer must
/// not make us build one that does not.
pub const DOCUMENT_BYTES_MAX: usize = 200 << 10;
/// Most changes in a document.
pub const CHANGES_MAX: usize = 20_000;

/// A state of a document: the hash of a change and, through it, of all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head(pub [u8; 32]);

/// Who makes a change. Never used again for other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(Vec<u8>);

impl Actor {
    /// The actor with these bytes, at most 32.
    pub fn new(bytes: &[u8]) -> Actor {
        Actor(bytes.iter().copied().take(32).collect())
    }
}

/// What marks a change: its author, its time and its act.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Who.
    pub actor: Actor,
    /// Device time of the act, seconds since 1970.
    pub time_s: i64,
    /// Which act.
    pub act: ActId,
    /// Whether it only takes back what its author wrote: it claims nothing itself.
    pub takes_back: bool,
}

/// Why a document cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not a document, or one past the limits.
    #[error("the record's document cannot be read")]
    Unreadable,
    /// The history is too long to be sent whole.
    #[error("the record's history is at its limit; call the central registry's operator")]
    TooLarge,
    /// The author saw changes that are not here (yet).
    #[error("the act was made on a state of the record that is not known here")]
    UnknownBase,
    /// The edit does not fit the record.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The library refused what it should take: a bug of ours.
    #[error("the document library refused a change")]
    Library,
}

impl DocumentError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            DocumentError::Unreadable => "document_unreadable",
            DocumentError::TooLarge => "document_too_large",
            DocumentError::UnknownBase => "base_unknown",
            DocumentError::Edit(error) => error.code(),
            DocumentError::Library => "document_internal",
        }
    }
}

/// The mergeable document of one record.
#[derive(Debug, Clone)]
pub struct Document(Automerge);

impl Document {
    /// The document of a record that nobody changed yet: the same bytes in every process.
    pub fn genesis(fields: &Fields) -> Result<Document, DocumentError> {
        let mut doc = Automerge::new().with_actor(ActorId::from([0u8; 1].as_slice()));
        let done = doc.transact_with::<_, _, DocumentError, _>(
            |_| CommitOptions::default().with_time(0),
            |tx| {
                for (slot, value) in fields.iter() {
                    let key = key_of(slot);
                    tx.put(ROOT, key, scalar(value)?)
                        .map_err(|_| DocumentError::Library)?;
                }
                Ok(())
            },
        );
        done.map_err(|failure| failure.error)?;
        Ok(Document(doc))
    }

    /// Reads a stored or received document, within the limits.
    pub fn load(bytes: &[u8]) -> Result<Document, DocumentError> {
        if bytes.len() > DOCUMENT_BYTES_MAX || !form::is_plain(bytes) {
            return Err(DocumentError::Unreadable);
        }
        // The library panics on some bytes that nobody saved, on others when their changes are
        // first looked at; a peer must not end the process so. Nothing is shared with it but the
        // bytes, and what it began is dropped. This needs a profile whose panics unwind.
        let whole = || {
            let doc = Automerge::load(bytes).ok()?;
            doc.get_changes(&[]);
            Some(doc)
        };
        let doc = std::panic::catch_unwind(whole)
            .ok()
            .flatten()
            .ok_or(DocumentError::Unreadable)?;
        // No bytes at all are a document without changes to the library, and no record to us.
        if doc.get_heads().is_empty() || doc.length(ROOT) > SLOTS_MAX {
            return Err(DocumentError::Unreadable);
        }
        Ok(Document(doc))
    }

    /// Its bytes; uncompressed, because what holds them compresses better.
    pub fn save(&self) -> Vec<u8> {
        self.0.save_nocompress()
    }

    /// Its state, sorted.
    pub fn heads(&self) -> Vec<Head> {
        sorted_heads(&self.0)
    }

    /// The heads that the given acts (and the genesis) lead to: the state that an office knew
    /// when it had heard of just these acts.
    pub fn heads_of(&self, known: impl Fn(&ActId) -> bool) -> Vec<Head> {
        let changes = self.0.get_changes_meta(&[]);
        let mut inside: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut heads: BTreeSet<ChangeHash> = BTreeSet::new();
        // Changes come with those that they depend on before them.
        for change in &changes {
            let wanted = act_of(change.message.as_deref()).is_none_or(|act| known(&act));
            if wanted && change.deps.iter().all(|dep| inside.contains(dep)) {
                for dep in &change.deps {
                    heads.remove(dep);
                }
                heads.insert(change.hash);
                inside.insert(change.hash);
            }
        }
        heads.into_iter().map(|hash| Head(hash.0)).collect()
    }

    /// The heads whose hashes begin with these prefixes.
    pub fn heads_by_prefix(&self, prefixes: &[[u8; 8]]) -> Result<Vec<Head>, DocumentError> {
        // No heads at all would be a state before the record was made.
        if prefixes.is_empty() {
            return Err(DocumentError::UnknownBase);
        }
        let changes = self.0.get_changes_meta(&[]);
        let mut heads = Vec::with_capacity(prefixes.len());
        for prefix in prefixes {
            let mut found = changes
                .iter()
                .map(|change| change.hash)
                .filter(|hash| hash.0.starts_with(prefix));
            let (Some(hash), None) = (found.next(), found.next()) else {
                return Err(DocumentError::UnknownBase);
            };
            heads.push(Head(hash.0));
        }
        heads.sort_unstable();
        Ok(heads)
    }

    /// Heads of the genesis alone.
    pub fn genesis_heads(&self) -> Vec<Head> {
        self.heads_of(|_| false)
    }

    /// Makes the change that `edits` are, as its author made it on `base`, and takes it in.
    /// Taking in a change that is there already does nothing.
    pub fn append(
        &mut self,
        base: &[Head],
        stamp: &Stamp,
        edits: &[Edit],
    ) -> Result<Head, DocumentError> {
        if self.0.stats().num_changes as usize >= CHANGES_MAX {
            return Err(DocumentError::Unreadable);
        }
        let current = self.heads();
        if base == current.as_slice() {
            return change(&mut self.0, stamp, edits);
        }
        let hashes: Vec<ChangeHash> = base.iter().map(|head| ChangeHash(head.0)).collect();
        if !hashes
            .iter()
            .all(|hash| self.0.get_change_meta_by_hash(hash).is_some())
        {
            return Err(DocumentError::UnknownBase);
        }
        let mut fork = self
            .0
            .fork_at(&hashes)
            .map_err(|_| DocumentError::UnknownBase)?;
        let head = change(&mut fork, stamp, edits)?;
        let made = fork
            .get_change_by_hash(&ChangeHash(head.0))
            .ok_or(DocumentError::Library)?;
        self.0
            .apply_changes([made])
            .map_err(|_| DocumentError::Library)?;
        Ok(head)
    }

    /// The acts in this document, in an order that respects causality.
    pub fn acts(&self) -> Vec<ActId> {
        self.0
            .get_changes_meta(&[])
            .iter()
            .filter_map(|change| act_of(change.message.as_deref()))
            .collect()
    }

    /// Whether the first act was made by someone who knew the second.
    pub fn knew(&self, act: &ActId, other: &ActId) -> bool {
        let history = History::of(&self.0);
        let (Some(one), Some(two)) = (history.change_of(act), history.change_of(other)) else {
            return false;
        };
        history.ancestors(&[one]).contains(&two)
    }

    /// What it says now.
    pub fn read(&self) -> Reading {
        read(&self.0)
    }

    /// What it said at these heads.
    pub fn read_at(&self, heads: &[Head]) -> Result<Reading, DocumentError> {
        if heads == self.heads().as_slice() {
            return Ok(self.read());
        }
        let hashes: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(head.0)).collect();
        Ok(read(
            &self
                .0
                .fork_at(&hashes)
                .map_err(|_| DocumentError::UnknownBase)?,
        ))
    }

    /// The places that an act wrote.
    pub fn written_by(&self, act: &ActId) -> Vec<Slot> {
        let Some((before, after)) = self.around(act) else {
            return Vec::new();
        };
        let mut slots: Vec<Slot> = after
            .fields
            .iter()
            .filter(|(slot, value)| before.fields.get(*slot) != Some(value))
            .map(|(slot, _)| slot)
            .collect();
        slots.extend(
            before
                .fields
                .iter()
                .map(|(slot, _)| slot)
                .filter(|slot| after.fields.get(*slot).is_none()),
        );
        slots.sort_unstable();
        slots
    }

    /// What the author of an act saw before it and left after it; `None` if it changed nothing here.
    pub fn around(&self, act: &ActId) -> Option<(Reading, Reading)> {
        let history = History::of(&self.0);
        let hash = history.change_of(act)?;
        let deps = history.deps.get(&hash)?;
        let before = self.0.fork_at(deps).ok().map(|doc| read(&doc))?;
        let after = self.0.fork_at(&[hash]).ok().map(|doc| read(&doc))?;
        Some((before, after))
    }

    /// The value that an act left in a slot.
    pub fn value_after(&self, act: &ActId, slot: Slot) -> Option<Value> {
        self.around(act)
            .and_then(|(_, after)| after.fields.get(slot).cloned())
    }

    /// What the author of an act saw in a slot before it.
    pub fn value_before(&self, act: &ActId, slot: Slot) -> Option<Value> {
        self.around(act)
            .and_then(|(before, _)| before.fields.get(slot).cloned())
    }

    /// The edits that take back what `undone` wrote in places that `wanted` picks and where it
    /// still stands. Each place gets what one of `kept` wrote there, else what somebody else
    /// claims there beside it, else what those who wrote it last agreed on. Nothing is erased:
    /// these are new edits, and the history keeps the old ones.
    pub fn take_back(
        &self,
        undone: &[ActId],
        kept: &[ActId],
        wanted: impl Fn(Slot) -> bool,
    ) -> Vec<Edit> {
        let written = |acts: &[ActId]| -> Vec<(ActId, Vec<Slot>)> {
            acts.iter()
                .map(|act| (*act, self.written_by(act)))
                .collect()
        };
        let (undone, kept) = (written(undone), written(kept));
        let slots: BTreeSet<Slot> = undone
            .iter()
            .flat_map(|(_, slots)| slots)
            .copied()
            .filter(|slot| wanted(*slot))
            .collect();
        let mut edits = Vec::new();
        for slot in slots {
            let standing = claims_at(&self.0, slot);
            let wrote = |acts: &[(ActId, Vec<Slot>)]| -> Vec<ActId> {
                let writers = acts.iter().filter(|(_, slots)| slots.contains(&slot));
                writers.map(|(act, _)| *act).collect()
            };
            let (losers, keepers) = (wrote(&undone), wrote(&kept));
            let loses = |claim: &Claim| {
                claim.act.is_some_and(|act| losers.contains(&act))
                    || self.settled_for(claim, &losers, &standing)
            };
            if !standing.iter().any(loses) {
                // Somebody knew it and wrote over it since: that is not taken back.
                continue;
            }
            let others: Vec<&Claim> = standing
                .iter()
                .filter(|claim| {
                    !loses(claim) && claim.act.is_none_or(|act| !keepers.contains(&act))
                })
                .collect();
            let value = match (keepers.first(), others.as_slice()) {
                (Some(keeper), _) => self.value_after(keeper, slot),
                (None, [other]) => other.value.clone(),
                (None, _) => {
                    let authors: Vec<Option<ActId>> = losers.iter().copied().map(Some).collect();
                    self.common_ground(&authors).fields.get(slot).cloned()
                }
            };
            edits.push(put(slot, value));
        }
        edits
    }

    /// The entries that this act wrote and others have written over since, each with an act that
    /// did: what they wrote rests on it. What some `others` put back in its stead counts as its own.
    pub fn written_over(&self, act: &ActId, others: &[ActId]) -> Vec<(Slot, ActId)> {
        let own = |claim: &Claim| {
            claim
                .act
                .is_some_and(|by| by == *act || others.contains(&by))
        };
        let entries = self.written_by(act).into_iter();
        entries
            .filter(|slot| slot.entry.is_some())
            .map(|slot| claims_at(&self.0, slot))
            .filter(|standing| !standing.iter().any(own))
            .flatten()
            .filter_map(|claim| Some((claim.slot, claim.act?)))
            .collect()
    }

    /// Whether one of these acts settled a clash for a claim that was there: the library then takes
    /// the others away and writes nothing, so the place still names the act of the claim.
    fn settled_for(&self, claim: &Claim, acts: &[ActId], standing: &[Claim]) -> bool {
        standing.len() == 1
            && acts.iter().any(|act| {
                claim.value == self.value_after(act, claim.slot)
                    && claim.act.is_none_or(|made| self.knew(act, &made))
            })
    }

    /// How many places hold or held something.
    pub fn slots(&self) -> usize {
        self.0.length(ROOT)
    }

    /// What the authors of these acts all knew when they acted.
    pub fn common_ground(&self, acts: &[Option<ActId>]) -> Reading {
        let history = History::of(&self.0);
        let mut known: Option<BTreeSet<ChangeHash>> = None;
        for act in acts.iter().flatten() {
            let Some(change) = history.change_of(act) else {
                continue;
            };
            let mut before = history.ancestors(&[change]);
            before.remove(&change);
            known = Some(match known {
                None => before,
                Some(known) => known.intersection(&before).copied().collect(),
            });
        }
        let heads = history.heads_within(&known.unwrap_or_default());
        self.0
            .fork_at(&heads)
            .map(|doc| read(&doc))
            .unwrap_or_default()
    }
}

/// The edit that sets a slot.
pub fn put(slot: Slot, value: Option<Value>) -> Edit {
    match (slot.entry, value) {
        (None, Some(value)) => Edit::Put(slot.field, value),
        (None, None) => Edit::Clear(slot.field),
        (Some(entry), value) => Edit::Amend(slot.field, entry, value),
    }
}

fn key_of(slot: Slot) -> String {
    match slot.entry {
        None => slot.field.key().to_owned(),
        Some(entry) => format!("{}/{entry}", slot.field.key()),
    }
}

fn slot_of(key: &str) -> Option<Slot> {
    let slot = match key.split_once('/') {
        None => Slot::single(Field::from_key(key)?),
        Some((field, entry)) => {
            Slot::entry(Field::from_key(field)?, entry.parse::<EntryId>().ok()?)
        }
    };
    slot.is_well_formed().then_some(slot)
}

fn scalar(value: &Value) -> Result<ScalarValue, DocumentError> {
    postcard::to_stdvec(value)
        .map(ScalarValue::Bytes)
        .map_err(|_| DocumentError::Library)
}

fn sorted_heads(doc: &Automerge) -> Vec<Head> {
    let mut heads: Vec<Head> = doc
        .get_heads()
        .into_iter()
        .map(|hash| Head(hash.0))
        .collect();
    heads.sort_unstable();
    heads
}

/// Commits the edits to `doc`, whose state is what the author saw.
/// Farthest moment that is written with a change, seconds from 1970: a device may tell any, and the
/// library reckons with the distance between two of them. Nothing is read from it.
const TIME_S_MAX: i64 = 1 << 40;

fn change(doc: &mut Automerge, stamp: &Stamp, edits: &[Edit]) -> Result<Head, DocumentError> {
    let reading = if edits.iter().any(Edit::looks_at_record) {
        read(doc)
    } else {
        Reading::default()
    };
    let writes = resolve(edits, &reading.fields, stamp.act)?;
    doc.set_actor(ActorId::from(stamp.actor.0.as_slice()));
    let options = || {
        CommitOptions::default()
            .with_time(stamp.time_s.clamp(-TIME_S_MAX, TIME_S_MAX))
            .with_message(history::mark_of(stamp))
    };
    let done = doc.transact_with::<_, _, DocumentError, _>(
        |_| options(),
        |tx| {
            for (slot, value) in &writes {
                let value = value.as_ref().map_or(Ok(ScalarValue::Null), scalar)?;
                tx.put(ROOT, key_of(*slot), value)
                    .map_err(|_| DocumentError::Library)?;
            }
            Ok(())
        },
    );
    let hash = match done.map_err(|failure| failure.error)?.hash {
        Some(hash) => hash,
        // Putting the value that stands there already writes nothing; the act is marked all
        // the same, so that the history tells of it.
        None => doc.empty_commit(options()),
    };
    Ok(Head(hash.0))
}
