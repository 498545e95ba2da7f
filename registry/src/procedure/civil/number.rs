//! The number of a marriage in the book, entered anew: one that was lost when two entries had the
//! same (row 36 of the clash table), or that was mistyped. The office that keeps the book enters it.

use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::fields::EntryId;
use crate::paper;
use crate::procedure::civil::{Party, numbered_but_for, party};
use crate::procedure::{Draft, Refusal, Somebody};
use crate::schema::Field;
use crate::value::{Line, Marriage, Value};
use crate::words::words;

/// The number of a marriage entered anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarriageNumberInput {
    /// One.
    pub first: Somebody,
    /// The other.
    pub second: Somebody,
    /// Number and year in the book, with the book if there is more than one.
    pub certificate: Line,
}

pub(in crate::procedure) fn marriage_number(
    draft: &mut Draft<'_>,
    input: &MarriageNumberInput,
) -> Result<(), Refusal> {
    if input.certificate.is_empty() {
        draft.fault(Refusal::Missing {
            field: "certificate",
        });
    }
    draft.tell(draft.papers(
        words("bản sao trang sổ, hoặc quyết định về số trong sổ (Luật Hộ tịch 60/2014, Điều 12 và 28)", "a copy of the page of the book, or the decision about its numbers (Civil Status Law 60/2014, Art. 12 and 28)"),
    ));
    let today = draft.today();
    draft.effective.get_or_insert(today);
    let (first, second) = (
        party(draft, "first", &input.first),
        party(draft, "second", &input.second),
    );
    let (Some(first), Some(second)) = (draft.tell(first), draft.tell(second)) else {
        return Ok(());
    };
    if first.is(&second) {
        return Err(Refusal::Invalid {
            field: "second",
            words: words(
                "cần hai người khác nhau; chọn lại một người",
                "two different people are needed; choose one of them again",
            ),
        });
    }
    let (entry, marriage) = entered(&first, &second)?;
    let EntryId::Act(act) = entry else {
        return Err(Refusal::OfAnotherBook { field: "first" });
    };
    let renumbered = |marriage: &Marriage| {
        Value::Marriage(Marriage {
            certificate: input.certificate.clone(),
            ..marriage.clone()
        })
    };
    let office = draft.desk.office;
    let value = renumbered(&marriage);
    let paper = paper::book_paper(&value, office);
    if paper.is_some() && paper == paper::book_paper(&Value::Marriage(marriage.clone()), office) {
        return Err(Refusal::NothingChanges);
    }
    numbered_but_for(draft, &input.certificate, &value, Some(act))?;
    for (one, other) in [(&first, &second), (&second, &first)] {
        let own = one.person().and_then(|person| {
            let found = person.marriages().find(|(of, _)| *of == entry);
            found.map(|(_, marriage)| marriage.clone())
        });
        if let Party::Held(held) = one {
            draft.undisputed(held, Field::Marriages)?;
            if own.is_none() {
                // The entry was taken back on this record alone: nothing to number.
                return Err(Refusal::NotMarried { field: "first" });
            }
        }
        let own = own.unwrap_or_else(|| Marriage {
            spouse: other.name(),
            ..marriage.clone()
        });
        let edit = Edit::Amend(Field::Marriages, entry, Some(renumbered(&own)));
        draft.change(one, vec![edit])?;
    }
    Ok(())
}

/// The marriage of the two as the record of one of them has it: the one that stands, else the
/// last one.
fn entered(first: &Party, second: &Party) -> Result<(EntryId, Marriage), Refusal> {
    for (one, other) in [(first, second), (second, first)] {
        let Some(person) = one.person() else {
            continue;
        };
        let names = other.names();
        let mut theirs: Vec<(EntryId, &Marriage)> = person
            .marriages()
            .filter(|(_, marriage)| !marriage.is_annulled())
            .filter(|(_, of)| names.iter().any(|name| name.names_same(&of.spouse)))
            .collect();
        theirs.sort_by_key(|(_, marriage)| marriage.ended.is_none());
        if let Some((entry, marriage)) = theirs.last() {
            return Ok((*entry, (*marriage).clone()));
        }
    }
    // Of two people of other communes this office's book says nothing that it could show.
    Err(Refusal::NotMarried { field: "first" })
}
