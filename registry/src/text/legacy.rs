//! Encodings of old files: which one a file has, and turning it into UTF-8 as it streams by.
//!
//! TCVN3 (ABC) and VNI are older than Unicode: their bytes look like other letters everywhere else,
//! also once a spreadsheet has saved them "as UTF-8". So both are looked for behind UTF-8 too.
//! Which encoding it is shows in the words: decoded wrongly they are no Vietnamese syllables.

mod syllable;
mod tables;

use std::fmt;
use std::str::FromStr;

use tables::{TCVN3, VNI_MARKED, VNI_SINGLE, WINDOWS_1252_HIGH, WINDOWS_1258};

/// Bytes of a file that are enough to judge it by.
pub const SAMPLE_BYTES: usize = 256 << 10;
/// Words with more than ASCII in them that a judgement needs.
const WORDS_MIN: u32 = 3;
/// How much more of a file's words an encoding must make syllables than another.
const MARGIN: f32 = 0.25;
/// Of a file's words an encoding must make so many syllables to be spoken of.
const ELSEWHERE: f32 = 0.4;

/// An encoding of Vietnamese text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// What every file should have.
    Utf8,
    /// Two bytes a letter, with a mark in front that tells their order.
    Utf16,
    /// TCVN 5712:1993, the form of the ABC fonts.
    Tcvn3,
    /// VNI for Windows.
    Vni,
    /// Windows' own page for Vietnamese, with the tones behind their letters.
    Windows1258,
    /// UTF-8 that a program took for Windows-1252 and wrote as UTF-8 once more.
    Utf8Twice,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Utf8,
        Self::Utf16,
        Self::Tcvn3,
        Self::Vni,
        Self::Windows1258,
        Self::Utf8Twice,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Tcvn3 => "tcvn3",
            Self::Vni => "vni",
            Self::Windows1258 => "windows-1258",
            Self::Utf8Twice => "utf-8-twice",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Tcvn3 => "TCVN3 (ABC)",
            Self::Vni => "VNI",
            Self::Windows1258 => "Windows-1258",
            Self::Utf8Twice => "UTF-8 that was encoded twice",
        })
    }
}

/// No encoding that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use utf-8, utf-16, tcvn3, vni, windows-1258 or utf-8-twice")]
pub struct UnknownEncoding;

impl FromStr for Encoding {
    type Err = UnknownEncoding;
    fn from_str(text: &str) -> Result<Self, UnknownEncoding> {
        let text = text.to_lowercase();
        let named = |encoding: &Self| {
            let name = encoding.name();
            text == name || text == name.replace('-', "")
        };
        Self::ALL.into_iter().find(named).ok_or(UnknownEncoding)
    }
}

/// What a sample of a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// It is this, beyond reasonable doubt.
    Surely(Encoding),
    /// It is most like this, and somebody has to say so.
    Perhaps(Encoding),
    /// Some of it is Unicode, and some is this.
    Mixed(Encoding),
    /// It is like nothing that is known here.
    Unlike,
}

