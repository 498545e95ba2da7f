//! Applications through the interface: listed without data of a citizen, and answered by reviewers
//! of their province.

use super::*;

/// An application that an office prepared, for whomever it holds, as the test's node would.
async fn applied(desk: &Desk) {
    let mut node = desk.world.join(office(4), desk.server.address()).await;
    let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    let application = json!({"request": "eid_level_1", "prepared": "2026-11-16",
        "pinned": {"name": "Ai Đó", "birth": "1990-01-01", "sex": "female", "seen": "genesis"},
        "state": "received"});
    let value = FieldValue::Application(serde_json::from_value(application).unwrap());
    node.edit(ActKind::EidLevel1, Edit::Add(Field::Applications, value));
    let mut line = node.connect(&desk.world, desk.server.address(), 2).await;
    while node.receipts.is_empty() {
        line.run(&mut node).await;
    }
}

#[tokio::test]
async fn an_application_is_listed_without_data_and_answered_by_its_reviewers() {
    let desk = Desk::open().await;
    applied(&desk).await;
    let list = "/api/v1/applications";
    let (status, listed) = desk.get(list, &desk.reviewer).await;
    assert_eq!(status, 200, "{listed}");
    let row = listed[0].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(
        (&row["request"], &row["state"], &row["office"]),
        (&json!("eid_level_1"), &json!("received"), &json!("00004"))
    );
    assert!(row["due"].is_string() && !row.to_string().contains("Ai Đó"));
    for (query, count) in [
        ("state=received&office=00004", 1),
        ("state=accepted", 0),
        ("office=00008", 0),
        ("limit=0", 0),
    ] {
        let (_, some) = desk.get(&format!("{list}?{query}"), &desk.reviewer).await;
        assert_eq!(some.as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(desk.get(list, &desk.elsewhere).await.1, json!([]));
    for (query, code) in [
        ("state=decided", "query_invalid"),
        ("office=1", "query_invalid"),
    ] {
        let (status, answer) = desk.get(&format!("{list}?{query}"), &desk.reviewer).await;
        assert_eq!((status, error_code(&answer)), (400, code));
    }
    let (status, answer) = desk.get(list, &desk.observer).await;
    assert_eq!((status, error_code(&answer)), (403, "role_missing"));

    let path = format!("{list}/{}", row["id"].as_str().unwrap());
    let (status, one) = desk.get(&path, &desk.reviewer).await;
    assert_eq!(status, 200, "{one}");
    assert_eq!(one["application"]["pinned"]["name"], "Ai Đó", "the control");
    assert_eq!(one["outdated"], json!(["name", "birth_date", "sex"]));
    let (status, answer) = desk.get(&path, &desk.elsewhere).await;
    assert_eq!(
        (status, error_code(&answer)),
        (403, "application_not_yours")
    );

    let line = format!("POST {path}/answer");
    for (body, status, code) in [
        (json!({"step": "ask"}), 400, "application_without_words"),
        (json!({"step": "grant"}), 400, "body_invalid"),
        (json!({"step": "decide"}), 409, "application_outdated"),
    ] {
        let body = body.to_string();
        let (got, answer) = desk.ask(&line, &desk.reviewer, Some(&body)).await;
        assert_eq!((got, error_code(&answer)), (status, code), "{body}");
    }
    let refuse = |dry_run: bool| {
        let words = "không đúng người";
        json!({"step": "refuse", "words": words, "dry_run": dry_run}).to_string()
    };
    let (_, looked) = desk.ask(&line, &desk.reviewer, Some(&refuse(true))).await;
    assert_eq!(
        (&looked["state"], &looked["act"]),
        (&json!("refused"), &json!(null))
    );
    assert_eq!(
        desk.get(list, &desk.reviewer)
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (status, done) = desk.ask(&line, &desk.reviewer, Some(&refuse(false))).await;
    assert_eq!((status, &done["state"]), (200, &json!("refused")), "{done}");
    assert!(done["act"].is_string());
    assert_eq!(desk.get(list, &desk.reviewer).await.1, json!([]));
    let (_, closed) = desk.get(&path, &desk.reviewer).await;
    assert_eq!(closed["words"], "không đúng người");
    let (status, answer) = desk.ask(&line, &desk.reviewer, Some(&refuse(false))).await;
    assert_eq!((status, error_code(&answer)), (409, "dossier_no_such_step"));
    for (id, status, code) in [
        ("0f".repeat(16), 404, "application_unknown"),
        ("so-1".to_owned(), 400, "application_id_invalid"),
    ] {
        let (got, answer) = desk.get(&format!("{list}/{id}"), &desk.reviewer).await;
        assert_eq!((got, error_code(&answer)), (status, code));
    }
}
