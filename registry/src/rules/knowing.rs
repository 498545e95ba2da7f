//! Who knew of which act. A rule asks only this, never what came first: an office knows the
//! centre's commits up to the horizon of its act, and its own acts of the same life before it.

use crate::act::Act;
use crate::{ActId, CommitSeq, RecordId};

/// An act that the centre took in and that still counts.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The act.
    pub act: &'a Act,
    /// The commit that took it in.
    pub commit: CommitSeq,
}

impl Taken<'_> {
    /// Which.
    pub fn id(&self) -> ActId {
        self.act.id()
    }

    /// Whether its author knew of another.
    pub fn knew(&self, other: &Taken<'_>) -> bool {
        let (mine, theirs) = (self.act.author, other.act.author);
        let same_life = (mine.node, mine.incarnation) == (theirs.node, theirs.incarnation);
        other.commit <= self.act.body.horizon || (same_life && theirs.number < mine.number)
    }

    /// Whether neither author knew of the other's act.
    pub fn apart_from(&self, other: &Taken<'_>) -> bool {
        self.id() != other.id() && !self.knew(other) && !other.knew(self)
    }

    /// The edits that it makes to a record.
    pub fn edits_of(&self, id: RecordId) -> &[crate::edit::Edit] {
        let mut records = self.act.records();
        let place = records.find(|(_, record)| *record == id);
        let change = place.and_then(|(index, _)| self.act.body.changes.get(index));
        change.map_or(&[], |change| change.edits.as_slice())
    }
}
