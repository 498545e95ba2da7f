//! What offices are told of a case: its claims with who made them, on which papers.

use std::collections::BTreeSet;

use registry::act::{Act, Evidence};
use registry::case::{Case, CaseNotice, Party};
use registry::dispute::{Claim, Dispute, Matter};
use registry::feed::{ENTRY_BYTES_MAX, FeedItem};
use registry::{ActId, OfficeCode, RecordId};

use crate::slices;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Most claims, papers of each, and answers that a notice tells of. It has to fit into a feed
/// entry whatever offices write, so it is made smaller until it does; the case itself keeps all.
const NOTICE_SIZES: [(usize, usize, usize); 3] = [(24, 8, 16), (24, 4, 4), (12, 2, 1)];
/// Most records of a claimant's act whose offices are told: what changes more is one office's
/// work on its own people.
const RECORDS_MAX: usize = 16;
/// Most acts that added papers to one act that are looked at.
const ADDED_MAX: usize = 64;

/// A case with who claims what.
pub fn notice(unit: &Unit<'_>, case: &Case) -> Result<CaseNotice, UnitError> {
    let mut smallest = None;
    for size in NOTICE_SIZES {
        let notice = notice_of(unit, case, size)?;
        let item = FeedItem::Case(Box::new(notice.clone()));
        if item
            .encode()
            .is_ok_and(|(_, bytes)| bytes.len() <= ENTRY_BYTES_MAX)
        {
            return Ok(notice);
        }
        smallest = Some(notice);
    }
    smallest.map_or_else(|| notice_of(unit, case, (1, 1, 1)), Ok)
}

fn notice_of(
    unit: &Unit<'_>,
    case: &Case,
    (claims, papers, answers): (usize, usize, usize),
) -> Result<CaseNotice, UnitError> {
    let mut case = case.clone();
    case.dispute.claims.truncate(claims);
    let too_many = case.answers.len().saturating_sub(answers);
    case.answers.drain(..too_many);
    for answer in &mut case.answers {
        answer.evidence.truncate(papers);
        answer.office = unit.office_now(answer.office);
    }
    // Whose office a decree has made part of another answers as that one.
    for (asked, _) in &mut case.questions {
        *asked = unit.office_now(*asked);
    }
    let mut parties = Vec::with_capacity(case.dispute.claims.len());
    for claim in &case.dispute.claims {
        let kept: Option<KeptAct> = match claim.act {
            Some(act) => unit.get(tables::ACTS, act.as_bytes())?,
            None => None,
        };
        let mut party = party(claim, kept.as_ref().map(|kept| &kept.act));
        if let Some(act) = claim.act {
            party.evidence.extend(added_papers(unit, &act)?);
        }
        let too_many = party.evidence.len().saturating_sub(papers);
        // The newest are the ones that were asked for.
        party.evidence.drain(..too_many);
        parties.push(party);
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
        // The centre's own acts are of no device.
        clock_error_s: act
            .filter(|act| act.office.is_some())
            .and_then(|act| act.body.entered.known_error_s()),
        evidence: act.map_or_else(Vec::new, |act| act.body.evidence.clone()),
    }
}

/// The papers that an office added to an act of its own, in the order in which they came.
fn added_papers(unit: &Unit<'_>, of: &ActId) -> Result<Vec<Evidence>, UnitError> {
    let mut papers = Vec::new();
    for key in unit.keys(tables::PAPERS_OF, of.as_bytes(), ADDED_MAX)? {
        let Some(by) = key.get(24..).and_then(ActId::from_slice) else {
            continue;
        };
        let kept: Option<KeptAct> = unit.get(tables::ACTS, by.as_bytes())?;
        let kept = kept.filter(|kept| !kept.taken_back);
        papers.extend(kept.into_iter().flat_map(|kept| kept.act.body.evidence));
    }
    Ok(papers)
}

