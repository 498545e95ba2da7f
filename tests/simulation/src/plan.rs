//! What is going to happen in a run: acts of clerks, decisions, and faults, each at its time. A
//! plan follows from a seed, can be written down, and can be run without the seed; leaving items
//! out of it makes another plan that can be run.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

mod outages;
mod procedure;

pub use procedure::Procedure;
use procedure::{common, rare};

/// What a run starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// All chance comes from it.
    pub seed: u64,
    /// Offices, 2 to 8.
    pub offices: u8,
    /// Things that happen.
    pub steps: u32,
    /// The profile of every line, by its name in `link_profiles.csv`; drawn for each office from
    /// the seed if none is given.
    pub profile: Option<String>,
    /// Numbers of each sex that the centre sets aside for every office; 0 if it sets none aside.
    #[serde(default)]
    pub numbers_at_hand: u16,
    /// By how much the clock of a device may go fast or slow, in parts of a million; drawn for each
    /// office from the seed, 0 if all go right.
    #[serde(default)]
    pub drift_ppm: u32,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What it starts from.
    pub setting: Setting,
    /// What happens, in order.
    pub items: Vec<Item>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// When, milliseconds from the start.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// Which way of a line is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Both.
    Both,
    /// Nothing reaches the centre.
    Up,
    /// Nothing reaches the office.
    Down,
}

/// What people at the centre do beside deciding cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A number is cancelled, and another given.
    ChangeNumber,
    /// A change of nationality is recorded.
    ChangeNationality,
    /// A reviewer asks an office about a case.
    AskOffice,
    /// A reviewer answers an application.
    AnswerApplication,
}

/// Each as often as it stands here.
const OPERATIONS: [Operation; 8] = [
    Operation::ChangeNumber,
    Operation::ChangeNationality,
    Operation::AskOffice,
    Operation::AskOffice,
    Operation::AnswerApplication,
    Operation::AnswerApplication,
    Operation::AnswerApplication,
    Operation::AnswerApplication,
];

/// What happens. `salt` draws what the moment leaves open, such as on whom an act is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
#[allow(missing_docs)] // office: its place in the list; for_ms: how long it lasts
pub enum Deed {
    /// A clerk files an act.
    Act {
        office: u8,
        procedure: Procedure,
        salt: u64,
    },
    /// A clerk opens some records.
    Read { office: u8, salt: u64 },
    /// A reviewer decides a case, if one is open.
    Decide { salt: u64 },
    /// Somebody at the centre does something else.
    Operate { operation: Operation, salt: u64 },
    /// A line is cut.
    Cut { office: u8, way: Way, for_ms: u64 },
    /// A node loses power; so many batches that were not synced had reached the disk.
    Crash { office: u8, kept: u8, for_ms: u64 },
    /// The centre loses power.
    CrashCentre { kept: u8, for_ms: u64 },
    /// The next time that an office's disk, or the centre's, is given something to write, power
    /// goes before that is synced. The salt draws when, and how many of the batches had reached the
    /// disk.
    CutAtNextWrite {
        office: Option<u8>,
        salt: u64,
        for_ms: u64,
    },
    /// A node's disk is copied.
    BackUp { office: u8 },
    /// A node's disk is replaced by the last copy.
    Restore { office: u8 },
    /// A disk is full: the office's, or the centre's.
    FullDisk { office: Option<u8>, for_ms: u64 },
    /// The next sync fails, and nothing of what waited for it has reached the disk.
    FailSync { office: Option<u8>, full: bool },
    /// The next sync fails with an error of the disk, and as much of what waited for it as the salt
    /// draws has reached the disk all the same.
    BreakSync { office: Option<u8>, salt: u64 },
    /// Syncs take a hundred times as long.
    SlowDisk { office: Option<u8>, for_ms: u64 },
    /// A device's clock jumps.
    Clock { office: u8, by_s: i64 },
    /// The centre shuts the node out, and lets it in again.
    ShutOut { office: u8, for_ms: u64 },
    /// The centre shuts the node out, and it joins anew with its key and another token.
    Rejoin { office: u8, for_ms: u64 },
    /// Somebody writes a bundle onto a stick, carries one to the centre, or an answer back.
    Stick { office: u8, salt: u64 },
    /// Somebody on the line sends the node's last hello once more, as early data.
    Replay { office: u8 },
    /// Power fails everywhere, and comes back after so many days.
    Days { days: u8 },
    /// An office has no line for so many days, of which the others rest all but a few moments.
    Dark { office: u8, days: u8, for_ms: u64 },
    /// A decree about this office's commune: it becomes one with another, is divided in favour of
    /// others, or gets another code or name.
    Decree { office: u8, salt: u64 },
    /// An office that somebody took over sends what it must not, about this office's records.
    HostileNode { office: u8, salt: u64 },
    /// Somebody in the centre's place sends what it must not.
    HostileCentre { office: u8, salt: u64 },
    /// A clerk asks the centre for the papers of a record; or an office that somebody took over asks
    /// for those of this office's.
    AskPapers { office: u8, salt: u64 },
}

