//! The line on a stick: an office writes a bundle, somebody carries one to the centre, somebody
//! carries an answer back. Which one is drawn, so they come twice, late, out of order, and beside a
//! line; some come to a centre without power, or to an office that was restored meanwhile.

use std::sync::Arc;

use bytes::Bytes;
use central_registry::intake::BatchFrom;
use central_registry::registrar::{BundleError, Grew, OpenedBundle, Registrar};
use commune_node::bundle::{make, open_answer};
use commune_node::writer::{Command, WriteError};
use registry_store::Store;
use sync_proto::Codec;
use sync_proto::bundle::BundleId;
use tokio::sync::oneshot;

use super::World;
use super::centre::officer;
use super::device::Awaited;
use crate::check::Failure;
use crate::dice::Dice;

/// A bundle that was made, and waits for the sync before it is given out.
pub(crate) struct Written {
    file: Bytes,
    reply: oneshot::Receiver<Result<(), WriteError>>,
}

/// Everything that lies on sticks: nobody ever wipes one.
#[derive(Default)]
pub(crate) struct Sticks {
    bundles: Vec<Bytes>,
    /// Answers, each with the device for which it is.
    answers: Vec<(usize, Bytes)>,
}

impl World {
    /// Every office has heard the centre's key. It comes with the greeting; but it is random, and what
    /// goes over a line here is the same in every run of a seed.
    pub(super) fn learn_bundle_key(&mut self) -> Result<(), Failure> {
        let failed = |what: &'static str| Failure::new("setting", what);
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let registrar = self.centre.registrar.as_ref();
        let key = registrar.and_then(|it| it.ensure_bundle_key(at_s).ok());
        let key = key.ok_or_else(|| failed("no key for bundles"))?;
        for office in self.devices.iter().filter_map(|at| at.office.as_ref()) {
            office
                .learn_bundle_key(key)
                .map_err(|_| failed("an office learns no key"))?;
            office
                .store()
                .sync()
                .map_err(|_| failed("an office learns no key"))?;
        }
        Ok(())
    }

