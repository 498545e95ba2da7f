//! What is held in memory: the index of people, the cases that are open, the officers, the acts
//! without an answer. All of it is rebuilt from the rows at the start.

mod answers;
mod blocks;
mod index;
mod strangers;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use registry::act::ActBody;
use registry::act::{ActKind, Refers};
use registry::block::NumberBlock;
use registry::case::{CaseNotice, ClaimStands};
use registry::feed::Officer;
use registry::paper::used_by;
use registry::unit::Units;
use registry::{ActId, CaseId, OfficeCode, OfficerId, PaperId, RecordId};

use super::OfficeError;
use super::applications::{closed_by, closed_on};
use super::unsaved::Unsaved;
use crate::tables::{Access, ActKey, Answer, Meta, Rows};

pub(super) use answers::{Rare, RareAnswers};
pub(super) use blocks::Blocks;
pub(super) use index::{PeopleIndex, file_of, open_homes};
pub(super) use strangers::Strangers;

/// What an answer leaves of a case in memory.
#[derive(Debug, Clone)]
pub(super) struct CaseMark {
    pub(super) records: Vec<RecordId>,
    pub(super) open: bool,
    pub(super) freezes: bool,
    pub(super) harm: u8,
    pub(super) number: u64,
    /// The acts that it names, and how each stands in it.
    pub(super) claimants: Vec<(ActId, ClaimStands)>,
}

/// What is held in memory.
pub(super) struct Live {
    pub(super) meta: Meta,
    pub(super) index: PeopleIndex,
    /// Where duplicates meet; none until it is first asked for.
    pub(super) blocks: Option<Blocks>,
    /// Own acts without an outcome, and when each was entered.
    pub(super) unanswered: BTreeMap<ActKey, i64>,
    /// Own acts with a rare answer.
    pub(super) rare: RareAnswers,
    /// Papers and numbers in books that acts of this node used.
    pub(super) used: BTreeSet<(PaperId, ActId)>,
    /// Acts of this office that it takes back, and by which act.
    pub(super) withdrawals: HashMap<ActId, ActId>,
    /// Applications of this office that the centre has not answered for the last time.
    pub(super) applications: BTreeSet<ActId>,
    /// Acts of this office to which it added papers, and by which acts.
    pub(super) papers: HashMap<ActId, Vec<ActId>>,
    cases: BTreeMap<CaseId, CaseMark>,
    /// The cases that name an act.
    claimed: HashMap<ActId, BTreeSet<CaseId>>,
    pub(super) officers: BTreeMap<OfficerId, Officer>,
    pub(super) credentials: HashMap<[u8; 32], OfficerId>,
    /// By what officers get in, by hash of the account's name.
    pub(super) access: HashMap<[u8; 32], Access>,
    /// Records that were opened since the start.
    pub(super) readings_made: u64,
    /// Thumbnails of the slice that are to be fetched.
    pub(super) thumbnails_missing: u32,
    /// Names that nobody here has, and how often they were tried.
    pub(super) strangers: Strangers,
    /// Numbers at hand, by block.
    pub(super) numbers: BTreeMap<u64, NumberBlock>,
    /// The token that stands for this device until the process ends, hashed.
    pub(super) lent: Option<[u8; 32]>,
    /// The units as the office knows them.
    pub(super) units: Arc<Units>,
    /// The communes whose office it was before decrees.
    pub(super) former: Vec<OfficeCode>,
    /// The newest own acts, as long as the disk has not confirmed them.
    pub(super) unsaved: Unsaved,
}

/// A change of what is held in memory.
pub(super) enum LiveChange {
    /// An own act was made.
    Filed { key: ActKey, entered_s: i64 },
    /// An own act has its outcome, or another one than before.
    Answered { key: ActKey, rare: Option<Rare> },
    /// An own act that came back needs nothing more.
    SeenTo { key: ActKey },
    /// An act takes another one back.
    Withdrawn { of: ActId, by: ActId },
    /// An act adds papers to another one.
    Papers { of: ActId, by: ActId },
    /// An application was prepared at this office.
    Applied { act: ActId },
    /// The centre has given its last answer to an application.
    ApplicationClosed { of: ActId },
    /// A paper, or a number in a book, was used by an act.
    Used { paper: PaperId, act: ActId },
    /// The act that used it took no effect.
    Unused { paper: PaperId, act: ActId },
    /// A case came or changed.
    Case { id: CaseId, mark: CaseMark },
    /// A case that no longer concerns the office.
    CaseGone { id: CaseId },
    /// These are the officers.
    Officers(Vec<Officer>),
    /// These numbers of a block are at hand.
    Numbers(NumberBlock),
    /// A record was opened.
    Reading,
    /// A thumbnail is to be fetched, or one less.
    ThumbnailMissing(bool),
    /// By what an officer gets in.
    Access { key: [u8; 32], access: Access },
    /// The account is gone.
    AccessGone { key: [u8; 32] },
    /// A token stands for an officer.
    Credential { hash: [u8; 32], officer: OfficerId },
    /// The units are these from now on.
    Units(Arc<Units>),
    /// The office was that of these communes.
    Former(Vec<OfficeCode>),
}

