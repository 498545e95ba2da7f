//! The real session machines over the real links: a centre's desk and an office's machine, both
//! in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use registry::attachment::Attachment;
use registry::{ActNumber, FeedSeq};
use sync_proto::{CentralInput, CentralOutput, CentralSession, Ending};
use sync_proto::{NodeInput, NodeOutput, NodeSession};
use sync_quic::{Link, LinkError, Listener};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::world::{Centre, Office, RECEIPT, World, digest_of};

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// What the centre does, and how often it did it.
pub(crate) struct Desk {
    pub(crate) centre: Mutex<Centre>,
    present: Mutex<Option<(u64, oneshot::Sender<()>)>>,
    head: watch::Sender<usize>,
    /// Hellos that were looked up and answered.
    pub(crate) hellos: AtomicUsize,
    /// Connections that were let act.
    pub(crate) linked: AtomicUsize,
    /// Batches of acts that were committed.
    pub(crate) batches: AtomicUsize,
    /// How the sessions ended, by code.
    pub(crate) ended: Mutex<Vec<String>>,
}

/// The office's side: what it keeps outlives its connections.
pub(crate) struct Machine {
    pub(crate) office: Mutex<Office>,
    acts: watch::Sender<usize>,
}

pub(crate) fn apart() -> (Arc<Desk>, Arc<Machine>) {
    let World { office, centre, .. } = World::new();
    let desk = Desk {
        centre: Mutex::new(centre),
        present: Mutex::new(None),
        head: watch::channel(0).0,
        hellos: AtomicUsize::new(0),
        linked: AtomicUsize::new(0),
        batches: AtomicUsize::new(0),
        ended: Mutex::new(Vec::new()),
    };
    (Arc::new(desk), Arc::new(Machine::new(office)))
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap()
}

fn wake(since: Instant, ms: Option<u64>) -> Instant {
    let ms = ms.unwrap_or(1 << 40);
    since + Duration::from_millis(ms)
}

impl Desk {
    pub(crate) fn counts(&self) -> [usize; 3] {
        [&self.hellos, &self.linked, &self.batches].map(|count| count.load(Ordering::Relaxed))
    }

    pub(crate) fn acts(&self) -> usize {
        self.centre.lock().unwrap().acts.len()
    }

    /// Serves whoever comes, until the listener is closed.
    pub(crate) fn open(self: &Arc<Self>, listener: Arc<Listener>) {
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            while let Some(incoming) = listener.accept().await {
                let desk = Arc::clone(&desk);
                tokio::spawn(async move {
                    let code = desk.serve(incoming.link).await;
                    desk.ended.lock().unwrap().push(code);
                });
            }
        });
    }

    async fn serve(&self, link: Link) -> String {
        let begun = Instant::now();
        let config = self.centre.lock().unwrap().config();
        let mut session = CentralSession::new(config, 0);
        let mut head = self.head.subscribe();
        let (mut confirmed, mut displaced) = (false, None);
        loop {
            while let Some(output) = session.poll() {
                match output {
                    CentralOutput::Send(class, frame) => {
                        if let Err(error) = link.send(class, frame).await {
                            return error.code().to_owned();
                        }
                    }
                    CentralOutput::Close(Ending { code, .. }) => {
                        let _ = timeout(GOODBYE, link.finish(1, &code)).await;
                        return code;
                    }
                    CentralOutput::Linked { epoch, .. } => displaced = Some(self.enter(epoch)),
                    other => {
                        if let Some(input) = self.perform(other) {
                            let _ = session.handle(input, millis(begun));
                        }
                    }
                }
            }
            let newer = async {
                match &mut displaced {
                    Some(receiver) => drop(receiver.await),
                    None => std::future::pending().await,
                }
            };
            let input = tokio::select! {
                biased;
                () = newer => { displaced = None; Some(CentralInput::Displaced) }
                sure = link.confirmed(), if !confirmed => match sure {
                    Ok(_) => { confirmed = true; Some(CentralInput::Confirmed) }
                    Err(error) => return error.code().to_owned(),
                },
                frame = link.recv() => match frame {
                    Ok(Some((class, frame))) => Some(CentralInput::Frame(class, frame)),
                    Ok(None) => return "closed".to_owned(),
                    Err(error) => return error.code().to_owned(),
                },
                _ = head.changed() => Some(self.grew()),
                () = sleep_until(wake(begun, session.next_wake_ms())) => None,
            };
            let _ = match input {
                Some(input) => session.handle(input, millis(begun)),
                None => session.tick(millis(begun)),
            };
        }
    }

    /// The newer connection displaces the older; one that is not newer is displaced itself.
    fn enter(&self, epoch: u64) -> oneshot::Receiver<()> {
        self.linked.fetch_add(1, Ordering::Relaxed);
        let mut present = self.present.lock().unwrap();
        let (displace, displaced) = oneshot::channel();
        if present.as_ref().is_none_or(|(newest, _)| *newest < epoch) {
            *present = Some((epoch, displace));
            let mut centre = self.centre.lock().unwrap();
            centre.epoch = centre.epoch.max(epoch);
        }
        displaced
    }

    fn grew(&self) -> CentralInput {
        let centre = self.centre.lock().unwrap();
        CentralInput::FeedGrew {
            head: FeedSeq::new(u64::try_from(centre.feed.len()).unwrap()),
            digest: digest_of(&centre.slice),
        }
    }

    fn perform(&self, task: CentralOutput) -> Option<CentralInput> {
        let mut centre = self.centre.lock().unwrap();
        match task {
            CentralOutput::LookUp(_) => {
                self.hellos.fetch_add(1, Ordering::Relaxed);
                Some(CentralInput::Standing(centre.standing()))
            }
            CentralOutput::TakeBatch(batch) => {
                self.batches.fetch_add(1, Ordering::Relaxed);
                let up_to = ActNumber::new(centre.commit(&batch));
                self.head.send_replace(centre.feed.len());
                Some(CentralInput::BatchCommitted { up_to })
            }
            CentralOutput::ReadFeed {
                after, max_count, ..
            } => {
                let from = usize::try_from(after.get()).unwrap();
                let entries = centre.feed.iter().skip(from).take(max_count).cloned();
                Some(CentralInput::FeedRead {
                    first: after.next(),
                    entries: entries.collect(),
                })
            }
            CentralOutput::Attachment(task) => {
                let Centre { papers, acts, .. } = &mut *centre;
                Some(CentralInput::Attachment(papers.at_centre(task, acts)))
            }
            CentralOutput::Acked { .. } | CentralOutput::InStep => None,
            other => panic!("not in these tests: {other:?}"),
        }
    }
}

