//! What the plan wants: acts, and everything that goes wrong. What people at the centre do is in
//! [`super::operators`].

use std::sync::Arc;

use central_registry::registrar::Joining;
use central_registry::tables::Exclusion;
use commune_node::writer::Command;
use registry::date::Date;
use registry::value::Line as Words;
use registry_store::{MemoryStore, Store, SyncFault};

use super::device::{Awaited, Backup};
use super::{Event, World};
use crate::check::Failure;
use crate::clerk::{self, Desk};
use crate::plan::{Deed, Procedure, Way};
use crate::sabotage::Sabotage;

impl World {
    pub(super) fn do_planned(&mut self, index: usize) -> Result<(), Failure> {
        let Some(item) = self.plan.items.get(index).cloned() else {
            return Ok(());
        };
        self.note_states();
        self.trace.note(|| format!("planned: {:?}", item.deed));
        if self.bites(&item.deed) {
            self.count_fault(&item.deed);
        }
        match item.deed {
            Deed::Act {
                office,
                procedure,
                salt,
            } => self.file(office.into(), procedure, salt),
            Deed::Read { office, salt } => return self.open_records(office.into(), salt),
            Deed::Decide { salt } => return self.decide(salt),
            Deed::Operate { operation, salt } => return self.operate(operation, salt),
            Deed::Cut {
                office,
                way,
                for_ms,
            } => self.cut_line(office.into(), way, for_ms),
            Deed::Crash {
                office,
                kept,
                for_ms,
            } => return self.power_cut(office.into(), kept.into(), for_ms),
            Deed::CrashCentre { kept, for_ms } => return self.cut_centre(kept.into(), for_ms),
            Deed::CutAtNextWrite {
                office,
                salt,
                for_ms,
            } => self.arm_cut(office.map(usize::from), salt, for_ms),
            Deed::BackUp { office } => {
                let acts = self.ledger.count_of(office.into());
                let readings = self.ledger.readings_of(office.into());
                if let Some(at) = self.devices.get_mut(usize::from(office)) {
                    let disk = at.disk.copy();
                    at.backup = Some(Backup {
                        disk,
                        acts,
                        readings,
                    });
                }
            }
            Deed::Restore { office } => return self.restore(office.into()),
            Deed::FullDisk { office, for_ms } => {
                let whose = office.map(usize::from);
                self.disk_of(whose).set_full(true);
                self.after(for_ms, Event::RoomAgain(whose));
            }
            Deed::FailSync { office, full } => {
                let fault = if full {
                    SyncFault::DiskFull
                } else {
                    SyncFault::Io
                };
                let whose = office.map(usize::from);
                self.broken.remove(&whose);
                self.disk_of(whose).fail_next_sync(fault);
            }
            Deed::BreakSync { office, salt } => {
                self.break_next_sync(office.map(usize::from), salt);
            }
            Deed::SlowDisk { office, for_ms } => {
                let whose = office.map(usize::from);
                self.set_slow(whose, true);
                self.after(for_ms, Event::FastAgain(whose));
            }
            Deed::Clock { office, by_s } => {
                if let Some(at) = self.devices.get_mut(usize::from(office)) {
                    at.clock_ms = at.clock_ms.saturating_add(by_s.saturating_mul(1000));
                }
            }
            Deed::ShutOut { office, for_ms } => {
                self.set_active(office.into(), false)?;
                self.after(for_ms, Event::LetIn(office.into()));
            }
            Deed::Rejoin { office, for_ms } => {
                self.set_active(office.into(), false)?;
                self.after(for_ms, Event::JoinsAnew(office.into()));
            }
            Deed::Stick { office, salt } => return self.stick(office.into(), salt),
            Deed::Days { days } => return self.days_pass(days),
            Deed::Dark {
                office,
                days,
                for_ms,
            } => self.dark_for_days(office.into(), days, for_ms),
            Deed::Replay { office } => return self.replay(office.into()),
            Deed::Decree { office, salt } => return self.decree(office.into(), salt),
            Deed::HostileNode { office, salt } => return self.hostile_node(office.into(), salt),
            Deed::AskPapers { office, salt } => return self.ask_papers(office.into(), salt),
            Deed::HostileCentre { office, salt } => {
                return self.hostile_centre(office.into(), salt);
            }
        }
        Ok(())
    }

