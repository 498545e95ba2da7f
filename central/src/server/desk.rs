//! The registrar's desk: one thread that writes, and a bounded queue before it. What it answers is
//! durable. Batches that wait together share one sync of the disk.

use std::sync::Arc;
use std::time::Instant;

use provisioning::{Issuer, JoinResponse};
use registry::case::{Outcome, Reviewer};
use registry::unit::{Decree, Edition};
use registry::value::Line;
use registry::{ActNumber, NodeId, OfficeCode, OfficerId};
use tokio::sync::{mpsc, oneshot};

use super::hub::{Hub, Tip};
use super::join;
use crate::clock;
use crate::duplicates::{PassRow, Slice};
use crate::intake::BatchFrom;
use crate::limits;
use crate::operators::{Operator, OperatorError, Operators};
use crate::registrar::{
    Contact, DecideError, Decided, DecreeFailure, DecreeProgress, Grew, IntakeError, NodeState,
    NumberChanged, NumberError, NumberOf, PairError, PairWord, Registrar, Taken,
};
use crate::tables::Exclusion;
use crate::unit::UnitError;

/// Why the desk gives no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A batch was not taken.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// A decision was not taken.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// A word on a possible duplicate was not taken.
    #[error(transparent)]
    Pair(#[from] PairError),
    /// An operator was not added.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// A number was not changed.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// What was done could not be made durable, so nothing may be told of it.
    #[error("the disk does not take what was done: make room or check it, then it goes on")]
    NotDurable,
    /// A decree was not applied.
    #[error(transparent)]
    Decree(#[from] DecreeFailure),
    /// Slices are changing hands.
    #[error("a decree about units is being carried out: nodes are greeted again when it is done")]
    DecreeUnderway,
    /// The registry is going down.
    #[error("the registry is going down")]
    Stopped,
}

impl DeskError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Intake(error) => error.code(),
            Self::Decide(error) => error.code(),
            Self::Pair(error) => error.code(),
            Self::Operator(error) => error.code(),
            Self::Number(error) => error.code(),
            Self::Decree(error) => error.code(),
            Self::DecreeUnderway => "decree_underway",
            Self::Store(error) => error.code(),
            Self::NotDurable => "not_durable",
            Self::Stopped => "stopping",
        }
    }
}

type Reply<T> = oneshot::Sender<Result<T, DeskError>>;

/// An answer of the desk that is still to come.
pub(crate) struct Promised<T>(oneshot::Receiver<Result<T, DeskError>>);

impl<T> Promised<T> {
    pub(crate) async fn kept(self) -> Result<T, DeskError> {
        self.0.await.unwrap_or(Err(DeskError::Stopped))
    }
}

/// All that may be asked of the writer.
enum Command {
    Standing {
        office: OfficeCode,
        node: NodeId,
        reply: Reply<Option<NodeState>>,
    },
    TakeBatch {
        from: BatchFrom,
        acts: Vec<Vec<u8>>,
        reply: Reply<ActNumber>,
    },
    Settle {
        reply: Reply<()>,
    },
    Contact {
        office: OfficeCode,
        node: NodeId,
        contact: Box<Contact>,
    },
    Join {
        request: Vec<u8>,
        reply: Reply<JoinResponse>,
    },
    Decide {
        decision: Box<Word>,
        reply: Reply<Decided>,
    },
    AddOperator {
        operator: Box<Operator>,
        reply: Reply<()>,
    },
    ChangeNumber {
        of: NumberOf,
        by: OfficerId,
        reason: Line,
        reply: Reply<NumberChanged>,
    },
    Exclude {
        office: OfficeCode,
        node: NodeId,
        exclusion: Option<Box<Exclusion>>,
        reply: Reply<bool>,
    },
    ApplyDecree {
        decree: Box<Decree>,
        reply: Reply<Edition>,
    },
    StepDecree {
        reply: Reply<Option<DecreeProgress>>,
    },
    BeginPass {
        reply: Reply<PassRow>,
    },
    WriteSlice {
        pass: Box<PassRow>,
        slice: Box<Slice>,
        reply: Reply<PassRow>,
    },
    SayOfPair {
        said: Box<SaidOfPair>,
        reply: Reply<Option<u64>>,
    },
}

/// A reviewer's word on a possible duplicate.
pub(crate) struct SaidOfPair {
    pub(crate) number: u64,
    pub(crate) reviewer: Reviewer,
    pub(crate) word: PairWord,
    pub(crate) reason: Line,
}

/// A reviewer's word on a case.
pub(crate) struct Word {
    pub(crate) number: u64,
    pub(crate) reviewer: Reviewer,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Line,
    pub(crate) seen: u32,
}

