//! Cases at the centre: found after every act from how its records stand, opened, brought up to
//! date, closed when the clash is gone. Which cases there are depends on the acts alone, never on
//! the order in which they came.

use std::collections::BTreeSet;

use registry::act::Act;
use registry::case::{
    Case, CaseNotice, CaseState, Jurisdiction, Outcome, Party, case_id, due, working_days,
};
use registry::date::{Date, PartialDate};
use registry::dispute::{Claim, Dispute, Matter};
use registry::feed::FeedItem;
use registry::fields::Fields;
use registry::person::Person;
use registry::record::Record;
use registry::rules::{self, ActSummary};
use registry::sabotage::{Fault, planted};
use registry::schema::RecordKind;
use registry::value::PersonLink;
use registry::{ActId, CaseId, OfficeCode, RecordId};

use crate::slices::{self, Moved};
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Most acts of a record, and most people at a meeting point, that are looked at.
const LOOKED_AT_MAX: usize = 1_000;
/// Days back within which a birth may still be entered by another office.
const NEWBORN_DAYS: i32 = 3 * 366;

/// Brings the cases of an act's records up to date.
pub fn look(unit: &mut Unit<'_>, act: &Act, moved: &[Moved]) -> Result<(), UnitError> {
    for moved in moved {
        let id = moved.kept.record.id;
        let mut found = moved.standing.disputes.clone();
        if planted(Fault::OrderDependent) {
            let first = act.id();
            found.retain(|dispute| {
                let acts = dispute.claims.iter().filter_map(|claim| claim.act);
                acts.max() == Some(first)
            });
        }
        if moved.kept.record.kind == RecordKind::Person {
            found.extend(life(unit, moved)?);
            found.extend(same_people(unit, act, moved)?);
        }
        sync(unit, id, found)?;
    }
    Ok(())
}

/// The same for records that no act changes, because an act of theirs was taken back.
pub fn look_again(unit: &mut Unit<'_>, records: &[RecordId]) -> Result<(), UnitError> {
    for id in records {
        let Some(kept) = unit.kept(id)? else { continue };
        let Some(last) = acts_of(unit, id)?.pop() else {
            continue;
        };
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
        look(unit, &last.act, &[moved])?;
    }
    Ok(())
}

