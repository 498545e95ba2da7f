//! Whether bytes have the outer form in which this program saves a document: one chunk, nothing in
//! it compressed. The library also reads compressed chunks and columns, and expands them without a
//! limit; two hundred kilobytes would then take two hundred megabytes.
//!
//! ```text
//! chunk = magic (4) · checksum (4) · type (1) · length · actors · heads · columns · columns · …
//! actors, heads = count · { for an actor: length · bytes; for a head: 32 bytes }
//! columns = count · { kind · length }               every number in LEB128
//! ```

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;
const HEAD_BYTES: usize = 32;
/// The bit of a column's kind that says that it is compressed.
const COMPRESSED: u64 = 0b1000;

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
        for shift in (0..63).step_by(7) {
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

    /// Passes over the columns of one table, if none of them is compressed.
    fn plain_columns(&mut self) -> Option<()> {
        for _ in 0..self.length()? {
            let kind = self.number()?;
            self.number()?;
            if kind & COMPRESSED != 0 {
                return None;
            }
        }
        Some(())
    }
}

/// Whether the bytes have that form.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
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
        reader.plain_columns()?;
        reader.plain_columns()
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
    fn whatever_is_cut_off_is_not_plain() {
        let bytes = long_document().save_nocompress();
        for length in (0..200).chain([bytes.len() - 1]) {
            assert!(!is_plain(&bytes[..length]), "{length}");
        }
    }
}
