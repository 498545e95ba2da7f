//! Recognition of a father, mother or child, and guardianship.

use serde::{Deserialize, Serialize};

use crate::code::Sex;
use crate::date::{BirthDate, PartialDate};
use crate::edit::Edit;
use crate::name::PersonName;
use crate::person::Person;
use crate::procedure::civil::parents::{look_at_age, look_at_sex, parent_twice};
use crate::procedure::civil::{Party, living_party, party};
use crate::procedure::{Draft, Refusal, Somebody};
use crate::schema::Field;
use crate::value::Value;
use crate::words::words;

/// Recognition of a father, mother or child, whichever of them asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParentRecognitionInput {
    /// The child, of whatever age.
    pub child: Somebody,
    /// The father who is recognised.
    #[serde(default)]
    pub father: Option<Somebody>,
    /// The mother who is recognised.
    #[serde(default)]
    pub mother: Option<Somebody>,
    /// The child's whole new name, if the surname follows.
    #[serde(default)]
    pub name: Option<PersonName>,
}

pub(in crate::procedure) fn parent_recognition(
    draft: &mut Draft<'_>,
    input: &ParentRecognitionInput,
) -> Result<(), Refusal> {
    draft.tell(draft.papers(words("kết quả giám định gen, hoặc thư từ, phim ảnh, văn bản cam đoan có hai người làm chứng, chứng minh quan hệ cha, mẹ, con (Luật Hộ tịch 60/2014, Điều 25; Thông tư 04/2020/TT-BTP, Điều 14)", "a genetic finding, or letters, pictures or a pledge with two witnesses that prove the parentage (Civil Status Law 60/2014, Art. 25; Circular 04/2020/TT-BTP, Art. 14)")));
    let child = living_party(draft, "child", &input.child)?;
    let (mut edits, mut parents) = (Vec::new(), Vec::new());
    for (field, name, told) in [
        (Field::Father, "father", &input.father),
        (Field::Mother, "mother", &input.mother),
    ] {
        let Some(told) = told else { continue };
        if let Party::Held(held) = &child {
            draft.undisputed(held, field)?;
            if held.fields().single(field).is_some() {
                draft.fault(Refusal::ParentStands { field: name });
                continue;
            }
        }
        let parent = living_party(draft, name, told);
        let Some(parent) = draft.tell(parent) else {
            continue;
        };
        let looked_at = check_parent(draft, name, field, &parent, &child);
        draft.tell(looked_at);
        edits.push(Edit::Put(field, Value::Person(parent.named())));
        parents.push(parent);
    }
    if edits.is_empty() && draft.told.is_empty() {
        return Err(Refusal::Missing { field: "father" });
    }
    if let [one, two] = parents.as_slice()
        && one.is(two)
    {
        return Err(parent_twice("mother"));
    }
    edits.extend(new_name(draft, &child, input.name.as_ref())?);
    draft.change(&child, edits)
}

fn check_parent(
    draft: &mut Draft<'_>,
    name: &'static str,
    field: Field,
    parent: &Party,
    child: &Party,
) -> Result<(), Refusal> {
    if parent.is(child) {
        return Err(Refusal::Invalid {
            field: name,
            words: words(
                "không ai là cha, mẹ của chính mình; chọn lại",
                "nobody is their own parent; choose again",
            ),
        });
    }
    let years = (parent.birth_year(), child.birth_year());
    if let (Some(parent), Some(child)) = years
        && parent >= child
    {
        return Err(Refusal::Invalid {
            field: name,
            words: words(
                "cha, mẹ phải sinh trước con; xem lại ngày sinh của cả hai",
                "a parent is older than the child; look at both birth dates",
            ),
        });
    }
    if let (Some(parent), Some(child)) = (parent.born(), child.born()) {
        look_at_age(draft, field, Some(parent), child);
    }
    look_at_sex(draft, field, parent.sex());
    Ok(())
}

fn new_name(
    draft: &mut Draft<'_>,
    child: &Party,
    name: Option<&PersonName>,
) -> Result<Option<Edit>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    if let Party::Held(held) = child {
        draft.undisputed(held, Field::Name)?;
        if Person(held.fields()).name() == Some(name) {
            return Ok(None);
        }
        draft.ask_consent(held, Field::Name);
    }
    Ok(Some(Edit::Put(Field::Name, Value::Name(name.clone()))))
}

/// The beginning of a guardianship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipInput {
    /// Who is in need of a guardian.
    pub ward: Somebody,
    /// The guardian.
    pub guardian: Somebody,
    /// Since when; the day of entry if left out. An `effective` beside it goes before it.
    #[serde(default)]
    pub from: Option<PartialDate>,
}

