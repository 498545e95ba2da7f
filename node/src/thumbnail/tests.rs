//! Pictures as they come: wide, tall, lying on their side, transparent, noise, bombs, and none.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

const RED: [u8; 3] = [200, 30, 30];
const BLUE: [u8; 3] = [30, 30, 200];

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode_image(picture)
        .unwrap();
    bytes
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Red above, blue below.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| {
        Rgb(if y < height / 2 { RED } else { BLUE })
    })
}

/// The same file with a note of how the camera was held, and with where it was.
fn held(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    exif.extend(orientation.to_be_bytes());
    exif.extend(b"\0\0\0\0\0\0 21.0278N 105.8342E");
    let length = u16::try_from(exif.len() + 2).unwrap();
    let (first, rest) = jpeg.split_at(2);
    [first, b"\xff\xe1", &length.to_be_bytes(), &exif, rest].concat()
}

fn shown(thumbnail: &[u8]) -> DynamicImage {
    assert!(thumbnail.len() <= 12 << 10, "{} bytes", thumbnail.len());
    let shown = image::load_from_memory_with_format(thumbnail, ImageFormat::Jpeg).unwrap();
    assert_eq!(size_of(thumbnail), Some(shown.dimensions()));
    assert!(shown.width() <= 240 && shown.height() <= 320);
    shown
}

fn is_near(found: Rgba<u8>, wanted: [u8; 3]) -> bool {
    let [red, green, blue, _] = found.0;
    let near = |(one, two): (u8, u8)| one.abs_diff(two) < 40;
    [red, green, blue].into_iter().zip(wanted).all(near)
}

#[test]
fn a_photograph_is_made_small_and_keeps_its_shape() {
    for (size, wanted) in [
        ((1200, 1600), (240, 320)),
        ((1600, 1200), (240, 180)),
        ((450, 1500), (96, 320)),
        ((120, 160), (120, 160)),
        ((100, 100), (100, 100)),
    ] {
        let photo = two_halves(size.0, size.1);
        for bytes in [jpeg(&photo), png(&DynamicImage::ImageRgb8(photo.clone()))] {
            let thumbnail = of(&bytes).unwrap();
            let small = shown(&thumbnail);
            assert_eq!(small.dimensions(), wanted, "{size:?}");
            let (width, height) = wanted;
            assert!(is_near(small.get_pixel(width / 2, height / 8), RED));
            assert!(is_near(
                small.get_pixel(width / 2, height - height / 8),
                BLUE
            ));
            assert_eq!(of(&bytes).unwrap(), thumbnail);
        }
    }
}

#[test]
fn a_photograph_taken_sideways_stands_upright_and_tells_nothing_of_where_it_was_taken() {
    // The camera lay on its side: the left of the file is what was above.
    let lying = imageops::rotate270(&two_halves(900, 1200));
    assert_eq!(lying.dimensions(), (1200, 900));
    let plain = jpeg(&lying);
    assert_eq!(shown(&of(&plain).unwrap()).dimensions(), (240, 180));
    for orientation in [6, 8] {
        let photo = held(&plain, orientation);
        let thumbnail = of(&photo).unwrap();
        let small = shown(&thumbnail);
        assert_eq!(small.dimensions(), (240, 320));
        let (above, below) = if orientation == 6 {
            (RED, BLUE)
        } else {
            (BLUE, RED)
        };
        assert!(is_near(small.get_pixel(120, 20), above), "{orientation}");
        assert!(is_near(small.get_pixel(120, 300), below), "{orientation}");
        let tells = |words: &[u8]| thumbnail.windows(words.len()).any(|at| at == words);
        assert!(photo.windows(4).any(|at| at == b"Exif"));
        assert!(!tells(b"Exif") && !tells(b"105.8342E"));
    }
}

#[test]
fn what_shines_through_is_white() {
    let clear = RgbaImage::from_fn(300, 400, |_, y| {
        Rgba([0, 0, 0, if y < 200 { 0 } else { 255 }])
    });
    let thumbnail = of(&png(&DynamicImage::ImageRgba8(clear))).unwrap();
    let small = shown(&thumbnail);
    assert!(is_near(small.get_pixel(120, 20), [255; 3]));
    assert!(is_near(small.get_pixel(120, 300), [0; 3]));
    let grey = DynamicImage::new_luma16(200, 200);
    assert!(is_near(
        shown(&of(&png(&grey)).unwrap()).get_pixel(9, 9),
        [0; 3]
    ));
}

#[test]
fn noise_is_held_to_twelve_kilobytes_too() {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(240, 320, |_, _| {
        Rgb([0; 3].map(|_: u8| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(state >> 24).unwrap()
        }))
    });
    let photo = jpeg(&noise);
    assert!(photo.len() > 100 << 10);
    let small = shown(&of(&photo).unwrap());
    assert!(small.width() >= 60, "{:?}", small.dimensions());
}

#[test]
fn a_picture_that_claims_to_be_a_field_is_refused_before_it_is_decoded() {
    let small = jpeg(&two_halves(200, 200));
    // Height and width stand behind the mark of the frame.
    let frame = small.windows(2).position(|at| at == [0xff, 0xc0]).unwrap();
    let claiming = |height: u16, width: u16| {
        let mut bomb = small.clone();
        bomb[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bomb[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        bomb
    };
    assert!(of(&claiming(200, 200)).is_ok());
    assert_eq!(of(&claiming(65_000, 65_000)), Err(ThumbnailError::TooLarge));
    assert_eq!(of(&claiming(4_001, 6_000)), Err(ThumbnailError::TooLarge));
    assert_eq!(
        of(&claiming(99, 2_000)),
        Err(ThumbnailError::TooSmall { side: 99 })
    );
    let mut bomb = png(&DynamicImage::new_rgb8(200, 200));
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    // Its checksum does not hold either, so it is refused at the one or the other.
    assert!(matches!(
        of(&bomb),
        Err(ThumbnailError::TooLarge | ThumbnailError::Broken)
    ));
}

#[test]
fn what_is_no_picture_or_none_any_more_is_refused() {
    for content in [&b"%PDF-1.7 a document"[..], b"MZ a program", b""] {
        assert_eq!(of(content), Err(ThumbnailError::Kind));
    }
    let photo = png(&DynamicImage::ImageRgb8(two_halves(300, 300)));
    assert!(of(&photo).is_ok());
    assert_eq!(of(&photo[..photo.len() / 2]), Err(ThumbnailError::Broken));
    assert_eq!(of(&photo[..9]), Err(ThumbnailError::Broken));
    assert_eq!(of(b"\xff\xd8\xff"), Err(ThumbnailError::Broken));
    for (error, code) in [
        (ThumbnailError::Kind, "picture_kind"),
        (ThumbnailError::Broken, "picture_broken"),
        (ThumbnailError::TooLarge, "picture_too_large"),
        (ThumbnailError::TooSmall { side: 9 }, "picture_too_small"),
    ] {
        assert_eq!(error.code(), code);
    }
}
