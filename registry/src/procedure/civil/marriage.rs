//! Marriages: registered, ended by divorce, annulled.

use serde::{Deserialize, Serialize};

use crate::code::Sex;
use crate::date::{DateOrder, PartialDate};
use crate::edit::Edit;
use crate::person::{MaritalStatus, Person};
use crate::procedure::civil::confirmation::VALID_MONTHS;
use crate::procedure::civil::{Party, living_party, numbered, party, undead_party};
use crate::procedure::deletion::full_months;
use crate::procedure::{ActKind, Draft, Notice, Refusal, Somebody};
use crate::schema::Field;
use crate::value::{ENDED_BY_ANNULMENT, ENDED_BY_DIVORCE, Line, Marriage, Value};
use crate::words::words;

/// Marriage registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarriageInput {
    /// One.
    pub first: Somebody,
    /// The other.
    pub second: Somebody,
    /// Day of registration; the day of entry if left out.
    #[serde(default)]
    pub date: Option<PartialDate>,
    /// Number in the book.
    #[serde(default)]
    pub certificate: Line,
}

pub(in crate::procedure) fn marriage(
    draft: &mut Draft<'_>,
    input: &MarriageInput,
) -> Result<(), Refusal> {
    let date = input.date.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("date", date));
    draft.effective.get_or_insert(date);
    let (first, second) = (
        spouse(draft, "first", &input.first, date),
        spouse(draft, "second", &input.second, date),
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
    draft.tell(confirmed(draft, [&first, &second], date));
    for (one, other) in [(&first, &second), (&second, &first)] {
        let marriage = Marriage {
            spouse: other.name(),
            date,
            certificate: input.certificate.clone(),
            ended: None,
            ground: Line::default(),
        };
        let marriage = Value::Marriage(marriage);
        draft.tell(numbered(draft, &input.certificate, &marriage));
        draft.change(one, vec![Edit::Add(Field::Marriages, marriage)])?;
    }
    Ok(())
}

/// Refuses a marriage of somebody of another commune without the paper in which that commune confirms
/// the marital status: this office cannot see it. Each of two needs a paper.
fn confirmed(draft: &Draft<'_>, two: [&Party; 2], date: PartialDate) -> Result<(), Refusal> {
    let elsewhere = two.iter().filter(|one| matches!(one, Party::Absent(_)));
    let holds = |issued: PartialDate| {
        let until = issued.last_day().add_months(VALID_MONTHS);
        issued.first_day() <= date.last_day()
            && until.is_some_and(|until| date.first_day() <= until)
    };
    let papers = draft.filing.evidence.iter();
    let papers = papers.filter(|paper| !paper.number.is_empty() && paper.date.is_some_and(holds));
    if papers.count() >= elsewhere.count() {
        return Ok(());
    }
    Err(Refusal::Evidence {
        papers: words(
            "giấy xác nhận tình trạng hôn nhân do xã nơi cư trú của người nhập theo thẻ cấp, có số và ngày, còn giá trị 6 tháng đến ngày kết hôn (Nghị định 123/2015, Điều 23)",
            "the confirmation of marital status by the commune of whoever is named by card, with its number and date, issued within six months before the marriage (Decree 123/2015, Art. 23)",
        ),
    })
}

/// One of the two; refuses who may not marry, as far as record or card tell.
fn spouse(
    draft: &mut Draft<'_>,
    field: &'static str,
    somebody: &Somebody,
    date: PartialDate,
) -> Result<Party, Refusal> {
    let party = living_party(draft, field, somebody)?;
    if let Party::Held(held) = &party {
        draft.undisputed(held, Field::Marriages)?;
        if Person(held.fields()).standing_marriages().next().is_some() {
            return Err(Refusal::Married { field });
        }
        if married_on(&Person(held.fields()), date) {
            return Err(Refusal::MarriedThen { field: "date" });
        }
        if Person(held.fields()).contradicting_status() == Some(MaritalStatus::Married) {
            draft.notice(Notice::StatusDiffers);
        }
    }
    if too_young_to_marry(party.born(), party.sex(), date) {
        return Err(Refusal::UnderAge { field });
    }
    Ok(party)
}

