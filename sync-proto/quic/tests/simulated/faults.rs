//! Lines that lose, double and shuffle packets, and paths that take less than it seemed.

use simulated_network::{Fate, Profile};
use sync_proto::Class;

use crate::scene::{Scene, exchange, send_pages, take_pages};

async fn frames_arrive_over(profile: Profile, seed: u64) -> Scene {
    let scene = Scene::new(seed, profile);
    let (near, far) = scene.connect().await;
    exchange(&near, &far, 5, 20_000).await;
    scene
}

#[tokio::test(start_paused = true)]
async fn frames_arrive_whole_and_in_order_though_packets_get_lost() {
    let line = Profile::named("4g_rural").unwrap();
    for seed in 0..5 {
        for profile in [line.losing(2.0), line.losing(10.0).in_bursts_of(4.0)] {
            let scene = frames_arrive_over(profile, seed).await;
            assert!(scene.network.count(Fate::Noise) > 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn frames_arrive_whole_and_in_order_though_packets_are_shuffled_and_doubled() {
    let line = Profile::named("dsl_old").unwrap();
    let straight = frames_arrive_over(line.losing(0.0), 1).await;
    for seed in 0..5 {
        let scene = frames_arrive_over(line.losing(0.0).shuffling(10.0, 10.0), seed).await;
        // Both copies arrive at the hosts.
        let sent = scene.office.counts().sent + scene.centre.counts().sent;
        assert!(scene.network.count(Fate::Delivered) > sent);
        assert_eq!(scene.network.count(Fate::Noise), 0);
    }
    let sent = straight.office.counts().sent + straight.centre.counts().sent;
    assert!(straight.network.count(Fate::Delivered) <= sent);
}

#[tokio::test(start_paused = true)]
async fn every_profile_of_the_table_carries_a_visit() {
    for (seed, name) in (0..).zip(Profile::names()) {
        frames_arrive_over(Profile::named(name).unwrap().in_bursts_of(3.0), seed).await;
    }
}

/// Of the packets of a bulky visit: how many were longer than 1252 bytes, how many went lost for
/// their length, and how many there were.
async fn bulk_over(mtu: u16) -> (usize, u64, usize) {
    let line = Profile::named("dsl_old").unwrap().losing(0.0);
    let scene = Scene::new(1, line.with_mtu(mtu));
    scene.dialer.expect_bulk(true);
    let (near, far) = scene.connect().await;
    let sent = scene.centre.record();
    exchange(&near, &far, 1, 100).await;
    tokio::join!(send_pages(&far, 5, 100_000), take_pages(&near, 5, 100_000));
    let lengths: Vec<usize> = sent
        .take()
        .iter()
        .map(|(_, packet)| packet.payload.len())
        .collect();
    // 28 bytes are the headers of IPv4 and UDP.
    let long = lengths.iter().filter(|length| **length > 1280 - 28).count();
    (long, scene.network.count(Fate::TooLong), lengths.len())
}

#[tokio::test(start_paused = true)]
async fn a_path_of_1280_bytes_is_found_out_by_a_few_probes() {
    let (long, lost, all) = bulk_over(1500).await;
    assert!(
        long > all * 9 / 10 && lost == 0,
        "{long} of {all}, {lost} lost"
    );
    let (long, lost, all) = bulk_over(1280).await;
    assert!(
        long > 0 && long < 15 && lost < 30,
        "{long} of {all}, {lost} lost"
    );
}

#[tokio::test(start_paused = true)]
async fn a_path_that_takes_less_from_now_on_does_not_end_the_line() {
    let line = Profile::named("dsl_old").unwrap().losing(0.0);
    let scene = Scene::new(1, line);
    scene.dialer.expect_bulk(true);
    let (near, far) = scene.connect().await;
    exchange(&near, &far, 1, 100_000).await;
    assert_eq!(scene.network.count(Fate::TooLong), 0);
    let shrink = async {
        // In the middle of the next pages, which take some three seconds.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        scene.office.reshape(line.with_mtu(1280));
    };
    tokio::join!(exchange(&near, &far, 5, 100_000), shrink);
    assert!(
        scene.network.count(Fate::TooLong) > 0,
        "no packet was too long"
    );
    near.send(Class::Control, crate::scene::small("still here"))
        .await
        .unwrap();
    assert!(far.recv().await.unwrap().is_some());
}
