//! Births: registered in time or late. A birth that is registered once more is in
//! [`super::rebirth`].

use serde::{Deserialize, Serialize};

use crate::act::ActKind;
use crate::code::{Country, Ethnic, Relation, Religion, Sex};
use crate::date::{BirthDate, PartialDate};
use crate::fields::Fields;
use crate::name::PersonName;
use crate::paper;
use crate::person::Person;
use crate::procedure::civil::parents::parents;
use crate::procedure::civil::{link_here, place};
use crate::procedure::{Draft, Notice, Refusal, nationality};
use crate::schema::{Field, RecordKind};
use crate::value::{BirthEntry, Line, Membership, PersonLink, Place, Residence, Value};
use crate::words::words;

/// The child of a birth registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildInput {
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// Place of birth.
    #[serde(default)]
    pub birth_place: Option<Place>,
    /// Native place.
    #[serde(default)]
    pub native_place: Option<Place>,
    /// Ethnic group.
    #[serde(default)]
    pub ethnic: Option<Ethnic>,
    /// Religion.
    #[serde(default)]
    pub religion: Option<Religion>,
    /// Nationalities; the Vietnamese one if left out. Another one needs the parents' agreement.
    #[serde(default)]
    pub nationality: Option<Vec<Country>>,
}

/// Birth registration, in time or late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BirthInput {
    /// The child.
    pub child: ChildInput,
    /// Number of the hospital's paper (giấy chứng sinh); empty if there is none.
    #[serde(default)]
    pub certificate: Line,
    /// For twins and more: 1 for the first born, 2 for the second.
    #[serde(default)]
    pub birth_order: u8,
    /// Father.
    #[serde(default)]
    pub father: Option<PersonLink>,
    /// Mother.
    #[serde(default)]
    pub mother: Option<PersonLink>,
    /// Whether the child joins the household of the parent who lives in this commune, with
    /// permanent residence there.
    #[serde(default)]
    pub joins_household: bool,
}

pub(in crate::procedure) fn birth(
    draft: &mut Draft<'_>,
    input: &BirthInput,
) -> Result<(), Refusal> {
    let born = birth_date(draft, &input.child)?;
    let used = paper::birth_papers(input.certificate.as_str(), input.birth_order);
    if let Some(act) = used.iter().find_map(|paper| draft.slice.paper(paper)) {
        draft.fault(Refusal::CertificateUsed { act });
    }
    if draft.kind == ActKind::LateBirth {
        late(draft, born);
    } else {
        if input.certificate.is_empty() {
            draft.tell(proven(draft));
        }
        draft.filed_in_time(born);
    }
    draft.effective.get_or_insert(born);
    let mut fields = registered(draft, &input.child);
    if draft.kind == ActKind::Birth
        && let Some(pin) = draft.slice.reserved_number(input.child.sex, born.year())
    {
        fields.set(Field::Pin, Some(Value::Pin(pin)));
        draft.notice(Notice::ReservedNumber);
    }
    let entry = BirthEntry {
        certificate: input.certificate.clone(),
        birth_order: input.birth_order,
    };
    fields.set(Field::BirthEntry, Some(Value::BirthEntry(entry)));
    parents(
        draft,
        input.father.as_ref(),
        input.mother.as_ref(),
        born,
        &mut fields,
    );
    if input.father.is_none() && input.mother.is_none() {
        draft.notice(Notice::NoParents);
    }
    if input.joins_household {
        let joined = join_parents_household(draft, input, born, &mut fields);
        draft.tell(joined);
    }
    draft.make(RecordKind::Person, fields);
    Ok(())
}

/// The day of birth, as far as it is known; not in the future.
pub(super) fn birth_date(
    draft: &mut Draft<'_>,
    child: &ChildInput,
) -> Result<PartialDate, Refusal> {
    let field = "child.birth_date";
    let born = child.birth_date.date().ok_or(Refusal::Missing { field })?;
    draft.tell(draft.past(field, born));
    Ok(born)
}

/// A late birth is one whose term for filing is over, and rests on papers.
fn late(draft: &mut Draft<'_>, born: PartialDate) {
    let deadline = ActKind::Birth.rule().deadline;
    if !deadline.is_some_and(|deadline| deadline.is_filed_late(born, draft.desk.today)) {
        draft.fault(Refusal::Invalid {
            field: "child.birth_date",
            words: words(
                "chưa hết thời hạn 60 ngày (Luật Hộ tịch 60/2014, Điều 15); làm thủ tục “Đăng ký khai sinh”",
                "the 60 days for filing are not over (Civil Status Law 60/2014, Art. 15); file it as “Birth registration”",
            ),
        });
    }
    draft.tell(proven(draft));
}

