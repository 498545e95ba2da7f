//! Counts against counts made by hand, and against a synthetic commune counted another way.

use std::collections::BTreeMap;

use super::*;
use crate::act::{Act, ActBody, ActKind, Author, Entered, RecordChange, Target};
use crate::code::Sex;
use crate::date::{Date, PartialDate};
use crate::edit::Edit;
use crate::fields::Fields;
use crate::person::Person;
use crate::population::Population;
use crate::quality::Marks;
use crate::schema::{Field, RecordKind};
use crate::value::{Death, Line, Place, Value};
use crate::{ActNumber, CommitSeq, Incarnation, NodeId};

fn day(text: &str) -> Date {
    text.parse::<PartialDate>().unwrap().whole().unwrap()
}

fn born(birth: Option<&str>, sex: Sex) -> Fields {
    let mut fields = Fields::new();
    let birth = birth.map(|text| Value::Birth(text.parse::<PartialDate>().unwrap().into()));
    fields.set(Field::BirthDate, birth);
    fields.set(Field::Sex, Some(Value::Sex(sex)));
    fields
}

#[test]
fn an_age_that_may_lie_in_two_bands_is_in_neither() {
    let on = day("2026-11-21");
    for (birth, band) in [
        (Some("2026-11-21"), Some(0)),
        (Some("2021-11-22"), Some(0)),
        (Some("2021-11-21"), Some(5)),
        // The birthday of this month, this year: before or after today?
        (Some("2021-11"), None),
        (Some("2021-10"), Some(5)),
        (Some("2021"), None),
        (Some("2020"), Some(5)),
        (Some("1960"), Some(65)),
        (Some("1961"), None),
        (Some("1906-01-01"), Some(100)),
        (Some("2026"), Some(0)),
    ] {
        let mut pyramid = Pyramid::default();
        pyramid.add(&Person(&born(birth, Sex::Female)), on);
        let counted = pyramid.bands.iter().find(|band| band.people.female == 1);
        assert_eq!(counted.map(|band| band.from), band, "{birth:?}");
        assert_eq!(pyramid.band_uncertain.total(), u64::from(band.is_none()));
        assert_eq!(pyramid.total(), 1);
    }
    for birth in [None, Some("2026-11-22"), Some("2030")] {
        let mut pyramid = Pyramid::default();
        pyramid.add(&Person(&born(birth, Sex::Unknown)), on);
        assert_eq!(pyramid.age_unknown.sex_unknown, 1, "{birth:?}");
        assert_eq!(pyramid.total(), 1);
    }
}

