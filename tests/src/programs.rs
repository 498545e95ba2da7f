//! The programs of the workspace, run as real processes. A process that is started here is killed
//! when its guard is dropped, whatever happens.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::until;

/// How much of a log is shown when something fails.
const TAIL_LINES: usize = 30;

/// Where the programs are: in `target/<profile>`, as this one, or above it if this is a test.
pub fn folder() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this test");
    let mut folder = own.parent().expect("target/<profile>");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("target/<profile>");
    }
    folder.to_path_buf()
}

/// A command of one of the programs.
///
/// # Panics
///
/// When it is not built.
pub fn command(name: &str) -> Command {
    let path = folder().join(name);
    assert!(
        path.exists(),
        "{name} is not in {}; build the programs first: cargo build --workspace --bins",
        folder().display()
    );
    let mut command = Command::new(path);
    for variable in [
        "COMMUNE_NODE_DATA",
        "CENTRAL_REGISTRY_DATA",
        "CENTRAL_REGISTRY_PKI",
    ] {
        command.env_remove(variable);
    }
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs a program to its end.
pub fn output(name: &str, arguments: &[&str]) -> Output {
    command(name)
        .args(arguments)
        .output()
        .expect("a program that starts")
}

/// Runs a program that must succeed; what it printed.
///
/// # Panics
///
/// When it fails, with what it said.
pub fn run(name: &str, arguments: &[&str]) -> String {
    let output = output(name, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    let action = arguments.first().copied().unwrap_or_default();
    assert!(
        output.status.success(),
        "{name} {action} ({}):\n{said}{errors}",
        output.status
    );
    said
}

/// A program that runs in the background.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// Where in the log this run begins.
    begin: usize,
}

impl Process {
    /// Starts a program; what it prints goes to the end of `log`.
    pub fn start(name: &str, arguments: &[&str], log: &Path) -> Process {
        Process::start_in(name, arguments, &[], log)
    }

    /// The same with variables in its environment.
    pub fn start_in(
        name: &str,
        arguments: &[&str],
        environment: &[(String, String)],
        log: &Path,
    ) -> Process {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let begin = fs::metadata(log)
            .map(|it| usize::try_from(it.len()).unwrap())
            .unwrap_or(0);
        let errors = file.try_clone().expect("a log");
        let mut command = command(name);
        // A group of its own: a Ctrl-C at the terminal ends the test, and the guard the program.
        command
            .args(arguments)
            .envs(environment.iter().cloned())
            .stdout(file)
            .stderr(errors)
            .process_group(0);
        let child = command.spawn().expect("a program that starts");
        Process {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
            begin,
        }
    }

    /// What this run has printed so far.
    pub fn said(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(bytes.get(self.begin..).unwrap_or_default()).into_owned()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours")
    }

    /// Waits until it finds something; fails early when the program ends.
    pub fn until<T>(&mut self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        until(what, || {
            if let Some(found) = look() {
                return Some(found);
            }
            if let Some(status) = self.ended() {
                panic!(
                    "{} ended ({status}) before: {what}\n{}",
                    self.name,
                    self.tail()
                );
            }
            None
        })
    }

    /// Waits for its end by itself.
    pub fn wait(&mut self) -> ExitStatus {
        let name = self.name.clone();
        until(&format!("{name} ends"), || self.ended())
    }

    /// Stops it at once, as a power cut would (SIGKILL).
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop and waits for its end (SIGTERM).
    pub fn stop(mut self) -> ExitStatus {
        if self.ended().is_none() {
            let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
            kill_process(id.expect("a process id"), Signal::TERM).expect("a process of ours");
        }
        self.wait()
    }

    /// The end of its log.
    pub fn tail(&self) -> String {
        let text = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(TAIL_LINES)..];
        format!(
            "the end of {}:\n  {}",
            self.log.display(),
            last.join("\n  ")
        )
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
