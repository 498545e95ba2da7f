//! The second visit: what goes with its first packets, what somebody can do who recorded them,
//! and what it saves.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use simulated_network::{Packet, Profile, Recording, Way};
use sync_proto::Class;
use sync_quic::{Link, Listener, Purpose, Tuning};
use tokio::time::{Instant, sleep};

use crate::pki::SERVER;
use crate::scene::{CENTRE, Scene, small, there_and_back};
use crate::sessions::{Desk, Machine, apart};

/// Bytes within 0-RTT packets (RFC 9000, section 17.2) of a datagram, padding included.
fn early_bytes(datagram: &[u8]) -> usize {
    let mut rest = datagram;
    let mut early = 0;
    // A short header, if any, ends the datagram.
    while rest.first().is_some_and(|first| first & 0x80 != 0) {
        let kind = (rest[0] >> 4) & 3;
        let mut at = 5;
        at += 1 + usize::from(rest[at]);
        at += 1 + usize::from(rest[at]);
        if kind == 0 {
            let (token, bytes) = varint(&rest[at..]);
            at += bytes + token;
        }
        let (length, bytes) = varint(&rest[at..]);
        if kind == 1 {
            early += length;
        }
        rest = &rest[at + bytes + length..];
    }
    early
}

fn varint(bytes: &[u8]) -> (usize, usize) {
    let length = 1 << (bytes[0] >> 6);
    let value = bytes[1..length]
        .iter()
        .fold(usize::from(bytes[0] & 0x3f), |value, byte| {
            (value << 8) | usize::from(*byte)
        });
    (value, length)
}

/// An office that has been there once, whose next visit can be early.
struct Second {
    scene: Scene,
    listener: Arc<Listener>,
    desk: Arc<Desk>,
    machine: Arc<Machine>,
    sent: Recording,
}

async fn second(seed: u64) -> Second {
    let mut scene = Scene::new(seed, Profile::named("4g_rural").unwrap().losing(0.0));
    scene.first_visit().await;
    let (desk, machine) = apart();
    // The scene's listener goes on under the desk.
    let other = crate::scene::listen_elsewhere(&scene.centre, &scene.pki);
    let listener = Arc::new(std::mem::replace(&mut scene.listener, other));
    desk.open(Arc::clone(&listener));
    let sent = scene.office.record();
    Second {
        scene,
        listener,
        desk,
        machine,
        sent,
    }
}

impl Second {
    async fn early_link(&self) -> Link {
        let dialer = &self.scene.dialer;
        dialer
            .connect_early(CENTRE, SERVER, Purpose::Sync)
            .await
            .unwrap()
    }

    /// A visit in the background for so long.
    async fn visit_for(&self, time: Duration) -> bool {
        let link = self.early_link().await;
        let visit = self.machine.visit(&link);
        let ended = tokio::time::timeout(time, visit).await;
        assert!(ended.is_err(), "{ended:?}");
        let early = link.early_accepted();
        link.close(0, "");
        early
    }

    fn replay(&self, from: Option<SocketAddr>, flight: &[Packet]) {
        let network = &self.scene.network;
        for packet in flight {
            let from = from.unwrap_or(packet.from);
            network.inject(from, packet.to, packet.payload.clone());
        }
    }
}

/// The packets before the centre can have answered.
fn first_flight(sent: &Recording) -> Vec<Packet> {
    let sent = sent.take();
    let begun = sent.first().unwrap().0;
    sent.into_iter()
        .take_while(|(at, _)| *at < begun + Duration::from_millis(30))
        .map(|(_, packet)| packet)
        .collect()
}

const ACTS: usize = 5;
const ACT_BYTES: usize = 3000;

