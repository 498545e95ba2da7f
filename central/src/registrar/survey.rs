//! Surveys: what the records of a commune are worth and how many people it has. A commune is
//! surveyed by a walk over its slice, now and then; the result is kept with its date, and those of
//! a province are added up. Nothing rests on them: a survey that is lost is made again.

use std::collections::HashMap;

use registry::ActId;
use registry::act::{Act, ActKind};
use registry::date::Date;
use registry::dispute::{Matter, Standing};
use registry::fields::Fields;
use registry::person::{Person, head_of};
use registry::quality::{Headship, Marks};
use registry::schema::RecordKind;
use registry::statistics::{Survey, Vital, counted_at, events_of};
use serde::{Deserialize, Serialize};

use super::*;
use crate::duplicates::{self, OpenPairs};

/// Seconds after which a commune whose slice has changed is surveyed again.
const CHANGED_AGE_S: i64 = 3_600;
/// Seconds after which any commune is surveyed again: people grow older without an act.
const ANY_AGE_S: i64 = 86_400;
/// Records read at a time.
const PAGE: usize = 500;
/// Cases about a record, and acts on it from the end, that are looked at.
const CASES_OF_RECORD_MAX: usize = 64;
const ACTS_OF_RECORD_MAX: usize = 32;

/// A survey of a commune, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyRow {
    /// When it was made, seconds since 1970.
    pub at_s: i64,
    /// The feed of the commune at that time.
    pub head: FeedSeq,
    /// The digest of its slice at that time.
    pub digest: Digest,
    /// Quality and people.
    pub survey: Survey,
    /// Births and deaths that its office registered.
    pub vital: Vital,
}

impl SurveyRow {
    /// Whether the commune is to be surveyed again.
    pub fn is_stale(&self, office: &OfficeRow, now_s: i64) -> bool {
        let changed = (self.head, self.digest) != (office.head, office.digest);
        let age_s = now_s.saturating_sub(self.at_s);
        age_s >= if changed { CHANGED_AGE_S } else { ANY_AGE_S }
    }
}

/// What a walk over a slice knows from its beginning.
struct Walk<'w> {
    office: OfficeCode,
    today: Date,
    unit: Unit<'w>,
    pairs: &'w OpenPairs,
}

impl Registrar {
    /// The first commune behind `after` that is to be surveyed; `None` if there is none up to the
    /// last.
    pub fn due_for_survey(
        &self,
        after: Option<OfficeCode>,
        now_s: i64,
    ) -> Result<Option<OfficeCode>, UnitError> {
        let mut range = KeyRange::all();
        if let Some(after) = after {
            range = range.after(&after.to_be_bytes());
        }
        loop {
            let rows = self.store.scan(tables::OFFICES, &range, SCAN_OFFICES)?;
            for (key, value) in &rows {
                let row: OfficeRow = decode(tables::OFFICES, value)?;
                let kept = match self.store.get(tables::SURVEYS, key)? {
                    // One that an older release wrote is made again.
                    Some(bytes) => decode::<SurveyRow>(tables::SURVEYS, &bytes).ok(),
                    None => None,
                };
                if kept.is_none_or(|kept| kept.is_stale(&row, now_s)) {
                    return Ok(office_of(key));
                }
            }
            match rows.last() {
                Some((key, _)) if rows.len() == SCAN_OFFICES => range = range.after(key),
                _ => return Ok(None),
            }
        }
    }

