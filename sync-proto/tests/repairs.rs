//! Slices that differ are repaired, and filled where that does not help.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use registry::*;
use sync_proto::*;
use world::*;

#[test]
fn a_difference_at_equal_positions_is_repaired() {
    let mut world = busy_world();
    world.link();
    world.cut();
    world.office.slice.remove(&record(3));
    world.office.slice.insert(record(200), [1; 32]);
    for n in 40..50 {
        world.office.slice.insert(record(n), [9; 32]);
    }
    world.link();
    world.assert_equal();
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());

    // The same while the line is up: the next check finds it.
    world.office.told.clear();
    world.centre.slice.insert(record(77), [3; 32]);
    world.grew();
    world.wait();
    assert!(world.settle());
    world.assert_equal();
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());
}

#[test]
fn a_repair_of_an_empty_slice_works_both_ways() {
    let mut world = busy_world();
    world.link();
    world.cut();
    world.office.slice.clear();
    world.link();
    world.assert_equal();
    world.cut();
    world.centre.slice.clear();
    world.link();
    world.assert_equal();
}

#[test]
fn a_repair_that_does_not_help_leads_to_a_fill() {
    let mut world = busy_world();
    world.link();
    let head = FeedSeq::new(world.centre.feed.len() as u64);
    let mut wrong = Digest::EMPTY;
    wrong.add(&DigestKey::of(office()), &record(1), &[0; 32]);
    world.central_input(
        0,
        CentralInput::FeedGrew {
            head,
            digest: wrong,
        },
    );
    for _ in 0..2 {
        world.wait();
        assert!(world.settle());
    }
    let reason = FillReason::RepairFailed;
    assert!(world.office.told.contains(&NodeOutput::NeedFill { reason }));
    world.grew();
    world.wait();
    assert!(world.settle());
    assert!(world.in_step());
    world.assert_equal();
}

#[test]
fn a_fill_goes_on_where_it_was_cut() {
    let mut world = busy_world();
    world.office.acts.clear();
    world.office.fill = Some(FillState::default());
    let mut pages = 0;
    for _ in 0..40 {
        world.connect();
        world.confirm();
        for _ in 0..25 {
            let _ = world.central_task(0);
            for class in 0..CLASSES {
                let _ = world.deliver_to_central(0, class);
                let _ = world.deliver_to_node(class);
            }
        }
        pages += usize::from(world.node_task());
        world.change(150, pages as u8);
        world.cut();
    }
    assert!(pages >= 7 && world.office.fill.is_none());
    world.link();
    world.assert_equal();
    assert_eq!(world.office.feed_base, 20);
}

#[test]
fn an_office_that_was_away_too_long_is_filled_anew() {
    let mut world = busy_world();
    world.centre.feed_floor = 5;
    world.link();
    assert!(world.office.told.contains(&NodeOutput::NeedFill {
        reason: FillReason::TooOld
    }));
    assert_eq!(world.office.slice, world.centre.slice);
    assert_eq!(world.office.acts, world.centre.acts);
}
