//! Surveys of communes: each person once, what acts bring about is seen, and sums are sums.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use central_registry::registrar::SurveyRow;
use desk::{Centre, Office, P, Q, World, birth, reviewer};
use registry::case::Outcome;
use registry::quality::{Problem, Word};
use serde_json::json;

/// Long after the acts of the tests, so that ages are those of one day.
const NOW_S: i64 = 1_795_230_000;

fn survey(centre: &Centre, code: u32) -> SurveyRow {
    let row = centre
        .registrar()
        .survey(desk::office(code), NOW_S, &|| true);
    row.unwrap().unwrap()
}

fn problem(row: &SurveyRow, problem: Problem) -> u64 {
    row.survey
        .score
        .problems
        .get(&problem)
        .copied()
        .unwrap_or(0)
}

#[test]
fn whoever_is_held_by_two_communes_is_counted_in_one() {
    let world = World::new();
    let centre = Centre::of(&world);
    assert_eq!(centre.offices(&world.shared_id()), [P, Q]);
    let (p, q) = (survey(&centre, P), survey(&centre, Q));
    let held = |code| {
        let page = centre
            .registrar()
            .page(desk::office(code), None, 1_000)
            .unwrap();
        let people = page.records.iter();
        let people = people.filter(|r| r.kind == registry::schema::RecordKind::Person);
        // The dead are not looked at.
        let death = registry::schema::Field::Death;
        let people = people.filter(|r| centre.shown(&r.id).single(death).is_none());
        people.count() as u64
    };
    assert_eq!(
        p.survey.score.people + q.survey.score.people,
        held(P) + held(Q) - 1
    );
    assert_eq!(p.survey.pyramid.total(), p.survey.score.people);
    assert_eq!(p.survey.score.of(Word::Live), 0);
}

#[test]
fn births_deaths_and_contacts_are_counted_at_the_office_that_entered_them() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let child = |name: &str| birth(name, world.father_pin(), world.mother_pin(), "", 0);
    p.file(child("Trần Minh An"));
    let wrong = p.file(child("Lê Thị Bích"));
    q.file(world.death("2026-11-01"));
    let centre = Centre::of(&world);
    let before = survey(&centre, P);
    centre.take(&mut p);
    centre.take(&mut q);
    let after = survey(&centre, P);
    assert_eq!(after.vital.births.happened.total(), 2);
    assert_eq!(after.vital.births.registered.total(), 2);
    assert_eq!(after.vital.deaths.happened.total(), 0);
    assert_eq!(survey(&centre, Q).vital.deaths.happened.total(), 1);
    assert!(after.survey.score.of(Word::Live) > before.survey.score.of(Word::Live));
    // The two children of one mother may be one child: a case asks.
    assert_eq!(problem(&after, Problem::DuplicateSuspected), 2);
    assert_eq!(problem(&after, Problem::CaseOpen), 2);

    p.file(json!({"act": "withdraw", "of": wrong, "reason": "nhầm"}));
    centre.take(&mut p);
    let withdrawn = survey(&centre, P);
    assert_eq!(withdrawn.vital.births.happened.total(), 1);
    assert_eq!(withdrawn.survey.score.people, after.survey.score.people - 1);
    assert_eq!(problem(&withdrawn, Problem::DuplicateSuspected), 0);
}

#[test]
fn a_decided_case_makes_records_clean_again() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    for name in ["Trần Minh An", "Trần Minh Anh"] {
        p.file(birth(name, world.father_pin(), world.mother_pin(), "", 0));
    }
    let centre = Centre::of(&world);
    centre.take(&mut p);
    assert_eq!(problem(&survey(&centre, P), Problem::DuplicateSuspected), 2);
    while let Some(case) = centre.open_cases().pop() {
        for (name, seen) in [("one", case.version), ("two", case.version + 1)] {
            let outcome = Outcome::NotAConflict;
            centre
                .decide(case.number, &reviewer(name), outcome, seen)
                .unwrap();
        }
    }
    let row = survey(&centre, P);
    assert_eq!(problem(&row, Problem::DuplicateSuspected), 0);
    assert_eq!(row.vital.births.happened.total(), 2);
}

#[test]
fn a_survey_is_kept_and_made_again_when_the_slice_has_changed() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    p.file(birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    ));
    let centre = Centre::of(&world);
    let registrar = centre.registrar();
    let mut due = Vec::new();
    while let Some(office) = registrar
        .due_for_survey(due.last().copied(), NOW_S)
        .unwrap()
    {
        let row = registrar.survey(office, NOW_S, &|| true).unwrap().unwrap();
        registrar.keep_survey(office, &row).unwrap();
        due.push(office);
    }
    assert!(due.contains(&desk::office(P)) && due.contains(&desk::office(Q)));
    let at = |later_s: i64| registrar.due_for_survey(None, NOW_S + later_s).unwrap();
    assert_eq!(at(3_700), None, "nothing changed");
    let before = registrar.surveyed(desk::office(P)).unwrap().unwrap();
    centre.take(&mut p);
    assert_eq!(at(60), None, "not so soon");
    assert_eq!(at(3_700), Some(desk::office(P)));
    assert!(at(86_500).is_some(), "people grow older");
    assert_eq!(
        registrar.surveyed(desk::office(P)).unwrap().unwrap(),
        before
    );
    assert_ne!(survey(&centre, P), before);
    let mut sum = registry::statistics::Survey::default();
    let mut people = 0;
    registrar
        .each_survey(|_, row| {
            let row = row.unwrap();
            people += row.survey.score.people;
            sum.merge(&row.survey);
        })
        .unwrap();
    assert_eq!((sum.score.people, sum.pyramid.total()), (people, people));
    // The stop is heard between pages; a small slice is done before.
    assert!(
        registrar
            .survey(desk::office(P), NOW_S, &|| false)
            .unwrap()
            .is_some()
    );
}

#[test]
fn nobody_dies_twice_in_the_statistics() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(world.death("2026-10-20"));
    q.file(world.death("2026-11-01"));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let deaths = |code| survey(&centre, code).vital.deaths.happened.total();
    // A third date is the true one.
    let case = centre.open_cases().remove(0);
    let death = json!({"death": {"date": "2026-10-25", "ground": "Giấy báo tử"}});
    let outcome = Outcome::Enter(serde_json::from_value(death).unwrap());
    centre
        .decide(case.number, &reviewer("one"), outcome, case.version)
        .unwrap();
    assert_eq!(centre.open_rows(), []);
    assert_eq!(deaths(P) + deaths(Q), 1);
}

#[test]
fn who_returned_and_died_later_is_counted_by_the_later_death() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let centre = Centre::of(&world);
    let deaths = || survey(&centre, P).vital.deaths;
    p.file(world.death("2026-10-20"));
    centre.take(&mut p);
    assert_eq!(deaths().happened.total(), 1);
    p.hears_of_everything();
    p.file(
        json!({"act": "death_revoked", "person": {"id": world.shared()}, "cause": "error",
        "evidence": [{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-25"}]}),
    );
    centre.take(&mut p);
    assert_eq!(deaths().happened.total(), 0);
    p.hears_of_everything();
    p.file(world.death("2026-11-12"));
    centre.take(&mut p);
    assert_eq!(centre.open_rows(), []);
    let happened = deaths().happened;
    let mut november = registry::statistics::Months::default();
    november.add("2026-11-12".parse().unwrap(), 1);
    assert_eq!(happened, november);
}
