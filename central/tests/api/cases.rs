//! Cases, proposals and possible duplicates through the interface.

use super::*;

#[tokio::test]
async fn a_case_is_listed_without_data_shown_to_its_reviewers_and_decided_by_them() {
    let desk = Desk::open().await;
    let mut first = desk.world.join(office(4), desk.server.address()).await;
    let mut second = desk.world.join(office(4), desk.server.address()).await;
    for (node, relation) in [
        (&mut first, Relation::Sibling),
        (&mut second, Relation::Other),
    ] {
        let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
        // Both have the whole slice before either acts, so the acts are concurrent.
        assert_eq!(line.run(node).await, Came::InStep);
        let edit = Edit::Put(Field::Relation, FieldValue::Relation(relation));
        node.edit(ActKind::RegistryCorrection, edit);
    }
    for node in [&mut first, &mut second] {
        let mut line = node.connect(&desk.world, desk.server.address(), 2).await;
        while !node
            .receipts
            .iter()
            .any(|receipts| receipts.node == node.id)
        {
            line.run(node).await;
        }
    }
    let (_, cases) = desk.get("/api/v1/cases", &desk.observer).await;
    let case = &cases[0];
    assert_eq!(
        (cases.as_array().unwrap().len(), &case["state"]),
        (1, &json!("open"))
    );
    assert_eq!(
        (&case["claims"], &case["offices"]),
        (&json!(2), &json!(["00004"]))
    );
    assert_eq!(case["matter"], json!({"field": "relation"}));
    // The queue by what is asked for.
    for (asked, found) in [
        ("office=00004", 1),
        ("office=00008", 0),
        ("harm=2", 1),
        ("harm=3", 0),
        ("late=true", 0),
        ("mine=true", 1),
        ("limit=0", 0),
    ] {
        let path = format!("/api/v1/cases?{asked}");
        let (_, cases) = desk.get(&path, &desk.reviewer).await;
        assert_eq!(cases.as_array().unwrap().len(), found, "{asked}");
    }
    let (_, theirs) = desk.get("/api/v1/cases?mine=true", &desk.elsewhere).await;
    assert_eq!(theirs, json!([]));
    assert_eq!(
        desk.get("/api/v1/cases?mine=true", &desk.observer).await.0,
        403
    );
    for refused in ["office=4", "harm=many", "state=x"] {
        let path = format!("/api/v1/cases?{refused}");
        assert_eq!(desk.get(&path, &desk.observer).await.0, 400, "{refused}");
    }
    let path = format!("/api/v1/cases/{}", case["number"]);
    let (status, shown) = desk.get(&path, &desk.reviewer).await;
    assert_eq!((status, &shown["case"]["id"]), (200, &case["id"]));
    assert!(
        shown["words"].as_str().unwrap().contains("2 claims"),
        "{shown}"
    );
    assert_eq!(desk.get(&path, &desk.elsewhere).await.0, 403);

    let decide = format!("POST {path}/decide");
    let word = json!({"outcome": {"keep": 0}, "reason": "hồ sơ gốc", "version": case["version"]});
    let word = word.to_string();
    let (status, answer) = desk.ask(&decide, &desk.elsewhere, Some(&word)).await;
    assert_eq!((status, error_code(&answer)), (403, "case_not_yours"));
    let silent = word.replace("hồ sơ gốc", "");
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&silent)).await;
    assert_eq!(
        (status, error_code(&answer)),
        (400, "decision_without_reason")
    );
    let (status, taken) = desk.ask(&decide, &desk.reviewer, Some(&word)).await;
    assert_eq!(
        (status, &taken["step"]),
        (200, &json!("settled")),
        "{taken}"
    );
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&word)).await;
    assert_eq!((status, error_code(&answer)), (409, "case_closed"));
    assert_eq!(desk.get("/api/v1/cases", &desk.observer).await.1, json!([]));
    let (_, decided) = desk
        .get("/api/v1/cases?state=decided", &desk.observer)
        .await;
    assert_eq!(decided[0]["state"], "decided");
}

