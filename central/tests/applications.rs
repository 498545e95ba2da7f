//! Applications answered at the centre: every way through the dossier, what has to be looked at
//! before one goes on, and an office that takes its application back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use central_registry::registrar::{
    ApplicationError, ApplicationOf, ApplicationStands, ApplicationWord, CardIssued,
    NationalityWord, NumberOf,
};
use desk::{Centre, NOW, Office, P, World, reviewer};
use registry::ActId;
use registry::act::{ActKind, Refers};
use registry::case::{Jurisdiction, Outcome};
use registry::code::NationalityGround;
use registry::dossier::DossierState as D;
use registry::edit::Edit;
use registry::fields::{EntryId, Slot};
use registry::person::Person;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

fn card(person: &str) -> Json {
    json!({"act": "card_application", "person": person, "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]})
}

fn papers(of: ActId, number: &str) -> Json {
    json!({"act": "add_evidence", "of": of,
        "evidence": [{"kind": "ảnh chân dung", "number": number}]})
}

/// Papers of an office that has heard of the `place`-th answer, which asks for them.
fn hand_in(office: &mut Office, of: ActId, place: u16) {
    office.file_and(papers(of, "3"), |body| {
        body.refers = Some(Refers::Asked { of, place });
    });
}

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn decide() -> ApplicationWord {
    ApplicationWord::Decide(CardIssued::default())
}

fn say(
    centre: &Centre,
    act: ActId,
    word: &ApplicationWord,
) -> Result<ApplicationStands, ApplicationError> {
    let by = "hoa".parse().unwrap();
    let of = ApplicationOf::Act(act);
    let by = (&by, Jurisdiction::National);
    centre.registrar().answer_application(NOW, of, by, word)
}

fn refused(centre: &Centre, act: ActId, word: &ApplicationWord) -> &'static str {
    say(centre, act, word).unwrap_err().code()
}

/// Where it stands as a reviewer sees it, and whether it is on the list of those that wait.
fn stands(centre: &Centre, act: ActId) -> (D, bool) {
    let of = ApplicationOf::Act(act);
    let registrar = centre.registrar();
    let one = registrar.application(of, Jurisdiction::National).unwrap();
    let listed = registrar.applications(100, |_, _| true).unwrap();
    let mut listed = listed.into_iter();
    let found = listed.find(|(record, it)| ApplicationOf::of(*record, it.entry) == of);
    if let Some((record, it)) = found {
        assert_eq!((record, it.state), (one.record, one.dossier.state));
        assert_eq!(it.since_s, one.dossier.since_s);
    }
    (one.dossier.state, found.is_some())
}

/// An office with an application for a card that the centre has taken in.
fn applied() -> (World, Centre, Office, ActId) {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let act = p.file(card(&world.single(P)));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    (world, centre, p, act)
}

#[test]
fn a_card_goes_from_received_over_a_supplement_to_decided_and_stands_on_the_record() {
    let (world, centre, mut p, act) = applied();
    assert_eq!(stands(&centre, act), (D::Received, true));
    let ask = ApplicationWord::Ask(line("ảnh mờ, chụp lại"));
    let asked = say(&centre, act, &ask).unwrap();
    assert_eq!(asked.words.unwrap().as_str(), "ảnh mờ, chụp lại");
    assert_eq!(asked.dossier.due(), None);
    assert_eq!(stands(&centre, act), (D::SupplementAsked, true));
    assert_eq!(
        refused(&centre, act, &ApplicationWord::Accept),
        "dossier_no_such_step"
    );
    p.file_and(papers(act, "2"), |_| {});
    centre.take(&mut p);
    assert_eq!(
        stands(&centre, act),
        (D::SupplementAsked, true),
        "entered unasked"
    );
    hand_in(&mut p, act, 1);
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(stands(&centre, act), (D::Received, true));
    say(&centre, act, &ApplicationWord::Accept).unwrap();
    assert_eq!(stands(&centre, act), (D::Accepted, true));
    let done = say(&centre, act, &decide()).unwrap();
    assert_eq!(stands(&centre, act), (D::Decided, false));
    // Nobody adds what nobody asked for.
    hand_in(&mut p, act, 1);
    centre.take(&mut p);
    assert_eq!(stands(&centre, act), (D::Decided, false));
    let shown = centre.shown(&world.single(P).parse().unwrap());
    let mut cards = shown.entries(Field::Cards);
    let card = done.card.unwrap();
    assert!(cards.any(|(_, value)| *value == Value::Card(card.clone())));
    assert_eq!(card.issued.whole().unwrap().to_string(), "18/11/2026");
    assert!(card.expires.is_some() && !card.place.is_empty());
    let answered = centre.registrar().act(&done.act.unwrap()).unwrap().unwrap();
    assert_eq!(answered.act.body.kind, ActKind::ApplicationAnswered);
    assert_eq!(answered.act.body.officer.as_str(), "hoa");
    centre.check_slices();
}

#[test]
fn a_refusal_has_a_reason_and_another_application_can_follow() {
    let (world, centre, p, act) = applied();
    for word in [
        ApplicationWord::Ask(Line::default()),
        ApplicationWord::Refuse(Line::default()),
    ] {
        assert_eq!(refused(&centre, act, &word), "application_without_words");
    }
    let reason = ApplicationWord::Refuse(line("không đúng người"));
    say(&centre, act, &reason).unwrap();
    assert_eq!(stands(&centre, act), (D::Refused, false));
    assert_eq!(refused(&centre, act, &decide()), "dossier_no_such_step");
    // The office that has not heard of it yet is stopped, the one that has is not.
    assert_eq!(p.refused(card(&world.single(P))), "input_invalid");
    let mut informed = p.restored(&centre);
    let again = informed.file(card(&world.single(P)));
    centre.take(&mut informed);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(stands(&centre, again), (D::Received, true));
    assert_eq!(stands(&centre, act), (D::Refused, false));
}

#[test]
fn what_was_decided_at_once_was_accepted_and_a_look_changes_nothing() {
    let (_, centre, _, act) = applied();
    let (of, by) = (ApplicationOf::Act(act), Jurisdiction::National);
    let look = centre.registrar().look_at_answer(NOW, of, by, &decide());
    let look = look.unwrap();
    assert_eq!((look.dossier.state, look.act), (D::Decided, None));
    assert_eq!(stands(&centre, act), (D::Received, true));
    let done = say(&centre, act, &decide()).unwrap();
    assert_eq!((done.dossier.state, done.card), (D::Decided, look.card));
    assert_eq!(stands(&centre, act), (D::Decided, false));
}

#[test]
fn an_application_of_another_province_is_not_answered() {
    let (_, centre, _, act) = applied();
    let by = Jurisdiction::Province("79".parse().unwrap());
    let looked = centre
        .registrar()
        .application(ApplicationOf::Act(act), by)
        .unwrap_err();
    assert_eq!(looked.code(), "application_not_yours");
    let unknown: ApplicationOf = format!("{}:g0", "0f".repeat(16)).parse().unwrap();
    let looked = centre
        .registrar()
        .application(unknown, Jurisdiction::National)
        .unwrap_err();
    assert_eq!(looked.code(), "application_unknown");
}

#[test]
fn nothing_goes_on_that_rests_on_what_the_record_no_longer_says() {
    let (world, centre, mut p, act) = applied();
    p.hears_of_everything();
    p.file(
        json!({"act": "correction", "person": world.single(P), "evidence": [{"kind": "x"}],
        "fields": [{"field": "name", "value": {"name": "Lê Thị Mốt"}}]}),
    );
    centre.take(&mut p);
    assert_eq!(centre.open_rows(), [], "it was known: no clash");
    for word in [ApplicationWord::Accept, decide()] {
        assert_eq!(refused(&centre, act, &word), "application_outdated");
    }
    let of = ApplicationOf::Act(act);
    let one = centre.registrar().application(of, Jurisdiction::National);
    assert_eq!(one.unwrap().outdated, [Field::Name]);
    say(&centre, act, &ApplicationWord::Refuse(line("tên đã đổi"))).unwrap();
}

/// One desk prepares an application for a card; another, that has not heard of it, corrects the name.
fn applied_and_corrected(world: &World) -> ((Office, ActId), Office) {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, P));
    q.second_desk();
    let act = p.file(card(&world.single(P)));
    q.file(
        json!({"act": "correction", "person": world.single(P), "evidence": [{"kind": "x"}],
        "fields": [{"field": "name", "value": {"name": "Lê Thị Mốt"}}]}),
    );
    ((p, act), q)
}

