//! Measures what making a thumbnail costs: photographs of twelve megapixels, upright and lying, as
//! JPEG and as PNG. `cargo run --release -p commune-node --example thumbnail_speed`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

use std::io::Cursor;
use std::time::{Duration, Instant};

use commune_node::thumbnail;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, RgbImage};

const RUNS: usize = 9;

/// A picture with planes, edges and some noise, as a camera's has.
fn picture(width: u32, height: u32) -> RgbImage {
    let mut state = 7_u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = state >> 29;
        let plane = |at: u32| u8::try_from((at + noise) % 256).unwrap();
        image::Rgb([
            plane(x / 20),
            plane(y / 16),
            plane((x / 300) ^ (y / 200 * 9)),
        ])
    })
}

fn measure(name: &str, photo: &[u8]) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            let made = thumbnail::of(photo).expect("a picture");
            assert!(made.len() <= 12 << 10);
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let made = thumbnail::of(photo).unwrap();
    println!(
        "{name}: {} kB, thumbnail {} B, median of {RUNS} {:?} ({:?} to {:?}); peak memory of the process {}",
        photo.len() / 1024,
        made.len(),
        times[RUNS / 2],
        times[0],
        times[RUNS - 1],
        peak()
    );
}

/// The most memory that the process ever had, as the kernel tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap_or_default().trim().to_owned()
}

fn main() {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 85)
        .encode_image(&picture(4_000, 3_000))
        .unwrap();
    measure("12 megapixels, JPEG", &jpeg);
    let mut small = Vec::new();
    JpegEncoder::new_with_quality(&mut small, 85)
        .encode_image(&picture(1_200, 1_600))
        .unwrap();
    measure("2 megapixels, JPEG", &small);
    let mut png = Cursor::new(Vec::new());
    picture(4_000, 3_000)
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    measure("12 megapixels, PNG", &png.into_inner());
}
