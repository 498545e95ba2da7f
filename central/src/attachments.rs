//! Attachments at the centre: which acts name them, which are awaited from whom, which are here,
//! and who may see them. The content stands in a folder beside the store.
//!
//! An attachment is awaited from an office when an act of it that took effect (or waits for a
//! person) names it; nothing else is taken. A content is one wherever it is named, but naming is
//! not having: **only acts of the office that brought it let anybody see it**, so that an office
//! which has learned a name cannot read what is behind it by naming it.

use std::collections::BTreeSet;

use registry::act::{Act, Evidence, Refers};
use registry::attachment::{Attachment, AttachmentId};
use registry::case::Case;
use registry::feed::{ActOutcome, FeedItem};
use registry::{ActId, OfficeCode, RecordId};
use serde::{Deserialize, Serialize};

use crate::revoked;
use crate::slices;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Bytes that acts of one office may name in all: an average office names a fiftieth of it in a
/// year, and no office can fill the centre's disk.
pub const OFFICE_BYTES_MAX: u64 = 256 << 30;
/// Most acts that are looked at for one attachment.
const ACTS_MAX: usize = 64;
/// Where the counts of what is awaited stand.
const DUE: &[u8] = b"attachments due";

/// An attachment that some act names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// When it was named first, seconds since 1970.
    pub named_s: i64,
    /// Who brought it and when, once it is here.
    pub arrived: Option<Arrived>,
}

/// The arrival of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// The office that brought it.
    pub from: OfficeCode,
}

/// An attachment that is awaited from an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// When an act of the office named it, seconds since 1970.
    pub since_s: i64,
    /// Bytes that the office's acts had named up to it, with it.
    pub named_bytes: u64,
}

/// How much is awaited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCount {
    /// Attachments.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Notes what an act names. Acts that took no effect name nothing.
pub(crate) fn name(unit: &mut Unit<'_>, act: &Act, outcome: &ActOutcome) -> Result<(), UnitError> {
    let (Some(office), true) = (act.office, is_of_use(outcome)) else {
        return Ok(());
    };
    let attachments: BTreeSet<Attachment> = act.body.attachments().collect();
    for attachment in attachments {
        let of = tables::attachment_of_key(&attachment.hash(), &act.id());
        unit.put(tables::ATTACHMENTS_OF, &of, &())?;
        let key = tables::attachment_key(&attachment);
        let row: Option<AttachmentRow> = unit.get(tables::ATTACHMENTS, &key)?;
        let named_s = unit.at_s();
        let row = row.unwrap_or(AttachmentRow {
            named_s,
            arrived: None,
        });
        unit.put(tables::ATTACHMENTS, &key, &row)?;
        let due = tables::attachment_due_key(office, &attachment);
        if row.arrived.is_some() || unit.bytes(tables::ATTACHMENTS_DUE, &due)?.is_some() {
            continue;
        }
        let named_bytes = add_named(unit, office, u64::from(attachment.bytes()))?;
        let row = DueRow {
            since_s: named_s,
            named_bytes,
        };
        unit.put(tables::ATTACHMENTS_DUE, &due, &row)?;
        count_due(unit, |due| DueCount {
            count: due.count.saturating_add(1),
            bytes: due.bytes.saturating_add(u64::from(attachment.bytes())),
        })?;
    }
    Ok(())
}

/// Whether papers of an act with this outcome are of use to anybody.
fn is_of_use(outcome: &ActOutcome) -> bool {
    outcome.took_effect() || matches!(outcome, ActOutcome::Parked(_))
}

fn add_named(unit: &mut Unit<'_>, office: OfficeCode, bytes: u64) -> Result<u64, UnitError> {
    let key = [b"attachments named ".as_slice(), &office.to_be_bytes()].concat();
    let named = unit.get::<u64>(tables::META, &key)?.unwrap_or(0);
    let named = named.saturating_add(bytes);
    unit.put(tables::META, &key, &named)?;
    Ok(named)
}

fn count_due(
    unit: &mut Unit<'_>,
    change: impl FnOnce(DueCount) -> DueCount,
) -> Result<(), UnitError> {
    let due = due(unit)?;
    unit.put(tables::META, DUE, &change(due))
}

