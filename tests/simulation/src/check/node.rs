//! What must hold at an office after every sync of its disk.

use std::collections::BTreeSet;
use std::sync::Arc;

use commune_node::office::Office;
use commune_node::tables::{ActKey, Rows};
use registry::OfficeCode;
use registry::dispute::Standing;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Residence, Value};
use registry_store::Store;

use super::{Failure, Ledger, lives, readings};
use crate::law::Law;
use crate::world::World;

/// Records of a slice that are listed at once: more than any run has.
const SLICE_MAX: usize = 10_000;

/// Looks at a device.
pub(crate) fn node(world: &mut World, device: usize) -> Result<(), Failure> {
    let Some(at) = world.devices.get(device) else {
        return Ok(());
    };
    let Some(office) = at.office.clone() else {
        return Ok(());
    };
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    let node = at.node;
    let (code, ahead_until, unsure) = (office.code(), at.ahead_until, at.unsure);
    nothing_is_lost(&world.ledger, device, &office, &rows)?;
    lives::what_was_filed_again_is_promised(&mut world.ledger, device, &rows);
    if !unsure {
        slice_is_the_centres(&world.ledger, code, &office, ahead_until)?;
        // Until it is filled for its new extent, an office has the slice of its old one; and within
        // what the centre did at once, an act stands before the word that its record leaves.
        let meta = office.meta();
        let refilled = world.ledger.law.count() > 0 && meta.fill.is_some();
        let at = (code, meta.feed_applied);
        let whole = meta.feed_applied <= ahead_until || world.ledger.digests.contains_key(&at);
        if !refilled && whole {
            slice_is_entitled(&mut world.ledger, device, code, &office, &rows)?;
        }
    }
    audit_is_whole(&mut world.ledger, device, &office, &rows)?;
    readings::what_was_told_is_kept(&world.ledger, device, node, &rows)
}

/// Invariant 1: what was acknowledged is there.
fn nothing_is_lost(
    ledger: &Ledger,
    device: usize,
    office: &Office,
    rows: &Rows,
) -> Result<(), Failure> {
    for acknowledged in ledger.acts.get(device).into_iter().flatten() {
        if acknowledged.disk_gone {
            continue;
        }
        let key = ActKey {
            incarnation: acknowledged.incarnation,
            number: acknowledged.number,
        };
        let lost = |what: &str| {
            let words = format!(
                "office {} lost {what} of act {}, number {} of life {}",
                office.code(),
                acknowledged.act,
                acknowledged.number.get(),
                acknowledged.incarnation.get(),
            );
            Failure::new("1 nothing is lost", words)
        };
        match rows.outbox(key) {
            Ok(Some((act, _))) if act == acknowledged.act => {}
            _ => return Err(lost("the place in the outbox")),
        }
        match rows.act(&acknowledged.act) {
            Ok(Some(_)) => {}
            _ => return Err(lost("the row")),
        }
    }
    Ok(())
}

