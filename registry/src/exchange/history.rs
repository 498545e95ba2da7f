//! What a person had and has besides what stands in columns of its own: other marriages and
//! residences, absences, stays, cards, cancelled numbers, papers and dossiers. One cell holds all entries of a kind: entries apart by `;`,
//! the parts of an entry by `|`, either led by a `\` where it is meant as it stands.

use super::{Column, Directory, Row, papers};
use crate::OfficeCode;
use crate::code::Country;
use crate::date::PartialDate;
use crate::exchange::name::{read_line, read_name};
use crate::fields::Fields;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::schema::Field;
use crate::value::{Absence, Card, Line, Marriage, Place, Residence, Stay, Value};

pub(super) const EMPTY: &str = "this part must not be empty";
/// Entries of one cell.
pub(super) const ENTRIES_MAX: usize = 64;
/// Parts of an entry.
const PARTS_MAX: usize = 12;

/// A column of entries, the field that they fill, and the names of an entry's parts.
pub const HISTORIES: [(Column, Field, &[&str]); 9] = [
    (
        Column::OtherMarriages,
        Field::Marriages,
        &[
            "spouse_name",
            "spouse_pin",
            "date",
            "certificate",
            "ended",
            "ground",
        ],
    ),
    (Column::OtherResidences, Field::Permanent, RESIDENCE),
    (Column::TemporaryResidences, Field::Temporary, RESIDENCE),
    (Column::Absences, Field::Absences, TIME_AND_PLACE),
    (Column::Stays, Field::Stays, TIME_AND_PLACE),
    (Column::Cards, Field::Cards, &["issued", "place", "expires"]),
    (Column::CancelledNumbers, Field::PinAliases, &["pin"]),
    (
        Column::Confirmations,
        Field::Confirmations,
        papers::CONFIRMATION,
    ),
    (
        Column::Applications,
        Field::Applications,
        papers::APPLICATION,
    ),
];
const RESIDENCE: &[&str] = &["unit", "address", "from", "until", "to", "ground"];
const TIME_AND_PLACE: &[&str] = &["from", "to", "unit", "text", "country"];

/// What is wrong with a cell of entries, or odd about one that was taken; never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry}, {part}: {words}")]
pub struct EntryFault {
    /// Which entry, from 1.
    pub entry: usize,
    /// Which part of it.
    pub part: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// The rule.
    pub words: String,
}

/// Appends an entry of the person to its cell; `false` if the cell has no room for it.
pub(super) fn write(
    row: &mut Row,
    column: Column,
    value: &Value,
    directory: &dyn Directory,
) -> bool {
    let iso = |date: &PartialDate| date.to_iso();
    let some = |date: &Option<PartialDate>| date.as_ref().map(iso).unwrap_or_default();
    let parts: Vec<String> = match value {
        Value::Marriage(Marriage {
            spouse,
            date,
            certificate,
            ended,
            ground,
        }) => {
            let (name, pin) = super::person::named(spouse, directory);
            let name = name
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default();
            let pin = pin.map(Pin::digits).unwrap_or_default();
            vec![
                name,
                pin,
                iso(date),
                certificate.as_str().to_owned(),
                some(ended),
                ground.as_str().to_owned(),
            ]
        }
        Value::Residence(Residence {
            unit,
            address,
            from,
            until,
            to,
            ground,
        }) => vec![
            unit.to_string(),
            address.as_str().to_owned(),
            iso(from),
            some(until),
            some(to),
            ground.as_str().to_owned(),
        ],
        Value::Absence(Absence {
            from,
            to,
            destination,
        }) => time_and_place(from, to, destination),
        Value::Stay(Stay { from, to, place }) => time_and_place(from, to, place),
        Value::Card(Card {
            issued,
            place,
            expires,
        }) => {
            vec![iso(issued), place.as_str().to_owned(), some(expires)]
        }
        Value::Pin(pin) => vec![pin.digits()],
        Value::Confirmation(paper) => papers::confirmation(paper),
        Value::Application(dossier) => papers::application(dossier, directory),
        _ => return false,
    };
    if row.text(column).matches(';').count() >= ENTRIES_MAX {
        return false;
    }
    let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
    row.add(column, &parts.join("|"));
    true
}

