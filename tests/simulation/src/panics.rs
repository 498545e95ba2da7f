//! A panic in a run: caught, so that a run of ten thousand seeds goes on and its seed is known.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::check::Failure;

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What did not hold, a panic included: nothing that a peer, a disk or a clock does may cause one.
pub(crate) fn caught(work: impl FnOnce() -> Result<(), Failure>) -> Option<Failure> {
    notice_places();
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.err(),
        Err(panic) => {
            let place = PLACE.take();
            let words = format!("a panic at {place}: {}", message(&*panic));
            Some(Failure::new("9 panic", words))
        }
    }
}

/// From now on where a panic was is noted too. The hook that was there is asked as ever: it prints
/// the panic, and its backtrace if that is wanted.
fn notice_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string);
            PLACE.set(place.unwrap_or_default());
            before(panic);
        }));
    });
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without words")
}
