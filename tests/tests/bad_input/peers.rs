//! Peers that are not who they should be, or say what they should not.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use registry_tests::daemons::Office;
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::{Value, json};
use sync_proto::Class;
use sync_quic::close_code;

use super::raw::{closed_with, raw};

const PEOPLE: u32 = 40;

/// Waits for the reason that an office gives for having no line.
fn until_reason(office: &Office, codes: &[&str]) -> Value {
    until(
        &format!("office {} says one of {codes:?}", office.code),
        || {
            let _ = office.api.post("/api/v1/sync-now", &json!({}));
            let status = office.status();
            let told = status["reason_code"]
                .as_str()
                .is_some_and(|code| codes.contains(&code));
            told.then_some(status)
        },
    )
}

fn assert_works(world: &World, office: &Office) {
    assert!(world.central.api.is_ready());
    let id = office.person(&world.numbers(&office.code)[1]);
    let phone = format!("09{:08}", office.status()["feed_head"].as_u64().unwrap());
    let filed = office.file(&json!({"act": "contact", "person": id, "phone": phone}));
    assert_eq!(filed.status, 201, "{filed:?}");
    world.until_equal(office);
    let act = format!("/api/v1/acts/{}", filed.text("/act"));
    assert_eq!(office.api.get(&act).unwrap().text("/state"), "final");
    world.assert_no_panic();
}

#[test]
fn a_node_of_another_authority_is_turned_away_and_says_why() {
    let world = World::start(31, &["00004"], PEOPLE);
    let other = World::start(32, &["00008"], PEOPLE);
    let mut good = world.join("00004", ROLES);
    good.start();
    good.filled();

    let mut foreign = other.join("00008", ROLES);
    let file = foreign.data.join("join.json");
    let mut joined: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    joined["addresses"] = json!([world.central.quic]);
    fs::write(&file, joined.to_string()).unwrap();

    // It finds a centre that its own root does not vouch for.
    foreign.start();
    let status = until_reason(&foreign, &["wrong_server"]);
    assert!(
        status["reason"].as_str().unwrap().contains("not trusted"),
        "{status}"
    );
    assert!(foreign.stop().success());

    // It trusts that centre; the centre does not trust it.
    fs::copy(world.pki.join("root.pem"), foreign.data.join("root.pem")).unwrap();
    foreign.start();
    let status = until_reason(&foreign, &["certificate_refused"]);
    assert!(
        status["reason"]
            .as_str()
            .unwrap()
            .contains("refused our certificate"),
        "{status}"
    );
    assert_eq!(status["filled"], json!(false));
    assert!(world.central.node("00008").is_none());
    assert_works(&world, &good);
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .args(["-a", arg(from), arg(to)])
        .status()
        .unwrap();
    assert!(copied.success());
}

#[test]
fn of_two_machines_with_one_key_the_older_connection_loses() {
    let world = World::start(33, &["00004"], PEOPLE);
    let mut office = world.join("00004", ROLES);
    office.start();
    office.filled();
    assert!(office.stop().success());
    let twin = world.folder().join("twin");
    copy(&office.data, &twin);
    let mut twin = Office::new("00004", twin, world.folder().join("twin.log"));

    office.start();
    until("the first is linked", || {
        (office.status()["linked"] == json!(true)).then_some(())
    });
    twin.start();
    let codes = ["stale_epoch", "displaced"];
    let loser = until("one of them is told", || {
        [&office, &twin].into_iter().find_map(|office| {
            let _ = office.api.post("/api/v1/sync-now", &json!({}));
            let status = office.status();
            let code = status["reason_code"]
                .as_str()
                .filter(|code| codes.contains(code))?;
            Some((
                code.to_owned(),
                status["reason"].as_str().unwrap_or_default().to_owned(),
            ))
        })
    });
    assert!(loser.1.contains("newer connection"), "{loser:?}");
    // With one of them gone the other works.
    twin.kill();
    // Whoever was displaced waits long, unless an officer asks; and asks once more, for the first
    // attempt only learns how far the other machine has counted.
    until("the first is linked again", || {
        let _ = office.api.post("/api/v1/sync-now?wait_ms=0", &json!({}));
        (office.status()["linked"] == json!(true)).then_some(())
    });
    assert_works(&world, &office);
}

#[test]
fn a_peer_that_breaks_the_rules_loses_its_line_and_nobody_else_does() {
    let world = World::start(34, &["00004", "00008"], PEOPLE);
    let mut good = world.join("00004", ROLES);
    good.start();
    good.filled();
    let bad = world.join("00008", ROLES);
    let to: SocketAddr = world.central.quic.parse().unwrap();
    let root = world.pki.join("root.pem");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        // 2^21 - 1 bytes are announced, twice the limit.
        let line = raw(&bad, &root, to).await;
        let framing = u64::from(close_code::FRAMING);
        assert_eq!(closed_with(&line, &[0xff, 0xff, 0x7f]).await, framing);
        // Whole frames that say nothing: no such message, and a hello that is none.
        for garbage in [&[2, 0xee, 0xee][..], &[4, 1, 0xff, 0xff, 0xff], &[1, 0]] {
            let line = raw(&bad, &root, to).await;
            let code = closed_with(&line, garbage).await;
            assert_ne!(code, u64::from(close_code::DONE), "{garbage:?}");
        }
    });
    let never = world.central.node("00008").unwrap();
    assert_ne!(never["state"], json!("connected"), "{never}");
    assert_works(&world, &good);
}

/// As many as one machine can be made to open.
const SLOW_PEERS: usize = 40;

#[test]
fn peers_that_stop_in_the_middle_of_a_word_hold_nobody_up() {
    let world = World::start(36, &["00004", "00008"], PEOPLE);
    let mut good = world.join("00004", ROLES);
    good.start();
    good.filled();
    let bad = world.join("00008", ROLES);
    let to: SocketAddr = world.central.quic.parse().unwrap();
    let root = world.pki.join("root.pem");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut waiting = Vec::new();
        for _ in 0..SLOW_PEERS {
            let line = raw(&bad, &root, to).await;
            let mut stream = line.open_uni().await.unwrap();
            // 16 KiB are announced, and one byte of them comes.
            let begun = [Class::Control.tag(), 0x80, 0x80, 0x01, 1];
            stream.write_all(&begun).await.unwrap();
            waiting.push((line, stream));
        }
        let open = waiting
            .iter()
            .filter(|(line, _)| line.close_reason().is_none());
        assert_eq!(open.count(), SLOW_PEERS);
        tokio::task::block_in_place(|| assert_works(&world, &good));
        // They go on, a byte at a time, as far as the centre has not closed them.
        for (_, stream) in &mut waiting {
            let _ = stream.write_all(&[0]).await;
        }
        tokio::task::block_in_place(|| assert_works(&world, &good));
    });
    let never = world.central.node("00008").unwrap();
    assert_ne!(never["state"], json!("connected"), "{never}");
}