/// Judges the beginning of a file.
pub fn detect(sample: &[u8]) -> Looks {
    if sample.starts_with(&[0xff, 0xfe]) || sample.starts_with(&[0xfe, 0xff]) {
        return Looks::Surely(Encoding::Utf16);
    }
    if sample.starts_with(&[0xef, 0xbb, 0xbf]) && words_of(Encoding::Utf8, sample).is_scarce() {
        return Looks::Surely(Encoding::Utf8);
    }
    if sample.iter().take(512).filter(|byte| **byte == 0).count() > sample.len().min(512) / 4 {
        // ASCII in two bytes, and no mark that tells their order.
        return Looks::Perhaps(Encoding::Utf16);
    }
    let plain = words_of(Encoding::Utf8, sample);
    if plain.is_scarce() || plain.share() >= 0.6 {
        return Looks::Surely(Encoding::Utf8);
    }
    let others = [
        Encoding::Tcvn3,
        Encoding::Vni,
        Encoding::Windows1258,
        Encoding::Utf8Twice,
    ];
    let mut scored: Vec<(f32, Encoding)> = others
        .into_iter()
        .map(|encoding| (words_of(encoding, sample).share(), encoding))
        .collect();
    let best_of_others = scored
        .iter()
        .fold(0.0, |best: f32, (share, _)| best.max(*share));
    // No other file is UTF-8 by chance. Names of the minorities make few syllables in it, and no more in
    // another encoding.
    if is_utf8(sample) && best_of_others < ELSEWHERE && best_of_others < plain.share() + MARGIN {
        return Looks::Surely(Encoding::Utf8);
    }
    let is_mixed = beyond_bytes(sample) > plain.all / 50;
    scored.push((plain.share(), Encoding::Utf8));
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    match scored.as_slice() {
        [(best, encoding), ..] if is_mixed && *best >= ELSEWHERE && *encoding != Encoding::Utf8 => {
            Looks::Mixed(*encoding)
        }
        [(best, encoding), (next, _), ..] if *best >= 0.85 && best - next >= MARGIN => {
            Looks::Surely(*encoding)
        }
        [(best, encoding), ..] if *best >= ELSEWHERE => Looks::Perhaps(*encoding),
        _ => Looks::Unlike,
    }
}

