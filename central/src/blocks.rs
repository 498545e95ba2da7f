//! Blocks of numbers that are set aside for offices (an option): reserved by sex and year of
//! birth, refilled at half, void with the life of the node that lost them. The ledger keeps what
//! became of each number.

use registry::act::{Act, ActKind, Target};
use registry::block::{NumberBlock, numbers_given};
use registry::code::Sex;
use registry::date::Date;
use registry::feed::FeedItem;
use registry::person::Person;
use registry::pin::Pin;
use registry::rules::pin_point;
use registry::{ActId, CommitSeq, Incarnation, NodeId, OfficeCode};
use serde::{Deserialize, Serialize};

use crate::intake::Came;
use crate::ledger::{self, Event, LedgerRow};
use crate::numbers::Draw;
use crate::slices;
use crate::tables;
use crate::unit::{Unit, UnitError};

/// Numbers of each sex and year that an office has at hand, unless it is said otherwise.
pub const NUMBERS_DEFAULT: u16 = 40;
/// Most blocks of one node, sex and year that are looked at.
pub(crate) const BLOCKS_MAX: usize = 1_000;
/// Draws for one block before it is left shorter.
const DRAWS_MAX: usize = 4_000;
/// In this month the numbers of the next year are set aside too: a dark office meets the year's
/// first child.
const NEXT_YEAR_FROM_MONTH: u8 = 12;

/// Whether numbers are set aside, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserving {
    /// Numbers of each sex and year that an office has at hand.
    pub numbers: u16,
}

/// What became of a number of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// The office has it.
    Given,
    /// It is somebody's number.
    Used,
    /// The registration that used it took no effect.
    Returned,
    /// Its office has lost it.
    Void,
    /// The office has given it, and the registration waits as a proposal.
    Waiting,
}

/// A block as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// For which life of the node.
    pub incarnation: Incarnation,
    /// The first three digits.
    pub prefix: u16,
    /// The commit that set it aside.
    pub commit: CommitSeq,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// The last six digits of each number, and what became of it.
    pub numbers: Vec<(u32, Stand)>,
}

impl BlockRow {
    /// How many of its numbers stand so.
    pub fn count(&self, stand: Stand) -> usize {
        self.numbers.iter().filter(|(_, is)| *is == stand).count()
    }
}

/// The node whose blocks are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub(crate) office: OfficeCode,
    pub(crate) node: NodeId,
    pub(crate) incarnation: Incarnation,
}

fn of_node(holder: &Holder) -> Vec<u8> {
    tables::key(&[&holder.office.to_be_bytes(), holder.node.as_bytes()])
}

fn of_kind(holder: &Holder, sex: Sex, year: u16) -> Vec<u8> {
    let sex = [sex.number()];
    tables::key(&[&of_node(holder), &year.to_be_bytes(), &sex])
}

/// Sex, year and number of a block, from its key.
pub(crate) fn kind_of(key: &[u8]) -> Option<(u16, Sex, u64)> {
    let (year, rest) = key.get(20..)?.split_first_chunk::<2>()?;
    let (sex, block) = rest.split_first()?;
    let block = block.first_chunk::<8>()?;
    let sex = Sex::from_number(*sex)?;
    Some((u16::from_be_bytes(*year), sex, u64::from_be_bytes(*block)))
}

type Kept = (Vec<u8>, BlockRow);

fn blocks(unit: &Unit<'_>, prefix: &[u8]) -> Result<Vec<Kept>, UnitError> {
    let mut found = Vec::new();
    for key in unit.keys(tables::BLOCKS, prefix, BLOCKS_MAX)? {
        if let Some(row) = unit.get(tables::BLOCKS, &key)? {
            found.push((key, row));
        }
    }
    Ok(found)
}

/// How a number may stand that an act uses which came before, and is taken up now: it waited with
/// the act, or came back with it by a decision that was undone.
const OF_PROPOSAL: &[Stand] = &[Stand::Waiting, Stand::Returned];

