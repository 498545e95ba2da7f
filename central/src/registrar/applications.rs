//! Applications for a card, a child's number or an e-ID account: which wait, one of them whole, and
//! the answer of a reviewer: ask for what is missing, accept, refuse, decide.

use std::fmt;
use std::str::FromStr;

use registry::act::ActError;
use registry::application::{ANSWERS_MAX, Application, ApplicationAnswer};
use registry::case::Jurisdiction;
use registry::code::{Country, Request, card_expires};
use registry::date::{Date, PartialDate};
use registry::dispute::{Matter, Standing};
use registry::dossier::{Dossier, DossierError, DossierStep, Hand};
use registry::edit::Edit;
use registry::fields::{EntryId, Fields};
use registry::person::Person;
use registry::schema::Field;
use registry::value::{Card, Value};
use registry::{ActId, OfficerId};

use super::*;
use crate::applications::{self, OpenApplication};

/// Who issues cards, if nobody else is named.
const ISSUER: &str = "Bộ Công an";

/// Which application: by the act that an office prepared it with, or by record and entry if it came
/// with a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationOf {
    /// By its act.
    Act(ActId),
    /// By its place on a record.
    Entry(RecordId, EntryId),
}

impl ApplicationOf {
    /// How the application that is this entry of a record is named.
    pub const fn of(record: RecordId, entry: EntryId) -> ApplicationOf {
        match entry {
            EntryId::Act(act) => ApplicationOf::Act(act),
            EntryId::Genesis(_) => ApplicationOf::Entry(record, entry),
        }
    }
}

impl fmt::Display for ApplicationOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApplicationOf::Act(act) => write!(f, "{act}"),
            ApplicationOf::Entry(record, entry) => write!(f, "{record}:{entry}"),
        }
    }
}

impl FromStr for ApplicationOf {
    type Err = registry::IdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((record, entry)) => Ok(ApplicationOf::Entry(record.parse()?, entry.parse()?)),
            None => text.parse().map(ApplicationOf::Act),
        }
    }
}

/// What a reviewer says of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationWord {
    /// Something is missing: what.
    Ask(Line),
    /// What was missing has come another way than by papers of the office.
    HandedIn,
    /// It is complete.
    Accept,
    /// It is refused: why.
    Refuse(Line),
    /// It is granted; of a card, what stands on it.
    Decide(CardIssued),
}

/// What stands on a card that was issued; what is left out follows from the person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardIssued {
    /// The day of issue; today if left out.
    pub issued: Option<Date>,
    /// Who issued it; the Ministry of Public Security if left out.
    pub place: Option<Line>,
    /// The last day; by the person's age if left out.
    pub expires: Option<Date>,
}

/// An application as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationStands {
    /// Which.
    pub of: ApplicationOf,
    /// Whose.
    pub record: RecordId,
    /// The commune whose office prepared it.
    pub office: OfficeCode,
    /// The application.
    pub application: Application,
    /// Where it stands.
    pub dossier: Dossier,
    /// What is missing, or why it was refused.
    pub words: Option<Line>,
    /// What the record says now that is another than what the application rests on.
    pub outdated: Vec<Field>,
    /// The act that answered it; `None` if it was only looked at.
    pub act: Option<ActId>,
    /// The card that was, or would be, issued.
    pub card: Option<Card>,
    /// The feeds that grew.
    pub grew: Grew,
}

