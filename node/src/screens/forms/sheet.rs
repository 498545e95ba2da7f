//! One form before one officer: drawn with what was typed and what is wrong, looked over, filed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use registry::act::kind::ActRule;
use registry::procedure::Filing;

use super::super::fault::of_code;
use super::super::page::{Page, go, show, show_as};
use super::super::seat::Seated;
use super::super::shown::day;
use super::inputs::{Faults, Look, Maker, Part, Section};
use super::spec::{Ask, Form, Widget};
use super::typed::Typed;
use super::unread::{dotted, missing, unread_words};
use super::{meant, papers, review, written};
use crate::api::{Api, read_filing};
use crate::clock;
use crate::office::{Checked, DraftId, FileError};
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
    /// Takes in what a button or a scanner meant, and finds the communes that were named.
    pub(super) fn settle(&self, typed: &mut Typed, wish: &str) {
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

    pub(super) async fn answer(&self, typed: &Typed, wish: &str) -> Response {
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
        kept: bool,
    ) -> Response {
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
            terms: self.terms(),
            papers: papers::of(self.form.act),
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

    /// By when the act is to be filed and its result given, as the law says.
    fn terms(&self) -> Vec<String> {
        let words = self.seated.words;
        let Some(deadline) = self.rule.deadline else {
            return Vec::new();
        };
        let filing = deadline
            .filing
            .map(|term| words.n("form-filing", term.days));
        let result = match deadline.result.days {
            0 => words.t("form-result-same-day"),
            days => {
                let due = deadline.due(clock::device_s());
                let values = [("n", days.to_string()), ("day", day(due))];
                let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
                words.with("form-result-days", &values)
            }
        };
        filing.into_iter().chain([result]).collect()
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
