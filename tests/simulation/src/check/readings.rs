//! What must hold of readings: each that a record was shown for is in the office's audit chain, what
//! the office counts as told is at the centre, once, and in the end the centre has all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use central_registry::registrar::{ReadingsWanted, Registrar};
use central_registry::tables::{self, ReadingRow};
use commune_node::office::Office;
use commune_node::tables::{AuditEvent, Rows};
use registry::{NodeId, OfficeCode, RecordId};
use registry_store::{KeyRange, Store};

use super::agreement::Fails;
use super::ledger::{HasRead, Mark};
use super::{Failure, Ledger};
use crate::world::{Device, World};

/// Readings that are listed at once: more than any run has.
const ROWS_MAX: usize = 100_000;

fn broken(words: String) -> Failure {
    Failure::new("8 readings", words)
}

impl Ledger {
    /// A clerk was shown a record: the reading is in the chain.
    pub(crate) fn has_read(
        &mut self,
        device: usize,
        office: &Office,
        record: RecordId,
    ) -> Result<(), Failure> {
        let rows = Rows::new(office.store().clone());
        let Some(readings) = self.readings.get_mut(device) else {
            return Ok(());
        };
        let known = readings.iter().rev().find(|known| !known.disk_gone);
        let from = known.map_or(1, |known| known.place + 1);
        for place in from..=office.meta().audit_entries {
            let entry = rows.audit(place).ok().flatten();
            let read = entry.filter(|entry| {
                matches!(&entry.event, AuditEvent::Read { record: read, .. } if *read == record)
            });
            let Some(mark) = read.and_then(|entry| mark_of(&entry.link(place))) else {
                continue;
            };
            readings.push(HasRead {
                place,
                mark,
                disk_gone: false,
            });
            return Ok(());
        }
        let words = format!(
            "office {}: a record was shown, and no entry says so",
            office.code()
        );
        Err(broken(words))
    }
}

fn mark_of(link: &[u8]) -> Option<Mark> {
    link.first_chunk::<16>().copied()
}

/// What an office counts as told is at the centre.
pub(super) fn what_was_told_is_kept(
    ledger: &Ledger,
    device: usize,
    node: NodeId,
    rows: &Rows,
) -> Result<(), Failure> {
    let Some(readings) = ledger.readings.get(device).filter(|it| !it.is_empty()) else {
        return Ok(());
    };
    let sent = rows.readings_sent().unwrap_or(0);
    for reading in readings
        .iter()
        .filter(|it| !it.disk_gone && it.place <= sent)
    {
        if !ledger.kept_readings.contains(&(node, reading.mark)) {
            let words = format!(
                "entry {} of device {device} counts as told, and the centre does not have it",
                reading.place
            );
            return Err(broken(words));
        }
    }
    Ok(())
}

/// The centre keeps each reading once, and those that it had.
pub(super) fn none_is_kept_twice_or_lost(
    ledger: &mut Ledger,
    registrar: &Registrar,
) -> Result<(), Failure> {
    if !ledger.opens_records() && ledger.kept_readings.is_empty() {
        return Ok(());
    }
    let unreadable = || broken("the centre's readings cannot be read".to_owned());
    let rows = registrar
        .store()
        .scan(tables::READINGS, &KeyRange::all(), ROWS_MAX)
        .map_err(|_| unreadable())?;
    let mut kept = BTreeSet::new();
    for (key, value) in rows {
        let row: ReadingRow = postcard::from_bytes(&value).map_err(|_| unreadable())?;
        let mark = key.last_chunk::<16>().copied().ok_or_else(unreadable)?;
        if !kept.insert((row.node, mark)) {
            let words = format!(
                "the reading at entry {} of a device is kept twice",
                row.place
            );
            return Err(broken(words));
        }
    }
    if !ledger.kept_readings.is_subset(&kept) {
        return Err(broken("the centre has lost a reading".to_owned()));
    }
    ledger.kept_readings = kept;
    Ok(())
}

/// In the end the office has told everything, and what it told is in its chain.
pub(super) fn all_are_told(
    ledger: &Ledger,
    device: usize,
    at: &Device,
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let (Some(office), Some(readings)) = (&at.office, ledger.readings.get(device)) else {
        return Ok(());
    };
    for reading in readings.iter().filter(|it| !it.disk_gone) {
        if !ledger.kept_readings.contains(&(at.node, reading.mark)) {
            return Err(fails(format!(
                "the reading at entry {} is not told",
                reading.place
            )));
        }
    }
    if ledger.rolled_back.contains(&device) {
        // What an old disk has forgotten may be at the centre all the same.
        return Ok(());
    }
    if kept_is_in_the_chain(ledger, at, office) {
        Ok(())
    } else {
        Err(fails(UNHEARD_OF.to_owned()))
    }
}

/// What an office is told when the centre knows more than its disk.
const UNHEARD_OF: &str = "the centre has a reading that is not in the office's chain";

/// After the power was gone: what the centre was told has outlived it.
pub(crate) fn what_is_kept_outlives_the_power(
    ledger: &Ledger,
    device: usize,
    at: &Device,
) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let rolled_back = ledger.rolled_back.contains(&device);
    if rolled_back || kept_is_in_the_chain(ledger, at, office) {
        return Ok(());
    }
    Err(broken(format!("device {device}: {UNHEARD_OF}")))
}

fn kept_is_in_the_chain(ledger: &Ledger, at: &Device, office: &Office) -> bool {
    let kept = ledger.kept_readings.iter();
    let mut kept = kept.filter(|(node, _)| *node == at.node).peekable();
    if kept.peek().is_none() {
        return true;
    }
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    let chain: BTreeSet<Mark> = (1..=office.meta().audit_entries)
        .filter_map(|place| mark_of(&rows.audit(place).ok().flatten()?.link(place)))
        .collect();
    kept.all(|(_, mark)| chain.contains(mark))
}

/// Whoever looks through the readings of an office is shown all of them, also those of before a
/// decree.
pub(super) fn the_centre_shows_all(world: &World, registrar: &Registrar) -> Result<(), String> {
    let mut expected: BTreeMap<OfficeCode, usize> = BTreeMap::new();
    for at in &world.devices {
        let kept = world.ledger.kept_readings.iter();
        let kept = kept.filter(|(node, _)| *node == at.node).count();
        *expected.entry(at.speaks_as()).or_default() += kept;
    }
    for (office, count) in expected {
        let wanted = ReadingsWanted {
            office,
            officer: None,
            since_s: 0,
            after: None,
            limit: ROWS_MAX,
        };
        let found = registrar.readings(&wanted);
        let found = found
            .map_err(|_| "readings cannot be read".to_owned())?
            .rows
            .len();
        if found != count {
            return Err(format!(
                "office {office}: {found} readings are shown of {count}"
            ));
        }
    }
    Ok(())
}
