//! The driver of the clash table: actors whose acts reach the centre in every order, each batch
//! delivered twice, with and without a third office that acts on the same people; and what must
//! be the same each time.

use std::collections::BTreeSet;

use registry::act::ActBody;
use registry::procedure::{Filing, Refusal, plan};
use registry::{CommitSeq, Incarnation};

use super::*;

/// One who acts while the others do not know of it.
pub enum Actor {
    /// An office; each of its acts may arrive between those of the others.
    Office(Box<Office>),
    /// Something done at the centre itself: a decision, a change of a number, a decree.
    Deed(Box<dyn Fn(&Centre)>),
}

impl From<Office> for Actor {
    fn from(office: Office) -> Actor {
        Actor::Office(Box::new(office))
    }
}

/// What is played: what everybody knew before, then what each does unknown to the others.
#[derive(Default)]
pub struct Play {
    /// Done before, in this order.
    pub before: Vec<Actor>,
    /// Done in every order.
    pub actors: Vec<Actor>,
}

/// Two offices that act unknown to each other.
pub fn offices<const N: usize>(offices: [Office; N]) -> Play {
    Play {
        before: Vec::new(),
        actors: offices.into_iter().map(Actor::from).collect(),
    }
}

/// What is compared between two orders of arrival.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// Cases, claims, shown values, slices.
    All,
    /// All but names of records: which of two entries of one thing came first names it.
    AllButIds,
    /// All but which of the records has a number: who has one before the other is there came first.
    AllButNumbers,
    /// The cases alone: of two decisions the one that came first is in force meanwhile, by its nature.
    Cases,
}

/// A line of the clash table at real offices.
pub struct Scenario {
    /// The line.
    pub row: u8,
    /// Which way of it.
    pub name: &'static str,
    /// Who does what.
    pub make: fn(&World) -> Play,
    /// Whose card a third office has in its hands meanwhile.
    pub third: &'static [(&'static str, &'static str, &'static str)],
    /// The open cases that must result: line and number of claims.
    pub cases: &'static [(u8, usize)],
    /// What must be the same whatever the order.
    pub same: Same,
}

/// How everything stands in the end.
#[derive(Debug, PartialEq, Eq)]
struct End {
    disputes: Vec<String>,
    shown: Vec<String>,
    returned: Vec<String>,
}

impl Scenario {
    /// Plays it in every order; gives the cases that are open in the end.
    pub fn play(&self) -> Vec<Case> {
        let mut open = Vec::new();
        for third in [false, true] {
            let mut first: Option<(Vec<usize>, End)> = None;
            for order in self.orders(third) {
                let (centre, end) = self.play_once(&order, third);
                let rows = centre.open_rows();
                assert_eq!(
                    rows, self.cases,
                    "{self}: {order:?}, third {third}: {end:#?}"
                );
                match &first {
                    None => first = Some((order, end)),
                    Some((other, wanted)) => assert_eq!(
                        *wanted, end,
                        "{self}: {other:?} and {order:?} differ, third {third}"
                    ),
                }
                open = centre.open_cases();
            }
        }
        open
    }

    /// What each of the two offices sends.
    pub fn bodies(&self) -> (Vec<ActBody>, Vec<ActBody>) {
        let play = (self.make)(&World::new());
        let mut offices = play.actors.into_iter().filter_map(|actor| match actor {
            Actor::Office(office) => Some(office.bodies()),
            Actor::Deed(_) => None,
        });
        let mut next = || offices.next().unwrap_or_default();
        (next(), next())
    }

    fn actors(&self, world: &World, third: bool) -> Play {
        let mut play = (self.make)(world);
        if third && !self.third.is_empty() {
            play.actors.push(third_office(world, self.third).into());
        }
        play
    }

    /// Every order in which the acts can arrive: those of one office stay in theirs.
    fn orders(&self, third: bool) -> Vec<Vec<usize>> {
        let play = self.actors(&World::new(), third);
        let counts: Vec<usize> = play.actors.iter().map(Actor::count).collect();
        let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..counts.iter().sum() {
            let mut grown = Vec::new();
            for order in &orders {
                for (index, count) in counts.iter().enumerate() {
                    let done = order.iter().filter(|turn| **turn == index).count();
                    if done < *count {
                        grown.push([order.as_slice(), &[index]].concat());
                    }
                }
            }
            orders = grown;
        }
        assert!(
            (1..=120).contains(&orders.len()),
            "{self}: {}",
            orders.len()
        );
        orders
    }

