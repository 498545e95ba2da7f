//! One form before one officer: drawn with what was typed and what is wrong, looked over, filed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use registry::RecordId;
use registry::act::Term;
use registry::act::kind::ActRule;
use registry::procedure::{Filing, kind_of};
use registry::words::Tells;

use super::super::fault::{in_words, of_code};
use super::super::page::{Page, go, show, show_as};
use super::super::person::{ACT_IN_HAND, note_reading_once};
use super::super::seat::Seated;
use super::super::shown::day;
use super::choose::limited;
use super::communes::{self, Named};
use super::countries;
use super::inputs::{Faults, Look, Maker, Part, Section};
use super::label::{label, labelled};
use super::spec::{Ask, Form, Widget};
use super::typed::Typed;
use super::{attached, draft_of, meant, papers, read, review};
use crate::api::{Api, ApiError, with_thumbnail};
use crate::clock;
use crate::office::{Checked, DRAFTS_MAX, DraftId, FileError};
use crate::writer::WriteError;

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    page: Page,
    heading: &'static str,
    terms: Vec<String>,
    papers: Vec<&'static str>,
    act: &'static str,
    draft: String,
    sections: Vec<Section>,
    rest: Vec<String>,
    faulty: bool,
    kept: bool,
    other_session: bool,
    again: String,
    /// That there are so many drafts that this form is not kept as one; empty if it is.
    not_kept: String,
}

/// What is told above a form.
pub(super) enum Told {
    Nothing,
    /// It was kept as a draft.
    Kept,
    /// It came from a session that is over: nothing was done with it, and it can be sent again.
    OtherSession,
    /// It is that of an act that came back, and why.
    Again(String),
}

/// One form before one officer.
pub(super) struct Sheet<'a> {
    pub(super) api: &'a Api,
    pub(super) seated: &'a Seated,
    pub(super) form: &'static Form,
    pub(super) rule: &'static ActRule,
    pub(super) draft: DraftId,
}

