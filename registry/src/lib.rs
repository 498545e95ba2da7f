//! Records, acts and disputes of the National Population Database.
//!
//! Pure: no socket, file, clock, thread or random source; time and randomness are passed in.

mod id;

pub use id::{
    ActId, ActNumber, CaseId, CommitSeq, FeedSeq, IdError, Incarnation, NodeId, OfficeCode,
    OfficerId, PaperId, RecordId,
};

pub mod card;
pub mod clash;
pub mod code;
pub mod contact;
pub mod date;
pub mod duplicate;
pub mod name;
pub mod password;
pub mod pin;
pub mod population;
pub mod search;
pub mod text;
pub mod unit;

pub mod act;
pub mod application;
pub mod attachment;
pub mod block;
pub mod case;
pub mod columns;
pub mod dispute;
pub mod document;
pub mod dossier;
pub mod edit;
pub mod exchange;
pub mod feed;
pub mod fields;
pub mod file_number;
pub mod law;
pub mod paper;
pub mod person;
pub mod portrait;
pub mod procedure;
pub mod quality;
pub mod reading;
pub mod receipt;
pub mod record;
pub mod returned;
pub mod rules;
pub mod sabotage;
pub mod schema;
pub mod statistics;
pub mod told;
pub mod value;
pub mod words;
