//! The registrar: the one writer of the central registry. What it answers is durable, or says
//! that it is not yet ([`Registrar::stage_batch`]).
//!
//! Blocking; a daemon gives it a thread of its own. Reading needs no writer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use registry::case::{Case, CaseError, CaseNotice, CaseState, Decision, Outcome, Reviewer, Step};
use registry::feed::{FeedItem, Officer, SliceReason};
use registry::record::{Record, Version};
use registry::sabotage::{Fault, planted};
use registry::value::Line;
use registry::{ActNumber, CaseId, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use registry_store::{Folder, KeyRange, Store, StoreError};
use sync_proto::{Chain, Digest};

use crate::blocks::{self, Holder, Reserving};
use crate::cases;
use crate::intake::{self, ActFailure, BatchFrom, Centre};
use crate::numbers::Draw;
use crate::slices;
use crate::tables::{
    self, AuditRow, Exclusion, FormerRow, KeptAct, KeptEntry, NodeRow, OfficeRow, ReturnedRow,
};
use crate::unit::{Known, Unit, UnitError, decode};

mod applications;
mod arrivals;
mod attachments;
mod bundles;
mod change;
mod decide;
mod decree;
mod departures;
mod hints;
mod nationality;
mod officers;
mod read;
mod readings;
mod reserve;
mod screens;
mod story;
mod survey;

pub use applications::{
    ApplicationError, ApplicationOf, ApplicationStands, ApplicationWord, CardIssued,
};
pub use arrivals::Import;
pub use attachments::{AttachmentError, AttachmentStand};
pub use bundles::{AskedBundle, BundleAnswer, BundleError, OpenedBundle};
pub use change::{NumberChanged, NumberError, NumberOf};
pub use decide::{Contest, ContestError, Contested, DecideError, Decided};
pub use decree::{DecreeFailure, DecreePlan, DecreeProgress, NodePlan, OfficePlan, PartsPlan};
pub use hints::{PairError, PairWord};
pub use nationality::{NationalityChanged, NationalityError, NationalityWord};
pub use officers::{OfficerChange, OfficerError};
pub use read::{Counts, FeedRead, Page};
pub use readings::{ReadingFound, ReadingsFound, ReadingsWanted};
pub use reserve::BlockView;
pub use story::{Cancelled, NumberStory};
pub use survey::SurveyRow;

/// What the registrar needs beside its store.
pub struct Config {
    /// The id under which the centre itself acts.
    pub node: NodeId,
    /// A random number, for giving personal numbers.
    pub draw: Box<Draw>,
    /// Signs receipts with the centre's Ed25519 key.
    pub sign: Box<Sign>,
}

/// Signs bytes with the centre's Ed25519 key.
pub type Sign = dyn Fn(&[u8]) -> [u8; 64] + Send + Sync;

/// The registrar.
pub struct Registrar {
    store: Arc<dyn Store>,
    node: NodeId,
    sign: Box<Sign>,
    writer: Mutex<Box<Draw>>,
    /// Read from the store when they are first asked for.
    known: RwLock<Option<Known>>,
    /// Whether numbers are set aside for offices.
    reserving: Option<Reserving>,
    /// Attachments.
    folder: Arc<Folder>,
}

/// Feeds that have grown, with their new heads.
pub type Grew = BTreeMap<OfficeCode, FeedSeq>;

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Acts up to here are committed, each with its receipt in the feed.
    pub up_to: ActNumber,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why a batch is not taken; nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// The acts do not follow those that are here.
    #[error("the acts do not continue those that the centre has")]
    Gap,
    /// The node is not registered.
    #[error("the node is not registered; let it join")]
    UnknownNode,
    /// The node was shut out.
    #[error("the node is not active any more; ask the operator")]
    NotActive,
}

impl From<StoreError> for IntakeError {
    fn from(error: StoreError) -> Self {
        IntakeError::Store(error.into())
    }
}

