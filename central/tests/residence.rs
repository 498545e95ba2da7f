//! Residence at the centre: what offices file is taken in, stands on the record, and the slices and
//! digests of the communes follow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    missing_docs
)]

mod desk;

use desk::{Centre, Office, P, Q, World, reviewer};
use registry::RecordId;
use registry::case::{Jurisdiction, Outcome};
use registry::code::{DeletionGround, Relation};
use registry::edit::Edit;
use registry::person::{Person, head_of};
use registry::schema::Field;
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

/// Files acts at one office and takes them in; none may come back, and slices must be right.
fn taken(code: u32, world: &World, filings: &[Json]) -> Centre {
    let mut office = Office::new(world, code);
    for filing in filings {
        office.file(filing.clone());
    }
    let centre = Centre::of(world);
    centre.take(&mut office);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
    centre
}

fn papers(mut filing: Json) -> Json {
    filing["evidence"] = json!([{"kind": "biên bản"}]);
    filing
}

/// The office asks who is head of those who stay; the centre takes the act that says so.
#[test]
fn a_head_who_moves_within_the_commune_leaves_the_household_a_head() {
    let world = World::new();
    let [next, other] = world.members();
    let household: RecordId = world.household().parse().unwrap();
    let mover = json!([{"person": {"id": world.head()}, "relation": "head"}]);
    let act = json!({"act": "permanent_registration", "people": mover, "address": "Số 9",
        "from": "2026-10-01", "ground": "chủ sở hữu", "new_head": next});
    let centre = taken(P, &world, &[papers(act)]);
    let next: RecordId = next.parse().unwrap();
    let shown = centre.shown(&household);
    assert_eq!(shown.single(Field::HouseholdHead), Some(&Value::Head(next)));

    let all = [world.head(), next.to_string(), other];
    let movers: Vec<Json> = all.iter().map(|id| json!({"person": {"id": id}})).collect();
    let act = json!({"act": "permanent_registration", "people": movers, "address": "Số 9",
        "from": "2026-10-01", "ground": "chủ sở hữu"});
    let centre = taken(P, &world, &[papers(act)]);
    let shown = centre.shown(&household);
    assert!(shown.single(Field::HouseholdRevoked).is_some());
}

#[test]
fn a_renewal_and_an_absence_stand_on_the_record() {
    let world = World::new();
    let centre = taken(
        Q,
        &world,
        &[json!({"act": "temporary_renewal", "person": world.shared(), "to": "2028-01-31"})],
    );
    let shown = centre.shown(&world.shared_id());
    let person = Person(&shown);
    let (_, home) = person.residences(Field::Temporary).next().unwrap();
    assert_eq!(home.until, "2028-01-31".parse().ok());
    let centre = taken(
        P,
        &world,
        &[
            json!({"act": "temporary_absence", "person": world.shared(), "from": "2026-12-01",
            "to": "2027-11-30"}),
        ],
    );
    let shown = centre.shown(&world.shared_id());
    assert_eq!(shown.entries(Field::Absences).count(), 1);
}

#[test]
fn who_is_deleted_where_they_lived_for_a_time_leaves_that_commune_s_slice() {
    let world = World::new();
    assert_eq!(Centre::of(&world).offices(&world.shared_id()), [P, Q]);
    let gone = papers(
        json!({"act": "temporary_deletion", "people": [world.shared()],
        "ground": "rental_ended"}),
    );
    let centre = taken(Q, &world, &[gone]);
    assert_eq!(centre.offices(&world.shared_id()), [P]);
    assert_eq!(centre.homes(&world.shared_id()), [P]);
}

#[test]
fn who_lives_permanently_nowhere_stays_where_they_live_for_a_time_and_else_where_they_last_did() {
    let world = World::new();
    let abroad = |who: String| {
        papers(json!({"act": "permanent_deletion", "people": [who], "ground": "settled_abroad"}))
    };
    let single = world.single(P);
    let centre = taken(P, &world, &[abroad(world.shared()), abroad(single.clone())]);
    assert_eq!(centre.homes(&world.shared_id()), [] as [u32; 0]);
    assert_eq!(centre.offices(&world.shared_id()), [Q]);
    assert_eq!(centre.offices(&single.parse().unwrap()), [P]);
    let shown = centre.shown(&world.shared_id());
    let (_, home) = Person(&shown).residences(Field::Permanent).next().unwrap();
    let ground = DeletionGround::of(home);
    assert_eq!(ground, Some(DeletionGround::SettledAbroad));
}

#[test]
fn a_household_that_its_head_leaves_has_the_next_one_and_an_emptied_one_is_closed() {
    let world = World::new();
    let house = world.household().parse().unwrap();
    let [x, y] = world.members();
    let goes = |who: &str, more: Json| {
        let mut filing = papers(json!({"act": "permanent_deletion", "people": [who],
            "ground": "settled_abroad"}));
        for (key, value) in more.as_object().unwrap() {
            filing[key] = value.clone();
        }
        filing
    };
    let head = world.head();
    let first = goes(&head, json!({"new_head": x}));
    let centre = taken(P, &world, std::slice::from_ref(&first));
    assert_eq!(head_of(&centre.shown(&house)), x.parse().ok());
    let rest = [first, goes(&y, json!({})), goes(&x, json!({}))];
    let centre = taken(P, &world, &rest);
    let closed = centre.shown(&house);
    assert!(closed.single(Field::HouseholdRevoked).is_some());
}