    /// How everybody stands, for whoever steps through a recording.
    fn note_states(&mut self) {
        if !self.trace.is_kept() {
            return;
        }
        let mut states = Vec::new();
        for at in &self.devices {
            let state = match &at.office {
                None => "no power".to_owned(),
                Some(office) => {
                    let standing = office.standing(0);
                    format!(
                        "life {}, acts {}, unanswered {}, feed {}, people {}, households {}, open cases {}, digest {}",
                        standing.incarnation.get(),
                        standing.outbox_last.get(),
                        standing.unsent,
                        standing.feed_applied.get(),
                        standing.people,
                        standing.households,
                        standing.cases_open(),
                        standing.slice_digest,
                    )
                }
            };
            let line = match (at.line, at.path.blocked) {
                (_, Some((way, _))) => format!("cut {way:?}"),
                (Some(line), None) => format!("line {line}"),
                (None, None) => "no line".to_owned(),
            };
            let code = at.speaks_as();
            let head = self.centre.head(code).get();
            states.push(format!(
                "  office {code} ({}): {state}; centre's feed {head}; {line}",
                at.path.profile.name
            ));
        }
        for state in states {
            self.trace.note(|| state);
        }
    }

    /// Whether a fault meets anything: nothing happens to the power of an office that has none.
    fn bites(&self, deed: &Deed) -> bool {
        let device = |office: u8| self.devices.get(usize::from(office));
        let is_on = |office: u8| device(office).is_some_and(|at| at.office.is_some());
        let on_line = |office: u8| device(office).is_some_and(|at| at.line.is_some());
        match *deed {
            Deed::Crash { office, .. } | Deed::Clock { office, .. } => is_on(office),
            Deed::Restore { office } => {
                is_on(office) && device(office).is_some_and(|at| at.backup.is_some())
            }
            Deed::CrashCentre { .. } | Deed::ShutOut { .. } | Deed::Rejoin { .. } => {
                self.centre.is_up()
            }
            Deed::Decree { .. } => self.centre.is_up() && !self.ledger.law.underway,
            Deed::Replay { office } => on_line(office) && self.centre.is_up(),
            Deed::HostileCentre { office, .. } => on_line(office),
            _ => true,
        }
    }

    pub(super) fn note_fault(&mut self, name: &str) {
        *self.tally.faults.entry(name.to_owned()).or_default() += 1;
    }

    fn count_fault(&mut self, deed: &Deed) {
        let name = match deed {
            // A stick is counted where it is written, taken in and brought back, and a cut that
            // waits for a write where it comes.
            Deed::Act { .. }
            | Deed::Read { .. }
            | Deed::AskPapers { .. }
            | Deed::Decide { .. }
            | Deed::Operate { .. }
            | Deed::CutAtNextWrite { .. }
            | Deed::Stick { .. } => return,
            Deed::Cut { way, .. } => match way {
                Way::Both => "line cut both ways",
                Way::Up => "line cut to the centre",
                Way::Down => "line cut to the office",
            },
            Deed::Crash { .. } => "node without power",
            Deed::CrashCentre { .. } => "centre without power",
            Deed::BackUp { .. } => "disk copied",
            Deed::Restore { .. } => "old disk restored",
            Deed::FullDisk { .. } => "disk full",
            Deed::FailSync { .. } | Deed::BreakSync { .. } => "sync failed",
            Deed::SlowDisk { .. } => "slow disk",
            Deed::Clock { .. } => "clock jumped",
            Deed::ShutOut { .. } => "node shut out and let in",
            Deed::Rejoin { .. } => "node shut out that joined anew",
            Deed::Replay { .. } => "hello replayed",
            Deed::Days { .. } => "all dark for days",
            Deed::Dark { .. } => "office dark for days",
            Deed::Decree { .. } => "decree",
            Deed::HostileNode { .. } => "hostile node",
            Deed::HostileCentre { .. } => "hostile centre",
        };
        self.note_fault(name);
    }

    pub(crate) fn disk_of(&self, whose: Option<usize>) -> Arc<MemoryStore> {
        let device = whose.and_then(|index| self.devices.get(index));
        device.map_or_else(|| Arc::clone(&self.centre.disk), |at| Arc::clone(&at.disk))
    }

    pub(super) fn set_slow(&mut self, whose: Option<usize>, slow: bool) {
        match whose.and_then(|index| self.devices.get_mut(index)) {
            Some(at) => at.slow = slow,
            None => self.centre.slow = slow,
        }
    }

