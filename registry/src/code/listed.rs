//! Codes whose list is a table of facts: ethnic groups, religions, countries.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::CodeError;

/// Names of a table, at the place of their code.
struct Names(Vec<Option<&'static str>>);

impl Names {
    fn read(table: &'static str) -> Self {
        let mut names = Vec::new();
        for (code, name) in table
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
        {
            let Ok(code) = code.parse::<u8>().map(usize::from) else {
                continue;
            };
            if names.len() <= code {
                names.resize(code + 1, None);
            }
            if let Some(slot) = names.get_mut(code) {
                *slot = Some(name);
            }
        }
        Self(names)
    }
    fn get(&self, code: u8) -> Option<&'static str> {
        self.0.get(usize::from(code)).copied().flatten()
    }
    fn codes(&self) -> impl Iterator<Item = u8> + '_ {
        let named = self.0.iter().enumerate().filter(|(_, name)| name.is_some());
        named.filter_map(|(code, _)| u8::try_from(code).ok())
    }
}

static ETHNIC_GROUPS_1979: LazyLock<Names> =
    LazyLock::new(|| Names::read(include_str!("../../data/ethnic_groups_1979.csv")));
static RELIGIONS: LazyLock<Names> =
    LazyLock::new(|| Names::read(include_str!("../../data/religions.csv")));

/// The letters of the countries that there are, and of those that there were.
static COUNTRIES: LazyLock<BTreeSet<[u8; 2]>> = LazyLock::new(|| {
    let lines = include_str!("../../data/countries.csv").lines().skip(1);
    let codes = lines.filter_map(|line| line.split_once(','));
    codes
        .filter_map(|(code, _)| code.as_bytes().try_into().ok())
        .collect()
});

/// The table of Decision 121-TCTK/PPCĐ of 1979.
pub const TABLE_1979: u8 = 1;

/// An ethnic group: a code and the table that it is of. Two tables are in use in which one code
/// means two peoples, so the code alone says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ethnic {
    table: u8,
    code: u8,
}

impl Ethnic {
    const ERROR: CodeError = CodeError::new(
        "ethnic group",
        "a code of a table, for example 1979:01",
        "ethnic_unknown_value",
    );

    /// The group with `code` in `table`; codes of the table of 1979 are checked, those of tables
    /// that this release does not know pass through.
    pub fn new(table: u8, code: u8) -> Result<Self, CodeError> {
        let known = table != TABLE_1979 || ETHNIC_GROUPS_1979.get(code).is_some();
        if known && table != 0 {
            Ok(Self { table, code })
        } else {
            Err(Self::ERROR)
        }
    }
    /// Kinh in the table of 1979.
    pub const KINH: Self = Self {
        table: TABLE_1979,
        code: 1,
    };
    /// The table.
    pub const fn table(self) -> u8 {
        self.table
    }
    /// The code in the table.
    pub const fn code(self) -> u8 {
        self.code
    }
    /// The name of the group, if the table is known here.
    pub fn name(self) -> Option<&'static str> {
        if self.table == TABLE_1979 {
            ETHNIC_GROUPS_1979.get(self.code)
        } else {
            None
        }
    }
    /// Every group of the table of 1979.
    pub fn all_1979() -> impl Iterator<Item = Self> {
        ETHNIC_GROUPS_1979.codes().map(|code| Self {
            table: TABLE_1979,
            code,
        })
    }
    /// The table as files have it: `1979`, or the number of a table that is not known here.
    pub fn table_text(self) -> String {
        if self.table == TABLE_1979 {
            "1979".to_owned()
        } else {
            self.table.to_string()
        }
    }
}

impl fmt::Display for Ethnic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.table == TABLE_1979 {
            write!(f, "1979:{:02}", self.code)
        } else {
            write!(f, "{}:{:02}", self.table, self.code)
        }
    }
}
impl FromStr for Ethnic {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let (table, code) = text.trim().split_once(':').ok_or(Self::ERROR)?;
        let table = if table == "1979" {
            TABLE_1979
        } else {
            number(table).ok_or(Self::ERROR)?
        };
        Self::new(table, number(code).ok_or(Self::ERROR)?)
    }
}
impl Serialize for Ethnic {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            (self.table, self.code).serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for Ethnic {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = if d.is_human_readable() {
            String::deserialize(d)?.parse()
        } else {
            let (table, code) = <(u8, u8)>::deserialize(d)?;
            Self::new(table, code)
        };
        value.map_err(serde::de::Error::custom)
    }
}

/// A religion of the list of Decision 1019/QĐ-TCTK of 2008.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Religion(u8);

impl Religion {
    const ERROR: CodeError = CodeError::new(
        "religion",
        "a two-digit code of the list, 00 for none",
        "religion_unknown_value",
    );
    /// None.
    pub const NONE: Self = Self(0);

    /// The religion with this code.
    pub fn new(code: u8) -> Result<Self, CodeError> {
        RELIGIONS.get(code).map(|_| Self(code)).ok_or(Self::ERROR)
    }
    /// The code.
    pub const fn code(self) -> u8 {
        self.0
    }
    /// The name in the list.
    pub fn name(self) -> &'static str {
        RELIGIONS.get(self.0).unwrap_or_default()
    }
    /// Every religion of the list.
    pub fn all() -> impl Iterator<Item = Self> {
        RELIGIONS.codes().map(Self)
    }
}

