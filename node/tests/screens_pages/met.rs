//! Two offices write one thing unknown to each other, and nobody decides: the act's page and the
//! person's tell which value stands, by whose act, and since when.

use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::edit::Edit;
use registry::record::Record;
use registry::{ActNumber, CommitSeq, Incarnation, NodeId};
use serde_json::json;

use super::*;

const ENTERED_S: i64 = 1_795_230_000;

fn phone(record: &Record, office: OfficeCode, node: u8, number: &str) -> Act {
    let value = serde_json::from_value(json!({ "phone": number })).unwrap();
    Act {
        author: Author {
            node: NodeId::new([node; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(1),
        },
        office: Some(office),
        body: ActBody {
            kind: ActKind::Contact,
            officer: "binh".parse().unwrap(),
            effective: "2026-11-20".parse().unwrap(),
            entered: Entered {
                at_s: ENTERED_S,
                error_s: 1,
            },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange {
                target: Target::Held {
                    id: record.id,
                    base: Base::Genesis,
                },
                edits: vec![Edit::Put(Field::Phone, value)],
            }],
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_phones_the_pages_tell_which_one_stands_and_since_when() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let record = people().remove(1);
    let ours = phone(&record, centre::office(), 9, "0912345678");
    let theirs = phone(&record, OfficeCode::new(8).unwrap(), 8, "0987654321");
    let after = ours.apply(0, Some(&record)).unwrap();
    let after = theirs.apply(0, Some(&after)).unwrap();
    house.centre.corrupt(after);
    for act in [&ours, &theirs] {
        house.centre.tell(FeedItem::Act(act.clone()));
    }
    let office = house.node.api.office.clone();
    let (our, their) = (ours.id(), theirs.id());
    house
        .node
        .until(|_| {
            [our, their]
                .iter()
                .all(|id| office.act_view(id).unwrap().is_some())
        })
        .await;
    let told = house.get(&format!("/acts/{our}"), &lan).await.html;
    let lost = told.contains("Hiện hiển thị giá trị của thủ tục kia");
    let won = told.contains("Giá trị của thủ tục này đang hiển thị");
    assert!(lost != won, "{told}");
    for part in ["nhập lúc 21/11/2026", &format!("href=\"/acts/{their}\"")] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let english = format!("{lan}; npd_language=en");
    let told = house.get(&format!("/acts/{our}"), &english).await.html;
    assert_eq!(
        told.contains("The value of the other act is shown now"),
        lost,
        "{told}"
    );
    let page = format!("/people/{}?reason=act_in_hand", record.id);
    let told = house.get(&page, &lan).await.html;
    // Of the two sides, that of this office.
    let words = "<div class=\"note amber\"><p>";
    assert_eq!(told.matches(words).count(), 1, "{told}");
    assert!(told.contains(&format!("href=\"/acts/{their}\"")), "{told}");
    house.node.stop().await;
}
