//! Two registrations that turn out to be one person: what the revoked one knew of them is on the
//! record that stays, what the two say differently is a case, and an undone decision takes all of
//! it apart again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use central_registry::registrar::PairWord;
use desk::kinds::{look, settle};
use desk::{Centre, NOW, Office, P, Q, World, id, office, reviewer};
use registry::RecordId;
use registry::attachment::Attachment;
use registry::case::{Case, CaseState, Outcome};
use registry::fields::{Fields, Slot};
use registry::person::{MaritalStatus, Person};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

const KEPT: &str = "twice here";
const OTHER: &str = "twice there";

fn value(value: Json) -> Value {
    serde_json::from_value(value).unwrap()
}

/// Somebody registered twice under one old number: here with little, there with a life.
fn registered_twice(here: &[(Field, Json)], there: &[(Field, Json)]) -> World {
    let mut world = World::new();
    for (key, unit, more) in [(KEPT, P, here), (OTHER, Q, there)] {
        let mut fields = Fields::new();
        fields.set(Field::Name, Some(value(json!({"name": "Hoàng Thị Kép"}))));
        fields.set(
            Field::BirthDate,
            Some(value(json!({"birth": "1970-05-06"}))),
        );
        fields.set(Field::Sex, Some(value(json!({"sex": "female"}))));
        fields.push(Field::OldNumbers, value(json!({"text": "011223344"})));
        if !more.iter().any(|(field, _)| *field == Field::Permanent) {
            fields.push(Field::Permanent, home(unit, "Số 1", None));
        }
        for (field, more) in more {
            if field.has_entries() {
                fields.push(*field, value(more.clone()));
            } else {
                fields.set(*field, Some(value(more.clone())));
            }
        }
        world.put(Record::new(id(key), RecordKind::Person, fields));
    }
    world
}

fn home(unit: u32, address: &str, to: Option<&str>) -> Value {
    value(home_json(unit, address, to))
}

fn home_json(unit: u32, address: &str, to: Option<&str>) -> Json {
    json!({"residence": {"unit": format!("{unit:05}"), "address": address, "from": "2001-02-03", "to": to}})
}

fn married(spouse: &str, ended: Option<&str>) -> Json {
    let ground = if ended.is_some() { "divorce" } else { "" };
    json!({"marriage": {"spouse": {"pin": spouse}, "date": "1995-01-02", "ended": ended, "ground": ground}})
}

/// The case about the two, which a reviewer opens if no rule did, and which of its claims stays.
fn asked(centre: &Centre) -> (Case, u8) {
    let case = centre.open_cases().pop().unwrap_or_else(|| open(centre));
    let mut claims = case.dispute.claims.iter();
    let kept = claims.position(|claim| claim.record == Some(id(KEPT)));
    let kept = u8::try_from(kept.unwrap()).unwrap();
    (case, kept)
}

fn open(centre: &Centre) -> Case {
    let registrar = centre.registrar();
    registrar.find_duplicates(NOW, 10).unwrap();
    let (pairs, _) = registrar
        .duplicates(registry::duplicate::Hint::Strong, |_| true, 100)
        .unwrap();
    let both = |one: RecordId, two: RecordId| {
        [id(KEPT), id(OTHER)].contains(&one) && [id(KEPT), id(OTHER)].contains(&two)
    };
    let pair = pairs
        .into_iter()
        .find(|pair| both(pair.records.0, pair.records.1))
        .expect("one old number is a hint");
    let why = Line::parse("one old number").unwrap();
    let (number, _) = registrar
        .stage_pair_word(NOW, pair.number, &reviewer("mai"), PairWord::OpenCase, why)
        .unwrap();
    centre.case(number.unwrap())
}

fn combined(world: &World) -> (Centre, Case) {
    let centre = Centre::of(world);
    let (case, kept) = asked(&centre);
    settle(&centre, &case, &Outcome::Combine(kept), "combines");
    (centre, case)
}

fn undo(centre: &Centre, case: &Case) {
    for who in ["undoes", "agrees"] {
        let seen = centre.case(case.number).version;
        centre
            .decide(case.number, &reviewer(who), Outcome::Reverse, seen)
            .unwrap();
    }
    assert!(matches!(
        centre.case(case.number).state,
        CaseState::Reversed { .. }
    ));
}

