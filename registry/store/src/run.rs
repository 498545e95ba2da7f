//! Runs: sorted files of sealed pages beside sled, for rows that come by the million.
//!
//! sled takes some fifteen microseconds for each row, in whatever order they come; a run takes one.
//! What stands loose in sled is newer than every run, and a newer run is newer than an older one.
//! Like the rest of the cache a run carries no promise: one that is missing or broken costs a
//! rebuild. Which runs there are, and where each has its index, is a row of the cache's own.
//!
//! ```text
//! page:   rows in the order of their keys, encoded as a batch, sealed under a random nonce
//! index:  first key, place and length of each page, sealed likewise; the last thing in the file
//! ```

use std::collections::hash_map::DefaultHasher;
use std::fs::{File, OpenOptions};
use std::hash::{Hash as _, Hasher as _};
use std::io::{self, BufWriter, Write as _};
use std::ops::Bound;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::batch::{self, Change};
use crate::cache::{CacheFault, Order};
use crate::range::Bounds;
use crate::seal::{Nonces, Seal};

/// Raw bytes after which a page is closed: a look-up opens one page.
const RUN_PAGE_BYTES: usize = 16 << 10;
/// Bits of the filter for each row; with four looks one absent key in fifty is looked for.
const FILTER_BITS_PER_ROW: usize = 10;
const FILTER_LOOKS: u32 = 4;
const WRITE_BUFFER_BYTES: usize = 1 << 20;
/// Pages sealed with one drawing of nonces.
const NONCES_USUAL: usize = 64;

/// Where a run's index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunPlace {
    pub(crate) number: u64,
    offset: u64,
    bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct PageAt {
    first: Vec<u8>,
    offset: u64,
    bytes: u64,
}

/// One sorted file.
pub(crate) struct Run {
    pub(crate) place: RunPlace,
    pub(crate) path: PathBuf,
    file: File,
    index: Vec<PageAt>,
    /// Of a run that this process has written.
    filter: Option<Filter>,
}

/// A row of a run.
pub(crate) type RunRow = (Vec<u8>, Vec<u8>);

impl Run {
    pub(crate) fn open(dir: &Path, place: RunPlace, seal: &Seal) -> Result<Self, CacheFault> {
        let path = path(dir, place.number);
        let file = File::open(&path)?;
        let index = read(&file, seal, place.number, place.offset, place.bytes)?;
        Ok(Self {
            index: postcard::from_bytes(&index).map_err(|_| CacheFault::Broken)?,
            place,
            path,
            file,
            filter: None,
        })
    }

    /// The value of a led key, if this run has it.
    pub(crate) fn get(&self, seal: &Seal, led: &[u8]) -> Result<Option<Vec<u8>>, CacheFault> {
        if self
            .filter
            .as_ref()
            .is_some_and(|filter| !filter.may_have(led))
        {
            return Ok(None);
        }
        let Some(page) = self.page_of(led).and_then(|page| self.index.get(page)) else {
            return Ok(None);
        };
        let content = self.page(seal, page)?;
        let (rows, _) = batch::decode(&content).map_err(|_| CacheFault::Broken)?;
        let found = rows.binary_search_by(|row| row.key.cmp(led)).ok();
        let row = found.and_then(|place| rows.get(place));
        Ok(row.and_then(|row| row.value).map(<[u8]>::to_vec))
    }

    /// Puts the values of those led keys that this run has into their places; a page is opened once
    /// for neighbours.
    pub(crate) fn get_many(
        &self,
        seal: &Seal,
        wanted: &[(usize, &[u8])],
        values: &mut [Option<Vec<u8>>],
    ) -> Result<(), CacheFault> {
        let may_have = |led: &[u8]| {
            self.filter
                .as_ref()
                .is_none_or(|filter| filter.may_have(led))
        };
        for group in wanted.chunk_by(|(_, one), (_, two)| self.page_of(one) == self.page_of(two)) {
            let page = group.first().and_then(|(_, led)| self.page_of(led));
            let Some(page) = page.and_then(|page| self.index.get(page)) else {
                continue;
            };
            if !group.iter().any(|(_, led)| may_have(led)) {
                continue;
            }
            let content = self.page(seal, page)?;
            let (rows, _) = batch::decode(&content).map_err(|_| CacheFault::Broken)?;
            for (place, led) in group {
                let found = rows.binary_search_by(|row| row.key.cmp(led)).ok();
                let value = found
                    .and_then(|place| rows.get(place))
                    .and_then(|row| row.value);
                if let (Some(value), Some(place)) = (value, values.get_mut(*place)) {
                    *place = Some(value.to_vec());
                }
            }
        }
        Ok(())
    }

