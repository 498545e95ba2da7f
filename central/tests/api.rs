//! The interface for operators, against a running centre with nodes on real lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;

#[path = "api/applications.rs"]
mod applications;
#[path = "api/cases.rs"]
mod cases;
#[path = "api/figures.rs"]
mod figures;
#[path = "api/kept.rs"]
mod kept;
#[path = "api/nodes.rs"]
mod nodes;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use central_registry::api;
use central_registry::operators::{Operator, OperatorRole, Operators};
use central_registry::server::Server;
use centre::{Came, World, office};
use registry::act::ActKind;
use registry::case::Jurisdiction;
use registry::code::Relation;
use registry::edit::Edit;
use registry::schema::{Field, RecordKind};
use registry::unit::ProvinceCode;
use registry::value::Value as FieldValue;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::watch;

/// A centre with its interface open and an operator of each kind.
struct Desk {
    world: World,
    server: Server,
    api: SocketAddr,
    all: String,
    observer: String,
    reviewer: String,
    elsewhere: String,
    _stop: watch::Sender<bool>,
}

fn operator(world: &World, name: &str, roles: &[OperatorRole], of: Jurisdiction) -> String {
    let (operator, token) = Operator::new(name.parse().unwrap(), roles.to_vec(), of).unwrap();
    let operators = Operators::load(world.store.as_ref()).unwrap();
    operators.add(world.store.as_ref(), operator).unwrap();
    token.text().to_owned()
}

impl Desk {
    async fn open() -> Desk {
        let world = World::new();
        world.populate(office(4), 60);
        let province = |code| Jurisdiction::Province(ProvinceCode::new(code).unwrap());
        let all = operator(&world, "admin", &OperatorRole::ALL, Jurisdiction::National);
        let observer = operator(
            &world,
            "xem",
            &[OperatorRole::Observer],
            Jurisdiction::National,
        );
        let reviewer = operator(&world, "ha-noi", &[OperatorRole::Reviewer], province(1));
        let elsewhere = operator(&world, "cao-bang", &[OperatorRole::Reviewer], province(4));
        let server = world.start();
        let (listener, address) = api::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let router = api::router(&server, Some(recorder.handle()));
        tokio::spawn(api::serve(listener, router, stopped));
        Desk {
            world,
            server,
            api: address,
            all,
            observer,
            reviewer,
            elsewhere,
            _stop: stop,
        }
    }

    async fn ask(&self, line: &str, token: &str, body: Option<&str>) -> (u16, Value) {
        let (status, text) = self.raw(line, token, body).await;
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    async fn raw(&self, line: &str, token: &str, body: Option<&str>) -> (u16, String) {
        let mut stream = tokio::net::TcpStream::connect(self.api).await.unwrap();
        let body = body.unwrap_or_default();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (
            head.split(' ').nth(1).unwrap().parse().unwrap(),
            body.to_owned(),
        )
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        self.ask(&format!("GET {path}"), token, None).await
    }
}

fn error_code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn every_route_needs_a_token_and_the_right_role() {
    let desk = Desk::open().await;
    for path in [
        "nodes",
        "lag",
        "cases",
        "returned",
        "quarantine",
        "summary",
        "offices/00004",
        "quality",
        "statistics?province=01",
    ] {
        let path = format!("/api/v1/{path}");
        for bad in ["", "NPDOP1.AAAA"] {
            let (status, answer) = desk.get(&path, bad).await;
            assert_eq!(
                (status, error_code(&answer)),
                (401, "token_missing_or_wrong"),
                "{path}"
            );
        }
        assert_eq!(desk.get(&path, &desk.observer).await.0, 200, "{path}");
    }
    for path in [
        "cases/1",
        "people?pin=001090000001",
        "people/00000000000000000000000000000000",
    ] {
        let path = format!("/api/v1/{path}");
        assert_eq!(desk.get(&path, &desk.observer).await.0, 403, "{path}");
        assert_ne!(desk.get(&path, &desk.reviewer).await.0, 403, "{path}");
    }
    for path in ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
        assert_eq!(desk.get(path, "").await.0, 200, "{path}");
    }
    let (status, answer) = desk.get("/api/v1/nothing", &desk.all).await;
    assert_eq!((status, error_code(&answer)), (404, "route_unknown"));
}

#[tokio::test]
async fn a_reviewer_finds_a_person_of_their_province_by_number() {
    let desk = Desk::open().await;
    let page = desk.world.registrar().page(office(4), None, 100).unwrap();
    let people = page
        .records
        .iter()
        .filter(|record| record.kind == RecordKind::Person);
    let record = people.clone().next().unwrap();
    let fields = record.read().unwrap().fields;
    let Some(FieldValue::Pin(pin)) = fields.single(Field::Pin) else {
        panic!()
    };
    let path = format!("/api/v1/people?pin={}", pin.digits());
    let (status, found) = desk.get(&path, &desk.reviewer).await;
    assert_eq!((status, found.as_array().unwrap().len()), (200, 1));
    assert!(found[0]["pin_masked"].as_str().unwrap().contains('•'));
    let id = found[0]["id"].as_str().unwrap();
    assert_eq!(id, record.id.to_string());
    let (_, whole) = desk
        .get(&format!("/api/v1/people/{id}"), &desk.reviewer)
        .await;
    assert_eq!(whole["fields"]["pin"]["pin"], pin.digits());
    assert_eq!(whole["fields"]["permanent"].as_array().unwrap().len(), 1);
    assert_eq!(desk.get(&path, &desk.elsewhere).await.0, 403);
    assert_eq!(
        desk.get(&format!("/api/v1/people/{id}"), &desk.elsewhere)
            .await
            .0,
        403
    );
    let (status, answer) = desk.get("/api/v1/people?pin=12", &desk.reviewer).await;
    assert_eq!((status, error_code(&answer)), (400, "pin_length"));
    let (status, answer) = desk
        .get("/api/v1/people?pin=001999999999", &desk.reviewer)
        .await;
    assert_eq!((status, answer), (200, json!([])));
}

