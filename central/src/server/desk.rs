//! The registrar's desk: one thread that writes, and a bounded queue before it. What it answers is
//! durable. Batches that wait together share one sync of the disk.

mod clerk;

pub(crate) use clerk::Clerk;

use bytes::Bytes;
use provisioning::JoinResponse;
use registry::attachment::Attachment;
use registry::case::{Jurisdiction, Outcome, Reviewer};
use registry::reading::Reading;
use registry::unit::{Decree, Edition};
use registry::value::Line;
use registry::{ActNumber, NodeId, OfficeCode, OfficerId};
use sync_proto::bundle::BundleId;
use tokio::sync::{mpsc, oneshot};

use crate::duplicates::{PassRow, Slice};
use crate::intake::BatchFrom;
use crate::limits;
use crate::operators::{Operator, OperatorError};
use crate::registrar::{
    ApplicationError, ApplicationOf, ApplicationStands, ApplicationWord, BundleError, Contact,
    Contest, ContestError, Contested, DecideError, Decided, DecreeFailure, DecreeProgress,
    IntakeError, NationalityChanged, NationalityError, NationalityWord, NodeState, NumberChanged,
    NumberError, NumberOf, OfficerChange, OfficerError, PairError, PairWord,
};
use crate::tables::{BundleRow, Exclusion};
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
    /// An account of an office was not changed.
    #[error(transparent)]
    Officer(#[from] OfficerError),
    /// A number was not changed.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// An act was not contested.
    #[error(transparent)]
    Contest(#[from] ContestError),
    /// A nationality was not changed.
    #[error(transparent)]
    Nationality(#[from] NationalityError),
    /// An application was not answered.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// A bundle was not taken, or a key not made.
    #[error(transparent)]
    Bundle(#[from] BundleError),
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
            Self::Officer(error) => error.code(),
            Self::Number(error) => error.code(),
            Self::Contest(error) => error.code(),
            Self::Nationality(error) => error.code(),
            Self::Application(error) => error.code(),
            Self::Bundle(error) => error.code(),
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
    ChangeOfficer {
        office: OfficeCode,
        officer: OfficerId,
        change: Box<OfficerChange>,
        reply: Reply<()>,
    },
    KeepReadings {
        from: (OfficeCode, NodeId),
        readings: Vec<Reading>,
        reply: Reply<()>,
    },
    ChangeNumber {
        of: NumberOf,
        by: OfficerId,
        reason: Line,
        reply: Reply<NumberChanged>,
    },
    ChangeNationality {
        of: NumberOf,
        by: OfficerId,
        word: Box<NationalityWord>,
        reply: Reply<NationalityChanged>,
    },
    Contest {
        contest: Box<Contest>,
        reply: Reply<Contested>,
    },
    AnswerApplication {
        of: ApplicationOf,
        by: (OfficerId, Jurisdiction),
        word: Box<ApplicationWord>,
        reply: Reply<ApplicationStands>,
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
    NoteBundle {
        id: BundleId,
        row: Box<BundleRow>,
        file: Option<Bytes>,
        reply: Reply<()>,
    },
    NewBundleKey {
        reply: Reply<[u8; 32]>,
    },
    TakeAttachment {
        from: Vec<OfficeCode>,
        attachment: Attachment,
        reply: Reply<()>,
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

    /// Notes that an attachment is in the folder, whole and durable; an office of these names
    /// brought it.
    pub(crate) async fn take_attachment(
        &self,
        from: Vec<OfficeCode>,
        attachment: Attachment,
    ) -> Result<(), DeskError> {
        self.ask(|reply| Command::TakeAttachment {
            from,
            attachment,
            reply,
        })
        .await
        .kept()
        .await
    }

    /// Notes what became of a bundle on a stick.
    pub(crate) async fn note_bundle(
        &self,
        id: BundleId,
        row: BundleRow,
        file: Option<Bytes>,
    ) -> Result<(), DeskError> {
        let row = Box::new(row);
        self.ask(|reply| Command::NoteBundle {
            id,
            row,
            file,
            reply,
        })
        .await
        .kept()
        .await
    }

    /// Makes a new key for bundles.
    pub(crate) async fn new_bundle_key(&self) -> Result<[u8; 32], DeskError> {
        self.ask(|reply| Command::NewBundleKey { reply })
            .await
            .kept()
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

    /// Changes an account of an office.
    pub(crate) async fn change_officer(
        &self,
        office: OfficeCode,
        officer: OfficerId,
        change: OfficerChange,
    ) -> Result<(), DeskError> {
        let change = Box::new(change);
        self.ask(|reply| Command::ChangeOfficer {
            office,
            officer,
            change,
            reply,
        })
        .await
        .kept()
        .await
    }

    /// Keeps readings of a node.
    pub(crate) async fn keep_readings(
        &self,
        from: (OfficeCode, NodeId),
        readings: Vec<Reading>,
    ) -> Promised<()> {
        self.ask(|reply| Command::KeepReadings {
            from,
            readings,
            reply,
        })
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

    /// Records a change of nationality.
    pub(crate) async fn change_nationality(
        &self,
        of: NumberOf,
        by: OfficerId,
        word: NationalityWord,
    ) -> Result<NationalityChanged, DeskError> {
        let word = Box::new(word);
        self.ask(|reply| Command::ChangeNationality {
            of,
            by,
            word,
            reply,
        })
        .await
        .kept()
        .await
    }

    /// Opens a case about an act that took effect, or looks what its decision would change.
    pub(crate) async fn contest(&self, contest: Contest) -> Result<Contested, DeskError> {
        let contest = Box::new(contest);
        self.ask(|reply| Command::Contest { contest, reply })
            .await
            .kept()
            .await
    }

    /// Answers an application.
    pub(crate) async fn answer_application(
        &self,
        of: ApplicationOf,
        by: (OfficerId, Jurisdiction),
        word: ApplicationWord,
    ) -> Result<ApplicationStands, DeskError> {
        let word = Box::new(word);
        self.ask(|reply| Command::AnswerApplication {
            of,
            by,
            word,
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
