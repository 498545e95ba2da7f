//! What is kept of a password: argon2id in the PHC form.
//!
//! The parameters are those that OWASP's Password Storage Cheat Sheet gives for little memory:
//! m = 7 MiB, t = 5, p = 1. A node has 64 MB for all that it does; its larger alternatives
//! (46 MiB, 19 MiB) would be most of that.

use std::fmt;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::password_hash::{Error, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use super::Secret;

/// Memory of one computation, KiB.
const MEMORY_KIB: u32 = 7 << 10;
/// Passes over it.
const PASSES: u32 = 5;
/// Lanes.
const LANES: u32 = 1;
/// The most that is computed for a verifier that somebody else made, KiB.
const MEMORY_KIB_MAX: u32 = 19 << 10;
/// Likewise passes.
const PASSES_MAX: u32 = 10;
/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;
/// Bytes of an output.
const OUTPUT_BYTES: usize = 32;
/// Longest text of one.
const TEXT_BYTES_MAX: usize = 200;

/// Why a verifier cannot be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// It is not argon2id within the bounds.
    #[error("a password's verifier cannot be used here: have the password set anew")]
    Unusable,
    /// There is no memory for it.
    #[error("there is not enough memory to check a password: try again in a moment")]
    Memory,
}

impl VerifierError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            VerifierError::Unusable => "verifier_unusable",
            VerifierError::Memory => "password_memory",
        }
    }
}

/// What a password is held against.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Verifier(String);

impl Verifier {
    /// The verifier of a secret. Takes tens of milliseconds and 7 MiB.
    pub fn of(secret: &Secret, salt: &[u8; SALT_BYTES]) -> Result<Verifier, VerifierError> {
        let params = params()?;
        let mut output = [0; OUTPUT_BYTES];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret.text().as_bytes(), salt, &mut output)
            .map_err(|_| VerifierError::Memory)?;
        Verifier::from_parts(salt, &output)
    }

    /// One that no secret fits: it costs an unknown account as much as a known one.
    pub fn decoy() -> Verifier {
        // Nobody finds a secret whose output is all zeros.
        Verifier::from_parts(&[0; SALT_BYTES], &[0; OUTPUT_BYTES])
            .unwrap_or_else(|_| Verifier(String::new()))
    }

    /// Whether it is this secret. Takes as long for a wrong one.
    pub fn fits(&self, secret: &Secret) -> Result<bool, VerifierError> {
        let hash = parse(&self.0)?;
        let argon2 = Argon2::default();
        match argon2.verify_password(secret.text().as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(Error::OutOfMemory) => Err(VerifierError::Memory),
            Err(_) => Ok(false),
        }
    }

    fn from_parts(
        salt: &[u8; SALT_BYTES],
        output: &[u8; OUTPUT_BYTES],
    ) -> Result<Verifier, VerifierError> {
        let unusable = |_| VerifierError::Unusable;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: params()?.try_into().map_err(unusable)?,
            salt: Some(Salt::new(salt).map_err(|_| VerifierError::Unusable)?),
            hash: Some(Output::new(output).map_err(|_| VerifierError::Unusable)?),
        };
        Ok(Verifier(hash.to_string()))
    }
}

fn params() -> Result<Params, VerifierError> {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(|_| VerifierError::Unusable)
}

/// Reads one and holds it to the bounds: what the feed or the disk brings is not to decide how
/// much memory a node spends.
fn parse(text: &str) -> Result<PasswordHash, VerifierError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(VerifierError::Unusable);
    }
    let hash = PasswordHash::new(text).map_err(|_| VerifierError::Unusable)?;
    let params = Params::try_from(&hash).map_err(|_| VerifierError::Unusable)?;
    let within = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && params.m_cost() <= MEMORY_KIB_MAX
        && params.t_cost() <= PASSES_MAX
        && params.p_cost() == LANES
        && hash.salt.is_some()
        && hash
            .hash
            .as_ref()
            .is_some_and(|hash| hash.len() == OUTPUT_BYTES);
    within.then_some(hash).ok_or(VerifierError::Unusable)
}

impl TryFrom<String> for Verifier {
    type Error = VerifierError;
    fn try_from(text: String) -> Result<Self, VerifierError> {
        parse(&text)?;
        Ok(Verifier(text))
    }
}

impl From<Verifier> for String {
    fn from(verifier: Verifier) -> Self {
        verifier.0
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Secret {
        Secret::typed(text).unwrap()
    }

    #[test]
    fn a_verifier_fits_its_secret_and_no_other() {
        let verifier = Verifier::of(&typed("mười ký tự"), &[7; 16]).unwrap();
        assert_eq!(verifier.fits(&typed("mười ký tự")), Ok(true));
        assert_eq!(verifier.fits(&typed("mười ký tứ")), Ok(false));
        assert_eq!(format!("{verifier:?}"), "Verifier(…)");
        let text = String::from(verifier.clone());
        assert!(text.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{text}");
        assert_eq!(Verifier::try_from(text).unwrap(), verifier);
        let other_salt = Verifier::of(&typed("mười ký tự"), &[8; 16]).unwrap();
        assert_ne!(other_salt, verifier);
    }

    #[test]
    fn the_decoy_is_sound_and_fits_nothing() {
        let decoy = Verifier::decoy();
        assert!(Verifier::try_from(String::from(decoy.clone())).is_ok());
        for text in ["", "mười ký tự"] {
            assert_eq!(decoy.fits(&typed(text)), Ok(false));
        }
    }

    #[test]
    fn what_would_cost_too_much_or_too_little_is_not_taken() {
        let good = String::from(Verifier::decoy());
        assert!(Verifier::try_from(good.clone()).is_ok());
        for (from, to) in [
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("m=7168", "m=19457"),
            ("m=7168", "m=4294967295"),
            ("t=5", "t=11"),
            ("p=1", "p=2"),
            ("AAAAAAAAAAAAAAAAAAAAAA$", ""),
            ("$argon2id", ""),
        ] {
            let text = good.replace(from, to);
            assert_ne!(text, good, "{from}");
            assert_eq!(
                Verifier::try_from(text),
                Err(VerifierError::Unusable),
                "{from} {to}"
            );
        }
        let long = format!("{good}{}", "A".repeat(TEXT_BYTES_MAX));
        assert!(Verifier::try_from(long).is_err());
    }
}
