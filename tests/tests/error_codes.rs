//! Every stable code of an error stands in `docs/errors.md`, and every code there is a real one.
//!
//! Codes are found by a plain scan of the sources: what a `fn code` gives, and what is written at
//! the places that `PLACES` names.
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

use registry_tests::sources::{files, folder, shipped};

/// Which literals within the brackets after a mark are codes.
#[derive(Clone, Copy)]
enum Which {
    /// All that have the form of a code.
    All,
    /// The first, if it has the form.
    First,
    /// The third of them.
    Third,
}

/// Where codes are written, beside the functions called `code`.
const PLACES: &[(&str, Which)] = &[
    ("ApiError::new(", Which::First),
    ("ApiError::bad(", Which::First),
    ("ApiError::not_found(", Which::First),
    (".fault(", Which::First),
    (".warn(", Which::First),
    (".whole(", Which::First),
    ("because! {", Which::All),
    ("ShutOut(", Which::First),
    ("CodeError::new(", Which::Third),
    ("Trouble::new(", Which::First),
    ("self.fail(", Which::First),
    ("said(", Which::First),
    ("Text::cut(", Which::First),
    ("self.leave(", Which::First),
    ("Failure::new(", Which::First),
    ("= failed(", Which::First),
    ("| lost(", Which::First),
    ("Err(lost(", Which::First),
    ("let (code, words) = match self {", Which::All),
];
/// What stands before a code that is a field or a variable.
const NAMED: &[&str] = &["code: ", "let code = ", "code: Line::parse("];

fn has_form(word: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    word.starts_with(|letter: char| letter.is_ascii_lowercase()) && word.bytes().all(letters)
}

/// The text up to the bracket that closes the one before it.
fn within(text: &str) -> &str {
    let (mut depth, mut quoted) = (1, false);
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' if quoted => {
                letters.next();
            }
            '"' => quoted = !quoted,
            '(' | '{' | '[' if !quoted => depth += 1,
            ')' | '}' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..place];
        }
    }
    text
}

fn literals(text: &str) -> Vec<&str> {
    text.split('"').skip(1).step_by(2).collect()
}

/// The arguments of a call that are literals; not those of calls within it.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut found) = (0, None, Vec::new());
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match (letter, begin) {
            ('\\', Some(_)) => {
                letters.next();
            }
            ('"', None) => begin = Some(place + 1),
            ('"', Some(from)) => {
                if depth == 0 {
                    found.push(&text[from..place]);
                }
                begin = None;
            }
            ('(' | '{' | '[', None) => depth += 1,
            (')' | '}' | ']', None) => depth -= 1,
            _ => {}
        }
    }
    found
}

/// The codes of a source file.
fn codes(text: &str) -> BTreeSet<String> {
    let text = shipped(text);
    let mut found = Vec::new();
    for body in text.split("fn code(").skip(1) {
        let (head, body) = body.split_once('{').unwrap_or_default();
        if head.contains("str") {
            found.extend(literals(within(body)));
        }
    }
    for (mark, which) in PLACES {
        for after in text.split(mark).skip(1) {
            let call = within(after);
            match which {
                Which::All => found.extend(literals(call)),
                Which::First => found.extend(arguments(call).first()),
                Which::Third => found.extend(arguments(call).get(2)),
            }
        }
    }
    for mark in NAMED {
        let after = text.split(mark).skip(1);
        found.extend(
            after
                .filter(|it| it.starts_with('"'))
                .map(|it| literals(it)[0]),
        );
    }
    found.extend(of_macros(&text));
    found
        .into_iter()
        .filter(|word| has_form(word))
        .map(str::to_owned)
        .collect()
}

/// The codes that the macros `coded!` (before a variant) and `code_list!` (at the end of the first
/// line of a list) are given.
fn of_macros(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for list in text.split("coded!(").skip(1) {
        let lines = within(list).lines().map(str::trim_start);
        found.extend(
            lines
                .filter(|line| line.starts_with('"'))
                .map(|line| literals(line)[0]),
        );
    }
    for list in text.split("code_list! {").skip(1) {
        let head = list.split(';').next().unwrap_or_default();
        found.extend(literals(head).get(2));
    }
    found
}

/// Every code of the sources, with a file where it stands.
fn of_sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for path in files(".rs") {
        let is_test = path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.starts_with("tests/")
            || path.starts_with("fuzz/");
        if is_test || path.contains("/examples/") {
            continue;
        }
        let text = fs::read_to_string(folder().join(&path)).unwrap();
        for code in codes(&text) {
            found.entry(code).or_insert_with(|| path.clone());
        }
    }
    found
}

/// The rows of the page: code, where, meaning, what to do.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let lines = page.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

fn page() -> String {
    fs::read_to_string(folder().join("docs/errors.md")).expect("docs/errors.md")
}

#[test]
fn the_page_and_the_sources_have_the_same_codes() {
    let page = page();
    let told: BTreeSet<String> = rows(&page)
        .iter()
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    let there = of_sources();
    let missing: Vec<_> = there
        .iter()
        .filter(|(code, _)| !told.contains(*code))
        .collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:#?}");
    let gone: Vec<_> = told
        .iter()
        .filter(|code| !there.contains_key(*code))
        .collect();
    assert!(
        gone.is_empty(),
        "docs/errors.md tells of codes that nothing gives: {gone:#?}"
    );
    assert!(there.len() > 150, "only {} codes were found", there.len());
}

#[test]
fn every_row_of_the_page_is_whole_and_stands_once() {
    let page = page();
    let mut seen = BTreeSet::new();
    for row in rows(&page) {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(seen.insert(row[0]), "{} stands twice", row[0]);
    }
}

#[test]
fn planted_codes_are_found_wherever_codes_are_written() {
    let planted = r#"
        pub fn code(&self) -> &'static str {
            match self { Self::A => "in_function", Self::B { .. } => "in_arm" }
        }
        pub fn code(self) -> u8 { self.0 }
        ApiError::new(StatusCode::FORBIDDEN, "in_answer", "some words")
        ApiError::bad(error.code(), error.to_string()).at("no_code");
        ApiError::bad(text("no_code").unwrap_or("nor_this"), "in (words)");
        const ERROR: CodeError = CodeError::new("list", "one of (a, b)", "in_list");
        code_list! { Sex, "sex", "male or female", "in_macro"; Male = 1, "male"; }
        coded!( Bad {
            "in_coded" Variant = "some words",
            }
        );
        Fault { code: "in_field", words }
        // "fn code() -> str { "in_comment" }
    "#;
    let wanted = [
        "in_answer",
        "in_arm",
        "in_coded",
        "in_field",
        "in_function",
        "in_list",
        "in_macro",
    ];
    assert_eq!(codes(planted).into_iter().collect::<Vec<_>>(), wanted);
}
