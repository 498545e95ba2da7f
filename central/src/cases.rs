//! Cases at the centre: found after every act from how its records stand, opened, brought up to
//! date, closed when the clash is gone. Which cases there are depends on the acts alone, never on
//! the order in which they came. Who may be one person is looked for in `cases/people.rs`, what
//! offices are told is in `cases/notice.rs`; deciding is the registrar's.

use std::collections::BTreeSet;

use registry::act::{Act, ActKind};
use registry::case::{Appeal, Case, CaseState, Jurisdiction, case_id, decision_term};
use registry::clash;
use registry::date::Date;
use registry::dispute::{Claim, Dispute, Matter};
use registry::fields::Slot;
use registry::record::Content;
use registry::rules::{self, ActSummary, ClaimedDeath};
use registry::sabotage::{Fault, planted};
use registry::schema::{Field, RecordKind};
use registry::{ActId, CaseId, OfficeCode, RecordId};

use crate::revoked;
use crate::slices::Moved;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

mod books;
mod divisions;
mod households;
mod notice;
mod people;

pub(crate) use books::note as note_numbers;
pub(crate) use households::note as note_steps;
pub use notice::notice;
use notice::offices_of;
pub(crate) use notice::{concerned, introduce, tell_of_papers};
pub use people::meeting_points;
pub(crate) use people::{ask, children_meet};

/// Most open cases of a record, and most people at a meeting point, that are looked at; of the acts
/// of a record this many of the first and as many of the last.
const LOOKED_AT_MAX: usize = 1_000;

/// Brings the cases of these records up to date, after an act if it was one that moved them.
pub fn look(unit: &mut Unit<'_>, act: Option<ActId>, moved: &[Moved]) -> Result<(), UnitError> {
    let mut left_alone = BTreeSet::new();
    let mut beside = BTreeSet::new();
    let concerns_households = match act {
        Some(act) => unit
            .get::<KeptAct>(tables::ACTS, act.as_bytes())?
            .is_none_or(|row| households::concerns(&row.act)),
        None => true,
    };
    for moved in moved {
        let id = moved.kept.record.id;
        let mut found = moved.standing.disputes.clone();
        if let (true, Some(first)) = (planted(Fault::OrderDependent), act) {
            found.retain(|dispute| {
                let acts = dispute.claims.iter().filter_map(|claim| claim.act);
                acts.max() == Some(first)
            });
        }
        let mut candidates = BTreeSet::new();
        let mut acts = acts_of(unit, &id)?;
        acts.extend(act_of_death(unit, moved, &acts)?);
        found.extend(divisions::disputes(unit, &acts)?);
        if moved.kept.record.kind == RecordKind::Person {
            found.extend(life(moved, &acts)?);
            found.extend(pairs(id, &acts));
            found.extend(books::disputes(unit, &acts)?);
            if act.is_some() {
                beside.extend(books::others(&found, &id));
            }
            if concerns_households {
                beside.extend(households::of_person(unit, &id, &moved.standing.fields)?);
            }
            candidates = people::meet(unit, id, &moved.standing.fields)?;
            found.extend(people::disputes(unit, id, &candidates)?);
        } else {
            found.extend(households::disputes(unit, &moved.kept, &moved.standing)?);
        }
        left_alone.extend(sync(unit, id, found, &candidates)?);
    }
    for id in left_alone {
        if let Some(dispute) = people::next_nearest(unit, id)? {
            open_or_update(unit, dispute)?;
        }
    }
    beside.retain(|household| moved.iter().all(|moved| moved.kept.record.id != *household));
    look_again(unit, &beside)
}

/// The same for records that no act changes: because an act of theirs was taken back, or because
/// a case of theirs was decided.
pub fn look_again<'r>(
    unit: &mut Unit<'_>,
    records: impl IntoIterator<Item = &'r RecordId>,
) -> Result<(), UnitError> {
    for id in records {
        let Some(kept) = unit.kept(id)? else { continue };
        let standing =
            registry::dispute::Standing::of(&kept.record).map_err(|_| UnitError::Row {
                table: tables::RECORDS.0,
            })?;
        let offices: BTreeSet<OfficeCode> = kept.offices.iter().copied().collect();
        let moved = Moved {
            kept,
            standing,
            before: offices.clone(),
            after: offices,
        };
        look(unit, None, &[moved])?;
    }
    Ok(())
}

/// The first keys with a prefix and, where there are more than are looked at, the last ones: an act
/// that comes is held against what came just before it, however much a record has seen.
fn first_and_last(
    unit: &Unit<'_>,
    table: registry_store::Table,
    prefix: &[u8],
) -> Result<BTreeSet<Vec<u8>>, UnitError> {
    let first = unit.keys(table, prefix, LOOKED_AT_MAX)?;
    let mut keys: BTreeSet<Vec<u8>> = first.into_iter().collect();
    if keys.len() >= LOOKED_AT_MAX {
        keys.extend(unit.last_keys(table, prefix, LOOKED_AT_MAX)?);
    }
    Ok(keys)
}

