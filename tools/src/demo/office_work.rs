//! The filings that the offices of the story make, and the ledger of what became of them.

use registry::date::Date;
use serde_json::{Value, json};

use super::api::{Filed, text};
use super::cast::Player;
use super::fleet::Office;
use crate::failure::Failure;

/// An act of the story that an office has accepted.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Place of the office in the fleet.
    pub(crate) office: usize,
    /// The act.
    pub(crate) act: String,
    /// What it was, in words.
    pub(crate) what: String,
}

/// Every act of the story.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) entries: Vec<Entry>,
}

impl Ledger {
    /// Files an act at an office and notes it.
    pub(crate) fn file(
        &mut self,
        offices: &[Office],
        office: usize,
        what: &str,
        filing: &Value,
    ) -> Result<Filed, Failure> {
        let at = at(offices, office)?;
        let filed = at.desk.file(filing).map_err(|failure| {
            Failure::Failed(format!("{}: {what} was not accepted: {failure}", at.name))
        })?;
        let entry = Entry {
            office,
            act: filed.act.clone(),
            what: what.to_owned(),
        };
        self.entries.push(entry);
        Ok(filed)
    }
}

/// The office at a place.
pub(crate) fn at(offices: &[Office], place: usize) -> Result<&Office, Failure> {
    offices
        .get(place)
        .ok_or_else(|| Failure::Failed(format!("there is no office {place}")))
}

/// The record of a player at an office that must hold it.
pub(crate) fn held(office: &Office, player: &Player) -> Result<String, Failure> {
    office.desk.by_pin(&player.pin)?.ok_or_else(|| {
        Failure::Failed(format!(
            "{} does not hold a record that it should hold",
            office.name
        ))
    })
}

/// The household of a person, by its record.
pub(crate) fn household_of(office: &Office, record: &str) -> Result<String, Failure> {
    let person = office.desk.person(record)?.unwrap_or_default();
    text(&person, "/fields/membership/membership/household")
        .or_else(|| text(&person, "/household"))
        .map(str::to_owned)
        .ok_or_else(|| Failure::Failed(format!("{}: a person has no household", office.name)))
}

/// A day so many days ago, as acts write it.
pub(crate) fn days_ago(days: i32) -> String {
    days_from_now(-days)
}

/// A day so many days ahead.
pub(crate) fn days_ahead(days: i32) -> String {
    days_from_now(days)
}

fn days_from_now(days: i32) -> String {
    let today = Date::from_civil(crate::duration::today()).ok();
    let day = today.and_then(|today| today.add_days(days));
    day.map_or_else(String::new, |day| {
        registry::date::PartialDate::from(day).to_iso()
    })
}

/// A paper.
fn paper(kind: &str, number: &str) -> Value {
    json!([{"kind": kind, "number": number, "date": days_ago(12)}])
}

/// A birth whose parents are told by their numbers.
pub(crate) fn birth(father: &Player, mother: &Player, name: &str, certificate: &str) -> Value {
    json!({
        "act": "birth",
        "child": {"name": name, "birth_date": days_ago(9), "sex": "female"},
        "certificate": certificate,
        "father": {"pin": father.pin},
        "mother": {"pin": mother.pin},
        "joins_household": true,
        "evidence": paper("giấy chứng sinh", certificate),
    })
}

/// A death so many days ago.
pub(crate) fn death(record: &str, days: i32) -> Value {
    json!({
        "act": "death",
        "person": {"id": record},
        "date": days_ago(days),
        "ground": "giấy báo tử",
        "evidence": paper("giấy báo tử", "BT-04"),
    })
}

/// A marriage of two people whom the office holds.
pub(crate) fn marriage(first: &str, second: &str) -> Value {
    json!({
        "act": "marriage",
        "first": {"id": first},
        "second": {"id": second},
        "certificate": "KH-11",
    })
}

/// Permanent registration of somebody of another commune.
pub(crate) fn move_in(player: &Player, address: &str) -> Value {
    json!({
        "act": "permanent_registration",
        "people": [{"person": player.card(), "relation": "head"}],
        "address": address,
        "from": days_ago(3),
        "ground": "thuê nhà",
        "evidence": paper("CT01", "CT01-77"),
    })
}

/// Temporary registration of somebody of another commune, since two months ago.
pub(crate) fn lodge(player: &Player, address: &str) -> Value {
    json!({
        "act": "temporary_registration",
        "person": player.card(),
        "address": address,
        "from": days_ago(60),
        "to": days_ahead(300),
        "ground": "thuê nhà",
        "evidence": paper("CT01", "CT01-78"),
    })
}

/// Phone and e-mail. Neighbouring numbers look as unlike as those of neighbours do, so that
/// compressing them is measured fairly.
pub(crate) fn contact(record: &str, serial: u32) -> Value {
    let mixed = u64::from(serial).wrapping_mul(2_654_435_761) % 100_000_000;
    json!({
        "act": "contact",
        "person": record,
        "phone": format!("09{mixed:08}"),
        "email": format!("c{:06x}@example.vn", mixed.wrapping_mul(48_271) % 0xff_ffff),
    })
}

/// A stay of two nights.
pub(crate) fn stay(player: &Player) -> Value {
    json!({
        "act": "stay_notification",
        "person": player.card(),
        "place": "nhà nghỉ",
        "from": days_ago(2),
        "to": days_ago(1),
    })
}

/// A correction of the name, on a paper.
pub(crate) fn new_name(record: &str, name: &str) -> Value {
    json!({
        "act": "correction",
        "person": record,
        "fields": [{"field": "name", "value": {"name": name}}],
        "evidence": paper("trích lục khai sinh", "TL-3"),
    })
}

/// A correction of the blood type.
pub(crate) fn blood(record: &str, code: &str) -> Value {
    json!({
        "act": "registry_correction",
        "person": record,
        "fields": [{"field": "blood", "value": {"blood": code}}],
        "evidence": paper("phiếu xét nghiệm", "XN-88"),
    })
}

/// A card for one that was lost.
pub(crate) fn card_application(record: &str) -> Value {
    json!({
        "act": "card_application",
        "person": record,
        "reason": "lost",
        "collected": ["face", "fingerprints", "iris"],
    })
}

/// Papers that were missing for an act.
pub(crate) fn more_papers(act: &str) -> Value {
    json!({"act": "add_evidence", "of": act, "evidence": paper("ảnh chân dung", "2")})
}

/// Another head of a household.
pub(crate) fn new_head(household: &str, record: &str) -> Value {
    let evidence = paper("văn bản thống nhất cử chủ hộ", "3");
    json!({"act": "change_of_head", "household": household, "new_head": record, "evidence": evidence})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filing_of_the_story_is_one_that_the_program_reads() {
        let player = Player {
            pin: "001090123456".into(),
            name: "Nguyễn Văn An".into(),
            birth_date: "1990-05-12".into(),
        };
        let id = "3f1c0a9be24d5b7788aa6d0192c3e4f5";
        let filings = [
            birth(&player, &player, "Nguyễn An", "GCS-1"),
            death(id, 4),
            marriage(id, id),
            move_in(&player, "số 1"),
            lodge(&player, "số 2"),
            contact(id, 3),
            stay(&player),
            new_name(id, "Nguyễn Ân"),
            blood(id, "ab"),
            new_head(id, id),
            card_application(id),
            more_papers(id),
        ];
        for filing in filings {
            let read = serde_json::from_value::<registry::procedure::Filing>(filing.clone());
            assert!(read.is_ok(), "{filing}");
        }
    }
}
