//! The centre's side of a run: the registrar's desk in two steps, so that power may go between
//! them, and what the sessions want done.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use central_registry::blocks::Reserving;
use central_registry::intake::BatchFrom;
use central_registry::registrar::{Config, Contact, Grew, Joining, NodeState, Registrar};
use ed25519_dalek::{Signer, SigningKey};
use registry::attachment::Attachment;
use registry::code::Role;
use registry::feed::Officer;
use registry::reading::Reading;
use registry::value::Line as Words;
use registry::{ActNumber, FeedSeq, NodeId, OfficeCode};
use registry_store::{Folder, MemoryStore};
use sync_proto::{CentralInput, Digest};

use super::{Event, WALL_MS, World};
use crate::check::{self, Failure};
use crate::dice::Dice;
use crate::people::People;
use crate::plan::Setting;
use crate::sabotage::Sabotage;

/// Questions that share a sync.
const GROUP_MAX: u64 = 12;

/// An answer that a session waits for.
pub(crate) enum Slot {
    Waits,
    Input(CentralInput),
    Standing(Option<Box<NodeState>>),
    Taken(ActNumber),
    /// It cannot be given: the line ends.
    Refused,
}

/// What is asked of the desk.
pub(super) enum Ask {
    Standing(u64),
    Batch(u64, BatchFrom, Vec<Vec<u8>>),
    Contact(OfficeCode, NodeId, Box<Contact>),
    /// What was read may be told once all that was staged before is durable.
    Read(u64, Box<CentralInput>),
    /// Readings of a node are to be kept: what it is told once they are durable.
    Readings(u64, (OfficeCode, NodeId), Vec<Reading>, Box<CentralInput>),
    /// An attachment is whole: what the office is told once that is durable.
    Attachment(u64, Vec<OfficeCode>, Attachment, Box<CentralInput>),
}

/// The centre.
pub(crate) struct CentreHouse {
    pub(crate) disk: Arc<MemoryStore>,
    pub(crate) folder: Arc<Folder>,
    pub(crate) registrar: Option<Arc<Registrar>>,
    pub(crate) life: u64,
    pub(crate) slow: bool,
    key: SigningKey,
    seed: u64,
    numbers_at_hand: u16,
    asks: VecDeque<Ask>,
    /// Answers that wait for the sync.
    group: Vec<(u64, Slot)>,
    pub(super) grew: Grew,
    busy: bool,
    /// The durable ends of the feeds that have grown since the start.
    pub(super) tips: BTreeMap<OfficeCode, (FeedSeq, Digest)>,
    /// The epoch of the line that a node is present on, and the line.
    pub(super) present: BTreeMap<NodeId, (u64, u64)>,
}

impl CentreHouse {
    pub(crate) fn new(people: &People, setting: &Setting) -> Result<CentreHouse, Failure> {
        let mut house = CentreHouse {
            disk: Arc::new(MemoryStore::new()),
            folder: Arc::new(Folder::in_memory()),
            registrar: None,
            life: 0,
            slow: false,
            key: SigningKey::from_bytes(&[0xCE; 32]),
            seed: setting.seed,
            numbers_at_hand: setting.numbers_at_hand,
            asks: VecDeque::new(),
            group: Vec::new(),
            grew: Grew::new(),
            busy: false,
            tips: BTreeMap::new(),
            present: BTreeMap::new(),
        };
        house.open();
        let at_s = i64::try_from(WALL_MS / 1000).unwrap_or(0);
        let failed = |what: &'static str| Failure::new("setting", what);
        let Some(registrar) = &house.registrar else {
            return Err(failed("no registrar"));
        };
        registrar
            .import(at_s, people.records.clone())
            .map_err(|_| failed("the people cannot be imported"))?;
        for commune in &people.communes {
            let officer = officer().ok_or_else(|| failed("no officer"))?;
            let joining = Joining {
                office: commune.code,
                node: commune.node,
                public_key: commune.key.verifying_key().to_bytes(),
                certificate_ends_s: at_s,
                token: *commune.node.as_bytes(),
                officer: Some(officer),
            };
            registrar
                .join(at_s, &joining)
                .map_err(|_| failed("a node cannot join"))?;
        }
        Ok(house)
    }

