//! The door: officers sign in with a password, unlock with a PIN, change both. The shell around
//! [`crate::session`] (who is in) and the office (what is kept and counted): the clock, randomness,
//! and the threads on which passwords are computed with.
//!
//! One password is computed with at a time: each takes 7 MiB and some tens of milliseconds, and a
//! node has little memory. A try is counted, durably, before it is looked at. A name that nobody has
//! costs the same work and gets the same answers.

mod refused;

pub use refused::DoorRefused;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use registry::OfficerId;
use registry::feed::Officer;
use registry::password::{
    About, OncePassword, PasswordWeak, SALT_BYTES, Secret, Verifier, choose_password, choose_pin,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock;
use crate::office::{Office, PasswordState, Try};
use crate::session::{Ask, Ended, Known, Moment, Seat, SeatRefused, SessionId, Sessions};
use crate::writer::Writer;

/// Passwords that wait to be computed with; whoever comes then is told to come again.
const WAITING_MAX: usize = 32;

/// Tells the time.
pub type Clock = dyn Fn() -> Moment + Send + Sync;

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    office: Arc<Office>,
    writer: Writer,
    sessions: Mutex<Sessions>,
    clock: Box<Clock>,
    /// The place at which a password is computed with.
    computing: Arc<Semaphore>,
    /// Those who wait for it, and the one who is there.
    waiting: Arc<Semaphore>,
}

/// An account, for the administrator of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountAccess {
    /// The officer.
    pub officer: Officer,
    /// What the account has for a password.
    pub password: PasswordState,
    /// Whether it has a quick PIN.
    pub pin_set: bool,
    /// How long it waits after wrong passwords, seconds.
    pub wait_s: u64,
    /// Its sessions.
    pub sessions: usize,
}

