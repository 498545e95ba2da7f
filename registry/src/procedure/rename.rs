//! A street, a hamlet or a range of houses has another name, or lies in another part of a commune
//! that was divided: the same adjustment for everybody who lives there, as many acts as it takes. What changes is a part of an address (between commas)
//! or its last words: `số 5 thôn Đông` and `ngõ 2, thôn Đông` both lie in `thôn Đông`.
//!
//! What is written already is no longer found, so the same renaming once more changes nothing.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::person::Person;
use crate::procedure::adjustment::{ADDRESS_RULE, HouseholdAdjustment, PersonAdjustment, no_part};
use crate::procedure::{AdjustmentInput, Refusal};
use crate::schema::{Field, RecordKind};
use crate::text::same_text;
use crate::unit::Units;
use crate::value::{Line, Value};
use crate::words::words;
use crate::{OfficeCode, RecordId};

/// Most records that one act of a renaming changes.
pub const RENAMED_MAX: usize = crate::act::CHANGES_MAX;
/// Most bytes of addresses in one act: the act has room for as much again around them.
const ADDRESS_BYTES_MAX: usize = crate::act::ACT_BYTES_MAX / 2;
/// What a change of a record takes beside its addresses, roughly.
const CHANGE_BYTES: usize = 300;

/// What is written otherwise from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    /// How it is written: a part of an address, or its last words.
    pub from: Line,
    /// How it is written from now on; as before, if only `unit` is another one.
    pub to: Line,
    /// Of a commune that was divided, the part in which it lies, if that is another commune.
    #[serde(default)]
    pub unit: Option<OfficeCode>,
    /// The decision.
    pub ground: Line,
}

/// What a renaming does to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// The record.
    pub record: RecordId,
    /// Person or household.
    pub kind: RecordKind,
    /// The fields with what is written in them before and after.
    pub texts: Vec<(Field, Line, Line)>,
}

impl Renaming {
    /// Refuses what names nothing, or would never come to an end, at an office.
    pub fn check(&self, units: &Units, office: OfficeCode) -> Result<(), Refusal> {
        for (field, text) in [("from", &self.from), ("to", &self.to)] {
            if text.is_empty() {
                return Err(Refusal::Missing { field });
            }
            if text.as_str().contains(',') {
                return Err(Refusal::Invalid {
                    field,
                    words: words(
                        "đây là một phần của địa chỉ, không có dấu phẩy; chỉ ghi tên đường, ngõ hoặc thôn",
                        "this is one part of an address, without a comma; write the street or hamlet alone",
                    ),
                });
            }
        }
        if self.ground.is_empty() {
            return Err(Refusal::AgainstRule {
                field: "ground",
                words: words(
                    "ghi văn bản quyết định đổi tên, đánh số lại hoặc chia xã",
                    "name the decision that renamed, renumbered or divided",
                ),
                rule: ADDRESS_RULE,
            });
        }
        match self.unit.filter(|unit| *unit != office) {
            Some(unit) if !units.is_part(office, unit) => Err(no_part()),
            None if self.keeps_text() => Err(Refusal::NothingChanges),
            _ => Ok(()),
        }
    }

    fn keeps_text(&self) -> bool {
        same_text(self.from.as_str(), self.to.as_str())
    }

    /// An address as it is written from now on; `None` if it does not lie there.
    pub fn renamed(&self, address: &Line) -> Option<Line> {
        let mut changed = false;
        let parts: Vec<String> = address
            .as_str()
            .split(',')
            .map(|part| match self.renamed_part(part) {
                Some(part) => {
                    changed = true;
                    part
                }
                None => part.trim().to_owned(),
            })
            .collect();
        // A text that became too long is left as it is, and shows in the next dry run.
        changed
            .then(|| Line::parse(&parts.join(", ")).ok())
            .flatten()
    }

