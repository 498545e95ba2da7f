//! How two names agree: family, middle and given word each for itself, because each says another
//! thing. A common word says less than a rare one.

use super::Sum;
use crate::duplicate::name_form::{
    Likeness, MiddleLikeness, NameForm, Parts, Word, likeness, middles,
};
use crate::duplicate::share::{Custom, Place, share};
use crate::duplicate::traits::Traits;
use crate::duplicate::weight::{Item, Level};

/// No middle name is held for rarer than this: its words go by the fashion of a generation.
const MIDDLE_MIN: f64 = 0.005;

/// Compares the names of two people; of several, the two that say most for one person.
pub(super) fn compare(a: &Traits, b: &Traits, custom: Custom, sum: &mut Sum) {
    let mut best: Option<Sum> = None;
    for (at, one) in a.names().enumerate() {
        for (beside, two) in b.names().enumerate() {
            let mut found = Sum::default();
            two_names(one, two, custom, &mut found);
            if at + beside > 0 {
                // That somebody is in one register by a name which the other has beside is rare.
                found.told(Item::OtherName, Some(Level::Same));
            }
            if best
                .as_ref()
                .is_none_or(|best| found.weights() > best.weights())
            {
                best = Some(found);
            }
        }
    }
    if let Some(best) = best {
        sum.add(best);
    }
}

fn two_names(a: &NameForm, b: &NameForm, custom: Custom, sum: &mut Sum) {
    let (one, two) = (a.parts(), b.parts());
    if a.is_reordered(b) && likeness(one.given, two.given) == Likeness::Other {
        return reordered(a, (&one, &two), custom, sum);
    }
    // A whole name without accents comes from a machine or a form that had none: then missing
    // accents say nothing. One accent that differs in a name that has them does, and so does the
    // only one that the name has: `Cao Thanh Thúy` and `Cao Thanh Thuy` may be twins.
    let marked = a.marked_words().max(b.marked_words());
    let bare = a.is_bare() != b.is_bare() && marked > 1;
    if let Some((x, y)) = one.family.zip(two.family) {
        word(Place::Family, (x, y), bare, custom, sum);
    }
    middle((&one, &two), bare, custom, sum);
    word(Place::Given, (one.given, two.given), bare, custom, sum);
}

fn word(place: Place, (a, b): (Word<'_>, Word<'_>), bare: bool, custom: Custom, sum: &mut Sum) {
    let item = match place {
        Place::Family => Item::Family,
        Place::Middle => Item::Middle,
        Place::Given => Item::Given,
    };
    let level = match level_of(likeness(a, b)) {
        Level::Marks if bare => Level::Bare,
        level => level,
    };
    sum.shared(
        item,
        level,
        share(place, a, custom).max(share(place, b, custom)),
    );
}

const fn level_of(likeness: Likeness) -> Level {
    match likeness {
        Likeness::Same => Level::Same,
        Likeness::Marks => Level::Marks,
        Likeness::Slip => Level::Slip,
        Likeness::Sound => Level::Sound,
        Likeness::Close => Level::Close,
        Likeness::Other => Level::Differs,
    }
}

fn middle((a, b): (&Parts<'_>, &Parts<'_>), bare: bool, custom: Custom, sum: &mut Sum) {
    let same_base = || {
        a.middle
            .iter()
            .map(|w| w.base)
            .eq(b.middle.iter().map(|w| w.base))
    };
    let level = match middles(&a.middle, &b.middle) {
        MiddleLikeness::None => return,
        MiddleLikeness::Close if bare && same_base() => Level::Bare,
        MiddleLikeness::Same => Level::Same,
        MiddleLikeness::Part => Level::Part,
        MiddleLikeness::Close => Level::Close,
        MiddleLikeness::Differs => Level::Differs,
    };
    let chance = |words: &[Word<'_>]| -> f64 {
        words
            .iter()
            .map(|word| share(Place::Middle, *word, custom))
            .product()
    };
    let chance = chance(&a.middle).max(chance(&b.middle));
    sum.shared(Item::Middle, level, chance.max(MIDDLE_MIN));
}

/// The words are the same and their places are not: one finding for the whole name.
fn reordered(whole: &NameForm, (a, b): (&Parts<'_>, &Parts<'_>), custom: Custom, sum: &mut Sum) {
    if let Some((x, y)) = a.family.zip(b.family)
        && x == y
    {
        word(Place::Family, (x, y), false, custom, sum);
    }
    // Two words alone have only two orders, which says less.
    if whole.words().count() > 1 {
        sum.told(Item::Given, Some(Level::Moved));
    }
}
