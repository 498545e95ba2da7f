//! The search for duplicates on a small population in which they were planted: nearly all are
//! found, and hardly a hint is wrong. `registryctl bench duplicates` is the large sibling.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use registry::RecordId;
use registry::date::PartialDate;
use registry::duplicate::{Report, Trial};
use registry::fields::Fields;
use registry::population::{Planting, Population, Rates, specimens};
use registry::rules::same_person;
use registry::schema::Field;
use registry::value::{PersonLink, Value};

fn trial(seed: u64, rates: Rates) -> Report {
    let units = registry::unit::Units::built_in();
    let offices: Vec<_> = ["01", "11", "40", "66", "79"]
        .iter()
        .filter_map(|province| units.communes_of(province.parse().unwrap()).next())
        .map(|commune| (commune.code, 1_000))
        .collect();
    assert_eq!(offices.len(), 5);
    let mut trial = Trial::default();
    for specimen in specimens(Population::new(seed, &offices).unwrap(), seed, rates) {
        trial.add(&specimen);
    }
    trial.run(|_, _| {})
}

#[test]
fn nearly_every_planted_duplicate_is_found_and_hardly_a_hint_is_wrong() {
    let report = trial(
        20,
        Rates {
            duplicates: 150,
            look_alikes: 50,
        },
    );
    assert!(report.planted() > 500, "{report:?}");
    assert!(
        report.precision() >= 0.99,
        "{} {report:?}",
        report.precision()
    );
    assert!(report.recall() >= 0.95, "{} {report:?}", report.recall());
    assert_eq!(report.left_out, 0);
    for kind in Planting::ALL {
        assert!(report.kinds.contains_key(&kind), "{kind:?} was not planted");
    }
}

#[test]
fn where_nothing_was_planted_nothing_strong_is_found() {
    let none = Rates {
        duplicates: 0,
        look_alikes: 0,
    };
    let report = trial(21, none);
    assert_eq!((report.people, report.planted()), (5_000, 0));
    assert!(report.pairs > 1_000, "people do meet: {}", report.pairs);
    assert!(
        report.wrong.values().sum::<u64>() <= 1,
        "{:?}",
        report.wrong
    );
}

/// A father with one number, beside the same person told without a number of their own.
fn child_of(pin: Option<&str>, father: &str) -> Fields {
    let mut fields = Fields::new();
    let named = PersonLink::Named {
        name: "Nguyễn Văn Hùng".parse().unwrap(),
        pin: Some(father.parse().unwrap()),
    };
    for (field, value) in [
        (Field::Name, Value::Name("Nguyễn Văn An".parse().unwrap())),
        (
            Field::BirthDate,
            Value::Birth("1990-05-06".parse::<PartialDate>().unwrap().into()),
        ),
        (Field::Father, Value::Person(named)),
    ] {
        fields.set(field, Some(value));
    }
    let pin = pin.map(|pin| Value::Pin(pin.parse().unwrap()));
    fields.set(Field::Pin, pin);
    fields
}

#[test]
fn fathers_of_one_name_with_two_numbers_are_two_fathers() {
    let one = child_of(Some("001090000001"), "001060000001");
    let mine = RecordId::new([1; 16]);
    let apart = |link: &PersonLink| {
        let pin = link.pin()?;
        Some(RecordId::new([*pin.digits().as_bytes().last()?; 16]))
    };
    let one_person = |_: &PersonLink| Some(RecordId::new([3; 16]));
    for (father, resolve, asked) in [
        ("001060000001", &apart as &dyn Fn(&PersonLink) -> _, true),
        ("001061000009", &apart, false),
        // The number was changed: both lead to one record.
        ("001061000009", &one_person, true),
    ] {
        let two = child_of(None, father);
        let other = (RecordId::new([2; 16]), &two, None);
        let found = same_person((mine, &one, None), other, resolve);
        assert_eq!(found.is_some(), asked, "{father}");
    }
}
