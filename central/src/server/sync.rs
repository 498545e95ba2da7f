//! One line with one node: pumps a [`CentralSession`] over a [`Link`] and does what it wants done.
//!
//! Answers are given back in the order in which they were asked for. While too many are awaited
//! nothing more is read from the line, so a slow disk slows the sender.

use std::collections::VecDeque;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ed25519_dalek::VerifyingKey;
use provisioning::NodeName;
use registry::{ActNumber, FeedSeq, Incarnation, OfficeCode};
use sync_proto::limits::PUSH_WINDOW_MAX;
use sync_proto::{
    CentralConfig, CentralInput, CentralOutput, CentralSession, Hello, Minors, StopCause,
    VerifiedBatch,
};
use sync_quic::Link;
use tokio::sync::{oneshot, watch};

use super::answers;
use super::desk::DeskError;
use super::ending::{End, SHUT_OUT, UNKNOWN, finish, stop_of, told};
use super::hub::{ShutOut, Tip};
use super::{Shared, codes};
use crate::clock;
use crate::fleet::Greeting;
use crate::intake::BatchFrom;
use crate::limits;
use crate::registrar::{Contact, NodeState};
use crate::tables::NodeRow;

/// An answer of the registry that is still to come.
type Answer = Pin<Box<dyn Future<Output = Result<Given, DeskError>> + Send>>;

/// What an answer is for.
enum Given {
    Input(CentralInput),
    Standing(Option<Box<NodeState>>),
    Taken(ActNumber),
    Kept(u64),
}

/// One line.
struct Line<'a> {
    shared: &'a Shared,
    link: &'a Link,
    name: NodeName,
    /// The commune as whose office the node greets: that of its certificate, or what a decree made
    /// of it.
    office: OfficeCode,
    remote: SocketAddr,
    session: CentralSession,
    begun: Instant,
    answers: VecDeque<Answer>,
    hello: Option<Box<Hello>>,
    row: Option<NodeRow>,
    feed: watch::Receiver<Option<Tip>>,
    /// The head of the feed that the session knows; none before it knows any.
    told: Option<FeedSeq>,
    feed_start: FeedSeq,
    applied: FeedSeq,
    outbox_last: ActNumber,
    confirmed: bool,
    stopping: bool,
    epoch: Option<u64>,
    incarnation: Incarnation,
    displaced: Option<oneshot::Receiver<ShutOut>>,
    noted: Option<Instant>,
    counted: (u64, u64),
}

/// Serves a line to its end.
pub(super) async fn serve(shared: Arc<Shared>, link: Link, name: NodeName, remote: SocketAddr) {
    let Ok(key) = VerifyingKey::from_bytes(&name.public_key) else {
        link.close(codes::SHUT_OUT, "the key in the certificate cannot be used");
        return;
    };
    let (office, node) = (name.office, name.node);
    let known = shared
        .reader
        .read(move |it| Ok((it.offices_of(office, &node)?, it.bundle_key()?)));
    let (also, bundle_key) = match known.await {
        Ok(known) => known,
        Err(error) => {
            tracing::error!(%office, %node, code = error.code(), "{error}");
            return link.close(codes::BUSY, "the registry cannot be read: try again later");
        }
    };
    let config = CentralConfig {
        office,
        also,
        node: name.node,
        key,
        minors: Minors::CURRENT,
        schema: answers::SCHEMA,
        codec: Arc::clone(&shared.codec),
        push_window: u8::try_from(PUSH_WINDOW_MAX).unwrap_or(1),
        bundle_key,
    };
    let mut line = Line {
        shared: &shared,
        link: &link,
        name,
        remote,
        session: CentralSession::new(config, 0),
        begun: Instant::now(),
        answers: VecDeque::new(),
        hello: None,
        row: None,
        office,
        feed: shared.hub.listen(office),
        told: None,
        feed_start: FeedSeq::default(),
        applied: FeedSeq::default(),
        outbox_last: ActNumber::default(),
        confirmed: false,
        stopping: false,
        epoch: None,
        incarnation: Incarnation::default(),
        displaced: None,
        noted: None,
        counted: (0, 0),
    };
    let end = line.run().await;
    line.leave(end).await;
}

