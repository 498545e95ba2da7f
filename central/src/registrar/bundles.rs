//! Bundles on a stick: the keys to which offices seal them, opening one, and packing the answer.
//! What becomes of the acts in it is the same as of those from a line.

use std::sync::Arc;

use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use provisioning::bundle_key::{self, BundleKey, SealFailed};
use registry_store::Batch;
use sync_proto::bundle::{
    AnswerFrom, BundleId, BundleRefusal, Envelope, KeyName, OutwardReader, SealedBundle, Way,
    complete, pack_answer,
};
use sync_proto::limits::BUNDLE_KEYS_MAX;
use sync_proto::{Codec, FeedEntry, Hello, Minors, NodeStanding, SessionError};

use super::*;
use crate::server::answers::{SCHEMA, standing};
use crate::tables::{BundleKeyRow, BundleRow};

/// Why a bundle is not taken, or not answered.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// What is wrong with it.
    #[error(transparent)]
    Refused(#[from] BundleRefusal),
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
    /// The library does not seal.
    #[error(transparent)]
    Seal(#[from] SealFailed),
}

impl BundleError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            BundleError::Refused(refused) => refused.code(),
            BundleError::Store(error) => error.code(),
            BundleError::Seal(error) => error.code(),
        }
    }
}

impl From<SessionError> for BundleError {
    fn from(error: SessionError) -> Self {
        BundleRefusal::from(error).into()
    }
}

impl From<StoreError> for BundleError {
    fn from(error: StoreError) -> Self {
        BundleError::Store(error.into())
    }
}

/// Who asks by a bundle, and what for.
#[derive(Clone)]
pub struct AskedBundle {
    /// What is legible of it.
    pub envelope: Envelope,
    /// Where the office stood.
    pub hello: Box<Hello>,
    /// To which key the answer is sealed.
    pub reply_key: [u8; 32],
}

/// A bundle that a device of an office has made, opened.
pub struct OpenedBundle {
    /// Who asks.
    pub asked: AskedBundle,
    /// The acts in it.
    pub reader: OutwardReader,
}

/// The answer to a bundle, as a file.
pub struct BundleAnswer {
    /// The file.
    pub file: Vec<u8>,
    /// After this the office no longer takes it, seconds since 1970.
    pub expires_s: i64,
    /// Entries of the feed in it.
    pub entries: u64,
    /// Entries that come later.
    pub left: u64,
    /// Whether the office has to fill its slice by line first.
    pub needs_fill: bool,
}

impl Registrar {
    /// The key to which offices seal bundles, if there is one.
    pub fn bundle_key(&self) -> Result<Option<[u8; 32]>, UnitError> {
        let newest = self.bundle_keys()?.pop();
        Ok(newest.map(|row| row.public))
    }

    /// The same; one is made if there is none. Durable when it returns.
    pub fn ensure_bundle_key(&self, at_s: i64) -> Result<[u8; 32], BundleError> {
        if let Some(key) = self.bundle_key()? {
            return Ok(key);
        }
        let key = self.stage_bundle_key(at_s)?;
        self.sync()?;
        Ok(key)
    }

    /// Makes a new key for bundles. Offices hear of it with their next contact; those before it go
    /// on opening, for offices that are dark. Staged.
    pub fn stage_bundle_key(&self, at_s: i64) -> Result<[u8; 32], BundleError> {
        let key = BundleKey::generate()?;
        let _draw = self.writer();
        let keys = self.bundle_keys()?;
        let mut unit = self.begin(at_s)?;
        let row = BundleKeyRow {
            number: keys.last().map_or(1, |newest| newest.number + 1),
            public: key.public,
            secret: key.secret,
            made_s: at_s,
        };
        unit.put(tables::BUNDLE_KEYS, &KeyName::of(&key.public).0, &row)?;
        let too_many = keys.len().saturating_sub(BUNDLE_KEYS_MAX);
        for old in keys.iter().take(too_many) {
            unit.delete(tables::BUNDLE_KEYS, &KeyName::of(&old.public).0);
        }
        audit(&mut unit, "bundle key", None, None, (row.number, 0))?;
        self.hand_over(unit)?;
        Ok(key.public)
    }

    /// The keys for bundles, the newest last.
    fn bundle_keys(&self) -> Result<Vec<BundleKeyRow>, UnitError> {
        let mut keys = Vec::new();
        self.each(tables::BUNDLE_KEYS, |_, value| {
            keys.push(decode::<BundleKeyRow>(tables::BUNDLE_KEYS, value)?);
            Ok(())
        })?;
        keys.sort_by_key(|row| row.number);
        Ok(keys)
    }

