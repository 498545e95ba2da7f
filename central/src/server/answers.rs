//! What a session asks of the registry and how the answer is made: feed entries, pages of a first
//! fill, comparisons for a repair. Reads only; each runs on a thread of its own, a few at once.

use std::sync::Arc;

use bytes::Bytes;
use registry::attachment::Attachment;
use registry::columns::{PAGE_RECORDS_MAX, encode_page};
use registry::record::Record;
use registry::{FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use sync_proto::limits::{PAYLOAD_BYTES_MAX, REPAIR_DROPS_MAX};
use sync_proto::{CentralInput, Chain, ChainPoint, FeedEntry, NodeStanding, RepairItem};
use sync_proto::{CentreAttachmentInput, CentreAttachmentOutput};
use tokio::sync::Semaphore;

use super::desk::DeskError;
use crate::limits;
use crate::registrar::{NodeState, Registrar};
use crate::unit::UnitError;

/// The schema in which entries and pages are written.
pub const SCHEMA: u16 = 1;
/// Versions read at once for a comparison.
const VERSIONS_MAX: usize = 2_000;

/// Reads the registry beside its writer.
pub(crate) struct Reader {
    registrar: Arc<Registrar>,
    places: Semaphore,
}

impl Reader {
    pub(crate) fn new(registrar: Arc<Registrar>) -> Self {
        Self {
            registrar,
            places: Semaphore::new(limits::READS_MAX),
        }
    }

    /// Runs a read on a thread of its own.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Registrar) -> Result<T, UnitError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| DeskError::Stopped)?;
        let registrar = Arc::clone(&self.registrar);
        let done = tokio::task::spawn_blocking(move || read(&registrar)).await;
        Ok(done.map_err(|_| DeskError::Stopped)??)
    }
}

/// Where a node stands, for its session.
pub fn standing(node: NodeId, state: &NodeState, central_ms: u64) -> NodeStanding {
    let row = &state.row;
    let taken = if row.taken.get() == 0 {
        ChainPoint::genesis(node, row.incarnation)
    } else {
        ChainPoint {
            incarnation: row.incarnation,
            number: row.taken,
            chain: Chain::from_bytes(row.chain),
        }
    };
    NodeStanding {
        taken,
        epoch: row.epoch,
        feed_head: state.office.head,
        feed_floor: state.office.floor,
        digest: state.office.digest,
        central_ms,
    }
}

/// The attachment that this makes whole, if it does.
pub fn makes_whole(question: &CentreAttachmentOutput) -> Option<Attachment> {
    match question {
        CentreAttachmentOutput::TakePiece(came) if came.last => Some(came.outline.attachment()),
        _ => None,
    }
}

/// Whether a piece was kept.
pub fn is_kept(answer: &CentreAttachmentInput) -> bool {
    matches!(answer, CentreAttachmentInput::PieceTaken { .. })
}

/// Entries after `after` for a device in its present life, none past `told`: what is beyond may not
/// be durable yet.
pub fn feed(
    registrar: &Registrar,
    to: (NodeId, Incarnation),
    office: OfficeCode,
    after: FeedSeq,
    told: FeedSeq,
    (max_count, max_bytes): (usize, usize),
) -> Result<CentralInput, UnitError> {
    let read = registrar.feed_to(to, office, after, max_count, max_bytes)?;
    let entries = read
        .into_iter()
        .take_while(|(seq, _)| *seq <= told)
        .map(|(_, entry)| FeedEntry {
            kind: entry.kind,
            schema: SCHEMA,
            payload: Bytes::from(entry.payload),
        })
        .collect();
    Ok(CentralInput::FeedRead {
        first: after.next(),
        entries,
    })
}

