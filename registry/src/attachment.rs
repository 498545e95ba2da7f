//! Attachments: the photograph of a face and scanned papers, named by what they are made of.
//!
//! An attachment's name is the BLAKE3 hash of its content. BLAKE3 is a tree, so the name also
//! commits to every **piece** of [`PIECE_BYTES`]: whoever has the list of the pieces' hashes (an
//! [`Outline`]) can hold it against the name, and then each piece alone against the list. Nothing
//! has to be signed for that: the act that names the attachment is.
//!
//! Not here: files (`registry-store`), and how pieces travel (`sync-proto`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::IdError;
use crate::words::{Said, Tells, told_in_english, words};

mod outline;

pub use outline::{Outline, OutlineError};

/// Largest attachment, bytes: a page scanned in colour, a photograph from a telephone.
pub const ATTACHMENT_BYTES_MAX: usize = 4 << 20;
/// Most attachments that a person puts to one act.
pub const ATTACHMENTS_MAX: usize = 16;
/// Bytes of a piece, but for the last: what is sent, checked and kept at a time. Half a second on
/// a line of 256 kbit/s.
pub const PIECE_BYTES: usize = 16 << 10;
/// Most pieces of an attachment.
pub const PIECES_MAX: usize = ATTACHMENT_BYTES_MAX.div_ceil(PIECE_BYTES);

const _: () = {
    // The tree of BLAKE3 is cut where its subtrees end.
    assert!(PIECE_BYTES.is_power_of_two() && PIECE_BYTES >= 1024);
    assert!(PIECES_MAX <= u16::MAX as usize);
};

/// The name of an attachment: BLAKE3 over its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentId([u8; 32]);

impl AttachmentId {
    /// The name with these bytes.
    pub const fn new(bytes: [u8; 32]) -> AttachmentId {
        AttachmentId(bytes)
    }
    /// The name of this content.
    pub fn of(content: &[u8]) -> AttachmentId {
        AttachmentId(*blake3::hash(content).as_bytes())
    }
    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Reads it from a stored key; `None` if the length is not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<AttachmentId> {
        Some(AttachmentId(bytes.try_into().ok()?))
    }
}

impl fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttachmentId({self})")
    }
}

impl FromStr for AttachmentId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<AttachmentId, IdError> {
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .ok()
            .and_then(|bytes| AttachmentId::from_slice(&bytes))
            .ok_or(IdError {
                kind: "the name of an attachment",
                shape: "64 hexadecimal digits",
            })
    }
}

impl Serialize for AttachmentId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}

impl<'de> Deserialize<'de> for AttachmentId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            let text = String::deserialize(d)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(d).map(AttachmentId)
        }
    }
}

/// What an attachment is; told by its content, never by the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AttachmentKind {
    /// A photograph, or a page scanned as one.
    Jpeg = 1,
    /// A picture without loss.
    Png = 2,
    /// A document of pages.
    Pdf = 3,
}

/// Key, media type and first bytes of each kind. The number of a kind never changes.
const KINDS: &[(AttachmentKind, &str, &str, &[u8])] = &[
    (AttachmentKind::Jpeg, "jpeg", "image/jpeg", b"\xff\xd8\xff"),
    (
        AttachmentKind::Png,
        "png",
        "image/png",
        b"\x89PNG\r\n\x1a\n",
    ),
    (AttachmentKind::Pdf, "pdf", "application/pdf", b"%PDF-"),
];

impl AttachmentKind {
    /// The kind of this content.
    pub fn of(content: &[u8]) -> Option<AttachmentKind> {
        let mut kinds = KINDS.iter();
        let found = kinds.find(|(.., first)| content.starts_with(first));
        found.map(|(kind, ..)| *kind)
    }
    /// Its name in JSON and on the command line; also the ending of a file.
    pub fn key(self) -> &'static str {
        self.line().map_or("", |(_, key, ..)| key)
    }
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        self.line().map_or("", |(_, _, media, _)| media)
    }
    fn line(self) -> Option<&'static (AttachmentKind, &'static str, &'static str, &'static [u8])> {
        KINDS.iter().find(|(kind, ..)| *kind == self)
    }
}

impl Serialize for AttachmentKind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(self.key())
        } else {
            s.serialize_u8(*self as u8)
        }
    }
}

impl<'de> Deserialize<'de> for AttachmentKind {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let found = if d.is_human_readable() {
            let text = String::deserialize(d)?;
            KINDS.iter().find(|(_, key, ..)| *key == text)
        } else {
            let code = u8::deserialize(d)?;
            KINDS.iter().find(|(kind, ..)| *kind as u8 == code)
        };
        let found = found.map(|(kind, ..)| *kind);
        found.ok_or_else(|| serde::de::Error::custom("a kind is one of jpeg, png, pdf"))
    }
}

/// An attachment as an act names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Attachment {
    /// Its name.
    hash: AttachmentId,
    /// Its size.
    bytes: u32,
    /// What it is.
    kind: AttachmentKind,
}

/// An attachment as it is read, before its size is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    hash: AttachmentId,
    bytes: u32,
    kind: AttachmentKind,
}

impl TryFrom<Told> for Attachment {
    type Error = Said;
    fn try_from(told: Told) -> Result<Attachment, Said> {
        let Told { hash, bytes, kind } = told;
        let made = match usize::try_from(bytes) {
            Ok(0) => Err(AttachmentError::Empty),
            Ok(bytes) if bytes > ATTACHMENT_BYTES_MAX => Err(AttachmentError::TooLarge { bytes }),
            Err(_) => Err(AttachmentError::TooLarge { bytes: usize::MAX }),
            Ok(_) => Ok(Attachment { hash, bytes, kind }),
        };
        made.map_err(|wrong| wrong.said())
    }
}

