//! Taking acts in: read → permit → place → apply → dispute, each act whole or not at all, all of
//! a batch in one unit of work, its receipts with it.

use std::collections::BTreeSet;

use registry::act::{Act, ActBody, ActError, ActKind, Author, Refers, Target};
use registry::feed::{ActOutcome, FeedItem, Officer, Receipts};
use registry::returned::Because;
use registry::sabotage::{Fault, planted};
use registry::statistics::is_vital;
use registry::value::Line;
use registry::words::Tells;
use registry::{ActId, ActNumber, Incarnation, NodeId, OfficeCode, RecordId};

use crate::applications;
use crate::attachments;
use crate::blocks::{self, Stand};
use crate::cases;
use crate::duplicates;
use crate::numbers::{self, Draw};
use crate::slices::{self, Cause, Moved};
use crate::tables::{self, KeptAct, ReturnedRow};
use crate::unit::{Unit, UnitError};

mod addition;
mod cards;
pub(crate) mod civil;
mod entry;
mod place;
pub(crate) mod revoked;
mod said;
pub(crate) mod waiting;
mod withdrawal;

pub(crate) use cards::{cards_of, note_followed};
use cards::{holder_of, numbers_are_given};
pub(crate) use place::{known_by, place_absent};
pub(crate) use said::of_item;

pub(crate) use civil::marriage_is_held;
use civil::{
    check_placed, leave_parents, name_spouses, number_is_of_this_book, relatives_are_who_they_say,
};
use withdrawal::{complete_withdrawal, mark_taken_back};

/// Where a batch comes from: proved by certificate and signature.
#[derive(Debug, Clone)]
pub struct BatchFrom {
    /// The commune.
    pub office: OfficeCode,
    /// The node.
    pub node: NodeId,
    /// Its life.
    pub incarnation: Incarnation,
    /// The number of the first act.
    pub first: ActNumber,
    /// The chain after the last act.
    pub chain: [u8; 32],
}

/// What the centre itself brings to an intake.
pub struct Centre<'a> {
    /// The id under which the centre acts.
    pub node: NodeId,
    /// The random source for numbers.
    pub draw: &'a mut Draw,
    /// Signs receipts.
    pub sign: &'a (dyn Fn(&[u8]) -> [u8; 64] + Send + Sync),
}

/// Why an act takes no effect.
pub(crate) enum Refused {
    /// Back to its office, with the reason.
    Returned { code: &'static str, words: String },
    /// A proposal: it waits for a person's word, by this line of the clash table.
    Parked { record: RecordId, row: u8 },
}

pub(crate) enum Stop {
    Refused(Refused),
    Store(UnitError),
}

impl From<UnitError> for Stop {
    fn from(error: UnitError) -> Self {
        Stop::Store(error)
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Stop::Refused(refused)
    }
}

/// Takes the acts of a batch in. The outcomes stand in the order of the acts.
pub fn take(
    unit: &mut Unit<'_>,
    centre: &mut Centre<'_>,
    from: &BatchFrom,
    acts: &[Vec<u8>],
) -> Result<Vec<ActOutcome>, UnitError> {
    // The receipts come first in the feed of the office, before what its acts bring about, so
    // their place is taken now and filled at the end.
    let place = {
        let row = unit.office(from.office)?;
        row.head = row.head.next();
        row.head
    };
    let mut outcomes = Vec::with_capacity(acts.len());
    let mut number = from.first;
    for bytes in acts {
        let author = Author {
            node: from.node,
            incarnation: from.incarnation,
            number,
        };
        outcomes.push(take_one(unit, centre, from.office, author, bytes)?);
        number = number.next();
    }
    for (outcome, index) in outcomes.iter_mut().zip(0u64..) {
        let number = ActNumber::new(from.first.get().saturating_add(index));
        let author = Author {
            node: from.node,
            incarnation: from.incarnation,
            number,
        };
        settle_outcome(unit, &author.act_id(), outcome)?;
    }
    put_receipts(unit, centre, from, place, outcomes.clone())?;
    Ok(outcomes)
}

/// An act of this batch may have become part of a case through a later one.
fn settle_outcome(
    unit: &mut Unit<'_>,
    act: &ActId,
    outcome: &mut ActOutcome,
) -> Result<(), UnitError> {
    if *outcome != ActOutcome::Accepted {
        return Ok(());
    }
    let Some(mut kept) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())? else {
        return Ok(());
    };
    let records: Vec<RecordId> = kept.act.records().map(|(_, id)| id).collect();
    if let Some(case) = cases::open_case_of(unit, &records, act)? {
        *outcome = ActOutcome::InCase(case);
        kept.outcome = outcome.clone();
        unit.put(tables::ACTS, act.as_bytes(), &kept)?;
    }
    Ok(())
}

