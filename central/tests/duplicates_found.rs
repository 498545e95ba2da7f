//! The pass for duplicates over a store in which they were planted: nearly all are found, hardly a
//! hint is wrong, and what its limits leave out is counted. `central/examples/duplicates_pass.rs`
//! is the large sibling, `registry/tests/duplicates.rs` the one without a store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod planted;

use std::sync::Arc;

use central_registry::duplicates::LeftOut;
use planted::{plant, registrar_on, walk};
use registry::date::PartialDate;
use registry::fields::Fields;
use registry::population::Rates;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::Units;
use registry::value::{PersonLink, Value};
use registry::{OfficeCode, RecordId};
use registry_store::MemoryStore;

const NOW: i64 = 1_795_000_000; // November 2026

/// Communes all over the country with some people of each: the first pass of a registry takes it for
/// one of a million people, among whom native places differ.
fn offices() -> Vec<(OfficeCode, u32)> {
    const COMMUNES: usize = 30;
    let units = Units::built_in();
    let all: Vec<OfficeCode> = units.communes().map(|unit| unit.code).collect();
    let spread = all.iter().step_by(all.len() / COMMUNES).take(COMMUNES);
    spread.map(|code| (*code, 100)).collect()
}

#[test]
fn a_pass_over_a_store_finds_nearly_every_planted_duplicate_and_hardly_anything_else() {
    let registrar = registrar_on(Arc::new(MemoryStore::new()));
    let rates = Rates {
        duplicates: 150,
        look_alikes: 50,
    };
    let planted = plant(&registrar, NOW, 20, &offices(), rates).unwrap();
    assert!(planted.people > 3_300, "{}", planted.people);
    let mut slices = 0;
    let walked = walk(&registrar, NOW, 128, |_| slices += 1).unwrap();
    assert!(slices > 20, "{slices}");
    let pass = walked.pass;
    let stored = planted.people - planted.not_stored;
    assert_eq!((pass.people, pass.changed), (stored, stored));
    assert_eq!(pass.walked, stored + planted.households);
    assert_eq!(walked.left_out, LeftOut::default(), "nothing is large here");
    let report = planted.judge(&registrar, &pass).unwrap();
    assert!(report.planted() > 300, "{report:?}");
    assert!(report.recall() >= 0.9, "{} {report:?}", report.recall());
    assert!(
        report.precision() >= 0.98,
        "{} {report:?}",
        report.precision()
    );
    // The next night nobody has changed.
    let again = walk(&registrar, NOW + 86_400, 128, |_| {}).unwrap().pass;
    assert_eq!(
        (again.people, again.changed, again.compared, again.found),
        (stored, 0, 0, 0)
    );
}

/// One man, as often as he is asked for.
fn alike() -> Fields {
    let mut fields = Fields::new();
    let named = |name: &str| PersonLink::Named {
        name: name.parse().unwrap(),
        pin: None,
    };
    for (field, value) in [
        (Field::Name, Value::Name("Nguyễn Văn Hùng".parse().unwrap())),
        (
            Field::BirthDate,
            Value::Birth("1990-05-06".parse::<PartialDate>().unwrap().into()),
        ),
        (Field::Father, Value::Person(named("Nguyễn Văn Khải"))),
        (Field::Mother, Value::Person(named("Đặng Thị Tuyết"))),
        (Field::Phone, Value::Phone("0912345678".parse().unwrap())),
    ] {
        fields.set(field, Some(value));
    }
    fields
}

#[test]
fn what_is_left_out_is_counted_limit_by_limit_and_pairs_beside_comparisons() {
    const RECORDS: u8 = 30;
    for slice in [1, 7, 128] {
        let registrar = registrar_on(Arc::new(MemoryStore::new()));
        let records = (0..RECORDS).map(|number| {
            let id = RecordId::derive("alike", &[&[number]]);
            Record::new(id, RecordKind::Person, alike())
        });
        registrar.import(NOW, records.collect()).unwrap();
        let walked = walk(&registrar, NOW, slice, |_| {}).unwrap();
        let all = u64::from(RECORDS) * u64::from(RECORDS - 1) / 2;
        // Whoever is walked meets all who were walked before; twenty pairs of each are kept.
        let dropped: u64 = (0..u64::from(RECORDS))
            .map(|met| met.saturating_sub(20))
            .sum();
        let left_out = LeftOut {
            pairs: dropped,
            ..LeftOut::default()
        };
        assert_eq!(walked.left_out, left_out, "slices of {slice}");
        let pass = walked.pass;
        assert_eq!((pass.compared, pass.found), (all, all - dropped));
        assert_eq!(pass.left_out, 0, "all were compared");
    }
}
