//! Why an act came back or waits: what the centre answers with a code, in both languages, with the
//! input that it is about and the law where there is one. The centre sends the code and says in
//! English what it knows besides; an office looks the code up here. What an office would have
//! refused itself is said in the same words ([`Refusal`]).

mod because;
mod mended;
mod reported;

use crate::procedure::Refusal;
use crate::words::{Said, Tells, Words};
pub use because::Because;
use mended::MENDED;
use reported::REPORTED;

/// Why an act came back.
#[derive(Debug, Clone)]
pub struct Reason {
    /// Stable code.
    pub code: &'static str,
    /// The input that it is about, if it is about one.
    pub field: Option<&'static str>,
    told: Told,
    law: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Told {
    /// As the office says it when it refuses.
    As(Refusal),
    /// As only the centre says it.
    By(Words),
}

impl Tells for Reason {
    fn said(&self) -> Said {
        let said = match &self.told {
            Told::As(refusal) => refusal.said(),
            Told::By(words) => Said::from(*words),
        };
        match self.law {
            Some(law) => said.by_law(law),
            None => said,
        }
    }
}

/// Every reason that the centre gives, and those that an office gives itself when it was restored.
fn reasons() -> impl Iterator<Item = &'static Reason> {
    MENDED.iter().chain(REPORTED)
}

/// The reason with a code; none for a code of a later release.
pub fn reason(code: &str) -> Option<&'static Reason> {
    reasons().find(|reason| reason.code == code)
}

const fn by(code: &'static str, field: Option<&'static str>, words: Words) -> Reason {
    Reason {
        code,
        field,
        told: Told::By(words),
        law: None,
    }
}

const fn by_law(
    code: &'static str,
    field: Option<&'static str>,
    words: Words,
    law: &'static str,
) -> Reason {
    Reason {
        law: Some(law),
        ..by(code, field, words)
    }
}

const fn same(field: Option<&'static str>, refusal: Refusal) -> Reason {
    Reason {
        code: refusal.code(),
        field,
        told: Told::As(refusal),
        law: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_is_told_in_both_languages_and_once() {
        let codes: BTreeSet<&str> = reasons().map(|reason| reason.code).collect();
        assert_eq!(codes.len(), reasons().count());
        assert!(codes.len() > 40);
        for reason in reasons() {
            let Said { vi, en } = reason.said();
            assert!(
                vi.len() > 30 && en.len() > 30 && vi != en,
                "{}",
                reason.code
            );
            // As one text a receipt can carry the English words.
            assert!(en.chars().count() <= 300, "{}", reason.code);
            if let Some(law) = reason.law {
                assert!(
                    !crate::law::is_foreign(&crate::law::in_vietnamese(law)),
                    "{law}"
                );
                assert!(vi.contains("Điều") && en.contains("Art."), "{law}");
            }
        }
    }

    #[test]
    fn what_an_office_refuses_itself_is_said_in_the_same_words() {
        let refusal = Refusal::ParentStands { field: "mother" };
        let found = reason(refusal.code()).map(Tells::said);
        assert_eq!(found, Some(refusal.said()));
        assert!(reason("brand_new").is_none());
    }
}
