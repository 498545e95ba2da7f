//! Offices in the dark: lines that are cut, and one that is for days while the others go on. Time
//! is cheap where nothing happens, so those rest nearly all of it: their lines are closed, and the
//! clocks alone go on.

use super::{Event, World};
use crate::check::Failure;
use crate::plan::Way;

/// In so many parts the days of an office in the dark pass at most.
const RESTS_MAX: u64 = 4;

impl World {
    /// Nothing goes over the line of an office for so long.
    pub(super) fn cut_line(&mut self, device: usize, way: Way, for_ms: u64) {
        let until = self.now_ms + for_ms;
        if let Some(at) = self.devices.get_mut(device) {
            let since = at.path.blocked.map_or(self.now_ms, |(_, since)| since);
            at.path.blocked = Some((way, since));
            at.path.blocked_until = at.path.blocked_until.max(until);
            let (until, line) = (at.path.blocked_until, at.line);
            self.after(until - self.now_ms, Event::Opens { device });
            if let Some(line) = line {
                self.after(super::lines::IDLE_MS, Event::Silent { line });
            }
        }
    }

    /// The line of an office is cut for days. They pass in a few parts of this time, between which
    /// all are at work.
    pub(super) fn dark_for_days(&mut self, device: usize, days: u8, for_ms: u64) {
        self.cut_line(device, Way::Both, for_ms);
        let rests = u64::from(days).clamp(1, RESTS_MAX);
        let hours = u64::from(days) * 24 / rests;
        for place in 1..=rests {
            self.after(for_ms * place / (rests + 1), Event::Rest { hours });
        }
    }

    /// Nobody works for some hours. Lines are closed meanwhile, so that none is awake for days.
    pub(super) fn rest(&mut self, hours: u64) -> Result<(), Failure> {
        if self.healed_ms.is_some() {
            return Ok(());
        }
        let lines: Vec<u64> = self.lines.keys().copied().collect();
        for line in lines {
            self.drop_line(line)?;
        }
        self.dark_ms += hours * 3_600_000;
        Ok(())
    }
}
