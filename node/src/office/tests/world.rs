//! An office, its store, and what a centre would send.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::code::Role;
use registry::columns::encode_page;
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem, Officer, Receipts};
use registry::fields::Fields;
use registry::procedure::Filing;
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Membership, Residence, Value};
use registry::{
    ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, OfficerId, RecordId,
};
use registry_store::{MemoryStore, Store};
use sync_proto::{Digest, DigestKey, FeedEntry};

use crate::office::{FeedDone, FillPage, Office};
use crate::tables::ActKey;

/// 21 November 2026, 10 o'clock in Hà Nội.
pub(super) const NOW_S: i64 = 1_795_230_000;

pub(super) fn office_code() -> OfficeCode {
    OfficeCode::new(4).unwrap()
}
pub(super) fn node_id() -> NodeId {
    NodeId::new([7; 16])
}
pub(super) fn central_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}
pub(super) fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}
pub(super) fn record_id(n: u8) -> RecordId {
    RecordId::new([n; 16])
}

/// A person who lives in the commune, in household 200.
pub(super) fn person(n: u8, name: &str) -> Record {
    let mut fields = Fields::new();
    fields.set(
        Field::Name,
        Some(Value::Name(
            registry::name::PersonName::parse(name).unwrap(),
        )),
    );
    fields.set(
        Field::BirthDate,
        serde_json::from_str(r#"{"birth": {"date": "1980-02-03"}}"#).ok(),
    );
    fields.set(
        Field::Sex,
        serde_json::from_str(r#"{"sex": "female"}"#).ok(),
    );
    let pin = format!(r#"{{"pin": "0011800000{n:02}"}}"#);
    fields.set(Field::Pin, Some(serde_json::from_str(&pin).unwrap()));
    let since = serde_json::from_str("\"2010-01-01\"").unwrap();
    fields.push(
        Field::Permanent,
        Value::Residence(Residence {
            unit: office_code(),
            address: line("số 5 ngõ Tức Mạc"),
            from: since,
            until: None,
            to: None,
            ground: Line::default(),
        }),
    );
    let household = record_id(200);
    fields.set(
        Field::Membership,
        Some(Value::Membership(Membership { household, since })),
    );
    Record::new(record_id(n), RecordKind::Person, fields)
}

/// A record that was just made, with other values.
pub(super) fn changed(record: Record, change: impl FnOnce(&mut Fields)) -> Record {
    let Content::Genesis(mut fields) = record.content else {
        panic!("a record that nobody has changed")
    };
    change(&mut fields);
    Record::new(record.id, record.kind, fields)
}

pub(super) fn household() -> Record {
    let mut fields = Fields::new();
    fields.set(Field::HouseholdHead, Some(Value::Head(record_id(1))));
    fields.set(Field::HouseholdFile, Some(Value::Text(line("HS-0042"))));
    Record::new(record_id(200), RecordKind::Household, fields)
}

pub(super) fn clerk() -> Officer {
    Officer {
        id: "an.nguyen".parse::<OfficerId>().unwrap(),
        name: line("An"),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        active: true,
    }
}

/// A new phone number for a person.
pub(super) fn phone(person: RecordId, number: &str) -> Filing {
    let json = format!(r#"{{"act": "contact", "person": "{person}", "phone": "{number}"}}"#);
    serde_json::from_str(&json).unwrap()
}

/// A birth with this hospital paper.
pub(super) fn birth(name: &str, certificate: &str) -> Filing {
    let json = format!(
        r#"{{"act": "birth", "child": {{"name": "{name}", "birth_date": {{"date": "2026-11-01"}},
            "sex": "male"}}, "certificate": "{certificate}"}}"#
    );
    serde_json::from_str(&json).unwrap()
}

/// An office and its centre.
pub(super) struct World {
    pub(super) store: Arc<MemoryStore>,
    pub(super) office: Office,
    pub(super) commit: u64,
}

impl World {
    /// An office whose slice is filled with two people and their household.
    pub(super) fn filled() -> World {
        let mut world = World::empty();
        world.fill(&[
            person(1, "Trần Thị Hòa"),
            person(2, "Lê Văn Đức"),
            household(),
        ]);
        world
    }

    pub(super) fn empty() -> World {
        let store = Arc::new(MemoryStore::new());
        let office = open(&store);
        office
            .trust_central(central_key().verifying_key().to_bytes())
            .unwrap();
        store.sync().unwrap();
        World {
            store,
            office,
            commit: 0,
        }
    }

    pub(super) fn sync(&self) {
        self.store.sync().unwrap();
    }

    /// The process ends and starts again; what was not synced is lost.
    pub(super) fn crash(&mut self) {
        self.store.crash();
        self.office = open(&self.store);
    }

