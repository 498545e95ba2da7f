//! How the people agree whom two records name as parents and spouse.

use super::Sum;
use crate::duplicate::name_form::{Likeness, NameForm};
use crate::duplicate::share::{Custom, whole};
use crate::duplicate::traits::{Kin, Traits};
use crate::duplicate::weight::{Item, Level};

/// How probable it is that two strangers name the same person.
const SAME_PERSON: f64 = 0.000_002;

pub(super) fn compare(a: &Traits, b: &Traits, custom: Custom, sum: &mut Sum) {
    let mut told = |item, (a, b), with_family| told(item, (a, b), with_family, custom, sum);
    // A father's family word follows from the child's, so it says nothing again.
    told(Item::Father, (&a.father, &b.father), false);
    told(Item::Mother, (&a.mother, &b.mother), true);
    told(Item::Spouse, (&a.spouse, &b.spouse), true);
}

fn told(
    item: Item,
    (a, b): (&Option<Kin>, &Option<Kin>),
    with_family: bool,
    custom: Custom,
    sum: &mut Sum,
) {
    let (Some(a), Some(b)) = (a, b) else { return };
    let names = a.name.as_ref().zip(b.name.as_ref());
    let likeness = names.map(|(a, b)| a.likeness(b));
    let chance = |name: &Option<NameForm>| {
        name.as_ref()
            .map_or(SAME_PERSON, |name| whole(name, with_family, custom))
    };
    match (a.is(b), likeness) {
        (Some(true), _) => sum.shared(item, Level::Same, SAME_PERSON),
        (Some(false), Some(Likeness::Same | Likeness::Marks)) => {
            let level = if item == Item::Spouse {
                Level::Differs
            } else {
                Level::Namesake
            };
            sum.shared(item, level, chance(&a.name));
        }
        (Some(false), _) | (None, Some(Likeness::Other)) => {
            sum.told(item, Some(Level::Differs));
        }
        (None, Some(Likeness::Same)) => sum.shared(item, Level::Same, chance(&a.name)),
        (None, Some(_)) => sum.told(item, Some(Level::Close)),
        (None, None) => {}
    }
}
