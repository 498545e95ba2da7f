//! The word in the audit chain that an office's screens were given a certificate.

use super::*;

/// A certificate that ends so little later than the one before is not written down, seconds: an
/// answer that was lost is asked for again, and asking leaves no trace of its own.
const NOTED_S: i64 = 86_400;

impl Registrar {
    /// Notes that a node has a certificate for its office's screens, good until `ends_s` (seconds
    /// since 1970). Durable when it returns.
    pub fn note_screens(
        &self,
        at_s: i64,
        office: OfficeCode,
        node: NodeId,
        ends_s: i64,
    ) -> Result<(), UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let key = [b"screens ".as_slice(), &tables::node_key(office, &node)].concat();
        let before: i64 = unit.get(tables::META, &key)?.unwrap_or(i64::MIN);
        if ends_s.saturating_sub(before) <= NOTED_S {
            return Ok(());
        }
        unit.put(tables::META, &key, &ends_s)?;
        let numbers = (u64::try_from(ends_s).unwrap_or(0), 0);
        audit(
            &mut unit,
            "screens certified",
            Some(office),
            Some(node),
            numbers,
        )?;
        self.hand_over(unit)?;
        self.sync()
    }
}
