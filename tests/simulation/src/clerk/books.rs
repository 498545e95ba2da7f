//! What the civil-status officer enters about what stands in the books already, or enters late.

use registry::person::Person;
use registry::procedure::Slice;
use registry::value::PersonLink;
use serde_json::{Value, json};

use super::{CHILDREN, Desk, PAPERS};
use crate::dice::Dice;
use crate::plan::Procedure;

/// Numbers in the book of marriages, as [`super::marriage`] gives them, and one more.
const NUMBERS: [&str; 3] = ["88/2026", "89/2026", "90/2026"];

/// The act; nothing if there is nobody to file it for.
pub(super) fn filing(desk: &Desk<'_>, procedure: Procedure, dice: &mut Dice) -> Option<Value> {
    let paper = json!([{"kind": "quyết định", "number": "9/2026", "date": "2026-10-01"}]);
    Some(match procedure {
        Procedure::LateBirth => {
            let mother = desk.someone(dice, |person| person.female)?;
            json!({"act": "late_birth",
                "child": {"name": dice.pick(&CHILDREN)?, "sex": dice.pick(&["male", "female"])?,
                    "birth_date": dice.pick(&["2026-03", "2019-04-05"])?},
                // The papers of births in time, so that a child is registered twice.
                "certificate": dice.pick(&PAPERS)?, "birth_order": dice.below(3),
                "mother": {"pin": mother.pin}, "joins_household": dice.percent(40),
                "evidence": [{"kind": "văn bản làm chứng", "date": "2026-10-01"}]})
        }
        Procedure::MaritalConfirmation => json!({"act": "marital_confirmation",
            "person": desk.held(dice)?.to_string(),
            "number": dice.pick(&["127/UBND", "128/UBND"])?, "purpose": "kết hôn"}),
        Procedure::MarriageNumber => {
            let (first, second) = couple(desk, dice)?;
            json!({"act": "marriage_number", "first": first, "second": second,
                "certificate": dice.pick(&NUMBERS)?, "evidence": paper})
        }
        Procedure::MarriageAnnulled => {
            let (first, second) = couple(desk, dice)?;
            json!({"act": "marriage_annulled", "first": first, "second": second,
                "date": desk.today, "evidence": paper})
        }
        Procedure::DeathRevoked => {
            let dead = desk.of_whom(dice, |person| person.death().is_some())?;
            json!({"act": "death_revoked", "person": {"id": dead.to_string()},
                "cause": dice.pick(&["court", "error"])?, "evidence": paper})
        }
        _ => {
            let guarded = |person: &Person<'_>| person.representative().is_some();
            let ward = desk.of_whom(dice, guarded)?;
            json!({"act": "guardianship_end", "ward": {"id": ward.to_string()},
                "date": desk.today, "evidence": paper})
        }
    })
}

/// Two who are married, one of whom at least the office holds.
fn couple(desk: &Desk<'_>, dice: &mut Dice) -> Option<(Value, Value)> {
    let married = |person: &Person<'_>| person.standing_marriages().next().is_some();
    let id = desk.of_whom(dice, married)?;
    let held = desk.office.record(&id)?;
    let person = Person(held.fields());
    let (_, marriage) = person.standing_marriages().next()?;
    let spouse = match &marriage.spouse {
        PersonLink::Pin(pin) => {
            let mut people = desk.people.people.iter();
            desk.named(people.find(|one| one.pin == pin.digits())?)
        }
        PersonLink::Record(id) => json!({"id": id.to_string()}),
        PersonLink::Named { .. } => return None,
    };
    Some((json!({"id": id.to_string()}), spouse))
}
