//! Names that nobody here has, tried at the door. They wait like any account, so that waiting tells
//! nobody which names there are; nothing of them is kept, and no more of them than a table's size.

use std::collections::HashMap;

use registry::password::Tries;

/// Names that are remembered.
const NAMES_MAX: usize = 64;

/// Names that nobody here has, by their hash.
#[derive(Debug, Default)]
pub(in crate::office) struct Strangers(HashMap<[u8; 32], Tries>);

impl Strangers {
    /// How often a name was tried.
    pub(in crate::office) fn tries(&self, key: &[u8; 32]) -> Tries {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// Remembers a try; the name that was tried longest ago makes room.
    pub(in crate::office) fn set(&mut self, key: [u8; 32], tries: Tries) {
        if self.0.len() >= NAMES_MAX && !self.0.contains_key(&key) {
            let oldest = self.0.iter().min_by_key(|(_, tries)| tries.last_s());
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(key, tries);
    }

    #[cfg(test)]
    pub(in crate::office) fn len(&self) -> usize {
        self.0.len()
    }
}
