//! What became of a commune, edition by edition: for people who hold a paper with an old code.

use serde::Serialize;

use super::{Edition, Issued, Units};
use crate::OfficeCode;

/// What a decree does to a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing: it stays as it is.
    Kept,
    /// It has another name.
    Renamed,
    /// It is of another class, or in another province.
    Reclassed,
    /// All of it goes into another commune, or others come into it.
    Merged,
    /// It is divided.
    Divided,
}

/// A commune in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// The edition.
    pub edition: Edition,
    /// From when it holds, ISO form; nothing is known of the first.
    pub since: Option<String>,
    /// Kind and name in it.
    pub name: String,
    /// Its province.
    pub province: String,
    /// Communes of the edition before of which it has people.
    pub from: Vec<OfficeCode>,
    /// What the next decree did to it; nothing if the edition is in force.
    pub change: Option<Change>,
    /// The communes that have its people in the next edition, the default first.
    pub to: Vec<OfficeCode>,
}

impl Units {
    /// A code through all editions; nothing if none has it.
    pub fn trace(&self, code: OfficeCode) -> Vec<Happened> {
        let editions = 0..=self.edition().get();
        let traced = editions.map(Edition::new).filter_map(|edition| {
            let table = self.table_of(edition)?;
            let commune = table.commune(code)?;
            let before = usize::from(edition.get()).checked_sub(1);
            let made_by = before.and_then(|place| self.issued().get(place));
            let next = self.issued().get(usize::from(edition.get()));
            let province = table.province(commune.province);
            Some(Happened {
                edition,
                since: self
                    .effective(edition)
                    .map(|date| date.to_civil().to_string()),
                name: commune.full_name(),
                province: province.map_or_else(String::new, |province| province.name.to_string()),
                from: made_by
                    .map(|issued| issued.predecessors(code).to_vec())
                    .unwrap_or_default(),
                change: next.map(|issued| self.change(issued, code)),
                to: next
                    .map(|issued| successors(issued, code))
                    .unwrap_or_default(),
            })
        });
        traced.collect()
    }

    /// What a decree did to a commune of the edition before it.
    pub fn change(&self, issued: &Issued, old: OfficeCode) -> Change {
        let rows = issued.decree.of(old);
        if rows.len() > 1 {
            return Change::Divided;
        }
        let became = rows.first().map_or(old, |row| row.new);
        let before = issued.edition.get().saturating_sub(1);
        let before = self
            .table_of(Edition::new(before))
            .and_then(|table| table.commune(old));
        let after = issued.table.commune(became);
        if became != old || issued.predecessors(became).iter().any(|from| *from != old) {
            return Change::Merged;
        }
        match (before, after) {
            (Some(before), Some(after)) if before.name != after.name => Change::Renamed,
            (Some(before), Some(after))
                if before.kind != after.kind || before.province != after.province =>
            {
                Change::Reclassed
            }
            _ => Change::Kept,
        }
    }
}

fn successors(issued: &Issued, old: OfficeCode) -> Vec<OfficeCode> {
    let mut rows: Vec<_> = issued.decree.of(old).iter().collect();
    rows.sort_by_key(|row| !row.default);
    if rows.is_empty() {
        return vec![old];
    }
    rows.into_iter().map(|row| row.new).collect()
}
