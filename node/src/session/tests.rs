//! Sessions in a time that the tests make.

use super::*;

const WALL_S: i64 = 1_795_230_000;

fn at(seconds: u64) -> Moment {
    Moment {
        up: Duration::from_secs(seconds),
        wall_s: WALL_S + i64::try_from(seconds).unwrap(),
    }
}

fn session(n: u8) -> SessionId {
    SessionId::from_random([n; 32])
}

fn known(name: &str) -> Known {
    let officer = Officer {
        id: name.parse().unwrap(),
        name: registry::value::Line::parse(name).unwrap(),
        roles: vec![Role::Residence],
        active: true,
    };
    Known {
        officer: Account::for_tests(officer),
        generation: 1,
        must_change: false,
        pin_set: true,
    }
}

fn begun(n: u8) -> Sessions {
    let mut sessions = Sessions::default();
    sessions.begin(&session(n), &known("lan"), at(0));
    sessions
}

fn ask(sessions: &mut Sessions, how: Ask, now: Moment) -> Result<Seat, SeatRefused> {
    sessions.seat(&session(1), how, now, |id| Some(known(id.as_str())))
}

fn code(result: &Result<Seat, SeatRefused>) -> &'static str {
    result.as_ref().map_or_else(SeatRefused::code, |_| "seated")
}

#[test]
fn activity_keeps_a_session_open_and_idleness_locks_it() {
    let mut sessions = begun(1);
    for minutes in (10..=60).step_by(10) {
        let seat = ask(&mut sessions, Ask::Use, at(minutes * 60)).unwrap();
        assert_eq!((seat.locks_in_s, seat.pin_set), (IDLE_S, true));
    }
    // Looking is no activity.
    let seat = ask(&mut sessions, Ask::Glance, at(3600 + IDLE_S - 1)).unwrap();
    assert_eq!(seat.locks_in_s, 1);
    let locked = ask(&mut sessions, Ask::Use, at(3600 + IDLE_S));
    assert!(
        matches!(&locked, Err(SeatRefused::Locked { pin: true, .. })),
        "{locked:?}"
    );
    // It stays locked until it is unlocked.
    assert_eq!(
        code(&ask(&mut sessions, Ask::Change, at(3600 + IDLE_S + 1))),
        "session_locked"
    );
    sessions.unlock(&session(1), at(6000));
    assert_eq!(code(&ask(&mut sessions, Ask::Use, at(6001))), "seated");
    sessions.lock(&session(1));
    assert_eq!(
        code(&ask(&mut sessions, Ask::Use, at(6002))),
        "session_locked"
    );
}

#[test]
fn a_device_that_slept_or_whose_clock_was_set_locks_too() {
    let mut sessions = begun(1);
    let slept = Moment {
        wall_s: WALL_S + 3600,
        ..at(60)
    };
    assert_eq!(code(&ask(&mut sessions, Ask::Use, slept)), "session_locked");
    let mut sessions = begun(1);
    let set_back = Moment {
        wall_s: WALL_S - 1_000_000,
        ..at(60)
    };
    assert_eq!(code(&ask(&mut sessions, Ask::Use, set_back)), "seated");
    let set_back = Moment {
        wall_s: WALL_S - 1_000_000,
        ..at(60 + IDLE_S)
    };
    assert_eq!(
        code(&ask(&mut sessions, Ask::Use, set_back)),
        "session_locked"
    );
}

#[test]
fn a_session_ends_after_twelve_hours_and_says_why() {
    let mut sessions = begun(1);
    sessions.unlock(&session(1), at(AGE_S - 1));
    let seat = ask(&mut sessions, Ask::Use, at(AGE_S - 1)).unwrap();
    assert_eq!(seat.ends_in_s, 1);
    for _ in 0..2 {
        let ended = ask(&mut sessions, Ask::Use, at(AGE_S));
        assert_eq!(ended, Err(SeatRefused::Ended { why: Ended::Age }));
    }
    let other = sessions.seat(&session(9), Ask::Use, at(0), |_| None);
    assert_eq!(other, Err(SeatRefused::None));
}