    fn file(&mut self, device: usize, procedure: Procedure, salt: u64) {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let Some(at) = self.devices.get(device) else {
            return;
        };
        let (Some(office), Some(officer)) = (at.office.clone(), at.officer()) else {
            return;
        };
        let desk = Desk {
            office: &office,
            people: &self.people,
            made: &at.made,
            own_acts: &at.own_acts,
            today: Date::in_viet_nam(at_s).to_string(),
        };
        let Some(mut filing) = clerk::filing(&desk, procedure, salt) else {
            self.tally.refused += 1;
            return;
        };
        self.attach(device, &office, &mut filing, salt);
        let filing = Box::new(filing);
        self.order(
            device,
            |reply| Command::File {
                filing,
                officer,
                reply,
            },
            |answer| Some(Awaited::Filing(procedure, answer)),
        );
    }

    /// Power goes at an office.
    pub(crate) fn power_cut(
        &mut self,
        device: usize,
        kept: usize,
        for_ms: u64,
    ) -> Result<(), Failure> {
        let at = self.devices.get(device);
        let Some(at) = at.filter(|at| at.office.is_some()) else {
            return Ok(());
        };
        let waiting = at.disk.waiting();
        self.note_cut("node", waiting, kept);
        self.lose_power(device, kept, for_ms)
    }

    /// An office is without power, and with no power there is no line.
    pub(super) fn lose_power(
        &mut self,
        device: usize,
        kept: usize,
        for_ms: u64,
    ) -> Result<(), Failure> {
        let lies = self.sabotage == Some(Sabotage::SkipFlush);
        let Some(at) = self.devices.get_mut(device) else {
            return Ok(());
        };
        if at.office.is_none() {
            return Ok(());
        }
        at.power_off();
        let kept = if lies { 0 } else { kept };
        at.disk.crash_keeping(kept);
        self.forget_lines(device);
        self.after(for_ms, Event::PowerOn { device });
        Ok(())
    }

    /// Power fails everywhere. Nobody does anything until it is back, so the clocks alone go on.
    fn days_pass(&mut self, days: u8) -> Result<(), Failure> {
        for device in 0..self.devices.len() {
            self.power_cut(device, 0, 1_000)?;
        }
        self.cut_centre(0, 800)?;
        self.dark_ms += u64::from(days) * 86_400_000;
        Ok(())
    }

    /// The centre hears nothing of it until its lines have been silent for too long.
    fn forget_lines(&mut self, device: usize) {
        let mut silent = Vec::new();
        for (id, line) in &mut self.lines {
            if line.device == device {
                line.node = None;
                silent.push(*id);
            }
        }
        for line in silent {
            self.after(super::lines::IDLE_MS, Event::Silent { line });
        }
    }

    pub(super) fn power_on(&mut self, device: usize) -> Result<(), Failure> {
        let Some(at) = self.devices.get_mut(device) else {
            return Ok(());
        };
        if at.office.is_some() {
            return Ok(());
        }
        at.open()?;
        crate::check::what_is_kept_outlives_the_power(&self.ledger, device, at)?;
        let life = at.life;
        self.after(200, Event::Dial { device, life });
        crate::check::node(self, device)
    }

    /// Power goes at the centre.
    pub(crate) fn cut_centre(&mut self, kept: usize, for_ms: u64) -> Result<(), Failure> {
        if !self.centre.is_up() {
            return Ok(());
        }
        let waiting = self.centre.disk.waiting();
        self.note_cut("centre", waiting, kept);
        self.lose_power_at_centre(kept, for_ms)
    }

    pub(super) fn lose_power_at_centre(&mut self, kept: usize, for_ms: u64) -> Result<(), Failure> {
        if !self.centre.is_up() {
            return Ok(());
        }
        self.centre.power_off();
        self.centre.disk.crash_keeping(kept);
        let mut silent = Vec::new();
        for (id, line) in &mut self.lines {
            line.central.session = None;
            line.central.answers.clear();
            silent.push(*id);
        }
        for line in silent {
            self.after(super::lines::IDLE_MS, Event::Silent { line });
        }
        self.after(for_ms, Event::PowerOnCentre);
        Ok(())
    }

    pub(super) fn power_on_centre(&mut self) -> Result<(), Failure> {
        if !self.centre.is_up() {
            self.centre.open();
        }
        self.go_on_with_decree();
        crate::check::centre(self)
    }