/// Why an application is not answered.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// There is none.
    #[error("there is no such application; it may have been taken back: look at the list")]
    Unknown,
    /// Of another province.
    #[error("this application is answered by the reviewers of its province, or of the nation")]
    NotYours,
    /// No words.
    #[error(
        "say in words what is missing, or why it is refused: the office and the person read it"
    )]
    NoWords,
    /// Not from where it stands.
    #[error(transparent)]
    Step(#[from] DossierError),
    /// The number does it.
    #[error(
        "a request for a number is decided by the number, which the centre gives by itself once no case asks who the child is"
    )]
    ByNumber,
    /// Dead or revoked.
    #[error(
        "the person is dead, missing, or the registration was revoked: refuse the application with the reason"
    )]
    NotLiving,
    /// No citizen.
    #[error(
        "the person is no citizen of Viet Nam by the record: refuse the application with the reason"
    )]
    NoCitizen,
    /// A card stands.
    #[error(
        "another card was issued since this application was prepared: refuse it, one card is enough"
    )]
    CardStands,
    /// In dispute.
    #[error(
        "a case is open about who the person is or about what the application rests on: decide the case first"
    )]
    InDispute,
    /// Outdated.
    #[error(
        "the record says something else now than the application: refuse it, or ask the office for what is missing; the office prepares it anew"
    )]
    Outdated,
    /// The day of issue has not come, or lies before the application.
    #[error(
        "the card is issued today or before, and not before the application was prepared: look at the day of issue"
    )]
    Issued,
    /// The card would end before it begins.
    #[error("the last day of the card comes after the day of issue: look at both")]
    Expires,
    /// Too often.
    #[error("this application was answered so often that it takes no more: refuse it")]
    TooMany,
    /// The record does not take it.
    #[error("the application cannot be answered: {0}")]
    Act(#[from] ActError),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl ApplicationError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ApplicationError::Unknown => "application_unknown",
            ApplicationError::NotYours => "application_not_yours",
            ApplicationError::NoWords => "application_without_words",
            ApplicationError::Step(error) => error.code(),
            ApplicationError::ByNumber => "application_by_number",
            ApplicationError::NotLiving => "application_of_nobody",
            ApplicationError::NoCitizen => "application_of_no_citizen",
            ApplicationError::CardStands => "application_card_stands",
            ApplicationError::InDispute => "application_in_dispute",
            ApplicationError::Outdated => "application_outdated",
            ApplicationError::Issued | ApplicationError::Expires => "card_dates_wrong",
            ApplicationError::TooMany => "application_answers_too_many",
            ApplicationError::Act(error) => error.code(),
            ApplicationError::Store(error) => error.code(),
        }
    }
}

impl From<ActFailure> for ApplicationError {
    fn from(failure: ActFailure) -> Self {
        match failure {
            ActFailure::Act(error) => ApplicationError::Act(error),
            ActFailure::Store(error) => ApplicationError::Store(error),
        }
    }
}

impl Registrar {
    /// The applications without a result that `wanted` picks, the longest waiting first, with who
    /// answers them.
    pub fn applications(
        &self,
        limit: usize,
        wanted: impl Fn(&OpenApplication, Jurisdiction) -> bool,
    ) -> Result<Vec<(RecordId, OpenApplication)>, UnitError> {
        let unit = Unit::look(self.store.as_ref(), self.known()?)?;
        let mut found = Vec::new();
        self.each(tables::APPLICATIONS, |key, value| {
            let open: Vec<OpenApplication> = decode(tables::APPLICATIONS, value)?;
            let record = RecordId::from_slice(key);
            for mut application in open {
                application.office = unit.office_now(application.office);
                let of = cases::jurisdiction(&unit, [application.office]);
                if let Some(record) = record
                    && wanted(&application, of)
                {
                    found.push((record, application));
                }
            }
            Ok(())
        })?;
        found.sort_unstable_by_key(|(record, it)| (it.since_s, *record, it.entry));
        found.truncate(limit);
        Ok(found)
    }

    /// One application, open or closed, for a reviewer who may answer it.
    pub fn application(
        &self,
        of: ApplicationOf,
        by: Jurisdiction,
    ) -> Result<ApplicationStands, ApplicationError> {
        let unit = Unit::look(self.store.as_ref(), self.known()?)?;
        Ok(find(&unit, of, by)?.stands)
    }

    /// Looks what an answer would do, and does nothing.
    pub fn look_at_answer(
        &self,
        at_s: i64,
        of: ApplicationOf,
        by: Jurisdiction,
        word: &ApplicationWord,
    ) -> Result<ApplicationStands, ApplicationError> {
        let unit = Unit::look(self.store.as_ref(), self.known()?)?;
        let found = find(&unit, of, by)?;
        let (answer, card) = check(&unit, at_s, &found, word)?;
        Ok(found.answered(&answer, card))
    }

    /// Answers an application; durable when it returns.
    pub fn answer_application(
        &self,
        at_s: i64,
        of: ApplicationOf,
        by: (&OfficerId, Jurisdiction),
        word: &ApplicationWord,
    ) -> Result<ApplicationStands, ApplicationError> {
        let answered = self.stage_answer(at_s, of, by, word)?;
        self.sync()?;
        Ok(answered)
    }

