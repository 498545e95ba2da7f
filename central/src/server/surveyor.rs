//! Keeps the surveys of communes fresh, one commune after the other, beside everything else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use registry::OfficeCode;
use tokio::sync::watch;

use super::Reader;
use super::desk::DeskError;
use crate::clock;
use crate::limits;
use crate::unit::UnitError;

/// Surveys until the stop.
pub(super) async fn survey(reader: Arc<Reader>, mut stop: watch::Receiver<bool>) {
    let mut last = None;
    let mut pause = limits::SURVEY_PAUSE;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let begun = Instant::now();
        match step(&reader, last, &stop).await {
            Ok(Some(office)) => {
                last = Some(office);
                // One part in ten of a processor at most.
                pause = begun.elapsed().saturating_mul(limits::SURVEY_REST);
            }
            // Round once; from the first commune again.
            Ok(None) => {
                last = None;
                pause = limits::SURVEY_PAUSE;
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "a commune could not be surveyed");
                pause = limits::SURVEY_PAUSE.saturating_mul(10);
            }
        }
        pause = pause.max(Duration::from_millis(50));
    }
}

/// Surveys the next commune that is due; which, if there was one.
async fn step(
    reader: &Reader,
    after: Option<OfficeCode>,
    stop: &watch::Receiver<bool>,
) -> Result<Option<OfficeCode>, DeskError> {
    let stop = stop.clone();
    let surveyed = reader.read(move |registrar| -> Result<_, UnitError> {
        let now_s = clock::now_s();
        let Some(office) = registrar.due_for_survey(after, now_s)? else {
            return Ok(None);
        };
        if let Some(row) = registrar.survey(office, now_s, &|| !*stop.borrow())? {
            registrar.keep_survey(office, &row)?;
        }
        Ok(Some(office))
    });
    surveyed.await
}
