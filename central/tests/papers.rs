//! What comes of papers that are used twice, of addresses under the code of a divided commune, and
//! of acts that a reviewer carries out though a rule is against them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use central_registry::registrar::NumberOf;
use desk::{Centre, NOW, Office, P, Q, R, World, id, reviewer};
use registry::RecordId;
use registry::case::{Case, Outcome};
use registry::edit::Edit;
use registry::person::Person;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::Decree;
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

fn wedding(first: Json, second: Json) -> Json {
    json!({"act": "marriage", "first": first, "second": second, "date": "2026-11-02",
        "certificate": "88/2026",
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2026-10-01"}]})
}

fn by_card(pin: &str, name: &str, born: &str) -> Json {
    json!({"pin": pin, "name": name, "birth_date": born})
}

fn number_of(centre: &Centre, id: &RecordId) -> String {
    let shown = centre.shown(id);
    let marriage = Person(&shown).marriages().next().unwrap().1.clone();
    assert!(marriage.ended.is_none());
    marriage.certificate.as_str().to_owned()
}

/// Two devices of P give one number to two marriages.
fn one_number(world: &World) -> (Centre, Case) {
    let centre = Centre::of(world);
    let (mut one, mut two) = (Office::new(world, P), Office::new(world, P));
    two.second_desk();
    one.file(wedding(
        json!({"id": world.shared()}),
        json!({"id": world.single(P)}),
    ));
    let card = by_card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    two.file(wedding(json!({"id": world.members()[0]}), card));
    centre.take(&mut one);
    centre.take(&mut two);
    let case = centre.open_cases().remove(0);
    assert_eq!((case.dispute.row, case.dispute.records.len()), (36, 4));
    (centre, case)
}

#[test]
fn the_marriage_that_loses_its_number_stands_and_the_decision_can_be_undone() {
    let world = World::new();
    let (centre, case) = one_number(&world);
    let people = [world.shared_id(), id("x"), world.mover_id()];
    let winner = case
        .dispute
        .claims
        .iter()
        .position(|claim| {
            claim.record == Some(world.shared_id()) || claim.record == Some(id("single 4"))
        })
        .unwrap();
    let keep = Outcome::Keep(u8::try_from(winner).unwrap());
    centre
        .decide(case.number, &reviewer("one"), keep, case.version)
        .unwrap();
    let numbers = people.map(|id| number_of(&centre, &id));
    assert_eq!(numbers, ["88/2026", "", ""]);
    assert!(centre.open_cases().is_empty());
    // No act was taken back: both offices' acts still count.
    let decided = centre.case(case.number);
    for act in decided.dispute.claims.iter().filter_map(|claim| claim.act) {
        assert!(!centre.registrar().act(&act).unwrap().unwrap().taken_back);
    }
    centre
        .decide(
            case.number,
            &reviewer("two"),
            Outcome::Reverse,
            decided.version,
        )
        .unwrap();
    let numbers = people.map(|id| number_of(&centre, &id));
    assert_eq!(numbers, ["88/2026"; 3]);
    assert_eq!(centre.open_rows(), [(36, 2)]);
    centre.check_slices();
}

#[test]
fn a_number_that_a_correction_gives_a_death_is_held_against_the_book() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut one, mut two) = (Office::new(&world, P), Office::new(&world, P));
    two.second_desk();
    let death = |number: &str| {
        json!({"date": "2026-11-01", "ground": "giấy báo tử",
        "certificate": number})
    };
    let dies = |who: &str, number: &str| {
        let mut filing = death(number);
        filing["act"] = json!("death");
        filing["person"] = json!({"id": who});
        filing["evidence"] = json!([{"kind": "giấy báo tử"}]);
        filing
    };
    let (x, single) = (world.members()[0].to_string(), world.single(P));
    one.file(dies(&single, "17/2026"));
    two.file(dies(&x, "18/2026"));
    // The other desk cannot know of 17; the slip is put right there twice.
    for number in ["17/2026", "017/2026"] {
        two.file(json!({"act": "correction", "person": x,
            "fields": [{"field": "death", "value": {"death": death(number)}}],
            "evidence": [{"kind": "bản sao trang sổ"}]}));
    }
    centre.take(&mut one);
    centre.take(&mut two);
    let case = centre.open_cases().remove(0);
    assert_eq!((case.dispute.row, case.dispute.records.len()), (36, 2));
    assert_eq!(case.dispute.claims.len(), 2);
    let kept: RecordId = single.parse().unwrap();
    let mut claims = case.dispute.claims.iter();
    let keep = claims.position(|claim| claim.record == Some(kept)).unwrap();
    let keep = Outcome::Keep(u8::try_from(keep).unwrap());
    centre
        .decide(case.number, &reviewer("one"), keep, case.version)
        .unwrap();
    let number = |id: RecordId| {
        let shown = centre.shown(&id);
        Person(&shown).death().unwrap().certificate.clone()
    };
    assert_eq!(number(kept).as_str(), "17/2026");
    assert_eq!(number(x.parse().unwrap()).as_str(), "");
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
}

