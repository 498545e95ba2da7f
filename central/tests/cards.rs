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
            "birth_date": "1985-07-07"}}], "evidence": [{"kind": "CT01"}]})
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

/// A mistyped digit never lands on somebody else, and who knows the number alone acts on nobody.
#[test]
fn a_card_is_its_person_only_if_number_name_and_birth_date_fit() {
    let world = World::new();
    for (item, other, code) in [
        ("pin", "001185000099", "person_not_found"),
        ("name", "Đỗ Thị Khác", "person_mismatch"),
        ("birth_date", "1985-07-08", "person_mismatch"),
    ] {
        let mut moves = moves_in("Số 1");
        moves["people"][0]["person"][item] = other.into();
        let mut here = Office::new(&world, R);
        here.file(moves);
        let centre = Centre::of(&world);
        centre.take(&mut here);
        assert_eq!(centre.returned(), [code], "{item}");
        assert_eq!(centre.homes(&world.mover_id()), [25], "{item}");
    }
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
        serde_json::json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Lò Văn Thử",
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
