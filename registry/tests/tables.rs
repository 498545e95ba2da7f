//! The tables that the documentation prints are the ones that the code has.
//! `UPDATE_DOCS=1 cargo test -p registry --test tables` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use registry::act::kind::ACTS;
use registry::act::{ActKind, DayCount, Term};
use registry::case::DECISION_TERMS;
use registry::clash::{self, Harm, Words};
use registry::schema::{FIELDS, Field};

fn fields() -> String {
    let mut page = String::from(
        "# Fields of a record\n\nGenerated from `registry/src/schema.rs`. *Item* is the item of Article 9 of the Law on Identification 26/2023; item 21, marital\nstatus, is derived and never written. *Harm* is that of a silent wrong value, 1 (none) to 5 (civil death, fusion of identities).\n*merge*: both survive · *latest*: the causally later wins · *review*: different values open a case · *central*: only the centre writes.\n\n| code | field | item | name | record | policy | owner | harm |\n|---|---|---|---|---|---|---|---|\n",
    );
    for rule in FIELDS {
        let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        let owner = match word(&rule.owner).as_str() {
            "civilstatus" => "civil status".to_owned(),
            other => other.to_owned(),
        };
        writeln!(
            page,
            "| {} | `{}` | {} | {} — {} | {} | {} | {} | {} |",
            rule.field.code(),
            rule.key,
            rule.item,
            rule.label_vi,
            rule.label_en,
            word(&rule.kind),
            word(&rule.policy),
            owner,
            rule.harm
        )
        .unwrap();
    }
    page.push_str("\n# Procedures\n\nGenerated from `registry/src/act/kind.rs`; an example of each in JSON is in `docs/acts.md`.\n\n*Result* is the term from a complete dossier to the result, *filing* that from the event to its filing; 0 is the same day (the next working\nday for what comes after three o'clock). *With checks* is the term where the act names somebody by card, who has to be looked up elsewhere.\nSaturdays, Sundays and the public holidays with their days off in lieu are no working days: those of a fixed date, Tết and the Hùng\nKings' day. What the Government sets anew each year (the second day of the National Day, days that are swapped) is not among them.\n\n| code | act | name | role | result | source | filing | source |\n|---|---|---|---|---|---|---|---|\n");
    for rule in ACTS {
        let role = rule
            .role
            .map_or("any, or the centre".to_owned(), |role| role.to_string());
        let (mut days, source) = term(rule.deadline.map(|deadline| deadline.result));
        if let Some(checked) = rule.deadline.and_then(|deadline| deadline.checked) {
            assert_eq!(checked.source, source, "the table has one column for both");
            write!(days, ", {} with checks", checked.days).unwrap();
        }
        let (within, by) = term(rule.deadline.and_then(|deadline| deadline.filing));
        writeln!(
            page,
            "| {} | `{}` | {} — {} | {role} | {days} | {source} | {within} | {by} |",
            rule.kind as u8, rule.key, rule.label_vi, rule.label_en
        )
        .unwrap();
    }
    page
}

fn term(term: Option<Term>) -> (String, &'static str) {
    term.map_or((String::new(), ""), |term| {
        let count = match term.count {
            DayCount::Working => "working",
            DayCount::Calendar => "calendar",
        };
        (format!("{} {count} days", term.days), term.source)
    })
}

#[test]
fn an_act_of_the_centre_changes_its_own_items_and_no_officer_performs_it() {
    use registry::code::Role;
    let all = [Role::CivilStatus, Role::Residence, Role::Identification];
    let table: &[(ActKind, &[Field])] = &[
        (ActKind::NumberGiven, &[Field::Pin]),
        (ActKind::NumberChanged, &[Field::Pin, Field::PinAliases]),
        (ActKind::FileNumberGiven, &[Field::HouseholdFile]),
        (ActKind::NationalityChanged, &[Field::Nationality]),
        (
            ActKind::ApplicationAnswered,
            &[Field::ApplicationAnswers, Field::Cards],
        ),
    ];
    for (kind, fields) in table {
        for rule in FIELDS {
            let its_own = fields.contains(&rule.field);
            assert_eq!(kind.may_change(rule.field), its_own, "{}", rule.key);
        }
        assert!(kind.is_central() && !kind.allowed_to(&all) && !kind.tells_of_life());
    }
}

#[test]
fn the_page_of_fields_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fields.md");
    let page = fields();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/fields.md is out of date; run UPDATE_DOCS=1 cargo test -p registry --test tables"
    );
}

/// Where the table stands in `docs/cases.md`.
const BEGINS: &str = "<!-- The table is generated from registry/src/clash.rs. -->\n";
const ENDS: &str = "<!-- End of the table. -->\n";

fn clashes() -> String {
    let mut text = String::from(
        "| row | one office | another, unknown to it | class | harm | the clerk reads | the reviewer reads | rule |\n|---|---|---|---|---|---|---|---|\n",
    );
    let both = |said: Words| format!("{}<br>*{}*", said.en, said.vi);
    for line in clash::table().chain(clash::beside()) {
        let harm = match line.harm {
            Harm::None => "–".to_owned(),
            Harm::Fixed(harm) => harm.to_string(),
            Harm::OfField => "the field's".to_owned(),
            Harm::OfCaseBelow => "the case's".to_owned(),
        };
        let class = match line.asked_if {
            None => line.class.key().to_owned(),
            Some(asked) => format!(
                "{}; review if {}<br>*xem xét nếu {}*",
                line.class.key(),
                asked.en,
                asked.vi
            ),
        };
        writeln!(
            text,
            "| {} | {} | {} | {class} | {harm} | {} | {} | {} |",
            line.row,
            both(line.one),
            both(line.other),
            both(line.clerk),
            both(line.reviewer),
            line.law
        )
        .unwrap();
    }
    text
}

#[test]
fn the_page_of_cases_prints_the_clash_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cases.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGINS).expect("where the table begins");
    let (written, after) = rest.split_once(ENDS).expect("where the table ends");
    let table = clashes();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let page = [before, BEGINS, &table, ENDS, after].concat();
        std::fs::write(&path, page).unwrap();
        return;
    }
    assert!(
        written == table,
        "docs/cases.md is out of date; run UPDATE_DOCS=1 cargo test -p registry --test tables"
    );
}

#[test]
fn the_page_of_cases_tells_by_when_they_are_due() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cases.md");
    let page = std::fs::read_to_string(&path).unwrap();
    for line in DECISION_TERMS {
        assert_eq!(line.term.count, DayCount::Working);
        let like = line.like.map(|like| format!(", {}", like.en));
        let row = format!(
            "| {} | {} working days{} | {} |\n",
            line.from_harm,
            line.term.days,
            like.unwrap_or_default(),
            line.term.source
        );
        assert!(page.contains(&row), "{row}");
    }
}
