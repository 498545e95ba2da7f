//! How common a word is in names, from the shares of `data/names.csv`: two people of a rare name
//! are sooner one person than two of a common one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name_form::{NameForm, Word};
use crate::text::fold_tones;

/// Share of a word that the table does not have. Deliberately high: the rare names of a small
/// people are common where that people lives.
const UNLISTED: f64 = 0.01;
/// No name is held for rarer than this, whatever its words.
const WHOLE_MIN: f64 = 0.000_02;

/// Which place in the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Family = 0,
    Middle = 1,
    Given = 2,
}

static SHARES: LazyLock<[HashMap<String, f64>; 3]> = LazyLock::new(|| {
    let mut shares: [HashMap<String, f64>; 3] = Default::default();
    for line in include_str!("../../data/names.csv").lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(kind), _, Some(word), Some(weight)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let place = match kind {
            "surname" => Place::Family,
            "middle" => Place::Middle,
            _ => Place::Given,
        };
        let (Ok(weight), Some(shares)) =
            (weight.trim().parse::<f64>(), shares.get_mut(place as usize))
        else {
            continue;
        };
        let word = fold_tones(&word.to_lowercase()).into_owned();
        // A word of both sexes counts by the sex in which it is more common.
        let share = shares.entry(word).or_insert(0.0);
        *share = share.max(weight / 100.0);
    }
    shares
});

/// The share of people who have this word in this place of their names.
pub(super) fn share(place: Place, word: Word<'_>) -> f64 {
    let shares = SHARES.get(place as usize);
    let listed = shares.and_then(|shares| shares.get(word.toned));
    listed.copied().unwrap_or(UNLISTED)
}

/// The share of people who have this name; without the family's word if that follows from
/// something else that agrees already.
pub(super) fn whole(name: &NameForm, with_family: bool) -> f64 {
    let parts = name.parts();
    let family = parts.family.filter(|_| with_family);
    let family = family.map_or(1.0, |word| share(Place::Family, word));
    let middle: f64 = parts
        .middle
        .iter()
        .map(|word| share(Place::Middle, *word))
        .product();
    (family * middle * share(Place::Given, parts.given)).max(WHOLE_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::PersonName;

    #[test]
    fn common_names_are_common_and_no_name_is_unheard_of() {
        let whole = |name: &str| whole(&NameForm::new(&PersonName::parse(name).unwrap()), true);
        assert!(whole("Nguyễn Văn Tuấn") > whole("Nguyễn Gia Tuấn"));
        assert!(whole("Nguyễn Thị Thuỷ") > whole("Nông Thị Thủy"));
        assert!(whole("Xa Xa Xa Xa Xa") >= WHOLE_MIN);
        assert!(SHARES.iter().all(|shares| shares.len() > 10));
    }
}