    /// Starts the centre on what its disk holds.
    pub(crate) fn open(&mut self) {
        let mut dice = Dice::new(self.seed, "numbers", self.life);
        let key = self.key.clone();
        // Few numbers to draw from, so that one that is taken is drawn often; more where those of
        // lost blocks are never used.
        let numbers = if self.numbers_at_hand == 0 { 6 } else { 400 };
        let config = Config {
            node: NodeId::new([0xCE; 16]),
            draw: Box::new(move || u32::try_from(dice.below(numbers)).unwrap_or(0)),
            sign: Box::new(move |bytes| key.sign(bytes).to_bytes()),
        };
        let disk: Arc<MemoryStore> = Arc::clone(&self.disk);
        let folder = Arc::clone(&self.folder);
        let mut registrar = Registrar::open(disk, config).keeping(folder);
        if self.numbers_at_hand > 0 {
            registrar = registrar.reserving(Reserving {
                numbers: self.numbers_at_hand,
            });
        }
        self.registrar = Some(Arc::new(registrar));
    }

    /// The power is gone.
    pub(crate) fn power_off(&mut self) {
        self.life += 1;
        self.registrar = None;
        self.folder.lose_unsynced();
        self.asks.clear();
        self.group.clear();
        self.grew.clear();
        self.busy = false;
        self.tips.clear();
        self.present.clear();
    }

    pub(crate) fn is_up(&self) -> bool {
        self.registrar.is_some()
    }

    /// Whether nothing is queued or under way.
    pub(crate) fn is_idle(&self) -> bool {
        !self.busy && self.asks.is_empty()
    }

    pub(crate) fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// The last entry of an office's feed.
    pub(crate) fn head(&self, office: OfficeCode) -> FeedSeq {
        self.registrar
            .as_ref()
            .and_then(|registrar| registrar.office(office).ok())
            .map(|row| row.head)
            .unwrap_or_default()
    }
}

/// The one officer of every office.
pub(crate) fn officer() -> Option<Officer> {
    Some(Officer {
        id: "lan".parse().ok()?,
        name: Words::parse("Lan").ok()?,
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        active: true,
    })
}

impl World {
    pub(super) fn ask(&mut self, ask: Ask) {
        self.centre.asks.push_back(ask);
        if !self.centre.busy {
            self.centre.busy = true;
            let life = self.centre.life;
            self.after(1, Event::Work { life });
        }
    }

    /// Feeds that have grown by what is not durable yet: they are told of with the next sync.
    pub(crate) fn owe(&mut self, grew: Grew) {
        self.centre.grew.extend(grew);
        if !self.centre.busy {
            self.centre.busy = true;
            let life = self.centre.life;
            self.after(1_000, Event::Work { life });
        }
    }

