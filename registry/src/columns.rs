//! Pages of records by column: how a first fill is sent and a snapshot is kept. Values of one
//! field stand together, so that a compressor finds what they share; what is random in a record
//! (its id, its links) stands apart and costs its own bytes only.
//!
//! ```text
//! page   = version u8 · records · columns · documents         (postcard)
//! record = kind, id                                            in the order of the page
//! column = field code · for each record: count of values      · values
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::fields::{EntryId, Fields, Slot};
use crate::record::{Content, Record};
use crate::schema::{Field, RecordKind};
use crate::value::Value;

/// Most records in a page.
pub const PAGE_RECORDS_MAX: usize = 500;
const VERSION: u8 = 1;
/// Bytes of a usual record in a page, not compressed: what is set aside.
const RECORD_BYTES_USUAL: usize = 320;
/// Values of a usual person: what is set aside for each record.
const VALUES_USUAL: usize = 16;

/// Why a page cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Written by a newer version.
    #[error("the page is of a newer version; upgrade this node")]
    Newer,
    /// Not a page.
    #[error("a page of records cannot be read")]
    Unreadable,
}

/// A page with its values, or with references to those of the records that it is made of.
#[derive(Serialize, Deserialize)]
struct Page<V> {
    version: u8,
    households: Vec<bool>,
    ids: Vec<RecordId>,
    columns: Vec<Column<V>>,
    /// Place in the page and bytes of each record that has a document.
    documents: Vec<(u16, Vec<u8>)>,
}

#[derive(Serialize, Deserialize)]
struct Column<V> {
    field: Field,
    /// How many values each record of the page has.
    counts: Vec<u8>,
    /// Entries that are not numbered from 0 in order: place in the column, entry.
    entries: Vec<(u32, EntryId)>,
    values: Vec<V>,
}

/// The bytes of a page, not yet compressed. Records past [`PAGE_RECORDS_MAX`] are refused.
pub fn encode_page(records: &[Record]) -> Result<Vec<u8>, PageError> {
    if records.len() > PAGE_RECORDS_MAX {
        return Err(PageError::Unreadable);
    }
    let mut documents = Vec::new();
    for (index, record) in (0u16..).zip(records) {
        if let Content::Document(bytes) = &record.content {
            documents.push((index, bytes.clone()));
        }
    }
    let page = Page {
        version: VERSION,
        households: records
            .iter()
            .map(|record| record.kind == RecordKind::Household)
            .collect(),
        ids: records.iter().map(|record| record.id).collect(),
        columns: columns(records).ok_or(PageError::Unreadable)?,
        documents,
    };
    let bytes = Vec::with_capacity(records.len().saturating_mul(RECORD_BYTES_USUAL));
    postcard::to_extend(&page, bytes).map_err(|_| PageError::Unreadable)
}

/// The columns of the records that nobody changed, in one pass over their values.
fn columns(records: &[Record]) -> Option<Vec<Column<&Value>>> {
    let mut columns: BTreeMap<Field, Column<&Value>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        let Content::Genesis(fields) = &record.content else {
            continue;
        };
        for (slot, value) in fields.iter() {
            let column = columns.entry(slot.field).or_insert_with(|| Column {
                field: slot.field,
                counts: Vec::with_capacity(records.len()),
                entries: Vec::new(),
                values: Vec::with_capacity(records.len()),
            });
            if column.counts.len() <= place {
                column.counts.resize(place + 1, 0);
            }
            let count = column.counts.last_mut()?;
            if let Some(entry) = slot.entry
                && entry != EntryId::Genesis(*count)
            {
                column
                    .entries
                    .push((u32::try_from(column.values.len()).ok()?, entry));
            }
            column.values.push(value);
            *count = count.checked_add(1)?;
        }
    }
    let mut columns: Vec<Column<&Value>> = columns.into_values().collect();
    for column in &mut columns {
        column.counts.resize(records.len(), 0);
    }
    Some(columns)
}

/// Reads a page; every value must fit its field.
pub fn decode_page(bytes: &[u8]) -> Result<Vec<Record>, PageError> {
    if bytes.first().is_some_and(|version| *version > VERSION) {
        return Err(PageError::Newer);
    }
    let page: Page<Value> = match postcard::take_from_bytes(bytes) {
        Ok((page, [])) => page,
        _ => return Err(PageError::Unreadable),
    };
    let count = page.ids.len();
    if count > PAGE_RECORDS_MAX || page.households.len() != count {
        return Err(PageError::Unreadable);
    }
    let columns = page.columns.len();
    let mut values: Vec<Listed> = Vec::new();
    values.resize_with(count, || Vec::with_capacity(columns.min(VALUES_USUAL)));
    for column in page.columns {
        fill(&mut values, column)?;
    }
    let mut records: Vec<Record> = page
        .ids
        .into_iter()
        .zip(page.households)
        .zip(values)
        .map(|((id, household), listed)| {
            let kind = if household {
                RecordKind::Household
            } else {
                RecordKind::Person
            };
            Record::new(id, kind, Fields::from(listed))
        })
        .collect();
    for (index, document) in page.documents {
        let record = records
            .get_mut(usize::from(index))
            .ok_or(PageError::Unreadable)?;
        record.content = Content::Document(document);
    }
    let fits = records.iter().all(|record| match &record.content {
        Content::Genesis(fields) => fields.fits(record.kind),
        Content::Document(_) => true,
    });
    if fits {
        Ok(records)
    } else {
        Err(PageError::Unreadable)
    }
}

/// The values of one record as the columns bring them: in order, if an honest side wrote the page.
type Listed = Vec<(Slot, Value)>;

fn fill(records: &mut [Listed], column: Column<Value>) -> Result<(), PageError> {
    if column.counts.len() != records.len() {
        return Err(PageError::Unreadable);
    }
    let mut named = column.entries.into_iter().peekable();
    let mut values = (0u32..).zip(column.values);
    for (listed, count) in records.iter_mut().zip(column.counts) {
        for index in 0..count {
            let (place, value) = values.next().ok_or(PageError::Unreadable)?;
            let slot = if column.field.has_entries() {
                let entry = match named.next_if(|(at, _)| *at == place) {
                    Some((_, entry)) => entry,
                    None => EntryId::Genesis(index),
                };
                Slot::entry(column.field, entry)
            } else {
                Slot::single(column.field)
            };
            listed.push((slot, value));
        }
    }
    if values.next().is_some() {
        Err(PageError::Unreadable)
    } else {
        Ok(())
    }
}
