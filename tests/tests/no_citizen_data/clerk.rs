//! What clerks do: file, are refused, search, open, work at the screens, type commands.

use std::fs;

use registry_tests::browser::Browser;
use registry_tests::programs::command;
use registry_tests::wait::until;
use registry_tests::world::{OFFICER, arg};
use serde_json::{Value, json};

use super::cast::{self, ADDRESS, ELEVEN, EMAIL, NAME, NOTE, PAPER, PASSWORD, PHONES, STRANGER};
use super::scene::{ALL, COMMUNES, Scene};

/// A paper with a marked number.
pub(crate) fn paper(kind: &str) -> Value {
    json!([{"kind": kind, "number": PAPER, "date": "2026-05-11"}])
}

/// A child of two people who are named by their numbers.
pub(crate) fn birth(father: &str, mother: &str, name: &str) -> Value {
    json!({"act": "birth",
        "child": {"name": name, "birth_date": "2026-10-30", "sex": "female",
            "birth_place": {"unit": "00004", "text": format!("nhà hộ sinh {ADDRESS}")}},
        "certificate": PAPER, "father": {"pin": father}, "mother": {"pin": mother},
        "evidence": paper("giấy chứng sinh"), "note": NOTE})
}

/// Somebody of another commune comes to live here.
pub(crate) fn move_in(card: &Value, address: &str) -> Value {
    json!({"act": "permanent_registration", "people": [{"person": card, "relation": "head"}],
        "address": address, "from": "2026-06-01", "ground": NOTE, "evidence": paper("CT01")})
}

fn contact(person: &str, phone: &str) -> Value {
    json!({"act": "contact", "person": person, "phone": phone,
        "email": format!("{EMAIL}@example.vn"), "note": NOTE})
}

/// Acts of many kinds that are taken, and many that are not.
pub(crate) fn files_and_is_refused(scene: &mut Scene) {
    let records: Vec<String> = (0..4).map(|head| scene.record(0, head)).collect();
    let heads: Vec<_> = (0..4).map(|head| scene.head(COMMUNES[0], head)).collect();
    let elsewhere: Vec<_> = (0..3).map(|head| scene.head(COMMUNES[2], head)).collect();
    scene.filed(0, &contact(&records[0], PHONES[0]));
    let pins: Vec<String> = heads.iter().map(|head| head.pin.digits()).collect();
    scene.file(0, &birth(&pins[0], &pins[1], &cast::name("Lò")));
    let death = json!({"act": "death", "person": {"id": records[1]}, "date": "2026-10-02",
        "place": {"unit": "00004", "text": format!("tại nhà, {ADDRESS}")}, "ground": NOTE,
        "certificate": "31/2026", "evidence": paper("giấy báo tử")});
    scene.filed(0, &death);
    scene.file(0, &death);
    let name = json!({"act": "correction", "person": records[2], "note": NOTE,
        "fields": [{"field": "name", "value": {"name": cast::name("Nông")}}],
        "evidence": paper("trích lục khai sinh")});
    scene.filed(0, &name);
    scene.filed(
        0,
        &move_in(&cast::card(&elsewhere[0]), &format!("ngõ 5, {ADDRESS}")),
    );
    let lodger = json!({"act": "temporary_registration", "person": cast::card(&elsewhere[1]),
        "address": format!("gác hai, {ADDRESS}"), "from": "2026-06-01", "to": "2027-05-01",
        "ground": NOTE, "evidence": paper("CT01")});
    scene.filed(0, &lodger);
    scene.file(
        0,
        &json!({"act": "stay_notification", "person": cast::card(&elsewhere[2]),
        "place": format!("nhà nghỉ {ADDRESS}"), "from": "2026-11-01", "to": "2026-11-02"}),
    );
    scene.file(
        0,
        &json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": cast::name("Sùng"), "sex": "male",
        "birth_date": {"date": "1988"}, "birth_place": {"unit": "00004"},
        "claimed_pin": STRANGER, "address": format!("bản {ADDRESS}")}),
    );
    // Nobody has this card: the centre has to say so.
    let nobody = json!({"pin": STRANGER, "name": cast::name("Vàng"), "birth_date": "1990-03-01"});
    scene.file(0, &move_in(&nobody, &format!("số 3, {ADDRESS}")));
    // A number of somebody under the name of somebody else.
    let mut wrong = cast::card(&elsewhere[2]);
    wrong["name"] = json!(cast::name("Thào"));
    scene.file(0, &move_in(&wrong, &format!("số 4, {ADDRESS}")));
    for act in refused(&records[3]) {
        let answer = scene.file(0, &act);
        assert!(answer.status >= 400, "{act}: {answer:?}");
        let checked = scene.offices[0]
            .api
            .post("/api/v1/acts/check", &act)
            .unwrap();
        scene.note("a check", checked);
    }
    for text in broken() {
        let answer = scene.offices[0]
            .api
            .post_text("/api/v1/acts", &text)
            .unwrap();
        assert!(answer.status >= 400, "{text}: {answer:?}");
        scene.note("an act that is none", answer);
    }
    let bulk = json!({"from": ADDRESS, "to": format!("đường {NAME}"), "ground": NOTE});
    let renamed = scene.offices[0]
        .api
        .post("/api/v1/acts/bulk", &bulk)
        .unwrap();
    scene.note("a renaming", renamed);
}

