//! Administrative units as they are since 1 July 2025: 34 provinces, 3,321 communes.
//!
//! Codes are stable and never used again; names are not unique. How a decree maps old codes to new
//! ones is not here.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{IdError, OfficeCode};

/// The day from which the built-in table holds.
pub const EDITION: &str = "2025-07-01";

/// Code of a province, 2 digits in the official list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceCode(u8);

impl ProvinceCode {
    /// The code with this number; `None` past two digits or for zero.
    pub const fn new(number: u8) -> Option<Self> {
        if number == 0 || number > 99 {
            None
        } else {
            Some(Self(number))
        }
    }
    /// Its number.
    pub const fn get(self) -> u8 {
        self.0
    }
    /// The PIN prefix of births registered in the province: the same number with three digits.
    pub fn pin_prefix(self) -> u16 {
        u16::from(self.0)
    }
}

impl fmt::Display for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}
impl fmt::Debug for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvinceCode({self})")
    }
}
impl FromStr for ProvinceCode {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code = if digits {
            text.parse().ok().and_then(Self::new)
        } else {
            None
        };
        code.ok_or(IdError {
            kind: "a province code",
            shape: "2 digits, for example 01",
        })
    }
}
impl Serialize for ProvinceCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for ProvinceCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?
                .parse()
                .map_err(serde::de::Error::custom)
        } else {
            Self::new(u8::deserialize(d)?)
                .ok_or_else(|| serde::de::Error::custom("not a province code"))
        }
    }
}

/// A commune: xã, phường or đặc khu.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Commune {
    /// Its code.
    pub code: OfficeCode,
    /// Its name without the kind; 245 names with their kind are shared by several communes.
    pub name: &'static str,
    /// `Xã`, `Phường` or `Đặc khu`.
    pub kind: &'static str,
    /// Its province.
    pub province: ProvinceCode,
    /// Latitude of its centre, degrees.
    pub lat: f32,
    /// Longitude of its centre, degrees.
    pub lon: f32,
}

impl Commune {
    /// Kind and name, as papers have it: `Phường Ba Đình`.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// A province or a city of central rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Province {
    /// Its code.
    pub code: ProvinceCode,
    /// Its name without the kind.
    pub name: &'static str,
}

/// A table of units.
#[derive(Debug)]
pub struct Units {
    communes: Vec<Commune>,
    provinces: Vec<Province>,
}

impl Units {
    /// The built-in table, edition [`EDITION`].
    pub fn current() -> &'static Self {
        static CURRENT: LazyLock<Units> = LazyLock::new(|| {
            Units::read(
                include_str!("../data/communes.csv"),
                include_str!("../data/provinces.csv"),
            )
        });
        &CURRENT
    }

    /// Reads the two tables of facts; a test counts that no row is lost.
    fn read(communes: &'static str, provinces: &'static str) -> Self {
        let mut communes: Vec<_> = communes.lines().skip(1).filter_map(commune).collect();
        let mut provinces: Vec<_> = provinces.lines().skip(1).filter_map(province).collect();
        communes.sort_unstable_by_key(|commune| commune.code);
        provinces.sort_unstable_by_key(|province| province.code);
        Self {
            communes,
            provinces,
        }
    }
    /// The day from which the table holds, ISO form.
    pub fn edition(&self) -> &'static str {
        EDITION
    }
    /// The commune with this code.
    pub fn commune(&self, code: OfficeCode) -> Option<&Commune> {
        let place = self
            .communes
            .binary_search_by_key(&code, |commune| commune.code)
            .ok()?;
        self.communes.get(place)
    }
    /// Whether there is a commune with this code.
    pub fn exists(&self, code: OfficeCode) -> bool {
        self.commune(code).is_some()
    }
    /// The province of a commune.
    pub fn province_of(&self, code: OfficeCode) -> Option<ProvinceCode> {
        self.commune(code).map(|commune| commune.province)
    }
    /// The PIN prefix of births registered in a commune.
    pub fn pin_prefix(&self, code: OfficeCode) -> Option<u16> {
        self.province_of(code).map(ProvinceCode::pin_prefix)
    }
    /// The province with this code.
    pub fn province(&self, code: ProvinceCode) -> Option<&Province> {
        let place = self
            .provinces
            .binary_search_by_key(&code, |province| province.code)
            .ok()?;
        self.provinces.get(place)
    }
    /// Every commune, by code.
    pub fn communes(&self) -> impl ExactSizeIterator<Item = &Commune> {
        self.communes.iter()
    }
    /// Every province, by code.
    pub fn provinces(&self) -> impl ExactSizeIterator<Item = &Province> {
        self.provinces.iter()
    }
    /// The communes of a province, by code.
    pub fn communes_of(&self, province: ProvinceCode) -> impl Iterator<Item = &Commune> {
        self.communes
            .iter()
            .filter(move |commune| commune.province == province)
    }
}

fn commune(line: &'static str) -> Option<Commune> {
    let mut fields = line.split(',');
    Some(Commune {
        code: fields.next()?.parse().ok()?,
        name: fields.next()?,
        kind: fields.next()?,
        province: fields.next()?.parse().ok()?,
        lat: fields.next()?.parse().ok()?,
        lon: fields.next()?.parse().ok()?,
    })
}

fn province(line: &'static str) -> Option<Province> {
    let mut fields = line.split(',');
    Some(Province {
        code: fields.next()?.parse().ok()?,
        name: fields.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_whole() {
        let units = Units::current();
        assert_eq!(
            (units.communes().len(), units.provinces().len()),
            (3321, 34)
        );
        let codes: BTreeSet<_> = units.communes().map(|commune| commune.code).collect();
        assert_eq!(codes.len(), 3321);
        let count = |kind| {
            units
                .communes()
                .filter(|commune| commune.kind == kind)
                .count()
        };
        assert_eq!(
            (count("Xã"), count("Phường"), count("Đặc khu")),
            (2621, 687, 13)
        );
        for commune in units.communes() {
            assert!(units.province(commune.province).is_some());
            assert!(crate::pin::is_domestic_prefix(
                commune.province.pin_prefix()
            ));
            assert!((8.0..24.0).contains(&commune.lat), "{}", commune.code);
            assert!((102.0..116.0).contains(&commune.lon), "{}", commune.code);
        }
    }

    #[test]
    fn a_commune_is_found_by_its_code() {
        let units = Units::current();
        let code: OfficeCode = "00004".parse().unwrap();
        let commune = units.commune(code).unwrap();
        assert_eq!(commune.full_name(), "Phường Ba Đình");
        assert_eq!(units.province(commune.province).unwrap().name, "Hà Nội");
        assert_eq!(units.pin_prefix(code), Some(1));
        assert_eq!(units.communes_of(commune.province).count(), 126);
        assert!(units.exists(code));
        assert!(!units.exists("99999".parse().unwrap()));
    }

    #[test]
    fn a_province_code_is_two_digits() {
        let code: ProvinceCode = "08".parse().unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"08\"");
        assert_eq!(postcard::to_stdvec(&code).unwrap(), [8]);
        for bad in ["8", "008", "00", "x1", "+1"] {
            assert!(bad.parse::<ProvinceCode>().is_err(), "{bad}");
        }
        assert!(postcard::from_bytes::<ProvinceCode>(&[100]).is_err());
    }
}
