//! A centre that is just large enough for one commune: it lets a node join, fills its slice, takes
//! every act, answers it as told, and feeds the office. All in memory, over real QUIC.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use commune_node::clock;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use provisioning::{
    Authority, FirstOfficer, Issuer, JoinRequest, JoinResponse, JoinToken, NewToken, NodeName,
    ScreensAuthority, TokenId, Validity, answer,
};
use registry::act::papers::PapersOfRecord;
use registry::act::{Act, ActBody, Author};
use registry::attachment::{AttachmentId, Outline, PIECE_BYTES};
use registry::code::Role;
use registry::columns::encode_page;
use registry::feed::{ActOutcome, FeedItem, Officer, Receipts};
use registry::reading::Reading;
use registry::record::Record;
use registry::value::Line;
use registry::{ActNumber, CommitSeq, FeedSeq, OfficeCode, RecordId};
use sync_proto::{
    AttachmentRefusal, CentralConfig, CentralInput, CentralOutput, CentralSession,
    CentreAttachmentInput, CentreAttachmentOutput, ChainPoint, Class, Codec, Digest, DigestKey,
    FeedEntry, Minors, NodeStanding, VerifiedBatch,
};
use sync_quic::{Identity, Incoming, Link, Listener, Purpose, Tuning};
use tokio::sync::watch;

pub const SERVER_NAME: &str = "central.npd";
/// Records in a page, few, so that a fill has several.
const PAGE: usize = 2;

pub fn office() -> OfficeCode {
    OfficeCode::new(4).unwrap()
}

/// What the centre holds.
struct State {
    slice: BTreeMap<RecordId, Record>,
    feed: Vec<FeedItem>,
    taken: Option<ChainPoint>,
    epoch: u64,
    commit: u64,
    /// What acts are answered with; accepted when it runs out.
    outcomes: Vec<ActOutcome>,
    /// The readings that came, as often as they came.
    readings: Vec<Reading>,
    /// What is told of the papers of a record, and the content of attachments.
    papers: BTreeMap<RecordId, PapersOfRecord>,
    contents: BTreeMap<AttachmentId, Vec<u8>>,
    /// Records of whose papers somebody asked, in that order.
    asked: Vec<RecordId>,
    /// What is spoken on the connections to come.
    minors: Minors,
}

struct Shared {
    issuer: Issuer,
    screens: ScreensAuthority,
    key: SigningKey,
    state: Mutex<State>,
    grew: watch::Sender<u64>,
    displaced: watch::Sender<u64>,
}

pub struct Centre {
    shared: Arc<Shared>,
    identity: Identity,
    address: SocketAddr,
    listening: Option<tokio::task::JoinHandle<()>>,
}

impl Centre {
    /// The readings that offices told of, as often as they told.
    pub fn readings(&self) -> Vec<Reading> {
        self.shared.state().readings.clone()
    }

    /// A centre with these records, listening.
    pub fn start(records: &[Record]) -> Centre {
        let now = clock::device_s();
        let authority = Authority::create(now).unwrap();
        let validity = Validity::from_now(now, 30).unwrap();
        let names = [SERVER_NAME.to_owned()];
        let (chain, key) = authority.issuer.certify_server(&names, validity).unwrap();
        let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
        let state = State {
            slice: records
                .iter()
                .map(|record| (record.id, record.clone()))
                .collect(),
            feed: Vec::new(),
            taken: None,
            epoch: 0,
            commit: 0,
            outcomes: Vec::new(),
            readings: Vec::new(),
            papers: BTreeMap::new(),
            contents: BTreeMap::new(),
            asked: Vec::new(),
            minors: Minors::CURRENT,
        };
        let shared = Arc::new(Shared {
            issuer: authority.issuer,
            screens: authority.screens,
            key: SigningKey::from_pkcs8_pem(&key).unwrap(),
            state: Mutex::new(state),
            grew: watch::Sender::new(0),
            displaced: watch::Sender::new(0),
        });
        let mut centre = Centre {
            shared,
            identity,
            address: "127.0.0.1:0".parse().unwrap(),
            listening: None,
        };
        centre.listen();
        centre.address = centre.address();
        centre
    }