/// Acts that are read and refused.
fn refused(person: &str) -> Vec<Value> {
    let long = format!("{NAME} ").repeat(60);
    let mut acts = vec![
        contact(person, ELEVEN),
        contact(person, NAME),
        contact(NAME, PHONES[1]),
        json!({"act": "contact", "person": person, "phone": {NAME: PHONES[1]}}),
        json!({"act": "contact", "person": person, "phone": PHONES[1], NAME: NOTE}),
        json!({"act": "contact", "person": person, "email": format!("{EMAIL} at home")}),
        json!({"act": NAME, "person": person}),
        json!({"act": ["contact", NAME]}),
        json!({"act": "death", "person": {"id": person}, "date": format!("ngày {NAME}")}),
        json!({"act": "death", "person": {"pin": ELEVEN, "name": NAME, "birth_date": "1990"},
            "date": "2026-10-02"}),
        json!({"act": "death", "person": {"id": person, "pin": STRANGER, NAME: 1},
            "date": "2026-10-02"}),
        json!({"act": "marriage", "first": {"id": person}, "second": {"pin": STRANGER},
            "certificate": PAPER}),
        json!({"act": "correction", "person": person, "evidence": paper(NAME),
            "fields": [{"field": NAME, "value": {"name": NAME}}]}),
        json!({"act": "correction", "person": person, "evidence": paper("giấy"),
            "fields": [{"field": "name", "value": {NAME: NAME}}]}),
        json!({"act": "correction", "person": person, "evidence": paper("giấy"),
            "fields": [{"field": "sex", "value": {"sex": NAME}}]}),
        json!({"act": "withdraw", "of": NAME, "reason": NOTE}),
        json!({"act": "answer_case", "case": NAME, "answer": NOTE}),
    ];
    for (key, value) in [
        ("name", json!(format!("{NAME} 007"))),
        ("name", json!(long)),
        ("name", json!({"first": NAME})),
        ("sex", json!(NAME)),
        ("birth_date", json!({"date": format!("{NAME}-02-31")})),
        (
            "birth_date",
            json!({"date": "1990-02-31", "original": NAME}),
        ),
        ("birth_place", json!({"unit": NAME})),
        ("ethnic", json!(NAME)),
        ("religion", json!(NAME)),
        ("claimed_pin", json!(ELEVEN)),
        ("claimed_pin", json!(format!("{STRANGER}{NAME}"))),
        ("address", json!(long.repeat(9))),
        ("note", json!(format!("{NOTE}\u{202e}{NAME}").repeat(400))),
        ("evidence", json!([{"kind": NAME, "date": NAME}])),
        ("effective", json!(NAME)),
    ] {
        let mut act = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": cast::name("Lò"), "sex": "male",
            "birth_date": {"date": "1988"}, "birth_place": {"unit": "00004"}, "address": ADDRESS});
        act[key] = value;
        acts.push(act);
    }
    acts
}

/// Bodies that are no acts.
fn broken() -> Vec<String> {
    vec![
        format!(
            "{{\"act\": \"contact\", \"phone\": \"{}\", {NAME}",
            PHONES[2]
        ),
        format!("{{\"act\": \"contact\", \"person\": {STRANGER}, \"phone\": \"{NAME}\\x\"}}"),
        format!("[\"{NAME}\", {STRANGER}]"),
        format!("{NAME} {STRANGER}"),
        format!("\"{}\"", NAME.repeat(40_000)),
        format!("{}{NAME}{}", "[".repeat(300), "]".repeat(300)),
    ]
}

