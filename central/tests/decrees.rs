//! Decrees about units: slices that merge and split, offices that become part of others, acts that
//! were made in the dark.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use central_registry::registrar::{Config, DecreeFailure, Joining, ReadingsWanted, Registrar};
use desk::{Centre, Office, P, Q, World, office};
use registry::date::Date;
use std::fmt::Write as _;
use std::sync::Arc;

use registry::feed::{DecreePart, FeedItem, OfficeChange, UnitsChange, UnitsNotice};
use registry::reading::{ReadReason, Reading};
use registry::unit::{Decree, Edition};
use registry::{CommitSeq, FeedSeq, NodeId, OfficeCode, RecordId};
use registry_store::{MemoryStore, SyncFault};
use serde_json::json;

const NOW: i64 = 1_795_100_000;

fn config() -> Config {
    Config {
        node: NodeId::new([0xCE; 16]),
        draw: Box::new(|| 1),
        sign: Box::new(|_| [7; 64]),
    }
}

fn decree(registrar: &Registrar, rows: &str) -> Decree {
    let file = format!("old_code,new_code,share,default,hamlets,name,kind,province\n{rows}");
    let day = "2026-11-01".parse::<Date>().unwrap();
    Decree::read(&file, day, &registrar.units().unwrap()).unwrap()
}

fn apply(registrar: &Registrar, rows: &str) -> Edition {
    let decree = decree(registrar, rows);
    let edition = registrar.apply_decree(NOW, &decree).unwrap();
    registrar.finish_decree(NOW, |_| {}).unwrap();
    edition
}

fn feed(registrar: &Registrar, code: u32) -> Vec<FeedItem> {
    let entries = registrar.feed(office(code), FeedSeq::new(0), 10_000, usize::MAX);
    let read = entries.unwrap().into_iter();
    read.map(|(_, entry)| FeedItem::decode(entry.kind, &entry.payload).unwrap())
        .collect()
}

fn notices(registrar: &Registrar, code: u32) -> Vec<UnitsNotice> {
    let items = feed(registrar, code).into_iter();
    items
        .filter_map(|item| match item {
            FeedItem::Units(notice) => Some(*notice),
            _ => None,
        })
        .collect()
}

/// The offices of P and Q, both known to the centre.
fn two_offices(world: &World) -> (Centre, Office, Office) {
    let centre = Centre::of(world);
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    centre.take(&mut p);
    centre.take(&mut q);
    (centre, p, q)
}

fn phone(world: &World, code: u32, number: &str) -> serde_json::Value {
    serde_json::json!({"act": "contact", "person": world.single(code), "phone": number})
}

/// Somebody from elsewhere lives here for a time.
fn lodger(pin: &str, name: &str, birth: &str) -> serde_json::Value {
    serde_json::json!({"act": "temporary_registration",
        "person": {"pin": pin, "name": name, "birth_date": birth},
        "address": "nhà trọ", "from": "2026-10-01", "to": "2027-05-31", "ground": "lao động",
        "evidence": [{"kind": "CT01"}]})
}

