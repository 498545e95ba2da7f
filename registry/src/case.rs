//! A case: a dispute on its way to a decision by a person. Here are its states, who may decide
//! it, and the edits that a decision is. The dispute itself is found by [`crate::dispute`] and
//! [`crate::rules`]; a decision is made an act by the central registry.

use serde::{Deserialize, Serialize};

use crate::act::ActKind;
use crate::date::{Date, PartialDate};
use crate::dispute::{Claim, Dispute, Matter};
use crate::document::{Document, put};
use crate::edit::Edit;
use crate::fields::Slot;
use crate::schema::Field;
use crate::unit::{ProvinceCode, Units};
use crate::value::{Line, Value};
use crate::{ActId, CaseId, OfficeCode, OfficerId, RecordId};

/// Who may decide a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jurisdiction {
    /// Reviewers of one province.
    Province(ProvinceCode),
    /// National reviewers.
    National,
}

impl Jurisdiction {
    /// The jurisdiction that covers these offices: their province, else the nation.
    pub fn over(offices: impl IntoIterator<Item = OfficeCode>) -> Jurisdiction {
        let mut province = None;
        for office in offices {
            match (Units::current().province_of(office), province) {
                (Some(code), None) => province = Some(code),
                (Some(code), Some(known)) if code == known => {}
                _ => return Jurisdiction::National,
            }
        }
        province.map_or(Jurisdiction::National, Jurisdiction::Province)
    }

    /// Whether a reviewer of this jurisdiction may decide a case of `other`.
    pub fn covers(self, other: Jurisdiction) -> bool {
        self == Jurisdiction::National || self == other
    }
}

/// A person who decides cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Account name.
    pub id: OfficerId,
    /// What they may decide.
    pub jurisdiction: Jurisdiction,
}

/// What a reviewer decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The claim with this place in the list (from 0) holds, the others are taken back.
    Keep(u8),
    /// The records are one person: the claim's record stays, gets what it lacks from the other,
    /// and the other registration is revoked.
    Combine(u8),
    /// None of the claims; this value holds.
    Enter(Value),
    /// Both may stand; remembered and never asked again.
    NotAConflict,
    /// An office is asked for evidence; the case stays open.
    AskOffice {
        /// Which.
        office: OfficeCode,
        /// What is asked.
        question: Line,
    },
}

/// A decision, or the first half of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who.
    pub reviewer: OfficerId,
    /// What.
    pub outcome: Outcome,
    /// Why; compulsory.
    pub reason: Line,
    /// When, central's time, seconds since 1970.
    pub at_s: i64,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Somebody must decide.
    Open,
    /// One reviewer has decided; harm 5 needs a second one to agree.
    Proposed(Decision),
    /// Decided; the act carries it.
    Decided {
        /// What was decided, by whom.
        decision: Decision,
        /// Who agreed, at harm 5.
        second: Option<OfficerId>,
        /// The act that carries it out, if records change.
        act: Option<ActId>,
    },
    /// The clash went away before a decision (a claim was withdrawn).
    Moot,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id, the same whatever the order in which the acts arrived.
    pub id: CaseId,
    /// A short number for people, given by the central registry.
    pub number: u64,
    /// 0 for the first case about this matter, then 1, …
    pub generation: u32,
    /// What is in dispute.
    pub dispute: Dispute,
    /// Who must decide.
    pub owner: Jurisdiction,
    /// When it opened, central's time.
    pub opened_s: i64,
    /// By when it is to be decided.
    pub due: Date,
    /// Where it stands.
    pub state: CaseState,
    /// Grows with every change; a reviewer names the one that they saw.
    pub version: u32,
    /// What offices were asked.
    pub questions: Vec<(OfficeCode, Line)>,
}

/// What an office is told of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNotice {
    /// The case as it stands.
    pub case: Case,
    /// The claims in words: who, where, when.
    pub parties: Vec<Party>,
}

/// Who makes a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The act.
    pub act: Option<ActId>,
    /// Its procedure.
    pub kind: Option<ActKind>,
    /// The office.
    pub office: Option<OfficeCode>,
    /// The officer.
    pub officer: Option<OfficerId>,
    /// From when the act counts.
    pub effective: Option<PartialDate>,
    /// When it was entered, device time.
    pub entered_s: Option<i64>,
    /// Its papers.
    pub evidence: Vec<crate::act::Evidence>,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// No reason given.
    #[error("a decision needs its reason; say why in a sentence")]
    NoReason,
    /// Out of the reviewer's jurisdiction.
    #[error("this case is decided by reviewers of another jurisdiction")]
    NotYours,
    /// The first and the second reviewer must be two people.
    #[error("harm 5 needs a second reviewer; you decided already")]
    SecondMustBeAnother,
    /// It is closed.
    #[error("the case is closed")]
    Closed,
    /// The claim is not there.
    #[error("the case has no claim with this number")]
    NoSuchClaim,
    /// The outcome does not fit the matter.
    #[error("this outcome does not fit this kind of case")]
    Misfit,
}

