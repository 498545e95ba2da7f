//! A small node that keeps its slice in a map, and its connections.

use super::*;

/// A node with its slice in a map and its journal in a vector.
pub struct Node {
    pub office: OfficeCode,
    pub id: NodeId,
    pub identity: Identity,
    key: SigningKey,
    digest_key: DigestKey,
    pub slice: BTreeMap<RecordId, Record>,
    pub digest: Digest,
    pub outbox: Vec<(Vec<u8>, ChainPoint)>,
    pub taken: ActNumber,
    pub applied: FeedSeq,
    pub fill: Option<FillState>,
    pub receipts: Vec<Receipts>,
    pub officers: Vec<Officer>,
    pub heard_acts: usize,
    pub epoch: u64,
}

/// One connection of a node.
pub struct Connection {
    link: Link,
    session: NodeSession,
    begun: Instant,
    confirmed: bool,
    pub pages: usize,
}

/// What a connection came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    /// Both sides have the same, and nothing is on its way.
    InStep,
    /// The session ended.
    Ended(Ending),
    /// The line was closed without a goodbye: code of the link's error.
    Line(&'static str, String),
}

impl Node {
    pub(super) fn new(accepted: &Accepted, key: &NodeKey) -> Node {
        let chain: Vec<_> = accepted
            .chain
            .iter()
            .map(|der| der.clone().into())
            .collect();
        let pem: String = chain.iter().map(pem_of).collect();
        Node {
            office: accepted.office,
            id: accepted.node,
            identity: Identity::from_pem(pem.as_bytes(), key.to_pem().as_bytes()).unwrap(),
            key: SigningKey::from_pkcs8_pem(&key.to_pem()).unwrap(),
            digest_key: DigestKey::of(accepted.office),
            slice: BTreeMap::new(),
            digest: Digest::EMPTY,
            outbox: Vec::new(),
            taken: ActNumber::new(0),
            applied: FeedSeq::new(0),
            fill: Some(FillState::default()),
            receipts: Vec::new(),
            officers: Vec::new(),
            heard_acts: 0,
            epoch: 0,
        }
    }

    /// A node that the authority certified and the centre never heard of.
    pub fn unregistered(world: &World, commune: OfficeCode) -> Node {
        let key = NodeKey::generate().unwrap();
        let validity = Validity::from_now(now_s(), 30).unwrap();
        let made = world
            .issuer
            .certify_node(&key.request().unwrap(), commune, validity)
            .unwrap();
        let accepted = Accepted {
            chain: made.chain,
            root: world.issuer.root().to_vec(),
            office: commune,
            node: made.name.node,
            not_after: made.name.not_after,
            officer: FirstOfficer {
                id: "lan".parse().unwrap(),
                display_name: "Lan".to_owned(),
                roles: Vec::new(),
            },
        };
        Node::new(&accepted, &key)
    }

    fn point(&self) -> ChainPoint {
        let genesis = ChainPoint::genesis(self.id, Incarnation::new(1));
        self.outbox.last().map_or(genesis, |(_, point)| *point)
    }

    /// A change of a phone number, put into the outbox; returns the record.
    pub fn act(&mut self, phone: &str) -> RecordId {
        let edit = Edit::Put(Field::Phone, Value::Phone(phone.parse().unwrap()));
        self.edit(ActKind::Contact, edit)
    }

