//! The office: everything that a commune's daemon knows and decides, without sockets, files,
//! threads or clocks. Time is passed in; what is durable stands behind [`registry_store::Store`].
//!
//! A method that changes something stages it: it is visible at once and **durable only after the
//! store's next sync**, which is the business of [`crate::writer`]. Nothing may be promised before.
//! Methods that only read may be called from any thread at any time.
//!
//! Two states of a record are kept: *official*, what the centre has confirmed by feed and fill,
//! and *provisional*, the official one with the office's own acts that have no outcome yet.

mod access;
mod account;
mod act_view;
mod again;
mod applications;
mod attachment_view;
mod attachments;
mod attest;
mod audit;
mod bulk;
mod bundles;
mod card_view;
mod changes;
mod contact;
mod dossier;
mod drafts;
mod duplicates;
mod error;
mod feed;
mod filing;
mod fill;
mod household_view;
mod known;
mod life;
mod live;
mod memory;
mod moves;
mod news;
mod numbers;
mod outbox;
mod overlay;
mod person_view;
mod portraits;
mod queue;
mod readings;
mod record_papers;
mod repair;
mod search;
mod slice;
mod standing;
mod survey;
mod unsaved;
mod work;

#[cfg(test)]
mod tests;

pub use access::{PasswordState, Try};
pub use account::{Account, Credential};
pub use act_view::{ActState, ActView, Effect, Meeting, PaperView, WithdrawalView};
pub use attachment_view::{AttachmentState, AttachmentView, PapersProgress};
pub use attest::Attestation;
pub use audit::AuditPage;
pub use bulk::{BulkChange, BulkPlan, BulkSkip};
pub use bundles::OnStick;
pub use card_view::{CardDoubt, CardItems, CardView};
pub use changes::{ActChanges, Before, ChangedRecord, Difference, Does};
pub use drafts::{DRAFTS_MAX, Draft, DraftId};
pub use duplicates::{Checked, LikePerson, PossibleDuplicate};
pub use error::{FileError, OfficeError};
pub use feed::{FeedDone, SCHEMA};
pub use filing::Filed;
pub use fill::FillPage;
pub use household_view::{HouseholdView, MemberView};
pub use known::Known;
pub use life::LifeBegun;
pub use news::News;
pub use outbox::OutboxRead;
pub use person_view::{FieldView, PersonView};
pub use queue::DayView;
pub use readings::{AuditEnd, ReadingRow, ReadingsPage, ReadingsWanted, UnsentReadings};
pub use record_papers::{PapersOfActView, RecordPapersView};
pub use search::PersonHit;
pub use standing::Standing;
pub use survey::{MendPage, OfficeSurvey, ToMend};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::tables::{Meta, Rows};
use attachments::Sending;
use live::Live;
use memory::{Look, Memory};
use portraits::Fetching;
use record_papers::Learned;
use registry::unit::Units;
use registry::{NodeId, OfficeCode};
use registry_store::{Folder, Store};
use work::Work;

/// The office.
pub struct Office {
    rows: Rows,
    /// Held by whoever changes something: there is one writer.
    writing: Mutex<()>,
    live: Memory<Live>,
    /// The last survey; held by whoever makes a new one.
    surveyed: Mutex<Option<Arc<OfficeSurvey>>>,
    /// Attachments, beside the store.
    folder: Arc<Folder>,
    /// How far attachments are on their way, and which are put off: gone with a restart.
    sending: Mutex<Sending>,
    /// Which thumbnails were asked for in vain: gone with a restart.
    fetching: Mutex<Fetching>,
    /// Attachments of which the centre told when it was asked: gone with a restart.
    learned: Mutex<Learned>,
}

impl Office {
    /// Opens the office on its store. A new store is given this identity; an old one must have it.
    /// The search index is built here, from every record.
    pub fn open(
        store: Arc<dyn Store>,
        office: OfficeCode,
        node: NodeId,
    ) -> Result<Office, OfficeError> {
        let mut rows = Rows::new(store);
        let meta = match rows.meta()? {
            // The commune of its certificate is another where a decree lies between: the office may
            // have heard of it and not have a new certificate yet, or have one and not have heard.
            // Who it is, its key says.
            Some(meta) if meta.node == node => meta,
            Some(_) => return Err(OfficeError::OtherNode),
            None => {
                let meta = Meta::new(office, node);
                rows.put_meta(&meta)?;
                rows.stage(false)?;
                meta
            }
        };
        let live = Live::load(&rows, meta)?;
        Ok(Office {
            rows,
            writing: Mutex::new(()),
            live: Memory::new(live),
            surveyed: Mutex::new(None),
            folder: Arc::new(Folder::in_memory()),
            sending: Mutex::default(),
            fetching: Mutex::default(),
            learned: Mutex::default(),
        })
    }

    /// The same office, which keeps attachments in this folder.
    #[must_use]
    pub fn keeping(self, folder: Arc<Folder>) -> Office {
        Office { folder, ..self }
    }

    /// The commune.
    pub fn code(&self) -> OfficeCode {
        self.live().meta.office
    }

    /// The units as the office knows them: a dark one goes on in the edition that it has.
    pub fn units(&self) -> Arc<Units> {
        Arc::clone(&self.live().units)
    }

    /// The communes whose office it was before decrees, the oldest first.
    pub fn former(&self) -> Vec<OfficeCode> {
        self.live().former.clone()
    }

    /// Where the node stands.
    pub fn meta(&self) -> Meta {
        self.live().meta.clone()
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.rows.store()
    }

    /// What is held in memory. To be let go of before anything that looks there too.
    fn live(&self) -> Look<'_, Live> {
        self.live.look()
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a unit of work: new work, which a nearly full disk refuses.
    fn work(&self) -> Work<'_> {
        Work::begin(self, false)
    }

    /// Begins a unit of work that finishes what was begun and may use the disk's reserve.
    fn finishing_work(&self) -> Work<'_> {
        Work::begin(self, true)
    }
}
