//! Numbers of residence files: given by the centre when it accepts the act that made a household,
//! one to one household, never again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use std::collections::{BTreeMap, BTreeSet};

use central_registry::import::{self, ColumnMap, Form, Plan, RegistryKey, Summary};
use desk::{Centre, NOW, Office, P, Q, R, World, id};
use registry::act::{ActKind, new_record_id};
use registry::edit::Edit;
use registry::fields::Fields;
use registry::file_number::FileNumber;
use registry::person::Person;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use registry::{ActId, RecordId};
use serde_json::json;

fn text(fields: &Fields, field: Field) -> Option<String> {
    match fields.single(field) {
        Some(Value::Text(line)) => Some(line.as_str().to_owned()),
        _ => None,
    }
}

fn file(centre: &Centre, household: &RecordId) -> Option<String> {
    text(&centre.shown(household), Field::HouseholdFile)
}

/// Every household of this world with its number.
fn files(centre: &Centre) -> BTreeMap<RecordId, String> {
    let records = centre.records();
    let households = records
        .values()
        .filter(|it| it.kind == RecordKind::Household);
    let files: BTreeMap<RecordId, String> = households
        .filter_map(|it| Some((it.id, file(centre, &it.id)?)))
        .collect();
    let ours = files
        .values()
        .filter(|number| FileNumber::read(number).is_some());
    let different: BTreeSet<&String> = ours.clone().collect();
    assert_eq!(different.len(), ours.count(), "{files:?}");
    files
}

fn split(world: &World) -> serde_json::Value {
    json!({"act": "household_split", "household": world.household(),
        "new_head": world.members()[0], "leaving": world.members(),
        "evidence": [{"kind": "văn bản đồng ý"}]})
}

/// The household that an act made, whichever place it has in the act.
fn made(centre: &Centre, act: &ActId) -> RecordId {
    let ids = (0..4).map(|index| new_record_id(act, index));
    let mut there = ids.filter(|id| centre.registrar().kept(id).unwrap().is_some());
    there.next().unwrap()
}

#[test]
fn a_household_that_an_act_made_gets_its_number_with_the_acceptance() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut r) = (Office::new(&world, P), Office::new(&world, R));
    let moved = r.file(world.move_in_by_card());
    let left = p.file(split(&world));
    centre.take(&mut r);
    centre.take(&mut p);
    let (one, two) = (made(&centre, &moved), made(&centre, &left));
    assert_eq!(file(&centre, &one).unwrap(), "HSCT-01273-00000001");
    assert_eq!(file(&centre, &two).unwrap(), "HSCT-00004-00000002");
    // The provisional one stays beside it: it stands on papers.
    let local = text(&centre.shown(&one), Field::HouseholdLocal).unwrap();
    assert!(local.starts_with("HO-TAM-01273-"));
    // The household that was there before keeps what it had: nothing.
    assert_eq!(file(&centre, &world.household().parse().unwrap()), None);
    assert_eq!(files(&centre).len(), 2);
    // It is an act of its own, and the offices hold what the centre holds.
    let kept = centre.registrar().kept(&one).unwrap().unwrap();
    let acts = kept.record.document().unwrap().acts();
    let kind = |act: ActId| centre.registrar().act(&act).unwrap().unwrap().act.body.kind;
    let kinds: Vec<ActKind> = acts.into_iter().map(kind).collect();
    assert_eq!(kinds, [ActKind::FileNumberGiven]);
    centre.check_slices();
}

#[test]
fn no_number_is_given_twice_whatever_becomes_of_its_household() {
    let world = World::new();
    let mut centre = Centre::of(&world);
    let mut r = Office::new(&world, R);
    let moved = r.file(world.move_in_by_card());
    centre.take(&mut r);
    centre.take_again(&r);
    let first = made(&centre, &moved);
    r.file(json!({"act": "withdraw", "of": moved, "reason": "nhầm người"}));
    centre.take(&mut r);
    assert!(
        centre
            .shown(&first)
            .single(Field::HouseholdRevoked)
            .is_some()
    );
    assert_eq!(file(&centre, &first).unwrap(), "HSCT-01273-00000001");
    centre = centre.reopened();
    let mut q = Office::new(&world, Q);
    let again = q.file(world.move_in_by_card());
    centre.take(&mut q);
    let second = made(&centre, &again);
    assert_eq!(file(&centre, &second).unwrap(), "HSCT-00008-00000002");
    // Whatever is done to a household that has one, it keeps it.
    q.file(
        json!({"act": "residence_adjustment", "ground": "đổi tên đường",
        "households": [{"household": second, "address": "Số 2"}],
        "evidence": [{"kind": "Quyết định", "number": "1/2026", "date": "2026-11-02"}]}),
    );
    centre.take(&mut q);
    assert_eq!(centre.returned(), Vec::<String>::new());
    assert_eq!(files(&centre)[&second], "HSCT-00008-00000002");
}

