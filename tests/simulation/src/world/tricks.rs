//! What an office that somebody took over does with the frames that its session would send.

use bytes::Bytes;
use sync_proto::Class;

use crate::dice::Dice;

/// A frame longer than any that is allowed.
pub(super) const HUGE_BYTES: usize = 8 << 20;
/// What a bomb grows to.
pub(super) const BOMB_BYTES: u32 = 64 << 20;
/// What a bomb that lies about its size says: as much as a batch may be.
pub(super) const SAID_BYTES: u32 = 256 << 10;

/// What a hostile node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trick {
    /// Acts on records of other offices.
    OthersRecords,
    /// Acts that write what the centre alone writes, with a horizon in the future.
    CentralFields,
    /// Acts that are no acts.
    Garbage,
    /// Signs with a key that is not in its certificate.
    OtherKey,
    /// Says that it is an honest office's node. In an act nobody can: it names no author, the
    /// centre takes it for the line's.
    OtherName,
    /// Sends every frame of its own twice.
    Repeats,
    /// Turns bits.
    Turned,
    /// Frames without end.
    Huge,
    /// Acts under numbers far ahead.
    Ahead,
    /// A batch of two kilobytes that grows to 64 MiB, and says so.
    Bomb,
    /// The same, and it says that it is as long as a batch may be.
    HollowBomb,
    /// Holds a line and says nothing on it, or nothing more than a greeting.
    Slow,
    /// Asks for the papers of a record of another office, twice before it is answered.
    Questions,
}

const TRICKS: [Trick; 9] = [
    Trick::OthersRecords,
    Trick::CentralFields,
    Trick::Garbage,
    Trick::OtherKey,
    Trick::OtherName,
    Trick::Repeats,
    Trick::Turned,
    Trick::Huge,
    Trick::Ahead,
];
/// Drawn apart, so that recordings from before they were thought of play what they played.
const LATER_TRICKS: [Trick; 3] = [Trick::Bomb, Trick::HollowBomb, Trick::Slow];
/// Of a hundred, how many are one of those.
const LATER_PERCENT: u64 = 30;

impl Trick {
    /// The trick that this salt draws.
    pub(super) fn of(salt: u64, dice: &mut Dice) -> Trick {
        let first = dice.pick(&TRICKS).copied().unwrap_or(Trick::Garbage);
        let mut apart = Dice::new(salt, "later tricks", 0);
        if apart.percent(LATER_PERCENT) {
            return apart.pick(&LATER_TRICKS).copied().unwrap_or(first);
        }
        first
    }
}

/// What is sent instead of a frame.
pub(super) fn tricked(
    trick: Trick,
    class: Class,
    frame: Bytes,
    dice: &mut Dice,
) -> Vec<(Class, Bytes)> {
    match trick {
        Trick::Repeats => vec![(class, frame.clone()), (class, frame)],
        Trick::Turned if class != Class::Control => {
            let mut bytes = frame.to_vec();
            let at = dice.index(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            vec![(class, Bytes::from(bytes))]
        }
        Trick::Huge => vec![(class, frame), (class, Bytes::from(vec![0xFF; HUGE_BYTES]))],
        Trick::Ahead if class == Class::Push => {
            let mut bytes = frame.to_vec();
            // The first number of a batch stands near its beginning.
            if let Some(byte) = bytes.get_mut(2) {
                *byte = byte.wrapping_add(40);
            }
            vec![(class, Bytes::from(bytes))]
        }
        Trick::Questions if frame.first() == Some(&QUESTION) => {
            vec![(class, frame.clone()), (class, frame)]
        }
        Trick::Bomb => vec![(class, loaded(&frame, BOMB_BYTES).unwrap_or(frame))],
        Trick::HollowBomb => vec![(class, loaded(&frame, SAID_BYTES).unwrap_or(frame))],
        _ => vec![(class, frame)],
    }
}

/// A batch on the wire: tag, life, first number, count, chain before it, whether it answers, what
/// is packed, signature (`sync-proto/src/batch.rs`).
type Batch = (u8, u64, u64, u32, [u8; 8], bool, Vec<u8>, [[u8; 32]; 2]);

/// A batch, with a bomb in place of its acts; none if the frame is no batch.
fn loaded(frame: &[u8], said: u32) -> Option<Bytes> {
    let (tag, life, first, count, before, answered, _, signature): Batch =
        postcard::from_bytes(frame).ok()?;
    let batch: Batch = (
        tag,
        life,
        first,
        count,
        before,
        answered,
        bomb(said),
        signature,
    );
    (tag == PUSH).then(|| postcard::to_stdvec(&batch).ok().map(Bytes::from))?
}

/// The tag of a question about papers.
const QUESTION: u8 = 20;
/// The tag of a batch of acts.
const PUSH: u8 = 32;

/// Packed zeros that grow to [`BOMB_BYTES`], in a form that says that they are so many: a frame of
/// zstd without its magic bytes, of blocks that are one byte, many times.
pub(super) fn bomb(said: u32) -> Vec<u8> {
    const BLOCK_BYTES: u32 = 128 << 10;
    // Form 1; a content size of four bytes; a window of 128 KiB.
    let mut packed = vec![1, 0x80, 7 << 3];
    packed.extend(said.to_le_bytes());
    let blocks = BOMB_BYTES / BLOCK_BYTES;
    for block in 1..=blocks {
        let [low, middle, high, _] =
            (BLOCK_BYTES << 3 | 1 << 1 | u32::from(block == blocks)).to_le_bytes();
        packed.extend([low, middle, high, 0]);
    }
    packed
}

pub(super) fn noise(dice: &mut Dice, len: usize) -> Bytes {
    (0..len)
        .map(|_| u8::try_from(dice.below(256)).unwrap_or(0))
        .collect()
}
