//! By what officers get in: tries, waits, and passwords that the centre sets.

use registry::password::{PasswordSet, Secret, Verifier};
use registry::{CommitSeq, OfficerId};

use super::world::*;
use crate::office::{OfficeError, PasswordState, Try};
use registry::feed::{FeedItem, Officer};

const NAME: &str = "an.nguyen";

fn verifier(text: &str) -> Verifier {
    Verifier::of(&Secret::typed(text).unwrap(), &[1; 16]).unwrap()
}

fn an() -> OfficerId {
    clerk().id
}

/// An office whose clerk has a password of her own.
fn staffed() -> World {
    let mut world = World::empty();
    world.feed(&[FeedItem::Officers(vec![clerk()])]);
    let office = &world.office;
    let own = verifier("con trâu xanh");
    office.set_password(&an(), own, false, None, NOW_S).unwrap();
    world.sync();
    world
}

fn wait_of(world: &World, name: &str, at_s: i64) -> u64 {
    let counted = world.office.count_try(name, at_s).unwrap();
    world.sync();
    match counted {
        Try::Wait { seconds } => seconds,
        Try::Counted { .. } => 0,
    }
}

#[test]
fn five_wrong_ones_cost_a_wait_that_a_crash_does_not_shorten() {
    let mut world = staffed();
    for _ in 0..5 {
        assert_eq!(wait_of(&world, NAME, NOW_S), 0);
    }
    assert_eq!(wait_of(&world, NAME, NOW_S), 60);
    world.crash();
    assert_eq!(wait_of(&world, NAME, NOW_S + 59), 1);
    // Asking while one waits makes it no longer.
    assert_eq!(wait_of(&world, NAME, NOW_S + 60), 0);
    assert_eq!(wait_of(&world, NAME, NOW_S + 60), 120);
    // A right one is the end of it.
    world.office.forget_tries(&an(), true, NOW_S).unwrap();
    assert_eq!(wait_of(&world, NAME, NOW_S + 61), 0);
    world.check();
}

#[test]
fn a_clock_that_is_set_back_by_years_holds_nobody_for_years() {
    let world = staffed();
    for _ in 0..5 {
        wait_of(&world, NAME, NOW_S);
    }
    let then_s = NOW_S - 300_000_000;
    assert_eq!(wait_of(&world, NAME, then_s), 60);
    assert_eq!(wait_of(&world, NAME, then_s + 59), 1);
    assert_eq!(wait_of(&world, NAME, then_s + 60), 0);
}

#[test]
fn an_administrator_ends_the_wait() {
    let world = staffed();
    for _ in 0..5 {
        wait_of(&world, NAME, NOW_S);
    }
    assert_eq!(wait_of(&world, NAME, NOW_S), 60);
    world.office.lift_wait(&an(), None, NOW_S).unwrap();
    assert_eq!(wait_of(&world, NAME, NOW_S), 0);
    let nobody = world
        .office
        .lift_wait(&"nobody".parse().unwrap(), None, NOW_S);
    assert!(matches!(nobody, Err(OfficeError::OfficerUnknown)));
    world.check();
}

#[test]
fn a_name_that_nobody_has_waits_like_one_that_somebody_has() {
    let mut world = staffed();
    for name in ["nobody", "", "Tên không phải tài khoản"] {
        for _ in 0..5 {
            let counted = world.office.count_try(name, NOW_S).unwrap();
            let Try::Counted {
                verifier, officer, ..
            } = counted
            else {
                panic!("{name} waits");
            };
            assert_eq!(officer, None);
            assert!(
                !verifier
                    .fits(&Secret::typed("con trâu xanh").unwrap())
                    .unwrap()
            );
        }
        assert_eq!(wait_of(&world, name, NOW_S), 60, "{name}");
    }
    // However many there are, no more are remembered than there is room for.
    for n in 0..500 {
        wait_of(&world, &format!("nobody{n}"), NOW_S + n);
    }
    assert!(world.office.live().strangers.len() <= 64);
    assert_eq!(wait_of(&world, NAME, NOW_S), 0);
    // An account that is closed is a name that nobody has.
    let closed = Officer {
        active: false,
        ..clerk()
    };
    world.feed(&[FeedItem::Officers(vec![closed])]);
    let counted = world.office.count_try(NAME, NOW_S).unwrap();
    assert!(matches!(counted, Try::Counted { officer: None, .. }));
}