    /// The same without waiting for the disk: nobody may be told before [`Registrar::sync`] has
    /// returned.
    pub fn stage_answer(
        &self,
        at_s: i64,
        of: ApplicationOf,
        by: (&OfficerId, Jurisdiction),
        word: &ApplicationWord,
    ) -> Result<ApplicationStands, ApplicationError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let found = find(&unit, of, by.1)?;
        let (answer, card) = check(&unit, at_s, &found, word)?;
        let more = card
            .clone()
            .map(|card| Edit::Add(Field::Cards, Value::Card(card)));
        let record = found.stands.record;
        let stands = found.answered(&answer, card);
        let mut act = applications::answer(&mut unit, self.node, record, answer, more)?;
        act.body.officer = by.0.clone();
        intake::enact(&mut unit, &act, None, false)?;
        audit(&mut unit, "application answered", None, None, (0, 0))?;
        let grew = self.hand_over(unit)?;
        Ok(ApplicationStands {
            act: Some(act.id()),
            grew,
            ..stands
        })
    }
}

/// An application with the record that it is on.
struct Found {
    stands: ApplicationStands,
    entry: EntryId,
    fields: Fields,
    answers: u16,
}

impl Found {
    /// How it stands after an answer.
    fn answered(self, answer: &ApplicationAnswer, card: Option<Card>) -> ApplicationStands {
        let mut dossier = self.stands.dossier;
        for step in &answer.steps {
            dossier = dossier
                .take(*step, Hand::Centre, answer.at_s)
                .unwrap_or(dossier);
        }
        ApplicationStands {
            dossier,
            words: (!answer.words.is_empty()).then(|| answer.words.clone()),
            card,
            ..self.stands
        }
    }
}

fn find(unit: &Unit<'_>, of: ApplicationOf, by: Jurisdiction) -> Result<Found, ApplicationError> {
    let candidates: Vec<(RecordId, EntryId)> = match of {
        ApplicationOf::Entry(record, entry) => vec![(record, entry)],
        ApplicationOf::Act(act) => {
            let kept: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
            let kept = kept.ok_or(ApplicationError::Unknown)?;
            let records = kept.act.records();
            records.map(|(_, id)| (id, EntryId::Act(act))).collect()
        }
    };
    for (record, entry) in candidates {
        let Some(kept) = unit.kept(&record)? else {
            continue;
        };
        let fields = Standing::of(&kept.record).map_err(ActError::from)?.fields;
        let Some(application) = applications::find(&fields, entry) else {
            continue;
        };
        let from = applications::came_from(unit, &kept, entry, application)?;
        let Some((office, since_s)) = from else {
            continue;
        };
        if !by.covers(cases::jurisdiction(unit, [office])) {
            return Err(ApplicationError::NotYours);
        }
        let standing = application.standing(entry, &fields, since_s);
        let stands = ApplicationStands {
            of,
            record,
            office,
            dossier: standing.dossier,
            words: standing.words.cloned(),
            outdated: application.pinned.outdated(&fields),
            application: application.clone(),
            act: None,
            card: None,
            grew: Grew::new(),
        };
        let answers = standing.answers;
        return Ok(Found {
            stands,
            entry,
            answers,
            fields,
        });
    }
    Err(ApplicationError::Unknown)
}

