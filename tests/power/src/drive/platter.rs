//! The content of one file: what is safe, and the history of what was only written. Which names
//! files have is in `folder`.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::whim::Whim;

/// A change of a file that was not synced yet.
struct Change {
    at: u64,
    what: What,
}

enum What {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

/// A file.
#[derive(Default)]
pub(super) struct Platter {
    now: Vec<u8>,
    safe: Vec<u8>,
    /// Since the last sync, in order.
    changes: Vec<Change>,
}

impl Platter {
    pub(super) fn holding(safe: Vec<u8>) -> Self {
        Self {
            now: safe.clone(),
            safe,
            changes: Vec::new(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.now
    }

    pub(super) fn write(&mut self, at: u64, offset: usize, bytes: &[u8]) {
        self.change(
            at,
            What::Write {
                offset,
                bytes: bytes.to_vec(),
            },
        );
    }

    pub(super) fn set_length(&mut self, at: u64, length: usize) {
        self.change(at, What::Length(length));
    }

    fn change(&mut self, at: u64, what: What) {
        what.happen(&mut self.now);
        self.changes.push(Change { at, what });
    }

    /// From now on everything is safe.
    pub(super) fn sync(&mut self) {
        for change in self.changes.drain(..) {
            change.what.happen(&mut self.safe);
        }
    }

    /// What the file holds after a cut. Every sector stands where one of the writes left it, whole;
    /// the length is one that the file has had. A sector within the length that was never written
    /// is zeros or noise.
    pub(super) fn survivor(&self, whim: Whim, sector: usize, rng: &mut ChaCha8Rng) -> Vec<u8> {
        let all = self.changes.len();
        if all == 0 {
            return self.safe.clone();
        }
        let done_by = |until: u64| self.changes.partition_point(|change| change.at <= until);
        match whim {
            Whim::NothingLost => self.now.clone(),
            Whim::AllLost => self.safe.clone(),
            Whim::UpTo(until) => {
                let done = done_by(until);
                self.patchwork(sector, rng, |rng| (done + rng.random_range(0..2)).min(all))
            }
            Whim::EachForItself => match rng.random_range(0..6) {
                0 => self.safe.clone(),
                1 => self.now.clone(),
                2 => {
                    let done = rng.random_range(0..all);
                    self.patchwork(sector, rng, |rng| done + rng.random_range(0..2))
                }
                3 => {
                    // Nearly everything, or nearly nothing.
                    let mostly = if rng.random() { all } else { 0 };
                    self.patchwork(sector, rng, |rng| {
                        if rng.random_ratio(1, 8) {
                            rng.random_range(0..=all)
                        } else {
                            mostly
                        }
                    })
                }
                _ => self.patchwork(sector, rng, |rng| rng.random_range(0..=all)),
            },
        }
    }

    /// Each sector, and the length, after as many changes as `pick` says.
    fn patchwork(
        &self,
        sector: usize,
        rng: &mut ChaCha8Rng,
        mut pick: impl FnMut(&mut ChaCha8Rng) -> usize,
    ) -> Vec<u8> {
        let length_after = pick(rng);
        let mut state = self.safe.clone();
        let mut length = state.len();
        for (change, count) in self.changes.iter().zip(1..) {
            if count <= length_after {
                length = change.what.happened_length(length);
            }
        }
        // By the number of changes after which they are taken.
        let mut sectors: Vec<(usize, usize)> = (0..length.div_ceil(sector))
            .map(|index| (pick(rng), index))
            .collect();
        sectors.sort_unstable();
        let mut survivor = vec![0; length];
        if rng.random() {
            rng.fill(survivor.as_mut_slice());
        }
        let mut sectors = sectors.into_iter().peekable();
        for count in 0..=self.changes.len() {
            if let Some(change) = count
                .checked_sub(1)
                .and_then(|index| self.changes.get(index))
            {
                change.what.happen(&mut state);
            }
            while let Some((_, index)) = sectors.next_if(|(after, _)| *after == count) {
                let start = index * sector;
                let end = (start + sector).min(length).min(state.len());
                if let (Some(to), Some(from)) =
                    (survivor.get_mut(start..end), state.get(start..end))
                {
                    to.copy_from_slice(from);
                }
            }
        }
        survivor
    }
}

impl What {
    fn happen(&self, state: &mut Vec<u8>) {
        match self {
            What::Length(length) => state.resize(*length, 0),
            What::Write { offset, bytes } => {
                let end = offset.saturating_add(bytes.len());
                if state.len() < end {
                    state.resize(end, 0);
                }
                if let Some(place) = state.get_mut(*offset..end) {
                    place.copy_from_slice(bytes);
                }
            }
        }
    }

    fn happened_length(&self, length: usize) -> usize {
        match self {
            What::Length(length) => *length,
            What::Write { offset, bytes } => length.max(offset.saturating_add(bytes.len())),
        }
    }
}
