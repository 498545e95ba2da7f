//! The line between offices and the centre, over real QUIC on this machine: join, first fill, an
//! act with its receipt, and those who are not let in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;

use central_registry::server::codes;
use central_registry::tables::Exclusion;
use centre::{Came, Connection, Node, SERVER_NAME, World, office};
use provisioning::{JoinResponse, NodeKey, NodeName};
use registry::feed::ActOutcome;
use registry_store::SyncFault;
use sync_quic::Purpose;

fn code(response: JoinResponse) -> String {
    match response {
        JoinResponse::Accepted(_) => "accepted".to_owned(),
        JoinResponse::Renewed(_) => "renewed".to_owned(),
        JoinResponse::Screens { .. } => "screens".to_owned(),
        JoinResponse::Refused { code, .. } => code,
    }
}

fn ended_by_peer(came: Came) -> String {
    match came {
        Came::Ended(ending) if ending.by_peer => ending.code,
        other => panic!("{other:?}"),
    }
}

/// Runs until a receipt came: both may have been in step a moment before the act.
async fn until_answered(line: &mut Connection, node: &mut Node) {
    while node.receipts.is_empty() {
        assert_eq!(line.run(node).await, Came::InStep);
    }
}

#[tokio::test]
async fn a_node_joins_fills_its_slice_pushes_an_act_and_gets_its_receipt() {
    let world = World::new();
    let records = world.populate(office(4), 1_200);
    world.populate(office(8), 40);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;

    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    assert_eq!(node.slice.len() as u64, records);
    assert!(line.pages > 1, "{} pages", line.pages);
    assert_eq!(node.officers.len(), 1);
    let slice = world.registrar().office(office(4)).unwrap();
    assert_eq!(node.digest, slice.digest);

    let record = node.act("0912345678");
    line.outbox_grew(&node);
    until_answered(&mut line, &mut node).await;
    assert_eq!(node.receipts.len(), 1);
    assert_eq!(node.receipts[0].outcomes, [ActOutcome::Accepted]);
    let kept = world.registrar().kept(&record).unwrap().unwrap();
    assert_eq!(
        kept.record.version().unwrap(),
        node.slice[&record].version().unwrap()
    );
    assert_ne!(node.digest, slice.digest);
    server.stop().await;
}

