//! What a row says that cannot all be true, or cannot be at all. The register is taken over as it
//! is, so both sides are kept; whoever imports is told, and so is the office by its list of
//! problems of what can be mended, as long as the person lives. Only a death that has not come is
//! refused, as an act that tells it would be.

use std::collections::BTreeSet;

use registry::act::ActKind;
use registry::date::{BirthDate, Date, DateOrder, PartialDate};
use registry::fields::Fields;
use registry::person::Person;
use registry::procedure::Refusal;
use registry::schema::Field;
use registry::value::{Marriage, PersonLink, Place, Residence, Value};

use super::cell::Cells;
use super::column::Column;

/// Nobody marries before this age, months: what is younger is a slip in one of the dates.
const MARRIAGE_MONTHS_MIN: u8 = 120;

/// Fields of a place, with the columns of its unit and its country.
const PLACES: [(Field, Column, Column); 4] = [
    (
        Field::BirthPlace,
        Column::BirthPlaceUnit,
        Column::BirthPlaceCountry,
    ),
    (
        Field::BirthRegistration,
        Column::BirthRegistrationUnit,
        Column::BirthRegistrationCountry,
    ),
    (
        Field::NativePlace,
        Column::NativeUnit,
        Column::NativeCountry,
    ),
    // Nobody lives abroad by its columns.
    (Field::Current, Column::CurrentUnit, Column::CurrentUnit),
];

/// A value with the column that tells it.
type Told<'f, T> = (Column, &'f T);

/// Warns of every one.
pub(super) fn warn(cells: &mut Cells<'_>, fields: &Fields, today: Date) {
    let person = Person(fields);
    let homes = homes(cells, &person);
    let marriages = marriages(cells, &person);
    future(cells, &person, (&homes, &marriages), today);
    order(cells, &person, &homes);
    marrying(cells, &person, &marriages);
    parents(cells, &person);
    spans(cells, &person, (&homes, &marriages));
    places(cells, &person, &homes);
}

fn is_before(one: PartialDate, other: PartialDate) -> bool {
    one.compare(other) == DateOrder::Before
}

fn born(person: &Person<'_>) -> Option<PartialDate> {
    person.birth().and_then(BirthDate::date)
}

