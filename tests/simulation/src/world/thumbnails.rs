//! Thumbnails in a run: every office fetches those of its people by itself, one at a time, while it
//! is in step; as the daemon's line does.

use commune_node::office::Office;
use commune_node::writer::Command;
use registry::attachment::Attachment;
use sync_proto::{FetchOutcome, OfficeAttachmentInput, PieceCame};

use super::World;
use super::device::Awaited;
use crate::check::Failure;
use crate::sabotage::Sabotage;

impl World {
    /// The next thumbnail that an office lacks, if nothing else is to be done.
    pub(super) fn fetch_thumbnail(&mut self, id: u64, device: usize) -> Result<(), Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let Some(at) = self.devices.get(device).filter(|at| at.in_step) else {
            return Ok(());
        };
        let (Some(office), Some(line)) = (at.office.clone(), self.lines.get_mut(&id)) else {
            return Ok(());
        };
        if line.fetching.is_some() || self.sabotage == Some(Sabotage::ForgetThumbnails) {
            return Ok(());
        }
        let next = office.next_thumbnail(false, at_s);
        let next = next.map_err(|error| Failure::new("store", error.code()))?;
        let Some(attachment) = next else {
            return Ok(());
        };
        line.fetching = Some(attachment.hash());
        let there = office.fetched_part(&attachment.hash());
        self.give_attachment(id, OfficeAttachmentInput::Want { attachment, there })
    }

    /// A piece came.
    pub(super) fn keep_fetched(
        &mut self,
        id: u64,
        device: usize,
        office: &Office,
        came: &PieceCame,
    ) -> Result<(), Failure> {
        let (attachment, index) = (came.outline.attachment(), came.index);
        if office.keep_piece(came).is_err() {
            let input = OfficeAttachmentInput::PieceNotTaken(attachment);
            return self.give_attachment(id, input);
        }
        if !came.last {
            return self.piece_taken(id, attachment, index);
        }
        self.tally.thumbnails += 1;
        let fetched = |reply| Command::AttachmentFetched { attachment, reply };
        let taken = |answer| Some(Awaited::Fetched(id, attachment, index, answer));
        self.order(device, fetched, taken);
        Ok(())
    }

    /// It is kept, durably.
    pub(super) fn piece_taken(
        &mut self,
        id: u64,
        attachment: Attachment,
        index: u16,
    ) -> Result<(), Failure> {
        self.give_attachment(id, OfficeAttachmentInput::PieceTaken { attachment, index })
    }

    /// A fetch has ended: the next one.
    pub(super) fn fetch_ended(
        &mut self,
        id: u64,
        device: usize,
        office: &Office,
        attachment: Attachment,
        outcome: FetchOutcome,
    ) -> Result<(), Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        if let Some(line) = self.lines.get_mut(&id) {
            line.fetching = None;
        }
        self.trace
            .note(|| format!("thumbnail {}: {outcome:?}", attachment.hash()));
        if outcome != FetchOutcome::Whole {
            office.put_off_thumbnail(&attachment.hash(), at_s);
        }
        self.fetch_thumbnail(id, device)
    }
}
