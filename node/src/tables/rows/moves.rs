//! Who came and who went.

use super::{Rows, read};
use crate::tables::moves::MOVES_MAX;
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
    /// Notes one, and forgets what is too old or too much. The table is counted now and then only:
    /// a feed that brings thousands of records must not read all of it for each.
    pub(crate) fn put_move(&mut self, it: &Move, counted: bool) -> Result<(), TableError> {
        let looked_at = if counted { 2 * MOVES_MAX } else { 2 };
        let rows = self.prefix(MOVES, &[], looked_at)?;
        let too_many = rows.len().saturating_sub(MOVES_MAX);
        for (number, (old, row)) in rows.iter().enumerate() {
            if number >= too_many && read::<Move>(NAME, row)?.is_of_now(it.at_s) {
                break;
            }
            self.delete(MOVES, old)?;
        }
        self.put_value(MOVES, NAME, &key(it), it)
    }

    /// Those that are remembered at this time, the last first.
    pub(crate) fn moves(&self, now_s: i64) -> Result<Vec<Move>, TableError> {
        let mut moves = Vec::new();
        for (_, row) in self.prefix(MOVES, &[], 2 * MOVES_MAX)?.iter().rev() {
            let it: Move = read(NAME, row)?;
            if !it.is_of_now(now_s) {
                break;
            }
            moves.push(it);
        }
        Ok(moves)
    }
}
