//! Writes a synthetic population as CSV to standard output.
//!
//! `cargo run -p registry --example population -- SEED CODE=PEOPLE…`, for example
//! `… -- 1 00004=32200 11914=800`.

use std::io::{BufWriter, stdout};
use std::process::ExitCode;

use registry::OfficeCode;
use registry::population::{Population, write_csv};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().and_then(|seed| seed.parse().ok());
    let offices: Option<Vec<(OfficeCode, u32)>> = arguments
        .map(|office| {
            let (code, people) = office.split_once('=')?;
            Some((code.parse().ok()?, people.parse().ok()?))
        })
        .collect();
    let (Some(seed), Some(offices)) = (seed, offices) else {
        eprintln!("usage: population SEED CODE=PEOPLE…, for example: population 1 00004=32200");
        return ExitCode::from(2);
    };
    let written = Population::new(seed, &offices)
        .and_then(|population| write_csv(population, BufWriter::new(stdout().lock())));
    match written {
        Ok(people) => {
            eprintln!("{people} people written");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
