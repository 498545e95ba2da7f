//! Certificates for the tests, and a pair of ends to talk between.

use std::net::SocketAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, SanType,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sync_quic::{Dialer, Identity, Incoming, Link, Listener, Purpose, Trust, Tuning};

pub(crate) const SERVER: &str = "central.npd";
/// Always as long: a number that were drawn could begin with a zero, which is left out.
const SERIAL: u64 = 0x1122_3344_5566_7788;

/// A root, an issuing key, a server and a node, as small as the real ones.
pub(crate) struct Pki {
    pub(crate) root: CertificateDer<'static>,
    pub(crate) server: Identity,
    pub(crate) future_server: Identity,
    pub(crate) expired_server: Identity,
    pub(crate) node: Identity,
    pub(crate) expired_node: Identity,
    node_chain: Vec<CertificateDer<'static>>,
    node_key: PrivateKeyDer<'static>,
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ED25519).unwrap()
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SERIAL.into());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

impl Pki {
    pub(crate) fn new() -> Self {
        let (root_key, issuing_key) = (key(), key());
        let root_params = authority("NPD root");
        let root = root_params.self_signed(&root_key).unwrap();
        let root_issuer = Issuer::from_params(&root_params, &root_key);
        let issuing_params = authority("NPD issuing");
        let issuing = issuing_params
            .signed_by(&issuing_key, &root_issuer)
            .unwrap();
        let issuer = Issuer::from_params(&issuing_params, &issuing_key);
        let leaf = |name: SanType, usage, years: (Option<i32>, Option<i32>)| {
            let mut params = CertificateParams::default();
            params.distinguished_name = DistinguishedName::new();
            params.serial_number = Some(SERIAL.into());
            params.subject_alt_names = vec![name];
            params.extended_key_usages = vec![usage];
            if let Some(year) = years.0 {
                params.not_before = rcgen::date_time_ymd(year, 1, 1);
            }
            if let Some(year) = years.1 {
                params.not_after = rcgen::date_time_ymd(year, 1, 1);
            }
            let key = key();
            let certificate = params.signed_by(&key, &issuer).unwrap();
            let chain = vec![certificate.der().clone(), issuing.der().clone()];
            (chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        };
        let identity = |(chain, key)| Identity::new(chain, key).unwrap();
        let uri = "npd://commune/00004/node/00112233445566778899aabbccddeeff";
        let node = |not_after| {
            let name = SanType::URI(uri.try_into().unwrap());
            leaf(name, ExtendedKeyUsagePurpose::ClientAuth, (None, not_after))
        };
        let server = |years| {
            let name = SanType::DnsName(SERVER.try_into().unwrap());
            identity(leaf(name, ExtendedKeyUsagePurpose::ServerAuth, years))
        };
        let (node_chain, node_key) = node(None);
        Self {
            root: root.der().clone(),
            server: server((None, None)),
            future_server: server((Some(2200), None)),
            expired_server: server((None, Some(2020))),
            node: identity((node_chain.clone(), node_key.clone_key())),
            expired_node: identity(node(Some(2020))),
            node_chain,
            node_key,
        }
    }

    /// The node's chain and key, for a client that is not ours.
    pub(crate) fn node_parts(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.node_chain.clone(), self.node_key.clone_key())
    }

    pub(crate) fn listen(&self) -> Listener {
        self.listen_with(Tuning::default())
    }

    pub(crate) fn listen_with(&self, tuning: Tuning) -> Listener {
        Listener::bind(local(), &self.server, &self.root, tuning).unwrap()
    }

    pub(crate) fn dialer(&self) -> Dialer {
        self.dialer_as(Some(&self.node), &Trust::Root(self.root.clone()))
    }

    pub(crate) fn dialer_as(&self, identity: Option<&Identity>, trust: &Trust) -> Dialer {
        Dialer::new(local(), identity, trust, Tuning::default()).unwrap()
    }
}

pub(crate) fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub(crate) fn address(listener: &Listener) -> String {
    listener.local_addr().unwrap().to_string()
}

/// Connects and takes the other end.
pub(crate) async fn connect(dialer: &Dialer, listener: &Listener) -> (Link, Incoming) {
    let address = address(listener);
    let dial = dialer.connect(&address, SERVER, Purpose::Sync);
    let (link, incoming) = tokio::join!(dial, listener.accept());
    (link.unwrap(), incoming.unwrap())
}

/// Both ends and what keeps them alive.
pub(crate) async fn pair() -> (Listener, Dialer, Link, Link) {
    let pki = Pki::new();
    let (listener, dialer) = (pki.listen(), pki.dialer());
    let (near, far) = connect(&dialer, &listener).await;
    (listener, dialer, near, far.link)
}
