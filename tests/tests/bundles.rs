//! The line on a stick with real processes: what an office without a line has filed goes to the
//! centre as a file, and its receipts come back as another. In any order, twice, late and beside a
//! line, everything ends equal; what is wrong with a stick is said by its code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Instant;

use registry_tests::daemons::Office;
use registry_tests::programs::{output, run};
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::{Value, json};

const PEOPLE: u32 = 60;

struct Scene {
    world: World,
    office: Office,
}

impl Scene {
    /// An office that holds its slice, and whose line is cut then.
    fn cut(seed: u64, others: &[&str]) -> Scene {
        let offices = [&["00004"], others].concat();
        let world = World::start(seed, &offices, PEOPLE);
        let office = joined(&world, "00004");
        let scene = Scene { world, office };
        scene.node(&["line", "cut"]);
        scene
    }

    fn file_acts(&self, from: usize, count: usize) {
        let numbers = self.world.numbers("00004");
        for place in from..from + count {
            let person = self.office.person(&numbers[place % numbers.len()]);
            let phone = format!("09{place:08}");
            let act = json!({"act": "contact", "person": person, "phone": phone});
            let filed = self.office.file(&act);
            assert_eq!(filed.status, 201, "{filed:?}");
        }
    }

    fn stick(&self, name: &str) -> PathBuf {
        self.world.folder().join(name)
    }

    fn node(&self, arguments: &[&str]) -> Value {
        of_node(&self.office, arguments)
    }

    fn node_refuses(&self, arguments: &[&str]) -> String {
        said(&try_node(&self.office, arguments), 3)
    }

    fn export(&self, name: &str) -> (PathBuf, Value) {
        let file = self.stick(name);
        let made = self.node(&["bundle", "export", arg(&file)]);
        (file, made)
    }

    fn import(&self, answer: &Path) -> Value {
        self.node(&["bundle", "import", arg(answer)])
    }

    /// Takes a bundle to the centre; what it said, and the answer.
    fn centre(&self, bundle: &Path, answer: &str) -> (Value, PathBuf) {
        let answer = self.stick(answer);
        let arguments = ["bundle", "import", arg(bundle), "--answer", arg(&answer)];
        (ctl(&self.world, &arguments), answer)
    }

    fn centre_refuses(&self, bundle: &Path) -> String {
        let answer = self.stick("never.answer");
        let arguments = ["bundle", "import", arg(bundle), "--answer", arg(&answer)];
        let output = try_ctl(&self.world, &arguments);
        assert!(
            !answer.exists(),
            "nothing is left of an answer that never came"
        );
        said(&output, 3)
    }

    fn restore_and_compare(&self) {
        self.node(&["line", "restore"]);
        self.world.until_equal(&self.office);
        self.world.assert_no_panic();
    }
}

fn joined(world: &World, code: &str) -> Office {
    let mut office = world.join(code, ROLES);
    office.start();
    world.until_equal(&office);
    office
}

fn try_node(office: &Office, arguments: &[&str]) -> Output {
    let common = ["--data", arg(&office.data), "--format", "json"];
    output("commune-node", &[arguments, &common[..]].concat())
}

fn of_node(office: &Office, arguments: &[&str]) -> Value {
    let common = ["--data", arg(&office.data), "--format", "json"];
    json_of(&run("commune-node", &[arguments, &common[..]].concat()))
}

fn try_ctl(world: &World, arguments: &[&str]) -> Output {
    let common = ["--central", arg(world.central.data()), "--format", "json"];
    output("registryctl", &[&common[..], arguments].concat())
}

