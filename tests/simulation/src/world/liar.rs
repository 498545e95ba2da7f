//! Somebody in the centre's place who speaks well and lies: frames, numbers and order are as they
//! should be, what they carry is not. The office may end the line; it must lose nothing, keep
//! nothing of it for good, and go on with the true centre.

use bytes::Bytes;
use registry::feed::{FeedItem, Receipts, SliceReason};
use registry::record::{Content, Record};
use registry::schema::RecordKind;
use registry::{ActNumber, CommitSeq, Incarnation, RecordId};
use sync_proto::{CentralInput, Class, FeedEntry};

use super::World;
use super::tricks::{BOMB_BYTES, SAID_BYTES, bomb};
use crate::dice::Dice;

/// A lie, told with the next answer that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Answers to acts that the key of the centre did not sign.
    ForgedReceipts,
    /// Answers of the centre to other acts than it gave them to.
    AlteredReceipts,
    /// A record whose document is none.
    NoDocument,
    /// A record whose document claims to be far larger than it is.
    HollowDocument,
    /// An entry of a kind that there is, and nothing of it.
    EmptyEntry,
    /// A page, or records for a repair, with bits turned.
    TurnedRecords,
}

const LIES: [Lie; 6] = [
    Lie::ForgedReceipts,
    Lie::AlteredReceipts,
    Lie::NoDocument,
    Lie::HollowDocument,
    Lie::EmptyEntry,
    Lie::TurnedRecords,
];

/// What somebody in the centre's place does with a frame of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twist {
    /// Sends it twice.
    Twice,
    /// Puts two kilobytes into it that grow to 64 MiB.
    Bomb,
    /// The same, and says that they are as long as a frame may be.
    HollowBomb,
    /// Gives it a number far ahead.
    Ahead,
}

const TWISTS: [Twist; 4] = [Twist::Twice, Twist::Bomb, Twist::HollowBomb, Twist::Ahead];

/// Entries of the feed on the wire: tag, first number, what is packed (`sync-proto/src/message.rs`).
type Entries = (u8, u64, Vec<u8>);
/// Their tag.
const ENTRIES: u8 = 48;

impl World {
    /// The next frame of the feed to this office does not come as it was sent.
    pub(super) fn prepare_twist(&mut self, line: u64, dice: &mut Dice) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.central.twist = dice.pick(&TWISTS).copied();
        }
    }

    /// The frames that come in place of one.
    pub(super) fn twisted(&mut self, id: u64, class: Class, frame: Bytes) -> Vec<Bytes> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Vec::new();
        };
        let feed = class == Class::Feed && frame.first() == Some(&ENTRIES);
        let Some(twist) = line.central.twist.take_if(|_| feed) else {
            return vec![frame];
        };
        let Ok((tag, first, packed)) = postcard::from_bytes::<Entries>(&frame) else {
            return vec![frame];
        };
        let entries: Entries = match twist {
            Twist::Twice => (tag, first, packed),
            Twist::Bomb => (tag, first, bomb(BOMB_BYTES)),
            Twist::HollowBomb => (tag, first, bomb(SAID_BYTES)),
            Twist::Ahead => (tag, first.saturating_add(1_000_000), packed),
        };
        let Ok(bytes) = postcard::to_stdvec(&entries).map(Bytes::from) else {
            return vec![frame];
        };
        self.trace.note(|| format!("line {id}: {twist:?}"));
        *self.tally.lies.entry(format!("{twist:?}")).or_default() += 1;
        match twist {
            Twist::Twice => vec![frame, bytes],
            _ => vec![bytes],
        }
    }

    /// From now on the next answer of the centre to this office is a lie.
    pub(super) fn prepare_lie(&mut self, line: u64, mut dice: Dice) {
        let lie = dice.pick(&LIES).copied();
        let Some((lie, line)) = lie.zip(self.lines.get_mut(&line)) else {
            return;
        };
        match lie {
            // Pages are rare, and come on a new line where a decree has given an office another extent.
            Lie::TurnedRecords => {
                self.pages_turned.insert(line.device, dice);
            }
            _ => line.central.lie = Some((lie, dice)),
        }
    }

    /// An office has taken a page for the centre's. If bits of one were turned on its line, it may
    /// hold what the centre does not, and only the digests tell. No other lie may be believed.
    pub(super) fn page_is_believed(&mut self, line: u64, device: usize) {
        let turned = self.lines.get(&line).is_some_and(|it| it.central.turned);
        if turned {
            self.ledger.lied_to.insert(device);
        }
    }

    /// What the centre's session is given instead of the truth.
    pub(super) fn lied(&mut self, line: u64, input: CentralInput) -> CentralInput {
        let Some(end) = self.lines.get_mut(&line) else {
            return input;
        };
        let page = matches!(input, CentralInput::PageRead { .. });
        let records = page || matches!(input, CentralInput::RepairCompared { .. });
        let turned = match records {
            true => self.pages_turned.remove(&end.device),
            false => None,
        };
        let told_now = turned.map(|dice| (Lie::TurnedRecords, dice));
        let Some((lie, mut dice)) = told_now.or_else(|| end.central.lie.take()) else {
            return input;
        };
        match told(lie, input, &mut dice) {
            Ok(lied) => {
                end.central.turned |= page;
                self.trace.note(|| format!("line {line}: {lie:?}"));
                *self.tally.lies.entry(format!("{lie:?}")).or_default() += 1;
                lied
            }
            Err(truth) => {
                if let Some(line) = self.lines.get_mut(&line) {
                    line.central.lie = Some((lie, dice));
                }
                truth
            }
        }
    }
}

