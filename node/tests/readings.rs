//! Readings go to the centre by themselves: those of a dark time as soon as there is a line again.
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
use commune_node::office::ReadingsWanted;
use device::{command, join, people, record_id, start};
use registry::reading::ReadReason;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_in_the_dark_is_told_once_when_there_is_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    assert_eq!(command(dir.path(), &["line", "cut"]).await, 0);
    for (n, reason) in [(1, "case_work"), (2, "audit")] {
        let path = format!("/api/v1/people/{}?reason={reason}", record_id(n));
        assert_eq!(node.get(&path).await.0, 200);
    }
    let office = node.api.office.clone();
    let sent = move || {
        let wanted = ReadingsWanted {
            limit: 10,
            ..ReadingsWanted::default()
        };
        let rows = office.readings(&wanted).unwrap().rows;
        assert_eq!(rows.len(), 2);
        rows.iter().filter(|row| row.sent).count()
    };
    assert_eq!((sent(), centre.readings().len()), (0, 0));
    assert_eq!(command(dir.path(), &["line", "restore"]).await, 0);
    node.until(|_| sent() == 2).await;
    let told = centre.readings();
    let told: Vec<_> = told
        .iter()
        .map(|reading| (reading.record, reading.reason, reading.officer.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (record_id(1), ReadReason::CaseWork, "lan"),
            (record_id(2), ReadReason::Audit, "lan")
        ]
    );
    assert_eq!(
        command(dir.path(), &["readings", "--officer", "lan"]).await,
        0
    );
    drop(sent);
    node.stop().await;
    // Nothing is told again after a restart.
    let node = start(dir.path()).await;
    node.until(|status| status.in_step).await;
    assert_eq!(centre.readings().len(), 2);
    node.stop().await;
}
