//! Scanned papers with real processes: attached at an office without a line, sent after their act,
//! looked at from the centre and from the office to which the person moves, lost and fetched back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs;

use registry_tests::programs::{output, run};
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::{Value, json};

const PEOPLE: u32 = 60;

/// What a scanner makes.
fn scan(bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7 ".to_vec();
    let noise = (0u32..).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8);
    content.extend(noise.take(bytes));
    content
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_scan_follows_its_act_to_the_centre_and_comes_back_when_it_is_lost() {
    let world = World::start(41, &["00004", "00008"], PEOPLE);
    let mut office = world.join("00004", ROLES);
    office.spawn();
    office.ready();
    let mut other = world.join("00008", ROLES);
    other.spawn();
    other.ready();
    world.until_equal(&office);

    let folder = world.folder();
    let (paper, act) = (folder.join("scan.pdf"), folder.join("act.json"));
    let content = scan(300_000);
    fs::write(&paper, &content).unwrap();
    let person = office.person(&world.numbers("00004")[0]);
    let filing = json!({"act": "registry_correction", "person": person,
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm"}]});
    fs::write(&act, filing.to_string()).unwrap();

    // Without a line the act is filed with its scan, and says that it is on its way.
    let data = arg(&office.data).to_owned();
    run("commune-node", &["line", "cut", "--data", &data]);
    let file = [
        "act",
        "--data",
        &data,
        "--format",
        "json",
        "--file",
        arg(&act),
    ];
    let attach = ["--attach", arg(&paper)];
    let filed = json_of(&run("commune-node", &[&file[..], &attach[..]].concat()));
    let id = filed["act"].as_str().unwrap().to_owned();
    let view = |office: &registry_tests::daemons::Office| {
        let view = office.api.get(&format!("/api/v1/acts/{id}"))?;
        Some(view.body)
    };
    let sent = view(&office).unwrap()["papers_sent"].clone();
    assert_eq!(sent["words"], "papers on their way: 0 of 19 pieces");
    assert_eq!(sent["complete"], false);
    let listed = run("commune-node", &["attachments", "--data", &data]);
    assert!(
        listed.contains("on its way") && listed.contains("0 of 19"),
        "{listed}"
    );
    let attested = output("commune-node", &["attest", "--data", &data]);
    assert_eq!(attested.status.code(), Some(3));

    // With a line it arrives, and both sides say so.
    run("commune-node", &["line", "restore", "--data", &data]);
    until("the scan is at the centre", || {
        let complete = view(&office)?["papers_sent"]["complete"] == json!(true);
        complete.then_some(())
    });
    let hash = view(&office).unwrap()["papers"][0]["attached"][0]["hash"].clone();
    let hash = hash.as_str().unwrap().to_owned();
    let central = ["--central", arg(world.central.data())];
    let told = run("registryctl", &[&central[..], &["act", &id]].concat());
    assert!(told.contains("arrived") && told.contains(&hash), "{told}");
    let out = folder.join("at-the-centre.pdf");
    let save = ["attachment", &hash, "--out", arg(&out)];
    run("registryctl", &[&central[..], &save[..]].concat());
    assert_eq!(fs::read(&out).unwrap(), content);
    let again = output("registryctl", &[&central[..], &save[..]].concat());
    assert!(!again.status.success(), "a file was overwritten");

    // An office that has nothing to do with it sees nothing.
    let foreign = other
        .api
        .get(&format!("/api/v1/attachments/{hash}"))
        .unwrap();
    assert_eq!(foreign.status, 404, "{foreign:?}");

    // The person moves: the other office hears of the scan when it asks, and may look at it.
    let numbers = world.numbers("00004");
    let everybody = world.people.iter().flat_map(|household| &household.members);
    let mover = everybody
        .into_iter()
        .find(|one| one.pin.digits() == numbers[0])
        .unwrap();
    let (name, born) = (mover.name.as_str(), mover.birth.clone());
    let moves = json!({"act": "permanent_registration", "address": "số 9 ngõ Hàng Hành",
        "ground": "thuê nhà", "evidence": [{"kind": "CT01"}],
        "people": [{"person": {"pin": numbers[0], "name": name, "birth_date": born}}]});
    let filed = other.file(&moves);
    assert_eq!(filed.status, 201, "{:?}", filed.body);
    let papers = format!("/api/v1/people/{person}/papers");
    let list = until("the papers of before are told", || {
        let list = other.api.get(&papers)?;
        (list.status == 200).then_some(list.body)
    });
    assert_eq!(list["papers"][0]["act"], json!(id), "{list}");
    let attached = &list["papers"][0]["papers"][0]["attached"][0];
    assert_eq!(
        (&attached["hash"], &list["more"]),
        (&json!(hash), &json!(false))
    );
    let look = format!("/api/v1/attachments/{hash}");
    let looked = until("the scan is fetched at the other office", || {
        let (status, bytes) = other.api.get_bytes(&look)?;
        (status == 200).then_some(bytes)
    });
    assert_eq!(looked, content);

    // What the office's disk has lost it fetches.
    office.kill();
    fs::remove_dir_all(office.data.join("attachments")).unwrap();
    office.spawn();
    office.ready();
    until("the line is up", || {
        (office.status()["linked"] == json!(true)).then_some(())
    });
    let back = folder.join("back.pdf");
    let save = [
        "attachments",
        "--data",
        &data,
        "--save",
        &hash,
        "--out",
        arg(&back),
    ];
    until("the scan is fetched", || {
        output("commune-node", &save).status.success().then_some(())
    });
    assert_eq!(fs::read(&back).unwrap(), content);
    assert_eq!(view(&office).unwrap()["papers_sent"]["complete"], true);
    world.assert_no_panic();
}

#[test]
fn what_is_no_paper_is_refused_and_an_act_names_only_what_is_there() {
    let world = World::start(42, &["00004"], PEOPLE);
    let mut office = world.join("00004", ROLES);
    office.spawn();
    office.ready();
    world.until_equal(&office);
    let data = arg(&office.data).to_owned();
    let person = office.person(&world.numbers("00004")[0]);
    let act = |attachments: Value| {
        json!({"act": "registry_correction", "person": person,
            "fields": [{"field": "blood", "value": {"blood": "a"}}],
            "evidence": [{"kind": "phiếu xét nghiệm", "attachments": attachments}]})
    };
    let folder = world.folder();
    let file = folder.join("act.json");
    fs::write(&file, act(json!([])).to_string()).unwrap();
    for (name, content, code) in [
        ("program.pdf", b"MZ and so on".to_vec(), "attachment_kind"),
        ("empty.jpg", Vec::new(), "attachment_empty"),
        ("large.pdf", scan(5 << 20), "attachment_too_large"),
    ] {
        let paper = folder.join(name);
        fs::write(&paper, content).unwrap();
        let arguments = [
            "act",
            "--data",
            &data,
            "--file",
            arg(&file),
            "--attach",
            arg(&paper),
        ];
        let refused = output("commune-node", &arguments);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains(code), "{words}");
    }
    assert_eq!(office.status()["unsent"], json!(0));
    let unknown = json!([{"hash": "00".repeat(32), "bytes": 1000, "kind": "pdf"}]);
    let refused = office.file(&act(unknown));
    assert_eq!(
        (refused.status, refused.code()),
        (409, "attachment_unknown")
    );
    let wrong = json!([{"hash": "00".repeat(32), "bytes": 0, "kind": "pdf"}]);
    assert_eq!(office.file(&act(wrong)).status, 400);
    assert_eq!(office.file(&act(json!([]))).status, 201);
    world.assert_no_panic();
}
