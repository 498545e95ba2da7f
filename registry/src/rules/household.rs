//! Rules about a household that no single record shows, because a membership stands on the person
//! and the head on the household: it moves out while somebody joins it (row 5), its new head leaves
//! it (row 11), its head agrees to something after having died (row 12), two of its members are
//! told to be its head (row 40), and its head moves away and leaves it without one (row 41).
//!
//! Each compares acts by who knew of which, and asks about what is still so: what a decision or a
//! later act has put right is no clash any more.

use super::knowing::Taken;
use crate::act::{Act, ActKind};
use crate::clash;
use crate::code::Relation;
use crate::date::DateOrder;
use crate::dispute::{Claim, Dispute, Matter};
use crate::edit::Edit;
use crate::schema::Field;
use crate::value::{Death, Membership, Value};
use crate::{ActId, RecordId};

/// Most members whom a case offers as the head; any other is entered.
const STAYING_MAX: usize = 16;

/// What an act did to a person's belonging to a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Step {
    /// Joined it, or was registered in it at birth.
    Came,
    /// Left it.
    Went,
}

/// A step with its act.
#[derive(Debug, Clone, Copy)]
pub struct Pace<'a> {
    /// Who.
    pub person: RecordId,
    /// What.
    pub step: Step,
    /// By which act.
    pub by: Taken<'a>,
}

/// An act that rests on the consent of the head whom its author knew.
#[derive(Debug, Clone, Copy)]
pub struct Consent<'a> {
    /// The act.
    pub by: Taken<'a>,
    /// The head.
    pub head: RecordId,
}

