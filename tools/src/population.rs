//! `registryctl population`: synthetic people as a CSV file or a QCVN 109 message, for tests and exercises. The people
//! themselves are made by [`registry::population`].

use std::fs::File;
use std::io::{BufWriter, IsTerminal, stderr, stdout};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use registry::OfficeCode;
use registry::population::{
    AS_OF_YEAR, Population, PopulationError, SyntheticHousehold, write_csv, write_qcvn,
    write_qcvn_file,
};

use crate::cli::{Global, PopulationArguments};
use crate::failure::Failure;
use crate::output::{Format, grouped};

/// Runs the command.
pub(crate) fn run(arguments: &PopulationArguments, global: &Global) -> Result<(), Failure> {
    let form = match global.format {
        Format::Table | Format::Csv => Form::Csv,
        Format::Qcvn => Form::Qcvn,
        Format::Json => {
            let words = "people are written as --format csv or --format qcvn";
            return Err(Failure::Usage(words.to_owned()));
        }
    };
    let people = arguments.people;
    let offices: Vec<_> = arguments
        .communes
        .iter()
        .map(|office| (*office, people))
        .collect();
    match arguments
        .out
        .as_deref()
        .filter(|path| *path != Path::new("-"))
    {
        Some(path) => {
            if path.exists() && !arguments.force {
                let path = path.display();
                let words = format!("{path} is there already: say --force to replace it");
                return Err(Failure::Usage(words));
            }
            let written = write_to(path, form, arguments.seed, &offices)?;
            eprintln!("{}: {} people", path.display(), grouped(written));
            Ok(())
        }
        None => match write(arguments.seed, &offices, |people| {
            let to = BufWriter::new(stdout().lock());
            match form {
                Form::Csv => write_csv(people, to),
                Form::Qcvn => write_qcvn(people, &data_day(), to),
            }
        })? {
            // A reader that went away (`| head`) is no failure of ours.
            Err(PopulationError::Write(error)) if is_broken_pipe(&error) => Ok(()),
            other => other.map(|_| ()).map_err(refused),
        },
    }
}

/// The form of a file of people.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Qcvn,
}

fn is_broken_pipe(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes the people of some offices as CSV; tells how many.
pub(crate) fn write_file(
    path: &Path,
    seed: u64,
    offices: &[(OfficeCode, u32)],
) -> Result<u64, Failure> {
    write_to(path, Form::Csv, seed, offices)
}

fn write_to(
    path: &Path,
    form: Form,
    seed: u64,
    offices: &[(OfficeCode, u32)],
) -> Result<u64, Failure> {
    // What cannot be drawn leaves no empty file behind.
    Population::new(seed, offices).map_err(refused)?;
    let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
    let to = BufWriter::new(file);
    let written = write(seed, offices, |people| match form {
        Form::Csv => write_csv(people, to),
        Form::Qcvn => write_qcvn_file(people, &data_day(), to),
    })?;
    written.map_err(refused)
}

/// The day of which the data of a message are.
fn data_day() -> String {
    format!("{AS_OF_YEAR}-07-01")
}

/// Writes people, with a progress bar; the outer error is what cannot be drawn.
fn write(
    seed: u64,
    offices: &[(OfficeCode, u32)],
    to: impl FnOnce(&mut dyn Iterator<Item = SyntheticHousehold>) -> Result<u64, PopulationError>,
) -> Result<Result<u64, PopulationError>, Failure> {
    let population = Population::new(seed, offices).map_err(refused)?;
    let total = offices.iter().map(|(_, people)| u64::from(*people)).sum();
    let bar = bar(total, "people");
    let mut counted = population.inspect(|household| bar.inc(household.members.len() as u64));
    let written = to(&mut counted);
    bar.finish_and_clear();
    Ok(written)
}

fn refused(error: PopulationError) -> Failure {
    match error {
        PopulationError::Write(error) => Failure::Failed(format!("cannot write: {error}")),
        other => Failure::Usage(other.to_string()),
    }
}

/// A progress bar on a terminal, nothing elsewhere.
pub(crate) fn bar(total: u64, unit: &'static str) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    let template = format!("{{bar:40}} {{human_pos}}/{{human_len}} {unit}, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
