//! A line that is up while nobody answers, one that is asked, and one that another machine takes.
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

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use centre::Centre;
use commune_node::line::{LineConfig, LineState};
use device::{command, join, people, start, start_with};
use tokio::net::UdpSocket;

const PHONE: &str =
    r#"{"act": "contact", "person": "01010101010101010101010101010101", "phone": "0912345678"}"#;

/// A path to the centre that can go dark, without either side being told.
struct Relay {
    address: SocketAddr,
    dark: Arc<AtomicBool>,
}

impl Relay {
    async fn to(centre: SocketAddr) -> Relay {
        let front = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let (address, dark) = (
            front.local_addr().unwrap(),
            Arc::new(AtomicBool::new(false)),
        );
        let is_dark = Arc::clone(&dark);
        tokio::spawn(async move {
            let mut backs: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
            let mut packet = [0; 2048];
            while let Ok((length, node)) = front.recv_from(&mut packet).await {
                if is_dark.load(Ordering::SeqCst) {
                    continue;
                }
                let back = match backs.get(&node) {
                    Some(back) => Arc::clone(back),
                    None => {
                        let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
                        let front = Arc::clone(&front);
                        let dark = Arc::clone(&is_dark);
                        tokio::spawn(carry_back(Arc::clone(&back), front, node, dark));
                        backs.insert(node, Arc::clone(&back));
                        back
                    }
                };
                let _ = back.send_to(&packet[..length], centre).await;
            }
        });
        Relay { address, dark }
    }

    fn darken(&self, dark: bool) {
        self.dark.store(dark, Ordering::SeqCst);
    }
}

async fn carry_back(
    back: Arc<UdpSocket>,
    front: Arc<UdpSocket>,
    node: SocketAddr,
    dark: Arc<AtomicBool>,
) {
    let mut packet = [0; 2048];
    while let Ok((length, _)) = back.recv_from(&mut packet).await {
        if !dark.load(Ordering::SeqCst) {
            let _ = front.send_to(&packet[..length], node).await;
        }
    }
}

/// From now on the node dials there.
fn dial_at(dir: &Path, address: SocketAddr) {
    let path = dir.join("join.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut joined: serde_json::Value = serde_json::from_str(&text).unwrap();
    joined["addresses"] = serde_json::json!([address.to_string()]);
    std::fs::write(path, joined.to_string()).unwrap();
}

fn impatient(config: &mut LineConfig) {
    config.silence = Duration::from_millis(400);
    config.check_interval = Duration::from_secs(600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_centre_that_went_silent_is_noticed_dialled_again_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let path = Relay::to(centre.address()).await;
    dial_at(dir.path(), path.address);
    let node = start_with(dir.path(), impatient).await;
    node.until(|status| status.filled && status.in_step).await;
    let (_, asked) = node.post("/api/v1/sync-now?wait_ms=20000", "").await;
    assert_eq!(asked["outcome"], "answered");

    path.darken(true);
    assert_eq!(node.post("/api/v1/acts", PHONE).await.0, 201);
    node.until(|status| status.reason_code.as_deref() == Some("not_answering"))
        .await;
    let (_, status) = node.get("/api/v1/status").await;
    assert_eq!(
        (&status["linked"], &status["unsent"]),
        (&false.into(), &1.into())
    );
    assert!(status["last_heard_s"].is_i64() && status["line_since_s"].is_i64());
    assert_eq!(centre.taken(), 0);

    path.darken(false);
    node.until(|status| status.unsent == 0 && status.in_step)
        .await;
    assert_eq!(centre.taken(), 1);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_hears_that_a_line_which_looks_up_is_silent() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let path = Relay::to(centre.address()).await;
    dial_at(dir.path(), path.address);
    let slow = |config: &mut LineConfig| config.check_interval = Duration::from_secs(600);
    let node = start_with(dir.path(), slow).await;
    node.until(|status| status.filled && status.in_step).await;
    let (_, asked) = node.post("/api/v1/sync-now?wait_ms=20000", "").await;
    assert_eq!(
        (&asked["outcome"], &asked["line"]),
        (&"answered".into(), &"up".into())
    );
    assert!(asked["answer_ms"].is_u64());
    assert!(
        asked["words"]
            .as_str()
            .unwrap()
            .contains("nothing is unsent")
    );

    path.darken(true);
    let (_, asked) = node.post("/api/v1/sync-now?wait_ms=300", "").await;
    assert_eq!(asked["outcome"], "no_answer");
    assert_eq!(asked["code"], "not_answering");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_line_is_told_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    let (_, cut) = node
        .post("/api/v1/line?wait_ms=20000", r#"{"state": "cut"}"#)
        .await;
    assert_eq!(
        (&cut["line"], &cut["code"]),
        (&"cut".into(), &"line_cut".into())
    );
    assert_eq!(command(dir.path(), &["sync-now"]).await, 3);
    let wanted = r#"{"state": "restore"}"#;
    let (_, restored) = node.post("/api/v1/line?wait_ms=20000", wanted).await;
    assert_eq!(
        (&restored["line"], &restored["outcome"]),
        (&"up".into(), &"answered".into())
    );
    node.stop().await;

    // The same with nobody there.
    dial_at(dir.path(), "127.0.0.1:9".parse().unwrap());
    let node = start(dir.path()).await;
    let (_, restored) = node.post("/api/v1/line?wait_ms=50", wanted).await;
    assert_eq!(restored["outcome"], "down");
    assert!(!restored["code"].is_null() && restored["words"].as_str().unwrap().contains("no line"));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_is_displaced_says_so_and_stands_back_until_it_is_told_to_come() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    centre.displace();
    node.until(|status| status.reason_code.as_deref() == Some("displaced"))
        .await;
    let status = commune_node::api::StatusView::of(&node.api);
    assert_eq!(status.line, LineState::Down);
    let words = status.reason.unwrap();
    assert!(
        words.starts_with("another machine uses this office's identity"),
        "{words}"
    );
    assert!(words.contains("tries again in 5 min"), "{words}");
    let (_, asked) = node.post("/api/v1/sync-now?wait_ms=20000", "").await;
    assert_eq!(asked["outcome"], "answered");
    node.until(|status| status.linked && status.in_step).await;
    node.stop().await;
}
