//! The reckoning: nothing lost, every record in the slices where it belongs and in no other, both
//! sides equal, every act of the dark answered.

use std::collections::{BTreeMap, BTreeSet};

use commune_node::office::{ActState, Office};
use registry::{OfficeCode, RecordId};

use super::{Nation, in_words};
use crate::check::Failure;

/// Records that an office lists at a time.
const LISTED_AT_ONCE: usize = 500;

/// What came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NationFigures {
    /// Offices before.
    pub offices: usize,
    /// Communes that have them now.
    pub communes: usize,
    /// People and households before.
    pub records: usize,
    /// Acts filed in the dark.
    pub acts: usize,
    /// Acts that are final at their office.
    pub settled: usize,
    /// Records that two communes hold: people with two homes.
    pub shared: usize,
}

/// The decree as its file has it: the one successor of whoever nothing else is said of.
fn by_default() -> BTreeMap<OfficeCode, OfficeCode> {
    let rows = include_str!("../../../../registry/data/decree_2025.csv").lines();
    let read = |row: &str| {
        let mut cells = row.split(',');
        let (old, new) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        (cells.nth(1)? == "1").then_some((old, new))
    };
    rows.skip(1).filter_map(read).collect()
}

impl Nation {
    /// Looks whether all is as it has to be.
    pub fn reckon(&self) -> Result<NationFigures, Failure> {
        let today = by_default();
        let now = |code: OfficeCode| today.get(&code).copied().unwrap_or(code);
        let mut figures = NationFigures {
            offices: self.devices.len(),
            records: self.records,
            ..NationFigures::default()
        };
        self.acts_are_answered(&mut figures)?;
        let mut held: BTreeMap<OfficeCode, BTreeSet<RecordId>> = BTreeMap::new();
        for resident in &self.residents {
            let mut expected = BTreeSet::from([now(resident.home)]);
            expected.extend(self.moved_in.get(&resident.id).map(|home| now(*home)));
            figures.shared += usize::from(expected.len() > 1);
            self.is_held_by(resident.id, &expected, &mut held)?;
            let household = BTreeSet::from([now(resident.home)]);
            self.is_held_by(resident.household, &household, &mut held)?;
        }
        for device in &self.devices {
            let expected = BTreeSet::from([now(device.code)]);
            for id in &device.made {
                self.is_held_by(*id, &expected, &mut held)?;
            }
        }
        self.offices_agree(&held, &mut figures)?;
        Ok(figures)
    }

    fn is_held_by(
        &self,
        id: RecordId,
        expected: &BTreeSet<OfficeCode>,
        held: &mut BTreeMap<OfficeCode, BTreeSet<RecordId>>,
    ) -> Result<(), Failure> {
        let kept = self.registrar.kept(&id).map_err(in_words("record"))?;
        let kept = kept.ok_or_else(|| Failure::new("1 nothing lost", format!("record {id}")))?;
        let offices: BTreeSet<OfficeCode> = kept.offices.iter().copied().collect();
        if offices != *expected {
            let words = format!("record {id} is held by {offices:?}, not by {expected:?}");
            return Err(Failure::new("4 slices", words));
        }
        for office in offices {
            held.entry(office).or_default().insert(id);
        }
        Ok(())
    }

    fn acts_are_answered(&self, figures: &mut NationFigures) -> Result<(), Failure> {
        for device in &self.devices {
            if device.office.unsent() > 0 {
                let words = format!("office {} has acts without a receipt", device.code);
                return Err(Failure::new("7 one outcome", words));
            }
            for act in &device.filed {
                figures.acts += 1;
                let kept = self.registrar.act(act).map_err(in_words("act"))?;
                if !kept.as_ref().is_some_and(|kept| kept.outcome.took_effect()) {
                    let outcome = kept.map(|kept| told(&kept.outcome));
                    let words = format!(
                        "act {act} of office {} took no effect: {outcome:?}",
                        device.code
                    );
                    return Err(Failure::new("1 nothing lost", words));
                }
                let view = device.office.act_view(act).map_err(in_words("act"))?;
                match view.map(|view| view.state) {
                    Some(ActState::Final | ActState::Disputed) => figures.settled += 1,
                    other => {
                        let words = format!("act {act} of office {} is {other:?}", device.code);
                        return Err(Failure::new("7 one outcome", words));
                    }
                }
            }
        }
        Ok(())
    }

    /// Every device holds just the slice of its commune, and so does the centre; households that
    /// were made in the dark are in them beside those that are expected.
    fn offices_agree(
        &self,
        held: &BTreeMap<OfficeCode, BTreeSet<RecordId>>,
        figures: &mut NationFigures,
    ) -> Result<(), Failure> {
        let mut communes = BTreeSet::new();
        for device in &self.devices {
            let commune = device.office.code();
            communes.insert(commune);
            let digest = self.registrar.digest(commune).map_err(in_words("digest"))?;
            if device.office.meta().digest != digest {
                let words = format!("office {} and the centre differ", device.code);
                return Err(Failure::new("10 agreement", words));
            }
            let rows = held_at(&device.office)?;
            let slice = self
                .registrar
                .slice_versions(commune, None, usize::MAX)
                .map_err(in_words("slice"))?;
            let slice: BTreeSet<RecordId> = slice.into_iter().map(|(id, _)| id).collect();
            let missing = held
                .get(&commune)
                .is_some_and(|held| !held.is_subset(&rows));
            if rows != slice || missing {
                let words = format!("office {} holds another slice", device.code);
                return Err(Failure::new("4 slices", words));
            }
        }
        figures.communes = communes.len();
        Ok(())
    }
}

/// The records of an office's official slice.
fn held_at(office: &Office) -> Result<BTreeSet<RecordId>, Failure> {
    let mut held = BTreeSet::new();
    loop {
        let after = held.last().copied();
        let (items, done) = office
            .repair_list(after, LISTED_AT_ONCE)
            .map_err(in_words("rows"))?;
        held.extend(items.iter().map(|item| item.record));
        if done || items.is_empty() {
            return Ok(held);
        }
    }
}

/// An outcome in words.
fn told(outcome: &registry::feed::ActOutcome) -> String {
    match outcome {
        registry::feed::ActOutcome::Returned { code, words } => {
            format!("returned, {}: {}", code.as_str(), words.as_str())
        }
        other => format!("{other:?}"),
    }
}