#[test]
fn an_office_that_is_merged_becomes_part_of_its_successor_and_its_dark_acts_are_taken_in() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    p.file(phone(&world, P, "0912345678"));
    q.file(phone(&world, Q, "0987654321"));
    let edition = apply(centre.registrar(), "00004,00008,whole,1,,,,\n");
    assert_eq!(edition, Edition::new(2));
    let registrar = centre.registrar();
    // The feed of P ends with the entry that names Q and the place to go on from.
    let last = feed(registrar, P).pop().unwrap();
    let FeedItem::Units(notice) = last else {
        panic!("the feed of P ends with another entry");
    };
    let Some(OfficeChange {
        commune,
        follow: Some(follow),
        renamed,
    }) = notice.office
    else {
        panic!("it does not say where to go on");
    };
    assert_eq!(commune, office(Q));
    // Both had an officer `lan`; she of Q keeps the name.
    let lan = |text: &str| text.parse::<registry::OfficerId>().unwrap();
    assert_eq!(renamed, [(lan("lan"), lan("lan.00004"))]);
    let known = registrar.officers(office(Q)).unwrap();
    let names: Vec<&str> = known.iter().map(|officer| officer.id.as_str()).collect();
    assert_eq!(names, ["lan", "lan.00004"]);
    // The node is known as one of Q, under the certificate of P too.
    assert_eq!(
        registrar.offices_of(office(P), &p.node()).unwrap(),
        [office(P), office(Q)]
    );
    assert_eq!(registrar.home(office(P), &p.node()).unwrap(), office(Q));
    // Nobody else is let in by that.
    let stranger = NodeId::new([0xAA; 16]);
    assert_eq!(
        registrar.offices_of(office(P), &stranger).unwrap(),
        [office(P)]
    );
    // Both come back with what they did in the dark; nothing is parked or returned.
    let ended = registrar.office(office(P)).unwrap().head;
    centre.take(&mut p);
    centre.take(&mut q);
    assert!(centre.returned().is_empty());
    assert!(centre.open_cases().is_empty());
    assert_eq!(registrar.office(office(P)).unwrap().head, ended);
    let entries = registrar
        .feed(office(Q), follow, 1_000, usize::MAX)
        .unwrap()
        .into_iter();
    let receipts = entries.filter(|(_, entry)| entry.kind == 1).count();
    assert_eq!(receipts, 2);
    for id in [world.single(P), world.single(Q), world.household()] {
        assert_eq!(centre.offices(&id.parse().unwrap()), [Q]);
    }
    // Who had a home in each is in one slice now.
    assert_eq!(centre.offices(&world.shared_id()), [Q]);
    assert_eq!(registrar.digest(office(P)).unwrap().count(), 0);
    centre.check_slices();
}

#[test]
fn a_divided_commune_gives_its_people_to_one_part_and_takes_its_dark_acts_in() {
    let world = World::new();
    let (centre, mut p, _) = two_offices(&world);
    // Of Ba Đình the greater part goes to Giảng Võ; the code goes on with the rest.
    p.file(phone(&world, P, "0912345678"));
    p.file(lodger("001189000006", "Phạm Thị Mẹ", "1989-01-01"));
    let rows = "00004,00004,part,0,Tổ 5,,,\n00004,00025,part,1,,,,\n";
    apply(centre.registrar(), rows);
    let single = world.single(P).parse().unwrap();
    assert_eq!(centre.offices(&single), [25]);
    centre.take(&mut p);
    assert!(centre.returned().is_empty());
    // Nothing is parked: P held it then. In which part the new home lies a person says.
    assert_eq!(centre.open_rows(), [(19, 2)]);
    // The home of which it told was written under the old code: it lies where the old homes lie.
    assert_eq!(centre.offices(&desk::id("mother")), [Q, 25]);
    let units = centre.registrar().units().unwrap();
    let acts = p.bodies();
    assert!(units.divided_meanwhile(&acts[0], units.edition()).is_none());
    let divided = units.divided_meanwhile(&acts[1], units.edition()).unwrap();
    assert_eq!((divided.code, divided.parts.len()), (office(P), 2));
    // In the new edition the code is that of the rest.
    p.learn(&units, CommitSeq::new(u64::MAX));
    p.file(lodger("001185000004", "Đỗ Thị Chuyển", "1985-07-07"));
    centre.take(&mut p);
    assert_eq!(centre.offices(&world.mover_id()), [P, 25]);
    centre.check_slices();
}

