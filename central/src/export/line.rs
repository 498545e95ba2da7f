//! The line: several threads read communes and make them text, one writes, in the order of the
//! communes. What is made and not yet written is bounded; whoever is ahead waits.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::part::{self, Part};
use super::{ExportError, Exported, Wanted};

/// Threads that read and make text; each holds one portion of a commune.
const THREADS_MAX: usize = 4;
/// Pieces of text that a thread may be ahead.
const AHEAD_MAX: usize = 64;

/// A piece of text with what is in it; nothing when a part ends.
type Piece = Result<Option<(Vec<u8>, Exported)>, ExportError>;

/// Hears of each piece in its turn.
pub(super) type Write<'a> = dyn FnMut(Vec<u8>, Exported) -> Result<(), ExportError> + 'a;

pub(super) fn run(
    wanted: Wanted<'_>,
    parts: &[Part],
    write: &mut Write<'_>,
) -> Result<(), ExportError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.clamp(1, THREADS_MAX).min(parts.len().max(1));
    std::thread::scope(|line| {
        let lines: Vec<Receiver<Piece>> = (0..threads)
            .map(|thread| {
                let (send, receive) = sync_channel(AHEAD_MAX);
                // Every so many-th part is this thread's.
                let mine = parts.iter().skip(thread).step_by(threads);
                line.spawn(move || work(wanted, mine, &send));
                receive
            })
            .collect();
        for line in lines.iter().cycle().take(parts.len()) {
            // A line that ends before its part does has panicked; the scope passes that on.
            while let Ok(piece) = line.recv() {
                match piece? {
                    Some((text, exported)) => write(text, exported)?,
                    None => break,
                }
            }
        }
        Ok(())
    })
}

fn work<'a>(wanted: Wanted<'_>, parts: impl Iterator<Item = &'a Part>, send: &SyncSender<Piece>) {
    for part in parts {
        // Nobody listens any more once a part has failed or the file cannot be written.
        let mut heard = true;
        let outcome = part::read(wanted, *part, &mut |text, exported| {
            heard = send.send(Ok(Some((text, exported)))).is_ok();
            heard
        });
        if !heard || send.send(outcome.map(|()| None)).is_err() {
            return;
        }
    }
}
