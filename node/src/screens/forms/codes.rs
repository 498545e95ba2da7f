//! Lists of codes, each value with its name in the clerk's language. The codes themselves are the
//! registry's.

use registry::code::{BloodType, Capture, CardReason, Ethnic, GROUNDS, Relation, Religion, Sex};

use super::super::shown::{relation, religion, sex};
use super::super::words::Words;
use super::spec::Codes;

/// The values of a list with their names.
pub(super) fn list(codes: Codes, words: &Words) -> Vec<(String, String)> {
    let named =
        |prefix: &str, value: &str| (value.to_owned(), words.t(&format!("{prefix}-{value}")));
    match codes {
        Codes::Sex => Sex::ALL
            .iter()
            .rev()
            .map(|value| (value.as_str().to_owned(), sex(words, *value)))
            .collect(),
        Codes::Ethnic => Ethnic::all_1979()
            .map(|value| {
                (
                    value.to_string(),
                    value.name().unwrap_or_default().to_owned(),
                )
            })
            .collect(),
        Codes::Religion => Religion::all()
            .map(|value| (value.to_string(), religion(words, value)))
            .collect(),
        Codes::Blood => BloodType::ALL
            .iter()
            .skip(1)
            .map(|value| (value.as_str().to_owned(), value.as_str().to_uppercase()))
            .collect(),
        Codes::Relation => Relation::ALL
            .iter()
            .skip(1)
            .map(|value| (value.as_str().to_owned(), relation(words, *value)))
            .collect(),
        Codes::Declared => ["missing", "dead"]
            .iter()
            .map(|key| named("declared", key))
            .collect(),
        Codes::Cause => ["court", "error"]
            .iter()
            .map(|key| named("cause", key))
            .collect(),
        Codes::PermanentGround | Codes::TemporaryGround => GROUNDS
            .iter()
            .filter(|rule| match codes {
                Codes::PermanentGround => rule.permanent.is_some(),
                _ => rule.temporary.is_some(),
            })
            .map(|rule| {
                let label = words.pick(rule.label_vi, rule.label_en);
                (rule.ground.as_str().to_owned(), label.to_owned())
            })
            .collect(),
        Codes::CardReason => CardReason::ALL
            .iter()
            .map(|value| named("card-reason", value.as_str()))
            .collect(),
        Codes::Capture => Capture::ALL
            .iter()
            .map(|value| named("capture", value.as_str()))
            .collect(),
    }
}
