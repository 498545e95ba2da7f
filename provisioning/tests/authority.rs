//! The authority end to end: keys, certificates, tokens, joining, files, and the binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use provisioning::files::{self, FileError};
use provisioning::{
    Authority, FirstOfficer, JoinRefusal, JoinRequest, JoinResponse, JoinToken, NameError,
    NewToken, NodeKey, NodeName, TokenError, TokenId, Validity, answer, fingerprint, node_id_of,
};
use registry::OfficeCode;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

fn office() -> OfficeCode {
    OfficeCode::new(4).unwrap()
}

fn new_token() -> NewToken {
    NewToken {
        id: TokenId::new([3; 16]),
        office: office(),
        expires_at: NOW + 14 * DAY,
        addresses: vec!["central.npd:7443".to_owned(), "203.0.113.5:7443".to_owned()],
        server_name: "central.npd".to_owned(),
        officer: FirstOfficer {
            id: "lan".parse().unwrap(),
            display_name: "Nguyễn Thị Lan".to_owned(),
            roles: vec!["civil-status".to_owned(), "residence".to_owned()],
        },
    }
}

fn request(token: &str, key: &NodeKey) -> Vec<u8> {
    JoinRequest::V1 {
        token: token.to_owned(),
        request: key.request().unwrap(),
    }
    .encode()
}

#[test]
fn a_node_s_certificate_names_it_by_its_key_and_is_small() {
    let authority = Authority::create(NOW).unwrap();
    let key = NodeKey::generate().unwrap();
    let validity = Validity::from_now(NOW, 90).unwrap();
    let certificate = authority
        .issuer
        .certify_node(&key.request().unwrap(), office(), validity)
        .unwrap();
    let name = NodeName::from_certificate(&certificate.chain[0]).unwrap();
    assert_eq!(name, certificate.name);
    assert_eq!((name.office, name.node), (office(), key.node_id()));
    assert_eq!(name.node, node_id_of(key.public_key()));
    assert_eq!(&name.public_key, key.public_key());
    assert_eq!(name.not_after, NOW + 90 * DAY);
    assert!(name.renew_at() > NOW + 44 * DAY && name.renew_at() < NOW + 46 * DAY);
    let bytes: usize = certificate.chain.iter().map(Vec::len).sum();
    println!(
        "leaf {} + issuing {} bytes",
        certificate.chain[0].len(),
        certificate.chain[1].len()
    );
    assert!(bytes <= 650, "{bytes} bytes");
    // Each link of the chain is signed by the next.
    let parse = |der| X509Certificate::from_der(der).unwrap().1;
    let (leaf, issuing) = (parse(&certificate.chain[0]), parse(&certificate.chain[1]));
    let root = parse(authority.issuer.root());
    assert!(leaf.verify_signature(Some(issuing.public_key())).is_ok());
    assert!(issuing.verify_signature(Some(root.public_key())).is_ok());
    assert!(root.verify_signature(None).is_ok());
    assert!(leaf.verify_signature(Some(root.public_key())).is_err());
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.client_auth && !usage.server_auth);
    let limits = issuing.basic_constraints().unwrap().unwrap().value;
    assert!(limits.ca && limits.path_len_constraint == Some(0));
}

#[test]
fn central_s_certificate_is_no_node_and_cannot_be_used_as_one() {
    let authority = Authority::create(NOW).unwrap();
    let names = ["central.npd".to_owned(), "203.0.113.5".to_owned()];
    let validity = Validity::from_now(NOW, 365).unwrap();
    let (chain, _key) = authority.issuer.certify_server(&names, validity).unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain.as_bytes())
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(
        NodeName::from_certificate(&chain[0]),
        Err(NameError::NotANode)
    );
    assert_eq!(
        NodeName::from_certificate(&chain[1]),
        Err(NameError::NotANode)
    );
    assert_eq!(
        NodeName::from_certificate(b"no"),
        Err(NameError::Unreadable)
    );
    let leaf = X509Certificate::from_der(&chain[0]).unwrap().1;
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.server_auth && !usage.client_auth);
    for bad in ["", "two words", "-x.npd", "a..b"] {
        let error = authority
            .issuer
            .certify_server(&[bad.to_owned()], validity)
            .unwrap_err();
        assert_eq!(error.code(), "server_name", "{bad}");
    }
    assert!(authority.issuer.certify_server(&[], validity).is_err());
}