/// Why bytes are no attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentError {
    /// Nothing.
    Empty,
    /// Larger than allowed.
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not one of the kinds.
    Kind,
}

impl Tells for AttachmentError {
    fn said(&self) -> Said {
        match self {
            AttachmentError::Empty => words(
                "tệp rỗng; quét lại giấy tờ",
                "the file is empty; scan the paper again",
            )
            .into(),
            AttachmentError::TooLarge { bytes } => Said {
                vi: format!(
                    "tệp có {bytes} byte, chỉ được {ATTACHMENT_BYTES_MAX}; quét với độ phân giải thấp hơn hoặc từng trang một"
                ),
                en: format!(
                    "the file has {bytes} bytes and {ATTACHMENT_BYTES_MAX} are allowed; scan it coarser, or page by page"
                ),
            },
            AttachmentError::Kind => words(
                "tệp không phải JPEG, PNG hay PDF; lưu lại theo một trong các dạng đó",
                "the content is neither JPEG nor PNG nor PDF; save it as one of them",
            )
            .into(),
        }
    }
}
told_in_english!(AttachmentError);

impl AttachmentError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            AttachmentError::Empty => "attachment_empty",
            AttachmentError::TooLarge { .. } => "attachment_too_large",
            AttachmentError::Kind => "attachment_kind",
        }
    }
}

impl Attachment {
    /// Looks content over: its size, what it is, its name.
    pub fn of(content: &[u8]) -> Result<Attachment, AttachmentError> {
        let too_large = AttachmentError::TooLarge {
            bytes: content.len(),
        };
        // Its size first: nobody hashes what is not taken anyway.
        if content.len() > ATTACHMENT_BYTES_MAX {
            return Err(too_large);
        }
        let bytes = u32::try_from(content.len()).map_err(|_| too_large)?;
        if bytes == 0 {
            return Err(AttachmentError::Empty);
        }
        let kind = AttachmentKind::of(content).ok_or(AttachmentError::Kind)?;
        let hash = AttachmentId::of(content);
        Ok(Attachment { hash, bytes, kind })
    }

    /// Its name.
    pub const fn hash(&self) -> AttachmentId {
        self.hash
    }
    /// Its size, bytes.
    pub const fn bytes(&self) -> u32 {
        self.bytes
    }
    /// What it is.
    pub const fn kind(&self) -> AttachmentKind {
        self.kind
    }
    /// How many pieces it has; at least one.
    pub fn pieces(&self) -> u16 {
        let bytes = usize::try_from(self.bytes).unwrap_or(0);
        u16::try_from(bytes.div_ceil(PIECE_BYTES)).unwrap_or(u16::MAX)
    }
    /// Bytes of the piece at this place; 0 past the end.
    pub fn piece_bytes(&self, index: u16) -> usize {
        let bytes = usize::try_from(self.bytes).unwrap_or(0);
        let before = usize::from(index).saturating_mul(PIECE_BYTES);
        bytes.saturating_sub(before).min(PIECE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_content() {
        for (content, kind) in [
            (&b"\xff\xd8\xff\xe0rest"[..], Some(AttachmentKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\nrest", Some(AttachmentKind::Png)),
            (b"%PDF-1.7 rest", Some(AttachmentKind::Pdf)),
            (b"MZ a program", None),
            (b"\xff\xd8", None),
            (b"<html>", None),
        ] {
            assert_eq!(AttachmentKind::of(content), kind);
            assert_eq!(Attachment::of(content).ok().map(|found| found.kind()), kind);
        }
        assert_eq!(Attachment::of(b""), Err(AttachmentError::Empty));
    }

    #[test]
    fn the_size_is_bounded_from_both_sides_wherever_it_comes_from() {
        let mut content = b"%PDF-".to_vec();
        content.resize(ATTACHMENT_BYTES_MAX, 7);
        let largest = Attachment::of(&content).unwrap();
        assert_eq!(usize::from(largest.pieces()), PIECES_MAX);
        content.push(7);
        let bytes = content.len();
        assert_eq!(
            Attachment::of(&content),
            Err(AttachmentError::TooLarge { bytes })
        );
        let told = |bytes: u64| {
            let hash = largest.hash();
            let text = format!(r#"{{"hash":"{hash}","bytes":{bytes},"kind":"pdf"}}"#);
            serde_json::from_str::<Attachment>(&text)
        };
        assert_eq!(told(ATTACHMENT_BYTES_MAX as u64).unwrap(), largest);
        assert!(told(0).is_err());
        assert!(told(ATTACHMENT_BYTES_MAX as u64 + 1).is_err());
        let wire = postcard::to_stdvec(&(largest.hash(), u32::MAX, largest.kind())).unwrap();
        assert!(postcard::from_bytes::<Attachment>(&wire).is_err());
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        for bytes in [5, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 300_000] {
            let mut content = b"%PDF-".to_vec();
            content.resize(bytes, 1);
            let attachment = Attachment::of(&content).unwrap();
            let pieces = 0..attachment.pieces();
            let sum: usize = pieces.map(|index| attachment.piece_bytes(index)).sum();
            assert_eq!(sum, bytes);
            assert_eq!(attachment.piece_bytes(attachment.pieces()), 0);
        }
    }
}
