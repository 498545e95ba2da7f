//! What goes on between offices and the centre: a clash and its case, a stick, operators who look
//! at the fleet, an import of a file with mistakes.

use std::fs;

use registry_tests::world::arg;
use serde_json::json;

use super::cast::{self, ADDRESS, ELEVEN, NAME, NOTE, PASSWORD, PHONES, STRANGER};
use super::clerk::move_in;
use super::scene::{COMMUNES, Scene};

/// Somebody moves into two communes whose lines are cut; a reviewer decides.
pub(crate) fn two_offices_clash_and_a_reviewer_decides(scene: &mut Scene) {
    let card = cast::card(&scene.head(COMMUNES[2], 4));
    for place in [0, 1] {
        scene.node(place, &["line", "cut"]);
        scene.filed(
            place,
            &move_in(&card, &format!("số {place}, phố {ADDRESS}")),
        );
    }
    for place in [0, 1] {
        scene.node(place, &["line", "restore"]);
        scene.world.until_equal(&scene.offices[place]);
    }
    let cases = scene.world.central.api.get("/api/v1/cases").unwrap();
    scene
        .heard
        .push(("the list of cases".to_owned(), cases.raw.clone()));
    let numbers: Vec<u64> = cases
        .body
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["number"].as_u64())
        .collect();
    assert!(!numbers.is_empty(), "a case is opened");
    for number in numbers {
        let path = format!("/api/v1/cases/{number}");
        let shown = scene.reviewer.get(&path).unwrap();
        let version = shown.body["case"]["version"].clone();
        scene.note("a case", shown);
        scene.ctl(&["case", &number.to_string(), "show"], true);
        let word =
            |outcome, version| json!({"outcome": outcome, "reason": NOTE, "version": version});
        for wrong in [
            word(json!(NAME), version.clone()),
            word(json!({"enter": {"name": NAME}}), version.clone()),
            word(
                json!({"ask_office": {"office": NAME, "question": NAME}}),
                version.clone(),
            ),
            word(json!({"keep": NAME}), version.clone()),
            word(json!({"keep": 77}), version.clone()),
            json!({"outcome": {"keep": 0}, "reason": NAME.repeat(900), "version": version}),
            json!({NAME: STRANGER}),
        ] {
            let refused = scene
                .reviewer
                .post(&format!("{path}/decide"), &wrong)
                .unwrap();
            scene.note("a decision", refused);
        }
        let said = word(json!({"keep": 0}), version);
        let decided = scene
            .reviewer
            .post(&format!("{path}/decide"), &said)
            .unwrap();
        scene.note("a decision", decided);
    }
    for place in [0, 1] {
        scene.world.until_equal(&scene.offices[place]);
        scene.node(place, &["pending"]);
        scene.node(place, &["cases"]);
        scene.get(place, "/api/v1/cases");
    }
}

/// The second office has no line: its acts go on a stick, and the answer comes back on it.
pub(crate) fn a_stick_goes_out_and_comes_back(scene: &mut Scene) {
    scene.node(1, &["line", "cut"]);
    let person = scene.record(1, 2);
    let act = json!({"act": "contact", "person": person, "phone": PHONES[1], "note": NOTE});
    scene.filed(1, &act);
    let (out, back) = (scene.path("out.bundle"), scene.path("back.bundle"));
    let damaged = scene.path("damaged.bundle");
    assert!(
        scene
            .node(1, &["bundle", "export", arg(&out)])
            .status
            .success()
    );
    fs::write(&damaged, format!("{NAME} {STRANGER}")).unwrap();
    scene.ctl(
        &[
            "bundle",
            "import",
            arg(&damaged),
            "--answer",
            arg(&scene.path("no.bundle")),
        ],
        false,
    );
    let taken = scene.ctl(
        &["bundle", "import", arg(&out), "--answer", arg(&back)],
        false,
    );
    assert!(taken.status.success(), "{taken:?}");
    scene.node(1, &["bundle", "import", arg(&damaged)]);
    assert!(
        scene
            .node(1, &["bundle", "import", arg(&back)])
            .status
            .success()
    );
    scene.node(1, &["bundle", "list"]);
    scene.node(1, &["line", "restore"]);
    scene.world.until_equal(&scene.offices[1]);
}

