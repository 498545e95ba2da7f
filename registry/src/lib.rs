//! Records, acts and disputes of the National Population Database.
//!
//! Pure: no socket, file, clock, thread or random source; time and randomness are passed in.

mod id;

pub use id::{
    ActId, ActNumber, CaseId, CommitSeq, FeedSeq, IdError, Incarnation, NodeId, OfficeCode,
    OfficerId, RecordId,
};

pub mod code;
pub mod contact;
pub mod date;
pub mod name;
pub mod pin;
pub mod population;
pub mod search;
pub mod text;
pub mod unit;

pub mod act;
pub mod dispute;
pub mod document;
pub mod edit;
pub mod fields;
pub mod person;
pub mod record;
pub mod schema;
pub mod value;
pub mod case;
pub mod feed;
pub mod rules;
pub mod procedure;
pub mod columns;
