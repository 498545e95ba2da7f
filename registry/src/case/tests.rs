//! Words on a case, without records: how it goes up, and what it is about there.

use super::{
    Appeal, Case, CaseError, CaseState, Decision, Effect, Jurisdiction, Outcome, Reviewer, Step,
    case_id,
};
use crate::dispute::{Claim, Dispute, Matter};
use crate::value::Line;
use crate::{ActId, OfficeCode, RecordId};

fn claim(number: u8) -> Claim {
    Claim {
        act: Some(ActId::new([number; 16])),
        record: None,
        value: None,
    }
}

fn case(matter: Matter, harm: u8) -> Case {
    let records = vec![RecordId::new([1; 16])];
    Case {
        id: case_id(&matter, &records, 0),
        number: 7,
        generation: 0,
        dispute: Dispute {
            row: 6,
            matter,
            records,
            claims: vec![claim(1), claim(2)],
            agreed: None,
            slots: Vec::new(),
            harm,
        },
        owner: Jurisdiction::over(OfficeCode::new(4), crate::unit::Units::built_in()),
        opened_s: 0,
        due: "2026-11-21".parse().unwrap(),
        state: CaseState::Open,
        version: 1,
        questions: Vec::new(),
        answers: Vec::new(),
        appeal: None,
    }
}

fn say(case: &mut Case, who: &str, outcome: Outcome, seen: u32) -> Result<Step, CaseError> {
    let reviewer = Reviewer {
        id: who.parse().unwrap(),
        jurisdiction: Jurisdiction::National,
    };
    let decision = Decision {
        reviewer: reviewer.id.clone(),
        outcome,
        reason: Line::parse("seen").unwrap(),
        at_s: 0,
    };
    let step = case.decide(&reviewer, decision, seen)?;
    if let Step::Settled(decision, second) = &step {
        case.state = CaseState::Decided {
            decision: decision.clone(),
            second: second.clone(),
            act: Some(ActId::new([9; 16])),
        };
    }
    Ok(step)
}

fn above(below: &Case, step: Step) -> Case {
    let Step::Escalated(up) = step else {
        panic!("not escalated: {step:?}");
    };
    let (dispute, appeal): (Dispute, Appeal) = *up;
    Case {
        id: below.next_id(),
        number: below.number + 1,
        generation: below.generation + 1,
        dispute,
        state: CaseState::Open,
        version: 1,
        appeal: Some(Box::new(appeal)),
        ..below.clone()
    }
}

#[test]
fn what_goes_up_keeps_its_matter_and_claims_and_tells_what_is_in_force() {
    for matter in [
        Matter::Life,
        Matter::SamePerson,
        Matter::Marriage,
        Matter::Parked(ActId::new([1; 16])),
        Matter::Residence(crate::schema::Field::Permanent),
        Matter::Field(crate::schema::Field::Name),
    ] {
        let mut below = case(matter, 5);
        say(&mut below, "one", Outcome::Keep(0), 1).unwrap();
        let mut decided = below.clone();
        // Half decided: nothing is in force.
        let step = say(&mut below, "two", Outcome::Keep(1), 2).unwrap();
        let up = above(&below, step);
        assert_eq!(
            (up.dispute.matter, &up.dispute.claims),
            (matter, &below.dispute.claims)
        );
        assert_eq!(up.appeal.as_ref().unwrap().effect, None);
        assert!(!up.upholds(&Outcome::Keep(0)));
        // Decided: the act of it is.
        say(&mut decided, "two", Outcome::Keep(0), 2).unwrap();
        let step = say(&mut decided, "three", Outcome::Keep(1), 2).unwrap();
        let up = above(&decided, step);
        let effect = Effect {
            outcome: Outcome::Keep(0),
            acts: vec![ActId::new([9; 16])],
        };
        assert_eq!(up.overturned(&Outcome::Keep(1)), Some(&effect));
        assert!(up.upholds(&Outcome::Keep(0)));
    }
}

#[test]
fn all_who_spoke_below_leave_it_to_others_but_may_ask() {
    let mut below = case(Matter::Life, 5);
    say(&mut below, "one", Outcome::Keep(0), 1).unwrap();
    say(&mut below, "two", Outcome::Keep(0), 2).unwrap();
    let step = say(&mut below, "three", Outcome::NotAConflict, 1).unwrap();
    let mut up = above(&below, step);
    for who in ["one", "two", "three"] {
        let again = say(&mut up, who, Outcome::Keep(0), 1);
        assert_eq!(again, Err(CaseError::DecidedBelow));
    }
    let asks = Outcome::AskOffice {
        office: OfficeCode::new(4).unwrap(),
        question: Line::parse("Which paper?").unwrap(),
    };
    assert_eq!(say(&mut up, "one", asks, 1), Ok(Step::Asked));
    assert_eq!(
        say(&mut up, "four", Outcome::Keep(0), 2),
        Ok(Step::NeedsSecond)
    );
}

#[test]
fn a_case_that_went_up_names_the_one_to_decide() {
    let mut below = case(Matter::Life, 5);
    below.state = CaseState::WentUp { to: 8 };
    let again = say(&mut below, "four", Outcome::Keep(0), 1);
    assert_eq!(again, Err(CaseError::WentUp { to: 8 }));
    assert!(!below.is_open());
}

#[test]
fn proposals_alone_are_declined_and_never_called_no_conflict() {
    let act = ActId::new([1; 16]);
    for (matter, declined) in [(Matter::Parked(act), true), (Matter::Life, false)] {
        let ways = [
            (Outcome::Decline, declined),
            (Outcome::NotAConflict, !declined),
        ];
        for (outcome, fits) in ways {
            let word = say(&mut case(matter, 3), "one", outcome, 1);
            assert_eq!(word.is_ok(), fits, "{matter:?}");
        }
    }
}

