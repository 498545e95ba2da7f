//! What must hold for a clerk who looks while an act waits for the disk. What is staged is seen at
//! once, and a cut of the power may yet take it back: so it has to be told as not saved, and no
//! citizen may get a receipt of it. What is saved has one.
//!
//! Asked each time that something was given to a disk, before its sync has ended. At the centre it
//! is the HTTP interface that waits for the disk; it has a test of its own.

use super::Failure;
use crate::world::World;

/// Acts that are looked at, the newest.
const ACTS: usize = 4;

/// Looks at an office whose disk has been given something and has not synced it.
pub(crate) fn seen_at_office(world: &World, device: usize) -> Result<(), Failure> {
    let Some(at) = world.devices.get(device) else {
        return Ok(());
    };
    let Some(office) = at.office.clone() else {
        return Ok(());
    };
    let meta = office.meta();
    if (meta.incarnation, meta.outbox_last) == at.saved {
        return Ok(());
    }
    let failed = |words: String| Err(Failure::new("1 unsaved", words));
    let views = office.own_acts(None, ACTS);
    for view in views.map_err(|error| Failure::new("store", error.to_string()))? {
        let act = view.act;
        match office.receipt_content(&act, 0) {
            Ok(receipt) if (receipt.incarnation, receipt.number) > at.saved => {
                return failed(format!("a receipt of {act}, which is not on the disk"));
            }
            Ok(_) if view.unsaved => {
                return failed(format!("{act} has a receipt and is told as not saved"));
            }
            Ok(_) => {}
            Err(error) if error.code() == "act_unsaved" => {
                if meta.incarnation == at.saved.0 && view.number <= at.saved.1 {
                    return failed(format!("no receipt of {act}, which is on the disk"));
                }
            }
            Err(error) => return failed(format!("no receipt of {act}: {error}")),
        }
    }
    Ok(())
}
