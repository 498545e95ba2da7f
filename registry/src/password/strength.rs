//! What a password and a quick PIN must be. Length first; beside it only what somebody who knows
//! the office would try at once is refused. No rule about kinds of letters.

use unicode_segmentation::UnicodeSegmentation;

use super::Secret;
use crate::text::fold_base;

/// Least length of a password, in letters as a reader counts them.
pub const PASSWORD_GRAPHEMES_MIN: usize = 10;
/// Its greatest length.
const PASSWORD_GRAPHEMES_MAX: usize = 128;
/// Digits of a quick PIN.
pub const PIN_DIGITS: usize = 6;
/// So many letters have to be left of a password when what everybody knows is taken out.
const OWN_LETTERS_MIN: usize = 4;
/// Shorter words are not looked for: they stand in many good passwords.
const WORD_MIN: usize = 3;
/// What is tried first, beside names.
const FIRST_TRIED: &[&str] = &[
    "password",
    "matkhau",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "abc123",
    "letmein",
    "admin",
    "congan",
    "vietnam",
];
/// Rows that are typed one after the other.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
];

/// What everybody knows about an account.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its name.
    pub account: &'a str,
    /// Names that belong to it: the officer's, the commune's, the province's.
    pub names: &'a [&'a str],
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordWeak {
    /// Too short.
    #[error(
        "a password has at least {PASSWORD_GRAPHEMES_MIN} letters; three or four words are easy to remember"
    )]
    Short,
    /// Too long.
    #[error("a password has at most {PASSWORD_GRAPHEMES_MAX} letters")]
    Long,
    /// Tried first by everybody.
    #[error(
        "this password would be tried first: it is little more than a name, one letter or a row of keys; take words that have nothing to do with the office"
    )]
    Guessable,
    /// The one that is to be changed.
    #[error("this is the password that is to be changed; take another")]
    Same,
}

impl PasswordWeak {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            PasswordWeak::Short => "password_short",
            PasswordWeak::Long => "password_long",
            PasswordWeak::Guessable => "password_guessable",
            PasswordWeak::Same => "password_same",
        }
    }
}

/// Why a PIN is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinWeak {
    /// Not six digits.
    #[error("a PIN has {PIN_DIGITS} digits and nothing else")]
    Shape,
    /// Tried first by everybody.
    #[error(
        "this PIN would be tried first: take six digits that are neither all the same nor a row"
    )]
    Guessable,
}

impl PinWeak {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            PinWeak::Shape => "pin_shape",
            PinWeak::Guessable => "pin_guessable",
        }
    }
}

/// Takes a new password, if it is good enough.
pub fn choose_password(typed: &str, about: &About<'_>) -> Result<Secret, PasswordWeak> {
    let secret = Secret::typed(typed).ok_or(PasswordWeak::Long)?;
    let graphemes = secret
        .text()
        .graphemes(true)
        .take(PASSWORD_GRAPHEMES_MAX + 1);
    match graphemes.count() {
        count if count < PASSWORD_GRAPHEMES_MIN => Err(PasswordWeak::Short),
        count if count > PASSWORD_GRAPHEMES_MAX => Err(PasswordWeak::Long),
        _ if is_guessable(secret.text(), about) => Err(PasswordWeak::Guessable),
        _ => Ok(secret),
    }
}

/// Takes a new quick PIN, if it is good enough.
pub fn choose_pin(typed: &str) -> Result<Secret, PinWeak> {
    let digits: Option<Vec<u8>> = typed
        .bytes()
        .map(|byte| byte.is_ascii_digit().then(|| byte - b'0'))
        .collect();
    let digits = digits.filter(|digits| digits.len() == PIN_DIGITS);
    let digits = zeroize::Zeroizing::new(digits.ok_or(PinWeak::Shape)?);
    let steps = digits.iter().zip(digits.iter().skip(1));
    let mut steps = steps.map(|(a, b)| (b + 10 - a) % 10);
    let first = steps.next();
    let even = steps.all(|step| Some(step) == first);
    if even && matches!(first, Some(0 | 1 | 9)) {
        return Err(PinWeak::Guessable);
    }
    Secret::typed(typed).ok_or(PinWeak::Shape)
}

