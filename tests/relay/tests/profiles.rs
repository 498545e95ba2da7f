//! An office behind each line of the table: it fills itself, files acts, gets all receipts, and
//! holds what the centre holds. A line that is not always there goes dark while acts are filed, and
//! a NAT that forgets does so. Where UDP is blocked the office says so and works on.
//!
//! ```sh
//! cargo test -p line-relay --test profiles -- --nocapture    # prints the figures of each line
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::time::{Duration, Instant};

use line_relay::line::Remote;
use line_relay::{Counts, Quality, Relay};
use registry_tests::wait::{until, within};
use registry_tests::world::World;
use serde_json::json;

/// Each line has an office of its own.
const LINES: [(&str, &str); 7] = [
    ("00004", "fibre"),
    ("00008", "dsl_old"),
    ("00025", "4g_rural"),
    ("00070", "edge_cell"),
    ("00082", "leo"),
    ("00091", "geo_vsat"),
    ("00097", "yagi_return"),
];
const BLOCKED: &str = "00103";
const PEOPLE: u32 = 300;
const ACTS: usize = 20;
const SEED: u64 = 20_261_121;
/// Acts that are filed at most until the line has done what it is wanted for.
const MORE_ACTS_MAX: usize = 60;
/// How long each of them is looked after: less than the shortest outage of the table lasts.
const LOOKED_AFTER: Duration = Duration::from_secs(1);

/// What a line has carried since an earlier look, and in which time.
struct Stage {
    before: Counts,
    begun: Instant,
}

impl Stage {
    fn begin(line: &Relay) -> Self {
        Self {
            before: line.counts(),
            begun: Instant::now(),
        }
    }

    fn tell(&self, line: &Relay, profile: &str, what: &str) {
        let counts = line.counts().since(self.before);
        let (up, down) = (counts.up, counts.down);
        println!(
            "{profile:12} {what:8} {:6.1} s  up {:7} B {:4} packets ({} lost)  down {:7} B {:4} packets ({} lost)  {} turns  {} cut  {} rebinds",
            self.begun.elapsed().as_secs_f64(),
            up.bytes,
            up.packets,
            up.lost(),
            down.bytes,
            down.packets,
            down.lost(),
            counts.turns,
            up.cut + down.cut,
            counts.rebinds
        );
    }
}

/// Files acts until the line's counters say that it has done this, and not without end.
fn file_until(
    remote: &mut Remote,
    people: &[String],
    what: &str,
    prepare: fn(&Relay),
    count: fn(&Counts) -> u64,
) {
    let before = remote.line.counts();
    for _ in 0..MORE_ACTS_MAX {
        prepare(&remote.line);
        remote.file(people, 1);
        remote.hurry();
        let line = &remote.line;
        let met = within(LOOKED_AFTER, || {
            (count(&line.counts().since(before)) > 0).then_some(())
        });
        if met.is_some() {
            return;
        }
    }
    panic!("{MORE_ACTS_MAX} acts were filed and the line met no {what}");
}

/// The day of an office behind a line of this name.
fn day(world: &World, remote: &mut Remote, profile: &str) {
    let quality = Quality::named(profile);
    remote.line.reshape(quality);
    remote.office.start();
    let fill = Stage::begin(&remote.line);
    remote.office.filled();
    fill.tell(&remote.line, profile, "fill");
    let people = remote.people(world, ACTS);
    let acts = Stage::begin(&remote.line);
    remote.file(&people, ACTS);
    world.until_equal(&remote.office);
    acts.tell(&remote.line, profile, "20 acts");
    if quality.outages.is_some() {
        let outage = Stage::begin(&remote.line);
        let cuts = |counts: &Counts| counts.up.cut + counts.down.cut;
        file_until(remote, &people, "outage", Relay::darken, cuts);
        // More work while the outage lasts, or just behind it.
        remote.file(&people, 3);
        world.until_equal(&remote.office);
        outage.tell(&remote.line, profile, "outage");
    }
    if quality.rebinds.is_some() {
        let rebind = Stage::begin(&remote.line);
        file_until(remote, &people, "rebind", |_| (), |it| it.rebinds);
        remote.file(&people, 3);
        world.until_equal(&remote.office);
        rebind.tell(&remote.line, profile, "rebind");
    }
    remote.check(world);
    let counts = remote.line.counts();
    assert!(counts.up.packets > 0 && counts.down.packets > 0 && counts.turns > 0);
    let lossy = ["yagi_return", "4g_rural"].contains(&profile);
    assert!(!lossy || counts.up.lost_though_up() + counts.down.lost_though_up() > 0);
    let cuts = counts.up.cut + counts.down.cut;
    assert_eq!(cuts > 0, quality.outages.is_some(), "{profile}: {counts:?}");
    assert_eq!(
        counts.rebinds > 0,
        quality.rebinds.is_some(),
        "{profile}: {counts:?}"
    );
}

#[test]
fn an_office_works_behind_every_line_that_carries_udp() {
    let offices = LINES.map(|(code, _)| code);
    let world = World::start(SEED, &offices, PEOPLE);
    std::thread::scope(|scope| {
        for (seed, (code, profile)) in (SEED..).zip(LINES) {
            let world = &world;
            scope.spawn(move || day(world, &mut Remote::join(world, code, seed), profile));
        }
    });
    world.assert_no_panic();
}

#[test]
fn where_udp_is_blocked_the_office_says_so_and_works_on() {
    let world = World::start(SEED, &[BLOCKED], PEOPLE);
    let mut remote = Remote::join(&world, BLOCKED, SEED);
    remote.office.start();
    remote.office.filled();
    let people = remote.people(&world, ACTS);
    remote.file(&people, 1);
    // Both may have the act before its receipt is back.
    until("the first act is answered", || {
        (remote.office.status()["unsent"] == json!(0)).then_some(())
    });
    world.until_equal(&remote.office);
    remote.line.reshape(Quality::named("mid_box"));
    remote.office.kill();
    remote.office.start();
    remote.file(&people, ACTS);
    remote.until_reason("unreachable");
    let status = remote.office.status();
    assert_eq!(status["linked"], json!(false));
    assert_eq!(status["unsent"], json!(ACTS));
    let words = status["reason"].as_str().unwrap();
    assert!(words.contains("UDP"), "{words}");
    assert!(!remote.people(&world, 1)[0].is_empty());
    remote.line.reshape(Quality::unshaped());
    remote.hurry();
    until("the acts are sent", || {
        (remote.office.status()["unsent"] == json!(0)).then_some(())
    });
    world.until_equal(&remote.office);
    remote.check(&world);
}
