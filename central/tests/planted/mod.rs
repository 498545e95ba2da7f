//! People of whom it is known who is who, in the store of a centre: drawn, imported, walked by the
//! pass for duplicates, and what the pass found held against what was planted. The test
//! `duplicates_found` and the example `duplicates_pass` do it on a few thousand and on a million.

#![allow(dead_code, unreachable_pub)] // each of the two uses a part

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use central_registry::duplicates::{LeftOut, PassRow};
use central_registry::import::PORTION_RECORDS;
use central_registry::registrar::{Config, Registrar};
use registry::code::Relation;
use registry::duplicate::{Hint, Report};
use registry::fields::Fields;
use registry::person::Person;
use registry::population::{Planting, Population, Rates, specimens};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Place, Value};
use registry::{NodeId, OfficeCode, RecordId};
use registry_store::Store;

/// Pairs that the registrar lists at most; where there are more, a part of them would be judged.
const LISTED_MAX: usize = 200_000;

/// A registrar on a store, to which no office sends anything.
pub fn registrar_on(store: Arc<dyn Store>) -> Registrar {
    let config = Config {
        node: NodeId::new([0xCE; 16]),
        draw: Box::new(|| 0),
        sign: Box::new(|_| [0; 64]),
    };
    Registrar::open(store, config)
}

/// A population in a store, and which of its records are one person.
#[derive(Default)]
pub struct Planted {
    /// People who were drawn, those planted among them.
    pub people: u64,
    /// Of them, those who are not stored, because their number is another's.
    pub not_stored: u64,
    /// Households stored.
    pub households: u64,
    /// The planted pairs of which both records are stored, the lower id first.
    pairs: BTreeMap<(RecordId, RecordId), Planting>,
}

/// A household that has members already.
struct Home {
    id: RecordId,
    fields: Fields,
}

impl Home {
    /// The household that a person is a member of, with the address at which the person lives.
    fn of(person: Person<'_>) -> Option<Home> {
        let id = person.membership()?.household;
        let (_, residence) = person.open_permanent().next()?;
        let address = Place {
            unit: Some(residence.unit),
            text: residence.address.clone(),
            country: None,
        };
        let mut fields = Fields::new();
        fields.set(Field::HouseholdAddress, Some(Value::Place(address)));
        Some(Home { id, fields })
    }

    fn record(self) -> Record {
        Record::new(self.id, RecordKind::Household, self.fields)
    }
}

/// What is drawn and not stored yet.
struct Storing<'r> {
    registrar: &'r Registrar,
    at_s: i64,
    waiting: Vec<Record>,
    home: Option<Home>,
    planted: Planted,
}

impl Storing<'_> {
    fn person(&mut self, id: RecordId, fields: Fields) -> anyhow::Result<()> {
        if let Some(home) = Home::of(Person(&fields)) {
            if self.home.as_ref().is_none_or(|known| known.id != home.id) {
                self.household();
                self.home = Some(home);
            }
            let is_head = matches!(
                fields.single(Field::Relation),
                Some(Value::Relation(Relation::Head))
            );
            // A son who bears his father's name has his place in the household too.
            if let Some(home) = self.home.as_mut()
                && is_head
                && home.fields.single(Field::HouseholdHead).is_none()
            {
                home.fields.set(Field::HouseholdHead, Some(Value::Head(id)));
            }
        }
        self.planted.people += 1;
        self.waiting
            .push(Record::new(id, RecordKind::Person, fields));
        if self.waiting.len() >= PORTION_RECORDS {
            self.hand_over()?;
        }
        Ok(())
    }

    /// The household that was gathered has all its members.
    fn household(&mut self) {
        if let Some(home) = self.home.take() {
            self.planted.households += 1;
            self.waiting.push(home.record());
        }
    }

    /// Stores what waits, as an import does with a portion of its file.
    fn hand_over(&mut self) -> anyhow::Result<()> {
        let portion = std::mem::take(&mut self.waiting);
        let records = portion.len() as u64;
        let (stored, _) = self.registrar.import(self.at_s, portion)?;
        self.planted.not_stored += records.saturating_sub(stored);
        checkpoint_if_due(self.registrar)
    }
}

