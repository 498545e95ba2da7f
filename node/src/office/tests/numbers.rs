//! Numbers that the centre changes while the office works under the old ones.

use registry::act::{Act, ActKind};
use registry::block::NumberBlock;
use registry::code::Sex;
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem};
use registry::pin::Pin;
use registry::procedure::Slice;
use registry::schema::Field;
use registry::value::Value;
use registry::{ActNumber, Incarnation};

use super::world::*;
use crate::office::ActState;

fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

/// The centre's word that person 1 has another number.
fn changed() -> Act {
    let edits = vec![
        Edit::Put(Field::Pin, Value::Pin(pin("001180999999"))),
        Edit::Add(Field::PinAliases, Value::Pin(pin("001180000001"))),
    ];
    let mut act = foreign_act(1, record_id(1), edits);
    act.body.kind = ActKind::NumberChanged;
    act.office = None;
    act
}

#[test]
fn an_old_number_leads_to_the_record_after_the_change_and_after_a_restart() {
    let mut world = World::filled();
    let done = world.feed(&[FeedItem::Act(changed())]);
    assert!(done.trouble.is_none());
    for restarted in [false, true] {
        if restarted {
            world.crash();
        }
        for text in ["001180000001", "001180999999"] {
            assert_eq!(world.office.by_pin(&pin(text)), Some(record_id(1)));
            let found = world.office.find_people(text, 10).unwrap();
            assert_eq!(found[0].id, record_id(1), "{text}");
            assert_eq!(found.iter().filter(|hit| hit.id == record_id(1)).count(), 1);
        }
        let code = "001180000001||Trần Thị Hòa|03021980|Nữ|Số 5|01022022";
        let card = world.office.card_view(code, NOW_S).unwrap().unwrap();
        assert_eq!(card.record.unwrap().id, record_id(1));
        assert_eq!(card.differs, ["pin"], "the card shows the cancelled number");
        let code = code.replace("001180000001", "001180999999");
        let card = world.office.card_view(&code, NOW_S).unwrap().unwrap();
        assert_eq!(card.differs, Vec::<&str>::new());
    }
    assert_eq!(world.office.by_pin(&pin("001180000009")), None);
    world.check();
}

#[test]
fn an_act_that_was_filed_under_the_old_number_goes_on_under_the_new_one() {
    let mut world = World::filled();
    let filed = world.file(&phone(record_id(1), "0912345678"));
    assert!(world.feed(&[FeedItem::Act(changed())]).trouble.is_none());
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    assert_eq!(world.phone_of(record_id(1)).as_deref(), Some("0912345678"));
    assert_eq!(
        world.office.by_pin(&pin("001180000001")),
        Some(record_id(1))
    );
    world.check();
}

/// The office reads what was decided, by which paper, and nobody is asked anything.
#[test]
fn a_nationality_that_the_centre_changed_stands_on_the_record_with_its_decision() {
    let mut world = World::filled();
    let stateless = Value::Countries(Vec::new());
    let germany = Value::Countries(vec!["DE".parse().unwrap()]);
    for (number, value) in [(1, germany), (2, stateless)] {
        let person = record_id(u8::try_from(number).unwrap());
        let edits = vec![Edit::Put(Field::Nationality, value.clone())];
        let mut act = foreign_act(number, person, edits);
        act.body.kind = ActKind::NationalityChanged;
        act.body.evidence = vec![registry::act::Evidence {
            kind: line("quyết định của Chủ tịch nước"),
            number: line("512/QĐ-CTN"),
            date: None,
            attachments: Vec::new(),
        }];
        act.office = None;
        let id = act.id();
        assert!(world.feed(&[FeedItem::Act(act)]).trouble.is_none());
        let view = world.office.person_view(&person, NOW_S).unwrap().unwrap();
        assert!(matches!(view.fields.get("nationality"),
            Some(crate::office::FieldView::Single(shown)) if *shown == value));
        assert!(view.history.iter().any(|told| told.act == id));
    }
    world.check();
}

