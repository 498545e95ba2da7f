//! Choosing a person or household within a form, while the box is typed into.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::page::{Page, show};
use super::super::seat::Seated;
use super::inputs::{Pick, hits};
use crate::api::Api;

/// What a page searches while its box is typed into.
pub(in crate::screens) async fn pick(
    State(api): State<Api>,
    seated: Option<Seated>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Response {
    // The form stays where it is; its own button takes it through the door.
    let Some(seated) = seated else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let at = |wanted: &str| {
        let found = asked.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, text)| text.as_str())
    };
    let path: String = at("path").chars().take(80).collect();
    let query = asked.iter().find(|(name, _)| name.ends_with(".q"));
    let query = query.map_or("", |(_, text)| text.trim()).to_owned();
    let household = at("household") == "true";
    show(&HitsPart {
        page: Page::of(&api, &seated),
        pick: Pick {
            label: String::new(),
            chosen: None,
            hits: hits(&api.office, &query, household, seated.words),
            searched: !query.is_empty(),
            query,
            household,
            fault: None,
            path,
        },
    })
}

#[derive(Template)]
#[template(path = "form_hits_part.html")]
struct HitsPart {
    page: Page,
    pick: Pick,
}
