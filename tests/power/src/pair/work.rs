//! What the two do: acts, batches, feed, pages, readings, checkpoints. Papers are in `papers.rs`.

use central_registry::intake::BatchFrom;
use commune_node::office::FillPage;
use rand::Rng;
use registry::columns::encode_page;
use registry::reading::ReadReason;
use registry::{ActNumber, FeedSeq};

use super::{Pair, Side, Trouble};
use crate::world::{self, NOW_S, PEOPLE};

/// Records in a page.
const PAGE: usize = 4;

impl Pair<'_> {
    /// One thing that an ordinary day brings.
    pub fn work(&mut self) -> Result<(), Trouble> {
        if self.office.meta().fill.is_some() {
            self.fill()?;
        }
        match self.rng.random_range(0..23) {
            0..8 => self.file()?,
            8..11 => self.push()?,
            11..14 => self.pull()?,
            14 => self.read_a_record()?,
            15 => self.fill_anew()?,
            16 => self.new_officer()?,
            17 => self.newcomer()?,
            18 => self.stage_and_leave()?,
            19..22 => self.paper()?,
            _ => self.checkpoint()?,
        }
        self.note_standing()
    }

    /// Whether the process is closed in order now.
    pub fn is_day_over(&mut self) -> bool {
        self.rng.random_ratio(1, 60)
    }

    /// Sends, receives and compares everything; both then agree.
    pub fn agree(&mut self) -> Result<(), Trouble> {
        self.fill()?;
        self.push()?;
        self.pull()?;
        let centre = self.registrar.digest(world::office()?)?;
        if self.office.meta().digest != centre {
            return Err(Trouble::Broken(
                "node and centre do not hold the same slice".to_owned(),
            ));
        }
        self.note_standing()
    }

    /// Files some acts; one sync makes them all durable, then the clerks are told.
    fn file(&mut self) -> Result<(), Trouble> {
        let mut filed = Vec::new();
        for _ in 0..self.rng.random_range(1..4) {
            let serial = self.life.next();
            let filing = if self.rng.random_ratio(1, 4) {
                world::birth(serial)?
            } else {
                world::phone(self.rng.random_range(0..PEOPLE), serial)?
            };
            let done = self.office.file_act(&filing, &world::clerk()?, NOW_S)?;
            filed.push((done.act, done.number));
        }
        self.office.store().sync()?;
        self.life.seen.counts.acts += filed.len() as u64;
        self.life.seen.acts.extend(filed);
        Ok(())
    }

    /// Sends what is unsent.
    pub(super) fn push(&mut self) -> Result<(), Trouble> {
        let (code, node) = (world::office()?, world::node());
        let Some(state) = self.registrar.node_state(code, &node)? else {
            return Ok(());
        };
        // What was staged and not synced yet may be in the outbox.
        self.office.store().sync()?;
        let meta = self.office.meta();
        let first = state.row.taken.next();
        let read = self
            .office
            .read_outbox(first, usize::MAX, usize::MAX, meta.outbox_last)?;
        if read.acts.is_empty() {
            return Ok(());
        }
        let acts: Vec<Vec<u8>> = read.acts.iter().map(|act| act.to_vec()).collect();
        let from = BatchFrom {
            office: code,
            node,
            incarnation: meta.incarnation,
            first,
            chain: *meta.outbox_chain.as_bytes(),
        };
        let taken = self.registrar.take_batch(NOW_S + 60, &from, &acts)?;
        self.life.seen.taken = taken.up_to;
        self.life.seen.counts.taken += acts.len() as u64;
        Ok(())
    }

    /// Takes what the feed brings, in portions.
    fn pull(&mut self) -> Result<(), Trouble> {
        // Only what is durable at the centre is sent.
        self.registrar.sync()?;
        loop {
            let applied = self.office.meta().feed_applied;
            let mut entries = self.feed_after(applied)?;
            entries.truncate(self.rng.random_range(1..6));
            if entries.is_empty() {
                return Ok(());
            }
            self.show(applied, &entries);
            let done = self.office.apply_feed(applied.next(), &entries, NOW_S);
            if let Some(trouble) = done.trouble {
                return Err(trouble.into());
            }
            self.office.store().sync()?;
            self.life.seen.applied = done.applied;
            self.life.seen.counts.entries += entries.len() as u64;
        }
    }

    /// The centre has shown these entries: it can never show others in their place.
    fn show(&mut self, after: FeedSeq, entries: &[sync_proto::FeedEntry]) {
        let places = (after.next().get()..).map(FeedSeq::new);
        let shown = places.zip(entries.iter().cloned());
        self.life.seen.feed.extend(shown);
    }

    /// Goes on with the pages, up to the last one.
    fn fill(&mut self) -> Result<(), Trouble> {
        while let Some(fill) = self.office.meta().fill {
            self.page(fill.after)?;
        }
        Ok(())
    }

    fn page(&mut self, after: Option<registry::RecordId>) -> Result<(), Trouble> {
        let code = world::office()?;
        self.registrar.sync()?;
        let head = self.registrar.office(code)?.head;
        let page = self.registrar.page(code, after.as_ref(), PAGE)?;
        let payload = encode_page(&page.records)?;
        let page = FillPage::read(after, page.last, page.done, head, &payload)?;
        self.office.apply_page(page)?;
        self.office.store().sync()?;
        Ok(())
    }

    /// Begins the pages again, as after a doubt; nothing may be on the way meanwhile.
    fn fill_anew(&mut self) -> Result<(), Trouble> {
        self.push()?;
        self.pull()?;
        self.page(None)?;
        self.fill()
    }

    fn read_a_record(&mut self) -> Result<(), Trouble> {
        let record = world::person_id(self.rng.random_range(0..PEOPLE));
        let clerk = world::clerk()?;
        self.office
            .note_reading(&clerk.id, record, ReadReason::Counter, NOW_S)?;
        self.office.store().sync()?;
        Ok(())
    }

    fn new_officer(&mut self) -> Result<(), Trouble> {
        let name = format!("binh.{}", self.rng.random_range(0..9));
        let officer = world::officer(&name)?;
        self.registrar
            .set_officer(NOW_S, world::office()?, officer)?;
        Ok(())
    }

    /// Somebody new comes by the feed.
    fn newcomer(&mut self) -> Result<(), Trouble> {
        let number = PEOPLE + self.life.next() % 60_000;
        let person = world::person(number)?;
        self.registrar.import(NOW_S, vec![person])?;
        Ok(())
    }

    /// Work that nobody was promised anything of: it waits for the next sync, or for the cut.
    fn stage_and_leave(&mut self) -> Result<(), Trouble> {
        match self.life.side {
            Side::Node => {
                let filing = world::phone(0, self.life.next())?;
                self.office.file_act(&filing, &world::clerk()?, NOW_S)?;
            }
            Side::Centre => {
                let contact = central_registry::registrar::Contact {
                    at_s: NOW_S,
                    software: "0.1.0".to_owned(),
                    clock_offset_ms: 0,
                    outbox_last: ActNumber::new(0),
                    applied: FeedSeq::new(0),
                    epoch: 1,
                    incarnation: self.office.meta().incarnation,
                };
                self.registrar
                    .contact(world::office()?, world::node(), &contact)?;
            }
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), Trouble> {
        let store = match self.life.side {
            Side::Node => self.office.store(),
            Side::Centre => self.registrar.store(),
        };
        store.checkpoint()?;
        Ok(())
    }
}
