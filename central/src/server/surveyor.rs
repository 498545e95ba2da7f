//! Keeps the surveys of communes fresh, one commune after the other, beside everything else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use registry::OfficeCode;
use tokio::sync::watch;

use super::Reader;
use super::desk::DeskError;
use crate::clock;
use crate::duplicates::OpenPairs;
use crate::limits;
use crate::registrar::Registrar;
use crate::unit::UnitError;

/// The open pairs that one commune after the other is surveyed with.
struct Held {
    pairs: OpenPairs,
    gathered: Instant,
}

impl Held {
    fn is_fresh(&self) -> bool {
        self.gathered.elapsed() < limits::SURVEY_PAIRS_AGE_MAX
    }
}

/// Surveys until the stop.
pub(super) async fn survey(reader: Arc<Reader>, mut stop: watch::Receiver<bool>) {
    let (mut last, mut held) = (None, None);
    let mut pause = limits::SURVEY_PAUSE;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let begun = Instant::now();
        match step(&reader, last, &mut held, &stop).await {
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
    held: &mut Option<Held>,
    stop: &watch::Receiver<bool>,
) -> Result<Option<OfficeCode>, DeskError> {
    let stop = stop.clone();
    let fresh = held.take().filter(Held::is_fresh);
    let surveyed = reader.read(move |registrar| -> Result<_, UnitError> {
        let goes_on = || !*stop.borrow();
        let now_s = clock::now_s();
        let Some(office) = registrar.due_for_survey(after, now_s)? else {
            return Ok((None, fresh));
        };
        let Some(held) = gathered(registrar, fresh, &goes_on)? else {
            return Ok((Some(office), None));
        };
        if let Some(row) = registrar.survey_with(office, now_s, &held.pairs, &goes_on)? {
            registrar.keep_survey(office, &row)?;
        }
        Ok((Some(office), Some(held)))
    });
    let (office, kept) = surveyed.await?;
    *held = kept;
    Ok(office)
}

/// The open pairs: those that are held, else gathered now. `None` at the stop.
fn gathered(
    registrar: &Registrar,
    held: Option<Held>,
    goes_on: &dyn Fn() -> bool,
) -> Result<Option<Held>, UnitError> {
    if held.is_some() {
        return Ok(held);
    }
    // The age counts from the beginning: what is found meanwhile may be missing.
    let gathered = Instant::now();
    let pairs = registrar.open_pairs(goes_on)?;
    Ok(pairs.map(|pairs| Held { pairs, gathered }))
}
