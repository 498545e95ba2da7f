//! A folder without a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry::attachment::{AttachmentId, Outline};

use super::Part;

struct Kept {
    outline: Outline,
    pieces: Vec<Vec<u8>>,
    whole: bool,
}

#[derive(Default)]
pub(super) struct MemoryFolder(Mutex<BTreeMap<AttachmentId, Kept>>);

impl MemoryFolder {
    fn files(&self) -> MutexGuard<'_, BTreeMap<AttachmentId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn holds(&self, hash: &AttachmentId) -> bool {
        self.files().get(hash).is_some_and(|kept| kept.whole)
    }

    pub(super) fn part(&self, hash: &AttachmentId) -> Option<Part> {
        let files = self.files();
        let kept = files.get(hash).filter(|kept| !kept.whole)?;
        Some(Part {
            outline: kept.outline.clone(),
            pieces: u16::try_from(kept.pieces.len()).unwrap_or(u16::MAX),
        })
    }

    pub(super) fn outline(&self, hash: &AttachmentId) -> Option<Outline> {
        let files = self.files();
        let kept = files.get(hash).filter(|kept| kept.whole)?;
        Some(kept.outline.clone())
    }

    pub(super) fn piece(&self, hash: &AttachmentId, index: u16) -> Option<Vec<u8>> {
        let files = self.files();
        let kept = files.get(hash).filter(|kept| kept.whole)?;
        kept.pieces.get(usize::from(index)).cloned()
    }

    pub(super) fn begin(&self, outline: &Outline) {
        let kept = Kept {
            outline: outline.clone(),
            pieces: Vec::new(),
            whole: false,
        };
        self.files().insert(outline.attachment().hash(), kept);
    }

    pub(super) fn append(&self, hash: &AttachmentId, piece: &[u8]) {
        if let Some(kept) = self.files().get_mut(hash) {
            kept.pieces.push(piece.to_vec());
        }
    }

    pub(super) fn close(&self, hash: &AttachmentId) {
        if let Some(kept) = self.files().get_mut(hash) {
            kept.whole = true;
        }
    }

    pub(super) fn remove(&self, hash: &AttachmentId) {
        self.files().remove(hash);
    }

    pub(super) fn sweep(&self, known: &BTreeSet<AttachmentId>) -> u64 {
        let mut files = self.files();
        let before = files.len();
        files.retain(|hash, _| known.contains(hash));
        u64::try_from(before.saturating_sub(files.len())).unwrap_or(u64::MAX)
    }

    pub(super) fn lose_parts(&self) {
        self.files().retain(|_, kept| kept.whole);
    }
}
