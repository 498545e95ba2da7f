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
async fn quality_and_people_are_told_of_country_province_and_commune_and_nobody_is_named() {
    let desk = Desk::open().await;
    let get = async |path: &str| {
        let (status, answer) = desk.get(&format!("/api/v1/{path}"), &desk.observer).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let office = get("quality?office=00004&now=true").await;
    let people = office["whole"]["score"]["people"].as_u64().unwrap();
    assert!(people > 0, "{office}");
    assert_eq!(office["whole"]["name"], "Phường Ba Đình");
    assert_eq!(office["communes_waiting"], 0);
    let country = get("quality").await;
    let province = get("quality?province=01").await;
    for (whole, part) in [(&country, "01"), (&province, "00004")] {
        let parts = whole["parts"].as_array().unwrap();
        let part = parts.iter().find(|row| row["code"] == part).unwrap();
        assert_eq!(part["score"], office["whole"]["score"]);
        assert_eq!(part["surveyed_s"], office["whole"]["surveyed_s"]);
    }
    assert_eq!(
        get("quality?province=04").await["whole"]["score"]["people"],
        0
    );
    let statistics = get("statistics?office=00004&year=2026").await;
    assert_eq!(statistics["people"], people);
    let bands = statistics["pyramid"]["bands"].as_array().unwrap();
    let count = |of: &Value| ["male", "female", "sex_unknown"].map(|s| of[s].as_u64().unwrap());
    let counted: u64 = bands.iter().flat_map(|band| count(&band["people"])).sum();
    let apart = ["band_uncertain", "age_unknown"];
    let apart: u64 = apart
        .iter()
        .flat_map(|key| count(&statistics["pyramid"][key]))
        .sum();
    assert_eq!(counted + apart, people);
    for (path, status, code) in [
        ("quality?province=99", 404, "province_unknown"),
        ("statistics?office=99999", 404, "office_unknown"),
        ("quality?office=00004&province=01", 400, "query_invalid"),
        ("quality?now=true", 400, "query_invalid"),
    ] {
        let (got, answer) = desk.get(&format!("/api/v1/{path}"), &desk.observer).await;
        assert_eq!((got, error_code(&answer)), (status, code), "{path}");
    }
    // Of those who are counted nobody is named: no record's id, no number of twelve digits.
    for answer in [&office, &country, &statistics] {
        let text = answer.to_string();
        let digits = text.split(|c: char| !c.is_ascii_alphanumeric());
        assert!(
            digits
                .into_iter()
                .all(|part| part.len() < 30 || part.contains('_')),
            "{text}"
        );
        let numbers = text.split(|c: char| !c.is_ascii_digit());
        assert!(numbers.into_iter().all(|part| part.len() != 12), "{text}");
    }
}

#[tokio::test]
async fn a_node_that_is_shut_out_loses_its_line_at_once_until_it_is_let_in() {
    let desk = Desk::open().await;
    let mut node = desk.world.join(office(4), desk.server.address()).await;
    let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    let (_, rows) = desk.get("/api/v1/nodes", &desk.observer).await;
    let id = rows[0]["node"].as_str().unwrap().to_owned();
    let order = |what: &str| format!("POST /api/v1/nodes/{id}/{what}");
    let why = r#"{"reason": "the device was stolen"}"#;

    // Not by anybody, not without a reason, and not somebody who is not there.
    let (status, answer) = desk
        .ask(&order("shut-out"), &desk.observer, Some(why))
        .await;
    assert_eq!((status, error_code(&answer)), (403, "role_missing"));
    let none = Some(r#"{"reason": ""}"#);
    let (status, answer) = desk.ask(&order("shut-out"), &desk.all, none).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "exclusion_without_reason")
    );
    let other = format!("POST /api/v1/nodes/{}/shut-out", "0".repeat(32));
    let (status, answer) = desk.ask(&other, &desk.all, Some(why)).await;
    assert_eq!((status, error_code(&answer)), (404, "node_unknown"));
    assert_eq!(desk.server.connected(), 1);

    assert_eq!(
        desk.ask(&order("shut-out"), &desk.all, Some(why)).await.0,
        204
    );
    let shut_out = |came: Came| match came {
        Came::Line("closed_by_peer", words) => assert!(words.contains("shut out"), "{words}"),
        other => panic!("{other:?}"),
    };
    shut_out(line.run(&mut node).await);
    let mut again = node.connect(&desk.world, desk.server.address(), 2).await;
    shut_out(again.run(&mut node).await);
    let (_, rows) = desk.get("/api/v1/nodes", &desk.observer).await;
    assert_eq!(rows[0]["active"], false);
    assert_eq!(rows[0]["shut_out"]["by"], "admin");
    assert_eq!(rows[0]["shut_out"]["reason"], "the device was stolen");

    assert_eq!(
        desk.ask(&order("let-in"), &desk.all, Some("{}")).await.0,
        204
    );
    let mut line = node.connect(&desk.world, desk.server.address(), 3).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
}