#[test]
fn a_request_without_proof_of_its_key_is_refused() {
    let authority = Authority::create(NOW).unwrap();
    let validity = Validity::from_now(NOW, 90).unwrap();
    let good = NodeKey::generate().unwrap().request().unwrap();
    assert!(
        authority
            .issuer
            .certify_node(&good, office(), validity)
            .is_ok()
    );
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    for bad in [forged.as_slice(), &[], &good[..20]] {
        let error = authority
            .issuer
            .certify_node(bad, office(), validity)
            .unwrap_err();
        assert_eq!(error.code(), "request_unusable");
    }
    assert!(Validity::from_now(NOW, 0).is_err());
    assert!(Validity::from_now(i64::MAX, 90).is_err());
}

#[test]
fn a_token_survives_being_typed_and_says_what_was_issued() {
    let authority = Authority::create(NOW).unwrap();
    let text = JoinToken::issue(&authority.issuer, new_token())
        .unwrap()
        .to_text();
    assert!(text.starts_with("NPDJOIN1.") && !text.contains(char::is_whitespace));
    println!("{} letters", text.len());
    let wrapped = text.to_lowercase().replace('-', "-\n  ");
    let token = JoinToken::parse(&wrapped).unwrap();
    assert_eq!(token.office(), office());
    assert_eq!(token.addresses(), new_token().addresses);
    assert_eq!(
        token.root_fingerprint(),
        &fingerprint(authority.root.certificate())
    );
    let verified = token.verify(authority.issuer.public_key(), NOW).unwrap();
    assert_eq!(verified.officer(), &new_token().officer);
    assert_eq!(
        (verified.id(), verified.expires_at()),
        (token.id(), NOW + 14 * DAY)
    );
    // Nobody's name is in what may be logged.
    assert!(!format!("{token:?} {verified:?} {:?}", token.officer()).contains("Lan"));
}

#[test]
fn each_way_in_which_a_token_is_no_good_has_its_name() {
    let authority = Authority::create(NOW).unwrap();
    let token = JoinToken::issue(&authority.issuer, new_token()).unwrap();
    let key = authority.issuer.public_key();
    assert!(token.verify(key, NOW + 14 * DAY - 1).is_ok());
    let error = token.verify(key, NOW + 14 * DAY).unwrap_err();
    assert_eq!(
        error,
        TokenError::Expired {
            expired_at: NOW + 14 * DAY
        }
    );
    let stranger = Authority::create(NOW).unwrap();
    let error = token.verify(stranger.issuer.public_key(), NOW).unwrap_err();
    assert_eq!(error, TokenError::WrongSignature);
    let here = OfficeCode::new(7).unwrap();
    assert_eq!(token.expect_office(office()), Ok(()));
    assert_eq!(
        token.expect_office(here),
        Err(TokenError::OtherOffice {
            token: office(),
            here
        })
    );
    let text = token.to_text();
    for (bad, code) in [
        ("hello".to_owned(), "token_not_a_token"),
        ("x".repeat(10_000), "token_not_a_token"),
        (
            text.replacen("NPDJOIN1", "NPDJOIN2", 1),
            "token_not_a_token",
        ),
        (text[..text.len() - 1].to_owned(), "token_mistyped"),
        (text[..100].to_owned(), "token_mistyped"),
    ] {
        assert_eq!(JoinToken::parse(&bad).unwrap_err().code(), code);
    }
    let mut wrong: Vec<char> = text.chars().collect();
    wrong[12] = if wrong[12] == 'A' { 'B' } else { 'A' };
    let error = JoinToken::parse(&wrong.iter().collect::<String>()).unwrap_err();
    assert_eq!(error.code(), "token_mistyped", "{error}");
}

