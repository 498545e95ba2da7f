//! What the documents say of this crate is what the sources do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;
use std::path::Path;

fn sources(directory: &Path, into: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Names that stand after one of these marks.
fn after(text: &str, marks: &[&str]) -> BTreeSet<String> {
    let found = marks.iter().flat_map(|mark| text.split(mark).skip(1));
    let names = found.map(|rest| {
        let end = |c: char| !c.is_ascii_lowercase() && c != '_';
        rest.trim_start().split(end).next().unwrap().to_owned()
    });
    names.filter(|name| name.starts_with("central_")).collect()
}

#[test]
fn every_figure_is_explained_and_nothing_else_is() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&here.join("src"), &mut text);
    // Whatever the formatter made of the calls.
    let text: String = text.split_whitespace().collect();
    let kept = after(
        &text,
        &["gauge!(\"", "counter!(\"", "histogram!(\"", "gauge(\""],
    );
    let page = std::fs::read_to_string(here.join("../docs/metrics.md")).unwrap();
    let explained = after(&page, &["\n| `"]);
    assert!(kept.len() > 15, "{kept:?}");
    assert_eq!(kept, explained);
}
