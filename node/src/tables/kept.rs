//! A record as a row: its version and its kind stand first, so that lists of versions and a scan
//! of households read no more than they need. What a changed record shows is kept beside its
//! document, because loading a document costs a hundred times the reading of a row.
//!
//! ```text
//! row = version (32) · kind (1) · postcard of (content, what it shows if it has a document)
//! ```

use std::sync::LazyLock;

use registry::case::Case;
use registry::dispute::{Dispute, Standing};
use registry::document::DocumentError;
use registry::fields::Fields;
use registry::procedure::Held;
use registry::record::{Content, Record, Version, version_at, version_of_genesis};
use registry::schema::RecordKind;
use registry::{CaseId, RecordId};

const VERSION_BYTES: usize = 32;
/// How postcard begins unchanged content, and ends a row that shows nothing but that.
const GENESIS: u8 = 0;
const NOTHING_ELSE: u8 = 0;
/// Bytes of a usual row: what is set aside.
const ROW_BYTES_USUAL: usize = 512;
/// What a changed record without its view would show; `of` and `decode` make no such record.
static NO_FIELDS: LazyLock<Fields> = LazyLock::new(Fields::new);

/// A record with its fingerprint and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The record.
    pub record: Record,
    /// Its fingerprint.
    pub version: Version,
    /// What it shows, if that is not simply its genesis values.
    changed: Option<Standing>,
}

impl Kept {
    /// Looks a record over; its document, if it has one, is loaded once.
    pub fn of(record: Record) -> Result<Kept, DocumentError> {
        match &record.content {
            Content::Genesis(_) => {
                let version = record.version()?;
                Ok(Kept {
                    record,
                    version,
                    changed: None,
                })
            }
            Content::Document(_) => {
                let document = record.document()?;
                let standing = Standing::of_document(record.id, &document);
                let version = version_at(&document.heads());
                Ok(Kept {
                    record,
                    version,
                    changed: Some(standing),
                })
            }
        }
    }

    /// Looks a record over and writes its row. The values of an unchanged one are written once, for
    /// the fingerprint and for the row.
    pub(crate) fn with_row(record: Record) -> Result<(Kept, Vec<u8>), DocumentError> {
        let Content::Genesis(fields) = &record.content else {
            let kept = Kept::of(record)?;
            let row = kept.encode().ok_or(DocumentError::Unreadable)?;
            return Ok((kept, row));
        };
        let mut row = Vec::with_capacity(ROW_BYTES_USUAL);
        row.extend_from_slice(&[0; VERSION_BYTES]);
        row.extend_from_slice(&[kind_byte(record.kind), GENESIS]);
        let begin = row.len();
        let mut row = postcard::to_extend(fields, row).map_err(|_| DocumentError::Unreadable)?;
        let values = row.get(begin..).ok_or(DocumentError::Unreadable)?;
        let version = version_of_genesis(values);
        row.push(NOTHING_ELSE);
        if let Some(place) = row.first_chunk_mut::<VERSION_BYTES>() {
            *place = version;
        }
        let kept = Kept {
            record,
            version,
            changed: None,
        };
        Ok((kept, row))
    }

    /// The values shown.
    pub fn fields(&self) -> &Fields {
        match (&self.changed, &self.record.content) {
            (Some(standing), _) => &standing.fields,
            (None, Content::Genesis(fields)) => fields,
            (None, Content::Document(_)) => &NO_FIELDS,
        }
    }

    /// What is in dispute within the record.
    pub fn disputes(&self) -> &[Dispute] {
        self.changed
            .as_ref()
            .map_or(&[], |standing| &standing.disputes)
    }

    /// The record for a procedure to look at.
    pub fn into_held(self, frozen: Option<CaseId>) -> Held {
        let standing = match self.changed {
            Some(standing) => standing,
            None => Standing {
                fields: self.fields().clone(),
                disputes: Vec::new(),
            },
        };
        Held {
            record: self.record,
            standing,
            frozen,
        }
    }

    /// Its row.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let mut row = self.version.to_vec();
        row.push(kind_byte(self.record.kind));
        let shown = self
            .changed
            .as_ref()
            .map(|standing| (&standing.fields, &standing.disputes));
        postcard::to_extend(&(&self.record.content, shown), row).ok()
    }

    /// Reads a row.
    pub(crate) fn decode(id: RecordId, row: &[u8]) -> Option<Kept> {
        let (version, rest) = row.split_first_chunk::<VERSION_BYTES>()?;
        let (kind, rest) = rest.split_first()?;
        let kind = kind_of(*kind)?;
        let (content, shown): (Content, Option<(Fields, Vec<Dispute>)>) =
            postcard::from_bytes(rest).ok()?;
        let changed = shown.map(|(fields, disputes)| Standing { fields, disputes });
        if changed.is_none() && matches!(content, Content::Document(_)) {
            return None;
        }
        Some(Kept {
            record: Record { id, kind, content },
            version: *version,
            changed,
        })
    }

    /// The version alone.
    pub(crate) fn version_of_row(row: &[u8]) -> Option<Version> {
        row.first_chunk::<VERSION_BYTES>().copied()
    }

    /// The kind alone.
    pub(crate) fn kind_of_row(row: &[u8]) -> Option<RecordKind> {
        kind_of(*row.get(VERSION_BYTES)?)
    }
}

/// Whether an open case about a death freezes a record.
pub(crate) fn freezes(case: &Case) -> bool {
    case.is_open() && case.dispute.matter == registry::dispute::Matter::Life
}

const fn kind_byte(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Person => 0,
        RecordKind::Household => 1,
    }
}

const fn kind_of(byte: u8) -> Option<RecordKind> {
    match byte {
        0 => Some(RecordKind::Person),
        1 => Some(RecordKind::Household),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use registry::schema::Field;
    use registry::value::Value;

    use super::*;

    #[test]
    fn a_row_written_with_the_fingerprint_is_the_row_of_the_record() {
        let id = RecordId::new([7; 16]);
        let mut fields = Fields::new();
        let file = registry::value::Line::parse("HK-000101").unwrap();
        fields.set(Field::HouseholdFile, Some(Value::Text(file)));
        let plain = Record::new(id, RecordKind::Household, fields);
        let document = plain.document().unwrap();
        let changed = plain.with_document(&document).unwrap();
        for record in [plain, changed] {
            let kept = Kept::of(record.clone()).unwrap();
            let (same, row) = Kept::with_row(record).unwrap();
            assert_eq!(same, kept);
            assert_eq!(Some(&row), kept.encode().as_ref());
            assert_eq!(Kept::decode(id, &row), Some(kept));
        }
    }
}
