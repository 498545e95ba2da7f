//! Sequences of what can happen to two sessions and to the line between them: delivered, repeated,
//! late, lost, turned and forged frames, clocks, slow owners, ends and new beginnings.
//!
//! Every step is one byte, with its own bytes behind it; so a mutation of an input is another
//! sequence that is much like it.

use bytes::Bytes;
use sync_proto::{CentralInput, Class, NodeInput, StopCause, limits};

use crate::line::{Line, STRANGE, Side};

/// Steps of one sequence that are taken.
const STEPS_MAX: usize = 400;
/// Tags of the messages, and two that no message has.
const TAGS: [u8; 26] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 32, 48, 64, 65, 80, 0, 255, 12, 13, 14, 15, 16, 17, 96, 97,
];

/// Reads the bytes of the steps from the front.
struct Steps<'a>(&'a [u8]);

impl Steps<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Some bytes, as many as the next byte says.
    fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(self.byte()?).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(bytes.to_vec())
    }
}

/// The first byte says how much there is at the start; then the steps.
pub(crate) fn sequence(bytes: &[u8]) {
    let mut steps = Steps(bytes);
    let Some(start) = steps.byte() else {
        return;
    };
    let mut line = Line::new(start & 7, start >> 3);
    let mut forged_bytes = 0;
    for _ in 0..STEPS_MAX {
        if step(&mut steps, &mut line, &mut forged_bytes).is_none() {
            break;
        }
    }
    // Whatever happened, a line that nobody disturbs comes to rest.
    for _ in 0..4_000 {
        if !line.round() {
            return;
        }
    }
    panic!("two sessions talk for ever");
}

fn step(steps: &mut Steps<'_>, line: &mut Line, forged_bytes: &mut usize) -> Option<()> {
    let code = steps.byte()?;
    let side = if code & 1 == 0 {
        Side::Node
    } else {
        Side::Central
    };
    let class = usize::from(code >> 5);
    match (code >> 1) & 0x0f {
        0 | 1 => {
            line.deliver(side, class);
        }
        2 => {
            line.work(side);
        }
        3 => {
            line.round();
        }
        4 => {
            line.queue(side, class).pop_front();
        }
        5 => {
            let queue = line.queue(side, class);
            if let Some(frame) = queue.front().cloned() {
                queue.push_front(frame);
            }
        }
        6 => {
            let queue = line.queue(side, class);
            if let Some(frame) = queue.pop_front() {
                queue.push_back(frame);
            }
        }
        7 => turn(steps, line, side, class)?,
        8 => forge(steps, line, side, class, forged_bytes)?,
        9 => line.act(vec![steps.byte()?; class * 300 + 1].into()),
        10 => line.change(if class == 7 { STRANGE } else { 2 }, steps.byte()?, code),
        11 => line.pass(u64::from(steps.byte()?) << (class * 2)),
        12 => match side {
            Side::Node => line.tell_node(NodeInput::Confirmed),
            Side::Central => line.tell_central(CentralInput::Confirmed),
        },
        13 => match (side, class) {
            (Side::Node, 0) => line.tell_node(NodeInput::Stop),
            (Side::Central, 0) => line.tell_central(CentralInput::Displaced),
            (Side::Node, 2) => line.want(),
            (Side::Node, 6) => line.ask(code),
            (Side::Central, 1) => line.tell_central(CentralInput::Stop {
                cause: StopCause::GoingDown,
                retry_after_ms: Some(u64::MAX),
            }),
            _ => line.confirm(),
        },
        14 => {
            if class == 0 {
                line.office.slice.clear();
            }
            line.reconnect();
        }
        _ => {
            for _ in 0..8 {
                line.round();
            }
        }
    }
    Some(())
}

/// One bit of a frame on its way is turned.
fn turn(steps: &mut Steps<'_>, line: &mut Line, side: Side, class: usize) -> Option<()> {
    let (at, bit) = (steps.byte()?, steps.byte()?);
    if let Some(frame) = line.queue(side, class).front_mut() {
        let mut bytes = frame.to_vec();
        let at = usize::from(at) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (bit % 8);
        }
        *frame = bytes.into();
    }
    Some(())
}

/// A frame that no honest peer made, now and then a very long one.
fn forge(
    steps: &mut Steps<'_>,
    line: &mut Line,
    side: Side,
    class: usize,
    forged_bytes: &mut usize,
) -> Option<()> {
    let (tag, times) = (steps.byte()?, steps.byte()?);
    let body = steps.bytes()?;
    let times = if times > 250 { 4_200 } else { 1 };
    let tag = TAGS[usize::from(tag) % TAGS.len()];
    let frame = [&[tag][..], &body.repeat(times)].concat();
    *forged_bytes += frame.len();
    if *forged_bytes <= 4 * limits::FRAME_BYTES_MAX {
        let class = Class::ALL[class % Class::ALL.len()];
        line.give(side, class, Bytes::from(frame));
    }
    Some(())
}
