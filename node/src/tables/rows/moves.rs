//! Who came and who went.

use super::{Rows, read};
use crate::tables::moves::{MOVES_KEPT_FOR_S, MOVES_MAX};
use crate::tables::{MOVES, Move, TableError};

const NAME: &str = "moves";

fn key(it: &Move) -> Vec<u8> {
    [
        it.at_s.max(0).to_be_bytes().as_slice(),
        it.record.as_bytes(),
    ]
    .concat()
}

impl Rows {
    /// Notes one, and forgets what is too old or too much.
    pub(crate) fn put_move(&mut self, it: &Move) -> Result<(), TableError> {
        let rows = self.prefix(MOVES, &[], MOVES_MAX)?;
        let full = rows.len() >= MOVES_MAX;
        let oldest_s = it.at_s.saturating_sub(MOVES_KEPT_FOR_S);
        for (number, (old, row)) in rows.iter().enumerate() {
            let too_much = full && number == 0;
            if !too_much && read::<Move>(NAME, row)?.at_s >= oldest_s {
                break;
            }
            self.delete(MOVES, old)?;
        }
        self.put_value(MOVES, NAME, &key(it), it)
    }

    /// Those that are remembered, the last first.
    pub(crate) fn moves(&self) -> Result<Vec<Move>, TableError> {
        let rows = self.prefix(MOVES, &[], MOVES_MAX + 1)?;
        rows.iter().rev().map(|(_, row)| read(NAME, row)).collect()
    }
}
