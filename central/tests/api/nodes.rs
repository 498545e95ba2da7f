//! Nodes as the operator sees them: lag, shut out and let in, two machines with one identity.

use super::*;

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
