//! Decisions: what a reviewer's word does to records, offices and numbers, on the little world of
//! the clash table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    missing_docs
)]

mod desk;

use desk::{Centre, Office, P, Q, World, birth, correct, reviewer};
use registry::case::{Case, Outcome};
use registry::schema::Field;
use serde_json::json;

#[test]
fn a_decision_reaches_the_record_and_the_offices_and_is_not_asked_again() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let by_p = p.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
    ));
    q.file(correct(
        &world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bính"}}),
    ));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let before = centre.shown(&world.shared_id());
    assert_eq!(
        registry::person::Person(&before).name().unwrap().as_str(),
        "Nguyễn Văn Chung"
    );
    let case = centre.open_cases().remove(0);
    let kept = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act == Some(by_p))
        .unwrap();
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(kept as u8),
            case.version,
        )
        .unwrap();
    let after = centre.shown(&world.shared_id());
    assert_eq!(
        registry::person::Person(&after).name().unwrap().as_str(),
        "Nguyễn Văn Bình"
    );
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn the_queue_begins_with_what_is_due_first_and_does_the_most_harm() {
    for name_came_first in [true, false] {
        let world = World::new();
        let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
        for (office, text, name) in [
            (&mut p, "làng Thụy", "Nguyễn Văn Bình"),
            (&mut q, "làng Đông", "Nguyễn Văn Bính"),
        ] {
            let place = json!({"place": {"unit": "00008", "text": text}});
            let place = json!({"field": "native_place", "value": place});
            let name = json!({"field": "name", "value": {"name": name}});
            let changes = match name_came_first {
                true => [name, place],
                false => [place, name],
            };
            for change in changes {
                office.file(correct(&world, change));
            }
        }
        let centre = Centre::of(&world);
        centre.take(&mut p);
        centre.take(&mut q);
        let queue = |limit| -> Vec<Case> {
            let queue = centre.registrar().case_queue(limit, None, Case::is_open);
            queue.unwrap().into_iter().map(|(case, _)| case).collect()
        };
        let all = queue(10);
        assert!(all[0].due < all[1].due);
        let harms: Vec<u8> = all.iter().map(|case| case.dispute.harm).collect();
        assert_eq!(harms, [4, 2]);
        assert_eq!(all[0].number < all[1].number, name_came_first);
        assert_eq!(queue(1), all[..1]);
    }
}

#[test]
fn harm_5_needs_two_different_reviewers() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let death = p.file(world.death("2026-10-01"));
    q.file(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": "2026-10-20"}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let sign_of_life = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act != Some(death))
        .unwrap() as u8;
    let first = centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(sign_of_life),
            case.version,
        )
        .unwrap();
    assert_eq!(first.step, "needs_second");
    let again = centre.decide(
        case.number,
        &reviewer("one"),
        Outcome::Keep(sign_of_life),
        case.version + 1,
    );
    assert_eq!(again.unwrap_err().code(), "second_reviewer_needed");
    assert!(
        centre
            .shown(&world.shared_id())
            .single(Field::Death)
            .is_some()
    );
    let second = centre
        .decide(
            case.number,
            &reviewer("two"),
            Outcome::Keep(sign_of_life),
            case.version + 1,
        )
        .unwrap();
    assert_eq!(second.step, "settled");
    // The living are living again, and the sign of life stands.
    let after = centre.shown(&world.shared_id());
    assert!(after.single(Field::Death).is_none());
    assert!(after.single(Field::Phone).is_some());
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn a_move_decided_leaves_one_home_and_the_loser_lets_go() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let by_p = p.file(world.move_in_by_card());
    q.file(world.move_in_by_card());
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    // While it is open the home is the last agreed one, and all three offices hold the record.
    assert_eq!(centre.homes(&world.mover_id()), [25]);
    assert_eq!(centre.offices(&world.mover_id()), [P, Q, 25]);
    let case = centre.open_cases().remove(0);
    let kept = case
        .dispute
        .claims
        .iter()
        .position(|claim| claim.act == Some(by_p))
        .unwrap();
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(kept as u8),
            case.version,
        )
        .unwrap();
    assert_eq!(centre.homes(&world.mover_id()), [P]);
    assert_eq!(centre.offices(&world.mover_id()), [P]);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn a_stay_that_the_record_had_from_its_making_ends_when_another_is_kept() {
    let world = World::new();
    let stay = |keep_new: bool| {
        let mut office = Office::new(&world, P);
        // The person has been staying in Q since before the registry was filled.
        office.file_and(
            json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}),
            |body| {
                body.kind = registry::act::ActKind::TemporaryRegistration;
                let stay = json!({"residence": {"unit": "00025", "address": "Bản 1",
                    "from": "2026-11-01"}});
                let stay = serde_json::from_value(stay).unwrap();
                body.changes[0].edits = vec![registry::edit::Edit::Add(Field::Temporary, stay)];
            },
        );
        let centre = Centre::of(&world);
        centre.take(&mut office);
        assert_eq!(centre.open_rows(), [(15, 2)], "{:?}", centre.returned());
        let case = centre.open_cases().remove(0);
        let mut claims = case.dispute.claims.iter();
        let place = claims.position(|claim| claim.act.is_some() == keep_new);
        let outcome = Outcome::Keep(place.unwrap() as u8);
        centre
            .decide(case.number, &reviewer("one"), outcome, case.version)
            .unwrap();
        assert_eq!(centre.open_rows(), []);
        let shown = centre.shown(&world.shared_id());
        let stays = registry::person::Person(&shown);
        let stays = stays.residences(Field::Temporary);
        let open: Vec<u32> = stays
            .filter(|(_, stay)| stay.to.is_none())
            .map(|(_, stay)| stay.unit.get())
            .collect();
        open
    };
    assert_eq!(stay(true), [25]);
    assert_eq!(stay(false), [Q]);
}

