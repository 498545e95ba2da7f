//! The real programs as child processes: started, awaited with a limit, and stopped whatever
//! happens. What they are started with is in [`super::fleet`].

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::Failure;

/// Between two looks at something that is awaited.
const LOOK: Duration = Duration::from_millis(25);
/// How long a daemon may take to stop by itself.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// How much of a log is shown when something fails.
const TAIL_LINES: usize = 20;
/// At most so much of a log is read for it.
const TAIL_BYTES_MAX: usize = 1 << 20;

/// Turns true when the person at the terminal wants to stop.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C and for a polite request to end.
    pub(crate) fn listen() -> Result<Interrupt, Failure> {
        let interrupt = Interrupt::default();
        let flag = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(|error| Failure::Failed(format!("signals: {error}")))?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(mut asked) =
                    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
                else {
                    return;
                };
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = asked.recv() => {}
                }
                flag.0.store(true, Ordering::SeqCst);
            });
        });
        Ok(interrupt)
    }

    /// Whether to stop.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits until somebody wants to stop, or `ended` tells of something that ended by itself.
    pub(crate) fn wait(&self, mut ended: impl FnMut() -> Option<Failure>) -> Result<(), Failure> {
        while !self.is_set() {
            if let Some(failure) = ended() {
                return Err(failure);
            }
            std::thread::sleep(LOOK * 8);
        }
        Ok(())
    }
}

/// The programs that stand beside this one.
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Finds them.
    pub(crate) fn beside_this_one() -> Result<Programs, Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::Failed(format!("where this program is: {error}")))?;
        let folder = own.parent().map(Path::to_path_buf).unwrap_or_default();
        for name in ["provision", "central-registry", "commune-node"] {
            if !folder.join(name).exists() {
                return Err(Failure::Failed(format!(
                    "{name} is not in {}; build the programs first: cargo build --release --bins",
                    folder.display()
                )));
            }
        }
        Ok(Programs { folder })
    }

    /// A command of one of them.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        // What the person's shell says about other daemons must not reach these.
        command
            .env_remove("COMMUNE_NODE_DATA")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs a program to its end; a failure shows what it said.
    pub(crate) fn run(&self, name: &str, arguments: &[&str]) -> Result<String, Failure> {
        let output = self
            .command(name)
            .args(arguments)
            .output()
            .map_err(|error| Failure::Failed(format!("{name}: {error}")))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let action = arguments.first().copied().unwrap_or_default();
        Err(Failure::Failed(format!(
            "{name} {action} failed ({}):\n{said}{errors}",
            output.status
        )))
    }
}

/// A program that runs in the background. It is stopped when this is dropped.
pub(crate) struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it; all that it says goes to the end of `log`.
    pub(crate) fn start(name: &str, mut command: Command, log: &Path) -> Result<Daemon, Failure> {
        let open = || OpenOptions::new().create(true).append(true).open(log);
        let both = || -> std::io::Result<(File, File)> { Ok((open()?, open()?)) };
        let (out, errors) = both().map_err(|error| Failure::file(log, &error))?;
        let child = command
            .stdout(out)
            .stderr(errors)
            // A group of its own, so that Ctrl-C reaches us alone and we stop them in order.
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::Failed(format!("{name} cannot be started: {error}")))?;
        Ok(Daemon {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `look` finds something, at most `limit`; fails early if the program ends.
    pub(crate) fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        interrupt: &Interrupt,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        loop {
            if let Some(found) = look() {
                return Ok(found);
            }
            if let Some(failure) = self.ended() {
                return Err(failure);
            }
            if interrupt.is_set() {
                return Err(Failure::Failed("stopped on request".into()));
            }
            if started.elapsed() > limit {
                return Err(Failure::Failed(format!(
                    "{}: waited {} s for this: {what}\n{}",
                    self.name,
                    limit.as_secs(),
                    self.tail()
                )));
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Why it is no longer there, if it is not.
    pub(crate) fn ended(&mut self) -> Option<Failure> {
        let status: ExitStatus = self.child.try_wait().ok().flatten()?;
        Some(Failure::Failed(format!(
            "{} ended by itself ({status})\n{}",
            self.name,
            self.tail()
        )))
    }

    /// The end of its log.
    pub(crate) fn tail(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let from = bytes.len().saturating_sub(TAIL_BYTES_MAX);
        let text = String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines
            .get(lines.len().saturating_sub(TAIL_LINES)..)
            .unwrap_or_default();
        format!(
            "the end of {}:\n  {}",
            self.log.display(),
            last.join("\n  ")
        )
    }

    /// Asks it to stop and waits; makes it stop if it does not.
    pub(crate) fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(id, Signal::TERM);
        }
        let started = Instant::now();
        while started.elapsed() < STOP_TIMEOUT {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(LOOK);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        command
    }

    #[test]
    fn a_program_that_ends_early_shows_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut daemon = Daemon::start("it", shell("echo the reason; exit 5"), &log).unwrap();
        let failure = daemon
            .wait_for(
                "never",
                Duration::from_secs(60),
                &Interrupt::default(),
                || None::<()>,
            )
            .unwrap_err();
        assert!(failure.to_string().contains("the reason"), "{failure}");
    }

    #[test]
    fn what_is_awaited_and_found_ends_the_wait() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut daemon = Daemon::start("it", shell("echo ready; exec sleep 600"), &log).unwrap();
        let id = daemon.id();
        let limit = Duration::from_secs(60);
        let found = daemon.wait_for("ready", limit, &Interrupt::default(), || {
            fs::read_to_string(&log)
                .ok()
                .filter(|text| text.contains("ready"))
        });
        assert!(found.is_ok());
        drop(daemon);
        assert!(
            !Path::new(&format!("/proc/{id}")).exists(),
            "it is stopped with its guard"
        );
    }
}
