//! Comparisons that people know: what is one person, what is a namesake, a twin, a father.

use super::*;
use crate::code::{Country, Ethnic, Sex};
use crate::contact::Phone;
use crate::date::BirthDate;
use crate::fields::Fields;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::schema::Field;
use crate::value::{BirthEntry, Line, PersonLink, Place, Value};

/// A person by name, date, sex, and whatever else `more` says.
struct Sketch(Fields);

impl Sketch {
    fn new(name: &str, born: &str, sex: Sex) -> Sketch {
        let mut fields = Fields::new();
        let birth = BirthDate::parse_legacy(born).unwrap();
        fields.set(
            Field::Name,
            Some(Value::Name(PersonName::parse(name).unwrap())),
        );
        fields.set(Field::BirthDate, Some(Value::Birth(birth)));
        fields.set(Field::Sex, Some(Value::Sex(sex)));
        fields.set(Field::Ethnic, Some(Value::Ethnic(Ethnic::KINH)));
        fields.set(
            Field::Nationality,
            Some(Value::Countries(vec![Country::VIET_NAM])),
        );
        Sketch(fields)
    }
    fn parents(mut self, father: &str, mother: &str) -> Sketch {
        for (field, name) in [(Field::Father, father), (Field::Mother, mother)] {
            if !name.is_empty() {
                let name = PersonName::parse(name).unwrap();
                let link = PersonLink::Named { name, pin: None };
                self.0.set(field, Some(Value::Person(link)));
            }
        }
        self
    }
    fn pin(mut self, digits: &str) -> Sketch {
        let pin: Pin = digits.parse().unwrap();
        self.0.set(Field::Pin, Some(Value::Pin(pin)));
        self
    }
    fn claims(mut self, digits: &str) -> Sketch {
        let pin: Pin = digits.parse().unwrap();
        self.0.set(Field::ClaimedPin, Some(Value::Pin(pin)));
        self
    }
    fn native(mut self, unit: &str) -> Sketch {
        let place = Place {
            unit: Some(unit.parse().unwrap()),
            ..Place::default()
        };
        self.0.set(Field::NativePlace, Some(Value::Place(place)));
        self
    }
    fn phone(mut self, phone: &str) -> Sketch {
        self.0.set(
            Field::Phone,
            Some(Value::Phone(Phone::parse(phone).unwrap())),
        );
        self
    }
    fn paper(mut self, certificate: &str, birth_order: u8) -> Sketch {
        let entry = BirthEntry {
            certificate: Line::parse(certificate).unwrap(),
            birth_order,
        };
        self.0
            .set(Field::BirthEntry, Some(Value::BirthEntry(entry)));
        self
    }
    fn known_as(mut self, name: &str) -> Sketch {
        let name = PersonName::parse(name).unwrap();
        self.0.push(Field::OtherNames, Value::Name(name));
        self
    }
    fn traits(&self) -> Traits {
        Traits::of(&self.0, &as_written).unwrap()
    }
}

fn compared(a: &Sketch, b: &Sketch) -> Explanation {
    let prior = Prior::of(1_000_000);
    let one = compare(&a.traits(), &b.traits(), prior);
    let other = compare(&b.traits(), &a.traits(), prior);
    assert_eq!(
        (one.score, one.hint),
        (other.score, other.hint),
        "either way round"
    );
    one
}

fn meet(a: &Sketch, b: &Sketch) -> bool {
    let theirs = keys(&b.traits());
    let mut mine = keys(&a.traits()).into_iter();
    mine.any(|key| theirs.iter().any(|other| other.block == key.block))
}

fn duc() -> Sketch {
    Sketch::new("Nguyễn Văn Đức", "1980-05-12", Sex::Male)
        .parents("Nguyễn Văn Hùng", "Trần Thị Hoa")
        .native("00004")
}

/// Whoever became a monk, or was always called otherwise at home, is collected by that name.
#[test]
fn a_person_is_found_by_another_name_and_the_finding_says_so() {
    let known = duc().known_as("Thích Minh Tâm").known_as("Nguyễn Văn Tèo");
    let collected = Sketch::new("Thích Minh Tâm", "1980-05-12", Sex::Male)
        .parents("Nguyễn Văn Hùng", "Trần Thị Hoa")
        .native("00004");
    assert!(!meet(
        &Sketch::new("Thích Minh Tâm", "1980-05-12", Sex::Male),
        &duc()
    ));
    assert!(meet(
        &Sketch::new("Thích Minh Tâm", "1980-05-12", Sex::Male),
        &known
    ));
    let found = compared(&known, &collected);
    assert_eq!(found.hint, Hint::Strong);
    let by = |item| {
        found
            .items
            .iter()
            .find(|it| it.item == item)
            .map(|it| it.level)
    };
    assert_eq!(by(Item::OtherName), Some(Level::Same));
    assert_eq!(by(Item::Given), Some(Level::Same));
    // It says less than the registered name, and without the other name next to nothing.
    let plain = Sketch::new("Thích Minh Tâm", "1980-05-12", Sex::Male)
        .parents("Nguyễn Văn Hùng", "Trần Thị Hoa")
        .native("00004");
    assert!(found.score < compared(&plain, &collected).score);
    assert!(compared(&duc(), &collected).score < 0);
    // Nobody is in a block twice, whatever their names have in common.
    let alike = duc().known_as("Nguyễn Văn Dức").known_as("Nguyễn Xuân Đức");
    let mut blocks: Vec<u64> = keys(&alike.traits()).iter().map(|key| key.block).collect();
    let all = blocks.len();
    blocks.dedup();
    assert_eq!(blocks.len(), all);
    // Names that agree with nobody's change nothing.
    let (one, other) = (duc().known_as("Bảy"), duc().known_as("Tư"));
    assert_eq!(compared(&one, &other), compared(&duc(), &duc()));
}

