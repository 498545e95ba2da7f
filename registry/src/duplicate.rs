//! People who may be registered twice: who is compared with whom ([`keys`]), how two records are
//! compared and scored ([`compare`]), and the explanation that a person reads ([`Explanation`]).
//!
//! Nothing here links anybody: a score becomes a hint, and a hint becomes a case only by the word
//! of a person, or by the rules of [`crate::rules`], which know nothing of scores. The weights are
//! a table, `data/duplicate_weights.csv`; `docs/duplicates.md` says how they are used.
//!
//! ```text
//! fields ─▶ Traits ─▶ keys ─▶ who shares a block ─▶ compare ─▶ Explanation { hint, score, items }
//! ```

mod block;
mod compare;
mod explain;
mod key;
mod name_form;
mod share;
mod sound;
mod traits;
mod trial;
mod weight;

#[cfg(test)]
mod tests;

pub use block::{BLOCK_MAX, Neighbours, neighbours, pairs};
pub use compare::{Prior, compare};
pub use explain::{Alternative, Explanation, Finding, FindingView, Hint};
pub use key::{KEYS_MAX, Key, keys};
pub use traits::{Relative, Traits, as_written};
pub use trial::{Report, Tally, Trial};
pub use weight::{Item, Level};
