//! Frames one after the other, as the body of a bundle holds them.

use bytes::{Buf, Bytes};

use super::BundleRefusal;
use crate::SessionError;
use crate::class::Class;
use crate::error::{DecodeError, Violation};
use crate::limits;
use crate::message::Message;

/// Class and length before each frame.
const HEAD_BYTES: usize = 5;

/// Frames on their way into a body, within its limits.
pub(super) struct FrameList {
    body: Vec<u8>,
    count: usize,
}

impl FrameList {
    /// A list behind what the body begins with.
    pub(super) fn behind(start: &[u8]) -> Self {
        Self {
            body: start.to_vec(),
            count: 0,
        }
    }

    /// Adds a frame; tells whether there was room for it.
    pub(super) fn add(&mut self, message: impl Into<Message>) -> Result<bool, SessionError> {
        let message = message.into();
        let frame = message.encode()?;
        let grown = self.body.len() + HEAD_BYTES + frame.len();
        let fits = grown <= limits::BUNDLE_BODY_BYTES_MAX && self.count < limits::BUNDLE_FRAMES_MAX;
        if fits {
            let len = u32::try_from(frame.len()).unwrap_or(u32::MAX);
            self.body.push(message.class().tag());
            self.body.extend_from_slice(&len.to_le_bytes());
            self.body.extend_from_slice(&frame);
            self.count += 1;
        }
        Ok(fits)
    }

    pub(super) fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// Frames of a body, read one at a time: none is expanded before its turn.
#[derive(Clone)]
pub(super) struct Frames {
    body: Bytes,
    count: usize,
}

impl Frames {
    pub(super) fn of(body: Bytes) -> Self {
        Self { body, count: 0 }
    }

    /// The next message; none at the end.
    pub(super) fn next_message(&mut self) -> Result<Option<Message>, BundleRefusal> {
        let Some((class, frame)) = self.next_frame()? else {
            return Ok(None);
        };
        let message = Message::decode(class, &frame).map_err(SessionError::from)?;
        Ok(Some(message))
    }

    fn next_frame(&mut self) -> Result<Option<(Class, Bytes)>, SessionError> {
        if self.body.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        if self.count > limits::BUNDLE_FRAMES_MAX {
            let max = limits::BUNDLE_FRAMES_MAX;
            return Err(Violation::Limit {
                what: "frames of a bundle",
                max,
            }
            .into());
        }
        let cut = || SessionError::from(DecodeError::Payload);
        let class = Class::from_tag(self.body.try_get_u8().map_err(|_| cut())?).ok_or_else(cut)?;
        let len = self.body.try_get_u32_le().map_err(|_| cut())?;
        let len = usize::try_from(len).map_err(|_| cut())?;
        if len > self.body.len() {
            return Err(cut());
        }
        Ok(Some((class, self.body.split_to(len))))
    }
}