#[tokio::test]
async fn a_token_is_for_one_device_which_may_ask_again_when_the_answer_was_lost() {
    let world = World::new();
    let server = world.start();
    let token = world.token(office(4), server.address());
    let (first, second) = (NodeKey::generate().unwrap(), NodeKey::generate().unwrap());
    assert_eq!(code(world.ask_to_join(&token, &first).await), "accepted");
    assert_eq!(code(world.ask_to_join(&token, &first).await), "accepted");
    assert_eq!(code(world.ask_to_join(&token, &second).await), "token_used");
    let other = World::new().token(office(4), server.address());
    let foreign = provisioning::JoinToken::parse(&other.to_text()).unwrap();
    let response = world
        .ask_with_text(&token, &foreign.to_text(), &second)
        .await;
    assert_eq!(code(response), "token_wrong_signature");
    assert_eq!(world.registrar().officers(office(4)).unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_node_that_was_never_registered_is_shut_out_and_a_registered_one_is_not() {
    let world = World::new();
    let server = world.start();
    let mut stranger = Node::unregistered(&world, office(4));
    let mut line = stranger.connect(&world, server.address(), 1).await;
    match line.run(&mut stranger).await {
        Came::Line("closed_by_peer", words) => {
            assert!(
                words.contains(&format!("code {}", codes::SHUT_OUT)),
                "{words}"
            );
            assert!(words.contains("not registered"), "{words}");
        }
        other => panic!("{other:?}"),
    }
    let mut node = world.join(office(4), server.address()).await;
    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let (world, elsewhere) = (World::new(), World::new());
    let server = world.start();
    let mut foreign = Node::unregistered(&elsewhere, office(4));
    let dialer = world.dialer(&foreign.identity);
    let address = server.address().to_string();
    let refused = match dialer.connect(&address, SERVER_NAME, Purpose::Sync).await {
        // TLS 1.3 lets the dialling side finish first.
        Ok(link) => match foreign.begin(link).run(&mut foreign).await {
            Came::Line(code, _) => code,
            other => panic!("{other:?}"),
        },
        Err(error) => error.code(),
    };
    assert_eq!(refused, "certificate_refused");
    server.stop().await;
}

#[tokio::test]
async fn a_newer_connection_displaces_the_older_and_a_stale_one_is_refused() {
    let world = World::new();
    world.populate(office(4), 30);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;
    let mut first = node.connect(&world, server.address(), 5).await;
    assert_eq!(first.run(&mut node).await, Came::InStep);
    let mut second = node.connect(&world, server.address(), 6).await;
    assert_eq!(second.run(&mut node).await, Came::InStep);
    assert_eq!(ended_by_peer(first.run(&mut node).await), "displaced");
    let mut stale = node.connect(&world, server.address(), 6).await;
    assert_eq!(ended_by_peer(stale.run(&mut node).await), "stale_epoch");
    node.act("0912345678");
    second.outbox_grew(&node);
    until_answered(&mut second, &mut node).await;
    assert_eq!(node.receipts.len(), 1);
    assert_eq!(server.connected(), 1);
    server.stop().await;
}

#[tokio::test]
async fn after_a_restart_of_the_centre_a_node_goes_on_where_it_was() {
    let world = World::new();
    world.populate(office(4), 30);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;
    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    let (stopped, came) = tokio::join!(server.stop(), line.run(&mut node));
    assert_eq!(stopped, ());
    match came {
        Came::Ended(ending) => {
            assert_eq!(
                (ending.code.as_str(), ending.by_peer),
                ("centre_stopping", true)
            );
            assert!(ending.retry_after_ms.is_some());
        }
        other => panic!("{other:?}"),
    }
    node.act("0912345678");
    node.act("0987654321");
    let server = world.start();
    let mut line = node.connect(&world, server.address(), 2).await;
    while node.receipts.is_empty() {
        assert_eq!(line.run(&mut node).await, Came::InStep);
    }
    assert_eq!((line.pages, node.receipts.len()), (0, 1));
    assert_eq!(node.receipts[0].outcomes.len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn what_the_disk_did_not_take_is_not_promised_and_is_taken_once_later() {
    let world = World::new();
    world.populate(office(4), 30);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;
    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    node.act("0912345678");
    world.store.fail_next_sync(SyncFault::DiskFull);
    line.outbox_grew(&node);
    let mut came = line.run(&mut node).await;
    while came == Came::InStep {
        came = line.run(&mut node).await;
    }
    assert!(node.receipts.is_empty());
    assert_eq!(node.taken.get(), 0);
    assert_eq!(ended_by_peer(came), "centre_unable");
    let mut line = node.connect(&world, server.address(), 2).await;
    while node.receipts.is_empty() {
        assert_eq!(line.run(&mut node).await, Came::InStep);
    }
    assert_eq!(node.receipts.len(), 1);
    assert_eq!(
        node.digest,
        world.registrar().office(office(4)).unwrap().digest
    );
    server.stop().await;
}

#[tokio::test]
async fn an_act_reaches_the_other_office_that_holds_the_record_while_it_is_connected() {
    let world = World::new();
    world.populate(office(4), 30);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;
    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    // A second device of the same commune holds the same slice and hears the feed live.
    let mut other = world.join(office(4), server.address()).await;
    let mut listening = other.connect(&world, server.address(), 1).await;
    assert_eq!(listening.run(&mut other).await, Came::InStep);
    node.act("0912345678");
    line.outbox_grew(&node);
    let sent = async {
        while node.receipts.is_empty() {
            line.run(&mut node).await;
        }
    };
    let heard = async {
        while other.receipts.is_empty() {
            listening.run(&mut other).await;
        }
    };
    tokio::join!(sent, heard);
    assert_eq!(other.receipts[0].node, node.id);
    server.stop().await;
}

#[tokio::test]
async fn a_slice_that_differs_is_repaired() {
    let world = World::new();
    world.populate(office(4), 700);
    let server = world.start();
    let mut node = world.join(office(4), server.address()).await;
    let mut line = node.connect(&world, server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    let whole = node.slice.clone();
    node.lose(3, 600);
    assert_ne!(node.slice, whole);
    let mut line = node.connect(&world, server.address(), 2).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    assert_eq!(line.pages, 0);
    assert_eq!(node.slice, whole);
    server.stop().await;
}

#[tokio::test]
async fn a_known_key_gets_its_next_certificate_and_no_other_does() {
    let world = World::new();
    let server = world.start();
    let address = server.address();
    let key = NodeKey::generate().unwrap();
    let token = world.token(office(4), address);
    assert_eq!(code(world.ask_to_join(&token, &key).await), "accepted");
    let renewed = world.ask_to_renew(address, office(4), &key).await;
    let JoinResponse::Renewed(chain) = &renewed else {
        panic!("{renewed:?}");
    };
    let name = NodeName::from_certificate(&chain[0]).unwrap();
    assert_eq!((name.office, name.node), (office(4), key.node_id()));
    assert_eq!(name.public_key, *key.public_key());
    // Not for another commune, and not for a key that nobody knows.
    let elsewhere = world.ask_to_renew(address, office(8), &key).await;
    assert_eq!(code(elsewhere), "node_unknown");
    let stranger = NodeKey::generate().unwrap();
    let unknown = world.ask_to_renew(address, office(4), &stranger).await;
    assert_eq!(code(unknown), "node_unknown");
    let registrar = world.registrar();
    let exclusion = Exclusion {
        at_s: 1,
        by: "an.operator".parse().unwrap(),
        reason: registry::value::Line::parse("the device was stolen").unwrap(),
    };
    assert!(
        registrar
            .stage_exclusion(1, office(4), key.node_id(), Some(exclusion))
            .unwrap()
    );
    let shut_out = world.ask_to_renew(address, office(4), &key).await;
    assert_eq!(code(shut_out), "node_not_active");
    server.stop().await;
}
