//! The office's address changes under a line.

use std::net::IpAddr;
use std::time::Duration;

use simulated_network::{Fate, Profile};
use sync_proto::Class;
use tokio::time::{Instant, sleep};

use crate::scene::{Scene, exchange, send_pages, small, take_pages, there_and_back};

fn mobile() -> Profile {
    Profile::named("4g_rural").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_transfer_goes_on_when_the_nat_forgets_its_port() {
    for seed in 0..3 {
        let scene = Scene::new(seed, mobile());
        let (near, far) = scene.connect().await;
        exchange(&near, &far, 1, 1000).await;
        let forget = async {
            for _ in 0..3 {
                sleep(Duration::from_secs(1)).await;
                scene.office.forget_ports();
            }
        };
        let down =
            async { tokio::join!(send_pages(&far, 40, 30_000), take_pages(&near, 40, 30_000)) };
        tokio::join!(forget, down);
        assert!(
            scene.network.count(Fate::NoRoute) > 0,
            "nothing went to the old port"
        );
        assert_eq!(scene.listener.open_connections(), 1);
        there_and_back(&near, &far).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_transfer_goes_on_when_the_office_gets_another_address() {
    let scene = Scene::new(1, mobile());
    let (near, far) = scene.connect().await;
    exchange(&near, &far, 1, 1000).await;
    let move_away = async {
        sleep(Duration::from_secs(1)).await;
        scene.office.readdress(IpAddr::from([198, 51, 100, 9]));
    };
    tokio::join!(move_away, exchange(&near, &far, 10, 30_000));
    assert_eq!(scene.listener.open_connections(), 1);
    there_and_back(&near, &far).await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_line_is_found_again_by_the_keep_alive() {
    let scene = Scene::new(1, mobile().losing(0.0));
    let (near, far) = scene.connect().await;
    there_and_back(&near, &far).await;
    sleep(Duration::from_secs(300)).await;
    scene.office.forget_ports();
    let since = Instant::now();
    // The centre does not know where the office is now; the office says so within 20 seconds.
    far.send(Class::Control, small("a change")).await.unwrap();
    assert_eq!(near.recv().await.unwrap().unwrap().1, small("a change"));
    let waited = since.elapsed();
    assert!(waited < Duration::from_secs(25), "{waited:?}");
    assert!(
        scene.network.count(Fate::NoRoute) > 0,
        "nothing went to the old port"
    );
    assert_eq!(scene.listener.open_connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_day_of_silence_behind_a_nat_keeps_the_line() {
    let scene = Scene::new(1, mobile());
    let (near, far) = scene.connect().await;
    there_and_back(&near, &far).await;
    let before = scene.office.counts();
    sleep(Duration::from_secs(86_400)).await;
    let after = scene.office.counts();
    let bytes = after.sent_bytes + after.received_bytes - before.sent_bytes - before.received_bytes;
    println!(
        "a silent day: {bytes} bytes in {} packets up",
        after.sent - before.sent
    );
    // The NAT kept its port all the time, so the centre may speak first.
    far.send(Class::Control, small("a change")).await.unwrap();
    assert_eq!(near.recv().await.unwrap().unwrap().1, small("a change"));
    assert_eq!(scene.network.count(Fate::NoRoute), 0);
    assert_eq!(scene.listener.open_connections(), 1);
}
