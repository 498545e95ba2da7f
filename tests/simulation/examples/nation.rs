//! The whole decree of July 2025 on a nation under the 10,035 communes of before, a third of whose
//! offices are dark with unsent acts:
//! `cargo run --release -p registry-simulation --example nation -- [COMMUNES] [PEOPLE OF EACH]`.

use std::process::ExitCode;
use std::time::Instant;

use registry_simulation::{Failure, Nation, NationFigures, NationSize};

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>());
    let (Ok(communes), Ok(people)) = (
        numbers.next().unwrap_or(Ok(10_035)),
        numbers.next().unwrap_or(Ok(10)),
    ) else {
        eprintln!("two numbers: communes, and people of each");
        return ExitCode::from(2);
    };
    let size = NationSize {
        communes: usize::try_from(communes).unwrap_or(usize::MAX),
        people,
    };
    match run(size) {
        Ok(figures) => {
            println!("{figures:#?}");
            println!("nothing is lost; every record is in the slices where it belongs");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure:?}");
            ExitCode::FAILURE
        }
    }
}

fn run(size: NationSize) -> Result<NationFigures, Failure> {
    let begun = Instant::now();
    let mut say = |words: &str| println!("{:8.1} s  {words}", begun.elapsed().as_secs_f64());
    let mut nation = Nation::new(size, &mut say)?;
    let filed = nation.work_in_the_dark()?;
    say(&format!("{filed} acts filed in the dark"));
    nation.apply(&mut say)?;
    say("the decree is carried out");
    nation.come_back()?;
    say("every office is back and in step");
    nation.reckon()
}
