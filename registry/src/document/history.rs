//! Which change of a document knew which.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ChangeHash};

use super::Stamp;
use crate::ActId;

/// What follows the act in the mark of a change that takes back.
const TAKES_BACK: &str = " back";

/// The mark of a change.
pub(super) fn mark_of(stamp: &Stamp) -> String {
    let back = if stamp.takes_back { TAKES_BACK } else { "" };
    format!("{}{back}", stamp.act)
}

/// The act that a change is marked with.
pub(super) fn act_of(message: Option<&str>) -> Option<ActId> {
    let text = message?;
    text.strip_suffix(TAKES_BACK).unwrap_or(text).parse().ok()
}

/// Whether a change only takes back.
fn takes_back(message: Option<&str>) -> bool {
    message.is_some_and(|text| text.ends_with(TAKES_BACK))
}

/// Which change knew which.
pub(super) struct History {
    pub(super) deps: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    by_act: BTreeMap<ActId, ChangeHash>,
    taking_back: BTreeSet<ActId>,
}

impl History {
    pub(super) fn of(doc: &Automerge) -> History {
        let changes = doc.get_changes_meta(&[]);
        History {
            by_act: changes
                .iter()
                .filter_map(|change| Some((act_of(change.message.as_deref())?, change.hash)))
                .collect(),
            taking_back: changes
                .iter()
                .filter(|change| takes_back(change.message.as_deref()))
                .filter_map(|change| act_of(change.message.as_deref()))
                .collect(),
            deps: changes
                .iter()
                .map(|change| (change.hash, change.deps.clone()))
                .collect(),
        }
    }

    pub(super) fn change_of(&self, act: &ActId) -> Option<ChangeHash> {
        self.by_act.get(act).copied()
    }

    /// Whether an act only took back what its author had written.
    pub(super) fn takes_back(&self, act: Option<ActId>) -> bool {
        act.is_some_and(|act| self.taking_back.contains(&act))
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