impl IntakeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            IntakeError::Store(error) => error.code(),
            IntakeError::Gap => "acts_gap",
            IntakeError::UnknownNode => "node_unknown",
            IntakeError::NotActive => "node_not_active",
        }
    }
}

/// What the centre knows of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    /// Its row.
    pub row: NodeRow,
    /// Its commune's feed and digest.
    pub office: OfficeRow,
}

/// A contact with a node, for the fleet's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// Its software.
    pub software: String,
    /// By how much its clock is behind, milliseconds.
    pub clock_offset_ms: i64,
    /// The last act in its outbox.
    pub outbox_last: ActNumber,
    /// The last feed entry that it acknowledged.
    pub applied: FeedSeq,
    /// The connection epoch.
    pub epoch: u64,
    /// Its life.
    pub incarnation: Incarnation,
}

/// A node that joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its key.
    pub public_key: [u8; 32],
    /// When its certificate ends, seconds since 1970.
    pub certificate_ends_s: i64,
    /// The token, used up by this.
    pub token: [u8; 16],
    /// The office's first officer.
    pub officer: Option<Officer>,
}

/// Why a node may not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// A token is for one use.
    #[error("the join token was used already; ask for a new one")]
    TokenUsed,
}

impl Registrar {
    /// A registrar on this store.
    pub fn open(store: Arc<dyn Store>, config: Config) -> Registrar {
        Registrar {
            store,
            node: config.node,
            sign: config.sign,
            writer: Mutex::new(config.draw),
            known: RwLock::new(None),
            reserving: None,
            folder: Arc::new(Folder::in_memory()),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    fn writer(&self) -> MutexGuard<'_, Box<Draw>> {
        // A writer that panicked has staged nothing: units hand over whole or not at all.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a batch in; durable when it returns.
    pub fn take_batch(
        &self,
        at_s: i64,
        from: &BatchFrom,
        acts: &[Vec<u8>],
    ) -> Result<Taken, IntakeError> {
        let taken = self.stage_batch(at_s, from, acts)?;
        self.sync()?;
        Ok(taken)
    }

    /// Makes all that was staged durable.
    pub fn sync(&self) -> Result<(), UnitError> {
        self.store.sync()?;
        Ok(())
    }

    /// Takes a batch in without waiting for the disk: nothing may be told to the node, and no
    /// feed pushed, before [`Registrar::sync`] has returned. One sync serves many batches.
    pub fn stage_batch(
        &self,
        at_s: i64,
        from: &BatchFrom,
        acts: &[Vec<u8>],
    ) -> Result<Taken, IntakeError> {
        let mut draw = self.writer();
        let mut unit = self.begin(at_s)?;
        // A decree may have made the node one of another office since it wrote its certificate.
        let from = &BatchFrom {
            office: self.home(from.office, &from.node)?,
            ..from.clone()
        };
        let node_key = tables::node_key(from.office, &from.node);
        let mut row: NodeRow = unit
            .get(tables::NODES, &node_key)?
            .ok_or(IntakeError::UnknownNode)?;
        if row.shut_out.is_some() && !planted(Fault::IgnoreRevocation) {
            return Err(IntakeError::NotActive);
        }
        let due = if row.incarnation == from.incarnation {
            row.taken.next()
        } else {
            ActNumber::new(1)
        };
        if from.first != due || from.incarnation < row.incarnation {
            return Err(IntakeError::Gap);
        }
        let count = acts.len() as u64;
        let up_to = ActNumber::new(from.first.get().saturating_add(count).saturating_sub(1));
        let mut centre = Centre {
            node: self.node,
            draw: draw.as_mut(),
            sign: self.sign.as_ref(),
        };
        let holder = Holder {
            office: from.office,
            node: from.node,
            incarnation: from.incarnation,
        };
        blocks::void_lost(&mut unit, &holder)?;
        intake::take(&mut unit, &mut centre, from, acts)?;
        if let Some(reserving) = self.reserving {
            blocks::refill(&mut unit, reserving, &holder, centre.draw)?;
        }
        row.incarnation = from.incarnation;
        row.taken = up_to;
        row.chain = from.chain;
        row.outbox_last = row.outbox_last.max(up_to);
        row.contact_s = at_s;
        unit.put(tables::NODES, &node_key, &row)?;
        let numbers = (from.first.get(), up_to.get());
        audit(
            &mut unit,
            "batch",
            Some(from.office),
            Some(from.node),
            numbers,
        )?;
        let grew = self.hand_over(unit)?;
        Ok(Taken { up_to, grew })
    }

    /// Begins a unit of work.
    fn begin(&self, at_s: i64) -> Result<Unit<'_>, UnitError> {
        Unit::begin(self.store.as_ref(), self.known()?, at_s)
    }

    fn hand_over(&self, unit: Unit<'_>) -> Result<Grew, UnitError> {
        let (batch, grew) = unit.finish()?;
        self.store.stage(batch)?;
        Ok(grew)
    }

    /// Lets a node join: its key, the used token and the first officer, durable together.
    pub fn join(&self, at_s: i64, joining: &Joining) -> Result<Grew, JoinError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        if unit.bytes(tables::TOKENS, &joining.token)?.is_some() {
            return Err(JoinError::TokenUsed);
        }
        unit.put(tables::TOKENS, &joining.token, &at_s)?;
        let office = decree::place_newcomer(&mut unit, joining)?;
        let joining = &Joining {
            office,
            ..joining.clone()
        };
        let key = tables::node_key(joining.office, &joining.node);
        // A device that joins once more with its key goes on where it stood.
        let known: Option<NodeRow> = unit.get(tables::NODES, &key)?;
        let mut row = known.unwrap_or_else(|| new_node(at_s, joining));
        row.shut_out = None;
        row.certificate_ends_s = joining.certificate_ends_s;
        unit.put(tables::NODES, &key, &row)?;
        // A token opens an account; it never changes the roles of one that is there.
        let officers: Vec<Officer> = unit
            .get(tables::OFFICERS, &joining.office.to_be_bytes())?
            .unwrap_or_default();
        if let Some(officer) = &joining.officer
            && officers.iter().all(|known| known.id != officer.id)
        {
            put_officer(&mut unit, joining.office, officer.clone())?;
        }
        audit(
            &mut unit,
            "join",
            Some(joining.office),
            Some(joining.node),
            (0, 0),
        )?;
        let grew = self.hand_over(unit)?;
        self.sync()?;
        Ok(grew)
    }

