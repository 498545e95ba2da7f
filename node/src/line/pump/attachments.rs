//! What the session wants of attachments, and what is done about it.

use std::time::Duration;

use registry::attachment::Attachment;
use sync_proto::{AttachmentOutcome, NodeInput, OfficeAttachmentInput, OfficeAttachmentOutput};

use tokio::time::Instant;

use super::Pump;
use super::answers::Awaited;
use crate::clock;
use crate::writer::{Command, WriteError};

/// How often it is looked for attachments that were put off.
const STIR_INTERVAL: Duration = Duration::from_secs(60);

impl Pump<'_> {
    pub(super) fn give_attachment(&mut self, input: OfficeAttachmentInput) {
        self.give(NodeInput::Attachment(input));
    }

    /// Looks again, now and then, for what was put off or attached anew.
    pub(super) fn stir(&mut self) {
        if self.linked && self.stirred.elapsed() >= STIR_INTERVAL {
            self.stirred = Instant::now();
            self.give_attachment(OfficeAttachmentInput::Grew);
            self.fetch_thumbnail();
        }
    }

    /// Somebody wants to see an attachment that is not here.
    pub(super) fn want(&mut self, attachment: Attachment) {
        let there = self.line.office.fetched_part(&attachment.hash());
        self.give_attachment(OfficeAttachmentInput::Want { attachment, there });
    }

    pub(super) async fn obey_attachment(
        &mut self,
        wish: OfficeAttachmentOutput,
    ) -> Result<(), WriteError> {
        let (writer, office) = (&self.line.writer, &self.line.office);
        match wish {
            OfficeAttachmentOutput::Next { taken } => {
                let next = office.next_attachment(taken, clock::device_s())?;
                self.give_attachment(OfficeAttachmentInput::Waits(next));
            }
            OfficeAttachmentOutput::ReadPiece(wanted) => {
                let piece = office.read_piece(wanted, clock::device_s());
                self.give_attachment(piece);
            }
            OfficeAttachmentOutput::Kept { attachment, pieces } => {
                office.note_pieces(&attachment, pieces);
            }
            OfficeAttachmentOutput::Settled {
                attachment,
                outcome,
            } => {
                if let AttachmentOutcome::Refused(why) = outcome {
                    tracing::warn!(code = why.code(), "an attachment is not taken: {why}");
                }
                let settled = |reply| Command::AttachmentSettled {
                    attachment,
                    outcome,
                    reply,
                };
                let answer = writer.order(settled).await?;
                self.awaited.push_back(Awaited::AttachmentNoted(answer));
            }
            OfficeAttachmentOutput::TakePiece(came) => {
                let (attachment, index) = (came.outline.attachment(), came.index);
                match office.keep_piece(&came) {
                    Err(error) => {
                        tracing::warn!(code = error.code(), "nothing is fetched: {error}");
                        self.give_attachment(OfficeAttachmentInput::PieceNotTaken(attachment));
                    }
                    Ok(()) if came.last => {
                        let fetched = |reply| Command::AttachmentFetched { attachment, reply };
                        let answer = writer.order(fetched).await?;
                        let piece = (attachment, index);
                        self.awaited.push_back(Awaited::Fetched(piece, answer));
                    }
                    Ok(()) => {
                        self.give_attachment(OfficeAttachmentInput::PieceTaken {
                            attachment,
                            index,
                        });
                    }
                }
            }
            OfficeAttachmentOutput::Fetched {
                attachment,
                outcome,
            } => {
                // Nobody may be waiting any more; the content stays for the next time.
                let _ = self.line.handle.fetched.send((attachment.hash(), outcome));
                self.fetch_ended(&attachment.hash(), outcome);
            }
        }
        Ok(())
    }
}
