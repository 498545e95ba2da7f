//! What a logger gets of an event: its words, its fields each by itself, and those around it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, Log, Metadata, Record};
use registry_log::Bridge;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    level: Level,
    words: String,
    module: Option<String>,
    fields: BTreeMap<String, String>,
}

#[derive(Default)]
struct Sink(Mutex<Vec<Kept>>);

impl Log for Sink {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &Record<'_>) {
        let mut pairs = Pairs(BTreeMap::new());
        record.key_values().visit(&mut pairs).unwrap();
        assert_eq!(pairs.0.len(), record.key_values().count(), "no name twice");
        self.0.lock().unwrap().push(Kept {
            level: record.level(),
            words: record.args().to_string(),
            module: record.module_path().map(str::to_owned),
            fields: pairs.0,
        });
    }
    fn flush(&self) {}
}

struct Pairs(BTreeMap<String, String>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.insert(key.to_string(), value.to_string());
        Ok(())
    }
}

fn kept(work: impl FnOnce()) -> Vec<Kept> {
    let sink: &'static Sink = Box::leak(Box::default());
    let subscriber = tracing_subscriber::registry().with(Bridge::new(sink));
    tracing::subscriber::with_default(subscriber, work);
    sink.0.lock().unwrap().clone()
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn fields_stay_fields_and_the_message_holds_none_of_them() {
    let records = kept(|| {
        tracing::warn!(code = "line_lost", wait_ms = 250_u64, up = false, office = %"00004", "line down: {}", "why");
    });
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].level, Level::Warn);
    assert_eq!(records[0].words, "line down: why");
    assert_eq!(records[0].module.as_deref(), Some("fields"));
    let wanted = [
        ("code", "line_lost"),
        ("office", "00004"),
        ("up", "false"),
        ("wait_ms", "250"),
    ];
    assert_eq!(records[0].fields, fields(&wanted));
}

#[test]
fn fields_of_spans_come_with_what_happens_in_them_and_the_innermost_stands() {
    let records = kept(|| {
        let office = tracing::info_span!("office", office = %"00004", node = tracing::field::Empty);
        office.record("node", "n1");
        office.in_scope(|| {
            tracing::info_span!("line", epoch = 7, office = %"00008").in_scope(|| {
                tracing::info!(epoch = 8, "linked");
            });
            tracing::info!("ready");
        });
        tracing::info!("outside");
    });
    let of = |words: &str| {
        let record = records.iter().find(|record| record.words == words);
        record.unwrap().fields.clone()
    };
    assert_eq!(
        of("linked"),
        fields(&[("office", "00008"), ("node", "n1"), ("epoch", "8")])
    );
    assert_eq!(of("ready"), fields(&[("office", "00004"), ("node", "n1")]));
    assert_eq!(of("outside"), fields(&[]));
}

#[test]
fn an_event_without_words_is_told_by_its_place() {
    let records = kept(|| tracing::error!(code = "disk_full"));
    assert!(
        records[0].words.starts_with("event "),
        "{}",
        records[0].words
    );
    assert_eq!(records[0].fields, fields(&[("code", "disk_full")]));
}
