//! What a citizen takes home: given by the device that entered the act, believed by any other with the
//! root alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;
mod device;

use centre::Centre;
use device::{command, join, people, record_id, start};
use registry::receipt::Signed;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_printed_and_verified_without_a_daemon_or_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    assert_eq!(command(dir.path(), &["line", "cut"]).await, 0);
    let body = format!(
        r#"{{"act": "contact", "person": "{}", "phone": "0912345678"}}"#,
        record_id(1)
    );
    let (status, filed) = node.post("/api/v1/acts", &body).await;
    assert_eq!(status, 201, "{filed}");
    let act = filed["act"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/acts/{act}/receipt");
    let (status, receipt) = node.get(&path).await;
    assert_eq!(status, 200, "{receipt}");
    assert_eq!(receipt["standing"], "provisional");
    assert!(receipt["tracking"].as_str().unwrap().starts_with("00004-"));
    let text = receipt["text"].as_str().unwrap().to_owned();
    let signed = Signed::parse(&text).unwrap();
    assert_eq!(signed.content.act.to_string(), act);
    // It names nobody: neither whom it is about nor what was written stands in what is signed, which
    // is all of the text but the signature. The act does, so the search would find them.
    let said = signed.signed_bytes();
    let stands = |mark: &[u8]| said.windows(mark.len()).any(|bytes| bytes == mark);
    assert!(stands(signed.content.act.as_bytes()));
    let (about, typed) = (record_id(1), record_id(1).to_string());
    let marks: [&[u8]; 8] = [
        about.as_bytes(),
        typed.as_bytes(),
        "Trần Thị Hòa".as_bytes(),
        "Hòa".as_bytes(),
        b"1980-02-03",
        b"001180000001",
        b"0912345678",
        b"912345678",
    ];
    for mark in marks {
        assert!(!stands(mark), "{}", String::from_utf8_lossy(mark));
    }
    let picture = commune_node::receipt::receipt_svg(&text).unwrap();
    // Version 25 has 117 modules a side, and four of quiet on either.
    let sides = picture.split("viewBox=\"0 0 ").nth(1).unwrap();
    let side: usize = sides.split(' ').next().unwrap().parse().unwrap();
    assert!(side <= 117 + 8, "{side}");
    assert_eq!(command(dir.path(), &["receipt", &act, "--qr"]).await, 0);
    assert_eq!(
        command(dir.path(), &["receipt", &record_id(1).to_string()]).await,
        3
    );
    assert_eq!(node.ask("GET", &path, None, None).await.0, 401);
    node.stop().await;

    assert_eq!(command(dir.path(), &["verify", &text]).await, 0);
    let changed = format!(
        "{}{}",
        &text[..text.len() - 1],
        if text.ends_with('A') { 'B' } else { 'A' }
    );
    assert_eq!(command(dir.path(), &["verify", &changed]).await, 3);
    // Another authority's root.
    let other = tempfile::tempdir().unwrap();
    let stranger = Centre::start(&people());
    join(other.path(), &stranger).await;
    assert_eq!(command(other.path(), &["verify", &text]).await, 3);
    let root = dir.path().join("root.pem");
    let root = root.to_str().unwrap();
    assert_eq!(
        command(other.path(), &["verify", &text, "--root", root]).await,
        0
    );
    assert_eq!(
        command(other.path(), &["verify", &text, "--root", "no/such.pem"]).await,
        2
    );
}
