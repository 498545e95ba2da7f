//! Quality and people of the country, a province, a commune: sums of the last surveys, with how
//! old they are. Nobody is named.

use axum::Json;
use axum::extract::State;
use registry::OfficeCode;
use registry::quality::{Problem, Score, Shares, Word};
use registry::statistics::{Pyramid, Survey, Vital};
use registry::unit::{ProvinceCode, Units};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::body::Params;
use super::{Api, ApiError};
use crate::clock;
use crate::registrar::{Registrar, SurveyRow};
use crate::unit::UnitError;

/// Of what.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    /// A province by its code; the country if neither is given.
    province: Option<String>,
    /// A commune by its code.
    office: Option<String>,
    /// Survey this commune now instead of telling the last survey; with `office` alone.
    #[serde(default)]
    now: bool,
    /// Births and deaths of this year alone.
    year: Option<u16>,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Country,
    Province(ProvinceCode),
    Office(OfficeCode),
}

impl Of {
    fn scope(&self, units: &Units) -> Result<Scope, ApiError> {
        match (&self.province, &self.office) {
            (Some(_), Some(_)) => {
                let words = "ask about a province or a commune, not both";
                Err(ApiError::bad("query_invalid", words).at("province"))
            }
            (None, None) if self.now => {
                let words = "only one commune is surveyed at once: name it with `office`";
                Err(ApiError::bad("query_invalid", words).at("now"))
            }
            (Some(_), None) if self.now => {
                let words = "only one commune is surveyed at once: name it with `office`";
                Err(ApiError::bad("query_invalid", words).at("now"))
            }
            (None, None) => Ok(Scope::Country),
            (Some(code), None) => {
                let code: Option<ProvinceCode> = code.parse().ok();
                let known = code.filter(|code| units.province(*code).is_some());
                known.map(Scope::Province).ok_or_else(|| {
                    ApiError::not_found("province_unknown", "there is no province with this code")
                })
            }
            (None, Some(code)) => {
                let code: Option<OfficeCode> = code.parse().ok();
                let known = code.filter(|code| units.existed(*code));
                known.map(Scope::Office).ok_or_else(|| {
                    ApiError::not_found("office_unknown", "there is no commune with this code")
                })
            }
        }
    }
}

/// A part of what was asked about: a province of the country, a commune, a hamlet.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PartView {
    /// Its code; none for a hamlet.
    code: Option<String>,
    name: String,
    #[schema(value_type = Object)]
    score: Score,
    #[schema(value_type = Object)]
    percent: Shares,
    /// The oldest survey in it, seconds since 1970; absent if there is none yet.
    surveyed_s: Option<i64>,
    /// The last contact with a node of the commune, or the one that is longest ago in a province.
    last_sync_s: Option<i64>,
}

/// Something to mend.
#[derive(Serialize, utoipa::ToSchema)]
struct ProblemView {
    #[schema(value_type = String)]
    problem: Problem,
    #[schema(value_type = String)]
    word: Word,
    label_vi: &'static str,
    mend: &'static str,
    people: u64,
}

/// Quality of the country, a province or a commune.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct QualityView {
    /// The whole.
    whole: PartView,
    /// Communes that were never surveyed and are not in the sums.
    communes_waiting: u64,
    /// What there is to mend, the most frequent first.
    problems: Vec<ProblemView>,
    /// Its provinces, communes or hamlets.
    parts: Vec<PartView>,
}

/// People of the country, a province or a commune.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StatisticsView {
    code: Option<String>,
    name: String,
    /// The oldest survey in it, seconds since 1970; absent if there is none yet.
    surveyed_s: Option<i64>,
    /// Communes that were never surveyed and are not in the sums.
    communes_waiting: u64,
    /// The living who are counted.
    people: u64,
    /// They by age and sex.
    #[schema(value_type = Object)]
    pyramid: Pyramid,
    /// Births and deaths by month: as they happened, and as they were registered.
    #[schema(value_type = Object)]
    vital: Vital,
}

/// A sum of surveys.
#[derive(Default)]
struct Sum {
    survey: Survey,
    vital: Vital,
    surveyed_s: Option<i64>,
    last_sync_s: Option<i64>,
}

impl Sum {
    fn add(&mut self, row: &SurveyRow, last_sync_s: Option<i64>) {
        self.survey.merge(&row.survey);
        self.vital.merge(&row.vital);
        let older = |kept: Option<i64>, new| Some(kept.map_or(new, |kept| kept.min(new)));
        self.surveyed_s = older(self.surveyed_s, row.at_s);
        if let Some(at_s) = last_sync_s {
            self.last_sync_s = older(self.last_sync_s, at_s);
        }
    }
    fn view(&self, code: Option<String>, name: String) -> PartView {
        PartView {
            code,
            name,
            percent: self.survey.score.percent(),
            score: self.survey.score.clone(),
            surveyed_s: self.surveyed_s,
            last_sync_s: self.last_sync_s,
        }
    }
}

/// All that a walk over the surveys gives.
#[derive(Default)]
struct Found {
    whole: Sum,
    waiting: u64,
    parts: std::collections::BTreeMap<String, Sum>,
    /// The survey of the commune that was asked about.
    own: Option<SurveyRow>,
}

