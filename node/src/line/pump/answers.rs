//! Answers of the writer on their way back to the session, in the order of the questions.

use std::collections::VecDeque;
use std::future::pending;

use registry::attachment::Attachment;
use registry::{FeedSeq, RecordId};
use sync_proto::Digest;
use tokio::sync::oneshot;

use crate::office::FeedDone;
use crate::writer::WriteError;

/// An answer of the writer that the session waits for.
pub(super) enum Awaited {
    Feed(FeedSeq, oneshot::Receiver<Result<FeedDone, WriteError>>),
    Page(
        Option<RecordId>,
        Option<FeedSeq>,
        oneshot::Receiver<Result<Digest, WriteError>>,
    ),
    Patch(oneshot::Receiver<Result<Digest, WriteError>>),
    AttachmentNoted(oneshot::Receiver<Result<(), WriteError>>),
    Fetched(PieceOf, oneshot::Receiver<Result<(), WriteError>>),
    Readings(oneshot::Receiver<Result<(), WriteError>>),
}

/// A piece of an attachment.
pub(super) type PieceOf = (Attachment, u16);

/// An answer that came.
pub(super) enum Answered {
    Feed(FeedSeq, Result<FeedDone, WriteError>),
    Page(
        Option<RecordId>,
        Option<FeedSeq>,
        Result<Digest, WriteError>,
    ),
    Patch(Result<Digest, WriteError>),
    AttachmentNoted(Result<(), WriteError>),
    Fetched(PieceOf, Result<(), WriteError>),
    Readings(Result<(), WriteError>),
}

/// The answer that was asked for first. Dropping this future loses nothing.
pub(super) async fn next_answer(awaited: &mut VecDeque<Awaited>) -> Answered {
    fn flat<T>(
        answer: Result<Result<T, WriteError>, oneshot::error::RecvError>,
    ) -> Result<T, WriteError> {
        answer.unwrap_or(Err(WriteError::Stopped))
    }
    let answered = match awaited.front_mut() {
        None => pending().await,
        Some(Awaited::Feed(last, answer)) => Answered::Feed(*last, flat(answer.await)),
        Some(Awaited::Page(last, goes_on, answer)) => {
            Answered::Page(*last, *goes_on, flat(answer.await))
        }
        Some(Awaited::Patch(answer)) => Answered::Patch(flat(answer.await)),
        Some(Awaited::AttachmentNoted(answer)) => Answered::AttachmentNoted(flat(answer.await)),
        Some(Awaited::Fetched(piece, answer)) => Answered::Fetched(*piece, flat(answer.await)),
        Some(Awaited::Readings(answer)) => Answered::Readings(flat(answer.await)),
    };
    awaited.pop_front();
    answered
}
