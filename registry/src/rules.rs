//! Disputes that need more than one record's document: acts dated after a death (rows 6 and 7),
//! records that may be one person (rows 1, 2, 3, 27 and 33), and numbers of papers that are used
//! twice (rows 35 and 36). Each is a function of what is
//! compared and nothing else, so the order of arrival cannot matter.

use crate::act::{Act, ActKind, Target};
use crate::clash;
use crate::date::{Date, DateOrder, PartialDate};
use crate::dispute::{Claim, Dispute, Matter, Standing};
use crate::fields::Fields;
use crate::paper::are_told_twins;
use crate::person::Person;
use crate::schema::Field;
use crate::text::{fold_base, same_text};
use crate::value::{BirthEntry, Death, Line, PersonLink, Value};
use crate::{ActId, RecordId};

mod book;
pub mod division;
mod entry;
pub mod household;
mod knowing;
mod met;
mod pairs;
pub mod waiting;

pub use book::{Entered, number_shown, number_twice};
pub use entry::{entered_at, same_entry};
pub use knowing::Taken;
pub use met::{Did, Met, met};
pub use pairs::pairs;

/// Days between two entries of one birth that still may be one birth.
pub const BIRTH_DAYS_APART_MAX: i32 = 3;

/// What a rule must know of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActSummary {
    /// Which.
    pub id: ActId,
    /// The procedure.
    pub kind: ActKind,
    /// From when it counts.
    pub effective: PartialDate,
    /// Whether its author or a decision took it back.
    pub taken_back: bool,
}

impl ActSummary {
    /// The summary of an act that stands.
    pub fn of(act: &Act) -> ActSummary {
        ActSummary {
            id: act.id(),
            kind: act.body.kind,
            effective: act.body.effective,
            taken_back: false,
        }
    }
}

/// A death that is claimed of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDeath {
    /// By which act; `None` if the record came with it.
    pub act: Option<ActId>,
    /// Which.
    pub death: Death,
    /// The day on which it was entered; none if the record came with it.
    pub entered: Option<Date>,
}

impl ClaimedDeath {
    /// Whether somebody lived after it by an act that counts from a day. Where the day of death is
    /// known in part and does not tell, nobody has died later than it was entered.
    fn is_before(&self, day: PartialDate) -> bool {
        match day.compare(self.death.date) {
            DateOrder::After => true,
            DateOrder::Unknown => self
                .entered
                .is_none_or(|entered| day.compare(entered.into()) == DateOrder::After),
            _ => false,
        }
    }
}

/// The dispute between a death and what came after it: a death is never believed against a later
/// sign of life, nor the sign against the death, without a person. We rather ask once too often
/// than let a living person be dead in the register.
pub fn life(
    id: RecordId,
    standing: &Standing,
    claimed_deaths: &[ClaimedDeath],
    acts: &[ActSummary],
) -> Option<Dispute> {
    let mut claims = Vec::new();
    let mut only_notices = true;
    for claimed in claimed_deaths {
        let death = &claimed.death;
        let later = acts.iter().filter(|act| {
            !act.taken_back
                && Some(act.id) != claimed.act
                && act.kind.tells_of_life()
                && !(death.is_missing() && act.kind.may_concern_the_missing())
                && claimed.is_before(act.effective)
        });
        let before = claims.len();
        for act in later {
            only_notices &= act.kind == ActKind::StayNotification;
            claims.push(Claim {
                act: Some(act.id),
                record: None,
                value: None,
            });
        }
        if claims.len() > before {
            let value = Some(Value::Death(death.clone()));
            claims.push(Claim {
                act: claimed.act,
                record: None,
                value,
            });
        }
    }
    if claims.is_empty() {
        return None;
    }
    claims.sort_by_key(|claim| claim.act);
    claims.dedup();
    Some(Dispute {
        row: if only_notices { 7 } else { 6 },
        matter: Matter::Life,
        records: vec![id],
        claims,
        agreed: standing.fields.single(Field::Death).cloned(),
        slots: vec![crate::fields::Slot::single(Field::Death)],
        harm: 5,
    })
}