fn put_receipts(
    unit: &mut Unit<'_>,
    centre: &Centre<'_>,
    from: &BatchFrom,
    place: registry::FeedSeq,
    outcomes: Vec<ActOutcome>,
) -> Result<(), UnitError> {
    let mut receipts = Receipts {
        node: from.node,
        incarnation: from.incarnation,
        first: from.first,
        outcomes,
        chain: from.chain,
        commit: unit.commit_seq(),
        at_s: unit.at_s(),
        signature: Vec::new(),
    };
    if planted(Fault::ForgetReceipt) && from.first.get().is_multiple_of(3) {
        receipts.outcomes.pop();
    }
    unit.office(from.office)?.answered = receipts.commit;
    receipts.signature = (centre.sign)(&receipts.signed_bytes()).to_vec();
    let unwritable = UnitError::Unwritable {
        table: tables::FEEDS.0,
    };
    let (kind, payload) = FeedItem::Receipts(receipts)
        .encode()
        .map_err(|_| unwritable)?;
    let entry = tables::KeptEntry {
        kind,
        at_s: unit.at_s(),
        payload,
    };
    unit.put(tables::FEEDS, &tables::feed_key(from.office, place), &entry)?;
    let head = unit.office(from.office)?.head;
    unit.grew(from.office, head);
    Ok(())
}

fn take_one(
    unit: &mut Unit<'_>,
    centre: &mut Centre<'_>,
    office: OfficeCode,
    author: Author,
    bytes: &[u8],
) -> Result<ActOutcome, UnitError> {
    let id = author.act_id();
    let Ok(body) = ActBody::decode(bytes) else {
        unit.put(
            tables::QUARANTINE,
            id.as_bytes(),
            &(office, author, bytes.to_vec()),
        )?;
        return Ok(ActOutcome::Quarantined);
    };
    let mut act = Act {
        author,
        office: Some(office),
        body,
    };
    let performed = match perform(unit, centre, office, &mut act) {
        Err(Stop::Refused(Refused::Parked { record, row })) => {
            may_wait(unit, office, &act).and_then(|()| Err(Refused::Parked { record, row }.into()))
        }
        performed => performed,
    };
    let outcome = match performed {
        Ok(()) => ActOutcome::Accepted,
        Err(Stop::Store(error)) => return Err(error),
        Err(Stop::Refused(Refused::Parked { record, row })) => {
            keep_act(unit, &act, ActOutcome::Accepted)?;
            blocks::waits(unit, &holder_of(office, &act), &act)?;
            let case = if planted(Fault::DropParked) {
                registry::CaseId::new([0; 16])
            } else {
                cases::park(unit, &act, record, row)?
            };
            ActOutcome::Parked(case)
        }
        Err(Stop::Refused(Refused::Returned { code, words })) => {
            blocks::came_back(unit, &holder_of(office, &act), &act, Stand::Given)?;
            returned(unit, &act, code, &words)?
        }
    };
    keep_act(unit, &act, outcome.clone())?;
    attachments::name(unit, &act, &outcome)?;
    Ok(outcome)
}

fn returned(
    unit: &mut Unit<'_>,
    act: &Act,
    code: &'static str,
    words: &str,
) -> Result<ActOutcome, UnitError> {
    note_returned(unit, act, code, words)?;
    Ok(ActOutcome::Returned {
        code: Line::parse(code).unwrap_or_default(),
        words: Line::parse(words).unwrap_or_default(),
    })
}

/// Sends a proposal back that was declined.
pub(crate) fn declined(unit: &mut Unit<'_>, act: &Act) -> Result<ActOutcome, UnitError> {
    if let Some(office) = act.office {
        blocks::came_back(unit, &holder_of(office, act), act, Stand::Waiting)?;
    }
    let because = Because::ProposalDeclined;
    returned(unit, act, because.code(), &because.said().en)
}

/// Puts an act on the list of returned ones.
pub(crate) fn note_returned(
    unit: &mut Unit<'_>,
    act: &Act,
    code: &str,
    words: &str,
) -> Result<(), UnitError> {
    let Some(office) = act.office else {
        return Ok(());
    };
    let row = ReturnedRow {
        office,
        number: act.author.number,
        kind: act.body.kind.key().to_owned(),
        code: code.to_owned(),
        words: words.to_owned(),
        at_s: unit.at_s(),
    };
    let key = tables::key(&[&unit.commit_seq().get().to_be_bytes(), act.id().as_bytes()]);
    unit.put(tables::RETURNED, &key, &row)
}