fn time_and_place(from: &PartialDate, to: &PartialDate, place: &Place) -> Vec<String> {
    let unit = place.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let country = place.country.map(|country| country.as_str().to_owned());
    vec![
        from.to_iso(),
        to.to_iso(),
        unit,
        place.text.as_str().to_owned(),
        country.unwrap_or_default(),
    ]
}

/// Reads the entries of a column of [`HISTORIES`] into their field, and gives what is odd and was taken
/// all the same. What looks like an old encoding is taken if it is meant so (`as_written`).
///
/// # Errors
/// The first part that is not what it must be.
pub fn read(
    row: &Row,
    column: Column,
    as_written: bool,
    fields: &mut Fields,
) -> Result<Vec<EntryFault>, EntryFault> {
    let mut doubts = Vec::new();
    let Some((_, field, names)) = HISTORIES.iter().find(|(of, ..)| *of == column) else {
        return Ok(doubts);
    };
    for (place, parts) in split(row.text(column)).into_iter().enumerate() {
        let mut entry = Entry {
            number: place + 1,
            names,
            parts,
            as_written,
            doubts: Vec::new(),
        };
        if place >= ENTRIES_MAX || entry.parts.len() > names.len() {
            return Err(entry.fault(0, "there are too many of them"));
        }
        fields.push(*field, entry.value(*field)?);
        doubts.append(&mut entry.doubts);
    }
    Ok(doubts)
}

/// One entry that is being read.
pub(super) struct Entry<'a> {
    number: usize,
    names: &'a [&'static str],
    parts: Vec<String>,
    as_written: bool,
    doubts: Vec<EntryFault>,
}

