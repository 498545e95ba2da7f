//! What people at the centre do: reviewers decide cases, ask offices and answer applications,
//! operators change numbers and record changes of nationality. What was said is told of when the
//! disk has confirmed it.

use central_registry::registrar::{
    ApplicationOf, ApplicationWord, CardIssued, Grew, NationalityWord, NumberOf, Registrar,
};
use registry::case::{Case, Jurisdiction, Outcome, Reviewer};
use registry::code::NationalityGround;
use registry::date::Date;
use registry::dispute::Matter;
use registry::value::Line as Words;
use registry::{OfficerId, RecordId};
use registry_store::Store;

use super::World;
use crate::check::Failure;
use crate::dice::Dice;
use crate::plan::Operation;

/// Reviewers: harm 5 needs two.
const REVIEWERS: [&str; 2] = ["an.reviewer", "binh.reviewer"];
/// People of whom operators mostly hear, those whom every clerk meets.
const HOT: usize = 5;
/// Grounds of changes of nationality, and all that somebody has from then on.
const NATIONALITIES: [(NationalityGround, &str); 6] = [
    (NationalityGround::Renounced, "DE"),
    (NationalityGround::Renounced, ""),
    (NationalityGround::Regained, "VN"),
    (NationalityGround::Gained, "LA,VN"),
    (NationalityGround::Foreign, "VN,US"),
    (NationalityGround::Foreign, "LA"),
];

