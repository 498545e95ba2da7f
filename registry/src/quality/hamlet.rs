//! The hamlet that an address names. There is no field for it: it is the part of the address that
//! begins with one of the words for a hamlet.

use crate::fields::Fields;
use crate::person::Person;
use crate::text::{clean, fold_tones};

/// Hamlets of a commune that have a sum of their own; the people of further ones are counted
/// together.
pub const HAMLETS_MAX: usize = 400;

/// Words with which the name of a hamlet begins, in lower case.
const WORDS: [&str; 19] = [
    "thôn",
    "tổ",
    "bản",
    "buôn",
    "bon",
    "ấp",
    "khóm",
    "khu",
    "xóm",
    "làng",
    "plei",
    "sóc",
    "phum",
    "đội",
    "tiểu khu",
    "kp",
    "tdp",
    "chòm",
    "cụm",
];

/// The hamlet of an address, as it is written there: `Số 5, Thôn 3` is `Thôn 3`. `None` if no part
/// of the address is one.
pub fn hamlet_of(address: &str) -> Option<String> {
    let cleaned = clean(address);
    let parts = cleaned.split([',', ';']).map(str::trim);
    // The hamlet stands behind house and street.
    parts.rev().find(|part| is_hamlet(part)).map(str::to_owned)
}

/// The hamlet in which a person is counted.
pub fn hamlet_of_person(fields: &Fields) -> Option<String> {
    hamlet_of(Person(fields).main_home()?.address.as_str())
}

/// Whether two names are of one hamlet.
pub fn same_hamlet(a: &str, b: &str) -> bool {
    hamlet_key(&clean(a)) == hamlet_key(&clean(b))
}

/// How a hamlet is compared: letter case, and the place of a tone, make no other hamlet.
pub(crate) fn hamlet_key(name: &str) -> String {
    fold_tones(&name.to_lowercase()).into_owned()
}

fn is_hamlet(part: &str) -> bool {
    let key = hamlet_key(part);
    WORDS.iter().any(|word| {
        let rest = key.strip_prefix(&*fold_tones(word));
        rest.is_some_and(|rest| rest.starts_with(' ') && rest.trim().chars().count() <= 40)
    })
}
