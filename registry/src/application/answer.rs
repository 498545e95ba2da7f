//! What becomes of an application: the answers to it, and where it stands by them. An answer is an
//! entry of its own beside the application, which the centre alone adds, so that an office that
//! takes the application back at the same time writes elsewhere, and neither overwrites the other.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Application;
use crate::ActId;
use crate::code::Request;
use crate::dossier::{Dossier, DossierState, DossierStep, Hand};
use crate::fields::{EntryId, Fields};
use crate::person::Person;
use crate::schema::Field;
use crate::value::{Line, Value};

/// Most answers to one application.
pub const ANSWERS_MAX: u16 = 32;
/// Most steps that one answer takes.
pub const STEPS_MAX: usize = 4;

/// An answer to an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationAnswer {
    /// To which: the entry of the application on the same record.
    pub of: EntryId,
    /// The how many-th answer to it, from 1.
    pub place: u16,
    /// The steps that it takes, in their order.
    pub steps: Vec<DossierStep>,
    /// What is missing, or why it is refused.
    #[serde(default)]
    pub words: Line,
    /// When, seconds since 1970 by the centre's clock.
    pub at_s: i64,
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplicationStanding<'a> {
    /// The dossier. Until something missing was handed in, its term runs from when it came in.
    pub dossier: Dossier,
    /// What is missing or why it was refused, if the last answer said so.
    pub words: Option<&'a Line>,
    /// How many answers there are.
    pub answers: u16,
}

impl Application {
    /// Where it stands, by the answers on the record that holds it as `entry`, and since `since_s`
    /// (seconds since 1970) when it came in. A number that is there decides the request for it,
    /// whichever of the two came first.
    pub fn standing<'a>(
        &self,
        entry: EntryId,
        fields: &'a Fields,
        since_s: i64,
    ) -> ApplicationStanding<'a> {
        let mut dossier = Dossier {
            state: self.state,
            ..Dossier::received(self.request.act(), since_s)
        };
        let mut answers: Vec<&ApplicationAnswer> = answers(fields, entry).collect();
        answers.sort_unstable_by_key(|answer| answer.place);
        let mut words = None;
        for answer in &answers {
            for step in &answer.steps {
                // The centre holds each step against the table before it writes it.
                let taken = dossier.take(*step, Hand::Centre, answer.at_s);
                dossier = taken.unwrap_or(dossier);
            }
            words = (!answer.words.is_empty()).then_some(&answer.words);
        }
        if self.request == Request::ChildPin && Person(fields).pin().is_some() {
            dossier.state = DossierState::Decided;
            words = None;
        }
        ApplicationStanding {
            dossier,
            words,
            answers: u16::try_from(answers.len()).unwrap_or(u16::MAX),
        }
    }

    /// Whether a second one for `request` beside this one would be the same once more.
    pub fn is_under_way_for(&self, request: Request, entry: EntryId, fields: &Fields) -> bool {
        let card = |request| request <= Request::CardReissue;
        (self.request == request || card(self.request) && card(request))
            && !self.standing(entry, fields, 0).dossier.state.is_closed()
    }
}

/// An entry of a record as it is told: an application in the state to which its answers have brought
/// it, all else as it is.
pub fn as_it_stands<'a>(entry: EntryId, value: &'a Value, fields: &Fields) -> Cow<'a, Value> {
    let Value::Application(application) = value else {
        return Cow::Borrowed(value);
    };
    let state = application.standing(entry, fields, 0).dossier.state;
    let application = Application {
        state,
        ..(**application).clone()
    };
    Cow::Owned(Value::Application(Box::new(application)))
}

/// Whether the application that an act put on a record is still there and has no result.
pub fn is_under_way(fields: &Fields, act: ActId) -> bool {
    let entry = EntryId::Act(act);
    let found = applications(fields).find(|(of, _)| *of == entry);
    found.is_some_and(|(_, it)| !it.standing(entry, fields, 0).dossier.state.is_closed())
}

/// The answers to the application that is this entry, in no order.
fn answers(fields: &Fields, to: EntryId) -> impl Iterator<Item = &ApplicationAnswer> {
    let entries = fields.entries(Field::ApplicationAnswers);
    entries.filter_map(move |(_, value)| match value {
        Value::ApplicationAnswer(answer) if answer.of == to => Some(&**answer),
        _ => None,
    })
}

/// The applications on a record.
pub fn applications(fields: &Fields) -> impl Iterator<Item = (EntryId, &Application)> {
    let entries = fields.entries(Field::Applications);
    entries.filter_map(|(entry, value)| match value {
        Value::Application(application) => Some((entry, &**application)),
        _ => None,
    })
}
