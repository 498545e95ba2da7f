//! The units as a process knows them: the first table, and the decrees since, in order. A code that
//! a record holds means what it meant in the edition under which it was written; from there it is
//! followed decree by decree. So a code of any edition leads, for ever, to the commune that has
//! its people today.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Commune, Decree, Province, ProvinceCode, UnitTable};
use crate::date::Date;
use crate::{CommitSeq, OfficeCode};

/// Most editions that a registry may come to have: a decree a month for thirty years.
const EDITIONS_MAX: usize = 360;

/// Which table: 0 is that before July 2025, 1 that of 1 July 2025; each decree makes the next.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Edition(u16);

impl Edition {
    /// The 10,035 communes before 1 July 2025.
    pub const BEFORE_JULY_2025: Edition = Edition(0);
    /// The 3,321 communes since.
    pub const SINCE_JULY_2025: Edition = Edition(1);

    /// The edition with this number.
    pub const fn new(number: u16) -> Edition {
        Edition(number)
    }
    /// Its number.
    pub const fn get(self) -> u16 {
        self.0
    }
    fn place(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why an edition cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// There are too many.
    #[error("there are {EDITIONS_MAX} editions of the units already; no more can be made")]
    TooMany,
    /// A registry begins with one of the two that a release knows.
    #[error("a registry begins with edition 0 (before July 2025) or 1 (since)")]
    UnknownBase,
}

impl EditionError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            EditionError::TooMany => "editions_too_many",
            EditionError::UnknownBase => "edition_unknown",
        }
    }
}

/// A decree in force, and the table since.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The edition that it made.
    pub edition: Edition,
    /// The commit of the centre with which it came into force.
    pub commit: CommitSeq,
    /// The decree.
    pub decree: Arc<Decree>,
    /// The units since.
    pub table: Arc<UnitTable>,
    /// The old communes of which each new one has people.
    from: Arc<From>,
}

/// The old communes of which each new one has people.
type From = BTreeMap<OfficeCode, Vec<OfficeCode>>;

fn from_of(decree: &Decree) -> From {
    let mut from = From::new();
    for row in &decree.rows {
        from.entry(row.new).or_default().push(row.old);
    }
    from
}

impl Issued {
    fn new(
        edition: Edition,
        commit: CommitSeq,
        decree: Arc<Decree>,
        table: Arc<UnitTable>,
    ) -> Issued {
        // The great one is the same for every office that a process knows.
        static OF_JULY_2025: LazyLock<Arc<From>> =
            LazyLock::new(|| Arc::new(from_of(&Decree::of_july_2025())));
        let from = if Arc::ptr_eq(&decree, &Decree::of_july_2025()) {
            Arc::clone(&OF_JULY_2025)
        } else {
            Arc::new(from_of(&decree))
        };
        Issued {
            edition,
            commit,
            decree,
            table,
            from,
        }
    }

    /// The old communes of which a new one has people, by code; none if nobody came to it or went.
    pub fn predecessors(&self, new: OfficeCode) -> &[OfficeCode] {
        self.from.get(&new).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a commune of the new table has just the people and places that it had before.
    pub fn leaves_extent(&self, new: OfficeCode) -> bool {
        let alone = self.predecessors(new).iter().all(|old| *old == new);
        alone && self.decree.leaves_alone(new)
    }
}

/// A commune that a decree divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divided {
    /// The commune, as the record names it.
    pub code: OfficeCode,
    /// The edition since which it is divided.
    pub since: Edition,
    /// What it was divided into, by code, as those communes are now.
    pub parts: Vec<OfficeCode>,
}

/// The units with their history.
#[derive(Debug, Clone)]
pub struct Units {
    base: Edition,
    first: Arc<UnitTable>,
    issued: Vec<Issued>,
}

