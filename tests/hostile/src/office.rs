//! A small office of people who do not exist, for targets that need something to meet.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::date::Date;
use registry::edit::Edit;
use registry::fields::{Fields, Slot};
use registry::paper::birth_paper;
use registry::pin::Pin;
use registry::population::{Population, SyntheticHousehold};
use registry::procedure::{Desk, Held, Slice};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Membership, Residence, Value};
use registry::{ActId, ActNumber, CommitSeq, Incarnation, NodeId, OfficeCode, PaperId, RecordId};

/// The commune of everything in here.
pub(crate) fn here() -> OfficeCode {
    OfficeCode::new(4).expect("a commune")
}

/// Its people.
pub(crate) fn people() -> &'static [SyntheticHousehold] {
    static PEOPLE: OnceLock<Vec<SyntheticHousehold>> = OnceLock::new();
    PEOPLE.get_or_init(|| {
        let population = Population::new(7, &[(here(), 60)]).expect("a population");
        population.collect()
    })
}

fn person_id(number: usize) -> RecordId {
    RecordId::new([u8::try_from(number).expect("few people") + 1; 16])
}

fn household_id() -> RecordId {
    RecordId::new([0xee; 16])
}

/// The office's slice.
pub(crate) struct Office {
    pub(crate) records: BTreeMap<RecordId, Record>,
    acts: Vec<Act>,
}

/// The same office for every input.
pub(crate) fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(Office::new)
}

impl Office {
    fn new() -> Self {
        let mut records = BTreeMap::new();
        let members = people().iter().flat_map(|household| &household.members);
        let since = "2001-02-03".parse().expect("a date");
        for (number, person) in members.take(8).enumerate() {
            let mut fields = Fields::new();
            fields.set(Field::Name, Some(Value::Name(person.name.clone())));
            fields.set(Field::Pin, Some(Value::Pin(person.pin)));
            fields.set(Field::BirthDate, Some(Value::Birth(person.birth.clone())));
            fields.set(Field::Sex, Some(Value::Sex(person.sex)));
            fields.set(Field::Relation, Some(Value::Relation(person.relation)));
            let household = household_id();
            let membership = Value::Membership(Membership { household, since });
            fields.set(Field::Membership, Some(membership));
            fields.push(
                Field::Permanent,
                Value::Residence(Residence {
                    unit: here(),
                    address: Line::parse("Số 1").expect("a line"),
                    from: since,
                    until: None,
                    to: None,
                    ground: Line::default(),
                }),
            );
            let id = person_id(number);
            records.insert(id, Record::new(id, RecordKind::Person, fields));
        }
        let mut house = Fields::new();
        house.set(Field::HouseholdHead, Some(Value::Head(person_id(0))));
        let house = Record::new(household_id(), RecordKind::Household, house);
        records.insert(house.id, house);
        let mut office = Self {
            records,
            acts: Vec::new(),
        };
        office.history();
        office
    }

    /// Some acts that clash, so that one record has a history with a fork in it.
    fn history(&mut self) {
        let id = person_id(1);
        for number in 1..=3 {
            let names = ["Nguyễn Văn Một", "Nguyễn Văn Hai", "Nguyễn Văn Ba"];
            let name = names[number - 1].parse().expect("a name");
            let act = act_on(
                id,
                u64::try_from(number).expect("a number"),
                vec![Edit::Put(Field::Name, Value::Name(name))],
            );
            let after = act
                .apply(0, self.records.get(&id))
                .expect("an act that fits");
            self.records.insert(id, after);
            self.acts.push(act);
        }
    }
}

/// An act on the state that a record began with, each by another device, as acts are that did not
/// know each other.
pub(crate) fn act_on(id: RecordId, number: u64, edits: Vec<Edit>) -> Act {
    Act {
        author: Author {
            node: NodeId::new([u8::try_from(number).expect("a small number"); 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(number),
        },
        office: Some(here()),
        body: ActBody {
            kind: ActKind::Correction,
            officer: "lan".parse().expect("an account"),
            effective: "2026-11-01".parse().expect("a date"),
            entered: Entered {
                at_s: 1_790_000_000,
                error_s: 1,
            },
            horizon: CommitSeq::new(3),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange {
                target: Target::Held {
                    id,
                    base: Base::Genesis,
                },
                edits,
            }],
        },
    }
}

/// The officer who files everything.
pub(crate) fn desk() -> Desk {
    use registry::code::Role;
    Desk {
        act: ActId::new([9; 16]),
        office: here(),
        officer: "lan".parse().expect("an account"),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        today: "2026-11-20".parse::<Date>().expect("a day"),
        entered: Entered {
            at_s: 1_795_000_000,
            error_s: 1,
        },
        horizon: CommitSeq::new(3),
        units: std::sync::Arc::clone(registry::unit::Units::built_in()),
    }
}

impl Slice for Office {
    fn record(&self, id: &RecordId) -> Option<Held> {
        Held::new(self.records.get(id)?.clone()).ok()
    }
    fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        let has = |record: &&Record| {
            let fields = record.read().expect("a good record").fields;
            fields.get(Slot::single(Field::Pin)) == Some(&Value::Pin(*pin))
        };
        self.records.values().find(has).map(|record| record.id)
    }
    fn members(&self, household: &RecordId) -> Vec<RecordId> {
        let all = self.records.values();
        let people = all.filter(|record| record.kind == RecordKind::Person);
        let here = *household == household_id();
        people.map(|record| record.id).filter(|_| here).collect()
    }
    fn paper(&self, paper: &PaperId) -> Option<ActId> {
        (*paper == birth_paper("GCS-1", 0)).then(|| ActId::new([5; 16]))
    }
    fn own_act(&self, id: &ActId) -> Option<(Act, bool)> {
        let act = self.acts.iter().find(|act| act.id() == *id)?;
        Some((act.clone(), false))
    }
}
