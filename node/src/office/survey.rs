//! What the office's records are worth and how many people there are: one walk over what the
//! office shows, its own unsent work included. A survey is kept until something changes.

use std::collections::{BTreeMap, HashMap, btree_map};
use std::sync::{Arc, PoisonError};

use registry::act::{Act, ActKind};
use registry::date::Date;
use registry::dispute::Matter;
use registry::fields::Fields;
use registry::person::{Person, head_of};
use registry::quality::{Finding, Headship, Marks, Problem, hamlet_of_person, look, same_hamlet};
use registry::schema::RecordKind;
use registry::statistics::{Survey, Vital, counted_at, events_of, is_vital};
use registry::unit::Units;
use registry::{ActId, FeedSeq, Incarnation, OfficeCode, RecordId};
use serde::Serialize;
use sync_proto::Digest;
use utoipa::ToSchema;

use super::{Office, OfficeError, PersonHit};
use crate::tables::{ActRow, Answer, Kept, TableError};

/// Looks at a counted person; tells whether to go on.
type Visit<'a> = &'a mut dyn FnMut(&Kept, &Marks) -> Result<bool, TableError>;

/// What a walk over the office's records and acts came to.
#[derive(Debug)]
pub struct OfficeSurvey {
    /// The day for which it holds.
    pub today: Date,
    /// Quality and people.
    pub survey: Survey,
    /// Births and deaths that this office registered.
    pub vital: Vital,
    /// What is known of records beside their values, where there is anything.
    marks: HashMap<RecordId, Marks>,
    state: State,
}

/// What a survey depends on: while it is the same, so is the survey.
#[derive(Debug, PartialEq, Eq)]
struct State {
    today: Date,
    incarnation: Incarnation,
    last_act: registry::ActNumber,
    applied: FeedSeq,
    digest: Digest,
    unanswered: usize,
}

/// A person of whom something is to be mended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToMend {
    /// Who.
    #[serde(flatten)]
    pub person: PersonHit,
    /// What.
    #[schema(value_type = Vec<String>)]
    pub problems: Vec<Problem>,
}

/// Some of the people of whom something is to be mended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MendPage {
    /// They, by given name.
    pub people: Vec<ToMend>,
    /// Where to go on; absent after the last.
    #[schema(value_type = Option<String>)]
    pub next: Option<RecordId>,
}

impl Office {
    /// The survey of today. It walks every record and every act if something has changed since
    /// the last one; one walk at a time.
    pub fn survey(&self, device_s: i64) -> Result<Arc<OfficeSurvey>, OfficeError> {
        let mut kept = self.surveyed.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.survey_state(device_s);
        if let Some(survey) = kept.as_ref().filter(|survey| survey.state == state) {
            return Ok(Arc::clone(survey));
        }
        let survey = Arc::new(self.walk_survey(state)?);
        *kept = Some(Arc::clone(&survey));
        Ok(survey)
    }

    fn survey_state(&self, device_s: i64) -> State {
        let live = self.live();
        let meta = &live.meta;
        State {
            today: Date::in_viet_nam(meta.corrected_s(device_s)),
            incarnation: meta.incarnation,
            last_act: meta.outbox_last,
            applied: meta.feed_applied,
            digest: meta.digest,
            unanswered: live.unanswered.len(),
        }
    }