impl Units {
    /// What a release knows by itself: the units since 1 July 2025, and which were before.
    pub fn built_in() -> &'static Arc<Units> {
        static BUILT_IN: LazyLock<Arc<Units>> = LazyLock::new(|| {
            let mut units = Units::before_july_2025();
            units.issued.push(Issued::new(
                Edition::SINCE_JULY_2025,
                CommitSeq::new(0),
                Decree::of_july_2025(),
                UnitTable::since_july_2025(),
            ));
            units.base = Edition::SINCE_JULY_2025;
            Arc::new(units)
        });
        &BUILT_IN
    }

    /// The same for a registry that began before July 2025.
    pub fn before_july_2025() -> Units {
        Units {
            base: Edition::BEFORE_JULY_2025,
            first: UnitTable::before_july_2025(),
            issued: Vec::new(),
        }
    }

    /// The units of a registry that began with this edition.
    pub fn beginning_with(base: Edition) -> Result<Arc<Units>, EditionError> {
        match base {
            Edition::SINCE_JULY_2025 => Ok(Arc::clone(Units::built_in())),
            Edition::BEFORE_JULY_2025 => Ok(Arc::new(Units::before_july_2025())),
            _ => Err(EditionError::UnknownBase),
        }
    }

    /// The units after one more decree, in force from a commit of the centre on.
    pub fn after(&self, decree: Arc<Decree>, commit: CommitSeq) -> Result<Units, EditionError> {
        if self.issued.len() >= EDITIONS_MAX {
            return Err(EditionError::TooMany);
        }
        let number = u16::try_from(self.issued.len()).map_err(|_| EditionError::TooMany)?;
        let of_july = self.issued.is_empty() && decree.is_of_july_2025();
        let table = if of_july {
            UnitTable::since_july_2025()
        } else {
            Arc::new(self.table().after(&decree))
        };
        let mut units = self.clone();
        let edition = Edition(number.saturating_add(1));
        units
            .issued
            .push(Issued::new(edition, commit, decree, table));
        Ok(units)
    }

    /// The edition with which the registry began: what was imported then is written in it.
    pub const fn base(&self) -> Edition {
        self.base
    }
    /// The edition in force.
    pub fn edition(&self) -> Edition {
        self.issued.last().map_or(Edition(0), |last| last.edition)
    }
    /// The decrees that made the editions, in order; those before the base are known as facts.
    pub fn issued(&self) -> &[Issued] {
        &self.issued
    }
    /// From when an edition holds; nothing is known of the first.
    pub fn effective(&self, edition: Edition) -> Option<Date> {
        let place = edition.place().checked_sub(1)?;
        self.issued.get(place).map(|issued| issued.decree.effective)
    }
    /// The edition that an office used which had heard of the centre's commits up to this one.
    pub fn edition_at(&self, horizon: CommitSeq) -> Edition {
        let known = self.issued.iter().rev();
        let known = known
            .filter(|issued| issued.edition > self.base)
            .find(|issued| issued.commit <= horizon);
        known.map_or(self.base, |issued| issued.edition)
    }

    /// The table in force.
    pub fn table(&self) -> &UnitTable {
        self.issued.last().map_or(&self.first, |last| &last.table)
    }
    /// The table of an edition.
    pub fn table_of(&self, edition: Edition) -> Option<&UnitTable> {
        match edition.place().checked_sub(1) {
            None => Some(&self.first),
            Some(place) => self.issued.get(place).map(|issued| &*issued.table),
        }
    }

    /// Whose is today what was written about a commune: the code as it stands in a record, the
    /// edition in which it was written, and the address, for hamlets that a decree tells apart.
    /// A code that no table has stays what it is.
    pub fn holder(&self, code: OfficeCode, written: Edition, address: &str) -> OfficeCode {
        self.holder_in(code, written, address, self.edition())
    }

    /// Whose it was in an edition.
    pub fn holder_in(
        &self,
        code: OfficeCode,
        written: Edition,
        address: &str,
        edition: Edition,
    ) -> OfficeCode {
        let mut code = code;
        let since = self.since(code, written).iter();
        for issued in since.take_while(|issued| issued.edition <= edition) {
            code = issued.decree.successor(code, address);
        }
        code
    }

    /// Whose it is today where it makes no difference in which edition of this registry it was written.
    pub fn fixed_holder(&self, code: OfficeCode, address: &str) -> Option<OfficeCode> {
        let today = self.holder(code, self.edition(), address);
        let editions = self.base.0..self.edition().0;
        editions
            .map(Edition)
            .all(|written| self.holder(code, written, address) == today)
            .then_some(today)
    }

    /// The commune whose office a commune's office was in an edition, by its last code up to then.
    pub fn office_in(&self, code: OfficeCode, edition: Edition) -> OfficeCode {
        let mut code = code;
        let since = self.since(code, edition).iter();
        for issued in since.take_while(|issued| issued.edition <= edition) {
            code = issued.decree.office(code);
        }
        code
    }

    /// The commune whose office a commune's office has become.
    pub fn office(&self, code: OfficeCode, since: Edition) -> OfficeCode {
        let mut code = code;
        for issued in self.since(code, since) {
            code = issued.decree.office(code);
        }
        code
    }

    /// The communes whose offices are this commune's office today, by the decrees of this registry's
    /// time: itself if it stands, and those that were dissolved into it.
    pub fn offices_of(&self, commune: OfficeCode) -> BTreeSet<OfficeCode> {
        if self.existed(commune) && !self.exists(commune) {
            return BTreeSet::new();
        }
        let mut offices = BTreeSet::from([commune]);
        let own = self.issued.get(self.base.place()..).unwrap_or_default();
        for issued in own.iter().rev() {
            let came: Vec<OfficeCode> = offices
                .iter()
                .flat_map(|new| {
                    let olds = issued.predecessors(*new).iter();
                    olds.filter(|old| issued.decree.office(**old) == *new)
                })
                .copied()
                .collect();
            offices.extend(came);
        }
        offices
    }

    /// The division, if there was one up to an edition, of a commune that was written of in an
    /// earlier one, where the address does not say by itself which part is meant.
    pub fn divided(
        &self,
        code: OfficeCode,
        written: Edition,
        address: &str,
        until: Edition,
    ) -> Option<Divided> {
        let mut now = code;
        let since = self.since(code, written).iter();
        for issued in since.take_while(|issued| issued.edition <= until) {
            if issued.decree.divides(now) && !issued.decree.tells_part(now, address) {
                let rows = issued.decree.of(now).iter();
                let parts: BTreeSet<OfficeCode> = rows
                    .map(|row| self.holder_in(row.new, issued.edition, address, until))
                    .collect();
                return (parts.len() > 1).then(|| Divided {
                    code,
                    since: issued.edition,
                    parts: parts.into_iter().collect(),
                });
            }
            now = issued.decree.successor(now, address);
        }
        None
    }

    /// Whether a decree of this registry's time may have brought what was written about one commune
    /// to another.
    pub fn leads_to(&self, code: OfficeCode, to: OfficeCode) -> bool {
        let own = self.issued.get(self.base.place()..).unwrap_or_default();
        let mut reached = BTreeSet::from([code]);
        for issued in own {
            for old in reached.clone() {
                reached.extend(issued.decree.of(old).iter().map(|row| row.new));
            }
        }
        code != to && reached.contains(&to)
    }

    /// Whether a commune of today is a part of one that a decree of this registry's time divided, and
    /// what was written about `code` is of that one too: of it before, or of another part of it.
    pub fn is_part(&self, code: OfficeCode, part: OfficeCode) -> bool {
        let reaches = |from, to| from == to || self.leads_to(from, to);
        let own = self.issued.get(self.base.place()..).unwrap_or_default();
        let mut divided = own.iter().flat_map(|issued| {
            let olds = issued.decree.olds();
            let divided = olds.filter(|old| issued.decree.divides(*old));
            divided.map(|old| (old, issued.decree.of(old)))
        });
        self.exists(part)
            && divided.any(|(old, rows)| {
                rows.iter().any(|row| reaches(row.new, part))
                    && (reaches(code, old) || rows.iter().any(|row| reaches(row.new, code)))
            })
    }

    /// Whether what a record says of a commune and an address may lie in a commune of today: for
    /// certain, or, where one code has meant two places in this registry's time, by one of them.
    pub fn lies_in(&self, code: OfficeCode, address: &str, commune: OfficeCode) -> bool {
        match self.fixed_holder(code, address) {
            Some(holder) => holder == commune,
            None => code == commune || self.leads_to(code, commune),
        }
    }

    /// The decrees to follow from the edition in which a code was written: the last one up to it
    /// that has the code, else the first one after it.
    fn since(&self, code: OfficeCode, written: Edition) -> &[Issued] {
        let has = |place: &usize| {
            u16::try_from(*place)
                .ok()
                .and_then(|number| self.table_of(Edition(number)))
                .is_some_and(|table| table.exists(code))
        };
        let from = (0..=written.place().min(self.issued.len()))
            .rev()
            .find(has)
            .or_else(|| (written.place()..=self.issued.len()).find(has));
        let from = from.unwrap_or(self.issued.len());
        self.issued.get(from..).unwrap_or_default()
    }

    /// Whether a code was ever that of a commune.
    pub fn existed(&self, code: OfficeCode) -> bool {
        self.first.exists(code) || self.issued.iter().any(|issued| issued.table.exists(code))
    }

    /// Whether a code was ever that of a province.
    pub fn was_province(&self, code: ProvinceCode) -> bool {
        let built_in = [UnitTable::before_july_2025(), UnitTable::since_july_2025()];
        let made = self.issued.iter().map(|issued| &issued.table);
        let mut tables = built_in.iter().chain(made);
        tables.any(|table| table.province(code).is_some())
    }

    /// The commune that has this code now, or had it last.
    pub fn ever(&self, code: OfficeCode) -> Option<&Commune> {
        let tables = self.issued.iter().rev().map(|issued| &issued.table);
        tables
            .chain([&self.first])
            .find_map(|table| table.commune(code))
    }
}

