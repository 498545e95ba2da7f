//! Whether somebody whom an act is about to make is registered already: hints for the clerk, over
//! the office's slice and its own unsent work. A hint stops nothing and links nobody.

use registry::RecordId;
use registry::act::{Act, Target};
use registry::duplicate::{
    Explanation, FindingView, Hint, Key, Prior, Relative, Traits, as_written, compare, keys,
};
use registry::feed::Officer;
use registry::fields::Fields;
use registry::person::Person;
use registry::procedure::{Filing, Notice, plan};
use registry::schema::RecordKind;
use registry::value::PersonLink;
use serde::Serialize;

use super::changes::ChangedRecord;
use super::live::Blocks;
use super::search::PersonHit;
use super::{FileError, Office, OfficeError};
use crate::tables::{Kept, TableError};

/// Possible duplicates that are told of one person made.
const TOLD_MAX: usize = 5;
/// People made by one act who are compared.
const MADE_MAX: usize = 16;

/// Somebody who may be the person whom an act makes.
#[derive(Debug, Clone, Serialize)]
pub struct PossibleDuplicate {
    /// The person made.
    pub made: RecordId,
    /// Who it may be, and why.
    #[serde(flatten)]
    pub like: LikePerson,
}

/// Somebody who may be another.
#[derive(Debug, Clone, Serialize)]
pub struct LikePerson {
    /// Who it may be.
    pub person: PersonHit,
    /// `look` or `strong`.
    pub hint: Hint,
    /// 0 is as probable as not; ten points double the odds.
    pub score: i32,
    /// What agrees and what differs, what says most first.
    pub explanation: Vec<FindingView>,
}

/// What an act would do.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    /// What the officer should look at.
    pub notices: Vec<Notice>,
    /// Records that it would change.
    pub changes: Vec<RecordId>,
    /// How many records it would make.
    pub makes: usize,
    /// Who may be registered already.
    pub duplicates: Vec<PossibleDuplicate>,
    /// What changes, item by item; for the screens.
    #[serde(skip)]
    pub differences: Vec<ChangedRecord>,
}

impl Office {
    /// Says what filing an act would do, and does nothing.
    pub fn check_act(
        &self,
        filing: &Filing,
        officer: &Officer,
        device_s: i64,
    ) -> Result<Checked, FileError> {
        let meta = self.meta();
        let author = super::filing::next_author(&meta);
        let desk = super::filing::desk(&meta, self.units(), &author, officer, device_s);
        let planned = plan(filing, &desk, self)?;
        let mut notices = planned.notices;
        if super::filing::is_clock_unverified(&meta, device_s) {
            notices.push(Notice::ClockUnverified);
        }
        let act = Act {
            author,
            office: Some(meta.office),
            body: planned.body,
        };
        self.checked(&act, notices)
    }

    fn checked(&self, act: &Act, notices: Vec<Notice>) -> Result<Checked, FileError> {
        let mut checked = Checked {
            notices,
            changes: Vec::new(),
            makes: 0,
            duplicates: Vec::new(),
            differences: Vec::new(),
        };
        let mut made = Vec::new();
        for (index, id) in act.records() {
            let before = self.rows.shown(&id)?;
            let after = act.apply(index, before.as_ref().map(|kept| &kept.record))?;
            let target = act.body.changes.get(index).map(|change| &change.target);
            let after = Kept::of(after).map_err(OfficeError::from)?;
            let fields = (before.as_ref().map(Kept::fields), after.fields());
            let changed = ChangedRecord::of(id, after.record.kind, fields);
            checked.differences.push(changed);
            if matches!(target, Some(Target::New { .. })) {
                checked.makes += 1;
                made.push(after);
            } else {
                checked.changes.push(id);
            }
        }
        checked.changes.dedup();
        for change in &act.body.changes {
            if matches!(change.target, Target::Absent(_)) {
                let changed = ChangedRecord::told(self.known_of(None, change)?, change);
                checked.differences.push(changed);
            }
        }
        let own: Vec<RecordId> = made.iter().map(|kept| kept.record.id).collect();
        for kept in made
            .iter()
            .filter(|kept| kept.record.kind == RecordKind::Person)
            .take(MADE_MAX)
        {
            checked.duplicates.extend(self.like(kept, &own)?);
        }
        Ok(checked)
    }

