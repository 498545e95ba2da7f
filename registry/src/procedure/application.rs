//! Identification: applications for a card, for a child's number and for an e-ID account (Law on
//! Identification 26/2023; Decrees 69/2024 and 70/2024). Each is collected, checked against the
//! record and queued; the centre goes on with it. The rules by age and reason are tables:
//! [`crate::code::AGES`] and [`CardReason::rule`].

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::application::{Application, Pinned, applications};
use crate::code::{AgeRule, Capture, CardReason, Request, Sex, age_rule};
use crate::contact::Phone;
use crate::date::{BirthDate, Date};
use crate::dossier::DossierState;
use crate::edit::Edit;
use crate::person::Person;
use crate::procedure::{Draft, Held, Notice, Refusal};
use crate::schema::Field;
use crate::value::{Card, PersonLink, Value};
use crate::words::words;

/// What the centre needs on the record, by the content of a card.
const CONTENT_RULE: &str = "Law on Identification 26/2023, Art. 18";
/// A child is somebody below this age.
const CHILD_BELOW: u16 = 14;

/// An identity card: a first one, another, or one for a card that is gone, as the reason says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    /// Whose.
    pub person: RecordId,
    /// Why; it says also what is asked for.
    pub reason: CardReason,
    /// What was taken of the person.
    #[serde(default)]
    pub collected: Vec<Capture>,
    /// Who asks for a child.
    #[serde(default)]
    pub asked_by: Option<PersonLink>,
}

/// A number for a child who has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildPinInput {
    /// The child.
    pub person: RecordId,
    /// Who asks.
    #[serde(default)]
    pub asked_by: Option<PersonLink>,
}

/// An e-ID account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EidInput {
    /// Whose.
    pub person: RecordId,
    /// The phone of the account; the one on the record if left out.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Who asks for a child.
    #[serde(default)]
    pub asked_by: Option<PersonLink>,
}

pub(super) fn card(draft: &mut Draft<'_>, input: &CardInput) -> Result<(), Refusal> {
    let held = draft.living("person", &input.person)?;
    let (request, reason_rule) = input.reason.rule();
    let pinned = pinned(draft, &held)?;
    has_number(&held)?;
    let years = full_years(&pinned.birth, draft.desk.today);
    let age = age_rule(years);
    let cards: Vec<&Card> = cards(&held).collect();
    if request == Request::CardIssue {
        let valid = |card: &&Card| {
            card.expires
                .is_none_or(|ends| ends.last_day() >= draft.desk.today)
        };
        if cards.iter().any(valid) {
            draft.fault(Refusal::AgainstRule {
                field: "reason",
                words: words(
                    "người này đang có thẻ còn giá trị; chọn lý do cấp đổi hoặc cấp lại",
                    "the person has a card that is valid; say why it is exchanged or issued anew",
                ),
                rule: "Law on Identification 26/2023, Art. 24",
            });
        }
    } else if cards.is_empty() {
        draft.notice(Notice::CardNotOnRecord);
    }
    if input.reason == CardReason::AgeReached && years < CHILD_BELOW {
        draft.fault(Refusal::AgainstRule {
            field: "reason",
            words: words(
                "chỉ đổi thẻ theo độ tuổi từ đủ 14 tuổi; chọn lý do khác",
                "a card is exchanged for age from 14 years on; choose another reason",
            ),
            rule: reason_rule,
        });
    }
    let missing = |capture: &Capture| !input.collected.contains(capture);
    if age.captures.iter().any(missing) {
        draft.fault(Refusal::AgainstRule {
            field: "collected",
            words: words(
                "người ở tuổi này phải thu nhận ảnh khuôn mặt, vân tay và mống mắt; thu nhận đủ rồi đánh dấu",
                "face, fingerprints and iris are taken of a person of this age; take them and tick each",
            ),
            rule: age.card_rule,
        });
    }
    let beyond = |capture: &Capture| !age.captures.contains(capture);
    if input.collected.iter().any(beyond) {
        draft.fault(Refusal::AgainstRule {
            field: "collected",
            words: words(
                "trẻ dưới 6 tuổi thì không thu nhận gì; bỏ dấu ở mục này",
                "nothing is taken of a child under six; leave this out",
            ),
            rule: age.card_rule,
        });
    }
    draft.tell(represented(
        draft,
        &held,
        input.asked_by.as_ref(),
        age,
        age.card_rule,
    ));
    let mut collected = input.collected.clone();
    collected.sort_unstable();
    collected.dedup();
    queue(
        draft,
        &held,
        Application {
            request,
            reason: Some(input.reason),
            collected,
            phone: None,
            asked_by: input.asked_by.clone(),
            prepared: draft.today(),
            pinned,
            state: DossierState::Received,
        },
    )
}

