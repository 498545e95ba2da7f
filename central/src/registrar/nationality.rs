//! A change of nationality (Law on Vietnamese Nationality 24/2008): the President decides, the
//! centre alone records it, and the offices that hold the person hear of it.

use std::collections::BTreeSet;

use registry::act::{ActError, ActKind, Evidence};
use registry::code::{Country, NationalityGround};
use registry::date::{Date, PartialDate};
use registry::edit::Edit;
use registry::person::Person;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use registry::{ActId, OfficerId};

use super::*;
use crate::numbers;

/// What a decision says.
#[derive(Clone, PartialEq, Eq)]
pub struct NationalityWord {
    /// By which ground.
    pub ground: NationalityGround,
    /// The nationalities from then on; none of somebody who is stateless.
    pub now: Vec<Country>,
    /// The number of the decision.
    pub paper: Line,
    /// Its date, from which the change counts.
    pub date: PartialDate,
}

/// A nationality that was changed.
#[derive(Clone, PartialEq, Eq)]
pub struct NationalityChanged {
    /// Whose.
    pub record: RecordId,
    /// The nationalities before; `None` if the record told none.
    pub before: Option<Vec<Country>>,
    /// The nationalities from then on.
    pub now: Vec<Country>,
    /// The act that did it; `None` if it was only looked at.
    pub act: Option<ActId>,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why a nationality is not changed.
#[derive(Debug, thiserror::Error)]
pub enum NationalityError {
    /// Nobody has it.
    #[error("no person has this number or record id; look whether all digits are right")]
    Unknown,
    /// Revoked.
    #[error("this registration was revoked; name the record that stands instead")]
    Revoked,
    /// A case asks who it is.
    #[error("a case asks who this person is; decide that one first")]
    InDoubt,
    /// No paper.
    #[error("a change of nationality rests on a decision; give its number")]
    NoPaper,
    /// A date to come.
    #[error("the date of the decision lies in the future; check day, month and year")]
    Future,
    /// The ground says otherwise.
    #[error(
        "this ground does not lead from the nationalities on the record to those given: look at the decision, at the record, and at `now`, which names all that the person has from then on"
    )]
    Misfit(NationalityGround),
    /// More than a record takes.
    #[error("a record holds eight nationalities at most; leave out those that do not hold")]
    TooMany,
    /// As it stands.
    #[error("these nationalities stand on the record already; nothing was changed")]
    Same,
    /// The record does not take it.
    #[error("the nationality cannot be changed: {0}")]
    Act(#[from] ActError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl NationalityError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            NationalityError::Unknown => "record_unknown",
            NationalityError::Revoked => "registration_revoked",
            NationalityError::InDoubt => "number_in_doubt",
            NationalityError::NoPaper => "nationality_without_paper",
            NationalityError::Future => "date_in_future",
            NationalityError::Misfit(_) => "nationality_misfit",
            NationalityError::TooMany => "nationality_too_many",
            NationalityError::Same => "nothing_changes",
            NationalityError::Act(error) => error.code(),
            NationalityError::Store(error) => error.code(),
        }
    }
}

impl From<ActFailure> for NationalityError {
    fn from(failure: ActFailure) -> Self {
        match failure {
            ActFailure::Act(error) => NationalityError::Act(error),
            ActFailure::Store(error) => NationalityError::Store(error),
        }
    }
}

impl Registrar {
    /// Looks what a change would do, and does nothing.
    pub fn look_at_nationality(
        &self,
        at_s: i64,
        of: NumberOf,
        word: &NationalityWord,
    ) -> Result<NationalityChanged, NationalityError> {
        let unit = Unit::look(self.store.as_ref(), self.known()?)?;
        check(&unit, at_s, of, word)
    }

    /// Records a change of nationality; durable when it returns.
    pub fn change_nationality(
        &self,
        at_s: i64,
        of: NumberOf,
        by: &OfficerId,
        word: &NationalityWord,
    ) -> Result<NationalityChanged, NationalityError> {
        let changed = self.stage_nationality(at_s, of, by, word)?;
        self.sync()?;
        Ok(changed)
    }

    /// The same without waiting for the disk: nobody may be told before [`Registrar::sync`] has
    /// returned.
    pub fn stage_nationality(
        &self,
        at_s: i64,
        of: NumberOf,
        by: &OfficerId,
        word: &NationalityWord,
    ) -> Result<NationalityChanged, NationalityError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let looked = check(&unit, at_s, of, word)?;
        let value = Value::Countries(looked.now.clone());
        let changes = vec![(looked.record, vec![Edit::Put(Field::Nationality, value)])];
        let kind = ActKind::NationalityChanged;
        let note = Line::default();
        let mut act = numbers::central_act(&mut unit, self.node, kind, note, changes)?;
        act.body.officer = by.clone();
        act.body.effective = word.date;
        act.body.evidence = vec![paper(word)];
        intake::enact(&mut unit, &act, None, false)?;
        audit(&mut unit, "nationality changed", None, None, (0, 0))?;
        let grew = self.hand_over(unit)?;
        Ok(NationalityChanged {
            act: Some(act.id()),
            grew,
            ..looked
        })
    }
}

/// What an office reads the decision as.
fn paper(word: &NationalityWord) -> Evidence {
    Evidence {
        kind: Line::parse(word.ground.rule().paper).unwrap_or_default(),
        number: word.paper.clone(),
        date: Some(word.date),
        attachments: Vec::new(),
    }
}

fn check(
    unit: &Unit<'_>,
    at_s: i64,
    of: NumberOf,
    word: &NationalityWord,
) -> Result<NationalityChanged, NationalityError> {
    if word.paper.is_empty() {
        return Err(NationalityError::NoPaper);
    }
    if word.date.first_day() > Date::in_viet_nam(at_s) {
        return Err(NationalityError::Future);
    }
    let mut now = word.now.clone();
    now.sort_unstable();
    now.dedup();
    if !Value::Countries(now.clone()).fits(Field::Nationality) {
        return Err(NationalityError::TooMany);
    }
    let id = of.record(unit)?.ok_or(NationalityError::Unknown)?;
    let kept = unit.kept(&id)?.ok_or(NationalityError::Unknown)?;
    if kept.record.kind != RecordKind::Person {
        return Err(NationalityError::Unknown);
    }
    let reading = kept.record.read().map_err(ActError::from)?;
    if Person(&reading.fields).is_revoked() {
        return Err(NationalityError::Revoked);
    }
    // Whose it would be is what the case asks.
    if cases::identity_in_doubt(unit, &id)? {
        return Err(NationalityError::InDoubt);
    }
    let before = match reading.fields.single(Field::Nationality) {
        Some(Value::Countries(list)) => Some(list.clone()),
        _ => None,
    };
    // A register may tell them in another order, or one of them twice.
    let set = |list: &[Country]| -> BTreeSet<Country> { list.iter().copied().collect() };
    if before
        .as_ref()
        .is_some_and(|before| set(before) == set(&now))
    {
        return Err(NationalityError::Same);
    }
    if !word.ground.leads(before.as_deref(), &now) {
        return Err(NationalityError::Misfit(word.ground));
    }
    Ok(NationalityChanged {
        record: id,
        before,
        now,
        act: None,
        grew: Grew::new(),
    })
}