/// The table in force, asked directly.
impl Units {
    /// The commune with this code.
    pub fn commune(&self, code: OfficeCode) -> Option<&Commune> {
        self.table().commune(code)
    }
    /// Whether there is a commune with this code.
    pub fn exists(&self, code: OfficeCode) -> bool {
        self.table().exists(code)
    }
    /// The province of a commune.
    pub fn province_of(&self, code: OfficeCode) -> Option<ProvinceCode> {
        self.table().province_of(code)
    }
    /// The PIN prefix of births registered in a commune.
    pub fn pin_prefix(&self, code: OfficeCode) -> Option<u16> {
        self.table().pin_prefix(code)
    }
    /// The province with this code.
    pub fn province(&self, code: ProvinceCode) -> Option<&Province> {
        self.table().province(code)
    }
    /// Every commune, by code.
    pub fn communes(&self) -> impl ExactSizeIterator<Item = &Commune> {
        self.table().communes()
    }
    /// Every province, by code.
    pub fn provinces(&self) -> impl ExactSizeIterator<Item = &Province> {
        self.table().provinces()
    }
    /// The communes of a province, by code.
    pub fn communes_of(&self, province: ProvinceCode) -> impl Iterator<Item = &Commune> {
        self.table().communes_of(province)
    }
}
