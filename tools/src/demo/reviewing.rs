//! Reviewers at the centre: every clash is one open case, both offices know of it, and two people
//! decide.

use registry::case::CaseNotice;
use serde_json::{Value, json};

use super::api::{is_disputed, text};
use super::clashes::Clash;
use super::office_work::at;
use super::story::{B, C, Story};
use crate::cases::CaseRow;
use crate::client::Api;
use crate::decide;
use crate::failure::Failure;

fn notice(central: &Api, number: u64) -> Result<CaseNotice, Failure> {
    central.get_as(&format!("/api/v1/cases/{number}"))
}

fn open_cases(central: &Api) -> Result<Vec<CaseNotice>, Failure> {
    let rows: Vec<CaseRow> = central.get_as("/api/v1/cases?state=open")?;
    rows.iter().map(|row| notice(central, row.number)).collect()
}

/// Each clash is exactly one open case, and the offices see it.
pub(crate) fn disputes(story: &mut Story, clashes: &[Clash]) -> Result<Vec<CaseNotice>, Failure> {
    story
        .teller
        .chapter("What the offices entered against one another");
    let notices = open_cases(&story.fleet.central)?;
    let mut found = Vec::new();
    for clash in clashes {
        let mine: Vec<&CaseNotice> = notices.iter().filter(|notice| clash.is(notice)).collect();
        let words = format!("one case is open: {}", clash.kind.words());
        story.teller.check_equal(words, &mine.len(), &1);
        let Some(notice) = mine.first() else { continue };
        let dispute = &notice.case.dispute;
        story.teller.check_equal(
            "  by its row of the clash table and its harm",
            &(dispute.row, dispute.harm),
            &clash.kind.row_and_harm(),
        );
        for line in who_claims(notice) {
            story.teller.tell(line);
        }
        offices_see_it(story, clash, notice)?;
        found.push((*notice).clone());
    }
    story
        .teller
        .check_equal("and no other case is open", &notices.len(), &clashes.len());
    Ok(found)
}

/// Both claims in words, without what they claim: no citizen's data on this screen.
fn who_claims(notice: &CaseNotice) -> Vec<String> {
    let dash = || "-".to_owned();
    let claims = notice.case.dispute.claims.iter().enumerate();
    claims
        .map(|(place, claim)| {
            let party = notice.parties.iter().find(|party| party.act == claim.act);
            let kind = party
                .and_then(|party| party.kind)
                .map(|kind| kind.rule().label_en);
            let office = party
                .and_then(|party| party.office)
                .map(crate::words::office);
            let officer = party
                .and_then(|party| party.officer.as_ref())
                .map(ToString::to_string);
            let counts = party
                .and_then(|party| party.effective)
                .map(|date| date.to_string());
            let papers = party.map_or(0, |party| party.evidence.len());
            format!(
                "  case {} claim {place}: {} by {} of {}, counts from {}, {papers} papers",
                notice.case.number,
                kind.unwrap_or("the record as it was made"),
                officer.unwrap_or_else(dash),
                office.unwrap_or_else(dash),
                counts.unwrap_or_else(dash),
            )
        })
        .collect()
}

fn offices_see_it(story: &mut Story, clash: &Clash, notice: &CaseNotice) -> Result<(), Failure> {
    let id = notice.case.id.to_string();
    for place in [B, C] {
        let office = at(&story.fleet.offices, place)?;
        let told = office
            .desk
            .cases()?
            .iter()
            .any(|told| text(told, "/case/id").or_else(|| text(told, "/id")) == Some(&id));
        let name = office.name.clone();
        story.teller.check(format!("  {name} is told of it"), told);
        if let Some(key) = clash.kind.field() {
            let person = office.desk.person(&clash.record)?.unwrap_or_default();
            let marked = is_disputed(&person, key);
            story
                .teller
                .check(format!("  {name} shows the field as disputed"), marked);
        }
    }
    Ok(())
}

/// Two reviewers decide every case.
pub(crate) fn decide_all(
    story: &mut Story,
    clashes: &[Clash],
    notices: &[CaseNotice],
) -> Result<(), Failure> {
    story.teller.chapter("Reviewers decide");
    let first = reviewer(&story.fleet.central, "reviewer-1")?;
    let second = reviewer(&story.fleet.central, "reviewer-2")?;
    for notice in notices {
        let Some(clash) = clashes.iter().find(|clash| clash.is(notice)) else {
            continue;
        };
        let number = notice.case.number;
        let (outcome, reason) = clash.decision(notice)?;
        let say = |api: &Api, version| decide::send(api, number, &outcome, reason, version);
        let step = step_of(&say(&first, notice.case.version)?);
        if notice.case.dispute.harm < 5 {
            let words = format!("case {number} is settled: {reason}");
            story.teller.check_equal(words, &step.as_str(), &"settled");
            continue;
        }
        let words = format!("case {number}, harm 5, needs a second reviewer: {reason}");
        story
            .teller
            .check_equal(words, &step.as_str(), &"needs_second");
        let version = self::notice(&story.fleet.central, number)?.case.version;
        let again = say(&first, version)
            .err()
            .map(|failure| failure.code().to_owned());
        story.teller.check_equal(
            "  the same reviewer twice is refused",
            &again.as_deref(),
            &Some("second_reviewer_needed"),
        );
        let step = step_of(&say(&second, version)?);
        story.teller.check_equal(
            "  the second reviewer settles it",
            &step.as_str(),
            &"settled",
        );
    }
    Ok(())
}

fn step_of(answer: &Value) -> String {
    text(answer, "/step").unwrap_or_default().to_owned()
}

/// A national reviewer.
fn reviewer(central: &Api, name: &str) -> Result<Api, Failure> {
    let body = json!({"name": name, "roles": ["reviewer"], "province": null});
    let answer = central.post("/api/v1/operators", &body)?;
    let token = text(&answer, "/token")
        .ok_or_else(|| Failure::Failed("the centre gave the reviewer no token".into()))?;
    Ok(central.with_token(token))
}
