//! The procedures: what each makes, and every refusal with its code and the input it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

use std::collections::BTreeMap;

use registry::act::{Act, Author, Entered, Target};
use registry::code::Role;
use registry::date::Date;
use registry::dispute::Standing;
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::procedure::{Desk, Filing, Held, Notice, Plan, Refusal, Slice, plan};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::{ActId, ActNumber, CommitSeq, Incarnation, NodeId, OfficeCode, RecordId};
use serde_json::{Value as Json, json};

fn id(name: &str) -> RecordId {
    RecordId::derive("test", &[name.as_bytes()])
}

struct Office {
    records: BTreeMap<RecordId, Record>,
    acts: Vec<(Act, bool)>,
    certificates: BTreeMap<String, ActId>,
    frozen: Option<RecordId>,
}

fn value(json: Json) -> Value {
    serde_json::from_value(json).unwrap()
}

impl Office {
    fn new() -> Office {
        let mut office = Office {
            records: BTreeMap::new(),
            acts: Vec::new(),
            certificates: BTreeMap::new(),
            frozen: None,
        };
        office.person(
            "man",
            "Trần Văn Cha",
            "001088000005",
            "1988-01-01",
            "male",
            json!({}),
        );
        office.person(
            "woman",
            "Phạm Thị Mẹ",
            "001189000006",
            "1989-01-01",
            "female",
            json!({}),
        );
        office.person(
            "girl",
            "Phạm Thị Trẻ",
            "001310000007",
            "2010-01-01",
            "female",
            json!({}),
        );
        office.person(
            "dead",
            "Lê Văn Mất",
            "001050000008",
            "1950-01-01",
            "male",
            json!({"death": {"death": {"date": "2020-01-01", "ground": "x"}}}),
        );
        office.person(
            "member",
            "Bùi Văn Con",
            "001099000009",
            "1999-01-01",
            "male",
            json!({}),
        );
        let mut house = Fields::new();
        house.set(Field::HouseholdHead, Some(Value::Head(id("man"))));
        house.set(
            Field::HouseholdAddress,
            Some(value(json!({"place": {"unit": "00004"}}))),
        );
        office.records.insert(
            id("house"),
            Record::new(id("house"), RecordKind::Household, house),
        );
        office
    }

    fn person(&mut self, key: &str, name: &str, pin: &str, born: &str, sex: &str, more: Json) {
        let mut fields = Fields::new();
        fields.set(Field::Name, Some(value(json!({"name": name}))));
        fields.set(Field::Pin, Some(value(json!({"pin": pin}))));
        fields.set(Field::BirthDate, Some(value(json!({"birth": born}))));
        fields.set(Field::Sex, Some(value(json!({"sex": sex}))));
        fields.set(Field::Relation, Some(value(json!({"relation": "head"}))));
        let member = json!({"membership": {"household": id("house"), "since": "2001-01-01"}});
        fields.set(Field::Membership, Some(value(member)));
        fields.push(
            Field::Permanent,
            value(json!({"residence": {"unit": "00004", "from": "2001-01-01"}})),
        );
        for (key, json) in more.as_object().unwrap() {
            fields.set(Field::from_key(key).unwrap(), Some(value(json.clone())));
        }
        self.records
            .insert(id(key), Record::new(id(key), RecordKind::Person, fields));
    }

    fn file(&self, roles: &[Role], filing: Json) -> Result<Plan, Refusal> {
        let filing: Filing = serde_json::from_value(filing).unwrap();
        plan(&filing, &desk(self.acts.len() as u64 + 1, roles), self)
    }

    /// Files and takes the act's effect over.
    fn perform(&mut self, filing: Json) -> Act {
        let plan = self.file(&ALL, filing).unwrap();
        let author = author(self.acts.len() as u64 + 1);
        let act = Act {
            author,
            office: Some(OfficeCode::new(4).unwrap()),
            body: plan.body,
        };
        for (index, id) in act.records().collect::<Vec<_>>() {
            let after = act.apply(index, self.records.get(&id)).unwrap();
            self.records.insert(id, after);
        }
        self.acts.push((act.clone(), false));
        act
    }

    fn fields(&self, id: &RecordId) -> Fields {
        self.records[id].read().unwrap().fields
    }
}

const ALL: [Role; 3] = [Role::CivilStatus, Role::Residence, Role::Identification];

fn author(number: u64) -> Author {
    Author {
        node: NodeId::new([3; 16]),
        incarnation: Incarnation::new(1),
        number: ActNumber::new(number),
    }
}

