//! What an office holds in memory, behind a lock at which a thread looks once at a time.
//!
//! A second look while the first is kept would wait behind whoever waits to write, and they behind
//! the first: the office would stand still for good, on a busy day and on no other. So a build with
//! debug assertions refuses the second look always, whether anybody writes or not, and every test
//! that takes a way through the office proves it free of such.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

thread_local! {
    /// Whether this thread keeps a look, or writes.
    static LOOKS: Cell<bool> = const { Cell::new(false) };
}

/// What is held in memory.
pub(super) struct Memory<T>(RwLock<T>);

/// That this thread looks, as long as this is kept.
struct Looking;

impl Looking {
    fn begin() -> Looking {
        let before = LOOKS.replace(true);
        debug_assert!(!before, "looks twice at once: let go of the first look");
        Looking
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        LOOKS.set(false);
    }
}

/// A look at it.
pub(super) struct Look<'a, T> {
    held: RwLockReadGuard<'a, T>,
    _looking: Looking,
}

/// A change of it.
pub(super) struct Change<'a, T> {
    held: RwLockWriteGuard<'a, T>,
    _looking: Looking,
}

impl<T> Memory<T> {
    pub(super) const fn new(held: T) -> Memory<T> {
        Memory(RwLock::new(held))
    }

    pub(super) fn look(&self) -> Look<'_, T> {
        // Before the lock, which may be waited for forever.
        let _looking = Looking::begin();
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Look { held, _looking }
    }

    pub(super) fn change(&self) -> Change<'_, T> {
        let _looking = Looking::begin();
        let held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Change { held, _looking }
    }
}

impl<T> Deref for Look<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

impl<T> Deref for Change<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.held
    }
}

impl<T> DerefMut for Change<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_after_the_other_is_free_and_others_may_look_meanwhile() {
        let memory = Memory::new(1);
        assert_eq!(*memory.look() + 1, 2);
        *memory.change() += 1;
        let kept = memory.look();
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(*memory.look(), 2));
        });
        drop(kept);
        assert_eq!(*memory.look(), 2);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "let go of the first look")]
    fn a_second_look_while_the_first_is_kept_is_refused_though_nobody_writes() {
        let memory = Memory::new(1);
        let _ = *memory.look() + *memory.look();
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "let go of the first look")]
    fn whoever_looks_does_not_write() {
        let memory = Memory::new(1);
        let kept = memory.look();
        *memory.change() = *kept;
    }
}
