//! The centre's session: routes between the concerns and holds where the session stands.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use registry::{FeedSeq, NodeId, OfficeCode};

use super::event::{CentralInput, CentralOutput, Effects, Ending, NodeStanding};
use super::link::{Link, Slice};
use crate::attachment::CentreSide;
use crate::check::Comparison;
use crate::class::Class;
use crate::codec::{Codec, NO_DICTIONARY};
use crate::digest::Digest;
use crate::early::Early;
use crate::error::{Misuse, SessionError, Violation};
use crate::feed::FeedSender;
use crate::hello::{self, Refusal};
use crate::limits;
use crate::message::{BundleKey, Goodbye, Hello, HelloAnswer, Message, Minors, Verdict};
use crate::papers::Answerer;
use crate::push::Taker;
use crate::readings::Listener;
use crate::repair::Mender;
use crate::text::Text;

/// What the centre knows of the connection from its certificate, and its own ways.
#[derive(Clone)]
pub struct CentralConfig {
    /// The commune in the certificate.
    pub office: OfficeCode,
    /// Other communes as whose office the node may greet: what it was before a decree, or is since.
    pub also: Vec<OfficeCode>,
    /// The node in the certificate.
    pub node: NodeId,
    /// The key in the certificate.
    pub key: VerifyingKey,
    /// Versions that are spoken: [`Minors::CURRENT`].
    pub minors: Minors,
    /// The schema in which entries and pages are written.
    pub schema: u16,
    /// Packs and expands payloads.
    pub codec: Arc<Codec>,
    /// Batches that the node may send ahead: 1 to [`limits::PUSH_WINDOW_MAX`], fewer under load.
    pub push_window: u8,
    /// To which key offices seal bundles on a stick; none where none are taken.
    pub bundle_key: Option<[u8; 32]>,
}

enum Phase {
    AwaitHello,
    LookingUp(Box<Hello>),
    Linked(Box<Link>),
    Ended,
}

/// A session at the centre; lives as long as one connection.
pub struct CentralSession {
    config: CentralConfig,
    out: Effects<CentralOutput>,
    phase: Phase,
    early: Early,
    confirmed: bool,
    begun_ms: u64,
    now_ms: u64,
    /// Growth of the feed that was told before the node's standing was loaded.
    grown: Option<(FeedSeq, Digest)>,
}

