//! What a look finds, one thing at a time: each problem beside a record that does not have it.

use super::*;
use crate::date::{BirthDate, Date, PartialDate};
use crate::fields::{Fields, Slot};
use crate::name::PersonName;
use crate::pin::Pin;
use crate::schema::Field;
use crate::value::{Death, Line, Membership, PersonLink, Place, Residence, Value};
use crate::{OfficeCode, RecordId};

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}
fn day(text: &str) -> Date {
    date(text).whole().unwrap()
}
fn today() -> Date {
    day("2026-11-21")
}

fn home(from: &str, to: Option<&str>) -> Value {
    Value::Residence(Residence {
        unit: OfficeCode::new(4).unwrap(),
        address: Line::parse("Số 5, Thôn 3").unwrap(),
        from: date(from),
        until: None,
        to: to.map(date),
        ground: Line::default(),
    })
}

/// A record of which nothing is to be mended.
fn whole() -> Fields {
    let mut fields = Fields::new();
    let name = PersonName::parse("Trần Thị Hòa").unwrap();
    let place = Place {
        unit: OfficeCode::new(4),
        ..Place::default()
    };
    let membership = Membership {
        household: RecordId::new([2; 16]),
        since: date("2010"),
    };
    for (field, value) in [
        (Field::Name, Value::Name(name)),
        (Field::BirthDate, Value::Birth(date("1980-02-03").into())),
        (
            Field::Sex,
            serde_json::from_str(r#"{"sex": "female"}"#).unwrap(),
        ),
        (Field::BirthRegistration, Value::Place(place.clone())),
        (Field::NativePlace, Value::Place(place)),
        (Field::Ethnic, Value::Ethnic("1979:01".parse().unwrap())),
        (
            Field::Nationality,
            Value::Countries(vec!["VN".parse().unwrap()]),
        ),
        (Field::Membership, Value::Membership(membership)),
    ] {
        fields.set(field, Some(value));
    }
    fields.push(Field::Permanent, home("2010-01-01", None));
    fields
}

fn met() -> Marks {
    Marks {
        contact: Some(day("2026-11-01")),
        ..Marks::default()
    }
}

fn found(fields: &Fields, marks: &Marks) -> Vec<&'static str> {
    let finding = look(fields, marks, today()).unwrap();
    finding.problems.iter().map(Problem::key).collect()
}

fn with(field: Field, value: Option<Value>) -> Fields {
    let mut fields = whole();
    match value {
        Some(value) => fields.set(field, Some(value)),
        None => fields.remove(Slot::single(field)),
    }
    fields
}