#[test]
fn the_record_that_stays_takes_over_histories_and_sets_and_gives_them_back() {
    let at_home = || (Field::Permanent, home_json(P, "Số 1", None));
    let life: Vec<(Field, Json)> = vec![
        at_home(),
        (Field::Permanent, home_json(25, "Số 7", Some("2001-02-03"))),
        (Field::OldNumbers, json!({"text": "099887766"})),
        (Field::OtherNames, json!({"name": "Kép Bé"})),
        (Field::Marriages, married("001080000001", None)),
        (Field::Cards, json!({"card": {"issued": "2022-03-04"}})),
        (
            Field::Absences,
            json!({"absence": {"from": "2020-01-01", "to": "2020-06-01"}}),
        ),
        (
            Field::Confirmations,
            json!({"confirmation": {"number": "XN-1", "purpose": "kết hôn", "status": "married",
                "issued": "2026-10-01", "until": "2027-04-01"}}),
        ),
        (Field::Phone, json!({"phone": "0912345678"})),
    ];
    let world = registered_twice(&[at_home()], &life);
    let records = [id(KEPT), id(OTHER)];
    // The number that the one person was given stays theirs.
    let look = |centre: &Centre| {
        let told = look(centre, &records).into_iter();
        told.map(|one| one.replacen(" true ", " false ", 1))
            .collect::<Vec<_>>()
    };
    let untouched = look(&Centre::of(&world));
    let (centre, case) = combined(&world);
    let shown = centre.shown(&id(KEPT));
    for (field, wanted) in &life {
        let wanted = value(wanted.clone());
        let found = shown
            .iter()
            .any(|(slot, is)| slot.field == *field && *is == wanted);
        assert!(found, "{}: {wanted:?}", field.key());
    }
    // What both have is there once: one home, one name of the old number.
    assert_eq!(Person(&shown).open_permanent().count(), 1);
    assert_eq!(shown.entries(Field::OldNumbers).count(), 2);
    assert_eq!(Person(&shown).marital_status(), MaritalStatus::Married);
    assert_eq!(centre.open_rows(), []);
    assert!(Person(&centre.shown(&id(OTHER))).is_revoked());
    centre.check_slices();
    undo(&centre, &case);
    assert_eq!(look(&centre), untouched);
    centre.check_slices();
}

/// One birth, entered by two communes under two registrations of the mother: nothing joins the two
/// until it is decided that she is one, and whoever comes later under the revoked one is met too.
#[test]
fn children_of_both_registrations_meet_once_they_are_one() {
    let born = |name: &str, mother: &str| {
        json!({"act": "birth", "certificate": "", "mother": {"record": id(mother).to_string()},
            "child": {"name": name, "birth_date": "2026-11-01", "sex": "female"},
            "evidence": [{"kind": "văn bản làm chứng"}]})
    };
    let world = registered_twice(&[], &[]);
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(born("Trần Minh An", KEPT));
    q.file(born("Trần Minh Ánh", OTHER));
    let mut late = Office::new(&world, Q).beside();
    late.file(born("Trần Ánh", OTHER));
    centre.take(&mut p);
    centre.take(&mut q);
    let births = |centre: &Centre| {
        let rows = centre.open_rows().into_iter();
        rows.filter(|(row, _)| *row == 1).count()
    };
    assert_eq!(births(&centre), 0);
    let case = centre.open_cases().pop().unwrap_or_else(|| open(&centre));
    let mut claims = case.dispute.claims.iter();
    let kept = claims.position(|claim| claim.record == Some(id(KEPT)));
    let kept = u8::try_from(kept.unwrap()).unwrap();
    settle(&centre, &case, &Outcome::Combine(kept), "combines");
    assert_eq!(births(&centre), 1);
    centre.take(&mut late);
    assert_eq!(births(&centre), 2);
    centre.check_slices();
}

