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
    let found = rules.into_iter().filter_map(|(row, matter, rule)| {
        let mut claims = Vec::new();
        for one in acts {
            for other in acts {
                if one.apart_from(other)
                    && let Some((mine, theirs)) = rule(id, one, other)
                {
                    for (act, value) in [(one, mine), (other, theirs)] {
                        claims.push(Claim {
                            act: Some(act.id()),
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

/// What both claim, if they clash.
type Rule = fn(RecordId, &Taken<'_>, &Taken<'_>) -> Option<Values>;
/// The values that both claim, where they claim one.
type Values = (Option<Value>, Option<Value>);

/// Row 10: replayed by effective date, a marriage after the divorce is in order; one from before
/// it, or from a day that cannot be told from it, was made while the other marriage stood.
fn divorced_and_married(id: RecordId, one: &Taken<'_>, other: &Taken<'_>) -> Option<Values> {
    if (one.act.body.kind, other.act.body.kind) != (ActKind::Divorce, ActKind::Marriage) {
        return None;
    }
    let (married, marriage) = other.edits_of(id).iter().find_map(|edit| match edit {
        Edit::Add(Field::Marriages, value @ Value::Marriage(marriage)) => Some((value, marriage)),
        _ => None,
    })?;
    let ends = one.edits_of(id);
    let ends_this = ends.iter().any(|edit| match edit {
        Edit::EndMarriage { with, .. } => with.contains(&marriage.spouse),
        Edit::Amend(Field::Marriages, entry, _) => *entry == EntryId::Act(other.id()),
        _ => false,
    });
    // A divorce ends the marriage that it names; with that one it does not clash.
    if ends.is_empty() || ends_this {
        return None;
    }
    let when = other.act.body.effective.compare(one.act.body.effective);
    (when != DateOrder::After).then(|| (None, Some(married.clone())))
}

/// Row 17: what was pinned when the application was prepared is another value than the corrected
/// one. Writing alone makes no difference.
fn corrected_and_applied(id: RecordId, one: &Taken<'_>, other: &Taken<'_>) -> Option<Values> {
    let application = other.edits_of(id).iter().find_map(|edit| match edit {
        Edit::Add(Field::Applications, value @ Value::Application(application)) => {
            Some((value, application))
        }
        _ => None,
    });
    let (value, application) = application?;
    let pinned = &application.pinned;
    let corrected = one.edits_of(id).iter().find_map(|edit| match edit {
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
fn deleted_and_declared(id: RecordId, one: &Taken<'_>, other: &Taken<'_>) -> Option<Values> {
    if one.act.body.kind != ActKind::PermanentDeletion {
        return None;
    }
    let (deleted, home) = one.edits_of(id).iter().find_map(|edit| match edit {
        Edit::Amend(Field::Permanent, _, Some(value @ Value::Residence(home)))
            if DeletionGround::of(home) == Some(DeletionGround::Absent) =>
        {
            Some((value, home))
        }
        _ => None,
    })?;
    let declared = other.edits_of(id).iter().find_map(|edit| match edit {
        Edit::Add(Field::Absences, value @ Value::Absence(_)) => Some(value),
        Edit::Add(Field::Temporary, value @ Value::Residence(stay)) if stay.unit != home.unit => {
            Some(value)
        }
        _ => None,
    })?;
    let when = other.act.body.effective.compare(one.act.body.effective);
    (when != DateOrder::After).then(|| (Some(deleted.clone()), Some(declared.clone())))
}