    /// Opens a bundle: whole, of a device that may speak, in time, sealed to this centre. Nothing of
    /// it has taken effect.
    pub fn open_bundle(
        &self,
        file: &Bytes,
        codec: &Arc<Codec>,
        now_s: i64,
    ) -> Result<OpenedBundle, BundleError> {
        let bundle = SealedBundle::read(file)?;
        let envelope = *bundle.envelope();
        if envelope.way != Way::ToCentre {
            return Err(BundleRefusal::WrongWay { to: "its office" }.into());
        }
        let Some(bytes) = self.store.get(tables::BUNDLE_KEYS, &envelope.key.0)? else {
            return Err(BundleRefusal::OtherCentre.into());
        };
        let key: BundleKeyRow = decode(tables::BUNDLE_KEYS, &bytes)?;
        let state = self.node_state(envelope.office, &envelope.node)?;
        let row = state.ok_or(BundleRefusal::DeviceUnknown)?.row;
        bundle.check_signature([&row.public_key])?;
        if row.shut_out.is_some() {
            return Err(BundleRefusal::DeviceShutOut.into());
        }
        bundle.check_time(now_s)?;
        let key = BundleKey {
            public: key.public,
            secret: key.secret,
        };
        let body = key
            .open(bundle.encapsulated(), bundle.opening(), bundle.sealed())
            .ok_or(BundleRefusal::SealBroken)?;
        let device =
            VerifyingKey::from_bytes(&row.public_key).map_err(|_| BundleRefusal::Signature)?;
        let reader = OutwardReader::open(&envelope, body.into(), device, Arc::clone(codec))?;
        let asked = AskedBundle {
            envelope,
            hello: Box::new(reader.hello().clone()),
            reply_key: *reader.reply_key(),
        };
        Ok(OpenedBundle { asked, reader })
    }

    /// Where the device of a bundle stands, for its session and for its answer.
    pub fn bundle_standing(
        &self,
        asked: &AskedBundle,
        central_ms: u64,
    ) -> Result<NodeStanding, BundleError> {
        let Envelope { office, node, .. } = asked.envelope;
        let state = self.node_state(office, &node)?;
        let state = state.ok_or(BundleRefusal::DeviceUnknown)?;
        Ok(standing(node, &state, central_ms))
    }

    /// Packs and seals the answer. `standing` is durable: nothing past it is told. `id` is random.
    pub fn answer_bundle(
        &self,
        asked: &AskedBundle,
        standing: &NodeStanding,
        codec: &Codec,
        (now_s, id): (i64, BundleId),
    ) -> Result<BundleAnswer, BundleError> {
        let Envelope { office, node, .. } = asked.envelope;
        let from = AnswerFrom {
            hello: &asked.hello,
            standing,
            minors: Minors::CURRENT,
            schema: SCHEMA,
            codec,
        };
        let to = (node, asked.hello.incarnation);
        let packed = pack_answer(&from, |after, count, bytes| {
            let read = self.feed_to(to, office, after, count, bytes)?;
            let entries = read.into_iter().map(|(_, entry)| FeedEntry {
                kind: entry.kind,
                schema: SCHEMA,
                payload: entry.payload.into(),
            });
            Ok::<_, BundleError>(entries.collect())
        })?;
        let reply_key = &asked.reply_key;
        let envelope = Envelope {
            way: Way::Answer(asked.envelope.id),
            id,
            office,
            node,
            incarnation: standing.taken.incarnation,
            made_s: now_s,
            expires_s: Envelope::expiry(now_s),
            key: KeyName::of(reply_key),
        };
        let opening = envelope.opening();
        let (encapsulated, sealed) = bundle_key::seal(reply_key, &opening, &packed.body)?;
        let file = complete(&opening, &encapsulated, &sealed, |bytes| (self.sign)(bytes))?;
        Ok(BundleAnswer {
            file,
            expires_s: envelope.expires_s,
            entries: packed.entries,
            left: packed.left,
            needs_fill: packed.needs_fill,
        })
    }

    /// Notes what became of a bundle; with its file, if it is kept for people to look at. Staged.
    pub fn stage_bundle(
        &self,
        id: BundleId,
        row: &BundleRow,
        file: Option<&Bytes>,
    ) -> Result<(), UnitError> {
        let _draw = self.writer();
        let mut unit = self.begin(row.at_s)?;
        unit.put(tables::BUNDLES, &tables::bundle_key(id, false), row)?;
        let numbers = (row.first.get(), row.last.get());
        audit(
            &mut unit,
            "bundle",
            Some(row.office),
            Some(row.node),
            numbers,
        )?;
        self.hand_over(unit)?;
        if let Some(file) = file {
            let mut batch = Batch::new();
            batch.put(
                tables::BUNDLES,
                &tables::bundle_key(id, true),
                file.to_vec(),
            );
            self.store.stage(batch)?;
        }
        Ok(())
    }

    /// What became of bundles, the newest first.
    pub fn bundles(&self, limit: usize) -> Result<Vec<(BundleId, BundleRow)>, UnitError> {
        let mut rows = Vec::new();
        self.each(tables::BUNDLES, |key, value| {
            if let Some((id, [])) = key.split_first_chunk::<16>() {
                rows.push((BundleId(*id), decode(tables::BUNDLES, value)?));
            }
            Ok(())
        })?;
        rows.sort_by_key(|(_, row): &(_, BundleRow)| std::cmp::Reverse(row.at_s));
        rows.truncate(limit);
        Ok(rows)
    }

    /// The file of a bundle that is kept for people to look at.
    pub fn quarantined_bundle(&self, id: BundleId) -> Result<Option<Vec<u8>>, UnitError> {
        Ok(self
            .store
            .get(tables::BUNDLES, &tables::bundle_key(id, true))?)
    }
}
