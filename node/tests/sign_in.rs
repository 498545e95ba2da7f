//! Officers sign in with a password, unlock with a PIN and change both, without a line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use commune_node::door::{Door, DoorRefused};
use commune_node::office::{Office, PasswordState};
use commune_node::session::{AGE_S, IDLE_S, Moment, Seat, SeatRefused, SessionId};
use commune_node::writer::Writer;
use registry::code::Role;
use registry::feed::{FeedItem, Officer};
use registry::password::{Secret, Verifier};
use registry::value::Line;
use registry::{FeedSeq, NodeId, OfficeCode, OfficerId};
use registry_store::MemoryStore;
use sync_proto::FeedEntry;

const OWN: &str = "con trâu xanh uống trà";
const NEW: &str = "mùa hè ở Nha Trang";

struct House {
    office: Arc<Office>,
    door: Door,
    up_s: Arc<AtomicU64>,
}

fn officer(name: &str, roles: &[Role]) -> Officer {
    Officer {
        id: name.parse().unwrap(),
        name: Line::parse(name).unwrap(),
        roles: roles.to_vec(),
        active: true,
    }
}

fn id(name: &str) -> OfficerId {
    name.parse().unwrap()
}

/// Computed once: it costs what it should.
fn own() -> Verifier {
    static OWN_VERIFIER: OnceLock<Verifier> = OnceLock::new();
    OWN_VERIFIER
        .get_or_init(|| Verifier::of(&Secret::typed(OWN).unwrap(), &[3; 16]).unwrap())
        .clone()
}

fn house() -> House {
    let store = Arc::new(MemoryStore::new());
    let code = OfficeCode::new(4).unwrap();
    let office = Arc::new(Office::open(store, code, NodeId::new([7; 16])).unwrap());
    let (writer, _) = Writer::start(Arc::clone(&office)).unwrap();
    let up_s = Arc::new(AtomicU64::new(1000));
    let clock = {
        let up_s = Arc::clone(&up_s);
        move || Moment {
            up: Duration::from_secs(up_s.load(Ordering::SeqCst)),
            wall_s: 1_795_230_000,
        }
    };
    let door = Door::with_clock(Arc::clone(&office), writer, Box::new(clock));
    let house = House { office, door, up_s };
    house.tell(&[
        officer("lan", &[Role::Residence, Role::Admin]),
        officer("minh", &[Role::CivilStatus]),
    ]);
    for name in ["lan", "minh"] {
        let set = house.office.set_password(&id(name), own(), false, None, 0);
        set.unwrap();
    }
    house
}

impl House {
    fn tell(&self, officers: &[Officer]) {
        let (kind, payload) = FeedItem::Officers(officers.to_vec()).encode().unwrap();
        let entry = FeedEntry {
            kind,
            schema: 1,
            payload: payload.into(),
        };
        let first: FeedSeq = self.office.meta().feed_applied.next();
        let done = self.office.apply_feed(first, &[entry], 0);
        assert!(done.trouble.is_none());
    }

    async fn enter(&self, name: &str) -> (SessionId, Seat) {
        self.door.sign_in(name, OWN).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.up_s.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn code<T>(result: Result<T, DoorRefused>) -> &'static str {
    result.map_or_else(|refused| refused.code(), |_| "in")
}

fn seat_code(result: Result<Seat, SeatRefused>) -> &'static str {
    result.map_or_else(|refused| refused.code(), |_| "seated")
}

#[tokio::test]
async fn the_right_password_seats_an_officer_with_the_acts_of_the_roles() {
    let house = house();
    let (session, seat) = house.door.sign_in(" Lan ", OWN).await.unwrap();
    assert_eq!(seat.account.id(), &id("lan"));
    assert!(seat.may_act() && seat.administers() && !seat.pin_set);
    let acts: Vec<_> = seat.offered().iter().map(|rule| rule.key).collect();
    assert!(acts.contains(&"contact") && !acts.contains(&"birth"));
    assert_eq!(house.door.seat(&session).unwrap().locks_in_s, IDLE_S);
    for (name, password) in [
        ("lan", "con trâu xanh uống tra"),
        ("lan", ""),
        ("nobody", OWN),
        ("", OWN),
        ("lan", &"x".repeat(100_000)),
    ] {
        assert_eq!(
            code(house.door.sign_in(name, password).await),
            "sign_in_wrong"
        );
    }
    house.door.sign_out(&session);
    assert_eq!(seat_code(house.door.seat(&session)), "session_ended");
    assert_eq!(house.office.verify_audit().unwrap(), None);
}