impl CentralSession {
    /// Begins a session for a connection with this certificate.
    pub fn new(config: CentralConfig, now_ms: u64) -> Self {
        Self {
            config,
            out: Effects::new(),
            phase: Phase::AwaitHello,
            early: Early::new(limits::EARLY_BYTES_MAX_CENTRAL),
            confirmed: false,
            begun_ms: now_ms,
            now_ms,
            grown: None,
        }
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<CentralOutput> {
        self.out.pop()
    }

    /// Whether the session is over; what is given to it then is ignored.
    pub fn is_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// When to call [`tick`](Self::tick), if nothing else comes before.
    pub fn next_wake_ms(&self) -> Option<u64> {
        let greeting = match self.phase {
            Phase::AwaitHello => true,
            Phase::LookingUp(_) | Phase::Linked(_) => !self.confirmed,
            Phase::Ended => false,
        };
        greeting.then(|| self.begun_ms.saturating_add(limits::ANSWER_MS_MAX))
    }

    /// Takes a frame or a local event. After an error the session is over: a goodbye and
    /// [`CentralOutput::Close`] are the last outputs.
    pub fn handle(&mut self, input: CentralInput, now_ms: u64) -> Result<(), SessionError> {
        if self.is_ended() {
            return Ok(());
        }
        self.now_ms = self.now_ms.max(now_ms);
        let done = self.dispatch(input).and_then(|()| self.advance());
        self.closing(done)?;
        self.tick(now_ms)
    }

    /// Lets time pass.
    pub fn tick(&mut self, now_ms: u64) -> Result<(), SessionError> {
        let late = self.next_wake_ms().is_some_and(|wake| now_ms >= wake);
        let done = if late {
            Err(Violation::NoAnswer {
                what: "the greeting",
            }
            .into())
        } else {
            Ok(())
        };
        self.closing(done)
    }

    fn dispatch(&mut self, input: CentralInput) -> Result<(), SessionError> {
        match input {
            CentralInput::Frame(class, frame) => self.frame(class, &frame),
            CentralInput::Confirmed => {
                self.confirmed = true;
                Ok(())
            }
            CentralInput::Standing(standing) => self.standing(&standing),
            CentralInput::Displaced => {
                self.leave(
                    "displaced",
                    "a newer connection of this node took over",
                    None,
                );
                Ok(())
            }
            CentralInput::Stop {
                cause,
                retry_after_ms,
            } => {
                self.leave(cause.code(), cause.words(), retry_after_ms);
                Ok(())
            }
            local => match (&mut self.phase, local) {
                (Phase::Linked(link), local) => link.local(local, self.now_ms, &mut self.out),
                (_, CentralInput::FeedGrew { head, digest }) => {
                    self.grown = Some((head, digest));
                    Ok(())
                }
                _ => Err(Misuse::Order {
                    what: "an answer before the hello",
                }
                .into()),
            },
        }
    }

    fn frame(&mut self, class: Class, frame: &Bytes) -> Result<(), SessionError> {
        let message = Message::decode(class, frame)?;
        match (&mut self.phase, message) {
            (_, Message::Goodbye(goodbye)) => {
                self.end(Ending::said(&goodbye, true));
                Ok(())
            }
            (Phase::AwaitHello, Message::Hello(hello)) => self.hello(hello),
            (Phase::Linked(link), message) if link.confirmed => {
                link.message(message, self.now_ms, &mut self.out)
            }
            (_, message) => self.early.keep(message, frame.len()),
        }
    }

    fn hello(&mut self, hello: Hello) -> Result<(), SessionError> {
        let offices = self.config.also.iter().chain([&self.config.office]);
        if !hello::is_holder(&hello, offices, self.config.node) {
            let goodbye = Refusal::NotThisNode.goodbye();
            self.out.send(goodbye.clone())?;
            self.end(Ending::said(&goodbye, false));
            return Ok(());
        }
        hello::choose_minor(hello.minors, self.config.minors)?;
        let hello = Box::new(hello);
        self.out.push(CentralOutput::LookUp(hello.clone()));
        self.phase = Phase::LookingUp(hello);
        Ok(())
    }

    fn standing(&mut self, standing: &NodeStanding) -> Result<(), SessionError> {
        let Phase::LookingUp(hello) = std::mem::replace(&mut self.phase, Phase::Ended) else {
            return Err(Misuse::Unasked {
                what: "what is known of a node",
            }
            .into());
        };
        let (point, verdict) = hello::judge(&hello, standing);
        let known = self.config.codec.knows(hello.dictionary);
        let dictionary = if known {
            hello.dictionary
        } else {
            NO_DICTIONARY
        };
        self.out.send(HelloAnswer {
            minor: hello::choose_minor(hello.minors, self.config.minors)?,
            schema: self.config.schema,
            dictionary,
            central_ms: standing.central_ms,
            incarnation: point.incarnation,
            taken: point.number,
            chain: point.chain.short(),
            feed_head: standing.feed_head,
            push_window: self.push_window(),
            verdict: verdict.clone(),
        })?;
        let slice = match verdict {
            Verdict::Refused(goodbye) => {
                self.end(Ending::said(&goodbye, false));
                return Ok(());
            }
            Verdict::EpochBehind(_) => {
                self.end(Ending::stale(false));
                return Ok(());
            }
            Verdict::NewIncarnation(_) => {
                let words = "the node has to begin a new incarnation";
                self.end(Ending {
                    code: "new_incarnation".to_owned(),
                    words: words.to_owned(),
                    retry_after_ms: None,
                    by_peer: false,
                });
                return Ok(());
            }
            Verdict::FillNeeded(_) => Slice::AwaitFill,
            Verdict::Continue if hello.fill.is_some() => Slice::AwaitFill,
            Verdict::Continue => Slice::Feeding,
            Verdict::Repair => {
                Slice::Mending(Mender::new(Arc::clone(&self.config.codec), dictionary))
            }
        };
        let mut link = Box::new(Link {
            confirmed: false,
            taker: Taker::new(
                self.config.key,
                Arc::clone(&self.config.codec),
                point,
                usize::from(self.push_window()),
            ),
            feed: FeedSender::new(
                Arc::clone(&self.config.codec),
                dictionary,
                standing.feed_head,
                hello.feed_applied,
            ),
            slice,
            dictionary,
            comparison: Comparison::new(standing.digest),
            attachments: CentreSide::new(),
            listener: Listener::new(Arc::clone(&self.config.codec)),
            answerer: Answerer::new(Arc::clone(&self.config.codec), dictionary),
            hello,
        });
        if let Some((head, digest)) = self.grown.take() {
            link.grew(head, digest);
        }
        self.phase = Phase::Linked(link);
        Ok(())
    }

    fn push_window(&self) -> u8 {
        let max = u8::try_from(limits::PUSH_WINDOW_MAX).unwrap_or(u8::MAX);
        self.config.push_window.clamp(1, max)
    }

    /// Goes on with whatever the last event made possible.
    fn advance(&mut self) -> Result<(), SessionError> {
        if let Phase::Linked(link) = &mut self.phase
            && self.confirmed
            && !link.confirmed
        {
            link.confirmed = true;
            let (epoch, incarnation) = (link.hello.epoch, link.hello.incarnation);
            self.out.push(CentralOutput::Linked { epoch, incarnation });
            let minor = hello::choose_minor(link.hello.minors, self.config.minors)?;
            if let Some(key) = self.config.bundle_key
                && minor >= BundleKey::MINOR
            {
                self.out.send(BundleKey { key })?;
            }
            while let Some(message) = self.early.next() {
                link.message(message, self.now_ms, &mut self.out)?;
            }
        }
        match &mut self.phase {
            Phase::Linked(link) if link.confirmed => link.advance(&mut self.out),
            _ => {}
        }
        Ok(())
    }

    fn leave(&mut self, code: &str, words: &str, retry_after_ms: Option<u64>) {
        let goodbye = Goodbye {
            code: Text::cut(code),
            words: Text::cut(words),
            retry_after_ms,
        };
        let ending = Ending::said(&goodbye, false);
        // A goodbye always fits into a frame; if not, the close says enough.
        let _ = self.out.send(goodbye);
        self.end(ending);
    }

    fn end(&mut self, ending: Ending) {
        self.phase = Phase::Ended;
        self.out.push(CentralOutput::Close(ending));
    }

    fn closing(&mut self, done: Result<(), SessionError>) -> Result<(), SessionError> {
        if let Err(error) = &done {
            let _ = self.out.send(hello::goodbye(error));
            self.end(Ending::ours(error));
        }
        done
    }
}
