//! `run`: the daemon, from its start to its orderly end.

use std::sync::Arc;

use anyhow::Context as _;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rand::Rng as _;
use registry::NodeId;
use registry::case::Jurisdiction;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Exit, Numbers, RunArgs};
use crate::api;
use crate::blocks::Reserving;
use crate::home::Home;
use crate::limits;
use crate::operators::{Operator, OperatorRole, Operators};
use crate::registrar::{Config, Registrar};
use crate::server::{Pki, Server};

/// Upper ends of the classes of commit times, seconds.
const COMMIT_BUCKETS: &[f64] = &[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
/// Name of the operator that a first start makes.
const FIRST_OPERATOR: &str = "admin";
const OPERATOR_TOKEN: &str = "operator.token";
const API_JSON: &str = "api.json";

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Exit> {
    registry_log::start("central-registry", args.log_format)?;
    let pki = Pki::load(&args.pki)?;
    let home = Home::open(&args.data)?;
    tracing::info!(
        position = home.opened.position.get(),
        records = home.opened.records,
        replayed = home.opened.replayed,
        "store opened"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(args, pki, home))
}

async fn serve(args: &RunArgs, pki: Pki, home: Home) -> anyhow::Result<Exit> {
    let metrics = recorder()?;
    let operators = Operators::load(home.store.as_ref())?;
    let token = daemon_token(&home, &operators)?;
    let key = SigningKey::from_pkcs8_pem(&pki.key_pem)
        .map_err(|_| anyhow::anyhow!("central.key is no Ed25519 key: `provision` makes it"))?;
    let mut registrar = Registrar::open(Arc::clone(&home.store) as _, config(&home, key));
    registrar = registrar.keeping(Arc::clone(&home.folder));
    match registrar.sweep_attachments() {
        Ok(0) => {}
        Ok(files) => tracing::warn!(files, "files that no act names were removed"),
        Err(error) => tracing::warn!(code = error.code(), "attachments: {error}"),
    }
    if args.numbers == Numbers::Reserved {
        registrar = registrar.reserving(Reserving {
            numbers: args.numbers_at_hand,
        });
    }
    let (listener, api_address) = api::bind(args.api).await?;
    let server = Server::start(args.listen, pki, registrar, operators)?;
    server.find_duplicates_at(args.duplicates_at.0);
    let (stop, stopped) = watch::channel(false);
    let router = api::router(&server, Some(metrics));
    let serving = tokio::spawn(api::serve(listener, router, stopped));
    announce(&home, &server, api_address, &token)?;
    wait_for_the_end().await?;
    tracing::info!("going down");
    let _ = stop.send(true);
    // A client that keeps its connection open does not keep the registry from going down.
    if let Ok(ended) = tokio::time::timeout(limits::API_FINISH_TIME_MAX, serving).await {
        ended.context("the interface ended badly")??;
    }
    server.stop().await;
    tracing::info!("down");
    Ok(Exit::Done)
}

/// What the registrar is, with the key that signs receipts.
fn config(home: &Home, key: SigningKey) -> Config {
    Config {
        node: NodeId::new(home.id),
        draw: Box::new(|| rand::rng().random_range(0..1_000_000)),
        sign: Box::new(move |bytes| key.sign(bytes).to_bytes()),
    }
}

/// A registrar that gives no receipts: for work on a registry that is not running.
pub(super) fn registrar_without_key(home: &Home) -> anyhow::Result<Arc<Registrar>> {
    let config = Config {
        node: NodeId::new(home.id),
        draw: Box::new(|| rand::rng().random_range(0..1_000_000)),
        sign: Box::new(|_| [0; 64]),
    };
    Ok(Arc::new(Registrar::open(
        Arc::clone(&home.store) as _,
        config,
    )))
}

fn recorder() -> anyhow::Result<PrometheusHandle> {
    let commits = Matcher::Full("central_commit_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(commits, COMMIT_BUCKETS)?;
    Ok(builder.install_recorder()?)
}

/// The first operator's token: made at the first start, then read from its file for `api.json`.
fn daemon_token(home: &Home, operators: &Operators) -> anyhow::Result<String> {
    let name = FIRST_OPERATOR.parse()?;
    if !operators.has(&name) {
        let roles = OperatorRole::ALL.to_vec();
        let (operator, token) = Operator::new(name, roles, Jurisdiction::National)?;
        // The file first: an operator whose token nobody has could not be replaced.
        let path = home.write_secret(OPERATOR_TOKEN, token.text())?;
        operators.add(home.store.as_ref(), operator)?;
        tracing::info!(path = %path.display(), "the first operator's token was written");
        return Ok(token.text().to_owned());
    }
    let path = home.dir.join(OPERATOR_TOKEN);
    // An operator may have taken the file away, as they should once other operators exist.
    Ok(std::fs::read_to_string(path)
        .unwrap_or_default()
        .trim()
        .to_owned())
}

fn announce(
    home: &Home,
    server: &Server,
    api: std::net::SocketAddr,
    token: &str,
) -> anyhow::Result<()> {
    let json = serde_json::json!({"address": api.to_string(), "token": token});
    home.write_secret(API_JSON, &json.to_string())?;
    println!(
        "central-registry: listening quic={} api={api}",
        server.address()
    );
    tracing::info!(quic = %server.address(), %api, "listening");
    Ok(())
}

async fn wait_for_the_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
