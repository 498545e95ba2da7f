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

pub mod kinds;
pub mod play;
mod slice;
mod town;

pub const P: u32 = 4; // Ba Đình, Hà Nội
pub const Q: u32 = 8; // Ngọc Hà, Hà Nội
pub const R: u32 = 1273; // Cao Bằng

pub const NOW: i64 = 1_795_000_000; // November 2026

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
            "ground": "Giấy báo tử"})
    }
    pub fn stay(&self, date: &str) -> serde_json::Value {
        serde_json::json!({"act": "stay_notification", "person": {"id": self.shared()},
            "from": date})
    }
    pub fn move_in_by_card(&self) -> serde_json::Value {
        serde_json::json!({"act": "permanent_registration", "address": "Số 1",
            "people": [{"person": {"pin": "001185000004", "name": "Đỗ Thị Chuyển",
                "birth_date": "1985-07-07"}}]})
    }
}

/// An office that is cut off: it knows what it was filled with and what it did itself.
#[derive(Clone)]
pub struct Office {
    code: OfficeCode,
    node: NodeId,
    records: BTreeMap<RecordId, Record>,
    acts: Vec<Vec<u8>>,
    sent: usize,
    life: Incarnation,
    /// By how much the device's clock is ahead, seconds.
    ahead_s: i64,
    units: Arc<registry::unit::Units>,
    horizon: CommitSeq,
    cases: Vec<Case>,
}

impl Office {
    pub fn new(world: &World, code: u32) -> Office {
        let code = office(code);
        // An office that parks holds more than its slice: the record has left since.
        let records = world.records.clone();
        let node = NodeId::derive("test node", &[&code.to_be_bytes()]);
        Office {
            code,
            node,
            records,
            acts: Vec::new(),
            sent: 0,
            life: Incarnation::new(1),
            ahead_s: 0,
            units: Arc::clone(registry::unit::Units::built_in()),
            horizon: CommitSeq::new(0),
            cases: Vec::new(),
        }
    }

    /// The author of the act with this number.
    fn author(&self, number: u64) -> Author {
        Author {
            node: self.node,
            incarnation: self.life,
            number: ActNumber::new(number),
        }
    }

    /// From now on it acts as one that has heard of all that the centre did.
    pub fn hears_of_everything(&mut self) {
        self.horizon = CommitSeq::new(u64::MAX);
    }

    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The acts filed so far, as they are sent.
    pub fn bodies(&self) -> Vec<registry::act::ActBody> {
        let acts = self.acts.iter();
        acts.map(|bytes| registry::act::ActBody::decode(bytes).unwrap())
            .collect()
    }

    /// It hears of a decree.
    pub fn learn(&mut self, units: &Arc<registry::unit::Units>, horizon: CommitSeq) {
        self.units = Arc::clone(units);
        self.horizon = horizon;
    }

    /// Another node of the same office.
    pub fn second_desk(&mut self) {
        self.node = NodeId::derive("second node", &[&self.code.to_be_bytes()]);
    }

    pub fn file(&mut self, filing: serde_json::Value) -> ActId {
        self.file_and(filing, |_| {})
    }

    /// The centre's word on a case reaches the office.
    pub fn told(&mut self, case: &Case) {
        self.cases.push(case.clone());
    }

    /// The acts filed so far.
    pub fn filed(&self) -> Vec<ActId> {
        let numbers = 1..=self.acts.len() as u64;
        numbers.map(|number| self.author(number).act_id()).collect()
    }

    /// Files an act that says more than its procedure would.
    pub fn file_with(&mut self, filing: serde_json::Value, more: registry::edit::Edit) -> ActId {
        self.file_and(filing, |body| body.changes[0].edits.push(more))
    }

