//! What there is to begin: the acts that this officer performs, and the drafts begun before.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use registry::act::ActKind;
use registry::{ActId, RecordId};

use super::super::page::{Page, show};
use super::super::seat::Seated;
use super::super::shown::known_as;
use super::super::words::Words;
use super::rule_of;
use super::table::form_of;
use super::typed::Typed;
use crate::api::Api;
use crate::office::{DRAFTS_MAX, Draft, DraftId};

/// Drafts from which on the limit is told.
const MANY: usize = DRAFTS_MAX - 5;

/// Acts to choose from, by the role whose they are.
struct Group {
    heading: String,
    acts: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    page: Page,
    groups: Vec<Group>,
    drafts: Vec<DraftLine>,
    many: Option<String>,
}

/// A draft as a line of a list.
pub(in crate::screens) struct DraftLine {
    pub(in crate::screens) href: String,
    pub(in crate::screens) label: &'static str,
    pub(in crate::screens) about: String,
    pub(in crate::screens) saved: String,
}

/// The drafts of whoever sits here.
pub(in crate::screens) fn drafts_of(api: &Api, seated: &Seated) -> Vec<DraftLine> {
    let officer = seated.seat.account.id();
    let drafts = api.office.drafts(officer).unwrap_or_default();
    let line = |(id, draft): (DraftId, Draft)| {
        let rule = rule_of(&draft.act)?;
        let typed = Typed::of(draft.typed);
        Some(DraftLine {
            href: format!("/drafts/{id}"),
            label: seated.words.pick(rule.label_vi, rule.label_en),
            about: about(api, &typed, seated.words),
            saved: super::super::shown::moment(draft.saved_s),
        })
    };
    drafts.into_iter().filter_map(line).collect()
}

/// Where there are so many drafts that the limit is near, it is told.
pub(in crate::screens) fn many(drafts: &[DraftLine], words: &Words) -> Option<String> {
    let count = drafts.len();
    (count >= MANY).then(|| limited("drafts-many", count, words))
}

/// Words with the drafts that there are and the most that are kept.
pub(super) fn limited(key: &str, count: usize, words: &Words) -> String {
    let (n, most) = (count.to_string(), DRAFTS_MAX.to_string());
    words.with(key, &[("n", n.as_str()), ("most", most.as_str())])
}

/// Whom a draft is about, as far as it was typed.
fn about(api: &Api, typed: &Typed, words: &Words) -> String {
    let name = ["child.name", "name", "person.name", "first.name"]
        .iter()
        .map(|path| typed.at(path))
        .find(|text| !text.is_empty());
    if let Some(name) = name {
        return name.to_owned();
    }
    let ids = [
        "person.id",
        "first.id",
        "child.id",
        "ward.id",
        "people.0.person.id",
        "people.0.id",
    ];
    let id = ids
        .iter()
        .find_map(|path| typed.at(path).parse::<RecordId>().ok());
    id.and_then(|id| api.office.known_records(&[id]).ok()?.into_iter().next())
        .map(|known| known_as(words, &known))
        .unwrap_or_default()
}

/// Whom an act is about by its form, if that is kept.
pub(in crate::screens) fn about_form(api: &Api, act: &ActId, words: &Words) -> Option<String> {
    let form = api.office.form_of(act).ok()??;
    Some(about(api, &Typed::of(form.typed), words))
}

pub(in crate::screens) async fn choose(State(api): State<Api>, seated: Seated) -> Response {
    let words = seated.words;
    let mut groups: Vec<Group> = Vec::new();
    for rule in seated.seat.offered() {
        if form_of(rule.key).is_none() || rule.kind.is_addition() || rule.kind == ActKind::Withdraw
        {
            continue;
        }
        let heading = match rule.role {
            Some(role) => words.t(&format!("role-{}", role.as_str())),
            None => words.t("role-any"),
        };
        let act = (
            format!("/acts/new/{}", rule.key),
            words.pick(rule.label_vi, rule.label_en),
        );
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.acts.push(act),
            None => groups.push(Group {
                heading,
                acts: vec![act],
            }),
        }
    }
    let drafts = drafts_of(&api, &seated);
    show(&ChoosePage {
        many: many(&drafts, words),
        drafts,
        page: Page::of(&api, &seated),
        groups,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::words::{Lang, words};
    use super::*;

    #[test]
    fn what_is_said_of_the_limit_is_the_limit() {
        let (count, most) = ((DRAFTS_MAX + 7).to_string(), DRAFTS_MAX.to_string());
        for words in [Lang::Vi, Lang::En].map(words) {
            for key in ["drafts-many", "form-not-kept"] {
                let told = limited(key, DRAFTS_MAX + 7, words);
                let mut told = told.split(|c: char| !c.is_ascii_digit());
                let numbers: Vec<&str> = told.by_ref().filter(|part| !part.is_empty()).collect();
                assert_eq!(numbers, [count.as_str(), most.as_str()], "{key}");
            }
        }
    }
}
