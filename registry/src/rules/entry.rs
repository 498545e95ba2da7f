//! Birth certificates (giấy chứng sinh) that are entered twice. In one office, for one birth, the
//! second entry is the first once more, not a second child (row 3). For two different children it
//! is a case (row 35), unless the entries say themselves that they are twins.

use crate::date::BirthDate;
use crate::paper::are_told_twins;
use crate::person::Person;
use crate::text::{fold_base, same_text};
use crate::value::{BirthEntry, Place};

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

/// Row 35: two different children by one hospital's paper. Hospitals number for themselves and
/// from year to year, so the same number of another place or another year is another paper.
pub(super) fn same_paper(one: &Fields, two: &Fields) -> bool {
    let (Some(a), Some(b)) = (birth_entry(one), birth_entry(two)) else {
        return false;
    };
    let (x, y) = (Person(one), Person(two));
    let year = |person: &Person<'_>| person.birth().and_then(BirthDate::year);
    !a.certificate.is_empty()
        && same_text(a.certificate.as_str(), b.certificate.as_str())
        && !are_told_twins(a, b)
        && !of_other_places(x.birth_place(), y.birth_place())
        && (year(&x) == year(&y) || born_together(&x, &y))
}

/// Whether two places are surely two: in two communes, or in other words where no commune is told.
fn of_other_places(one: Option<&Place>, two: Option<&Place>) -> bool {
    let (Some(one), Some(two)) = (one, two) else {
        return false;
    };
    match (one.unit, two.unit) {
        (Some(one), Some(two)) => one != two,
        _ if one.country != two.country => true,
        (None, None) => {
            let texts = (fold_base(one.text.as_str()), fold_base(two.text.as_str()));
            !texts.0.is_empty() && !texts.1.is_empty() && texts.0 != texts.1
        }
        _ => false,
    }
}