/// How much is awaited from all offices.
pub(crate) fn due(unit: &Unit<'_>) -> Result<DueCount, UnitError> {
    Ok(unit.get(tables::META, DUE)?.unwrap_or_default())
}

/// How an attachment that an office offers stands in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// No act of the office names it.
    Not,
    /// It arrived before.
    Arrived,
    /// It is awaited.
    Due,
    /// It is past what the office may bring.
    TooMuch,
}

/// How an attachment stands that an office offers under any of its names.
pub(crate) fn named(
    unit: &Unit<'_>,
    offices: &[OfficeCode],
    attachment: &Attachment,
) -> Result<Named, UnitError> {
    for office in offices {
        let key = tables::attachment_due_key(*office, attachment);
        if let Some(due) = unit.get::<DueRow>(tables::ATTACHMENTS_DUE, &key)? {
            let fits = due.named_bytes <= OFFICE_BYTES_MAX;
            return Ok(if fits { Named::Due } else { Named::TooMuch });
        }
    }
    let Some(row) = row(unit, attachment)? else {
        return Ok(Named::Not);
    };
    for kept in acts_naming(unit, &attachment.hash())? {
        let own = kept
            .act
            .office
            .is_some_and(|office| offices.contains(&office));
        if own && row.arrived.is_some() && is_of_use(&kept.outcome) {
            return Ok(Named::Arrived);
        }
    }
    Ok(Named::Not)
}

/// The row of an attachment.
pub(crate) fn row(
    unit: &Unit<'_>,
    attachment: &Attachment,
) -> Result<Option<AttachmentRow>, UnitError> {
    unit.get(tables::ATTACHMENTS, &tables::attachment_key(attachment))
}

/// The attachment of this name that has arrived.
pub(crate) fn arrived(
    unit: &Unit<'_>,
    hash: &AttachmentId,
) -> Result<Option<(Attachment, Arrived)>, UnitError> {
    for kept in acts_naming(unit, hash)? {
        let mut attachments = kept.act.body.attachments();
        let Some(attachment) = attachments.find(|attachment| attachment.hash() == *hash) else {
            continue;
        };
        if let Some(arrived) = row(unit, &attachment)?.and_then(|row| row.arrived) {
            return Ok(Some((attachment, arrived)));
        }
    }
    Ok(None)
}

/// The acts that name an attachment.
pub(crate) fn acts_naming(unit: &Unit<'_>, hash: &AttachmentId) -> Result<Vec<KeptAct>, UnitError> {
    let mut acts = Vec::new();
    for key in unit.keys(tables::ATTACHMENTS_OF, hash.as_bytes(), ACTS_MAX)? {
        let Some(act) = key.get(32..).and_then(ActId::from_slice) else {
            continue;
        };
        acts.extend(unit.get::<KeptAct>(tables::ACTS, act.as_bytes())?);
    }
    Ok(acts)
}

