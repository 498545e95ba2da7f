//! The forms of acts: asked step by step, kept as a draft from the first key, looked over with
//! before and after, then filed. What an act needs is decided by the act; here it is only asked,
//! shown beside the input that it is about, and never forgotten.

mod inputs;
mod review;
mod spec;
mod table;
mod typed;
mod written;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use registry::RecordId;
use registry::act::kind::{ACTS, ActRule};
use registry::person::Person;
use registry::procedure::Filing;
use serde::Deserialize;

use super::acts::begins_with_person;
use super::entry;
use super::fault::{Fault, foreign_form, of_code};
use super::page::{Page, go, show_as};
use super::seat::{Seated, Visitor};
use super::words::{Lang, Words};
use crate::api::{Api, read_filing};
use crate::clock;
use crate::office::{Checked, Draft, DraftId, FileError};
use crate::writer::WriteError;
use inputs::{Faults, Look, Maker, Part, Pick, Section, hits};
use spec::{Form, Widget};
use table::form_of;
use typed::Typed;

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
}

/// A draft as a line of a list.
pub(super) struct DraftLine {
    pub(super) href: String,
    pub(super) label: &'static str,
    pub(super) about: String,
    pub(super) saved: String,
}

/// The drafts of whoever sits here.
pub(super) fn drafts_of(api: &Api, seated: &Seated) -> Vec<DraftLine> {
    let officer = seated.seat.account.id();
    let drafts = api.office.drafts(officer).unwrap_or_default();
    let line = |(id, draft): (DraftId, Draft)| {
        let rule = rule_of(&draft.act)?;
        let typed = Typed::of(draft.typed);
        Some(DraftLine {
            href: format!("/drafts/{id}"),
            label: seated.words.pick(rule.label_vi, rule.label_en),
            about: about(api, &typed),
            saved: super::shown::moment(draft.saved_s),
        })
    };
    drafts.into_iter().filter_map(line).collect()
}

/// Whom a draft is about, as far as it was typed.
fn about(api: &Api, typed: &Typed) -> String {
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
        .map(|known| known.0)
        .unwrap_or_default()
}

pub(super) async fn choose(State(api): State<Api>, seated: Seated) -> Response {
    let words = seated.words;
    let mut groups: Vec<Group> = Vec::new();
    for rule in seated.seat.offered() {
        if form_of(rule.key).is_none()
            || rule.kind.is_addition()
            || rule.kind == registry::act::ActKind::Withdraw
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
    super::page::show(&ChoosePage {
        drafts: drafts_of(&api, &seated),
        page: Page::of(&api, &seated),
        groups,
    })
}

/// What a form begins with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Begin {
    person: Option<String>,
    act: Option<String>,
    case: Option<String>,
    pin: Option<String>,
    name: Option<String>,
    birth: Option<String>,
}

fn rule_of(act: &str) -> Option<&'static ActRule> {
    ACTS.iter().find(|rule| rule.key == act)
}

/// The form and the line of the act, if this officer may perform it.
fn offered(seated: &Seated, act: &str) -> Result<(&'static Form, &'static ActRule), Fault> {
    let (Some(form), Some(rule)) = (form_of(act), rule_of(act)) else {
        return Err(Fault::Unknown);
    };
    let offered = seated.seat.offered().iter().any(|known| known.key == act);
    if offered {
        Ok((form, rule))
    } else {
        Err(Fault::Role)
    }
}

pub(super) async fn begin(
    State(api): State<Api>,
    seated: Seated,
    Path(act): Path<String>,
    Query(asked): Query<Begin>,
) -> Response {
    let (form, rule) = match offered(&seated, &act) {
        Ok(found) => found,
        Err(fault) => return fault.page(&api, &seated),
    };
    let Some(draft) = new_draft() else {
        return Fault::Office("random_failed").page(&api, &seated);
    };
    let typed = prefilled(&api, form, rule, &asked);
    Sheet {
        api: &api,
        seated: &seated,
        form,
        rule,
        draft,
    }
    .show(&typed, Faults::default(), None, false)
}

fn new_draft() -> Option<DraftId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(DraftId::from_random(bytes))
}