    fn play_once(&self, order: &[usize], third: bool) -> (Centre, End) {
        let world = World::new();
        let mut play = self.actors(&world, third);
        let centre = Centre::of(&world);
        for actor in &mut play.before {
            for _ in 0..actor.count() {
                actor.next(&centre);
            }
        }
        for (turn, index) in order.iter().enumerate() {
            play.actors[*index].next(&centre);
            if third && turn == 0 {
                // Somebody else altogether.
                let mut other = Office::new(&world, 25);
                other.file(
                    serde_json::json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Lò Văn Thử",
                    "birth_date": "1990-01-01", "sex": "male", "address": "Bản 1"}),
                );
                centre.take(&mut other);
            }
        }
        centre.check_slices();
        centre.check_told();
        let end = self.end(&centre);
        (centre, end)
    }

    fn end(&self, centre: &Centre) -> End {
        let mut returned = centre.returned();
        returned.sort();
        let mut end = End {
            disputes: centre.disputes(),
            shown: Vec::new(),
            returned,
        };
        if self.same != Same::Cases {
            end.shown = centre.slices(self.same);
        }
        end
    }
}

impl std::fmt::Display for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, {}", self.row, self.name)
    }
}

impl Actor {
    fn count(&self) -> usize {
        match self {
            Actor::Office(office) => office.acts.len(),
            Actor::Deed(_) => 1,
        }
    }

    /// The next act arrives; then its batch once more, as after a cut.
    fn next(&mut self, centre: &Centre) {
        match self {
            Actor::Office(office) => {
                centre.take_next(office);
                centre.take_again(office);
            }
            Actor::Deed(deed) => deed(centre),
        }
    }
}

/// An office far away in which these people show their cards: it notes that they stayed, long
/// before anything else that is played.
fn third_office(world: &World, cards: &[(&str, &str, &str)]) -> Office {
    let mut third = Office::new(world, R);
    third.node = NodeId::derive("third node", &[b"third"]);
    for (pin, name, birth_date) in cards {
        third.file(
            serde_json::json!({"act": "stay_notification", "from": "2026-08-01",
            "person": {"pin": pin, "name": name, "birth_date": birth_date}}),
        );
    }
    third
}

impl Office {
    /// The code with which an act is refused at the desk.
    pub fn refused(&self, filing: serde_json::Value) -> &'static str {
        let filing: Filing = serde_json::from_value(filing).unwrap();
        let refusal: Refusal = plan(&filing, &self.desk(), self).unwrap_err();
        refusal.code()
    }

    /// Sets the device's clock ahead.
    pub fn set_ahead(&mut self, days: i64) {
        self.ahead_s = days * 86_400;
    }

    /// What the office has heard of the centre: everything up to this commit.
    pub fn has_heard(&mut self, commit: u64) {
        self.horizon = CommitSeq::new(commit);
    }

    /// Another desk of the office that knows what this one did.
    pub fn beside(&self) -> Office {
        let mut desk = self.clone();
        desk.second_desk();
        desk.acts = Vec::new();
        desk.sent = 0;
        desk
    }

    /// The device after a restore of a backup from before its first act, filled by the centre
    /// with all that is there now.
    pub fn restored(&self, centre: &Centre) -> Office {
        let mut office = self.clone();
        office.life = Incarnation::new(self.life.get() + 1);
        office.acts = Vec::new();
        office.sent = 0;
        office.records = centre.records();
        office
    }

    /// The device begins a new life, and knows nothing of what it did in the one before.
    pub fn next_life(&mut self) {
        self.life = Incarnation::new(self.life.get() + 1);
    }

    /// The last act filed, as it is sent.
    pub fn last_body(&self) -> ActBody {
        ActBody::decode(self.acts.last().unwrap()).unwrap()
    }
}

impl Centre {
    /// Takes in the next act of an office, alone.
    pub fn take_next(&self, office: &mut Office) {
        self.join(office);
        let from = self.batch(office, office.sent);
        let next = office.acts[office.sent..=office.sent].to_vec();
        self.registrar.take_batch(NOW + 60, &from, &next).unwrap();
        office.sent += 1;
    }

