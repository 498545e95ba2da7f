//! Applications, added papers and answers at the centre: taken in, kept with what they are about,
//! and told to everybody whom it concerns.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use desk::{Centre, Office, P, Q, R, World, correct, office, reviewer};
use registry::CaseId;
use registry::act::Refers;
use registry::application::Application;
use registry::case::{Case, Outcome};
use registry::schema::Field;
use registry::unit::Decree;
use registry::value::{Line, Value};
use serde_json::json;

/// Two offices corrected the shared person's name; the case is open.
fn two_names(world: &World) -> (Centre, Office, Office, Case) {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    for (desk, name) in [(&mut p, "Nguyễn Văn Bình"), (&mut q, "Nguyễn Văn Bính")] {
        desk.file(correct(
            world,
            json!({"field": "name", "value": {"name": name}}),
        ));
    }
    let centre = Centre::of(world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    (centre, p, q, case)
}

fn ask(centre: &Centre, case: &Case, code: u32) {
    let outcome = Outcome::AskOffice {
        office: office(code),
        question: Line::parse("giấy nào là bản gốc?").unwrap(),
    };
    let asked = centre.decide(case.number, &reviewer("one"), outcome, case.version);
    assert_eq!(asked.unwrap().step, "asked");
}

fn answer(case: u64) -> serde_json::Value {
    json!({"act": "answer_case", "case": case, "answer": "bản của phường",
        "evidence": [{"kind": "giấy khai sinh", "number": "114"}]})
}

#[test]
fn an_application_stands_on_the_record_with_what_it_is_pinned_to() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    p.file(
        json!({"act": "card_application", "person": world.single(P), "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]}),
    );
    p.file(json!({"act": "eid_level_2", "person": world.single(P), "phone": "0912345678"}));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    centre.check_slices();
    let shown = centre.shown(&world.single(P).parse().unwrap());
    let dossiers: Vec<&Application> = shown
        .entries(Field::Applications)
        .map(|(_, value)| match value {
            Value::Application(application) => application.as_ref(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(dossiers.len(), 2);
    for dossier in dossiers {
        assert_eq!(dossier.pinned.name.as_str(), "Lê Thị Một");
        assert_eq!(dossier.pinned.outdated(&shown), []);
    }
}

#[test]
fn an_answer_is_kept_with_the_case_and_told_to_every_office_concerned() {
    let world = World::new();
    let (centre, mut p, _, case) = two_names(&world);
    ask(&centre, &case, P);
    let version = centre.case(case.number).version;
    p.told(&centre.case(case.number));
    let act = p.file(answer(case.number));
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    let after = centre.case(case.number);
    assert!(after.is_open() && after.version > version);
    let [said] = after.answers.as_slice() else {
        panic!("{} answers", after.answers.len());
    };
    assert_eq!((said.act, said.office), (act, office(P)));
    assert_eq!(said.words.as_str(), "bản của phường");
    assert_eq!(said.evidence.len(), 1);
    assert_eq!(after.open_question(office(P)), None);
    for code in [P, Q] {
        let heard = centre.last_heard_of_case(code, case.id).unwrap();
        assert_eq!(heard.case.answers, after.answers, "office {code}");
    }
}

#[test]
fn an_office_that_made_a_claim_agrees_unasked_and_others_do_not() {
    let world = World::new();
    let (centre, mut p, _, case) = two_names(&world);
    p.told(&case);
    p.file(
        json!({"act": "answer_case", "case": case.number, "agrees": true,
        "answer": "nhập nhầm"}),
    );
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    let after = centre.case(case.number);
    assert!(after.is_open() && after.answers[0].agrees());
    assert_eq!(
        after.answers[0].words.as_str(),
        "Đồng ý với bên kia. nhập nhầm"
    );
    // One who claims nothing is refused at the desk, and one who says it all the same by the centre.
    let mut r = Office::new(&world, R);
    r.told(&case);
    let agrees = json!({"act": "answer_case", "case": case.number, "agrees": true});
    assert_eq!(r.refused(agrees), "input_invalid");
    let mut asked = case.clone();
    asked.questions.push((office(R), Line::parse("?").unwrap()));
    let mut r = Office::new(&world, R);
    r.told(&asked);
    r.file(json!({"act": "answer_case", "case": case.number, "answer": "Đồng ý với bên kia."}));
    centre.take(&mut r);
    assert_eq!(centre.returned(), ["case_not_of_office"]);
}

#[test]
fn an_office_that_is_no_party_hears_the_question_and_can_answer() {
    let world = World::new();
    let (centre, _, _, case) = two_names(&world);
    let mut r = Office::new(&world, R);
    assert!(!centre.heard_of_case(R, case.id));
    ask(&centre, &case, R);
    assert!(centre.heard_of_case(R, case.id));
    r.told(&centre.case(case.number));
    r.file(answer(case.number));
    centre.take(&mut r);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(centre.case(case.number).answers.len(), 1);
}

#[test]
fn papers_added_to_an_act_stand_with_its_claim() {
    let world = World::new();
    let (centre, mut p, mut q, case) = two_names(&world);
    let [claim] = p.filed().try_into().unwrap();
    p.file(json!({"act": "add_evidence", "of": claim,
        "evidence": [{"kind": "sổ hộ tịch", "number": "88"}]}));
    centre.take(&mut p);
    q.told(&centre.case(case.number));
    q.file(json!({"act": "add_evidence", "case": case.number,
        "evidence": [{"kind": "bản sao"}]}));
    centre.take(&mut q);
    assert_eq!(centre.returned(), [] as [String; 0]);
    for code in [P, Q] {
        let heard = centre.last_heard_of_case(code, case.id).unwrap();
        let party = heard
            .parties
            .iter()
            .find(|party| party.act == Some(claim))
            .unwrap();
        let kinds: Vec<&str> = party
            .evidence
            .iter()
            .map(|paper| paper.kind.as_str())
            .collect();
        assert_eq!(kinds, ["Giấy khai sinh bản gốc", "sổ hộ tịch"]);
        assert_eq!(heard.case.answers.len(), 1);
        assert!(heard.case.answers[0].words.is_empty());
    }
}

#[test]
fn an_office_that_became_part_of_another_is_still_asked_and_still_adds_to_its_acts() {
    let world = World::new();
    let (centre, mut p, _, case) = two_names(&world);
    let [claim] = p.filed().try_into().unwrap();
    ask(&centre, &case, P);
    p.told(&centre.case(case.number));
    let registrar = centre.registrar();
    let file =
        "old_code,new_code,share,default,hamlets,name,kind,province\n00004,00008,whole,1,,,,\n";
    let day = "2026-11-01".parse().unwrap();
    let decree = Decree::read(file, day, &registrar.units().unwrap()).unwrap();
    registrar.apply_decree(1_795_100_000, &decree).unwrap();
    registrar.finish_decree(1_795_100_000, |_| {}).unwrap();
    // Whoever sits there now is asked.
    let heard = centre.last_heard_of_case(Q, case.id).unwrap();
    assert!(heard.case.open_question(office(Q)).is_some() && !heard.case.asked(office(P)));
    // What was filed before anybody there heard of it.
    p.file(answer(case.number));
    p.file(json!({"act": "add_evidence", "of": claim,
        "evidence": [{"kind": "sổ hộ tịch", "number": "88"}]}));
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    let heard = centre.last_heard_of_case(Q, case.id).unwrap();
    assert!(heard.case.open_question(office(Q)).is_none());
    let party = heard.parties.iter().find(|party| party.act == Some(claim));
    assert_eq!(party.unwrap().evidence.len(), 2);
}

#[test]
fn what_is_added_to_nothing_to_a_closed_case_or_to_another_s_act_comes_back() {
    let world = World::new();
    let (centre, mut p, mut q, case) = two_names(&world);
    let [of_p] = p.filed().try_into().unwrap();
    let own = p.file(json!({"act": "contact", "person": world.single(P), "phone": "0912345678"}));
    let papers = json!({"act": "add_evidence", "of": own, "evidence": [{"kind": "x"}]});
    p.file_and(papers.clone(), |body| body.refers = None);
    p.file_and(papers.clone(), |body| body.evidence.clear());
    p.file_and(papers, |body| {
        body.refers = Some(Refers::Case(CaseId::new([9; 16])));
    });
    q.file(json!({"act": "contact", "person": world.shared(), "email": "a@b.vn"}));
    let [_, of_q] = q.filed().try_into().unwrap();
    q.file_and(
        json!({"act": "add_evidence", "of": of_q, "evidence": [{"kind": "x"}]}),
        |body| body.refers = Some(Refers::Act(of_p)),
    );
    centre.take(&mut p);
    centre.take(&mut q);
    // Asked is Q; P answers as if it were, and Q when it is too late.
    ask(&centre, &case, Q);
    let mut asked = centre.case(case.number);
    asked.questions.push((office(P), Line::default()));
    p.told(&asked);
    p.file(answer(case.number));
    centre.take(&mut p);
    q.told(&asked);
    q.file(answer(case.number));
    let decided = centre.decide(
        case.number,
        &reviewer("two"),
        Outcome::Keep(0),
        asked.version,
    );
    assert_eq!(decided.unwrap().step, "settled");
    centre.take(&mut q);
    let mut codes = centre.returned();
    codes.sort();
    assert_eq!(
        codes,
        [
            "act_not_yours",
            "addition_to_nothing",
            "case_closed",
            "case_not_of_office",
            "case_unknown",
            "evidence_missing"
        ]
    );
    assert_eq!(centre.case(case.number).answers, []);
}

#[test]
fn what_was_said_below_is_not_asked_again_above() {
    let world = World::new();
    let (centre, mut p, _, case) = two_names(&world);
    ask(&centre, &case, P);
    p.told(&centre.case(case.number));
    p.file(answer(case.number));
    centre.take(&mut p);
    let seen = centre.case(case.number).version;
    centre
        .decide(case.number, &reviewer("two"), Outcome::Keep(0), seen)
        .unwrap();
    let other = centre
        .decide(case.number, &reviewer("three"), Outcome::Keep(1), seen)
        .unwrap();
    assert_eq!(other.step, "escalated");
    let above = centre.open_cases().remove(0);
    assert_eq!(above.answers.len(), 1);
    assert_eq!(above.open_question(office(P)), None);
}
