//! Single fields of a person: change, correction, supplement; phone and e-mail; and the
//! withdrawal of an own act.

use serde::{Deserialize, Serialize};

use crate::act::{Act, ActKind, Refers, Target};
use crate::application;
use crate::contact::{Email, Phone};
use crate::date::PartialDate;
use crate::document::put;
use crate::edit::Edit;
use crate::fields::Slot;
use crate::person::Person;
use crate::procedure::{Draft, Held, OtherNamesChange, Refusal, corrected, other_names};
use crate::schema::{Field, Owner, Policy, RecordKind, Shape};
use crate::value::{Line, Value};
use crate::words::{Words, words};
use crate::{ActId, RecordId};

/// New values for fields of one person, each resting on the papers of the act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionInput {
    /// Whose record.
    pub person: RecordId,
    /// What is changed.
    pub fields: Vec<FieldChange>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// Its new value; nothing empties it.
    pub value: Option<Value>,
}

pub(super) fn correction(
    draft: &mut Draft<'_>,
    kind: ActKind,
    person: &RecordId,
    fields: &[FieldChange],
    other_names: Option<&OtherNamesChange>,
) -> Result<(), Refusal> {
    // The date of a death, and a revocation, are corrected where they stand.
    let about = |field| fields.iter().any(|change| change.field == field);
    let held = if about(Field::Death) || about(Field::Revoked) {
        draft.held("person", person, RecordKind::Person)?
    } else {
        draft.not_dead("person", person)?
    };
    let mut edits = Vec::new();
    for change in fields {
        let field = change.field;
        let checked = check_change(draft, kind, &held, fields, change);
        let same = held.fields().single(field) == change.value.as_ref();
        if draft.tell(checked).is_none() || same {
            continue;
        }
        edits.push(put(Slot::single(field), change.value.clone()));
    }
    if let Some(wanted) = other_names {
        let told = draft.tell(other_names::edits(&held, wanted));
        edits.extend(told.unwrap_or_default());
    }
    if edits.is_empty() && draft.told.is_empty() {
        return Err(Refusal::NothingChanges);
    }
    let mut asked = Vec::new();
    for edit in &edits {
        if let Some(papers) = papers_for(edit.field())
            && !asked.contains(&papers)
        {
            draft.tell(draft.papers(papers));
            asked.push(papers);
        }
        draft.ask_consent(&held, edit.field());
    }
    compare_number(draft, &held, &edits);
    draft.change_held(&held, edits)
}

/// Whether an item may be put right so, by this act.
fn check_change(
    draft: &mut Draft<'_>,
    kind: ActKind,
    held: &Held,
    all: &[FieldChange],
    change: &FieldChange,
) -> Result<(), Refusal> {
    let (field, value) = (change.field, change.value.as_ref());
    check_keeper(kind, field)?;
    draft.undisputed(held, field)?;
    if value.is_some_and(|value| !value.fits(field)) {
        return Err(Refusal::Invalid {
            field: field.key(),
            words: words(
                "giá trị không đúng loại của mục này; nhập lại",
                "the value is of another kind than this item; enter it again",
            ),
        });
    }
    corrected::check(draft, held, all, change)
}

/// The papers that a change of a field rests on; none for what the citizens say of themselves
/// alone, and for a photograph, which shows itself whose it is.
fn papers_for(field: Field) -> Option<Words> {
    Some(match field {
        Field::Name => words(
            "giấy tờ cho thấy họ tên đúng, hoặc căn cứ thay đổi họ tên (Bộ luật Dân sự 91/2015, Điều 26 đến 28)",
            "the paper that shows the right name, or the ground of its change (Civil Code 91/2015, Art. 26 to 28)",
        ),
        Field::Sex => words(
            "kết luận y tế về xác định lại giới tính, hoặc giấy tờ cho thấy ghi nhầm (Bộ luật Dân sự 91/2015, Điều 36)",
            "the medical finding of the redetermined sex, or the paper that shows the slip (Civil Code 91/2015, Art. 36)",
        ),
        Field::Ethnic => words(
            "giấy tờ của cha, mẹ làm căn cứ xác định lại dân tộc (Bộ luật Dân sự 91/2015, Điều 29)",
            "the parents' papers that show the redetermined ethnic group (Civil Code 91/2015, Art. 29)",
        ),
        Field::Phone | Field::Email | Field::Portrait => return None,
        _ => words(
            "giấy tờ chứng minh giá trị mới (Luật Hộ tịch 60/2014, Điều 28; Nghị định 70/2024, Điều 6)",
            "the paper that proves the new value (Civil Status Law 60/2014, Art. 28; Decree 70/2024, Art. 6)",
        ),
    })
}

/// Number, sex and birth year may lawfully differ after a change; the clerk is told.
fn compare_number(draft: &mut Draft<'_>, held: &Held, edits: &[Edit]) {
    let person = Person(held.fields());
    let (mut sex, mut year) = (None, None);
    for edit in edits {
        match edit {
            Edit::Put(_, Value::Sex(new)) => sex = Some(*new),
            Edit::Put(_, Value::Birth(new)) => year = new.year(),
            _ => {}
        }
    }
    draft.compare_pin(person.pin().copied(), sex, year);
}

