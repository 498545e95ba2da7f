//! A decree with real processes, certificates and QUIC: an office whose commune is dissolved while
//! it has no line comes back under the certificate of before. What it had not sent reaches the
//! centre, and it goes on as a part of its successor's office.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs;

use registry_tests::programs::run;
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::json;

const PEOPLE: u32 = 30;
const DECREE: &str = "old_code,new_code,share,default\n00004,00008,whole,1\n";

#[test]
fn an_office_of_a_dissolved_commune_comes_back_under_its_old_certificate() {
    let world = World::start(52, &["00004", "00008"], PEOPLE);
    let mut dark = world.join("00004", ROLES);
    dark.spawn();
    let mut successor = world.join("00008", ROLES);
    successor.spawn();
    dark.ready();
    successor.ready();
    world.until_equal(&dark);
    world.until_equal(&successor);
    let data = arg(&dark.data).to_owned();
    let certificate = fs::read(dark.data.join("node.pem")).unwrap();

    // Without a line: an act, and then the decree of which the office does not hear.
    run("commune-node", &["line", "cut", "--data", &data]);
    let numbers = world.numbers("00004");
    let person = dark.person(&numbers[0]);
    let filed = dark.file(&json!({"act": "contact", "person": person, "phone": "0912345678"}));
    assert_eq!(filed.status, 201, "{filed:?}");
    let unsent = filed.text("/act").to_owned();
    let posted = world
        .central
        .api
        .post("/api/v1/units", &json!({"decree": DECREE}));
    assert_eq!(posted.unwrap().status, 202);
    until("the decree is carried out", || {
        let units = world.central.api.get("/api/v1/units")?;
        (units.body["progress"]["phase"] == json!("done")).then_some(())
    });
    assert_eq!(dark.status()["office"], "00004");
    assert_eq!(dark.status()["unsent"], 1);
    let empty = world.central.api.get("/api/v1/offices/00004").unwrap();
    assert_eq!(empty.body["count"], 0);

    // Its certificate names a commune that there is no more. It is let in, sends what it had, and
    // is told what it is a part of now.
    run("commune-node", &["line", "restore", "--data", &data]);
    dark.code = "00008".to_owned();
    until("the office has heard of its successor", || {
        (dark.status()["office"] == json!("00008")).then_some(())
    });
    world.until_equal(&dark);
    world.until_equal(&successor);
    assert_eq!(fs::read(dark.data.join("node.pem")).unwrap(), certificate);
    let status = dark.status();
    assert_eq!(status["former"][0]["office"], "00004", "{status}");
    assert_eq!(status["units_edition"], 2);
    let view = dark.api.get(&format!("/api/v1/acts/{unsent}")).unwrap();
    assert_eq!(view.text("/state"), "final", "{view:?}");
    let there = world.central.api.get(&format!("/api/v1/acts/{unsent}"));
    assert_eq!(there.unwrap().status, 200);
    // The successor's own device holds the person now, as the act left it.
    assert_eq!(successor.person(&numbers[0]), person);

    // The device is started anew, still with that certificate, and works on.
    dark.kill();
    dark.start();
    assert_eq!(fs::read(dark.data.join("node.pem")).unwrap(), certificate);
    assert_eq!(dark.status()["office"], "00008");
    let other = dark.person(&numbers[1]);
    let filed = dark.file(&json!({"act": "contact", "person": other, "phone": "0987654321"}));
    assert_eq!(filed.status, 201, "{filed:?}");
    world.until_equal(&dark);
    let view = dark
        .api
        .get(&format!("/api/v1/acts/{}", filed.text("/act")));
    assert_eq!(view.unwrap().text("/state"), "final");
    world.assert_no_panic();
}
