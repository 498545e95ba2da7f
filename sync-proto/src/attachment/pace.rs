//! How many pieces are under way at once: as many as keep the line busy, and no more. What waits
//! in the network in front of an act cannot be overtaken by it, so the queue that pieces build up
//! is measured and kept short.

use std::collections::VecDeque;

use crate::limits::{ATTACHMENT_QUEUE_MS_AIM, ATTACHMENT_WINDOW_MAX};

#[derive(Debug)]
pub(crate) struct Pace {
    window: u16,
    /// Pieces under way, each with the time at which it was sent.
    sent: VecDeque<(u16, u64)>,
    /// The shortest time from sending a piece to its acknowledgement: that of an empty line.
    best_ms: Option<u64>,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self {
            window: 1,
            sent: VecDeque::new(),
            best_ms: None,
        }
    }

    /// Whether another piece may be sent.
    pub(crate) fn is_open(&self) -> bool {
        self.sent.len() < usize::from(self.window)
    }

    pub(crate) fn sent(&mut self, index: u16, now_ms: u64) {
        self.sent.push_back((index, now_ms));
    }

    /// So many pieces are kept.
    pub(crate) fn acknowledged(&mut self, pieces: u16, now_ms: u64) {
        let mut took_ms = None;
        while let Some((_, at_ms)) = self.sent.pop_front_if(|(index, _)| *index < pieces) {
            took_ms = Some(now_ms.saturating_sub(at_ms));
        }
        let Some(took_ms) = took_ms else { return };
        let best_ms = self.best_ms.map_or(took_ms, |best| best.min(took_ms));
        self.best_ms = Some(best_ms);
        let queue_ms = took_ms.saturating_sub(best_ms);
        if queue_ms <= ATTACHMENT_QUEUE_MS_AIM {
            self.window = self.window.saturating_add(1).min(ATTACHMENT_WINDOW_MAX);
        } else if queue_ms > 2 * ATTACHMENT_QUEUE_MS_AIM {
            self.window = self.window.saturating_sub(1).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends for a while on a line that takes `ms_each` for a piece; the most that waited in it.
    fn run(ms_each: u64, rtt_ms: u64) -> (u16, u64) {
        let mut pace = Pace::new();
        let (mut now, mut free, mut next, mut kept, mut longest) = (0, 0_u64, 0, 0, 0);
        let mut arrivals = VecDeque::new();
        while kept < 200 {
            while pace.is_open() && next < 200 {
                pace.sent(next, now);
                free = free.max(now) + ms_each;
                longest = longest.max(free - now);
                arrivals.push_back(free + rtt_ms);
                next += 1;
            }
            now = arrivals.pop_front().unwrap();
            kept += 1;
            pace.acknowledged(kept, now);
        }
        (pace.window, longest / ms_each.max(1))
    }

    #[test]
    fn a_thin_line_has_little_under_way_and_a_wide_one_much() {
        // 256 kbit/s: a piece takes half a second. 20 Mbit/s over 200 ms.
        let (thin, waiting) = run(530, 80);
        assert!(thin <= 2 && waiting <= 2, "{thin} {waiting}");
        let (wide, _) = run(7, 200);
        assert_eq!(wide, ATTACHMENT_WINDOW_MAX);
    }

    #[test]
    fn an_acknowledgement_of_nothing_new_changes_nothing() {
        let mut pace = Pace::new();
        pace.acknowledged(5, 100);
        assert!(pace.is_open());
        pace.sent(0, 100);
        assert!(!pace.is_open());
        pace.acknowledged(0, 200);
        assert!(!pace.is_open());
        pace.acknowledged(1, 200);
        assert!(pace.is_open());
    }
}
