//! Messages that overtook the hello or its answer, kept in the order in which they came.
//!
//! Classes are streams of their own, so what was sent after a hello may be read before it.

use std::collections::VecDeque;

use crate::error::{SessionError, Violation};
use crate::limits::EARLY_FRAMES_MAX;
use crate::message::Message;

#[derive(Debug)]
pub(crate) struct Early {
    messages: VecDeque<Message>,
    bytes: usize,
    bytes_max: usize,
}

impl Early {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
            bytes_max,
        }
    }

    pub(crate) fn keep(&mut self, message: Message, len: usize) -> Result<(), SessionError> {
        self.bytes = self.bytes.saturating_add(len);
        if self.messages.len() >= EARLY_FRAMES_MAX || self.bytes > self.bytes_max {
            return Err(Violation::Credit {
                what: "frames before the hello",
            }
            .into());
        }
        self.messages.push_back(message);
        Ok(())
    }

    pub(crate) fn next(&mut self) -> Option<Message> {
        let message = self.messages.pop_front();
        if message.is_none() {
            self.bytes = 0;
        }
        message
    }
}
