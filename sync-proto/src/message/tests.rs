//! The bytes of every message, committed: a change here is a change of the protocol.

use std::collections::BTreeSet;

use proptest::prelude::*;
use registry::*;

use super::*;

fn hello() -> Hello {
    Hello {
        minors: Minors { min: 0, max: 1 },
        schema: 3,
        dictionary: 2,
        office: OfficeCode::new(4).unwrap(),
        node: NodeId::new([0x11; 16]),
        incarnation: Incarnation::new(1),
        outbox_last: ActNumber::new(360),
        chain: [0x22; 8],
        feed_applied: FeedSeq::new(90_000),
        digest: Digest::EMPTY,
        fill: Some(FillState {
            after: Some(record()),
            feed_start: Some(FeedSeq::new(5)),
        }),
        wall_ms: 1_780_000_000_000,
        epoch: 77,
        software: Text::cut("commune-node 0.1.0"),
    }
}

fn record() -> RecordId {
    RecordId::new([0x33; 16])
}

fn blob() -> Blob {
    Blob(Bytes::from_static(&[0, 0xaa]))
}

fn goodbye() -> Goodbye {
    Goodbye {
        code: Text::cut("a"),
        words: Text::cut("b c"),
        retry_after_ms: Some(300),
    }
}

fn answer(verdict: Verdict) -> HelloAnswer {
    HelloAnswer {
        minor: 1,
        schema: 3,
        dictionary: 2,
        central_ms: 1_780_000_000_500,
        incarnation: Incarnation::new(1),
        taken: ActNumber::new(300),
        chain: [0x44; 8],
        feed_head: FeedSeq::new(90_010),
        push_window: 4,
        verdict,
    }
}

fn attachment() -> Attachment {
    Attachment::of(b"%PDF-").unwrap()
}

fn offer_answer(verdict: OfferVerdict) -> OfferAnswer {
    OfferAnswer {
        transfer: 300,
        verdict,
    }
}

