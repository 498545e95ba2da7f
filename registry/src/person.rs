//! Reading a person's or a household's values by what they mean.

use std::collections::BTreeSet;

use crate::code::{Relation, Sex};
use crate::contact::{Email, Phone};
use crate::date::{BirthDate, DateOrder, PartialDate};
use crate::dispute::Standing;
use crate::fields::{EntryId, Fields};
use crate::name::PersonName;
use crate::pin::Pin;
use crate::schema::{Field, RecordKind};
use crate::value::{Death, Line, Marriage, Membership, PersonLink, Place, Residence, Value};
use crate::{ActId, OfficeCode, RecordId};

/// Most other names of one person: no act adds more, and no more are searched.
pub const OTHER_NAMES_MAX: usize = 16;

/// Derived from marriages and deaths, never written (QCVN 109:2017 codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaritalStatus {
    /// No marriage is known.
    NeverMarried,
    /// A marriage stands.
    Married,
    /// Every marriage has ended; one that was annulled is none.
    DivorcedOrWidowed,
}

impl MaritalStatus {
    /// Each by its code in QCVN 109:2017.
    const CODES: [(&str, MaritalStatus); 3] = [
        ("1", MaritalStatus::NeverMarried),
        ("2", MaritalStatus::Married),
        ("3", MaritalStatus::DivorcedOrWidowed),
    ];

    /// By its code.
    pub fn of_code(code: &str) -> Option<MaritalStatus> {
        let known = Self::CODES.iter().find(|(of, _)| *of == code);
        known.map(|(_, status)| *status)
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        let known = Self::CODES.iter().find(|(_, of)| *of == self);
        known.map_or("0", |(code, _)| code)
    }
}

/// Name of the item ([`Field::Others`]) that keeps a marital status which came with the register and
/// contradicts the marriages that came with it.
pub const STATUS_ITEM: &str = "marital_status";

/// A person's values.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a>(pub &'a Fields);

macro_rules! single {
    ($(#[$doc:meta] $name:ident: $field:ident => $variant:ident($type:ty);)*) => {
        $(#[$doc]
        pub fn $name(&self) -> Option<&'a $type> {
            match self.0.single(Field::$field)? {
                Value::$variant(value) => Some(value),
                _ => None,
            }
        })*
    };
}

impl<'a> Person<'a> {
    single! {
        /// Birth name.
        name: Name => Name(PersonName);
        /// Number.
        pin: Pin => Pin(Pin);
        /// Number that the person says they have.
        claimed_pin: ClaimedPin => Pin(Pin);
        /// Birth date.
        birth: BirthDate => Birth(BirthDate);
        /// Sex.
        sex: Sex => Sex(Sex);
        /// Father.
        father: Father => Person(PersonLink);
        /// Mother.
        mother: Mother => Person(PersonLink);
        /// Household.
        membership: Membership => Membership(Membership);
        /// Relation to its head.
        relation: Relation => Relation(Relation);
        /// Death.
        death: Death => Death(Death);
        /// Phone.
        phone: Phone => Phone(Phone);
        /// E-mail.
        email: Email => Email(Email);
        /// Legal representative.
        representative: Representative => Person(PersonLink);
        /// Place of birth.
        birth_place: BirthPlace => Place(Place);
        /// Place of birth registration.
        birth_registration: BirthRegistration => Place(Place);
        /// Native place.
        native_place: NativePlace => Place(Place);
    }

