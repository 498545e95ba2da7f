//! Photographs: whatever bytes they are, a small JPEG comes of them or a word why not.

use std::sync::OnceLock;

use commune_node::thumbnail::{self, ThumbnailError};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};

/// The bytes as a photograph: a thumbnail is small, is shown, and is one that a thumbnail can be
/// made of again.
pub(crate) fn photograph(bytes: &[u8]) {
    let Ok(made) = thumbnail::of(bytes) else {
        return;
    };
    assert!(made.len() <= 12 << 10, "{} bytes", made.len());
    let (width, height) = thumbnail::size_of(&made).expect("a picture to show");
    assert!((1..=240).contains(&width) && (1..=320).contains(&height));
    assert!(!made.windows(4).any(|at| at == b"Exif"));
    match thumbnail::of(&made) {
        // A picture as narrow as allowed is narrower when it is small.
        Ok(_) | Err(ThumbnailError::TooSmall { .. }) => {}
        Err(error) => panic!("a thumbnail is refused: {error}"),
    }
}

/// Good inputs.
pub(crate) fn good() -> Vec<Vec<u8>> {
    static GOOD: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    GOOD.get_or_init(|| vec![jpeg(), turned(&jpeg()), png(), b"%PDF-1.7 no face".to_vec()])
        .clone()
}

fn picture() -> RgbImage {
    RgbImage::from_fn(120, 160, |x, y| {
        let shade = |at: u32| u8::try_from(at % 256).unwrap_or(0);
        image::Rgb([shade(x * 2), shade(y), shade(x ^ y)])
    })
}

fn jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 30)
        .encode_image(&picture())
        .expect("memory");
    bytes
}

/// With a note that the camera lay on its side.
fn turned(jpeg: &[u8]) -> Vec<u8> {
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let (first, rest) = jpeg.split_at(2);
    [first, exif, rest].concat()
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let clear = DynamicImage::ImageRgb8(picture()).into_rgba8();
    clear
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("memory");
    bytes.into_inner()
}
