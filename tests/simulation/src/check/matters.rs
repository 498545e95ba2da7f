//! Invariant 6 between acts and between records, where no two acts wrote one field: two records
//! that may be one person (rows 27 and 35), a death and a later sign of life (row 6), one number of
//! a book on two marriages (row 36). Said here in plain loops over all records and acts, of such
//! pairs alone of which it is certain that a person was to be asked, and looked at in the end.

use std::collections::{BTreeMap, BTreeSet};

use central_registry::tables::{Kept, KeptAct};
use registry::act::{ActKind, Target};
use registry::case::Case;
use registry::date::Date;
use registry::dispute::Matter;
use registry::edit::Edit;
use registry::fields::{EntryId, Fields, Slot};
use registry::schema::{Field, RecordKind};
use registry::value::{BirthEntry, Value};
use registry::{ActId, OfficeCode, RecordId};

use super::{Failure, disputes};

/// How many cases there were, by what they are about.
pub(super) fn opened(cases: &[Case]) -> BTreeMap<String, u64> {
    let mut matters = BTreeMap::new();
    for case in cases {
        let name = name_of(&case.dispute.matter).to_owned();
        *matters.entry(name).or_default() += 1;
    }
    matters
}

fn name_of(matter: &Matter) -> &'static str {
    match matter {
        Matter::Field(_) => "field",
        Matter::Residence(_) => "residence",
        Matter::Marriage => "marriage",
        Matter::Life => "life",
        Matter::SamePerson => "same person",
        Matter::Parked(_) => "proposal",
        Matter::MovedOut => "household moved out",
        Matter::HeadLeft => "new head left",
        Matter::Consent => "consent",
        Matter::Deletion => "deletion",
        Matter::Divorce => "divorce",
        Matter::Application => "application",
        Matter::BookNumber(_) => "number in a book",
        Matter::Divided(_) => "divided commune",
        Matter::Contested(_) => "contested act",
        Matter::TwoHeads => "two heads",
        Matter::HeadGone => "head gone",
    }
}

/// People, by record: what is shown of them.
type People = BTreeMap<RecordId, Fields>;

/// Looks at everything. `decreed`: which book a number stands in depends on decrees, and is not
/// worked out here.
pub(super) fn are_all_asked_about(
    records: &BTreeMap<RecordId, Kept>,
    acts: &[KeptAct],
    cases: &[Case],
    decreed: bool,
) -> Result<(), Failure> {
    let mut people = People::new();
    for kept in records.values() {
        if kept.record.kind == RecordKind::Person {
            let unreadable = |_| Failure::new("store", "a record cannot be read");
            let reading = kept.record.read().map_err(unreadable)?;
            people.insert(kept.record.id, reading.fields);
        }
    }
    let standing: Vec<&KeptAct> = acts
        .iter()
        .filter(|row| row.outcome.took_effect() && !row.taken_back)
        .collect();
    nobody_is_there_twice(&people, cases)?;
    nobody_lives_on(&people, &standing, cases)?;
    if decreed {
        return Ok(());
    }
    no_number_stands_twice(&people, &standing, cases)
}

/// What an act does to each record that it found; what it makes is left out.
fn found_by(row: &KeptAct) -> impl Iterator<Item = (RecordId, &[Edit])> {
    row.act.records().filter_map(move |(index, id)| {
        let change = row.act.body.changes.get(index)?;
        let made = matches!(change.target, Target::New { .. });
        (!made).then_some((id, change.edits.as_slice()))
    })
}

/// Two living registrations with one old number, or by one hospital's paper: each of both was asked
/// about, be it with a third. What became of that is the reviewers' business.
fn nobody_is_there_twice(people: &People, cases: &[Case]) -> Result<(), Failure> {
    let asked = records_of(cases, |case| case.dispute.matter == Matter::SamePerson);
    // What is shown of them may be something else than what the rule went by.
    let disputed = records_of(cases, |case| {
        case.is_open() && matches!(case.dispute.matter, Matter::Field(_))
    });
    let lives = |id: &RecordId, fields: &Fields| {
        fields.single(Field::Revoked).is_none() && !disputed.contains(id)
    };
    let living: Vec<(&RecordId, &Fields)> = people
        .iter()
        .filter(|(id, fields)| lives(id, fields))
        .collect();
    for (place, (one, fields)) in living.iter().enumerate() {
        for (two, others) in living.iter().skip(place + 1) {
            if !has_old_number_of(fields, others) && !has_paper_of(fields, others) {
                continue;
            }
            if let Some(id) = [*one, *two].into_iter().find(|id| !asked.contains(*id)) {
                let words = format!(
                    "records {one} and {two} may be one person, and about {id} nobody was asked"
                );
                return Err(Failure::new("6 cases", words));
            }
        }
    }
    Ok(())
}

