//! An act as an officer sees it: what, who, when. How it stands is in `state`; those of this office as
//! lists are in `lists`.

use std::collections::BTreeSet;

use registry::act::{Act, ActBody, ActKind, Author, Evidence};
use registry::date::{Date, PartialDate};
use registry::dossier::{Dossier, DossierState};
use registry::record::Content;
use registry::schema::RecordKind;
use registry::{ActId, ActNumber, CaseId, OfficeCode, OfficerId, RecordId};
use serde::{Deserialize, Serialize};

use super::live::took_effect;
use super::{AttachmentView, Known, Office, OfficeError, PapersProgress};
use crate::tables::ActRow;

mod effect;
mod lists;
mod met;
mod state;

pub use effect::Effect;
pub use met::Meeting;

/// How an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Taken in here, without an outcome (tạm); on the disk if it is not `unsaved`.
    Provisional,
    /// As before, but it rests on an act that came back.
    Waiting,
    /// It took effect (chính thức).
    Final,
    /// It took effect and a case is open about it.
    Disputed,
    /// It was refused.
    Returned,
    /// It is a proposal to the office that holds the record now.
    Parked,
    /// The centre cannot read it.
    Quarantined,
    /// It took effect and its own office took it back (rút).
    Withdrawn,
    /// It took effect, and the decision of a case replaced it (bị quyết định thay thế).
    SetAside,
}

/// The act that takes another one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WithdrawalView {
    /// Its id.
    #[schema(value_type = String)]
    pub act: ActId,
    /// Who withdrew.
    #[schema(value_type = String)]
    pub officer: OfficerId,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub entered_s: i64,
    /// How the withdrawal stands itself: once it took effect, the other act is withdrawn.
    pub state: ActState,
}

/// A paper that an act rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaperView {
    /// The paper.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub paper: Evidence,
    /// The act that added it; none if the act named it itself.
    #[schema(value_type = Option<String>)]
    pub added_by: Option<ActId>,
    /// How its attachments stand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<AttachmentView>,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ActView {
    /// Its id.
    #[schema(value_type = String)]
    pub act: ActId,
    /// Its place in its node's outbox.
    #[schema(value_type = u64)]
    pub number: ActNumber,
    /// The procedure.
    #[schema(value_type = String)]
    pub kind: ActKind,
    /// Its name in law.
    pub label: &'static str,
    /// The office; none for the centre.
    #[schema(value_type = Option<String>)]
    pub office: Option<OfficeCode>,
    /// Whether it is one of this office.
    pub own: bool,
    /// Who performed it.
    #[schema(value_type = String)]
    pub officer: OfficerId,
    /// From when it counts.
    #[schema(value_type = String)]
    pub effective: PartialDate,
    /// When it was entered, seconds since 1970, by that office's clock.
    pub entered_s: i64,
    /// How it stands.
    pub state: ActState,
    /// Whether it is only seen here, and the disk has not confirmed it: until then a power cut takes
    /// it back. Told while it is so, a moment as a rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsaved: bool,
    /// Where its dossier stands: it follows from `state` and from what the case asks.
    #[schema(value_type = String)]
    pub dossier: DossierState,
    /// By when the result is due by law; none once there is one, while a supplement is awaited,
    /// and where no rule says.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    /// Of an application: what the centre said of it last, what is missing or why it was refused.
    pub answer: Option<String>,
    /// The case that it is part of.
    #[schema(value_type = Option<String>)]
    pub case: Option<CaseId>,
    /// Why it came back: stable code.
    pub code: Option<String>,
    /// Why it came back, in words.
    pub words: Option<String>,
    /// The withdrawal of this act, if there is one that was not refused.
    pub withdrawal: Option<WithdrawalView>,
    /// Its papers, and those that were added to it since.
    pub papers: Vec<PaperView>,
    /// How far its papers are, if they have attachments: without them the act counts, and is not
    /// complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub papers_sent: Option<PapersProgress>,
    /// The records that it changes or makes; somebody named by card once they are found and held here.
    #[schema(value_type = Vec<String>)]
    pub records: Vec<RecordId>,
    /// Of which kind each of them is, as the act tells: also of those held elsewhere.
    #[serde(skip)]
    pub kinds: Vec<RecordKind>,
    /// Whom or what it is about: names of people, files of households. Told where acts are listed
    /// or looked at, not in the history of a record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Known>,
}

impl Office {
    /// An act that is known here.
    pub fn act_view(&self, id: &ActId) -> Result<Option<ActView>, OfficeError> {
        self.rows
            .act(id)?
            .map(|row| {
                let about = self.about(&row)?;
                let view = self.view_of(row)?;
                Ok(ActView { about, ..view })
            })
            .transpose()
    }

