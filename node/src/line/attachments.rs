//! Asking the line for an attachment that is not on this device.

use std::time::Duration;

use registry::attachment::Attachment;
use sync_proto::FetchOutcome;
use tokio::sync::broadcast::error::RecvError;

use super::{LineHandle, LineState};

/// What came of a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// It ended so.
    Ended(FetchOutcome),
    /// It goes on; somebody may ask again in a moment.
    GoesOn,
    /// There is no line.
    NoLine,
}

impl LineHandle {
    /// Wants an attachment from the centre, and waits for it no longer than `patience`.
    pub async fn fetch(&self, attachment: Attachment, patience: Duration) -> Fetch {
        let mut ends = self.fetched.subscribe();
        if self.status().state != LineState::Up || self.wishes.send(attachment).is_err() {
            return Fetch::NoLine;
        }
        let end = async {
            loop {
                match ends.recv().await {
                    Ok((hash, outcome)) if hash == attachment.hash() => {
                        return Fetch::Ended(outcome);
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Fetch::GoesOn,
                    Err(RecvError::Closed) => return Fetch::NoLine,
                }
            }
        };
        tokio::time::timeout(patience, end)
            .await
            .unwrap_or(Fetch::GoesOn)
    }
}