/// The public side of the queue.
#[derive(Clone)]
pub(crate) struct Desk(mpsc::Sender<Command>);

impl Desk {
    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Promised<T> {
        let (reply, answer) = oneshot::channel();
        // If the desk is gone the reply is dropped, and the promise tells it.
        let _ = self.0.send(command(reply)).await;
        Promised(answer)
    }

    /// Whether anybody sits at it; if not, the thread has ended against all expectation.
    pub(crate) fn is_open(&self) -> bool {
        !self.0.is_closed()
    }

    /// What is known of a node, durably.
    pub(crate) async fn standing(
        &self,
        office: OfficeCode,
        node: NodeId,
    ) -> Promised<Option<NodeState>> {
        self.ask(|reply| Command::Standing {
            office,
            node,
            reply,
        })
        .await
    }

    /// Takes a batch; batches of one node are taken in the order of these calls.
    pub(crate) async fn take(&self, from: BatchFrom, acts: Vec<Vec<u8>>) -> Promised<ActNumber> {
        self.ask(|reply| Command::TakeBatch { from, acts, reply })
            .await
    }

    /// Waits until everything that was done before is durable: what was read may be told then.
    pub(crate) async fn settled(&self) -> Result<(), DeskError> {
        self.ask(|reply| Command::Settle { reply })
            .await
            .kept()
            .await
    }

    /// Notes a contact; promises nothing.
    pub(crate) async fn contact(&self, office: OfficeCode, node: NodeId, contact: Contact) {
        let contact = Box::new(contact);
        let _ = self
            .0
            .send(Command::Contact {
                office,
                node,
                contact,
            })
            .await;
    }

    /// Decides on a request to join.
    pub(crate) async fn join(&self, request: Vec<u8>) -> Result<JoinResponse, DeskError> {
        self.ask(|reply| Command::Join { request, reply })
            .await
            .kept()
            .await
    }

    /// Takes a reviewer's word.
    pub(crate) async fn decide(&self, word: Word) -> Result<Decided, DeskError> {
        let decision = Box::new(word);
        self.ask(|reply| Command::Decide { decision, reply })
            .await
            .kept()
            .await
    }

    /// Cancels a number and gives another.
    pub(crate) async fn change_number(
        &self,
        of: NumberOf,
        by: OfficerId,
        reason: Line,
    ) -> Result<NumberChanged, DeskError> {
        self.ask(|reply| Command::ChangeNumber {
            of,
            by,
            reason,
            reply,
        })
        .await
        .kept()
        .await
    }

    /// Puts a decree about units in force; [`Desk::step_decree`] carries it out.
    pub(crate) async fn apply_decree(&self, decree: Decree) -> Result<Edition, DeskError> {
        let decree = Box::new(decree);
        self.ask(|reply| Command::ApplyDecree { decree, reply })
            .await
            .kept()
            .await
    }

    /// Carries the last decree on by a step; `None` if nothing is left to do.
    pub(crate) async fn step_decree(&self) -> Result<Option<DecreeProgress>, DeskError> {
        self.ask(|reply| Command::StepDecree { reply })
            .await
            .kept()
            .await
    }

    /// Begins a pass for duplicates, if none is under way.
    pub(crate) async fn begin_pass(&self) -> Result<PassRow, DeskError> {
        self.ask(|reply| Command::BeginPass { reply })
            .await
            .kept()
            .await
    }

    /// Writes what a slice of the pass came to.
    pub(crate) async fn write_slice(
        &self,
        pass: PassRow,
        slice: Slice,
    ) -> Result<PassRow, DeskError> {
        let (pass, slice) = (Box::new(pass), Box::new(slice));
        self.ask(|reply| Command::WriteSlice { pass, slice, reply })
            .await
            .kept()
            .await
    }

    /// Takes a reviewer's word on a possible duplicate; the case that it opened.
    pub(crate) async fn say_of_pair(&self, said: SaidOfPair) -> Result<Option<u64>, DeskError> {
        let said = Box::new(said);
        self.ask(|reply| Command::SayOfPair { said, reply })
            .await
            .kept()
            .await
    }

    /// Adds an operator.
    pub(crate) async fn add_operator(&self, operator: Operator) -> Result<(), DeskError> {
        let operator = Box::new(operator);
        self.ask(|reply| Command::AddOperator { operator, reply })
            .await
            .kept()
            .await
    }

