//! From the form and what was typed to what the page shows: inputs with their names, hints, values
//! and what is wrong with them.

use registry::OfficeCode;
use registry::attachment::Attachment;
use registry::procedure::Whom;
use registry::schema::Field;

use super::super::shown::{Shown, size};
use super::super::words::Words;
use super::attached::{self, files_of};
use super::codes::list;
use super::hints;
pub(super) use super::label::Faults;
use super::pick::{Pick, Takes};
use super::spec::{Ask, Codes, Form, Widget};
use super::typed::{ROWS_MAX, Typed};
use crate::office::Office;

/// A choice of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// How an input looks.
pub(super) enum Look {
    Line,
    Area,
    Select(Vec<Choice>),
    Check(bool),
    Checks(Vec<Choice>),
}

/// An input.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
    pub(super) fault: Option<String>,
    pub(super) need: bool,
    pub(super) look: Look,
    pub(super) digits: bool,
}

impl Input {
    /// Whether it names a paper, so that the usual names are suggested.
    pub(super) fn is_paper(&self) -> bool {
        self.name.starts_with("evidence.") && self.name.ends_with(".kind")
    }

    pub(super) fn id(&self) -> String {
        self.name.replace('.', "-")
    }

    /// The parts of the page that say what goes into it and what is wrong with it.
    pub(super) fn described(&self) -> String {
        let hint = (!self.hint.is_empty() && matches!(self.look, Look::Line))
            .then(|| format!("{}-hint", self.id()));
        let wrong = self.fault.as_ref().map(|_| format!("{}-wrong", self.id()));
        let parts: Vec<String> = wrong.into_iter().chain(hint).collect();
        parts.join(" ")
    }
}

/// A file of a paper.
pub(super) struct FileLine {
    /// The input that names it, in the draft.
    pub(super) name: String,
    pub(super) value: String,
    pub(super) label: String,
    /// Where it is looked at; nowhere if it is gone.
    pub(super) href: Option<String>,
}

/// The photographs and scans of a paper.
pub(super) struct Files {
    pub(super) path: String,
    pub(super) held: Vec<FileLine>,
    pub(super) fault: Option<String>,
    /// Whether it is one photograph, which a telephone takes at once.
    pub(super) photo: bool,
}

impl Files {
    pub(super) fn id(&self) -> String {
        self.path.replace('.', "-")
    }
}

/// A part of a block.
pub(super) enum Part {
    Input(Input),
    Pick(Pick),
    Files(Files),
    /// Inputs for somebody who is not held here.
    Card(Vec<Input>, bool),
    /// The head of a row.
    Row(String),
}

/// What is asked at one place.
pub(super) struct Block {
    pub(super) path: &'static str,
    pub(super) legend: String,
    pub(super) need: bool,
    pub(super) fault: Option<String>,
    pub(super) parts: Vec<Part>,
    /// The list that gets another row.
    pub(super) add: Option<String>,
}

impl Block {
    /// Unlike that of an input of the same path, which may stand within.
    pub(super) fn id(&self) -> String {
        format!("block-{}", self.path.replace('.', "-"))
    }
}

/// A step with its blocks; a block of a single input has no legend of its own.
pub(super) struct Section {
    pub(super) heading: String,
    /// Whether hints come beneath it.
    pub(super) hints: bool,
    pub(super) blocks: Vec<Block>,
}

/// Makes what the page shows.
pub(super) struct Maker<'a> {
    pub(super) office: &'a Office,
    pub(super) words: &'static Words,
    pub(super) typed: &'a Typed,
    pub(super) faults: Faults,
    /// Lists that are to have an empty row more.
    pub(super) grown: Option<&'a str>,
}

