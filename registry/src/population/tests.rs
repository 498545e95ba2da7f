//! Properties of the synthetic population.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::pin::PinWarning;
use crate::text::clean;

fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

fn draw(seed: u64, offices: &[(&str, u32)]) -> Vec<SyntheticHousehold> {
    let offices: Vec<_> = offices
        .iter()
        .map(|(code, people)| (office(code), *people))
        .collect();
    Population::new(seed, &offices).unwrap().collect()
}

/// Điện Biên Phủ's province, a ward of Hà Nội, a commune of Đắk Lắk.
fn three_communes() -> [String; 3] {
    let units = crate::unit::Units::built_in();
    let first = |province: &str, kind: &str| {
        let province = province.parse().unwrap();
        let mut communes = units
            .communes_of(province)
            .filter(|commune| commune.kind == kind);
        communes.next().unwrap().code.to_string()
    };
    [first("11", "Xã"), first("01", "Phường"), first("66", "Xã")]
}

fn csv(seed: u64, offices: &[(&str, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let people = write_csv(draw(seed, offices), &mut bytes).unwrap();
    let asked: u32 = offices.iter().map(|(_, people)| people).sum();
    assert_eq!(people, u64::from(asked));
    bytes
}

#[test]
fn one_seed_gives_one_population_for_ever() {
    let [a, b, c] = three_communes();
    let offices = [(a.as_str(), 60), (b.as_str(), 60), (c.as_str(), 60)];
    let bytes = csv(7, &offices);
    assert_eq!(bytes, csv(7, &offices));
    assert_ne!(bytes, csv(8, &offices));
    // If this changes, populations that were handed out can no longer be drawn again: say so in
    // the change log.
    assert_eq!(
        blake3::hash(&bytes).to_hex().as_str(),
        "78ff1c0525f58875fba4605d3cfad039137dd4854d4e8ae91fca1abe6397f0bd"
    );
}

#[test]
fn a_commune_is_the_same_alone_and_with_others() {
    let [a, b, c] = three_communes();
    let together = draw(3, &[(&a, 200), (&b, 100), (&c, 150)]);
    let alone = draw(3, &[(&c, 150)]);
    let part: Vec<_> = together
        .into_iter()
        .filter(|h| h.unit == office(&c))
        .collect();
    assert_eq!(part, alone);
}

#[test]
fn people_are_spread_over_communes_and_none_is_lost() {
    for people in [200, 32_200, 32_201, 1_000_000] {
        let offices = spread(people);
        let sum: u32 = offices.iter().map(|(_, people)| people).sum();
        assert_eq!(sum, people);
        assert!(offices.iter().all(|(_, people)| *people <= COMMUNE_PEOPLE));
        assert!(Population::new(1, &offices).is_ok());
    }
}

#[test]
fn numbers_are_valid_and_nobody_shares_one() {
    let [a, b, c] = three_communes();
    let mut pins = BTreeSet::new();
    let mut files = BTreeSet::new();
    let mut home = 0;
    for household in draw(1, &[(&a, 5000), (&b, 9000), (&c, 5000)]) {
        assert!(files.insert(household.file.clone()));
        let prefix = crate::unit::Units::built_in().pin_prefix(household.unit);
        for person in &household.members {
            assert!(pins.insert(person.pin));
            let warnings = person.pin.warnings(person.sex, person.birth.year());
            assert_eq!(warnings, Vec::<PinWarning>::new());
            home += usize::from(Some(person.pin.province_prefix()) == prefix);
        }
    }
    assert_eq!(pins.len(), 19_000);
    assert!((15_500..18_000).contains(&home), "{home}");
}

#[test]
fn an_average_commune_looks_like_one() {
    let [_, b, _] = three_communes();
    let households = draw(5, &[(&b, 32_200)]);
    assert!(
        (8_200..8_800).contains(&households.len()),
        "{}",
        households.len()
    );
    let people: Vec<_> = households
        .iter()
        .flat_map(|household| &household.members)
        .collect();
    assert_eq!(people.len(), 32_200);
    let share = |fits: &dyn Fn(&SyntheticPerson) -> bool| {
        people.iter().filter(|person| fits(person)).count() * 100 / people.len()
    };
    let age = |person: &SyntheticPerson| AS_OF_YEAR - person.birth.year().unwrap();
    let young = share(&|person| age(person) < 15);
    let old = share(&|person| age(person) >= 65);
    assert!((18..=30).contains(&young), "{young}");
    assert!((6..=14).contains(&old), "{old}");
    let female = share(&|person| person.sex == Sex::Female);
    assert!((47..=53).contains(&female), "{female}");
    let nguyen = share(&|person| person.name.surname() == "Nguyễn");
    assert!((27..=36).contains(&nguyen), "{nguyen}");
    let partial = people
        .iter()
        .filter(|p| p.birth.date().is_some_and(|d| d.day().is_none()))
        .count();
    assert!(partial > 200, "{partial}");
    let mut namesakes = BTreeMap::<&str, u32>::new();
    for person in &people {
        *namesakes.entry(person.name.as_str()).or_default() += 1;
    }
    let most = namesakes.values().max().copied().unwrap();
    assert!((10..200).contains(&most), "{most}");
}

#[test]
fn households_hang_together() {
    let [a, b, c] = three_communes();
    for household in draw(2, &[(&a, 3000), (&b, 3000), (&c, 3000)]) {
        let heads = household
            .members
            .iter()
            .filter(|person| person.relation == Relation::Head);
        assert_eq!(heads.count(), 1);
        assert_eq!(household.members[0].relation, Relation::Head);
        assert!(
            household
                .address
                .as_str()
                .ends_with(household.hamlet.as_str())
        );
        let find = |kin: &Kin| {
            let found = household
                .members
                .iter()
                .find(|person| Some(person.pin) == kin.pin);
            assert_eq!(
                found.is_some(),
                kin.pin.is_some(),
                "a link leads into the household"
            );
            assert!(found.is_none_or(|person| person.name == kin.name));
            found
        };
        for person in &household.members {
            let born = person.birth.year().unwrap();
            for (parent, sex) in [(&person.father, Sex::Male), (&person.mother, Sex::Female)] {
                if let Some(parent) = parent.as_ref().and_then(find) {
                    assert_eq!(parent.sex, sex);
                    assert!(parent.birth.year().unwrap() + 18 <= born);
                }
            }
            if let Some(spouse) = &person.spouse {
                let other = find(spouse).unwrap();
                assert_eq!(other.spouse.as_ref().unwrap().pin, Some(person.pin));
                assert_ne!(other.sex, person.sex);
                assert!(person.marriage.is_some() && other.marriage == person.marriage);
                assert!(person.marriage.unwrap().year() >= born + 18);
            }
            assert!(person.residence_from.year() >= born);
            assert_eq!(clean(person.name.as_str()), person.name.as_str());
        }
    }
}

#[test]
fn communes_of_the_mountains_and_the_high_plains_have_their_peoples() {
    let units = crate::unit::Units::built_in();
    let mut groups = BTreeSet::new();
    for province in ["11", "40", "52", "66", "68", "96"] {
        let communes: Vec<String> = units
            .communes_of(province.parse().unwrap())
            .take(12)
            .map(|commune| commune.code.to_string())
            .collect();
        let offices: Vec<_> = communes.iter().map(|code| (code.as_str(), 150)).collect();
        for person in draw(4, &offices)
            .iter()
            .flat_map(|household| &household.members)
        {
            groups.insert(person.ethnic.name().unwrap());
        }
    }
    for group in [
        "Kinh", "Thái", "HMông", "Khơ-mú", "Gia-rai", "Ê-đê", "Cơ-ho", "Khơ-me",
    ] {
        assert!(groups.contains(group), "{group}");
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let [a, ..] = three_communes();
    for (offices, code) in [
        (vec![("99999", 1)], "population_unknown_commune"),
        (
            vec![(a.as_str(), 1), (a.as_str(), 1)],
            "population_commune_twice",
        ),
        (vec![(a.as_str(), PEOPLE_MAX + 1)], "population_too_many"),
    ] {
        let offices: Vec<_> = offices
            .into_iter()
            .map(|(code, n)| (office(code), n))
            .collect();
        assert_eq!(Population::new(1, &offices).unwrap_err().code(), code);
    }
    assert_eq!(draw(1, &[(&a, 0)]), []);
    assert_eq!(draw(1, &[(&a, 1)]).len(), 1);
}

#[test]
fn the_file_has_its_header_and_keeps_zeros() {
    let [_, b, _] = three_communes();
    let bytes = csv(7, &[(&b, 40)]);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    assert_eq!(header.iter().collect::<Vec<_>>(), COLUMNS);
    let column = |name| COLUMNS.iter().position(|column| *column == name).unwrap();
    for row in reader.records().map(Result::unwrap) {
        assert_eq!(row[column("pin")].len(), 12);
        assert_eq!(row[column("residence_unit")].len(), 5);
        assert_eq!(&row[column("ethnic_table")], "1979");
        assert!(row[column("relation")].parse::<Relation>().is_ok());
    }
}
