//! Numbers that the centre changes while the office works under the old ones.

use registry::act::{Act, ActKind};
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem};
use registry::pin::Pin;
use registry::procedure::Slice;
use registry::schema::Field;
use registry::value::Value;

use super::world::*;

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
