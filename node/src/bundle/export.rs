//! Making a bundle: what the centre does not have, sealed to its key and signed by this device.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use provisioning::bundle_key::{self, BundleKey, SealFailed};
use registry::OfficerId;
use sync_proto::ChainPoint;
use sync_proto::bundle::{
    BundleId, BundleRefusal, Envelope, KeyName, OutboxPart, Way, complete, pack_outbox,
};

use super::{BundleError, session_config};
use crate::clock;
use crate::office::Office;
use crate::tables::BundleRow;
use crate::writer::{Command, Writer};

/// A bundle that was made, and may be given out once its row is durable.
pub struct Made {
    /// Its name.
    pub id: BundleId,
    /// What is remembered of it.
    pub row: BundleRow,
    /// The file.
    pub file: Vec<u8>,
}

impl Made {
    /// A name for the file that tells the office and the day.
    pub fn name(&self, office: &Office) -> String {
        let day = registry::date::Date::in_viet_nam(self.row.made_s);
        format!("{}-{}.bundle", office.code(), day.to_civil())
    }
}

/// Makes a bundle of all acts up to `end`, the durable end of the outbox. `now_ms` is the device's
/// time; `id` is random.
pub fn make(
    office: &Office,
    key: &SigningKey,
    officer: &OfficerId,
    end: ChainPoint,
    (now_ms, id): (u64, BundleId),
) -> Result<Made, BundleError> {
    let centre = office.bundle_key()?.ok_or(BundleRefusal::NoKey)?;
    let state = office.state_for_bundle(end, now_ms);
    let config = session_config(office, key)?;
    let reply = BundleKey::generate()?;
    let packed = pack_outbox(&config, &state, &reply.public, |from, count, bytes| {
        let read = office.read_outbox(from, count, bytes, end.number)?;
        Ok::<_, BundleError>(OutboxPart {
            before: read.before,
            acts: read.acts,
        })
    })?;
    let device_s = i64::try_from(now_ms / 1000).unwrap_or(i64::MAX);
    let made_s = office.meta().corrected_s(device_s);
    let envelope = Envelope {
        way: Way::ToCentre,
        id,
        office: config.office,
        node: config.node,
        incarnation: end.incarnation,
        made_s,
        expires_s: Envelope::expiry(made_s),
        key: KeyName::of(&centre),
    };
    let opening = envelope.opening();
    let (encapsulated, sealed) = bundle_key::seal(&centre, &opening, &packed.body)?;
    let file = complete(&opening, &encapsulated, &sealed, |bytes| {
        key.sign(bytes).to_bytes()
    })?;
    let row = BundleRow {
        made_s,
        expires_s: envelope.expires_s,
        officer: officer.clone(),
        incarnation: end.incarnation,
        first: packed.first,
        last: packed.last,
        left: packed.left,
        feed_applied: state.feed_applied,
        reply_public: reply.public,
        reply_secret: reply.secret,
        answered: None,
    };
    Ok(Made { id, row, file })
}

/// Makes a bundle and remembers it; when this returns it may be given out.
pub async fn export(
    office: &Arc<Office>,
    writer: &Writer,
    key: &SigningKey,
    officer: &OfficerId,
) -> Result<Made, BundleError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| SealFailed)?;
    let end = *writer.outbox().borrow();
    let (office, key, by) = (Arc::clone(office), key.clone(), officer.clone());
    let at = (clock::device_ms(), BundleId(random));
    let made = tokio::task::spawn_blocking(move || make(&office, &key, &by, end, at)).await;
    let made = made.map_err(|_| SealFailed)??;
    let row = Box::new(made.row.clone());
    let id = made.id;
    let noted = |reply| Command::BundleMade { id, row, reply };
    writer.ask(noted).await?;
    tracing::info!(bundle = %id, acts = made.row.acts(), "a bundle was made for a stick");
    Ok(made)
}