    fn renamed_part(&self, part: &str) -> Option<String> {
        let (from, to) = (self.from.as_str(), self.to.as_str());
        let before = before_suffix(part, from)?;
        if self.keeps_text() {
            return Some(part.trim().to_owned());
        }
        // `thôn Đông` that is `thôn Tân Đông` now would else become `thôn Tân Tân Đông`.
        if before_suffix(to, from).is_some() && before_suffix(part, to).is_some() {
            return None;
        }
        Some(if before.is_empty() {
            to.to_owned()
        } else {
            format!("{before} {to}")
        })
    }

    /// What it does to a record of this office; nothing if the record does not lie there, is
    /// closed, or its person is dead.
    pub fn of_record(
        &self,
        record: RecordId,
        kind: RecordKind,
        fields: &Fields,
        (units, office): (&Units, OfficeCode),
    ) -> Option<Renamed> {
        let here = |unit, address: &Line| units.lies_in(unit, address.as_str(), office);
        let mut texts = Vec::new();
        let mut look = |field: Field, address: &Line| {
            let new = self.renamed(address);
            texts.extend(new.map(|new| (field, address.clone(), new)));
        };
        match (kind, fields.single(Field::HouseholdAddress)) {
            (RecordKind::Household, Some(Value::Place(place))) => {
                let stands = fields.single(Field::HouseholdRevoked).is_none();
                if stands && place.unit.is_some_and(|unit| here(unit, &place.text)) {
                    look(Field::HouseholdAddress, &place.text);
                }
            }
            (RecordKind::Household, _) => {}
            (RecordKind::Person, _) => {
                let person = Person(fields);
                let lives = !person.is_revoked() && !person.is_dead();
                for field in [Field::Permanent, Field::Temporary] {
                    let mut homes = person.residences(field).map(|(_, home)| home);
                    let home =
                        homes.find(|home| home.to.is_none() && here(home.unit, &home.address));
                    if let Some(home) = home.filter(|_| lives) {
                        look(field, &home.address);
                    }
                }
            }
        }
        (!texts.is_empty()).then_some(Renamed {
            record,
            kind,
            texts,
        })
    }

    /// The acts that all of it is.
    pub fn acts(&self, renamed: impl IntoIterator<Item = Renamed>) -> Vec<AdjustmentInput> {
        let begin = || AdjustmentInput {
            ground: self.ground.clone(),
            unit: self.unit,
            ..AdjustmentInput::default()
        };
        let (mut acts, mut act) = (Vec::new(), begin());
        let (mut records, mut bytes) = (0, 0);
        for one in renamed {
            let size = CHANGE_BYTES + one.address_bytes();
            if records >= RENAMED_MAX || bytes + size > ADDRESS_BYTES_MAX && records > 0 {
                acts.push(std::mem::replace(&mut act, begin()));
                (records, bytes) = (0, 0);
            }
            records += 1;
            bytes += size;
            one.put_into(&mut act);
        }
        if records > 0 {
            acts.push(act);
        }
        acts
    }
}

impl Renamed {
    fn address_bytes(&self) -> usize {
        let new = self.texts.iter().map(|(_, _, new)| new.as_str().len());
        new.sum()
    }

    fn put_into(self, act: &mut AdjustmentInput) {
        let mut person = PersonAdjustment {
            person: self.record,
            permanent_address: None,
            temporary_address: None,
            relation: None,
        };
        for (field, _, address) in self.texts {
            match field {
                Field::Permanent => person.permanent_address = Some(address),
                Field::Temporary => person.temporary_address = Some(address),
                _ => act.households.push(HouseholdAdjustment {
                    household: self.record,
                    address,
                }),
            }
        }
        if self.kind == RecordKind::Person {
            act.people.push(person);
        }
    }
}

