//! What comes by the feed.

use registry::act::{Act, ActKind};
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem, SliceReason};
use registry::record::Record;
use registry::schema::Field;
use sync_proto::FeedEntry;

use super::world::*;
use crate::office::ActState;
use crate::tables::{CENTRAL_KEYS_MAX, Move};

#[test]
fn an_act_of_another_office_merges_with_an_own_one() {
    let mut world = World::filled();
    world.file(&phone(record_id(1), "0912345678"));
    world.feed(&[FeedItem::Act(foreign_act(
        1,
        record_id(1),
        vec![email("hoa@vidu.vn")],
    ))]);
    let person = world
        .office
        .person_view(&record_id(1), NOW_S)
        .unwrap()
        .unwrap();
    assert!(person.fields.contains_key("phone") && person.fields.contains_key("email"));
    assert_eq!(person.history.len(), 2);
    world.answer(1, &[ActOutcome::Accepted]);
    world.check();
    // The centre took them in the other order and has the same record.
    let mut other = World::filled();
    let own = world
        .office
        .rows
        .act(&person.history[0].act)
        .unwrap()
        .unwrap()
        .act;
    other.feed(&[FeedItem::Act(own)]);
    other.feed(&[FeedItem::Act(foreign_act(
        1,
        record_id(1),
        vec![email("hoa@vidu.vn")],
    ))]);
    assert_eq!(world.office.meta().digest, other.office.meta().digest);
}

#[test]
fn an_entry_that_comes_again_changes_nothing_and_a_gap_is_refused() {
    let mut world = World::filled();
    let item = FeedItem::Act(foreign_act(1, record_id(1), vec![email("hoa@vidu.vn")]));
    let first = world.office.meta().feed_applied.next();
    world.feed(std::slice::from_ref(&item));
    let meta = world.office.meta();
    let done = world.office.apply_feed(first, &[entry(&item)], NOW_S);
    assert!(done.trouble.is_none());
    assert_eq!(
        (done.applied, done.digest),
        (meta.feed_applied, meta.digest)
    );
    // The same change under a new place, as after a fill.
    world.feed(std::slice::from_ref(&item));
    assert_eq!(world.office.meta().digest, meta.digest);
    let done = world
        .office
        .apply_feed(first.next().next().next(), &[entry(&item)], NOW_S);
    assert_eq!(done.trouble.unwrap().code(), "feed_gap");
    world.check();
}

