//! Export of people as a CSV file or a QCVN 109:2017 message: streaming, in the columns and elements
//! that the import reads. What is written are the values that stand; where it goes, and who may
//! ask, is the command line's.
//!
//! People are written commune by commune, because who belongs together lives together: a person's
//! household, parents and spouse are mostly among those read with them. Communes are read and made
//! text by several threads and written in their order (`export/line.rs`), so that one registry
//! gives one file.

mod line;
mod neighbours;
mod part;

use std::io::{Seek, Write};

use registry::OfficeCode;
use registry::exchange::{Column, qcvn};
use registry::unit::{ProvinceCode, Units};
use registry_store::{KeyRange, Store};

use crate::tables;
use crate::unit::UnitError;
use part::{Part, Text};

/// Whose people are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Nation,
    /// Those of the communes of a province.
    Province(ProvinceCode),
    /// Those of a commune: who lives there, permanently or for a time.
    Office(OfficeCode),
}

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Comma-separated values with a header.
    Csv,
    /// A QCVN 109:2017 message.
    Qcvn,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Where the records are.
    pub store: &'a dyn Store,
    /// The units in force.
    pub units: &'a Units,
    /// Whose people.
    pub scope: Scope,
    /// In which form.
    pub form: FileForm,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Exported {
    /// People.
    pub people: u64,
    /// Those of them of whom the registry knows more than such a file can say.
    pub in_part: u64,
    /// People left out because their registration was revoked.
    pub revoked: u64,
}

/// Why an export stopped; what was written is no whole file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The registry.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// The file cannot be written.
    #[error("the file cannot be written: check the disk")]
    Write(#[from] std::io::Error),
}

impl ExportError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Write(_) => "export_write",
        }
    }
}

impl Exported {
    const fn add(&mut self, other: Exported) {
        self.people = self.people.saturating_add(other.people);
        self.in_part = self.in_part.saturating_add(other.in_part);
        self.revoked = self.revoked.saturating_add(other.revoked);
    }
}

/// Writes the people of a scope. `day` is today, `yyyy-mm-dd`; `progress` hears how many people were
/// written. A message does not say itself how many there are.
pub fn write(
    wanted: Wanted<'_>,
    day: &str,
    out: impl Write,
    progress: &dyn Fn(u64),
) -> Result<Exported, ExportError> {
    write_behind(&qcvn::opening(None, day), wanted, out, progress)
}

/// The same into an empty file, where a message has the number of its people.
pub fn write_file(
    wanted: Wanted<'_>,
    day: &str,
    mut file: impl Write + Seek,
    progress: &dyn Fn(u64),
) -> Result<Exported, ExportError> {
    let exported = write_behind(&qcvn::opening(Some(0), day), wanted, &mut file, progress)?;
    if wanted.form == FileForm::Qcvn {
        qcvn::say_people(&mut file, exported.people, day)?;
        file.flush()?;
    }
    Ok(exported)
}

/// Writes the people behind what opens a message, if it is one.
fn write_behind(
    opening: &str,
    wanted: Wanted<'_>,
    mut out: impl Write,
    progress: &dyn Fn(u64),
) -> Result<Exported, ExportError> {
    let form = wanted.form;
    let parts = parts(wanted)?;
    let opening = match form {
        FileForm::Csv => {
            let mut header = Text::begin(form);
            header.cells(Column::ALL.iter().map(|column| column.key()))?;
            header.take()
        }
        FileForm::Qcvn => opening.as_bytes().to_vec(),
    };
    out.write_all(&opening)?;
    let mut exported = Exported::default();
    line::run(wanted, &parts, &mut |text, some| {
        out.write_all(&text)?;
        exported.add(some);
        progress(exported.people);
        Ok(())
    })?;
    if form == FileForm::Qcvn {
        out.write_all(qcvn::closing().as_bytes())?;
    }
    out.flush()?;
    Ok(exported)
}

/// The parts of a scope, in the order in which they are written.
fn parts(wanted: Wanted<'_>) -> Result<Vec<Part>, UnitError> {
    Ok(match wanted.scope {
        Scope::Office(office) => vec![Part::Office(office)],
        Scope::Province(province) => offices(wanted.store)?
            .into_iter()
            .filter(|office| province_of(wanted.units, *office) == Some(province))
            .map(Part::Office)
            .collect(),
        Scope::Nation => {
            let offices = offices(wanted.store)?.into_iter();
            offices.map(Part::Office).chain([Part::Nobodys]).collect()
        }
    })
}

/// The province that a commune's people are in today. While a decree is being carried out, some of
/// them are still in the slice of a commune that it dissolved.
fn province_of(units: &Units, office: OfficeCode) -> Option<ProvinceCode> {
    units.province_of(units.office(office, units.base()))
}

/// The communes that have a slice.
fn offices(store: &dyn Store) -> Result<Vec<OfficeCode>, UnitError> {
    let mut offices = Vec::new();
    let mut range = KeyRange::all();
    // From each commune's first row to the row behind its last one.
    while let Some((key, _)) = store.scan(tables::SLICES, &range, 1)?.into_iter().next() {
        let Some(office) = key.first_chunk::<4>() else {
            break;
        };
        offices.extend(OfficeCode::new(u32::from_be_bytes(*office)));
        range = KeyRange::all().after(&[&office[..], &[u8::MAX; 17]].concat());
    }
    Ok(offices)
}
