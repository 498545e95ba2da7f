//! Import of people from a CSV file: streaming, with a column map; bad rows are listed and stop
//! nothing. A row that was imported before is recognised by its record's id.
//!
//! Reading and storing run beside one another, a few batches apart. What is stored, and how, is
//! the caller's: it gives a function that takes batches of records.

mod cell;
mod column;
mod household;
mod rejects;
mod row;

use std::collections::HashSet;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use registry::pin::Pin;
use registry::record::Record;

pub use cell::Fault;
pub use column::{Column, ColumnMap, DateForm, MapError};
pub use rejects::{Reject, SHOWN_MAX};
pub use row::RegistryKey;

use household::Households;
use rejects::Rejects;
use row::RowReader;

/// Records handed over at once: one commit of the store.
pub const BATCH_RECORDS: usize = 2_000;
/// Batches that wait while one is stored.
const BATCHES_WAITING_MAX: usize = 4;
/// Longest row, bytes: an unclosed quotation mark makes a row of the rest of the file.
const ROW_BYTES_MAX: u64 = 64 << 10;

/// How to read a file.
#[derive(Clone)]
pub struct Plan {
    /// What the file calls our columns.
    pub map: ColumnMap,
    /// Makes record ids.
    pub key: RegistryKey,
    /// No number tells a birth after it.
    pub this_year: u16,
}

/// What a batch of records did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stored {
    /// Records that are new.
    pub imported: u64,
    /// Records that were there already; they stay as they are.
    pub already_there: u64,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Rows read.
    pub read: u64,
    /// Records that are new: people, then households.
    pub imported: u64,
    /// Records that were there already.
    pub already_there: u64,
    /// Rows that were not imported.
    pub rejected: u64,
    /// Households among the records.
    pub households: u64,
    /// The first faults.
    pub first_rejects: Vec<Reject>,
}

/// Why an import stopped. What was stored before stays, and a second run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E: std::error::Error + 'static> {
    /// The columns do not fit.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The file cannot be read on.
    #[error("the file cannot be read after line {line}: check the disk and the encoding")]
    Read {
        /// The last line that was read.
        line: u64,
        /// Why.
        source: csv::Error,
    },
    /// A row does not end.
    #[error("the row at line {line} does not end: is a quotation mark left open?")]
    EndlessRow {
        /// Where it begins.
        line: u64,
    },
    /// The list of rejects cannot be written.
    #[error("the list of rejects cannot be written: check the path and the disk")]
    Rejects(#[source] csv::Error),
    /// The registry did not take a batch.
    #[error(transparent)]
    Store(E),
    /// The reading thread ended early: a bug of ours.
    #[error("reading the file ended without a result")]
    Broken,
}

/// Imports a file. `store` is called with each batch, on the calling thread; `progress` with the
/// bytes read so far, on the reading one.
pub fn run<R, W, E>(
    input: R,
    rejects: Option<W>,
    plan: &Plan,
    progress: impl Fn(u64) + Send,
    mut store: impl FnMut(Vec<Record>) -> Result<Stored, E>,
) -> Result<Summary, ImportError<E>>
where
    R: Read + Send,
    W: Write + Send,
    E: std::error::Error + Send + 'static,
{
    let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let mut reading = Reading::new(input, rejects, plan, sender)?;
            reading.all(&progress)?;
            reading.finish()
        });
        let stored = drain(&receiver, &mut store);
        // The reader stops when it finds nobody to hand a batch to.
        drop(receiver);
        let summary = reading.join().map_err(|_| ImportError::Broken)?;
        let stored = stored.map_err(ImportError::Store)?;
        summary.map(|summary| Summary {
            imported: stored.imported,
            already_there: stored.already_there,
            ..summary
        })
    })
}

fn drain<E>(
    receiver: &Receiver<Vec<Record>>,
    store: &mut impl FnMut(Vec<Record>) -> Result<Stored, E>,
) -> Result<Stored, E> {
    let mut total = Stored::default();
    for batch in receiver {
        let stored = store(batch)?;
        total.imported = total.imported.saturating_add(stored.imported);
        total.already_there = total.already_there.saturating_add(stored.already_there);
    }
    Ok(total)
}

/// The reading side.
struct Reading<R, W: Write> {
    file: csv::Reader<Guarded<R>>,
    row_bytes_left: std::rc::Rc<std::cell::Cell<u64>>,
    rows: RowReader,
    rejects: Rejects<W>,
    households: Households,
    numbers: HashSet<Pin>,
    batch: Vec<Record>,
    batches: SyncSender<Vec<Record>>,
    summary: Summary,
}

/// Nobody takes batches any more; the storing side tells why.
struct NobodyTakes;

