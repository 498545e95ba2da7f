//! Officers' tokens, also when a store was lost: the node's directory is the authority.
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
use commune_node::office::PasswordState;
use device::{Running, command, join, people, start, start_with};

async fn status_with(node: &Running, token: &str) -> u16 {
    let asked = node.ask("GET", "/api/v1/status", None, Some(token)).await;
    asked.0
}

/// Whoever reads the directory gives a password for one sign-in and ends a wait.
async fn passwords_are_given(dir: &std::path::Path) {
    for what in ["password", "unlock"] {
        assert_eq!(command(dir, &["officer", what, "lan"]).await, 0, "{what}");
        assert_eq!(
            command(dir, &["officer", what, "nobody"]).await,
            3,
            "{what}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_lost_store_commands_work_and_the_officer_gets_a_new_token() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    assert_eq!(status_with(&node, &node.token).await, 200);
    node.stop().await;
    std::fs::remove_dir_all(dir.path().join("store")).unwrap();

    // Within one second the centre takes the connections of the old store for newer ones.
    let quick = |config: &mut commune_node::line::LineConfig| {
        config.twin_waits = config.waits;
    };
    let node = start_with(dir.path(), quick).await;
    assert_eq!(status_with(&node, &node.token).await, 401);
    assert_eq!(command(dir.path(), &["status"]).await, 0);
    assert_eq!(command(dir.path(), &["--as", "lan", "status"]).await, 1);
    assert_eq!(command(dir.path(), &["officer", "token", "lan"]).await, 0);
    assert_eq!(command(dir.path(), &["--as", "lan", "status"]).await, 0);
    assert_eq!(
        command(dir.path(), &["officer", "token", "nobody"]).await,
        3
    );
    assert_eq!(command(dir.path(), &["officer", "list"]).await, 0);
    passwords_are_given(dir.path()).await;
    let state = |name: &str| node.api.office.password_state(&name.parse().unwrap(), 0).0;
    assert_eq!(state("lan"), PasswordState::Once);
    node.until(|status| status.filled && status.in_step).await;
    node.stop().await;

    // With the daemon at rest too, and what was given then is good afterwards.
    assert_eq!(
        command(dir.path(), &["officer", "token", "nobody"]).await,
        3
    );
    assert_eq!(command(dir.path(), &["officer", "token", "lan"]).await, 0);
    passwords_are_given(dir.path()).await;
    let node = start(dir.path()).await;
    assert_eq!(status_with(&node, &node.token).await, 200);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_an_officer_without_the_role_gives_none() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    let officer = |id: &str, roles| registry::feed::Officer {
        id: id.parse().unwrap(),
        name: registry::value::Line::parse(id).unwrap(),
        roles,
        active: true,
    };
    use registry::code::Role;
    let officers = vec![
        officer("lan", vec![Role::Residence, Role::Admin]),
        officer("minh", vec![Role::Residence]),
    ];
    centre.tell(registry::feed::FeedItem::Officers(officers));
    let office = node.api.office.clone();
    node.until(|_| office.officers().len() == 2).await;
    drop(office);
    assert_eq!(command(dir.path(), &["officer", "token", "minh"]).await, 0);
    let minh = std::fs::read_to_string(dir.path().join("officer-minh.token")).unwrap();
    assert_eq!(status_with(&node, &minh).await, 200);
    let give = |token: String| {
        let node = &node;
        async move {
            let path = "/api/v1/officers/lan/token";
            node.ask("POST", path, Some("{}"), Some(&token)).await.0
        }
    };
    assert_eq!(give(minh).await, 403);
    assert_eq!(give(node.token.clone()).await, 201);
    node.stop().await;
}