/// Of a hundred runs, in how many there is a decree, and of a hundred of those, in how many a second.
const DECREES_PERCENT: u64 = 34;
const SECOND_PERCENT: u64 = 30;
/// So many things happen for each that is done with a stick.
const STEPS_A_STICK: u32 = 4;
/// So many things happen for each act of the rarer kinds, and for each that an operator does.
const STEPS_A_RARE_ACT: u32 = 4;
const STEPS_AN_OPERATION: u32 = 6;
/// Of a hundred rare acts, how many are filed in another office as well, within this time.
const TWICE_PERCENT: u64 = 40;
const TWICE_MS: u64 = 20_000;
/// Of a hundred runs, in how many a hostile node speaks more often.
const HOSTILE_PERCENT: u64 = 33;
const HOSTILE_TIMES: u32 = 2;
/// Of a hundred runs, in how many somebody in the centre's place does, and how often.
const HOSTILE_CENTRE_PERCENT: u64 = 33;
const HOSTILE_CENTRE_TIMES: u32 = 4;
/// Of a hundred runs, in how many somebody asks for the papers of records; and so many things happen
/// for each time.
const PAPERS_PERCENT: u64 = 34;
const STEPS_A_QUESTION: u32 = 6;
/// Of a hundred runs, in how many a device joins anew.
const REJOIN_PERCENT: u64 = 25;
/// Of a hundred runs, in how many days pass, and how many at most: a bundle lasts 30.
const DAYS_PERCENT: u64 = 20;
const DAYS_MAX: u64 = 40;
/// Mean time between two things that happen.
const PACE_MS: u64 = 12_000;

impl Plan {
    /// The plan that follows from a setting.
    pub fn of(setting: Setting) -> Plan {
        let mut dice = Dice::new(setting.seed, "plan", 0);
        let mut at_ms = 0;
        let mut items = Vec::new();
        for _ in 0..setting.steps {
            at_ms += dice.wait_ms(PACE_MS);
            let deed = deed(&mut dice, setting.offices);
            let restored = match deed {
                Deed::Restore { office } => Some(office),
                _ => None,
            };
            items.push(Item { at_ms, deed });
            // On an old disk work goes on before anybody notices: that is where it hurts.
            for wait in [1_500, 900, 600] {
                let Some(office) = restored else { break };
                at_ms += wait;
                let deed = Deed::Act {
                    office,
                    procedure: common(&mut dice),
                    salt: dice.any(),
                };
                items.push(Item { at_ms, deed });
            }
        }
        let mut plan = Plan { setting, items };
        plan.add_decrees();
        plan.add_readings();
        plan.add_sticks();
        plan.add_rare_acts();
        plan.add_operations();
        plan.add_hostile_nodes();
        plan.add_hostile_centres();
        plan.add_rejoins();
        plan.add_days();
        plan.leave_open_what_failed_syncs_wrote();
        plan.add_dark_days();
        plan.add_cuts_at_writes();
        plan.add_papers();
        plan
    }