/// What is known before anything is typed.
fn prefilled(api: &Api, form: &Form, rule: &ActRule, asked: &Begin) -> Typed {
    let mut typed = Typed::default();
    let mut set = |path: &str, text: &Option<String>| {
        if let Some(text) = text {
            typed.set(path, text);
        }
    };
    set("of", &asked.act);
    set("case", &asked.case);
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

fn household_of(api: &Api, id: &RecordId) -> Option<RecordId> {
    use registry::procedure::Slice;
    let held = api.office.record(id)?;
    Person(held.fields())
        .membership()
        .map(|membership| membership.household)
}

pub(super) async fn reopen(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<DraftId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let draft = match api.office.draft(seated.seat.account.id(), &id) {
        Ok(Some(draft)) => draft,
        Ok(None) => return Fault::Unknown.page(&api, &seated),
        Err(error) => return Fault::Office(error.code()).page(&api, &seated),
    };
    match offered(&seated, &draft.act) {
        Ok((form, rule)) => Sheet {
            api: &api,
            seated: &seated,
            form,
            rule,
            draft: id,
        }
        .show(&Typed::of(draft.typed), Faults::default(), None, false),
        Err(fault) => fault.page(&api, &seated),
    }
}

/// The fields of a form, in the order in which they came.
fn fields(body: &Bytes) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(body).unwrap_or_default()
}

/// Splits off what is not of the act.
fn taken(pairs: Vec<(String, String)>) -> (String, String, String, Typed) {
    let (mut csrf, mut act, mut wish) = (String::new(), String::new(), String::new());
    let mut rest = Vec::new();
    for (name, text) in pairs {
        match name.as_str() {
            "csrf" => csrf = text,
            "act" => act = text,
            "do" => wish = text,
            _ => rest.push((name, text)),
        }
    }
    (csrf, act, wish, Typed::of(rest))
}