#[test]
fn who_went_with_the_wrong_part_of_a_divided_commune_goes_to_the_right_one_by_an_adjustment() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    // The file names no hamlets: all stay with the part whose code goes on.
    apply(
        centre.registrar(),
        "00004,00004,part,1,,,,\n00004,00008,part,0,,,,\n",
    );
    let single = world.single(P).parse().unwrap();
    assert_eq!(centre.offices(&single), [P]);
    let units = centre.registrar().units().unwrap();
    p.learn(&units, CommitSeq::new(u64::MAX));
    q.learn(&units, CommitSeq::new(u64::MAX));
    p.file(
        json!({"act": "residence_adjustment", "people": [{"person": single}], "unit": "00008",
        "ground": "Nghị quyết 1/NQ-HĐND"}),
    );
    centre.take(&mut p);
    assert!(centre.returned().is_empty());
    assert_eq!(centre.offices(&single), [Q]);
    assert!(centre.open_rows().is_empty());
    centre.check_slices();
    // The office that has them now may find that the first was right.
    q.take_over(single, centre.registrar());
    q.file(
        json!({"act": "residence_adjustment", "people": [{"person": single}], "unit": "00004",
        "ground": "Nghị quyết 1/NQ-HĐND"}),
    );
    centre.take(&mut q);
    assert!(centre.returned().is_empty());
    assert_eq!(centre.offices(&single), [P]);
    centre.check_slices();
}

#[test]
fn an_act_on_somebody_who_moved_away_is_parked_as_ever() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    q.file(serde_json::json!({"act": "permanent_registration",
        "people": [{"person": {"pin": "001190000002", "name": "Lê Thị Một",
            "birth_date": "1990-01-01"}, "relation": "head"}],
        "address": "Số 1", "from": "2026-10-10", "ground": "chủ sở hữu",
        "evidence": [{"kind": "CT01"}]}));
    centre.take(&mut q);
    p.file(phone(&world, P, "0912345678"));
    apply(centre.registrar(), "00004,00025,whole,1,,,,\n");
    centre.take(&mut p);
    assert_eq!(centre.open_rows(), [(29, 1)]);
}

#[test]
fn a_decree_goes_on_after_a_restart_and_acts_come_in_meanwhile() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    p.file(phone(&world, P, "0912345678"));
    q.file(phone(&world, Q, "0987654321"));
    let decree = decree(centre.registrar(), "00004,00008,whole,1,,,,\n");
    centre.registrar().apply_decree(NOW, &decree).unwrap();
    let again = centre.registrar().apply_decree(NOW, &decree);
    assert_eq!(again.unwrap_err().code(), "decree_underway");
    // In force, and no slice follows yet.
    centre.take(&mut p);
    let first = centre
        .registrar()
        .stage_decree_step(NOW)
        .unwrap()
        .unwrap()
        .0;
    assert_eq!(first.phase, "telling");
    centre.take(&mut q);
    let centre = centre.reopened();
    let progress = centre.registrar().decree_progress().unwrap().unwrap();
    assert_eq!(progress.phase, "telling");
    let mut phases = Vec::new();
    let done = centre
        .registrar()
        .finish_decree(NOW, |at| phases.push(at.phase));
    assert!(!done.unwrap().is_empty());
    assert_eq!(phases.last(), Some(&"done"));
    assert!(centre.registrar().stage_decree_step(NOW).unwrap().is_none());
    let again = centre.registrar().apply_decree(NOW, &decree);
    assert!(matches!(again, Err(DecreeFailure::Applied(_))));
    assert!(centre.returned().is_empty());
    assert!(centre.open_cases().is_empty());
    assert_eq!(centre.offices(&world.shared_id()), [Q]);
    centre.check_slices();
}

/// Papers for an act from before the decree: the successor's office adds them, by the device that
/// entered the act and by the other one.
#[test]
fn papers_are_added_to_acts_of_an_office_that_was_merged() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    let act = p.file(phone(&world, P, "0912345678"));
    centre.take(&mut p);
    apply(centre.registrar(), "00004,00008,whole,1,,,,\n");
    for (desk, number) in [(&mut p, "0912345679"), (&mut q, "0912345680")] {
        desk.file_and(phone(&world, P, number), |body| {
            body.kind = registry::act::ActKind::AddEvidence;
            body.refers = Some(registry::act::Refers::Act(act));
            body.changes.clear();
            let paper = serde_json::json!([{"kind": "CT01", "number": "7"}]);
            body.evidence = serde_json::from_value(paper).unwrap();
        });
        centre.take(desk);
    }
    assert_eq!(centre.returned(), [] as [String; 0]);
}

