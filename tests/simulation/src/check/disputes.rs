//! Invariant 6: what a person has to decide is before a person. Clashes are looked for here in the
//! acts themselves: two that changed one field, neither of which knew of the other.

use central_registry::registrar::Registrar;
use central_registry::tables::Kept;
use registry::ActId;
use registry::act::Target;
use registry::case::Case;
use registry::dispute::{Matter, Standing};
use registry::document::Document;
use registry::edit::Edit;
use registry::fields::{EntryId, Fields, Slot};
use registry::record::Content;
use registry::schema::{Field, Policy, Shape};
use registry::value::{Value, reconcile};

use super::{Failure, centre::cases};

/// A value that an act put into a field.
struct Put {
    act: ActId,
    field: Field,
    value: Value,
}

/// Looks at one record that has changed.
pub(crate) fn clashes_have_cases(registrar: &Registrar, kept: &Kept) -> Result<(), Failure> {
    if matches!(kept.record.content, Content::Genesis(_)) {
        return Ok(());
    }
    let unreadable = |_| Failure::new("store", "a document cannot be read");
    let document = kept.record.document().map_err(unreadable)?;
    let mut puts = puts(registrar, kept, &document)?;
    // What a later act of somebody who knew it has written over is no claim any more.
    let writers: Vec<(ActId, Vec<Field>)> = document
        .acts()
        .into_iter()
        .map(|act| {
            let written = document.written_by(&act);
            (act, written.iter().map(|slot| slot.field).collect())
        })
        .collect();
    puts.retain(|put| {
        !writers.iter().any(|(act, fields)| {
            *act != put.act && fields.contains(&put.field) && document.knew(act, &put.act)
        })
    });
    let mut known: Option<Vec<Case>> = None;
    for (index, one) in puts.iter().enumerate() {
        for two in puts.iter().skip(index + 1) {
            if one.field != two.field
                || one.act == two.act
                || document.knew(&one.act, &two.act)
                || document.knew(&two.act, &one.act)
                || reconcile(&[&one.value, &two.value]).is_some()
            {
                continue;
            }
            let cases = match &mut known {
                Some(cases) => cases,
                None => known.insert(cases(registrar)?),
            };
            if !cases.iter().any(|case| is_about(case, kept, one, two)) {
                let told = |put: &Put| serde_json::to_string(&put.value).unwrap_or_default();
                let words = format!(
                    "acts {} and {} put {} and {} into {:?} of record {}, and no case has both",
                    one.act,
                    two.act,
                    told(one),
                    told(two),
                    one.field,
                    kept.record.id
                );
                return Err(Failure::new("6 cases", words));
            }
        }
    }
    one_home_one_spouse(registrar, kept, &document, &mut known)?;
    shown_is_agreed(registrar, kept, &mut known)
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
        let has_case = cases.iter().any(|case| {
            case.dispute.records.contains(&kept.record.id)
                && open.iter().filter(|entry| settles(case, entry)).count() > 1
        });
        if !has_case {
            let words = format!(
                "record {} has {} open entries of {field:?}, and no case about them",
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

/// A case in which both acts claim something, open or closed. One case may be about several fields
/// in which the same acts clash.
fn is_about(case: &Case, kept: &Kept, one: &Put, two: &Put) -> bool {
    let claims = |act: &ActId| {
        case.dispute
            .claims
            .iter()
            .any(|claim| claim.act == Some(*act))
    };
    case.dispute.records.contains(&kept.record.id) && claims(&one.act) && claims(&two.act)
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
            if !matches!(change.target, Target::Held { .. }) || row.act.body.refers.is_some() {
                continue;
            }
            for edit in &change.edits {
                if let Edit::Put(field, value) = edit
                    && field.rule().policy == Policy::Review
                    && field.rule().shape == Shape::Single
                    && written.iter().any(|slot| slot.field == *field)
                {
                    puts.push(Put {
                        act,
                        field: *field,
                        value: value.clone(),
                    });
                }
            }
        }
    }
    Ok(puts)
}

/// While a case about a field is open, none of what is claimed is shown.
fn shown_is_agreed(
    registrar: &Registrar,
    kept: &Kept,
    known: &mut Option<Vec<Case>>,
) -> Result<(), Failure> {
    let unreadable = |_| Failure::new("store", "a document cannot be read");
    let standing = Standing::of(&kept.record).map_err(unreadable)?;
    let cases = match known {
        Some(cases) => cases,
        None => known.insert(cases(registrar)?),
    };
    for case in cases.iter().filter(|case| case.is_open()) {
        let Matter::Field(field) = case.dispute.matter else {
            continue;
        };
        if !case.dispute.records.contains(&kept.record.id) || field.rule().policy != Policy::Review
        {
            continue;
        }
        let Some(shown) = standing.fields.single(field) else {
            continue;
        };
        let claimed = case
            .dispute
            .claims
            .iter()
            .any(|claim| claim.value.as_ref() == Some(shown));
        if claimed && case.dispute.agreed.as_ref() != Some(shown) {
            let words = format!(
                "case {} about {field:?} is open and one of its claims is shown",
                case.number
            );
            return Err(Failure::new("6 cases", words));
        }
    }
    Ok(())
}
