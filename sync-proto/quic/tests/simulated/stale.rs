//! An old connection against a new one of the same node.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use simulated_network::{Profile, Way};
use sync_quic::{Purpose, Tuning};
use tokio::time::sleep;

use crate::pki::{Pki, SERVER};
use crate::scene::{CENTRE, dialer, listen};
use crate::sessions::{Desk, Machine, apart};
use crate::world::{Office, World};

/// Two machines that hold the same key, as when a process is started again while the old one still
/// has packets on their way, or when a disk was copied.
struct Twins {
    network: simulated_network::Network,
    pki: Pki,
    desk: Arc<Desk>,
    centre: simulated_network::Host,
    listener: Arc<sync_quic::Listener>,
}

fn twins(seed: u64) -> Twins {
    let network = simulated_network::Network::new(seed);
    let centre = network.host(crate::scene::centre_address().ip(), Profile::unshaped());
    let pki = Pki::new();
    let listener = Arc::new(listen(&centre, &pki, &Tuning::default()));
    let (desk, _) = apart();
    desk.open(Arc::clone(&listener));
    Twins {
        network,
        pki,
        desk,
        centre,
        listener,
    }
}

/// A machine at an address, and how its visit ended.
struct Visit {
    host: simulated_network::Host,
    machine: Arc<Machine>,
    ended: tokio::task::JoinHandle<String>,
}

impl Twins {
    fn visit(&self, last: u8, profile: Profile, office: Office) -> Visit {
        let host = self
            .network
            .host(IpAddr::from([203, 0, 113, last]), profile);
        let dialer = dialer(&host, &self.pki, &Tuning::default());
        let machine = Arc::new(Machine::new(office));
        let visitor = Arc::clone(&machine);
        let ended = tokio::spawn(async move {
            let link = match dialer.connect(CENTRE, SERVER, Purpose::Sync).await {
                Ok(link) => link,
                Err(error) => return error.code().to_owned(),
            };
            match visitor.visit(&link).await {
                Ok(ending) => ending.code,
                Err(error) => error.code().to_owned(),
            }
        });
        Visit {
            host,
            machine,
            ended,
        }
    }
}

/// What the machine had on its disk when it was started again (the epoch is stored before it is
/// used).
fn restarted(old: &Machine) -> Office {
    let old = old.office.lock().unwrap();
    Office {
        acts: old.acts.clone(),
        taken: old.taken,
        slice: old.slice.clone(),
        feed: old.feed.clone(),
        epoch: old.epoch,
        ..World::new().office
    }
}

fn line() -> Profile {
    Profile::named("4g_rural").unwrap().losing(0.0)
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_the_new_connection_wins_and_late_packets_do_no_harm() {
    let twins = twins(1);
    let old = twins.visit(1, line(), World::new().office);
    let recording = old.host.record();
    for about in 0..5 {
        old.machine.file(about, 2000);
    }
    sleep(Duration::from_secs(5)).await;
    assert_eq!((twins.desk.acts(), old.machine.taken()), (5, 5));
    // The last acts before the power fails do not leave the house.
    old.host.cut(Way::Both);
    old.machine.file(6, 2000);
    sleep(Duration::from_secs(1)).await;
    let new = twins.visit(2, line(), restarted(&old.machine));
    old.host.unplug();
    sleep(Duration::from_secs(5)).await;
    assert_eq!((twins.desk.acts(), new.machine.taken()), (6, 6));
    assert_eq!(*twins.desk.ended.lock().unwrap(), ["displaced"]);
    // Now everything that the old one ever sent comes once more.
    let counts = twins.desk.counts();
    let before = twins.centre.counts();
    for (_, packet) in recording.take() {
        twins.network.inject(packet.from, packet.to, packet.payload);
    }
    sleep(Duration::from_secs(30)).await;
    let heard = twins.centre.counts().received - before.received;
    assert!(heard > 20, "only {heard} packets came");
    assert_eq!(twins.desk.counts(), counts);
    // The new one never noticed.
    new.machine.file(7, 2000);
    sleep(Duration::from_secs(5)).await;
    assert_eq!((twins.desk.acts(), new.machine.taken()), (7, 7));
    assert!(!new.ended.is_finished());
    assert_eq!(twins.listener.open_connections(), 1);
}

/// The old machine files an act; it is on its way for two seconds, and in the meantime a newer
/// connection may come. Gives the acts that the centre has in the end, and how the old one ended.
async fn slow_against_new(newer_comes: bool) -> (usize, Option<String>) {
    let twins = twins(1);
    let old = twins.visit(1, line(), World::new().office);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(twins.desk.counts(), [1, 1, 0]);
    let slow = Profile {
        rtt: Duration::from_secs(4),
        ..line()
    };
    old.host.reshape(slow);
    let copy = restarted(&old.machine);
    old.machine.file(1, 500);
    let new = newer_comes.then(|| twins.visit(2, line(), copy));
    sleep(Duration::from_secs(20)).await;
    assert!(new.is_none_or(|new| !new.ended.is_finished()));
    let code = match old.ended.is_finished() {
        true => Some(old.ended.await.unwrap()),
        false => None,
    };
    (twins.desk.acts(), code)
}

#[tokio::test(start_paused = true)]
async fn an_act_on_its_way_over_the_old_connection_is_not_taken_once_the_new_one_is_there() {
    let (acts, ended) = slow_against_new(false).await;
    assert_eq!((acts, ended), (1, None));
    let (acts, ended) = slow_against_new(true).await;
    assert_eq!(acts, 0);
    assert_eq!(ended.as_deref(), Some("displaced"));
}

#[tokio::test(start_paused = true)]
async fn a_machine_with_an_older_epoch_is_refused() {
    let twins = twins(1);
    let old = World::new().office;
    let newer = Office {
        epoch: 10,
        ..World::new().office
    };
    let new = twins.visit(2, line(), newer);
    sleep(Duration::from_secs(5)).await;
    let old = twins.visit(1, line(), old);
    old.machine.file(1, 500);
    sleep(Duration::from_secs(20)).await;
    assert_eq!(old.ended.await.unwrap(), "stale_epoch");
    assert_eq!(twins.desk.acts(), 0);
    new.machine.file(2, 500);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(twins.desk.acts(), 1);
}