/// It has the centre's word on a batch, and so has heard of all before it.
fn hears_of_all(centre: &Centre, office: &mut Office) {
    centre.take(office);
    office.hears_of_everything();
}

/// The claim of the marriage of `shared`.
fn of_shared(world: &World, case: &Case) -> Outcome {
    let theirs = [world.shared_id(), id("single 4")];
    let mut claims = case.dispute.claims.iter();
    let claim = claims.position(|claim| claim.record.is_some_and(|id| theirs.contains(&id)));
    Outcome::Keep(u8::try_from(claim.unwrap()).unwrap())
}

#[test]
fn the_marriage_that_lost_its_number_gets_another_one_from_the_office_of_the_book() {
    let world = World::new();
    let (centre, case) = one_number(&world);
    let keep = of_shared(&world, &case);
    centre
        .decide(case.number, &reviewer("one"), keep, case.version)
        .unwrap();
    let people = [world.shared_id(), id("x"), world.mover_id()];
    let numbers = |centre: &Centre| people.map(|id| number_of(centre, &id));
    let anew = |first: Json, second: Json, number: &str| {
        json!({"act": "marriage_number", "first": first, "second": second,
            "certificate": number, "evidence": [{"kind": "bản sao trang sổ"}]})
    };
    let x = json!({"id": world.members()[0]});
    let mover = || by_card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    // The commune where she lives does not keep the book.
    let mut r = Office::new(&world, 25).restored(&centre);
    hears_of_all(&centre, &mut r);
    let card = by_card("001085000008", "Bùi Văn Ích", "1985-01-01");
    r.file(anew(json!({"id": world.mover()}), card, "5/2026"));
    centre.take(&mut r);
    assert_eq!(centre.returned(), ["book_of_another_office"]);
    assert_eq!(numbers(&centre), ["88/2026", "", ""]);
    // A new device of the office that does knows nothing of its acts, and need not.
    let mut p = Office::new(&world, P).restored(&centre);
    hears_of_all(&centre, &mut p);
    // More than the number is changed by nobody so.
    p.file_and(anew(x.clone(), mover(), "89/2026"), |body| {
        for edit in body.changes.iter_mut().flat_map(|change| &mut change.edits) {
            if let Edit::Amend(_, _, Some(Value::Marriage(marriage))) = edit {
                marriage.date = "2020-01-01".parse().unwrap();
            }
        }
    });
    centre.take(&mut p);
    assert_eq!(centre.returned().len(), 2);
    let mut p = Office::new(&world, P).restored(&centre);
    p.next_life();
    hears_of_all(&centre, &mut p);
    p.file(anew(x.clone(), mover(), "89/2026"));
    centre.take(&mut p);
    assert_eq!(numbers(&centre), ["88/2026", "89/2026", "89/2026"]);
    assert!(centre.open_cases().is_empty());
    centre.check_slices();
    // The number of the other marriage once more: the same question as before.
    let mut p = Office::new(&world, P).restored(&centre);
    p.next_life();
    p.next_life();
    hears_of_all(&centre, &mut p);
    p.file(anew(x, mover(), "88/2026"));
    centre.take(&mut p);
    let case = centre.open_cases().remove(0);
    assert_eq!((case.dispute.row, case.dispute.records.len()), (36, 4));
    let keep = of_shared(&world, &case);
    centre
        .decide(case.number, &reviewer("two"), keep, case.version)
        .unwrap();
    assert_eq!(numbers(&centre), ["88/2026", "", ""]);
}

