//! A decree that is larger than one entry: its table travels in parts, entries of their own, and
//! the notice of it names their number and the digest of the whole. An office keeps the parts as
//! they come, so a cut costs nothing; it goes over to the next edition by the notice, once all of
//! them are there and make what the digest says.

use serde::{Deserialize, Serialize};

use super::{FeedError, UnitsChange};
use crate::unit::{Decree, Edition};

/// Most bytes of the table in one part: an entry has room for it with what is around it.
pub const PART_BYTES_MAX: usize = 192 << 10;
/// Most parts of a decree, and so the largest one that travels: 3 MiB.
pub const PARTS_MAX: u16 = 16;

/// A part of a decree's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecreePart {
    /// The edition that the decree makes.
    pub edition: Edition,
    /// BLAKE3 of the whole table.
    pub digest: [u8; 32],
    /// Which part, from 0.
    pub part: u16,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How a decree's table was parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    /// BLAKE3 of the whole table.
    pub digest: [u8; 32],
    /// How many parts there are.
    pub parts: u16,
}

impl DecreePart {
    /// The parts of a decree; `None` if it is too large even so.
    pub fn of(edition: Edition, decree: &Decree) -> Option<(Parted, Vec<DecreePart>)> {
        let table = postcard::to_stdvec(decree).ok()?;
        let digest = *blake3::hash(&table).as_bytes();
        let parts = table.chunks(PART_BYTES_MAX).zip(0u16..);
        let parts: Vec<DecreePart> = parts
            .map(|(bytes, part)| DecreePart {
                edition,
                digest,
                part,
                bytes: bytes.to_vec(),
            })
            .collect();
        let count = u16::try_from(parts.len()).ok()?;
        (count <= PARTS_MAX).then_some((
            Parted {
                digest,
                parts: count,
            },
            parts,
        ))
    }
}

impl Parted {
    /// The decree of these parts, in their order; refused unless they are all of it.
    pub fn whole(&self, parts: &[DecreePart]) -> Result<UnitsChange, FeedError> {
        let mut table = Vec::new();
        for (part, place) in parts.iter().zip(0u16..) {
            if part.part != place || part.digest != self.digest {
                return Err(FeedError::Unreadable);
            }
            table.extend_from_slice(&part.bytes);
        }
        let all = parts.len() == usize::from(self.parts);
        if !all || blake3::hash(&table) != blake3::Hash::from_bytes(self.digest) {
            return Err(FeedError::Unreadable);
        }
        match postcard::take_from_bytes::<Decree>(&table) {
            Ok((decree, [])) => Ok(UnitsChange::Decree(Box::new(decree))),
            _ => Err(FeedError::Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OfficeCode;
    use crate::unit::{Share, Succession};

    /// A decree of more rows than one entry holds.
    fn large() -> Decree {
        let code = |number| OfficeCode::new(number).unwrap();
        let row = |number: u32| Succession {
            old: code(number),
            new: code(90_000),
            share: Share::Whole,
            default: true,
            hamlets: vec!["Tổ dân phố số mười hai".parse().unwrap()],
        };
        Decree {
            effective: "2026-11-01".parse().unwrap(),
            rows: (1..9_000).map(row).collect(),
            units: Vec::new(),
            provinces: Vec::new(),
        }
    }

    #[test]
    fn a_decree_is_whole_only_of_all_its_parts_as_they_were() {
        let decree = large();
        let (parted, parts) = DecreePart::of(Edition::new(2), &decree).unwrap();
        assert!(parts.len() > 1);
        for part in &parts {
            let item = super::super::FeedItem::DecreePart(Box::new(part.clone()));
            let (kind, bytes) = item.encode().unwrap();
            assert!(bytes.len() <= super::super::ENTRY_BYTES_MAX);
            assert_eq!(super::super::FeedItem::decode(kind, &bytes).unwrap(), item);
        }
        let whole = parted.whole(&parts).unwrap();
        assert_eq!(*whole.decree().unwrap(), decree);
        let broken = |change: &dyn Fn(&mut Vec<DecreePart>)| {
            let mut parts = parts.clone();
            change(&mut parts);
            parted.whole(&parts)
        };
        for change in [
            &(|parts: &mut Vec<DecreePart>| drop(parts.pop())) as &dyn Fn(&mut Vec<DecreePart>),
            &|parts| parts.swap(0, 1),
            &|parts| parts[1].bytes[7] ^= 1,
            &|parts| parts.push(parts[0].clone()),
            &|parts| parts[0].digest[0] ^= 1,
        ] {
            assert_eq!(broken(change), Err(FeedError::Unreadable));
        }
    }
}
