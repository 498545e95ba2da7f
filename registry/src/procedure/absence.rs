//! Temporary absence, declared beforehand (Law on Residence 68/2020, Article 31).

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::date::{DateOrder, PartialDate};
use crate::edit::Edit;
use crate::procedure::{Draft, Notice, Refusal};
use crate::schema::Field;
use crate::value::{Absence, Place, Value};
use crate::words::words;

/// Somebody says that they will be away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceInput {
    /// Who.
    pub person: RecordId,
    /// First day away.
    pub from: PartialDate,
    /// Last day away.
    pub to: PartialDate,
    /// Where to.
    #[serde(default)]
    pub destination: Place,
    /// The day on which it was declared; the day of entry if left out. It decides against a
    /// deletion for absence, so it may not be later than today.
    #[serde(default)]
    pub declared: Option<PartialDate>,
}

pub(super) fn absence(draft: &mut Draft<'_>, input: &AbsenceInput) -> Result<(), Refusal> {
    let held = draft.tell(draft.living("person", &input.person));
    let declared = input.declared.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("declared", declared));
    if input.to.compare(input.from) == DateOrder::Before {
        draft.fault(Refusal::Invalid {
            field: "to",
            words: words(
                "ngày cuối ở trước ngày đầu; xem lại cả hai ngày",
                "the last day lies before the first; look at both days",
            ),
        });
    }
    if input.to.compare(declared) == DateOrder::Before {
        draft.fault(Refusal::AgainstRule {
            field: "to",
            words: words(
                "việc tạm vắng phải được khai báo trước khi kết thúc; nếu đã khai báo kịp, ghi ngày khai báo",
                "an absence is declared before it is over; give the day on which it was declared, if that was in time",
            ),
            rule: "Law on Residence 68/2020, Art. 31",
        });
    }
    if input.from.compare(declared) == DateOrder::Before {
        draft.notice(Notice::LateFiling);
    }
    if let Some(unit) = input.destination.unit {
        draft.tell(draft.commune("destination", unit));
    }
    let Some(held) = held else {
        return Ok(());
    };
    let absence = Absence {
        from: input.from,
        to: input.to,
        destination: input.destination.clone(),
    };
    let known = held.fields().entries(Field::Absences);
    if known
        .into_iter()
        .any(|(_, value)| matches!(value, Value::Absence(known) if *known == absence))
    {
        return Err(Refusal::NothingChanges);
    }
    draft.effective.get_or_insert(declared);
    draft.change_held(
        &held,
        vec![Edit::Add(Field::Absences, Value::Absence(absence))],
    )
}