    /// Surveys a commune: walks its slice and its acts, page by page. `None` if `goes_on` says no
    /// before the end.
    pub fn survey(
        &self,
        office: OfficeCode,
        now_s: i64,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<SurveyRow>, UnitError> {
        match self.open_pairs(goes_on)? {
            Some(pairs) => self.survey_with(office, now_s, &pairs, goes_on),
            None => Ok(None),
        }
    }

    /// The same with open pairs that were gathered before, for one commune after the other.
    pub fn survey_with(
        &self,
        office: OfficeCode,
        now_s: i64,
        pairs: &OpenPairs,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<SurveyRow>, UnitError> {
        let row = self.office(office)?;
        let walk = Walk {
            office,
            today: Date::in_viet_nam(now_s),
            unit: Unit::look(self.store.as_ref(), self.known()?)?,
            pairs,
        };
        let mut survey = Survey::default();
        let mut headships = HashMap::new();
        let mut after = None;
        loop {
            let page = self.page(office, after.as_ref(), PAGE)?;
            for record in &page.records {
                if record.kind == RecordKind::Person {
                    self.survey_person(&mut survey, &walk, record, &mut headships)?;
                }
            }
            if page.done {
                break;
            }
            if !goes_on() {
                return Ok(None);
            }
            after = page.last;
        }
        Ok(Some(SurveyRow {
            at_s: now_s,
            head: row.head,
            digest: row.digest,
            survey,
            vital: self.vital(office)?,
        }))
    }

    /// Keeps a survey; it promises nothing, so it waits for no disk.
    pub fn keep_survey(&self, office: OfficeCode, row: &SurveyRow) -> Result<(), UnitError> {
        let _draw = self.writer();
        let bytes = postcard::to_stdvec(row).map_err(|_| UnitError::Unwritable {
            table: tables::SURVEYS.0,
        })?;
        let mut batch = registry_store::Batch::new();
        batch.put(tables::SURVEYS, &office.to_be_bytes(), bytes);
        self.store.stage(batch)?;
        Ok(())
    }

    /// The last survey of a commune.
    pub fn surveyed(&self, office: OfficeCode) -> Result<Option<SurveyRow>, UnitError> {
        let bytes = self.store.get(tables::SURVEYS, &office.to_be_bytes())?;
        bytes
            .map(|bytes| decode(tables::SURVEYS, &bytes))
            .transpose()
    }

    /// Goes through the communes that have a slice or a feed, each with its last survey.
    pub fn each_survey(
        &self,
        mut visit: impl FnMut(OfficeCode, Option<SurveyRow>),
    ) -> Result<(), UnitError> {
        self.each(tables::OFFICES, |key, _| {
            if let Some(office) = office_of(key) {
                visit(office, self.surveyed(office)?);
            }
            Ok(())
        })
    }

    fn survey_person(
        &self,
        survey: &mut Survey,
        walk: &Walk<'_>,
        record: &Record,
        headships: &mut HashMap<RecordId, Headship>,
    ) -> Result<(), UnitError> {
        let standing = Standing::of(record).map_err(|_| UnitError::Row {
            table: tables::RECORDS.0,
        })?;
        let units = walk.unit.units();
        if counted_at(&standing.fields, units).is_none_or(|at| at == walk.office) {
            let mut marks = self.marks(&record.id, !standing.disputes.is_empty())?;
            marks.duplicate |= duplicates::is_suspected(&walk.unit, record.id, walk.pairs)?;
            let headship = self.headship(&standing.fields, headships)?;
            headship.mark(record.id, &standing.fields, &mut marks);
            marks.note_lodging(&standing.fields, units);
            survey.add(&standing.fields, &marks, walk.today);
        }
        Ok(())
    }

    /// How the head of a person's household stands.
    fn headship(
        &self,
        person: &Fields,
        known: &mut HashMap<RecordId, Headship>,
    ) -> Result<Headship, UnitError> {
        let Some(household) = Person(person).membership().map(|member| member.household) else {
            return Ok(Headship::default());
        };
        if let Some(known) = known.get(&household) {
            return Ok(*known);
        }
        let headship = match self.shown(&household)? {
            None => Headship::default(),
            Some(fields) => {
                let head = head_of(&fields);
                let shown = head.map(|head| self.shown(&head)).transpose()?.flatten();
                Headship::of(household, &fields, shown.as_ref())
            }
        };
        known.insert(household, headship);
        Ok(headship)
    }

    /// What a record shows.
    fn shown(&self, id: &RecordId) -> Result<Option<Fields>, UnitError> {
        let Some(kept) = self.kept(id)? else {
            return Ok(None);
        };
        let standing = Standing::of(&kept.record).map_err(|_| UnitError::Row {
            table: tables::RECORDS.0,
        })?;
        Ok(Some(standing.fields))
    }

    fn marks(&self, id: &RecordId, disputed: bool) -> Result<Marks, UnitError> {
        let mut marks = Marks {
            disputed,
            contact: self.last_contact(id)?,
            ..Marks::default()
        };
        let of_record = KeyRange::prefix(id.as_bytes());
        let cases = self
            .store
            .scan(tables::CASES_OF, &of_record, CASES_OF_RECORD_MAX)?;
        for (key, _) in cases {
            let case = key.get(16..).unwrap_or_default();
            let Some(bytes) = self.store.get(tables::CASES, case)? else {
                continue;
            };
            let case: Case = decode(tables::CASES, &bytes)?;
            if case.is_open() {
                marks.case_open = true;
                marks.duplicate |= case.dispute.matter == Matter::SamePerson;
            }
        }
        Ok(marks)
    }

    /// The day on which an office entered the last act on a record that counts.
    fn last_contact(&self, id: &RecordId) -> Result<Option<Date>, UnitError> {
        let of_record = KeyRange::prefix(id.as_bytes());
        let keys = self
            .store
            .scan_back(tables::ACTS_OF, &of_record, ACTS_OF_RECORD_MAX)?;
        let mut last = None;
        for (key, _) in keys {
            let Some(act) = key.get(24..).and_then(ActId::from_slice) else {
                continue;
            };
            let Some(kept) = self.act(&act)? else {
                continue;
            };
            let body = &kept.act.body;
            let counts = !body.kind.is_central() && body.kind != ActKind::Withdraw;
            if counts && kept.outcome.took_effect() && !kept.taken_back {
                last = last.max(Some(Date::in_viet_nam(body.entered.at_s)));
            }
        }
        Ok(last)
    }

    /// Births and deaths that an office registered, as they stand, with those of the offices that
    /// decrees made part of it. What an office registered that is another's part is told there.
    fn vital(&self, office: OfficeCode) -> Result<Vital, UnitError> {
        let mut vital = Vital::default();
        for registered in self.units()?.offices_of(office) {
            self.add_vital(registered, &mut vital)?;
        }
        Ok(vital)
    }

    fn add_vital(&self, office: OfficeCode, vital: &mut Vital) -> Result<(), UnitError> {
        let mut range = KeyRange::prefix(&office.to_be_bytes());
        loop {
            let keys = self.store.scan(tables::VITAL_ACTS, &range, PAGE)?;
            for (key, _) in &keys {
                let Some(act) = key.get(4..).and_then(ActId::from_slice) else {
                    continue;
                };
                if let Some(kept) = self.act(&act)?
                    && kept.outcome.took_effect()
                    && !kept.taken_back
                {
                    self.add_events(&kept.act, vital)?;
                }
            }
            match keys.last() {
                Some((key, _)) if keys.len() == PAGE => range = range.after(key),
                _ => return Ok(()),
            }
        }
    }
}

impl Registrar {
    /// Counts the births and deaths of an act as their records show them.
    fn add_events(&self, act: &Act, vital: &mut Vital) -> Result<(), UnitError> {
        for event in events_of(act) {
            let kept = event.record.map(|id| self.kept(&id)).transpose()?;
            let day = match kept.flatten() {
                None => Some(event.day),
                Some(kept) => {
                    let standing = Standing::of(&kept.record).map_err(|_| UnitError::Row {
                        table: tables::RECORDS.0,
                    })?;
                    let find = |id: &ActId| {
                        let stands =
                            |kept: &KeptAct| kept.outcome.took_effect() && !kept.taken_back;
                        let found = self.act(id)?.filter(stands);
                        Ok::<_, UnitError>(found.map(|kept| kept.act))
                    };
                    event.as_it_stands(&act.id(), &kept.record, &standing.fields, find)?
                }
            };
            if let Some(day) = day {
                vital.add(&event, day, act);
            }
        }
        Ok(())
    }
}

/// Communes looked at in one step.
const SCAN_OFFICES: usize = 500;

fn office_of(key: &[u8]) -> Option<OfficeCode> {
    OfficeCode::new(u32::from_be_bytes(*key.first_chunk::<4>()?))
}