/// Whether a marriage that was divorced stood on a day, for sure. The day on which a death ended one may
/// be that of a death whose day was put right since.
pub fn married_on(person: &Person<'_>, on: PartialDate) -> bool {
    let stood = |marriage: &Marriage| {
        let divorced = marriage.ground.as_str() == ENDED_BY_DIVORCE;
        let ended = marriage.ended.filter(|_| divorced);
        matches!(
            marriage.date.compare(on),
            DateOrder::Before | DateOrder::Same
        ) && ended.is_some_and(|ended| on.compare(ended) == DateOrder::Before)
    };
    person.marriages().any(|(_, marriage)| stood(marriage))
}

/// Whether somebody is under the age for marriage on a day (Law on Marriage and Family 52/2014,
/// Art. 8(1)(a)), for sure: where a day or month is not known, the most that it can be counts.
pub fn too_young_to_marry(born: Option<PartialDate>, sex: Option<Sex>, on: PartialDate) -> bool {
    let years = match sex {
        Some(Sex::Female) => 18,
        _ => 20,
    };
    born.is_some_and(|born| full_months(born.first_day(), on.last_day()) < years * 12)
}

/// The end of a marriage by a court: a divorce note, or an annulment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarriageEndInput {
    /// One.
    pub first: Somebody,
    /// The other.
    pub second: Somebody,
    /// Day from which the court's decision holds.
    pub date: PartialDate,
}

/// A divorce ends a marriage; an annulment says that there was none. Both rest on the court's
/// decision, and both are written on both records.
pub(in crate::procedure) fn end_of_marriage(
    draft: &mut Draft<'_>,
    input: &MarriageEndInput,
) -> Result<(), Refusal> {
    let date = input.date;
    draft.tell(draft.past("date", date));
    let annulled = draft.kind == ActKind::MarriageAnnulled;
    draft.tell(draft.numbered_paper(if annulled {
        words("quyết định của tòa án hủy việc kết hôn trái pháp luật, có số và ngày (Luật Hôn nhân và gia đình 52/2014, Điều 11)", "the court's decision of annulment with its number and date (Law on Marriage and Family 52/2014, Art. 11)")
    } else {
        words("bản án hoặc quyết định ly hôn của tòa án, có số và ngày (Luật Hôn nhân và gia đình 52/2014, Điều 57)", "the court's judgment or decision of divorce with its number and date (Law on Marriage and Family 52/2014, Art. 57)")
    }));
    draft.effective.get_or_insert(date);
    // A marriage may be found void after one of the two has died. Nobody divorces the dead, but
    // the spouse of one who is missing may (Law on Marriage and Family 52/2014, Art. 56).
    let look = if annulled { party } else { undead_party };
    let (first, second) = (
        look(draft, "first", &input.first),
        look(draft, "second", &input.second),
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
    for (field, one, other) in [("first", &first, &second), ("second", &second, &first)] {
        if let Party::Held(held) = one {
            draft.undisputed(held, Field::Marriages)?;
            let marriage = one
                .marriage_with(other)
                .ok_or(Refusal::NotMarried { field })?;
            if date.compare(marriage.date) == DateOrder::Before {
                return Err(Refusal::Invalid {
                    field: "date",
                    words: words(
                        "ngày quyết định ở trước ngày kết hôn; so lại hai giấy tờ",
                        "the decision lies before the marriage; compare both papers",
                    ),
                });
            }
        }
    }
    let ground = if annulled {
        ENDED_BY_ANNULMENT
    } else {
        ENDED_BY_DIVORCE
    };
    for (one, other) in [(&first, &second), (&second, &first)] {
        draft.change(one, vec![end_with(other, date, ground)])?;
    }
    Ok(())
}

/// The edit that ends the marriage with somebody.
pub(super) fn end_with(other: &Party, ended: PartialDate, ground: &str) -> Edit {
    Edit::EndMarriage {
        with: other.names(),
        ended,
        ground: Line::parse(ground).unwrap_or_default(),
    }
}
