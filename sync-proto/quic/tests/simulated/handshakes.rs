//! Handshakes that are begun and never finished: how many there are at once, and for how long.

use std::net::IpAddr;
use std::time::Duration;

use simulated_network::{Host, Profile, Way};
use sync_quic::{Link, Purpose, Tuning};
use tokio::time::{Instant, sleep};

use crate::pki::SERVER;
use crate::scene::{CENTRE, Scene, dialer};

const RTT: Duration = Duration::from_millis(200);

fn line() -> Profile {
    Profile::line(1_000, RTT)
}

fn scene() -> Scene {
    let tuning = Tuning {
        handshakes_max: 2,
        ..Tuning::default()
    };
    Scene::tuned(1, line(), &tuning)
}

impl Scene {
    /// Somebody who dials, and from a moment on neither hears nor says anything.
    async fn falls_silent(&self, last: u8, after: Duration) -> Host {
        let host = self.network.host(IpAddr::from([203, 0, 113, last]), line());
        let dialer = dialer(&host, &self.pki, &Tuning::default());
        tokio::spawn(async move {
            let _ = dialer.connect(CENTRE, SERVER, Purpose::Sync).await;
        });
        sleep(after).await;
        host.cut(Way::Both);
        host
    }

    /// The office, who means it.
    async fn connects(&self) -> (Link, Link) {
        let patience = Duration::from_secs(60);
        let connected = tokio::time::timeout(patience, self.connect()).await;
        connected.expect("the office gets its place")
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_shows_an_address_holds_half_the_places_and_nobody_up() {
    let scene = scene();
    let mut silent = Vec::new();
    for last in 101..=105 {
        silent.push(scene.falls_silent(last, RTT / 4).await);
        assert!(scene.listener.open_connections() <= 1);
    }
    let began = Instant::now();
    let (near, _far) = scene.connects().await;
    assert!(near.peer_certificate().is_some());
    assert!(began.elapsed() < RTT * 8, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_never_finished_holds_its_place_for_the_time_of_one_alone() {
    let scene = scene();
    // The first is greeted at once; the second has to show its address, and does, before it falls
    // silent. Both places are taken.
    let _first = scene.falls_silent(101, RTT / 4).await;
    let _second = scene.falls_silent(102, RTT + RTT / 4).await;
    let limit = Tuning::default().handshake_timeout;
    sleep(limit / 3).await;
    assert_eq!(scene.listener.open_connections(), 2);
    let began = Instant::now();
    let (near, _far) = scene.connects().await;
    assert!(near.peer_certificate().is_some());
    let waited = began.elapsed();
    assert!(waited > limit / 2 && waited < limit, "{waited:?}");
    sleep(limit).await;
    assert_eq!(
        scene.listener.open_connections(),
        1,
        "the silent ones are let go"
    );
}
