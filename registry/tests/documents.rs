//! Documents: the same bytes everywhere, the same reading in every order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::columns::{PAGE_RECORDS_MAX, PageError, decode_page, encode_page};
use registry::dispute::{Matter, Standing};
use registry::document::Document;
use registry::edit::Edit;
use registry::fields::{EntryId, Fields, Slot};
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActNumber, CommitSeq, Incarnation, NodeId, RecordId};
use serde_json::json;

fn value(json: serde_json::Value) -> Value {
    serde_json::from_value(json).unwrap()
}

fn person() -> Fields {
    let mut fields = Fields::new();
    fields.set(Field::Name, Some(value(json!({"name": "Nguyễn Thị Hoà"}))));
    fields.set(Field::BirthDate, Some(value(json!({"birth": "1980"}))));
    fields.set(Field::Sex, Some(value(json!({"sex": "female"}))));
    fields.set(Field::Pin, Some(value(json!({"pin": "001180000001"}))));
    fields.set(Field::Phone, Some(value(json!({"phone": "0912345678"}))));
    fields.push(
        Field::Permanent,
        value(json!({"residence": {"unit": "00004", "address": "Số 1", "from": "2001-02-03"}})),
    );
    fields
}

fn record() -> Record {
    Record::new(RecordId::new([1; 16]), RecordKind::Person, person())
}

