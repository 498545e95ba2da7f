//! Values and matters of the registry in words, for a reviewer's eyes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use registry::OfficeCode;
use registry::date::{Date, PartialDate};
use registry::dispute::Matter;
use registry::edit::Edit;
use registry::unit::Units;
use registry::value::{Declared, PersonLink, Place, Residence, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::client::Api;

/// Names of communes that decrees have made or named anew since this release.
static NAMES: OnceLock<BTreeMap<OfficeCode, String>> = OnceLock::new();

/// A commune's name, as the central registry tells it.
#[derive(Deserialize)]
struct Named {
    code: OfficeCode,
    name: String,
}

/// Asks the central registry for the names that this release cannot know. One that is too old to
/// tell leaves the release's own.
pub(crate) fn learn_names(api: &Api) {
    let named: Vec<Named> = api.get_as("/api/v1/units/names").unwrap_or_default();
    let names = named.into_iter().map(|named| (named.code, named.name));
    let _ = NAMES.set(names.collect());
}

/// A commune by code and name: `00004 Phường Ba Đình`. One that was dissolved has its last name.
pub(crate) fn office(code: OfficeCode) -> String {
    let learnt = NAMES.get().and_then(|names| names.get(&code).cloned());
    let known = || Some(Units::built_in().ever(code)?.full_name());
    match learnt.or_else(known) {
        Some(name) => format!("{code} {name}"),
        None => code.to_string(),
    }
}

/// What a case is about, from the API's list.
pub(crate) fn matter(value: &Json) -> String {
    match serde_json::from_value::<Matter>(value.clone()) {
        Ok(known) => matter_words(&known),
        Err(_) => plain(value),
    }
}

/// What a case is about.
pub(crate) fn matter_words(matter: &Matter) -> String {
    matter.words().en
}

/// A day as papers have it, DD/MM/YYYY; anything else as it is.
pub(crate) fn day(text: &str) -> String {
    let read = text.parse::<Date>();
    read.map_or_else(|_| text.to_owned(), |day| day.to_string())
}

/// A JSON value without its quotation marks and braces.
pub(crate) fn plain(value: &Json) -> String {
    match value {
        Json::Null => "-".into(),
        Json::String(text) => text.clone(),
        Json::Object(map) => {
            let parts = map.iter().map(|(key, value)| match value {
                Json::Null => key.clone(),
                Json::Object(_) => key.clone(),
                value => format!("{key} {}", plain(value)),
            });
            parts.collect::<Vec<_>>().join(", ")
        }
        Json::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What an act asks to be changed.
pub(crate) fn edit(edit: &Edit) -> String {
    let name = edit.field().rule().label_en.to_lowercase();
    match edit {
        Edit::Put(_, new) => format!("{name}: {}", value(new)),
        Edit::Add(_, new) => format!("{name}, one more: {}", value(new)),
        Edit::Amend(_, _, Some(new)) => format!("{name}, changed to: {}", value(new)),
        Edit::Clear(_) | Edit::Amend(_, _, None) => format!("{name}: taken away"),
        Edit::CloseOpen { to, .. } => format!("{name}: the open one ends on {to}"),
        Edit::EndMarriage {
            with,
            ended,
            ground,
        } => format!(
            "{name}: the one with {} ends on {ended} ({})",
            spouse(with),
            ground.as_str()
        ),
        Edit::ReviveMarriage { with } => {
            format!("{name}: the one with {} stands again", spouse(with))
        }
    }
}

/// A spouse whom an edit names in several ways: by the last, which is the name.
fn spouse(with: &[PersonLink]) -> String {
    with.last().map_or_else(String::new, person)
}

/// A value of a field.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Name(name) => name.as_str().into(),
        Value::Text(line) => line.as_str().into(),
        Value::Birth(birth) => birth.shown(),
        Value::Pin(pin) => pin.digits(),
        Value::Sex(code) => code.to_string(),
        Value::Blood(code) => format!("blood type {}", code.to_string().to_uppercase()),
        Value::Religion(religion) => religion.name().into(),
        Value::Ethnic(ethnic) => ethnic
            .name()
            .map_or_else(|| ethnic.to_string(), str::to_owned),
        Value::Countries(list) => list
            .iter()
            .map(|country| country.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        Value::Relation(code) => code.to_string(),
        Value::Place(place_value) => place(place_value),
        Value::Person(link) => person(link),
        Value::Residence(residence_value) => residence(residence_value),
        Value::Marriage(marriage) => {
            let mut words = format!(
                "married on {} to {}",
                marriage.date,
                person(&marriage.spouse)
            );
            words.push_str(&numbered(&marriage.certificate));
            if let Some(ended) = marriage.ended {
                words.push_str(&format!(", ended on {ended}"));
            }
            words
        }
        Value::Membership(member) => {
            format!(
                "household {} since {}",
                short(&member.household.to_string()),
                member.since
            )
        }
        Value::Death(death) => {
            let how = match death.declared {
                None => "died",
                Some(Declared::Dead) => "declared dead",
                Some(Declared::Missing) => "declared missing",
            };
            let number = numbered(&death.certificate);
            let ground = or_dash(death.ground.as_str());
            format!("{how} {} ({ground}){number}", death.date)
        }
        Value::BirthEntry(entry) => {
            format!("birth certificate {}", or_dash(entry.certificate.as_str()))
        }
        Value::Phone(phone) => phone.as_str().into(),
        Value::Email(email) => email.as_str().into(),
        Value::Absence(absence) => span("absent", absence.from, Some(absence.to)),
        Value::Stay(stay) => {
            format!(
                "{} at {}",
                span("stayed", stay.from, Some(stay.to)),
                place(&stay.place)
            )
        }
        Value::Card(card) => format!("card issued {}", card.issued),
        Value::Other(other) => format!("{}: {}", other.key.as_str(), other.text.as_str()),
        Value::Head(id) => format!("head {}", short(&id.to_string())),
        Value::Confirmation(paper) => format!(
            "confirmation {} for {}, valid until {}",
            paper.number.as_str(),
            paper.purpose.as_str(),
            paper.until
        ),
        Value::Portrait(portrait) => format!(
            "photograph {}, {} bytes, with its thumbnail",
            short(&portrait.photo().hash().to_string()),
            portrait.photo().bytes()
        ),
        Value::ApplicationAnswer(answer) => {
            let steps = answer.steps.iter().map(|step| step.key());
            let steps = steps.collect::<Vec<_>>().join(", ");
            format!(
                "answer {}: {steps}, {}",
                answer.place,
                or_dash(answer.words.as_str())
            )
        }
        Value::Application(application) => format!(
            "application {}, prepared {}: {}, {}, {}",
            application.request,
            application.prepared,
            application.pinned.name.as_str(),
            application.pinned.birth.shown(),
            application.pinned.sex
        ),
    }
}

fn residence(residence: &Residence) -> String {
    format!(
        "{}, {}, {}",
        office(residence.unit),
        or_dash(residence.address.as_str()),
        span("lived there", residence.from, residence.to)
    )
}

fn span(what: &str, from: PartialDate, to: Option<PartialDate>) -> String {
    match to {
        Some(to) => format!("{what} from {from} to {to}"),
        None => format!("{what} since {from}"),
    }
}

fn place(place: &Place) -> String {
    let unit = place.unit.map(office);
    let text = Some(place.text.as_str().to_owned()).filter(|text| !text.is_empty());
    let country = place.country.map(|country| country.as_str().to_owned());
    let parts: Vec<String> = [text, unit, country].into_iter().flatten().collect();
    or_dash(&parts.join(", ")).into()
}

fn person(link: &PersonLink) -> String {
    match link {
        PersonLink::Record(id) => format!("record {}", short(&id.to_string())),
        PersonLink::Pin(pin) => pin.digits(),
        PersonLink::Named { name, .. } => name.as_str().into(),
    }
}

/// The number in the book, if there is one.
fn numbered(certificate: &registry::value::Line) -> String {
    match certificate.as_str() {
        "" => String::new(),
        number => format!(", number {number}"),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn short(id: &str) -> &str {
    crate::nodes::short(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_told_in_words() {
        let read = |json: Json| value(&serde_json::from_value(json).unwrap());
        assert_eq!(read(json!({"blood": "ab"})), "blood type AB");
        let home =
            json!({"residence": {"unit": "00004", "address": "12 Đội Cấn", "from": "2026-11-16"}});
        assert_eq!(
            read(home),
            "00004 Phường Ba Đình, 12 Đội Cấn, lived there since 16/11/2026"
        );
        let death = json!({"death": {"date": "2026-11", "ground": "giấy báo tử 17"}});
        assert_eq!(read(death), "died 11/2026 (giấy báo tử 17)");
    }

    #[test]
    fn a_commune_of_before_july_2025_still_has_its_name() {
        let code = |text: &str| office(text.parse().unwrap());
        assert_eq!(code("00001"), "00001 Phường Phúc Xá");
        assert_eq!(code("99999"), "99999");
    }

    #[test]
    fn days_are_told_as_papers_have_them() {
        assert_eq!(day("2026-11-25"), "25/11/2026");
        assert_eq!(day("-"), "-");
    }

    #[test]
    fn edits_are_told_in_words() {
        let read = |json: Json| edit(&serde_json::from_value(json).unwrap());
        let put = json!({"put": ["phone", {"phone": "0912345678"}]});
        assert_eq!(read(put), "phone: 0912345678");
        assert_eq!(read(json!({"clear": "phone"})), "phone: taken away");
    }

    #[test]
    fn matters_are_told_in_words_and_unknown_ones_as_they_are() {
        assert_eq!(
            matter(&json!({"field": "blood"})),
            "two values of: blood type"
        );
        assert_eq!(
            matter(&json!("same_person")),
            "two records of perhaps one person"
        );
        assert_eq!(matter(&json!("something_new")), "something_new");
    }
}
