//! Every way through the office lets go of one look at what is held in memory before it looks again
//! ([`crate::office::memory`] refuses the second one): while somebody waits to write, a second look
//! behind the first would stand still for good.

use registry::OfficerId;
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem};
use registry::reading::ReadReason;
use registry::schema::Field;
use registry::value::Value;

use super::world::*;
use crate::office::{ActState, ReadingsWanted};

/// The states that are listed.
const STATES: [ActState; 9] = [
    ActState::Provisional,
    ActState::Waiting,
    ActState::Final,
    ActState::Disputed,
    ActState::Returned,
    ActState::Parked,
    ActState::Quarantined,
    ActState::Withdrawn,
    ActState::SetAside,
];

/// An office with a household that has a history, acts in several states and a draft of none.
fn busy() -> (World, Vec<registry::ActId>) {
    let mut world = World::filled();
    let mut acts = vec![world.file(&phone(record_id(1), "0912345678")).act];
    acts.push(world.file(&phone(record_id(2), "0987654321")).act);
    acts.push(world.file(&birth("Trần Gia Bảo", "GCS-1")).act);
    let returned = ActOutcome::Returned {
        code: line("record_dead"),
        words: line("look again"),
    };
    world.answer(1, &[ActOutcome::Accepted, returned]);
    let head = Edit::Put(Field::HouseholdHead, Value::Head(record_id(2)));
    let head = foreign_act(1, record_id(200), vec![head]);
    acts.push(head.id());
    world.feed(&[FeedItem::Act(head)]);
    (world, acts)
}

#[test]
fn no_view_of_the_office_looks_twice_at_once() {
    let (world, acts) = busy();
    let office = &world.office;
    let household = office.household_view(&record_id(200)).unwrap().unwrap();
    assert!(!household.history.is_empty() && household.members.len() == 2);
    let person = office.person_view(&record_id(1), NOW_S).unwrap().unwrap();
    assert_eq!(person.history.len(), 1);
    for act in &acts {
        assert!(office.act_view(act).unwrap().is_some());
        assert!(office.act_changes(act).unwrap().is_some());
        office.settled(act).unwrap();
        office.form_of(act).unwrap();
    }
    let officer: OfficerId = clerk().id;
    for state in STATES {
        office.own_acts(Some(state), 10).unwrap();
        office.own_acts_by(&officer, state, 10).unwrap();
        office.count_acts(state).unwrap();
    }
    assert_eq!(office.own_acts(None, 10).unwrap().len(), 3);
    let today = registry::date::Date::in_viet_nam(NOW_S);
    assert_eq!(office.entered_on(today, 0, 10).unwrap().acts.len(), 3);
    assert_eq!(office.count_entered_on(today).unwrap(), 3);
    assert_eq!(office.find_people("Tran Thi Hoa", 5).unwrap().len(), 1);
    assert_eq!(office.unsent(), office.standing(NOW_S).unsent);
    office.survey(NOW_S).unwrap();
    assert_eq!(office.attestation(NOW_S).unsent, 1);
    office.duplicates_of(&[record_id(1)]).unwrap();
    office.moves(NOW_S).unwrap();
    office.news().unwrap();
    office.cases().unwrap();
    office.on_stick(NOW_S).unwrap();
    office.drafts(&officer).unwrap();
    office.audit_page(None, 10).unwrap();
    office.password_state(&officer, NOW_S);
    office.next_thumbnail(false, NOW_S).unwrap();
    let wanted = ReadingsWanted {
        limit: 5,
        ..ReadingsWanted::default()
    };
    office
        .note_reading(&officer, record_id(1), ReadReason::Counter, NOW_S)
        .unwrap();
    assert_eq!(office.readings(&wanted).unwrap().rows.len(), 1);
}
