//! What a correction may write. Of what has an act of its own the correction puts right only how it
//! is written: else the one act would refuse what the other lets pass, or leave open what the act of
//! its own closes on another record.

use crate::RecordId;
use crate::code::Relation;
use crate::date::{BirthDate, DateOrder};
use crate::paper::number_of;
use crate::person::{Person, head_of};
use crate::procedure::civil::{family, numbered_but_for, parents};
use crate::procedure::household::{fits_head, is_of_this_office, members, standing_household};
use crate::procedure::{Draft, FieldChange, Held, Refusal, Whom};
use crate::schema::Field;
use crate::value::{Death, Membership, PersonLink, Value};
use crate::words::words;

/// Refuses a value that an act of its own would refuse, or that only such an act may write.
pub(super) fn check(
    draft: &mut Draft<'_>,
    held: &Held,
    all: &[FieldChange],
    change: &FieldChange,
) -> Result<(), Refusal> {
    let (field, value) = (change.field, change.value.as_ref());
    act_of_its_own(held, field, value)?;
    if held.fields().single(field) == value {
        return Ok(());
    }
    match (field, value) {
        (_, Some(Value::Birth(birth))) => match birth.date() {
            Some(date) => draft.past(field.key(), date).map(|_| ()),
            None => Err(Refusal::Missing { field: field.key() }),
        },
        (_, Some(Value::Place(place))) => place
            .unit
            .map_or(Ok(()), |unit| draft.commune(field.key(), unit).map(|_| ())),
        (Field::Father | Field::Mother | Field::Representative, Some(Value::Person(link))) => {
            relative(draft, held, all, field, link)
        }
        (Field::Membership, value) => {
            let joined = match value {
                Some(Value::Membership(joined)) => Some(joined),
                _ => None,
            };
            membership(draft, held, all, joined)
        }
        (Field::Relation, value) => {
            let relation = match value {
                Some(Value::Relation(relation)) => Some(*relation),
                _ => None,
            };
            // With another household it is looked at together with that.
            if of_change(all, Field::Membership).is_some() {
                return Ok(());
            }
            let person = Person(held.fields());
            let household = person.membership().map(|member| member.household);
            relation_in(draft, held, household, relation)
        }
        (Field::Death, Some(Value::Death(death))) => death_entry(draft, held, death),
        _ => Ok(()),
    }
}

/// The change of a field that the same correction makes, if it makes one.
fn of_change(all: &[FieldChange], field: Field) -> Option<&FieldChange> {
    all.iter().find(|change| change.field == field)
}

/// What a field shows after the correction.
fn as_corrected(held: &Held, all: &[FieldChange], field: Field) -> Option<Value> {
    match of_change(all, field) {
        Some(change) => change.value.clone(),
        None => held.fields().single(field).cloned(),
    }
}

/// What a death or a revocation closes elsewhere, a correction would leave closed.
fn act_of_its_own(held: &Held, field: Field, value: Option<&Value>) -> Result<(), Refusal> {
    let stands = held.fields().single(field);
    let words = match (field, value) {
        (Field::Death, None) => words(
            "khai tử được hủy bằng thủ tục riêng: “Hủy đăng ký khai tử, tuyên bố chết hoặc mất tích”",
            "a death is revoked by an act of its own: “Death revoked”",
        ),
        (Field::Death, Some(_)) if stands.is_none() => words(
            "khai tử có thủ tục riêng: “Đăng ký khai tử”",
            "a death is registered by an act of its own: “Death registration”",
        ),
        (Field::Death, Some(Value::Death(new))) if declared_otherwise(stands, new) => words(
            "chết, mất tích theo tuyên bố của tòa án được ghi bằng thủ tục riêng: “Đăng ký khai tử”, hoặc hủy bằng “Hủy đăng ký khai tử, tuyên bố chết hoặc mất tích”; cải chính không đổi việc này",
            "what a court declared is entered by an act of its own, “Death registration”, or taken back by “Death revoked”; a correction leaves it as it is",
        ),
        (Field::Revoked, Some(_)) if stands.is_none() => words(
            "hủy khai sinh có thủ tục riêng: “Hủy đăng ký khai sinh”",
            "a registration is revoked by an act of its own: “Birth registration revoked”",
        ),
        (Field::Portrait, Some(_)) => words(
            "ảnh chân dung được thu nhận bằng thủ tục riêng: “Thu nhận ảnh chân dung”; việc điều chỉnh chỉ có thể bỏ ảnh",
            "a portrait is taken by an act of its own: “Portrait taken”; a correction may only empty it",
        ),
        _ => return Ok(()),
    };
    Err(Refusal::Invalid {
        field: field.key(),
        words,
    })
}

