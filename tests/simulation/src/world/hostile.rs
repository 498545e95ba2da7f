//! Peers that mean harm: a hello that somebody sends again, an office that somebody took over, and
//! somebody on the line in the centre's place. Their sessions may end; nothing else may happen.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use central_registry::intake::BatchFrom;
use central_registry::registrar::{Joining, Registrar};
use central_registry::server::answers;
use central_registry::tables::NodeRow;
use commune_node::office::Office;
use ed25519_dalek::SigningKey;
use registry::act::papers::PapersOfRecord;
use registry::act::{ActBody, Author, Target};
use registry::edit::Edit;
use registry::feed::ActOutcome;
use registry::procedure::{Desk as Place, plan};
use registry::schema::Field;
use registry::value::{Line as Words, Value};
use registry::{ActNumber, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode};
use sync_proto::limits::ANSWER_MS_MAX;
use sync_proto::{
    CentralConfig, CentralInput, CentralOutput, CentralSession, Chain, ChainPoint, Class, Codec,
    Digest, FillState, Minors, NodeInput, NodeOutput, NodeSession, NodeState,
};

use super::centre::officer;
use super::node::config_of;
use super::tricks::{HUGE_BYTES, Trick, noise, tricked};
use super::{Line, World};
use crate::check::{self, Failure};
use crate::clerk::{self, Desk};
use crate::dice::Dice;
use crate::plan::Procedure;

/// A commune that no honest office of a run has.
const ROGUE_COMMUNE: u32 = 160;
/// Of a hundred times that somebody is in the centre's place, how often a frame is twisted on its way.
const TWIST_PERCENT: u64 = 30;
/// Frames that are exchanged with a hostile node before it is left.
const FRAMES_MAX: usize = 200;

/// The office that somebody took over: it has a key that the centre knows.
pub(crate) struct Rogue {
    code: OfficeCode,
    node: NodeId,
    key: SigningKey,
    epoch: u64,
    joined: bool,
}

impl Rogue {
    pub(crate) fn new(seed: u64) -> Option<Rogue> {
        let mut bytes = [0x66; 32];
        if let Some(start) = bytes.first_chunk_mut::<8>() {
            *start = seed.to_le_bytes();
        }
        Some(Rogue {
            code: OfficeCode::new(ROGUE_COMMUNE)?,
            node: NodeId::new([0x66; 16]),
            key: SigningKey::from_bytes(&bytes),
            epoch: 0,
            joined: false,
        })
    }
}

impl World {
    /// The last hello of a node comes once more, from somebody who cannot complete a handshake.
    pub(super) fn replay(&mut self, device: usize) -> Result<(), Failure> {
        let hello = self
            .devices
            .get(device)
            .and_then(|at| at.line)
            .and_then(|line| self.lines.get(&line))
            .and_then(|line| line.first.clone());
        let Some(hello) = hello.filter(|_| self.centre.is_up()) else {
            return Ok(());
        };
        let id = self.next_line;
        self.next_line += 1;
        let mut line = Line::new(device, self.now_ms, None);
        line.first = Some(hello.clone());
        self.lines.insert(id, line);
        // What may come of it is a greeting, milliseconds later: `serve_one` looks at that.
        self.replays.insert(id);
        self.centre_gets(id, Class::Control, hello)?;
        self.after(super::lines::IDLE_MS, super::Event::Silent { line: id });
        Ok(())
    }