#[test]
fn an_act_on_records_of_others_is_passed_over() {
    let mut world = World::filled();
    let before = world.office.meta();
    world.feed(&[FeedItem::Act(foreign_act(
        1,
        record_id(77),
        vec![email("x@vidu.vn")],
    ))]);
    let after = world.office.meta();
    assert_eq!(after.digest, before.digest);
    assert_eq!(after.feed_applied, before.feed_applied.next());
    assert!(
        world
            .office
            .person_view(&record_id(77), NOW_S)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_record_that_leaves_is_shown_until_own_acts_on_it_are_answered() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let leaves = |n| FeedItem::Leaves {
        id: record_id(n),
        to: vec![],
        reason: SliceReason::Moved,
    };
    world.feed(&[leaves(1), leaves(2)]);
    assert!(
        world
            .office
            .person_view(&record_id(2), NOW_S)
            .unwrap()
            .is_none()
    );
    let person = world
        .office
        .person_view(&record_id(1), NOW_S)
        .unwrap()
        .unwrap();
    assert_eq!(person.state, "left");
    assert_eq!(world.office.standing(NOW_S).people, 0);
    world.check();
    world.answer(1, &[ActOutcome::Parked(registry::CaseId::new([3; 16]))]);
    assert!(
        world
            .office
            .person_view(&record_id(1), NOW_S)
            .unwrap()
            .is_none()
    );
    assert!(world.office.find_people("hoa", 5).unwrap().is_empty());
    assert_eq!(world.state_of(filed.act), ActState::Parked);
    world.check();
}

#[test]
fn a_record_that_enters_is_found_and_one_set_right_keeps_own_acts_on_top() {
    let mut world = World::filled();
    let enters = |record: Record| FeedItem::Enters {
        record,
        reason: SliceReason::Moved,
    };
    world.feed(&[enters(person(3, "Phạm Quốc Việt"))]);
    assert_eq!(
        world.office.find_people("pham quoc viet", 5).unwrap().len(),
        1
    );
    world.file(&phone(record_id(1), "0912345678"));
    world.feed(&[enters(person(1, "Trần Thị Hoà Bình"))]);
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert_eq!(
        world
            .office
            .find_people("tran thi hoa binh", 5)
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        world
            .office
            .household_view(&record_id(200))
            .unwrap()
            .unwrap()
            .members
            .len(),
        3
    );
    world.check();
}

#[test]
fn an_entry_of_a_newer_release_holds_the_feed() {
    let world = World::filled();
    let due = world.office.meta().feed_applied.next();
    let strange = FeedEntry {
        kind: 99,
        schema: 1,
        payload: vec![1].into(),
    };
    let known = entry(&FeedItem::Officers(vec![clerk()]));
    let newer = FeedEntry {
        schema: 2,
        ..known.clone()
    };
    for held in [strange, newer] {
        let done = world.office.apply_feed(due, &[held, known.clone()], NOW_S);
        assert_eq!((done.held, done.applied.next()), (Some(due), due));
        assert_eq!(world.office.standing(NOW_S).held_at, Some(due));
    }
    assert!(world.office.officers().is_empty());
    world.office.apply_feed(due, &[known], NOW_S);
    assert_eq!(world.office.officers().len(), 1);
    assert_eq!(world.office.standing(NOW_S).held_at, None);
}

/// The entry of an act with another code where two acts differ.
fn with_code(one: &Act, two: &Act, code: u8) -> FeedEntry {
    let [one, two] = [one, two].map(|act| entry(&FeedItem::Act(act.clone())));
    let mut payload = one.payload.to_vec();
    let differs: Vec<usize> = (0..payload.len())
        .filter(|at| payload[*at] != two.payload[*at])
        .collect();
    let [at] = differs.as_slice() else {
        panic!("they differ in {differs:?}")
    };
    payload[*at] = code;
    FeedEntry {
        payload: payload.into(),
        ..one
    }
}

/// A kind of act or a field that a newer centre has is no damage: the feed is held and goes on after
/// an upgrade, where a damaged entry is told as one.
#[test]
fn an_act_of_a_kind_or_on_a_field_that_this_release_lacks_holds_the_feed() {
    let world = World::filled();
    let due = world.office.meta().feed_applied.next();
    let act = |kind, field| {
        let mut act = foreign_act(1, record_id(1), vec![Edit::Clear(field)]);
        act.body.kind = kind;
        act
    };
    let known = act(ActKind::Contact, Field::Email);
    let other_kind = act(ActKind::Correction, Field::Email);
    let other_field = act(ActKind::Contact, Field::Phone);
    for other in [&other_kind, &other_field] {
        let newer = with_code(&known, other, 120);
        let done = world.office.apply_feed(due, &[newer], NOW_S);
        assert!(done.trouble.is_none(), "{:?}", done.trouble);
        assert_eq!((done.held, done.applied.next()), (Some(due), due));
    }
    let whole = entry(&FeedItem::Act(known));
    let torn = FeedEntry {
        payload: whole.payload.slice(..whole.payload.len() - 1),
        ..whole
    };
    let done = world.office.apply_feed(due, &[torn], NOW_S);
    assert_eq!(done.held, None);
    assert_eq!(done.trouble.unwrap().code(), "feed_unreadable");
    let done = world.office.apply_feed(due, &[whole], NOW_S);
    assert_eq!((done.held, done.applied), (None, due));
}

#[test]
fn receipts_that_the_centre_did_not_sign_are_refused() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let good = world.receipts(1, &[ActOutcome::Accepted]);
    let mut forged = good.clone();
    forged.at_s += 1;
    let done = world.feed(&[FeedItem::Receipts(forged)]);
    assert_eq!(done.trouble.unwrap().code(), "receipt_signature");
    assert_eq!(world.state_of(filed.act), ActState::Provisional);
    assert!(world.feed(&[FeedItem::Receipts(good)]).trouble.is_none());
    assert_eq!(world.state_of(filed.act), ActState::Final);
}

