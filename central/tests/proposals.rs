//! Proposals: acts on a record that has left their office, and what a reviewer can do with them.
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

use desk::{Centre, NOW, Office, P, Q, R, World, birth, correct, reviewer};
use registry::act::new_record_id;
use registry::case::{Case, Outcome};
use registry::dispute::Matter;
use registry::edit::Edit;
use registry::person::Person;
use registry::schema::Field;
use registry::{ActId, RecordId};
use serde_json::json;

/// Two acts of an office, the second on top of the first, on a person who has moved away since.
fn two_proposals(world: &World) -> (Centre, [ActId; 2]) {
    let (mut old, mut new) = (Office::new(world, P), Office::new(world, R));
    let contact =
        |what: &str, value: &str| json!({"act": "contact", "person": world.mover(), what: value});
    let acts = [
        old.file(contact("phone", "0912345678")),
        old.file(contact("email", "chuyen@example.vn")),
    ];
    new.file(world.move_in_by_card());
    let centre = Centre::of(world);
    centre.take(&mut new);
    centre.take(&mut old);
    (centre, acts)
}

fn case_of(centre: &Centre, act: ActId) -> Case {
    let mut cases = centre.open_cases().into_iter();
    cases
        .find(|case| case.dispute.matter == Matter::Parked(act))
        .unwrap()
}

fn has(centre: &Centre, world: &World) -> (bool, bool) {
    let shown = centre.shown(&world.mover_id());
    let holds = |field| shown.single(field).is_some();
    (holds(Field::Phone), holds(Field::Email))
}

fn decide(centre: &Centre, case: &Case, outcome: Outcome) -> Result<(), &'static str> {
    let decided = centre.decide(case.number, &reviewer("one"), outcome, case.version);
    decided.map(|_| ()).map_err(|error| error.code())
}

#[test]
fn proposals_are_taken_up_in_the_order_in_which_they_were_made() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    let (below, above) = (case_of(&centre, first), case_of(&centre, second));
    let waits = centre.decide(
        above.number,
        &reviewer("one"),
        Outcome::Keep(0),
        above.version,
    );
    let words = waits.unwrap_err().to_string();
    assert!(words.contains(&format!("case {}", below.number)), "{words}");
    assert_eq!(has(&centre, &world), (false, false));
    decide(&centre, &below, Outcome::Keep(0)).unwrap();
    decide(&centre, &above, Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (true, true));
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn a_proposal_on_top_of_a_declined_one_is_taken_up_without_it() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    decide(&centre, &case_of(&centre, first), Outcome::Decline).unwrap();
    assert_eq!(centre.returned(), ["proposal_declined"]);
    decide(&centre, &case_of(&centre, second), Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (false, true));
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn declining_has_its_own_word_for_proposals_alone() {
    let world = World::new();
    let (centre, [first, second]) = two_proposals(&world);
    let (below, above) = (case_of(&centre, first), case_of(&centre, second));
    let misfit = decide(&centre, &below, Outcome::NotAConflict);
    assert_eq!(misfit, Err("outcome_misfit"));
    decide(&centre, &above, Outcome::Decline).unwrap();
    decide(&centre, &below, Outcome::Keep(0)).unwrap();
    assert_eq!(has(&centre, &world), (true, false));
    let mut q = Office::new(&world, Q);
    let mut p = Office::new(&world, P);
    p.file(world.death("2026-10-01"));
    q.file(world.death("2026-10-02"));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let dates = centre.open_cases().remove(0);
    assert_eq!(
        decide(&centre, &dates, Outcome::Decline),
        Err("outcome_misfit")
    );
    assert_eq!(decide(&centre, &dates, Outcome::Keep(0)), Ok(()));
}

/// The last that an office filed comes when its officer's account is closed.
fn waiting<const N: usize>(mut offices: [Office; N], world: &World) -> Centre {
    let centre = Centre::of(world);
    for office in &mut offices[..N - 1] {
        centre.take(office);
    }
    let last = &mut offices[N - 1];
    for _ in 1..last.filed().len() {
        centre.take_next(last);
    }
    centre.close_officer(last, NOW + 10);
    centre.take_next(last);
    assert_eq!(centre.returned(), [] as [String; 0]);
    centre
}

fn the_proposal(centre: &Centre) -> Case {
    let mut cases = centre.open_cases().into_iter();
    let parked = |case: &Case| matches!(case.dispute.matter, Matter::Parked(_));
    cases.find(parked).unwrap()
}

