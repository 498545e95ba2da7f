//! What a person typed and nobody else may see: in one form of Unicode, wiped when it is dropped.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Longest text that is looked at, bytes: far above every password, far below what costs time.
pub(super) const TYPED_BYTES_MAX: usize = 1024;

/// A typed password or PIN. The same letters are the same secret, however the keyboard composed
/// them; spaces and letter case count.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// What was typed; `None` if it is longer than anybody's password.
    pub fn typed(text: &str) -> Option<Secret> {
        if text.len() > TYPED_BYTES_MAX {
            return None;
        }
        // Room for the longest form, so that nothing is left behind by growing.
        let mut form = Zeroizing::new(String::with_capacity(text.len().saturating_mul(3)));
        form.extend(text.nfc());
        Some(Secret(form))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether two are the same; not in constant time, so only for one's own.
    pub fn is_same(&self, other: &Secret) -> bool {
        *self.0 == *other.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letters_are_the_same_secret_and_none_is_shown() {
        let composed = Secret::typed("mật khẩu của Lan").unwrap();
        let decomposed =
            Secret::typed("ma\u{323}\u{302}t kha\u{302}\u{309}u cu\u{309}a Lan").unwrap();
        assert!(composed.is_same(&decomposed));
        assert!(!composed.is_same(&Secret::typed("mật khẩu của lan").unwrap()));
        assert_eq!(format!("{composed:?}"), "Secret(…)");
        assert!(Secret::typed(&"x".repeat(TYPED_BYTES_MAX)).is_some());
        assert!(Secret::typed(&"x".repeat(TYPED_BYTES_MAX + 1)).is_none());
    }
}
