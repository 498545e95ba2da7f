//! Bundles without their seal: what is in one is proved by whoever reads it, in any order of
//! arrival.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode};

use super::frames::FrameList;
use super::*;
use crate::chain::ChainPoint;
use crate::codec::{Codec, NO_DICTIONARY};
use crate::digest::Digest;
use crate::limits;
use crate::message::{Hello, Minors};
use crate::session::{FeedEntry, NodeConfig, NodeStanding, NodeState};
use crate::{SessionError, SignedBatch};

const NOW_S: i64 = 1_795_000_000;
const REPLY: [u8; 32] = [0x55; 32];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}
fn node() -> NodeId {
    NodeId::new([9; 16])
}
fn codec() -> Arc<Codec> {
    Arc::new(Codec::new(3, &[]).unwrap())
}
fn config() -> NodeConfig {
    NodeConfig {
        office: OfficeCode::new(4).unwrap(),
        node: node(),
        key: key(),
        minors: Minors::CURRENT,
        schema: 1,
        codec: codec(),
        dictionary: NO_DICTIONARY,
        software: "test".to_owned(),
        check_interval_ms: 1,
        check_settle_ms: 1,
    }
}

fn genesis(life: u64) -> ChainPoint {
    ChainPoint::genesis(node(), Incarnation::new(life))
}

/// An office that filed acts, each of these bytes.
struct Office {
    acts: Vec<Bytes>,
    taken: u64,
    life: u64,
}

impl Office {
    fn with(acts: usize) -> Self {
        let act = |n: usize| Bytes::from(format!("act {n} of a clerk").into_bytes());
        Self {
            acts: (1..=acts).map(act).collect(),
            taken: 0,
            life: 1,
        }
    }

    fn point(&self, at: usize) -> ChainPoint {
        let acts = self.acts.iter().take(at);
        acts.fold(genesis(self.life), |point, act| point.after(act))
    }

    fn state(&self) -> NodeState {
        NodeState {
            outbox_last: self.point(self.acts.len()),
            kept_from: ActNumber::new(1),
            taken: ActNumber::new(self.taken),
            feed_applied: FeedSeq::new(0),
            digest: Digest::EMPTY,
            fill: None,
            epoch: 1,
            wall_ms: 0,
        }
    }

    fn pack(&self) -> PackedOutbox {
        pack_outbox::<SessionError>(&config(), &self.state(), &REPLY, |from, count, bytes| {
            let from = usize::try_from(from.get()).unwrap() - 1;
            let mut room = bytes;
            let fits = |act: &&Bytes| {
                let fits = act.len() <= room;
                room = room.saturating_sub(act.len());
                fits
            };
            let acts = self.acts.iter().skip(from).take(count).take_while(fits);
            Ok(OutboxPart {
                before: self.point(from).chain,
                acts: acts.cloned().collect(),
            })
        })
        .unwrap()
    }
}

fn envelope(way: Way, life: u64) -> Envelope {
    Envelope {
        way,
        id: BundleId([7; 16]),
        office: config().office,
        node: node(),
        incarnation: Incarnation::new(life),
        made_s: NOW_S,
        expires_s: Envelope::expiry(NOW_S),
        key: KeyName::of(&[1; 32]),
    }
}

fn file(envelope: &Envelope, body: &[u8]) -> Bytes {
    complete(&envelope.opening(), &[2; 32], body, |m| {
        key().sign(m).to_bytes()
    })
    .unwrap()
    .into()
}

fn open(body: Vec<u8>, life: u64) -> Result<OutwardReader, BundleRefusal> {
    let envelope = envelope(Way::ToCentre, life);
    OutwardReader::open(&envelope, body.into(), key().verifying_key(), codec())
}

fn standing(taken: ChainPoint, feed_head: u64) -> NodeStanding {
    NodeStanding {
        taken,
        epoch: 0,
        feed_head: FeedSeq::new(feed_head),
        feed_floor: FeedSeq::new(0),
        digest: Digest::EMPTY,
        central_ms: 5,
    }
}

/// Takes a bundle in as the centre does, from where the device stands: how many acts were new.
fn take(body: Vec<u8>, life: u64, at: &mut ChainPoint) -> Result<usize, BundleRefusal> {
    let mut reader = open(body, life)?;
    let mut point = reader.stand(&standing(*at, 0))?;
    let mut new = 0;
    while let Some(batch) = reader.next_batch(&point)? {
        point = batch.end();
        new += batch.acts().len();
        reader.took();
    }
    *at = point;
    Ok(new)
}

