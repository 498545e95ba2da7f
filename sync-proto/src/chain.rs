//! The chain of a node's acts: each link covers all acts before it.
//!
//! Links are computed on both sides and never sent; the node signs the last link of a batch. The
//! chain is per act and not per batch, because a batch that is sent again after a cut may have
//! other boundaries.
//!
//! ```text
//! genesis = derive_key("npd act chain 1", node ‖ incarnation)
//! link(n) = keyed_hash(link(n-1), n ‖ hash(bytes of act n))      numbers: 8 bytes, little endian
//! signed  = "npd batch 1" ‖ link(last)
//! ```

use registry::{ActNumber, Incarnation, NodeId};
use serde::{Deserialize, Serialize};

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain([u8; 32]);

impl Chain {
    /// Where the chain of this life of this node begins: before act 1.
    pub fn genesis(node: NodeId, incarnation: Incarnation) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("npd act chain 1");
        hasher.update(node.as_bytes());
        hasher.update(&incarnation.get().to_le_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// The link after act `number` with these bytes.
    #[must_use]
    pub fn link(self, number: ActNumber, act: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&number.get().to_le_bytes());
        hasher.update(blake3::hash(act).as_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// A link as it was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight bytes, enough to see that two sides disagree by accident.
    pub fn short(&self) -> [u8; 8] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        [b"npd batch 1".as_slice(), &self.0].concat()
    }
}

/// A place in a node's chain: the link after act `number` of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainPoint {
    /// The life.
    pub incarnation: Incarnation,
    /// The last act that the link covers; 0 at the genesis.
    pub number: ActNumber,
    /// The link.
    pub chain: Chain,
}

impl ChainPoint {
    /// The beginning of a life.
    pub fn genesis(node: NodeId, incarnation: Incarnation) -> Self {
        Self {
            incarnation,
            number: ActNumber::new(0),
            chain: Chain::genesis(node, incarnation),
        }
    }

    /// The place after one more act.
    #[must_use]
    pub fn after(self, act: &[u8]) -> Self {
        let number = self.number.next();
        Self {
            number,
            chain: self.chain.link(number, act),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_depends_on_every_act_its_place_its_node_and_its_life() {
        let start = ChainPoint::genesis(NodeId::new([1; 16]), Incarnation::new(1));
        let head = |acts: &[&str]| {
            acts.iter()
                .fold(start, |point, act| point.after(act.as_bytes()))
                .chain
        };
        assert_eq!(head(&["a", "b"]), head(&["a", "b"]));
        assert_ne!(head(&["a", "b"]), head(&["b", "a"]));
        assert_ne!(head(&["ab", ""]), head(&["a", "b"]));
        assert_ne!(
            start.chain,
            Chain::genesis(NodeId::new([2; 16]), Incarnation::new(1))
        );
        assert_ne!(
            start.chain,
            Chain::genesis(NodeId::new([1; 16]), Incarnation::new(2))
        );
    }
}