pub(super) fn child_pin(draft: &mut Draft<'_>, input: &ChildPinInput) -> Result<(), Refusal> {
    let rule = "Law on Identification 26/2023, Art. 12; Decree 70/2024, Art. 11";
    let held = draft.living("person", &input.person)?;
    if Person(held.fields()).pin().is_some() {
        return Err(Refusal::AgainstRule {
            field: "person",
            words: words(
                "người này đã có số định danh, số đó không đổi suốt đời; không cần đề nghị",
                "the person has a number already, which stays the same for life; nothing is to be asked for",
            ),
            rule,
        });
    }
    let pinned = pinned(draft, &held)?;
    let years = full_years(&pinned.birth, draft.desk.today);
    if years >= CHILD_BELOW {
        return Err(Refusal::AgainstRule {
            field: "person",
            words: words(
                "người này đã đủ 14 tuổi; số định danh được cấp khi thu thập thông tin dân cư",
                "the person is 14 or older; the number comes with the collection of the person",
            ),
            rule,
        });
    }
    let age = age_rule(years);
    draft.tell(represented(
        draft,
        &held,
        input.asked_by.as_ref(),
        age,
        rule,
    ));
    queue(
        draft,
        &held,
        Application {
            request: Request::ChildPin,
            reason: None,
            collected: Vec::new(),
            phone: None,
            asked_by: input.asked_by.clone(),
            prepared: draft.today(),
            pinned,
            state: DossierState::Received,
        },
    )
}

pub(super) fn eid(
    draft: &mut Draft<'_>,
    request: Request,
    input: &EidInput,
) -> Result<(), Refusal> {
    let held = draft.living("person", &input.person)?;
    let pinned = pinned(draft, &held)?;
    has_number(&held)?;
    let age = age_rule(full_years(&pinned.birth, draft.desk.today));
    let offered = match request {
        Request::EidLevel2 => age.eid.1,
        _ => age.eid.0,
    };
    if !offered {
        return Err(Refusal::AgainstRule {
            field: "person",
            words: words(
                "trẻ dưới 6 tuổi chỉ có tài khoản định danh mức độ 01; làm thủ tục mức độ 01",
                "a child under six has an account of level 1 only; file that one",
            ),
            rule: age.eid_rule,
        });
    }
    draft.tell(represented(
        draft,
        &held,
        input.asked_by.as_ref(),
        age,
        age.eid_rule,
    ));
    let known = Person(held.fields()).phone().cloned();
    let Some(phone) = input.phone.clone().or(known) else {
        return Err(Refusal::AgainstRule {
            field: "phone",
            words: words(
                "tài khoản cần số điện thoại mà bản ghi chưa có; ghi số điện thoại",
                "an account needs a phone number; none is on the record, give one",
            ),
            rule: age.eid_rule,
        });
    };
    queue(
        draft,
        &held,
        Application {
            request,
            reason: None,
            collected: Vec::new(),
            phone: Some(phone),
            asked_by: input.asked_by.clone(),
            prepared: draft.today(),
            pinned,
            state: DossierState::Received,
        },
    )
}

/// Puts the dossier on the record, unless one like it is under way.
fn queue(draft: &mut Draft<'_>, held: &Held, application: Application) -> Result<(), Refusal> {
    let mut known = applications(held.fields());
    let under_way = known
        .any(|(entry, known)| known.is_under_way_for(application.request, entry, held.fields()));
    if under_way {
        return Err(Refusal::Invalid {
            field: "person",
            words: words(
                "đã có hồ sơ cùng loại đang giải quyết; nếu hồ sơ đó sai thì rút trước",
                "an application of this kind is under way; withdraw it if it is wrong",
            ),
        });
    }
    let value = Value::Application(Box::new(application));
    draft.change_held(held, vec![Edit::Add(Field::Applications, value)])
}

