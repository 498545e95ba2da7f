//! A record as it is kept and shipped: its genesis values until somebody changes it, its document
//! from then on. Building a document costs half a millisecond and kilobytes; most people's
//! records do not change for years.

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::document::form::is_plain;
use crate::document::{DOCUMENT_BYTES_MAX, Document, DocumentError, Head, Reading};
use crate::fields::{Fields, SLOTS_MAX};
use crate::schema::RecordKind;

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// The values that it was made with; nobody has changed it.
    Genesis(Fields),
    /// The bytes of its document.
    Document(Vec<u8>),
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name, which says nothing.
    pub id: RecordId,
    /// Person or household.
    pub kind: RecordKind,
    /// What it holds.
    pub content: Content,
}

/// A fingerprint of a record's state, equal in two processes exactly when the states are.
pub type Version = [u8; 32];

impl Record {
    /// A record that nobody changed.
    pub const fn new(id: RecordId, kind: RecordKind, fields: Fields) -> Record {
        Record {
            id,
            kind,
            content: Content::Genesis(fields),
        }
    }

    /// The record with another state of its document.
    pub fn with_document(&self, document: &Document) -> Result<Record, DocumentError> {
        let bytes = document.save();
        let fits = bytes.len() <= DOCUMENT_BYTES_MAX && document.slots() <= SLOTS_MAX;
        // What would not be read again is not kept.
        if !fits || !is_plain(&bytes) {
            return Err(DocumentError::TooLarge);
        }
        Ok(Record {
            id: self.id,
            kind: self.kind,
            content: Content::Document(bytes),
        })
    }

    /// Its document, built if nobody has needed one yet.
    pub fn document(&self) -> Result<Document, DocumentError> {
        match &self.content {
            Content::Genesis(fields) => Document::genesis(fields),
            Content::Document(bytes) => Document::load(bytes),
        }
    }

    /// What it says.
    pub fn read(&self) -> Result<Reading, DocumentError> {
        match &self.content {
            Content::Genesis(fields) => Ok(Reading {
                fields: fields.clone(),
                ..Reading::default()
            }),
            Content::Document(bytes) => Ok(Document::load(bytes)?.read()),
        }
    }

    /// Its fingerprint. For an unchanged record no document is built.
    pub fn version(&self) -> Result<Version, DocumentError> {
        match &self.content {
            Content::Genesis(fields) => {
                let bytes = postcard::to_stdvec(fields).map_err(|_| DocumentError::Unreadable)?;
                Ok(version_of_genesis(&bytes))
            }
            Content::Document(bytes) => Ok(version_at(&Document::load(bytes)?.heads())),
        }
    }

    /// Bytes for a store or a page.
    pub fn encode(&self) -> Result<Vec<u8>, DocumentError> {
        postcard::to_stdvec(self).map_err(|_| DocumentError::Unreadable)
    }

    /// Reads [`Record::encode`]'s bytes.
    pub fn decode(bytes: &[u8]) -> Result<Record, DocumentError> {
        postcard::from_bytes(bytes).map_err(|_| DocumentError::Unreadable)
    }
}

/// The fingerprint of a record that nobody changed, from its values as postcard writes them: for
/// whoever has those bytes at hand.
pub fn version_of_genesis(fields: &[u8]) -> Version {
    blake3::derive_key("npd 2026 version of genesis values", fields)
}

/// The fingerprint of a document at these heads (sorted).
pub fn version_at(heads: &[Head]) -> Version {
    let mut hasher = blake3::Hasher::new_derive_key("npd 2026 version of document heads");
    for head in heads {
        hasher.update(&head.0);
    }
    *hasher.finalize().as_bytes()
}