    /// Shuts a node out, its open line too, or lets it in again. Tells whether there is such a
    /// node.
    pub(crate) async fn exclude(
        &self,
        office: OfficeCode,
        node: NodeId,
        exclusion: Option<Exclusion>,
    ) -> Result<bool, DeskError> {
        let exclusion = exclusion.map(Box::new);
        self.ask(|reply| Command::Exclude {
            office,
            node,
            exclusion,
            reply,
        })
        .await
        .kept()
        .await
    }
}

/// The thread's side.
pub(crate) struct Clerk {
    pub(crate) registrar: Arc<Registrar>,
    pub(crate) operators: Arc<Operators>,
    pub(crate) issuer: Issuer,
    pub(crate) hub: Arc<Hub>,
}

/// Tells an asker the outcome, once it is known whether what was done is durable.
type Tell = Box<dyn FnOnce(bool)>;

/// What was done and is not durable yet.
#[derive(Default)]
struct Group {
    tells: Vec<Tell>,
    grew: Grew,
    dirty: bool,
}

/// Opens the desk. The receiver tells when its thread has ended, after the last [`Desk`] is gone.
pub(crate) fn open(clerk: Clerk) -> std::io::Result<(Desk, oneshot::Receiver<()>)> {
    let (sender, commands) = mpsc::channel(limits::COMMANDS_MAX);
    let (ended, end) = oneshot::channel();
    std::thread::Builder::new()
        .name("registrar".to_owned())
        .spawn(move || {
            clerk.work(commands);
            let _ = ended.send(());
        })?;
    Ok((Desk(sender), end))
}

impl Clerk {
    fn work(self, mut commands: mpsc::Receiver<Command>) {
        let mut group = Group::default();
        while let Some(first) = commands.blocking_recv() {
            let begun = Instant::now();
            self.perform(first, &mut group);
            for _ in 1..limits::GROUP_COMMANDS_MAX {
                let Ok(next) = commands.try_recv() else { break };
                self.perform(next, &mut group);
            }
            self.make_durable(&mut group);
            metrics::histogram!("central_commit_seconds").record(begun.elapsed().as_secs_f64());
            self.checkpoint_if_due();
        }
        self.make_durable(&mut group);
    }

    fn perform(&self, command: Command, group: &mut Group) {
        match command {
            Command::Standing {
                office,
                node,
                reply,
            } => {
                let state = self.standing(office, node);
                group.tell(reply, state);
            }
            Command::TakeBatch { from, acts, reply } => {
                let taken = self.registrar.stage_batch(clock::now_s(), &from, &acts);
                let taken = taken.map_err(DeskError::from).map(|taken: Taken| {
                    group.staged(taken.grew);
                    metrics::counter!("central_acts_total").increment(acts.len() as u64);
                    taken.up_to
                });
                group.tell(reply, taken);
            }
            Command::Settle { reply } => group.tell(reply, Ok(())),
            Command::Contact {
                office,
                node,
                contact,
            } => match self.registrar.contact(office, node, &contact) {
                Ok(()) => {
                    group.dirty = true;
                    self.give_numbers(office, node, &contact, group);
                }
                Err(error) => tracing::warn!(code = error.code(), "a contact was not noted"),
            },
            Command::Join { request, reply } => {
                let (response, grew) =
                    join::answer(&self.registrar, &self.issuer, &request, clock::now_s());
                group.staged(grew);
                group.tell(reply, Ok(response));
            }
            Command::Decide { decision, reply } => {
                let Word {
                    number,
                    reviewer,
                    outcome,
                    reason,
                    seen,
                } = *decision;
                let at_s = clock::now_s();
                let decided = self
                    .registrar
                    .stage_decision(at_s, number, &reviewer, outcome, reason, seen);
                if let Ok(decided) = &decided {
                    group.staged(decided.grew.clone());
                }
                group.tell(reply, decided.map_err(DeskError::from));
            }
            Command::BeginPass { reply } => {
                let begun = self.registrar.stage_duplicate_pass(clock::now_s());
                group.dirty = true;
                group.tell(reply, begun.map_err(DeskError::from));
            }
            Command::WriteSlice { pass, slice, reply } => {
                let at_s = clock::now_s();
                let written = self.registrar.stage_duplicates(at_s, *pass, *slice);
                group.dirty = true;
                group.tell(reply, written.map_err(DeskError::from));
            }
            Command::SayOfPair { said, reply } => {
                let opened = self.say_of_pair(*said, group);
                group.tell(reply, opened.map_err(DeskError::from));
            }
            Command::AddOperator { operator, reply } => {
                let store = self.registrar.store().as_ref();
                let added = self.operators.add(store, *operator);
                group.tell(reply, added.map_err(DeskError::from));
            }
            Command::ChangeNumber {
                of,
                by,
                reason,
                reply,
            } => {
                let at_s = clock::now_s();
                let changed = self.registrar.stage_number_change(at_s, of, &by, &reason);
                if let Ok(changed) = &changed {
                    group.staged(changed.grew.clone());
                }
                group.tell(reply, changed.map_err(DeskError::from));
            }
            Command::Exclude {
                office,
                node,
                exclusion,
                reply,
            } => {
                let excluded = exclusion.is_some();
                let exclusion = exclusion.map(|exclusion| *exclusion);
                let done = self
                    .registrar
                    .stage_exclusion(clock::now_s(), office, node, exclusion);
                group.dirty |= done.is_ok();
                // At once: a line that ends too early only begins anew.
                match (&done, excluded) {
                    (Ok(true), true) => {
                        self.hub.shut_out(node);
                    }
                    (Ok(true), false) => self.hub.let_in(node),
                    _ => {}
                }
                group.tell(reply, done.map_err(DeskError::from));
            }
            Command::ApplyDecree { decree, reply } => {
                let applied = self.registrar.apply_decree(clock::now_s(), &decree);
                group.tell(reply, applied.map_err(DeskError::from));
            }
            Command::StepDecree { reply } => {
                let step = self.registrar.stage_decree_step(clock::now_s());
                let step = step.map_err(DeskError::from).map(|step| {
                    let (progress, grew) = step?;
                    group.staged(grew);
                    Some(progress)
                });
                group.tell(reply, step);
            }
        }
    }

