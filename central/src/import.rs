//! Import of people from a CSV file or a QCVN 109:2017 message: streaming; bad rows are listed and
//! stop nothing. A row that was imported before is recognised by its record's id.
//!
//! Reading and storing run beside one another, a few portions apart. What is stored, and how, is
//! the caller's: it gives a function that takes portions of records. Each portion says up to which
//! row the file is dealt with once it is stored, so that an interrupted import can go on there:
//! rows before that are read once more, for their households and numbers, and not stored.

mod cell;
mod column;
mod contradictions;
mod household;
mod qcvn;
mod reading;
mod rejects;
mod row;
mod source;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use registry::date::Date;
use registry::file_number::FileNumber;
use registry::pin::Pin;
use registry::record::Record;
use registry::unit::Units;

pub use cell::Fault;
pub use column::{Column, ColumnMap, DateForm, MapError};
pub use rejects::{Reject, SHOWN_MAX};
pub use row::RegistryKey;
pub use source::SourceError;

use reading::Reading;
use rejects::Rejects;

/// Records handed over at once: one sync of the store.
pub const PORTION_RECORDS: usize = 5_000;
/// Portions that wait while one is stored.
const PORTIONS_WAITING_MAX: usize = 4;

/// The form of a file.
#[derive(Clone)]
pub enum Form {
    /// Comma-separated values, with what the file calls our columns.
    Csv(ColumnMap),
    /// A QCVN 109:2017 message, with values for what it does not say.
    Qcvn(BTreeMap<Column, String>),
}

/// How to read a file.
#[derive(Clone)]
pub struct Plan {
    /// Its form.
    pub form: Form,
    /// Makes record ids.
    pub key: RegistryKey,
    /// Today: no number tells a birth after its year, and nothing has happened after it.
    pub today: Date,
    /// The units by which codes are read: those in force.
    pub units: Arc<Units>,
    /// So many rows are dealt with already.
    pub done_rows: u64,
    /// Those of them whose number somebody else has, by their place in the file.
    pub taken_before: Vec<(u64, Column)>,
    /// Whether names and texts are taken as they stand, also those that look like an old encoding.
    pub as_written: bool,
    /// Whether the list of rejects shows what stands in the cells.
    pub reveal: bool,
}

impl Plan {
    /// A plan that begins at the first row, with the units that a release knows by itself. Until
    /// somebody says the day, today is the last one of the year.
    pub fn new(form: Form, key: RegistryKey, this_year: u16) -> Self {
        let last = Date::from_ymd(this_year, 12, 31);
        Self {
            form,
            key,
            today: last.unwrap_or_else(|_| Date::in_viet_nam(0)),
            units: Arc::clone(Units::built_in()),
            done_rows: 0,
            taken_before: Vec::new(),
            as_written: false,
            reveal: false,
        }
    }
}

/// A record with the place of its row; 0 for a household, of which several rows tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Which row of the file, from 1.
    pub row: u64,
    /// On which line it begins.
    pub line: u64,
    /// The record.
    pub record: Record,
    /// The number that the row gives for the residence file of the person's household.
    pub file: Option<FileNumber>,
}

/// Records to be stored together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Portion {
    /// The records.
    pub arrivals: Vec<Arrival>,
    /// Once they are stored, so many rows of people are dealt with.
    pub up_to_row: u64,
    /// The line of the last of them.
    pub up_to_line: u64,
}

/// A number that has one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Of a person.
    Pin(Pin),
    /// Of a household's residence file.
    File(FileNumber),
}

impl Number {
    /// The column in which it stands.
    pub const fn column(&self) -> Column {
        match self {
            Number::Pin(_) => Column::Pin,
            Number::File(_) => Column::HouseholdFile,
        }
    }

    fn text(&self) -> String {
        match self {
            Number::Pin(pin) => pin.digits(),
            Number::File(file) => file.to_string(),
        }
    }
}

/// A row whose number somebody else has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberTaken {
    /// Which row of the file.
    pub row: u64,
    /// On which line it begins.
    pub line: u64,
    /// The number.
    pub number: Number,
}

/// What a portion of records did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Records that are new.
    pub imported: u64,
    /// Records that were there already; they stay as they are.
    pub already_there: u64,
    /// People whose number somebody else has, or whose household's another household has; they are
    /// not stored.
    pub taken: Vec<NumberTaken>,
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
    /// Doubts about rows that were imported.
    pub warnings: u64,
    /// Households among the records.
    pub households: u64,
    /// The first faults.
    pub first_rejects: Vec<Reject>,
    /// Columns of the file that were not read, by the names that it gives them.
    pub left_out: Vec<String>,
    /// How many people a message says that it has.
    pub message_people: Option<u64>,
    /// Whether a message has a note. Its words are not kept: they may tell of somebody.
    pub message_note: bool,
}

/// Why an import stopped. What was stored before stays, and the same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E: std::error::Error + 'static> {
    /// The file cannot be read, or not on.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The list of rejects cannot be written.
    #[error("the list of rejects cannot be written: check the path and the disk")]
    Rejects(#[source] csv::Error),
    /// The registry did not take a portion.
    #[error(transparent)]
    Store(E),
    /// The reading thread ended early: a bug of ours.
    #[error("reading the file ended without a result")]
    Broken,
}

/// Imports a file of UTF-8. `store` is called with each portion, on the calling thread.
pub fn run<R, W, E>(
    input: R,
    rejects: Option<W>,
    plan: &Plan,
    mut store: impl FnMut(Portion) -> Result<Stored, E>,
) -> Result<Summary, ImportError<E>>
where
    R: Read + Send,
    W: Write + Send,
    E: std::error::Error + Send + 'static,
{
    let (sender, receiver) = sync_channel(PORTIONS_WAITING_MAX);
    let rejects = Mutex::new(Rejects::new(rejects, plan.reveal));
    let (read, stored) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| Reading::new(plan, &rejects, sender).all(input));
        let stored = drain(&receiver, &rejects, &mut store);
        // The reader stops when it finds nobody to hand a portion to.
        drop(receiver);
        (reading.join(), stored)
    });
    let read = read.map_err(|_| ImportError::Broken)?;
    let stored = stored?;
    let summary = read?;
    let rejects = rejects.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (rejected, warnings, first_rejects) = rejects.finish().map_err(ImportError::Rejects)?;
    Ok(Summary {
        imported: stored.imported,
        already_there: stored.already_there,
        rejected,
        warnings,
        first_rejects,
        ..summary
    })
}

fn drain<W: Write, E: std::error::Error>(
    receiver: &Receiver<Portion>,
    rejects: &Mutex<Rejects<W>>,
    store: &mut impl FnMut(Portion) -> Result<Stored, E>,
) -> Result<Stored, ImportError<E>> {
    let mut total = Stored::default();
    for portion in receiver {
        let stored = store(portion).map_err(ImportError::Store)?;
        total.imported = total.imported.saturating_add(stored.imported);
        total.already_there = total.already_there.saturating_add(stored.already_there);
        let mut rejects = rejects.lock().unwrap_or_else(PoisonError::into_inner);
        for taken in stored.taken {
            rejects
                .number_taken(taken.line, taken.number.column(), &taken.number.text())
                .map_err(ImportError::Rejects)?;
        }
    }
    Ok(total)
}
