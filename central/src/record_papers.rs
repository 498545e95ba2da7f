//! The papers of a record's acts, for an office that came to the record after they were made.
//!
//! The acts are those on the record and on the records that were found to be the same person's before
//! ([`crate::revoked`]), those that added papers to them, and those of their open cases. What of an
//! act is told is the rule by which its papers may be fetched: [`crate::attachments::papers_to_see`].
//! Each list that is gone through is bounded, whatever a record has seen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use registry::act::papers::{PapersOfAct, PapersOfRecord};
use registry::case::Case;
use registry::{ActId, CaseId, CommitSeq, OfficeCode, RecordId};

use crate::attachments;
use crate::revoked;
use crate::tables::{self, KeptAct};
use crate::unit::{Unit, UnitError};

/// Records of one person that are gone through: as many as a decision is followed in the other
/// direction.
const RECORDS_MAX: usize = 16;
/// Open cases of a record that are looked at.
const CASES_MAX: usize = 32;
/// Acts that one question looks at, the newest.
const ACTS_MAX: usize = 256;
/// Acts that added papers to one act: as many as may.
const ADDED_MAX: usize = 64;

/// An act by its place among all; the newest is the last.
type Place = (CommitSeq, ActId);

/// The newest acts that were met, up to a number.
#[derive(Default)]
struct Newest {
    acts: BTreeSet<Place>,
    /// Whether older ones were left out.
    cut: bool,
}

impl Newest {
    fn add(&mut self, place: Place) {
        self.acts.insert(place);
        if self.acts.len() > ACTS_MAX {
            self.acts.pop_first();
            self.cut = true;
        }
    }

    /// The acts of a table whose keys end with a commit and an act, behind 16 bytes.
    fn add_keys(
        &mut self,
        unit: &Unit<'_>,
        table: registry_store::Table,
        of: &[u8; 16],
        max: usize,
    ) -> Result<(), UnitError> {
        for key in unit.last_keys(table, of, max)? {
            if let Some(place) = place_in(&key) {
                self.add(place);
            }
        }
        Ok(())
    }
}

fn place_in(key: &[u8]) -> Option<Place> {
    let commit = key.get(16..24)?.first_chunk::<8>()?;
    let act = ActId::from_slice(key.get(24..)?)?;
    Some((CommitSeq::new(u64::from_be_bytes(*commit)), act))
}

/// The papers of the acts on a record that are here and that an office of these names may see, the
/// newest act first. **None if it does not hold the record**: nobody learns by asking whether there is
/// such a record.
pub(crate) fn of_record(
    unit: &Unit<'_>,
    offices: &[OfficeCode],
    record: &RecordId,
) -> Result<PapersOfRecord, UnitError> {
    let mut list = PapersOfRecord::default();
    if !attachments::holds(unit, offices, record)? {
        return Ok(list);
    }
    let newest = acts_about(unit, record)?;
    if newest.cut {
        list.cut();
    }
    let mut acts = Vec::new();
    for (commit, id) in &newest.acts {
        if let Some(kept) = unit.get::<KeptAct>(tables::ACTS, id.as_bytes())?
            && let Some(office) = kept.act.office
        {
            acts.push((*commit, *id, office, kept));
        }
    }
    // Acts of one batch have one commit: they stand as their device made them.
    acts.sort_by_key(|(commit, id, _, kept)| {
        Reverse((
            *commit,
            kept.act.body.entered.at_s,
            kept.act.author.number,
            *id,
        ))
    });
    for (_, id, office, kept) in acts {
        let papers = PapersOfAct {
            act: id,
            kind: kept.act.body.kind,
            office,
            at_s: kept.act.body.entered.at_s,
            evidence: attachments::papers_to_see(unit, offices, &kept)?,
        };
        if !list.add(papers) {
            break;
        }
    }
    Ok(list)
}

fn acts_about(unit: &Unit<'_>, record: &RecordId) -> Result<Newest, UnitError> {
    let records = revoked::of_one_person(unit, record, RECORDS_MAX)?;
    let cases = open_cases(unit, &records)?;
    let mut newest = Newest::default();
    for id in &records {
        // One more than is looked at tells that there are older ones.
        newest.add_keys(unit, tables::ACTS_OF, id.as_bytes(), ACTS_MAX + 1)?;
    }
    for id in newest.acts.iter().map(|(_, id)| *id).collect::<Vec<_>>() {
        newest.add_keys(unit, tables::PAPERS_OF, id.as_bytes(), ADDED_MAX)?;
    }
    for act in cases.values().flat_map(acts_of_case) {
        let kept: Option<KeptAct> = unit.get(tables::ACTS, act.as_bytes())?;
        if let Some(kept) = kept {
            newest.add((kept.commit, act));
        }
    }
    Ok(newest)
}

/// The acts that make the claims of a case, among them such as wait for a person and so changed no
/// record, and those that answered it with papers.
fn acts_of_case(case: &Case) -> impl Iterator<Item = ActId> + '_ {
    let claims = case.dispute.claims.iter().filter_map(|claim| claim.act);
    let answers = case.answers.iter();
    let answers = answers.filter(|answer| !answer.evidence.is_empty());
    claims.chain(answers.map(|answer| answer.act))
}

/// The open cases of some records; those that are closed are not found by their records.
fn open_cases(unit: &Unit<'_>, records: &[RecordId]) -> Result<BTreeMap<CaseId, Case>, UnitError> {
    let mut cases = BTreeMap::new();
    for id in records {
        for key in unit.last_keys(tables::CASES_OF, id.as_bytes(), CASES_MAX)? {
            let Some(id) = key.get(16..).and_then(CaseId::from_slice) else {
                continue;
            };
            let case: Option<Case> = unit.get(tables::CASES, id.as_bytes())?;
            cases.extend(case.map(|case| (id, case)));
        }
    }
    Ok(cases)
}