fn desk(number: u64, roles: &[Role]) -> Desk {
    Desk {
        act: author(number).act_id(),
        office: OfficeCode::new(4).unwrap(),
        officer: "lan".parse().unwrap(),
        roles: roles.to_vec(),
        today: Date::from_ymd(2026, 11, 21).unwrap(),
        entered: Entered {
            at_s: 1_795_000_000,
            error_s: 0,
        },
        horizon: CommitSeq::new(0),
        units: std::sync::Arc::clone(registry::unit::Units::built_in()),
    }
}

impl Slice for Office {
    fn record(&self, id: &RecordId) -> Option<Held> {
        let mut held = Held::new(self.records.get(id)?.clone()).unwrap();
        if self.frozen == Some(*id) {
            held.frozen = Some(registry::CaseId::new([1; 16]));
        }
        Some(held)
    }
    fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        self.records
            .values()
            .map(|record| record.id)
            .find(|id| Person(&self.fields(id)).pin() == Some(pin))
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
    fn certificate(&self, number: &str) -> Option<ActId> {
        self.certificates.get(number).copied()
    }
    fn own_act(&self, id: &ActId) -> Option<(Act, bool)> {
        self.acts.iter().find(|(act, _)| act.id() == *id).cloned()
    }
}

fn here(key: &str) -> Json {
    json!({"id": id(key)})
}

fn birth(more: Json) -> Json {
    let mut filing = json!({"act": "birth",
        "child": {"name": "Trần Minh An", "birth_date": "2026-11-01", "sex": "female"},
        "father": {"record": id("man")}, "mother": {"record": id("woman")}});
    for (key, value) in more.as_object().unwrap() {
        filing[key] = value.clone();
    }
    filing
}

#[test]
fn every_refusal_has_its_code_and_names_its_input() {
    let mut office = Office::new();
    office
        .certificates
        .insert("CS-1".to_owned(), author(9).act_id());
    office.frozen = Some(id("member"));
    let contact = |key: &str| json!({"act": "contact", "person": id(key), "phone": "0912345678"});
    let card = json!({"pin": "001080000099", "name": "Ai Đó", "birth_date": "1980"});
    let child = |date: &str| json!({"child": {"name": "A", "birth_date": date, "sex": "male"}});
    let correct = |field: &str, value: Json| {
        json!({"act": "correction", "person": id("man"), "fields": [{"field": field, "value": value}],
            "evidence": [{"kind": "Quyết định"}]})
    };
    let table: Vec<(Json, &str, Option<&str>)> = vec![
        (
            birth(child("2027-01-01")),
            "date_in_future",
            Some("child.birth_date"),
        ),
        (
            birth(json!({"certificate": "CS-1"})),
            "certificate_used",
            Some("certificate"),
        ),
        (
            birth(json!({"mother": {"record": id("nobody")}})),
            "record_not_held",
            Some("mother"),
        ),
        (
            birth(json!({"mother": {"record": id("house")}})),
            "record_of_other_kind",
            Some("mother"),
        ),
        (
            birth(json!({"mother": {"pin": "001399000001"}})),
            "date_in_future",
            Some("mother"),
        ),
        (birth(child("1980-01-01")), "input_invalid", Some("father")),
        (
            birth(
                json!({"child": {"name": "A", "birth_date": "2026-11-01", "sex": "male",
            "birth_place": {"unit": "99999"}}}),
            ),
            "commune_unknown",
            Some("child.birth_place"),
        ),
        (
            birth(
                json!({"father": null, "mother": {"pin": "001189000099"}, "joins_household": true}),
            ),
            "input_invalid",
            Some("joins_household"),
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "2027-01-01", "ground": "x"}),
            "date_in_future",
            Some("date"),
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "2026-01-01", "ground": ""}),
            "input_missing",
            Some("ground"),
        ),
        (
            json!({"act": "death", "person": here("man"), "date": "1900-01-01", "ground": "x"}),
            "input_invalid",
            Some("date"),
        ),
        (
            json!({"act": "death", "person": here("dead"), "date": "2026-01-01", "ground": "x"}),
            "person_dead",
            Some("person"),
        ),
        (contact("dead"), "person_dead", Some("person")),
        (contact("member"), "record_frozen", Some("person")),
        (
            json!({"act": "contact", "person": id("man")}),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "marriage", "first": here("man"), "second": here("girl")}),
            "under_age",
            Some("second"),
        ),
        (
            json!({"act": "marriage", "first": here("man"), "second": here("man")}),
            "input_invalid",
            Some("second"),
        ),
        (
            correct("pin", json!({"pin": "001088000099"})),
            "field_central_only",
            Some("pin"),
        ),
        (
            correct("phone", json!({"phone": "0912345678"})),
            "field_of_other_role",
            Some("phone"),
        ),
        (
            correct("name", json!({"sex": "male"})),
            "input_invalid",
            Some("name"),
        ),
        (
            correct("permanent", json!(null)),
            "input_invalid",
            Some("permanent"),
        ),
        (
            correct("name", json!({"name": "Trần Văn Cha"})),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "correction", "person": id("man"),
            "fields": [{"field": "name", "value": {"name": "Trần Văn Bố"}}]}),
            "evidence_missing",
            Some("evidence"),
        ),
        (
            json!({"act": "permanent_registration", "people": [], "address": "x"}),
            "input_missing",
            Some("people"),
        ),
        (
            json!({"act": "permanent_registration", "people": [{"person": card}], "address": "x",
            "from": "2027-01-01"}),
            "date_in_future",
            Some("from"),
        ),
        (
            json!({"act": "temporary_registration", "person": card, "address": "x",
            "from": "2026-11-01", "to": "2026-11-05"}),
            "input_invalid",
            Some("to"),
        ),
        (
            json!({"act": "stay_notification", "person": here("man"), "from": "2026-10-01",
            "to": "2026-11-15"}),
            "input_invalid",
            Some("to"),
        ),
        (
            json!({"act": "household_split", "household": id("house"), "leaving": [id("man")],
            "new_head": id("man")}),
            "rule_not_met",
            Some("remaining_head"),
        ),
        (
            json!({"act": "change_of_head", "household": id("house"), "new_head": id("man")}),
            "nothing_changes",
            None,
        ),
        (
            json!({"act": "collection", "name": "A", "birth_date": "1990", "sex": "male",
            "claimed_pin": "001088000005", "address": "x"}),
            "input_invalid",
            Some("claimed_pin"),
        ),
        (
            json!({"act": "withdraw", "of": author(77).act_id(), "reason": "x"}),
            "act_not_yours",
            None,
        ),
    ];
    for (filing, code, field) in table {
        let refusal = office.file(&ALL, filing.clone()).unwrap_err();
        assert_eq!((refusal.code(), refusal.field()), (code, field), "{filing}");
        assert!(refusal.to_string().len() > 20, "{refusal}");
    }
    let refusal = office
        .file(&[Role::Residence], birth(json!({})))
        .unwrap_err();
    assert_eq!(refusal.code(), "role_missing");
}

