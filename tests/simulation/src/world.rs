//! The world of a run: devices, the centre, the lines between them, and the queue of what happens
//! next. One thread, virtual time; the parts are in the files of this folder.
//!
//! What runs here is what the daemons run: the two sessions, the office's core and its writer's
//! commands, the registrar. What is made here is what the daemons leave to sockets, threads and
//! clocks: when a frame arrives, when a sync ends, who loses power.

mod attachments;
mod centre;
mod dark;
mod decree;
mod device;
mod faults;
mod hostile;
mod liar;
mod lines;
mod node;
mod operators;
mod power;
mod readings;
mod record_papers;
mod serving;
mod sticks;
mod thumbnails;
mod tricks;
mod wishes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use bytes::Bytes;
use central_registry::tables::KeptAct;
use registry::unit::Edition;
use sync_proto::Class;

use crate::check::{Failure, Ledger};
use crate::dice::Dice;
use crate::people::People;
use crate::plan::{Plan, Procedure};
use crate::sabotage::Sabotage;
use crate::trace::Trace;

pub(crate) use centre::CentreHouse;
pub(crate) use device::Device;
pub(crate) use lines::Line;

/// The wall clock at the start of every run: November 2026, milliseconds since 1970.
pub(crate) const WALL_MS: u64 = 1_795_000_000_000;
/// Most events of a run; more than that means that it goes round in a circle.
const EVENTS_MAX: u64 = 400_000;
/// How long all may take to agree after the last fault has healed: a few reconnects of two
/// minutes, a check every minute, and repairs.
const AGREE_MS: u64 = 3_600_000;
/// How often it is looked whether all agree.
const LOOK_MS: u64 = 15_000;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Event {
    Planned(usize),
    Arrives {
        line: u64,
        up: bool,
        class: Class,
        frame: Bytes,
    },
    Confirmed {
        line: u64,
        up: bool,
    },
    /// The other end has closed the line, and this one hears of it.
    Gone {
        line: u64,
        up: bool,
    },
    /// Nothing was heard for as long as a line lives without.
    Silent {
        line: u64,
    },
    Wake {
        line: u64,
        up: bool,
    },
    Write {
        device: usize,
        life: u64,
    },
    Synced {
        device: usize,
        life: u64,
    },
    Work {
        life: u64,
    },
    WorkSynced {
        life: u64,
    },
    Dial {
        device: usize,
        life: u64,
    },
    Opens {
        device: usize,
    },
    PowerOn {
        device: usize,
    },
    PowerOnCentre,
    /// Power goes while a disk writes: an office's, or the centre's.
    PowerGoes {
        whose: Option<usize>,
        life: u64,
        salt: u64,
        for_ms: u64,
    },
    /// So many hours pass in which nobody works.
    Rest {
        hours: u64,
    },
    RoomAgain(Option<usize>),
    FastAgain(Option<usize>),
    LetIn(usize),
    JoinsAnew(usize),
    /// The centre carries a decree on.
    CarryOn {
        life: u64,
    },
    Look,
}

/// How many of what there was.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Events of the queue.
    pub events: u64,
    /// Frames that arrived.
    pub frames: u64,
    /// Acts acknowledged to a clerk.
    pub acts: u64,
    /// Attachments that arrived at the centre.
    #[serde(default)]
    pub attachments: u64,
    /// Pieces of attachments that were kept there.
    #[serde(default)]
    pub pieces: u64,
    /// Thumbnails that offices fetched.
    #[serde(default)]
    pub thumbnails: u64,
    /// Lists of a record's papers that offices were told.
    #[serde(default)]
    pub paper_lists: u64,
    /// Attachments that stood in them.
    #[serde(default)]
    pub papers_listed: u64,
    /// Acts refused by a procedure.
    pub refused: u64,
    /// Acts that the centre accepted, by then or later.
    pub accepted: u64,
    /// Acts that the centre returned.
    pub returned: u64,
    /// Acts parked.
    pub parked: u64,
    /// Cases opened.
    pub cases: u64,
    /// The same, by what they are about.
    #[serde(default)]
    pub matters: BTreeMap<String, u64>,
    /// Decisions taken.
    pub decisions: u64,
    /// Records that clerks opened.
    #[serde(default)]
    pub readings: u64,
    /// Decrees that came into force, by what they do to a commune.
    #[serde(default)]
    pub decrees: BTreeMap<String, u64>,
    /// Times that a device became one of another office, or of one with another extent.
    #[serde(default)]
    pub offices_changed: u64,
    /// Faults injected, by name.
    pub faults: BTreeMap<String, u64>,
    /// Acts acknowledged, by procedure.
    pub procedures: BTreeMap<String, u64>,
    /// Acts that stood in the end, by the kind that `docs/acts.md` gives them: those of the centre
    /// too.
    #[serde(default)]
    pub kinds: BTreeMap<String, u64>,
    /// New lives of nodes.
    pub lives: u64,
    /// Sessions that ended with an error of the peer.
    pub broken_sessions: u64,
    /// Lies of a centre that speaks well, by what they are.
    #[serde(default)]
    pub lies: BTreeMap<String, u64>,
    /// Lines, by the profile that they have.
    #[serde(default)]
    pub profiles: BTreeMap<String, u64>,
    /// Times that a hostile node spoke with the centre, by its trick.
    #[serde(default)]
    pub tricks: BTreeMap<String, u64>,
    /// What became of that: of its acts, and of its line.
    #[serde(default)]
    pub hostile: BTreeMap<String, u64>,
    /// Bundles on sticks that the centre took in.
    #[serde(default)]
    pub sticks: u64,
    /// Virtual milliseconds.
    pub ms: u64,
}

