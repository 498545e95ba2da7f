//! A household: members, head, address, history.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::RecordId;
use registry::schema::{Field, FieldRule};

use super::acts::{ActLine, line_of};
use super::fault::Fault;
use super::page::{Page, show as shown_page};
use super::person::{Why, ask_reason, note_reading};
use super::seat::Seated;
use super::shown::{Shown, life, relation};
use crate::api::Api;
use crate::office::{FieldView, HouseholdView};

struct Member {
    href: String,
    name: String,
    birth: String,
    relation: String,
    head: bool,
    state: &'static str,
    state_words: String,
    life: String,
}

#[derive(Template)]
#[template(path = "household.html")]
struct HouseholdPage {
    page: Page,
    heading: String,
    state: &'static str,
    state_words: String,
    items: Vec<(&'static str, String)>,
    members: Vec<Member>,
    history: Vec<ActLine>,
}

const ITEMS: [Field; 5] = [
    Field::HouseholdAddress,
    Field::HouseholdHead,
    Field::HouseholdFile,
    Field::HouseholdLocal,
    Field::HouseholdRevoked,
];

pub(super) async fn show(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Response {
    let Ok(id) = id.parse::<RecordId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let Some(reason) = why.known() else {
        return ask_reason(&api, &seated);
    };
    let view = match api.office.household_view(&id) {
        Ok(Some(view)) => view,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    note_reading(&api, &seated, id, reason).await;
    shown_page(&page_of(&api, &seated, view, reason))
}

fn page_of(api: &Api, seated: &Seated, view: HouseholdView, reason: &str) -> HouseholdPage {
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let value = |rule: &'static FieldRule| match view.fields.get(rule.key) {
        Some(FieldView::Single(value)) => Some((shown.label(rule), shown.value(value))),
        _ => None,
    };
    let items: Vec<_> = ITEMS
        .iter()
        .filter_map(|field| value(field.rule()))
        .collect();
    let file = [Field::HouseholdFile, Field::HouseholdLocal]
        .iter()
        .find_map(|field| value(field.rule()))
        .map(|(_, text)| text)
        .unwrap_or_default();
    let mut history: Vec<ActLine> = view
        .history
        .iter()
        .map(|act| line_of(act, &shown, words))
        .collect();
    history.reverse();
    let member = |member: crate::office::MemberView| Member {
        href: format!("/people/{}?reason={reason}", member.person.id),
        birth: member.person.birth_date.unwrap_or_default(),
        relation: member
            .relation
            .map(|value| relation(words, value))
            .unwrap_or_default(),
        head: member.head,
        state: member.person.state,
        state_words: words.t(&format!("record-{}", member.person.state)),
        life: life(words, member.person.dead, member.person.missing),
        name: member.person.name,
    };
    HouseholdPage {
        page: Page::of(api, seated),
        heading: words.with("household-heading", &[("file", &file)]),
        state: view.state,
        state_words: words.t(&format!("record-{}", view.state)),
        items,
        members: view.members.into_iter().map(member).collect(),
        history,
    }
}