/// Searches with all that a clerk may type, and records that are opened.
pub(crate) fn searches_and_opens(scene: &mut Scene) {
    let head = scene.head(COMMUNES[0], 0);
    let pin = head.pin.digits();
    let mut found = 0;
    for query in [
        NAME,
        "kzwarfuj%20wojxaf",
        "woosjxawxf",
        "W%E1%BB%91jx%E1%BA%B5f",
        &pin,
        PHONES[0],
        ADDRESS,
        STRANGER,
        ELEVEN,
        "Kzwarfuj&limit=Kzwarfuj",
        "Kzwarfuj&Kzwarfuj=1",
        &NAME.repeat(400),
        "%FF%FEKzwarfuj",
    ] {
        let answer = scene.get(0, &format!("/api/v1/people?q={query}"));
        found += answer.body.as_array().map_or(0, Vec::len);
    }
    assert!(found > 20, "{found} people were found");
    assert!(scene.told.contains(NAME), "the control");
    let record = scene.record(0, 0);
    for path in [
        format!("/api/v1/people/{record}?reason=counter"),
        format!("/api/v1/people/{record}?reason={NAME}"),
        format!("/api/v1/people/{NAME}"),
        format!("/api/v1/people/{STRANGER}"),
        format!("/api/v1/households/{NAME}"),
        format!("/api/v1/acts/{NAME}"),
        format!("/api/v1/acts?state={NAME}"),
        format!("/api/v1/attachments/{NAME}"),
        format!("/api/v1/readings?day={NAME}&officer={NAME}"),
        format!("/api/v1/quality/records?problem={NAME}"),
        format!("/{NAME}/{STRANGER}"),
        "/api/v1/acts".to_owned(),
        "/api/v1/readings".to_owned(),
        "/api/v1/quality".to_owned(),
        "/api/v1/statistics".to_owned(),
        "/api/v1/attest".to_owned(),
    ] {
        scene.get(0, &path);
    }
    let stranger = scene.offices[0]
        .api
        .with_token(&format!("{NAME}{PASSWORD}"));
    let refused = stranger.get("/api/v1/people?q=x").unwrap();
    assert_eq!(refused.status, 401);
    scene.note("a token that is none", refused);
    let code = format!(
        "{pin}|{ELEVEN}|{}|01011990|Nam|{ADDRESS}|01012022",
        head.name.as_str()
    );
    for scanned in [code, format!("{STRANGER}|{NAME}"), NAME.to_owned()] {
        let card = scene.offices[0]
            .api
            .post_text("/api/v1/card", &scanned)
            .unwrap();
        scene.note("a card", card);
    }
}

