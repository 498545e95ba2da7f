//! Records as they come down: pages of a first fill, single records, their documents, entries of
//! the feed.

use aws_lc_rs::digest;
use registry::columns::{PAGE_RECORDS_MAX, decode_page, encode_page};
use registry::document::Document;
use registry::feed::{ENTRY_BYTES_MAX, FeedItem};
use registry::fields::SLOTS_MAX;
use registry::record::Record;
use registry::schema::RecordKind;
use registry::{RecordId, record::Content};

use crate::acts::look_at;

/// A page of a fill.
pub(crate) fn page(bytes: &[u8]) {
    let Ok(records) = decode_page(bytes) else {
        return;
    };
    assert!(records.len() <= PAGE_RECORDS_MAX);
    for record in records.iter().take(8) {
        look_at(record);
    }
    if let Ok(written) = encode_page(&records) {
        assert_eq!(decode_page(&written).expect("what was written"), records);
    }
}

/// One record.
pub(crate) fn record(bytes: &[u8]) {
    if let Ok(record) = Record::decode(bytes) {
        look_at(&record);
        let written = record.encode().expect("a record");
        assert_eq!(Record::decode(&written).expect("what was written"), record);
    }
}

/// A document, as it came and with the checksum that it ought to have.
pub(crate) fn document(bytes: &[u8]) {
    read_document(bytes);
    if let Some((head, [kind, rest @ ..])) = bytes.split_first_chunk::<8>() {
        let hash = digest::digest(&digest::SHA256, &[&[*kind], rest].concat());
        let (magic, checksum) = (&head[..4], &hash.as_ref()[..4]);
        read_document(&[magic, checksum, &[*kind], rest].concat());
    }
}

/// Read, judged and saved again.
fn read_document(bytes: &[u8]) {
    let Ok(document) = Document::load(bytes) else {
        return;
    };
    assert!(document.slots() <= SLOTS_MAX);
    let acts = document.acts();
    for act in acts.iter().take(4) {
        let _ = document.written_by(act);
        let _ = acts.first().map(|first| document.knew(act, first));
    }
    let _ = document.take_back(acts.get(..1).unwrap_or_default(), &[], |_| true);
    let _ = document.common_ground(&[acts.first().copied()]);
    let _ = (
        document.genesis_heads(),
        document.read_at(&document.heads()),
    );
    look_at(&Record {
        id: RecordId::new([1; 16]),
        kind: RecordKind::Person,
        content: Content::Document(bytes.to_vec()),
    });
    let again = Document::load(&document.save());
    if let Ok(again) = again {
        assert_eq!(again.heads(), document.heads());
        assert_eq!(again.read().fields, document.read().fields);
    }
}

/// An entry of a feed: its kind, then its payload.
pub(crate) fn feed_entry(bytes: &[u8]) {
    let Some((kind, payload)) = bytes.split_first() else {
        return;
    };
    let Ok(item) = FeedItem::decode(*kind, payload) else {
        return;
    };
    assert!(payload.len() <= ENTRY_BYTES_MAX);
    match &item {
        FeedItem::Receipts(receipts) => drop(receipts.signed_bytes()),
        FeedItem::Enters { record, .. } => look_at(record),
        FeedItem::Act(act) => {
            let _ = act.records().count();
        }
        _ => {}
    }
    let (kind, written) = item.encode().expect("an entry");
    assert_eq!(FeedItem::decode(kind, &written), Ok(item));
}
