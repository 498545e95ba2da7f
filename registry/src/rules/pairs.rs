//! Pairs of acts on one person that cannot both be right though they write different places: a
//! divorce and a marriage from before it (row 10), a deletion for an absence that was declared (row
//! 14), a correction and a card application with the old value (row 17). A pair is asked about if
//! neither author knew of the other.

use super::knowing::Taken;
use crate::RecordId;
use crate::act::ActKind;
use crate::clash;
use crate::code::DeletionGround;
use crate::date::DateOrder;
use crate::dispute::{Claim, Dispute, Matter};
use crate::edit::Edit;
use crate::fields::EntryId;
use crate::schema::Field;
use crate::value::Value;

/// The disputes between acts on a person; `acts` are those that still count.
pub fn pairs(id: RecordId, acts: &[Taken<'_>]) -> Vec<Dispute> {
    let rules: [(u8, Matter, Rule); 3] = [
        (10, Matter::Divorce, divorced_and_married),
        (14, Matter::Deletion, deleted_and_declared),
        (17, Matter::Application, corrected_and_applied),
    ];
    let written: Vec<Written<'_>> = acts
        .iter()
        .map(|by| Written {
            by,
            edits: by.edits_of(id),
        })
        .filter(|written| written.edits.iter().any(is_compared))
        .collect();
    let found = rules.into_iter().filter_map(|(row, matter, rule)| {
        let mut claims = Vec::new();
        for one in &written {
            for other in &written {
                // Who knew of whom last: it takes the most work, and every two acts are compared.
                if let Some((mine, theirs)) = rule(one, other)
                    && one.by.apart_from(other.by)
                {
                    for (written, value) in [(one, mine), (other, theirs)] {
                        claims.push(Claim {
                            act: Some(written.by.id()),
                            record: None,
                            value,
                        });
                    }
                }
            }
        }
        claims.sort_by_key(|claim| claim.act);
        claims.dedup();
        (!claims.is_empty()).then(|| Dispute {
            row,
            matter,
            records: vec![id],
            claims,
            agreed: None,
            slots: Vec::new(),
            harm: clash::harm(row),
        })
    });
    found.collect()
}

/// An act, and what it wrote on the person.
struct Written<'a> {
    by: &'a Taken<'a>,
    edits: &'a [Edit],
}

/// Whether an edit writes where one of the rules looks.
const fn is_compared(edit: &Edit) -> bool {
    matches!(
        edit.field(),
        Field::Marriages
            | Field::Name
            | Field::BirthDate
            | Field::Applications
            | Field::Permanent
            | Field::Temporary
            | Field::Absences
    )
}

/// What both claim, if they clash.
type Rule = fn(&Written<'_>, &Written<'_>) -> Option<Values>;
/// The values that both claim, where they claim one.
type Values = (Option<Value>, Option<Value>);

/// Row 10: replayed by effective date, a marriage after the divorce is in order; one from before
/// it, or from a day that cannot be told from it, was made while the other marriage stood.
fn divorced_and_married(one: &Written<'_>, other: &Written<'_>) -> Option<Values> {
    let (by, other_by) = (one.by, other.by);
    if (by.act.body.kind, other_by.act.body.kind) != (ActKind::Divorce, ActKind::Marriage) {
        return None;
    }
    let (married, marriage) = other.edits.iter().find_map(|edit| match edit {
        Edit::Add(Field::Marriages, value @ Value::Marriage(marriage)) => Some((value, marriage)),
        _ => None,
    })?;
    let ends = one.edits;
    let ends_this = ends.iter().any(|edit| match edit {
        Edit::EndMarriage { with, .. } => with.contains(&marriage.spouse),
        Edit::Amend(Field::Marriages, entry, _) => *entry == EntryId::Act(other_by.id()),
        _ => false,
    });
    // A divorce ends the marriage that it names; with that one it does not clash.
    if ends.is_empty() || ends_this {
        return None;
    }
    let when = other_by.act.body.effective.compare(by.act.body.effective);
    (when != DateOrder::After).then(|| (None, Some(married.clone())))
}

/// Row 17: what was pinned when the application was prepared is another value than the corrected
/// one. Writing alone makes no difference.
fn corrected_and_applied(one: &Written<'_>, other: &Written<'_>) -> Option<Values> {
    let application = other.edits.iter().find_map(|edit| match edit {
        Edit::Add(Field::Applications, value @ Value::Application(application)) => {
            Some((value, application))
        }
        _ => None,
    });
    let (value, application) = application?;
    let pinned = &application.pinned;
    let corrected = one.edits.iter().find_map(|edit| match edit {
        Edit::Put(Field::Name, Value::Name(name)) if !name.same_as(&pinned.name) => {
            Some(Value::Name(name.clone()))
        }
        Edit::Put(Field::BirthDate, Value::Birth(birth)) if *birth != pinned.birth => {
            Some(Value::Birth(birth.clone()))
        }
        _ => None,
    })?;
    Some((Some(corrected), Some(value.clone())))
}

/// Row 14: a declaration made before the deletion, or on a day that cannot be told from it, beats
/// it; one made after it comes too late, and there is nothing to ask.
fn deleted_and_declared(one: &Written<'_>, other: &Written<'_>) -> Option<Values> {
    if one.by.act.body.kind != ActKind::PermanentDeletion {
        return None;
    }
    let (deleted, home) = one.edits.iter().find_map(|edit| match edit {
        Edit::Amend(Field::Permanent, _, Some(value @ Value::Residence(home)))
            if DeletionGround::of(home) == Some(DeletionGround::Absent) =>
        {
            Some((value, home))
        }
        _ => None,
    })?;
    let declared = other.edits.iter().find_map(|edit| match edit {
        Edit::Add(Field::Absences, value @ Value::Absence(_)) => Some(value),
        Edit::Add(Field::Temporary, value @ Value::Residence(stay)) if stay.unit != home.unit => {
            Some(value)
        }
        _ => None,
    })?;
    let when = (other.by.act.body.effective).compare(one.by.act.body.effective);
    (when != DateOrder::After).then(|| (Some(deleted.clone()), Some(declared.clone())))
}