impl Machine {
    pub(crate) fn new(office: Office) -> Self {
        let acts = watch::channel(office.acts.len()).0;
        Self {
            office: Mutex::new(office),
            acts,
        }
    }

    /// A clerk files an act of so many bytes that do not compress.
    pub(crate) fn file(&self, about: u8, bytes: usize) {
        let mut act = vec![about; bytes];
        let number = self.acts.borrow().to_le_bytes();
        let mut noise = blake3::Hasher::new().update(&number).finalize_xof();
        noise.fill(&mut act[1..]);
        let mut office = self.office.lock().unwrap();
        office.acts.push(act.into());
        self.acts.send_replace(office.acts.len());
    }

    /// The same with a scan that the act names.
    pub(crate) fn file_with_scan(&self, about: u8, bytes: usize, content: &[u8]) {
        let attachment = Attachment::of(content).unwrap();
        let mut act = vec![about; bytes];
        act.extend(attachment.hash().as_bytes());
        let mut office = self.office.lock().unwrap();
        office.acts.push(act.into());
        let number = u64::try_from(office.acts.len()).unwrap();
        let papers = &mut office.papers;
        papers.whole.insert(attachment.hash(), content.to_vec());
        papers.waiting.push((number, attachment));
        self.acts.send_replace(office.acts.len());
    }

    /// Acts filed.
    pub(crate) fn acts(&self) -> u64 {
        u64::try_from(*self.acts.borrow()).unwrap()
    }

    pub(crate) fn taken(&self) -> u64 {
        self.office.lock().unwrap().taken
    }

    /// Receipts that came in its feed.
    pub(crate) fn receipts(&self) -> usize {
        let office = self.office.lock().unwrap();
        office
            .feed
            .iter()
            .filter(|entry| entry.kind == RECEIPT)
            .count()
    }

    pub(crate) fn in_step(&self) -> bool {
        self.office
            .lock()
            .unwrap()
            .told
            .contains(&NodeOutput::InStep)
    }

    /// Carries one session over a link to its end.
    pub(crate) async fn visit(&self, link: &Link) -> Result<Ending, LinkError> {
        let begun = Instant::now();
        let mut session = {
            let mut office = self.office.lock().unwrap();
            office.epoch += 1;
            office.told.clear();
            NodeSession::new(office.config(), &office.state(), 0).unwrap()
        };
        let mut acts = self.acts.subscribe();
        acts.mark_changed();
        let mut confirmed = false;
        loop {
            while let Some(output) = session.poll() {
                match output {
                    NodeOutput::Send(class, frame) => link.send(class, frame).await?,
                    NodeOutput::Close(ending) => return Ok(ending),
                    task => {
                        for input in self.perform(task) {
                            let _ = session.handle(input, millis(begun));
                        }
                    }
                }
            }
            let input = tokio::select! {
                biased;
                sure = link.confirmed(), if !confirmed => {
                    sure?;
                    confirmed = true;
                    Some(NodeInput::Confirmed)
                }
                frame = link.recv() => match frame? {
                    Some((class, frame)) => Some(NodeInput::Frame(class, frame)),
                    None => return Err(LinkError::ClosedHere),
                },
                _ = acts.changed() => {
                    let office = self.office.lock().unwrap();
                    let point = office.point(office.acts.len());
                    Some(NodeInput::OutboxGrew { last: point.number, chain: point.chain })
                }
                () = sleep_until(wake(begun, session.next_wake_ms())) => None,
            };
            let _ = match input {
                Some(input) => session.handle(input, millis(begun)),
                None => session.tick(millis(begun)),
            };
        }
    }

    fn perform(&self, task: NodeOutput) -> Vec<NodeInput> {
        let mut office = self.office.lock().unwrap();
        match task {
            NodeOutput::Taken { up_to } => office.taken = office.taken.max(up_to.get()),
            told @ (NodeOutput::Linked { .. } | NodeOutput::InStep) => office.told.push(told),
            task => return office.perform(task),
        }
        Vec::new()
    }
}