/// How many words of a sample in UTF-8 have letters that are no byte of Windows-1252: where single bytes
/// stand behind UTF-8 there is no such word.
fn beyond_bytes(sample: &[u8]) -> u32 {
    if !is_utf8(sample) {
        return 0;
    }
    let text = String::from_utf8_lossy(sample);
    let has_other = |word: &str| word.chars().any(|c| byte_of(c).is_none());
    let count = text.split(ends_word).filter(|word| has_other(word)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether all of it is UTF-8; its last letter may be cut.
fn is_utf8(sample: &[u8]) -> bool {
    match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// What a name or another text looks like that was typed in an old encoding and then taken for Unicode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistyped {
    /// In which it may have been typed.
    pub encodings: Vec<Encoding>,
    /// Whether it can hardly be meant as it stands. `Loïc Lê` may be a name, and is Vietnamese in VNI too.
    pub surely: bool,
}

/// In which encodings somebody may have typed this name, as one column of a file may have been while
/// others were Unicode: TCVN3 or VNI, where the whole name is Vietnamese in it and is not as it stands,
/// and has signs that no name of the country has. Names of the minorities are none.
pub fn mistyped(name: &str) -> Option<Mistyped> {
    if name.is_ascii() || name.chars().any(|c| byte_of(c).is_none()) {
        return None;
    }
    let surely = match strange_signs(name) {
        Strange::None => return None,
        Strange::OneForeign => false,
        Strange::Sure => true,
    };
    if is_vietnamese(&as_it_stands(name)) {
        return None;
    }
    let reads = |encoding: &Encoding| {
        let mut text = String::with_capacity(name.len());
        let mut decoder = Decoder::new(*encoding, name.as_bytes());
        decoder.push(name.as_bytes(), &mut text);
        decoder.finish(&mut text);
        is_vietnamese(&text)
    };
    let encodings: Vec<Encoding> = [Encoding::Tcvn3, Encoding::Vni]
        .into_iter()
        .filter(reads)
        .collect();
    (!encodings.is_empty()).then_some(Mistyped { encodings, surely })
}

/// The same of a text that is no name, such as an address: numbers and signs may stand between its
/// words. Judged by the words with letters beyond ASCII and without a digit, for `5m×20m` and `5ª` are
/// written so; with one alone that is no word as it stands it is not sure.
pub fn mistyped_text(text: &str) -> Option<Mistyped> {
    let is_word =
        |word: &str| !word.is_ascii() && word.chars().any(char::is_alphabetic) && !has_digit(word);
    let words = || {
        let between = |c: char| ends_word(c) && !c.is_ascii_digit();
        text.split(between).filter(|word| is_word(word))
    };
    // Nearly every text has a letter that is no byte of an old encoding.
    if words().any(|word| word.chars().any(|c| byte_of(c).is_none())) {
        return None;
    }
    let strange = words().filter(|word| !is_vietnamese(&as_it_stands(word)));
    let count = strange.take(2).count();
    if count == 0 {
        return None;
    }
    let words: Vec<&str> = words().collect();
    let looks = mistyped(&words.join(" "))?;
    Some(Mistyped {
        surely: looks.surely && count > 1,
        ..looks
    })
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
}

/// A name with the letters that are read as Vietnamese ones, or that a minority has for them: `Ð` for
/// `Đ` of old files, and `ñ`, which VNI has for `đ`.
fn as_it_stands(name: &str) -> String {
    let letter = |c| match c {
        'Ð' | 'ð' => 'đ',
        'Ñ' | 'ñ' => 'n',
        other => other,
    };
    name.chars().map(letter).collect()
}

/// Whether every word is a Vietnamese syllable.
fn is_vietnamese(text: &str) -> bool {
    text.split(ends_word)
        .filter(|word| !word.is_empty())
        .all(syllable::is_syllable)
}

/// What a name has that no orthography of the country has.
enum Strange {
    None,
    /// One letter, which names of other countries have.
    OneForeign,
    /// More than that.
    Sure,
}

/// Looks for what old encodings are full of: a letter or sign that no orthography of the country writes
/// (`Döông`, `TrÇn`), a large letter behind a small one (`NguyÔn`), or a vowel twice behind its
/// consonant, plain and marked (`Vaên`). `Lü` and `Nü` are Chinese.
fn strange_signs(name: &str) -> Strange {
    let (mut before, mut last) = (' ', ' ');
    let mut foreign = 0;
    for c in name.chars() {
        let small = c.to_lowercase().next().unwrap_or(c);
        let is_written = small.is_ascii()
            || WRITTEN.contains(small)
            || matches!(c, '’' | '‘')
            || (small == 'ü' && matches!(last.to_ascii_lowercase(), 'l' | 'n'));
        let is_large_within = !c.is_ascii() && c.is_uppercase() && last.is_lowercase();
        let is_twice = before.is_alphabetic()
            && match last.to_ascii_lowercase() {
                'a' | 'e' => "àáâãèéêùúõ".contains(small),
                'o' => "âùõ".contains(small),
                'u' | 'y' => "ùõ".contains(small),
                _ => false,
            };
        (before, last) = (last, c);
        if is_large_within || is_twice || !(is_written || FOREIGN.contains(small)) {
            return Strange::Sure;
        }
        foreign += u32::from(!is_written);
    }
    match foreign {
        0 => Strange::None,
        1 => Strange::OneForeign,
        _ => Strange::Sure,
    }
}

/// Letters that names of other countries have.
const FOREIGN: &str = "äåæçëïöøü";

/// Letters beyond ASCII that names of the country are written with, among those of Windows-1252.
const WRITTEN: &str = "àáâãèéêìíòóôõùúýñð";

/// Words that are not ASCII alone, and how many of them are Vietnamese syllables.
struct Words {
    all: u32,
    syllables: u32,
}

impl Words {
    const fn is_scarce(&self) -> bool {
        self.all < WORDS_MIN
    }

    #[allow(clippy::cast_precision_loss)] // a share of a sample
    fn share(&self) -> f32 {
        if self.all == 0 {
            return 0.0;
        }
        self.syllables as f32 / self.all as f32
    }
}

const fn ends_word(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphabetic()
}

fn words_of(encoding: Encoding, sample: &[u8]) -> Words {
    let mut text = String::with_capacity(sample.len());
    let mut decoder = Decoder::new(encoding, sample);
    // A word with a letter that is no byte is no word of an old encoding.
    decoder.others_as = Some(char::REPLACEMENT_CHARACTER);
    // The last letter of a sample may be cut.
    decoder.push(sample, &mut text);
    let mut words = Words {
        all: 0,
        syllables: 0,
    };
    for word in text.split(ends_word).filter(|word| !word.is_ascii()) {
        words.all = words.all.saturating_add(1);
        words.syllables = words
            .syllables
            .saturating_add(u32::from(syllable::is_syllable(word)));
    }
    words
}

/// Turns bytes into text, piece by piece.
pub struct Decoder {
    encoding: Encoding,
    /// Whether the bytes stand as letters in UTF-8.
    behind_utf8: bool,
    /// What stands for letters behind UTF-8 that are no byte; themselves, if nothing.
    others_as: Option<char>,
    /// Bytes of a letter that is not whole yet.
    waiting: Vec<u8>,
    /// A letter of VNI whose mark may follow.
    base: Option<char>,
    big_endian: Option<bool>,
}

impl Decoder {
    /// A decoder for a file that begins like `sample`.
    pub fn new(encoding: Encoding, sample: &[u8]) -> Self {
        Self {
            encoding,
            behind_utf8: is_utf8(sample) && !sample.is_ascii(),
            others_as: None,
            waiting: Vec::new(),
            base: None,
            big_endian: None,
        }
    }

    /// Decodes the next bytes. What cannot be read becomes U+FFFD.
    pub fn push(&mut self, bytes: &[u8], out: &mut String) {
        match self.encoding {
            Encoding::Utf16 => self.utf16(bytes, out),
            Encoding::Utf8 => self.utf8(bytes, &mut |_, c| out.push(c)),
            Encoding::Utf8Twice => {
                // The letters are bytes of the text itself.
                let mut inner = Vec::new();
                self.utf8(bytes, &mut |_, c| match byte_of(c) {
                    Some(byte) => inner.push(byte),
                    None => inner.extend(c.encode_utf8(&mut [0; 4]).bytes()),
                });
                self.second(&inner, out);
            }
            Encoding::Tcvn3 | Encoding::Vni | Encoding::Windows1258 if self.behind_utf8 => {
                self.utf8(bytes, &mut |decoder, c| match byte_of(c) {
                    Some(byte) => decoder.single(byte, out),
                    None => {
                        decoder.flush(out);
                        out.push(decoder.others_as.unwrap_or(c));
                    }
                });
            }
            Encoding::Tcvn3 | Encoding::Vni | Encoding::Windows1258 => {
                for byte in bytes {
                    self.single(*byte, out);
                }
            }
        }
    }

    /// The end of the file.
    pub fn finish(&mut self, out: &mut String) {
        self.flush(out);
        let waits = std::mem::take(&mut self.waiting);
        if !waits.is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn flush(&mut self, out: &mut String) {
        out.extend(self.base.take());
    }

    /// One byte of an encoding of single bytes.
    fn single(&mut self, byte: u8, out: &mut String) {
        match self.encoding {
            Encoding::Tcvn3 => out.push(letter_in(TCVN3, byte).unwrap_or_else(|| latin(byte))),
            Encoding::Windows1258 => {
                out.push(letter_in(WINDOWS_1258, byte).unwrap_or_else(|| latin(byte)));
            }
            _ => {
                if let Some(base) = self.base.take() {
                    if let Some(marked) = vni_marked(base, byte) {
                        out.push(marked);
                        return;
                    }
                    out.push(base);
                }
                let letter = letter_in(VNI_SINGLE, byte).unwrap_or_else(|| latin(byte));
                let takes_marks = matches!(
                    letter.to_lowercase().next(),
                    Some('a' | 'e' | 'o' | 'ơ' | 'u' | 'ư' | 'y')
                );
                if takes_marks {
                    self.base = Some(letter);
                } else {
                    out.push(letter);
                }
            }
        }
    }

    fn utf8(&mut self, bytes: &[u8], letter: &mut dyn FnMut(&mut Self, char)) {
        let mut joined = std::mem::take(&mut self.waiting);
        joined.extend_from_slice(bytes);
        let mut rest = joined.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    text.chars().for_each(|c| letter(self, c));
                    return;
                }
                Err(error) => {
                    let (good, after) = rest
                        .split_at_checked(error.valid_up_to())
                        .unwrap_or_default();
                    for c in std::str::from_utf8(good).unwrap_or_default().chars() {
                        letter(self, c);
                    }
                    let Some(bad) = error.error_len() else {
                        self.waiting = after.to_vec();
                        return;
                    };
                    letter(self, char::REPLACEMENT_CHARACTER);
                    rest = after.get(bad..).unwrap_or_default();
                }
            }
        }
    }

    /// The inner UTF-8 of a text that was encoded twice; a cut letter waits as its outer letters.
    fn second(&mut self, inner: &[u8], out: &mut String) {
        let mut decoder = Self {
            encoding: Encoding::Utf8,
            behind_utf8: false,
            others_as: None,
            waiting: Vec::new(),
            base: None,
            big_endian: None,
        };
        decoder.push(inner, out);
        if !decoder.waiting.is_empty() {
            let mut outer = String::new();
            for byte in &decoder.waiting {
                outer.push(latin(*byte));
            }
            let cut = std::mem::take(&mut self.waiting);
            self.waiting = [outer.as_bytes(), &cut].concat();
        }
    }

    fn utf16(&mut self, bytes: &[u8], out: &mut String) {
        let mut joined = std::mem::take(&mut self.waiting);
        joined.extend_from_slice(bytes);
        let mut units = Vec::with_capacity(joined.len() / 2);
        let (pairs, odd) = joined.as_chunks::<2>();
        for pair in pairs {
            let big = *self.big_endian.get_or_insert(match pair {
                [0xfe, 0xff] => true,
                [first, second] => *first == 0 && *second != 0,
            });
            units.push(if big {
                u16::from_be_bytes(*pair)
            } else {
                u16::from_le_bytes(*pair)
            });
        }
        // Half of a letter outside of the basic plane waits for the other half.
        let half = units
            .last()
            .is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        let held = odd.len().saturating_add(if half { 2 } else { 0 });
        if half {
            units.pop();
        }
        self.waiting = joined.split_off(joined.len().saturating_sub(held));
        let letters = char::decode_utf16(units);
        out.extend(
            letters
                .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
                .filter(|letter| *letter != '\u{feff}'),
        );
    }
}

