//! Invariant 7 over the lives of a device: a new life has a cause; an act that it handed back is
//! none whose answer its office must have; and what it filed again in an act's place is promised as
//! that act was.

use std::sync::Arc;

use central_registry::registrar::Registrar;
use commune_node::tables::{ActKey, Answer, Rows};
use registry::ActId;
use registry_store::Store;

use super::agreement::Fails;
use super::ledger::Acknowledged;
use super::{Failure, Ledger};
use crate::world::Device;

/// A device begins a new life: its disk was put back to an older one, or it took somebody's lie for
/// the centre's word. What is lost with the power is nothing that was ever told.
pub(crate) fn a_new_life_has_a_cause(ledger: &mut Ledger, device: usize) -> Result<(), Failure> {
    ledger.reborn.insert(device);
    if ledger.rolled_back.contains(&device) || ledger.lied_to.contains(&device) {
        return Ok(());
    }
    let words = format!("device {device} begins a new life, and nobody put its disk back");
    Err(Failure::new("7 lives", words))
}

/// What a new life filed again is from now on looked for like every act that a clerk was told is
/// safe. Asked when all that the rows say is durable.
pub(super) fn what_was_filed_again_is_promised(ledger: &mut Ledger, device: usize, rows: &Rows) {
    if !ledger.reborn.contains(&device) {
        return;
    }
    let Some(acts) = ledger.acts.get_mut(device) else {
        return;
    };
    loop {
        let safe = acts.iter().filter(|known| !known.disk_gone);
        let again = safe.filter_map(|known| filed_again_as(rows, &known.act));
        let new = again.filter(|id| acts.iter().all(|known| known.act != *id));
        let new: Vec<Acknowledged> = new.filter_map(|id| promised(rows, id)).collect();
        if new.is_empty() {
            return;
        }
        acts.extend(new);
    }
}

fn promised(rows: &Rows, act: ActId) -> Option<Acknowledged> {
    let author = rows.act(&act).ok().flatten()?.act.author;
    Some(Acknowledged {
        act,
        incarnation: author.incarnation,
        number: author.number,
        disk_gone: false,
    })
}

/// As which act a new life filed this one again, if it did.
fn filed_again_as(rows: &Rows, act: &ActId) -> Option<ActId> {
    match rows.act(act).ok().flatten()?.answer {
        Some(Answer::Refiled { again }) => Some(again),
        _ => None,
    }
}

/// In the end, an act that is shown as handed back: it is not at the centre, as far as the office
/// can know, and what was filed again in its place is among what was promised.
pub(super) fn is_rightly_handed_back(
    ledger: &Ledger,
    (device, at): (usize, &Device),
    registrar: &Registrar,
    acknowledged: &Acknowledged,
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let act = acknowledged.act;
    if has_an_answer_there(ledger, (device, at), registrar, &act) {
        let words = format!("act {act} is handed back, and the centre has taken just this one");
        return Err(fails(words));
    }
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    let promised = |id: &ActId| {
        let mut acts = ledger.acts.get(device).into_iter().flatten();
        acts.any(|known| known.act == *id)
    };
    match filed_again_as(&rows, &act) {
        // Of an act that went with the disk another one has the place, of which nobody was told.
        Some(again) if !acknowledged.disk_gone && !promised(&again) => {
            let words = format!("act {act} was filed again as {again}, which nobody looked for");
            Err(fails(words))
        }
        _ => Ok(()),
    }
}

/// Whether the centre has accepted just the act that the office has under this name and shows as
/// handed back, and the office must know. It need not
/// - where the centre has another act under the same number: clerks went on on an older disk;
/// - of one filed again, where a stick had it that the older disk did not know of: it may have come
///   to the centre after the new life began;
/// - of one to be filed again by a clerk, where the centre answered it together with acts that this
///   disk does not have: such an answer may have come, and been passed over, before the new life.
pub(super) fn has_an_answer_there(
    ledger: &Ledger,
    (device, at): (usize, &Device),
    registrar: &Registrar,
    act: &ActId,
) -> bool {
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    let here = rows.act(act).ok().flatten();
    let there = registrar.act(act).ok().flatten();
    let Some((here, there)) = here.zip(there) else {
        return false;
    };
    if !there.outcome.took_effect() || there.act.body != here.act.body {
        return false;
    }
    let place = ActKey::of(&here.act.author);
    match here.answer {
        Some(Answer::Refiled { .. }) => !ledger.was_on_a_stick(device, place),
        Some(Answer::Unfiled) => {
            let with = ledger.answered_with.get(act);
            with.is_some_and(|(last, chain)| {
                let number = *last;
                let ours = rows.outbox(ActKey { number, ..place }).ok().flatten();
                ours.is_some_and(|(_, ours)| ours.as_bytes() == chain)
            })
        }
        _ => false,
    }
}