/// A run.
pub(crate) struct World {
    pub(crate) now_ms: u64,
    /// How long power had failed everywhere, or everybody had rested, by now: nothing ran, and the
    /// clocks went on.
    pub(crate) dark_ms: u64,
    pub(crate) plan: Plan,
    pub(crate) people: People,
    pub(crate) devices: Vec<Device>,
    pub(crate) centre: CentreHouse,
    pub(crate) lines: BTreeMap<u64, Line>,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    pub(crate) trace: Trace,
    pub(crate) sabotage: Option<Sabotage>,
    /// What lies on sticks.
    sticks: sticks::Sticks,
    /// The offices to which somebody in the centre's place turns bits in the next records.
    pages_turned: BTreeMap<usize, Dice>,
    /// An office that somebody took over.
    rogue: Option<hostile::Rogue>,
    /// Lines on which somebody sent a hello again.
    replays: BTreeSet<u64>,
    /// Cuts of the power that wait for a write of an office, or of the centre.
    armed: BTreeMap<Option<usize>, power::Armed>,
    /// What draws how much a disk keeps of the sync that it is to break.
    broken: BTreeMap<Option<usize>, u64>,
    dice: Dice,
    /// A decree that was told to the centre, and the edition before it, until it stands.
    pending: Option<(Edition, decree::Drawn)>,
    /// Apart, so that a run with a decree is otherwise what it is without.
    decree_dice: Dice,
    queue: BinaryHeap<Reverse<(u64, u64, Queued)>>,
    queued: u64,
    next_line: u64,
    /// All faults are healed: from now on everything has to come to rest.
    healed_ms: Option<u64>,
}

/// An event in the queue; the queue orders by time and number alone.
struct Queued(Event);