    /// Files an act that was altered afterwards, as a hostile node would.
    pub fn file_and(
        &mut self,
        filing: serde_json::Value,
        change: impl FnOnce(&mut registry::act::ActBody),
    ) -> ActId {
        let filing: Filing = serde_json::from_value(filing).unwrap();
        let author = self.author(self.acts.len() as u64 + 1);
        let mut plan = plan(&filing, &self.desk(), self).unwrap();
        change(&mut plan.body);
        self.acts.push(plan.body.encode().unwrap());
        let act = Act {
            author,
            office: Some(self.code),
            body: plan.body,
        };
        for (index, id) in act.records().collect::<Vec<_>>() {
            // An altered act may not apply here either; the centre is what is tested.
            if let Ok(after) = act.apply(index, self.records.get(&id)) {
                self.records.insert(id, after);
            }
        }
        author.act_id()
    }

    /// Who sits there, for the next act.
    fn desk(&self) -> Desk {
        let at_s = NOW + self.ahead_s;
        Desk {
            act: self.author(self.acts.len() as u64 + 1).act_id(),
            office: self.code,
            officer: "lan".parse().unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
            today: registry::date::Date::in_viet_nam(at_s),
            entered: Entered { at_s, error_s: 0 },
            horizon: self.horizon,
            units: Arc::clone(&self.units),
        }
    }
}

/// The real centre.
pub struct Centre {
    registrar: Registrar,
}

impl Centre {
    pub fn of(world: &World) -> Centre {
        let mut next = 0u32;
        let registrar = Registrar::open(
            Arc::new(MemoryStore::new()),
            Config {
                node: NodeId::new([0xCE; 16]),
                draw: Box::new(move || {
                    next += 1;
                    next
                }),
                sign: Box::new(|_| [7; 64]),
            },
        );
        registrar
            .import(NOW, world.records.values().cloned().collect())
            .unwrap();
        Centre { registrar }
    }

    pub fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// The same registry after a restart.
    pub fn reopened(self) -> Centre {
        let mut next = 500_000u32;
        let config = Config {
            node: NodeId::new([0xCE; 16]),
            draw: Box::new(move || {
                next += 1;
                next
            }),
            sign: Box::new(|_| [7; 64]),
        };
        Centre {
            registrar: Registrar::open(Arc::clone(self.registrar.store()), config),
        }
    }

    fn join(&self, office: &Office) {
        if self
            .registrar
            .node_state(office.code, &office.node)
            .unwrap()
            .is_some()
        {
            return;
        }
        let officer = Officer {
            id: "lan".parse().unwrap(),
            name: Line::parse("Lan").unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
            active: true,
        };
        let joining = Joining {
            office: office.code,
            node: office.node,
            public_key: [0; 32],
            certificate_ends_s: NOW,
            token: *office.node.as_bytes(),
            officer: Some(officer),
        };
        self.registrar.join(NOW, &joining).unwrap();
    }

    fn batch(&self, office: &Office, first: usize) -> BatchFrom {
        BatchFrom {
            office: office.code,
            node: office.node,
            incarnation: office.life,
            first: ActNumber::new(first as u64 + 1),
            chain: *Chain::genesis(office.node, office.life).as_bytes(),
        }
    }

    /// Takes in what the office has not sent yet.
    pub fn take(&self, office: &mut Office) {
        self.join(office);
        let from = self.batch(office, office.sent);
        self.registrar
            .take_batch(NOW + 60, &from, &office.acts[office.sent..])
            .unwrap();
        office.sent = office.acts.len();
    }

    /// The first batch once more: refused as already there.
    pub fn take_again(&self, office: &Office) {
        let from = self.batch(office, 0);
        let again = self.registrar.take_batch(NOW + 60, &from, &office.acts);
        assert_eq!(again.unwrap_err().code(), "acts_gap");
    }

    pub fn open_cases(&self) -> Vec<Case> {
        self.registrar.cases(10_000, Case::is_open).unwrap()
    }

    /// Every case there ever was.
    pub fn all_cases(&self) -> Vec<Case> {
        self.registrar.cases(100_000, |_| true).unwrap()
    }

    /// A case by its number, open or not.
    pub fn case(&self, number: u64) -> Case {
        self.registrar.case(number).unwrap().unwrap().case
    }

