//! Accounts of offices' officers, kept at the centre: what is done flows down the feed. And the
//! readings that offices tell of.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::Arc;

use central_registry::registrar::{
    Config, Joining, OfficerChange, OfficerError, ReadingsWanted, Registrar,
};
use central_registry::tables::Exclusion;
use registry::code::Role;
use registry::feed::{FeedItem, Officer};
use registry::password::{PasswordSet, Secret, Verifier};
use registry::reading::{ReadReason, Reading};
use registry::value::Line;
use registry::{FeedSeq, NodeId, OfficeCode, OfficerId, RecordId};
use registry_store::MemoryStore;

const NOW_S: i64 = 1_795_230_000;

fn office(code: u32) -> OfficeCode {
    OfficeCode::new(code).unwrap()
}

fn id(name: &str) -> OfficerId {
    name.parse().unwrap()
}

fn node(n: u8) -> NodeId {
    NodeId::new([n; 16])
}

fn centre() -> (Registrar, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new());
    let config = Config {
        node: node(0xCE),
        draw: Box::new(|| 1),
        sign: Box::new(|_| [7; 64]),
    };
    let centre = Registrar::open(Arc::clone(&store) as _, config);
    for n in [4, 8] {
        let joining = Joining {
            office: office(n),
            node: node(u8::try_from(n).unwrap()),
            public_key: [0; 32],
            certificate_ends_s: NOW_S,
            token: [u8::try_from(n).unwrap(); 16],
            officer: None,
        };
        centre.join(NOW_S, &joining).unwrap();
    }
    (centre, store)
}

fn change(centre: &Registrar, name: &str, change: OfficerChange) -> Result<(), OfficerError> {
    centre.stage_officer(NOW_S, office(4), &id(name), change)?;
    centre.sync()?;
    Ok(())
}

fn open(roles: &[Role]) -> OfficerChange {
    OfficerChange::Open {
        name: Line::parse("Trần Văn Minh").unwrap(),
        roles: roles.to_vec(),
    }
}

/// What a node that reads the feed from its beginning knows in the end.
fn heard(centre: &Registrar) -> (Vec<Officer>, Vec<PasswordSet>) {
    let (mut officers, mut passwords) = (Vec::new(), Vec::new());
    let entries = centre
        .feed(office(4), FeedSeq::new(0), 1000, usize::MAX)
        .unwrap();
    for (_, entry) in entries {
        match FeedItem::decode(entry.kind, &entry.payload).unwrap() {
            FeedItem::Officers(all) => officers = all,
            FeedItem::Password(set) => passwords.push(*set),
            _ => {}
        }
    }
    (officers, passwords)
}

#[test]
fn an_account_is_opened_changed_and_closed_and_the_office_hears_of_it() {
    let (centre, store) = centre();
    change(&centre, "minh", open(&[Role::Residence, Role::Residence])).unwrap();
    let (officers, _) = heard(&centre);
    assert_eq!(officers.len(), 1);
    assert_eq!(officers[0].roles, [Role::Residence]);
    assert!(officers[0].active);
    let roles = OfficerChange::Roles(vec![Role::Admin, Role::Viewer]);
    change(&centre, "minh", roles).unwrap();
    assert_eq!(heard(&centre).0[0].roles, [Role::Admin, Role::Viewer]);
    assert_eq!(heard(&centre).0[0].name.as_str(), "Trần Văn Minh");
    change(&centre, "minh", OfficerChange::Close).unwrap();
    assert!(!heard(&centre).0[0].active);
    // It is kept, and may be opened again.
    change(&centre, "minh", open(&[Role::Viewer])).unwrap();
    assert!(heard(&centre).0[0].active);
    store.crash();
    assert!(centre.officers(office(4)).unwrap()[0].active);
    assert!(centre.officers(office(8)).unwrap().is_empty());
}

#[test]
fn what_cannot_be_done_to_an_account_is_refused_and_nothing_is_told() {
    let (centre, _) = centre();
    change(&centre, "minh", open(&[Role::Residence])).unwrap();
    let head = heard(&centre);
    let refused = |name: &str, what| change(&centre, name, what).unwrap_err().code();
    assert_eq!(
        refused("minh", open(&[Role::Residence])),
        "officer_name_taken"
    );
    assert_eq!(refused("lan", open(&[])), "officer_without_role");
    assert_eq!(
        refused("minh", OfficerChange::Roles(vec![])),
        "officer_without_role"
    );
    assert_eq!(refused("lan", OfficerChange::Close), "officer_unknown");
    assert_eq!(
        refused("lan", OfficerChange::Password(None)),
        "officer_unknown"
    );
    let nowhere = centre.stage_officer(NOW_S, office(99_999), &id("lan"), open(&[Role::Viewer]));
    assert_eq!(nowhere.unwrap_err().code(), "commune_unknown");
    change(&centre, "minh", OfficerChange::Close).unwrap();
    assert_eq!(refused("minh", OfficerChange::Close), "officer_unknown");
    assert_eq!(
        refused("minh", OfficerChange::Password(None)),
        "officer_unknown"
    );
    assert_eq!(heard(&centre).1, head.1);
    for n in 0..499 {
        change(&centre, &format!("o{n}"), open(&[Role::Viewer])).unwrap();
    }
    assert_eq!(
        refused("one.more", open(&[Role::Viewer])),
        "officers_too_many"
    );
}

