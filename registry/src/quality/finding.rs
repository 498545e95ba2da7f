//! The look at one person's record.

use super::problem::{Problem, Problems};
use crate::RecordId;
use crate::code::{Relation, Sex};
use crate::date::{Date, DateOrder, PartialDate};
use crate::fields::Fields;
use crate::person::{Person, head_of, is_headless};
use crate::schema::Field;
use crate::unit::Units;
use crate::value::{Place, Residence, Value};

/// A record is live if an office entered an act on it within so many days: two years, the longest
/// time for which a temporary residence is granted (Law on Residence 68/2020, Article 27).
pub const LIVE_DAYS: i32 = 730;
/// Nobody was ever proved to be older and alive but one.
const AGE_DAYS_MAX: i32 = 120 * 366;

/// What is known of a record beside its values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Something within it is in dispute.
    pub disputed: bool,
    /// A case about it is open.
    pub case_open: bool,
    /// One of these asks whether it is another record's person; at the centre it may be an open
    /// strong pair that nobody has made a case of.
    pub duplicate: bool,
    /// The household that they belong to has no head who lives and is a member of it.
    pub headless: bool,
    /// The household that they belong to is closed.
    pub closed: bool,
    /// They are said to be the head of their household, and it names another.
    pub second_head: bool,
    /// They live for a time in the commune of their home, by the units in force.
    pub lodges_at_home: bool,
    /// The day on which an office last entered an act on it.
    pub contact: Option<Date>,
}

impl Marks {
    /// Marks who lives for a time in the commune where they live permanently, once a decree has made
    /// one of two. A stay under the code of the home itself ends by rule 16 and is not met here.
    pub fn note_lodging(&mut self, fields: &Fields, units: &Units) {
        let person = Person(fields);
        let now = |home: &Residence| units.fixed_holder(home.unit, home.address.as_str());
        let stays = person.residences(Field::Temporary).map(|(_, stay)| stay);
        let mut stays = stays.filter(|stay| stay.to.is_none()).map(now);
        self.lodges_at_home = stays.any(|stay| {
            let mut homes = person.open_permanent().map(|(_, home)| now(home));
            stay.is_some() && homes.any(|home| home == stay)
        });
    }
}

/// How the head of a household stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Headship {
    /// It stands without a head who lives and is a member of it ([`crate::person::is_headless`]).
    pub headless: bool,
    /// It is closed.
    pub closed: bool,
    /// Whom it names.
    pub head: Option<RecordId>,
}

impl Headship {
    /// How that of a household stands, with what the person shows whom it names, if they are held
    /// where it is.
    pub fn of(household: RecordId, fields: &Fields, head: Option<&Fields>) -> Headship {
        Headship {
            headless: is_headless(household, fields, head),
            closed: fields.single(Field::HouseholdRevoked).is_some(),
            head: head_of(fields),
        }
    }

    /// Marks a member.
    pub fn mark(&self, id: RecordId, member: &Fields, marks: &mut Marks) {
        let says_so = Person(member).relation() == Some(&Relation::Head);
        marks.headless = self.headless;
        marks.closed = self.closed;
        let stands = !self.headless && !self.closed;
        marks.second_head = says_so && stands && self.head.is_some_and(|head| head != id);
    }
}

/// What a look at a record found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Finding {
    /// What is to be mended.
    pub problems: Problems,
    /// Days since the last contact; `None` if there was none.
    pub contact_days: Option<u32>,
}

