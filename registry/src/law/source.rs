//! Where the rule of an input stands, for whoever is told that something is wrong with it.

use crate::act::ActKind;
use crate::schema::FIELDS;

/// The items of Article 9, in their order.
const ITEMS: [&str; 26] = [
    "Law on Identification 26/2023, Art. 9(1)",
    "Law on Identification 26/2023, Art. 9(2)",
    "Law on Identification 26/2023, Art. 9(3)",
    "Law on Identification 26/2023, Art. 9(4)",
    "Law on Identification 26/2023, Art. 9(5)",
    "Law on Identification 26/2023, Art. 9(6)",
    "Law on Identification 26/2023, Art. 9(7)",
    "Law on Identification 26/2023, Art. 9(8)",
    "Law on Identification 26/2023, Art. 9(9)",
    "Law on Identification 26/2023, Art. 9(10)",
    "Law on Identification 26/2023, Art. 9(11)",
    "Law on Identification 26/2023, Art. 9(12)",
    "Law on Identification 26/2023, Art. 9(13)",
    "Law on Identification 26/2023, Art. 9(14)",
    "Law on Identification 26/2023, Art. 9(15)",
    "Law on Identification 26/2023, Art. 9(16)",
    "Law on Identification 26/2023, Art. 9(17)",
    "Law on Identification 26/2023, Art. 9(18)",
    "Law on Identification 26/2023, Art. 9(19)",
    "Law on Identification 26/2023, Art. 9(20)",
    "Law on Identification 26/2023, Art. 9(21)",
    "Law on Identification 26/2023, Art. 9(22)",
    "Law on Identification 26/2023, Art. 9(23)",
    "Law on Identification 26/2023, Art. 9(24)",
    "Law on Identification 26/2023, Art. 9(25)",
    "Law on Identification 26/2023, Art. 9(26)",
];

/// What the digits of a number mean.
const NUMBER: &str = "Circular 59/2021, Art. 4";

/// The rule of an input of a procedure, by its path (`child.birth_date`, `people[0].person.pin`):
/// of the item of the record that it is, else of the procedure. Nothing for what only this program asks.
pub fn of_input(kind: Option<ActKind>, path: &str) -> Option<&'static str> {
    let name = path.rsplit('.').next().unwrap_or(path);
    let name = name.split('[').next().unwrap_or(name);
    if name == "pin" || name.ends_with("_pin") {
        return Some(NUMBER);
    }
    let mut fields = FIELDS.iter();
    let item = fields.find(|rule| rule.key == name).map(|rule| rule.item);
    let of_item = item.and_then(|item| ITEMS.get(usize::from(item).checked_sub(1)?));
    of_item.copied().or_else(|| of_procedure(kind?))
}

/// The rule of a procedure; nothing for those that are of this register alone.
pub fn of_procedure(kind: ActKind) -> Option<&'static str> {
    match (kind.rule().deadline, kind) {
        (Some(deadline), _) => Some(deadline.result.source),
        (None, ActKind::StayNotification) => Some("Law on Residence 68/2020, Art. 30"),
        (None, ActKind::Contact) => ITEMS.get(24).copied(),
        (None, ActKind::ChildPinRequest) => ITEMS.get(2).copied(),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_has_the_rule_of_its_item_else_of_its_procedure() {
        let birth = Some(ActKind::Birth);
        for (kind, path, rule) in [
            (birth, "child.birth_date", Some(ITEMS[3])),
            (birth, "mother.pin", Some(NUMBER)),
            (birth, "child.ethnic", Some(ITEMS[8])),
            (birth, "certificate", of_procedure(ActKind::Birth)),
            (None, "certificate", None),
            (Some(ActKind::Withdraw), "reason", None),
            (
                Some(ActKind::StayNotification),
                "people[3].from",
                Some("Law on Residence 68/2020, Art. 30"),
            ),
            (Some(ActKind::Contact), "phone", Some(ITEMS[24])),
        ] {
            assert_eq!(of_input(kind, path), rule, "{path}");
        }
        assert!(of_procedure(ActKind::Birth).is_some());
    }
}
