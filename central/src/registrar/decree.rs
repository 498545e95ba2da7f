//! Decrees about units, carried out. In three parts, each a few thousand rows a commit, so that it
//! goes on after a restart and takes acts in meanwhile:
//!
//! 1. the decree comes into force: codes are followed through it from this commit on;
//! 2. records are given to the slices where they belong (`decree/carry.rs`);
//! 3. office by office is told, and what is dissolved becomes part of its successor's office
//!    (`decree/offices.rs`).
//!
//! No record is changed by it: only what is derived from records is derived anew.

use registry::date::Date;
use registry::feed::{DecreePart, UnitsChange, UnitsNotice};
use registry::unit::{Decree, Edition, EditionError, Issued, Units};

use super::*;
use crate::tables::{DecreePhase, DecreeRow};
use crate::unit::Underway;

mod carry;
mod offices;
mod plan;

pub(super) use offices::place_newcomer;
pub use plan::{DecreePlan, NodePlan, OfficePlan, PartsPlan};

/// Name of the row that holds the edition with which the registry began.
const BASE: &[u8] = b"units base";
/// Largest table that goes with the notice of its decree: with what that says to an office it has to
/// fit into a feed entry. A larger one goes before it, in parts.
const CHANGE_BYTES_MAX: usize = registry::feed::ENTRY_BYTES_MAX - (16 << 10);

/// Why a decree is not applied. Nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum DecreeFailure {
    /// The file.
    #[error(transparent)]
    File(#[from] registry::unit::DecreeError),
    /// The editions.
    #[error(transparent)]
    Edition(#[from] EditionError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// The last one is not carried out yet.
    #[error("the decree that made edition {0} is still being carried out; wait until it is done")]
    Underway(Edition),
    /// It was applied before.
    #[error("this decree is in force already, as edition {0}; a decree is applied once")]
    Applied(Edition),
    /// Its day has not come.
    #[error("the decree holds from {0}; apply it on that day")]
    Early(Date),
    /// Nodes cannot be told of it.
    #[error(
        "the decree is too large to travel in the feeds (over 3 MiB): it needs a release that has it built in, or to be applied in several decrees"
    )]
    TooLarge,
    /// The registry is in use already.
    #[error(
        "the registry holds records already; the edition with which it begins is set before the first import"
    )]
    Begun,
}

impl DecreeFailure {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DecreeFailure::File(error) => error.code(),
            DecreeFailure::Edition(error) => error.code(),
            DecreeFailure::Store(error) => error.code(),
            DecreeFailure::Underway(_) => "decree_underway",
            DecreeFailure::Applied(_) => "decree_applied",
            DecreeFailure::Early(_) => "decree_early",
            DecreeFailure::TooLarge => "decree_too_large",
            DecreeFailure::Begun => "registry_begun",
        }
    }
}

/// How far the last decree is carried out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct DecreeProgress {
    /// The edition that it makes.
    #[schema(value_type = u16)]
    pub edition: Edition,
    /// `moving`, `telling` or `done`.
    pub phase: &'static str,
    /// The commune that was come to.
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeCode>,
    /// Of all communes that this phase goes through, so many are behind it.
    pub communes: (usize, usize),
    /// Records that changed hands so far.
    pub moved: u64,
}

impl Registrar {
    /// The units, and whether a decree about them is being carried out.
    pub fn known(&self) -> Result<Known, UnitError> {
        let read = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*read {
            return Ok(known.clone());
        }
        drop(read);
        let known = self.read_known()?;
        self.keep_known(known.clone());
        Ok(known)
    }

    /// The units in force.
    pub fn units(&self) -> Result<Arc<Units>, UnitError> {
        Ok(self.known()?.units)
    }

    fn keep_known(&self, known: Known) {
        let mut place = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *place = Some(known);
    }

    fn read_known(&self) -> Result<Known, UnitError> {
        let damaged = UnitError::Row {
            table: tables::DECREES.0,
        };
        let base = self.store.get(tables::META, BASE)?;
        let base = base
            .map(|bytes| decode::<Edition>(tables::META, &bytes))
            .transpose()?
            .unwrap_or(Edition::SINCE_JULY_2025);
        let mut units = Units::beginning_with(base).map_err(|_| UnitError::Row {
            table: tables::META.0,
        })?;
        let mut underway = None;
        for row in self.decree_rows()? {
            let before = units.edition();
            let decree = row.change.decree().ok_or(UnitError::Row {
                table: tables::DECREES.0,
            })?;
            let Ok(next) = units.after(decree, row.commit) else {
                return Err(damaged);
            };
            units = Arc::new(next);
            underway = match row.phase {
                DecreePhase::Moving { .. } => Some(Underway { before, told: None }),
                DecreePhase::Telling { office, .. } => Some(Underway {
                    before,
                    told: office,
                }),
                DecreePhase::Done { .. } => None,
            };
        }
        Ok(Known { units, underway })
    }

    /// The decrees that were applied here, in order.
    pub fn decree_rows(&self) -> Result<Vec<DecreeRow>, UnitError> {
        let rows = self
            .store
            .scan(tables::DECREES, &KeyRange::all(), usize::from(u16::MAX))?;
        rows.iter()
            .map(|(_, bytes)| decode(tables::DECREES, bytes))
            .collect()
    }

