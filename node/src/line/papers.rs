//! Asking the line for the papers of a record.

use std::sync::Arc;
use std::time::Duration;

use registry::RecordId;
use registry::act::papers::PapersOfRecord;
use sync_proto::PapersRefusal;
use tokio::sync::broadcast::error::RecvError;

use super::{LineHandle, LineState};

/// What came of the question about a record, for everybody who waits.
pub(super) type Told = (RecordId, Result<Arc<PapersOfRecord>, PapersRefusal>);

/// What came of a question about the papers of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PapersAsked {
    /// The centre told.
    Told(Arc<PapersOfRecord>),
    /// It was not asked.
    Refused(PapersRefusal),
    /// It has not told yet; somebody may ask again in a moment.
    GoesOn,
    /// There is no line.
    NoLine,
}

impl LineHandle {
    /// Asks the centre for the papers of a record, and waits for the answer no longer than `patience`.
    pub async fn papers_of(&self, record: RecordId, patience: Duration) -> PapersAsked {
        let mut answers = self.papers_told.subscribe();
        if self.status().state != LineState::Up || self.papers_wanted.send(record).is_err() {
            return PapersAsked::NoLine;
        }
        let answer = async {
            loop {
                match answers.recv().await {
                    Ok((of, Ok(found))) if of == record => return PapersAsked::Told(found),
                    Ok((of, Err(why))) if of == record => return PapersAsked::Refused(why),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return PapersAsked::GoesOn,
                    Err(RecvError::Closed) => return PapersAsked::NoLine,
                }
            }
        };
        tokio::time::timeout(patience, answer)
            .await
            .unwrap_or(PapersAsked::GoesOn)
    }
}