#[tokio::test(start_paused = true)]
async fn the_hello_goes_early_and_acts_do_not() {
    let second = second(1).await;
    for about in 0..5 {
        second.machine.file(about, ACT_BYTES);
    }
    assert!(second.visit_for(Duration::from_secs(10)).await);
    let sent = second.sent.take();
    let early: Vec<usize> = sent
        .iter()
        .map(|(_, packet)| early_bytes(&packet.payload))
        .collect();
    let early: usize = early.iter().sum();
    let all: usize = sent.iter().map(|(_, packet)| packet.payload.len()).sum();
    assert!(early > 50, "no hello in the first packets");
    // One packet, padded; the acts would be a dozen.
    assert!(early < 1200, "{early} early bytes");
    assert!(all > ACTS * ACT_BYTES, "{all} bytes in all");
    assert_eq!(second.desk.counts()[..2], [1, 1]);
    assert_eq!(second.desk.acts(), ACTS);
    assert_eq!(second.machine.taken(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_first_flight_that_is_played_again_is_not_even_answered() {
    let second = second(1).await;
    second.machine.file(1, ACT_BYTES);
    assert!(second.visit_for(Duration::from_secs(10)).await);
    let flight = first_flight(&second.sent);
    assert!(flight.iter().any(|packet| early_bytes(&packet.payload) > 0));
    let counts = second.desk.counts();
    assert_eq!(counts, [1, 1, 1]);
    for from in [None, Some(SocketAddr::from(([198, 51, 100, 66], 666)))] {
        for _ in 0..3 {
            second.replay(from, &flight);
            sleep(Duration::from_secs(60)).await;
        }
    }
    assert_eq!(second.desk.counts(), counts);
    assert_eq!(second.listener.open_connections(), 0);
    // The office comes again, early, and files another act.
    second.machine.file(2, ACT_BYTES);
    assert!(second.visit_for(Duration::from_secs(10)).await);
    assert_eq!(second.desk.counts(), [2, 2, 2]);
    assert_eq!(second.desk.acts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_first_flight_that_comes_before_its_owners_is_answered_and_nothing_more() {
    let second = second(1).await;
    let attacker = second
        .scene
        .network
        .host(IpAddr::from([198, 51, 100, 66]), Profile::unshaped());
    second.machine.file(1, ACT_BYTES);
    // What the office sends is heard and goes no further.
    second.scene.office.cut(Way::Up);
    let link = second.early_link().await;
    let visit = second.machine.visit(&link);
    let ended = tokio::time::timeout(Duration::from_millis(30), visit).await;
    assert!(ended.is_err());
    let flight = first_flight(&second.sent);
    second.replay(Some(SocketAddr::from(([198, 51, 100, 66], 666))), &flight);
    sleep(Duration::from_secs(60)).await;
    // An answer went out, which only the office could read.
    assert_eq!(second.desk.counts(), [1, 0, 0]);
    assert_eq!(second.desk.acts(), 0);
    // Nobody listens there, so the packets are counted as lost on the attacker's link.
    assert!(attacker.counts().lost > 0);
    assert_eq!(second.listener.open_connections(), 0);
    drop(link);
    // The session is used up; the office comes back in the ordinary way.
    second.scene.office.mend(Way::Up);
    assert!(!second.visit_for(Duration::from_secs(10)).await);
    assert_eq!(second.desk.counts(), [2, 1, 1]);
    assert_eq!((second.desk.acts(), second.machine.taken()), (1, 1));
}

/// Time until a hello is answered, and bytes up and down until then.
async fn cost(scene: &Scene, early: bool) -> (Duration, u64, u64) {
    let (up, down) = (
        scene.office.counts().sent_bytes,
        scene.centre.counts().sent_bytes,
    );
    let begun = Instant::now();
    let near = async {
        let link = match early {
            true => {
                scene
                    .dialer
                    .connect_early(CENTRE, SERVER, Purpose::Sync)
                    .await
            }
            false => scene.dialer.connect(CENTRE, SERVER, Purpose::Sync).await,
        };
        let link = link.unwrap();
        link.send(Class::Control, small("hello")).await.unwrap();
        assert!(link.recv().await.unwrap().is_some());
        (link, begun.elapsed())
    };
    let far = async {
        let link = scene.listener.accept().await.unwrap().link;
        assert!(link.recv().await.unwrap().is_some());
        link.send(Class::Control, small("answer")).await.unwrap();
        link
    };
    let ((near, time), far) = tokio::join!(near, far);
    there_and_back(&near, &far).await;
    assert_eq!(near.early_accepted(), early);
    let (up, down) = (
        scene.office.counts().sent_bytes - up,
        scene.centre.counts().sent_bytes - down,
    );
    near.finish(0, "").await;
    far.ended().await;
    sleep(Duration::from_secs(5)).await;
    (time, up, down)
}

#[tokio::test(start_paused = true)]
async fn a_resumed_line_answers_one_round_trip_earlier() {
    let round = Duration::from_millis(400);
    let scene = Scene::tuned(1, Profile::line(0, round), &Tuning::default());
    let (full, full_up, full_down) = cost(&scene, false).await;
    let (early, early_up, early_down) = cost(&scene, true).await;
    println!("full: {full:?}, {full_up} B up, {full_down} B down");
    println!("early: {early:?}, {early_up} B up, {early_down} B down");
    let rounds = |time: Duration| time.as_secs_f64() / round.as_secs_f64();
    assert!((2.0..2.1).contains(&rounds(full)), "{full:?}");
    assert!((1.0..1.1).contains(&rounds(early)), "{early:?}");
    // The packets of a handshake are padded, so it saves time and no bytes.
    let (full, early) = (full_up + full_down, early_up + early_down);
    assert!(full <= 7000 && early <= full + 100, "{full} {early}");
}
