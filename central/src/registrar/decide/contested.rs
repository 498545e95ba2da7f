//! An act that took effect and is wrong, by a paper that a reviewer names. Where no procedure
//! compensates it (a divorce noted on the wrong couple, a marriage entered by mistake), two
//! reviewers take it back, in a case like any other: offices bring papers, it goes up, it can be
//! undone. What later acts rest on is not pulled from under them.

use registry::act::{ActKind, Target};
use registry::application::ApplicationAnswer;
use registry::fields::{EntryId, Fields, Slot};
use registry::person::Person;
use registry::rules;
use registry::rules::household::Step;
use registry::schema::{Field, RecordKind};
use registry::value::Value;

use super::*;

/// The claim that the act was wrong; the act itself makes the first.
const AGAINST: Outcome = Outcome::Keep(1);
/// Most arrivals in a household that are looked at.
const STEPS_MAX: usize = 1_000;

/// Who says what of which act.
#[derive(Debug, Clone)]
pub struct Contest {
    /// The act.
    pub act: ActId,
    /// Who opens the case.
    pub reviewer: Reviewer,
    /// The paper by which it is wrong, with its number.
    pub paper: Line,
    /// Why, in words.
    pub reason: Line,
    /// Only look what the decision would change.
    pub dry_run: bool,
}

/// A case about an act, or what its decision would do.
#[derive(Debug, Clone)]
pub struct Contested {
    /// The number of the case; `None` if it was only looked at.
    pub case: Option<u64>,
    /// What taking the act back would change.
    pub changes: Vec<(RecordId, Vec<Edit>)>,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why no case is opened about an act.
#[derive(Debug, thiserror::Error)]
pub enum ContestError {
    /// No such act.
    #[error("there is no act with this id; take it from the history of the record")]
    Unknown,
    /// Not the reviewer's.
    #[error("this act is decided upon by reviewers of another jurisdiction")]
    NotYours,
    /// No paper.
    #[error("an act in force is contested by a paper; give it with its number")]
    NoPaper,
    /// No reason.
    #[error("say why the act is wrong in a sentence; the offices read it")]
    NoReason,
    /// Too many words.
    #[error("paper and reason have 300 characters together; say it shorter")]
    TooLong,
    /// Nothing stands.
    #[error(
        "this act has no effect: it waits, came back, or was taken back; there is nothing to undo"
    )]
    NoEffect,
    /// Another way.
    #[error(
        "an act of this kind is put right another way: a decision by `registryctl case N reverse`, a number by `registryctl number`, papers and answers by further ones, a withdrawal by filing the act again"
    )]
    OtherWay,
    /// It made a person.
    #[error(
        "this act registered a person: an office revokes a registration by `birth_revoked`, and who is registered twice is a case of its own"
    )]
    Registers,
    /// Merged or revoked since.
    #[error(
        "a registration that this act is about was revoked since; undo that first, or contest the act on the record that stands"
    )]
    Revoked,
    /// A case is open.
    #[error("case {number} is open about this act; decide it there")]
    InCase {
        /// Which.
        number: u64,
    },
    /// Decided before.
    #[error(
        "this was decided before, on the same paper; a case is opened on a new one, or undo that decision"
    )]
    Decided,
    /// Nothing would change.
    #[error("nothing that this act wrote stands any more; there is nothing to undo")]
    Same,
    /// What the decision would be cannot be.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl ContestError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ContestError::Unknown => "act_unknown",
            ContestError::NotYours => "case_not_yours",
            ContestError::NoPaper => "contest_without_paper",
            ContestError::NoReason => "contest_without_reason",
            ContestError::TooLong => "contest_too_long",
            ContestError::NoEffect => "contest_of_no_effect",
            ContestError::OtherWay => "contest_another_way",
            ContestError::Registers => "contest_of_registration",
            ContestError::Revoked => "registration_revoked",
            ContestError::InCase { .. } => "act_in_case",
            ContestError::Decided => "contest_decided",
            ContestError::Same => "nothing_changes",
            ContestError::Decide(error) => error.code(),
            ContestError::Store(error) => error.code(),
        }
    }
}

