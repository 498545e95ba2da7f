//! Waiting for a condition, never for a time: looks again and again until it holds, and gives up
//! with words when it does not.

use std::time::{Duration, Instant};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(4);
/// After so long it is taken that the condition will never hold. Longer than any timeout of the
/// programs, and far longer than a machine that is busy needs.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Waits until `look` finds something.
///
/// # Panics
///
/// When it does not within [`LIMIT`]; `what` says for what it waited.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    match within(LIMIT, look) {
        Some(found) => found,
        None => panic!("waited {} s in vain: {what}", LIMIT.as_secs()),
    }
}

/// Waits until `look` finds something, or until the limit.
pub fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begun.elapsed() > limit {
            return None;
        }
        std::thread::sleep(LOOK);
    }
}
