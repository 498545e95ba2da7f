//! Applications that the centre answers: what the office sees of them, which wait, and which it can
//! still take back.

use registry::act::{Act, ActKind, Evidence, Refers};
use registry::application::ApplicationAnswer;
use registry::attachment::Attachment;
use registry::dossier::{DossierState as D, DossierStep};
use registry::edit::Edit;
use registry::feed::{ActOutcome, FeedItem};
use registry::fields::EntryId;
use registry::procedure::Filing;
use registry::schema::Field;
use registry::value::Value;
use registry::{ActId, Incarnation};
use serde_json::json;

use super::world::*;
use crate::office::{ActView, FieldView};

/// An e-ID account of level 1: due within a day.
fn eid() -> Filing {
    let filing = json!({"act": "eid_level_1", "person": record_id(1), "phone": "0912345678"});
    serde_json::from_value(filing).unwrap()
}

fn withdraw(of: ActId) -> Filing {
    serde_json::from_value(json!({"act": "withdraw", "of": of, "reason": "không cần nữa"})).unwrap()
}

/// The centre's answer, the `place`-th.
fn answer(of: ActId, place: u16, steps: &[DossierStep], words: &str) -> Act {
    let answer = ApplicationAnswer {
        of: EntryId::Act(of),
        place,
        steps: steps.to_vec(),
        words: line(words),
        at_s: NOW_S + 60,
    };
    let value = Value::ApplicationAnswer(Box::new(answer));
    let edits = vec![Edit::Add(Field::ApplicationAnswers, value)];
    let mut act = foreign_act(1, record_id(1), edits);
    // The bases of these acts are all the beginning, where one author acts once.
    act.author.incarnation = Incarnation::new(place.into());
    act.body.kind = ActKind::ApplicationAnswered;
    act.office = None;
    act
}

fn view(world: &World, act: ActId) -> ActView {
    world.office.act_view(&act).unwrap().unwrap()
}

fn open(world: &World) -> Vec<ActId> {
    let open = world.office.open_applications(None, 10).unwrap();
    open.iter().map(|view| view.act).collect()
}

/// What the person's page shows of the application.
fn on_the_page(world: &World) -> Vec<D> {
    let view = world.office.person_view(&record_id(1), NOW_S).unwrap();
    let fields = view.unwrap().fields;
    let Some(FieldView::Entries(entries)) = fields.get(Field::Applications.key()) else {
        return Vec::new();
    };
    let states = entries.iter().filter_map(|entry| match &entry.value {
        Value::Application(application) => Some(application.state),
        _ => None,
    });
    states.collect()
}

#[test]
fn an_application_is_followed_from_its_receipt_to_its_result_and_after_a_restart() {
    use DossierStep::{Accept, AskSupplement, Decide, Supplement};
    let mut world = World::filled();
    let filed = world.file(&eid());
    assert_eq!(view(&world, filed.act).dossier, D::Received);
    assert_eq!(open(&world), [], "nobody answers what nobody has");
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    let taken = view(&world, filed.act);
    assert_eq!(
        (taken.dossier, taken.answer.as_deref()),
        (D::Received, None)
    );
    assert!(taken.due.is_some());
    assert_eq!(open(&world), [filed.act]);
    let told: [(&[DossierStep], &str, D, bool); 4] = [
        (&[AskSupplement], "ảnh mờ", D::SupplementAsked, true),
        (&[Supplement], "", D::Received, true),
        (&[Accept], "", D::Accepted, true),
        (&[Decide], "", D::Decided, false),
    ];
    for (place, (steps, words, state, waits)) in (1..).zip(told) {
        let answered = answer(filed.act, place, steps, words);
        assert!(world.feed(&[FeedItem::Act(answered)]).trouble.is_none());
        for restarted in [false, true] {
            if restarted {
                world.crash();
            }
            let seen = view(&world, filed.act);
            assert_eq!(seen.dossier, state);
            assert_eq!(seen.answer.unwrap_or_default(), words);
            assert_eq!(
                seen.due.is_some(),
                matches!(state, D::Received | D::Accepted)
            );
            assert_eq!(open(&world).contains(&filed.act), waits);
            assert_eq!(on_the_page(&world), [state]);
        }
    }
    world.check();
}

#[test]
fn what_is_missing_is_listed_first() {
    let mut world = World::filled();
    let first = world.file(&eid());
    world.answer(first.number.get(), &[ActOutcome::Accepted]);
    let filing = json!({"act": "eid_level_2", "person": record_id(1), "phone": "0912345678"});
    let second = world.file(&serde_json::from_value(filing).unwrap());
    world.answer(second.number.get(), &[ActOutcome::Accepted]);
    assert_eq!(
        open(&world),
        [first.act, second.act],
        "that of a day before that of three"
    );
    let asked = answer(second.act, 1, &[DossierStep::AskSupplement], "thiếu giấy");
    world.feed(&[FeedItem::Act(asked)]);
    assert_eq!(open(&world), [second.act, first.act]);
    let of = |officer: &str| {
        let officer = officer.parse().unwrap();
        let open = world.office.open_applications(Some(&officer), 10);
        open.unwrap().len()
    };
    assert_eq!((of(clerk().id.as_str()), of("nobody")), (2, 0));
}

