//! Acts that wait for a person's word before they take effect, beside those on a record that has
//! left its office: made by an officer whose account was closed (row 30), and dated in the future
//! (row 31). Such an act is a proposal; nothing of it is lost, and nothing of it counts.

use crate::act::{ActBody, Target};
use crate::date::{Date, PartialDate};
use crate::edit::Edit;
use crate::value::Value;
use crate::{CommitSeq, RecordId};

/// By how many days a date may lie ahead: Viet Nam's day begins before the one of UTC, and a clock
/// that is wrong by hours is nobody's fault.
const AHEAD_DAYS: i32 = 1;

/// When an officer's account was closed at the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Closing {
    /// The commit that closed it: an office that has heard of it knows.
    pub commit: CommitSeq,
    /// Central's time, seconds since 1970.
    pub at_s: i64,
}

impl Closing {
    /// Whether an act was certainly made after it: its office had heard of the closing, or its
    /// clock, at the worst of its known error, was past it. All others may have been lawful when
    /// they were made, and a person decides.
    pub fn came_before(&self, body: &ActBody) -> bool {
        let at_least_s = body
            .entered
            .at_s
            .saturating_sub(i64::from(body.entered.error_s));
        body.horizon >= self.commit || at_least_s > self.at_s
    }
}

/// Whether an act has a date that cannot lie in the future and does, by the centre's day. The day
/// of entry by a wrong clock is no such date as long as it only says when the act was entered; in
/// a value it would stand in the register.
pub fn dated_ahead(body: &ActBody, today: Date) -> bool {
    let entered: PartialDate = Date::in_viet_nam(body.entered.at_s).into();
    let limit = today.add_days(AHEAD_DAYS).unwrap_or(today);
    let ahead = |date: PartialDate| date.first_day() > limit;
    let value_ahead = |value: &Value| past_dates(value).into_iter().flatten().any(ahead);
    (body.effective != entered && ahead(body.effective))
        || body.changes.iter().any(|change| {
            let made = match &change.target {
                Target::New { fields, .. } => fields.iter().any(|(_, value)| value_ahead(value)),
                _ => false,
            };
            let edited = change.edits.iter().any(|edit| match edit {
                Edit::Put(_, value) | Edit::Add(_, value) | Edit::Amend(_, _, Some(value)) => {
                    value_ahead(value)
                }
                Edit::CloseOpen { to, .. } => ahead(*to),
                _ => false,
            });
            made || edited
        })
}

/// The dates of a value that lie in the past by their nature. The end of what is granted, or of an
/// absence that is declared, lies ahead and is none of them.
fn past_dates(value: &Value) -> [Option<PartialDate>; 2] {
    match value {
        Value::Birth(birth) => [birth.date(), None],
        Value::Death(death) => [Some(death.date), None],
        Value::Marriage(marriage) => [Some(marriage.date), marriage.ended],
        Value::Residence(residence) => [Some(residence.from), residence.to],
        Value::Membership(membership) => [Some(membership.since), None],
        Value::Card(card) => [Some(card.issued), None],
        Value::Application(application) => [Some(application.prepared), None],
        Value::Stay(stay) => [Some(stay.from), None],
        Value::Confirmation(paper) => [Some(paper.issued), None],
        _ => [None, None],
    }
}

/// The record by which a proposal is found: the first that it changes or makes.
pub fn record_of(act: &crate::act::Act) -> Option<RecordId> {
    act.records().map(|(_, id)| id).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{ActKind, Entered};

    fn body(at_s: i64, error_s: u32, horizon: u64) -> ActBody {
        ActBody {
            kind: ActKind::Contact,
            officer: "lan".parse().unwrap(),
            effective: "2026-11-01".parse().unwrap(),
            entered: Entered { at_s, error_s },
            horizon: CommitSeq::new(horizon),
            evidence: Vec::new(),
            note: crate::value::Line::default(),
            refers: None,
            changes: Vec::new(),
        }
    }

    #[test]
    fn an_act_is_certainly_later_by_what_was_heard_or_by_a_clock_within_its_error() {
        let closing = Closing {
            commit: CommitSeq::new(7),
            at_s: 1_000,
        };
        for (at_s, error_s, horizon, certain) in [
            (900, 0, 0, false),
            (1_000, 0, 6, false),
            (1_001, 0, 0, true),
            (1_001, 5, 0, false),
            // A clock that was never compared tells nothing.
            (9_000_000, u32::MAX, 0, false),
            (900, 0, 7, true),
        ] {
            let made = body(at_s, error_s, horizon);
            assert_eq!(
                closing.came_before(&made),
                certain,
                "{at_s} {error_s} {horizon}"
            );
        }
    }

    #[test]
    fn only_dates_that_must_be_past_lie_ahead() {
        let day = |text: &str| text.parse::<PartialDate>().unwrap();
        let today = day("2026-11-21").first_day();
        let mut act = body(0, 0, 0);
        for (effective, ahead) in [("2026-11-22", false), ("2026-11-23", true), ("2027", true)] {
            act.effective = day(effective);
            assert_eq!(dated_ahead(&act, today), ahead, "{effective}");
        }
        // A clock that is two years ahead, and an act that counts from the day of entry.
        act.entered.at_s = 1_858_383_959;
        act.effective = day("2028-11-21");
        assert!(!dated_ahead(&act, today));
        act.effective = day("2028-11-20");
        assert!(dated_ahead(&act, today));
        act.effective = day("2026-11-01");
        let residence = |from: &str, until: Option<&str>| {
            Value::Residence(crate::value::Residence {
                unit: crate::OfficeCode::new(4).unwrap(),
                address: crate::value::Line::default(),
                from: day(from),
                until: until.map(day),
                to: None,
                ground: crate::value::Line::default(),
            })
        };
        let stay = |from: &str| {
            Value::Stay(crate::value::Stay {
                from: day(from),
                to: day(from),
                place: crate::value::Place::default(),
            })
        };
        for (value, ahead) in [
            (residence("2026-11-01", Some("2028-10-31")), false),
            (residence("2027-01-01", None), true),
            (stay("2026-11-21"), false),
            (stay("2027-06-01"), true),
        ] {
            act.changes = vec![crate::act::RecordChange {
                target: Target::Held {
                    id: RecordId::new([1; 16]),
                    base: crate::act::Base::Genesis,
                },
                edits: vec![Edit::Add(crate::schema::Field::Temporary, value)],
            }];
            assert_eq!(dated_ahead(&act, today), ahead);
        }
    }
}