    pub(super) fn fill(&mut self, records: &[Record]) {
        let page = page(records, None, true);
        self.office.apply_page(page).unwrap();
        self.store.sync().unwrap();
    }

    pub(super) fn file(&mut self, filing: &Filing) -> crate::office::Filed {
        let filed = self.office.file_act(filing, &clerk(), NOW_S).unwrap();
        self.store.sync().unwrap();
        filed
    }

    /// The centre sends these entries.
    pub(super) fn feed(&mut self, items: &[FeedItem]) -> FeedDone {
        let entries: Vec<FeedEntry> = items.iter().map(entry).collect();
        let first = self.office.meta().feed_applied.next();
        let done = self.office.apply_feed(first, &entries, NOW_S);
        self.store.sync().unwrap();
        done
    }

    /// The centre answers own acts from `first` on.
    pub(super) fn answer(&mut self, first: u64, outcomes: &[ActOutcome]) {
        let receipts = self.receipts(first, outcomes);
        let done = self.feed(&[FeedItem::Receipts(receipts)]);
        assert!(done.trouble.is_none(), "{:?}", done.trouble);
    }

    pub(super) fn receipts(&mut self, first: u64, outcomes: &[ActOutcome]) -> Receipts {
        self.commit += 1;
        let incarnation = self.office.meta().incarnation;
        let last = ActNumber::new(first + outcomes.len() as u64 - 1);
        let chain = self
            .office
            .rows
            .outbox(ActKey {
                incarnation,
                number: last,
            })
            .unwrap();
        let mut receipts = Receipts {
            node: node_id(),
            incarnation,
            first: ActNumber::new(first),
            outcomes: outcomes.to_vec(),
            chain: *chain.unwrap().1.as_bytes(),
            commit: CommitSeq::new(self.commit),
            at_s: NOW_S,
            signature: Vec::new(),
        };
        receipts.signature = central_key()
            .sign(&receipts.signed_bytes())
            .to_bytes()
            .to_vec();
        receipts
    }

    /// What the official slice's digest must be.
    pub(super) fn digest_of_official(&self) -> Digest {
        let key = DigestKey::of(self.office.code());
        let mut digest = Digest::EMPTY;
        self.office
            .rows
            .walk_official(None, &mut |id, row| {
                let kept = crate::tables::Kept::decode(id, row).unwrap();
                digest.add(&key, &id, &kept.record.version().unwrap());
                Ok(true)
            })
            .unwrap();
        digest
    }

    pub(super) fn phone_of(&self, id: RecordId) -> Option<String> {
        let kept = self.office.rows.shown(&id).unwrap()?;
        registry::person::Person(kept.fields())
            .phone()
            .map(|phone| phone.as_str().to_owned())
    }

    pub(super) fn state_of(&self, act: registry::ActId) -> crate::office::ActState {
        self.office.act_view(&act).unwrap().unwrap().state
    }

    /// Everything that must always hold.
    pub(super) fn check(&self) {
        assert_eq!(self.office.meta().digest, self.digest_of_official());
        assert_eq!(self.office.verify_audit().unwrap(), None);
    }
}

pub(super) fn open(store: &Arc<MemoryStore>) -> Office {
    let store: Arc<dyn Store> = store.clone();
    let office = Office::open(store, office_code(), node_id()).unwrap();
    office.store().sync().unwrap();
    office
}

pub(super) fn entry(item: &FeedItem) -> FeedEntry {
    let (kind, payload) = item.encode().unwrap();
    FeedEntry {
        kind,
        schema: 1,
        payload: payload.into(),
    }
}

pub(super) fn page(records: &[Record], after: Option<RecordId>, done: bool) -> FillPage {
    let last = records.last().map(|record| record.id);
    let payload = encode_page(records).unwrap();
    FillPage::read(after, last, done, FeedSeq::new(10), &payload).unwrap()
}

/// An act of another office on a record as it was made.
pub(super) fn foreign_act(number: u64, id: RecordId, edits: Vec<Edit>) -> Act {
    let today = serde_json::from_str("\"2026-11-20\"").unwrap();
    Act {
        author: Author {
            node: NodeId::new([8; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(number),
        },
        office: OfficeCode::new(8),
        body: ActBody {
            kind: ActKind::Contact,
            officer: "binh".parse().unwrap(),
            effective: today,
            entered: Entered {
                at_s: NOW_S - 5,
                error_s: 1,
            },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange {
                target: Target::Held {
                    id,
                    base: Base::Genesis,
                },
                edits,
            }],
        },
    }
}

pub(super) fn email(text: &str) -> Edit {
    Edit::Put(
        Field::Email,
        Value::Email(registry::contact::Email::parse(text).unwrap()),
    )
}
