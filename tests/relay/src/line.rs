//! An office behind a relay: joined, filled, worked in, and found equal with the centre.

use registry_tests::daemons::Office;
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, issue_token};
use registry_tests::{programs, world};
use serde_json::{Value, json};

use crate::cast;
use crate::quality::Quality;
use crate::relay::Relay;

/// An office and its line.
pub struct Remote {
    /// The office.
    pub office: Office,
    /// Its line, which has no faults until it is reshaped.
    pub line: Relay,
    /// Acts that were promised to the clerk.
    pub promised: Vec<String>,
}

impl Remote {
    /// Lets an office join through a line of its own; it does not run yet.
    pub fn join(world: &World, code: &str, seed: u64) -> Remote {
        let centre = world.central.quic.parse().expect("the centre's address");
        let line = Relay::start(centre, Quality::unshaped(), seed);
        let token = world.folder().join(format!("{code}.token"));
        issue_token(&world.pki, &line.address().to_string(), code, ROLES, &token);
        let data = world.folder().join(format!("office-{code}"));
        let (data_text, token_text) = (world::arg(&data), world::arg(&token));
        programs::run(
            "commune-node",
            &["join", "--data", data_text, "--token", token_text],
        );
        let log = world.folder().join(format!("office-{code}.log"));
        Remote {
            office: Office::new(code, data, log),
            line,
            promised: Vec::new(),
        }
    }

    /// The records of some of its people.
    pub fn people(&self, world: &World, count: usize) -> Vec<String> {
        let numbers = world.numbers(&self.office.code);
        let people = numbers.iter().take(count);
        people.map(|pin| self.office.person(pin)).collect()
    }

    /// Files an act; what the office answers.
    ///
    /// # Panics
    ///
    /// When it is not taken.
    pub fn act(&mut self, act: &Value) -> Value {
        let answer = self.office.file(act);
        assert_eq!(answer.status, 201, "{act}: {answer:?}");
        self.promised.push(answer.text("/act").to_owned());
        answer.body
    }

    /// Files so many acts, one after the other on these people.
    ///
    /// # Panics
    ///
    /// When one is not taken.
    pub fn file(&mut self, people: &[String], count: usize) -> Vec<Value> {
        let mut answers = Vec::new();
        for _ in 0..count {
            let number = self.promised.len();
            let phone = format!("09{number:08}");
            let person = &people[number % people.len()];
            answers.push(self.act(&cast::phone(person, &phone)));
        }
        answers
    }

    /// Its acts, as the office lists them.
    ///
    /// # Panics
    ///
    /// When the list is cut off.
    pub fn acts(&self) -> Vec<Value> {
        let answer = self.office.api.get("/api/v1/acts?limit=500");
        let answer = answer.expect("an office that answers");
        let acts = answer.body.as_array().expect("a list").clone();
        assert!(acts.len() < 500, "the list is cut off");
        acts
    }

    /// Every act that was promised is there once, has its receipt, and is at the centre once.
    ///
    /// # Panics
    ///
    /// When that is not so.
    pub fn check(&self, world: &World) {
        self.check_but(world, &[]);
    }

    /// The same where an open case names some of the acts.
    ///
    /// # Panics
    ///
    /// When that is not so.
    pub fn check_but(&self, world: &World, disputed: &[Value]) {
        let acts = self.acts();
        let mut ids: Vec<&str> = acts.iter().filter_map(|act| act["act"].as_str()).collect();
        ids.sort_unstable();
        let mut promised: Vec<&str> = self.promised.iter().map(String::as_str).collect();
        promised.sort_unstable();
        assert_eq!(ids, promised);
        for act in &acts {
            let is_disputed = disputed.contains(&act["act"]);
            let state = if is_disputed { "disputed" } else { "final" };
            assert_eq!(act["state"], json!(state), "{act}");
        }
        let node = world.central.node(&self.office.code);
        let node = node.expect("a node that the centre knows");
        assert_eq!(node["acts_taken"], json!(acts.len()), "{node}");
    }

    /// Has the line dialled at once.
    pub fn hurry(&self) {
        let _ = self
            .office
            .api
            .post("/api/v1/sync-now?wait_ms=0", &json!({}));
    }

    /// Waits until the office says this code as the reason why there is no line.
    pub fn until_reason(&self, code: &str) {
        until(&format!("the reason {code}"), || {
            (self.office.status()["reason_code"] == json!(code)).then_some(())
        });
    }

    /// Waits until there is a line.
    pub fn until_linked(&self) {
        until("a line", || {
            (self.office.status()["linked"] == json!(true)).then_some(())
        });
    }
}
