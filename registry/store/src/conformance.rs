//! What every implementation of [`Store`] must do, as one suite. It is given a way to make fresh
//! subjects, and says which check failed and why.

use std::ops::Bound;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::limits::{BATCH_BYTES_MAX, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use crate::memory::SyncFault;
use crate::range::KeyRange;
use crate::store::{Position, Row, Store, Table};

/// A store that can be made to fail.
pub trait Subject {
    /// The store.
    fn store(&self) -> &dyn Store;
    /// Its process dies without a word and starts again.
    fn restart(&mut self);
    /// The disk is below the reserve.
    fn fill_disk(&self);
    /// The next sync fails.
    fn fail_next_sync(&self, fault: SyncFault);
    /// The disk is well again.
    fn heal(&self);
}

/// A check that a store did not pass.
#[derive(Debug, thiserror::Error)]
#[error("{check}: {why}")]
pub struct Failure {
    /// The name of the check.
    pub check: &'static str,
    /// What was seen.
    pub why: String,
}

type Outcome = Result<(), String>;

/// A check and its name.
type Check = (&'static str, fn(&mut dyn Subject) -> Outcome);

const CHECKS: [Check; 13] = [
    ("an empty store has nothing", empty_store),
    ("staged changes are visible at once", staged_is_visible),
    ("changes of a batch apply in order", batch_order),
    ("tables do not meet", tables_apart),
    ("many values are those of each key", many_values),
    ("scans are ordered, bounded and paged", scans),
    ("impossible ranges are empty", impossible_ranges),
    ("positions count batches", positions),
    ("a restart keeps what was synced and nothing else", restart),
    ("limits refuse the whole batch", limits),
    ("a full disk refuses new work and nothing else", full_disk),
    ("a failed sync poisons until a restart", failed_sync),
    ("a checkpoint changes no content", checkpoint),
];

/// Runs every check on a subject of its own.
///
/// # Errors
/// The first check that fails.
pub fn run(new: &mut dyn FnMut() -> Box<dyn Subject>) -> Result<usize, Failure> {
    for (check, body) in CHECKS {
        body(new().as_mut()).map_err(|why| Failure { check, why })?;
    }
    Ok(CHECKS.len())
}

const A: Table = Table(1);
const B: Table = Table(2);

fn empty_store(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    same("durable", store.durable(), Position::NONE)?;
    same("value", ok(store.get(A, b"k"))?, None)?;
    same("sync", ok(store.sync())?, Position::NONE)?;
    same(
        "empty batch",
        ok(store.stage(Batch::new()))?,
        Position::NONE,
    )?;
    same("rows", ok(store.scan(A, &KeyRange::all(), 10))?, vec![])
}

fn staged_is_visible(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    same(
        "position",
        ok(store.stage(put(A, b"k", b"v")))?,
        Position(1),
    )?;
    same("value", ok(store.get(A, b"k"))?, Some(b"v".to_vec()))?;
    same("durable before sync", store.durable(), Position::NONE)?;
    same("sync", ok(store.sync())?, Position(1))?;
    same("durable after sync", store.durable(), Position(1))?;
    same("records", store.health().records, 1)
}

fn batch_order(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    let mut batch = Batch::new();
    batch.put(A, b"k", *b"1").put(A, b"k", *b"2");
    batch.put(A, b"gone", *b"1").delete(A, b"gone");
    batch.delete(A, b"back").put(A, b"back", *b"");
    ok(store.commit(batch))?;
    same("last put", ok(store.get(A, b"k"))?, Some(b"2".to_vec()))?;
    same("deleted", ok(store.get(A, b"gone"))?, None)?;
    same("empty value", ok(store.get(A, b"back"))?, Some(vec![]))?;
    same("records", store.health().records, 2)
}

fn tables_apart(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    for table in [Table(0), A, B, Table(255)] {
        ok(store.commit(put(table, b"", &[table.0])))?;
    }
    for table in [Table(0), A, B, Table(255)] {
        let rows = vec![(vec![], vec![table.0])];
        same("value", ok(store.get(table, b""))?, Some(vec![table.0]))?;
        same(
            "forwards",
            ok(store.scan(table, &KeyRange::all(), 9))?,
            rows.clone(),
        )?;
        same(
            "backwards",
            ok(store.scan_back(table, &KeyRange::all(), 9))?,
            rows,
        )?;
    }
    Ok(())
}

fn many_values(subject: &mut dyn Subject) -> Outcome {
    let keys: Vec<[u8; 2]> = (0..=u16::MAX).step_by(251).map(u16::to_be_bytes).collect();
    let store = subject.store();
    for (round, keys) in (0_u8..).zip(keys.chunks(100)) {
        let mut batch = Batch::new();
        for key in keys {
            batch.put(A, key, vec![round; 300]);
        }
        ok(store.commit(batch))?;
        if round == 1 {
            ok(store.checkpoint())?;
        }
    }
    let mut batch = Batch::new();
    for key in keys.iter().step_by(7) {
        batch.delete(A, key);
    }
    ok(store.commit(batch))?;
    // Sorted, backwards, twice, and some that are not there.
    let wanted: Vec<&[u8]> = keys
        .iter()
        .chain(keys.iter().rev())
        .map(<[u8; 2]>::as_slice)
        .collect();
    let wanted = [vec![&b"none"[..], b""], wanted, vec![b"\xff\xff\xff"]].concat();
    for table in [A, B] {
        let each: Result<Vec<_>, _> = wanted.iter().map(|key| store.get(table, key)).collect();
        same("values", ok(store.get_many(table, &wanted))?, ok(each)?)?;
    }
    same("nothing asked", ok(store.get_many(A, &[]))?, Vec::new())
}

fn scans(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    let keys: [&[u8]; 6] = [b"a", b"ab", b"ab\xff", b"ac", b"b", b"\xff\xff"];
    let mut batch = Batch::new();
    for key in keys.iter().rev() {
        batch.put(A, key, *b"");
    }
    ok(store.commit(batch))?;
    let forwards =
        |range: KeyRange, limit| Ok::<_, String>(names(ok(store.scan(A, &range, limit))?));
    let backwards =
        |range: KeyRange, limit| Ok::<_, String>(names(ok(store.scan_back(A, &range, limit))?));
    let some = |from: usize, to: usize| -> Vec<Vec<u8>> {
        let chosen = keys.iter().skip(from).take(to.saturating_sub(from));
        chosen.map(|key| key.to_vec()).collect()
    };
    let turned = |mut keys: Vec<Vec<u8>>| {
        keys.reverse();
        keys
    };
    same("all", forwards(KeyRange::all(), 99)?, some(0, 6))?;
    same(
        "all backwards",
        backwards(KeyRange::all(), 99)?,
        turned(some(0, 6)),
    )?;
    same("none", forwards(KeyRange::all(), 0)?, some(0, 0))?;
    same("first two", forwards(KeyRange::all(), 2)?, some(0, 2))?;
    same(
        "last two",
        backwards(KeyRange::all(), 2)?,
        turned(some(4, 6)),
    )?;
    same("prefix", forwards(KeyRange::prefix(b"ab"), 99)?, some(1, 3))?;
    same(
        "prefix of ff",
        forwards(KeyRange::prefix(b"\xff"), 99)?,
        some(5, 6),
    )?;
    same(
        "next page",
        forwards(KeyRange::prefix(b"a").after(b"ab"), 99)?,
        some(2, 4),
    )?;
    let page = backwards(KeyRange::prefix(b"a").before(b"ab\xff"), 99)?;
    same("page before", page, turned(some(0, 2)))?;
    let bounded = KeyRange::new(
        Bound::Included(b"ab".to_vec()),
        Bound::Included(b"b".to_vec()),
    );
    same("bounded", forwards(bounded, 99)?, some(1, 5))
}

fn impossible_ranges(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    ok(store.commit(put(A, b"k", b"v")))?;
    let key = |bound: fn(Vec<u8>) -> Bound<Vec<u8>>, key: &[u8]| bound(key.to_vec());
    let ranges = [
        KeyRange::new(key(Bound::Included, b"z"), key(Bound::Included, b"a")),
        KeyRange::new(key(Bound::Excluded, b"k"), key(Bound::Excluded, b"k")),
        KeyRange::prefix(b"k").after(b"z"),
    ];
    for range in ranges {
        same("forwards", ok(store.scan(A, &range, 9))?, vec![])?;
        same("backwards", ok(store.scan_back(A, &range, 9))?, vec![])?;
    }
    let only = KeyRange::new(key(Bound::Included, b"k"), key(Bound::Included, b"k"));
    same("one key", ok(store.scan(A, &only, 9))?.len(), 1)
}

fn positions(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    for number in 1..=5 {
        same(
            "stage",
            ok(store.stage(put(A, b"k", b"v")))?,
            Position(number),
        )?;
    }
    same("sync", ok(store.sync())?, Position(5))?;
    same("sync again", ok(store.sync())?, Position(5))?;
    same("commit", ok(store.commit(put(B, b"k", b"v")))?, Position(6))
}

fn restart(subject: &mut dyn Subject) -> Outcome {
    ok(subject.store().commit(put(A, b"kept", b"1")))?;
    let mut batch = put(A, b"kept", b"2");
    batch.put(B, b"lost", *b"2");
    ok(subject.store().stage(batch))?;
    subject.restart();
    let store = subject.store();
    same("durable", store.durable(), Position(1))?;
    same("synced", ok(store.get(A, b"kept"))?, Some(b"1".to_vec()))?;
    same("staged", ok(store.get(B, b"lost"))?, None)?;
    same(
        "next",
        ok(store.commit(put(A, b"more", b"3")))?,
        Position(2),
    )?;
    subject.restart();
    same(
        "more",
        ok(subject.store().get(A, b"more"))?,
        Some(b"3".to_vec()),
    )
}

fn limits(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    let refused = |batch: Batch, code| match store.stage(batch) {
        Err(error) => same("code", error.code(), code),
        Ok(_) => Err(format!("{code} was not refused")),
    };
    let mut long = put(A, b"k", b"v");
    long.put(A, &vec![0; KEY_BYTES_MAX + 1], *b"");
    refused(long, "key_too_long")?;
    let mut large = put(A, b"k", b"v");
    large.put(A, b"l", vec![0; VALUE_BYTES_MAX + 1]);
    refused(large, "value_too_large")?;
    let mut many = put(A, b"k", b"v");
    for number in 0..=(BATCH_BYTES_MAX / VALUE_BYTES_MAX) {
        many.put(A, &number.to_le_bytes(), vec![0; VALUE_BYTES_MAX]);
    }
    refused(many, "batch_too_large")?;
    same("nothing of it", ok(store.get(A, b"k"))?, None)?;
    let mut largest = Batch::new();
    largest.put(A, &[7; KEY_BYTES_MAX], vec![7; VALUE_BYTES_MAX]);
    same("largest", ok(store.commit(largest))?, Position(1))?;
    let value = ok(store.get(A, &[7; KEY_BYTES_MAX]))?;
    same(
        "its size",
        value.map(|value| value.len()),
        Some(VALUE_BYTES_MAX),
    )
}

fn full_disk(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    ok(store.commit(put(A, b"k", b"1")))?;
    subject.fill_disk();
    fails("stage", store.stage(put(A, b"k", b"2")), "disk_full")?;
    same("reading", ok(store.get(A, b"k"))?, Some(b"1".to_vec()))?;
    let mut receipt = Batch::finishing();
    receipt.put(A, b"receipt", *b"1");
    same("finishing", ok(store.commit(receipt))?, Position(2))?;
    subject.heal();
    ok(store.stage(put(A, b"k", b"3")))?;
    subject.fail_next_sync(SyncFault::DiskFull);
    fails("sync", store.sync(), "disk_full")?;
    same("not durable", store.durable(), Position(2))?;
    subject.heal();
    same("later", ok(store.sync())?, Position(3))?;
    subject.restart();
    same(
        "kept",
        ok(subject.store().get(A, b"k"))?,
        Some(b"3".to_vec()),
    )
}

fn failed_sync(subject: &mut dyn Subject) -> Outcome {
    let store = subject.store();
    ok(store.commit(put(A, b"k", b"1")))?;
    ok(store.stage(put(A, b"k", b"2")))?;
    subject.fail_next_sync(SyncFault::Io);
    fails("sync", store.sync(), "store_io")?;
    subject.heal();
    fails("sync again", store.sync(), "store_poisoned")?;
    fails("stage", store.stage(put(A, b"x", b"")), "store_poisoned")?;
    fails("empty", store.stage(Batch::new()), "store_poisoned")?;
    same("checkpoint", store.checkpoint().is_err(), true)?;
    same("health", store.health().poisoned, true)?;
    same("durable", store.durable(), Position(1))?;
    same("reading", ok(store.get(A, b"k"))?.is_some(), true)?;
    subject.restart();
    let store = subject.store();
    // What failed may have reached the disk after all: the position tells.
    let durable = store.durable();
    let expected: &[u8] = match durable {
        Position(1) => b"1",
        Position(2) => b"2",
        _ => return Err(format!("durable after a restart: {durable}")),
    };
    let found = ok(store.get(A, b"k"))?;
    same("after a restart", found, Some(expected.to_vec()))?;
    let next = ok(store.commit(put(A, b"k", b"3")))?;
    same("usable", next, Position(durable.get() + 1))
}

fn checkpoint(subject: &mut dyn Subject) -> Outcome {
    for number in 0..50_u8 {
        ok(subject.store().stage(put(A, &[number], &[number; 300])))?;
    }
    same(
        "position",
        ok(subject.store().checkpoint())?.position,
        Position(50),
    )?;
    same(
        "again",
        ok(subject.store().checkpoint())?.position,
        Position(50),
    )?;
    let mut batch = put(A, &[0], b"new");
    batch.delete(A, &[1]);
    ok(subject.store().commit(batch))?;
    let before = ok(subject.store().scan(A, &KeyRange::all(), 99))?;
    same("rows", before.len(), 49)?;
    subject.restart();
    same(
        "content",
        ok(subject.store().scan(A, &KeyRange::all(), 99))?,
        before,
    )
}

fn put(table: Table, key: &[u8], value: &[u8]) -> Batch {
    let mut batch = Batch::new();
    batch.put(table, key, value);
    batch
}

fn names(rows: Vec<Row>) -> Vec<Vec<u8>> {
    rows.into_iter().map(|(key, _)| key).collect()
}

fn ok<T>(result: Result<T, StoreError>) -> Result<T, String> {
    result.map_err(|error| format!("{}: {error}", error.code()))
}

// By value, so that the checks read as sentences.
#[allow(clippy::needless_pass_by_value)]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Outcome {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: found {found:?}, expected {expected:?}"))
    }
}

fn fails<T>(what: &str, result: Result<T, StoreError>, code: &str) -> Outcome {
    match result {
        Ok(_) => Err(format!("{what} did not fail")),
        Err(error) => same(what, error.code(), code),
    }
}
