//! The papers of a record, on demand: [`Asker`] at the node, [`Answerer`] at the centre.
//!
//! Pages and feeds carry records alone, so an office that got a record after an act was made does not
//! know what the act rests on. It asks only when somebody wants to look. One question is under way at
//! a time, and it delays nothing: it is as small as an acknowledgement, and its answer travels on a
//! class that yields to receipts and to the feed.

use std::collections::VecDeque;
use std::sync::Arc;

use registry::RecordId;
use registry::act::papers::{LISTED_BYTES_MAX, PapersOfRecord};

use crate::SessionError;
use crate::blob::Blob;
use crate::codec::Codec;
use crate::error::{DecodeError, Misuse, Violation};
use crate::limits::PAPER_QUESTIONS_MAX;
use crate::message::{PapersOf, RecordPapers};
use crate::session::event::{CentralOutput, Effects, NodeOutput};

/// Why a question about the papers of a record is not put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PapersRefusal {
    /// The centre speaks an older version.
    #[error(
        "the centre's release is older and cannot list the papers of a record; it has to be upgraded"
    )]
    CentreOlder,
    /// Too many wait.
    #[error("very many lists of papers are asked for at once; ask again in a moment")]
    TooMany,
}

impl PapersRefusal {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CentreOlder => "papers_centre_older",
            Self::TooMany => "papers_too_many",
        }
    }
}

/// The node's side.
pub(crate) struct Asker {
    codec: Arc<Codec>,
    /// Whether the centre understands it.
    allowed: bool,
    questions: u32,
    waiting: VecDeque<RecordId>,
    asked: Option<PapersOf>,
}

impl Asker {
    pub(crate) const fn new(codec: Arc<Codec>) -> Self {
        Self {
            codec,
            allowed: false,
            questions: 0,
            waiting: VecDeque::new(),
            asked: None,
        }
    }

    /// The minor version that both sides speak.
    pub(crate) fn agreed(&mut self, minor: u8) {
        self.allowed = minor >= PapersOf::MINOR;
    }

    /// Somebody wants to know the papers of a record; who asks for the same at the same time gets the
    /// same answer.
    pub(crate) fn wish(&mut self, record: RecordId, out: &mut Effects<NodeOutput>) {
        let asked = self.asked.is_some_and(|asked| asked.record == record);
        if asked || self.waiting.contains(&record) {
            return;
        }
        if self.waiting.len() >= PAPER_QUESTIONS_MAX {
            return refuse(record, PapersRefusal::TooMany, out);
        }
        self.waiting.push_back(record);
    }

    /// Asks the next question, if none is under way.
    pub(crate) fn advance(&mut self, out: &mut Effects<NodeOutput>) -> Result<(), SessionError> {
        if !self.allowed {
            for record in self.waiting.drain(..) {
                refuse(record, PapersRefusal::CentreOlder, out);
            }
            return Ok(());
        }
        if self.asked.is_some() {
            return Ok(());
        }
        let Some(record) = self.waiting.pop_front() else {
            return Ok(());
        };
        self.questions = self.questions.saturating_add(1);
        let question = PapersOf {
            question: self.questions,
            record,
        };
        self.asked = Some(question);
        out.send(question)
    }

    /// The centre's answer.
    pub(crate) fn told(
        &mut self,
        message: RecordPapers,
        out: &mut Effects<NodeOutput>,
    ) -> Result<(), SessionError> {
        let (question, record) = (message.question, message.record);
        if self.asked.take() != Some(PapersOf { question, record }) {
            let message = "RecordPapers";
            return Err(Violation::Unexpected { message }.into());
        }
        let payload = self.codec.expand(message.packed.0, LISTED_BYTES_MAX)?;
        let tag = RecordPapers::TAG;
        let found = PapersOfRecord::decode(&payload, message.more)
            .map_err(|_| DecodeError::Malformed { tag })?;
        out.push(NodeOutput::Papers {
            record,
            found: Ok(found),
        });
        Ok(())
    }
}

fn refuse(record: RecordId, why: PapersRefusal, out: &mut Effects<NodeOutput>) {
    let found = Err(why);
    out.push(NodeOutput::Papers { record, found });
}

/// The centre's side.
pub(crate) struct Answerer {
    codec: Arc<Codec>,
    dictionary: u32,
    /// The last question that the node put.
    questions: u32,
    asked: Option<PapersOf>,
}

impl Answerer {
    pub(crate) const fn new(codec: Arc<Codec>, dictionary: u32) -> Self {
        Self {
            codec,
            dictionary,
            questions: 0,
            asked: None,
        }
    }

    pub(crate) fn asked(
        &mut self,
        question: PapersOf,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let what = "questions about papers";
        if self.asked.is_some() {
            return Err(Violation::Credit { what }.into());
        }
        if question.question <= self.questions {
            return Err(Violation::Order { what }.into());
        }
        self.questions = question.question;
        self.asked = Some(question);
        let record = question.record;
        out.push(CentralOutput::FindPapers { record });
        Ok(())
    }

    /// The registry's answer.
    pub(crate) fn found(
        &mut self,
        of: RecordId,
        found: &PapersOfRecord,
        out: &mut Effects<CentralOutput>,
    ) -> Result<(), SessionError> {
        let what = "a list of papers";
        let asked = self.asked.take().filter(|asked| asked.record == of);
        let PapersOf { question, record } = asked.ok_or(Misuse::Unasked { what })?;
        let payload = found.encode().map_err(|_| Misuse::Codec { what })?;
        if payload.len() > LISTED_BYTES_MAX {
            return Err(Misuse::Size { what }.into());
        }
        let packed = Blob(self.codec.compress(self.dictionary, &payload)?);
        out.send(RecordPapers {
            question,
            record,
            more: found.more(),
            packed,
        })
    }
}
