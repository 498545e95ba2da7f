//! A few people in two households of the commune 00004, and a desk that plans acts on them and
//! takes their effect over.
#![allow(dead_code, unreachable_pub, clippy::string_slice)] // each test file uses a part

use std::collections::BTreeMap;

use registry::act::{Act, Author, Entered, Target};
use registry::case::Case;
use registry::code::Role;
use registry::date::Date;
use registry::dispute::Standing;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::paper::used_by;
use registry::person::{MaritalStatus, Person};
use registry::pin::Pin;
use registry::procedure::{Desk, Filing, Held, Plan, Refusal, Slice, plan};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Marriage, Residence, Value};
use registry::{ActId, ActNumber, CommitSeq, Incarnation, NodeId, OfficeCode, PaperId, RecordId};
use serde_json::{Value as Json, json};

pub const ALL: [Role; 3] = [Role::CivilStatus, Role::Residence, Role::Identification];

pub fn id(name: &str) -> RecordId {
    RecordId::derive("town", &[name.as_bytes()])
}

pub fn value(json: Json) -> Value {
    serde_json::from_value(json).unwrap()
}

pub struct Town {
    pub records: BTreeMap<RecordId, Record>,
    pub acts: Vec<(Act, bool)>,
    pub cases: Vec<Case>,
    pub frozen: Option<RecordId>,
    /// Papers that an act used which is not among those here.
    pub used: BTreeMap<PaperId, ActId>,
}

impl Town {
    /// Nobody yet.
    pub fn empty() -> Town {
        Town {
            records: BTreeMap::new(),
            acts: Vec::new(),
            cases: Vec::new(),
            frozen: None,
            used: BTreeMap::new(),
        }
    }

    /// `an` heads the household `one` with `binh` and the dead `cu`; `dung` alone is `two`.
    /// `khach` lives elsewhere and here for a time.
    pub fn new() -> Town {
        let mut town = Town::empty();
        for (key, head) in [("one", "an"), ("two", "dung")] {
            let mut house = Fields::new();
            house.set(Field::HouseholdHead, Some(Value::Head(id(head))));
            let place = json!({"place": {"unit": "00004", "text": format!("số {key}, thôn Đông")}});
            house.set(Field::HouseholdAddress, Some(value(place)));
            town.put(key, RecordKind::Household, house);
        }
        town.person("an", "1970-05-05", "male", Some(("one", "head")));
        town.person("binh", "1972-05-05", "female", Some(("one", "spouse")));
        town.person("cu", "1930-05-05", "male", Some(("one", "parent")));
        town.person("dung", "1980-05-05", "male", Some(("two", "head")));
        town.person("khach", "1999-05-05", "female", None);
        town.change("cu", |fields| {
            let death = json!({"death": {"date": "2026-03-01", "ground": "x"}});
            fields.set(Field::Death, Some(value(death)));
        });
        town.change("khach", |fields| {
            let home = json!({"residence": {"unit": "01273", "from": "2010-01-01"}});
            let slot = fields.entries(Field::Permanent).next().unwrap().0;
            let slot = registry::fields::Slot::entry(Field::Permanent, slot);
            fields.put(slot, value(home));
            fields.push(
                Field::Temporary,
                value(
                    json!({"residence": {"unit": "00004", "address": "ngõ 3, thôn Đông",
                    "from": "2025-12-01", "until": "2026-11-30"}}),
                ),
            );
        });
        town
    }

    pub fn put(&mut self, key: &str, kind: RecordKind, fields: Fields) {
        self.records
            .insert(id(key), Record::new(id(key), kind, fields));
    }