#[test]
fn an_application_can_be_taken_back_until_it_has_a_result() {
    for (steps, state) in [
        (None, None),
        (Some(DossierStep::Accept), None),
        (Some(DossierStep::Refuse), Some("input_invalid")),
    ] {
        let mut world = World::filled();
        let filed = world.file(&eid());
        world.answer(filed.number.get(), &[ActOutcome::Accepted]);
        if let Some(step) = steps {
            let answered = answer(filed.act, 1, &[step], "không đúng người");
            world.feed(&[FeedItem::Act(answered)]);
        }
        match state {
            Some(code) => {
                let refused = world.office.file_act(&withdraw(filed.act), &clerk(), NOW_S);
                assert_eq!(refused.unwrap_err().code(), code);
            }
            None => {
                let withdrawn = world.file(&withdraw(filed.act));
                world.answer(withdrawn.number.get(), &[ActOutcome::Accepted]);
                assert_eq!(view(&world, filed.act).dossier, D::Withdrawn);
                assert_eq!((open(&world), on_the_page(&world)), (vec![], vec![]));
            }
        }
        world.check();
    }
}

#[test]
fn papers_answer_the_question_that_the_office_has_heard_of() {
    let mut world = World::filled();
    let filed = world.file(&eid());
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    let papers = json!({"act": "add_evidence", "of": filed.act, "evidence": [{"kind": "ảnh"}]});
    let papers: Filing = serde_json::from_value(papers).unwrap();
    let refers = |world: &World, act: ActId| world.office.own_act(&act).unwrap().unwrap().1.refers;
    let unasked = world.file(&papers);
    assert_eq!(refers(&world, unasked.act), Some(Refers::Act(filed.act)));
    let asked = answer(filed.act, 1, &[DossierStep::AskSupplement], "ảnh mờ");
    world.feed(&[FeedItem::Act(asked)]);
    let handed_in = world.file(&papers);
    let of = filed.act;
    assert_eq!(
        refers(&world, handed_in.act),
        Some(Refers::Asked { of, place: 1 })
    );
    assert_eq!(view(&world, filed.act).papers.len(), 2);
}

#[test]
fn an_application_of_somebody_who_has_moved_away_is_not_told_as_decided() {
    let mut world = World::filled();
    let filed = world.file(&eid());
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    let leaves = FeedItem::Leaves {
        id: record_id(1),
        to: Vec::new(),
        reason: registry::feed::SliceReason::Moved,
    };
    world.feed(&[leaves]);
    assert_eq!(view(&world, filed.act).dossier, D::Received);
}

#[test]
fn scans_that_must_stay_do_not_keep_what_stands_behind_them_from_going() {
    const LATER_S: i64 = NOW_S + 30 * 86_400;
    let mut world = World::filled();
    let mut scans: Vec<_> = (1..=4)
        .map(|salt| {
            let mut scan = b"\xff\xd8\xff\xe0".to_vec();
            scan.resize(9_000, salt);
            world.office.folder().put(&scan).unwrap()
        })
        .collect();
    scans.sort_by_key(Attachment::hash);
    let (named, fetched) = scans.split_at(2);
    let mut filing = eid();
    filing.evidence.push(Evidence {
        kind: line("tờ khai"),
        number: line(""),
        date: None,
        attachments: named.to_vec(),
    });
    for scan in named {
        let noted = world.office.note_attached(*scan, &clerk().id, NOW_S);
        noted.unwrap();
    }
    let filed = world.file(&filing);
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    for scan in named {
        let held = sync_proto::AttachmentOutcome::Held;
        let settled = world.office.note_attachment_settled(scan, held, NOW_S);
        settled.unwrap();
    }
    for scan in fetched {
        let noted = world.office.note_attachment_fetched(*scan, NOW_S);
        noted.unwrap();
    }
    let tidied = |world: &World| world.office.tidy_some(LATER_S, 2).unwrap();
    assert_eq!(tidied(&world), 0, "the first two wait for the last answer");
    assert_eq!(tidied(&world), 2);
    let steps = [DossierStep::Accept, DossierStep::Decide];
    let decided = answer(filed.act, 1, &steps, "");
    world.feed(&[FeedItem::Act(decided)]);
    // At the end it begins again with the first.
    assert_eq!(tidied(&world), 0);
    assert_eq!(tidied(&world), 2);
    assert_eq!(tidied(&world), 0);
}

#[test]
fn the_scans_of_an_application_stay_until_it_has_its_last_answer() {
    const DAY_S: i64 = 86_400;
    let mut world = World::filled();
    let mut scan = b"\xff\xd8\xff\xe0".to_vec();
    scan.resize(9_000, 1);
    let attachment = world.office.folder().put(&scan).unwrap();
    let noted = world.office.note_attached(attachment, &clerk().id, NOW_S);
    noted.unwrap();
    let mut filing = eid();
    filing.evidence.push(Evidence {
        kind: line("tờ khai"),
        number: line(""),
        date: None,
        attachments: vec![attachment],
    });
    let filed = world.file(&filing);
    world.answer(filed.number.get(), &[ActOutcome::Accepted]);
    let held = sync_proto::AttachmentOutcome::Held;
    let settled = world
        .office
        .note_attachment_settled(&attachment, held, NOW_S);
    settled.unwrap();
    let is_here_after = |world: &World, days: i64| {
        for _ in 0..2 {
            let tidied = world.office.tidy_attachments(NOW_S + days * DAY_S);
            tidied.unwrap();
        }
        world.office.folder().holds(&attachment.hash())
    };
    assert!(is_here_after(&world, 30));
    // One that is never answered here, since its person has moved away, is not waited for.
    assert!(is_here_after(&world, 179));
    let steps = [DossierStep::Accept, DossierStep::Decide];
    let decided = answer(filed.act, 1, &steps, "");
    world.feed(&[FeedItem::Act(decided)]);
    assert!(is_here_after(&world, 6));
    assert!(!is_here_after(&world, 8));
}
