//! A whole centre in this process, on a store in memory, with real certificates and a real line;
//! and a small node that keeps its slice in a map.

#![allow(dead_code, unreachable_pub)] // each test file uses a part

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use central_registry::import::{self, ColumnMap, Form, Plan, RegistryKey};
use central_registry::operators::Operators;
use central_registry::registrar::{Config, Registrar};
use central_registry::server::{Pki, Server};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use provisioning::{
    Accepted, Authority, FirstOfficer, Issuer, JoinRequest, JoinResponse, JoinToken, NewToken,
    NodeKey, ScreensAuthority, ScreensIssuer, TokenId, Validity, pem_of,
};
use registry::act::{Act, ActBody, ActKind, Author, Base, Entered, RecordChange, Target};
use registry::columns::decode_page;
use registry::edit::Edit;
use registry::feed::{FeedItem, Officer, Receipts};
use registry::population::{Population, write_csv};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, RecordId};
use registry_store::MemoryStore;
use sync_proto::{
    ChainPoint, Class, Codec, Digest, DigestKey, Ending, FillState, Minors, NO_DICTIONARY,
    NodeConfig, NodeInput, NodeOutput, NodeSession, NodeState, OfficeAttachmentInput,
    OfficeAttachmentOutput,
};
use sync_quic::{Dialer, Identity, Link, Purpose, Trust, Tuning};

mod node;

#[allow(unused_imports)] // each test file uses a part
pub use node::{Came, Connection, Node};

pub const SERVER_NAME: &str = "central.npd";

pub fn now_s() -> i64 {
    central_registry::clock::now_s()
}

pub fn office(code: u32) -> OfficeCode {
    OfficeCode::new(code).unwrap()
}

/// Who certifies; outlives a restart of the centre.
pub struct World {
    pub issuer: Issuer,
    /// None for an authority of before there were screens.
    pub screens: Option<ScreensAuthority>,
    pub store: Arc<MemoryStore>,
    central: (String, String),
    tokens: std::cell::Cell<u8>,
}

impl World {
    pub fn new() -> World {
        let authority = Authority::create(now_s()).unwrap();
        let issuer = authority.issuer;
        let validity = Validity::from_now(now_s(), 30).unwrap();
        let central = issuer
            .certify_server(&[SERVER_NAME.to_owned()], validity)
            .unwrap();
        World {
            issuer,
            screens: Some(authority.screens),
            store: Arc::new(MemoryStore::new()),
            central,
            tokens: std::cell::Cell::new(0),
        }
    }

    /// A registrar on the store of this world.
    pub fn registrar(&self) -> Registrar {
        let key = SigningKey::from_pkcs8_pem(&self.central.1).unwrap();
        let mut drawn = 0;
        let config = Config {
            node: NodeId::new([0xcc; 16]),
            draw: Box::new(move || {
                drawn += 1;
                drawn
            }),
            sign: Box::new(move |bytes| ed25519_dalek::Signer::sign(&key, bytes).to_bytes()),
        };
        Registrar::open(Arc::clone(&self.store) as _, config)
    }

    /// A running centre.
    pub fn start(&self) -> Server {
        let root = pem_of(self.issuer.root());
        let issuing = pem_of(self.issuer.certificate());
        let (chain, key) = &self.central;
        let pki = Pki {
            screens: self.screens.as_ref().map(|screens| {
                let root = pem_of(screens.root.certificate());
                let issuing = pem_of(screens.issuer.certificate());
                ScreensIssuer::from_pem(&root, &issuing, &screens.issuer.key_pem()).unwrap()
            }),
            issuer: Issuer::from_pem(&root, &issuing, &self.issuer.key_pem()).unwrap(),
            identity: Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap(),
            key_pem: key.clone(),
        };
        let operators = Operators::load(self.store.as_ref()).unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        Server::start(any, pki, self.registrar(), operators).unwrap()
    }

    /// Imports synthetic people of a commune; returns how many records.
    pub fn populate(&self, commune: OfficeCode, people: u32) -> u64 {
        let mut csv = Vec::new();
        write_csv(Population::new(7, &[(commune, people)]).unwrap(), &mut csv).unwrap();
        let registrar = self.registrar();
        let form = Form::Csv(ColumnMap::default());
        let plan = Plan::new(form, RegistryKey([7; 16]), 2026);
        let mut job = registrar.begin_import([0; 16], true).unwrap();
        let summary = import::run(csv.as_slice(), None::<Vec<u8>>, &plan, |portion| {
            job.store(now_s(), portion)
        })
        .unwrap();
        assert_eq!(summary.rejected, 0);
        summary.imported
    }

    /// A token for a commune.
    pub fn token(&self, commune: OfficeCode, address: SocketAddr) -> JoinToken {
        self.tokens.set(self.tokens.get() + 1);
        let officer = FirstOfficer {
            id: "lan".parse().unwrap(),
            display_name: "Nguyễn Thị Lan".to_owned(),
            roles: vec!["residence".to_owned(), "identification".to_owned()],
        };
        let new = NewToken {
            id: TokenId::new([self.tokens.get(); 16]),
            office: commune,
            expires_at: now_s() + 3_600,
            addresses: vec![address.to_string()],
            server_name: SERVER_NAME.to_owned(),
            officer,
        };
        JoinToken::issue(&self.issuer, new).unwrap()
    }

    /// A dialler that trusts this world's root.
    pub fn dialer(&self, identity: &Identity) -> Dialer {
        let trust = Trust::Root(self.issuer.root().clone());
        let any = "127.0.0.1:0".parse().unwrap();
        Dialer::new(any, Some(identity), &trust, Tuning::default()).unwrap()
    }

    /// Asks to join with a token and a key.
    pub async fn ask_to_join(&self, token: &JoinToken, key: &NodeKey) -> JoinResponse {
        self.ask_with_text(token, &token.to_text(), key).await
    }

    /// Dials as one token says, and shows the text of another.
    pub async fn ask_with_text(
        &self,
        token: &JoinToken,
        text: &str,
        key: &NodeKey,
    ) -> JoinResponse {
        let request = JoinRequest::V1 {
            token: text.to_owned(),
            request: key.request().unwrap(),
        };
        self.ask(&token.addresses()[0], &request).await
    }

    /// Asks for the next certificate of this key.
    pub async fn ask_to_renew(
        &self,
        address: SocketAddr,
        commune: OfficeCode,
        key: &NodeKey,
    ) -> JoinResponse {
        let request = JoinRequest::Renewal {
            office: commune,
            request: key.request().unwrap(),
        };
        self.ask(&address.to_string(), &request).await
    }

    /// Asks on a line that needs no certificate.
    pub async fn ask(&self, address: &str, request: &JoinRequest) -> JoinResponse {
        let trust = Trust::Fingerprint(self.issuer.root_fingerprint());
        let any = "127.0.0.1:0".parse().unwrap();
        let dialer = Dialer::new(any, None, &trust, Tuning::default()).unwrap();
        let link = dialer
            .connect(address, SERVER_NAME, Purpose::Join)
            .await
            .unwrap();
        link.send(Class::Control, Bytes::from(request.encode()))
            .await
            .unwrap();
        let (_, answer) = link.recv().await.unwrap().expect("an answer");
        JoinResponse::decode(&answer).unwrap()
    }

    /// A node that has joined.
    pub async fn join(&self, commune: OfficeCode, address: SocketAddr) -> Node {
        let key = NodeKey::generate().unwrap();
        match self.ask_to_join(&self.token(commune, address), &key).await {
            JoinResponse::Accepted(accepted) => Node::new(&accepted, &key),
            other => panic!("{other:?}"),
        }
    }
}