fn act(node: u8, number: u64, base: Base, edits: Vec<Edit>) -> Act {
    Act {
        author: Author {
            node: NodeId::new([node; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(number),
        },
        office: None,
        body: ActBody {
            kind: ActKind::Correction,
            officer: "lan".parse().unwrap(),
            effective: "2026-11-01".parse().unwrap(),
            entered: Entered {
                at_s: 1_790_000_000 + i64::from(node),
                error_s: 1,
            },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange {
                target: Target::Held {
                    id: RecordId::new([1; 16]),
                    base,
                },
                edits,
            }],
        },
    }
}

/// Changing what a document's bytes are would split every registry in use from its offices: if
/// this fails after an upgrade of the CRDT library, that upgrade needs a migration.
#[test]
fn genesis_and_change_have_the_golden_heads() {
    let document = Document::genesis(&person()).unwrap();
    let head = |document: &Document| {
        document
            .heads()
            .iter()
            .map(|head| data_encoding::HEXLOWER.encode(&head.0))
            .collect::<Vec<_>>()
    };
    insta::assert_json_snapshot!("genesis_heads", head(&document));
    let edits = vec![Edit::Put(
        Field::Name,
        value(json!({"name": "Nguyễn Thị Hòa Bình"})),
    )];
    let changed = act(7, 1, Base::Genesis, edits)
        .apply(0, Some(&record()))
        .unwrap();
    insta::assert_json_snapshot!("changed_heads", head(&changed.document().unwrap()));
}

#[test]
fn a_record_reads_the_same_from_its_values_and_from_its_document() {
    let from_values = record().read().unwrap();
    let document = Document::genesis(&person()).unwrap();
    let from_document = Document::load(&document.save()).unwrap().read();
    assert_eq!(from_values.fields, from_document.fields);
    assert!(from_document.clashes.is_empty());
}

#[test]
fn a_change_on_an_unknown_base_is_refused_and_one_on_a_known_base_is_not() {
    let edits = vec![Edit::Put(
        Field::Phone,
        value(json!({"phone": "0987654321"})),
    )];
    let unknown = act(7, 1, Base::Heads(vec![[9; 8]]), edits.clone());
    let error = unknown.apply(0, Some(&record())).unwrap_err();
    assert_eq!(error.code(), "base_unknown");
    assert!(
        act(7, 1, Base::Genesis, edits)
            .apply(0, Some(&record()))
            .is_ok()
    );
}

#[test]
fn applying_an_act_again_changes_nothing() {
    let edits = vec![Edit::Put(
        Field::Phone,
        value(json!({"phone": "0987654321"})),
    )];
    let act = act(7, 1, Base::Genesis, edits);
    let once = act.apply(0, Some(&record())).unwrap();
    let twice = act.apply(0, Some(&once)).unwrap();
    assert_eq!(once.version().unwrap(), twice.version().unwrap());
}

/// Two offices end a residence on two days, and one of them goes on to another home: both cases are
/// open, and neither shows what the other one is about.
#[test]
fn what_one_case_shows_is_no_claim_of_another_about_the_same_list() {
    let old = EntryId::Genesis(0);
    let home = |more: serde_json::Value| {
        let mut home = json!({"unit": "00004", "address": "Số 1", "from": "2001-02-03"});
        let more = more.as_object().unwrap().clone();
        home.as_object_mut().unwrap().extend(more);
        value(json!({ "residence": home }))
    };
    let ends = |node, day: &str| {
        let edit = Edit::Amend(Field::Permanent, old, Some(home(json!({ "to": day }))));
        act(node, 1, Base::Genesis, vec![edit])
    };
    let (one, two) = (ends(7, "2026-10-01"), ends(8, "2026-10-05"));
    let ended = one.apply(0, Some(&record())).unwrap();
    let base = Base::of(&ended.document().unwrap());
    let other = home(json!({"unit": "00008", "from": "2026-10-01"}));
    let goes = act(7, 2, base, vec![Edit::Add(Field::Permanent, other)]);
    for acts in [
        [&one, &two, &goes],
        [&one, &goes, &two],
        [&two, &one, &goes],
    ] {
        let state = acts
            .into_iter()
            .fold(record(), |state, act| act.apply(0, Some(&state)).unwrap());
        let standing = Standing::of(&state).unwrap();
        let matters: Vec<Matter> = standing.disputes.iter().map(|it| it.matter).collect();
        let both = [
            Matter::Residence(Field::Permanent),
            Matter::Field(Field::Permanent),
        ];
        assert_eq!(matters, both);
        let slot = Slot::entry(Field::Permanent, old);
        assert_eq!(standing.fields.get(slot), Some(&home(json!({}))));
        assert_eq!(
            standing.fields.get(slot),
            standing.disputes[1].agreed.as_ref()
        );
    }
}

#[test]
fn a_finer_date_refines_without_dispute_and_another_year_does_not() {
    let birth = |text: &str| vec![Edit::Put(Field::BirthDate, value(json!({"birth": text})))];
    for (one, two, clash) in [
        ("1980-05", "1980-05-06", false),
        ("1980", "1980-05", false),
        ("1980-05", "1981-05", true),
    ] {
        let both = [(7, one), (8, two)]
            .into_iter()
            .fold(record(), |record, (node, date)| {
                act(node, 1, Base::Genesis, birth(date))
                    .apply(0, Some(&record))
                    .unwrap()
            });
        let standing = Standing::of(&both).unwrap();
        assert_eq!(!standing.disputes.is_empty(), clash, "{one} {two}");
        let shown = standing.fields.single(Field::BirthDate).unwrap();
        let finest = if clash { "1980" } else { two.max(one) };
        assert_eq!(*shown, value(json!({"birth": finest})));
    }
}

#[test]
fn an_entry_that_is_emptied_is_gone_from_view_and_kept_in_history() {
    let slot = person()
        .iter()
        .map(|(slot, _)| slot)
        .find(|s| s.field == Field::Permanent)
        .unwrap();
    let edits = vec![Edit::Amend(Field::Permanent, slot.entry.unwrap(), None)];
    let act = act(7, 1, Base::Genesis, edits);
    let after = act.apply(0, Some(&record())).unwrap();
    assert!(after.read().unwrap().fields.get(slot).is_none());
    let back = after
        .document()
        .unwrap()
        .take_back(&[act.id()], &[], |_| true);
    assert!(matches!(
        &back[..],
        [Edit::Amend(Field::Permanent, _, Some(_))]
    ));
}

#[test]
fn pages_give_back_what_was_put_in_and_refuse_what_is_not_a_page() {
    let mut records: Vec<Record> = (0u8..40)
        .map(|n| {
            let mut fields = person();
            if n % 3 == 0 {
                fields.remove(Slot::single(Field::Phone));
            }
            Record::new(RecordId::new([n; 16]), RecordKind::Person, fields)
        })
        .collect();
    let edits = vec![Edit::Put(
        Field::Phone,
        value(json!({"phone": "0987654321"})),
    )];
    records[1] = act(7, 1, Base::Genesis, edits)
        .apply(0, Some(&record()))
        .unwrap();
    assert!(matches!(records[1].content, Content::Document(_)));
    let page = encode_page(&records).unwrap();
    assert_eq!(decode_page(&page).unwrap(), records);
    assert_eq!(decode_page(&[]).unwrap_err(), PageError::Unreadable);
    let mut newer = page.clone();
    newer[0] = 99;
    assert_eq!(decode_page(&newer).unwrap_err(), PageError::Newer);
    for cut in 0..page.len() {
        assert!(decode_page(&page[..cut]).is_err());
    }
    let too_many = vec![records[0].clone(); PAGE_RECORDS_MAX + 1];
    assert!(encode_page(&too_many).is_err());
}

/// One of the things that an office may do to the record.
fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let name = prop::sample::select(vec!["Lê Thị A", "Lê Thị B", "lê thị a"])
        .prop_map(|name| Edit::Put(Field::Name, value(json!({"name": name}))));
    let phone = (0u32..3).prop_map(|n| {
        Edit::Put(
            Field::Phone,
            value(json!({"phone": format!("091234567{n}")})),
        )
    });
    let stay = Just(Edit::Add(
        Field::Stays,
        value(json!({"stay": {"from": "2026-01-01", "to": "2026-01-02", "place": {}}})),
    ));
    let home = prop::sample::select(vec!["00004", "00008"]).prop_map(|unit| {
        Edit::Add(
            Field::Permanent,
            value(json!({"residence": {"unit": unit, "from": "2026-01-01"}})),
        )
    });
    let close = Just(Edit::CloseOpen {
        field: Field::Permanent,
        to: "2026-01-01".parse().unwrap(),
        ground: Line::default(),
    });
    let clear = Just(Edit::Clear(Field::Religion));
    (name, phone, stay, home, close, clear, any::<u8>()).prop_map(
        |(name, phone, stay, home, close, clear, pick)| {
            [name, phone, stay, close, home, clear]
                .into_iter()
                .enumerate()
                .filter(|(bit, _)| pick & (1 << bit) != 0)
                .map(|(_, edit)| edit)
                .collect()
        },
    )
}