/// Keeps a draft while it is typed; the page is told with a status alone.
pub(super) async fn keep(
    State(api): State<Api>,
    seated: Seated,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let (csrf, act, _, typed) = taken(fields(&body));
    let Ok(id) = id.parse::<DraftId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !seated.session.csrf_fits(&csrf) || offered(&seated, &act).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    match save(&api, &seated, &id, &act, &typed).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn save(
    api: &Api,
    seated: &Seated,
    id: &DraftId,
    act: &str,
    typed: &Typed,
) -> Result<(), WriteError> {
    let draft = Draft {
        act: act.to_owned(),
        typed: typed
            .pairs()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
        saved_s: clock::device_s(),
    };
    let officer = seated.seat.account.id().clone();
    api.writer.keep_draft(officer, *id, draft).await
}

/// Keeps what came with a door: typed before the session ran out, signed in again since.
pub(super) async fn keep_carried(
    api: &Api,
    officer: &registry::OfficerId,
    carried: &str,
) -> Option<String> {
    let (to, body) = carried.split_once('?')?;
    let id = to.strip_prefix("/drafts/")?.parse::<DraftId>().ok()?;
    let (_, act, _, typed) = taken(fields(&Bytes::copy_from_slice(body.as_bytes())));
    form_of(&act)?;
    let draft = Draft {
        act,
        typed: typed
            .pairs()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
        saved_s: clock::device_s(),
    };
    api.writer
        .keep_draft(officer.clone(), id, draft)
        .await
        .ok()?;
    Some(format!("/drafts/{id}"))
}

/// What a page searches while its box is typed into.
pub(super) async fn pick(
    State(api): State<Api>,
    seated: Seated,
    Query(asked): Query<Vec<(String, String)>>,
) -> Response {
    let at = |wanted: &str| {
        let found = asked.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, text)| text.as_str())
    };
    let path: String = at("path").chars().take(80).collect();
    let query = asked.iter().find(|(name, _)| name.ends_with(".q"));
    let query = query.map_or("", |(_, text)| text.trim()).to_owned();
    let household = at("household") == "true";
    super::page::show(&HitsPart {
        page: Page::of(&api, &seated),
        pick: Pick {
            label: String::new(),
            chosen: None,
            hits: hits(&api.office, &query, household),
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

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    page: Page,
    heading: &'static str,
    deadline: Option<String>,
    act: &'static str,
    draft: String,
    sections: Vec<Section>,
    rest: Vec<String>,
    faulty: bool,
    kept: bool,
}

/// What a form was submitted for. A session that ran out meanwhile is no reason to lose it: the
/// door carries it.
pub(super) async fn submit(
    State(api): State<Api>,
    visitor: Visitor,
    seated: Option<Seated>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(seated) = seated else {
        let carried = format!("/drafts/{id}?{}", String::from_utf8_lossy(&body));
        return entry::carrying(&api, &visitor, &carried);
    };
    let (csrf, act, wish, mut typed) = taken(fields(&body));
    if let Some(response) = foreign_form(&api, &seated, &csrf) {
        return response;
    }
    let Ok(id) = id.parse::<DraftId>() else {
        return Fault::Unknown.page(&api, &seated);
    };
    let (form, rule) = match offered(&seated, &act) {
        Ok(found) => found,
        Err(fault) => return fault.page(&api, &seated),
    };
    let sheet = Sheet {
        api: &api,
        seated: &seated,
        form,
        rule,
        draft: id,
    };
    if wish == "drop" {
        let officer = seated.seat.account.id().clone();
        return match api.writer.drop_draft(officer, id).await {
            Ok(()) => go("/"),
            Err(error) => Fault::Office(error.code()).page(&api, &seated),
        };
    }
    sheet.settle(&mut typed, &wish);
    if let Err(error) = save(&api, &seated, &id, &act, &typed).await {
        let mut faults = Faults::default();
        faults
            .whole
            .push(of_code(seated.words, error.code(), &error.to_string()));
        return sheet.show(&typed, faults, None, false);
    }
    sheet.answer(&typed, &wish).await
}

/// One form before one officer.
struct Sheet<'a> {
    api: &'a Api,
    seated: &'a Seated,
    form: &'static Form,
    rule: &'static ActRule,
    draft: DraftId,
}

impl Sheet<'_> {
    /// Takes in what a button or a scanner meant, and finds the communes that were named.
    fn settle(&self, typed: &mut Typed, wish: &str) {
        if let Some(path) = wish.strip_prefix("unpick:") {
            typed.set(&format!("{path}.id"), "");
            typed.set(&format!("{path}.q"), "");
        }
        let scanned: Vec<(String, String)> = typed
            .pairs()
            .filter(|(path, text)| path.ends_with(".q") && is_scan(text))
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        for (path, text) in scanned {
            self.read_card(typed, path.trim_end_matches(".q"), &text);
        }
        let named: Vec<(String, String)> = typed
            .pairs()
            .filter(|(path, _)| path.ends_with(".unit"))
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        for (path, text) in named {
            if let Some(code) = commune_named(self.api, &text) {
                typed.set(&path, &code);
            }
        }
        for ask in self.form.steps.iter().flat_map(|step| step.asks) {
            typed.close_gaps(ask.path);
        }
    }

    /// Fills in somebody from a card.
    fn read_card(&self, typed: &mut Typed, path: &str, text: &str) {
        let Ok(Ok(view)) = self.api.office.card_view(text, clock::device_s()) else {
            return;
        };
        typed.set(&format!("{path}.q"), "");
        if let Some(hit) = view.record {
            typed.set(&format!("{path}.id"), &hit.id.to_string());
            return;
        }
        let items = view.items;
        typed.set(&format!("{path}.pin"), &items.pin);
        typed.set(
            &format!("{path}.name"),
            items.name.as_deref().unwrap_or_default(),
        );
        let birth = items
            .birth_date
            .as_ref()
            .and_then(registry::date::BirthDate::date);
        let birth = birth.map(|date| date.to_string()).unwrap_or_default();
        typed.set(&format!("{path}.birth_date"), &birth);
    }

    async fn answer(&self, typed: &Typed, wish: &str) -> Response {
        if let Some(path) = wish.strip_prefix("add:") {
            return self.show(typed, Faults::default(), Some(path), false);
        }
        match wish {
            "look" | "file" => {}
            "keep" => return self.show(typed, Faults::default(), None, true),
            _ => return self.show(typed, Faults::default(), None, false),
        }
        let filing = match self.read(typed) {
            Ok(filing) => filing,
            Err(faults) => return self.show(typed, faults, None, false),
        };
        let officer = self.seated.seat.account.officer();
        if wish == "look" {
            return match self
                .api
                .office
                .check_act(&filing, officer, clock::device_s())
            {
                Ok(checked) => self.review(typed, &checked),
                Err(error) => self.refused(typed, &error),
            };
        }
        match self.api.writer.file(filing, officer.clone()).await {
            Ok(filed) => {
                // The act is filed, whatever becomes of the draft.
                let dropped = self
                    .api
                    .writer
                    .drop_draft(officer.id.clone(), self.draft)
                    .await;
                if let Err(error) = dropped {
                    tracing::warn!(code = error.code(), "a draft of a filed act is left over");
                }
                go(&format!("/acts/{}", filed.act))
            }
            Err(WriteError::File(error)) => self.refused(typed, &error),
            Err(error) => {
                let mut faults = Faults::default();
                let words = of_code(self.seated.words, error.code(), &error.to_string());
                faults.whole.push(words);
                self.show(typed, faults, None, false)
            }
        }
    }

    /// Reads the act, or says what cannot be read.
    fn read(&self, typed: &Typed) -> Result<Filing, Faults> {
        let json = written::act_json(self.form, typed).to_string();
        read_filing(json.as_bytes()).map_err(|error| {
            let told = error.words();
            let mut faults = Faults::default();
            let mut path = told.field.as_deref().map(dotted).unwrap_or_default();
            // What is missing is said of the whole; it is shown where it is missing.
            if let Some(name) = missing(&told.words) {
                path = [path.as_str(), name].join(".").trim_matches('.').to_owned();
            }
            let words = unread_words(self.seated.words, self.form, &path, &told.words);
            match path.as_str() {
                "" | "act" => faults.whole.push(words),
                _ => {
                    faults.at.insert(path, words);
                }
            }
            faults
        })
    }

    fn refused(&self, typed: &Typed, error: &FileError) -> Response {
        let mut faults = Faults::default();
        let words = of_code(self.seated.words, error.code(), &error.to_string());
        let field = match error {
            FileError::Refused(refusal) => refusal.field(),
            _ => None,
        };
        match field.map(|field| self.place_of(field)) {
            Some(Some(path)) => {
                faults.at.insert(path, words);
            }
            _ => faults.whole.push(words),
        }
        self.show(typed, faults, None, false)
    }

    /// The input that an act's own name for it means: by its path or the end of it.
    fn place_of(&self, field: &str) -> Option<String> {
        let asks = || self.form.steps.iter().flat_map(|step| step.asks);
        asks()
            .find(|ask| ask.path == field)
            .or_else(|| asks().find(|ask| ask.path.ends_with(&format!(".{field}"))))
            .or_else(|| {
                let people = |ask: &&spec::Ask| {
                    matches!(ask.by, Widget::Movers | Widget::People | Widget::Adjusted)
                };
                asks().find(people).filter(|_| field == "person")
            })
            .map(|ask| ask.path.to_owned())
    }

    fn show(&self, typed: &Typed, faults: Faults, grown: Option<&str>, kept: bool) -> Response {
        let words = self.seated.words;
        let faulty = !faults.at.is_empty() || !faults.whole.is_empty();
        let mut maker = Maker {
            office: &self.api.office,
            words,
            typed,
            faults,
            grown,
        };
        let sections = maker.sections(self.form);
        let rest = maker.rest();
        let page = FormPage {
            page: Page::of(self.api, self.seated),
            heading: words.pick(self.rule.label_vi, self.rule.label_en),
            deadline: None,
            act: self.form.act,
            draft: self.draft.to_string(),
            sections,
            rest,
            faulty,
            kept,
        };
        let status = if faulty {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        show_as(status, &page)
    }

    fn review(&self, typed: &Typed, checked: &Checked) -> Response {
        let page = review::page(
            self.api,
            self.seated,
            self.form,
            self.rule,
            &self.draft,
            typed,
            checked,
        );
        super::page::show(&page)
    }
}

/// Whether a text came from a scanner: a card's square code has bars, its lines have chevrons.
fn is_scan(text: &str) -> bool {
    text.matches('|').count() >= 5 || text.contains("<<")
}

/// The code of the one commune that is named so.
fn commune_named(api: &Api, text: &str) -> Option<String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let wanted = registry::text::fold_base(text);
    let units = api.office.units();
    let mut named = units.communes().filter(|commune| {
        registry::text::fold_base(&commune.full_name()) == wanted
            || registry::text::fold_base(&commune.name) == wanted
    });
    match (named.next(), named.next()) {
        (Some(commune), None) => Some(commune.code.to_string()),
        _ => None,
    }
}

