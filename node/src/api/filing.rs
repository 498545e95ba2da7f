//! Reads the JSON of an act, and names the input that cannot be read by its path.

use axum::http::StatusCode;
use registry::act::{ActKind, Evidence};
use registry::date::PartialDate;
use registry::procedure::{
    ActInput, BirthInput, BirthRevokedInput, ChangeOfHeadInput, CollectionInput, ContactInput,
    CorrectionInput, DeathInput, DeathRevokedInput, Filing, GuardianshipEndInput,
    GuardianshipInput, HouseholdSplitInput, MaritalConfirmationInput, MarriageEndInput,
    MarriageInput, ParentRecognitionInput, PermanentInput, RegistryCorrectionInput, Renaming,
    RepeatedBirthInput, StayInput, TemporaryInput, WithdrawInput,
};
use registry::told;
use registry::value::Line;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ApiError;

type Inputs = Map<String, Value>;

/// One renaming for everybody of a street or hamlet.
pub(super) struct Bulk {
    pub(super) renaming: Renaming,
    pub(super) dry_run: bool,
    pub(super) effective: Option<PartialDate>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) note: Line,
}

/// The renaming that is asked for.
pub(super) fn read_bulk(body: &[u8]) -> Result<Bulk, ApiError> {
    let mut inputs = object(body)?;
    Ok(Bulk {
        dry_run: optional(&mut inputs, "dry_run")?.unwrap_or_default(),
        effective: optional(&mut inputs, "effective")?,
        evidence: optional(&mut inputs, "evidence")?.unwrap_or_default(),
        note: optional(&mut inputs, "note")?.unwrap_or_default(),
        renaming: whole(inputs)?,
    })
}

/// The act that is asked for.
pub(crate) fn read(body: &[u8]) -> Result<Filing, ApiError> {
    let mut inputs = object(body)?;
    let effective = optional(&mut inputs, "effective")?;
    let evidence = optional(&mut inputs, "evidence")?.unwrap_or_default();
    let note = optional(&mut inputs, "note")?.unwrap_or_default();
    let kind = match inputs.remove("act") {
        Some(Value::String(kind)) => kind,
        _ => return Err(unreadable("`act` must name the procedure").about("act")),
    };
    let by_rule = |error: ApiError| error.by_rule_of(ActKind::named(&kind));
    let input = input_of(&kind, inputs).map_err(by_rule)?;
    Ok(Filing {
        input,
        effective,
        evidence,
        note,
    })
}