/// Whether an act of an office may use this number now.
pub(crate) fn may_use(
    unit: &Unit<'_>,
    holder: &Holder,
    pin: Pin,
    came: Came,
) -> Result<bool, UnitError> {
    Ok(match came {
        Came::Now => find(unit, holder, pin, &[Stand::Given])?.is_some(),
        Came::Before => {
            let nobodys = unit.bytes(tables::NUMBERS, &pin_point(&pin))?.is_none();
            nobodys && find(unit, holder, pin, OF_PROPOSAL)?.is_some()
        }
    })
}

/// The block of this life in which a number stands so, and its place.
fn find(
    unit: &Unit<'_>,
    holder: &Holder,
    pin: Pin,
    stands: &[Stand],
) -> Result<Option<(Kept, usize)>, UnitError> {
    let prefix = of_kind(holder, pin.sex(), pin.birth_year());
    for (key, row) in blocks(unit, &prefix)? {
        let compose = |random| Pin::compose(row.prefix, pin.sex(), pin.birth_year(), random);
        let mut numbers = row.numbers.iter();
        let waits = |(random, stand): &(u32, Stand)| {
            stands.contains(stand) && compose(*random) == Some(pin)
        };
        if let Some(place) = numbers
            .position(waits)
            .filter(|_| row.incarnation == holder.incarnation)
        {
            return Ok(Some(((key, row), place)));
        }
    }
    Ok(None)
}

/// Notes that the numbers which an act gave are somebody's.
pub(crate) fn used(unit: &mut Unit<'_>, holder: &Holder, act: &Act) -> Result<(), UnitError> {
    let stood = [&[Stand::Given], OF_PROPOSAL].concat();
    settle(unit, holder, act, &stood, Stand::Used)?;
    void_unheard(unit, holder, act)
}

/// Notes that the numbers which an act gave wait with it.
pub(crate) fn waits(unit: &mut Unit<'_>, holder: &Holder, act: &Act) -> Result<(), UnitError> {
    settle(unit, holder, act, &[Stand::Given], Stand::Waiting)
}

/// Notes that an act takes no effect, whose numbers stood so until now.
pub(crate) fn came_back(
    unit: &mut Unit<'_>,
    holder: &Holder,
    act: &Act,
    stood: Stand,
) -> Result<(), UnitError> {
    settle(unit, holder, act, &[stood], Stand::Returned)
}

/// Notes what became of the numbers that an act gave.
fn settle(
    unit: &mut Unit<'_>,
    holder: &Holder,
    act: &Act,
    stood: &[Stand],
    stand: Stand,
) -> Result<(), UnitError> {
    let event = match stand {
        Stand::Used => Some(Event::Used),
        Stand::Returned => Some(Event::Returned),
        // What waits is still the office's, and the ledger tells what becomes of it.
        _ => None,
    };
    let made = act.records().next().map(|(_, id)| id);
    for pin in numbers_given(&act.body) {
        let Some(((key, mut row), place)) = find(unit, holder, pin, stood)? else {
            continue;
        };
        if let Some(number) = row.numbers.get_mut(place) {
            number.1 = stand;
        }
        unit.put(tables::BLOCKS, &key, &row)?;
        let Some(event) = event else { continue };
        let entry = LedgerRow {
            record: made.filter(|_| stand == Stand::Used),
            ..entry(event, holder, Some(act.id()))
        };
        ledger::note(unit, &pin, entry)?;
    }
    Ok(())
}

fn entry(event: Event, holder: &Holder, act: Option<ActId>) -> LedgerRow {
    LedgerRow {
        office: Some(holder.office),
        act,
        ..LedgerRow::of(event)
    }
}

/// A birth without a number, of an office that had heard of a block with one: it does not have
/// that block (its slice was filled anew). What it does not have is void.
fn void_unheard(unit: &mut Unit<'_>, holder: &Holder, act: &Act) -> Result<(), UnitError> {
    if act.body.kind != ActKind::Birth {
        return Ok(());
    }
    for change in &act.body.changes {
        let Target::New { fields, .. } = &change.target else {
            continue;
        };
        let person = Person(fields);
        let (None, Some(sex), Some(year)) = (
            person.pin(),
            person.sex(),
            person.birth().and_then(registry::date::BirthDate::year),
        ) else {
            continue;
        };
        let heard = act.body.horizon;
        for (key, row) in blocks(unit, &of_kind(holder, *sex, year))? {
            if row.incarnation == holder.incarnation && row.commit < heard {
                void(unit, holder, &key, row)?;
            }
        }
    }
    Ok(())
}

