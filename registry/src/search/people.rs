//! The people of the index, one slot each, column by column so that a slice fits in few megabytes.

use std::collections::BTreeMap;

use super::Rank;
use super::digits::{Digits, Part};
use super::slots::Slots;
use super::words::Levels;
use crate::date::PartialDate;
use crate::id::RecordId;
use crate::text::{clean, fold_base};

/// Words of a name that are indexed.
pub(super) const WORDS_MAX: usize = 24;
/// Stands for "no place", "no file", "no word".
pub(super) const NONE: u32 = u32::MAX;
/// Words of removed people that are borne before the words are packed again.
const WASTE_MIN: usize = 4096;

/// What is known about a person besides the words of the name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) pin: Digits,
    pub(super) phone: Digits,
    /// The first of the numbers that the person had before.
    pub(super) old: Digits,
    /// Whether there are more of them, in [`People::older`].
    pub(super) older: bool,
    pub(super) birth: Option<PartialDate>,
    pub(super) file: u32,
    pub(super) place: u32,
}

/// Where the words of a name stand in the common list; empty for a free slot.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    len: u8,
    used: bool,
    /// Whether there are other names, in [`People::others`]. Here, because a search by names looks
    /// at no row of most people.
    others: bool,
}

/// The people.
#[derive(Debug, Default)]
pub(super) struct People {
    by_id: BTreeMap<RecordId, u32>,
    ids: Vec<RecordId>,
    rows: Vec<Row>,
    spans: Vec<Span>,
    words: Vec<u32>,
    wasted: usize,
    free: Vec<u32>,
    /// The second and further old numbers, which few people have.
    older: BTreeMap<u32, Vec<Digits>>,
    /// The words of other names, which few people have, one name behind the other with
    /// [`NONE`] between.
    others: BTreeMap<u32, Box<[u32]>>,
    pub(super) files: Files,
    pub(super) places: Interned,
}

