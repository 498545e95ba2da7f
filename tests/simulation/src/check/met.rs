//! Which acts an office had on a record when it entered another act on it: noted when the act is
//! entered, apart from what the documents say of who knew of whom.

use std::collections::{BTreeMap, BTreeSet};

use commune_node::office::Office;
use commune_node::tables::Meta;
use registry::act::{Author, Target};
use registry::document::Document;
use registry::procedure::Slice;
use registry::{ActId, RecordId};

/// The acts on each record that an act changes.
type Before = BTreeMap<RecordId, BTreeSet<ActId>>;

/// What was noted.
#[derive(Debug, Default)]
pub(crate) struct Met {
    /// Nothing of an act whose number was used again, on a disk that was put back: which of the two
    /// the centre has, nobody here knows.
    acts: BTreeMap<ActId, Option<Before>>,
}

impl Met {
    /// Notes the act that an office has just entered, if it was one.
    pub(crate) fn note(&mut self, office: &Office, before: &Meta) {
        let now = office.meta();
        let one = now.incarnation == before.incarnation
            && now.outbox_last.get() == before.outbox_last.get().saturating_add(1);
        if !one {
            return;
        }
        let author = Author {
            node: now.node,
            incarnation: now.incarnation,
            number: now.outbox_last,
        };
        let id = author.act_id();
        let known = self.acts.contains_key(&id);
        let before = met(office, &id).filter(|_| !known);
        self.acts.insert(id, before);
    }

    /// Whether whoever made the first act on a record had the second before them.
    pub(super) fn knew(
        &self,
        (record, document): (RecordId, &Document),
        act: &ActId,
        other: &ActId,
    ) -> bool {
        let noted = self.acts.get(act).and_then(Option::as_ref);
        match noted.and_then(|before| before.get(&record)) {
            Some(before) => before.contains(other),
            // Of a person named by card, and of what the centre does, only the document tells.
            None => document.knew(act, other),
        }
    }
}

fn met(office: &Office, id: &ActId) -> Option<Before> {
    let (act, _) = office.own_act(id)?;
    let mut met = Before::new();
    for change in &act.body.changes {
        if let Target::Held { id: record, .. } = &change.target {
            let document = office.record(record)?.record.document().ok()?;
            let others = document.acts().into_iter().filter(|other| other != id);
            met.insert(*record, others.collect());
        }
    }
    Some(met)
}
