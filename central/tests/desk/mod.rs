//! A little world for tests of the centre: a few people in three communes, offices that act
//! through the real procedures, and the real registrar on a store in memory.
#![allow(unreachable_pub, dead_code, clippy::needless_pass_by_value)] // shared by several tests, each of which uses a part

use std::collections::BTreeMap;
use std::sync::Arc;

use central_registry::intake::BatchFrom;
use central_registry::registrar::{Config, DecideError, Decided, Joining, Registrar};
use registry::act::{Act, Author, Entered};
use registry::case::{Case, CaseNotice, Outcome, Reviewer};
use registry::code::Role;
use registry::dispute::Standing;
use registry::feed::{FeedItem, Officer};
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::procedure::{Desk, Filing, plan};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Membership, Place, Residence, Value};
use registry::{
    ActId, ActNumber, CaseId, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId,
};
use registry_store::MemoryStore;
use sync_proto::{Chain, Digest, DigestKey};

mod central;
pub mod kinds;
mod office;
pub mod play;
mod slice;
mod town;

pub use central::Centre;
pub use office::Office;

pub const P: u32 = 4; // Ba Đình, Hà Nội
pub const Q: u32 = 8; // Ngọc Hà, Hà Nội
pub const R: u32 = 1273; // Cao Bằng

pub const NOW: i64 = 1_795_000_000; // November 2026

/// The card of the one who is dead from the start.
pub const DEAD: (&str, &str, &str) = ("001040000010", "Hoàng Văn Khuất", "1940-01-01");

pub fn office(code: u32) -> OfficeCode {
    OfficeCode::new(code).unwrap()
}

/// The people and households, as every office and the centre were filled with them.
#[derive(Clone)]
pub struct World {
    records: BTreeMap<RecordId, Record>,
}

pub fn id(name: &str) -> RecordId {
    RecordId::derive("test", &[name.as_bytes()])
}

struct Someone<'a> {
    key: &'a str,
    name: &'a str,
    pin: &'a str,
    born: &'a str,
    sex: &'a str,
    permanent: u32,
    temporary: Option<u32>,
    household: Option<&'a str>,
}

impl World {
    pub fn new() -> World {
        let mut world = World {
            records: BTreeMap::new(),
        };
        let people = [
            // Lives in P and for a time in Q: both offices hold the record.
            (
                "shared",
                "Nguyễn Văn Chung",
                "001080000001",
                "1980-03-04",
                "male",
                4,
                Some(8),
                None,
            ),
            (
                "single 4",
                "Lê Thị Một",
                "001190000002",
                "1990-01-01",
                "female",
                4,
                None,
                None,
            ),
            (
                "single 8",
                "Lê Thị Hai",
                "001190000003",
                "1990-01-02",
                "female",
                8,
                None,
                None,
            ),
            (
                "mover",
                "Đỗ Thị Chuyển",
                "001185000004",
                "1985-07-07",
                "female",
                25,
                None,
                None,
            ),
            (
                "father",
                "Trần Văn Cha",
                "001088000005",
                "1988-01-01",
                "male",
                4,
                None,
                None,
            ),
            (
                "mother",
                "Phạm Thị Mẹ",
                "001189000006",
                "1989-01-01",
                "female",
                8,
                None,
                None,
            ),
            (
                "head",
                "Bùi Văn Chủ",
                "001060000007",
                "1960-01-01",
                "male",
                4,
                None,
                Some("house"),
            ),
            (
                "x",
                "Bùi Văn Ích",
                "001085000008",
                "1985-01-01",
                "male",
                4,
                None,
                Some("house"),
            ),
            (
                "y",
                "Bùi Văn Ý",
                "001086000009",
                "1986-01-01",
                "male",
                4,
                None,
                Some("house"),
            ),
        ];
        for (key, name, pin, born, sex, permanent, temporary, household) in people {
            world.add(&Someone {
                key,
                name,
                pin,
                born,
                sex,
                permanent,
                temporary,
                household,
            });
        }
        world.add_dead();
        for (key, name, pin, born) in [
            ("u", "Mai Văn Uy", "001070000011", "1970-01-01"),
            ("v", "Mai Văn Vui", "001072000012", "1972-01-01"),
        ] {
            world.add(&Someone {
                key,
                name,
                pin,
                born,
                sex: "male",
                permanent: P,
                temporary: None,
                household: Some("headless"),
            });
        }
        let place = Place {
            unit: Some(office(P)),
            ..Place::default()
        };
        let mut headless = Fields::new();
        headless.set(Field::HouseholdAddress, Some(Value::Place(place)));
        let headless = Record::new(id("headless"), RecordKind::Household, headless);
        world.records.insert(headless.id, headless);
        let mut house = Fields::new();
        house.set(Field::HouseholdHead, Some(Value::Head(id("head"))));
        let place = Place {
            unit: Some(office(4)),
            ..Place::default()
        };
        house.set(Field::HouseholdAddress, Some(Value::Place(place)));
        world.records.insert(
            id("house"),
            Record::new(id("house"), RecordKind::Household, house),
        );
        world
    }

