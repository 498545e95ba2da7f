//! One frame of a segment: the batches of one sync.
//!
//! ```text
//!  0   4  magic
//!  4   4  length of the sealed payload, u32 little endian, as all numbers
//!  8   8  position of the first batch
//! 16   4  number of batches
//! 20  16  check of the bytes before and of the frame's offset, under the segment's key
//! 36   …  payload: packed batches, sealed; nonce: the first position; associated data: the 36 bytes
//! ```
//!
//! A frame is written only after the one before it was fsynced. So a frame that is followed by
//! anything had been promised, and damage in it is damage; a frame that is last may be torn.

use std::io;

use crate::header::Vault;
use crate::limits::{FRAME_BYTES_MAX, GROUP_BYTES_MAX};
use crate::pack::{Packer, unpack};
use crate::seal::Broken;

pub(crate) const FRAME_HEAD_BYTES: usize = 36;
const CHECKED_BYTES: usize = 20;
const MAGIC: [u8; 4] = *b"\xF7grp";

/// The first bytes of a frame, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameHead {
    pub(crate) payload_bytes: u32,
    pub(crate) first: u64,
    pub(crate) batches: u32,
    bytes: [u8; FRAME_HEAD_BYTES],
}

impl FrameHead {
    pub(crate) fn decode(
        bytes: &[u8; FRAME_HEAD_BYTES],
        offset: u64,
        vault: &Vault,
    ) -> Result<Self, Broken> {
        let (covered, check) = bytes.split_last_chunk::<16>().ok_or(Broken)?;
        let (magic, rest) = covered.split_first_chunk::<4>().ok_or(Broken)?;
        if *magic != MAGIC || vault.check(offset, covered) != *check {
            return Err(Broken);
        }
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(Broken)?;
        let (first, rest) = rest.split_first_chunk::<8>().ok_or(Broken)?;
        let (batches, _) = rest.split_first_chunk::<4>().ok_or(Broken)?;
        let payload_bytes = u32::from_le_bytes(*length);
        if usize::try_from(payload_bytes).map_err(|_| Broken)? > FRAME_BYTES_MAX {
            return Err(Broken);
        }
        Ok(Self {
            payload_bytes,
            first: u64::from_le_bytes(*first),
            batches: u32::from_le_bytes(*batches),
            bytes: *bytes,
        })
    }

    /// The encoded batches.
    pub(crate) fn open(&self, vault: &Vault, mut payload: Vec<u8>) -> Result<Vec<u8>, Broken> {
        vault.seal.open(self.first, &self.bytes, &mut payload)?;
        unpack(&payload, GROUP_BYTES_MAX)
    }

    pub(crate) fn frame_bytes(&self) -> u64 {
        u64::from(self.payload_bytes).saturating_add(FRAME_HEAD_BYTES as u64)
    }
}

/// A whole frame, ready to be written at `offset`.
pub(crate) fn encode(
    vault: &Vault,
    packer: &mut Packer,
    offset: u64,
    first: u64,
    batches: u32,
    group: &[u8],
) -> io::Result<Vec<u8>> {
    const TAG_BYTES: usize = 16;
    let mut payload = packer.pack(group)?;
    let length = u32::try_from(payload.len() + TAG_BYTES).map_err(io::Error::other)?;
    let mut frame = Vec::with_capacity(FRAME_HEAD_BYTES + payload.len() + TAG_BYTES);
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&first.to_le_bytes());
    frame.extend_from_slice(&batches.to_le_bytes());
    debug_assert_eq!(frame.len(), CHECKED_BYTES);
    let check = vault.check(offset, &frame);
    frame.extend_from_slice(&check);
    vault.seal.close(first, &frame, &mut payload)?;
    frame.extend_from_slice(&payload);
    Ok(frame)
}

/// Whether a frame begins anywhere in `bytes`, which lie at `offset`, after the first byte.
pub(crate) fn begins_within(bytes: &[u8], offset: u64, vault: &Vault) -> bool {
    let places = bytes.windows(FRAME_HEAD_BYTES).zip(offset..).skip(1);
    places.into_iter().any(|(window, place)| {
        window.starts_with(&MAGIC)
            && <&[u8; FRAME_HEAD_BYTES]>::try_from(window)
                .is_ok_and(|head| FrameHead::decode(head, place, vault).is_ok())
    })
}
