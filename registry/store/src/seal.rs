//! AES-256-GCM for pages, frames and cached values. Which key and which nonce belong to which place
//! is decided by the callers; here they are only combined.

use std::io;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// A key for one place: one file, or one life of the cache.
pub(crate) struct Seal {
    key: LessSafeKey,
}

/// The content does not belong to its place, or is damaged.
#[derive(Debug)]
pub(crate) struct Broken;

impl Seal {
    pub(crate) fn new(key: &[u8; 32]) -> io::Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| failed())?;
        Ok(Self {
            key: LessSafeKey::new(key),
        })
    }

    /// Seals in place. A number is used once under one key.
    pub(crate) fn close(&self, number: u64, place: &[u8], content: &mut Vec<u8>) -> io::Result<()> {
        self.key
            .seal_in_place_append_tag(numbered(number), Aad::from(place), content)
            .map_err(|_| failed())
    }

    /// Opens in place, and leaves only the content.
    pub(crate) fn open(
        &self,
        number: u64,
        place: &[u8],
        sealed: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        let length = self
            .key
            .open_in_place(numbered(number), Aad::from(place), sealed)
            .map_err(|_| Broken)?
            .len();
        sealed.truncate(length);
        Ok(())
    }

    /// Seals under a random nonce: nonce, then content and tag.
    pub(crate) fn close_random(
        &self,
        nonces: &mut Nonces,
        place: &[u8],
        content: &[u8],
    ) -> io::Result<Vec<u8>> {
        let nonce = nonces.next()?;
        let tag_bytes = AES_256_GCM.tag_len();
        let mut sealed = Vec::with_capacity(NONCE_LEN + content.len() + tag_bytes);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(content);
        let (_, body) = sealed.split_at_mut_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(place), body)
            .map_err(|_| failed())?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`Seal::close_random`] made.
    pub(crate) fn open_random(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, body) = sealed.split_first_chunk().ok_or(Broken)?;
        let mut content = body.to_vec();
        let length = self
            .key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place),
                &mut content,
            )
            .map_err(|_| Broken)?
            .len();
        content.truncate(length);
        Ok(content)
    }
}

/// Random nonces, drawn many at a time: asking the generator costs more than what it gives.
pub(crate) struct Nonces {
    drawn: Vec<[u8; NONCE_LEN]>,
    /// How many are drawn next.
    count: usize,
}

impl Nonces {
    /// Most that are drawn at a time.
    const DRAWN_MAX: usize = 1024;

    /// For about so many values.
    pub(crate) fn about(count: usize) -> Self {
        Self {
            drawn: Vec::new(),
            count: count.clamp(1, Self::DRAWN_MAX),
        }
    }

    /// Each is given out once.
    fn next(&mut self) -> io::Result<[u8; NONCE_LEN]> {
        if let Some(nonce) = self.drawn.pop() {
            return Ok(nonce);
        }
        let mut bytes = vec![0; self.count.saturating_mul(NONCE_LEN)];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| failed())?;
        self.drawn.extend_from_slice(bytes.as_chunks().0);
        self.drawn.pop().ok_or_else(failed)
    }
}

fn numbered(number: u64) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().zip(number.to_le_bytes()) {
        *to = from;
    }
    Nonce::assume_unique_for_key(nonce)
}

fn failed() -> io::Error {
    io::Error::other("the cryptographic library refused")
}
