//! Words on cases, without records.
