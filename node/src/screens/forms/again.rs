//! An act that came back is put right and filed again: in the form as it was typed, or, where that is
//! not kept (acts of earlier releases, of programs, of before a restored backup), in one that begins
//! with whom the act was about and with its papers.

use axum::response::Response;
use registry::ActId;
use registry::act::kind::ActRule;
use registry::returned::reason;
use registry::words::{Said, Tells};

use super::super::acts::reason_of;
use super::super::fault::{Fault, in_words, of_code};
use super::super::page::go;
use super::super::seat::Seated;
use super::super::words::Words;
use super::begin::{Begin, prefilled};
use super::inputs::Faults;
use super::label::{label, labelled};
use super::sheet::{Sheet, Told};
use super::spec::Form;
use super::table::form_of;
use super::typed::Typed;
use crate::api::Api;
use crate::office::{ActState, ActView, DraftId, OfficeError};

/// The form in which an act that came back is put right.
pub(super) fn begin(
    api: &Api,
    seated: &Seated,
    form: &'static Form,
    rule: &'static ActRule,
    act: &ActId,
) -> Response {
    match typed_before(api, seated, form, rule, act) {
        Ok(Before::Typed(typed, view)) => {
            let sheet = Sheet {
                api,
                seated,
                form,
                rule,
                draft: DraftId::again(act),
            };
            let faults = placed(&sheet, &typed, view.code.as_deref().unwrap_or_default());
            let why = reason_of(&view, seated.words);
            sheet.show(&typed, faults, None, Told::Again(why))
        }
        Ok(Before::Begun) => go(&format!("/drafts/{}", DraftId::again(act))),
        Ok(Before::Not) => go(&format!("/acts/{act}")),
        Err(error) => Fault::Office(error.code()).page(api, seated),
    }
}

enum Before {
    /// What was typed, and the act.
    Typed(Typed, Box<ActView>),
    /// This officer has begun already.
    Begun,
    /// It is none that can be filed again.
    Not,
}

fn typed_before(
    api: &Api,
    seated: &Seated,
    form: &Form,
    rule: &ActRule,
    act: &ActId,
) -> Result<Before, OfficeError> {
    let view = api.office.act_view(act)?;
    let view = view.filter(|view| {
        view.own && view.kind == rule.kind && matches!(view.state, ActState::Returned)
    });
    let (Some(view), None) = (view, api.office.settled(act)?) else {
        return Ok(Before::Not);
    };
    let officer = seated.seat.account.id();
    if api.office.draft(officer, &DraftId::again(act))?.is_some() {
        return Ok(Before::Begun);
    }
    let typed = match api.office.form_of(act)? {
        Some(kept) => Typed::of(kept.typed),
        None => of_act(api, form, rule, &view),
    };
    Ok(Before::Typed(typed, Box::new(view)))
}

/// The same beside the input that it is about, as far as that can be told: of several cards the
/// centre does not say which.
fn placed(sheet: &Sheet<'_>, typed: &Typed, code: &str) -> Faults {
    let mut faults = Faults::default();
    let Some(reason) = reason(code) else {
        return faults;
    };
    let words = in_words(sheet.seated.words, &reason.said());
    let place = match reason.field {
        Some("pin") => {
            let mut cards = typed.pairs().filter(|(path, _)| path.ends_with(".pin"));
            let first = cards.next().map(|(path, _)| path.to_owned());
            first.filter(|_| cards.next().is_none())
        }
        Some(field) => sheet.place_of(field, typed),
        None => None,
    };
    faults.at.extend(place.map(|path| (path, words)));
    faults
}

/// Why an act came back or waits, in the clerk's language: what its form calls the input, what is
/// wrong with it, what to do, and the law where there is one.
pub(in crate::screens) fn why(words: &Words, act: &str, code: &str, text: &str) -> String {
    let known = reason(code).filter(|_| Said::of_text(text).is_none());
    let Some(known) = known else {
        return of_code(words, code, text);
    };
    let said = known.said();
    let form = form_of(act);
    let called = form.and_then(|form| label(words, form, known.field?));
    let told = labelled(called, &in_words(words, &said));
    // The reviewer who declined said why, in their own words.
    if code == "proposal_declined" && !text.is_empty() && text != said.en {
        format!("{told}. “{text}”")
    } else {
        told
    }
}

/// What an act itself tells of its form.
fn of_act(api: &Api, form: &Form, rule: &ActRule, view: &ActView) -> Typed {
    let person = view.records.first().map(ToString::to_string);
    let mut typed = prefilled(api, form, rule, &Begin::with_person(person));
    for (row, paper) in view.papers.iter().enumerate() {
        let at = format!("evidence.{row}");
        typed.set(&format!("{at}.kind"), paper.paper.kind.as_str());
        typed.set(&format!("{at}.number"), paper.paper.number.as_str());
        let date = paper.paper.date.map(|date| date.to_string());
        typed.set(&format!("{at}.date"), &date.unwrap_or_default());
    }
    typed.set("effective", &view.effective.to_string());
    typed
}
