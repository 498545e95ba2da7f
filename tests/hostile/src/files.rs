//! Files that an operator brings: people as CSV, and the map of their columns.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;

use central_registry::import::{self, ColumnMap, Form, Plan, RegistryKey, SHOWN_MAX, Stored};
use registry::schema::RecordKind;

use crate::acts::look_at;

fn plan(form: Form) -> Plan {
    Plan::new(form, RegistryKey([7; 16]), 2026)
}

fn import(file: &[u8], plan: &Plan) {
    let mut rejects = Vec::new();
    let mut people = 0_u64;
    let summary = import::run(file, Some(&mut rejects), plan, |portion| {
        for arrival in &portion.arrivals {
            let record = &arrival.record;
            people += u64::from(record.kind == RecordKind::Person);
            look_at(record);
            let written = record.encode().expect("an imported record");
            assert_eq!(
                registry::record::Record::decode(&written).ok().as_ref(),
                Some(record)
            );
        }
        Ok::<_, Infallible>(Stored {
            imported: u64::try_from(portion.arrivals.len()).expect("few records"),
            ..Stored::default()
        })
    });
    if let Ok(summary) = summary {
        assert_eq!(summary.read, people + summary.rejected, "no row is lost");
        assert!(summary.first_rejects.len() <= SHOWN_MAX);
    }
}

/// A file with our own columns.
pub(crate) fn rows(bytes: &[u8]) {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    import(
        bytes,
        PLAN.get_or_init(|| plan(Form::Csv(ColumnMap::default()))),
    );
}

/// A QCVN 109:2017 message.
pub(crate) fn xml(bytes: &[u8]) {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    import(
        bytes,
        PLAN.get_or_init(|| plan(Form::Qcvn(BTreeMap::default()))),
    );
}

/// A map, and behind a zero byte a file that is read with it.
pub(crate) fn map(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (map, csv) = (parts.next().unwrap_or_default(), parts.next());
    if let Ok(map) = ColumnMap::parse(&String::from_utf8_lossy(map)) {
        import(csv.unwrap_or_default(), &plan(Form::Csv(map)));
    }
}
