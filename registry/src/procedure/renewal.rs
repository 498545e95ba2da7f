//! Temporary registration goes on: its renewal (Law on Residence 68/2020, Articles 27 and 28).

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::date::PartialDate;
use crate::edit::Edit;
use crate::person::Person;
use crate::procedure::residence::TEMPORARY_DAYS_MAX;
use crate::procedure::{Draft, Held, Notice, Refusal};
use crate::schema::Field;
use crate::value::{Residence, Value};
use crate::words::words;

/// A renewal is filed in this many days before the end (Law on Residence 68/2020, Art. 28(3)).
const RENEWAL_DAYS: i32 = 15;

/// The open temporary registration of this commune is prolonged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewalInput {
    /// Who.
    pub person: RecordId,
    /// The new last day: at most two years after the old one.
    pub to: PartialDate,
}

pub(super) fn renewal(draft: &mut Draft<'_>, input: &RenewalInput) -> Result<(), Refusal> {
    draft.tell(draft.papers(words(
        "tờ khai CT01 về việc gia hạn tạm trú (Luật Cư trú 68/2020, Điều 28)",
        "the declaration CT01 that asks for the renewal (Law on Residence 68/2020, Art. 28)",
    )));
    let held = draft.living("person", &input.person)?;
    draft.undisputed(&held, Field::Temporary)?;
    let (entry, open) = open_here(draft, "person", &held, Field::Temporary)?;
    let today = draft.desk.today;
    let ends = open.until.map_or(today, PartialDate::last_day);
    let to = input.to.last_day();
    if to <= ends || to < today {
        return Err(Refusal::Invalid {
            field: "to",
            words: words(
                "ngày hết hạn mới phải sau ngày hết hạn cũ và chưa qua; xem lại ngày",
                "the new last day lies after the old one and is not past already; look at the day again",
            ),
        });
    }
    if to.days_since(ends) > TEMPORARY_DAYS_MAX {
        return Err(Refusal::AgainstRule {
            field: "to",
            words: words(
                "mỗi lần gia hạn tối đa 2 năm; ghi ngày sớm hơn",
                "each renewal is for two years at most; give an earlier day",
            ),
            rule: "Law on Residence 68/2020, Art. 27(2)",
        });
    }
    if open.until.is_some() {
        if today > ends {
            draft.notice(Notice::LateFiling);
        } else if ends.days_since(today) > RENEWAL_DAYS {
            draft.notice(Notice::EarlyFiling);
        }
    }
    let renewed = Residence {
        // By the old code a later decree's reader could mean another part of what that was.
        unit: draft.desk.office,
        until: Some(input.to),
        ..open
    };
    let edit = Edit::Amend(Field::Temporary, entry, Some(Value::Residence(renewed)));
    draft.change_held(&held, vec![edit])
}

/// The residence that is open in this commune.
pub(super) fn open_here(
    draft: &Draft<'_>,
    field: &'static str,
    held: &Held,
    kind: Field,
) -> Result<(crate::fields::EntryId, Residence), Refusal> {
    let words = match kind {
        Field::Temporary => words(
            "người này không có đăng ký tạm trú còn hiệu lực ở xã này; xem lại bản ghi",
            "the person has no open temporary residence in this commune; look at the record",
        ),
        _ => words(
            "người này không có đăng ký thường trú ở xã này; cơ quan nơi thường trú làm thủ tục",
            "the person has no open permanent residence in this commune; the office that has it acts on it",
        ),
    };
    let person = Person(held.fields());
    let mut open = person
        .residences(kind)
        .filter(|(_, home)| home.to.is_none() && draft.lies_here(home.unit, &home.address));
    open.next()
        .map(|(entry, home)| (entry, home.clone()))
        .ok_or(Refusal::Invalid { field, words })
}