impl Registrar {
    /// Opens the case about an act, or looks what its decision would change. Nobody may be told
    /// before [`Registrar::sync`] has returned.
    pub fn stage_contest(&self, at_s: i64, contest: &Contest) -> Result<Contested, ContestError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let row: KeptAct = unit
            .get(tables::ACTS, contest.act.as_bytes())?
            .ok_or(ContestError::Unknown)?;
        let records = contestable(&unit, &row)?;
        let dispute = rules::contested(contest.act, &records, against(contest)?);
        let id = cases::open_or_update(&mut unit, dispute)?.ok_or(ContestError::Decided)?;
        let case: Case = unit
            .get(tables::CASES, id.as_bytes())?
            .ok_or(ContestError::Unknown)?;
        if !contest.reviewer.jurisdiction.covers(case.owner) {
            return Err(ContestError::NotYours);
        }
        check(&unit, &case, &AGAINST)?;
        let changes = would_change(&unit, &case)?;
        if changes.is_empty() {
            return Err(ContestError::Same);
        }
        if contest.dry_run {
            // What was opened in this unit of work is dropped with it.
            return Ok(Contested {
                case: None,
                changes,
                grew: Grew::new(),
            });
        }
        audit(&mut unit, "act contested", None, None, (case.number, 0))?;
        let grew = self.hand_over(unit)?;
        Ok(Contested {
            case: Some(case.number),
            changes,
            grew,
        })
    }

    /// What the decision that a contested act was wrong would change; nothing of another case, nor
    /// of one that is closed or cannot be decided so.
    pub fn would_undo(&self, case: &Case) -> Result<Vec<(RecordId, Vec<Edit>)>, UnitError> {
        if !case.is_open() || !matches!(case.dispute.matter, Matter::Contested(_)) {
            return Ok(Vec::new());
        }
        let unit = Unit::look(self.store.as_ref(), self.known()?)?;
        match would_change(&unit, case) {
            Ok(changes) => Ok(changes),
            Err(DecideError::Store(error)) => Err(error),
            Err(_) => Ok(Vec::new()),
        }
    }
}

/// What the paper says, as it stands in the case.
fn against(contest: &Contest) -> Result<Line, ContestError> {
    // Who only looks need not have the paper at hand.
    if contest.paper.is_empty() && !contest.dry_run {
        return Err(ContestError::NoPaper);
    }
    if contest.reason.is_empty() && !contest.dry_run {
        return Err(ContestError::NoReason);
    }
    let words = format!("{}: {}", contest.paper.as_str(), contest.reason.as_str());
    Line::parse(&words).map_err(|_| ContestError::TooLong)
}

/// The records that an act changed and did not make, if a case may be opened about it.
fn contestable(unit: &Unit<'_>, row: &KeptAct) -> Result<Vec<RecordId>, ContestError> {
    if !row.outcome.took_effect() || row.taken_back {
        return Err(ContestError::NoEffect);
    }
    let kind = row.act.body.kind;
    let other_way = matches!(
        kind,
        ActKind::Withdraw
            | ActKind::AddEvidence
            | ActKind::AnswerCase
            | ActKind::NumberGiven
            | ActKind::NumberChanged
            | ActKind::FileNumberGiven
            | ActKind::Decision
            | ActKind::Import
    );
    if other_way {
        return Err(ContestError::OtherWay);
    }
    let mut records = Vec::new();
    for (index, id) in row.act.records() {
        let change = row.act.body.changes.get(index);
        match change.map(|change| &change.target) {
            Some(Target::New {
                kind: RecordKind::Person,
                ..
            }) => return Err(ContestError::Registers),
            Some(Target::New { .. }) => continue,
            _ => {}
        }
        // A revocation that was wrong is taken back like anything else.
        if kind != ActKind::BirthRevoked
            && let Some(document) = document(unit, &id)?
            && Person(&document.read().fields).is_revoked()
        {
            return Err(ContestError::Revoked);
        }
        records.push(id);
    }
    if records.is_empty() {
        return Err(ContestError::OtherWay);
    }
    if let Some(open) = cases::open_case_of(unit, &records, &row.act.id())? {
        let case: Option<Case> = unit.get(tables::CASES, open.as_bytes())?;
        let number = case.map_or(0, |case| case.number);
        return Err(ContestError::InCase { number });
    }
    Ok(records)
}

