//! What the commune police file about a person's identity: applications for a card, for a child's
//! number and for an e-ID account, and the names that somebody is known by besides.

use registry::RecordId;
use registry::person::Person;
use registry::procedure::Slice;
use registry::schema::Field;
use registry::value::Value as FieldValue;
use serde_json::{Value, json};

use super::Desk;
use crate::dice::Dice;
use crate::plan::Procedure;

/// Few, so that two offices add the same one.
const OTHER_NAMES: [&str; 3] = ["Tám Lúa", "Cô Ba", "Thích Minh Tâm"];

/// The act; nothing if there is nobody to file it for.
pub(super) fn filing(desk: &Desk<'_>, procedure: Procedure, dice: &mut Dice) -> Option<Value> {
    match procedure {
        Procedure::CardApplication => {
            let reason = *dice.pick(&["first", "first", "lost", "wish", "age_reached"])?;
            let person = desk.held(dice)?;
            let collected = if desk.made.contains(&person) {
                json!([])
            } else {
                json!(["face", "fingerprints", "iris"])
            };
            let value =
                json!({"act": "card_application", "reason": reason, "collected": collected});
            applied(desk, dice, value, person)
        }
        Procedure::ChildPinRequest => {
            let without = desk.of_whom(dice, |person| person.pin().is_none())?;
            applied(desk, dice, json!({"act": "child_pin_request"}), without)
        }
        Procedure::EidLevel1 | Procedure::EidLevel2 => {
            let levels = ["eid_level_1", "eid_level_2"];
            let act = levels.get(usize::from(procedure == Procedure::EidLevel2))?;
            let phone = format!("09123456{:02}", dice.below(3));
            let person = desk.held(dice)?;
            applied(desk, dice, json!({"act": act, "phone": phone}), person)
        }
        _ => other_names(desk, dice),
    }
}

/// An application for somebody; for a child somebody else asks.
fn applied(desk: &Desk<'_>, dice: &mut Dice, mut value: Value, person: RecordId) -> Option<Value> {
    let items = value.as_object_mut()?;
    items.insert("person".to_owned(), json!(person.to_string()));
    if desk.made.contains(&person) {
        let asks = desk.someone(dice, |person| person.female)?;
        items.insert("asked_by".to_owned(), json!({"pin": asks.pin}));
        let paper = json!([{"kind": "trích lục khai sinh", "number": "1/2026"}]);
        items.insert("evidence".to_owned(), paper);
    }
    Some(value)
}

fn other_names(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let known = |person: &Person<'_>| -> Vec<String> {
        let names = person.0.entries(Field::OtherNames);
        let names = names.filter_map(|(_, value)| match value {
            FieldValue::Name(name) => Some(name.as_str().to_owned()),
            _ => None,
        });
        names.collect()
    };
    let adds = json!({"add": dice.pick(&OTHER_NAMES)?});
    let has_some = |person: &Person<'_>| !known(person).is_empty();
    let with = dice.percent(50).then(|| desk.of_whom(dice, has_some));
    let (person, change) = match with.flatten() {
        None => (desk.held(dice)?, adds),
        Some(person) => {
            let held = desk.office.record(&person)?;
            let gone = dice.pick(&known(&Person(held.fields())))?.clone();
            let instead = dice.percent(40);
            let mut change = if instead { adds } else { json!({}) };
            let items = change.as_object_mut()?;
            items.insert("remove".to_owned(), json!(gone));
            (person, change)
        }
    };
    Some(
        json!({"act": "registry_correction", "person": person.to_string(),
        "other_names": change, "evidence": [{"kind": "DC02"}]}),
    )
}
