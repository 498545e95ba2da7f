//! How results are shown: tables for people, JSON for programs, colour only where it is wanted.

use std::io::{IsTerminal, Write, stderr, stdout};

use clap::ValueEnum;
use comfy_table::{Cell, Color, ContentArrangement, Table, TableComponent, presets};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::failure::Failure;

/// Columns of a terminal below which tables are not fitted to it.
const TERMINAL_WIDTH_MIN: u16 = 60;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs: the answer of the API as it is.
    Json,
    /// Of `population`: comma-separated values.
    Csv,
    /// Of `population`: a QCVN 109:2017 message (XML).
    Qcvn,
}

/// Whether colours may be used on the standard output (<https://no-color.org>).
pub(crate) fn coloured() -> bool {
    stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How good or bad a cell's news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing to say.
    Plain,
    /// As it should be.
    Good,
    /// To be watched.
    Late,
    /// To be acted upon.
    Bad,
}

/// A cell with a tone.
pub(crate) fn cell(text: impl ToString, tone: Tone) -> Cell {
    let cell = Cell::new(text);
    if !coloured() {
        return cell;
    }
    match tone {
        Tone::Plain => cell,
        Tone::Good => cell.fg(Color::Green),
        Tone::Late => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red),
    }
}

/// An empty table with these headings.
pub(crate) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_header(headings.to_vec());
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_style(TableComponent::LeftHeaderIntersection, '─');
    table.set_style(TableComponent::RightHeaderIntersection, '─');
    // A terminal that does not tell its width, or a very narrow one, gets whole lines.
    if table
        .width()
        .is_some_and(|width| width >= TERMINAL_WIDTH_MIN)
    {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if !coloured() {
        table.force_no_tty();
    }
    table
}

/// Prints a result for programs.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Failed(format!("the result cannot be written: {error}")))?;
    print_line(&text)
}

/// Prints a line; a reader that went away (`| head`) is no failure of ours.
pub(crate) fn print_line(text: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other.map_err(|error| Failure::Failed(format!("standard output: {error}"))),
    }
}

/// Prints why a command failed, on the error stream.
pub(crate) fn print_failure(failure: &Failure, global: &Global) {
    let mut stream = stderr();
    let _ = match global.format {
        Format::Table | Format::Csv | Format::Qcvn => {
            writeln!(stream, "registryctl: {failure}")
        }
        Format::Json => {
            let body = json!({"error": {"code": failure.code(), "words": failure.to_string()}});
            writeln!(stream, "{body}")
        }
    };
}

/// A number with its thousands apart: `32 200`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut result = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            result.push('\u{202f}');
        }
        result.push(digit);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, words) in [
            (7, "7"),
            (999, "999"),
            (1_000, "1\u{202f}000"),
            (1_234_567, "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(grouped(number), words);
        }
    }
}
