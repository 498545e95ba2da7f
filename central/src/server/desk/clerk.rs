//! The desk's thread: takes commands, has the registrar stage them, makes a group durable, and only
//! then tells those who asked.

use std::sync::Arc;
use std::time::Instant;

use provisioning::{Issuer, ScreensIssuer};
use registry::{NodeId, OfficeCode};
use tokio::sync::mpsc;

use super::{Command, DeskError, Reply, SaidOfPair, Word};
use crate::clock;
use crate::limits;
use crate::operators::Operators;
use crate::registrar::{Contact, Grew, NodeState, PairError, Registrar, Taken};
use crate::server::hub::{Hub, Tip};
use crate::server::join;

/// The thread's side.
pub(crate) struct Clerk {
    pub(crate) registrar: Arc<Registrar>,
    pub(crate) operators: Arc<Operators>,
    pub(crate) issuer: Issuer,
    pub(crate) screens: Option<ScreensIssuer>,
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

impl Clerk {
    pub(super) fn work(self, mut commands: mpsc::Receiver<Command>) {
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
            Command::TakeAttachment {
                from,
                attachment,
                reply,
            } => {
                let at_s = clock::now_s();
                let taken = self.registrar.stage_attachment(at_s, &from, &attachment);
                let taken = taken.map(|grew| group.staged(grew));
                group.tell(reply, taken.map_err(DeskError::from));
            }
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
                let issuers = join::Issuers {
                    nodes: &self.issuer,
                    screens: self.screens.as_ref(),
                };
                let (response, grew) =
                    join::answer(&self.registrar, &issuers, &request, clock::now_s());
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
                group.did(reply, decided, |done| &done.grew);
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
            Command::ChangeOfficer {
                office,
                officer,
                change,
                reply,
            } => {
                let at_s = clock::now_s();
                let changed = self
                    .registrar
                    .stage_officer(at_s, office, &officer, *change)
                    .map(|grew| group.staged(grew));
                group.tell(reply, changed.map_err(DeskError::from));
            }
            Command::KeepReadings {
                from,
                readings,
                reply,
            } => {
                let at_s = clock::now_s();
                let kept = self.registrar.stage_readings(at_s, from, &readings);
                group.dirty |= kept.is_ok();
                group.tell(reply, kept.map_err(DeskError::from));
            }
            Command::ChangeNumber {
                of,
                by,
                reason,
                reply,
            } => {
                let at_s = clock::now_s();
                let changed = self.registrar.stage_number_change(at_s, of, &by, &reason);
                group.did(reply, changed, |done| &done.grew);
            }
            Command::ChangeNationality {
                of,
                by,
                word,
                reply,
            } => {
                let at_s = clock::now_s();
                let changed = self.registrar.stage_nationality(at_s, of, &by, &word);
                group.did(reply, changed, |done| &done.grew);
            }
            Command::Contest { contest, reply } => {
                let contested = self.registrar.stage_contest(clock::now_s(), &contest);
                group.did(reply, contested, |done| &done.grew);
            }
            Command::AnswerApplication {
                of,
                by,
                word,
                reply,
            } => {
                let by = (&by.0, by.1);
                let answered = self.registrar.stage_answer(clock::now_s(), of, by, &word);
                group.did(reply, answered, |done| &done.grew);
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
            Command::NoteBundle {
                id,
                row,
                file,
                reply,
            } => {
                let noted = self.registrar.stage_bundle(id, &row, file.as_ref());
                group.dirty |= noted.is_ok();
                group.tell(reply, noted.map_err(DeskError::from));
            }
            Command::NewBundleKey { reply } => {
                let made = self.registrar.stage_bundle_key(clock::now_s());
                group.dirty |= made.is_ok();
                group.tell(reply, made.map_err(DeskError::from));
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

    /// Tells what was done, once it is durable, and that these feeds grew by it; or why it was not.
    fn did<T: 'static, E>(
        &mut self,
        reply: Reply<T>,
        done: Result<T, E>,
        grew: impl FnOnce(&T) -> &Grew,
    ) where
        DeskError: From<E>,
    {
        if let Ok(done) = &done {
            self.staged(grew(done).clone());
        }
        self.tell(reply, done.map_err(DeskError::from));
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