/// What taking the act back would change.
fn would_change(unit: &Unit<'_>, case: &Case) -> Result<Vec<(RecordId, Vec<Edit>)>, DecideError> {
    let records = records_concerned(unit, case, &AGAINST)?;
    changes(unit, case, &AGAINST, &records)
}

/// Refuses to take an act back that later ones rest on, and to let one count again whose place
/// later ones have taken.
pub(super) fn check(unit: &Unit<'_>, case: &Case, outcome: &Outcome) -> Result<(), DecideError> {
    let Matter::Contested(act) = case.dispute.matter else {
        return Ok(());
    };
    if !losers(case, outcome).contains(&act) {
        return check_return(unit, case);
    }
    let others = case
        .overturned(outcome)
        .map(|effect| effect.acts.as_slice());
    let resting = resting_on(unit, &act, others.unwrap_or_default())?;
    if resting.is_empty() {
        return Ok(());
    }
    let acts = named(&resting);
    Err(DecideError::BuiltOn { acts })
}

/// Refuses to let an act count again that was taken back if it answered an application that has
/// other answers by now than those that it followed.
pub(super) fn check_return(unit: &Unit<'_>, case: &Case) -> Result<(), DecideError> {
    let Matter::Contested(act) = case.dispute.matter else {
        return Ok(());
    };
    let row = row_of(unit, &act)?;
    if !row.taken_back {
        return Ok(());
    }
    for (index, id) in row.act.records() {
        let change = row.act.body.changes.get(index);
        let answers = answers_in(change.map_or(&[][..], |change| &change.edits));
        let Some(document) = document(unit, &id)?.filter(|_| !answers.is_empty()) else {
            continue;
        };
        let fields = document.read().fields;
        for answer in answers {
            let standing = answers_to(&fields, answer).filter(|(by, _)| *by != act);
            let (by, places): (BTreeSet<ActId>, BTreeSet<u16>) = standing.unzip();
            let rows = in_effect(unit, by)?;
            let since = rows.iter().any(|other| other.commit > row.commit);
            if since || !places.into_iter().eq(1..answer.place) {
                let acts = named(&rows);
                return Err(DecideError::AnsweredSince { acts });
            }
        }
    }
    Ok(())
}

fn row_of(unit: &Unit<'_>, act: &ActId) -> Result<KeptAct, DecideError> {
    let row: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
    row.ok_or(DecideError::Unknown)
}

/// Acts by procedure and id.
fn named(rows: &[KeptAct]) -> String {
    let acts = rows
        .iter()
        .map(|row| format!("{} {}", row.act.body.kind.key(), row.act.id()));
    acts.collect::<Vec<_>>().join(", ")
}

