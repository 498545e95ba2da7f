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

use line_relay::cast::{self, Cast};
use line_relay::clock::{FakeClock, now_s};
use line_relay::line::Remote;
use registry::population::SyntheticPerson;
use registry_tests::wait::until;
use registry_tests::world::World;
use serde_json::{Value, json};

const OFFICE: &str = "00004";
/// The office that goes on while the first is dark.
const OTHER: &str = "00008";
const PEOPLE: u32 = 300;
const SEED: u64 = 20_261_123;
const DAY_S: i64 = 86_400;
const YEARS_S: i64 = 2 * 365 * DAY_S;
/// How far two readings of a clock may be apart when a test is slow.
const SLACK_S: i64 = 600;
/// Heads of households whose telephone numbers change.
const HEADS: usize = 20;
/// How long it is dark, and how many telephone numbers change on each of these days.
const DARK_DAYS: i64 = 14;
const DARK_PHONES: usize = 13;

/// An office that is filled and has sent an act, and its people.
fn filled(world: &World, environment: Vec<(String, String)>) -> (Remote, Vec<String>) {
    filled_of(world, OFFICE, environment)
}

fn filled_of(
    world: &World,
    code: &str,
    environment: Vec<(String, String)>,
) -> (Remote, Vec<String>) {
    let mut remote = Remote::join(world, code, SEED);
    remote.office.environment = environment;
    remote.office.start();
    remote.office.filled();
    let people = remote.people(world, HEADS);
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

/// The record of one who is asked for by their number; empty if the office does not hold it.
fn record(remote: &Remote, person: &SyntheticPerson) -> String {
    remote.office.person(&person.pin.digits())
}

/// A fortnight of two offices: the first is dark, the second goes on. The clock of the centre and
/// of the second goes on with the days; that of the dark device was late from the beginning.
struct Fortnight {
    right: FakeClock,
    late: FakeClock,
    dark: Remote,
    other: Remote,
    /// Whose telephone numbers change, in each office.
    people: [Vec<String>; 2],
    cast: Cast,
    /// Whose record both offices hold.
    shared: String,
    /// Who moves from the first to the second meanwhile, and their record.
    mover: SyntheticPerson,
    moved: String,
    /// The act of each about one item of the shared record.
    disputed: [Value; 2],
    /// Who is born in the dark.
    child: String,
}

/// Ten minutes late.
const LATE_S: i64 = -600;

impl Fortnight {
    /// Both offices in step, somebody's record in both of them; then the first one's line is cut.
    fn begin(world: &mut World) -> Fortnight {
        let right = FakeClock::new(world.folder(), "right", 0);
        let late = FakeClock::new(world.folder(), "late", LATE_S);
        world.central.environment = right.environment();
        world.central.kill();
        world.central.spawn();
        world.central.ready();
        let (mut dark, heads) = filled_of(world, OFFICE, late.environment());
        let (mut other, others) = filled_of(world, OTHER, right.environment());
        let mut cast = Cast::of(world, OFFICE, HEADS);
        let lodger = cast.adult_without_blood_type();
        other.act(&cast::lodge(&lodger));
        world.until_equal(&other.office);
        world.until_equal(&dark.office);
        let shared = record(&dark, &lodger);
        assert_eq!(record(&other, &lodger), shared, "both hold it");
        let mover = cast.mover();
        let moved = record(&dark, &mover);
        assert!(record(&other, &mover).is_empty() && !moved.is_empty());
        dark.line.cut();
        restart(&mut dark);
        Fortnight {
            right,
            late,
            dark,
            other,
            people: [heads, others],
            cast,
            shared,
            mover,
            moved,
            disputed: [Value::Null, Value::Null],
            child: String::new(),
        }
    }

    fn set(&self, days: i64) {
        self.right.set(days * DAY_S);
        self.late.set(LATE_S + days * DAY_S);
    }

    /// What clerks enter on a day, in the dark and in the other office.
    fn day(&mut self, day: i64) {
        self.set(day);
        self.dark.file(&self.people[0], DARK_PHONES);
        self.other.file(&self.people[1], 2);
        let shared = self.shared.clone();
        match day {
            1 => {
                let (father, mother) = self.cast.couple();
                let born = self.dark.act(&cast::birth(&father, &mother));
                self.child = born["made"][0].as_str().expect("a child").to_owned();
            }
            2 => drop(self.other.act(&cast::move_in(&self.mover))),
            4 => {
                let died = record(&self.dark, &self.cast.elder());
                self.dark.act(&cast::death(&died));
            }
            5 => {
                self.other.act(&cast::phone(&shared, "0988800001"));
                let corrected = self.other.act(&cast::blood(&shared, "a"));
                self.disputed[1] = corrected["act"].clone();
            }
            6 => restart(&mut self.dark),
            8 => {
                let person = self.cast.adult();
                let name = cast::rename(&record(&self.dark, &person), &person);
                self.dark.act(&name);
            }
            10 => {
                self.dark.act(&cast::phone(&shared, "0988800002"));
                let corrected = self.dark.act(&cast::blood(&shared, "o"));
                self.disputed[0] = corrected["act"].clone();
            }
            _ => {}
        }
    }

    /// What both know when the first is back.
    fn check(&self, world: &World) {
        self.dark.check_but(world, &self.disputed);
        self.other.check_but(world, &self.disputed);
        let view = |remote: &Remote, record: &str| {
            let answer = remote.office.api.get(&format!("/api/v1/people/{record}"));
            answer.expect("an office that answers")
        };
        assert_eq!(view(&self.dark, &self.moved).status, 404, "who has moved");
        assert!(record(&self.dark, &self.mover).is_empty());
        assert_eq!(record(&self.other, &self.mover), self.moved);
        let child = view(&self.dark, &self.child);
        assert!(!child.body["fields"]["pin"].is_null(), "{child:?}");
    }

    /// One case has come of it, and it names just the two acts about the one item.
    fn check_case(&self, world: &World) {
        let get = |path: &str| world.central.api.get(path).expect("a centre that answers");
        let open = get("/api/v1/cases").body;
        let open = open.as_array().expect("a list");
        assert_eq!(open.len(), 1, "{open:?}");
        assert_eq!(open[0]["offices"], json!([OFFICE, OTHER]));
        let case = get(&format!("/api/v1/cases/{}", open[0]["number"])).body;
        let dispute = &case["case"]["dispute"];
        assert_eq!(dispute["matter"], json!({"field": "blood"}), "{case}");
        assert_eq!(dispute["records"], json!([self.shared]));
        let mut claims: Vec<&str> = dispute["claims"]
            .as_array()
            .expect("claims")
            .iter()
            .filter_map(|claim| claim["act"].as_str())
            .collect();
        claims.sort_unstable();
        let mut acts: Vec<&str> = self.disputed.iter().filter_map(Value::as_str).collect();
        acts.sort_unstable();
        assert_eq!(claims, acts);
    }
}

#[test]
fn two_weeks_in_the_dark_drain_whole_and_once() {
    let mut world = World::start(SEED, &[OFFICE, OTHER], PEOPLE);
    let mut two = Fortnight::begin(&mut world);
    let before = two.dark.promised.len();
    for day in 0..DARK_DAYS {
        two.day(day);
    }
    let entered_in_the_dark = two.dark.promised.len() - before;
    let unsent = two.dark.office.status()["unsent"].clone();
    assert_eq!(unsent, json!(entered_in_the_dark));
    let times = entered(&two.dark);
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(
        (last - first - 13 * DAY_S).abs() < SLACK_S,
        "{first} {last}"
    );
    // What the device was late by is known since its first contact.
    assert!((last - now_s() - 13 * DAY_S).abs() < SLACK_S / 2, "{last}");
    // Meanwhile the other office had its answers, from a centre whose days went on.
    world.until_equal(&two.other.office);
    assert_eq!(record(&two.other, &two.mover), two.moved);
    until("the centre's days have gone on", || {
        let at_s = world.central.node(OTHER)?["last_contact_s"].as_i64()?;
        (at_s - now_s() > 12 * DAY_S).then_some(())
    });
    two.set(DARK_DAYS);
    assert!(two.dark.office.status()["last_heard_s"].as_i64().unwrap() > 13 * DAY_S);
    two.dark.line.restore();
    two.dark.hurry();
    world.until_equal(&two.dark.office);
    world.until_equal(&two.other.office);
    two.check(&world);
    two.check_case(&world);
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
