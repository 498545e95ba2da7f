//! The clash table: what two offices may do unknown to each other, and what must come of it. Pure
//! data, the one place from which cases, `registryctl case N show`, an office's view of a case and
//! `docs/cases.md` take their words. How a clash is found is in [`crate::dispute`] and
//! [`crate::rules`]; the lines themselves are in `clash/civil.rs`, `clash/residence.rs` and
//! `clash/register.rs`, those beside the table in `clash/asked.rs`, `clash/papers.rs` and
//! `clash/heads.rs`.

use serde::Serialize;

pub use crate::words::Words;
pub(crate) use crate::words::words;

mod asked;
mod civil;
mod heads;
mod papers;
mod register;
mod residence;

pub use asked::{ASKED_ROW, CONTESTED_ROW};
pub use heads::{HEAD_GONE_ROW, HEADS_ROW};
pub use papers::{NUMBER_ROW, PAPER_ROW, REVOKED_ROW, UNMARRIED_ROW};

/// The last number of a line beside the table.
const LAST_ROW: u8 = HEAD_GONE_ROW;

/// How many kinds of clash there are; they are numbered from 1.
pub const ROWS: u8 = 33;

/// What comes of a clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Both acts take effect by a rule, and nobody is asked.
    Auto,
    /// A person decides; what was last agreed is shown meanwhile.
    Review,
    /// The later act waits as a proposal until a person takes it up or declines it.
    Parked,
    /// The second act is the first one once more: it has no effect of its own.
    Idempotent,
    /// It is no clash at all, and must never become a case.
    Never,
}

impl Class {
    /// Its name in JSON and in `docs/cases.md`.
    pub const fn key(self) -> &'static str {
        match self {
            Class::Auto => "auto",
            Class::Review => "review",
            Class::Parked => "parked",
            Class::Idempotent => "idempotent",
            Class::Never => "never",
        }
    }
}

/// Harm of a wrong decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// Nobody decides, so nobody decides wrongly.
    None,
    /// 1 (none) to 5 (civil death, fusion of identities).
    Fixed(u8),
    /// As the field table says of the field in dispute.
    OfField,
    /// As the case that it comes from.
    OfCaseBelow,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Clash {
    /// Its number, 1 to [`ROWS`]; never changes.
    pub row: u8,
    /// What one office does.
    pub one: Words,
    /// What another does, unknown to it.
    pub other: Words,
    /// What comes of it.
    pub class: Class,
    /// Of a wrong decision; where the class is automatic, of one on the exception.
    pub harm: Harm,
    /// When an automatic one is asked about after all.
    pub asked_if: Option<Words>,
    /// The rule, where it is known; may be empty.
    pub law: &'static str,
    /// What the clerks of both offices read.
    pub clerk: Words,
    /// What the reviewer reads: what to look at, and how to decide.
    pub reviewer: Words,
}

impl Clash {
    /// Both sides, as a heading.
    pub fn title(&self) -> (String, String) {
        (
            format!("{} ‖ {}", self.one.vi, self.other.vi),
            format!("{} ‖ {}", self.one.en, self.other.en),
        )
    }

    /// The rule as it is called in Vietnamese.
    pub fn law_vi(&self) -> String {
        crate::law::in_vietnamese(self.law)
    }

    /// The harm that stands in the table itself; 0 if there is none, or if it is another's.
    pub const fn fixed_harm(&self) -> u8 {
        match self.harm {
            Harm::Fixed(harm) => harm,
            _ => 0,
        }
    }
}

/// The lines in the order of their numbers.
pub fn table() -> impl Iterator<Item = &'static Clash> {
    (1..=ROWS).filter_map(clash)
}

/// The lines beside the table: what a person asked about, and clashes that are no two offices'
/// acts on one record but one paper's, or the register's with itself.
pub fn beside() -> impl Iterator<Item = &'static Clash> {
    (ROWS.saturating_add(1)..=LAST_ROW).filter_map(clash)
}

/// The line with this number, of the table or beside it.
pub fn clash(row: u8) -> Option<&'static Clash> {
    let mut parts = [
        civil::LINES,
        residence::LINES,
        register::LINES,
        asked::LINES,
        papers::LINES,
        heads::LINES,
    ]
    .into_iter();
    parts.find_map(|lines| lines.iter().find(|line| line.row == row))
}

/// The harm of a wrong decision of this line; 3 where the table leaves it to another.
pub fn harm(row: u8) -> u8 {
    clash(row).map_or(3, |line| match line.harm {
        Harm::Fixed(harm) => harm,
        _ => 3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_there_once_and_says_what_it_must() {
        let rows: Vec<u8> = table().map(|line| line.row).collect();
        assert_eq!(rows, (1..=ROWS).collect::<Vec<_>>());
        let all = civil::LINES.len() + residence::LINES.len() + register::LINES.len();
        assert_eq!(all, usize::from(ROWS), "a number stands twice");
        for line in table().chain(beside()) {
            for said in [line.one, line.other, line.clerk, line.reviewer]
                .into_iter()
                .chain(line.asked_if)
            {
                for text in [said.vi, said.en] {
                    assert!(!text.trim().is_empty(), "row {}", line.row);
                    assert!(
                        !text.contains('|'),
                        "row {}: it is printed in a table",
                        line.row
                    );
                }
                assert_ne!(said.vi, said.en, "row {}", line.row);
            }
            let law = line.law_vi();
            assert!(!crate::law::is_foreign(&law), "{law}");
            assert!((0..=5).contains(&line.fixed_harm()), "row {}", line.row);
            let asks = matches!(line.class, Class::Review | Class::Parked);
            let may_ask = asks || line.asked_if.is_some();
            assert_eq!(may_ask, line.harm != Harm::None, "row {}", line.row);
            assert!(!(asks && line.asked_if.is_some()), "row {}", line.row);
        }
        // Beside them stand what a person asked about, papers, and heads of households.
        let rows: Vec<u8> = beside().map(|line| line.row).collect();
        assert_eq!(rows, (ASKED_ROW..=LAST_ROW).collect::<Vec<_>>());
        assert!(clash(0).is_none() && clash(LAST_ROW + 1).is_none());
    }
}
