//! The map from a file's own names to the columns of a person's row.
//!
//! What a cell must look like is in `cell`; how a row becomes a record is in `row`.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use registry::exchange::Row;
use serde::Deserialize;

/// Largest column map that is read, bytes.
const MAP_BYTES_MAX: u64 = 64 << 10;
/// Letters that are shown of a header's cell.
const CELL_SHOWN_MAX: usize = 40;
/// Cells of a header that are named where something is wrong with them.
const CELLS_SHOWN_MAX: usize = 20;
/// A name of at most so many letters is near another if one letter differs, a longer one if two do.
const SHORT_NAME: usize = 5;

pub use registry::exchange::Column;

/// How the file writes whole dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateForm {
    /// As offices write them and as ISO 8601 has them: 31/12/1990, 12/1990, 1990, 1990-12-31.
    #[default]
    Auto,
    /// Digits alone, the year first: 19901231.
    Yyyymmdd,
    /// Digits alone, the day first: 31121990.
    Ddmmyyyy,
}

/// Why a column map or a file's header cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The file with the map is not there or not readable.
    #[error("cannot read the column map {}: check the path", path.display())]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a map.
    #[error("the column map is not understood: {words}")]
    Form {
        /// What the reader of TOML says.
        words: String,
    },
    /// The header lacks columns.
    #[error("the file has no column for {columns}: name them under [columns] of a map (--map)")]
    Missing {
        /// Ours, separated by commas.
        columns: String,
    },
    /// The map names columns that the header does not have.
    #[error("the map names {columns}, which the file's header does not have: compare the spelling")]
    Unknown {
        /// Ours with theirs, separated by commas.
        columns: String,
    },
    /// The header has columns that are none of ours and none of the map's.
    #[error(
        "the file has columns that would not be read: {columns}. Correct the header, name them \
         under [columns] of a map (--map), or leave them out: leave = [\"...\"] in the map, or \
         --leave COLUMN"
    )]
    Unread {
        /// The file's names, separated by commas.
        columns: String,
    },
    /// The header has a column twice.
    #[error(
        "the file has columns of one name: {columns}. Give each its own name, or leave them out: \
         leave = [\"...\"] in the map, or --leave COLUMN"
    )]
    Twice {
        /// The file's names, separated by commas.
        columns: String,
    },
    /// The separator is not one plain character.
    #[error("the separator must be one plain character, such as , or ;")]
    Separator,
}

impl MapError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "map_unreadable",
            Self::Form { .. } => "map_form",
            Self::Missing { .. } => "columns_missing",
            Self::Unknown { .. } => "columns_unknown",
            Self::Unread { .. } => "import_columns_unknown",
            Self::Twice { .. } => "import_column_twice",
            Self::Separator => "map_separator",
        }
    }
}

/// What a file calls our columns. The default has our own names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnMap {
    /// How dates are written.
    pub dates: DateForm,
    /// What stands between cells. If nothing is said the header shows it: a comma, a semicolon or
    /// a tab.
    pub separator: Option<char>,
    /// Our column → the file's. Those not named are looked for under our name.
    pub columns: BTreeMap<Column, String>,
    /// Our column → the same value for every row.
    pub constants: BTreeMap<Column, String>,
    /// Columns of the file that are not read, by the names that it gives them.
    pub leave: Vec<String>,
}