#[test]
fn what_does_not_fit_into_a_token_is_refused_when_it_is_issued() {
    let authority = Authority::create(NOW).unwrap();
    let changes: [fn(&mut NewToken); 6] = [
        |token| token.addresses.clear(),
        |token| token.addresses = vec!["central.npd".to_owned()],
        |token| token.addresses = vec!["a:1".to_owned(); 9],
        |token| token.server_name = String::new(),
        |token| token.officer.display_name = "x".repeat(256),
        |token| token.officer.roles = vec!["a\nb".to_owned()],
    ];
    for change in changes {
        let mut token = new_token();
        change(&mut token);
        let error = JoinToken::issue(&authority.issuer, token).unwrap_err();
        assert_eq!(error.code(), "token_field");
    }
}

#[test]
fn joining_gives_a_certificate_once_and_again_to_the_same_device() {
    let authority = Authority::create(NOW).unwrap();
    let text = JoinToken::issue(&authority.issuer, new_token())
        .unwrap()
        .to_text();
    let (first, second) = (NodeKey::generate().unwrap(), NodeKey::generate().unwrap());
    let ask =
        |key: &NodeKey, user| answer(&authority.issuer, &request(&text, key), NOW, 90, |_| user);
    let (response, used) = ask(&first, None).unwrap();
    assert_eq!((used.node, used.office), (first.node_id(), office()));
    let JoinResponse::Accepted(accepted) = JoinResponse::decode(&response.encode()).unwrap() else {
        panic!("refused");
    };
    assert_eq!(accepted.root, authority.root.certificate().to_vec());
    assert_eq!(
        fingerprint(&accepted.root),
        authority.issuer.root_fingerprint()
    );
    let name = NodeName::from_certificate(&accepted.chain[0]).unwrap();
    assert_eq!((name.node, name.office), (first.node_id(), office()));
    assert_eq!(name.not_after, accepted.not_after);
    // The answer was lost: the same device asks again. Another one does not get in.
    assert!(ask(&first, Some(used.node)).is_ok());
    let refusal = ask(&second, Some(used.node)).unwrap_err();
    assert!(matches!(refusal, JoinRefusal::Used));
    let sent = JoinResponse::decode(&JoinResponse::from(&refusal).encode()).unwrap();
    assert!(matches!(sent, JoinResponse::Refused { code, .. } if code == "token_used"));
}

#[test]
fn damaged_requests_and_answers_are_refused() {
    let authority = Authority::create(NOW).unwrap();
    let key = NodeKey::generate().unwrap();
    let ask = |bytes: &[u8], now| {
        answer(&authority.issuer, bytes, now, 90, |_| None)
            .map(|_| ())
            .map_err(|e| e.code())
    };
    let text = JoinToken::issue(&authority.issuer, new_token())
        .unwrap()
        .to_text();
    let good = request(&text, &key);
    assert_eq!(ask(&good, NOW), Ok(()));
    assert_eq!(ask(&good, NOW + 15 * DAY), Err("token_expired"));
    assert_eq!(ask(&[], NOW), Err("join_unreadable"));
    assert_eq!(ask(&[9; 30], NOW), Err("join_unreadable"));
    assert_eq!(ask(&vec![0; 20_000], NOW), Err("join_unreadable"));
    assert_eq!(
        ask(&[good.as_slice(), &[0]].concat(), NOW),
        Err("join_unreadable")
    );
    assert_eq!(
        ask(&request("NPDJOIN1.AAAA", &key), NOW),
        Err("token_mistyped")
    );
    let no_key = JoinRequest::V1 {
        token: text,
        request: vec![1],
    }
    .encode();
    assert_eq!(ask(&no_key, NOW), Err("request_unusable"));
    let rude = JoinResponse::Refused {
        code: "x\n".to_owned(),
        words: "\x1b".repeat(1000),
    };
    let Some(JoinResponse::Refused { code, words }) = JoinResponse::decode(&rude.encode()) else {
        panic!("not read");
    };
    assert_eq!((code.as_str(), words.len()), ("x ", 300));
}