#[test]
fn the_sequence_goes_on_behind_numbers_that_came_with_the_register() {
    let world = World::new();
    let centre = Centre::of(&world);
    let numbered = |key: &str, kind: RecordKind, field: Field, number: &str| {
        let mut fields = Fields::new();
        fields.set(field, Some(Value::Text(Line::parse(number).unwrap())));
        if kind == RecordKind::Person {
            fields.set(
                Field::Name,
                Some(serde_json::from_value(json!({"name": "Lê Văn Cũ"})).unwrap()),
            );
        }
        Record::new(id(key), kind, fields)
    };
    let came = vec![
        numbered(
            "h1",
            RecordKind::Household,
            Field::HouseholdFile,
            "HSCT-00004-00000500",
        ),
        numbered("h2", RecordKind::Household, Field::HouseholdFile, "HK-0001"),
        numbered(
            "p1",
            RecordKind::Person,
            Field::FileNumber,
            "HSCT-00008-00000499",
        ),
    ];
    centre.registrar().import(NOW, came).unwrap();
    let mut r = Office::new(&world, R);
    let moved = r.file(world.move_in_by_card());
    centre.take(&mut r);
    let number = file(&centre, &made(&centre, &moved)).unwrap();
    assert_eq!(FileNumber::read(&number).unwrap().serial(), 501);
}

/// Whatever a person came with stays as it came: theirs is the number of the household, which stands
/// on the household alone. So nothing depends on which act arrived first.
#[test]
fn a_file_number_that_a_person_came_with_stays_as_it_came() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut newcomer = world.record(world.mover_id());
    let pin = json!({"pin": "001185000099"});
    newcomer.set(Field::Pin, Some(serde_json::from_value(pin).unwrap()));
    let own = Value::Text(Line::parse("HK-0001").unwrap());
    newcomer.set(Field::FileNumber, Some(own));
    let record = Record::new(id("numbered"), RecordKind::Person, newcomer);
    centre.registrar().import(NOW, vec![record]).unwrap();
    let mut r = Office::new(&world, R);
    let moved = r.file(json!({"act": "permanent_registration", "address": "Số 1",
        "ground": "thuê nhà", "people": [{"person": {"pin": "001185000099", "name": "Đỗ Thị Chuyển",
            "birth_date": "1985-07-07"}}], "evidence": [{"kind": "CT01"}]}));
    centre.take(&mut r);
    let household = made(&centre, &moved);
    assert_eq!(file(&centre, &household).unwrap(), "HSCT-01273-00000001");
    let shown = centre.shown(&id("numbered"));
    let member = Person(&shown).membership().unwrap();
    assert_eq!(member.household, household);
    assert_eq!(text(&shown, Field::FileNumber).as_deref(), Some("HK-0001"));
    centre.check_slices();
}

/// A household that came with a provisional number alone is on no act of its own: its number comes
/// with the first act on somebody who belongs to it.
#[test]
fn a_household_that_people_merely_join_gets_its_number_too() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut fields = Fields::new();
    let address = json!({"place": {"unit": "00004", "text": "số 7"}});
    let address = serde_json::from_value(address).unwrap();
    fields.set(Field::HouseholdAddress, Some(address));
    let local = Value::Text(Line::parse("HO-TAM-00004-1a2b3c4d").unwrap());
    fields.set(Field::HouseholdLocal, Some(local));
    let household = id("provisional");
    let record = Record::new(household, RecordKind::Household, fields);
    centre.registrar().import(NOW, vec![record]).unwrap();
    assert_eq!(file(&centre, &household), None);
    let mut p = Office::new(&world, P);
    let mut joins = world.move_in_by_card();
    joins["household"] = json!(world.household());
    p.file_and(joins, |body| {
        for edit in body.changes.iter_mut().flat_map(|it| &mut it.edits) {
            if let Edit::Put(Field::Membership, Value::Membership(member)) = edit {
                member.household = household;
            }
        }
    });
    centre.take(&mut p);
    assert_eq!(centre.returned(), Vec::<String>::new());
    assert_eq!(file(&centre, &household).unwrap(), "HSCT-00004-00000001");
    // The household that nobody gave a provisional number has none now either.
    assert_eq!(files(&centre).len(), 1);
    centre.check_slices();
}

