//! Vital statistics: the population by age and sex, births and deaths by month. What is known only
//! in part is counted apart and never guessed.
//!
//! Pure: who walks the records and the acts is the business of node and centre.

mod months;
mod pyramid;
mod survey;
mod vital;

pub use months::{Month, Months};
pub use pyramid::{BAND_YEARS, Band, Pyramid, Sexes};
pub use survey::{Hamlet, Survey, counted_at};
pub use vital::{Event, Events, Vital, events_of, is_vital};

#[cfg(test)]
mod tests;
