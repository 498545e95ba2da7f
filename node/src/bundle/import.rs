//! Taking an answer in: receipts and feed from a stick, by the same way as from the line. Entries
//! that are here already are passed over, so an answer may come twice, late, or beside a line.

use std::sync::Arc;

use bytes::Bytes;
use provisioning::bundle_key::BundleKey;
use registry::{FeedSeq, OfficeCode, OfficerId};
use serde::Serialize;
use sync_proto::bundle::{AnswerReader, AnswerStands, BundleId, BundleRefusal, SealedBundle, Way};
use sync_proto::{Codec, FeedEntry, Minors, SessionError};
use utoipa::ToSchema;

use super::{BundleError, COMPRESSION_LEVEL};
use crate::clock;
use crate::line::LineHandle;
use crate::office::{Office, OfficeError};
use crate::tables::BundleRow;
use crate::writer::{Command, Writer};

/// An answer that is for this office, signed by the centre, and opened.
pub struct OpenedAnswer {
    /// The bundle that it answers.
    pub id: BundleId,
    /// The office of whose feed it speaks.
    pub office: OfficeCode,
    /// What is remembered of that.
    pub row: BundleRow,
    /// What is in it.
    pub reader: AnswerReader,
}

/// Opens an answer; nothing of it has taken effect yet.
pub fn open_answer(
    office: &Office,
    file: &Bytes,
    device_s: i64,
) -> Result<OpenedAnswer, BundleError> {
    let bundle = SealedBundle::read(file)?;
    let envelope = bundle.envelope();
    let Way::Answer(id) = envelope.way else {
        return Err(BundleRefusal::WrongWay { to: "the centre" }.into());
    };
    let meta = office.meta();
    if envelope.node != meta.node {
        return Err(BundleRefusal::OtherOffice.into());
    }
    bundle.check_time(meta.corrected_s(device_s))?;
    let row = office.bundle(id)?.ok_or(BundleRefusal::AnswerUnasked)?;
    bundle.check_signature(&meta.central_keys)?;
    let office = envelope.office;
    if office != meta.office {
        return Err(BundleRefusal::BeforeDecree.into());
    }
    let key = BundleKey {
        public: row.reply_public,
        secret: row.reply_secret,
    };
    let body = key
        .open(bundle.encapsulated(), bundle.opening(), bundle.sealed())
        .ok_or(BundleRefusal::SealBroken)?;
    let codec = Codec::new(COMPRESSION_LEVEL, &[]).map_err(SessionError::from)?;
    let reader = AnswerReader::open(body.into(), Minors::CURRENT, Arc::new(codec))?;
    Ok(OpenedAnswer {
        id,
        office,
        row,
        reader,
    })
}

/// What came of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerTaken {
    /// The bundle that it answers.
    pub bundle: String,
    /// When that was made, seconds since 1970.
    pub made_s: i64,
    /// The centre has acts of this device up to this one.
    pub taken: u64,
    /// Own acts that have an outcome since.
    pub answered: u64,
    /// Own acts that have none yet.
    pub unsent: u64,
    /// Entries of the feed that took effect.
    pub entries_new: u64,
    /// Entries that were here already.
    pub entries_known: u64,
    /// Entries that the centre had beside these: they come with the next bundle, or by line.
    pub entries_left: u64,
    /// Whether the slice has to be filled by line before the feed goes on.
    pub needs_line: bool,
    /// Whether it was made before this device was restored: what it has left is brought by a new
    /// bundle, or by line.
    pub late: bool,
    /// Whether the device had been restored or copied, and has begun a new life: what is unsent
    /// needs a new bundle.
    pub new_life: bool,
}