#[test]
fn a_person_collected_again_is_found_whatever_slipped() {
    let again = |name: &str, born: &str| {
        Sketch::new(name, born, Sex::Male)
            .parents("Nguyễn Văn Hùng", "Trần Thị Hoa")
            .native("00004")
    };
    for (what, other) in [
        ("nothing", again("Nguyễn Văn Đức", "1980-05-12")),
        ("no marks", again("Nguyen Van Duc", "1980-05-12")),
        ("no middle name", again("Nguyễn Đức", "1980-05-12")),
        (
            "a slip in the given name",
            again("Nguyễn Văn Đúch", "1980-05-12"),
        ),
        (
            "day and month swapped",
            again("Nguyễn Văn Đức", "1980-12-05"),
        ),
        ("the year off", again("Nguyễn Văn Đức", "1981-05-12")),
        ("the year alone", again("Nguyễn Văn Đức", "1980")),
        ("words swapped", again("Nguyễn Đức Văn", "1980-05-12")),
    ] {
        assert!(meet(&duc(), &other), "{what}: they share a key");
        let found = compared(&duc(), &other);
        assert!(found.hint >= Hint::Look, "{what}: {found:?}");
    }
    let same = compared(&duc(), &again("Nguyễn Văn Đức", "1980-05-12"));
    assert_eq!(same.hint, Hint::Strong);
}

#[test]
fn name_and_birth_data_alone_are_worth_a_look_and_no_more() {
    let alone = || Sketch::new("Vàng Thị Mỷ", "1980-05-12", Sex::Female);
    assert_eq!(compared(&alone(), &alone()).hint, Hint::Look);
    let native = |sketch: Sketch| sketch.native("00004");
    let found = compared(&native(alone()), &native(alone()));
    assert_eq!(found.hint, Hint::Look, "a native place is birth data too");
    let phoned = |sketch: Sketch| sketch.phone("0912345678");
    assert_eq!(
        compared(&phoned(alone()), &phoned(alone())).hint,
        Hint::Strong
    );
}

#[test]
fn namesakes_of_one_day_are_told_apart_by_their_parents() {
    let other = Sketch::new("Nguyễn Văn Đức", "1980-05-12", Sex::Male)
        .parents("Nguyễn Quang Minh", "Lê Thị Lan")
        .native("00008");
    assert!(meet(&duc(), &other));
    let found = compared(&duc(), &other);
    assert_eq!(found.hint, Hint::Unlikely, "{found:?}");
}

#[test]
fn twins_and_siblings_are_not_one_person() {
    let child = |name: &str, born: &str| {
        Sketch::new(name, born, Sex::Male)
            .parents("Nguyễn Văn Đức", "Trần Thị Lan")
            .native("00004")
    };
    for (what, one, two) in [
        (
            "twins",
            child("Nguyễn Gia Bảo", "2024-03-01"),
            child("Nguyễn Gia Khang", "2024-03-01"),
        ),
        (
            "twins whose names differ by a mark, with their papers",
            child("Nguyễn Minh An", "2024-03-01").paper("123/2024", 1),
            child("Nguyễn Minh Ân", "2024-03-01").paper("124/2024", 2),
        ),
        (
            "brothers",
            child("Nguyễn Gia Bảo", "2020-07-09"),
            child("Nguyễn Gia Khang", "2024-03-01"),
        ),
    ] {
        assert!(meet(&one, &two), "{what}");
        let found = compared(&one, &two);
        assert_eq!(found.hint, Hint::Unlikely, "{what}: {found:?}");
        assert_eq!(found.against, Alternative::Family, "{what}");
    }
    // The control: one child entered by the father's and by the mother's commune.
    let one = child("Nguyễn Gia Bảo", "2024-03-01").paper("123/2024", 0);
    let two = child("Nguyễn Gia Bảo", "2024-03-02").paper("123/2024", 0);
    assert_eq!(compared(&one, &two).hint, Hint::Strong);
}

