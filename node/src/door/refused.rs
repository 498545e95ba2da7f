//! Why the door stays shut. Nothing here tells whether a name exists.

use registry::password::{PasswordWeak, PinWeak, VerifierError};

use crate::session::SeatRefused;
use crate::writer::WriteError;

/// Why an officer does not get in, or gets no other password or PIN.
#[derive(Debug, thiserror::Error)]
pub enum DoorRefused {
    /// The name or the password.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many were wrong.
    #[error(
        "too many wrong passwords: wait {seconds} seconds, or ask the administrator of the office"
    )]
    Wait {
        /// Seconds.
        seconds: u64,
    },
    /// A password for one sign-in has lain about too long.
    #[error("this password was for one sign-in within 30 days: ask for a new one")]
    Over,
    /// The PIN.
    #[error("the PIN is wrong; {left} more tries, then the password is wanted")]
    PinWrong {
        /// Tries that are left.
        left: u8,
    },
    /// The PIN does not unlock this session.
    #[error("the PIN does not unlock this session any more: give the password")]
    PinOff,
    /// The new password.
    #[error(transparent)]
    Weak(#[from] PasswordWeak),
    /// The new PIN.
    #[error(transparent)]
    WeakPin(#[from] PinWeak),
    /// Nobody sits at the session, or not this one.
    #[error(transparent)]
    Seat(#[from] SeatRefused),
    /// Not an officer of this office.
    #[error("no officer of this office has this name, or the account is closed")]
    OfficerUnknown,
    /// Many sign in at this moment.
    #[error("many sign in at this moment: try again")]
    Busy,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: restart the device")]
    Random,
    /// The password that is kept cannot be used.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// It could not be kept.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl DoorRefused {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DoorRefused::Wrong => "sign_in_wrong",
            DoorRefused::Wait { .. } => "sign_in_wait",
            DoorRefused::Over => "password_over",
            DoorRefused::PinWrong { .. } => "pin_wrong",
            DoorRefused::PinOff => "pin_off",
            DoorRefused::Weak(weak) => weak.code(),
            DoorRefused::WeakPin(weak) => weak.code(),
            DoorRefused::Seat(refused) => refused.code(),
            DoorRefused::OfficerUnknown => "officer_unknown",
            DoorRefused::Busy => "sign_in_busy",
            DoorRefused::Random => "random_failed",
            DoorRefused::Verifier(error) => error.code(),
            DoorRefused::Write(error) => error.code(),
        }
    }

    /// How long nothing is tried, seconds.
    pub const fn wait_s(&self) -> Option<u64> {
        match self {
            DoorRefused::Wait { seconds } => Some(*seconds),
            _ => None,
        }
    }
}
