//! The one TLS configuration: version 1.3, hybrid post-quantum key exchange, Ed25519 certificates.
//!
//! X25519MLKEM768 is the only key exchange: both ends are ours, so there is nothing to fall back
//! to, and nothing that somebody who records the traffic could hope to be fallen back to.

use std::sync::Arc;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, cipher_suite, kx_group};
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{ClientConfig, ServerConfig};

use crate::error::IdentityError;
use crate::identity::{Identity, Purpose, Trust};
use crate::tuning::Tuning;
use crate::verifier::{ClientJudge, ServerJudge};

/// Servers whose tickets a dialling side remembers.
const SERVERS_REMEMBERED: usize = 16;
/// One ticket for each handshake: each resumption takes one and leaves one, so an office whose
/// line flaps does not push the others' sessions out of the listener's memory.
const TICKETS: usize = 1;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        kx_groups: vec![kx_group::X25519MLKEM768],
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            // QUIC protects its first packets with this one.
            cipher_suite::TLS13_AES_128_GCM_SHA256,
        ],
        ..aws_lc_rs::default_provider()
    })
}

fn unusable(error: impl std::fmt::Display) -> IdentityError {
    IdentityError::Unusable(error.to_string())
}

/// rustls's configuration for a side that dials, for each purpose one: the sessions of one are of
/// no use to the other.
pub(crate) fn client_rustls(
    identity: Option<&Identity>,
    trust: &Trust,
    purpose: Purpose,
    tuning: &Tuning,
) -> Result<ClientConfig, IdentityError> {
    let provider = provider();
    let judge = ServerJudge::new(trust, &provider, tuning.certificate_grace)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge));
    let mut config = match identity {
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(unusable)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![purpose.alpn().to_vec()];
    config.enable_early_data = true;
    config.resumption = Resumption::in_memory_sessions(SERVERS_REMEMBERED);
    Ok(config)
}

/// rustls's configuration for the side that listens.
pub(crate) fn server_rustls(
    identity: &Identity,
    root: &CertificateDer<'static>,
    tuning: &Tuning,
) -> Result<ServerConfig, IdentityError> {
    let provider = provider();
    let judge = ClientJudge::new(root, &provider, tuning.certificate_grace)?;
    let chains = ChainByPurpose::new(identity, root, &provider)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .map_err(unusable)?
        .with_client_cert_verifier(Arc::new(judge))
        .with_cert_resolver(Arc::new(chains));
    config.alpn_protocols = vec![Purpose::Sync.alpn().to_vec(), Purpose::Join.alpn().to_vec()];
    // QUIC allows this value or none; what early data may hold is bounded by flow control. The
    // sessions are stateful and each is taken once, so early data cannot be played twice to this
    // process; a ticketer would void both.
    config.max_early_data_size = u32::MAX;
    config.session_storage = ServerSessionMemoryCache::new(tuning.sessions_max);
    config.send_tls13_tickets = TICKETS;
    Ok(config)
}

pub(crate) fn client_quic(config: ClientConfig) -> Result<Arc<QuicClientConfig>, IdentityError> {
    QuicClientConfig::try_from(config)
        .map(Arc::new)
        .map_err(unusable)
}

pub(crate) fn server_quic(config: ServerConfig) -> Result<Arc<QuicServerConfig>, IdentityError> {
    QuicServerConfig::try_from(config)
        .map(Arc::new)
        .map_err(unusable)
}

/// Presents the root only to nodes that are joining, which know it by its fingerprint; the others
/// hold it, and need not pay for it at each reconnection.
#[derive(Debug)]
struct ChainByPurpose {
    sync: Arc<CertifiedKey>,
    join: Arc<CertifiedKey>,
}

impl ChainByPurpose {
    fn new(
        identity: &Identity,
        root: &CertificateDer<'static>,
        provider: &CryptoProvider,
    ) -> Result<Self, IdentityError> {
        let key = provider
            .key_provider
            .load_private_key(identity.key.clone_key())
            .map_err(unusable)?;
        let sync = CertifiedKey::new(identity.chain.clone(), Arc::clone(&key));
        sync.keys_match().map_err(unusable)?;
        let mut chain = identity.chain.clone();
        chain.push(root.clone());
        Ok(Self {
            sync: Arc::new(sync),
            join: Arc::new(CertifiedKey::new(chain, key)),
        })
    }
}

impl ResolvesServerCert for ChainByPurpose {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let joins = hello.alpn()?.any(|name| name == Purpose::Join.alpn());
        Some(Arc::clone(if joins { &self.join } else { &self.sync }))
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ED25519};
    use rustls::quic::{ClientConnection, Connection, KeyChange, ServerConnection, Version};
    use rustls::{NamedGroup, ProtocolVersion};

    use super::*;

    fn pump(from: &mut Connection, to: &mut Connection) -> usize {
        let mut bytes_sent = 0;
        loop {
            let mut bytes = Vec::new();
            let change: Option<KeyChange> = from.write_hs(&mut bytes);
            if bytes.is_empty() && change.is_none() {
                return bytes_sent;
            }
            bytes_sent += bytes.len();
            to.read_hs(&bytes).unwrap();
        }
    }

    #[test]
    fn the_key_exchange_is_hybrid_post_quantum_and_the_version_is_1_3() {
        let root_key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_cert = root.self_signed(&root_key).unwrap();
        let issuer = Issuer::from_params(&root, &root_key);
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let cert = CertificateParams::new(["central.npd".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let identity =
            Identity::from_pem(cert.pem().as_bytes(), key.serialize_pem().as_bytes()).unwrap();
        let tuning = Tuning::default();
        let trust = Trust::Root(root_cert.der().clone());
        let client = client_rustls(None, &trust, Purpose::Sync, &tuning).unwrap();
        let server = server_rustls(&identity, root_cert.der(), &tuning).unwrap();
        let name = "central.npd".try_into().unwrap();
        let mut client = Connection::Client(
            ClientConnection::new(Arc::new(client), Version::V1, name, Vec::new()).unwrap(),
        );
        let mut server = Connection::Server(
            ServerConnection::new(Arc::new(server), Version::V1, Vec::new()).unwrap(),
        );
        while pump(&mut client, &mut server) + pump(&mut server, &mut client) > 0 {}
        for side in [&client, &server] {
            assert!(!side.is_handshaking());
            assert_eq!(side.protocol_version(), Some(ProtocolVersion::TLSv1_3));
            let group = side.negotiated_key_exchange_group().unwrap().name();
            assert_eq!(group, NamedGroup::X25519MLKEM768);
            assert_eq!(side.alpn_protocol(), Some(Purpose::Sync.alpn()));
        }
    }
}
