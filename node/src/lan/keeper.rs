//! Keeps the certificate of the screens good: asks the centre for the next one in time, whenever
//! there is a line. Without one nothing is lost but time: a certificate lasts for a year and more,
//! and is renewed at half of it.

use std::sync::Arc;
use std::time::Duration;

use provisioning::{JoinRequest, JoinResponse};
use tokio::sync::watch;
use tokio::time::Instant;

use super::certificate::Credential;
use crate::clock;
use crate::device::{Device, DeviceError};
use crate::line::{LineHandle, LineState, Trouble, ask_nameless};
use crate::office::Office;

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(3600);
/// When the centre is asked again after a refusal.
const AFTER_REFUSAL: Duration = Duration::from_secs(3600);
/// When it is asked again after it could not be reached.
const AFTER_SILENCE: Duration = Duration::from_secs(60);

/// Why there is no certificate.
struct Unanswered {
    trouble: Trouble,
    again: Duration,
}

pub(super) async fn keep(
    credential: Arc<Credential>,
    office: Arc<Office>,
    handle: LineHandle,
    mut stop: watch::Receiver<bool>,
) {
    let mut line = handle.watch();
    let mut not_before = Instant::now();
    while !*stop.borrow_and_update() {
        // Where a drill has cut the line, or nobody answers, nobody is asked.
        let is_up = line.borrow_and_update().state == LineState::Up;
        let now_s = office.meta().corrected_s(clock::device_s());
        let wanted = is_up && credential.is_due(now_s);
        if wanted && Instant::now() >= not_before {
            not_before = Instant::now() + asked(&credential).await;
            continue;
        }
        let wake = match wanted {
            true => not_before,
            false => Instant::now() + LOOK,
        };
        tokio::select! {
            () = tokio::time::sleep_until(wake) => {}
            changed = line.changed() => if changed.is_err() { return },
            _ = stop.changed() => {}
        }
    }
}

/// Asks once, and tells how long to wait before it is done again.
async fn asked(credential: &Credential) -> Duration {
    match ask(credential).await {
        Ok(ends_s) => {
            tracing::info!(ends_s, "the screens have a new certificate");
            Duration::ZERO
        }
        Err(Unanswered { trouble, again }) => {
            let code = trouble.code.as_str();
            tracing::warn!(code, "no certificate for the screens: {}", trouble.words);
            credential.fail(trouble);
            again
        }
    }
}

async fn ask(credential: &Credential) -> Result<i64, Unanswered> {
    let refused = |trouble| Unanswered {
        trouble,
        again: AFTER_REFUSAL,
    };
    let failed = |error: DeviceError| refused(Trouble::new(error.code(), &error.to_string()));
    // Read anew each time: a decree may have given the node another commune.
    let device = Device::load(credential.dir()).map_err(failed)?;
    let request = device
        .screens_request(credential.key(), credential.wanted())
        .map_err(failed)?;
    let dialer = device.nameless_dialer().map_err(failed)?;
    let request = JoinRequest::Screens(request).encode();
    let joined = &device.joined;
    let answer = ask_nameless(&dialer, &joined.addresses, &joined.server_name, request)
        .await
        .map_err(|trouble| Unanswered {
            trouble,
            again: AFTER_SILENCE,
        })?;
    match answer {
        JoinResponse::Screens { chain, root } => credential.take(&chain, &root).map_err(refused),
        JoinResponse::Refused { code, words } => Err(refused(Trouble::new(&code, &words))),
        JoinResponse::Accepted(_) | JoinResponse::Renewed(_) => Err(refused(Trouble::new(
            "answer_unreadable",
            "the centre's answer cannot be read; compare the releases",
        ))),
    }
}
