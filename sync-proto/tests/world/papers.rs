//! Attachments at both ends of the tiny world.

use std::sync::Arc;

use registry::attachment::{Attachment, AttachmentId, Outline, PIECE_BYTES};
use sync_proto::{
    AttachmentOutcome, AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput,
    FetchOutcome, OfferStanding, OfficeAttachmentInput, OfficeAttachmentOutput, PieceCame,
    PieceWanted, Resume,
};

use super::*;

/// What one side keeps of attachments.
#[derive(Default)]
pub struct Papers {
    pub whole: BTreeMap<AttachmentId, Vec<u8>>,
    pub parts: BTreeMap<AttachmentId, (Arc<Outline>, Vec<Bytes>)>,
    /// At the office: those that wait, each with the number of its act.
    pub waiting: Vec<(u64, Attachment)>,
    pub settled: Vec<(Attachment, AttachmentOutcome)>,
    pub fetched: Vec<FetchOutcome>,
    /// Pieces that were kept here, each time that one came.
    pub pieces_taken: usize,
    /// What goes wrong on the disk from now on.
    pub full: bool,
    /// At the centre: what the office may not see.
    pub hidden: bool,
}

/// A scanned page of this size.
pub fn scan(bytes: usize, seed: u8) -> Vec<u8> {
    let mut content = b"%PDF-1.7 ".to_vec();
    let noise = (0u32..).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed);
    content.extend(noise.take(bytes - content.len()));
    content
}

impl Papers {
    fn there(&self, hash: &AttachmentId) -> Option<Resume> {
        let (outline, pieces) = self.parts.get(hash)?;
        Some(Resume {
            outline: Arc::clone(outline),
            pieces: u16::try_from(pieces.len()).unwrap(),
        })
    }

    /// Keeps a piece; all of it with the last.
    fn keep(&mut self, came: &PieceCame) {
        let attachment = came.outline.attachment();
        self.pieces_taken += 1;
        let (_, pieces) = self
            .parts
            .entry(attachment.hash())
            .or_insert_with(|| (Arc::clone(&came.outline), Vec::new()));
        let index = usize::from(came.index);
        assert!(index <= pieces.len(), "a hole in an attachment");
        if index == pieces.len() {
            pieces.push(came.content.clone());
        }
        if came.last {
            let (_, pieces) = self.parts.remove(&attachment.hash()).unwrap();
            let content = pieces.concat();
            assert_eq!(AttachmentId::of(&content), attachment.hash());
            self.whole.insert(attachment.hash(), content);
        }
    }

    fn read(&self, wanted: &PieceWanted) -> Option<(Option<Outline>, Bytes)> {
        let content = self.whole.get(&wanted.attachment.hash())?;
        let outline = Outline::of(wanted.attachment, content).filter(|_| wanted.listed);
        let piece = content.chunks(PIECE_BYTES).nth(usize::from(wanted.index))?;
        Some((outline, Bytes::copy_from_slice(piece)))
    }

    /// Does what the office's session wants.
    pub fn at_office(&mut self, task: OfficeAttachmentOutput) -> Option<OfficeAttachmentInput> {
        Some(match task {
            OfficeAttachmentOutput::Next { taken } => {
                let mut waiting = self.waiting.iter();
                let next = waiting.find(|(act, _)| *act <= taken.get());
                OfficeAttachmentInput::Waits(next.map(|(_, attachment)| *attachment))
            }
            OfficeAttachmentOutput::ReadPiece(wanted) => match self.read(&wanted) {
                Some((outline, content)) => OfficeAttachmentInput::PieceRead {
                    wanted,
                    outline,
                    content,
                },
                None => {
                    self.waiting.retain(|(_, it)| *it != wanted.attachment);
                    OfficeAttachmentInput::PieceLost(wanted.attachment)
                }
            },
            OfficeAttachmentOutput::Kept { .. } => return None,
            OfficeAttachmentOutput::Settled {
                attachment,
                outcome,
            } => {
                self.waiting.retain(|(_, it)| *it != attachment);
                self.settled.push((attachment, outcome));
                OfficeAttachmentInput::Noted
            }
            OfficeAttachmentOutput::TakePiece(came) => {
                let attachment = came.outline.attachment();
                if self.full {
                    return Some(OfficeAttachmentInput::PieceNotTaken(attachment));
                }
                self.keep(&came);
                let index = came.index;
                OfficeAttachmentInput::PieceTaken { attachment, index }
            }
            OfficeAttachmentOutput::Fetched { outcome, .. } => {
                self.fetched.push(outcome);
                return None;
            }
        })
    }

    /// Does what the centre's session wants.
    pub fn at_centre(
        &mut self,
        task: CentreAttachmentOutput,
        acts: &[Bytes],
    ) -> CentreAttachmentInput {
        match task {
            CentreAttachmentOutput::Offered(attachment) => {
                let hash = attachment.hash();
                let named = |act: &Bytes| act.ends_with(hash.as_bytes());
                let standing = if !acts.iter().any(named) {
                    OfferStanding::Refused(AttachmentRefusal::NotNamed)
                } else if self.whole.contains_key(&hash) {
                    OfferStanding::Held
                } else {
                    OfferStanding::Wanted(self.there(&hash))
                };
                CentreAttachmentInput::Stands {
                    attachment,
                    standing,
                }
            }
            CentreAttachmentOutput::Wished(attachment) => {
                let here = self.whole.contains_key(&attachment.hash());
                let found = match (self.hidden, here) {
                    (true, _) => Err(AttachmentRefusal::NotEntitled),
                    (false, false) => Err(AttachmentRefusal::NotHere),
                    (false, true) => Ok(()),
                };
                CentreAttachmentInput::Found { attachment, found }
            }
            CentreAttachmentOutput::ReadPiece(wanted) => match self.read(&wanted) {
                Some((outline, content)) => CentreAttachmentInput::PieceRead {
                    wanted,
                    outline,
                    content,
                },
                None => CentreAttachmentInput::PieceLost(wanted.attachment),
            },
            CentreAttachmentOutput::TakePiece(came) => {
                let attachment = came.outline.attachment();
                if self.full {
                    let why = AttachmentRefusal::Later;
                    return CentreAttachmentInput::PieceNotTaken { attachment, why };
                }
                self.keep(&came);
                let index = came.index;
                CentreAttachmentInput::PieceTaken { attachment, index }
            }
        }
    }
}

impl World {
    /// A clerk's act that names a scanned paper.
    pub fn act_with_scan(&mut self, about: u8, content: &[u8]) -> Attachment {
        let attachment = Attachment::of(content).unwrap();
        self.office
            .papers
            .whole
            .insert(attachment.hash(), content.to_vec());
        let act = [&[about][..], attachment.hash().as_bytes()].concat();
        self.office.acts.push(act.into());
        let point = self.office.point(self.office.acts.len());
        let waiting = &mut self.office.papers.waiting;
        waiting.push((point.number.get(), attachment));
        self.node_input(NodeInput::OutboxGrew {
            last: point.number,
            chain: point.chain,
        });
        attachment
    }

    pub fn attachment_input(&mut self, input: OfficeAttachmentInput) {
        self.node_input(NodeInput::Attachment(input));
    }
}
