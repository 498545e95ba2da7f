//! The whole system on this machine: the authority, the central registry with its people, and the
//! offices, each a real process with its own data folder.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use registry::OfficeCode;
use registry::unit::Units;

use super::api::Desk;
use super::processes::{Daemon, Interrupt, Programs};
use crate::client::{Api, ApiFile};
use crate::failure::Failure;
use crate::population::write_file;

/// Name of the central registry in its certificate.
const CENTRAL_NAME: &str = "central.npd";
/// Longest wait for a daemon to listen.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// The officer of each office, who has every role: the demonstration is about offices.
const OFFICER: &str = "lan";

/// An office that runs.
pub(crate) struct Office {
    /// Its commune.
    pub(crate) code: OfficeCode,
    /// Name as people say it.
    pub(crate) name: String,
    /// Its API.
    pub(crate) desk: Desk,
    /// Its process.
    pub(crate) daemon: Daemon,
    /// Its data folder.
    pub(crate) data: PathBuf,
}

/// Everything that runs. Dropped, it stops: offices first, then the centre.
pub(crate) struct Fleet {
    /// The offices.
    pub(crate) offices: Vec<Office>,
    /// The central registry's API.
    pub(crate) central: Api,
    /// Its process.
    pub(crate) central_daemon: Daemon,
    /// Its data folder.
    pub(crate) central_data: PathBuf,
    /// Where it listens for offices.
    pub(crate) quic: String,
    programs: Programs,
    folder: PathBuf,
    lan: Option<IpAddr>,
    interrupt: Interrupt,
}

/// What a fleet is made of.
pub(crate) struct Plan<'a> {
    /// The offices.
    pub(crate) offices: &'a [OfficeCode],
    /// People in each.
    pub(crate) people: u32,
    /// Seed of the people.
    pub(crate) seed: u64,
    /// Where everything goes.
    pub(crate) folder: &'a Path,
    /// Where the offices' screens are served to other machines, if at all.
    pub(crate) lan: Option<IpAddr>,
}

/// A path as an argument.
fn arg(path: &Path) -> Result<&str, Failure> {
    path.to_str()
        .ok_or_else(|| Failure::file(path, "the path is not UTF-8"))
}

impl Fleet {
    /// Makes the authority, imports the people and starts the centre; no office runs yet.
    pub(crate) fn start(
        plan: &Plan<'_>,
        interrupt: &Interrupt,
        mut say: impl FnMut(String),
    ) -> Result<Fleet, Failure> {
        let programs = Programs::beside_this_one()?;
        let folder = plan.folder;
        let pki = folder.join("authority");
        let central_data = folder.join("central");
        programs.run("provision", &["init", "--dir", arg(&pki)?])?;
        programs.run(
            "provision",
            &["central", "--dir", arg(&pki)?, "--name", CENTRAL_NAME],
        )?;
        say("authority made: root, issuing key, the central registry's certificate".into());
        let people = folder.join("people.csv");
        let counts: Vec<_> = plan
            .offices
            .iter()
            .map(|office| (*office, plan.people))
            .collect();
        let written = write_file(&people, plan.seed, &counts)?;
        programs.run(
            "central-registry",
            &["import", arg(&people)?, "--data", arg(&central_data)?],
        )?;
        say(format!(
            "{} synthetic people imported",
            crate::output::grouped(written)
        ));
        let (central_daemon, central, quic) = start_central(
            &programs,
            folder,
            &pki,
            &central_data,
            "127.0.0.1:0",
            interrupt,
        )?;
        say(format!(
            "central registry: QUIC {quic}, API {}",
            central.base()
        ));
        Ok(Fleet {
            offices: Vec::new(),
            central,
            central_daemon,
            central_data,
            quic,
            programs,
            folder: folder.to_path_buf(),
            lan: plan.lan,
            interrupt: interrupt.clone(),
        })
    }

    /// Provisions an office with a join token, lets it join, and starts it.
    pub(crate) fn join(&mut self, code: OfficeCode) -> Result<&Office, Failure> {
        let pki = self.folder.join("authority");
        let token = self.folder.join(format!("{code}.token"));
        let data = self.folder.join(format!("office-{code}"));
        let code_text = code.to_string();
        let roles = "civil-status,residence,identification,admin";
        self.programs.run(
            "provision",
            &[
                "token",
                "--dir",
                arg(&pki)?,
                "--commune",
                &code_text,
                "--address",
                &self.quic,
                "--server-name",
                CENTRAL_NAME,
                "--officer",
                OFFICER,
                "--officer-name",
                "Nguyễn Thị Lan",
                "--roles",
                roles,
                "--out",
                arg(&token)?,
            ],
        )?;
        self.programs.run(
            "commune-node",
            &["join", "--data", arg(&data)?, "--token", arg(&token)?],
        )?;
        let (daemon, desk) = self.start_office(code, &data)?;
        let commune = Units::built_in().commune(code);
        let name = commune.map_or_else(|| code.to_string(), |commune| commune.full_name());
        self.offices.push(Office {
            code,
            name,
            desk,
            daemon,
            data,
        });
        self.offices
            .last()
            .ok_or_else(|| Failure::Failed("the office was not kept".into()))
    }

