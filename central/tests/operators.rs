//! Accounts of operators: who makes one stands in the log. In a program of its own, as what listens
//! to the log listens to all of its threads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use central_registry::api;
use central_registry::operators::{Operator, OperatorRole, Operators};
use centre::World;
use registry::case::Jurisdiction;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps every line of the log and every span around lines, with their fields.
struct Listener(Arc<Mutex<Vec<String>>>);

/// A line of the log in the making.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{}={value:?};", field.name()).unwrap();
    }
}

impl Listener {
    fn keep(&self, told: impl FnOnce(&mut Words)) {
        let mut words = Words(String::new());
        told(&mut words);
        self.0.lock().unwrap().push(words.0);
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.keep(|words| span.record(words));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, more: &Record<'_>) {
        self.keep(|words| more.record(words));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.keep(|words| event.record(words));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn who_made_the_account_of_an_operator_is_in_the_log_and_its_token_is_not() {
    // Of all threads: accounts are stored by the writer's.
    let log = Arc::new(Mutex::new(Vec::new()));
    tracing::subscriber::set_global_default(Listener(Arc::clone(&log))).unwrap();
    let world = World::new();
    let (name, roles) = ("quan-tri".parse().unwrap(), vec![OperatorRole::System]);
    let (manager, token) = Operator::new(name, roles, Jurisdiction::National).unwrap();
    let operators = Operators::load(world.store.as_ref()).unwrap();
    operators.add(world.store.as_ref(), manager).unwrap();
    let server = world.start();
    let (listener, address) = api::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(api::serve(listener, api::router(&server, None), stopped));

    let body = r#"{"name": "ha-noi", "roles": ["reviewer"]}"#;
    let request = format!(
        "POST /api/v1/operators HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        token.text(),
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let given = body["token"].as_str().unwrap();

    let log = log.lock().unwrap();
    let told = log.iter().find(|line| line.contains("operator=ha-noi;"));
    let told = told.unwrap_or_else(|| panic!("nothing was told of it: {log:?}"));
    assert!(told.contains("by=quan-tri;"), "{told}");
    for secret in [given, token.text()] {
        assert!(log.iter().all(|line| !line.contains(secret)), "{log:?}");
    }
}
