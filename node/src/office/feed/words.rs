//! What the centre says about cases and officers.

use registry::case::CaseNotice;
use registry::feed::Officer;

use crate::office::OfficeError;
use crate::office::live::{LiveChange, mark_of};
use crate::office::work::Work;

impl Work<'_> {
    /// A case opened, changed or was decided.
    pub(super) fn take_case(&mut self, notice: &CaseNotice) -> Result<(), OfficeError> {
        self.rows.put_case(notice)?;
        self.also(LiveChange::Case {
            id: notice.case.id,
            mark: mark_of(notice),
        });
        Ok(())
    }

    /// These, and nobody else, are the officers.
    pub(super) fn take_officers(&mut self, officers: Vec<Officer>) -> Result<(), OfficeError> {
        let mut gone = Vec::new();
        self.rows.walk_officers(&mut |known| {
            if !officers.iter().any(|officer| officer.id == known.id) {
                gone.push(known.id);
            }
            Ok(())
        })?;
        for id in &gone {
            self.rows.delete_officer(id)?;
        }
        for officer in &officers {
            self.rows.put_officer(officer)?;
        }
        self.also(LiveChange::Officers(officers));
        Ok(())
    }
}
