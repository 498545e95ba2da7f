//! A dossier (hồ sơ) on its way: received → supplement asked → accepted or refused → decided. Its
//! states, the steps between them, and who may take each, as one table; and by when its result is
//! due. Pure: what happened, and when, is told.
//!
//! The dossier of an act is not kept but follows from the act's outcome (`node/src/office`).

use serde::{Deserialize, Serialize};

use crate::act::{ActBody, ActKind};
use crate::date::Date;

/// Where a dossier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierState {
    /// It is in, and nobody has found anything missing yet.
    Received,
    /// Something is missing, and the office was asked for it.
    SupplementAsked,
    /// It is complete and under way: the result is not final yet.
    Accepted,
    /// It went back, with the reason.
    Refused,
    /// The result is final.
    Decided,
    /// The office took it back.
    Withdrawn,
}

impl DossierState {
    /// Its name in JSON and on the command line.
    pub const fn key(self) -> &'static str {
        match self {
            DossierState::Received => "received",
            DossierState::SupplementAsked => "supplement_asked",
            DossierState::Accepted => "accepted",
            DossierState::Refused => "refused",
            DossierState::Decided => "decided",
            DossierState::Withdrawn => "withdrawn",
        }
    }

    /// Whether no step leads on from here.
    pub const fn is_closed(self) -> bool {
        matches!(
            self,
            DossierState::Refused | DossierState::Decided | DossierState::Withdrawn
        )
    }
}

/// What can be done with a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierStep {
    /// Ask for what is missing.
    AskSupplement,
    /// Hand in what was asked for.
    Supplement,
    /// Find it complete.
    Accept,
    /// Send it back, with the reason.
    Refuse,
    /// Make the result final.
    Decide,
    /// Take it back.
    Withdraw,
}

impl DossierStep {
    /// Its name in JSON and on the command line.
    pub const fn key(self) -> &'static str {
        match self {
            DossierStep::AskSupplement => "ask_supplement",
            DossierStep::Supplement => "supplement",
            DossierStep::Accept => "accept",
            DossierStep::Refuse => "refuse",
            DossierStep::Decide => "decide",
            DossierStep::Withdraw => "withdraw",
        }
    }
}

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// An officer of the office where the dossier lies.
    Office,
    /// The central registry.
    Centre,
}

/// A step that the table permits: from where, what, to where, by whom.
type Permitted = (DossierState, DossierStep, DossierState, &'static [Hand]);

/// Every permitted step. What is not here is not permitted.
pub const STEPS: &[Permitted] = {
    use DossierState::{Accepted, Decided, Received, Refused, SupplementAsked, Withdrawn};
    use DossierStep::{Accept, AskSupplement, Decide, Refuse, Supplement, Withdraw};
    const OFFICE: &[Hand] = &[Hand::Office];
    const CENTRE: &[Hand] = &[Hand::Centre];
    const BOTH: &[Hand] = &[Hand::Office, Hand::Centre];
    &[
        (Received, AskSupplement, SupplementAsked, BOTH),
        (Received, Accept, Accepted, BOTH),
        (Received, Refuse, Refused, BOTH),
        (Received, Withdraw, Withdrawn, OFFICE),
        (SupplementAsked, Supplement, Received, BOTH),
        (SupplementAsked, Refuse, Refused, BOTH),
        (SupplementAsked, Withdraw, Withdrawn, OFFICE),
        (Accepted, AskSupplement, SupplementAsked, CENTRE),
        (Accepted, Refuse, Refused, CENTRE),
        (Accepted, Decide, Decided, CENTRE),
        (Accepted, Withdraw, Withdrawn, OFFICE),
    ]
};

/// A step that is not permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// No such step from here.
    #[error("a dossier that is {} does not allow this step; look at where it stands now", .state.key())]
    NoSuchStep {
        /// Where it stands.
        state: DossierState,
    },
    /// The step is another's.
    #[error("this step is not yours to take; the other side takes it")]
    NotYourStep,
}

impl DossierError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            DossierError::NoSuchStep { .. } => "dossier_no_such_step",
            DossierError::NotYourStep => "dossier_step_of_other",
        }
    }
}

