//! The dossier of an act: it is kept nowhere, but follows from the act's outcome and from what the
//! act's case asks. What a dossier is, and its deadline, is [`registry::dossier`].

use registry::CaseId;
use registry::case::CaseState;
use registry::dossier::{Dossier, DossierStep, Hand};

use super::{ActState, Office, OfficeError};

impl Office {
    /// The dossier of an act that came in as `received` and stands so.
    pub(super) fn dossier(
        &self,
        received: Dossier,
        state: ActState,
        case: Option<CaseId>,
    ) -> Result<Dossier, OfficeError> {
        let asked = match (state, case) {
            (ActState::Disputed, Some(case)) => self.is_asked(&case)?,
            _ => false,
        };
        let mut dossier = received;
        for (step, hand) in steps(state, asked) {
            // The steps are ones of the table, as a test says: none is refused.
            dossier = dossier
                .take(*step, *hand, received.since_s)
                .unwrap_or(dossier);
        }
        Ok(dossier)
    }

    /// Whether a case asks this office for evidence.
    fn is_asked(&self, id: &CaseId) -> Result<bool, OfficeError> {
        let Some(notice) = self.rows.case(id)? else {
            return Ok(false);
        };
        let case = notice.case;
        if matches!(case.state, CaseState::WentUp { .. }) {
            // Its id is made from this one's matter, a generation higher: this ends.
            return self.is_asked(&case.next_id());
        }
        let office = self.live().meta.office;
        Ok(case.is_open() && case.open_question(office).is_some())
    }
}

/// The steps that an outcome means.
const fn steps(state: ActState, asked: bool) -> &'static [(DossierStep, Hand)] {
    use DossierStep::{Accept, AskSupplement, Decide, Refuse, Withdraw};
    match (state, asked) {
        // A proposal, and what the centre cannot read, wait for somebody to look: nobody has
        // found anything wrong with them.
        (
            ActState::Provisional | ActState::Waiting | ActState::Parked | ActState::Quarantined,
            _,
        ) => &[],
        (ActState::Disputed, true) => &[(Accept, Hand::Centre), (AskSupplement, Hand::Centre)],
        (ActState::Disputed, false) => &[(Accept, Hand::Centre)],
        (ActState::Final | ActState::SetAside, _) => {
            &[(Accept, Hand::Centre), (Decide, Hand::Centre)]
        }
        (ActState::Returned, _) => &[(Refuse, Hand::Centre)],
        (ActState::Withdrawn, _) => &[(Accept, Hand::Centre), (Withdraw, Hand::Office)],
    }
}

#[cfg(test)]
mod tests {
    use registry::act::ActKind;
    use registry::dossier::DossierState as D;

    use super::*;

    #[test]
    fn every_outcome_is_a_way_through_the_table_of_steps() {
        for (state, asked, expected, has_term) in [
            (ActState::Provisional, false, D::Received, true),
            (ActState::Waiting, false, D::Received, true),
            (ActState::Parked, false, D::Received, true),
            (ActState::Quarantined, false, D::Received, true),
            (ActState::Disputed, false, D::Accepted, true),
            (ActState::Disputed, true, D::SupplementAsked, false),
            (ActState::Final, false, D::Decided, false),
            // There is a result: the decision of the case.
            (ActState::SetAside, false, D::Decided, false),
            (ActState::Returned, false, D::Refused, false),
            (ActState::Withdrawn, false, D::Withdrawn, false),
        ] {
            let mut dossier = Dossier::received(ActKind::Birth, 0);
            for (step, hand) in steps(state, asked) {
                dossier = dossier.take(*step, *hand, 0).unwrap();
            }
            assert_eq!(dossier.state, expected, "{state:?}");
            assert_eq!(dossier.due().is_some(), has_term, "{state:?}");
        }
    }
}
