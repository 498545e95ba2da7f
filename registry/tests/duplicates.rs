//! The search for duplicates on a small population in which they were planted: nearly all are
//! found, and hardly a hint is wrong. `registryctl bench duplicates` is the large sibling.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use registry::duplicate::{Report, Trial};
use registry::population::{Planting, Population, Rates, specimens};

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
