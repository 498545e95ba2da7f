//! Numbers that are set aside for offices: when blocks are given, and the list of them.

use registry::code::Sex;

use super::*;
use crate::blocks::{self, BlockRow, Holder, Reserving, Stand};

/// A block in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BlockView {
    /// Its place among all blocks.
    pub block: u64,
    /// For which office.
    pub office: String,
    /// For which node.
    pub node: String,
    /// For which of its lives.
    pub incarnation: u64,
    /// For children born in this year …
    pub year: u16,
    /// … of this sex.
    pub sex: &'static str,
    /// When it was set aside, seconds since 1970.
    pub at_s: i64,
    /// Numbers that the office has, those among them whose registration waits for a reviewer.
    pub given: usize,
    /// Numbers that are somebody's.
    pub used: usize,
    /// Numbers whose registration took no effect.
    pub returned: usize,
    /// Numbers that the office has lost.
    pub void: usize,
}

impl Registrar {
    /// The same registrar, which sets numbers aside for offices.
    #[must_use]
    pub fn reserving(self, reserving: Reserving) -> Registrar {
        Registrar {
            reserving: Some(reserving),
            ..self
        }
    }

    /// Gives a node numbers at a contact, if it is to have some and has few left; not durable yet.
    /// A node that is still being filled is given none: what is told before its feed begins, it
    /// never hears.
    pub fn stage_refill(
        &self,
        at_s: i64,
        office: OfficeCode,
        node: NodeId,
        contact: &Contact,
    ) -> Result<Option<Grew>, UnitError> {
        let Some(reserving) = self.reserving else {
            return Ok(None);
        };
        let mut draw = self.writer();
        let mut unit = Unit::begin(self.store.as_ref(), self.known()?, at_s)?;
        let row: Option<NodeRow> = unit.get(tables::NODES, &tables::node_key(office, &node))?;
        let head = unit.office(office)?.head;
        let is_fed = contact.applied.get() > 0 || head.get() == 0;
        let fits =
            row.is_some_and(|row| row.shut_out.is_none() && contact.incarnation >= row.incarnation);
        if !fits || !is_fed || contact.incarnation.get() == 0 {
            return Ok(None);
        }
        let holder = Holder {
            office,
            node,
            incarnation: contact.incarnation,
        };
        blocks::void_lost(&mut unit, &holder)?;
        if !blocks::refill(&mut unit, reserving, &holder, draw.as_mut())? {
            return Ok(None);
        }
        audit(&mut unit, "numbers", Some(office), Some(node), (0, 0))?;
        self.hand_over(unit).map(Some)
    }

    /// Every block, of one office or of all; at most `max`.
    pub fn number_blocks(
        &self,
        office: Option<OfficeCode>,
        max: usize,
    ) -> Result<Vec<BlockView>, UnitError> {
        let range = match office {
            Some(office) => KeyRange::prefix(&office.to_be_bytes()),
            None => KeyRange::all(),
        };
        let mut views = Vec::new();
        for (key, value) in self.store.scan(tables::BLOCKS, &range, max)? {
            let row: BlockRow = decode(tables::BLOCKS, &value)?;
            views.extend(view(&key, &row));
        }
        Ok(views)
    }
}

fn view(key: &[u8], row: &BlockRow) -> Option<BlockView> {
    let (office, rest) = key.split_first_chunk::<4>()?;
    let node = NodeId::from_slice(rest.get(..16)?)?;
    let (year, sex, block): (u16, Sex, u64) = blocks::kind_of(key)?;
    Some(BlockView {
        block,
        office: OfficeCode::new(u32::from_be_bytes(*office))?.to_string(),
        node: node.to_string(),
        incarnation: row.incarnation.get(),
        year,
        sex: sex.as_str(),
        at_s: row.at_s,
        given: row
            .count(Stand::Given)
            .saturating_add(row.count(Stand::Waiting)),
        used: row.count(Stand::Used),
        returned: row.count(Stand::Returned),
        void: row.count(Stand::Void),
    })
}
