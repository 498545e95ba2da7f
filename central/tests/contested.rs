//! An act that took effect and is wrong: two reviewers take it back by a paper, on every record
//! that it changed; what rests on it is not pulled from under later acts; and it can be undone.
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

use central_registry::registrar::{
    ApplicationOf, ApplicationWord, CardIssued, Contest, ContestError, Contested, NationalityWord,
    NumberOf,
};
use desk::kinds::{look, settle};
use desk::{Centre, NOW, Office, P, Q, World, birth, correct, id, reviewer};
use registry::act::new_record_id;
use registry::case::{Case, ClaimStands, Jurisdiction, Outcome, Reviewer};
use registry::code::NationalityGround;
use registry::dossier::DossierState;
use registry::person::{MaritalStatus, Person};
use registry::schema::Field;
use registry::value::Line;
use registry::{ActId, RecordId};
use serde_json::{Value as Json, json};

const STANDS: Outcome = Outcome::Keep(0);
const WRONG: Outcome = Outcome::Keep(1);

fn contest(act: ActId) -> Contest {
    Contest {
        act,
        reviewer: reviewer("mai"),
        paper: Line::parse("12/QĐ-UBND").unwrap(),
        reason: Line::parse("the judgment names another couple").unwrap(),
        dry_run: false,
    }
}

fn say(centre: &Centre, contest: &Contest) -> Result<Contested, ContestError> {
    centre.registrar().stage_contest(NOW + 90, contest)
}

fn refused(centre: &Centre, contest: &Contest) -> &'static str {
    say(centre, contest).unwrap_err().code()
}

fn opened(centre: &Centre, act: ActId) -> Case {
    let contested = say(centre, &contest(act)).unwrap();
    centre.case(contested.case.unwrap())
}

/// Contested, and taken back by two.
fn undone(centre: &Centre, act: ActId) -> Case {
    let case = opened(centre, act);
    settle(centre, &case, &WRONG, "wrong");
    case
}

fn reverse(centre: &Centre, case: &Case) {
    for who in ["undoes", "agrees"] {
        let seen = centre.case(case.number).version;
        let word = centre.decide(case.number, &reviewer(who), Outcome::Reverse, seen);
        word.unwrap();
    }
}

fn couple(world: &World) -> [RecordId; 2] {
    [world.shared_id(), world.single(P).parse().unwrap()]
}

fn here(id: &RecordId) -> Json {
    json!({"id": id.to_string()})
}

fn wed(world: &World) -> Json {
    let [one, two] = couple(world);
    json!({"act": "marriage", "first": here(&one), "second": here(&two), "date": "2026-09-01",
        "certificate": "17/2026"})
}

fn divorced(world: &World) -> Json {
    let [one, two] = couple(world);
    json!({"act": "divorce", "first": here(&one), "second": here(&two), "date": "2026-10-01",
        "evidence": [{"kind": "Bản án", "number": "5/2026", "date": "2026-10-01"}]})
}

/// What each act of P leaves, and the acts.
fn filed(world: &World, acts: &[Json]) -> (Centre, Vec<ActId>) {
    let mut p = Office::new(world, P);
    let ids = acts.iter().map(|act| p.file(act.clone())).collect();
    let centre = Centre::of(world);
    centre.take(&mut p);
    (centre, ids)
}

fn statuses(centre: &Centre, people: &[RecordId]) -> Vec<MaritalStatus> {
    let status = |id| Person(&centre.shown(id)).marital_status();
    people.iter().map(status).collect()
}