/// Whether little is left when what everybody knows is taken out.
fn is_guessable(password: &str, about: &About<'_>) -> bool {
    let mut left = letters(password);
    // A password in another alphabet than Latin has letters of its own.
    if left.is_empty() {
        let mut all = password.chars().filter(|c| !c.is_whitespace());
        let first = all.next();
        return all.all(|c| Some(c) == first);
    }
    let mut words: Vec<String> = FIRST_TRIED.iter().map(|word| (*word).to_owned()).collect();
    for name in about.names.iter().chain([&about.account]) {
        words.push(letters(name));
        let parts = name.split(|c: char| !c.is_alphanumeric());
        words.extend(parts.map(letters));
    }
    words.retain(|word| word.len() >= WORD_MIN);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        left = left.replace(word.as_str(), "");
    }
    left.len() < OWN_LETTERS_MIN || is_row(&left)
}

/// One letter again and again, or a row of keys in either direction.
fn is_row(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    if letters.all(|letter| Some(letter) == first) {
        return true;
    }
    let back: String = text.chars().rev().collect();
    ROWS.iter()
        .any(|row| row.contains(text) || row.contains(&back))
}

/// Letters and digits without accents and case.
fn letters(text: &str) -> String {
    let mut folded = fold_base(text);
    folded.retain(|c| c.is_alphanumeric());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(typed: &str) -> Result<(), PasswordWeak> {
        let about = About {
            account: "lan.nguyen",
            names: &[
                "Nguyễn Thị Lan",
                "Phường Ba Đình",
                "Thành phố Hà Nội",
                "00004",
            ],
        };
        choose_password(typed, &about).map(|_| ())
    }

    #[test]
    fn ten_letters_as_a_reader_counts_them() {
        assert_eq!(chosen("chín chữ c"), Ok(()));
        assert_eq!(chosen("chín chữ"), Err(PasswordWeak::Short));
        // Nine letters, of eleven code points when decomposed and nine when composed.
        assert_eq!(
            chosen("ma\u{323}\u{302}t kha\u{302}u"),
            Err(PasswordWeak::Short)
        );
        assert_eq!(chosen(&"mười ký tự ".repeat(12)), Err(PasswordWeak::Long));
        assert_eq!(chosen(&"x".repeat(5000)), Err(PasswordWeak::Long));
    }

    #[test]
    fn what_is_tried_first_is_refused_and_what_is_not_is_taken() {
        for bad in [
            "aaaaaaaaaa",
            "..........",
            "          ",
            "lan.nguyen",
            "LanNguyen1",
            "Phường Ba Đình",
            "1234567890",
            "0987654321",
            "abcdefghij",
            "qwertyuiop",
            "password123",
            "Mật khẩu 123",
            "lan1234567",
            "nguyenthilan",
            "hanoi 00004",
        ] {
            assert_eq!(chosen(bad), Err(PasswordWeak::Guessable), "{bad}");
        }
        for good in [
            "con trâu xanh uống trà",
            "Tr0ng-chuong7",
            "mùa hè ở Nha Trang",
            "한글비밀번호열자리열",
        ] {
            assert_eq!(chosen(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_pin_is_six_digits_that_are_no_row() {
        for bad in ["12345", "1234567", "12345a", "", "１２３４５７"] {
            assert_eq!(choose_pin(bad).unwrap_err(), PinWeak::Shape, "{bad}");
        }
        for bad in ["000000", "777777", "123456", "654321", "890123", "210987"] {
            assert_eq!(choose_pin(bad).unwrap_err(), PinWeak::Guessable, "{bad}");
        }
        for good in ["135792", "112233", "246802", "904112"] {
            assert!(choose_pin(good).is_ok(), "{good}");
        }
    }
}
