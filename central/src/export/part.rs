//! One part of an export: the people of a commune, or those of none, read in portions and made
//! text.

use registry::OfficeCode;
use registry::RecordId;
use registry::exchange::{Carried, Row, qcvn, row_of};
use registry::fields::Fields;
use registry::person::Person;
use registry::record::Content;
use registry::schema::RecordKind;
use registry_store::KeyRange;

use super::neighbours::Neighbours;
use super::{ExportError, Exported, FileForm, Scope, Wanted};
use crate::tables::{self, Kept};
use crate::unit::{UnitError, decode};

/// Rows of a scan and of a look-up.
const SCAN: usize = 1_000;
/// Records of a commune that are held at once; more than most communes have.
const PORTION: usize = 50_000;
/// Text after which a piece is handed on.
const PIECE_BYTES: usize = 256 << 10;

/// People who are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Those whom a commune's office holds.
    Office(OfficeCode),
    /// Those whom no office holds: who died long ago, who lives abroad.
    Nobodys,
}

/// Takes a piece of text with what is in it; `false` if no more is wanted.
type Hand<'a> = dyn FnMut(Vec<u8>, Exported) -> bool + 'a;

/// A record whose values are ready.
struct Shown {
    id: RecordId,
    kind: RecordKind,
    fields: Fields,
    offices: Vec<OfficeCode>,
}

impl Shown {
    fn read(bytes: &[u8]) -> Result<Shown, UnitError> {
        let Kept {
            record, offices, ..
        } = decode(tables::RECORDS, bytes)?;
        let (id, kind) = (record.id, record.kind);
        let fields = match record.content {
            Content::Genesis(fields) => fields,
            Content::Document(_) => super::neighbours::standing(&record)?.fields,
        };
        Ok(Shown {
            id,
            kind,
            fields,
            offices,
        })
    }
}

/// Reads a part and hands its text on, piece by piece.
pub(super) fn read(wanted: Wanted<'_>, part: Part, hand: &mut Hand<'_>) -> Result<(), ExportError> {
    let mut job = Job {
        wanted,
        near: Neighbours::new(wanted.store),
        text: Text::begin(wanted.form),
        row: Row::default(),
        exported: Exported::default(),
        hand,
    };
    let done = match part {
        Part::Office(office) => job.office(office)?,
        Part::Nobodys => job.nobodys()?,
    };
    if done {
        job.hand_on();
    }
    Ok(())
}

struct Job<'a> {
    wanted: Wanted<'a>,
    near: Neighbours<'a>,
    text: Text,
    row: Row,
    exported: Exported,
    hand: &'a mut Hand<'a>,
}

impl Job<'_> {
    /// `false` if no more is wanted.
    fn office(&mut self, office: OfficeCode) -> Result<bool, ExportError> {
        let mut range = KeyRange::prefix(&office.to_be_bytes());
        loop {
            let portion = self.portion(&mut range)?;
            if portion.is_empty() {
                return Ok(true);
            }
            for shown in &portion {
                self.near.know(shown.id, shown.kind, &shown.fields);
            }
            for shown in portion {
                if writes(self.wanted, office, &shown.offices) && !self.write(&shown)? {
                    return Ok(false);
                }
            }
            self.near.forget();
        }
    }

    fn portion(&self, range: &mut KeyRange) -> Result<Vec<Shown>, UnitError> {
        let mut portion = Vec::new();
        while portion.len() < PORTION {
            let rows = self.wanted.store.scan(tables::SLICES, range, SCAN)?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            *range = range.clone().after(last);
            let ids: Vec<&[u8]> = rows.iter().filter_map(|(key, _)| key.get(4..)).collect();
            for bytes in self
                .wanted
                .store
                .get_many(tables::RECORDS, &ids)?
                .iter()
                .flatten()
            {
                portion.push(Shown::read(bytes)?);
            }
        }
        Ok(portion)
    }

    fn nobodys(&mut self) -> Result<bool, ExportError> {
        let mut range = KeyRange::all();
        loop {
            let rows = self
                .wanted
                .store
                .scan(tables::RECORDS, &range, SCAN)
                .map_err(UnitError::from)?;
            let Some((last, _)) = rows.last() else {
                return Ok(true);
            };
            range = KeyRange::all().after(last);
            for (_, bytes) in &rows {
                // The list of offices comes last: of an empty one there is its length alone. So
                // the many others need not be taken apart.
                if bytes.last() != Some(&0) {
                    continue;
                }
                let shown = Shown::read(bytes)?;
                if shown.offices.is_empty() && !self.write(&shown)? {
                    return Ok(false);
                }
            }
        }
    }

    fn write(&mut self, shown: &Shown) -> Result<bool, ExportError> {
        if shown.kind != RecordKind::Person {
            return Ok(true);
        }
        if Person(&shown.fields).is_revoked() {
            self.exported.revoked = self.exported.revoked.saturating_add(1);
            return Ok(true);
        }
        if row_of(&shown.fields, &self.near, &mut self.row) == Carried::InPart {
            self.exported.in_part = self.exported.in_part.saturating_add(1);
        }
        self.text.person(&self.row)?;
        self.exported.people = self.exported.people.saturating_add(1);
        Ok(self.text.len() < PIECE_BYTES || self.hand_on())
    }

    fn hand_on(&mut self) -> bool {
        (self.hand)(self.text.take(), std::mem::take(&mut self.exported))
    }
}

/// Whether somebody of several communes is written with this one: once in a file.
fn writes(wanted: Wanted<'_>, office: OfficeCode, offices: &[OfficeCode]) -> bool {
    let first = match wanted.scope {
        Scope::Office(_) => return true,
        Scope::Nation => offices.first(),
        Scope::Province(province) => offices
            .iter()
            .find(|office| super::province_of(wanted.units, **office) == Some(province)),
    };
    first == Some(&office)
}

/// Text that is being made.
pub(super) enum Text {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Qcvn(String),
}

impl Text {
    pub(super) fn begin(form: FileForm) -> Self {
        match form {
            FileForm::Csv => Self::Csv(Box::new(csv::Writer::from_writer(Vec::new()))),
            FileForm::Qcvn => Self::Qcvn(String::new()),
        }
    }

    fn person(&mut self, row: &Row) -> Result<(), ExportError> {
        match self {
            Self::Csv(_) => self.cells(row.cells()),
            Self::Qcvn(text) => {
                qcvn::write(row, text);
                text.push('\n');
                Ok(())
            }
        }
    }

    /// A line of a CSV file.
    pub(super) fn cells<'c>(
        &mut self,
        cells: impl Iterator<Item = &'c str>,
    ) -> Result<(), ExportError> {
        if let Self::Csv(file) = self {
            let written = file.write_record(cells);
            written.map_err(|_| std::io::Error::other("a row cannot be written"))?;
        }
        Ok(())
    }

    /// Bytes so far, as far as they are not in the writer's own buffer.
    fn len(&self) -> usize {
        match self {
            Self::Csv(file) => file.get_ref().len(),
            Self::Qcvn(text) => text.len(),
        }
    }

    /// The text so far; a new one begins.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Csv(file) => {
                let file = std::mem::replace(&mut **file, csv::Writer::from_writer(Vec::new()));
                // A list in memory takes everything.
                file.into_inner().unwrap_or_default()
            }
            Self::Qcvn(text) => std::mem::take(text).into_bytes(),
        }
    }
}