pub(in crate::procedure) fn guardianship(
    draft: &mut Draft<'_>,
    input: &GuardianshipInput,
) -> Result<(), Refusal> {
    let from = input.from.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("from", from));
    if let Some(counts_from) = draft.effective {
        draft.tell(draft.past("effective", counts_from));
    }
    let from = *draft.effective.get_or_insert(from);
    let (ward, guardian) = (
        living_party(draft, "ward", &input.ward),
        living_party(draft, "guardian", &input.guardian),
    );
    let (Some(ward), Some(guardian)) = (draft.tell(ward), draft.tell(guardian)) else {
        return Ok(());
    };
    if ward.is(&guardian) {
        return Err(Refusal::Invalid {
            field: "guardian",
            words: words(
                "cần hai người khác nhau; chọn lại một người",
                "two different people are needed; choose one of them again",
            ),
        });
    }
    // The greatest possible age: who is under it is so for sure.
    if guardian
        .age_at_most(from)
        .is_some_and(|age| i32::from(age) < GUARDIAN_YEARS)
    {
        draft.fault(guardian_under_age("guardian"));
    }
    if ward.age_at_most(from).is_some_and(|age| age > 18) {
        draft.tell(draft.numbered_paper(words("quyết định của tòa án tuyên bố người được giám hộ (đã thành niên) mất năng lực hành vi dân sự, có số và ngày (Bộ luật Dân sự 91/2015, Điều 22 và 47)", "the court's decision that the adult ward lacks legal capacity, with its number and date (Civil Code 91/2015, Art. 22 and 47)")));
    } else {
        draft.tell(draft.papers(words("văn bản cử người giám hộ, hoặc giấy tờ chứng minh người giám hộ đương nhiên (Luật Hộ tịch 60/2014, Điều 20 và 21)", "the paper that names the guardian, or that shows who is guardian by law (Civil Status Law 60/2014, Art. 20 and 21)")));
    }
    if let Party::Held(held) = &ward {
        draft.undisputed(held, Field::Representative)?;
        if Person(held.fields()).representative().is_some() {
            return Err(Refusal::RepresentativeStands { field: "ward" });
        }
    }
    let edit = Edit::Put(Field::Representative, Value::Person(guardian.named()));
    draft.change(&ward, vec![edit])
}

/// Full years from which somebody may be a guardian (Civil Code 91/2015, Art. 20 and 49).
pub const GUARDIAN_YEARS: i32 = 18;

/// Of a guardian who is under age.
pub(in crate::procedure) const fn guardian_under_age(field: &'static str) -> Refusal {
    Refusal::Invalid {
        field,
        words: words(
            "người giám hộ phải có năng lực hành vi dân sự đầy đủ, từ đủ 18 tuổi (Bộ luật Dân sự 91/2015, Điều 49); chọn người khác",
            "a guardian has full legal capacity, from 18 years on (Civil Code 91/2015, Art. 49); choose another person",
        ),
    }
}

/// The end of a guardianship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipEndInput {
    /// Who had a guardian.
    pub ward: Somebody,
    /// Last day; the day of entry if left out.
    #[serde(default)]
    pub date: Option<PartialDate>,
}

pub(in crate::procedure) fn guardianship_end(
    draft: &mut Draft<'_>,
    input: &GuardianshipEndInput,
) -> Result<(), Refusal> {
    let date = input.date.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("date", date));
    draft.effective.get_or_insert(date);
    draft.tell(draft.papers(words("giấy tờ làm căn cứ chấm dứt giám hộ (Luật Hộ tịch 60/2014, Điều 22; Bộ luật Dân sự 91/2015, Điều 62)", "the paper that shows why the guardianship ended (Civil Status Law 60/2014, Art. 22; Civil Code 91/2015, Art. 62)")));
    // A guardianship ends with the ward's death too.
    let ward = party(draft, "ward", &input.ward)?;
    if let Party::Held(held) = &ward {
        draft.undisputed(held, Field::Representative)?;
        if Person(held.fields()).representative().is_none() {
            return Err(Refusal::NothingChanges);
        }
    }
    draft.change(&ward, vec![Edit::Clear(Field::Representative)])
}

impl Party {
    pub(super) fn born(&self) -> Option<PartialDate> {
        match self {
            Party::Held(held) => Person(held.fields()).birth().and_then(BirthDate::date),
            Party::Absent(card) => card.birth.date(),
        }
    }

    fn birth_year(&self) -> Option<u16> {
        match self {
            Party::Held(held) => Person(held.fields()).birth().and_then(BirthDate::year),
            Party::Absent(card) => card.birth.year(),
        }
    }

    fn age_at_most(&self, on: PartialDate) -> Option<u16> {
        on.year().checked_sub(self.birth_year()?)
    }

    pub(super) fn sex(&self) -> Option<Sex> {
        match self {
            Party::Held(held) => Person(held.fields()).sex().copied(),
            Party::Absent(card) => Some(card.pin.sex()),
        }
    }
}
