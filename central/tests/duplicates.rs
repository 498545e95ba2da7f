//! Possible duplicates at the centre: the pass finds them whatever the slices, a dismissed pair
//! never comes back, and only a person's word makes a case, which stays until it is decided.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod desk;

use std::collections::BTreeSet;

use central_registry::duplicates::{PairRow, PairState};
use central_registry::registrar::{PairError, PairWord};
use desk::{Centre, NOW, Office, P, Q, World, reviewer};
use registry::act::new_record_id;
use registry::case::{Jurisdiction, Outcome, Reviewer};
use registry::clash::ASKED_ROW;
use registry::duplicate::Hint;
use registry::quality::Problem;
use registry::value::Line;
use registry::{OfficeCode, RecordId};
use serde_json::{Value, json};

/// A man who is collected by an office, with parents as he names them.
fn collected(name: &str, born: &str, mother: &str) -> Value {
    json!({
        "act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": born, "sex": "male",
        "ethnic": "1979:08", "address": "bản Háng Gàng", "from": "2026-11-02",
        "father": {"named": {"name": "Giàng A Chứ", "pin": null}},
        "mother": {"named": {"name": mother, "pin": null}},
    })
}

struct Scene {
    world: World,
    centre: Centre,
    p: Office,
    /// One man, entered by two offices, by the second without accents; and a namesake.
    twice: BTreeSet<RecordId>,
}

fn scene() -> Scene {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let one = p.file(collected("Giàng A Páo", "1950-02-11", "Sùng Thị Mỷ"));
    let two = q.file(collected("Giang A Pao", "1950-02-11", "Sung Thi My"));
    q.file(collected("Giàng A Páo", "1971-06-30", "Vàng Thị Súa"));
    centre.take(&mut p);
    centre.take(&mut q);
    let twice = [one, two].map(|act| new_record_id(&act, 0)).into();
    Scene {
        world,
        centre,
        p,
        twice,
    }
}

fn listed(centre: &Centre) -> Vec<PairRow> {
    centre
        .registrar()
        .duplicates(Hint::Look, |_| true, 100)
        .unwrap()
        .0
}

fn say(centre: &Centre, number: u64, word: PairWord) -> Result<Option<u64>, PairError> {
    let why = Line::parse("đã xem hồ sơ giấy").unwrap();
    let said = centre
        .registrar()
        .stage_pair_word(NOW, number, &reviewer("mai"), word, why);
    said.map(|(case, _)| case)
}