/// What is known of a household.
pub struct House<'a> {
    /// Which.
    pub id: RecordId,
    /// The head that is shown.
    pub head: Option<RecordId>,
    /// Whether it stands and no case is about the head itself: it was not closed, and its record
    /// tells of one head.
    pub has_one_head: bool,
    /// The living members who could be the head, if the one who is shown has left.
    pub staying: Vec<RecordId>,
    /// Everybody's steps, by acts that still count.
    pub paces: Vec<Pace<'a>>,
    /// Acts that made somebody the head.
    pub heads: Vec<(RecordId, Taken<'a>)>,
    /// Acts that told somebody to be the head by the relation, of those who are still said to be
    /// it, and live.
    pub told: Vec<(RecordId, Taken<'a>)>,
    /// Acts that the head agreed to.
    pub consents: Vec<Consent<'a>>,
    /// The deaths that are claimed of the heads.
    pub deaths: Vec<(RecordId, Taken<'a>, Death)>,
    /// The membership that is shown of a living person.
    pub member: &'a dyn Fn(&RecordId) -> Option<Membership>,
    /// Whether a dispute was decided, and stands for ever as it was found.
    pub is_settled: &'a dyn Fn(&Dispute) -> bool,
}

/// The disputes of a household.
pub fn disputes(house: &House<'_>) -> Vec<Dispute> {
    let of_head = [moved_out(house), head_left(house), two_heads(house)];
    let mut open = of_head.iter().flatten();
    let asked = open.any(|dispute| !(house.is_settled)(dispute));
    let gone = if asked { None } else { head_gone(house) };
    let found = of_head.into_iter().chain([dead_consent(house), gone]);
    found.flatten().collect()
}

impl House<'_> {
    fn has(&self, person: &RecordId) -> bool {
        (self.member)(person).is_some_and(|member| member.household == self.id)
    }

    fn claim(&self, act: ActId, person: RecordId) -> Claim {
        Claim {
            act: Some(act),
            record: Some(person),
            value: (self.member)(&person).map(Value::Membership),
        }
    }

    fn dispute(&self, row: u8, matter: Matter, mut claims: Vec<Claim>) -> Option<Dispute> {
        if claims.is_empty() {
            return None;
        }
        claims.sort_by_key(|claim| (claim.act, claim.record));
        claims.dedup();
        Some(Dispute {
            row,
            matter,
            records: vec![self.id],
            claims,
            agreed: None,
            slots: Vec::new(),
            harm: clash::harm(row),
        })
    }
}

/// Row 5: the head moved away with the household while somebody was added to it.
fn moved_out(house: &House<'_>) -> Option<Dispute> {
    let head = house.head.filter(|head| !house.has(head))?;
    let mut claims = Vec::new();
    let moves = house.paces.iter().filter(|pace| {
        pace.person == head
            && pace.step == Step::Went
            && pace.by.act.body.kind == ActKind::PermanentRegistration
    });
    for out in moves {
        let went_along = |person: &RecordId| {
            let mut paces = house.paces.iter();
            paces.any(|pace| pace.person == *person && pace.by.id() == out.by.id())
        };
        let added = house.paces.iter().filter(|pace| {
            pace.step == Step::Came
                && pace.by.apart_from(&out.by)
                && house.has(&pace.person)
                && !went_along(&pace.person)
        });
        let before = claims.len();
        claims.extend(added.map(|pace| house.claim(pace.by.id(), pace.person)));
        if claims.len() > before {
            claims.push(house.claim(out.by.id(), head));
        }
    }
    house.dispute(5, Matter::MovedOut, claims)
}

/// Row 11: who was made the head left the household in an act that did not know of it.
fn head_left(house: &House<'_>) -> Option<Dispute> {
    let head = house.head.filter(|head| !house.has(head))?;
    let mut claims = Vec::new();
    for (_, made) in house.heads.iter().filter(|(new, _)| *new == head) {
        let left = house.paces.iter().filter(|pace| {
            pace.person == head && pace.step == Step::Went && pace.by.apart_from(made)
        });
        let before = claims.len();
        claims.extend(left.map(|pace| house.claim(pace.by.id(), head)));
        if claims.len() > before {
            claims.push(Claim {
                act: Some(made.id()),
                record: Some(head),
                value: Some(Value::Head(head)),
            });
        }
    }
    house.dispute(11, Matter::HeadLeft, claims)
}

/// Row 12: an act that the head agreed to, from a day after the head's death, by an office that
/// did not know of the death. Who knows of it asks the members, not the dead.
fn dead_consent(house: &House<'_>) -> Option<Dispute> {
    let mut claims = Vec::new();
    for consent in &house.consents {
        let deaths = house.deaths.iter().filter(|(dead, by, death)| {
            let day = consent.by.act.body.effective.compare(death.date);
            *dead == consent.head
                && matches!(day, DateOrder::After | DateOrder::Unknown)
                && by.id() != consent.by.id()
                && !consent.by.knew(by)
        });
        let before = claims.len();
        claims.extend(deaths.map(|(dead, by, death)| Claim {
            act: Some(by.id()),
            record: Some(*dead),
            value: Some(Value::Death(death.clone())),
        }));
        if claims.len() > before {
            claims.push(Claim {
                act: Some(consent.by.id()),
                record: Some(consent.head),
                value: None,
            });
        }
    }
    house.dispute(12, Matter::Consent, claims)
}

/// Row 40: two members were told to be the head, neither act knowing of the other. Two changes of
/// head clash in the household itself (row 13). Who knew of both and named the head has settled it.
fn two_heads(house: &House<'_>) -> Option<Dispute> {
    let names_head = |by: &Taken<'_>| {
        let mut edits = by.edits_of(house.id).iter();
        edits.any(|edit| matches!(edit, Edit::Put(Field::HouseholdHead, _)))
    };
    let here = house.told.iter().filter(|(person, _)| house.has(person));
    let told: Vec<(RecordId, Taken<'_>, bool)> = here
        .map(|(person, by)| (*person, *by, names_head(by)))
        .collect();
    let clash = |one: &(RecordId, Taken<'_>, bool), other: &(RecordId, Taken<'_>, bool)| {
        let mut named = house.heads.iter();
        one.0 != other.0
            && !(one.2 && other.2)
            && one.1.apart_from(&other.1)
            && !named.any(|(_, by)| by.knew(&one.1) && by.knew(&other.1))
    };
    let in_clash = told
        .iter()
        .filter(|one| told.iter().any(|other| clash(one, other)));
    let claims = in_clash.map(|(person, by, _)| Claim {
        act: Some(by.id()),
        record: Some(*person),
        value: Some(Value::Head(*person)),
    });
    let claims = claims.collect();
    house.dispute(clash::HEADS_ROW, Matter::TwoHeads, claims)
}

/// Row 41: the head left by an act, mostly of an office that does not hold the household, and others
/// stay. Who moved away is in no doubt, so their act claims nothing: the claims are those who stay.
/// Where one stays there is nobody to choose among, the law names that one (Law on Residence
/// 68/2020, Art. 10): the office enters it, and a household without a head is on its list.
fn head_gone(house: &House<'_>) -> Option<Dispute> {
    let head = house.head.filter(|head| !house.has(head))?;
    let mut paces = house.paces.iter();
    let left = paces.any(|pace| pace.person == head && pace.step == Step::Went);
    if !left || !house.has_one_head || house.staying.len() < 2 {
        return None;
    }
    let claims = house.staying.iter().take(STAYING_MAX).map(|member| Claim {
        act: None,
        record: Some(*member),
        value: Some(Value::Head(*member)),
    });
    let dispute = house.dispute(clash::HEAD_GONE_ROW, Matter::HeadGone, claims.collect())?;
    Some(Dispute {
        agreed: Some(Value::Head(head)),
        ..dispute
    })
}

/// Whether an act touches a person only as the head who agreed to it: that is no sign of life of
/// its own (row 6) but a matter of dates (row 12).
pub fn only_consents(act: &Act, person: RecordId) -> bool {
    let taken = Taken {
        act,
        commit: crate::CommitSeq::new(0),
    };
    let is_head = Edit::Put(Field::Relation, Value::Relation(Relation::Head));
    act.body.kind == ActKind::ChangeOfHead && !taken.edits_of(person).contains(&is_head)
}
