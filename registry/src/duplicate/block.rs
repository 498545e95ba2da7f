//! Who of a block is compared with whom. A small block: everybody with everybody. A large one:
//! those who share a finer mark. What even so would be too much is left out *and counted*, so
//! that nobody takes a pass for complete that was not.

use super::key::Key;

/// People of a block who are all compared with one another.
pub const BLOCK_MAX: usize = 64;
/// People of a large block with whom one is compared.
const COMPARED_MAX: usize = 2 * BLOCK_MAX;

/// With whom one person of a block is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours<T> {
    /// They.
    pub people: Vec<T>,
    /// People of the block who share a finer mark and are left out, because they are too many.
    pub left_out: usize,
}

impl<T> Default for Neighbours<T> {
    fn default() -> Self {
        Neighbours {
            people: Vec::new(),
            left_out: 0,
        }
    }
}

/// With whom somebody who has `key` is compared, of a block of so many.
pub fn neighbours<T>(
    key: Key,
    size: usize,
    block: impl IntoIterator<Item = ([u8; 2], T)>,
) -> Neighbours<T> {
    let mut found = Neighbours::default();
    for (fine, who) in block {
        if size > BLOCK_MAX && !is_fine(key.fine, fine) {
            continue;
        }
        if found.people.len() < COMPARED_MAX {
            found.people.push(who);
        } else {
            found.left_out += 1;
        }
    }
    found
}

fn is_fine(a: [u8; 2], b: [u8; 2]) -> bool {
    a.iter().zip(b).any(|(a, b)| *a == b)
}

/// The pairs of one block that are compared, each once; how many were left out.
pub fn pairs(block: &[(Key, u32)], mut pair: impl FnMut(u32, u32)) -> u64 {
    let mut left_out = 0u64;
    for (place, (key, one)) in block.iter().enumerate() {
        let rest = block.iter().skip(place + 1);
        let others = rest.map(|(other, who)| (other.fine, *who));
        let found = neighbours(*key, block.len(), others);
        left_out = left_out.saturating_add(found.left_out as u64);
        for other in found.people {
            pair(*one, other);
        }
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(size: u32, fine: impl Fn(u32) -> [u8; 2]) -> Vec<(Key, u32)> {
        let key = |who| Key {
            block: 1,
            fine: fine(who),
        };
        (0..size).map(|who| (key(who), who)).collect()
    }

    #[test]
    fn a_small_block_is_compared_whole_and_a_large_one_by_finer_marks() {
        let count = |block: &[(Key, u32)]| {
            let mut pairs_made = 0;
            let left_out = pairs(block, |one, two| {
                assert!(one < two);
                pairs_made += 1;
            });
            (pairs_made, left_out)
        };
        let all_differ = |who: u32| [who as u8, who as u8 ^ 0x80];
        assert_eq!(count(&block(64, all_differ)), (64 * 63 / 2, 0));
        assert_eq!(count(&block(65, all_differ)).1, 0);
        assert!(count(&block(65, all_differ)).0 < 65);
        // Ten marks among two hundred people: twenty for each.
        assert_eq!(
            count(&block(200, |who| [(who % 10) as u8, 255 - who as u8])).1,
            0
        );
        assert_eq!(
            count(&block(200, |who| [(who % 10) as u8, 255 - who as u8])).0,
            10 * 190
        );
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let (mut made, block) = (0u64, block(300, |_| [7, 7]));
        let left_out = pairs(&block, |_, _| made += 1);
        assert!(left_out > 0);
        assert_eq!(made + left_out, 300 * 299 / 2);
    }
}