/// Quality of the data by the four words: of the country by provinces, of a province by communes,
/// of a commune by hamlets.
#[utoipa::path(
    get, path = "/api/v1/quality", params(Of), security(("operator" = [])),
    responses((status = 200, body = QualityView), (status = 400, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn quality(
    _: Caller,
    State(api): State<Api>,
    Params(of): Params<Of>,
) -> Result<Json<QualityView>, ApiError> {
    let units = api.reader.read(Registrar::units).await?;
    let scope = of.scope(&units)?;
    let found = find(&api, scope, of.now).await?;
    let (code, name) = named(scope, &units);
    let score = &found.whole.survey.score;
    let mut problems: Vec<ProblemView> = score.problems.iter().map(problem_view).collect();
    problems.sort_by_key(|view| std::cmp::Reverse(view.people));
    let hamlets = found.own.iter().flat_map(|row| row.survey.hamlets());
    let hamlets = hamlets.map(|hamlet| PartView {
        code: None,
        name: hamlet.name.clone(),
        percent: hamlet.score.percent(),
        score: hamlet.score.clone(),
        surveyed_s: found.whole.surveyed_s,
        last_sync_s: found.whole.last_sync_s,
    });
    let parts = found.parts.iter();
    let parts = parts.map(|(code, sum)| sum.view(Some(code.clone()), name_of(code, &units)));
    Ok(Json(QualityView {
        parts: parts.chain(hamlets).collect(),
        whole: found.whole.view(code, name),
        communes_waiting: found.waiting,
        problems,
    }))
}

/// People by age and sex, births and deaths by month.
#[utoipa::path(
    get, path = "/api/v1/statistics", params(Of), security(("operator" = [])),
    responses((status = 200, body = StatisticsView), (status = 400, body = super::ErrorBody),
              (status = 404, body = super::ErrorBody))
)]
pub(crate) async fn statistics(
    _: Caller,
    State(api): State<Api>,
    Params(of): Params<Of>,
) -> Result<Json<StatisticsView>, ApiError> {
    let units = api.reader.read(Registrar::units).await?;
    let scope = of.scope(&units)?;
    let found = find(&api, scope, of.now).await?;
    let (code, name) = named(scope, &units);
    let vital = found.whole.vital;
    Ok(Json(StatisticsView {
        code,
        name,
        surveyed_s: found.whole.surveyed_s,
        communes_waiting: found.waiting,
        people: found.whole.survey.score.people,
        pyramid: found.whole.survey.pyramid,
        vital: match of.year {
            Some(year) => vital.of_year(year),
            None => vital,
        },
    }))
}

async fn find(api: &Api, scope: Scope, now: bool) -> Result<Found, ApiError> {
    let read = api.reader.read(move |registrar| {
        if let (Scope::Office(office), true) = (scope, now) {
            let row = registrar.survey(office, clock::now_s(), &|| true)?;
            if let Some(row) = row {
                registrar.keep_survey(office, &row)?;
            }
        }
        add_up(registrar, scope)
    });
    Ok(read.await?)
}

fn add_up(registrar: &Registrar, scope: Scope) -> Result<Found, UnitError> {
    let mut contacts = std::collections::BTreeMap::new();
    for (office, _, row) in registrar.nodes()? {
        let contact = contacts.entry(office).or_insert(0i64);
        *contact = row.contact_s.max(*contact);
    }
    let contact = |office| contacts.get(&office).copied().filter(|at_s| *at_s > 0);
    let mut found = Found::default();
    if let Scope::Office(office) = scope {
        match registrar.surveyed(office)? {
            Some(row) => {
                found.whole.add(&row, contact(office));
                found.own = Some(row);
            }
            None => found.waiting = 1,
        }
        return Ok(found);
    }
    let units = registrar.units()?;
    registrar.each_survey(|office, row| {
        let province = units.province_of(office);
        let part = match scope {
            Scope::Province(wanted) if province != Some(wanted) => return,
            Scope::Country => province.map(|province| province.to_string()),
            _ => Some(office.to_string()),
        };
        let Some(row) = row else {
            found.waiting += 1;
            return;
        };
        found.whole.add(&row, contact(office));
        if let Some(part) = part {
            found
                .parts
                .entry(part)
                .or_default()
                .add(&row, contact(office));
        }
    })?;
    Ok(found)
}

fn named(scope: Scope, units: &Units) -> (Option<String>, String) {
    match scope {
        Scope::Country => (None, "Việt Nam".to_owned()),
        Scope::Province(code) => (Some(code.to_string()), name_of(&code.to_string(), units)),
        Scope::Office(code) => (Some(code.to_string()), name_of(&code.to_string(), units)),
    }
}

/// The name of a province or commune by its code; they differ in length.
fn name_of(code: &str, units: &Units) -> String {
    let commune = || {
        let code: OfficeCode = code.parse().ok()?;
        Some(units.ever(code)?.full_name())
    };
    let province = || {
        let code: ProvinceCode = code.parse().ok()?;
        Some(units.province(code)?.name.to_string())
    };
    let name = if code.len() > 3 {
        commune()
    } else {
        province()
    };
    name.unwrap_or_else(|| code.to_owned())
}

fn problem_view((problem, people): (&Problem, &u64)) -> ProblemView {
    let rule = problem.rule();
    ProblemView {
        problem: *problem,
        word: rule.word,
        label_vi: rule.label_vi,
        mend: rule.mend_en,
        people: *people,
    }
}