fn records_of(cases: &[Case], wanted: impl Fn(&Case) -> bool) -> BTreeSet<RecordId> {
    let cases = cases.iter().filter(|case| wanted(case));
    let records = cases.flat_map(|case| &case.dispute.records);
    records.copied().collect()
}

/// Row 27, where it is certain: one old number of both.
fn has_old_number_of(one: &Fields, two: &Fields) -> bool {
    let mut numbers = one.entries(Field::OldNumbers);
    numbers.any(|(_, number)| {
        let mut others = two.entries(Field::OldNumbers);
        others.any(|(_, other)| other == number)
    })
}

/// Row 35, where it is certain: births of one year by one paper, which do not say that they are
/// twins.
fn has_paper_of(one: &Fields, two: &Fields) -> bool {
    let (Some(paper), Some(other)) = (birth_paper(one), birth_paper(two)) else {
        return false;
    };
    let orders = (paper.birth_order, other.birth_order);
    let twins = orders.0 > 0 && orders.1 > 0 && orders.0 != orders.1;
    let tells_where = |fields: &Fields| fields.single(Field::BirthPlace).is_some();
    paper.certificate == other.certificate
        && !paper.certificate.is_empty()
        && !twins
        && !tells_where(one)
        && !tells_where(two)
        && year_of_birth(one).is_some()
        && year_of_birth(one) == year_of_birth(two)
}

fn birth_paper(fields: &Fields) -> Option<&BirthEntry> {
    match fields.single(Field::BirthEntry)? {
        Value::BirthEntry(entry) => Some(entry),
        _ => None,
    }
}

fn year_of_birth(fields: &Fields) -> Option<u16> {
    match fields.single(Field::BirthDate)? {
        Value::Birth(birth) => birth.year(),
        _ => None,
    }
}

/// The days that acts tell of a person.
type Days = BTreeMap<RecordId, Vec<(ActId, Date)>>;

/// Row 6: between a death and what the person did on a later day there is a case, open or decided,
/// in which both are claims. Days that are known in part, and notices of stays, are left out.
fn nobody_lives_on(people: &People, standing: &[&KeptAct], cases: &[Case]) -> Result<(), Failure> {
    let (mut deaths, mut signs) = (Days::new(), Days::new());
    let mut revoked = BTreeSet::new();
    for row in standing.iter().filter(|row| row.act.office.is_some()) {
        let (act, kind) = (row.act.id(), row.act.body.kind);
        for (id, edits) in found_by(row) {
            if kind == ActKind::DeathRevoked {
                revoked.insert(id);
            }
            let died = edits.iter().find_map(day_of_death);
            deaths
                .entry(id)
                .or_default()
                .extend(died.map(|day| (act, day)));
            let alive = edits.iter().any(|edit| is_there(kind, edit));
            let seen = row.act.body.effective.whole().filter(|_| alive);
            signs
                .entry(id)
                .or_default()
                .extend(seen.map(|day| (act, day)));
        }
    }
    for (id, fields) in people {
        if revoked.contains(id) || fields.single(Field::Revoked).is_some() {
            continue;
        }
        for (death, died) in deaths.get(id).into_iter().flatten() {
            for (sign, seen) in signs.get(id).into_iter().flatten() {
                if seen > died && !is_asked_whether_alive(cases, id, [*death, *sign]) {
                    let words = format!(
                        "record {id} is dead by act {death} and alive on a later day by act \
                         {sign}, and no case asks"
                    );
                    return Err(Failure::new("6 cases", words));
                }
            }
        }
    }
    Ok(())
}

fn is_asked_whether_alive(cases: &[Case], id: &RecordId, acts: [ActId; 2]) -> bool {
    let about = |case: &Case| {
        let claimed = |act: &ActId| {
            let mut claims = case.dispute.claims.iter();
            claims.any(|claim| claim.act == Some(*act))
        };
        case.dispute.matter == Matter::Life
            && case.dispute.records.contains(id)
            && acts.iter().all(claimed)
    };
    disputes::standing(cases, about) > 0
}