#[test]
fn the_pass_finds_the_same_pairs_in_slices_of_any_size_and_each_once() {
    let mut seen = Vec::new();
    for slice in [1, 2, 1_000] {
        let Scene { centre, twice, .. } = scene();
        assert!(centre.open_cases().is_empty(), "no rule sees them");
        let pass = centre.registrar().find_duplicates(NOW, slice).unwrap();
        assert!(
            !pass.running && pass.found > 0 && pass.left_out == 0,
            "{pass:?}"
        );
        assert_eq!((pass.changed, pass.thousandths()), (pass.people, 1_000));
        let pairs = listed(&centre);
        let strong: Vec<_> = pairs
            .iter()
            .filter(|pair| pair.explanation.hint == Hint::Strong)
            .collect();
        assert_eq!(strong.len(), 1, "slices of {slice}: {pairs:?}");
        assert_eq!(
            BTreeSet::from([strong[0].records.0, strong[0].records.1]),
            twice
        );
        assert!(
            strong[0]
                .explanation
                .views()
                .iter()
                .any(|view| view.item == "father")
        );
        let again = centre.registrar().find_duplicates(NOW + 1, slice).unwrap();
        assert_eq!(
            (again.changed, again.compared, again.found),
            (0, 0, 0),
            "nobody changed"
        );
        assert_eq!(again.people, pass.people);
        assert_eq!(listed(&centre), pairs);
        let found: Vec<_> = pairs
            .iter()
            .map(|pair| (pair.records, pair.explanation.score))
            .collect();
        seen.push(found);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[test]
fn whoever_is_new_is_compared_without_waiting_for_the_night() {
    let Scene {
        world,
        centre,
        twice,
        ..
    } = scene();
    let registrar = centre.registrar();
    // Newcomers alone, before any pass: they meet each other.
    assert!(registrar.compare_newcomers(NOW, 1).unwrap() > 0);
    let strong = |centre: &Centre| -> Vec<BTreeSet<RecordId>> {
        let pairs = listed(centre).into_iter();
        pairs
            .filter(|pair| pair.explanation.hint == Hint::Strong)
            .map(|pair| BTreeSet::from([pair.records.0, pair.records.1]))
            .collect()
    };
    assert_eq!(strong(&centre), [twice]);
    assert_eq!(registrar.compare_newcomers(NOW, 100).unwrap(), 0);
    // A pass is what it was: nobody of them has changed since.
    let pass = registrar.find_duplicates(NOW + 1, 10).unwrap();
    assert_eq!((pass.found, pass.running), (0, false));
    // With a pass under way, it goes on where it was.
    let begun = registrar.stage_duplicate_pass(NOW + 2).unwrap();
    let part = registrar.read_duplicates(&begun, 3).unwrap();
    let part = registrar.stage_duplicates(NOW + 2, begun, part).unwrap();
    let mut r = Office::new(&world, desk::R);
    r.file(collected("Giàng A Páo", "1950-11-02", "Sùng Thị Mỷ"));
    centre.take(&mut r);
    assert!(registrar.compare_newcomers(NOW + 3, 100).unwrap() > 0);
    assert_eq!(strong(&centre).len(), 3);
    assert_eq!(registrar.duplicate_pass().unwrap(), part);
}

#[test]
fn a_pass_that_was_broken_off_goes_on_where_it_was() {
    let Scene { centre, .. } = scene();
    let registrar = centre.registrar();
    let begun = registrar.stage_duplicate_pass(NOW).unwrap();
    let slice = registrar.read_duplicates(&begun, 3).unwrap();
    let pass = registrar.stage_duplicates(NOW, begun, slice).unwrap();
    assert_eq!((pass.running, pass.walked), (true, 3));
    // Whoever begins one while it is under way gets this one.
    assert_eq!(registrar.stage_duplicate_pass(NOW + 9).unwrap(), pass);
    let whole = registrar.find_duplicates(NOW + 9, 3).unwrap();
    assert_eq!((whole.begun_s, whole.running), (NOW, false));
    assert!(
        listed(&centre)
            .iter()
            .any(|pair| pair.explanation.hint == Hint::Strong)
    );
}

#[test]
fn whoever_comes_later_meets_those_who_were_walked_before() {
    let Scene { world, centre, .. } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    let before = listed(&centre).len();
    let mut third = Office::new(&world, 1273);
    third.file(collected("Giàng A Páo", "1950-11-02", "Sùng Thị Mỷ"));
    centre.take(&mut third);
    let pass = centre.registrar().find_duplicates(NOW + 1, 10).unwrap();
    assert_eq!(pass.changed, 1, "only who is new is compared");
    assert_eq!(
        listed(&centre).len(),
        before + 2,
        "with both records of him"
    );
}

#[test]
fn a_dismissed_pair_never_comes_back() {
    let Scene {
        centre,
        mut p,
        twice,
        ..
    } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    let pair = listed(&centre).into_iter().next().unwrap();
    assert_eq!(BTreeSet::from([pair.records.0, pair.records.1]), twice);
    assert_eq!(say(&centre, pair.number, PairWord::Dismiss).unwrap(), None);
    let gone = |centre: &Centre| {
        listed(centre)
            .iter()
            .all(|other| other.number != pair.number)
    };
    assert!(gone(&centre));
    let (row, _) = centre.registrar().duplicate(pair.number).unwrap().unwrap();
    assert!(matches!(row.state, PairState::Dismissed { by, .. } if by.as_str() == "mai"));
    // Also when the record changes and is compared anew.
    let id = new_record_id(&p.filed()[0], 0).to_string();
    p.file(json!({"act": "contact", "person": id, "phone": "0912345678"}));
    centre.take(&mut p);
    let pass = centre.registrar().find_duplicates(NOW + 1, 10).unwrap();
    assert!(pass.changed > 0, "the control: it was walked again");
    assert!(gone(&centre));
    let again = say(&centre, pair.number, PairWord::OpenCase).unwrap_err();
    assert_eq!(again.code(), "duplicate_settled");
    assert!(centre.all_cases().is_empty());
}

#[test]
fn only_a_person_makes_a_case_and_it_stays_until_it_is_decided() {
    let Scene {
        centre,
        mut p,
        twice,
        ..
    } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    assert!(centre.all_cases().is_empty(), "a hint is no case");
    let pair = listed(&centre).into_iter().next().unwrap();
    let number = say(&centre, pair.number, PairWord::OpenCase)
        .unwrap()
        .unwrap();
    let case = centre.case(number);
    assert_eq!(case.dispute.row, ASKED_ROW);
    assert_eq!(
        case.dispute
            .records
            .iter()
            .copied()
            .collect::<BTreeSet<_>>(),
        twice
    );
    // An act on one of them makes the rules look again: they find nothing, and the case stays.
    let id = new_record_id(&p.filed()[0], 0).to_string();
    p.file(json!({"act": "contact", "person": id, "phone": "0912345678"}));
    centre.take(&mut p);
    assert!(centre.case(number).is_open());
    centre.registrar().find_duplicates(NOW + 1, 10).unwrap();
    assert!(
        listed(&centre)
            .iter()
            .all(|other| other.number != pair.number)
    );
    // It is decided as any other: two reviewers say that they are one person.
    for name in ["one", "two"] {
        let version = centre.case(number).version;
        centre
            .decide(number, &reviewer(name), Outcome::Combine(0), version)
            .unwrap();
    }
    assert!(!centre.case(number).is_open());
    let revoked = twice
        .iter()
        .filter(|id| registry::person::Person(&centre.shown(id)).is_revoked());
    assert_eq!(revoked.count(), 1);
    centre.registrar().find_duplicates(NOW + 2, 10).unwrap();
    assert!(
        listed(&centre)
            .iter()
            .all(|pair| pair.explanation.hint != Hint::Strong)
    );
    centre.check_slices();
}

#[test]
fn a_word_needs_a_reason_a_reviewer_of_the_place_and_a_pair() {
    let Scene { centre, .. } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    let number = listed(&centre)[0].number;
    let said = |number, reviewer: &Reviewer, why: &str| {
        let why = Line::parse(why).unwrap();
        let word = PairWord::Dismiss;
        let said = centre
            .registrar()
            .stage_pair_word(NOW, number, reviewer, word, why);
        said.map_err(|error| error.code())
    };
    let elsewhere = Reviewer {
        id: "tu".parse().unwrap(),
        jurisdiction: Jurisdiction::Province("04".parse().unwrap()),
    };
    assert_eq!(
        said(number, &reviewer("mai"), "").unwrap_err(),
        "duplicate_no_reason"
    );
    assert_eq!(
        said(number, &elsewhere, "x").unwrap_err(),
        "duplicate_not_yours"
    );
    assert_eq!(
        said(9_999, &reviewer("mai"), "x").unwrap_err(),
        "duplicate_unknown"
    );
    assert!(said(number, &reviewer("mai"), "x").is_ok());
}

#[test]
fn a_list_is_of_an_office_and_counts_what_it_leaves_out() {
    let Scene { centre, .. } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    let of = |code: u32, limit| {
        let office = OfficeCode::new(code).unwrap();
        let wanted = move |row: &PairRow| row.offices.contains(&office);
        centre
            .registrar()
            .duplicates(Hint::Strong, wanted, limit)
            .unwrap()
    };
    assert_eq!(of(P, 10).0.len(), 1);
    assert_eq!((of(P, 0).0.len(), of(P, 0).1), (0, 1));
    assert_eq!(of(1273, 10).1, 0);
}

/// How many people of all communes are not clean, by surveys of now.
fn unclean(centre: &Centre) -> u64 {
    let of = |code: u32| {
        let row = centre
            .registrar()
            .survey(desk::office(code), NOW, &|| true)
            .unwrap()
            .unwrap();
        let problems = row.survey.score.problems;
        problems.get(&Problem::DuplicateSuspected).copied()
    };
    [P, Q, desk::R].into_iter().filter_map(of).sum()
}

/// The open strong pair of two records.
fn strong_pair(centre: &Centre, one: RecordId, two: RecordId) -> PairRow {
    let records = (one.min(two), one.max(two));
    let mut pairs = listed(centre).into_iter();
    pairs
        .find(|pair| pair.records == records && pair.explanation.hint == Hint::Strong)
        .unwrap()
}

#[test]
fn an_open_strong_pair_leaves_both_records_unclean_until_somebody_speaks_of_it() {
    let Scene { centre, twice, .. } = scene();
    assert_eq!(unclean(&centre), 0, "nobody has looked for pairs");
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    assert_eq!(unclean(&centre), 2);
    let records: Vec<RecordId> = twice.into_iter().collect();
    let pair = strong_pair(&centre, records[0], records[1]);
    // Pairs that were gathered before somebody spoke are looked up anew.
    let registrar = centre.registrar();
    let held = registrar.open_pairs(&|| true).unwrap().unwrap();
    say(&centre, pair.number, PairWord::Dismiss).unwrap();
    assert_eq!(unclean(&centre), 0);
    for code in [P, Q] {
        let row = registrar.survey_with(desk::office(code), NOW, &held, &|| true);
        let problems = row.unwrap().unwrap().survey.score.problems;
        assert_eq!(problems.get(&Problem::DuplicateSuspected), None);
    }
}

#[test]
fn records_that_were_merged_are_clean_and_so_is_whoever_was_in_a_pair_with_the_revoked_one() {
    let Scene {
        world,
        centre,
        twice,
        ..
    } = scene();
    centre.registrar().find_duplicates(NOW, 10).unwrap();
    // The same man a third time: three pairs.
    let mut r = Office::new(&world, desk::R);
    let third = r.file(collected("Giàng A Páo", "1950-11-02", "Sùng Thị Mỷ"));
    let third = new_record_id(&third, 0);
    centre.take(&mut r);
    centre.registrar().find_duplicates(NOW + 1, 10).unwrap();
    assert_eq!(unclean(&centre), 3);
    let records: Vec<RecordId> = twice.into_iter().collect();
    let pair = strong_pair(&centre, records[0], records[1]);
    let number = say(&centre, pair.number, PairWord::OpenCase)
        .unwrap()
        .unwrap();
    assert_eq!(unclean(&centre), 3, "the case asks about the two");
    for name in ["one", "two"] {
        let version = centre.case(number).version;
        centre
            .decide(number, &reviewer(name), Outcome::Combine(0), version)
            .unwrap();
    }
    // Who stays is still in a pair with the third.
    assert_eq!(unclean(&centre), 2);
    let revoked = |id: &RecordId| registry::person::Person(&centre.shown(id)).is_revoked();
    let (gone, stays): (Vec<RecordId>, Vec<RecordId>) = records.iter().partition(|id| revoked(id));
    assert_eq!((gone.len(), stays.len()), (1, 1));
    let pair = strong_pair(&centre, stays[0], third);
    say(&centre, pair.number, PairWord::Dismiss).unwrap();
    // Nobody has spoken of the third and the revoked one: there is nothing to ask any more.
    strong_pair(&centre, gone[0], third);
    assert_eq!(unclean(&centre), 0);
}
