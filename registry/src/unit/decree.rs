//! A decree: which commune each old one becomes. It maps codes and names units; it knows of no
//! record. Read from its file in `read.rs`; laid upon a table in `table.rs`.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Commune, ProvinceCode};
use crate::OfficeCode;
use crate::date::Date;
use crate::text::{Line, fold_tones};

/// Most rows of a decree; that of 2025 has 10,597.
pub const ROWS_MAX: usize = 20_000;
/// Most hamlets that one row names.
pub const HAMLETS_MAX: usize = 100;

/// How much of an old commune goes to a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Share {
    /// All of it.
    Whole,
    /// A part; the other parts have rows of their own.
    Part,
}

/// One row: an old commune, or a part of it, belongs to a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The commune before.
    pub old: OfficeCode,
    /// The commune afterwards.
    pub new: OfficeCode,
    /// How much of it.
    pub share: Share,
    /// Whether this row takes what no other row of the old commune names.
    pub default: bool,
    /// Hamlets of the old commune that go this way, as addresses name them.
    pub hamlets: Vec<Line<100>>,
}

/// A unit that a decree makes, renames or puts into another class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// Its code.
    pub code: OfficeCode,
    /// Its name without the kind.
    pub name: Line<100>,
    /// Its kind.
    pub kind: Line<20>,
    /// Its province.
    pub province: ProvinceCode,
    /// Where it lies, ten-thousandths of a degree north and east; zero if it is not known.
    pub at: (i32, i32),
}

impl UnitRow {
    /// The row as an entry of a table.
    pub(super) fn commune(&self) -> Commune {
        #[allow(clippy::cast_precision_loss)] // seven digits of a degree are more than enough
        let degrees = |parts: i32| parts as f32 / 10_000.0;
        Commune {
            code: self.code,
            name: self.name.as_str().to_owned().into(),
            kind: self.kind.as_str().to_owned().into(),
            province: self.province,
            lat: degrees(self.at.0),
            lon: degrees(self.at.1),
        }
    }
}

/// A province that a decree makes or renames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvinceRow {
    /// Its code.
    pub code: ProvinceCode,
    /// Its name without the kind.
    pub name: Line<100>,
}

/// A decree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decree {
    /// From when it holds.
    pub effective: Date,
    /// Which commune becomes which, sorted by old and new code.
    pub rows: Vec<Succession>,
    /// The units that it makes, renames or re-classes, sorted by code.
    pub units: Vec<UnitRow>,
    /// The provinces that it makes or renames, sorted by code. Which communes a province has is
    /// told by the communes.
    pub provinces: Vec<ProvinceRow>,
}

impl Decree {
    /// The decree of 1 July 2025, which this release knows by itself: 10,035 communes become 3,321.
    pub fn of_july_2025() -> Arc<Self> {
        static DECREE: LazyLock<Arc<Decree>> = LazyLock::new(|| {
            let rows = include_str!("../../data/decree_2025.csv")
                .lines()
                .skip(1)
                .filter_map(row)
                .collect();
            Arc::new(Decree {
                effective: Date::from_ymd(2025, 7, 1).unwrap_or_else(|_| Date::in_viet_nam(0)),
                rows,
                units: Vec::new(),
                provinces: Vec::new(),
            })
        });
        Arc::clone(&DECREE)
    }

    /// Whether it is that one, whatever day it was given.
    pub fn is_of_july_2025(&self) -> bool {
        self.is_same(&Self::of_july_2025())
    }

    /// Whether another one does the same, on whatever day.
    pub fn is_same(&self, other: &Decree) -> bool {
        (&self.rows, &self.units, &self.provinces) == (&other.rows, &other.units, &other.provinces)
    }

    /// The rows of an old commune; none if it stays as it is.
    pub fn of(&self, old: OfficeCode) -> &[Succession] {
        let from = self.rows.partition_point(|row| row.old < old);
        let to = self.rows.partition_point(|row| row.old <= old);
        self.rows.get(from..to).unwrap_or_default()
    }

    /// The old communes with rows, each once.
    pub fn olds(&self) -> impl Iterator<Item = OfficeCode> {
        let mut last = None;
        self.rows
            .iter()
            .map(|row| row.old)
            .filter(move |old| last.replace(*old) != Some(*old))
    }

    /// Whose a record is afterwards that was the old commune's: by its hamlet, if a row names that,
    /// else the default's.
    pub fn successor(&self, old: OfficeCode, address: &str) -> OfficeCode {
        if let Some(row) = self.row_by_hamlet(old, address) {
            return row.new;
        }
        let default = self.of(old).iter().find(|row| row.default);
        default.map_or(old, |row| row.new)
    }

    /// Whether an address names a hamlet by which the decree tells the parts of a commune apart.
    pub fn tells_part(&self, old: OfficeCode, address: &str) -> bool {
        self.row_by_hamlet(old, address).is_some()
    }

    fn row_by_hamlet(&self, old: OfficeCode, address: &str) -> Option<&Succession> {
        let rows = self.of(old);
        if rows.iter().all(|row| row.hamlets.is_empty()) {
            return None;
        }
        let address = words(address);
        let names = |hamlet: &Line<100>| address.contains(&words(hamlet.as_str()));
        rows.iter().find(|row| row.hamlets.iter().any(names))
    }

    /// Which commune's office the old commune's devices belong to afterwards: that of the same
    /// code, if a part of the commune goes on under it, else the default successor's.
    pub fn office(&self, old: OfficeCode) -> OfficeCode {
        if self.of(old).iter().any(|row| row.new == old) {
            return old;
        }
        let default = self.of(old).iter().find(|row| row.default);
        default.map_or(old, |row| row.new)
    }

    /// Whether the old commune was divided.
    pub fn divides(&self, old: OfficeCode) -> bool {
        self.of(old).len() > 1
    }

    /// Whether what was written about this commune belongs to it afterwards as before.
    pub fn leaves_alone(&self, old: OfficeCode) -> bool {
        match self.of(old) {
            [] => true,
            [only] => only.new == old,
            _ => false,
        }
    }
}

/// The words of an address between single spaces, so that `Tổ 5` is not found in `Tổ 56`; letter
/// case and the place of tone marks make no difference.
fn words(text: &str) -> String {
    let folded = fold_tones(text).to_lowercase();
    let parts = folded.split(|letter: char| !letter.is_alphanumeric());
    let mut words = String::from(" ");
    for word in parts.filter(|word| !word.is_empty()) {
        words.push_str(word);
        words.push(' ');
    }
    words
}

fn row(line: &'static str) -> Option<Succession> {
    let mut fields = line.split(',');
    Some(Succession {
        old: fields.next()?.parse().ok()?,
        new: fields.next()?.parse().ok()?,
        share: match fields.next()? {
            "whole" => Share::Whole,
            "part" => Share::Part,
            _ => return None,
        },
        default: fields.next()? == "1",
        hamlets: Vec::new(),
    })
}