impl Entry<'_> {
    pub(super) fn fault(&self, part: usize, words: &str) -> EntryFault {
        EntryFault {
            entry: self.number,
            part: self.names.get(part).copied().unwrap_or_default(),
            code: "entry_form",
            words: words.to_owned(),
        }
    }

    pub(super) fn text(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |text| text.trim())
    }

    pub(super) fn some<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        part: usize,
    ) -> Result<Option<T>, EntryFault> {
        let text = self.text(part);
        if text.is_empty() {
            return Ok(None);
        }
        let read = text.parse().map(Some);
        read.map_err(|error: T::Err| self.fault(part, &error.to_string()))
    }

    /// A day, in any of the forms of files.
    pub(super) fn some_day(&self, part: usize) -> Result<Option<PartialDate>, EntryFault> {
        let text = self.text(part);
        if text.is_empty() {
            return Ok(None);
        }
        let read = PartialDate::parse_written(text).map(Some);
        read.map_err(|error| self.fault(part, &error.to_string()))
    }

    pub(super) fn day(&self, part: usize) -> Result<PartialDate, EntryFault> {
        let missing = || self.fault(part, EMPTY);
        self.some_day(part)?.ok_or_else(missing)
    }

    /// A name; not one in an old encoding, unless it is meant so.
    pub(super) fn name(&mut self, part: usize) -> Result<Option<PersonName>, EntryFault> {
        let text = self.text(part);
        if text.is_empty() {
            return Ok(None);
        }
        let read = read_name(text);
        let (name, looks) = read.map_err(|wrong| self.coded(part, wrong.code(), &wrong))?;
        if let Some(looks) = looks {
            let doubt = self.coded(part, looks.code(), &looks);
            self.doubt(doubt, looks.is_sure())?;
        }
        Ok(Some(name))
    }

    fn coded(&self, part: usize, code: &'static str, words: &impl std::fmt::Display) -> EntryFault {
        EntryFault {
            code,
            ..self.fault(part, &words.to_string())
        }
    }

    fn doubt(&mut self, doubt: EntryFault, surely: bool) -> Result<(), EntryFault> {
        if surely && !self.as_written {
            return Err(doubt);
        }
        self.doubts.push(doubt);
        Ok(())
    }

    pub(super) fn one<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        part: usize,
    ) -> Result<T, EntryFault> {
        let missing = || self.fault(part, EMPTY);
        self.some(part)?.ok_or_else(missing)
    }

    /// A line of words; not one in an old encoding, unless it is meant so.
    pub(super) fn line(&mut self, part: usize) -> Result<Line, EntryFault> {
        let text = self.parts.get(part).map_or("", String::as_str);
        let read = read_line(text);
        let (line, looks) = read.map_err(|wrong| self.coded(part, wrong.code(), &wrong))?;
        if let Some(looks) = looks {
            let doubt = self.coded(part, looks.code(), &looks);
            self.doubt(doubt, looks.is_sure())?;
        }
        Ok(line)
    }

    fn place(&mut self, unit: usize) -> Result<Place, EntryFault> {
        Ok(Place {
            unit: self.some::<OfficeCode>(unit)?,
            text: self.line(unit + 1)?,
            country: self.some::<Country>(unit + 2)?,
        })
    }

    fn value(&mut self, field: Field) -> Result<Value, EntryFault> {
        Ok(match field {
            Field::Marriages => {
                let name = self.name(0)?;
                let spouse = super::person::link(name, self.some::<Pin>(1)?);
                let missing = || self.fault(0, EMPTY);
                Value::Marriage(Marriage {
                    spouse: spouse.ok_or_else(missing)?,
                    date: self.day(2)?,
                    certificate: self.line(3)?,
                    ended: self.some_day(4)?,
                    ground: self.line(5)?,
                })
            }
            Field::Absences => Value::Absence(Absence {
                from: self.day(0)?,
                to: self.day(1)?,
                destination: self.place(2)?,
            }),
            Field::Stays => Value::Stay(Stay {
                from: self.day(0)?,
                to: self.day(1)?,
                place: self.place(2)?,
            }),
            Field::PinAliases => Value::Pin(self.one(0)?),
            Field::Confirmations => Value::Confirmation(papers::read_confirmation(self)?),
            Field::Applications => Value::Application(Box::new(papers::read_application(self)?)),
            Field::Cards => Value::Card(Card {
                issued: self.day(0)?,
                place: self.line(1)?,
                expires: self.some_day(2)?,
            }),
            _ => Value::Residence(Residence {
                unit: self.one(0)?,
                address: self.line(1)?,
                from: self.day(2)?,
                until: self.some_day(3)?,
                to: self.some_day(4)?,
                ground: self.line(5)?,
            }),
        })
    }
}

