//! What follows from a clash beside its case: who is told, what a decision does, and what a
//! withdrawal may take back. That each line of the clash table comes about, in every order of
//! arrival, is in `clash_table.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    missing_docs
)]

mod desk;

use std::collections::BTreeSet;

use central_registry::tables::{self, KeptAct};
use desk::{Centre, Office, P, Q, R, World, correct, reviewer};
use registry::act::ActKind;
use registry::case::{Case, Jurisdiction, Outcome};
use registry::dispute::Matter;
use registry::feed::FeedItem;
use registry::schema::Field;
use registry::{ActId, ActNumber, CommitSeq, FeedSeq, Incarnation, RecordId};
use registry_store::Batch;
use serde_json::json;

#[test]
fn row_29_an_act_on_a_record_that_left_is_a_proposal_and_is_never_dropped() {
    let world = World::new();
    let mut old = Office::new(&world, P);
    let mut new = Office::new(&world, R);
    // The old office acts offline while the person moves away.
    let act = old.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
    new.file(world.move_in_by_card());
    let centre = Centre::of(&world);
    centre.take(&mut new);
    centre.take(&mut old);
    assert_eq!(centre.open_rows(), [(29, 1)]);
    let case = centre.open_cases().remove(0);
    assert_eq!(case.dispute.matter, Matter::Parked(act));
    assert!(centre.heard_of_case(R, case.id) && centre.heard_of_case(P, case.id));
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(0),
            case.version,
        )
        .unwrap();
    assert!(
        centre
            .shown(&world.mover_id())
            .single(Field::Phone)
            .is_some()
    );
}

#[test]
fn row_28_two_reviewers_who_decide_otherwise_open_a_case_one_level_up() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
    ));
    q.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bính"}}),
    ));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let seen = case.version;
    centre
        .decide(case.number, &reviewer("one"), Outcome::Keep(0), seen)
        .unwrap();
    let again = centre
        .decide(case.number, &reviewer("two"), Outcome::Keep(1), seen)
        .unwrap();
    assert_eq!(again.step, "escalated");
    assert_eq!(centre.open_rows(), [(28, 2)]);
    assert_eq!(centre.open_cases()[0].owner, Jurisdiction::National);
}

#[test]
fn a_withdrawal_takes_back_nothing_but_its_own() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let phone = p.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
    p.file(json!({"act": "withdraw", "of": phone, "reason": "nhầm người"}));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    assert!(
        centre
            .shown(&world.shared_id())
            .single(Field::Phone)
            .is_none()
    );
    assert_eq!(centre.returned(), Vec::<String>::new());
    // The same withdrawal with one edit more is sent back.
    let mut hostile = Office::new(&world, Q);
    let phone =
        hostile.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
    hostile.file_with(
        json!({"act": "withdraw", "of": phone, "reason": "x"}),
        registry::edit::Edit::Clear(Field::Death),
    );
    centre.take(&mut hostile);
    assert_eq!(centre.returned(), ["withdrawal_too_wide"]);
}

/// Acts that changed nothing, as a record that has seen much has them: at this commit, after every
/// other act of it.
fn fill(centre: &Centre, record: RecordId, commit: CommitSeq, like: &KeptAct, count: u32) {
    let mut batch = Batch::new();
    for number in 0..count {
        let mut row = like.clone();
        row.act.body.kind = ActKind::AddEvidence;
        row.act.body.changes.clear();
        row.act.author.number = ActNumber::new(1_000_000 + u64::from(number));
        row.commit = commit;
        let mut id = [0xFF; 16];
        id[8..12].copy_from_slice(&number.to_be_bytes());
        id[12..].copy_from_slice(&(commit.get() as u32).to_be_bytes());
        let id = ActId::new(id);
        let key = tables::act_of_key(&record, commit, &id);
        batch.put(tables::ACTS_OF, &key, Vec::new());
        batch.put(
            tables::ACTS,
            id.as_bytes(),
            postcard::to_stdvec(&row).unwrap(),
        );
    }
    centre.registrar().store().commit(batch).unwrap();
}

#[test]
fn an_act_meets_the_death_however_much_the_record_has_seen() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let death = p.file(world.death("2026-10-01"));
    q.file(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": "2026-10-20"}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    let row = centre
        .registrar()
        .store()
        .get(tables::ACTS, death.as_bytes());
    let row: KeptAct = postcard::from_bytes(&row.unwrap().unwrap()).unwrap();
    // More before the death, and more after it, than are looked at.
    for commit in [CommitSeq::new(0), row.commit] {
        fill(&centre, world.shared_id(), commit, &row, 1_200);
    }
    centre.take(&mut q);
    assert_eq!(centre.open_rows(), [(6, 2)]);
}