/// The columns of those that are so, each once.
fn columns<T>(all: &[Told<'_, T>], is_so: impl Fn(&T) -> bool) -> BTreeSet<Column> {
    let found = all.iter().filter(|(_, one)| is_so(one));
    found.map(|(column, _)| *column).collect()
}

/// The residences. That of the row's own columns stands first, if there is one.
fn homes<'f>(cells: &Cells<'_>, person: &Person<'f>) -> Vec<Told<'f, Residence>> {
    let has_own = !cells.text(Column::ResidenceUnit).is_empty();
    let permanent = person.residences(Field::Permanent).enumerate();
    let permanent = permanent.map(|(place, (_, home))| {
        let is_own = has_own && place == 0;
        let column = if is_own {
            Column::ResidenceFrom
        } else {
            Column::OtherResidences
        };
        (column, home)
    });
    let temporary = person.residences(Field::Temporary);
    let temporary = temporary.map(|(_, home)| (Column::TemporaryResidences, home));
    permanent.chain(temporary).collect()
}

/// The marriages. That of the row's own columns stands first, if there is one.
fn marriages<'f>(cells: &Cells<'_>, person: &Person<'f>) -> Vec<Told<'f, Marriage>> {
    let is_told = |column: Column| !cells.text(column).is_empty();
    let has_spouse = is_told(Column::SpouseName) || is_told(Column::SpousePin);
    let has_own = has_spouse && is_told(Column::MarriageDate);
    let marriages = person.marriages().enumerate();
    let told = marriages.map(|(place, (_, marriage))| {
        let is_own = has_own && place == 0;
        let column = if is_own {
            Column::MarriageDate
        } else {
            Column::OtherMarriages
        };
        (column, marriage)
    });
    told.collect()
}

/// What is told to have happened, and has not come yet.
fn future(
    cells: &mut Cells<'_>,
    person: &Person<'_>,
    (homes, marriages): (&[Told<'_, Residence>], &[Told<'_, Marriage>]),
    today: Date,
) {
    let is_future = |date: PartialDate| date.first_day() > today;
    if person.death().is_some_and(|death| is_future(death.date)) {
        let refusal = Refusal::Future { field: "date" };
        cells.refuse(Column::DeathDate, &refusal, ActKind::Death);
    }
    let mut early = columns(homes, |home| is_future(home.from));
    early.extend(columns(marriages, |marriage| is_future(marriage.date)));
    early.extend(
        born(person)
            .is_some_and(is_future)
            .then_some(Column::BirthDate),
    );
    for (field, column) in [
        (Field::Cards, Column::Cards),
        (Field::Confirmations, Column::Confirmations),
        (Field::Applications, Column::Applications),
    ] {
        let is_early = person.0.entries(field).any(|(_, value)| match value {
            Value::Card(card) => is_future(card.issued),
            Value::Confirmation(paper) => is_future(paper.issued),
            Value::Application(dossier) => is_future(dossier.prepared),
            _ => false,
        });
        early.extend(is_early.then_some(column));
    }
    for column in early {
        let words = "a date here has not come yet: it is kept as it is, and is wrong";
        cells.warn(column, "date_in_future", words);
    }
}

/// A death or a residence before the birth.
fn order(cells: &mut Cells<'_>, person: &Person<'_>, homes: &[Told<'_, Residence>]) {
    let Some(born) = born(person) else { return };
    if person
        .death()
        .is_some_and(|death| is_before(death.date, born))
    {
        let words = "the death lies before the birth: both are kept, and one is wrong";
        cells.warn(Column::DeathDate, "death_before_birth", words);
    }
    for column in columns(homes, |home| is_before(home.from, born)) {
        let words = "a residence begins before the birth: both are kept, and one is wrong";
        cells.warn(column, "residence_before_birth", words);
    }
}

fn marrying(cells: &mut Cells<'_>, person: &Person<'_>, marriages: &[Told<'_, Marriage>]) {
    let born = born(person);
    let is_unborn = |one: &Marriage| born.is_some_and(|born| is_before(one.date, born));
    for column in columns(marriages, is_unborn) {
        let words = "a marriage lies before the birth: both are kept, and one is wrong";
        cells.warn(column, "marriage_before_birth", words);
    }
    let grown = born.and_then(|born| born.first_day().add_months(MARRIAGE_MONTHS_MIN));
    let is_child = |one: &Marriage| grown.is_some_and(|grown| one.date.last_day() < grown);
    for column in columns(marriages, |one| is_child(one) && !is_unborn(one)) {
        let words = "a marriage before the tenth birthday: both are kept, and one day is wrong";
        cells.warn(column, "marriage_of_child", words);
    }
    let is_own = |one: &Marriage| one.spouse.pin().is_some_and(|pin| person.answers_to(pin));
    for column in columns(marriages, is_own) {
        let column = match column {
            Column::MarriageDate => Column::SpousePin,
            other => other,
        };
        let words = "the spouse has the person's own number: it is kept, and one is wrong";
        cells.warn(column, "own_spouse", words);
    }
    if person.standing_marriages().count() > 1 {
        let words = "two marriages stand: both are kept, and one has ended or is somebody else's";
        cells.warn(Column::OtherMarriages, "marriages_two", words);
    }
}

fn parents(cells: &mut Cells<'_>, person: &Person<'_>) {
    for (column, parent) in [
        (Column::FatherPin, person.father()),
        (Column::MotherPin, person.mother()),
    ] {
        let number = parent.and_then(PersonLink::pin);
        if number.is_some_and(|number| person.answers_to(number)) {
            let words =
                "the father or mother has the person's own number: it is kept, and one is wrong";
            cells.warn(column, "own_parent", words);
        }
    }
}

/// What ends before it begins.
fn spans(
    cells: &mut Cells<'_>,
    person: &Person<'_>,
    (homes, marriages): (&[Told<'_, Residence>], &[Told<'_, Marriage>]),
) {
    let mut wrong = columns(homes, |home| {
        let mut ends = [home.until, home.to].into_iter().flatten();
        ends.any(|end| is_before(end, home.from))
    });
    // The row's own residence has its last day in a column of its own.
    if wrong.remove(&Column::ResidenceFrom) {
        wrong.insert(Column::ResidenceUntil);
    }
    wrong.extend(columns(marriages, |one| {
        one.ended.is_some_and(|end| is_before(end, one.date))
    }));
    for (field, column) in [
        (Field::Absences, Column::Absences),
        (Field::Stays, Column::Stays),
        (Field::Cards, Column::Cards),
        (Field::Confirmations, Column::Confirmations),
    ] {
        let is_wrong = person.0.entries(field).any(|(_, value)| match value {
            Value::Absence(one) => is_before(one.to, one.from),
            Value::Stay(one) => is_before(one.to, one.from),
            Value::Card(card) => card.expires.is_some_and(|end| is_before(end, card.issued)),
            Value::Confirmation(paper) => is_before(paper.until, paper.issued),
            _ => false,
        });
        wrong.extend(is_wrong.then_some(column));
    }
    for column in wrong {
        let words = "something here ends before it begins: it is kept, and one day is wrong";
        cells.warn(column, "ends_before_it_begins", words);
    }
}

/// Codes of communes and of countries that stand in no table.
fn places(cells: &mut Cells<'_>, person: &Person<'_>, homes: &[Told<'_, Residence>]) {
    let units = cells.units();
    let mut unknown = columns(homes, |home| !units.existed(home.unit));
    let mut foreign = BTreeSet::new();
    let mut look = |place: &Place, unit: Column, country: Column| {
        let is_unknown = place.unit.is_some_and(|code| !units.existed(code));
        unknown.extend(is_unknown.then_some(unit));
        let is_foreign = place.country.is_some_and(|code| !code.is_listed());
        foreign.extend(is_foreign.then_some(country));
    };
    for (field, unit, country) in PLACES {
        if let Some(Value::Place(place)) = person.0.single(field) {
            look(place, unit, country);
        }
    }
    if let Some(death) = person.death() {
        look(
            &death.place,
            Column::DeathPlaceUnit,
            Column::DeathPlaceCountry,
        );
    }
    for (field, column) in [
        (Field::Absences, Column::Absences),
        (Field::Stays, Column::Stays),
    ] {
        for (_, value) in person.0.entries(field) {
            match value {
                Value::Absence(one) => look(&one.destination, column, column),
                Value::Stay(one) => look(&one.place, column, column),
                _ => {}
            }
        }
    }
    if let Some(Value::Countries(all)) = person.0.single(Field::Nationality)
        && !all.iter().all(|code| code.is_listed())
    {
        foreign.insert(Column::Nationality);
    }
    for column in unknown {
        let words = "no table of units that is known here has or had this commune: the code is \
                     kept; it may be one that was dissolved before 2025, or a digit is wrong";
        cells.warn(column, "unit_unknown", words);
    }
    for column in foreign {
        let words = "ISO 3166 has and had no such country: it is kept; look at the paper";
        cells.warn(column, "country_unknown", words);
    }
}
