//! The interface over a real loopback connection, with a line that leads nowhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod centre;
mod device;

use centre::Centre;
use commune_node::device::Device;
use commune_node::office::Office;
use device::{Running, command, join, people, record_id, start};

const PHONE: &str =
    r#"{"act": "contact", "person": "01010101010101010101010101010101", "phone": "0912345678"}"#;

async fn office(dir: &std::path::Path) -> Running {
    let centre = Centre::start(&people());
    join(dir, &centre).await;
    let node = start(dir).await;
    node.until(|status| status.filled && status.in_step).await;
    node.post("/api/v1/line", r#"{"state": "cut"}"#).await;
    node
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_was_answered_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let (status, filed) = node.post("/api/v1/acts", PHONE).await;
    assert_eq!(status, 201);
    assert_eq!(filed["number"], 1);
    // A copy of the directory as a power cut would leave it, while the daemon still runs.
    let copy = tempfile::tempdir().unwrap();
    copy_tree(dir.path(), copy.path());
    std::fs::remove_dir_all(copy.path().join("store/cache")).unwrap();
    let device = Device::load(copy.path()).unwrap();
    let (store, opened) = device.open_store().unwrap();
    assert!(opened.rebuilt.is_some());
    let office = Office::open(store, device.joined.office, device.joined.node).unwrap();
    let act = filed["act"].as_str().unwrap().parse().unwrap();
    assert_eq!(office.act_view(&act).unwrap().unwrap().number.get(), 1);
    assert_eq!(office.standing(0).unsent, 1);
    node.stop().await;
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_officer_with_a_token_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    for path in [
        "/api/v1/status",
        "/api/v1/people?q=hoa",
        "/api/v1/acts",
        "/api/v1/attest",
        "/api/v1/quality",
        "/api/v1/quality/records?problem=native_place_missing",
        "/api/v1/statistics?year=2026",
    ] {
        assert_eq!(node.get(path).await.0, 200, "{path}");
        for token in [None, Some("npd_00")] {
            let (status, error) = node.ask("GET", path, None, token).await;
            assert_eq!(
                (status, error["error"]["code"].as_str()),
                (401, Some("token_missing_or_wrong"))
            );
        }
    }
    let (status, _) = node.ask("POST", "/api/v1/acts", Some(PHONE), None).await;
    assert_eq!(status, 401);
    let path = "/api/v1/quality/records?problem=nothing";
    let (status, error) = node.get(path).await;
    assert_eq!((status, &error["error"]["field"]), (400, &"problem".into()));
    // The sums name nobody; the list of those to mend does.
    let name = "Trần";
    let (_, list) = node
        .get("/api/v1/quality/records?problem=never_confirmed")
        .await;
    assert!(list.to_string().contains(name), "{list}");
    for path in ["/api/v1/quality", "/api/v1/statistics"] {
        let (_, sums) = node.get(path).await;
        assert!(!sums.to_string().contains(name), "{sums}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(node.ask("GET", path, None, None).await.0, 200, "{path}");
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanned_card_is_read_beside_the_record_that_is_held() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let held = &people()[0];
    let registry::record::Content::Genesis(fields) = &held.content else {
        panic!("a record as it was made")
    };
    let person = registry::person::Person(fields);
    let (pin, name) = (person.pin().unwrap().digits(), person.name().unwrap());
    let code =
        |name: &str, pin: &str| format!("{pin}||{name}|01021970|Nữ|Thôn 1, xã Thử|01022022\r\n");
    let (status, card) = node.post("/api/v1/card", &code(name.as_str(), &pin)).await;
    assert_eq!(status, 200, "{card}");
    assert_eq!(card["items"]["pin"], pin);
    assert_eq!(card["items"]["birth_date"], "1970-02-01");
    assert_eq!(card["proof"], false);
    assert_eq!(card["record"]["id"], held.id.to_string());
    let differs = card["differs"].as_array().unwrap();
    assert!(!differs.contains(&"name".into()), "{card}");

    let (_, card) = node.post("/api/v1/card", &code("Người Khác", &pin)).await;
    assert!(card["differs"].as_array().unwrap().contains(&"name".into()));
    let (_, card) = node
        .post("/api/v1/card", &code("Người Khác", "001170999999"))
        .await;
    assert!(card["record"].is_null() && card["differs"].as_array().unwrap().is_empty());

    let (status, error) = node.post("/api/v1/card", "no card").await;
    assert_eq!(
        (status, error["error"]["code"].as_str()),
        (400, Some("card_unknown"))
    );
    let text = code(name.as_str(), &pin);
    for token in [None, Some("npd_00")] {
        let (status, _) = node.ask("POST", "/api/v1/card", Some(&text), token).await;
        assert_eq!(status, 401);
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_input_is_told_by_its_path_and_a_refusal_by_its_rule() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let cases = [
        ("not json", 400, "input_unreadable", None),
        ("[]", 400, "input_unreadable", None),
        (r#"{"act": "dance"}"#, 400, "input_unreadable", Some("act")),
        (
            r#"{"act": "contact", "person": "zz"}"#,
            400,
            "input_invalid",
            Some("person"),
        ),
        (
            r#"{"act": "birth", "child": {"name": "A B", "birth_date": {"date": "2026-10-30"}, "sex": "blue"}}"#,
            400,
            "input_invalid",
            Some("child.sex"),
        ),
        (
            r#"{"act": "contact", "person": "01010101010101010101010101010101", "evidence": [{"kind": 7}]}"#,
            400,
            "input_invalid",
            Some("evidence[0].kind"),
        ),
        (
            r#"{"act": "contact", "person": "63636363636363636363636363636363", "phone": "0912345678"}"#,
            409,
            "record_not_held",
            Some("person"),
        ),
        (
            r#"{"act": "registry_correction", "person": "01010101010101010101010101010101", "fields": []}"#,
            409,
            "role_missing",
            None,
        ),
    ];
    for (body, status, code, field) in cases {
        let (got, answer) = node.post("/api/v1/acts", body).await;
        let error = &answer["error"];
        assert_eq!(
            (got, error["code"].as_str()),
            (status, Some(code)),
            "{body}: {answer}"
        );
        assert_eq!(error["field"].as_str(), field, "{body}");
        assert!(error["words"].is_string() && error["do"].is_string());
    }
    let large = format!(
        r#"{{"act": "contact", "note": "{}"}}"#,
        "x".repeat(300 << 10)
    );
    assert_eq!(node.post("/api/v1/acts", &large).await.0, 413);
    assert_eq!(node.get("/api/v1/nothing").await.0, 404);
    assert_eq!(node.get("/api/v1/acts?state=lost").await.0, 400);
    let both = "/api/v1/acts?state=final&under_way=true";
    assert_eq!(node.get(both).await.0, 400);
    let (status, under_way) = node.get("/api/v1/acts?under_way=true").await;
    assert_eq!((status, under_way), (200, serde_json::json!([])));
    assert_eq!(node.api.office.standing(0).unsent, 0);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_found_and_each_opening_is_written_down() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let (_, found) = node.get("/api/v1/people?q=tran%20thi%20hoa&limit=3").await;
    assert_eq!(found[0]["id"], record_id(1).to_string());
    assert_ne!(found[0]["pin_masked"], "001180000001");
    let before = node.api.office.meta().audit_entries;
    let path = format!("/api/v1/people/{}?reason=verification", record_id(1));
    let (status, person) = node.get(&path).await;
    assert_eq!(status, 200);
    assert_eq!(person["fields"]["pin"]["pin"], "001180000001");
    assert_eq!(person["derived"]["marital_status"], "never-married");
    assert_eq!(node.api.office.meta().audit_entries, before + 1);
    let (status, readings) = node.get("/api/v1/readings?officer=lan").await;
    assert_eq!(status, 200);
    assert_eq!(readings["rows"][0]["reason"], "verification");
    assert_eq!(readings["rows"][0]["record"], record_id(1).to_string());
    // A reason of one's own is none of the list, and the record stays closed.
    let other = format!("/api/v1/people/{}?reason=curiosity", record_id(1));
    let (status, refused) = node.get(&other).await;
    assert_eq!(
        (status, refused["error"]["field"].as_str()),
        (400, Some("reason"))
    );
    assert_eq!(node.api.office.meta().audit_entries, before + 1);
    assert_eq!(node.api.office.verify_audit().unwrap(), None);
    let (status, _) = node.get(&format!("/api/v1/people/{}", record_id(99))).await;
    assert_eq!(status, 404);
    assert_eq!(
        node.get(&format!("/api/v1/households/{}", record_id(1)))
            .await
            .0,
        404
    );
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_street_is_renamed_by_one_request_that_may_be_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let moved = r#"{"act": "permanent_registration", "address": "số 5, ngõ Cũ", "ground": "thuê nhà", "people": [
        {"person": {"id": "01010101010101010101010101010101"}},
        {"person": {"id": "02020202020202020202020202020202"}}], "evidence": [{"kind": "CT01"}]}"#;
    assert_eq!(node.post("/api/v1/acts", moved).await.0, 201);
    let ask = |dry_run: bool| {
        format!(
            r#"{{"from": "ngõ Cũ", "to": "phố Mới", "ground": "Nghị quyết 12", "dry_run": {dry_run}}}"#
        )
    };
    let (status, would) = node.post("/api/v1/acts/bulk", &ask(true)).await;
    assert_eq!(status, 200, "{would}");
    let people = would["records"].as_u64().unwrap();
    assert!(people > 1 && would["filed"].as_array().unwrap().is_empty());
    assert_eq!(would["changes"].as_array().unwrap().len() as u64, people);
    let (status, did) = node.post("/api/v1/acts/bulk", &ask(false)).await;
    assert_eq!((status, did["filed"].as_array().unwrap().len()), (200, 1));
    assert_eq!(did["remaining"], 0);
    let (_, again) = node.post("/api/v1/acts/bulk", &ask(false)).await;
    assert_eq!((&again["records"], &again["acts"]), (&0.into(), &0.into()));
    for (body, field) in [
        (r#"{"from": "x", "to": "y", "ground": ""}"#, "ground"),
        (
            r#"{"from": "x", "to": "y", "ground": "z", "dry": true}"#,
            "dry",
        ),
    ] {
        let (status, error) = node.post("/api/v1/acts/bulk", body).await;
        assert!(status >= 400, "{body}");
        assert_eq!(error["error"]["field"], field, "{error}");
    }
    let file = dir.path().join("street.json");
    let back = r#"{"from": "phố Mới", "to": "ngõ Cũ", "ground": "Nghị quyết 13"}"#;
    std::fs::write(&file, back).unwrap();
    let file = file.to_str().unwrap();
    for words in [
        &["act", "--bulk", "--file", file, "--dry-run"][..],
        &["act", "--bulk", "--file", file][..],
        &["act", "--bulk", "--file", file][..],
    ] {
        assert_eq!(command(dir.path(), words).await, 0);
    }
    assert_eq!(node.api.office.standing(0).unsent, 3);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_gives_tokens_and_others_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let (status, given) = node.post("/api/v1/officers/lan/token", "").await;
    assert_eq!(status, 201);
    let token = given["token"].as_str().unwrap().to_owned();
    assert_eq!(
        node.ask("GET", "/api/v1/status", None, Some(&token))
            .await
            .0,
        200
    );
    assert_eq!(node.post("/api/v1/officers/nobody/token", "").await.0, 404);
    let (_, officers) = node.get("/api/v1/officers").await;
    assert_eq!(officers[0]["id"], "lan");
    node.stop().await;
}

/// The entry of a birth, by another office's paper each time.
fn birth(name: &str, born: &str, mother: &str) -> String {
    serde_json::json!({
        "act": "birth",
        "child": {"name": name, "birth_date": born, "sex": "male", "ethnic": "1979:08"},
        "father": {"named": {"name": "Giàng A Chứ", "pin": null}},
        "mother": {"named": {"name": mother, "pin": null}},
        "joins_household": false,
        "evidence": [{"kind": "lời khai của người làm chứng"}],
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_registered_already_is_told_before_and_after_filing() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let first = birth("Giàng A Páo", "2026-02-10", "Sùng Thị Mỷ");
    let (status, checked) = node.post("/api/v1/acts/check", &first).await;
    assert_eq!(status, 200, "{checked}");
    assert_eq!(checked["duplicates"], serde_json::json!([]), "{checked}");
    assert_eq!(node.api.office.standing(0).unsent, 0, "nothing was filed");
    let (status, filed) = node.post("/api/v1/acts", &first).await;
    assert_eq!(
        (status, filed["duplicates"].as_array().map(Vec::len)),
        (201, Some(0))
    );

    // Without accents, and day and month swapped.
    let again = birth("Giang A Pao", "2026-10-02", "Sung Thi My");
    let (_, checked) = node.post("/api/v1/acts/check", &again).await;
    let hint = &checked["duplicates"][0];
    assert_eq!(hint["person"]["id"], filed["made"][0], "{checked}");
    assert_eq!(hint["hint"], "strong", "{checked}");
    let words = hint["explanation"].to_string();
    assert!(words.contains("Ngày và tháng sinh đảo chỗ"), "{words}");
    assert_eq!(
        node.api.office.standing(0).unsent,
        1,
        "a check files nothing"
    );
    let (status, filed_again) = node.post("/api/v1/acts", &again).await;
    assert_eq!(status, 201, "a hint stops nothing");
    assert_eq!(
        filed_again["duplicates"][0]["person"]["id"],
        filed["made"][0]
    );

    // A namesake of the same year with another mother, and a twin, are nobody's duplicates.
    for other in [
        birth("Giàng A Páo", "2026-07-23", "Vàng Thị Súa"),
        birth("Giàng A Dơ", "2026-02-10", "Sùng Thị Mỷ"),
    ] {
        let (_, checked) = node.post("/api/v1/acts/check", &other).await;
        let found = checked["duplicates"].as_array().unwrap();
        assert!(
            found.iter().all(|hint| hint["hint"] != "strong"),
            "{checked}"
        );
    }
    let (status, refused) = node.post("/api/v1/acts/check", r#"{"act": "dance"}"#).await;
    assert_eq!(
        (status, refused["error"]["code"].as_str()),
        (400, Some("input_unreadable"))
    );
    let act = dir.path().join("again.json");
    std::fs::write(&act, &again).unwrap();
    let check = ["act", "--file", act.to_str().unwrap(), "--check"];
    assert_eq!(command(dir.path(), &check).await, 0);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_asks_the_running_daemon() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let act = dir.path().join("act.json");
    std::fs::write(&act, PHONE).unwrap();
    let file = act.to_str().unwrap();
    assert_eq!(command(dir.path(), &["act", "--file", file]).await, 0);
    assert_eq!(command(dir.path(), &["act", "--file", file]).await, 3);
    assert_eq!(command(dir.path(), &["find", "hoa"]).await, 0);
    assert_eq!(
        command(dir.path(), &["--format", "json", "status"]).await,
        0
    );
    // The line is cut, so what is unsent stays so.
    assert_eq!(command(dir.path(), &["sync-now"]).await, 3);
    assert_eq!(node.api.office.standing(0).unsent, 1);
    node.stop().await;
    assert_eq!(command(dir.path(), &["status"]).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_be_opened_says_why_and_exits_with_5() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    assert_eq!(
        command(dir.path(), &["run", "--api", "127.0.0.1:0"]).await,
        5
    );
    node.stop().await;
    std::fs::write(dir.path().join("data.key"), [1; 32]).unwrap();
    assert_eq!(
        command(dir.path(), &["run", "--api", "127.0.0.1:0"]).await,
        5
    );
    assert_eq!(
        command(dir.path(), &["run", "--api", "0.0.0.0:7500"]).await,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_hold_what_the_page_explains_and_nothing_about_people() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    node.post("/api/v1/acts", PHONE).await;
    let (_, text) = node.ask_text("GET", "/metrics", None, None).await;
    let page = include_str!("../../docs/metrics.md");
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    names.sort_unstable();
    assert!(names.len() > 8, "{names:?}");
    for name in &names {
        assert!(
            page.contains(&format!("`{name}")),
            "{name} is not in docs/metrics.md"
        );
    }
    assert!(text.contains("node_unacked_acts 1"), "{text}");
    assert!(!text.contains("0912345678") && !text.contains("Hòa"));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_that_is_described_answers() {
    let dir = tempfile::tempdir().unwrap();
    let node = office(dir.path()).await;
    let (_, document) = node.get("/api/v1/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 12);
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace("{id}", &record_id(1).to_string());
            let body = (method == "post").then_some("{}");
            let (status, answer) = node
                .ask(&method.to_uppercase(), &path, body, Some(&node.token))
                .await;
            let nowhere = answer["error"]["code"] == "route_unknown";
            assert!(status != 405 && !nowhere, "{method} {path}: {status}");
        }
    }
    node.stop().await;
}