#[test]
fn a_birth_makes_a_person_with_a_local_file_and_no_number() {
    let mut office = Office::new();
    let act = office.perform(birth(json!({"joins_household": true})));
    let (_, child) = act.records().next().unwrap();
    let fields = office.fields(&child);
    let child = Person(&fields);
    assert!(child.pin().is_none());
    assert!(fields.single(Field::LocalFile).is_some());
    assert_eq!(child.open_permanent().count(), 1);
    assert_eq!(child.membership().unwrap().household, id("house"));
    assert_eq!(act.body.effective, "2026-11-01".parse().unwrap());
}

#[test]
fn a_late_birth_is_taken_with_a_notice() {
    let office = Office::new();
    let child = json!({"child": {"name": "A", "birth_date": "2026-01-01", "sex": "male"}});
    let plan = office.file(&ALL, birth(child)).unwrap();
    assert_eq!(plan.notices, [Notice::LateFiling, Notice::ItemsMissing]);
}

#[test]
fn a_marriage_stands_on_both_records_and_a_death_ends_it_on_the_survivor_s() {
    let mut office = Office::new();
    office.perform(json!({"act": "marriage", "first": here("man"), "second": here("woman")}));
    assert_eq!(
        Person(&office.fields(&id("man")))
            .standing_marriages()
            .count(),
        1
    );
    let again = json!({"act": "marriage", "first": here("woman"), "second": here("member")});
    assert_eq!(
        office.file(&ALL, again).unwrap_err().code(),
        "person_married"
    );
    office.perform(
        json!({"act": "death", "person": here("man"), "date": "2026-11-20",
        "ground": "Giấy báo tử"}),
    );
    assert_eq!(
        Person(&office.fields(&id("woman")))
            .standing_marriages()
            .count(),
        0
    );
    assert_eq!(Person(&office.fields(&id("woman"))).marriages().count(), 1);
}