    /// Who may be one of the people that an act has just made.
    pub fn duplicates_of(&self, made: &[RecordId]) -> Result<Vec<PossibleDuplicate>, OfficeError> {
        let mut found = Vec::new();
        for id in made.iter().take(MADE_MAX) {
            if let Some(kept) = self.rows.shown(id)?
                && kept.record.kind == RecordKind::Person
            {
                found.extend(self.like(&kept, made)?);
            }
        }
        Ok(found)
    }

    /// Who may be the person of whom so much is known, while it is typed.
    pub fn people_like(&self, fields: &Fields) -> Result<Vec<LikePerson>, OfficeError> {
        self.like_fields(fields, &[])
    }

    /// The people who may be this one, the likeliest first; nobody of `but`, who were made
    /// together and are told apart by the clerk.
    fn like(&self, kept: &Kept, but: &[RecordId]) -> Result<Vec<PossibleDuplicate>, OfficeError> {
        let like = self.like_fields(kept.fields(), but)?;
        let made = kept.record.id;
        let of = |like| PossibleDuplicate { made, like };
        Ok(like.into_iter().map(of).collect())
    }

    fn like_fields(
        &self,
        fields: &Fields,
        but: &[RecordId],
    ) -> Result<Vec<LikePerson>, OfficeError> {
        let Some(traits) = self.traits(fields) else {
            return Ok(Vec::new());
        };
        self.prepare_duplicates()?;
        let met = {
            let live = self.live();
            let blocks = live.blocks.as_ref();
            blocks
                .map(|blocks| blocks.meet(&keys(&traits)))
                .unwrap_or_default()
        };
        let prior = Prior::of(u64::from(self.meta().people));
        let mut found: Vec<(Explanation, Kept)> = Vec::new();
        for id in met.into_iter().filter(|id| !but.contains(id)) {
            let Some(other) = self.rows.shown(&id)? else {
                continue;
            };
            let Some(theirs) = self.traits(other.fields()) else {
                continue;
            };
            let explanation = compare(&traits, &theirs, prior);
            if explanation.hint > Hint::Unlikely {
                found.push((explanation, other));
            }
        }
        found.sort_by_key(|(explanation, other)| (-explanation.score, other.record.id));
        found
            .into_iter()
            .take(TOLD_MAX)
            .map(|(explanation, other)| {
                Ok(LikePerson {
                    person: self.hit_of(&other)?,
                    hint: explanation.hint,
                    score: explanation.score,
                    explanation: explanation.views(),
                })
            })
            .collect()
    }

    fn traits(&self, fields: &Fields) -> Option<Traits> {
        Traits::of(fields, &|link| self.relative(link))
    }

    /// Whom a link means, as far as this office holds them.
    fn relative(&self, link: &PersonLink) -> Relative {
        let written = as_written(link);
        let pin = match link {
            PersonLink::Pin(pin) | PersonLink::Named { pin: Some(pin), .. } => Some(*pin),
            _ => None,
        };
        let record = written
            .record
            .or_else(|| pin.and_then(|pin| self.live().index.by_pin(pin)));
        let name = written.name.or_else(|| {
            let kept = record.and_then(|id| self.rows.shown(&id).ok().flatten())?;
            Person(kept.fields()).name().cloned()
        });
        Relative { record, name }
    }

    /// The keys of a record, if it is a person's.
    pub(super) fn keys_of(&self, kept: &Kept) -> Vec<Key> {
        let person = kept.record.kind == RecordKind::Person;
        let traits = person.then(|| self.traits(kept.fields())).flatten();
        traits.map(|traits| keys(&traits)).unwrap_or_default()
    }

    /// Reads everybody once, so that duplicates can be looked for; nothing if that was done.
    pub fn prepare_duplicates(&self) -> Result<(), OfficeError> {
        if self.live().blocks.is_some() {
            return Ok(());
        }
        // Nobody writes meanwhile, so nobody is missed.
        let _writing = self.writing();
        if self.live().blocks.is_some() {
            return Ok(());
        }
        let blocks = Blocks::of(|add| {
            let mut read = |id, row: &[u8]| {
                if Kept::kind_of_row(row) == Some(RecordKind::Person) {
                    let kept =
                        Kept::decode(id, row).ok_or(TableError::Damaged { table: "records" })?;
                    add(id, &self.keys_of(&kept));
                }
                Ok(true)
            };
            self.rows.walk_official(None, &mut read)?;
            self.rows.walk_provisional(&mut read)
        })?;
        let mut live = self.live.change();
        live.blocks = Some(blocks);
        Ok(())
    }
}
