//! `commune-node`: the daemon of a commune office, and the command line to ask it.

use std::process::ExitCode;

use clap::Parser;
use commune_node::cli::{Cli, execute};

fn main() -> ExitCode {
    let exit = match execute(&Cli::parse()) {
        Ok(exit) => exit,
        Err(failure) => {
            eprintln!("commune-node: {} [{}]", failure.words, failure.code);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}
