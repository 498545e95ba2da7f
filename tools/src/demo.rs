//! `registryctl demo`: three offices and the centre as real processes, a day's story with cut
//! lines and disputes, and the proof that all agree in the end.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::cli::{DemoArguments, Global};
use crate::failure::Failure;
use crate::output::print_line;

mod agreement;
pub(crate) mod api;
mod applying;
pub(crate) mod cast;
mod checks;
mod clashes;
mod cut_off;
pub(crate) mod fleet;
pub(crate) mod office_work;
pub(crate) mod processes;
mod reckoning;
mod reviewing;
mod story;

use checks::Teller;
use fleet::{Fleet, Office, Plan};
use processes::Interrupt;
use reckoning::Figures;
use story::Story;

/// Where data goes. A temporary folder goes away with this, unless it is kept.
pub(crate) enum Folder {
    /// A folder that stays.
    Given(PathBuf),
    /// One that goes.
    Temporary(TempDir),
}

impl Folder {
    /// The folder asked for (new or empty), or a temporary one.
    pub(crate) fn make(given: Option<&Path>, keep: bool) -> Result<Folder, Failure> {
        if let Some(path) = given {
            fs::create_dir_all(path).map_err(|error| Failure::file(path, &error))?;
            let mut entries = fs::read_dir(path).map_err(|error| Failure::file(path, &error))?;
            if entries.next().is_some() {
                return Err(Failure::Usage(format!(
                    "{} is not empty; give a new folder with --dir",
                    path.display()
                )));
            }
            let whole = path
                .canonicalize()
                .map_err(|error| Failure::file(path, &error))?;
            return Ok(Folder::Given(whole));
        }
        let temporary = tempfile::Builder::new()
            .prefix("registry-demo-")
            .tempdir()
            .map_err(|error| Failure::Failed(format!("no temporary folder: {error}")))?;
        Ok(if keep {
            Folder::Given(temporary.keep())
        } else {
            Folder::Temporary(temporary)
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Folder::Given(path) => path,
            Folder::Temporary(folder) => folder.path(),
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &DemoArguments, _global: &Global) -> Result<(), Failure> {
    if arguments.offices.len() != 3 {
        return Err(Failure::Usage("--offices takes exactly three codes".into()));
    }
    let interrupt = Interrupt::listen()?;
    // Declared before what runs in it, so that it goes after it.
    let folder = Folder::make(arguments.dir.as_deref(), arguments.keep)?;
    let teller = Teller::new();
    teller.chapter("The system starts");
    teller.tell(format!("data and logs: {}", folder.path().display()));
    let plan = Plan {
        lan: Some(arguments.lan),
        offices: &arguments.offices,
        people: arguments.people,
        seed: arguments.seed,
        folder: folder.path(),
    };
    let fleet = Fleet::start(&plan, &interrupt, |words| teller.tell(words))?;
    let mut story = Story::new(fleet, teller, arguments)?;
    let told = tell(&mut story, arguments);
    if !arguments.unattended && !interrupt.is_set() {
        if let Err(failure) = &told {
            eprintln!("registryctl: {failure}");
        }
        stay_up(&mut story, &folder, &interrupt)?;
    }
    story.fleet.stop();
    let figures = told?;
    print_line(figures.line())
}

/// The whole story; an error if anything did not hold.
fn tell(story: &mut Story, arguments: &DemoArguments) -> Result<Figures, Failure> {
    story.first_fill(arguments)?;
    let lodgers = story.working_day()?;
    let clashes = story.cut_lines(lodgers)?;
    reckoning::restore_lines(story)?;
    let notices = reviewing::disputes(story, &clashes)?;
    reviewing::decide_all(story, &clashes, &notices)?;
    reckoning::aftermath(story, &clashes)?;
    let figures = reckoning::figures(story)?;
    let checks = story.teller.verdict()?;
    story.teller.tell(format!("all {checks} checks hold"));
    if !arguments.unattended {
        print_line(figures.line())?;
    }
    Ok(figures)
}

/// What another machine needs before it opens an address over HTTPS.
fn https_hint(programs: &Path, offices: &[Office]) -> String {
    let node = programs.join("commune-node");
    let data = offices
        .first()
        .map(|office| office.data.display().to_string());
    format!(
        "  (over HTTPS another machine first trusts the root: {} root-certificate --data {}; --lan \
         gives them an address of this machine; docs/office-network.md)",
        node.display(),
        data.unwrap_or_default()
    )
}

/// Leaves everything running for the person to try, until Ctrl-C.
fn stay_up(story: &mut Story, folder: &Folder, interrupt: &Interrupt) -> Result<(), Failure> {
    let own = std::env::current_exe().unwrap_or_else(|_| "registryctl".into());
    let beside = own.parent().map(Path::to_path_buf).unwrap_or_default();
    let central = story.fleet.central_data.display().to_string();
    story
        .teller
        .chapter("It is yours: everything stays up until Ctrl-C");
    let mut lines = vec!["the screens of the offices, in a browser on this machine:".to_owned()];
    for office in &story.fleet.offices {
        let (account, password) = story.fleet.first_password(office)?;
        lines.push(format!(
            "  {} ({}): {}/  account {account}, one-time password {password}",
            office.name,
            office.code,
            office.desk.base()
        ));
        lines.extend(
            office
                .desk
                .https()
                .into_iter()
                .map(|url| format!("    over HTTPS: {url}/")),
        );
    }
    lines.push(https_hint(&beside, &story.fleet.offices));
    lines.push(
        "  (the page Đường truyền, or Link, has the switch that cuts and restores the line)".into(),
    );
    lines.extend([
        format!(
            "central registry: {} (data {central})",
            story.fleet.central.base()
        ),
        format!("  export REGISTRYCTL_CENTRAL={central}"),
        format!("  {} lag --watch", own.display()),
        format!("  {} cases --state all", own.display()),
        format!("  {} case 1 show", own.display()),
    ]);
    let node = beside.join("commune-node");
    for office in &story.fleet.offices {
        let data = office.data.display();
        lines.push(format!(
            "{} ({}): {}",
            office.name,
            office.code,
            office.desk.base()
        ));
        lines.push(format!(
            "  officer's token: {}",
            Fleet::officer_token(office).display()
        ));
        lines.push(format!("  {} status --data {data}", node.display()));
        lines.push(format!("  {} line cut --data {data}", node.display()));
        lines.push(format!("  {} find nguyen --data {data}", node.display()));
    }
    if let Some(office) = story.fleet.offices.first() {
        lines.push("with curl:".into());
        lines.push(format!(
            "  curl -H \"Authorization: Bearer $(cat {})\" '{}/api/v1/people?q=nguyen+thi+hoa&limit=5'",
            Fleet::officer_token(office).display(),
            office.desk.base()
        ));
    }
    lines.push(format!("logs: {}/*.log", folder.path().display()));
    for line in lines {
        print_line(line)?;
    }
    let fleet = &mut story.fleet;
    interrupt.wait(|| fleet.ended())?;
    print_line("stopping")
}