impl Maker<'_> {
    pub(super) fn sections(&mut self, form: &Form) -> Vec<Section> {
        form.steps
            .iter()
            .map(|step| Section {
                heading: self.words.t(step.key),
                hints: hints::registers(form) && step.asks.iter().any(hints::is_name),
                blocks: step.asks.iter().map(|ask| self.block(ask)).collect(),
            })
            .collect()
    }

    /// What is wrong and has no place of its own.
    pub(super) fn rest(self) -> Vec<String> {
        let mut rest = self.faults.whole;
        rest.extend(self.faults.at.into_values());
        rest
    }

    fn block(&mut self, ask: &Ask) -> Block {
        let path = ask.path;
        let label = self.words.t(ask.label);
        let (parts, add) = match ask.by {
            Widget::Somebody => (self.somebody(path, ask.whom, true), None),
            Widget::Link => (self.somebody(path, ask.whom, false), None),
            Widget::Held => (vec![self.pick(path, Takes::Person(ask.whom))], None),
            Widget::Household => (vec![self.pick(path, Takes::Household)], None),
            Widget::Place => (self.place(path), None),
            Widget::Photo => {
                let files = self.files(path);
                (
                    vec![Part::Files(Files {
                        photo: true,
                        ..files
                    })],
                    None,
                )
            }
            Widget::Movers
            | Widget::People
            | Widget::Relations
            | Widget::Adjusted
            | Widget::Houses
            | Widget::Changes(_)
            | Widget::Papers => {
                let rows = self.rows(path, ask.by);
                let parts = (0..rows).flat_map(|row| self.row(ask, row)).collect();
                (parts, (rows < ROWS_MAX).then(|| path.to_owned()))
            }
            _ => {
                let input = self.simple(ask, &label);
                return Block {
                    path,
                    legend: String::new(),
                    need: ask.need,
                    fault: None,
                    parts: vec![Part::Input(input)],
                    add: None,
                };
            }
        };
        Block {
            path,
            legend: label,
            need: ask.need,
            fault: self.faults.take(path),
            parts,
            add,
        }
    }

    fn rows(&self, path: &str, by: Widget) -> usize {
        let least = usize::from(!matches!(by, Widget::Relations));
        let typed = self.typed.rows(path).max(least);
        (typed + usize::from(self.grown == Some(path))).min(ROWS_MAX)
    }

    fn simple(&mut self, ask: &Ask, label: &str) -> Input {
        let path = ask.path;
        let mut input = self.line(path, label);
        input.need = ask.need;
        match ask.by {
            Widget::Commune => input.hint = self.commune_hint(&input.value),
            Widget::Long => input.look = Look::Area,
            Widget::Date | Widget::Birth => self.dated(&mut input),
            Widget::Code(codes) => input.look = Look::Select(self.choices(codes, path, true)),
            Widget::Several(codes) => input.look = Look::Checks(self.choices(codes, path, false)),
            Widget::Check => input.look = Look::Check(!self.typed.at(path).is_empty()),
            Widget::Number => input.digits = true,
            Widget::Countries => input.hint = self.words.t("hint-countries"),
            _ => {}
        }
        input
    }

    fn dated(&self, input: &mut Input) {
        input.hint = self.words.t("hint-date");
        input.digits = true;
    }

    fn line(&mut self, path: &str, label: &str) -> Input {
        Input {
            name: path.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: self.typed.at(path).to_owned(),
            fault: self.faults.take_exact(path),
            need: false,
            look: Look::Line,
            digits: false,
        }
    }

    fn place(&mut self, path: &str) -> Vec<Part> {
        let text = self.line(&format!("{path}.text"), &self.words.t("ask-place-text"));
        let unit = self.commune(&format!("{path}.unit"));
        let country = self.line(&format!("{path}.country"), &self.words.t("ask-country"));
        vec![Part::Input(text), Part::Input(unit), Part::Input(country)]
    }

    fn commune(&mut self, path: &str) -> Input {
        let mut input = self.line(path, &self.words.t("ask-commune"));
        input.hint = self.commune_hint(&input.value);
        input
    }

    /// The name of the commune that was given, or how one is given.
    fn commune_hint(&self, typed: &str) -> String {
        let code = typed.parse::<OfficeCode>().ok();
        let known = code.map(|code| Shown::new(self.office, self.words).commune(code));
        known.unwrap_or_else(|| self.words.t("hint-commune"))
    }

    /// Somebody: chosen among those held here, or by card or paper.
    fn somebody(&mut self, path: &str, whom: Whom, whole_card: bool) -> Vec<Part> {
        let pick = self.pick(path, Takes::Person(whom));
        if matches!(&pick, Part::Pick(pick) if pick.chosen.is_some()) {
            return vec![pick];
        }
        let mut inputs = vec![
            self.line(&format!("{path}.pin"), &self.words.t("pin-number")),
            self.line(&format!("{path}.name"), &self.words.t("name")),
        ];
        if let Some(pin) = inputs.first_mut() {
            pin.digits = true;
        }
        if whole_card {
            let mut born = self.line(&format!("{path}.birth_date"), &self.words.t("birth-date"));
            self.dated(&mut born);
            inputs.push(born);
        }
        let open = inputs
            .iter()
            .any(|input| !input.value.is_empty() || input.fault.is_some());
        vec![pick, Part::Card(inputs, open)]
    }

    fn pick(&mut self, path: &str, takes: Takes) -> Part {
        // What is wrong with the choice already stands beside it.
        let told = self.faults.any(path);
        let fault = self.faults.take_exact(&format!("{path}.id"));
        let mut pick = Pick::of(self.office, self.words, self.typed, path, takes);
        if told {
            pick.refused = None;
        }
        pick.fault = fault;
        Part::Pick(pick)
    }

    fn row(&mut self, ask: &Ask, row: usize) -> Vec<Part> {
        let at = format!("{}.{row}", ask.path);
        let number = i64::try_from(row + 1).unwrap_or(i64::MAX);
        let head = Part::Row(self.words.n("row-number", number));
        let mut parts = vec![head];
        let person = Takes::Person(ask.whom);
        match ask.by {
            Widget::Movers => {
                parts.extend(self.somebody(&format!("{at}.person"), ask.whom, true));
                parts.push(self.relation(&at));
            }
            Widget::People => parts.push(self.pick(&at, person)),
            Widget::Relations => {
                parts.push(self.pick(&format!("{at}.person"), person));
                parts.push(self.relation(&at));
            }
            Widget::Adjusted => {
                parts.push(self.pick(&format!("{at}.person"), person));
                for (key, label) in [
                    ("permanent_address", "ask-permanent-address"),
                    ("temporary_address", "ask-temporary-address"),
                ] {
                    let label = self.words.t(label);
                    parts.push(Part::Input(self.line(&format!("{at}.{key}"), &label)));
                }
                parts.push(self.relation(&at));
            }
            Widget::Houses => {
                parts.push(self.pick(&format!("{at}.household"), Takes::Household));
                let label = self.words.t("ask-address-now");
                parts.push(Part::Input(self.line(&format!("{at}.address"), &label)));
            }
            Widget::Papers => {
                for (key, label) in [("kind", "ask-paper"), ("number", "ask-paper-number")] {
                    let label = self.words.t(label);
                    parts.push(Part::Input(self.line(&format!("{at}.{key}"), &label)));
                }
                let mut date = self.line(&format!("{at}.date"), &self.words.t("ask-paper-date"));
                self.dated(&mut date);
                parts.push(Part::Input(date));
                parts.push(Part::Files(self.files(&at)));
            }
            Widget::Changes(fields) => parts.extend(self.change(&at, fields)),
            _ => {}
        }
        parts
    }

    fn files(&mut self, paper: &str) -> Files {
        let path = files_of(paper);
        let line = |(index, attachment): (usize, Attachment)| {
            let words = self.words;
            let view = self.office.attachment_view(&attachment.hash());
            let here = view.ok().flatten().is_some();
            let kind = attachment.kind().key();
            let size = size(attachment.bytes());
            FileLine {
                name: format!("{path}.{index}"),
                value: attached::written(&attachment),
                label: if here {
                    format!("{} ({size})", words.t(&format!("file-{kind}")))
                } else {
                    words.t("file-gone")
                },
                href: here.then(|| format!("/attachments/{}", attachment.hash())),
            }
        };
        let held = attached::of_paper(self.typed, paper);
        Files {
            held: held.into_iter().map(line).collect(),
            fault: self.faults.take(&path),
            path: paper.to_owned(),
            photo: false,
        }
    }

    fn relation(&mut self, at: &str) -> Part {
        let path = format!("{at}.relation");
        let mut input = self.line(&path, &self.words.t("relation"));
        input.look = Look::Select(self.choices(Codes::Relation, &path, true));
        Part::Input(input)
    }

    /// An item to be put right: which, then its new value by its kind.
    fn change(&mut self, at: &str, fields: &[Field]) -> Vec<Part> {
        let path = format!("{at}.field");
        let chosen = self.typed.at(&path).to_owned();
        let shown = Shown::new(self.office, self.words);
        let choices = fields.iter().map(|field| Choice {
            value: field.key().to_owned(),
            label: shown.label(field.rule()).to_owned(),
            chosen: field.key() == chosen,
        });
        let mut select = self.line(&path, &self.words.t("ask-item"));
        select.look = Look::Select(
            std::iter::once(self.nothing(&chosen))
                .chain(choices)
                .collect(),
        );
        let mut parts = vec![Part::Input(select)];
        let value = format!("{at}.value");
        let label = self.words.t("ask-new-value");
        match Field::from_key(&chosen) {
            Some(Field::Father | Field::Mother | Field::Representative) => {
                parts.extend(self.somebody(&value, Whom::Registered, false));
            }
            Some(Field::Membership) => {
                parts.push(self.pick(&value, Takes::Household));
                let label = self.words.t("ask-since");
                let mut since = self.line(&format!("{value}.since"), &label);
                self.dated(&mut since);
                parts.push(Part::Input(since));
            }
            Some(
                Field::BirthPlace | Field::BirthRegistration | Field::NativePlace | Field::Current,
            ) => {
                parts.extend(self.place(&value));
            }
            // It is emptied here; another one is taken by an act of its own.
            Some(Field::Portrait) => {}
            Some(field) => {
                let mut input = self.line(&value, &label);
                let codes = match field {
                    Field::Sex => Some(Codes::Sex),
                    Field::Ethnic => Some(Codes::Ethnic),
                    Field::Religion => Some(Codes::Religion),
                    Field::Blood => Some(Codes::Blood),
                    Field::Relation => Some(Codes::Relation),
                    _ => None,
                };
                if let Some(codes) = codes {
                    input.look = Look::Select(self.choices(codes, &value, true));
                }
                if field == Field::BirthDate {
                    self.dated(&mut input);
                }
                parts.push(Part::Input(input));
            }
            None => {
                let mut input = self.line(&value, &label);
                input.hint = self.words.t("hint-new-value");
                parts.push(Part::Input(input));
            }
        }
        let empty = format!("{at}.empty");
        let mut check = self.line(&empty, &self.words.t("ask-empty"));
        check.look = Look::Check(!self.typed.at(&empty).is_empty());
        parts.push(Part::Input(check));
        parts
    }

    fn nothing(&self, chosen: &str) -> Choice {
        Choice {
            value: String::new(),
            label: self.words.t("choose"),
            chosen: chosen.is_empty(),
        }
    }

    fn choices(&self, codes: Codes, path: &str, one: bool) -> Vec<Choice> {
        let chosen = self.typed.at(path);
        let mut choices: Vec<Choice> = list(codes, self.words)
            .into_iter()
            .map(|(value, label)| Choice {
                chosen: if one {
                    value == chosen
                } else {
                    !self.typed.at(&format!("{path}.{value}")).is_empty()
                },
                value,
                label,
            })
            .collect();
        if one {
            choices.insert(0, self.nothing(chosen));
        }
        choices
    }
}
