//! The applications that wait for an answer: which there are, and what an office hands in when
//! something was missing. The answers themselves are written in `registrar/applications.rs`; where an
//! application stands by them is [`registry::application`].

use registry::act::{Act, ActError, ActKind, Refers};
use registry::application::{ANSWERS_MAX, Application, ApplicationAnswer, applications};
use registry::code::Request;
use registry::date::Date;
use registry::dossier::{Dossier, DossierState, DossierStep};
use registry::edit::Edit;
use registry::fields::{EntryId, Fields};
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActId, NodeId, OfficeCode, RecordId};
use serde::{Deserialize, Serialize};

use crate::intake::{self, ActFailure};
use crate::numbers::central_act;
use crate::slices::Moved;
use crate::tables::{self, Kept, KeptAct};
use crate::unit::{Unit, UnitError};

/// An application without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenApplication {
    /// Which of the record's.
    pub entry: EntryId,
    /// For what.
    pub request: Request,
    /// Where it stands.
    pub state: DossierState,
    /// Since when its term runs, seconds since 1970.
    pub since_s: i64,
    /// The commune whose office prepared it.
    pub office: OfficeCode,
}

impl OpenApplication {
    /// By which day the result is due; none while something is missing, and where no rule says.
    pub fn due(&self) -> Option<Date> {
        let dossier = Dossier {
            state: self.state,
            ..Dossier::received(self.request.act(), self.since_s)
        };
        dossier.due()
    }
}

/// Notes which applications of a record wait, after an act on it.
pub(crate) fn note(unit: &mut Unit<'_>, moved: &Moved) -> Result<(), UnitError> {
    if moved.kept.record.kind != RecordKind::Person {
        return Ok(());
    }
    let id = moved.kept.record.id;
    let known: Option<Vec<OpenApplication>> = unit.get(tables::APPLICATIONS, id.as_bytes())?;
    let mut open = Vec::new();
    let fields = &moved.standing.fields;
    for (entry, application) in applications(fields) {
        let Some((office, since_s)) = came_from(unit, &moved.kept, entry, application)? else {
            continue;
        };
        let dossier = application.standing(entry, fields, since_s).dossier;
        if !dossier.state.is_closed() {
            open.push(OpenApplication {
                entry,
                request: application.request,
                state: dossier.state,
                since_s: dossier.since_s,
                office,
            });
        }
    }
    if open.is_empty() {
        if known.is_some() {
            unit.delete(tables::APPLICATIONS, id.as_bytes());
        }
        return Ok(());
    }
    if known.as_ref() != Some(&open) {
        unit.put(tables::APPLICATIONS, id.as_bytes(), &open)?;
    }
    Ok(())
}

/// Which office an application came from, and when (seconds since 1970): that of its act, at the latest
/// when the act arrived, for a device's clock may run ahead. Of one that came with a register, the
/// commune that holds the record and the day that is told; none if nobody holds it.
pub(crate) fn came_from(
    unit: &Unit<'_>,
    kept: &Kept,
    entry: EntryId,
    application: &Application,
) -> Result<Option<(OfficeCode, i64)>, UnitError> {
    if let EntryId::Act(act) = entry
        && let Some(row) = unit.get::<KeptAct>(tables::ACTS, act.as_bytes())?
        && let Some(office) = row.act.office
    {
        let since_s = row.act.body.entered.at_s.min(row.at_s);
        return Ok(Some((unit.office_now(office), since_s)));
    }
    let since_s = application.prepared.first_day().begins_s();
    Ok(kept.offices.first().map(|office| (*office, since_s)))
}

/// The centre's answer to an application, as an act of its own on the record; `more` goes with it.
pub(crate) fn answer(
    unit: &mut Unit<'_>,
    centre: NodeId,
    id: RecordId,
    answer: ApplicationAnswer,
    more: Option<Edit>,
) -> Result<Act, UnitError> {
    let words = answer.words.clone();
    let value = Value::ApplicationAnswer(Box::new(answer));
    let mut edits = vec![Edit::Add(Field::ApplicationAnswers, value)];
    edits.extend(more);
    let kind = ActKind::ApplicationAnswered;
    central_act(unit, centre, kind, words, vec![(id, edits)])
}

/// Papers that hand in what an application waits for: it is looked at anew. A record that cannot take
/// the answer now (its history is full) does not undo that the papers came in.
pub(crate) fn handed_in(unit: &mut Unit<'_>, centre: NodeId, by: &Act) -> Result<(), UnitError> {
    let Some(Refers::Asked { of, place }) = by.body.refers else {
        return Ok(());
    };
    let kept: Option<KeptAct> = unit.get(tables::ACTS, of.as_bytes())?;
    let Some(kept) = kept.filter(|kept| kept.act.body.kind.applies()) else {
        return Ok(());
    };
    for (_, id) in kept.act.records() {
        match hand_in(unit, centre, id, of, place) {
            Ok(()) | Err(ActFailure::Act(_)) => {}
            Err(ActFailure::Store(error)) => return Err(error),
        }
    }
    Ok(())
}

fn hand_in(
    unit: &mut Unit<'_>,
    centre: NodeId,
    id: RecordId,
    of: ActId,
    asked: u16,
) -> Result<(), ActFailure> {
    let Some(found) = stands(unit, &id, EntryId::Act(of))? else {
        return Ok(());
    };
    // The last place is kept for the answer that closes it.
    let place = found.answers.saturating_add(1);
    let waits = found.state == DossierState::SupplementAsked && found.answers == asked;
    if !waits || place >= ANSWERS_MAX {
        return Ok(());
    }
    let answered = ApplicationAnswer {
        of: EntryId::Act(of),
        place,
        steps: vec![DossierStep::Supplement],
        words: Line::default(),
        at_s: unit.at_s(),
    };
    let act = answer(unit, centre, id, answered, None)?;
    intake::enact(unit, &act, None, false)
}

/// Whether the centre has given its last answer to the application of an act. A request for a
/// child's number that was decided by the number can still be taken back: the number stays.
pub(crate) fn is_answered(unit: &Unit<'_>, act: &Act) -> Result<bool, ActFailure> {
    for (_, id) in act.records() {
        let stands = stands(unit, &id, EntryId::Act(act.id()))?;
        if stands.is_some_and(|it| it.state.is_closed() && it.request != Request::ChildPin) {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Stands {
    request: Request,
    state: DossierState,
    answers: u16,
}

fn stands(unit: &Unit<'_>, id: &RecordId, entry: EntryId) -> Result<Option<Stands>, ActFailure> {
    let Some(kept) = unit.kept(id)? else {
        return Ok(None);
    };
    let reading = kept.record.read().map_err(ActError::from)?;
    Ok(find(&reading.fields, entry).map(|application| {
        let standing = application.standing(entry, &reading.fields, 0);
        Stands {
            request: application.request,
            state: standing.dossier.state,
            answers: standing.answers,
        }
    }))
}

/// The application that is an entry of a record.
pub(crate) fn find(fields: &Fields, entry: EntryId) -> Option<&Application> {
    let mut all = applications(fields);
    all.find_map(|(of, application)| (of == entry).then_some(application))
}
