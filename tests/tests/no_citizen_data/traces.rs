//! What is looked through afterwards: logs, what was heard, every file of both sides, every key of
//! the stores, every link of the audit chains.

use std::fs;
use std::path::{Path, PathBuf};

use registry_store::{DataKey, DurableStore, KeyRange, Options, Store, Table};
use registry_tests::marks::{Marks, Search};

use super::cast;
use super::scene::Scene;

/// Newer than anything that will be released for long: whatever is there may be opened.
const NEWER: u32 = 9_000;
/// The greatest table of either side is far below.
const TABLES: u16 = 256;
/// The audit chain's table at a node, and at the centre.
const AUDIT: [Table; 2] = [Table(13), Table(18)];

/// Files that hold what is looked for on purpose, and why.
const HOLD_IT: [(&str, &str); 4] = [
    // The secret itself, for the officer who set the node up; mode 0600.
    ("TOKEN", "a token of an officer"),
    // Where programs of this machine find the interface, with the first token; mode 0600.
    ("api.json", "a token of this machine's programs"),
    (
        "operator.token",
        "the token of the first operator, for whoever set the centre up; mode 0600",
    ),
    // What an operator has handed over, beside the data and not of it.
    ("people.csv", "the file that was imported"),
];

fn files_under(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// Everything that was left behind says nothing.
pub(crate) fn look_through(mut scene: Scene) {
    let mut marks = cast::marks(&scene.world.people);
    for secret in &scene.secrets {
        marks.text("a token, session or one-time password", secret);
    }
    let search = marks.search();
    let mut found = Vec::new();

    // The control: what was told to clerks and reviewers is full of it.
    let told = search.found_in(scene.told.as_bytes());
    assert!(told.len() > 8, "{told:?}");
    for (what, said) in &scene.heard {
        note(&mut found, what, &search, said.as_bytes());
    }
    for office in &mut scene.offices {
        office.stop();
    }
    scene.world.central.kill();
    let logs = logs(&scene, &quick(), &search, &mut found);
    assert!(logs > 200_000, "the daemons told little: {logs} bytes");

    let sides = [
        (scene.offices[0].data.clone(), "data.key", AUDIT[0]),
        (scene.offices[1].data.clone(), "data.key", AUDIT[0]),
        (
            scene.world.central.data().to_path_buf(),
            "store.key",
            AUDIT[1],
        ),
    ];
    for (data, _, _) in &sides {
        raw_files(data, &search, &mut found);
    }
    for (data, key, audit) in &sides {
        opened(data, key, *audit, &search, &mut found);
    }
    planted(&scene, &sides[0].0, &search);
    assert!(
        found.is_empty(),
        "{} in clear:\n{}",
        found.len(),
        found.join("\n\n")
    );
    scene.world.assert_no_panic();
}

fn note(found: &mut Vec<String>, what: &str, search: &Search, bytes: &[u8]) {
    found.extend(
        search
            .found_in(bytes)
            .into_iter()
            .map(|hit| format!("{what}: {hit}")),
    );
}

/// The quick PIN, six digits alone: in a log no number begins with two zeros.
fn quick() -> Search {
    let mut marks = Marks::new();
    for around in ["\"", "=", " ", ":"] {
        marks.bytes(
            "the quick PIN",
            format!("{around}{}", cast::QUICK).as_bytes(),
        );
    }
    marks.search()
}

fn logs(scene: &Scene, quick: &Search, search: &Search, found: &mut Vec<String>) -> usize {
    let mut bytes = 0;
    for entry in fs::read_dir(scene.world.folder()).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().unwrap_or_default();
        if ending == "log" || ending == "bundle" {
            let said = fs::read(&path).unwrap();
            bytes += said.len();
            let damaged = path.file_stem().unwrap() == "damaged";
            for search in [search, quick].into_iter().filter(|_| !damaged) {
                note(found, &path.display().to_string(), search, &said);
            }
        }
    }
    bytes
}

/// Every file of a data directory as it lies on the disk: journal, snapshot, cache, attachments,
/// keys, certificates.
fn raw_files(data: &Path, search: &Search, found: &mut Vec<String>) {
    let mut files = Vec::new();
    files_under(data, &mut files);
    assert!(files.len() > 6, "{files:?}");
    for path in files {
        let name = path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(&Scene::token_file(), "TOKEN");
        if HOLD_IT.iter().any(|(known, _)| *known == name) {
            continue;
        }
        note(found, &path.display().to_string(), search, name.as_bytes());
        note(
            found,
            &path.display().to_string(),
            search,
            &fs::read(&path).unwrap(),
        );
    }
}

/// The store with its key: no key of a row and no link of the audit chain tells of anybody, and the
/// rows themselves do.
fn opened(data: &Path, key: &str, audit: Table, search: &Search, found: &mut Vec<String>) {
    let key = DataKey::load(&data.join(key))
        .unwrap()
        .expect("the data key");
    let mut options = Options::new(data.join("store"), key, NEWER);
    options.oldest_format = 0;
    let (store, _) = DurableStore::open(&options).unwrap();
    let (mut keys, mut telling, mut links) = (0, 0, 0);
    for table in (0..TABLES)
        .filter_map(|table| u8::try_from(table).ok())
        .map(Table)
    {
        let mut range = KeyRange::all();
        loop {
            let rows = store.scan(table, &range, 500).unwrap();
            let Some((last, _)) = rows.last() else { break };
            range = KeyRange::all().after(last);
            for (key, value) in &rows {
                keys += 1;
                let what = format!("a key of table {} under {}", table.0, data.display());
                note(found, &what, search, key);
                telling += usize::from(!search.found_in(value).is_empty());
                if table == audit {
                    links += 1;
                    note(
                        found,
                        &format!("a link of the audit chain under {}", data.display()),
                        search,
                        value,
                    );
                }
            }
        }
    }
    assert!(
        keys > 100 && telling > 50 && links > 5,
        "the control: {keys} {telling} {links}"
    );
}

/// The control: what is planted in a copy of a log and of a file of the store is found.
fn planted(scene: &Scene, data: &Path, search: &Search) {
    let mut files = Vec::new();
    files_under(&data.join("store"), &mut files);
    files.push(scene.path("central.log"));
    let person = &scene.world.people[0].members[0];
    for path in files {
        let mut copy = fs::read(&path).unwrap();
        let middle = copy.len() / 2;
        let plant = [
            cast::NAME.to_lowercase().into_bytes(),
            person.pin.digits().into_bytes(),
            person
                .pin
                .digits()
                .parse::<u64>()
                .unwrap()
                .to_be_bytes()
                .to_vec(),
            scene.secrets[0].clone().into_bytes(),
        ];
        for bytes in plant {
            let clean = search.found_in(&copy).len();
            copy.splice(middle..middle, bytes);
            assert!(
                search.found_in(&copy).len() >= clean.max(1),
                "{}",
                path.display()
            );
        }
    }
}
