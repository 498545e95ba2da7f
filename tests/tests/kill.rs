//! SIGKILL at fifty points, drawn from a seed: while offices fill themselves for the first time,
//! while clerks file acts, while acts and receipts travel, while a process starts. What was
//! promised (the 201) must in the end have its outcome, and be at the centre exactly once.
//!
//! ```sh
//! SEED=… cargo test -p registry-tests --test kill -- --nocapture
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use registry_tests::daemons::Office;
use registry_tests::http::Api;
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World};
use serde_json::{Value, json};

const OFFICES: [&str; 2] = ["00004", "00008"];
const PEOPLE: u32 = 300;
const KILLS: usize = 50;
/// Kills for which the second office is still being filled, at most.
const FILL_KILLS: usize = 12;
/// People of an office on whom acts are filed.
const PERSONS: usize = 12;
/// Acts that a clerk files in one round.
const ROUND: usize = 5;
/// How often a condition is looked at before the blow falls, at most.
const LOOKS: u64 = 40;

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end
    }
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Centre,
    Office(usize),
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// When so many acts of this round were answered.
    Filing(usize),
    /// After the round, at this look at whether all is sent.
    Sending(u64),
    /// Again while it starts after a first blow, at this look.
    Starting(u64),
}

/// An act that was tried: what it writes, and the id if the 201 came.
struct Tried {
    person: usize,
    phone: String,
    act: Option<String>,
}

/// A clerk, who goes on where the daemon failed.
struct Clerk {
    /// Records, filled in once the office has its slice.
    persons: Vec<String>,
    tried: Vec<Tried>,
}

impl Clerk {
    /// Files a round of acts, until one is not answered.
    fn work(&mut self, api: &Api, seed: usize, answered: &AtomicUsize) {
        for index in 0..ROUND {
            let number = self.tried.len();
            let phone = format!("09{seed}{number:07}");
            let person = (number + index) % self.persons.len();
            let act = json!({"act": "contact", "person": self.persons[person], "phone": phone});
            let answer = api.post("/api/v1/acts", &act);
            let act = answer.as_ref().filter(|answer| answer.status == 201);
            let act = act.map(|answer| answer.text("/act").to_owned());
            let goes_on = act.is_some();
            if let Some(answer) = answer.filter(|answer| answer.status != 201) {
                // While it stops or its disk fails an office may say so; nothing else is right.
                assert_eq!(answer.status, 503, "{answer:?}");
            }
            self.tried.push(Tried { person, phone, act });
            if !goes_on {
                return;
            }
            answered.fetch_add(1, Ordering::SeqCst);
        }
    }
}

struct Scene {
    world: World,
    offices: Vec<Office>,
    clerks: Vec<Clerk>,
    dice: Dice,
}

impl Scene {
    fn new(seed: u64) -> Scene {
        let world = World::start(seed, &OFFICES, PEOPLE);
        let offices = OFFICES.iter().map(|code| world.join(code, ROLES)).collect();
        let clerk = || Clerk {
            persons: Vec::new(),
            tried: Vec::new(),
        };
        let dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        Scene {
            world,
            offices,
            clerks: vec![clerk(), clerk()],
            dice,
        }
    }

    /// The people of an office, found by their numbers.
    fn meet(&mut self, index: usize) {
        let office = &mut self.offices[index];
        office.filled();
        let numbers = self.world.numbers(&office.code);
        self.clerks[index].persons = numbers
            .iter()
            .take(PERSONS)
            .map(|pin| office.person(pin))
            .collect();
        assert!(self.clerks[index].persons.iter().all(|id| id.len() == 32));
    }

    fn strike(&mut self, victim: Victim) {
        match victim {
            Victim::Centre => self.world.central.kill(),
            Victim::Office(index) => self.offices[index].kill(),
        }
    }

    fn spawn(&mut self, victim: Victim) {
        match victim {
            Victim::Centre => self.world.central.spawn(),
            Victim::Office(index) => self.offices[index].spawn(),
        }
    }