/// A centre that has had its key replaced many times: receipts of the oldest keys are believed no
/// more, those of the last ones are, in whatever order they were shown.
#[test]
fn receipts_of_the_last_keys_of_the_centre_alone_are_believed() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let good = world.receipts(1, &[ActOutcome::Accepted]);
    let trust = |world: &World, number: u8| {
        let key = ed25519_dalek::SigningKey::from_bytes(&[number; 32]).verifying_key();
        world.office.trust_central(key.to_bytes()).unwrap();
    };
    let own = world.office.meta().central_keys;
    assert_eq!(own.len(), 1);
    for number in 1..=u8::try_from(CENTRAL_KEYS_MAX).unwrap() {
        trust(&world, number);
    }
    let done = world.feed(&[FeedItem::Receipts(good.clone())]);
    assert_eq!(done.trouble.unwrap().code(), "receipt_signature");
    assert_eq!(world.state_of(filed.act), ActState::Provisional);
    // One that is shown again is the newest, and not there twice.
    world.office.trust_central(own[0]).unwrap();
    for number in [1, 1, 2] {
        trust(&world, number);
    }
    assert_eq!(world.office.meta().central_keys.len(), CENTRAL_KEYS_MAX);
    assert!(world.feed(&[FeedItem::Receipts(good)]).trouble.is_none());
    assert_eq!(world.state_of(filed.act), ActState::Final);
}

#[test]
fn officers_come_and_go_by_the_feed() {
    let mut world = World::filled();
    let token = crate::office::Credential::from_random(&[5; 32]);
    world.feed(&[FeedItem::Officers(vec![clerk()])]);
    world
        .office
        .give_credential(&clerk().id, &token, NOW_S)
        .unwrap();
    assert_eq!(world.office.account(&token).unwrap().id(), &clerk().id);
    world.sync();
    world.crash();
    assert!(world.office.account(&token).is_some());
    assert!(
        world
            .office
            .account(&crate::office::Credential::from_random(&[6; 32]))
            .is_none()
    );
    let mut closed = clerk();
    closed.active = false;
    world.feed(&[FeedItem::Officers(vec![closed])]);
    assert!(world.office.account(&token).is_none());
    world.feed(&[FeedItem::Officers(vec![])]);
    assert!(world.office.account(&token).is_none());
}

/// The case about a parked act, decided so.
fn decided(act: registry::ActId, outcome: registry::case::Outcome) -> FeedItem {
    use registry::case::{Case, CaseNotice, CaseState, Decision, Jurisdiction, case_id};
    use registry::dispute::{Dispute, Matter};
    let matter = Matter::Parked(act);
    let decision = Decision {
        reviewer: "reviewer".parse().unwrap(),
        outcome,
        reason: line("the person was asked"),
        at_s: NOW_S,
    };
    let case = Case {
        id: case_id(&matter, &[record_id(1)], 0),
        number: 1,
        generation: 0,
        dispute: Dispute {
            row: 29,
            matter,
            records: vec![record_id(1)],
            claims: Vec::new(),
            agreed: None,
            slots: Vec::new(),
            harm: 3,
        },
        owner: Jurisdiction::National,
        opened_s: NOW_S,
        due: registry::date::Date::in_viet_nam(NOW_S),
        state: CaseState::Decided {
            decision,
            second: None,
            act: None,
        },
        version: 2,
        questions: Vec::new(),
        answers: Vec::new(),
        appeal: None,
    };
    FeedItem::Case(Box::new(CaseNotice {
        case,
        parties: Vec::new(),
    }))
}