/// What an answer writes.
fn check(
    unit: &Unit<'_>,
    at_s: i64,
    found: &Found,
    word: &ApplicationWord,
) -> Result<(ApplicationAnswer, Option<Card>), ApplicationError> {
    use registry::dossier::DossierState::Received;
    let dossier = found.stands.dossier;
    let (steps, words) = match word {
        ApplicationWord::Ask(words) => (vec![DossierStep::AskSupplement], words.clone()),
        ApplicationWord::Refuse(words) => (vec![DossierStep::Refuse], words.clone()),
        ApplicationWord::HandedIn => (vec![DossierStep::Supplement], Line::default()),
        ApplicationWord::Accept => (vec![DossierStep::Accept], Line::default()),
        ApplicationWord::Decide(_) if dossier.state == Received => (
            vec![DossierStep::Accept, DossierStep::Decide],
            Line::default(),
        ),
        ApplicationWord::Decide(_) => (vec![DossierStep::Decide], Line::default()),
    };
    let needs_words = matches!(word, ApplicationWord::Ask(_) | ApplicationWord::Refuse(_));
    if needs_words && words.is_empty() {
        return Err(ApplicationError::NoWords);
    }
    let mut after = dossier;
    for step in &steps {
        after = after.take(*step, Hand::Centre, at_s)?;
    }
    let place = found.answers.saturating_add(1);
    // The last place is kept for the answer that closes it.
    if place > ANSWERS_MAX || (place == ANSWERS_MAX && !after.state.is_closed()) {
        return Err(ApplicationError::TooMany);
    }
    if matches!(word, ApplicationWord::Accept | ApplicationWord::Decide(_)) {
        may_go_on(unit, found)?;
    }
    let card = match word {
        ApplicationWord::Decide(card) => issued(at_s, found, card)?,
        _ => None,
    };
    let answer = ApplicationAnswer {
        of: found.entry,
        place,
        steps,
        words,
        at_s,
    };
    Ok((answer, card))
}

/// Before it goes, the dossier is held against the record as it is now (row 17).
fn may_go_on(unit: &Unit<'_>, found: &Found) -> Result<(), ApplicationError> {
    let person = Person(&found.fields);
    if person.is_revoked() || person.death().is_some() {
        return Err(ApplicationError::NotLiving);
    }
    let of_card = found.stands.application.request <= Request::CardReissue;
    if of_card && is_foreign(&found.fields) {
        return Err(ApplicationError::NoCitizen);
    }
    if of_card && has_newer_card(&found.fields, &found.stands.application) {
        return Err(ApplicationError::CardStands);
    }
    let rests_on = [
        Field::Name,
        Field::BirthDate,
        Field::Sex,
        Field::Pin,
        Field::Applications,
    ];
    for case in cases::open_cases(unit, &found.stands.record)? {
        let matter = case.dispute.matter;
        let whole = matches!(
            matter,
            Matter::SamePerson | Matter::Life | Matter::Application
        );
        let mut slots = case.dispute.slots.iter();
        if whole || slots.any(|slot| rests_on.contains(&slot.field)) {
            return Err(ApplicationError::InDispute);
        }
    }
    if found.stands.outdated.is_empty() {
        Ok(())
    } else {
        Err(ApplicationError::Outdated)
    }
}

/// Whether the record tells nationalities, and that of Viet Nam is none of them.
fn is_foreign(fields: &Fields) -> bool {
    matches!(fields.single(Field::Nationality), Some(Value::Countries(all)) if !all.contains(&Country::VIET_NAM))
}

/// Whether a card was issued since an application for one was prepared.
fn has_newer_card(fields: &Fields, application: &Application) -> bool {
    let mut cards = fields.entries(Field::Cards);
    cards.any(|(_, value)| match value {
        Value::Card(card) => card.issued.first_day() >= application.prepared.first_day(),
        _ => false,
    })
}

/// The card that is granted; none if something else is.
fn issued(at_s: i64, found: &Found, card: &CardIssued) -> Result<Option<Card>, ApplicationError> {
    let application = &found.stands.application;
    match application.request {
        Request::ChildPin => return Err(ApplicationError::ByNumber),
        Request::EidLevel1 | Request::EidLevel2 => return Ok(None),
        Request::CardIssue | Request::CardExchange | Request::CardReissue => {}
    }
    let today = Date::in_viet_nam(at_s);
    let issued = card.issued.unwrap_or(today);
    let expires = match card.expires {
        Some(day) => Some(PartialDate::from(day)),
        None => card_expires(&application.pinned.birth, issued),
    };
    if issued > today || issued < application.prepared.first_day() {
        return Err(ApplicationError::Issued);
    }
    if expires.is_some_and(|last| last.first_day() <= issued) {
        return Err(ApplicationError::Expires);
    }
    let place = match &card.place {
        Some(place) => place.clone(),
        None => Line::parse(ISSUER).unwrap_or_default(),
    };
    Ok(Some(Card {
        issued: issued.into(),
        place,
        expires,
    }))
}