/// What a request holds.
fn object(body: &[u8]) -> Result<Inputs, ApiError> {
    let inputs: Value = serde_json::from_slice(body).map_err(|error| {
        unreadable(&format!(
            "the request is not JSON (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    match inputs {
        Value::Object(inputs) => Ok(inputs),
        _ => Err(unreadable("an act is a JSON object")),
    }
}

fn input_of(kind: &str, inputs: Inputs) -> Result<ActInput, ApiError> {
    Ok(match kind {
        "birth" => ActInput::Birth(whole::<BirthInput>(inputs)?),
        "death" => ActInput::Death(whole::<DeathInput>(inputs)?),
        "marriage" => ActInput::Marriage(whole::<MarriageInput>(inputs)?),
        "correction" => ActInput::Correction(whole::<CorrectionInput>(inputs)?),
        "registry_correction" => {
            ActInput::RegistryCorrection(whole::<RegistryCorrectionInput>(inputs)?)
        }
        "permanent_registration" => {
            ActInput::PermanentRegistration(whole::<PermanentInput>(inputs)?)
        }
        "temporary_registration" => {
            ActInput::TemporaryRegistration(whole::<TemporaryInput>(inputs)?)
        }
        "stay_notification" => ActInput::StayNotification(whole::<StayInput>(inputs)?),
        "contact" => ActInput::Contact(whole::<ContactInput>(inputs)?),
        "household_split" => ActInput::HouseholdSplit(whole::<HouseholdSplitInput>(inputs)?),
        "change_of_head" => ActInput::ChangeOfHead(whole::<ChangeOfHeadInput>(inputs)?),
        "collection" => ActInput::Collection(whole::<CollectionInput>(inputs)?),
        "withdraw" => ActInput::Withdraw(whole::<WithdrawInput>(inputs)?),
        "late_birth" => ActInput::LateBirth(whole::<BirthInput>(inputs)?),
        "repeated_birth" => ActInput::RepeatedBirth(whole::<RepeatedBirthInput>(inputs)?),
        "divorce" => ActInput::Divorce(whole::<MarriageEndInput>(inputs)?),
        "parent_recognition" => {
            ActInput::ParentRecognition(whole::<ParentRecognitionInput>(inputs)?)
        }
        "guardianship" => ActInput::Guardianship(whole::<GuardianshipInput>(inputs)?),
        "guardianship_end" => ActInput::GuardianshipEnd(whole::<GuardianshipEndInput>(inputs)?),
        "marital_confirmation" => {
            ActInput::MaritalConfirmation(whole::<MaritalConfirmationInput>(inputs)?)
        }
        "death_revoked" => ActInput::DeathRevoked(whole::<DeathRevokedInput>(inputs)?),
        "birth_revoked" => ActInput::BirthRevoked(whole::<BirthRevokedInput>(inputs)?),
        "marriage_annulled" => ActInput::MarriageAnnulled(whole::<MarriageEndInput>(inputs)?),
        "temporary_renewal" => ActInput::TemporaryRenewal(whole(inputs)?),
        "temporary_absence" => ActInput::TemporaryAbsence(whole(inputs)?),
        "permanent_deletion" => ActInput::PermanentDeletion(whole(inputs)?),
        "temporary_deletion" => ActInput::TemporaryDeletion(whole(inputs)?),
        "household_merge" => ActInput::HouseholdMerge(whole(inputs)?),
        "residence_adjustment" => ActInput::ResidenceAdjustment(whole(inputs)?),
        "card_application" => ActInput::CardApplication(whole(inputs)?),
        "child_pin_request" => ActInput::ChildPinRequest(whole(inputs)?),
        "eid_level_1" => ActInput::EidLevel1(whole(inputs)?),
        "eid_level_2" => ActInput::EidLevel2(whole(inputs)?),
        "add_evidence" => ActInput::AddEvidence(whole(inputs)?),
        "answer_case" => ActInput::AnswerCase(whole(inputs)?),
        "marriage_number" => ActInput::MarriageNumber(whole(inputs)?),
        "portrait" => ActInput::Portrait(whole(inputs)?),
        _ => {
            let words = "there is no such procedure; `docs/acts.md` shows one of each";
            return Err(unreadable(words).about("act"));
        }
    })
}

fn optional<T: DeserializeOwned>(
    inputs: &mut Inputs,
    key: &'static str,
) -> Result<Option<T>, ApiError> {
    let Some(value) = inputs.remove(key) else {
        return Ok(None);
    };
    at_path(value).map_err(|(path, words)| {
        let path = if path == "." {
            key.to_owned()
        } else {
            format!("{key}{}", dotted(&path))
        };
        ApiError::invalid(&path, &words)
    })
}

fn dotted(path: &str) -> String {
    if path.starts_with('[') {
        path.to_owned()
    } else {
        format!(".{path}")
    }
}

fn whole<T: DeserializeOwned>(inputs: Inputs) -> Result<T, ApiError> {
    at_path(Value::Object(inputs)).map_err(|(path, words)| ApiError::invalid(&path, &words))
}

/// Reads a value; the path and the words of what is wrong with it.
fn at_path<T: DeserializeOwned>(value: Value) -> Result<T, (String, String)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = told::path(&error.path().to_string());
        (path, told::words(&error.inner().to_string()))
    })
}

fn unreadable(words: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "input_unreadable",
        words,
        "send an act as docs/acts.md shows",
    )
}
