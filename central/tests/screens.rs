//! Certificates for the screens of offices: who gets one, and for which names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;

use central_registry::tables::{self, AuditRow, Exclusion};
use centre::{World, office};
use provisioning::{JoinRequest, JoinResponse, NodeKey, ScreensKey, ScreensName, ScreensRequest};
use registry::value::Line;
use registry_store::{KeyRange, Store};

fn code(response: JoinResponse) -> String {
    match response {
        JoinResponse::Screens { .. } => "screens".to_owned(),
        JoinResponse::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

fn request(commune: u32, node: &NodeKey, names: &[&str]) -> JoinRequest {
    let names: Vec<ScreensName> = names.iter().map(|name| name.parse().unwrap()).collect();
    let key = ScreensKey::generate().unwrap();
    JoinRequest::Screens(ScreensRequest::new(office(commune), node, &key, &names).unwrap())
}

#[tokio::test]
async fn a_known_node_gets_a_certificate_for_the_names_of_its_office_and_no_other_does() {
    let world = World::new();
    let server = world.start();
    let address = server.address();
    let node = NodeKey::generate().unwrap();
    let token = world.token(office(4), address);
    let joined = world.ask_to_join(&token, &node).await;
    assert!(matches!(joined, JoinResponse::Accepted(_)));

    let address = address.to_string();
    let ask = async |request: &JoinRequest| code(world.ask(&address, request).await);
    let own = ["office-00004.office.internal", "192.168.1.10"];
    let asked = request(4, &node, &own);
    let JoinResponse::Screens { chain, root } = world.ask(&address, &asked).await else {
        panic!("no certificate");
    };
    assert_eq!(chain.len(), 2);
    let screens = world.screens.as_ref().unwrap();
    assert_eq!(root, screens.root.certificate().to_vec());
    // The same once more: an answer may be lost. The audit chain tells of one.
    assert_eq!(ask(&asked).await, "screens");
    let rows = world.store.scan(tables::AUDIT, &KeyRange::all(), 100);
    let rows = rows.unwrap().into_iter();
    let rows = rows.map(|(_, row)| postcard::from_bytes::<AuditRow>(&row).unwrap());
    let noted: Vec<AuditRow> = rows.filter(|row| row.what == "screens certified").collect();
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].office, Some(office(4)));
    assert_eq!(noted[0].node, Some(node.node_id()));
    assert!(noted[0].numbers.0 > 1_600_000_000, "until when it is good");

    let others = ["office-00008.office.internal"];
    assert_eq!(
        ask(&request(4, &node, &others)).await,
        "screens_name_of_other"
    );
    assert_eq!(ask(&request(8, &node, &others)).await, "node_unknown");
    let stranger = NodeKey::generate().unwrap();
    assert_eq!(ask(&request(4, &stranger, &own)).await, "node_unknown");

    let exclusion = Exclusion {
        at_s: 1,
        by: "an.operator".parse().unwrap(),
        reason: Line::parse("the device was stolen").unwrap(),
    };
    let registrar = world.registrar();
    let excluded = registrar.stage_exclusion(1, office(4), node.node_id(), Some(exclusion));
    assert!(excluded.unwrap());
    assert_eq!(ask(&asked).await, "node_not_active");
    server.stop().await;
}

#[tokio::test]
async fn an_authority_of_before_there_were_screens_says_what_to_do() {
    let mut world = World::new();
    world.screens = None;
    let server = world.start();
    let node = NodeKey::generate().unwrap();
    let asked = request(4, &node, &["office-00004.office.internal"]);
    let answer = world.ask(&server.address().to_string(), &asked).await;
    let JoinResponse::Refused { code, words } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(code, "screens_no_issuer");
    assert!(words.contains("provision screens"), "{words}");
    server.stop().await;
}
