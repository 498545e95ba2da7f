//! Frames on a stream. Pure: bytes in, frames out.
//!
//! ```text
//! stream := class tag (1 byte), frame*
//! frame  := length (1 to 3 bytes, 7 bits each, lowest first, high bit: more follow), body
//! ```

use bytes::{BufMut, Bytes, BytesMut};
use sync_proto::{Class, limits};

use crate::identity::Purpose;

/// Most bytes of a length: three times seven bits hold every length that is allowed.
const LENGTH_BYTES_MAX: u32 = 3;
const _: () = assert!(limits::FRAME_BYTES_MAX < 1 << (7 * LENGTH_BYTES_MAX));
/// What is set aside for a frame before its body has come: a peer that announces much and sends
/// little costs little.
const BODY_BYTES_FIRST: usize = 16 << 10;
/// Longest frame from a peer that has not proved who it is, bytes; a join request takes two
/// thousand.
const JOIN_FRAME_BYTES_MAX: usize = 16 << 10;

/// What a peer may send on a line of one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    frame_bytes_max: usize,
    control_only: bool,
}

impl FrameLimits {
    /// The limits of lines for `purpose`.
    pub const fn of(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Sync => Self {
                frame_bytes_max: limits::FRAME_BYTES_MAX,
                control_only: false,
            },
            Purpose::Join => Self {
                frame_bytes_max: JOIN_FRAME_BYTES_MAX,
                control_only: true,
            },
        }
    }

    /// Longest frame, bytes.
    pub const fn frame_bytes_max(self) -> usize {
        self.frame_bytes_max
    }

    /// Whether frames of this class may be sent at all.
    pub fn allows(self, class: Class) -> bool {
        !self.control_only || class == Class::Control
    }
}

/// A length past the limit, which ends the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// The length that goes before a body of `bytes`.
pub(crate) fn put_length(into: &mut BytesMut, bytes: usize) {
    let mut rest = bytes;
    while rest >= 0x80 {
        into.put_u8(u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80);
        rest >>= 7;
    }
    into.put_u8(u8::try_from(rest).unwrap_or(0));
}

/// Puts frames together from the pieces in which they arrive.
#[derive(Debug)]
pub struct Assembler {
    frame_bytes_max: usize,
    state: State,
}

#[derive(Debug)]
enum State {
    Length { value: usize, bytes: u32 },
    Body { missing: usize, body: BytesMut },
}

const AT_START: State = State::Length { value: 0, bytes: 0 };

impl Assembler {
    /// At the start of a stream.
    pub fn new(limits: FrameLimits) -> Self {
        Self {
            frame_bytes_max: limits.frame_bytes_max,
            state: AT_START,
        }
    }

    /// Whether nothing of an unfinished frame is held.
    pub fn between_frames(&self) -> bool {
        matches!(self.state, State::Length { bytes: 0, .. })
    }

    /// Takes from `input` as far as the end of the next frame; `None` when more is needed.
    pub fn next_frame(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, TooLong> {
        loop {
            match &mut self.state {
                State::Length { value, bytes } => {
                    let Some(&byte) = input.first() else {
                        return Ok(None);
                    };
                    drop(input.split_to(1));
                    *value |= usize::from(byte & 0x7f) << (7 * *bytes);
                    *bytes += 1;
                    if byte & 0x80 != 0 {
                        if *bytes >= LENGTH_BYTES_MAX {
                            return Err(TooLong);
                        }
                        continue;
                    }
                    let length = *value;
                    if length > self.frame_bytes_max {
                        return Err(TooLong);
                    }
                    if input.len() >= length {
                        self.state = AT_START;
                        return Ok(Some(input.split_to(length)));
                    }
                    let body = BytesMut::with_capacity(length.min(BODY_BYTES_FIRST));
                    self.state = State::Body {
                        missing: length,
                        body,
                    };
                }
                State::Body { missing, body } => {
                    let piece = input.split_to(input.len().min(*missing));
                    body.put_slice(&piece);
                    *missing -= piece.len();
                    if *missing > 0 {
                        return Ok(None);
                    }
                    let frame = std::mem::take(body).freeze();
                    self.state = AT_START;
                    return Ok(Some(frame));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(frames: &[Vec<u8>]) -> Bytes {
        let mut stream = BytesMut::new();
        for frame in frames {
            put_length(&mut stream, frame.len());
            stream.put_slice(frame);
        }
        stream.freeze()
    }

    #[test]
    fn frames_come_out_whole_however_they_are_cut() {
        let frames: Vec<Vec<u8>> = [0, 1, 127, 128, 16_383, 16_384, 70_000]
            .map(|length| vec![7; length])
            .into();
        let stream = encode(&frames);
        for piece_bytes in [1, 2, 3, 1000, stream.len()] {
            let mut assembler = Assembler::new(FrameLimits::of(Purpose::Sync));
            let mut read = Vec::new();
            for piece in stream.chunks(piece_bytes) {
                let mut piece = Bytes::copy_from_slice(piece);
                while let Some(frame) = assembler.next_frame(&mut piece).unwrap() {
                    read.push(frame.to_vec());
                }
                assert!(piece.is_empty());
            }
            assert!(assembler.between_frames());
            assert!(read == frames, "pieces of {piece_bytes}");
        }
    }

    #[test]
    fn the_longest_frame_passes_and_one_byte_more_does_not() {
        for purpose in [Purpose::Sync, Purpose::Join] {
            let limits = FrameLimits::of(purpose);
            let mut header = BytesMut::new();
            put_length(&mut header, limits.frame_bytes_max());
            assert_eq!(
                Assembler::new(limits).next_frame(&mut header.freeze()),
                Ok(None)
            );
            let mut header = BytesMut::new();
            put_length(&mut header, limits.frame_bytes_max() + 1);
            assert_eq!(
                Assembler::new(limits).next_frame(&mut header.freeze()),
                Err(TooLong)
            );
        }
    }

    #[test]
    fn a_length_that_never_ends_is_refused() {
        let mut assembler = Assembler::new(FrameLimits::of(Purpose::Sync));
        let mut input = Bytes::from_static(&[0x80; 3]);
        assert_eq!(assembler.next_frame(&mut input), Err(TooLong));
    }

    #[test]
    fn an_unfinished_frame_is_known_as_such() {
        let mut assembler = Assembler::new(FrameLimits::of(Purpose::Sync));
        assert!(assembler.between_frames());
        assert_eq!(
            assembler.next_frame(&mut Bytes::from_static(&[0x80])),
            Ok(None)
        );
        assert!(!assembler.between_frames());
        assert_eq!(
            assembler.next_frame(&mut Bytes::from_static(&[0x01, 0])),
            Ok(None)
        );
        assert!(!assembler.between_frames());
    }
}