#[test]
fn what_an_act_wrote_keeps_its_name_so_that_the_book_knows_it() {
    let world = registered_twice(&[], &[(Field::Permanent, home_json(P, "Số 1", None))]);
    let mut p = Office::new(&world, P);
    let wed = p.file(
        json!({"act": "marriage", "first": {"id": id(OTHER).to_string()},
        "second": {"id": world.shared()}, "date": "2026-11-01", "certificate": "17/2026"}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    let (case, kept) = asked(&centre);
    settle(&centre, &case, &Outcome::Combine(kept), "combines");
    let shown = centre.shown(&id(KEPT));
    let slot = Slot::entry(Field::Marriages, registry::fields::EntryId::Act(wed));
    assert!(shown.get(slot).is_some());
}

/// Each parent registered the child where they live; the births are one, and the home is that of the
/// one that stands.
#[test]
fn a_child_that_was_registered_twice_has_the_home_of_the_birth_that_stands() {
    let birth = || {
        (
            Field::BirthEntry,
            json!({"birth_entry": {"certificate": "114"}}),
        )
    };
    let (centre, _) = combined(&registered_twice(&[birth()], &[birth()]));
    assert_eq!(centre.open_rows(), []);
    assert_eq!(centre.homes(&id(KEPT)), [P]);
    centre.check_slices();
}

#[test]
fn two_homes_or_two_marriages_are_a_case_once_the_two_are_one_person() {
    let (centre, _) = combined(&registered_twice(&[], &[]));
    assert_eq!(
        centre.open_rows(),
        [(4, 2)],
        "in P by one, in Q by the other"
    );
    assert_eq!(centre.homes(&id(KEPT)), [P], "until it is decided");
    let case = centre.open_cases().remove(0);
    let there = case.dispute.claims.iter().position(
        |claim| matches!(&claim.value, Some(Value::Residence(home)) if home.unit.get() == Q),
    );
    settle(
        &centre,
        &case,
        &Outcome::Keep(u8::try_from(there.unwrap()).unwrap()),
        "home",
    );
    assert_eq!(centre.homes(&id(KEPT)), [Q]);
    centre.check_slices();

    let home = || (Field::Permanent, home_json(P, "Số 1", None));
    let spouse = |pin: &str| (Field::Marriages, married(pin, None));
    let world = registered_twice(
        &[home(), spouse("001088000005")],
        &[home(), spouse("001080000001")],
    );
    assert_eq!(combined(&world).0.open_rows(), [(9, 2)]);
}

#[test]
fn one_marriage_is_one_and_its_end_is_what_the_record_lacks() {
    let home = || (Field::Permanent, home_json(P, "Số 1", None));
    let spouse = |ended| (Field::Marriages, married("001080000001", ended));
    for (here, there) in [(None, Some("2024-05-06")), (Some("2024-05-06"), None)] {
        let world = registered_twice(&[home(), spouse(here)], &[home(), spouse(there)]);
        let (centre, case) = combined(&world);
        let shown = centre.shown(&id(KEPT));
        assert_eq!(Person(&shown).marriages().count(), 1);
        let status = Person(&shown).marital_status();
        assert_eq!(status, MaritalStatus::DivorcedOrWidowed);
        undo(&centre, &case);
        let shown = centre.shown(&id(KEPT));
        let standing = Person(&shown).standing_marriages().count();
        assert_eq!(standing, usize::from(here.is_none()));
    }
}

#[test]
fn an_application_under_way_stays_where_it_was_prepared() {
    let numbered = (Field::Pin, json!({"pin": "001170000099"}));
    let home = (Field::Permanent, home_json(P, "Số 1", None));
    let world = registered_twice(&[], &[numbered, home]);
    let mut p = Office::new(&world, P);
    p.file(
        json!({"act": "card_application", "person": id(OTHER).to_string(),
        "reason": "first", "collected": ["face", "fingerprints", "iris"]}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    let (case, kept) = asked(&centre);
    settle(&centre, &case, &Outcome::Combine(kept), "combines");
    let shown = centre.shown(&id(KEPT));
    assert_eq!(shown.entries(Field::Applications).count(), 0);
}

/// Attachments of which an office is told when it asks for the papers of a record.
fn papers_of(centre: &Centre, code: u32, record: &RecordId) -> Vec<Attachment> {
    let list = centre.registrar().papers_of(&[office(code)], record);
    let list = list.unwrap();
    let papers = list.acts().iter().flat_map(|act| act.evidence.clone());
    papers.flat_map(|paper| paper.attachments).collect()
}

#[test]
fn the_papers_of_the_revoked_record_are_those_of_the_one_that_stays_while_it_does() {
    let world = registered_twice(&[], &[]);
    let centre = Centre::of(&world);
    let content = b"%PDF-1.7 phieu xet nghiem";
    let scan = Attachment::of(content).unwrap();
    let mut q = Office::new(&world, Q);
    q.file(json!({"act": "registry_correction", "person": id(OTHER),
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm", "attachments": [scan]}]}));
    centre.take(&mut q);
    let registrar = centre.registrar();
    registrar.folder().put(content).unwrap();
    registrar
        .stage_attachment(NOW, &[office(Q)], &scan)
        .unwrap();
    assert_eq!(papers_of(&centre, P, &id(KEPT)), []);
    let (case, kept) = asked(&centre);
    settle(&centre, &case, &Outcome::Combine(kept), "combines");
    assert_eq!(papers_of(&centre, P, &id(KEPT)), [scan]);
    undo(&centre, &case);
    assert_eq!(papers_of(&centre, P, &id(KEPT)), []);
}
