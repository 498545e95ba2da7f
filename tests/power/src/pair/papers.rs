//! Scanned papers: a node takes them whole, a centre piece by piece. What was acknowledged is there
//! whole afterwards, and what is not whole is never given out.

use rand::Rng;
use registry::act::Evidence;
use registry::attachment::{Attachment, AttachmentId, Outline, PIECE_BYTES};
use registry::value::Line;

use super::{Pair, Side, Trouble};
use crate::world::{self, NOW_S, PEOPLE};

/// Pieces of the largest paper.
const PIECES_MAX: usize = 3;

/// A paper that the centre has been told of and does not have whole.
pub(super) struct Coming {
    outline: Outline,
    content: Vec<u8>,
}

impl Pair<'_> {
    /// A paper is scanned at the node, or comes further to the centre.
    pub(super) fn paper(&mut self) -> Result<(), Trouble> {
        match self.life.side {
            Side::Node => self.attach().map(|_| ()),
            Side::Centre => self.bring(),
        }
    }

    /// A clerk scans a paper, and files an act that names it.
    fn attach(&mut self) -> Result<(Attachment, Vec<u8>), Trouble> {
        let content = self.scan();
        let attachment = self.office.folder().put(&content)?;
        let clerk = world::clerk()?;
        self.office.note_attached(attachment, &clerk.id, NOW_S)?;
        if self.life.side == Side::Node && self.rng.random_ratio(1, 4) {
            // Nobody is told: it may be there afterwards, and need not.
            return Ok((attachment, content));
        }
        let serial = self.life.next();
        let mut filing = world::phone(self.rng.random_range(0..PEOPLE), serial)?;
        filing.evidence.push(Evidence {
            kind: Line::parse("bản chụp").unwrap_or_default(),
            number: Line::default(),
            date: None,
            attachments: vec![attachment],
        });
        let done = self.office.file_act(&filing, &clerk, NOW_S)?;
        self.office.store().sync()?;
        let seen = &mut self.life.seen;
        seen.counts.acts += 1;
        seen.acts.push((done.act, done.number));
        if self.life.side == Side::Node {
            seen.counts.attachments += 1;
            seen.papers.insert(attachment.hash(), content.clone());
        }
        Ok((attachment, content))
    }

    /// Some pieces of a paper reach the centre; after the last it says that it has it.
    fn bring(&mut self) -> Result<(), Trouble> {
        if self.life.coming.is_none() {
            let (attachment, content) = self.attach()?;
            self.push()?;
            let outline = Outline::of(attachment, &content);
            let outline = outline.ok_or_else(|| Trouble::World("no outline".to_owned()))?;
            self.life.coming = Some(Coming { outline, content });
        }
        let Some(coming) = self.life.coming.take() else {
            return Ok(());
        };
        let whole = self.pieces(&coming);
        if !matches!(whole, Ok(true)) {
            self.life.coming = Some(coming);
            return whole.map(|_| ());
        }
        let hash = coming.outline.attachment().hash();
        self.life.seen.counts.attachments += 1;
        self.life.seen.papers.insert(hash, coming.content);
        Ok(())
    }

    /// As a line does it: where the part ends is asked first, then pieces follow.
    fn pieces(&mut self, coming: &Coming) -> Result<bool, Trouble> {
        let attachment = coming.outline.attachment();
        let folder = self.registrar.folder().clone();
        if !folder.holds(&attachment.hash()) {
            let part = folder.part(&attachment.hash())?;
            let from = part.map_or(0, |part| part.pieces);
            let chunks = coming.content.chunks(PIECE_BYTES).zip(0u16..);
            for (piece, index) in chunks.skip(usize::from(from)) {
                if self.rng.random_ratio(1, 4) {
                    return Ok(false);
                }
                folder.add(&coming.outline, index, piece)?;
            }
            folder.finish(&attachment)?;
        }
        let offices = [world::office()?];
        self.registrar
            .stage_attachment(NOW_S, &offices, &attachment)?;
        self.registrar.sync()?;
        Ok(true)
    }

    /// Never the same bytes twice.
    fn scan(&mut self) -> Vec<u8> {
        let bytes = self.rng.random_range(100..PIECES_MAX * PIECE_BYTES);
        let mut content = b"%PDF-1.7 ".to_vec();
        content.resize(bytes, 0);
        self.rng.fill(content.get_mut(9..).unwrap_or_default());
        content
    }

    /// Each paper that was acknowledged is there, whole; none other is given out torn.
    pub(super) fn check_papers(&self) -> Result<(), Trouble> {
        let folder = match self.life.side {
            Side::Node => self.office.folder(),
            Side::Centre => self.registrar.folder(),
        };
        for (hash, content) in &self.life.seen.papers {
            let lost =
                |how: &str| Trouble::Broken(format!("an attachment was acknowledged and {how}"));
            match folder.read(hash) {
                Ok(Some(found)) if found == *content => {}
                Ok(Some(_)) => return Err(lost("is another")),
                Ok(None) => return Err(lost("is gone")),
                Err(error) if error.code() == "attachment_damaged" => {
                    return Err(lost("is torn"));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let Some(coming) = &self.life.coming else {
            return Ok(());
        };
        let hash = coming.outline.attachment().hash();
        match folder.read(&hash) {
            Ok(Some(found)) if AttachmentId::of(&found) != hash => {
                let words = "an attachment that was not acknowledged is given out torn";
                Err(Trouble::Broken(words.to_owned()))
            }
            _ => Ok(()),
        }
    }
}
