//! Numbers that the centre has set aside for this life of this node: kept when they come, used
//! by births one after the other, lost with the life.

use registry::act::Act;
use registry::block::{NumberBlock, numbers_given};
use registry::code::Sex;
use registry::pin::Pin;

use super::live::LiveChange;
use super::work::Work;
use super::{Office, OfficeError};

impl Office {
    /// Numbers at hand for children of this sex, born in any year that there are some for.
    pub fn numbers_at_hand(&self, sex: Sex) -> usize {
        let live = self.live();
        let blocks = live.numbers.values().filter(|block| block.sex == sex);
        blocks.map(|block| block.randoms.len()).sum()
    }

    /// The next number at hand.
    pub(super) fn next_number(&self, sex: Sex, year: u16) -> Option<Pin> {
        let live = self.live();
        let mut fitting = live
            .numbers
            .values()
            .filter(|block| block.sex == sex && block.year == year);
        fitting.find_map(|block| block.pins().next())
    }
}

impl Work<'_> {
    /// Takes a block, if it is for this life of this node.
    pub(super) fn take_numbers(&mut self, block: NumberBlock) -> Result<(), OfficeError> {
        if block.node == self.meta.node && block.incarnation == self.meta.incarnation {
            self.keep_block(block)?;
        }
        Ok(())
    }

    /// The numbers that an own act gives are at hand no more.
    pub(super) fn use_numbers(&mut self, act: &Act) -> Result<(), OfficeError> {
        for pin in numbers_given(&act.body) {
            for mut block in self.rows.number_blocks()? {
                let Some(place) = block.pins().position(|number| number == pin) else {
                    continue;
                };
                block.randoms.remove(place);
                self.keep_block(block)?;
                break;
            }
        }
        Ok(())
    }

    /// A new life has none of the numbers of the one before: what that one did with them after the
    /// backup was made, nobody can know.
    pub(super) fn lose_numbers(&mut self) -> Result<(), OfficeError> {
        for mut block in self.rows.number_blocks()? {
            block.randoms.clear();
            self.keep_block(block)?;
        }
        Ok(())
    }

    fn keep_block(&mut self, block: NumberBlock) -> Result<(), OfficeError> {
        self.rows.put_number_block(&block)?;
        self.also(LiveChange::Numbers(block));
        Ok(())
    }
}
