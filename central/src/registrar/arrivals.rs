//! Records that arrive from files: stored by the portion, each portion with the word how far the
//! file has come, so that an interrupted import goes on where it stood.

use registry::person::Person;
use registry::pin::Pin;
use registry::record::Content;
use registry::rules::pin_point;
use registry::schema::{Field, RecordKind};

use super::*;
use crate::file_numbers;
use crate::import::{Arrival, Column, Number, NumberTaken, Portion, Stored};
use crate::ledger;
use crate::tables::{ImportId, ImportRow};

/// Bytes of a unit of work at which it is handed over: a batch of the store holds twice as much.
const UNIT_BYTES: usize = 3 << 20;

/// An import of a file that may be interrupted and go on.
pub struct Import<'a> {
    registrar: &'a Registrar,
    id: ImportId,
    row: ImportRow,
    /// Whether an office has a node, and so is told.
    staffed: BTreeMap<OfficeCode, bool>,
    /// What was looked at and not stored.
    looked: file_numbers::Looked,
}

/// What an arrival came to.
enum Came {
    New,
    Known,
    Taken(Number),
}

impl Registrar {
    /// Adds records from elsewhere, those that are not here yet; returns how many were new.
    /// Durable when it returns. Offices that have a node hear of theirs through the feed.
    pub fn import(&self, at_s: i64, records: Vec<Record>) -> Result<(u64, Grew), UnitError> {
        let arrival = |record| Arrival {
            row: 0,
            line: 0,
            record,
            file: None,
        };
        let portion = Portion {
            arrivals: records.into_iter().map(arrival).collect(),
            ..Portion::default()
        };
        let (stored, grew) = self.store_portion(at_s, portion, &mut BTreeMap::new(), None)?;
        self.sync()?;
        Ok((stored.imported, grew))
    }

    /// An import of a file; how far an earlier one of the same file came is known.
    pub fn begin_import(&self, id: ImportId, restart: bool) -> Result<Import<'_>, UnitError> {
        let row = match self.store.get(tables::IMPORTS, &id)? {
            Some(bytes) if !restart => decode(tables::IMPORTS, &bytes)?,
            _ => ImportRow::default(),
        };
        // A file that was imported to its end is looked through once more, from its beginning.
        let row = if row.done { ImportRow::default() } else { row };
        Ok(Import {
            registrar: self,
            id,
            row,
            staffed: BTreeMap::new(),
            looked: file_numbers::Looked::default(),
        })
    }

    fn store_portion(
        &self,
        at_s: i64,
        portion: Portion,
        staffed: &mut BTreeMap<OfficeCode, bool>,
        mut progress: Option<(&ImportId, &mut ImportRow)>,
    ) -> Result<(Stored, Grew), UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let mut stored = Stored::default();
        let mut grew = Grew::new();
        // A number that is set aside for an office may stand on a newborn's paper already.
        let set_aside = !unit.keys(tables::BLOCKS, &[], 1)?.is_empty();
        for arrival in portion.arrivals {
            if unit.written_bytes() >= UNIT_BYTES {
                audit(&mut unit, "import", None, None, (stored.imported, 0))?;
                grew.extend(self.hand_over(unit)?);
                unit = self.begin(at_s)?;
            }
            let (row, line) = (arrival.row, arrival.line);
            let is_household = arrival.record.kind == RecordKind::Household;
            let came = arrive(&mut unit, arrival, staffed, set_aside)?;
            let count = match came {
                Came::New => &mut stored.imported,
                Came::Known => &mut stored.already_there,
                Came::Taken(number) => {
                    // A household is no row: those of its members were told.
                    if is_household && progress.is_some() {
                        continue;
                    }
                    stored.taken.push(NumberTaken { row, line, number });
                    if let Some((id, _)) = &progress {
                        let key = tables::key(&[id.as_slice(), &row.to_be_bytes()]);
                        let is_file = matches!(number, Number::File(_));
                        unit.put(tables::IMPORT_TAKEN, &key, &is_file)?;
                    }
                    continue;
                }
            };
            *count = count.saturating_add(1);
            if let Some((_, so_far)) = &mut progress {
                let count = match (is_household, &came) {
                    (true, Came::New) => &mut so_far.households,
                    (false, Came::New) => &mut so_far.people,
                    (false, _) => &mut so_far.people_known,
                    (true, _) => continue,
                };
                *count = count.saturating_add(1);
            }
        }
        if let Some((id, so_far)) = progress {
            so_far.rows = so_far.rows.max(portion.up_to_row);
            so_far.line = so_far.line.max(portion.up_to_line);
            so_far.at_s = at_s;
            unit.put(tables::IMPORTS, id, so_far)?;
        }
        audit(&mut unit, "import", None, None, (stored.imported, 0))?;
        grew.extend(self.hand_over(unit)?);
        Ok((stored, grew))
    }
}

