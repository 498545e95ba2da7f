//! What a clerk is told in both languages: every pair of words of the sources, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::path::{Path, PathBuf};

use registry::act::ActKind;
use registry::procedure::{Lack, Refusal};
use registry::words::{Said, Tells, words};
use registry::{ActId, CaseId};

/// English words that are no syllables of Vietnamese.
const ENGLISH: &str = include_str!("english.txt");

/// What an administrator types stays as it is.
const COMMANDS: &[&str] = &["`commune-node status`"];

fn without_commands(text: &str) -> String {
    let commands = COMMANDS.iter();
    commands.fold(text.to_owned(), |text, command| text.replace(command, ""))
}

fn is_marked(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii()
}

/// What is wrong with Vietnamese words, if anything.
fn fault_vi(text: &str) -> Option<&'static str> {
    let text = without_commands(text);
    if text.trim().is_empty() {
        return Some("empty");
    }
    if !text.chars().any(is_marked) {
        return Some("not Vietnamese");
    }
    if text.contains('`') || has_key(&text) {
        return Some("a key of JSON");
    }
    let lower = text.to_lowercase();
    let english = lower
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| ENGLISH.lines().any(|english| english == word));
    english.then_some("an English word")
}

/// What is wrong with English words, if anything.
fn fault_en(text: &str) -> Option<&'static str> {
    let text = without_commands(text).replace("quyển", "");
    // Articles are counted with đ.
    let text = text.replace("(đ)", "");
    if text.trim().is_empty() {
        return Some("empty");
    }
    text.chars().any(is_marked).then_some("not English")
}

/// Whether a name with underscores stands in it.
fn has_key(text: &str) -> bool {
    text.split_whitespace().any(|word| word.contains('_'))
}

/// Every refusal there is; each line of the match below asks for one here.
fn every() -> Vec<Refusal> {
    let field = "to";
    let rule = "Law on Residence 68/2020, Art. 24(1)(d)";
    let said = words("ngày này đã qua", "the day is over");
    let act = ActId::new([7; 16]);
    vec![
        Refusal::NotYourAct {
            kind: ActKind::Birth,
        },
        Refusal::NotHeld { field },
        Refusal::WrongKind { field },
        Refusal::Frozen {
            field,
            case: CaseId::new([3; 16]),
        },
        Refusal::Dead { field },
        Refusal::Gone { field },
        Refusal::Revoked { field },
        Refusal::InDispute { field },
        Refusal::Future { field },
        Refusal::UnknownCommune {
            field,
            code: "00004".parse().unwrap(),
        },
        Refusal::Missing { field },
        Refusal::Unmet {
            lack: Lack::Item,
            field,
            rule,
        },
        Refusal::Invalid { field, words: said },
        Refusal::AgainstRule {
            field,
            words: said,
            rule,
        },
        Refusal::NoPaper { what: said, rule },
        Refusal::TooSoon {
            field,
            months: 12,
            rule,
        },
        Refusal::CertificateUsed { act },
        Refusal::NumberUsed { act },
        Refusal::OfAnotherBook { field },
        Refusal::Married { field },
        Refusal::MarriedThen { field },
        Refusal::BeforeHome { field },
        Refusal::UnderAge { field },
        Refusal::CentralOnly { field },
        Refusal::OtherRoleField { field },
        Refusal::NothingChanges,
        Refusal::TooMuch { field },
        Refusal::OfAnotherOffice,
        Refusal::AlreadyFinal,
        Refusal::Damaged,
        Refusal::Evidence { papers: said },
        Refusal::NotMarried { field },
        Refusal::ParentStands { field },
        Refusal::RepresentativeStands { field },
        Refusal::NotDead { field },
    ]
}

/// Whether a refusal rests on a law that its own words name. Without a rest, so that a refusal
/// that is added is asked for here and above.
const fn rests_on_law(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Gone { .. }
        | Refusal::AgainstRule { .. }
        | Refusal::Unmet { .. }
        | Refusal::Dead { .. }
        | Refusal::Married { .. }
        | Refusal::MarriedThen { .. }
        | Refusal::NoPaper { .. }
        | Refusal::TooSoon { .. }
        | Refusal::OfAnotherBook { .. }
        | Refusal::UnderAge { .. }
        | Refusal::ParentStands { .. }
        | Refusal::RepresentativeStands { .. } => true,
        Refusal::NotYourAct { .. }
        | Refusal::NotHeld { .. }
        | Refusal::WrongKind { .. }
        | Refusal::Frozen { .. }
        | Refusal::Revoked { .. }
        | Refusal::InDispute { .. }
        | Refusal::BeforeHome { .. }
        | Refusal::Future { .. }
        | Refusal::UnknownCommune { .. }
        | Refusal::Missing { .. }
        | Refusal::Invalid { .. }
        | Refusal::CertificateUsed { .. }
        | Refusal::NumberUsed { .. }
        | Refusal::CentralOnly { .. }
        | Refusal::OtherRoleField { .. }
        | Refusal::NothingChanges
        | Refusal::TooMuch { .. }
        | Refusal::OfAnotherOffice
        | Refusal::AlreadyFinal
        | Refusal::Damaged
        | Refusal::Evidence { .. }
        | Refusal::NotMarried { .. }
        | Refusal::NotDead { .. } => false,
    }
}

