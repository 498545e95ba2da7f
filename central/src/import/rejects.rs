//! Rows that were not imported: counted, the first few kept for the screen, all written to a file.

use std::io::Write;

use super::cell::Fault;

/// Rejects that are shown on the screen.
pub const SHOWN_MAX: usize = 20;

/// A fault of one row, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// Line of the file on which the row begins.
    pub line: u64,
    /// Our name of the column; empty if it is the whole row.
    pub column: &'static str,
    /// Stable name of the rule.
    pub code: &'static str,
    /// The rule in words; nothing of the content.
    pub words: String,
}

/// Where rejects go.
pub(super) struct Rejects<W: Write> {
    file: Option<csv::Writer<W>>,
    shown: Vec<Reject>,
    rows: u64,
}

impl<W: Write> Rejects<W> {
    pub(super) fn new(file: Option<W>) -> Self {
        Self {
            file: file.map(csv::Writer::from_writer),
            shown: Vec::new(),
            rows: 0,
        }
    }

    /// A row with faults in its cells.
    pub(super) fn row(&mut self, line: u64, faults: Vec<Fault>) -> Result<(), csv::Error> {
        let rejects = faults.into_iter().map(|fault| Reject {
            line,
            column: fault.column.key(),
            code: fault.code,
            words: fault.words,
        });
        self.take(rejects)
    }

    /// A row that is wrong as a whole.
    pub(super) fn whole(
        &mut self,
        line: u64,
        code: &'static str,
        words: &str,
    ) -> Result<(), csv::Error> {
        let words = words.to_owned();
        self.take(std::iter::once(Reject {
            line,
            column: "",
            code,
            words,
        }))
    }

    fn take(&mut self, rejects: impl Iterator<Item = Reject>) -> Result<(), csv::Error> {
        self.rows = self.rows.saturating_add(1);
        for reject in rejects {
            if let Some(file) = &mut self.file {
                if self.rows == 1 && self.shown.is_empty() {
                    file.write_record(["line", "column", "code", "words"])?;
                }
                let line = reject.line.to_string();
                file.write_record([&line, reject.column, reject.code, &reject.words])?;
            }
            if self.shown.len() < SHOWN_MAX {
                self.shown.push(reject);
            }
        }
        Ok(())
    }

    /// How many rows were rejected, and the first faults.
    pub(super) fn finish(mut self) -> Result<(u64, Vec<Reject>), csv::Error> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok((self.rows, self.shown))
    }
}
