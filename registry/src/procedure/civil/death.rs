//! Deaths, and their revocation when the person returns. What a death closes on other records, its
//! revocation opens again.

use serde::{Deserialize, Serialize};

use crate::code::DeletionGround;
use crate::date::{DateOrder, PartialDate};
use crate::edit::Edit;
use crate::fields::EntryId;
use crate::person::Person;
use crate::procedure::civil::marriage::end_with;
use crate::procedure::civil::{Party, link_here, numbered, party, undead_party};
use crate::procedure::{Draft, Held, Notice, Refusal, Somebody};
use crate::schema::Field;
use crate::value::{
    Death, Declared, ENDED_BY_DEATH, ENDED_BY_REMARRIAGE, Line, Marriage, Place, Value,
};
use crate::words::words;

/// Death registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeathInput {
    /// Who died.
    pub person: Somebody,
    /// Day of death, as far as it is known.
    pub date: PartialDate,
    /// Where.
    #[serde(default)]
    pub place: Option<Place>,
    /// The paper (giấy báo tử or what stands for it).
    pub ground: Line,
    /// What a court declared, if nobody saw the death.
    #[serde(default)]
    pub declared: Option<Declared>,
    /// Number and year in the book of deaths, with the book if there is more than one.
    #[serde(default)]
    pub certificate: Line,
    /// The widow or widower, by card, if they live in another commune.
    #[serde(default)]
    pub spouse: Option<Somebody>,
}

pub(in crate::procedure) fn death(
    draft: &mut Draft<'_>,
    input: &DeathInput,
) -> Result<(), Refusal> {
    draft.tell(draft.past("date", input.date));
    if input.ground.is_empty() {
        draft.fault(Refusal::Missing { field: "ground" });
    }
    if let Some(unit) = input.place.as_ref().and_then(|place| place.unit) {
        draft.tell(draft.commune("place", unit));
    }
    match input.declared {
        Some(_) => {
            draft.tell(draft.numbered_paper(words(
                "quyết định của tòa án, có số và ngày (Bộ luật Dân sự 91/2015, Điều 68 và 71)",
                "the court's decision with its number and date (Civil Code 91/2015, Art. 68 and 71)",
            )));
        }
        None => {
            draft.filed_in_time(input.date);
            draft.tell(draft.papers(words(
                "giấy báo tử hoặc giấy tờ thay giấy báo tử (Luật Hộ tịch 60/2014, Điều 34; Nghị định 123/2015, Điều 4)",
                "the notice of death, or the paper that takes its place (Civil Status Law 60/2014, Art. 34; Decree 123/2015, Art. 4)",
            )));
        }
    }
    draft.effective.get_or_insert(input.date);
    // Whom a court declared missing may be found dead, or be declared so later.
    let dead = undead_party(draft, "person", &input.person)?;
    let again = dead.person().is_some_and(|person| person.is_missing());
    if again && input.declared == Some(Declared::Missing) {
        return Err(Refusal::Gone { field: "person" });
    }
    let born = dead
        .person()
        .and_then(|person| person.birth())
        .and_then(|birth| birth.date());
    if born.is_some_and(|born| input.date.compare(born) == DateOrder::Before) {
        draft.fault(Refusal::Invalid {
            field: "date",
            words: words(
                "ngày chết ở trước ngày sinh; so lại giấy báo tử với bản ghi",
                "the day of death lies before the birth; compare the paper with the record",
            ),
        });
    }
    if dead
        .person()
        .is_some_and(|person| told_of_later(&person, input.date))
    {
        draft.notice(Notice::LaterThanDeath);
    }
    let death = Value::Death(Death {
        date: input.date,
        place: input.place.clone().unwrap_or_default(),
        ground: input.ground.clone(),
        declared: input.declared,
        certificate: input.certificate.clone(),
    });
    draft.tell(numbered(draft, &input.certificate, &death));
    draft.change(&dead, vec![Edit::Put(Field::Death, death)])?;
    // The marriage of one who is missing stands until the other divorces.
    if input.declared == Some(Declared::Missing) {
        return Ok(());
    }
    widow(draft, &dead, input)
}

/// Whether the register tells of the person after this day, for sure: that they married or were
/// divorced, moved, or stayed somewhere.
fn told_of_later(person: &Person<'_>, died: PartialDate) -> bool {
    let later = |date: PartialDate| died.compare(date) == DateOrder::Before;
    let homes = [Field::Permanent, Field::Temporary].into_iter();
    let mut homes = homes.flat_map(|field| person.residences(field));
    let mut stays = person.0.entries(Field::Stays);
    person
        .marriages()
        .any(|(_, marriage)| later(marriage.date) || marriage.ended.is_some_and(later))
        || homes.any(|(entry, home)| matches!(entry, EntryId::Act(_)) && later(home.from))
        || stays.any(|(_, stay)| matches!(stay, Value::Stay(stay) if later(stay.from)))
}

