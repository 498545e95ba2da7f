//! Hints while a person is typed who would be registered: a name that was meant otherwise, and who
//! may be registered already. A hint stops nothing; the look over an act tells the same again.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use registry::date::BirthDate;
use registry::fields::Fields;
use registry::name::PersonName;
use registry::schema::Field;
use registry::value::{PersonLink, Value};
use serde::de::DeserializeOwned;

use super::super::page::{Page, show};
use super::super::seat::Seated;
use super::super::surveyed::walked;
use super::offered;
use super::review::{Alike, alike};
use super::sent::Sent;
use super::spec::{Ask, Form};
use super::typed::Typed;
use super::{meant, written};
use crate::api::Api;

/// Where a form asks for the person whom it registers, and the person's parents.
const MADE: [[&str; 3]; 2] = [
    ["child.name", "child.birth_date", "child.sex"],
    ["name", "birth_date", "sex"],
];

/// What is told beneath the inputs of a person who would be registered.
#[derive(Template)]
#[template(path = "form_hints.html")]
struct Hints {
    page: Page,
    meant: Vec<(String, String, String)>,
    alike: Vec<Alike>,
}

/// Whether a form registers somebody, so that there may be hints.
pub(super) fn registers(form: &Form) -> bool {
    made(form).is_some()
}

/// Whether the person's name is asked here: the hints come beneath it.
pub(super) fn is_name(ask: &Ask) -> bool {
    MADE.iter().any(|[name, ..]| ask.path == *name)
}

fn made(form: &Form) -> Option<[&'static str; 3]> {
    let asks = |path: &str| {
        let mut asks = form.steps.iter().flat_map(|step| step.asks);
        asks.any(|ask| ask.path == path)
    };
    MADE.into_iter()
        .find(|[name, birth, _]| asks(name) && asks(birth))
}

pub(in crate::screens) async fn hints(
    State(api): State<Api>,
    seated: Option<Seated>,
    Path(_): Path<String>,
    body: Bytes,
) -> Response {
    // A page that asks by itself is not sent to the door: what was typed stands on it.
    let Some(seated) = seated else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let Sent {
        csrf, act, typed, ..
    } = Sent::of_text(&body);
    let (true, Ok((form, _))) = (seated.session.csrf_fits(&csrf), offered(&seated, &act)) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let like = match person(form, &typed) {
        Some(fields) => {
            // The first time everybody is read, which takes long enough to hold others up.
            let found = walked(&api, &seated, move |office| office.people_like(&fields));
            found.await.unwrap_or_default()
        }
        None => Vec::new(),
    };
    show(&Hints {
        meant: meant::names(form, &typed),
        alike: like.iter().map(|like| alike(like, seated.words)).collect(),
        page: Page::of(&api, &seated),
    })
}

/// What is known of the person so far; nobody without a name and a date of birth, for then there
/// would be too many.
fn person(form: &Form, typed: &Typed) -> Option<Fields> {
    let [name, birth, sex] = made(form)?;
    let mut fields = Fields::new();
    let name = PersonName::parse(typed.at(name)).ok()?;
    let born: BirthDate = serde_json::from_value(written::birth(typed, birth)?).ok()?;
    born.date()?;
    fields.set(Field::Name, Some(Value::Name(name)));
    fields.set(Field::BirthDate, Some(Value::Birth(born)));
    let sex = typed.at(sex);
    fields.set(Field::Sex, read(serde_json::json!(sex)).map(Value::Sex));
    for (path, field) in [("father", Field::Father), ("mother", Field::Mother)] {
        let link = written::link(typed, path).and_then(read::<PersonLink>);
        fields.set(field, link.map(Value::Person));
    }
    Some(fields)
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Option<T> {
    serde_json::from_value(value).ok()
}
