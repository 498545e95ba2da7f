//! By when the result of an act is due, told by what the act names.

use registry::feed::ActOutcome;

use super::world::*;

/// A marriage of the first of the people with somebody, in a fresh office that was filed on a
/// Saturday; by when its result is due, before and after a crash.
fn due_with(second: &str) -> String {
    let mut world = World::filled();
    let json = format!(
        r#"{{"act": "marriage", "first": {{"id": "{}"}}, "second": {second},
            "evidence": [{{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026",
                "date": "2026-10-01"}}]}}"#,
        record_id(1)
    );
    let filed = world.file(&serde_json::from_str(&json).unwrap());
    let due = |world: &World| {
        let view = world.office.act_view(&filed.act).unwrap().unwrap();
        view.due.map(|due| due.to_string())
    };
    let told = due(&world).unwrap();
    world.crash();
    assert_eq!(due(&world), Some(told.clone()));
    world.answer(1, &[ActOutcome::Accepted]);
    assert_eq!(due(&world), None, "there is a result");
    told
}

#[test]
fn a_marriage_is_due_at_once_and_in_five_days_where_one_is_named_by_card() {
    let held = format!(r#"{{"id": "{}"}}"#, record_id(2));
    assert_eq!(due_with(&held), "23/11/2026");
    let by_card = r#"{"pin": "001085000123", "name": "Lê Văn Thành",
        "birth_date": {"date": "1985-01-17"}}"#;
    assert_eq!(due_with(by_card), "27/11/2026");
}
