//! What a form begins with: whoever or whatever the page before it was about.

use registry::act::kind::ActRule;
use registry::person::Person;
use registry::procedure::Held;
use registry::{ActId, RecordId};
use serde::Deserialize;

use super::super::acts::begins_with_person;
use super::spec::{Form, Widget};
use super::table::form_of;
use super::typed::Typed;
use crate::api::Api;

/// What a form begins with.
#[derive(Debug, Default, Deserialize)]
pub(in crate::screens) struct Begin {
    person: Option<String>,
    act: Option<String>,
    case: Option<String>,
    agrees: Option<String>,
    pin: Option<String>,
    name: Option<String>,
    birth: Option<String>,
    again: Option<String>,
}

impl Begin {
    /// A form that begins with somebody.
    pub(super) fn with_person(person: Option<String>) -> Begin {
        Begin {
            person,
            ..Begin::default()
        }
    }

    /// The act that came back and is filed again.
    pub(super) fn again(&self) -> Option<ActId> {
        self.again.as_deref()?.parse().ok()
    }
}

/// What is known before anything is typed.
pub(super) fn prefilled(api: &Api, form: &Form, rule: &ActRule, asked: &Begin) -> Typed {
    let mut typed = Typed::default();
    let mut set = |path: &str, text: &Option<String>| {
        if let Some(text) = text {
            typed.set(path, text);
        }
    };
    set("of", &asked.act);
    set("case", &asked.case);
    set("agrees", &asked.agrees);
    if form.act == "collection" {
        set("claimed_pin", &asked.pin);
        set("name", &asked.name);
        set("birth_date", &asked.birth);
    }
    let person = asked
        .person
        .as_deref()
        .and_then(|id| id.parse::<RecordId>().ok());
    let Some(id) = person.filter(|_| begins_with_person(rule.kind)) else {
        return typed;
    };
    let asks = form.steps.iter().flat_map(|step| step.asks);
    for ask in asks {
        let path = ask.path;
        match ask.by {
            Widget::Somebody | Widget::Held => typed.set(&format!("{path}.id"), &id.to_string()),
            Widget::People => typed.set(&format!("{path}.0.id"), &id.to_string()),
            Widget::Movers => typed.set(&format!("{path}.0.person.id"), &id.to_string()),
            Widget::Household => {
                if let Some(household) = household_of(api, &id) {
                    typed.set(&format!("{path}.id"), &household.to_string());
                }
                continue;
            }
            _ => continue,
        }
        break;
    }
    typed
}

/// Whether an act takes somebody as the person with whom its form begins.
pub(in crate::screens) fn takes(act: &str, held: &Held) -> bool {
    let asks = form_of(act)
        .into_iter()
        .flat_map(|form| form.steps.iter())
        .flat_map(|step| step.asks);
    let mut people = asks.filter(|ask| {
        matches!(
            ask.by,
            Widget::Somebody | Widget::Held | Widget::People | Widget::Movers
        )
    });
    people
        .next()
        .is_some_and(|ask| ask.whom.look("person", held).is_ok())
}

fn household_of(api: &Api, id: &RecordId) -> Option<RecordId> {
    use registry::procedure::Slice;
    let held = api.office.record(id)?;
    Person(held.fields())
        .membership()
        .map(|membership| membership.household)
}
