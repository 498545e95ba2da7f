//! How a citizen is reached: phone number and e-mail address.

use std::fmt;
use std::str::FromStr;

use crate::words::{Said, Tells, told_in_english, words};
use serde::{Deserialize, Serialize};

/// Characters that an e-mail address may have (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;

/// A text that is no phone number or e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactError {
    /// Not a number of Viet Nam.
    Phone,
    /// Not an address.
    Email,
}

impl Tells for ContactError {
    fn said(&self) -> Said {
        match self {
            Self::Phone => words(
                "viết số điện thoại 10 chữ số, ví dụ 0912345678 hoặc +84912345678",
                "write the phone number with 10 digits, for example 0912345678 or +84912345678",
            ),
            Self::Email => words(
                "viết địa chỉ thư điện tử như ten@example.vn",
                "write the e-mail address like name@example.vn",
            ),
        }
        .into()
    }
}
told_in_english!(ContactError);

impl ContactError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Phone => "phone_form",
            Self::Email => "email_form",
        }
    }
}

/// A phone number of Viet Nam as it is dialled at home: `0912345678`. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads `0912 345 678`, `+84-912345678`, `(024) 3825 1234` and the like.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        if text.len() > 40 {
            return Err(ContactError::Phone);
        }
        let mut digits = String::with_capacity(11);
        for (place, c) in text.chars().enumerate() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if place == 0 => {}
                ' ' | '.' | '-' | '(' | ')' | '\u{A0}' => {}
                _ => return Err(ContactError::Phone),
            }
        }
        let abroad = text.starts_with('+');
        let national = match digits.strip_prefix("84") {
            Some(rest) if abroad || digits.len() > 10 => rest,
            _ if abroad => return Err(ContactError::Phone),
            _ => &digits,
        };
        // People write both +84 912… and +84 0912….
        let subscriber = national.strip_prefix('0').unwrap_or(national);
        let lengths = match subscriber.chars().next() {
            Some('3' | '5' | '7' | '8' | '9') => 9..=9,
            Some('2') => 9..=10,
            _ => return Err(ContactError::Phone),
        };
        let written_whole = abroad || digits.starts_with("84") || digits.starts_with('0');
        if written_whole && lengths.contains(&subscriber.len()) {
            Ok(Self(format!("0{subscriber}")))
        } else {
            Err(ContactError::Phone)
        }
    }
    /// The number, beginning with 0.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address of simple form; whether it exists is not known. `Debug` is redacted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address; the part behind the `@` becomes lower case.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(ContactError::Email)?;
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&byte);
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let fits = text.len() <= EMAIL_CHARS_MAX
            && (1..=64).contains(&local.len())
            && local.bytes().all(plain)
            && domain.contains('.')
            && domain.split('.').all(label);
        if fits {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(ContactError::Email)
        }
    }
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_conversions {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = ContactError;
            fn from_str(text: &str) -> Result<Self, ContactError> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $name {
            type Error = Said;
            fn try_from(text: String) -> Result<Self, Said> {
                Self::parse(&text).map_err(|wrong| wrong.said())
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

text_conversions!(Phone);
text_conversions!(Email);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_number_has_one_form() {
        for (text, stored) in [
            ("0912345678", "0912345678"),
            ("+84912345678", "0912345678"),
            ("+84 0912 345 678", "0912345678"),
            ("84912345678", "0912345678"),
            ("0912.345.678", "0912345678"),
            ("(024) 3825 1234", "02438251234"),
            ("0210 384 5678", "02103845678"),
            ("0845123456", "0845123456"),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!(phone.as_str(), stored, "{text}");
            assert_eq!(Phone::parse(stored).unwrap(), phone);
        }
        for bad in [
            "",
            "912345678",
            "091234567",
            "09123456789",
            "+1 202 555 0100",
            "0412345678",
            "09x",
        ] {
            assert_eq!(Phone::parse(bad).unwrap_err().code(), "phone_form", "{bad}");
        }
    }

    #[test]
    fn addresses_of_simple_form_are_taken() {
        for (text, stored) in [
            (" an@Example.VN ", "an@example.vn"),
            ("Tran.Ha+1@mail.example.vn", "Tran.Ha+1@mail.example.vn"),
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), stored);
        }
        let long = format!("{}@example.vn", "a".repeat(65));
        for bad in [
            "", "a", "@b.vn", "a@b", "a@b..vn", "a b@c.vn", "a@@c.vn", "a@-c.vn", &long,
        ] {
            assert_eq!(Email::parse(bad).unwrap_err().code(), "email_form", "{bad}");
        }
    }

    #[test]
    fn contacts_are_not_shown_by_debug_and_are_parsed_when_read() {
        let phone = Phone::parse("0912345678").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(…)");
        assert!(serde_json::from_str::<Phone>("\"1\"").is_err());
        assert!(serde_json::from_str::<Email>("\"1\"").is_err());
        let wire = postcard::to_stdvec(&phone).unwrap();
        assert_eq!(postcard::from_bytes::<Phone>(&wire).unwrap(), phone);
    }
}
