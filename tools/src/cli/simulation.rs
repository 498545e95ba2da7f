//! The arguments of `registryctl simulate` and `registryctl replay`.

use std::path::PathBuf;

use clap::Args;

const SIMULATE_EXAMPLES: &str = "\
Examples:
  registryctl simulate --seeds 1..10000        many runs, on every processor
  registryctl simulate --seed 4711             one run; if it fails, its recording is written
  registryctl simulate --seed 7 --profile edge_cell --offices 5 --steps 400
  registryctl simulate --sabotage half-act     a fault planted on purpose has to be found
                                               (builds with debug assertions only)

Exit codes: 0 everything held (or the planted fault was found), 1 an invariant did not hold.";

#[derive(Debug, Args)]
#[command(after_help = SIMULATE_EXAMPLES)]
pub(crate) struct SimulateArguments {
    /// One seed: the same seed is the same run.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    pub(crate) seed: Option<u64>,
    /// Many seeds, the first and the last.
    #[arg(long, value_name = "A..B", value_parser = seeds, default_value = "1..200")]
    pub(crate) seeds: (u64, u64),
    /// Offices beside the centre.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=8))]
    pub(crate) offices: u8,
    /// Acts, decisions and faults of a run.
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub(crate) steps: u32,
    /// The line of every office, by its name in link_profiles.csv; drawn for each if left out.
    #[arg(long, value_name = "NAME", value_parser = profile)]
    pub(crate) profile: Option<String>,
    /// Numbers of each sex that the centre sets aside for every office; none if left out.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) numbers_at_hand: u16,
    /// By how much the clock of a device may go fast or slow, in parts of a million; drawn for each.
    #[arg(long, default_value_t = 20_000, value_name = "PPM", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) drift_ppm: u32,
    /// Plants a fault that has to be found: acknowledge-before-flush, skip-flush, drop-parked,
    /// reuse-actor, forget-receipt, half-act, latest-wins, skip-feed-entry, ignore-revocation,
    /// order-dependent-disputes, leave-in-slice, pin-twice, forget-readings, read-unseen,
    /// forget-thumbnails, forget-papers, panic.
    #[arg(long, value_name = "NAME")]
    pub(crate) sabotage: Option<String>,
    /// Where recordings of failing runs go.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
}

fn profile(name: &str) -> Result<String, String> {
    let names = registry_simulation::profile_names();
    if names.iter().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    Err(format!("the lines are {}", names.join(", ")))
}

fn seeds(text: &str) -> Result<(u64, u64), String> {
    let words = "two numbers with two dots between them, as in 1..10000";
    let (first, last) = text.split_once("..").ok_or(words)?;
    let number = |text: &str| {
        text.trim_start_matches('=')
            .parse::<u64>()
            .map_err(|_| words)
    };
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        return Err("the first seed comes before the last".to_owned());
    }
    Ok((first, last))
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  registryctl replay simulation-4711.json      what happened, with the state of each office
  registryctl replay simulation-4711.json --step
                                               one planned step at a time; Enter goes on
  registryctl replay simulation-4711.json --shrink smaller.json
                                               leaves out what the failure does not need";

#[derive(Debug, Args)]
#[command(after_help = REPLAY_EXAMPLES)]
pub(crate) struct ReplayArguments {
    /// The recording.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Wait for Enter after each planned step.
    #[arg(long)]
    pub(crate) step: bool,
    /// Leave out of the plan what the failure does not need and write the rest.
    #[arg(long, value_name = "FILE")]
    pub(crate) shrink: Option<PathBuf>,
}
