//! Lines that are cut: when it is noticed, and how an office comes back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use simulated_network::{Host, Profile, Way};
use sync_quic::{Backoff, Dialer, LinkError, Purpose, Tuning};
use tokio::time::{Instant, sleep};

use crate::pki::{Pki, SERVER};
use crate::scene::{CENTRE, Scene, dialer, listen, there_and_back};
use crate::sessions::{Desk, Machine, apart};

/// The default silence after which a line is lost.
const IDLE: Duration = Duration::from_secs(60);

/// How long after a cut each side knew that the line was lost.
async fn noticed(way: Way) -> (Duration, Duration) {
    let scene = Scene::new(1, Profile::named("dsl_old").unwrap());
    let (near, far) = scene.connect().await;
    there_and_back(&near, &far).await;
    sleep(Duration::from_secs(300)).await;
    scene.office.cut(way);
    let cut = Instant::now();
    let lost = async |link: &sync_quic::Link| {
        assert_eq!(link.ended().await, LinkError::Lost);
        cut.elapsed()
    };
    tokio::join!(lost(&near), lost(&far))
}

#[tokio::test(start_paused = true)]
async fn a_cut_of_both_ways_is_noticed_by_both_sides_within_the_idle_timeout() {
    let (near, far) = noticed(Way::Both).await;
    println!("both ways: the office after {near:?}, the centre after {far:?}");
    // The timeout begins with the last packet that came, at most a keep-alive before the cut; a
    // probe that is sent may begin it once more.
    for waited in [near, far] {
        assert!(
            waited > IDLE / 2 && waited <= IDLE + Duration::from_secs(21),
            "{waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_cut_of_one_way_is_noticed_by_both_sides_too() {
    for way in [Way::Up, Way::Down] {
        let (near, far) = noticed(way).await;
        println!("{way:?}: the office after {near:?}, the centre after {far:?}");
        // The side that still hears the other is the later one, for the other must fall silent.
        for waited in [near, far] {
            assert!(
                waited > IDLE / 2 && waited <= IDLE * 3,
                "{way:?} {waited:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_outlives_a_cut_that_is_shorter_than_the_idle_timeout() {
    let scene = Scene::new(1, Profile::named("leo").unwrap());
    let (near, far) = scene.connect().await;
    for _ in 0..20 {
        there_and_back(&near, &far).await;
        scene.office.cut(Way::Both);
        let exchange = there_and_back(&near, &far);
        let mend = async {
            sleep(Duration::from_secs(15)).await;
            scene.office.mend(Way::Both);
        };
        tokio::join!(exchange, mend);
    }
    assert_eq!(scene.listener.open_connections(), 1);
}

/// An attempt to connect: when it began, and the wait that was drawn before it.
type Attempts = Arc<Mutex<Vec<(Instant, Duration)>>>;

/// Keeps a line as a node does: dials, carries the session until it is lost, waits, dials.
async fn keep(dialer: Dialer, machine: Arc<Machine>, seed: u64, attempts: Attempts) {
    let mut backoff = Backoff::default();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut waited = Duration::ZERO;
    loop {
        attempts.lock().unwrap().push((Instant::now(), waited));
        if let Ok(link) = dialer.connect_early(CENTRE, SERVER, Purpose::Sync).await {
            let _ = machine.visit(&link).await;
            if link.confirmed().await.is_ok() {
                backoff.reset();
            }
        }
        waited = backoff.next_wait(random.next_u64());
        sleep(waited).await;
    }
}

struct Office {
    host: Host,
    machine: Arc<Machine>,
    attempts: Attempts,
}

/// One office with its line, and the centre's desk.
fn office(seed: u64) -> (simulated_network::Network, Arc<Desk>, Office) {
    let network = simulated_network::Network::new(seed);
    let centre = network.host(crate::scene::centre_address().ip(), Profile::unshaped());
    let pki = Pki::new();
    let tuning = Tuning::default();
    let listener = Arc::new(listen(&centre, &pki, &tuning));
    let (desk, machine) = apart();
    desk.open(listener);
    let profile = Profile::named("yagi_return").unwrap();
    let host = network.host_behind_nat([203, 0, 113, 7].into(), Duration::from_secs(30), profile);
    let attempts = Attempts::default();
    let dialer = dialer(&host, &pki, &tuning);
    tokio::spawn(keep(
        dialer,
        Arc::clone(&machine),
        seed,
        Arc::clone(&attempts),
    ));
    let office = Office {
        host,
        machine,
        attempts,
    };
    (network, desk, office)
}

#[tokio::test(start_paused = true)]
async fn an_office_that_was_dark_comes_back_by_itself_and_nothing_is_lost() {
    for (seed, minutes) in [(1, 10), (2, 240), (3, 3 * 1440)] {
        let (_network, desk, office) = office(seed);
        office.machine.file(1, 500);
        sleep(Duration::from_secs(60)).await;
        assert_eq!((desk.acts(), office.machine.taken()), (1, 1));
        office.host.cut(Way::Both);
        office.machine.file(2, 500);
        sleep(Duration::from_secs(60 * minutes)).await;
        assert_eq!(desk.acts(), 1);
        let attempts = std::mem::take(&mut *office.attempts.lock().unwrap());
        office.host.mend(Way::Both);
        let mended = Instant::now();
        while office.machine.taken() < 2 {
            sleep(Duration::from_secs(1)).await;
        }
        let back = mended.elapsed();
        println!(
            "dark for {minutes} minutes: {} attempts, back after {back:?}",
            attempts.len()
        );
        // The longest wait, an attempt that the cut had begun to spoil, and the handshake.
        assert!(back < Duration::from_secs(120 + 15 + 15), "{back:?}");
        assert_eq!(desk.acts(), 2);
        let waits = attempts.iter().map(|(_, waited)| *waited).skip(1);
        for waited in waits.clone() {
            assert!((Duration::from_secs(1)..=Duration::from_secs(120)).contains(&waited));
        }
        // Each at most three times the one before, and hardly two alike.
        let waits: Vec<_> = waits.collect();
        assert!(
            waits
                .windows(2)
                .all(|two| two[1] <= two[0] * 3 || two[1].as_secs() <= 3)
        );
        let distinct: BTreeSet<_> = waits.iter().collect();
        assert!(
            distinct.len() > waits.len() * 3 / 4,
            "{} of {}",
            distinct.len(),
            waits.len()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_office_that_is_heard_and_hears_nothing_acts_once_and_comes_back() {
    let (_network, desk, office) = office(4);
    sleep(Duration::from_secs(60)).await;
    assert!(office.machine.in_step());
    office.host.cut(Way::Down);
    office.machine.file(1, 500);
    sleep(Duration::from_secs(600)).await;
    // The centre has the act; the office cannot know.
    assert_eq!((desk.acts(), office.machine.receipts()), (1, 0));
    office.host.mend(Way::Down);
    sleep(Duration::from_secs(150)).await;
    // It learns from its feed, for the act itself need not go again.
    assert!(office.machine.in_step());
    assert_eq!((desk.acts(), office.machine.receipts()), (1, 1));
    let [_, _, batches] = desk.counts();
    assert_eq!(batches, 1);
}
