//! Bundles on a stick: what is remembered of them, and what a new life does with acts on one.

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use registry::{ActNumber, Incarnation};
use sync_proto::bundle::{BundleId, BundleRefusal, SealedBundle};
use sync_proto::limits::BUNDLE_LIFE_S;

use super::world::*;
use crate::bundle::{BundleError, Made, make, open_answer};
use crate::office::ActState;

const NOW_MS: u64 = 1_795_230_000_000;
const DAY_MS: u64 = 86_400_000;

fn made(world: &World, n: u8, now_ms: u64) -> Result<Made, BundleError> {
    let key = SigningKey::from_bytes(&[3; 32]);
    let end = world.office.outbox_point();
    make(
        &world.office,
        &key,
        &clerk().id,
        end,
        (now_ms, BundleId([n; 16])),
    )
}

/// Makes a bundle and remembers it.
fn write(world: &mut World, n: u8, now_ms: u64) -> Made {
    let made = made(world, n, now_ms).unwrap();
    world.office.note_bundle(made.id, &made.row).unwrap();
    world.sync();
    made
}

fn knows_the_key(world: &mut World) {
    let key = provisioning::bundle_key::BundleKey::generate().unwrap();
    world.office.learn_bundle_key(key.public).unwrap();
    world.sync();
}

#[test]
fn no_bundle_is_made_before_the_centre_told_its_key() {
    let mut world = World::filled();
    let refused = made(&world, 1, NOW_MS).err().unwrap();
    assert_eq!(refused.code(), "bundle_no_key");
    knows_the_key(&mut world);
    assert!(made(&world, 1, NOW_MS).is_ok());
}

#[test]
fn the_office_says_what_is_on_a_stick_until_it_is_over() {
    let mut world = World::filled();
    knows_the_key(&mut world);
    world.file(&phone(record_id(1), "0912345678"));
    assert_eq!(world.office.on_stick(NOW_S).unwrap(), None);
    let first = write(&mut world, 1, NOW_MS);
    assert_eq!((first.row.first.get(), first.row.last.get()), (1, 1));
    world.file(&phone(record_id(2), "0987654321"));
    let on_stick = world.office.on_stick(NOW_S).unwrap().unwrap();
    assert_eq!((on_stick.acts, on_stick.since_s), (1, NOW_S));
    assert_eq!(on_stick.expires_s, NOW_S + BUNDLE_LIFE_S);
    write(&mut world, 2, NOW_MS + DAY_MS);
    let on_stick = world.office.on_stick(NOW_S + 86_400).unwrap().unwrap();
    assert_eq!((on_stick.acts, on_stick.since_s), (2, NOW_S + 86_400));
    let over_s = on_stick.expires_s + 1;
    assert_eq!(world.office.on_stick(over_s).unwrap(), None);
    world.crash();
    assert_eq!(world.office.bundles().unwrap().len(), 2);
    // Those whose answer can no longer come are forgotten with their keys.
    write(&mut world, 3, NOW_MS + 80 * DAY_MS);
    let names: Vec<u8> = world
        .office
        .bundles()
        .unwrap()
        .iter()
        .map(|(id, _)| id.0[0])
        .collect();
    assert_eq!(names, [3]);
    for n in 10..90 {
        write(&mut world, n, NOW_MS + 80 * DAY_MS + u64::from(n) * 1000);
    }
    assert_eq!(world.office.bundles().unwrap().len(), 64);
    assert!(world.office.bundle(BundleId([89; 16])).unwrap().is_some());
}

#[test]
fn what_is_on_a_stick_is_not_filed_again_by_itself() {
    let mut world = World::filled();
    knows_the_key(&mut world);
    let on_stick = world.file(&phone(record_id(1), "0912345678"));
    write(&mut world, 1, NOW_MS);
    let after = world.file(&phone(record_id(2), "0987654321"));
    let begun = world
        .office
        .begin_life(Incarnation::new(1), Some(ActNumber::new(0)), NOW_S)
        .unwrap();
    world.sync();
    assert_eq!((begun.refiled, begun.unfiled), (1, 1));
    assert_eq!(world.state_of(on_stick.act), ActState::Returned);
    assert_eq!(world.phone_of(record_id(1)), None);
    assert_eq!(world.phone_of(record_id(2)).as_deref(), Some("0987654321"));
    assert_eq!(world.state_of(after.act), ActState::Returned);
    world.check();
}

#[test]
fn a_bundle_shows_no_act_in_clear_and_does_not_open_here() {
    let mut world = World::filled();
    knows_the_key(&mut world);
    world.file(&phone(record_id(1), "0912345678"));
    let made = write(&mut world, 1, NOW_MS);
    let file = Bytes::from(made.file);
    assert!(!file.windows(10).any(|part| part == b"0912345678"));
    let bundle = SealedBundle::read(&file).unwrap();
    assert_eq!(bundle.envelope().office, office_code());
    let refused = open_answer(&world.office, &file, NOW_S).err().unwrap();
    assert!(matches!(
        refused,
        BundleError::Refused(BundleRefusal::WrongWay { .. })
    ));
}