    pub fn open_rows(&self) -> Vec<(u8, usize)> {
        let mut rows: Vec<(u8, usize)> = self
            .open_cases()
            .iter()
            .map(|case| (case.dispute.row, case.dispute.claims.len()))
            .collect();
        rows.sort_unstable();
        rows
    }

    /// Every open dispute, without what may depend on the order (its number).
    pub fn disputes(&self) -> Vec<String> {
        let mut disputes: Vec<String> = self
            .open_cases()
            .iter()
            .map(|case| serde_json::to_string(&(case.id, &case.dispute)).unwrap())
            .collect();
        disputes.sort();
        disputes
    }

    pub fn decide(
        &self,
        number: u64,
        reviewer: &Reviewer,
        outcome: Outcome,
        seen: u32,
    ) -> Result<Decided, DecideError> {
        let reason = Line::parse("after both papers were seen").unwrap();
        self.registrar
            .decide(NOW + 120, number, reviewer, outcome, reason, seen)
    }

    pub fn shown(&self, id: &RecordId) -> Fields {
        let kept = self.registrar.kept(id).unwrap().unwrap();
        Standing::of(&kept.record).unwrap().fields
    }

    pub fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        self.registrar.by_pin(pin).unwrap()
    }

    /// Codes of the returned acts.
    pub fn returned(&self) -> Vec<String> {
        let rows = self.registrar.returned(100).unwrap();
        rows.into_iter().map(|row| row.code).collect()
    }

    pub fn homes(&self, id: &RecordId) -> Vec<u32> {
        let shown = self.shown(id);
        Person(&shown)
            .open_permanent()
            .map(|(_, home)| home.unit.get())
            .collect()
    }

    pub fn offices(&self, id: &RecordId) -> Vec<u32> {
        let kept = self.registrar.kept(id).unwrap().unwrap();
        kept.offices.iter().map(|office| office.get()).collect()
    }

    pub fn heard_of_case(&self, code: u32, case: CaseId) -> bool {
        let feed = self
            .registrar
            .feed(office(code), FeedSeq::new(0), 1_000, 1 << 20)
            .unwrap();
        feed.iter().any(|(_, entry)| {
            matches!(FeedItem::decode(entry.kind, &entry.payload), Ok(FeedItem::Case(notice))
                if notice.case.id == case)
        })
    }

    /// The last that an office heard of a case.
    pub fn last_heard_of_case(&self, code: u32, case: CaseId) -> Option<CaseNotice> {
        let feed = self
            .registrar
            .feed(office(code), FeedSeq::new(0), 1_000, 1 << 20)
            .unwrap();
        feed.iter().rev().find_map(|(_, entry)| {
            match FeedItem::decode(entry.kind, &entry.payload) {
                Ok(FeedItem::Case(notice)) if notice.case.id == case => Some(*notice),
                _ => None,
            }
        })
    }

    /// Slices and digests are what the records say.
    pub fn check_slices(&self) {
        for code in [4, 8, 25, 1273] {
            let code = office(code);
            let key = DigestKey::of(code);
            let mut digest = Digest::EMPTY;
            for (id, version) in self.registrar.slice_versions(code, None, 10_000).unwrap() {
                let kept = self.registrar.kept(&id).unwrap().unwrap();
                assert_eq!(kept.version, version);
                assert_eq!(kept.record.version().unwrap(), version);
                assert!(kept.offices.contains(&code));
                digest.add(&key, &id, &version);
            }
            assert_eq!(
                self.registrar.digest(code).unwrap(),
                digest,
                "office {code}"
            );
        }
    }
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
        "certificate": paper, "birth_order": order})
}

pub fn correct(world: &World, value: serde_json::Value) -> serde_json::Value {
    serde_json::json!({"act": "correction", "person": world.shared(), "fields": [value],
        "evidence": [{"kind": "Giấy khai sinh bản gốc"}]})
}
