//! How long a case may wait for its decision: a table by the harm of a wrong one, with its sources.
//! The day itself is stored with the case.

use super::Case;
use crate::act::{DayCount, Term};
use crate::date::Date;
use crate::law;
use crate::words::{Said, Words, words};

/// How long a case may wait, from a harm on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionTerm {
    /// The least harm of a wrong decision for which it holds, 1 to 5.
    pub from_harm: u8,
    /// The days from its opening, and by which rule.
    pub term: Term,
    /// After which term of that rule it is modelled, where the rule is not about deciding.
    pub like: Option<Words>,
}

const fn working(days: u16, source: &'static str) -> Term {
    Term {
        days,
        count: DayCount::Working,
        source,
    }
}

/// The table, the least harm first. No rule that this register knows sets a term for deciding what
/// two offices did unknown to each other: what may do much harm has the time that the decree gives
/// for verifying, everything else one of the register's own.
pub const DECISION_TERMS: [DecisionTerm; 2] = [
    DecisionTerm {
        from_harm: 1,
        term: working(5, law::OWN_RULE),
        like: None,
    },
    DecisionTerm {
        from_harm: 4,
        term: working(2, "Decree 70/2024, Art. 6"),
        like: Some(words(
            "bằng thời hạn xác minh thông tin",
            "the same as for verifying information",
        )),
    },
];

/// The line of the table for a harm.
pub fn decision_term(harm: u8) -> DecisionTerm {
    let [least, graver @ ..] = DECISION_TERMS;
    let mut graver = graver.into_iter().rev();
    graver.find(|line| harm >= line.from_harm).unwrap_or(least)
}

impl DecisionTerm {
    /// The rule in words, for a case of this harm.
    fn said(&self, harm: u8) -> Said {
        let days = self.term.days;
        let (vi, en) = match self.term.count {
            DayCount::Working => ("ngày làm việc", "working days"),
            DayCount::Calendar => ("ngày", "days"),
        };
        let (like_vi, like_en) = match self.like {
            Some(like) => (format!(", {}", like.vi), format!(", {}", like.en)),
            None => (String::new(), String::new()),
        };
        Said::new(
            format!("{days} {vi} với mức độ hậu quả {harm}{like_vi}"),
            format!("{days} {en} at harm {harm}{like_en}"),
        )
        .by_law(self.term.source)
    }
}

impl Case {
    /// The rule by which it is due on its day, in words. None where the table does not give that
    /// day: its harm has changed since it opened, or the table or the calendar of holidays has.
    pub fn due_rule(&self) -> Option<Said> {
        let harm = self.dispute.harm;
        let line = decision_term(harm);
        let opened = Date::in_viet_nam(self.opened_s);
        (line.term.last_day(opened) == self.due).then(|| line.said(harm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_harm_has_its_term_and_each_term_its_source_in_both_languages() {
        for (harm, days, vi, en) in [
            (
                0,
                5,
                "5 ngày làm việc với mức độ hậu quả 0 (quy định nội bộ của hệ thống)",
                "5 working days at harm 0 (internal rule of this register)",
            ),
            (
                3,
                5,
                "5 ngày làm việc với mức độ hậu quả 3 (quy định nội bộ của hệ thống)",
                "5 working days at harm 3 (internal rule of this register)",
            ),
            (
                4,
                2,
                "2 ngày làm việc với mức độ hậu quả 4, bằng thời hạn xác minh thông tin (Nghị định 70/2024, Điều 6)",
                "2 working days at harm 4, the same as for verifying information (Decree 70/2024, Art. 6)",
            ),
            (
                5,
                2,
                "2 ngày làm việc với mức độ hậu quả 5, bằng thời hạn xác minh thông tin (Nghị định 70/2024, Điều 6)",
                "2 working days at harm 5, the same as for verifying information (Decree 70/2024, Art. 6)",
            ),
        ] {
            let line = decision_term(harm);
            assert_eq!(line.term.days, days, "{harm}");
            let said = line.said(harm);
            assert_eq!((said.vi.as_str(), said.en.as_str()), (vi, en));
        }
        assert!(DECISION_TERMS.is_sorted_by_key(|line| line.from_harm));
    }

    #[test]
    fn the_rule_is_told_only_of_a_day_that_it_gives() {
        let json = serde_json::json!({"id": "03".repeat(16), "number": 12, "generation": 0,
            "dispute": {"row": 6, "matter": "life", "records": [], "claims": [],
                "agreed": null, "slots": [], "harm": 5},
            "owner": "national", "opened_s": 1_795_230_000, "due": "2026-11-25",
            "state": "open", "version": 1, "questions": [], "appeal": null});
        let mut case: Case = serde_json::from_value(json).unwrap();
        let opened = Date::in_viet_nam(case.opened_s);
        for harm in [1, 3, 4, 5] {
            case.dispute.harm = harm;
            case.due = decision_term(harm).term.last_day(opened);
            let rule = case.due_rule().unwrap().en;
            assert!(rule.contains(&format!("harm {harm}")), "{rule}");
        }
        // Opened at a lesser harm than it has now.
        case.due = decision_term(1).term.last_day(opened);
        assert_eq!(case.due_rule(), None);
    }
}
