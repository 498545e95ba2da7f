//! Cases: the list, one case, a reviewer's decision.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use registry::RecordId;
use registry::act::{Act, Target};
use registry::attachment::Attachment;
use registry::case::{Case, CaseNotice, CaseState, Jurisdiction, Outcome};
use registry::clash::Clash;
use registry::date::Date;
use registry::dispute::Matter;
use registry::edit::Edit;
use registry::value::Line;
use registry::words::Said;
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item, Params, asked_office};
use super::{Api, ApiError};
use crate::clock;
use crate::limits;
use crate::operators::OperatorRole;
use crate::registrar::{AttachmentStand, Registrar};
use crate::server::Word;
use crate::unit::UnitError;

/// A case in a list; nothing of a citizen.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CaseRow {
    number: u64,
    id: String,
    /// Row of the table of clashes.
    row: u8,
    /// What is in dispute.
    #[schema(value_type = Object)]
    matter: Matter,
    /// Harm of a wrong decision, 1 to 5.
    harm: u8,
    /// Who decides it.
    #[schema(value_type = Object)]
    owner: Jurisdiction,
    /// When it opened, seconds since 1970.
    opened_s: i64,
    /// By which day it is to be decided.
    due: String,
    /// `open`, `proposed`, `decided`, `moot`, `went_up` to another case, `reversing` (one reviewer
    /// wants the decision undone) or `reversed`.
    state: &'static str,
    version: u32,
    /// Communes that hold the records.
    offices: Vec<String>,
    /// How many claims.
    claims: usize,
}

/// Which cases.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `open` (if nothing is said), `decided` or `all`.
    state: Option<String>,
    /// About records that this commune holds, 5 digits.
    office: Option<String>,
    /// Only those whose decision is overdue.
    #[serde(default)]
    late: bool,
    /// Only those that the caller may decide.
    #[serde(default)]
    mine: bool,
    /// Only those of at least this harm, 1 to 5.
    harm: Option<u8>,
    /// At most so many.
    limit: Option<usize>,
}

/// Cases, those first that are due first; of one day those that do the most harm.
#[utoipa::path(
    get, path = "/api/v1/cases", params(Wanted), security(("operator" = [])),
    responses((status = 200, body = [CaseRow]), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody))
)]
pub(crate) async fn list(
    caller: Caller,
    State(api): State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Vec<CaseRow>>, ApiError> {
    let pick: fn(&Case) -> bool = match wanted.state.as_deref() {
        None | Some("open") => Case::is_open,
        Some("decided") => |case| !case.is_open(),
        Some("all") => |_| true,
        Some(_) => {
            let words = "state is open, decided or all";
            return Err(ApiError::bad("query_invalid", words).at("state"));
        }
    };
    let by = match wanted.mine {
        true => Some(caller.needs(&[OperatorRole::Reviewer])?.jurisdiction),
        false => None,
    };
    let office = wanted.office.as_deref().map(asked_office).transpose()?;
    let (late, harm) = (wanted.late, wanted.harm.unwrap_or(0));
    let today = Date::in_viet_nam(clock::now_s());
    let limit = wanted
        .limit
        .unwrap_or(limits::ROWS_DEFAULT)
        .min(limits::ROWS_MAX);
    let read = api.reader.read(move |registrar| {
        registrar.case_queue(limit, office, |case| {
            pick(case)
                && by.is_none_or(|by| by.covers(case.owner))
                && (!late || case.is_open() && case.due < today)
                && case.dispute.harm >= harm
        })
    });
    let queue = read.await?;
    let rows = queue.iter().map(|(case, offices)| row(case, offices));
    Ok(Json(rows.collect()))
}

fn row(case: &Case, offices: &BTreeSet<registry::OfficeCode>) -> CaseRow {
    CaseRow {
        number: case.number,
        id: case.id.to_string(),
        row: case.dispute.row,
        matter: case.dispute.matter,
        harm: case.dispute.harm,
        owner: case.owner,
        opened_s: case.opened_s,
        due: registry::date::PartialDate::from(case.due).to_iso(),
        state: state(&case.state),
        version: case.version,
        offices: offices.iter().map(ToString::to_string).collect(),
        claims: case.dispute.claims.len(),
    }
}

fn state(state: &CaseState) -> &'static str {
    match state {
        CaseState::Open => "open",
        CaseState::Proposed(_) => "proposed",
        CaseState::Decided { .. } => "decided",
        CaseState::Moot => "moot",
        CaseState::WentUp { .. } => "went_up",
        CaseState::Reversing { .. } => "reversing",
        CaseState::Reversed { .. } => "reversed",
    }
}

