//! What is told of the whole register: quality, people, the summary; and the change of a number, and a decree.

use super::*;

#[tokio::test]
async fn quality_and_people_are_told_of_country_province_and_commune_and_nobody_is_named() {
    let desk = Desk::open().await;
    let get = async |path: &str| {
        let (status, answer) = desk.get(&format!("/api/v1/{path}"), &desk.observer).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let office = get("quality?office=00004&now=true").await;
    let people = office["whole"]["score"]["people"].as_u64().unwrap();
    assert!(people > 0, "{office}");
    assert_eq!(office["whole"]["name"], "Phường Ba Đình");
    assert_eq!(office["communes_waiting"], 0);
    let country = get("quality").await;
    let province = get("quality?province=01").await;
    for (whole, part) in [(&country, "01"), (&province, "00004")] {
        let parts = whole["parts"].as_array().unwrap();
        let part = parts.iter().find(|row| row["code"] == part).unwrap();
        assert_eq!(part["score"], office["whole"]["score"]);
        assert_eq!(part["surveyed_s"], office["whole"]["surveyed_s"]);
    }
    assert_eq!(
        get("quality?province=04").await["whole"]["score"]["people"],
        0
    );
    let statistics = get("statistics?office=00004&year=2026").await;
    assert_eq!(statistics["people"], people);
    let bands = statistics["pyramid"]["bands"].as_array().unwrap();
    let count = |of: &Value| ["male", "female", "sex_unknown"].map(|s| of[s].as_u64().unwrap());
    let counted: u64 = bands.iter().flat_map(|band| count(&band["people"])).sum();
    let apart = ["band_uncertain", "age_unknown"];
    let apart: u64 = apart
        .iter()
        .flat_map(|key| count(&statistics["pyramid"][key]))
        .sum();
    assert_eq!(counted + apart, people);
    for (path, status, code) in [
        ("quality?province=99", 404, "province_unknown"),
        ("statistics?office=99999", 404, "office_unknown"),
        ("quality?office=00004&province=01", 400, "query_invalid"),
        ("quality?now=true", 400, "query_invalid"),
    ] {
        let (got, answer) = desk.get(&format!("/api/v1/{path}"), &desk.observer).await;
        assert_eq!((got, error_code(&answer)), (status, code), "{path}");
    }
    // Of those who are counted nobody is named: no record's id, no number of twelve digits.
    for answer in [&office, &country, &statistics] {
        let text = answer.to_string();
        let digits = text.split(|c: char| !c.is_ascii_alphanumeric());
        assert!(
            digits
                .into_iter()
                .all(|part| part.len() < 30 || part.contains('_')),
            "{text}"
        );
        let numbers = text.split(|c: char| !c.is_ascii_digit());
        assert!(numbers.into_iter().all(|part| part.len() != 12), "{text}");
    }
}

#[tokio::test]
async fn the_summary_and_the_office_agree_with_what_was_imported() {
    let desk = Desk::open().await;
    let (_, summary) = desk.get("/api/v1/summary", &desk.observer).await;
    assert_eq!(summary["people"], 60);
    let records = summary["records"].as_u64().unwrap();
    assert_eq!(records, 60 + summary["households"].as_u64().unwrap());
    let (_, slice) = desk.get("/api/v1/offices/00004", &desk.observer).await;
    assert_eq!(slice["count"].as_u64().unwrap(), records);
    assert_eq!(slice["digest"].as_str().unwrap().len(), 16);
    for unknown in ["99999", "4", "x"] {
        let (status, answer) = desk
            .get(&format!("/api/v1/offices/{unknown}"), &desk.all)
            .await;
        assert_eq!(
            (status, error_code(&answer)),
            (404, "office_unknown"),
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn a_nationality_is_changed_by_a_reviewer_of_the_nation_and_a_look_changes_nothing() {
    let desk = Desk::open().await;
    let page = desk.world.registrar().page(office(4), None, 100).unwrap();
    let mut people = page.records.iter();
    let person = people.find(|record| record.kind == RecordKind::Person);
    let id = person.unwrap().id;
    let line = "POST /api/v1/nationality/change";
    let body = |ground: &str, now: &str, more: &str| {
        format!(
            r#"{{"of": "{id}", "ground": "{ground}", "now": [{now}], "paper": "512/QĐ-CTN",
            "date": "2026-10-01"{more}}}"#
        )
    };
    let renounced = body("renounced", r#""DE""#, "");
    for (token, code) in [
        ("", "token_missing_or_wrong"),
        (&desk.observer, "role_missing"),
        (&desk.reviewer, "nationality_not_yours"),
    ] {
        let (_, answer) = desk.ask(line, token, Some(&renounced)).await;
        assert_eq!(error_code(&answer), code);
    }
    let looked = body("renounced", r#""DE""#, r#", "dry_run": true"#);
    let (status, answer) = desk.ask(line, &desk.all, Some(&looked)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["act"], serde_json::Value::Null);
    let path = format!("/api/v1/people/{id}");
    let (_, before) = desk.get(&path, &desk.all).await;
    let (status, done) = desk.ask(line, &desk.all, Some(&renounced)).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["now"], serde_json::json!(["DE"]));
    assert_eq!(done["before"], answer["before"]);
    assert_eq!(done["before"], serde_json::json!(["VN"]), "the control");
    assert!(done["act"].is_string());
    let (_, after) = desk.get(&path, &desk.all).await;
    assert_ne!(before["version"], after["version"]);
    assert_eq!(
        after["fields"]["nationality"],
        serde_json::json!({"countries": ["DE"]})
    );
    for (asked, status, code) in [
        (body("renounced", r#""DE""#, ""), 409, "nothing_changes"),
        (body("regained", r#""FR""#, ""), 409, "nationality_misfit"),
        (
            renounced.replace("512/QĐ-CTN", " "),
            400,
            "nationality_without_paper",
        ),
        (
            renounced.replace("2026-10-01", "2199-01-01"),
            400,
            "date_in_future",
        ),
        (
            renounced.replace(&id.to_string(), &"0".repeat(32)),
            404,
            "record_unknown",
        ),
    ] {
        let (told, answer) = desk.ask(line, &desk.all, Some(&asked)).await;
        assert_eq!((told, error_code(&answer)), (status, code), "{asked}");
    }
    // Which item does not fit, and by which article such a decision is made.
    for (ground, now, law) in [
        ("regained", r#""FR""#, "Art. 25"),
        ("renounced", r#""VN""#, "Art. 29"),
    ] {
        let asked = body(ground, now, "");
        let (_, answer) = desk.ask(line, &desk.all, Some(&asked)).await;
        let error = &answer["error"];
        assert_eq!(error["field"], "now", "{answer}");
        let source = format!("Law on Vietnamese Nationality 24/2008, {law}");
        assert_eq!(error["source"], source, "{answer}");
    }
}

#[tokio::test]
async fn a_number_is_changed_by_a_reviewer_of_the_nation_and_its_story_told() {
    let desk = Desk::open().await;
    let page = desk.world.registrar().page(office(4), None, 100).unwrap();
    let mut people = page.records.iter();
    let person = people.find(|record| record.kind == RecordKind::Person);
    let fields = person.unwrap().read().unwrap().fields;
    let Some(FieldValue::Pin(pin)) = fields.single(Field::Pin) else {
        panic!()
    };
    let old = pin.digits();
    let body = format!(r#"{{"of": "{old}", "reason": "wrong province"}}"#);
    let line = "POST /api/v1/numbers/change";
    for (token, code) in [
        ("", "token_missing_or_wrong"),
        (&desk.observer, "role_missing"),
        (&desk.reviewer, "number_not_yours"),
    ] {
        let (_, answer) = desk.ask(line, token, Some(&body)).await;
        assert_eq!(error_code(&answer), code);
    }
    let path = format!("/api/v1/numbers?of={old}");
    let (_, before) = desk.get(&path, &desk.all).await;
    assert_eq!(before["current"], old);
    assert_eq!(before["ledger"], serde_json::json!([]));
    let empty = format!(r#"{{"of": "{old}", "reason": " "}}"#);
    let (status, answer) = desk.ask(line, &desk.all, Some(&empty)).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "number_without_reason")
    );
    let (status, done) = desk.ask(line, &desk.all, Some(&body)).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["cancelled"], old);
    let (_, after) = desk.get(&path, &desk.all).await;
    assert_eq!(after["current"], done["number"]);
    assert_eq!(after["cancelled"][0]["pin"], old);
    assert_eq!(after["cancelled"][0]["reason"], "wrong province");
    assert_eq!(after["ledger"].as_array().unwrap().len(), 2);
    let (status, _) = desk.get(&path, &desk.elsewhere).await;
    assert_eq!(status, 403);
    let (_, nobody) = desk.get("/api/v1/numbers?of=001190999999", &desk.all).await;
    assert_eq!(error_code(&nobody), "number_unknown");
}

const DECREE: &str = "old_code,new_code,share,default\\n00004,00008,whole,1\\n";

#[tokio::test]
async fn a_decree_is_looked_at_applied_and_followed_through_the_interface() {
    let desk = Desk::open().await;
    let (status, units) = desk.get("/api/v1/units", &desk.observer).await;
    assert_eq!((status, units["edition"].as_u64()), (200, Some(1)));
    assert!(units["progress"].is_null());
    let (_, trace) = desk.get("/api/v1/units/00001", &desk.observer).await;
    assert_eq!(trace[0]["name"], "Phường Phúc Xá");
    assert_eq!(trace[0]["to"], serde_json::json!(["00097"]));
    let (status, answer) = desk.get("/api/v1/units/99999", &desk.observer).await;
    assert_eq!((status, error_code(&answer)), (404, "office_unknown"));
    let before = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    let post = "POST /api/v1/units";
    let dry = format!(r#"{{"decree": "{DECREE}", "dry_run": true}}"#);
    let (status, _) = desk.ask(post, &desk.observer, Some(&dry)).await;
    assert_eq!(status, 403);
    let (status, answer) = desk.ask(post, &desk.all, Some(&dry)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["applied"], false);
    assert_eq!(answer["plan"]["offices"][0]["becomes"], "00008");
    assert_eq!(answer["plan"]["records"], before["count"]);
    let unchanged = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    assert_eq!(unchanged, before);
    let wrong = r#"{"decree": "old_code,new_code,share,default\n00004,99001,whole,1\n"}"#;
    let (status, answer) = desk.ask(post, &desk.all, Some(wrong)).await;
    assert_eq!((status, error_code(&answer)), (400, "decree_unnamed"));
    let early = format!(r#"{{"decree": "{DECREE}", "effective": "2390-01-01"}}"#);
    let (status, answer) = desk.ask(post, &desk.all, Some(&early)).await;
    assert_eq!((status, error_code(&answer)), (400, "decree_early"));
    let real = format!(r#"{{"decree": "{DECREE}"}}"#);
    let (status, answer) = desk.ask(post, &desk.all, Some(&real)).await;
    assert_eq!((status, &answer["applied"]), (202, &Value::Bool(true)));
    // It is carried out by itself.
    loop {
        let (_, units) = desk.get("/api/v1/units", &desk.observer).await;
        assert_eq!(units["edition"], 2);
        if units["progress"]["phase"] == "done" {
            assert_eq!(units["progress"]["moved"], before["count"]);
            break;
        }
    }
    let after = desk.get("/api/v1/offices/00004", &desk.observer).await.1;
    assert_eq!(after["count"], 0);
    let (status, answer) = desk.ask(post, &desk.all, Some(&real)).await;
    assert_ne!(status, 202, "{answer}");
}