/// The lie, or the truth if the lie does not fit it.
#[allow(clippy::result_large_err)] // what came in goes out again at once, either way
fn told(lie: Lie, truth: CentralInput, dice: &mut Dice) -> Result<CentralInput, CentralInput> {
    match truth {
        CentralInput::FeedRead { first, mut entries } if lie != Lie::TurnedRecords => {
            let at = dice.index(entries.len());
            let forged = entries.get_mut(at).and_then(|entry| {
                *entry = altered(lie, entry, dice)?;
                Some(())
            });
            let input = CentralInput::FeedRead { first, entries };
            if forged.is_some() {
                Ok(input)
            } else {
                Err(input)
            }
        }
        CentralInput::PageRead {
            last,
            done,
            feed_start,
            digest,
            payload,
        } if lie == Lie::TurnedRecords => Ok(CentralInput::PageRead {
            last,
            done,
            feed_start,
            digest,
            payload: turned(&payload, dice),
        }),
        CentralInput::RepairCompared {
            replace,
            drop,
            covered_to,
        } if lie == Lie::TurnedRecords && !replace.is_empty() => Ok(CentralInput::RepairCompared {
            replace: turned(&replace, dice),
            drop,
            covered_to,
        }),
        other => Err(other),
    }
}

fn altered(lie: Lie, entry: &FeedEntry, dice: &mut Dice) -> Option<FeedEntry> {
    let item = FeedItem::decode(entry.kind, &entry.payload).ok();
    let lied = match lie {
        Lie::ForgedReceipts => FeedItem::Receipts(Receipts {
            node: registry::NodeId::new([0x55; 16]),
            incarnation: Incarnation::new(1),
            first: ActNumber::new(1),
            outcomes: vec![registry::feed::ActOutcome::Accepted],
            chain: [0; 32],
            commit: CommitSeq::new(u64::MAX),
            at_s: i64::MAX,
            signature: vec![0x55; 64],
        }),
        Lie::AlteredReceipts => match item {
            Some(FeedItem::Receipts(mut receipts)) => {
                receipts.first = receipts.first.next();
                FeedItem::Receipts(receipts)
            }
            _ => return None,
        },
        Lie::NoDocument => {
            let document = noise(dice, 900);
            enters(dice, document)
        }
        Lie::HollowDocument => enters(dice, hollow()),
        Lie::EmptyEntry => {
            return Some(FeedEntry {
                payload: Bytes::new(),
                ..entry.clone()
            });
        }
        Lie::TurnedRecords => return None,
    };
    let (kind, payload) = lied.encode().ok()?;
    Some(FeedEntry {
        kind,
        payload: Bytes::from(payload),
        ..entry.clone()
    })
}

fn enters(dice: &mut Dice, document: Vec<u8>) -> FeedItem {
    let mut id = [0x55; 16];
    if let Some(start) = id.first_chunk_mut::<8>() {
        *start = dice.any().to_le_bytes();
    }
    FeedItem::Enters {
        record: Record {
            id: RecordId::new(id),
            kind: RecordKind::Person,
            content: Content::Document(document),
        },
        reason: SliceReason::Mended,
    }
}

/// The beginning of a document as the library writes them, with a length that nothing follows.
fn hollow() -> Vec<u8> {
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83, 1, 2, 3, 4, 0];
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0x7f]);
    bytes.extend([0; 64]);
    bytes
}

fn turned(bytes: &Bytes, dice: &mut Dice) -> Bytes {
    let mut bytes = bytes.to_vec();
    for _ in 0..4 {
        let at = dice.index(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << dice.below(8);
        }
    }
    Bytes::from(bytes)
}

fn noise(dice: &mut Dice, len: usize) -> Vec<u8> {
    (0..len)
        .map(|_| u8::try_from(dice.below(256)).unwrap_or(0))
        .collect()
}
