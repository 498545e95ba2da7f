//! The procedures: what each needs, what it changes and what it refuses. Pure: a desk (who, when,
//! where) and a slice to look at go in; a plan or a refusal in words comes out. Nothing is
//! written here; the plan is printed, tested, and made durable elsewhere.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::act::{ActBody, ActKind, Base, Entered, Evidence};
use crate::attachment::Attachment;
use crate::case::Case;
use crate::code::{Request, Role};
use crate::date::{BirthDate, Date, PartialDate};
use crate::dispute::Standing;
use crate::fields::Fields;
use crate::name::PersonName;
use crate::pin::Pin;
use crate::record::Record;
use crate::unit::Units;
use crate::value::Line;
use crate::words::{Said, words};
use crate::{ActId, CaseId, CommitSeq, OfficeCode, OfficerId, PaperId, RecordId};

mod absence;
mod addition;
mod adjustment;
mod application;
mod civil;
mod collection;
mod corrected;
mod deletion;
mod draft;
mod household;
mod living;
mod merge;
mod nationality;
mod other_names;
mod personal;
mod portrait;
mod refusal;
mod rename;
mod renewal;
mod residence;

pub use absence::AbsenceInput;
pub use addition::{AnswerInput, EvidenceInput};
pub use adjustment::{AdjustmentInput, HouseholdAdjustment, PersonAdjustment};
pub use application::{CardInput, ChildPinInput, EidInput};
pub use civil::birth::{BirthInput, ChildInput};
pub use civil::confirmation::MaritalConfirmationInput;
pub use civil::death::{DeathInput, DeathRevocationCause, DeathRevokedInput};
pub use civil::family::{
    GUARDIAN_YEARS, GuardianshipEndInput, GuardianshipInput, ParentRecognitionInput,
};
pub use civil::marriage::{MarriageEndInput, MarriageInput, married_on, too_young_to_marry};
pub use civil::number::MarriageNumberInput;
pub use civil::rebirth::RepeatedBirthInput;
pub use civil::revocation::BirthRevokedInput;
pub use collection::CollectionInput;
pub use deletion::{PermanentDeletionInput, TemporaryDeletionInput};
use draft::Draft;
pub use household::standing;
pub use household::{ChangeOfHeadInput, HouseholdSplitInput};
pub use living::Whom;
pub use merge::{HouseholdMergeInput, MemberRelation};
pub use other_names::{OtherNamesChange, RegistryCorrectionInput};
pub use personal::{ContactInput, CorrectionInput, FieldChange, WithdrawInput};
pub use portrait::PortraitInput;
pub use refusal::{Lack, Refusal};
pub use rename::{RENAMED_MAX, Renamed, Renaming};
pub use renewal::RenewalInput;
pub use residence::{PermanentInput, StayInput, TemporaryInput, begins_after};

/// What a clerk asks for. In JSON: `{"act": "birth", …}`; `docs/acts.md` shows one of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
#[allow(missing_docs)] // each variant is the input that it holds
pub enum ActInput {
    Birth(BirthInput),
    Death(DeathInput),
    Marriage(MarriageInput),
    Correction(CorrectionInput),
    RegistryCorrection(RegistryCorrectionInput),
    PermanentRegistration(PermanentInput),
    TemporaryRegistration(TemporaryInput),
    StayNotification(StayInput),
    Contact(ContactInput),
    HouseholdSplit(HouseholdSplitInput),
    ChangeOfHead(ChangeOfHeadInput),
    Collection(CollectionInput),
    Withdraw(WithdrawInput),
    LateBirth(BirthInput),
    RepeatedBirth(RepeatedBirthInput),
    Divorce(MarriageEndInput),
    ParentRecognition(ParentRecognitionInput),
    Guardianship(GuardianshipInput),
    GuardianshipEnd(GuardianshipEndInput),
    MaritalConfirmation(MaritalConfirmationInput),
    DeathRevoked(DeathRevokedInput),
    BirthRevoked(BirthRevokedInput),
    MarriageAnnulled(MarriageEndInput),
    TemporaryRenewal(RenewalInput),
    TemporaryAbsence(AbsenceInput),
    PermanentDeletion(PermanentDeletionInput),
    TemporaryDeletion(TemporaryDeletionInput),
    HouseholdMerge(HouseholdMergeInput),
    ResidenceAdjustment(AdjustmentInput),
    CardApplication(CardInput),
    ChildPinRequest(ChildPinInput),
    #[serde(rename = "eid_level_1")]
    EidLevel1(EidInput),
    #[serde(rename = "eid_level_2")]
    EidLevel2(EidInput),
    AddEvidence(EvidenceInput),
    AnswerCase(AnswerInput),
    MarriageNumber(MarriageNumberInput),
    Portrait(PortraitInput),
}

