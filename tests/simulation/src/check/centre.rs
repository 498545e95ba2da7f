//! What must hold at the centre after every sync of its disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use central_registry::registrar::Registrar;
use central_registry::tables::{self, AuditRow, Kept, KeptAct};
use ed25519_dalek::{Signature, VerifyingKey};
use registry::act::Author;
use registry::case::Case;
use registry::feed::{ActOutcome, FeedItem, Receipts};
use registry::person::Person;
use registry::record::Content;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::{ActId, ActNumber, OfficeCode, RecordId};
use registry_store::{KeyRange, Store};
use sync_proto::{Digest, DigestKey};

use super::node::places;
use super::{Failure, applications, disputes, entries, readings};
use crate::sabotage::Sabotage;
use crate::world::World;

/// Reasons for which an honest office's act is never returned: each is a fault of the software.
const FAULTS: [&str; 8] = [
    "document_internal",
    "document_unreadable",
    "document_too_large",
    "record_exists",
    "record_misfit",
    "evidence_missing",
    "addition_to_nothing",
    "act_not_yours",
];
/// Rows of a table that are read at once: more than any run has.
const ROWS_MAX: usize = 100_000;

/// Looks at the centre.
pub(crate) fn centre(world: &mut World) -> Result<(), Failure> {
    let Some(registrar) = world.centre.registrar.clone() else {
        return Ok(());
    };
    let lies = world.sabotage == Some(Sabotage::SkipFlush);
    if world.centre.disk.waiting() > 0 && !lies {
        // A sync has failed: what is seen now may go with the next power cut, and was promised to
        // nobody.
        return Ok(());
    }
    let codes: Vec<OfficeCode> = world.ledger.law.communes.iter().copied().collect();
    let mut answered = Vec::new();
    for code in codes {
        answered.extend(feed_is_gapless(world, &registrar, code)?);
    }
    let records = records(&registrar)?;
    slices_are_right(world, &registrar, &records)?;
    for (act, outcome) in answered {
        takes_effect_whole(&registrar, &records, &act, &outcome)?;
    }
    let changed: Vec<RecordId> = records
        .iter()
        .filter(|(id, kept)| world.ledger.versions.get(*id) != Some(&kept.version))
        .map(|(id, _)| *id)
        .collect();
    for id in changed {
        let Some(kept) = records.get(&id) else {
            continue;
        };
        record_is_right(world, kept)?;
        if !matches!(kept.record.content, Content::Genesis(_)) {
            let unreadable = |_| Failure::new("store", "a document cannot be read");
            let document = kept.record.document().map_err(unreadable)?;
            disputes::clashes_have_cases(&registrar, kept, &document, &world.ledger.met)?;
            entries::stand_as_acts_say(&registrar, kept, &document)?;
        }
        world.ledger.versions.insert(id, kept.version);
    }
    world.ledger.said.stands_at_centre(&records)?;
    readings::none_is_kept_twice_or_lost(&mut world.ledger, &registrar)?;
    audit_is_whole(world, &registrar)
}

/// Every record, by id.
pub(crate) fn records(registrar: &Registrar) -> Result<BTreeMap<RecordId, Kept>, Failure> {
    rows(registrar, tables::RECORDS).map(|kept: Vec<Kept>| {
        kept.into_iter()
            .map(|kept| (kept.record.id, kept))
            .collect()
    })
}

/// Every case.
pub(crate) fn cases(registrar: &Registrar) -> Result<Vec<Case>, Failure> {
    rows(registrar, tables::CASES)
}

/// Every act that the centre keeps.
pub(crate) fn acts(registrar: &Registrar) -> Result<Vec<KeptAct>, Failure> {
    rows(registrar, tables::ACTS)
}

fn rows<T: serde::de::DeserializeOwned>(
    registrar: &Registrar,
    table: registry_store::Table,
) -> Result<Vec<T>, Failure> {
    let unreadable = || Failure::new("store", "a table of the centre cannot be read");
    let store: &Arc<dyn Store> = registrar.store();
    store
        .scan(table, &KeyRange::all(), ROWS_MAX)
        .map_err(|_| unreadable())?
        .iter()
        .map(|(_, value)| postcard::from_bytes(value).map_err(|_| unreadable()))
        .collect()
}

