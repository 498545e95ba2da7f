//! What offices are told of a case: its claims with who made them, on which papers.

use std::collections::BTreeSet;

use registry::act::Act;
use registry::case::{Case, CaseNotice, Party};
use registry::dispute::{Claim, Dispute};
use registry::feed::FeedItem;
use registry::{OfficeCode, RecordId};

use crate::slices;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

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
pub(super) fn offices_of(
    unit: &Unit<'_>,
    dispute: &Dispute,
) -> Result<BTreeSet<OfficeCode>, UnitError> {
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

/// Tells the offices concerned how a case stands.
pub(super) fn tell(unit: &mut Unit<'_>, case: &Case) -> Result<(), UnitError> {
    let notice = notice(unit, case)?;
    for office in offices_of(unit, &case.dispute)? {
        slices::tell(unit, office, &FeedItem::Case(Box::new(notice.clone())))?;
    }
    Ok(())
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
