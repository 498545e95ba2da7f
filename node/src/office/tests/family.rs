//! The children of somebody, as their own records name them.

use registry::feed::FeedItem;
use registry::procedure::Filing;
use registry::schema::Field;
use registry::value::{PersonLink, Value};
use registry::{ActId, RecordId};

use super::world::*;

fn children(world: &World, parent: RecordId) -> Vec<String> {
    let view = world.office.person_view(&parent, NOW_S).unwrap().unwrap();
    view.children.into_iter().map(|child| child.name).collect()
}

fn born(name: &str, born: &str, mother: &str) -> Filing {
    let json = format!(
        r#"{{"act": "birth", "child": {{"name": "{name}", "birth_date": {{"date": "{born}"}},
            "sex": "male"}}, "certificate": "{name}", "mother": {mother}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

fn withdraw(of: ActId) -> Filing {
    let json = serde_json::json!({"act": "withdraw", "of": of.to_string(), "reason": "nhập nhầm"});
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_person_s_children_are_those_whose_records_name_them_the_eldest_first() {
    let (mother, other) = (record_id(1), record_id(2));
    let named = |field, link| {
        move |fields: &mut registry::fields::Fields| fields.set(field, Some(Value::Person(link)))
    };
    let pin = "001180000001".parse().unwrap();
    let by_number = changed(
        person(3, "Lê Văn Cả"),
        named(Field::Mother, PersonLink::Pin(pin)),
    );
    let by_record = changed(
        person(4, "Lê Văn Hai"),
        named(Field::Father, PersonLink::Record(other)),
    );
    let mut world = World::empty();
    world.fill(&[
        person(1, "Trần Thị Hòa"),
        person(2, "Lê Văn Đức"),
        household(),
        by_number,
        by_record,
    ]);
    assert_eq!(children(&world, mother), ["Lê Văn Cả"]);
    assert_eq!(children(&world, other), ["Lê Văn Hai"]);
    // Two newborns that the centre has not confirmed: by record, and by number and name.
    let record = format!(r#"{{"record": "{mother}"}}"#);
    world.file(&born("Lê Văn Ba", "2026-11-02", &record));
    let number = r#"{"named": {"name": "Trần Thị Hòa", "pin": "001180000001"}}"#;
    let elder = world.file(&born("Lê Văn Tư", "2026-11-01", number));
    let three = ["Lê Văn Cả", "Lê Văn Tư", "Lê Văn Ba"];
    assert_eq!(children(&world, mother), three);
    world.crash();
    assert_eq!(children(&world, mother), three, "after a start");
    world.file(&withdraw(elder.act));
    assert_eq!(children(&world, mother), ["Lê Văn Cả", "Lê Văn Ba"]);
    // A correction elsewhere names another mother.
    let put = registry::edit::Edit::Put(Field::Mother, Value::Person(PersonLink::Record(other)));
    world.feed(&[FeedItem::Act(foreign_act(1, record_id(3), vec![put]))]);
    assert_eq!(children(&world, mother), ["Lê Văn Ba"]);
    assert_eq!(children(&world, other), ["Lê Văn Cả", "Lê Văn Hai"]);
    world.check();
}
