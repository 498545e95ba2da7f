//! The key for bundles comes with every greeting, and only to offices that know what it is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use sync_proto::*;
use world::*;

const KEY: [u8; 32] = [0x77; 32];

fn told(minors: Minors) -> bool {
    let mut world = World::new();
    world.connect();
    let mut config = world.centre.config();
    config.minors = minors;
    config.bundle_key = Some(KEY);
    world.line().central = CentralSession::new(config, 0);
    world.confirm();
    assert!(world.settle());
    let line = world.line();
    assert!(line.node_ended.is_none() && line.central_ended.is_none());
    let told = NodeOutput::BundleKey { key: KEY };
    world.office.told.contains(&told)
}

#[test]
fn an_office_learns_the_key_with_the_greeting() {
    assert!(told(Minors::CURRENT));
}

#[test]
fn a_session_of_the_version_before_does_not_hear_of_it() {
    assert!(!told(Minors { min: 0, max: 3 }));
}
