//! Measures what an act of two fields costs: 100 of them (phone and e-mail) as they are chained,
//! alone and compressed together. `cargo run -p registry --example act_size`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use registry::act::{ActBody, ActKind, Base, Entered, RecordChange, Target};
use registry::edit::Edit;
use registry::population::Population;
use registry::schema::Field;
use registry::value::{Line, Value};
use registry::{CommitSeq, OfficeCode, RecordId};

fn main() {
    let unit = OfficeCode::new(4).unwrap();
    let people = Population::new(7, &[(unit, 2_000)])
        .unwrap()
        .flat_map(|home| home.members);
    let acts: Vec<Vec<u8>> = people
        .filter(|who| who.phone.is_some())
        .take(100)
        .enumerate()
        .map(|(index, who)| {
            let id = RecordId::derive("example", &[who.pin.digits().as_bytes()]);
            let email = format!(
                "{}{index}@example.vn",
                registry::text::fold_base(who.name.given())
            );
            let edits = vec![
                Edit::Put(Field::Phone, Value::Phone(who.phone.unwrap())),
                Edit::Put(
                    Field::Email,
                    Value::Email(registry::contact::Email::parse(&email).unwrap()),
                ),
            ];
            let body = ActBody {
                kind: ActKind::Contact,
                officer: "lan".parse().unwrap(),
                effective: "2026-11-21".parse().unwrap(),
                entered: Entered {
                    at_s: 1_795_000_000 + 37 * index as i64,
                    error_s: 1,
                },
                horizon: CommitSeq::new(123),
                evidence: Vec::new(),
                note: Line::default(),
                refers: None,
                changes: vec![RecordChange {
                    target: Target::Held {
                        id,
                        base: Base::Genesis,
                    },
                    edits,
                }],
            };
            body.encode().unwrap()
        })
        .collect();
    let all = acts.concat();
    println!("one act {:.1} B", all.len() as f64 / acts.len() as f64);
    for level in [3, 9, 19] {
        let packed = zstd::bulk::compress(&all, level).unwrap().len();
        println!(
            "level {level}: 100 acts {packed} B, {:.1} B an act",
            packed as f64 / 100.0
        );
    }
}