#[tokio::test]
async fn a_node_is_shown_with_its_lag_from_joining_to_being_away() {
    let desk = Desk::open().await;
    let mut node = desk.world.join(office(4), desk.server.address()).await;
    let (_, rows) = desk.get("/api/v1/nodes", &desk.observer).await;
    assert_eq!(
        (rows[0]["state"].as_str(), rows[0]["office"].as_str()),
        (Some("never"), Some("00004"))
    );
    assert_eq!(rows[0]["province"], "01");

    let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    node.act("0912345678");
    line.outbox_grew(&node);
    while node.receipts.is_empty() {
        line.run(&mut node).await;
    }
    let (_, rows) = desk.get("/api/v1/lag", &desk.observer).await;
    let row = &rows[0];
    assert_eq!(row["state"], "connected");
    assert_eq!((&row["acts_taken"], &row["unsent"]), (&json!(1), &json!(0)));
    assert_eq!(
        (&row["feed_behind"], &row["oldest_unapplied_s"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(row["software"], "test node");
    assert!((89..=90).contains(&row["certificate_days_left"].as_i64().unwrap()));

    drop(line);
    let mut away = row.clone();
    while away["state"] == "connected" {
        tokio::task::yield_now().await;
        away = desk.get("/api/v1/nodes", &desk.observer).await.1[0].clone();
    }
    assert_eq!(
        (&away["state"], &away["remote"]),
        (&json!("away"), &Value::Null)
    );
}

#[tokio::test]
async fn two_machines_with_one_identity_are_told_to_the_operator_and_a_lost_line_is_not() {
    let desk = Desk::open().await;
    let address = desk.server.address();
    let mut node = desk.world.join(office(4), address).await;
    let mut first = node.connect(&desk.world, address, 5).await;
    assert_eq!(first.run(&mut node).await, Came::InStep);
    let mut second = node.connect(&desk.world, address, 6).await;
    assert_eq!(second.run(&mut node).await, Came::InStep);
    assert_ne!(first.run(&mut node).await, Came::InStep);
    let mut row = Value::Null;
    while row["reason"].is_null() {
        tokio::task::yield_now().await;
        row = desk.get("/api/v1/nodes", &desk.observer).await.1[0].clone();
    }
    let reason = row["reason"].as_str().unwrap();
    assert!(
        reason.contains("another machine uses this office's identity"),
        "{reason}"
    );
    assert_eq!(row["state"], "connected");

    // A line that ended before the next began is none of that.
    drop((first, second));
    while row["state"] == "connected" {
        tokio::task::yield_now().await;
        row = desk.get("/api/v1/nodes", &desk.observer).await.1[0].clone();
    }
    let mut third = node.connect(&desk.world, address, 7).await;
    assert_eq!(third.run(&mut node).await, Came::InStep);
    let (_, rows) = desk.get("/api/v1/nodes", &desk.observer).await;
    assert_eq!(
        (&rows[0]["state"], &rows[0]["reason"]),
        (&json!("connected"), &Value::Null)
    );
}

#[tokio::test]
async fn the_summary_and_the_office_agree_with_what_was_imported() {
    let desk = Desk::open().await;
    let (_, summary) = desk.get("/api/v1/summary", &desk.observer).await;
    assert_eq!(summary["people"], 60);
    let records = summary["records"].as_u64().unwrap();
    assert_eq!(records, 60 + summary["households"].as_u64().unwrap());
    let (_, slice) = desk.get("/api/v1/offices/00004", &desk.observer).await;
    assert_eq!(slice["count"].as_u64().unwrap(), records);
    assert_eq!(slice["digest"].as_str().unwrap().len(), 16);
    for unknown in ["99999", "4", "x"] {
        let (status, answer) = desk
            .get(&format!("/api/v1/offices/{unknown}"), &desk.all)
            .await;
        assert_eq!(
            (status, error_code(&answer)),
            (404, "office_unknown"),
            "{unknown}"
        );
    }
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
    let long = "x".repeat(100_000);
    assert_eq!(desk.ask(decide, &desk.reviewer, Some(&long)).await.0, 400);
}

#[tokio::test]
async fn a_case_is_listed_without_data_shown_to_its_reviewers_and_decided_by_them() {
    let desk = Desk::open().await;
    let mut first = desk.world.join(office(4), desk.server.address()).await;
    let mut second = desk.world.join(office(4), desk.server.address()).await;
    for (node, relation) in [
        (&mut first, Relation::Sibling),
        (&mut second, Relation::Other),
    ] {
        let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
        // Both have the whole slice before either acts, so the acts are concurrent.
        assert_eq!(line.run(node).await, Came::InStep);
        let edit = Edit::Put(Field::Relation, FieldValue::Relation(relation));
        node.edit(ActKind::RegistryCorrection, edit);
    }
    for node in [&mut first, &mut second] {
        let mut line = node.connect(&desk.world, desk.server.address(), 2).await;
        while !node
            .receipts
            .iter()
            .any(|receipts| receipts.node == node.id)
        {
            line.run(node).await;
        }
    }
    let (_, cases) = desk.get("/api/v1/cases", &desk.observer).await;
    let case = &cases[0];
    assert_eq!(
        (cases.as_array().unwrap().len(), &case["state"]),
        (1, &json!("open"))
    );
    assert_eq!(
        (&case["claims"], &case["offices"]),
        (&json!(2), &json!(["00004"]))
    );
    assert_eq!(case["matter"], json!({"field": "relation"}));
    let path = format!("/api/v1/cases/{}", case["number"]);
    let (status, shown) = desk.get(&path, &desk.reviewer).await;
    assert_eq!((status, &shown["case"]["id"]), (200, &case["id"]));
    assert!(
        shown["words"].as_str().unwrap().contains("2 claims"),
        "{shown}"
    );
    assert_eq!(desk.get(&path, &desk.elsewhere).await.0, 403);

    let decide = format!("POST {path}/decide");
    let word = json!({"outcome": {"keep": 0}, "reason": "hồ sơ gốc", "version": case["version"]});
    let word = word.to_string();
    let (status, answer) = desk.ask(&decide, &desk.elsewhere, Some(&word)).await;
    assert_eq!((status, error_code(&answer)), (403, "case_not_yours"));
    let silent = word.replace("hồ sơ gốc", "");
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&silent)).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "decision_without_reason")
    );
    let (status, taken) = desk.ask(&decide, &desk.reviewer, Some(&word)).await;
    assert_eq!(
        (status, &taken["step"]),
        (200, &json!("settled")),
        "{taken}"
    );
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&word)).await;
    assert_eq!((status, error_code(&answer)), (409, "case_closed"));
    assert_eq!(desk.get("/api/v1/cases", &desk.observer).await.1, json!([]));
    let (_, decided) = desk
        .get("/api/v1/cases?state=decided", &desk.observer)
        .await;
    assert_eq!(decided[0]["state"], "decided");
}