/// Draws the people of `offices` and those planted among them, and stores them all. Records have
/// the same ids for the same seed, so that the pass walks them in the same order.
pub fn plant(
    registrar: &Registrar,
    at_s: i64,
    seed: u64,
    offices: &[(OfficeCode, u32)],
    rates: Rates,
) -> anyhow::Result<Planted> {
    let mut storing = Storing {
        registrar,
        at_s,
        waiting: Vec::with_capacity(PORTION_RECORDS),
        home: None,
        planted: Planted::default(),
    };
    let mut ids: Vec<RecordId> = Vec::new();
    for specimen in specimens(Population::new(seed, offices)?, seed, rates) {
        let place = ids.len();
        let number = (place as u64).to_be_bytes();
        let id = RecordId::derive("planted person", &[&seed.to_be_bytes(), &number]);
        if let Some((kind, before)) = specimen.planted {
            let model = place.checked_sub(before as usize);
            if let Some(model) = model.and_then(|place| ids.get(place)).copied() {
                let pair = (id.min(model), id.max(model));
                storing.planted.pairs.insert(pair, kind);
            }
        }
        ids.push(id);
        storing.person(id, specimen.fields)?;
    }
    storing.household();
    storing.hand_over()?;
    let mut planted = storing.planted;
    let mut missing = Vec::new();
    for pair in planted.pairs.keys() {
        if registrar.kept(&pair.0)?.is_none() || registrar.kept(&pair.1)?.is_none() {
            missing.push(*pair);
        }
    }
    for pair in missing {
        planted.pairs.remove(&pair);
    }
    Ok(planted)
}

/// A pass that was walked to its end.
pub struct Walked {
    /// What it came to.
    pub pass: PassRow,
    /// What it left out.
    pub left_out: LeftOut,
    /// How long it took.
    pub took: Duration,
    /// Of that, reading and comparing; the rest is writing, with syncs and checkpoints.
    pub reading: Duration,
}

/// Walks a pass as the daemon does, slice by slice, each durable before the next, but without its
/// rests. `told` hears where the pass stands after each.
pub fn walk(
    registrar: &Registrar,
    at_s: i64,
    slice_records: usize,
    mut told: impl FnMut(&PassRow),
) -> anyhow::Result<Walked> {
    let begun = Instant::now();
    let mut reading = Duration::ZERO;
    let mut left_out = LeftOut::default();
    let mut pass = registrar.stage_duplicate_pass(at_s)?;
    while pass.running {
        let slice_begun = Instant::now();
        let slice = registrar.read_duplicates(&pass, slice_records)?;
        reading += slice_begun.elapsed();
        left_out += slice.left_out();
        pass = registrar.stage_duplicates(at_s, pass, slice)?;
        registrar.sync()?;
        checkpoint_if_due(registrar)?;
        told(&pass);
    }
    Ok(Walked {
        pass,
        left_out,
        took: begun.elapsed(),
        reading,
    })
}

fn checkpoint_if_due(registrar: &Registrar) -> anyhow::Result<()> {
    let store = registrar.store();
    if store.health().checkpoint_due {
        store.checkpoint()?;
    }
    Ok(())
}

impl Planted {
    /// The open pairs of the store, held against what was planted: the same report as that of the
    /// trial in memory. Who shares a key is not known of a pass, nor how many keys there are.
    pub fn judge(&self, registrar: &Registrar, pass: &PassRow) -> anyhow::Result<Report> {
        let mut report = Report {
            people: pass.people,
            pairs: pass.compared,
            left_out: pass.left_out,
            ..Report::default()
        };
        for kind in self.pairs.values() {
            report.kinds.entry(*kind).or_default().planted += 1;
        }
        let (pairs, _) = registrar.duplicates(Hint::Look, |_| true, usize::MAX)?;
        anyhow::ensure!(
            pairs.len() < LISTED_MAX,
            "more pairs were found than are listed: take fewer people"
        );
        for pair in &pairs {
            let strong = pair.explanation.hint == Hint::Strong;
            let kind = self.pairs.get(&pair.records).copied();
            let duplicate = kind.is_some_and(Planting::is_duplicate);
            if let Some(kind) = kind {
                let tally = report.kinds.entry(kind).or_default();
                tally.looked += 1;
                tally.strong += u64::from(strong);
            }
            if !duplicate {
                report.looked_wrong += 1;
                if strong {
                    *report.wrong.entry(kind).or_default() += 1;
                }
            }
        }
        Ok(report)
    }
}