#[test]
fn a_file_comes_back_whole_and_says_whose_it_is() {
    let envelope = envelope(Way::Answer(BundleId([8; 16])), 1);
    let file = file(&envelope, b"sealed");
    let read = SealedBundle::read(&file).unwrap();
    assert_eq!(*read.envelope(), envelope);
    assert_eq!(read.opening(), envelope.opening());
    assert_eq!(
        (read.encapsulated(), read.sealed()),
        (&[2; 32], &b"sealed"[..])
    );
    read.check_signature([key().verifying_key().as_bytes()])
        .unwrap();
    let other = SigningKey::from_bytes(&[4; 32]);
    let refused = read.check_signature([other.verifying_key().as_bytes()]);
    assert_eq!(refused, Err(BundleRefusal::Signature));
    assert!(envelope.opening().len() <= limits::ENVELOPE_BYTES_MAX);
}

#[test]
fn whatever_is_cut_off_or_changed_is_refused() {
    let good = file(&envelope(Way::ToCentre, 1), b"sealed body");
    for len in 0..good.len() {
        assert!(SealedBundle::read(&good.slice(..len)).is_err(), "{len}");
    }
    for at in 0..good.len() {
        let mut bad = good.to_vec();
        bad[at] ^= 0x20;
        let refused = SealedBundle::read(&bad.into()).unwrap_err();
        let right = match at {
            0..8 => refused == BundleRefusal::NotOne,
            8 => matches!(refused, BundleRefusal::Newer { .. }),
            _ => refused == BundleRefusal::Damaged,
        };
        assert!(right, "{at}: {refused:?}");
    }
    let mut longer = good.to_vec();
    longer.push(0);
    let refused = SealedBundle::read(&longer.into()).unwrap_err();
    assert_eq!(refused, BundleRefusal::Damaged);
    let mut large = good.to_vec();
    large.resize(limits::BUNDLE_BYTES_MAX + 1, 0);
    let refused = SealedBundle::read(&large.into()).unwrap_err();
    assert_eq!(refused.code(), "bundle_too_large");
}

#[test]
fn a_bundle_is_over_after_its_time_and_none_is_good_for_longer() {
    let mut over = envelope(Way::ToCentre, 1);
    let check = |envelope: &Envelope, now_s| {
        let read = SealedBundle::read(&file(envelope, b"")).unwrap();
        read.check_time(now_s).map_err(|refused| refused.code())
    };
    assert_eq!(check(&over, over.expires_s), Ok(()));
    assert_eq!(check(&over, over.expires_s + 1), Err("bundle_expired"));
    // A device whose clock is ahead is not refused for it.
    assert_eq!(check(&over, NOW_S - 400 * 86_400), Ok(()));
    over.expires_s = i64::MAX;
    let last = NOW_S + limits::BUNDLE_LIFE_S;
    assert_eq!(check(&over, last), Ok(()));
    assert_eq!(check(&over, last + 1), Err("bundle_expired"));
}

#[test]
fn acts_arrive_once_whether_the_bundle_comes_twice_late_or_after_a_larger_one() {
    let mut office = Office::with(1_200);
    let large = office.pack();
    assert_eq!(
        (large.first.get(), large.last.get(), large.left),
        (1, 1_200, 0)
    );
    office.acts.truncate(700);
    let small = office.pack();
    let mut centre = genesis(0);
    assert_eq!(take(small.body.clone(), 1, &mut centre), Ok(700));
    assert_eq!(take(small.body.clone(), 1, &mut centre), Ok(0));
    // The larger one goes on in the middle of a batch.
    assert_eq!(take(large.body.clone(), 1, &mut centre), Ok(500));
    assert_eq!(take(small.body, 1, &mut centre), Ok(0));
    assert_eq!(take(large.body, 1, &mut centre), Ok(0));
    assert_eq!(centre, Office::with(1_200).point(1_200));
}

#[test]
fn a_bundle_with_a_hole_before_it_waits_for_the_earlier_one() {
    let mut office = Office::with(9);
    office.taken = 4;
    let later = office.pack();
    assert_eq!((later.first.get(), later.last.get()), (5, 9));
    let mut centre = genesis(0);
    let refused = take(later.body.clone(), 1, &mut centre).unwrap_err();
    assert_eq!(refused.code(), "bundle_gap");
    assert_eq!(take(Office::with(4).pack().body, 1, &mut centre), Ok(4));
    assert_eq!(take(later.body, 1, &mut centre), Ok(5));
}

