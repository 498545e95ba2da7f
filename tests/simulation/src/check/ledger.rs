//! The ledger: what was promised to whom, written down beside the system.

use std::collections::{BTreeMap, BTreeSet};

use commune_node::office::Filed;
use commune_node::tables::{ActKey, BundleRow};
use registry::feed::ActOutcome;
use registry::pin::Pin;
use registry::record::Version;
use registry::value::Line;
use registry::{ActId, ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use sync_proto::Digest;

use super::met::Met;
use super::said::Said;
use crate::law::Law;
use crate::people::People;

/// An act that a clerk was told is safe.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledged {
    pub(crate) act: ActId,
    pub(crate) incarnation: Incarnation,
    pub(crate) number: ActNumber,
    /// Its disk was replaced by an older one: only what had been sent can still be asked for.
    pub(crate) disk_gone: bool,
}

/// Acts that somebody has written onto a stick.
#[derive(Debug, Clone, Copy)]
struct OnStick {
    device: usize,
    first: ActKey,
    last: ActKey,
}

/// A reading that a clerk was told is written down: the record was shown.
#[derive(Debug, Clone)]
pub(crate) struct HasRead {
    pub(crate) place: u64,
    pub(crate) mark: Mark,
    /// Its disk was replaced by an older one.
    pub(crate) disk_gone: bool,
}

/// The chain of a device behind a reading, its first bytes: the name of the reading.
pub(crate) type Mark = [u8; 16];

/// The ledger.
pub(crate) struct Ledger {
    pub(crate) central_key: [u8; 32],
    pub(crate) nodes: BTreeMap<NodeId, usize>,
    pub(crate) acts: Vec<Vec<Acknowledged>>,
    /// The centre's answers, as they stand in its feeds.
    pub(crate) outcomes: BTreeMap<ActId, ActOutcome>,
    /// With which others each act was answered: the number of the last of them, and the chain
    /// there.
    pub(crate) answered_with: BTreeMap<ActId, (ActNumber, [u8; 32])>,
    /// What went onto sticks, also onto those of which an older disk knows nothing.
    on_sticks: Vec<OnStick>,
    pub(crate) feeds: BTreeMap<OfficeCode, FeedSeq>,
    pub(crate) digests: BTreeMap<(OfficeCode, FeedSeq), Digest>,
    pub(crate) pins: BTreeMap<Pin, RecordId>,
    /// Households by the number of their residence file.
    pub(crate) files: BTreeMap<Line, RecordId>,
    pub(crate) versions: BTreeMap<RecordId, Version>,
    /// Records at the nodes that were looked at, by their short version.
    pub(crate) held: Vec<BTreeMap<RecordId, [u8; 8]>>,
    pub(crate) shut: BTreeSet<usize>,
    /// Devices whose disk was put back to an older one: it forgot also what nobody was promised.
    pub(crate) rolled_back: BTreeSet<usize>,
    /// Devices that have begun a new life.
    pub(crate) reborn: BTreeSet<usize>,
    /// The place in the audit chain of each device up to which it was looked at, and the link there.
    pub(crate) audit_at: Vec<(u64, [u8; 32])>,
    pub(crate) audit_central: u64,
    pub(crate) audit_link: [u8; 32],
    pub(crate) repairs: Vec<u64>,
    /// Devices that have taken something for the centre's which was not: a page with bits turned,
    /// or noise that their session took for a frame.
    pub(crate) lied_to: BTreeSet<usize>,
    /// What clerks opened, by device.
    pub(crate) readings: Vec<Vec<HasRead>>,
    /// What the centre keeps of it.
    pub(crate) kept_readings: BTreeSet<(NodeId, Mark)>,
    /// Which acts stood before the eyes of whoever entered another.
    pub(crate) met: Met,
    /// What operators of the centre said.
    pub(crate) said: Said,
    /// What decrees have made of communes.
    pub(crate) law: Law,
    /// The records with which the run began.
    pub(crate) imported: BTreeSet<RecordId>,
}

