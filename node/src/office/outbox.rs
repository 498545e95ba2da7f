//! Reading the outbox for the session that pushes it.

use bytes::Bytes;
use registry::ActNumber;
use sync_proto::{Chain, ChainPoint};

use super::{Office, OfficeError};
use crate::tables::ActKey;

/// Acts in outbox order.
#[derive(Debug, Clone)]
pub struct OutboxRead {
    /// The number of the first.
    pub first: ActNumber,
    /// The chain before it.
    pub before: Chain,
    /// Their bytes.
    pub acts: Vec<Bytes>,
}

impl Office {
    /// Acts of this life from `from` on, up to the one that is durable.
    pub fn read_outbox(
        &self,
        from: ActNumber,
        max_count: usize,
        max_bytes: usize,
        durable: ActNumber,
    ) -> Result<OutboxRead, OfficeError> {
        let meta = self.meta();
        let incarnation = meta.incarnation;
        let before = match from.get().checked_sub(1) {
            None | Some(0) => Chain::genesis(meta.node, incarnation),
            Some(number) => self.chain_at(ActKey {
                incarnation,
                number: ActNumber::new(number),
            })?,
        };
        let mut acts = Vec::new();
        let mut bytes = 0;
        let mut number = from;
        while number <= durable && acts.len() < max_count {
            let act = self.act_bytes(ActKey {
                incarnation,
                number,
            })?;
            bytes += act.len();
            if bytes > max_bytes && !acts.is_empty() {
                break;
            }
            acts.push(act);
            number = number.next();
        }
        Ok(OutboxRead {
            first: from,
            before,
            acts,
        })
    }

    /// The end of the outbox.
    pub fn outbox_point(&self) -> ChainPoint {
        self.live().meta.outbox_point()
    }

    pub(super) fn chain_at(&self, key: ActKey) -> Result<Chain, OfficeError> {
        let row = self.rows.outbox(key)?;
        row.map(|(_, chain)| chain).ok_or(OfficeError::OutboxHole {
            number: key.number.get(),
        })
    }

    fn act_bytes(&self, key: ActKey) -> Result<Bytes, OfficeError> {
        let hole = OfficeError::OutboxHole {
            number: key.number.get(),
        };
        let Some((id, _)) = self.rows.outbox(key)? else {
            return Err(hole);
        };
        let Some(row) = self.rows.act(&id)? else {
            return Err(hole);
        };
        row.act.body.encode().map(Bytes::from).map_err(|_| hole)
    }
}