    /// Listens, on the same address as before.
    pub fn listen(&mut self) {
        let root = self.shared.issuer.root();
        let listener =
            Listener::bind(self.address, &self.identity, root, Tuning::default()).unwrap();
        self.address = listener.local_addr().unwrap();
        let shared = Arc::clone(&self.shared);
        self.listening = Some(tokio::spawn(async move {
            while let Some(incoming) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&shared), incoming));
            }
        }));
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn token(&self) -> JoinToken {
        let new = NewToken {
            id: TokenId::new([1; 16]),
            office: office(),
            expires_at: clock::device_s() + 3_600,
            addresses: vec![self.address.to_string()],
            server_name: SERVER_NAME.to_owned(),
            officer: FirstOfficer {
                id: "lan".parse().unwrap(),
                display_name: "Lan".to_owned(),
                roles: ["civil-status", "residence", "admin"]
                    .map(str::to_owned)
                    .to_vec(),
            },
        };
        JoinToken::issue(&self.shared.issuer, new).unwrap()
    }

    /// Who certifies the offices' screens.
    pub fn screens(&self) -> &ScreensAuthority {
        &self.shared.screens
    }

    /// The acts to come are answered so.
    pub fn answer_with(&self, outcomes: Vec<ActOutcome>) {
        self.shared.state().outcomes = outcomes;
    }

    /// The papers of this record are told so; the contents can be fetched.
    pub fn give_papers(&self, record: RecordId, papers: PapersOfRecord, contents: &[&[u8]]) {
        let mut state = self.shared.state();
        state.papers.insert(record, papers);
        let named = contents
            .iter()
            .map(|it| (AttachmentId::of(it), it.to_vec()));
        state.contents.extend(named);
    }

    /// Records of whose papers somebody asked, in that order.
    pub fn asked(&self) -> Vec<RecordId> {
        self.shared.state().asked.clone()
    }

    /// As if it were of another release, from the next connection on.
    pub fn speak(&self, minors: Minors) {
        self.shared.state().minors = minors;
    }

    /// The office is told something.
    pub fn tell(&self, item: FeedItem) {
        let mut state = self.shared.state();
        if let FeedItem::Enters { record, .. } = &item {
            state.slice.insert(record.id, record.clone());
        }
        if let FeedItem::Leaves { id, .. } = &item {
            state.slice.remove(id);
        }
        state.feed.push(item);
        drop(state);
        self.shared.grew.send_modify(|count| *count += 1);
    }

    /// As if another machine with the node's identity had connected.
    pub fn displace(&self) {
        self.shared.displaced.send_modify(|count| *count += 1);
    }

    /// A record changes and nobody is told: the two sides differ.
    pub fn corrupt(&self, record: Record) {
        self.shared.state().slice.insert(record.id, record);
    }

    pub fn digest(&self) -> Digest {
        digest(&self.shared.state())
    }

    pub fn taken(&self) -> u64 {
        self.shared
            .state()
            .taken
            .map_or(0, |point| point.number.get())
    }

    /// As if the node had gone on in another life.
    pub fn forget_life(&self) {
        let mut state = self.shared.state();
        if let Some(point) = &mut state.taken {
            point.incarnation = point.incarnation.next();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn digest(state: &State) -> Digest {
    let key = DigestKey::of(office());
    let mut digest = Digest::EMPTY;
    for record in state.slice.values() {
        digest.add(&key, &record.id, &record.version().unwrap());
    }
    digest
}

async fn serve(shared: Arc<Shared>, incoming: Incoming) {
    match incoming.purpose {
        Purpose::Join => join(&shared, &incoming.link).await,
        Purpose::Sync => {
            let certificate = incoming.peer.unwrap();
            let name = NodeName::from_certificate(&certificate).unwrap();
            let config = CentralConfig {
                office: name.office,
                also: Vec::new(),
                node: name.node,
                key: VerifyingKey::from_bytes(&name.public_key).unwrap(),
                minors: shared.state().minors,
                schema: 1,
                codec: Arc::new(Codec::new(3, &[]).unwrap()),
                push_window: 2,
                bundle_key: None,
            };
            sync(
                &shared,
                &incoming.link,
                CentralSession::new(config, 0),
                name,
            )
            .await;
        }
    }
}

async fn join(shared: &Shared, link: &Link) {
    let Ok(Some((_, request))) = link.recv().await else {
        return;
    };
    let now = clock::device_s();
    if let Some(JoinRequest::Screens(asked)) = JoinRequest::decode(&request) {
        let validity = Validity::from_now(now, 397).unwrap();
        let issuer = &shared.screens.issuer;
        let response = match issuer.certify(&asked, &[office()], validity) {
            Ok(made) => JoinResponse::Screens {
                chain: made.chain,
                root: made.root,
            },
            Err(refused) => JoinResponse::Refused {
                code: refused.code().to_owned(),
                words: refused.to_string(),
            },
        };
        let response = response.encode().into();
        link.send(Class::Control, response).await.unwrap();
        link.ended().await;
        return;
    }
    let (response, _) = answer(&shared.issuer, &request, now, 90, |_| None).unwrap();
    link.send(Class::Control, response.encode().into())
        .await
        .unwrap();
    let officers = vec![Officer {
        id: "lan".parse().unwrap(),
        name: Line::parse("Lan").unwrap(),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Admin],
        active: true,
    }];
    shared.state().feed.push(FeedItem::Officers(officers));
    link.ended().await;
}

async fn sync(shared: &Shared, link: &Link, mut session: CentralSession, name: NodeName) {
    let mut grew = shared.grew.subscribe();
    let mut displaced = shared.displaced.subscribe();
    let mut confirmed = false;
    loop {
        while let Some(output) = session.poll() {
            match output {
                CentralOutput::Send(class, frame) => {
                    if link.send(class, frame).await.is_err() {
                        return;
                    }
                }
                CentralOutput::Close(_) => return link.finish(0, "").await,
                output => {
                    for input in react(shared, &name, output) {
                        let _ = session.handle(input, 0);
                    }
                }
            }
        }
        let input = tokio::select! {
            done = link.confirmed(), if !confirmed => {
                confirmed = true;
                if done.is_err() { return }
                CentralInput::Confirmed
            }
            frame = link.recv() => match frame {
                Ok(Some((class, frame))) => CentralInput::Frame(class, frame),
                _ => return,
            },
            _ = grew.changed() => grown(shared),
            _ = displaced.changed() => CentralInput::Displaced,
        };
        let _ = session.handle(input, 0);
    }
}

fn grown(shared: &Shared) -> CentralInput {
    let state = shared.state();
    CentralInput::FeedGrew {
        head: head(&state),
        digest: digest(&state),
    }
}

fn head(state: &State) -> FeedSeq {
    FeedSeq::new(state.feed.len() as u64)
}

fn react(shared: &Shared, name: &NodeName, output: CentralOutput) -> Vec<CentralInput> {
    let mut state = shared.state();
    match output {
        CentralOutput::LookUp(_) => vec![CentralInput::Standing(NodeStanding {
            taken: state.taken.unwrap_or(ChainPoint::genesis(
                name.node,
                registry::Incarnation::new(0),
            )),
            epoch: state.epoch,
            feed_head: head(&state),
            feed_floor: FeedSeq::new(0),
            digest: digest(&state),
            central_ms: clock::device_ms(),
        })],
        CentralOutput::Linked { epoch, .. } => {
            state.epoch = epoch;
            Vec::new()
        }
        CentralOutput::TakeBatch(batch) => {
            take(&mut state, &shared.key, name, &batch);
            let up_to = batch.end().number;
            let (head, digest) = (head(&state), digest(&state));
            vec![
                CentralInput::BatchCommitted { up_to },
                CentralInput::FeedGrew { head, digest },
            ]
        }
        CentralOutput::ReadFeed {
            after, max_count, ..
        } => {
            let entries = state.feed.iter().skip(after.get() as usize).take(max_count);
            let entries = entries.map(entry).collect();
            vec![CentralInput::FeedRead {
                first: after.next(),
                entries,
            }]
        }
        CentralOutput::ReadPage { after, feed_start } => {
            let rest: Vec<Record> = state
                .slice
                .values()
                .filter(|record| Some(record.id) > after)
                .cloned()
                .collect();
            let page: Vec<Record> = rest.iter().take(PAGE).cloned().collect();
            vec![CentralInput::PageRead {
                last: page.last().map(|record| record.id),
                done: rest.len() <= PAGE,
                feed_start: feed_start.unwrap_or(FeedSeq::new(0)),
                digest: None,
                payload: encode_page(&page).unwrap().into(),
            }]
        }
        CentralOutput::CompareSlice { items, .. } => {
            let known = |id: &RecordId| state.slice.contains_key(id);
            let drop = items
                .iter()
                .map(|item| item.record)
                .filter(|id| !known(id))
                .collect();
            let same = |record: &&Record| {
                let version = record.version().unwrap();
                items
                    .iter()
                    .any(|item| item.record == record.id && version.starts_with(&item.version))
            };
            let differing: Vec<Record> = state
                .slice
                .values()
                .filter(|record| !same(record))
                .cloned()
                .collect();
            let replace = encode_page(&differing).unwrap().into();
            vec![CentralInput::RepairCompared {
                replace,
                drop,
                covered_to: None,
            }]
        }
        CentralOutput::FindPapers { record } => {
            state.asked.push(record);
            let found = state.papers.get(&record).cloned().unwrap_or_default();
            vec![CentralInput::PapersFound { record, found }]
        }
        CentralOutput::Attachment(question) => {
            let answer = of_attachment(&state, &question);
            answer.map(CentralInput::Attachment).into_iter().collect()
        }
        CentralOutput::KeepReadings { up_to, readings } => {
            state.readings.extend(readings);
            vec![CentralInput::ReadingsKept { up_to }]
        }
        _ => Vec::new(),
    }
}

/// Gives what it has of attachments, and takes none.
fn of_attachment(
    state: &State,
    question: &CentreAttachmentOutput,
) -> Option<CentreAttachmentInput> {
    match question {
        CentreAttachmentOutput::Wished(attachment) => {
            let here = state.contents.contains_key(&attachment.hash());
            let found = here.then_some(()).ok_or(AttachmentRefusal::NotEntitled);
            let attachment = *attachment;
            Some(CentreAttachmentInput::Found { attachment, found })
        }
        CentreAttachmentOutput::ReadPiece(wanted) => {
            let content = state.contents.get(&wanted.attachment.hash())?;
            let piece = content.chunks(PIECE_BYTES).nth(wanted.index.into())?;
            let outline = Outline::of(wanted.attachment, content);
            Some(CentreAttachmentInput::PieceRead {
                outline: outline.filter(|_| wanted.listed),
                content: piece.to_vec().into(),
                wanted: *wanted,
            })
        }
        _ => None,
    }
}

fn entry(item: &FeedItem) -> FeedEntry {
    let (kind, payload) = item.encode().unwrap();
    FeedEntry {
        kind,
        schema: 1,
        payload: payload.into(),
    }
}

/// Commits a batch with its receipts.
fn take(state: &mut State, key: &SigningKey, name: &NodeName, batch: &VerifiedBatch) {
    let incarnation = batch.end().incarnation;
    let mut outcomes = Vec::new();
    let mut number = batch.first();
    for bytes in batch.acts() {
        let author = Author {
            node: name.node,
            incarnation,
            number,
        };
        let body = ActBody::decode(bytes).unwrap();
        let act = Act {
            author,
            office: Some(name.office),
            body,
        };
        let outcome = if state.outcomes.is_empty() {
            ActOutcome::Accepted
        } else {
            state.outcomes.remove(0)
        };
        if outcome.took_effect() {
            for (index, id) in act.records() {
                let after = act.apply(index, state.slice.get(&id)).unwrap();
                state.slice.insert(id, after);
            }
        }
        outcomes.push(outcome);
        number = number.next();
    }
    state.commit += 1;
    let mut receipts = Receipts {
        node: name.node,
        incarnation,
        first: ActNumber::new(batch.first().get()),
        outcomes,
        chain: *batch.end().chain.as_bytes(),
        commit: CommitSeq::new(state.commit),
        at_s: clock::device_s(),
        signature: Vec::new(),
    };
    receipts.signature = key.sign(&receipts.signed_bytes()).to_bytes().to_vec();
    state.feed.push(FeedItem::Receipts(receipts));
    state.taken = Some(batch.end());
}