    /// A change of the first person of the slice.
    pub fn edit(&mut self, kind: ActKind, edit: Edit) -> RecordId {
        let people = self
            .slice
            .values()
            .filter(|it| it.kind == RecordKind::Person);
        let record = people.map(|it| it.id).next().expect("somebody");
        let base = Base::of(&self.slice[&record].document().unwrap());
        let body = ActBody {
            kind,
            officer: "lan".parse().unwrap(),
            effective: "2026-11-21".parse().unwrap(),
            entered: Entered {
                at_s: now_s(),
                error_s: 0,
            },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange {
                target: Target::Held { id: record, base },
                edits: vec![edit],
            }],
        };
        let bytes = body.encode().unwrap();
        let point = self.point().after(&bytes);
        self.outbox.push((bytes, point));
        record
    }

    /// Dials and begins a session; `epoch` is this connection's number.
    pub async fn connect(&mut self, world: &World, address: SocketAddr, epoch: u64) -> Connection {
        self.epoch = epoch;
        let link = world
            .dialer(&self.identity)
            .connect(&address.to_string(), SERVER_NAME, Purpose::Sync)
            .await
            .unwrap();
        self.begin(link)
    }

    pub fn begin(&self, link: Link) -> Connection {
        let config = NodeConfig {
            office: self.office,
            node: self.id,
            key: self.key.clone(),
            minors: Minors::CURRENT,
            schema: 1,
            codec: Arc::new(Codec::new(3, &[]).unwrap()),
            dictionary: NO_DICTIONARY,
            software: "test node".to_owned(),
            check_interval_ms: 60_000,
            check_settle_ms: 0,
        };
        let state = NodeState {
            outbox_last: self.point(),
            kept_from: ActNumber::new(1),
            taken: self.taken,
            feed_applied: self.applied,
            digest: self.digest,
            fill: self.fill,
            epoch: self.epoch,
            wall_ms: central_registry::clock::now_ms(),
        };
        Connection {
            link,
            session: NodeSession::new(config, &state, 0).unwrap(),
            begun: Instant::now(),
            confirmed: false,
            pages: 0,
        }
    }

    fn keep(&mut self, record: Record) {
        self.drop_record(&record.id);
        self.digest
            .add(&self.digest_key, &record.id, &record.version().unwrap());
        self.slice.insert(record.id, record);
    }

    fn drop_record(&mut self, id: &RecordId) {
        if let Some(old) = self.slice.remove(id) {
            self.digest
                .remove(&self.digest_key, id, &old.version().unwrap());
        }
    }

    /// Loses `from` to `to` of its records, and has one that it should not have.
    pub fn lose(&mut self, from: usize, to: usize) {
        let gone: Vec<RecordId> = self.slice.keys().copied().take(to).skip(from).collect();
        for id in &gone {
            self.drop_record(id);
        }
        let stray = RecordId::derive("test", &[b"stray"]);
        self.keep(Record::new(
            stray,
            RecordKind::Person,
            registry::fields::Fields::new(),
        ));
    }

    fn apply_act(&mut self, act: &Act) {
        for (index, id) in act.records() {
            if let Some(before) = self.slice.get(&id) {
                let after = act.apply(index, Some(before)).unwrap();
                self.keep(after);
            }
        }
    }

    fn apply_item(&mut self, item: FeedItem) {
        match item {
            FeedItem::Attachments(_) => {}
            FeedItem::Receipts(receipts) => {
                let mut number = receipts.first;
                for outcome in &receipts.outcomes {
                    let index = usize::try_from(number.get() - 1).unwrap();
                    if receipts.node == self.id && outcome.took_effect() {
                        let body = ActBody::decode(&self.outbox[index].0).unwrap();
                        let author = Author {
                            node: self.id,
                            incarnation: receipts.incarnation,
                            number,
                        };
                        let office = Some(self.office);
                        self.apply_act(&Act {
                            author,
                            office,
                            body,
                        });
                    }
                    number = number.next();
                }
                self.receipts.push(receipts);
            }
            FeedItem::Act(act) => {
                self.heard_acts += 1;
                self.apply_act(&act);
            }
            FeedItem::Enters { record, .. } => self.keep(record),
            FeedItem::Leaves { id, .. } => self.drop_record(&id),
            FeedItem::Officers(officers) => self.officers = officers,
            FeedItem::Case(_)
            | FeedItem::CaseLeaves(_)
            | FeedItem::PastLife(_)
            | FeedItem::Units(_)
            | FeedItem::Numbers(_)
            | FeedItem::DecreePart(_)
            | FeedItem::Password(_) => {}
        }
    }

    /// Does what the session wants; what it comes to, if it came to something.
    fn carry_out(&mut self, output: NodeOutput) -> Result<Option<NodeInput>, Came> {
        Ok(match output {
            NodeOutput::ReadOutbox {
                from, max_count, ..
            } => {
                let at = usize::try_from(from.get() - 1).unwrap();
                let genesis = ChainPoint::genesis(self.id, Incarnation::new(1));
                let before = at
                    .checked_sub(1)
                    .map_or(genesis, |at| self.outbox[at].1)
                    .chain;
                let acts = self.outbox.iter().skip(at).take(max_count);
                Some(NodeInput::OutboxRead {
                    first: from,
                    before,
                    acts: acts.map(|(act, _)| Bytes::from(act.clone())).collect(),
                })
            }
            NodeOutput::Taken { up_to } => {
                self.taken = up_to;
                None
            }
            NodeOutput::ApplyFeed { first, entries } => {
                let mut seq = first;
                for entry in entries {
                    self.apply_item(FeedItem::decode(entry.kind, &entry.payload).unwrap());
                    self.applied = seq;
                    seq = seq.next();
                }
                let (applied, digest) = (self.applied, self.digest);
                Some(NodeInput::FeedDurable { applied, digest })
            }
            NodeOutput::ApplyPage {
                after,
                last,
                done,
                feed_start,
                payload,
            } => {
                if after.is_none() {
                    self.slice.clear();
                    self.digest = Digest::EMPTY;
                }
                for record in decode_page(&payload).unwrap() {
                    self.keep(record);
                }
                if done {
                    self.applied = feed_start;
                }
                let feed_start = Some(feed_start);
                self.fill = (!done).then_some(FillState {
                    after: last,
                    feed_start,
                });
                let digest = self.digest;
                Some(NodeInput::PageDurable { last, digest })
            }
            NodeOutput::NeedRepairList { after, max_count } => {
                let left: Vec<_> = self.slice.range(..).map(|(id, it)| (*id, it)).collect();
                let left = left.into_iter().filter(|(id, _)| Some(*id) > after);
                let items: Vec<_> = left
                    .map(|(record, it)| sync_proto::RepairItem {
                        record,
                        version: *it.version().unwrap().first_chunk().unwrap(),
                    })
                    .collect();
                let done = items.len() <= max_count;
                let items = items.into_iter().take(max_count).collect();
                Some(NodeInput::RepairListing { items, done })
            }
            NodeOutput::ApplyRepair { replace, drop } => {
                for record in decode_page(&replace).unwrap() {
                    self.keep(record);
                }
                for id in &drop {
                    self.drop_record(id);
                }
                let digest = self.digest;
                Some(NodeInput::RepairDurable { digest })
            }
            NodeOutput::Attachment(OfficeAttachmentOutput::Next { .. }) => {
                let none = OfficeAttachmentInput::Waits(None);
                Some(NodeInput::Attachment(none))
            }
            NodeOutput::InStep => return Err(Came::InStep),
            NodeOutput::Close(ending) => return Err(Came::Ended(ending)),
            NodeOutput::Linked { .. }
            | NodeOutput::NeedFill { .. }
            | NodeOutput::EpochBehind { .. }
            | NodeOutput::BundleKey { .. }
            | NodeOutput::Papers { .. } => None,
            other => panic!("not in these tests: {other:?}"),
        })
    }
}

