//! Bytes as text that people copy, type and photograph: groups of ten letters, the last of each a
//! check letter, so that a mistake is found and its place is named.
//!
//! ```text
//! groups := group ("-" group)*        group := 1 to 9 letters, check letter
//! letters: base32 of bytes ‖ first 4 bytes of BLAKE3(bytes)
//! ```
//!
//! Upper case, digits, `-` and `.` are what a QR code packs tightly; small letters, spaces and
//! line breaks are forgiven.

use data_encoding::BASE32_NOPAD;

/// Letters of a group before its check letter.
const GROUP_LETTERS: usize = 9;
/// Bytes of the checksum over the whole.
const CHECKSUM_BYTES: usize = 4;
/// The letters of base32, in the order of their values.
const LETTERS: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S',
    'T', 'U', 'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// Where a text was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// One group is wrong.
    #[error("look at group {number} of {of}, counted from the first dot")]
    Group {
        /// Its number; the first is 1.
        number: usize,
        /// How many groups there are.
        of: usize,
    },
    /// Each group is right, but together they are not what was issued.
    #[error("a group is missing at its end, or more than one is wrong")]
    Whole,
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut whole = bytes.to_vec();
    whole.extend(checksum(bytes));
    let letters = BASE32_NOPAD.encode(&whole);
    let mut text = String::new();
    let mut rest = letters.as_str();
    let mut number = 1;
    while !rest.is_empty() {
        let (group, next) = rest.split_at_checked(GROUP_LETTERS).unwrap_or((rest, ""));
        if number > 1 {
            text.push('-');
        }
        text.push_str(group);
        text.push(check_letter(number, group));
        rest = next;
        number += 1;
    }
    text
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Mistyped> {
    let text = text.to_ascii_uppercase();
    let of = text.split('-').count();
    let mut letters = String::new();
    for (number, group) in (1..).zip(text.split('-')) {
        let wrong = Mistyped::Group { number, of };
        let (Some(check), true) = (group.chars().next_back(), group.is_ascii()) else {
            return Err(wrong);
        };
        let body = group.strip_suffix(check).unwrap_or_default();
        let complete = body.len() == GROUP_LETTERS || number == of;
        if !complete
            || !(1..=GROUP_LETTERS).contains(&body.len())
            || check_letter(number, body) != check
        {
            return Err(wrong);
        }
        letters.push_str(body);
    }
    let mut bytes = BASE32_NOPAD
        .decode(letters.as_bytes())
        .map_err(|_| Mistyped::Whole)?;
    let content = bytes
        .len()
        .checked_sub(CHECKSUM_BYTES)
        .ok_or(Mistyped::Whole)?;
    let sum = bytes.split_off(content);
    if sum == checksum(&bytes) {
        Ok(bytes)
    } else {
        Err(Mistyped::Whole)
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = [0; CHECKSUM_BYTES];
    blake3::Hasher::new()
        .update(bytes)
        .finalize_xof()
        .fill(&mut sum);
    sum
}

/// The place of a group counts, so that two groups that changed places are found too.
fn check_letter(number: usize, group: &str) -> char {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(number as u64).to_le_bytes());
    hasher.update(group.as_bytes());
    let mut byte = [0; 1];
    hasher.finalize_xof().fill(&mut byte);
    let [byte] = byte;
    LETTERS.get(usize::from(byte & 31)).copied().unwrap_or('A')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_come_back() {
        for length in 0..64_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(7)).collect();
            let text = encode(&bytes);
            assert_eq!(decode(&text), Ok(bytes.clone()));
            assert_eq!(decode(&text.to_lowercase()), Ok(bytes));
        }
    }

    #[test]
    fn no_single_wrong_letter_passes_and_nearly_all_are_located() {
        let text = encode(&[5; 60]);
        let (mut located, mut tried) = (0, 0);
        for place in 0..text.len() {
            for letter in LETTERS {
                let mut wrong: Vec<char> = text.chars().collect();
                if wrong[place] == letter {
                    continue;
                }
                wrong[place] = letter;
                let error = decode(&wrong.into_iter().collect::<String>()).unwrap_err();
                tried += 1;
                let here = text
                    .chars()
                    .take(place)
                    .filter(|letter| *letter == '-')
                    .count()
                    + 1;
                if matches!(error, Mistyped::Group { number, .. } if number == here) {
                    located += 1;
                }
            }
        }
        assert!(located * 100 > tried * 90, "{located} of {tried}");
    }

    #[test]
    fn groups_that_are_missing_or_have_changed_places_are_found() {
        let text = encode(&[
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
        ]);
        let groups: Vec<&str> = text.split('-').collect();
        assert!(groups.len() > 3);
        assert!(decode(&groups[..groups.len() - 1].join("-")).is_err());
        assert!(decode(&groups[1..].join("-")).is_err());
        let mut swapped = groups.clone();
        swapped.swap(0, 1);
        assert!(decode(&swapped.join("-")).is_err());
        assert!(decode("").is_err());
        assert!(decode("é-é").is_err());
    }
}
