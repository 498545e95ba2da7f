//! Attachments in a run: clerks scan papers and take portraits now and then, lines carry them in
//! pieces, and it is looked at from outside that no piece goes before an act, and none a second time
//! for nothing. What an office fetches is in [`super::thumbnails`].

use central_registry::registrar::Registrar;
use central_registry::server::answers;
use commune_node::office::Office;
use commune_node::writer::Command;
use registry::act::Evidence;
use registry::attachment::{Attachment, PIECE_BYTES};
use registry::procedure::{ActInput, Filing};
use registry::value::Line as Words;
use registry::{ActNumber, NodeId, OfficeCode};
use sync_proto::{
    CentralInput, CentreAttachmentOutput, NodeInput, OfficeAttachmentInput, OfficeAttachmentOutput,
};

use super::World;
use super::centre::{Ask, Slot};
use super::device::Awaited;
use crate::check::Failure;
use crate::dice::Dice;

/// Pieces of the largest scan.
const PIECES_MAX: u64 = 9;

impl World {
    /// Now and then a clerk scans a paper before the act is filed.
    pub(super) fn attach(
        &mut self,
        device: usize,
        office: &Office,
        filing: &mut Filing,
        salt: u64,
    ) {
        if let ActInput::Portrait(input) = &mut filing.input {
            // Two people have no photograph in common, whoever takes it.
            let whose = input.person.as_bytes().iter();
            let whose = whose.fold(0_u64, |mark, byte| mark.rotate_left(8) ^ u64::from(*byte));
            let mut dice = Dice::new(salt, "photograph", whose);
            let (least, most) = (20_000, PIECES_MAX * 16_000);
            input.photo = self.take_in(device, office, &picture(&mut dice, least, most));
            input.thumbnail = self.take_in(device, office, &picture(&mut dice, 500, 12_000));
        }
        let mut dice = Dice::new(salt, "scan", 0);
        if !dice.percent(30) {
            return;
        }
        let content = scan(&mut dice);
        let Some(attachment) = self.take_in(device, office, &content) else {
            return;
        };
        match filing.evidence.first_mut() {
            Some(paper) => paper.attachments.push(attachment),
            None => filing.evidence.push(Evidence {
                kind: Words::parse("bản chụp").unwrap_or_default(),
                number: Words::default(),
                date: None,
                attachments: vec![attachment],
            }),
        }
    }

    fn take_in(&mut self, device: usize, office: &Office, content: &[u8]) -> Option<Attachment> {
        let attachment = office.folder().put(content).ok()?;
        let officer = self
            .devices
            .get(device)
            .and_then(super::Device::officer)?
            .id;
        let attached = |reply| Command::Attach {
            attachment,
            officer,
            reply,
        };
        self.order(device, attached, |_| None);
        Some(attachment)
    }

