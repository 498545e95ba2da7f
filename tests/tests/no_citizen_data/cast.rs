//! Who plays: people whose every item is marked, and what is looked for afterwards.

use registry::contact::Email;
use registry::name::PersonName;
use registry::population::{Kin, SyntheticHousehold, SyntheticPerson};
use registry::text::Line;
use registry_tests::marks::Marks;
use registry_tests::world::people;

/// In every name. No language of the country has it, and no base64 or hash is likely to.
pub(crate) const NAME: &str = "Kzwarfuj";
/// In every name too, with tones.
pub(crate) const GIVEN: &str = "Wốjxẵf";
/// In every address, hamlet and place.
pub(crate) const ADDRESS: &str = "Vxuzhimq";
/// In every e-mail address.
pub(crate) const EMAIL: &str = "zjuqhevt";
/// In every note, ground and purpose, and in the words of reviewers.
pub(crate) const NOTE: &str = "tgovzeqw";
/// In every password, right and wrong.
pub(crate) const PASSWORD: &str = "Qwhuzzax";
/// In every scanned paper.
pub(crate) const SCAN: &str = "jpwuxqatjpwuxqat";
/// In every number of a paper or of a book.
pub(crate) const PAPER: &str = "XPQZ73910284";
/// A number of no person, and one that is too short.
pub(crate) const STRANGER: &str = "079190739102";
/// Eleven digits, as a spreadsheet leaves them.
pub(crate) const ELEVEN: &str = "79190739102";
/// Phones that clerks type.
pub(crate) const PHONES: [&str; 4] = ["0917391028", "0937391028", "0987391028", "0367391028"];
/// The quick PIN of the officer.
pub(crate) const QUICK: &str = "006739";

/// A name that somebody types.
pub(crate) fn name(surname: &str) -> String {
    format!("{surname} {NAME} {GIVEN}")
}

fn line(text: &str) -> Line<200> {
    Line::parse(text).unwrap()
}

/// The synthetic people of some communes, marked.
pub(crate) fn marked(seed: u64, communes: &[&str], count: u32) -> Vec<SyntheticHousehold> {
    let mut households = people(seed, communes, count);
    for household in &mut households {
        household.hamlet = line(&format!("Tổ {ADDRESS}"));
        household.address = line(&format!("số 7, phố {ADDRESS}, Tổ {ADDRESS}"));
        household.members.iter_mut().for_each(mark);
    }
    households
}

fn mark(person: &mut SyntheticPerson) {
    let marked = |old: &PersonName| {
        let surname = old.surname();
        PersonName::parse(&format!("{surname} {NAME} {} {GIVEN}", old.given())).unwrap()
    };
    person.name = marked(&person.name);
    for other in &mut person.other_names {
        *other = marked(other);
    }
    let kin = |kin: &mut Option<Kin>| {
        if let Some(kin) = kin {
            kin.name = marked(&kin.name);
        }
    };
    kin(&mut person.father);
    kin(&mut person.mother);
    kin(&mut person.spouse);
    person.native.text = Some(line(&format!("làng {ADDRESS}")));
    let email = format!("{EMAIL}.{}@example.vn", person.pin.digits());
    person.email = Some(Email::parse(&email).unwrap());
}

/// All that is looked for.
pub(crate) fn marks(households: &[SyntheticHousehold]) -> Marks {
    let mut marks = Marks::new();
    for (label, text) in [
        ("a name", NAME),
        ("a name with tones", GIVEN),
        // As it is searched: without tones, and without marks at all.
        ("a name without tones", "wôjxăf"),
        ("a name in base letters", "wojxaf"),
        (
            "a name in base letters, decomposed",
            "Wo\u{302}\u{301}jxa\u{306}\u{303}f",
        ),
        ("a name in Telex", "woosjxawxf"),
        ("an address", ADDRESS),
        ("an e-mail address", EMAIL),
        ("a note", NOTE),
        ("a password", PASSWORD),
        ("a scanned paper", SCAN),
        ("a number of a paper", PAPER),
    ] {
        marks.text(label, text);
    }
    for number in [STRANGER, ELEVEN] {
        marks.number("a number typed", number);
    }
    for phone in PHONES {
        marks.text("a phone typed", phone);
    }
    for person in households.iter().flat_map(|household| &household.members) {
        marks.number("a personal number", &person.pin.digits());
        if let Some(phone) = &person.phone {
            marks.text("a phone", phone.as_str());
        }
        for number in &person.old_numbers {
            marks.text("an old number", number);
        }
        let born = person.birth.date().and_then(|born| born.whole());
        if let (Some(born), true) = (born, person.birth.year() < Some(2020)) {
            marks.text(
                "a birth date",
                &registry::date::PartialDate::from(born).to_iso(),
            );
        }
    }
    marks
}

/// The card of somebody, as acts name it.
pub(crate) fn card(person: &SyntheticPerson) -> serde_json::Value {
    let born = person.birth.date().unwrap().to_iso();
    serde_json::json!({"pin": person.pin.digits(), "name": person.name.as_str(),
        "birth_date": born})
}
