//! The real registrar on a store in memory, as these tests see it.

use super::*;

/// The real centre.
pub struct Centre {
    pub(super) registrar: Registrar,
}

impl Centre {
    pub fn of(world: &World) -> Centre {
        let mut next = 0u32;
        let registrar = Registrar::open(
            Arc::new(MemoryStore::new()),
            Config {
                node: NodeId::new([0xCE; 16]),
                draw: Box::new(move || {
                    next += 1;
                    next
                }),
                sign: Box::new(|_| [7; 64]),
            },
        );
        registrar
            .import(NOW, world.records.values().cloned().collect())
            .unwrap();
        Centre { registrar }
    }

    pub fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// The same registry after a restart.
    pub fn reopened(self) -> Centre {
        let mut next = 500_000u32;
        let config = Config {
            node: NodeId::new([0xCE; 16]),
            draw: Box::new(move || {
                next += 1;
                next
            }),
            sign: Box::new(|_| [7; 64]),
        };
        Centre {
            registrar: Registrar::open(Arc::clone(self.registrar.store()), config),
        }
    }

    pub(super) fn join(&self, office: &Office) {
        if self
            .registrar
            .node_state(office.code, &office.node)
            .unwrap()
            .is_some()
        {
            return;
        }
        let officer = Officer {
            id: "lan".parse().unwrap(),
            name: Line::parse("Lan").unwrap(),
            roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
            active: true,
        };
        let joining = Joining {
            office: office.code,
            node: office.node,
            public_key: [0; 32],
            certificate_ends_s: NOW,
            token: *office.node.as_bytes(),
            officer: Some(officer),
        };
        self.registrar.join(NOW, &joining).unwrap();
    }

    pub(super) fn batch(&self, office: &Office, first: usize) -> BatchFrom {
        BatchFrom {
            office: office.code,
            node: office.node,
            incarnation: office.life,
            first: ActNumber::new(first as u64 + 1),
            chain: *Chain::genesis(office.node, office.life).as_bytes(),
        }
    }

    /// Takes in what the office has not sent yet.
    pub fn take(&self, office: &mut Office) {
        self.join(office);
        let from = self.batch(office, office.sent);
        self.registrar
            .take_batch(NOW + 60, &from, &office.acts[office.sent..])
            .unwrap();
        office.sent = office.acts.len();
    }

    /// The first batch once more: refused as already there.
    pub fn take_again(&self, office: &Office) {
        let from = self.batch(office, 0);
        let again = self.registrar.take_batch(NOW + 60, &from, &office.acts);
        assert_eq!(again.unwrap_err().code(), "acts_gap");
    }

    pub fn open_cases(&self) -> Vec<Case> {
        self.registrar.cases(10_000, Case::is_open).unwrap()
    }

    /// Every case there ever was.
    pub fn all_cases(&self) -> Vec<Case> {
        self.registrar.cases(100_000, |_| true).unwrap()
    }

    /// A case by its number, open or not.
    pub fn case(&self, number: u64) -> Case {
        self.registrar.case(number).unwrap().unwrap().case
    }

    pub fn open_rows(&self) -> Vec<(u8, usize)> {
        let mut rows: Vec<(u8, usize)> = self
            .open_cases()
            .iter()
            .map(|case| (case.dispute.row, case.dispute.claims.len()))
            .collect();
        rows.sort_unstable();
        rows
    }

    /// Every open dispute, without what may depend on the order (its number).
    pub fn disputes(&self) -> Vec<String> {
        let mut disputes: Vec<String> = self
            .open_cases()
            .iter()
            .map(|case| serde_json::to_string(&(case.id, &case.dispute)).unwrap())
            .collect();
        disputes.sort();
        disputes
    }

    pub fn decide(
        &self,
        number: u64,
        reviewer: &Reviewer,
        outcome: Outcome,
        seen: u32,
    ) -> Result<Decided, DecideError> {
        let reason = Line::parse("after both papers were seen").unwrap();
        self.registrar
            .decide(NOW + 120, number, reviewer, outcome, reason, seen)
    }

    pub fn shown(&self, id: &RecordId) -> Fields {
        let kept = self.registrar.kept(id).unwrap().unwrap();
        Standing::of(&kept.record).unwrap().fields
    }

    pub fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        self.registrar.by_pin(pin).unwrap()
    }

    /// Codes of the returned acts.
    pub fn returned(&self) -> Vec<String> {
        let rows = self.registrar.returned(100).unwrap();
        rows.into_iter().map(|row| row.code).collect()
    }

    pub fn homes(&self, id: &RecordId) -> Vec<u32> {
        let shown = self.shown(id);
        Person(&shown)
            .open_permanent()
            .map(|(_, home)| home.unit.get())
            .collect()
    }

    pub fn offices(&self, id: &RecordId) -> Vec<u32> {
        let kept = self.registrar.kept(id).unwrap().unwrap();
        kept.offices.iter().map(|office| office.get()).collect()
    }

    pub fn heard_of_case(&self, code: u32, case: CaseId) -> bool {
        let feed = self
            .registrar
            .feed(office(code), FeedSeq::new(0), 1_000, 1 << 20)
            .unwrap();
        feed.iter().any(|(_, entry)| {
            matches!(FeedItem::decode(entry.kind, &entry.payload), Ok(FeedItem::Case(notice))
                if notice.case.id == case)
        })
    }

    /// The last that an office heard of a case.
    pub fn last_heard_of_case(&self, code: u32, case: CaseId) -> Option<CaseNotice> {
        let feed = self
            .registrar
            .feed(office(code), FeedSeq::new(0), 1_000, 1 << 20)
            .unwrap();
        feed.iter().rev().find_map(|(_, entry)| {
            match FeedItem::decode(entry.kind, &entry.payload) {
                Ok(FeedItem::Case(notice)) if notice.case.id == case => Some(*notice),
                _ => None,
            }
        })
    }

    /// Slices and digests are what the records say.
    pub fn check_slices(&self) {
        for code in [4, 8, 25, 1273] {
            let code = office(code);
            let key = DigestKey::of(code);
            let mut digest = Digest::EMPTY;
            for (id, version) in self.registrar.slice_versions(code, None, 10_000).unwrap() {
                let kept = self.registrar.kept(&id).unwrap().unwrap();
                assert_eq!(kept.version, version);
                assert_eq!(kept.record.version().unwrap(), version);
                assert!(kept.offices.contains(&code));
                digest.add(&key, &id, &version);
            }
            assert_eq!(
                self.registrar.digest(code).unwrap(),
                digest,
                "office {code}"
            );
        }
    }
}
