//! A block of personal numbers that the centre has set aside for one life of one node, so that it
//! can tell a newborn's number while it is cut off. Only the centre draws numbers; who uses one
//! of a block uses what was given to nobody else. Keeping blocks is the node's, the ledger of them
//! the centre's.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::act::{ActBody, ActKind, Target};
use crate::code::Sex;
use crate::fields::Slot;
use crate::pin::Pin;
use crate::schema::Field;
use crate::value::Value;
use crate::{Incarnation, NodeId};

/// Most numbers of one block.
pub const BLOCK_NUMBERS_MAX: usize = 1_000;

/// A block.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberBlock {
    /// Its place among all blocks that were ever set aside.
    pub block: u64,
    /// For which node.
    pub node: NodeId,
    /// For which of its lives; another one may not use it.
    pub incarnation: Incarnation,
    /// The first three digits of its numbers.
    pub prefix: u16,
    /// For children of this sex …
    pub sex: Sex,
    /// … born in this year.
    pub year: u16,
    /// The last six digits of each.
    pub randoms: Vec<u32>,
}

impl NumberBlock {
    /// Its numbers.
    pub fn pins(&self) -> impl Iterator<Item = Pin> + '_ {
        let of = |random: &u32| Pin::compose(self.prefix, self.sex, self.year, *random);
        self.randoms.iter().filter_map(of)
    }
}

impl fmt::Debug for NumberBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumberBlock({}, …)", self.block)
    }
}

/// The numbers that an act gives to the people whom it makes: those of a block, if it is a birth
/// that an office entered.
pub fn numbers_given(body: &ActBody) -> impl Iterator<Item = Pin> + '_ {
    let changes = body.changes.iter();
    changes.filter_map(|change| match &change.target {
        Target::New { fields, .. } => match fields.single(Field::Pin) {
            Some(Value::Pin(pin)) => Some(*pin),
            _ => None,
        },
        _ => None,
    })
}

/// The same act without the numbers: another life of the node may not use them.
#[must_use]
pub fn without_numbers(mut body: ActBody) -> ActBody {
    if body.kind == ActKind::Birth {
        for change in &mut body.changes {
            if let Target::New { fields, .. } = &mut change.target {
                fields.remove(Slot::single(Field::Pin));
            }
        }
    }
    body
}