    /// The disk of an office is replaced by an older copy of itself. What was acknowledged since
    /// and had not been sent is lost with the disk; the ledger is told which acts that are.
    fn restore(&mut self, device: usize) -> Result<(), Failure> {
        let Some(at) = self.devices.get_mut(device) else {
            return Ok(());
        };
        let Some(backup) = &at.backup else {
            return Ok(());
        };
        if at.office.is_none() {
            return Ok(());
        }
        let disk = backup.disk.copy();
        let (acts, readings) = (backup.acts, backup.readings);
        at.power_off();
        at.disk = Arc::new(disk);
        self.ledger.restored(device, acts, readings);
        self.ledger.forget_node(device);
        if let Some(at) = self.devices.get_mut(device) {
            at.unsure = true;
        }
        self.forget_lines(device);
        self.after(1_000, Event::PowerOn { device });
        Ok(())
    }

    pub(super) fn let_in(&mut self, device: usize) -> Result<(), Failure> {
        if !self.set_active(device, true)? {
            // The centre is down: somebody tries again.
            self.after(5_000, Event::LetIn(device));
        }
        Ok(())
    }

    /// A device that was shut out joins with its key and a token of its own: it goes on where it
    /// stood. The token is for the commune of its certificate.
    pub(super) fn joins_anew(&mut self, device: usize) -> Result<(), Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let mut token = [0x4A; 16];
        if let Some(start) = token.first_chunk_mut::<8>() {
            *start = self.now_ms.to_le_bytes();
        }
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let joining = Joining {
            office: at.code,
            node: at.node,
            public_key: at.key.verifying_key().to_bytes(),
            certificate_ends_s: at_s,
            token,
            officer: super::centre::officer(),
        };
        let joined = match self.centre.registrar.clone() {
            Some(registrar) => registrar.join(at_s, &joining),
            None => {
                self.after(5_000, Event::JoinsAnew(device));
                return Ok(());
            }
        };
        // Even if the disk did not confirm it, it may stand.
        self.ledger.shut_out(device, false);
        match joined {
            Ok(grew) => {
                let registrar = self.centre.registrar.clone();
                if let Some(registrar) = registrar {
                    self.publish(&registrar, &grew)?;
                }
                crate::check::centre(self)
            }
            Err(_) if self.disk_of(None).health().poisoned => self.centre_starts_anew(),
            Err(_) => {
                self.after(5_000, Event::JoinsAnew(device));
                Ok(())
            }
        }
    }

    fn set_active(&mut self, device: usize, active: bool) -> Result<bool, Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let Some(at) = self.devices.get(device) else {
            return Ok(true);
        };
        let (code, node) = (at.code, at.node);
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(false);
        };
        let exclusion = match "an.operator".parse() {
            Ok(by) if !active => Some(Exclusion {
                at_s,
                by,
                reason: Words::default(),
            }),
            _ => None,
        };
        let done = registrar
            .stage_exclusion(at_s, code, node, exclusion)
            .and_then(|_| registrar.sync())
            .is_ok();
        if active {
            // Even if the disk did not confirm it, it may stand.
            self.ledger.shut_out(device, false);
        }
        if done {
            crate::check::centre(self)?;
            self.ledger.shut_out(device, !active);
        } else if self.disk_of(None).health().poisoned {
            self.centre_starts_anew()?;
        }
        Ok(done)
    }

    /// From now on no disk keeps what it says that it has written.
    pub(crate) fn let_disks_lie(&self) {
        self.disk_of(None).lie();
        for device in 0..self.devices.len() {
            self.disk_of(Some(device)).lie();
        }
    }

    /// Every fault ends: lines open, disks are well, everybody has power and is let in.
    pub(super) fn heal(&mut self) -> Result<(), Failure> {
        self.trace.note(|| "every fault heals".to_owned());
        self.disk_of(None).set_full(false);
        self.centre.slow = false;
        self.pages_turned.clear();
        self.armed.clear();
        if !self.centre.is_up() {
            self.power_on_centre()?;
        }
        for device in 0..self.devices.len() {
            self.disk_of(Some(device)).set_full(false);
            self.set_slow(Some(device), false);
            if let Some(at) = self.devices.get_mut(device) {
                at.path.blocked_until = self.now_ms;
            }
            self.opens(device)?;
            self.set_active(device, true)?;
            self.power_on(device)?;
        }
        Ok(())
    }
}
