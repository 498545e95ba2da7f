//! The clash table: what two offices do unknown to each other, and what must come of it, in
//! every order of arrival and with repeated delivery. Offices act through the real procedures on
//! what they hold; the centre is the real one on a store in memory.
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

use desk::{Centre, Office, P, Q, R, World, birth, correct, reviewer};
use registry::case::{Jurisdiction, Outcome};
use registry::dispute::Matter;
use registry::schema::Field;
use serde_json::json;

/// Runs a clash in both orders of arrival (and with a third office's unrelated act between) and
/// gives the rows of the open cases, which must be the same each time.
fn clash(make: impl Fn(&World) -> (Vec<Office>, World)) -> Vec<(u8, usize)> {
    let mut seen: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for order in [[0usize, 1], [1, 0]] {
        for third in [false, true] {
            let world = World::new();
            let (mut offices, world) = make(&world);
            let centre = Centre::of(&world);
            for (turn, index) in order.into_iter().enumerate() {
                centre.take(&mut offices[index]);
                // The same batch once more, as after a cut: nothing may happen.
                centre.take_again(&offices[index]);
                if third && turn == 0 {
                    let mut other = Office::new(&world, 25);
                    other.file(json!({"act": "collection", "name": "Lò Văn Thử",
                        "birth_date": "1990-01-01", "sex": "male", "address": "Bản 1"}));
                    centre.take(&mut other);
                }
            }
            let disputes = centre.disputes();
            rows = centre.open_rows();
            match &seen {
                None => seen = Some(disputes),
                Some(first) => assert_eq!(*first, disputes, "order {order:?}, third {third}"),
            }
            centre.check_slices();
        }
    }
    rows
}

#[test]
fn row_1_one_birth_in_two_communes_is_a_candidate_pair() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
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
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(1, 2)]);
}

#[test]
fn row_2_twins_are_never_a_case() {
    for (one, two) in [(("A-1", 0), ("A-2", 0)), (("", 1), ("", 2))] {
        let rows = clash(|world| {
            let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
            let parents = (world.father_pin(), world.mother_pin());
            p.file(birth(
                "Trần Minh An",
                parents.0.clone(),
                parents.1.clone(),
                one.0,
                one.1,
            ));
            q.file(birth(
                "Trần Minh Anh",
                parents.0.clone(),
                parents.1.clone(),
                two.0,
                two.1,
            ));
            (vec![p, q], world.clone())
        });
        assert_eq!(rows, []);
    }
}

#[test]
fn row_4_two_moves_are_one_case_and_the_old_home_is_shown() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.move_in_by_card());
        q.file(world.move_in_by_card());
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(4, 2)]);
}

#[test]
fn row_6_a_death_and_a_later_act_are_a_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.death("2026-10-01"));
        q.file(
            json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
            "effective": "2026-10-20"}),
        );
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(6, 2)]);
}

#[test]
fn row_6_an_act_before_the_death_is_no_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.death("2026-10-01"));
        q.file(
            json!({"act": "contact", "person": world.shared(), "phone": "0912345678",
            "effective": "2026-09-20"}),
        );
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn row_7_a_stay_after_the_death_raises_the_doubt() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.death("2026-10-01"));
        q.file(world.stay("2026-10-20"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(7, 2)]);
}

#[test]
fn row_8_two_dates_of_one_death_are_a_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.death("2026-10-01"));
        q.file(world.death("2026-10-02"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(8, 2)]);
}

#[test]
fn row_9_two_marriages_of_one_person_are_a_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(json!({"act": "marriage", "first": {"id": world.shared()},
            "second": {"id": world.single(P)}, "date": "2026-11-01"}));
        q.file(json!({"act": "marriage", "first": {"id": world.shared()},
            "second": {"id": world.single(Q)}, "date": "2026-11-02"}));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(9, 2)]);
}

#[test]
fn row_13_two_new_heads_are_one_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, P));
        q.second_desk();
        let [x, y] = world.members();
        p.file(json!({"act": "change_of_head", "household": world.household(), "new_head": x}));
        q.file(json!({"act": "change_of_head", "household": world.household(), "new_head": y}));
        (vec![p, q], world.clone())
    });
    assert!(rows.contains(&(13, 2)), "{rows:?}");
}

#[test]
fn row_22_two_corrections_of_a_field_are_a_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(correct(
            world,
            json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
        ));
        q.file(correct(
            world,
            json!({"field": "name", "value": {"name": "Nguyễn Văn Bính"}}),
        ));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(22, 2)]);
}

