//! The node's session: routes between the concerns and holds where the session stands.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use registry::{ActNumber, FeedSeq, NodeId, OfficeCode};

use super::event::{Effects, Ending, NodeInput, NodeOutput};
use crate::attachment::OfficeSide;
use crate::chain::ChainPoint;
use crate::check::CheckTimer;
use crate::class::Class;
use crate::codec::{Codec, NO_DICTIONARY};
use crate::digest::Digest;
use crate::early::Early;
use crate::error::{Misuse, SessionError, Violation};
use crate::feed::FeedReader;
use crate::fill::FillTaker;
use crate::hello::{self, clock_offset_ms};
use crate::limits;
use crate::message::{
    CheckAnswer, FillReason, FillState, Goodbye, Hello, HelloAnswer, Message, Minors, NewLife,
    Verdict,
};
use crate::papers::Asker;
use crate::push::{PushStart, Pusher};
use crate::readings::Teller;
use crate::repair::Lister;
use crate::text::Text;

/// What stays the same from session to session.
#[derive(Clone)]
pub struct NodeConfig {
    /// The node's commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Signs batches; the certificate's key.
    pub key: SigningKey,
    /// Versions that are spoken: [`Minors::CURRENT`].
    pub minors: Minors,
    /// The newest schema of entries and pages that is read.
    pub schema: u16,
    /// Packs and expands payloads.
    pub codec: Arc<Codec>,
    /// The dictionary to use, known to the codec.
    pub dictionary: u32,
    /// Name and version of the software.
    pub software: String,
    /// How often to compare digests while nothing happens, milliseconds.
    pub check_interval_ms: u64,
    /// How long after the last activity to compare digests, milliseconds.
    pub check_settle_ms: u64,
}

/// Where the node stands when it connects, read from its journal.
#[derive(Debug, Clone)]
pub struct NodeState {
    /// The last act in the outbox of this life, and the chain at it.
    pub outbox_last: ChainPoint,
    /// The first act that can still be read.
    pub kept_from: ActNumber,
    /// The last act that the centre said it has.
    pub taken: ActNumber,
    /// The last feed entry that is durable.
    pub feed_applied: FeedSeq,
    /// The digest of the official slice at it.
    pub digest: Digest,
    /// Set while the first fill is not complete.
    pub fill: Option<FillState>,
    /// Higher than at any connection before; stored before it is used.
    pub epoch: u64,
    /// The node's clock, milliseconds since 1970.
    pub wall_ms: u64,
}

/// What the official slice is going through.
enum Slice {
    Feeding,
    Filling(FillTaker),
    Mending(Lister),
}

enum Phase {
    /// The hello is sent; frames that overtake its answer wait.
    Greeting(Early),
    Linked,
    Ended,
}

/// A session at a node; lives as long as one connection.
pub struct NodeSession {
    config: NodeConfig,
    out: Effects<NodeOutput>,
    phase: Phase,
    confirmed: bool,
    now_ms: u64,
    begun_ms: u64,
    wall_ms: u64,
    outbox_point: ChainPoint,
    fill: Option<FillState>,
    digest: Digest,
    pusher: Pusher,
    feed: FeedReader,
    slice: Slice,
    check: CheckTimer,
    attachments: OfficeSide,
    teller: Teller,
    asker: Asker,
    /// The dictionary that both sides know.
    dictionary: u32,
}

