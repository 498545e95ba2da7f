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

use desk::kinds::heads;
use desk::{Centre, Office, P, Q, R, World, reviewer};
use registry::RecordId;
use registry::case::{Case, Jurisdiction, Outcome};
use registry::code::{DeletionGround, Relation};
use registry::edit::Edit;
use registry::person::{Person, head_of};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
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
        &[papers(
            json!({"act": "temporary_renewal", "person": world.shared(), "to": "2028-01-31"}),
        )],
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
        "into": made, "evidence": [{"kind": "CT01"}]}),
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
    let renewal = papers(json!({"act": "temporary_renewal", "person": world.shared(),
        "to": "2028-01-31"}));
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
    assert_eq!(case.owner, hanoi());
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

/// Two changes of head clash (row 13): whoever is decided for, the household has one head by its own
/// record and by the relations of its members.
#[test]
fn of_two_changes_of_head_the_loser_is_to_the_household_what_they_were_before() {
    let mut world = World::new();
    let members = world.members().map(|id| id.parse::<RecordId>().unwrap());
    // One came as a child of the head, of the other nothing is said.
    let mut fields = world.record(members[0]);
    fields.set(Field::Relation, Some(Value::Relation(Relation::Child)));
    world.put(Record::new(members[0], RecordKind::Person, fields));
    let before = [Relation::Child, Relation::Other];
    let old = world.head_id();
    for outcome in [0, 1]
        .map(Outcome::Keep)
        .into_iter()
        .chain([Outcome::Enter(Value::Head(old))])
    {
        let (centre, of_case) = heads(&world);
        let case = centre.open_cases().remove(0);
        centre
            .decide(case.number, &reviewer("one"), outcome, case.version)
            .unwrap();
        assert_eq!(centre.open_rows(), []);
        let head = head_of(&centre.shown(&of_case[0])).unwrap();
        for (member, before) in members.iter().zip(before) {
            let wanted = if *member == head {
                Relation::Head
            } else {
                before
            };
            assert_eq!(relation(&centre, member), Some(wanted));
        }
        let old_is_head = relation(&centre, &old) == Some(Relation::Head);
        assert_eq!(old_is_head, head == old);
        centre.check_told();
    }
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

/// Both stand (row 5): the head has gone with the household, and those who were added to it stay. Who
/// heads them is asked only then.
#[test]
fn once_a_household_that_moved_out_and_those_added_to_it_both_stand_its_head_is_asked_about() {
    let world = World::new();
    let (mut r, mut p) = (Office::new(&world, R), Office::new(&world, P));
    r.file(world.house_moves());
    p.file(world.joins_house());
    p.file(world.born_into_house());
    let centre = Centre::of(&world);
    centre.take(&mut p);
    centre.take(&mut r);
    assert_eq!(centre.open_rows(), [(5, 3)]);
    let case = centre.open_cases().remove(0);
    let stands = Outcome::NotAConflict;
    centre
        .decide(case.number, &reviewer("one"), stands, case.version)
        .unwrap();
    assert_eq!(centre.open_rows(), [(41, 2)]);
    centre.check_told();
}

/// There is nobody to choose among: the law names who is alone in a household.
#[test]
fn where_one_member_stays_nobody_is_asked_who_the_head_is() {
    let world = World::new();
    let mut r = Office::new(&world, R);
    r.file(world.head_moves());
    let centre = Centre::of(&world);
    centre.take(&mut r);
    assert_eq!(centre.open_rows(), [(41, 2)]);
    r.file(world.x_moves());
    centre.take(&mut r);
    assert_eq!(centre.open_rows(), []);
    centre.check_slices();
    centre.check_told();
}

/// The head moves away by card; a reviewer names one of those who stay, and the move stands.
#[test]
fn a_household_whose_head_moved_away_gets_another_one() {
    let world = World::new();
    let household: RecordId = world.household().parse().unwrap();
    let mut r = Office::new(&world, R);
    let moved = r.file(world.head_moves());
    let centre = Centre::of(&world);
    centre.take(&mut r);
    let case = centre.open_cases().remove(0);
    // It is the household's commune whose reviewers decide; the move itself is in no doubt.
    assert_eq!(case.owner, hanoi());
    assert!(
        case.dispute
            .claims
            .iter()
            .all(|claim| claim.act != Some(moved))
    );
    let kept = case.claim(0).unwrap().record.unwrap();
    let decide =
        |case: &Case, outcome| centre.decide(case.number, &reviewer("one"), outcome, case.version);
    let left = Outcome::Enter(Value::Head(world.head_id()));
    assert_eq!(decide(&case, left).unwrap_err().code(), "head_not_member");
    decide(&case, Outcome::Keep(0)).unwrap();
    assert_eq!(centre.open_rows(), []);
    assert_eq!(head_of(&centre.shown(&household)), Some(kept));
    assert_eq!(relation(&centre, &kept), Some(Relation::Head));
    let home = centre.shown(&world.head_id());
    let homes: Vec<_> = Person(&home)
        .open_permanent()
        .map(|(_, home)| home.unit)
        .collect();
    assert_eq!(homes, [desk::office(R)]);
    centre.check_slices();
    // Whom the decision named moves away in turn: one stays, who is the head by law.
    let shown = centre.shown(&kept);
    let named = Person(&shown).name().unwrap().as_str().to_owned();
    let born = if named == "Bùi Văn Ích" {
        ("001085000008", "1985-01-01")
    } else {
        ("001086000009", "1986-01-01")
    };
    let card = json!({"pin": born.0, "name": named, "birth_date": born.1});
    let mut q = Office::new(&world, Q);
    q.hears_of_everything();
    q.file(
        json!({"act": "permanent_registration", "address": "Số 9", "from": "2026-11-06",
        "ground": "thuê nhà", "people": [{"person": card}], "evidence": [{"kind": "CT01"}]}),
    );
    centre.take(&mut q);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(centre.open_rows(), []);
}

#[test]
fn the_office_that_names_another_head_later_closes_the_case() {
    let world = World::new();
    let [next, _] = world.members();
    let mut r = Office::new(&world, R);
    r.file(world.head_moves());
    let centre = Centre::of(&world);
    centre.take(&mut r);
    assert_eq!(centre.open_rows(), [(41, 2)]);
    let mut p = Office::new(&world, P);
    p.hears_of_everything();
    // It holds the head no more.
    p.file_and(world.new_head(&next), |body| body.changes.truncate(2));
    centre.take(&mut p);
    assert_eq!(centre.returned(), [] as [String; 0]);
    assert_eq!(centre.open_rows(), []);
    centre.check_told();
}

/// The office names another head, and knows nothing of the move. Its act is on the former head too:
/// if they have left by then it waits (row 29), and carried out it closes the case.
#[test]
fn a_change_of_head_that_meets_the_move_is_the_answer_to_the_case() {
    let world = World::new();
    let household: RecordId = world.household().parse().unwrap();
    let [next, _] = world.members();
    for late in [false, true] {
        let (mut p, mut r) = (Office::new(&world, P), Office::new(&world, R));
        p.file(world.new_head(&next));
        r.file(world.head_moves());
        let centre = Centre::of(&world);
        if late {
            centre.take(&mut r);
            centre.take(&mut p);
            assert_eq!(centre.open_rows(), [(29, 1), (41, 2)]);
            let mut cases = centre.open_cases().into_iter();
            let waits = cases.find(|case| case.dispute.row == 29).unwrap();
            let word = centre.decide(
                waits.number,
                &reviewer("one"),
                Outcome::Keep(0),
                waits.version,
            );
            word.unwrap();
        } else {
            centre.take(&mut p);
            centre.take(&mut r);
        }
        // What the former head is to whom is left: each of the two wrote another relation.
        assert_eq!(centre.open_rows(), [(22, 2)], "late {late}");
        let head = head_of(&centre.shown(&household));
        assert_eq!(head.map(|id| id.to_string()).as_ref(), Some(&next));
        centre.check_slices();
    }
}

fn hanoi() -> Jurisdiction {
    Jurisdiction::Province(registry::unit::ProvinceCode::new(1).unwrap())
}
