//! The units of one edition. Codes are stable and never used again; names are not unique.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::{Decree, ProvinceCode};
use crate::OfficeCode;

/// A commune: xã, phường, thị trấn or đặc khu.
#[derive(Debug, Clone, PartialEq)]
pub struct Commune {
    /// Its code.
    pub code: OfficeCode,
    /// Its name without the kind; 245 names with their kind are shared by several communes.
    pub name: Cow<'static, str>,
    /// `Xã`, `Phường`, `Đặc khu`; before July 2025 also `Thị trấn`.
    pub kind: Cow<'static, str>,
    /// Its province.
    pub province: ProvinceCode,
    /// Latitude of its centre, degrees; 0 if it is not known.
    pub lat: f32,
    /// Longitude of its centre, degrees; 0 if it is not known.
    pub lon: f32,
}

impl Commune {
    /// Kind and name, as papers have it: `Phường Ba Đình`.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// A province or a city of central rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Province {
    /// Its code.
    pub code: ProvinceCode,
    /// Its name without the kind.
    pub name: Cow<'static, str>,
}

/// The units of one edition.
#[derive(Debug, PartialEq)]
pub struct UnitTable {
    communes: Vec<Commune>,
    provinces: Vec<Province>,
}

impl UnitTable {
    /// The 3,321 communes and 34 provinces since 1 July 2025.
    pub fn since_july_2025() -> Arc<Self> {
        static TABLE: LazyLock<Arc<UnitTable>> = LazyLock::new(|| {
            Arc::new(UnitTable::read(
                include_str!("../../data/communes.csv"),
                include_str!("../../data/provinces.csv"),
                commune,
            ))
        });
        Arc::clone(&TABLE)
    }

    /// The 10,035 communes and 63 provinces before 1 July 2025, for which no positions are known.
    pub fn before_july_2025() -> Arc<Self> {
        static TABLE: LazyLock<Arc<UnitTable>> = LazyLock::new(|| {
            Arc::new(UnitTable::read(
                include_str!("../../data/communes_before_2025.csv"),
                include_str!("../../data/pin_prefixes.csv"),
                commune_before,
            ))
        });
        Arc::clone(&TABLE)
    }

    /// Reads two tables of facts; a test counts that no row is lost.
    fn read(
        communes: &'static str,
        provinces: &'static str,
        commune: fn(&'static str) -> Option<Commune>,
    ) -> Self {
        let mut communes: Vec<_> = communes.lines().skip(1).filter_map(commune).collect();
        let mut provinces: Vec<_> = provinces.lines().skip(1).filter_map(province).collect();
        communes.sort_unstable_by_key(|commune| commune.code);
        provinces.sort_unstable_by_key(|province| province.code);
        Self {
            communes,
            provinces,
        }
    }

    /// The table as a decree leaves it. Provinces without a commune are gone, and those that come
    /// back keep the name they once had, unless the decree gives them another.
    pub(super) fn after(&self, decree: &Decree) -> UnitTable {
        let mut communes: BTreeMap<OfficeCode, Commune> = self
            .communes
            .iter()
            .map(|commune| (commune.code, commune.clone()))
            .collect();
        for old in decree.olds() {
            if !decree.of(old).iter().any(|row| row.new == old) {
                communes.remove(&old);
            }
        }
        for unit in &decree.units {
            communes.insert(unit.code, unit.commune());
        }
        let communes: Vec<Commune> = communes.into_values().collect();
        let named = |code| {
            let mut rows = decree.provinces.iter();
            let row = rows.find(|row| row.code == code).map(|row| Province {
                code,
                name: row.name.as_str().to_owned().into(),
            });
            row.or_else(|| self.province(code).cloned())
                .or_else(|| UnitTable::since_july_2025().province(code).cloned())
                .or_else(|| UnitTable::before_july_2025().province(code).cloned())
        };
        let mut codes: Vec<ProvinceCode> =
            communes.iter().map(|commune| commune.province).collect();
        codes.sort_unstable();
        codes.dedup();
        let provinces = codes.into_iter().filter_map(named).collect();
        UnitTable {
            communes,
            provinces,
        }
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
        name: fields.next()?.into(),
        kind: fields.next()?.into(),
        province: fields.next()?.parse().ok()?,
        lat: fields.next()?.parse().ok()?,
        lon: fields.next()?.parse().ok()?,
    })
}

fn commune_before(line: &'static str) -> Option<Commune> {
    let mut fields = line.split(',');
    let (code, name, kind) = (fields.next()?, fields.next()?, fields.next()?);
    let _district = fields.next()?;
    Some(Commune {
        code: code.parse().ok()?,
        name: name.into(),
        kind: kind.into(),
        province: fields.next()?.parse().ok()?,
        lat: 0.0,
        lon: 0.0,
    })
}

/// A province of today, or one of the 63: those are listed by their PIN prefix.
fn province(line: &'static str) -> Option<Province> {
    let mut fields = line.split(',');
    let digits = fields.next()?;
    let code = digits.strip_prefix('0').filter(|rest| rest.len() == 2);
    Some(Province {
        code: code.unwrap_or(digits).parse().ok()?,
        name: fields.next()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_of_today_is_whole() {
        let units = UnitTable::since_july_2025();
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
    fn the_table_before_is_whole_and_its_provinces_are_the_prefixes_of_numbers() {
        let units = UnitTable::before_july_2025();
        assert_eq!(
            (units.communes().len(), units.provinces().len()),
            (10_035, 63)
        );
        for commune in units.communes() {
            assert!(
                units.province(commune.province).is_some(),
                "{}",
                commune.code
            );
        }
        let code: OfficeCode = "00004".parse().unwrap();
        assert_eq!(units.commune(code).unwrap().full_name(), "Phường Trúc Bạch");
    }

    #[test]
    fn a_commune_is_found_by_its_code() {
        let units = UnitTable::since_july_2025();
        let code: OfficeCode = "00004".parse().unwrap();
        let commune = units.commune(code).unwrap();
        assert_eq!(commune.full_name(), "Phường Ba Đình");
        assert_eq!(units.province(commune.province).unwrap().name, "Hà Nội");
        assert_eq!(units.pin_prefix(code), Some(1));
        assert_eq!(units.communes_of(commune.province).count(), 126);
        assert!(units.exists(code));
        assert!(!units.exists("99999".parse().unwrap()));
    }
}