impl Connection {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap()
    }

    fn give(&mut self, input: NodeInput) {
        let now_ms = self.now_ms();
        // What a session thinks of its input shows in what it wants next.
        let _ = self.session.handle(input, now_ms);
    }

    /// Tells the session of acts that were put into the outbox.
    pub fn outbox_grew(&mut self, node: &Node) {
        let point = node.point();
        let (last, chain) = (point.number, point.chain);
        self.give(NodeInput::OutboxGrew { last, chain });
    }

    /// Runs until both are in step, or the end.
    pub async fn run(&mut self, node: &mut Node) -> Came {
        loop {
            while let Some(output) = self.session.poll() {
                if let NodeOutput::Send(class, frame) = output {
                    if self.link.send(class, frame).await.is_err() {
                        break;
                    }
                    continue;
                }
                self.pages += usize::from(matches!(output, NodeOutput::ApplyPage { .. }));
                match node.carry_out(output) {
                    Ok(Some(input)) => self.give(input),
                    Ok(None) => {}
                    Err(came) => return came,
                }
            }
            if !self.confirmed {
                self.confirmed = true;
                if let Err(error) = self.link.confirmed().await {
                    return Came::Line(error.code(), error.to_string());
                }
                self.give(NodeInput::Confirmed);
                continue;
            }
            let wake = self.session.next_wake_ms();
            let wake = wake.map(|ms| {
                tokio::time::Instant::from_std(self.begun + std::time::Duration::from_millis(ms))
            });
            tokio::select! {
                frame = self.link.recv() => match frame {
                    Ok(Some((class, frame))) => self.give(NodeInput::Frame(class, frame)),
                    Ok(None) => return Came::Line("closed", String::new()),
                    Err(error) => return Came::Line(error.code(), error.to_string()),
                },
                () = async { match wake {
                    Some(wake) => tokio::time::sleep_until(wake).await,
                    None => std::future::pending().await,
                } } => {
                    let now_ms = self.now_ms();
                    let _ = self.session.tick(now_ms);
                }
            }
        }
    }
}