#[test]
fn nothing_goes_on_while_a_case_asks_about_what_it_rests_on() {
    let world = World::new();
    let ((mut p, act), mut q) = applied_and_corrected(&world);
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    assert_eq!(centre.open_rows(), [(17, 2)]);
    assert_eq!(refused(&centre, act, &decide()), "application_in_dispute");
}

/// A correction that was made before anybody there heard of the application, and comes after the card
/// was granted: the name is the corrected one, and that a card was granted stays true.
#[test]
fn what_was_decided_stays_decided_when_a_late_correction_wins() {
    let world = World::new();
    let ((mut p, act), mut q) = applied_and_corrected(&world);
    let centre = Centre::of(&world);
    centre.take(&mut p);
    say(&centre, act, &decide()).unwrap();
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let mut claims = case.dispute.claims.iter().zip(0u8..);
    let (_, correction) = claims.find(|(claim, _)| claim.act != Some(act)).unwrap();
    let keep = Outcome::Keep(correction);
    centre
        .decide(case.number, &reviewer("one"), keep, case.version)
        .unwrap();
    assert_eq!(stands(&centre, act), (D::Decided, false));
    let shown = centre.shown(&world.single(P).parse().unwrap());
    assert_eq!(Person(&shown).name().unwrap().as_str(), "Lê Thị Mốt");
    assert_eq!(shown.entries(Field::Cards).count(), 1);
}