#[test]
fn the_directory_keeps_keys_to_its_owner_and_is_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("authority");
    assert!(matches!(
        files::load_issuer(&dir),
        Err(FileError::Missing(_))
    ));
    let authority = Authority::create(NOW).unwrap();
    files::store_authority(&dir, &authority).unwrap();
    for key in [files::ROOT_KEY, files::ISSUING_KEY] {
        let mode = std::fs::metadata(dir.join(key))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    let error = files::store_authority(&dir, &Authority::create(NOW).unwrap()).unwrap_err();
    assert_eq!(error.code(), "file_exists");
    // With the root carried away, the rest still works; and the root can sign a new issuing key.
    let root = files::load_root(&dir).unwrap();
    std::fs::remove_file(dir.join(files::ROOT_KEY)).unwrap();
    let issuer = files::load_issuer(&dir).unwrap();
    assert_eq!(issuer.public_key(), authority.issuer.public_key());
    assert_eq!(
        issuer.root_fingerprint(),
        root.new_issuer(NOW).unwrap().root_fingerprint()
    );
    // A key of another authority is noticed.
    std::fs::write(
        dir.join(files::ISSUING_KEY),
        Authority::create(NOW).unwrap().issuer.key_pem(),
    )
    .unwrap();
    assert_eq!(
        files::load_issuer(&dir).unwrap_err().code(),
        "key_certificate_mismatch"
    );
    std::fs::write(dir.join(files::ISSUING_KEY), "junk").unwrap();
    assert_eq!(
        files::load_issuer(&dir).unwrap_err().code(),
        "key_unreadable"
    );
}

fn provision(dir: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_provision"))
        .current_dir(dir)
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_command_makes_shows_and_refuses_to_overwrite() {
    let place = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| provision(place.path(), arguments);
    let ok = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    };
    ok(&["init", "--dir", "a"]);
    ok(&[
        "central",
        "--dir",
        "a",
        "--name",
        "central.npd",
        "--ip",
        "203.0.113.5",
    ]);
    let token = [
        "token",
        "--dir",
        "a",
        "--commune",
        "00004",
        "--address",
        "203.0.113.5:7443",
        "--officer",
        "lan",
        "--officer-name",
        "Nguyễn Thị Lan",
        "--roles",
        "civil-status,residence",
    ];
    let printed = ok(&token);
    assert_eq!(JoinToken::parse(&printed).unwrap().office(), office());
    ok(&[&token[..], &["--out", "t"]].concat());
    let shown = ok(&["show", "t", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["kind"], "join_token");
    assert_eq!(shown["commune"], "00004");
    assert_eq!(
        shown["roles"],
        serde_json::json!(["civil-status", "residence"])
    );
    let shown = ok(&["show", "a/central.pem"]);
    assert!(
        shown.contains("central.npd, 203.0.113.5") && shown.contains("issuing"),
        "{shown}"
    );

    for (again, code) in [
        (vec!["init", "--dir", "a"], "[file_exists]"),
        (
            vec!["central", "--dir", "a", "--name", "central.npd"],
            "[file_exists]",
        ),
        ([&token[..], &["--out", "t"]].concat(), "[file_exists]"),
        (
            vec!["central", "--dir", "b", "--name", "central.npd"],
            "[file_missing]",
        ),
    ] {
        let output = run(&again);
        assert_eq!(output.status.code(), Some(1), "{again:?}");
        assert!(
            text(&output.stderr).contains(code),
            "{}",
            text(&output.stderr)
        );
    }
    let output = run(&["show", "a/issuing.key"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert_eq!(run(&["token", "--commune", "4"]).status.code(), Some(2));
}