/// Keeps an act with its outcome; what was noted of it before stays noted.
pub fn keep_act(unit: &mut Unit<'_>, act: &Act, outcome: ActOutcome) -> Result<(), UnitError> {
    let id = act.id();
    let known: Option<KeptAct> = unit.get(tables::ACTS, id.as_bytes())?;
    let kept = KeptAct {
        act: act.clone(),
        commit: known.as_ref().map_or(unit.commit_seq(), |kept| kept.commit),
        at_s: known.as_ref().map_or(unit.at_s(), |kept| kept.at_s),
        outcome,
        taken_back: known.is_some_and(|kept| kept.taken_back),
    };
    if let Some(office) = act.office
        && is_vital(act.body.kind)
    {
        let key = tables::key(&[&office.to_be_bytes(), id.as_bytes()]);
        unit.put(tables::VITAL_ACTS, &key, &())?;
    }
    unit.put(tables::ACTS, id.as_bytes(), &kept)
}

/// Carries an act out, or says why not. Nothing is written unless all of it can be.
fn perform(
    unit: &mut Unit<'_>,
    centre: &mut Centre<'_>,
    office: OfficeCode,
    act: &mut Act,
) -> Result<(), Stop> {
    let at_office = office_of_act(unit, office, act)?;
    let officers = officers_of(unit, at_office)?;
    waiting::permit(unit, at_office, &officers, act)?;
    check_slice(unit, office, act)?;
    let named = cards_of(act);
    let told = unit.office(office)?.answered;
    let absent = place_absent(unit, act, told)?;
    revoked::check_stands(unit, act)?;
    let checked = check(unit, office, act, Came::Now)?;
    marriage_is_held(unit, act)?;
    enact(unit, act, Some(office), absent || checked.completed)?;
    follow_up(unit, centre.node, office, act, checked)?;
    note_followed(unit, office, &act.id(), &named)?;
    numbers::give_waiting(unit, centre)?;
    Ok(())
}

fn officers_of(unit: &Unit<'_>, office: OfficeCode) -> Result<Vec<Officer>, UnitError> {
    let officers = unit.get(tables::OFFICERS, &office.to_be_bytes())?;
    Ok(officers.unwrap_or_default())
}

/// When an act is held against the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It has just arrived.
    Now,
    /// It has waited as a proposal, and a person takes it up.
    Before,
}

/// What the checks of an act found beside that it may take effect.
pub(crate) struct Checked {
    /// Whether people were added to it whose records its office does not hold.
    pub(crate) completed: bool,
    addition: Option<addition::Addition>,
}

/// Holds an act whose people are placed against the register: what is refused here is refused
/// whenever it comes, and whoever takes it up.
pub(crate) fn check(
    unit: &Unit<'_>,
    office: OfficeCode,
    act: &mut Act,
    came: Came,
) -> Result<Checked, Stop> {
    leave_parents(unit, act)?;
    name_spouses(unit, act)?;
    check_placed(unit, act)?;
    relatives_are_who_they_say(unit, act)?;
    number_is_of_this_book(unit, office, act)?;
    let mut completed = false;
    if act.body.kind == ActKind::Withdraw {
        let officers = officers_of(unit, office_of_act(unit, office, act)?)?;
        completed = complete_withdrawal(unit, office, &officers, act)?;
    }
    if act.body.kind.registers_birth() {
        entry::new_here(unit, act)?;
    }
    let addition = addition::check(unit, office, act)?;
    numbers_are_given(
        unit,
        &holder_of(act.office.unwrap_or(office), act),
        act,
        came,
    )?;
    Ok(Checked {
        completed,
        addition,
    })
}

/// What follows from an act that has just taken effect, beside its records.
pub(crate) fn follow_up(
    unit: &mut Unit<'_>,
    centre: NodeId,
    office: OfficeCode,
    act: &Act,
    checked: Checked,
) -> Result<(), UnitError> {
    if let Some(addition) = checked.addition {
        addition::keep(unit, office, act, addition)?;
        applications::handed_in(unit, centre, act)?;
    }
    blocks::used(unit, &holder_of(act.office.unwrap_or(office), act), act)?;
    if let (ActKind::Withdraw, Some(of)) = (act.body.kind, act.body.refers.and_then(Refers::act)) {
        mark_taken_back(unit, &of)?;
    }
    duplicates::note_newcomers(unit, act)?;
    unit.settled_who(act.records().map(|(_, id)| id));
    Ok(())
}