    /// Closes the account of an office's officer, as an operator of the centre does.
    pub fn close_officer(&self, office: &Office, at_s: i64) {
        self.join(office);
        let officer = Officer {
            id: "lan".parse().unwrap(),
            name: Line::parse("Lan").unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
            active: false,
        };
        self.registrar
            .set_officer(at_s, office.code, officer)
            .unwrap();
    }

    /// All records that the offices of this world hold.
    pub fn records(&self) -> BTreeMap<RecordId, Record> {
        let mut records = BTreeMap::new();
        for code in OFFICES {
            for (id, _) in self
                .registrar
                .slice_versions(office(code), None, 10_000)
                .unwrap()
            {
                records.insert(id, self.registrar.kept(&id).unwrap().unwrap().record);
            }
        }
        records
    }

    /// What each office is shown, without what is drawn by chance.
    fn slices(&self, same: Same) -> Vec<String> {
        let with_ids = same != Same::AllButIds;
        let mut told = Vec::new();
        let mut with_number = BTreeSet::new();
        for code in OFFICES {
            let mut ids = BTreeSet::new();
            for (id, _) in self
                .registrar
                .slice_versions(office(code), None, 10_000)
                .unwrap()
            {
                ids.insert(id);
            }
            for id in ids {
                let shown = self.shown(&id);
                let mut numbered = Person(&shown).pin().is_some();
                if same == Same::AllButNumbers {
                    with_number.extend(numbered.then_some(id));
                    numbered = false;
                }
                let filed = shown.single(Field::HouseholdFile).is_some();
                let rest: Vec<_> = shown
                    .iter()
                    .filter(|(slot, _)| {
                        with_ids || !matches!(slot.field, Field::LocalFile | Field::HouseholdLocal)
                    })
                    .filter(|(slot, _)| !matches!(slot.field, Field::Pin | Field::HouseholdFile))
                    .map(|(slot, value)| {
                        let entry = slot.entry.filter(|_| with_ids);
                        let value = serde_json::to_string(value).unwrap();
                        format!("{:?} {entry:?} {value}", slot.field)
                    })
                    .collect();
                let name = if with_ids {
                    id.to_string()
                } else {
                    String::new()
                };
                told.push(format!("{code} {name} {numbered} {filed} {rest:?}"));
            }
        }
        told.sort();
        told.push(format!("{} with a number", with_number.len()));
        told
    }
}

impl Centre {
    /// Whoever made an act that a case names, or was sent it and holds a record of it, has heard
    /// how the case stands: so the act stands alike everywhere, whichever arrived first.
    pub fn check_told(&self) {
        for code in OFFICES {
            let feed = self
                .registrar
                .feed(office(code), FeedSeq::new(0), 10_000, 1 << 24)
                .unwrap();
            let mut sent = BTreeSet::new();
            let mut told = BTreeMap::new();
            for (_, entry) in &feed {
                match FeedItem::decode(entry.kind, &entry.payload) {
                    Ok(FeedItem::Act(act)) => {
                        let holds = |id: &RecordId| {
                            let kept = self.registrar.kept(id).unwrap();
                            kept.is_some_and(|kept| kept.offices.contains(&office(code)))
                        };
                        if act.records().any(|(_, id)| holds(&id)) {
                            sent.insert(act.id());
                        }
                    }
                    Ok(FeedItem::Case(notice)) => {
                        told.insert(notice.case.id, *notice);
                    }
                    _ => {}
                }
            }
            for case in self.all_cases() {
                let notice = self.registrar.case(case.number).unwrap().unwrap();
                let here = Some(office(code));
                let parties = notice.parties.iter();
                let made: BTreeSet<ActId> = parties
                    .filter(|party| party.office == here)
                    .filter_map(|party| party.act)
                    .collect();
                let known = told.get(&case.id).map(CaseNotice::claimants);
                for claimant in notice.claimants() {
                    if made.contains(&claimant.0) || sent.contains(&claimant.0) {
                        let known = known.clone().unwrap_or_default();
                        assert!(
                            known.contains(&claimant),
                            "office {code}, case {}: {claimant:?} of {known:?}",
                            case.number
                        );
                    }
                }
            }
        }
    }
}

/// The offices of this world.
const OFFICES: [u32; 4] = [P, Q, 25, R];
