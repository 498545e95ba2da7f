//! Reading the registry: feeds, pages, cases, lists.

use std::collections::BTreeSet;
use std::ops::Bound;

use registry::act::Author;
use registry::case::Case;
use registry::feed::PastLife;

use super::*;

/// Entries of a feed.
pub type FeedRead = Vec<(FeedSeq, KeptEntry)>;

/// A page of a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records, by id.
    pub records: Vec<Record>,
    /// The last of them.
    pub last: Option<RecordId>,
    /// Whether nothing follows.
    pub done: bool,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Cases that wait for a decision.
    pub cases_open: u64,
    /// Cases decided.
    pub cases_decided: u64,
    /// Acts returned.
    pub returned: u64,
    /// Acts that cannot be read.
    pub quarantined: u64,
    /// Commits so far.
    pub commits: u64,
}

const SCAN: usize = 1_000;

impl Registrar {
    /// What the centre knows of a node.
    pub fn node_state(
        &self,
        office: OfficeCode,
        node: &NodeId,
    ) -> Result<Option<NodeState>, UnitError> {
        let home = self.home(office, node)?;
        let key = tables::node_key(home, node);
        let Some(bytes) = self.store.get(tables::NODES, &key)? else {
            return Ok(None);
        };
        let row = decode(tables::NODES, &bytes)?;
        Ok(Some(NodeState {
            row,
            office: self.office(office)?,
        }))
    }

    /// The communes as whose office a node may greet, the present one last: a node that was dark
    /// when a decree dissolved its commune speaks under the old name until it has heard of it.
    pub fn offices_of(
        &self,
        office: OfficeCode,
        node: &NodeId,
    ) -> Result<Vec<OfficeCode>, UnitError> {
        let bytes = self.store.get(tables::FORMER, &tables::node_mark(node))?;
        let Some(bytes) = bytes else {
            return Ok(vec![office]);
        };
        let row: FormerRow = decode(tables::FORMER, &bytes)?;
        let mut offices: Vec<OfficeCode> = row.offices.iter().map(|(office, _)| *office).collect();
        offices.push(row.home);
        if offices.contains(&office) {
            Ok(offices)
        } else {
            Ok(vec![office])
        }
    }

    /// The commune whose office a node is of now.
    pub fn home(&self, office: OfficeCode, node: &NodeId) -> Result<OfficeCode, UnitError> {
        let offices = self.offices_of(office, node)?;
        Ok(offices.last().copied().unwrap_or(office))
    }

    /// What stands for a commune.
    pub fn office(&self, office: OfficeCode) -> Result<OfficeRow, UnitError> {
        let bytes = self.store.get(tables::OFFICES, &office.to_be_bytes())?;
        Ok(bytes
            .map(|bytes| decode(tables::OFFICES, &bytes))
            .transpose()?
            .unwrap_or_default())
    }

    /// The digest of a commune's slice.
    pub fn digest(&self, office: OfficeCode) -> Result<Digest, UnitError> {
        Ok(self.office(office)?.digest)
    }

