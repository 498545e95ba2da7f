//! The certificates of offices' screens: what they are for, and what they can never be for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use provisioning::files::{self, FileError};
use provisioning::{
    JoinRequest, NodeKey, ScreensAuthority, ScreensKey, ScreensName, ScreensRefused,
    ScreensRequest, Validity,
};
use registry::OfficeCode;
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

fn office(code: u32) -> OfficeCode {
    OfficeCode::new(code).unwrap()
}

fn names(texts: &[&str]) -> Vec<ScreensName> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn request(texts: &[&str]) -> ScreensRequest {
    let (node, key) = (
        NodeKey::generate().unwrap(),
        ScreensKey::generate().unwrap(),
    );
    ScreensRequest::new(office(4), &node, &key, &names(texts)).unwrap()
}

fn validity() -> Validity {
    Validity::from_now(NOW, 397).unwrap()
}

fn code<T>(result: Result<T, ScreensRefused>) -> &'static str {
    result.map_or_else(|refused| refused.code(), |_| "certified")
}

#[test]
fn a_certificate_of_screens_is_for_servers_and_for_the_names_that_were_asked_for() {
    let authority = ScreensAuthority::create(NOW).unwrap();
    let asked = request(&["office-00004.office.internal", "192.168.1.10"]);
    let made = authority
        .issuer
        .certify(&asked, &[office(4)], validity())
        .unwrap();
    assert_eq!(
        made.names,
        names(&["office-00004.office.internal", "192.168.1.10"])
    );
    let parse = |der| X509Certificate::from_der(der).unwrap().1;
    let (leaf, issuing, root) = (
        parse(&made.chain[0]),
        parse(&made.chain[1]),
        parse(&made.root),
    );
    for (below, above) in [(&leaf, &issuing), (&issuing, &root), (&root, &root)] {
        below.verify_signature(Some(above.public_key())).unwrap();
        assert_eq!(below.issuer(), above.subject());
    }
    assert!(leaf.verify_signature(Some(root.public_key())).is_err());
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.server_auth && !usage.client_auth && !usage.any);
    assert!(!leaf.is_ca() && issuing.is_ca() && root.is_ca());
    assert_eq!(leaf.validity().not_after.timestamp(), NOW + 397 * DAY);
    let sans = leaf.subject_alternative_name().unwrap().unwrap();
    assert_eq!(sans.value.general_names.len(), 2);
}

#[test]
fn the_root_that_clerks_install_is_good_for_offices_alone() {
    let authority = ScreensAuthority::create(NOW).unwrap();
    for der in [authority.root.certificate(), authority.issuer.certificate()] {
        let (_, certificate) = X509Certificate::from_der(der).unwrap();
        let constraints =
            certificate
                .extensions()
                .iter()
                .find_map(|it| match it.parsed_extension() {
                    ParsedExtension::NameConstraints(found) => Some((it.critical, found)),
                    _ => None,
                });
        let (critical, constraints) = constraints.unwrap();
        assert!(critical);
        let permitted = constraints.permitted_subtrees.as_ref().unwrap();
        assert_eq!(permitted.len(), 6);
        let shown = format!("{permitted:?}");
        assert!(shown.contains("\"office.internal\""), "{shown}");
    }
}

#[test]
fn what_is_not_the_office_s_own_is_not_certified() {
    let authority = ScreensAuthority::create(NOW).unwrap();
    let certify = |asked: &ScreensRequest, offices: &[OfficeCode]| {
        code(authority.issuer.certify(asked, offices, validity()))
    };
    let own = request(&["office-00004.office.internal"]);
    assert_eq!(certify(&own, &[office(4)]), "certified");
    assert_eq!(certify(&own, &[office(8), office(4)]), "certified");
    assert_eq!(certify(&own, &[office(8)]), "screens_name_of_other");
    assert_eq!(certify(&request(&[]), &[office(4)]), "screens_names");
    let many: Vec<String> = (1..=9).map(|n| format!("10.0.0.{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(certify(&request(&many[..8]), &[office(4)]), "certified");
    assert_eq!(certify(&request(&many), &[office(4)]), "screens_names");
    // A name that this program would not write is not read either.
    let bad = ScreensName::Dns("vneid.gov.vn".to_owned());
    let (node, key) = (
        NodeKey::generate().unwrap(),
        ScreensKey::generate().unwrap(),
    );
    let bad = ScreensRequest::new(office(4), &node, &key, &[bad]).unwrap();
    assert_eq!(certify(&bad, &[office(4)]), "screens_name");
}

#[test]
fn a_request_is_its_node_s_own() {
    let authority = ScreensAuthority::create(NOW).unwrap();
    let certify =
        |asked: &ScreensRequest| code(authority.issuer.certify(asked, &[office(4)], validity()));
    let own = request(&["office-00004.office.internal"]);
    assert_eq!(certify(&own), "certified");
    let mut of_another = own.clone();
    of_another.public_key = *NodeKey::generate().unwrap().public_key();
    assert_eq!(certify(&of_another), "screens_request");
    let mut elsewhere = own.clone();
    elsewhere.office = office(8);
    assert_eq!(certify(&elsewhere), "screens_request");
    // Every byte of it counts, wherever a bit falls.
    let bytes = JoinRequest::Screens(own).encode();
    let mut certified = 0;
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x20;
        if let Some(JoinRequest::Screens(asked)) = JoinRequest::decode(&damaged) {
            certified += usize::from(certify(&asked) == "certified");
        }
    }
    assert_eq!(certified, 0);
}

#[test]
fn an_older_authority_gets_the_keys_of_screens_later_and_once() {
    let dir = tempfile::tempdir().unwrap();
    assert!(files::load_screens_issuer(dir.path()).unwrap().is_none());
    let authority = ScreensAuthority::create(NOW).unwrap();
    files::store_screens(dir.path(), &authority).unwrap();
    let issuer = files::load_screens_issuer(dir.path()).unwrap().unwrap();
    let asked = request(&["office-00004.office.internal"]);
    let made = issuer.certify(&asked, &[office(4)], validity()).unwrap();
    assert_eq!(made.root, authority.root.certificate().to_vec());
    let again = files::store_screens(dir.path(), &authority);
    assert!(matches!(again, Err(FileError::Exists(_))));
}
