//! Export of people as a CSV file or a QCVN 109:2017 message: streaming, in the columns and elements
//! that the import reads. What is written are the values that stand; where it goes, and who may
//! ask, is the command line's.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;

use registry::dispute::Standing;
use registry::exchange::{Carried, Column, Directory, Row, qcvn, row_of};
use registry::fields::Fields;
use registry::name::PersonName;
use registry::person::Person;
use registry::pin::Pin;
use registry::record::Record;
use registry::rules::pin_point;
use registry::schema::{Field, RecordKind};
use registry::unit::{ProvinceCode, Units};
use registry::value::Value;
use registry::{OfficeCode, RecordId};
use registry_store::{KeyRange, Store};

use crate::tables::{self, Kept};
use crate::unit::{UnitError, decode};

/// Rows of a scan.
const SCAN: usize = 1_000;
/// Households and people that were looked up and are remembered.
const REMEMBERED_MAX: usize = 20_000;

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

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Exported {
    /// People.
    pub people: u64,
    /// Those of them of whom the registry knows more than such a file can say: ended marriages
    /// and residences, temporary ones, absences, stays, cards.
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

/// Writes the people of a scope. `data_time` is today, `yyyy-mm-dd`; `progress` hears how many
/// people were written.
pub fn write(
    store: &dyn Store,
    scope: Scope,
    form: FileForm,
    data_time: &str,
    out: impl Write,
    progress: &dyn Fn(u64),
) -> Result<Exported, ExportError> {
    let mut writer = Writer::begin(form, data_time, out)?;
    let directory = Registered {
        store,
        files: RefCell::default(),
        people: RefCell::default(),
    };
    let mut row = Row::default();
    let mut exported = Exported::default();
    let mut each = |kept: &Kept| -> Result<(), ExportError> {
        if kept.record.kind != RecordKind::Person {
            return Ok(());
        }
        let standing = standing(&kept.record)?;
        if Person(&standing.fields).is_revoked() {
            exported.revoked = exported.revoked.saturating_add(1);
            return Ok(());
        }
        if row_of(&standing.fields, &directory, &mut row) == Carried::InPart {
            exported.in_part = exported.in_part.saturating_add(1);
        }
        writer.person(&row)?;
        exported.people = exported.people.saturating_add(1);
        if exported.people.is_multiple_of(1_000) {
            progress(exported.people);
        }
        Ok(())
    };
    match scope {
        Scope::Nation => nation(store, &mut each)?,
        Scope::Office(office) => slice(store, office, &mut each)?,
        Scope::Province(province) => {
            let units = Units::built_in();
            let here = |office: &OfficeCode| units.province_of(*office) == Some(province);
            for commune in units.communes_of(province) {
                let office = commune.code;
                slice(store, office, &mut |kept| {
                    // Who lives in two communes of the province is written once.
                    if kept.offices.iter().find(|office| here(office)) == Some(&office) {
                        each(kept)?;
                    }
                    Ok(())
                })?;
            }
        }
    }
    writer.end()?;
    Ok(exported)
}

type Each<'a> = dyn FnMut(&Kept) -> Result<(), ExportError> + 'a;

fn nation(store: &dyn Store, each: &mut Each<'_>) -> Result<(), ExportError> {
    let mut range = KeyRange::all();
    loop {
        let rows = store
            .scan(tables::RECORDS, &range, SCAN)
            .map_err(UnitError::from)?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        range = KeyRange::all().after(last);
        for (_, value) in &rows {
            each(&decode(tables::RECORDS, value)?)?;
        }
    }
}

fn slice(store: &dyn Store, office: OfficeCode, each: &mut Each<'_>) -> Result<(), ExportError> {
    let mut range = KeyRange::prefix(&office.to_be_bytes());
    loop {
        let rows = store
            .scan(tables::SLICES, &range, SCAN)
            .map_err(UnitError::from)?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        range = range.after(last);
        for (key, _) in &rows {
            let Some(id) = key.get(4..).and_then(RecordId::from_slice) else {
                continue;
            };
            if let Some(kept) = kept(store, &id)? {
                each(&kept)?;
            }
        }
    }
}

fn kept(store: &dyn Store, id: &RecordId) -> Result<Option<Kept>, UnitError> {
    let bytes = store.get(tables::RECORDS, id.as_bytes())?;
    bytes
        .map(|bytes| decode(tables::RECORDS, &bytes))
        .transpose()
}

fn standing(record: &Record) -> Result<Standing, UnitError> {
    Standing::of(record).map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })
}

