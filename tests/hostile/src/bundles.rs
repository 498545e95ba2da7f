//! A bundle on a stick: the file as a stick holds it, and what is in it once its seal is open. The
//! first byte says which of the three is meant, so that mutations reach behind seal and checksum.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};
use registry::{ActNumber, FeedSeq, Incarnation, NodeId, OfficeCode};
use sync_proto::bundle::{
    AnswerFrom, AnswerReader, BundleId, BundleRefusal, Envelope, KeyName, OutboxPart,
    OutwardReader, SealedBundle, Way, complete, pack_answer, pack_outbox,
};
use sync_proto::limits::{BATCH_ACTS_MAX, BUNDLE_BYTES_MAX, FEED_FRAME_ENTRIES_MAX};
use sync_proto::{
    ChainPoint, Codec, Digest, FeedEntry, Minors, NO_DICTIONARY, NodeConfig, NodeStanding,
    NodeState, SessionError,
};

const NOW_S: i64 = 1_795_230_000;
const ACTS: u8 = 7;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn node() -> NodeId {
    NodeId::new([9; 16])
}

fn codec() -> Arc<Codec> {
    Arc::new(Codec::new(3, &[]).expect("a codec"))
}

fn genesis() -> ChainPoint {
    ChainPoint::genesis(node(), Incarnation::new(1))
}

fn envelope(way: Way) -> Envelope {
    Envelope {
        way,
        id: BundleId([7; 16]),
        office: OfficeCode::new(4).expect("a code"),
        node: node(),
        incarnation: Incarnation::new(1),
        made_s: NOW_S,
        expires_s: Envelope::expiry(NOW_S),
        key: KeyName::of(&[1; 32]),
    }
}

fn standing() -> NodeStanding {
    NodeStanding {
        taken: genesis(),
        epoch: 0,
        feed_head: FeedSeq::new(3),
        feed_floor: FeedSeq::new(0),
        digest: Digest::EMPTY,
        central_ms: 5,
    }
}

/// A file, the body of a bundle for the centre, or that of an answer.
pub(crate) fn bundle(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else {
        return;
    };
    let rest = Bytes::copy_from_slice(rest);
    match which % 3 {
        0 => file(&rest),
        1 => outward(rest),
        _ => answer(rest),
    }
}

fn refused(refused: &BundleRefusal) {
    assert!(!refused.code().is_empty() && !refused.to_string().is_empty());
}

fn file(bytes: &Bytes) {
    match SealedBundle::read(bytes) {
        Ok(read) => {
            assert!(bytes.len() <= BUNDLE_BYTES_MAX);
            // There is one spelling of the outside, so what was read is written the same.
            let length = read.opening().len();
            assert_eq!(read.opening(), &bytes[..length]);
            assert_eq!(read.envelope().opening(), read.opening());
            let _ = read.check_time(NOW_S);
            if let Err(error) = read.check_signature([key().verifying_key().as_bytes()]) {
                refused(&error);
            }
        }
        Err(error) => refused(&error),
    }
}

fn outward(body: Bytes) {
    let (key, envelope) = (key().verifying_key(), envelope(Way::ToCentre));
    let mut reader = match OutwardReader::open(&envelope, body, key, codec()) {
        Ok(reader) => reader,
        Err(error) => return refused(&error),
    };
    assert_eq!(reader.hello().node, node());
    let mut point = match reader.stand(&standing()) {
        Ok(point) => point,
        Err(error) => return refused(&error),
    };
    loop {
        match reader.next_batch(&point) {
            Ok(None) => return,
            Ok(Some(batch)) => {
                assert_eq!(batch.first(), point.number.next());
                assert!((1..=BATCH_ACTS_MAX).contains(&batch.acts().len()));
                let acts = batch.acts().iter();
                let end = acts.fold(point, |point, act| point.after(act));
                assert_eq!(end, batch.end());
                point = end;
                reader.took();
            }
            Err(error) => return refused(&error),
        }
    }
}

fn answer(body: Bytes) {
    let mut reader = match AnswerReader::open(body, Minors::CURRENT, codec()) {
        Ok(reader) => reader,
        Err(error) => return refused(&error),
    };
    let _ = reader.stands().agrees_with(&genesis());
    loop {
        match reader.next_entries() {
            Ok(None) => return,
            Ok(Some((_, entries))) => {
                assert!((1..=FEED_FRAME_ENTRIES_MAX).contains(&entries.len()));
            }
            Err(error) => return refused(&error),
        }
    }
}

fn office_body() -> (NodeConfig, NodeState, Vec<u8>) {
    let acts: Vec<Bytes> = (0..ACTS).map(|n| vec![n; 40].into()).collect();
    let point = |count: usize| {
        let acts = acts.iter().take(count);
        acts.fold(genesis(), |point, act| point.after(act))
    };
    let config = NodeConfig {
        office: OfficeCode::new(4).expect("a code"),
        node: node(),
        key: key(),
        minors: Minors::CURRENT,
        schema: 1,
        codec: codec(),
        dictionary: NO_DICTIONARY,
        software: "hostile".to_owned(),
        check_interval_ms: 1,
        check_settle_ms: 1,
    };
    let state = NodeState {
        outbox_last: point(acts.len()),
        kept_from: ActNumber::new(1),
        taken: ActNumber::new(0),
        feed_applied: FeedSeq::new(0),
        digest: Digest::EMPTY,
        fill: None,
        epoch: 1,
        wall_ms: 0,
    };
    let packed = pack_outbox::<SessionError>(&config, &state, &[5; 32], |from, _, _| {
        // Three at a time, so that there are several batches.
        let from = usize::try_from(from.get()).expect("a small number") - 1;
        Ok(OutboxPart {
            before: point(from).chain,
            acts: acts.iter().skip(from).take(3).cloned().collect(),
        })
    });
    (config, state, packed.expect("a body").body)
}

fn answer_body() -> Vec<u8> {
    let (config, state, body) = office_body();
    let envelope = envelope(Way::ToCentre);
    let key = config.key.verifying_key();
    let reader = OutwardReader::open(&envelope, body.into(), key, codec()).expect("a bundle");
    let standing = NodeStanding {
        taken: state.outbox_last,
        ..standing()
    };
    let from = AnswerFrom {
        hello: reader.hello(),
        standing: &standing,
        minors: Minors::CURRENT,
        schema: 1,
        codec: &codec(),
    };
    let packed = pack_answer::<SessionError>(&from, |_, count, _| {
        let entry = FeedEntry {
            kind: 1,
            schema: 1,
            payload: Bytes::from_static(b"an entry of the feed"),
        };
        Ok(vec![entry; count.min(2)])
    });
    packed.expect("an answer").body
}

/// One of each: files of both ways, and both bodies.
pub(crate) fn good() -> Vec<Vec<u8>> {
    let signed = |way, body: &[u8]| {
        let sign = |message: &[u8]| key().sign(message).to_bytes();
        complete(&envelope(way).opening(), &[2; 32], body, sign).expect("a file")
    };
    let (_, _, outward) = office_body();
    let answer = answer_body();
    vec![
        [&[0][..], &signed(Way::ToCentre, &outward)].concat(),
        [&[0][..], &signed(Way::Answer(BundleId([8; 16])), &answer)].concat(),
        [&[1][..], &outward].concat(),
        [&[2][..], &answer].concat(),
    ]
}