impl PartialEq for Queued {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Queued {}
impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Queued {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl World {
    /// A world in which nothing has happened yet.
    pub(crate) fn new(
        plan: Plan,
        sabotage: Option<Sabotage>,
        keep_log: bool,
    ) -> Result<World, Failure> {
        let setting = plan.setting.clone();
        let people = People::of(setting.seed, setting.offices);
        let mut dice = Dice::new(setting.seed, "world", 0);
        let devices = people
            .communes
            .iter()
            .map(|commune| Device::new(commune, &setting, &mut dice))
            .collect::<Result<Vec<Device>, Failure>>()?;
        let centre = CentreHouse::new(&people, &setting)?;
        let ledger = Ledger::new(&people, centre.public_key());
        let mut world = World {
            now_ms: 0,
            dark_ms: 0,
            people,
            devices,
            centre,
            lines: BTreeMap::new(),
            ledger,
            tally: Tally::default(),
            trace: Trace::new(keep_log),
            sabotage,
            sticks: sticks::Sticks::default(),
            pages_turned: BTreeMap::new(),
            rogue: hostile::Rogue::new(setting.seed),
            replays: BTreeSet::new(),
            armed: BTreeMap::new(),
            broken: BTreeMap::new(),
            dice,
            pending: None,
            decree_dice: Dice::new(setting.seed, "carrying decrees on", 0),
            queue: BinaryHeap::new(),
            queued: 0,
            next_line: 1,
            healed_ms: None,
            plan,
        };
        world.learn_bundle_key()?;
        for device in &world.devices {
            let name = device.path.profile.name.clone();
            *world.tally.profiles.entry(name).or_default() += 1;
        }
        for device in 0..world.devices.len() {
            let wait = world.dice.between(10, 2_000);
            world.after(wait, Event::Dial { device, life: 0 });
        }
        for index in 0..world.plan.items.len() {
            let at_ms = world.plan.items.get(index).map_or(0, |item| item.at_ms);
            // The first seconds belong to the first fill.
            world.at(at_ms + 5_000, Event::Planned(index));
        }
        Ok(world)
    }

    pub(crate) fn after(&mut self, ms: u64, event: Event) {
        self.at(self.now_ms.saturating_add(ms), event);
    }

    fn at(&mut self, at_ms: u64, event: Event) {
        self.queued += 1;
        self.queue
            .push(Reverse((at_ms, self.queued, Queued(event))));
    }

    /// The centre's wall clock, milliseconds since 1970.
    pub(crate) fn wall_ms(&self) -> u64 {
        WALL_MS + self.now_ms + self.dark_ms
    }

    /// Runs the plan, heals everything, and waits until all agree.
    pub(crate) fn run(&mut self) -> Result<(), Failure> {
        while let Some(Reverse((at_ms, _, Queued(event)))) = self.queue.pop() {
            if self.healed_ms.is_none() && at_ms > self.plan.ends_ms() + 5_000 {
                self.heal()?;
                self.healed_ms = Some(self.now_ms);
                self.after(LOOK_MS, Event::Look);
                self.at(at_ms, event);
                continue;
            }
            self.now_ms = self.now_ms.max(at_ms);
            self.tally.events += 1;
            self.tally.ms = self.now_ms;
            if self.tally.events > EVENTS_MAX {
                return Err(Failure::new("liveness", "the run goes round in a circle"));
            }
            if let Event::Look = event {
                if self.look()? {
                    return Ok(());
                }
                continue;
            }
            self.trace.event(self.now_ms, &event);
            self.happens(event)?;
        }
        Err(Failure::new("liveness", "nothing happens any more"))
    }

    /// Whether all agree; a failure if they should have long since.
    fn look(&mut self) -> Result<bool, Failure> {
        let disagreement = crate::check::agreement(self);
        let since = self.healed_ms.unwrap_or(0);
        match disagreement {
            Ok(()) => Ok(true),
            Err(failure) if self.now_ms > since + AGREE_MS => Err(failure),
            Err(_) => {
                self.after(LOOK_MS, Event::Look);
                Ok(false)
            }
        }
    }

    fn happens(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Planned(index) => self.do_planned(index),
            Event::Arrives {
                line,
                up,
                class,
                frame,
            } => self.arrives(line, up, class, frame),
            Event::Confirmed { line, up } => self.confirmed(line, up),
            Event::Gone { line, up } => self.gone(line, up),
            Event::Silent { line } => self.silent(line),
            Event::Wake { line, up } => self.wake(line, up),
            Event::Write { device, life } => self.write(device, life),
            Event::Synced { device, life } => self.synced(device, life),
            Event::Work { life } => self.work(life),
            Event::WorkSynced { life } => self.work_synced(life),
            Event::Dial { device, life } => self.dial(device, life),
            Event::Opens { device } => self.opens(device),
            Event::PowerOn { device } => self.power_on(device),
            Event::PowerOnCentre => self.power_on_centre(),
            Event::PowerGoes {
                whose,
                life,
                salt,
                for_ms,
            } => self.power_goes(whose, life, salt, for_ms),
            Event::Rest { hours } => self.rest(hours),
            Event::RoomAgain(whose) => {
                self.disk_of(whose).set_full(false);
                Ok(())
            }
            Event::FastAgain(whose) => {
                self.set_slow(whose, false);
                Ok(())
            }
            Event::LetIn(device) => self.let_in(device),
            Event::JoinsAnew(device) => self.joins_anew(device),
            Event::CarryOn { life } => self.carry_on(life),
            Event::Look => Ok(()),
        }
    }

    pub(crate) fn count_procedure(&mut self, procedure: Procedure) {
        let name = format!("{procedure:?}");
        *self.tally.procedures.entry(name).or_default() += 1;
    }

    /// Counts the acts that stand, by kind.
    pub(crate) fn count_kinds(&mut self, acts: &[KeptAct]) {
        for row in acts.iter().filter(|row| row.outcome.took_effect()) {
            let name = row.act.body.kind.key().to_owned();
            *self.tally.kinds.entry(name).or_default() += 1;
        }
    }
}
