//! What must hold when all is quiet: everybody has the same, and everybody was answered.

use std::collections::BTreeSet;
use std::sync::Arc;

use central_registry::registrar::Registrar;
use central_registry::tables::KeptAct;
use commune_node::office::{ActState, ActView, AttachmentState};
use commune_node::tables::Rows;
use registry::ActId;
use registry::act::{ActKind, Refers};
use registry::case::Case;
use registry::dispute::Matter;
use registry::feed::ActOutcome;
use registry::procedure::Slice;
use registry::schema::Field;
use registry::value::Value;
use registry_store::Store;

use super::centre::{acts, cases, records, takes_effect_whole};
use super::{Failure, Ledger, centre, lives, matters, node, readings};
use crate::law::Law;
use crate::world::{Device, World};

/// Whether everything agrees; if not, the first thing that does not.
pub(crate) fn agreement(world: &mut World) -> Result<(), Failure> {
    let not_yet = |words: String| Failure::new("10 agreement", words);
    let Some(registrar) = world.centre.registrar.clone() else {
        return Err(not_yet("the centre is down".to_owned()));
    };
    if !world.centre.is_idle() {
        return Err(not_yet("the centre is busy".to_owned()));
    }
    if world.ledger.law.underway {
        return Err(not_yet("a decree is being carried out".to_owned()));
    }
    centre(world)?;
    for index in 0..world.devices.len() {
        node(world, index)?;
    }
    let records = records(&registrar)?;
    let cases = cases(&registrar)?;
    world.tally.cases = cases.len() as u64;
    world.tally.matters = matters::opened(&cases);
    for (index, at) in world.devices.iter().enumerate() {
        let code = at.speaks_as();
        let fails = |words: String| not_yet(format!("office {code}: {words}"));
        let Some(office) = &at.office else {
            return Err(fails("no power".to_owned()));
        };
        if at.line.is_none() || !at.in_step || at.busy || !at.queue.is_empty() {
            return Err(fails("not in step".to_owned()));
        }
        let today = world.ledger.law.office(at.home);
        if code != today || registrar.home(at.code, &at.node).ok() != Some(today) {
            return Err(fails(format!("it is the office of {today}")));
        }
        let units = registrar
            .units()
            .map_err(|_| fails("unreadable".to_owned()))?;
        if office.units().edition() != units.edition() {
            return Err(fails("it has not heard of a decree".to_owned()));
        }
        if office.units().table() != units.table() {
            return Err(fails("it knows other units".to_owned()));
        }
        let meta = office.meta();
        let row = registrar
            .office(code)
            .map_err(|_| fails("unreadable".to_owned()))?;
        if meta.feed_applied != row.head || meta.fill.is_some() {
            return Err(fails("behind".to_owned()));
        }
        if meta.digest != row.digest {
            return Err(fails("other digest".to_owned()));
        }
        let unsent = office.standing(0).unsent;
        if unsent > 0 {
            return Err(fails(format!("{unsent} acts without an outcome")));
        }
        same_attachments(at, &registrar, &fails)?;
        thumbnails_are_here(at, &registrar, &fails)?;
        same_records(at, &records, &fails)?;
        same_cases(at, &records, &cases, &fails)?;
        those_asked_know(at, &world.ledger.law, &cases, &fails)?;
        acts_stand_as_their_cases(&world.ledger, (index, at), &registrar, &cases, &fails)?;
        everybody_was_answered(world, index, &registrar, &fails)?;
        world.ledger.said.stands_at(at, &registrar, &fails)?;
        readings::all_are_told(&world.ledger, index, at, &fails)?;
    }
    let acts = acts(&registrar)?;
    answers_are_kept(&acts, &cases)?;
    // Also those that a decision has taken up since they were answered.
    for row in &acts {
        takes_effect_whole(&registrar, &records, &row.act.id(), &row.outcome)?;
    }
    let decreed = world.ledger.law.count() > 0;
    matters::are_all_asked_about(&records, &acts, &cases, decreed)?;
    repairs_have_a_cause(world)?;
    readings::the_centre_shows_all(world, &registrar).map_err(not_yet)?;
    world.count_kinds(&acts);
    // What changes only a case changes no record, which is then not looked at again: once more all.
    world.ledger.versions.clear();
    centre(world)
}