#[test]
fn an_account_without_a_password_lets_nobody_in() {
    let mut world = World::empty();
    world.feed(&[FeedItem::Officers(vec![clerk()])]);
    let counted = world.office.count_try(NAME, NOW_S).unwrap();
    assert!(matches!(counted, Try::Counted { officer: None, .. }));
    assert_eq!(
        world.office.password_state(&an(), NOW_S).0,
        PasswordState::None
    );
}

fn set_by_centre(epoch: u64, text: Option<&str>) -> FeedItem {
    FeedItem::Password(Box::new(PasswordSet {
        officer: an(),
        epoch: CommitSeq::new(epoch),
        at_s: NOW_S,
        verifier: text.map(verifier),
        once: true,
    }))
}

fn lets_in(world: &World, text: &str) -> bool {
    let Try::Counted {
        verifier, officer, ..
    } = world.office.count_try(NAME, NOW_S).unwrap()
    else {
        panic!("the account waits");
    };
    world.office.lift_wait(&an(), None, NOW_S).unwrap();
    officer.is_some() && verifier.fits(&Secret::typed(text).unwrap()).unwrap()
}

#[test]
fn the_later_password_by_the_centre_holds_and_an_own_one_until_then() {
    let mut world = staffed();
    let before = world.office.access(&an()).generation;
    let done = world.feed(&[set_by_centre(7, Some("từ trung ương"))]);
    assert!(done.trouble.is_none());
    assert!(lets_in(&world, "từ trung ương"));
    assert!(world.office.access(&an()).once);
    assert!(world.office.access(&an()).generation > before);
    // She chooses her own, and the same setting comes once more.
    let own = verifier("mật khẩu riêng");
    world
        .office
        .set_password(&an(), own, false, Some(&an()), NOW_S)
        .unwrap();
    world.feed(&[set_by_centre(7, Some("từ trung ương"))]);
    world.feed(&[set_by_centre(6, Some("sớm hơn nữa"))]);
    assert!(lets_in(&world, "mật khẩu riêng"));
    // The centre sets another, later.
    world.feed(&[set_by_centre(8, Some("đặt lại lần hai"))]);
    assert!(lets_in(&world, "đặt lại lần hai") && !lets_in(&world, "mật khẩu riêng"));
    // And takes it away.
    world.feed(&[set_by_centre(9, None)]);
    assert!(!lets_in(&world, "đặt lại lần hai"));
    world.crash();
    assert_eq!(world.office.access(&an()).epoch, CommitSeq::new(9));
    world.check();
}

#[test]
fn a_password_goes_with_its_account() {
    let mut world = staffed();
    assert!(lets_in(&world, "con trâu xanh"));
    world.feed(&[FeedItem::Officers(vec![])]);
    world.feed(&[FeedItem::Officers(vec![clerk()])]);
    // Who opens an account of the same name again does not find the old password.
    assert!(!lets_in(&world, "con trâu xanh"));
    world.crash();
    assert!(!lets_in(&world, "con trâu xanh"));
}

#[test]
fn a_password_for_one_sign_in_is_over_after_thirty_days() {
    let world = staffed();
    let once = verifier("k7mwp3xn92fd");
    world
        .office
        .set_password(&an(), once, true, None, NOW_S)
        .unwrap();
    for (days, is_over) in [(0, false), (30, false), (31, true)] {
        let counted = world.office.count_try(NAME, NOW_S + days * 86_400).unwrap();
        let Try::Counted { over, once, .. } = counted else {
            panic!("it waits");
        };
        assert_eq!((over, once), (is_over, true), "{days}");
    }
}
