//! Who makes up a household: relations, years of birth, marriages. No names or numbers yet.

use super::AS_OF_YEAR;
use super::draw::Draw;
use crate::code::{Relation, Sex};

/// A member to be; links are places in the household.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) sex: Sex,
    pub(super) born: u16,
    pub(super) relation: Relation,
    pub(super) father: Option<usize>,
    pub(super) mother: Option<usize>,
    pub(super) spouse: Option<usize>,
    /// The year of the marriage with the spouse.
    pub(super) married: Option<u16>,
}

/// The eldest that anybody is.
const AGE_MAX: u16 = 101;
/// From this age on children found households of their own.
const LEAVES_AT: u16 = 24;

/// A household of 1 to 10 people, 3.8 on average; the first is the head.
pub(super) fn household(draw: &mut Draw) -> Vec<Member> {
    match draw.weighted([9, 15, 46, 8, 22]) {
        0 => {
            let age = if draw.chance(450) {
                draw.between(22, 45)
            } else {
                draw.between(46, 92)
            };
            vec![member(draw, age, Relation::Head)]
        }
        1 => {
            let age = if draw.chance(350) {
                draw.between(23, 34)
            } else {
                draw.between(50, 84)
            };
            couple(draw, age)
        }
        2 => {
            let age = draw.between(25, 56);
            let mut members = couple(draw, age);
            add_children(draw, &mut members, 1, 2);
            members
        }
        3 => {
            let age = draw.between(28, 58);
            let mut members = vec![member(draw, age, Relation::Head)];
            add_children(draw, &mut members, 1, 1);
            members
        }
        _ => {
            let age = draw.between(26, 54);
            let mut members = couple(draw, age);
            add_children(draw, &mut members, 1, 2);
            add_parents(draw, &mut members);
            if draw.chance(150) {
                let age = draw.between(age.saturating_sub(8), age + 8);
                members.push(member(draw, age, Relation::Sibling));
            }
            members
        }
    }
}

fn member(draw: &mut Draw, age: u16, relation: Relation) -> Member {
    let sex = if draw.chance(500) {
        Sex::Female
    } else {
        Sex::Male
    };
    person(sex, AS_OF_YEAR - age.min(AGE_MAX), relation)
}

fn person(sex: Sex, born: u16, relation: Relation) -> Member {
    Member {
        sex,
        born,
        relation,
        father: None,
        mother: None,
        spouse: None,
        married: None,
    }
}

/// A head and a spouse. Husbands are 0 to 6 years older; three heads in four are men.
fn couple(draw: &mut Draw, age: u16) -> Vec<Member> {
    let gap = draw.between(0, 6);
    let man_heads = draw.chance(750);
    let born = AS_OF_YEAR - age;
    let (mut head, mut spouse) = if man_heads {
        let wife = person(
            Sex::Female,
            (born + gap).min(AS_OF_YEAR - 20),
            Relation::Spouse,
        );
        (person(Sex::Male, born, Relation::Head), wife)
    } else {
        let husband = person(Sex::Male, born - gap, Relation::Spouse);
        (person(Sex::Female, born, Relation::Head), husband)
    };
    let both_of_age = head.born.max(spouse.born) + 20;
    let married = draw.between(both_of_age, (both_of_age + 8).min(AS_OF_YEAR - 1));
    let married = married.clamp(both_of_age.min(AS_OF_YEAR - 1), AS_OF_YEAR - 1);
    (head.spouse, head.married) = (Some(1), Some(married));
    (spouse.spouse, spouse.married) = (Some(0), Some(married));
    vec![head, spouse]
}

/// Children of the head (and the spouse), those who have not left yet.
fn add_children(draw: &mut Draw, members: &mut Vec<Member>, min: u16, usual: u16) {
    let Some(head) = members.first().cloned() else {
        return;
    };
    let place_of = |sex| {
        members
            .iter()
            .position(|member| member.sex == sex && member.relation != Relation::Parent)
    };
    let (father, mother) = (place_of(Sex::Male), place_of(Sex::Female));
    let youngest_parent = members
        .iter()
        .map(|member| member.born)
        .max()
        .unwrap_or(head.born);
    let mut year = head.married.unwrap_or(youngest_parent + 21) + draw.between(0, 2);
    let wanted = min
        + [0, 1, 1, 1, 2, 2]
            .get(draw.below(6) as usize)
            .copied()
            .unwrap_or(0);
    let wanted = wanted + u16::from(usual > 1 && draw.chance(250));
    let mut stay = 0;
    while stay < wanted && year <= AS_OF_YEAR && year <= youngest_parent + 43 {
        let age = AS_OF_YEAR - year;
        let gone = age >= LEAVES_AT + 10 || (age >= LEAVES_AT && draw.chance(500));
        if !gone {
            // 111 boys are born to 100 girls.
            let sex = if draw.chance(526) {
                Sex::Male
            } else {
                Sex::Female
            };
            members.push(Member {
                father,
                mother,
                ..person(sex, year, Relation::Child)
            });
            stay += 1;
        }
        year += draw.between(2, 5);
    }
}

/// One or both parents of the head.
fn add_parents(draw: &mut Draw, members: &mut Vec<Member>) {
    let Some(born) = members.first().map(|head| head.born) else {
        return;
    };
    let both = draw.chance(450);
    let mother_born = born - draw.between(20, 34);
    let father_born = mother_born - draw.between(0, 6);
    let alive = |born: u16| AS_OF_YEAR - born <= AGE_MAX;
    let place = members.len();
    let father_alone = !both && draw.chance(300);
    let mut parents = Vec::with_capacity(2);
    if (both || father_alone) && alive(father_born) {
        parents.push(person(Sex::Male, father_born, Relation::Parent));
    }
    if !father_alone && alive(mother_born) {
        parents.push(person(Sex::Female, mother_born, Relation::Parent));
    }
    if let [father, mother] = parents.as_mut_slice() {
        let married = Some(draw.between(mother_born + 18, born));
        (father.spouse, father.married) = (Some(place + 1), married);
        (mother.spouse, mother.married) = (Some(place), married);
    }
    for (offset, parent) in parents.into_iter().enumerate() {
        if let Some(head) = members.first_mut() {
            let link = if parent.sex == Sex::Male {
                &mut head.father
            } else {
                &mut head.mother
            };
            *link = Some(place + offset);
        }
        members.push(parent);
    }
}