    /// Somebody of P whom the register had as dead from the start.
    fn add_dead(&mut self) {
        let (pin, name, born) = DEAD;
        self.add(&Someone {
            key: "dead",
            name,
            pin,
            born,
            sex: "male",
            permanent: P,
            temporary: None,
            household: None,
        });
        let mut fields = self.record(id("dead"));
        let death = serde_json::json!({"death": {"date": "2019-05-01"}});
        fields.set(Field::Death, Some(serde_json::from_value(death).unwrap()));
        self.put(Record::new(id("dead"), RecordKind::Person, fields));
    }

    fn add(&mut self, someone: &Someone<'_>) {
        let mut fields = Fields::new();
        let json = |value: serde_json::Value| serde_json::from_value::<Value>(value).unwrap();
        fields.set(
            Field::Name,
            Some(json(serde_json::json!({"name": someone.name}))),
        );
        fields.set(
            Field::Pin,
            Some(json(serde_json::json!({"pin": someone.pin}))),
        );
        fields.set(
            Field::BirthDate,
            Some(json(serde_json::json!({"birth": someone.born}))),
        );
        fields.set(
            Field::Sex,
            Some(json(serde_json::json!({"sex": someone.sex}))),
        );
        let residence = |unit: u32| {
            Value::Residence(Residence {
                unit: office(unit),
                address: Line::default(),
                from: "2020-01-01".parse().unwrap(),
                until: None,
                to: None,
                ground: Line::default(),
            })
        };
        fields.push(Field::Permanent, residence(someone.permanent));
        if let Some(unit) = someone.temporary {
            fields.push(Field::Temporary, residence(unit));
        }
        if let Some(household) = someone.household {
            let since = "2020-01-01".parse().unwrap();
            let member = Membership {
                household: id(household),
                since,
            };
            fields.set(Field::Membership, Some(Value::Membership(member)));
        }
        let record = Record::new(id(someone.key), RecordKind::Person, fields);
        self.records.insert(record.id, record);
    }

    /// Puts another record in.
    pub fn put(&mut self, record: Record) {
        self.records.insert(record.id, record);
    }

    /// What a record was made with.
    pub fn record(&self, id: RecordId) -> Fields {
        self.records[&id].read().unwrap().fields
    }

    pub fn shared(&self) -> String {
        id("shared").to_string()
    }
    pub fn shared_id(&self) -> RecordId {
        id("shared")
    }
    pub fn shared_pin(&self) -> String {
        "001080000001".to_owned()
    }
    pub fn dead_id(&self) -> RecordId {
        id("dead")
    }
    pub fn single(&self, code: u32) -> String {
        id(&format!("single {code}")).to_string()
    }
    pub fn mover(&self) -> String {
        id("mover").to_string()
    }
    pub fn mover_id(&self) -> RecordId {
        id("mover")
    }
    pub fn household(&self) -> String {
        id("house").to_string()
    }
    pub fn head(&self) -> String {
        id("head").to_string()
    }
    pub fn members(&self) -> [String; 2] {
        [id("x").to_string(), id("y").to_string()]
    }
    pub fn father_pin(&self) -> String {
        "001088000005".to_owned()
    }
    pub fn mother_pin(&self) -> String {
        "001189000006".to_owned()
    }
    pub fn death(&self, date: &str) -> serde_json::Value {
        serde_json::json!({"act": "death", "person": {"id": self.shared()}, "date": date,
            "ground": "Giấy báo tử", "evidence": [{"kind": "giấy báo tử"}]})
    }
    pub fn stay(&self, date: &str) -> serde_json::Value {
        serde_json::json!({"act": "stay_notification", "person": {"id": self.shared()},
            "from": date})
    }
    pub fn move_in_by_card(&self) -> serde_json::Value {
        serde_json::json!({"act": "permanent_registration", "address": "Số 1",
            "ground": "thuê nhà", "people": [{"person": {"pin": "001185000004", "name": "Đỗ Thị Chuyển",
                "birth_date": "1985-07-07"}}], "evidence": [{"kind": "CT01"}]})
    }
}

/// A marriage with what is demanded of each who is named by card.
pub fn confirmed(mut marriage: serde_json::Value, on: &str) -> serde_json::Value {
    let paper = |number: &str| serde_json::json!({"kind": "giấy xác nhận tình trạng hôn nhân", "number": number, "date": on});
    marriage["evidence"] = serde_json::json!([paper("7/2026"), paper("8/2026")]);
    marriage
}

pub fn reviewer(name: &str) -> Reviewer {
    Reviewer {
        id: name.parse().unwrap(),
        jurisdiction: registry::case::Jurisdiction::National,
    }
}

pub fn birth(
    name: &str,
    father: String,
    mother: String,
    paper: &str,
    order: u8,
) -> serde_json::Value {
    serde_json::json!({"act": "birth", "child": {"name": name, "birth_date": "2026-11-02", "sex": "female"},
        "father": {"pin": father}, "mother": {"pin": mother},
        "certificate": paper, "birth_order": order, "evidence": [{"kind": "giấy chứng sinh"}]})
}

pub fn correct(world: &World, value: serde_json::Value) -> serde_json::Value {
    serde_json::json!({"act": "correction", "person": world.shared(), "fields": [value],
        "evidence": [{"kind": "Giấy khai sinh bản gốc"}]})
}
