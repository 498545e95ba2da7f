//! What drafts were filed as, the forms of acts as they were typed, and acts that came back and were
//! seen to.

use registry::{ActId, OfficerId};

use super::{Rows, read};
use crate::office::{Draft, DraftId};
use crate::tables::{FILED, Settled, TableError, officer_key};

const DRAFT: u8 = 0;
const FORM: u8 = 1;
const SETTLED: u8 = 2;
/// In the place of an account: the draft is everybody's.
const ANYBODY: [u8; 32] = [0; 32];

fn draft_key(account: &[u8; 32], id: &DraftId) -> Vec<u8> {
    [[DRAFT].as_slice(), account, id.as_bytes()].concat()
}

fn act_key(part: u8, act: &ActId) -> Vec<u8> {
    [[part].as_slice(), act.as_bytes()].concat()
}

impl Rows {
    /// As which act a draft of this officer was filed; or of anybody, if it was everybody's.
    pub(crate) fn filed_draft(
        &self,
        officer: &OfficerId,
        id: &DraftId,
    ) -> Result<Option<ActId>, TableError> {
        let own = self.value(FILED, "filed", &draft_key(&officer_key(officer), id))?;
        match own {
            Some(act) => Ok(Some(act)),
            None => self.value(FILED, "filed", &draft_key(&ANYBODY, id)),
        }
    }
    pub(crate) fn put_filed_draft(
        &mut self,
        officer: Option<&OfficerId>,
        id: &DraftId,
        act: &ActId,
    ) -> Result<(), TableError> {
        let account = officer.map_or(ANYBODY, officer_key);
        self.put_value(FILED, "filed", &draft_key(&account, id), act)
    }

    /// The form of an act as it was typed, as long as it may have to be typed again.
    pub(crate) fn form_of(&self, act: &ActId) -> Result<Option<Draft>, TableError> {
        self.value(FILED, "filed", &act_key(FORM, act))
    }
    pub(crate) fn put_form(&mut self, act: &ActId, form: &Draft) -> Result<(), TableError> {
        self.put_value(FILED, "filed", &act_key(FORM, act), form)
    }
    pub(crate) fn delete_form(&mut self, act: &ActId) -> Result<(), TableError> {
        self.delete(FILED, &act_key(FORM, act))
    }
    /// The forms of all acts that may have to be typed again.
    pub(crate) fn walk_forms(
        &self,
        visit: &mut dyn FnMut(Draft) -> Result<bool, TableError>,
    ) -> Result<(), TableError> {
        self.walk(FILED, Some(&[FORM]), &mut |key, row| {
            if key.first() != Some(&FORM) {
                return Ok(false);
            }
            visit(read("filed", row)?)
        })
    }

    /// How an act that came back was seen to.
    pub(crate) fn settled(&self, act: &ActId) -> Result<Option<Settled>, TableError> {
        self.value(FILED, "filed", &act_key(SETTLED, act))
    }
    pub(crate) fn put_settled(&mut self, act: &ActId, how: &Settled) -> Result<(), TableError> {
        self.put_value(FILED, "filed", &act_key(SETTLED, act), how)
    }
    pub(crate) fn delete_settled(&mut self, act: &ActId) -> Result<(), TableError> {
        self.delete(FILED, &act_key(SETTLED, act))
    }
}