#[test]
fn what_would_have_come_back_is_not_taken_up() {
    let world = World::new();
    let office = || Office::new(&world, P);
    let child = |name: &str| birth(name, world.father_pin(), world.mother_pin(), "A-1", 0);

    // A birth by a certificate that the office entered already.
    let (mut first, mut second) = (office(), office());
    second.second_desk();
    first.file(child("Trần Minh An"));
    second.file(child("Trần Minh Ân"));
    let centre = waiting([first, second], &world);
    let kept = decide(&centre, &the_proposal(&centre), Outcome::Keep(0));
    assert_eq!(kept, Err("certificate_used"));

    // A withdrawal that takes more back than its own.
    let mut first = office();
    let phone = json!({"act": "contact", "person": world.shared(), "phone": "0912345678"});
    let phone = first.file(phone);
    first.file_with(
        json!({"act": "withdraw", "of": phone, "reason": "nhầm người"}),
        Edit::Clear(Field::Death),
    );
    let centre = waiting([first], &world);
    let kept = decide(&centre, &the_proposal(&centre), Outcome::Keep(0));
    assert_eq!(kept, Err("withdrawal_too_wide"));

    // The end of a marriage that the other's record does not hold: nobody was asked about that.
    let mut first = office();
    let card = json!({"pin": "001185000004", "name": "Đỗ Thị Chuyển", "birth_date": "1985-07-07"});
    let wedding = json!({"act": "marriage", "first": {"id": world.shared()}, "second": card,
        "date": "2020-01-10"});
    first.file_and(desk::confirmed(wedding, "2020-01-02"), |body| {
        body.changes.truncate(1);
    });
    first.file(
        json!({"act": "divorce", "first": {"id": world.shared()}, "second": card,
        "date": "2026-11-10",
        "evidence": [{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-01"}]}),
    );
    let centre = waiting([first], &world);
    let case = the_proposal(&centre);
    assert_eq!(case.dispute.row, 30);
    let kept = decide(&centre, &case, Outcome::Keep(0));
    assert_eq!(kept, Err("person_not_married"));
    decide(&centre, &case, Outcome::Decline).unwrap();
    assert_eq!(centre.returned(), ["proposal_declined"]);
}

#[test]
fn a_withdrawal_that_is_taken_up_takes_back_the_people_whom_its_office_does_not_hold_too() {
    let world = World::new();
    let mut first = Office::new(&world, P);
    let card = json!({"pin": "001185000004", "name": "Đỗ Thị Chuyển", "birth_date": "1985-07-07"});
    let wedding = json!({"act": "marriage", "first": {"id": world.shared()},
        "second": card, "date": "2020-01-10"});
    let wedding = first.file(desk::confirmed(wedding, "2020-01-02"));
    first.file(json!({"act": "withdraw", "of": wedding, "reason": "nhầm người"}));
    let centre = waiting([first], &world);
    let married = |of: &registry::RecordId| centre.shown(of).entries(Field::Marriages).count();
    assert_eq!(married(&world.mover_id()), 1);
    decide(&centre, &the_proposal(&centre), Outcome::Keep(0)).unwrap();
    assert_eq!(married(&world.shared_id()), 0);
    assert_eq!(married(&world.mover_id()), 0);
    centre.check_slices();
}

#[test]
fn papers_of_an_officer_whose_account_was_closed_wait_and_are_added_when_taken_up() {
    let world = World::new();
    let mut first = Office::new(&world, P);
    let name = json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}});
    let claim = first.file(correct(&world, name));
    first.file(json!({"act": "add_evidence", "of": claim,
        "evidence": [{"kind": "sổ hộ tịch", "number": "88"}]}));
    let centre = waiting([first], &world);
    let mut q = Office::new(&world, Q);
    let other = json!({"field": "name", "value": {"name": "Nguyễn Văn Bính"}});
    q.file(correct(&world, other));
    centre.take(&mut q);
    let dispute = centre
        .open_cases()
        .into_iter()
        .find(|case| case.dispute.row == 22);
    let dispute = dispute.unwrap();
    let papers = || {
        let heard = centre.last_heard_of_case(P, dispute.id).unwrap();
        let mut parties = heard.parties.into_iter();
        let party = parties.find(|party| party.act == Some(claim)).unwrap();
        party.evidence.len()
    };
    assert_eq!(papers(), 1);
    decide(&centre, &the_proposal(&centre), Outcome::Keep(0)).unwrap();
    assert_eq!(papers(), 2);
}

/// One child, born to two communes: P's registration is kept, and Q's desk had gone on with its own.
/// Gives both, and the case that was decided.
fn one_child(world: &World) -> (Centre, [RecordId; 2], Case) {
    let child = |name| birth(name, world.father_pin(), world.mother_pin(), "", 0);
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    let stays = new_record_id(&p.file(child("Trần Minh An")), 0);
    let lost = new_record_id(&q.file(child("Trần Thị Minh An")), 0);
    let mut desk = q.beside();
    desk.file(
        json!({"act": "registry_correction", "person": lost.to_string(),
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm"}]}),
    );
    let centre = Centre::of(world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let mut claims = case.dispute.claims.iter();
    let kept = claims.position(|claim| claim.record == Some(stays));
    let kept = Outcome::Keep(kept.unwrap() as u8);
    for (who, seen) in [("one", case.version), ("two", case.version + 1)] {
        let said = centre.decide(case.number, &reviewer(who), kept.clone(), seen);
        said.unwrap();
    }
    centre.take(&mut desk);
    (centre, [stays, lost], case)
}

fn blood_on(centre: &Centre, records: [RecordId; 2]) -> [bool; 2] {
    records.map(|id| centre.shown(&id).single(Field::Blood).is_some())
}

#[test]
fn an_act_on_a_registration_that_lost_is_carried_out_on_the_one_that_stays() {
    let world = World::new();
    let (centre, records, _) = one_child(&world);
    assert_eq!(centre.open_rows(), [(38, 1)]);
    assert_eq!(blood_on(&centre, records), [false, false]);
    // The office of the record that stays hears of it as well as the one that acted.
    let case = the_proposal(&centre);
    assert!(
        [P, Q]
            .into_iter()
            .all(|code| centre.heard_of_case(code, case.id))
    );
    decide(&centre, &case, Outcome::Keep(0)).unwrap();
    assert_eq!(blood_on(&centre, records), [true, false]);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
    centre.check_told();
}

#[test]
fn where_the_decision_was_undone_the_act_is_carried_out_where_it_was_made() {
    let world = World::new();
    let (centre, records, merged) = one_child(&world);
    let proposal = the_proposal(&centre);
    for who in ["undoes", "agrees"] {
        let seen = centre.case(merged.number).version;
        let said = centre.decide(merged.number, &reviewer(who), Outcome::Reverse, seen);
        said.unwrap();
    }
    decide(&centre, &proposal, Outcome::Keep(0)).unwrap();
    assert_eq!(blood_on(&centre, records), [false, true]);
    centre.check_slices();
}

#[test]
fn an_act_on_a_registration_that_was_withdrawn_goes_back() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let child = birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    );
    let born = p.file(child);
    let id = new_record_id(&born, 0);
    let mut desk = p.beside();
    desk.file(
        json!({"act": "registry_correction", "person": id.to_string(),
        "fields": [{"field": "blood", "value": {"blood": "o"}}],
        "evidence": [{"kind": "phiếu xét nghiệm"}]}),
    );
    p.file(json!({"act": "withdraw", "of": born, "reason": "nhầm người"}));
    let centre = Centre::of(&world);
    centre.take_next(&mut p);
    let pin = Person(&centre.shown(&id)).pin().copied().unwrap();
    centre.take_next(&mut p);
    // By the record, and by the card of somebody who is not registered any more.
    let mut r = Office::new(&world, R);
    r.file(json!({"act": "stay_notification", "from": "2026-11-10",
        "person": {"pin": pin, "name": "Trần Minh An", "birth_date": "2026-11-02"}}));
    centre.take(&mut desk);
    centre.take(&mut r);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(centre.open_rows(), [(38, 1), (38, 1)]);
    for case in centre.open_cases() {
        let kept = decide(&centre, &case, Outcome::Keep(0));
        assert_eq!(kept, Err("registration_revoked"));
        decide(&centre, &case, Outcome::Decline).unwrap();
    }
    assert_eq!(centre.returned(), ["proposal_declined"; 2]);
    assert_eq!(centre.open_rows(), []);
    let shown = centre.shown(&id);
    assert!(shown.single(Field::Blood).is_none() && shown.entries(Field::Stays).count() == 0);
}
