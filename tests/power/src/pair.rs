//! A node and the centre, side by side: one of them on the disk that loses power, the other in
//! memory. They speak as the line would let them: nothing is sent before it is durable.

mod papers;
mod seen;
mod work;

use std::sync::Arc;

use central_registry::registrar::{
    AttachmentError, Config, IntakeError, JoinError, Joining, Registrar,
};
use central_registry::unit::UnitError;
use commune_node::office::{FileError, Office, OfficeError};
use ed25519_dalek::Signer;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use registry_store::{Folder, FolderError, MemoryStore, Store, StoreError};

use crate::world::{self, BadWorld};
use papers::Coming;
use seen::Seen;

/// Which of the two is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The office's daemon.
    Node,
    /// The centre's.
    Centre,
}

impl Side {
    /// Its name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Node => "node",
            Side::Centre => "centre",
        }
    }
}

/// Why the work stopped: the power, if it went, or a fault.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The office.
    #[error("{code}: {0}", code = .0.code())]
    Office(#[from] OfficeError),
    /// The office would not file an act.
    #[error("{code}: {0}", code = .0.code())]
    File(#[from] FileError),
    /// The centre.
    #[error("{code}: {0}", code = .0.code())]
    Unit(#[from] UnitError),
    /// The centre would not take acts.
    #[error("{code}: {0}", code = .0.code())]
    Intake(#[from] IntakeError),
    /// The centre would not let the node join.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// A store.
    #[error("{code}: {0}", code = .0.code())]
    Store(#[from] StoreError),
    /// The folder of attachments.
    #[error("{code}: {0}", code = .0.code())]
    Folder(#[from] FolderError),
    /// Attachments at the centre.
    #[error("{code}: {0}", code = .0.code())]
    Attachment(#[from] AttachmentError),
    /// A page could not be written.
    #[error(transparent)]
    Page(#[from] registry::columns::PageError),
    /// Something that was promised is not so.
    #[error("{0}")]
    Broken(String),
    /// A mistake of this crate.
    #[error("{0}")]
    World(String),
}

impl From<BadWorld> for Trouble {
    fn from(error: BadWorld) -> Self {
        Trouble::World(error.to_string())
    }
}

/// What outlives a cut: the side in memory, and what was acknowledged.
pub struct Life {
    side: Side,
    other: Arc<dyn Store>,
    other_folder: Arc<Folder>,
    seen: Seen,
    /// A paper whose pieces are on their way to the centre.
    coming: Option<Coming>,
    /// Numbers that are used once.
    serial: u32,
}

/// What was acknowledged in a life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// Acts filed at the node.
    pub acts: u64,
    /// Acts that the centre took in.
    pub taken: u64,
    /// Feed entries that the node took.
    pub entries: u64,
    /// Attachments that the side on the disk took.
    pub attachments: u64,
}

/// Both at work.
pub struct Pair<'a> {
    life: &'a mut Life,
    office: Office,
    registrar: Registrar,
    rng: &'a mut ChaCha8Rng,
}

impl Life {
    /// Two who have done nothing yet.
    #[must_use]
    pub fn new(side: Side) -> Self {
        Self {
            side,
            other: Arc::new(MemoryStore::new()),
            other_folder: Arc::new(Folder::in_memory()),
            seen: Seen::default(),
            coming: None,
            serial: 0,
        }
    }

    /// What was acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> Acknowledged {
        self.seen.counts
    }

    fn next(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }
}

impl<'a> Pair<'a> {
    /// Starts both, one of them on this store, and checks that what was acknowledged is there.
    pub fn start(
        life: &'a mut Life,
        store: Arc<dyn Store>,
        folder: Arc<Folder>,
        rng: &'a mut ChaCha8Rng,
    ) -> Result<Pair<'a>, Trouble> {
        let other = Arc::clone(&life.other);
        let other_folder = Arc::clone(&life.other_folder);
        let (nodes, centres) = match life.side {
            Side::Node => ((store, folder), (other, other_folder)),
            Side::Centre => ((other, other_folder), (store, folder)),
        };
        let mut draw = Draw(life.next());
        let registrar = Registrar::open(
            centres.0,
            Config {
                node: world::centre(),
                draw: Box::new(move || draw.next()),
                sign: Box::new(|bytes| world::centre_key().sign(bytes).to_bytes()),
            },
        )
        .keeping(centres.1);
        registrar.sweep_attachments()?;
        let office = Office::open(nodes.0, world::office()?, world::node())?;
        let office = office.keeping(nodes.1);
        office.sweep_attachments()?;
        let mut pair = Pair {
            life,
            office,
            registrar,
            rng,
        };
        pair.check_promises()?;
        pair.prepare()?;
        Ok(pair)
    }

    /// What both need before they can work; done already, but for the first time.
    fn prepare(&mut self) -> Result<(), Trouble> {
        let key = world::centre_key().verifying_key().to_bytes();
        self.office.trust_central(key)?;
        self.office.store().sync()?;
        let office = world::office()?;
        if self
            .registrar
            .kept(&world::person_id(world::PEOPLE - 1))?
            .is_none()
        {
            self.registrar.import(world::NOW_S, world::people()?)?;
        }
        if self.registrar.node_state(office, &world::node())?.is_none() {
            let mut token = [0; 16];
            self.rng.fill(&mut token);
            let joining = Joining {
                office,
                node: world::node(),
                public_key: [0; 32],
                certificate_ends_s: world::NOW_S,
                token,
                officer: Some(world::clerk()?),
            };
            self.registrar.join(world::NOW_S, &joining)?;
        }
        Ok(())
    }
}

/// Numbers for personal numbers: counted, for nothing here hangs on them.
struct Draw(u32);

impl Draw {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }
}