#[test]
fn each_password_that_is_set_is_later_than_the_one_before() {
    let (centre, _) = centre();
    change(&centre, "minh", open(&[Role::Residence])).unwrap();
    let verifier = Verifier::of(&Secret::typed("k7mwp3xn92fd").unwrap(), &[1; 16]).unwrap();
    let first = OfficerChange::Password(Some(verifier.clone()));
    change(&centre, "minh", first).unwrap();
    change(&centre, "minh", OfficerChange::Password(None)).unwrap();
    let (_, passwords) = heard(&centre);
    assert_eq!(passwords.len(), 2);
    assert!(passwords[0].epoch < passwords[1].epoch);
    assert_eq!(passwords[0].verifier, Some(verifier));
    assert!(passwords[0].once);
    assert_eq!(passwords[1].verifier, None);
}

fn reading(place: u64, officer: &str, at_s: i64) -> Reading {
    Reading {
        place,
        mark: *RecordId::derive("mark", &[&place.to_le_bytes()]).as_bytes(),
        at_s,
        officer: id(officer),
        record: RecordId::new([9; 16]),
        reason: ReadReason::CaseWork,
    }
}

fn wanted(officer: Option<&str>, since_s: i64) -> ReadingsWanted {
    ReadingsWanted {
        office: office(4),
        officer: officer.map(id),
        since_s,
        after: None,
        limit: 10_000,
    }
}

#[test]
fn readings_are_kept_once_and_found_by_office_officer_and_time() {
    let (centre, store) = centre();
    let readings: Vec<Reading> = (0..600)
        .map(|n| {
            let name = if n % 3 == 0 { "lan" } else { "minh" };
            reading(n, name, NOW_S + i64::try_from(n).unwrap())
        })
        .collect();
    let from = (office(4), node(4));
    for batch in readings.chunks(250) {
        centre.stage_readings(NOW_S, from, batch).unwrap();
        // The answer was lost, and the node tells them again.
        centre.stage_readings(NOW_S + 9, from, batch).unwrap();
    }
    centre.sync().unwrap();
    store.crash();
    let all = centre.readings(&wanted(None, 0)).unwrap();
    assert_eq!(all.rows.len(), 600);
    assert_eq!(all.next, None);
    let times: Vec<i64> = all.rows.iter().map(|found| found.at_s).collect();
    assert!(times.is_sorted());
    assert_eq!(
        centre.readings(&wanted(Some("lan"), 0)).unwrap().rows.len(),
        200
    );
    assert_eq!(
        centre
            .readings(&wanted(None, NOW_S + 590))
            .unwrap()
            .rows
            .len(),
        10
    );
    // Page by page the same.
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = ReadingsWanted {
            after,
            limit: 70,
            ..wanted(Some("minh"), 0)
        };
        let page = centre.readings(&page).unwrap();
        paged.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged.len(), 400);
    let elsewhere = ReadingsWanted {
        office: office(8),
        ..wanted(None, 0)
    };
    assert!(centre.readings(&elsewhere).unwrap().rows.is_empty());
}

#[test]
fn nothing_is_kept_of_a_node_that_is_unknown_or_shut_out() {
    let (centre, _) = centre();
    let batch = [reading(1, "lan", NOW_S)];
    assert!(
        centre
            .stage_readings(NOW_S, (office(4), node(4)), &batch)
            .is_ok()
    );
    let unknown = centre.stage_readings(NOW_S, (office(4), node(9)), &batch);
    assert_eq!(unknown.unwrap_err().code(), "node_unknown");
    let exclusion = Exclusion {
        at_s: NOW_S,
        by: id("admin"),
        reason: Line::parse("stolen").unwrap(),
    };
    let shut = centre.stage_exclusion(NOW_S, office(8), node(8), Some(exclusion));
    assert!(shut.unwrap());
    let refused = centre.stage_readings(NOW_S, (office(8), node(8)), &batch);
    assert_eq!(refused.unwrap_err().code(), "node_not_active");
}