#[test]
fn a_move_within_the_commune_closes_the_old_home() {
    let mut office = Office::new();
    office.perform(json!({"act": "permanent_registration", "address": "Số 9",
        "people": [{"person": here("woman"), "relation": "head"}]}));
    let fields = office.fields(&id("woman"));
    let homes: Vec<_> = Person(&fields).residences(Field::Permanent).collect();
    assert_eq!(homes.len(), 2);
    assert_eq!(Person(&fields).open_permanent().count(), 1);
}

#[test]
fn a_card_of_somebody_elsewhere_becomes_a_claim_for_the_centre() {
    let office = Office::new();
    let card = json!({"pin": "001080000099", "name": "Ai Đó", "birth_date": "1980-05-05"});
    let plan = office
        .file(
            &ALL,
            json!({"act": "permanent_registration", "address": "Số 9",
            "people": [{"person": card}]}),
        )
        .unwrap();
    assert!(plan.notices.contains(&Notice::PersonElsewhere));
    assert!(
        plan.body
            .changes
            .iter()
            .any(|change| matches!(change.target, Target::Absent(_)))
    );
}

#[test]
fn a_split_and_a_change_of_head_leave_each_household_one_head_who_is_a_member() {
    let mut office = Office::new();
    let act = office.perform(json!({"act": "household_split", "household": id("house"),
        "leaving": [id("woman"), id("girl")], "new_head": id("woman")}));
    let (_, made) = act.records().next().unwrap();
    assert_eq!(
        registry::person::head_of(&office.fields(&made)),
        Some(id("woman"))
    );
    let girl = office.fields(&id("girl"));
    assert_eq!(Person(&girl).membership().unwrap().household, made);
    office.perform(json!({"act": "change_of_head", "household": id("house"),
        "new_head": id("member")}));
    assert_eq!(
        registry::person::head_of(&office.fields(&id("house"))),
        Some(id("member"))
    );
}

#[test]
fn a_withdrawal_puts_back_what_was_and_revokes_what_was_made() {
    let mut office = Office::new();
    let before = office.fields(&id("man"));
    let contact =
        office.perform(json!({"act": "contact", "person": id("man"), "phone": "0912345678"}));
    assert!(office.fields(&id("man")).single(Field::Phone).is_some());
    office.perform(json!({"act": "withdraw", "of": contact.id(), "reason": "nhầm người"}));
    assert_eq!(office.fields(&id("man")), before);
    let birth = office.perform(birth(json!({})));
    let (_, child) = birth.records().next().unwrap();
    office.perform(json!({"act": "withdraw", "of": birth.id(), "reason": "nhập nhầm"}));
    assert!(Person(&office.fields(&child)).is_revoked());
    office.acts[0].1 = true;
    let final_act = json!({"act": "withdraw", "of": contact.id(), "reason": "x"});
    assert_eq!(
        office.file(&ALL, final_act).unwrap_err().code(),
        "act_final"
    );
}

#[test]
fn a_refusal_never_shows_a_citizen_s_data() {
    let office = Office::new();
    let refusal = office
        .file(
            &ALL,
            json!({"act": "contact", "person": id("dead"), "email": "canary@canary.vn"}),
        )
        .unwrap_err();
    assert!(!format!("{refusal} {refusal:?}").contains("canary"));
    let plan = office
        .file(
            &ALL,
            json!({"act": "contact", "person": id("man"), "email": "canary@canary.vn"}),
        )
        .unwrap();
    assert!(!format!("{plan:?}").contains("canary"));
}

#[test]
fn a_misspelt_key_is_told_and_never_passed_over() {
    for (filing, key) in [
        (birth(json!({"mothr": {"record": id("woman")}})), "mothr"),
        (birth(json!({"join_household": true})), "join_household"),
        (birth(json!({"evidnce": []})), "evidnce"),
        (
            json!({"act": "contact", "person": id("man"), "emial": "a@b.vn"}),
            "emial",
        ),
        (
            json!({"act": "contact", "person": id("man"), "phone": "0912345678",
            "evidence": [{"kind": "x", "numbr": "1"}]}),
            "numbr",
        ),
    ] {
        let error = serde_json::from_value::<Filing>(filing)
            .unwrap_err()
            .to_string();
        assert!(error.contains(key), "{error}");
    }
    assert!(serde_json::from_value::<Filing>(birth(json!({}))).is_ok());
}
