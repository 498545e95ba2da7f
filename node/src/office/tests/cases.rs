//! How acts stand that cases name, whatever the order in which the office hears of them.

use registry::act::{Act, ActKind};
use registry::case::{
    Case, CaseNotice, CaseState, Decision, Jurisdiction, Outcome, Party, case_id,
};
use registry::dispute::{Claim, Dispute, Matter};
use registry::feed::{ActOutcome, FeedItem};
use registry::procedure::Filing;
use registry::schema::Field;
use registry::value::Value;
use registry::{ActId, OfficeCode, RecordId};

use super::world::{NOW_S, World, clerk, foreign_act, line, office_code, phone, record_id};
use crate::office::{ActState, FileError};

/// A case about two acts, of this office and of another.
pub(super) fn case_of(records: &[RecordId], acts: [ActId; 2], state: CaseState) -> FeedItem {
    let matter = Matter::Residence(Field::Permanent);
    let offices = [Some(office_code()), OfficeCode::new(8)];
    let claim = |act| Claim {
        act: Some(act),
        record: None,
        value: None,
    };
    let party = |(act, office)| Party {
        act: Some(act),
        kind: Some(ActKind::PermanentRegistration),
        office,
        officer: None,
        effective: None,
        entered_s: None,
        clock_error_s: None,
        evidence: Vec::new(),
    };
    let case = Case {
        id: case_id(&matter, records, 0),
        number: 17,
        generation: 0,
        dispute: Dispute {
            row: 4,
            matter,
            records: records.to_vec(),
            claims: acts.map(claim).to_vec(),
            agreed: None,
            slots: Vec::new(),
            harm: 4,
        },
        owner: Jurisdiction::National,
        opened_s: NOW_S,
        due: registry::date::Date::in_viet_nam(NOW_S),
        state,
        version: 2,
        questions: Vec::new(),
        answers: Vec::new(),
        appeal: None,
    };
    FeedItem::Case(Box::new(CaseNotice {
        case,
        parties: acts.into_iter().zip(offices).map(party).collect(),
    }))
}

pub(super) fn decided(outcome: Outcome) -> CaseState {
    CaseState::Decided {
        decision: Decision {
            reviewer: "reviewer".parse().unwrap(),
            outcome,
            reason: line("by the papers"),
            at_s: NOW_S,
        },
        second: None,
        act: None,
    }
}

fn another(person: RecordId) -> Act {
    let edit = registry::edit::Edit::Put(Field::Religion, Value::Text(line("x")));
    foreign_act(1, person, vec![edit])
}

fn states(world: &World, acts: [ActId; 2]) -> [(ActState, bool); 2] {
    acts.map(|act| {
        let view = world.office.act_view(&act).unwrap().unwrap();
        (view.state, view.case.is_some())
    })
}

/// An act is the office's, whichever of its devices entered it: while it is in dispute each of them
/// may withdraw it.
#[test]
fn an_act_of_the_other_device_is_withdrawn_while_it_is_in_dispute() {
    let person = record_id(1);
    let mut world = World::filled();
    let named = |number, name: &str| {
        let name = Value::Name(registry::name::PersonName::parse(name).unwrap());
        let edit = registry::edit::Edit::Put(Field::Name, name);
        foreign_act(number, person, vec![edit])
    };
    let ours = Act {
        office: Some(office_code()),
        ..named(1, "Trần Thị Huệ")
    };
    let mut theirs = named(1, "Trần Thị Hoa");
    theirs.author.node = registry::NodeId::new([9; 16]);
    let acts = [ours.id(), theirs.id()];
    let withdraw = |act: ActId| -> Filing {
        let json =
            serde_json::json!({"act": "withdraw", "of": act.to_string(), "reason": "nhập nhầm"});
        serde_json::from_value(json).unwrap()
    };
    let code = |world: &World, act| {
        let refused = world.office.file_act(&withdraw(act), &clerk(), NOW_S);
        refused.unwrap_err().code()
    };
    world.feed(&[FeedItem::Act(ours), FeedItem::Act(theirs)]);
    assert_eq!(code(&world, acts[0]), "act_final");
    assert_eq!(code(&world, acts[1]), "act_not_yours");
    world.feed(&[case_of(&[person], acts, CaseState::Open)]);
    assert_eq!(code(&world, acts[1]), "act_not_yours");
    let by = world.file(&withdraw(acts[0])).act;
    let view = world.office.act_view(&acts[0]).unwrap().unwrap();
    assert_eq!(view.withdrawal.map(|withdrawal| withdrawal.act), Some(by));
    world.check();
}

