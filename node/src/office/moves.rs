//! Who came and who went, for the start page.

use super::{Office, OfficeError};
use crate::tables::Move;

impl Office {
    /// Who came into the slice and who left it in the last days, the last first.
    pub fn moves(&self, device_s: i64) -> Result<Vec<Move>, OfficeError> {
        Ok(self.rows.moves(self.meta().corrected_s(device_s))?)
    }
}