    pub fn person(&mut self, key: &str, born: &str, sex: &str, house: Option<(&str, &str)>) {
        let mut fields = Fields::new();
        let century = if born < "2000" { 0 } else { 2 };
        let gender = century + u8::from(sex == "female");
        let serial = self.records.len();
        let pin = format!("001{gender}{}{serial:06}", &born[2..4]);
        fields.set(
            Field::Name,
            Some(value(json!({"name": format!("Lê Văn {key}")}))),
        );
        fields.set(Field::Pin, Some(value(json!({"pin": pin}))));
        fields.set(Field::BirthDate, Some(value(json!({"birth": born}))));
        fields.set(Field::Sex, Some(value(json!({"sex": sex}))));
        if let Some((house, relation)) = house {
            let member = json!({"membership": {"household": id(house), "since": "2001-01-01"}});
            fields.set(Field::Membership, Some(value(member)));
            fields.set(Field::Relation, Some(value(json!({"relation": relation}))));
        }
        fields.push(
            Field::Permanent,
            value(
                json!({"residence": {"unit": "00004", "address": "số 5 thôn Đông",
                "from": "2001-01-01"}}),
            ),
        );
        self.put(key, RecordKind::Person, fields);
    }

    /// Changes what a record was made with.
    pub fn change(&mut self, key: &str, change: impl FnOnce(&mut Fields)) {
        let kind = self.records[&id(key)].kind;
        let mut fields = self.fields(key);
        change(&mut fields);
        self.put(key, kind, fields);
    }

    pub fn fields(&self, key: &str) -> Fields {
        self.shown(&id(key))
    }

    pub fn shown(&self, id: &RecordId) -> Fields {
        self.records[id].read().unwrap().fields
    }

    /// The one residence of a field in the commune, open or not.
    pub fn home(&self, key: &str, field: Field) -> Residence {
        let fields = self.fields(key);
        let person = Person(&fields);
        let here = OfficeCode::new(4).unwrap();
        let mut homes = person.residences(field).map(|(_, home)| home);
        homes.find(|home| home.unit == here).unwrap().clone()
    }

    pub fn file(&self, filing: Json) -> Result<Plan, Refusal> {
        self.file_as(&ALL, filing)
    }

    pub fn file_as(&self, roles: &[Role], filing: Json) -> Result<Plan, Refusal> {
        let filing: Filing = serde_json::from_value(filing).unwrap();
        plan(&filing, &desk(self.acts.len() as u64 + 1, roles), self)
    }

    /// The code and the input of the refusal, and that its words say something.
    pub fn refused(&self, filing: Json) -> (&'static str, Option<&'static str>) {
        let refusal = self.file(filing.clone()).expect_err(&filing.to_string());
        assert!(refusal.to_string().len() > 20, "{refusal}");
        (refusal.code(), refusal.field())
    }

    /// Files and takes the act's effect over.
    pub fn perform(&mut self, filing: Json) -> Plan {
        let plan = self.file(filing).unwrap();
        self.take(&plan);
        plan
    }

    /// The same; gives the act.
    pub fn act(&mut self, filing: Json) -> Act {
        let plan = self.file(filing).unwrap();
        self.take(&plan)
    }

    fn take(&mut self, plan: &Plan) -> Act {
        let act = Act {
            author: author(self.acts.len() as u64 + 1),
            office: OfficeCode::new(4),
            body: plan.body.clone(),
        };
        for (index, id) in act.records().collect::<Vec<_>>() {
            let after = act.apply(index, self.records.get(&id)).unwrap();
            self.records.insert(id, after);
        }
        self.acts.push((act.clone(), false));
        act
    }
}

pub fn author(number: u64) -> Author {
    Author {
        node: NodeId::new([3; 16]),
        incarnation: Incarnation::new(1),
        number: ActNumber::new(number),
    }
}

pub fn desk(number: u64, roles: &[Role]) -> Desk {
    Desk {
        act: author(number).act_id(),
        office: OfficeCode::new(4).unwrap(),
        officer: "lan".parse().unwrap(),
        roles: roles.to_vec(),
        today: Date::from_ymd(2026, 11, 21).unwrap(),
        entered: Entered {
            at_s: 1_795_230_000,
            error_s: 0,
        },
        horizon: CommitSeq::new(0),
        units: std::sync::Arc::clone(registry::unit::Units::built_in()),
    }
}