/// The acts of a record that took effect, in the order in which they came: the first and the last, if
/// there are more than anybody looks at.
pub fn acts_of(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<KeptAct>, UnitError> {
    let mut acts = Vec::new();
    for key in first_and_last(unit, tables::ACTS_OF, id.as_bytes())? {
        let Some(act) = key.get(24..).and_then(ActId::from_slice) else {
            continue;
        };
        if let Some(kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? {
            acts.push(kept);
        }
    }
    Ok(acts)
}

fn life(moved: &Moved, acts: &[KeptAct]) -> Result<Option<Dispute>, UnitError> {
    let id = moved.kept.record.id;
    let standing_acts = acts
        .iter()
        .filter(|kept| claims_death(kept))
        .map(|kept| &kept.act);
    let mut deaths = rules::claimed_deaths(id, standing_acts);
    leave_out_revoked(&mut deaths, moved, acts)?;
    deaths.extend(first_death(moved)?);
    if deaths.is_empty() {
        return Ok(None);
    }
    let summaries: Vec<ActSummary> = acts
        .iter()
        .filter(|kept| !rules::household::only_consents(&kept.act, id))
        .map(|kept| ActSummary {
            taken_back: kept.taken_back,
            ..ActSummary::of(&kept.act)
        })
        .collect();
    Ok(rules::life(id, &moved.standing, &deaths, &summaries))
}

/// The act that wrote the death which is shown, if it is none of those that are looked at.
fn act_of_death(
    unit: &Unit<'_>,
    moved: &Moved,
    acts: &[KeptAct],
) -> Result<Option<KeptAct>, UnitError> {
    let dead = moved.standing.fields.single(Field::Death).is_some();
    if !dead || acts.len() < LOOKED_AT_MAX {
        return Ok(None);
    }
    let document = moved.kept.record.document().map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    let written_by = document.read().written_by;
    let by = written_by.get(&Slot::single(Field::Death)).copied();
    match by.filter(|by| acts.iter().all(|kept| kept.act.id() != *by)) {
        Some(by) => unit.get(tables::ACTS, by.as_bytes()),
        None => Ok(None),
    }
}

/// The death that came with the record: most of the dead in the register died before it began.
fn first_death(moved: &Moved) -> Result<Option<ClaimedDeath>, UnitError> {
    let shown = &moved.standing.fields;
    if shown.single(Field::Death).is_none() {
        return Ok(None);
    }
    let made_with = match &moved.kept.record.content {
        Content::Genesis(fields) => fields.clone(),
        Content::Document(_) => {
            let unreadable = |_| UnitError::Row {
                table: tables::RECORDS.0,
            };
            let document = moved.kept.record.document().map_err(unreadable)?;
            let first = document.read_at(&document.genesis_heads());
            first.map_err(unreadable)?.fields
        }
    };
    Ok(rules::first_death(&made_with, shown))
}

/// Whether an act may claim a death. What the centre puts back is the claim of the act that it
/// puts back, which counts again by itself.
fn claims_death(kept: &KeptAct) -> bool {
    !kept.taken_back && !kept.act.body.kind.is_central()
}

/// Pairs of acts that cannot both be right.
fn pairs(id: RecordId, acts: &[KeptAct]) -> Vec<Dispute> {
    let taken: Vec<rules::Taken<'_>> = acts
        .iter()
        .filter(|kept| !kept.taken_back)
        .map(|kept| rules::Taken {
            act: &kept.act,
            commit: kept.commit,
        })
        .collect();
    rules::pairs(id, &taken)
}

/// A death that was revoked by somebody who knew of it is claimed no more. Another office's, which
/// the revocation did not know, still is.
fn leave_out_revoked(
    deaths: &mut Vec<ClaimedDeath>,
    moved: &Moved,
    acts: &[KeptAct],
) -> Result<(), UnitError> {
    let revocations: Vec<ActId> = acts
        .iter()
        .filter(|kept| kept.act.body.kind == ActKind::DeathRevoked && !kept.taken_back)
        .map(|kept| kept.act.id())
        .collect();
    if revocations.is_empty() || deaths.is_empty() {
        return Ok(());
    }
    let document = moved.kept.record.document().map_err(|_| UnitError::Row {
        table: tables::RECORDS.0,
    })?;
    deaths.retain(|claimed| {
        let knew = |act| claimed.act.is_none_or(|death| document.knew(act, &death));
        !revocations.iter().any(knew)
    });
    Ok(())
}

/// Opens, updates and closes the cases of a record so that they are just the disputes found.
/// Returns the people who are no candidates for being this one any more: they may have to be
/// compared with another.
fn sync(
    unit: &mut Unit<'_>,
    id: RecordId,
    found: Vec<Dispute>,
    candidates: &BTreeSet<RecordId>,
) -> Result<BTreeSet<RecordId>, UnitError> {
    let mut standing: BTreeSet<CaseId> = BTreeSet::new();
    let mut outranked = BTreeSet::new();
    for dispute in found {
        let pair = people::other_of(&dispute, id);
        standing.extend(open_or_update(unit, dispute)?);
        outranked.extend(pair);
    }
    for case in open_cases(unit, &id)? {
        if !stays_open(&case) && !standing.contains(&case.id) {
            close(unit, case.clone())?;
            let other = people::other_of(&case.dispute, id);
            outranked.extend(other.filter(|other| !candidates.contains(other)));
        }
    }
    let mut left_alone = BTreeSet::new();
    for other in outranked {
        if candidates.contains(&other) {
            people::thin(unit, other)?;
        } else {
            left_alone.insert(other);
        }
    }
    Ok(left_alone)
}

/// Whether a case waits for a person's word even if its clash shows no more: a proposal, a pair
/// that a person asked about, an act that a person contests, and a
/// decision in force that a second reviewer speaks against.
fn stays_open(case: &Case) -> bool {
    let in_force = |appeal: &registry::case::Appeal| appeal.effect.is_some();
    matches!(
        case.dispute.matter,
        Matter::Parked(_) | Matter::Contested(_)
    ) || people::is_asked(&case.dispute)
        || case.appeal.as_deref().is_some_and(in_force)
}

/// Closes a case whose clash went away.
fn close(unit: &mut Unit<'_>, mut case: Case) -> Result<(), UnitError> {
    case.state = CaseState::Moot;
    case.version += 1;
    put(unit, &case)
}

/// The latest case about a matter of these records.
fn latest(
    unit: &Unit<'_>,
    matter: &Matter,
    records: &[RecordId],
) -> Result<Option<Case>, UnitError> {
    let first = case_id(matter, records, 0);
    let Some(generation) = unit.get::<u32>(tables::MATTERS, first.as_bytes())? else {
        return Ok(None);
    };
    unit.get(
        tables::CASES,
        case_id(matter, records, generation).as_bytes(),
    )
}

/// Whether a dispute was decided before, and nothing new came.
fn is_remembered(case: &Case, dispute: &Dispute) -> bool {
    let mut claims = dispute.claims.iter();
    // Who was named the head left in turn: the same members are asked about anew.
    let is_anew = case.dispute.matter == Matter::HeadGone;
    !is_anew && case.is_in_force() && claims.all(|claim| case.dispute.claims.contains(claim))
}

/// Whether a dispute was decided before, and nothing new came; not if that cannot be read.
fn is_settled(unit: &Unit<'_>, dispute: &Dispute) -> bool {
    let case = latest(unit, &dispute.matter, &dispute.records);
    let case = case.ok().flatten();
    case.is_some_and(|case| is_remembered(&case, dispute))
}

/// The case about a dispute; `None` if it was decided before and nothing new came.
pub(crate) fn open_or_update(
    unit: &mut Unit<'_>,
    dispute: Dispute,
) -> Result<Option<CaseId>, UnitError> {
    let Some(mut case) = latest(unit, &dispute.matter, &dispute.records)? else {
        return open(unit, dispute, None).map(Some);
    };
    if is_remembered(&case, &dispute) {
        return Ok(None);
    }
    if case.is_open() && people::is_asked(&case.dispute) {
        // A person asked; what a rule finds besides changes nothing about the question.
        return Ok(Some(case.id));
    }
    let returns = case.state == CaseState::Moot;
    if !case.is_open() && !returns {
        return open(unit, dispute, None).map(Some);
    }
    let dispute = case.met_again(dispute);
    if returns {
        // The clash is back before anybody decided: the case goes on, under its number.
        case.opened_s = unit.at_s();
        case.due = due_of(unit, &dispute);
    }
    if returns || case.dispute != dispute {
        case.dispute = dispute;
        // A word on other claims than these is no word on them.
        case.state = CaseState::Open;
        case.version += 1;
        put(unit, &case)?;
    }
    Ok(Some(case.id))
}

/// Opens the next case about a matter; with an appeal, one level up.
pub(crate) fn open(
    unit: &mut Unit<'_>,
    dispute: Dispute,
    appeal: Option<Appeal>,
) -> Result<CaseId, UnitError> {
    let first = case_id(&dispute.matter, &dispute.records, 0);
    let latest: Option<u32> = unit.get(tables::MATTERS, first.as_bytes())?;
    let generation = latest.map_or(0, |latest| latest.saturating_add(1));
    let id = case_id(&dispute.matter, &dispute.records, generation);
    let offices = offices_of(unit, &dispute)?;
    let case = Case {
        id,
        number: unit.count("case number")?,
        generation,
        owner: if appeal.is_some() {
            Jurisdiction::National
        } else {
            jurisdiction(unit, offices)
        },
        opened_s: unit.at_s(),
        due: due_of(unit, &dispute),
        state: CaseState::Open,
        version: 1,
        questions: Vec::new(),
        answers: Vec::new(),
        dispute,
        appeal: appeal.map(Box::new),
    };
    unit.put(tables::MATTERS, first.as_bytes(), &generation)?;
    unit.put(tables::CASE_NUMBERS, &case.number.to_be_bytes(), &id)?;
    put(unit, &case)?;
    Ok(id)
}

/// Who decides a case of these offices, as the provinces are today.
pub(crate) fn jurisdiction(
    unit: &Unit<'_>,
    offices: impl IntoIterator<Item = OfficeCode>,
) -> Jurisdiction {
    let now = offices.into_iter().map(|office| unit.office_now(office));
    Jurisdiction::over(now, unit.units())
}

/// Keeps an open case as it is, under the reviewers of today's provinces, and tells the offices
/// that are concerned today.
pub(crate) fn renew(unit: &mut Unit<'_>, case: &Case) -> Result<(), UnitError> {
    let mut case = case.clone();
    if case.owner != Jurisdiction::National {
        let offices = offices_of(unit, &case.dispute)?;
        case.owner = jurisdiction(unit, offices);
    }
    put(unit, &case)
}

fn due_of(unit: &Unit<'_>, dispute: &Dispute) -> Date {
    let opened = Date::in_viet_nam(unit.at_s());
    decision_term(dispute.harm).term.last_day(opened)
}

/// Keeps a case and tells the offices that it concerns, and those that it did until now. Only open
/// cases are found by their records, so that those closed long ago never hide one.
pub(crate) fn put(unit: &mut Unit<'_>, case: &Case) -> Result<(), UnitError> {
    let before: Option<Case> = unit.get(tables::CASES, case.id.as_bytes())?;
    unit.put(tables::CASES, case.id.as_bytes(), case)?;
    for record in &case.dispute.records {
        let key = tables::case_of_key(record, &case.id);
        if case.is_open() {
            unit.put(tables::CASES_OF, &key, &())?;
        } else {
            unit.delete(tables::CASES_OF, &key);
        }
    }
    if case.dispute.matter == Matter::SamePerson && !case.is_open() {
        unit.settled_who(case.dispute.records.iter().copied());
    }
    notice::tell(unit, case, before.as_ref())
}

/// The open case, if any, that an act is a claim of.
pub fn open_case_of(
    unit: &Unit<'_>,
    records: &[RecordId],
    act: &ActId,
) -> Result<Option<CaseId>, UnitError> {
    for id in records {
        for case in open_cases(unit, id)? {
            if case
                .dispute
                .claims
                .iter()
                .any(|claim| claim.act == Some(*act))
            {
                return Ok(Some(case.id));
            }
        }
    }
    Ok(None)
}

/// The open cases of a record.
pub(crate) fn open_cases(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<Case>, UnitError> {
    let mut cases = Vec::new();
    for key in unit.keys(tables::CASES_OF, id.as_bytes(), LOOKED_AT_MAX)? {
        let Some(case) = key.get(16..).and_then(CaseId::from_slice) else {
            continue;
        };
        let case: Option<Case> = unit.get(tables::CASES, case.as_bytes())?;
        cases.extend(case.filter(Case::is_open));
    }
    Ok(cases)
}

/// Whether a case asks who this person is.
pub fn identity_in_doubt(unit: &Unit<'_>, id: &RecordId) -> Result<bool, UnitError> {
    Ok(open_cases(unit, id)?
        .iter()
        .any(|case| case.dispute.matter == Matter::SamePerson))
}

/// Makes an act a proposal that waits for a person's word, by a line of the clash table. If its record
/// was revoked for another, that one is of the case too: its offices hear of it.
pub fn park(
    unit: &mut Unit<'_>,
    act: &Act,
    record: RecordId,
    row: u8,
) -> Result<CaseId, UnitError> {
    let id = act.id();
    let mut records = vec![record];
    records.extend(revoked::stays(unit, &record)?);
    records.sort_unstable();
    let dispute = Dispute {
        row,
        matter: Matter::Parked(id),
        records,
        claims: vec![Claim {
            act: Some(id),
            record: None,
            value: None,
        }],
        agreed: None,
        slots: Vec::new(),
        harm: clash::harm(row),
    };
    open(unit, dispute, None)
}
