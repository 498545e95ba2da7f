//! What the kernel tells of a process: what it computed, and what it holds in memory.

use std::fs;
use std::time::Duration;

/// A tick of the kernel's accounting, the same on every Linux that we run on.
const TICK: Duration = Duration::from_millis(10);
/// Where user time stands in `stat`, counted from the process's state; kernel time follows.
const USER_TIME: usize = 11;

/// User and kernel time of all threads so far, ended ones included, seconds.
pub(super) fn cpu_seconds(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    ticks(&stat).map(|ticks| ticks as f64 * TICK.as_secs_f64())
}

/// The name of a program may hold spaces and brackets; the last bracket ends it.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(USER_TIME);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    user.checked_add(kernel)
}

/// What it holds in memory.
pub(super) fn resident_bytes(process: u32) -> Option<u64> {
    kilobytes(process, "VmRSS:")
}

/// The most that it ever held in memory.
pub(super) fn resident_bytes_most(process: u32) -> Option<u64> {
    kilobytes(process, "VmHWM:")
}

fn kilobytes(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_behind_a_name_of_any_kind() {
        let stat = "77 (a (b) c) S 1 77 77 0 -1 4194304 900 0 0 0 130 20 0 0 20 0 9 0 5 6 7";
        assert_eq!(ticks(stat), Some(150));
        assert_eq!(ticks("77 (a) S 1"), None);
    }

    #[test]
    fn this_process_holds_something() {
        let own = std::process::id();
        assert!(cpu_seconds(own).is_some());
        assert!(resident_bytes(own) <= resident_bytes_most(own));
        assert!(resident_bytes(own) > Some(0));
    }
}