/// A dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The procedure, which has the deadline.
    pub kind: ActKind,
    /// Whether something has to be checked elsewhere first, for which the law may give more time.
    pub checks: bool,
    /// Where it stands.
    pub state: DossierState,
    /// Since when its term runs, seconds since 1970: since it came in, or since what was missing
    /// was handed in.
    pub since_s: i64,
}

impl Dossier {
    /// The dossier of an act, as it came in.
    pub fn of(body: &ActBody) -> Dossier {
        Dossier {
            checks: body.needs_checks(),
            ..Dossier::received(body.kind, body.entered.at_s)
        }
    }

    /// A dossier that has just come in, with nothing to check elsewhere.
    pub const fn received(kind: ActKind, at_s: i64) -> Dossier {
        Dossier {
            kind,
            checks: false,
            state: DossierState::Received,
            since_s: at_s,
        }
    }

    /// The dossier after a step.
    pub fn take(self, step: DossierStep, hand: Hand, at_s: i64) -> Result<Dossier, DossierError> {
        let (_, _, to, hands) = STEPS
            .iter()
            .find(|(from, permitted, _, _)| *from == self.state && *permitted == step)
            .ok_or(DossierError::NoSuchStep { state: self.state })?;
        if !hands.contains(&hand) {
            return Err(DossierError::NotYourStep);
        }
        Ok(Dossier {
            state: *to,
            // What waits for a supplement waits for the citizen: the term begins again after it.
            since_s: if step == DossierStep::Supplement {
                at_s
            } else {
                self.since_s
            },
            ..self
        })
    }

    /// By when the result is due; none once there is one, while a supplement is awaited, and
    /// where no rule says.
    pub fn due(&self) -> Option<Date> {
        match self.state {
            DossierState::Received | DossierState::Accepted => {
                let deadline = self.kind.rule().deadline?;
                Some(deadline.due(self.since_s, self.checks))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORNING: i64 = 1_795_053_600; // Thursday 19 November 2026, nine o'clock in Viet Nam
    const DAY: i64 = 86_400;

    #[test]
    fn a_dossier_goes_from_received_to_decided_and_its_term_begins_anew_after_a_supplement() {
        use DossierStep::{Accept, AskSupplement, Decide, Supplement};
        let due = |text: &str| Some(text.parse().unwrap());
        let mut dossier = Dossier::received(ActKind::PermanentRegistration, MORNING);
        assert_eq!(dossier.due(), due("2026-11-30"));
        for (step, hand, state, expected) in [
            (
                AskSupplement,
                Hand::Office,
                DossierState::SupplementAsked,
                None,
            ),
            (
                Supplement,
                Hand::Office,
                DossierState::Received,
                due("2026-12-01"),
            ),
            (
                Accept,
                Hand::Centre,
                DossierState::Accepted,
                due("2026-12-01"),
            ),
            (Decide, Hand::Centre, DossierState::Decided, None),
        ] {
            dossier = dossier.take(step, hand, MORNING + DAY).unwrap();
            assert_eq!((dossier.state, dossier.due()), (state, expected));
        }
    }

    #[test]
    fn what_the_table_does_not_permit_is_refused_in_words() {
        let received = Dossier::received(ActKind::Birth, MORNING);
        let error = received
            .take(DossierStep::Decide, Hand::Centre, MORNING)
            .unwrap_err();
        assert_eq!(error.code(), "dossier_no_such_step");
        assert!(error.to_string().contains("received"));
        let accepted = received
            .take(DossierStep::Accept, Hand::Office, MORNING)
            .unwrap();
        let error = accepted
            .take(DossierStep::Decide, Hand::Office, MORNING)
            .unwrap_err();
        assert_eq!(error.code(), "dossier_step_of_other");
        assert!(
            accepted
                .take(DossierStep::Decide, Hand::Centre, MORNING)
                .is_ok()
        );
    }

    #[test]
    fn a_closed_dossier_allows_no_step_and_every_other_one_leads_on() {
        for (from, _, _, hands) in STEPS {
            assert!(!from.is_closed() && !hands.is_empty());
        }
        for (_, _, to, _) in STEPS {
            let leads_on = STEPS.iter().any(|(from, _, _, _)| from == to);
            assert_eq!(leads_on, !to.is_closed(), "{}", to.key());
        }
    }
}
