//! What operators of the centre said of a person: it stands on the record, at the centre and at each
//! office that holds it, until they say otherwise; nobody else says it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use central_registry::registrar::Registrar;
use central_registry::tables::Kept;
use commune_node::tables::Rows;
use registry::RecordId;
use registry::code::Country;
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::schema::Field;
use registry::value::Value;
use registry_store::Store;

use super::Failure;
use super::agreement::Fails;
use crate::world::Device;

/// A value that was said.
#[derive(Debug)]
struct Word<T> {
    /// The last one that the disk has confirmed.
    stands: Option<T>,
    /// Those that it has not: they may have come to stand with a later sync.
    may: Vec<T>,
}

impl<T> Default for Word<T> {
    fn default() -> Self {
        Word {
            stands: None,
            may: Vec::new(),
        }
    }
}

impl<T: PartialEq> Word<T> {
    fn say(&mut self, value: T, stands: bool) {
        if stands {
            self.stands = Some(value);
            self.may.clear();
        } else {
            self.may.push(value);
        }
    }

    /// Whether a record of which nothing waits for the disk shows what was said.
    fn is(&mut self, shown: Option<T>) -> bool {
        let mut may = std::mem::take(&mut self.may).into_iter();
        if shown.is_some() && may.any(|value| Some(&value) == shown.as_ref()) {
            self.stands = shown;
            return true;
        }
        self.stands.is_none() || self.stands == shown
    }
}

/// All that was said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    nationalities: BTreeMap<RecordId, Word<Vec<Country>>>,
    numbers: BTreeMap<RecordId, Word<Pin>>,
    /// Numbers that people had before.
    cancelled: BTreeMap<RecordId, BTreeSet<Pin>>,
}

impl Said {
    /// Somebody has these nationalities from now on. `stands`: the disk has confirmed it.
    pub(crate) fn nationality_changed(&mut self, id: RecordId, now: Vec<Country>, stands: bool) {
        self.nationalities.entry(id).or_default().say(now, stands);
    }

    /// Somebody has the second number instead of the first.
    pub(crate) fn number_changed(&mut self, id: RecordId, (old, new): (Pin, Pin), stands: bool) {
        self.numbers.entry(id).or_default().say(new, stands);
        if stands {
            self.cancelled.entry(id).or_default().insert(old);
        }
    }

    /// Looks at the centre's records, of which nothing waits for the disk.
    pub(super) fn stands_at_centre(
        &mut self,
        records: &BTreeMap<RecordId, Kept>,
    ) -> Result<(), Failure> {
        for (id, word) in &mut self.nationalities {
            if !word.is(nationality(&fields(records, id)?)) {
                let words = format!("record {id} shows another nationality than was decided");
                return Err(Failure::new("3 said at the centre", words));
            }
        }
        for (id, word) in &mut self.numbers {
            if !word.is(Person(&fields(records, id)?).pin().copied()) {
                let words = format!("record {id} shows another number than was given");
                return Err(Failure::new("5 numbers", words));
            }
        }
        for (id, numbers) in &self.cancelled {
            let known: BTreeSet<Pin> = Person(&fields(records, id)?).cancelled_pins().collect();
            if !numbers.is_subset(&known) {
                let words = format!("record {id} has lost a number that was cancelled");
                return Err(Failure::new("5 numbers", words));
            }
        }
        Ok(())
    }

    /// In the end each office that holds a record shows what was said, and whoever has a cancelled
    /// number is found by it.
    pub(super) fn stands_at(
        &self,
        at: &Device,
        registrar: &Registrar,
        fails: Fails<'_>,
    ) -> Result<(), Failure> {
        let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
        let held = |id: &RecordId| {
            let kept = rows.official(id).ok().flatten();
            kept.map(|kept| kept.fields().clone())
        };
        for (id, word) in &self.nationalities {
            let Some(fields) = held(id) else { continue };
            if word.stands.is_some() && nationality(&fields) != word.stands {
                return Err(fails(format!("record {id} shows another nationality")));
            }
        }
        for (id, word) in &self.numbers {
            let Some(fields) = held(id) else { continue };
            if word.stands.is_some() && Person(&fields).pin().copied() != word.stands {
                return Err(fails(format!("record {id} shows another number")));
            }
        }
        for (id, numbers) in &self.cancelled {
            let Some(fields) = held(id) else { continue };
            if Person(&fields).is_revoked() {
                // Its numbers lead to whoever it turned out to be.
                continue;
            }
            for number in numbers {
                if registrar.by_pin(number).ok().flatten() != Some(*id) {
                    let words = format!("record {id} is not found by a cancelled number");
                    return Err(fails(words));
                }
            }
        }
        Ok(())
    }
}

fn fields(records: &BTreeMap<RecordId, Kept>, id: &RecordId) -> Result<Fields, Failure> {
    let unreadable = || Failure::new("store", "a record cannot be read");
    let kept = records.get(id).ok_or_else(unreadable)?;
    let reading = kept.record.read().map_err(|_| unreadable())?;
    Ok(reading.fields)
}

fn nationality(fields: &Fields) -> Option<Vec<Country>> {
    match fields.single(Field::Nationality) {
        Some(Value::Countries(list)) => Some(list.clone()),
        _ => None,
    }
}