    fn ready(&mut self, victim: Victim) {
        match victim {
            Victim::Centre => self.world.central.ready(),
            Victim::Office(index) => self.offices[index].ready(),
        }
    }

    /// Looks so often at whether the victim serves; does not wait for it.
    fn glance(&mut self, victim: Victim, looks: u64) {
        for _ in 0..looks {
            let serves = match victim {
                Victim::Centre => {
                    Api::of(self.world.central.data()).is_some_and(|it| it.is_ready())
                }
                Victim::Office(index) => self.offices[index].is_ready(),
            };
            if serves {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// The office at `index` fills itself while it, or the centre, is killed again and again.
    fn first_fill(&mut self, index: usize) -> usize {
        let mut kills = 0;
        self.offices[index].spawn();
        while kills < FILL_KILLS {
            let victim = [Victim::Office(index), Victim::Centre][self.dice.below(2) as usize];
            let looks = self.dice.below(LOOKS);
            self.offices[index].ready();
            for _ in 0..looks {
                if self.offices[index].status()["filled"] == json!(true) {
                    return kills;
                }
                let _ = self.offices[index].api.post("/api/v1/sync-now", &json!({}));
            }
            println!("kill {kills}: {victim:?} in the first fill, look {looks}");
            self.strike(victim);
            self.spawn(victim);
            self.ready(victim);
            kills += 1;
        }
        kills
    }

    /// A round of acts with a blow in or after it.
    fn round(&mut self, round: usize) {
        let victim = match self.dice.below(3) {
            0 => Victim::Centre,
            other => Victim::Office(other as usize - 1),
        };
        let moment = match self.dice.below(4) {
            0 => Moment::Sending(self.dice.below(LOOKS)),
            1 => Moment::Starting(self.dice.below(4 * LOOKS)),
            _ => Moment::Filing(self.dice.below(2 * ROUND as u64) as usize),
        };
        println!("kill {round}: {victim:?} at {moment:?}");
        let answered = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let apis: Vec<Api> = self
            .offices
            .iter()
            .map(|office| office.api.clone())
            .collect();
        let mut clerks = std::mem::take(&mut self.clerks);
        std::thread::scope(|scope| {
            for (seed, (clerk, api)) in clerks.iter_mut().zip(&apis).enumerate() {
                let (answered, done) = (&answered, &done);
                scope.spawn(move || {
                    clerk.work(api, seed, answered);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
            let all_done = || done.load(Ordering::SeqCst) == apis.len();
            match moment {
                Moment::Filing(count) => {
                    until("acts are answered", || {
                        (all_done() || answered.load(Ordering::SeqCst) >= count).then_some(())
                    });
                }
                Moment::Sending(looks) => {
                    until("the clerks have filed", || all_done().then_some(()));
                    for _ in 0..looks {
                        let unsent = |office: &Office| office.status()["unsent"] != json!(0);
                        if !self.offices.iter().any(unsent) {
                            break;
                        }
                    }
                }
                Moment::Starting(_) => {}
            }
            self.strike(victim);
        });
        self.clerks = clerks;
        self.spawn(victim);
        if let Moment::Starting(looks) = moment {
            self.glance(victim, looks);
            self.strike(victim);
            self.spawn(victim);
        }
        self.ready(victim);
    }

    /// Everything heals: both sides hold the same, nothing is unsent.
    fn heal(&self) {
        for office in &self.offices {
            let _ = office.api.post("/api/v1/sync-now", &json!({}));
            self.world.until_equal(office);
        }
    }

    /// Every act that an office knows as its own.
    fn own_acts(&self, index: usize) -> Vec<Value> {
        let acts = self.offices[index]
            .api
            .get("/api/v1/acts?limit=500")
            .unwrap();
        let acts = acts.body.as_array().unwrap().clone();
        assert!(acts.len() < 500, "the list is cut off");
        acts
    }

    /// What was promised to the clerk of one office; how many acts the office has.
    fn check(&self, index: usize) -> usize {
        let (office, clerk) = (&self.offices[index], &self.clerks[index]);
        let acts = self.own_acts(index);
        let ids: BTreeSet<&str> = acts
            .iter()
            .map(|act| act["act"].as_str().unwrap())
            .collect();
        assert_eq!(
            ids.len(),
            acts.len(),
            "an act stands twice in {}",
            office.code
        );
        for act in &acts {
            assert_eq!(act["state"], json!("final"), "{act}");
        }
        let promised: Vec<_> = clerk
            .tried
            .iter()
            .filter_map(|tried| tried.act.as_ref())
            .collect();
        for act in &promised {
            assert!(ids.contains(act.as_str()), "{act} was promised and is gone");
        }
        assert!(acts.len() <= clerk.tried.len(), "acts that nobody filed");
        for (person, id) in clerk.persons.iter().enumerate() {
            let path = format!("/api/v1/people/{id}");
            let here = office.api.get(&path).unwrap();
            let there = self.world.central.api.get(&path).unwrap();
            assert_eq!(
                here.body["fields"]["phone"], there.body["fields"]["phone"],
                "{id}"
            );
            let phone = there.body["fields"]["phone"].to_string();
            let possible = possible_ends(&clerk.tried, person);
            let fits = possible.iter().any(|end| phone.contains(&end[1..]));
            assert!(
                fits || possible.is_empty(),
                "{id} has {phone}, not one of {possible:?}"
            );
        }
        let node = self.world.central.node(&office.code).unwrap();
        assert_eq!(node["acts_taken"], json!(acts.len()), "{node}");
        println!(
            "{}: {} acts, {} promised",
            office.code,
            acts.len(),
            promised.len()
        );
        acts.len()
    }
}

/// The values that the last acts on a person may have left: the last that was promised, or one
/// that was tried after it and not answered.
fn possible_ends(tried: &[Tried], person: usize) -> Vec<&str> {
    let mut ends = BTreeMap::new();
    for (place, tried) in tried
        .iter()
        .enumerate()
        .filter(|(_, tried)| tried.person == person)
    {
        if tried.act.is_some() {
            ends.clear();
        }
        ends.insert(place, tried.phone.as_str());
    }
    ends.into_values().collect()
}

fn seed() -> u64 {
    std::env::var("SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_030)
}

#[test]
fn fifty_kills_lose_nothing_and_double_nothing() {
    let seed = seed();
    println!("seed {seed}");
    let mut scene = Scene::new(seed);
    scene.offices[0].start();
    scene.meet(0);
    let mut kills = scene.first_fill(1);
    scene.offices[1].ready();
    scene.meet(1);
    while kills < KILLS {
        scene.round(kills);
        kills += 1;
    }
    scene.heal();
    let acts = scene.check(0) + scene.check(1);
    until("the centre has counted every act once", || {
        let summary = scene.world.central.api.get("/api/v1/summary")?;
        (summary.body["acts"] == json!(acts)).then_some(())
    });
    let summary = scene.world.central.api.get("/api/v1/summary").unwrap().body;
    for nothing in ["returned", "quarantined", "cases_open"] {
        assert_eq!(summary[nothing], json!(0), "{summary}");
    }
    scene.world.assert_no_panic();
}

#[test]
fn what_may_stand_at_the_end_is_told_from_what_may_not() {
    let tried = |person, phone: &str, act: Option<&str>| Tried {
        person,
        phone: phone.to_owned(),
        act: act.map(str::to_owned),
    };
    let all = [
        tried(0, "1", Some("a")),
        tried(0, "2", None),
        tried(1, "3", Some("b")),
        tried(0, "4", Some("c")),
        tried(1, "5", None),
    ];
    assert_eq!(possible_ends(&all, 0), ["4"]);
    assert_eq!(possible_ends(&all, 1), ["3", "5"]);
    assert!(possible_ends(&all, 2).is_empty());
}
