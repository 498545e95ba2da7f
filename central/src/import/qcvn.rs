//! Rows of a QCVN 109:2017 message, as it streams by: a bare `CongdanCollection`, or one in whatever
//! envelope a service puts around it. What the elements mean is in [`registry::exchange::qcvn`].
//!
//! The file may be hostile: no document type and so no entities, depth and size are limited, and
//! what is wrong is told with its line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use registry::exchange::qcvn::{self, Leaf};
use registry::exchange::{Column, Row};
use registry::unit::Units;

use super::source::{Item, ROW_BYTES_MAX, Source, SourceError};

/// Deepest element, envelope and all.
const DEPTH_MAX: usize = 16;
/// Texts of one person.
const LEAVES_MAX: usize = 400;
const BUFFER_BYTES: usize = 256 << 10;

/// Rows of a message.
pub(super) struct QcvnSource<R> {
    reader: NsReader<Counted<BufReader<R>>>,
    buffer: Vec<u8>,
    depth: usize,
    data_time: Option<String>,
    constants: BTreeMap<Column, String>,
    units: Arc<Units>,
    in_collection: bool,
    /// The message that is open.
    message: Option<Message>,
    people_told: Option<u64>,
    has_note: bool,
    person: Person,
}

/// What a message says of itself, and what was read of it.
struct Message {
    line: u64,
    depth: usize,
    /// How many people it says that it has.
    told: Option<u64>,
    read: u64,
}

/// The person that is being read.
#[derive(Default)]
struct Person {
    line: u64,
    is_open: bool,
    /// Names of the open elements under the person.
    path: Vec<String>,
    text: String,
    leaves: Vec<Leaf>,
    excess: bool,
}

impl<R: Read> QcvnSource<R> {
    pub(super) fn new(input: R, constants: BTreeMap<Column, String>, units: Arc<Units>) -> Self {
        let input = Counted {
            input: BufReader::with_capacity(BUFFER_BYTES, input),
            line: 1,
            left: ROW_BYTES_MAX,
        };
        Self {
            reader: NsReader::from_reader(input),
            buffer: Vec::new(),
            depth: 0,
            data_time: None,
            constants,
            units,
            in_collection: false,
            message: None,
            people_told: None,
            has_note: false,
            person: Person::default(),
        }
    }

    /// How many people the message says that it has.
    pub(super) const fn people_told(&self) -> Option<u64> {
        self.people_told
    }

    /// Whether it has a note. What the note says may be about somebody: it is not kept.
    pub(super) const fn has_note(&self) -> bool {
        self.has_note
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    fn fill(&mut self, row: &mut Row) {
        let data_time = self.data_time.as_deref();
        qcvn::read(&self.person.leaves, data_time, &self.units, row);
        for (column, value) in &self.constants {
            if row.text(*column).is_empty()
                || (*column == Column::ResidenceFrom && row.residence_from_assumed)
            {
                row.set(*column, value);
                if *column == Column::ResidenceFrom {
                    row.residence_from_assumed = false;
                }
            }
        }
    }
}

/// What an event did.
enum Step {
    On,
    Person,
    /// A message is at its end, and has more or fewer people than it says.
    Miscounted(Message),
    End,
}

impl<R: Read> Source for QcvnSource<R> {
    fn next(&mut self, row: &mut Row) -> Result<Item, SourceError> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let step = self.step(&mut buffer);
            self.buffer = buffer;
            match step? {
                Step::On => {}
                Step::End => return Ok(Item::End),
                Step::Miscounted(message) => return Ok(miscounted(&message)),
                Step::Person => {
                    let line = self.person.line;
                    if self.person.excess {
                        return Ok(Item::Bad {
                            line,
                            code: "row_too_deep",
                            words: "the person has too many elements, or elements too deep"
                                .to_owned(),
                        });
                    }
                    self.fill(row);
                    return Ok(Item::Row {
                        line,
                        unnamed: false,
                    });
                }
            }
        }
    }
}

