//! A scanned paper on a thin line, and acts that are filed while it is under way.

use std::sync::Arc;
use std::time::Duration;

use registry::attachment::Attachment;
use simulated_network::Profile;
use tokio::time::{Instant, sleep};

use crate::scene::Scene;
use crate::sessions::apart;
use crate::world::scan;

/// Bytes of an act as a clerk makes one.
const ACT_BYTES: usize = 300;
/// Between two acts.
const PAUSE: Duration = Duration::from_millis(1_700);

/// What became of acts beside a scan.
#[derive(Debug, Default)]
pub(crate) struct Day {
    /// From filing to the centre's word that it has the act, milliseconds, each.
    pub(crate) acts_ms: Vec<u64>,
    /// How much of the scan was at the centre when each act was there.
    pub(crate) pieces_by_then: Vec<usize>,
    /// When all of the scan was there, milliseconds after its act.
    pub(crate) scan_ms: Option<u64>,
    /// UDP payload that the office sent.
    pub(crate) bytes_up: u64,
    /// UDP payload that the centre sent.
    pub(crate) bytes_down: u64,
}

/// An office that files so many acts, one after the other, the first with a scan of this size.
pub(crate) fn day(line: Profile, seed: u64, acts: u8, scan_bytes: Option<usize>) -> Day {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(office(line, seed, acts, scan_bytes))
}

async fn office(line: Profile, seed: u64, acts: u8, scan_bytes: Option<usize>) -> Day {
    let scene = Scene::new(seed, line);
    let (desk, machine) = apart();
    let machine = Arc::new(machine);
    let link = scene.dialer.connect(
        crate::scene::CENTRE,
        crate::pki::SERVER,
        sync_quic::Purpose::Sync,
    );
    desk.open(Arc::new(scene.listener));
    let link = link.await.unwrap();
    let visiting = {
        let machine = Arc::clone(&machine);
        tokio::spawn(async move { machine.visit(&link).await })
    };
    sleep(Duration::from_secs(3)).await;
    let begun = Instant::now();
    let hash = scan_bytes.map(|bytes| {
        let content = scan(bytes, 1);
        let hash = Attachment::of(&content).unwrap().hash();
        machine.file_with_scan(0, ACT_BYTES, &content);
        hash
    });
    let mut day = Day::default();
    sleep(PAUSE).await;
    for about in 1..=acts {
        let filed = Instant::now();
        machine.file(about, ACT_BYTES);
        let due = machine.acts();
        while machine.taken() < due {
            sleep(Duration::from_millis(5)).await;
        }
        day.acts_ms
            .push(u64::try_from(filed.elapsed().as_millis()).unwrap());
        day.pieces_by_then
            .push(desk.centre.lock().unwrap().papers.pieces_taken);
        sleep(PAUSE).await;
    }
    if let Some(hash) = hash {
        while !desk.centre.lock().unwrap().papers.whole.contains_key(&hash) {
            sleep(Duration::from_millis(5)).await;
        }
        day.scan_ms = Some(u64::try_from(begun.elapsed().as_millis()).unwrap());
    }
    day.bytes_up = scene.office.counts().sent_bytes;
    day.bytes_down = scene.centre.counts().sent_bytes;
    visiting.abort();
    day
}

/// 256 kbit/s, and a twelfth of a second there and back.
pub(crate) fn thin() -> Profile {
    Profile::line(256, Duration::from_millis(80))
}

#[test]
fn acts_overtake_a_long_scan_on_a_thin_line() {
    let beside = day(thin(), 1, 4, Some(600_000));
    let pieces = Attachment::of(&scan(600_000, 1)).unwrap().pieces();
    // Every act was there long before the scan, although the scan was begun before it.
    let by_then = &beside.pieces_by_then;
    assert!(
        by_then.iter().all(|then| *then < usize::from(pieces)),
        "{by_then:?}"
    );
    assert!(
        by_then.last() > by_then.first() && by_then[0] > 0,
        "{by_then:?}"
    );
    // What is under way cannot be overtaken, and is little.
    let alone = day(thin(), 1, 4, None);
    let worst = |day: &Day| *day.acts_ms.iter().max().unwrap();
    assert!(
        worst(&beside) < worst(&alone) + 1_500,
        "{beside:?} {alone:?}"
    );
}