impl NodeSession {
    /// Begins a session; its hello is the first output and may be sent as early data.
    pub fn new(config: NodeConfig, state: &NodeState, now_ms: u64) -> Result<Self, SessionError> {
        let mut out = Effects::new();
        out.send(Hello::of(&config, state))?;
        let pusher = Pusher::new(PushStart {
            key: config.key.clone(),
            codec: Arc::clone(&config.codec),
            dictionary: config.dictionary,
            outbox_last: state.outbox_last,
            kept_from: state.kept_from,
            taken: state.taken,
        });
        let feed = FeedReader::new(Arc::clone(&config.codec), state.feed_applied);
        let check = CheckTimer::new(config.check_interval_ms, config.check_settle_ms);
        Ok(Self {
            out,
            phase: Phase::Greeting(Early::new(limits::EARLY_BYTES_MAX_NODE)),
            confirmed: false,
            now_ms,
            begun_ms: now_ms,
            wall_ms: state.wall_ms,
            outbox_point: state.outbox_last,
            fill: state.fill,
            digest: state.digest,
            pusher,
            feed,
            slice: Slice::Feeding,
            check,
            attachments: OfficeSide::new(),
            teller: Teller::new(Arc::clone(&config.codec)),
            asker: Asker::new(Arc::clone(&config.codec)),
            dictionary: NO_DICTIONARY,
            config,
        })
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<NodeOutput> {
        self.out.pop()
    }

    /// Whether the session is over; what is given to it then is ignored.
    pub fn is_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// Whether the centre owes an answer: acts or a check were sent, and it has said nothing of
    /// them. A driver that hears nothing at all meanwhile may take the centre for gone.
    pub fn awaits_answer(&self) -> bool {
        matches!(self.phase, Phase::Linked) && (!self.pusher.settled() || self.check.is_asked())
    }

    /// When to call [`tick`](Self::tick), if nothing else comes before.
    pub fn next_wake_ms(&self) -> Option<u64> {
        match self.phase {
            Phase::Greeting(_) => Some(self.begun_ms.saturating_add(limits::ANSWER_MS_MAX)),
            Phase::Linked => {
                let quiet = self.is_quiet();
                let teller = self.teller.wake_ms(quiet && self.confirmed);
                let wakes = [self.check.wake_ms(quiet), teller];
                wakes.into_iter().flatten().min()
            }
            Phase::Ended => None,
        }
    }

    /// Takes a frame or a local event. After an error the session is over: a goodbye and
    /// [`NodeOutput::Close`] are the last outputs.
    pub fn handle(&mut self, input: NodeInput, now_ms: u64) -> Result<(), SessionError> {
        if self.is_ended() {
            return Ok(());
        }
        self.now_ms = self.now_ms.max(now_ms);
        let done = self.dispatch(input).and_then(|()| self.advance());
        self.closing(done)
    }

    /// Lets time pass.
    pub fn tick(&mut self, now_ms: u64) -> Result<(), SessionError> {
        self.now_ms = self.now_ms.max(now_ms);
        let done = match self.phase {
            Phase::Greeting(_) => {
                let late = self.now_ms >= self.begun_ms.saturating_add(limits::ANSWER_MS_MAX);
                if late {
                    Err(Violation::NoAnswer { what: "the hello" }.into())
                } else {
                    Ok(())
                }
            }
            Phase::Linked => {
                let position = (self.feed.durable(), self.pusher.last());
                let quiet = self.is_quiet();
                let may_tell = quiet && self.confirmed;
                self.teller.advance(self.now_ms, may_tell, &mut self.out);
                self.check
                    .tick(self.now_ms, quiet, position, &self.digest, &mut self.out)
            }
            Phase::Ended => Ok(()),
        };
        self.closing(done)
    }

    fn dispatch(&mut self, input: NodeInput) -> Result<(), SessionError> {
        match input {
            NodeInput::Frame(class, frame) => self.frame(class, &frame),
            NodeInput::Confirmed => {
                self.confirmed = true;
                Ok(())
            }
            NodeInput::OutboxGrew { last, chain } => {
                self.check.activity(self.now_ms);
                self.pusher.grew(last, chain)
            }
            NodeInput::OutboxRead {
                first,
                before,
                acts,
            } => {
                let life = self.pusher.read(first, before, &acts, &mut self.out)?;
                self.new_life(life)
            }
            NodeInput::FeedDurable { applied, digest } => {
                self.digest = digest;
                self.check.activity(self.now_ms);
                self.feed.on_durable(applied, &mut self.out)
            }
            NodeInput::ReadingsGrew { at_once } => {
                self.teller.grew(self.now_ms, at_once);
                Ok(())
            }
            NodeInput::ReadingsRead { up_to, payload } => {
                self.teller
                    .read(up_to, &payload, self.dictionary, &mut self.out)
            }
            NodeInput::NeedsUpgrade { at } => self.feed.hold(at, &mut self.out),
            NodeInput::CheckNow => {
                self.check.now(self.now_ms);
                Ok(())
            }
            NodeInput::PageDurable { last, digest } => self.page_durable(last, digest),
            NodeInput::RepairListing { items, done } => match &mut self.slice {
                Slice::Mending(lister) => lister.listing(items, done, &mut self.out),
                _ => Err(Misuse::Unasked {
                    what: "a list of the slice",
                }
                .into()),
            },
            NodeInput::RepairDurable { digest } => self.repair_durable(digest),
            NodeInput::Attachment(input) => {
                self.attachments.handle(input, self.now_ms, &mut self.out)
            }
            NodeInput::WantPapers { record } => {
                self.asker.wish(record, &mut self.out);
                Ok(())
            }
            NodeInput::Stop => {
                let words = "the node stops or restarts";
                let goodbye = Goodbye {
                    code: Text::cut("stopping"),
                    words: Text::cut(words),
                    retry_after_ms: None,
                };
                self.end(Ending::said(&goodbye, false), Some(goodbye));
                Ok(())
            }
        }
    }

    fn frame(&mut self, class: Class, frame: &Bytes) -> Result<(), SessionError> {
        let message = Message::decode(class, frame)?;
        match (&mut self.phase, message) {
            (Phase::Greeting(_), Message::HelloAnswer(answer)) => self.answered(&answer),
            (_, Message::Goodbye(goodbye)) => {
                self.on_goodbye(&goodbye);
                Ok(())
            }
            (Phase::Greeting(early), message) => early.keep(message, frame.len()),
            (_, message) => self.message(message),
        }
    }

    fn message(&mut self, message: Message) -> Result<(), SessionError> {
        match (message, &mut self.slice) {
            (Message::Taken(taken), _) => {
                self.check.activity(self.now_ms);
                self.attachments.stir();
                self.pusher.taken(&taken, &mut self.out)
            }
            (Message::OfferAnswer(answer), _) => self.attachments.answered(&answer, &mut self.out),
            (Message::PieceAck(ack), _) => {
                self.attachments
                    .acknowledged(&ack, self.now_ms, &mut self.out)
            }
            (Message::FetchRefused(refused), _) => {
                self.attachments.refused(&refused, &mut self.out)
            }
            (Message::PieceList(list), _) => self.attachments.list(list),
            (Message::Piece(piece), _) => self.attachments.piece(piece, &mut self.out),
            (Message::Entries(entries), Slice::Feeding) => {
                self.check.activity(self.now_ms);
                self.feed.entries(entries, &mut self.out)
            }
            (Message::FillPage(page), Slice::Filling(fill)) => fill.page(page, &mut self.out),
            (Message::RepairPatch(patch), Slice::Mending(lister)) => {
                lister.patch(patch, &mut self.out)
            }
            (Message::BundleKey(told), _) => {
                self.out.push(NodeOutput::BundleKey { key: told.key });
                Ok(())
            }
            (Message::RecordPapers(papers), _) => self.asker.told(papers, &mut self.out),
            (Message::ReadingsTaken(taken), _) => self.teller.taken(&taken, &mut self.out),
            (Message::CheckAnswer(answer), _) => self.checked(&answer),
            (other, _) => Err(Violation::Unexpected {
                message: other.name(),
            }
            .into()),
        }
    }

    fn answered(&mut self, answer: &HelloAnswer) -> Result<(), SessionError> {
        match &answer.verdict {
            Verdict::Refused(goodbye) => {
                self.on_goodbye(goodbye);
                return Ok(());
            }
            Verdict::EpochBehind(above) => {
                self.out.push(NodeOutput::EpochBehind { above: *above });
                self.end(Ending::stale(true), None);
                return Ok(());
            }
            Verdict::NewIncarnation(reason) => {
                let above = answer.incarnation.max(self.outbox_point.incarnation);
                let ours = answer.incarnation == self.outbox_point.incarnation;
                self.out.push(NodeOutput::NeedNewIncarnation {
                    above,
                    reason: *reason,
                    taken: ours.then_some(answer.taken),
                });
                self.end(self.life_over(*reason), None);
                return Ok(());
            }
            Verdict::Continue | Verdict::FillNeeded(_) | Verdict::Repair => {}
        }
        self.check_offers(answer)?;
        self.check.agreed(answer.minor);
        self.attachments.agreed(answer.minor);
        self.teller.agreed(answer.minor);
        self.asker.agreed(answer.minor);
        self.dictionary = answer.dictionary;
        let life = self.pusher.answered(answer)?;
        self.new_life(life)?;
        let Phase::Greeting(mut early) = std::mem::replace(&mut self.phase, Phase::Linked) else {
            self.phase = Phase::Ended;
            return Ok(());
        };
        let waited_ms = self.now_ms.saturating_sub(self.begun_ms);
        self.out.push(NodeOutput::Linked {
            central_ms: answer.central_ms,
            clock_offset_ms: clock_offset_ms(self.wall_ms, waited_ms, answer.central_ms),
            feed_head: answer.feed_head,
            schema: answer.schema,
        });
        self.enter_slice(answer)?;
        while let Some(message) = early.next() {
            if self.is_ended() {
                break;
            }
            self.message(message)?;
        }
        Ok(())
    }

    fn check_offers(&self, answer: &HelloAnswer) -> Result<(), SessionError> {
        let ours = self.config.minors;
        hello::choose_minor(
            Minors {
                min: answer.minor,
                max: answer.minor,
            },
            ours,
        )?;
        if ![NO_DICTIONARY, self.config.dictionary].contains(&answer.dictionary) {
            return Err(Violation::NotOffered { what: "dictionary" }.into());
        }
        let window = usize::from(answer.push_window);
        if window == 0 || window > limits::PUSH_WINDOW_MAX {
            let max = limits::PUSH_WINDOW_MAX;
            return Err(Violation::Limit {
                what: "the push window",
                max,
            }
            .into());
        }
        Ok(())
    }

    /// Goes on with the slice as the centre's answer says.
    fn enter_slice(&mut self, answer: &HelloAnswer) -> Result<(), SessionError> {
        let applied = self.feed.durable();
        match &answer.verdict {
            Verdict::FillNeeded(reason) => return self.fill_anew(*reason),
            Verdict::Repair if self.fill.is_none() => {
                self.mend();
                return Ok(());
            }
            Verdict::Continue => {}
            _ => {
                return Err(Violation::Unexpected {
                    message: "this verdict",
                }
                .into());
            }
        }
        if let Some(state) = self.fill {
            return self.start_fill(state);
        }
        if answer.feed_head < applied {
            let (head, applied) = (answer.feed_head.get(), applied.get());
            return Err(Violation::FeedWentBack { head, applied }.into());
        }
        if answer.feed_head == applied && self.pusher.settled() {
            // The centre compared the digests when it read the hello.
            self.check.equal(self.now_ms);
            self.out.push(NodeOutput::InStep);
        } else {
            self.check.activity(self.now_ms);
        }
        Ok(())
    }

    fn start_fill(&mut self, state: FillState) -> Result<(), SessionError> {
        let codec = Arc::clone(&self.config.codec);
        self.slice = Slice::Filling(FillTaker::start(codec, state, &mut self.out)?);
        Ok(())
    }

    fn fill_anew(&mut self, reason: FillReason) -> Result<(), SessionError> {
        self.out.push(NodeOutput::NeedFill { reason });
        self.start_fill(FillState::default())
    }

    fn mend(&mut self) {
        self.slice = Slice::Mending(Lister::new(Arc::clone(&self.config.codec)));
    }

    fn page_durable(
        &mut self,
        last: Option<registry::RecordId>,
        digest: Digest,
    ) -> Result<(), SessionError> {
        let Slice::Filling(fill) = &mut self.slice else {
            return Err(Misuse::Unasked {
                what: "a durable page",
            }
            .into());
        };
        self.digest = digest;
        if let Some(start) = fill.on_durable(last, &digest, &mut self.out)? {
            self.feed.restart(start);
            self.slice = Slice::Feeding;
            self.check.activity(self.now_ms);
        }
        Ok(())
    }

    fn repair_durable(&mut self, digest: Digest) -> Result<(), SessionError> {
        let Slice::Mending(lister) = &mut self.slice else {
            return Err(Misuse::Unasked {
                what: "a durable patch",
            }
            .into());
        };
        self.digest = digest;
        if lister.on_durable(&mut self.out)? {
            self.slice = Slice::Feeding;
            self.check.now(self.now_ms);
        }
        Ok(())
    }

    fn checked(&mut self, answer: &CheckAnswer) -> Result<(), SessionError> {
        self.check.answered(self.now_ms)?;
        match answer {
            CheckAnswer::Same if self.is_quiet() => self.out.push(NodeOutput::InStep),
            CheckAnswer::Same | CheckAnswer::Moving => self.check.activity(self.now_ms),
            CheckAnswer::Differs if self.feed.settled() => self.mend(),
            CheckAnswer::FillNeeded(reason) if self.feed.settled() => {
                return self.fill_anew(*reason);
            }
            CheckAnswer::Differs | CheckAnswer::FillNeeded(_) => {
                return Err(Violation::Unexpected {
                    message: "CheckAnswer",
                }
                .into());
            }
        }
        Ok(())
    }

    /// Whether nothing is on its way on this side.
    fn is_quiet(&self) -> bool {
        let feeding = matches!(self.slice, Slice::Feeding);
        feeding && self.feed.settled() && self.pusher.settled()
    }

    /// Goes on with whatever the last event made possible.
    fn advance(&mut self) -> Result<(), SessionError> {
        if self.is_ended() {
            return Ok(());
        }
        if self.confirmed {
            self.pusher.advance(&mut self.out);
        }
        if let Slice::Mending(lister) = &mut self.slice {
            lister.advance(&mut self.out);
        }
        if matches!(self.phase, Phase::Linked) && self.confirmed {
            let (clear, taken) = (self.pusher.all_sent(), self.pusher.taken_up_to());
            self.attachments.advance(clear, taken, &mut self.out)?;
            self.asker.advance(&mut self.out)?;
            let quiet = self.is_quiet();
            self.teller.advance(self.now_ms, quiet, &mut self.out);
        }
        Ok(())
    }

    fn new_life(&mut self, reason: Option<NewLife>) -> Result<(), SessionError> {
        if let Some(reason) = reason {
            let above = self.outbox_point.incarnation;
            self.out.push(NodeOutput::NeedNewIncarnation {
                above,
                reason,
                taken: self.pusher.central_taken(),
            });
            self.end(self.life_over(reason), None);
        }
        Ok(())
    }

    fn life_over(&self, reason: NewLife) -> Ending {
        let words = match reason {
            NewLife::OldLife => "the centre knows a later life of this node",
            NewLife::OutboxBehind => "the centre has more acts of this life than the outbox",
            NewLife::ChainBroken => "the centre has other acts under the same numbers",
        };
        let code = "new_incarnation".to_owned();
        Ending {
            code,
            words: words.to_owned(),
            retry_after_ms: None,
            by_peer: false,
        }
    }

    fn on_goodbye(&mut self, goodbye: &Goodbye) {
        if goodbye.code.as_str() == Violation::ChainBroken.code() {
            let above = self.outbox_point.incarnation;
            let reason = NewLife::ChainBroken;
            self.out.push(NodeOutput::NeedNewIncarnation {
                above,
                reason,
                taken: self.pusher.central_taken(),
            });
        }
        self.end(Ending::said(goodbye, true), None);
    }

    fn end(&mut self, ending: Ending, goodbye: Option<Goodbye>) {
        if let Some(goodbye) = goodbye {
            // A goodbye always fits into a frame; if not, the close says enough.
            let _ = self.out.send(goodbye);
        }
        self.phase = Phase::Ended;
        self.out.push(NodeOutput::Close(ending));
    }

    fn closing(&mut self, done: Result<(), SessionError>) -> Result<(), SessionError> {
        if let Err(error) = &done {
            self.end(Ending::ours(error), Some(hello::goodbye(error)));
        }
        done
    }
}