impl CaseError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            CaseError::NoReason => "decision_without_reason",
            CaseError::NotYours => "case_not_yours",
            CaseError::SecondMustBeAnother => "second_reviewer_needed",
            CaseError::Closed => "case_closed",
            CaseError::NoSuchClaim => "claim_unknown",
            CaseError::Misfit => "outcome_misfit",
        }
    }
}

/// What follows from a reviewer's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A second reviewer must agree.
    NeedsSecond,
    /// Offices are asked; nothing is decided.
    Asked,
    /// It is decided: carry it out.
    Settled(Decision, Option<OfficerId>),
    /// Two reviewers decided otherwise: a case one level up (row 28).
    Escalated(Dispute),
}

/// The id of the `generation`-th case about a matter of these records.
pub fn case_id(matter: &Matter, records: &[RecordId], generation: u32) -> CaseId {
    let matter = postcard::to_stdvec(matter).unwrap_or_default();
    let records: Vec<u8> = records.iter().flat_map(|id| *id.as_bytes()).collect();
    CaseId::derive(
        "npd 2026 case",
        &[&matter, &records, &generation.to_le_bytes()],
    )
}

/// Working days for deciding, by harm (Decree 70/2024, Art. 6 gives two for verifying).
pub const fn working_days(harm: u8) -> u8 {
    if harm >= 4 { 2 } else { 5 }
}

/// The day `days` working days after `from` (Saturday and Sunday do not count).
pub fn due(from: Date, days: u8) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        let Some(next) = day.add_days(1) else {
            return day;
        };
        day = next;
        let weekday = day.to_civil().weekday();
        if !matches!(
            weekday,
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        ) {
            left -= 1;
        }
    }
    day
}