/// Where two people who may be one would meet: at their parents, with their numbers, and with the
/// name and the full birth date. `resolve` finds the record behind a link.
///
/// Whoever an office registered meets at the parents at any age: a birth is entered late, too, and
/// by two offices. The others, who came with the register, do if they were born since a day: most
/// of them are grown up, and of the adults nobody enters the birth.
pub fn meeting_points(
    fields: &Fields,
    children_since: PartialDate,
    resolve: &dyn Fn(&PersonLink) -> Option<RecordId>,
) -> Vec<[u8; 16]> {
    let person = Person(fields);
    let mut points: Vec<[u8; 16]> = person.claimed_pin().map(pin_point).into_iter().collect();
    let born = person.birth().and_then(|birth| birth.date());
    let is_child = born.is_some_and(|date| date.last_day() >= children_since.first_day());
    if is_child || was_registered_here(fields) {
        for parent in [person.father(), person.mother()].into_iter().flatten() {
            if let Some(parent) = resolve(parent) {
                points.push(parent_point(&parent));
            }
        }
    }
    if let (Some(name), Some(date)) = (person.name(), born)
        && date.whole().is_some()
    {
        points.push(meeting_point(&[
            b"name",
            fold_base(name.as_str()).as_bytes(),
            date.to_iso().as_bytes(),
        ]));
    }
    for (_, value) in fields.entries(Field::OldNumbers) {
        if let Value::Text(number) = value {
            points.push(meeting_point(&[b"old number", number.as_str().as_bytes()]));
        }
    }
    points.extend(birth_entry(fields).and_then(entry::certificate_point));
    points
}

/// Whether an act of an office made the record: it gave it a provisional number.
fn was_registered_here(fields: &Fields) -> bool {
    let given_by_acts = [Field::BirthEntry, Field::LocalFile];
    let mut given = given_by_acts.into_iter();
    given.any(|field| fields.single(field).is_some())
}

fn meeting_point(parts: &[&[u8]]) -> [u8; 16] {
    *RecordId::derive("npd 2026 meeting point", parts).as_bytes()
}

/// The meeting point of everybody who claims a number.
pub fn pin_point(pin: &crate::pin::Pin) -> [u8; 16] {
    meeting_point(&[b"pin", pin.digits().as_bytes()])
}

/// The meeting point of somebody's children.
pub fn parent_point(parent: &RecordId) -> [u8; 16] {
    meeting_point(&[b"parent", parent.as_bytes()])
}

/// The meeting point of the households that have a number of a residence file.
pub fn file_point(number: &crate::file_number::FileNumber) -> [u8; 16] {
    meeting_point(&[b"residence file", number.to_string().as_bytes()])
}

/// Whether two people may be one, and by which row. Never by name and birth data alone (row 33):
/// namesakes born on one day are common. Twins are told by their papers (row 2).
pub fn same_person(
    one: (RecordId, &Fields, Option<ActId>),
    two: (RecordId, &Fields, Option<ActId>),
    resolve: &dyn Fn(&PersonLink) -> Option<RecordId>,
) -> Option<Dispute> {
    let (a, b) = (Person(one.1), Person(two.1));
    if one.0 == two.0 || a.is_revoked() || b.is_revoked() {
        return None;
    }
    let row = if same_birth(&a, &b, resolve) {
        1
    } else if same_adult(&a, &b, resolve) {
        27
    } else if entry::same_paper(one.1, two.1) {
        clash::PAPER_ROW
    } else {
        return None;
    };
    Some(pair(row, [(one.0, one.2), (two.0, two.2)]))
}

/// The dispute of two records about whom a person asks whether they are one.
pub fn asked(one: RecordId, two: RecordId) -> Dispute {
    pair(clash::ASKED_ROW, [(one, None), (two, None)])
}