/// One of each, with every variant of the enums inside.
fn examples() -> Vec<Message> {
    let codec = crate::Codec::new(3, &[]).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let start = crate::ChainPoint::genesis(NodeId::new([0x11; 16]), Incarnation::new(1));
    let acts = [Bytes::from_static(b"act")];
    let (batch, _) = SignedBatch::sign(&key, start, &acts, true, &codec, 0).unwrap();
    let number = ActNumber::new(300);
    let transfer = 300;
    let mut examples = vec![
        hello().into(),
        answer(Verdict::Continue).into(),
        answer(Verdict::NewIncarnation(NewLife::OldLife)).into(),
        answer(Verdict::NewIncarnation(NewLife::OutboxBehind)).into(),
        answer(Verdict::NewIncarnation(NewLife::ChainBroken)).into(),
        answer(Verdict::FillNeeded(FillReason::TooOld)).into(),
        answer(Verdict::Repair).into(),
        answer(Verdict::Refused(goodbye())).into(),
        goodbye().into(),
        Readings {
            up_to: 300,
            packed: blob(),
        }
        .into(),
        ReadingsTaken { up_to: 300 }.into(),
        BundleKey { key: [0x77; 32] }.into(),
        PapersOf {
            question: 300,
            record: record(),
        }
        .into(),
        RecordPapers {
            question: 300,
            record: record(),
            more: true,
            packed: blob(),
        }
        .into(),
        Taken { up_to: number }.into(),
        FeedAck {
            applied: FeedSeq::new(300),
        }
        .into(),
        FeedHold {
            at: FeedSeq::new(300),
        }
        .into(),
        FillRequest {
            state: FillState::default(),
        }
        .into(),
        PageAck { pages: 2 }.into(),
        Check {
            feed_applied: FeedSeq::new(90_000),
            acts_last: number,
            digest: [5; 8],
        }
        .into(),
        Glance { mark: [7; 8] }.into(),
        CheckAnswer::Same.into(),
        CheckAnswer::Moving.into(),
        CheckAnswer::Differs.into(),
        CheckAnswer::FillNeeded(FillReason::RepairFailed).into(),
        RepairAck { patches: 2 }.into(),
        batch.into(),
        Entries {
            first: FeedSeq::new(300),
            packed: blob(),
        }
        .into(),
        RepairList {
            items: vec![RepairItem {
                record: record(),
                version: [6; 8],
            }],
            done: true,
        }
        .into(),
        RepairPatch {
            covered: true,
            drop: vec![record()],
            packed: blob(),
        }
        .into(),
        FillPage {
            after: None,
            last: Some(record()),
            done: true,
            feed_start: FeedSeq::new(5),
            digest: Some(Digest::EMPTY),
            packed: blob(),
        }
        .into(),
        Offer {
            transfer,
            attachment: attachment(),
        }
        .into(),
        offer_answer(OfferVerdict::Held).into(),
        offer_answer(OfferVerdict::Send {
            from: 3,
            listed: true,
        })
        .into(),
        Fetch {
            transfer,
            attachment: attachment(),
            from: 3,
            listed: true,
        }
        .into(),
        PieceAck {
            transfer,
            pieces: 200,
        }
        .into(),
        PieceList {
            transfer,
            values: vec![[7; 32]],
        }
        .into(),
        Piece {
            transfer,
            index: 200,
            content: blob(),
        }
        .into(),
    ];
    use AttachmentRefusal as Why;
    for why in [
        Why::NotNamed,
        Why::Full,
        Why::Later,
        Why::NotHere,
        Why::NotEntitled,
    ] {
        examples.push(offer_answer(OfferVerdict::Refused(why)).into());
        examples.push(FetchRefused { transfer, why }.into());
    }
    examples
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn tags_are_unique_and_every_message_has_an_example() {
    let tags: BTreeSet<u8> = Message::TABLE.iter().map(|(tag, _, _)| *tag).collect();
    assert_eq!(tags.len(), Message::TABLE.len());
    let shown: BTreeSet<&str> = examples().iter().map(Message::name).collect();
    let all: BTreeSet<&str> = Message::TABLE.iter().map(|(_, _, name)| *name).collect();
    assert_eq!(shown, all);
}

#[test]
fn the_bytes_of_every_message_stay_what_they_are() {
    let lines: Vec<String> = examples()
        .iter()
        .map(|message| {
            let frame = message.encode().unwrap();
            assert_eq!(
                Message::decode(message.class(), &frame).as_ref(),
                Ok(message)
            );
            format!("{} {}", message.name(), hex(&frame))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn small_messages_are_small() {
    let len = |message: Message| message.encode().unwrap().len();
    let longest = Hello {
        outbox_last: ActNumber::new(u64::MAX),
        feed_applied: FeedSeq::new(u64::MAX),
        epoch: u64::MAX,
        software: Text::cut(&"x".repeat(99)),
        ..hello()
    };
    assert!(len(longest.into()) <= 250);
    let millions = 40_000_000_000;
    let check = Check {
        feed_applied: FeedSeq::new(millions),
        acts_last: ActNumber::new(millions),
        digest: [9; 8],
    };
    assert!(len(check.into()) <= 24);
    assert_eq!(len(CheckAnswer::Same.into()), 2);
    assert_eq!(len(Glance { mark: [9; 8] }.into()), 9);
    let question = PapersOf {
        question: u32::MAX,
        record: record(),
    };
    assert!(len(question.into()) <= 22);
}

#[test]
fn a_frame_is_refused_whole_if_anything_is_wrong_with_it() {
    let frame = Message::from(Taken {
        up_to: ActNumber::new(300),
    })
    .encode()
    .unwrap();
    let code = |class, frame: &[u8]| Message::decode(class, frame).unwrap_err().code();
    assert!(Message::decode(Class::Control, &frame).is_ok());
    assert_eq!(code(Class::Push, &frame), "frame_wrong_class");
    assert_eq!(
        code(Class::Control, &[&frame[..], &[0]].concat()),
        "frame_trailing"
    );
    assert_eq!(code(Class::Control, &frame[..2]), "frame_malformed");
    assert_eq!(code(Class::Control, &[]), "frame_empty");
    assert_eq!(code(Class::Control, &[250]), "frame_unknown");
    assert_eq!(
        code(Class::Fill, &vec![80; limits::FRAME_BYTES_MAX + 1]),
        "frame_too_long"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_an_error(
        tag in prop::sample::select(Message::TABLE.iter().map(|row| row.0).collect::<Vec<_>>()),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let frame = [&[tag], body.as_slice()].concat();
        for class in Class::ALL {
            if let Ok(message) = Message::decode(class, &frame) {
                prop_assert_eq!(message.class(), class);
                prop_assert!(message.encode().is_ok());
            }
        }
    }

    #[test]
    fn damaged_messages_never_panic(which in prop::sample::select((0..examples().len()).collect::<Vec<_>>()), at in any::<usize>(), bit in 0_u8..8) {
        let message = &examples()[which];
        let mut frame = message.encode().unwrap().to_vec();
        let at = at % frame.len();
        frame[at] ^= 1 << bit;
        let _ = Message::decode(message.class(), &frame);
    }
}