#[test]
fn an_earlier_life_another_chain_and_a_feed_from_nowhere_are_refused() {
    let body = |office: &Office| office.pack().body;
    let office = Office::with(3);
    let code = |office: &Office, at: ChainPoint| {
        take(body(office), office.life, &mut at.clone())
            .unwrap_err()
            .code()
    };
    assert_eq!(code(&office, genesis(2)), "bundle_old_life");
    let elsewhere = genesis(1).after(b"x").after(b"y").after(b"z");
    assert_eq!(code(&office, elsewhere), "bundle_chain_broken");
    assert_eq!(
        code(&office, genesis(1).after(b"another")),
        "bundle_chain_broken"
    );
    let ahead = Office {
        life: 1 << 40,
        ..Office::with(3)
    };
    assert_eq!(code(&ahead, genesis(1)), "bundle_count_ahead");
    // A later life begins from its own first act.
    let next = Office {
        life: 2,
        ..Office::with(3)
    };
    assert_eq!(take(body(&next), 2, &mut office.point(3)), Ok(3));

    let mut state = office.state();
    state.feed_applied = FeedSeq::new(8);
    let packed = pack_outbox::<SessionError>(&config(), &state, &REPLY, |_, _, _| {
        Ok(OutboxPart {
            before: genesis(1).chain,
            acts: office.acts.clone(),
        })
    });
    let refused = take(packed.unwrap().body, 1, &mut genesis(0)).unwrap_err();
    assert_eq!(refused.code(), "bundle_node_ahead");
}

#[test]
fn acts_of_another_key_and_a_hello_of_another_device_are_refused() {
    let packed = Office::with(3).pack();
    let other = SigningKey::from_bytes(&[4; 32]);
    let envelope = envelope(Way::ToCentre, 1);
    let body: Bytes = packed.body.into();
    let mut reader =
        OutwardReader::open(&envelope, body.clone(), other.verifying_key(), codec()).unwrap();
    let refused = reader.next_batch(&genesis(1)).unwrap_err();
    assert!(refused.to_string().contains("signature"), "{refused}");
    let other = Envelope {
        node: NodeId::new([1; 16]),
        ..envelope
    };
    let refused = OutwardReader::open(&other, body, key().verifying_key(), codec());
    assert_eq!(refused.err().unwrap().code(), "bundle_content");
}

#[test]
fn more_than_a_bundle_holds_goes_with_the_next_one() {
    let mut noise = blake3::Hasher::new().finalize_xof();
    let mut office = Office::with(0);
    for _ in 0..100 {
        let mut act = vec![0; limits::ACT_BYTES_MAX];
        noise.fill(&mut act);
        office.acts.push(act.into());
    }
    let first = office.pack();
    assert!(first.body.len() <= limits::BUNDLE_BODY_BYTES_MAX);
    assert!((30..100).contains(&first.last.get()), "{}", first.last);
    assert_eq!(first.left, 100 - first.last.get());
    let mut centre = genesis(0);
    let new = take(first.body, 1, &mut centre).unwrap();
    office.taken = u64::try_from(new).unwrap();
    let second = office.pack();
    assert_eq!((second.first.get(), second.left), (office.taken + 1, 0));
    take(second.body, 1, &mut centre).unwrap();
    assert_eq!(centre, office.point(100));
}

#[test]
fn an_empty_outbox_still_asks_for_the_feed() {
    let packed = Office::with(0).pack();
    assert_eq!((packed.first.get(), packed.last.get()), (1, 0));
    let mut centre = genesis(0);
    assert_eq!(take(packed.body, 1, &mut centre), Ok(0));
}

#[test]
fn bombs_and_endless_lists_end_at_their_limits() {
    let hello = || Hello::of(&config(), &Office::with(1).state());
    let mut list = FrameList::behind(&REPLY);
    let mut added = 0;
    while list.add(hello()).unwrap() {
        added += 1;
    }
    assert_eq!(added, limits::BUNDLE_FRAMES_MAX);
    let mut endless = list.into_body();
    endless.extend_from_slice(&[1, 0, 0, 0, 0]);
    let mut frames = super::frames::Frames::of(Bytes::from(endless).slice(32..));
    let last = std::iter::repeat_with(|| frames.next_message()).find_map(Result::err);
    assert!(last.unwrap().to_string().contains("limit of 2000"));

    for tail in [
        &[2, 0xff, 0xff, 0xff, 0xff][..],
        &[2, 1],
        &[9, 0, 0, 0, 0],
        &[2, 1, 0, 0, 0, 32],
    ] {
        let mut body = Office::with(0).pack().body;
        body.extend_from_slice(tail);
        let refused = take(body, 1, &mut genesis(0)).unwrap_err();
        assert_eq!(refused.code(), "bundle_content", "{tail:?}");
    }

    // A signed batch that expands to more than a batch may hold.
    let bomb = vec![Bytes::from(vec![0; limits::BATCH_BYTES_MAX + 8_192])];
    let batch = SignedBatch::sign(&key(), genesis(1), &bomb, true, &codec(), 0);
    let mut list = FrameList::behind(&REPLY);
    list.add(hello()).unwrap();
    list.add(batch.unwrap().0).unwrap();
    let body = list.into_body();
    assert!(body.len() < 1_000);
    let refused = take(body, 1, &mut genesis(0)).unwrap_err();
    assert!(refused.to_string().contains("expands past"), "{refused}");
}