fn letter_in(table: &[(u8, char)], byte: u8) -> Option<char> {
    table
        .binary_search_by_key(&byte, |(byte, _)| *byte)
        .ok()
        .and_then(|place| table.get(place))
        .map(|(_, letter)| *letter)
}

/// The letter of Windows-1252.
fn latin(byte: u8) -> char {
    letter_in(WINDOWS_1252_HIGH, byte).unwrap_or(char::from(byte))
}

/// The byte of Windows-1252, if it has the letter.
fn byte_of(c: char) -> Option<u8> {
    WINDOWS_1252_HIGH
        .iter()
        .find(|(_, letter)| *letter == c)
        .map(|(byte, _)| *byte)
        .or_else(|| u8::try_from(u32::from(c)).ok())
}

/// The letter that VNI writes as a base and a mark; the mark is large where the base is.
fn vni_marked(base: char, mark: u8) -> Option<char> {
    let is_large = base.is_uppercase();
    let small = base.to_lowercase().next()?;
    // A large letter may have a small mark: people typed what looked right.
    let mark = if (0xc0..=0xde).contains(&mark) {
        mark | 0x20
    } else {
        mark
    };
    let (_, _, marked) = VNI_MARKED
        .iter()
        .find(|(of, with, _)| *of == small && *with == mark)?;
    if is_large {
        marked.to_uppercase().next()
    } else {
        Some(*marked)
    }
}

#[cfg(test)]
mod tests;
