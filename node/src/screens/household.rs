//! A household: members, head, address, what is in dispute with its claims, cases, history.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::schema::{Field, RecordKind};
use registry::{CaseId, RecordId};

use super::acts::{ActLine, line_of};
use super::earlier_papers::Earlier;
use super::fault::Fault;
use super::items::{Item, OpenCases, Sheet};
use super::page::{Page, show as shown_page};
use super::person::{Why, ask_reason, note_reading};
use super::seat::Seated;
use super::shown::{Shown, life, relation};
use super::words::Words;
use crate::api::Api;
use crate::office::{HouseholdView, MemberView, OfficeError};

struct Member {
    href: String,
    name: String,
    birth: String,
    relation: String,
    head: bool,
    state: &'static str,
    state_words: String,
    life: String,
    cases: Vec<u64>,
}

#[derive(Template)]
#[template(path = "household.html")]
struct HouseholdPage {
    page: Page,
    heading: String,
    state: &'static str,
    state_words: String,
    items: Vec<Item>,
    cases: Vec<u64>,
    members: Vec<Member>,
    history: Vec<ActLine>,
    /// Where the papers of acts of before are asked for; nowhere once the household has left.
    earlier: Option<Earlier>,
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
    match page_of(&api, &seated, view, reason) {
        Ok(page) => shown_page(&page),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

fn page_of(
    api: &Api,
    seated: &Seated,
    view: HouseholdView,
    reason: &str,
) -> Result<HouseholdPage, OfficeError> {
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let sheet = Sheet {
        fields: &view.fields,
        disputed: &view.disputed,
        shown: &shown,
        reason,
    };
    let item = |field: &Field| sheet.item(field.rule());
    let file = [Field::HouseholdFile, Field::HouseholdLocal]
        .iter()
        .find_map(item)
        .and_then(|file| file.values.into_iter().next())
        .map(|value| value.text)
        .unwrap_or_default();
    let items = ITEMS.iter().filter_map(item).collect();
    let mut history: Vec<ActLine> = view
        .history
        .iter()
        .map(|act| line_of(act, &shown, words))
        .collect();
    history.reverse();
    let of_members = view.members.iter().flat_map(|member| &member.cases);
    let cases: Vec<CaseId> = view.cases.iter().chain(of_members).copied().collect();
    let open = OpenCases::of(api, &cases)?;
    let members = view.members.into_iter().map(|member| {
        let cases = open.among(&member.cases);
        member_of(member, cases, words, reason)
    });
    let stays = view.state != "left";
    let earlier = stays.then(|| Earlier::of(api, RecordKind::Household, &view.id, reason));
    Ok(HouseholdPage {
        page: Page::of(api, seated),
        earlier,
        heading: words.with("household-heading", &[("file", &file)]),
        state: view.state,
        state_words: words.t(&format!("record-{}", view.state)),
        items,
        cases: open.among(&view.cases),
        members: members.collect(),
        history,
    })
}

fn member_of(member: MemberView, cases: Vec<u64>, words: &Words, reason: &str) -> Member {
    Member {
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
        cases,
    }
}
