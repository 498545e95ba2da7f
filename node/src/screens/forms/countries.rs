//! Countries as people type them: by code, or by name in either language, with or without marks.

use registry::text::fold_base;

use super::super::words::{Lang, words};

/// Codes of countries that are no more, whose name another code has today.
const FORMER: [&str; 5] = ["dy", "hv", "nh", "rh", "vd"];

/// The codes of the countries that are named; what is none stays as it was typed.
pub(super) fn codes(text: &str) -> String {
    let parts = text.split([',', ';']).map(str::trim);
    let codes: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(|part| code(part).unwrap_or_else(|| part.to_owned()))
        .collect();
    codes.join(", ")
}

fn code(text: &str) -> Option<String> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(text.to_ascii_uppercase());
    }
    let wanted = fold_base(text);
    let letters = || 'a'..='z';
    let mut all = letters().flat_map(|first| letters().map(move |second| (first, second)));
    let found = all.find(|(first, second)| {
        let code = format!("{first}{second}");
        if FORMER.contains(&code.as_str()) {
            return false;
        }
        let key = format!("country-{code}");
        [Lang::Vi, Lang::En]
            .into_iter()
            .filter_map(|lang| words(lang).try_t(&key))
            .any(|name| fold_base(&name) == wanted)
    });
    found.map(|(first, second)| format!("{first}{second}").to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_its_code_or_its_name() {
        assert_eq!(codes("vn"), "VN");
        assert_eq!(codes("Việt Nam, Pháp"), "VN, FR");
        assert_eq!(codes("viet nam; france"), "VN, FR");
        assert_eq!(codes("Zimbabwe"), "ZW");
        assert_eq!(codes("xứ nào đó"), "xứ nào đó");
        assert_eq!(codes(""), "");
    }
}
