//! Cuts the power of a node and of a centre, and says what was found.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use power_cuts::pair::Side;
use power_cuts::run::{Deaf, Plan, quiet_sled, run};

/// Cuts the power of daemons at work on a disk that then loses what was not synced.
#[derive(Parser)]
#[command(name = "power-cuts", version)]
struct Arguments {
    /// Cuts of each daemon while it writes; those after it was closed come besides.
    #[arg(long, default_value_t = 1000)]
    cuts: u32,
    /// Only the node.
    #[arg(long)]
    node: bool,
    /// Only the centre.
    #[arg(long)]
    centre: bool,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Let the fsync of these files do nothing, to see that the loss is found.
    #[arg(long)]
    without_fsync: Option<DeafArgument>,
}

/// Whose fsync is left out.
#[derive(Clone, Copy, clap::ValueEnum)]
enum DeafArgument {
    /// The journal's.
    Journal,
    /// That of attachments.
    Attachments,
    /// That of the folder in which the daemon's directory stands.
    Directory,
}

impl From<DeafArgument> for Deaf {
    fn from(argument: DeafArgument) -> Deaf {
        match argument {
            DeafArgument::Journal => Deaf::Journal,
            DeafArgument::Attachments => Deaf::Attachments,
            DeafArgument::Directory => Deaf::Directory,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    quiet_sled();
    let both = arguments.node == arguments.centre;
    let mut good = true;
    for (side, wanted) in [
        (Side::Node, arguments.node),
        (Side::Centre, arguments.centre),
    ] {
        if both || wanted {
            good &= cut(&arguments, side);
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs one side; whether every promise was kept.
fn cut(arguments: &Arguments, side: Side) -> bool {
    let plan = Plan {
        side,
        cuts: arguments.cuts,
        seed: arguments.seed,
        without_fsync: arguments.without_fsync.map(Deaf::from),
    };
    let bar = ProgressBar::new(u64::from(plan.cuts));
    if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} cuts, {eta}") {
        bar.set_style(style);
    }
    bar.set_prefix(side.name());
    let begun = Instant::now();
    let result = run(&plan, &mut |tally| {
        bar.set_position(u64::from(tally.cut_while_writing()));
    });
    bar.finish_and_clear();
    let seconds = begun.elapsed().as_secs_f64();
    let name = side.name();
    match result {
        Ok(tally) => {
            println!(
                "{name}, seed {}: nothing lost. {tally}; {seconds:.1} s",
                plan.seed
            );
            true
        }
        Err(error) => {
            println!("{name}: {error}; after {seconds:.1} s");
            false
        }
    }
}
