//! Numbers that are set aside for offices: used once, refilled at half, void with the life that
//! lost them, and never given twice, by whomever.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use central_registry::blocks::Reserving;
use central_registry::intake::BatchFrom;
use central_registry::registrar::{Config, Contact, Joining, NumberOf, Registrar};
use registry::act::{Act, ActBody, ActKind, Author, Entered, RecordChange, Target, new_record_id};
use registry::block::{NumberBlock, without_numbers};
use registry::case::{Jurisdiction, Outcome, Reviewer};
use registry::code::{Role, Sex};
use registry::feed::{ActOutcome, FeedItem, Officer};
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Place, Value};
use registry::{ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use registry_store::MemoryStore;
use sync_proto::Chain;

const NOW: i64 = 1_795_000_000; // November 2026

fn office(code: u32) -> OfficeCode {
    OfficeCode::new(code).unwrap()
}

/// The centre, with few numbers to draw from, and one node of one office.
struct World {
    centre: Registrar,
    store: Arc<MemoryStore>,
    life: u64,
    next: u64,
    read: u64,
    blocks: Vec<NumberBlock>,
    outcomes: Vec<ActOutcome>,
}

fn registrar(store: &Arc<MemoryStore>, reserving: bool) -> Registrar {
    let mut next = 0u32;
    let centre = Registrar::open(
        Arc::clone(store) as _,
        Config {
            node: NodeId::new([0xCE; 16]),
            // Every number is drawn again and again.
            draw: Box::new(move || {
                next += 1;
                next % 60
            }),
            sign: Box::new(|_| [7; 64]),
        },
    );
    if reserving {
        centre.reserving(Reserving { numbers: 4 })
    } else {
        centre
    }
}

fn node() -> NodeId {
    NodeId::new([5; 16])
}

impl World {
    fn new(reserving: bool) -> World {
        let store = Arc::new(MemoryStore::new());
        let centre = registrar(&store, reserving);
        let officer = Officer {
            id: "lan".parse().unwrap(),
            name: Line::parse("Lan").unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence],
            active: true,
        };
        let joining = Joining {
            office: office(4),
            node: node(),
            public_key: [0; 32],
            certificate_ends_s: NOW,
            token: [1; 16],
            officer: Some(officer),
        };
        centre.join(NOW, &joining).unwrap();
        World {
            centre,
            store,
            life: 1,
            next: 1,
            read: 0,
            blocks: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// The node is heard of.
    fn meet(&mut self) {
        let contact = Contact {
            at_s: NOW,
            software: String::new(),
            clock_offset_ms: 0,
            outbox_last: ActNumber::new(0),
            applied: FeedSeq::new(self.read),
            epoch: 1,
            incarnation: Incarnation::new(self.life),
        };
        self.centre
            .stage_refill(NOW, office(4), node(), &contact)
            .unwrap();
        self.centre.sync().unwrap();
        self.hear();
    }

    /// The node reads its feed.
    fn hear(&mut self) {
        let entries = self
            .centre
            .feed(office(4), FeedSeq::new(self.read), 10_000, usize::MAX)
            .unwrap();
        for (seq, entry) in entries {
            self.read = seq.get();
            match FeedItem::decode(entry.kind, &entry.payload).unwrap() {
                FeedItem::Numbers(block) => {
                    assert_eq!(block.node, node());
                    self.blocks.push(block);
                }
                FeedItem::Receipts(receipts) => self.outcomes.extend(receipts.outcomes),
                _ => {}
            }
        }
    }

    /// Numbers at hand in this life.
    fn at_hand(&self, sex: Sex) -> Vec<Pin> {
        let mine = |block: &&NumberBlock| {
            block.incarnation.get() == self.life && block.sex == sex && block.year == 2026
        };
        self.blocks
            .iter()
            .filter(mine)
            .flat_map(NumberBlock::pins)
            .collect()
    }

    /// Sends births with these numbers; gives the children and what became of them.
    fn births(&mut self, numbers: &[Option<Pin>], horizon: u64) -> Vec<(RecordId, ActOutcome)> {
        let acts: Vec<Vec<u8>> = numbers
            .iter()
            .map(|pin| birth(*pin, horizon).encode().unwrap())
            .collect();
        let incarnation = Incarnation::new(self.life);
        let from = BatchFrom {
            office: office(4),
            node: node(),
            incarnation,
            first: ActNumber::new(self.next),
            chain: *Chain::genesis(node(), incarnation).as_bytes(),
        };
        self.centre.take_batch(NOW + 60, &from, &acts).unwrap();
        let first = self.next;
        self.next += numbers.len() as u64;
        self.outcomes.clear();
        self.hear();
        let made = (first..self.next).map(|number| {
            let author = Author {
                node: node(),
                incarnation,
                number: ActNumber::new(number),
            };
            new_record_id(&author.act_id(), 0)
        });
        made.zip(self.outcomes.clone()).collect()
    }

    /// The account of the office's officer is closed.
    fn close_officer(&self) {
        let officer = Officer {
            id: "lan".parse().unwrap(),
            name: Line::parse("Lan").unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence],
            active: false,
        };
        self.centre.set_officer(NOW, office(4), officer).unwrap();
    }

    /// A reviewer decides on a proposal.
    fn decide(&self, outcome: &ActOutcome, word: Outcome) {
        let ActOutcome::Parked(id) = outcome else {
            panic!("no proposal: {outcome:?}")
        };
        let cases = self.centre.cases(100, |_| true).unwrap();
        let case = cases.into_iter().find(|case| case.id == *id).unwrap();
        let reviewer = Reviewer {
            id: "one".parse().unwrap(),
            jurisdiction: Jurisdiction::National,
        };
        let reason = Line::parse("seen").unwrap();
        let decided = self
            .centre
            .decide(NOW, case.number, &reviewer, word, reason, case.version);
        assert_eq!(decided.unwrap().step, "settled");
    }

    fn pin_of(&self, id: &RecordId) -> Option<Pin> {
        let kept = self.centre.kept(id).unwrap()?;
        let fields = kept.record.read().unwrap().fields;
        Person(&fields).pin().copied()
    }

    fn counts(&self) -> (usize, usize, usize, usize) {
        let blocks = self.centre.number_blocks(None, 1_000).unwrap();
        let sum =
            |of: fn(&central_registry::registrar::BlockView) -> usize| blocks.iter().map(of).sum();
        (
            sum(|b| b.given),
            sum(|b| b.used),
            sum(|b| b.returned),
            sum(|b| b.void),
        )
    }

    fn events(&self, pin: Pin) -> Vec<&'static str> {
        let story = self
            .centre
            .number_story(NumberOf::Pin(pin))
            .unwrap()
            .unwrap();
        story
            .ledger
            .iter()
            .map(|(_, row)| row.event.name())
            .collect()
    }
}