/// Whether an office may see an attachment: an act of the office that brought it names it, and the
/// asking office made that act or holds a record that it is about.
pub(crate) fn is_entitled(
    unit: &Unit<'_>,
    offices: &[OfficeCode],
    attachment: &Attachment,
) -> Result<bool, UnitError> {
    let Some(Arrived { from, .. }) = row(unit, attachment)?.and_then(|row| row.arrived) else {
        return Ok(false);
    };
    for kept in acts_naming(unit, &attachment.hash())? {
        if kept.act.office == Some(from) && may_see(unit, offices, &kept.act)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an office may see what the office of an act brought for it: it made the act, under a name
/// that it has or had, or holds a record that the act is about.
fn may_see(unit: &Unit<'_>, offices: &[OfficeCode], act: &Act) -> Result<bool, UnitError> {
    let Some(from) = act.office else {
        return Ok(false);
    };
    if offices.contains(&from) || offices.contains(&unit.office_now(from)) {
        return Ok(true);
    }
    for record in records_of(unit, act)? {
        if holds(unit, offices, &record)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an office holds a record, under any of its names.
pub(crate) fn holds(
    unit: &Unit<'_>,
    offices: &[OfficeCode],
    record: &RecordId,
) -> Result<bool, UnitError> {
    for office in offices {
        if unit.holds(*office, record)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The papers of an act that an office may see, each with those of its attachments that the office of
/// the act has brought. It is the rule of [`is_entitled`], from the side of the act.
pub(crate) fn papers_to_see(
    unit: &Unit<'_>,
    offices: &[OfficeCode],
    kept: &KeptAct,
) -> Result<Vec<Evidence>, UnitError> {
    let mut papers = Vec::new();
    if !is_of_use(&kept.outcome) || !may_see(unit, offices, &kept.act)? {
        return Ok(papers);
    }
    for paper in &kept.act.body.evidence {
        let mut attachments = Vec::new();
        for attachment in &paper.attachments {
            let arrived = row(unit, attachment)?.and_then(|row| row.arrived);
            if arrived.is_some_and(|arrived| Some(arrived.from) == kept.act.office) {
                attachments.push(*attachment);
            }
        }
        if !attachments.is_empty() {
            papers.push(Evidence {
                attachments,
                ..paper.clone()
            });
        }
    }
    Ok(papers)
}

/// The records that an act is about: those that it changes, or those of what it adds papers to, and
/// whoever stays where two of them were found to be one person: they have taken over what the papers
/// are about, a portrait for one.
fn records_of(unit: &Unit<'_>, act: &Act) -> Result<BTreeSet<RecordId>, UnitError> {
    let mut records: BTreeSet<RecordId> = act.records().map(|(_, id)| id).collect();
    match act.body.refers {
        Some(Refers::Act(of) | Refers::Asked { of, .. }) => {
            let kept: Option<KeptAct> = unit.get(tables::ACTS, of.as_bytes())?;
            let of = kept.iter().flat_map(|kept| kept.act.records());
            records.extend(of.map(|(_, id)| id));
        }
        Some(Refers::Case(id)) => {
            let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
            records.extend(case.into_iter().flat_map(|case| case.dispute.records));
        }
        None => {}
    }
    for record in records.clone() {
        records.extend(revoked::successors(unit, &record)?);
    }
    Ok(records)
}

/// Notes that an attachment is here, whole and durable, brought by an office of these names, and
/// tells everybody whom it concerns.
pub(crate) fn arrive(
    unit: &mut Unit<'_>,
    offices: &[OfficeCode],
    attachment: &Attachment,
) -> Result<bool, UnitError> {
    let key = tables::attachment_key(attachment);
    let Some(row) = unit.get::<AttachmentRow>(tables::ATTACHMENTS, &key)? else {
        return Ok(false);
    };
    let acts = acts_naming(unit, &attachment.hash())?;
    let mut naming = acts.iter().filter_map(|kept| kept.act.office);
    let Some(from) = naming.find(|office| offices.contains(office)) else {
        return Ok(false);
    };
    let at_s = unit.at_s();
    let arrived = Some(row.arrived.unwrap_or(Arrived { at_s, from }));
    unit.put(tables::ATTACHMENTS, &key, &AttachmentRow { arrived, ..row })?;
    let mut concerned = BTreeSet::new();
    for kept in acts {
        if let Some(office) = kept.act.office {
            forget_due(unit, office, attachment)?;
            concerned.insert(unit.office_now(office));
        }
        for record in records_of(unit, &kept.act)? {
            let kept = unit.kept(&record)?;
            let offices = kept.into_iter().flat_map(|kept| kept.offices);
            concerned.extend(offices.map(|office| unit.office_now(office)));
        }
    }
    let item = FeedItem::Attachments(vec![*attachment]);
    for office in concerned {
        slices::tell(unit, office, &item)?;
    }
    Ok(true)
}

fn forget_due(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    attachment: &Attachment,
) -> Result<(), UnitError> {
    let key = tables::attachment_due_key(office, attachment);
    if unit.bytes(tables::ATTACHMENTS_DUE, &key)?.is_none() {
        return Ok(());
    }
    unit.delete(tables::ATTACHMENTS_DUE, &key);
    count_due(unit, |due| DueCount {
        count: due.count.saturating_sub(1),
        bytes: due.bytes.saturating_sub(u64::from(attachment.bytes())),
    })
}
