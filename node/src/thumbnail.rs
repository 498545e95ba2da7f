//! Thumbnails of portraits: from a photograph that somebody brought, a small JPEG that every office
//! keeps for the people of its slice. It stands upright, and nothing is left in it but the picture:
//! no place, no time, no camera.
//!
//! A photograph is bytes from outside, and a picture of some hundred bytes may claim to be as large
//! as a field. So its size is looked at before anything is decoded. Here is arithmetic alone; who
//! calls it, in which thread and how many at once is the interface's business.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits, RgbImage, RgbaImage, imageops};
use registry::attachment::AttachmentKind;
use registry::portrait::{
    PORTRAIT_SIDE_MIN, THUMBNAIL_BYTES_MAX, THUMBNAIL_HEIGHT_MAX, THUMBNAIL_WIDTH_MAX,
};

/// Most pixels of a photograph: twice what a telephone takes.
pub const PIXELS_MAX: u64 = 24_000_000;
/// Most bytes that a photograph may come to when it is decoded.
const DECODED_BYTES_MAX: u64 = 96 << 20;
/// How good a thumbnail is tried to be, the best first.
const QUALITIES: [u8; 6] = [82, 70, 58, 46, 34, 24];
/// So often a thumbnail that is too large at every quality is made smaller by a quarter.
const SHRINKS_MAX: usize = 8;

/// Why no thumbnail can be made of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ThumbnailError {
    /// Neither JPEG nor PNG.
    #[error("the photograph is neither JPEG nor PNG; take or save it as one of them")]
    Kind,
    /// It cannot be read.
    #[error("the photograph cannot be read: the file is damaged; take it again, or save it anew")]
    Broken,
    /// Too large.
    #[error("the photograph has more pixels than are taken (24 million); take or save it smaller")]
    TooLarge,
    /// Too small.
    #[error(
        "the picture is too small to show a face: its shorter side has {side} pixels and {PORTRAIT_SIDE_MIN} are needed; take it again from near"
    )]
    TooSmall {
        /// Pixels of its shorter side.
        side: u32,
    },
}

impl ThumbnailError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            ThumbnailError::Kind => "picture_kind",
            ThumbnailError::Broken => "picture_broken",
            ThumbnailError::TooLarge => "picture_too_large",
            ThumbnailError::TooSmall { .. } => "picture_too_small",
        }
    }
}

/// The thumbnail of a photograph: a JPEG of at most 240 × 320 pixels and 12 KiB. The same
/// photograph makes the same bytes.
pub fn of(photo: &[u8]) -> Result<Vec<u8>, ThumbnailError> {
    // The decoders are others' work, and a picture at which one of them fails as it never should is
    // a broken picture.
    std::panic::catch_unwind(|| made(photo)).unwrap_or(Err(ThumbnailError::Broken))
}

fn made(photo: &[u8]) -> Result<Vec<u8>, ThumbnailError> {
    let broken = |_| ThumbnailError::Broken;
    match AttachmentKind::of(photo) {
        Some(AttachmentKind::Jpeg) => {
            made_of(JpegDecoder::new(Cursor::new(photo)).map_err(broken)?)
        }
        Some(AttachmentKind::Png) => {
            let decoder = PngDecoder::with_limits(Cursor::new(photo), limits());
            made_of(decoder.map_err(broken)?)
        }
        Some(AttachmentKind::Pdf) | None => Err(ThumbnailError::Kind),
    }
}

/// Width and height of a thumbnail, for the page that shows it; `None` if it is no JPEG.
pub fn size_of(thumbnail: &[u8]) -> Option<(u32, u32)> {
    let decoder = JpegDecoder::new(Cursor::new(thumbnail)).ok()?;
    Some(decoder.dimensions())
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    limits
}

fn made_of(mut decoder: impl ImageDecoder) -> Result<Vec<u8>, ThumbnailError> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > PIXELS_MAX || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(ThumbnailError::TooLarge);
    }
    let side = width.min(height);
    if side < PORTRAIT_SIDE_MIN {
        return Err(ThumbnailError::TooSmall { side });
    }
    let broken = |_| ThumbnailError::Broken;
    decoder.set_limits(limits()).map_err(broken)?;
    // Without a readable note on how it was held it is taken as it lies.
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let photo = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let mut small = shrunk(photo, turn);
    small.apply_orientation(turn);
    encoded(on_white(small))
}

/// The picture within the bounds that it will have once it stands upright; one that is small
/// already stays as it is.
fn shrunk(photo: DynamicImage, turn: Orientation) -> DynamicImage {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let lies = matches!(turn, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH);
    let (width, height) = if lies {
        (THUMBNAIL_HEIGHT_MAX, THUMBNAIL_WIDTH_MAX)
    } else {
        (THUMBNAIL_WIDTH_MAX, THUMBNAIL_HEIGHT_MAX)
    };
    if photo.width() <= width && photo.height() <= height {
        photo
    } else {
        photo.thumbnail(width, height)
    }
}

/// What shines through is white, as paper is.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture: RgbaImage = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (paper, pixel) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, cover] = pixel.0;
        paper.0 = [red, green, blue].map(|ink| {
            let mixed = u32::from(ink) * u32::from(cover) + 255 * (255 - u32::from(cover));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        });
    }
    flat
}

/// The best JPEG that is small enough.
fn encoded(mut picture: RgbImage) -> Result<Vec<u8>, ThumbnailError> {
    let most = usize::try_from(THUMBNAIL_BYTES_MAX).unwrap_or(0);
    for _ in 0..SHRINKS_MAX {
        for quality in QUALITIES {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality)
                .encode_image(&picture)
                .map_err(|_| ThumbnailError::Broken)?;
            if bytes.len() <= most {
                return Ok(bytes);
            }
        }
        let less = |side: u32| (side - side / 4).max(1);
        let (width, height) = (less(picture.width()), less(picture.height()));
        picture = imageops::thumbnail(&picture, width, height);
    }
    Err(ThumbnailError::Broken)
}

#[cfg(test)]
mod tests;