impl Import<'_> {
    /// How far it has come.
    pub const fn so_far(&self) -> &ImportRow {
        &self.row
    }

    /// The places in the file of rows so far whose number somebody else has, with its column.
    pub fn taken(&self) -> Result<Vec<(u64, Column)>, UnitError> {
        let store = &self.registrar.store;
        let mut range = KeyRange::prefix(&self.id);
        let mut places = Vec::new();
        loop {
            let rows = store.scan(tables::IMPORT_TAKEN, &range, SCAN)?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            range = range.after(last);
            for (key, value) in &rows {
                let bytes = key.get(self.id.len()..);
                let Some(bytes) = bytes.and_then(<[u8]>::first_chunk::<8>) else {
                    continue;
                };
                let column = match value.as_slice() {
                    [1] => Column::HouseholdFile,
                    _ => Column::Pin,
                };
                places.push((u64::from_be_bytes(*bytes), column));
            }
        }
        places.retain(|(place, _)| *place <= self.row.rows);
        Ok(places)
    }

    /// Looks what storing a portion would come to, and stores nothing.
    pub fn look(&mut self, portion: &Portion) -> Result<Stored, UnitError> {
        let unit = self.registrar.begin(0)?;
        let mut stored = Stored::default();
        for arrival in &portion.arrivals {
            let (row, line, record) = (arrival.row, arrival.line, &arrival.record);
            if unit.bytes(tables::RECORDS, record.id.as_bytes())?.is_some() {
                stored.already_there = stored.already_there.saturating_add(1);
                continue;
            }
            let there = taken_number(&unit, arrival, false)?;
            let taken = there.or_else(|| self.looked.taken(arrival).map(Number::File));
            match taken {
                Some(_) if record.kind == RecordKind::Household => {}
                Some(number) => stored.taken.push(NumberTaken { row, line, number }),
                None => stored.imported = stored.imported.saturating_add(1),
            }
        }
        Ok(stored)
    }

    /// Stores a portion. Durable when it returns.
    pub fn store(&mut self, at_s: i64, portion: Portion) -> Result<Stored, UnitError> {
        let progress = Some((&self.id, &mut self.row));
        let (stored, _) =
            self.registrar
                .store_portion(at_s, portion, &mut self.staffed, progress)?;
        self.registrar.sync()?;
        Ok(stored)
    }

    /// Notes that the file is at its end. Durable when it returns.
    pub fn finish(&mut self, at_s: i64) -> Result<(), UnitError> {
        self.row.done = true;
        self.store(at_s, Portion::default())?;
        Ok(())
    }
}

/// Rows of a scan.
const SCAN: usize = 1_000;

fn arrive(
    unit: &mut Unit<'_>,
    arrival: Arrival,
    staffed: &mut BTreeMap<OfficeCode, bool>,
    set_aside: bool,
) -> Result<Came, UnitError> {
    let id = arrival.record.id;
    if unit.bytes(tables::RECORDS, id.as_bytes())?.is_some() {
        return Ok(Came::Known);
    }
    if let Some(number) = taken_number(unit, &arrival, set_aside)? {
        return Ok(Came::Taken(number));
    }
    file_numbers::note_imported(unit, &arrival)?;
    let record = arrival.record;
    let point = numbers_of(&record).first().map(pin_point);
    let edition = unit.units().edition();
    if edition > unit.units().base() {
        // Its codes are those of the edition in which it comes.
        unit.put(tables::FORMER, &tables::record_mark(&id), &edition)?;
    }
    let moved = if has_one_number(&record) {
        let moved = slices::place_new(unit, record)?;
        if let Some(point) = point {
            unit.put(tables::NUMBERS, &point, &id)?;
        }
        moved
    } else {
        slices::keep_over(unit, None, record)?
    };
    meet(unit, &moved)?;
    crate::applications::note(unit, &moved)?;
    for office in &moved.after {
        let has_node = match staffed.get(office) {
            Some(known) => *known,
            None => {
                let keys = unit.keys(tables::NODES, &office.to_be_bytes(), 1)?;
                staffed.insert(*office, !keys.is_empty());
                !keys.is_empty()
            }
        };
        if has_node {
            let record = moved.kept.record.clone();
            let reason = SliceReason::Mended;
            slices::tell(unit, *office, &FeedItem::Enters { record, reason })?;
        }
    }
    Ok(Came::New)
}

/// The first number of an arrival that leads to another record, cancelled ones too, then that of the
/// household's file: no number has two holders. `set_aside` is whether numbers were set aside for
/// offices.
fn taken_number(
    unit: &Unit<'_>,
    arrival: &Arrival,
    set_aside: bool,
) -> Result<Option<Number>, UnitError> {
    let record = &arrival.record;
    for number in numbers_of(record) {
        let holder: Option<RecordId> = unit.get(tables::NUMBERS, &pin_point(&number))?;
        let is_taken = holder.is_some_and(|holder| holder != record.id);
        if is_taken || (set_aside && ledger::is_taken(unit, &number)?) {
            return Ok(Some(Number::Pin(number)));
        }
    }
    Ok(file_numbers::taken(unit, arrival)?.map(Number::File))
}

/// Whether the number in the record, if there is one, is the only one that leads to it.
fn has_one_number(record: &Record) -> bool {
    match &record.content {
        Content::Genesis(fields) => fields.entries(Field::PinAliases).next().is_none(),
        Content::Document(_) => false,
    }
}

/// The number of a person whom nobody has changed, or who was changed and is read; then those that
/// they had.
fn numbers_of(record: &Record) -> Vec<Pin> {
    let of = |fields: &_| {
        let person = Person(fields);
        let own = person.pin().copied().into_iter();
        own.chain(person.cancelled_pins()).collect()
    };
    match &record.content {
        Content::Genesis(fields) => of(fields),
        Content::Document(_) => record
            .read()
            .map(|read| of(&read.fields))
            .unwrap_or_default(),
    }
}

/// Notes where an imported person would meet others.
fn meet(unit: &mut Unit<'_>, moved: &slices::Moved) -> Result<(), UnitError> {
    if moved.kept.record.kind != RecordKind::Person {
        return Ok(());
    }
    for point in cases::meeting_points(unit, &moved.standing.fields) {
        let key = tables::key(&[&point, moved.kept.record.id.as_bytes()]);
        unit.put(tables::MEETINGS, &key, &())?;
    }
    Ok(())
}
