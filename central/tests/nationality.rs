//! Changes of nationality: the centre records what the President decided, by whom and by which paper,
//! and every office that holds the person hears of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod desk;

use central_registry::registrar::{
    NationalityChanged, NationalityError, NationalityWord, NumberOf,
};
use desk::{Centre, NOW, Office, P, Q, World, office};
use registry::FeedSeq;
use registry::act::ActKind;
use registry::code::{Country, NationalityGround};
use registry::feed::FeedItem;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use serde_json::json;

fn of(text: &str) -> Vec<Country> {
    let codes = text.split(',').filter(|code| !code.is_empty());
    codes.map(|code| code.parse().unwrap()).collect()
}

fn word(ground: NationalityGround, now: &str) -> NationalityWord {
    NationalityWord {
        ground,
        now: of(now),
        paper: Line::parse("512/QĐ-CTN").unwrap(),
        date: "2026-10-01".parse().unwrap(),
    }
}

fn change(
    centre: &Centre,
    world: &World,
    word: &NationalityWord,
) -> Result<NationalityChanged, NationalityError> {
    let by = "hoa".parse().unwrap();
    let of = NumberOf::Record(world.shared_id());
    centre.registrar().change_nationality(NOW, of, &by, word)
}

fn stands(centre: &Centre, world: &World) -> Option<Vec<Country>> {
    match centre.shown(&world.shared_id()).single(Field::Nationality) {
        Some(Value::Countries(list)) => Some(list.clone()),
        _ => None,
    }
}

#[test]
fn what_was_decided_is_on_the_record_with_its_paper_and_every_office_hears_of_it() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    for office in [&mut p, &mut q] {
        office.file(json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}));
        centre.take(office);
    }
    use NationalityGround as By;
    for (ground, now) in [
        (By::Gained, "VN"),
        (By::Foreign, "DE,VN"),
        (By::Renounced, "DE"),
        (By::Regained, "VN"),
        (By::Deprived, ""),
    ] {
        let before = stands(&centre, &world);
        let changed = change(&centre, &world, &word(ground, now)).unwrap();
        assert_eq!((&changed.before, &changed.now), (&before, &of(now)));
        assert_eq!(stands(&centre, &world), Some(of(now)));
        let act = centre
            .registrar()
            .act(&changed.act.unwrap())
            .unwrap()
            .unwrap()
            .act;
        assert_eq!(act.body.kind, ActKind::NationalityChanged);
        assert_eq!(act.body.officer.as_str(), "hoa");
        assert_eq!(act.body.effective, "2026-10-01".parse().unwrap());
        let paper = &act.body.evidence[0];
        assert_eq!(paper.number.as_str(), "512/QĐ-CTN");
        assert!(!paper.kind.is_empty());
        for code in [P, Q] {
            let feed = centre
                .registrar()
                .feed(office(code), FeedSeq::new(0), 1_000, 1 << 20);
            let heard = feed.unwrap().iter().any(|(_, entry)| {
                matches!(FeedItem::decode(entry.kind, &entry.payload),
                    Ok(FeedItem::Act(told)) if told.id() == act.id())
            });
            assert!(heard, "office {code}");
        }
    }
    centre.check_slices();
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn what_does_not_fit_the_record_or_the_paper_is_refused_and_changes_nothing() {
    let world = World::new();
    let centre = Centre::of(&world);
    use NationalityGround as By;
    change(&centre, &world, &word(By::Gained, "VN")).unwrap();
    let code = |word: &NationalityWord| change(&centre, &world, word).err().unwrap().code();
    assert_eq!(code(&word(By::Gained, "VN")), "nothing_changes");
    assert_eq!(code(&word(By::Regained, "DE,VN")), "nationality_misfit");
    assert_eq!(code(&word(By::Renounced, "DE,VN")), "nationality_misfit");
    let many = "VN,DE,FR,LA,US,GB,JP,KR,CN";
    assert_eq!(code(&word(By::Foreign, many)), "nationality_too_many");
    let mut unproven = word(By::Renounced, "DE");
    unproven.paper = Line::default();
    assert_eq!(code(&unproven), "nationality_without_paper");
    let mut early = word(By::Renounced, "DE");
    early.date = "2027-10-01".parse().unwrap();
    assert_eq!(code(&early), "date_in_future");
    let by = "hoa".parse().unwrap();
    for of in [
        NumberOf::Pin("001090999999".parse().unwrap()),
        NumberOf::Record(world.household().parse().unwrap()),
    ] {
        let renounced = word(By::Renounced, "DE");
        let unknown = centre
            .registrar()
            .change_nationality(NOW, of, &by, &renounced);
        assert_eq!(unknown.err().unwrap().code(), "record_unknown");
        let looked = centre.registrar().look_at_nationality(NOW, of, &renounced);
        assert_eq!(looked.err().unwrap().code(), "record_unknown");
    }
    assert_eq!(stands(&centre, &world), Some(of("VN")));
    // A look tells the same as the change, and does nothing.
    let of_pin = NumberOf::Pin(world.shared_pin().parse().unwrap());
    let renounced = word(By::Renounced, "DE");
    let looked = centre
        .registrar()
        .look_at_nationality(NOW, of_pin, &renounced)
        .unwrap();
    assert_eq!(
        (looked.act, stands(&centre, &world)),
        (None, Some(of("VN")))
    );
    assert_eq!(
        change(&centre, &world, &renounced).unwrap().before,
        looked.before
    );
}