#[test]
fn row_23_the_same_text_written_otherwise_is_no_case() {
    for (one, two) in [
        ("Nguyễn Văn Hòa", "NGUYỄN VĂN HOÀ"),
        ("Lê Thị Thủy", "Lê  Thị Thuỷ"),
    ] {
        let rows = clash(|world| {
            let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
            p.file(correct(
                world,
                json!({"field": "name", "value": {"name": one}}),
            ));
            q.file(correct(
                world,
                json!({"field": "name", "value": {"name": two}}),
            ));
            (vec![p, q], world.clone())
        });
        assert_eq!(rows, []);
    }
}

#[test]
fn row_24_of_two_phones_the_latest_wins_without_a_case() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
        q.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn row_25_stays_in_two_places_are_both_kept() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(world.stay("2026-11-10"));
        q.file(world.stay("2026-11-10"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn row_26_different_fields_are_both_kept() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        p.file(correct(
            world,
            json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
        ));
        q.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn row_27_a_person_collected_anew_who_exists_is_a_candidate() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        let who = |address: &str| {
            json!({"act": "collection", "name": "Vi Văn Mới", "birth_date": "1980-05-05",
                "sex": "male", "old_number": "011234567", "address": address})
        };
        p.file(who("Thôn 1"));
        q.file(who("Thôn 2"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(27, 2)]);
}

#[test]
fn row_27_a_claimed_number_of_somebody_else_is_a_candidate() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, R));
        p.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
        q.file(
            json!({"act": "collection", "name": "Ai Đó", "birth_date": "1990-01-01",
            "sex": "male", "claimed_pin": world.shared_pin(), "address": "Bản 2"}),
        );
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, [(27, 2)]);
}

#[test]
fn row_33_namesakes_born_the_same_day_are_never_linked() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        let who = |address: &str| {
            json!({"act": "collection", "name": "Nguyễn Văn Hùng", "birth_date": "1980-05-05",
                "sex": "male", "address": address})
        };
        p.file(who("Thôn 1"));
        q.file(who("Thôn 2"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn row_29_an_act_on_a_record_that_left_is_a_proposal_and_is_never_dropped() {
    let world = World::new();
    let mut old = Office::new(&world, P);
    let mut new = Office::new(&world, R);
    // The old office acts offline while the person moves away.
    let act = old.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
    new.file(world.move_in_by_card());
    let centre = Centre::of(&world);
    centre.take(&mut new);
    centre.take(&mut old);
    assert_eq!(centre.open_rows(), [(29, 1)]);
    let case = centre.open_cases().remove(0);
    assert_eq!(case.dispute.matter, Matter::Parked(act));
    assert!(centre.heard_of_case(R, case.id) && centre.heard_of_case(P, case.id));
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(0),
            case.version,
        )
        .unwrap();
    assert!(
        centre
            .shown(&world.mover_id())
            .single(Field::Phone)
            .is_some()
    );
}

#[test]
fn row_28_two_reviewers_who_decide_otherwise_open_a_case_one_level_up() {
    let world = World::new();
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    p.file(correct(
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
    let case = centre.open_cases().remove(0);
    let seen = case.version;
    centre
        .decide(case.number, &reviewer("one"), Outcome::Keep(0), seen)
        .unwrap();
    let again = centre
        .decide(case.number, &reviewer("two"), Outcome::Keep(1), seen)
        .unwrap();
    assert_eq!(again.step, "escalated");
    assert_eq!(centre.open_rows(), [(28, 2)]);
    assert_eq!(centre.open_cases()[0].owner, Jurisdiction::National);
}

#[test]
fn a_withdrawn_claim_is_no_claim_whenever_it_is_withdrawn() {
    let rows = clash(|world| {
        let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
        let name = |name: &str| correct(world, json!({"field": "name", "value": {"name": name}}));
        let mistaken = p.file(name("Nguyễn Văn Bình"));
        p.file(json!({"act": "withdraw", "of": mistaken, "reason": "nhầm người"}));
        q.file(name("Nguyễn Văn Bính"));
        (vec![p, q], world.clone())
    });
    assert_eq!(rows, []);
}

#[test]
fn a_withdrawal_takes_back_nothing_but_its_own() {
    let world = World::new();
    let mut p = Office::new(&world, P);
    let phone = p.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
    p.file(json!({"act": "withdraw", "of": phone, "reason": "nhầm người"}));
    let centre = Centre::of(&world);
    centre.take(&mut p);
    assert!(
        centre
            .shown(&world.shared_id())
            .single(Field::Phone)
            .is_none()
    );
    assert_eq!(centre.returned(), Vec::<String>::new());
    // The same withdrawal with one edit more is sent back.
    let mut hostile = Office::new(&world, Q);
    let phone =
        hostile.file(json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}));
    hostile.file_with(
        json!({"act": "withdraw", "of": phone, "reason": "x"}),
        registry::edit::Edit::Clear(Field::Death),
    );
    centre.take(&mut hostile);
    assert_eq!(centre.returned(), ["withdrawal_too_wide"]);
}