/// The marriage ends with the death, on the record of the widow or widower too.
fn widow(draft: &mut Draft<'_>, dead: &Party, input: &DeathInput) -> Result<(), Refusal> {
    let end = end_with(dead, input.date, ENDED_BY_DEATH);
    if let Some(spouse) = &input.spouse {
        let spouse = other_than(dead, undead_party(draft, "spouse", spouse)?)?;
        // Whichever of the two records is here has to show the marriage; if neither is, the
        // centre looks.
        let unmarried = |one: &Party, other: &Party| {
            matches!(one, Party::Held(_)) && one.marriage_with(other).is_none()
        };
        if unmarried(&spouse, dead) || unmarried(dead, &spouse) {
            return Err(Refusal::NotMarried { field: "spouse" });
        }
        return draft.change(&spouse, vec![end]);
    }
    for marriage in standing_marriages(dead) {
        match link_here(draft, Some(&marriage.spouse)) {
            Some(held) => {
                let spouse = Party::Held(Box::new(held));
                if spouse.marriage_with(dead).is_some() {
                    draft.change(&spouse, vec![end.clone()])?;
                } else {
                    draft.notice(Notice::SpouseDiffers);
                }
            }
            None => draft.notice(Notice::SpouseElsewhere),
        }
    }
    Ok(())
}

fn standing_marriages(party: &Party) -> Vec<Marriage> {
    let marriages = party
        .person()
        .into_iter()
        .flat_map(|person| person.standing_marriages().collect::<Vec<_>>());
    marriages.map(|(_, marriage)| marriage.clone()).collect()
}

fn other_than(one: &Party, other: Party) -> Result<Party, Refusal> {
    if one.is(&other) {
        return Err(Refusal::Invalid {
            field: "spouse",
            words: words(
                "cần hai người khác nhau; chọn lại một người",
                "two different people are needed; choose one of them again",
            ),
        });
    }
    Ok(other)
}

/// Why a death is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeathRevocationCause {
    /// A court took back its declaration: the person returned.
    Court,
    /// The registration was wrong.
    Error,
}

/// A person who is registered as dead or missing lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeathRevokedInput {
    /// Who.
    pub person: Somebody,
    /// Why.
    pub cause: DeathRevocationCause,
    /// Day from which the decision holds; the day of entry if left out.
    #[serde(default)]
    pub date: Option<PartialDate>,
    /// The spouse, by card, if they live in another commune.
    #[serde(default)]
    pub spouse: Option<Somebody>,
}

pub(in crate::procedure) fn death_revoked(
    draft: &mut Draft<'_>,
    input: &DeathRevokedInput,
) -> Result<(), Refusal> {
    let date = input.date.unwrap_or_else(|| draft.today());
    draft.tell(draft.past("date", date));
    draft.tell(draft.numbered_paper(match input.cause {
        DeathRevocationCause::Court => words("quyết định của tòa án hủy tuyên bố, có số và ngày (Bộ luật Dân sự 91/2015, Điều 70 và 73)", "the court's decision that takes its declaration back, with its number and date (Civil Code 91/2015, Art. 70 and 73)"),
        DeathRevocationCause::Error => words("quyết định hủy việc đăng ký sai, có số và ngày (Luật Hộ tịch 60/2014, Điều 70)", "the decision that revokes the wrong registration, with its number and date (Civil Status Law 60/2014, Art. 70)"),
    }));
    draft.effective.get_or_insert(date);
    let person = party(draft, "person", &input.person)?;
    if let Party::Held(held) = &person {
        draft.undisputed(held, Field::Death)?;
        if Person(held.fields()).death().is_none() {
            return Err(Refusal::NotDead { field: "person" });
        }
    }
    if person.person().is_some_and(|person| lost_home(&person)) {
        draft.notice(Notice::HomeDeleted);
    }
    draft.change(&person, vec![Edit::Clear(Field::Death)])?;
    if let Some(spouse) = &input.spouse {
        let spouse = other_than(&person, party(draft, "spouse", spouse)?)?;
        return bring_together(draft, &person, &spouse);
    }
    for marriage in standing_marriages(&person) {
        match link_here(draft, Some(&marriage.spouse)) {
            Some(held) => bring_together(draft, &person, &Party::Held(Box::new(held)))?,
            None => draft.notice(Notice::SpouseElsewhere),
        }
    }
    Ok(())
}

/// Whether the police deleted the residence because of the death. It is theirs to open again.
fn lost_home(person: &Person<'_>) -> bool {
    let ground = DeletionGround::Death.to_string();
    person.open_permanent().next().is_none()
        && person
            .residences(Field::Permanent)
            .any(|(_, home)| home.ground.as_str() == ground)
}

/// The marriage that the death ended stands again, unless the spouse has married since: then the
/// later marriage stands (Law on Marriage and Family 52/2014, Art. 67).
fn bring_together(draft: &mut Draft<'_>, returned: &Party, spouse: &Party) -> Result<(), Refusal> {
    let revive = Edit::ReviveMarriage {
        with: returned.names(),
    };
    let Party::Held(held) = spouse else {
        // The centre looks whether they have married since; it does not end the other's entry.
        draft.notice(Notice::SpouseElsewhere);
        return draft.change(spouse, vec![revive]);
    };
    draft.undisputed(held, Field::Marriages)?;
    if spouse.marriage_with(returned).is_some() {
        return Ok(());
    }
    match married_since(held) {
        Some(since) => {
            draft.notice(Notice::SpouseRemarried);
            let over = end_with(spouse, since, ENDED_BY_REMARRIAGE);
            draft.change(returned, vec![over])
        }
        None => {
            draft.notice(Notice::MarriageStandsAgain);
            draft.change(spouse, vec![revive])
        }
    }
}

fn married_since(spouse: &Held) -> Option<PartialDate> {
    let marriage = Person(spouse.fields()).standing_marriages().next();
    marriage.map(|(_, marriage)| marriage.date)
}
