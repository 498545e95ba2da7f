//! Vietnamese text: one clean form to store, one test of sameness, one order for lists, and folds
//! for searching. Each idea has a file of this folder.
//!
//! What a name may contain is in [`crate::name`]; searching itself is in [`crate::search`].

pub mod alphabet;
mod base;
mod form;
pub mod legacy;
mod line;
mod tones;

pub(crate) use base::mend_twins;
pub use base::{fold_base, fold_base_into, latin_twin};
pub(crate) use form::is_latin_letter;
pub use form::{TextError, bounded, clean};
pub use line::Line;
pub use tones::{fold_tones, same_text};
