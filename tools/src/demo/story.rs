//! The story, chapter by chapter: first fill, and a working day. What the offices do while their
//! lines are cut is in [`super::cut_off`], what follows in [`super::reckoning`].

use std::time::{Duration, Instant};

use registry::code::Sex;
use serde_json::Value;

use super::agreement;
use super::api::{self, field, text};
use super::applying;
use super::cast::{Cast, Player};
use super::checks::Teller;
use super::fleet::{Fleet, Office};
use super::office_work::{self as work, Ledger, at, held};
use crate::cli::DemoArguments;
use crate::failure::Failure;
use crate::output::grouped;

/// How long the first fill of an office may take.
const FILL_LIMIT: Duration = Duration::from_secs(300);
/// How long an answer of the centre may take while the line is up.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// The three offices: places in the fleet.
pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;
pub(crate) const C: usize = 2;

/// The story as far as it has been told.
pub(crate) struct Story {
    pub(crate) fleet: Fleet,
    pub(crate) teller: Teller,
    pub(crate) ledger: Ledger,
    /// Records of children that were born, by the office where to look.
    pub(crate) newborns: Vec<(usize, String)>,
    /// The act that must come back.
    pub(crate) to_be_returned: Option<String>,
    casts: [Cast; 3],
}

/// Who appears in both halves of the day.
pub(crate) struct Lodgers {
    pub(super) renamed: Player,
    pub(super) bled: Player,
    pub(super) presumed_dead: Player,
}

impl Story {
    /// A story of three offices.
    pub(crate) fn new(
        fleet: Fleet,
        teller: Teller,
        arguments: &DemoArguments,
    ) -> Result<Story, Failure> {
        let [a, b, c] = arguments.offices.as_slice() else {
            return Err(Failure::Usage("--offices takes exactly three codes".into()));
        };
        let cast = |office| Cast::of(arguments.seed, office, arguments.people);
        let casts = [cast(*a)?, cast(*b)?, cast(*c)?];
        Ok(Story {
            fleet,
            teller,
            ledger: Ledger::default(),
            newborns: Vec::new(),
            to_be_returned: None,
            casts,
        })
    }

    pub(super) fn office(&self, place: usize) -> Result<&Office, Failure> {
        at(&self.fleet.offices, place)
    }

    /// The players of an office.
    pub(super) fn cast(&mut self, place: usize) -> Result<&mut Cast, Failure> {
        self.casts
            .get_mut(place)
            .ok_or_else(|| Failure::Failed(format!("there is no office {place}")))
    }

    /// Files an act and tells of it.
    pub(super) fn act(
        &mut self,
        place: usize,
        what: &str,
        filing: &Value,
    ) -> Result<api::Filed, Failure> {
        let started = Instant::now();
        let filed = self.ledger.file(&self.fleet.offices, place, what, filing)?;
        let office = at(&self.fleet.offices, place)?;
        let file = filed
            .local_file
            .as_deref()
            .map(|file| format!(", file {file}"))
            .unwrap_or_default();
        self.teller.tell(format!(
            "{}: {what}{file}: durable in {:.1} ms, {}",
            office.name,
            started.elapsed().as_secs_f64() * 1e3,
            filed.state
        ));
        Ok(filed)
    }

    /// The offices join one after the other and are filled.
    pub(crate) fn first_fill(&mut self, arguments: &DemoArguments) -> Result<(), Failure> {
        self.teller.chapter("Three offices join and are filled");
        for code in &arguments.offices {
            let started = Instant::now();
            let name = self.fleet.join(*code)?.name.clone();
            let place = self.fleet.offices.len().saturating_sub(1);
            let status = self.fleet.wait_for("the first fill", FILL_LIMIT, |fleet| {
                let status = at(&fleet.offices, place).ok()?.desk.status().ok()?;
                status.filled.then_some(status)
            })?;
            let records = status.records.all().max(1);
            self.teller.tell(format!(
                "{name} ({code}): {} records in {:.1} s with joining, {} B a record on the wire",
                grouped(records),
                started.elapsed().as_secs_f64(),
                status.bytes_down / records
            ));
            self.teller.check_equal(
                format!("{name} holds every one of its people"),
                &status.records.people,
                &u64::from(arguments.people),
            );
        }
        Ok(())
    }

    /// Waits until every act of the ledger from `first` on has its outcome at its office.
    pub(super) fn answered(&mut self, first: usize) -> Result<(), Failure> {
        let entries = self
            .ledger
            .entries
            .get(first..)
            .unwrap_or_default()
            .to_vec();
        self.fleet
            .wait_for("the centre's receipts", ANSWER_LIMIT, |fleet| {
                let is_answered = |entry: &work::Entry| {
                    let act = at(&fleet.offices, entry.office)
                        .ok()?
                        .desk
                        .act(&entry.act)
                        .ok()?;
                    let state = text(&act, "/state")?;
                    (state != "provisional").then_some(())
                };
                entries
                    .iter()
                    .all(|entry| is_answered(entry).is_some())
                    .then_some(())
            })
    }