#[test]
fn one_accent_in_a_name_that_has_no_other_may_be_a_twins() {
    let child = |name: &str| {
        Sketch::new(name, "2024-03-01", Sex::Female)
            .parents("Cao Minh Long", "Lê Thị My")
            .native("00004")
    };
    let hint = |one: &str, two: &str| compared(&child(one), &child(two)).hint;
    let twins = hint("Cao Thanh Thúy", "Cao Thanh Thuy");
    assert!(twins < Hint::Strong, "{twins:?}");
    // The control: of several accents none is left, so the paper had none.
    assert_eq!(hint("Lò Thị Thúy", "Lo Thi Thuy"), Hint::Strong);
}

#[test]
fn the_first_of_january_says_hardly_more_than_the_year() {
    let born = |day: &str| {
        let person = || Sketch::new("Nguyễn Văn Đức", day, Sex::Male).native("00004");
        compared(&person(), &person()).score
    };
    assert!(born("1950-01-01") + 40 < born("1950-01-02"));
    assert!(born("1950-01-01") < born("1950") + 60);
}

#[test]
fn namesakes_of_a_small_people_are_told_apart() {
    let hmong = |name: &str, mother: &str, day: &str| {
        let mut sketch = Sketch::new(name, day, Sex::Male)
            .parents("Lầu A Páo", mother)
            .native("03164");
        let ethnic = Ethnic::new(crate::code::TABLE_1979, 8).unwrap();
        sketch.0.set(Field::Ethnic, Some(Value::Ethnic(ethnic)));
        sketch
    };
    let one = hmong("Lầu Mí Sính", "Vàng Thị Mỷ", "2011-06-29");
    let two = hmong("Lầu Mí Sính", "Sùng Y Dở", "2011-06-22");
    assert!(meet(&one, &two));
    assert!(compared(&one, &two).hint < Hint::Strong);
    // The control: both parents and the day agree.
    assert_eq!(compared(&one, &one).hint, Hint::Strong);
}

#[test]
fn a_father_and_his_namesake_son_are_two() {
    let father = duc().pin("001080000111");
    let son = Sketch::new("Nguyễn Văn Đức", "2004-05-12", Sex::Male)
        .parents("Nguyễn Văn Đức", "Lê Thị Lan")
        .native("00004")
        .pin("001204000222");
    assert_eq!(compared(&father, &son).hint, Hint::Unlikely);
}

#[test]
fn a_number_with_one_digit_wrong_still_finds_its_person() {
    let known = duc().pin("001080123456");
    for claimed in [
        "001080123457",
        "001080132456",
        "001008123456",
        "001080023456",
    ] {
        let other = Sketch::new("Nguyễn Văn Đức", "1980-05-12", Sex::Male).claims(claimed);
        assert!(meet(&known, &other), "{claimed}");
        assert_eq!(compared(&known, &other).hint, Hint::Strong, "{claimed}");
    }
    let other = Sketch::new("Lê Thị Hoa", "1991-01-30", Sex::Female).claims("001080123457");
    assert!(meet(&known, &other), "the positive control");
    assert_eq!(compared(&known, &other).hint, Hint::Unlikely);
}

#[test]
fn what_is_missing_says_nothing() {
    let bare = Sketch::new("Nguyễn Văn Đức", "1980-05-12", Sex::Unknown);
    let found = compared(&duc(), &bare);
    let items: Vec<Item> = found.items.iter().map(|found| found.item).collect();
    let expected = [
        Item::Family,
        Item::Middle,
        Item::Given,
        Item::Birth,
        Item::Ethnic,
    ];
    assert_eq!(items, expected);
}

#[test]
fn the_more_people_there_are_the_less_an_agreement_says() {
    let alone = Sketch::new("Nguyễn Văn Đức", "1980-05-12", Sex::Male);
    let score = |people| compare(&alone.traits(), &alone.traits(), Prior::of(people)).score;
    assert!(score(30_000) > score(1_000_000));
    assert!(score(1_000_000) > score(100_000_000));
}

#[test]
fn an_explanation_is_in_words_and_tells_nobodys_data() {
    let found = compared(&duc(), &duc());
    let views = found.views();
    assert!(
        views
            .iter()
            .any(|view| view.en == "same father" && view.vi == "Cha giống nhau")
    );
    assert!(views.is_sorted_by_key(|view| -view.points.abs()));
    let text = format!("{found:?} {views:?} {:?}", duc().traits());
    assert!(!text.contains("Đức") && !text.contains("1980"));
}

#[test]
fn keys_are_few_and_a_revoked_registration_has_none() {
    let many = duc()
        .pin("001080123456")
        .claims("001080123457")
        .phone("0912345678");
    let keys = keys(&many.traits());
    assert!((8..=KEYS_MAX).contains(&keys.len()), "{}", keys.len());
    let mut revoked = duc();
    revoked
        .0
        .set(Field::Revoked, Some(Value::Text(Line::parse("x").unwrap())));
    assert!(Traits::of(&revoked.0, &as_written).is_none());
}
