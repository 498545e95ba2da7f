//! What the demonstration verifies. Each check is printed with its result, and one that fails
//! makes the whole fail, at the end, so that all of them are seen.

use std::time::Instant;

use crate::failure::Failure;
use crate::output::{coloured, print_line};

/// The teller of the story and the keeper of its checks.
pub(crate) struct Teller {
    started: Instant,
    passed: u32,
    failed: Vec<String>,
}

impl Teller {
    /// A story that begins now.
    pub(crate) fn new() -> Teller {
        Teller {
            started: Instant::now(),
            passed: 0,
            failed: Vec::new(),
        }
    }

    fn print(&self, colour: &str, mark: &str, words: &str) {
        let at = self.started.elapsed().as_secs_f64();
        let line = if coloured() && !colour.is_empty() {
            format!("[{at:6.1} s] \u{1b}[{colour}m{mark}{words}\u{1b}[0m")
        } else {
            format!("[{at:6.1} s] {mark}{words}")
        };
        let _ = print_line(line);
    }

    /// A heading.
    pub(crate) fn chapter(&self, words: &str) {
        let _ = print_line("");
        self.print("1", "", words);
    }

    /// Something that happened.
    pub(crate) fn tell(&self, words: impl AsRef<str>) {
        self.print("", "", words.as_ref());
    }

    /// Something that must hold.
    pub(crate) fn check(&mut self, words: impl AsRef<str>, holds: bool) {
        let words = words.as_ref();
        if holds {
            self.passed += 1;
            self.print("32", "✓ ", words);
        } else {
            self.print("31", "✗ NOT SO: ", words);
            self.failed.push(words.to_owned());
        }
    }

    /// Two things that must be equal; both are told if they are not.
    pub(crate) fn check_equal<T: PartialEq + std::fmt::Debug>(
        &mut self,
        words: impl AsRef<str>,
        found: &T,
        wanted: &T,
    ) {
        if found == wanted {
            self.check(words, true);
        } else {
            self.check(
                format!("{} (found {found:?}, not {wanted:?})", words.as_ref()),
                false,
            );
        }
    }

    /// How many checks held, or a failure that names those that did not.
    pub(crate) fn verdict(&self) -> Result<u32, Failure> {
        if self.failed.is_empty() {
            return Ok(self.passed);
        }
        Err(Failure::Failed(format!(
            "{} of {} checks did not hold:\n  {}",
            self.failed.len(),
            self.failed.len() as u64 + u64::from(self.passed),
            self.failed.join("\n  ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_check_that_does_not_hold_fails_the_whole() {
        let mut teller = Teller::new();
        teller.check("one", true);
        teller.check_equal("two", &2, &2);
        assert_eq!(teller.verdict().unwrap(), 2);
        teller.check_equal("three", &2, &3);
        let words = teller.verdict().unwrap_err().to_string();
        assert!(
            words.contains("1 of 3") && words.contains("found 2, not 3"),
            "{words}"
        );
    }
}