#[test]
fn nodes_of_one_office_hear_of_each_other() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    apply(centre.registrar(), "00004,00008,whole,1,,,,\n");
    let before = feed(centre.registrar(), Q).len();
    let act = q.file(phone(&world, Q, "0987654321"));
    centre.take(&mut q);
    let new: Vec<FeedItem> = feed(centre.registrar(), Q).split_off(before);
    assert!(
        new.iter()
            .any(|item| matches!(item, FeedItem::Act(it) if it.id() == act))
    );
    p.file(serde_json::json!({"act": "permanent_registration",
        "people": [{"person": {"id": world.single(P)}, "relation": "head"}],
        "address": "Số 9", "from": "2026-11-01", "ground": "chủ sở hữu",
        "evidence": [{"kind": "CT01"}]}));
    let before = feed(centre.registrar(), Q).len();
    centre.take(&mut p);
    // The household that one node made reaches the other whole.
    let new: Vec<FeedItem> = feed(centre.registrar(), Q).split_off(before);
    assert!(
        new.iter()
            .any(|item| matches!(item, FeedItem::Enters { .. }))
    );
}

#[test]
fn a_token_of_a_commune_that_is_dissolved_leads_to_its_successor() {
    let world = World::new();
    let centre = Centre::of(&world);
    let edition = apply(centre.registrar(), "00004,00008,whole,1,,,,\n");
    let registrar = centre.registrar();
    let node = NodeId::new([0x44; 16]);
    let joining = Joining {
        office: office(P),
        node,
        public_key: [1; 32],
        certificate_ends_s: NOW,
        token: [5; 16],
        officer: None,
    };
    registrar.join(NOW, &joining).unwrap();
    assert_eq!(registrar.home(office(P), &node).unwrap(), office(Q));
    assert!(registrar.node_state(office(P), &node).unwrap().is_some());
    let told = notices(registrar, P);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].office.as_ref().unwrap().commune, office(Q));
    // The first node of an office hears which edition is in force; the second reads it in the feed.
    let told = notices(registrar, Q);
    assert_eq!((told.len(), told[0].edition), (1, edition));
    assert!(told[0].office.is_none());
}

#[test]
fn a_token_of_a_commune_that_two_decrees_moved_leads_to_its_office() {
    const BETWEEN: u32 = 25;
    let world = World::new();
    // The first commune has devices, so its feed leads to the second, and that one on.
    let (centre, ..) = two_offices(&world);
    let registrar = centre.registrar();
    apply(registrar, "00004,00025,whole,1,,,,\n");
    apply(registrar, "00025,00008,whole,1,,,,\n");
    let node = NodeId::new([0x47; 16]);
    let joining = Joining {
        office: office(P),
        node,
        public_key: [1; 32],
        certificate_ends_s: NOW,
        token: [8; 16],
        officer: None,
    };
    registrar.join(NOW, &joining).unwrap();
    let way = [office(P), office(BETWEEN), office(Q)];
    assert_eq!(registrar.offices_of(office(P), &node).unwrap(), way);
    for known in way {
        assert_eq!(registrar.home(known, &node).unwrap(), office(Q));
    }
}

#[test]
fn who_joins_first_is_told_of_every_decree_whatever_came_to_the_feed_meanwhile() {
    // Where she lives who moves away.
    const HOME: u32 = 25;
    for again in [false, true] {
        let world = World::new();
        let centre = Centre::of(&world);
        let registrar = centre.registrar();
        let mut editions = vec![apply(
            registrar,
            "00004,00004,whole,1,,Ba Đình Mới,Phường,01\n",
        )];
        // Somebody moves away from a commune that has no device yet.
        let mut p = Office::new(&world, P);
        p.file(
            json!({"act": "permanent_registration", "address": "số 9", "from": "2026-11-01",
            "ground": "mua nhà", "evidence": [{"kind": "CT01"}],
            "people": [{"person": {"pin": "001185000004", "name": "Đỗ Thị Chuyển",
                "birth_date": "1985-07-07"}}]}),
        );
        centre.take(&mut p);
        assert!(!feed(registrar, HOME).is_empty());
        if again {
            editions.push(apply(registrar, "00004,00004,whole,1,,Ba Đình,Phường,01\n"));
        }
        let joining = Joining {
            office: office(HOME),
            node: NodeId::new([0x45; 16]),
            public_key: [1; 32],
            certificate_ends_s: NOW,
            token: [6; 16],
            officer: None,
        };
        registrar.join(NOW, &joining).unwrap();
        let told: Vec<Edition> = notices(registrar, HOME)
            .iter()
            .map(|it| it.edition)
            .collect();
        assert_eq!(told, editions, "{again}");
    }
}

