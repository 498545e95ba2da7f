//! Values, moments and ages as a clerk reads them, in the time and the language of the office.

use registry::act::Evidence;
use registry::application::Application;
use registry::code::{BloodType, Relation, Religion, Sex};
use registry::date::Date;
use registry::person::MaritalStatus;
use registry::procedure::Slice;
use registry::schema::RecordKind;
use registry::unit::{Commune, Units};
use registry::value::{Declared, PersonLink, Place, Residence, Value};
use registry::{OfficeCode, RecordId};

use super::record::elsewhere;
use super::words::{Lang, Words, country};
use crate::clock;
use crate::office::{ActState, Before, ChangedRecord, Known, Office, PersonHit};

/// Viet Nam is seven hours ahead, all year.
const VIET_NAM_S: i64 = 7 * 3600;
const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// A moment to the minute: `21/11/2026 14:02`.
pub(super) fn moment(at_s: i64) -> String {
    let (year, month, day) = Date::in_viet_nam(at_s).ymd();
    let of_day = at_s.saturating_add(VIET_NAM_S).rem_euclid(DAY_S);
    let (hour, minute) = (of_day / HOUR_S, of_day % HOUR_S / MINUTE_S);
    format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}")
}

/// A day: `21/11/2026`.
pub(super) fn day(date: Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{day:02}/{month:02}/{year}")
}

/// The size of a file.
pub(super) fn size(bytes: u32) -> String {
    format!("{} kB", bytes.div_ceil(1024))
}

/// How long, in the two words that matter.
pub(super) fn span(words: &Words, seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..MINUTE_S => words.n("span-seconds", s),
        s @ MINUTE_S..HOUR_S => words.n("span-minutes", s / MINUTE_S),
        s @ HOUR_S..DAY_S => words.n("span-hours", s / HOUR_S),
        s => words.n("span-days", s / DAY_S),
    }
}

/// The name of an act's state.
pub(super) fn state(words: &Words, state: ActState) -> String {
    words.t(&format!("state-{}", state_key(state)))
}

/// The name of a state in styles and messages.
pub(super) const fn state_key(state: ActState) -> &'static str {
    match state {
        ActState::Provisional => "provisional",
        ActState::Waiting => "waiting",
        ActState::Final => "final",
        ActState::Disputed => "disputed",
        ActState::Returned => "returned",
        ActState::Parked => "parked",
        ActState::Quarantined => "quarantined",
        ActState::Withdrawn => "withdrawn",
        ActState::SetAside => "set_aside",
    }
}

/// The name of a sex.
pub(super) fn sex(words: &Words, sex: Sex) -> String {
    words.t(match sex {
        Sex::Unknown => "sex-unknown",
        Sex::Male => "sex-male",
        Sex::Female => "sex-female",
    })
}

/// A religion by its name: that of the list, which is Vietnamese, or the one that it has in English.
pub(super) fn religion(words: &Words, religion: Religion) -> String {
    if religion == Religion::NONE {
        return words.t("religion-none");
    }
    let own = religion.name().to_owned();
    match words.lang() {
        Lang::Vi => own,
        Lang::En => words.try_t(&format!("religion-{religion}")).unwrap_or(own),
    }
}

/// What a member is to the head.
pub(super) fn relation(words: &Words, relation: Relation) -> String {
    words.t(&format!("relation-{}", relation.as_str()))
}

/// The name of a marital status.
pub(super) fn marital(words: &Words, status: MaritalStatus) -> String {
    words.t(match status {
        MaritalStatus::NeverMarried => "marital-never",
        MaritalStatus::Married => "marital-married",
        MaritalStatus::DivorcedOrWidowed => "marital-ended",
    })
}

/// What of a person nobody may overlook: dead, or declared missing; empty for the living.
pub(super) fn life(words: &Words, dead: bool, missing: bool) -> String {
    match (dead, missing) {
        (true, _) => words.t("dead"),
        (false, true) => words.t("missing"),
        (false, false) => String::new(),
    }
}

/// By which other name somebody was found, so that nobody wonders why; empty if by the name.
pub(super) fn found_as(words: &Words, hit: &PersonHit) -> String {
    hit.other_name.as_deref().map_or_else(String::new, |name| {
        words.with("find-other-name", &[("name", name)])
    })
}

/// By what people know a record.
pub(super) fn known_as(words: &Words, known: &Known) -> String {
    match known {
        Known::Person(name) => name.clone(),
        Known::Household(file) => words.with("household-heading", &[("file", file)]),
    }
}

