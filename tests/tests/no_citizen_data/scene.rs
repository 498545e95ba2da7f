//! Where it is played: a centre and two offices that tell all they can, and everything that was
//! heard of them beside their logs.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use registry::population::SyntheticPerson;
use registry_tests::daemons::{Office, Telling};
use registry_tests::http::{Answer, Api};
use registry_tests::programs::command;
use registry_tests::wait::until;
use registry_tests::world::{OFFICER, ROLES, World, arg};
use serde_json::{Value, json};

use super::cast;

/// The communes: two with offices, and one of which people come.
pub(crate) const COMMUNES: [&str; 3] = ["00004", "00008", "00025"];
const PEOPLE: u32 = 60;
/// Everything says all it can: our own crates, and those that they use.
pub(crate) const ALL: &str = "trace";

/// Everything that plays.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) offices: Vec<Office>,
    /// One-time passwords of the offices' officers.
    pub(crate) once: Vec<String>,
    /// A reviewer's interface at the centre.
    pub(crate) reviewer: Api,
    /// What was heard: what commands said to whoever looks for faults, refusals, figures.
    pub(crate) heard: Vec<(String, String)>,
    /// What was told to whom it concerns; there the marks have to be.
    pub(crate) told: String,
    /// Tokens and sessions.
    pub(crate) secrets: Vec<String>,
}

fn talkative(log_format: &'static str) -> Telling {
    Telling {
        environment: vec![("RUST_LOG".to_owned(), ALL.to_owned())],
        log_format,
    }
}

impl Scene {
    /// The centre with its people, and two offices that hold theirs.
    pub(crate) fn start() -> Scene {
        let people = cast::marked(71, &COMMUNES, PEOPLE);
        let world = World::of(people, talkative("json"));
        let body = json!({"name": "reviewer-1", "roles": ["reviewer"], "province": null});
        let answer = world.central.api.post("/api/v1/operators", &body).unwrap();
        let reviewer = world.central.api.with_token(answer.text("/token"));
        let mut scene = Scene {
            secrets: vec![
                world.central.api.token().to_owned(),
                reviewer.token().to_owned(),
            ],
            world,
            offices: Vec::new(),
            once: Vec::new(),
            reviewer,
            heard: Vec::new(),
            told: String::new(),
        };
        for (code, format) in [(COMMUNES[0], "json"), (COMMUNES[1], "text")] {
            scene.join(code, format);
        }
        for place in [0, 1] {
            let Scene { world, offices, .. } = &mut scene;
            offices[place].start();
            world.until_equal(&offices[place]);
            let token = offices[place].api.token().to_owned();
            scene.secrets.push(token);
        }
        scene
    }

    fn join(&mut self, code: &str, log_format: &'static str) {
        let token = self.world.token(code, &format!("{ROLES},admin"));
        let data = self.world.folder().join(format!("office-{code}"));
        let joined = self.run(
            "commune-node",
            &["join", "--data", arg(&data), "--token", arg(&token)],
        );
        let said = String::from_utf8(joined.stdout).unwrap();
        assert!(joined.status.success(), "{said}");
        let once = said
            .lines()
            .find_map(|line| line.split("within 30 days: ").nth(1));
        self.once
            .push(once.expect("the password for the first sign-in").to_owned());
        self.secrets
            .push(fs::read_to_string(&token).unwrap().trim().to_owned());
        self.secrets.extend(self.once.last().cloned());
        let log = self.world.folder().join(format!("office-{code}.log"));
        let mut office = Office::new(code, data, log);
        let telling = talkative(log_format);
        office.environment = telling.environment;
        office.log_format = telling.log_format;
        self.offices.push(office);
    }

    /// Runs a command that tells all it can; what it says beside its answer is heard, and what it
    /// says when it fails.
    pub(crate) fn run(&mut self, program: &str, arguments: &[&str]) -> Output {
        let output = command(program)
            .env("RUST_LOG", ALL)
            .args(arguments)
            .output()
            .expect("a program that starts");
        self.keep(&format!("{program} {}", arguments[0]), &output);
        output
    }

    pub(crate) fn keep(&mut self, what: &str, output: &Output) {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        self.heard
            .push((format!("what {what} said of faults"), errors));
    }

    /// A command of an office's program.
    pub(crate) fn node(&mut self, place: usize, arguments: &[&str]) -> Output {
        let data = self.offices[place].data.clone();
        self.run(
            "commune-node",
            &[arguments, &["--data", arg(&data)]].concat(),
        )
    }