fn entries(count: usize, len: usize) -> Vec<FeedEntry> {
    let entry = |n: usize| FeedEntry {
        kind: 1,
        schema: 1,
        payload: blake3::hash(&n.to_le_bytes()).as_bytes().repeat(len).into(),
    };
    (0..count).map(entry).collect()
}

fn answer(hello: &Hello, standing: &NodeStanding, feed: &[FeedEntry]) -> PackedAnswer {
    let from = AnswerFrom {
        hello,
        standing,
        minors: Minors::CURRENT,
        schema: 1,
        codec: &codec(),
    };
    pack_answer::<SessionError>(&from, |after, count, bytes| {
        let after = usize::try_from(after.get()).unwrap();
        let size = feed[0].payload.len().max(1);
        let count = count.min((bytes / size).max(1));
        Ok(feed.iter().skip(after).take(count).cloned().collect())
    })
    .unwrap()
}

#[test]
fn an_answer_brings_the_feed_behind_where_the_office_stood() {
    let office = Office::with(3);
    let hello = Hello::of(&config(), &office.state());
    let feed = entries(1_201, 1);
    let packed = answer(&hello, &standing(office.point(3), 1_201), &feed);
    assert_eq!((packed.entries, packed.left), (1_201, 0));
    let mut reader = AnswerReader::open(packed.body.into(), Minors::CURRENT, codec()).unwrap();
    let stands = *reader.stands();
    assert_eq!((stands.taken.get(), stands.feed_head.get()), (3, 1_201));
    assert!(stands.agrees_with(&office.point(3)) && stands.agrees_with(&office.point(2)));
    assert!(!stands.agrees_with(&genesis(1).after(b"x").after(b"y").after(b"z")));
    let mut came = Vec::new();
    while let Some((first, entries)) = reader.next_entries().unwrap() {
        assert_eq!(usize::try_from(first.get()).unwrap(), came.len() + 1);
        came.extend(entries);
    }
    assert_eq!(came, feed);
}

#[test]
fn an_answer_says_what_is_left_and_when_a_line_is_needed() {
    let office = Office::with(3);
    let mut hello = Hello::of(&config(), &office.state());
    let feed = entries(100, 2_000);
    let packed = answer(&hello, &standing(office.point(3), 100), &feed);
    assert!(packed.body.len() <= limits::BUNDLE_BODY_BYTES_MAX);
    assert_eq!(packed.entries + packed.left, 100);
    let packed = answer(&hello, &standing(office.point(3), 0), &feed);
    assert_eq!(
        (packed.entries, packed.left, packed.needs_fill),
        (0, 0, false)
    );

    hello.fill = Some(crate::FillState::default());
    let packed = answer(&hello, &standing(office.point(3), 100), &feed);
    assert_eq!(
        (packed.entries, packed.left, packed.needs_fill),
        (0, 100, true)
    );
    let reader = AnswerReader::open(packed.body.into(), Minors::CURRENT, codec()).unwrap();
    assert!(reader.stands().needs_fill);
    hello.fill = None;
    let trimmed = NodeStanding {
        feed_floor: FeedSeq::new(7),
        ..standing(office.point(3), 100)
    };
    assert!(answer(&hello, &trimmed, &feed).needs_fill);
}

#[test]
fn a_body_that_goes_the_other_way_is_refused() {
    let office = Office::with(3);
    let hello = Hello::of(&config(), &office.state());
    let packed = answer(&hello, &standing(office.point(3), 0), &[]);
    let body = [&REPLY, packed.body.as_slice()].concat();
    assert_eq!(open(body, 1).err().unwrap().code(), "bundle_content");
    let outward = office.pack().body;
    let read = AnswerReader::open(outward.into(), Minors::CURRENT, codec());
    assert_eq!(read.err().unwrap().code(), "bundle_content");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_refused_with_words_or_read(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
    ) {
        let bytes = Bytes::from(bytes);
        proptest::prop_assert!(SealedBundle::read(&bytes).is_err());
        if let Err(refused) = take(bytes.to_vec(), 1, &mut genesis(0)) {
            proptest::prop_assert!(!refused.to_string().is_empty());
        }
    }
}