/// `;`, `|` and `\` are led by a `\`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ';' | '|' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Entries with their parts; one entry and one part more than are possible, so that excess shows.
fn split(cell: &str) -> Vec<Vec<String>> {
    let (mut entries, mut parts, mut text) = (Vec::new(), Vec::new(), String::new());
    let mut chars = cell.chars();
    loop {
        let c = chars.next();
        match c {
            Some('\\') => text.extend(chars.next()),
            Some('|') if parts.len() <= PARTS_MAX => parts.push(std::mem::take(&mut text)),
            None | Some(';') => {
                parts.push(std::mem::take(&mut text));
                let entry = std::mem::take(&mut parts);
                if entry.iter().any(|part| !part.trim().is_empty()) {
                    entries.push(entry);
                }
            }
            Some(c) => text.push(c),
        }
        if c.is_none() || entries.len() > ENTRIES_MAX {
            return entries;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(column: Column, cell: &str) -> Result<Fields, EntryFault> {
        let mut row = Row::default();
        row.set(column, cell);
        let mut fields = Fields::new();
        read(&row, column, false, &mut fields)?;
        Ok(fields)
    }

    #[test]
    fn entries_come_back_whatever_signs_they_have() {
        for (column, cell) in [
            (
                Column::OtherMarriages,
                "Lê Thị Ba||1999-05|12/1999|2004-01-02|divorce",
            ),
            (
                Column::OtherMarriages,
                "Lê Thị Ba|001190000003|1999-05|||;|001190000004|2005|||",
            ),
            (
                Column::OtherResidences,
                "00004|Số 3\\; Thôn\\|2|1990||2001-02-03|moved",
            ),
            (
                Column::TemporaryResidences,
                "00004||2020-01-01|2021-01-01||;00008||2022|||",
            ),
            (Column::Absences, "2020-01-01|2020-02-01|00004|Xóm \\\\ 3|"),
            (Column::Stays, "2020-01-01|2020-01-03|||LA"),
            (Column::Cards, "2021-07-01|Cục C06|2031-07-01;2031-07-02||"),
            (Column::CancelledNumbers, "001090000001;002090000002"),
            (
                Column::Confirmations,
                "12/XN|kết hôn|1|2026-01-02|2026-07-01;13/XN||3|2026-08|2027-02",
            ),
            (
                Column::Applications,
                "card_exchange|wish|face+iris|0912345678||001090000001|2026-02-03|received|\
                 Lê Thị Ba|1990-05|female|00ff00ff00ff00ff+0123456789abcdef;\
                 child_pin||||Lê Văn Tư|001090000002|2026-02|withdrawn|Lê Ba|30/02/1950|male|",
            ),
        ] {
            let fields = read_back(column, cell).unwrap();
            let field = HISTORIES.iter().find(|(of, ..)| *of == column).unwrap().1;
            let mut row = Row::default();
            for (_, value) in fields.entries(field) {
                assert!(write(&mut row, column, value, &Nobody));
            }
            assert_eq!(row.text(column), cell);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_content() {
        let told = |column, cell: &str| read_back(column, cell).unwrap_err().to_string();
        assert!(told(Column::Cards, "2021|x|;bad|y|").starts_with("entry 2, issued: "));
        assert!(!told(Column::Cards, "2021|x|;bad|y|").contains("bad"));
        assert!(told(Column::OtherMarriages, "||1999|||").starts_with("entry 1, spouse_name: "));
        assert!(told(Column::OtherResidences, "|x|1990|||").starts_with("entry 1, unit: "));
        assert!(told(Column::CancelledNumbers, "0010900").starts_with("entry 1, pin: "));
        assert!(told(Column::Confirmations, "1||9|2026|2026").starts_with("entry 1, status: "));
        let dossier = "child_pin||||||2026|received|Lê Ba|1990|male|xyz";
        assert!(told(Column::Applications, dossier).starts_with("entry 1, seen: "));
        let dossier = "child_pin||||||2026|lost|Lê Ba|1990|male|";
        assert!(told(Column::Applications, dossier).starts_with("entry 1, state: "));
        let dossier = "child_pin||||||2026|received||1990|male|";
        assert!(told(Column::Applications, dossier).starts_with("entry 1, name: "));
        assert!(told(Column::Cards, "2021|||||").contains("too many"));
        assert!(told(Column::Cards, &"2021||;".repeat(65)).contains("too many"));
        assert_eq!(read_back(Column::Cards, " ; ;").unwrap(), Fields::new());
    }

    struct Nobody;
    impl Directory for Nobody {
        fn person(&self, _: &crate::RecordId) -> Option<(PersonName, Option<Pin>)> {
            None
        }
        fn named(&self, _: &Pin) -> Option<PersonName> {
            None
        }
        fn household(&self, _: &crate::RecordId) -> super::super::HouseholdNumbers {
            super::super::HouseholdNumbers::default()
        }
    }

    #[test]
    fn days_of_entries_are_read_in_the_forms_of_files() {
        let written = "Lê Thị Ba||05-06-1999||2004-01-02 00:00:00|divorce";
        let plain = "Lê Thị Ba||1999-06-05||02/01/2004|divorce";
        let read = |cell| read_back(Column::OtherMarriages, cell).unwrap();
        assert_eq!(read(written), read(plain));
    }
}