/// The numbers that earlier lives of the node had and did not use are void: what it did with them
/// before it lost its disk, nobody can know.
pub(crate) fn void_lost(unit: &mut Unit<'_>, holder: &Holder) -> Result<(), UnitError> {
    for (key, row) in blocks(unit, &of_node(holder))? {
        if row.incarnation < holder.incarnation {
            void(unit, holder, &key, row)?;
        }
    }
    Ok(())
}

fn void(
    unit: &mut Unit<'_>,
    holder: &Holder,
    key: &[u8],
    mut row: BlockRow,
) -> Result<(), UnitError> {
    let Some((year, sex, _)) = kind_of(key) else {
        return Ok(());
    };
    let mut any = false;
    for (random, stand) in &mut row.numbers {
        if *stand != Stand::Given {
            continue;
        }
        *stand = Stand::Void;
        any = true;
        if let Some(pin) = Pin::compose(row.prefix, sex, year, *random) {
            ledger::note(unit, &pin, entry(Event::Void, holder, None))?;
        }
    }
    if any {
        unit.put(tables::BLOCKS, key, &row)?;
    }
    Ok(())
}

/// Sets numbers aside where half or less of them are left; tells whether there were any.
pub(crate) fn refill(
    unit: &mut Unit<'_>,
    reserving: Reserving,
    holder: &Holder,
    draw: &mut Draw,
) -> Result<bool, UnitError> {
    let Some(prefix) = unit.units().pin_prefix(holder.office) else {
        return Ok(false);
    };
    let (year, month, _) = Date::in_viet_nam(unit.at_s()).ymd();
    let next = (month >= NEXT_YEAR_FROM_MONTH).then_some(year.saturating_add(1));
    let wanted = usize::from(reserving.numbers);
    let mut any = false;
    for year in std::iter::once(year).chain(next) {
        for sex in [Sex::Male, Sex::Female] {
            let left: usize = blocks(unit, &of_kind(holder, sex, year))?
                .iter()
                .filter(|(_, row)| row.incarnation == holder.incarnation)
                .map(|(_, row)| row.count(Stand::Given))
                .sum();
            if left * 2 <= wanted {
                let numbers = (prefix, sex, year);
                any |= reserve(unit, holder, numbers, wanted.saturating_sub(left), draw)?;
            }
        }
    }
    Ok(any)
}

fn reserve(
    unit: &mut Unit<'_>,
    holder: &Holder,
    (prefix, sex, year): (u16, Sex, u16),
    wanted: usize,
    draw: &mut Draw,
) -> Result<bool, UnitError> {
    let mut randoms = Vec::new();
    for _ in 0..DRAWS_MAX {
        if randoms.len() >= wanted.min(registry::block::BLOCK_NUMBERS_MAX) {
            break;
        }
        let random = draw() % 1_000_000;
        let Some(pin) = Pin::compose(prefix, sex, year, random) else {
            break;
        };
        if !ledger::is_taken(unit, &pin)? {
            ledger::note(unit, &pin, entry(Event::Reserved, holder, None))?;
            randoms.push(random);
        }
    }
    if randoms.is_empty() {
        return Ok(false);
    }
    let block = unit.count("number block")?;
    let row = BlockRow {
        incarnation: holder.incarnation,
        prefix,
        commit: unit.commit_seq(),
        at_s: unit.at_s(),
        numbers: randoms
            .iter()
            .map(|random| (*random, Stand::Given))
            .collect(),
    };
    let key = tables::key(&[&of_kind(holder, sex, year), &block.to_be_bytes()]);
    unit.put(tables::BLOCKS, &key, &row)?;
    let told = NumberBlock {
        block,
        node: holder.node,
        incarnation: holder.incarnation,
        prefix,
        sex,
        year,
        randoms,
    };
    slices::tell(unit, holder.office, &FeedItem::Numbers(told))?;
    Ok(true)
}