/// The offices that hold the records, and those that made the claims.
pub(super) fn offices_of(
    unit: &Unit<'_>,
    dispute: &Dispute,
) -> Result<BTreeSet<OfficeCode>, UnitError> {
    let mut offices = BTreeSet::new();
    for id in &dispute.records {
        let kept = unit.kept(id)?.into_iter();
        offices.extend(
            kept.flat_map(|kept| kept.offices)
                .map(|it| unit.office_now(it)),
        );
    }
    for act in dispute.claims.iter().filter_map(|claim| claim.act) {
        let kept: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        let office = kept.and_then(|kept| kept.act.office);
        offices.extend(office.map(|office| unit.office_now(office)));
    }
    Ok(offices)
}

/// The offices that a case concerns: also those that a reviewer asked, and those that hold another
/// record of a claimant's act, for the act is in dispute there too.
pub(crate) fn concerned(unit: &Unit<'_>, case: &Case) -> Result<BTreeSet<OfficeCode>, UnitError> {
    let mut offices = offices_of(unit, &case.dispute)?;
    let asked = case.questions.iter();
    offices.extend(asked.map(|(office, _)| unit.office_now(*office)));
    if matches!(case.dispute.matter, Matter::Parked(_)) {
        // It has taken no effect: nobody else holds it.
        return Ok(offices);
    }
    for act in case.dispute.claims.iter().filter_map(|claim| claim.act) {
        let Some(kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? else {
            continue;
        };
        let records = kept.act.records().take(RECORDS_MAX).map(|(_, id)| id);
        for id in records.filter(|id| !case.dispute.records.contains(id)) {
            let held = unit.kept(&id)?.into_iter().flat_map(|kept| kept.offices);
            offices.extend(held.map(|office| unit.office_now(office)));
        }
    }
    Ok(offices)
}

/// Tells of the open cases in which an act is a claim, because papers were added to it.
pub(crate) fn tell_of_papers(
    unit: &mut Unit<'_>,
    records: &[RecordId],
    of: &ActId,
) -> Result<(), UnitError> {
    let mut told = BTreeSet::new();
    for record in records {
        for case in super::open_cases(unit, record)? {
            let mut claims = case.dispute.claims.iter();
            if claims.any(|claim| claim.act == Some(*of)) && told.insert(case.id) {
                tell(unit, &case, None)?;
            }
        }
    }
    Ok(())
}

/// Tells the offices concerned how a case stands, and those that it concerned as it was before
/// that it goes on without them.
pub(super) fn tell(
    unit: &mut Unit<'_>,
    case: &Case,
    before: Option<&Case>,
) -> Result<(), UnitError> {
    let notice = notice(unit, case)?;
    let offices = concerned(unit, case)?;
    if let Some(before) = before.filter(|before| before.dispute != case.dispute) {
        for office in concerned(unit, before)?.difference(&offices) {
            slices::tell(unit, *office, &FeedItem::CaseLeaves(case.id))?;
        }
    }
    for office in given_away(unit, &offices) {
        slices::tell(unit, office, &FeedItem::CaseLeaves(case.id))?;
    }
    for office in offices {
        slices::tell(unit, office, &FeedItem::Case(Box::new(notice.clone())))?;
    }
    Ok(())
}

/// While a decree is carried out, the offices of the communes that it takes people from for these ones:
/// a case may be about one of them, who may be back before that office has its slice anew and would
/// find there what the office knew of the case before.
fn given_away(unit: &Unit<'_>, offices: &BTreeSet<OfficeCode>) -> BTreeSet<OfficeCode> {
    let Some(issued) = unit.decree_underway() else {
        return BTreeSet::new();
    };
    let olds = offices.iter().flat_map(|it| issued.predecessors(*it));
    let before: BTreeSet<OfficeCode> = olds.map(|old| unit.office_now(*old)).collect();
    before.difference(offices).copied().collect()
}

/// Tells an office that a record has just come to of the cases that are open about it.
pub(crate) fn introduce(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    record: &RecordId,
) -> Result<(), UnitError> {
    for case in super::open_cases(unit, record)? {
        let notice = notice(unit, &case)?;
        slices::tell(unit, office, &FeedItem::Case(Box::new(notice)))?;
    }
    Ok(())
}