    /// An act that this device entered, as it is sent.
    pub(crate) fn own_act(&self, id: &ActId) -> Result<Option<(Author, ActBody)>, OfficeError> {
        let row = self.rows.act(id)?;
        let own = row.filter(|row| row.act.author.node == self.live().meta.node);
        Ok(own.map(|row| (row.act.author, row.act.body)))
    }

    /// The acts on a record, in the order in which this office heard of them. An own act that named
    /// somebody by card is on the record with which they came.
    pub(super) fn history(&self, record: &RecordId) -> Result<Vec<ActView>, OfficeError> {
        let mut ids: BTreeSet<ActId> = self.rows.acts_of(record)?.into_iter().collect();
        if let Some(kept) = self.rows.shown(record)?
            && matches!(kept.record.content, Content::Document(_))
        {
            let document = kept.record.document();
            ids.extend(document.map(|document| document.acts()).unwrap_or_default());
        }
        let mut rows = Vec::new();
        for id in ids {
            rows.extend(self.rows.act(&id)?);
        }
        rows.sort_by_key(|row| row.order);
        rows.into_iter().map(|row| self.view_of(row)).collect()
    }

    fn view_of(&self, row: ActRow) -> Result<ActView, OfficeError> {
        let (records, kinds) = self.records_of(&row);
        let own = row.act.author.node == self.live().meta.node;
        let unsaved = own && !self.is_saved(&row.act.author);
        let id = row.act.id();
        let (state, case, reason) = match &row.answer {
            None if !own => {
                let (state, case) = self.in_cases(&id).unzip();
                (state.unwrap_or(ActState::Final), case, None)
            }
            None if self.waits(&row, &records)? => (ActState::Waiting, None, None),
            None => (ActState::Provisional, None, None),
            Some(answer) => self.outcome(&id, answer)?,
        };
        let withdrawal = self.withdrawal_of(&id)?;
        let taken_back = withdrawal
            .as_ref()
            .is_some_and(|withdrawal| withdrawal.state == ActState::Final);
        let took_effect = matches!(
            state,
            ActState::Final | ActState::Disputed | ActState::SetAside
        );
        let state = if taken_back && took_effect {
            ActState::Withdrawn
        } else {
            state
        };
        let (code, words) = reason.unzip();
        let papers = self.papers_of(&row.act)?;
        let applied = match state {
            ActState::Final if row.act.body.kind.applies() => {
                self.application_of(&row.act, &records)?
            }
            _ => None,
        };
        let body = row.act.body;
        let received = Dossier::of(&body);
        let (dossier, answer) = match applied {
            Some(standing) => standing,
            // Who has moved away is answered elsewhere: how far it is, is not known here.
            None if state == ActState::Final && body.kind.applies() => (received, None),
            None => (self.dossier(received, state, case)?, None),
        };
        Ok(ActView {
            act: row.act.author.act_id(),
            number: row.act.author.number,
            kind: body.kind,
            label: body.kind.rule().label_vi,
            office: row.act.office,
            own,
            officer: body.officer,
            effective: body.effective,
            entered_s: body.entered.at_s,
            state,
            unsaved,
            dossier: dossier.state,
            due: dossier.due(),
            answer,
            case,
            code,
            words,
            withdrawal,
            papers_sent: PapersProgress::of(papers.iter().flat_map(|paper| &paper.attached)),
            papers,
            records,
            kinds,
            about: Vec::new(),
        })
    }

    /// The papers of an act, with those that were added by acts that did not come back.
    fn papers_of(&self, act: &Act) -> Result<Vec<PaperView>, OfficeError> {
        let view = |paper: &Evidence, added_by| -> Result<PaperView, OfficeError> {
            Ok(PaperView {
                paper: paper.clone(),
                added_by,
                attached: self.attached(paper)?,
            })
        };
        let own = act.body.evidence.iter().map(|paper| view(paper, None));
        let mut papers = own.collect::<Result<Vec<PaperView>, OfficeError>>()?;
        let added = self.live().papers.get(&act.id()).cloned();
        let mut rows = Vec::new();
        for by in added.unwrap_or_default() {
            let row = self.rows.act(&by)?;
            rows.extend(row.filter(|row| row.answer.as_ref().is_none_or(took_effect)));
        }
        // After a start they stand in the order of their ids.
        rows.sort_by_key(|row| row.order);
        for row in rows {
            let (by, added) = (row.act.id(), row.act.body.evidence.iter());
            for paper in added {
                papers.push(view(paper, Some(by))?);
            }
        }
        Ok(papers)
    }
}