#[tokio::test]
async fn too_many_wrong_ones_wait_also_with_the_right_one() {
    let house = house();
    for _ in 0..5 {
        assert_eq!(
            code(house.door.sign_in("minh", "không phải nó").await),
            "sign_in_wrong"
        );
    }
    let refused = house.door.sign_in("minh", OWN).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_wait");
    assert!(
        refused
            .wait_s()
            .is_some_and(|wait_s| (1..=60).contains(&wait_s))
    );
    // Others come in, and the administrator lets her try again.
    let (lan, _) = house.enter("lan").await;
    let accounts = house.door.access(&lan).unwrap();
    let minh = accounts
        .iter()
        .find(|account| account.officer.id == id("minh"));
    assert!(minh.unwrap().wait_s > 0);
    house.door.lift_wait(&lan, &id("minh")).await.unwrap();
    let (minh, _) = house.enter("minh").await;
    // Who is no administrator does none of this.
    assert_eq!(
        code(house.door.lift_wait(&minh, &id("lan")).await),
        "role_missing"
    );
    assert_eq!(
        code(house.door.give_once_password(&minh, &id("lan")).await),
        "role_missing"
    );
    assert_eq!(house.door.access(&minh), Err(SeatRefused::NotAdmin));
}

#[tokio::test]
async fn tries_at_once_are_no_more_than_five() {
    let house = house();
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let door = house.door.clone();
            tokio::spawn(async move { code(door.sign_in("minh", "không phải nó").await) })
        })
        .collect();
    let mut wrong = 0;
    for tried in tries {
        wrong += usize::from(tried.await.unwrap() == "sign_in_wrong");
    }
    assert_eq!(wrong, 5);
}

#[tokio::test]
async fn a_pin_unlocks_a_session_that_is_idle_and_nothing_else() {
    let house = house();
    let (session, _) = house.enter("lan").await;
    let door = &house.door;
    assert_eq!(
        code(door.set_pin(&session, OWN, Some("123456")).await),
        "pin_guessable"
    );
    assert_eq!(
        code(
            door.set_pin(&session, "không phải nó", Some("135792"))
                .await
        ),
        "sign_in_wrong"
    );
    assert_eq!(
        code(door.unlock_with_pin(&session, "135792").await),
        "pin_off"
    );
    assert!(
        door.set_pin(&session, OWN, Some("135792"))
            .await
            .unwrap()
            .pin_set
    );
    house.pass(IDLE_S);
    assert_eq!(seat_code(door.seat(&session)), "session_locked");
    assert_eq!(
        code(door.unlock_with_pin(&session, "135791").await),
        "pin_wrong"
    );
    assert_eq!(code(door.unlock_with_pin(&session, "135792").await), "in");
    assert_eq!(seat_code(door.seat(&session)), "seated");
    // Three wrong ones, and the PIN is of no use to this session.
    door.lock(&session);
    for expected in ["pin_wrong", "pin_wrong", "pin_off", "pin_off"] {
        assert_eq!(
            code(door.unlock_with_pin(&session, "000001").await),
            expected
        );
    }
    assert_eq!(
        code(door.unlock_with_pin(&session, "135792").await),
        "pin_off"
    );
    assert_eq!(
        code(door.unlock_with_password(&session, "không phải nó").await),
        "sign_in_wrong"
    );
    assert_eq!(code(door.unlock_with_password(&session, OWN).await), "in");
    // It is no password, and it unlocks no session of another or of yesterday.
    assert_eq!(code(door.sign_in("lan", "135792").await), "sign_in_wrong");
    let (minh, _) = house.enter("minh").await;
    door.lock(&minh);
    assert_eq!(code(door.unlock_with_pin(&minh, "135792").await), "pin_off");
    house.pass(AGE_S);
    assert_eq!(
        code(door.unlock_with_pin(&session, "135792").await),
        "session_ended"
    );
    let (session, _) = house.enter("lan").await;
    assert!(!door.set_pin(&session, OWN, None).await.unwrap().pin_set);
}

