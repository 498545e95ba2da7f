//! The page of a household: what is in dispute with the claims, the cases about it and about its
//! members, and what was done to it, by whom, where and by which papers.

use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, Evidence, RecordChange, Target};
use registry::edit::Edit;
use registry::fields::Fields;
use registry::record::{Content, Record};
use registry::schema::RecordKind;
use registry::value::Membership;
use registry::{ActNumber, CommitSeq, Incarnation, NodeId, RecordId};

use super::*;
use crate::device::person;

const HOUSE: u8 = 40;

fn member(n: u8, name: &str, house: u8) -> Record {
    let Content::Genesis(mut fields) = person(n, name).content else {
        panic!("nobody changed it yet")
    };
    let member = Membership {
        household: record_id(house),
        since: "2001-01-01".parse().unwrap(),
    };
    fields.set(Field::Membership, Some(Value::Membership(member)));
    let own = Line::parse(&format!("HK-{n}")).unwrap();
    fields.set(Field::FileNumber, Some(Value::Text(own)));
    Record::new(record_id(n), RecordKind::Person, fields)
}

/// Of an office elsewhere, made on what the household had from its making.
fn change_of_head(node: u8, head: RecordId) -> Act {
    let change = RecordChange {
        target: Target::Held {
            id: record_id(HOUSE),
            base: Base::Genesis,
        },
        edits: vec![Edit::Put(Field::HouseholdHead, Value::Head(head))],
    };
    let paper = Evidence {
        kind: Line::parse("biên bản họp hộ").unwrap(),
        number: Line::parse(&format!("BB-{node}")).unwrap(),
        date: None,
        attachments: Vec::new(),
    };
    let entered = Entered {
        at_s: 1_795_230_000,
        error_s: 0,
    };
    Act {
        author: Author {
            node: NodeId::new([node; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(1),
        },
        office: OfficeCode::new(8),
        body: ActBody {
            kind: ActKind::ChangeOfHead,
            officer: format!("officer{node}").parse().unwrap(),
            effective: "2026-11-03".parse().unwrap(),
            entered,
            horizon: CommitSeq::new(0),
            evidence: vec![paper],
            note: Line::default(),
            refers: None,
            changes: vec![change],
        },
    }
}

/// A household of three, about whose head two offices disagree.
fn disputed() -> (Vec<Record>, [Act; 2]) {
    let mut fields = Fields::new();
    fields.set(Field::HouseholdHead, Some(Value::Head(record_id(1))));
    let file = Line::parse("HO-0040").unwrap();
    fields.set(Field::HouseholdFile, Some(Value::Text(file)));
    let made = Record::new(record_id(HOUSE), RecordKind::Household, fields);
    let acts = [2, 3].map(|n| change_of_head(n, record_id(n)));
    let once = acts[0].apply(0, Some(&made)).unwrap();
    let twice = acts[1].apply(0, Some(&once)).unwrap();
    let records = vec![
        member(1, "Trần Thị Hòa", HOUSE),
        member(2, "Lê Văn Đức", HOUSE),
        member(3, "Phạm Quốc Việt", HOUSE),
        // A lodger: the household is held elsewhere.
        member(4, "Ngô Thị Lý", 77),
        twice,
    ];
    (records, acts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_household_shows_its_cases_its_disputes_and_who_did_what() {
    let (records, acts) = disputed();
    let house = house_of(&records).await;
    let lan = house.cookie_of("lan").await;
    let page = format!("/households/{}?reason=counter", record_id(HOUSE));
    let seen = house.get(&page, &lan).await.html;
    let (_, disputed) = seen.split_once("Đang tranh chấp").unwrap();
    let claims = disputed.split("</ul>").next().unwrap();
    assert!(claims.contains("Lê Văn Đức") && claims.contains("Phạm Quốc Việt"));
    // The one whom both had agreed on stays shown, and leads to their record.
    let head = format!(
        "<a href=\"/people/{}?reason=counter\">Trần Thị Hòa",
        record_id(1)
    );
    assert!(seen.contains(&head), "{seen}");
    // The case of the fixture is about the first member; none is about the household yet.
    let in_row = "class=\"state amber\" href=\"/cases/12\"";
    assert_eq!(seen.matches(in_row).count(), 1);
    assert!(!seen.contains("Hộ này thuộc"));

    let [act, _] = acts;
    let matter = Matter::Field(Field::HouseholdHead);
    let about = vec![record_id(HOUSE)];
    let FeedItem::Case(mut notice) = case() else {
        panic!("a case")
    };
    notice.case.id = case_id(&matter, &about, 0);
    notice.case.number = 13;
    notice.case.dispute.matter = matter;
    notice.case.dispute.records = about;
    house.centre.tell(FeedItem::Case(notice));
    house.centre.tell(FeedItem::Act(act.clone()));
    let office = house.node.api.office.clone();
    house
        .node
        .until(|_| {
            office.cases().unwrap().len() == 2 && office.act_view(&act.id()).unwrap().is_some()
        })
        .await;
    let seen = house.get(&page, &lan).await.html;
    assert!(seen.contains("Hộ này thuộc") && seen.contains("/cases/13"));
    let (_, history) = seen.split_once("line-of-time").unwrap();
    for part in [
        "03/11/2026",
        "officer2",
        "Phường Ngọc Hà",
        "biên bản họp hộ, BB-2",
    ] {
        assert!(history.contains(part), "{part}: {history}");
    }
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_household_that_is_held_elsewhere_is_no_link() {
    let (records, _) = disputed();
    let house = house_of(&records).await;
    let lan = house.cookie_of("lan").await;
    let page = |n| format!("/people/{}?reason=counter", record_id(n));
    let lodger = house.get(&page(4), &lan).await.html;
    assert!(!lodger.contains("/households/"), "{lodger}");
    let member = house.get(&page(2), &lan).await.html;
    // Item 20 of a member is the number of the household, whatever they came with.
    let (_, item) = member.split_once("Số hồ sơ cư trú").unwrap();
    let value = item.split("</dd>").next().unwrap();
    assert!(
        value.contains("HO-0040") && !value.contains("HK-2"),
        "{value}"
    );
    assert!(lodger.contains("HK-4"));
    let href = format!("/households/{}?reason=counter", record_id(HOUSE));
    assert!(member.contains(&href));
    assert_eq!(house.get(&href, &lan).await.status, 200);
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_household_that_has_left_is_called_a_household() {
    let (records, [act, _]) = disputed();
    let house = house_of(&records).await;
    let lan = house.cookie_of("lan").await;
    let left = FeedItem::Leaves {
        id: record_id(HOUSE),
        to: Vec::new(),
        reason: registry::feed::SliceReason::Moved,
    };
    house.centre.tell(FeedItem::Act(act.clone()));
    let office = house.node.api.office.clone();
    let told = |_: &commune_node::api::StatusView| office.act_view(&act.id()).unwrap().is_some();
    house.node.until(told).await;
    let page = format!("/acts/{}", act.id());
    let held = house.get(&page, &lan).await.html;
    assert!(held.contains("Hộ HO-0040"), "{held}");

    house.centre.tell(left);
    let gone = |_: &commune_node::api::StatusView| {
        let known = office.household_view(&record_id(HOUSE));
        known.unwrap().is_none()
    };
    house.node.until(gone).await;
    let seen = house.get(&page, &lan).await.html;
    // By whom it is about, and as the record that it leads to.
    assert_eq!(seen.matches("hộ ở nơi khác").count(), 2, "{seen}");
    assert!(!seen.contains("người ở nơi khác"));
    let href = format!("/households/{}?reason=act_in_hand", record_id(HOUSE));
    assert!(seen.contains(&href), "{seen}");
    house.node.stop().await;
}
