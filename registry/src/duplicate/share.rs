//! How probable it is that two strangers agree by chance, where that follows from what they agree
//! on: the words of a name from the shares of `data/names.csv` (two people of a rare name are
//! sooner one person than two of a common one), the native place, the people they belong to.
//!
//! Of a small people all this goes together. Its families are few, its given names are its own,
//! and it lives in few communes: two strangers of it agree on a name that hardly anybody in the
//! country has, on the native place and on the people. Counted as if each were chance by itself,
//! they would look like one person.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name_form::{NameForm, Word};
use super::weight::Level;
use crate::code::Ethnic;
use crate::text::fold_tones;

/// Share of a word that the table does not have. Deliberately high: the rare names of a small
/// people are common where that people lives.
const UNLISTED: f64 = 0.01;
/// No name is held for rarer than this, whatever its words.
const WHOLE_MIN: f64 = 0.000_02;

/// Share of a family's word among the families of a small people: most have five to twenty.
const FEW_FAMILIES: f64 = 0.10;
/// Share of a word between family and given name that is of the people's own custom (`A`, `Mí`).
const FEW_MIDDLE: f64 = 0.20;
/// Share of a given name of the people's own custom.
const FEW_GIVEN: f64 = 0.02;
/// Peoples (table of 1979) whose given names are those of the majority: Tày, Hoa, Mường, Nùng, Sán
/// Chay, Sán Dìu, Thổ.
const NAMED_LIKE_MAJORITY: [u8; 7] = [2, 4, 6, 7, 15, 18, 24];

/// Whose custom two people's names follow, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Custom {
    /// The majority's.
    Majority,
    /// Few families, given names of the majority.
    FewFamilies,
    /// Few families and given names of their own.
    Own,
}

impl Custom {
    /// Of two people: one of a small people is enough, because the other may be written down
    /// wrongly or not at all.
    pub(super) fn of(a: Option<Ethnic>, b: Option<Ethnic>) -> Custom {
        let one = |ethnic: Option<Ethnic>| match ethnic {
            None => Custom::Majority,
            Some(ethnic) if ethnic == Ethnic::KINH => Custom::Majority,
            Some(ethnic) if NAMED_LIKE_MAJORITY.contains(&ethnic.code()) => Custom::FewFamilies,
            Some(_) => Custom::Own,
        };
        one(a).max(one(b))
    }

    /// No word in this place is rarer than this.
    const fn least(self, place: Place) -> f64 {
        match (self, place) {
            (Custom::FewFamilies | Custom::Own, Place::Family) => FEW_FAMILIES,
            (Custom::Own, Place::Middle) => FEW_MIDDLE,
            (Custom::Own, Place::Given) => FEW_GIVEN,
            _ => 0.0,
        }
    }
}

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

/// The share of people who have this word in this place of their names, among those of this custom.
pub(super) fn share(place: Place, word: Word<'_>, custom: Custom) -> f64 {
    let shares = SHARES.get(place as usize);
    let listed = shares.and_then(|shares| shares.get(word.toned));
    let listed = listed.copied().unwrap_or(UNLISTED);
    listed.max(custom.least(place))
}

/// The share of people who have this name; without the family's word if that follows from
/// something else that agrees already.
pub(super) fn whole(name: &NameForm, with_family: bool, custom: Custom) -> f64 {
    let parts = name.parts();
    let family = parts.family.filter(|_| with_family);
    let family = family.map_or(1.0, |word| share(Place::Family, word, custom));
    let middle: f64 = parts
        .middle
        .iter()
        .map(|word| share(Place::Middle, *word, custom))
        .product();
    (family * middle * share(Place::Given, parts.given, custom)).max(WHOLE_MIN)
}

/// The share of strangers who are of this people, too. Small peoples live together: whoever agrees
/// with somebody on the native place agrees with them on the people most of the time.
pub(super) const fn same_people(ethnic: Ethnic, origin: Option<Level>) -> f64 {
    match (ethnic.table(), ethnic.code(), origin) {
        (1, 1, _) => 0.75,
        (_, _, Some(Level::Same)) => 0.50,
        (_, _, Some(Level::Province)) => 0.30,
        _ => 0.10,
    }
}

/// People of a commune, on average.
const COMMUNE_PEOPLE: u64 = 30_000;
/// However many communes there are, families of one name live together.
const SAME_ORIGIN_MIN: f64 = 0.01;
/// However few communes there are, many have come from elsewhere.
const SAME_ORIGIN_MAX: f64 = 0.60;
/// A small people lives in so many times fewer communes.
const FEWER_COMMUNES: f64 = 4.0;

/// The share of strangers who agree on the native place, among so many people: in an office's
/// slice most do, in the country hardly any.
pub(super) fn same_origin(people: u64, custom: Custom) -> f64 {
    // A handful of thousands.
    #[allow(clippy::cast_precision_loss)]
    let communes = (people / COMMUNE_PEOPLE).clamp(1, 10_000) as f64;
    let together = if custom == Custom::Majority {
        1.0
    } else {
        FEWER_COMMUNES
    };
    (together / communes).clamp(SAME_ORIGIN_MIN, SAME_ORIGIN_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::PersonName;

    #[test]
    fn common_names_are_common_and_no_name_is_unheard_of() {
        let whole = |name: &str| {
            let name = NameForm::new(&PersonName::parse(name).unwrap());
            super::whole(&name, true, Custom::Majority)
        };
        assert!(whole("Nguyễn Văn Tuấn") > whole("Nguyễn Gia Tuấn"));
        assert!(whole("Nguyễn Thị Thuỷ") > whole("Nông Thị Thủy"));
        assert!(whole("Xa Xa Xa Xa Xa") >= WHOLE_MIN);
        assert!(SHARES.iter().all(|shares| shares.len() > 10));
    }

    #[test]
    fn of_a_small_people_names_are_common_whatever_the_country_says() {
        let ethnic = |code| Ethnic::new(crate::code::TABLE_1979, code).ok();
        let name = NameForm::new(&PersonName::parse("Lầu A Páo").unwrap());
        let whole = |custom| whole(&name, true, custom);
        let (hmong, muong) = (Custom::of(ethnic(8), None), Custom::of(None, ethnic(6)));
        assert_eq!((hmong, muong), (Custom::Own, Custom::FewFamilies));
        assert_eq!(Custom::of(Some(Ethnic::KINH), None), Custom::Majority);
        assert!(whole(hmong) > whole(muong) && whole(muong) >= whole(Custom::Majority));
    }

    #[test]
    fn a_native_place_says_little_in_an_office_and_much_in_the_country() {
        let office = same_origin(32_000, Custom::Majority);
        let million = same_origin(1_000_000, Custom::Majority);
        assert!(office > 0.5 && million < 0.05 && million > 0.01);
        assert!(same_origin(1_000_000, Custom::Own) > 2.0 * million);
        for people in [0, 1, 100_000_000, u64::MAX] {
            let share = same_origin(people, Custom::Own);
            assert!((SAME_ORIGIN_MIN..=SAME_ORIGIN_MAX).contains(&share));
        }
    }

    #[test]
    fn who_agrees_on_the_native_place_agrees_on_the_people_too() {
        let hmong = Ethnic::new(crate::code::TABLE_1979, 8).unwrap();
        let by = |level| same_people(hmong, level);
        assert!(by(Some(Level::Same)) > by(Some(Level::Province)));
        assert!(by(Some(Level::Province)) > by(Some(Level::Differs)));
        assert!(same_people(Ethnic::KINH, None) > by(Some(Level::Same)));
    }
}
