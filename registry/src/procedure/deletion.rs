//! Deletion of permanent and of temporary residence, each on a ground of the law (Law on Residence
//! 68/2020, Articles 24 and 29). The grounds are a table: [`crate::code::GROUNDS`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::code::{Clause, DeletionGround};
use crate::date::{Date, DateOrder, PartialDate};
use crate::edit::Edit;
use crate::fields::EntryId;
use crate::person::Person;
use crate::procedure::household::leave_all;
use crate::procedure::renewal::open_here;
use crate::procedure::{Draft, Held, Refusal};
use crate::schema::{Field, RecordKind};
use crate::value::{Line, Residence, Value};
use crate::words::words;

/// Permanent residence in this commune ends, and with it the membership of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermanentDeletionInput {
    /// Whose.
    pub people: Vec<RecordId>,
    /// The ground of the law.
    pub ground: DeletionGround,
    /// Since when the ground holds, where the law wants months to have passed.
    #[serde(default)]
    pub since: Option<PartialDate>,
    /// Last day of residence; the day of death or of entry if left out.
    #[serde(default)]
    pub to: Option<PartialDate>,
    /// Who is head of the household afterwards, if the head is one of those who go and others stay.
    #[serde(default)]
    pub new_head: Option<RecordId>,
}

/// Temporary residence in this commune ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemporaryDeletionInput {
    /// Whose.
    pub people: Vec<RecordId>,
    /// The ground of the law.
    pub ground: DeletionGround,
    /// Since when the ground holds, where the law wants months to have passed.
    #[serde(default)]
    pub since: Option<PartialDate>,
    /// Last day of residence; the day of death or of entry if left out.
    #[serde(default)]
    pub to: Option<PartialDate>,
}

/// What both have in common.
struct Deletion {
    field: Field,
    ground: DeletionGround,
    clause: Clause,
    since: Option<PartialDate>,
    to: Option<PartialDate>,
}

pub(super) fn permanent(
    draft: &mut Draft<'_>,
    input: &PermanentDeletionInput,
) -> Result<(), Refusal> {
    let clause = input.ground.rule().permanent.ok_or(Refusal::AgainstRule {
        field: "ground",
        words: words(
            "căn cứ này chỉ dùng để xóa đăng ký tạm trú; chọn căn cứ khác",
            "this ground ends temporary residence only; choose another",
        ),
        rule: "Law on Residence 68/2020, Art. 24(1)",
    })?;
    let deletion = Deletion {
        field: Field::Permanent,
        ground: input.ground,
        clause,
        since: input.since,
        to: input.to,
    };
    deletion.check(draft, &input.people);
    let mut households: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for id in &input.people {
        let held = deletion.person(draft, id)?;
        draft.undisputed(&held, Field::Membership)?;
        let mut edits = vec![deletion.close(draft, &held)?];
        let person = Person(held.fields());
        if let Some(member) = person.membership() {
            households.entry(member.household).or_default().push(*id);
            edits.push(Edit::Clear(Field::Membership));
        }
        if person.relation().is_some() {
            edits.push(Edit::Clear(Field::Relation));
        }
        draft.change_held(&held, edits)?;
    }
    leave_all(draft, &households, input.new_head)
}

pub(super) fn temporary(
    draft: &mut Draft<'_>,
    input: &TemporaryDeletionInput,
) -> Result<(), Refusal> {
    let clause = input.ground.rule().temporary.ok_or(Refusal::AgainstRule {
        field: "ground",
        words: words(
            "căn cứ này chỉ dùng để xóa đăng ký thường trú; chọn căn cứ khác",
            "this ground ends permanent residence only; choose another",
        ),
        rule: "Law on Residence 68/2020, Art. 29(1)",
    })?;
    let deletion = Deletion {
        field: Field::Temporary,
        ground: input.ground,
        clause,
        since: input.since,
        to: input.to,
    };
    deletion.check(draft, &input.people);
    for id in &input.people {
        let held = deletion.person(draft, id)?;
        let edit = deletion.close(draft, &held)?;
        draft.change_held(&held, vec![edit])?;
    }
    Ok(())
}

impl Deletion {
    /// What is the same for all: the papers, and the time that must have passed.
    fn check(&self, draft: &mut Draft<'_>, people: &[RecordId]) {
        let Clause {
            rule,
            months,
            papers,
        } = self.clause;
        if people.is_empty() {
            draft.fault(Refusal::Missing { field: "people" });
        }
        draft.tell(draft.once("people", people));
        if papers && draft.filing.evidence.is_empty() {
            let line = self.ground.rule();
            let what = words(line.label_vi, line.label_en);
            draft.fault(Refusal::NoPaper { what, rule });
        }
        let too_soon = Refusal::TooSoon {
            field: "since",
            months,
            rule,
        };
        match self.since {
            None if months > 0 => draft.fault(too_soon),
            None => {}
            Some(since) => {
                let past = draft.tell(draft.past("since", since)).is_some();
                if past && full_months(since.last_day(), draft.desk.today) < i32::from(months) {
                    draft.fault(too_soon);
                }
            }
        }
        if let Some(to) = self.to {
            draft.tell(draft.past("to", to));
        }
    }

