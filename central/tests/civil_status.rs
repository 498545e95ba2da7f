//! The civil-status acts at the centre: each is taken in and stands on the record, also on that of
//! a person of another commune; what does not fit comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

mod desk;

use central_registry::registrar::NumberOf;
use desk::{Centre, Office, P, Q, R, World, birth};
use registry::act::new_record_id;
use registry::edit::Edit;
use registry::fields::Fields;
use registry::person::{MaritalStatus, Person};
use registry::pin::Pin;
use registry::schema::Field;
use registry::value::{Line, Value};
use registry::{ActId, RecordId};
use serde_json::{Value as Json, json};

fn decided(mut filing: Json) -> Json {
    filing["evidence"] = json!([{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-01"}]);
    filing
}

fn record(id: String) -> RecordId {
    id.parse().unwrap()
}

fn made(act: ActId) -> RecordId {
    new_record_id(&act, 0)
}

fn here(id: String) -> Json {
    json!({"id": id})
}

fn card(pin: &str, name: &str, born: &str) -> Json {
    json!({"pin": pin, "name": name, "birth_date": born})
}

fn shared_card() -> Json {
    card("001080000001", "Nguyễn Văn Chung", "1980-03-04")
}

fn single_of_q() -> Json {
    card("001190000003", "Lê Thị Hai", "1990-01-02")
}

/// The centre answers an office, which has heard of all that was done before.
fn hear(office: &mut Office, centre: &Centre) {
    let guest = card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    office.file(json!({"act": "stay_notification", "person": guest, "from": "2026-11-10"}));
    centre.take(office);
    office.hears_of_everything();
}

fn status(fields: &Fields) -> MaritalStatus {
    Person(fields).marital_status()
}

/// One office and the centre.
struct Scene {
    world: World,
    centre: Centre,
    p: Office,
}

impl Scene {
    fn new() -> Scene {
        let world = World::new();
        Scene {
            centre: Centre::of(&world),
            p: Office::new(&world, P),
            world,
        }
    }

    /// Files at P and takes it in.
    fn act(&mut self, filing: Json) -> ActId {
        let act = self.p.file(filing);
        self.centre.take(&mut self.p);
        act
    }

    fn shown(&self, id: &RecordId) -> Fields {
        self.centre.shown(id)
    }

    fn shared(&self) -> Fields {
        self.shown(&self.world.shared_id())
    }

    /// Nothing came back, nothing is in doubt, and the slices are what the records say.
    fn all_is_well(&self) {
        assert_eq!(self.centre.returned(), Vec::<String>::new());
        assert_eq!(self.centre.open_rows(), []);
        self.centre.check_slices();
    }

    fn marry_at_p(&mut self) -> RecordId {
        let wife = self.world.single(P);
        self.act(
            json!({"act": "marriage", "first": here(self.world.shared()),
            "second": here(wife.clone()), "date": "2020-05-06"}),
        );
        record(wife)
    }
}

#[test]
fn a_late_birth_gets_its_number_and_a_repeated_one_changes_the_person_who_is_there() {
    let mut scene = Scene::new();
    let child = json!({"name": "Lê Thị Con", "birth_date": "2019-03-04", "sex": "female"});
    let act = scene.act(decided(json!({"act": "late_birth", "child": child})));
    assert!(Person(&scene.shown(&made(act))).pin().is_some());
    let again = |who: Json, name: &str, born: &str, sex: &str| {
        decided(json!({"act": "repeated_birth", "person": who,
            "child": {"name": name, "birth_date": born, "sex": sex,
                "birth_place": {"text": "Hữu Tiệp"}}}))
    };
    let pin = *Person(&scene.shared()).pin().unwrap();
    scene.act(again(
        here(scene.world.shared()),
        "Nguyễn Văn Trung",
        "1980-03-04",
        "male",
    ));
    let shared = scene.shared();
    assert_eq!(Person(&shared).name().unwrap().as_str(), "Nguyễn Văn Trung");
    assert_eq!(Person(&shared).pin(), Some(&pin));
    // Somebody of another commune, found by card.
    let mover = card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    scene.act(again(mover, "Đỗ Thị Chuyền", "1985-07-07", "female"));
    let mover = scene.shown(&scene.world.mover_id());
    assert_eq!(Person(&mover).name().unwrap().as_str(), "Đỗ Thị Chuyền");
    assert!(mover.single(Field::BirthPlace).is_some());
    scene.all_is_well();
    // A new record with a number that somebody has: whoever that is, a person looks at it.
    let claim = json!({"act": "repeated_birth", "claimed_pin": "001190000003",
        "child": {"name": "Lê Thị Hai", "birth_date": "1990-01-02", "sex": "female"}});
    scene.act(decided(claim));
    assert_eq!(scene.centre.open_rows(), [(27, 2)]);
}

#[test]
fn a_divorce_and_an_annulment_end_the_marriage_on_both_records() {
    for (act, expected) in [
        ("divorce", MaritalStatus::DivorcedOrWidowed),
        ("marriage_annulled", MaritalStatus::NeverMarried),
    ] {
        let mut scene = Scene::new();
        let wife = scene.marry_at_p();
        assert_eq!(status(&scene.shared()), MaritalStatus::Married);
        scene.act(decided(
            json!({"act": act, "first": here(scene.world.shared()),
            "second": here(wife.to_string()), "date": "2026-10-01"}),
        ));
        assert_eq!(status(&scene.shared()), expected, "{act}");
        assert_eq!(status(&scene.shown(&wife)), expected, "{act}");
        scene.all_is_well();
    }
}

#[test]
fn a_spouse_of_another_commune_is_divorced_by_card() {
    let mut scene = Scene::new();
    let wife = record(scene.world.single(Q));
    scene.act(
        json!({"act": "marriage", "first": here(scene.world.shared()),
        "second": single_of_q(), "date": "2020-05-06",
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2020-04-01"}]}),
    );
    assert_eq!(status(&scene.shown(&wife)), MaritalStatus::Married);
    scene.act(decided(
        json!({"act": "divorce", "first": here(scene.world.shared()),
        "second": single_of_q(), "date": "2026-10-01"}),
    ));
    for fields in [scene.shared(), scene.shown(&wife)] {
        assert_eq!(status(&fields), MaritalStatus::DivorcedOrWidowed);
        let marriage = Person(&fields).marriages().next().unwrap().1.clone();
        assert_eq!(marriage.ground.as_str(), "divorce");
    }
    scene.all_is_well();
}

#[test]
fn a_marriage_by_card_of_somebody_under_age_comes_back() {
    let mut scene = Scene::new();
    // Twenty in a month; the card tells the year alone.
    let child = decided(json!({"act": "late_birth", "child": {"name": "Lê Văn Bé",
        "birth_date": "2006-12-20", "sex": "male"}}));
    let child = made(scene.act(child));
    let pin: Pin = *Person(&scene.shown(&child)).pin().unwrap();
    let mut r = Office::new(&scene.world, R);
    hear(&mut r, &scene.centre);
    let wed = |date: &str, confirmed: &str| {
        json!({"act": "marriage", "first": card(&pin.digits(), "Lê Văn Bé", "2006"),
            "second": single_of_q(), "date": date, "evidence": [
                {"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7", "date": confirmed},
                {"kind": "giấy xác nhận tình trạng hôn nhân", "number": "8", "date": confirmed}]})
    };
    r.file(wed("2026-11-10", "2026-10-01"));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned(), ["under_age"]);
    for id in [child, record(scene.world.single(Q))] {
        assert_eq!(status(&scene.shown(&id)), MaritalStatus::NeverMarried);
    }
}

#[test]
fn a_recognised_father_stands_and_a_second_one_named_from_elsewhere_comes_back() {
    let mut scene = Scene::new();
    let father = card(&scene.world.father_pin(), "Trần Văn Cha", "1988-01-01");
    let child = decided(json!({"act": "late_birth", "child": {"name": "Lê Văn Bé",
        "birth_date": "2015-03-04", "sex": "male"}}));
    let child = made(scene.act(child));
    let pin: Pin = *Person(&scene.shown(&child)).pin().unwrap();
    scene.act(decided(
        json!({"act": "parent_recognition", "child": here(child.to_string()),
        "father": father, "name": "Trần Văn Bé"}),
    ));
    let shown = scene.shown(&child);
    assert_eq!(
        Person(&shown).father().unwrap().pin().map(Pin::digits),
        Some(scene.world.father_pin())
    );
    assert_eq!(Person(&shown).name().unwrap().as_str(), "Trần Văn Bé");
    scene.all_is_well();
    // An office that does not hold the child cannot see the father; the centre can.
    let mut r = Office::new(&scene.world, R);
    hear(&mut r, &scene.centre);
    let by_card = card(&pin.digits(), "Trần Văn Bé", "2015-03-04");
    let recognise = |more: Json| {
        let mut filing = json!({"act": "parent_recognition", "child": by_card.clone()});
        for (key, value) in more.as_object().unwrap() {
            filing[key] = value.clone();
        }
        decided(filing)
    };
    r.file(recognise(json!({"father": shared_card()})));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned(), ["parent_stands"]);
    // A mother there is none yet.
    r.file(recognise(json!({"mother": single_of_q()})));
    scene.centre.take(&mut r);
    assert!(Person(&scene.shown(&child)).mother().is_some());
    assert_eq!(scene.centre.returned().len(), 1);
}

#[test]
fn a_guardianship_is_noted_and_ended() {
    let mut scene = Scene::new();
    let begin = |guardian: Json| {
        decided(
            json!({"act": "guardianship", "ward": here(scene.world.shared()),
            "guardian": guardian}),
        )
    };
    let (one, two) = (begin(here(scene.world.single(P))), begin(single_of_q()));
    scene.act(one);
    assert!(Person(&scene.shared()).representative().is_some());
    // From elsewhere, where the guardian who stands is not seen.
    let mut r = Office::new(&scene.world, R);
    hear(&mut r, &scene.centre);
    let mut by_card = two;
    by_card["ward"] = shared_card();
    r.file(by_card.clone());
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned(), ["representative_stands"]);
    let end = json!({"act": "guardianship_end", "ward": here(scene.world.shared())});
    scene.act(decided(end));
    assert!(Person(&scene.shared()).representative().is_none());
    hear(&mut r, &scene.centre);
    r.file(by_card);
    scene.centre.take(&mut r);
    assert!(Person(&scene.shared()).representative().is_some());
}

#[test]
fn a_confirmation_stands_on_the_record_beside_another_s() {
    let mut scene = Scene::new();
    let confirm = |number: &str| {
        json!({"act": "marital_confirmation", "person": scene.world.shared(), "number": number,
            "purpose": "kết hôn"})
    };
    let (first, second) = (confirm("1/XN"), confirm("2/XN"));
    let mut q = Office::new(&scene.world, Q);
    q.file(second);
    scene.act(first);
    scene.centre.take(&mut q);
    let numbers: Vec<String> = scene
        .shared()
        .entries(Field::Confirmations)
        .map(|(_, value)| match value {
            Value::Confirmation(paper) => paper.number.as_str().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers.len(), 2);
    scene.all_is_well();
}

#[test]
fn who_returns_lives_and_is_married_and_later_acts_are_no_case() {
    let mut scene = Scene::new();
    let wife = scene.marry_at_p();
    scene.act(scene.world.death("2026-10-01"));
    assert_eq!(
        status(&scene.shown(&wife)),
        MaritalStatus::DivorcedOrWidowed
    );
    scene.act(decided(json!({"act": "death_revoked",
        "person": here(scene.world.shared()), "cause": "court"})));
    assert!(Person(&scene.shared()).death().is_none());
    assert_eq!(status(&scene.shown(&wife)), MaritalStatus::Married);
    scene.act(json!({"act": "contact", "person": scene.world.shared(), "phone": "0912345678"}));
    scene.all_is_well();
    // Another office entered the death too, and did not know that it was revoked: that is a case.
    let mut q = Office::new(&scene.world, Q);
    q.file(scene.world.death("2026-10-01"));
    scene.centre.take(&mut q);
    assert!(!scene.centre.open_cases().is_empty());
}

#[test]
fn without_its_revocation_a_death_stays_in_doubt() {
    let mut scene = Scene::new();
    scene.act(scene.world.death("2026-10-01"));
    let mut q = Office::new(&scene.world, Q);
    let person = scene.world.shared();
    q.file(json!({"act": "contact", "person": person, "phone": "0912345678"}));
    scene.centre.take(&mut q);
    assert_eq!(scene.centre.open_rows(), [(6, 2)]);
}

#[test]
fn a_death_and_a_revocation_reach_the_spouse_and_the_person_by_card() {
    let mut scene = Scene::new();
    let wife = record(scene.world.single(Q));
    scene.act(
        json!({"act": "marriage", "first": here(scene.world.shared()),
        "second": single_of_q(), "date": "2020-05-06",
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2020-04-01"}]}),
    );
    let mut death = scene.world.death("2026-10-01");
    death["spouse"] = single_of_q();
    scene.act(death);
    assert_eq!(
        status(&scene.shown(&wife)),
        MaritalStatus::DivorcedOrWidowed
    );
    let back = decided(
        json!({"act": "death_revoked", "person": here(scene.world.shared()),
        "cause": "error", "spouse": single_of_q()}),
    );
    scene.act(back);
    assert_eq!(status(&scene.shown(&wife)), MaritalStatus::Married);
    scene.all_is_well();
    // Nobody is dead: from elsewhere that is not seen.
    let mut r = Office::new(&scene.world, R);
    hear(&mut r, &scene.centre);
    r.file(decided(
        json!({"act": "death_revoked", "person": shared_card(), "cause": "error"}),
    ));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned(), ["person_not_dead"]);
}

#[test]
fn a_revoked_birth_stays_with_its_number_and_can_stand_again() {
    let mut scene = Scene::new();
    let filing = birth(
        "Trần Thị Bé",
        scene.world.father_pin(),
        scene.world.mother_pin(),
        "GCS-1",
        0,
    );
    let child = made(scene.act(filing));
    let pin = *Person(&scene.shown(&child)).pin().unwrap();
    scene.act(decided(
        json!({"act": "birth_revoked", "person": child.to_string(),
        "ground": "đăng ký sai thẩm quyền"}),
    ));
    let shown = scene.shown(&child);
    assert!(Person(&shown).is_revoked());
    assert_eq!(Person(&shown).pin(), Some(&pin));
    assert_eq!(scene.centre.by_pin(&pin), Some(child));
    scene.act(decided(
        json!({"act": "correction", "person": child.to_string(),
        "fields": [{"field": "revoked", "value": null}]}),
    ));
    assert!(!Person(&scene.shown(&child)).is_revoked());
    scene.all_is_well();
}

#[test]
fn an_act_that_changes_more_than_its_procedure_comes_back() {
    let mut scene = Scene::new();
    let more = Edit::Clear(Field::Sex);
    let world = scene.world.clone();
    for filing in [
        decided(json!({"act": "guardianship", "ward": here(world.shared()),
            "guardian": single_of_q()})),
        json!({"act": "marital_confirmation", "person": world.shared(), "number": "1",
            "purpose": "x"}),
        decided(
            json!({"act": "parent_recognition", "child": here(world.shared()),
            "father": card("001070000088", "Ai Đó", "1950")}),
        ),
    ] {
        // Each from an office that has sent nothing else.
        let mut office = Office::new(&world, P);
        office.file_with(filing, more.clone());
        let centre = Centre::of(&world);
        centre.take(&mut office);
        assert_eq!(centre.returned(), ["field_not_of_act"]);
    }
    scene.act(
        json!({"act": "marital_confirmation", "person": world.shared(), "number": "1",
        "purpose": "x"}),
    );
    scene.all_is_well();
}

#[test]
fn a_parent_or_guardian_whose_card_says_what_the_register_does_not_comes_back() {
    for (number, called, code) in [
        ("001190000003", "LÊ THỊ HAI", None),
        ("001190000003", "Nguyễn Thị Nhầm", Some("person_mismatch")),
        ("001190999999", "Lê Thị Hai", Some("person_not_found")),
    ] {
        let mut scene = Scene::new();
        let child = decided(json!({"act": "late_birth", "child": {"name": "Lê Văn Bé",
            "birth_date": "2015-03-04", "sex": "male"}}));
        let child = made(scene.act(child));
        let (who, by_card) = (here(child.to_string()), card(number, called, "1990-01-02"));
        scene.act(decided(
            json!({"act": "parent_recognition", "child": who, "mother": by_card}),
        ));
        scene.act(decided(
            json!({"act": "guardianship", "ward": who, "guardian": by_card}),
        ));
        let returned: Vec<&str> = code.into_iter().chain(code).collect();
        assert_eq!(scene.centre.returned(), returned);
        let shown = scene.shown(&child);
        let person = Person(&shown);
        assert_eq!(person.mother().is_some(), code.is_none(), "{called}");
        assert_eq!(person.representative().is_some(), code.is_none());
    }
}

#[test]
fn a_parent_is_older_and_a_guardian_of_age_by_the_register_too() {
    let mut scene = Scene::new();
    let born = |day: &str| {
        decided(json!({"act": "late_birth", "child": {"name": "Lê Văn Bé",
            "birth_date": day, "sex": "male"}}))
    };
    // As old as his mother; the office typed another birth date than the register has.
    let peer = made(scene.act(born("1990-03-04")));
    scene.act(decided(
        json!({"act": "parent_recognition", "child": here(peer.to_string()),
        "mother": card("001190000003", "Lê Thị Hai", "1960-01-02")}),
    ));
    assert_eq!(scene.centre.returned(), ["parent_not_older"]);
    let boy = made(scene.act(born("2015-03-04")));
    let pin: Pin = *Person(&scene.shown(&boy)).pin().unwrap();
    let mut q = Office::new(&scene.world, Q);
    hear(&mut q, &scene.centre);
    q.file(decided(
        json!({"act": "guardianship", "ward": here(scene.world.single(Q)),
        "guardian": card(&pin.digits(), "Lê Văn Bé", "1980-01-02")}),
    ));
    scene.centre.take(&mut q);
    assert_eq!(scene.centre.returned().len(), 2);
    assert!(
        scene
            .centre
            .returned()
            .contains(&"guardian_under_age".to_owned())
    );
}

#[test]
fn a_parent_by_card_had_not_died_by_then() {
    for (died, returned) in [("2026-11-01", true), ("2026-11-12", false)] {
        let mut scene = Scene::new();
        let child = decided(json!({"act": "late_birth", "child": {"name": "Lê Văn Bé",
            "birth_date": "2015-03-04", "sex": "male"}}));
        let child = made(scene.act(child));
        let mut q = Office::new(&scene.world, Q);
        q.file(
            json!({"act": "death", "person": here(scene.world.single(Q)), "date": died,
            "ground": "Giấy báo tử", "evidence": [{"kind": "Giấy báo tử"}]}),
        );
        scene.centre.take(&mut q);
        scene.act(decided(
            json!({"act": "parent_recognition", "child": here(child.to_string()),
            "mother": single_of_q(), "effective": "2026-11-10"}),
        ));
        assert_eq!(scene.centre.returned().len(), usize::from(returned));
        if returned {
            assert_eq!(scene.centre.returned(), ["person_dead"]);
        }
    }
}

#[test]
fn a_spouse_whose_number_was_changed_is_divorced_by_the_number_of_the_marriage() {
    let mut scene = Scene::new();
    let wife = record(scene.world.single(Q));
    scene.act(
        json!({"act": "marriage", "first": here(scene.world.shared()),
        "second": single_of_q(), "date": "2020-05-06",
        "evidence": [{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026", "date": "2020-04-01"}]}),
    );
    let reason = Line::parse("nơi đăng ký khai sinh ghi sai").unwrap();
    let (of, by) = (NumberOf::Record(wife), "hoa".parse().unwrap());
    let registrar = scene.centre.registrar();
    registrar
        .change_number(1_795_000_300, of, &by, &reason)
        .unwrap();
    scene.act(decided(
        json!({"act": "divorce", "first": here(scene.world.shared()), "second": single_of_q(),
        "date": "2026-10-01"}),
    ));
    for fields in [scene.shared(), scene.shown(&wife)] {
        assert_eq!(status(&fields), MaritalStatus::DivorcedOrWidowed);
    }
    scene.all_is_well();
}

#[test]
fn what_the_record_of_somebody_by_card_does_not_fit_comes_back() {
    let mut scene = Scene::new();
    let mover = card("001185000004", "Đỗ Thị Chuyển", "1985-07-07");
    let evidence = json!([{"kind": "CT01", "number": "7", "date": "2026-11-01"}]);
    // At home here since March; the office that holds nobody of them does not know.
    let moves = |from: &str| {
        json!({"act": "permanent_registration", "people": [{"person": mover}], "from": from,
            "address": "số 9", "ground": "mua nhà", "evidence": evidence})
    };
    scene.act(moves("2026-03-01"));
    assert_eq!(scene.centre.homes(&scene.world.mover_id()), [P]);
    let mut r = Office::new(&scene.world, R);
    hear(&mut r, &scene.centre);
    r.file(moves("2026-02-28"));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned(), ["before_home"]);
    r.file(moves("2026-11-01"));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.homes(&scene.world.mover_id()), [R]);
    // Divorced in 2026; married again, by the paper, while that marriage stood.
    let wife = record(scene.world.single(Q));
    let confirmed =
        json!([{"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7", "date": "2023-04-01"}]);
    let wed = |first: String, date: &str| {
        json!({"act": "marriage", "first": here(first), "second": single_of_q(), "date": date,
            "evidence": confirmed})
    };
    scene.act(wed(scene.world.shared(), "2023-05-06"));
    scene.act(decided(
        json!({"act": "divorce", "first": here(scene.world.shared()), "second": single_of_q(),
        "date": "2026-10-01"}),
    ));
    scene.act(wed(scene.world.single(P), "2023-06-07"));
    let mut returned = scene.centre.returned();
    returned.sort_unstable();
    assert_eq!(returned, ["before_home", "married_then"]);
    assert_eq!(
        status(&scene.shown(&wife)),
        MaritalStatus::DivorcedOrWidowed
    );
    // Another father than the one who stands, where a birth is registered once more.
    let child = decided(
        json!({"act": "late_birth", "father": {"pin": scene.world.father_pin()},
        "child": {"name": "Lê Văn Bé", "birth_date": "2015-03-04", "sex": "male"}}),
    );
    let child = made(scene.act(child));
    let pin: Pin = *Person(&scene.shown(&child)).pin().unwrap();
    r.hears_of_everything();
    let again = |father: Json| {
        decided(
            json!({"act": "repeated_birth", "person": card(&pin.digits(), "Lê Văn Bé", "2015"),
            "child": {"name": "Lê Văn Bé", "birth_date": "2015-03-04", "sex": "male",
                "birth_place": {"text": "Hữu Tiệp"}}, "father": father}),
        )
    };
    r.file(again(
        shared_card()["pin"]
            .as_str()
            .map(|pin| json!({"pin": pin}))
            .unwrap(),
    ));
    scene.centre.take(&mut r);
    assert!(
        scene
            .centre
            .returned()
            .contains(&"parent_stands".to_owned())
    );
    r.file(again(
        json!({"named": {"name": "Trần Văn Cha", "pin": null}}),
    ));
    scene.centre.take(&mut r);
    assert_eq!(scene.centre.returned().len(), 3);
    let shown = scene.shown(&child);
    assert!(shown.single(Field::BirthPlace).is_some());
    // The same father by less: the record keeps him as it has him.
    let father = Person(&shown).father().unwrap().pin().map(Pin::digits);
    assert_eq!(father, Some(scene.world.father_pin()));
}