/// A day at the screens: signing in, a form with mistakes, a receipt, the lock.
pub(crate) fn works_at_the_screens(scene: &mut Scene) {
    let base = scene.offices[0].api.base().to_owned();
    let mut browser = Browser::new(&base);
    let (own, once) = (format!("{PASSWORD} Trau Xanh Nui"), scene.once[0].clone());
    for (name, password) in [(OFFICER, PASSWORD), (NAME, PASSWORD), (PASSWORD, NAME)] {
        let refused = browser.post("/sign-in", &[("name", name), ("password", password)]);
        assert_eq!(refused.status, 422);
    }
    let entered = browser.post("/sign-in", &[("name", OFFICER), ("password", &once)]);
    let first = if entered.to.is_empty() {
        "/".to_owned()
    } else {
        entered.to
    };
    let page = browser.get(&first);
    let page = if page.to.is_empty() {
        page
    } else {
        browser.get(&page.to)
    };
    let csrf = page.value("csrf");
    assert!(!csrf.is_empty(), "{first}: {page:?}");
    let change = |browser: &mut Browser, new: &str, again: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("old", &once),
            ("new", new),
            ("again", again),
        ];
        browser.post("/password", &fields)
    };
    assert_eq!(change(&mut browser, &own, PASSWORD).status, 422);
    assert_eq!(change(&mut browser, "Qwhuzzax", "Qwhuzzax").status, 422);
    assert_eq!(change(&mut browser, &own, &own).status, 303);
    scene
        .secrets
        .push(browser.cookie().split('=').nth(1).unwrap().to_owned());

    let record = scene.record(0, 0);
    let found = browser.get(&format!("/find?q={NAME}&reason=counter"));
    assert!(found.text.contains(NAME), "the control");
    for path in [
        format!("/find/results?q={NAME}%20{STRANGER}"),
        format!("/people/{record}?reason=counter"),
        format!("/people/{NAME}"),
        format!("/acts/pick?q={NAME}"),
        format!("/cases/{NAME}"),
        format!("/drafts/{NAME}"),
        format!("/quality/{NAME}?hamlet={ADDRESS}"),
        format!("/readings?officer={NAME}"),
        format!("/sign-in?next=/find%3Fq%3D{NAME}"),
        format!("/audit?before={NAME}"),
        format!("/people/{record}?reason={NAME}&reason={NAME}"),
        format!("/acts/new/{NAME}"),
        format!("/acts/{NAME}"),
        format!("/attachments/{NAME}"),
        format!("/assets/{NAME}"),
    ] {
        browser.get(&path);
    }
    for path in [
        "/",
        "/acts",
        "/cases",
        "/quality",
        "/statistics",
        "/audit?verify=yes",
        "/officers",
        "/link",
        "/account",
        "/households/0",
        "/verify",
    ] {
        browser.get(path);
    }
    form(scene, &mut browser);
    lock(&mut browser, &own);
    for fault in browser.faults {
        let what = "a refusal of the screens that is no page";
        scene.heard.push((what.to_owned(), fault));
    }
}

/// A birth: with mistakes, with hints, looked over, filed, with its receipt.
fn form(scene: &mut Scene, browser: &mut Browser) {
    let page = browser.get("/acts/new/birth");
    let page = if page.to.is_empty() {
        page
    } else {
        browser.get(&page.to)
    };
    let draft = format!("/drafts/{}", page.between("action=\"/drafts/", "\""));
    let csrf = page.value("csrf");
    let (child, mother) = (cast::name("Trần"), cast::name("Mùa"));
    let second = format!("{PAPER}/2");
    let filled = |born: &'static str, what: &'static str| {
        vec![
            ("act", "birth"),
            ("child.name", child.as_str()),
            ("child.birth_date", born),
            ("child.sex", "female"),
            ("mother.name", mother.as_str()),
            ("note", NOTE),
            ("certificate", second.as_str()),
            ("csrf", csrf.as_str()),
            ("do", what),
        ]
    };
    assert_eq!(
        browser
            .post(&draft, &filled("31/31/2026 Kzwarfuj", "look"))
            .status,
        422
    );
    let mut wrong = filled("30/10/2026", "look");
    wrong.extend([("father.pin", ELEVEN), ("child.sex", NAME), (NAME, NAME)]);
    browser.post(&draft, &wrong);
    browser.post(&format!("{draft}/hints"), &filled("30/10/2026", ""));
    browser.post(&format!("{draft}/keep"), &filled("30/10/2026", ""));
    let looked = browser.post(&draft, &filled("30/10/2026", "look"));
    assert_eq!(looked.status, 200, "{}", looked.text);
    let filed = browser.post(&draft, &filled("30/10/2026", "file"));
    assert_eq!(filed.status, 303, "{}", filed.text);
    assert!(browser.get(&filed.to).text.contains(NAME), "the control");
    scene.world.until_equal(&scene.offices[0]);
    let receipt = browser.get(&format!("{}/receipt", filed.to));
    assert_eq!(receipt.status, 200);
    for text in [NAME, &format!("VNR1:{NAME}")] {
        browser.post(
            "/verify",
            &[("csrf", &csrf), ("text", text), ("receipt", text)],
        );
    }
    let code = format!("{STRANGER}|{ELEVEN}|{child}|01011990|Nam|{ADDRESS}|01012022");
    browser.post("/find/card", &[("csrf", &csrf), ("card", &code)]);
    // A draft that stays, and one that a session of before sends.
    let page = browser.get("/acts/new/contact");
    let draft = format!("/drafts/{}", page.between("action=\"/drafts/", "\""));
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "contact"),
        ("phone", PHONES[2]),
        ("note", NOTE),
    ];
    browser.post(&format!("{draft}/keep"), &fields);
    let mut nobody = Browser::new(scene.offices[0].api.base());
    nobody.post(&draft, &fields);
}

