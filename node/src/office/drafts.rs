//! What officers have typed and not filed yet. A draft outlives a power cut as an act does; it is
//! no act, counts for nothing, and leaves this device on no line.

use registry::attachment::AttachmentId;
use registry::{ActId, OfficerId};
use serde::{Deserialize, Serialize};

use super::{Office, OfficeError};

/// Drafts of one officer; who has so many files or drops some first.
pub const DRAFTS_MAX: usize = 50;

/// A draft's name: random, so that nobody guesses another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftId([u8; 16]);

impl DraftId {
    /// A name from random bytes.
    pub const fn from_random(bytes: [u8; 16]) -> DraftId {
        DraftId(bytes)
    }

    /// The draft in which an act that came back is typed again: one for each act, so that it is
    /// begun once however often it is asked for.
    pub fn again(act: &ActId) -> DraftId {
        let hash = blake3::Hasher::new_derive_key("npd 2026 draft of an act filed again")
            .update(act.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(hash.as_bytes()) {
            *to = *from;
        }
        DraftId(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Display for DraftId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl std::str::FromStr for DraftId {
    type Err = ();
    fn from_str(text: &str) -> Result<DraftId, ()> {
        let bytes = data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .map_err(|_| ())?;
        bytes.try_into().map(DraftId).map_err(|_| ())
    }
}

/// A draft. No `Debug`: it is people's data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The act, by its name in JSON.
    pub act: String,
    /// What was typed, by path.
    pub typed: Vec<(String, String)>,
    /// When it was kept last, device time, seconds since 1970.
    pub saved_s: i64,
}

impl Draft {
    /// The attachments that it names: each the first word of a text at `…attachments.N`.
    pub(super) fn attachments(&self) -> impl Iterator<Item = AttachmentId> {
        let named = |(path, _): &&(String, String)| path.contains(".attachments.");
        self.typed
            .iter()
            .filter(named)
            .filter_map(|(_, text)| text.split(' ').next()?.parse().ok())
    }
}

impl Office {
    /// Keeps a draft in the place of what was kept under its name.
    pub fn keep_draft(
        &self,
        officer: &OfficerId,
        id: &DraftId,
        draft: &Draft,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.work();
        // What was filed is no draft again, however late a page sends it.
        if let Some(act) = work.rows.filed_draft(officer, id)? {
            return Err(OfficeError::DraftFiled { act });
        }
        let known = work.rows.draft(officer, id)?.is_some();
        if !known && work.rows.drafts(officer, DRAFTS_MAX)?.len() >= DRAFTS_MAX {
            return Err(OfficeError::DraftsFull);
        }
        work.rows.put_draft(officer, id, draft)?;
        work.finish()?;
        Ok(())
    }

    /// Drops a draft; nothing if there is none.
    pub fn drop_draft(&self, officer: &OfficerId, id: &DraftId) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.rows.delete_draft(officer, id)?;
        work.finish()?;
        Ok(())
    }

    /// A draft of this officer.
    pub fn draft(&self, officer: &OfficerId, id: &DraftId) -> Result<Option<Draft>, OfficeError> {
        Ok(self.rows.draft(officer, id)?)
    }

    /// The drafts of this officer, the last kept first.
    pub fn drafts(&self, officer: &OfficerId) -> Result<Vec<(DraftId, Draft)>, OfficeError> {
        let mut drafts = self.rows.drafts(officer, DRAFTS_MAX)?;
        drafts.sort_by_key(|(_, draft)| std::cmp::Reverse(draft.saved_s));
        Ok(drafts)
    }
}
