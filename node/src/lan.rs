//! The screens for the other machines of the office's network: over TLS 1.3, with a certificate that
//! the centre issues for this office. The interface for programs is not served here: its tokens stay
//! on this machine.
//!
//! `certificate` is what is shown to browsers, `keeper` fetches the next one in time, `listener`
//! takes connections within limits, `guard` tells which pages may ask.

mod certificate;
pub(crate) mod guard;
mod keeper;
mod listener;
mod plain;

pub use certificate::sha256_fingerprint;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use provisioning::{NAMES_MAX, ScreensName};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls;
use utoipa::ToSchema;

use crate::clock;
use crate::device::{Device, DeviceError};
use crate::line::LineHandle;
use crate::office::Office;
use certificate::Credential;

/// What is wanted for the other machines of the office's network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanWish {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What the office is called there, beside the name that every office has.
    pub names: Vec<ScreensName>,
}

/// Why the screens are not served to other machines.
#[derive(Debug, thiserror::Error)]
pub enum LanError {
    /// The address can be reached from outside.
    #[error(
        "--lan {0} is an address of the public network; give one of the office's own, such as 192.168.1.10:7543"
    )]
    Public(SocketAddr),
    /// More names than a certificate has.
    #[error(
        "too many names: a certificate has {NAMES_MAX}, the office's own and the address of --lan among them; give fewer --lan-name"
    )]
    Names,
    /// The key cannot be made or used.
    #[error("the key of the screens cannot be used; move screens.key away, and a new one is made")]
    Key,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up with this release")]
    Tls(#[source] rustls::Error),
    /// A file of the directory cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The address is taken.
    #[error("cannot listen on {address}: is it an address of this machine, and the port free?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl LanError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LanError::Public(_) => "lan_not_private",
            LanError::Names => "screens_names",
            LanError::Key => "screens_key",
            LanError::Tls(_) => "tls_unusable",
            LanError::Device(error) => error.code(),
            LanError::Listen { .. } => "address_unusable",
        }
    }
}

/// How the office is reached from the other machines of its network.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LanView {
    /// The addresses for a browser.
    pub urls: Vec<String>,
    /// When the certificate ends, seconds since 1970; none before the first has come. The next is
    /// fetched at half of its life.
    pub certificate_ends_s: Option<i64>,
    /// Whether it is over, or is not there: browsers of other machines refuse the screens.
    pub certificate_over: bool,
    /// SHA-256 of the root that other machines have to trust, as their dialogs show it.
    pub root_fingerprint: Option<String>,
    /// Why the last attempt to get a certificate failed, in words.
    pub reason: Option<String>,
    /// The same as a stable code.
    pub reason_code: Option<String>,
}

/// What others may know of it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lan {
    address: SocketAddr,
    credential: Arc<Credential>,
}

impl Lan {
    /// How the office is reached.
    pub fn view(&self) -> LanView {
        let port = match self.address.port() {
            443 => String::new(),
            port => format!(":{port}"),
        };
        let shown = self.credential.shown();
        let now_s = clock::device_s();
        LanView {
            urls: self
                .credential
                .wanted()
                .iter()
                .map(|name| match name {
                    ScreensName::Address(std::net::IpAddr::V6(v6)) => {
                        format!("https://[{v6}]{port}")
                    }
                    name => format!("https://{name}{port}"),
                })
                .collect(),
            certificate_ends_s: shown.ends_s,
            certificate_over: shown.ends_s.is_none_or(|ends_s| now_s >= ends_s),
            root_fingerprint: shown.root_fingerprint,
            reason: shown.trouble.as_ref().map(|why| why.words.clone()),
            reason_code: shown.trouble.map(|why| why.code),
        }
    }

    /// Waits until it stands as wanted.
    pub async fn until(&self, wanted: impl Fn(&LanView) -> bool) {
        let mut changes = self.credential.watch();
        while !wanted(&self.view()) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The open port, before it is served.
pub(crate) struct LanDoor {
    lan: Lan,
    listener: TcpListener,
    tls: TlsAcceptor,
}

impl LanDoor {
    /// Takes the address. The certificate may come later.
    pub(crate) async fn open(device: &Device, wish: LanWish) -> Result<LanDoor, LanError> {
        let address = wish.listen;
        let own: Option<ScreensName> = address.ip().to_string().parse().ok();
        let anywhere = address.ip().is_unspecified() || address.ip().is_loopback();
        if own.is_none() && !anywhere {
            return Err(LanError::Public(address));
        }
        let mut names = vec![ScreensName::of_office(device.certificate()?.office)];
        for name in wish.names.into_iter().chain(own) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.len() > NAMES_MAX {
            return Err(LanError::Names);
        }
        let credential = Arc::new(Credential::open(device.dir(), names)?);
        let tls = listener::acceptor(Arc::clone(&credential)).map_err(LanError::Tls)?;
        let listen = |source| LanError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let lan = Lan {
            address,
            credential,
        };
        Ok(LanDoor { lan, listener, tls })
    }

    /// What others hold of it.
    pub(crate) fn handle(&self) -> Lan {
        self.lan.clone()
    }

    /// Serves the screens, and keeps the certificate good, until told to stop.
    pub(crate) async fn serve(
        self,
        screens: Router,
        office: Arc<Office>,
        line: LineHandle,
        stop: watch::Receiver<bool>,
    ) {
        let LanDoor { lan, listener, tls } = self;
        let names: Arc<[ScreensName]> = lan.credential.wanted().into();
        let guarded = screens.layer(axum::middleware::from_fn_with_state(names, guard::lan));
        let url = lan.view().urls.into_iter().next().unwrap_or_default();
        let keeping = keeper::keep(lan.credential, office, line, stop.clone());
        let limits = listener::Limits::default();
        let serving = listener::serve(listener, tls, guarded, url.into(), limits, stop);
        tokio::join!(keeping, serving);
    }
}