#[test]
fn an_act_that_a_case_names_stands_alike_whatever_came_first_and_after_a_start() {
    use ActState::{Disputed, Final, SetAside};
    let person = record_id(1);
    // First: the own act took effect with no word of a case. Last: its receipt named the case.
    for own_was_first in [true, false] {
        let mut world = World::filled();
        let own = world.file(&phone(person, "0912345678")).act;
        let other = another(person);
        let acts = [own, other.id()];
        let open = |state| case_of(&[person], acts, state);
        if own_was_first {
            world.answer(1, &[ActOutcome::Accepted]);
            assert_eq!(world.state_of(own), Final);
            world.feed(&[FeedItem::Act(other), open(CaseState::Open)]);
        } else {
            world.feed(&[FeedItem::Act(other)]);
            let FeedItem::Case(notice) = open(CaseState::Open) else {
                panic!("a case");
            };
            world.answer(1, &[ActOutcome::InCase(notice.case.id)]);
            assert_eq!(
                world.state_of(own),
                Disputed,
                "also before its case is known"
            );
            world.feed(&[FeedItem::Case(notice)]);
        }
        let look = |world: &World, expected: [ActState; 2], disputed, set_aside| {
            assert_eq!(states(world, acts), expected.map(|state| (state, true)));
            for (state, count) in [(Disputed, disputed), (SetAside, set_aside)] {
                let listed = world.office.own_acts(Some(state), 10).unwrap().len();
                assert_eq!(listed, count, "{state:?}");
                assert_eq!(world.office.count_acts(state).unwrap(), Some(count));
            }
            let receipt = world.office.receipt_content(&own, NOW_S).unwrap();
            assert_eq!(
                receipt.standing.key(),
                serde_json::to_value(expected[0]).unwrap()
            );
        };
        look(&world, [Disputed, Disputed], 1, 0);
        world.crash();
        look(&world, [Disputed, Disputed], 1, 0);
        world.feed(&[open(decided(Outcome::Keep(0)))]);
        look(&world, [Final, SetAside], 0, 0);
        world.feed(&[open(decided(Outcome::Keep(1)))]);
        look(&world, [SetAside, Final], 0, 1);
        world.crash();
        look(&world, [SetAside, Final], 0, 1);
        // The decision is undone, and the next case about the matter is open.
        let FeedItem::Case(mut next) = open(CaseState::Open) else {
            panic!("a case");
        };
        next.case.id = next.case.next_id();
        next.case.number += 1;
        let ruling = registry::case::Ruling {
            decision: match decided(Outcome::Keep(1)) {
                CaseState::Decided { decision, .. } => decision,
                _ => panic!("decided"),
            },
            second: None,
            act: None,
        };
        let reversed = CaseState::Reversed {
            word: ruling.decision.clone(),
            ruling: Box::new(ruling),
            second: None,
            act: None,
            next: Some(18),
        };
        world.feed(&[open(reversed), FeedItem::Case(next)]);
        look(&world, [Disputed, Disputed], 1, 0);
        world.check();
    }
}

