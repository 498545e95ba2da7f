//! Power and disks at the worst moment: cuts that wait until a disk writes, and syncs that fail and
//! leave open what they have written.

use registry_store::SyncFault;

use super::{Event, World};
use crate::check::Failure;
use crate::dice::Dice;

/// Of a hundred cuts that wait for a write, how many wait for one of several batches: of one batch
/// no part can be kept.
const SEVERAL_PERCENT: u64 = 50;
/// How long whoever is started anew after a failed sync is away.
const RESTART_MS: u64 = 500;

/// A cut of the power that waits for a write.
pub(super) struct Armed {
    salt: u64,
    for_ms: u64,
    /// Batches that have to wait for the sync.
    least: usize,
}

impl World {
    /// The next write of an office, or of the centre, will not be synced.
    pub(super) fn arm_cut(&mut self, whose: Option<usize>, salt: u64, for_ms: u64) {
        let several = Dice::new(salt, "batches at a cut", 0).percent(SEVERAL_PERCENT);
        let least = if several { 2 } else { 1 };
        let armed = Armed {
            salt,
            for_ms,
            least,
        };
        self.armed.insert(whose, armed);
    }

    /// Something was given to a disk that has synced it after so long: a cut that waited for that
    /// comes before.
    pub(super) fn cut_this_write(&mut self, whose: Option<usize>, sync_ms: u64) {
        let Some((life, armed)) = self.take_armed(whose) else {
            return;
        };
        let (salt, for_ms) = (armed.salt, armed.for_ms);
        let wait = Dice::new(salt, "moment of a cut", 0).below(sync_ms);
        let goes = Event::PowerGoes {
            whose,
            life,
            salt,
            for_ms,
        };
        self.after(wait, goes);
    }

    /// What the centre does in one go, such as steps of a decree, has one moment at which it is not
    /// synced: this one. Tells whether power is gone.
    pub(super) fn cut_centre_now(&mut self) -> Result<bool, Failure> {
        let Some((life, armed)) = self.take_armed(None) else {
            return Ok(false);
        };
        self.power_goes(None, life, armed.salt, armed.for_ms)?;
        Ok(true)
    }

    /// The cut that waits for what is waiting for a sync just now, and the life in which that is.
    fn take_armed(&mut self, whose: Option<usize>) -> Option<(u64, Armed)> {
        let life = self.life_of(whose)?;
        let least = self.armed.get(&whose)?.least;
        if self.disk_of(whose).waiting() < least {
            return None;
        }
        let armed = self.armed.remove(&whose)?;
        Some((life, armed))
    }

    /// The life of an office, or of the centre, that has power.
    fn life_of(&self, whose: Option<usize>) -> Option<u64> {
        let Some(device) = whose else {
            return self.centre.is_up().then_some(self.centre.life);
        };
        let at = self.devices.get(device)?;
        at.office.is_some().then_some(at.life)
    }

    /// Power goes, if it has not gone since and nothing is healed yet.
    pub(super) fn power_goes(
        &mut self,
        whose: Option<usize>,
        life: u64,
        salt: u64,
        for_ms: u64,
    ) -> Result<(), Failure> {
        if self.life_of(whose) != Some(life) || self.healed_ms.is_some() {
            return Ok(());
        }
        let waiting = self.disk_of(whose).waiting();
        let kept = Dice::new(salt, "kept at a cut", 0).index(waiting + 1);
        self.trace
            .note(|| format!("power goes with {waiting} batches unsynced, {kept} are kept"));
        match whose {
            Some(device) => {
                self.note_fault("node without power");
                self.power_cut(device, kept, for_ms)
            }
            None => {
                self.note_fault("centre without power");
                self.cut_centre(kept, for_ms)
            }
        }
    }

    /// Counts what a cut of the power met.
    pub(super) fn note_cut(&mut self, whose: &str, waiting: usize, kept: usize) {
        if waiting > 0 {
            self.note_fault(&format!("{whose} cut with batches unsynced"));
        }
        if kept > 0 && kept < waiting {
            self.note_fault(&format!("{whose} cut with a part of them kept"));
        }
    }

    /// The next sync of this disk fails with an error; what it has written by then, the salt draws.
    pub(super) fn break_next_sync(&mut self, whose: Option<usize>, salt: u64) {
        self.broken.insert(whose, salt);
        self.disk_of(whose).fail_next_sync(SyncFault::Io);
    }

    /// The sync of an office has failed: the daemon stops itself, and its supervisor starts it
    /// again on what is on the disk.
    pub(super) fn node_starts_anew(&mut self, device: usize) -> Result<(), Failure> {
        let kept = self.kept_of_failed_sync(Some(device));
        self.lose_power(device, kept, RESTART_MS)
    }

    /// The same at the centre.
    pub(super) fn centre_starts_anew(&mut self) -> Result<(), Failure> {
        let kept = self.kept_of_failed_sync(None);
        self.lose_power_at_centre(kept, RESTART_MS)
    }

    fn kept_of_failed_sync(&mut self, whose: Option<usize>) -> usize {
        let Some(salt) = self.broken.remove(&whose) else {
            return 0;
        };
        let waiting = self.disk_of(whose).waiting();
        let kept = Dice::new(salt, "kept by a failed sync", 0).index(waiting + 1);
        if kept > 0 {
            self.note_fault("failed sync that had written something");
        }
        kept
    }
}