    /// The desk does what is queued.
    pub(super) fn work(&mut self, life: u64) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        if life != self.centre.life {
            return Ok(());
        }
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        for _ in 0..self.dice.between(1, GROUP_MAX) {
            let Some(ask) = self.centre.asks.pop_front() else {
                break;
            };
            match ask {
                Ask::Standing(line) => {
                    // Nobody is greeted while slices change hands.
                    let underway = registrar.known().map_or(true, |it| it.underway.is_some());
                    let slot = match self.office_of(line).filter(|_| !underway) {
                        Some((office, node)) => match registrar.node_state(office, &node) {
                            Ok(state) => Slot::Standing(state.map(Box::new)),
                            Err(_) => Slot::Refused,
                        },
                        None => Slot::Refused,
                    };
                    self.centre.group.push((line, slot));
                }
                Ask::Batch(line, from, acts) => {
                    crate::sabotage::panics(self.sabotage);
                    let slot = match registrar.stage_batch(at_s, &from, &acts) {
                        Ok(taken) => {
                            self.centre.grew.extend(taken.grew);
                            Slot::Taken(taken.up_to)
                        }
                        Err(error) => {
                            self.trace
                                .note(|| format!("a batch is not taken: {}", error.code()));
                            Slot::Refused
                        }
                    };
                    self.centre.group.push((line, slot));
                }
                Ask::Contact(office, node, contact) => {
                    // It promises nothing.
                    let _ = registrar.contact(office, node, &contact);
                    if let Ok(Some(grew)) = registrar.stage_refill(at_s, office, node, &contact) {
                        self.centre.grew.extend(grew);
                    }
                }
                Ask::Readings(line, from, readings, kept) => {
                    let forgotten = self.sabotage == Some(Sabotage::ForgetReadings);
                    let staged = match forgotten {
                        true => Ok(()),
                        false => registrar.stage_readings(at_s, from, &readings),
                    };
                    let slot = staged.map_or(Slot::Refused, |()| Slot::Input(*kept));
                    self.centre.group.push((line, slot));
                }
                Ask::Attachment(line, offices, attachment, input) => {
                    let forgotten = self.sabotage == Some(Sabotage::ForgetPapers);
                    let staged = match forgotten {
                        true => Ok(Default::default()),
                        false => registrar.stage_attachment(at_s, &offices, &attachment),
                    };
                    let slot = match staged {
                        Ok(grew) => {
                            self.centre.grew.extend(grew);
                            Slot::Input(*input)
                        }
                        Err(_) => Slot::Refused,
                    };
                    self.centre.group.push((line, slot));
                }
                Ask::Read(line, input) => self.centre.group.push((line, Slot::Input(*input))),
            }
        }
        let mut ms = self.dice.between(1, 10);
        if self.centre.slow {
            ms *= 100;
        }
        self.after(ms, Event::WorkSynced { life });
        self.cut_this_write(None, ms);
        Ok(())
    }

    /// What was done is durable: now, and only now, anybody is told.
    pub(super) fn work_synced(&mut self, life: u64) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        if life != self.centre.life {
            return Ok(());
        }
        let synced = registrar.sync();
        let group = std::mem::take(&mut self.centre.group);
        self.centre.busy = !self.centre.asks.is_empty();
        if self.centre.busy {
            self.after(1, Event::Work { life });
        }
        match synced {
            Ok(()) => {
                for (line, slot) in group {
                    self.fill_slot(line, slot)?;
                }
                let grew = std::mem::take(&mut self.centre.grew);
                self.publish(&registrar, &grew)?;
                check::centre(self)
            }
            Err(error) => {
                self.trace
                    .note(|| format!("the centre's sync fails: {}", error.code()));
                for (line, _) in group {
                    self.fill_slot(line, Slot::Refused)?;
                }
                if error.code() == "disk_full" {
                    // What was staged still waits; the next group tries again.
                    self.owe(Grew::new());
                    Ok(())
                } else {
                    self.centre_starts_anew()
                }
            }
        }
    }

    /// Tells the lines of an office that its feed has grown.
    pub(crate) fn publish(&mut self, registrar: &Registrar, grew: &Grew) -> Result<(), Failure> {
        for office in grew.keys() {
            let Ok(row) = registrar.office(*office) else {
                continue;
            };
            self.centre.tips.insert(*office, (row.head, row.digest));
            let ids: Vec<u64> = self
                .lines
                .keys()
                .copied()
                .filter(|id| self.office_of(*id).is_some_and(|(of, _)| of == *office))
                .collect();
            for id in ids {
                self.feed_grew(id, row.head, row.digest)?;
            }
        }
        Ok(())
    }

    pub(super) fn feed_grew(
        &mut self,
        id: u64,
        head: FeedSeq,
        digest: Digest,
    ) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        match line.central.told {
            Some(told) if told < head => line.central.told = Some(head),
            _ => return Ok(()),
        }
        self.centre_give(id, CentralInput::FeedGrew { head, digest })
    }
}
