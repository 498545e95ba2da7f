//! The portrait (ảnh chân dung): the photograph of a person's face, and the thumbnail of it that
//! every office keeps for the people of its slice. A record names both; what they show is content
//! of attachments, which travels by itself ([`crate::attachment`]).
//!
//! Not here: making a thumbnail, for which pictures have to be read (the node does that).

use serde::{Deserialize, Serialize};

use crate::attachment::{Attachment, AttachmentKind};

/// What the paper is called under which an act names a portrait.
pub const PORTRAIT_PAPER: &str = "ảnh chân dung";
/// Largest thumbnail, bytes: thirty-two thousand of them are 384 MiB, and one is one piece on the
/// line.
pub const THUMBNAIL_BYTES_MAX: u32 = 12 << 10;
/// Widest thumbnail, pixels.
pub const THUMBNAIL_WIDTH_MAX: u32 = 240;
/// Highest thumbnail, pixels.
pub const THUMBNAIL_HEIGHT_MAX: u32 = 320;
/// A picture whose shorter side has fewer pixels shows no face that anybody would know again.
pub const PORTRAIT_SIDE_MIN: u32 = 100;

/// A photograph of a face with its thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Portrait {
    photo: Attachment,
    thumbnail: Attachment,
}

/// A portrait as it is read, before it is looked over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    photo: Attachment,
    thumbnail: Attachment,
}

impl TryFrom<Told> for Portrait {
    type Error = &'static str;
    fn try_from(told: Told) -> Result<Portrait, &'static str> {
        let words = "a portrait is a JPEG or PNG with a thumbnail, a JPEG of at most 12 KiB";
        Portrait::new(told.photo, told.thumbnail).ok_or(words)
    }
}

impl Portrait {
    /// This photograph with this thumbnail; `None` if the one is no picture, or the other is no
    /// JPEG of at most [`THUMBNAIL_BYTES_MAX`]: every office that holds the record fetches it.
    pub fn new(photo: Attachment, thumbnail: Attachment) -> Option<Portrait> {
        let small =
            thumbnail.kind() == AttachmentKind::Jpeg && thumbnail.bytes() <= THUMBNAIL_BYTES_MAX;
        (is_picture(&photo) && small).then_some(Portrait { photo, thumbnail })
    }

    /// The whole photograph.
    pub const fn photo(&self) -> Attachment {
        self.photo
    }

    /// The small one.
    pub const fn thumbnail(&self) -> Attachment {
        self.thumbnail
    }
}

/// Whether an attachment is a picture, and no document of pages.
pub fn is_picture(attachment: &Attachment) -> bool {
    matches!(
        attachment.kind(),
        AttachmentKind::Jpeg | AttachmentKind::Png
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment(first: &[u8], bytes: u32) -> Attachment {
        let mut content = first.to_vec();
        content.resize(usize::try_from(bytes).unwrap(), 7);
        Attachment::of(&content).unwrap()
    }

    #[test]
    fn a_portrait_is_a_picture_with_a_small_jpeg() {
        let (jpeg, png, pdf) = (b"\xff\xd8\xff".as_slice(), b"\x89PNG\r\n\x1a\n", b"%PDF-");
        let small = attachment(jpeg, THUMBNAIL_BYTES_MAX);
        for photo in [attachment(jpeg, 90_000), attachment(png, 90_000)] {
            let portrait = Portrait::new(photo, small).unwrap();
            let text = serde_json::to_string(&portrait).unwrap();
            assert_eq!(serde_json::from_str::<Portrait>(&text).unwrap(), portrait);
            let wire = postcard::to_stdvec(&portrait).unwrap();
            assert_eq!(postcard::from_bytes::<Portrait>(&wire).unwrap(), portrait);
        }
        let photo = attachment(jpeg, 90_000);
        for (photo, thumbnail) in [
            (attachment(pdf, 90_000), small),
            (photo, attachment(jpeg, THUMBNAIL_BYTES_MAX + 1)),
            (photo, attachment(png, 900)),
        ] {
            assert_eq!(Portrait::new(photo, thumbnail), None);
            let wire = postcard::to_stdvec(&(photo, thumbnail)).unwrap();
            assert!(postcard::from_bytes::<Portrait>(&wire).is_err());
        }
    }
}