impl ColumnMap {
    /// Reads a map (TOML).
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let map: Self = toml::from_str(text).map_err(|error| MapError::Form {
            words: error.message().to_owned(),
        })?;
        map.separator_byte()?;
        Ok(map)
    }

    /// Reads a map from a file.
    pub fn load(path: &Path) -> Result<Self, MapError> {
        use std::io::Read as _;
        let mut text = String::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MAP_BYTES_MAX).read_to_string(&mut text))
            .map_err(|source| MapError::File {
                path: path.to_owned(),
                source,
            })?;
        Self::parse(&text)
    }

    /// What stands between cells, if the map says it.
    pub fn separator_byte(&self) -> Result<Option<u8>, MapError> {
        let Some(separator) = self.separator else {
            return Ok(None);
        };
        u8::try_from(separator)
            .ok()
            .filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"')
            .map(Some)
            .ok_or(MapError::Separator)
    }

    /// Finds each column in a file's header; everything that is wrong is told at once.
    ///
    /// # Errors
    /// When a column that is needed or named is not there, when one would be dropped that nobody
    /// has said to leave out, and when two have one name.
    pub fn resolve<'a>(&self, header: impl Iterator<Item = &'a str>) -> Result<Sources, MapError> {
        let header = self.header(header);
        let columns = self.find(&header)?;
        let doubled = header.doubled();
        if !doubled.is_empty() {
            let columns = listed(&doubled, |_| None);
            return Err(MapError::Twice { columns });
        }
        let (over, unread) = self.others(&header, &columns);
        if !unread.is_empty() {
            let columns = listed(&unread, |cell| meant(cell, &columns));
            return Err(MapError::Unread { columns });
        }
        let left_out = header.left.iter().chain(&over).map(|cell| shown(cell));
        Ok(Sources {
            left_out: left_out.collect(),
            unnamed: header.unnamed,
            columns,
        })
    }

    /// Whether a header has the columns that are needed and named, whatever it has besides.
    pub fn fits<'a>(&self, header: impl Iterator<Item = &'a str>) -> bool {
        self.find(&self.header(header)).is_ok()
    }

    fn header<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Header<'a> {
        let leave: HashSet<&str> = self.leave.iter().map(|name| name.trim()).collect();
        let mut header = Header::default();
        for (place, cell) in cells.map(str::trim).enumerate() {
            if cell.is_empty() {
                header.unnamed.push(place);
            } else if leave.contains(cell) {
                header.left.push(cell);
            } else {
                header.cells.push((place, cell));
            }
        }
        header
    }

    /// Where each of our columns comes from.
    fn find(&self, header: &Header<'_>) -> Result<Vec<(Column, Source)>, MapError> {
        let mut columns = Vec::with_capacity(Column::ALL.len());
        let (mut missing, mut unknown) = (Vec::new(), Vec::new());
        for column in Column::ALL.iter().copied() {
            let named = self.columns.get(&column);
            let source = match (self.constants.get(&column), named) {
                (Some(value), _) => Source::Constant(value.clone()),
                (None, Some(theirs)) => match header.find(theirs) {
                    Some(place) => Source::Cell(place),
                    None => {
                        unknown.push(format!("{} = \"{theirs}\"", column.key()));
                        continue;
                    }
                },
                (None, None) => header
                    .find(column.key())
                    .map_or(Source::Absent, Source::Cell),
            };
            if source == Source::Absent && column.is_required() {
                missing.push(column.key());
            }
            columns.push((column, source));
        }
        if !unknown.is_empty() {
            let columns = unknown.join(", ");
            return Err(MapError::Unknown { columns });
        }
        if !missing.is_empty() {
            let columns = missing.join(", ");
            return Err(MapError::Missing { columns });
        }
        Ok(columns)
    }

    /// The cells of a header from which nothing is read: those in whose place the map has another
    /// column or a constant, and those of which nobody has said anything.
    fn others<'a>(
        &self,
        header: &Header<'a>,
        columns: &[(Column, Source)],
    ) -> (Vec<&'a str>, Vec<&'a str>) {
        let cell_of = |(_, source): &(Column, Source)| match source {
            Source::Cell(place) => Some(*place),
            Source::Absent | Source::Constant(_) => None,
        };
        let read: HashSet<usize> = columns.iter().filter_map(cell_of).collect();
        let named: HashSet<&str> = self.columns.values().map(|theirs| theirs.trim()).collect();
        let rest = header
            .cells
            .iter()
            .filter(|(place, _)| !read.contains(place));
        rest.map(|(_, cell)| *cell)
            .partition(|cell| named.contains(cell) || Column::from_key(cell).is_some())
    }
}

/// The cells of a header with their places.
#[derive(Default)]
struct Header<'a> {
    cells: Vec<(usize, &'a str)>,
    /// Those that are left out.
    left: Vec<&'a str>,
    /// The places of those that are empty, as behind a separator at the end of the line.
    unnamed: Vec<usize>,
}

impl<'a> Header<'a> {
    fn find(&self, name: &str) -> Option<usize> {
        let found = self.cells.iter().find(|(_, cell)| *cell == name.trim());
        found.map(|(place, _)| *place)
    }

