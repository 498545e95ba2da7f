//! What went over the line, two hours at a time: for the page that shows how the line was today.
//! It is kept in memory, since the start, for a day.

use std::collections::VecDeque;

/// Seconds of a slot.
const SLOT_S: i64 = 7_200;
/// Slots that are kept.
const SLOTS_MAX: usize = 12;

/// Bytes of two hours, as UDP payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slot {
    /// When it begins, seconds since 1970.
    pub begins_s: i64,
    /// Bytes sent.
    pub up: u64,
    /// Bytes received.
    pub down: u64,
}

/// The slots of the last day in which anything went over the line, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(VecDeque<Slot>);

impl History {
    /// Adds what went over the line just now. A clock that was set back adds to the last slot.
    pub fn add(&mut self, at_s: i64, up: u64, down: u64) {
        if up == 0 && down == 0 {
            return;
        }
        let begins_s = at_s.saturating_sub(at_s.rem_euclid(SLOT_S));
        if self.0.back().is_none_or(|last| last.begins_s < begins_s) {
            let (up, down) = (0, 0);
            self.0.push_back(Slot { begins_s, up, down });
        }
        if let Some(last) = self.0.back_mut() {
            last.up = last.up.saturating_add(up);
            last.down = last.down.saturating_add(down);
        }
        while self.0.len() > SLOTS_MAX {
            self.0.pop_front();
        }
    }

    /// Every slot of the day that ends now, the silent ones too.
    pub fn day(&self, now_s: i64) -> Vec<Slot> {
        let last = now_s.saturating_sub(now_s.rem_euclid(SLOT_S));
        let back = |slots: i64| last.saturating_sub(slots.saturating_mul(SLOT_S));
        (0..i64::try_from(SLOTS_MAX).unwrap_or(0))
            .rev()
            .map(|slots| {
                let begins_s = back(slots);
                let found = self.0.iter().find(|slot| slot.begins_s == begins_s);
                found.copied().unwrap_or(Slot {
                    begins_s,
                    ..Slot::default()
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_in_slots_and_no_more_is_kept() {
        let mut history = History::default();
        let begin = 1_000 * SLOT_S;
        for slot in 0..20 {
            history.add(begin + slot * SLOT_S + 5, 10, 100);
            history.add(begin + slot * SLOT_S + 9, 1, 2);
        }
        history.add(begin + 25 * SLOT_S, 0, 0);
        // A clock that was set back.
        history.add(begin, 1, 1);
        let day = history.day(begin + 21 * SLOT_S);
        assert_eq!(day.len(), SLOTS_MAX);
        let counts: Vec<(u64, u64)> = day.iter().map(|slot| (slot.up, slot.down)).collect();
        assert_eq!(counts.first(), Some(&(11, 102)));
        assert_eq!(counts.get(9), Some(&(12, 103)), "the last that was told");
        assert_eq!(counts.get(10..), Some([(0, 0), (0, 0)].as_slice()));
        assert_eq!(history.0.len(), SLOTS_MAX);
    }
}
