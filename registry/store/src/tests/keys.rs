//! Where the data key comes from, and that it does not show.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::DataKey;
use crate::seal::{Nonces, Seal};

fn derived(key: &DataKey) -> [u8; 32] {
    key.derive("test", &[])
}

#[test]
fn a_key_is_made_once_and_only_its_owner_can_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/data.key");
    let made = DataKey::load_or_create(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = DataKey::load_or_create(&path).unwrap();
    assert_eq!(derived(&made), derived(&again));
    let other = DataKey::load_or_create(&dir.path().join("other")).unwrap();
    assert_ne!(derived(&made), derived(&other));
    assert_eq!(fs::read_dir(dir.path().join("state")).unwrap().count(), 1);
}

#[test]
fn a_bad_key_file_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.key");
    for bytes in [&b""[..], &[1; 31], &[1; 33]] {
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = DataKey::load_or_create(&path).unwrap_err();
        assert_eq!(error.code(), "data_key_malformed");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    fs::write(&path, [1; 32]).unwrap();
    assert!(DataKey::load(&path).unwrap().is_some());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(DataKey::load(&path).unwrap_err().code(), "data_key_exposed");
}

#[test]
fn a_credential_is_read_from_its_directory_and_from_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        DataKey::from_directory(dir.path(), "data.key")
            .unwrap()
            .is_none()
    );
    fs::write(dir.path().join("data.key"), [5; 32]).unwrap();
    let key = DataKey::from_directory(dir.path(), "data.key")
        .unwrap()
        .unwrap();
    assert_eq!(derived(&key), derived(&DataKey::from_bytes([5; 32])));
    for name in ["", "..", "../data.key", "/etc/passwd", "a/b"] {
        assert_eq!(
            DataKey::from_directory(dir.path(), name)
                .unwrap_err()
                .code(),
            "data_key_name"
        );
    }
}

#[test]
fn a_key_does_not_print() {
    let key = DataKey::from_bytes([171; 32]);
    assert_eq!(format!("{key:?}"), "DataKey(…)");
}

#[test]
fn sealed_content_opens_only_in_its_place() {
    let seal = Seal::new(&[3; 32]).unwrap();
    let mut nonces = Nonces::about(2);
    let sealed = seal.close_random(&mut nonces, b"here", b"content").unwrap();
    assert_eq!(seal.open_random(b"here", &sealed).unwrap(), b"content");
    assert!(seal.open_random(b"there", &sealed).is_err());
    assert!(seal.open_random(b"here", &sealed[..10]).is_err());
    assert_ne!(
        sealed,
        seal.close_random(&mut nonces, b"here", b"content").unwrap()
    );
}
