//! Numbers of synthetic people: PINs that no two of a population share, and telephone numbers.
//!
//! The million numbers behind each prefix, sex and year are dealt out to communes beforehand, so
//! that a commune's numbers do not depend on which others are drawn:
//!
//! ```text
//! 0                                                900,000            1,000,000
//! │ lane │ lane │ … one for each commune of the province │ … of the country │
//! ```
//!
//! A permutation that follows from the seed then scatters them.

use std::collections::BTreeMap;

use super::draw::Draw;
use crate::code::Sex;
use crate::id::OfficeCode;
use crate::pin::{Pin, domestic_prefixes};
use crate::unit::{ProvinceCode, Units};

const SPACE: u32 = 1_000_000;
/// Numbers for those born in the province where they live.
const HOME_SPACE: u32 = 900_000;

/// A row of numbers set aside for a commune.
#[derive(Debug, Clone, Copy)]
struct Lane {
    start: u32,
    len: u32,
}

/// What a commune gives numbers from.
#[derive(Debug)]
pub(super) struct Numbers {
    seed: u64,
    prefix: u16,
    home: Lane,
    away: Lane,
    given: BTreeMap<(u16, Sex, u16), u32>,
}

impl Numbers {
    pub(super) fn new(seed: u64, office: OfficeCode, province: ProvinceCode) -> Self {
        let units = Units::built_in();
        let lane = |place: Option<usize>, count: usize, space: u32| {
            let count = u32::try_from(count.max(1)).unwrap_or(u32::MAX);
            let len = space / count;
            Lane {
                start: u32::try_from(place.unwrap_or(0)).unwrap_or(0) * len,
                len,
            }
        };
        let in_province = || units.communes_of(province).map(|commune| commune.code);
        let home = lane(
            in_province().position(|code| code == office),
            in_province().count(),
            HOME_SPACE,
        );
        let place = units.communes().position(|commune| commune.code == office);
        let away = lane(place, units.communes().len(), SPACE - HOME_SPACE);
        let away = Lane {
            start: HOME_SPACE + away.start,
            ..away
        };
        Self {
            seed,
            prefix: province.pin_prefix(),
            home,
            away,
            given: BTreeMap::new(),
        }
    }

    /// A number for somebody of this sex and year of birth; most have the prefix of the province.
    /// `None` if the commune has none left.
    pub(super) fn pin(&mut self, draw: &mut Draw, sex: Sex, year: u16) -> Option<Pin> {
        let elsewhere = draw.chance(120);
        let drawn = draw
            .pick(domestic_prefixes())
            .copied()
            .filter(|_| elsewhere);
        let first = drawn.unwrap_or(self.prefix);
        let mut prefixes = [first, self.prefix]
            .into_iter()
            .chain(domestic_prefixes().iter().copied());
        prefixes.find_map(|prefix| self.next_pin(prefix, sex, year))
    }

    fn next_pin(&mut self, prefix: u16, sex: Sex, year: u16) -> Option<Pin> {
        let lane = if prefix == self.prefix {
            self.home
        } else {
            self.away
        };
        let given = self.given.entry((prefix, sex, year)).or_insert(0);
        if *given >= lane.len {
            return None;
        }
        let place = lane.start + *given;
        *given += 1;
        let key = u64::from(prefix) << 24 | u64::from(year) << 8 | u64::from(sex.number());
        Pin::compose(prefix, sex, year, Order::new(self.seed, key).place(place))
    }
}

/// Another order of the numbers below [`SPACE`]: a factor that shares no divisor with the space
/// moves no two numbers to one place.
#[derive(Debug, Clone, Copy)]
struct Order {
    factor: u64,
    shift: u64,
}

impl Order {
    /// The order that follows from a seed and a key.
    fn new(seed: u64, key: u64) -> Self {
        let mut material = [0; 16];
        let (first, second) = material.split_at_mut(8);
        first.copy_from_slice(&seed.to_le_bytes());
        second.copy_from_slice(&key.to_le_bytes());
        let hash = blake3::derive_key("registry 2026 synthetic numbers", &material);
        let word = |from: usize| {
            let bytes = hash.iter().skip(from).take(8);
            bytes.fold(0u64, |word, byte| word << 8 | u64::from(*byte))
        };
        let last_digit = match word(16) % 4 {
            0 => 1,
            1 => 3,
            2 => 7,
            _ => 9,
        };
        Self {
            factor: word(0) % 100_000 * 10 + last_digit,
            shift: word(8) % u64::from(SPACE),
        }
    }
    fn place(self, number: u32) -> u32 {
        let moved = (u64::from(number) * self.factor + self.shift) % u64::from(SPACE);
        u32::try_from(moved).unwrap_or(0)
    }
}

/// A mobile number.
pub(super) fn phone(draw: &mut Draw) -> String {
    let prefix = draw
        .pick(&["03", "05", "07", "08", "09"])
        .copied()
        .unwrap_or("09");
    format!("{prefix}{:08}", draw.below(100_000_000))
}

/// The number of an old identity card.
pub(super) fn old_number(draw: &mut Draw) -> String {
    format!("{:09}", draw.below(1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_loses_no_number() {
        for key in 0..3 {
            let order = Order::new(7, key);
            let mut seen = vec![false; SPACE as usize];
            for number in 0..SPACE {
                let place = order.place(number) as usize;
                assert!(!std::mem::replace(&mut seen[place], true));
            }
        }
    }

    #[test]
    fn lanes_of_two_communes_do_not_touch() {
        let units = Units::built_in();
        let province = ProvinceCode::new(79).unwrap();
        let lanes: Vec<Numbers> = units
            .communes_of(province)
            .map(|commune| Numbers::new(1, commune.code, province))
            .collect();
        assert_eq!(lanes.len(), 168);
        for pair in lanes.windows(2) {
            assert!(pair[0].home.start + pair[0].home.len <= pair[1].home.start);
            assert!(pair[0].away.start + pair[0].away.len <= pair[1].away.start);
        }
        let last = lanes.last().unwrap();
        assert!(last.home.start + last.home.len <= HOME_SPACE);
        assert!(last.home.len > 5000 && last.away.len >= 30);
    }
}
