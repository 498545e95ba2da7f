//! What waits for one officer, and what was entered on a day: the queue, and the list that the head
//! of the office looks over in the evening.

use registry::OfficerId;
use registry::act::ActKind;
use registry::date::Date;

use super::{ActState, ActView, Office, OfficeError};

/// Acts that one question looks through.
const LOOKED_AT_MAX: usize = 50_000;
/// Acts read at a time.
const READ_AT_ONCE: usize = 256;

/// The acts of a day.
#[derive(Debug, Clone, Default)]
pub struct DayView {
    /// A part of them, the last entered first.
    pub acts: Vec<ActView>,
    /// How many there are.
    pub total: usize,
    /// How many each officer entered, by name of the account.
    pub by_officer: Vec<(OfficerId, usize)>,
    /// How many of each procedure, the most frequent first.
    pub by_kind: Vec<(ActKind, usize)>,
}

impl Office {
    /// Own acts in a state that one officer entered, the newest first. Of a state that most acts
    /// are in, none are told.
    pub fn own_acts_by(
        &self,
        officer: &OfficerId,
        state: ActState,
        limit: usize,
    ) -> Result<Vec<ActView>, OfficeError> {
        let mut found = Vec::new();
        let keys = self.candidates(state)?.unwrap_or_default();
        for key in keys.into_iter().take(LOOKED_AT_MAX) {
            if found.len() >= limit {
                break;
            }
            let Some((id, _)) = self.rows.outbox(key)? else {
                continue;
            };
            let row = self.rows.act(&id)?;
            if row.is_none_or(|row| row.act.body.officer != *officer) {
                continue;
            }
            if let Some(view) = self.act_view(&id)?
                && view.state == state
            {
                found.push(view);
            }
        }
        Ok(found)
    }

    /// Own acts that were entered on a day, by this device's clock: how many, by whom, of which
    /// kind, and those after the first `skip`.
    pub fn entered_on(&self, day: Date, skip: usize, limit: usize) -> Result<DayView, OfficeError> {
        let mut view = DayView::default();
        let (mut before, mut looked_at) = (None, 0);
        'back: while looked_at < LOOKED_AT_MAX {
            let places = self.rows.outbox_back(before, READ_AT_ONCE)?;
            for (_, id) in &places {
                let Some(row) = self.rows.act(id)? else {
                    continue;
                };
                let of = Date::in_viet_nam(row.act.body.entered.at_s);
                if of < day {
                    break 'back;
                }
                // A clock that was set right may have entered acts of later days before.
                if of > day {
                    continue;
                }
                count(&mut view.by_officer, row.act.body.officer);
                count(&mut view.by_kind, row.act.body.kind);
                if view.total >= skip && view.acts.len() < limit {
                    view.acts.extend(self.act_view(id)?);
                }
                view.total += 1;
            }
            looked_at += places.len();
            match places.last() {
                Some((key, _)) if places.len() == READ_AT_ONCE => before = Some(*key),
                _ => break,
            }
        }
        view.by_officer.sort_by(|one, other| one.0.cmp(&other.0));
        view.by_kind
            .sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(view)
    }
}

fn count<T: PartialEq>(counts: &mut Vec<(T, usize)>, of: T) {
    match counts.iter_mut().find(|(known, _)| *known == of) {
        Some((_, count)) => *count += 1,
        None => counts.push((of, 1)),
    }
}
