//! What a decree would do, without doing it.

use registry::dispute::Standing;
use registry::unit::Change;
use serde::Serialize;

use super::*;
use crate::slices::places;

/// Most records that are read to tell how many of a divided commune go to which part. The decree of
/// 2025 divided some 500 communes.
const COUNTED_MAX: u64 = 5_000_000;
/// Records read at a time.
const PAGE: usize = 1_000;

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
    /// Provinces that it makes or renames.
    pub provinces: usize,
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
    /// Of a commune that is divided, how many of them go where; nothing where that was not counted.
    pub parts: Option<PartsPlan>,
    /// Its nodes.
    pub nodes: Vec<NodePlan>,
}

/// Where the records of a divided commune go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PartsPlan {
    /// Each commune that gets some of them, and how many, by code.
    #[schema(value_type = Vec<(String, u32)>)]
    pub to: Vec<(OfficeCode, u32)>,
    /// Those among them of which no address tells the part: they go to the default one.
    pub by_default: u32,
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
            provinces: decree.provinces.len(),
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
                let to: Vec<OfficeCode> = rows.into_iter().map(|row| row.new).collect();
                plan.offices.push(OfficePlan {
                    office,
                    name: commune.full_name(),
                    change,
                    // Whoever only gets others keeps its own.
                    to: if to.is_empty() { vec![office] } else { to },
                    becomes: decree.office(office),
                    records,
                    parts: None,
                    nodes,
                });
            }
        }
        Ok(plan)
    }

    /// Adds to a plan how many records of each divided commune go to which part. It reads all of
    /// them, so it is left out where the decree is carried out anyhow.
    pub fn plan_parts(
        &self,
        at_s: i64,
        decree: &Decree,
        plan: &mut DecreePlan,
    ) -> Result<(), DecreeFailure> {
        let unit = self.begin(at_s)?;
        let mut left = COUNTED_MAX;
        let divided = plan.offices.iter_mut();
        for office in divided.filter(|office| office.change == Change::Divided) {
            match left.checked_sub(u64::from(office.records)) {
                Some(less) => left = less,
                None => break,
            }
            office.parts = Some(parts_of(&unit, decree, office.office)?);
        }
        Ok(())
    }
}

fn parts_of(unit: &Unit<'_>, decree: &Decree, office: OfficeCode) -> Result<PartsPlan, UnitError> {
    let mut to: BTreeMap<OfficeCode, u32> = BTreeMap::new();
    let mut by_default = 0;
    let mut after = None;
    loop {
        let ids = carry::slice_after(unit, office, after.as_ref(), PAGE)?;
        for id in &ids {
            let Some(kept) = unit.kept(id)? else { continue };
            let standing = Standing::of(&kept.record).map_err(|_| UnitError::Row {
                table: tables::RECORDS.0,
            })?;
            let (parts, told) =
                places::parts(unit, decree, office, (id, kept.record.kind, &standing))?;
            by_default += u32::from(!told);
            for part in parts {
                *to.entry(part).or_default() += 1;
            }
        }
        if ids.len() < PAGE {
            break;
        }
        after = ids.last().copied();
    }
    Ok(PartsPlan {
        to: to.into_iter().collect(),
        by_default,
    })
}
