//! The whole system on this machine: an authority, the centre with a synthetic population, and
//! offices, each a real process with its own data directory under one temporary directory.

use std::fs;
use std::path::{Path, PathBuf};

use registry::OfficeCode;
use registry::population::{Population, SyntheticHousehold, write_csv};
use serde_json::json;
use tempfile::TempDir;

use crate::daemons::{Central, Office, Telling};
use crate::programs::run;
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
        World::of(people(seed, offices, count), Telling::default())
    }

    /// The same with people of the caller's choice and a centre that speaks so.
    pub fn of(people: Vec<SyntheticHousehold>, telling: Telling) -> World {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let pki = folder.path().join("authority");
        authority(&pki);
        let file = folder.path().join("people.csv");
        write_csv(people.iter().cloned(), fs::File::create(&file).unwrap()).unwrap();
        let data = folder.path().join("central");
        run(
            "central-registry",
            &["import", arg(&file), "--data", arg(&data)],
        );
        let log = folder.path().join("central.log");
        let central = Central::start(data, pki.clone(), log, telling);
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

/// Synthetic people: so many for each office.
pub fn people(seed: u64, offices: &[&str], count: u32) -> Vec<SyntheticHousehold> {
    let communes: Vec<(OfficeCode, u32)> = offices
        .iter()
        .map(|code| (code.parse().expect("a code"), count))
        .collect();
    let population = Population::new(seed, &communes);
    population.expect("a population").collect()
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