/// Invariants 7 and 8: feeds only grow, without a gap; every receipt verifies; no act is answered
/// twice, and none of a node that is shut out. Gives what was answered.
fn feed_is_gapless(
    world: &mut World,
    registrar: &Registrar,
    code: OfficeCode,
) -> Result<Vec<(ActId, ActOutcome)>, Failure> {
    let gone = |words: String| Failure::new("7 one outcome", words);
    let row = registrar
        .office(code)
        .map_err(|_| gone(format!("the feed of {code} cannot be read")))?;
    let seen = world.ledger.feeds.get(&code).copied().unwrap_or_default();
    if row.head < seen {
        return Err(gone(format!("the feed of {code} went back")));
    }
    let entries = registrar
        .feed(code, seen, ROWS_MAX, usize::MAX)
        .map_err(|_| gone(format!("the feed of {code} cannot be read")))?;
    if entries.len() as u64 != row.head.get() - seen.get() {
        return Err(gone(format!("the feed of {code} has a gap")));
    }
    let mut answered = Vec::new();
    for (seq, entry) in entries {
        let item = FeedItem::decode(entry.kind, &entry.payload)
            .map_err(|_| gone(format!("an entry of {code} cannot be read")))?;
        world
            .trace
            .note(|| format!("feed of {code}, entry {}: {}", seq.get(), outline(&item)));
        if let FeedItem::Receipts(receipts) = item {
            answered.extend(take_receipts(world, &receipts)?);
        }
    }
    world.ledger.feeds.insert(code, row.head);
    world.ledger.digests.insert((code, row.head), row.digest);
    Ok(answered)
}

/// An entry in a few words, without what it says of people.
fn outline(item: &FeedItem) -> String {
    match item {
        FeedItem::Receipts(receipts) => format!(
            "receipts from act {} on: {:?}",
            receipts.first.get(),
            receipts.outcomes
        ),
        FeedItem::Act(act) => {
            let records: Vec<String> = act.records().map(|(_, id)| id.to_string()).collect();
            format!("act {} {:?} on {records:?}", act.id(), act.body.kind)
        }
        FeedItem::Enters { record, reason } => format!("record {} enters: {reason:?}", record.id),
        FeedItem::Leaves { id, to, reason } => format!("record {id} leaves to {to:?}: {reason:?}"),
        FeedItem::Case(notice) => {
            let case = &notice.case;
            let state = match case.state {
                registry::case::CaseState::Open => "open",
                registry::case::CaseState::Proposed(_) => "proposed",
                registry::case::CaseState::Moot => "moot",
                _ => "closed",
            };
            format!(
                "case {} version {} {:?}: {state}",
                case.number, case.version, case.dispute.matter
            )
        }
        FeedItem::PastLife(past) => format!("{} acts of a past life", past.acts.len()),
        FeedItem::CaseLeaves(id) => format!("case {id} leaves"),
        FeedItem::Password(set) => format!("a password of {}", set.officer),
        FeedItem::Attachments(arrived) => format!("{} attachments arrived", arrived.len()),
        FeedItem::Numbers(block) => format!("{} numbers", block.randoms.len()),
        FeedItem::Officers(officers) => format!("{} officers", officers.len()),
        FeedItem::DecreePart(part) => {
            format!("part {} of edition {}", part.part, part.edition)
        }
        FeedItem::Units(notice) => format!("units: edition {}", notice.edition),
    }
}