#[test]
fn a_whole_record_has_all_four_words_and_each_gap_is_named() {
    assert!(found(&whole(), &met()).is_empty());
    let birth = |text: &str| Some(Value::Birth(BirthDate::parse_legacy(text).unwrap()));
    let unknown = serde_json::from_str(r#"{"sex": "unknown"}"#).ok();
    for (fields, problem) in [
        (with(Field::Name, None), "name_missing"),
        (with(Field::BirthDate, None), "birth_date_missing"),
        (with(Field::Sex, None), "sex_missing"),
        (with(Field::Sex, unknown), "sex_missing"),
        (
            with(Field::BirthRegistration, None),
            "birth_registration_missing",
        ),
        (
            with(Field::NativePlace, Some(Value::Place(Place::default()))),
            "native_place_missing",
        ),
        (with(Field::Ethnic, None), "ethnic_missing"),
        (
            with(Field::Nationality, Some(Value::Countries(vec![]))),
            "nationality_missing",
        ),
        (
            with(Field::BirthDate, birth("30/02/1980")),
            "birth_date_impossible",
        ),
        (with(Field::BirthDate, birth("1905")), "too_old"),
        (
            with(Field::BirthDate, birth("2011-05-06")),
            "home_before_birth",
        ),
        (with(Field::Membership, None), "household_none"),
    ] {
        assert_eq!(found(&fields, &met()), [problem]);
        let rule = Problem::from_key(problem).unwrap().rule();
        let finding = look(&fields, &met(), today()).unwrap();
        for word in Word::ALL {
            assert_eq!(
                finding.problems.deny(word),
                word == rule.word,
                "{problem} {word:?}"
            );
        }
    }
    // What is known only in part is not wrong: the year alone of somebody who moved in that year.
    assert!(found(&with(Field::BirthDate, birth("2010")), &met()).is_empty());
    let future = with(Field::BirthDate, birth("2026-12"));
    assert!(found(&future, &met()).contains(&"born_in_future"));
}

#[test]
fn homes_are_one_and_open() {
    let mut two = whole();
    two.push(Field::Permanent, home("2020-01-01", None));
    assert_eq!(found(&two, &met()), ["homes_two"]);
    let mut moved = whole();
    moved.push(Field::Permanent, home("2000-01-01", Some("2009-12-31")));
    assert!(found(&moved, &met()).is_empty());
    let mut nowhere = Fields::new();
    for (slot, value) in whole().iter() {
        if slot.field != Field::Permanent {
            nowhere.put(slot, value.clone());
        }
    }
    assert_eq!(found(&nowhere, &met()), ["home_none"]);
    nowhere.push(Field::Temporary, home("2026-01-01", None));
    assert!(found(&nowhere, &met()).is_empty());
}

#[test]
fn cases_disputes_and_silence_are_told_apart() {
    let marks = |marks: Marks| Marks {
        contact: marks.contact.or(met().contact),
        ..marks
    };
    let none = Marks::default();
    for (given, problem) in [
        (
            Marks {
                disputed: true,
                ..none
            },
            vec!["disputed"],
        ),
        (
            Marks {
                case_open: true,
                ..none
            },
            vec!["case_open"],
        ),
        (
            Marks {
                case_open: true,
                duplicate: true,
                ..none
            },
            vec!["case_open", "duplicate_suspected"],
        ),
        // A pair that the centre's search found.
        (
            Marks {
                duplicate: true,
                ..none
            },
            vec!["duplicate_suspected"],
        ),
        (
            Marks {
                headless: true,
                ..none
            },
            vec!["household_headless"],
        ),
        (
            Marks {
                contact: Some(day("2024-11-20")),
                ..none
            },
            vec!["contact_old"],
        ),
        (
            Marks {
                contact: Some(day("2024-11-22")),
                ..none
            },
            vec![],
        ),
        // A clock that runs ahead.
        (
            Marks {
                contact: Some(day("2027-01-01")),
                ..none
            },
            vec![],
        ),
    ] {
        assert_eq!(found(&whole(), &marks(given)), problem);
    }
    assert_eq!(found(&whole(), &none), ["never_confirmed"]);
}

#[test]
fn the_dead_and_the_revoked_are_not_looked_at() {
    let death = Death {
        date: date("2026"),
        place: Place::default(),
        ground: Line::default(),
        declared: None,
        certificate: Line::default(),
    };
    let dead = with(Field::Death, Some(Value::Death(death)));
    assert_eq!(look(&dead, &met(), today()), None);
    let reason = Line::parse("entered twice").unwrap();
    let revoked = with(Field::Revoked, Some(Value::Text(reason)));
    assert_eq!(look(&revoked, &met(), today()), None);
}

#[test]
fn who_lodges_past_the_term_is_to_be_asked() {
    let lodging = |until: Option<&str>, to: Option<&str>| {
        let Value::Residence(lodging) = home("2025-01-01", to) else {
            panic!("a residence")
        };
        let mut fields = whole();
        let until = until.map(date);
        fields.push(
            Field::Temporary,
            Value::Residence(Residence { until, ..lodging }),
        );
        fields
    };
    for (until, to, expired) in [
        (Some("2026-11-20"), None, true),
        (Some("2025"), None, true),
        (Some("2026-11-21"), None, false),
        // Perhaps over, perhaps not.
        (Some("2026"), None, false),
        (None, None, false),
        (Some("2026-11-20"), Some("2026-10-01"), false),
    ] {
        let expected = if expired {
            vec!["temporary_expired"]
        } else {
            Vec::new()
        };
        assert_eq!(
            found(&lodging(until, to), &met()),
            expected,
            "{until:?} {to:?}"
        );
    }
}

#[test]
fn scores_add_up_and_a_full_share_is_said_of_all_alone() {
    let mut all = Score::default();
    let (mut one, mut other) = (Score::default(), Score::default());
    for n in 0..2_000 {
        let fields = if n == 7 {
            with(Field::Sex, None)
        } else {
            whole()
        };
        let finding = look(&fields, &met(), today()).unwrap();
        all.add(&finding);
        if n % 3 == 0 { &mut one } else { &mut other }.add(&finding);
    }
    one.merge(&other);
    assert_eq!(one, all);
    assert_eq!((all.people, all.complete, all.sound), (2_000, 1_999, 1_999));
    assert_eq!(all.permille(Word::Complete), Some(999));
    assert_eq!(all.permille(Word::Live), Some(1_000));
    assert_eq!(all.percent().complete, Some(99.9));
    assert_eq!(all.contacts.month, 2_000);
    assert_eq!(Score::default().permille(Word::Live), None);
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["problems"], serde_json::json!({"sex_missing": 1}));
    let bytes = postcard::to_stdvec(&all).unwrap();
    assert_eq!(postcard::from_bytes::<Score>(&bytes).unwrap(), all);
}

