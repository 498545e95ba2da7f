//! What goes wrong when a paper is copied: names, dates, numbers.

use super::Planting;
use crate::code::Sex;
use crate::date::{BirthDate, Date, PartialDate};
use crate::name::PersonName;
use crate::pin::Pin;
use crate::population::draw::Draw;
use crate::population::names;
use crate::text::fold_base;

/// The name with something wrong; `None` if nothing can be.
pub(super) fn name(draw: &mut Draw, kind: Planting, name: &PersonName) -> Option<PersonName> {
    let words: Vec<String> = name.words().map(str::to_owned).collect();
    let wrong = match kind {
        Planting::NameSlip => slipped(draw, words)?,
        Planting::Spelling => respelled(name.as_str())?,
        Planting::NoMarks => unmarked(name.as_str())?,
        Planting::NoMiddle => match words.as_slice() {
            [first, _, .., last] => format!("{first} {last}"),
            _ => return None,
        },
        Planting::WordsSwapped => swapped(words)?,
        _ => return None,
    };
    PersonName::parse(&wrong).ok().filter(|wrong| wrong != name)
}

fn slipped(draw: &mut Draw, mut words: Vec<String>) -> Option<String> {
    let place = draw.below(u32::try_from(words.len()).ok()?) as usize;
    let word = words.get_mut(place)?;
    let mut letters: Vec<char> = word.chars().collect();
    let at = draw.below(u32::try_from(letters.len()).ok()?) as usize;
    match draw.below(4) {
        0 if letters.len() > 2 => {
            letters.remove(at);
        }
        1 if at + 1 < letters.len() => letters.swap(at, at + 1),
        2 => {
            let again = letters.get(at).copied()?;
            letters.insert(at, again);
        }
        _ => {
            let keys = ['n', 'm', 'a', 'o', 'h', 'g', 'i', 't'];
            let key = draw.pick(&keys).copied()?;
            *letters.get_mut(at)? = key;
        }
    }
    *word = letters.into_iter().collect();
    Some(words.join(" "))
}

/// Spellings of one sound.
const SPELLINGS: [(&str, &str); 12] = [
    ("Ly", "Li"),
    ("Lý", "Lí"),
    ("My", "Mi"),
    ("Mỹ", "Mĩ"),
    ("Vy", "Vi"),
    ("Sơn", "Xơn"),
    ("Trang", "Chang"),
    ("Hoà", "Hòa"),
    ("Hòa", "Hoà"),
    ("Thủy", "Thuỷ"),
    ("Thúy", "Thuý"),
    ("Quý", "Quí"),
];

fn respelled(name: &str) -> Option<String> {
    let found = |word: &str| {
        let mut spellings = SPELLINGS.iter();
        spellings.find(|(from, _)| *from == word).map(|(_, to)| *to)
    };
    let words: Vec<&str> = name.split(' ').collect();
    words.iter().any(|word| found(word).is_some()).then(|| {
        let words: Vec<&str> = words
            .iter()
            .map(|word| found(word).unwrap_or(word))
            .collect();
        words.join(" ")
    })
}

fn unmarked(name: &str) -> Option<String> {
    let words = name.split(' ').map(|word| {
        let base = fold_base(word);
        let mut letters = base.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string());
        format!("{}{}", first.unwrap_or_default(), letters.as_str())
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// The last two words swapped.
fn swapped(mut words: Vec<String>) -> Option<String> {
    let count = words.len();
    if count < 3 {
        return None;
    }
    words.swap(count - 1, count - 2);
    Some(words.join(" "))
}

/// The date with something wrong; `None` if nothing can be.
pub(super) fn birth(draw: &mut Draw, kind: Planting, date: PartialDate) -> Option<BirthDate> {
    let (year, month, day) = date.whole()?.ymd();
    let wrong = match kind {
        Planting::DayMonthSwapped => Date::from_ymd(year, day, month).ok()?.into(),
        Planting::YearOff => {
            let off = [-2, -1, 1, 2];
            let year = year.checked_add_signed(draw.pick(&off).copied()?)?;
            Date::from_ymd(year, month, day).ok()?.into()
        }
        Planting::DayOff => {
            let other = u8::try_from(draw.below(28) + 1).ok()?;
            Date::from_ymd(year, month, other).ok()?.into()
        }
        Planting::YearOnly => PartialDate::new(year, None, None).ok()?,
        _ => return None,
    };
    (wrong != date).then(|| wrong.into())
}

/// The number with one digit wrong or two swapped.
pub(super) fn number(draw: &mut Draw, pin: Pin) -> Option<Pin> {
    let mut digits: Vec<char> = pin.digits().chars().collect();
    let at = draw.below(11) as usize;
    if draw.chance(500) {
        digits.swap(at, at + 1);
    } else {
        let digit = char::from_digit(draw.below(10), 10)?;
        *digits.get_mut(at)? = digit;
    }
    let wrong: Pin = digits.into_iter().collect::<String>().parse().ok()?;
    (wrong != pin).then_some(wrong)
}

/// The name with another tone on the given name.
pub(super) fn other_tone(name: &PersonName) -> Option<PersonName> {
    let given = name.given();
    let bare = unmarked(given)?;
    let other = if bare == given {
        let marked = [
            ("a", "à"),
            ("o", "ò"),
            ("u", "ù"),
            ("i", "ì"),
            ("e", "è"),
            ("y", "ỳ"),
        ];
        let (from, to) = marked.into_iter().find(|(from, _)| given.contains(from))?;
        given.replacen(from, to, 1)
    } else {
        bare
    };
    let rest = name.as_str().strip_suffix(given)?;
    let other = PersonName::parse(&format!("{rest}{other}")).ok()?;
    (other != *name).then_some(other)
}

/// The name with another given name.
pub(super) fn other_given(draw: &mut Draw, name: &PersonName, sex: Sex) -> Option<PersonName> {
    let given = names::given(draw, sex);
    let rest = name.as_str().strip_suffix(name.given())?;
    let other = PersonName::parse(&format!("{rest}{given}")).ok()?;
    (other != *name).then_some(other)
}