/// The centre gives a household the number that stays; the provisional one is on papers.
#[test]
fn a_household_is_found_by_both_numbers_of_its_file_and_after_a_restart() {
    let mut world = World::filled();
    let file = |field, text: &str| Edit::Put(field, Value::Text(line(text)));
    let edits = vec![
        file(Field::HouseholdFile, "HSCT-00004-00000017"),
        file(Field::HouseholdLocal, "HO-TAM-00004-1a2b3c4d"),
    ];
    let mut act = foreign_act(1, record_id(200), edits);
    act.body.kind = ActKind::FileNumberGiven;
    act.office = None;
    assert!(world.feed(&[FeedItem::Act(act)]).trouble.is_none());
    for restarted in [false, true] {
        if restarted {
            world.crash();
        }
        for text in [
            "HSCT-00004-00000017",
            "hsct-00004-0000001",
            "HO-TAM-00004-1a2b3c4d",
            "ho-tam-00004",
        ] {
            let found = world.office.find_people(text, 10).unwrap();
            assert_eq!(found.len(), 2, "{text}");
            assert_eq!(
                found[0].household_file.as_deref(),
                Some("HSCT-00004-00000017")
            );
        }
        assert!(
            world
                .office
                .find_people("HO-TAM-00004-9", 10)
                .unwrap()
                .is_empty()
        );
        assert!(world.office.find_people("HS-0042", 10).unwrap().is_empty());
    }
    world.check();
}

fn block(number: u64, life: u64, randoms: &[u32]) -> FeedItem {
    FeedItem::Numbers(NumberBlock {
        block: number,
        node: node_id(),
        incarnation: Incarnation::new(life),
        prefix: 1,
        sex: Sex::Male,
        year: 2026,
        randoms: randoms.to_vec(),
    })
}

#[test]
fn a_birth_takes_the_next_number_at_hand_once_and_a_power_cut_gives_none_twice() {
    let mut world = World::filled();
    let others = FeedItem::Numbers(NumberBlock {
        block: 9,
        node: registry::NodeId::new([99; 16]),
        incarnation: Incarnation::new(1),
        prefix: 1,
        sex: Sex::Male,
        year: 2026,
        randoms: vec![500],
    });
    assert!(
        world
            .feed(&[block(1, 1, &[11, 22, 33]), others])
            .trouble
            .is_none()
    );
    assert_eq!(
        world.office.numbers_at_hand(Sex::Male),
        3,
        "another node's is none of ours"
    );
    assert_eq!(world.office.numbers_at_hand(Sex::Female), 0);
    let first = world.file(&birth("Bé Một", "CS-1"));
    assert_eq!(first.pin.as_deref(), Some("001226000011"));
    assert!(
        first
            .notices
            .contains(&registry::procedure::Notice::ReservedNumber)
    );
    assert_eq!(world.state_of(first.act), ActState::Provisional);
    // Acknowledged births keep their numbers; one that was never durable gives its number back.
    let lost = world
        .office
        .file_act(&birth("Bé Hai", "CS-2"), &clerk(), NOW_S)
        .unwrap();
    assert_eq!(lost.pin.as_deref(), Some("001226000022"));
    world.crash();
    assert_eq!(world.office.numbers_at_hand(Sex::Male), 2);
    let second = world.file(&birth("Bé Hai", "CS-2"));
    assert_eq!(second.pin.as_deref(), Some("001226000022"));
    assert_eq!(
        world.file(&birth("Bé Ba", "CS-3")).pin.as_deref(),
        Some("001226000033")
    );
    let none = world.file(&birth("Bé Tư", "CS-4"));
    assert_eq!(
        none.pin, None,
        "without a number at hand the centre gives it"
    );
    assert!(none.local_file.is_some());
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(
        world.office.by_pin(&pin("001226000011")),
        Some(first.made[0])
    );
    world.check();
}

#[test]
fn a_new_life_has_none_of_the_numbers_of_the_one_before() {
    let mut world = World::filled();
    assert!(world.feed(&[block(1, 1, &[11, 22])]).trouble.is_none());
    let filed = world.file(&birth("Bé Một", "CS-1"));
    assert!(filed.pin.is_some());
    world
        .office
        .begin_life(Incarnation::new(4), Some(ActNumber::new(0)), NOW_S)
        .unwrap();
    world.sync();
    assert_eq!(world.office.numbers_at_hand(Sex::Male), 0);
    // The birth was filed again, and the centre gives the child's number.
    assert_eq!(world.office.standing(NOW_S).unsent, 1);
    assert_eq!(world.office.by_pin(&pin("001226000011")), None);
    // What is still told to the old life is not taken up; what is told to this one is.
    assert!(
        world
            .feed(&[block(2, 1, &[33]), block(3, 5, &[44])])
            .trouble
            .is_none()
    );
    assert_eq!(world.office.numbers_at_hand(Sex::Male), 1);
    world.crash();
    let next = world.file(&birth("Bé Hai", "CS-2"));
    assert_eq!(next.pin.as_deref(), Some("001226000044"));
    world.check();
}