/// What every act has beside its own input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// The act with its input.
    #[serde(flatten)]
    pub input: ActInput,
    /// From when it counts; the day of entry if it is left out (a birth or death counts from
    /// its own date).
    #[serde(default)]
    pub effective: Option<PartialDate>,
    /// The papers.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The officer's remark.
    #[serde(default)]
    pub note: Line,
}

impl Filing {
    /// What a person attached to it: the files of its papers, and a photograph.
    pub fn attached(&self) -> impl Iterator<Item = Attachment> + '_ {
        let photo = match &self.input {
            ActInput::Portrait(input) => input.photo,
            _ => None,
        };
        let files = self.evidence.iter().flat_map(|paper| &paper.attachments);
        photo.into_iter().chain(files.copied())
    }
}

/// Somebody in an act: held here, or of another commune and told by card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Told")]
pub enum Somebody {
    /// A person whose record this office holds.
    Here {
        /// The record.
        id: RecordId,
    },
    /// A person by their card.
    Card {
        /// The number.
        pin: Pin,
        /// The name on the card.
        name: PersonName,
        /// The birth date on the card.
        birth_date: BirthDate,
    },
}

/// The items with which somebody is told. They are read one by one, so that what is wrong with
/// one is said of that one.
#[derive(Deserialize)]
struct Told {
    id: Option<RecordId>,
    pin: Option<Pin>,
    name: Option<PersonName>,
    birth_date: Option<BirthDate>,
}

impl TryFrom<Told> for Somebody {
    type Error = Said;
    fn try_from(told: Told) -> Result<Self, Self::Error> {
        match told {
            Told {
                id: Some(id),
                pin: None,
                name: None,
                birth_date: None,
            } => Ok(Somebody::Here { id }),
            Told {
                id: None,
                pin: Some(pin),
                name: Some(name),
                birth_date: Some(birth_date),
            } => Ok(Somebody::Card {
                pin,
                name,
                birth_date,
            }),
            _ => Err(words(
                "chọn người trong dữ liệu, hoặc nhập đủ số định danh, họ tên và ngày sinh theo thẻ",
                "choose somebody held here (`id`), or give number, name and birth date from the card (`pin`, `name`, `birth_date`)",
            )
            .into()),
        }
    }
}

/// Who sits at the desk, when and where.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The id that the act will have.
    pub act: ActId,
    /// The office.
    pub office: OfficeCode,
    /// The officer.
    pub officer: OfficerId,
    /// What the officer may do.
    pub roles: Vec<Role>,
    /// The local date.
    pub today: Date,
    /// The device's time.
    pub entered: Entered,
    /// The last commit of the centre that this office has heard of.
    pub horizon: CommitSeq,
    /// The units as this office knows them: of the last decree that it has heard of.
    pub units: Arc<Units>,
}

/// A record as the office holds it, with its own unsent acts.
#[derive(Debug, Clone)]
pub struct Held {
    /// The record.
    pub record: Record,
    /// What it shows.
    pub standing: Standing,
    /// A case that freezes it, if a death is in dispute.
    pub frozen: Option<CaseId>,
}

