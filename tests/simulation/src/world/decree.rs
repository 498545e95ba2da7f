//! Decrees in a run: communes merge, are divided in favour of others, get another code or another
//! name, while offices are dark with unsent acts. They are carried out in steps, as the daemon
//! does it, and go on where a cut of the power left them.

use registry::date::Date;
use registry::unit::{Decree, Edition};
use registry::value::Line as Words;
use registry::{FeedSeq, OfficeCode, OfficerId};
use registry_store::Store;

use super::{Device, Event, World};
use crate::check::Failure;
use crate::dice::Dice;
use crate::law::{NEW_COMMUNES, Ruling};

/// The head of a file of a decree.
const HEAD: &str = "old_code,new_code,share,default,hamlets,name,kind,province\n";
/// A hamlet by which communes are divided: clerks write addresses with it.
const HAMLET: &str = "số 1";
/// The other.
const OTHER_HAMLET: &str = "số 2";
/// Most steps of a decree between two syncs.
const STEPS_MAX: u64 = 60;
/// How long a step that did not succeed waits for the next attempt.
const RETRY_MS: u64 = 5_000;

/// A decree: what it does, the text of its rows, and what they mean.
pub(super) struct Drawn {
    kind: &'static str,
    rows: String,
    ruling: Option<Ruling>,
}

impl World {
    /// A decree about the commune of an office comes into force.
    pub(super) fn decree(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        let underway = registrar.known().map_or(true, |it| it.underway.is_some());
        let Some(drawn) = self.draw_decree(device, salt).filter(|_| !underway) else {
            return Ok(());
        };
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let day = Date::in_viet_nam(at_s);
        let units = registrar
            .units()
            .map_err(|error| Failure::new("store", error.to_string()))?;
        let text = format!("{HEAD}{}", drawn.rows);
        let decree = Decree::read(&text, day, &units)
            .map_err(|error| Failure::new("setting", error.to_string()))?;
        let applied = registrar.apply_decree(at_s, &decree);
        self.trace.note(|| drawn.rows.clone());
        // Though the disk did not confirm it, it may come to stand.
        self.pending = Some((units.edition(), drawn));
        match applied {
            Ok(edition) => self.trace.note(|| format!("edition {edition}")),
            Err(error) => self.trace.note(|| format!("no decree: {}", error.code())),
        }
        if self.disk_of(None).health().poisoned {
            return self.centre_starts_anew();
        }
        self.go_on_with_decree();
        crate::check::centre(self)
    }

    /// Writes down a decree that has come into force.
    fn take_down(&mut self) {
        let Some(registrar) = &self.centre.registrar else {
            return;
        };
        let edition = registrar.units().map(|units| units.edition());
        let stands = |before: &Edition| edition.is_ok_and(|edition| edition > *before);
        let Some((before, drawn)) = self.pending.take_if(|(before, _)| stands(before)) else {
            return;
        };
        *self.tally.decrees.entry(drawn.kind.to_owned()).or_default() += 1;
        let ruling = drawn.ruling;
        let law = &mut self.ledger.law;
        let heads = law
            .communes
            .iter()
            .map(|code| (*code, self.centre.head(*code)));
        let heads = heads.collect();
        law.add(before, ruling, heads);
    }

    /// What is decreed, by chance.
    fn draw_decree(&self, device: usize, salt: u64) -> Option<Drawn> {
        let law = &self.ledger.law;
        if law.underway {
            return None;
        }
        let mut dice = Dice::new(salt, "decree", 0);
        let mut homes: Vec<OfficeCode> = self.devices.iter().map(|at| at.home).collect();
        let one = law.office(*homes.get(device)?);
        homes = homes.into_iter().map(|home| law.office(home)).collect();
        homes.sort_unstable();
        homes.dedup();
        homes.retain(|home| *home != one);
        let kind = dice.below(12);
        let (Some(other), true) = (dice.pick(&homes).copied(), kind < 9) else {
            return Some(renamed(one, kind < 10, law.count()));
        };
        let third = dice.pick(&homes).copied().filter(|third| *third != other);
        let (kind, rest, part) = match (kind, third) {
            (0..4, _) => ("merged", other, None),
            (4..6, _) => (
                "divided, the code with the smaller part",
                other,
                Some((HAMLET, one)),
            ),
            (6..8, _) | (_, None) => (
                "divided, the code with the greater part",
                one,
                Some((OTHER_HAMLET, other)),
            ),
            (_, Some(third)) => ("divided among others", third, Some((HAMLET, other))),
        };
        let rows = match part {
            None => format!("{one},{rest},whole,1,,,,\n"),
            Some((hamlet, new)) => {
                format!("{one},{new},part,0,{hamlet},,,\n{one},{rest},part,1,,,,\n")
            }
        };
        let ruling = Ruling {
            old: one,
            rest,
            part,
        };
        Some(Drawn {
            kind,
            rows,
            ruling: Some(ruling),
        })
    }

