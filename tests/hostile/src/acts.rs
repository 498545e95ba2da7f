//! Acts: as a node sends them, and as a clerk files them.

use registry::act::{ACT_BYTES_MAX, Act, ActBody, Author, CHANGES_MAX, EVIDENCE_MAX};
use registry::dispute::Standing;
use registry::procedure::{Filing, plan};
use registry::record::Record;
use registry::rules::ActSummary;
use registry::{ActNumber, Incarnation, NodeId};

use crate::office::{desk, here, office};

/// An act of another node, read and carried out on the records that it names, twice.
pub(crate) fn body(bytes: &[u8]) {
    let Ok(body) = ActBody::decode(bytes) else {
        return;
    };
    assert!(body.changes.len() <= CHANGES_MAX && body.evidence.len() <= EVIDENCE_MAX);
    let written = body
        .encode()
        .expect("what was read is no longer than what came");
    assert_eq!(ActBody::decode(&written).expect("readable"), body);
    perform(Act {
        author: Author {
            node: NodeId::new([8; 16]),
            incarnation: Incarnation::new(1),
            number: ActNumber::new(1),
        },
        office: Some(here()),
        body,
    });
}

// By value: this is the end of it.
#[allow(clippy::needless_pass_by_value)]
fn perform(act: Act) {
    let _ = ActSummary::of(&act);
    let named: Vec<_> = act.records().collect();
    for (index, id) in named {
        let before = office().records.get(&id);
        let once = act.apply(index, before);
        let twice = act.apply(index, before);
        match (once, twice) {
            (Ok(once), Ok(twice)) => {
                assert_eq!(once, twice, "the same act makes the same record");
                assert!(
                    once.read().is_ok(),
                    "an act makes a record that cannot be read"
                );
                look_at(&once);
            }
            (Err(one), Err(two)) => assert_eq!(one.code(), two.code()),
            _ => panic!("the same act is once done and once refused"),
        }
    }
}

/// Everything that is asked of a record that was just changed.
pub(crate) fn look_at(record: &Record) {
    let Ok(reading) = record.read() else {
        return;
    };
    let standing = Standing::of(record).expect("what can be read can be judged");
    let _ = (record.version(), &reading);
    for dispute in &standing.disputes {
        assert!(!dispute.claims.is_empty(), "a dispute is between somebody");
    }
    let _ = registry::person::entitled(record.kind, &standing);
    let _ = registry::person::head_of(&standing.fields);
}

/// An act as JSON, planned at a small office; what is planned can be sent and carried out.
pub(crate) fn json(bytes: &[u8]) {
    let Ok(filing) = serde_json::from_slice::<Filing>(bytes) else {
        return;
    };
    let desk = desk();
    let Ok(plan) = plan(&filing, &desk, office()) else {
        return;
    };
    let Ok(written) = plan.body.encode() else {
        assert!(
            bytes.len() > ACT_BYTES_MAX / 8,
            "a short form makes a long act"
        );
        return;
    };
    body(&written);
    assert_eq!(ActBody::decode(&written).expect("readable"), plan.body);
}
