//! A person: the items in groups, what is in dispute with its claims, and how it came to be.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use registry::RecordId;
use registry::procedure::{Held, Slice};
use registry::reading::ReadReason;
use registry::schema::{Field, RecordKind};
use registry::value::Value;
use serde::Deserialize;

use super::act::{MetLine, met_lines};
use super::acts::{ActLine, line_of};
use super::earlier_papers::Earlier;
use super::fault::Fault;
use super::find::{REASONS, Reason, reasons};
use super::forms;
use super::items::{Item, Line, OpenCases, Sheet};
use super::page::{Page, go, show as shown_page};
use super::record;
use super::seat::Seated;
use super::shown::{Shown, joined, life, marital};
use super::words::Words;
use crate::api::{Api, Face, face_of};
use crate::clock;
use crate::office::{FieldView, OfficeError, PersonHit, PersonView};
use crate::thumbnail::size_of;

/// Why a record is opened.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    reason: Option<String>,
}

impl Why {
    /// The reason, if one of the list was chosen.
    pub(super) fn known(&self) -> Option<&'static str> {
        let told = self.reason.as_deref()?;
        REASONS.iter().find(|known| **known == told).copied()
    }
}

#[derive(Template)]
#[template(path = "opening.html")]
struct OpeningPage {
    page: Page,
    reasons: Vec<Reason>,
}

/// Asks for the reason, before anything is shown.
pub(super) fn ask_reason(api: &Api, seated: &Seated) -> Response {
    shown_page(&OpeningPage {
        page: Page::of(api, seated),
        reasons: reasons(seated.words, ""),
    })
}

struct Group {
    key: &'static str,
    items: Vec<Item>,
}

/// Which items stand together.
const GROUPS: [(&str, &[Field]); 6] = [
    (
        "group-identity",
        &[
            Field::Name,
            Field::OtherNames,
            Field::Pin,
            Field::LocalFile,
            Field::PinAliases,
            Field::ClaimedPin,
            Field::BirthDate,
            Field::Sex,
            Field::Nationality,
            Field::Ethnic,
            Field::Religion,
            Field::Blood,
        ],
    ),
    (
        "group-birth",
        &[
            Field::BirthPlace,
            Field::BirthRegistration,
            Field::BirthEntry,
            Field::NativePlace,
        ],
    ),
    (
        "group-family",
        &[
            Field::Father,
            Field::Mother,
            Field::Marriages,
            CHILDREN_HERE,
            Field::Confirmations,
            Field::Membership,
            Field::Relation,
        ],
    ),
    (
        "group-residence",
        &[
            Field::Permanent,
            Field::Temporary,
            Field::Current,
            Field::Absences,
            Field::Stays,
            Field::FileNumber,
        ],
    ),
    (
        "group-papers",
        &[Field::Cards, Field::OldNumbers, Field::Applications],
    ),
    (
        "group-other",
        &[
            Field::Phone,
            Field::Email,
            Field::Death,
            Field::Revoked,
            Field::Others,
        ],
    ),
];

/// Item 15 has the children between the marriages and whoever represents the person: before this
/// field of a record.
const CHILDREN_HERE: Field = Field::Representative;

/// An act to begin with this person.
struct Step {
    href: String,
    label: &'static str,
}

/// The face at the head of the page. It comes with the page and not by an address of its own, so
/// nobody looks at it without opening the record.
struct Portrait {
    /// The thumbnail with its width and height; nothing while it is not on this device.
    picture: Option<(String, u32, u32)>,
    alt: String,
    /// The whole photograph.
    href: String,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    page: Page,
    name: String,
    portrait: Option<Portrait>,
    state: &'static str,
    state_words: String,
    age: Option<u16>,
    marital: String,
    life: String,
    frozen: bool,
    groups: Vec<Group>,
    household: Option<String>,
    history: Vec<ActLine>,
    cases: Vec<u64>,
    /// Where acts of this office met others whose authors did not know of them.
    met: Vec<MetLine>,
    steps: Vec<Step>,
    /// Where the papers of acts of before are asked for; nowhere once the person has left.
    earlier: Option<Earlier>,
}

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
    let view = match api.office.person_view(&id, clock::device_s()) {
        Ok(Some(view)) => view,
        Ok(None) => return other_record(&api, &seated, &id, reason),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    note_reading(&api, &seated, id, reason).await;
    let face = face_of(&api, &id).await.unwrap_or_else(|error| {
        tracing::warn!(code = error.words().code, "a portrait is not shown");
        None
    });
    match page_of(&api, &seated, &view, face, reason) {
        Ok(page) => shown_page(&page),
        Err(error) => Fault::Office(error.code()).page(&api, &seated),
    }
}

/// A record that is no person: an act names people and households alike.
fn other_record(api: &Api, seated: &Seated, id: &RecordId, reason: &str) -> Response {
    let kind = api.office.record(id).map(|held| held.record.kind);
    match kind.filter(|kind| *kind != RecordKind::Person) {
        Some(kind) => go(&record::href_of(Some(kind), id, reason)),
        None => Fault::Unknown.page(api, seated),
    }
}

/// A full or failing disk does not close the counter: the record is shown, and the log says that
/// a reading is missing from the audit chain.
pub(super) async fn note_reading(api: &Api, seated: &Seated, id: RecordId, reason: &str) {
    let officer = seated.seat.account.officer().id.clone();
    let noted = api
        .writer
        .note_reading(officer, id, ReadReason::of_free_text(reason))
        .await;
    if let Err(error) = noted {
        tracing::error!(
            code = error.code(),
            "a reading could not be written down: {error}"
        );
    }
}

/// The reason of whoever has an act in hand.
pub(super) const ACT_IN_HAND: &str = "act_in_hand";