fn take_receipts(
    world: &mut World,
    receipts: &Receipts,
) -> Result<Vec<(ActId, ActOutcome)>, Failure> {
    let signed = VerifyingKey::from_bytes(&world.ledger.central_key)
        .ok()
        .zip(Signature::from_slice(&receipts.signature).ok())
        .is_some_and(|(key, signature)| {
            key.verify_strict(&receipts.signed_bytes(), &signature)
                .is_ok()
        });
    if !signed {
        return Err(Failure::new("8 receipts", "a receipt does not verify"));
    }
    if let Some(device) = world.ledger.nodes.get(&receipts.node)
        && world.ledger.shut.contains(device)
    {
        let words = "acts of a node that is shut out were taken";
        return Err(Failure::new("9 revocation", words));
    }
    let mut answered = Vec::new();
    let count = receipts.outcomes.len() as u64;
    let last = ActNumber::new((receipts.first.get() + count).saturating_sub(1));
    for (outcome, place) in receipts.outcomes.iter().zip(0u64..) {
        let author = Author {
            node: receipts.node,
            incarnation: receipts.incarnation,
            number: ActNumber::new(receipts.first.get() + place),
        };
        let act = author.act_id();
        if world.ledger.outcomes.insert(act, outcome.clone()).is_some() {
            let words = format!("act {act} was answered twice");
            return Err(Failure::new("7 one outcome", words));
        }
        let answered_with = &mut world.ledger.answered_with;
        answered_with.insert(act, (last, receipts.chain));
        match outcome {
            ActOutcome::Accepted | ActOutcome::InCase(_) => world.tally.accepted += 1,
            ActOutcome::Parked(_) => world.tally.parked += 1,
            _ => world.tally.returned += 1,
        }
        if let ActOutcome::Returned { code, .. } = outcome
            && FAULTS.contains(&code.as_str())
        {
            let words = format!("act {act} was returned with {}", code.as_str());
            return Err(Failure::new("3 whole or not at all", words));
        }
        answered.push((act, outcome.clone()));
    }
    Ok(answered)
}

/// Invariant 3: an act stands in every record that it changes, or in none.
pub(super) fn takes_effect_whole(
    registrar: &Registrar,
    records: &BTreeMap<RecordId, Kept>,
    id: &ActId,
    outcome: &ActOutcome,
) -> Result<(), Failure> {
    if let ActOutcome::InCase(case) | ActOutcome::Parked(case) = outcome
        && !cases(registrar)?.iter().any(|known| known.id == *case)
    {
        let words = format!("act {id} was answered with a case that does not exist");
        return Err(Failure::new("6 cases", words));
    }
    let kept = registrar.act(id).ok().flatten();
    let Some(kept) = kept else {
        if matches!(outcome, ActOutcome::Quarantined) {
            return Ok(());
        }
        let words = format!("act {id} was answered and is not kept");
        return Err(Failure::new("3 whole or not at all", words));
    };
    // A proposal may have been taken up since; then it stands whole as well.
    let now = kept.outcome.took_effect();
    if matches!(outcome, ActOutcome::Returned { .. }) && now {
        let words = format!("act {id} was returned and took effect");
        return Err(Failure::new("3 whole or not at all", words));
    }
    for (index, record) in kept.act.records() {
        let change = kept.act.body.changes.get(index);
        let makes =
            change.is_some_and(|change| matches!(change.target, registry::act::Target::New { .. }));
        let stands = records.get(&record).is_some_and(|kept| {
            makes
                || kept
                    .record
                    .document()
                    .is_ok_and(|document| document.acts().contains(id))
        });
        let nothing = change.is_some_and(|change| change.edits.is_empty()) && !makes;
        if stands != now && !nothing {
            let words = format!(
                "act {id} ({:?}) {} in record {record}, and its outcome is {outcome:?}",
                kept.act.body.kind,
                if stands { "stands" } else { "does not stand" },
            );
            return Err(Failure::new("3 whole or not at all", words));
        }
    }
    Ok(())
}