/// What the dossier rests on: it must be on the record, and nobody may be disputing it.
fn pinned(draft: &Draft<'_>, held: &Held) -> Result<Pinned, Refusal> {
    for field in [Field::Name, Field::BirthDate, Field::Sex, Field::Pin] {
        draft.undisputed(held, field)?;
    }
    let lacks = |field: Field| Refusal::AgainstRule {
        field: field.key(),
        words: words(
            "bản ghi chưa có mục này; bổ sung trước rồi mới lập hồ sơ",
            "this is not on the record; it is supplemented first, then the dossier is prepared",
        ),
        rule: CONTENT_RULE,
    };
    let person = Person(held.fields());
    let name = person.name().ok_or_else(|| lacks(Field::Name))?;
    let birth = person
        .birth()
        .filter(|birth| birth.date().is_some())
        .ok_or_else(|| lacks(Field::BirthDate))?;
    let sex = person
        .sex()
        .filter(|sex| **sex != Sex::Unknown)
        .ok_or_else(|| lacks(Field::Sex))?;
    Ok(Pinned {
        name: name.clone(),
        birth: birth.clone(),
        sex: *sex,
        seen: held.base()?,
    })
}

fn has_number(held: &Held) -> Result<(), Refusal> {
    match Person(held.fields()).pin() {
        Some(_) => Ok(()),
        None => Err(Refusal::AgainstRule {
            field: "person",
            words: words(
                "người này chưa có số định danh; chờ trung tâm trả lời rồi lập hồ sơ",
                "the person has no number yet; it comes with the centre's answer, then the dossier is prepared",
            ),
            rule: CONTENT_RULE,
        }),
    }
}

fn cards(held: &Held) -> impl Iterator<Item = &Card> {
    held.fields()
        .entries(Field::Cards)
        .filter_map(|(_, value)| match value {
            Value::Card(card) => Some(card),
            _ => None,
        })
}

/// Who asks for a child is a parent or the representative on the record, or proves it by a paper.
fn represented(
    draft: &Draft<'_>,
    held: &Held,
    asked_by: Option<&PersonLink>,
    age: &AgeRule,
    rule: &'static str,
) -> Result<(), Refusal> {
    let Some(asks) = asked_by else {
        return if age.represented {
            Err(Refusal::AgainstRule {
                field: "asked_by",
                words: words(
                    "người dưới 14 tuổi thì người đại diện đề nghị thay; ghi người đó",
                    "for a person under 14 the representative asks; say who",
                ),
                rule,
            })
        } else {
            Ok(())
        };
    };
    // Who is held elsewhere may be on the child's record all the same.
    if let PersonLink::Record(id) = asks
        && draft.slice.record(id).is_some()
    {
        draft.living("asked_by", id)?;
    }
    let person = Person(held.fields());
    let of_record = [Field::Father, Field::Mother, Field::Representative]
        .into_iter()
        .filter_map(|field| match person.0.single(field) {
            Some(Value::Person(link)) => Some(link),
            _ => None,
        });
    let known = of_record
        .into_iter()
        .any(|link| same_person(draft, link, asks));
    if known || !draft.filing.evidence.is_empty() {
        Ok(())
    } else {
        Err(Refusal::NoPaper {
            what: words("ai đại diện cho trẻ", "who represents the child"),
            rule: "Civil Code 91/2015, Art. 136",
        })
    }
}

/// Whether two links are one person, as far as the office can tell.
fn same_person(draft: &Draft<'_>, one: &PersonLink, two: &PersonLink) -> bool {
    if one == two {
        return true;
    }
    let number = |link: &PersonLink| match link {
        PersonLink::Record(_) => None,
        PersonLink::Pin(pin) => Some(*pin),
        PersonLink::Named { pin, .. } => *pin,
    };
    // Who has another number since is named by the old one where nobody wrote them anew.
    let held = |link: &PersonLink| match link {
        PersonLink::Record(id) => Some(*id),
        _ => draft.slice.by_pin(&number(link)?),
    };
    match (held(one), held(two)) {
        (Some(one), Some(two)) => one == two,
        _ => number(one).is_some() && number(one) == number(two),
    }
}

/// Full years on a day; of somebody whose birth day is not known, the least that they may be.
fn full_years(birth: &BirthDate, today: Date) -> u16 {
    let Some(born) = birth.date() else { return 0 };
    let (year, month, day) = born.last_day().ymd();
    let (this_year, this_month, this_day) = today.ymd();
    let years = this_year.saturating_sub(year);
    if (this_month, this_day) < (month, day) {
        years.saturating_sub(1)
    } else {
        years
    }
}
