//! Data directories that cannot be used: exit code 5, and words that say why.

use std::path::Path;
use std::process::Output;

use registry_store::{Batch, DataKey, DurableStore, Options, Store, Table};
use registry_tests::programs::output;
use registry_tests::world::{ROLES, World, arg};

/// Exit code of a store that cannot be opened.
const STORE: Option<i32> = Some(5);
/// Newer than anything that will be released for long.
const NEWER: u32 = 9_000;

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_store(output: &Output, told: &str) {
    assert_eq!(output.status.code(), STORE, "{}", words(output));
    assert!(words(output).contains(told), "{}", words(output));
}

fn run_node(data: &Path) -> Output {
    output(
        "commune-node",
        &["run", "--data", arg(data), "--api", "127.0.0.1:0"],
    )
}

/// Writes into a store as a newer program would.
fn write_as_newer(data: &Path, key: &str) {
    let key = DataKey::load(&data.join(key))
        .unwrap()
        .expect("the data key");
    let mut options = Options::new(data.join("store"), key, NEWER);
    options.oldest_format = 0;
    let (store, _) = DurableStore::open(&options).unwrap();
    let mut batch = Batch::new();
    batch.put(Table(250), b"newer", b"newer".to_vec());
    store.commit(batch).unwrap();
}

#[test]
fn a_store_in_use_or_of_another_version_is_not_opened() {
    let mut world = World::start(21, &["00004"], 40);
    let mut office = world.join("00004", ROLES);
    office.start();
    office.filled();

    assert_store(&run_node(&office.data), "already in use");
    let people = world.folder().join("people.csv");
    let data = world.central.data().to_path_buf();
    let import = ["import", arg(&people), "--data", arg(&data)];
    assert_store(&output("central-registry", &import), "already in use");
    // Those who have it go on.
    assert_eq!(office.status()["filled"], serde_json::json!(true));
    assert!(world.central.api.is_ready());

    assert!(office.stop().success());
    write_as_newer(&office.data, "data.key");
    assert_store(&run_node(&office.data), &NEWER.to_string());
    assert_store(&run_node(&office.data), "install the newer program");
    world.central.kill();
    write_as_newer(&data, "store.key");
    assert_store(
        &output("central-registry", &import),
        "install the newer program",
    );
}

#[test]
fn a_directory_without_its_key_or_without_a_node_is_not_made_anew() {
    let world = World::start(22, &["00004"], 40);
    let mut office = world.join("00004", ROLES);
    office.start();
    office.filled();
    assert!(office.stop().success());

    let key = office.data.join("data.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::write(&key, vec![7; kept.len()]).unwrap();
    assert_store(&run_node(&office.data), "another data key");
    std::fs::write(&key, &kept).unwrap();
    office.start();
    assert_eq!(office.status()["filled"], serde_json::json!(true));

    let nobody = run_node(&world.folder().join("nobody"));
    assert_ne!(nobody.status.code(), Some(0));
    assert!(
        words(&nobody).contains("commune-node join"),
        "{}",
        words(&nobody)
    );
}