#[test]
fn a_closed_account_or_another_password_ends_it_at_once() {
    let mut sessions = begun(1);
    let closed = sessions.seat(&session(1), Ask::Use, at(1), |_| None);
    assert_eq!(closed, Err(SeatRefused::Ended { why: Ended::Closed }));
    // Nor does it come back when the account is opened again.
    assert_eq!(code(&ask(&mut sessions, Ask::Use, at(2))), "session_ended");
    let mut sessions = begun(1);
    let changed = Known {
        generation: 2,
        ..known("lan")
    };
    let ended = sessions.seat(&session(1), Ask::Use, at(1), |_| Some(changed));
    assert_eq!(
        ended,
        Err(SeatRefused::Ended {
            why: Ended::Password
        })
    );
}

#[test]
fn a_password_for_one_sign_in_lets_nobody_do_anything_but_change_it() {
    let mut sessions = begun(1);
    let once = || {
        Some(Known {
            must_change: true,
            ..known("lan")
        })
    };
    let refused = sessions.seat(&session(1), Ask::Use, at(1), |_| once());
    assert!(matches!(refused, Err(SeatRefused::MustChange { .. })));
    let refused = sessions.seat(&session(1), Ask::Glance, at(1), |_| once());
    assert!(matches!(refused, Err(SeatRefused::MustChange { .. })));
    assert!(
        sessions
            .seat(&session(1), Ask::Change, at(1), |_| once())
            .is_ok()
    );
}

#[test]
fn three_tries_with_a_pin_and_then_the_password() {
    let mut sessions = begun(1);
    sessions.lock(&session(1));
    assert_eq!(sessions.count_pin_try(&session(1)), Some(2));
    assert_eq!(sessions.count_pin_try(&session(1)), Some(1));
    assert_eq!(sessions.count_pin_try(&session(1)), Some(0));
    assert_eq!(sessions.count_pin_try(&session(1)), None);
    let locked = ask(&mut sessions, Ask::Use, at(1));
    assert!(matches!(
        locked,
        Err(SeatRefused::Locked { pin: false, .. })
    ));
    sessions.unlock(&session(1), at(2));
    assert_eq!(sessions.count_pin_try(&session(1)), Some(2));
}

#[test]
fn the_table_is_bounded_and_the_idlest_makes_room() {
    let mut sessions = Sessions::default();
    for n in 0..SESSIONS_OF_ONE_MAX as u8 + 1 {
        sessions.begin(&session(n), &known("lan"), at(u64::from(n)));
    }
    assert_eq!(sessions.of(&"lan".parse().unwrap()), SESSIONS_OF_ONE_MAX);
    let first = sessions.seat(&session(0), Ask::Use, at(9), |_| Some(known("lan")));
    assert_eq!(
        first,
        Err(SeatRefused::Ended {
            why: Ended::TooMany
        })
    );
    for n in 0..SESSIONS_MAX as u64 * 4 {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(n + 100).to_le_bytes());
        let id = SessionId::from_random(bytes);
        sessions.begin(&id, &known(&format!("o{n}")), at(n));
    }
    assert_eq!(sessions.rows.len(), SESSIONS_MAX);
    assert!(sessions.ended.len() <= ENDED_MAX);
}

#[test]
fn a_session_is_named_by_a_secret_that_the_table_does_not_hold() {
    let id = session(7);
    assert_eq!(SessionId::from_text(&id.to_text()), Some(id.clone()));
    for bad in ["", "07", "zz", &format!("{}0", id.to_text())] {
        assert_eq!(SessionId::from_text(bad), None, "{bad}");
    }
    assert_eq!(format!("{id:?}"), "SessionId(…)");
    assert_ne!(&id.hash()[..], &[7; 32]);
    assert!(id.csrf_fits(&id.csrf()));
    assert!(!session(8).csrf_fits(&id.csrf()));
    assert!(!id.csrf_fits(""));
    assert_ne!(id.csrf(), id.to_text());
}
