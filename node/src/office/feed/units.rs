//! Units change: the office goes over to the next edition, and perhaps to another commune. Its own
//! acts stay in the outbox as they were made; the slice is filled anew, from the place on the feed
//! where all that is for this node from then on stands.

use std::sync::Arc;

use registry::feed::{DecreePart, FeedError, OfficeChange, UnitsChange, UnitsNotice};
use registry::unit::Units;
use registry::{FeedSeq, OfficerId};
use sync_proto::FillState;

use crate::office::OfficeError;
use crate::office::live::LiveChange;
use crate::office::work::Work;
use crate::tables::AuditEvent;

impl Work<'_> {
    /// Takes a notice at this place of the feed; gives the place from which the feed goes on, if
    /// the slice has to be filled anew.
    pub(super) fn take_units(
        &mut self,
        seq: FeedSeq,
        notice: &UnitsNotice,
        device_s: i64,
    ) -> Result<Option<FeedSeq>, OfficeError> {
        let whole = self.with_its_parts(notice)?;
        let notice = whole.as_ref().unwrap_or(notice);
        let heard = notice.edition <= self.office.units().edition();
        self.take_edition(notice)?;
        // Acts that are filed from now on are filed in the new edition: their horizon says so.
        self.meta.horizon = self.meta.horizon.max(notice.commit);
        let Some(change) = &notice.office else {
            return Ok(None);
        };
        if heard && change.follow.is_none() {
            // What it means for the feed's own offices. This one heard of it by the feed of the
            // commune that it was of, and its slice has been filled since.
            return Ok(None);
        }
        let at_s = self.meta.corrected_s(device_s);
        let event = AuditEvent::OfficeChanged {
            before: self.meta.office,
            after: change.commune,
            edition: notice.edition,
        };
        self.audit(at_s, None, event)?;
        self.rename(&change.renamed)?;
        Ok(Some(self.change_office(seq, change)?))
    }

    /// Keeps a part of a decree until the notice of the decree comes.
    pub(super) fn take_decree_part(&mut self, part: &DecreePart) -> Result<(), OfficeError> {
        Ok(self.rows.put_decree_part(part)?)
    }

    /// The notice with the decree whose parts came before it; `None` if it is whole by itself.
    fn with_its_parts(&mut self, notice: &UnitsNotice) -> Result<Option<UnitsNotice>, OfficeError> {
        let UnitsChange::InParts(parted) = &notice.change else {
            return Ok(None);
        };
        let change = if notice.edition <= self.office.units().edition() {
            // Known already, by another feed; it is not read again.
            notice.change.clone()
        } else {
            parted.whole(&self.rows.decree_parts(notice.edition)?)?
        };
        self.rows.delete_decree_parts(notice.edition)?;
        Ok(Some(UnitsNotice {
            change,
            ..notice.clone()
        }))
    }

    fn take_edition(&mut self, notice: &UnitsNotice) -> Result<(), OfficeError> {
        let known = self.office.units();
        if notice.edition <= known.edition() && notice.change != UnitsChange::Begins {
            return Ok(());
        }
        let units = match notice.change.decree() {
            None => {
                let mut row = self.rows.units_row()?;
                if row.base == notice.edition || known.edition() > known.base() {
                    return Ok(());
                }
                row.base = notice.edition;
                self.rows.put_units_row(&row)?;
                Units::beginning_with(notice.edition).map_err(|_| FeedError::NeedsUpgrade)?
            }
            Some(decree) => {
                let next = known
                    .after(decree, notice.commit)
                    .map_err(|_| FeedError::NeedsUpgrade)?;
                if next.edition() != notice.edition {
                    return Err(FeedError::Unreadable.into());
                }
                self.put_decree(notice)?;
                Arc::new(next)
            }
        };
        self.also(LiveChange::Units(units));
        Ok(())
    }

    fn put_decree(&mut self, notice: &UnitsNotice) -> Result<(), OfficeError> {
        let change: &UnitsChange = &notice.change;
        self.rows
            .put_decree(notice.edition, change, notice.commit)?;
        Ok(())
    }

    fn change_office(
        &mut self,
        seq: FeedSeq,
        change: &OfficeChange,
    ) -> Result<FeedSeq, OfficeError> {
        if change.commune != self.meta.office {
            let mut row = self.rows.units_row()?;
            row.former.push(self.meta.office);
            self.rows.put_units_row(&row)?;
            self.also(LiveChange::Former(row.former));
            self.meta.office = change.commune;
        }
        let goes_on = change.follow.unwrap_or(seq);
        self.meta.fill = Some(FillState {
            after: None,
            feed_start: Some(goes_on),
        });
        Ok(goes_on)
    }

    /// Gives accounts their other names, with the tokens that stand for them.
    fn rename(&mut self, renamed: &[(OfficerId, OfficerId)]) -> Result<(), OfficeError> {
        if renamed.is_empty() {
            return Ok(());
        }
        let new_name = |id: &OfficerId| {
            let pair = renamed.iter().find(|(before, _)| before == id);
            pair.map(|(_, after)| after.clone())
        };
        let mut tokens = Vec::new();
        self.rows.walk_credentials(&mut |hash, officer| {
            tokens.extend(new_name(&officer).map(|name| (hash, name)));
            Ok(())
        })?;
        for (hash, officer) in tokens {
            self.rows.put_credential(&hash, &officer)?;
            self.also(LiveChange::Credential { hash, officer });
        }
        self.rename_access(renamed)?;
        let mut officers = self.office.officers();
        for officer in &mut officers {
            if let Some(name) = new_name(&officer.id) {
                self.rows.delete_officer(&officer.id)?;
                officer.id = name;
                self.rows.put_officer(officer)?;
            }
        }
        self.also(LiveChange::Officers(officers));
        Ok(())
    }
}
