//! What any officer adds to what is filed already: papers to an own act or to a case, and the answer
//! to a reviewer's question.

use registry::ActId;
use registry::application::applications;
use registry::case::{Case, CaseNotice};
use registry::dossier::DossierState;
use registry::fields::EntryId;
use registry::procedure::Slice;
use serde_json::{Value, json};

use super::Desk;
use crate::dice::Dice;

/// Papers for an application for which the centre asks, for some own act, or for a case.
pub(super) fn papers(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let evidence = json!([{"kind": "bản sao", "number": format!("{}/2026", dice.below(40))}]);
    let wanting = desk.applications_wanting();
    if dice.percent(60) && !wanting.is_empty() {
        let of = dice.pick(&wanting)?;
        return Some(json!({"act": "add_evidence", "of": of, "evidence": evidence}));
    }
    if dice.percent(60) {
        let of = dice.pick(desk.own_acts)?;
        return Some(json!({"act": "add_evidence", "of": of, "evidence": evidence}));
    }
    let cases = desk.open_cases(|_| true);
    let case = dice.pick(&cases)?.number;
    Some(json!({"act": "add_evidence", "case": case, "evidence": evidence}))
}

/// What a reviewer asked, or else the word that the office agrees with the other side.
pub(super) fn answer(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let asked = desk.open_cases(|case| case.open_question(desk.office.code()).is_some());
    if let Some(case) = dice.pick(&asked) {
        return Some(json!({"act": "answer_case", "case": case.number,
            "answer": "đã đối chiếu với sổ gốc", "evidence": [{"kind": "trang sổ"}]}));
    }
    let own = desk.open_cases(|case| {
        let mut acts = case.dispute.claims.iter().filter_map(|claim| claim.act);
        acts.any(|act| desk.office.own_act(&act).is_some())
    });
    let case = dice.pick(&own)?.number;
    Some(json!({"act": "answer_case", "case": case, "agrees": true}))
}

impl Desk<'_> {
    /// The office's own applications of which the centre finds something missing.
    fn applications_wanting(&self) -> Vec<ActId> {
        let acts = self.own_acts.iter().filter_map(|act| act.parse().ok());
        acts.filter(|act| self.wants_supplement(*act)).collect()
    }

    fn wants_supplement(&self, act: ActId) -> bool {
        let entry = EntryId::Act(act);
        let own = self.office.own_act(&act).map(|(act, _)| act);
        own.filter(|act| act.body.kind.applies())
            .is_some_and(|act| {
                act.records().any(|(_, id)| {
                    self.office.record(&id).is_some_and(|held| {
                        let mut all = applications(held.fields());
                        all.any(|(of, application)| {
                            let standing = application.standing(entry, held.fields(), 0);
                            of == entry && standing.dossier.state == DossierState::SupplementAsked
                        })
                    })
                })
            })
    }

    /// The open cases that the office was told of and of which this is so.
    fn open_cases(&self, fits: impl Fn(&Case) -> bool) -> Vec<Case> {
        let known: Vec<CaseNotice> = self.office.cases().unwrap_or_default();
        let cases = known.into_iter().map(|notice| notice.case);
        cases.filter(|case| case.is_open() && fits(case)).collect()
    }
}
