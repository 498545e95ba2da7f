//! Taking a bundle in: its batches go the way of those from a line, one after the other, and the
//! answer is packed when all of them are durable.

use std::sync::Arc;

use bytes::Bytes;
use registry::{ActNumber, OfficerId};
use sync_proto::bundle::{BundleId, BundleRefusal, SealedBundle};
use sync_proto::{ChainPoint, Codec, NodeStanding, SessionError, VerifiedBatch};

use super::answers;
use super::desk::{Desk, DeskError};
use super::{COMPRESSION_LEVEL, Reader};
use crate::clock;
use crate::intake::BatchFrom;
use crate::registrar::{BundleAnswer, BundleError, IntakeError, OpenedBundle};
use crate::tables::BundleRow;

/// How often a line may be faster with the same acts before the bundle is given up for now.
const OVERTAKEN_MAX: usize = 16;

/// Why a bundle was not taken, or only in part: acts that were taken stay, and taking it in again
/// goes on behind them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    /// The bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The registry.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<BundleRefusal> for TakeError {
    fn from(refused: BundleRefusal) -> Self {
        TakeError::Bundle(refused.into())
    }
}

/// What came of a bundle.
pub(crate) struct BundleTaken {
    /// The bundle.
    pub(crate) id: BundleId,
    /// When it is over, seconds since 1970.
    pub(crate) expires_s: i64,
    /// What is noted of it.
    pub(crate) row: BundleRow,
    /// The answer, unless it was only looked at.
    pub(crate) answer: Option<BundleAnswer>,
}

/// Takes bundles in.
pub(crate) struct BundleDesk<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) reader: &'a Reader,
    /// Who took it in.
    pub(crate) by: OfficerId,
    /// Change nothing, and give no answer.
    pub(crate) dry_run: bool,
}

impl BundleDesk<'_> {
    /// Takes a bundle in; when this returns, it is durable.
    pub(crate) async fn take(&self, file: Bytes) -> Result<BundleTaken, TakeError> {
        let codec = Codec::new(COMPRESSION_LEVEL, &[]).map_err(SessionError::from);
        let codec = Arc::new(codec.map_err(BundleError::from)?);
        let now_s = clock::now_s();
        let opened = {
            let (file, codec) = (file.clone(), Arc::clone(&codec));
            let open =
                move |it: &crate::registrar::Registrar| Ok(it.open_bundle(&file, &codec, now_s));
            self.reader.read(open).await?
        };
        let mut opened = match opened {
            Err(BundleError::Refused(BundleRefusal::DeviceShutOut)) => {
                self.quarantine(&file, now_s).await?;
                return Err(BundleRefusal::DeviceShutOut.into());
            }
            opened => opened?,
        };
        let (mut row, acts_new) = (self.row(&opened, now_s), self.acts(&mut opened).await?);
        let (first, last) = opened.reader.span();
        (row.first, row.last, row.acts_new) = (first, last, acts_new);
        let answer = if self.dry_run {
            None
        } else {
            Some(self.answer(&opened, codec, now_s, &row).await?)
        };
        Ok(BundleTaken {
            id: opened.asked.envelope.id,
            expires_s: opened.asked.envelope.expires_s,
            row,
            answer,
        })
    }

    fn row(&self, opened: &OpenedBundle, now_s: i64) -> BundleRow {
        BundleRow {
            at_s: now_s,
            by: self.by.clone(),
            office: opened.asked.envelope.office,
            node: opened.asked.envelope.node,
            incarnation: opened.asked.envelope.incarnation,
            made_s: opened.asked.envelope.made_s,
            first: ActNumber::new(0),
            last: ActNumber::new(0),
            acts_new: 0,
            quarantined: false,
        }
    }

    /// Gives the registrar what is new; how many acts that were.
    async fn acts(&self, opened: &mut OpenedBundle) -> Result<u64, TakeError> {
        let (mut new, mut overtaken) = (0_u64, 0);
        let mut point = opened.reader.stand(&self.standing(opened).await?)?;
        while let Some(batch) = opened.reader.next_batch(&point)? {
            let count = u64::try_from(batch.acts().len()).unwrap_or(u64::MAX);
            match self.give(opened, &batch).await {
                Ok(()) => {
                    opened.reader.took();
                    point = batch.end();
                    new = new.saturating_add(count);
                }
                // A line has brought some of them meanwhile.
                Err(DeskError::Intake(IntakeError::Gap)) if overtaken < OVERTAKEN_MAX => {
                    overtaken += 1;
                    point = opened.reader.stand(&self.standing(opened).await?)?;
                }
                Err(DeskError::Intake(IntakeError::NotActive)) => {
                    return Err(BundleRefusal::DeviceShutOut.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(new)
    }

    async fn give(&self, opened: &OpenedBundle, batch: &VerifiedBatch) -> Result<(), DeskError> {
        if self.dry_run {
            return Ok(());
        }
        let ChainPoint {
            incarnation, chain, ..
        } = batch.end();
        let from = BatchFrom {
            office: opened.asked.envelope.office,
            node: opened.asked.envelope.node,
            incarnation,
            first: batch.first(),
            chain: *chain.as_bytes(),
        };
        let acts = batch.acts().iter().map(|act| act.to_vec()).collect();
        self.desk.take(from, acts).await.kept().await?;
        Ok(())
    }

    /// Where the device stands, durably.
    async fn standing(&self, opened: &OpenedBundle) -> Result<NodeStanding, TakeError> {
        let (office, node) = (opened.asked.envelope.office, opened.asked.envelope.node);
        let state = self.desk.standing(office, node).await.kept().await?;
        let state = state.ok_or(BundleRefusal::DeviceUnknown)?;
        Ok(answers::standing(node, &state, clock::now_ms()))
    }

    async fn answer(
        &self,
        opened: &OpenedBundle,
        codec: Arc<Codec>,
        now_s: i64,
        row: &BundleRow,
    ) -> Result<BundleAnswer, TakeError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|_| BundleError::from(provisioning::bundle_key::SealFailed))?;
        let standing = self.standing(opened).await?;
        let id = opened.asked.envelope.id;
        let asked = opened.asked.clone();
        let answer = self.reader.read(move |it| {
            let at = (now_s, BundleId(random));
            Ok(it.answer_bundle(&asked, &standing, &codec, at))
        });
        let answer = answer.await??;
        self.desk.note_bundle(id, row.clone(), None).await?;
        tracing::info!(
            bundle = %id, office = %row.office, node = %row.node, by = %self.by,
            acts = row.acts_new, entries = answer.entries, "a bundle was taken in"
        );
        Ok(answer)
    }

    /// Keeps the file of a device that is shut out, for people; what is in it stays sealed.
    async fn quarantine(&self, file: &Bytes, now_s: i64) -> Result<(), TakeError> {
        let envelope = *SealedBundle::read(file)?.envelope();
        tracing::warn!(
            bundle = %envelope.id, office = %envelope.office, node = %envelope.node, by = %self.by,
            "a bundle of a device that is shut out was kept for people to look at"
        );
        if self.dry_run {
            return Ok(());
        }
        let row = BundleRow {
            at_s: now_s,
            by: self.by.clone(),
            office: envelope.office,
            node: envelope.node,
            incarnation: envelope.incarnation,
            made_s: envelope.made_s,
            first: ActNumber::new(0),
            last: ActNumber::new(0),
            acts_new: 0,
            quarantined: true,
        };
        let file = Some(file.clone());
        Ok(self.desk.note_bundle(envelope.id, row, file).await?)
    }
}
