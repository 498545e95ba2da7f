//! The shape of the workspace: which crate may use which, what every crate and every file has,
//! and that `ARCHITECTURE.md` names what is there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use registry_tests::sources::{files, folder};

/// Which members a member may use. Whoever is not listed may be used by nobody.
const ARROWS: &[(&str, &[&str])] = &[
    ("registry", &[]),
    ("registry-store", &["registry"]),
    ("registry-log", &[]),
    ("sync-proto", &["registry"]),
    ("sync-quic", &["sync-proto"]),
    ("provisioning", &["registry"]),
    ("commune-node", ROOMS_OF_A_DAEMON),
    ("central-registry", ROOMS_OF_A_DAEMON),
    ("registry-tools", ANYTHING),
    ("registry-tests", ANYTHING),
    (
        "registry-simulation",
        &[
            "registry",
            "registry-store",
            "sync-proto",
            "commune-node",
            "central-registry",
        ],
    ),
    ("power-cuts", ANYTHING),
    ("simulated-network", &["sync-quic"]),
    (
        "line-relay",
        &["registry", "registry-tests", "simulated-network"],
    ),
    ("hostile-inputs", ANYTHING),
];
const ROOMS_OF_A_DAEMON: &[&str] = &[
    "registry",
    "registry-store",
    "registry-log",
    "sync-proto",
    "sync-quic",
    "provisioning",
];
/// What tools and tests may use: all but themselves.
const ANYTHING: &[&str] = &[
    "registry",
    "registry-store",
    "registry-log",
    "sync-proto",
    "sync-quic",
    "provisioning",
    "commune-node",
    "central-registry",
    "simulated-network",
    "registry-simulation",
];

/// Libraries that one crate alone names.
const SOLE_USERS: &[(&str, &str)] = &[
    ("automerge", "registry"),
    ("sled", "registry-store"),
    ("quinn", "sync-quic"),
    ("quinn-proto", "sync-quic"),
    ("rcgen", "provisioning"),
];

/// Crates without socket, file, clock, thread and random source.
const PURE: &[&str] = &["registry", "sync-proto"];
/// What brings one of those.
const IMPURE: &[&str] = &[
    "axum",
    "chrono",
    "getrandom",
    "log",
    "metrics",
    "notify",
    "quinn",
    "rand",
    "rusqlite",
    "rustix",
    "rustls",
    "sled",
    "socket2",
    "sync-quic",
    "tempfile",
    "time",
    "tokio",
    "tracing",
    "ureq",
];

/// The dependencies of each member that stand in what is shipped.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn uses() -> Uses {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(folder())
        .output()
        .expect("cargo");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let shipped = dependencies
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                shipped.collect(),
            )
        })
        .collect()
}

/// Every arrow that should not be there, in words.
fn wrong_arrows(uses: &Uses) -> Vec<String> {
    let mut wrong = Vec::new();
    for (user, used) in uses {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == user) else {
            wrong.push(format!(
                "{user} is a member without a place in the architecture"
            ));
            continue;
        };
        for name in used {
            if uses.contains_key(name) && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{user} must not use {name}"));
            }
            for (library, sole) in SOLE_USERS {
                if name == library && user != sole {
                    wrong.push(format!("{user} must not use {name}: {sole} alone does"));
                }
            }
            if PURE.contains(&user.as_str()) && IMPURE.contains(&name.as_str()) {
                wrong.push(format!("{user} is pure and must not use {name}"));
            }
        }
    }
    for (name, _) in ARROWS {
        if !uses.contains_key(*name) {
            wrong.push(format!(
                "{name} has a place in the architecture and is no member"
            ));
        }
    }
    wrong
}

#[test]
fn every_arrow_points_the_right_way() {
    assert_eq!(wrong_arrows(&uses()), Vec::<String>::new());
}

#[test]
fn a_planted_wrong_arrow_is_found() {
    for (user, used) in [
        ("registry", "sync-proto"),
        ("registry-store", "sync-proto"),
        ("sync-quic", "registry-store"),
        ("commune-node", "central-registry"),
        ("central-registry", "commune-node"),
        ("central-registry", "registry-tools"),
        ("registry-tools", "registry-tests"),
        ("commune-node", "automerge"),
        ("central-registry", "sled"),
        ("sync-proto", "tokio"),
        ("registry", "getrandom"),
    ] {
        let mut planted = uses();
        planted.get_mut(user).unwrap().insert(used.to_owned());
        let wrong = wrong_arrows(&planted);
        assert_eq!(wrong.len(), 1, "{user} uses {used}: {wrong:?}");
        assert!(
            wrong[0].contains(user) && wrong[0].contains(used),
            "{wrong:?}"
        );
    }
    let mut more = uses();
    more.insert("stranger".to_owned(), BTreeSet::new());
    assert_eq!(wrong_arrows(&more).len(), 1);
    let mut fewer = uses();
    fewer.remove("sync-quic");
    assert_eq!(wrong_arrows(&fewer).len(), 1);
}

/// What a pure crate says of clocks, sockets, files and threads in its own words.
fn impure_words(text: &str) -> Vec<&'static str> {
    const WORDS: &[&str] = &[
        "std::fs",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "Instant::now",
        "SystemTime",
    ];
    let shipped = registry_tests::sources::shipped(text);
    WORDS
        .iter()
        .copied()
        .filter(|word| shipped.contains(word))
        .collect()
}