/// No office compares whole slices whose own disk nobody put back and to whom nobody lied: neither
/// a decree nor anything at another office is a cause.
fn repairs_have_a_cause(world: &World) -> Result<(), Failure> {
    let ledger = &world.ledger;
    for (index, (repairs, device)) in ledger.repairs.iter().zip(&world.devices).enumerate() {
        let caused = ledger.rolled_back.contains(&index) || ledger.lied_to.contains(&index);
        if *repairs > 0 && !caused {
            let code = device.code;
            let words = format!("{code}: {repairs} patches of a repair without a cause");
            return Err(Failure::new("10 agreement", words));
        }
    }
    Ok(())
}

/// What an office said or brought in a case is kept with it, once.
fn answers_are_kept(acts: &[KeptAct], cases: &[Case]) -> Result<(), Failure> {
    for row in acts.iter().filter(|row| row.outcome.took_effect()) {
        let Some(Refers::Case(id)) = row.act.body.refers else {
            continue;
        };
        let act = row.act.id();
        let case = cases.iter().find(|case| case.id == id);
        let answers = case.into_iter().flat_map(|case| &case.answers);
        if answers.filter(|answer| answer.act == act).count() != 1 {
            let words = format!("what act {act} says in a case is not kept with it once");
            return Err(Failure::new("6 cases", words));
        }
    }
    Ok(())
}

pub(super) type Fails<'a> = &'a dyn Fn(String) -> Failure;

/// Every office has the thumbnails of its people that the centre has, and knows which it lacks.
fn thumbnails_are_here(
    at: &Device,
    registrar: &Registrar,
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let unreadable = || fails("its slice cannot be read".to_owned());
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    let (items, _) = office
        .repair_list(None, usize::MAX)
        .map_err(|_| unreadable())?;
    let mut lacking = BTreeSet::new();
    for item in items {
        let kept = rows.official(&item.record).map_err(|_| unreadable())?;
        let kept = kept.ok_or_else(unreadable)?;
        let Some(Value::Portrait(portrait)) = kept.fields().single(Field::Portrait) else {
            continue;
        };
        let hash = portrait.thumbnail().hash();
        if at.folder.holds(&hash) {
            continue;
        }
        if registrar.folder().holds(&hash) {
            let words = format!("the thumbnail {hash} is at the centre and not here");
            return Err(fails(words));
        }
        lacking.insert(hash);
    }
    let known = office.thumbnails_missing();
    if usize::try_from(known).ok() != Some(lacking.len()) {
        let words = format!(
            "{} thumbnails are missing, it knows of {known}",
            lacking.len()
        );
        return Err(fails(words));
    }
    Ok(())
}