impl LiveChange {
    /// The place of an act that was made.
    pub(super) const fn filed(&self) -> Option<ActKey> {
        match self {
            LiveChange::Filed { key, .. } => Some(*key),
            _ => None,
        }
    }
}

impl Live {
    /// Reads everything that is held in memory.
    pub(super) fn load(rows: &Rows, meta: Meta) -> Result<Live, OfficeError> {
        let mut live = Live {
            index: PeopleIndex::load(rows)?,
            blocks: None,
            meta,
            unanswered: BTreeMap::new(),
            rare: RareAnswers::default(),
            used: BTreeSet::new(),
            withdrawals: HashMap::new(),
            applications: BTreeSet::new(),
            papers: HashMap::new(),
            cases: BTreeMap::new(),
            claimed: HashMap::new(),
            officers: BTreeMap::new(),
            credentials: HashMap::new(),
            access: HashMap::new(),
            readings_made: 0,
            thumbnails_missing: rows.count_to_fetch()?,
            strangers: Strangers::default(),
            numbers: BTreeMap::new(),
            lent: None,
            units: rows.units()?,
            former: rows.units_row()?.former,
            unsaved: Unsaved::default(),
        };
        let (mut closed, mut children) = (BTreeSet::new(), BTreeSet::new());
        rows.walk_acts(&mut |row| {
            let own = row.act.author.node == live.meta.node;
            let stands = row.answer.as_ref().is_none_or(took_effect);
            if own && row.answer.is_none() {
                let (key, at_s) = (ActKey::of(&row.act.author), row.act.body.entered.at_s);
                live.unanswered.insert(key, at_s);
            }
            if own && let Some(answer) = &row.answer {
                let rare = Rare::of(answer);
                let seen_to =
                    rare == Some(Rare::Returned) && rows.settled(&row.act.id())?.is_some();
                live.rare
                    .note(ActKey::of(&row.act.author), rare.filter(|_| !seen_to));
            }
            if let Some(of) = withdrawn_by(&row.act.body)
                && !came_back(row.answer.as_ref())
            {
                live.withdrawals.insert(of, row.act.id());
            }
            if row.act.body.kind.applies() && live.is_ours(&row.act) {
                live.applications.insert(row.act.id());
                if row.act.body.kind == ActKind::ChildPinRequest {
                    children.extend(row.act.records().map(|(_, id)| id));
                }
            }
            closed.extend(closed_by(&row.act.body));
            if let Some(of) = papers_for(&row.act.body) {
                live.papers.entry(of).or_default().push(row.act.id());
            }
            if own && stands {
                for paper in used_by(&row.act) {
                    live.used.insert((paper, row.act.id()));
                }
            }
            Ok(())
        })?;
        // A request for a child's number is answered by the number alone.
        for child in children {
            if let Some(kept) = rows.shown(&child)? {
                closed.extend(closed_on(kept.fields()));
            }
        }
        live.applications.retain(|act| !closed.contains(act));
        rows.walk_cases(&mut |notice| {
            live.set_case(notice.case.id, Some(mark_of(&notice)));
            Ok(())
        })?;
        rows.walk_officers(&mut |officer| {
            live.officers.insert(officer.id.clone(), officer);
            Ok(())
        })?;
        for block in rows.number_blocks()? {
            live.numbers.insert(block.block, block);
        }
        rows.walk_access(&mut |key, access| {
            live.access.insert(key, access);
            Ok(())
        })?;
        rows.walk_credentials(&mut |hash, officer| {
            live.credentials.insert(hash, officer);
            Ok(())
        })?;
        Ok(live)
    }

    /// The acts of this node that used a paper, in no order that means anything.
    pub(super) fn users_of(&self, paper: &PaperId) -> Vec<ActId> {
        let first = ActId::new([0; 16]);
        let last = ActId::new([u8::MAX; 16]);
        let users = self.used.range((*paper, first)..=(*paper, last));
        users.map(|(_, act)| *act).collect()
    }