/// Refuses a birth that no paper shows.
fn proven(draft: &Draft<'_>) -> Result<(), Refusal> {
    draft.papers(words("giấy chứng sinh, văn bản của người làm chứng, hoặc giấy cam đoan về việc sinh (Luật Hộ tịch 60/2014, Điều 16)", "the paper of birth, a witness's statement, or a written pledge that the birth is true (Civil Status Law 60/2014, Art. 16)"))
}

/// What the book of births says of the child, registered here.
pub(super) fn registered(draft: &mut Draft<'_>, child: &ChildInput) -> Fields {
    draft.look_at_name(&child.name);
    let mut fields = Fields::new();
    fields.set(Field::Name, Some(Value::Name(child.name.clone())));
    fields.set(
        Field::BirthDate,
        Some(Value::Birth(child.birth_date.clone())),
    );
    fields.set(Field::Sex, Some(Value::Sex(child.sex)));
    let born_at = place(draft, "child.birth_place", child.birth_place.as_ref());
    fields.set(Field::BirthPlace, draft.tell(born_at).flatten());
    let native = place(draft, "child.native_place", child.native_place.as_ref());
    fields.set(Field::NativePlace, draft.tell(native).flatten());
    let here = Place {
        unit: Some(draft.desk.office),
        ..Place::default()
    };
    fields.set(Field::BirthRegistration, Some(Value::Place(here)));
    fields.set(Field::Ethnic, child.ethnic.map(Value::Ethnic));
    fields.set(Field::Religion, child.religion.map(Value::Religion));
    let countries = draft.tell(childs_nationality(draft, child.nationality.as_deref()));
    fields.set(Field::Nationality, countries.map(Value::Countries));
    let act: String = draft.desk.act.to_string().chars().take(8).collect();
    let local = format!("TAM-{}-{act}", draft.desk.office);
    fields.set(
        Field::LocalFile,
        Some(Value::Text(Line::parse(&local).unwrap_or_default())),
    );
    if child.native_place.is_none() || child.ethnic.is_none() {
        draft.notice(Notice::ItemsMissing);
    }
    fields
}

/// Vietnamese unless the parents agreed otherwise (Law on Vietnamese Nationality 24/2008).
fn childs_nationality(
    draft: &Draft<'_>,
    told: Option<&[Country]>,
) -> Result<Vec<Country>, Refusal> {
    let countries = nationality::told("child.nationality", told)?;
    if countries != [Country::VIET_NAM] {
        draft.papers(words("văn bản thỏa thuận của cha mẹ về quốc tịch của con (Luật Quốc tịch Việt Nam 24/2008, Điều 16)", "the parents' written agreement on the child's nationality (Law on Vietnamese Nationality 24/2008, Art. 16)"))?;
    }
    Ok(countries)
}

fn join_parents_household(
    draft: &Draft<'_>,
    input: &BirthInput,
    born: PartialDate,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    for link in [input.mother.as_ref(), input.father.as_ref()] {
        let Some(parent) = link_here(draft, link) else {
            continue;
        };
        let parent = Person(parent.fields());
        let home = parent
            .open_permanent()
            .map(|(_, residence)| residence)
            .find(|home| draft.lies_here(home.unit, &home.address));
        let (Some(home), Some(membership)) = (home, parent.membership()) else {
            continue;
        };
        fields.push(
            Field::Permanent,
            Value::Residence(Residence {
                // As the place is called today, whatever the parents' record calls it.
                unit: draft.desk.office,
                address: home.address.clone(),
                from: born,
                until: None,
                to: None,
                ground: Line::default(),
            }),
        );
        let member = Membership {
            household: membership.household,
            since: born,
        };
        fields.set(Field::Membership, Some(Value::Membership(member)));
        fields.set(
            Field::Relation,
            Some(Value::Relation(relation_of_child(&parent))),
        );
        return Ok(());
    }
    Err(Refusal::Invalid {
        field: "joins_household",
        words: words(
            "cả cha và mẹ đều không thường trú ở xã này; đăng ký thường trú cho con ở nơi cha hoặc mẹ thường trú",
            "neither parent has permanent residence in this commune; register the residence where a parent lives",
        ),
    })
}

fn relation_of_child(parent: &Person<'_>) -> Relation {
    match parent.relation() {
        Some(Relation::Head | Relation::Spouse) => Relation::Child,
        Some(Relation::Child) => Relation::Grandchild,
        _ => Relation::Other,
    }
}