#[test]
fn a_death_with_a_widow_who_is_none_by_the_register_waits_for_a_person() {
    let world = World::new();
    for married in [false, true] {
        let centre = Centre::of(&world);
        let mut p = Office::new(&world, P);
        let dead = || by_card("001088000005", "Trần Văn Cha", "1988-01-01");
        let wife = || by_card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
        let mut q = Office::new(&world, Q);
        if married {
            p.file(wedding(json!({"id": id("father")}), wife()));
            centre.take(&mut p);
        }
        hears_of_all(&centre, &mut q);
        q.file(
            json!({"act": "death", "person": dead(), "date": "2026-11-10",
            "ground": "giấy báo tử", "spouse": wife(), "evidence": [{"kind": "giấy báo tử"}]}),
        );
        centre.take(&mut q);
        if married {
            assert!(centre.open_cases().is_empty());
            let shown = centre.shown(&world.mover_id());
            assert_eq!(Person(&shown).standing_marriages().count(), 0);
            assert!(Person(&centre.shown(&id("father"))).is_dead());
            continue;
        }
        let case = centre.open_cases().remove(0);
        assert_eq!(case.dispute.row, 37);
        assert!(!Person(&centre.shown(&id("father"))).is_dead());
        // A person finds that she is the widow, whatever her record lacks.
        centre
            .decide(
                case.number,
                &reviewer("one"),
                Outcome::Keep(0),
                case.version,
            )
            .unwrap();
        assert!(Person(&centre.shown(&id("father"))).is_dead());
    }
}

#[test]
fn a_marriage_ends_on_a_record_that_has_the_spouse_by_a_number_of_before() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let card = |pin: &str| by_card(pin, "Trần Văn Cha", "1988-01-01");
    let wife = || by_card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    p.file(wedding(json!({"id": id("father")}), wife()));
    centre.take(&mut p);
    let reason = Line::parse("sai mã tỉnh").unwrap();
    let (of, by) = (NumberOf::Record(id("father")), "hoa".parse().unwrap());
    let changed = centre.registrar().change_number(NOW, of, &by, &reason);
    let changed = changed.unwrap();
    hears_of_all(&centre, &mut q);
    q.file(
        json!({"act": "death", "person": card(&changed.new.digits()), "date": "2026-11-10",
        "ground": "giấy báo tử", "spouse": wife(), "evidence": [{"kind": "giấy báo tử"}]}),
    );
    centre.take(&mut q);
    assert!(centre.open_rows().is_empty() && centre.returned().is_empty());
    assert!(Person(&centre.shown(&id("father"))).is_dead());
    let widow = centre.shown(&world.mover_id());
    assert_eq!(Person(&widow).standing_marriages().count(), 0);
    // He lives: both are married again.
    let back = json!({"act": "death_revoked", "person": card(&changed.new.digits()),
        "cause": "error", "spouse": wife(),
        "evidence": [{"kind": "quyết định", "number": "3/QĐ-UBND", "date": "2026-11-15"}]});
    hears_of_all(&centre, &mut q);
    q.file(back);
    centre.take(&mut q);
    assert!(!Person(&centre.shown(&id("father"))).is_dead());
    let widow = centre.shown(&world.mover_id());
    assert_eq!(Person(&widow).standing_marriages().count(), 1);
}

#[test]
fn two_books_with_one_number_are_remembered_and_a_third_entry_is_asked_about() {
    let world = World::new();
    let (centre, case) = one_number(&world);
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::NotAConflict,
            case.version,
        )
        .unwrap();
    assert!(centre.open_cases().is_empty());
    let mut third = Office::new(&world, P);
    third.next_life();
    let head = json!({"id": world.head()});
    let card = by_card("001189000006", "Phạm Thị Mẹ", "1989-01-01");
    third.file(wedding(head, card));
    centre.take(&mut third);
    assert_eq!(centre.open_rows(), [(36, 3)]);
}

#[test]
fn a_case_of_two_entries_gives_way_to_that_of_three() {
    let world = World::new();
    let (centre, _) = one_number(&world);
    let mut third = Office::new(&world, P);
    third.next_life();
    let card = by_card("001189000006", "Phạm Thị Mẹ", "1989-01-01");
    third.file(wedding(json!({"id": world.head()}), card));
    centre.take(&mut third);
    assert_eq!(centre.open_rows(), [(36, 3)]);
}

