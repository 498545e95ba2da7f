//! A nation in one process, under the communes of before July 2025, to which a decree is applied
//! while offices are dark. The registrar and the offices are the daemons' own; they speak through
//! their sessions (`nation/talk.rs`), without faults: those are the business of the other runs.
//!
//! What has to come out is worked out from the decree's own rows, by plain loops, and not by the
//! code that is looked at (`nation/reckoning.rs`).

mod people;
mod reckoning;
mod talk;

use std::collections::BTreeMap;
use std::sync::Arc;

use central_registry::registrar::{Config, Joining, Registrar};
use commune_node::office::Office;
use ed25519_dalek::{Signer, SigningKey};
use registry::code::Role;
use registry::date::Date;
use registry::feed::Officer;
use registry::procedure::Filing;
use registry::record::Record;
use registry::unit::{Decree, Edition, UnitTable};
use registry::value::Line;
use registry::{ActId, NodeId, OfficeCode, RecordId};
use registry_store::MemoryStore;
use serde_json::{Value, json};
use sync_proto::Codec;

use crate::check::Failure;
use people::Resident;

pub use reckoning::NationFigures;

/// Midnight before the decree, Viet Nam time: 30 June 2025.
const BEFORE_S: i64 = 1_751_216_400;
/// A day after it.
const AFTER_S: i64 = BEFORE_S + 2 * 86_400;
/// Records that the registrar is given at once.
const IMPORT_RECORDS: usize = 2_000;
/// Of so many communes one is dark.
const DARK_ONE_IN: usize = 3;

/// How large the nation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationSize {
    /// So many communes: those that are divided first, then their neighbours in the list; all if
    /// it is more than there are.
    pub communes: usize,
    /// People of each.
    pub people: u32,
}

/// An office with its device.
struct Device {
    /// The commune in its certificate.
    code: OfficeCode,
    node: NodeId,
    key: SigningKey,
    office: Office,
    dark: bool,
    /// What it filed in the dark.
    filed: Vec<ActId>,
    /// The households that came into being by it.
    made: Vec<RecordId>,
}

/// The nation.
pub struct Nation {
    registrar: Arc<Registrar>,
    codec: Arc<Codec>,
    devices: Vec<Device>,
    residents: Vec<Resident>,
    /// People of each commune.
    people: usize,
    /// Where acts in the dark said that somebody lives, by record: temporary homes.
    moved_in: BTreeMap<RecordId, OfficeCode>,
    records: usize,
}

fn failed(what: &'static str) -> impl Fn(String) -> Failure {
    move |words| Failure::new(what, words)
}

fn in_words<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> Failure {
    move |error| Failure::new(what, error.to_string())
}

impl Nation {
    /// A nation of this size, its offices filled and in step. `progress` is told what is done.
    pub fn new(size: NationSize, progress: &mut dyn FnMut(&str)) -> Result<Nation, Failure> {
        let key = SigningKey::from_bytes(&[7; 32]);
        let config = Config {
            node: NodeId::new([0xCE; 16]),
            draw: {
                let mut next = 0u32;
                Box::new(move || {
                    next = next.wrapping_add(1) % 1_000_000;
                    next
                })
            },
            sign: Box::new(move |bytes| key.sign(bytes).to_bytes()),
        };
        let registrar = Arc::new(Registrar::open(Arc::new(MemoryStore::new()), config));
        registrar
            .begin_with(BEFORE_S, Edition::BEFORE_JULY_2025)
            .map_err(in_words("nation"))?;
        let codes = chosen(size.communes);
        progress(&format!("{} communes", codes.len()));
        let residents = people::residents(&codes, size.people);
        let records: Vec<Record> = people::records(&codes, &residents);
        let count = records.len();
        for batch in records.chunks(IMPORT_RECORDS) {
            registrar
                .import(BEFORE_S, batch.to_vec())
                .map_err(in_words("nation"))?;
        }
        progress(&format!("{count} records imported"));
        let codec = Codec::new(1, &[]).map_err(in_words("nation"))?;
        let mut nation = Nation {
            registrar,
            codec: Arc::new(codec),
            devices: Vec::with_capacity(codes.len()),
            residents,
            people: usize::try_from(size.people).unwrap_or(0),
            moved_in: BTreeMap::new(),
            records: count,
        };
        for (place, code) in codes.into_iter().enumerate() {
            let mut device = nation.device(code, place % DARK_ONE_IN == 0)?;
            nation.talk(&mut device, BEFORE_S)?;
            nation.devices.push(device);
        }
        progress("every office filled and in step");
        Ok(nation)
    }

    fn device(&self, code: OfficeCode, dark: bool) -> Result<Device, Failure> {
        let node = NodeId::derive("node of the nation", &[&code.to_be_bytes()]);
        let seed = blake3::derive_key("key of the nation", &code.to_be_bytes());
        let key = SigningKey::from_bytes(&seed);
        let joining = Joining {
            office: code,
            node,
            public_key: key.verifying_key().to_bytes(),
            certificate_ends_s: AFTER_S * 2,
            token: *node.as_bytes(),
            officer: Some(clerk()?),
        };
        let named = in_words("nation");
        self.registrar.join(BEFORE_S, &joining).map_err(named)?;
        let store = Arc::new(MemoryStore::new());
        let office = Office::open(store, code, node).map_err(in_words("nation"))?;
        office
            .trust_central(SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes())
            .map_err(in_words("nation"))?;
        Ok(Device {
            code,
            node,
            key,
            office,
            dark,
            filed: Vec::new(),
            made: Vec::new(),
        })
    }

