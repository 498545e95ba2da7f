//! What an office reads of an act that comes back: the words of [`registry::returned`] by their code,
//! with the item that they are about where the centre knows it. The code travels with them, so an
//! office says them in the language of its clerk.

use registry::act::ActError;
use registry::document::DocumentError;
use registry::edit::EditError;
use registry::returned::{Because, reason};
use registry::schema::Field;
use registry::value::Line;
use registry::words::{Said, Tells};

use super::{Refused, Stop};

/// Words with the item that they are about, as the register calls it.
pub(crate) fn of_item(field: Field, said: &Said) -> Said {
    let rule = field.rule();
    Said {
        vi: format!("{}: {}", rule.label_vi, said.vi),
        en: format!("{}: {}", rule.label_en, said.en),
    }
}

impl Refused {
    /// In the words that the table has for it.
    pub(super) fn because(because: Because) -> Refused {
        Refused::Returned {
            code: because.code(),
            words: because.said().en,
        }
    }

    /// In words that the table does not have: in both languages, as far as an answer holds them.
    pub(super) fn told(code: &'static str, said: &Said) -> Refused {
        let both = said.to_string();
        let words = match Line::parse(&both) {
            Ok(_) => both,
            Err(_) => said.en.clone(),
        };
        Refused::Returned { code, words }
    }
}

impl From<ActError> for Stop {
    fn from(error: ActError) -> Self {
        let code = error.code();
        let field = match &error {
            ActError::Document(DocumentError::Edit(
                EditError::Misfit(field) | EditError::Twice(field),
            )) => Some(*field),
            _ => None,
        };
        Stop::Refused(match (reason(code).map(Tells::said), field) {
            (Some(said), Some(field)) => Refused::told(code, &of_item(field, &said)),
            (Some(said), None) => Refused::Returned {
                code,
                words: said.en,
            },
            (None, _) => Refused::Returned {
                code,
                words: error.to_string(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Denial;

    #[test]
    fn an_answer_says_in_both_languages_which_item_it_is_about() {
        let denial = Denial::CentralField(Field::Pin);
        let Refused::Returned { code, words } = Refused::told(denial.code(), &denial.said()) else {
            panic!("it comes back")
        };
        assert_eq!(code, "field_central_only");
        let said = Said::of_text(&words).unwrap();
        let rule = Field::Pin.rule();
        assert!(said.vi.starts_with(rule.label_vi) && said.en.starts_with(rule.label_en));
        let misfit = ActError::from(EditError::Misfit(Field::Phone));
        let Stop::Refused(Refused::Returned { words, .. }) = Stop::from(misfit) else {
            panic!("it comes back")
        };
        assert!(words.starts_with(Field::Phone.rule().label_en), "{words}");
        // What both languages together would be too long for is said in English.
        let long = Said {
            vi: "đ".repeat(200),
            en: "d".repeat(200),
        };
        let Refused::Returned { words, .. } = Refused::told("x", &long) else {
            panic!("it comes back")
        };
        assert_eq!(words, long.en);
    }
}