    /// Somebody in the centre's place sends something to a node, or lies to it.
    pub(super) fn hostile_centre(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "hostile centre", 0);
        let Some(line) = self.devices.get(device).and_then(|at| at.line) else {
            return Ok(());
        };
        let mut apart = Dice::new(salt, "twists", 0);
        if apart.percent(TWIST_PERCENT) {
            self.prepare_twist(line, &mut apart);
            return Ok(());
        }
        if dice.percent(60) {
            self.prepare_lie(line, dice);
            return Ok(());
        }
        let class = dice.pick(&Class::ALL).copied().unwrap_or(Class::Feed);
        let frame = match dice.below(3) {
            0 => noise(&mut dice, 400),
            1 => Bytes::from(vec![0; HUGE_BYTES]),
            _ => {
                // A tag that exists, and then nonsense.
                let tag = u8::try_from(dice.below(16)).unwrap_or(0);
                let mut bytes = vec![tag];
                bytes.extend(noise(&mut dice, 60));
                Bytes::from(bytes)
            }
        };
        let ended = self.tally.broken_sessions;
        self.node_gets(line, class, frame)?;
        if self.tally.broken_sessions == ended {
            // Noise that a session took for the centre's word may have told it anything.
            self.ledger.lied_to.insert(device);
        }
        Ok(())
    }

    /// The office that somebody took over speaks with the centre, at once and to the end.
    pub(super) fn hostile_node(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        self.rogue_speaks(device, salt, None)
    }

    /// The same with a question about a record of an honest office, put twice before it is answered.
    pub(super) fn hostile_question(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        self.rogue_speaks(device, salt, Some(Trick::Questions))
    }

    fn rogue_speaks(
        &mut self,
        device: usize,
        salt: u64,
        trick: Option<Trick>,
    ) -> Result<(), Failure> {
        let (Some(registrar), Some(office)) = (
            self.centre.registrar.clone(),
            self.devices.get(device).and_then(|at| at.office.clone()),
        ) else {
            return Ok(());
        };
        let Some(mut rogue) = self.rogue.take() else {
            return Ok(());
        };
        let done = self.play(&mut rogue, &registrar, &office, (device, salt), trick);
        self.rogue = Some(rogue);
        done?;
        check::centre(self)
    }

    fn play(
        &mut self,
        rogue: &mut Rogue,
        registrar: &Registrar,
        office: &Office,
        (device, salt): (usize, u64),
        trick: Option<Trick>,
    ) -> Result<(), Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        if !rogue.joined && registrar.join(at_s, &joining(rogue, at_s)).is_err() {
            // The centre's disk has its own troubles just now.
            return Ok(());
        }
        rogue.joined = true;
        rogue.epoch += 1;
        let mut dice = Dice::new(salt, "hostile node", 0);
        let trick = trick.unwrap_or_else(|| Trick::of(salt, &mut dice));
        let Ok(Some(known)) = registrar.node_state(rogue.code, &rogue.node) else {
            return Ok(());
        };
        let acts = self.forged(rogue, office, device, trick, &known.row, &mut dice);
        let Some((mut node, mut central)) = self.sessions(rogue, trick, &known.row, &acts)? else {
            return Ok(());
        };
        *self.tally.tricks.entry(format!("{trick:?}")).or_default() += 1;
        let before: u64 = self.tally.hostile.values().sum();
        if trick == Trick::Questions
            && let Some(one) = dice.pick(&self.people.people)
        {
            // It is put when the centre has answered the greeting.
            let _ = node.handle(NodeInput::WantPapers { record: one.id }, 0);
        }
        let sessions = (&mut node, &mut central);
        if trick == Trick::Slow {
            self.linger(rogue, registrar, sessions, &mut dice)?;
        } else {
            let said = (&known.row, acts.as_slice());
            self.exchange((&*rogue, trick), registrar, sessions, said, &mut dice)?;
        }
        if self.tally.hostile.values().sum::<u64>() == before {
            let words = format!("nothing came of {trick:?}");
            *self.tally.hostile.entry(words).or_default() += 1;
        }
        Ok(())
    }

    /// Frames go to and fro until nothing more is said, or one side ends it.
    fn exchange(
        &mut self,
        (rogue, trick): (&Rogue, Trick),
        registrar: &Registrar,
        (node, central): (&mut NodeSession, &mut CentralSession),
        (row, acts): (&NodeRow, &[Bytes]),
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let mut frames: VecDeque<(Class, Bytes)> = VecDeque::new();
        let mut central_in: VecDeque<CentralInput> = VecDeque::from([CentralInput::Confirmed]);
        // What comes of it is the centre's business; a failure of ours is a failure of the caller.
        let _ = node.handle(NodeInput::Confirmed, 1);
        for _ in 0..FRAMES_MAX {
            while let Some(output) = node.poll() {
                match output {
                    NodeOutput::Send(class, frame) => {
                        frames.extend(tricked(trick, class, frame, dice));
                    }
                    NodeOutput::ReadOutbox { from, .. } => {
                        let input = read(rogue, row, acts, from);
                        let _ = node.handle(input, 1);
                    }
                    _ => {}
                }
            }
            if let Some((class, frame)) = frames.pop_front() {
                central_in.push_back(CentralInput::Frame(class, frame));
            }
            if trick == Trick::Questions {
                // All that it says is there before anything is answered.
                let frames = frames.drain(..);
                central_in.extend(frames.map(|(class, frame)| CentralInput::Frame(class, frame)));
            }
            let Some(input) = central_in.pop_front() else {
                return Ok(());
            };
            if let Err(error) = central.handle(input, 1) {
                check::blame(&error)?;
            }
            while let Some(output) = central.poll() {
                match output {
                    CentralOutput::Send(class, frame) => {
                        let _ = node.handle(NodeInput::Frame(class, frame), 1);
                    }
                    CentralOutput::Close(ending) => {
                        self.came_of_it(trick, &format!("ended with {}", ending.code));
                        return Ok(());
                    }
                    other => {
                        central_in.extend(self.answer(registrar, rogue, other, trick)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Says nothing, or greets and then never proves that it has the line, and keeps the line for
    /// as long as it may.
    fn linger(
        &mut self,
        rogue: &Rogue,
        registrar: &Registrar,
        (node, central): (&mut NodeSession, &mut CentralSession),
        dice: &mut Dice,
    ) -> Result<(), Failure> {
        let mut inputs = VecDeque::new();
        if dice.percent(50) {
            while let Some(output) = node.poll() {
                if let NodeOutput::Send(class, frame) = output {
                    inputs.push_back(CentralInput::Frame(class, frame));
                }
            }
        }
        for now_ms in (0..=ANSWER_MS_MAX).step_by(1_000) {
            let done = match inputs.pop_front() {
                Some(input) => central.handle(input, now_ms),
                None => central.tick(now_ms),
            };
            if let Err(error) = done {
                check::blame(&error)?;
            }
            while let Some(output) = central.poll() {
                match output {
                    CentralOutput::Close(ending) => {
                        let words = format!("ended with {}", ending.code);
                        self.came_of_it(Trick::Slow, &words);
                        return Ok(());
                    }
                    CentralOutput::TakeBatch(_) => {
                        let words = "acts were taken on a line that nobody has proved to be theirs";
                        return Err(Failure::new("9 hostile peers", words));
                    }
                    other => inputs.extend(self.answer(registrar, rogue, other, Trick::Slow)?),
                }
            }
        }
        let words = "a line on which nobody greets is kept for ever";
        Err(Failure::new("9 hostile peers", words))
    }

    /// What became of a trick, for whoever asks whether it was one.
    fn came_of_it(&mut self, trick: Trick, words: &str) {
        let words = format!("{trick:?}: {words}");
        *self.tally.hostile.entry(words).or_default() += 1;
    }

    fn sessions(
        &self,
        rogue: &Rogue,
        trick: Trick,
        row: &NodeRow,
        acts: &[Bytes],
    ) -> Result<Option<(NodeSession, CentralSession)>, Failure> {
        let key = match trick {
            Trick::OtherKey => SigningKey::from_bytes(&[0x77; 32]),
            _ => rogue.key.clone(),
        };
        let (mut code, mut name) = (rogue.code, rogue.node);
        if let (Trick::OtherName, Some(honest)) = (trick, self.devices.first()) {
            (code, name) = (honest.code, honest.node);
        }
        let start = standing(rogue, row);
        let last = acts.iter().fold(start, |point, act| point.after(act));
        let state = NodeState {
            outbox_last: last,
            kept_from: ActNumber::new(1),
            taken: start.number,
            feed_applied: FeedSeq::new(0),
            digest: Digest::EMPTY,
            fill: Some(FillState::default()),
            epoch: rogue.epoch,
            wall_ms: u64::MAX,
        };
        let Ok(node) = NodeSession::new(config_of(code, name, key)?, &state, 0) else {
            return Ok(None);
        };
        let codec = Codec::new(3, &[]).map_err(|error| Failure::new("codec", error.to_string()))?;
        let config = CentralConfig {
            office: rogue.code,
            also: Vec::new(),
            node: rogue.node,
            key: rogue.key.verifying_key(),
            minors: Minors::CURRENT,
            schema: answers::SCHEMA,
            codec: Arc::new(codec),
            push_window: 2,
            bundle_key: None,
        };
        Ok(Some((node, CentralSession::new(config, 0))))
    }

    /// Does what the centre's session wants, on the real registrar.
    fn answer(
        &mut self,
        registrar: &Registrar,
        rogue: &Rogue,
        output: CentralOutput,
        trick: Trick,
    ) -> Result<Option<CentralInput>, Failure> {
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        Ok(match output {
            CentralOutput::LookUp(_) => registrar
                .node_state(rogue.code, &rogue.node)
                .ok()
                .flatten()
                .map(|state| {
                    let standing = answers::standing(rogue.node, &state, self.wall_ms());
                    CentralInput::Standing(standing)
                }),
            CentralOutput::TakeBatch(batch) => {
                if matches!(trick, Trick::OtherKey | Trick::Bomb | Trick::HollowBomb) {
                    let words = format!("a batch of a peer that plays {trick:?} was taken");
                    return Err(Failure::new("9 hostile peers", words));
                }
                let end = batch.end();
                let from = BatchFrom {
                    office: rogue.code,
                    node: rogue.node,
                    incarnation: end.incarnation,
                    first: batch.first(),
                    chain: *end.chain.as_bytes(),
                };
                let acts: Vec<Vec<u8>> = batch.acts().iter().map(|act| act.to_vec()).collect();
                let Ok(taken) = registrar.take_batch(at_s, &from, &acts) else {
                    return Ok(None);
                };
                self.publish(registrar, &taken.grew)?;
                for became in no_harm_was_done(registrar, &from, acts.len())? {
                    self.came_of_it(trick, became);
                }
                Some(CentralInput::BatchCommitted { up_to: taken.up_to })
            }
            CentralOutput::ReadFeed {
                after,
                max_count,
                max_bytes,
            } => {
                let head = registrar.office(rogue.code).map(|row| row.head);
                let told = head.unwrap_or_default();
                // It may say that it is in whatever life.
                let to = (rogue.node, Incarnation::new(u64::MAX));
                let max = (max_count, max_bytes);
                answers::feed(registrar, to, rogue.code, after, told, max).ok()
            }
            CentralOutput::ReadPage { after, feed_start } => {
                let start = feed_start.unwrap_or_default();
                answers::page(registrar, rogue.code, after, start).ok()
            }
            CentralOutput::FindPapers { record } => {
                let Ok(found) = registrar.papers_of(&[rogue.code], &record) else {
                    return Ok(None);
                };
                let kept = registrar.kept(&record).ok().flatten();
                let holds = kept.is_some_and(|kept| kept.offices.contains(&rogue.code));
                if !holds && found != PapersOfRecord::default() {
                    let words = format!("a hostile office is told of papers of record {record}");
                    return Err(Failure::new("9 hostile peers", words));
                }
                Some(CentralInput::PapersFound { record, found })
            }
            _ => None,
        })
    }

    /// The bytes that it calls acts.
    fn forged(
        &self,
        rogue: &Rogue,
        office: &Office,
        device: usize,
        trick: Trick,
        row: &NodeRow,
        dice: &mut Dice,
    ) -> Vec<Bytes> {
        if trick == Trick::Questions {
            return Vec::new();
        }
        if matches!(trick, Trick::Garbage | Trick::Turned) {
            return vec![noise(dice, 300), noise(dice, 3_000)];
        }
        let at_s = i64::try_from(self.wall_ms() / 1000).unwrap_or(0);
        let today = registry::date::Date::in_viet_nam(at_s);
        let made: &[_] = self
            .devices
            .get(device)
            .map_or(&[], |at| at.made.as_slice());
        let desk = Desk {
            office,
            people: &self.people,
            made,
            own_acts: &[],
            today: today.to_string(),
        };
        let mut acts = Vec::new();
        for procedure in [Procedure::Correction, Procedure::Death, Procedure::Contact] {
            let Some(filing) = clerk::filing(&desk, procedure, dice.any()) else {
                continue;
            };
            let author = Author {
                node: rogue.node,
                incarnation: Incarnation::new(1),
                number: ActNumber::new(row.taken.get() + 1 + acts.len() as u64),
            };
            let Some(officer) = officer() else { continue };
            let place = Place {
                act: author.act_id(),
                office: rogue.code,
                officer: officer.id,
                roles: officer.roles,
                today,
                entered: registry::act::Entered { at_s, error_s: 0 },
                horizon: CommitSeq::new(u64::MAX),
                units: std::sync::Arc::clone(registry::unit::Units::built_in()),
            };
            // It looks at the records of an honest office, as if it had stolen a copy.
            let Ok(plan) = plan(&filing, &place, office) else {
                continue;
            };
            acts.extend(bytes_of(plan.body, trick));
        }
        acts
    }
}

fn bytes_of(mut body: ActBody, trick: Trick) -> Option<Bytes> {
    if trick == Trick::CentralFields
        && let Some(change) = body.changes.first_mut()
        && let Ok(ground) = Words::parse("not a person")
    {
        change
            .edits
            .push(Edit::Put(Field::Revoked, Value::Text(ground)));
    }
    body.encode().ok().map(Bytes::from)
}

/// Whatever it sent, no act of its took effect on a record that its commune does not hold. Gives
/// what became of each act.
fn no_harm_was_done(
    registrar: &Registrar,
    from: &BatchFrom,
    count: usize,
) -> Result<Vec<&'static str>, Failure> {
    let mut became = Vec::new();
    for place in 0..count as u64 {
        let author = Author {
            node: from.node,
            incarnation: from.incarnation,
            number: ActNumber::new(from.first.get() + place),
        };
        let kept = registrar.act(&author.act_id()).ok().flatten();
        became.push(match kept.as_ref().map(|kept| &kept.outcome) {
            None | Some(ActOutcome::Quarantined) => "set apart",
            Some(ActOutcome::Returned { .. }) => "returned",
            Some(ActOutcome::Parked(_)) => "proposed",
            Some(ActOutcome::Accepted | ActOutcome::InCase(_)) => "taken",
        });
        let Some(kept) = kept.filter(|kept| kept.outcome.took_effect()) else {
            continue;
        };
        for (index, record) in kept.act.records() {
            // Whoever shows a card may act on its holder; whoever shows nothing may not.
            let change = kept.act.body.changes.get(index);
            if !change.is_some_and(|change| matches!(change.target, Target::Held { .. })) {
                continue;
            }
            let held = registrar.kept(&record).ok().flatten();
            if held.is_some_and(|held| !held.offices.contains(&from.office)) {
                let words = format!("an act of a hostile office stands in record {record}");
                return Err(Failure::new("9 hostile peers", words));
            }
        }
    }
    Ok(became)
}

fn joining(rogue: &Rogue, at_s: i64) -> Joining {
    Joining {
        office: rogue.code,
        node: rogue.node,
        public_key: rogue.key.verifying_key().to_bytes(),
        certificate_ends_s: at_s,
        token: *rogue.node.as_bytes(),
        officer: officer(),
    }
}

fn standing(rogue: &Rogue, row: &NodeRow) -> ChainPoint {
    if row.taken.get() == 0 {
        ChainPoint::genesis(rogue.node, Incarnation::new(1))
    } else {
        ChainPoint {
            incarnation: row.incarnation,
            number: row.taken,
            chain: Chain::from_bytes(row.chain),
        }
    }
}

fn read(rogue: &Rogue, row: &NodeRow, acts: &[Bytes], from: ActNumber) -> NodeInput {
    let start = standing(rogue, row);
    let passed = usize::try_from(from.get().saturating_sub(start.number.get() + 1)).unwrap_or(0);
    let before = acts
        .iter()
        .take(passed)
        .fold(start, |point, act| point.after(act));
    NodeInput::OutboxRead {
        first: from,
        before: before.chain,
        acts: acts.iter().skip(passed).cloned().collect(),
    }
}