/// The dispute of an act that took effect with a paper by which it is wrong. `records` are those
/// that the act changed and did not make.
pub fn contested(act: ActId, records: &[RecordId], paper: Line) -> Dispute {
    let mut records = records.to_vec();
    records.sort_unstable();
    records.dedup();
    let claim = |act, value| Claim {
        act,
        record: None,
        value,
    };
    Dispute {
        row: clash::CONTESTED_ROW,
        matter: Matter::Contested(act),
        records,
        claims: vec![
            claim(Some(act), None),
            claim(None, Some(Value::Text(paper))),
        ],
        agreed: None,
        slots: Vec::new(),
        harm: 5,
    }
}

fn pair(row: u8, records: [(RecordId, Option<ActId>); 2]) -> Dispute {
    let claim = |(record, act)| Claim {
        act,
        record: Some(record),
        value: None,
    };
    let mut claims: Vec<Claim> = records.into_iter().map(claim).collect();
    claims.sort_by_key(|claim| claim.record);
    Dispute {
        row,
        matter: Matter::SamePerson,
        records: claims.iter().filter_map(|claim| claim.record).collect(),
        claims,
        agreed: None,
        slots: Vec::new(),
        harm: 5,
    }
}

fn birth_entry(fields: &Fields) -> Option<&BirthEntry> {
    match fields.single(Field::BirthEntry)? {
        Value::BirthEntry(entry) => Some(entry),
        _ => None,
    }
}

/// Rows 1 and 2: one birth entered by the father's and by the mother's commune.
fn same_birth(
    a: &Person<'_>,
    b: &Person<'_>,
    resolve: &dyn Fn(&PersonLink) -> Option<RecordId>,
) -> bool {
    let parents = |person: &Person<'_>| -> Vec<RecordId> {
        [person.father(), person.mother()]
            .into_iter()
            .flatten()
            .filter_map(resolve)
            .collect()
    };
    let mine = parents(a);
    if !parents(b).iter().any(|parent| mine.contains(parent)) || !sexes_agree(a, b) {
        return false;
    }
    // A numbered person was born long enough ago to have been compared when the number was
    // given, unless one of the two is new here.
    if a.pin().is_some() && b.pin().is_some() && a.pin() != b.pin() && !born_together(a, b) {
        return false;
    }
    born_together(a, b) && !told_apart(birth_entry(a.0), birth_entry(b.0))
}

fn sexes_agree(a: &Person<'_>, b: &Person<'_>) -> bool {
    use crate::code::Sex;
    match (a.sex(), b.sex()) {
        (Some(x), Some(y)) => x == y || *x == Sex::Unknown || *y == Sex::Unknown,
        _ => true,
    }
}

fn born_together(a: &Person<'_>, b: &Person<'_>) -> bool {
    let dates = |person: &Person<'_>| person.birth().and_then(|birth| birth.date());
    let (Some(x), Some(y)) = (dates(a), dates(b)) else {
        return false;
    };
    let apart = |from: PartialDate, to: PartialDate| {
        to.first_day().days().saturating_sub(from.last_day().days())
    };
    apart(x, y).max(apart(y, x)) <= BIRTH_DAYS_APART_MAX
}

/// Row 2: twins. Their papers carry different numbers, or say which was born first.
fn told_apart(a: Option<&BirthEntry>, b: Option<&BirthEntry>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let numbers = !a.certificate.is_empty()
        && !b.certificate.is_empty()
        && !same_text(a.certificate.as_str(), b.certificate.as_str());
    numbers || are_told_twins(a, b)
}