/// Imports rows of a number, a commune, and the numbers of a household's and a person's file.
fn import(centre: &Centre, rows: &[(&str, &str, &str, &str)]) -> (Summary, String) {
    let mut file = String::from(
        "pin,name,birth_date,sex,residence_unit,residence_from,household_file,file_number\n",
    );
    for (pin, unit, household, own) in rows {
        let row = format!("{pin},Lê Văn Mới,1990-01-01,1,{unit},2015-03-01,{household},{own}\n");
        file.push_str(&row);
    }
    let plan = Plan::new(Form::Csv(ColumnMap::default()), RegistryKey([7; 16]), 2026);
    let mut rejects = Vec::new();
    let mut job = centre.registrar().begin_import([3; 16], true).unwrap();
    let mut looked = Vec::new();
    let would = import::run(file.as_bytes(), Some(&mut looked), &plan, |portion| {
        job.look(&portion)
    });
    let summary = import::run(file.as_bytes(), Some(&mut rejects), &plan, |portion| {
        job.store(NOW, portion)
    });
    job.finish(NOW).unwrap();
    // What looking says is what storing does.
    let (would, summary) = (would.unwrap(), summary.unwrap());
    assert_eq!(
        (would.rejected, would.imported),
        (summary.rejected, summary.imported)
    );
    assert_eq!(looked, rejects);
    (summary, String::from_utf8(rejects).unwrap())
}

#[test]
fn no_two_households_come_with_one_number() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut r = Office::new(&world, R);
    let moved = r.file(world.move_in_by_card());
    centre.take(&mut r);
    let given = file(&centre, &made(&centre, &moved)).unwrap();
    let rows = [
        // The number of a household that an act made.
        ("001090000021", "00004", given.as_str(), ""),
        ("001090000022", "00004", "HSCT-00004-00000700", ""),
        ("001090000023", "00004", "HSCT-00004-00000700", ""),
        // That of one that came before it.
        ("001090000024", "00008", "HSCT-00004-00000700", ""),
        // Numbers of old papers are those of a commune.
        ("001090000025", "00004", "HK-0001", ""),
        ("001090000026", "00008", "HK-0001", ""),
    ];
    for imported in [7, 0] {
        let (summary, rejects) = import(&centre, &rows);
        assert_eq!(
            (summary.rejected, summary.imported),
            (2, imported),
            "{rejects}"
        );
        assert_eq!(rejects.matches("household_file_taken").count(), 2);
        assert_eq!(files(&centre).len(), 4);
    }
    for (pin, came) in [("001090000023", true), ("001090000024", false)] {
        let pin = pin.parse().unwrap();
        assert_eq!(centre.by_pin(&pin).is_some(), came, "{pin:?}");
    }
}

/// One slip of the keyboard in a file does not use up the numbers of the nation.
#[test]
fn a_number_too_high_to_be_one_does_not_come() {
    for (number, next) in [
        ("HSCT-00004-1000000000", 1),
        ("HSCT-00004-999999999999", 1),
        ("HSCT-00004-999999999", 1_000_000_000),
    ] {
        for rows in [
            [("001090000021", "00004", number, "")],
            [("001090000021", "00004", "", number)],
        ] {
            let world = World::new();
            let centre = Centre::of(&world);
            let (summary, rejects) = import(&centre, &rows);
            let refused = u64::from(next == 1);
            assert_eq!(summary.rejected, refused, "{rejects}");
            let codes = rejects.matches("file_number_implausible").count();
            assert_eq!(u64::try_from(codes).unwrap(), refused);
            let mut r = Office::new(&world, R);
            let moved = r.file(world.move_in_by_card());
            centre.take(&mut r);
            let given = file(&centre, &made(&centre, &moved)).unwrap();
            assert_eq!(FileNumber::read(&given).unwrap().serial(), next);
        }
    }
}