#[tokio::test]
async fn an_act_in_force_is_contested_by_a_paper_and_looking_opens_nothing() {
    let desk = Desk::open().await;
    let mut node = desk.world.join(office(4), desk.server.address()).await;
    let mut line = node.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut node).await, Came::InStep);
    let edit = Edit::Put(Field::Relation, FieldValue::Relation(Relation::Sibling));
    node.edit(ActKind::RegistryCorrection, edit);
    let mut line = node.connect(&desk.world, desk.server.address(), 2).await;
    while node.receipts.is_empty() {
        line.run(&mut node).await;
    }
    let page = desk.world.registrar().page(office(4), None, 100).unwrap();
    let acts = page.records.iter().flat_map(|record| {
        let document = record.document().unwrap();
        document.acts()
    });
    let act = acts.last().unwrap();
    let contest = format!("POST /api/v1/acts/{act}/contest");
    let body = json!({"paper": "12/QĐ", "reason": "tờ khai của người khác"});
    let look = json!({"paper": "12/QĐ", "reason": "tờ khai của người khác", "dry_run": true});
    for (token, code) in [
        ("", "token_missing_or_wrong"),
        (&desk.observer, "role_missing"),
        (&desk.elsewhere, "case_not_yours"),
    ] {
        let (_, answer) = desk.ask(&contest, token, Some(&body.to_string())).await;
        assert_eq!(error_code(&answer), code);
    }
    let (status, looked) = desk.ask(&contest, &desk.all, Some(&look.to_string())).await;
    assert_eq!((status, &looked["case"]), (200, &json!(null)), "{looked}");
    assert_eq!(looked["changes"].as_array().unwrap().len(), 1);
    assert_eq!(desk.get("/api/v1/cases", &desk.observer).await.1, json!([]));
    let (status, opened) = desk.ask(&contest, &desk.all, Some(&body.to_string())).await;
    assert_eq!(
        (status, &opened["changes"]),
        (200, &looked["changes"]),
        "{opened}"
    );
    let path = format!("/api/v1/cases/{}", opened["case"]);
    let (_, shown) = desk.get(&path, &desk.all).await;
    assert_eq!(
        shown["asks"], looked["changes"],
        "the second reviewer reads it too"
    );
    assert_eq!(
        shown["case"]["dispute"]["matter"],
        json!({"contested": act.to_string()})
    );
    let (status, again) = desk.ask(&contest, &desk.all, Some(&body.to_string())).await;
    assert_eq!((status, error_code(&again)), (409, "act_in_case"));
}

#[tokio::test]
async fn a_proposal_is_shown_with_what_it_asks_for_and_declined_by_its_own_word() {
    let desk = Desk::open().await;
    let mut holder = desk.world.join(office(4), desk.server.address()).await;
    let mut line = holder.connect(&desk.world, desk.server.address(), 1).await;
    assert_eq!(line.run(&mut holder).await, Came::InStep);
    // Another office acts on a person whom it held once.
    let mut former = desk.world.join(office(8), desk.server.address()).await;
    former.slice.clone_from(&holder.slice);
    let edit = Edit::Put(Field::Relation, FieldValue::Relation(Relation::Sibling));
    let record = former.edit(ActKind::RegistryCorrection, edit);
    let mut line = former.connect(&desk.world, desk.server.address(), 1).await;
    while former.receipts.is_empty() {
        line.run(&mut former).await;
    }
    let (_, cases) = desk.get("/api/v1/cases", &desk.observer).await;
    assert_eq!(cases[0]["row"], 29, "{cases}");
    let path = format!("/api/v1/cases/{}", cases[0]["number"]);
    let (_, shown) = desk.get(&path, &desk.reviewer).await;
    let relation = json!({"put": ["relation", {"relation": "sibling"}]});
    let wanted = json!([{"record": record.to_string(), "makes": false, "edits": [relation]}]);
    assert_eq!(shown["asks"], wanted);
    assert_eq!(shown["parties"][0]["office"], "00008");
    // How far the device's clock was known to be off stands beside the time of the claim.
    assert!(shown["parties"][0]["clock_error_s"].is_u64(), "{shown}");
    let clock = &shown["clocks"][0];
    assert!(
        clock["vi"].as_str().unwrap().starts_with("đồng hồ máy"),
        "{shown}"
    );
    assert!(
        clock["en"].as_str().unwrap().contains("clock was"),
        "{shown}"
    );
    // So does the rule of the day by which it is due.
    for (language, part) in [("vi", "ngày làm việc"), ("en", "working days at harm")] {
        let rule = shown["due_rule"][language].as_str().unwrap();
        assert!(rule.contains(part), "{shown}");
    }
    let decide = format!("POST {path}/decide");
    let word = |outcome: &str| {
        let word = json!({"outcome": outcome, "reason": "hỏi lại", "version": cases[0]["version"]});
        word.to_string()
    };
    let misfit = word("not_a_conflict");
    let (status, answer) = desk.ask(&decide, &desk.reviewer, Some(&misfit)).await;
    assert_eq!((status, error_code(&answer)), (400, "outcome_misfit"));
    let declined = word("decline");
    let (status, taken) = desk.ask(&decide, &desk.reviewer, Some(&declined)).await;
    assert_eq!(
        (status, &taken["step"]),
        (200, &json!("settled")),
        "{taken}"
    );
}

