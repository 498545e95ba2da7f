//! Whether bytes have the outer form in which this program saves a document: one chunk, nothing in
//! it compressed, no run longer than a history can be. The library also reads compressed chunks
//! and columns, and expands them and any run without a limit; two hundred kilobytes would then
//! take two hundred megabytes, and six hundred bytes five hundred megabytes.
//!
//! ```text
//! chunk   = magic (4) · checksum (4) · type (1) · length · actors · heads
//!           · columns of changes · columns of operations · their data in that order · …
//! actors, heads = count · { for an actor: length · bytes; for a head: 32 bytes }
//! columns = count · { kind · length }
//! data    = { n > 0 · one value, n times | n < 0 · -n values | 0 · count of nothings }*
//!           for booleans { count of false · count of true }*   every number in LEB128
//! ```

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
const HEAD_BYTES: usize = 32;
/// The bit of a column's kind that says that it is compressed.
const COMPRESSED: u64 = 0b1000;
/// The bits of a column's kind that say what its values are.
const VALUES: u64 = 0b111;
const BOOLEANS: u64 = 4;
const STRINGS: u64 = 5;
const BYTES: u64 = 7;
/// Most values of one column: more operations than the longest history of a record has, and few
/// enough that all of them together stay within some tens of megabytes.
const VALUES_MAX: u64 = 1 << 18;

/// Reads the bytes from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A signed number, of which only sign and size matter here.
    fn signed(&mut self) -> Option<i64> {
        let mut value = 0_i64;
        for shift in (0_u32..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let unused = 57_u32.saturating_sub(shift);
                return Some((value << unused) >> unused);
            }
        }
        None
    }

    /// The columns of one table, if none of them is compressed: kind and length of each.
    fn columns(&mut self) -> Option<Vec<(u64, usize)>> {
        let mut columns = Vec::new();
        for _ in 0..self.length()? {
            let (kind, length) = (self.number()?, self.length()?);
            if kind & COMPRESSED != 0 {
                return None;
            }
            columns.push((kind, length));
        }
        Some(columns)
    }

    /// Passes over one value.
    fn value(&mut self, kind: u64) -> Option<()> {
        let number = self.number()?;
        if kind & VALUES == STRINGS {
            self.take(usize::try_from(number).ok()?)?;
        }
        Some(())
    }

    /// How many values the data of a column come to, if not too many.
    fn values(mut self, kind: u64) -> Option<u64> {
        let mut count = 0_u64;
        while !self.0.is_empty() && count <= VALUES_MAX {
            let more = if kind & VALUES == BOOLEANS {
                self.number()?
            } else {
                match self.signed()? {
                    0 => self.number()?,
                    run @ 1.. => {
                        self.value(kind)?;
                        run.unsigned_abs()
                    }
                    run => {
                        let values = run.unsigned_abs();
                        for _ in 0..values {
                            self.value(kind)?;
                        }
                        values
                    }
                }
            };
            count = count.saturating_add(more);
        }
        (count <= VALUES_MAX).then_some(count)
    }
}

/// Whether the bytes have that form.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    let mut walk = || {
        let magic = reader.take(MAGIC.len())?;
        reader.take(4)?;
        let kind = reader.take(1)?;
        let length = reader.length()?;
        if magic != MAGIC || kind != [DOCUMENT] || length != reader.0.len() {
            return None;
        }
        for _ in 0..reader.length()? {
            let length = reader.length()?;
            reader.take(length)?;
        }
        let heads = reader.length()?.checked_mul(HEAD_BYTES)?;
        reader.take(heads)?;
        let columns = [reader.columns()?, reader.columns()?].concat();
        for (kind, length) in columns {
            let data = Reader(reader.take(length)?);
            if kind & VALUES != BYTES {
                data.values(kind)?;
            }
        }
        Some(())
    };
    walk().is_some()
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable;
    use automerge::{Automerge, ROOT};

    use super::*;

    fn long_document() -> Automerge {
        let mut doc = Automerge::new();
        let written = doc.transact::<_, _, automerge::AutomergeError>(|tx| {
            tx.put(ROOT, "name", "x".repeat(100_000))
        });
        written.unwrap();
        doc
    }

    #[test]
    fn what_is_saved_is_plain_and_what_is_compressed_is_not() {
        let doc = long_document();
        let plain = doc.save_nocompress();
        assert!(is_plain(&plain));
        // Both are good documents to the library; the second is a hundred times shorter.
        let packed = doc.save();
        assert!(packed.len() * 100 < plain.len() && Automerge::load(&packed).is_ok());
        assert!(!is_plain(&packed));
        // So is a change by itself, compressed as a whole, and one behind a plain document.
        let change = doc.get_changes(&[]).pop().unwrap().bytes().into_owned();
        assert!(Automerge::load(&change).is_ok() && !is_plain(&change));
        assert!(!is_plain(&[plain, change].concat()));
    }

    #[test]
    fn runs_are_counted_and_long_ones_refused() {
        let values = |bytes: &[u8], kind| Reader(bytes).values(kind);
        // Four values one by one, three alike, two nothings; then a string twice; then booleans.
        assert_eq!(values(&[0x7c, 0, 1, 2, 3, 3, 9, 0, 2], 1), Some(9));
        assert_eq!(values(&[2, 2, b'h', b'i'], STRINGS), Some(2));
        assert_eq!(values(&[10, 1], BOOLEANS), Some(11));
        // Two to the eighteenth, and one more; as a run, as nothings, as booleans.
        assert_eq!(values(&[0x80, 0x80, 0x10, 7], 1), Some(VALUES_MAX));
        assert_eq!(values(&[0x81, 0x80, 0x10, 7], 1), None);
        assert_eq!(values(&[0, 0x81, 0x80, 0x10], 3), None);
        assert_eq!(values(&[0x81, 0x80, 0x10], BOOLEANS), None);
        // The longest numbers that there are.
        let longest = [&[1][..], &[0x80; 9], &[0x7f]].concat();
        assert_eq!(values(&longest, 3), Some(1));
        // Cut within a value.
        assert_eq!(values(&[0x7c, 0, 1], 1), None);
        assert_eq!(values(&[2, 9, b'h'], STRINGS), None);
    }

    #[test]
    fn whatever_is_cut_off_is_not_plain() {
        let bytes = long_document().save_nocompress();
        for length in (0..200).chain([bytes.len() - 1]) {
            assert!(!is_plain(&bytes[..length]), "{length}");
        }
    }
}