impl<R: Read> QcvnSource<R> {
    fn step(&mut self, buffer: &mut Vec<u8>) -> Result<Step, SourceError> {
        let before = self.line();
        if !self.person.is_open {
            // The limit is on one person, and on what stands between two.
            self.reader.get_mut().left = ROW_BYTES_MAX;
        }
        let read = self.reader.read_resolved_event_into(buffer);
        let (namespace, event) = match read {
            Ok((resolved, event)) => (Of::resolved(&resolved), event),
            Err(error) => return Err(self.broken(before, &error)),
        };
        let line = self.line();
        let refused = |what| SourceError::XmlRefused { line, what };
        match event {
            Event::Start(element) => self.start(namespace, &element, false)?,
            Event::Empty(element) => {
                self.start(namespace, &element, true)?;
                return Ok(self.end());
            }
            Event::End(_) => return Ok(self.end()),
            Event::Text(text) => self.person.push(&text.xml10_content()),
            Event::CData(text) => self.person.push(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let c = resolved(&reference).ok_or_else(|| refused("an entity"))?;
                self.person.push(c.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(refused("a document type")),
            Event::Eof => {
                if self.depth > 0 {
                    let words = "the file ends within an element".to_owned();
                    return Err(SourceError::Xml { line, words });
                }
                if self.data_time.is_none() && !self.in_collection {
                    return Err(SourceError::NoCollection);
                }
                return Ok(Step::End);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        Ok(Step::On)
    }

    fn broken(&self, before: u64, error: &quick_xml::Error) -> SourceError {
        if self.reader.get_ref().left == 0 {
            let line = if self.person.is_open {
                self.person.line
            } else {
                before
            };
            return SourceError::EndlessRow { line };
        }
        let line = self.line();
        match error {
            quick_xml::Error::Io(error) => SourceError::Read {
                line,
                words: error.to_string(),
            },
            // Its words name tags, and a tag may hold what a person wrote.
            quick_xml::Error::IllFormed(_) => SourceError::Xml {
                line,
                words: "an element is closed that was not opened, or is named wrongly".to_owned(),
            },
            quick_xml::Error::Syntax(_) => SourceError::Xml {
                line,
                words: "a tag, a comment or a text does not end".to_owned(),
            },
            _ => SourceError::Xml {
                line,
                words: "a name, an attribute or a letter is not allowed here".to_owned(),
            },
        }
    }

    fn start(&mut self, of: Of, element: &BytesStart<'_>, empty: bool) -> Result<(), SourceError> {
        let line = self.line();
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            let what = "an element so deep";
            return Err(SourceError::XmlRefused { line, what });
        }
        let name = element.local_name();
        let name = name.as_ref();
        let attribute = |wanted: &str| {
            let mut attributes = element.attributes().flatten();
            let found = attributes.find(|found| found.key.local_name().as_ref() == wanted)?;
            Some(
                found
                    .normalized_value(XmlVersion::Implicit1_0)
                    .ok()?
                    .into_owned(),
            )
        };
        if self.person.is_open {
            let own = (of == Of::Own && name == qcvn::OWN_ITEM)
                .then(|| attribute("name"))
                .flatten();
            let step = own.map(|own| format!("{}{own}", qcvn::OWN_LEAD));
            self.person.open(step.unwrap_or_else(|| name.to_owned()));
        } else if name == qcvn::COLLECTION && of != Of::Own {
            self.in_collection = true;
            self.data_time = attribute("ThoiDiemDuLieu").and_then(|time| {
                // The day of a time; what is no day is no day of anything.
                let day = time.split('T').next()?.trim().to_owned();
                day.parse::<registry::date::PartialDate>().ok()?;
                Some(day)
            });
            let told = attribute(qcvn::PEOPLE).and_then(|told| told.trim().parse::<u64>().ok());
            if let Some(told) = told {
                let before = self.people_told.unwrap_or(0);
                self.people_told = Some(before.saturating_add(told));
            }
            self.has_note |= attribute(qcvn::NOTE).is_some_and(|note| !note.trim().is_empty());
            self.message = Some(Message {
                line,
                depth: self.depth,
                told,
                read: 0,
            });
        } else if name == qcvn::CITIZEN && self.in_collection && !empty {
            self.person = Person {
                line,
                is_open: true,
                ..Person::default()
            };
        }
        Ok(())
    }

    fn end(&mut self) -> Step {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if self.person.is_open {
            if !self.person.close() {
                return Step::On;
            }
            self.person.is_open = false;
            if let Some(message) = &mut self.message {
                message.read = message.read.saturating_add(1);
            }
            return Step::Person;
        }
        let ended = self.message.take_if(|message| message.depth == depth);
        match ended.filter(|message| message.told.is_some_and(|told| told != message.read)) {
            Some(message) => Step::Miscounted(message),
            None => Step::On,
        }
    }
}

fn miscounted(message: &Message) -> Item {
    let (told, read) = (message.told.unwrap_or_default(), message.read);
    Item::Doubt {
        line: message.line,
        code: "message_count",
        words: format!(
            "the message says that it has {told} people, and {read} stand in it: it may have been \
             cut or put together; ask for it again, or find out who is missing"
        ),
    }
}

impl Person {
    fn open(&mut self, name: String) {
        self.excess |= self.path.len() >= qcvn::DEPTH_MAX;
        self.leave();
        self.path.push(name);
    }

    /// Tells whether it was the person's own end.
    fn close(&mut self) -> bool {
        self.leave();
        self.path.pop().is_none()
    }

    /// The text so far belongs to the element that is open.
    fn leave(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        if text.is_empty() || self.path.is_empty() {
            return;
        }
        if self.leaves.len() >= LEAVES_MAX {
            self.excess = true;
            return;
        }
        self.leaves.push((self.path.join("/"), text.to_owned()));
    }

    fn push(&mut self, text: &str) {
        if self.is_open {
            self.text.push_str(text);
        }
    }
}

/// Whose an element is. Services that leave the namespace out are understood as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Own,
    Other,
}

impl Of {
    fn resolved(resolved: &ResolveResult<'_>) -> Self {
        match resolved {
            ResolveResult::Bound(Namespace(name)) if *name == qcvn::OWN_NAMESPACE => Self::Own,
            _ => Self::Other,
        }
    }
}

/// The letter of a reference: a number, or one of the five that XML itself has.
fn resolved(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten();
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Counts lines, and stops reading when one person has taken too much.
struct Counted<R> {
    input: R,
    line: u64,
    left: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let held = self.fill_buf()?;
        let taken = held.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(held) {
            *to = *from;
        }
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.left == 0 {
            return Err(std::io::Error::other("the element is too long"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(held) = self.input.fill_buf()
            && let Some(taken) = held.get(..amount)
        {
            let lines = taken.iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(lines as u64);
        }
        self.left = self.left.saturating_sub(amount as u64);
        self.input.consume(amount);
    }
}