/// Whether an act may wait as a proposal: one whose number was never its office's, or that adds to
/// nothing, nobody can take up.
fn may_wait(unit: &Unit<'_>, office: OfficeCode, act: &Act) -> Result<(), Stop> {
    addition::check(unit, office, act)?;
    numbers_are_given(unit, &holder_of(office, act), act, Came::Now)
}

/// The commune as whose officer the act was made: one that a decree has ended since, if the node
/// had not heard of it.
pub(crate) fn office_of_act(
    unit: &Unit<'_>,
    office: OfficeCode,
    act: &Act,
) -> Result<OfficeCode, UnitError> {
    let Some(former) = unit.former(&act.author.node)? else {
        return Ok(office);
    };
    let made_in = unit.units().edition_at(act.body.horizon);
    let mut offices = former.offices.iter();
    let then = offices.find(|(_, ended)| made_in < *ended);
    Ok(then.map_or(office, |(office, _)| *office))
}

/// A node changes only what its commune holds; what has left it is a proposal to the new office.
fn check_slice(unit: &Unit<'_>, office: OfficeCode, act: &Act) -> Result<(), Stop> {
    for change in &act.body.changes {
        let Target::Held { id, .. } = &change.target else {
            continue;
        };
        if unit.holds(office, id)? {
            continue;
        }
        if unit.kept(id)?.is_none() {
            return Err(ActError::UnknownRecord.into());
        }
        // Edit first, then mapping: what a decree took from the office it held when it acted.
        let made_in = unit.units().edition_at(act.body.horizon);
        if slices::places::was_held(unit, &act.author.node, office, made_in, id)? {
            continue;
        }
        return Err(Refused::Parked {
            record: *id,
            row: 29,
        }
        .into());
    }
    Ok(())
}

/// Applies an act to its records, tells the communes, and looks for disputes.
pub(crate) fn enact(
    unit: &mut Unit<'_>,
    act: &Act,
    office: Option<OfficeCode>,
    absent: bool,
) -> Result<(), ActFailure> {
    if act.names_one_twice() {
        return Err(ActError::RecordTwice.into());
    }
    let mut records = Vec::new();
    let mut made = BTreeSet::new();
    for (index, id) in act.records() {
        let before = unit.kept(&id)?.map(|kept| kept.record);
        if before.is_none() {
            made.insert(id);
        }
        records.push(act.apply(index, before.as_ref())?);
        if planted(Fault::HalfAct) {
            break;
        }
    }
    // Kept first: in which edition a place was written is told by the act that wrote it.
    keep_act(unit, act, ActOutcome::Accepted)?;
    let mut moved: Vec<Moved> = Vec::with_capacity(records.len());
    for record in records {
        let id = record.id;
        let commit = unit.commit_seq();
        unit.put(
            tables::ACTS_OF,
            &tables::act_of_key(&id, commit, &act.id()),
            &(),
        )?;
        moved.push(slices::keep(unit, record)?);
    }
    let cause = Cause {
        act,
        own: office.filter(|_| !absent),
        whole: office.filter(|_| absent),
        shared: match office {
            Some(office) => unit.is_shared(office)?,
            None => false,
        },
    };
    cases::note_steps(unit, act)?;
    cases::note_numbers(unit, act)?;
    slices::tell_all(unit, cause, &moved, &made)?;
    for moved in &moved {
        applications::note(unit, moved)?;
        for newcomer in moved.after.difference(&moved.before) {
            cases::introduce(unit, *newcomer, &moved.kept.record.id)?;
        }
    }
    cases::look(unit, Some(act.id()), &moved)?;
    Ok(())
}

/// Why an act could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum ActFailure {
    /// The act itself.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl Stop {
    /// The same where nobody can be answered but the one who decides.
    pub(crate) fn into_failure(self) -> ActFailure {
        match self {
            Stop::Store(error) => ActFailure::Store(error),
            Stop::Refused(_) => ActFailure::Act(ActError::NotPlaced),
        }
    }
}

impl From<ActFailure> for Stop {
    fn from(failure: ActFailure) -> Self {
        match failure {
            ActFailure::Act(error) => error.into(),
            ActFailure::Store(error) => Stop::Store(error),
        }
    }
}
