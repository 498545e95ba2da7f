//! A bulky transfer over a line that is given, and what it costs.

use std::time::Duration;

use bytes::Bytes;
use simulated_network::Profile;
use sync_proto::Class;
use sync_quic::{Congestion, Tuning};
use tokio::time::{Instant, sleep};

use crate::scene::{Scene, there_and_back};

/// What a transfer took.
pub(crate) struct Cost {
    /// From the first packet of the handshake to the last byte.
    pub(crate) time: Duration,
    /// UDP payload that the centre sent.
    pub(crate) bytes_down: u64,
    /// UDP payload that the office sent.
    pub(crate) bytes_up: u64,
}

pub(crate) fn paused(work: impl Future<Output = Cost>) -> Cost {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

/// The centre sends `pages` pages of 250 kB as a fill.
pub(crate) fn fill(congestion: Congestion, profile: Profile, pages: usize, seed: u64) -> Cost {
    fill_changing(congestion, profile, profile, pages, seed)
}

/// The same over a line that becomes another after two seconds.
pub(crate) fn fill_changing(
    congestion: Congestion,
    profile: Profile,
    then: Profile,
    pages: usize,
    seed: u64,
) -> Cost {
    paused(async {
        let tuning = Tuning {
            congestion,
            ..Tuning::default()
        };
        let scene = Scene::tuned(seed, profile, &tuning);
        scene.dialer.expect_bulk(true);
        let begun = Instant::now();
        let (near, far) = scene.connect().await;
        there_and_back(&near, &far).await;
        let give = async {
            for _ in 0..pages {
                far.send(Class::Fill, Bytes::from(vec![7; 250_000]))
                    .await
                    .unwrap();
            }
        };
        let take = async {
            for _ in 0..pages {
                assert!(near.recv().await.unwrap().is_some());
            }
        };
        let change = async {
            sleep(Duration::from_secs(2)).await;
            scene.office.reshape(then);
        };
        let changing = async {
            if then != profile {
                change.await;
            }
        };
        tokio::join!(give, take, changing);
        Cost {
            time: begun.elapsed(),
            bytes_down: scene.centre.counts().sent_bytes,
            bytes_up: scene.office.counts().sent_bytes,
        }
    })
}