/// The acts in effect that wrote over an entry of this one, or used a household that it made.
fn resting_on(unit: &Unit<'_>, act: &ActId, others: &[ActId]) -> Result<Vec<KeptAct>, DecideError> {
    let row = row_of(unit, act)?;
    let mut later: BTreeSet<ActId> = BTreeSet::new();
    for (index, id) in row.act.records() {
        let change = row.act.body.changes.get(index);
        if change.is_some_and(|change| matches!(change.target, Target::New { .. })) {
            later.extend(users_of(unit, &id)?);
            continue;
        }
        let Some(document) = document(unit, &id)? else {
            continue;
        };
        for (slot, by) in document.written_over(act, others) {
            if !goes_with(unit, &document, act, (slot, &by))? {
                later.insert(by);
            }
        }
        let answers = answers_in(change.map_or(&[][..], |change| &change.edits));
        if !answers.is_empty() {
            let fields = document.read().fields;
            for answer in answers {
                let others = answers_to(&fields, answer);
                later.extend(others.filter_map(|(by, place)| (place > answer.place).then_some(by)));
            }
        }
    }
    later.retain(|by| by != act && !others.contains(by));
    in_effect(unit, later)
}

/// Those of these acts that stand, the latest first.
fn in_effect(unit: &Unit<'_>, acts: BTreeSet<ActId>) -> Result<Vec<KeptAct>, DecideError> {
    let mut resting = Vec::new();
    for by in acts {
        let row: Option<KeptAct> = unit.get(tables::ACTS, by.as_bytes())?;
        let rests =
            |row: &KeptAct| !row.taken_back && row.act.body.kind != ActKind::FileNumberGiven;
        resting.extend(row.filter(rests));
    }
    resting.sort_by_key(|row| std::cmp::Reverse((row.commit, row.act.id())));
    Ok(resting)
}

/// The answers to applications that are entered.
fn answers_in(edits: &[Edit]) -> Vec<&ApplicationAnswer> {
    let answers = edits.iter().filter_map(|edit| match edit {
        Edit::Add(_, Value::ApplicationAnswer(answer)) => Some(&**answer),
        _ => None,
    });
    answers.collect()
}

/// The answers that stand to the application of this one, with their places: what it has come to
/// follows from all of them.
fn answers_to<'f>(
    fields: &'f Fields,
    answer: &'f ApplicationAnswer,
) -> impl Iterator<Item = (ActId, u16)> + 'f {
    let entries = fields.entries(Field::ApplicationAnswers);
    entries.filter_map(|(entry, value)| match (entry, value) {
        (EntryId::Act(by), Value::ApplicationAnswer(other)) if other.of == answer.of => {
            Some((by, other.place))
        }
        _ => None,
    })
}

/// The acts of offices on a household, and those by which people came into it.
fn users_of(unit: &Unit<'_>, household: &RecordId) -> Result<Vec<ActId>, UnitError> {
    let acts = cases::acts_of(unit, household)?;
    let of_offices = acts.iter().filter(|row| row.act.office.is_some());
    let mut users: Vec<ActId> = of_offices.map(|row| row.act.id()).collect();
    for key in unit.keys(tables::HOUSEHOLD_STEPS, household.as_bytes(), STEPS_MAX)? {
        let step: Option<Step> = unit.get(tables::HOUSEHOLD_STEPS, &key)?;
        let by = key.get(24..40).and_then(ActId::from_slice);
        users.extend(by.filter(|_| step == Some(Step::Came)));
    }
    Ok(users)
}

/// Whether what was written over an entry of the act itself goes with it: a death ended a marriage
/// that was none, its number was entered anew, or it was put back as the act had it.
fn goes_with(
    unit: &Unit<'_>,
    document: &Document,
    act: &ActId,
    (slot, by): (Slot, &ActId),
) -> Result<bool, DecideError> {
    if slot.entry != Some(EntryId::Act(*act)) {
        return Ok(false);
    }
    if document.value_after(by, slot) == document.value_after(act, slot) {
        return Ok(true);
    }
    let row: Option<KeptAct> = unit.get(tables::ACTS, by.as_bytes())?;
    let kind = row.map(|row| row.act.body.kind);
    let ends = matches!(
        kind,
        Some(ActKind::Death | ActKind::DeathRevoked | ActKind::MarriageNumber)
    );
    Ok(ends && slot.field == Field::Marriages)
}