#[test]
fn pure_crates_name_no_clock_socket_file_or_thread() {
    assert_eq!(
        impure_words("use std::fs;\nlet t = Instant::now();").len(),
        2
    );
    let mut seen = 0;
    for room in ["registry/src/", "sync-proto/src/"] {
        for path in files(".rs")
            .into_iter()
            .filter(|path| path.starts_with(room))
        {
            // Tests may measure and write files.
            if path.ends_with("/tests.rs") || path.contains("/tests/") {
                continue;
            }
            let found = impure_words(&fs::read_to_string(folder().join(&path)).unwrap());
            assert!(found.is_empty(), "{path} names {found:?}");
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} files were seen");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let takes = |manifest: &str| manifest.contains("[lints]\nworkspace = true\n");
    assert!(!takes("[package]\nname = \"x\"\n"));
    let manifests = files("Cargo.toml");
    assert!(manifests.len() >= ARROWS.len());
    for path in manifests {
        let manifest = fs::read_to_string(folder().join(&path)).unwrap();
        if manifest.contains("[package]") {
            assert!(takes(&manifest), "{path} lacks `[lints] workspace = true`");
        }
    }
}

#[test]
fn every_source_file_opens_with_what_lives_in_it() {
    let mut silent = Vec::new();
    let sources = files(".rs");
    assert!(
        sources.len() > 100,
        "only {} files were seen",
        sources.len()
    );
    for path in sources {
        if !fs::read_to_string(folder().join(&path))
            .unwrap()
            .starts_with("//!")
        {
            silent.push(path);
        }
    }
    assert!(silent.is_empty(), "these open without `//!`: {silent:?}");
}

/// What stands in backticks and looks like a path from the root of the repository.
fn paths(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        }
        if inside {
            continue;
        }
        found.extend(
            line.split('`')
                .skip(1)
                .step_by(2)
                .filter(|word| looks_like_a_path(word)),
        );
    }
    found
}

fn looks_like_a_path(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let is_file = [".rs", ".md", ".toml", ".sh", ".csv"]
        .iter()
        .any(|end| word.ends_with(end));
    !word.starts_with('/') && word.bytes().all(plain) && (word.contains('/') || is_file)
}

/// Whether a path is there; a bare name of a file or folder may stand anywhere.
fn is_there(path: &str, all: &[String]) -> bool {
    let name = path.trim_end_matches('/');
    let (file, within) = (format!("/{name}"), format!("/{name}/"));
    let anywhere = |it: &String| it.ends_with(&file) || it.contains(&within);
    folder().join(path).exists() || (!name.contains('/') && all.iter().any(anywhere))
}

#[test]
fn every_path_in_the_architecture_is_there() {
    let text = fs::read_to_string(folder().join("ARCHITECTURE.md"))
        .expect("ARCHITECTURE.md stands at the root of the repository");
    let named = paths(&text);
    assert!(!named.is_empty(), "ARCHITECTURE.md names no path");
    let all = files("");
    let missing: Vec<_> = named
        .into_iter()
        .filter(|path| !is_there(path, &all))
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {missing:?}"
    );
}

#[test]
fn a_path_that_is_not_there_is_seen() {
    let text = "`registry/src/lib.rs`, `/api/v1/acts`, `Act::apply`, `x/y.rs`\n```\n`a/b`\n```\n";
    assert_eq!(paths(text), ["registry/src/lib.rs", "x/y.rs"]);
    assert!(is_there("registry/src/lib.rs", &[]) && !is_there("x/y.rs", &[]));
    let all = files(".rs");
    assert!(is_there("pin.rs", &all) && !is_there("nobody.rs", &all));
    assert!(is_there("session/", &all) && !is_there("nobody/", &all));
}

/// The pages that name the test which shows what they say.
const PAGES_WITH_TESTS: [&str; 3] = [
    "docs/threats.md",
    "docs/assumptions.md",
    "docs/reliability.md",
];

/// What stands between backticks and is made like the name of a test: five words at least, and no
/// metric of ours.
fn tests_named(page: &str) -> BTreeSet<&str> {
    let is_of_a_name = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let between = page.split('`').skip(1).step_by(2);
    let names = between.filter(|it| it.bytes().all(is_of_a_name));
    names
        .filter(|it| it.matches('_').count() >= 4)
        .filter(|it| !it.starts_with("node_") && !it.starts_with("central_"))
        .collect()
}

fn functions(source: &str) -> impl Iterator<Item = &str> {
    let heads = source.split("fn ").skip(1);
    heads.filter_map(|rest| rest.split(['(', '<']).next())
}

#[test]
fn every_test_that_a_page_names_is_there() {
    let sources: Vec<String> = files(".rs")
        .iter()
        .map(|path| fs::read_to_string(folder().join(path)).expect("a readable source"))
        .collect();
    let known: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| functions(source))
        .collect();
    for page in PAGES_WITH_TESTS {
        let text = fs::read_to_string(folder().join(page)).expect("a readable page");
        let named = tests_named(&text);
        assert!(named.len() > 10, "{page} names {named:?}");
        let missing: Vec<_> = named.difference(&known).collect();
        assert!(
            missing.is_empty(),
            "{page} names what is not there: {missing:?}"
        );
    }
    let planted = "`a_test_that_is_not_there`, `node_slice_of_records_total`, `row_27`";
    assert_eq!(
        tests_named(planted),
        BTreeSet::from(["a_test_that_is_not_there"])
    );
}
