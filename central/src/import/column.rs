//! The map from a file's own names to the columns of a person's row.
//!
//! What a cell must look like is in `cell`; how a row becomes a record is in `row`.

use std::collections::BTreeMap;
use std::path::Path;

use registry::exchange::Row;
use serde::Deserialize;

/// Largest column map that is read, bytes.
const MAP_BYTES_MAX: u64 = 64 << 10;

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
    pub fn resolve<'a>(&self, header: impl Iterator<Item = &'a str>) -> Result<Sources, MapError> {
        let header: Vec<&str> = header.map(str::trim).collect();
        let find = |name: &str| header.iter().position(|cell| *cell == name.trim());
        let mut sources = Sources(Vec::with_capacity(Column::ALL.len()));
        let (mut missing, mut unknown) = (Vec::new(), Vec::new());
        for column in Column::ALL.iter().copied() {
            let named = self.columns.get(&column);
            let source = match (self.constants.get(&column), named) {
                (Some(value), _) => Source::Constant(value.clone()),
                (None, Some(theirs)) => match find(theirs) {
                    Some(place) => Source::Cell(place),
                    None => {
                        unknown.push(format!("{} = \"{theirs}\"", column.key()));
                        continue;
                    }
                },
                (None, None) => find(column.key()).map_or(Source::Absent, Source::Cell),
            };
            if source == Source::Absent && column.is_required() {
                missing.push(column.key());
            }
            sources.0.push((column, source));
        }
        if !unknown.is_empty() {
            let columns = unknown.join(", ");
            return Err(MapError::Unknown { columns });
        }
        if !missing.is_empty() {
            let columns = missing.join(", ");
            return Err(MapError::Missing { columns });
        }
        Ok(sources)
    }
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
pub struct Sources(Vec<(Column, Source)>);

impl Sources {
    /// Fills a row from the cells of a line.
    pub fn fill(&self, line: &csv::StringRecord, row: &mut Row) {
        row.clear();
        for (column, source) in &self.0 {
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
