//! Lines: a connection with its two ends, as QUIC would give it. Frames of one class keep their
//! order, those of different classes do not; a blocked way holds frames back until it opens or the
//! connection is given up, and then whatever was under way is lost.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use registry::attachment::AttachmentId;
use registry::{ActNumber, FeedSeq, Incarnation};
use sync_proto::{CentralSession, Class, Hello, NodeSession};

use super::centre::Slot;
use super::liar::{Lie, Twist};
use super::{Event, World};
use crate::check::Failure;
use crate::dice::Dice;

/// How long a connection lives without hearing anything.
pub(crate) const IDLE_MS: u64 = 60_000;
/// Frames and headers of the transport around each frame.
const OVERHEAD_BYTES: usize = 60;

/// The centre's end of a line, beside its session.
#[derive(Default)]
pub(crate) struct CentralEnd {
    pub(crate) session: Option<CentralSession>,
    pub(crate) hello: Option<Box<Hello>>,
    pub(crate) told: Option<FeedSeq>,
    pub(crate) feed_start: FeedSeq,
    pub(crate) applied: FeedSeq,
    pub(crate) epoch: Option<u64>,
    pub(crate) incarnation: Incarnation,
    pub(crate) outbox_last: ActNumber,
    /// Answers in the order of the questions.
    pub(crate) answers: VecDeque<Slot>,
    /// The centre's life in which it began.
    pub(crate) life: u64,
    /// Pieces of which this line knows that the centre has them, by attachment.
    pub(crate) pieces: BTreeMap<AttachmentId, u16>,
    /// Those of them that came a second time.
    pub(crate) repeated: u32,
    /// What is told instead of the next answer that it fits.
    pub(crate) lie: Option<(Lie, Dice)>,
    /// What becomes of the next frame of the feed.
    pub(crate) twist: Option<Twist>,
    /// A page with bits turned was sent on it.
    pub(crate) turned: bool,
}

/// A line.
pub(crate) struct Line {
    pub(crate) device: usize,
    pub(crate) begun_ms: u64,
    pub(crate) node: Option<NodeSession>,
    pub(crate) central: CentralEnd,
    /// When the last frame of a class arrives, by direction.
    last: BTreeMap<(bool, Class), u64>,
    held: Vec<(bool, Class, Bytes)>,
    /// The first frame that went up: the hello.
    pub(crate) first: Option<Bytes>,
    wakes: [Option<u64>; 2],
    /// Acts up to this one were read for sending, or are at the centre.
    pub(crate) acts_sent: ActNumber,
    /// The thumbnail that the office fetches.
    pub(crate) fetching: Option<AttachmentId>,
}

impl Line {
    pub(crate) fn new(device: usize, begun_ms: u64, node: Option<NodeSession>) -> Line {
        Line {
            device,
            begun_ms,
            node,
            central: CentralEnd::default(),
            last: BTreeMap::new(),
            held: Vec::new(),
            first: None,
            wakes: [None; 2],
            acts_sent: ActNumber::default(),
            fetching: None,
        }
    }

    /// Milliseconds since its beginning.
    pub(crate) fn age(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.begun_ms)
    }
}

impl World {
    /// Puts a frame on a line.
    pub(crate) fn send(&mut self, id: u64, up: bool, class: Class, frame: Bytes) {
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        if up && line.first.is_none() {
            line.first = Some(frame.clone());
        }
        let Some(device) = self.devices.get_mut(line.device) else {
            return;
        };
        let bytes = frame.len() + OVERHEAD_BYTES;
        let free = device.path.free_ms(up).max(self.now_ms);
        let sent = free + device.path.profile.busy_ms(up, bytes);
        device.path.set_free(up, sent);
        let mut arrives = sent + device.path.profile.under_way_ms(&mut self.dice, bytes);
        if !up {
            // Nothing is read from a line before its handshake is complete.
            arrives = arrives.max(line.begun_ms + device.path.profile.rtt_ms + 1);
        }
        let last = line.last.entry((up, class)).or_default();
        arrives = arrives.max(*last);
        *last = arrives;
        let event = Event::Arrives {
            line: id,
            up,
            class,
            frame,
        };
        self.at(arrives, event);
    }

