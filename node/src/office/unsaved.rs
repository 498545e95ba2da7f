//! Which own acts are seen and not yet on the disk. What is staged is seen at once, and a power cut
//! takes it back until the store has synced it: nobody may hold such an act for saved, and no
//! citizen may get a receipt of it.

use registry::act::Author;
use registry_store::Position;

use super::Office;
use crate::tables::ActKey;

/// The newest own acts, as long as they are only staged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unsaved(Option<Span>);

#[derive(Debug, Clone, Copy)]
struct Span {
    /// The first of them.
    from: ActKey,
    /// Where the store has to be for all of them.
    until: Position,
}

impl Unsaved {
    /// Acts from `first` on were staged as the batch at `position`; the disk has everything up to
    /// `durable`.
    pub(super) fn staged(&mut self, first: ActKey, position: Position, durable: Position) {
        let waiting = self.0.filter(|span| durable < span.until);
        let from = waiting.map_or(first, |span| span.from.min(first));
        self.0 = Some(Span {
            from,
            until: position,
        });
    }

    /// Whether the disk, which has everything up to `durable`, has this act.
    fn is_saved(&self, act: ActKey, durable: Position) -> bool {
        self.0
            .is_none_or(|span| act < span.from || span.until <= durable)
    }
}

impl Office {
    /// Whether an own act is on the disk.
    pub(super) fn is_saved(&self, author: &Author) -> bool {
        let (act, live) = (ActKey::of(author), self.live());
        // Rows are seen a moment before what is held in memory has followed them.
        let last = ActKey {
            incarnation: live.meta.incarnation,
            number: live.meta.outbox_last,
        };
        act <= last && live.unsaved.is_saved(act, self.store().durable())
    }
}
