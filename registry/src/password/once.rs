//! A password for one sign-in: printed once, read aloud or copied from paper, and changed by the
//! officer at once.

use std::fmt;

use super::Secret;

/// 32 letters and digits of which no two look alike.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of one: 60 bits.
const LENGTH: usize = 12;
/// Letters of a group.
const GROUP: usize = 4;

/// A password for one sign-in.
#[derive(Clone)]
pub struct OncePassword(String);

impl OncePassword {
    /// One from random bytes.
    pub fn from_random(bytes: &[u8; LENGTH]) -> OncePassword {
        let letters = bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte & 31)));
        let mut text = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (place, letter) in letters.enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*letter));
        }
        OncePassword(text)
    }

    /// The password: a secret, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What a verifier is made of.
    pub fn secret(&self) -> Secret {
        // Never too long.
        Self::read(&self.0).unwrap_or_default()
    }

    /// What somebody typed from paper: letter case, hyphens and spaces make no difference.
    pub fn read(typed: &str) -> Option<Secret> {
        let plain = Secret::typed(typed)?;
        let letters = plain.text().chars().filter(char::is_ascii_alphanumeric);
        let letters: zeroize::Zeroizing<String> =
            zeroize::Zeroizing::new(letters.map(|letter| letter.to_ascii_lowercase()).collect());
        Secret::typed(&letters)
    }
}

impl fmt::Debug for OncePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OncePassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_however_it_is_typed() {
        let once = OncePassword::from_random(&[0, 31, 32, 63, 10, 11, 12, 13, 20, 21, 22, 23]);
        assert_eq!(once.reveal(), "a9a9-kmnp-wxyz");
        for typed in ["a9a9-kmnp-wxyz", "A9A9KMNPWXYZ", " a9a9 kmnp wxyz "] {
            assert!(
                OncePassword::read(typed).unwrap().is_same(&once.secret()),
                "{typed}"
            );
        }
        assert!(
            !OncePassword::read("a9a9-kmnp-wxyy")
                .unwrap()
                .is_same(&once.secret())
        );
        assert_eq!(format!("{once:?}"), "OncePassword(…)");
    }
}
