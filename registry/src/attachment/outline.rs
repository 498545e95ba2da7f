//! The outline of an attachment: what each of its pieces must be, held against its name.
//!
//! The list is that of the chaining values of BLAKE3's tree at the height of a piece; joined two by
//! two they come to the name. An attachment of one piece needs no list: its name is the piece's.

use blake3::hazmat::{
    ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root,
};

use super::{Attachment, PIECE_BYTES};

/// What each piece of an attachment must be; it has been held against the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    attachment: Attachment,
    /// Empty if there is one piece.
    values: Vec<ChainingValue>,
}

/// A list that is not that of the attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list of pieces does not come to the name of the attachment")]
pub struct OutlineError;

impl OutlineError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "attachment_outline_wrong"
    }
}

impl Outline {
    /// The outline of this content; `None` if it is not that of the attachment.
    pub fn of(attachment: Attachment, content: &[u8]) -> Option<Outline> {
        let values = if attachment.pieces() > 1 {
            let places = (0u64..).map(|index| index.saturating_mul(PIECE_BYTES as u64));
            let pieces = content.chunks(PIECE_BYTES).zip(places);
            pieces.map(|(piece, at)| value_of(piece, at)).collect()
        } else {
            Vec::new()
        };
        let outline = Outline::read(attachment, values).ok()?;
        let mut pieces = content.chunks(PIECE_BYTES).zip(0u16..);
        let whole = usize::try_from(attachment.bytes()) == Ok(content.len());
        // With a list, every piece was just taken from the content.
        (whole
            && (!outline.values.is_empty()
                || pieces.all(|(piece, index)| outline.proves(index, piece))))
        .then_some(outline)
    }

    /// Holds a list that somebody sent against the name.
    pub fn read(
        attachment: Attachment,
        values: Vec<ChainingValue>,
    ) -> Result<Outline, OutlineError> {
        let pieces = usize::from(attachment.pieces());
        let fits = if pieces == 1 {
            values.is_empty()
        } else {
            values.len() == pieces && root_of(&values) == Some(*attachment.hash().as_bytes())
        };
        if fits {
            Ok(Outline { attachment, values })
        } else {
            Err(OutlineError)
        }
    }

    /// Of what it is the outline.
    pub const fn attachment(&self) -> Attachment {
        self.attachment
    }

    /// The list, as it is sent and kept.
    pub fn values(&self) -> &[ChainingValue] {
        &self.values
    }

    /// Whether this is the piece at this place.
    pub fn proves(&self, index: u16, piece: &[u8]) -> bool {
        if piece.is_empty() || piece.len() != self.attachment.piece_bytes(index) {
            return false;
        }
        if self.attachment.pieces() == 1 {
            return blake3::hash(piece).as_bytes() == self.attachment.hash().as_bytes();
        }
        let at = u64::from(index).saturating_mul(PIECE_BYTES as u64);
        self.values.get(usize::from(index)) == Some(&value_of(piece, at))
    }
}

/// The chaining value of the piece that begins here. It is never the whole tree, and no longer
/// than the subtree that begins there.
fn value_of(piece: &[u8], at: u64) -> ChainingValue {
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(at);
    hasher.update(piece);
    hasher.finalize_non_root()
}

/// What the values come to, if there are at least two.
fn root_of(values: &[ChainingValue]) -> Option<[u8; 32]> {
    let (left, right) = halves(values)?;
    let root = merge_subtrees_root(&joined(left)?, &joined(right)?, Mode::Hash);
    Some(*root.as_bytes())
}

fn joined(values: &[ChainingValue]) -> Option<ChainingValue> {
    if let [value] = values {
        return Some(*value);
    }
    let (left, right) = halves(values)?;
    Some(merge_subtrees_non_root(
        &joined(left)?,
        &joined(right)?,
        Mode::Hash,
    ))
}

