//! `registryctl population`: synthetic people as a CSV file, for tests and exercises. The people
//! themselves are made by [`registry::population`].

use std::fs::File;
use std::io::{BufWriter, IsTerminal, stderr, stdout};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use registry::OfficeCode;
use registry::population::{Population, PopulationError, write_csv};

use crate::cli::{Global, PopulationArguments};
use crate::failure::Failure;
use crate::output::grouped;

/// Runs the command.
pub(crate) fn run(arguments: &PopulationArguments, _global: &Global) -> Result<(), Failure> {
    let people = arguments.people;
    let offices: Vec<_> = arguments
        .communes
        .iter()
        .map(|office| (*office, people))
        .collect();
    match &arguments.out {
        Some(path) => {
            let written = write_file(path, arguments.seed, &offices)?;
            eprintln!("{}: {} people", path.display(), grouped(written));
            Ok(())
        }
        None => {
            let population = Population::new(arguments.seed, &offices).map_err(refused)?;
            match write_csv(population, BufWriter::new(stdout().lock())) {
                // A reader that went away (`| head`) is no failure of ours.
                Err(PopulationError::Write(error)) if is_broken_pipe(&error) => Ok(()),
                other => other.map(|_| ()).map_err(refused),
            }
        }
    }
}

fn is_broken_pipe(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes the people of some offices; tells how many.
pub(crate) fn write_file(
    path: &Path,
    seed: u64,
    offices: &[(OfficeCode, u32)],
) -> Result<u64, Failure> {
    let population = Population::new(seed, offices).map_err(refused)?;
    let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
    let total = offices.iter().map(|(_, people)| u64::from(*people)).sum();
    let bar = bar(total, "people");
    let counted = population.inspect(|household| bar.inc(household.members.len() as u64));
    let written = write_csv(counted, BufWriter::new(file)).map_err(refused)?;
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