/// What the office has named is at the centre, byte for byte, but for files that an old disk had
/// never heard of: those went when it was put in.
fn same_attachments(at: &Device, registrar: &Registrar, fails: Fails<'_>) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let views = office.attachments(None, 100_000);
    for view in views.map_err(|_| fails("attachments cannot be read".to_owned()))? {
        let hash = view.hash;
        let ours = at.folder.read(&hash);
        let ours = ours.map_err(|_| fails(format!("attachment {hash} is damaged here")))?;
        let theirs = registrar.folder().read(&hash);
        let theirs = theirs.map_err(|_| fails(format!("attachment {hash} is damaged")))?;
        match view.state {
            AttachmentState::OnItsWay if ours.is_some() => {
                return Err(fails(format!("attachment {hash} has not arrived")));
            }
            AttachmentState::AtCentre if theirs.is_none() => {
                return Err(fails(format!("attachment {hash} is not at the centre")));
            }
            AttachmentState::AtCentre if ours.is_some() && ours != theirs => {
                return Err(fails(format!("attachment {hash} is another at the centre")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Invariant 2: the same records, byte for byte as far as they are read.
fn same_records(
    at: &Device,
    records: &std::collections::BTreeMap<registry::RecordId, central_registry::tables::Kept>,
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let rows = Rows::new(at.disk.clone() as Arc<dyn Store>);
    for kept in records
        .values()
        .filter(|kept| kept.offices.contains(&at.speaks_as()))
    {
        let id = kept.record.id;
        let ours = rows.official(&id).ok().flatten();
        let Some(ours) = ours else {
            return Err(fails(format!("record {id} is missing")));
        };
        let same = ours.version == kept.version
            && match (ours.record.read(), kept.record.read()) {
                (Ok(ours), Ok(theirs)) => ours == theirs,
                _ => false,
            };
        if !same {
            return Err(fails(format!("record {id} differs")));
        }
        match rows.shown(&id) {
            Ok(Some(shown)) if shown.version == kept.version => {}
            _ => return Err(fails(format!("record {id} shows something else"))),
        }
    }
    // With no act unanswered nothing provisional may be left over, of nobody: neither of whom it has
    // nor of who has left.
    for id in records.keys() {
        if !matches!(rows.provisional(id), Ok(None)) {
            return Err(fails(format!(
                "of record {id} something provisional is left"
            )));
        }
    }
    Ok(())
}

/// Invariant 2: the same disputes. What an office knows of a case is how it stands, and it knows
/// every open case of its people.
fn same_cases(
    at: &Device,
    records: &std::collections::BTreeMap<registry::RecordId, central_registry::tables::Kept>,
    cases: &[Case],
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let known = office
        .cases()
        .map_err(|_| fails("its cases cannot be read".to_owned()))?;
    for case in cases {
        let concerned = case.dispute.records.iter().any(|id| {
            records
                .get(id)
                .is_some_and(|kept| kept.offices.contains(&at.speaks_as()))
        });
        let notice = known.iter().find(|notice| notice.case.id == case.id);
        match notice {
            Some(notice) if concerned && notice.case.state != case.state => {
                return Err(fails(format!(
                    "case {} stands otherwise there",
                    case.number
                )));
            }
            None if concerned && case.is_open() => {
                return Err(fails(format!("case {} is not known there", case.number)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whoever was asked in an open case knows it, and that they are asked.
fn those_asked_know(
    at: &Device,
    law: &Law,
    cases: &[Case],
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let asked = cases.iter().filter(|case| {
        let mut questions = case.questions.iter();
        case.is_open() && questions.any(|(asked, _)| law.office(*asked) == at.speaks_as())
    });
    for case in asked {
        let known = office.case(case.number);
        if known.is_none_or(|known| !known.asked(at.speaks_as())) {
            return Err(fails(format!(
                "it does not know what case {} asks",
                case.number
            )));
        }
    }
    Ok(())
}

/// An act that an open case names is in dispute at its office, and no other is, whichever of the
/// acts arrived first.
fn acts_stand_as_their_cases(
    ledger: &Ledger,
    (index, at): (usize, &Device),
    registrar: &Registrar,
    cases: &[Case],
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let Some(office) = &at.office else {
        return Ok(());
    };
    let unreadable = |_| fails("its acts cannot be read".to_owned());
    let open = cases.iter().filter(|case| {
        case.is_open()
            && !matches!(case.dispute.matter, Matter::Parked(_))
            && case.dispute.claims.len() <= CLAIMS_TOLD
    });
    let claims = open.flat_map(|case| &case.dispute.claims);
    let named: BTreeSet<ActId> = claims.filter_map(|claim| claim.act).collect();
    for act in &named {
        let Some(view) = office.act_view(act).map_err(unreadable)? else {
            continue;
        };
        // Under the number of one that went with the disk another was filed, and handed back.
        let handed_back = matches!(view.code.as_deref(), Some("refiled" | "not_refiled"))
            && !lives::has_an_answer_there(ledger, (index, at), registrar, act);
        let stands = matches!(view.state, ActState::Disputed | ActState::Withdrawn);
        if view.own && !handed_back && !stands {
            return Err(fails(format!(
                "act {act} is in an open case and shown as {:?}",
                view.state
            )));
        }
    }
    let disputed = office.own_acts(Some(ActState::Disputed), usize::MAX);
    let mut disputed = disputed.map_err(unreadable)?.into_iter();
    let many = cases
        .iter()
        .any(|case| case.dispute.claims.len() > CLAIMS_TOLD);
    match disputed.find(|view| !named.contains(&view.act)) {
        Some(view) if !many => Err(fails(format!(
            "act {} is shown as disputed, and no open case names it",
            view.act
        ))),
        _ => Ok(()),
    }
}

/// Claims that a notice tells of.
const CLAIMS_TOLD: usize = 12;

/// Invariant 7: every act that a clerk was told is safe has its one outcome at the centre, and its
/// office shows it as that; so it does those that went with a disk after they had been sent.
fn everybody_was_answered(
    world: &World,
    index: usize,
    registrar: &Registrar,
    fails: Fails<'_>,
) -> Result<(), Failure> {
    let Some(at) = world.devices.get(index) else {
        return Ok(());
    };
    let Some(office) = &at.office else {
        return Ok(());
    };
    for acknowledged in world.ledger.acts.get(index).into_iter().flatten() {
        let outcome = world.ledger.outcomes.get(&acknowledged.act);
        if acknowledged.disk_gone && outcome.is_none() {
            // It had not been sent when its disk was replaced by an older one.
            continue;
        }
        let view = office.act_view(&acknowledged.act).ok().flatten();
        let Some(view) = view else {
            return Err(fails(format!("act {} is gone", acknowledged.act)));
        };
        // A new life handed it back, or another one that was filed under its number.
        let handed_back = matches!(view.code.as_deref(), Some("refiled" | "not_refiled"));
        if handed_back {
            let at = (index, at);
            lives::is_rightly_handed_back(&world.ledger, at, registrar, acknowledged, fails)?;
            continue;
        }
        let Some(outcome) = outcome else {
            return Err(fails(format!("act {} has no outcome", acknowledged.act)));
        };
        let row = registrar.act(&acknowledged.act);
        let row = row.map_err(|_| fails("an act cannot be read".to_owned()))?;
        if !is_shown_as(&view, outcome, row.as_ref())
            && !was_withdrawn_under_a_number_used_twice(world, index, registrar, &acknowledged.act)
            && !is_stay_that_is_kept(&view, row.as_ref(), &cases(registrar)?)
        {
            let now = row.map(|row| (row.outcome, row.taken_back));
            return Err(fails(format!(
                "act {} was answered with {outcome:?}, stands as {now:?}, and is shown as {:?}, {:?}",
                acknowledged.act, view.state, view.code
            )));
        }
    }
    Ok(())
}

/// Row 7: a stay that lost against a death is kept all the same, and counts no more against it.
fn is_stay_that_is_kept(view: &ActView, row: Option<&KeptAct>, cases: &[Case]) -> bool {
    let Some(row) = row.filter(|row| row.act.body.kind == ActKind::StayNotification) else {
        return false;
    };
    let lost = |case: &Case| {
        let claims = &case.dispute.claims;
        let claimed = claims.iter().any(|claim| claim.act == Some(row.act.id()));
        case.dispute.matter == Matter::Life && claimed && !case.is_open()
    };
    view.state == ActState::Final && cases.iter().any(lost)
}

/// Whether a device took this act back by another that went with its disk, and under whose number it
/// has filed another one since: that one stands in the place of the withdrawal.
fn was_withdrawn_under_a_number_used_twice(
    world: &World,
    index: usize,
    registrar: &Registrar,
    act: &ActId,
) -> bool {
    let Some(office) = world.devices.get(index).and_then(|at| at.office.as_ref()) else {
        return false;
    };
    let acts = world.ledger.acts.get(index).into_iter().flatten();
    let mut gone = acts.filter(|acknowledged| acknowledged.disk_gone);
    gone.any(|acknowledged| {
        let row = registrar.act(&acknowledged.act).ok().flatten();
        let withdraws = row.is_some_and(|row| {
            row.outcome.took_effect() && row.act.body.refers == Some(Refers::Act(*act))
        });
        let here = office.act_view(&acknowledged.act).ok().flatten();
        let is_other = |view: ActView| {
            let anew = matches!(view.code.as_deref(), Some("refiled" | "not_refiled"));
            anew || view.kind != ActKind::Withdraw
        };
        withdraws && here.is_some_and(is_other)
    })
}

/// Whether an office shows an act as the centre answered it, and as it stands there today: a
/// proposal may have been taken up or declined since, and what took effect may be in a case, be
/// taken back, or have lost.
fn is_shown_as(view: &ActView, outcome: &ActOutcome, row: Option<&KeptAct>) -> bool {
    use ActState::{Disputed, Final, Parked, Quarantined, Returned, SetAside, Withdrawn};
    let now = row.map_or(outcome, |row| &row.outcome);
    let taken_back = row.is_some_and(|row| row.taken_back);
    match now {
        ActOutcome::Accepted | ActOutcome::InCase(_) if taken_back => {
            // One that a decision put aside may be a claim in another case, which is open.
            matches!(view.state, Withdrawn | SetAside | Disputed)
        }
        ActOutcome::Accepted | ActOutcome::InCase(_) => {
            matches!(view.state, Final | Disputed | SetAside)
        }
        ActOutcome::Parked(_) => view.state == Parked,
        ActOutcome::Returned { code, .. } => {
            view.state == Returned && view.code.as_deref() == Some(code.as_str())
        }
        ActOutcome::Quarantined => view.state == Quarantined,
    }
}
