//! Marked texts and numbers of people, and the search for them in whatever a program leaves behind:
//! as they were typed, folded for the search, in any case, as bytes that a `Debug` would print, and
//! numbers as a machine writes them.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

/// So much of what stands around a mark is shown.
const AROUND: usize = 120;

/// What is looked for.
#[derive(Default)]
pub struct Marks {
    patterns: Vec<Vec<u8>>,
    labels: Vec<String>,
}

impl Marks {
    /// No marks.
    pub fn new() -> Marks {
        Marks::default()
    }

    /// Looks for these bytes.
    pub fn bytes(&mut self, label: &str, pattern: &[u8]) {
        // A short one would be found in sealed bytes by chance.
        assert!(pattern.len() >= 5, "{label}: too short to be rare");
        self.patterns.push(pattern.to_vec());
        self.labels.push(label.to_owned());
    }

    /// Looks for a text: as it is, in capitals and small letters, as numbers in a list of bytes, and
    /// in hexadecimal.
    pub fn text(&mut self, label: &str, text: &str) {
        let mut forms = BTreeSet::new();
        for form in [text.to_owned(), text.to_lowercase(), text.to_uppercase()] {
            let listed: Vec<String> = form.bytes().map(|byte| byte.to_string()).collect();
            let hex: String = form.bytes().map(|byte| format!("{byte:02x}")).collect();
            forms.extend([form, listed.join(", "), listed.join(","), hex]);
        }
        for form in forms {
            self.bytes(label, form.as_bytes());
        }
    }

    /// Looks for a number of digits: as a text, and as eight bytes in either order.
    pub fn number(&mut self, label: &str, digits: &str) {
        self.text(label, digits);
        if let Ok(number) = digits.parse::<u64>() {
            self.bytes(label, &number.to_be_bytes());
            self.bytes(label, &number.to_le_bytes());
        }
    }

    /// The search for all of them.
    pub fn search(&self) -> Search {
        let search = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(&self.patterns)
            .expect("patterns");
        Search {
            search,
            labels: self.labels.clone(),
        }
    }
}

/// A search that is built.
pub struct Search {
    search: AhoCorasick,
    labels: Vec<String>,
}

impl Search {
    /// What is found, each mark once, with what stands around it.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for hit in self.search.find_overlapping_iter(bytes) {
            let label = &self.labels[hit.pattern().as_usize()];
            if !seen.insert(label) {
                continue;
            }
            let begin = hit.start().saturating_sub(AROUND);
            let end = (hit.end() + AROUND).min(bytes.len());
            let around = String::from_utf8_lossy(&bytes[begin..end]).into_owned();
            found.push(format!("{label} at {}: …{around}…", hit.start()));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_every_form_in_which_a_program_might_print_it() {
        let mut marks = Marks::new();
        marks.text("name", "Kzwarfuj");
        marks.text("tones", "Wốjxẵf");
        marks.number("number", "001090123456");
        let search = marks.search();
        for said in [
            "…kzwarfuj…".to_owned(),
            "KZWARFUJ".to_owned(),
            format!("{:?}", "Kzwarfuj".as_bytes()),
            "0x6b7a77617266756a".to_owned(),
            "WỐJXẴF".to_owned(),
            "pin=001090123456,".to_owned(),
        ] {
            assert_eq!(search.found_in(said.as_bytes()).len(), 1, "{said}");
        }
        let key = [&b"\x01"[..], &1_090_123_456_u64.to_be_bytes(), b"rest"].concat();
        assert_eq!(search.found_in(&key).len(), 1);
        assert!(search.found_in(b"nothing of them, 001090123457").is_empty());
    }
}