impl fmt::Display for Religion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}
impl FromStr for Religion {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::new(number(text.trim()).ok_or(Self::ERROR)?)
    }
}
impl Serialize for Religion {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for Religion {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = if d.is_human_readable() {
            String::deserialize(d)?.parse()
        } else {
            Self::new(u8::deserialize(d)?)
        };
        value.map_err(serde::de::Error::custom)
    }
}

/// A country: two letters of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    const ERROR: CodeError = CodeError::new(
        "country",
        "the two letters of ISO 3166, for example VN",
        "country_form",
    );
    /// Viet Nam.
    pub const VIET_NAM: Self = Self(*b"VN");

    fn new(letters: [u8; 2]) -> Result<Self, CodeError> {
        let letters = letters.map(|letter| letter.to_ascii_uppercase());
        if letters.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(letters))
        } else {
            Err(Self::ERROR)
        }
    }
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
    /// Whether it is or was a country (ISO 3166-1 and, of those that are no more, 3166-3). Two other
    /// letters can be read, since what was written once has to stay readable.
    pub fn is_listed(&self) -> bool {
        COUNTRIES.contains(&self.0)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl FromStr for Country {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::new(text.trim().as_bytes().try_into().map_err(|_| Self::ERROR)?)
    }
}
impl Serialize for Country {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.serialize_str(self.as_str())
        } else {
            self.0.serialize(s)
        }
    }
}
impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = if d.is_human_readable() {
            String::deserialize(d)?.parse()
        } else {
            Self::new(<[u8; 2]>::deserialize(d)?)
        };
        value.map_err(serde::de::Error::custom)
    }
}

fn number(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ethnic_group_is_a_code_of_a_table() {
        assert_eq!(Ethnic::all_1979().count(), 54);
        let hmong: Ethnic = "1979:08".parse().unwrap();
        assert_eq!(
            (hmong.table(), hmong.code(), hmong.name()),
            (TABLE_1979, 8, Some("HMông"))
        );
        let census: Ethnic = "2:08".parse().unwrap();
        assert_eq!(census.name(), None);
        assert_ne!(census, hmong);
        for bad in ["08", "1979:55", "1979:00", "0:01", "1979:", ":", "1979:+1"] {
            assert_eq!(
                bad.parse::<Ethnic>().unwrap_err().code(),
                "ethnic_unknown_value",
                "{bad}"
            );
        }
        for group in Ethnic::all_1979().chain([census]) {
            let json = serde_json::to_string(&group).unwrap();
            assert_eq!(serde_json::from_str::<Ethnic>(&json).unwrap(), group);
            let wire = postcard::to_stdvec(&group).unwrap();
            assert_eq!(wire, [group.table(), group.code()]);
            assert_eq!(postcard::from_bytes::<Ethnic>(&wire).unwrap(), group);
        }
        assert!(postcard::from_bytes::<Ethnic>(&[1, 99]).is_err());
        assert_eq!(Ethnic::KINH.name(), Some("Kinh"));
    }

    #[test]
    fn religions_are_those_of_the_list() {
        assert_eq!(Religion::all().count(), 15);
        assert_eq!("02".parse::<Religion>().unwrap().name(), "Công giáo");
        assert_eq!(Religion::NONE.to_string(), "00");
        for bad in ["15", "x", "", "-1"] {
            assert!(bad.parse::<Religion>().is_err(), "{bad}");
        }
        assert_eq!(
            serde_json::to_string(&Religion::new(5).unwrap()).unwrap(),
            "\"05\""
        );
        assert!(postcard::from_bytes::<Religion>(&[15]).is_err());
    }

    #[test]
    fn a_country_is_two_letters() {
        assert_eq!("vn".parse::<Country>().unwrap(), Country::VIET_NAM);
        for bad in ["V", "VNM", "V1", "", "Đ"] {
            assert!(bad.parse::<Country>().is_err(), "{bad}");
        }
        assert_eq!(serde_json::to_string(&Country::VIET_NAM).unwrap(), "\"VN\"");
        let wire = postcard::to_stdvec(&Country::VIET_NAM).unwrap();
        assert_eq!(
            postcard::from_bytes::<Country>(&wire).unwrap(),
            Country::VIET_NAM
        );
        assert!(postcard::from_bytes::<Country>(b"1V").is_err());
    }

    #[test]
    fn countries_that_are_and_that_were_are_listed_and_others_stay_readable() {
        // Every line of the table is one of them.
        let lines = include_str!("../../data/countries.csv").lines().count();
        assert_eq!((COUNTRIES.len(), lines), (274, 275));
        for code in ["VN", "la", "SU", "DD", "VD", "ZR"] {
            assert!(code.parse::<Country>().unwrap().is_listed(), "{code}");
        }
        for code in ["XX", "ZZ", "XK"] {
            let country: Country = code.parse().unwrap();
            assert!(!country.is_listed(), "{code}");
            let wire = postcard::to_stdvec(&country).unwrap();
            assert_eq!(postcard::from_bytes::<Country>(&wire).unwrap(), country);
        }
    }
}