#[tokio::test]
async fn a_proposal_is_shown_with_what_it_asks_for_and_declined_by_its_own_word() {
    let desk = Desk::open().await;
    let mut holder = desk.world.join(office(4), desk.server.address()).await;
    let mut line = holder.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut holder).await, Came::InStep);
    // Another office acts on a person whom it held once.
    let mut former = desk.world.join(office(8), desk.server.address()).await;
    former.slice.clone_from(&holder.slice);
    let edit = Edit::Put(Field::Relation, FieldValue::Relation(Relation::Sibling));
    let record = former.edit(ActKind::RegistryCorrection, edit);
    let mut line = former.connect(&desk.world, desk.server.address(), 1).await;
    while former.receipts.is_empty() {
        line.run(&mut former).await;
    }
    let (_, cases) = desk.get("/api/v1/cases", &desk.observer).await;
    assert_eq!(cases[0]["row"], 29, "{cases}");
    let path = format!("/api/v1/cases/{}", cases[0]["number"]);
    let (_, shown) = desk.get(&path, &desk.reviewer).await;
    let relation = json!({"put": ["relation", {"relation": "sibling"}]});
    let wanted = json!([{"record": record.to_string(), "makes": false, "edits": [relation]}]);
    assert_eq!(shown["asks"], wanted);
    assert_eq!(shown["parties"][0]["office"], "00008");
    let decide = format!("POST {path}/decide");
    let word = |outcome: &str| {
        let word = json!({"outcome": outcome, "reason": "hỏi lại", "version": cases[0]["version"]});
        word.to_string()
    };
    let misfit = word("not_a_conflict");
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&misfit)).await;
    assert_eq!((status, error_code(&answer)), (400, "outcome_misfit"));
    let declined = word("decline");
    let (status, taken) = desk.ask(&decide, &desk.reviewer, Some(&declined)).await;
    assert_eq!(
        (status, &taken["step"]),
        (200, &json!("settled")),
        "{taken}"
    );
}

