//! What a row says that cannot all be true. The register is taken over as it is, so both sides are kept;
//! whoever imports is told, and so is the office by its list of problems of what can be mended, as long as
//! the person lives.

use registry::date::{BirthDate, DateOrder, PartialDate};
use registry::fields::Fields;
use registry::person::Person;
use registry::pin::Pin;
use registry::schema::Field;
use registry::value::PersonLink;

use super::cell::Cells;
use super::column::Column;

/// Warns of every one.
pub(super) fn warn(cells: &mut Cells<'_>, pin: Option<Pin>, fields: &Fields, this_year: u16) {
    let person = Person(fields);
    let born = person.birth().and_then(BirthDate::date);
    let death = person.death().map(|death| death.date);
    let is_future = |date: PartialDate| date.year() > this_year;
    let is_before = |one: PartialDate, other: Option<PartialDate>| {
        other.is_some_and(|other| one.compare(other) == DateOrder::Before)
    };
    for (column, date) in [(Column::BirthDate, born), (Column::DeathDate, death)] {
        if date.is_some_and(is_future) {
            cells.warn(
                column,
                "year_in_future",
                "the year has not come yet: it is kept as it is",
            );
        }
    }
    if death.is_some_and(|death| is_before(death, born)) {
        let words = "the death lies before the birth: both are kept, and one is wrong";
        cells.warn(Column::DeathDate, "death_before_birth", words);
    }
    for (column, parent) in [
        (Column::FatherPin, person.father()),
        (Column::MotherPin, person.mother()),
    ] {
        if pin.is_some() && parent.and_then(PersonLink::pin) == pin {
            let words =
                "the father or mother has the person's own number: it is kept, and one is wrong";
            cells.warn(column, "own_parent", words);
        }
    }
    marriages(cells, &person);
    for (column, field) in [
        (Column::OtherResidences, Field::Permanent),
        (Column::TemporaryResidences, Field::Temporary),
    ] {
        let mut homes = person.residences(field);
        if homes.any(|(_, home)| home.to.is_some_and(|to| is_before(to, Some(home.from)))) {
            let words =
                "a residence ends before it begins: it is kept, and one of the days is wrong";
            cells.warn(column, "ends_before_it_begins", words);
        }
    }
}

fn marriages(cells: &mut Cells<'_>, person: &Person<'_>) {
    let before = |one: PartialDate, other: PartialDate| one.compare(other) == DateOrder::Before;
    if person.has_married_before_birth() {
        let words = "a marriage lies before the birth: both are kept, and one is wrong";
        cells.warn(Column::MarriageDate, "marriage_before_birth", words);
    }
    let mut ended = person
        .marriages()
        .filter_map(|(_, marriage)| Some((marriage.date, marriage.ended?)));
    if ended.any(|(began, ended)| before(ended, began)) {
        let words = "a marriage ends before it begins: it is kept, and one of the days is wrong";
        cells.warn(Column::OtherMarriages, "ends_before_it_begins", words);
    }
    if person.standing_marriages().count() > 1 {
        let words = "two marriages stand: both are kept, and one has ended or is somebody else's";
        cells.warn(Column::OtherMarriages, "marriages_two", words);
    }
}
