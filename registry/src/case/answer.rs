//! What offices say and bring while a case is open: the answers to a reviewer's questions, and
//! papers. They decide nothing; they are kept with the case and told to everybody concerned.

use serde::{Deserialize, Serialize};

use super::Case;
use crate::act::Evidence;
use crate::value::Line;
use crate::{ActId, OfficeCode, OfficerId};

/// What an office said or brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The act by which it came.
    pub act: ActId,
    /// The office.
    pub office: OfficeCode,
    /// Who.
    pub officer: OfficerId,
    /// When it came, central's time, seconds since 1970.
    pub at_s: i64,
    /// How many questions there were then: what was asked later is not answered by it.
    pub after: u32,
    /// What was said; empty if papers were brought only.
    pub words: Line,
    /// The papers.
    pub evidence: Vec<Evidence>,
}

impl Answer {
    /// How an answer begins that agrees with the other side.
    pub const AGREES: &'static str = "Đồng ý với bên kia.";

    /// Whether the office agrees that its own act may be replaced.
    pub fn agrees(&self) -> bool {
        Answer::is_agreement(&self.words)
    }

    /// Whether these are the words of an office that agrees.
    pub fn is_agreement(words: &Line) -> bool {
        words.as_str().starts_with(Answer::AGREES)
    }
}

impl Case {
    /// Whether an office was ever asked.
    pub fn asked(&self, office: OfficeCode) -> bool {
        self.questions.iter().any(|(asked, _)| *asked == office)
    }

    /// What an office was asked and has not answered since.
    pub fn open_question(&self, office: OfficeCode) -> Option<&Line> {
        let answers = self.answers.iter();
        let answered = answers
            .filter(|answer| answer.office == office)
            .map(|answer| answer.after)
            .max()
            .unwrap_or(0);
        let answered = usize::try_from(answered).unwrap_or(usize::MAX);
        self.questions
            .iter()
            .skip(answered)
            .rev()
            .find(|(asked, _)| *asked == office)
            .map(|(_, question)| question)
    }

    /// Keeps what an office said or brought.
    pub fn take_answer(&mut self, answer: Answer) {
        self.answers.push(Answer {
            after: u32::try_from(self.questions.len()).unwrap_or(u32::MAX),
            ..answer
        });
        self.version += 1;
    }
}
