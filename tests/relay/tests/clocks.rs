//! Clocks that are wrong: two weeks in the dark, a device that wakes up two years back or ahead, a
//! certificate that ended while the office was dark.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::time::{SystemTime, UNIX_EPOCH};

use line_relay::clock::FakeClock;
use line_relay::line::Remote;
use registry_tests::wait::until;
use registry_tests::world::World;
use serde_json::{Value, json};

const OFFICE: &str = "00004";
const PEOPLE: u32 = 300;
const SEED: u64 = 20_261_123;
const DAY_S: i64 = 86_400;
const YEARS_S: i64 = 2 * 365 * DAY_S;
/// How far two readings of a clock may be apart when a test is slow.
const SLACK_S: i64 = 600;

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// An office that is filled and has sent an act, and its people.
fn filled(world: &World, environment: Vec<(String, String)>) -> (Remote, Vec<String>) {
    let mut remote = Remote::join(world, OFFICE, SEED);
    remote.office.environment = environment;
    remote.office.start();
    remote.office.filled();
    let people = remote.people(world, 20);
    remote.file(&people, 1);
    world.until_equal(&remote.office);
    (remote, people)
}

fn restart(remote: &mut Remote) {
    remote.office.kill();
    remote.office.start();
}

/// When the acts were entered, as the office shows it, the oldest first.
fn entered(remote: &Remote) -> Vec<i64> {
    let acts = remote.acts();
    let mut times: Vec<i64> = acts
        .iter()
        .map(|act| act["entered_s"].as_i64().expect("a time"))
        .collect();
    times.sort_unstable();
    times
}

fn has_notice(answers: &[Value], notice: &str) -> bool {
    let has = |answer: &Value| {
        answer["notices"]
            .as_array()
            .unwrap()
            .contains(&json!(notice))
    };
    answers.iter().all(has)
}

/// Whether an office told so of all but one at most: what fakes its clock gives the true time once in
/// a while, when several threads ask in one moment.
fn is_told(answers: &[Value], notice: &str) -> bool {
    let one = |answer: &&Value| has_notice(std::slice::from_ref(*answer), notice);
    answers.iter().filter(one).count() + 1 >= answers.len()
}

#[test]
fn two_weeks_in_the_dark_drain_whole_and_once() {
    let world = World::start(SEED, &[OFFICE], PEOPLE);
    // The clock of this device was ten minutes late from the beginning.
    let late_s = -600;
    let clock = FakeClock::new(world.folder(), OFFICE, late_s);
    let (mut remote, people) = filled(&world, clock.environment());
    remote.line.cut();
    restart(&mut remote);
    for day in 0..14 {
        clock.set(late_s + day * DAY_S);
        remote.file(&people, 25);
        if day == 6 {
            restart(&mut remote);
        }
    }
    assert_eq!(remote.office.status()["unsent"], json!(350));
    let times = entered(&remote);
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(
        (last - first - 13 * DAY_S).abs() < SLACK_S,
        "{first} {last}"
    );
    // What the device was late by is known since its first contact.
    assert!((last - now_s() - 13 * DAY_S).abs() < SLACK_S / 2, "{last}");
    clock.set(late_s + 14 * DAY_S);
    assert!(remote.office.status()["last_heard_s"].as_i64().unwrap() > 13 * DAY_S);
    remote.line.restore();
    remote.hurry();
    world.until_equal(&remote.office);
    remote.check(&world);
    world.assert_no_panic();
}

