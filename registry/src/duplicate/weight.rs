//! The table of weights: for each item and each way in which two records may agree or differ on
//! it, how probable that is if they are one person, two strangers, or two of one family.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$line:meta])* $variant:ident $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$line])* $variant,)* }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: &[$name] = &[$($name::$variant,)*];
            /// The stable key.
            pub const fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)* }
            }
        }
    };
}

named! {
    /// What is compared. Kept in stores: append only.
    Item {
        /// The family's word of the name.
        Family "family",
        /// The words between.
        Middle "middle",
        /// The person's own word.
        Given "given",
        /// The date of birth.
        Birth "birth",
        /// The sex.
        Sex "sex",
        /// The personal identification number, given or claimed.
        Pin "pin",
        /// Numbers of old identity cards.
        OldNumber "old_number",
        /// The phone.
        Phone "phone",
        /// The father.
        Father "father",
        /// The mother.
        Mother "mother",
        /// The spouse.
        Spouse "spouse",
        /// The number of the birth certificate.
        Certificate "certificate",
        /// The place among those born together.
        BirthOrder "birth_order",
        /// The native place, else where the birth was registered.
        Origin "origin",
        /// The ethnic group.
        Ethnic "ethnic",
        /// The household.
        Household "household",
        /// That one of the names compared is not the registered one.
        OtherName "other_name",
    }
}

named! {
    /// How two records agree or differ on an item. Kept in stores: append only.
    Level {
        /// Agrees.
        Same "same",
        /// Other accents on the same letters.
        Marks "marks",
        /// The same letters, on one side without any accents.
        Bare "bare",
        /// Said alike.
        Sound "sound",
        /// One sign apart.
        Close "close",
        /// The same words in another order.
        Moved "moved",
        /// One has less of it.
        Part "part",
        /// A month and a year that agree with a day.
        PartMonth "part_month",
        /// A year that agrees with a day or month.
        PartYear "part_year",
        /// Day and month swapped.
        Swapped "swapped",
        /// At most three days apart.
        Near "near",
        /// Only the day differs.
        Day "day",
        /// Only the month differs.
        Month "month",
        /// Only the year differs, by one or two or by one digit.
        Year "year",
        /// Only the year agrees.
        SameYear "same_year",
        /// A slip: one digit wrong, or two swapped; one letter that makes no word.
        Slip "slip",
        /// The same name and another person.
        Namesake "namesake",
        /// In the same province.
        Province "province",
        /// Differs.
        Differs "differs",
    }
}

impl Item {
    /// Whether it is the name, or told by the entry of the birth: what namesakes share.
    pub(super) const fn is_of_birth(self) -> bool {
        matches!(
            self,
            Item::Family
                | Item::Middle
                | Item::Given
                | Item::Birth
                | Item::Sex
                | Item::Origin
                | Item::Ethnic
                | Item::BirthOrder
                | Item::OtherName
        )
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Probability if it is one person.
    pub(super) same: f64,
    /// Probability for two strangers; `None` if it follows from how common the value is.
    pub(super) stranger: Option<f64>,
    /// Probability for two of one family.
    pub(super) kin: f64,
    /// What it is called.
    pub(super) vi: &'static str,
    /// What it is called.
    pub(super) en: &'static str,
}

struct Table(Vec<Option<Row>>);

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut rows = vec![None; Item::ALL.len() * Level::ALL.len()];
    for (item, level, row) in include_str!("../../data/duplicate_weights.csv")
        .lines()
        .skip(1)
        .filter_map(read)
    {
        if let Some(place) = rows.get_mut(place(item, level)) {
            *place = Some(row);
        }
    }
    Table(rows)
});

const fn place(item: Item, level: Level) -> usize {
    item as usize * Level::ALL.len() + level as usize
}

fn read(line: &'static str) -> Option<(Item, Level, Row)> {
    let mut cells = line.split(',').map(str::trim);
    let (item, level) = (cells.next()?, cells.next()?);
    let item = Item::ALL.iter().find(|known| known.key() == item)?;
    let level = Level::ALL.iter().find(|known| known.key() == level)?;
    let same = cells.next()?.parse().ok()?;
    let stranger = match cells.next()? {
        "share" => None,
        number => Some(number.parse().ok()?),
    };
    let kin = cells.next()?.parse().ok()?;
    let row = Row {
        same,
        stranger,
        kin,
        vi: cells.next()?,
        en: cells.next()?,
    };
    Some((*item, *level, row))
}

/// The row of an item and a level, if the table has it; what it has not is neutral.
pub(super) fn row(item: Item, level: Level) -> Option<&'static Row> {
    TABLE.0.get(place(item, level))?.as_ref()
}

/// Ten times the binary logarithm of how many times more probable `a` is than `b`: ten points
/// double the odds.
pub(super) fn points(a: f64, b: f64) -> i32 {
    // Within ±400 for every pair of probabilities that the table can hold.
    #[allow(clippy::cast_possible_truncation)]
    let points = (10.0 * (a.max(1e-12) / b.max(1e-12)).log2()).round() as i32;
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_holds_probabilities() {
        let lines: Vec<_> = include_str!("../../data/duplicate_weights.csv")
            .lines()
            .collect();
        assert_eq!(lines[0], "item,level,same,stranger,kin,vi,en");
        let mut read_lines = 0;
        for line in &lines[1..] {
            let (item, level, row) = read(line).unwrap_or_else(|| panic!("{line}"));
            let here = super::row(item, level).unwrap();
            assert_eq!(here.en, row.en, "{line}: twice in the table");
            for probability in [Some(row.same), row.stranger, Some(row.kin)]
                .into_iter()
                .flatten()
            {
                assert!(probability > 0.0 && probability <= 1.0, "{line}");
            }
            assert!(!row.vi.is_empty() && !row.en.is_empty(), "{line}");
            read_lines += 1;
        }
        assert!(read_lines > 40);
        for item in Item::ALL {
            assert!(super::row(*item, Level::Same).is_some(), "{item:?}");
        }
    }

    #[test]
    fn ten_points_double_the_odds() {
        assert_eq!(points(0.5, 0.25), 10);
        assert_eq!(points(0.25, 0.5), -10);
        assert_eq!(points(0.9, 0.9), 0);
    }
}
