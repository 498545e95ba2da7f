//! What a decree would do, without doing it.

use registry::unit::Change;
use serde::Serialize;

use super::*;

/// What a decree does, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DecreePlan {
    /// The edition that it makes.
    #[schema(value_type = u16)]
    pub edition: Edition,
    /// From when it holds, ISO form.
    pub effective: String,
    /// Communes before and after.
    pub communes: (usize, usize),
    /// Communes that go whole into another, or get others.
    pub merged: usize,
    /// Communes that are divided.
    pub divided: usize,
    /// Communes that get another name.
    pub renamed: usize,
    /// Communes that get another class or province.
    pub reclassed: usize,
    /// Records in slices that change.
    pub records: u64,
    /// The offices with nodes or records that it touches, by code.
    pub offices: Vec<OfficePlan>,
}

/// What becomes of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OfficePlan {
    /// Its commune.
    #[schema(value_type = String)]
    pub office: OfficeCode,
    /// Kind and name.
    pub name: String,
    /// What the decree does to it.
    #[schema(value_type = String)]
    pub change: Change,
    /// The communes that get its people, the default first.
    #[schema(value_type = Vec<String>)]
    pub to: Vec<OfficeCode>,
    /// The commune whose office it becomes.
    #[schema(value_type = String)]
    pub becomes: OfficeCode,
    /// Records in its slice.
    pub records: u32,
    /// Its nodes.
    pub nodes: Vec<NodePlan>,
}

/// A node that is touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NodePlan {
    /// Its id.
    #[schema(value_type = String)]
    pub node: NodeId,
    /// Acts that it spoke of and that are not here.
    pub unsent: u64,
    /// Last contact, seconds since 1970.
    pub last_contact_s: Option<i64>,
}

impl Registrar {
    /// What a decree would do. Nothing is written.
    pub fn plan_decree(&self, at_s: i64, decree: &Decree) -> Result<DecreePlan, DecreeFailure> {
        let before = self.units()?;
        let after = self.admit(at_s, decree)?;
        let Some(issued) = after.issued().last() else {
            return Err(EditionError::UnknownBase.into());
        };
        let mut plan = DecreePlan {
            edition: issued.edition,
            effective: decree.effective.to_civil().to_string(),
            communes: (before.communes().len(), after.communes().len()),
            merged: 0,
            divided: 0,
            renamed: 0,
            reclassed: 0,
            records: 0,
            offices: Vec::new(),
        };
        let mut nodes: BTreeMap<OfficeCode, Vec<NodePlan>> = BTreeMap::new();
        for (office, node, row) in self.nodes()? {
            nodes.entry(office).or_default().push(NodePlan {
                node,
                unsent: row.outbox_last.get().saturating_sub(row.taken.get()),
                last_contact_s: (row.contact_s > 0).then_some(row.contact_s),
            });
        }
        for commune in before.communes() {
            let office = commune.code;
            let change = after.change(issued, office);
            match change {
                Change::Kept => continue,
                Change::Merged => plan.merged += 1,
                Change::Divided => plan.divided += 1,
                Change::Renamed => plan.renamed += 1,
                Change::Reclassed => plan.reclassed += 1,
            }
            let records = self.office(office)?.digest.count();
            let nodes = nodes.remove(&office).unwrap_or_default();
            if !decree.leaves_alone(office) {
                plan.records += u64::from(records);
            }
            if records > 0 || !nodes.is_empty() {
                let mut rows: Vec<_> = decree.of(office).iter().collect();
                rows.sort_by_key(|row| !row.default);
                plan.offices.push(OfficePlan {
                    office,
                    name: commune.full_name(),
                    change,
                    to: rows.into_iter().map(|row| row.new).collect(),
                    becomes: decree.office(office),
                    records,
                    nodes,
                });
            }
        }
        Ok(plan)
    }
}