impl Ledger {
    pub(crate) fn new(people: &People, central_key: [u8; 32]) -> Ledger {
        let count = people.communes.len();
        Ledger {
            central_key,
            nodes: people
                .communes
                .iter()
                .enumerate()
                .map(|(index, commune)| (commune.node, index))
                .collect(),
            acts: vec![Vec::new(); count],
            outcomes: BTreeMap::new(),
            answered_with: BTreeMap::new(),
            on_sticks: Vec::new(),
            feeds: BTreeMap::new(),
            digests: BTreeMap::new(),
            pins: BTreeMap::new(),
            files: BTreeMap::new(),
            versions: BTreeMap::new(),
            held: vec![BTreeMap::new(); count],
            shut: BTreeSet::new(),
            rolled_back: BTreeSet::new(),
            reborn: BTreeSet::new(),
            audit_at: vec![(0, [0; 32]); count],
            audit_central: 0,
            audit_link: [0; 32],
            repairs: vec![0; count],
            lied_to: BTreeSet::new(),
            readings: vec![Vec::new(); count],
            kept_readings: BTreeSet::new(),
            met: Met::default(),
            said: Said::default(),
            law: Law::new(people.communes.iter().map(|commune| commune.code)),
            imported: people.records.iter().map(|record| record.id).collect(),
        }
    }

    /// A clerk was told that an act is safe.
    pub(crate) fn acknowledged(&mut self, device: usize, filed: &Filed, incarnation: Incarnation) {
        if let Some(acts) = self.acts.get_mut(device) {
            acts.push(Acknowledged {
                act: filed.act,
                incarnation,
                number: filed.number,
                disk_gone: false,
            });
        }
    }

    /// A stick was written.
    pub(crate) fn put_on_a_stick(&mut self, device: usize, row: &BundleRow) {
        let key = |number| ActKey {
            incarnation: row.incarnation,
            number,
        };
        self.on_sticks.push(OnStick {
            device,
            first: key(row.first),
            last: key(row.last),
        });
    }

    /// Whether an act of a device ever was on a stick.
    pub(super) fn was_on_a_stick(&self, device: usize, act: ActKey) -> bool {
        let mut sticks = self.on_sticks.iter();
        sticks.any(|on| on.device == device && (on.first..=on.last).contains(&act))
    }

    /// How many acts a device has acknowledged.
    pub(crate) fn count_of(&self, device: usize) -> usize {
        self.acts.get(device).map_or(0, Vec::len)
    }

    /// How many readings of a device were written down.
    pub(crate) fn readings_of(&self, device: usize) -> usize {
        self.readings.get(device).map_or(0, Vec::len)
    }

    /// Whether anybody has opened a record in this run.
    pub(crate) fn opens_records(&self) -> bool {
        self.readings.iter().any(|readings| !readings.is_empty())
    }

    /// A device's disk is as it was after so many acts and readings.
    pub(crate) fn restored(&mut self, device: usize, acts: usize, readings: usize) {
        self.rolled_back.insert(device);
        let gone = self.readings.get_mut(device).into_iter().flatten();
        for reading in gone.skip(readings) {
            reading.disk_gone = true;
        }
        for act in self.acts.get_mut(device).into_iter().flatten().skip(acts) {
            act.disk_gone = true;
        }
    }

    /// What was seen of a node's slice no longer counts.
    pub(crate) fn forget_slice(&mut self, device: usize) {
        if let Some(held) = self.held.get_mut(device) {
            held.clear();
        }
    }

    /// What was seen of a node no longer counts.
    pub(crate) fn forget_node(&mut self, device: usize) {
        self.forget_slice(device);
        if let Some(at) = self.audit_at.get_mut(device) {
            *at = (0, [0; 32]);
        }
    }

    /// A device's node is shut out, or let in again.
    pub(crate) fn shut_out(&mut self, device: usize, out: bool) {
        if out {
            self.shut.insert(device);
        } else {
            self.shut.remove(&device);
        }
    }

    /// A device took a patch of a repair.
    pub(crate) fn repaired(&mut self, device: usize) {
        if let Some(count) = self.repairs.get_mut(device) {
            *count += 1;
        }
    }
}