impl Held {
    /// A record that nothing freezes.
    pub fn new(record: Record) -> Result<Held, crate::document::DocumentError> {
        Ok(Held {
            standing: Standing::of(&record)?,
            record,
            frozen: None,
        })
    }
    /// The state that an act on it is made on.
    pub fn base(&self) -> Result<Base, Refusal> {
        match &self.record.content {
            crate::record::Content::Genesis(_) => Ok(Base::Genesis),
            crate::record::Content::Document(_) => {
                let document = self.record.document().map_err(|_| Refusal::Damaged)?;
                Ok(Base::of(&document))
            }
        }
    }
    /// The values shown.
    pub const fn fields(&self) -> &Fields {
        &self.standing.fields
    }
}

/// What a procedure may look at: the office's slice with its own unsent work.
pub trait Slice {
    /// A record.
    fn record(&self, id: &RecordId) -> Option<Held>;
    /// The person with this number.
    fn by_pin(&self, pin: &Pin) -> Option<RecordId>;
    /// The members of a household that the office holds.
    fn members(&self, household: &RecordId) -> Vec<RecordId>;
    /// A number that the centre has set aside for a child of this sex, born in this year.
    fn reserved_number(&self, _sex: crate::code::Sex, _year: u16) -> Option<Pin> {
        None
    }
    /// The act of this office that already used a paper, or a number in a book
    /// ([`crate::paper`]).
    fn paper(&self, paper: &PaperId) -> Option<ActId>;
    /// An act of this office by id, with whether its outcome is final.
    fn own_act(&self, id: &ActId) -> Option<(crate::act::Act, bool)>;
    /// An act of this office by id, by whichever of its devices; that of this one if no other is
    /// known.
    fn office_act(&self, id: &ActId) -> Option<crate::act::Act> {
        self.own_act(id).map(|(act, _)| act)
    }
    /// A case that the office was told of, by its number.
    fn case(&self, _number: u64) -> Option<Case> {
        None
    }
}

/// What an act will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The act, ready to be made durable.
    pub body: ActBody,
    /// What the clerk should know: nothing that stops it.
    pub notices: Vec<Notice>,
}

/// Something that the clerk should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Filed later than the law asks (it is accepted all the same).
    LateFiling,
    /// Filed earlier than the law foresees.
    EarlyFiling,
    /// The act leaves a household without members, and closes it.
    HouseholdClosed,
    /// The record shows no card: the one that is exchanged has to be looked at.
    CardNotOnRecord,
    /// The two households have different addresses: people keep the one that is registered.
    AddressDiffers,
    /// The number's prefix is not in the table: perhaps a country.
    UnknownPrefix,
    /// The number and the sex or year do not match: lawful after a redetermination.
    PinMismatch,
    /// The person is of another commune; the centre will find the record.
    PersonElsewhere,
    /// The device's clock has not been compared for long; dates should be looked at.
    ClockUnverified,
    /// Native place or ethnic group is left out; the register asks for both.
    ItemsMissing,
    /// The law asks for the person's own consent at this age; it belongs in the dossier.
    ConsentNeeded,
    /// The register shows another sex for a father or mother: lawful after a redetermination.
    ParentSex,
    /// The spouse's record is not held here; their commune enters its side, or name them by card.
    SpouseElsewhere,
    /// The dead person's record names a spouse whose own record does not show that marriage.
    SpouseDiffers,
    /// A father or mother stands on the record, perhaps the same one: the record keeps them.
    ParentKept,
    /// The register tells of the person after the day of death.
    LaterThanDeath,
    /// The marriage that the death ended stands again on the spouse's record.
    MarriageStandsAgain,
    /// The spouse has married since, and that marriage stands; the earlier one is ended.
    SpouseRemarried,
    /// An earlier confirmation is still valid; ask for it back.
    ConfirmationStands,
    /// The marital status that came with the register contradicts the marriages: look into the book.
    StatusDiffers,
    /// The residence was deleted because of the death; the police register it anew.
    HomeDeleted,
    /// The child has a number of the office's block; it holds when the centre confirms the act.
    ReservedNumber,
    /// The mother or father was younger at the birth than people have children.
    ParentYoung,
    /// The mother or father was older at the birth than people have children.
    ParentOld,
    /// The mother is registered as dead before the birth.
    MotherDead,
    /// The father is registered as dead for longer before the birth than the law presumes.
    FatherDead,
    /// Neither father nor mother is named.
    NoParents,
    /// The name is a single word, or a word of it begins with a small letter.
    NameUnusual,
}

