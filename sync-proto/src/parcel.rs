//! A list of byte strings in one: each with its length before it, as the payload of a frame
//! before compression. Reading slices the payload and copies nothing.
//!
//! ```text
//! parcel = { length (varint, 1–4 bytes) ‖ bytes }*
//! ```

use bytes::{Buf, BufMut, Bytes, BytesMut};

use crate::error::{DecodeError, Violation};

/// Joins the strings.
pub(crate) fn pack<'a>(items: impl IntoIterator<Item = &'a [u8]>) -> Bytes {
    let mut out = BytesMut::new();
    for item in items {
        put_varint(&mut out, item.len());
        out.put_slice(item);
    }
    out.freeze()
}

/// Takes them apart again: at most `count_max` strings of at most `item_max` bytes.
pub(crate) fn unpack(
    mut parcel: Bytes,
    what: &'static str,
    count_max: usize,
    item_max: usize,
) -> Result<Vec<Bytes>, crate::SessionError> {
    let mut items = Vec::new();
    while parcel.has_remaining() {
        if items.len() >= count_max {
            return Err(Violation::Limit {
                what,
                max: count_max,
            }
            .into());
        }
        let len = take_varint(&mut parcel).ok_or(DecodeError::Payload)?;
        if len > item_max {
            return Err(Violation::Limit {
                what,
                max: item_max,
            }
            .into());
        }
        if len > parcel.len() {
            return Err(DecodeError::Payload.into());
        }
        items.push(parcel.split_to(len));
    }
    Ok(items)
}

pub(crate) fn put_varint(out: &mut BytesMut, value: usize) {
    let mut rest = value;
    loop {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            out.put_u8(low);
            return;
        }
        out.put_u8(low | 0x80);
    }
}

/// Reads a number of at most four bytes (28 bits), in its shortest form only.
pub(crate) fn take_varint(bytes: &mut Bytes) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7, 14, 21] {
        let byte = bytes.try_get_u8().ok()?;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return (byte != 0 || shift == 0).then_some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_and_limits_hold() {
        let items = [&b""[..], b"a", &[7; 300]];
        let parcel = pack(items);
        assert_eq!(parcel.len(), 1 + 2 + 302);
        assert_eq!(unpack(parcel.clone(), "x", 3, 300).unwrap(), items);
        assert!(unpack(parcel.clone(), "x", 2, 300).is_err());
        assert!(unpack(parcel.clone(), "x", 3, 299).is_err());
        assert!(unpack(parcel.slice(..parcel.len() - 1), "x", 3, 300).is_err());
        assert!(unpack(Bytes::from_static(&[0x80, 0x00]), "x", 3, 300).is_err());
        assert!(unpack(Bytes::from_static(&[0xff; 8]), "x", 3, 300).is_err());
    }
}