    fn doubled(&self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        let again = self.cells.iter().filter(|(_, cell)| !seen.insert(*cell));
        again.map(|(_, cell)| *cell).collect()
    }
}

/// Names of a header in words, each with what is said of it.
fn listed(cells: &[&str], of: impl Fn(&str) -> Option<&'static str>) -> String {
    let mut told: Vec<String> = Vec::new();
    for cell in cells.iter().take(CELLS_SHOWN_MAX) {
        let meant = of(cell).map(|key| format!(" (did you mean {key}?)"));
        let name = format!("\"{}\"{}", shown(cell), meant.unwrap_or_default());
        // A name may stand there a third time.
        if !told.contains(&name) {
            told.push(name);
        }
    }
    let more = cells.len().saturating_sub(CELLS_SHOWN_MAX);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join(", ")
}

/// A name of a header as it can be shown.
fn shown(cell: &str) -> String {
    let letters = cell.chars().filter(|letter| !letter.is_control());
    letters.take(CELL_SHOWN_MAX).collect()
}

/// Our column that somebody may have meant, of those that the file does not have.
fn meant(cell: &str, columns: &[(Column, Source)]) -> Option<&'static str> {
    if cell.chars().nth(CELL_SHOWN_MAX).is_some() {
        return None;
    }
    let cell = cell.to_lowercase().replace([' ', '-'], "_");
    let absent = columns
        .iter()
        .filter(|(_, source)| *source == Source::Absent);
    let near = absent.filter_map(|(column, _)| {
        let key = column.key();
        let slips = distance(&cell, key);
        let slips_max = if key.len() > SHORT_NAME { 2 } else { 1 };
        (slips <= slips_max).then_some((slips, key))
    });
    near.min_by_key(|(slips, _)| *slips).map(|(_, key)| key)
}

/// How many letters are to be changed, added or taken away to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut costs: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in one.chars().enumerate() {
        // The costs to the left: in the row before, and in this one.
        let (mut before, mut left) = (place, place + 1);
        let mut row = costs.iter_mut();
        if let Some(first) = row.next() {
            *first = left;
        }
        for (cost, wanted) in row.zip(other.chars()) {
            let changed = before + usize::from(letter != wanted);
            before = *cost;
            left = changed.min(left + 1).min(*cost + 1);
            *cost = left;
        }
    }
    costs.last().copied().unwrap_or_default()
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Absent,
    Cell(usize),
    Constant(String),
}

/// Where the values of all columns come from, in one file.
#[derive(Debug, Clone)]
pub struct Sources {
    columns: Vec<(Column, Source)>,
    /// Places of cells for which the header has no name.
    unnamed: Vec<usize>,
    left_out: Vec<String>,
}

impl Sources {
    /// The columns of the file that are not read, by the names that it gives them.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Whether a line has something in a cell for which the header has no name.
    pub fn has_unnamed(&self, line: &csv::StringRecord) -> bool {
        let mut cells = self.unnamed.iter().filter_map(|place| line.get(*place));
        cells.any(|cell| !cell.trim().is_empty())
    }