#[test]
fn a_hamlet_is_read_off_the_address() {
    for (address, hamlet) in [
        ("Số 5, Thôn 3", Some("Thôn 3")),
        ("Thôn 3", Some("Thôn 3")),
        ("12 ngõ 4; Tổ dân phố 7", Some("Tổ dân phố 7")),
        ("Bản Nà Pồ, khu tập thể", Some("khu tập thể")),
        ("buôn Ky", Some("buôn Ky")),
        ("số 5 ngõ Tức Mạc", None),
        ("Thônsai", None),
        ("", None),
    ] {
        assert_eq!(hamlet_of(address).as_deref(), hamlet, "{address}");
    }
}

#[test]
fn problems_have_names_and_places_of_their_own() {
    for (place, rule) in Problem::TABLE.iter().enumerate() {
        assert_eq!(rule.problem as usize, place);
        assert_eq!(Problem::from_key(rule.key), Some(rule.problem));
        assert_eq!(serde_json::to_value(rule.problem).unwrap(), rule.key);
    }
    assert_eq!(Problem::from_key("nothing"), None);
}

#[test]
fn a_household_without_a_living_head_who_is_a_member_is_headless() {
    use crate::person::is_headless;
    let house = RecordId::new([2; 16]);
    let mut fields = Fields::new();
    fields.set(
        Field::HouseholdHead,
        Some(Value::Head(RecordId::new([1; 16]))),
    );
    let head = whole();
    assert!(!is_headless(house, &fields, Some(&head)));
    // Gone to another household, dead, not held here, or never entered.
    assert!(is_headless(RecordId::new([3; 16]), &fields, Some(&head)));
    let mut dead = whole();
    let death: Death = serde_json::from_str(r#"{"date": "2026-01-01"}"#).unwrap();
    dead.set(Field::Death, Some(Value::Death(death)));
    assert!(is_headless(house, &fields, Some(&dead)));
    assert!(is_headless(house, &fields, None));
    // Closed, it needs none.
    let closed = Value::Text(Line::parse("x").unwrap());
    fields.set(Field::HouseholdRevoked, Some(closed));
    assert!(!is_headless(house, &fields, None));
}

#[test]
fn a_marital_status_of_the_import_that_nothing_bears_out_is_to_be_looked_into() {
    let told = |status: &str| {
        let mut fields = whole();
        let item = format!(r#"{{"other": {{"key": "marital_status", "text": "{status}"}}}}"#);
        fields.push(Field::Others, serde_json::from_str(&item).unwrap());
        fields
    };
    assert_eq!(found(&told("1"), &met()), Vec::<&str>::new());
    for status in ["2", "3"] {
        assert_eq!(found(&told(status), &met()), ["marital_status_differs"]);
    }
}

#[test]
fn who_is_said_to_be_the_head_beside_another_is_to_be_asked() {
    let (one, other) = (RecordId::new([1; 16]), RecordId::new([3; 16]));
    let mut head = whole();
    head.set(
        Field::Relation,
        Some(serde_json::from_str(r#"{"relation": "head"}"#).unwrap()),
    );
    let marked = |headless, named, member: &Fields| {
        let mut marks = met();
        let headship = Headship {
            headless,
            closed: false,
            head: named,
        };
        headship.mark(one, member, &mut marks);
        found(member, &marks)
    };
    assert_eq!(marked(false, Some(other), &head), ["household_heads_two"]);
    assert_eq!(marked(true, Some(other), &head), ["household_headless"]);
    for (named, member) in [(Some(one), &head), (None, &head), (Some(other), &whole())] {
        assert_eq!(marked(false, named, member), Vec::<&str>::new());
    }
}

#[test]
fn whom_a_court_declared_missing_is_looked_at_and_the_dead_are_not() {
    for (declared, looked_at) in [(r#", "declared": "missing""#, true), ("", false)] {
        let mut fields = whole();
        let death = format!(r#"{{"date": "2026-01-01"{declared}}}"#);
        let death: Death = serde_json::from_str(&death).unwrap();
        fields.set(Field::Death, Some(Value::Death(death)));
        assert_eq!(look(&fields, &met(), today()).is_some(), looked_at);
    }
}

#[test]
fn a_member_of_a_household_that_is_closed_is_to_be_asked() {
    let house = RecordId::new([2; 16]);
    let mut fields = Fields::new();
    let one = RecordId::new([1; 16]);
    fields.set(Field::HouseholdHead, Some(Value::Head(one)));
    let closed = Value::Text(Line::parse("đóng ngày 2026-11-01").unwrap());
    fields.set(Field::HouseholdRevoked, Some(closed));
    let mut marks = met();
    let other = RecordId::new([3; 16]);
    Headship::of(house, &fields, None).mark(other, &whole(), &mut marks);
    assert_eq!(found(&whole(), &marks), ["household_closed"]);
}

#[test]
fn two_marriages_that_stand_are_to_be_looked_into() {
    let marriage = |ended: &str| -> Value {
        let json = format!(
            r#"{{"marriage": {{"spouse": {{"pin": "001090000009"}}, "date": "2001"{ended}}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    };
    let mut fields = whole();
    fields.push(Field::Marriages, marriage(""));
    fields.push(Field::Marriages, marriage(r#", "ended": "2010""#));
    assert_eq!(found(&fields, &met()), Vec::<&str>::new());
    fields.push(Field::Marriages, marriage(""));
    assert_eq!(found(&fields, &met()), ["marriages_two"]);
}

#[test]
fn what_a_record_says_of_its_parents_and_marriages_cannot_be_before_or_of_itself() {
    let pin: Pin = "001090000001".parse().unwrap();
    let other: Pin = "001060000002".parse().unwrap();
    let named = |pin| PersonLink::Named {
        name: "Lê Văn Cha".parse().unwrap(),
        pin: Some(pin),
    };
    for (link, own) in [
        (PersonLink::Pin(pin), true),
        (named(pin), true),
        (named(other), false),
    ] {
        let mut fields = whole();
        fields.set(Field::Pin, Some(Value::Pin(pin)));
        fields.set(Field::Mother, Some(Value::Person(link)));
        let found = look(&fields, &met(), today()).unwrap().problems;
        assert_eq!(found.has(Problem::OwnParent), own);
    }
    for (married, early) in [("1979", true), ("1980", false), ("2015-03-01", false)] {
        let mut fields = whole();
        let marriage = format!(r#"{{"spouse": {{"pin": "001060000002"}}, "date": "{married}"}}"#);
        let marriage = serde_json::from_str(&marriage).unwrap();
        fields.push(Field::Marriages, Value::Marriage(marriage));
        let found = look(&fields, &met(), today()).unwrap().problems;
        assert_eq!(found.has(Problem::MarriageBeforeBirth), early, "{married}");
    }
}
