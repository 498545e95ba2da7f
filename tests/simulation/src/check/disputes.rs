//! Invariant 6: what a person has to decide is before a person. Clashes are looked for here in the
//! acts themselves: two that changed one field, neither of which knew of the other.

use central_registry::registrar::Registrar;
use central_registry::tables::Kept;
use registry::ActId;
use registry::act::{ActBody, Target};
use registry::case::Case;
use registry::dispute::{Matter, Standing};
use registry::document::Document;
use registry::edit::Edit;
use registry::fields::{EntryId, Fields, Slot};
use registry::schema::{Field, Policy, Shape};
use registry::value::{Value, reconcile};

use super::met::Met;
use super::{Failure, centre::cases};

/// What an act put into a field, or made of an entry of a list; nothing if it took that away.
struct Put {
    act: ActId,
    slot: Slot,
    value: Option<Value>,
}

impl Put {
    /// Whether two say one thing, or one of them more of the same.
    fn agrees(&self, other: &Put) -> bool {
        match (&self.value, &other.value) {
            (Some(one), Some(two)) => reconcile(&[one, two]).is_some(),
            (one, two) => one == two,
        }
    }
}

/// Looks at one record that has changed.
pub(super) fn clashes_have_cases(
    registrar: &Registrar,
    kept: &Kept,
    document: &Document,
    met: &Met,
) -> Result<(), Failure> {
    let of = (kept.record.id, document);
    let mut puts = puts(registrar, kept, document)?;
    // What a later act of somebody who knew it has written over is no claim any more.
    let acts = document.acts();
    let mut writers: Vec<(ActId, Vec<Slot>)> = Vec::with_capacity(acts.len());
    for act in &acts {
        let mut slots = document.written_by(act);
        slots.extend(told_by(registrar, kept, act)?);
        writers.push((*act, slots));
    }
    puts.retain(|put| {
        !writers.iter().any(|(act, slots)| {
            *act != put.act && slots.contains(&put.slot) && met.knew(of, act, &put.act)
        })
    });
    let mut known: Option<Vec<Case>> = None;
    for (index, one) in puts.iter().enumerate() {
        for two in puts.iter().skip(index + 1) {
            if one.slot != two.slot
                || one.act == two.act
                || met.knew(of, &one.act, &two.act)
                || met.knew(of, &two.act, &one.act)
                || one.agrees(two)
            {
                continue;
            }
            let cases = match &mut known {
                Some(cases) => cases,
                None => known.insert(cases(registrar)?),
            };
            let count = standing(cases, |case| is_about(case, kept, one, two));
            if count != 1 {
                let told = |put: &Put| serde_json::to_string(&put.value).unwrap_or_default();
                let words = format!(
                    "acts {} and {} put {} and {} into {:?} of record {}, and {count} cases have both",
                    one.act,
                    two.act,
                    told(one),
                    told(two),
                    one.slot.field,
                    kept.record.id
                );
                return Err(Failure::new("6 cases", words));
            }
        }
    }
    one_home_one_spouse(registrar, kept, document, &mut known)?;
    shown_is_agreed(registrar, (kept, document, met), &mut known)
}

/// Nobody lives permanently in two places, or is married twice, without a case about just those.
fn one_home_one_spouse(
    registrar: &Registrar,
    kept: &Kept,
    document: &Document,
    known: &mut Option<Vec<Case>>,
) -> Result<(), Failure> {
    let fields = document.read().fields;
    let homes = entries(
        &fields,
        Field::Permanent,
        |value| matches!(value, Value::Residence(residence) if residence.to.is_none()),
    );
    let mut spouses = entries(
        &fields,
        Field::Marriages,
        |value| matches!(value, Value::Marriage(marriage) if marriage.ended.is_none()),
    );
    let mut couples = Vec::new();
    spouses.retain(|entry| {
        // One marriage entered in two offices is one marriage.
        let slot = Slot::entry(Field::Marriages, *entry);
        let couple = match fields.get(slot) {
            Some(Value::Marriage(marriage)) => (marriage.spouse.clone(), marriage.date),
            _ => return false,
        };
        let new = !couples.contains(&couple);
        couples.push(couple);
        new
    });
    for (field, open) in [(Field::Permanent, homes), (Field::Marriages, spouses)] {
        if open.len() < 2 {
            continue;
        }
        let cases = match &mut *known {
            Some(cases) => cases,
            None => known.insert(cases(registrar)?),
        };
        let settles =
            |case: &Case, entry: &EntryId| case.dispute.slots.contains(&Slot::entry(field, *entry));
        let count = standing(cases, |case| {
            case.dispute.records.contains(&kept.record.id)
                && open.iter().filter(|entry| settles(case, entry)).count() > 1
        });
        if count != 1 {
            let words = format!(
                "record {} has {} open entries of {field:?}, and {count} cases about them",
                kept.record.id,
                open.len()
            );
            return Err(Failure::new("6 cases", words));
        }
    }
    Ok(())
}