fn ctl(world: &World, arguments: &[&str]) -> Value {
    let common = ["--central", arg(world.central.data()), "--format", "json"];
    json_of(&run("registryctl", &[&common[..], arguments].concat()))
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn said(output: &Output, code: i32) -> String {
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[test]
fn acts_go_to_the_centre_on_a_stick_and_their_receipts_come_back_on_it() {
    let scene = Scene::cut(51, &["00008"]);
    scene.file_acts(0, 3);
    let (bundle, made) = scene.export("a.bundle");
    assert_eq!(
        (&made["acts"], &made["first"], &made["last"], &made["left"]),
        (&json!(3), &json!(1), &json!(3), &json!(0))
    );
    // What is on a stick is unsent, and the office says both.
    let status = scene.office.status();
    assert_eq!(
        (&status["unsent"], &status["on_stick"]["acts"]),
        (&json!(3), &json!(3))
    );
    let again = said(
        &try_node(&scene.office, &["bundle", "export", arg(&bundle)]),
        2,
    );
    assert!(again.contains("file_exists"), "{again}");

    // A look changes nothing, however often.
    for _ in 0..2 {
        let looked = ctl(
            &scene.world,
            &["bundle", "import", arg(&bundle), "--dry-run"],
        );
        assert_eq!(
            (&looked["acts_new"], &looked["answer"]),
            (&json!(3), &Value::Null)
        );
    }
    assert_eq!(
        scene.world.central.node("00004").unwrap()["acts_taken"],
        json!(0)
    );
    let (taken, answer) = scene.centre(&bundle, "a.answer");
    assert_eq!((&taken["acts"], &taken["acts_new"]), (&json!(3), &json!(3)));
    let (twice, second) = scene.centre(&bundle, "a2.answer");
    assert_eq!((&twice["acts"], &twice["acts_new"]), (&json!(3), &json!(0)));
    let over = ["bundle", "import", arg(&bundle), "--answer", arg(&answer)];
    said(&try_ctl(&scene.world, &over), 2);

    // Each goes its own way, and to its own office.
    assert!(
        scene
            .node_refuses(&["bundle", "import", arg(&bundle)])
            .contains("bundle_wrong_way")
    );
    assert!(scene.centre_refuses(&answer).contains("bundle_wrong_way"));
    let other = joined(&scene.world, "00008");
    let refused = said(&try_node(&other, &["bundle", "import", arg(&answer)]), 3);
    assert!(refused.contains("bundle_other_office"), "{refused}");
    assert_eq!(scene.office.status()["unsent"], json!(3));

    let came = scene.import(&answer);
    assert_eq!((&came["answered"], &came["unsent"]), (&json!(3), &json!(0)));
    assert_eq!(scene.office.status()["on_stick"], Value::Null);
    for answer in [&answer, &second] {
        let late = scene.import(answer);
        assert_eq!(
            (&late["answered"], &late["entries_new"]),
            (&json!(0), &json!(0))
        );
    }
    let listed = scene.node(&["bundle", "list"]);
    assert!(listed[0]["answered_s"].is_i64(), "{listed}");
    scene.restore_and_compare();
}

#[test]
fn a_stick_that_is_late_or_out_of_order_or_beside_a_line_does_no_harm() {
    let scene = Scene::cut(52, &[]);
    scene.file_acts(0, 2);
    let (late, _) = scene.export("late.bundle");
    // The line brings the same acts first.
    scene.node(&["line", "restore"]);
    scene.world.until_equal(&scene.office);
    let (taken, late_answer) = scene.centre(&late, "late.answer");
    assert_eq!((&taken["acts"], &taken["acts_new"]), (&json!(2), &json!(0)));
    let came = scene.import(&late_answer);
    assert_eq!(
        (&came["entries_new"], &came["unsent"]),
        (&json!(0), &json!(0))
    );
    scene.world.until_equal(&scene.office);

    // Two sticks, the later one first; and the centre has another key since.
    scene.node(&["line", "cut"]);
    scene.file_acts(2, 1);
    let (first, _) = scene.export("first.bundle");
    scene.file_acts(3, 1);
    let (second, made) = scene.export("second.bundle");
    assert_eq!(made["acts"], json!(2));
    ctl(&scene.world, &["bundle", "new-key"]);
    let (taken, second_answer) = scene.centre(&second, "second.answer");
    assert_eq!(taken["acts_new"], json!(2));
    let (taken, first_answer) = scene.centre(&first, "first.answer");
    assert_eq!((&taken["acts"], &taken["acts_new"]), (&json!(1), &json!(0)));
    let came = scene.import(&first_answer);
    assert_eq!((&came["answered"], &came["unsent"]), (&json!(2), &json!(0)));
    assert_eq!(scene.import(&second_answer)["entries_new"], json!(0));
    // An answer of long ago, after all of that.
    assert_eq!(scene.import(&late_answer)["entries_new"], json!(0));
    scene.restore_and_compare();

    // Beside a line: the office hears the new key, seals to it, and the line goes on.
    let (beside, made) = scene.export("beside.bundle");
    assert_eq!(made["acts"], json!(0));
    let (_, answer) = scene.centre(&beside, "beside.answer");
    scene.import(&answer);
    scene.file_acts(4, 2);
    scene.world.until_equal(&scene.office);
}

#[test]
fn a_stick_that_is_damaged_foreign_or_of_a_lost_device_is_refused_by_its_code() {
    let scene = Scene::cut(53, &[]);
    scene.file_acts(0, 2);
    let (bundle, _) = scene.export("a.bundle");
    let whole = fs::read(&bundle).unwrap();
    let damaged = scene.stick("damaged.bundle");
    let mut bytes = whole.clone();
    bytes[whole.len() / 2] ^= 1;
    for (content, code) in [
        (&bytes[..], "bundle_damaged"),
        (&whole[..whole.len() - 1], "bundle_damaged"),
        (b"holiday.jpg", "bundle_not_one"),
        (b"", "bundle_not_one"),
    ] {
        fs::write(&damaged, content).unwrap();
        assert!(scene.centre_refuses(&damaged).contains(code), "{code}");
        let refused = scene.node_refuses(&["bundle", "import", arg(&damaged)]);
        assert!(refused.contains(code), "{refused}");
    }
    let foreign = World::start(54, &["00004"], 20);
    let answer = scene.stick("foreign.answer");
    let import = ["bundle", "import", arg(&bundle), "--answer", arg(&answer)];
    let refused = said(&try_ctl(&foreign, &import), 3);
    assert!(refused.contains("bundle_other_centre"), "{refused}");

    // Lost: what comes of the device is kept for people, and nothing of it is taken.
    let node = scene.world.central.node("00004").unwrap();
    let node = node["node"].as_str().unwrap();
    ctl(
        &scene.world,
        &["node", node, "shut-out", "--reason", "lost on the way"],
    );
    assert!(
        scene
            .centre_refuses(&bundle)
            .contains("bundle_device_shut_out")
    );
    let kept = ctl(&scene.world, &["bundle", "list"]);
    assert_eq!(
        (kept.as_array().unwrap().len(), &kept[0]["quarantined"]),
        (1, &json!(true))
    );
    let fetched = scene.stick("fetched.bundle");
    let name = kept[0]["bundle"].as_str().unwrap();
    ctl(
        &scene.world,
        &["bundle", "fetch", name, "--out", arg(&fetched)],
    );
    assert_eq!(fs::read(&fetched).unwrap(), whole);
    // Found again: the same file is taken in.
    ctl(&scene.world, &["node", node, "let-in"]);
    let (taken, answer) = scene.centre(&fetched, "found.answer");
    assert_eq!(taken["acts_new"], json!(2));
    assert_eq!(scene.import(&answer)["unsent"], json!(0));
    scene.restore_and_compare();
}

#[test]
fn a_restart_between_the_two_ways_of_a_stick_loses_nothing() {
    let mut scene = Scene::cut(55, &[]);
    scene.file_acts(0, 2);
    let (bundle, _) = scene.export("a.bundle");
    scene.office.kill();
    scene.world.central.kill();
    scene.world.central.spawn();
    scene.world.central.ready();
    let (taken, answer) = scene.centre(&bundle, "a.answer");
    assert_eq!(taken["acts_new"], json!(2));
    scene.office.start();
    assert_eq!(scene.office.status()["on_stick"]["acts"], json!(2));
    scene.import(&answer);
    scene.office.kill();
    scene.office.start();
    assert_eq!(scene.office.status()["unsent"], json!(0));
    scene.restore_and_compare();
}

/// An office is dark when its commune becomes part of another one, and hears of it by stick alone.
#[test]
fn a_decree_reaches_a_dark_office_on_a_stick_and_it_files_on() {
    let mut scene = Scene::cut(57, &["00008"]);
    scene.file_acts(0, 2);
    let (before, _) = scene.export("before.bundle");
    let decree = json!({"decree": "old_code,new_code,share,default\n00004,00008,whole,1\n"});
    let posted = scene.world.central.api.post("/api/v1/units", &decree);
    assert_eq!(posted.unwrap().status, 202);
    until("the decree is carried out", || {
        let units = scene.world.central.api.get("/api/v1/units")?;
        (units.body["progress"]["phase"] == json!("done")).then_some(())
    });
    // It has not heard of it, and works on as what it was.
    scene.file_acts(2, 1);
    let (after, made) = scene.export("after.bundle");
    assert_eq!(made["acts"], json!(3));

    // The later stick first, twice, then the one of before the decree.
    let (taken, answer) = scene.centre(&after, "after.answer");
    assert_eq!(taken["acts_new"], json!(3));
    let (twice, second) = scene.centre(&after, "second.answer");
    assert_eq!((&twice["acts"], &twice["acts_new"]), (&json!(3), &json!(0)));
    let (late, old) = scene.centre(&before, "before.answer");
    assert_eq!((&late["acts"], &late["acts_new"]), (&json!(2), &json!(0)));
    let there = scene
        .world
        .central
        .api
        .get("/api/v1/offices/00004")
        .unwrap();
    assert_eq!(there.body["count"], json!(0));

    assert_eq!(scene.office.status()["office"], "00004");
    // The stick brings the decree. What is behind it in the feed of the new commune, its receipts
    // among it, comes with the slice by line; the centre has the acts, and the office says both.
    let came = scene.import(&answer);
    assert_eq!(
        (&came["entries_new"], &came["needs_line"], &came["taken"]),
        (&json!(1), &json!(true), &json!(3)),
        "{came}"
    );
    let status = scene.office.status();
    assert_eq!(status["office"], "00008", "{came} {status}");
    assert_eq!(status["former"][0]["office"], "00004", "{status}");
    assert_eq!(
        (&status["units_edition"], &status["unsent"]),
        (&json!(2), &json!(3))
    );
    for late in [&second, &old, &answer] {
        // They speak of the feed of a commune that there is no more.
        let refused = scene.node_refuses(&["bundle", "import", arg(late)]);
        assert!(refused.contains("bundle_before_decree"), "{refused}");
    }
    let after = scene.office.status();
    assert_eq!(
        (&after["office"], &after["unsent"]),
        (&json!("00008"), &json!(3))
    );

    // Still without a line it files on, as a part of its successor's office; also when it is
    // started anew under the certificate of before.
    scene.file_acts(3, 1);
    scene.office.kill();
    scene.office.start();
    assert_eq!(scene.office.status()["office"], "00008");
    scene.file_acts(4, 1);
    let (next, made) = scene.export("next.bundle");
    // What the centre has said that it has is not carried again.
    assert_eq!(made["acts"], json!(2));
    let (taken, answer) = scene.centre(&next, "next.answer");
    assert_eq!((&taken["acts"], &taken["acts_new"]), (&json!(2), &json!(2)));
    let (twice, _) = scene.centre(&next, "next2.answer");
    assert_eq!(twice["acts_new"], json!(0));
    let came = scene.import(&answer);
    assert_eq!(
        (&came["taken"], &came["needs_line"]),
        (&json!(5), &json!(true))
    );
    let there = scene.world.central.api.get("/api/v1/summary").unwrap();
    assert_eq!(there.body["returned"], json!(0), "{there:?}");

    // With a line it is filled for what it is now, every act is final, and both are equal.
    scene.office.code = "00008".to_owned();
    scene.restore_and_compare();
    let acts = scene.office.api.get("/api/v1/acts").unwrap().body;
    let states: Vec<_> = acts
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["state"])
        .collect();
    assert_eq!(states, [&json!("final"); 5]);
}

/// What an office that was dark for a while brings: prints how much that is and how long it takes.
#[test]
fn three_hundred_and_sixty_acts_fit_on_any_stick() {
    let scene = Scene::cut(56, &[]);
    scene.file_acts(0, 360);
    let begun = Instant::now();
    let (bundle, made) = scene.export("a.bundle");
    let exported = begun.elapsed();
    assert_eq!(made["acts"], json!(360));
    let begun = Instant::now();
    let (taken, answer) = scene.centre(&bundle, "a.answer");
    let at_centre = begun.elapsed();
    assert_eq!(taken["acts_new"], json!(360));
    let begun = Instant::now();
    let came = scene.import(&answer);
    let imported = begun.elapsed();
    assert_eq!(
        (&came["answered"], &came["unsent"]),
        (&json!(360), &json!(0))
    );
    let size = |path: &Path| fs::metadata(path).unwrap().len();
    println!(
        "360 acts: bundle {} bytes ({} an act), answer {} bytes; export {exported:?}, centre {at_centre:?}, import {imported:?}",
        size(&bundle),
        size(&bundle) / 360,
        size(&answer),
    );
    assert!(size(&bundle) < 360 * 200, "{} bytes", size(&bundle));
    scene.restore_and_compare();
}
