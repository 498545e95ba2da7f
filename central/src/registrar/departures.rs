//! The word in the audit chain that people's data left the registry as a file.

use super::*;

impl Registrar {
    /// Notes an export of so many people, of one commune or of all that were asked for. Durable
    /// when it returns.
    pub fn note_export(
        &self,
        at_s: i64,
        what: &str,
        office: Option<OfficeCode>,
        people: u64,
    ) -> Result<(), UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        audit(&mut unit, what, office, None, (people, 0))?;
        self.hand_over(unit)?;
        self.sync()
    }
}