    /// Nobody is greeted while slices change hands: what is said of them would not hold.
    fn standing(&self, office: OfficeCode, node: NodeId) -> Result<Option<NodeState>, DeskError> {
        if self.registrar.known()?.underway.is_some() {
            return Err(DeskError::DecreeUnderway);
        }
        Ok(self.registrar.node_state(office, &node)?)
    }

    /// Numbers that are set aside are no more than a help: without them work goes on.
    fn give_numbers(&self, office: OfficeCode, node: NodeId, contact: &Contact, group: &mut Group) {
        let given = self
            .registrar
            .stage_refill(clock::now_s(), office, node, contact);
        match given {
            Ok(grew) => group.staged(grew.unwrap_or_default()),
            Err(error) => tracing::warn!(code = error.code(), "no numbers were set aside"),
        }
    }

    fn say_of_pair(&self, said: SaidOfPair, group: &mut Group) -> Result<Option<u64>, PairError> {
        let SaidOfPair {
            number,
            reviewer,
            word,
            reason,
        } = said;
        let at_s = clock::now_s();
        let (opened, grew) = self
            .registrar
            .stage_pair_word(at_s, number, &reviewer, word, reason)?;
        group.staged(grew);
        Ok(opened)
    }

    /// Only now may anybody be told.
    fn make_durable(&self, group: &mut Group) {
        let durable = !group.dirty
            || match self.registrar.sync() {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(code = error.code(), "a commit is not durable: {error}");
                    false
                }
            };
        for tell in group.tells.drain(..) {
            tell(durable);
        }
        if !durable {
            // What was staged still waits in the store; the next group tries again.
            return;
        }
        group.dirty = false;
        for office in std::mem::take(&mut group.grew).into_keys() {
            self.publish(office);
        }
    }

    fn publish(&self, office: OfficeCode) {
        if !self.hub.has_listeners(office) {
            return;
        }
        match self.registrar.office(office) {
            Ok(row) => self.hub.grew(
                office,
                Tip {
                    head: row.head,
                    digest: row.digest,
                },
            ),
            Err(error) => tracing::error!(code = error.code(), "a feed cannot be read: {error}"),
        }
    }

    fn checkpoint_if_due(&self) {
        let store = self.registrar.store();
        if !store.health().checkpoint_due {
            return;
        }
        let begun = Instant::now();
        match store.checkpoint() {
            Ok(done) => tracing::info!(
                bytes = done.snapshot_bytes,
                seconds = begun.elapsed().as_secs_f64(),
                "checkpoint written"
            ),
            Err(error) => tracing::warn!(code = error.code(), "no checkpoint: {error}"),
        }
    }
}

impl Group {
    fn staged(&mut self, grew: Grew) {
        self.grew.extend(grew);
        self.dirty = true;
    }

    fn tell<T: 'static>(&mut self, reply: Reply<T>, answer: Result<T, DeskError>) {
        self.tells.push(Box::new(move |durable| {
            let answer = if durable || answer.is_err() {
                answer
            } else {
                Err(DeskError::NotDurable)
            };
            // Who asked may be gone; what was done stays.
            let _ = reply.send(answer);
        }));
    }
}