/// What is wrong with an input is told with the law, in its own words or beside them; what stands
/// against the act in the register is told with the record or the case.
#[test]
fn every_refusal_of_an_input_names_its_law_within_a_procedure() {
    for refusal in every() {
        let is_of_register = matches!(
            refusal,
            Refusal::NotYourAct { .. }
                | Refusal::NotHeld { .. }
                | Refusal::WrongKind { .. }
                | Refusal::Frozen { .. }
                | Refusal::Revoked { .. }
                | Refusal::InDispute { .. }
                | Refusal::NothingChanges
                | Refusal::OfAnotherOffice
                | Refusal::AlreadyFinal
                | Refusal::Damaged
                // Its words name the paper and the law, as the procedure gives them.
                | Refusal::Evidence { .. }
        );
        let beside = refusal.source(ActKind::Birth).is_some();
        assert_eq!(
            beside,
            !is_of_register && !rests_on_law(&refusal),
            "{refusal}"
        );
        let Said { vi, en } = refusal.said_in(ActKind::Birth);
        if !is_of_register {
            assert!(
                en.contains("Law") || en.contains("Code") || en.contains("Decree"),
                "{en}"
            );
            assert!(
                ["Luật", "Bộ luật", "Nghị định"]
                    .iter()
                    .any(|law| vi.contains(law)),
                "{vi}"
            );
        }
    }
}

#[test]
fn every_refusal_is_told_in_both_languages_and_names_its_law() {
    let mut told: Vec<String> = Vec::new();
    for refusal in every() {
        let Said { vi, en } = refusal.said();
        assert_eq!(fault_vi(&vi), None, "{vi}");
        assert_eq!(fault_en(&en), None, "{en}");
        assert!(
            !en.contains('`') || COMMANDS.iter().any(|it| en.contains(it)),
            "{en}"
        );
        let laws = ["Luật", "Bộ luật", "Nghị định"];
        assert_eq!(
            laws.iter().any(|law| vi.contains(law)),
            rests_on_law(&refusal),
            "{vi}"
        );
        assert_eq!(en.contains("Art. "), rests_on_law(&refusal), "{en}");
        if let Refusal::TooSoon { .. } = refusal {
            assert!(vi.contains("12 tháng") && en.contains("12 months"));
        }
        // The command and the log: the key of the field, and the English words.
        let line = refusal.to_string();
        assert!(line.ends_with(&en), "{line}");
        let key = refusal.field().map(|field| format!("{field}: "));
        assert!(line.starts_with(&key.unwrap_or_default()), "{line}");
        told.push(vi);
    }
    let all = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), all, "two refusals in the same words");
}

fn gather(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The text of a literal that begins here, and what comes behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    let inner = text.trim_start().strip_prefix('"')?;
    let mut end = 0;
    let bytes = inner.as_bytes();
    while bytes[end] != b'"' {
        end += 1 + usize::from(bytes[end] == b'\\');
    }
    Some((inner[..end].replace("\\\"", "\""), &inner[end + 1..]))
}

/// The pairs of `words("…", "…")` in a source.
fn pairs(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("words(") {
        let before = source[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || matches!(before, '_' | '.') {
            continue;
        }
        let Some((vi, rest)) = literal(&source[at + "words(".len()..]) else {
            continue;
        };
        // Another function of this name, of one text.
        let Some((en, _)) = literal(rest.trim_start().trim_start_matches(',')) else {
            continue;
        };
        found.push((vi, en));
    }
    found
}

/// The articles that a text names, after `word`.
fn articles(text: &str, word: &str) -> Vec<String> {
    let number = |rest: &str| -> String { rest.chars().take_while(char::is_ascii_digit).collect() };
    text.split(word).skip(1).map(number).collect()
}

#[test]
fn every_pair_of_words_in_the_sources_is_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    // The clash table has a test of its own; its reviewers read of offices and of files.
    // Synthetic people are drawn from `words` of another kind.
    let others = ["clash", "population"];
    files.retain(|file| {
        let mut parts = file.components();
        !parts.any(|part| others.iter().any(|other| part.as_os_str() == *other))
    });
    let mut all = 0;
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for (vi, en) in pairs(&source) {
            let place = file.display();
            assert_eq!(fault_vi(&vi), None, "{place}: {vi}");
            assert_eq!(fault_en(&en), None, "{place}: {en}");
            assert_eq!(
                articles(&vi, "Điều "),
                articles(&en, "Art. "),
                "{place}: {vi}"
            );
            all += 1;
        }
    }
    assert!(all > 130, "{all}");
}

/// A refusal whose words are one text is one that somebody reads in the wrong language.
#[test]
fn no_procedure_has_words_in_one_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/procedure");
    let mut files = Vec::new();
    gather(&root, &mut files);
    let mut seen = 0;
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for made in ["words: \"", "words:\"", "what: \"", "papers(\"", "paper(\""] {
            assert!(!source.contains(made), "{}: {made}", file.display());
        }
        seen += pairs(&source).len();
    }
    assert!(seen > 90, "{seen}");
    assert_eq!(
        pairs("a(words(\"một\", \"one\"))"),
        [("một".to_owned(), "one".to_owned())]
    );
    assert_eq!(fault_vi("ngày this"), Some("an English word"));
    assert_eq!(fault_vi("xem birth_date của cháu"), Some("a key of JSON"));
    assert_eq!(fault_en("the ngày"), Some("not English"));
}
