//! Administrative units and what decrees do to them. Records hold codes; a decree never rewrites
//! a record. What a code means is looked up here: in the table of the edition under which it was
//! written ([`UnitTable`]), and then from decree to decree up to the edition in force ([`Units`]).
//!
//! Who tells whom of a decree, and when slices follow it, is not here: that is the centre's and
//! the feed's business. `docs/adr/0006-a-decree-is-a-mapping.md` says why it is so.

mod change;
mod decree;
mod history;
mod named;
mod province;
mod read;
mod table;

pub use change::{Change, Happened};
pub use decree::{Decree, HAMLETS_MAX, ProvinceRow, ROWS_MAX, Share, Succession, UnitRow};
pub use history::{Divided, Edition, EditionError, Issued, Units};
pub(crate) use named::home_in;
pub use province::ProvinceCode;
pub use read::{DecreeError, DecreeFault, FILE_BYTES_MAX, FileFault};
pub use table::{Commune, Province, UnitTable};