/// Rows 27 and 33: a person collected anew who may be registered elsewhere. One number, or name
/// and whole birth date and sex together with one more fact.
fn same_adult(
    a: &Person<'_>,
    b: &Person<'_>,
    resolve: &dyn Fn(&PersonLink) -> Option<RecordId>,
) -> bool {
    let claims = |one: &Person<'_>, other: &Person<'_>| {
        one.claimed_pin().is_some_and(|pin| {
            let claims_too = other.pin().is_none() && other.claimed_pin() == Some(pin);
            other.answers_to(*pin) || claims_too
        })
    };
    if claims(a, b) || claims(b, a) {
        return true;
    }
    if let (Some(x), Some(y)) = (a.pin(), b.pin()) {
        return x == y;
    }
    if shares_old_number(a.0, b.0) {
        return true;
    }
    let whole = |person: &Person<'_>| {
        person
            .birth()
            .and_then(|birth| birth.date())
            .and_then(|date| date.whole())
    };
    let (Some(name_a), Some(name_b)) = (a.name(), b.name()) else {
        return false;
    };
    let (Some(born_a), Some(born_b)) = (whole(a), whole(b)) else {
        return false;
    };
    name_a.same_as(name_b) && born_a == born_b && sexes_agree(a, b) && one_more_fact(a, b, resolve)
}

fn shares_old_number(a: &Fields, b: &Fields) -> bool {
    a.entries(Field::OldNumbers).any(|(_, number)| {
        b.entries(Field::OldNumbers)
            .any(|(_, other)| number == other)
    })
}

fn one_more_fact(
    a: &Person<'_>,
    b: &Person<'_>,
    resolve: &dyn Fn(&PersonLink) -> Option<RecordId>,
) -> bool {
    let same_parent = |x: Option<&PersonLink>, y: Option<&PersonLink>| match (x, y) {
        (Some(x), Some(y)) => {
            let numbered = x.pin().is_some() && y.pin().is_some();
            let named = matches!(
                (x, y),
                (PersonLink::Named { name: one, .. }, PersonLink::Named { name: two, .. })
                    if one.same_as(two)
            );
            // Two numbers are two people, unless one person has had both.
            (named && !numbered)
                || (numbered && x.pin() == y.pin())
                || resolve(x).is_some_and(|x| resolve(y) == Some(x))
        }
        _ => false,
    };
    let phone = a.phone().is_some() && a.phone() == b.phone();
    let native = match (a.native_place(), b.native_place()) {
        (Some(x), Some(y)) => {
            x.unit.is_some() && x.unit == y.unit && same_text(x.text.as_str(), y.text.as_str())
        }
        _ => false,
    };
    same_parent(a.father(), b.father()) || same_parent(a.mother(), b.mother()) || phone || native
}

/// The death that a record came with, if it is the one shown: no act claims it, and none has
/// changed it since. One that a decision or a revocation took away is not shown, and claimed no
/// more.
pub fn first_death(made_with: &Fields, shown: &Fields) -> Option<ClaimedDeath> {
    match (made_with.single(Field::Death), shown.single(Field::Death)) {
        (Some(Value::Death(first)), Some(Value::Death(now))) if first == now => {
            Some(ClaimedDeath {
                act: None,
                death: first.clone(),
                entered: None,
            })
        }
        _ => None,
    }
}

/// The deaths that a record's acts claim.
pub fn claimed_deaths<'a>(
    record: RecordId,
    acts: impl IntoIterator<Item = &'a Act>,
) -> Vec<ClaimedDeath> {
    let mut deaths = Vec::new();
    for act in acts {
        let index = act
            .records()
            .find(|(_, id)| *id == record)
            .map(|(index, _)| index);
        let change = index.and_then(|index| act.body.changes.get(index));
        let Some(change) = change else { continue };
        if matches!(change.target, Target::New { .. }) {
            continue;
        }
        for edit in &change.edits {
            if let crate::edit::Edit::Put(Field::Death, Value::Death(death)) = edit {
                deaths.push(ClaimedDeath {
                    act: Some(act.id()),
                    death: death.clone(),
                    entered: Some(Date::in_viet_nam(act.body.entered.at_s)),
                });
            }
        }
    }
    deaths
}
