//! What a scanner reads off an identity card: the code of both card generations, and the
//! machine-readable zone.
//!
//! Neither is signed. They save typing and prove nothing: anybody can print a code that says
//! anything. Proof is the chip, or a look at the card and its holder.
//!
//! Reading forgives what scanners, keyboards and input methods do to a text (`card/mending.rs`),
//! and says of each item whether it is as the card has it or in doubt. Looking a number up in the
//! slice is not done here.

mod mending;
mod mrz;
mod qr;

use std::fmt;

use serde::Serialize;

use crate::code::Sex;
use crate::date::{BirthDate, Date};
use crate::name::PersonName;
use crate::pin::{Pin, PinError, PinWarning};
use crate::value::Line;
use crate::words::{Said, Tells, Words, told_in_english, words};

/// Longest text that is read, bytes: a code of the card's size holds no more.
pub const CARD_BYTES_MAX: usize = 4096;
/// Most items after those that every card has.
pub const EXTRA_MAX: usize = 16;

/// What was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The code of a chip card of 2021 to June 2024.
    Qr2021,
    /// The code of a card of July 2024 and after.
    Qr2024,
    /// The machine-readable zone on the back of either.
    Mrz,
}

/// An item of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The card as a whole.
    Card,
    /// The personal identification number.
    Pin,
    /// The number of the old 9-digit card.
    OldNumber,
    /// The name.
    Name,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Address, in the naming of the day of issue.
    Address,
    /// Day of issue.
    Issued,
    /// Last day of validity.
    Expires,
}

impl Part {
    /// Its name in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Part::Card => "card",
            Part::Pin => "pin",
            Part::OldNumber => "old_number",
            Part::Name => "name",
            Part::BirthDate => "birth_date",
            Part::Sex => "sex",
            Part::Address => "address",
            Part::Issued => "issued",
            Part::Expires => "expires",
        }
    }
}

impl Part {
    /// What it is called.
    pub const fn label(self) -> Words {
        match self {
            Part::Card => words("thẻ", "the card"),
            Part::Pin => words("số định danh", "number"),
            Part::OldNumber => words("số CMND cũ", "old number"),
            Part::Name => words("họ tên", "name"),
            Part::BirthDate => words("ngày sinh", "date of birth"),
            Part::Sex => words("giới tính", "sex"),
            Part::Address => words("địa chỉ", "address"),
            Part::Issued => words("ngày cấp", "day of issue"),
            Part::Expires => words("hạn dùng", "last day of validity"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label().en)
    }
}

/// Why an item is to be compared with the card before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nothing could be made of it.
    Unreadable,
    /// It came without any accent.
    MarksLost,
    /// Keys of an input method stood in it and were taken for the letters that they mean.
    KeysUndone,
    /// Marks stood twice and were taken once.
    MarksDoubled,
    /// The calendar has no such day.
    NoSuchDay,
    /// Its check digit does not fit.
    CheckDigit,
    /// It stands in two places, and they differ.
    TwoReadings,
    /// The century was taken from nothing but the present year.
    Century,
    /// The line was full: the end may be missing.
    Cut,
}

impl Why {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Why::Unreadable => "card_part_unreadable",
            Why::MarksLost => "card_marks_lost",
            Why::KeysUndone => "card_keys_undone",
            Why::MarksDoubled => "card_marks_doubled",
            Why::NoSuchDay => "card_no_such_day",
            Why::CheckDigit => "card_check_digit",
            Why::TwoReadings => "card_two_readings",
            Why::Century => "card_century",
            Why::Cut => "card_cut",
        }
    }
}

impl Tells for Why {
    fn said(&self) -> Said {
        match self {
            Why::Unreadable => words(
                "không đọc được; gõ theo thẻ",
                "cannot be read; type it from the card",
            ),
            Why::MarksLost => words(
                "bị mất dấu; thêm dấu theo thẻ",
                "came without accents; put them in from the card",
            ),
            Why::KeysUndone => words(
                "quét ra phím Telex hoặc VNI, đã đổi lại thành chữ; so với thẻ, và tắt Telex, VNI khi quét",
                "came as keys of an input method and was put back; compare with the card, and turn Telex or VNI off while scanning",
            ),
            Why::MarksDoubled => words(
                "bị gấp đôi dấu, đã sửa lại; so với thẻ, và tắt Telex, VNI khi quét",
                "came with doubled accents and was put back; compare with the card, and turn Telex or VNI off while scanning",
            ),
            Why::NoSuchDay => words(
                "lịch không có ngày này; so với thẻ",
                "the calendar has no such day; compare with the card",
            ),
            Why::CheckDigit => words(
                "số kiểm tra không khớp, có ký tự đọc sai; quét lại hoặc so với thẻ",
                "its check digit does not fit, so a character was misread; scan again or compare with the card",
            ),
            Why::TwoReadings => words(
                "có hai lần trên thẻ mà hai lần khác nhau; so cả hai",
                "stands twice on the card, and the two differ; compare both",
            ),
            Why::Century => words(
                "thẻ chỉ cho hai chữ số của năm; xem thế kỷ có đúng không",
                "the card tells two digits of the year; look whether the century is right",
            ),
            Why::Cut => words(
                "đầy dòng nên có thể mất phần cuối; so với mặt trước của thẻ",
                "fills its line, so its end may be missing; compare with the front of the card",
            ),
        }
        .into()
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said().en)
    }
}

/// An item in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Which.
    pub part: Part,
    /// Why.
    pub why: Why,
}