impl World {
    /// A reviewer looks at the cases and decides one, now and then on what was there before.
    pub(super) fn decide(&mut self, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "reviewer", 0);
        let Some((case, reviewer)) = self.case_and_reviewer(&mut dice) else {
            return Ok(());
        };
        let claims = case.dispute.claims.len().max(1);
        let claim = u8::try_from(dice.index(claims)).unwrap_or(0);
        let outcome = match case.dispute.matter {
            Matter::SamePerson => match dice.below(3) {
                0 => Outcome::NotAConflict,
                1 => Outcome::Combine(claim),
                _ => Outcome::Keep(claim),
            },
            Matter::Life if dice.percent(30) => Outcome::NotAConflict,
            _ => Outcome::Keep(claim),
        };
        let seen = case.version.saturating_sub(u32::from(dice.percent(10)));
        self.word(&case, &reviewer, outcome, seen)
    }

    /// An open case, and who looks at it.
    fn case_and_reviewer(&self, dice: &mut Dice) -> Option<(Case, Reviewer)> {
        let registrar = self.centre.registrar.clone()?;
        let cases = registrar.cases(100, Case::is_open).unwrap_or_default();
        let case = dice.pick(&cases)?.clone();
        let id = dice.pick(&REVIEWERS)?.parse().ok()?;
        let jurisdiction = Jurisdiction::National;
        Some((case, Reviewer { id, jurisdiction }))
    }

    fn word(
        &mut self,
        case: &Case,
        reviewer: &Reviewer,
        outcome: Outcome,
        seen: u32,
    ) -> Result<(), Failure> {
        let Some(registrar) = self.centre.registrar.clone() else {
            return Ok(());
        };
        let reason = Words::parse("after both papers were seen").unwrap_or_default();
        let (number, at_s) = (case.number, self.wall_s());
        match registrar.stage_decision(at_s, number, reviewer, outcome, reason, seen) {
            Ok(decided) => {
                let stands = registrar.sync().is_ok();
                self.tally.decisions += u64::from(stands);
                self.trace
                    .note(|| format!("case {number}: {}", decided.step));
                self.said(&registrar, stands, decided.grew)
            }
            Err(error) => {
                self.trace
                    .note(|| format!("not decided: {} ({error})", error.code()));
                Ok(())
            }
        }
    }

    /// Somebody at the centre does what is not deciding a case.
    pub(super) fn operate(&mut self, operation: Operation, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "operator", 0);
        let (Some(registrar), Ok(by)) = (self.centre.registrar.clone(), "an.operator".parse())
        else {
            return Ok(());
        };
        match operation {
            Operation::AskOffice => self.ask_office(&registrar, &mut dice),
            Operation::ChangeNumber => self.change_number(&registrar, &by, &mut dice),
            Operation::ChangeNationality => self.change_nationality(&registrar, &by, &mut dice),
            Operation::AnswerApplication => self.answer_application(&registrar, &by, &mut dice),
        }
    }

    /// A reviewer asks an office whose act makes a claim, now and then some other one.
    fn ask_office(&mut self, registrar: &Registrar, dice: &mut Dice) -> Result<(), Failure> {
        let Some((case, reviewer)) = self.case_and_reviewer(dice) else {
            return Ok(());
        };
        let notice = registrar.case(case.number).ok().flatten();
        let parties = notice.map(|notice| notice.parties).unwrap_or_default();
        let parties: Vec<_> = parties.iter().filter_map(|party| party.office).collect();
        let others: Vec<_> = self.devices.iter().map(|at| at.home).collect();
        let among = if dice.percent(80) { &parties } else { &others };
        let Some(office) = dice.pick(among).copied() else {
            return Ok(());
        };
        let office = self.ledger.law.office(office);
        let question = Words::parse("sổ gốc ghi thế nào?").unwrap_or_default();
        let outcome = Outcome::AskOffice { office, question };
        self.word(&case, &reviewer, outcome, case.version)
    }

    fn change_number(
        &mut self,
        registrar: &Registrar,
        by: &OfficerId,
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let Some(id) = self.whom(dice) else {
            return Ok(());
        };
        let reason = Words::parse("năm sinh đã được cải chính").unwrap_or_default();
        let of = NumberOf::Record(id);
        let changed = match registrar.stage_number_change(self.wall_s(), of, by, &reason) {
            Ok(changed) => changed,
            Err(error) => {
                self.trace.note(|| format!("no number: {}", error.code()));
                return Ok(());
            }
        };
        let stands = registrar.sync().is_ok();
        let said = &mut self.ledger.said;
        said.number_changed(id, (changed.old, changed.new), stands);
        self.said(registrar, stands, changed.grew)
    }

    fn change_nationality(
        &mut self,
        registrar: &Registrar,
        by: &OfficerId,
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let at_s = self.wall_s();
        let (Some(id), Some((ground, now))) = (self.whom(dice), dice.pick(&NATIONALITIES)) else {
            return Ok(());
        };
        let now = now.split(',').filter(|code| !code.is_empty());
        let word = NationalityWord {
            ground: *ground,
            now: now.filter_map(|code| code.parse().ok()).collect(),
            paper: Words::parse("1204/QĐ-CTN").unwrap_or_default(),
            date: Date::in_viet_nam(at_s).into(),
        };
        let staged = registrar.stage_nationality(at_s, NumberOf::Record(id), by, &word);
        let changed = match staged {
            Ok(changed) => changed,
            Err(error) => {
                self.trace
                    .note(|| format!("no nationality: {}", error.code()));
                return Ok(());
            }
        };
        let stands = registrar.sync().is_ok();
        let said = &mut self.ledger.said;
        said.nationality_changed(id, changed.now, stands);
        self.said(registrar, stands, changed.grew)
    }

    /// A reviewer answers an application that waits, whatever stands against it.
    fn answer_application(
        &mut self,
        registrar: &Registrar,
        by: &OfficerId,
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let waiting = registrar.applications(50, |_, _| true).unwrap_or_default();
        let Some((record, application)) = dice.pick(&waiting) else {
            return Ok(());
        };
        let words = Words::parse("thiếu ảnh chân dung").unwrap_or_default();
        let word = match dice.below(10) {
            0..3 => ApplicationWord::Ask(words),
            3..5 => ApplicationWord::Accept,
            5 => ApplicationWord::Refuse(words),
            _ => ApplicationWord::Decide(CardIssued::default()),
        };
        let of = ApplicationOf::of(*record, application.entry);
        let by = (by, Jurisdiction::National);
        match registrar.stage_answer(self.wall_s(), of, by, &word) {
            Ok(answered) => {
                let stands = registrar.sync().is_ok();
                self.trace
                    .note(|| format!("application {of}: {}", answered.dossier.state.key()));
                self.said(registrar, stands, answered.grew)
            }
            Err(error) => {
                self.trace
                    .note(|| format!("application {of} not answered: {}", error.code()));
                Ok(())
            }
        }
    }

    /// Somebody whom clerks are busy with.
    fn whom(&self, dice: &mut Dice) -> Option<RecordId> {
        let mut ids: Vec<RecordId> = self.people.people.iter().map(|one| one.id).collect();
        if dice.percent(65) {
            ids.truncate(HOT);
        } else {
            ids.extend(self.devices.iter().flat_map(|at| &at.made));
        }
        dice.pick(&ids).copied()
    }

    /// What was said at the centre is told of if the disk has confirmed it; else it stands as soon
    /// as a later sync succeeds.
    fn said(&mut self, registrar: &Registrar, stands: bool, grew: Grew) -> Result<(), Failure> {
        if stands {
            self.publish(registrar, &grew)?;
            return crate::check::centre(self);
        }
        self.trace
            .note(|| "said, and the disk did not confirm it".to_owned());
        self.owe(grew);
        if self.disk_of(None).health().poisoned {
            return self.centre_starts_anew();
        }
        Ok(())
    }

    fn wall_s(&self) -> i64 {
        i64::try_from(self.wall_ms() / 1000).unwrap_or(0)
    }
}
