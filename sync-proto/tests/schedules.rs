//! Any schedule of deliveries, cuts, second connections and work: what was made arrives once and
//! in order, nothing is acknowledged before it is durable (asserted by the world at every step),
//! and once the faults stop both sides become equal within a bounded number of steps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::string_slice, missing_docs)]

mod world;

use proptest::prelude::*;
use sync_proto::*;
use world::*;

/// One thing that happens; the number picks a class, a connection or a record.
#[derive(Debug, Clone, Copy)]
enum Step {
    ToCentral(usize),
    ToNode(usize),
    NodeTask,
    CentralTask,
    GhostFrame(usize),
    GhostTask,
    ConfirmNode,
    ConfirmCentral,
    Act(u8),
    Scan(u8),
    Change(u8),
    Round,
    /// A change whose news the sessions hear later.
    UntoldChange(u8),
    News,
    Wait,
    Cut,
    Connect,
    SpoilRecord(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0_usize..CLASSES).prop_map(Step::ToCentral),
        8 => (0_usize..CLASSES).prop_map(Step::ToNode),
        8 => Just(Step::NodeTask),
        8 => Just(Step::CentralTask),
        2 => (0_usize..CLASSES).prop_map(Step::GhostFrame),
        2 => Just(Step::GhostTask),
        2 => Just(Step::ConfirmNode),
        2 => Just(Step::ConfirmCentral),
        4 => any::<u8>().prop_map(Step::Act),
        2 => any::<u8>().prop_map(Step::Scan),
        3 => any::<u8>().prop_map(Step::Change),
        6 => Just(Step::Round),
        2 => any::<u8>().prop_map(Step::UntoldChange),
        2 => Just(Step::News),
        2 => Just(Step::Wait),
        1 => Just(Step::Cut),
        2 => Just(Step::Connect),
        1 => any::<u8>().prop_map(Step::SpoilRecord),
    ];
    prop::collection::vec(step, 0..250)
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Act(about) => world.act(about, "an act of a clerk"),
        Step::Scan(about) => {
            let content = scan(10 + usize::from(about) * 900, about);
            world.act_with_scan(about, &content);
        }
        Step::Change(about) => world.change(about, about.wrapping_mul(7)),
        Step::UntoldChange(about) => world.centre.set(record(about), [about ^ 1; 32]),
        Step::News => world.grew(),
        Step::Cut => world.cut(),
        Step::Connect if world.lines.len() < 4 => world.connect(),
        Step::SpoilRecord(which) => {
            // A fault on the disk: the record is gone and nobody was told.
            world.office.slice.remove(&record(which));
        }
        _ if world.lines.is_empty() => {}
        Step::ToCentral(class) => drop(world.deliver_to_central(world.lines.len() - 1, class)),
        Step::ToNode(class) => drop(world.deliver_to_node(class)),
        Step::NodeTask => drop(world.node_task()),
        Step::CentralTask => drop(world.central_task(world.lines.len() - 1)),
        Step::GhostFrame(class) => drop(world.deliver_to_central(0, class)),
        Step::GhostTask => drop(world.central_task(0)),
        Step::ConfirmNode => world.node_input(NodeInput::Confirmed),
        Step::ConfirmCentral => {
            world.central_input(world.lines.len() - 1, CentralInput::Confirmed);
        }
        Step::Round => world.round(),
        Step::Wait => world.wait(),
        Step::Connect => {}
    }
}

/// All faults stop: one connection, everything delivered.
fn heal(world: &mut World) {
    world.cut();
    world.office.told.clear();
    world.link();
    for _ in 0..4 {
        world.wait();
        assert!(world.settle(), "work that never ends");
    }
    let endings = (&world.lines[0].node_ended, &world.lines[0].central_ended);
    assert_eq!(endings, (&None, &None), "an honest session ended");
    assert!(world.in_step(), "never in step");
    world.assert_equal();
    let (office, centre) = (&world.office.papers, &world.centre.papers);
    assert_eq!(office.whole, centre.whole, "attachments");
    assert!(office.waiting.is_empty() && centre.parts.is_empty());
}

/// Errors by which an honest pair may lose a connection in the middle of a schedule.
fn is_harmless(ending: &Ending) -> bool {
    ["no_answer", "displaced", "stale_epoch"].contains(&ending.code.as_str())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_schedule_ends_equal(steps in steps(), dictionary in any::<bool>()) {
        let mut world = World::new();
        world.centre.codec = codec(dictionary);
        for step in steps {
            take(&mut world, step);
            for line in &world.lines {
                for ending in line.node_ended.iter().chain(&line.central_ended) {
                    prop_assert!(is_harmless(ending), "{:?}", ending);
                }
            }
        }
        heal(&mut world);
    }

    #[test]
    fn a_fill_under_any_schedule_ends_equal(steps in steps(), records in 0_u8..60) {
        let mut world = World::new();
        for n in 0..records {
            world.change(n, 1);
        }
        world.office.fill = Some(FillState::default());
        for step in steps {
            // Acts made before the fill would have receipts that the feed no longer tells.
            if !matches!(step, Step::Act(_) | Step::Scan(_)) {
                take(&mut world, step);
            }
        }
        heal(&mut world);
    }
}
