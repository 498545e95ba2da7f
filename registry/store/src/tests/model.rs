//! Random work and random crashes: what is read back is always what a plain map held at the last
//! sync, and both stores agree.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::{Place, T};
use crate::{Batch, KeyRange, MemoryStore, Row, Store};

#[derive(Clone, Debug)]
enum Step {
    Stage(Vec<(u8, Option<u16>)>),
    Sync,
    Checkpoint,
    Crash,
    LoseCache,
}

fn step() -> impl Strategy<Value = Step> {
    let change = (0..12_u8, proptest::option::weighted(0.7, 0..2000_u16));
    prop_oneof![
        8 => proptest::collection::vec(change, 0..8).prop_map(Step::Stage),
        3 => Just(Step::Sync),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Crash),
        1 => Just(Step::LoseCache),
    ]
}

fn batch(changes: &[(u8, Option<u16>)]) -> Batch {
    let mut batch = Batch::new();
    for (key, length) in changes {
        match length {
            Some(length) => batch.put(T, &[*key], vec![*key; usize::from(*length)]),
            None => batch.delete(T, &[*key]),
        };
    }
    batch
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_store_is_a_map_that_remembers_its_last_sync(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let place = Place { segment_bytes: 900, ..Place::new() };
        let memory = MemoryStore::new();
        let mut store = Some(place.open().0);
        let mut live: BTreeMap<u8, usize> = BTreeMap::new();
        let mut synced = live.clone();
        for step in steps {
            match &step {
                Step::Stage(changes) => {
                    let on_disk = store.as_ref().unwrap().stage(batch(changes)).unwrap();
                    prop_assert_eq!(on_disk, memory.stage(batch(changes)).unwrap());
                    for (key, length) in changes {
                        match length {
                            Some(length) => live.insert(*key, usize::from(*length)),
                            None => live.remove(key),
                        };
                    }
                }
                Step::Sync | Step::Checkpoint => {
                    let open = store.as_ref().unwrap();
                    if matches!(step, Step::Sync) {
                        open.sync().unwrap();
                    } else {
                        open.checkpoint().unwrap();
                    }
                    memory.sync().unwrap();
                    synced.clone_from(&live);
                }
                Step::Crash | Step::LoseCache => {
                    drop(store.take());
                    if matches!(step, Step::LoseCache) {
                        fs::remove_dir_all(place.path("cache")).unwrap();
                    }
                    store = Some(place.open().0);
                    memory.crash();
                    live.clone_from(&synced);
                }
            }
            let open = store.as_ref().unwrap();
            let expected: Vec<Row> =
                live.iter().map(|(key, length)| (vec![*key], vec![*key; *length])).collect();
            prop_assert_eq!(&open.scan(T, &KeyRange::all(), 99).unwrap(), &expected);
            prop_assert_eq!(&memory.scan(T, &KeyRange::all(), 99).unwrap(), &expected);
            prop_assert_eq!(open.durable(), memory.durable());
            prop_assert_eq!(open.health().records, expected.len() as u64);
        }
    }
}
