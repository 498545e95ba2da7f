//! Asking the line whether the centre answers, with a bound on the waiting. A line that is up is
//! asked over (the centre compares digests, about twenty bytes); one that waits is dialled at once.

use std::time::Duration;

use tokio::time::Instant;

use super::{LineHandle, LineState, Trouble};

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The centre answered after this time.
    Answered(Duration),
    /// The line is up and nothing came in time.
    Silent,
    /// There is no line.
    Down(Trouble),
    /// An officer has cut the line.
    Cut(Trouble),
}

impl LineHandle {
    /// Wants an answer of the centre, and waits for it no longer than `patience`.
    pub async fn ask(&self, patience: Duration) -> Asked {
        let begun = Instant::now();
        let mut status = self.watch();
        let failures = status.borrow().failures;
        self.questions
            .send_modify(|question| *question = question.wrapping_add(1));
        let question = *self.questions.borrow();
        if status.borrow().state == LineState::Down {
            self.hurry.notify_one();
        }
        let answered = async {
            loop {
                let now = status.borrow_and_update().clone();
                if now.state == LineState::Up && now.answered >= question {
                    return Asked::Answered(begun.elapsed());
                }
                if now.state == LineState::Cut || now.failures > failures {
                    return now.missing();
                }
                if status.changed().await.is_err() {
                    return now.missing();
                }
            }
        };
        match tokio::time::timeout(patience, answered).await {
            Ok(asked) => asked,
            Err(_) => self.status().missing(),
        }
    }
}

impl super::LineStatus {
    /// Why no answer came.
    fn missing(self) -> Asked {
        let trouble = self.trouble.unwrap_or_else(Trouble::dialling);
        match self.state {
            LineState::Up => Asked::Silent,
            LineState::Cut => Asked::Cut(trouble),
            LineState::Down => Asked::Down(trouble),
        }
    }
}
