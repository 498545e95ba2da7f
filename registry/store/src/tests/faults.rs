//! Faults of the disk, on demand.

use std::io;
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Faults {
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    /// Operations that still succeed; from then on all fail, as if the machine were gone.
    left: Option<usize>,
    free_bytes: Option<u64>,
    boot: Option<String>,
}

impl Faults {
    pub(crate) fn fail_after(&self, operations: usize) {
        self.plan.lock().unwrap().left = Some(operations);
    }

    pub(crate) fn heal(&self) {
        self.plan.lock().unwrap().left = None;
    }

    pub(crate) fn set_free_bytes(&self, bytes: Option<u64>) {
        self.plan.lock().unwrap().free_bytes = bytes;
    }

    pub(crate) fn set_boot(&self, boot: &str) {
        self.plan.lock().unwrap().boot = Some(boot.to_owned());
    }

    pub(crate) fn free_bytes(&self) -> Option<u64> {
        self.plan.lock().unwrap().free_bytes
    }

    pub(crate) fn boot(&self) -> Option<String> {
        self.plan.lock().unwrap().boot.clone()
    }

    pub(crate) fn step(&self) -> io::Result<()> {
        let mut plan = self.plan.lock().unwrap();
        match &mut plan.left {
            None => Ok(()),
            Some(0) => Err(io::Error::other("an injected fault")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}