fn declared_otherwise(stands: Option<&Value>, new: &Death) -> bool {
    matches!(stands, Some(Value::Death(old)) if old.declared != new.declared)
}

/// Father, mother or representative: not the person themselves, and a parent is looked at as in the
/// entry of a birth.
fn relative(
    draft: &mut Draft<'_>,
    held: &Held,
    all: &[FieldChange],
    field: Field,
    link: &PersonLink,
) -> Result<(), Refusal> {
    let person = Person(held.fields());
    let own = matches!(link, PersonLink::Record(id) if *id == held.record.id)
        || link.pin().is_some_and(|pin| person.answers_to(pin));
    if own {
        return Err(Refusal::Invalid {
            field: field.key(),
            words: words(
                "không ai là cha, mẹ hoặc người đại diện của chính mình; chọn lại",
                "nobody is their own parent or representative; choose again",
            ),
        });
    }
    let (name, other) = match field {
        Field::Father => ("father", Field::Mother),
        Field::Mother => ("mother", Field::Father),
        _ => return representative(draft, held, all, link),
    };
    let is_other_too = match as_corrected(held, all, other) {
        Some(Value::Person(other)) => is_one(&other, link),
        _ => false,
    };
    if is_other_too {
        return Err(parents::parent_twice(name));
    }
    let born = match as_corrected(held, all, Field::BirthDate) {
        Some(Value::Birth(birth)) => BirthDate::date(&birth),
        _ => None,
    };
    parents::check(draft, (field, name), link, born)
}

/// A representative lives, and is of age unless a parent: as in the beginning of a guardianship.
fn representative(
    draft: &mut Draft<'_>,
    held: &Held,
    all: &[FieldChange],
    link: &PersonLink,
) -> Result<(), Refusal> {
    let field = Field::Representative.key();
    let found = parents::linked(draft, field, link, Whom::Living)?;
    let mut parents = [Field::Father, Field::Mother].into_iter();
    let is_parent = parents.any(|field| match as_corrected(held, all, field) {
        Some(Value::Person(parent)) => is_one(&parent, link),
        _ => false,
    });
    let age = match &found {
        Some(found) => Person(found.fields()).age_at_most(&draft.today()),
        None => {
            let year = link.pin().map(|pin| pin.birth_year());
            year.and_then(|year| draft.today().year().checked_sub(year))
        }
    };
    if !is_parent && age.is_some_and(|age| i32::from(age) < family::GUARDIAN_YEARS) {
        return Err(family::guardian_under_age(field));
    }
    Ok(())
}

/// Whether two links surely lead to one person. Of two people one name may be told.
fn is_one(one: &PersonLink, other: &PersonLink) -> bool {
    match (one, other) {
        (PersonLink::Record(one), PersonLink::Record(other)) => one == other,
        _ => one.pin().is_some() && one.pin() == other.pin(),
    }
}

