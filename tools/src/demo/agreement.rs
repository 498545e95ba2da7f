//! When the offices and the centre agree: nothing unsent, the whole feed applied, and equal
//! digests of every slice. It is asked, with a limit, and then checked once more in words.

use std::time::Duration;

use serde_json::Value;

use super::checks::Teller;
use super::fleet::{Fleet, Office};
use crate::client::Api;
use crate::failure::Failure;
use crate::output::grouped;

/// How long agreement may take after lines are restored.
const LIMIT: Duration = Duration::from_secs(180);

/// What the centre says of an office's slice.
struct Centre {
    feed_head: u64,
    digest: Value,
}

fn centre_of(central: &Api, office: &Office) -> Option<Centre> {
    let value = central
        .get(&format!("/api/v1/offices/{}", office.code))
        .ok()?;
    Some(Centre {
        feed_head: value.get("feed_head")?.as_u64()?,
        digest: value.get("digest").cloned().unwrap_or_default(),
    })
}

/// Whether an office and the centre agree now.
fn agrees(central: &Api, office: &Office) -> bool {
    let (Ok(status), Some(centre)) = (office.desk.status(), centre_of(central, office)) else {
        return false;
    };
    status.filled
        && status.unsent == 0
        && status.feed_applied == centre.feed_head
        && same_digest(&status.slice_digest, &centre.digest)
}

/// Digests are compared as they are written; an absent one is equal to nothing.
fn same_digest(a: &Value, b: &Value) -> bool {
    !a.is_null() && a == b
}

/// Waits until every office agrees with the centre.
pub(crate) fn wait(fleet: &mut Fleet) -> Result<(), Failure> {
    let what = "all offices have nothing unsent, the whole feed, and the centre's digest";
    fleet.wait_for(what, LIMIT, |fleet| {
        fleet
            .offices
            .iter()
            .all(|office| agrees(&fleet.central, office))
            .then_some(())
    })
}

/// Checks each part of it, office by office.
pub(crate) fn check(fleet: &Fleet, teller: &mut Teller) -> Result<(), Failure> {
    for office in &fleet.offices {
        let status = office.desk.status()?;
        let centre = centre_of(&fleet.central, office).ok_or_else(|| {
            Failure::Failed(format!(
                "the centre does not tell of the office {}",
                office.code
            ))
        })?;
        let name = &office.name;
        teller.check_equal(format!("{name}: nothing is unsent"), &status.unsent, &0);
        teller.check_equal(
            format!("{name}: feed applied to its head, {}", centre.feed_head),
            &status.feed_applied,
            &centre.feed_head,
        );
        teller.check(
            format!(
                "{name}: digest over {} records equals the centre's",
                grouped(status.records.all())
            ),
            same_digest(&status.slice_digest, &centre.digest),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_absent_digest_equals_nothing() {
        assert!(same_digest(&json!("ab"), &json!("ab")));
        assert!(!same_digest(&json!("ab"), &json!("ac")));
        assert!(!same_digest(&Value::Null, &Value::Null));
    }
}