impl Line<'_> {
    async fn run(&mut self) -> End {
        let mut stop = self.shared.stop.clone();
        loop {
            while let Some(output) = self.session.poll() {
                if let Err(end) = self.carry_out(output).await {
                    return end;
                }
            }
            self.count_bytes();
            let given = match self.next(&mut stop).await {
                Ok(given) => given,
                Err(end) => return end,
            };
            if let Err(end) = self.give(given) {
                return end;
            }
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits for whatever comes first.
    async fn next(&mut self, stop: &mut watch::Receiver<bool>) -> Result<Option<Given>, End> {
        let wake = self.session.next_wake_ms();
        let wake = wake.and_then(|ms| self.begun.checked_add(Duration::from_millis(ms)));
        let reads = self.answers.len() < limits::ANSWERS_MAX;
        let (front, displaced) = (self.answers.front_mut(), self.displaced.as_mut());
        tokio::select! {
            frame = self.link.recv(), if reads => match frame {
                Ok(Some((class, frame))) => Ok(Some(Given::Input(CentralInput::Frame(class, frame)))),
                Ok(None) => Err(End::Closed),
                Err(error) => Err(End::Line(error)),
            },
            answer = wait(front) => {
                self.answers.pop_front();
                answer.map(Some).map_err(End::Desk)
            }
            confirmed = self.link.confirmed(), if !self.confirmed => {
                confirmed.map_err(End::Line)?;
                self.confirmed = true;
                Ok(Some(Given::Input(CentralInput::Confirmed)))
            }
            changed = self.feed.changed(), if self.told.is_some() => {
                let tip = *self.feed.borrow_and_update();
                changed.map_err(|_| End::Closed)?;
                Ok(tip.and_then(|tip| self.grew(tip)))
            }
            why = left(displaced) => {
                self.displaced = None;
                match why {
                    Some(ShutOut) => Err(End::ShutOut(SHUT_OUT.0, SHUT_OUT.1)),
                    None => Ok(Some(Given::Input(CentralInput::Displaced))),
                }
            }
            _ = stop.wait_for(|stop| *stop), if !self.stopping => {
                self.stopping = true;
                Ok(Some(Given::Input(stop_of(StopCause::GoingDown))))
            }
            () = sleep_until(wake) => Ok(None),
        }
    }

    fn grew(&mut self, tip: Tip) -> Option<Given> {
        if self.told >= Some(tip.head) {
            return None;
        }
        self.told = Some(tip.head);
        let Tip { head, digest } = tip;
        Some(Given::Input(CentralInput::FeedGrew { head, digest }))
    }

    /// Gives the session what came; nothing is the passing of time.
    fn give(&mut self, given: Option<Given>) -> Result<(), End> {
        let now_ms = self.now_ms();
        let input = match given {
            None => {
                self.heed(|session| session.tick(now_ms));
                return Ok(());
            }
            Some(Given::Input(input)) => input,
            Some(Given::Standing(state)) => self.stands(state)?,
            Some(Given::Taken(up_to)) => {
                self.outbox_last = self.outbox_last.max(up_to);
                self.shared
                    .fleet
                    .taken(self.name.node, clock::now_s(), up_to);
                CentralInput::BatchCommitted { up_to }
            }
            Some(Given::Kept(up_to)) => CentralInput::ReadingsKept { up_to },
        };
        self.heed(|session| session.handle(input, now_ms));
        Ok(())
    }

    /// A session that meets an error says goodbye and closes by itself; here it is only told.
    fn heed(
        &mut self,
        step: impl FnOnce(&mut CentralSession) -> Result<(), sync_proto::SessionError>,
    ) {
        if let Err(error) = step(&mut self.session) {
            let code = error.code();
            let (office, node) = (self.office, self.name.node);
            match error.blame() {
                sync_proto::Blame::Caller => {
                    tracing::error!(%office, %node, code, "a session was misused: {error}");
                }
                _ => tracing::warn!(%office, %node, code, "a session has failed: {error}"),
            }
        }
    }

    fn stands(&mut self, state: Option<Box<NodeState>>) -> Result<CentralInput, End> {
        let Some(state) = state else {
            return Err(End::ShutOut(UNKNOWN.0, UNKNOWN.1));
        };
        if state.row.shut_out.is_some() {
            return Err(End::ShutOut(SHUT_OUT.0, SHUT_OUT.1));
        }
        let standing = answers::standing(self.name.node, &state, clock::now_ms());
        self.told = Some(standing.feed_head);
        // What grew between the subscription and this answer is looked at again.
        self.feed.mark_changed();
        // A node that already has some of the feed lacks what comes after that, receipts above
        // all; one that has nothing needs all that is kept, for the fill holds records alone.
        self.feed_start = standing.feed_floor.max(self.applied);
        self.row = Some(state.row);
        Ok(CentralInput::Standing(standing))
    }

    async fn carry_out(&mut self, output: CentralOutput) -> Result<(), End> {
        match output {
            CentralOutput::Send(class, frame) => {
                self.link.send(class, frame).await.map_err(End::Line)?;
            }
            CentralOutput::LookUp(hello) => self.look_up(hello).await,
            CentralOutput::Linked { epoch, incarnation } => {
                self.linked(epoch, incarnation).await;
            }
            CentralOutput::TakeBatch(batch) => self.take(&batch).await,
            CentralOutput::KeepReadings { up_to, readings } => {
                let from = (self.office, self.name.node);
                let promised = self.shared.desk.keep_readings(from, readings).await;
                self.answers.push_back(Box::pin(async move {
                    promised.kept().await?;
                    Ok(Given::Kept(up_to))
                }));
            }
            CentralOutput::Acked { applied } => {
                self.applied = applied;
                self.shared
                    .fleet
                    .applied(self.name.node, clock::now_s(), applied);
                self.note_contact(false).await;
            }
            CentralOutput::Held { at } => {
                let words = format!("feed entry {at} needs a newer release of the node");
                self.shared
                    .fleet
                    .trouble(self.name.node, clock::now_s(), &words);
            }
            CentralOutput::InStep => self.note_contact(false).await,
            CentralOutput::Close(ending) => return Err(End::Session(ending)),
            read => self.read(read),
        }
        Ok(())
    }

    async fn look_up(&mut self, hello: Box<Hello>) {
        if hello.office != self.office {
            self.office = hello.office;
            self.feed = self.shared.hub.listen(hello.office);
        }
        self.applied = hello.feed_applied;
        self.outbox_last = hello.outbox_last;
        self.incarnation = hello.incarnation;
        self.hello = Some(hello);
        let promised = self.shared.desk.standing(self.office, self.name.node).await;
        self.answers.push_back(Box::pin(async {
            Ok(Given::Standing(promised.kept().await?.map(Box::new)))
        }));
    }

    async fn linked(&mut self, epoch: u64, incarnation: Incarnation) {
        let (office, node) = (self.office, self.name.node);
        match self.shared.hub.enter(node, epoch) {
            Ok(displaced) => self.displaced = Some(displaced),
            Err(super::hub::Stale) => {
                // Its sender is gone at once, and so is this connection.
                self.displaced = Some(oneshot::channel().1);
                return;
            }
        }
        self.epoch = Some(epoch);
        self.incarnation = incarnation;
        if let (Some(hello), Some(row)) = (&self.hello, &self.row) {
            let greeting = Greeting {
                remote: self.remote,
                software: hello.software.as_str().to_owned(),
                clock_offset_ms: clock_offset_ms(hello.wall_ms),
                incarnation,
                outbox_last: hello.outbox_last,
                feed_applied: hello.feed_applied,
                certificate_ends_s: self.name.not_after,
            };
            tracing::info!(%office, %node, remote = %self.remote, epoch, "a node is connected");
            self.shared
                .fleet
                .linked(node, clock::now_s(), greeting, row);
        }
        self.note_contact(true).await;
    }

    async fn take(&mut self, batch: &VerifiedBatch) {
        let end = batch.end();
        let from = BatchFrom {
            office: self.office,
            node: self.name.node,
            incarnation: end.incarnation,
            first: batch.first(),
            chain: *end.chain.as_bytes(),
        };
        let acts: Vec<Vec<u8>> = batch.acts().iter().map(|act| act.to_vec()).collect();
        let promised = self.shared.desk.take(from, acts).await;
        self.answers
            .push_back(Box::pin(async { Ok(Given::Taken(promised.kept().await?)) }));
    }

    /// Asks for what is only read.
    fn read(&mut self, output: CentralOutput) {
        let office = self.office;
        let reader = Arc::clone(&self.shared.reader);
        let desk = self.shared.desk.clone();
        let answer: Answer = match output {
            CentralOutput::ReadFeed {
                after,
                max_count,
                max_bytes,
            } => {
                let told = self.told.unwrap_or_default();
                let max = (max_count, max_bytes);
                let to = (self.name.node, self.incarnation);
                Box::pin(async move {
                    let read =
                        reader.read(move |it| answers::feed(it, to, office, after, told, max));
                    read.await.map(Given::Input)
                })
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let start = feed_start.unwrap_or(self.feed_start);
                Box::pin(async move {
                    let read = reader.read(move |it| answers::page(it, office, after, start));
                    let input = read.await?;
                    // A record may be seen before it is durable, but not told.
                    desk.settled().await?;
                    Ok(Given::Input(input))
                })
            }
            CentralOutput::CompareSlice {
                after,
                until,
                items,
            } => Box::pin(async move {
                let read =
                    reader.read(move |it| answers::compare(it, office, after, until, &items));
                let input = read.await?;
                desk.settled().await?;
                Ok(Given::Input(input))
            }),
            CentralOutput::Attachment(question) => {
                let node = self.name.node;
                Box::pin(async move {
                    let whole = answers::makes_whole(&question);
                    let read = reader.read(move |it| {
                        let offices = it.offices_of(office, &node)?;
                        let answer = it.answer_of_attachment(&offices, question)?;
                        Ok((offices, answer))
                    });
                    let (offices, answer) = read.await?;
                    if let Some(attachment) = whole.filter(|_| answers::is_kept(&answer)) {
                        desk.take_attachment(offices, attachment).await?;
                    }
                    Ok(Given::Input(CentralInput::Attachment(answer)))
                })
            }
            CentralOutput::FindPapers { record } => {
                let node = self.name.node;
                Box::pin(async move {
                    let read = reader.read(move |it| {
                        let offices = it.offices_of(office, &node)?;
                        it.papers_of(&offices, &record)
                    });
                    let found = read.await?;
                    // What an act brought with it may be seen before it is durable, but not told.
                    desk.settled().await?;
                    Ok(Given::Input(CentralInput::PapersFound { record, found }))
                })
            }
            // All others are carried out at once.
            _ => return,
        };
        self.answers.push_back(answer);
    }

    /// Writes the contact down: at once when `now`, else if it is due.
    async fn note_contact(&mut self, now: bool) {
        let due = self
            .noted
            .is_none_or(|at| at.elapsed() >= limits::CONTACT_INTERVAL);
        let (Some(hello), Some(epoch)) = (&self.hello, self.epoch) else {
            return;
        };
        if !now && !due {
            return;
        }
        self.noted = Some(Instant::now());
        let contact = Contact {
            at_s: clock::now_s(),
            software: hello.software.as_str().to_owned(),
            clock_offset_ms: clock_offset_ms(hello.wall_ms),
            outbox_last: self.outbox_last,
            applied: self.applied,
            epoch,
            incarnation: self.incarnation,
        };
        self.shared
            .desk
            .contact(self.office, self.name.node, contact)
            .await;
    }

    fn count_bytes(&mut self) {
        let stats = self.link.stats();
        let now = (stats.udp_bytes_received, stats.udp_bytes_sent);
        let up = now.0.saturating_sub(self.counted.0);
        let down = now.1.saturating_sub(self.counted.1);
        self.counted = now;
        if up > 0 || down > 0 {
            self.shared.fleet.bytes(self.name.node, up, down);
            metrics::counter!("central_bytes_total", "direction" => "up").increment(up);
            metrics::counter!("central_bytes_total", "direction" => "down").increment(down);
        }
    }

    /// Closes the line and says why, to the node and in the fleet's list.
    async fn leave(&mut self, end: End) {
        let (office, node) = (self.office, self.name.node);
        let (code, words, reason) = told(&end);
        match &end {
            End::Session(ending) => {
                let heard = self.link.stats().datagrams_received;
                finish(self.link, code, &words).await;
                let alive = self.link.stats().datagrams_received > heard;
                if ending.code == "displaced" && !ending.by_peer && alive {
                    self.tell_of_a_twin();
                }
            }
            End::Desk(error) => {
                let why = error.code();
                let cause = match error {
                    DeskError::DecreeUnderway => StopCause::Decree,
                    // The writer may also have ended by itself, which is a fault of ours.
                    DeskError::Stopped if *self.shared.stop.borrow() => StopCause::GoingDown,
                    _ => StopCause::Unable,
                };
                match cause {
                    StopCause::Unable => tracing::error!(%office, %node, code = why, "{error}"),
                    // Nothing is wrong: it only takes a moment.
                    _ => tracing::info!(%office, %node, code = why, "{error}"),
                }
                let stop = stop_of(cause);
                let now_ms = self.now_ms();
                self.heed(|session| session.handle(stop, now_ms));
                while let Some(output) = self.session.poll() {
                    if let CentralOutput::Send(class, frame) = output {
                        let _ = self.link.send(class, frame).await;
                    }
                }
                finish(self.link, code, &words).await;
            }
            End::ShutOut(why, _) => {
                tracing::warn!(%office, %node, code = *why, remote = %self.remote, "shut out");
                metrics::counter!("central_refused_connections_total", "reason" => *why)
                    .increment(1);
                self.link.close(code, &words);
            }
            End::Line(_) | End::Closed => self.link.close(code, &words),
        }
        self.count_bytes();
        let Some(epoch) = self.epoch else { return };
        self.note_contact(true).await;
        if self.shared.hub.leave(node, epoch) {
            self.shared.fleet.left(node, clock::now_s(), reason.clone());
        }
        tracing::info!(%office, %node, epoch, reason, "a node has gone");
    }
}

impl Line<'_> {
    /// A machine that restarted, or whose address changed, is no longer there when its older line
    /// is ended. One that still answers on it is another machine.
    fn tell_of_a_twin(&self) {
        let (office, node) = (self.office, self.name.node);
        let words = format!(
            "displaced: another machine uses this office's identity; one of the two is at {}. Find the copy of the node's directory and stop it",
            self.remote
        );
        tracing::warn!(%office, %node, remote = %self.remote, code = "displaced", "{words}");
        metrics::counter!("central_twins_total").increment(1);
        self.shared.fleet.trouble(node, clock::now_s(), &words);
    }
}

/// By how much a node's clock is behind ours, taking its hello to have just been written.
fn clock_offset_ms(wall_ms: u64) -> i64 {
    let behind = i128::from(clock::now_ms()) - i128::from(wall_ms);
    i64::try_from(behind).unwrap_or(i64::MAX)
}

async fn wait(answer: Option<&mut Answer>) -> Result<Given, DeskError> {
    match answer {
        Some(answer) => answer.await,
        None => std::future::pending().await,
    }
}

/// Waits until the connection has to leave: because its node was shut out, or is displaced.
async fn left(leave: Option<&mut oneshot::Receiver<ShutOut>>) -> Option<ShutOut> {
    match leave {
        Some(leave) => leave.await.ok(),
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}