/// Else its first device would take the slice that it has for that of after the decree.
#[test]
fn who_joins_while_a_decree_is_carried_out_hears_of_it_with_the_slice_and_not_before() {
    for (joins, heir) in [(Q, Q), (P, Q)] {
        let world = World::new();
        let (centre, mut p, _) = two_offices(&world);
        let registrar = centre.registrar();
        let decree = decree(registrar, "00004,00008,whole,1,,,,\n");
        let edition = registrar.apply_decree(NOW, &decree).unwrap();
        let node = NodeId::new([0x46; 16]);
        let joining = Joining {
            office: office(joins),
            node,
            public_key: [1; 32],
            certificate_ends_s: NOW,
            token: [7; 16],
            officer: None,
        };
        registrar.join(NOW, &joining).unwrap();
        assert_eq!(notices(registrar, joins), [], "{joins}");
        registrar.finish_decree(NOW, |_| {}).unwrap();
        let told = notices(registrar, joins);
        assert_eq!((told.len(), told[0].edition), (1, edition), "{joins}");
        // It makes the office fill its slice anew.
        assert_eq!(told[0].office.as_ref().unwrap().commune, office(heir));
        assert_eq!(registrar.home(office(joins), &node).unwrap(), office(heir));
        p.file(phone(&world, P, "0912345678"));
        centre.take(&mut p);
        assert_eq!(centre.returned(), [] as [String; 0]);
        centre.check_slices();
    }
}

#[test]
fn a_decree_that_only_names_anew_moves_nobody_and_fills_nobody() {
    let world = World::new();
    let (centre, ..) = two_offices(&world);
    let digest = centre.registrar().digest(office(P)).unwrap();
    apply(
        centre.registrar(),
        "00004,00004,whole,1,,Ba Đình Mới,Phường,01\n",
    );
    assert_eq!(centre.registrar().digest(office(P)).unwrap(), digest);
    for code in [P, Q] {
        let told = notices(centre.registrar(), code);
        assert_eq!(told.len(), 1);
        assert!(told[0].office.is_none());
    }
    let units = centre.registrar().units().unwrap();
    let name = units.commune(office(P)).unwrap().full_name();
    assert_eq!(name, "Phường Ba Đình Mới");
}

#[test]
fn the_plan_tells_what_is_touched_and_touches_nothing() {
    let world = World::new();
    let (centre, ..) = two_offices(&world);
    let registrar = centre.registrar();
    let heads = |code: OfficeCode| registrar.office(code).unwrap();
    let before = (
        heads(office(P)),
        heads(office(Q)),
        registrar.units().unwrap().edition(),
    );
    let decree = decree(
        registrar,
        "00004,00008,whole,1,,,,\n01273,01273,whole,1,,Tên Mới,Phường,04\n",
    );
    let plan = registrar.plan_decree(NOW, &decree).unwrap();
    assert_eq!((plan.merged, plan.divided, plan.renamed), (2, 0, 1));
    let touched: Vec<OfficeCode> = plan.offices.iter().map(|at| at.office).collect();
    assert_eq!(touched, [office(P), office(Q)]);
    assert_eq!(plan.offices[0].becomes, office(Q));
    assert_eq!(plan.offices[0].nodes.len(), 1);
    assert_eq!(plan.records, u64::from(heads(office(P)).digest.count()));
    let after = (
        heads(office(P)),
        heads(office(Q)),
        registrar.units().unwrap().edition(),
    );
    assert_eq!(after, before);
    let early = Decree {
        effective: "2030-01-01".parse().unwrap(),
        ..decree
    };
    assert_eq!(
        registrar.plan_decree(NOW, &early).unwrap_err().code(),
        "decree_early"
    );
}

