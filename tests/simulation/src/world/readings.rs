//! Readings in a run: clerks open records, and what was opened is told to the centre.

use commune_node::writer::Command;
use registry::procedure::Slice;
use registry::reading::{REASONS, Reading, encode_readings};
use sync_proto::{CentralInput, NodeInput};

use super::World;
use super::centre::Ask;
use super::device::Awaited;
use crate::check::Failure;
use crate::dice::Dice;
use crate::sabotage::Sabotage;

/// Most records that a clerk opens one after the other.
const RECORDS_MAX: u64 = 4;

impl World {
    /// A clerk opens some records that the office holds.
    pub(super) fn open_records(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "reader", 0);
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let (Some(office), Some(officer)) = (at.office.clone(), at.officer()) else {
            return Ok(());
        };
        let mut ids: Vec<_> = self.people.people.iter().map(|one| one.id).collect();
        ids.extend(&at.made);
        for _ in 0..dice.between(1, RECORDS_MAX) {
            let reason = dice.pick(REASONS).map(|rule| rule.reason);
            let record = dice.pick(&ids).copied();
            let (Some(reason), Some(record)) = (reason, record) else {
                return Ok(());
            };
            if office.record(&record).is_none() {
                continue;
            }
            if self.sabotage == Some(Sabotage::ReadUnseen) {
                self.has_read(device, record)?;
                continue;
            }
            let officer = officer.id.clone();
            self.order(
                device,
                |reply| Command::Reading {
                    officer,
                    record,
                    reason,
                    reply,
                },
                |answer| Some(Awaited::Reading(record, answer)),
            );
        }
        Ok(())
    }

    /// A reading is written down: the record may be shown, and the session is told.
    pub(super) fn has_read(
        &mut self,
        device: usize,
        record: registry::RecordId,
    ) -> Result<(), Failure> {
        let Some(office) = self.devices.get(device).and_then(|at| at.office.clone()) else {
            return Ok(());
        };
        self.tally.readings += 1;
        self.trace
            .note(|| format!("a reading of device {device} is written down"));
        self.ledger.has_read(device, &office, record)?;
        let Some(line) = self.devices.get(device).and_then(|at| at.line) else {
            return Ok(());
        };
        self.node_give(line, NodeInput::ReadingsGrew { at_once: false })
    }

    /// Gives the session the next batch of readings, or nothing if the centre has all.
    pub(super) fn read_readings(&mut self, id: u64, device: usize) -> Result<(), Failure> {
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let Some(office) = at.office.clone() else {
            return Ok(());
        };
        let durable = at.audited;
        let unreadable = |_| Failure::new("readings", "a batch cannot be read");
        let (mut up_to, mut payload) = (0, Vec::new());
        match office.unsent_readings(durable) {
            Err(error) => return self.node_fails(id, error.code()),
            Ok(None) => {}
            Ok(Some(unsent)) => {
                up_to = unsent.up_to;
                if unsent.readings.is_empty() {
                    self.readings_sent(id, device, up_to);
                } else {
                    payload = encode_readings(&unsent.readings).map_err(unreadable)?;
                }
            }
        }
        let payload = payload.into();
        self.node_give(id, NodeInput::ReadingsRead { up_to, payload })
    }

    /// The centre has readings up to here: that is written down.
    pub(super) fn readings_sent(&mut self, id: u64, device: usize, up_to: u64) {
        self.order(
            device,
            |reply| Command::ReadingsSent { up_to, reply },
            |answer| Some(Awaited::ReadingsNoted(id, answer)),
        );
    }

    /// The centre's session has readings to keep.
    pub(super) fn keep_readings(&mut self, id: u64, up_to: u64, readings: Vec<Reading>) {
        let Some((office, node)) = self.office_of(id) else {
            return;
        };
        let count = readings.len();
        self.trace
            .note(|| format!("line {id}: {count} readings of {office} reach the centre"));
        if let Some(line) = self.lines.get_mut(&id) {
            line.central.answers.push_back(super::centre::Slot::Waits);
        }
        let kept = Box::new(CentralInput::ReadingsKept { up_to });
        self.ask(Ask::Readings(id, (office, node), readings, kept));
    }
}
