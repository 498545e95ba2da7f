//! The two daemons as processes: started, awaited, killed, started again on the same data.

use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};

use crate::http::{Answer, Api};
use crate::programs::Process;
use crate::world::{OFFICER, arg};

/// How much a daemon tells, and in which form.
#[derive(Debug, Clone)]
pub struct Telling {
    /// Variables in its environment.
    pub environment: Vec<(String, String)>,
    /// `text` or `json`.
    pub log_format: &'static str,
}

impl Default for Telling {
    fn default() -> Telling {
        Telling {
            environment: Vec::new(),
            log_format: "text",
        }
    }
}

/// The centre.
pub struct Central {
    /// Its interface, with the first operator's token.
    pub api: Api,
    /// Where it listens for offices: the same at each start.
    pub quic: String,
    /// Variables in its environment at the next start.
    pub environment: Vec<(String, String)>,
    /// The form of its log from the next start on.
    pub log_format: &'static str,
    data: PathBuf,
    pki: PathBuf,
    log: PathBuf,
    process: Option<Process>,
}

/// A port that nobody is given who asks for any: the centre finds it free when it comes back.
fn lasting_port() -> u16 {
    /// Each world of a process has another.
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let of_this_process = u16::try_from(std::process::id() % 12_000).expect("a small number");
    loop {
        let port = 20_000 + of_this_process + GIVEN.fetch_add(1, Ordering::Relaxed);
        assert!(port < 32_768, "no port is free");
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Central {
    pub(crate) fn start(data: PathBuf, pki: PathBuf, log: PathBuf, telling: Telling) -> Central {
        let quic = format!("127.0.0.1:{}", lasting_port());
        let api = Api::new("127.0.0.1:0", "");
        let mut central = Central {
            api,
            quic,
            environment: telling.environment,
            log_format: telling.log_format,
            data,
            pki,
            log,
            process: None,
        };
        central.spawn();
        central.ready();
        central
    }

    /// Starts it again, where it listened before; does not wait for it.
    pub fn spawn(&mut self) {
        let _ = fs::remove_file(self.data.join("api.json"));
        let arguments = [
            "run",
            "--data",
            arg(&self.data),
            "--pki",
            arg(&self.pki),
            "--listen",
            &self.quic,
            "--api",
            "127.0.0.1:0",
            "--log-format",
            self.log_format,
        ];
        let process =
            Process::start_in("central-registry", &arguments, &self.environment, &self.log);
        self.process = Some(process);
    }

    /// Waits until it serves.
    pub fn ready(&mut self) {
        let process = self.process.as_mut().expect("the centre runs");
        let data = &self.data;
        self.api = process.until("the centre is ready", || {
            Api::of(data).filter(Api::is_ready)
        });
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the centre runs")
    }

    /// Stops it at once.
    pub fn kill(&mut self) {
        self.process.take().expect("the centre runs").kill();
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The node of an office, as the centre shows it.
    pub fn node(&self, code: &str) -> Option<Value> {
        let nodes = self.api.get("/api/v1/nodes")?;
        nodes
            .body
            .as_array()?
            .iter()
            .find(|node| node["office"] == json!(code))
            .cloned()
    }
}

/// An office.
pub struct Office {
    /// Its code.
    pub code: String,
    /// Its data directory.
    pub data: PathBuf,
    /// Its interface, with its officer's token.
    pub api: Api,
    /// Variables in its environment at the next start.
    pub environment: Vec<(String, String)>,
    /// The form of its log from the next start on.
    pub log_format: &'static str,
    log: PathBuf,
    process: Option<Process>,
}

impl Office {
    /// An office whose device has joined; it does not run yet.
    pub fn new(code: &str, data: PathBuf, log: PathBuf) -> Office {
        let api = Api::new("127.0.0.1:0", "");
        Office {
            code: code.to_owned(),
            data,
            api,
            environment: Vec::new(),
            log_format: Telling::default().log_format,
            log,
            process: None,
        }
    }

    /// Starts it; does not wait for it.
    pub fn spawn(&mut self) {
        let _ = fs::remove_file(self.data.join("api.json"));
        let arguments = [
            "run",
            "--data",
            arg(&self.data),
            "--api",
            "127.0.0.1:0",
            "--log-format",
            self.log_format,
        ];
        let process = Process::start_in("commune-node", &arguments, &self.environment, &self.log);
        self.process = Some(process);
    }

    /// Looks once whether it serves.
    pub fn is_ready(&mut self) -> bool {
        let Some(api) = Api::of(&self.data).filter(Api::is_ready) else {
            return false;
        };
        let token = self.data.join(format!("officer-{OFFICER}.token"));
        self.api = api.with_token(&fs::read_to_string(token).expect("the officer's token"));
        true
    }

    /// Waits until it serves.
    pub fn ready(&mut self) {
        let mut process = self.process.take().expect("the office runs");
        process.until("the office is ready", || self.is_ready().then_some(()));
        self.process = Some(process);
    }

    /// Starts it and waits until it serves.
    pub fn start(&mut self) {
        self.spawn();
        self.ready();
    }

    /// Waits until it holds its slice.
    pub fn filled(&mut self) {
        let mut process = self.process.take().expect("the office runs");
        process.until("the first fill", || {
            let status = self.api.get("/api/v1/status")?;
            (status.body["filled"] == json!(true)).then_some(())
        });
        self.process = Some(process);
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the office runs")
    }

    /// Stops it at once.
    pub fn kill(&mut self) {
        self.process.take().expect("the office runs").kill();
    }

    /// Asks it to stop.
    pub fn stop(&mut self) -> ExitStatus {
        self.process.take().expect("the office runs").stop()
    }

    /// Its status.
    pub fn status(&self) -> Value {
        self.api
            .get("/api/v1/status")
            .expect("an office that answers")
            .body
    }

    /// What its process has logged since it was started.
    pub fn said(&self) -> String {
        self.process.as_ref().expect("the office runs").said()
    }

    /// Files an act.
    pub fn file(&self, act: &Value) -> Answer {
        self.api
            .post("/api/v1/acts", act)
            .expect("an office that answers")
    }

    /// The record of the person with this number.
    pub fn person(&self, pin: &str) -> String {
        let path = format!("/api/v1/people?q={pin}&limit=2");
        let found = self.api.get(&path).expect("an office that answers");
        found.text("/0/id").to_owned()
    }
}