    pub(super) fn change(&mut self, change: LiveChange) {
        match change {
            LiveChange::Filed { key, entered_s } => {
                self.unanswered.insert(key, entered_s);
            }
            LiveChange::Answered { key, rare } => {
                self.unanswered.remove(&key);
                self.rare.note(key, rare);
            }
            LiveChange::SeenTo { key } => self.rare.note(key, None),
            LiveChange::Withdrawn { of, by } => {
                self.withdrawals.insert(of, by);
            }
            LiveChange::Papers { of, by } => {
                self.papers.entry(of).or_default().push(by);
            }
            LiveChange::Applied { act } => {
                self.applications.insert(act);
            }
            LiveChange::ApplicationClosed { of } => {
                self.applications.remove(&of);
            }
            LiveChange::Used { paper, act } => {
                self.used.insert((paper, act));
            }
            LiveChange::Unused { paper, act } => {
                self.used.remove(&(paper, act));
            }
            LiveChange::Case { id, mark } => {
                self.set_case(id, Some(mark));
            }
            LiveChange::CaseGone { id } => {
                self.set_case(id, None);
            }
            LiveChange::Officers(list) => {
                self.officers = list
                    .into_iter()
                    .map(|officer| (officer.id.clone(), officer))
                    .collect();
            }
            LiveChange::Units(units) => self.units = units,
            LiveChange::Former(former) => self.former = former,
            LiveChange::Numbers(block) if block.randoms.is_empty() => {
                self.numbers.remove(&block.block);
            }
            LiveChange::Numbers(block) => {
                self.numbers.insert(block.block, block);
            }
            LiveChange::ThumbnailMissing(true) => {
                self.thumbnails_missing = self.thumbnails_missing.saturating_add(1);
            }
            LiveChange::ThumbnailMissing(false) => {
                self.thumbnails_missing = self.thumbnails_missing.saturating_sub(1);
            }
            LiveChange::Reading => self.readings_made = self.readings_made.saturating_add(1),
            LiveChange::Access { key, access } => {
                self.access.insert(key, access);
            }
            LiveChange::AccessGone { key } => {
                self.access.remove(&key);
            }
            LiveChange::Credential { hash, officer } => {
                self.credentials.insert(hash, officer);
            }
        }
    }

    /// A case stands so now; none if it is gone.
    fn set_case(&mut self, id: CaseId, mark: Option<CaseMark>) {
        let before = match &mark {
            Some(mark) => self.cases.insert(id, mark.clone()),
            None => self.cases.remove(&id),
        };
        for (act, _) in before.into_iter().flat_map(|mark| mark.claimants) {
            if let Some(cases) = self.claimed.get_mut(&act) {
                cases.remove(&id);
                if cases.is_empty() {
                    self.claimed.remove(&act);
                }
            }
        }
        for (act, _) in mark.into_iter().flat_map(|mark| mark.claimants) {
            self.claimed.entry(act).or_default().insert(id);
        }
    }

    /// The cases of which the office was told.
    pub(super) const fn cases(&self) -> &BTreeMap<CaseId, CaseMark> {
        &self.cases
    }

    /// How an act stands in the cases that name it, and in which of them it stands so: the latest.
    pub(super) fn claimed(&self, act: &ActId) -> Option<(ClaimStands, CaseId)> {
        let cases = self.claimed.get(act)?.iter();
        let stands = cases.filter_map(|id| {
            let mark = self.cases.get(id)?;
            let mut claimants = mark.claimants.iter();
            let (_, stands) = claimants.find(|(known, _)| known == act)?;
            Some((*stands, mark.number, *id))
        });
        stands.max().map(|(stands, _, id)| (stands, id))
    }

    /// The acts that stand so in a case.
    pub(super) fn claimed_so(&self, wanted: ClaimStands) -> Vec<ActId> {
        let claimants = self.cases.values().flat_map(|mark| &mark.claimants);
        let acts: BTreeSet<ActId> = claimants
            .filter(|(_, stands)| *stands == wanted)
            .map(|(act, _)| *act)
            .collect();
        acts.into_iter().collect()
    }

    /// The cases that name one of these acts.
    pub(super) fn cases_naming(&self, acts: &[ActId]) -> BTreeSet<CaseId> {
        let named = acts.iter().filter_map(|act| self.claimed.get(act));
        named.flatten().copied().collect()
    }

    /// The open case that freezes a record.
    pub(super) fn frozen(&self, id: &RecordId) -> Option<CaseId> {
        self.cases
            .iter()
            .find(|(_, case)| case.freezes && case.records.contains(id))
            .map(|(id, _)| *id)
    }

    /// The cases about a record.
    pub(super) fn cases_of(&self, id: &RecordId) -> Vec<CaseId> {
        let about = self
            .cases
            .iter()
            .filter(|(_, case)| case.records.contains(id));
        about.map(|(id, _)| *id).collect()
    }
}

/// What is remembered of a case.
pub(super) fn mark_of(notice: &CaseNotice) -> CaseMark {
    CaseMark {
        records: notice.case.dispute.records.clone(),
        open: notice.case.is_open(),
        freezes: crate::tables::freezes(&notice.case),
        harm: notice.case.dispute.harm,
        number: notice.case.number,
        claimants: notice.claimants(),
    }
}

/// The act that this one takes back, if it is a withdrawal.
pub(super) fn withdrawn_by(body: &ActBody) -> Option<ActId> {
    let refers = body.refers.filter(|_| body.kind == ActKind::Withdraw);
    refers.and_then(Refers::act)
}

/// The act that this one adds papers to.
pub(super) fn papers_for(body: &ActBody) -> Option<ActId> {
    let refers = body.refers.filter(|_| body.kind == ActKind::AddEvidence);
    refers.and_then(Refers::act)
}

fn came_back(answer: Option<&Answer>) -> bool {
    answer.is_some_and(|answer| !took_effect(answer))
}

pub(super) fn took_effect(answer: &Answer) -> bool {
    matches!(answer, Answer::Central { outcome, .. } if outcome.took_effect())
}