    /// The numbers that the person had and that were cancelled; each still leads to them.
    pub fn cancelled_pins(&self) -> impl Iterator<Item = Pin> + 'a {
        self.0
            .entries(Field::PinAliases)
            .filter_map(|(_, value)| match value {
                Value::Pin(pin) => Some(*pin),
                _ => None,
            })
    }

    /// The names that the person is known by besides the birth name.
    pub fn other_names(&self) -> impl Iterator<Item = (EntryId, &'a PersonName)> + use<'a> {
        let entries = self.0.entries(Field::OtherNames);
        entries.filter_map(|(entry, value)| match value {
            Value::Name(name) => Some((entry, name)),
            _ => None,
        })
    }

    /// Whether the person has this number, or had it.
    pub fn answers_to(&self, pin: Pin) -> bool {
        self.pin() == Some(&pin) || self.cancelled_pins().any(|cancelled| cancelled == pin)
    }

    /// Every residence of a field, in the order of entries.
    pub fn residences(&self, field: Field) -> impl Iterator<Item = (EntryId, &'a Residence)> {
        self.0
            .entries(field)
            .filter_map(|(entry, value)| match value {
                Value::Residence(residence) => Some((entry, residence)),
                _ => None,
            })
    }

    /// The permanent residences that are open; one, if all is well.
    pub fn open_permanent(&self) -> impl Iterator<Item = (EntryId, &'a Residence)> {
        self.residences(Field::Permanent)
            .filter(|(_, residence)| residence.to.is_none())
    }

    /// Where the person is counted: where they live permanently, else for a time, else where they
    /// lived last.
    pub fn main_home(&self) -> Option<&'a Residence> {
        let of = |field| self.residences(field).map(|(_, home)| home);
        let open = |field| of(field).find(|home| home.to.is_none());
        open(Field::Permanent)
            .or_else(|| open(Field::Temporary))
            .or_else(|| {
                let all = of(Field::Permanent).chain(of(Field::Temporary));
                all.max_by_key(|home| home.from.first_day())
            })
    }

    /// Every marriage.
    pub fn marriages(&self) -> impl Iterator<Item = (EntryId, &'a Marriage)> {
        self.0
            .entries(Field::Marriages)
            .filter_map(|(entry, value)| match value {
                Value::Marriage(marriage) => Some((entry, marriage)),
                _ => None,
            })
    }

    /// The marriages that stand; one at most, if all is well.
    pub fn standing_marriages(&self) -> impl Iterator<Item = (EntryId, &'a Marriage)> {
        self.marriages()
            .filter(|(_, marriage)| marriage.ended.is_none())
    }

    /// Whether a marriage lies before the birth, for sure.
    pub fn has_married_before_birth(&self) -> bool {
        let Some(born) = self.birth().and_then(BirthDate::date) else {
            return false;
        };
        self.marriages()
            .any(|(_, marriage)| marriage.date.compare(born) == DateOrder::Before)
    }
    /// Whether the father or the mother has a number of the person's own.
    pub fn is_own_parent(&self) -> bool {
        let parents = [self.father(), self.mother()].into_iter().flatten();
        parents
            .filter_map(PersonLink::pin)
            .any(|pin| self.answers_to(pin))
    }
    /// Marital status.
    pub fn marital_status(&self) -> MaritalStatus {
        if self.standing_marriages().next().is_some() {
            MaritalStatus::Married
        } else if self.marriages().any(|(_, one)| !one.is_annulled()) {
            MaritalStatus::DivorcedOrWidowed
        } else {
            MaritalStatus::NeverMarried
        }
    }

    /// The marital status that came with the register, if the marriages that are known contradict it
    /// and no office has looked since: none has entered a marriage, none has confirmed the status.
    /// What is derived is shown and certified all the same (Law on Identification 26/2023, Art. 9).
    pub fn contradicting_status(&self) -> Option<MaritalStatus> {
        let mut items = self
            .0
            .entries(Field::Others)
            .filter_map(|(_, value)| match value {
                Value::Other(item) if item.key.as_str() == STATUS_ITEM => Some(item.text.as_str()),
                _ => None,
            });
        let told = MaritalStatus::of_code(items.next()?)?;
        let entered = |field: Field| {
            let mut entries = self.0.entries(field);
            entries.any(|(entry, _)| matches!(entry, EntryId::Act(_)))
        };
        let looked = entered(Field::Marriages) || entered(Field::Confirmations);
        (!looked && told != self.marital_status()).then_some(told)
    }

    /// Whether the registration was revoked.
    pub fn is_revoked(&self) -> bool {
        self.0.single(Field::Revoked).is_some()
    }

    /// Whether the person is dead, by a death notice or a court's declaration. Whom a court
    /// declared missing is not: they may come back, and their marriage stands.
    pub fn is_dead(&self) -> bool {
        self.death().is_some_and(|death| !death.is_missing())
    }

    /// Whether a court declared the person missing.
    pub fn is_missing(&self) -> bool {
        self.death().is_some_and(Death::is_missing)
    }

    /// Age in full years on a day, if the birth year is known; the greatest possible one.
    pub fn age_at_most(&self, on: &PartialDate) -> Option<u16> {
        on.year().checked_sub(self.birth()?.year()?)
    }
}