    /// The desk carries the decree on by some steps, and syncs.
    pub(super) fn carry_on(&mut self, life: u64) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        if life != self.centre.life {
            return Ok(());
        }
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let mut held_up = false;
        for _ in 0..self.decree_dice.between(1, STEPS_MAX) {
            match registrar.stage_decree_step(at_s) {
                Ok(Some((_, grew))) => self.centre.grew.extend(grew),
                Ok(None) => break,
                Err(error) => {
                    self.trace
                        .note(|| format!("the decree is held up: {}", error.code()));
                    held_up = true;
                    break;
                }
            }
        }
        if self.cut_centre_now()? {
            return Ok(());
        }
        let synced = registrar.sync();
        if self.disk_of(None).health().poisoned {
            return self.centre_starts_anew();
        }
        let underway = registrar.known().map_or(true, |it| it.underway.is_some());
        if synced.is_ok() {
            let grew = std::mem::take(&mut self.centre.grew);
            if !underway {
                self.carried_out();
            }
            self.publish(&registrar, &grew)?;
            crate::check::centre(self)?;
        }
        if underway || synced.is_err() {
            let wait = if held_up || synced.is_err() {
                RETRY_MS
            } else {
                self.decree_dice.between(1, 400)
            };
            self.after(wait, Event::CarryOn { life });
        }
        Ok(())
    }

    /// A decree has changed the office of a device: it dials anew, under its new name.
    pub(super) fn office_changed(&mut self, device: usize, line: u64) -> Result<(), Failure> {
        self.tally.offices_changed += 1;
        self.ledger.forget_slice(device);
        if let Some(at) = self.devices.get_mut(device) {
            // The places of another feed.
            at.ahead_until = FeedSeq::new(0);
        }
        self.node_fails(line, "office_changed")
    }

    /// Now and then a device gets its next certificate: for the commune that it is of today.
    pub(super) fn renew_certificate(&mut self, device: usize) {
        let (Some(registrar), Some(at)) = (&self.centre.registrar, self.devices.get_mut(device))
        else {
            return;
        };
        let home = registrar.home(at.code, &at.node).unwrap_or(at.code);
        if home != at.code && self.decree_dice.percent(40) {
            at.code = home;
        }
    }

    /// From now on it is certain whose everything is: all of it is looked at once more.
    fn carried_out(&mut self) {
        if std::mem::take(&mut self.ledger.law.underway) {
            self.trace.note(|| "the decree is carried out".to_owned());
            self.ledger.versions.clear();
        }
    }

    /// The centre begins to carry a decree out, or goes on with one that was interrupted.
    pub(super) fn go_on_with_decree(&mut self) {
        self.take_down();
        let Some(registrar) = &self.centre.registrar else {
            return;
        };
        let underway = registrar.known().is_ok_and(|it| it.underway.is_some());
        if underway || self.ledger.law.underway {
            let life = self.centre.life;
            self.after(10, Event::CarryOn { life });
        }
    }
}

/// The commune gets another name, or another code with it, in a province that there was not.
fn renamed(one: OfficeCode, by_name_alone: bool, decrees: usize) -> Drawn {
    let number = u32::try_from(decrees).unwrap_or(0);
    let new = OfficeCode::new(NEW_COMMUNES + 1 + number).filter(|_| !by_name_alone);
    let Some(new) = new else {
        return Drawn {
            kind: "another name",
            rows: format!(",{one},,,,Đồng Tâm {number},Xã,01\n"),
            ruling: None,
        };
    };
    Drawn {
        kind: "another code and a new province",
        rows: format!("{one},{new},whole,1,,Đồng Tâm,Phường,90\n,,,,,Đồng Tâm {number},Tỉnh,90\n"),
        ruling: Some(Ruling {
            old: one,
            rest: new,
            part: None,
        }),
    }
}

impl Device {
    /// The officer who works here: in an office that became part of another, which has somebody of
    /// her name, she has another account.
    pub(crate) fn officer(&self) -> Option<registry::feed::Officer> {
        let lan = super::centre::officer()?;
        let Some(office) = &self.office else {
            return Some(lan);
        };
        let renamed: Option<OfficerId> = format!("lan.{}", self.home).parse().ok();
        let officers = office.officers();
        let there = |id: &OfficerId| officers.iter().any(|officer| officer.id == *id);
        let id = renamed.filter(there).unwrap_or(lan.id);
        Some(registry::feed::Officer {
            id,
            name: Words::parse("Lan").unwrap_or_default(),
            ..lan
        })
    }
}