#[test]
fn a_dead_person_gets_no_card_and_the_application_is_refused() {
    let (world, centre, mut p, act) = applied();
    p.hears_of_everything();
    p.file(
        json!({"act": "death", "person": {"id": world.single(P)}, "date": "2026-11-17",
        "ground": "Giấy báo tử", "evidence": [{"kind": "giấy báo tử"}]}),
    );
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(refused(&centre, act, &decide()), "application_of_nobody");
    say(&centre, act, &ApplicationWord::Refuse(line("đã chết"))).unwrap();
}

#[test]
fn what_has_no_result_can_be_taken_back_and_what_has_one_cannot() {
    for decided_first in [false, true] {
        let (world, centre, mut p, act) = applied();
        say(&centre, act, &ApplicationWord::Accept).unwrap();
        if decided_first {
            say(&centre, act, &decide()).unwrap();
        }
        // The office has heard of neither answer.
        p.file(json!({"act": "withdraw", "of": act, "reason": "công dân không cần nữa"}));
        centre.take(&mut p);
        let shown = centre.shown(&world.single(P).parse().unwrap());
        let there = shown.entries(Field::Applications).count();
        if decided_first {
            assert_eq!(centre.returned(), ["application_closed"]);
            assert_eq!((stands(&centre, act), there), ((D::Decided, false), 1));
        } else {
            assert_eq!(centre.returned(), [] as [String; 0]);
            assert_eq!(there, 0);
            assert_eq!(refused(&centre, act, &decide()), "application_unknown");
            let listed = centre.registrar().applications(100, |_, _| true);
            assert_eq!(listed.unwrap(), []);
        }
        assert_eq!(centre.open_rows(), []);
        centre.check_slices();
    }
}

#[test]
fn the_dates_of_a_card_are_possible_ones() {
    let (_, centre, _, act) = applied();
    let day = |text: &str| Some(text.parse().unwrap());
    for (issued, expires) in [
        (day("2026-11-19"), None),
        (day("2026-11-17"), None),
        (day("2026-11-18"), day("2026-11-18")),
    ] {
        let card = CardIssued {
            issued,
            expires,
            place: None,
        };
        let word = ApplicationWord::Decide(card);
        assert_eq!(refused(&centre, act, &word), "card_dates_wrong");
    }
    let card = CardIssued {
        issued: day("2026-11-18"),
        expires: day("2036-11-19"),
        place: Some(line("Công an Hà Nội")),
    };
    let done = say(&centre, act, &ApplicationWord::Decide(card)).unwrap();
    let card = done.card.unwrap();
    assert_eq!(card.place.as_str(), "Công an Hà Nội");
    assert_eq!(card.expires.unwrap().to_iso(), "2036-11-19");
}

#[test]
fn what_answers_an_earlier_question_is_no_answer_to_the_next() {
    let (_, centre, mut p, act) = applied();
    let ask = |words: &str| say(&centre, act, &ApplicationWord::Ask(line(words))).unwrap();
    ask("thiếu ảnh");
    say(&centre, act, &ApplicationWord::HandedIn).unwrap();
    assert_eq!(stands(&centre, act), (D::Received, true));
    ask("thiếu chữ ký");
    hand_in(&mut p, act, 1);
    centre.take(&mut p);
    assert_eq!(stands(&centre, act), (D::SupplementAsked, true));
    hand_in(&mut p, act, 3);
    centre.take(&mut p);
    assert_eq!(stands(&centre, act), (D::Received, true));
}

#[test]
fn of_two_applications_for_a_card_one_is_granted() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, P));
    q.second_desk();
    let acts = [&mut p, &mut q].map(|desk| desk.file(card(&world.single(P))));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    say(&centre, acts[0], &decide()).unwrap();
    assert_eq!(
        refused(&centre, acts[1], &decide()),
        "application_card_stands"
    );
    say(
        &centre,
        acts[1],
        &ApplicationWord::Refuse(line("đã cấp thẻ")),
    )
    .unwrap();
}

