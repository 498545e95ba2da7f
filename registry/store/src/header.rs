//! The first bytes of every segment and snapshot.
//!
//! ```text
//!   0   8  magic: what the file is
//!   8   4  layout of the file, u32 little endian, as all numbers
//!  12   4  format: the daemon's schema version
//!  16  16  store: random, the same in all files of one store
//!  32   8  number of the segment; 0 in a snapshot
//!  40   8  position: of the segment's first batch; the last that the snapshot holds
//!  48  32  salt: random, so that no key is ever used for two files
//!  80  16  checksum: blake3 of the bytes before
//!  96  16  proof: blake3 of the bytes before, under a key derived from the data key
//! ```
//!
//! A checksum that fails is damage; a proof that fails under a good checksum is another key.

use std::io;

use crate::key::DataKey;
use crate::seal::Seal;

pub(crate) const HEADER_BYTES: usize = 112;
pub(crate) const SEGMENT_MAGIC: [u8; 8] = *b"vnregjrn";
pub(crate) const SNAPSHOT_MAGIC: [u8; 8] = *b"vnregsnp";
const LAYOUT: u32 = 1;

/// What all files of one store, written by one program, have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) store: [u8; 16],
    pub(crate) format: u32,
}

/// What a file is.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) magic: [u8; 8],
    pub(crate) identity: Identity,
    pub(crate) number: u64,
    pub(crate) position: u64,
    salt: [u8; 32],
}

/// Why a header cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadHeader {
    Damaged,
    WrongKey,
    NewerLayout(u32),
}

/// What a file's content is sealed and checked with.
pub(crate) struct Vault {
    pub(crate) seal: Seal,
    check: [u8; 32],
}

impl Header {
    pub(crate) fn new(
        magic: [u8; 8],
        identity: Identity,
        number: u64,
        position: u64,
    ) -> io::Result<Self> {
        let mut salt = [0; 32];
        aws_lc_rs::rand::fill(&mut salt)
            .map_err(|_| io::Error::other("the random source failed"))?;
        Ok(Self {
            magic,
            identity,
            number,
            position,
            salt,
        })
    }

    pub(crate) fn encode(&self, key: &DataKey) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&self.magic);
        bytes.extend_from_slice(&LAYOUT.to_le_bytes());
        bytes.extend_from_slice(&self.identity.format.to_le_bytes());
        bytes.extend_from_slice(&self.identity.store);
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.position.to_le_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&short(blake3::hash(&bytes)));
        bytes.extend_from_slice(&prove(key, &bytes));
        bytes
    }

    pub(crate) fn decode(
        bytes: &[u8; HEADER_BYTES],
        magic: [u8; 8],
        key: &DataKey,
    ) -> Result<Self, BadHeader> {
        let (found, rest) = take::<8>(bytes)?;
        let (layout, rest) = take::<4>(rest)?;
        let layout = u32::from_le_bytes(layout);
        if found != magic {
            return Err(BadHeader::Damaged);
        }
        let (body, proof) = bytes.split_last_chunk::<16>().ok_or(BadHeader::Damaged)?;
        let (covered, checksum) = body.split_last_chunk::<16>().ok_or(BadHeader::Damaged)?;
        if short(blake3::hash(covered)) != *checksum {
            // A newer layout may be checked in another way, so its word is taken for it.
            return Err(if layout > LAYOUT && layout < LAYOUT + 1000 {
                BadHeader::NewerLayout(layout)
            } else {
                BadHeader::Damaged
            });
        }
        if layout > LAYOUT {
            return Err(BadHeader::NewerLayout(layout));
        }
        if prove(key, body) != *proof {
            return Err(BadHeader::WrongKey);
        }
        let (format, rest) = take::<4>(rest)?;
        let (store, rest) = take::<16>(rest)?;
        let (number, rest) = take::<8>(rest)?;
        let (position, rest) = take::<8>(rest)?;
        let (salt, _) = take::<32>(rest)?;
        Ok(Self {
            magic,
            identity: Identity {
                store,
                format: u32::from_le_bytes(format),
            },
            number: u64::from_le_bytes(number),
            position: u64::from_le_bytes(position),
            salt,
        })
    }

    pub(crate) fn vault(&self, key: &DataKey) -> io::Result<Vault> {
        let number = self.number.to_le_bytes();
        let place: [&[u8]; 4] = [&self.magic, &self.identity.store, &number, &self.salt];
        Ok(Vault {
            seal: Seal::new(&key.derive("vn commune registry store: file content", &place))?,
            check: key.derive("vn commune registry store: frame check", &place),
        })
    }
}

impl Vault {
    /// A check that only this file's key can make, so that chance bytes are not taken for a frame.
    pub(crate) fn check(&self, place: u64, bytes: &[u8]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.check);
        hasher.update(&place.to_le_bytes());
        hasher.update(bytes);
        short(hasher.finalize())
    }
}

fn prove(key: &DataKey, covered: &[u8]) -> [u8; 16] {
    let proof = key.derive("vn commune registry store: header proof", &[]);
    short(blake3::keyed_hash(&proof, covered))
}

fn short(hash: blake3::Hash) -> [u8; 16] {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), BadHeader> {
    let (head, rest) = bytes.split_first_chunk().ok_or(BadHeader::Damaged)?;
    Ok((*head, rest))
}