#[test]
fn the_plan_counts_who_of_a_divided_commune_goes_where() {
    let world = World::new();
    let (centre, mut p, _) = two_offices(&world);
    let mut home = lodger("001189000006", "Phạm Thị Mẹ", "1989-01-01");
    home["address"] = "Số 3, Tổ 5".into();
    p.file(home);
    centre.take(&mut p);
    let registrar = centre.registrar();
    let count = |code: u32| registrar.digest(office(code)).unwrap().count();
    let (before, there) = (count(P), count(25));
    let rows = "00004,00004,part,0,Tổ 5,,,\n00004,00025,part,1,,,,\n";
    let decree = decree(registrar, rows);
    let mut plan = registrar.plan_decree(NOW, &decree).unwrap();
    assert_eq!(plan.offices[0].parts, None);
    registrar.plan_parts(NOW, &decree, &mut plan).unwrap();
    let parts = plan.offices[0].parts.clone().unwrap();
    assert_eq!(parts.to, [(office(P), 1), (office(25), before - 1)]);
    assert_eq!(parts.by_default, before - 1);
    // It comes as it was said.
    apply(registrar, rows);
    assert_eq!((count(P), count(25)), (1, there + before - 1));
    centre.check_slices();
}

#[test]
fn the_edition_with_which_a_registry_begins_is_set_while_it_is_empty() {
    let store = Arc::new(MemoryStore::new());
    let registrar = Registrar::open(store.clone(), config());
    registrar
        .begin_with(NOW, Edition::BEFORE_JULY_2025)
        .unwrap();
    let again = Registrar::open(store, config());
    assert_eq!(again.units().unwrap().communes().len(), 10_035);
    let centre = Centre::of(&World::new());
    let late = centre
        .registrar()
        .begin_with(NOW, Edition::BEFORE_JULY_2025);
    assert_eq!(late.unwrap_err().code(), "registry_begun");
    let unknown = again.begin_with(NOW, Edition::new(9));
    assert_eq!(unknown.unwrap_err().code(), "edition_unknown");
}

/// A decree whose table is larger than one entry: many hamlets tell its parts apart.
fn large(registrar: &Registrar) -> Decree {
    let units = registrar.units().unwrap();
    let mut rows = String::new();
    let codes = units.communes().map(|commune| commune.code);
    for code in codes.filter(|code| *code != office(Q)).take(40) {
        let hamlets: Vec<String> = (0..100)
            .map(|hamlet| format!("{hamlet} {}", "ố".repeat(90)))
            .collect();
        let hamlets = hamlets.join(";");
        writeln!(
            rows,
            "{code},{code},part,1,,,,\n{code},00008,part,0,{hamlets},,,"
        )
        .unwrap();
    }
    decree(registrar, &rows)
}

#[test]
fn a_decree_larger_than_an_entry_goes_before_its_notice_in_parts() {
    let world = World::new();
    let (centre, _, _) = two_offices(&world);
    let registrar = centre.registrar();
    let decree = large(registrar);
    registrar.apply_decree(NOW, &decree).unwrap();
    registrar.finish_decree(NOW, |_| {}).unwrap();
    for code in [P, Q] {
        let items = feed(registrar, code).into_iter();
        let parts: Vec<DecreePart> = items
            .filter_map(|item| match item {
                FeedItem::DecreePart(part) => Some(*part),
                _ => None,
            })
            .collect();
        let notice = notices(registrar, code).pop().unwrap();
        let UnitsChange::InParts(parted) = notice.change else {
            panic!("told whole");
        };
        assert!(parts.len() > 1);
        assert_eq!(parts.len(), usize::from(parted.parts));
        let whole = parted.whole(&parts).unwrap().decree().unwrap();
        assert_eq!(whole.rows, decree.rows);
    }
}