/// The page of a slice after a record.
pub fn page(
    registrar: &Registrar,
    office: OfficeCode,
    after: Option<RecordId>,
    feed_start: FeedSeq,
) -> Result<CentralInput, UnitError> {
    let mut count = PAGE_RECORDS_MAX;
    loop {
        let page = registrar.page(office, after.as_ref(), count)?;
        match fitting(&page.records) {
            Some(payload) => {
                return Ok(CentralInput::PageRead {
                    last: page.last,
                    done: page.done,
                    feed_start,
                    digest: None,
                    payload,
                });
            }
            // Records with a long history are large; fewer of them fit.
            None if count > 1 => count /= 2,
            None => {
                return Err(UnitError::Unwritable {
                    table: crate::tables::RECORDS.0,
                });
            }
        }
    }
}

fn fitting(records: &[Record]) -> Option<Bytes> {
    let page = encode_page(records).ok()?;
    (page.len() <= PAYLOAD_BYTES_MAX).then(|| Bytes::from(page))
}

/// What differs in a range of a slice from what the node holds there.
pub fn compare(
    registrar: &Registrar,
    office: OfficeCode,
    after: Option<RecordId>,
    until: Option<RecordId>,
    items: &[RepairItem],
) -> Result<CentralInput, UnitError> {
    let mut differing = Differing::default();
    let mut theirs = items.iter().peekable();
    let mut at = after;
    'range: loop {
        let versions = registrar.slice_versions(office, at.as_ref(), VERSIONS_MAX)?;
        let Some((last, _)) = versions.last() else {
            break;
        };
        at = Some(*last);
        for (id, version) in versions {
            if until.is_some_and(|until| id > until) {
                break 'range;
            }
            while let Some(gone) = theirs.next_if(|item| item.record < id) {
                if !differing.drop(gone.record) {
                    return differing.cut(registrar);
                }
            }
            let same = theirs
                .next_if(|item| item.record == id)
                .is_some_and(|item| version.first_chunk::<8>() == Some(&item.version));
            if !same && !differing.replace(id) {
                return differing.cut(registrar);
            }
        }
    }
    for gone in theirs {
        if !differing.drop(gone.record) {
            return differing.cut(registrar);
        }
    }
    differing.whole(registrar)
}

/// What was found, in the order of ids.
#[derive(Default)]
struct Differing {
    replace: Vec<RecordId>,
    drop: Vec<RecordId>,
}

impl Differing {
    /// Whether there is room for one more record.
    fn replace(&mut self, id: RecordId) -> bool {
        let room = self.replace.len() < PAGE_RECORDS_MAX;
        if room {
            self.replace.push(id);
        }
        room
    }

    fn drop(&mut self, id: RecordId) -> bool {
        let room = self.drop.len() < REPAIR_DROPS_MAX;
        if room {
            self.drop.push(id);
        }
        room
    }

    fn whole(self, registrar: &Registrar) -> Result<CentralInput, UnitError> {
        self.answer(registrar, false)
    }

    fn cut(self, registrar: &Registrar) -> Result<CentralInput, UnitError> {
        self.answer(registrar, true)
    }

    /// Reads the records; if not all of them fit, the answer covers the range up to the last.
    fn answer(mut self, registrar: &Registrar, mut cut: bool) -> Result<CentralInput, UnitError> {
        let mut records = Vec::with_capacity(self.replace.len());
        for id in &self.replace {
            if let Some(kept) = registrar.kept(id)? {
                records.push(kept.record);
            }
        }
        let payload = loop {
            match fitting(&records) {
                Some(payload) => break payload,
                None if records.len() > 1 => {
                    records.truncate(records.len() / 2);
                    cut = true;
                }
                None => {
                    return Err(UnitError::Unwritable {
                        table: crate::tables::RECORDS.0,
                    });
                }
            }
        };
        let mut covered_to = None;
        if cut {
            let last_record = records.last().map(|record| record.id);
            let dropped_to = self.drop.last().copied();
            // Where records were left out, what is dropped past them waits for the next answer.
            let left_out = records.len() < self.replace.len();
            covered_to = if left_out {
                last_record
            } else {
                last_record.max(dropped_to)
            };
            self.drop.retain(|id| Some(*id) <= covered_to);
        }
        Ok(CentralInput::RepairCompared {
            replace: payload,
            drop: self.drop,
            covered_to,
        })
    }
}