#[tokio::test]
async fn possible_duplicates_are_found_on_command_and_a_reviewer_has_the_word() {
    let desk = Desk::open().await;
    let registrar = desk.world.registrar();
    let page = registrar.page(office(4), None, 100).unwrap();
    let mut people = page
        .records
        .iter()
        .filter(|record| record.kind == RecordKind::Person);
    let told = |record: &&registry::record::Record| {
        let fields = record.read().unwrap().fields;
        [Field::Father, Field::Mother]
            .iter()
            .all(|parent| fields.single(*parent).is_some())
    };
    let model = people.find(told).unwrap();
    // The same person once more, without a number.
    let mut fields = model.read().unwrap().fields;
    fields.remove(registry::fields::Slot::single(Field::Pin));
    let id = registry::RecordId::derive("test", &[b"again"]);
    let again = registry::record::Record::new(id, RecordKind::Person, fields);
    registrar.import(centre::now_s(), vec![again]).unwrap();

    let (status, pass) = desk.get("/api/v1/duplicates/pass", &desk.observer).await;
    assert_eq!((status, &pass["begun_s"]), (200, &json!(0)));
    let run = "POST /api/v1/duplicates/pass";
    assert_eq!(desk.ask(run, &desk.observer, None).await.0, 403);
    assert_eq!(desk.ask(run, &desk.all, None).await.0, 200);
    let pass = loop {
        let (_, pass) = desk.get("/api/v1/duplicates/pass", &desk.observer).await;
        if pass["running"] == false {
            break pass;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&pass["people"], &pass["thousandths"]),
        (&json!(61), &json!(1_000))
    );
    let strong = "/api/v1/duplicates?hint=strong&office=00004";
    let (status, answer) = desk.get(strong, &desk.observer).await;
    assert_eq!((status, &answer["found"]), (200, &json!(1)), "{answer}");
    let pair = &answer["pairs"][0];
    let name = |record: &registry::record::Record| {
        registry::person::Person(&record.read().unwrap().fields)
            .name()
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert!(
        !answer.to_string().contains(&name(model)),
        "a list tells nobody's data"
    );
    assert!(pair["records"].to_string().contains(&id.to_string()));
    let (_, other) = desk
        .get("/api/v1/duplicates?province=04", &desk.observer)
        .await;
    assert_eq!(other["found"], 0);
    let (status, answer) = desk.get("/api/v1/duplicates?hint=sure", &desk.all).await;
    assert_eq!((status, error_code(&answer)), (400, "query_invalid"));

    let number = pair["number"].as_u64().unwrap();
    let (_, one) = desk
        .get(&format!("/api/v1/duplicates/{number}"), &desk.observer)
        .await;
    assert_eq!(
        (&one["state"], &one["explanation"]),
        (&json!("open"), &pair["explanation"])
    );
    let why = json!({"reason": "cùng cha mẹ, cùng ngày sinh"}).to_string();
    let dismiss = format!("POST /api/v1/duplicates/{number}/dismiss");
    let open = format!("POST /api/v1/duplicates/{number}/open-case");
    for (line, token, status, code) in [
        (&dismiss, &desk.observer, 403, "role_missing"),
        (&dismiss, &desk.elsewhere, 403, "duplicate_not_yours"),
        (&open, &desk.reviewer, 200, ""),
        (&open, &desk.reviewer, 409, "duplicate_settled"),
        (&dismiss, &desk.reviewer, 409, "duplicate_settled"),
    ] {
        let (got, answer) = desk.ask(line, token, Some(&why)).await;
        assert_eq!(
            (got, error_code(&answer)),
            (status, code),
            "{line}: {answer}"
        );
    }
    let (_, one) = desk
        .get(&format!("/api/v1/duplicates/{number}"), &desk.reviewer)
        .await;
    let case = one["case"].as_u64().unwrap();
    let (status, case) = desk
        .get(&format!("/api/v1/cases/{case}"), &desk.reviewer)
        .await;
    assert_eq!(
        (status, &case["case"]["dispute"]["row"]),
        (200, &json!(34)),
        "{case}"
    );
    assert_eq!(desk.get(strong, &desk.all).await.1["found"], 0);
    let (status, answer) = desk.get("/api/v1/duplicates/99", &desk.all).await;
    assert_eq!((status, error_code(&answer)), (404, "duplicate_unknown"));
}
