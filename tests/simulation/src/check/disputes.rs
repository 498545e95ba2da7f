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
                let words = format!(
                    "acts {} and {} put different values into {:?} of record {}, and no case has both",
                    one.act, two.act, one.field, kept.record.id
                );
                return Err(Failure::new("6 cases", words));
            }
        }
    }
    shown_is_agreed(registrar, kept, &mut known)
}

/// A case in which both acts claim something, or that is about the field: a later act of one of the
/// two offices may have taken the earlier one's place among the claims. One case may be about
/// several fields in which the same acts clash.
fn is_about(case: &Case, kept: &Kept, one: &Put, two: &Put) -> bool {
    let claims = |act: &ActId| {
        case.dispute
            .claims
            .iter()
            .any(|claim| claim.act == Some(*act))
    };
    case.dispute.records.contains(&kept.record.id)
        && ((claims(&one.act) && claims(&two.act))
            || case.dispute.matter == Matter::Field(one.field)
            || case
                .dispute
                .slots
                .iter()
                .any(|slot| slot.field == one.field))
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
