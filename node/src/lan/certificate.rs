//! The certificate of the screens: kept in the node's directory, shown to whoever connects, and
//! replaced while connections are open.
//!
//! ```text
//! DIR/screens.key       the key, P-256; never leaves the device
//! DIR/screens.pem       the certificate of the screens and the issuing one
//! DIR/screens-root.pem  what other machines have to trust
//! ```

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use provisioning::{ScreensKey, ScreensName, pem_of};
use tokio::sync::watch;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::LanError;
use crate::device::{self, DeviceError};
use crate::line::Trouble;

const KEY: &str = "screens.key";
const CHAIN: &str = "screens.pem";

/// What is shown to browsers, now and after the next change.
pub(super) struct Credential {
    dir: PathBuf,
    key: ScreensKey,
    wanted: Vec<ScreensName>,
    state: watch::Sender<State>,
}

#[derive(Default)]
pub(super) struct State {
    current: Option<Current>,
    trouble: Option<Trouble>,
}

/// A certificate that is in use.
struct Current {
    certified: Arc<CertifiedKey>,
    names: Vec<ScreensName>,
    begins_s: i64,
    ends_s: i64,
    root_fingerprint: String,
}

/// What people are told of it.
pub(super) struct ShownCredential {
    pub(super) ends_s: Option<i64>,
    pub(super) root_fingerprint: Option<String>,
    pub(super) trouble: Option<Trouble>,
}

impl Credential {
    /// Reads what the directory has; makes the key if there is none.
    pub(super) fn open(dir: &Path, wanted: Vec<ScreensName>) -> Result<Credential, LanError> {
        let path = dir.join(KEY);
        let key = if path.exists() {
            ScreensKey::from_pem(&device::read(&path)?).map_err(|_| LanError::Key)?
        } else {
            let key = ScreensKey::generate().map_err(|_| LanError::Key)?;
            device::write(&path, &key.to_pem(), true)?;
            key
        };
        let credential = Credential {
            dir: dir.to_owned(),
            key,
            wanted,
            state: watch::Sender::default(),
        };
        if let Some(current) = credential.kept() {
            credential
                .state
                .send_modify(|state| state.current = Some(current));
        }
        Ok(credential)
    }

    /// The one of the directory. One that cannot be used is as good as none: the next is fetched.
    fn kept(&self) -> Option<Current> {
        let chain = device::certificates_in(&self.dir.join(CHAIN)).ok()?;
        let root = device::root_certificate(&device::screens_root(&self.dir)).ok()?;
        self.read(&chain, &root)
    }

    /// What a chain says, if it is one for the key.
    fn read(&self, chain: &[Vec<u8>], root: &[u8]) -> Option<Current> {
        let (_, leaf) = X509Certificate::from_der(chain.first()?).ok()?;
        let names = leaf.subject_alternative_name().ok()??;
        let names = names.value.general_names.iter().filter_map(name_of);
        let validity = leaf.validity();
        let key = PrivateKeyDer::from_pem_slice(self.key.to_pem().as_bytes()).ok()?;
        let ders = chain.iter().map(|der| CertificateDer::from(der.clone()));
        let certified = CertifiedKey::from_der(ders.collect(), key, &default_provider()).ok()?;
        Some(Current {
            certified: Arc::new(certified),
            names: names.collect(),
            begins_s: validity.not_before.timestamp(),
            ends_s: validity.not_after.timestamp(),
            root_fingerprint: sha256_fingerprint(root),
        })
    }

    /// Uses this certificate from now on, also after the next start.
    pub(super) fn take(&self, chain: &[Vec<u8>], root: &[u8]) -> Result<i64, Trouble> {
        let wrong = || Trouble::new("answer_wrong", "the centre sent a certificate of another");
        let next = self.read(chain, root).ok_or_else(wrong)?;
        if !self.covers(&next) {
            return Err(wrong());
        }
        let pem = |der: &[u8]| pem_of(&der.to_vec().into());
        let failed = |error: DeviceError| Trouble::new(error.code(), &error.to_string());
        device::write(&device::screens_root(&self.dir), &pem(root), false).map_err(failed)?;
        let text: String = chain.iter().map(|der| pem(der)).collect();
        device::write(&self.dir.join(CHAIN), &text, false).map_err(failed)?;
        let ends_s = next.ends_s;
        self.state.send_modify(|state| {
            state.current = Some(next);
            state.trouble = None;
        });
        Ok(ends_s)
    }

    /// Why there is no other.
    pub(super) fn fail(&self, trouble: Trouble) {
        self.state
            .send_modify(|state| state.trouble = Some(trouble));
    }

    /// Whether it is time for the next: at half of its life, or when the office is called otherwise.
    pub(super) fn is_due(&self, now_s: i64) -> bool {
        self.state.borrow().current.as_ref().is_none_or(|current| {
            now_s >= current.begins_s.midpoint(current.ends_s) || !self.covers(current)
        })
    }

    fn covers(&self, current: &Current) -> bool {
        self.wanted.iter().all(|name| current.names.contains(name))
    }

    /// What the office is called.
    pub(super) fn wanted(&self) -> &[ScreensName] {
        &self.wanted
    }

    /// The key that a certificate is asked for.
    pub(super) const fn key(&self) -> &ScreensKey {
        &self.key
    }

    /// The node's directory.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What people are told of it.
    pub(super) fn shown(&self) -> ShownCredential {
        let state = self.state.borrow();
        let current = state.current.as_ref();
        ShownCredential {
            ends_s: current.map(|current| current.ends_s),
            root_fingerprint: current.map(|current| current.root_fingerprint.clone()),
            trouble: state.trouble.clone(),
        }
    }

    /// Tells when anything of it has changed.
    pub(super) fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }
}

impl ResolvesServerCert for Credential {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let state = self.state.borrow();
        state.current.as_ref().map(|it| Arc::clone(&it.certified))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

fn name_of(name: &GeneralName<'_>) -> Option<ScreensName> {
    let address = |bytes: &[u8]| match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(std::net::IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(std::net::IpAddr::from),
    };
    match name {
        GeneralName::DNSName(name) => name.parse().ok(),
        GeneralName::IPAddress(bytes) => address(bytes)?.to_string().parse().ok(),
        _ => None,
    }
}

/// SHA-256 of a certificate, as the dialogs of browsers and systems show it: `1A:2B:…`.
pub fn sha256_fingerprint(der: &[u8]) -> String {
    let hash = digest(&SHA256, der);
    let pairs: Vec<String> = hash.as_ref().iter().map(|it| format!("{it:02X}")).collect();
    pairs.join(":")
}
