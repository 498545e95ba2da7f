//! What happened: a hash of every event, so that two runs can be held against each other, and on
//! demand the events themselves for whoever looks for a fault.

use std::collections::VecDeque;

use crate::world::Event;

/// Most lines of a log that is kept: the last ones, for a failure stands at the end.
const LINES_MAX: usize = 200_000;

/// The trace of a run.
pub(crate) struct Trace {
    hasher: blake3::Hasher,
    lines: Option<VecDeque<String>>,
    now_ms: u64,
}

impl Trace {
    pub(crate) fn new(keep_log: bool) -> Trace {
        Trace {
            hasher: blake3::Hasher::new_derive_key("npd simulation trace"),
            lines: keep_log.then(VecDeque::new),
            now_ms: 0,
        }
    }

    /// An event of the queue. Frames enter with all their bytes.
    pub(crate) fn event(&mut self, now_ms: u64, event: &Event) {
        self.now_ms = now_ms;
        self.hasher.update(&now_ms.to_le_bytes());
        let words = match event {
            Event::Arrives {
                line,
                up,
                class,
                frame,
            } => {
                self.hasher.update(frame);
                let to = if *up { "centre" } else { "office" };
                format!(
                    "line {line}: {class:?} of {} B reaches the {to}",
                    frame.len()
                )
            }
            other => format!("{other:?}"),
        };
        self.hasher.update(words.as_bytes());
        self.keep(&words);
    }

    /// Whether the events are kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// A remark about what an event led to.
    pub(crate) fn note(&mut self, words: impl FnOnce() -> String) {
        if self.lines.is_some() {
            let words = format!("    {}", words());
            self.keep(&words);
        }
    }

    fn keep(&mut self, words: &str) {
        let now_ms = self.now_ms;
        if let Some(lines) = &mut self.lines {
            if lines.len() >= LINES_MAX {
                lines.pop_front();
            }
            lines.push_back(format!("{:>10.3} {words}", now_ms as f64 / 1000.0));
        }
    }

    pub(crate) fn hash(&self) -> String {
        data_encoding::HEXLOWER.encode(self.hasher.finalize().as_bytes())
    }

    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default().into()
    }
}
