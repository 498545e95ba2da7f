//! How content is packed before it is sealed.
//!
//! ```text
//! 0  1  0: as it is, 1: zstd
//! 1  4  length of the content, u32 little endian
//! 5  …  the content
//! ```

use std::io;

use crate::limits::COMPRESS_ABOVE_BYTES;
use crate::seal::Broken;

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const LEVEL: i32 = 1;

/// Packs one content after the other with the same tables, which cost more to set up than a small
/// group costs to compress.
#[derive(Default)]
pub(crate) struct Packer {
    compressor: Option<zstd::bulk::Compressor<'static>>,
}

impl Packer {
    pub(crate) fn pack(&mut self, content: &[u8]) -> io::Result<Vec<u8>> {
        if content.len() <= COMPRESS_ABOVE_BYTES {
            return framed(content, None);
        }
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            none => none.insert(zstd::bulk::Compressor::new(LEVEL)?),
        };
        let smaller = compressor.compress(content)?;
        let is_smaller = smaller.len() < content.len();
        framed(content, is_smaller.then_some(smaller.as_slice()))
    }
}

/// The content, or what it was packed to if that is smaller.
fn framed(content: &[u8], packed: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let length = u32::try_from(content.len()).map_err(io::Error::other)?;
    let (tag, body) = packed.map_or((PLAIN, content), |packed| (ZSTD, packed));
    // Room for the tag of the seal, which is appended in place.
    let mut out = Vec::with_capacity(body.len() + 32);
    out.push(tag);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(body);
    Ok(out)
}

/// The content, if it has the length that it says and that is at most `bytes_max`.
pub(crate) fn unpack(packed: &[u8], bytes_max: usize) -> Result<Vec<u8>, Broken> {
    let (tag, rest) = packed.split_first().ok_or(Broken)?;
    let (length, body) = rest.split_first_chunk().ok_or(Broken)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Broken)?;
    if length > bytes_max {
        return Err(Broken);
    }
    let content = match *tag {
        PLAIN => body.to_vec(),
        ZSTD => zstd::bulk::decompress(body, length).map_err(|_| Broken)?,
        _ => return Err(Broken),
    };
    if content.len() == length {
        Ok(content)
    } else {
        Err(Broken)
    }
}