/// The input that a reader misses.
fn missing(words: &str) -> Option<&str> {
    words.strip_prefix("missing field `")?.split('`').next()
}

/// A path as forms write it: `people[0].person` is `people.0.person`.
fn dotted(path: &str) -> String {
    path.replace('[', ".")
        .replace(']', "")
        .trim_matches('.')
        .to_owned()
}

/// What cannot be read, in the clerk's language: by the kind of the input.
fn unread_words(words: &Words, form: &Form, path: &str, english: &str) -> String {
    if missing(english).is_some() {
        return words.t("wrong-missing");
    }
    if words.lang() == Lang::En {
        return english.to_owned();
    }
    let mut asks = form.steps.iter().flat_map(|step| step.asks);
    let ask = asks.find(|ask| path == ask.path || path.starts_with(&format!("{}.", ask.path)));
    let last = path.rsplit('.').next().unwrap_or_default();
    let key = match (last, ask.map(|ask| ask.by)) {
        ("pin" | "claimed_pin", _) => "wrong-pin",
        ("value", _) => "wrong-value",
        ("phone", _) => "wrong-phone",
        ("email", _) => "wrong-email",
        ("unit", _) => "wrong-commune",
        (
            "birth_date" | "date" | "from" | "to" | "since" | "agreed" | "declared" | "effective",
            _,
        )
        | (_, Some(Widget::Date | Widget::Birth)) => "wrong-date",
        ("name", _) => "wrong-name",
        (
            "relation" | "sex" | "ethnic" | "religion" | "blood" | "ground" | "cause" | "reason",
            _,
        )
        | (_, Some(Widget::Code(_))) => "wrong-choice",
        (_, Some(Widget::Somebody)) => "wrong-person",
        (_, Some(Widget::Number)) => "wrong-number",
        _ => "wrong-input",
    };
    words.t(key)
}
