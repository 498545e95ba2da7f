//! Row 3: one birth certificate entered twice in one office. The second entry is the first once
//! more, not a second child.

use crate::person::Person;
use crate::text::same_text;
use crate::value::BirthEntry;

use super::{Fields, birth_entry, born_together, meeting_point, sexes_agree};

/// Where those meet who were entered by one certificate.
pub(super) fn certificate_point(entry: &BirthEntry) -> Option<[u8; 16]> {
    let number = entry.certificate.as_str();
    (!number.is_empty()).then(|| meeting_point(&[b"certificate", number.to_lowercase().as_bytes()]))
}

/// Where a child meets those who were entered by the same certificate.
pub fn entered_at(child: &Fields) -> Option<[u8; 16]> {
    birth_entry(child).and_then(certificate_point)
}

/// Whether two registrations are one entry made twice: one office, one certificate, one child of
/// that birth. Names may differ: a clerk who enters a paper again reads it again.
pub fn same_entry(one: &Fields, two: &Fields) -> bool {
    let (Some(a), Some(b)) = (birth_entry(one), birth_entry(two)) else {
        return false;
    };
    let (x, y) = (Person(one), Person(two));
    let office = |person: &Person<'_>| person.birth_registration().and_then(|place| place.unit);
    !a.certificate.is_empty()
        && same_text(a.certificate.as_str(), b.certificate.as_str())
        && a.birth_order == b.birth_order
        && office(&x).is_some()
        && office(&x) == office(&y)
        && sexes_agree(&x, &y)
        && born_together(&x, &y)
        && !x.is_revoked()
        && !y.is_revoked()
}
