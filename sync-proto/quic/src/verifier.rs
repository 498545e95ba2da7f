//! How a presented certificate chain is judged: X.509 by webpki, Ed25519 alone, with a grace for
//! nodes that were dark or whose clock is wrong.
//!
//! Revocation is not looked up here: the caller sees the certificate of every connection, resumed
//! ones too, and decides.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved,
    RootCertStore, SignatureScheme,
};

use crate::error::IdentityError;
use crate::identity::Trust;

/// The only kind of signature: small, and the same on every node.
const SCHEMES: [SignatureScheme; 1] = [SignatureScheme::ED25519];

/// By how much a clock may be before a certificate's validity, and after it.
struct Grace {
    before: Duration,
    after: Duration,
}

/// Judges `at(now)`, and if only the time is wrong and by no more than `grace`, at the nearest
/// moment of the certificate's validity.
fn with_grace<T>(
    now: UnixTime,
    grace: &Grace,
    at: impl Fn(UnixTime) -> Result<T, Error>,
) -> Result<T, Error> {
    let first = at(now);
    let (nearest, allowed) = match &first {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            (*not_after, grace.after)
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYetContext {
            not_before, ..
        })) => (*not_before, grace.before),
        _ => return first,
    };
    if now.as_secs().abs_diff(nearest.as_secs()) > allowed.as_secs() {
        return first;
    }
    at(nearest)
}

fn roots(root: &CertificateDer<'static>) -> Result<Arc<RootCertStore>, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone())?;
    Ok(Arc::new(roots))
}

/// Judges the server for the side that dials.
#[derive(Debug)]
pub(crate) struct ServerJudge {
    provider: Arc<CryptoProvider>,
    grace: Duration,
    anchor: Anchor,
}

#[derive(Debug)]
enum Anchor {
    Root(Arc<WebPkiServerVerifier>),
    Fingerprint([u8; 32]),
}

impl ServerJudge {
    pub(crate) fn new(
        trust: &Trust,
        provider: &Arc<CryptoProvider>,
        grace: Duration,
    ) -> Result<Self, IdentityError> {
        let anchor = match trust {
            Trust::Root(root) => Anchor::Root(
                webpki(root, provider).map_err(|e| IdentityError::Unusable(e.to_string()))?,
            ),
            Trust::Fingerprint(fingerprint) => Anchor::Fingerprint(*fingerprint),
        };
        Ok(Self {
            provider: Arc::clone(provider),
            grace,
            anchor,
        })
    }
}

fn webpki(
    root: &CertificateDer<'static>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(roots(root)?, Arc::clone(provider))
        .build()
        .map_err(|error| Error::General(error.to_string()))
}

impl ServerCertVerifier for ServerJudge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verifier = match &self.anchor {
            Anchor::Root(verifier) => Arc::clone(verifier),
            Anchor::Fingerprint(fingerprint) => {
                // The leaf is not looked at: a leaf that is its own root proves no authority.
                let root = intermediates
                    .iter()
                    .find(|certificate| blake3::hash(certificate) == *fingerprint)
                    .ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
                webpki(&root.clone().into_owned(), &self.provider)?
            }
        };
        // A certificate that our root signed and that is not valid yet tells that our clock is
        // behind, however far: a device that lost its clock must reach the centre to learn the time.
        let grace = Grace {
            before: Duration::MAX,
            after: self.grace,
        };
        with_grace(now, &grace, |time| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time)
        })
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

/// Judges the client for the side that listens; that there is none at all may be right, and is
/// decided by the purpose of the line.
#[derive(Debug)]
pub(crate) struct ClientJudge {
    provider: Arc<CryptoProvider>,
    grace: Duration,
    webpki: Arc<dyn ClientCertVerifier>,
}

impl ClientJudge {
    pub(crate) fn new(
        root: &CertificateDer<'static>,
        provider: &Arc<CryptoProvider>,
        grace: Duration,
    ) -> Result<Self, IdentityError> {
        let unusable = |words: String| IdentityError::Unusable(words);
        let roots = roots(root).map_err(|error| unusable(error.to_string()))?;
        let webpki = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(provider))
            .clear_root_hint_subjects()
            .allow_unauthenticated()
            .build()
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Self {
            provider: Arc::clone(provider),
            grace,
            webpki,
        })
    }
}

impl ClientCertVerifier for ClientJudge {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let grace = Grace {
            before: self.grace,
            after: self.grace,
        };
        with_grace(now, &grace, |time| {
            self.webpki
                .verify_client_cert(end_entity, intermediates, time)
        })
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

/// TLS 1.2 is not configured; a peer that gets here broke the protocol.
fn no_tls12() -> Error {
    Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)
}
