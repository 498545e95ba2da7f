//! An office that is cut off and acts on what it holds.

use super::*;

/// An office that is cut off: it knows what it was filled with and what it did itself.
#[derive(Clone)]
pub struct Office {
    pub(super) code: OfficeCode,
    pub(super) node: NodeId,
    pub(super) records: BTreeMap<RecordId, Record>,
    pub(super) acts: Vec<Vec<u8>>,
    pub(super) sent: usize,
    pub(super) life: Incarnation,
    /// By how much the device's clock is ahead, seconds.
    pub(super) ahead_s: i64,
    pub(super) units: Arc<registry::unit::Units>,
    pub(super) horizon: CommitSeq,
    pub(super) cases: Vec<Case>,
}

impl Office {
    pub fn new(world: &World, code: u32) -> Office {
        let code = office(code);
        // An office that parks holds more than its slice: the record has left since.
        let records = world.records.clone();
        let node = NodeId::derive("test node", &[&code.to_be_bytes()]);
        Office {
            code,
            node,
            records,
            acts: Vec::new(),
            sent: 0,
            life: Incarnation::new(1),
            ahead_s: 0,
            units: Arc::clone(registry::unit::Units::built_in()),
            horizon: CommitSeq::new(0),
            cases: Vec::new(),
        }
    }

    /// The author of the act with this number.
    pub(super) fn author(&self, number: u64) -> Author {
        Author {
            node: self.node,
            incarnation: self.life,
            number: ActNumber::new(number),
        }
    }

    /// Whether it holds a record.
    pub fn records_hold(&self, id: &RecordId) -> bool {
        self.records.contains_key(id)
    }

    /// It gets a record as the centre has it.
    pub fn take_over(&mut self, id: RecordId, registrar: &Registrar) {
        let kept = registrar.kept(&id).unwrap().unwrap();
        self.records.insert(id, kept.record);
    }

    /// From now on it acts as one that has heard of all that the centre did.
    pub fn hears_of_everything(&mut self) {
        self.horizon = CommitSeq::new(u64::MAX);
    }

    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The acts filed so far, as they are sent.
    pub fn bodies(&self) -> Vec<registry::act::ActBody> {
        let acts = self.acts.iter();
        acts.map(|bytes| registry::act::ActBody::decode(bytes).unwrap())
            .collect()
    }

    /// It hears of a decree.
    pub fn learn(&mut self, units: &Arc<registry::unit::Units>, horizon: CommitSeq) {
        self.units = Arc::clone(units);
        self.horizon = horizon;
    }

    /// Another node of the same office.
    pub fn second_desk(&mut self) {
        self.node = NodeId::derive("second node", &[&self.code.to_be_bytes()]);
    }

    pub fn file(&mut self, filing: serde_json::Value) -> ActId {
        self.file_and(filing, |_| {})
    }

    /// The centre's word on a case reaches the office.
    pub fn told(&mut self, case: &Case) {
        self.cases.push(case.clone());
    }

    /// The acts filed so far.
    pub fn filed(&self) -> Vec<ActId> {
        let numbers = 1..=self.acts.len() as u64;
        numbers.map(|number| self.author(number).act_id()).collect()
    }

    /// Files an act that says more than its procedure would.
    pub fn file_with(&mut self, filing: serde_json::Value, more: registry::edit::Edit) -> ActId {
        self.file_and(filing, |body| body.changes[0].edits.push(more))
    }

    /// Files an act that was altered afterwards, as a hostile node would.
    pub fn file_and(
        &mut self,
        filing: serde_json::Value,
        change: impl FnOnce(&mut registry::act::ActBody),
    ) -> ActId {
        let filing: Filing = serde_json::from_value(filing).unwrap();
        let author = self.author(self.acts.len() as u64 + 1);
        let mut plan = plan(&filing, &self.desk(), self).unwrap();
        change(&mut plan.body);
        self.acts.push(plan.body.encode().unwrap());
        let act = Act {
            author,
            office: Some(self.code),
            body: plan.body,
        };
        for (index, id) in act.records().collect::<Vec<_>>() {
            // An altered act may not apply here either; the centre is what is tested.
            if let Ok(after) = act.apply(index, self.records.get(&id)) {
                self.records.insert(id, after);
            }
        }
        author.act_id()
    }

    /// Who sits there, for the next act.
    pub(super) fn desk(&self) -> Desk {
        let at_s = NOW + self.ahead_s;
        Desk {
            act: self.author(self.acts.len() as u64 + 1).act_id(),
            office: self.code,
            officer: "lan".parse().unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
            today: registry::date::Date::in_viet_nam(at_s),
            entered: Entered { at_s, error_s: 0 },
            horizon: self.horizon,
            units: Arc::clone(&self.units),
        }
    }
}