impl People {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }
    /// Slots, free ones included.
    pub(super) fn slot_count(&self) -> usize {
        self.ids.len()
    }
    /// The slots in use, with what is known of each.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &Row)> {
        let all = (0u32..).zip(&self.rows).zip(&self.spans);
        all.filter(|(_, span)| span.used).map(|(row, _)| row)
    }
    pub(super) fn id(&self, slot: u32) -> Option<RecordId> {
        self.ids.get(slot as usize).copied()
    }
    pub(super) fn row(&self, slot: u32) -> Option<&Row> {
        self.rows.get(slot as usize)
    }
    /// The words of the name, in its order.
    pub(super) fn words(&self, slot: u32) -> &[u32] {
        let span = self.spans.get(slot as usize).copied().unwrap_or_default();
        let start = span.start as usize;
        self.words
            .get(start..start + usize::from(span.len))
            .unwrap_or_default()
    }

    /// Adds a person who is not in yet.
    pub(super) fn add(&mut self, id: RecordId, row: Row, words: &[u32]) -> u32 {
        let span = Span {
            start: u32::try_from(self.words.len()).unwrap_or(u32::MAX),
            len: u8::try_from(words.len()).unwrap_or(0),
            used: true,
            others: false,
        };
        self.words.extend_from_slice(words);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.rows.push(row);
            self.spans.push(span);
            u32::try_from(self.ids.len() - 1).unwrap_or(u32::MAX)
        });
        let place = slot as usize;
        if let (Some(old_id), Some(old_row), Some(old_span)) = (
            self.ids.get_mut(place),
            self.rows.get_mut(place),
            self.spans.get_mut(place),
        ) {
            (*old_id, *old_row, *old_span) = (id, row, span);
        }
        self.by_id.insert(id, slot);
        slot
    }

    /// Notes the old numbers of a person that have no room in the row.
    pub(super) fn add_older(&mut self, slot: u32, numbers: &[&str]) {
        let more: Vec<Digits> = numbers.iter().skip(1).map(|n| Digits::read(n)).collect();
        if !more.is_empty() {
            self.older.insert(slot, more);
        }
    }
    /// Notes the words of the other names of a person.
    pub(super) fn add_others(&mut self, slot: u32, names: &[Vec<u32>]) {
        if let (Some(span), false) = (self.spans.get_mut(slot as usize), names.is_empty()) {
            span.others = true;
            self.others.insert(slot, names.join(&NONE).into());
        }
    }
    /// Whether the person has other names.
    pub(super) fn has_others(&self, slot: u32) -> bool {
        self.spans
            .get(slot as usize)
            .is_some_and(|span| span.others)
    }
    /// The words of each other name, in its order.
    pub(super) fn others(&self, slot: u32) -> impl Iterator<Item = &[u32]> {
        let names = self.others.get(&slot).into_iter();
        names.flat_map(|words| words.split(|word| *word == NONE))
    }
    /// Whether a number of the person has these digits in a row.
    #[inline]
    pub(super) fn has_digits(&self, slot: u32, row: &Row, part: &Part) -> bool {
        let older = || self.older.get(&slot).into_iter().flatten();
        // All three, whatever the first says: nearly nobody has it, so there is nothing to gain.
        let own = row.pin.contains(part) | row.phone.contains(part) | row.old.contains(part);
        own || (row.older && older().any(|number| number.contains(part)))
    }

    /// The number of a household file, or what stands for none.
    pub(super) fn file(&mut self, file: Option<&str>) -> u32 {
        file.map_or(NONE, |file| self.files.intern(file))
    }
    /// Gives people another file.
    pub(super) fn set_file(&mut self, ids: &[RecordId], file: Option<&str>) {
        let file = self.file(file);
        for id in ids {
            let slot = self.by_id.get(id).map(|slot| *slot as usize);
            if let Some(row) = slot.and_then(|slot| self.rows.get_mut(slot)) {
                row.file = file;
            }
        }
    }

    /// Takes a person out: the slot that becomes free and the words that it had.
    pub(super) fn take(&mut self, id: RecordId) -> Option<(u32, Vec<u32>)> {
        let slot = self.by_id.remove(&id)?;
        let mut words = self.words(slot).to_vec();
        if let Some(span) = self.spans.get_mut(slot as usize) {
            *span = Span::default();
        }
        self.older.remove(&slot);
        self.free.push(slot);
        self.wasted += words.len();
        if self.wasted > WASTE_MIN.max(self.words.len() / 2) {
            self.pack();
        }
        if let Some(others) = self.others.remove(&slot) {
            words.extend(others.iter().filter(|word| **word != NONE));
        }
        Some((slot, words))
    }

    fn pack(&mut self) {
        let mut packed = Vec::with_capacity(self.words.len().saturating_sub(self.wasted));
        for span in &mut self.spans {
            let start = span.start as usize;
            let words = self
                .words
                .get(start..start + usize::from(span.len))
                .unwrap_or_default();
            span.start = u32::try_from(packed.len()).unwrap_or(u32::MAX);
            packed.extend_from_slice(words);
        }
        self.words = packed;
        self.wasted = 0;
    }

    pub(super) fn add_with_place(&self, places: &Levels, slots: &mut Slots) {
        self.add_where(places, |row| row.place, slots);
    }
    pub(super) fn add_with_file(&self, files: &Levels, slots: &mut Slots) {
        self.add_where(files, |row| row.file, slots);
    }
    fn add_where(&self, levels: &Levels, column: impl Fn(&Row) -> u32, slots: &mut Slots) {
        if levels.is_empty() {
            return;
        }
        for (slot, row) in self.rows() {
            if levels.get(column(row)).is_some() {
                slots.add(slot);
            }
        }
    }
}

/// Texts that many people share, each under a number. One that nobody has any more stays: a
/// restart builds the index anew.
#[derive(Debug, Default)]
pub(super) struct Interned {
    numbers: BTreeMap<Box<str>, u32>,
}

impl Interned {
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
    /// The number of `key`, and whether it is new.
    pub(super) fn intern_new(&mut self, key: &str) -> (u32, bool) {
        if let Some(number) = self.numbers.get(key) {
            return (*number, false);
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(NONE);
        self.numbers.insert(key.into(), number);
        (number, true)
    }
}

/// Household files, found by their beginning.
#[derive(Debug, Default)]
pub(super) struct Files(Interned);

impl Files {
    pub(super) fn intern(&mut self, file: &str) -> u32 {
        self.0.intern_new(&file_key(file)).0
    }
    /// Makes a file known under another number too.
    pub(super) fn alias(&mut self, file: &str, other: &str) {
        let number = self.intern(file);
        self.0.numbers.insert(file_key(other).into(), number);
    }
    /// The files that `text` is or begins; a text without a digit is none.
    pub(super) fn levels(&self, text: &str) -> Levels {
        let mut levels = Levels::default();
        if text.len() < 3 || !text.contains(|c: char| c.is_ascii_digit()) {
            return levels;
        }
        let key = file_key(text);
        for (file, number) in self.0.numbers.range(Box::from(key.as_str())..) {
            if !file.starts_with(&key) {
                break;
            }
            let rank = if file.len() == key.len() {
                Rank::Exact
            } else {
                Rank::Beginning
            };
            levels.set(*number, rank, self.0.len());
        }
        levels
    }
}

fn file_key(file: &str) -> String {
    let mut key = fold_base(&clean(file));
    key.retain(|c| c != ' ');
    key
}
