//! The lines of two offices are cut: they go on working, and enter things against one another.

use serde_json::Value;

use super::api::{self, text};
use super::clashes::{self, Clash, Players};
use super::office_work::{self as work, at, held, household_of};
use super::story::{A, ANSWER_LIMIT, B, C, Lodgers, Story};
use crate::failure::Failure;

/// Ordinary acts of each cut office beside the clashes.
const CONTACTS_OFFLINE: u32 = 5;

impl Story {
    /// The lines of two offices are cut, and they go on working.
    pub(crate) fn cut_lines(&mut self, lodgers: Lodgers) -> Result<Vec<Clash>, Failure> {
        self.teller.chapter("The lines of two offices are cut");
        for place in [B, C] {
            self.office(place)?.desk.line("cut")?;
        }
        let what = "the cut offices know that they are alone";
        self.fleet.wait_for(what, ANSWER_LIMIT, |fleet| {
            let alone = |place| {
                at(&fleet.offices, place)
                    .ok()
                    .and_then(|office| office.desk.status().ok())
            };
            let cut = |status: &api::Status| !status.linked;
            (alone(B).as_ref().is_some_and(cut) && alone(C).as_ref().is_some_and(cut)).then_some(())
        })?;
        let cut = format!("{} and {}", self.office(B)?.name, self.office(C)?.name);
        self.teller
            .tell(format!("{cut} have no line; their clerks go on"));
        let first = self.ledger.entries.len();
        let players = self.clash_players(lodgers)?;
        let moved = held(self.office(A)?, &players.moves_twice)?;
        let found = clashes::enter(&self.fleet.offices, &mut self.ledger, &players, moved)?;
        for clash in &found {
            self.teller
                .tell(format!("entered on both sides: {}", clash.kind.words()));
        }
        self.ordinary_acts()?;
        self.an_act_that_will_be_returned()?;
        self.check_that_all_wait(first)?;
        self.the_first_office_goes_on()?;
        Ok(found)
    }

    fn clash_players(&mut self, lodgers: Lodgers) -> Result<Players, Failure> {
        let Lodgers {
            renamed,
            bled,
            presumed_dead,
        } = lodgers;
        Ok(Players {
            moves_twice: self.cast(A)?.mover()?,
            father: self.cast(B)?.couple()?.0,
            mother: self.cast(C)?.couple()?.1,
            renamed,
            bled,
            presumed_dead,
        })
    }

    fn ordinary_acts(&mut self) -> Result<(), Failure> {
        let (father, mother) = self.cast(B)?.couple()?;
        let filing = work::birth(&father, &mother, "Lê Gia Hân", "GCS-DEMO-2");
        let born = self.act(B, "a birth, offline", &filing)?;
        self.newborns
            .extend(born.made.first().map(|record| (B, record.clone())));
        let dead = self.cast(C)?.elder()?;
        let record = held(self.office(C)?, &dead)?;
        self.act(C, "a death, offline", &work::death(&record, 6))?;
        let heir = self.cast(C)?.heir()?;
        let office = self.office(C)?;
        let record = held(office, &heir)?;
        let household = household_of(office, &record)?;
        self.act(
            C,
            "another head of a household",
            &work::new_head(&household, &record),
        )?;
        let guest = self.cast(A)?.adult()?;
        self.act(
            B,
            "a stay of a person of the first office",
            &work::stay(&guest),
        )?;
        for place in [B, C] {
            for serial in 0..CONTACTS_OFFLINE {
                let player = self.cast(place)?.adult()?;
                let record = held(self.office(place)?, &player)?;
                let serial = u32::try_from(place).unwrap_or(0) * 100 + serial;
                self.ledger.file(
                    &self.fleet.offices,
                    place,
                    "a phone number",
                    &work::contact(&record, serial),
                )?;
            }
        }
        self.teller.tell(format!(
            "{CONTACTS_OFFLINE} phone numbers in each of the two"
        ));
        Ok(())
    }

    /// A mistyped card: the office cannot know, the centre will.
    fn an_act_that_will_be_returned(&mut self) -> Result<(), Failure> {
        let mut mistyped = self.cast(A)?.adult()?;
        mistyped.name = "Hoàng Thị Nhầm Thẻ".into();
        let filing = work::lodge(&mistyped, "nhà trọ số 9");
        let filed = self.act(C, "temporary registration on a misread card", &filing)?;
        self.to_be_returned = Some(filed.act);
        Ok(())
    }

    /// What the cut offices entered is durable, shown, and waits.
    fn check_that_all_wait(&mut self, first: usize) -> Result<(), Failure> {
        for place in [B, C] {
            let office = self.office(place)?;
            let entered = self.ledger.entries.get(first..).unwrap_or_default();
            let entered = entered.iter().filter(|entry| entry.office == place).count() as u64;
            let (name, status) = (office.name.clone(), office.desk.status()?);
            let words = format!("{name}: all {entered} acts wait, none is lost");
            self.teller.check_equal(words, &status.unsent, &entered);
        }
        Ok(())
    }

    fn the_first_office_goes_on(&mut self) -> Result<(), Failure> {
        let first = self.ledger.entries.len();
        let player = self.cast(A)?.adult()?;
        let record = held(self.office(A)?, &player)?;
        self.act(
            A,
            "a phone number, with its line up",
            &work::contact(&record, 700),
        )?;
        self.answered(first)?;
        for entry in self
            .ledger
            .entries
            .get(first..)
            .unwrap_or_default()
            .to_vec()
        {
            self.check_state(&entry, "final")?;
        }
        let rows: Vec<Value> = self.fleet.central.get_as("/api/v1/nodes")?;
        let away = rows
            .iter()
            .filter(|row| text(row, "/state") == Some("away"))
            .count();
        self.teller
            .check_equal("the centre sees two offices away", &away, &2);
        Ok(())
    }
}
