//! Reading a decree from its file: every line that is wrong is told, with what to do about it.
//!
//! ```text
//! old_code,new_code,share,default[,hamlets][,name,kind,province][,lat,lon]
//! 00007,00008,part,1                 a divided commune: what no row names goes this way
//! 00007,00025,part,0,Tổ 5;Tổ 6       these hamlets go that way
//! 00001,00097,whole,1                merged: all of it becomes another
//! 00004,00004,whole,1,,Ba Đình,Phường,01      renamed, put into another class or province
//! ,11948,,,,Bạch Long Vĩ,Đặc khu,31           new, with nobody's records
//! ,,,,,Kinh Bắc,Tỉnh,27                       a province that is new, or has another name
//! ```

use std::collections::{BTreeMap, BTreeSet};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{
    Decree, HAMLETS_MAX, ProvinceCode, ProvinceRow, ROWS_MAX, Share, Succession, UnitRow, Units,
};
use crate::OfficeCode;
use crate::date::Date;
use crate::text::Line;

/// Largest file of a decree that is read, bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;
/// Most faults that are told at once.
const FAULTS_MAX: usize = 100;
const KINDS: [&str; 4] = ["Xã", "Phường", "Thị trấn", "Đặc khu"];
const PROVINCE_KINDS: [&str; 2] = ["Tỉnh", "Thành phố"];

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It is not a table.
    #[error(
        "the file is no table in UTF-8 with commas; its first line is old_code,new_code,share,default"
    )]
    Unreadable,
    /// A column is missing.
    #[error("the column `{0}` is missing; the first line is old_code,new_code,share,default")]
    Column(&'static str),
    /// Too many rows or bytes.
    #[error("the file is too long: a decree has {ROWS_MAX} rows at most")]
    TooLong,
    /// No row.
    #[error("the file has no row")]
    Empty,
    /// A code.
    #[error("`{0}` must be a commune code of 5 digits, for example 00004")]
    Code(&'static str),
    /// A share.
    #[error("`share` must be `whole` or `part`")]
    Share,
    /// A default.
    #[error("`default` must be 1 or 0")]
    Default,
    /// A text that is too long, or too many hamlets.
    #[error("`{0}` is too long")]
    Text(&'static str),
    /// A kind.
    #[error("`kind` must be Xã, Phường, Thị trấn or Đặc khu")]
    Kind,
    /// A province.
    #[error("`province` must be the two digits of a province")]
    Province,
    /// A province that never was.
    #[error(
        "{0} was never a province; if this decree makes it, name it in a row of its own: no codes, kind `Tỉnh` or `Thành phố`, province {0}"
    )]
    UnknownProvince(ProvinceCode),
    /// A province without a commune.
    #[error(
        "no commune is in province {0} after this decree; name the communes that it gets, or leave the row out"
    )]
    EmptyProvince(ProvinceCode),
    /// Two names of a province.
    #[error("province {0} is named twice, and not alike")]
    ProvinceTwice(ProvinceCode),
    /// A position.
    #[error("`lat` and `lon` must be degrees, for example 21.0386 and 105.838")]
    Position,
    /// No such commune.
    #[error(
        "{0} is no commune of the edition in force; look it up with `registryctl units show {0}`"
    )]
    UnknownOld(OfficeCode),
    /// A code of the past.
    #[error(
        "{0} was the code of a commune that is dissolved; a code is never used again: take a new one"
    )]
    Reused(OfficeCode),
    /// A code that goes on without its own commune.
    #[error(
        "{0} is a commune that this decree dissolves, and another one becomes {0}; a code is never used again: take a new one"
    )]
    Taken(OfficeCode),
    /// Two communes change places.
    #[error(
        "{0} and {1} become each other; a decree has no such circle: look at the two rows again"
    )]
    Cycle(OfficeCode, OfficeCode),
    /// The same row again.
    #[error("the row stands twice")]
    Twice,
    /// Whole, and more than one row.
    #[error("{0} goes whole to more than one commune; write `part` in each row, or leave one")]
    WholeTwice(OfficeCode),
    /// A part alone.
    #[error(
        "a part of {0} goes somewhere and the rest nowhere; add the other parts, or write `whole`"
    )]
    PartAlone(OfficeCode),
    /// No default, or more than one.
    #[error("{0} has {1} rows with default 1; one of its rows takes what no other names")]
    Defaults(OfficeCode, usize),
    /// A new commune without a name.
    #[error("{0} is new: give its name, kind and province in the same row")]
    Unnamed(OfficeCode),
    /// Two names.
    #[error("{0} is named twice, and not alike")]
    NamedTwice(OfficeCode),
    /// Nothing follows from it.
    #[error("the row has neither an old commune nor a name for a new one or a province")]
    Idle,
}