impl Slice for Town {
    fn record(&self, id: &RecordId) -> Option<Held> {
        let mut held = Held::new(self.records.get(id)?.clone()).unwrap();
        if self.frozen == Some(*id) {
            held.frozen = Some(registry::CaseId::new([1; 16]));
        }
        Some(held)
    }
    fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        let has = |record: &&Record| {
            let standing = Standing::of(record).unwrap();
            Person(&standing.fields).pin() == Some(pin)
        };
        self.records.values().find(has).map(|record| record.id)
    }
    fn members(&self, household: &RecordId) -> Vec<RecordId> {
        let is_member = |record: &&Record| {
            let standing = Standing::of(record).unwrap();
            Person(&standing.fields)
                .membership()
                .is_some_and(|member| member.household == *household)
        };
        let members = self.records.values().filter(is_member);
        members.map(|record| record.id).collect()
    }
    fn paper(&self, paper: &PaperId) -> Option<ActId> {
        let mut acts = self.acts.iter().map(|(act, _)| act);
        let used = acts.find(|act| used_by(act).contains(paper));
        used.map(Act::id).or(self.used.get(paper).copied())
    }
    fn own_act(&self, id: &ActId) -> Option<(Act, bool)> {
        self.acts.iter().find(|(act, _)| act.id() == *id).cloned()
    }
    fn case(&self, number: u64) -> Option<Case> {
        let mut cases = self.cases.iter();
        cases.find(|case| case.number == number).cloned()
    }
}

/// A filing with more items.
pub fn with(mut filing: Json, more: Json) -> Json {
    for (key, value) in more.as_object().unwrap() {
        filing[key] = value.clone();
    }
    filing
}

/// A decision with its number and date.
pub fn decided(filing: Json) -> Json {
    let paper = json!({"kind": "Quyết định", "number": "12/2026", "date": "2026-11-02"});
    with(filing, json!({"evidence": [paper]}))
}

/// A paper without a number.
pub fn attested(filing: Json) -> Json {
    with(filing, json!({"evidence": [{"kind": "Giấy tờ"}]}))
}

pub fn here(key: &str) -> Json {
    json!({"id": id(key)})
}

pub fn card(last: u8) -> Json {
    json!({"pin": format!("0010810000{last:02}"), "name": "Vi Văn Xa", "birth_date": "1981-05-05"})
}

/// `an` and `binh` are married, `dung` to somebody of another commune.
pub fn married() -> Town {
    let mut town = Town::new();
    town.person("mai", "2014-05-05", "female", None);
    for (first, second) in [(here("an"), here("binh")), (here("dung"), card(1))] {
        town.perform(json!({"act": "marriage", "first": first, "second": second,
            "date": "2002-02-03", "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân",
            "number": "7/2002", "date": "2002-01-02"}]}));
    }
    town
}

pub fn marriage_of(town: &Town, key: &str) -> Marriage {
    let fields = town.fields(key);
    let person = Person(&fields);
    let marriage = person.marriages().next().unwrap().1;
    marriage.clone()
}

pub fn status_of(town: &Town, key: &str) -> MaritalStatus {
    Person(&town.fields(key)).marital_status()
}

/// The edits of the people of other communes.
pub fn edits_elsewhere(plan: &Plan) -> Vec<Edit> {
    let absent = plan
        .body
        .changes
        .iter()
        .filter(|change| matches!(change.target, Target::Absent(_)));
    absent.flat_map(|change| change.edits.clone()).collect()
}

pub fn check_refusals(town: &Town, table: Vec<(Json, &str, Option<&str>)>) {
    for (filing, code, field) in table {
        assert_eq!(town.refused(filing.clone()), (code, field), "{filing}");
    }
}