    /// Fills a row from the cells of a line.
    pub fn fill(&self, line: &csv::StringRecord, row: &mut Row) {
        row.clear();
        for (column, source) in &self.columns {
            match source {
                Source::Cell(place) => {
                    row.set(*column, line.get(*place).unwrap_or_default().trim());
                }
                Source::Constant(value) => row.set(*column, value.trim()),
                Source::Absent => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_map_is_our_own_header() {
        let header = Column::ALL.iter().map(|column| column.key());
        let sources = ColumnMap::default().resolve(header).unwrap();
        let mut row = Row::default();
        let line = csv::StringRecord::from(vec!["001099000001", " Nguyễn Văn A"]);
        sources.fill(&line, &mut row);
        assert_eq!(row.text(Column::Name), "Nguyễn Văn A");
        assert_eq!(row.text(Column::Email), "");
    }

    #[test]
    fn a_map_renames_columns_and_gives_constants() {
        let map = ColumnMap::parse(
            "dates = \"ddmmyyyy\"\nseparator = \";\"\n\
             [columns]\npin = \"So_DDCN\"\n[constants]\nresidence_unit = \"00004\"\n",
        )
        .unwrap();
        assert_eq!(
            (map.dates, map.separator_byte().unwrap()),
            (DateForm::Ddmmyyyy, Some(b';'))
        );
        let header = ["So_DDCN", "name", "birth_date", "sex", "residence_from"];
        let sources = map.resolve(header.into_iter()).unwrap();
        let mut row = Row::default();
        sources.fill(&csv::StringRecord::from(vec!["001099000001"]), &mut row);
        assert_eq!(row.text(Column::Pin), "001099000001");
        assert_eq!(row.text(Column::ResidenceUnit), "00004");
    }

    #[test]
    fn what_is_left_out_is_known_and_a_cell_without_a_name_is_none() {
        let map = ColumnMap::parse(
            "leave = [\"ghi_chu\", \" religion\"]\n[columns]\npin = \"so\"\n\
             [constants]\nsex = \"1\"\n",
        )
        .unwrap();
        let header = [
            "pin",
            "so",
            "name",
            "birth_date",
            "sex",
            "residence_unit",
            "residence_from",
            "religion",
            "ghi_chu",
            "ghi_chu",
            "",
            " ",
        ];
        assert!(map.fits(header.into_iter()));
        let sources = map.resolve(header.into_iter()).unwrap();
        // Also those in whose place the map has something else.
        assert_eq!(
            sources.left_out(),
            ["religion", "ghi_chu", "ghi_chu", "pin", "sex"]
        );
        let mut cells = vec!["1", "2", "", "", "2", "", "", "02", "x", "y", "", ""];
        let mut row = Row::default();
        sources.fill(&csv::StringRecord::from(cells.clone()), &mut row);
        let read = [Column::Pin, Column::Sex, Column::Religion].map(|column| row.text(column));
        assert_eq!(read, ["2", "1", ""]);
        assert!(!sources.has_unnamed(&csv::StringRecord::from(cells.clone())));
        cells[11] = "?";
        assert!(sources.has_unnamed(&csv::StringRecord::from(cells)));
    }

    #[test]
    fn slips_between_words_are_counted() {
        for (one, other, slips) in [
            ("religion", "religion", 0),
            ("relgion", "religion", 1),
            ("regilion", "religion", 2),
            ("", "pin", 3),
            ("ten", "pin", 2),
            ("số", "so", 1),
        ] {
            assert_eq!(distance(one, other), slips, "{one}");
            assert_eq!(distance(other, one), slips, "{other}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_all_at_once() {
        let told = |map: &str, header: &[&str]| {
            let error = ColumnMap::parse(map)
                .unwrap()
                .resolve(header.iter().copied())
                .unwrap_err();
            (error.code(), error.to_string())
        };
        let (code, words) = told("", &["pin", "sex"]);
        assert_eq!(code, "columns_missing");
        assert!(
            words.contains("name, birth_date, residence_unit, residence_from"),
            "{words}"
        );
        let (code, words) = told("[columns]\npin = \"X\"\nsex = \"Y\"", &["pin"]);
        assert_eq!(code, "columns_unknown");
        assert!(words.contains("pin = \"X\", sex = \"Y\""), "{words}");
        // What would be dropped is told, with what may have been meant.
        let needed = [
            "pin",
            "name",
            "birth_date",
            "sex",
            "residence_unit",
            "residence_from",
        ];
        let with = |more: &[&'static str]| [&needed[..], more].concat();
        let (code, words) = told(
            "",
            &with(&["relgion", "ghi_chu", "Birth Place-Text", "tel"]),
        );
        assert_eq!(code, "import_columns_unknown");
        let named = "\"relgion\" (did you mean religion?), \"ghi_chu\", \
                     \"Birth Place-Text\" (did you mean birth_place_text?), \"tel\". ";
        assert!(words.contains(named), "{words}");
        let (code, words) = told("", &with(&["phone", "pin", "phone", "phone"]));
        assert_eq!(code, "import_column_twice");
        assert!(words.contains(": \"pin\", \"phone\". "), "{words}");
        for (bad, code) in [
            ("[columns]\npinn = \"X\"", "map_form"),
            ("dates = \"american\"", "map_form"),
            ("colums = 1", "map_form"),
            ("separator = \"a\"", "map_separator"),
        ] {
            assert_eq!(ColumnMap::parse(bad).unwrap_err().code(), code, "{bad}");
        }
    }
}