fn entries(fields: &Fields, field: Field, open: impl Fn(&Value) -> bool) -> Vec<EntryId> {
    fields
        .entries(field)
        .filter(|(_, value)| open(value))
        .map(|(entry, _)| entry)
        .collect()
}

/// How many of the cases wanted are open or decided, the last of their matter alone: one that went
/// up or was undone goes on as the next, and so does one that was decided when a new claim comes.
pub(super) fn standing(cases: &[Case], wanted: impl Fn(&Case) -> bool) -> usize {
    let is_last = |case: &&Case| {
        let mut later = cases.iter().filter(|other| {
            other.dispute.matter == case.dispute.matter
                && other.dispute.records == case.dispute.records
                && other.generation > case.generation
        });
        later.next().is_none()
    };
    let stands = |case: &&Case| case.is_open() || case.is_in_force();
    let found = cases.iter().filter(|case| wanted(case) && stands(case));
    found.filter(is_last).count()
}

/// A case in which both acts claim something and that settles the field. One case may be about
/// several fields in which the same acts clash. Whether somebody lives (row 6) is asked of both of two
/// deaths as one side, and settles neither date: that is a case of its own (row 8).
fn is_about(case: &Case, kept: &Kept, one: &Put, two: &Put) -> bool {
    let claims = |act: &ActId| {
        case.dispute
            .claims
            .iter()
            .any(|claim| claim.act == Some(*act))
    };
    let mut slots = case.dispute.slots.iter();
    case.dispute.matter != Matter::Life
        && case.dispute.records.contains(&kept.record.id)
        && claims(&one.act)
        && claims(&two.act)
        && slots.any(|slot| *slot == one.slot)
}

/// The places that an act tells of this record, also where of two claims it tells the one that the
/// document had on top: whoever knew both has settled them by that.
fn told_by(registrar: &Registrar, kept: &Kept, act: &ActId) -> Result<Vec<Slot>, Failure> {
    let row = registrar.act(act);
    let row = row.map_err(|_| Failure::new("store", "an act cannot be read"))?;
    let mut slots = Vec::new();
    for row in row.iter().filter(|row| !row.taken_back) {
        let on_record = row.act.records().filter(|(_, id)| *id == kept.record.id);
        let changes = on_record.filter_map(|(index, _)| row.act.body.changes.get(index));
        slots.extend(
            changes
                .flat_map(|change| &change.edits)
                .filter_map(|edit| match edit {
                    Edit::Put(field, _) | Edit::Clear(field) => Some(Slot::single(*field)),
                    Edit::Amend(field, entry, _) => Some(Slot::entry(*field, *entry)),
                    _ => None,
                }),
        );
    }
    Ok(slots)
}

fn puts(registrar: &Registrar, kept: &Kept, document: &Document) -> Result<Vec<Put>, Failure> {
    let mut puts = Vec::new();
    for act in document.acts() {
        let row = registrar
            .act(&act)
            .map_err(|_| Failure::new("store", "an act cannot be read"))?;
        // What a decision writes is a person's word already.
        let Some(row) = row.filter(|row| row.act.office.is_some() && !row.taken_back) else {
            continue;
        };
        let written = document.written_by(&act);
        for (index, id) in row.act.records() {
            let change = row.act.body.changes.get(index);
            let Some(change) = change.filter(|_| id == kept.record.id) else {
                continue;
            };
            let on_record = matches!(change.target, Target::Held { .. } | Target::Placed { .. });
            if !on_record || row.act.body.refers.is_some() {
                continue;
            }
            for edit in &change.edits {
                let (slot, value) = match edit {
                    Edit::Put(field, value) => (Slot::single(*field), Some(value.clone())),
                    Edit::Amend(field, entry, value) => {
                        (Slot::entry(*field, *entry), value.clone())
                    }
                    _ => continue,
                };
                if slot.field.rule().policy == Policy::Review && written.contains(&slot) {
                    puts.push(Put { act, slot, value });
                }
            }
        }
    }
    Ok(puts)
}