/// The head of a household.
pub fn head_of(household: &Fields) -> Option<RecordId> {
    match household.single(Field::HouseholdHead)? {
        Value::Head(id) => Some(*id),
        _ => None,
    }
}

/// Whether a household stands without a head who lives and is a member of it. `head` is what the
/// person shows whom the household names; none if they are not held where it is.
pub fn is_headless(household: RecordId, fields: &Fields, head: Option<&Fields>) -> bool {
    if fields.single(Field::HouseholdRevoked).is_some() {
        return false;
    }
    let keeps_house = |fields: &Fields| {
        let person = Person(fields);
        let member = person.membership();
        !person.is_dead()
            && !person.is_revoked()
            && member.is_some_and(|member| member.household == household)
    };
    !head.is_some_and(keeps_house)
}

/// A place by which an office is entitled to hold a record, as the record names it. Whose place it
/// is today the units tell ([`crate::unit::Units::holder`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The commune by its code.
    pub unit: OfficeCode,
    /// The address in it.
    pub address: Line,
    /// The act that wrote the place; `None` if the record had it from its making.
    pub by: Option<ActId>,
}

/// The places by which offices hold a record: where the person lives, permanently or for a time,
/// by what is shown and by every open claim; a household's by its address. A person who lives
/// nowhere stays where they lived last, or where their birth was registered.
pub fn homes(kind: RecordKind, standing: &Standing) -> BTreeSet<Home> {
    let mut homes = BTreeSet::new();
    let claims = standing.disputes.iter().flat_map(|dispute| &dispute.claims);
    let claimed = claims.filter_map(|claim| Some((claim.value.as_ref()?, claim.act)));
    match kind {
        RecordKind::Household => {
            let address = standing.fields.single(Field::HouseholdAddress);
            let shown = address.into_iter().map(|value| (value, None));
            homes.extend(
                shown
                    .chain(claimed)
                    .filter_map(|(value, by)| place(value, by)),
            );
        }
        RecordKind::Person => {
            let person = Person(&standing.fields);
            let open = [Field::Permanent, Field::Temporary]
                .into_iter()
                .flat_map(|field| person.residences(field))
                .filter(|(_, residence)| residence.to.is_none());
            homes.extend(open.map(|(entry, residence)| home(residence, writer_of(entry))));
            homes.extend(claimed.filter_map(|(value, by)| match value {
                Value::Residence(residence) => Some(home(residence, by)),
                _ => None,
            }));
            if homes.is_empty() {
                homes.extend(last_place(&person));
            }
        }
    }
    homes
}

/// The communes of [`homes`] by the codes that the record has, where no decree lies between.
pub fn entitled(kind: RecordKind, standing: &Standing) -> BTreeSet<OfficeCode> {
    let homes = homes(kind, standing);
    homes.into_iter().map(|home| home.unit).collect()
}

const fn writer_of(entry: EntryId) -> Option<ActId> {
    match entry {
        EntryId::Genesis(_) => None,
        EntryId::Act(act) => Some(act),
    }
}

fn home(residence: &Residence, by: Option<ActId>) -> Home {
    Home {
        unit: residence.unit,
        address: residence.address.clone(),
        by,
    }
}

fn last_place(person: &Person<'_>) -> Option<Home> {
    let lived = person
        .residences(Field::Permanent)
        .chain(person.residences(Field::Temporary));
    lived
        .max_by_key(|(_, residence)| residence.from.first_day())
        .map(|(entry, residence)| home(residence, writer_of(entry)))
        .or_else(|| {
            let registered = person.birth_registration()?;
            Some(Home {
                unit: registered.unit?,
                address: Line::default(),
                by: None,
            })
        })
}

fn place(value: &Value, by: Option<ActId>) -> Option<Home> {
    match value {
        Value::Place(place) => Some(Home {
            unit: place.unit?,
            address: place.text.clone(),
            by,
        }),
        _ => None,
    }
}