fn act(kind: ActKind, effective: &str, entered: &str, changes: Vec<RecordChange>) -> Act {
    // Eight in the morning in Hà Nội is one at night in Greenwich.
    let at_s = i64::from(day(entered).days_since(day("1970-01-01"))) * 86_400 + 3_600;
    Act {
        author: Author {
            node: NodeId::new([8; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(1),
        },
        office: None,
        body: ActBody {
            kind,
            officer: "binh".parse().unwrap(),
            effective: effective.parse().unwrap(),
            entered: Entered { at_s, error_s: 1 },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes,
        },
    }
}

fn child() -> RecordChange {
    RecordChange {
        target: Target::New {
            kind: RecordKind::Person,
            fields: Fields::new(),
        },
        edits: Vec::new(),
    }
}

fn dying(edits: Vec<Edit>) -> RecordChange {
    let target = Target::Held {
        id: crate::RecordId::new([1; 16]),
        base: crate::act::Base::Genesis,
    };
    RecordChange { target, edits }
}

fn death() -> Edit {
    let death = Death {
        date: "2025".parse().unwrap(),
        place: Place::default(),
        ground: Line::default(),
        declared: None,
        certificate: Line::default(),
    };
    Edit::Put(Field::Death, Value::Death(death))
}

fn add(vital: &mut Vital, act: &Act) {
    for event in events_of(act) {
        vital.add(&event, event.day, act);
    }
}

#[test]
fn births_and_deaths_are_counted_when_they_happened_and_when_they_were_entered() {
    let mut vital = Vital::default();
    for act in [
        act(ActKind::Birth, "2026-01-31", "2026-03-01", vec![child()]),
        // Twins of one act.
        act(
            ActKind::Birth,
            "2026-01-02",
            "2026-01-05",
            vec![child(), child()],
        ),
        // Only the year is known: an old woman registered late.
        act(ActKind::LateBirth, "1941", "2026-03-02", vec![child()]),
        act(
            ActKind::Death,
            "2025",
            "2026-03-03",
            vec![dying(vec![death()]), dying(vec![])],
        ),
        // Neither.
        act(
            ActKind::Collection,
            "2026-01-01",
            "2026-01-01",
            vec![child()],
        ),
        act(
            ActKind::Correction,
            "2026-01-01",
            "2026-01-01",
            vec![dying(vec![death()])],
        ),
    ] {
        add(&mut vital, &act);
    }
    let json = serde_json::to_value(&vital).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "births": {
                "happened": {"by_month": {"2026-01": 3}, "month_unknown": {"1941": 1}},
                "registered": {"by_month": {"2026-01": 2, "2026-03": 2}, "month_unknown": {}}
            },
            "deaths": {
                "happened": {"by_month": {}, "month_unknown": {"2025": 1}},
                "registered": {"by_month": {"2026-03": 1}, "month_unknown": {}}
            }
        })
    );
    assert_eq!(serde_json::from_value::<Vital>(json).unwrap(), vital);
    let bytes = postcard::to_stdvec(&vital).unwrap();
    assert_eq!(postcard::from_bytes::<Vital>(&bytes).unwrap(), vital);
    let year = vital.of_year(1941);
    assert_eq!(
        (year.births.happened.total(), year.births.registered.total()),
        (1, 0)
    );
    let mut twice = vital.clone();
    twice.merge(&vital);
    assert_eq!(
        twice.births.happened.total(),
        2 * vital.births.happened.total()
    );
}

#[test]
fn the_month_of_entry_is_the_month_in_viet_nam() {
    let mut late = act(ActKind::Birth, "2026-01-31", "2026-01-31", vec![child()]);
    // 18 o'clock in Greenwich is one o'clock of the next day, and month.
    late.body.entered.at_s += 17 * 3_600;
    let mut vital = Vital::default();
    add(&mut vital, &late);
    let months: Vec<String> = vital
        .births
        .registered
        .by_month
        .keys()
        .map(Month::to_string)
        .collect();
    assert_eq!(months, ["2026-02"]);
}

#[test]
fn a_survey_of_a_commune_counts_everybody_once_and_adds_up() {
    let office = "00004".parse().unwrap();
    let today = day("2026-11-21");
    let mut whole = Survey::default();
    let mut parts = [Survey::default(), Survey::default()];
    let mut by_hand: BTreeMap<(u16, Sex), u64> = BTreeMap::new();
    let mut people = 0;
    for household in Population::new(3, &[(office, 2_000)]).unwrap() {
        for person in &household.members {
            let fields = person.fields(&household);
            people += 1;
            let marks = Marks::default();
            assert!(whole.add(&fields, &marks, today).is_some());
            parts[people % 2].add(&fields, &marks, today);
            if let Some((year, month, day)) = person
                .birth
                .date()
                .and_then(PartialDate::whole)
                .map(Date::ymd)
            {
                let age = 2026 - year - u16::from((11, 21) < (month, day));
                *by_hand.entry((age / 5 * 5, person.sex)).or_default() += 1;
            }
        }
    }
    assert_eq!(whole.score.people, people as u64);
    assert_eq!(whole.pyramid.total(), people as u64);
    let hamlets = whole.hamlets();
    let in_hamlets: u64 = hamlets.iter().map(|hamlet| hamlet.score.people).sum();
    assert_eq!(in_hamlets, people as u64);
    assert!(hamlets.len() > 2);
    for band in &whole.pyramid.bands {
        // Those of whom the day is not known may be in the band too.
        let exact = |sex| {
            by_hand
                .get(&(u16::from(band.from), sex))
                .copied()
                .unwrap_or(0)
        };
        assert!(band.people.male >= exact(Sex::Male));
        assert!(band.people.female >= exact(Sex::Female));
    }
    let [mut one, other] = parts;
    one.merge(&other);
    assert_eq!((one.score, one.pyramid), (whole.score, whole.pyramid));
}
