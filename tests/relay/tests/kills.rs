//! SIGKILL of offices and of the centre on a line that loses packets: what was promised is there
//! once in the end.
//!
//! ```sh
//! SEED=… cargo test -p line-relay --test kills -- --nocapture
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::time::Duration;

use line_relay::line::Remote;
use line_relay::{Direction, Quality};
use registry_tests::world::World;
use simulated_network::{Chance, Profile};

const OFFICES: [&str; 2] = ["00004", "00008"];
const PEOPLE: u32 = 200;
const ROUNDS: usize = 40;
/// Looks at a status between filing and the blow, at most.
const LOOKS: f64 = 30.0;

fn seed() -> u64 {
    let text = std::env::var("SEED").ok();
    text.and_then(|text| text.parse().ok())
        .unwrap_or(20_261_122)
}

/// Two in a hundred packets are lost, and a round trip takes 80 ms.
fn lossy() -> Quality {
    let profile = Profile::line(10_000, Duration::from_millis(80)).losing(2.0);
    Quality::of(profile.shuffling(1.0, 1.0))
}

#[test]
fn what_was_promised_survives_kills_on_a_line_that_loses() {
    let seed = seed();
    println!("seed {seed}");
    let mut chance = Chance::new(seed, 99);
    let mut world = World::start(seed, &OFFICES, PEOPLE);
    let mut remotes: Vec<Remote> = (seed..)
        .zip(OFFICES)
        .map(|(seed, code)| Remote::join(&world, code, seed))
        .collect();
    let mut people = Vec::new();
    for remote in &mut remotes {
        remote.line.reshape(lossy());
        remote.office.start();
        remote.office.filled();
        people.push(remote.people(&world, 10));
    }
    for round in 0..ROUNDS {
        for (remote, people) in remotes.iter_mut().zip(&people) {
            remote.file(people, 1 + round % 4);
            remote.hurry();
        }
        for _ in 0..whole(&mut chance, LOOKS) {
            let _ = remotes[0].office.status();
        }
        let what = whole(&mut chance, 6.0);
        println!("round {round}: {what}");
        match what {
            0 => remotes[0].line.rebind(),
            1 => remotes[1].line.cut_one_way(Direction::Down),
            2 | 3 => {
                world.central.kill();
                world.central.spawn();
                world.central.ready();
            }
            other => {
                let office = &mut remotes[other - 4].office;
                office.kill();
                office.start();
            }
        }
        if round % 3 == 2 {
            remotes[1].line.restore();
        }
    }
    for remote in &remotes {
        remote.line.restore();
        remote.hurry();
    }
    for remote in &remotes {
        world.until_equal(&remote.office);
        remote.check(&world);
    }
    let counts = remotes.iter().map(|remote| remote.line.counts());
    let lost: u64 = counts.map(|it| it.up.noise + it.down.noise).sum();
    assert!(lost > 0, "the line lost nothing");
    world.assert_no_panic();
}

/// A whole number below `end`, each as likely: chance says only whether something happens.
fn whole(chance: &mut Chance, end: f64) -> usize {
    let mut left = end;
    let mut number = 0;
    while left > 1.0 && !chance.happens(1.0 / left) {
        left -= 1.0;
        number += 1;
    }
    number
}