#[test]
fn a_divorce_noted_on_the_wrong_couple_leaves_the_marriage_open_on_both() {
    let world = World::new();
    let people = couple(&world);
    let (centre, acts) = filed(&world, &[wed(&world), divorced(&world)]);
    assert_eq!(
        statuses(&centre, &people),
        [MaritalStatus::DivorcedOrWidowed; 2]
    );
    let after = look(&centre, &people);

    // Looked at first: both records, and no case.
    let looked = Contest {
        dry_run: true,
        ..contest(acts[1])
    };
    let looked = say(&centre, &looked).unwrap();
    assert_eq!((looked.case, looked.changes.len()), (None, 2));
    assert!(centre.all_cases().is_empty() && look(&centre, &people) == after);

    let case = opened(&centre, acts[1]);
    assert_eq!(centre.open_rows(), [(39, 2)]);
    // Disputed at the office from now on, and in force until two have decided.
    let notice = centre.last_heard_of_case(P, case.id).unwrap();
    assert_eq!(notice.claimants(), [(acts[1], ClaimStands::Disputed)]);
    let undo = centre.registrar().would_undo(&case).unwrap();
    assert_eq!(
        undo, looked.changes,
        "the second reviewer reads it in the case"
    );
    let word = centre.decide(case.number, &reviewer("one"), WRONG, case.version);
    assert_eq!(word.unwrap().step, "needs_second");
    assert_eq!(look(&centre, &people), after);
    let word = centre.decide(case.number, &reviewer("two"), WRONG, case.version + 1);
    assert_eq!(word.unwrap().step, "settled");

    assert_eq!(statuses(&centre, &people), [MaritalStatus::Married; 2]);
    let notice = centre.last_heard_of_case(P, case.id).unwrap();
    assert_eq!(notice.claimants(), [(acts[1], ClaimStands::SetAside)]);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
    centre.check_told();
    assert_eq!(refused(&centre, &contest(acts[1])), "contest_of_no_effect");

    reverse(&centre, &case);
    assert_eq!(look(&centre, &people), after);
    assert_eq!(centre.open_rows(), [(39, 2)]);
    settle(&centre, &centre.open_cases()[0], &WRONG, "again");
    assert_eq!(statuses(&centre, &people), [MaritalStatus::Married; 2]);
    centre.check_slices();
}

#[test]
fn who_has_married_since_has_two_marriages_to_be_asked_about() {
    let world = World::new();
    let again = json!({"act": "marriage", "first": here(&world.shared_id()),
        "second": {"pin": "001190000003", "name": "Lê Thị Hai", "birth_date": "1990-01-02"},
        "date": "2026-11-01"});
    let again = desk::confirmed(again, "2026-10-15");
    let (centre, acts) = filed(&world, &[wed(&world), divorced(&world), again]);
    undone(&centre, acts[1]);
    assert_eq!(centre.open_rows(), [(9, 2)]);
    centre.check_slices();
}

