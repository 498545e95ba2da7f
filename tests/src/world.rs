//! The whole system on this machine: an authority, the centre with a synthetic population, and
//! offices, each a real process with its own data directory under one temporary directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use registry::OfficeCode;
use registry::population::{Population, SyntheticHousehold, write_csv};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, Api};
use crate::programs::{Process, run};
use crate::wait::until;

/// Name of the centre in its certificate.
pub const CENTRAL_NAME: &str = "central.npd";
/// Account of the officer with whom an office is set up.
pub const OFFICER: &str = "lan";
/// All that an officer who acts may do.
pub const ROLES: &str = "civil-status,residence,identification";

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().expect("a path of UTF-8")
}

/// Authority, people and centre.
pub struct World {
    /// The centre.
    pub central: Central,
    /// Directory of the authority.
    pub pki: PathBuf,
    /// The people that were imported.
    pub people: Vec<SyntheticHousehold>,
    folder: TempDir,
}

impl World {
    /// Makes the authority, imports `count` people for each office and starts the centre.
    pub fn start(seed: u64, offices: &[&str], count: u32) -> World {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let pki = folder.path().join("authority");
        authority(&pki);
        let communes: Vec<(OfficeCode, u32)> = offices
            .iter()
            .map(|code| (code.parse().expect("a code"), count))
            .collect();
        let people: Vec<_> = Population::new(seed, &communes)
            .expect("a population")
            .collect();
        let file = folder.path().join("people.csv");
        write_csv(people.iter().cloned(), fs::File::create(&file).unwrap()).unwrap();
        let data = folder.path().join("central");
        run(
            "central-registry",
            &["import", arg(&file), "--data", arg(&data)],
        );
        let central = Central::start(data, pki.clone(), folder.path().join("central.log"));
        World {
            central,
            pki,
            people,
            folder,
        }
    }

    /// Where everything is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A join token for an office.
    pub fn token(&self, code: &str, roles: &str) -> PathBuf {
        let token = self.folder().join(format!("{code}.token"));
        issue_token(&self.pki, &self.central.quic, code, roles, &token);
        token
    }

    /// Lets an office join; it does not run yet.
    pub fn join(&self, code: &str, roles: &str) -> Office {
        self.join_in(code, roles, self.folder().join(format!("office-{code}")))
    }

    /// The same with a data directory of the caller's choice.
    pub fn join_in(&self, code: &str, roles: &str, data: PathBuf) -> Office {
        let token = self.token(code, roles);
        run(
            "commune-node",
            &["join", "--data", arg(&data), "--token", arg(&token)],
        );
        Office::new(code, data, self.folder().join(format!("office-{code}.log")))
    }

    /// Adults of an office, by their numbers: one of each household.
    pub fn numbers(&self, code: &str) -> Vec<String> {
        let office: OfficeCode = code.parse().expect("a code");
        let households = self
            .people
            .iter()
            .filter(|household| household.unit == office);
        households
            .filter_map(|household| household.members.first())
            .map(|head| head.pin.digits())
            .collect()
    }

    /// No program has panicked, whatever was done to it.
    pub fn assert_no_panic(&self) {
        let mut seen = 0;
        for entry in fs::read_dir(self.folder()).expect("the folder of this world") {
            let path = entry.expect("the folder of this world").path();
            if path.extension().is_some_and(|ending| ending == "log") {
                let log = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert!(!log.contains("panicked at"), "{}: {log}", path.display());
                seen += usize::from(!log.is_empty());
            }
        }
        assert!(seen > 0, "no log was written");
    }

    /// Waits until the office holds exactly what the centre says, and has nothing unsent.
    pub fn until_equal(&self, office: &Office) {
        until(
            &format!("office {} and the centre are equal", office.code),
            || {
                let status = office.api.get("/api/v1/status")?;
                let path = format!("/api/v1/offices/{}", office.code);
                let there = self.central.api.get(&path)?;
                let equal = status.body["unsent"] == json!(0)
                    && status.body["filled"] == json!(true)
                    && status.body["feed_applied"] == there.body["feed_head"]
                    && status.body["slice_digest"] == there.body["digest"];
                equal.then_some(())
            },
        );
    }
}

impl Drop for World {
    /// A test that fails leaves everything behind, to be looked at.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            println!("logs and data are in {}", self.folder.path().display());
        }
    }
}

/// Makes an authority with the centre's certificate.
pub fn authority(pki: &Path) {
    run("provision", &["init", "--dir", arg(pki)]);
    run(
        "provision",
        &["central", "--dir", arg(pki), "--name", CENTRAL_NAME],
    );
}

/// Issues a join token into a file.
pub fn issue_token(pki: &Path, address: &str, code: &str, roles: &str, out: &Path) {
    let _ = fs::remove_file(out);
    run(
        "provision",
        &[
            "token",
            "--dir",
            arg(pki),
            "--commune",
            code,
            "--address",
            address,
            "--server-name",
            CENTRAL_NAME,
            "--officer",
            OFFICER,
            "--officer-name",
            "Lan",
            "--roles",
            roles,
            "--out",
            arg(out),
        ],
    );
}

/// The centre.
pub struct Central {
    /// Its interface, with the first operator's token.
    pub api: Api,
    /// Where it listens for offices: the same after each restart.
    pub quic: String,
    data: PathBuf,
    pki: PathBuf,
    log: PathBuf,
    process: Option<Process>,
}

impl Central {
    fn start(data: PathBuf, pki: PathBuf, log: PathBuf) -> Central {
        let quic = "127.0.0.1:0".to_owned();
        let api = Api::new("127.0.0.1:0", "");
        let mut central = Central {
            api,
            quic,
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
            "text",
        ];
        self.process = Some(Process::start("central-registry", &arguments, &self.log));
    }

    /// Waits until it serves.
    pub fn ready(&mut self) {
        let process = self.process.as_mut().expect("the centre runs");
        let data = &self.data;
        self.api = process.until("the centre is ready", || {
            Api::of(data).filter(Api::is_ready)
        });
        let said = process.said();
        let address = said
            .lines()
            .filter(|line| line.starts_with("central-registry: listening "))
            .flat_map(str::split_whitespace)
            .find_map(|word| word.strip_prefix("quic="));
        self.quic = address
            .expect("the line that tells where it listens")
            .to_owned();
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
            "text",
        ];
        self.process = Some(Process::start("commune-node", &arguments, &self.log));
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
