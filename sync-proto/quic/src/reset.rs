//! How a listener that has been restarted disowns the lines of its former life.
//!
//! What comes for a line that it does not know is answered with a stateless reset (RFC 9000,
//! section 10.3). The peer believes it only if its token follows from the key with which the line
//! was named, so that key must outlive the process: it is derived from the private key of our
//! certificate. Without it a node would wait for the idle timeout after each crash of the centre.

use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::{CryptoError, HmacKey};
use quinn::{ConnectionId, ConnectionIdGenerator, EndpointConfig};

use crate::error::IdentityError;
use crate::identity::Identity;

/// Purpose of the derived key.
const CONTEXT: &str = "npd 2026 quic stateless reset";
/// Length of a line's name.
const NAME_BYTES: usize = 8;
/// Shortest time between two resets: a whole fleet that returns is disowned within seconds, and
/// noise costs us little.
const RESET_INTERVAL_MIN: Duration = Duration::from_millis(1);

/// A keyed BLAKE3 in the place of an HMAC.
struct ResetKey([u8; blake3::KEY_LEN]);

impl ResetKey {
    fn of(identity: &Identity) -> Self {
        Self(blake3::derive_key(CONTEXT, identity.key.secret_der()))
    }
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        let hash = blake3::keyed_hash(&self.0, data);
        for (out, byte) in signature_out.iter_mut().zip(hash.as_bytes()) {
            *out = *byte;
        }
    }
    fn signature_len(&self) -> usize {
        blake3::OUT_LEN
    }
    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let signature: [u8; blake3::OUT_LEN] = signature.try_into().map_err(|_| CryptoError)?;
        // Compared in constant time.
        if blake3::keyed_hash(&self.0, data) == signature {
            Ok(())
        } else {
            Err(CryptoError)
        }
    }
}

/// Names lines. A name says nothing of who gave it, so any packet that seems to be of a line is
/// answered; the answer is shorter than the packet, and there is a limit on how often.
struct Names {
    seed: [u8; blake3::KEY_LEN],
    given: u64,
}

impl ConnectionIdGenerator for Names {
    fn generate_cid(&mut self) -> ConnectionId {
        self.given = self.given.wrapping_add(1);
        let name = blake3::keyed_hash(&self.seed, &self.given.to_le_bytes());
        let name: [u8; NAME_BYTES] = name.as_bytes().first_chunk().copied().unwrap_or_default();
        ConnectionId::new(&name)
    }
    fn cid_len(&self) -> usize {
        NAME_BYTES
    }
    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

/// The configuration of a listener that can disown the lines of its former life.
pub(crate) fn endpoint_config(identity: &Identity) -> Result<EndpointConfig, IdentityError> {
    let mut seed = [0; blake3::KEY_LEN];
    // Drawn anew in each life: a name that is given twice would hide a line of the former one.
    let random = rustls::crypto::aws_lc_rs::default_provider().secure_random;
    random
        .fill(&mut seed)
        .map_err(|_| IdentityError::Unusable("the system's random source failed".to_owned()))?;
    let mut config = EndpointConfig::new(Arc::new(ResetKey::of(identity)));
    config
        .cid_generator(move || Box::new(Names { seed, given: 0 }))
        .min_reset_interval(RESET_INTERVAL_MIN);
    Ok(config)
}