    /// In half of the runs clerks open records. Drawn apart, like decrees.
    fn add_readings(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "readings", 0);
        if !dice.percent(50) {
            return;
        }
        for _ in 0..self.setting.steps / 8 {
            let at_ms = dice.below(self.ends_ms());
            let office = u8::try_from(dice.below(self.setting.offices.into())).unwrap_or(0);
            let salt = dice.any();
            self.insert(at_ms, Deed::Read { office, salt });
        }
    }

    /// In one run of three somebody asks for the papers of records. Drawn apart, and last: all else of a
    /// run is planned as it is without.
    fn add_papers(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "papers of records", 0);
        if !dice.percent(PAPERS_PERCENT) {
            return;
        }
        for _ in 0..self.setting.steps / STEPS_A_QUESTION {
            let (at_ms, office) = self.when_and_where(&mut dice);
            let salt = dice.any();
            self.insert(at_ms, Deed::AskPapers { office, salt });
        }
    }

    /// What is done with sticks. Drawn apart, like decrees.
    fn add_sticks(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "sticks", 0);
        for _ in 0..self.setting.steps / STEPS_A_STICK {
            let at_ms = dice.below(self.ends_ms().max(1));
            let office = u8::try_from(dice.below(self.setting.offices.into())).unwrap_or(0);
            let salt = dice.any();
            self.insert(at_ms, Deed::Stick { office, salt });
        }
    }

    /// Acts of the rarer kinds, often about the same people in two offices. Drawn apart.
    fn add_rare_acts(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "rare acts", 0);
        for _ in 0..self.setting.steps / STEPS_A_RARE_ACT {
            let at_ms = dice.below(self.ends_ms().max(1));
            let procedure = rare(&mut dice);
            let salt = dice.any();
            let mut office = || u8::try_from(dice.below(self.setting.offices.into())).unwrap_or(0);
            let (here, there) = (office(), office());
            let before = match procedure {
                Procedure::ChildPinRequest => Some(Deed::Act {
                    office: here,
                    procedure: Procedure::Birth,
                    salt: salt.rotate_left(7),
                }),
                Procedure::AnswerCase => Some(Deed::Operate {
                    operation: Operation::AskOffice,
                    salt: salt.rotate_left(7),
                }),
                _ => None,
            };
            let act = |office| Deed::Act {
                office,
                procedure,
                salt,
            };
            let later = at_ms + dice.below(TWICE_MS);
            let twice = dice.percent(TWICE_PERCENT) && there != here;
            if let Some(before) = before {
                self.insert(at_ms, before);
                self.insert(at_ms + dice.between(300, TWICE_MS), act(here));
            } else {
                self.insert(at_ms, act(here));
            }
            if twice {
                self.insert(later, act(there));
            }
        }
    }

    /// What people at the centre do beside deciding cases. Drawn apart.
    fn add_operations(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "operations", 0);
        for _ in 0..self.setting.steps / STEPS_AN_OPERATION {
            let at_ms = dice.below(self.ends_ms().max(1));
            let Some(operation) = dice.pick(&OPERATIONS).copied() else {
                continue;
            };
            let salt = dice.any();
            self.insert(at_ms, Deed::Operate { operation, salt });
        }
    }

    /// In one run of three the office that somebody took over speaks twice more. Drawn apart: each of
    /// its tricks has to be met in few runs, whatever else is drawn.
    fn add_hostile_nodes(&mut self) {
        self.add_hostile(
            "hostile nodes",
            HOSTILE_PERCENT,
            HOSTILE_TIMES,
            |office, salt| Deed::HostileNode { office, salt },
        );
    }

    /// The same of somebody in the centre's place, whose lies have to find an answer that they fit.
    fn add_hostile_centres(&mut self) {
        let (percent, times) = (HOSTILE_CENTRE_PERCENT, HOSTILE_CENTRE_TIMES);
        self.add_hostile("hostile centres", percent, times, |office, salt| {
            Deed::HostileCentre { office, salt }
        });
    }

    fn add_hostile(
        &mut self,
        stream: &str,
        percent: u64,
        times: u32,
        deed: impl Fn(u8, u64) -> Deed,
    ) {
        let mut dice = Dice::new(self.setting.seed, stream, 0);
        if !dice.percent(percent) {
            return;
        }
        for _ in 0..times {
            let (at_ms, office) = self.when_and_where(&mut dice);
            self.insert(at_ms, deed(office, dice.any()));
        }
    }

    /// In one run of four a device is shut out and joins anew. Drawn apart.
    fn add_rejoins(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "joining anew", 0);
        if !dice.percent(REJOIN_PERCENT) {
            return;
        }
        let (at_ms, office) = self.when_and_where(&mut dice);
        let for_ms = dice.between(500, 60_000);
        self.insert(at_ms, Deed::Rejoin { office, for_ms });
    }

    /// In one run of five power fails everywhere for days: what lies on sticks grows old, terms end.
    fn add_days(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "days", 0);
        if !dice.percent(DAYS_PERCENT) {
            return;
        }
        let (at_ms, _) = self.when_and_where(&mut dice);
        let days = u8::try_from(dice.between(1, DAYS_MAX)).unwrap_or(1);
        self.insert(at_ms, Deed::Days { days });
    }

    fn when_and_where(&self, dice: &mut Dice) -> (u64, u8) {
        let at_ms = dice.below(self.ends_ms().max(1));
        let office = dice.below(self.setting.offices.into());
        (at_ms, u8::try_from(office).unwrap_or(0))
    }

    fn insert(&mut self, at_ms: u64, deed: Deed) {
        let place = self.items.partition_point(|item| item.at_ms <= at_ms);
        self.items.insert(place, Item { at_ms, deed });
    }

    /// In every third run there is a decree, in some a second one. All of it is drawn apart, so
    /// that everything else of a run is what it is without.
    fn add_decrees(&mut self) {
        let mut dice = Dice::new(self.setting.seed, "decrees", 0);
        if !dice.percent(DECREES_PERCENT) {
            return;
        }
        self.add_decree(&mut dice, 40);
        if dice.percent(SECOND_PERCENT) {
            self.add_decree(&mut dice, 75);
        }
    }

    /// A decree at so many hundredths of the run. Half of the time the office is dark, and works.
    fn add_decree(&mut self, dice: &mut Dice, hundredths: u64) {
        let at_ms = self.ends_ms() * hundredths / 100;
        let office = u8::try_from(dice.below(self.setting.offices.into())).unwrap_or(0);
        let mut more = Vec::new();
        if dice.percent(50) {
            let cut = Deed::Cut {
                office,
                way: Way::Both,
                for_ms: dice.between(30_000, 600_000),
            };
            more.push((at_ms.saturating_sub(5_000), cut));
            for wait in [3_000, 2_000] {
                let act = Deed::Act {
                    office,
                    procedure: common(dice),
                    salt: dice.any(),
                };
                more.push((at_ms.saturating_sub(wait), act));
            }
        }
        let salt = dice.any();
        more.push((at_ms, Deed::Decree { office, salt }));
        if dice.percent(30) {
            let cut = Deed::CrashCentre {
                kept: u8::try_from(dice.below(4)).unwrap_or(0),
                for_ms: dice.between(200, 30_000),
            };
            more.push((at_ms + dice.between(5, 1_500), cut));
        }
        for (at_ms, deed) in more {
            self.insert(at_ms, deed);
        }
    }

    /// When the last item begins.
    pub fn ends_ms(&self) -> u64 {
        self.items.last().map_or(0, |item| item.at_ms)
    }
}

