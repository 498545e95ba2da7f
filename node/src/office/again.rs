//! What becomes of a form once it is filed. A draft is filed once, however often its form comes. The
//! form is kept with the act until the act took effect; of an act that came back it is the draft
//! that is put right. Such an act waits until it is filed again or put aside.

use registry::feed::Officer;
use registry::procedure::Filing;
use registry::{ActId, OfficerId};

use super::live::{LiveChange, Rare};
use super::work::Work;
use super::{Draft, DraftId, FileError, Office, OfficeError};
use crate::tables::{ActKey, ActRow, Answer, AuditEvent, Settled, TableError};

impl Office {
    /// Files the act of a draft; if the draft was filed before, that act is told and none is made.
    pub fn file_draft(
        &self,
        filing: &Filing,
        officer: &Officer,
        id: &DraftId,
        form: &Draft,
        device_s: i64,
    ) -> Result<ActId, FileError> {
        let _writing = self.writing();
        let mut work = self.work();
        if let Some(act) = work.rows.filed_draft(&officer.id, id)? {
            return Ok(act);
        }
        let came_back = self.typed_again_in(id)?;
        let act = self.file_in(&mut work, filing, officer, device_s)?.act;
        work.rows.delete_draft(&officer.id, id)?;
        let whose = came_back.is_none().then_some(&officer.id);
        work.rows.put_filed_draft(whose, id, &act)?;
        work.rows.put_form(&act, form)?;
        if let Some(row) = came_back {
            work.see_to(&row, &officer.id, Some(act), device_s)?;
        }
        work.finish()?;
        Ok(act)
    }

    /// As which act a draft was filed.
    pub fn filed_draft(
        &self,
        officer: &OfficerId,
        id: &DraftId,
    ) -> Result<Option<ActId>, OfficeError> {
        Ok(self.rows.filed_draft(officer, id)?)
    }

    /// The form of an act as it was typed, if it is kept.
    pub fn form_of(&self, act: &ActId) -> Result<Option<Draft>, OfficeError> {
        Ok(self.rows.form_of(act)?)
    }

    /// How an act that came back was seen to, if it was.
    pub fn settled(&self, act: &ActId) -> Result<Option<Settled>, OfficeError> {
        Ok(self.rows.settled(act)?)
    }

    /// An act that came back is not filed again: it waits no longer.
    pub fn put_aside(
        &self,
        act: &ActId,
        officer: &OfficerId,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let row = work.rows.act(act)?;
        let Some(row) = row.filter(|row| self.came_back(row)) else {
            return Err(OfficeError::NotReturned);
        };
        if work.rows.settled(act)?.is_some() {
            return Err(OfficeError::NotReturned);
        }
        work.see_to(&row, officer, None, device_s)?;
        let at_s = work.meta.corrected_s(device_s);
        work.audit(
            at_s,
            Some(officer.clone()),
            AuditEvent::PutAside { act: *act },
        )?;
        work.finish()?;
        Ok(())
    }

    fn came_back(&self, row: &ActRow) -> bool {
        let own = row.act.author.node == self.live().meta.node;
        own && row.answer.as_ref().and_then(Rare::of) == Some(Rare::Returned)
    }

    /// The act that came back and is typed again in this draft. Few wait at a time.
    fn typed_again_in(&self, id: &DraftId) -> Result<Option<ActRow>, OfficeError> {
        let waiting: Vec<ActKey> = {
            let live = self.live();
            live.rare.with(Rare::Returned).iter().copied().collect()
        };
        for key in waiting {
            if let Some((act, _)) = self.rows.outbox(key)?
                && DraftId::again(&act) == *id
            {
                return Ok(self.rows.act(&act)?);
            }
        }
        Ok(None)
    }
}

impl Work<'_> {
    /// An act that came back needs nothing more.
    fn see_to(
        &mut self,
        row: &ActRow,
        officer: &OfficerId,
        again: Option<ActId>,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let id = row.act.id();
        let how = Settled {
            officer: officer.clone(),
            at_s: self.meta.corrected_s(device_s),
            again,
        };
        self.rows.put_settled(&id, &how)?;
        self.rows.delete_form(&id)?;
        // What was filed again in a new life by itself was not counted as come back.
        if !matches!(row.answer, Some(Answer::Refiled { .. })) {
            self.meta.returned = self.meta.returned.saturating_sub(1);
        }
        self.also(LiveChange::SeenTo {
            key: ActKey::of(&row.act.author),
        });
        Ok(())
    }

    /// What becomes of the form of an act with its answer. A new answer is looked at anew.
    pub(super) fn form_after(&mut self, act: &ActId, answer: &Answer) -> Result<(), TableError> {
        self.rows.delete_settled(act)?;
        match answer {
            Answer::Central { outcome, .. } if outcome.took_effect() => self.rows.delete_form(act),
            Answer::Refiled { again } => {
                if let Some(form) = self.rows.form_of(act)? {
                    self.rows.put_form(again, &form)?;
                    self.rows.delete_form(act)?;
                }
                Ok(())
            }
            Answer::Central { .. } | Answer::Unfiled => Ok(()),
        }
    }
}