#[tokio::test]
async fn possible_duplicates_are_found_on_command_and_a_reviewer_has_the_word() {
    let desk = Desk::open().await;
    let registrar = desk.world.registrar();
    let page = registrar.page(office(4), None, 100).unwrap();
    let mut people = page
        .records
        .iter()
        .filter(|record| record.kind == RecordKind::Person);
    let told = |record: &&registry::record::Record| {
        let fields = record.read().unwrap().fields;
        [Field::Father, Field::Mother]
            .iter()
            .all(|parent| fields.single(*parent).is_some())
    };
    let model = people.find(told).unwrap();
    // The same person once more, without a number.
    let mut fields = model.read().unwrap().fields;
    fields.remove(registry::fields::Slot::single(Field::Pin));
    let id = registry::RecordId::derive("test", &[b"again"]);
    let again = registry::record::Record::new(id, RecordKind::Person, fields);
    registrar.import(centre::now_s(), vec![again]).unwrap();

    let (status, pass) = desk.get("/api/v1/duplicates/pass", &desk.observer).await;
    assert_eq!((status, &pass["begun_s"]), (200, &json!(0)));
    let run = "POST /api/v1/duplicates/pass";
    assert_eq!(desk.ask(run, &desk.observer, None).await.0, 403);
    assert_eq!(desk.ask(run, &desk.all, None).await.0, 200);
    let pass = loop {
        let (_, pass) = desk.get("/api/v1/duplicates/pass", &desk.observer).await;
        if pass["running"] == false {
            break pass;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&pass["people"], &pass["thousandths"]),
        (&json!(61), &json!(1_000))
    );
    let strong = "/api/v1/duplicates?hint=strong&office=00004";
    let (status, answer) = desk.get(strong, &desk.observer).await;
    assert_eq!((status, &answer["found"]), (200, &json!(1)), "{answer}");
    let pair = &answer["pairs"][0];
    let name = |record: &registry::record::Record| {
        registry::person::Person(&record.read().unwrap().fields)
            .name()
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert!(
        !answer.to_string().contains(&name(model)),
        "a list tells nobody's data"
    );
    assert!(pair["records"].to_string().contains(&id.to_string()));
    let (_, other) = desk
        .get("/api/v1/duplicates?province=04", &desk.observer)
        .await;
    assert_eq!(other["found"], 0);
    let (status, answer) = desk.get("/api/v1/duplicates?hint=sure", &desk.all).await;
    assert_eq!((status, error_code(&answer)), (400, "query_invalid"));

    let number = pair["number"].as_u64().unwrap();
    let (_, one) = desk
        .get(&format!("/api/v1/duplicates/{number}"), &desk.observer)
        .await;
    assert_eq!(
        (&one["state"], &one["explanation"]),
        (&json!("open"), &pair["explanation"])
    );
    let why = json!({"reason": "cùng cha mẹ, cùng ngày sinh"}).to_string();
    let dismiss = format!("POST /api/v1/duplicates/{number}/dismiss");
    let open = format!("POST /api/v1/duplicates/{number}/open-case");
    for (line, token, status, code) in [
        (&dismiss, &desk.observer, 403, "role_missing"),
        (&dismiss, &desk.elsewhere, 403, "duplicate_not_yours"),
        (&open, &desk.reviewer, 200, ""),
        (&open, &desk.reviewer, 409, "duplicate_settled"),
        (&dismiss, &desk.reviewer, 409, "duplicate_settled"),
    ] {
        let (got, answer) = desk.ask(line, token, Some(&why)).await;
        assert_eq!(
            (got, error_code(&answer)),
            (status, code),
            "{line}: {answer}"
        );
    }
    let (_, one) = desk
        .get(&format!("/api/v1/duplicates/{number}"), &desk.reviewer)
        .await;
    let case = one["case"].as_u64().unwrap();
    let (status, case) = desk
        .get(&format!("/api/v1/cases/{case}"), &desk.reviewer)
        .await;
    assert_eq!(
        (status, &case["case"]["dispute"]["row"]),
        (200, &json!(34)),
        "{case}"
    );
    assert_eq!(desk.get(strong, &desk.all).await.1["found"], 0);
    let (status, answer) = desk.get("/api/v1/duplicates/99", &desk.all).await;
    assert_eq!((status, error_code(&answer)), (404, "duplicate_unknown"));
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

#[tokio::test]
async fn a_number_is_changed_by_a_reviewer_of_the_nation_and_its_story_told() {
    let desk = Desk::open().await;
    let page = desk.world.registrar().page(office(4), None, 100).unwrap();
    let mut people = page.records.iter();
    let person = people.find(|record| record.kind == RecordKind::Person);
    let fields = person.unwrap().read().unwrap().fields;
    let Some(FieldValue::Pin(pin)) = fields.single(Field::Pin) else {
        panic!()
    };
    let old = pin.digits();
    let body = format!(r#"{{"of": "{old}", "reason": "wrong province"}}"#);
    let line = "POST /api/v1/numbers/change";
    for (token, code) in [
        ("", "token_missing_or_wrong"),
        (&desk.observer, "role_missing"),
        (&desk.reviewer, "number_not_yours"),
    ] {
        let (_, answer) = desk.ask(line, token, Some(&body)).await;
        assert_eq!(error_code(&answer), code);
    }
    let path = format!("/api/v1/numbers?of={old}");
    let (_, before) = desk.get(&path, &desk.all).await;
    assert_eq!(before["current"], old);
    assert_eq!(before["ledger"], serde_json::json!([]));
    let empty = format!(r#"{{"of": "{old}", "reason": " "}}"#);
    let (status, answer) = desk.ask(line, &desk.all, Some(&empty)).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "number_without_reason")
    );
    let (status, done) = desk.ask(line, &desk.all, Some(&body)).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["cancelled"], old);
    let (_, after) = desk.get(&path, &desk.all).await;
    assert_eq!(after["current"], done["number"]);
    assert_eq!(after["cancelled"][0]["pin"], old);
    assert_eq!(after["cancelled"][0]["reason"], "wrong province");
    assert_eq!(after["ledger"].as_array().unwrap().len(), 2);
    let (status, _) = desk.get(&path, &desk.elsewhere).await;
    assert_eq!(status, 403);
    let (_, nobody) = desk.get("/api/v1/numbers?of=001190999999", &desk.all).await;
    assert_eq!(error_code(&nobody), "number_unknown");
}

const DECREE: &str = "old_code,new_code,share,default\\n00004,00008,whole,1\\n";

#[tokio::test]
async fn a_decree_is_looked_at_applied_and_followed_through_the_interface() {
    let desk = Desk::open().await;
    let (status, units) = desk.get("/api/v1/units", &desk.observer).await;
    assert_eq!((status, units["edition"].as_u64()), (200, Some(1)));
    assert!(units["progress"].is_null());
    let (_, trace) = desk.get("/api/v1/units/00001", &desk.observer).await;
    assert_eq!(trace[0]["name"], "Phường Phúc Xá");
    assert_eq!(trace[0]["to"], serde_json::json!(["00097"]));
    let (status, answer) = desk.get("/api/v1/units/99999", &desk.observer).await;
    assert_eq!((status, error_code(&answer)), (404, "office_unknown"));
    let before = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    let post = "POST /api/v1/units";
    let dry = format!(r#"{{"decree": "{DECREE}", "dry_run": true}}"#);
    let (status, _) = desk.ask(post, &desk.observer, Some(&dry)).await;
    assert_eq!(status, 403);
    let (status, answer) = desk.ask(post, &desk.all, Some(&dry)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["applied"], false);
    assert_eq!(answer["plan"]["offices"][0]["becomes"], "00008");
    assert_eq!(answer["plan"]["records"], before["count"]);
    let unchanged = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    assert_eq!(unchanged, before);
    let wrong = r#"{"decree": "old_code,new_code,share,default\n00004,99001,whole,1\n"}"#;
    let (status, answer) = desk.ask(post, &desk.all, Some(wrong)).await;
    assert_eq!((status, error_code(&answer)), (400, "decree_unnamed"));
    let early = format!(r#"{{"decree": "{DECREE}", "effective": "2390-01-01"}}"#);
    let (status, answer) = desk.ask(post, &desk.all, Some(&early)).await;
    assert_eq!((status, error_code(&answer)), (400, "decree_early"));
    let real = format!(r#"{{"decree": "{DECREE}"}}"#);
    let (status, answer) = desk.ask(post, &desk.all, Some(&real)).await;
    assert_eq!((status, &answer["applied"]), (202, &Value::Bool(true)));
    // It is carried out by itself.
    loop {
        let (_, units) = desk.get("/api/v1/units", &desk.observer).await;
        assert_eq!(units["edition"], 2);
        if units["progress"]["phase"] == "done" {
            assert_eq!(units["progress"]["moved"], before["count"]);
            break;
        }
    }
    let after = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    assert_eq!(after["count"], 0);
    let (status, answer) = desk.ask(post, &desk.all, Some(&real)).await;
    assert_ne!(status, 202, "{answer}");
}