    /// A command of the operators' program; what it prints holds nobody's data, unless `reveals`.
    pub(crate) fn ctl(&mut self, arguments: &[&str], reveals: bool) -> Output {
        let data = self.world.central.data().to_path_buf();
        let output = command("registryctl")
            .env("RUST_LOG", ALL)
            .env(
                "REGISTRYCTL_TOKEN",
                if reveals { self.reviewer.token() } else { "" },
            )
            .args(["--central", arg(&data)])
            .args(arguments)
            .output()
            .expect("a program that starts");
        let what = format!("registryctl {}", arguments[0]);
        self.keep(&what, &output);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if reveals {
            self.told.push_str(&said);
        } else {
            self.heard.push((what, said));
        }
        output
    }

    /// What an interface has answered: a refusal is heard, everything else is told.
    pub(crate) fn note(&mut self, what: &str, answer: Answer) -> Answer {
        if answer.status >= 400 {
            self.heard
                .push((format!("the refusal of {what}"), answer.raw.clone()));
        } else {
            self.told.push_str(&answer.raw);
        }
        answer
    }

    /// Asks an office.
    pub(crate) fn get(&mut self, place: usize, path: &str) -> Answer {
        let answer = self.offices[place].api.get(path).expect("an answer");
        self.note("a question to an office", answer)
    }

    /// Files an act at an office.
    pub(crate) fn file(&mut self, place: usize, act: &Value) -> Answer {
        let answer = self.offices[place].file(act);
        self.note(&format!("the act {}", act["act"]), answer)
    }

    /// Files an act that has to be taken.
    pub(crate) fn filed(&mut self, place: usize, act: &Value) -> String {
        let answer = self.file(place, act);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("/act").to_owned()
    }

    /// Somebody of a commune: the head of its household of this place.
    pub(crate) fn head(&self, commune: &str, place: usize) -> SyntheticPerson {
        let of_commune = |code: &str| code == commune;
        let households = self.world.people.iter();
        let mut heads = households
            .filter(|household| of_commune(&household.unit.to_string()))
            .map(|household| household.members[0].clone())
            .filter(|head| head.birth.date().is_some_and(|born| born.whole().is_some()));
        heads.nth(place).expect("so many households")
    }

    /// The record of such a person at their office.
    pub(crate) fn record(&self, place: usize, head: usize) -> String {
        let head = self.head(COMMUNES[place], head);
        self.offices[place].person(&head.pin.digits())
    }

    /// A file of the scene.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.folder().join(name)
    }

    /// The first office loses its power, and its cache is damaged meanwhile.
    pub(crate) fn an_office_is_killed_and_its_cache_damaged(&mut self) {
        let person = self.record(0, 5);
        self.filed(
            0,
            &json!({"act": "contact", "person": person, "phone": cast::PHONES[3]}),
        );
        self.offices[0].kill();
        let cache = self.offices[0].data.join("store/cache");
        for entry in fs::read_dir(&cache).expect("the cache of an office") {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = fs::read(&path).unwrap().len();
                fs::write(&path, vec![0x5a; bytes]).unwrap();
            }
        }
        self.offices[0].start();
        assert_eq!(self.offices[0].status()["filled"], json!(true));
    }

    /// Everybody agrees, and nothing is on its way.
    pub(crate) fn settle(&mut self) {
        for office in &self.offices {
            self.world.until_equal(office);
            until("scanned papers are at the centre", || {
                let listed = office.api.get("/api/v1/attachments?state=on_its_way")?;
                (listed.body == json!([])).then_some(())
            });
        }
        for place in [0, 1] {
            let figures = plain(&self.offices[place].api, "/metrics");
            self.heard
                .push(("the figures of an office".to_owned(), figures));
        }
        let figures = plain(&self.world.central.api, "/metrics");
        self.heard
            .push(("the figures of the centre".to_owned(), figures));
    }

    /// The token of the officer, as the daemon keeps it beside its store.
    pub(crate) fn token_file() -> String {
        format!("officer-{OFFICER}.token")
    }
}

/// A text that is no JSON.
pub(crate) fn plain(api: &Api, path: &str) -> String {
    let text = api.text(path).expect("an answer");
    assert!(!text.is_empty(), "{path}");
    text
}
