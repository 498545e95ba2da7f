//! Where rows come from: what every form of file gives, and the CSV form. XML is in `qcvn`.

use std::cell::Cell;
use std::collections::VecDeque;
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
    /// The row is filled.
    Row {
        /// On which line it begins.
        line: u64,
        /// Whether something stands in a cell for which the header has no name.
        unnamed: bool,
    },
    /// Something odd about the file; no row.
    Doubt {
        line: u64,
        code: &'static str,
        words: String,
    },
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
            lines: Lines::new(),
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

    /// The columns of the file that nobody reads, as its header has them.
    pub(super) fn left_out(&self) -> &[String] {
        self.sources.left_out()
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
        columns.is_some_and(|columns| map.fits(columns.iter()))
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
        let before = self.file.position().byte();
        let more = self.file.read_byte_record(&mut self.bytes);
        let line = self.file.get_mut().lines.behind(before);
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
        let unnamed = self.sources.has_unnamed(&text);
        self.bytes = text.into_byte_record();
        Ok(Item::Row { line, unnamed })
    }
}

/// Stops reading when one row has taken too much, and knows the lines of what was read.
struct Guarded<R> {
    input: R,
    left: Rc<Cell<u64>>,
    lines: Lines,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(std::io::Error::other("the row is too long"));
        }
        let read = self.input.read(buffer)?;
        self.left.set(left.saturating_sub(read as u64));
        self.lines.see(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// The lines of a file as a text editor counts them: `\n`, `\r\n` and `\r` each end one.
///
/// The reader of CSV counts `\n` alone, and ends a row before the `\n` of its `\r\n` and before the
/// empty lines that follow: by its own count the next row would begin there, too early.
struct Lines {
    /// Bytes seen.
    seen: u64,
    /// The line of the last of them, or the one behind it if it ends a line.
    line: u64,
    /// The last of them.
    last: Option<u8>,
    /// The first byte of each line that is not empty, and the line; those that no row to come can
    /// begin with are forgotten.
    begins: VecDeque<(u64, u64)>,
}

impl Lines {
    const fn new() -> Self {
        Self {
            seen: 0,
            line: 1,
            last: None,
            begins: VecDeque::new(),
        }
    }

    fn see(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (self.last, *byte) {
                // The second half of one end.
                (Some(b'\r'), b'\n') => {}
                (_, b'\r' | b'\n') => self.line = self.line.saturating_add(1),
                (None | Some(b'\r' | b'\n'), _) => self.begins.push_back((self.seen, self.line)),
                _ => {}
            }
            self.last = Some(*byte);
            self.seen = self.seen.saturating_add(1);
        }
    }

    /// The line on which the first row begins behind so many bytes, which end a row.
    fn behind(&mut self, bytes: u64) -> u64 {
        while self.begins.front().is_some_and(|(at, _)| *at < bytes) {
            self.begins.pop_front();
        }
        self.begins.front().map_or(self.line, |(_, line)| *line)
    }
}