#[tokio::test]
async fn another_password_ends_every_session_of_the_officer() {
    let house = house();
    let door = &house.door;
    let (desk, _) = house.enter("lan").await;
    let (other_desk, _) = house.enter("lan").await;
    let (minh, _) = house.enter("minh").await;
    for (old, new, expected) in [
        (OWN, "ngắn", "password_short"),
        (OWN, "lan lan lan lan", "password_guessable"),
        (OWN, "Ba Đình 00004", "password_guessable"),
        (OWN, OWN, "password_same"),
        ("không phải nó", NEW, "sign_in_wrong"),
    ] {
        assert_eq!(
            code(door.change_password(&desk, old, new).await),
            expected,
            "{new}"
        );
    }
    assert_eq!(seat_code(door.seat(&desk)), "seated");
    let (next, _) = door.change_password(&desk, OWN, NEW).await.unwrap();
    for ended in [&desk, &other_desk] {
        assert_eq!(seat_code(door.seat(ended)), "session_ended");
    }
    assert_eq!(seat_code(door.seat(&next)), "seated");
    assert_eq!(seat_code(door.seat(&minh)), "seated");
    assert_eq!(code(door.sign_in("lan", OWN).await), "sign_in_wrong");
    assert_eq!(code(door.sign_in("lan", NEW).await), "in");
}

#[tokio::test]
async fn a_password_for_one_sign_in_has_to_be_changed_before_anything_else() {
    let house = house();
    let door = &house.door;
    let (lan, _) = house.enter("lan").await;
    let (minh, _) = house.enter("minh").await;
    let once = door.give_once_password(&lan, &id("minh")).await.unwrap();
    assert_eq!(seat_code(door.seat(&minh)), "session_ended");
    let accounts = door.access(&lan).unwrap();
    let account = accounts
        .iter()
        .find(|account| account.officer.id == id("minh"));
    assert_eq!(account.unwrap().password, PasswordState::Once);
    // As it is read from paper.
    let typed = once.reveal().to_uppercase().replace('-', " ");
    let (session, _) = door.sign_in("minh", &typed).await.unwrap();
    assert_eq!(seat_code(door.seat(&session)), "password_must_change");
    assert_eq!(
        code(door.set_pin(&session, &typed, Some("135792")).await),
        "password_must_change"
    );
    let (session, _) = door.change_password(&session, &typed, NEW).await.unwrap();
    assert_eq!(seat_code(door.seat(&session)), "seated");
    assert_eq!(
        code(door.sign_in("minh", once.reveal()).await),
        "sign_in_wrong"
    );
    let unknown = door.give_once_password(&lan, &id("nobody")).await;
    assert_eq!(code(unknown), "officer_unknown");
}

#[tokio::test]
async fn an_account_that_the_centre_closes_is_out_at_once() {
    let house = house();
    let (minh, _) = house.enter("minh").await;
    let (lan, _) = house.enter("lan").await;
    let closed = Officer {
        active: false,
        ..officer("minh", &[Role::CivilStatus])
    };
    house.tell(&[officer("lan", &[Role::Residence, Role::Admin]), closed]);
    assert_eq!(seat_code(house.door.seat(&minh)), "session_ended");
    assert_eq!(seat_code(house.door.seat(&lan)), "seated");
    assert_eq!(
        code(house.door.unlock_with_password(&minh, OWN).await),
        "session_ended"
    );
    assert_eq!(code(house.door.sign_in("minh", OWN).await), "sign_in_wrong");
}
