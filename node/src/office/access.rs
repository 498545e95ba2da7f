//! By what officers get in with a password: trying, setting, and what the centre sets. All of it
//! works without a line. Computing with passwords is the door's business ([`crate::door`]); here
//! is what is kept and counted.

use registry::OfficerId;
use registry::feed::Officer;
use registry::password::{FREE_TRIES, PasswordSet, Tries, Verifier};

use super::live::LiveChange;
use super::work::Work;
use super::{Office, OfficeError};
use crate::tables::{Access, AuditEvent, officer_key};

/// The row that is written for a name that nobody has, so that trying it takes as long.
const NOBODY: [u8; 32] = [0; 32];

/// A try to sign in.
#[derive(Debug, Clone)]
pub enum Try {
    /// Too many were wrong: nothing is tried for so long.
    Wait {
        /// Seconds.
        seconds: u64,
    },
    /// It is counted as wrong until it is found right.
    Counted {
        /// What the password is to be held against; a decoy if there is none.
        verifier: Verifier,
        /// Whether it is good for one sign-in.
        once: bool,
        /// Whether it has lain about too long.
        over: bool,
        /// Whose it is; none if nobody gets in by it.
        officer: Option<OfficerId>,
    },
}

/// What an account has for a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordState {
    /// None: an administrator gives one.
    None,
    /// One for the first sign-in.
    Once,
    /// One of the officer's own.
    Own,
}

impl Office {
    /// By what an officer gets in.
    pub fn access(&self, officer: &OfficerId) -> Access {
        let live = self.live();
        let access = live.access.get(&officer_key(officer));
        access.cloned().unwrap_or_default()
    }

    /// Counts a try to sign in under a name before it is looked at.
    pub fn count_try(&self, name: &str, device_s: i64) -> Result<Try, OfficeError> {
        let _writing = self.writing();
        let officer = name
            .parse::<OfficerId>()
            .ok()
            .and_then(|id| self.officer(&id));
        match officer {
            Some(officer) => self.count_try_of(&officer, device_s),
            None => self.count_stranger(*blake3::hash(name.as_bytes()).as_bytes(), device_s),
        }
    }

    fn count_try_of(&self, officer: &Officer, device_s: i64) -> Result<Try, OfficeError> {
        let mut work = self.finishing_work();
        let now_s = work.meta.corrected_s(device_s);
        let mut access = self.access(&officer.id);
        let counted = counted(access.tries, now_s);
        access.tries = counted.tries();
        if access.tries != self.access(&officer.id).tries {
            work.put_access(&officer.id, access.clone())?;
            if access.tries.wrong() == FREE_TRIES {
                let event = AuditEvent::WaitBegan {
                    officer: officer.id.clone(),
                };
                work.audit(now_s, None, event)?;
            }
            work.finish()?;
        }
        Ok(match counted {
            Counted::Wait(tries) => Try::Wait {
                seconds: tries.wait_s(now_s),
            },
            Counted::May(_) => Try::Counted {
                officer: access.password.is_some().then(|| officer.id.clone()),
                once: access.once,
                over: access.is_over(now_s),
                verifier: access.password.unwrap_or_else(Verifier::decoy),
            },
        })
    }

    fn count_stranger(&self, key: [u8; 32], device_s: i64) -> Result<Try, OfficeError> {
        let mut work = self.finishing_work();
        let now_s = work.meta.corrected_s(device_s);
        let before = self.live().strangers.tries(&key);
        let counted = counted(before, now_s);
        if counted.tries() != before {
            let nobody = Access {
                tries: counted.tries(),
                ..Access::default()
            };
            work.rows.put_access(&NOBODY, &nobody)?;
            work.finish()?;
            let mut live = self.live.change();
            live.strangers.set(key, counted.tries());
        }
        Ok(match counted {
            Counted::Wait(tries) => Try::Wait {
                seconds: tries.wait_s(now_s),
            },
            Counted::May(_) => Try::Counted {
                verifier: Verifier::decoy(),
                once: false,
                over: false,
                officer: None,
            },
        })
    }

    /// The try was right: what was counted is forgotten. `entered` if it began a session.
    pub fn forget_tries(
        &self,
        officer: &OfficerId,
        entered: bool,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let mut access = self.access(officer);
        access.tries = Tries::default();
        work.put_access(officer, access)?;
        if entered {
            work.audit(at_s, Some(officer.clone()), AuditEvent::SignedIn)?;
        }
        work.finish()?;
        Ok(())
    }