/// While a case about a field is open, what is shown is what was last agreed: no claim, no third
/// value, and not nothing where there was something.
fn shown_is_agreed(
    registrar: &Registrar,
    (kept, document, met): (&Kept, &Document, &Met),
    known: &mut Option<Vec<Case>>,
) -> Result<(), Failure> {
    let standing = Standing::of_document(kept.record.id, document);
    let cases = match known {
        Some(cases) => cases,
        None => known.insert(cases(registrar)?),
    };
    for case in cases.iter().filter(|case| case.is_open()) {
        let Matter::Field(field) = case.dispute.matter else {
            continue;
        };
        // What was decided below and took effect is shown until the decision above.
        let below = case.appeal.as_ref();
        if !case.dispute.records.contains(&kept.record.id)
            || field.rule().policy != Policy::Review
            || below.is_some_and(|appeal| appeal.effect.is_some())
        {
            continue;
        }
        // Of a list, the entry that the case is about.
        let mut slots = case.dispute.slots.iter().filter(|slot| slot.field == field);
        let (Some(slot), None) = (slots.next(), slots.next()) else {
            continue;
        };
        let shown = standing.fields.get(*slot);
        let agreed = case.dispute.agreed.as_ref();
        if field.rule().shape == Shape::Single {
            agreed_is_what_acts_say(registrar, (kept, document, met), case, field)?;
        }
        if without_row_16(field, shown) != without_row_16(field, agreed) {
            let told = |value| serde_json::to_string(&value).unwrap_or_default();
            let words = format!(
                "case {} about {field:?} of record {} is open, {} is shown and {} was last agreed",
                case.number,
                kept.record.id,
                told(shown),
                told(agreed)
            );
            return Err(Failure::new("6 cases", words));
        }
    }
    Ok(())
}

/// What was last agreed is, by the acts themselves, what the last act wrote that every claim knew of:
/// where there is just one such act.
fn agreed_is_what_acts_say(
    registrar: &Registrar,
    (kept, document, met): (&Kept, &Document, &Met),
    case: &Case,
    field: Field,
) -> Result<(), Failure> {
    let claims: Option<Vec<ActId>> = case.dispute.claims.iter().map(|claim| claim.act).collect();
    let Some(claims) = claims else { return Ok(()) };
    let (of, slot) = ((kept.record.id, document), Slot::single(field));
    let mut before = Vec::new();
    for act in document.acts() {
        let known = |claim: &ActId| *claim != act && met.knew(of, claim, &act);
        if !claims.iter().all(known) || !document.written_by(&act).contains(&slot) {
            continue;
        }
        let row = registrar.act(&act);
        let row = row.map_err(|_| Failure::new("store", "an act cannot be read"))?;
        // What was taken back, or was never an office's, stands otherwise than as its edits say.
        let Some(row) = row.filter(|row| row.act.office.is_some() && !row.taken_back) else {
            return Ok(());
        };
        before.push((
            act,
            last_put(
                &row.act.body,
                &row.act.records().collect::<Vec<_>>(),
                kept,
                field,
            ),
        ));
    }
    let all: Vec<ActId> = before.iter().map(|(act, _)| *act).collect();
    before.retain(|(act, _)| {
        !all.iter()
            .any(|later| later != act && met.knew(of, later, act))
    });
    let [(act, Some(value))] = before.as_slice() else {
        return Ok(());
    };
    if without_row_16(field, value.as_ref()) != without_row_16(field, case.dispute.agreed.as_ref())
    {
        let words = format!(
            "case {} about {field:?} of record {} says that {} was last agreed, and act {act} put {}",
            case.number,
            kept.record.id,
            serde_json::to_string(&case.dispute.agreed).unwrap_or_default(),
            serde_json::to_string(&value).unwrap_or_default()
        );
        return Err(Failure::new("6 cases", words));
    }
    Ok(())
}

/// The value that an act put into a field of a record by a plain edit; nothing if it did otherwise.
fn last_put(
    body: &ActBody,
    records: &[(usize, registry::RecordId)],
    kept: &Kept,
    field: Field,
) -> Option<Option<Value>> {
    let mut put = None;
    for (index, id) in records {
        if *id != kept.record.id {
            continue;
        }
        for edit in body
            .changes
            .get(*index)
            .iter()
            .flat_map(|change| &change.edits)
        {
            if let Edit::Put(at, value) = edit
                && *at == field
            {
                put = Some(Some(value.clone()));
            }
        }
    }
    put
}

/// A temporary residence without its end: row 16 of the clash table shows it as ended on the day on
/// which a permanent one begins in the same place, whatever a case says of it.
fn without_row_16(field: Field, value: Option<&Value>) -> Option<Value> {
    let mut value = value.cloned();
    if field == Field::Temporary
        && let Some(Value::Residence(stay)) = &mut value
    {
        stay.to = None;
    }
    value
}