/// A file that is being written.
enum Writer<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Qcvn(W, String),
}

impl<W: Write> Writer<W> {
    fn begin(form: FileForm, data_time: &str, mut out: W) -> Result<Self, ExportError> {
        Ok(match form {
            FileForm::Csv => {
                let mut file = csv::Writer::from_writer(out);
                let header = Column::ALL.iter().map(|column| column.key());
                file.write_record(header).map_err(io_of)?;
                Self::Csv(Box::new(file))
            }
            FileForm::Qcvn => {
                out.write_all(qcvn::opening(None, data_time).as_bytes())?;
                Self::Qcvn(out, String::new())
            }
        })
    }

    fn person(&mut self, row: &Row) -> Result<(), ExportError> {
        match self {
            Self::Csv(file) => file.write_record(row.cells()).map_err(io_of)?,
            Self::Qcvn(out, text) => {
                text.clear();
                qcvn::write(row, text);
                text.push('\n');
                out.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<(), ExportError> {
        match self {
            Self::Csv(mut file) => file.flush()?,
            Self::Qcvn(mut out, _) => {
                out.write_all(qcvn::closing().as_bytes())?;
                out.flush()?;
            }
        }
        Ok(())
    }
}

fn io_of(error: csv::Error) -> ExportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => std::io::Error::other("a row cannot be written").into(),
    }
}

/// A person's name and number, if the person is there.
type Named = Option<(PersonName, Option<Pin>)>;

/// Looks people and households up in the registry.
struct Registered<'a> {
    store: &'a dyn Store,
    files: RefCell<HashMap<RecordId, Option<String>>>,
    people: RefCell<HashMap<RecordId, Named>>,
}

impl Registered<'_> {
    fn fields(&self, id: &RecordId) -> Option<Fields> {
        // What cannot be read is missing in a row of another; its own row says so.
        let kept = kept(self.store, id).ok().flatten()?;
        standing(&kept.record).ok().map(|standing| standing.fields)
    }
}

/// What was found before, or is found now.
fn remembered<T: Clone>(
    known: &RefCell<HashMap<RecordId, T>>,
    id: &RecordId,
    find: impl FnOnce() -> T,
) -> T {
    if let Some(found) = known.borrow().get(id) {
        return found.clone();
    }
    let found = find();
    let mut known = known.borrow_mut();
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.insert(*id, found.clone());
    found
}

impl Directory for Registered<'_> {
    fn person(&self, id: &RecordId) -> Named {
        remembered(&self.people, id, || {
            let fields = self.fields(id)?;
            let person = Person(&fields);
            Some((person.name()?.clone(), person.pin().copied()))
        })
    }

    fn named(&self, pin: &Pin) -> Option<PersonName> {
        let bytes = self.store.get(tables::NUMBERS, &pin_point(pin)).ok()??;
        let id: RecordId = decode(tables::NUMBERS, &bytes).ok()?;
        self.person(&id).map(|(name, _)| name)
    }

    fn household_file(&self, id: &RecordId) -> Option<String> {
        remembered(&self.files, id, || {
            let fields = self.fields(id)?;
            match fields.single(Field::HouseholdFile)? {
                Value::Text(text) => Some(text.as_str().to_owned()),
                _ => None,
            }
        })
    }
}
