//! The relay itself, between two sockets: what it lets through, what it loses, how it is switched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use line_relay::{Direction, Outages, Quality, Relay};
use registry_tests::wait::until;
use simulated_network::Profile;

/// An office's socket, a relay, and the centre's socket behind it.
struct Scene {
    office: UdpSocket,
    centre: UdpSocket,
    relay: Relay,
}

impl Scene {
    fn new(quality: Quality, seed: u64) -> Scene {
        let open = || {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_nonblocking(true).unwrap();
            socket
        };
        let (office, centre) = (open(), open());
        let relay = Relay::start(centre.local_addr().unwrap(), quality, seed);
        office.connect(relay.address()).unwrap();
        Scene {
            office,
            centre,
            relay,
        }
    }

    fn send(&self, word: u8) {
        self.office.send(&[word]).unwrap();
    }

    /// The next word that reaches the centre, and from where.
    fn heard(&self) -> (u8, SocketAddr) {
        until("a packet at the centre", || {
            let mut word = [0];
            let (_, from) = self.centre.recv_from(&mut word).ok()?;
            Some((word[0], from))
        })
    }

    fn answer(&self, word: u8, to: SocketAddr) {
        self.centre.send_to(&[word], to).unwrap();
    }

    fn answered(&self) -> u8 {
        until("a packet at the office", || {
            let mut word = [0];
            self.office.recv(&mut word).ok().map(|_| word[0])
        })
    }

    fn until_lost(&self, count: u64) {
        until("a loss", || {
            let counts = self.relay.counts();
            (counts.up.cut + counts.down.cut == count).then_some(())
        });
    }
}

#[test]
fn packets_pass_both_ways_and_are_counted() {
    let scene = Scene::new(Quality::unshaped(), 1);
    scene.send(7);
    let (word, from) = scene.heard();
    assert_eq!(word, 7);
    scene.answer(8, from);
    assert_eq!(scene.answered(), 8);
    until("both are counted", || {
        (scene.relay.counts().turns == 1).then_some(())
    });
    let counts = scene.relay.counts();
    // A byte with the headers of IP and UDP.
    assert_eq!((counts.up.packets, counts.up.bytes), (1, 29));
    assert_eq!((counts.down.packets, counts.down.bytes), (1, 29));
    assert_eq!(counts.up.lost() + counts.down.lost(), 0);
}

#[test]
fn a_line_is_cut_both_ways_or_one_and_restored() {
    let scene = Scene::new(Quality::unshaped(), 1);
    scene.send(1);
    let (_, from) = scene.heard();
    scene.relay.cut();
    scene.send(2);
    scene.until_lost(1);
    scene.relay.cut_one_way(Direction::Down);
    scene.send(3);
    assert_eq!(scene.heard().0, 3);
    scene.answer(4, from);
    scene.until_lost(2);
    scene.relay.restore();
    scene.answer(5, from);
    assert_eq!(scene.answered(), 5);
    scene.relay.reshape(Quality::named("mid_box"));
    scene.send(6);
    scene.until_lost(3);
}

#[test]
fn a_line_with_outages_goes_dark_when_it_is_told_to() {
    let hour = Duration::from_secs(3_600);
    let outages = Some(Outages {
        up: hour,
        down: hour,
    });
    let quality = Quality {
        outages,
        ..Quality::unshaped()
    };
    let scene = Scene::new(quality, 1);
    scene.send(1);
    assert_eq!(scene.heard().0, 1);
    scene.relay.darken();
    scene.send(2);
    scene.until_lost(1);
    // Other qualities begin their rounds at the line's age again.
    scene.relay.reshape(quality);
    scene.send(3);
    assert_eq!(scene.heard().0, 3);
    // A line that is always there is not made dark by it.
    scene.relay.reshape(Quality::unshaped());
    scene.relay.darken();
    scene.send(4);
    assert_eq!(scene.heard().0, 4);
}

#[test]
fn a_nat_that_forgets_sends_from_another_port_and_knows_the_old_one_no_longer() {
    let scene = Scene::new(Quality::unshaped(), 1);
    scene.send(1);
    let (_, old) = scene.heard();
    scene.send(2);
    assert_eq!(scene.heard().1, old);
    scene.relay.rebind();
    scene.send(3);
    let (word, new) = scene.heard();
    assert!(word == 3 && new != old);
    assert_eq!(scene.relay.counts().rebinds, 1);
    scene.answer(4, old);
    scene.answer(5, new);
    assert_eq!(scene.answered(), 5);
}

#[test]
fn one_seed_loses_the_same_packets_and_another_seed_others() {
    let lossy = Quality::of(Profile::line(0, Duration::ZERO).losing(30.0));
    let arrived = |seed| {
        let scene = Scene::new(lossy, seed);
        let mut words = Vec::new();
        for word in 1..=40 {
            let before = scene.relay.counts().up.noise;
            scene.send(word);
            until("the packet's fate", || {
                let mut heard = [0];
                let came = scene.centre.recv_from(&mut heard).is_ok();
                (came || scene.relay.counts().up.noise > before).then(|| {
                    if came {
                        words.push(heard[0]);
                    }
                })
            });
        }
        words
    };
    let first = arrived(5);
    assert!((15..40).contains(&first.len()), "{first:?}");
    assert_eq!(first, arrived(5));
    assert_ne!(first, arrived(6));
}
