//! Households gathered from the rows of their members.
//!
//! A file lists people; a household is made once all its rows were seen, since its head may be the
//! last of them. What is gathered is bounded: past the limit the households so far are handed out,
//! and one of which a row comes later still is found to be there already.

use std::collections::HashMap;

use registry::RecordId;
use registry::fields::Fields;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Place, Value};

use super::row::Home;

/// Households gathered at once: a province has fewer; each takes about 200 bytes.
pub(super) const HOUSEHOLDS_MAX: usize = 3_000_000;

/// The households of the rows so far.
#[derive(Default)]
pub(super) struct Households(HashMap<RecordId, Home>);

impl Households {
    /// Takes what a row tells; the first row of a household gives its address, and the first that is
    /// its head stays it. Tells whether another was its head before.
    pub(super) fn take(&mut self, home: Home) -> bool {
        let known = self.0.entry(home.id);
        let (head, local) = (home.head, home.local.clone());
        let kept = known.or_insert(home);
        let is_second = head.is_some() && kept.head.is_some() && kept.head != head;
        kept.head = kept.head.or(head);
        if kept.local.is_empty() {
            kept.local = local;
        }
        is_second
    }

    /// Whether they are to be handed out before there are more.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= HOUSEHOLDS_MAX
    }

    /// All of them as records, in the order of their ids, so that two runs do the same.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Record> + use<> {
        let mut homes: Vec<Home> = std::mem::take(&mut self.0).into_values().collect();
        homes.sort_unstable_by_key(|home| home.id);
        homes.into_iter().map(record)
    }
}

fn record(home: Home) -> Record {
    let mut fields = Fields::new();
    let address = Place {
        unit: Some(home.unit),
        text: home.address,
        country: None,
    };
    fields.set(Field::HouseholdHead, home.head.map(Value::Head));
    fields.set(Field::HouseholdAddress, Some(Value::Place(address)));
    for (field, number) in [
        (Field::HouseholdFile, home.file),
        (Field::HouseholdLocal, home.local),
    ] {
        let number = (!number.is_empty()).then_some(Value::Text(number));
        fields.set(field, number);
    }
    Record::new(home.id, RecordKind::Household, fields)
}
