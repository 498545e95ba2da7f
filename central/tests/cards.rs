//! People named by card: the office that names them knows its own earlier acts on them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use desk::*;
use registry::CommitSeq;

fn moves_in(address: &str) -> serde_json::Value {
    serde_json::json!({"act": "permanent_registration", "address": address,
        "ground": "thuê nhà", "people": [{"person": {"pin": "001185000004", "name": "Đỗ Thị Chuyển",
            "birth_date": "1985-07-07"}}]})
}

#[test]
fn an_office_that_names_one_card_twice_does_not_clash_with_itself() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut here = Office::new(&world, R);
    here.file(moves_in("Số 1"));
    here.file(moves_in("Số 2"));
    centre.take(&mut here);
    assert_eq!(
        centre.open_rows(),
        [],
        "one office moved somebody in, then again"
    );
    assert_eq!(centre.homes(&world.mover_id()), [R]);

    // Two offices that do not know of each other do clash.
    let centre = Centre::of(&world);
    let (mut here, mut there) = (Office::new(&world, R), Office::new(&world, Q));
    here.file(moves_in("Số 1"));
    there.file(moves_in("Số 2"));
    centre.take(&mut here);
    centre.take(&mut there);
    assert_eq!(centre.open_rows(), [(4, 2)]);
}

#[test]
fn an_act_that_names_one_card_twice_is_refused_whole() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut here = Office::new(&world, R);
    here.file_and(moves_in("Số 1"), |body| {
        let again = body.changes.last().unwrap().clone();
        body.changes.push(again);
    });
    centre.take(&mut here);
    assert_eq!(centre.returned(), ["record_twice"]);
    assert_eq!(centre.homes(&world.mover_id()), [25]);
}

#[test]
fn an_office_is_not_believed_to_have_heard_of_what_it_was_not_told() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut here, mut there) = (Office::new(&world, R), Office::new(&world, Q));
    here.file(moves_in("Số 1"));
    centre.take(&mut here);
    there.file_and(moves_in("Số 2"), |body| {
        body.horizon = CommitSeq::new(u64::MAX);
    });
    centre.take(&mut there);
    assert_eq!(
        centre.open_rows(),
        [(4, 2)],
        "it passed for later than the other"
    );

    // Once it was answered after the other's move it can have heard of that.
    let centre = Centre::of(&world);
    let (mut here, mut there) = (Office::new(&world, R), Office::new(&world, Q));
    here.file(moves_in("Số 1"));
    centre.take(&mut here);
    there.file(
        serde_json::json!({"act": "collection", "name": "Lò Văn Thử",
        "birth_date": "1990-01-01", "sex": "male", "address": "Bản 1"}),
    );
    centre.take(&mut there);
    there.file_and(moves_in("Số 2"), |body| {
        body.horizon = CommitSeq::new(u64::MAX);
    });
    centre.take(&mut there);
    assert_eq!(centre.open_rows(), []);
    assert_eq!(centre.homes(&world.mover_id()), [Q]);
}
