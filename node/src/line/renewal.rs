//! The node's certificate and its renewal: asked for at half of its life, or when the centre no
//! longer accepts it, on a line of its own that needs no certificate. The node proves itself by its
//! key, so one that was dark for longer than its certificate lasts comes back by itself.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use provisioning::{JoinRequest, JoinResponse, NodeName, pem_of};
use sync_proto::Class;
use sync_quic::{Dialer, Link, Purpose};

use super::{Line, Trouble};
use crate::clock;
use crate::device::{Device, DeviceError};

/// How long the centre may take to answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long the line may take to end after the answer.
const CLOSING: Duration = Duration::from_secs(2);
/// After a refusal, or where the last certificate is good still, it is asked again so much later,
/// seconds.
const ASK_AGAIN_S: i64 = 86_400;
/// What the centre says of a certificate that it does not accept.
const REFUSED: &str = "certificate_refused";

/// With what the node dials.
pub struct Credentials {
    device: Device,
    dialer: Arc<Dialer>,
    certificate: NodeName,
    /// The centre has refused the certificate.
    refused: bool,
    /// Not before this moment, unless it was refused.
    ask_at_s: i64,
}

impl Credentials {
    /// Those of a device.
    pub fn of(device: Device) -> Result<Credentials, DeviceError> {
        let certificate = device.certificate()?;
        Ok(Credentials {
            dialer: Arc::new(device.dialer()?),
            ask_at_s: certificate.renew_at(),
            certificate,
            device,
            refused: false,
        })
    }

    /// When the certificate ends, seconds since 1970.
    pub const fn ends_s(&self) -> i64 {
        self.certificate.not_after
    }

    pub(super) fn dialer(&self) -> Arc<Dialer> {
        Arc::clone(&self.dialer)
    }

    /// Looks whether a line ended because the certificate was refused.
    pub(super) fn heed(&mut self, trouble: &Trouble) {
        self.refused |= trouble.code == REFUSED;
    }

    fn is_due(&self, now_s: i64) -> bool {
        self.refused || now_s >= self.ask_at_s
    }

    /// Takes the next certificate, if it is one for this node that lasts longer.
    fn take(&mut self, chain: &[Vec<u8>]) -> Result<(), Trouble> {
        let wrong = || Trouble::new("answer_wrong", "the centre sent a certificate of another");
        let leaf = chain.first().ok_or_else(wrong)?;
        let name = NodeName::from_certificate(leaf).map_err(|_| wrong())?;
        let old = &self.certificate;
        // The commune may be another: a decree that this office may not have heard of yet.
        let is_ours = (name.node, name.public_key) == (old.node, old.public_key);
        if !is_ours || name.not_after < old.not_after {
            return Err(wrong());
        }
        let pem = |der: &Vec<u8>| pem_of(&der.clone().into());
        let failed = |error: DeviceError| Trouble::new(error.code(), &error.to_string());
        self.device
            .renew(chain.iter().map(pem).collect())
            .map_err(failed)?;
        self.dialer = Arc::new(self.device.dialer().map_err(failed)?);
        self.ask_at_s = name.renew_at();
        self.certificate = name;
        self.refused = false;
        Ok(())
    }
}

impl Line {
    pub(super) fn credentials(&self) -> MutexGuard<'_, Credentials> {
        self.credentials
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches the next certificate when it is time. Trouble that the present one does not share
    /// is only logged.
    pub(super) async fn renew_if_due(&self) -> Result<(), Trouble> {
        let now_s = self.office.meta().corrected_s(clock::device_s());
        let (is_due, was_refused) = {
            let credentials = self.credentials();
            (credentials.is_due(now_s), credentials.refused)
        };
        if !is_due {
            return Ok(());
        }
        let answer = match self.ask_for_certificate().await {
            Ok(answer) => answer,
            // There is no line; nothing else would come through either.
            Err(trouble) => return Err(trouble),
        };
        let taken = match answer {
            JoinResponse::Renewed(chain) => self.credentials().take(&chain),
            JoinResponse::Refused { code, words } => Err(Trouble::new(&code, &words)),
            JoinResponse::Accepted(_) | JoinResponse::Screens { .. } => Err(unreadable()),
        };
        match taken {
            Ok(()) => {
                let ends_s = self.credentials().ends_s();
                tracing::info!(ends_s, "the certificate is renewed");
                self.handle
                    .status
                    .send_modify(|status| status.certificate_ends_s = Some(ends_s));
                Ok(())
            }
            Err(trouble) => {
                let code = trouble.code.as_str();
                tracing::warn!(code, "no new certificate: {}", trouble.words);
                self.credentials().ask_at_s = now_s.saturating_add(ASK_AGAIN_S);
                if was_refused { Err(trouble) } else { Ok(()) }
            }
        }
    }

    async fn ask_for_certificate(&self) -> Result<JoinResponse, Trouble> {
        let failed = |error: DeviceError| Trouble::new(error.code(), &error.to_string());
        let (dialer, request) = {
            let credentials = self.credentials();
            let request = JoinRequest::Renewal {
                office: credentials.certificate.office,
                request: credentials.device.certificate_request().map_err(failed)?,
            };
            let dialer = credentials.device.nameless_dialer().map_err(failed)?;
            (dialer, request.encode())
        };
        let config = &self.config;
        ask_nameless(&dialer, &config.addresses, &config.server_name, request).await
    }
}

/// Asks the centre on a line of its own, at each of its addresses until one answers.
pub(crate) async fn ask_nameless(
    dialer: &Dialer,
    addresses: &[String],
    server_name: &str,
    request: Vec<u8>,
) -> Result<JoinResponse, Trouble> {
    let mut trouble = Trouble::new(
        "no_address",
        "no address of the centre is known; join again",
    );
    for address in addresses {
        match dialer.connect(address, server_name, Purpose::Join).await {
            Ok(link) => return exchange(&link, request).await,
            Err(error) => trouble = Trouble::new(error.code(), &error.to_string()),
        }
    }
    Err(trouble)
}

async fn exchange(link: &Link, request: Vec<u8>) -> Result<JoinResponse, Trouble> {
    let conversation = async {
        link.send(Class::Control, request.into()).await?;
        link.recv().await
    };
    let frame = tokio::time::timeout(ANSWER, conversation)
        .await
        .map_err(|_| Trouble::not_answering(ANSWER))?
        .map_err(|error| Trouble::new(error.code(), &error.to_string()))?;
    let answer = frame.and_then(|(_, bytes)| JoinResponse::decode(&bytes));
    let _ = tokio::time::timeout(CLOSING, link.ended()).await;
    answer.ok_or_else(unreadable)
}

fn unreadable() -> Trouble {
    Trouble::new(
        "answer_unreadable",
        "the centre's answer cannot be read; compare the releases",
    )
}
