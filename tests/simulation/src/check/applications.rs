//! What must hold of applications: the centre's answers to one stand in one order, none follows its
//! result, what has a result stays, and every card that a record was given has its decided application.

use std::collections::BTreeMap;

use registry::RecordId;
use registry::application::ApplicationAnswer;
use registry::code::Request;
use registry::dossier::DossierStep;
use registry::fields::{EntryId, Fields, Slot};
use registry::schema::Field;
use registry::value::Value;

use super::Failure;

/// Looks at one record that has changed.
pub(super) fn have_one_result(id: RecordId, fields: &Fields) -> Result<(), Failure> {
    let fails = |words: &str| {
        let words = format!("record {id}: {words}");
        Err(Failure::new("3 applications", words))
    };
    let mut answers: BTreeMap<EntryId, Vec<(EntryId, &ApplicationAnswer)>> = BTreeMap::new();
    for (entry, value) in fields.entries(Field::ApplicationAnswers) {
        let Value::ApplicationAnswer(answer) = value else {
            return fails("an answer to an application is none");
        };
        answers.entry(answer.of).or_default().push((entry, answer));
    }
    let mut decided = BTreeMap::new();
    for (of, answers) in &mut answers {
        answers.sort_by_key(|(_, answer)| answer.place);
        let places = answers.iter().map(|(_, answer)| answer.place);
        if !places.eq(1..=u16::try_from(answers.len()).unwrap_or(0)) {
            return fails("the answers to an application are in no one order");
        }
        let closing = answers.iter().position(|(_, answer)| closes(answer));
        if closing.is_some_and(|place| place + 1 < answers.len()) {
            return fails("an application with a result was answered again");
        }
        let request = match fields.get(Slot::entry(Field::Applications, *of)) {
            Some(Value::Application(application)) => Some(application.request),
            _ => None,
        };
        if closing.is_some() && request.is_none() {
            return fails("an application with a result is there no more");
        }
        let last = answers.last().filter(|(_, answer)| decides(answer));
        decided.extend(last.map(|(entry, _)| (*entry, request)));
    }
    for (entry, _) in fields.entries(Field::Cards) {
        let of = decided.get(&entry).copied().flatten();
        let came_along = matches!(entry, EntryId::Genesis(_));
        if !came_along && of.is_none_or(|request| request > Request::CardReissue) {
            return fails("a card has no application that was decided");
        }
    }
    Ok(())
}

fn decides(answer: &ApplicationAnswer) -> bool {
    answer.steps.contains(&DossierStep::Decide)
}

fn closes(answer: &ApplicationAnswer) -> bool {
    decides(answer) || answer.steps.contains(&DossierStep::Refuse)
}
