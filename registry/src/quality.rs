//! The quality of the data by the four words of the population project: *đúng – đủ – sạch – sống*
//! (accurate, complete, clean, live). A verdict for each person, with what is to be mended; sums of
//! verdicts for a hamlet, a commune, a province.
//!
//! | word | a record has it if |
//! |---|---|
//! | đúng, accurate | its values pass the rules of [`Problem`], nothing in it is in dispute and no case about it is open |
//! | đủ, complete | the seven items are there that the police must ask for: full name, birth date, sex, place of birth registration, native place, ethnic group, nationality |
//! | sạch, clean | nothing asks whether it is somebody else's too: no open case, at the centre no open strong pair of the nightly pass either |
//! | sống, live | an office has entered an act on it within [`LIVE_DAYS`] |
//!
//! Pure: who walks the records, and where the sums are kept, is the business of node and centre.
//! How many people there are is in [`crate::statistics`].

mod finding;
mod hamlet;
mod problem;
mod score;

pub use finding::{Finding, Headship, LIVE_DAYS, Marks, look};
pub(crate) use hamlet::hamlet_key;
pub use hamlet::{HAMLETS_MAX, hamlet_of, hamlet_of_person, same_hamlet};
pub use problem::{Problem, ProblemRule, Problems, Word};
pub use score::{Contacts, Score, Shares};

#[cfg(test)]
mod tests;
