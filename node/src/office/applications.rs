//! Applications that this office prepared and the centre answers: where each stands, by what its
//! record says, and which wait. What an application is, is [`registry::application`].

use registry::act::{Act, ActBody, ActKind};
use registry::application::{ApplicationAnswer, applications};
use registry::dossier::{Dossier, DossierState, DossierStep};
use registry::edit::Edit;
use registry::fields::{EntryId, Fields};
use registry::value::Value;
use registry::{ActId, OfficeCode, OfficerId, RecordId};

use super::live::Live;
use super::{ActState, ActView, Office, OfficeError};

/// Open applications that one question looks through.
const LOOKED_AT_MAX: usize = 10_000;

impl Office {
    /// Where the application stands that an act prepared, and what the centre said of it last;
    /// nothing if it is not on a record that is held here.
    pub(super) fn application_of(
        &self,
        act: &Act,
        records: &[RecordId],
    ) -> Result<Option<(Dossier, Option<String>)>, OfficeError> {
        let entry = EntryId::Act(act.id());
        for record in records {
            let Some(kept) = self.rows.shown(record)? else {
                continue;
            };
            let fields = kept.fields();
            let found = applications(fields).find(|(of, _)| *of == entry);
            if let Some((_, application)) = found {
                let standing = application.standing(entry, fields, act.body.entered.at_s);
                let said = standing.words.map(|words| words.as_str().to_owned());
                return Ok(Some((standing.dossier, said)));
            }
        }
        Ok(None)
    }

    /// Applications of this office that took effect and have no result yet, of one officer or of all: first
    /// those for which something is missing, then by when the result is due.
    pub fn open_applications(
        &self,
        officer: Option<&OfficerId>,
        limit: usize,
    ) -> Result<Vec<ActView>, OfficeError> {
        let open: Vec<ActId> = {
            let live = self.live();
            live.applications
                .iter()
                .take(LOOKED_AT_MAX)
                .copied()
                .collect()
        };
        let mut found = Vec::new();
        for id in open {
            let Some(view) = self.act_view(&id)? else {
                continue;
            };
            let of_them = officer.is_none_or(|officer| view.officer == *officer);
            let in_force = matches!(view.state, ActState::Final | ActState::Disputed);
            if of_them && in_force && !view.dossier.is_closed() {
                found.push(view);
            }
        }
        let asked = |view: &ActView| view.dossier == DossierState::SupplementAsked;
        found.sort_by_key(|view| (!asked(view), view.due.is_none(), view.due, view.entered_s));
        found.truncate(limit);
        Ok(found)
    }
}

impl Live {
    /// Whether an act is one of this office, by whichever of its devices.
    pub(super) fn is_ours(&self, act: &Act) -> bool {
        act.office.is_some_and(|office| self.is_our_commune(office))
    }

    /// Whether a code is that of this office's commune, or of one that became part of it.
    pub(super) fn is_our_commune(&self, office: OfficeCode) -> bool {
        office == self.meta.office || self.former.contains(&office)
    }
}

/// The applications on a record that have their last answer.
pub(super) fn closed_on(fields: &Fields) -> impl Iterator<Item = ActId> {
    applications(fields).filter_map(|(entry, application)| match entry {
        EntryId::Act(act) => {
            let dossier = application.standing(entry, fields, 0).dossier;
            dossier.state.is_closed().then_some(act)
        }
        EntryId::Genesis(_) => None,
    })
}

/// The applications to which an act of the centre gives the last answer.
pub(super) fn closed_by(body: &ActBody) -> impl Iterator<Item = ActId> {
    let answers = body
        .changes
        .iter()
        .filter(|_| body.kind == ActKind::ApplicationAnswered);
    let edits = answers.flat_map(|change| &change.edits);
    edits.filter_map(|edit| match edit {
        Edit::Add(_, Value::ApplicationAnswer(answer)) if closes(answer) => match answer.of {
            EntryId::Act(act) => Some(act),
            EntryId::Genesis(_) => None,
        },
        _ => None,
    })
}

fn closes(answer: &ApplicationAnswer) -> bool {
    let last = |step: &DossierStep| matches!(step, DossierStep::Refuse | DossierStep::Decide);
    answer.steps.iter().any(last)
}