    /// Somebody does something with a stick.
    pub(super) fn stick(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "stick", 0);
        match dice.below(3) {
            0 => self.write_stick(device, &mut dice),
            1 => {
                let picked = dice.pick(&self.sticks.bundles).cloned();
                picked.map_or(Ok(()), |file| self.stick_to_centre(&file, &mut dice))
            }
            _ => {
                let picked = dice.pick(&self.sticks.answers).cloned();
                picked.map_or(Ok(()), |(device, file)| self.stick_back(device, &file))
            }
        }
    }

    fn write_stick(&mut self, device: usize, dice: &mut Dice) -> Result<(), Failure> {
        let wall_ms = self.wall_ms();
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let (Some(office), Some(end), Some(officer)) = (at.office.clone(), at.outbox, officer())
        else {
            return Ok(());
        };
        let now_ms = at.shows_ms(wall_ms);
        let id = BundleId((u128::from(dice.any()) << 64 | u128::from(dice.any())).to_be_bytes());
        match make(&office, &at.key, &officer.id, end, (now_ms, id)) {
            Ok(made) => {
                let acts = made.row.acts();
                self.ledger.put_on_a_stick(device, &made.row);
                self.trace.note(|| format!("a stick with {acts} acts"));
                let (row, file) = (Box::new(made.row), Bytes::from(made.file));
                self.order(
                    device,
                    |reply| Command::BundleMade { id, row, reply },
                    |reply| Some(Awaited::Stick(Written { file, reply })),
                );
            }
            Err(error) => self.trace.note(|| format!("no stick: {}", error.code())),
        }
        Ok(())
    }

    /// The sync has ended: the stick is given out, unless it failed.
    pub(super) fn stick_written(&mut self, mut written: Written) -> Option<Written> {
        match written.reply.try_recv() {
            Ok(Ok(())) => {
                self.note_fault("stick written");
                self.sticks.bundles.push(written.file);
            }
            Ok(Err(_)) => {}
            Err(oneshot::error::TryRecvError::Empty) => return Some(written),
            Err(oneshot::error::TryRecvError::Closed) => {}
        }
        None
    }

    fn stick_to_centre(&mut self, file: &Bytes, dice: &mut Dice) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        let mut grew = Grew::new();
        let taken = self.take_stick(&registrar, file, &mut grew);
        if registrar.sync().is_err() {
            // What was staged stands as soon as a later sync succeeds; nothing is told before.
            self.owe(grew);
            if self.disk_of(None).health().poisoned {
                return self.centre_starts_anew();
            }
            return Ok(());
        }
        match taken {
            Ok((opened, acts)) => {
                self.tally.sticks += 1;
                self.note_fault("stick taken in");
                self.trace
                    .note(|| format!("a stick brings {acts} new acts"));
                self.answer_stick(&registrar, &opened, dice)?;
            }
            Err(error) => self
                .trace
                .note(|| format!("a stick is refused: {}", error.code())),
        }
        self.publish(&registrar, &grew)?;
        crate::check::centre(self)
    }

    /// Stages what is new on a stick, as the centre's server does.
    fn take_stick(
        &self,
        registrar: &Registrar,
        file: &Bytes,
        grew: &mut Grew,
    ) -> Result<(OpenedBundle, usize), BundleError> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let mut opened = registrar.open_bundle(file, &codec()?, at_s)?;
        let standing = registrar.bundle_standing(&opened.asked, self.wall_ms())?;
        let mut point = opened.reader.stand(&standing)?;
        let mut acts = 0;
        while let Some(batch) = opened.reader.next_batch(&point)? {
            let from = BatchFrom {
                office: opened.asked.envelope.office,
                node: opened.asked.envelope.node,
                incarnation: batch.end().incarnation,
                first: batch.first(),
                chain: *batch.end().chain.as_bytes(),
            };
            let bytes: Vec<Vec<u8>> = batch.acts().iter().map(|act| act.to_vec()).collect();
            // A disk that is full takes none; the next time goes on behind what was taken.
            let Ok(taken) = registrar.stage_batch(at_s, &from, &bytes) else {
                break;
            };
            grew.extend(taken.grew);
            acts += bytes.len();
            point = batch.end();
            opened.reader.took();
        }
        Ok((opened, acts))
    }

    fn answer_stick(
        &mut self,
        registrar: &Registrar,
        opened: &OpenedBundle,
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let wall_ms = self.wall_ms();
        let at_s = i64::try_from(wall_ms / 1000).unwrap_or(0);
        let id = BundleId((u128::from(dice.any()) << 64 | u128::from(dice.any())).to_be_bytes());
        let answer = codec().and_then(|codec| {
            let standing = registrar.bundle_standing(&opened.asked, wall_ms)?;
            registrar.answer_bundle(&opened.asked, &standing, &codec, (at_s, id))
        });
        let node = opened.asked.envelope.node;
        let device = self.devices.iter().position(|at| at.node == node);
        match (answer, device) {
            (Ok(answer), Some(device)) => {
                self.sticks.answers.push((device, answer.file.into()));
                Ok(())
            }
            (Err(error), _) => Err(Failure::new("sticks", error.to_string())),
            (_, None) => Err(Failure::new("sticks", "an answer for nobody")),
        }
    }

    fn stick_back(&mut self, device: usize, file: &Bytes) -> Result<(), Failure> {
        let wall_ms = self.wall_ms();
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let (Some(office), Some(officer)) = (at.office.clone(), officer()) else {
            return Ok(());
        };
        let device_ms = at.shows_ms(wall_ms);
        let line = at.line;
        let device_s = i64::try_from(device_ms / 1000).unwrap_or(0);
        let mut opened = match open_answer(&office, file, device_s) {
            Ok(opened) => opened,
            Err(error) => {
                self.trace
                    .note(|| format!("an answer is refused: {}", error.code()));
                return Ok(());
            }
        };
        self.note_fault("stick brought back");
        let (of, stands) = (opened.office, *opened.reader.stands());
        let failed = |error: String| Failure::new("sticks", error);
        let agrees = office.agrees_with(&stands);
        if !agrees.map_err(|error| failed(error.to_string()))? {
            let (above, taken) = office.life_after(&stands);
            self.trace.note(|| "a new life, by an answer".to_owned());
            self.begin_life(device, above, taken)?;
            // What the line says of the old life is past.
            return line.map_or(Ok(()), |line| self.node_fails(line, "bundle_taken"));
        }
        let mut applied = office.meta().feed_applied;
        while let Some((first, entries)) = opened
            .reader
            .next_entries()
            .map_err(|error| failed(error.to_string()))?
        {
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let last = registry::FeedSeq::new(first.get() + count - 1);
            if last <= applied {
                continue;
            }
            if first > applied.next() {
                self.trace
                    .note(|| "an answer has a hole before it".to_owned());
                break;
            }
            applied = last;
            let fed = |reply| Command::FeedOfStick {
                office: of,
                first,
                entries,
                reply,
            };
            self.order(device, fed, |_| None);
        }
        let (id, officer) = (opened.id, officer.id);
        let answered = |reply| Command::BundleAnswered {
            id,
            office: of,
            stands,
            officer,
            reply,
        };
        self.order(device, answered, |_| None);
        self.trace.note(|| "an answer is taken in".to_owned());
        line.map_or(Ok(()), |line| self.node_fails(line, "bundle_taken"))
    }
}

fn codec() -> Result<Arc<Codec>, BundleError> {
    let codec = Codec::new(3, &[]).map_err(sync_proto::SessionError::from)?;
    Ok(Arc::new(codec))
}