/// A case with its claims, in values and in words.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CaseView {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    notice: CaseNotice,
    /// What it is about, in words.
    words: String,
    /// What is known of the clock of each party's device, in words, in the order of `parties`;
    /// `null` where no device entered the claim.
    #[schema(value_type = Vec<Object>)]
    clocks: Vec<Option<Said>>,
    /// Its line of the clash table: both sides, and what clerks and reviewers read.
    #[schema(value_type = Object)]
    clash: Option<&'static Clash>,
    /// By which rule it is due on its day, in words; `null` where today's rules for its harm give
    /// another day.
    #[schema(value_type = Object)]
    due_rule: Option<Said>,
    /// Who does what next, by when.
    #[schema(value_type = Object)]
    next: Said,
    /// What a proposal asks for: what its act does to each record. Of a contested act, what taking
    /// it back would change. Empty for other cases, whose claims say it.
    asks: Vec<Asked>,
    /// Every scan that its papers name, and how far it has arrived.
    #[schema(value_type = Vec<Object>)]
    scans: Vec<AttachmentStand>,
}

/// What an act does to one record.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Asked {
    /// The record; `null` for a person of another commune who is still to be found.
    record: Option<String>,
    /// Whether the act makes the record.
    makes: bool,
    /// The edits; for a record that it makes, its values as they are put.
    #[schema(value_type = Vec<Object>)]
    edits: Vec<Edit>,
}

/// What a parked act asks for.
fn asks(act: &Act) -> Vec<Asked> {
    let records: BTreeMap<usize, RecordId> = act.records().collect();
    let changes = act.body.changes.iter().enumerate();
    changes
        .map(|(index, change)| {
            let mut edits = change.edits.clone();
            if let Target::New { fields, .. } = &change.target {
                let values = fields.iter();
                edits.extend(values.map(|(slot, value)| Edit::Put(slot.field, value.clone())));
            }
            Asked {
                record: records.get(&index).map(ToString::to_string),
                makes: matches!(change.target, Target::New { .. }),
                edits,
            }
        })
        .collect()
}

/// What is, or would be, done to records that are there.
pub(super) fn asked(changes: Vec<(RecordId, Vec<Edit>)>) -> Vec<Asked> {
    let asked = |(record, edits): (RecordId, Vec<Edit>)| Asked {
        record: Some(record.to_string()),
        makes: false,
        edits,
    };
    changes.into_iter().map(asked).collect()
}

/// How far the scans that a case's papers name have arrived.
fn scans(registrar: &Registrar, notice: &CaseNotice) -> Result<Vec<AttachmentStand>, UnitError> {
    let answers = notice.case.answers.iter();
    let papers = notice.parties.iter().flat_map(|party| &party.evidence);
    let papers = papers.chain(answers.flat_map(|answer| &answer.evidence));
    let named: BTreeSet<Attachment> = papers
        .flat_map(|paper| paper.attachments.iter().copied())
        .collect();
    let stands = named.into_iter();
    stands.map(|it| registrar.attachment_stand(it)).collect()
}

