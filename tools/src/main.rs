//! `registryctl`: what operators, reviewers and integrators run against the central registry, and
//! the demonstration and measurements of the whole. It decides nothing: it asks, shows and
//! passes a person's word on. The daemons themselves are `central-registry` and `commune-node`.

use std::process::ExitCode;

use clap::Parser;

mod applications;
mod attachments;
mod bench;
mod bundles;
mod case_page;
mod cases;
mod central;
mod cli;
mod client;
mod contests;
mod decide;
mod demo;
mod duplicates;
mod duration;
mod failure;
mod lag;
mod nationality;
mod node;
mod nodes;
mod numbers;
mod officers;
mod operator;
mod output;
mod population;
mod readings;
mod returned;
mod simulate;
mod surveys;
mod units;
mod words;

use cli::{Cli, Command};
use failure::Failure;
use output::Format;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not errors; clap tells which stream is theirs.
            let code = if error.use_stderr() {
                failure::USAGE
            } else {
                0
            };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::print_failure(&failure, &cli.global);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let global = &cli.global;
    let is_of_people = matches!(global.format, Format::Csv | Format::Qcvn);
    if is_of_people && !matches!(cli.command, Command::Population(_)) {
        let words = "--format csv and qcvn are forms of `population`; use table or json here";
        return Err(Failure::Usage(words.to_owned()));
    }
    match &cli.command {
        Command::Lag(arguments) => lag::run(arguments, global),
        Command::Nodes => nodes::run(global),
        Command::Node(arguments) => node::run(arguments, global),
        Command::Bundle(arguments) => bundles::run(arguments, global),
        Command::Cases(arguments) => cases::run(arguments, global),
        Command::Case(arguments) => decide::run(arguments, global),
        Command::Act(arguments) => attachments::act(arguments, global),
        Command::Attachment(arguments) => attachments::save(arguments, global),
        Command::Numbers(arguments) => numbers::blocks(arguments, global),
        Command::Number(arguments) => numbers::run(arguments, global),
        Command::Nationality(arguments) => nationality::run(arguments, global),
        Command::Applications(arguments) => applications::list(arguments, global),
        Command::Application(arguments) => applications::run(arguments, global),
        Command::Quality(arguments) => surveys::quality(arguments, global),
        Command::Statistics(arguments) => surveys::statistics(arguments, global),
        Command::Duplicates(arguments) => duplicates::run(arguments, global),
        Command::Duplicate(arguments) => duplicates::run_one(arguments, global),
        Command::Returned(arguments) => returned::run(arguments, global),
        Command::Operator(arguments) => operator::run(arguments, global),
        Command::Officer(arguments) => officers::run(arguments, global),
        Command::Readings(arguments) => readings::run(arguments, global),
        Command::Units(arguments) => units::run(arguments, global),
        Command::Simulate(arguments) => simulate::run(arguments, global),
        Command::Replay(arguments) => simulate::replay(arguments),
        Command::Population(arguments) => population::run(arguments, global),
        Command::Demo(arguments) => demo::run(arguments, global),
        Command::Bench(arguments) => bench::run(arguments, global),
    }
}
