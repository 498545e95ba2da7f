//! Somebody applies for a card: the office prepares it, a reviewer asks for what is missing, the
//! office hands it in, the card is granted and stands on the person's record.

use serde_json::json;

use super::api::{field, text};
use super::office_work::{self as work, at, held};
use super::story::{A, ANSWER_LIMIT, Story};
use crate::failure::Failure;

/// The person and the act of the application.
pub(crate) struct Applied {
    person: String,
    act: String,
}

/// An application for a card that was lost, at the first office.
pub(crate) fn apply(story: &mut Story) -> Result<Applied, Failure> {
    let person = story.cast(A)?.adult()?;
    let person = held(story.office(A)?, &person)?;
    let filing = work::card_application(&person);
    let act = story.act(A, "an application for a card", &filing)?.act;
    Ok(Applied { person, act })
}

/// From the receipt to the card, once the centre has taken the application in.
pub(crate) fn follow(story: &mut Story, applied: &Applied) -> Result<(), Failure> {
    let path = format!("/api/v1/applications/{}/answer", applied.act);
    let ask = json!({"step": "ask", "words": "ảnh mờ, chụp lại"});
    story.fleet.central.post(&path, &ask)?;
    stands(story, applied, "supplement_asked")?;
    let office = at(&story.fleet.offices, A)?;
    let asked = office.desk.act(&applied.act)?;
    let said = text(&asked, "/answer").is_some_and(|words| words.contains("ảnh mờ"));
    story
        .teller
        .check("the office reads what is missing for the card", said);
    let papers = work::more_papers(&applied.act);
    story.act(A, "what was missing", &papers)?;
    stands(story, applied, "received")?;
    story
        .fleet
        .central
        .post(&path, &json!({"step": "decide"}))?;
    stands(story, applied, "decided")?;
    let person = story.office(A)?.desk.person(&applied.person)?;
    let has_card = person.is_some_and(|person| field(&person, "cards").is_some());
    story
        .teller
        .check("the card that was granted stands on the record", has_card);
    Ok(())
}

/// Waits until the office sees the application so.
fn stands(story: &mut Story, applied: &Applied, wanted: &str) -> Result<(), Failure> {
    story
        .fleet
        .wait_for("the answer to an application", ANSWER_LIMIT, |fleet| {
            let act = at(&fleet.offices, A).ok()?.desk.act(&applied.act).ok()?;
            (text(&act, "/dossier") == Some(wanted)).then_some(())
        })
}