#[test]
fn the_author_of_a_parked_act_learns_what_the_new_office_s_case_decided() {
    use registry::case::Outcome;
    for (outcome, state) in [
        (Outcome::Keep(0), ActState::Final),
        (Outcome::Decline, ActState::Returned),
    ] {
        let mut world = World::filled();
        let filed = world.file(&phone(record_id(1), "0912345678"));
        world.answer(1, &[ActOutcome::Parked(registry::CaseId::new([3; 16]))]);
        assert_eq!(world.state_of(filed.act), ActState::Parked);
        world.feed(&[decided(filed.act, outcome)]);
        assert_eq!(world.state_of(filed.act), state);
        // One level up it is turned round, and told once more in the same words.
        let (above, turned) = match state {
            ActState::Final => (Outcome::Decline, ActState::Returned),
            _ => (Outcome::Keep(0), ActState::Final),
        };
        let mut item = decided(filed.act, above);
        if let FeedItem::Case(notice) = &mut item {
            let words = Vec::new();
            let appeal = registry::case::Appeal {
                of: 1,
                words,
                effect: None,
            };
            notice.case.appeal = Some(Box::new(appeal));
        }
        for _ in 0..2 {
            world.feed(std::slice::from_ref(&item));
            assert_eq!(world.state_of(filed.act), turned);
        }
        let returned = u32::from(turned == ActState::Returned);
        assert_eq!(world.office.standing(NOW_S).returned, returned);
        world.check();
    }
}

#[test]
fn a_withdrawal_that_waited_over_a_restart_withdraws_once_it_is_taken_up() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    let json = format!(
        r#"{{"act": "withdraw", "of": "{}", "reason": "nhầm"}}"#,
        filed.act
    );
    let withdrawal = world.file(&serde_json::from_str(&json).unwrap());
    let parked = ActOutcome::Parked(registry::CaseId::new([3; 16]));
    world.answer(1, &[ActOutcome::Accepted, parked]);
    assert_eq!(world.state_of(filed.act), ActState::Final);
    world.crash();
    let taken_up = registry::case::Outcome::Keep(0);
    world.feed(&[decided(withdrawal.act, taken_up)]);
    for _ in 0..2 {
        assert_eq!(world.state_of(filed.act), ActState::Withdrawn);
        world.crash();
    }
}

#[test]
fn who_came_and_went_is_remembered_for_a_week_and_within_bounds() {
    let mut world = World::filled();
    let leaves = |n| FeedItem::Leaves {
        id: record_id(n),
        to: vec![office_code()],
        reason: SliceReason::Moved,
    };
    let enters = |n, reason| FeedItem::Enters {
        record: person(n, "Phạm Quốc Việt"),
        reason,
    };
    world.feed(&[
        leaves(2),
        enters(3, SliceReason::Moved),
        // Of whom was here before, and what an import mends, is no news.
        enters(1, SliceReason::New),
        enters(4, SliceReason::Mended),
    ]);
    let moves = world.office.moves(NOW_S).unwrap();
    let mut told: Vec<(registry::RecordId, bool)> = moves
        .iter()
        .map(|it| (it.record, it.to.is_none()))
        .collect();
    told.sort();
    assert_eq!(told, [(record_id(2), false), (record_id(3), true)]);
    let a_week = 7 * 86_400;
    assert_eq!(world.office.moves(NOW_S + a_week).unwrap().len(), 2);
    assert!(
        world
            .office
            .moves(NOW_S + a_week + 3_600)
            .unwrap()
            .is_empty()
    );

    // However many come, they are counted now and then, and the oldest go.
    for n in 0..900_u128 {
        let mut work = world.office.work();
        let came = Move {
            record: registry::RecordId::new(n.to_be_bytes()),
            at_s: NOW_S,
            name: String::new(),
            to: None,
            reason: SliceReason::Moved,
        };
        work.rows.put_move(&came, n == 899).unwrap();
        work.finish().unwrap();
    }
    let kept = world.office.moves(NOW_S).unwrap();
    assert_eq!(kept.len(), 501);
    assert_eq!(kept.first().unwrap().record, record_id(3), "the last key");
    world.check();
}