fn birth(pin: Option<Pin>, horizon: u64) -> ActBody {
    let mut fields = Fields::new();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    fields.set(Field::Name, Some(json(r#"{"name": "Trần Văn Bé"}"#)));
    fields.set(Field::BirthDate, Some(json(r#"{"birth": "2026-11-02"}"#)));
    fields.set(Field::Sex, Some(json(r#"{"sex": "male"}"#)));
    let here = Place {
        unit: Some(office(4)),
        ..Place::default()
    };
    fields.set(Field::BirthRegistration, Some(Value::Place(here)));
    fields.set(Field::Pin, pin.map(Value::Pin));
    ActBody {
        kind: ActKind::Birth,
        officer: "lan".parse().unwrap(),
        effective: "2026-11-02".parse().unwrap(),
        entered: Entered {
            at_s: NOW,
            error_s: 0,
        },
        horizon: CommitSeq::new(horizon),
        evidence: Vec::new(),
        note: Line::default(),
        refers: None,
        changes: vec![RecordChange {
            target: Target::New {
                kind: RecordKind::Person,
                fields,
            },
            edits: Vec::new(),
        }],
    }
}

fn code(outcome: &ActOutcome) -> &str {
    match outcome {
        ActOutcome::Accepted => "accepted",
        ActOutcome::Returned { code, .. } => code.as_str(),
        _ => "other",
    }
}

#[test]
fn an_office_uses_its_numbers_once_and_is_given_more_at_half() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let numbers = world.at_hand(Sex::Male);
    assert_eq!(numbers.len(), 4);
    assert_eq!(world.at_hand(Sex::Female).len(), 4);
    assert_eq!(world.counts(), (8, 0, 0, 0));
    assert!(
        numbers
            .iter()
            .all(|pin| pin.sex() == Sex::Male && pin.birth_year() == 2026)
    );
    assert_eq!(
        world.centre.by_pin(&numbers[0]).unwrap(),
        None,
        "nobody has it yet"
    );
    assert_eq!(world.events(numbers[0]), ["reserved"]);

    let made = world.births(&[Some(numbers[0])], 0);
    assert_eq!(code(&made[0].1), "accepted");
    assert_eq!(world.pin_of(&made[0].0), Some(numbers[0]));
    assert_eq!(world.centre.by_pin(&numbers[0]).unwrap(), Some(made[0].0));
    assert_eq!(world.events(numbers[0]), ["reserved", "used"]);
    assert_eq!(
        world.at_hand(Sex::Male).len(),
        4,
        "three of four are left: none came"
    );
    world.births(&[Some(numbers[1])], 0);
    assert_eq!(world.at_hand(Sex::Male).len(), 6, "at half, two came");
    assert_eq!(world.counts(), (8, 2, 0, 0));

    // Used already, used twice at once, never given: all come back, and nobody has them.
    let mine = world.at_hand(Sex::Male);
    let foreign = Pin::compose(1, Sex::Male, 2026, 999_999).unwrap();
    for wrong in [numbers[0], foreign] {
        let made = world.births(&[Some(wrong)], 0);
        assert_eq!(code(&made[0].1), "number_not_reserved");
        assert_eq!(world.pin_of(&made[0].0), None);
    }
    let made = world.births(&[Some(mine[2]), Some(mine[2])], 0);
    assert_eq!(
        [code(&made[0].1), code(&made[1].1)],
        ["accepted", "number_not_reserved"]
    );
}

#[test]
fn another_life_has_none_of_the_numbers_and_they_are_void_for_ever() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let old = world.at_hand(Sex::Male);
    let all = |world: &World| -> BTreeSet<Pin> {
        world.blocks.iter().flat_map(NumberBlock::pins).collect()
    };
    world.births(&[Some(old[0])], 0);
    let before = all(&world);
    // Restored from a backup that did not know of the first birth.
    (world.life, world.next) = (2, 1);
    let made = world.births(&[Some(old[0]), Some(old[1])], 0);
    let codes: Vec<&str> = made.iter().map(|(_, outcome)| code(outcome)).collect();
    assert_eq!(codes, ["number_not_reserved"; 2]);
    assert_eq!(world.events(old[1]), ["reserved", "void"]);
    assert_eq!(world.counts().3, 7, "all that were not used");
    let new = world.at_hand(Sex::Male);
    assert_eq!(new.len(), 4);
    assert!(new.iter().all(|pin| !before.contains(pin)), "given twice");
    // What the node files again goes without the number.
    let again = without_numbers(birth(Some(old[1]), 0));
    assert_eq!(again, birth(None, 0));
    let made = world.births(&[Some(new[0]), None], 0);
    assert_eq!(code(&made[0].1), "accepted");
    let central = world.pin_of(&made[1].0).unwrap();
    assert!(
        !all(&world).contains(&central),
        "the centre draws what it has not set aside"
    );
}

#[test]
fn no_number_has_two_holders_whoever_gives_it_and_whenever_the_power_goes() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let mut holders: BTreeSet<Pin> = BTreeSet::new();
    let mut given = 0;
    for round in 0..6 {
        let numbers = world.at_hand(Sex::Male);
        let unused = numbers.into_iter().find(|pin| !holders.contains(pin));
        // The disk of the centre loses what was not synced: what was promised stands.
        let staged = world.centre.number_blocks(None, 100).unwrap();
        world.store.crash();
        world.centre = registrar(&world.store, true);
        assert_eq!(world.centre.number_blocks(None, 100).unwrap(), staged);
        for (id, outcome) in world.births(&[unused, None], 0) {
            assert_eq!(code(&outcome), "accepted", "round {round}");
            given += 1;
            assert!(
                holders.insert(world.pin_of(&id).unwrap()),
                "a number has two holders"
            );
        }
    }
    assert_eq!(holders.len(), given);
}

#[test]
fn an_office_that_never_got_its_block_is_given_another() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let lost = world.at_hand(Sex::Male);
    // It has heard of later commits and enters a birth without a number: it has no block.
    world.births(&[None], 0);
    assert_eq!(world.counts().3, 0, "filed before it heard of the block");
    world.births(&[None], 1_000);
    assert_eq!(world.events(lost[0]), ["reserved", "void"]);
    let new: Vec<Pin> = world
        .at_hand(Sex::Male)
        .into_iter()
        .filter(|pin| !lost.contains(pin))
        .collect();
    assert_eq!(new.len(), 4);
    let made = world.births(&[Some(new[0])], 1_000);
    assert_eq!(code(&made[0].1), "accepted");
}

#[test]
fn without_the_option_nothing_is_set_aside_and_no_number_of_an_office_is_taken() {
    let mut world = World::new(false);
    world.hear();
    world.meet();
    assert!(world.blocks.is_empty());
    let own = Pin::compose(1, Sex::Male, 2026, 7).unwrap();
    let made = world.births(&[Some(own), None], 0);
    assert_eq!(
        [code(&made[0].1), code(&made[1].1)],
        ["number_not_reserved", "accepted"]
    );
    assert!(world.pin_of(&made[1].0).is_some());
}

#[test]
fn an_act_that_comes_back_for_another_reason_gives_its_number_back_unused() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let number = world.at_hand(Sex::Male)[0];
    let mut body = birth(Some(number), 0);
    body.officer = "nobody".parse().unwrap();
    let act = Act {
        author: Author {
            node: node(),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(1),
        },
        office: Some(office(4)),
        body,
    };
    let from = BatchFrom {
        office: office(4),
        node: node(),
        incarnation: Incarnation::new(1),
        first: ActNumber::new(1),
        chain: [0; 32],
    };
    let acts = [act.body.encode().unwrap()];
    world.centre.take_batch(NOW + 60, &from, &acts).unwrap();
    world.next = 2;
    world.hear();
    assert_eq!(world.events(number), ["reserved", "returned"]);
    let made = world.births(&[Some(number)], 0);
    assert_eq!(
        code(&made[0].1),
        "number_not_reserved",
        "returned is never used again"
    );
}

#[test]
fn a_number_waits_with_its_registration_and_is_used_or_comes_back_with_it() {
    let mut world = World::new(true);
    world.hear();
    world.meet();
    let mine = world.at_hand(Sex::Male);
    let foreign = Pin::compose(1, Sex::Male, 2026, 999_999).unwrap();
    world.close_officer();
    let filed = [mine[0], mine[1], mine[0], foreign].map(Some);
    let made = world.births(&filed, 0);
    let codes: Vec<&str> = made.iter().map(|(_, outcome)| code(outcome)).collect();
    // A number that waits is used by no other act, and one that was never the office's never waits.
    let never = "number_not_reserved";
    assert_eq!(codes, ["other", "other", never, never]);
    assert_eq!(
        world.counts(),
        (10, 0, 0, 0),
        "what waits is the office's, and two came"
    );
    // The office loses its disk: what it had not used is void, what it told parents is not.
    world.life = 2;
    world.meet();
    assert_eq!(world.events(mine[2]), ["reserved", "void"]);
    assert_eq!(world.events(mine[0]), ["reserved"]);
    world.decide(&made[0].1, Outcome::Keep(0));
    world.decide(&made[1].1, Outcome::Decline);
    assert_eq!(world.events(mine[0]), ["reserved", "used"]);
    assert_eq!(world.pin_of(&made[0].0), Some(mine[0]));
    assert_eq!(world.centre.by_pin(&mine[0]).unwrap(), Some(made[0].0));
    assert_eq!(world.events(mine[1]), ["reserved", "returned"]);
    assert_eq!(world.centre.by_pin(&mine[1]).unwrap(), None);
}