impl<R: Read, W: Write> Reading<R, W> {
    fn new<E: std::error::Error>(
        input: R,
        rejects: Option<W>,
        plan: &Plan,
        batches: SyncSender<Vec<Record>>,
    ) -> Result<Self, ImportError<E>> {
        let row_bytes_left = std::rc::Rc::new(std::cell::Cell::new(ROW_BYTES_MAX));
        let input = Guarded {
            input,
            left: std::rc::Rc::clone(&row_bytes_left),
        };
        let mut file = csv::ReaderBuilder::new()
            .delimiter(plan.map.separator_byte()?)
            .flexible(true)
            .from_reader(input);
        let header = file
            .headers()
            .map_err(|source| ImportError::Read { line: 0, source })?;
        let rows = RowReader {
            sources: plan.map.resolve(header.iter())?,
            dates: plan.map.dates,
            key: plan.key,
            this_year: plan.this_year,
        };
        Ok(Self {
            file,
            row_bytes_left,
            rows,
            rejects: Rejects::new(rejects),
            households: Households::default(),
            numbers: HashSet::new(),
            batch: Vec::with_capacity(BATCH_RECORDS),
            batches,
            summary: Summary::default(),
        })
    }

    fn all<E: std::error::Error>(&mut self, progress: &impl Fn(u64)) -> Result<(), ImportError<E>> {
        let mut row = csv::ByteRecord::new();
        let width = self
            .file
            .byte_headers()
            .map(csv::ByteRecord::len)
            .unwrap_or(0);
        loop {
            self.row_bytes_left.set(ROW_BYTES_MAX);
            let line = self.file.position().line();
            let more = self.file.read_byte_record(&mut row).map_err(|source| {
                if self.row_bytes_left.get() == 0 {
                    ImportError::EndlessRow { line }
                } else {
                    ImportError::Read { line, source }
                }
            })?;
            if !more {
                return Ok(());
            }
            let line = row.position().map_or(line, csv::Position::line);
            self.summary.read = self.summary.read.saturating_add(1);
            if self.summary.read.is_multiple_of(512) {
                progress(self.file.position().byte());
            }
            match self.row(line, &row, width).map_err(ImportError::Rejects)? {
                Ok(()) => {}
                Err(NobodyTakes) => return Ok(()),
            }
        }
    }

    /// One row; only the list of rejects can fail.
    fn row(
        &mut self,
        line: u64,
        row: &csv::ByteRecord,
        width: usize,
    ) -> Result<Result<(), NobodyTakes>, csv::Error> {
        if row.len() != width {
            let words = format!("the row has {} cells and the header {width}", row.len());
            self.rejects.whole(line, "row_width", &words)?;
            return Ok(Ok(()));
        }
        let Ok(row) = csv::StringRecord::from_byte_record(row.clone()) else {
            let words = "the row is not UTF-8: save the file as UTF-8 (CSV UTF-8 in spreadsheets)";
            self.rejects.whole(line, "row_encoding", words)?;
            return Ok(Ok(()));
        };
        let read = match self.rows.read(&row) {
            Ok(read) => read,
            Err(faults) => {
                self.rejects.row(line, faults)?;
                return Ok(Ok(()));
            }
        };
        if !self.numbers.insert(read.pin) {
            let fault = Fault {
                column: Column::Pin,
                code: "pin_twice",
                words: "this number stands in an earlier row: one of the two is another person"
                    .to_owned(),
            };
            self.rejects.row(line, vec![fault])?;
            return Ok(Ok(()));
        }
        if let Some(home) = read.home {
            self.households.take(home);
        }
        let pushed = self.push(read.record);
        let full = pushed.is_ok() && self.households.is_full();
        Ok(if full { self.push_households() } else { pushed })
    }

    fn push(&mut self, record: Record) -> Result<(), NobodyTakes> {
        self.batch.push(record);
        if self.batch.len() < BATCH_RECORDS {
            return Ok(());
        }
        self.hand_over()
    }

    fn push_households(&mut self) -> Result<(), NobodyTakes> {
        for household in self.households.drain() {
            self.summary.households = self.summary.households.saturating_add(1);
            self.push(household)?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), NobodyTakes> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let next = Vec::with_capacity(BATCH_RECORDS);
        let batch = std::mem::replace(&mut self.batch, next);
        self.batches.send(batch).map_err(|_| NobodyTakes)
    }

    fn finish<E: std::error::Error>(mut self) -> Result<Summary, ImportError<E>> {
        // If nobody takes them, the storing side has failed and tells why.
        let _ = self.push_households().and_then(|()| self.hand_over());
        let (rejected, first_rejects) = self.rejects.finish().map_err(ImportError::Rejects)?;
        Ok(Summary {
            rejected,
            first_rejects,
            ..self.summary
        })
    }
}

/// Stops reading when one row has taken too much.
struct Guarded<R> {
    input: R,
    left: std::rc::Rc<std::cell::Cell<u64>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(std::io::Error::other("the row is too long"));
        }
        let read = self.input.read(buffer)?;
        self.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}
