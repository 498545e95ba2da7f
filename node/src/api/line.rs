//! The line: ask the centre now, cut the line for a drill, restore it. What is told is what is so
//! once it is known, or after the time that the caller wants to wait.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::account::Desk;
use super::{Api, ApiError, ErrorBody};
use crate::line::{Asked, LineState};

/// Longest wait for the centre, milliseconds.
const WAIT_MS_MAX: u64 = 20_000;

/// What came of asking the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It answered.
    Answered,
    /// The line is up and it did not answer in time.
    NoAnswer,
    /// There is no line.
    Down,
    /// An officer has cut the line.
    Cut,
    /// The caller did not wait for it.
    NotAwaited,
}

/// How the line stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LineView {
    /// `up`, `cut` or `down`.
    line: LineState,
    /// What came of asking the centre.
    outcome: Outcome,
    /// After how many milliseconds it answered.
    answer_ms: Option<u64>,
    /// Own acts without an outcome.
    unsent: usize,
    /// Why there is no line: stable code.
    code: Option<String>,
    /// All of it in words.
    words: String,
}

/// How long the caller wants to wait.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Patience {
    /// Milliseconds to wait for the centre; 0 to be told at once how the line stands.
    #[serde(default)]
    wait_ms: u64,
}

impl Patience {
    fn time(self) -> Duration {
        Duration::from_millis(self.wait_ms.min(WAIT_MS_MAX))
    }
}

/// Asks the centre now, or dials it; what is unsent goes with it.
#[utoipa::path(post, path = "/api/v1/sync-now", params(Patience),
    responses((status = 200, body = LineView), (status = 403, body = ErrorBody)))]
pub(super) async fn sync_now(
    State(api): State<Api>,
    desk: Desk,
    Query(patience): Query<Patience>,
) -> Result<Json<LineView>, ApiError> {
    desk.acting()?;
    Ok(Json(ask(&api, patience).await))
}

async fn ask(api: &Api, patience: Patience) -> LineView {
    let begun = Instant::now();
    let asked = api.line.ask(patience.time()).await;
    if matches!(asked, Asked::Answered(_)) {
        let rest = patience.time().saturating_sub(begun.elapsed());
        let _ = tokio::time::timeout(rest, nothing_unsent(api)).await;
    }
    view(api, asked, patience)
}

/// Done when every own act has its outcome.
async fn nothing_unsent(api: &Api) {
    let mut commits = api.writer.commits();
    while api.office.unsent() > 0 && commits.changed().await.is_ok() {}
}

fn view(api: &Api, asked: Asked, patience: Patience) -> LineView {
    let unsent = api.office.unsent();
    let waiting = match unsent {
        0 => "nothing is unsent".to_owned(),
        1 => "1 act has no receipt yet".to_owned(),
        more => format!("{more} acts have no receipt yet"),
    };
    let mut answer_ms = None;
    let (outcome, code, words) = match asked {
        Asked::Answered(after) => {
            let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            answer_ms = Some(ms);
            let words = format!("the centre answered in {ms} ms; {waiting}");
            (Outcome::Answered, None, words)
        }
        Asked::Silent | Asked::Down(_) if patience.wait_ms == 0 => {
            let words = format!("the centre is being asked; {waiting}");
            (Outcome::NotAwaited, None, words)
        }
        Asked::Silent if api.office.meta().held_at.is_some() => {
            let words = format!(
                "the line is up, but the feed waits for a newer release of this program: upgrade it; {waiting}"
            );
            (Outcome::NoAnswer, Some("needs_upgrade".to_owned()), words)
        }
        Asked::Silent => {
            let words = format!(
                "no answer for {} s; {waiting}. Work goes on: the line is dialled anew if the silence lasts. Look at the modem, then call the operator of the centre",
                patience.time().as_secs()
            );
            (Outcome::NoAnswer, Some("not_answering".to_owned()), words)
        }
        Asked::Down(trouble) => {
            let words = format!("no line: {}; {waiting}", trouble.words);
            (Outcome::Down, Some(trouble.code), words)
        }
        Asked::Cut(trouble) => {
            let words = format!("{}; {waiting}", trouble.words);
            (Outcome::Cut, Some(trouble.code), words)
        }
    };
    LineView {
        line: api.line.status().state,
        outcome,
        answer_ms,
        unsent,
        code,
        words,
    }
}

/// What is wanted of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Switch {
    /// No contact until it is restored, even over a restart.
    Cut,
    /// Contact again.
    Restore,
}

/// What is wanted of the line.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Wanted {
    /// `cut` or `restore`.
    state: Switch,
}

/// Cuts or restores the line.
#[utoipa::path(post, path = "/api/v1/line", request_body = Wanted, params(Patience),
    responses((status = 200, body = LineView), (status = 400, body = ErrorBody),
              (status = 403, body = ErrorBody)))]
pub(super) async fn switch(
    State(api): State<Api>,
    desk: Desk,
    Query(patience): Query<Patience>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Json<LineView>, ApiError> {
    desk.acting()?;
    let Json(wanted) =
        wanted.map_err(|_| ApiError::invalid("state", "must be `cut` or `restore`"))?;
    let cut = wanted.state == Switch::Cut;
    api.writer.switch_line(cut, desk.0.id().clone()).await?;
    api.line.switch(cut);
    Ok(Json(ask(&api, patience).await))
}