#[test]
fn an_act_in_dispute_is_not_final_and_can_be_withdrawn_though_it_came_first() {
    let mut world = World::filled();
    let person = record_id(1);
    let own = world.file(&phone(person, "0912345678")).act;
    world.answer(1, &[ActOutcome::Accepted]);
    let json = format!(r#"{{"act": "withdraw", "of": "{own}", "reason": "nhầm người"}}"#);
    let filing = serde_json::from_str(&json).unwrap();
    let refused = |world: &World| match world.office.file_act(&filing, &clerk(), NOW_S) {
        Err(FileError::Refused(refusal)) => Some(refusal.code()),
        _ => None,
    };
    assert_eq!(refused(&world), Some("act_final"));
    let acts = [own, another(person).id()];
    world.feed(&[case_of(&[person], acts, decided(Outcome::Keep(1)))]);
    assert_eq!(refused(&world), Some("act_final"), "a decision stands");
    world.feed(&[case_of(&[person], acts, CaseState::Open)]);
    assert_eq!(refused(&world), None);
}

#[test]
fn a_case_goes_with_the_last_record_of_its_acts_unless_the_office_has_a_word_in_it() {
    use registry::feed::SliceReason;
    let foreign = |n| ActId::new([n; 16]);
    let leaves = |n| FeedItem::Leaves {
        id: record_id(n),
        to: vec![office_code()],
        reason: SliceReason::Moved,
    };
    let known = |world: &World| world.office.cases().unwrap().len();
    // About somebody who is not held here; an act on one who is makes a claim in it.
    let mut world = World::filled();
    let act = another(record_id(1));
    let theirs = |acts| {
        let FeedItem::Case(mut notice) = case_of(&[record_id(99)], acts, CaseState::Open) else {
            panic!("a case");
        };
        for party in &mut notice.parties {
            party.office = OfficeCode::new(8);
        }
        FeedItem::Case(notice)
    };
    let case = theirs([act.id(), foreign(2)]);
    let state = |world: &World, id| world.office.act_view(&id).unwrap().unwrap().state;
    let id = act.id();
    world.feed(&[FeedItem::Act(act), case]);
    assert_eq!((known(&world), state(&world, id)), (1, ActState::Disputed));
    world.feed(&[leaves(1)]);
    assert_eq!(known(&world), 0);
    // An own claim keeps it.
    let mut world = World::filled();
    let own = world.file(&phone(record_id(1), "0912345678")).act;
    world.answer(1, &[ActOutcome::Accepted]);
    world.feed(&[
        case_of(&[record_id(99)], [own, foreign(2)], CaseState::Open),
        leaves(1),
    ]);
    assert_eq!(known(&world), 1);
    // So does a claim of a commune that a decree has made part of this one.
    let mut world = World::filled();
    world.feed(&[super::units::joins_us()]);
    let act = another(record_id(1));
    let case = theirs([act.id(), foreign(2)]);
    world.feed(&[FeedItem::Act(act), case]);
    world.feed(&[leaves(1)]);
    assert_eq!(known(&world), 1);
}

#[test]
fn a_decision_about_an_own_act_is_told_until_somebody_opens_the_case() {
    let person = record_id(1);
    let mut world = World::filled();
    let own = world.file(&phone(person, "0912345678")).act;
    world.answer(1, &[ActOutcome::Accepted]);
    let acts = [own, another(person).id()];
    let tell = |world: &mut World, state| {
        world.feed(&[case_of(&[person], acts, state)]);
        let news = world.office.news().unwrap();
        news.into_iter()
            .map(|news| news.task.en)
            .collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    assert_eq!(tell(&mut world, CaseState::Open), none);
    let lost = tell(&mut world, decided(Outcome::Keep(1)));
    assert!(lost[0].contains("no longer stands"), "{lost:?}");
    world.crash();
    assert_eq!(world.office.news().unwrap().len(), 1);
    let case = world.office.news().unwrap()[0].notice.case.id;
    world.office.note_case_seen(&case).unwrap();
    world.sync();
    assert!(world.office.news().unwrap().is_empty());
    // Told once more, as after papers were added, it is no news; another decision is.
    assert_eq!(tell(&mut world, decided(Outcome::Keep(1))), none);
    let won = tell(&mut world, decided(Outcome::Keep(0)));
    assert!(won[0].contains("Your act stands"), "{won:?}");
    assert_eq!(tell(&mut world, CaseState::Moot), none);
    // Decisions about acts of others are none of this office's.
    let others = [ActId::new([5; 16]), ActId::new([6; 16])];
    let FeedItem::Case(mut notice) = case_of(&[person], others, decided(Outcome::Keep(1))) else {
        panic!("a case");
    };
    for party in &mut notice.parties {
        party.office = OfficeCode::new(8);
    }
    world.feed(&[FeedItem::Case(notice)]);
    assert!(world.office.news().unwrap().is_empty());
}