    /// The page that has a led key, if this run has it.
    fn page_of(&self, led: &[u8]) -> Option<usize> {
        let after = self
            .index
            .partition_point(|page| page.first.as_slice() <= led);
        after.checked_sub(1)
    }

    /// About how many rows it has; a guess from the pages is enough to size a filter.
    pub(crate) fn rows_about(&self) -> usize {
        const ROWS_IN_A_PAGE: usize = 128;
        self.index.len().saturating_mul(ROWS_IN_A_PAGE)
    }

    fn page(&self, seal: &Seal, page: &PageAt) -> Result<Vec<u8>, CacheFault> {
        read(&self.file, seal, self.place.number, page.offset, page.bytes)
    }

    /// The rows of a page that are within bounds: of most look-ups they are a few of its hundreds.
    fn rows(&self, seal: &Seal, page: &PageAt, bounds: &Bounds) -> Result<Vec<RunRow>, CacheFault> {
        let content = self.page(seal, page)?;
        let (rows, _) = batch::decode(&content).map_err(|_| CacheFault::Broken)?;
        let from = rows.partition_point(|row| !begins_by(&bounds.0, row.key));
        let until = rows.partition_point(|row| !is_past(&bounds.1, row.key));
        let row = |row: &batch::EncodedChange<'_>| Some((row.key.to_vec(), row.value?.to_vec()));
        let within = rows.get(from..until).unwrap_or_default();
        Ok(within.iter().filter_map(row).collect())
    }
}

/// Whether a range with this lower bound has begun at a key.
fn begins_by(from: &Bound<Vec<u8>>, key: &[u8]) -> bool {
    match from {
        Bound::Included(from) => from.as_slice() <= key,
        Bound::Excluded(from) => from.as_slice() < key,
        Bound::Unbounded => true,
    }
}

/// Whether a range with this upper bound has ended before a key.
fn is_past(to: &Bound<Vec<u8>>, key: &[u8]) -> bool {
    match to {
        Bound::Included(to) => to.as_slice() < key,
        Bound::Excluded(to) => to.as_slice() <= key,
        Bound::Unbounded => false,
    }
}

fn path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:08}.run"))
}

/// Every part is bound to its run and its place in it.
fn part_name(number: u64, offset: u64) -> [u8; 16] {
    (u128::from(number) << 64 | u128::from(offset)).to_be_bytes()
}

fn read(
    file: &File,
    seal: &Seal,
    number: u64,
    offset: u64,
    bytes: u64,
) -> Result<Vec<u8>, CacheFault> {
    // The place is sealed itself, so its length is ours; a broken disk still may not make us
    // allocate more than the file has.
    if offset.saturating_add(bytes) > file.metadata()?.len() {
        return Err(CacheFault::Broken);
    }
    let mut sealed = vec![0; usize::try_from(bytes).map_err(|_| CacheFault::Broken)?];
    file.read_exact_at(&mut sealed, offset)?;
    seal.open_random(&part_name(number, offset), &sealed)
        .map_err(|_| CacheFault::Broken)
}

/// Writes a run; rows come in the order of their keys.
pub(crate) struct RunWriter<'a> {
    seal: &'a Seal,
    nonces: Nonces,
    path: PathBuf,
    number: u64,
    file: BufWriter<File>,
    offset: u64,
    rows: Vec<Change>,
    rows_bytes: usize,
    index: Vec<PageAt>,
    filter: Filter,
}

