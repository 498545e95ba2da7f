//! Which change of a document knew which.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ChangeHash};

use crate::ActId;

/// The act that a change is marked with.
pub(super) fn act_of(message: Option<&str>) -> Option<ActId> {
    message.and_then(|text| text.parse().ok())
}

/// Which change knew which.
pub(super) struct History {
    pub(super) deps: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    by_act: BTreeMap<ActId, ChangeHash>,
}

impl History {
    pub(super) fn of(doc: &Automerge) -> History {
        let changes = doc.get_changes(&[]);
        History {
            by_act: changes
                .iter()
                .filter_map(|change| Some((act_of(change.message())?, change.hash())))
                .collect(),
            deps: changes
                .iter()
                .map(|change| (change.hash(), change.deps().to_vec()))
                .collect(),
        }
    }

    pub(super) fn change_of(&self, act: &ActId) -> Option<ChangeHash> {
        self.by_act.get(act).copied()
    }

    /// These changes and all that they depend on.
    pub(super) fn ancestors(&self, from: &[ChangeHash]) -> BTreeSet<ChangeHash> {
        let mut seen = BTreeSet::new();
        let mut queue = from.to_vec();
        while let Some(next) = queue.pop() {
            if seen.insert(next) {
                queue.extend(self.deps.get(&next).into_iter().flatten().copied());
            }
        }
        seen
    }

    /// The heads of a set of changes that holds all ancestors of its members.
    pub(super) fn heads_within(&self, set: &BTreeSet<ChangeHash>) -> Vec<ChangeHash> {
        let mut heads = set.clone();
        for change in set {
            for dep in self.deps.get(change).into_iter().flatten() {
                heads.remove(dep);
            }
        }
        heads.into_iter().collect()
    }
}