/// Takes an answer in; when this returns, what it brought is durable.
pub async fn import(
    office: &Arc<Office>,
    writer: &Writer,
    line: &LineHandle,
    officer: &OfficerId,
    file: Bytes,
) -> Result<AnswerTaken, BundleError> {
    let device_s = clock::device_s();
    let opened = {
        let office = Arc::clone(office);
        tokio::task::spawn_blocking(move || open_answer(&office, &file, device_s)).await
    };
    let mut opened = opened.map_err(|_| BundleRefusal::Damaged)??;
    let (id, of, stands) = (opened.id, opened.office, *opened.reader.stands());
    let mut taken = AnswerTaken {
        bundle: id.to_string(),
        made_s: opened.row.made_s,
        taken: stands.taken.get(),
        answered: 0,
        unsent: 0,
        entries_new: 0,
        entries_known: 0,
        entries_left: 0,
        needs_line: stands.needs_fill,
        late: false,
        new_life: false,
    };
    let unsent = office.unsent();
    if office.agrees_with(&stands)? {
        let fed = feed(office, writer, &mut opened, &mut taken).await;
        if taken.entries_new > 0 {
            line.overtaken();
        }
        fed?;
    } else {
        begin_life(office, writer, &stands).await?;
        taken.new_life = true;
    }
    let officer = officer.clone();
    let answered = |reply| Command::BundleAnswered {
        id,
        office: of,
        stands,
        officer,
        reply,
    };
    writer.ask(answered).await?;
    let meta = office.meta();
    let behind = stands
        .feed_head
        .get()
        .saturating_sub(meta.feed_applied.get());
    taken.entries_left = if taken.needs_line { 0 } else { behind };
    let count = |acts: usize| u64::try_from(acts).unwrap_or(u64::MAX);
    taken.unsent = count(office.unsent());
    taken.answered = count(unsent).saturating_sub(taken.unsent);
    tracing::info!(bundle = %id, entries = taken.entries_new, "the answer on a stick was taken in");
    Ok(taken)
}

/// Gives the writer what is new of the feed.
async fn feed(
    office: &Office,
    writer: &Writer,
    opened: &mut OpenedAnswer,
    taken: &mut AnswerTaken,
) -> Result<(), BundleError> {
    while let Some((first, entries)) = opened.reader.next_entries()? {
        let meta = office.meta();
        if meta.fill.is_some() {
            taken.needs_line = true;
            break;
        }
        let applied = meta.feed_applied;
        let Some(known) = known_of(applied, first, &entries)? else {
            taken.entries_known += count(&entries);
            continue;
        };
        let new = count(&entries).saturating_sub(known);
        let fed = |reply| Command::FeedOfStick {
            office: opened.office,
            first,
            entries,
            reply,
        };
        let Some(done) = writer.ask(fed).await? else {
            let meta = office.meta();
            taken.needs_line = meta.fill.is_some() || meta.office != opened.office;
            taken.late = !taken.needs_line;
            break;
        };
        let went = done.applied.get().saturating_sub(applied.get());
        taken.entries_known += known;
        taken.entries_new += went.min(new);
        if let Some(error) = done.trouble {
            return Err(error.into());
        }
        if let Some(at) = done.held {
            return Err(BundleError::NeedsUpgrade { at: at.get() });
        }
        if done.office_changed {
            // The decree was new, and ended its feed: what follows is of the feed as it was, and the
            // slice is filled anew by line.
            taken.entries_new += 1;
            taken.needs_line = true;
            break;
        }
    }
    Ok(())
}

fn count(entries: &[FeedEntry]) -> u64 {
    u64::try_from(entries.len()).unwrap_or(u64::MAX)
}

/// How many of these entries are here already; nothing if all are.
fn known_of(
    applied: FeedSeq,
    first: FeedSeq,
    entries: &[FeedEntry],
) -> Result<Option<u64>, BundleRefusal> {
    let due = applied.next();
    if first > due {
        let (due, came) = (due.get(), first.get());
        let what = "the feed";
        return Err(BundleRefusal::Gap { what, due, came });
    }
    let known = due.get().saturating_sub(first.get());
    Ok((known < count(entries)).then_some(known))
}

/// The centre has other acts than this device under the same numbers.
async fn begin_life(
    office: &Office,
    writer: &Writer,
    stands: &AnswerStands,
) -> Result<(), BundleError> {
    let (above, acts) = office.life_after(stands);
    let life = |reply| Command::NewLife {
        above,
        taken: acts,
        reply,
    };
    let begun = writer.ask(life).await?;
    tracing::warn!(
        incarnation = begun.incarnation.get(),
        refiled = begun.refiled,
        unfiled = begun.unfiled,
        "a new life of this node begins, by the answer on a stick"
    );
    Ok(())
}

impl From<crate::tables::TableError> for BundleError {
    fn from(error: crate::tables::TableError) -> Self {
        OfficeError::from(error).into()
    }
}