    /// Notes that a node has a new certificate. Durable when it returns.
    pub fn renew(
        &self,
        at_s: i64,
        office: OfficeCode,
        node: NodeId,
        certificate_ends_s: i64,
    ) -> Result<(), UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let key = tables::node_key(self.home(office, &node)?, &node);
        let Some(mut row) = unit.get::<NodeRow>(tables::NODES, &key)? else {
            return Ok(());
        };
        row.certificate_ends_s = certificate_ends_s;
        unit.put(tables::NODES, &key, &row)?;
        audit(&mut unit, "renew", Some(office), Some(node), (0, 0))?;
        self.hand_over(unit)?;
        self.sync()
    }

    /// Shuts a node out, or lets it in again (`None`). Nothing that it sends afterwards is taken;
    /// what was taken stays. Staged; tells whether there is such a node.
    pub fn stage_exclusion(
        &self,
        at_s: i64,
        office: OfficeCode,
        node: NodeId,
        exclusion: Option<Exclusion>,
    ) -> Result<bool, UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let key = tables::node_key(self.home(office, &node)?, &node);
        let Some(mut row) = unit.get::<NodeRow>(tables::NODES, &key)? else {
            return Ok(false);
        };
        let what = if exclusion.is_some() {
            "shut out"
        } else {
            "let in"
        };
        row.shut_out = exclusion;
        unit.put(tables::NODES, &key, &row)?;
        audit(&mut unit, what, Some(office), Some(node), (0, 0))?;
        self.hand_over(unit)?;
        Ok(true)
    }

    /// Opens, changes or closes an officer's account.
    pub fn set_officer(
        &self,
        at_s: i64,
        office: OfficeCode,
        officer: Officer,
    ) -> Result<Grew, UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let office = unit.office_now(office);
        put_officer(&mut unit, office, officer)?;
        audit(&mut unit, "officer", Some(office), None, (0, 0))?;
        let grew = self.hand_over(unit)?;
        self.sync()?;
        Ok(grew)
    }

    /// Notes a contact; not synced by itself, for it promises nothing.
    pub fn contact(
        &self,
        office: OfficeCode,
        node: NodeId,
        contact: &Contact,
    ) -> Result<(), UnitError> {
        let _draw = self.writer();
        let home = self.home(office, &node)?;
        let key = tables::node_key(home, &node);
        let Some(bytes) = self.store.get(tables::NODES, &key)? else {
            return Ok(());
        };
        let mut row: NodeRow = decode(tables::NODES, &bytes)?;
        row.contact_s = contact.at_s;
        row.software.clone_from(&contact.software);
        row.clock_offset_ms = contact.clock_offset_ms;
        if contact.incarnation >= row.incarnation {
            row.outbox_last = contact.outbox_last;
        }
        if home == office {
            row.applied = row.applied.max(contact.applied);
        }
        row.epoch = row.epoch.max(contact.epoch);
        let mut batch = registry_store::Batch::finishing();
        let bytes = postcard::to_stdvec(&row).map_err(|_| UnitError::Unwritable {
            table: tables::NODES.0,
        })?;
        batch.put(tables::NODES, &key, bytes);
        self.store.stage(batch)?;
        Ok(())
    }
}