/// The household that somebody is of: one of this office that stands. Who heads those who stay in
/// the other, and that one without members is closed, is for the acts of households.
fn membership(
    draft: &mut Draft<'_>,
    held: &Held,
    all: &[FieldChange],
    joined: Option<&Membership>,
) -> Result<(), Refusal> {
    let field = Field::Membership.key();
    let before = Person(held.fields())
        .membership()
        .map(|member| member.household);
    let after = joined.map(|member| member.household);
    if let Some(member) = joined {
        draft.past(field, member.since)?;
    }
    if after == before {
        return Ok(());
    }
    if let Some(id) = after {
        let household = standing_household(draft, field, &id)?;
        is_of_this_office(draft, field, &household)?;
    }
    if let Some(id) = before {
        stays_in_order(draft, &id, held.record.id)?;
    }
    let relation = match as_corrected(held, all, Field::Relation) {
        Some(Value::Relation(relation)) => Some(relation),
        _ => None,
    };
    relation_in(draft, held, after, relation)
}

/// Refuses to take out of a household its head or its last member.
fn stays_in_order(
    draft: &Draft<'_>,
    household: &RecordId,
    leaves: RecordId,
) -> Result<(), Refusal> {
    let field = Field::Membership.key();
    // One of another commune is set in order there, when its office sees who is gone.
    let Some(held) = draft.slice.record(household) else {
        return Ok(());
    };
    // One that is closed is in nobody's order any more.
    if held.fields().single(Field::HouseholdRevoked).is_some() {
        return Ok(());
    }
    if !members(draft, household).iter().any(|id| *id != leaves) {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "không còn ai ở lại hộ cũ; làm thủ tục “Nhập hộ”, “Đăng ký thường trú” hoặc “Xóa đăng ký thường trú” để hộ đó được đóng",
                "nobody would stay in the former household; file a merge, a permanent registration or its deletion, which closes it",
            ),
        });
    }
    if head_of(held.fields()) == Some(leaves) {
        return Err(Refusal::AgainstRule {
            field,
            words: words(
                "người này là chủ hộ cũ; trước hết làm thủ tục “Thay đổi chủ hộ”",
                "this person heads the former household; file a change of head first",
            ),
            rule: "Law on Residence 68/2020, Art. 10",
        });
    }
    Ok(())
}

/// The relation to the head of the household that the person is of after the correction.
fn relation_in(
    draft: &Draft<'_>,
    held: &Held,
    household: Option<RecordId>,
    relation: Option<Relation>,
) -> Result<(), Refusal> {
    match (household, relation) {
        (Some(household), relation) => fits_head(draft, &household, Some(held.record.id), relation),
        (None, Some(_)) => Err(Refusal::Invalid {
            field: "relation",
            words: words(
                "người này không thuộc hộ nào; để trống quan hệ với chủ hộ",
                "the person is of no household; leave the relation out",
            ),
        }),
        (None, None) => Ok(()),
    }
}

/// A death as it is written: its day, and the number in the book that nothing else has.
fn death_entry(draft: &mut Draft<'_>, held: &Held, death: &Death) -> Result<(), Refusal> {
    draft.past(Field::Death.key(), death.date)?;
    let value = Value::Death(death.clone());
    let before = held.fields().single(Field::Death);
    // It counts from the death, by whichever date is the earlier: later it would be an act after a
    // death (row 6), by the hand that puts the death right.
    let first = match before {
        Some(Value::Death(before)) if before.date.compare(death.date) == DateOrder::Before => {
            before.date
        }
        _ => death.date,
    };
    draft.effective.get_or_insert(first);
    let as_before =
        matches!(before, Some(Value::Death(before)) if before.certificate == death.certificate);
    let number = number_of(&value);
    if as_before || (number.is_some() && before.and_then(number_of) == number) {
        return Ok(());
    }
    // A number that this death had before may come back.
    let own = crate::paper::book_paper(&value, draft.desk.office)
        .and_then(|paper| draft.slice.paper(&paper))
        .filter(|act| {
            let act = draft.slice.office_act(act);
            act.is_some_and(|act| act.records().any(|(_, id)| id == held.record.id))
        });
    numbered_but_for(draft, &death.certificate, &value, own)
}