#[test]
fn two_children_on_one_paper_get_no_number_before_it_is_decided() {
    let world = World::new();
    let centre = Centre::of(&world);
    let (mut p, mut q) = (Office::new(&world, P), Office::new(&world, Q));
    let (father, mother) = (world.father_pin(), world.mother_pin());
    p.file(desk::birth("Trần Minh An", father, mother, "A-1", 0));
    let (father, mother) = ("001085000008".to_owned(), "001190000003".to_owned());
    q.file(desk::birth("Bùi Thị Mai", father, mother, "A-1", 0));
    centre.take(&mut p);
    centre.take(&mut q);
    let case = centre.open_cases().remove(0);
    assert_eq!((case.dispute.row, case.dispute.harm), (35, 5));
    let second = case.dispute.records.iter().find(|id| {
        let shown = centre.shown(id);
        Person(&shown).name().unwrap().as_str() == "Bùi Thị Mai"
    });
    let numbered = |centre: &Centre| {
        let shown = centre.shown(second.unwrap());
        Person(&shown).pin().is_some()
    };
    assert!(!numbered(&centre));
    for who in ["one", "two"] {
        let seen = centre.case(case.number).version;
        centre
            .decide(case.number, &reviewer(who), Outcome::NotAConflict, seen)
            .unwrap();
    }
    assert!(numbered(&centre));
    assert!(centre.open_cases().is_empty());
}

#[test]
fn a_number_that_somebody_has_is_given_to_nobody_else_by_an_import() {
    let world = World::new();
    let centre = Centre::of(&world);
    // Two registers that are put together: one number on two records.
    let mut twin = world.record(world.shared_id());
    let name = "Vi Văn Khác".parse().unwrap();
    twin.set(Field::Name, Some(Value::Name(name)));
    let record = Record::new(id("other"), RecordKind::Person, twin);
    centre.registrar().import(NOW, vec![record]).unwrap();
    let pin = world.shared_pin().parse().unwrap();
    assert_eq!(centre.by_pin(&pin), Some(world.shared_id()));
    let other = centre.registrar().kept(&id("other")).unwrap();
    let shows = other.map(|kept| {
        let fields = kept.record.read().unwrap().fields;
        Person(&fields).pin().copied()
    });
    assert_ne!(shows, Some(Some(pin)));
}

/// Of the commune of P the greater part goes to 00025; the code goes on with the rest. An office
/// in the dark registers somebody, and makes a household, under the old code.
fn divided(world: &World) -> (Centre, Case) {
    let centre = Centre::of(world);
    let mut p = Office::new(world, P);
    centre.take(&mut p);
    let person = by_card("001189000006", "Phạm Thị Mẹ", "1989-01-01");
    p.file(json!({"act": "permanent_registration", "address": "Số 7",
        "people": [{"person": person, "relation": "head"}], "from": "2026-10-10",
        "ground": "chủ sở hữu", "evidence": [{"kind": "CT01"}]}));
    let units = centre.registrar().units().unwrap();
    let rows = "old_code,new_code,share,default,hamlets,name,kind,province\n00004,00004,part,0,Tổ 5,,,\n00004,00025,part,1,,,,\n";
    let decree = Decree::read(rows, "2026-11-01".parse().unwrap(), &units).unwrap();
    centre.registrar().apply_decree(NOW + 60, &decree).unwrap();
    centre.registrar().finish_decree(NOW + 60, |_| {}).unwrap();
    centre.take(&mut p);
    let case = centre.open_cases().remove(0);
    assert_eq!((case.dispute.row, case.dispute.records.len()), (19, 2));
    (centre, case)
}

fn household_of(case: &Case) -> RecordId {
    let mut records = case.dispute.records.iter();
    *records.find(|record| **record != id("mother")).unwrap()
}