/// Acts of three offices, each of which works on what it knows: its own acts, and now and then
/// all that the others did before.
fn history() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec((0u8..3, any::<bool>(), edits()), 1..8).prop_map(|steps| {
        let mut offices = [record(), record(), record()];
        let mut numbers = [0u64; 3];
        let mut acts: Vec<Act> = Vec::new();
        for (office, hears, edits) in steps {
            let index = usize::from(office);
            if hears {
                for act in &acts {
                    offices[index] = act.apply(0, Some(&offices[index])).unwrap();
                }
            }
            numbers[index] += 1;
            let base = Base::of(&offices[index].document().unwrap());
            let act = act(office + 1, numbers[index], base, edits);
            offices[index] = act.apply(0, Some(&offices[index])).unwrap();
            acts.push(act);
        }
        acts
    })
}

/// Applies acts in an order, waiting with those whose base is not there yet.
fn apply_all(mut waiting: Vec<Act>) -> Record {
    let mut state = record();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|act| match act.apply(0, Some(&state)) {
            Ok(after) => {
                state = after;
                false
            }
            Err(error) => {
                assert_eq!(error.code(), "base_unknown");
                true
            }
        });
        assert!(waiting.len() < before, "an act can never be applied");
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_order_gives_one_record_and_one_standing(
        acts in history(),
        keys in prop::collection::vec(any::<u32>(), 8),
    ) {
        let straight = apply_all(acts.clone());
        let mut shuffled: Vec<(u32, Act)> = keys.iter().copied().zip(acts.clone()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled = apply_all(shuffled.into_iter().map(|(_, act)| act).collect());
        let twice = apply_all(acts.iter().chain(&acts).cloned().collect());
        prop_assert_eq!(straight.version().unwrap(), shuffled.version().unwrap());
        prop_assert_eq!(straight.version().unwrap(), twice.version().unwrap());
        prop_assert_eq!(Standing::of(&straight).unwrap(), Standing::of(&shuffled).unwrap());
    }

    #[test]
    fn bytes_that_are_no_act_or_document_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = ActBody::decode(&bytes);
        let _ = Record::decode(&bytes).map(|record| record.read());
        let _ = decode_page(&bytes);
        prop_assert!(Document::load(&bytes).is_err());
    }
}
