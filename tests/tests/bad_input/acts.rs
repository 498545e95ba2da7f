//! Acts that cannot be taken: the answer names the item and says what to do.

use registry_tests::daemons::Office;
use registry_tests::http::Answer;
use registry_tests::world::{ROLES, World};
use serde_json::{Value, json};

const PEOPLE: u32 = 60;

/// A collection that can be filed as it stands; each test spoils one item of it.
fn collection() -> Value {
    json!({
        "act": "collection", "evidence": [{"kind": "DC01"}],
        "name": "Lò Văn Pành",
        "birth_date": {"date": "1988"},
        "sex": "male",
        "birth_place": {"unit": "00004"},
        "address": "Tổ 1"
    })
}

fn spoilt(key: &str, value: Value) -> Value {
    let mut act = collection();
    act[key] = value;
    act
}

fn assert_refused(answer: &Answer, status: u16, code: &str, field: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{answer:?}");
    assert_eq!(answer.text("/error/field"), field, "{answer:?}");
    for words in ["/error/words", "/error/do"] {
        assert!(!answer.text(words).is_empty(), "{answer:?}");
    }
}

fn opened(world: &World, code: &str, roles: &str) -> Office {
    let mut office = world.join(code, roles);
    office.start();
    office.filled();
    office
}

#[test]
fn acts_that_cannot_be_taken_are_refused_in_words() {
    let world = World::start(11, &["00004", "00008"], PEOPLE);
    let office = opened(&world, "00004", ROLES);

    let cut = office
        .api
        .post_text("/api/v1/acts", "{\"act\": \"collection\", ")
        .unwrap();
    assert_eq!(
        (cut.status, cut.code()),
        (400, "input_unreadable"),
        "{cut:?}"
    );
    let unknown = office.file(&json!({"act": "collektion"}));
    assert_refused(&unknown, 400, "input_unreadable", "act");

    let sex = office.file(&spoilt("sex", json!("mail")));
    assert_refused(&sex, 400, "input_invalid", "sex");
    let deep = json!({"unit": "4", "text": "Hà Nội"});
    let deep = office.file(&spoilt("birth_place", deep));
    assert_refused(&deep, 400, "input_invalid", "birth_place.unit");

    let never = office.file(&spoilt("birth_date", json!({"date": "1990-02-31"})));
    assert_refused(&never, 400, "input_invalid", "birth_date.date");
    assert!(never.text("/error/words").contains("calendar"), "{never:?}");

    let eleven = office.file(&spoilt("claimed_pin", json!("19012345678")));
    assert_refused(&eleven, 400, "input_invalid", "claimed_pin");
    let words = eleven.text("/error/words");
    assert!(
        words.contains("spreadsheet") && words.contains("zero"),
        "{words}"
    );

    let commune = office.file(&spoilt("birth_place", json!({"unit": "99999"})));
    assert_refused(&commune, 409, "commune_unknown", "birth_place");
    let future = office.file(&spoilt("birth_date", json!({"date": "2199-01-01"})));
    assert_refused(&future, 409, "date_in_future", "birth_date");

    // None of them left anything behind, and the same act without its fault is taken.
    assert_eq!(office.status()["unsent"], json!(0));
    assert_eq!(office.api.get("/api/v1/acts").unwrap().body, json!([]));
    let good = office.file(&collection());
    assert_eq!(good.status, 201, "{good:?}");

    // No citizen's data in what was logged of all this.
    let log = office.said();
    for secret in ["Pành", "19012345678", "Hà Nội"] {
        assert!(!log.contains(secret), "{log}");
    }
    for wrong in ["panicked", "ERROR"] {
        assert!(!log.contains(wrong), "{log}");
    }
}

#[test]
fn a_card_with_eleven_digits_is_told_like_any_other_number() {
    let world = World::start(12, &["00004"], PEOPLE);
    let office = opened(&world, "00004", ROLES);
    let first = office.person(&world.numbers("00004")[0]);
    let card =
        json!({"pin": "19012345678", "name": "Trần Thị Hòa", "birth_date": {"date": "1992-03-08"}});
    let act = json!({"act": "marriage", "first": {"id": first}, "second": card,
        "date": "2026-01-12", "certificate": "88/2026"});
    let answer = office.file(&act);
    assert_refused(&answer, 400, "input_invalid", "second.pin");
    let words = answer.text("/error/words");
    assert!(words.contains("spreadsheet"), "{words}");

    // Half a card, and a card beside a record, are told as such.
    let number = "001192654321";
    for second in [json!({"pin": number}), json!({"id": first, "pin": number})] {
        let mut act = act.clone();
        act["second"] = second;
        let answer = office.file(&act);
        assert_refused(&answer, 400, "input_invalid", "second");
        let words = answer.text("/error/words");
        assert!(
            words.contains("birth_date") && words.contains("card"),
            "{words}"
        );
    }
}

#[test]
fn a_viewer_reads_and_files_nothing() {
    let world = World::start(13, &["00008"], PEOPLE);
    let office = opened(&world, "00008", "viewer");
    let id = office.person(&world.numbers("00008")[0]);
    assert_eq!(
        office
            .api
            .get(&format!("/api/v1/people/{id}"))
            .unwrap()
            .status,
        200
    );
    let act = json!({"act": "contact", "person": id, "phone": "0912345678"});
    let refused = office.file(&act);
    assert_eq!(refused.code(), "role_missing", "{refused:?}");
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert_eq!(office.status()["unsent"], json!(0));
    let stranger = office
        .api
        .with_token("nobody")
        .post("/api/v1/acts", &act)
        .unwrap();
    assert_eq!(stranger.status, 401, "{stranger:?}");
}