#[test]
fn a_marriage_entered_by_mistake_is_none_once_what_rests_on_it_is_gone() {
    let world = World::new();
    let people = couple(&world);
    let unmarried = look(&Centre::of(&world), &people);
    let (centre, acts) = filed(&world, &[wed(&world), divorced(&world)]);
    let error = say(&centre, &contest(acts[0])).unwrap_err();
    assert_eq!(error.code(), "act_built_on");
    assert!(error.to_string().contains(&format!("divorce {}", acts[1])));
    undone(&centre, acts[1]);
    undone(&centre, acts[0]);
    assert_eq!(look(&centre, &people), unmarried);
    centre.check_slices();
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn a_marriage_that_a_death_ended_meanwhile_is_none_all_the_same() {
    let world = World::new();
    let [dead, widow] = couple(&world);
    let (centre, acts) = filed(&world, &[wed(&world), world.death("2026-10-01")]);
    assert_eq!(
        statuses(&centre, &[widow]),
        [MaritalStatus::DivorcedOrWidowed]
    );
    let before = look(&centre, &[dead, widow]);
    let case = undone(&centre, acts[0]);
    assert_eq!(
        statuses(&centre, &[dead, widow]),
        [MaritalStatus::NeverMarried; 2]
    );
    assert!(Person(&centre.shown(&dead)).is_dead());
    reverse(&centre, &case);
    assert_eq!(look(&centre, &[dead, widow]), before);
}

#[test]
fn what_no_procedure_compensates_is_taken_back_whole() {
    let world = World::new();
    let one: RecordId = world.single(P).parse().unwrap();
    let house: Vec<RecordId> = [vec![world.household().parse().unwrap(), world.head_id()], {
        let members = world.members();
        members.iter().map(|id| id.parse().unwrap()).collect()
    }]
    .concat();
    let [x, _] = world.members();
    let confirmation = json!({"act": "marital_confirmation", "person": one.to_string(),
        "number": "XN-7/2026", "purpose": "kết hôn"});
    let cases: Vec<(&str, Json, Vec<RecordId>)> = vec![
        ("stay", world.stay("2026-11-01"), vec![world.shared_id()]),
        ("absence", world.absent("2026-11-01"), vec![one]),
        ("confirmation", confirmation, vec![one]),
        ("head", world.new_head(&x), house.clone()),
        ("split", world.split(&[&x], &x), house),
        ("joining", world.joins_house(), vec![one]),
        (
            "correction",
            correct(
                &world,
                json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
            ),
            vec![world.shared_id()],
        ),
    ];
    for (what, act, records) in cases {
        let before = look(&Centre::of(&world), &records);
        let (centre, acts) = filed(&world, &[act]);
        let after = look(&centre, &records);
        assert_ne!(before, after, "{what}: the control");
        let case = undone(&centre, acts[0]);
        assert_eq!(look(&centre, &records), before, "{what}");
        assert_eq!(centre.open_rows(), [], "{what}");
        let notice = centre.last_heard_of_case(P, case.id).unwrap();
        assert_eq!(
            notice.claimants(),
            [(acts[0], ClaimStands::SetAside)],
            "{what}"
        );
        centre.check_slices();
        reverse(&centre, &case);
        assert_eq!(look(&centre, &records), after, "{what}");
    }
}

/// Contested and taken back by two; every office that holds the record hears of both.
fn taken_back_and_told(
    (centre, records): (&Centre, &[RecordId]),
    act: ActId,
    offices: &[u32],
    (before, after): (&[String], &[String]),
) {
    let told = |case: &Case, stands: ClaimStands| {
        for code in offices {
            let notice = centre.last_heard_of_case(*code, case.id).unwrap();
            assert_eq!(notice.claimants(), [(act, stands)], "office {code}");
        }
    };
    assert_ne!(before, after, "the control");
    let case = opened(centre, act);
    told(&case, ClaimStands::Disputed);
    assert_eq!(look(centre, records), after, "until two have decided");
    settle(centre, &case, &WRONG, "wrong");
    told(&case, ClaimStands::SetAside);
    assert_eq!(look(centre, records), before);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
    centre.check_told();
}

/// A card that was entered by mistake goes, and the application for it waits for an answer again.
#[test]
fn an_answer_that_was_wrong_leaves_the_application_open_and_no_card() {
    let world = World::new();
    let one: RecordId = world.single(P).parse().unwrap();
    let applied = json!({"act": "card_application", "person": one.to_string(), "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]});
    let (centre, acts) = filed(&world, &[applied]);
    assert_eq!(centre.returned(), [] as [String; 0]);
    let of = ApplicationOf::Act(acts[0]);
    let by = "hoa".parse().unwrap();
    let answer = |centre: &Centre, word: ApplicationWord| {
        let by = (&by, Jurisdiction::National);
        let stands = centre.registrar().answer_application(NOW, of, by, &word);
        stands.unwrap().act.unwrap()
    };
    let decide = |centre: &Centre| answer(centre, ApplicationWord::Decide(CardIssued::default()));
    let stands = |centre: &Centre| {
        let registrar = centre.registrar();
        let one = registrar.application(of, Jurisdiction::National).unwrap();
        let waiting = registrar.applications(100, |_, _| true).unwrap().len();
        let shown = centre.shown(&world.single(P).parse().unwrap());
        let cards = shown.entries(Field::Cards).count();
        (one.dossier.state, waiting, cards)
    };
    let open = (DossierState::Received, 1, 0);
    assert_eq!(stands(&centre), open);
    let before = look(&centre, &[one]);
    let answered = decide(&centre);
    assert_eq!(stands(&centre), (DossierState::Decided, 0, 1));
    let after = look(&centre, &[one]);

    taken_back_and_told((&centre, &[one]), answered, &[P], (&before, &after));
    assert_eq!(stands(&centre), open);
    // Undone, the card stands as before.
    let case = centre.all_cases().remove(0);
    reverse(&centre, &case);
    assert_eq!(stands(&centre), (DossierState::Decided, 0, 1));
    assert_eq!(look(&centre, &[one]), after);
    let again = centre.open_cases().remove(0);
    settle(&centre, &again, &WRONG, "again");
    assert_eq!(stands(&centre), open);
    // And it can be answered anew: no answer is pulled from under a later one.
    let accepted = answer(&centre, ApplicationWord::Accept);
    decide(&centre);
    assert_eq!(stands(&centre), (DossierState::Decided, 0, 1));
    let error = say(&centre, &contest(accepted)).unwrap_err();
    assert_eq!(error.code(), "act_built_on");
    // Nor does the first one come back beside those that were given since, with another card.
    let now = look(&centre, &[one]);
    let undone = |who: &str| {
        let seen = centre.case(again.number).version;
        centre.decide(again.number, &reviewer(who), Outcome::Reverse, seen)
    };
    undone("undoes").unwrap();
    assert_eq!(undone("agrees").unwrap_err().code(), "answered_since");
    assert_eq!(look(&centre, &[one]), now);
    centre.check_slices();
}

#[test]
fn answers_come_back_only_where_those_stand_that_they_followed() {
    let world = World::new();
    let applied = json!({"act": "card_application", "person": world.single(P), "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]});
    let (centre, acts) = filed(&world, &[applied]);
    let of = ApplicationOf::Act(acts[0]);
    let by = "hoa".parse().unwrap();
    let answer = |word: ApplicationWord| {
        let by = (&by, Jurisdiction::National);
        let stands = centre.registrar().answer_application(NOW, of, by, &word);
        stands.unwrap().act.unwrap()
    };
    let decide = || answer(ApplicationWord::Decide(CardIssued::default()));
    let take_back = |act: ActId, level: &str| {
        say(&centre, &contest(act)).unwrap();
        let case = centre.open_cases().remove(0);
        settle(&centre, &case, &WRONG, level);
        case
    };
    let undone = |case: &Case, who: &str| {
        let seen = centre.case(case.number).version;
        let said = centre.decide(case.number, &reviewer(who), Outcome::Reverse, seen);
        said.err().map(|error| error.code().to_owned())
    };
    let refused = Some("answered_since".to_owned());
    let (accepted, decided) = (answer(ApplicationWord::Accept), decide());
    let later = take_back(decided, "later");
    let first = take_back(accepted, "first");
    // It followed an answer that no longer stands.
    assert_eq!(undone(&later, "undoes"), None);
    assert_eq!(undone(&later, "agrees"), refused);
    // Nor does it come back beside another that has its place or an earlier one.
    decide();
    assert_eq!(undone(&later, "agrees"), refused);
    assert_eq!(undone(&first, "undoes"), None);
    assert_eq!(undone(&first, "agrees"), refused);
    let shown = centre.shown(&world.single(P).parse().unwrap());
    assert_eq!(shown.entries(Field::Cards).count(), 1);
}

#[test]
fn a_nationality_changed_by_mistake_is_what_it_was_before() {
    let world = World::new();
    let mut q = Office::new(&world, Q);
    q.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
    let (centre, _) = filed(&world, &[world.stay("2026-11-01")]);
    centre.take(&mut q);
    let records = [world.shared_id()];
    let by = "hoa".parse().unwrap();
    let change = |ground: NationalityGround, now: &str| {
        let word = NationalityWord {
            ground,
            now: vec![now.parse().unwrap()],
            paper: Line::parse("512/QĐ-CTN").unwrap(),
            date: "2026-10-01".parse().unwrap(),
        };
        let of = NumberOf::Record(world.shared_id());
        let changed = centre.registrar().change_nationality(NOW, of, &by, &word);
        changed.unwrap().act.unwrap()
    };
    change(NationalityGround::Gained, "VN");
    let before = look(&centre, &records);
    let wrong = change(NationalityGround::Renounced, "DE");
    let after = look(&centre, &records);

    taken_back_and_told((&centre, &records), wrong, &[P, Q], (&before, &after));
    let case = centre.all_cases().remove(0);
    reverse(&centre, &case);
    assert_eq!(look(&centre, &records), after);
}

#[test]
fn a_household_that_others_have_joined_is_not_closed_under_them() {
    let world = World::new();
    let [x, _] = world.members();
    let mut p = Office::new(&world, P);
    let split = p.file(world.split(&[&x], &x));
    let made = (0..8)
        .map(|index| new_record_id(&split, index))
        .find(|id| p.records_hold(id))
        .unwrap();
    let joins = p.file(json!({"act": "permanent_registration", "address": "Số 3",
        "from": "2026-11-06", "ground": "về ở cùng", "household": made.to_string(),
        "people": [{"person": {"id": world.single(P)}}], "evidence": [{"kind": "CT01"}]}));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    let error = say(&centre, &contest(split)).unwrap_err();
    assert_eq!(error.code(), "act_built_on");
    assert!(error.to_string().contains(&joins.to_string()), "{error}");
    undone(&centre, joins);
    undone(&centre, split);
    let closed = centre.shown(&made);
    assert!(closed.single(Field::HouseholdRevoked).is_some());
    centre.check_slices();
}

#[test]
fn what_is_made_on_top_while_the_case_is_open_stops_the_decision() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let married = p.file(wed(&world));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    let case = opened(&centre, married);
    p.file(divorced(&world));
    centre.take(&mut p);
    let word = |who: &str, seen| centre.decide(case.number, &reviewer(who), WRONG, seen);
    assert_eq!(word("one", case.version).unwrap().step, "needs_second");
    let error = word("two", case.version + 1).unwrap_err();
    assert_eq!(error.code(), "act_built_on");
    // That the act stands can be said at any time; here of two who differ, one level up.
    let seen = centre.case(case.number).version;
    let word = centre.decide(case.number, &reviewer("two"), STANDS, seen);
    assert_eq!(word.unwrap().step, "escalated");
    settle(&centre, &centre.open_cases()[0], &STANDS, "stands");
    assert_eq!(centre.open_rows(), []);
    assert!(
        !centre
            .registrar()
            .act(&married)
            .unwrap()
            .unwrap()
            .taken_back
    );
}

#[test]
fn a_registration_that_was_revoked_by_mistake_stands_again() {
    let world = World::new();
    let one: RecordId = world.single(P).parse().unwrap();
    let revoked = json!({"act": "birth_revoked", "person": one.to_string(), "ground": "trùng",
        "evidence": [{"kind": "Quyết định", "number": "3/QĐ", "date": "2026-11-01"}]});
    let (centre, acts) = filed(&world, &[revoked]);
    assert!(Person(&centre.shown(&one)).is_revoked());
    undone(&centre, acts[0]);
    assert!(!Person(&centre.shown(&one)).is_revoked());
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn a_case_is_opened_by_a_paper_about_what_has_effect_and_only_once() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let born = p.file(birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "GCS-1",
        0,
    ));
    let stay = p.file(world.stay("2026-11-01"));
    let gone = p.file(world.absent("2026-11-01"));
    let back = p.file(json!({"act": "withdraw", "of": gone.to_string(), "reason": "nhầm"}));
    let phone = |number: &str| json!({"act": "contact", "person": world.shared(), "phone": number});
    let written_over = p.file(phone("0912345678"));
    p.file(phone("0912345679"));
    let mut q = Office::new(&world, Q);
    let elsewhere =
        q.file(json!({"act": "contact", "person": world.single(Q), "phone": "0912345670"}));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let with = |change: &dyn Fn(&mut Contest)| {
        let mut asked = contest(stay);
        change(&mut asked);
        refused(&centre, &asked)
    };
    assert_eq!(
        with(&|it| it.paper = Line::default()),
        "contest_without_paper"
    );
    // Who only looks gives neither paper nor reason.
    let look = Contest {
        paper: Line::default(),
        reason: Line::default(),
        dry_run: true,
        ..contest(stay)
    };
    let looked = centre.registrar().stage_contest(desk::NOW, &look).unwrap();
    assert!(looked.case.is_none() && !looked.changes.is_empty());
    assert_eq!(
        with(&|it| it.reason = Line::default()),
        "contest_without_reason"
    );
    let long = Line::parse(&"x".repeat(300)).unwrap();
    assert_eq!(with(&|it| it.reason = long.clone()), "contest_too_long");
    assert_eq!(with(&|it| it.act = ActId::new([9; 16])), "act_unknown");
    assert_eq!(with(&|it| it.act = born), "contest_of_registration");
    assert_eq!(with(&|it| it.act = gone), "contest_of_no_effect");
    assert_eq!(with(&|it| it.act = back), "contest_another_way");
    assert_eq!(with(&|it| it.act = written_over), "nothing_changes");
    let there = Reviewer {
        id: "tu".parse().unwrap(),
        jurisdiction: Jurisdiction::Province("04".parse().unwrap()),
    };
    assert_eq!(
        with(&|it| (it.act, it.reviewer) = (elsewhere, there.clone())),
        "case_not_yours"
    );
    assert!(centre.all_cases().is_empty(), "none of them left a case");
    let case = opened(&centre, stay);
    assert_eq!(with(&|_| {}), "act_in_case");
    settle(&centre, &case, &STANDS, "stands");
    assert_eq!(with(&|_| {}), "contest_decided");
    let new = Contest {
        paper: Line::parse("13/QĐ-UBND").unwrap(),
        ..contest(stay)
    };
    assert!(
        say(&centre, &new).unwrap().case.is_some(),
        "a new paper is new"
    );
    assert_eq!(id("shared"), world.shared_id());
}