/// A case that goes on without the act of an office leaves that office, and no other.
#[test]
fn a_case_leaves_the_office_whose_act_is_withdrawn_from_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut offices = [P, Q, R].map(|code| Office::new(&world, code));
    // The third office marries somebody who has moved there to one whom it does not hold.
    let card = json!({"pin": world.shared_pin(), "name": "Nguyễn Văn Chung",
        "birth_date": "1980-03-04"});
    let [_, _, r] = &mut offices;
    r.file(world.move_in_by_card());
    centre.take(r);
    let couples = [
        (
            json!({"id": world.shared()}),
            json!({"id": world.single(P)}),
        ),
        (
            json!({"id": world.shared()}),
            json!({"id": world.single(Q)}),
        ),
        (card, json!({"id": world.mover()})),
    ];
    let mut married = Vec::new();
    for (office, (first, second)) in offices.iter_mut().zip(couples) {
        let marriage = json!({"act": "marriage", "first": first, "second": second, "date": "2026-11-01",
            "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]});
        married.push(office.file(marriage));
        centre.take(office);
    }
    let [case] = centre.open_cases().try_into().unwrap();
    let acts = |case: &Case| -> BTreeSet<ActId> {
        let claims = case.dispute.claims.iter();
        claims.filter_map(|claim| claim.act).collect()
    };
    assert_eq!(acts(&case), married.iter().copied().collect());
    let told = |code: u32| -> Vec<bool> {
        let feed = centre
            .registrar()
            .feed(desk::office(code), FeedSeq::new(0), 1_000, 1 << 20);
        let items = feed.unwrap().into_iter().filter_map(|(_, entry)| {
            match FeedItem::decode(entry.kind, &entry.payload).unwrap() {
                FeedItem::Case(notice) if notice.case.id == case.id => Some(true),
                FeedItem::CaseLeaves(id) if id == case.id => Some(false),
                _ => None,
            }
        });
        items.collect()
    };
    for code in [P, Q, R] {
        assert_eq!(told(code).last(), Some(&true), "office {code}");
    }
    let [_, _, r] = &mut offices;
    r.file(json!({"act": "withdraw", "of": married[2], "reason": "nhầm người"}));
    centre.take(r);
    assert_eq!(centre.returned(), Vec::<String>::new());
    let goes_on = centre.case(case.number);
    assert!(goes_on.is_open());
    let others: BTreeSet<ActId> = married[..2].iter().copied().collect();
    assert_eq!(acts(&goes_on), others);
    assert_eq!(told(R).last(), Some(&false));
    for code in [P, Q] {
        let told = told(code);
        assert!(told.iter().all(|is_case| *is_case), "office {code}");
        let heard = centre.last_heard_of_case(code, case.id).unwrap();
        assert_eq!(acts(&heard.case), others);
    }
}

/// Item 2 is a set: nobody is asked, whichever office's act arrives first.
#[test]
fn other_names_that_two_offices_add_beside_each_other_all_stand() {
    let world = World::new();
    let other = |names| {
        json!({"act": "registry_correction", "person": world.shared(), "other_names": names,
            "evidence": [{"kind": "DC02"}]})
    };
    for p_first in [true, false] {
        let centre = Centre::of(&world);
        let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
        p.file(other(json!({"add": "Ba Chung"})));
        p.file(other(json!({"remove": "Ba Chung", "add": "Chung Còi"})));
        q.file(other(json!({"add": "Ba Chung"})));
        q.file(other(json!({"add": "Chú Ba"})));
        let (first, second) = if p_first {
            (&mut p, &mut q)
        } else {
            (&mut q, &mut p)
        };
        centre.take(first);
        centre.take(second);
        assert_eq!((centre.returned(), centre.open_rows()), (vec![], vec![]));
        let shown = centre.shown(&world.shared_id());
        let mut names: Vec<String> = shown
            .entries(Field::OtherNames)
            .map(|(_, name)| serde_json::to_value(name).unwrap()["name"].to_string())
            .collect();
        names.sort();
        // What one office took away was its own entry: the other's of the same name stays.
        assert_eq!(names, ["\"Ba Chung\"", "\"Chung Còi\"", "\"Chú Ba\""]);
        centre.check_slices();
    }
}

/// Row 32: a device whose disk was put back to an older one gets back what it had sent; while it
/// lives on, and for every other device, the receipts alone are told.
#[test]
fn a_device_in_a_new_life_is_served_what_it_had_sent_before() {
    let world = World::new();
    let mut office = Office::new(&world, P);
    office.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
    office.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
    let centre = Centre::of(&world);
    centre.take(&mut office);
    let (node, other) = (office.node(), Office::new(&world, Q).node());
    let served = |node, life| -> FeedItem {
        let to = (node, Incarnation::new(life));
        let (code, start) = (desk::office(P), FeedSeq::new(0));
        let feed = centre.registrar().feed_to(to, code, start, 100, 1 << 20);
        let mut items = feed
            .unwrap()
            .into_iter()
            .map(|(_, entry)| FeedItem::decode(entry.kind, &entry.payload).unwrap());
        let answers =
            |item: &FeedItem| matches!(item, FeedItem::Receipts(_) | FeedItem::PastLife(_));
        items.find(answers).unwrap()
    };
    let life = 1;
    assert!(matches!(served(node, life), FeedItem::Receipts(_)));
    assert!(matches!(served(other, life + 8), FeedItem::Receipts(_)));
    let FeedItem::PastLife(past) = served(node, life + 1) else {
        panic!("receipts alone");
    };
    let acts: Vec<ActId> = past.acts.iter().map(registry::act::Act::id).collect();
    assert_eq!(acts, office.filed());
    assert_eq!(past.receipts.outcomes.len(), 2);
}
