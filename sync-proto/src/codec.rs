//! Compression of payloads, bounded on the way back.
//!
//! A codec is prepared once and shared by all sessions of a process: preparing a dictionary or a
//! context for each frame would cost more than the compression. Dictionaries are known by number;
//! the two sides agree on one in the hello. A dictionary holds its samples verbatim, so it is
//! trained on synthetic people and public lists only.
//!
//! ```text
//! packed = form (varint) ‖ body
//!          form 0: stored   1: zstd   n + 2: zstd with dictionary n     (n ≥ 1)
//!          body of zstd: a frame without its four magic bytes, with its content size
//! ```

use std::sync::{Mutex, PoisonError};

use bytes::{BufMut, Bytes, BytesMut};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{self, CCtx, DCtx};

use crate::error::{DecodeError, Misuse, SessionError, VersionError};
use crate::limits;
use crate::parcel::{put_varint, take_varint};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const STORED: usize = 0;
const PLAIN: usize = 1;
const DICTIONARY_BASE: usize = 2;
/// Dictionary numbers stay small enough for a varint of four bytes with the base added.
const DICTIONARY_ID_MAX: u32 = 1 << 24;

/// "No dictionary" where a dictionary's number is expected.
pub const NO_DICTIONARY: u32 = 0;

/// Compresses and expands payloads.
pub struct Codec {
    level: i32,
    dictionaries: Vec<Dictionary>,
    encoders: Mutex<Vec<CCtx<'static>>>,
    decoders: Mutex<Vec<DCtx<'static>>>,
}

struct Dictionary {
    id: u32,
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<u32> = self
            .dictionaries
            .iter()
            .map(|dictionary| dictionary.id)
            .collect();
        f.debug_struct("Codec")
            .field("level", &self.level)
            .field("dictionaries", &ids)
            .finish()
    }
}

impl Codec {
    /// A codec at a zstd level (3 is a good one), with numbered dictionaries: the last few schema
    /// versions, so that a peer that is one version behind is understood.
    pub fn new(level: i32, dictionaries: &[(u32, &[u8])]) -> Result<Self, Misuse> {
        if dictionaries.len() > limits::DICTIONARIES_MAX {
            return Err(Misuse::Size {
                what: "the list of dictionaries",
            });
        }
        let mut prepared: Vec<Dictionary> = Vec::new();
        for (id, bytes) in dictionaries {
            let taken = prepared.iter().any(|dictionary| dictionary.id == *id);
            if *id == NO_DICTIONARY || *id > DICTIONARY_ID_MAX || taken || bytes.is_empty() {
                return Err(Misuse::Order {
                    what: "a dictionary's number or content",
                });
            }
            prepared.push(Dictionary {
                id: *id,
                encoder: EncoderDictionary::copy(bytes, level),
                decoder: DecoderDictionary::copy(bytes),
            });
        }
        Ok(Self {
            level,
            dictionaries: prepared,
            encoders: Mutex::default(),
            decoders: Mutex::default(),
        })
    }

    /// Whether payloads with this dictionary can be read here.
    pub fn knows(&self, dictionary: u32) -> bool {
        dictionary == NO_DICTIONARY || self.dictionary(dictionary).is_some()
    }

    /// Compresses a payload with a dictionary (or [`NO_DICTIONARY`]); stored as it is where that
    /// is shorter.
    pub(crate) fn compress(&self, dictionary: u32, payload: &[u8]) -> Result<Bytes, SessionError> {
        if payload.len() > limits::PAYLOAD_BYTES_MAX {
            return Err(Misuse::Size { what: "a payload" }.into());
        }
        let failed = Misuse::Codec {
            what: "compression",
        };
        let mut body = Vec::with_capacity(zstd_safe::compress_bound(payload.len()));
        let mut context = match take(&self.encoders) {
            Some(context) => context,
            None => CCtx::try_create().ok_or(failed.clone())?,
        };
        let (form, result) = match self.dictionary(dictionary) {
            Some(known) => (
                usize::try_from(known.id)
                    .unwrap_or(usize::MAX)
                    .saturating_add(DICTIONARY_BASE),
                context.compress_using_cdict(&mut body, payload, known.encoder.as_cdict()),
            ),
            None => (PLAIN, context.compress(&mut body, payload, self.level)),
        };
        keep(&self.encoders, context);
        result.map_err(|_| failed.clone())?;
        let body = body.strip_prefix(&MAGIC).ok_or(failed)?;

        let mut packed = BytesMut::with_capacity(4 + body.len().min(payload.len()));
        if body.len() < payload.len() {
            put_varint(&mut packed, form);
            packed.put_slice(body);
        } else {
            put_varint(&mut packed, STORED);
            packed.put_slice(payload);
        }
        Ok(packed.freeze())
    }