/// Each authority corrects what it keeps.
fn check_keeper(kind: ActKind, field: Field) -> Result<(), Refusal> {
    let rule = field.rule();
    if rule.kind != RecordKind::Person || rule.shape != Shape::Single {
        return Err(Refusal::Invalid {
            field: field.key(),
            words: words(
                "mục này được thay đổi bằng thủ tục riêng, không qua cải chính; chọn thủ tục đó trong danh sách",
                "this item is changed by an act of its own, not by a correction; choose that act in the list",
            ),
        });
    }
    if rule.policy == Policy::Central {
        return Err(Refusal::CentralOnly { field: field.key() });
    }
    match (kind, rule.owner) {
        (ActKind::Correction, Owner::CivilStatus)
        | (ActKind::RegistryCorrection, Owner::Police | Owner::Citizen) => Ok(()),
        _ => Err(Refusal::OtherRoleField { field: field.key() }),
    }
}

/// Phone and e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// Whose record.
    pub person: RecordId,
    /// New number; nothing leaves it.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// New address; nothing leaves it.
    #[serde(default)]
    pub email: Option<Email>,
}

pub(super) fn contact(draft: &mut Draft<'_>, input: &ContactInput) -> Result<(), Refusal> {
    let held = draft.living("person", &input.person)?;
    let new = [
        (Field::Phone, input.phone.clone().map(Value::Phone)),
        (Field::Email, input.email.clone().map(Value::Email)),
    ];
    let edits: Vec<Edit> = new
        .into_iter()
        .filter(|(field, value)| value.is_some() && held.fields().single(*field) != value.as_ref())
        .map(|(field, value)| put(Slot::single(field), value))
        .collect();
    if edits.is_empty() {
        return Err(Refusal::NothingChanges);
    }
    draft.change_held(&held, edits)
}

/// Withdrawal of an act of this office that is not final yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawInput {
    /// Which act.
    pub of: ActId,
    /// Why.
    pub reason: Line,
}

pub(super) fn withdraw(draft: &mut Draft<'_>, input: &WithdrawInput) -> Result<(), Refusal> {
    if input.reason.is_empty() {
        draft.fault(Refusal::Missing { field: "reason" });
    }
    let (act, is_final) = draft
        .slice
        .own_act(&input.of)
        .ok_or(Refusal::OfAnotherOffice)?;
    if is_final && !act.body.kind.applies() {
        return Err(Refusal::AlreadyFinal);
    }
    if is_final && !is_under_way(draft, &act) {
        return Err(Refusal::Invalid {
            field: "of",
            words: words(
                "hồ sơ này đã có kết quả hoặc đã rút, không rút được nữa; nếu cần thay đổi, hãy lập hồ sơ mới",
                "this application was answered or taken back already; prepare another one if something else is needed",
            ),
        });
    }
    if act.body.kind.is_addition() {
        return Err(Refusal::Invalid {
            field: "of",
            words: words(
                "giấy tờ và câu trả lời đã bổ sung thì không rút lại; hãy bổ sung nội dung đúng",
                "papers and answers stay with what they were added to; add what is right",
            ),
        });
    }
    if act.body.kind == ActKind::Withdraw {
        return Err(Refusal::Invalid {
            field: "of",
            words: words(
                "không rút lại được việc rút hồ sơ; hãy nộp hồ sơ mới",
                "a withdrawal cannot be withdrawn; file the act anew",
            ),
        });
    }
    draft.refers = Some(Refers::Act(input.of));
    draft.effective.get_or_insert(act.body.effective);
    let ground: PartialDate = draft.today();
    for (index, id) in act.records().collect::<Vec<_>>() {
        let Some(held) = draft.slice.record(&id) else {
            continue;
        };
        let is_new = act
            .body
            .changes
            .get(index)
            .is_some_and(|change| matches!(change.target, Target::New { .. }));
        let edits = if is_new {
            let field = match held.record.kind {
                RecordKind::Person => Field::Revoked,
                RecordKind::Household => Field::HouseholdRevoked,
            };
            let words = format!("rút ngày {}", ground.to_iso());
            vec![Edit::Put(
                field,
                Value::Text(Line::parse(&words).unwrap_or_default()),
            )]
        } else {
            let document = held.record.document().map_err(|_| Refusal::Damaged)?;
            document.take_back(&[input.of], &[], |_| true)
        };
        draft.change_held(&held, edits)?;
    }
    Ok(())
}

/// Whether an application that was taken in has no result yet: until then it can be taken back.
fn is_under_way(draft: &Draft<'_>, act: &Act) -> bool {
    act.records().any(|(_, id)| {
        let held = draft.slice.record(&id);
        held.is_some_and(|held| application::is_under_way(held.fields(), act.id()))
    })
}