impl FileFault {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            FileFault::Unreadable => "decree_unreadable",
            FileFault::Column(_) => "decree_column",
            FileFault::TooLong => "decree_too_long",
            FileFault::Empty => "decree_empty",
            FileFault::Code(_) => "decree_code",
            FileFault::Share => "decree_share",
            FileFault::Default => "decree_default",
            FileFault::Text(_) => "decree_text",
            FileFault::Kind => "decree_kind",
            FileFault::Province => "decree_province",
            FileFault::UnknownProvince(_) => "decree_province_unknown",
            FileFault::EmptyProvince(_) => "decree_province_empty",
            FileFault::ProvinceTwice(_) => "decree_province_twice",
            FileFault::Position => "decree_position",
            FileFault::UnknownOld(_) => "decree_unknown_commune",
            FileFault::Reused(_) => "decree_code_reused",
            FileFault::Taken(_) => "decree_code_taken",
            FileFault::Cycle(..) => "decree_cycle",
            FileFault::Twice => "decree_row_twice",
            FileFault::WholeTwice(_) => "decree_whole_twice",
            FileFault::PartAlone(_) => "decree_part_alone",
            FileFault::Defaults(..) => "decree_default_missing",
            FileFault::Unnamed(_) => "decree_unnamed",
            FileFault::NamedTwice(_) => "decree_named_twice",
            FileFault::Idle => "decree_row_idle",
        }
    }
}

/// A fault and its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct DecreeFault {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: FileFault,
}

/// Why a file is no decree: all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the decree cannot be applied: {}", self.words())]
pub struct DecreeError(pub Vec<DecreeFault>);

impl DecreeError {
    /// Stable code: that of the first fault.
    pub fn code(&self) -> &'static str {
        self.0
            .first()
            .map_or("decree_unreadable", |first| first.fault.code())
    }

    fn words(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        lines.join("; ")
    }
}

/// A row that was read, with its line.
struct Read<T> {
    line: u64,
    row: T,
}

#[derive(Default)]
struct Reader {
    faults: Vec<DecreeFault>,
    rows: Vec<Read<Succession>>,
    units: BTreeMap<OfficeCode, Read<UnitRow>>,
    provinces: BTreeMap<ProvinceCode, Read<ProvinceRow>>,
    /// Codes of new communes, with the line that first tells of each.
    news: BTreeMap<OfficeCode, u64>,
}

impl Decree {
    /// Reads a decree's file and holds it against the units that it changes.
    pub fn read(text: &str, effective: Date, known: &Units) -> Result<Decree, DecreeError> {
        let mut reader = Reader::default();
        reader.read(text);
        if reader.faults.is_empty() {
            reader.rows.sort_by_key(|read| (read.row.old, read.row.new));
            reader.check(known);
        }
        let lines: Vec<_> = reader.provinces.values().map(|read| read.line).collect();
        let decree = Decree {
            effective,
            rows: reader.rows.into_iter().map(|read| read.row).collect(),
            units: reader.units.into_values().map(|read| read.row).collect(),
            provinces: reader
                .provinces
                .into_values()
                .map(|read| read.row)
                .collect(),
        };
        let mut faults = reader.faults;
        if faults.is_empty() {
            faults = without_communes(&decree, known, &lines);
        }
        if faults.is_empty() {
            return Ok(decree);
        }
        faults.sort_by_key(|fault| fault.line);
        faults.truncate(FAULTS_MAX);
        Err(DecreeError(faults))
    }
}

impl Reader {
    fn fault(&mut self, line: u64, fault: FileFault) {
        self.faults.push(DecreeFault { line, fault });
    }

