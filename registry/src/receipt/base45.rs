//! Base45 (RFC 9285): bytes as the letters for which a square code needs the least room.

const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Writes bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let number = pair
            .iter()
            .fold(0_u32, |all, byte| (all << 8) | u32::from(*byte));
        let mut rest = number;
        for _ in 0..=pair.len() {
            let letter = usize::try_from(rest % 45).ok();
            let letter = letter.and_then(|place| LETTERS.get(place));
            text.push(char::from(letter.copied().unwrap_or(b'0')));
            rest /= 45;
        }
    }
    text
}

/// Reads them; `None` if the text is not what writing gives.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut number = 0_u32;
        for letter in group.iter().rev() {
            let place = LETTERS.iter().position(|known| known == letter)?;
            number = number * 45 + u32::try_from(place).ok()?;
        }
        match group.len() {
            3 => bytes.extend(u16::try_from(number).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (bytes, text) in [
            (&b"AB"[..], "BB8"),
            (b"Hello!!", "%69 VD92EX0"),
            (b"base-45", "UJCLQE7W581"),
            (b"ietf!", "QED8WEX0"),
            (b"", ""),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).unwrap(), bytes);
        }
        for bad in ["GGW", ":::", "A", "BB8A", "bb8", "BB8é", "::"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn any_bytes_are_read_back() {
        let bytes: Vec<u8> = (0..=255).chain([0, 0, 255, 255, 1]).collect();
        for end in 0..bytes.len() {
            let bytes = bytes.get(..end).unwrap();
            assert_eq!(decode(&encode(bytes)).unwrap(), bytes);
        }
    }
}