    fn walk_survey(&self, state: State) -> Result<OfficeSurvey, OfficeError> {
        let today = state.today;
        let (mut marks, mut vital) = (HashMap::new(), Vital::default());
        let mut registered = Vec::new();
        let (own, units) = (self.code(), self.units());
        self.rows.walk_acts(&mut |row| {
            if stands(&row) {
                note_contact(&mut marks, &row.act);
                // What the offices registered that decrees made part of this one is this one's.
                let since = units.edition_at(row.act.body.horizon);
                let office = row.act.office.map(|office| units.office(office, since));
                if office == Some(own) && is_vital(row.act.body.kind) {
                    registered.push(row.act);
                }
            }
            Ok(())
        })?;
        for act in registered {
            self.add_vital(&act, &mut vital)?;
        }
        self.rows.walk_cases(&mut |notice| {
            if notice.case.is_open() {
                let dispute = &notice.case.dispute;
                for record in &dispute.records {
                    let marks: &mut Marks = marks.entry(*record).or_default();
                    marks.case_open = true;
                    marks.duplicate |= dispute.matter == Matter::SamePerson;
                }
            }
            Ok(())
        })?;
        let mut survey = Survey::default();
        self.walk_counted(None, &marks, &mut |kept, marks| {
            survey.add(kept.fields(), marks, today);
            Ok(true)
        })?;
        Ok(OfficeSurvey {
            today,
            survey,
            vital,
            marks,
            state,
        })
    }

    /// Counts the births and deaths of an act as their records show them.
    fn add_vital(&self, act: &Act, vital: &mut Vital) -> Result<(), OfficeError> {
        let withdrawn = |id: &ActId| self.live().withdrawals.contains_key(id);
        if withdrawn(&act.id()) {
            return Ok(());
        }
        for event in events_of(act) {
            let shown = event.record.map(|id| self.rows.shown(&id)).transpose()?;
            let day = match shown.flatten() {
                // Whom another office holds now is counted as it was registered here.
                None => Some(event.day),
                Some(kept) => {
                    let find = |id: &ActId| {
                        let row = self.rows.act(id)?.filter(|_| !withdrawn(id));
                        Ok::<_, TableError>(row.map(|row| row.act))
                    };
                    event.as_it_stands(&act.id(), &kept.record, kept.fields(), find)?
                }
            };
            if let Some(day) = day {
                vital.add(&event, day, act);
            }
        }
        Ok(())
    }

    /// Walks the people who are counted here, by id: as screens show them.
    fn walk_counted(
        &self,
        after: Option<RecordId>,
        marks: &HashMap<RecordId, Marks>,
        visit: Visit<'_>,
    ) -> Result<(), OfficeError> {
        let (own, units) = (self.code(), self.units());
        let mut headships = HashMap::new();
        let mut look_at = |kept: &Kept| {
            if kept.record.kind != RecordKind::Person || !is_counted(kept, own, &units) {
                return Ok(true);
            }
            let mut marks = marks.get(&kept.record.id).copied().unwrap_or_default();
            marks.disputed = !kept.disputes().is_empty();
            let headship = self.headship(kept.fields(), &mut headships)?;
            headship.mark(kept.record.id, kept.fields(), &mut marks);
            marks.note_lodging(kept.fields(), &units);
            visit(kept, &marks)
        };
        let mut provisional = self.provisional_people(after)?;
        let mut goes_on = true;
        self.rows.walk_official(after, &mut |id, row| {
            goes_on = take_before(&mut provisional, id, &mut look_at)?;
            if goes_on {
                goes_on = match provisional.remove(&id) {
                    Some(kept) => look_at(&kept)?,
                    None if Kept::kind_of_row(row) == Some(RecordKind::Household) => true,
                    None => look_at(&decoded(id, row)?)?,
                };
            }
            Ok(goes_on)
        })?;
        for kept in provisional.values().take_while(|_| goes_on) {
            if !look_at(kept)? {
                break;
            }
        }
        Ok(())
    }

    /// How the head of a person's household stands. One that is not held here is another office's,
    /// and one that the centre has not confirmed gets its head by the answer.
    fn headship(
        &self,
        person: &Fields,
        known: &mut HashMap<RecordId, Headship>,
    ) -> Result<Headship, TableError> {
        let Some(household) = Person(person).membership().map(|member| member.household) else {
            return Ok(Headship::default());
        };
        if let Some(known) = known.get(&household) {
            return Ok(*known);
        }
        let mut headship = Headship::default();
        if self.rows.official(&household)?.is_some()
            && let Some(kept) = self.rows.shown(&household)?
        {
            let head = head_of(kept.fields());
            let shown = head
                .map(|head| self.rows.shown(&head))
                .transpose()?
                .flatten();
            headship = Headship::of(household, kept.fields(), shown.as_ref().map(Kept::fields));
        }
        known.insert(household, headship);
        Ok(headship)
    }