/// The same for what is looked at again and again within one piece of work: it is one reading.
pub(super) async fn note_reading_once(api: &Api, seated: &Seated, id: RecordId, reason: &str) {
    let officer = seated.seat.account.id();
    let known = ReadReason::of_free_text(reason);
    let durable = api.writer.audit();
    let lately = api
        .office
        .was_read_lately(durable, (officer, &id), known, clock::device_s());
    if !lately.unwrap_or(false) {
        note_reading(api, seated, id, reason).await;
    }
}

/// The household that the person belongs to. A lodger's is held by the office where the lodger lives
/// for good.
fn home_of(api: &Api, view: &PersonView) -> Option<Held> {
    match view.fields.get(Field::Membership.key()) {
        Some(FieldView::Single(Value::Membership(member))) => api.office.record(&member.household),
        _ => None,
    }
}

/// The children whose records are here; the other ones are on the records of other offices.
fn children(view: &PersonView, words: &Words, reason: &str, at: &Field) -> Option<Item> {
    if *at != CHILDREN_HERE || view.children.is_empty() {
        return None;
    }
    let line = |child: &PersonHit| Line {
        text: joined([
            child.name.clone(),
            child.birth_date.clone().unwrap_or_default(),
        ]),
        href: Some(record::href_of(Some(RecordKind::Person), &child.id, reason)),
    };
    Some(Item {
        label: words.pick("Con", "Children"),
        values: view.children.iter().map(line).collect(),
        disputed: false,
        claims: Vec::new(),
    })
}

/// Item 20: the number of the household; of whoever belongs to none that has one, what they came with.
fn file_number(sheet: &Sheet<'_>, home: Option<&Held>, href: Option<&String>) -> Option<Item> {
    let rule = Field::FileNumber.rule();
    match home.and_then(|home| home.fields().single(Field::HouseholdFile)) {
        Some(file) => Some(Item {
            label: sheet.shown.label(rule),
            values: vec![Line {
                text: sheet.shown.value(file),
                href: href.cloned(),
            }],
            disputed: false,
            claims: Vec::new(),
        }),
        None => sheet.item(rule),
    }
}

fn page_of(
    api: &Api,
    seated: &Seated,
    view: &PersonView,
    face: Option<Face>,
    reason: &str,
) -> Result<PersonPage, OfficeError> {
    let words = seated.words;
    let shown = Shown::new(&api.office, words);
    let sheet = Sheet {
        fields: &view.fields,
        disputed: &view.disputed,
        shown: &shown,
        reason,
    };
    let home = home_of(api, view);
    let household = home
        .as_ref()
        .map(|home| record::href_of(Some(RecordKind::Household), &home.record.id, reason));
    let item = |field: &Field| match field {
        Field::FileNumber => file_number(&sheet, home.as_ref(), household.as_ref()),
        field => sheet.item(field.rule()),
    };
    let groups = GROUPS
        .iter()
        .map(|(key, fields)| Group {
            key,
            items: fields
                .iter()
                .flat_map(|field| [children(view, words, reason, field), item(field)])
                .flatten()
                .collect(),
        })
        .filter(|group| !group.items.is_empty())
        .collect();
    let name = match view.fields.get(Field::Name.key()) {
        Some(FieldView::Single(value)) => shown.value(value),
        _ => words.t("record-unnamed"),
    };
    let cases = OpenCases::of(api, &view.cases)?.among(&view.cases);
    let mut history: Vec<ActLine> = view
        .history
        .iter()
        .map(|act| line_of(act, &shown, words))
        .collect();
    history.reverse();
    let steps = if view.state == "left" || view.frozen_by.is_some() {
        Vec::new()
    } else {
        steps_of(api.office.record(&view.id).as_ref(), seated, words)
    };
    let stays = view.state != "left";
    let earlier = stays.then(|| Earlier::of(api, RecordKind::Person, &view.id, reason));
    Ok(PersonPage {
        page: Page::of(api, seated),
        earlier,
        portrait: portrait_of(face, &name, reason, words),
        name,
        state: view.state,
        state_words: words.t(&format!("record-{}", view.state)),
        age: view.derived.age.filter(|_| !view.derived.dead),
        marital: marital(words, view.derived.marital_status),
        life: life(words, view.derived.dead, view.derived.missing),
        frozen: view.frozen_by.is_some(),
        groups,
        household,
        history,
        cases,
        met: met_lines(&view.met, &shown, words),
        steps,
    })
}

fn portrait_of(face: Option<Face>, name: &str, reason: &str, words: &Words) -> Option<Portrait> {
    let (portrait, content) = match face? {
        Face::None => return None,
        Face::Missing(portrait) => (portrait, None),
        Face::Here(portrait, content) => (portrait, Some(content)),
    };
    let picture = content.and_then(|content| {
        let (width, height) = size_of(&content)?;
        let bytes = data_encoding::BASE64.encode(&content);
        Some((format!("data:image/jpeg;base64,{bytes}"), width, height))
    });
    Some(Portrait {
        picture,
        alt: words.with("portrait-of", &[("name", name)]),
        href: format!("/attachments/{}?reason={reason}", portrait.photo().hash()),
    })
}

/// The acts that this officer may begin with this person.
fn steps_of(held: Option<&Held>, seated: &Seated, words: &Words) -> Vec<Step> {
    let Some(held) = held else {
        return Vec::new();
    };
    seated
        .seat
        .offered()
        .into_iter()
        .filter(|rule| super::acts::begins_with_person(rule.kind))
        .filter(|rule| forms::takes(rule.key, held))
        .map(|rule| Step {
            href: format!("/acts/new/{}?person={}", rule.key, held.record.id),
            label: words.pick(rule.label_vi, rule.label_en),
        })
        .collect()
}