    fn read(&mut self, text: &str) {
        if text.len() > FILE_BYTES_MAX {
            return self.fault(1, FileFault::TooLong);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut table = ReaderBuilder::new()
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let Ok(header) = table.headers().cloned() else {
            return self.fault(1, FileFault::Unreadable);
        };
        for column in ["old_code", "new_code", "share", "default"] {
            if !header.iter().any(|name| name == column) {
                return self.fault(1, FileFault::Column(column));
            }
        }
        let mut line = 1;
        for record in table.records() {
            line += 1;
            let Ok(record) = record else {
                return self.fault(line, FileFault::Unreadable);
            };
            let line = record.position().map_or(line, csv::Position::line);
            if self.rows.len() + self.units.len() + self.provinces.len() >= ROWS_MAX {
                return self.fault(line, FileFault::TooLong);
            }
            let cells = Cells {
                header: &header,
                record: &record,
            };
            if let Err(fault) = self.take(line, &cells) {
                self.fault(line, fault);
            }
        }
        let empty = self.rows.is_empty() && self.units.is_empty() && self.provinces.is_empty();
        if empty && self.faults.is_empty() {
            self.fault(1, FileFault::Empty);
        }
    }

    fn take(&mut self, line: u64, cells: &Cells<'_>) -> Result<(), FileFault> {
        if let Some(province) = cells.named_province()? {
            return self.name_province(line, province);
        }
        let new = cells.code("new_code")?.ok_or(FileFault::Code("new_code"))?;
        self.news.entry(new).or_insert(line);
        let unit = cells.unit(new)?;
        let Some(old) = cells.code("old_code")? else {
            let unit = unit.ok_or(FileFault::Idle)?;
            return self.name(line, unit);
        };
        if let Some(unit) = unit {
            self.name(line, unit)?;
        }
        let row = Succession {
            old,
            new,
            share: match cells.get("share") {
                "whole" => Share::Whole,
                "part" => Share::Part,
                _ => return Err(FileFault::Share),
            },
            default: match cells.get("default") {
                "1" => true,
                "0" => false,
                _ => return Err(FileFault::Default),
            },
            hamlets: cells.hamlets()?,
        };
        self.rows.push(Read { line, row });
        Ok(())
    }

    fn name(&mut self, line: u64, unit: UnitRow) -> Result<(), FileFault> {
        match self.units.get(&unit.code) {
            Some(known) if known.row != unit => Err(FileFault::NamedTwice(unit.code)),
            _ => {
                self.units.insert(unit.code, Read { line, row: unit });
                Ok(())
            }
        }
    }

    fn name_province(&mut self, line: u64, row: ProvinceRow) -> Result<(), FileFault> {
        match self.provinces.get(&row.code) {
            Some(known) if known.row != row => Err(FileFault::ProvinceTwice(row.code)),
            _ => {
                self.provinces.insert(row.code, Read { line, row });
                Ok(())
            }
        }
    }

    fn check(&mut self, known: &Units) {
        let mut of: BTreeMap<OfficeCode, Vec<&Read<Succession>>> = BTreeMap::new();
        for read in &self.rows {
            of.entry(read.row.old).or_default().push(read);
        }
        let mut faults = Vec::new();
        for (old, rows) in &of {
            let line = rows.first().map_or(1, |read| read.line);
            faults.extend(fault_of(*old, rows, known).map(|fault| DecreeFault { line, fault }));
        }
        for (new, line) in &self.news {
            let goes_on = of
                .get(new)
                .is_none_or(|rows| rows.iter().any(|read| read.row.new == *new));
            let fault = if known.exists(*new) {
                (!goes_on).then(|| {
                    let back = of.get(new).into_iter().flatten().map(|read| read.row.new);
                    let circle = back.into_iter().find(|other| {
                        of.get(other)
                            .is_some_and(|rows| rows.iter().any(|read| read.row.new == *new))
                    });
                    circle.map_or(FileFault::Taken(*new), |other| {
                        FileFault::Cycle(*new, other)
                    })
                })
            } else if known.existed(*new) {
                Some(FileFault::Reused(*new))
            } else {
                (!self.units.contains_key(new)).then_some(FileFault::Unnamed(*new))
            };
            faults.extend(fault.map(|fault| DecreeFault { line: *line, fault }));
        }
        for read in self.units.values() {
            let code = read.row.province;
            if !self.provinces.contains_key(&code) && !known.was_province(code) {
                faults.push(DecreeFault {
                    line: read.line,
                    fault: FileFault::UnknownProvince(code),
                });
            }
        }
        // The decree of 2025 names its new communes by the table that this release has.
        let rows: Vec<&Succession> = self.rows.iter().map(|read| &read.row).collect();
        let of_july = Decree::of_july_2025();
        let names = !self.units.is_empty() || !self.provinces.is_empty();
        if !names && rows.iter().copied().eq(of_july.rows.iter()) {
            faults.retain(|fault| !matches!(fault.fault, FileFault::Unnamed(_)));
        }
        self.faults.extend(faults);
    }
}

/// The provinces that a decree names though they have no commune after it.
fn without_communes(decree: &Decree, known: &Units, lines: &[u64]) -> Vec<DecreeFault> {
    if decree.provinces.is_empty() {
        return Vec::new();
    }
    let after = known.table().after(decree);
    let rows = decree.provinces.iter().zip(lines);
    rows.filter(|(row, _)| after.communes_of(row.code).next().is_none())
        .map(|(row, line)| DecreeFault {
            line: *line,
            fault: FileFault::EmptyProvince(row.code),
        })
        .collect()
}

/// What is wrong with the rows of one old commune, taken together.
fn fault_of(old: OfficeCode, rows: &[&Read<Succession>], known: &Units) -> Option<FileFault> {
    let whole = rows
        .iter()
        .filter(|read| read.row.share == Share::Whole)
        .count();
    let defaults = rows.iter().filter(|read| read.row.default).count();
    let targets: BTreeSet<OfficeCode> = rows.iter().map(|read| read.row.new).collect();
    if !known.exists(old) {
        Some(FileFault::UnknownOld(old))
    } else if targets.len() < rows.len() {
        Some(FileFault::Twice)
    } else if whole > 0 && rows.len() > 1 {
        Some(FileFault::WholeTwice(old))
    } else if whole == 0 && rows.len() == 1 {
        Some(FileFault::PartAlone(old))
    } else if defaults != 1 {
        Some(FileFault::Defaults(old, defaults))
    } else {
        None
    }
}

/// A row of the file, by column.
struct Cells<'a> {
    header: &'a StringRecord,
    record: &'a StringRecord,
}