    /// An account may try again at once. `by` is the administrator; nobody for whoever can read
    /// this device's secrets.
    pub fn lift_wait(
        &self,
        officer: &OfficerId,
        by: Option<&OfficerId>,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        if self.officer(officer).is_none() {
            return Err(OfficeError::OfficerUnknown);
        }
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let mut access = self.access(officer);
        access.tries = Tries::default();
        work.put_access(officer, access)?;
        let event = AuditEvent::WaitLifted {
            officer: officer.clone(),
        };
        work.audit(at_s, by.cloned(), event)?;
        work.finish()?;
        Ok(())
    }

    /// Gives an officer another password. Sessions of the one before are over.
    pub fn set_password(
        &self,
        officer: &OfficerId,
        password: Verifier,
        once: bool,
        by: Option<&OfficerId>,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        if self.officer(officer).is_none() {
            return Err(OfficeError::OfficerUnknown);
        }
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let mut access = self.access(officer);
        access.set_password(Some(password), once, at_s);
        work.put_access(officer, access)?;
        let event = AuditEvent::PasswordSet {
            officer: officer.clone(),
            once,
        };
        work.audit(at_s, by.cloned(), event)?;
        work.finish()?;
        Ok(())
    }

    /// Sets an officer's quick PIN, or takes it away.
    pub fn set_pin(
        &self,
        officer: &OfficerId,
        pin: Option<Verifier>,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        if self.officer(officer).is_none() {
            return Err(OfficeError::OfficerUnknown);
        }
        let mut work = self.finishing_work();
        let at_s = work.meta.corrected_s(device_s);
        let is_set = pin.is_some();
        let access = Access {
            pin,
            ..self.access(officer)
        };
        work.put_access(officer, access)?;
        let event = AuditEvent::PinSet { is_set };
        work.audit(at_s, Some(officer.clone()), event)?;
        work.finish()?;
        Ok(())
    }

    /// What an account has for a password, and how long it waits, seconds.
    pub fn password_state(&self, officer: &OfficerId, device_s: i64) -> (PasswordState, u64) {
        let access = self.access(officer);
        let state = match (&access.password, access.once) {
            (None, _) => PasswordState::None,
            (Some(_), true) => PasswordState::Once,
            (Some(_), false) => PasswordState::Own,
        };
        let now_s = self.meta().corrected_s(device_s);
        (state, access.tries.wait_s(now_s))
    }
}

/// What comes of one more try.
enum Counted {
    Wait(Tries),
    May(Tries),
}

impl Counted {
    const fn tries(&self) -> Tries {
        match self {
            Counted::Wait(tries) | Counted::May(tries) => *tries,
        }
    }
}

fn counted(tries: Tries, now_s: i64) -> Counted {
    if tries.wait_s(now_s) == 0 {
        return Counted::May(tries.and_one(now_s));
    }
    Counted::Wait(if tries.clock_fell_back(now_s) {
        tries.waiting_from(now_s)
    } else {
        tries
    })
}

impl Work<'_> {
    fn put_access(&mut self, officer: &OfficerId, access: Access) -> Result<(), OfficeError> {
        let key = officer_key(officer);
        self.rows.put_access(&key, &access)?;
        self.also(LiveChange::Access { key, access });
        Ok(())
    }

    /// The account is gone, and by what its officer got in.
    pub(super) fn forget_access(&mut self, officer: &OfficerId) -> Result<(), OfficeError> {
        let key = officer_key(officer);
        self.rows.delete_access(&key)?;
        self.also(LiveChange::AccessGone { key });
        Ok(())
    }

    /// Accounts have other names; by what their officers get in stays.
    pub(super) fn rename_access(
        &mut self,
        renamed: &[(OfficerId, OfficerId)],
    ) -> Result<(), OfficeError> {
        let moved: Vec<(OfficerId, Access)> = renamed
            .iter()
            .map(|(before, after)| (after.clone(), self.office.access(before)))
            .collect();
        for (before, _) in renamed {
            self.forget_access(before)?;
        }
        for (after, access) in moved {
            self.put_access(&after, access)?;
        }
        Ok(())
    }

    /// The centre has set a password: it holds if it was set later than the last that came.
    pub(super) fn take_password(
        &mut self,
        set: PasswordSet,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let mut access = self.office.access(&set.officer);
        if set.epoch <= access.epoch {
            return Ok(());
        }
        access.epoch = set.epoch;
        access.set_password(set.verifier, set.once, set.at_s);
        self.put_access(&set.officer, access)?;
        let at_s = self.meta.corrected_s(device_s);
        let event = AuditEvent::PasswordSet {
            officer: set.officer,
            once: set.once,
        };
        self.audit(at_s, None, event)
    }
}
