//! Sessions of officers at the screens: which there are, when they lock, when they end. A table in
//! memory; a restart ends all of them.
//!
//! Pure: time comes as a [`Moment`], randomness as bytes. Passwords are the door's business
//! ([`crate::door`]).

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::Duration;

use registry::OfficerId;
use registry::act::kind::ActRule;
use registry::code::Role;
use registry::feed::Officer;

use crate::office::Account;

/// Without activity for so long a session locks, seconds.
pub const IDLE_S: u64 = 15 * 60;
/// A session ends after so long, seconds.
pub const AGE_S: u64 = 12 * 3600;
/// Sessions of an office at a time.
pub const SESSIONS_MAX: usize = 128;
/// Sessions of one officer at a time.
pub const SESSIONS_OF_ONE_MAX: usize = 8;
/// Wrong PINs after which the password is wanted.
pub const PIN_TRIES: u8 = 3;
/// Sessions whose end is remembered, to say why.
const ENDED_MAX: usize = 256;

/// A moment by both clocks of the device. The one that has gone further counts: one stands still
/// while the device sleeps, the other can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the process started.
    pub up: Duration,
    /// Seconds since 1970.
    pub wall_s: i64,
}

impl Moment {
    /// Seconds since an earlier moment.
    pub fn since_s(&self, earlier: &Moment) -> u64 {
        let up_s = self.up.saturating_sub(earlier.up).as_secs();
        let wall_s = self.wall_s.saturating_sub(earlier.wall_s);
        up_s.max(u64::try_from(wall_s).unwrap_or(0))
    }
}

/// The name of a session: a secret of its browser. The table holds its hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId([u8; 32]);

impl SessionId {
    /// A session of random bytes.
    pub const fn from_random(bytes: [u8; 32]) -> SessionId {
        SessionId(bytes)
    }

    /// As a cookie holds it.
    pub fn to_text(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }

    /// Reads a cookie.
    pub fn from_text(text: &str) -> Option<SessionId> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(SessionId(bytes.try_into().ok()?))
    }

    /// What every form of the session carries, so that no other page can send one.
    pub fn csrf(&self) -> String {
        self.csrf_hash().to_hex().to_string()
    }

    /// Whether a form is one of this session. Takes as long for a wrong one.
    pub fn csrf_fits(&self, given: &str) -> bool {
        blake3::Hash::from_hex(given).is_ok_and(|given| given == self.csrf_hash())
    }

    fn csrf_hash(&self) -> blake3::Hash {
        blake3::derive_key("npd 2026 forms of a session", &self.0).into()
    }

    fn hash(&self) -> [u8; 32] {
        blake3::derive_key("npd 2026 session of an officer", &self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// Who sits at a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The officer.
    pub account: Account,
    /// Whether a quick PIN unlocks the session.
    pub pin_set: bool,
    /// In how many seconds it locks, if nothing is done.
    pub locks_in_s: u64,
    /// In how many it ends.
    pub ends_in_s: u64,
}

impl Seat {
    /// The procedures that are offered to the officer.
    pub fn offered(&self) -> Vec<&'static ActRule> {
        registry::act::offered(&self.account.officer().roles)
    }

    /// Whether the officer has a role that acts.
    pub fn may_act(&self) -> bool {
        let roles = &self.account.officer().roles;
        roles
            .iter()
            .any(|role| !matches!(role, Role::Viewer | Role::Admin))
    }

    /// Whether the officer manages the accounts of the office.
    pub fn administers(&self) -> bool {
        self.account.has(Role::Admin)
    }
}

/// Why a session has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was twelve hours old.
    Age,
    /// The password was changed.
    Password,
    /// The account was closed.
    Closed,
    /// The officer signed out.
    SignedOut,
    /// Newer sessions took its place.
    TooMany,
}

/// Why nobody sits at a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeatRefused {
    /// There is none.
    #[error("nobody is signed in here; sign in")]
    None,
    /// It has ended.
    #[error("the session has ended; sign in again: what was typed is kept")]
    Ended {
        /// Why.
        why: Ended,
    },
    /// It is locked.
    #[error("the session is locked; give the PIN or the password")]
    Locked {
        /// Whose it is.
        officer: Box<Officer>,
        /// Whether the PIN unlocks it.
        pin: bool,
    },
    /// The password was for one sign-in.
    #[error("choose a password of your own first")]
    MustChange {
        /// Whose session it is.
        officer: Box<Officer>,
    },
    /// It is not this officer's business.
    #[error("this needs the role `admin`")]
    NotAdmin,
}

impl SeatRefused {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            SeatRefused::None => "session_unknown",
            SeatRefused::Ended { .. } => "session_ended",
            SeatRefused::Locked { .. } => "session_locked",
            SeatRefused::MustChange { .. } => "password_must_change",
            SeatRefused::NotAdmin => "role_missing",
        }
    }
}

/// What the office knows of an account just now.
#[derive(Debug, Clone)]
pub struct Known {
    /// The officer; the account is open.
    pub officer: Account,
    /// Which of the account's passwords holds.
    pub generation: u64,
    /// Whether it has to be changed first.
    pub must_change: bool,
    /// Whether there is a quick PIN.
    pub pin_set: bool,
}

#[derive(Debug)]
struct Row {
    officer: OfficerId,
    generation: u64,
    began: Moment,
    seen: Moment,
    locked: bool,
    pin_left: u8,
}

/// The sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    rows: HashMap<[u8; 32], Row>,
    ended: VecDeque<([u8; 32], Ended)>,
}

