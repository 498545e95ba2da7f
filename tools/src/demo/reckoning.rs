//! The second half of the story: lines are back, acts and receipts flow, and what was decided about
//! the disputes ([`super::reviewing`]) reaches the offices.

use serde_json::Value;

use super::agreement;
use super::api::{field, has_disputes, text};
use super::clashes::{Clash, Kind};
use super::office_work::at;
use super::story::{A, B, C, Story};
use crate::cases::CaseRow;
use crate::failure::Failure;

/// What the last line tells.
pub(crate) struct Figures {
    pub(crate) offices: usize,
    pub(crate) records: u64,
    pub(crate) acts: u64,
    pub(crate) cases_opened: usize,
    pub(crate) cases_decided: usize,
    pub(crate) returned: u64,
    pub(crate) unsent: u64,
    pub(crate) bytes_up: u64,
    pub(crate) bytes_down: u64,
}

impl Figures {
    /// The line that programs read.
    pub(crate) fn line(&self) -> String {
        format!(
            "demo: converged offices={} records={} acts={} cases_opened={} cases_decided={} returned={} unsent={} bytes_up={} bytes_down={}",
            self.offices,
            self.records,
            self.acts,
            self.cases_opened,
            self.cases_decided,
            self.returned,
            self.unsent,
            self.bytes_up,
            self.bytes_down
        )
    }
}

/// The lines come back, and everything that waited is sent and answered.
pub(crate) fn restore_lines(story: &mut Story) -> Result<(), Failure> {
    story.teller.chapter("The lines are back");
    for place in [B, C] {
        at(&story.fleet.offices, place)?.desk.line("restore")?;
    }
    agreement::wait(&mut story.fleet)?;
    agreement::check(&story.fleet, &mut story.teller)?;
    check_receipts(story)?;
    the_returned_act(story)
}

/// Every act of the story has its outcome at its office.
fn check_receipts(story: &mut Story) -> Result<(), Failure> {
    let mut without = 0usize;
    for entry in &story.ledger.entries {
        let act = at(&story.fleet.offices, entry.office)?
            .desk
            .act(&entry.act)?;
        let state = text(&act, "/state").unwrap_or_default();
        if !matches!(
            state,
            "final" | "disputed" | "set_aside" | "returned" | "parked"
        ) {
            without += 1;
        }
    }
    let words = format!(
        "each of {} acts has its receipt",
        story.ledger.entries.len()
    );
    story.teller.check_equal(words, &without, &0);
    for place in [A, B, C] {
        let office = at(&story.fleet.offices, place)?;
        let waiting = office.desk.acts_in("provisional")?.len();
        let words = format!("{}: no act is provisional any more", office.name);
        story.teller.check_equal(words, &waiting, &0);
    }
    Ok(())
}

fn the_returned_act(story: &mut Story) -> Result<(), Failure> {
    let office = at(&story.fleet.offices, C)?;
    let returned = office.desk.acts_in("returned")?;
    let ids: Vec<Option<&str>> = returned.iter().map(|act| text(act, "/act")).collect();
    let wanted = vec![story.to_be_returned.as_deref()];
    let name = office.name.clone();
    let reason = returned
        .first()
        .and_then(|act| text(act, "/words"))
        .unwrap_or("-");
    story
        .teller
        .tell(format!("{name}: returned, because: {reason}"));
    story.teller.check_equal(
        "the act on the misread card came back, and no other",
        &ids,
        &wanted,
    );
    let code = returned.first().and_then(|act| text(act, "/code"));
    story
        .teller
        .check_equal("with its code", &code, &Some("person_mismatch"));
    Ok(())
}

/// The decisions reach the offices: nothing is disputed any more, and what was decided is shown.
pub(crate) fn aftermath(story: &mut Story, clashes: &[Clash]) -> Result<(), Failure> {
    story.teller.chapter("The decisions reach the offices");
    agreement::wait(&mut story.fleet)?;
    agreement::check(&story.fleet, &mut story.teller)?;
    for clash in clashes {
        as_decided(story, clash)?;
    }
    // The child of two entries has one record now, and its number.
    let child = clashes.iter().find(|clash| clash.kind == Kind::TwoBirths);
    story
        .newborns
        .extend(child.map(|clash| (B, clash.record.clone())));
    story.check_newborns()?;
    check_receipts(story)
}