    /// Expands a payload to at most `max` bytes; nothing is allocated past that.
    pub(crate) fn expand(&self, mut packed: Bytes, max: usize) -> Result<Bytes, SessionError> {
        let max = max.min(limits::PAYLOAD_BYTES_MAX);
        let too_large = DecodeError::PayloadTooLarge { max };
        let form = take_varint(&mut packed).ok_or(DecodeError::Payload)?;
        if form == STORED {
            return if packed.len() > max {
                Err(too_large.into())
            } else {
                Ok(packed)
            };
        }
        let dictionary = match form.checked_sub(DICTIONARY_BASE) {
            None => None,
            Some(id) => {
                let id = u32::try_from(id).map_err(|_| DecodeError::Payload)?;
                Some(self.dictionary(id).ok_or(VersionError::Dictionary { id })?)
            }
        };
        let frame = [MAGIC.as_slice(), &packed].concat();
        let Ok(Some(len)) = zstd_safe::get_frame_content_size(&frame) else {
            return Err(DecodeError::Payload.into());
        };
        let len = usize::try_from(len)
            .ok()
            .filter(|len| *len <= max)
            .ok_or(too_large)?;

        let mut payload = Vec::with_capacity(len);
        let mut context = match take(&self.decoders) {
            Some(context) => context,
            None => DCtx::try_create().ok_or(Misuse::Codec { what: "expansion" })?,
        };
        let result = match dictionary {
            Some(known) => {
                context.decompress_using_ddict(&mut payload, &frame, known.decoder.as_ddict())
            }
            None => context.decompress(&mut payload, &frame),
        };
        keep(&self.decoders, context);
        match result {
            Ok(written) if written == len => Ok(payload.into()),
            _ => Err(DecodeError::Payload.into()),
        }
    }

    fn dictionary(&self, id: u32) -> Option<&Dictionary> {
        self.dictionaries
            .iter()
            .find(|dictionary| dictionary.id == id)
    }
}

fn take<T>(pool: &Mutex<Vec<T>>) -> Option<T> {
    pool.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

fn keep<T>(pool: &Mutex<Vec<T>>, context: T) {
    let mut kept = pool.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < limits::CODEC_CONTEXTS_KEPT {
        kept.push(context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = b"a residence act moves a person from one commune to another commune";

    #[test]
    fn payloads_come_back_in_every_form() {
        let codec = Codec::new(3, &[(7, SAMPLE)]).unwrap();
        let long = SAMPLE.repeat(20);
        for (dictionary, payload) in [
            (0, &b"x"[..]),
            (0, &long),
            (7, SAMPLE),
            (7, b""),
            (9, &long),
        ] {
            let packed = codec.compress(dictionary, payload).unwrap();
            assert!(packed.len() <= payload.len() + 1);
            assert_eq!(codec.expand(packed, 1 << 16).unwrap(), payload);
        }
        let with = codec.compress(7, SAMPLE).unwrap().len();
        let without = codec.compress(0, SAMPLE).unwrap().len();
        assert!(with < without / 2, "{with} against {without}");
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_expanded() {
        let codec = Codec::new(3, &[]).unwrap();
        let packed = codec.compress(0, &vec![0; 900_000]).unwrap();
        assert!(packed.len() < 200);
        assert!(codec.expand(packed.clone(), 900_000).is_ok());
        let refused = codec.expand(packed, 899_999).unwrap_err();
        assert_eq!(refused.code(), "payload_too_large");
    }

    #[test]
    fn an_unknown_dictionary_is_named() {
        let one = Codec::new(3, &[(7, SAMPLE)]).unwrap();
        let other = Codec::new(3, &[]).unwrap();
        let packed = one.compress(7, &SAMPLE.repeat(3)).unwrap();
        let error = other.expand(packed, 4_096).unwrap_err();
        assert_eq!(error, VersionError::Dictionary { id: 7 }.into());
    }

    proptest::proptest! {
        #[test]
        fn damaged_payloads_are_an_error_or_bytes_within_the_limit(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
            form in 0_u8..4,
        ) {
            let codec = Codec::new(3, &[(1, SAMPLE)]).unwrap();
            let packed: Bytes = [&[form], bytes.as_slice()].concat().into();
            if let Ok(payload) = codec.expand(packed, 512) {
                proptest::prop_assert!(payload.len() <= 512);
            }
        }
    }
}
