//! What may be told of input that nobody could read: where it is and what is expected there, and
//! never what was written. A reader of JSON quotes what it found, which may be a name or a number.

/// Longest name of an item that is repeated.
const NAME_BYTES_MAX: usize = 40;
/// More digits than any item's own name has: the fewest of a year, a phone, a number.
const DIGITS_MAX: usize = 2;
/// What stands for a name that is none of ours.
const SOMETHING: &str = "…";

/// The path of an item, with every part that is not the name of an item left out. A misspelt name
/// is repeated: it is what its author looks for.
pub fn path(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').map(part).collect();
    parts.join(".")
}

/// The words of a reader, without what it quotes of the input.
pub fn words(words: &str) -> String {
    let quoting = ["invalid type: ", "invalid value: ", "unknown variant `"];
    if quoting.iter().any(|begin| words.starts_with(begin)) {
        return match words.rsplit_once(", expected ") {
            Some((_, expected)) => format!("not what is expected here: {expected}"),
            None => "not what is expected here".to_owned(),
        };
    }
    if let Some((name, rest)) = words
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.rsplit_once("`, "))
        .and_then(|(before, _)| {
            let name = before.split_once('`').map_or(before, |(name, _)| name);
            let rest = words.split_once("`, ").map(|(_, rest)| rest)?;
            Some((name, rest))
        })
    {
        let name = part(name);
        // What follows a name that holds such signs itself is not ours either.
        let rest = if name == SOMETHING {
            rest.rsplit_once("expected ").map_or("", |(_, rest)| rest)
        } else {
            rest.strip_prefix("expected ").unwrap_or(rest)
        };
        return format!("unknown field `{name}`, expected {rest}");
    }
    words.to_owned()
}

/// A part of a path, if it can be the name of an item.
fn part(part: &str) -> &str {
    let name = part.split_once('[').map_or(part, |(name, _)| name);
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let index = part.get(name.len()..).unwrap_or_default();
    let fits = name.len() <= NAME_BYTES_MAX
        && index.len() <= NAME_BYTES_MAX
        && digits <= DIGITS_MAX
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        && index
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'[' | b']'));
    if fits { part } else { SOMETHING }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read for its errors")]
    struct Contact {
        phone: Option<u64>,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Home,
    }

    fn told(json: &str) -> String {
        words(
            &serde_json::from_str::<Contact>(json)
                .unwrap_err()
                .to_string(),
        )
    }

    #[test]
    fn what_was_written_is_not_repeated() {
        for json in [
            r#"{"phone": "Sùng A Lử"}"#,
            r#"{"phone": {"Sùng A Lử": 1}}"#,
            r#"{"phone": "x, expected Lử"}"#,
            r#"{"kind": "Sùng A Lử"}"#,
            r#"{"Sùng A Lử": 1}"#,
            r#"{"Sùng`, expected one of `Lử`": 1}"#,
            r#"{"001090123456": 1}"#,
        ] {
            let told = told(json);
            for secret in ["Sùng", "Lử", "0010"] {
                assert!(!told.contains(secret), "{json}: {told}");
            }
            assert!(told.contains("expected"), "{json}: {told}");
        }
    }

    #[test]
    fn what_is_expected_and_a_misspelt_name_are_told() {
        let misspelt = told(r#"{"phonne": 1}"#);
        assert!(
            misspelt.starts_with("unknown field `phonne`, expected `phone`"),
            "{misspelt}"
        );
        assert!(told(r#"{"phone": "x"}"#).contains("u64"));
        assert!(told(r#"{"kind": "Home"}"#).contains("`home`"));
        assert_eq!(words("missing field `act`"), "missing field `act`");
    }

    #[test]
    fn a_path_keeps_the_names_of_items_alone() {
        for (given, told) in [
            ("child.birth_date", "child.birth_date"),
            ("fields[0].value", "fields[0].value"),
            ("fields[0].Sùng A Lử", "fields[0].…"),
            ("Kzwar.name", "….name"),
            ("001090123456", "…"),
            ("eid_level_1", "eid_level_1"),
            ("fields[0]Sùng", "…"),
            (".", "."),
        ] {
            assert_eq!(path(given), told);
        }
    }
}