/// Leave to compute with a password, held until that is done.
type Place = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Door {
    /// The door of an office.
    pub fn new(office: Arc<Office>, writer: Writer) -> Door {
        let begun = Instant::now();
        let clock = move || Moment {
            up: begun.elapsed(),
            wall_s: clock::device_s(),
        };
        Door::with_clock(office, writer, Box::new(clock))
    }

    /// The same by another clock.
    pub fn with_clock(office: Arc<Office>, writer: Writer, clock: Box<Clock>) -> Door {
        Door(Arc::new(Inner {
            office,
            writer,
            sessions: Mutex::new(Sessions::default()),
            clock,
            computing: Arc::new(Semaphore::new(1)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }))
    }

    /// Signs an officer in.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
    ) -> Result<(SessionId, Seat), DoorRefused> {
        let name = name.trim().to_ascii_lowercase();
        let officer = self.right(&name, password, true).await?;
        self.begin(&officer)
    }

    /// Who sits at a session. The time without activity begins anew.
    pub fn seat(&self, session: &SessionId) -> Result<Seat, SeatRefused> {
        self.ask(session, Ask::Use)
    }

    /// The same without counting as activity: for what a page asks by itself.
    pub fn glance(&self, session: &SessionId) -> Result<Seat, SeatRefused> {
        self.ask(session, Ask::Glance)
    }

    /// Locks a session now.
    pub fn lock(&self, session: &SessionId) {
        self.sessions().lock(session);
    }

    /// Ends a session.
    pub fn sign_out(&self, session: &SessionId) {
        self.sessions().end(session, Ended::SignedOut);
    }

    /// Unlocks a session with the quick PIN; after three wrong ones only the password does.
    pub async fn unlock_with_pin(
        &self,
        session: &SessionId,
        pin: &str,
    ) -> Result<Seat, DoorRefused> {
        let known = self.owner(session)?;
        let access = self.0.office.access(known.officer.id());
        let verifier = access.pin.ok_or(DoorRefused::PinOff)?;
        let secret = Secret::typed(pin).ok_or(DoorRefused::PinOff)?;
        let place = self.place().await?;
        // Counted before it is looked at, so that many at once are no more than three.
        let left = self.sessions().count_pin_try(session);
        let left = left.ok_or(DoorRefused::PinOff)?;
        if !fits(place, verifier, secret).await? {
            return Err(match left {
                0 => DoorRefused::PinOff,
                left => DoorRefused::PinWrong { left },
            });
        }
        self.unlocked(session)
    }

    /// Unlocks a session with the password.
    pub async fn unlock_with_password(
        &self,
        session: &SessionId,
        password: &str,
    ) -> Result<Seat, DoorRefused> {
        let known = self.owner(session)?;
        self.right(known.officer.id().as_str(), password, false)
            .await?;
        self.unlocked(session)
    }

    /// Changes an officer's own password. Every session of the officer ends; here is the next.
    pub async fn change_password(
        &self,
        session: &SessionId,
        old: &str,
        new: &str,
    ) -> Result<(SessionId, Seat), DoorRefused> {
        let seat = self.ask(session, Ask::Change)?;
        let officer = seat.account.officer();
        let chosen = self.chosen(officer, new)?;
        let same = Secret::typed(old).is_some_and(|old| old.is_same(&chosen))
            || OncePassword::read(old).is_some_and(|old| old.is_same(&chosen));
        if same {
            return Err(PasswordWeak::Same.into());
        }
        let officer = self.right(officer.id.as_str(), old, false).await?;
        let verifier = self.verifier_of(chosen).await?;
        let by = Some(officer.clone());
        self.0
            .writer
            .set_password(officer.clone(), verifier, false, by)
            .await?;
        self.begin(&officer)
    }

    /// Sets the officer's quick PIN, or takes it away. It holds at this office only.
    pub async fn set_pin(
        &self,
        session: &SessionId,
        password: &str,
        pin: Option<&str>,
    ) -> Result<Seat, DoorRefused> {
        let seat = self.seat(session)?;
        let pin = pin.map(choose_pin).transpose()?;
        let officer = self
            .right(seat.account.id().as_str(), password, false)
            .await?;
        let pin = match pin {
            Some(pin) => Some(self.verifier_of(pin).await?),
            None => None,
        };
        self.0.writer.set_pin(officer, pin).await?;
        Ok(self.seat(session)?)
    }

    /// An administrator gives an officer a password for one sign-in.
    pub async fn give_once_password(
        &self,
        session: &SessionId,
        officer: &OfficerId,
    ) -> Result<OncePassword, DoorRefused> {
        let by = self.administrator(session)?;
        self.give_once(officer, Some(by)).await
    }

    /// The same, given by whoever can read this device's secrets.
    pub(crate) async fn give_once(
        &self,
        officer: &OfficerId,
        by: Option<OfficerId>,
    ) -> Result<OncePassword, DoorRefused> {
        if self.0.office.officer(officer).is_none() {
            return Err(DoorRefused::OfficerUnknown);
        }
        let once = new_once_password().ok_or(DoorRefused::Random)?;
        let verifier = self.verifier_of(once.secret()).await?;
        let officer = officer.clone();
        self.0
            .writer
            .set_password(officer, verifier, true, by)
            .await?;
        Ok(once)
    }

    /// An administrator lets an account try again at once.
    pub async fn lift_wait(
        &self,
        session: &SessionId,
        officer: &OfficerId,
    ) -> Result<(), DoorRefused> {
        let by = self.administrator(session)?;
        if self.0.office.officer(officer).is_none() {
            return Err(DoorRefused::OfficerUnknown);
        }
        self.0.writer.lift_wait(officer.clone(), Some(by)).await?;
        Ok(())
    }

    /// The accounts of the office, for its administrator.
    pub fn access(&self, session: &SessionId) -> Result<Vec<AccountAccess>, SeatRefused> {
        self.administrator(session)?;
        Ok(self.accounts())
    }

    /// The same for whoever may ask otherwise.
    pub(crate) fn accounts(&self) -> Vec<AccountAccess> {
        let office = &self.0.office;
        let now_s = (self.0.clock)().wall_s;
        let sessions = self.sessions();
        let account = |officer: Officer| {
            let (password, wait_s) = office.password_state(&officer.id, now_s);
            AccountAccess {
                password,
                pin_set: office.access(&officer.id).pin.is_some(),
                wait_s,
                sessions: sessions.of(&officer.id),
                officer,
            }
        };
        office.officers().into_iter().map(account).collect()
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0
            .sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, session: &SessionId, ask: Ask) -> Result<Seat, SeatRefused> {
        let now = (self.0.clock)();
        let know = |officer: &OfficerId| self.known(officer);
        self.sessions().seat(session, ask, now, know)
    }

    fn owner(&self, session: &SessionId) -> Result<Known, SeatRefused> {
        let now = (self.0.clock)();
        let know = |officer: &OfficerId| self.known(officer);
        self.sessions().owner(session, now, know)
    }

    fn known(&self, officer: &OfficerId) -> Option<Known> {
        let account = self.0.office.account_of(officer)?;
        let access = self.0.office.access(officer);
        Some(Known {
            officer: account,
            generation: access.generation,
            must_change: access.once,
            pin_set: access.pin.is_some(),
        })
    }

    fn administrator(&self, session: &SessionId) -> Result<OfficerId, SeatRefused> {
        let seat = self.seat(session)?;
        if seat.administers() {
            Ok(seat.account.id().clone())
        } else {
            Err(SeatRefused::NotAdmin)
        }
    }

    fn begin(&self, officer: &OfficerId) -> Result<(SessionId, Seat), DoorRefused> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| DoorRefused::Random)?;
        let id = SessionId::from_random(bytes);
        let closed = SeatRefused::Ended { why: Ended::Closed };
        let known = self.known(officer).ok_or(closed)?;
        let seat = self.sessions().begin(&id, &known, (self.0.clock)());
        Ok((id, seat))
    }

    fn unlocked(&self, session: &SessionId) -> Result<Seat, DoorRefused> {
        self.sessions().unlock(session, (self.0.clock)());
        Ok(self.seat(session)?)
    }

    /// Whose password it is; counted before it is looked at, and forgotten if it is right.
    async fn right(
        &self,
        name: &str,
        password: &str,
        entering: bool,
    ) -> Result<OfficerId, DoorRefused> {
        let place = self.place().await?;
        let counted = self.0.writer.count_try(name.to_owned()).await?;
        let (verifier, once, over, officer) = match counted {
            Try::Wait { seconds } => return Err(DoorRefused::Wait { seconds }),
            Try::Counted {
                verifier,
                once,
                over,
                officer,
            } => (verifier, once, over, officer),
        };
        let typed = if once {
            OncePassword::read(password)
        } else {
            Secret::typed(password)
        };
        // Too long is wrong, and takes as long.
        let too_long = typed.is_none();
        let fits = fits(place, verifier, typed.unwrap_or_default()).await?;
        let Some(officer) = officer.filter(|_| fits && !too_long) else {
            return Err(DoorRefused::Wrong);
        };
        if over {
            return Err(DoorRefused::Over);
        }
        self.0
            .writer
            .forget_tries(officer.clone(), entering)
            .await?;
        Ok(officer)
    }

    fn chosen(&self, officer: &Officer, new: &str) -> Result<Secret, PasswordWeak> {
        let office = &self.0.office;
        let (code, units) = (office.code(), office.units());
        let commune = units.commune(code);
        let code = code.to_string();
        let mut names = vec![officer.name.as_str(), &code];
        names.extend(commune.map(|commune| commune.name.as_ref()));
        let about = About {
            account: officer.id.as_str(),
            names: &names,
        };
        choose_password(new, &about)
    }

    async fn verifier_of(&self, secret: Secret) -> Result<Verifier, DoorRefused> {
        let salt = new_salt().ok_or(DoorRefused::Random)?;
        let place = self.place().await?;
        compute(place, move || Verifier::of(&secret, &salt)).await
    }

    async fn place(&self) -> Result<Place, DoorRefused> {
        let waiting = Arc::clone(&self.0.waiting).try_acquire_owned();
        let waiting = waiting.map_err(|_| DoorRefused::Busy)?;
        let computing = Arc::clone(&self.0.computing).acquire_owned().await;
        Ok((waiting, computing.map_err(|_| DoorRefused::Busy)?))
    }
}

async fn fits(place: Place, verifier: Verifier, secret: Secret) -> Result<bool, DoorRefused> {
    compute(place, move || verifier.fits(&secret)).await
}

/// Computes on a thread that may block. The place goes with the work: whoever asked may be gone
/// before it is done.
async fn compute<T: Send + 'static>(
    place: Place,
    work: impl FnOnce() -> Result<T, registry::password::VerifierError> + Send + 'static,
) -> Result<T, DoorRefused> {
    let work = move || {
        let result = work();
        drop(place);
        result
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| DoorRefused::Busy)?.map_err(Into::into)
}

/// A password for one sign-in.
pub(crate) fn new_once_password() -> Option<OncePassword> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).ok()?;
    Some(OncePassword::from_random(&bytes))
}

/// Random bytes beside a password.
pub(crate) fn new_salt() -> Option<[u8; SALT_BYTES]> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).ok()?;
    Some(salt)
}
