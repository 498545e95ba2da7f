//! A node in a directory of its own, joined by the real command, and what is asked of it.
#![allow(dead_code, unreachable_pub)]

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clap::Parser;
use commune_node::cli::{self, Cli};
use commune_node::daemon::{Daemon, DaemonError, Listen};
use commune_node::device::{self, Device};
use commune_node::line::LineConfig;
use registry::RecordId;
use registry::fields::Fields;
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind, Shape};
use registry::value::Value;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::centre::Centre;

pub fn record_id(n: u8) -> RecordId {
    RecordId::new([n; 16])
}

pub fn person(n: u8, name: &str) -> Record {
    let mut fields = Fields::new();
    fields.set(
        Field::Name,
        Some(Value::Name(
            registry::name::PersonName::parse(name).unwrap(),
        )),
    );
    let birth = json!({"birth": {"date": "1980-02-03"}});
    fields.set(Field::BirthDate, serde_json::from_value(birth).ok());
    let pin = json!({ "pin": format!("0011800000{n:02}") });
    fields.set(Field::Pin, serde_json::from_value(pin).ok());
    Record::new(record_id(n), RecordKind::Person, fields)
}

/// Somebody of whom more is known: single values, or an entry of a field that has entries.
pub fn with(record: Record, more: &[(Field, serde_json::Value)]) -> Record {
    let Content::Genesis(mut fields) = record.content else {
        panic!("somebody who was just made");
    };
    for (field, value) in more {
        let value: Value = serde_json::from_value(value.clone()).unwrap();
        match field.rule().shape {
            Shape::Single => fields.set(*field, Some(value)),
            Shape::Entries => fields.push(*field, value),
        }
    }
    Record::new(record.id, record.kind, fields)
}

pub fn people() -> Vec<Record> {
    let names = [
        "Trần Thị Hòa",
        "Lê Văn Đức",
        "Phạm Quốc Việt",
        "Ngô Thị Lý",
        "Vũ Văn Mạnh",
    ];
    (1..).zip(names).map(|(n, name)| person(n, name)).collect()
}

/// Runs a command line as a person types it, on a thread of its own.
pub async fn command(dir: &Path, words: &[&str]) -> u8 {
    let mut line = vec!["commune-node", "--data", dir.to_str().unwrap()];
    line.extend(words);
    let cli = Cli::try_parse_from(line).unwrap();
    spawn_blocking(move || match cli::execute(&cli) {
        Ok(exit) => exit as u8,
        Err(failure) => failure.exit as u8,
    })
    .await
    .unwrap()
}

pub async fn join(dir: &Path, centre: &Centre) {
    let token = centre.token().to_text();
    assert_eq!(command(dir, &["join", "--token", &token]).await, 0);
}

/// A daemon that serves.
pub struct Running {
    pub address: SocketAddr,
    pub api: commune_node::api::Api,
    pub token: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), DaemonError>>,
}

pub async fn start(dir: &Path) -> Running {
    start_with(dir, |_| {}).await
}

pub async fn start_with(dir: &Path, tune: impl FnOnce(&mut LineConfig)) -> Running {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    start_at(dir, any.into(), tune).await
}

pub async fn start_at(dir: &Path, listen: Listen, tune: impl FnOnce(&mut LineConfig)) -> Running {
    let quick = |config: &mut LineConfig| {
        config.waits = (Duration::from_millis(20), Duration::from_millis(100));
        config.check_settle = Duration::from_millis(20);
        config.check_interval = Duration::from_millis(200);
        tune(config);
    };
    let device = Device::load(dir).unwrap();
    let daemon = Daemon::open(device, listen, quick).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let (address, api) = (daemon.address(), daemon.api().clone());
    let token = device::read(&dir.join("officer-lan.token")).unwrap();
    let served = tokio::spawn(daemon.serve(async {
        let _ = stopped.await;
    }));
    Running {
        address,
        api,
        token,
        stop,
        served,
    }
}

impl Running {
    pub async fn stop(self) {
        let Running {
            api, stop, served, ..
        } = self;
        drop(api);
        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
    }

    /// Waits until the office and its line stand as wanted.
    pub async fn until(&self, wanted: impl Fn(&commune_node::api::StatusView) -> bool) {
        let mut line = self.api.line.watch();
        let mut commits = self.api.writer.commits();
        let patience = tokio::time::timeout(Duration::from_secs(60), async {
            while !wanted(&commune_node::api::StatusView::of(&self.api)) {
                tokio::select! {
                    changed = line.changed() => changed.unwrap(),
                    committed = commits.changed() => committed.unwrap(),
                }
            }
        });
        patience.await.expect("the node gets there");
    }

    pub async fn get(&self, path: &str) -> (u16, serde_json::Value) {
        self.ask("GET", path, None, Some(&self.token)).await
    }

    pub async fn post(&self, path: &str, body: &str) -> (u16, serde_json::Value) {
        self.ask("POST", path, Some(body), Some(&self.token)).await
    }

    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        token: Option<&str>,
    ) -> (u16, serde_json::Value) {
        let (status, text) = self.ask_text(method, path, body, token).await;
        (
            status,
            serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)),
        )
    }

    pub async fn ask_text(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        token: Option<&str>,
    ) -> (u16, String) {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Content-Type", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {}", token.trim()));
        }
        let request = request.body(body.unwrap_or_default().to_owned()).unwrap();
        spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .build();
            let mut response = ureq::Agent::from(config).run(request).unwrap();
            let text = response.body_mut().read_to_string().unwrap();
            (response.status().as_u16(), text)
        })
        .await
        .unwrap()
    }
}