fn as_decided(story: &mut Story, clash: &Clash) -> Result<(), Failure> {
    let mut views = Vec::new();
    for place in [B, C] {
        let office = at(&story.fleet.offices, place)?;
        views.push((office.name.clone(), office.desk.person(&clash.record)?));
    }
    let words = clash.kind.words();
    for (name, person) in &views {
        let quiet = person.as_ref().is_none_or(|person| !has_disputes(person));
        story
            .teller
            .check(format!("{name}: no longer disputed: {words}"), quiet);
    }
    let [(home, at_home), (lodging, at_lodging)] = views.as_slice() else {
        return Ok(());
    };
    let shows =
        |person: &Option<Value>, fits: &dyn Fn(&Value) -> bool| person.as_ref().is_some_and(fits);
    match clash.kind {
        Kind::TwoHomes => {
            story
                .teller
                .check(format!("  {home} holds the record"), at_home.is_some());
            story.teller.check(
                format!("  {lodging} no longer holds it"),
                at_lodging.is_none(),
            );
            let first = at(&story.fleet.offices, A)?;
            let left = first.desk.person(&clash.record)?.is_none();
            story
                .teller
                .check(format!("  {} no longer holds it", first.name), left);
        }
        Kind::TwoNames => {
            let named = |person: &Value| {
                let name = field(person, "name");
                let name = name.and_then(|name| text(name, "/name").or(name.as_str()));
                name.is_some_and(|name| name.ends_with("Thủy"))
            };
            let both = shows(at_home, &named) && shows(at_lodging, &named);
            story
                .teller
                .check("  both offices show the name that was decided", both);
        }
        Kind::TwoBloodTypes => {
            let ab = |person: &Value| {
                let blood = field(person, "blood");
                blood.and_then(|blood| text(blood, "/blood").or(blood.as_str())) == Some("ab")
            };
            let both = shows(at_home, &ab) && shows(at_lodging, &ab);
            story
                .teller
                .check("  both offices show the value that was decided", both);
        }
        Kind::DeathAndLife => {
            let alive = |person: &Value| field(person, "death").is_none();
            let both = shows(at_home, &alive) && shows(at_lodging, &alive);
            story
                .teller
                .check("  both offices show a living person", both);
        }
        Kind::TwoBirths => the_other_child(story, clash)?,
    }
    Ok(())
}

/// The second entry of the child is revoked, never erased.
fn the_other_child(story: &mut Story, clash: &Clash) -> Result<(), Failure> {
    let Some(other) = &clash.other else {
        story
            .teller
            .check("  the second entry made a record", false);
        return Ok(());
    };
    let office = at(&story.fleet.offices, C)?;
    let person = office.desk.person(other)?;
    let revoked = person
        .as_ref()
        .is_some_and(|person| field(person, "revoked").is_some());
    story.teller.check(
        "  the second entry is revoked, and still there to be seen",
        revoked,
    );
    Ok(())
}

/// What the last line tells, and that nothing is left to decide.
pub(crate) fn figures(story: &mut Story) -> Result<Figures, Failure> {
    let central = &story.fleet.central;
    let all: Vec<CaseRow> = central.get_as("/api/v1/cases?state=all")?;
    let open: Vec<CaseRow> = central.get_as("/api/v1/cases?state=open")?;
    let decided = all
        .iter()
        .filter(|row| row.state.as_str() == Some("decided"))
        .count();
    let summary = central.get("/api/v1/summary")?;
    let of = |key: &str| summary.get(key).and_then(Value::as_u64).unwrap_or(0);
    let mut figures = Figures {
        offices: story.fleet.offices.len(),
        records: of("records"),
        acts: of("acts"),
        cases_opened: all.len(),
        cases_decided: decided,
        returned: of("returned"),
        unsent: 0,
        bytes_up: 0,
        bytes_down: 0,
    };
    for office in &story.fleet.offices {
        let status = office.desk.status()?;
        figures.unsent += status.unsent;
        figures.bytes_up += status.bytes_up;
        figures.bytes_down += status.bytes_down;
    }
    story.teller.chapter("The end");
    story
        .teller
        .check_equal("no case is left to decide", &open.len(), &0);
    story
        .teller
        .check_equal("no act is unsent", &figures.unsent, &0);
    story
        .teller
        .check_equal("one act was returned", &figures.returned, &1);
    story.teller.check_equal(
        "five cases were opened",
        &figures.cases_opened,
        &Kind::ALL.len(),
    );
    story
        .teller
        .check_equal("and decided", &figures.cases_decided, &Kind::ALL.len());
    Ok(figures)
}
