//! The node and a centre, over real QUIC on this machine.
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
use commune_node::line::LineState;
use device::{command, join, people, person, record_id, start};
use registry::feed::{ActOutcome, FeedItem, SliceReason};

const PHONE: &str =
    r#"{"act": "contact", "person": "01010101010101010101010101010101", "phone": "0912345678"}"#;
const BIRTH: &str = r#"{"act": "birth", "certificate": "GCS-1", "child": {"name": "Trần Gia Bảo",
    "birth_date": {"date": "2026-10-30"}, "sex": "male"}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_joins_fills_its_slice_and_gets_its_receipts() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    assert_eq!(node.api.office.meta().digest, centre.digest());
    assert_eq!(node.api.office.meta().people, 5);

    let (status, filed) = node.post("/api/v1/acts", PHONE).await;
    assert_eq!(
        (status, filed["state"].as_str()),
        (201, Some("provisional"))
    );
    let (_, child) = node.post("/api/v1/acts", BIRTH).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    assert_eq!(centre.taken(), 2);
    assert_eq!(node.api.office.meta().digest, centre.digest());
    let path = format!("/api/v1/acts/{}", filed["act"].as_str().unwrap());
    assert_eq!(node.get(&path).await.1["state"], "final");
    let path = format!("/api/v1/people/{}", child["made"][0].as_str().unwrap());
    assert_eq!(node.get(&path).await.1["official"], true);

    let record = person(9, "Hồ Thị Kỷ");
    centre.tell(FeedItem::Enters {
        record,
        reason: SliceReason::Moved,
    });
    node.until(|status| status.records.people == 7 && status.in_step)
        .await;
    assert_eq!(node.api.office.meta().digest, centre.digest());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_while_the_line_is_cut_and_a_cut_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    assert_eq!(command(dir.path(), &["line", "cut"]).await, 0);
    node.until(|status| status.line == LineState::Cut).await;
    assert_eq!(node.post("/api/v1/acts", PHONE).await.0, 201);
    assert_eq!(command(dir.path(), &["pending"]).await, 3);
    assert_eq!(command(dir.path(), &["attest"]).await, 3);
    node.stop().await;

    let node = start(dir.path()).await;
    node.until(|status| status.line == LineState::Cut).await;
    assert_eq!(node.api.office.standing(0).unsent, 1);
    assert_eq!(centre.taken(), 0);
    assert_eq!(command(dir.path(), &["line", "restore"]).await, 0);
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    assert_eq!(node.api.office.meta().digest, centre.digest());
    assert_eq!(command(dir.path(), &["pending"]).await, 0);
    assert_eq!(command(dir.path(), &["attest"]).await, 0);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_returned_act_is_told_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let line = |text| registry::value::Line::parse(text).unwrap();
    let returned = ActOutcome::Returned {
        code: line("not_entitled"),
        words: line("ask there"),
    };
    centre.answer_with(vec![returned, ActOutcome::Accepted]);
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    node.post("/api/v1/acts", PHONE).await;
    node.post("/api/v1/acts", BIRTH).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    let (_, acts) = node.get("/api/v1/acts?state=returned").await;
    assert_eq!(acts.as_array().unwrap().len(), 1);
    assert_eq!(acts[0]["code"], "not_entitled");
    assert_eq!(acts[0]["words"], "ask there");
    assert_eq!(node.api.office.meta().digest, centre.digest());
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_act_says_so_with_who_withdrew_it_and_another_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    node.post("/api/v1/line", r#"{"state": "cut"}"#).await;
    let (_, wrong) = node.post("/api/v1/acts", PHONE).await;
    let (_, right) = node.post("/api/v1/acts", BIRTH).await;
    let id = wrong["act"].as_str().unwrap();
    let withdraw = format!(r#"{{"act": "withdraw", "of": "{id}", "reason": "wrong person"}}"#);
    let (status, withdrawal) = node.post("/api/v1/acts", &withdraw).await;
    assert_eq!(status, 201, "{withdrawal}");
    let path = format!("/api/v1/acts/{id}");
    let (_, pending) = node.get(&path).await;
    assert_eq!(pending["state"], "provisional");
    assert_eq!(pending["withdrawal"]["state"], "provisional");
    assert_eq!(pending["about"][0], "Trần Thị Hòa (1980)");
    node.post("/api/v1/line", r#"{"state": "restore"}"#).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    let check = async |node: &device::Running| {
        let (_, act) = node.get(&path).await;
        assert_eq!(act["state"], "withdrawn");
        assert_eq!(act["withdrawal"]["officer"], "lan");
        assert_eq!(act["withdrawal"]["act"], withdrawal["act"]);
        let (_, acts) = node.get("/api/v1/acts?state=withdrawn").await;
        assert_eq!(acts.as_array().unwrap().len(), 1);
        let path = format!("/api/v1/acts/{}", right["act"].as_str().unwrap());
        assert_eq!(node.get(&path).await.1["state"], "final");
    };
    check(&node).await;
    node.stop().await;
    let node = start(dir.path()).await;
    check(&node).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slice_that_differs_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    centre.corrupt(person(2, "Lê Văn Đức Anh"));
    // Any entry makes both sides compare again.
    centre.tell(FeedItem::Leaves {
        id: record_id(77),
        to: vec![],
        reason: SliceReason::Mended,
    });
    let digest = centre.digest();
    let office = node.api.office.clone();
    node.until(|status| status.in_step && office.meta().digest == digest)
        .await;
    drop(office);
    let (_, found) = node.get("/api/v1/people?q=duc%20anh").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_begins_another_life_and_hands_its_acts_back_to_the_clerk() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    node.post("/api/v1/acts", BIRTH).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    node.post("/api/v1/line", r#"{"state": "cut"}"#).await;
    node.until(|status| status.line == LineState::Cut).await;
    node.post("/api/v1/acts", PHONE).await;
    centre.forget_life();
    node.post("/api/v1/line", r#"{"state": "restore"}"#).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    // The centre may have had it under its old number: a person looks before it is filed again.
    let (_, returned) = node.get("/api/v1/acts?state=returned").await;
    assert_eq!(returned[0]["code"], "not_refiled");
    node.post("/api/v1/acts", PHONE).await;
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    let meta = node.api.office.meta();
    assert_eq!(
        (
            meta.incarnation.get(),
            meta.outbox_last.get(),
            centre.taken()
        ),
        (3, 1, 1)
    );
    assert_eq!(meta.digest, centre.digest());
    let (_, person) = node.get(&format!("/api/v1/people/{}", record_id(1))).await;
    assert_eq!(person["fields"]["phone"]["phone"], "0912345678");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_joins_once_and_a_token_that_is_none_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let token = centre.token().to_text();
    assert_eq!(command(dir.path(), &["join", "--token", &token]).await, 2);
    let other = tempfile::tempdir().unwrap();
    assert_eq!(
        command(other.path(), &["join", "--token", "NPDJOIN1.nonsense"]).await,
        2
    );
    assert_eq!(command(other.path(), &["run"]).await, 2);
    assert_eq!(command(other.path(), &["status"]).await, 4);
}
