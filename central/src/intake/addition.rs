//! Papers and answers that offices add: held against the act or the case that they are about, kept
//! with it, and told to everybody whom the case concerns.

use registry::act::{Act, ActKind, Refers};
use registry::case::{Answer, Case};
use registry::returned::Because;
use registry::{ActId, OfficeCode, RecordId};

use super::{Refused, Stop};
use crate::cases;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Most acts that add papers to one act, and most answers that a case keeps.
const ADDITIONS_MAX: usize = 64;

/// What an act adds to.
pub(super) enum Addition {
    /// Papers for an act, whose records are these.
    Papers { of: ActId, records: Vec<RecordId> },
    /// Papers or words for a case.
    Case(Box<Case>),
}

/// Whether this act adds to something, and may; `None` if it is of another kind.
pub(super) fn check(
    unit: &Unit<'_>,
    office: OfficeCode,
    act: &Act,
) -> Result<Option<Addition>, Stop> {
    let answers = match act.body.kind {
        ActKind::AddEvidence => false,
        ActKind::AnswerCase => true,
        _ => return Ok(None),
    };
    if !answers && act.body.evidence.is_empty() {
        return Err(Refused::because(Because::EvidenceMissing).into());
    }
    match act.body.refers {
        Some(Refers::Act(of) | Refers::Asked { of, .. }) if !answers => {
            papers(unit, office, of).map(Some)
        }
        Some(Refers::Case(id)) => {
            let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
            let case = case.ok_or_else(unknown_case)?;
            let concerned = cases::concerned(unit, &case)?;
            let may = if answers {
                asked(unit, office, &case)
                    || (Answer::is_agreement(&act.body.note) && claims(unit, office, &case)?)
            } else {
                concerned.contains(&office)
            };
            if !may {
                return Err(Refused::because(Because::CaseNotOfOffice).into());
            }
            if !case.is_open() {
                return Err(Refused::because(Because::CaseClosed).into());
            }
            if case.answers.len() >= ADDITIONS_MAX {
                return Err(too_many());
            }
            Ok(Some(Addition::Case(Box::new(case))))
        }
        _ => Err(Refused::because(Because::AdditionToNothing).into()),
    }
}

/// Whether the office was ever asked, under a name that it has or had.
fn asked(unit: &Unit<'_>, office: OfficeCode, case: &Case) -> bool {
    let mut questions = case.questions.iter();
    questions.any(|(asked, _)| unit.office_now(*asked) == office)
}

/// Whether an act of the office makes a claim of the case.
fn claims(unit: &Unit<'_>, office: OfficeCode, case: &Case) -> Result<bool, UnitError> {
    for act in case.dispute.claims.iter().filter_map(|claim| claim.act) {
        let kept: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        let of = kept.and_then(|kept| kept.act.office);
        if of.map(|of| unit.office_now(of)) == Some(office) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn papers(unit: &Unit<'_>, office: OfficeCode, of: ActId) -> Result<Addition, Stop> {
    let kept: Option<KeptAct> = unit.get(tables::ACTS, of.as_bytes())?;
    let is_theirs = |kept: &KeptAct| kept.act.office.map(|of| unit.office_now(of)) == Some(office);
    let kept = kept.filter(is_theirs);
    let kept = kept.ok_or(Refused::because(Because::ActNotYours))?;
    if unit
        .keys(tables::PAPERS_OF, of.as_bytes(), ADDITIONS_MAX)?
        .len()
        >= ADDITIONS_MAX
    {
        return Err(too_many());
    }
    let records = kept.act.records().map(|(_, id)| id).collect();
    Ok(Addition::Papers { of, records })
}

/// Keeps what was added, and tells of it. The act itself is kept already.
pub(super) fn keep(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    act: &Act,
    addition: Addition,
) -> Result<(), UnitError> {
    match addition {
        Addition::Papers { of, records } => {
            let key = tables::act_about_key(&of, unit.commit_seq(), &act.id());
            unit.put(tables::PAPERS_OF, &key, &())?;
            cases::tell_of_papers(unit, &records, &of)
        }
        Addition::Case(mut case) => {
            case.take_answer(Answer {
                act: act.id(),
                office,
                officer: act.body.officer.clone(),
                at_s: unit.at_s(),
                after: 0,
                words: act.body.note.clone(),
                evidence: act.body.evidence.clone(),
            });
            cases::put(unit, &case)
        }
    }
}

fn unknown_case() -> Stop {
    Refused::because(Because::CaseUnknown).into()
}

fn too_many() -> Stop {
    Refused::because(Because::AdditionsTooMany).into()
}