    /// Feed entries after a place, within count and bytes; one at least if there is one.
    pub fn feed(
        &self,
        office: OfficeCode,
        after: FeedSeq,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<FeedRead, UnitError> {
        let range = KeyRange::prefix(&office.to_be_bytes()).after(&tables::feed_key(office, after));
        let mut entries = Vec::new();
        let mut bytes = 0usize;
        let mut seq = after;
        for (_, value) in self.store.scan(tables::FEEDS, &range, max_count)? {
            seq = seq.next();
            let entry: KeptEntry = decode(tables::FEEDS, &value)?;
            bytes = bytes.saturating_add(entry.payload.len());
            if bytes > max_bytes && !entries.is_empty() {
                break;
            }
            entries.push((seq, entry));
        }
        Ok(entries)
    }

    /// The same as it is served to a device in this life: answers to what it sent in lives that are
    /// over come with the acts, which its disk may have lost (row 32).
    pub fn feed_to(
        &self,
        (node, life): (NodeId, Incarnation),
        office: OfficeCode,
        after: FeedSeq,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<FeedRead, UnitError> {
        let mut entries = self.feed(office, after, max_count, max_bytes)?;
        let mut bytes = 0usize;
        let mut fitting = 0usize;
        for (_, entry) in &mut entries {
            if let Some(past) = self.past_life(node, life, entry)?
                && let Ok((kind, payload)) = past.encode()
            {
                (entry.kind, entry.payload) = (kind, payload);
            }
            bytes = bytes.saturating_add(entry.payload.len());
            if bytes > max_bytes && fitting > 0 {
                break;
            }
            fitting += 1;
        }
        entries.truncate(fitting);
        Ok(entries)
    }

    /// These receipts with the acts, if they are a device's for a life before this one.
    fn past_life(
        &self,
        node: NodeId,
        life: Incarnation,
        entry: &KeptEntry,
    ) -> Result<Option<FeedItem>, UnitError> {
        // Most devices are in their first life: nothing is read of what they are served.
        if entry.kind != FeedItem::RECEIPTS || life <= Incarnation::new(1) {
            return Ok(None);
        }
        let Ok(FeedItem::Receipts(receipts)) = FeedItem::decode(entry.kind, &entry.payload) else {
            return Ok(None);
        };
        if receipts.node != node || receipts.incarnation >= life {
            return Ok(None);
        }
        let mut acts = Vec::with_capacity(receipts.outcomes.len());
        let mut number = receipts.first;
        for _ in &receipts.outcomes {
            let author = Author {
                node,
                incarnation: receipts.incarnation,
                number,
            };
            acts.extend(self.act(&author.act_id())?.map(|kept| kept.act));
            number = number.next();
        }
        let past = PastLife::fitting(receipts, acts);
        Ok(Some(FeedItem::PastLife(Box::new(past))))
    }

    /// When a feed entry was committed, seconds since 1970.
    pub fn fed_at_s(&self, office: OfficeCode, seq: FeedSeq) -> Result<Option<i64>, UnitError> {
        let Some(bytes) = self
            .store
            .get(tables::FEEDS, &tables::feed_key(office, seq))?
        else {
            return Ok(None);
        };
        Ok(Some(decode::<KeptEntry>(tables::FEEDS, &bytes)?.at_s))
    }

    /// Records of a slice after one, at most `max`.
    pub fn page(
        &self,
        office: OfficeCode,
        after: Option<&RecordId>,
        max: usize,
    ) -> Result<Page, UnitError> {
        let mut range = KeyRange::prefix(&office.to_be_bytes());
        if let Some(after) = after {
            range = range.after(&tables::slice_key(office, after));
        }
        let rows = self
            .store
            .scan(tables::SLICES, &range, max.saturating_add(1))?;
        let done = rows.len() <= max;
        let mut records = Vec::with_capacity(rows.len());
        for (key, _) in rows.iter().take(max) {
            let Some(id) = key.get(4..).and_then(RecordId::from_slice) else {
                continue;
            };
            if let Some(kept) = self.kept(&id)? {
                records.push(kept.record);
            }
        }
        let last = rows
            .iter()
            .take(max)
            .next_back()
            .and_then(|(key, _)| key.get(4..).and_then(RecordId::from_slice));
        Ok(Page {
            records,
            last,
            done,
        })
    }

    /// A record with its communes.
    pub fn kept(&self, id: &RecordId) -> Result<Option<tables::Kept>, UnitError> {
        let bytes = self.store.get(tables::RECORDS, id.as_bytes())?;
        bytes
            .map(|bytes| decode(tables::RECORDS, &bytes))
            .transpose()
    }

    /// The record of a number, cancelled ones included.
    pub fn by_pin(&self, pin: &registry::pin::Pin) -> Result<Option<RecordId>, UnitError> {
        let point = registry::rules::pin_point(pin);
        let bytes = self.store.get(tables::NUMBERS, &point)?;
        bytes
            .map(|bytes| decode(tables::NUMBERS, &bytes))
            .transpose()
    }

    /// Versions of the records of a slice after one, at most `max`, for comparing.
    pub fn slice_versions(
        &self,
        office: OfficeCode,
        after: Option<&RecordId>,
        max: usize,
    ) -> Result<Vec<(RecordId, Version)>, UnitError> {
        let mut range = KeyRange::prefix(&office.to_be_bytes());
        if let Some(after) = after {
            range = range.after(&tables::slice_key(office, after));
        }
        let mut versions = Vec::new();
        for (key, value) in self.store.scan(tables::SLICES, &range, max)? {
            if let Some(id) = key.get(4..).and_then(RecordId::from_slice) {
                versions.push((id, decode(tables::SLICES, &value)?));
            }
        }
        Ok(versions)
    }

    /// Every node, by commune.
    pub fn nodes(&self) -> Result<Vec<(OfficeCode, NodeId, NodeRow)>, UnitError> {
        let mut nodes = Vec::new();
        self.each(tables::NODES, |key, value| {
            let office = key
                .first_chunk::<4>()
                .and_then(|bytes| OfficeCode::new(u32::from_be_bytes(*bytes)));
            let node = key.get(4..).and_then(NodeId::from_slice);
            if let (Some(office), Some(node)) = (office, node) {
                nodes.push((office, node, decode(tables::NODES, value)?));
            }
            Ok(())
        })?;
        Ok(nodes)
    }

    /// Goes through a table without holding all of it.
    pub(super) fn each(
        &self,
        table: registry_store::Table,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), UnitError>,
    ) -> Result<(), UnitError> {
        let mut range = KeyRange::all();
        loop {
            let rows = self.store.scan(table, &range, SCAN)?;
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            range = KeyRange::new(Bound::Excluded(last.clone()), Bound::Unbounded);
            for (key, value) in &rows {
                visit(key, value)?;
            }
        }
    }

    /// Cases by number, the newest first, that `wanted` picks.
    pub fn cases(
        &self,
        limit: usize,
        wanted: impl Fn(&Case) -> bool,
    ) -> Result<Vec<Case>, UnitError> {
        let mut cases = Vec::new();
        self.each(tables::CASES, |_, value| {
            let case: Case = decode(tables::CASES, value)?;
            if wanted(&case) {
                cases.push(case);
            }
            Ok(())
        })?;
        cases.sort_by_key(|case| std::cmp::Reverse(case.number));
        cases.truncate(limit);
        Ok(cases)
    }

    /// Cases that `wanted` picks, of one commune's records or of all, with the communes that hold the
    /// records: those first that are due first, of one day the most harmful.
    pub fn case_queue(
        &self,
        limit: usize,
        of: Option<OfficeCode>,
        wanted: impl Fn(&Case) -> bool,
    ) -> Result<Vec<(Case, BTreeSet<OfficeCode>)>, UnitError> {
        let mut cases = self.cases(usize::MAX, wanted)?;
        cases.sort_by_key(|case| {
            let harm = std::cmp::Reverse(case.dispute.harm);
            (case.due, harm, case.number)
        });
        let mut queue = Vec::new();
        // Records are read of those alone that are told, unless a commune is asked for.
        for case in cases {
            if queue.len() >= limit {
                break;
            }
            let mut offices = BTreeSet::new();
            for record in &case.dispute.records {
                let kept = self.kept(record)?;
                offices.extend(kept.iter().flat_map(|kept| kept.offices.iter().copied()));
            }
            if of.is_none_or(|of| offices.contains(&of)) {
                queue.push((case, offices));
            }
        }
        Ok(queue)
    }

    /// A case with who claims what.
    pub fn case(&self, number: u64) -> Result<Option<CaseNotice>, UnitError> {
        let Some(bytes) = self
            .store
            .get(tables::CASE_NUMBERS, &number.to_be_bytes())?
        else {
            return Ok(None);
        };
        let id: CaseId = decode(tables::CASE_NUMBERS, &bytes)?;
        let Some(bytes) = self.store.get(tables::CASES, id.as_bytes())? else {
            return Ok(None);
        };
        let case: Case = decode(tables::CASES, &bytes)?;
        let unit = self.begin(0)?;
        cases::notice(&unit, &case).map(Some)
    }

    /// Returned acts, the newest first.
    pub fn returned(&self, limit: usize) -> Result<Vec<ReturnedRow>, UnitError> {
        let rows = self
            .store
            .scan_back(tables::RETURNED, &KeyRange::all(), limit)?;
        rows.iter()
            .map(|(_, value)| decode(tables::RETURNED, value))
            .collect()
    }

    /// Acts that cannot be read: where they came from.
    pub fn quarantined(
        &self,
        limit: usize,
    ) -> Result<Vec<(OfficeCode, registry::act::Author)>, UnitError> {
        let rows = self
            .store
            .scan(tables::QUARANTINE, &KeyRange::all(), limit)?;
        rows.iter()
            .map(|(_, value)| {
                let (office, author, _): (OfficeCode, registry::act::Author, Vec<u8>) =
                    decode(tables::QUARANTINE, value)?;
                Ok((office, author))
            })
            .collect()
    }

    /// An act as it was taken in.
    pub fn act(&self, id: &registry::ActId) -> Result<Option<KeptAct>, UnitError> {
        let bytes = self.store.get(tables::ACTS, id.as_bytes())?;
        bytes.map(|bytes| decode(tables::ACTS, &bytes)).transpose()
    }

    /// The officers of an office.
    pub fn officers(&self, office: OfficeCode) -> Result<Vec<Officer>, UnitError> {
        let bytes = self.store.get(tables::OFFICERS, &office.to_be_bytes())?;
        Ok(bytes
            .map(|bytes| decode(tables::OFFICERS, &bytes))
            .transpose()?
            .unwrap_or_default())
    }

    /// Whether a join token was used.
    pub fn token_used(&self, token: &[u8; 16]) -> Result<bool, UnitError> {
        Ok(self.store.get(tables::TOKENS, token)?.is_some())
    }

    /// Counts for the summary; goes through the lists of cases and returned acts.
    pub fn counts(&self) -> Result<Counts, UnitError> {
        let mut counts = Counts::default();
        self.each(tables::CASES, |_, value| {
            let case: Case = decode(tables::CASES, value)?;
            counts.cases_open += u64::from(case.is_open());
            counts.cases_decided += u64::from(matches!(case.state, CaseState::Decided { .. }));
            Ok(())
        })?;
        self.each(tables::RETURNED, |_, _| {
            counts.returned += 1;
            Ok(())
        })?;
        self.each(tables::QUARANTINE, |_, _| {
            counts.quarantined += 1;
            Ok(())
        })?;
        let commits = self.store.get(tables::META, b"commit")?;
        counts.commits = commits
            .map(|bytes| decode(tables::META, &bytes))
            .transpose()?
            .unwrap_or(0);
        Ok(counts)
    }

    /// How many records there are, people and households. Goes through all of them: once at
    /// start, then counted along.
    pub fn count_records(&self) -> Result<(u64, u64), UnitError> {
        let (mut people, mut households) = (0, 0);
        self.each(tables::RECORDS, |_, value| {
            let kept: tables::Kept = decode(tables::RECORDS, value)?;
            match kept.record.kind {
                registry::schema::RecordKind::Person => people += 1,
                registry::schema::RecordKind::Household => households += 1,
            }
            Ok(())
        })?;
        Ok((people, households))
    }

    /// How many acts were taken in.
    pub fn count_acts(&self) -> Result<u64, UnitError> {
        let mut acts = 0;
        self.each(tables::ACTS, |_, _| {
            acts += 1;
            Ok(())
        })?;
        Ok(acts)
    }
}