/// Makes the plan of an act, or refuses it with a reason that tells what to do.
pub fn plan(filing: &Filing, desk: &Desk, slice: &dyn Slice) -> Result<Plan, Refusal> {
    planned(filing, desk, slice).map_err(|told| {
        let mut told = told.into_iter();
        told.next().unwrap_or(Refusal::NothingChanges)
    })
}

/// All that stands against an act, as far as one thing can be looked at without the other: the
/// first is that of [`plan`]. Nothing if it can be filed.
pub fn refusals(filing: &Filing, desk: &Desk, slice: &dyn Slice) -> Vec<Refusal> {
    planned(filing, desk, slice).err().unwrap_or_default()
}

fn planned(filing: &Filing, desk: &Desk, slice: &dyn Slice) -> Result<Plan, Vec<Refusal>> {
    let mut draft = Draft::new(kind_of(&filing.input), desk, slice, filing);
    let done = perform(&mut draft, filing);
    draft.tell(done);
    if draft.told.is_empty() {
        draft.finish().map_err(|refusal| vec![refusal])
    } else {
        let kind = draft.kind;
        let told = draft.told.into_iter();
        Err(told.map(|refusal| refusal.in_procedure(kind)).collect())
    }
}

fn perform(draft: &mut Draft<'_>, filing: &Filing) -> Result<(), Refusal> {
    let kind = draft.kind;
    if !kind.allowed_to(&draft.desk.roles) {
        return Err(Refusal::NotYourAct { kind });
    }
    if filing.evidence.len() > crate::act::EVIDENCE_MAX {
        return Err(Refusal::TooMuch { field: "evidence" });
    }
    match &filing.input {
        ActInput::Birth(input) | ActInput::LateBirth(input) => civil::birth::birth(draft, input),
        ActInput::Death(input) => civil::death::death(draft, input),
        ActInput::Marriage(input) => civil::marriage::marriage(draft, input),
        ActInput::Correction(input) => {
            personal::correction(draft, kind, &input.person, &input.fields, None)
        }
        ActInput::RegistryCorrection(input) => {
            let names = input.other_names.as_ref();
            personal::correction(draft, kind, &input.person, &input.fields, names)
        }
        ActInput::PermanentRegistration(input) => residence::permanent(draft, input),
        ActInput::TemporaryRegistration(input) => residence::temporary(draft, input),
        ActInput::StayNotification(input) => residence::stay(draft, input),
        ActInput::Contact(input) => personal::contact(draft, input),
        ActInput::HouseholdSplit(input) => household::split(draft, input),
        ActInput::ChangeOfHead(input) => household::change_of_head(draft, input),
        ActInput::Collection(input) => collection::collection(draft, input),
        ActInput::Withdraw(input) => personal::withdraw(draft, input),
        ActInput::Divorce(input) | ActInput::MarriageAnnulled(input) => {
            civil::marriage::end_of_marriage(draft, input)
        }
        ActInput::RepeatedBirth(input) => civil::rebirth::repeated_birth(draft, input),
        ActInput::ParentRecognition(input) => civil::family::parent_recognition(draft, input),
        ActInput::Guardianship(input) => civil::family::guardianship(draft, input),
        ActInput::GuardianshipEnd(input) => civil::family::guardianship_end(draft, input),
        ActInput::MaritalConfirmation(input) => {
            civil::confirmation::marital_confirmation(draft, input)
        }
        ActInput::DeathRevoked(input) => civil::death::death_revoked(draft, input),
        ActInput::BirthRevoked(input) => civil::revocation::birth_revoked(draft, input),
        ActInput::TemporaryRenewal(input) => renewal::renewal(draft, input),
        ActInput::TemporaryAbsence(input) => absence::absence(draft, input),
        ActInput::PermanentDeletion(input) => deletion::permanent(draft, input),
        ActInput::TemporaryDeletion(input) => deletion::temporary(draft, input),
        ActInput::HouseholdMerge(input) => merge::merge(draft, input),
        ActInput::ResidenceAdjustment(input) => adjustment::adjustment(draft, input),
        ActInput::CardApplication(input) => application::card(draft, input),
        ActInput::ChildPinRequest(input) => application::child_pin(draft, input),
        ActInput::EidLevel1(input) => application::eid(draft, Request::EidLevel1, input),
        ActInput::EidLevel2(input) => application::eid(draft, Request::EidLevel2, input),
        ActInput::AddEvidence(input) => addition::evidence(draft, input),
        ActInput::AnswerCase(input) => addition::answer(draft, input),
        ActInput::MarriageNumber(input) => civil::number::marriage_number(draft, input),
        ActInput::Portrait(input) => portrait::portrait(draft, input),
    }
}