/// What a card says. An item without a doubt is as the card has it. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct CardRead {
    /// What was scanned.
    pub source: Source,
    /// The number. Never missing: without it a card is not read.
    pub pin: Pin,
    /// The number of the old 9-digit card.
    pub old_number: Option<Line>,
    /// The name, as names are written: each word begins with a capital letter.
    pub name: Option<PersonName>,
    /// Date of birth.
    pub birth: Option<BirthDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Address, in the naming of the day of issue.
    pub address: Option<Line>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Last day of validity.
    pub expires: Option<Date>,
    /// What newer cards say besides, in their order, as it stands.
    pub extra: Vec<Line>,
    /// What is to be compared with the card.
    pub doubts: Vec<Doubt>,
}

impl CardRead {
    fn new(source: Source, pin: Pin) -> CardRead {
        CardRead {
            source,
            pin,
            old_number: None,
            name: None,
            birth: None,
            sex: None,
            address: None,
            issued: None,
            expires: None,
            extra: Vec::new(),
            doubts: Vec::new(),
        }
    }

    fn doubt(&mut self, part: Part, why: Why) {
        let doubt = Doubt { part, why };
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Whether an item stands in doubt.
    pub fn is_doubtful(&self, part: Part) -> bool {
        self.doubts.iter().any(|doubt| doubt.part == part)
    }

    /// What of the number does not fit the other items; lawful, or a slip.
    pub fn warnings(&self) -> Vec<PinWarning> {
        let year = self.birth.as_ref().and_then(BirthDate::year);
        self.pin.warnings(self.sex.unwrap_or(Sex::Unknown), year)
    }
}

impl fmt::Debug for CardRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardRead({:?}, {:?}, …)", self.source, self.doubts)
    }
}

/// Why a text is not read as a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardError {
    /// Nothing came.
    Empty,
    /// More than a card holds.
    TooLong {
        /// Bytes given.
        bytes: usize,
    },
    /// Neither a card's code nor its three lines.
    Unknown,
    /// Items are missing.
    PartsMissing {
        /// Parts found.
        found: usize,
    },
    /// The number cannot be read.
    Pin(PinError),
    /// Not three lines of 30 characters.
    Line {
        /// Which.
        line: u8,
    },
    /// A card of another country.
    OtherCountry,
}

impl Tells for CardError {
    fn said(&self) -> Said {
        match self {
            CardError::Empty => words(
                "chưa quét được gì; đưa thẻ lại gần máy quét",
                "nothing was scanned; hold the card to the scanner again",
            )
            .into(),
            CardError::TooLong { bytes } => Said {
                vi: format!("{bytes} byte là nhiều hơn nội dung một thẻ; quét từng thẻ một"),
                en: format!("{bytes} bytes are more than a card holds; scan one card at a time"),
            },
            CardError::Unknown => words(
                "đây không phải mã vuông của thẻ căn cước, cũng không phải ba dòng ở mặt sau; quét mã vuông, hoặc ba dòng bắt đầu bằng IDVNM",
                "this is no identity card's code and not its three lines; scan the square code, or the lines that begin with IDVNM",
            )
            .into(),
            CardError::PartsMissing { found } => Said {
                vi: format!("mã có {found} phần, thẻ có ít nhất 7; quét lại và chờ quét xong"),
                en: format!(
                    "the code has {found} parts, a card has at least 7; scan again and wait for the end"
                ),
            },
            CardError::Pin(wrong) => {
                let wrong = wrong.said();
                Said {
                    vi: format!("số định danh (phần 1): {}", wrong.vi),
                    en: format!("number (part 1): {}", wrong.en),
                }
            }
            CardError::Line { line } => Said {
                vi: format!("dòng {line} trong ba dòng không đủ 30 ký tự; quét lại cả ba dòng"),
                en: format!(
                    "line {line} of the three is not 30 characters long; scan all three lines again"
                ),
            },
            CardError::OtherCountry => words(
                "đây là thẻ của nước khác, không có số định danh cá nhân; nhập người đó không theo thẻ",
                "this is a card of another country; it has no personal identification number",
            )
            .into(),
        }
    }
}
told_in_english!(CardError);

impl CardError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            CardError::Empty => "card_empty",
            CardError::TooLong { .. } => "card_too_long",
            CardError::Unknown => "card_unknown",
            CardError::PartsMissing { .. } => "card_parts_missing",
            CardError::Pin(error) => error.code(),
            CardError::Line { .. } => "card_line",
            CardError::OtherCountry => "card_other_country",
        }
    }
    /// Where the form stands that the text does not have; of the square code no law tells it.
    pub fn source(&self) -> Option<&'static str> {
        match self {
            CardError::Pin(_) => crate::law::of_input(None, "pin"),
            CardError::Line { .. } | CardError::OtherCountry => Some("ICAO Doc 9303-5"),
            CardError::Empty
            | CardError::TooLong { .. }
            | CardError::Unknown
            | CardError::PartsMissing { .. } => None,
        }
    }
}

/// Reads what a scanner gave, code or lines. `today` tells years that have not come yet.
pub fn read(scanned: &str, today: Date) -> Result<CardRead, CardError> {
    if scanned.len() > CARD_BYTES_MAX {
        return Err(CardError::TooLong {
            bytes: scanned.len(),
        });
    }
    let text = mending::plain_signs(scanned);
    let text = mending::bare(&text);
    if text.is_empty() {
        Err(CardError::Empty)
    } else if mrz::looks_like(text) {
        mrz::read(text, today)
    } else {
        qr::read(text, today)
    }
}