    /// The dark offices work: a phone, a lodger from elsewhere, a household that moves within the
    /// commune. None of it reaches the centre.
    pub fn work_in_the_dark(&mut self) -> Result<usize, Failure> {
        let mut filed = 0;
        let count = self.devices.len();
        for place in (0..count).filter(|place| place % DARK_ONE_IN == 0) {
            let Some(device) = self.devices.get(place) else {
                continue;
            };
            let here = living_in(&self.residents, place, self.people);
            let elsewhere = living_in(&self.residents, (place + 1) % count, self.people);
            let lodger = elsewhere.get(1);
            let mut acts: Vec<Value> = Vec::new();
            if let Some(first) = here.first() {
                acts.push(json!({"act": "contact", "person": first.id, "phone": "0912345678"}));
            }
            if let Some(last) = here.last() {
                let person = json!({"person": {"id": last.id}, "relation": "head"});
                acts.push(json!({"act": "permanent_registration", "people": [person],
                    "address": "Số 9", "from": "2025-06-29", "ground": "chủ sở hữu",
                    "evidence": [{"kind": "CT01"}]}));
            }
            let lodger = lodger.filter(|lodger| !self.moved_in.contains_key(&lodger.id));
            if let Some(lodger) = lodger {
                let card = json!({"pin": lodger.pin, "name": lodger.name,
                    "birth_date": lodger.birth});
                acts.push(json!({"act": "temporary_registration", "person": card,
                    "address": "nhà trọ", "from": "2025-06-29", "to": "2026-05-31",
                    "ground": "lao động", "evidence": [{"kind": "CT01"}]}));
                self.moved_in.insert(lodger.id, device.code);
            }
            let Some(device) = self.devices.get_mut(place) else {
                continue;
            };
            for act in acts {
                let filing: Filing = serde_json::from_value(act).map_err(in_words("clerk"))?;
                let done = device
                    .office
                    .file_act(&filing, &clerk()?, BEFORE_S + 3_600)
                    .map_err(in_words("clerk"))?;
                device.filed.push(done.act);
                device.made.extend(done.made);
                filed += 1;
            }
        }
        Ok(filed)
    }

    /// The whole decree of July 2025, from its file, carried out.
    pub fn apply(&self, progress: &mut dyn FnMut(&str)) -> Result<(), Failure> {
        let text = include_str!("../../../registry/data/decree_2025.csv");
        let units = self.registrar.units().map_err(in_words("decree"))?;
        let day = Date::from_ymd(2025, 7, 1).map_err(in_words("decree"))?;
        let decree = Decree::read(text, day, &units).map_err(in_words("decree"))?;
        let plan = self
            .registrar
            .plan_decree(AFTER_S, &decree)
            .map_err(in_words("decree"))?;
        progress(&format!(
            "the decree merges {} communes and divides {}; {} offices and {} records are touched",
            plan.merged,
            plan.divided,
            plan.offices.len(),
            plan.records
        ));
        self.registrar
            .apply_decree(AFTER_S, &decree)
            .map_err(in_words("decree"))?;
        let mut phase = "";
        self.registrar
            .finish_decree(AFTER_S, |at| {
                if at.phase != phase {
                    phase = at.phase;
                    progress(&format!("{phase}: {} records changed hands", at.moved));
                }
            })
            .map_err(in_words("decree"))?;
        let again = self.registrar.apply_decree(AFTER_S, &decree);
        match again.map_err(|error| error.code()) {
            Err("decree_applied") => Ok(()),
            _ => Err(failed("decree")("it could be applied twice".to_owned())),
        }
    }

    /// Every office comes back: those that were in step first, then the dark ones.
    pub fn come_back(&mut self) -> Result<(), Failure> {
        let mut devices = std::mem::take(&mut self.devices);
        // What the dark ones bring changes slices of the others, which hear of it once more.
        for dark in [false, true, false, true] {
            for device in devices.iter_mut().filter(|device| device.dark == dark) {
                self.talk(device, AFTER_S)?;
            }
        }
        self.devices = devices;
        Ok(())
    }
}

fn clerk() -> Result<Officer, Failure> {
    Ok(Officer {
        id: "lan".parse().map_err(in_words("clerk"))?,
        name: Line::parse("Lan").unwrap_or_default(),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        active: true,
    })
}

/// The people of the commune at a place of the list: everybody stands in its order.
fn living_in(residents: &[Resident], place: usize, each: usize) -> &[Resident] {
    let from = place.saturating_mul(each);
    residents
        .get(from..from.saturating_add(each))
        .unwrap_or_default()
}

/// The communes of the nation: divided ones first.
fn chosen(count: usize) -> Vec<OfficeCode> {
    let table = UnitTable::before_july_2025();
    let decree = Decree::of_july_2025();
    let mut codes: Vec<OfficeCode> = table.communes().map(|commune| commune.code).collect();
    codes.sort_by_key(|code| (!decree.divides(*code), *code));
    codes.truncate(count);
    codes
}