/// What stands before the last words of a text, if they are these. Letter case, spaces and the
/// place of the tone make no difference.
fn before_suffix(text: &str, suffix: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = suffix.split_whitespace().count();
    let (before, last) = words.split_at_checked(words.len().checked_sub(count)?)?;
    same_text(&last.join(" "), suffix).then(|| before.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renaming(from: &str, to: &str) -> Renaming {
        let line = |text: &str| Line::parse(text).unwrap();
        Renaming {
            from: line(from),
            to: line(to),
            unit: None,
            ground: line("Nghị quyết 12"),
        }
    }

    #[test]
    fn parts_and_last_words_are_renamed_and_nothing_that_only_looks_like_them() {
        for (from, to, before, after) in [
            ("thôn Đông", "tổ 3", "ngõ 2, thôn Đông", Some("ngõ 2, tổ 3")),
            ("thôn Đông", "tổ 3", "số 5 Thôn  đông", Some("số 5 tổ 3")),
            ("thôn Đông", "tổ 3", "thôn Đông, xóm 1", Some("tổ 3, xóm 1")),
            ("thôn Đông", "tổ 3", "thôn Đông Hải", None),
            ("thôn Đông", "tổ 3", "thôn Đồng", None),
            (
                "phố Hoà",
                "phố Bình",
                "số 1, phố Hòa",
                Some("số 1, phố Bình"),
            ),
            ("Đông", "Tân Đông", "thôn Đông", Some("thôn Tân Đông")),
            ("Đông", "Tân Đông", "thôn Tân Đông", None),
            ("thôn Đông", "thôn Đông A", "thôn Đông A", None),
            ("thôn Đông", "Đông", "số 5 thôn Đông", Some("số 5 Đông")),
        ] {
            let renaming = renaming(from, to);
            let renamed = renaming.renamed(&Line::parse(before).unwrap());
            let text = renamed.as_ref().map(Line::as_str);
            assert_eq!(text, after, "{from} → {to}: {before}");
            // Once more changes nothing.
            let again = renamed.and_then(|address| renaming.renamed(&address));
            assert_eq!(again, None, "{from} → {to}: {before}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let (units, office) = (Units::built_in(), "00004".parse().unwrap());
        for (from, to, code) in [
            ("", "tổ 3", "input_missing"),
            ("thôn Đông", "", "input_missing"),
            ("ngõ 2, thôn Đông", "tổ 3", "input_invalid"),
            ("thôn Hoà", "Thôn Hòa", "nothing_changes"),
        ] {
            let line = |text: &str| Line::parse(text).unwrap_or_default();
            let renaming = Renaming {
                from: line(from),
                to: line(to),
                unit: None,
                ground: line("x"),
            };
            assert_eq!(renaming.check(units, office).unwrap_err().code(), code);
        }
        let mut good = renaming("thôn Đông", "tổ 3");
        assert_eq!(good.check(units, office), Ok(()));
        good.ground = Line::default();
        assert_eq!(
            good.check(units, office).unwrap_err().code(),
            "rule_not_met"
        );
    }

    #[test]
    fn acts_hold_no_more_records_than_one_may_and_none_too_much_text() {
        let renaming = renaming("thôn Đông", "tổ 3");
        let people = |address: &str, count: u8| -> Vec<Renamed> {
            let address = Line::parse(address).unwrap();
            let text = |field| (field, Line::default(), address.clone());
            (0..count)
                .map(|n| Renamed {
                    record: RecordId::new([n; 16]),
                    kind: RecordKind::Person,
                    texts: vec![text(Field::Permanent), text(Field::Temporary)],
                })
                .collect()
        };
        let sizes = |acts: &[AdjustmentInput]| -> Vec<usize> {
            acts.iter().map(|act| act.people.len()).collect()
        };
        assert_eq!(sizes(&renaming.acts(people("tổ 3", 150))), [64, 64, 22]);
        let long = renaming.acts(people(&"ờ".repeat(300), 64));
        assert!(long.len() > 1 && sizes(&long).iter().sum::<usize>() == 64);
        assert!(renaming.acts(Vec::new()).is_empty());
    }
}