/// A paper: what it is, its number, its date.
pub(super) fn paper(paper: &Evidence) -> String {
    let date = paper.date.map(|date| date.to_string());
    joined([
        paper.kind.as_str().to_owned(),
        paper.number.as_str().to_owned(),
        date.unwrap_or_default(),
    ])
}

/// Shows values with the names that this office knows.
pub(super) struct Shown<'a> {
    office: &'a Office,
    units: std::sync::Arc<Units>,
    words: &'static Words,
    today: Date,
    /// What an act makes, and the office does not hold (yet).
    made: Vec<(RecordId, Known)>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(office: &'a Office, words: &'static Words) -> Shown<'a> {
        Shown {
            office,
            units: office.units(),
            words,
            today: Date::in_viet_nam(office.meta().corrected_s(clock::device_s())),
            made: Vec::new(),
        }
    }

    /// Calls those whom an act makes by what the act tells of them.
    pub(super) fn with_made(mut self, changes: &[ChangedRecord]) -> Shown<'a> {
        let made = changes.iter().filter(|it| it.before == Before::Made);
        self.made
            .extend(made.filter_map(|it| Some((it.record?, it.known.clone()?))));
        self
    }

    /// The day at this office, by the clock as the centre corrected it.
    pub(super) const fn today(&self) -> Date {
        self.today
    }

    /// The name of a commune of today or of the past.
    pub(super) fn commune(&self, code: OfficeCode) -> String {
        self.units
            .ever(code)
            .map_or_else(|| code.to_string(), Commune::full_name)
    }

    /// By what people know a record, as far as this office holds it.
    pub(super) fn record(&self, id: RecordId) -> String {
        self.called(id, None)
    }

    /// The same of a record whose kind is known, held or not.
    pub(super) fn called(&self, id: RecordId, kind: Option<RecordKind>) -> String {
        let known = self.known_at(id).map(|known| self.known(&known));
        known.unwrap_or_else(|| elsewhere(kind, self.words))
    }

    /// By what people know a person, as far as this office holds them.
    fn person(&self, id: RecordId) -> String {
        self.called(id, Some(RecordKind::Person))
    }

    /// By what people know a record.
    pub(super) fn known(&self, known: &Known) -> String {
        known_as(self.words, known)
    }

    /// A household, which may be one that an act makes.
    pub(super) fn household(&self, id: RecordId) -> String {
        self.called(id, Some(RecordKind::Household))
    }

    fn known_at(&self, id: RecordId) -> Option<Known> {
        let held = self.office.known_records(&[id]).unwrap_or_default();
        let made = || self.made.iter().find(|(made, _)| *made == id);
        let made = || made().map(|(_, known)| known.clone());
        held.into_iter().next().or_else(made)
    }

    /// A value of a field, as one line.
    pub(super) fn value(&self, value: &Value) -> String {
        let words = self.words;
        match value {
            Value::Name(name) => name.as_str().to_owned(),
            Value::Text(text) => text.as_str().to_owned(),
            Value::Birth(birth) => birth.shown(),
            Value::Pin(pin) => pin.digits(),
            Value::Sex(value) => sex(words, *value),
            Value::Blood(BloodType::Unknown) => words.t("sex-unknown"),
            Value::Blood(blood) => blood.as_str().to_uppercase(),
            Value::Religion(value) => religion(words, *value),
            Value::Ethnic(ethnic) => ethnic
                .name()
                .map_or_else(|| format!("{:02}", ethnic.code()), str::to_owned),
            Value::Countries(list) if list.is_empty() => words.t("stateless"),
            Value::Countries(list) => joined(list.iter().map(|it| country(words, &it.to_string()))),
            Value::Relation(value) => relation(words, *value),
            Value::Place(place) => self.place(place),
            Value::Person(link) => self.link(link),
            Value::Residence(home) => self.residence(home),
            Value::Marriage(marriage) => {
                let end = marriage
                    .ended
                    .map(|ended| words.with("marriage-ended", &[("date", &ended.to_string())]));
                let begun = words.with("marriage-since", &[("date", &marriage.date.to_string())]);
                joined(
                    [Some(self.link(&marriage.spouse)), Some(begun), end]
                        .into_iter()
                        .flatten(),
                )
            }
            Value::Membership(membership) => joined([
                self.household(membership.household),
                words.with("since", &[("date", &membership.since.to_string())]),
            ]),
            Value::Death(death) => {
                let declared = death.declared.map(|declared| {
                    words.t(match declared {
                        Declared::Missing => "declared-missing",
                        Declared::Dead => "declared-dead",
                    })
                });
                let place = self.place(&death.place);
                let parts = [
                    declared,
                    Some(death.date.to_string()),
                    Some(place),
                    Some(death.ground.as_str().to_owned()),
                ];
                joined(parts.into_iter().flatten())
            }
            Value::BirthEntry(entry) => {
                let order =
                    (entry.birth_order > 0).then(|| words.n("birth-order-of", entry.birth_order));
                joined(
                    [Some(entry.certificate.as_str().to_owned()), order]
                        .into_iter()
                        .flatten(),
                )
            }
            Value::Phone(phone) => phone.as_str().to_owned(),
            Value::Email(email) => email.as_str().to_owned(),
            Value::Absence(absence) => joined([
                format!("{} – {}", absence.from, absence.to),
                self.place(&absence.destination),
            ]),
            Value::Stay(stay) => joined([
                format!("{} – {}", stay.from, stay.to),
                self.place(&stay.place),
            ]),
            Value::Card(card) => {
                let issued = words.with("card-issued", &[("date", &card.issued.to_string())]);
                let until = card
                    .expires
                    .map(|date| words.with("until", &[("date", &date.to_string())]));
                let place = card.place.as_str().to_owned();
                joined([Some(issued), Some(place), until].into_iter().flatten())
            }
            Value::Other(other) => format!("{}: {}", other.key.as_str(), other.text.as_str()),
            Value::Head(id) => self.person(*id),
            Value::Confirmation(paper) => joined([
                paper.number.as_str().to_owned(),
                marital(words, paper.status),
                words.with("until", &[("date", &paper.until.to_string())]),
            ]),
            Value::Application(application) => self.application(application),
            Value::ApplicationAnswer(answer) => {
                let steps = answer.steps.iter();
                let told = steps.map(|step| words.t(&format!("step-{}", step.key())));
                joined(told.chain([answer.words.as_str().to_owned()]))
            }
            Value::Portrait(portrait) => {
                let photo = portrait.photo();
                let kind = words.t(&format!("file-{}", photo.kind().key()));
                format!("{kind} ({})", size(photo.bytes()))
            }
        }
    }

    fn application(&self, application: &Application) -> String {
        let words = self.words;
        joined([
            words.t(&format!("request-{}", application.request.as_str())),
            application.prepared.to_string(),
            words.t(&format!("dossier-{}", application.state.key())),
        ])
    }

    fn place(&self, place: &Place) -> String {
        let unit = place
            .unit
            .map(|code| self.commune(code))
            .unwrap_or_default();
        let country = place
            .country
            .map(|it| country(self.words, &it.to_string()))
            .unwrap_or_default();
        joined([place.text.as_str().to_owned(), unit, country])
    }

    fn link(&self, link: &PersonLink) -> String {
        match link {
            PersonLink::Record(id) => self.person(*id),
            PersonLink::Pin(pin) => {
                let known = self.office.by_pin(pin).map(|id| self.person(id));
                joined([known.unwrap_or_default(), pin.digits()])
            }
            PersonLink::Named { name, pin } => joined([
                name.as_str().to_owned(),
                pin.map(|pin| pin.digits()).unwrap_or_default(),
            ]),
        }
    }

    fn residence(&self, home: &Residence) -> String {
        let words = self.words;
        let from = words.with("since", &[("date", &home.from.to_string())]);
        let end = home
            .to
            .map(|date| words.with("ended", &[("date", &date.to_string())]))
            .or_else(|| {
                home.until
                    .map(|date| words.with("until", &[("date", &date.to_string())]))
            });
        let address = home.address.as_str().to_owned();
        let parts = [
            Some(address),
            Some(self.commune(home.unit)),
            Some(from),
            end,
        ];
        joined(parts.into_iter().flatten())
    }

    /// The person whom a value names, if this office holds the record.
    pub(super) fn person_in(&self, value: &Value) -> Option<RecordId> {
        let link = match value {
            Value::Person(link) => link,
            Value::Marriage(marriage) => &marriage.spouse,
            Value::Head(head) => &PersonLink::Record(*head),
            _ => return None,
        };
        let id = match link {
            PersonLink::Record(id) => *id,
            PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => {
                self.office.by_pin(pin)?
            }
            PersonLink::Named { pin: None, .. } => return None,
        };
        self.office.record(&id).map(|_| id)
    }

    /// The name of a field in this language.
    pub(super) fn label(&self, rule: &registry::schema::FieldRule) -> &'static str {
        match self.words.lang() {
            Lang::Vi => rule.label_vi,
            Lang::En => rule.label_en,
        }
    }
}

/// The parts that are not empty, as one line.
pub(super) fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}
