//! Units: the editions, what became of a code, and decrees.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use registry::OfficeCode;
use registry::date::Date;
use registry::unit::{Decree, Happened};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::{Body, Item};
use super::{Api, ApiError};
use crate::clock;
use crate::operators::OperatorRole;
use crate::registrar::{DecreeFailure, DecreePlan, DecreeProgress, Registrar};
use crate::server::DeskError;
use crate::unit::UnitError;

/// The editions, and how far the last decree is carried out.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct UnitsView {
    /// The edition with which this registry began.
    base: u16,
    /// The edition in force.
    edition: u16,
    /// All that are known, the oldest first.
    editions: Vec<EditionView>,
    /// The last decree that was applied here.
    progress: Option<DecreeProgress>,
}

/// An edition.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct EditionView {
    edition: u16,
    /// From when it holds, ISO form; nothing is known of the first.
    effective: Option<String>,
    /// The commit with which its decree came into force here; 0 if that was before the beginning.
    commit: u64,
    communes: usize,
    provinces: usize,
    /// Rows of the decree that made it.
    rows: usize,
}

/// A decree to apply.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecree {
    /// Its file: CSV with the columns old_code, new_code, share, default (`docs/units.md`).
    decree: String,
    /// From when it holds; today if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    effective: Option<Date>,
    /// Only tell what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// What a decree does, or would do.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AppliedView {
    /// Whether it is in force now; its slices follow, see `GET /api/v1/units`.
    applied: bool,
    plan: DecreePlan,
}

/// The editions.
#[utoipa::path(
    get, path = "/api/v1/units", security(("operator" = [])),
    responses((status = 200, body = UnitsView), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn list(_: Caller, State(api): State<Api>) -> Result<Json<UnitsView>, ApiError> {
    Ok(Json(api.reader.read(view).await?))
}

fn view(registrar: &Registrar) -> Result<UnitsView, UnitError> {
    let units = registrar.units()?;
    let made = units.issued().iter().map(|issued| EditionView {
        edition: issued.edition.get(),
        effective: Some(issued.decree.effective.to_civil().to_string()),
        commit: issued.commit.get(),
        communes: issued.table.communes().len(),
        provinces: issued.table.provinces().len(),
        rows: issued.decree.rows.len(),
    });
    let first = units.table_of(registry::unit::Edition::BEFORE_JULY_2025);
    let first = first.map(|table| EditionView {
        edition: 0,
        effective: None,
        commit: 0,
        communes: table.communes().len(),
        provinces: table.provinces().len(),
        rows: 0,
    });
    Ok(UnitsView {
        base: units.base().get(),
        edition: units.edition().get(),
        editions: first.into_iter().chain(made).collect(),
        progress: registrar.decree_progress()?,
    })
}

/// A commune's name.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct NameView {
    /// Its code.
    #[schema(value_type = String)]
    code: OfficeCode,
    /// Kind and name, as it has them now or had them last.
    name: String,
}

/// The communes that decrees of this registry's time have made or named anew: the names that
/// programs of an earlier release cannot know.
#[utoipa::path(
    get, path = "/api/v1/units/names", security(("operator" = [])),
    responses((status = 200, body = [NameView]), (status = 401, body = super::ErrorBody))
)]
pub(crate) async fn names(
    _: Caller,
    State(api): State<Api>,
) -> Result<Json<Vec<NameView>>, ApiError> {
    let units = api.reader.read(Registrar::units).await?;
    let made = units.issued().iter().map(|issued| &issued.decree);
    let made = made.filter(|decree| !decree.is_of_july_2025());
    let codes: BTreeSet<OfficeCode> = made
        .flat_map(|decree| decree.units.iter().map(|unit| unit.code))
        .collect();
    let named = codes.into_iter().filter_map(|code| {
        let name = units.ever(code)?.full_name();
        Some(NameView { code, name })
    });
    Ok(Json(named.collect()))
}

/// What became of a code, edition by edition.
#[utoipa::path(
    get, path = "/api/v1/units/{code}", params(("code" = String, Path, description = "5 digits")),
    security(("operator" = [])),
    responses((status = 200, body = Vec<Object>), (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn one(
    _: Caller,
    State(api): State<Api>,
    Item(code): Item<String>,
) -> Result<Json<Vec<Happened>>, ApiError> {
    let unknown = || ApiError::not_found("office_unknown", "no commune ever had this code");
    let code: OfficeCode = code.parse().map_err(|_| unknown())?;
    let read = api
        .reader
        .read(move |registrar| Ok(registrar.units()?.trace(code)));
    let trace = read.await?;
    if trace.is_empty() {
        return Err(unknown());
    }
    Ok(Json(trace))
}

/// Puts a decree in force, or tells what it would do. Its slices follow in the background.
#[utoipa::path(
    post, path = "/api/v1/units", request_body = NewDecree, security(("operator" = [])),
    responses((status = 200, body = AppliedView), (status = 202, body = AppliedView),
              (status = 400, body = super::ErrorBody), (status = 403, body = super::ErrorBody),
              (status = 409, body = super::ErrorBody))
)]
pub(crate) async fn apply(
    caller: Caller,
    State(api): State<Api>,
    Body(new): Body<NewDecree>,
) -> Result<(StatusCode, Json<AppliedView>), ApiError> {
    let by = caller.needs(&[OperatorRole::System])?;
    let dry_run = new.dry_run;
    let read = api.reader.read(move |registrar| Ok(plan(registrar, &new)));
    let (decree, plan) = read.await?.map_err(DeskError::from)?;
    if dry_run {
        let view = AppliedView {
            applied: false,
            plan,
        };
        return Ok((StatusCode::OK, Json(view)));
    }
    let applied = api.desk.apply_decree(decree).await;
    // Though the disk has not confirmed it, it may be in force.
    api.carrying.notify_one();
    let edition = applied?;
    tracing::info!(%edition, rows = plan.communes.0, by = %by.name, "a decree is in force");
    let view = AppliedView {
        applied: true,
        plan,
    };
    Ok((StatusCode::ACCEPTED, Json(view)))
}

fn plan(registrar: &Registrar, new: &NewDecree) -> Result<(Decree, DecreePlan), DecreeFailure> {
    let now_s = clock::now_s();
    let effective = new.effective.unwrap_or_else(|| Date::in_viet_nam(now_s));
    let units = registrar.units()?;
    let decree = Decree::read(&new.decree, effective, &units)?;
    let mut plan = registrar.plan_decree(now_s, &decree)?;
    if new.dry_run {
        registrar.plan_parts(now_s, &decree, &mut plan)?;
    }
    Ok((decree, plan))
}