/// The acts of a record that took effect.
pub fn acts_of(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<KeptAct>, UnitError> {
    let mut acts = Vec::new();
    for key in unit.keys(tables::ACTS_OF, id.as_bytes(), LOOKED_AT_MAX)? {
        let Some(act) = key.get(24..).and_then(ActId::from_slice) else {
            continue;
        };
        if let Some(kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? {
            acts.push(kept);
        }
    }
    Ok(acts)
}

fn life(unit: &Unit<'_>, moved: &Moved) -> Result<Option<Dispute>, UnitError> {
    let id = moved.kept.record.id;
    let acts = acts_of(unit, &id)?;
    let standing_acts = acts
        .iter()
        .filter(|kept| !kept.taken_back)
        .map(|kept| &kept.act);
    let deaths = rules::claimed_deaths(id, standing_acts);
    if deaths.is_empty() {
        return Ok(None);
    }
    let summaries: Vec<ActSummary> = acts
        .iter()
        .map(|kept| ActSummary {
            taken_back: kept.taken_back,
            ..ActSummary::of(&kept.act)
        })
        .collect();
    Ok(rules::life(id, &moved.standing, &deaths, &summaries))
}

fn resolver<'u>(unit: &'u Unit<'_>) -> impl Fn(&PersonLink) -> Option<RecordId> + 'u {
    move |link| match link {
        PersonLink::Record(id) => Some(*id),
        PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => unit
            .get(tables::NUMBERS, &rules::pin_point(pin))
            .ok()
            .flatten(),
        PersonLink::Named { pin: None, .. } => None,
    }
}

/// Where a person would meet others who may be the same.
pub fn meeting_points(unit: &Unit<'_>, fields: &Fields) -> Vec<[u8; 16]> {
    let today = Date::in_viet_nam(unit.at_s());
    let since: PartialDate = today.add_days(-NEWBORN_DAYS).unwrap_or(today).into();
    rules::meeting_points(fields, since, &resolver(unit))
}

/// People who may be this one. Looked for whenever an officer's act touched the record: the other
/// one may have come first or second.
fn same_people(unit: &mut Unit<'_>, act: &Act, moved: &Moved) -> Result<Vec<Dispute>, UnitError> {
    let id = moved.kept.record.id;
    let fields = &moved.standing.fields;
    let points = meeting_points(unit, fields);
    let mut others: BTreeSet<RecordId> = BTreeSet::new();
    for point in &points {
        others.extend(standing_at(unit, point)?);
        unit.put(tables::MEETINGS, &tables::key(&[point, id.as_bytes()]), &())?;
    }
    // Who says they have this person's number, and whose number this person says they have.
    let person = Person(fields);
    if let Some(pin) = person.pin() {
        others.extend(standing_at(unit, &rules::pin_point(pin))?);
    }
    if let Some(pin) = person.claimed_pin() {
        others.extend(unit.get::<RecordId>(tables::NUMBERS, &rules::pin_point(pin))?);
    }
    others.remove(&id);
    let mut found = Vec::new();
    let mine = if makes(act, &id) {
        Some(act.id())
    } else {
        made_by(unit, &id)?
    };
    for other in others {
        let Some(kept) = unit.kept(&other)? else {
            continue;
        };
        let reading = kept.record.read().map_err(|_| UnitError::Row {
            table: tables::RECORDS.0,
        })?;
        let theirs = made_by(unit, &other)?;
        found.extend(rules::same_person(
            (id, fields, mine),
            (other, &reading.fields, theirs),
            &resolver(unit),
        ));
    }
    Ok(found)
}

/// The people at a meeting point.
fn standing_at(unit: &Unit<'_>, point: &[u8; 16]) -> Result<Vec<RecordId>, UnitError> {
    let keys = unit.keys(tables::MEETINGS, point, LOOKED_AT_MAX)?;
    Ok(keys
        .iter()
        .filter_map(|key| key.get(16..).and_then(RecordId::from_slice))
        .collect())
}

/// The act that made a record, if an act did.
fn made_by(unit: &Unit<'_>, id: &RecordId) -> Result<Option<ActId>, UnitError> {
    let acts = acts_of(unit, id)?;
    Ok(acts
        .iter()
        .find(|kept| makes(&kept.act, id))
        .map(|kept| kept.act.id()))
}

fn makes(act: &Act, id: &RecordId) -> bool {
    act.records().any(|(index, record)| {
        record == *id
            && act
                .body
                .changes
                .get(index)
                .is_some_and(|change| matches!(change.target, registry::act::Target::New { .. }))
    })
}

/// Opens, updates and closes the cases of a record so that they are just the disputes found.
fn sync(unit: &mut Unit<'_>, id: RecordId, found: Vec<Dispute>) -> Result<(), UnitError> {
    let mut standing: BTreeSet<CaseId> = BTreeSet::new();
    for dispute in found {
        standing.extend(open_or_update(unit, dispute)?);
    }
    for key in unit.keys(tables::CASES_OF, id.as_bytes(), LOOKED_AT_MAX)? {
        let Some(case) = key.get(16..).and_then(CaseId::from_slice) else {
            continue;
        };
        let Some(mut case) = unit.get::<Case>(tables::CASES, case.as_bytes())? else {
            continue;
        };
        let of_people = matches!(case.dispute.matter, Matter::Parked(_) | Matter::Decisions);
        if case.is_open() && !of_people && !standing.contains(&case.id) {
            case.state = CaseState::Moot;
            case.version += 1;
            put(unit, &case)?;
        }
    }
    Ok(())
}

/// The case about a dispute; `None` if it was decided before and nothing new came.
fn open_or_update(unit: &mut Unit<'_>, dispute: Dispute) -> Result<Option<CaseId>, UnitError> {
    let first = case_id(&dispute.matter, &dispute.records, 0);
    let latest: Option<u32> = unit.get(tables::MATTERS, first.as_bytes())?;
    let Some(generation) = latest else {
        return open(unit, dispute, 0).map(Some);
    };
    let id = case_id(&dispute.matter, &dispute.records, generation);
    let Some(mut case) = unit.get::<Case>(tables::CASES, id.as_bytes())? else {
        return open(unit, dispute, generation).map(Some);
    };
    if case.is_open() {
        if case.dispute != dispute {
            case.dispute = dispute;
            // A word on other claims than these is no word on them.
            case.state = CaseState::Open;
            case.version += 1;
            put(unit, &case)?;
        }
        return Ok(Some(case.id));
    }
    let remembered = matches!(case.state, CaseState::Decided { .. })
        && dispute
            .claims
            .iter()
            .all(|claim| case.dispute.claims.contains(claim));
    if remembered {
        return Ok(None);
    }
    open(unit, dispute, generation.saturating_add(1)).map(Some)
}

/// Opens a case.
pub(crate) fn open(
    unit: &mut Unit<'_>,
    dispute: Dispute,
    generation: u32,
) -> Result<CaseId, UnitError> {
    let first = case_id(&dispute.matter, &dispute.records, 0);
    let id = case_id(&dispute.matter, &dispute.records, generation);
    let offices = offices_of(unit, &dispute)?;
    let national = dispute.matter == Matter::Decisions;
    let case = Case {
        id,
        number: unit.count("case number")?,
        generation,
        owner: if national {
            Jurisdiction::National
        } else {
            Jurisdiction::over(offices)
        },
        opened_s: unit.at_s(),
        due: due(Date::in_viet_nam(unit.at_s()), working_days(dispute.harm)),
        state: CaseState::Open,
        version: 1,
        questions: Vec::new(),
        dispute,
    };
    unit.put(tables::MATTERS, first.as_bytes(), &generation)?;
    unit.put(tables::CASE_NUMBERS, &case.number.to_be_bytes(), &id)?;
    for record in &case.dispute.records {
        unit.put(tables::CASES_OF, &tables::case_of_key(record, &id), &())?;
    }
    put(unit, &case)?;
    Ok(id)
}

/// Keeps a case and tells the offices concerned.
pub(crate) fn put(unit: &mut Unit<'_>, case: &Case) -> Result<(), UnitError> {
    unit.put(tables::CASES, case.id.as_bytes(), case)?;
    let notice = notice(unit, case)?;
    for office in offices_of(unit, &case.dispute)? {
        slices::tell(unit, office, &FeedItem::Case(Box::new(notice.clone())))?;
    }
    Ok(())
}

/// Most claims, and papers of each, that a notice tells of: it has to fit into a feed entry,
/// whatever offices write. The case itself keeps all.
const NOTICE_CLAIMS_MAX: usize = 24;
const NOTICE_PAPERS_MAX: usize = 4;

/// A case with who claims what.
pub fn notice(unit: &Unit<'_>, case: &Case) -> Result<CaseNotice, UnitError> {
    let mut case = case.clone();
    case.dispute.claims.truncate(NOTICE_CLAIMS_MAX);
    let mut parties = Vec::with_capacity(case.dispute.claims.len());
    for claim in &case.dispute.claims {
        let kept: Option<KeptAct> = match claim.act {
            Some(act) => unit.get(tables::ACTS, act.as_bytes())?,
            None => None,
        };
        parties.push(party(claim, kept.as_ref().map(|kept| &kept.act)));
    }
    Ok(CaseNotice { case, parties })
}

fn party(claim: &Claim, act: Option<&Act>) -> Party {
    Party {
        act: claim.act,
        kind: act.map(|act| act.body.kind),
        office: act.and_then(|act| act.office),
        officer: act.map(|act| act.body.officer.clone()),
        effective: act.map(|act| act.body.effective),
        entered_s: act.map(|act| act.body.entered.at_s),
        evidence: act
            .map(|act| {
                act.body
                    .evidence
                    .iter()
                    .take(NOTICE_PAPERS_MAX)
                    .cloned()
                    .collect()
            })
            .unwrap_or_default(),
    }
}

/// The offices that hold the records, and those that made the claims.
fn offices_of(unit: &Unit<'_>, dispute: &Dispute) -> Result<BTreeSet<OfficeCode>, UnitError> {
    let mut offices = BTreeSet::new();
    for id in &dispute.records {
        offices.extend(unit.kept(id)?.into_iter().flat_map(|kept| kept.offices));
    }
    for act in dispute.claims.iter().filter_map(|claim| claim.act) {
        let kept: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        offices.extend(kept.and_then(|kept| kept.act.office));
    }
    Ok(offices)
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

fn open_cases(unit: &Unit<'_>, id: &RecordId) -> Result<Vec<Case>, UnitError> {
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

/// Makes an act on a record that has left its office's slice a proposal to the new office.
pub fn park(unit: &mut Unit<'_>, act: &Act, record: RecordId) -> Result<CaseId, UnitError> {
    let id = act.id();
    let dispute = Dispute {
        row: 29,
        matter: Matter::Parked(id),
        records: vec![record],
        claims: vec![Claim {
            act: Some(id),
            record: None,
            value: None,
        }],
        agreed: None,
        slots: Vec::new(),
        harm: 3,
    };
    open(unit, dispute, 0)
}

/// The records that an outcome changes: those of the case; for a marriage or a death, also the
/// record of the spouse whom a losing act changed.
pub fn records_concerned(
    unit: &Unit<'_>,
    case: &Case,
    outcome: &Outcome,
) -> Result<BTreeSet<RecordId>, UnitError> {
    let mut records: BTreeSet<RecordId> = case.dispute.records.iter().copied().collect();
    if let (Outcome::Keep(kept), Matter::Marriage | Matter::Life) = (outcome, case.dispute.matter) {
        let losers = case
            .claim(*kept)
            .map(|kept| case.losers(kept))
            .unwrap_or_default();
        for act in losers {
            let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
            records.extend(
                row.iter()
                    .flat_map(|row| row.act.records().map(|(_, id)| id)),
            );
        }
    }
    Ok(records)
}

/// A record by id, for a decision.
pub fn record(unit: &Unit<'_>, id: &RecordId) -> Result<Option<Record>, UnitError> {
    Ok(unit.kept(id)?.map(|kept| kept.record))
}