#[test]
fn claims_that_come_later_join_those_that_a_decision_in_force_hides() {
    let mut below = case(Matter::Life, 3);
    say(&mut below, "one", Outcome::Keep(0), 1).unwrap();
    let step = say(&mut below, "two", Outcome::Keep(1), 1).unwrap();
    let up = above(&below, step);
    let found = Dispute {
        claims: vec![claim(9), claim(3)],
        ..below.dispute.clone()
    };
    let now = up.met_again(found);
    assert_eq!(now.claims, [claim(1), claim(2), claim(3)]);
    assert_eq!(now.row, 28);
}

#[test]
fn an_act_that_makes_a_claim_is_disputed_then_set_aside_or_holds() {
    use super::{CaseNotice, ClaimStands as C};
    let stands = |case: &Case| {
        let notice = CaseNotice {
            case: case.clone(),
            parties: Vec::new(),
        };
        notice
            .claimants()
            .into_iter()
            .map(|(_, stands)| stands)
            .collect::<Vec<_>>()
    };
    let mut homes = case(Matter::Residence(crate::schema::Field::Permanent), 4);
    assert_eq!(stands(&homes), [C::Disputed, C::Disputed]);
    say(&mut homes, "one", Outcome::Keep(1), 1).unwrap();
    assert_eq!(stands(&homes), [C::SetAside, C::Holds]);
    // Somebody wants it undone, and it is undone.
    let CaseState::Decided { decision, .. } = homes.state.clone() else {
        panic!("decided");
    };
    let ruling = Box::new(super::Ruling {
        decision: decision.clone(),
        second: None,
        act: None,
    });
    homes.state = CaseState::Reversing {
        ruling: ruling.clone(),
        word: decision.clone(),
    };
    assert_eq!(stands(&homes), [C::SetAside, C::Holds]);
    homes.state = CaseState::Reversed {
        ruling,
        word: decision,
        second: None,
        act: None,
        next: Some(8),
    };
    assert_eq!(stands(&homes), [C::Holds, C::Holds]);
    // Neither value holds, and the registration of one of two records.
    let name = |text: &str| crate::value::Value::Text(Line::parse(text).unwrap());
    let mut field = case(Matter::Field(crate::schema::Field::LocalFile), 2);
    field.dispute.claims[0].value = Some(name("one"));
    field.dispute.claims[1].value = Some(name("two"));
    say(&mut field, "one", Outcome::Enter(name("two")), 1).unwrap();
    assert_eq!(stands(&field), [C::SetAside, C::Holds]);
    let mut pair = case(Matter::SamePerson, 4);
    for (claim, record) in pair.dispute.claims.iter_mut().zip(1..) {
        claim.record = Some(RecordId::new([record; 16]));
    }
    say(&mut pair, "one", Outcome::Combine(0), 1).unwrap();
    assert_eq!(stands(&pair), [C::Holds, C::SetAside]);
    let mut both = case(Matter::SamePerson, 4);
    say(&mut both, "one", Outcome::NotAConflict, 1).unwrap();
    assert_eq!(stands(&both), [C::Holds, C::Holds]);
    // A proposal has taken no effect: its answer tells how it stands.
    assert_eq!(stands(&case(Matter::Parked(ActId::new([1; 16])), 3)), []);
}

#[test]
fn a_notice_of_a_stay_that_loses_against_a_death_is_kept() {
    use super::{CaseNotice, ClaimStands as C, Party};
    let mut life = case(Matter::Life, 4);
    life.dispute.claims[0].value = Some(crate::value::Value::Text(Line::default()));
    say(&mut life, "one", Outcome::Keep(0), 1).unwrap();
    let party = |kind| Party {
        act: Some(ActId::new([2; 16])),
        kind: Some(kind),
        office: None,
        officer: None,
        effective: None,
        entered_s: None,
        clock_error_s: None,
        evidence: Vec::new(),
    };
    for (kind, stands) in [
        (crate::act::ActKind::StayNotification, C::Holds),
        (crate::act::ActKind::Contact, C::SetAside),
    ] {
        let notice = CaseNotice {
            case: life.clone(),
            parties: vec![party(kind)],
        };
        assert_eq!(notice.claimants()[1].1, stands);
    }
}

#[test]
fn the_known_error_of_a_device_s_clock_is_told_in_words() {
    use super::Party;
    let party = |office, clock_error_s| Party {
        act: Some(ActId::new([2; 16])),
        kind: None,
        office,
        officer: None,
        effective: None,
        entered_s: Some(0),
        clock_error_s,
        evidence: Vec::new(),
    };
    let office = OfficeCode::new(4);
    for (error_s, vi, en) in [
        (None, "chưa biết", "not known"),
        (Some(0), "dưới 1 phút", "within a minute"),
        (Some(59), "dưới 1 phút", "within a minute"),
        (Some(60), "khoảng 1 phút", "about 1 min"),
        (Some(7_199), "khoảng 119 phút", "about 119 min"),
        (Some(3 * 3_600), "khoảng 3 giờ", "about 3 h"),
        (Some(90 * 86_400), "khoảng 90 ngày", "about 90 days"),
    ] {
        let said = party(office, error_s).clock().unwrap();
        assert!(said.vi.contains(vi), "{error_s:?}: {}", said.vi);
        assert!(said.en.contains(en), "{error_s:?}: {}", said.en);
    }
    // The centre's own acts, and what came with the register, are of no device.
    assert_eq!(party(None, None).clock(), None);
}