    /// The registry begins with this edition: before its first record, and only then.
    pub fn begin_with(&self, at_s: i64, base: Edition) -> Result<(), DecreeFailure> {
        Units::beginning_with(base)?;
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let records = self.store.scan(tables::RECORDS, &KeyRange::all(), 1);
        let nodes = self.store.scan(tables::NODES, &KeyRange::all(), 1);
        let none = |rows: Result<Vec<registry_store::Row>, StoreError>| {
            rows.map(|rows| rows.is_empty()).map_err(UnitError::from)
        };
        if !none(records)? || !none(nodes)? || unit.units().edition() > unit.units().base() {
            return Err(DecreeFailure::Begun);
        }
        unit.put(tables::META, BASE, &base)?;
        audit(&mut unit, "units", None, None, (u64::from(base.get()), 0))?;
        self.hand_over(unit)?;
        self.sync()?;
        self.keep_known(self.read_known()?);
        Ok(())
    }

    /// Whether a decree could be applied now.
    fn admit(&self, at_s: i64, decree: &Decree) -> Result<Units, DecreeFailure> {
        let known = self.known()?;
        let edition = known.units.edition();
        if known.underway.is_some() {
            return Err(DecreeFailure::Underway(edition));
        }
        if decree.effective > Date::in_viet_nam(at_s) {
            return Err(DecreeFailure::Early(decree.effective));
        }
        let same = |issued: &&Issued| issued.decree.is_same(decree);
        if let Some(issued) = known.units.issued().iter().find(same) {
            return Err(DecreeFailure::Applied(issued.edition));
        }
        if told(edition, decree).is_none() {
            return Err(DecreeFailure::TooLarge);
        }
        let after = known
            .units
            .after(Arc::new(decree.clone()), registry::CommitSeq::new(u64::MAX))?;
        Ok(after)
    }

    /// Puts a decree in force; durable when it returns. [`Registrar::stage_decree_step`] then carries it
    /// out.
    pub fn apply_decree(&self, at_s: i64, decree: &Decree) -> Result<Edition, DecreeFailure> {
        let _draw = self.writer();
        let after = self.admit(at_s, decree)?;
        let edition = after.edition();
        let mut unit = self.begin(at_s)?;
        if let Some(issued) = after.issued().last() {
            offices::begin(&mut unit, issued)?;
        }
        let row = DecreeRow {
            change: UnitsChange::of(decree),
            effective: decree.effective,
            commit: unit.commit_seq(),
            at_s,
            phase: DecreePhase::Moving {
                office: None,
                after: None,
                moved: 0,
            },
        };
        put_decree(&mut unit, edition, &row)?;
        let numbers = (u64::from(edition.get()), decree.rows.len() as u64);
        audit(&mut unit, "decree", None, None, numbers)?;
        self.hand_over(unit)?;
        // It is in force from here on: a full disk may confirm it with a later sync.
        self.keep_known(self.read_known()?);
        self.sync()?;
        Ok(edition)
    }

    /// How far the last decree is, if one was ever applied here.
    pub fn decree_progress(&self) -> Result<Option<DecreeProgress>, UnitError> {
        let units = self.units()?;
        let rows = self.decree_rows()?;
        let (Some(row), Some(issued)) = (rows.last(), units.issued().last()) else {
            return Ok(None);
        };
        Ok(Some(progress(&units, issued, &row.phase)))
    }
}

fn progress(units: &Units, issued: &Issued, phase: &DecreePhase) -> DecreeProgress {
    let (name, office, moved) = match phase {
        DecreePhase::Moving { office, moved, .. } => ("moving", *office, *moved),
        DecreePhase::Telling { office, moved } => ("telling", *office, *moved),
        DecreePhase::Done { moved, .. } => ("done", None, *moved),
    };
    let behind = |codes: &mut dyn Iterator<Item = OfficeCode>| {
        let (mut all, mut done) = (0, 0);
        for code in codes {
            all += 1;
            done += usize::from(office.is_some_and(|office| code <= office));
        }
        (done, all)
    };
    let communes = match phase {
        DecreePhase::Moving { .. } => behind(&mut carry::moving(&issued.decree)),
        DecreePhase::Telling { .. } => behind(&mut units.communes().map(|commune| commune.code)),
        DecreePhase::Done { .. } => (units.communes().len(), units.communes().len()),
    };
    DecreeProgress {
        edition: issued.edition,
        phase: name,
        office,
        communes,
        moved,
    }
}

/// How a decree is told to an office: by the notice alone, or by parts that go before it. `None` if
/// it is too large even so.
fn told(edition: Edition, decree: &Decree) -> Option<(Vec<DecreePart>, UnitsChange)> {
    let change = UnitsChange::of(decree);
    let size = postcard::to_stdvec(&change).map_or(usize::MAX, |bytes| bytes.len());
    if size <= CHANGE_BYTES_MAX {
        return Some((Vec::new(), change));
    }
    let (parted, parts) = DecreePart::of(edition, decree)?;
    Some((parts, UnitsChange::InParts(parted)))
}

fn put_decree(unit: &mut Unit<'_>, edition: Edition, row: &DecreeRow) -> Result<(), UnitError> {
    unit.put(tables::DECREES, &edition.get().to_be_bytes(), row)
}