    pub(super) fn arrives(
        &mut self,
        id: u64,
        up: bool,
        class: Class,
        frame: Bytes,
    ) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let blocked = self
            .devices
            .get(line.device)
            .is_some_and(|device| device.path.is_blocked(up));
        if blocked {
            line.held.push((up, class, frame));
            return Ok(());
        }
        self.tally.frames += 1;
        if up {
            self.centre_gets(id, class, frame)
        } else {
            for frame in self.twisted(id, class, frame) {
                self.node_gets(id, class, frame)?;
            }
            Ok(())
        }
    }

    /// A way is open again: what was held back arrives, in its order.
    pub(super) fn opens(&mut self, device: usize) -> Result<(), Failure> {
        let Some(open) = self.devices.get_mut(device) else {
            return Ok(());
        };
        if open.path.blocked_until > self.now_ms {
            return Ok(());
        }
        open.path.blocked = None;
        let ids: Vec<u64> = self
            .lines
            .iter()
            .filter(|(_, line)| line.device == device)
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            let held = self
                .lines
                .get_mut(&id)
                .map(|line| std::mem::take(&mut line.held))
                .unwrap_or_default();
            for (up, class, frame) in held {
                self.arrives(id, up, class, frame)?;
            }
        }
        Ok(())
    }

    /// Looks whether a line has heard nothing for too long.
    pub(super) fn silent(&mut self, id: u64) -> Result<(), Failure> {
        let Some(line) = self.lines.get(&id) else {
            return Ok(());
        };
        let Some(device) = self.devices.get(line.device) else {
            return Ok(());
        };
        let blocked_ms = device
            .path
            .blocked
            .map_or(0, |(_, since)| self.now_ms.saturating_sub(since));
        let alone = line.node.is_none()
            || line.central.session.is_none()
            || line.central.life != self.centre.life;
        if alone || blocked_ms >= IDLE_MS {
            self.trace.note(|| format!("line {id} is given up"));
            return self.drop_line(id);
        }
        Ok(())
    }

    /// Both ends give a line up.
    pub(crate) fn drop_line(&mut self, id: u64) -> Result<(), Failure> {
        if let Some(line) = self.lines.remove(&id) {
            self.leave_hub(&line, id);
            if line.node.is_some() {
                self.node_left(line.device, id);
            }
        }
        Ok(())
    }

    /// One end has closed: the other hears of it after what was sent before.
    pub(crate) fn close(&mut self, id: u64, by_node: bool) {
        let Some(line) = self.lines.get(&id) else {
            return;
        };
        let up = by_node;
        let last = line
            .last
            .iter()
            .filter(|((way, _), _)| *way == up)
            .map(|(_, at)| *at)
            .max()
            .unwrap_or(self.now_ms);
        let rtt = self
            .devices
            .get(line.device)
            .map_or(0, |device| device.path.profile.rtt_ms);
        let at = last.max(self.now_ms + rtt / 2) + 1;
        self.at(at, Event::Gone { line: id, up });
        self.after(IDLE_MS, Event::Silent { line: id });
    }

    pub(super) fn gone(&mut self, id: u64, up: bool) -> Result<(), Failure> {
        let blocked = self.lines.get(&id).is_some_and(|line| {
            self.devices
                .get(line.device)
                .is_some_and(|device| device.path.is_blocked(up))
        });
        if blocked {
            // The word is lost; silence tells it later.
            return Ok(());
        }
        self.drop_line(id)
    }

    /// Asks to be called when a session wants it.
    pub(crate) fn wake_at(&mut self, id: u64, up: bool, session_ms: Option<u64>) {
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        let Some(wake) = line.wakes.get_mut(usize::from(up)) else {
            return;
        };
        let Some(at) = session_ms.map(|ms| (line.begun_ms + ms).max(self.now_ms)) else {
            return;
        };
        if *wake != Some(at) {
            *wake = Some(at);
            self.at(at, Event::Wake { line: id, up });
        }
    }

    pub(super) fn wake(&mut self, id: u64, up: bool) -> Result<(), Failure> {
        let now_ms = self.now_ms;
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        if line.wakes.get(usize::from(up)).copied().flatten() != Some(now_ms) {
            return Ok(());
        }
        if let Some(wake) = line.wakes.get_mut(usize::from(up)) {
            *wake = None;
        }
        if up {
            self.centre_tick(id)
        } else {
            self.node_tick(id)
        }
    }

    pub(super) fn confirmed(&mut self, id: u64, up: bool) -> Result<(), Failure> {
        if up {
            self.centre_confirmed(id)
        } else {
            self.node_confirmed(id)
        }
    }
}
