//! Choosing a person or household within a form. Whom the act does not take is shown with the
//! reason and cannot be chosen: the reason is the one with which the act would refuse.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use registry::RecordId;
use registry::procedure::{Slice, Whom, standing};
use registry::words::Tells;

use super::super::fault::in_words;
use super::super::page::{Page, show};
use super::super::seat::Seated;
use super::super::shown::{Shown, found_as, joined, life};
use super::super::words::Words;
use super::label::labelled;
use super::typed::Typed;
use crate::api::Api;
use crate::office::{Office, PersonHit};

/// People that a search within a form shows.
const HITS: usize = 6;

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A person.
    Person(Whom),
    /// A household that was not closed.
    Household,
}

impl Takes {
    /// Its name in the address that a page searches at.
    const fn key(self) -> &'static str {
        match self {
            Takes::Person(whom) => whom.key(),
            Takes::Household => "household",
        }
    }

    fn of_key(key: &str) -> Takes {
        let whom = Whom::ALL.into_iter().find(|whom| whom.key() == key);
        match whom {
            _ if key == "household" => Takes::Household,
            Some(whom) => Takes::Person(whom),
            None => Takes::Person(Whom::Living),
        }
    }

    /// Why the act would not take a record; nothing if it does, or is not held here.
    fn refusal(self, office: &Office, id: &RecordId, words: &Words) -> Option<String> {
        let held = office.record(id)?;
        let looked_at = match self {
            Takes::Person(whom) => whom.look("person", &held),
            Takes::Household => standing("household", &held),
        };
        let refused = looked_at.err()?;
        Some(labelled(None, &in_words(words, &refused.said())))
    }
}

/// A person or household that was found.
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) refused: Option<String>,
}

/// Choosing a person or household that is held here.
pub(super) struct Pick {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) chosen: Option<(String, String)>,
    /// Why the act does not take who is chosen.
    pub(super) refused: Option<String>,
    pub(super) query: String,
    pub(super) hits: Vec<Hit>,
    pub(super) searched: bool,
    takes: Takes,
    pub(super) fault: Option<String>,
}

impl Pick {
    /// As it stands on a form.
    pub(super) fn of(
        office: &Office,
        words: &'static Words,
        typed: &Typed,
        path: &str,
        takes: Takes,
    ) -> Pick {
        let chosen = typed.at(&format!("{path}.id")).parse::<RecordId>().ok();
        let query = typed.at(&format!("{path}.q"));
        let shown = Shown::new(office, words);
        Pick {
            label: words.t(match takes {
                Takes::Household => "pick-household",
                Takes::Person(_) => "pick-person",
            }),
            chosen: chosen.map(|id| (id.to_string(), shown.record(id))),
            refused: chosen.and_then(|id| takes.refusal(office, &id, words)),
            ..Pick::searching(
                office,
                words,
                path,
                if chosen.is_none() { query } else { "" },
                takes,
            )
        }
    }

    /// What was found, and nothing else.
    fn searching(office: &Office, words: &Words, path: &str, query: &str, takes: Takes) -> Pick {
        Pick {
            path: path.to_owned(),
            label: String::new(),
            chosen: None,
            refused: None,
            query: query.to_owned(),
            hits: hits(office, query, takes, words),
            searched: !query.is_empty(),
            takes,
            fault: None,
        }
    }

    pub(super) fn id(&self) -> String {
        self.path.replace('.', "-")
    }

    /// What it takes, in the address that the page searches at.
    pub(super) const fn takes(&self) -> &'static str {
        self.takes.key()
    }
}

/// The people or households that fit what was typed, ready to be chosen.
fn hits(office: &Office, query: &str, takes: Takes, words: &Words) -> Vec<Hit> {
    if query.is_empty() {
        return Vec::new();
    }
    let households = takes == Takes::Household;
    let found = office.find_people(query, if households { 4 * HITS } else { HITS });
    let mut hits: Vec<Hit> = Vec::new();
    for hit in found.unwrap_or_default() {
        let choice = if households {
            household_choice(&hit)
        } else {
            Some((hit.id, person_choice(&hit, words)))
        };
        let Some((id, text)) = choice else { continue };
        if hits.len() < HITS && !hits.iter().any(|hit| hit.id == id.to_string()) {
            hits.push(Hit {
                id: id.to_string(),
                text,
                refused: takes.refusal(office, &id, words),
            });
        }
    }
    hits
}

fn person_choice(hit: &PersonHit, words: &Words) -> String {
    joined([
        life(words, hit.dead, hit.missing).to_uppercase(),
        hit.name.clone(),
        found_as(words, hit),
        hit.birth_date.clone().unwrap_or_default(),
        hit.pin_masked.clone().unwrap_or_default(),
        hit.address.clone().unwrap_or_default(),
    ])
}

fn household_choice(hit: &PersonHit) -> Option<(RecordId, String)> {
    let text = joined([
        hit.household_file.clone().unwrap_or_default(),
        hit.address.clone().unwrap_or_default(),
        hit.name.clone(),
    ]);
    Some((hit.household?, text))
}

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
    let query = query.map_or("", |(_, text)| text.trim());
    let takes = Takes::of_key(at("takes"));
    show(&HitsPart {
        page: Page::of(&api, &seated),
        pick: Pick::searching(&api.office, seated.words, &path, query, takes),
    })
}

#[derive(Template)]
#[template(path = "form_hits_part.html")]
struct HitsPart {
    page: Page,
    pick: Pick,
}