/// A quick PIN, the lock, wrong and right.
fn lock(browser: &mut Browser, own: &str) {
    let account = browser.get("/account");
    let csrf = account.value("csrf");
    for (password, pin) in [(PASSWORD, cast::QUICK), (own, NAME), (own, cast::QUICK)] {
        browser.post(
            "/account/pin",
            &[("csrf", &csrf), ("password", password), ("pin", pin)],
        );
    }
    browser.post("/lock", &[("csrf", &csrf)]);
    browser.post("/unlock", &[("csrf", &csrf), ("pin", "160284")]);
    browser.post("/unlock", &[("csrf", &csrf), ("password", PASSWORD)]);
    let opened = browser.post("/unlock", &[("csrf", &csrf), ("pin", cast::QUICK)]);
    assert_eq!(opened.status, 303, "{}", opened.text);
    browser.post("/sign-out", &[("csrf", &csrf)]);
}

/// The same by commands, with a scanned paper.
pub(crate) fn types_commands(scene: &mut Scene) {
    let (act, bad, scan, no_scan) = (
        scene.path("act.json"),
        scene.path("bad.json"),
        scene.path("scan.pdf"),
        scene.path("scan.exe"),
    );
    let content = format!("%PDF-1.7 {NAME} {STRANGER} {}", cast::SCAN.repeat(4_000));
    fs::write(&scan, content).unwrap();
    fs::write(&no_scan, format!("MZ {NAME}")).unwrap();
    let person = scene.record(0, 4);
    let blood = json!({"act": "registry_correction", "person": person, "note": NOTE,
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm", "number": PAPER}]});
    fs::write(&act, blood.to_string()).unwrap();
    let with_scan = format!("phiếu xét nghiệm={}", arg(&scan));
    let without = format!("phiếu xét nghiệm={}", arg(&no_scan));
    let filed = scene.node(0, &["act", "--file", arg(&act), "--attach", &with_scan]);
    assert!(filed.status.success(), "{filed:?}");
    scene.node(0, &["act", "--file", arg(&act), "--attach", &without]);
    for (place, wrong) in refused(&person)
        .iter()
        .enumerate()
        .filter(|(place, _)| place % 4 == 0)
    {
        fs::write(&bad, wrong.to_string()).unwrap();
        let output = scene.node(0, &["act", "--file", arg(&bad)]);
        assert!(!output.status.success(), "{place}");
    }
    for text in broken().iter().take(4) {
        fs::write(&bad, text).unwrap();
        assert!(
            !scene
                .node(0, &["act", "--file", arg(&bad)])
                .status
                .success()
        );
    }
    let found = scene.node(0, &["find", NAME]);
    assert!(
        String::from_utf8_lossy(&found.stdout).contains(NAME),
        "the control"
    );
    for arguments in [
        &["find", STRANGER][..],
        &["find", NAME, "--format", "json"],
        &["pending"],
        &["status"],
        &["cases"],
        &["quality"],
        &["statistics"],
        &["readings"],
        &["attachments"],
        &["attest"],
        &["sync-now"],
        &["officer", "list"],
    ] {
        scene.node(0, arguments);
    }
    let data = scene.offices[0].data.clone();
    let file = scene.path("card.txt");
    fs::write(
        &file,
        format!("{STRANGER}|{ELEVEN}|{NAME}|31311990|Nam|{ADDRESS}|x\n{NAME}\n"),
    )
    .unwrap();
    let output = command("commune-node")
        .env("RUST_LOG", ALL)
        .args(["card", "--data", arg(&data)])
        .stdin(fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    scene.keep("commune-node card", &output);
    let pages = ["/api/v1/status", "/healthz", "/readyz", "/api/v1/officers"];
    for path in pages {
        let said = scene.offices[0].api.get(path).unwrap().raw;
        scene.heard.push((path.to_owned(), said));
    }
    until("the scan is at the centre", || {
        let listed = scene.offices[0]
            .api
            .get("/api/v1/attachments?state=at_centre")?;
        (listed.body.as_array()?.len() == 1).then_some(())
    });
}