impl Sheet<'_> {
    /// Takes in what a button or a scanner meant, and finds the communes that were named. Tells, by
    /// path, what of it is to be looked at before it is used.
    pub(super) fn settle(&self, typed: &mut Typed, wish: &str) -> Faults {
        let mut faults = Faults::default();
        if let Some(path) = wish.strip_prefix("unpick:") {
            typed.set(&format!("{path}.id"), "");
            typed.set(&format!("{path}.q"), "");
        }
        if let Some(path) = wish.strip_prefix("meant:")
            && let Some(meant) = meant::name(typed.at(path))
        {
            typed.set(path, &meant);
        }
        if let Some(path) = wish.strip_prefix("unattach:") {
            typed.set(path, "");
        }
        let scanned: Vec<(String, String)> = typed
            .pairs()
            .filter(|(path, text)| path.ends_with(".q") && is_scan(text))
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        for (path, text) in scanned {
            self.read_card(typed, path.trim_end_matches(".q"), &text, &mut faults);
        }
        let named: Vec<(String, String)> = typed
            .pairs()
            .filter(|(path, _)| *path == "unit" || path.ends_with(".unit"))
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        for (path, text) in named {
            match communes::named(&self.api.office, &text) {
                Named::One(code) => typed.set(&path, &code.to_string()),
                Named::Several(communes) => {
                    let words = self.seated.words;
                    let told = words.with("commune-several", &[("communes", communes.as_str())]);
                    faults.at.insert(path, told);
                }
                Named::Nothing => {}
            }
        }
        for ask in self.form.steps.iter().flat_map(|step| step.asks) {
            typed.close_gaps(ask.path);
            if matches!(ask.by, Widget::Countries) {
                let codes = countries::codes(typed.at(ask.path));
                typed.set(ask.path, &codes);
            }
            if matches!(ask.by, Widget::Photo) {
                attached::keep_last(typed, ask.path);
            }
        }
        let abroad: Vec<(String, String)> = typed
            .pairs()
            .filter(|(path, _)| path.ends_with(".country"))
            .map(|(path, text)| (path.to_owned(), countries::codes(text)))
            .collect();
        for (path, code) in abroad {
            typed.set(&path, &code);
        }
        faults
    }

    /// Fills in somebody from a card. What the scanner may have got wrong, and where card and
    /// record differ, is told: an act on the wrong name comes back weeks later.
    fn read_card(&self, typed: &mut Typed, path: &str, text: &str, faults: &mut Faults) {
        let words = self.seated.words;
        let view = match self.api.office.card_view(text, clock::device_s()) {
            Ok(Ok(view)) => view,
            Ok(Err(error)) => {
                let told = in_words(words, &error.said());
                faults.at.insert(format!("{path}.id"), told);
                return;
            }
            Err(_) => return,
        };
        typed.set(&format!("{path}.q"), "");
        if let Some(hit) = view.record {
            typed.set(&format!("{path}.id"), &hit.id.to_string());
            if !view.differs.is_empty() {
                let parts = view.differs.iter().map(|part| card_part(words, part));
                let parts: Vec<String> = parts.collect();
                let told = format!("{} {}", words.t("card-differs"), parts.join(", "));
                faults.at.insert(format!("{path}.id"), told);
            }
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
        for doubt in &view.doubts {
            let told = words.pick(&doubt.words_vi, &doubt.words);
            // The label of the input stands before it already.
            let why = told
                .split_once(": ")
                .map_or(told, |(_, why)| why)
                .to_owned();
            let (at, told) = match doubt.part.as_str() {
                "pin" | "name" | "birth_date" => (format!("{path}.{}", doubt.part), why),
                "card" => (format!("{path}.id"), why),
                // What the form does not take from the card is in nobody's way.
                _ => continue,
            };
            faults.at.entry(at).or_insert(told);
        }
    }

    pub(super) async fn answer(&self, typed: &Typed, wish: &str) -> Response {
        if let Some(path) = wish.strip_prefix("add:") {
            return self.show(typed, Faults::default(), Some(path), Told::Nothing);
        }
        match wish {
            "look" | "file" => {}
            "keep" => return self.show(typed, Faults::default(), None, Told::Kept),
            _ => return self.show(typed, Faults::default(), None, Told::Nothing),
        }
        let filing = match read::read(self.seated.words, self.form, typed) {
            Ok(filing) => filing,
            Err(faults) => return self.show(typed, faults, None, Told::Nothing),
        };
        let officer = self.seated.seat.account.officer();
        let keeps = (wish == "file").then_some(&officer.id);
        let filing = match with_thumbnail(self.api, filing, keeps).await {
            Ok(filing) => filing,
            Err(error) => return self.failed(typed, &error),
        };
        if wish == "look" {
            return match self
                .api
                .office
                .check_act(&filing, officer, clock::device_s())
            {
                Ok(checked) => {
                    self.note_looks(&checked).await;
                    self.review(typed, &checked)
                }
                Err(error) => self.refused(typed, &filing, &error),
            };
        }
        let form = draft_of(self.form.act, typed);
        let asked = filing.clone();
        let filed = self
            .api
            .writer
            .file_draft(filing, officer.clone(), self.draft, form);
        match filed.await {
            Ok(act) => go(&format!("/acts/{act}")),
            Err(WriteError::File(error)) => self.refused(typed, &asked, &error),
            Err(error) => {
                let mut faults = Faults::default();
                let words = of_code(self.seated.words, error.code(), &error.to_string());
                faults.whole.push(words);
                self.show(typed, faults, None, Told::Nothing)
            }
        }
    }

    /// The look over an act shows what stands in records: it is a reading of each, noted once.
    async fn note_looks(&self, checked: &Checked) {
        let mut seen: Vec<RecordId> = checked
            .differences
            .iter()
            .filter(|it| it.items.iter().any(|item| !item.before.is_empty()))
            .filter_map(|it| it.record)
            .collect();
        seen.dedup();
        for record in seen {
            note_reading_once(self.api, self.seated, record, ACT_IN_HAND).await;
        }
    }

    /// Tells all that stands against the act, each thing beside its input.
    fn refused(&self, typed: &Typed, filing: &Filing, error: &FileError) -> Response {
        let mut faults = Faults::default();
        let words = self.seated.words;
        let FileError::Refused(first) = error else {
            let wrong = of_code(words, error.code(), &error.to_string());
            faults.whole.push(labelled(None, &wrong));
            return self.show(typed, faults, None, Told::Nothing);
        };
        let officer = self.seated.seat.account.officer();
        let office = &self.api.office;
        let mut all = office.refusals(filing, officer, clock::device_s());
        // Something may have changed since it was refused.
        if !all.contains(first) {
            all.insert(0, first.clone());
        }
        for refusal in all {
            let wrong = in_words(words, &refusal.said_in(kind_of(&filing.input)));
            self.place(&mut faults, typed, refusal.field(), &wrong);
        }
        self.show(typed, faults, None, Told::Nothing)
    }

    /// Puts what is wrong beside the input that an act's own name means, or above the form with what
    /// the input is called.
    pub(super) fn place(
        &self,
        faults: &mut Faults,
        typed: &Typed,
        field: Option<&str>,
        wrong: &str,
    ) {
        let path = field.and_then(|field| self.place_of(field, typed));
        match path {
            Some(path) if !faults.at.contains_key(&path) => {
                faults.at.insert(path, wrong.to_owned());
            }
            _ => {
                let called = field.and_then(|field| label(self.seated.words, self.form, field));
                faults.whole.push(labelled(called, wrong));
            }
        }
    }

    /// What went wrong before the act was looked at.
    fn failed(&self, typed: &Typed, error: &ApiError) -> Response {
        let told = error.words();
        let mut faults = Faults::default();
        let words = of_code(self.seated.words, &told.code, &told.words);
        self.place(&mut faults, typed, told.field.as_deref(), &words);
        self.show(typed, faults, None, Told::Nothing)
    }

    /// The input that an act's own name for it means: by its path or the end of it.
    pub(super) fn place_of(&self, field: &str, typed: &Typed) -> Option<String> {
        let asks = || self.form.steps.iter().flat_map(|step| step.asks);
        let changes = asks().find(|ask| matches!(ask.by, Widget::Changes(_)));
        if let Some(ask) = changes {
            let chosen = |row: &usize| typed.at(&format!("{}.{row}.field", ask.path)) == field;
            if let Some(row) = (0..typed.rows(ask.path)).find(chosen) {
                return Some(format!("{}.{row}.value", ask.path));
            }
        }
        asks()
            .find(|ask| ask.path == field)
            .or_else(|| asks().find(|ask| ask.path.ends_with(&format!(".{field}"))))
            .or_else(|| {
                let people = |ask: &&Ask| {
                    matches!(ask.by, Widget::Movers | Widget::People | Widget::Adjusted)
                };
                asks().find(people).filter(|_| field == "person")
            })
            .map(|ask| ask.path.to_owned())
    }

    pub(super) fn show(
        &self,
        typed: &Typed,
        faults: Faults,
        grown: Option<&str>,
        told: Told,
    ) -> Response {
        let words = self.seated.words;
        let faulty = !faults.at.is_empty() || !faults.whole.is_empty();
        let faults = faults.labelled(words, self.form);
        let mut maker = Maker {
            office: &self.api.office,
            words,
            typed,
            faults,
            grown,
        };
        let sections = maker.sections(self.form);
        let rest = maker.rest();
        let (kept, other_session, again) = match told {
            Told::Nothing => (false, false, String::new()),
            Told::Kept => (true, false, String::new()),
            Told::OtherSession => (false, true, String::new()),
            Told::Again(why) => (false, false, why),
        };
        // What came back was asked for; what is wrong with it stands above the form.
        let refused = faulty && again.is_empty();
        let page = FormPage {
            page: Page::of(self.api, self.seated),
            heading: words.pick(self.rule.label_vi, self.rule.label_en),
            terms: self.terms(),
            papers: papers::of(self.form.act),
            act: self.form.act,
            draft: self.draft.to_string(),
            sections,
            rest,
            faulty: refused,
            kept,
            other_session,
            again,
            not_kept: self.not_kept(),
        };
        let status = if other_session {
            StatusCode::CONFLICT
        } else if refused {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        show_as(status, &page)
    }

    fn not_kept(&self) -> String {
        let office = &self.api.office;
        let officer = self.seated.seat.account.id();
        let drafts = office.drafts(officer).unwrap_or_default();
        let count = drafts.len();
        if count < DRAFTS_MAX || drafts.iter().any(|(id, _)| *id == self.draft) {
            return String::new();
        }
        limited("form-not-kept", count, self.seated.words)
    }

    /// By when the act is to be filed and its result given, as the law says.
    fn terms(&self) -> Vec<String> {
        let words = self.seated.words;
        let Some(deadline) = self.rule.deadline else {
            return Vec::new();
        };
        let filing = deadline
            .filing
            .map(|term| words.n("form-filing", term.days));
        let within = |key: &str, term: Term, checks| {
            let due = day(deadline.due(clock::device_s(), checks));
            let days = term.days.to_string();
            words.with(key, &[("n", days.as_str()), ("day", due.as_str())])
        };
        let result = match deadline.result {
            Term { days: 0, .. } => words.t("form-result-same-day"),
            term => within("form-result-days", term, false),
        };
        let checked = deadline.checked;
        let checked = checked.map(|term| within("form-result-checks", term, true));
        filing.into_iter().chain([result]).chain(checked).collect()
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
        show(&page)
    }
}

/// Whether a text came from a scanner: a card's square code has bars, its lines have chevrons.
fn is_scan(text: &str) -> bool {
    text.matches('|').count() >= 5 || text.contains("<<")
}

/// The name of a part of a card.
fn card_part(words: &super::super::words::Words, part: &str) -> String {
    words.t(&format!("card-{part}"))
}
