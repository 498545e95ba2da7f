//! The screens for other machines of the office: real TLS, with and without trust in the root, and
//! what is never served there.
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

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use centre::Centre;
use commune_node::daemon::{Daemon, Listen};
use commune_node::device::Device;
use commune_node::lan::{LanView, LanWish};
use device::{Running, command, join, people, start, start_at};
use provisioning::{
    NodeKey, ScreensAuthority, ScreensKey, ScreensName, ScreensRequest, Validity, pem_of,
};
use registry::password::{Secret, Verifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls;

const NAME: &str = "office-00004.office.internal";
const OWN: &str = "con trâu xanh uống trà";
const DAY: i64 = 86_400;

fn listen(names: &[&str]) -> Listen {
    Listen {
        api: "127.0.0.1:0".parse().unwrap(),
        lan: Some(LanWish {
            listen: "127.0.0.1:0".parse().unwrap(),
            names: names.iter().map(|name| name.parse().unwrap()).collect(),
        }),
    }
}

fn roots(der: CertificateDer<'static>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(der).unwrap();
    roots
}

/// What the command for clerks' machines gives out.
fn trusted(dir: &Path) -> RootCertStore {
    let pem = std::fs::read(dir.join("screens-root.pem")).unwrap();
    roots(CertificateDer::from_pem_slice(&pem).unwrap())
}

/// Another machine of the office, with what it trusts and what it calls the office.
async fn machine(
    address: SocketAddr,
    name: &str,
    roots: RootCertStore,
) -> std::io::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// The end of a handshake that was refused, as the client knows it.
fn refusal(result: std::io::Result<TlsStream<TcpStream>>) -> String {
    result.expect_err("no trust").to_string()
}

async fn ask(stream: &mut TlsStream<TcpStream>, head: &str, body: &str) -> String {
    let request = format!(
        "{head}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn view(node: &Running) -> LanView {
    node.api.lan.as_ref().unwrap().view()
}

fn address(node: &Running) -> SocketAddr {
    node.api.lan.as_ref().unwrap().address()
}

async fn certified(node: &Running) {
    let lan = node.api.lan.clone().unwrap();
    lan.until(|view| !view.certificate_over).await;
}

async fn office(dir: &Path) -> (Centre, Running) {
    let centre = Centre::start(&people());
    join(dir, &centre).await;
    let node = start_at(dir, listen(&["192.168.7.7"]), |_| {}).await;
    certified(&node).await;
    (centre, node)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_machine_signs_in_over_tls_and_its_cookies_are_bound_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let (_centre, node) = office(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    let own = Verifier::of(&Secret::typed(OWN).unwrap(), &[3; 16]).unwrap();
    let set = node
        .api
        .office
        .set_password(&"lan".parse().unwrap(), own, false, None, 0);
    set.unwrap();

    let address = address(&node);
    let here = format!("{NAME}:{}", address.port());
    let connect = async || machine(address, NAME, trusted(dir.path())).await.unwrap();
    let mut stream = connect().await;
    assert_eq!(
        stream.get_ref().1.protocol_version(),
        Some(ProtocolVersion::TLSv1_3)
    );
    let page = ask(
        &mut stream,
        &format!("GET /sign-in HTTP/1.1\r\nHost: {here}"),
        "",
    )
    .await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains("strict-transport-security: max-age="),
        "{page}"
    );

    let form = format!("name=lan&password={}", OWN.replace(' ', "+"));
    let post = async |origin: &str| {
        let head = format!("POST /sign-in HTTP/1.1\r\nHost: {here}\r\nOrigin: {origin}");
        ask(&mut connect().await, &head, &form).await
    };
    let foreign = post("https://elsewhere.vn").await;
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    assert!(foreign.contains("origin_foreign"));
    let answer = post(&format!("https://{here}")).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert!(value.starts_with("__Host-npd_session="), "{value}");
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/; Secure");

    let head = |cookie: &str| format!("GET / HTTP/1.1\r\nHost: {here}\r\nCookie: {cookie}");
    let start = ask(&mut connect().await, &head(value), "").await;
    assert!(start.starts_with("HTTP/1.1 200"), "{start}");
    // A cookie that anybody on the network could have planted counts for nothing.
    let planted = value.trim_start_matches("__Host-");
    let start = ask(&mut connect().await, &head(planted), "").await;
    assert!(start.starts_with("HTTP/1.1 303"), "{start}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interface_for_programs_is_not_served_to_other_machines() {
    let dir = tempfile::tempdir().unwrap();
    let (_centre, node) = office(dir.path()).await;
    let address = address(&node);
    let connect = async || machine(address, NAME, trusted(dir.path())).await.unwrap();
    for (path, status) in [
        ("/api/v1/status", "404"),
        ("/api/v1/people?q=nguyen", "404"),
        ("/metrics", "404"),
        ("/readyz", "404"),
        ("/verify", "200"),
        // Nobody is signed in: a stream that is answered so is not asked for again.
        ("/events", "204"),
    ] {
        let token = node.token.trim();
        let head = format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\nAuthorization: Bearer {token}");
        let answer = ask(&mut connect().await, &head, "").await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
    }
    let foreign = ask(
        &mut connect().await,
        "GET /verify HTTP/1.1\r\nHost: evil.vn",
        "",
    )
    .await;
    assert!(foreign.starts_with("HTTP/1.1 421"), "{foreign}");
    assert_eq!(node.get("/api/v1/status").await.0, 200);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_trust_the_root_or_calls_the_office_otherwise_is_not_led_in() {
    let dir = tempfile::tempdir().unwrap();
    let (_centre, node) = office(dir.path()).await;
    let address = address(&node);
    let connect = |name: &'static str| machine(address, name, trusted(dir.path()));
    assert!(connect(NAME).await.is_ok());
    assert!(connect("192.168.7.7").await.is_ok());
    for other in ["office-00008.office.internal", "192.168.7.8", "localhost"] {
        let why = refusal(connect(other).await);
        assert!(why.contains("not valid for name"), "{other}: {why}");
    }
    let other = ScreensAuthority::create(1_790_000_000).unwrap();
    let other = roots(other.root.certificate().clone());
    let why = refusal(machine(address, NAME, other).await);
    assert!(why.contains("invalid peer certificate"), "{why}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_over_is_replaced_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    // A cut survives a restart: as if nobody could be reached.
    let node = start(dir.path()).await;
    assert_eq!(command(dir.path(), &["line", "cut"]).await, 0);
    node.stop().await;
    keep_expired(dir.path(), &centre);

    let node = start_at(dir.path(), listen(&[]), |_| {}).await;
    assert!(view(&node).certificate_over);
    let address = address(&node);
    let why = refusal(machine(address, NAME, trusted(dir.path())).await);
    assert!(why.contains("expired"), "{why}");
    // The office itself is served all the same.
    let (_, status) = node.get("/api/v1/status").await;
    assert_eq!(status["lan"]["certificate_over"], true);

    assert_eq!(command(dir.path(), &["line", "restore"]).await, 0);
    certified(&node).await;
    assert!(machine(address, NAME, trusted(dir.path())).await.is_ok());
    node.stop().await;

    // The next start begins with it.
    let node = start_at(dir.path(), listen(&[]), |_| {}).await;
    assert!(!view(&node).certificate_over);
    let root = view(&node).root_fingerprint.unwrap();
    assert_eq!(root.len(), 32 * 3 - 1);
    node.stop().await;
}

/// As a device that was dark for more than a year has it.
fn keep_expired(dir: &Path, centre: &Centre) {
    let now = commune_node::clock::device_s();
    let node = std::fs::read_to_string(dir.join("node.key")).unwrap();
    let (node, key) = (
        NodeKey::from_pem(&node).unwrap(),
        ScreensKey::generate().unwrap(),
    );
    let names = [ScreensName::of_office(centre::office())];
    let request = ScreensRequest::new(centre::office(), &node, &key, &names).unwrap();
    let validity = Validity::from_now(now - 400 * DAY, 397).unwrap();
    let issuer = &centre.screens().issuer;
    let made = issuer
        .certify(&request, &[centre::office()], validity)
        .unwrap();
    let chain: String = made
        .chain
        .iter()
        .map(|der| pem_of(&der.clone().into()))
        .collect();
    std::fs::write(dir.join("screens.key"), key.to_pem()).unwrap();
    std::fs::write(dir.join("screens.pem"), chain).unwrap();
    std::fs::write(dir.join("screens-root.pem"), pem_of(&made.root.into())).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_served_unencrypted_beyond_this_machine() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let open = async |listen: Listen| {
        let device = Device::load(dir.path()).unwrap();
        Daemon::open(device, listen, |_| {})
            .await
            .err()
            .map(|error| (error.code(), error.to_string()))
    };
    let anywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let (code, words) = open(anywhere.into()).await.unwrap();
    assert_eq!(code, "api_not_loopback");
    assert!(words.contains("--lan"), "{words}");
    let mut public = listen(&[]);
    public.lan.as_mut().unwrap().listen = "203.0.113.9:7543".parse().unwrap();
    assert_eq!(open(public).await.unwrap().0, "lan_not_private");
    let many: Vec<String> = (1..9).map(|n| format!("10.0.0.{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(open(listen(&many)).await.unwrap().0, "screens_names");
    assert_eq!(open(listen(&[])).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_root_is_given_out_once_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    assert_eq!(command(dir.path(), &["root-certificate"]).await, 3);
    let node = start_at(dir.path(), listen(&[]), |_| {}).await;
    certified(&node).await;
    assert_eq!(command(dir.path(), &["root-certificate"]).await, 0);
    node.stop().await;
}