/// Looks at a person's record on a day. The dead and the revoked are not looked at: nothing of
/// them is to be kept up to date.
pub fn look(fields: &Fields, marks: &Marks, today: Date) -> Option<Finding> {
    let person = Person(fields);
    if person.is_dead() || person.is_revoked() {
        return None;
    }
    let mut problems = Problems::default();
    missing_items(&person, &mut problems);
    rules(&person, today, &mut problems);
    problems.add_if(marks.disputed, Problem::Disputed);
    problems.add_if(marks.case_open, Problem::CaseOpen);
    problems.add_if(marks.duplicate, Problem::DuplicateSuspected);
    problems.add_if(marks.headless, Problem::HouseholdHeadless);
    problems.add_if(marks.closed, Problem::HouseholdClosed);
    problems.add_if(marks.second_head, Problem::HouseholdHeadsTwo);
    problems.add_if(marks.lodges_at_home, Problem::TemporaryAtHome);
    // A device's clock may run ahead: what was entered tomorrow was entered today.
    let days = marks
        .contact
        .map(|contact| today.days_since(contact).max(0));
    match days {
        None => problems.add(Problem::NeverConfirmed),
        Some(days) => problems.add_if(days > LIVE_DAYS, Problem::ContactOld),
    }
    Some(Finding {
        problems,
        contact_days: days.and_then(|days| u32::try_from(days).ok()),
    })
}

/// The seven items.
fn missing_items(person: &Person<'_>, problems: &mut Problems) {
    let known = |place: Option<&Place>| place.is_some_and(|place| *place != Place::default());
    let nationality = matches!(
        person.0.single(Field::Nationality),
        Some(Value::Countries(countries)) if !countries.is_empty()
    );
    let sex = person.sex().is_some_and(|sex| *sex != Sex::Unknown);
    for (there, problem) in [
        (person.name().is_some(), Problem::NameMissing),
        (person.birth().is_some(), Problem::BirthDateMissing),
        (sex, Problem::SexMissing),
        (
            known(person.birth_registration()),
            Problem::BirthRegistrationMissing,
        ),
        (known(person.native_place()), Problem::NativePlaceMissing),
        (
            person.0.single(Field::Ethnic).is_some(),
            Problem::EthnicMissing,
        ),
        (nationality, Problem::NationalityMissing),
    ] {
        problems.add_if(!there, problem);
    }
}

/// What no true record can be, as far as the dates are known.
fn rules(person: &Person<'_>, today: Date, problems: &mut Problems) {
    let birth = person.birth();
    let born = birth.and_then(|birth| birth.date());
    let odd = birth.is_some_and(|birth| birth.original().is_some());
    problems.add_if(odd, Problem::BirthDateImpossible);
    if let Some(born) = born {
        let future = born.compare(PartialDate::from(today)) == DateOrder::After;
        problems.add_if(future, Problem::BornInFuture);
        let age_days = today.days_since(born.last_day());
        problems.add_if(age_days > AGE_DAYS_MAX, Problem::TooOld);
        let all = [Field::Permanent, Field::Temporary].into_iter();
        let mut homes = all.flat_map(|field| person.residences(field));
        let early = homes.any(|(_, home)| home.from.compare(born) == DateOrder::Before);
        problems.add_if(early, Problem::HomeBeforeBirth);
    }
    let early = person.has_married_before_birth();
    problems.add_if(early, Problem::MarriageBeforeBirth);
    problems.add_if(person.is_own_parent(), Problem::OwnParent);
    let permanent = person.open_permanent().count();
    let lodges = || {
        let homes = person.residences(Field::Temporary).map(|(_, home)| home);
        homes.filter(|home| home.to.is_none())
    };
    let temporary = lodges().count();
    // Nothing ends by itself: whether somebody has left is for the office to ask.
    let expired = lodges()
        .filter_map(|home| home.until)
        .any(|until| until.compare(PartialDate::from(today)) == DateOrder::Before);
    problems.add_if(expired, Problem::TemporaryExpired);
    problems.add_if(permanent > 1, Problem::HomesTwo);
    problems.add_if(permanent == 0 && temporary == 0, Problem::HomeNone);
    let alone = permanent > 0 && person.membership().is_none();
    problems.add_if(alone, Problem::HouseholdNone);
    problems.add_if(
        person.standing_marriages().count() > 1,
        Problem::MarriagesTwo,
    );
    let differs = person.contradicting_status().is_some();
    problems.add_if(differs, Problem::MaritalStatusDiffers);
}
