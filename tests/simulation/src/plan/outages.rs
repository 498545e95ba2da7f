//! What of a plan is about power and disks at the worst moment, and about one office in the dark
//! while the others work. Each is drawn apart, like decrees.

use super::procedure::common;
use super::{Deed, Plan};
use crate::dice::Dice;

/// Of a hundred runs, in how many power goes while a disk writes, and how often at most.
const CUTS_PERCENT: u64 = 50;
const CUTS_MAX: u64 = 2;
/// Of a hundred such cuts, how many are the centre's.
const CENTRE_PERCENT: u64 = 40;
/// Acts that an office files at once when such a cut waits: several batches for one sync.
const ACTS_AT_A_CUT: u64 = 3;
/// Of a hundred runs, in how many an office is dark for days, and for how many at most.
const DARK_PERCENT: u64 = 4;
const DARK_DAYS_MAX: u64 = 20;
/// How much of the run that takes, and how often that office and another one file meanwhile.
const DARK_MS: u64 = 180_000;
const DARK_ACTS: u64 = 6;

impl Plan {
    /// What a sync has written that fails with an error of the disk is open: a salt of its own
    /// draws that for each. One that fails for want of room has written nothing.
    pub(super) fn leave_open_what_failed_syncs_wrote(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "failed syncs", 0);
        for item in &mut self.items {
            let broken = match item.deed {
                Deed::FailSync { office, full } if !full => Some(office),
                _ => None,
            };
            if let Some(office) = broken {
                let salt = dice.any();
                item.deed = Deed::BreakSync { office, salt };
            }
        }
    }

    /// In half of the runs power goes once or twice while a disk writes: at a time drawn from the
    /// whole of a run it meets a write hardly ever. An office is given something to write.
    pub(super) fn add_cuts_at_writes(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "cuts at writes", 0);
        if !dice.percent(CUTS_PERCENT) {
            return;
        }
        for _ in 0..dice.between(1, CUTS_MAX) {
            let (at_ms, office) = self.when_and_where(&mut dice);
            let of_centre = dice.percent(CENTRE_PERCENT);
            let cut = Deed::CutAtNextWrite {
                office: (!of_centre).then_some(office),
                salt: dice.any(),
                for_ms: dice.between(200, 30_000),
            };
            self.insert(at_ms, cut);
            for _ in 0..ACTS_AT_A_CUT {
                let act = Deed::Act {
                    office,
                    procedure: common(&mut dice),
                    salt: dice.any(),
                };
                self.insert(at_ms + 1, act);
            }
        }
    }

    /// In one run of twenty-five an office is dark for days and files on, while another one files
    /// the same, mostly about the same people.
    pub(super) fn add_dark_days(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "dark days", 0);
        if !dice.percent(DARK_PERCENT) {
            return;
        }
        let (drawn_ms, office) = self.when_and_where(&mut dice);
        // In the first half, so that there is a time after it.
        let at_ms = drawn_ms / 2;
        let days = u8::try_from(dice.between(1, DARK_DAYS_MAX)).unwrap_or(1);
        let dark = Deed::Dark {
            office,
            days,
            for_ms: DARK_MS,
        };
        self.insert(at_ms, dark);
        let other = self.another_office(office, &mut dice);
        for place in 1..=DARK_ACTS {
            let at_ms = at_ms + DARK_MS * place / (DARK_ACTS + 1);
            let (procedure, salt) = (common(&mut dice), dice.any());
            for office in [office, other] {
                let act = Deed::Act {
                    office,
                    procedure,
                    salt,
                };
                self.insert(at_ms, act);
            }
        }
    }

    fn another_office(&self, office: u8, dice: &mut Dice) -> u8 {
        let offices = u64::from(self.setting.offices);
        let drawn = u64::from(office) + 1 + dice.below(offices.saturating_sub(1));
        let other = drawn.checked_rem(offices).unwrap_or(0);
        u8::try_from(other).unwrap_or(0)
    }
}