/// What a session is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// To be used: the time without activity begins anew.
    Use,
    /// To be looked at.
    Glance,
    /// To have its password changed.
    Change,
}

impl Sessions {
    /// Begins a session of an officer.
    pub fn begin(&mut self, id: &SessionId, known: &Known, now: Moment) -> Seat {
        let officer = known.officer.id().clone();
        self.make_room(&officer);
        let row = Row {
            officer,
            generation: known.generation,
            began: now,
            seen: now,
            locked: false,
            pin_left: PIN_TRIES,
        };
        let seat = seat(&row, known, now);
        self.rows.insert(id.hash(), row);
        seat
    }

    /// Who sits at a session. `know` tells what the office knows of the account, if it is open.
    pub fn seat(
        &mut self,
        id: &SessionId,
        ask: Ask,
        now: Moment,
        know: impl FnOnce(&OfficerId) -> Option<Known>,
    ) -> Result<Seat, SeatRefused> {
        let key = id.hash();
        let (row, known) = self.alive(key, now, know)?;
        if row.locked || now.since_s(&row.seen) >= IDLE_S {
            row.locked = true;
            return Err(SeatRefused::Locked {
                officer: Box::new(known.officer.officer().clone()),
                pin: known.pin_set && row.pin_left > 0,
            });
        }
        if known.must_change && ask != Ask::Change {
            return Err(SeatRefused::MustChange {
                officer: Box::new(known.officer.officer().clone()),
            });
        }
        if ask != Ask::Glance {
            row.seen = now;
        }
        Ok(seat(row, &known, now))
    }

    /// Whose session it is, locked or not: for unlocking it.
    pub fn owner(
        &mut self,
        id: &SessionId,
        now: Moment,
        know: impl FnOnce(&OfficerId) -> Option<Known>,
    ) -> Result<Known, SeatRefused> {
        self.alive(id.hash(), now, know).map(|(_, known)| known)
    }

    /// Takes one of the tries to unlock with a PIN, before the PIN is looked at; gives how many
    /// are left after it, or nothing if the password is wanted.
    pub fn count_pin_try(&mut self, id: &SessionId) -> Option<u8> {
        let row = self.rows.get_mut(&id.hash())?;
        row.pin_left = row.pin_left.checked_sub(1)?;
        Some(row.pin_left)
    }

    /// The session goes on.
    pub fn unlock(&mut self, id: &SessionId, now: Moment) {
        if let Some(row) = self.rows.get_mut(&id.hash()) {
            row.locked = false;
            row.pin_left = PIN_TRIES;
            row.seen = now;
        }
    }

    /// The session locks.
    pub fn lock(&mut self, id: &SessionId) {
        if let Some(row) = self.rows.get_mut(&id.hash()) {
            row.locked = true;
        }
    }

    /// The session ends.
    pub fn end(&mut self, id: &SessionId, why: Ended) {
        self.remove(id.hash(), why);
    }

    /// How many sessions an officer has.
    pub fn of(&self, officer: &OfficerId) -> usize {
        let rows = self.rows.values();
        rows.filter(|row| row.officer == *officer).count()
    }

    fn alive(
        &mut self,
        key: [u8; 32],
        now: Moment,
        know: impl FnOnce(&OfficerId) -> Option<Known>,
    ) -> Result<(&mut Row, Known), SeatRefused> {
        let Some(row) = self.rows.get(&key) else {
            let ended = self.ended.iter().find(|(ended, _)| *ended == key);
            return Err(
                ended.map_or(SeatRefused::None, |(_, why)| SeatRefused::Ended {
                    why: *why,
                }),
            );
        };
        let known = know(&row.officer);
        let why = match &known {
            None => Some(Ended::Closed),
            Some(known) if known.generation != row.generation => Some(Ended::Password),
            Some(_) if now.since_s(&row.began) >= AGE_S => Some(Ended::Age),
            Some(_) => None,
        };
        if let Some(why) = why {
            self.remove(key, why);
            return Err(SeatRefused::Ended { why });
        }
        match (self.rows.get_mut(&key), known) {
            (Some(row), Some(known)) => Ok((row, known)),
            _ => Err(SeatRefused::None),
        }
    }

    /// The session that was idle longest makes room, of the officer first.
    fn make_room(&mut self, officer: &OfficerId) {
        let idlest = |rows: &HashMap<[u8; 32], Row>, of: Option<&OfficerId>| {
            rows.iter()
                .filter(|(_, row)| of.is_none_or(|of| row.officer == *of))
                .min_by_key(|(_, row)| row.seen.up)
                .map(|(key, _)| *key)
        };
        if self.of(officer) >= SESSIONS_OF_ONE_MAX
            && let Some(key) = idlest(&self.rows, Some(officer))
        {
            self.remove(key, Ended::TooMany);
        }
        if self.rows.len() >= SESSIONS_MAX
            && let Some(key) = idlest(&self.rows, None)
        {
            self.remove(key, Ended::TooMany);
        }
    }

    fn remove(&mut self, key: [u8; 32], why: Ended) {
        if self.rows.remove(&key).is_some() {
            if self.ended.len() >= ENDED_MAX {
                self.ended.pop_front();
            }
            self.ended.push_back((key, why));
        }
    }
}

fn seat(row: &Row, known: &Known, now: Moment) -> Seat {
    Seat {
        account: known.officer.clone(),
        pin_set: known.pin_set,
        locks_in_s: IDLE_S.saturating_sub(now.since_s(&row.seen)),
        ends_in_s: AGE_S.saturating_sub(now.since_s(&row.began)),
    }
}

#[cfg(test)]
mod tests;
