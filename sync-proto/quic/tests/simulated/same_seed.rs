//! One seed, one run.

use std::time::Duration;

use simulated_network::Profile;
use sync_quic::Purpose;

use crate::pki::SERVER;
use crate::scene::{CENTRE, Scene, exchange, there_and_back};

/// A visit over a bad line, ten silent minutes, and a visit that resumes: what the network saw.
fn run(seed: u64) -> (String, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let profile = Profile::named("4g_rural").unwrap();
        let scene = Scene::new(seed, profile.in_bursts_of(3.0).shuffling(2.0, 1.0));
        let (near, far) = scene.connect().await;
        exchange(&near, &far, 3, 20_000).await;
        tokio::time::sleep(Duration::from_secs(600)).await;
        there_and_back(&near, &far).await;
        near.finish(0, "").await;
        far.ended().await;
        let dialer = &scene.dialer;
        let early = dialer.connect_early(CENTRE, SERVER, Purpose::Sync).await;
        let far = scene.listener.accept();
        let (early, far) = (early.unwrap(), far);
        let answer = async {
            let far = far.await.unwrap().link;
            exchange_small(&far).await;
            far
        };
        let (far, ()) = tokio::join!(answer, exchange_small(&early));
        drop((early, far));
        scene.listener.idle().await;
        (scene.network.trace(), scene.network.now())
    })
}

async fn exchange_small(link: &sync_quic::Link) {
    let hello = crate::scene::small("hello");
    link.send(sync_proto::Class::Control, hello).await.unwrap();
    assert!(link.recv().await.unwrap().is_some());
}

#[test]
fn the_same_seed_gives_the_same_packets_at_the_same_times() {
    let (first, second, other) = (run(1), run(1), run(2));
    assert_eq!(first, second);
    assert_ne!(first.0, other.0);
    assert!(first.1 > Duration::from_secs(600), "{:?}", first.1);
}
