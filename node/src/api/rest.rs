//! The rest of a request that was answered before all of it was read: one that is too large, or
//! whose sender may not ask. A line that is closed while the other side still writes is torn down,
//! and the answer with it; a browser then shows "connection reset" and not what to do. So what was
//! left is read and thrown away, within bounds.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};

/// Most bytes that are thrown away: more than the largest form with its files.
const THROWN_BYTES_MAX: usize = 128 << 20;
/// How long that may take.
const THROWN: Duration = Duration::from_secs(10);

/// What may be left of a request's body; nothing once it was read.
pub(super) struct Rest(Option<Shared>);

type Shared = Arc<Mutex<Body>>;

/// The body as it is given to whoever answers.
struct Lent(Shared);

/// Lends the body of a request, so that it is still there when whoever answers is done with it.
pub(super) fn lent(request: Request) -> (Request, Rest) {
    // Whoever asks before sending has sent nothing, and is not to be told to go on.
    let asks_first = request.headers().contains_key(header::EXPECT);
    if asks_first || request.body().is_end_stream() {
        return (request, Rest(None));
    }
    let mut rest = Rest(None);
    let request = request.map(|body| {
        let shared = Arc::new(Mutex::new(body));
        rest.0 = Some(Arc::clone(&shared));
        Body::new(Lent(shared))
    });
    (request, rest)
}

impl Rest {
    /// Reads on and throws away; ends at the end, when the line breaks, or at the bounds.
    pub(super) async fn throw_away(self) {
        let Some(shared) = self.0 else { return };
        if Lent(Arc::clone(&shared)).is_end_stream() {
            return;
        }
        let mut left = THROWN_BYTES_MAX;
        let mut pieces = Body::new(Lent(shared)).into_data_stream();
        let read = async {
            while let Some(Ok(piece)) = pieces.next().await {
                left = left.saturating_sub(piece.len());
                if left == 0 {
                    break;
                }
            }
        };
        // A slow sender is not waited for; the answer is given all the same.
        tokio::time::timeout(THROWN, read).await.ok();
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.size_hint()
    }
}
