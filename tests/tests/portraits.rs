//! A portrait with real processes: taken without a line, its thumbnail comes by itself to the office
//! where the person moves, and stays there when the line is cut again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::fs;

use registry_tests::daemons::Office;
use registry_tests::programs::{output, run};
use registry_tests::wait::until;
use registry_tests::world::{ROLES, World, arg};
use serde_json::{Value, json};

const PEOPLE: u32 = 60;

/// What a telephone takes.
fn photograph() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(1500, 2000, |x, y| {
        let shade = |at: u32| u8::try_from(at % 256).unwrap();
        image::Rgb([shade(x / 8), shade(y / 8), shade((x ^ y) / 4)])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

fn office(world: &World, code: &str) -> Office {
    let mut office = world.join(code, ROLES);
    office.start();
    world.until_equal(&office);
    office
}

/// The portrait's bytes as a browser or a program would get them; the code if there are none.
fn portrait(office: &Office, person: &str) -> Result<Vec<u8>, String> {
    let path = format!("/api/v1/people/{person}/portrait");
    let (status, bytes) = office.api.get_bytes(&path).unwrap();
    if status == 200 {
        return Ok(bytes);
    }
    let told: Value = serde_json::from_slice(&bytes).unwrap();
    Err(told["error"]["code"].as_str().unwrap().to_owned())
}

fn missing(office: &Office) -> Value {
    office.status()["thumbnails_missing"].clone()
}

fn until_shown(office: &Office, person: &str) -> Vec<u8> {
    until("the thumbnail has come by itself", || {
        portrait(office, person).ok()
    })
}

#[test]
fn a_portrait_follows_the_person_to_another_office_and_is_shown_there_without_a_line() {
    let world = World::start(43, &["00004", "00008", "00025"], PEOPLE);
    let from = office(&world, "00004");
    let mut to = office(&world, "00008");
    let other = office(&world, "00025");

    // Taken without a line: it is shown where it was taken, at once.
    let folder = world.folder();
    let (photo, act) = (folder.join("face.jpg"), folder.join("portrait.json"));
    let content = photograph();
    fs::write(&photo, &content).unwrap();
    let homes = world.people.iter();
    let mut homes = homes.filter(|home| home.unit.to_string() == "00004");
    let home = homes.find(|home| home.members.len() > 2).unwrap();
    let mover = &home.members[1];
    let pin = mover.pin.digits();
    let person = from.person(&pin);
    assert_eq!(portrait(&from, &person).unwrap_err(), "portrait_none");
    let data = arg(&from.data).to_owned();
    run("commune-node", &["line", "cut", "--data", &data]);
    fs::write(
        &act,
        json!({"act": "portrait", "person": person}).to_string(),
    )
    .unwrap();
    let file = ["act", "--data", &data, "--file", arg(&act)];
    let without = output("commune-node", &file);
    assert!(String::from_utf8_lossy(&without.stderr).contains("input_missing"));
    let attach = ["--attach", arg(&photo), "--format", "json"];
    let filed = run("commune-node", &[&file[..], &attach[..]].concat());
    let filed: Value = serde_json::from_str(&filed).unwrap();
    let small = portrait(&from, &person).unwrap();
    assert!(small.len() <= 12 << 10 && small.starts_with(b"\xff\xd8\xff"));
    let seen = from.api.get(&format!("/api/v1/people/{person}")).unwrap();
    let named = seen.body["fields"]["portrait"]["portrait"].clone();
    assert_eq!(
        named["photo"]["bytes"],
        json!(content.len()),
        "{}",
        seen.body
    );

    // With a line both files follow the act.
    run("commune-node", &["line", "restore", "--data", &data]);
    until("the files are at the centre", || {
        (from.status()["attachments_unsent"] == json!(0)).then_some(())
    });
    world.until_equal(&from);
    let central = ["--central", arg(world.central.data())];
    let told = ["act", filed["act"].as_str().unwrap()];
    let told = run("registryctl", &[&central[..], &told[..]].concat());
    let names = |file: &str| told.contains(named[file]["hash"].as_str().unwrap());
    assert!(
        told.contains("arrived") && names("photo") && names("thumbnail"),
        "{told}"
    );

    // The person moves; the other office gets the thumbnail without anybody asking.
    let (name, born) = (mover.name.as_str(), mover.birth.clone());
    let moves = json!({"act": "permanent_registration", "address": "số 9 ngõ Hàng Hành",
        "ground": "thuê nhà", "people": [{"person": {"pin": pin, "name": name, "birth_date": born}}],
        "evidence": [{"kind": "CT01"}]});
    let filed = to.file(&moves);
    assert_eq!(filed.status, 201, "{:?}", filed.body);
    until("the person is in the other slice", || {
        let found = to.api.get(&format!("/api/v1/people?q={pin}&limit=2"))?;
        (found.text("/0/id") == person).then_some(())
    });
    assert_eq!(until_shown(&to, &person), small);
    assert_eq!(missing(&to), json!(0));
    assert_eq!(portrait(&other, &person).unwrap_err(), "not_found");

    // Without a line and after a restart it is still there; the photograph is not, until it is asked for.
    let data = arg(&to.data).to_owned();
    run("commune-node", &["line", "cut", "--data", &data]);
    to.kill();
    to.start();
    assert_eq!(portrait(&to, &person).unwrap(), small);
    let hash = named["photo"]["hash"].as_str().unwrap();
    let look = format!("/api/v1/attachments/{hash}");
    assert_eq!(to.api.get(&look).unwrap().code(), "attachment_not_yet");

    // A disk without the folder finds out what is missing, and gets it again.
    to.kill();
    fs::remove_dir_all(to.data.join("attachments")).unwrap();
    to.start();
    assert_eq!(portrait(&to, &person).unwrap_err(), "portrait_not_here");
    assert_eq!(missing(&to), json!(1));
    let told = run("commune-node", &["status", "--data", &data]);
    assert!(
        told.contains("1 thumbnail of portraits still to be fetched"),
        "{told}"
    );
    run("commune-node", &["line", "restore", "--data", &data]);
    assert_eq!(until_shown(&to, &person), small);
    let whole = until("the photograph is fetched when it is asked for", || {
        let (status, bytes) = to.api.get_bytes(&look)?;
        (status == 200).then_some(bytes)
    });
    assert_eq!(whole, content);
    world.assert_no_panic();
}