/// A node that has done nothing yet.
fn new_node(at_s: i64, joining: &Joining) -> NodeRow {
    let life = Incarnation::new(0);
    NodeRow {
        public_key: joining.public_key,
        shut_out: None,
        joined_s: at_s,
        incarnation: life,
        taken: ActNumber::new(0),
        chain: *Chain::genesis(joining.node, life).as_bytes(),
        epoch: 0,
        applied: FeedSeq::new(0),
        contact_s: 0,
        software: String::new(),
        clock_offset_ms: 0,
        outbox_last: ActNumber::new(0),
        certificate_ends_s: joining.certificate_ends_s,
    }
}

fn put_officer(unit: &mut Unit<'_>, office: OfficeCode, officer: Officer) -> Result<(), UnitError> {
    let key = office.to_be_bytes();
    let mut officers: Vec<Officer> = unit.get(tables::OFFICERS, &key)?.unwrap_or_default();
    let was_active = officers
        .iter()
        .any(|other| other.id == officer.id && other.active);
    intake::waiting::note_officer(unit, office, &officer.id, (was_active, officer.active))?;
    officers.retain(|other| other.id != officer.id);
    officers.push(officer);
    unit.put(tables::OFFICERS, &key, &officers)?;
    slices::tell(unit, office, &FeedItem::Officers(officers))
}

/// Adds a link to the audit chain.
fn audit(
    unit: &mut Unit<'_>,
    what: &str,
    office: Option<OfficeCode>,
    node: Option<NodeId>,
    numbers: (u64, u64),
) -> Result<(), UnitError> {
    let before: [u8; 32] = unit.get(tables::META, b"audit head")?.unwrap_or_default();
    let mut row = AuditRow {
        at_s: unit.at_s(),
        what: what.to_owned(),
        office,
        node,
        numbers,
        link: [0; 32],
    };
    let bytes = postcard::to_stdvec(&row).map_err(|_| UnitError::Unwritable {
        table: tables::AUDIT.0,
    })?;
    row.link = *blake3::keyed_hash(&before, &bytes).as_bytes();
    unit.put(tables::META, b"audit head", &row.link)?;
    let place = unit.commit_seq().get().to_be_bytes();
    unit.put(tables::AUDIT, &place, &row)
}