    /// Checks that an act came to this state.
    pub(super) fn check_state(&mut self, entry: &work::Entry, wanted: &str) -> Result<(), Failure> {
        let office = at(&self.fleet.offices, entry.office)?;
        let act = office.desk.act(&entry.act)?;
        let state = text(&act, "/state").unwrap_or("unknown").to_owned();
        let words = format!("{}: {} is {wanted}", office.name, entry.what);
        self.teller.check_equal(words, &state.as_str(), &wanted);
        Ok(())
    }

    /// A working day with the line up.
    pub(crate) fn working_day(&mut self) -> Result<Lodgers, Failure> {
        self.teller.chapter("A working day, lines up");
        let first = self.ledger.entries.len();
        self.a_birth_a_death_a_marriage()?;
        let moved = self.cast(A)?.mover()?;
        let filing = work::move_in(&moved, "số 3, phố Ngọc Hà");
        self.act(B, "a person of the first office moves in, by card", &filing)?;
        let corrected = self.cast(A)?.adult_without_blood_type()?;
        let record = held(self.office(A)?, &corrected)?;
        self.act(A, "a blood type", &work::blood(&record, "b"))?;
        let renamed = self.cast(B)?.adult()?;
        let record = held(self.office(B)?, &renamed)?;
        self.act(
            B,
            "correction of a name",
            &work::new_name(&record, "Trần Thị Ngân Hà"),
        )?;
        let lodgers = Lodgers {
            renamed: self.cast(B)?.adult()?,
            bled: self.cast(B)?.adult_without_blood_type()?,
            presumed_dead: self.cast(B)?.single(Sex::Male)?,
        };
        for lodger in [&lodgers.renamed, &lodgers.bled, &lodgers.presumed_dead] {
            let filing = work::lodge(lodger, "nhà trọ số 4");
            self.act(
                C,
                "temporary registration of a person of the second office",
                &filing,
            )?;
        }
        let applied = applying::apply(self)?;
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
        agreement::wait(&mut self.fleet)?;
        self.records_followed(&moved, &lodgers)?;
        applying::follow(self, &applied)?;
        agreement::wait(&mut self.fleet)?;
        Ok(lodgers)
    }

    fn a_birth_a_death_a_marriage(&mut self) -> Result<(), Failure> {
        let (father, mother) = self.cast(A)?.couple()?;
        let filing = work::birth(&father, &mother, "Nguyễn Minh Châu", "GCS-DEMO-1");
        let born = self.act(A, "a birth", &filing)?;
        self.newborns
            .extend(born.made.first().map(|record| (A, record.clone())));
        let dead = self.cast(A)?.elder()?;
        let record = held(self.office(A)?, &dead)?;
        self.act(A, "a death", &work::death(&record, 4))?;
        let groom = self.cast(A)?.single(Sex::Male)?;
        let bride = self.cast(A)?.single(Sex::Female)?;
        let office = self.office(A)?;
        let (groom, bride) = (held(office, &groom)?, held(office, &bride)?);
        self.act(A, "a marriage", &work::marriage(&groom, &bride))?;
        Ok(())
    }

    /// The newborn has its number, who moved is where they moved to, lodgers are in two offices.
    fn records_followed(&mut self, moved: &Player, lodgers: &Lodgers) -> Result<(), Failure> {
        self.check_newborns()?;
        let held_at = |place| -> Result<bool, Failure> {
            Ok(self.office(place)?.desk.by_pin(&moved.pin)?.is_some())
        };
        let (left, arrived) = (!held_at(A)?, held_at(B)?);
        self.teller
            .check("the record of who moved has left the first office", left);
        self.teller.check("and the second office holds it", arrived);
        for lodger in [&lodgers.renamed, &lodgers.bled, &lodgers.presumed_dead] {
            let both = self.office(B)?.desk.by_pin(&lodger.pin)?.is_some()
                && self.office(C)?.desk.by_pin(&lodger.pin)?.is_some();
            self.teller.check(
                "both the home and the lodging office hold a lodger's record",
                both,
            );
        }
        Ok(())
    }

    /// Every newborn has a number.
    pub(crate) fn check_newborns(&mut self) -> Result<(), Failure> {
        for (place, record) in self.newborns.clone() {
            let person = self
                .office(place)?
                .desk
                .person(&record)?
                .unwrap_or_default();
            let given = field(&person, "pin").is_some();
            let name = self.office(place)?.name.clone();
            let words = format!("{name}: the newborn's number has come back from the centre");
            self.teller.check(words, given);
        }
        Ok(())
    }
}
