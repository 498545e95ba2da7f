//! Pairs of acts on one person that cannot both be right though they write different places: a
//! deletion for an absence that was declared (row 14). A pair is asked about if neither author
//! knew of the other.

use super::knowing::Taken;
use crate::RecordId;
use crate::act::ActKind;
use crate::clash;
use crate::code::DeletionGround;
use crate::date::DateOrder;
use crate::dispute::{Claim, Dispute, Matter};
use crate::edit::Edit;
use crate::schema::Field;
use crate::value::Value;

/// The disputes between acts on a person; `acts` are those that still count.
pub fn pairs(id: RecordId, acts: &[Taken<'_>]) -> Vec<Dispute> {
    let rules: [(u8, Matter, Rule); 1] = [(14, Matter::Deletion, deleted_and_declared)];
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
                            value: Some(value),
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
type Rule = fn(RecordId, &Taken<'_>, &Taken<'_>) -> Option<(Value, Value)>;

/// Row 14: a declaration made before the deletion, or on a day that cannot be told from it, beats
/// it; one made after it comes too late, and there is nothing to ask.
fn deleted_and_declared(
    id: RecordId,
    one: &Taken<'_>,
    other: &Taken<'_>,
) -> Option<(Value, Value)> {
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
    (when != DateOrder::After).then(|| (deleted.clone(), declared.clone()))
}