#[tokio::test]
async fn what_is_wrong_in_a_request_is_named_and_never_quoted() {
    let desk = Desk::open().await;
    let decide = "POST /api/v1/cases/1/decide";
    let good = json!({"outcome": {"keep": 0}, "reason": "hồ sơ gốc", "version": 1}).to_string();
    let (status, answer) = desk.ask(decide, &desk.reviewer, Some(&good)).await;
    assert_eq!((status, error_code(&answer)), (404, "case_unknown"));
    assert_eq!(desk.ask(decide, &desk.observer, Some(&good)).await.0, 403);
    for (body, field) in [
        ("", ""),
        ("{", ""),
        (
            r#"{"outcome": {"keep": "Nguyễn"}, "reason": "x", "version": 1}"#,
            "outcome.keep",
        ),
        (
            r#"{"outcome": {"drop": 1}, "reason": "x", "version": 1}"#,
            "outcome",
        ),
        (
            r#"{"outcome": "not_a_conflict", "reason": 7, "version": 1}"#,
            "reason",
        ),
        (
            r#"{"outcome": "not_a_conflict", "reason": "x", "version": "Nguyễn"}"#,
            "version",
        ),
    ] {
        let (status, answer) = desk.ask(decide, &desk.reviewer, Some(body)).await;
        assert_eq!(
            (status, error_code(&answer)),
            (400, "body_invalid"),
            "{body}"
        );
        assert_eq!(
            answer["error"]["field"].as_str().unwrap_or_default(),
            field,
            "{body}"
        );
        assert!(!answer.to_string().contains("Nguyễn"), "{answer}");
    }
    let (status, answer) = desk.get("/api/v1/cases?state=lost", &desk.all).await;
    assert_eq!((status, &answer["error"]["field"]), (400, &json!("state")));
    // Where the rule of an item of the record stands is told as well.
    for (line, source) in [
        ("/api/v1/people?pin=123", json!("Circular 59/2021, Art. 4")),
        ("/api/v1/cases?state=lost", Value::Null),
    ] {
        let (status, answer) = desk.get(line, &desk.reviewer).await;
        assert_eq!((status, &answer["error"]["source"]), (400, &source));
    }
    let long = "x".repeat(100_000);
    assert_eq!(desk.ask(decide, &desk.reviewer, Some(&long)).await.0, 400);
}

#[tokio::test]
async fn an_added_operator_can_use_the_token_at_once() {
    let desk = Desk::open().await;
    let add = "POST /api/v1/operators";
    let body = json!({"name": "minh", "roles": ["observer"], "province": "01"}).to_string();
    let (status, answer) = desk.ask(add, &desk.all, Some(&body)).await;
    assert_eq!(status, 201);
    let token = answer["token"].as_str().unwrap();
    assert_eq!(desk.get("/api/v1/nodes", token).await.0, 200);
    assert_eq!(desk.ask(add, token, Some(&body)).await.0, 403);
    let (status, answer) = desk.ask(add, &desk.all, Some(&body)).await;
    assert_eq!((status, error_code(&answer)), (409, "operator_name_taken"));
    let none = json!({"name": "nobody", "roles": []}).to_string();
    let (status, answer) = desk.ask(add, &desk.all, Some(&none)).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "operator_without_role")
    );
    let reloaded = Operators::load(desk.world.store.as_ref()).unwrap();
    assert_eq!(reloaded.by_token(token).unwrap().name.as_str(), "minh");
}

#[tokio::test]
async fn the_description_names_every_route_and_no_other() {
    let desk = Desk::open().await;
    let (_, described) = desk.get("/api/v1/openapi.json", "").await;
    let paths = described["paths"].as_object().unwrap();
    let named: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert!(named.len() >= 14, "{named:?}");
    for (path, methods) in paths {
        let concrete = path
            .replace("{code}", "00004")
            .replace("{number}", "1")
            .replace("{id}", "00000000000000000000000000000000");
        for method in methods.as_object().unwrap().keys() {
            let line = format!("{} {concrete}", method.to_uppercase());
            let (status, answer) = desk.ask(&line, &desk.all, None).await;
            assert_ne!(error_code(&answer), "route_unknown", "{line}");
            assert_ne!(status, 405, "{line}");
        }
    }
}

#[tokio::test]
async fn a_store_that_is_broken_is_told_and_the_process_goes_on() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/readyz", "").await.0, 200);
    desk.world
        .store
        .fail_next_sync(registry_store::SyncFault::Io);
    let body = json!({"name": "minh", "roles": ["observer"]}).to_string();
    let (status, _) = desk
        .ask("POST /api/v1/operators", &desk.all, Some(&body))
        .await;
    assert_eq!(status, 503);
    let (status, answer) = desk.get("/readyz", "").await;
    assert_eq!((status, error_code(&answer)), (503, "store_poisoned"));
    assert_eq!(desk.get("/healthz", "").await.0, 200);
}

#[tokio::test]
async fn the_interface_is_for_this_machine_alone() {
    let error = api::bind("0.0.0.0:0".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "api_not_loopback");
    assert!(api::bind("[::1]:0".parse().unwrap()).await.is_ok());
}
