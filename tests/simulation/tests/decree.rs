//! The decree of July 2025, on a nation under the communes of before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use registry_simulation::{Nation, NationSize};

/// Every divided commune is among them; a third of the offices are dark with unsent acts.
#[test]
fn nothing_is_lost_when_the_whole_decree_of_2025_meets_offices_in_the_dark() {
    let size = NationSize {
        communes: 600,
        people: 4,
    };
    let mut quiet = |_: &str| {};
    let mut nation = Nation::new(size, &mut quiet).unwrap();
    let filed = nation.work_in_the_dark().unwrap();
    nation.apply(&mut quiet).unwrap();
    nation.come_back().unwrap();
    let figures = nation.reckon().unwrap();
    assert_eq!(figures.offices, 600);
    assert_eq!((figures.acts, figures.settled), (filed, filed));
    assert!(filed >= 500, "{filed}");
    assert!(figures.communes < figures.offices, "{figures:?}");
    assert!(figures.shared > 0, "{figures:?}");
}