#[test]
fn somebody_who_is_no_citizen_by_the_record_gets_no_card() {
    let (world, centre, _, act) = applied();
    let word = NationalityWord {
        ground: NationalityGround::Renounced,
        now: vec!["DE".parse().unwrap()],
        paper: line("512/QĐ-CTN"),
        date: "2026-10-01".parse().unwrap(),
    };
    let of = NumberOf::Record(world.single(P).parse().unwrap());
    let by = "hoa".parse().unwrap();
    centre
        .registrar()
        .change_nationality(NOW, of, &by, &word)
        .unwrap();
    assert_eq!(
        refused(&centre, act, &decide()),
        "application_of_no_citizen"
    );
}

/// An office writes no application but one that has just been received, and takes back its own.
#[test]
fn what_a_node_forges_of_an_application_comes_back() {
    let (world, centre, mut p, act) = applied();
    say(&centre, act, &ApplicationWord::Accept).unwrap();
    let application = |state: &str| {
        let fields = centre.shown(&world.single(P).parse().unwrap());
        let (_, value) = fields.entries(Field::Applications).next().unwrap();
        let mut json = serde_json::to_value(value).unwrap();
        json["application"]["state"] = state.into();
        serde_json::from_value::<Value>(json).unwrap()
    };
    let entry = EntryId::Act(act);
    let forged = [
        Edit::Add(Field::Applications, application("decided")),
        Edit::Amend(Field::Applications, entry, Some(application("received"))),
        Edit::Amend(Field::Applications, entry, None),
        // A card, by the procedure of an account.
        Edit::Add(Field::Applications, application("received")),
    ];
    let mut q = Office::new(&world, P);
    q.second_desk();
    for edit in forged.clone() {
        let filing =
            json!({"act": "eid_level_1", "person": world.single(P), "phone": "0912345678"});
        q.file_and(filing, |body| body.changes[0].edits = vec![edit]);
    }
    centre.take(&mut q);
    assert_eq!(centre.returned(), ["value_misfit"; 4]);
    // A withdrawal empties its own, and writes nothing else there.
    let filing = json!({"act": "withdraw", "of": act, "reason": "x"});
    p.file_and(filing, |body| {
        body.changes[0].edits = vec![forged[1].clone()];
    });
    centre.take(&mut p);
    assert_eq!(centre.returned(), ["value_misfit"; 5]);
    assert_eq!(stands(&centre, act), (D::Accepted, true));
}

#[test]
fn a_clock_that_runs_ahead_makes_no_application_that_is_never_late() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    p.set_ahead(400);
    p.file(card(&world.single(P)));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    // A person decides what is right about its date (row 31).
    assert_eq!(centre.open_rows(), [(31, 1)]);
    p.set_ahead(0);
    let mut q = Office::new(&world, P);
    q.second_desk();
    let act = q.file_and(card(&world.single(P)), |body| body.entered.at_s += 86_400);
    centre.take(&mut q);
    let one = centre
        .registrar()
        .application(ApplicationOf::Act(act), Jurisdiction::National);
    let arrived_s = NOW + 60;
    assert_eq!(one.unwrap().dossier.since_s, arrived_s);
}

/// A request for a child's number is decided by the number, whichever comes first.
#[test]
fn a_child_s_number_decides_the_request_for_it_in_either_order() {
    let mut world = World::new();
    let child = desk::id("child");
    let mut fields = world.record(world.single(P).parse().unwrap());
    fields.remove(Slot::single(Field::Pin));
    let born = json!({"birth": "2020-05-05"});
    fields.set(
        Field::BirthDate,
        Some(serde_json::from_value(born).unwrap()),
    );
    world.put(Record::new(child, RecordKind::Person, fields));
    let request = json!({"act": "child_pin_request", "person": child,
        "asked_by": {"named": {"name": "Trần Văn Cha", "pin": null}},
        "evidence": [{"kind": "giấy khai sinh", "number": "12/2020", "date": "2020-06-01"}]});
    for number_first in [false, true] {
        let centre = Centre::of(&world);
        let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, P));
        q.second_desk();
        let act = p.file(request.clone());
        q.file(json!({"act": "contact", "person": child, "phone": "0912345678"}));
        if number_first {
            centre.take(&mut q);
        }
        centre.take(&mut p);
        assert_eq!(centre.returned(), [] as [String; 0]);
        assert_eq!(stands(&centre, act), (D::Decided, false));
        assert!(centre.shown(&child).single(Field::Pin).is_some());
        assert_eq!(refused(&centre, act, &decide()), "dossier_no_such_step");
    }
}

#[test]
fn answers_outlive_a_restart() {
    let (_, centre, _, act) = applied();
    say(&centre, act, &ApplicationWord::Accept).unwrap();
    let centre = centre.reopened();
    assert_eq!(stands(&centre, act), (D::Accepted, true));
}