#[test]
fn a_device_that_wakes_up_two_years_back_works_links_and_learns_the_time() {
    let world = World::start(SEED, &[OFFICE], PEOPLE);
    let clock = FakeClock::new(world.folder(), OFFICE, 0);
    let (mut remote, people) = filled(&world, clock.environment());
    remote.line.cut();
    clock.set(-YEARS_S);
    restart(&mut remote);
    let answers = remote.file(&people, 5);
    assert!(is_told(&answers, "clock_unverified"), "{answers:?}");
    assert!(
        entered(&remote)
            .iter()
            .all(|at| (at - now_s()).abs() < SLACK_S)
    );
    remote.line.restore();
    remote.hurry();
    remote.until_linked();
    world.until_equal(&remote.office);
    let offset = remote.office.status()["clock_offset_ms"].as_i64().unwrap();
    assert!((offset / 1000 - YEARS_S).abs() < SLACK_S, "{offset}");
    // From now on its clock is right by as much as it was found wrong, in the dark as well.
    remote.line.cut();
    restart(&mut remote);
    clock.set(-YEARS_S + 10 * DAY_S);
    let answers = remote.file(&people, 1);
    assert!(!has_notice(&answers, "clock_unverified"), "{answers:?}");
    let last = *entered(&remote).last().unwrap();
    assert!((last - now_s() - 10 * DAY_S).abs() < SLACK_S, "{last}");
    // Somebody sets the clock right; what it was wrong by is forgotten.
    clock.set(10 * DAY_S);
    remote.file(&people, 1);
    let last = *entered(&remote).last().unwrap();
    assert!((last - now_s() - 10 * DAY_S).abs() < SLACK_S, "{last}");
    remote.line.restore();
    remote.hurry();
    world.until_equal(&remote.office);
    remote.check(&world);
    world.assert_no_panic();
}

#[test]
fn a_device_two_years_ahead_says_that_its_clock_is_wrong_and_works() {
    let world = World::start(SEED, &[OFFICE], PEOPLE);
    let clock = FakeClock::new(world.folder(), OFFICE, 0);
    let (mut remote, people) = filled(&world, clock.environment());
    clock.set(YEARS_S);
    restart(&mut remote);
    let answers = remote.file(&people, 5);
    assert!(is_told(&answers, "clock_unverified"), "{answers:?}");
    remote.until_reason("certificate_time");
    let status = remote.office.status();
    let words = status["reason"].as_str().unwrap();
    assert!(words.contains("set the clock"), "{words}");
    clock.set(0);
    remote.hurry();
    world.until_equal(&remote.office);
    remote.check(&world);
    world.assert_no_panic();
}

#[test]
fn an_office_whose_certificate_ended_in_the_dark_works_and_comes_back_by_its_key() {
    let mut world = World::start(SEED, &[OFFICE], PEOPLE);
    let clock = FakeClock::new(world.folder(), OFFICE, 0);
    let (mut remote, people) = filled(&world, clock.environment());
    // Ten months later for all: far past the certificate and past every grace.
    clock.set(300 * DAY_S);
    world.central.environment = clock.environment();
    world.central.kill();
    remote.line.cut();
    restart(&mut remote);
    let ends = remote.office.status()["certificate_ends_s"]
        .as_i64()
        .unwrap();
    assert!(ends < now_s() + 300 * DAY_S, "{ends}");
    remote.file(&people, 5);
    assert!(!remote.people(&world, 1)[0].is_empty());
    world.central.spawn();
    world.central.ready();
    remote.line.restore();
    remote.hurry();
    remote.until_linked();
    world.until_equal(&remote.office);
    remote.check(&world);
    until("a new certificate", || {
        let ends = remote.office.status()["certificate_ends_s"].as_i64()?;
        (ends > now_s() + 300 * DAY_S).then_some(())
    });
    // Another start uses the new one.
    restart(&mut remote);
    remote.until_linked();
    world.assert_no_panic();
}

#[test]
fn an_office_that_boots_without_a_line_is_ready_finds_people_and_takes_acts() {
    let world = World::start(SEED, &[OFFICE], PEOPLE);
    let (mut remote, people) = filled(&world, Vec::new());
    remote.line.cut();
    restart(&mut remote);
    assert!(remote.office.is_ready());
    assert_eq!(remote.people(&world, 20), people);
    remote.file(&people, 5);
    let status = remote.office.status();
    assert_eq!(status["linked"], json!(false));
    assert!(status["reason_code"].is_string(), "{status}");
    restart(&mut remote);
    assert_eq!(remote.office.status()["unsent"], json!(5));
    remote.line.restore();
    remote.hurry();
    world.until_equal(&remote.office);
    remote.check(&world);
}