#[test]
fn a_reviewer_says_in_which_part_an_address_lies_and_can_take_it_back() {
    let world = World::new();
    let (centre, case) = divided(&world);
    let (person, house) = (id("mother"), household_of(&case));
    // The default part has them until it is decided; both people and household.
    assert_eq!(
        [centre.offices(&person), centre.offices(&house)],
        [[25], [25]]
    );
    let parts: Vec<u32> = case
        .dispute
        .claims
        .iter()
        .map(|claim| match &claim.value {
            Some(Value::Place(place)) => place.unit.unwrap().get(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(parts, [4, 25]);
    centre
        .decide(
            case.number,
            &reviewer("one"),
            Outcome::Keep(0),
            case.version,
        )
        .unwrap();
    assert!(centre.open_cases().is_empty());
    assert_eq!(
        [centre.offices(&person), centre.offices(&house)],
        [[4], [4]]
    );
    assert_eq!(centre.homes(&person), [P]);
    // Both offices heard of it: one gets the records, the other loses them.
    assert!(centre.heard_of_case(25, case.id) && centre.heard_of_case(P, case.id));
    centre.check_slices();
    let decided = centre.case(case.number);
    centre
        .decide(
            case.number,
            &reviewer("two"),
            Outcome::Reverse,
            decided.version,
        )
        .unwrap();
    assert_eq!(
        [centre.offices(&person), centre.offices(&house)],
        [[25], [25]]
    );
    let again = centre.open_cases().remove(0);
    assert_eq!(again.dispute.row, 19);
    centre
        .decide(
            again.number,
            &reviewer("two"),
            Outcome::Keep(1),
            again.version,
        )
        .unwrap();
    assert_eq!(
        [centre.offices(&person), centre.offices(&house)],
        [[25], [25]]
    );
    assert!(centre.open_cases().is_empty());
    centre.check_slices();
}

#[test]
fn who_moves_on_is_asked_about_no_more() {
    let world = World::new();
    let (centre, case) = divided(&world);
    let mut r = Office::new(&world, R);
    // It has the centre's word on a batch, and so has heard of all before it.
    centre.take(&mut r);
    r.hears_of_everything();
    let person = by_card("001189000006", "Phạm Thị Mẹ", "1989-01-01");
    r.file(
        json!({"act": "permanent_registration", "address": "Số 1", "from": "2026-11-12",
        "people": [{"person": person, "relation": "head"}], "ground": "thuê nhà",
        "evidence": [{"kind": "CT01"}]}),
    );
    centre.take(&mut r);
    // The household that was left behind still lies in one of the two parts.
    assert_eq!(centre.open_rows(), [(19, 2)]);
    assert_eq!(centre.case(case.number).dispute.records.len(), 2);
    assert_eq!(centre.offices(&id("mother")), [R]);
}

/// P recognises a father, in the dark, for a child who has one by all that P has heard.
#[test]
fn a_proposal_is_held_to_the_rules_that_other_acts_are_held_to() {
    for knows in [true, false] {
        let world = World::new();
        let centre = Centre::of(&world);
        let paper = json!([{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-01"}]);
        let recognised = |child: Json, father: Json| {
            json!({"act": "parent_recognition", "child": child, "father": father,
                "evidence": paper})
        };
        let mut q = Office::new(&world, Q);
        let first = q.file(recognised(
            json!({"id": world.single(Q)}),
            by_card("001060000007", "Bùi Văn Chủ", "1960-01-01"),
        ));
        centre.take(&mut q);
        let heard = centre.registrar().act(&first).unwrap().unwrap().commit;
        let mut p = Office::new(&world, P);
        p.has_heard(if knows { heard.get() } else { 0 });
        let child = by_card("001190000003", "Lê Thị Hai", "1990-01-02");
        p.file(recognised(
            child,
            by_card("001080000001", "Nguyễn Văn Chung", "1980-03-04"),
        ));
        // Its officer's account is closed before the act arrives.
        centre.close_officer(&p, NOW + 10);
        centre.take(&mut p);
        let case = centre.open_cases().remove(0);
        assert_eq!(case.dispute.row, 30);
        let one = reviewer("one");
        let taken = centre.decide(case.number, &one, Outcome::Keep(0), case.version);
        if !knows {
            // Made unknown to each other: the two are a case of their own, as ever.
            taken.unwrap();
            assert_eq!(centre.open_rows(), [(21, 2)]);
            continue;
        }
        let refused = taken.unwrap_err();
        assert_eq!(refused.code(), "parent_stands");
        assert!(refused.to_string().contains("court"), "{refused}");
        centre
            .decide(case.number, &one, Outcome::Decline, case.version)
            .unwrap();
    }
}
