//! Lists of the acts of this office, by how they stand, and how many there are.

use std::collections::BTreeSet;

use registry::case::ClaimStands;
use registry::date::Date;
use registry::{ActId, ActNumber};

use super::{ActState, ActView};
use crate::office::live::{Live, Rare};
use crate::office::{Office, OfficeError};
use crate::tables::ActKey;

/// Most own acts that one question about those that took effect looks through.
const LOOKED_AT_MAX: usize = 50_000;
/// Own acts read at a time.
const READ_AT_ONCE: usize = 256;
/// And no fewer: some may be in another state.
const READ_AT_LEAST: usize = 16;

/// Whether memory knows that an own act is unanswered, or took no effect. Of an act in a case only
/// the case tells.
fn took_no_effect(live: &Live, key: &ActKey) -> bool {
    let without = [Rare::Parked, Rare::Returned, Rare::Quarantined];
    live.unanswered.contains_key(key)
        || without
            .into_iter()
            .any(|rare| live.rare.with(rare).contains(key))
}

impl Office {
    /// Own acts in a state (in any, if none is given), the newest first. Acts in a state that few
    /// are in are known without looking at the others.
    pub fn own_acts(
        &self,
        state: Option<ActState>,
        limit: usize,
    ) -> Result<Vec<ActView>, OfficeError> {
        let Some(keys) = state.and_then(|state| self.candidates(state).transpose()) else {
            return self.newest_acts(limit, state);
        };
        let mut found = Vec::new();
        for key in keys? {
            if found.len() >= limit {
                break;
            }
            let Some((id, _)) = self.rows.outbox(key)? else {
                continue;
            };
            if let Some(view) = self.act_view(&id)?
                && Some(view.state) == state
            {
                found.push(view);
            }
        }
        Ok(found)
    }

    /// How many own acts are in a state that few are in; none for one that most are in.
    pub fn count_acts(&self, state: ActState) -> Result<Option<usize>, OfficeError> {
        let Some(keys) = self.candidates(state)? else {
            return Ok(None);
        };
        let exact = matches!(
            state,
            ActState::Parked | ActState::Returned | ActState::Quarantined
        );
        if exact {
            return Ok(Some(keys.len()));
        }
        let mut count = 0_usize;
        for key in keys {
            let row = match self.rows.outbox(key)? {
                Some((id, _)) => self.rows.act(&id)?,
                None => None,
            };
            if let Some(row) = row
                && self.view_of(row)?.state == state
            {
                count = count.saturating_add(1);
            }
        }
        Ok(Some(count))
    }

    /// How many own acts were entered on a day, by this device's clock.
    pub fn count_entered_on(&self, day: Date) -> Result<usize, OfficeError> {
        let mut count = 0_usize;
        let mut before = None;
        loop {
            let places = self.rows.outbox_back(before, READ_AT_ONCE)?;
            for (_, id) in &places {
                let entered = self.rows.act(id)?.map(|row| row.act.body.entered.at_s);
                match entered.map(Date::in_viet_nam) {
                    Some(of) if of == day => count = count.saturating_add(1),
                    // A clock that was set right may have entered acts of later days before.
                    Some(of) if of > day => {}
                    _ => return Ok(count),
                }
            }
            match places.last() {
                Some((key, _)) if places.len() == READ_AT_ONCE && count < LOOKED_AT_MAX => {
                    before = Some(*key);
                }
                _ => return Ok(count),
            }
        }
    }

    /// The acts that may be in a state, the newest first; none if it is one that most are in.
    pub(in crate::office) fn candidates(
        &self,
        state: ActState,
    ) -> Result<Option<Vec<ActKey>>, OfficeError> {
        let live = self.live();
        let rare = |rare| live.rare.with(rare).iter().rev().copied().collect();
        Ok(Some(match state {
            ActState::Final => return Ok(None),
            ActState::Provisional | ActState::Waiting => {
                live.unanswered.keys().rev().copied().collect()
            }
            ActState::Disputed => {
                let mut keys: BTreeSet<ActKey> = live.rare.with(Rare::InCase).clone();
                let claimed = live.claimed_so(ClaimStands::Disputed);
                drop(live);
                keys.extend(self.own_keys(claimed)?);
                keys.into_iter().rev().collect()
            }
            ActState::SetAside => {
                let claimed = live.claimed_so(ClaimStands::SetAside);
                drop(live);
                let mut keys = self.own_keys(claimed)?;
                keys.sort_unstable_by(|one, other| other.cmp(one));
                keys
            }
            ActState::Parked => rare(Rare::Parked),
            ActState::Returned => rare(Rare::Returned),
            ActState::Quarantined => rare(Rare::Quarantined),
            ActState::Withdrawn => {
                let withdrawn: Vec<ActId> = live.withdrawals.keys().copied().collect();
                drop(live);
                let mut keys = self.own_keys(withdrawn)?;
                keys.sort_unstable_by(|one, other| other.cmp(one));
                keys
            }
        }))
    }

    /// The places of those of these acts that this device entered.
    fn own_keys(&self, acts: Vec<ActId>) -> Result<Vec<ActKey>, OfficeError> {
        let node = self.live().meta.node;
        let mut keys = Vec::new();
        for id in acts {
            let row = self.rows.act(&id)?;
            let own = row.filter(|row| row.act.author.node == node);
            keys.extend(own.map(|row| ActKey::of(&row.act.author)));
        }
        Ok(keys)
    }

    /// Own acts that fit, the newest first, as far as a look back finds them.
    fn newest_acts(
        &self,
        limit: usize,
        state: Option<ActState>,
    ) -> Result<Vec<ActView>, OfficeError> {
        let mut found = Vec::new();
        let mut before = None;
        let mut looked_at = 0;
        while found.len() < limit && looked_at < LOOKED_AT_MAX {
            if state.is_some() {
                before = self.behind_others(before);
            }
            let wanted = limit.saturating_sub(found.len());
            let at_once = wanted.clamp(READ_AT_LEAST, READ_AT_ONCE);
            let places = self.rows.outbox_back(before, at_once)?;
            for (key, id) in &places {
                if state.is_some() && took_no_effect(&self.live(), key) {
                    continue;
                }
                let Some(row) = self.rows.act(id)? else {
                    continue;
                };
                let view = self.view_of(row)?;
                if state.is_none_or(|state| view.state == state) {
                    found.extend(self.act_view(id)?);
                }
                if found.len() >= limit {
                    break;
                }
            }
            looked_at += places.len();
            match places.last() {
                Some((key, _)) if places.len() == at_once => before = Some(*key),
                _ => break,
            }
        }
        Ok(found)
    }

    /// The place behind which to look on for acts that took effect: those next to `before`, or to
    /// the end, of which memory knows that they did not are passed over without a row of theirs. An
    /// office that was dark for months has tens of thousands without an answer on top.
    fn behind_others(&self, before: Option<ActKey>) -> Option<ActKey> {
        let live = self.live();
        let end = ActKey {
            incarnation: live.meta.incarnation,
            number: live.meta.outbox_point().number.next(),
        };
        let mut before = before.unwrap_or(end);
        while let Some(number) = before.number.get().checked_sub(1) {
            let key = ActKey {
                number: ActNumber::new(number),
                ..before
            };
            if !took_no_effect(&live, &key) {
                break;
            }
            before = key;
        }
        Some(before)
    }
}