    /// Somebody of whom the ground may hold.
    fn person(&self, draft: &Draft<'_>, id: &RecordId) -> Result<Held, Refusal> {
        let held = if self.ground == DeletionGround::Death {
            let held = draft.held("people", id, RecordKind::Person)?;
            if Person(held.fields()).death().is_none() {
                return Err(Refusal::AgainstRule {
                    field: "people",
                    words: words(
                        "người này chưa được đăng ký khai tử; công chức hộ tịch đăng ký khai tử trước",
                        "no death is registered; the civil-status officer registers it first",
                    ),
                    rule: self.clause.rule,
                });
            }
            held
        } else {
            draft.not_dead("people", id)?
        };
        draft.undisputed(&held, self.field)?;
        Ok(held)
    }

    /// The edit that ends the residence in this commune.
    fn close(&self, draft: &mut Draft<'_>, held: &Held) -> Result<Edit, Refusal> {
        let (entry, open) = open_here(draft, "people", held, self.field)?;
        let person = Person(held.fields());
        match self.ground {
            DeletionGround::Absent => self.nobody_heard_of_them(draft, &person, entry)?,
            DeletionGround::PermanentHere => {
                let mut homes = person.open_permanent().map(|(_, home)| home);
                if !homes.any(|home| draft.lies_here(home.unit, &home.address)) {
                    return Err(Refusal::AgainstRule {
                        field: "ground",
                        words: words(
                            "người này không đăng ký thường trú ở xã này; chọn căn cứ khác",
                            "the person has no permanent residence in this commune; choose another ground",
                        ),
                        rule: self.clause.rule,
                    });
                }
            }
            _ => {}
        }
        let died = person
            .death()
            .filter(|_| self.ground == DeletionGround::Death)
            .map(|death| death.date);
        let to = self.to.or(died).unwrap_or_else(|| draft.today());
        if to.compare(open.from) == DateOrder::Before {
            return Err(Refusal::Invalid {
                field: "to",
                words: words(
                    "nơi cư trú này bắt đầu sau ngày đó; xem lại ngày chấm dứt",
                    "the residence began after this day; look at the day again",
                ),
            });
        }
        draft.effective.get_or_insert(to);
        let closed = Residence {
            to: Some(to),
            ground: Line::parse(self.ground.as_str()).unwrap_or_default(),
            ..open
        };
        Ok(Edit::Amend(
            self.field,
            entry,
            Some(Value::Residence(closed)),
        ))
    }

    /// Who declared the absence, or registered elsewhere, is not deleted for it.
    fn nobody_heard_of_them(
        &self,
        draft: &Draft<'_>,
        person: &Person<'_>,
        deleted: EntryId,
    ) -> Result<(), Refusal> {
        let since = self.since.unwrap_or_else(|| draft.today()).first_day();
        let declared = person.0.entries(Field::Absences).any(
            |(_, value)| matches!(value, Value::Absence(known) if known.to.last_day() >= since),
        );
        let elsewhere = person.residences(Field::Temporary).any(|(entry, home)| {
            let ends = home.to.or(home.until);
            let goes_on = ends.is_none_or(|end| end.last_day() >= since);
            goes_on && (self.field == Field::Permanent || entry != deleted)
        });
        let words = if declared {
            words(
                "trong thời gian này đã có khai báo tạm vắng; tính từ ngày hết tạm vắng",
                "an absence was declared for this time; count the months from its end",
            )
        } else if elsewhere {
            words(
                "trong thời gian này đã có đăng ký tạm trú; tính từ ngày hết tạm trú",
                "temporary residence is registered for this time; count the months from its end",
            )
        } else {
            return Ok(());
        };
        Err(Refusal::AgainstRule {
            field: "ground",
            words,
            rule: self.clause.rule,
        })
    }
}

/// Full months from one day to a later one.
pub(super) fn full_months(from: Date, to: Date) -> i32 {
    let (from_year, from_month, from_day) = from.ymd();
    let (to_year, to_month, to_day) = to.ymd();
    let months = |year: u16, month: u8| i32::from(year) * 12 + i32::from(month);
    let whole = months(to_year, to_month) - months(from_year, from_month);
    if to_day < from_day { whole - 1 } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_to_the_day() {
        let day = |text: &str| text.parse::<PartialDate>().unwrap().first_day();
        for (from, to, months) in [
            ("2025-11-21", "2026-11-21", 12),
            ("2025-11-22", "2026-11-21", 11),
            ("2026-05-31", "2026-11-30", 5),
            ("2026-11-21", "2026-11-21", 0),
            ("2026-12-01", "2026-11-21", -1),
        ] {
            assert_eq!(full_months(day(from), day(to)), months, "{from} {to}");
        }
    }
}