impl Cells<'_> {
    fn get(&self, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place
            .and_then(|place| self.record.get(place))
            .unwrap_or_default()
    }

    fn code(&self, column: &'static str) -> Result<Option<OfficeCode>, FileFault> {
        match self.get(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| FileFault::Code(column)),
        }
    }

    fn hamlets(&self) -> Result<Vec<Line<100>>, FileFault> {
        let names = self.get("hamlets").split(';').map(str::trim);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        if names.len() > HAMLETS_MAX {
            return Err(FileFault::Text("hamlets"));
        }
        let line = |name: &&str| Line::parse(name).map_err(|_| FileFault::Text("hamlets"));
        names.iter().map(line).collect()
    }

    /// The province that the row names: it has no code of a commune, and a province's kind.
    fn named_province(&self) -> Result<Option<ProvinceRow>, FileFault> {
        let codes = [self.get("old_code"), self.get("new_code")];
        if !PROVINCE_KINDS.contains(&self.get("kind")) || codes.iter().any(|code| !code.is_empty())
        {
            return Ok(None);
        }
        let code = self.get("province").parse();
        let name = self.get("name");
        if name.is_empty() {
            return Err(FileFault::Idle);
        }
        Ok(Some(ProvinceRow {
            code: code.map_err(|_| FileFault::Province)?,
            name: Line::parse(name).map_err(|_| FileFault::Text("name"))?,
        }))
    }

    /// The unit that the row names; none if it names none.
    fn unit(&self, code: OfficeCode) -> Result<Option<UnitRow>, FileFault> {
        let (name, kind, province) = (self.get("name"), self.get("kind"), self.get("province"));
        if name.is_empty() && kind.is_empty() && province.is_empty() {
            return Ok(None);
        }
        if name.is_empty() {
            return Err(FileFault::Unnamed(code));
        }
        if !KINDS.contains(&kind) {
            return Err(FileFault::Kind);
        }
        let province = province.parse().map_err(|_| FileFault::Province)?;
        Ok(Some(UnitRow {
            code,
            name: Line::parse(name).map_err(|_| FileFault::Text("name"))?,
            kind: Line::parse(kind).map_err(|_| FileFault::Kind)?,
            province,
            at: (self.degrees("lat")?, self.degrees("lon")?),
        }))
    }

    fn degrees(&self, column: &str) -> Result<i32, FileFault> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(0);
        }
        let degrees: f64 = text.parse().map_err(|_| FileFault::Position)?;
        if !(-180.0..=180.0).contains(&degrees) {
            return Err(FileFault::Position);
        }
        #[allow(clippy::cast_possible_truncation)] // 1,800,000 at most
        let parts = (degrees * 10_000.0).round() as i32;
        Ok(parts)
    }
}