/// Operators look at the fleet, and ask for what is not there.
pub(crate) fn the_fleet_is_looked_at(scene: &mut Scene) {
    for arguments in [
        &["nodes"][..],
        &["lag"],
        &["cases", "--state", "all"],
        &["returned"],
        &["bundle", "list"],
        &["readings", "--office", COMMUNES[0]],
        &["quality"],
        &["statistics"],
        &["numbers"],
        &["duplicates"],
        &["units"],
    ] {
        scene.ctl(arguments, false);
    }
    let central = scene.world.central.api.clone();
    for path in [
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/api/v1/summary".to_owned(),
        "/api/v1/nodes".to_owned(),
        "/api/v1/lag".to_owned(),
        "/api/v1/returned".to_owned(),
        "/api/v1/quarantine".to_owned(),
        format!("/api/v1/offices/{}", COMMUNES[0]),
        format!("/api/v1/offices/{NAME}"),
        format!("/api/v1/people/{NAME}"),
        format!("/api/v1/people?pin={ELEVEN}"),
        format!("/api/v1/people?pin={NAME}"),
        format!("/api/v1/cases/{NAME}"),
        format!("/api/v1/cases?state={NAME}"),
        format!("/api/v1/numbers?pin={ELEVEN}"),
        format!("/api/v1/attachments/{NAME}"),
        format!("/api/v1/units/{NAME}"),
        format!("/{NAME}"),
    ] {
        let said = central.get(&path).unwrap();
        scene.heard.push((
            format!("the centre's {path}")
                .replace(NAME, "…")
                .replace(ELEVEN, "…"),
            said.raw,
        ));
    }
    let pin = scene.head(COMMUNES[0], 0).pin.digits();
    let person = scene
        .reviewer
        .get(&format!("/api/v1/people?pin={pin}"))
        .unwrap();
    assert!(
        person.body.to_string().contains(NAME),
        "the control: {person:?}"
    );
    let stranger = scene
        .reviewer
        .get(&format!("/api/v1/people?pin={STRANGER}"))
        .unwrap();
    scene.note("a person", stranger);
    for (path, body) in [
        ("/api/v1/operators", json!({"name": NAME, "roles": [NAME]})),
        (
            "/api/v1/numbers/change",
            json!({"pin": STRANGER, "reason": NAME, "paper": NAME}),
        ),
        (
            "/api/v1/nationality/change",
            json!({"of": STRANGER, "ground": NAME, "now": [NAME], "paper": NAME, "date": NAME}),
        ),
        (
            "/api/v1/applications/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f/answer",
            json!({"step": "refuse", "words": NAME, "place": NAME}),
        ),
        (
            "/api/v1/units",
            json!({"decree": format!("{NAME},{STRANGER}\n")}),
        ),
        (
            "/api/v1/offices/00004/officers",
            json!({"name": NAME, "roles": [NAME], "id": NAME}),
        ),
    ] {
        let refused = central.post(path, &body).unwrap();
        assert!(refused.status >= 400, "{path}: {refused:?}");
        scene.note(path, refused);
        let broken = central
            .post_text(path, &format!("{{\"{NAME}\": {STRANGER}, "))
            .unwrap();
        scene.note(path, broken);
    }
    let nobody = central.with_token(PASSWORD).get("/api/v1/nodes").unwrap();
    scene.note("a token that is none", nobody);
}

/// The centre loses its power; before it is started again a file with mistakes is imported.
pub(crate) fn the_centre_is_killed_and_a_bad_file_imported(scene: &mut Scene) {
    scene.world.central.kill();
    let (file, rejects) = (scene.path("bad.csv"), scene.path("rejects.csv"));
    let taken = scene.head(COMMUNES[0], 0);
    let rows = [
        "pin,name,birth_date,sex,residence_unit,residence_address,residence_from,household_file,relation".to_owned(),
        format!("{ELEVEN},{NAME},1990-01-01,1,00004,{ADDRESS},2001-01-01,H1,head"),
        format!("{STRANGER},{NAME} 9,1990-01-01,1,00004,{ADDRESS},2001-01-01,H1,head"),
        format!("{STRANGER},{NAME},{NAME},1,00004,{ADDRESS},2001-01-01,H1,head"),
        format!("{STRANGER},{NAME},1990-01-01,{NAME},00004,{ADDRESS},2001-01-01,H1,head"),
        format!("{STRANGER},{NAME},1990-01-01,1,{NAME},{ADDRESS},2001-01-01,H1,head"),
        format!(
            "{},{NAME} khac,1990-01-01,1,00004,{ADDRESS},2001-01-01,H1,head",
            taken.pin.digits()
        ),
        format!("{STRANGER},{NAME},1990-01-01,1,00004,{ADDRESS},2001-01-01,H1,head"),
        format!("\"{NAME}"),
    ];
    fs::write(&file, rows.join("\n")).unwrap();
    let data = scene.world.central.data().to_path_buf();
    let import = [
        "import",
        arg(&file),
        "--data",
        arg(&data),
        "--rejects",
        arg(&rejects),
    ];
    let output = scene.run("central-registry", &import);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    scene.heard.push(("what the import said".to_owned(), said));
    let listed = fs::read_to_string(&rejects).expect("the list of rejects");
    assert!(listed.lines().count() > 4, "{listed}");
    scene.heard.push(("the list of rejects".to_owned(), listed));
    scene.world.central.spawn();
    scene.world.central.ready();
    let api = scene.world.central.api.clone();
    scene.reviewer = api.with_token(scene.reviewer.token());
    for place in [0, 1] {
        // It would notice by itself, once the line has been silent for long enough.
        scene.node(place, &["line", "cut"]);
        scene.node(place, &["line", "restore"]);
    }
}