impl Case {
    /// Whether a person must still decide.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Proposed(_))
    }

    /// Takes a reviewer's word. `seen` is the version that they decided on: a second, different
    /// word on an older one is a clash of decisions.
    pub fn decide(
        &mut self,
        reviewer: &Reviewer,
        decision: Decision,
        seen: u32,
    ) -> Result<Step, CaseError> {
        if decision.reason.is_empty() {
            return Err(CaseError::NoReason);
        }
        if !reviewer.jurisdiction.covers(self.owner) {
            return Err(CaseError::NotYours);
        }
        self.check(&decision.outcome)?;
        let step = match &self.state {
            CaseState::Moot => return Err(CaseError::Closed),
            CaseState::Decided {
                decision: first, ..
            } => {
                if first.outcome == decision.outcome || seen >= self.version {
                    return Err(CaseError::Closed);
                }
                return Ok(Step::Escalated(self.escalation()));
            }
            _ if matches!(decision.outcome, Outcome::AskOffice { .. }) => {
                if let Outcome::AskOffice { office, question } = &decision.outcome {
                    self.questions.push((*office, question.clone()));
                }
                Step::Asked
            }
            CaseState::Open if self.dispute.harm >= 5 => {
                self.state = CaseState::Proposed(decision);
                Step::NeedsSecond
            }
            CaseState::Open => Step::Settled(decision, None),
            CaseState::Proposed(first) if first.reviewer == decision.reviewer => {
                return Err(CaseError::SecondMustBeAnother);
            }
            CaseState::Proposed(first) if first.outcome == decision.outcome => {
                Step::Settled(first.clone(), Some(decision.reviewer))
            }
            CaseState::Proposed(_) => return Ok(Step::Escalated(self.escalation())),
        };
        self.version += 1;
        Ok(step)
    }

    fn escalation(&self) -> Dispute {
        Dispute {
            row: 28,
            matter: Matter::Decisions,
            ..self.dispute.clone()
        }
    }

    fn check(&self, outcome: &Outcome) -> Result<(), CaseError> {
        let of_records = self.dispute.matter == Matter::SamePerson;
        match outcome {
            Outcome::Keep(index) => self.claim(*index).map(|_| ()),
            Outcome::Combine(index) if of_records => self.claim(*index).map(|_| ()),
            Outcome::Combine(_) => Err(CaseError::Misfit),
            Outcome::Enter(value) => match self.dispute.matter {
                Matter::Field(field) => value.fits(field).then_some(()).ok_or(CaseError::Misfit),
                _ => Err(CaseError::Misfit),
            },
            Outcome::NotAConflict => match self.dispute.matter {
                Matter::Life | Matter::SamePerson | Matter::Parked(_) => Ok(()),
                // Two values of one field, or two open residences, cannot both stand.
                _ => Err(CaseError::Misfit),
            },
            Outcome::AskOffice { .. } => Ok(()),
        }
    }

    /// The claim with this place in the list.
    pub fn claim(&self, index: u8) -> Result<&Claim, CaseError> {
        self.dispute
            .claims
            .get(usize::from(index))
            .ok_or(CaseError::NoSuchClaim)
    }

    /// The edits that an outcome is on one of the case's records (or on another record that a
    /// losing act changed, for a marriage).
    pub fn settle(
        &self,
        outcome: &Outcome,
        id: RecordId,
        document: &Document,
        other: Option<&Document>,
    ) -> Result<Vec<Edit>, CaseError> {
        self.check(outcome)?;
        match outcome {
            Outcome::NotAConflict | Outcome::AskOffice { .. } => Ok(Vec::new()),
            // What else the same acts clash in keeps its claims, and gets a case of its own.
            Outcome::Enter(value) => Ok(self
                .dispute
                .slots
                .iter()
                .filter(|slot| self.dispute.matter == Matter::Field(slot.field))
                .map(|slot| put(*slot, Some(value.clone())))
                .collect()),
            Outcome::Keep(index) if self.dispute.matter == Matter::SamePerson => {
                let mut edits = self.revoke_other(*index, id)?;
                if self.claim(*index)?.record == Some(id) {
                    edits.extend(other.and_then(number_taken_over));
                }
                Ok(edits)
            }
            Outcome::Combine(index) => {
                let mut edits = self.revoke_other(*index, id)?;
                if let Some(other) = other
                    && self.claim(*index)?.record == Some(id)
                {
                    edits.extend(missing_from(document, other));
                    edits.extend(number_taken_over(other));
                }
                Ok(edits)
            }
            Outcome::Keep(index) => Ok(self.keep(self.claim(*index)?, document)),
        }
    }

    fn revoke_other(&self, kept: u8, id: RecordId) -> Result<Vec<Edit>, CaseError> {
        let kept = self.claim(kept)?.record.ok_or(CaseError::Misfit)?;
        if kept == id {
            return Ok(Vec::new());
        }
        let words = format!("case {}: same person as record {kept}", self.number);
        let ground = Line::parse(&words).unwrap_or_default();
        Ok(vec![Edit::Put(Field::Revoked, Value::Text(ground))])
    }

    /// The acts that lose if a claim is kept. Between a death and later signs of life there are
    /// two sides: the claims with a death, and those without.
    pub fn losers(&self, kept: &Claim) -> Vec<ActId> {
        let side = |claim: &Claim| claim.value.is_some();
        self.dispute
            .claims
            .iter()
            .filter(|claim| match self.dispute.matter {
                Matter::Life => side(claim) != side(kept),
                Matter::SamePerson | Matter::Parked(_) => false,
                _ => claim.act != kept.act,
            })
            .filter_map(|claim| claim.act)
            .collect()
    }

    /// The edits that leave `kept` alone in place.
    fn keep(&self, kept: &Claim, document: &Document) -> Vec<Edit> {
        let losers = self.losers(kept);
        let keepers: Vec<ActId> = kept.act.into_iter().collect();
        let life = self.dispute.matter == Matter::Life;
        let slots = &self.dispute.slots;
        document.take_back(&losers, &keepers, |slot: Slot| {
            if life {
                // A notice of a stay is kept whatever is decided (row 7).
                slot.field != Field::Stays
            } else {
                slots.contains(&slot)
            }
        })
    }
}

/// The revoked registration's number is cancelled and leads to the one that stays: whoever shows
/// it is found (Decree 70/2024, Art. 12).
fn number_taken_over(revoked: &Document) -> Option<Edit> {
    match revoked.read().fields.single(Field::Pin)? {
        Value::Pin(pin) => Some(Edit::Add(Field::PinAliases, Value::Pin(*pin))),
        _ => None,
    }
}

/// What the second document has and the first lacks, as edits of the first.
fn missing_from(document: &Document, other: &Document) -> Vec<Edit> {
    let mine = document.read().fields;
    let theirs = other.read().fields;
    theirs
        .iter()
        .filter(|(slot, _)| {
            slot.entry.is_none()
                && mine.get(*slot).is_none()
                && !matches!(slot.field, Field::LocalFile | Field::Revoked | Field::Pin)
        })
        .map(|(slot, value)| put(slot, Some(value.clone())))
        .collect()
}
