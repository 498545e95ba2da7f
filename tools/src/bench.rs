//! `registryctl bench`: measurements with real processes on this machine, each against its goal.
//! They are figures to be looked at, never tests: nothing fails because it is slow.

use serde::Serialize;
use serde_json::json;

use crate::cli::{BenchArguments, Global, Measure};
use crate::demo::Folder;
use crate::demo::cast::Cast;
use crate::demo::fleet::{Fleet, Plan};
use crate::demo::processes::Interrupt;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

mod accept;
mod disk;
mod duplicates;
mod fill;
mod node;
mod process;
mod search;
mod spread;
mod traffic;

/// The commune that is measured.
const OFFICE: u32 = 4;

/// People of the largest commune.
const COMMUNE_PEOPLE_MAX: u32 = 250_000;

/// One figure with its goal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: &'static str,
    /// The figure.
    pub(crate) measured: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The goal, if there is one.
    pub(crate) goal: Option<f64>,
    /// Whether less is better.
    pub(crate) less_is_better: bool,
    /// What the figure must be read with.
    pub(crate) note: String,
}

impl Figure {
    /// A figure that should be at most `goal`.
    pub(crate) fn at_most(
        what: &'static str,
        measured: f64,
        unit: &'static str,
        goal: f64,
    ) -> Self {
        let goal = Some(goal);
        Figure {
            what,
            measured,
            unit,
            goal,
            less_is_better: true,
            note: String::new(),
        }
    }

    /// A figure that should be at least `goal`.
    pub(crate) fn at_least(
        what: &'static str,
        measured: f64,
        unit: &'static str,
        goal: f64,
    ) -> Self {
        Figure {
            less_is_better: false,
            ..Figure::at_most(what, measured, unit, goal)
        }
    }

    /// A figure without a goal, to compare others with.
    pub(crate) fn plain(what: &'static str, measured: f64, unit: &'static str) -> Self {
        Figure {
            goal: None,
            ..Figure::at_most(what, measured, unit, 0.0)
        }
    }

    /// The figure with a remark.
    #[must_use]
    pub(crate) fn with(self, note: impl Into<String>) -> Self {
        Figure {
            note: note.into(),
            ..self
        }
    }

    /// Whether the goal is met.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let goal = self.goal?;
        Some(if self.less_is_better {
            self.measured <= goal
        } else {
            self.measured >= goal
        })
    }
}

/// What measurements run on.
pub(crate) struct Bench {
    pub(crate) fleet: Fleet,
    pub(crate) cast: Cast,
    /// Numbers already given to phones, so that every act changes something.
    pub(crate) serial: u32,
}

/// Runs the command.
pub(crate) fn run(arguments: &BenchArguments, global: &Global) -> Result<(), Failure> {
    let all = [
        Measure::Fill,
        Measure::Acts,
        Measure::Idle,
        Measure::Reconnect,
        Measure::Accept,
        Measure::Find,
        Measure::Node,
    ];
    let wanted = if arguments.what.is_empty() {
        all.to_vec()
    } else {
        arguments.what.clone()
    };
    let real: Vec<Measure> = wanted
        .iter()
        .copied()
        .filter(|what| *what != Measure::Duplicates)
        .collect();
    if real.len() < wanted.len() {
        duplicates::measure(arguments, global)?;
    }
    let wanted = real;
    if wanted.is_empty() {
        return Ok(());
    }
    if arguments.people > COMMUNE_PEOPLE_MAX {
        let words = format!(
            "a commune has at most {COMMUNE_PEOPLE_MAX} people; only `bench duplicates` takes more"
        );
        return Err(Failure::Usage(words));
    }
    let interrupt = Interrupt::listen()?;
    let folder = Folder::make(arguments.dir.as_deref(), false)?;
    let office = registry::OfficeCode::new(OFFICE)
        .ok_or_else(|| Failure::Failed("no commune to measure".into()))?;
    let plan = Plan {
        lan: None,
        offices: &[office],
        people: arguments.people,
        seed: arguments.seed,
        folder: folder.path(),
    };
    let fleet = Fleet::start(&plan, &interrupt, |words| eprintln!("{words}"))?;
    let cast = Cast::of(arguments.seed, office, arguments.people)?;
    let mut bench = Bench {
        fleet,
        cast,
        serial: 0,
    };
    // The first fill is part of joining; the others need it done.
    let mut figures = fill::measure(&mut bench, office)?;
    if !wanted.contains(&Measure::Fill) {
        figures.clear();
    }
    for what in wanted {
        eprintln!("measuring: {what:?}");
        figures.extend(match what {
            Measure::Fill | Measure::Duplicates => Vec::new(),
            Measure::Acts => traffic::acts(&mut bench)?,
            Measure::Idle => traffic::idle(&mut bench)?,
            Measure::Reconnect => traffic::reconnect(&mut bench)?,
            Measure::Accept => accept::measure(&mut bench)?,
            Measure::Find => search::measure(&mut bench)?,
            Measure::Node => node::measure(&mut bench)?,
        });
    }
    bench.fleet.stop();
    print(&figures, arguments, global)
}

fn print(figures: &[Figure], arguments: &BenchArguments, global: &Global) -> Result<(), Failure> {
    if global.format == Format::Json {
        return print_json(&json!({
            "people": arguments.people,
            "seed": arguments.seed,
            "version": env!("CARGO_PKG_VERSION"),
            "optimised": !cfg!(debug_assertions),
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "figures": figures,
        }));
    }
    let mut shown = table(&["what", "measured", "goal", "note"]);
    for figure in figures {
        let tone = match figure.is_met() {
            None => Tone::Plain,
            Some(true) => Tone::Good,
            Some(false) => Tone::Bad,
        };
        let sign = if figure.less_is_better { "≤" } else { "≥" };
        shown.add_row([
            cell(figure.what, Tone::Plain),
            cell(
                format!("{} {}", rounded(figure.measured), figure.unit),
                tone,
            ),
            cell(
                figure
                    .goal
                    .map_or_else(String::new, |goal| format!("{sign} {}", rounded(goal))),
                Tone::Plain,
            ),
            cell(&figure.note, Tone::Plain),
        ]);
    }
    print_line(shown)?;
    if cfg!(debug_assertions) {
        print_line("not optimised: build with --release before comparing")?;
    }
    Ok(())
}

/// Three digits that matter.
fn rounded(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_from_its_own_side() {
        assert_eq!(Figure::at_most("x", 3.0, "B", 3.0).is_met(), Some(true));
        assert_eq!(Figure::at_most("x", 3.1, "B", 3.0).is_met(), Some(false));
        assert_eq!(Figure::at_least("x", 3.1, "B", 3.0).is_met(), Some(true));
        assert_eq!(Figure::plain("x", 3.1, "B").is_met(), None);
    }

    #[test]
    fn figures_show_the_digits_that_matter() {
        assert_eq!(
            [rounded(1234.5), rounded(12.34), rounded(1.234)],
            ["1234", "12.3", "1.23"]
        );
    }
}