    /// What own unsent acts changed or made: as many as there are such acts.
    fn provisional_people(
        &self,
        after: Option<RecordId>,
    ) -> Result<BTreeMap<RecordId, Kept>, OfficeError> {
        let mut people = BTreeMap::new();
        self.rows.walk_provisional(&mut |id, row| {
            if after.is_none_or(|after| id > after) {
                people.insert(id, decoded(id, row)?);
            }
            Ok(true)
        })?;
        Ok(people)
    }

    /// The people with a problem, at most `limit` of them behind `after`; of one hamlet if it is
    /// named (`""` for those whose address names none).
    pub fn to_mend(
        &self,
        problem: Problem,
        hamlet: Option<&str>,
        after: Option<RecordId>,
        limit: usize,
        device_s: i64,
    ) -> Result<MendPage, OfficeError> {
        let survey = self.survey(device_s)?;
        let mut found: Vec<(Kept, Finding)> = Vec::new();
        let mut next = None;
        self.walk_counted(after, &survey.marks, &mut |kept, marks| {
            let fields = kept.fields();
            let here = |hamlet: &str| {
                let own = hamlet_of_person(fields).unwrap_or_default();
                same_hamlet(hamlet, &own)
            };
            let finding = look(fields, marks, survey.today);
            let finding = finding.filter(|finding| finding.problems.has(problem));
            if let Some(finding) = finding.filter(|_| hamlet.is_none_or(here)) {
                if found.len() >= limit {
                    next = found.last().map(|(kept, _)| kept.record.id);
                    return Ok(false);
                }
                found.push((kept.clone(), finding));
            }
            Ok(true)
        })?;
        let mut people = Vec::with_capacity(found.len());
        for (kept, finding) in found {
            people.push(ToMend {
                person: self.hit_of(&kept)?,
                problems: finding.problems.iter().collect(),
            });
        }
        people.sort_by(|a: &ToMend, b| {
            registry::text::alphabet::compare_names(&a.person.name, &b.person.name)
        });
        Ok(MendPage { people, next })
    }
}

fn decoded(id: RecordId, row: &[u8]) -> Result<Kept, TableError> {
    Kept::decode(id, row).ok_or(TableError::Damaged { table: "records" })
}

/// Looks at what stands before an id, such as a child that is not official yet.
fn take_before(
    people: &mut BTreeMap<RecordId, Kept>,
    id: RecordId,
    look_at: &mut impl FnMut(&Kept) -> Result<bool, TableError>,
) -> Result<bool, TableError> {
    while let Some(first) = people.first_entry() {
        if *first.key() >= id {
            break;
        }
        let kept = btree_map::OccupiedEntry::remove(first);
        if !look_at(&kept)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_counted(kept: &Kept, own: OfficeCode, units: &Units) -> bool {
    counted_at(kept.fields(), units).is_none_or(|office| office == own)
}

/// Whether an act counts: nobody has said yet that it does not.
fn stands(row: &ActRow) -> bool {
    match &row.answer {
        None => true,
        Some(Answer::Central { outcome, .. }) => outcome.took_effect(),
        Some(Answer::Refiled { .. } | Answer::Unfiled) => false,
    }
}

/// An act of an office is a contact with everybody whom it changes.
fn note_contact(marks: &mut HashMap<RecordId, Marks>, act: &Act) {
    if act.body.kind.is_central() || act.body.kind == ActKind::Withdraw {
        return;
    }
    let day = Date::in_viet_nam(act.body.entered.at_s);
    for (_, id) in act.records() {
        let contact = &mut marks.entry(id).or_default().contact;
        *contact = (*contact).max(Some(day));
    }
}