/// One case. It holds citizens' data, so only those who decide it see it.
#[utoipa::path(
    get, path = "/api/v1/cases/{number}", params(("number" = u64, Path)), security(("operator" = [])),
    responses((status = 200, body = CaseView), (status = 403, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn one(
    caller: Caller,
    State(api): State<Api>,
    Item(number): Item<u64>,
) -> Result<Json<CaseView>, ApiError> {
    let reviewer = caller.needs(&[OperatorRole::Reviewer])?;
    let read = api.reader.read(move |registrar| {
        let Some(notice) = registrar.case(number)? else {
            return Ok(None);
        };
        let proposal = match notice.case.dispute.matter {
            Matter::Parked(act) => registrar.act(&act)?,
            _ => None,
        };
        let undone = registrar.would_undo(&notice.case)?;
        let scans = scans(registrar, &notice)?;
        let units = registrar.units()?;
        let next = notice.case.next_step(&units);
        Ok(Some((notice, proposal, undone, scans, next)))
    });
    let found = read.await?;
    let unknown = || ApiError::not_found("case_unknown", "there is no case with this number");
    let (notice, proposal, undone, scans, next) = found.ok_or_else(unknown)?;
    if !reviewer.jurisdiction.covers(notice.case.owner) {
        let words = "this case is decided by reviewers of another jurisdiction";
        let status = axum::http::StatusCode::FORBIDDEN;
        return Err(ApiError::new(status, "case_not_yours", words));
    }
    let words = words(&notice.case);
    let clash = notice.case.clash();
    let asks = proposal.map_or_else(|| asked(undone), |kept| asks(&kept.act));
    Ok(Json(CaseView {
        clocks: notice.clocks(),
        due_rule: notice.case.due_rule(),
        notice,
        words,
        clash,
        next,
        asks,
        scans,
    }))
}

/// What a case is about; no value of it.
fn words(case: &Case) -> String {
    let about = case.dispute.matter.words().en;
    let claims = case.dispute.claims.len();
    let (number, harm) = (case.number, case.dispute.harm);
    let level = match (&case.state, &case.appeal) {
        (CaseState::WentUp { to }, _) => format!("; it went up to case {to}"),
        (_, Some(appeal)) if appeal.is_reversal() => {
            format!("; the decision of case {} was undone", appeal.of)
        }
        (_, Some(appeal)) => format!("; two reviewers decided case {} otherwise", appeal.of),
        _ => String::new(),
    };
    format!("case {number}: {about}; {claims} claims, harm {harm}{level}")
}

/// A reviewer's word.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// What is decided: `{"keep": n}`, `{"combine": n}`, `{"enter": value}`, `"not_a_conflict"`,
    /// `{"ask_office": {"office", "question"}}`, of a proposal `"decline"`, or of a case that is
    /// decided `"reverse"`.
    #[schema(value_type = Object)]
    outcome: Outcome,
    /// Why; compulsory.
    #[schema(value_type = String)]
    reason: Line,
    /// The version of the case that the reviewer saw.
    version: u32,
}

/// What a word led to.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DecisionTaken {
    /// `needs_second`, `asked`, `settled`, `escalated` or `reversed`.
    step: &'static str,
    /// The act that carries it out, if records change.
    act: Option<String>,
}

/// Decides a case, or proposes a decision that a second reviewer has to share.
#[utoipa::path(
    post, path = "/api/v1/cases/{number}/decide", params(("number" = u64, Path)),
    request_body = Decision, security(("operator" = [])),
    responses((status = 200, body = DecisionTaken), (status = 400, body = super::ErrorBody),
              (status = 403, body = super::ErrorBody), (status = 404, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn decide(
    caller: Caller,
    State(api): State<Api>,
    Item(number): Item<u64>,
    Body(decision): Body<Decision>,
) -> Result<Json<DecisionTaken>, ApiError> {
    let operator = caller.needs(&[OperatorRole::Reviewer])?;
    let word = Word {
        number,
        reviewer: operator.reviewer(),
        outcome: decision.outcome,
        reason: decision.reason,
        seen: decision.version,
    };
    let decided = api.desk.decide(word).await?;
    tracing::info!(case = number, reviewer = %operator.name, step = decided.step, "case decided");
    Ok(Json(DecisionTaken {
        step: decided.step,
        act: decided.act.map(|act| act.to_string()),
    }))
}