    /// Acts up to here were read for sending, or are at the centre.
    pub(super) fn acts_sent(&mut self, id: u64, up_to: u64) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.acts_sent = line.acts_sent.max(ActNumber::new(up_to));
        }
    }

    pub(super) fn attachment_noted(&mut self, id: u64) -> Result<(), Failure> {
        self.give_attachment(id, OfficeAttachmentInput::Noted)
    }

    pub(super) fn give_attachment(
        &mut self,
        id: u64,
        input: OfficeAttachmentInput,
    ) -> Result<(), Failure> {
        self.node_give(id, NodeInput::Attachment(input))
    }

    /// Does what the session of an office wants.
    pub(super) fn obey_attachment(
        &mut self,
        id: u64,
        device: usize,
        wish: &OfficeAttachmentOutput,
    ) -> Result<(), Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let Some(office) = self.devices.get(device).and_then(|at| at.office.clone()) else {
            return Ok(());
        };
        match *wish {
            OfficeAttachmentOutput::Next { taken } => match office.next_attachment(taken, at_s) {
                Ok(next) => self.give_attachment(id, OfficeAttachmentInput::Waits(next)),
                Err(error) => self.node_fails(id, error.code()),
            },
            OfficeAttachmentOutput::ReadPiece(wanted) => {
                self.look_at_order(id, device)?;
                let piece = office.read_piece(wanted, at_s);
                self.give_attachment(id, piece)
            }
            OfficeAttachmentOutput::Kept { attachment, pieces } => {
                office.note_pieces(&attachment, pieces);
                Ok(())
            }
            OfficeAttachmentOutput::Settled {
                attachment,
                outcome,
            } => {
                self.trace
                    .note(|| format!("attachment {}: {outcome:?}", attachment.hash()));
                let settled = |reply| Command::AttachmentSettled {
                    attachment,
                    outcome,
                    reply,
                };
                let noted = |answer| Some(Awaited::AttachmentNoted(id, answer));
                self.order(device, settled, noted);
                Ok(())
            }
            OfficeAttachmentOutput::TakePiece(ref came) => {
                self.keep_fetched(id, device, &office, came)
            }
            OfficeAttachmentOutput::Fetched {
                attachment,
                outcome,
            } => self.fetch_ended(id, device, &office, attachment, outcome),
        }
    }

    /// No piece is read while an act waits that was durable before.
    fn look_at_order(&self, id: u64, device: usize) -> Result<(), Failure> {
        let (Some(line), Some(at)) = (self.lines.get(&id), self.devices.get(device)) else {
            return Ok(());
        };
        let Some(end) = at.outbox else { return Ok(()) };
        // The centre may have told with its greeting that it has more than this line ever sent.
        let state = self.centre.registrar.as_ref();
        let state = state.and_then(|registrar| registrar.node_state(at.code, &at.node).ok()?);
        let taken = state
            .filter(|state| state.row.incarnation == end.incarnation)
            .map_or(ActNumber::default(), |state| state.row.taken);
        if line.acts_sent.max(taken) < end.number {
            let words = format!("line {id} sends a piece while act {} waits", end.number);
            return Err(Failure::new("acts first", words));
        }
        Ok(())
    }

    /// Answers what a session of the centre asks.
    pub(super) fn serve_attachment(
        &mut self,
        id: u64,
        registrar: &Registrar,
        office: OfficeCode,
        node: NodeId,
        question: CentreAttachmentOutput,
    ) -> Result<(), Failure> {
        self.look_at_repetition(id, registrar, &question)?;
        let whole = answers::makes_whole(&question);
        let offices = registrar.offices_of(office, &node).unwrap_or_default();
        let answer = registrar.answer_of_attachment(&offices, question);
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let slots = &mut line.central.answers;
        match answer {
            Err(_) => slots.push_back(Slot::Refused),
            Ok(answer) => {
                let kept = answers::is_kept(&answer);
                let input = CentralInput::Attachment(answer);
                match whole.filter(|_| kept) {
                    None => slots.push_back(Slot::Input(input)),
                    Some(attachment) => {
                        slots.push_back(Slot::Waits);
                        self.tally.attachments += 1;
                        self.ask(Ask::Attachment(id, offices, attachment, Box::new(input)));
                    }
                }
            }
        }
        self.take_slots(id)
    }

    /// A piece of which a line knows that the centre has it does not come on it again, but for the
    /// last of an attachment that was not made whole. Another office may bring the same file at the
    /// same time.
    fn look_at_repetition(
        &mut self,
        id: u64,
        registrar: &Registrar,
        question: &CentreAttachmentOutput,
    ) -> Result<(), Failure> {
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let known = &mut line.central.pieces;
        let came = match question {
            CentreAttachmentOutput::Offered(attachment) => {
                let hash = attachment.hash();
                let part = registrar.folder().part(&hash).ok().flatten();
                let here = match registrar.folder().holds(&hash) {
                    true => attachment.pieces(),
                    false => part.map_or(0, |part| part.pieces),
                };
                known.insert(hash, here);
                return Ok(());
            }
            CentreAttachmentOutput::TakePiece(came) => came,
            _ => return Ok(()),
        };
        self.tally.pieces += 1;
        let known = known.entry(came.outline.attachment().hash()).or_default();
        let again = came.index < *known;
        *known = (*known).max(came.index.saturating_add(1));
        line.central.repeated += u32::from(again);
        if line.central.repeated > 1 {
            let words = format!("line {id} sends pieces again that the centre has");
            return Err(Failure::new("nothing twice", words));
        }
        Ok(())
    }
}

/// A photograph or a thumbnail, as far as lines and disks know.
fn picture(dice: &mut Dice, least: u64, most: u64) -> Vec<u8> {
    let bytes = dice.between(least, most);
    let mut content = b"\xff\xd8\xff\xe0".to_vec();
    while u64::try_from(content.len()).unwrap_or(u64::MAX) < bytes {
        content.extend(dice.any().to_le_bytes());
    }
    content
}

/// What a scanner makes: of any size up to some pieces, and never the same.
fn scan(dice: &mut Dice) -> Vec<u8> {
    let piece = u64::try_from(PIECE_BYTES).unwrap_or(u64::MAX);
    let bytes = dice.between(100, PIECES_MAX * piece);
    let mut content = b"%PDF-1.7 ".to_vec();
    while u64::try_from(content.len()).unwrap_or(u64::MAX) < bytes {
        content.extend(dice.any().to_le_bytes());
    }
    content
}