#[test]
fn births_that_a_dissolved_office_registered_are_its_successor_s() {
    let world = World::new();
    let (centre, mut p, mut q) = two_offices(&world);
    p.file(desk::birth(
        "Trần Minh An",
        world.father_pin(),
        world.mother_pin(),
        "A-1",
        1,
    ));
    q.file(desk::birth(
        "Trần Minh Anh",
        world.father_pin(),
        world.mother_pin(),
        "A-1",
        2,
    ));
    centre.take(&mut p);
    centre.take(&mut q);
    let registrar = centre.registrar();
    let births = |code: u32| {
        let row = registrar
            .survey(office(code), NOW, &|| true)
            .unwrap()
            .unwrap();
        row.vital.births.registered.by_month.values().sum::<u64>()
    };
    assert_eq!((births(P), births(Q)), (1, 1));
    apply(registrar, "00004,00008,whole,1,,,,\n");
    // What comes from the dark afterwards is the successor's as well.
    p.file(desk::birth(
        "Trần Minh Út",
        world.father_pin(),
        world.mother_pin(),
        "A-9",
        3,
    ));
    centre.take(&mut p);
    assert_eq!((births(P), births(Q)), (0, 3));
}

#[test]
fn a_decree_that_a_full_disk_did_not_confirm_is_in_force_and_is_carried_out() {
    let store = Arc::new(MemoryStore::new());
    let registrar = Registrar::open(store.clone(), config());
    let decree = decree(&registrar, "00004,00008,whole,1,,,,\n");
    store.fail_next_sync(SyncFault::DiskFull);
    let refused = registrar.apply_decree(NOW, &decree).unwrap_err();
    assert_eq!(refused.code(), "disk_full");
    // What follows it is worked out by it, as after a restart.
    assert_eq!(registrar.units().unwrap().edition(), Edition::new(2));
    let again = registrar.apply_decree(NOW, &decree).unwrap_err();
    assert_eq!(again.code(), "decree_underway");
    registrar.finish_decree(NOW, |_| {}).unwrap();
    store.crash();
    let progress = Registrar::open(store, config()).decree_progress();
    assert_eq!(progress.unwrap().unwrap().phase, "done");
}

/// A reading that was told under the name of before, and whose answer was lost, is told again
/// under the new one.
#[test]
fn readings_from_before_a_decree_are_kept_once_and_found_at_the_successor() {
    let world = World::new();
    let (centre, p, q) = two_offices(&world);
    let registrar = centre.registrar();
    let reading = |place: u64, at_s: i64| Reading {
        place,
        mark: [u8::try_from(place).unwrap(); 16],
        at_s,
        officer: "lan".parse().unwrap(),
        record: RecordId::new([9; 16]),
        reason: ReadReason::Counter,
    };
    let told = [reading(1, NOW), reading(2, NOW + 20)];
    registrar
        .stage_readings(NOW, (office(P), p.node()), &told)
        .unwrap();
    let of_q = [reading(3, NOW + 10), reading(4, NOW + 30)];
    registrar
        .stage_readings(NOW, (office(Q), q.node()), &of_q)
        .unwrap();
    apply(registrar, "00004,00008,whole,1,,,,\n");
    let again = [reading(2, NOW + 20), reading(5, NOW + 40)];
    registrar
        .stage_readings(NOW + 60, (office(P), p.node()), &again)
        .unwrap();
    let mut places = Vec::new();
    let mut after = None;
    // Whichever name is asked for, page by page.
    for asked in [P, Q, P] {
        let wanted = ReadingsWanted {
            office: office(asked),
            officer: None,
            since_s: 0,
            after,
            limit: 2,
        };
        let page = registrar.readings(&wanted).unwrap();
        places.extend(page.rows.iter().map(|found| found.row.place));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(places, [1, 3, 2, 4, 5]);
}
