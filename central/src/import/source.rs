//! Where rows come from: what every form of file gives, and the CSV form. XML is in `qcvn`.

use std::cell::Cell;
use std::io::{Chain, Cursor, Read};
use std::rc::Rc;

use registry::exchange::Row;

use super::column::{ColumnMap, MapError, Sources};

/// Longest row, bytes: an unclosed quotation mark makes a row of the rest of the file.
pub(super) const ROW_BYTES_MAX: u64 = 64 << 10;
/// Of a file, so much shows what stands between the cells of its header.
const HEADER_BYTES: u64 = 8 << 10;

/// What comes next in a file.
pub(super) enum Item {
    /// The row is filled; on which line it begins.
    Row(u64),
    /// A row that is wrong as a whole.
    Bad {
        line: u64,
        code: &'static str,
        words: String,
    },
    /// The file is at its end.
    End,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The columns do not fit.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The file cannot be read on.
    #[error("the file cannot be read after line {line}: {words}")]
    Read {
        /// The last line that was read.
        line: u64,
        /// Why.
        words: String,
    },
    /// There is nothing in the file.
    #[error("the file is empty: not even a header stands in it")]
    Empty,
    /// A row does not end.
    #[error("the row at line {line} does not end: is a quotation mark or an element left open?")]
    EndlessRow {
        /// Where it begins.
        line: u64,
    },
    /// The XML is not well formed.
    #[error("line {line}: this is not well-formed XML: {words}")]
    Xml {
        /// Where.
        line: u64,
        /// What the reader of XML says.
        words: String,
    },
    /// Something that no message has and that only serves attacks.
    #[error("line {line}: {what} is not taken: export the message without it")]
    XmlRefused {
        /// Where.
        line: u64,
        /// What.
        what: &'static str,
    },
    /// Another kind of XML.
    #[error(
        "there is no {} in the file: this is no QCVN 109 message",
        registry::exchange::qcvn::COLLECTION
    )]
    NoCollection,
}

impl SourceError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Map(error) => error.code(),
            Self::Read { .. } => "import_read",
            Self::Empty => "import_empty",
            Self::EndlessRow { .. } => "import_endless_row",
            Self::Xml { .. } => "import_xml_form",
            Self::XmlRefused { .. } => "import_xml_refused",
            Self::NoCollection => "import_xml_no_collection",
        }
    }
}

/// A form of file.
pub(super) trait Source {
    /// Fills the row with what comes next.
    fn next(&mut self, row: &mut Row) -> Result<Item, SourceError>;
}

/// Rows of a CSV file.
pub(super) struct CsvSource<R> {
    file: csv::Reader<Guarded<Chain<Cursor<Vec<u8>>, R>>>,
    left: Rc<Cell<u64>>,
    sources: Sources,
    width: usize,
    bytes: csv::ByteRecord,
}

impl<R: Read> CsvSource<R> {
    pub(super) fn new(mut input: R, map: &ColumnMap) -> Result<Self, SourceError> {
        let mut header = Vec::new();
        let looked = input.by_ref().take(HEADER_BYTES).read_to_end(&mut header);
        looked.map_err(|error| read_error(0, &csv::Error::from(error)))?;
        if header.is_empty() {
            return Err(SourceError::Empty);
        }
        let said = map.separator_byte()?;
        let separator = said.unwrap_or_else(|| separator_of(&header, map));
        let left = Rc::new(Cell::new(ROW_BYTES_MAX));
        let input = Guarded {
            input: Cursor::new(header).chain(input),
            left: Rc::clone(&left),
        };
        let mut file = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .from_reader(input);
        let header = file.headers().map_err(|error| read_error(0, &error))?;
        let sources = map.resolve(header.iter())?;
        let width = header.len();
        Ok(Self {
            file,
            left,
            sources,
            width,
            bytes: csv::ByteRecord::new(),
        })
    }
}

/// What stands between the cells of a header: a comma, or what spreadsheets write where the comma
/// is the decimal mark, as in Viet Nam. It is that by which the columns are found; names of columns
/// may hold the others.
fn separator_of(header: &[u8], map: &ColumnMap) -> u8 {
    let fits = |separator: &u8| {
        let mut file = csv::ReaderBuilder::new();
        let mut file = file.delimiter(*separator).from_reader(header);
        let columns = file.headers().ok();
        columns.is_some_and(|columns| map.resolve(columns.iter()).is_ok())
    };
    let found = [b',', b';', b'\t'].into_iter().find(fits);
    found.unwrap_or(b',')
}

fn read_error(line: u64, error: &csv::Error) -> SourceError {
    // What csv says of UTF-8 names bytes and places, never content.
    SourceError::Read {
        line,
        words: format!("{error}; check the disk and the encoding"),
    }
}

impl<R: Read> Source for CsvSource<R> {
    fn next(&mut self, row: &mut Row) -> Result<Item, SourceError> {
        self.left.set(ROW_BYTES_MAX);
        let line = self.file.position().line();
        let more = self.file.read_byte_record(&mut self.bytes);
        let more = more.map_err(|error| {
            if self.left.get() == 0 {
                SourceError::EndlessRow { line }
            } else {
                read_error(line, &error)
            }
        })?;
        if !more {
            return Ok(Item::End);
        }
        let line = self.bytes.position().map_or(line, csv::Position::line);
        if self.bytes.len() != self.width {
            let (cells, width) = (self.bytes.len(), self.width);
            return Ok(Item::Bad {
                line,
                code: "row_width",
                words: format!("the row has {cells} cells and the header {width}"),
            });
        }
        let bytes = std::mem::take(&mut self.bytes);
        let text = match csv::StringRecord::from_byte_record(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.bytes = error.into_byte_record();
                return Ok(Item::Bad {
                    line,
                    code: "row_encoding",
                    words: "the row is not UTF-8: save the file as UTF-8, or name its encoding \
                            with --encoding"
                        .to_owned(),
                });
            }
        };
        self.sources.fill(&text, row);
        self.bytes = text.into_byte_record();
        Ok(Item::Row(line))
    }
}

/// Stops reading when one row has taken too much.
pub(super) struct Guarded<R> {
    pub(super) input: R,
    pub(super) left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(std::io::Error::other("the row is too long"));
        }
        let read = self.input.read(buffer)?;
        self.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}