/// Invariant 4 at the centre, and the digests that everything else rests on.
fn slices_are_right(
    world: &World,
    registrar: &Registrar,
    records: &BTreeMap<RecordId, Kept>,
) -> Result<(), Failure> {
    for code in world.ledger.law.communes.iter().copied() {
        let wrong = |words: &str| Failure::new("4 slices", format!("office {code}: {words}"));
        let key = DigestKey::of(code);
        let mut digest = Digest::EMPTY;
        let slice = registrar
            .slice_versions(code, None, ROWS_MAX)
            .map_err(|_| wrong("the slice cannot be read"))?;
        for (id, version) in &slice {
            digest.add(&key, id, version);
            let kept = records
                .get(id)
                .ok_or_else(|| wrong("the slice has a record that is not there"))?;
            if kept.version != *version || !kept.offices.contains(&code) {
                return Err(wrong("the slice does not fit the record"));
            }
        }
        let holding = records
            .values()
            .filter(|kept| kept.offices.contains(&code))
            .count();
        if holding != slice.len() {
            return Err(wrong("a record is missing from the slice"));
        }
        let row = registrar
            .office(code)
            .map_err(|_| wrong("its row cannot be read"))?;
        if row.digest != digest {
            return Err(wrong("the digest is not that of the slice"));
        }
    }
    Ok(())
}

/// Invariants 4 and 5 of one record.
fn record_is_right(world: &mut World, kept: &Kept) -> Result<(), Failure> {
    let unreadable = |_| Failure::new("store", "a record cannot be read");
    if kept.record.version().map_err(unreadable)? != kept.version {
        return Err(Failure::new("2 same documents", "a version is wrong"));
    }
    let law = &world.ledger.law;
    let unchanged = world.ledger.imported.contains(&kept.record.id)
        && matches!(kept.record.content, Content::Genesis(_));
    let places = places(&kept.record)?;
    let may: BTreeSet<OfficeCode> = places.iter().flat_map(|home| home.may(law)).collect();
    let must = places.iter().filter_map(|home| home.must(law, unchanged));
    let missing = must.into_iter().find(|code| !kept.offices.contains(code));
    let foreign = law
        .communes
        .iter()
        .find(|code| kept.offices.contains(code) && !may.contains(code));
    if let Some(code) = missing.as_ref().or(foreign) {
        let words = format!(
            "record {} is wrongly in, or not in, the slice of {code}",
            kept.record.id
        );
        return Err(Failure::new("4 slices", words));
    }
    let reading = kept.record.read().map_err(unreadable)?;
    if let Some(Value::Text(file)) = reading.fields.single(Field::HouseholdFile) {
        let files = &mut world.ledger.files;
        let holder = *files.entry(file.clone()).or_insert(kept.record.id);
        if holder != kept.record.id {
            let words = format!("households {holder} and {} have one file", kept.record.id);
            return Err(Failure::new("5 numbers", words));
        }
    }
    if kept.record.kind != RecordKind::Person {
        return Ok(());
    }
    applications::have_one_result(kept.record.id, &reading.fields)?;
    if let Some(pin) = Person(&reading.fields).pin() {
        let holder = *world.ledger.pins.entry(*pin).or_insert(kept.record.id);
        if holder != kept.record.id {
            let words = format!("records {holder} and {} have one number", kept.record.id);
            return Err(Failure::new("5 numbers", words));
        }
    }
    Ok(())
}

/// Invariant 8: the centre's audit chain is whole.
fn audit_is_whole(world: &mut World, registrar: &Registrar) -> Result<(), Failure> {
    let broken = || Failure::new("8 audit", "the audit chain of the centre is broken");
    let from = world.ledger.audit_central;
    let range = KeyRange::all().after(&from.to_be_bytes());
    let rows = registrar
        .store()
        .scan(tables::AUDIT, &range, ROWS_MAX)
        .map_err(|_| broken())?;
    for (key, value) in rows {
        let row: AuditRow = postcard::from_bytes(&value).map_err(|_| broken())?;
        let unlinked = AuditRow {
            link: [0; 32],
            ..row.clone()
        };
        let bytes = postcard::to_stdvec(&unlinked).map_err(|_| broken())?;
        let link = *blake3::keyed_hash(&world.ledger.audit_link, &bytes).as_bytes();
        if link != row.link {
            return Err(broken());
        }
        world.ledger.audit_link = link;
        world.ledger.audit_central = key
            .first_chunk::<8>()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    }
    Ok(())
}
