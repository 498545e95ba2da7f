//! The people and households that every run begins with: few, so that clerks meet in them, and
//! some of them known in two offices.

use ed25519_dalek::SigningKey;
use registry::code::Sex;
use registry::date::PartialDate;
use registry::fields::Fields;
use registry::pin::Pin;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::Units;
use registry::value::{Line, Membership, Place, Residence, Value};
use registry::{NodeId, OfficeCode, RecordId};

use crate::dice::Dice;

/// Real communes of four provinces, so that numbers differ and cases go to the nation.
const COMMUNES: [u32; 8] = [4, 8, 1273, 25, 70, 9877, 1279, 145];
const FAMILY: [&str; 5] = ["Nguyễn", "Trần", "Lê", "Phạm", "Giàng"];
const GIVEN: [&str; 8] = ["An", "Bình", "Chi", "Dũng", "Hà", "Lan", "Minh", "Thúy"];
/// Households of a commune, and members of each.
const HOUSEHOLDS: u64 = 3;
const MEMBERS: u64 = 4;

/// Somebody as a card shows them.
#[derive(Debug, Clone)]
pub(crate) struct Someone {
    /// The record.
    pub(crate) id: RecordId,
    /// The number.
    pub(crate) pin: String,
    /// The name.
    pub(crate) name: String,
    /// The birth date.
    pub(crate) birth: String,
    /// Whether a woman.
    pub(crate) female: bool,
    /// The household at the start.
    pub(crate) household: RecordId,
}

/// An office.
#[derive(Debug, Clone)]
pub(crate) struct Commune {
    /// Its code.
    pub(crate) code: OfficeCode,
    /// Its node.
    pub(crate) node: NodeId,
    /// The node's key.
    pub(crate) key: SigningKey,
}

/// Where a run begins.
pub(crate) struct People {
    /// The offices.
    pub(crate) communes: Vec<Commune>,
    /// Everybody.
    pub(crate) people: Vec<Someone>,
    /// Every household.
    pub(crate) households: Vec<RecordId>,
    /// Their records.
    pub(crate) records: Vec<Record>,
}

impl People {
    /// The beginning that follows from a seed.
    pub(crate) fn of(seed: u64, offices: u8) -> People {
        let mut dice = Dice::new(seed, "people", 0);
        let communes: Vec<Commune> = COMMUNES
            .iter()
            .take(usize::from(offices))
            .filter_map(|code| OfficeCode::new(*code))
            .map(|code| commune(seed, code))
            .collect();
        let mut all = People {
            communes,
            people: Vec::new(),
            households: Vec::new(),
            records: Vec::new(),
        };
        for index in 0..all.communes.len() {
            for household in 0..HOUSEHOLDS {
                all.household(&mut dice, index, household);
            }
        }
        all
    }

    fn household(&mut self, dice: &mut Dice, commune: usize, number: u64) {
        let Some(code) = self.communes.get(commune).map(|commune| commune.code) else {
            return;
        };
        let house = id(code, "household", number);
        self.households.push(house);
        let family = dice.pick(&FAMILY).copied().unwrap_or("Nguyễn");
        let mut head = None;
        for member in 0..MEMBERS {
            let place = number * MEMBERS + member;
            let elsewhere = dice.percent(35).then(|| dice.index(self.communes.len()));
            let temporary = elsewhere
                .and_then(|index| self.communes.get(index))
                .map(|commune| commune.code)
                .filter(|other| *other != code);
            let person = id(code, "person", place);
            head.get_or_insert(person);
            self.person(dice, (code, temporary), (house, family), person, place);
        }
        let mut fields = Fields::new();
        fields.set(Field::HouseholdHead, head.map(Value::Head));
        let place = Place {
            unit: Some(code),
            ..Place::default()
        };
        fields.set(Field::HouseholdAddress, Some(Value::Place(place)));
        self.records
            .push(Record::new(house, RecordKind::Household, fields));
    }

    fn person(
        &mut self,
        dice: &mut Dice,
        (code, temporary): (OfficeCode, Option<OfficeCode>),
        (household, family): (RecordId, &str),
        person: RecordId,
        place: u64,
    ) {
        let female = place % 2 == 1;
        let year = 1950 + u16::try_from(dice.below(58)).unwrap_or(0);
        let sex = if female { Sex::Female } else { Sex::Male };
        let serial = code.get() * 100 + u32::try_from(place).unwrap_or(0);
        let pin = Units::built_in()
            .pin_prefix(code)
            .and_then(|prefix| Pin::compose(prefix, sex, year, serial % 1_000_000));
        let given = dice.pick(&GIVEN).copied().unwrap_or("An");
        let name = format!("{family} {} {given}", if female { "Thị" } else { "Văn" });
        let birth = format!("{year}-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
        let Some(pin) = pin else { return };
        let someone = Someone {
            id: person,
            pin: pin.digits(),
            name,
            birth,
            female,
            household,
        };
        let fields = fields_of(&someone, code, temporary, place.is_multiple_of(MEMBERS));
        self.records
            .push(Record::new(person, RecordKind::Person, fields));
        self.people.push(someone);
    }
}

fn commune(seed: u64, code: OfficeCode) -> Commune {
    let mut hasher = blake3::Hasher::new_derive_key("npd simulation key");
    hasher.update(&seed.to_le_bytes());
    hasher.update(&code.to_be_bytes());
    Commune {
        code,
        node: NodeId::derive("simulated node", &[&code.to_be_bytes()]),
        key: SigningKey::from_bytes(hasher.finalize().as_bytes()),
    }
}

fn id(code: OfficeCode, what: &str, number: u64) -> RecordId {
    RecordId::derive(
        "simulated record",
        &[what.as_bytes(), &code.to_be_bytes(), &number.to_be_bytes()],
    )
}

fn fields_of(
    person: &Someone,
    code: OfficeCode,
    temporary: Option<OfficeCode>,
    heads: bool,
) -> Fields {
    let mut fields = Fields::new();
    let mut set = |field, value: serde_json::Value| {
        fields.set(field, serde_json::from_value::<Value>(value).ok());
    };
    set(Field::Name, serde_json::json!({"name": person.name}));
    set(Field::Pin, serde_json::json!({"pin": person.pin}));
    set(Field::BirthDate, serde_json::json!({"birth": person.birth}));
    let sex = if person.female { "female" } else { "male" };
    set(Field::Sex, serde_json::json!({"sex": sex}));
    let relation = if heads { "head" } else { "child" };
    set(Field::Relation, serde_json::json!({"relation": relation}));
    let Ok(since) = "2020-01-01".parse::<PartialDate>() else {
        return fields;
    };
    let residence = |unit| {
        Value::Residence(Residence {
            unit,
            address: Line::default(),
            from: since,
            until: None,
            to: None,
            ground: Line::default(),
        })
    };
    fields.push(Field::Permanent, residence(code));
    if let Some(unit) = temporary {
        fields.push(Field::Temporary, residence(unit));
    }
    let membership = Membership {
        household: person.household,
        since,
    };
    fields.set(Field::Membership, Some(Value::Membership(membership)));
    fields
}