/// Invariant 2, at every step: a node that has taken the feed up to a place holds what the centre
/// held there.
fn slice_is_the_centres(
    ledger: &Ledger,
    code: OfficeCode,
    office: &Office,
    ahead_until: registry::FeedSeq,
) -> Result<(), Failure> {
    let meta = office.meta();
    if meta.fill.is_some() || meta.feed_applied <= ahead_until {
        return Ok(());
    }
    let edition = office.units().edition();
    if meta.feed_applied >= ledger.law.unheard_from(edition, code) {
        // A decree that it has not heard of gives records to other slices without a word: it is
        // told of that with the notice of the decree.
        return Ok(());
    }
    match ledger.digests.get(&(code, meta.feed_applied)) {
        Some(digest) if *digest != meta.digest => {
            let (items, _) = office.repair_list(None, SLICE_MAX).unwrap_or_default();
            let others: Vec<String> = items
                .iter()
                .filter(|item| {
                    ledger
                        .versions
                        .get(&item.record)
                        .and_then(|version| version.first_chunk::<8>())
                        != Some(&item.version)
                })
                .map(|item| item.record.to_string())
                .collect();
            Err(Failure::new(
                "2 same documents",
                format!(
                    "office {code} at feed entry {} holds other records than the centre held there; \
                     of those it holds, these are not as the centre has them now: {others:?}",
                    meta.feed_applied.get()
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Invariant 4: an official record belongs to the commune, by what the record itself says.
fn slice_is_entitled(
    ledger: &mut Ledger,
    device: usize,
    code: OfficeCode,
    office: &Office,
    rows: &Rows,
) -> Result<(), Failure> {
    let law = &ledger.law;
    let unreadable = || Failure::new("store", "a slice cannot be read");
    let (items, _) = office
        .repair_list(None, SLICE_MAX)
        .map_err(|_| unreadable())?;
    let Some(held) = ledger.held.get_mut(device) else {
        return Ok(());
    };
    for item in items {
        if held.get(&item.record) == Some(&item.version) {
            continue;
        }
        let kept = rows
            .official(&item.record)
            .map_err(|_| unreadable())?
            .ok_or_else(unreadable)?;
        let places = places(&kept.record)?;
        if !places.iter().any(|home| home.may(law).contains(&code)) {
            return Err(Failure::new(
                "4 slices",
                format!(
                    "office {code} holds record {}, which is not its own",
                    item.record
                ),
            ));
        }
        held.insert(item.record, item.version);
    }
    Ok(())
}

/// A place by which a commune is entitled to a record.
pub(crate) struct Home {
    unit: OfficeCode,
    address: String,
}

impl Home {
    /// The communes that it may mean.
    pub(crate) fn may(&self, law: &Law) -> BTreeSet<OfficeCode> {
        law.may(self.unit, &self.address)
    }

    /// The one that it has to mean, if that is certain. `unchanged`: the record is as it was
    /// imported.
    pub(crate) fn must(&self, law: &Law, unchanged: bool) -> Option<OfficeCode> {
        law.must(self.unit, &self.address, unchanged)
    }
}

/// What entitles communes to a record: somebody has an open residence there, a claim in dispute
/// says so, or a household has its address there. Who lives nowhere stays where they lived last, or
/// where their birth was registered.
pub(crate) fn places(record: &Record) -> Result<Vec<Home>, Failure> {
    let unreadable = |_| Failure::new("store", "a record cannot be read");
    let standing = Standing::of(record).map_err(unreadable)?;
    let claims = standing.disputes.iter().flat_map(|dispute| {
        dispute
            .claims
            .iter()
            .filter_map(|claim| claim.value.as_ref())
    });
    let fields = &standing.fields;
    let mut homes = Vec::new();
    if record.kind == RecordKind::Household {
        homes.extend(fields.single(Field::HouseholdAddress).and_then(place));
        homes.extend(claims.filter_map(place));
        return Ok(homes);
    }
    let lived: Vec<&Residence> = [Field::Permanent, Field::Temporary]
        .into_iter()
        .flat_map(|field| fields.entries(field))
        .filter_map(|(_, value)| residence(value))
        .collect();
    homes.extend(claims.filter_map(residence).map(home));
    let open = lived.iter().filter(|home| home.to.is_none());
    homes.extend(open.map(|open| home(open)));
    if homes.is_empty() {
        let last = lived.iter().max_by_key(|home| home.from.first_day());
        let born = fields.single(Field::BirthRegistration).and_then(place);
        homes.extend(last.map(|last| home(last)).or(born));
    }
    Ok(homes)
}

fn residence(value: &Value) -> Option<&Residence> {
    match value {
        Value::Residence(residence) => Some(residence),
        _ => None,
    }
}

fn home(residence: &Residence) -> Home {
    Home {
        unit: residence.unit,
        address: residence.address.as_str().to_owned(),
    }
}

fn place(value: &Value) -> Option<Home> {
    match value {
        Value::Place(place) => Some(Home {
            unit: place.unit?,
            address: place.text.as_str().to_owned(),
        }),
        _ => None,
    }
}

/// Invariant 8: each entry of the audit chain stands on the one before.
fn audit_is_whole(
    ledger: &mut Ledger,
    device: usize,
    office: &Office,
    rows: &Rows,
) -> Result<(), Failure> {
    let meta = office.meta();
    let broken = || {
        let words = format!("the audit chain of office {} is broken", office.code());
        Failure::new("8 audit", words)
    };
    let Some(at) = ledger.audit_at.get_mut(device) else {
        return Ok(());
    };
    let (seen, link) = *at;
    let mut before = None;
    for position in seen.max(1)..=meta.audit_entries {
        let entry = rows.audit(position).ok().flatten().ok_or_else(broken)?;
        if before.is_some_and(|before| before != entry.before) {
            return Err(broken());
        }
        let here = entry.link(position);
        // What was seen once is never another, however well it is chained.
        if position == seen && here != link {
            return Err(broken());
        }
        before = Some(here);
    }
    if before.is_some_and(|before| before != meta.audit_link) {
        return Err(broken());
    }
    *at = (meta.audit_entries, meta.audit_link);
    Ok(())
}
