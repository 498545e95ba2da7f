//! Writes good inputs of every target into a folder, one folder each:
//! `cargo run -p hostile-inputs --example seeds -- FOLDER`.
#![allow(clippy::expect_used)]

use std::path::PathBuf;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder to write to");
    let folder = PathBuf::from(folder);
    for target in hostile_inputs::TARGETS {
        let own = folder.join(target.name);
        std::fs::create_dir_all(&own).expect("a folder that can be written to");
        for (number, input) in hostile_inputs::good_inputs(target.name).iter().enumerate() {
            std::fs::write(own.join(format!("good-{number:02}")), input).expect("room");
        }
    }
}
