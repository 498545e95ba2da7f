//! The sync session between an office and the centre, without any input or output of its own.

mod class;
pub mod limits;

pub use class::Class;
