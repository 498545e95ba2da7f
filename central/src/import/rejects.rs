//! What was found wrong or odd: counted, the first few kept for the screen, all written to a file.

use std::io::Write;

use registry::exchange::{Column, Row};

use super::cell::Fault;

/// Rejects that are shown on the screen.
pub const SHOWN_MAX: usize = 20;

/// Where rows are described as a whole.
const FILE_SOURCE: &str = "form of the file";

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
    /// Where the rule stands.
    pub source: String,
}

/// Whether a row was left out, or imported with a doubt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rejected,
    Warning,
}

/// Where rejects go.
pub(super) struct Rejects<W: Write> {
    file: Option<csv::Writer<W>>,
    /// Whether the list shows what stands in the cells.
    reveal: bool,
    begun: bool,
    shown: Vec<Reject>,
    rows: u64,
    warnings: u64,
}

impl<W: Write> Rejects<W> {
    pub(super) fn new(file: Option<W>, reveal: bool) -> Self {
        Self {
            file: file.map(csv::Writer::from_writer),
            reveal,
            begun: false,
            shown: Vec::new(),
            rows: 0,
            warnings: 0,
        }
    }

    /// A row with faults in its cells.
    pub(super) fn row(
        &mut self,
        line: u64,
        faults: Vec<Fault>,
        row: &Row,
    ) -> Result<(), csv::Error> {
        self.rows = self.rows.saturating_add(1);
        for fault in faults {
            self.write(Kind::Rejected, line, &fault, row.text(fault.column))?;
            self.show(line, fault);
        }
        Ok(())
    }

    /// Doubts about a row that is imported.
    pub(super) fn doubts(
        &mut self,
        line: u64,
        warnings: &[Fault],
        row: &Row,
    ) -> Result<(), csv::Error> {
        for warning in warnings {
            self.warnings = self.warnings.saturating_add(1);
            self.write(Kind::Warning, line, warning, row.text(warning.column))?;
        }
        Ok(())
    }

    /// A row whose number belongs to somebody else, or whose household's to another household.
    pub(super) fn number_taken(
        &mut self,
        line: u64,
        column: Column,
        number: &str,
    ) -> Result<(), csv::Error> {
        let fault = match column {
            Column::HouseholdFile => Fault {
                column,
                code: "household_file_taken",
                words: "another household has this number, and no two have one: look which \
                        household these people belong to"
                    .to_owned(),
                source: None,
            },
            _ => Fault {
                column,
                code: "pin_taken",
                words: "somebody else in the registry has this number, or had it: one of the two \
                        is another person; compare both with their papers"
                    .to_owned(),
                source: None,
            },
        };
        self.rows = self.rows.saturating_add(1);
        self.write(Kind::Rejected, line, &fault, number)?;
        self.show(line, fault);
        Ok(())
    }

    /// A row that is wrong as a whole.
    pub(super) fn whole(
        &mut self,
        line: u64,
        code: &'static str,
        words: String,
    ) -> Result<(), csv::Error> {
        self.rows = self.rows.saturating_add(1);
        let (text, column) = (line.to_string(), "");
        self.record([&text, column, "rejected", code, &words, FILE_SOURCE], "")?;
        if self.shown.len() < SHOWN_MAX {
            self.shown.push(Reject {
                line,
                column,
                code,
                words,
                source: FILE_SOURCE.to_owned(),
            });
        }
        Ok(())
    }

    /// A doubt about a row or the file as a whole.
    pub(super) fn doubt(
        &mut self,
        line: u64,
        code: &'static str,
        words: &str,
    ) -> Result<(), csv::Error> {
        self.warnings = self.warnings.saturating_add(1);
        let line = line.to_string();
        self.record([&line, "", "warning", code, words, FILE_SOURCE], "")
    }

    fn show(&mut self, line: u64, fault: Fault) {
        if self.shown.len() < SHOWN_MAX {
            self.shown.push(Reject {
                line,
                column: fault.column.key(),
                code: fault.code,
                source: source_of(&fault),
                words: fault.words,
            });
        }
    }

    fn write(
        &mut self,
        kind: Kind,
        line: u64,
        fault: &Fault,
        value: &str,
    ) -> Result<(), csv::Error> {
        if self.file.is_none() {
            return Ok(());
        }
        let (line, source) = (line.to_string(), source_of(fault));
        let kind = match kind {
            Kind::Rejected => "rejected",
            Kind::Warning => "warning",
        };
        let cells = [
            &line,
            fault.column.key(),
            kind,
            fault.code,
            &fault.words,
            &source,
        ];
        self.record(cells, value)
    }

    fn record(&mut self, cells: [&str; 6], value: &str) -> Result<(), csv::Error> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let value_name = self.reveal.then_some("value");
        if !std::mem::replace(&mut self.begun, true) {
            let header = ["line", "column", "kind", "code", "words", "source"];
            file.write_record(header.into_iter().chain(value_name))?;
        }
        file.write_record(cells.into_iter().chain(value_name.map(|_| value)))
    }

    /// How many rows were rejected, the warnings, and the first faults.
    pub(super) fn finish(mut self) -> Result<(u64, u64, Vec<Reject>), csv::Error> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok((self.rows, self.warnings, self.shown))
    }
}

/// Where the rule stands: that of an act, or that of the column.
fn source_of(fault: &Fault) -> String {
    if let Some(source) = fault.source {
        return source.to_owned();
    }
    let item = fault.column.item();
    let more = match fault.column {
        Column::Pin | Column::FatherPin | Column::MotherPin | Column::SpousePin => {
            "; Circular 59/2021/TT-BCA, Article 4"
        }
        Column::ResidenceUnit => "; Decision 19/2025/QĐ-TTg and the table of units",
        Column::Ethnic | Column::EthnicTable => "; decision 121-TCTK/PPCĐ of 1979",
        Column::Religion => "; Decision 1019/QĐ-TCTK of 2008",
        Column::Blood | Column::MaritalStatus => "; QCVN 109:2017/BTTTT",
        _ => "",
    };
    format!("Law 26/2023/QH15, Article 9, item {item}{more}")
}