fn day_of_death(edit: &Edit) -> Option<Date> {
    match edit {
        Edit::Put(Field::Death, Value::Death(death)) => death.date.whole(),
        _ => None,
    }
}

/// Some of what nobody does who is dead, and nobody else for them.
fn is_there(kind: ActKind, edit: &Edit) -> bool {
    match kind {
        ActKind::Marriage => matches!(edit, Edit::Add(Field::Marriages, _)),
        ActKind::TemporaryRegistration => matches!(edit, Edit::Add(Field::Temporary, _)),
        ActKind::CardApplication => matches!(edit, Edit::Add(Field::Applications, _)),
        ActKind::Contact => matches!(edit, Edit::Put(Field::Phone | Field::Email, _)),
        _ => false,
    }
}

/// A marriage as it was entered in a book: by which act, and whose it is.
struct Entry {
    act: ActId,
    couple: BTreeSet<RecordId>,
}

/// Row 36: marriages of two couples that stand under one number of an office's book, as it is
/// written, are both claims of a case.
fn no_number_stands_twice(
    people: &People,
    standing: &[&KeptAct],
    cases: &[Case],
) -> Result<(), Failure> {
    let renumbered = renumbered(standing);
    let mut books: BTreeMap<(OfficeCode, String), Vec<Entry>> = BTreeMap::new();
    for row in standing {
        let act = row.act.id();
        let marries = row.act.body.kind == ActKind::Marriage && !renumbered.contains(&act);
        let Some(office) = row.act.office.filter(|_| marries) else {
            continue;
        };
        let (mut couple, mut shown) = (BTreeSet::new(), None);
        for (id, edits) in found_by(row) {
            let Some(number) = edits.iter().find_map(number_in_the_book) else {
                continue;
            };
            couple.insert(id);
            let slot = Slot::entry(Field::Marriages, EntryId::Act(act));
            let value = people.get(&id).and_then(|fields| fields.get(slot));
            if value.and_then(number_of) == Some(number) {
                shown = Some(number);
            }
        }
        if let Some(number) = shown {
            let book = books.entry((office, number.to_owned())).or_default();
            book.push(Entry { act, couple });
        }
    }
    for ((office, number), entries) in &books {
        for (place, one) in entries.iter().enumerate() {
            let mut others = entries.iter().skip(place + 1);
            let twice = others.find(|two| two.couple != one.couple && !is_settled(cases, one, two));
            if let Some(two) = twice {
                let words = format!(
                    "acts {} and {} stand under {number} in the book of {office}, and no case asks",
                    one.act, two.act
                );
                return Err(Failure::new("6 cases", words));
            }
        }
    }
    Ok(())
}

/// Whether a case ever had both entries, whatever became of it.
fn is_settled(cases: &[Case], one: &Entry, two: &Entry) -> bool {
    let of_books = |case: &&Case| matches!(case.dispute.matter, Matter::BookNumber(_));
    cases.iter().filter(of_books).any(|case| {
        let claims = &case.dispute.claims;
        let claimed = |act: ActId| claims.iter().any(|claim| claim.act == Some(act));
        claimed(one.act) && claimed(two.act)
    })
}

/// The acts whose marriages got another number by an act of their office.
fn renumbered(standing: &[&KeptAct]) -> BTreeSet<ActId> {
    let mut acts = BTreeSet::new();
    for row in standing {
        if row.act.body.kind != ActKind::MarriageNumber {
            continue;
        }
        for edit in row.act.body.changes.iter().flat_map(|it| &it.edits) {
            if let Edit::Amend(Field::Marriages, EntryId::Act(act), _) = edit {
                acts.insert(*act);
            }
        }
    }
    acts
}

fn number_in_the_book(edit: &Edit) -> Option<&str> {
    match edit {
        Edit::Add(Field::Marriages, value) => number_of(value),
        _ => None,
    }
}

fn number_of(value: &Value) -> Option<&str> {
    match value {
        Value::Marriage(marriage) if !marriage.certificate.is_empty() => {
            Some(marriage.certificate.as_str())
        }
        _ => None,
    }
}