/// The left subtree is the largest whole one that leaves something to the right.
fn halves(values: &[ChainingValue]) -> Option<(&[ChainingValue], &[ChainingValue])> {
    let left = values.len().checked_next_power_of_two()?.checked_div(2)?;
    let (left, right) = values.split_at_checked(left)?;
    (!left.is_empty() && !right.is_empty()).then_some((left, right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{ATTACHMENT_BYTES_MAX, PIECES_MAX};
    use super::*;

    fn content(bytes: usize, seed: u8) -> Vec<u8> {
        let mut content = b"%PDF-1.7\n".to_vec();
        let noise = (0u32..).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed);
        content.extend(noise.take(bytes));
        content.truncate(bytes.max(9));
        content
    }

    fn made(bytes: usize) -> (Vec<u8>, Attachment, Outline) {
        let content = content(bytes, 3);
        let attachment = Attachment::of(&content).unwrap();
        let outline = Outline::of(attachment, &content).unwrap();
        (content, attachment, outline)
    }

    #[test]
    fn the_list_of_every_number_of_pieces_comes_to_the_name() {
        for pieces in (1..=17).chain([31, 32, 33, 63, 64, 65, 255, PIECES_MAX]) {
            for bytes in [
                pieces * PIECE_BYTES,
                pieces * PIECE_BYTES - 1,
                (pieces - 1) * PIECE_BYTES + 10,
            ] {
                let (content, attachment, outline) = made(bytes);
                let sent = outline.values().to_vec();
                assert_eq!(
                    Outline::read(attachment, sent),
                    Ok(outline.clone()),
                    "{bytes}"
                );
                for (piece, index) in content.chunks(PIECE_BYTES).zip(0u16..) {
                    assert!(outline.proves(index, piece), "{bytes}: {index}");
                }
            }
        }
        assert_eq!(made(ATTACHMENT_BYTES_MAX).1.pieces() as usize, PIECES_MAX);
    }

    #[test]
    fn a_list_of_other_content_of_other_length_or_of_a_higher_row_is_refused() {
        let (_, attachment, outline) = made(4 * PIECE_BYTES);
        let values = outline.values().to_vec();
        let mut other = values.clone();
        other[2][0] ^= 1;
        assert!(Outline::read(attachment, other).is_err());
        assert!(Outline::read(attachment, Vec::new()).is_err());
        assert!(Outline::read(attachment, values[..3].to_vec()).is_err());
        // The two values above these four come to the same name, and stand for no piece.
        let above = vec![joined(&values[..2]).unwrap(), joined(&values[2..]).unwrap()];
        assert_eq!(root_of(&above), Some(*attachment.hash().as_bytes()));
        assert!(Outline::read(attachment, above).is_err());
    }

    #[test]
    fn a_single_piece_is_held_against_the_name_itself() {
        let (mut content, attachment, outline) = made(1_000);
        assert!(outline.values().is_empty());
        assert!(outline.proves(0, &content));
        assert!(!outline.proves(1, &content));
        content[500] ^= 1;
        assert!(!outline.proves(0, &content));
        assert_eq!(Outline::of(attachment, &content), None);
    }

    proptest! {
        #[test]
        fn no_changed_moved_cut_or_grown_piece_passes(
            bytes in 40_000usize..120_000, at in any::<prop::sample::Index>(), bit in 0u8..8,
        ) {
            let (content, _, outline) = made(bytes);
            let mut other = content.clone();
            let place = at.index(other.len());
            other[place] ^= 1 << bit;
            for (index, (right, wrong)) in
                content.chunks(PIECE_BYTES).zip(other.chunks(PIECE_BYTES)).enumerate()
            {
                let index = index as u16;
                prop_assert!(outline.proves(index, right));
                prop_assert_eq!(outline.proves(index, wrong), right == wrong);
                prop_assert!(!outline.proves(index + 1, right));
                prop_assert!(!outline.proves(index, &right[1..]));
                let mut longer = right.to_vec();
                longer.push(0);
                prop_assert!(!outline.proves(index, &longer));
            }
        }
    }
}