fn deed(dice: &mut Dice, offices: u8) -> Deed {
    let office = u8::try_from(dice.below(offices.into())).unwrap_or(0);
    let someone = dice.percent(70).then_some(office);
    let kept = u8::try_from(dice.below(4)).unwrap_or(0);
    let salt = dice.any();
    let short = dice.between(200, 30_000);
    let long = dice.between(1_000, 600_000);
    match dice.below(100) {
        0..59 => Deed::Act {
            office,
            procedure: common(dice),
            salt,
        },
        59..60 => Deed::Replay { office },
        60..61 => Deed::HostileNode { office, salt },
        61..62 => Deed::HostileCentre { office, salt },
        62..70 => Deed::Decide { salt },
        70..78 => Deed::Cut {
            office,
            way: match dice.below(4) {
                0 => Way::Up,
                1 => Way::Down,
                _ => Way::Both,
            },
            for_ms: long,
        },
        78..83 => Deed::Crash {
            office,
            kept,
            for_ms: short,
        },
        83..86 => Deed::CrashCentre {
            kept,
            for_ms: short,
        },
        86..88 => Deed::BackUp { office },
        88..90 => Deed::Restore { office },
        90..92 => Deed::FullDisk {
            office: someone,
            for_ms: long,
        },
        92..94 => Deed::FailSync {
            office: someone,
            full: dice.percent(50),
        },
        94..96 => Deed::SlowDisk {
            office: someone,
            for_ms: long,
        },
        96..98 => {
            let by = i64::try_from(dice.between(1, 86_400 * 900)).unwrap_or(1);
            Deed::Clock {
                office,
                by_s: if dice.percent(60) { -by } else { by },
            }
        }
        _ => Deed::ShutOut {
            office,
            for_ms: long,
        },
    }
}