#[test]
fn a_split_with_the_head_and_a_merge_back_are_taken_in() {
    let world = World::new();
    let [x, y] = world.members();
    let head = world.head();
    let mut office = Office::new(&world, P);
    let split = office.file(
        json!({"act": "household_split", "household": world.household(),
        "leaving": [head], "new_head": head, "remaining_head": x,
        "evidence": [{"kind": "văn bản đồng ý"}]}),
    );
    let made = registry::act::new_record_id(&split, 0);
    office.file(
        json!({"act": "household_merge", "household": world.household(),
        "into": made}),
    );
    let centre = Centre::of(&world);
    centre.take(&mut office);
    assert_eq!(centre.returned(), [] as [String; 0]);
    centre.check_slices();
    for member in [&x, &y, &head] {
        let shown = centre.shown(&member.parse().unwrap());
        assert_eq!(Person(&shown).membership().unwrap().household, made);
    }
    assert_eq!(head_of(&centre.shown(&made)), head.parse().ok());
}

#[test]
fn an_adjustment_is_taken_in_and_is_no_sign_of_life() {
    let world = World::new();
    let centre = taken(
        P,
        &world,
        &[
            world.death("2026-10-01"),
            json!({"act": "residence_adjustment", "ground": "Nghị quyết 12",
                "people": [{"person": world.single(P), "permanent_address": "số 9, tổ 3"}],
                "households": [{"household": world.household(), "address": "số 1, tổ 3"}]}),
            json!({"act": "permanent_deletion", "people": [world.shared()], "ground": "death",
                "to": "2026-10-20"}),
        ],
    );
    let shown = centre.shown(&world.single(P).parse().unwrap());
    let (_, home) = Person(&shown).open_permanent().next().unwrap();
    assert_eq!(home.address.as_str(), "số 9, tổ 3");
    // The deletion for death, dated after it, opened no case about the death.
    assert_eq!(centre.homes(&world.shared_id()), [] as [u32; 0]);
}

#[test]
fn what_these_acts_never_change_comes_back() {
    let world = World::new();
    let phone = || Edit::Put(Field::Phone, Value::Phone("0912345678".parse().unwrap()));
    let revoke = || Edit::Put(Field::Revoked, Value::Text(Line::parse("x").unwrap()));
    let renewal = json!({"act": "temporary_renewal", "person": world.shared(),
        "to": "2028-01-31"});
    let gone = papers(
        json!({"act": "permanent_deletion", "people": [world.shared()],
        "ground": "settled_abroad"}),
    );
    for (code, filing, more) in [(Q, renewal, phone()), (P, gone, revoke())] {
        let mut office = Office::new(&world, code);
        office.file_with(filing, more);
        let centre = Centre::of(&world);
        centre.take(&mut office);
        assert_eq!(centre.returned(), ["field_not_of_act"]);
    }
}

/// Two desks tell two members of a household that came without a head to be it (row 40).
fn two_heads(world: &World) -> (Centre, Office) {
    let (_, [one, other]) = world.headless();
    let (mut first, mut second) = (Office::new(world, P), Office::new(world, P));
    second.second_desk();
    first.file(world.told_head(one));
    second.file(world.told_head(other));
    let centre = Centre::of(world);
    assert_eq!(centre.open_rows(), [], "what was imported asks nobody");
    centre.take(&mut first);
    assert_eq!(centre.open_rows(), []);
    centre.take(&mut second);
    assert_eq!(centre.open_rows(), [(40, 2)]);
    (centre, first)
}

fn relation(centre: &Centre, person: &RecordId) -> Option<Relation> {
    Person(&centre.shown(person)).relation().copied()
}

#[test]
fn of_two_heads_a_reviewer_names_one_and_the_other_stays_a_member() {
    let world = World::new();
    let (house, people) = world.headless();
    let (centre, _) = two_heads(&world);
    let case = centre.open_cases().remove(0);
    assert_eq!(
        case.owner,
        Jurisdiction::Province(registry::unit::ProvinceCode::new(1).unwrap())
    );
    let kept = case.claim(1).unwrap().record.unwrap();
    let decide = |outcome| centre.decide(case.number, &reviewer("one"), outcome, case.version);
    // Nobody of another house, and there is one head.
    let outsider = Outcome::Enter(Value::Head(world.head_id()));
    assert_eq!(decide(outsider).unwrap_err().code(), "head_not_member");
    assert_eq!(
        decide(Outcome::NotAConflict).unwrap_err().code(),
        "outcome_misfit"
    );
    decide(Outcome::Keep(1)).unwrap();
    assert_eq!(centre.open_rows(), []);
    assert_eq!(head_of(&centre.shown(&house)), Some(kept));
    for person in people {
        let shown = centre.shown(&person);
        assert_eq!(Person(&shown).membership().unwrap().household, house);
        let wanted = if person == kept {
            Relation::Head
        } else {
            Relation::Other
        };
        assert_eq!(relation(&centre, &person), Some(wanted));
    }
    centre.check_slices();
    centre.check_told();
}

#[test]
fn a_change_of_head_that_knows_of_both_closes_the_case_and_so_does_a_relation_put_right() {
    let world = World::new();
    let (house, [one, other]) = world.headless();
    let mut change = world.new_head(&other.to_string());
    change["household"] = json!(house.to_string());
    let mut right = world.told_head(one);
    right["people"][0]["relation"] = json!("spouse");
    for (filing, head) in [(change, Some(other)), (right, None)] {
        let (centre, mut office) = two_heads(&world);
        office.hears_of_everything();
        office.file(filing);
        centre.take(&mut office);
        assert_eq!(centre.returned(), [] as [String; 0]);
        assert_eq!(centre.open_rows(), []);
        assert_eq!(head_of(&centre.shown(&house)), head);
        centre.check_told();
    }
}

#[test]
fn one_office_tells_nobody_beside_the_head_to_be_it() {
    let world = World::new();
    let (_, [one, other]) = world.headless();
    let mut office = Office::new(&world, P);
    office.file(world.told_head(one));
    assert_eq!(office.refused(world.told_head(other)), "rule_not_met");
}