/// No office records a nationality, whatever it sends.
#[test]
fn an_office_s_act_of_this_kind_is_returned() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut p = Office::new(&world, P);
    p.file_and(
        json!({"act": "contact", "person": world.shared(), "phone": "0912345678"}),
        |body| body.kind = ActKind::NationalityChanged,
    );
    p.file_with(
        json!({"act": "contact", "person": world.shared(), "phone": "0987654321"}),
        registry::edit::Edit::Put(Field::Nationality, Value::Countries(of("DE"))),
    );
    centre.take(&mut p);
    assert_eq!(
        centre.returned(),
        ["act_central_only", "field_central_only"]
    );
    assert_eq!(stands(&centre, &world), None);
}

#[test]
fn while_a_case_asks_who_somebody_is_their_nationality_is_not_changed() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut q = Office::new(&world, Q);
    q.file(
        json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": "Người Lạ", "birth_date": "1980-03-04",
        "sex": "male", "claimed_pin": world.shared_pin(), "address": "Số 9"}),
    );
    centre.take(&mut q);
    let gained = word(NationalityGround::Gained, "VN");
    let refused = change(&centre, &world, &gained).err().unwrap();
    assert_eq!(refused.code(), "number_in_doubt");
    let of = NumberOf::Record(world.shared_id());
    let looked = centre.registrar().look_at_nationality(NOW, of, &gained);
    assert_eq!(looked.err().unwrap().code(), "number_in_doubt");
    assert_eq!(stands(&centre, &world), None);
}

/// A register tells nationalities in any order.
#[test]
fn the_same_nationalities_in_another_order_are_the_same() {
    let world = World::new();
    let centre = Centre::of(&world);
    let mut fields = world.record(world.mover_id());
    fields.set(Field::Nationality, Some(Value::Countries(of("VN,DE"))));
    let pin = json!({"pin": "001185000099"});
    fields.set(Field::Pin, Some(serde_json::from_value(pin).unwrap()));
    let id = desk::id("two nationalities");
    let record = Record::new(id, RecordKind::Person, fields);
    centre.registrar().import(NOW, vec![record]).unwrap();
    let look = |now: &str| {
        let word = word(NationalityGround::Foreign, now);
        let of = NumberOf::Record(id);
        centre.registrar().look_at_nationality(NOW, of, &word)
    };
    assert_eq!(look("DE,VN").err().unwrap().code(), "nothing_changes");
    assert!(look("DE,LA,VN").is_ok());
}