#[test]
fn the_loser_of_a_pair_is_revoked_and_the_other_keeps_the_number() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    ));
    q.file(birth(
        "Trần Thị Minh An",
        world.father_pin(),
        world.mother_pin(),
        "",
        0,
    ));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    let seen = case.version;
    for (name, seen) in [("one", seen), ("two", seen + 1)] {
        centre
            .decide(case.number, &reviewer(name), Outcome::Keep(0), seen)
            .unwrap();
    }
    let [kept, lost] = [0, 1].map(|index| case.dispute.claims[index].record.unwrap());
    // Only one of the two had got a number; whichever it was, it leads to the one that stays.
    let numbers: Vec<_> = [kept, lost]
        .iter()
        .filter_map(|id| registry::person::Person(&centre.shown(id)).pin().copied())
        .collect();
    assert!(!numbers.is_empty());
    for pin in numbers {
        assert_eq!(centre.by_pin(&pin), Some(kept));
    }
    assert!(centre.shown(&kept).single(Field::Pin).is_some());
    assert!(centre.shown(&kept).single(Field::Revoked).is_none());
    assert!(centre.shown(&lost).single(Field::Revoked).is_some());
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn what_a_hostile_node_alters_is_returned_with_its_reason() {
    use registry::act::{Base, Claimed, RecordChange, Target};
    use registry::edit::Edit;
    use registry::value::{Line, Value};

    let world = World::new();
    let centre = Centre::of(&world);
    let mut hostile = Office::new(&world, P);
    let contact = || json!({"act": "contact", "person": world.shared(), "phone": "0912345678"});
    let victim = Claimed {
        pin: "001185000004".parse().unwrap(),
        name: "Đỗ Thị Chuyển".parse().unwrap(),
        birth: serde_json::from_value(json!("1985-07-07")).unwrap(),
    };
    // People of other communes, by card, with a procedure that never names them so.
    hostile.file_and(contact(), |body| {
        body.changes[0].target = Target::Absent(victim.clone());
    });
    // A state before the record was made.
    hostile.file_and(contact(), |body| {
        if let Target::Held { base, .. } = &mut body.changes[0].target {
            *base = Base::Heads(Vec::new());
        }
    });
    // Somebody else's number brought along.
    let collected = json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Ai Đó", "birth_date": "1990-01-01",
        "sex": "male", "address": "Bản 2"});
    hostile.file_and(collected, |body| {
        if let Target::New { fields, .. } = &mut body.changes[0].target {
            fields.push(Field::PinAliases, Value::Pin(victim.pin));
        }
    });
    // A withdrawal that revokes a person whom the withdrawn act did not make.
    let filed = hostile.file(contact());
    let withdraw = json!({"act": "withdraw", "of": filed, "reason": "x"});
    hostile.file_and(withdraw, |body| {
        body.changes[0]
            .edits
            .push(Edit::Put(Field::Revoked, Value::Text(Line::default())));
    });
    // And one that reaches for another commune.
    let filed =
        hostile.file(json!({"act": "contact", "person": world.single(P), "phone": "0987654321"}));
    hostile.file_and(
        json!({"act": "withdraw", "of": filed, "reason": "x"}),
        |body| {
            let edits = vec![Edit::Clear(Field::Name)];
            let target = Target::Absent(victim.clone());
            body.changes.push(RecordChange { target, edits });
        },
    );
    centre.take(&mut hostile);
    let mut returned = centre.returned();
    returned.sort();
    assert_eq!(
        returned,
        [
            "base_unknown",
            "field_central_only",
            "field_not_of_act",
            "field_not_of_act",
            "withdrawal_too_wide"
        ]
    );
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

#[test]
fn a_withdrawal_that_is_refused_takes_nothing_back() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let death = p.file(world.death("2026-10-01"));
    q.file(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
        "effective": "2026-10-20"}),
    );
    // The withdrawal rests on a state that the centre never saw.
    p.file_and(
        json!({"act": "withdraw", "of": death, "reason": "x"}),
        |body| {
            if let registry::act::Target::Held { base, .. } = &mut body.changes[0].target {
                *base = registry::act::Base::Heads(vec![[7; 8]]);
            }
        },
    );
    centre.take(&mut p);
    centre.take(&mut q);
    assert_eq!(centre.returned(), ["base_unknown"]);
    assert_eq!(centre.open_rows(), [(6, 2)]);
}

#[test]
fn a_withdrawn_death_by_card_is_taken_back_where_the_office_cannot_see_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    let death = p.file(
        json!({"act": "death", "date": "2026-10-01", "ground": "Giấy báo tử",
        "person": {"pin": "001185000004", "name": "Đỗ Thị Chuyển", "birth_date": "1985-07-07"},
        "evidence": [{"kind": "giấy báo tử"}]}),
    );
    let contact =
        p.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
    centre.take(&mut p);
    assert!(
        centre
            .shown(&world.mover_id())
            .single(Field::Death)
            .is_some()
    );
    // Nothing of it is held here, so the procedure at the node has nothing to change itself.
    p.file_and(
        json!({"act": "withdraw", "of": contact, "reason": "nhầm"}),
        |body| {
            body.refers = Some(registry::act::Refers::Act(death));
            body.changes.clear();
        },
    );
    centre.take(&mut p);
    assert_eq!(centre.returned(), Vec::<String>::new());
    assert!(
        centre
            .shown(&world.mover_id())
            .single(Field::Death)
            .is_none()
    );
    centre.check_slices();
}
