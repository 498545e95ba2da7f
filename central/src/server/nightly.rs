//! When the pass for duplicates runs: once a day at a local hour, on command, and on after a
//! restart that broke it off. It takes small slices, reads them beside the writer and rests
//! between them, so that offices do not feel it. Between passes whoever is new in the registry is
//! compared soon. What it does is in [`crate::duplicates`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::answers::Reader;
use super::desk::{Desk, DeskError};
use crate::clock;
use crate::duplicates::PassRow;

/// Records of one slice: some tens of milliseconds of reading, a few of writing.
const SLICE_RECORDS: usize = 128;
/// Rest after a slice, as many times as long as the slice took.
const REST_TIMES: u32 = 3;
/// The longest rest after one slice.
const REST_MAX: Duration = Duration::from_secs(5);
/// When a slice that failed is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// How often it is looked for newcomers.
const NEWCOMERS_EVERY: Duration = Duration::from_secs(30);
/// Offset of the country's clocks, seconds; there is no summer time.
const LOCAL_OFFSET_S: i64 = 7 * 3_600;

/// Tells the pass to begin, or to go on without rests.
#[derive(Default)]
pub(crate) struct Call {
    wake: Notify,
    hurry: AtomicBool,
}

impl Call {
    /// A pass was begun on command: somebody waits for it.
    pub(crate) fn now(&self) {
        self.hurry.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }
}

/// Who runs the pass.
pub(super) struct Nightly {
    pub(super) desk: Desk,
    pub(super) reader: Arc<Reader>,
    pub(super) call: Arc<Call>,
    /// The local hour; none if it runs on command alone.
    pub(super) hour: watch::Receiver<Option<u8>>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Nightly {
    /// Runs until the stop.
    pub(super) async fn work(mut self) {
        // What a restart broke off goes on.
        self.run().await;
        'day: loop {
            let hour = *self.hour.borrow_and_update();
            let mut stop = self.stop.clone();
            let mut its_hour = std::pin::pin!(at(hour));
            let due = loop {
                tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    () = self.call.wake.notified() => break false,
                    () = &mut its_hour => break true,
                    changed = self.hour.changed() => match changed {
                        Ok(()) => continue 'day,
                        Err(_) => return,
                    },
                    () = tokio::time::sleep(NEWCOMERS_EVERY) => {}
                }
                self.newcomers().await;
            };
            if due && let Err(error) = self.desk.begin_pass().await {
                tracing::warn!(
                    code = error.code(),
                    "the pass for duplicates does not begin: {error}"
                );
            }
            self.run().await;
        }
    }

    /// Slice after slice, until the pass is done or the registry goes down.
    async fn run(&self) {
        while !*self.stop.borrow() {
            let begun = Instant::now();
            let rest = match self.slice().await {
                Ok(None) => return,
                Ok(Some(pass)) if !pass.running => {
                    self.call.hurry.store(false, Ordering::Relaxed);
                    tracing::info!(
                        people = pass.people,
                        changed = pass.changed,
                        compared = pass.compared,
                        found = pass.found,
                        left_out = pass.left_out,
                        "the pass for duplicates is done"
                    );
                    return;
                }
                Ok(Some(_)) if self.call.hurry.load(Ordering::Relaxed) => Duration::ZERO,
                Ok(Some(_)) => rest_after(begun),
                Err(DeskError::Stopped) => return,
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        "a slice of the pass for duplicates failed: {error}"
                    );
                    AGAIN
                }
            };
            self.rest(rest).await;
        }
    }

    /// Compares who is new, a slice after the other.
    async fn newcomers(&self) {
        while !*self.stop.borrow() {
            let begun = Instant::now();
            match self.slice_of_newcomers().await {
                Ok(true) => {}
                Ok(false) | Err(DeskError::Stopped) => return,
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        "newcomers are not compared with others: {error}"
                    );
                    return;
                }
            }
            self.rest(rest_after(begun)).await;
        }
    }

    /// Rests, unless the registry goes down.
    async fn rest(&self, rest: Duration) {
        let mut stop = self.stop.clone();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(rest) => {}
        }
    }

    async fn slice_of_newcomers(&self) -> Result<bool, DeskError> {
        let read = self.reader.read(|registrar| {
            let pass = registrar.duplicate_pass()?;
            Ok((pass, registrar.read_newcomers(SLICE_RECORDS)?))
        });
        let (pass, Some(slice)) = read.await? else {
            return Ok(false);
        };
        self.desk.write_slice(pass, slice).await?;
        Ok(true)
    }

    /// The next slice; nothing if no pass is under way.
    async fn slice(&self) -> Result<Option<PassRow>, DeskError> {
        let read = self.reader.read(|registrar| {
            let pass = registrar.duplicate_pass()?;
            let slice = pass
                .running
                .then(|| registrar.read_duplicates(&pass, SLICE_RECORDS));
            Ok((pass, slice.transpose()?))
        });
        let (pass, slice) = read.await?;
        match slice {
            None => Ok(None),
            Some(slice) => self.desk.write_slice(pass, slice).await.map(Some),
        }
    }
}

fn rest_after(begun: Instant) -> Duration {
    (begun.elapsed() * REST_TIMES).min(REST_MAX)
}

/// Waits for the next time that the country's clocks show this hour; for ever if there is none.
async fn at(hour: Option<u8>) {
    match hour {
        Some(hour) => tokio::time::sleep(until(hour, clock::now_s())).await,
        None => std::future::pending().await,
    }
}

fn until(hour: u8, now_s: i64) -> Duration {
    let of_day = (now_s + LOCAL_OFFSET_S).rem_euclid(86_400);
    let wait = (i64::from(hour) * 3_600 - of_day).rem_euclid(86_400);
    // On the hour itself it has just begun; the next one is tomorrow's.
    let wait = if wait == 0 { 86_400 } else { wait };
    Duration::from_secs(u64::try_from(wait).unwrap_or(86_400))
}

#[cfg(test)]
mod tests {
    use super::until;

    #[test]
    fn the_hour_is_that_of_the_country_s_clocks() {
        // 17:00 UTC is midnight in Hà Nội.
        let midnight = 20_000 * 86_400 + 17 * 3_600;
        for (hour, now_s, hours) in [
            (2, midnight, 2),
            (2, midnight + 3_600, 1),
            (2, midnight + 2 * 3_600, 24),
            (2, midnight + 3 * 3_600, 23),
            (0, midnight - 3_600, 1),
        ] {
            assert_eq!(until(hour, now_s).as_secs(), hours * 3_600);
        }
    }
}