impl<'a> RunWriter<'a> {
    pub(crate) fn new(
        dir: &Path,
        number: u64,
        seal: &'a Seal,
        rows: usize,
    ) -> Result<Self, CacheFault> {
        let path = path(dir, number);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            seal,
            nonces: Nonces::about(NONCES_USUAL),
            path,
            number,
            file: BufWriter::with_capacity(WRITE_BUFFER_BYTES, file),
            offset: 0,
            rows: Vec::new(),
            rows_bytes: 0,
            index: Vec::new(),
            filter: Filter::about(rows),
        })
    }

    pub(crate) fn push(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), CacheFault> {
        self.filter.add(&key);
        self.rows_bytes = self
            .rows_bytes
            .saturating_add(key.len())
            .saturating_add(value.len());
        self.rows.push(Change {
            key,
            value: Some(value),
        });
        if self.rows_bytes >= RUN_PAGE_BYTES {
            self.close_page()?;
        }
        Ok(())
    }

    fn close_page(&mut self) -> Result<(), CacheFault> {
        let rows = std::mem::take(&mut self.rows);
        self.rows_bytes = 0;
        let Some(first) = rows.first().map(|row| row.key.clone()) else {
            return Ok(());
        };
        let content = batch::encode(&rows, Vec::new()).map_err(io::Error::other)?;
        let (offset, bytes) = self.part(&content)?;
        self.index.push(PageAt {
            first,
            offset,
            bytes,
        });
        Ok(())
    }

    fn part(&mut self, content: &[u8]) -> Result<(u64, u64), CacheFault> {
        let name = part_name(self.number, self.offset);
        let sealed = self.seal.close_random(&mut self.nonces, &name, content)?;
        self.file.write_all(&sealed)?;
        let (offset, bytes) = (self.offset, sealed.len() as u64);
        self.offset = offset.saturating_add(bytes);
        Ok((offset, bytes))
    }

    /// The finished run; nothing if no row came.
    pub(crate) fn finish(mut self) -> Result<Option<Run>, CacheFault> {
        self.close_page()?;
        if self.index.is_empty() {
            drop(self.file);
            std::fs::remove_file(&self.path)?;
            return Ok(None);
        }
        let index = postcard::to_stdvec(&self.index).map_err(io::Error::other)?;
        let (offset, bytes) = self.part(&index)?;
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok(Some(Run {
            place: RunPlace {
                number: self.number,
                offset,
                bytes,
            },
            path: self.path,
            file,
            index: self.index,
            filter: Some(self.filter),
        }))
    }
}

/// Rows of one run within bounds, one page in memory at a time.
pub(crate) struct RunRows<'a> {
    run: Arc<Run>,
    seal: &'a Seal,
    bounds: Bounds,
    order: Order,
    /// Pages still to come.
    pages: std::ops::Range<usize>,
    rows: std::vec::IntoIter<RunRow>,
}

impl<'a> RunRows<'a> {
    pub(crate) fn new(run: Arc<Run>, seal: &'a Seal, bounds: Bounds, order: Order) -> Self {
        let begins = |key: &Vec<u8>| {
            run.index
                .partition_point(|page| page.first <= *key)
                .saturating_sub(1)
        };
        let from = match &bounds.0 {
            Bound::Included(key) | Bound::Excluded(key) => begins(key),
            Bound::Unbounded => 0,
        };
        let to = match &bounds.1 {
            Bound::Included(key) | Bound::Excluded(key) => {
                run.index.partition_point(|page| page.first <= *key)
            }
            Bound::Unbounded => run.index.len(),
        };
        Self {
            run,
            seal,
            bounds,
            order,
            pages: from..to,
            rows: Vec::new().into_iter(),
        }
    }

    fn next_page(&mut self) -> Option<Result<Vec<RunRow>, CacheFault>> {
        let page = match self.order {
            Order::Forwards => self.pages.next(),
            Order::Backwards => self.pages.next_back(),
        }?;
        let page = self.run.index.get(page)?;
        Some(self.run.rows(self.seal, page, &self.bounds))
    }
}

impl Iterator for RunRows<'_> {
    type Item = Result<RunRow, CacheFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = match self.order {
                Order::Forwards => self.rows.next(),
                Order::Backwards => self.rows.next_back(),
            };
            match row {
                Some(row) => return Some(Ok(row)),
                None => match self.next_page()? {
                    Ok(rows) => self.rows = rows.into_iter(),
                    Err(fault) => return Some(Err(fault)),
                },
            }
        }
    }
}

/// Which keys a run cannot have: most keys of an import are new, and are looked for in no page.
struct Filter(Vec<u64>);

impl Filter {
    fn about(rows: usize) -> Self {
        let words = rows.saturating_mul(FILTER_BITS_PER_ROW) / 64;
        Self(vec![0; words.saturating_add(1)])
    }

    fn bits(&self, key: &[u8]) -> impl Iterator<Item = (usize, u64)> + use<> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let words = self.0.len() as u64;
        // Two halves of one hash, stepped, are as good as so many hashes.
        let (mut at, step) = (hash, hash.rotate_left(32) | 1);
        (0..FILTER_LOOKS).map(move |_| {
            at = at.wrapping_add(step);
            let word = (at >> 6) % words;
            (usize::try_from(word).unwrap_or(0), 1 << (at & 63))
        })
    }

    fn add(&mut self, key: &[u8]) {
        for (word, bit) in self.bits(key) {
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    fn may_have(&self, key: &[u8]) -> bool {
        self.bits(key)
            .all(|(word, bit)| self.0.get(word).is_some_and(|word| word & bit != 0))
    }
}
