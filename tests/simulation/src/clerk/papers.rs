//! Acts that end, go on with or put right what others began: they need its papers.

use registry::RecordId;
use registry::procedure::Slice;
use registry::schema::Field;
use registry::value::Value as FieldValue;
use serde_json::{Value, json};

use super::{CHILDREN, DATES, Desk, NAMES};
use crate::dice::Dice;
use crate::plan::Procedure;

/// The act; nothing if there is nobody to file it for.
pub(super) fn filing(desk: &Desk<'_>, procedure: Procedure, dice: &mut Dice) -> Option<Value> {
    let paper = json!([{"kind": "quyết định", "number": "9/2026", "date": "2026-10-01"}]);
    Some(match procedure {
        Procedure::Divorce => {
            let first = desk.someone(dice, |person| !person.female)?;
            let second = desk.someone(dice, |person| person.female)?;
            // One draw for all three, as there was for two.
            let act = match dice.below(100) {
                0..70 => "divorce",
                70..90 => "marriage_annulled",
                _ => {
                    let number = format!("{}/2026", desk.today.as_str().len());
                    return Some(json!({"act": "marriage_number", "first": desk.named(first),
                        "second": desk.named(second), "certificate": number,
                        "evidence": paper}));
                }
            };
            json!({"act": act, "first": desk.named(first), "second": desk.named(second),
                "date": desk.today, "evidence": paper})
        }
        Procedure::ParentRecognition => {
            let father = desk.someone(dice, |person| !person.female)?;
            let mut value = json!({"act": "parent_recognition", "child": desk.reference(dice)?,
                "father": desk.named(father), "evidence": paper});
            if dice.percent(40) {
                let name = json!(dice.pick(&CHILDREN)?);
                value.as_object_mut()?.insert("name".to_owned(), name);
            }
            value
        }
        Procedure::Guardianship if dice.percent(30) => json!({"act": "guardianship_end",
            "ward": desk.reference(dice)?, "date": desk.today, "evidence": paper}),
        Procedure::Guardianship => json!({"act": "guardianship", "ward": desk.reference(dice)?,
            "guardian": desk.reference(dice)?, "from": desk.today, "evidence": paper}),
        Procedure::RepeatedBirth => json!({"act": "repeated_birth",
            "person": {"id": desk.held(dice)?.to_string()},
            "child": {"name": dice.pick(&NAMES)?, "birth_date": "1972", "sex": "female"},
            "evidence": [{"kind": "tờ khai và cam đoan sổ hộ tịch đã mất", "date": "2026-10-01"}]}),
        Procedure::BirthRevoked => json!({"act": "birth_revoked",
            "person": dice.pick(desk.made).copied()?.to_string(), "ground": "đăng ký trùng",
            "evidence": paper}),
        Procedure::TemporaryRenewal => json!({"act": "temporary_renewal",
            "person": tenant(desk, dice)?.to_string(), "to": "2028-06-30", "evidence": paper}),
        Procedure::TemporaryAbsence => json!({"act": "temporary_absence",
            "person": desk.held(dice)?.to_string(), "from": desk.today, "to": "2027-06-30",
            "destination": {"text": "đi làm ăn xa"}}),
        Procedure::PermanentDeletion => {
            let ground = *dice.pick(&["absent", "settled_abroad", "rental_ended"])?;
            json!({"act": "permanent_deletion", "people": [desk.held(dice)?.to_string()],
                "ground": ground, "since": dice.pick(&["2025-01-01"])?, "to": dice.pick(&DATES[..2])?,
                "evidence": paper})
        }
        Procedure::TemporaryDeletion => json!({"act": "temporary_deletion",
            "people": [tenant(desk, dice)?.to_string()], "ground": "rental_ended", "to": desk.today,
            "evidence": paper}),
        Procedure::HouseholdMerge => {
            let (household, _) = desk.household(dice)?;
            let (into, _) = desk.household(dice)?;
            json!({"act": "household_merge", "household": household.to_string(),
                "into": into.to_string(), "evidence": [{"kind": "CT01"}]})
        }
        Procedure::HouseholdAddress => {
            let (household, members) = desk.household(dice)?;
            let relation = *dice.pick(&["child", "other", "spouse"])?;
            json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
                "households": [{"household": household.to_string(),
                    "address": dice.pick(&["số 14", "số 15"])?}],
                "people": [{"person": members.last()?.to_string(), "relation": relation}],
                "evidence": paper})
        }
        _ => json!({"act": "residence_adjustment", "ground": "Nghị quyết 12/NQ-HĐND",
            "people": [{"person": desk.held(dice)?.to_string(),
                "permanent_address": dice.pick(&["số 14", "số 15"])?}],
            "evidence": paper}),
    })
}

/// Somebody with a temporary residence, wherever it is.
fn tenant(desk: &Desk<'_>, dice: &mut Dice) -> Option<RecordId> {
    let open =
        |value: &FieldValue| matches!(value, FieldValue::Residence(stay) if stay.to.is_none());
    for _ in 0..8 {
        let id = desk.held(dice)?;
        let held = desk.office.record(&id)?;
        let mut stays = held.fields().entries(Field::Temporary);
        if stays.any(|(_, value)| open(value)) {
            return Some(id);
        }
    }
    None
}
