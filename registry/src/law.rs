//! Laws as the tables name them, and what they are called in Vietnamese. A rule of the tables is
//! one text, in English and in the short form `Law on Residence 68/2020, Art. 24(1)(a)`; the
//! Vietnamese is made of it, so that the two can never name different articles.

mod source;

pub use source::{of_input, of_procedure};

/// The source of a rule that no law names: the register's own.
pub const OWN_RULE: &str = "internal rule of this register";

/// What the laws are called in Vietnamese, and the parts of their names; longer names first.
const NAMES: &[(&str, &str)] = &[
    (OWN_RULE, "quy định nội bộ của hệ thống"),
    ("Law on Vietnamese Nationality", "Luật Quốc tịch Việt Nam"),
    ("Law on Marriage and Family", "Luật Hôn nhân và gia đình"),
    ("Law on Identification", "Luật Căn cước"),
    ("Law on Residence", "Luật Cư trú"),
    ("Civil Status Law", "Luật Hộ tịch"),
    ("Civil Code", "Bộ luật Dân sự"),
    ("Circular", "Thông tư"),
    ("Decree", "Nghị định"),
    ("Art.", "Điều"),
    (" and ", " và "),
    (" to ", " đến "),
];

/// A law as it is called in Vietnamese: `Luật Cư trú 68/2020, Điều 24 khoản 1 điểm a`.
pub fn in_vietnamese(law: &str) -> String {
    let named = NAMES
        .iter()
        .fold(law.to_owned(), |law, (en, vi)| law.replace(en, vi));
    let mut told = String::with_capacity(named.len());
    let mut rest = named.as_str();
    while let Some((before, behind)) = rest.split_once('(') {
        told.push_str(before);
        let Some((part, behind)) = behind.split_once(')') else {
            told.push('(');
            rest = behind;
            continue;
        };
        let clause = part.bytes().all(|byte| byte.is_ascii_digit());
        told.push_str(if clause { " khoản " } else { " điểm " });
        told.push_str(part);
        rest = behind;
    }
    told.push_str(rest);
    told
}

/// Whether words in Vietnamese name a law themselves.
pub fn is_named_in(vietnamese: &str) -> bool {
    let laws = ["Luật ", "Nghị định ", "Thông tư ", "Quyết định "];
    laws.iter().any(|law| vietnamese.contains(law))
}

/// Whether anything of a law's name was left in English.
#[cfg(test)]
pub(crate) fn is_foreign(vietnamese: &str) -> bool {
    let foreign = ["Law", "Decree", "Art", "Code", "Circular", " and ", " to "];
    foreign.iter().any(|word| vietnamese.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{CardReason, GROUNDS, age_rule};

    #[test]
    fn an_article_is_told_as_officers_tell_it() {
        for (en, vi) in [
            (
                "Law on Residence 68/2020, Art. 24(1)(đ)",
                "Luật Cư trú 68/2020, Điều 24 khoản 1 điểm đ",
            ),
            (
                "Law on Residence 68/2020, Art. 10 and 26(1)(a)",
                "Luật Cư trú 68/2020, Điều 10 và 26 khoản 1 điểm a",
            ),
            (
                "Law on Residence 68/2020, Art. 20 to 22",
                "Luật Cư trú 68/2020, Điều 20 đến 22",
            ),
            ("Decree 69/2024", "Nghị định 69/2024"),
        ] {
            assert_eq!(in_vietnamese(en), vi);
        }
        assert!(is_foreign("Law on Residence"));
    }

    #[test]
    fn every_rule_of_the_tables_has_a_vietnamese_name() {
        let mut rules: Vec<&str> = Vec::new();
        for ground in GROUNDS {
            let clauses = ground.permanent.into_iter().chain(ground.temporary);
            rules.extend(clauses.map(|clause| clause.rule));
        }
        rules.extend(CardReason::ALL.iter().map(|reason| reason.rule().1));
        for years in 0..100 {
            rules.extend([age_rule(years).card_rule, age_rule(years).eid_rule]);
        }
        for act in crate::act::kind::ACTS {
            if let Some(deadline) = act.deadline {
                rules.push(deadline.result.source);
                let others = [deadline.checked, deadline.filing];
                rules.extend(others.into_iter().flatten().map(|term| term.source));
            }
        }
        assert!(rules.len() > 250);
        for rule in rules {
            let vi = in_vietnamese(rule);
            assert!(!is_foreign(&vi), "{vi}");
            assert!(
                vi.starts_with("Luật") || vi.starts_with("Nghị định"),
                "{vi}"
            );
        }
    }
}