/// The procedure of an input.
pub const fn kind_of(input: &ActInput) -> ActKind {
    match input {
        ActInput::Birth(_) => ActKind::Birth,
        ActInput::Death(_) => ActKind::Death,
        ActInput::Marriage(_) => ActKind::Marriage,
        ActInput::Correction(_) => ActKind::Correction,
        ActInput::RegistryCorrection(_) => ActKind::RegistryCorrection,
        ActInput::PermanentRegistration(_) => ActKind::PermanentRegistration,
        ActInput::TemporaryRegistration(_) => ActKind::TemporaryRegistration,
        ActInput::StayNotification(_) => ActKind::StayNotification,
        ActInput::Contact(_) => ActKind::Contact,
        ActInput::HouseholdSplit(_) => ActKind::HouseholdSplit,
        ActInput::ChangeOfHead(_) => ActKind::ChangeOfHead,
        ActInput::Collection(_) => ActKind::Collection,
        ActInput::Withdraw(_) => ActKind::Withdraw,
        ActInput::LateBirth(_) => ActKind::LateBirth,
        ActInput::RepeatedBirth(_) => ActKind::RepeatedBirth,
        ActInput::Divorce(_) => ActKind::Divorce,
        ActInput::ParentRecognition(_) => ActKind::ParentRecognition,
        ActInput::Guardianship(_) => ActKind::Guardianship,
        ActInput::GuardianshipEnd(_) => ActKind::GuardianshipEnd,
        ActInput::MaritalConfirmation(_) => ActKind::MaritalConfirmation,
        ActInput::DeathRevoked(_) => ActKind::DeathRevoked,
        ActInput::BirthRevoked(_) => ActKind::BirthRevoked,
        ActInput::MarriageAnnulled(_) => ActKind::MarriageAnnulled,
        ActInput::TemporaryRenewal(_) => ActKind::TemporaryRenewal,
        ActInput::TemporaryAbsence(_) => ActKind::TemporaryAbsence,
        ActInput::PermanentDeletion(_) => ActKind::PermanentDeletion,
        ActInput::TemporaryDeletion(_) => ActKind::TemporaryDeletion,
        ActInput::HouseholdMerge(_) => ActKind::HouseholdMerge,
        ActInput::ResidenceAdjustment(_) => ActKind::ResidenceAdjustment,
        ActInput::CardApplication(_) => ActKind::CardApplication,
        ActInput::ChildPinRequest(_) => ActKind::ChildPinRequest,
        ActInput::EidLevel1(_) => ActKind::EidLevel1,
        ActInput::EidLevel2(_) => ActKind::EidLevel2,
        ActInput::AddEvidence(_) => ActKind::AddEvidence,
        ActInput::AnswerCase(_) => ActKind::AnswerCase,
        ActInput::MarriageNumber(_) => ActKind::MarriageNumber,
        ActInput::Portrait(_) => ActKind::Portrait,
    }
}