    /// Starts an office that has joined before.
    pub(crate) fn start_office(
        &self,
        code: OfficeCode,
        data: &Path,
    ) -> Result<(Daemon, Desk), Failure> {
        let _ = fs::remove_file(data.join("api.json"));
        let mut command = self.programs.command("commune-node");
        command.args([
            "run",
            "--data",
            arg(data)?,
            "--api",
            "127.0.0.1:0",
            "--log-format",
            "text",
        ]);
        if let Some(lan) = self.lan {
            let any_port = SocketAddr::from((lan, 0));
            command.args(["--lan", &any_port.to_string()]);
        }
        let log = self.folder.join(format!("office-{code}.log"));
        let name = format!("the office {code}");
        let mut daemon = Daemon::start(&name, command, &log)?;
        let clerk_token = fs::read_to_string(data.join(format!("officer-{OFFICER}.token"))).ok();
        let desk = daemon.wait_for("it is ready", START_TIMEOUT, &self.interrupt, || {
            let file = ApiFile::read(data).ok()?;
            let device = Api::new("the office", &file.address, &file.token).ok()?;
            let clerk = match &clerk_token {
                Some(token) => device.with_token(token),
                None => device.clone(),
            };
            let desk = Desk::new(clerk, device);
            desk.is_ready().then_some(desk)
        })?;
        Ok((daemon, desk))
    }

    /// The officer's token of an office.
    pub(crate) fn officer_token(office: &Office) -> PathBuf {
        office.data.join(format!("officer-{OFFICER}.token"))
    }

    /// The account of an office's officer and a one-time password for the screens.
    pub(crate) fn first_password(
        &self,
        office: &Office,
    ) -> Result<(&'static str, String), Failure> {
        let data = arg(&office.data)?;
        let told = self.programs.run(
            "commune-node",
            &[
                "--format", "json", "officer", "password", OFFICER, "--data", data,
            ],
        )?;
        let told: serde_json::Value = serde_json::from_str(&told)
            .map_err(|_| Failure::Failed("commune-node gave no password".into()))?;
        let password = told.get("password").and_then(serde_json::Value::as_str);
        let password =
            password.ok_or_else(|| Failure::Failed("commune-node gave no password".into()))?;
        Ok((OFFICER, password.to_owned()))
    }

    /// Whether anything has ended that should run.
    pub(crate) fn ended(&mut self) -> Option<Failure> {
        self.central_daemon.ended().or_else(|| {
            self.offices
                .iter_mut()
                .find_map(|office| office.daemon.ended())
        })
    }

    /// Waits until `look` finds something; fails with the end of the logs.
    pub(crate) fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut(&Fleet) -> Option<T>,
    ) -> Result<T, Failure> {
        let started = std::time::Instant::now();
        loop {
            if let Some(found) = look(self) {
                return Ok(found);
            }
            if let Some(failure) = self.ended() {
                return Err(failure);
            }
            if self.interrupt.is_set() {
                return Err(Failure::Failed("stopped on request".into()));
            }
            if started.elapsed() > limit {
                let tails: Vec<String> = self
                    .offices
                    .iter()
                    .map(|office| office.daemon.tail())
                    .collect();
                return Err(Failure::Failed(format!(
                    "waited {} s for this: {what}\n{}\n{}",
                    limit.as_secs(),
                    self.central_daemon.tail(),
                    tails.join("\n")
                )));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// Stops everything, offices first.
    pub(crate) fn stop(&mut self) {
        for office in &mut self.offices {
            office.daemon.stop();
        }
        self.central_daemon.stop();
    }
}

/// Starts the central registry; tells its API and where offices dial.
fn start_central(
    programs: &Programs,
    folder: &Path,
    pki: &Path,
    data: &Path,
    listen: &str,
    interrupt: &Interrupt,
) -> Result<(Daemon, Api, String), Failure> {
    let _ = fs::remove_file(data.join("api.json"));
    let mut command = programs.command("central-registry");
    command.args(["run", "--data", arg(data)?, "--pki", arg(pki)?]);
    command.args([
        "--listen",
        listen,
        "--api",
        "127.0.0.1:0",
        "--log-format",
        "text",
    ]);
    let log = folder.join("central.log");
    let mut daemon = Daemon::start("the central registry", command, &log)?;
    let quic = daemon.wait_for("it listens", START_TIMEOUT, interrupt, || {
        let said = fs::read_to_string(&log).ok()?;
        listening_address(&said)
    })?;
    let api = daemon.wait_for("its API is ready", START_TIMEOUT, interrupt, || {
        let file = ApiFile::read(data).ok()?;
        let api = Api::new("the central registry", &file.address, &file.token).ok()?;
        api.is_ready().then_some(api)
    })?;
    Ok((daemon, api, quic))
}

/// The address in the line that the central registry prints when it listens.
fn listening_address(said: &str) -> Option<String> {
    said.lines()
        .filter(|line| line.starts_with("central-registry: listening "))
        .flat_map(str::split_whitespace)
        .find_map(|word| word.strip_prefix("quic="))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_centre_is_read_from_its_first_line() {
        let said =
            "a log line\ncentral-registry: listening quic=127.0.0.1:7400 api=127.0.0.1:7401\n";
        assert_eq!(listening_address(said).as_deref(), Some("127.0.0.1:7400"));
        assert_eq!(listening_address("central-registry: listening quic"), None);
    }
}
