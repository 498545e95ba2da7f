//! Records, acts and disputes of the National Population Database.
//!
//! Pure: no socket, file, clock, thread or random source; time and randomness are passed in.

mod id;

pub use id::{
    ActId, ActNumber, CaseId, CommitSeq, FeedSeq, IdError, Incarnation, NodeId, OfficeCode,
    OfficerId, RecordId,
};
