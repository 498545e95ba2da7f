//! The reading side of an import: from rows to portions of records.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use registry::exchange::Row;
use registry::file_number::FileNumber;
use registry::pin::Pin;
use registry::record::Record;

use super::cell::Fault;
use super::column::DateForm;
use super::household::Households;
use super::qcvn::QcvnSource;
use super::rejects::Rejects;
use super::row::RowReader;
use super::source::{CsvSource, Item, Source};
use super::{Arrival, Column, Form, ImportError, PORTION_RECORDS, Plan, Portion, Summary};

/// Reads rows and hands portions over.
pub(super) struct Reading<'a, W: Write> {
    plan: &'a Plan,
    rows: RowReader,
    rejects: &'a Mutex<Rejects<W>>,
    households: Households,
    numbers: HashSet<Pin>,
    taken_before: HashMap<u64, Column>,
    portion: Portion,
    portions: SyncSender<Portion>,
    summary: Summary,
}

/// Nobody takes portions any more; the storing side tells why.
struct NobodyTakes;

impl<'a, W: Write> Reading<'a, W> {
    pub(super) fn new(
        plan: &'a Plan,
        rejects: &'a Mutex<Rejects<W>>,
        portions: SyncSender<Portion>,
    ) -> Self {
        let dates = match &plan.form {
            Form::Csv(map) => map.dates,
            Form::Qcvn(_) => DateForm::Yyyymmdd,
        };
        Self {
            plan,
            rows: RowReader {
                dates,
                key: plan.key,
                today: plan.today,
                units: Arc::clone(&plan.units),
                as_written: plan.as_written,
            },
            rejects,
            households: Households::default(),
            numbers: HashSet::new(),
            taken_before: plan.taken_before.iter().copied().collect(),
            portion: Portion::default(),
            portions,
            summary: Summary::default(),
        }
    }

    /// Reads the whole file.
    pub(super) fn all<R: Read, E: std::error::Error>(
        mut self,
        input: R,
    ) -> Result<Summary, ImportError<E>> {
        match &self.plan.form {
            Form::Csv(map) => {
                let mut source = CsvSource::new(input, map)?;
                self.summary.left_out = source.left_out().to_vec();
                self.each(&mut source)?;
            }
            Form::Qcvn(constants) => {
                let mut source =
                    QcvnSource::new(input, constants.clone(), Arc::clone(&self.plan.units));
                self.each(&mut source)?;
                self.summary.message_people = source.people_told();
                self.summary.message_note = source.has_note();
            }
        }
        // If nobody takes them, the storing side has failed and tells why.
        let _ = self.push_households().and_then(|()| self.hand_over());
        Ok(self.summary)
    }

    fn each<E: std::error::Error>(
        &mut self,
        source: &mut impl Source,
    ) -> Result<(), ImportError<E>> {
        let mut row = Row::default();
        loop {
            let item = match source.next(&mut row) {
                Ok(item) => item,
                Err(error) => {
                    // What was read before is good: it is stored, and the import goes on there.
                    let _ = self.hand_over();
                    return Err(error.into());
                }
            };
            let taken = match item {
                Item::End => return Ok(()),
                Item::Row { line, unnamed } => {
                    self.summary.read = self.summary.read.saturating_add(1);
                    if unnamed {
                        self.unnamed(line).map_err(ImportError::Rejects)?;
                    }
                    self.row(line, &row).map_err(ImportError::Rejects)?
                }
                Item::Doubt { line, code, words } => {
                    let told = self.rejects().doubt(line, code, &words);
                    told.map_err(ImportError::Rejects)?;
                    Ok(())
                }
                Item::Bad { line, code, words } => {
                    self.summary.read = self.summary.read.saturating_add(1);
                    let whole = self.rejects().whole(line, code, words);
                    whole.map_err(ImportError::Rejects)?;
                    Ok(())
                }
            };
            if taken.is_err() {
                return Ok(());
            }
        }
    }

    /// Something stands where the header has no name.
    fn unnamed(&self, line: u64) -> Result<(), csv::Error> {
        let code = "cell_unnamed";
        let words = "something stands in a cell for which the header has no name: it is not read";
        self.rejects().doubt(line, code, words)
    }

    fn rejects(&self) -> MutexGuard<'a, Rejects<W>> {
        self.rejects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One row; only the list of rejects can fail.
    fn row(&mut self, line: u64, row: &Row) -> Result<Result<(), NobodyTakes>, csv::Error> {
        let read = match self.rows.read(row) {
            Ok(read) => read,
            Err(faults) => {
                self.rejects().row(line, faults, row)?;
                return Ok(Ok(()));
            }
        };
        if read.numbers.iter().any(|pin| self.numbers.contains(pin)) {
            let fault = Fault {
                column: Column::Pin,
                code: "pin_twice",
                words: "this number stands in an earlier row: one of the two is another person"
                    .to_owned(),
                source: None,
            };
            self.rejects().row(line, vec![fault], row)?;
            return Ok(Ok(()));
        }
        self.numbers.extend(&read.numbers);
        let place = self.summary.read;
        if let Some(column) = self.taken_before.get(&place) {
            let number = row.text(*column);
            self.rejects().number_taken(line, *column, number)?;
            return Ok(Ok(()));
        }
        if !read.warnings.is_empty() {
            self.rejects().doubts(line, &read.warnings, row)?;
        }
        if let Some(home) = read.home
            && self.households.take(home)
        {
            self.rejects().doubts(line, &[second_head()], row)?;
        }
        if place <= self.plan.done_rows {
            return Ok(Ok(()));
        }
        let pushed = self.push((place, line), read.record, read.file);
        let full = pushed.is_ok() && self.households.is_full();
        Ok(if full { self.push_households() } else { pushed })
    }

    fn push(
        &mut self,
        (row, line): (u64, u64),
        record: Record,
        file: Option<FileNumber>,
    ) -> Result<(), NobodyTakes> {
        self.portion.up_to_row = self.portion.up_to_row.max(row);
        self.portion.up_to_line = self.portion.up_to_line.max(line);
        self.portion.arrivals.push(Arrival {
            row,
            line,
            record,
            file,
        });
        if self.portion.arrivals.len() < PORTION_RECORDS {
            return Ok(());
        }
        self.hand_over()
    }

    fn push_households(&mut self) -> Result<(), NobodyTakes> {
        for household in self.households.drain() {
            self.summary.households = self.summary.households.saturating_add(1);
            self.push((0, 0), household, None)?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), NobodyTakes> {
        if self.portion.arrivals.is_empty() {
            return Ok(());
        }
        let next = Portion {
            arrivals: Vec::with_capacity(PORTION_RECORDS),
            up_to_row: self.portion.up_to_row,
            up_to_line: self.portion.up_to_line,
        };
        let portion = std::mem::replace(&mut self.portion, next);
        self.portions.send(portion).map_err(|_| NobodyTakes)
    }
}

/// A row that is the head of a household whose head an earlier row is.
fn second_head() -> Fault {
    Fault {
        column: Column::Relation,
        code: "household_heads_two",
        words: "an earlier row is the head of this household: that one stays it, and both are kept"
            .to_owned(),
        source: None,
    }
}
