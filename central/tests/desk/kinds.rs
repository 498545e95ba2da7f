//! One of each kind of case that a reviewer decides, and how its records stand afterwards.

use central_registry::duplicates::PairRow;
use central_registry::registrar::{Contest, PairWord};
use registry::RecordId;
use registry::case::{Case, Outcome};
use registry::duplicate::Hint;
use registry::fields::Fields;
use registry::person::Person;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::value::{Line, Value};
use serde_json::{Value as Json, json};

use super::{Centre, DEAD, NOW, Office, P, Q, R, World, birth, confirmed, correct, id, reviewer};

/// A kind of case: how it comes about, what can be decided, and what is to be looked at after.
pub struct Kind {
    pub name: &'static str,
    pub make: fn(&World) -> (Centre, Vec<RecordId>),
    pub outcomes: Vec<Outcome>,
}

pub fn pair(world: &World, file: impl FnOnce(&mut Office, &mut Office)) -> Centre {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    file(&mut p, &mut q);
    let centre = Centre::of(world);
    centre.take(&mut p);
    centre.take(&mut q);
    centre
}

pub fn names(world: &World) -> (Centre, Vec<RecordId>) {
    let name = |name: &str| correct(world, json!({"field": "name", "value": {"name": name}}));
    let centre = pair(world, |p, q| {
        p.file(name("Nguyễn Văn Bình"));
        q.file(name("Nguyễn Văn Bính"));
    });
    (centre, vec![world.shared_id()])
}

pub fn moves(world: &World) -> (Centre, Vec<RecordId>) {
    let centre = pair(world, |p, q| {
        p.file(world.move_in_by_card());
        q.file(world.move_in_by_card());
    });
    (centre, vec![world.mover_id()])
}

pub fn marriages(world: &World) -> (Centre, Vec<RecordId>) {
    let wed = |code: u32, date: &str| {
        json!({"act": "marriage", "first": {"id": world.shared()},
            "second": {"id": world.single(code)}, "date": date})
    };
    let centre = pair(world, |p, q| {
        p.file(wed(P, "2026-11-01"));
        q.file(wed(Q, "2026-11-02"));
    });
    let spouses = [P, Q].map(|code| world.single(code).parse().unwrap());
    (centre, [vec![world.shared_id()], spouses.to_vec()].concat())
}

pub fn death_and_signs_of_life(world: &World) -> (Centre, Vec<RecordId>) {
    let sign = |what: &str, value: &str| json!({"act": "contact", "person": world.shared(), what: value, "effective": "2026-10-20"});
    let centre = pair(world, |p, q| {
        p.file(world.death("2026-10-01"));
        q.file(sign("phone", "0912345678"));
        q.file(sign("email", "chung@example.vn"));
    });
    (centre, vec![world.shared_id()])
}

/// The register had somebody as dead from the start.
pub fn first_death(world: &World) -> (Centre, Vec<RecordId>) {
    let mut q = Office::new(world, Q);
    let (pin, name, born) = DEAD;
    q.file(
        json!({"act": "permanent_registration", "address": "Số 1", "from": "2026-10-05",
        "ground": "thuê nhà", "people": [{"person": {"pin": pin, "name": name, "birth_date": born}}],
        "evidence": [{"kind": "CT01"}]}),
    );
    let centre = Centre::of(world);
    centre.take(&mut q);
    (centre, vec![world.dead_id()])
}

pub fn two_births(world: &World) -> (Centre, Vec<RecordId>) {
    let centre = pair(world, |p, q| {
        let (father, mother) = (world.father_pin(), world.mother_pin());
        p.file(birth("Trần Minh An", father.clone(), mother.clone(), "", 0));
        let mut without_father = birth("Trần Thị Minh An", father, mother, "", 0);
        without_father.as_object_mut().unwrap().remove("father");
        q.file(without_father);
    });
    let records = centre.open_cases()[0].dispute.records.clone();
    (centre, records)
}

pub fn proposal(world: &World) -> (Centre, Vec<RecordId>) {
    let (mut old, mut new) = (Office::new(world, P), Office::new(world, R));
    old.file(json!({"act": "contact", "person": world.mover(), "phone": "0912345678"}));
    new.file(world.move_in_by_card());
    let centre = Centre::of(world);
    centre.take(&mut new);
    centre.take(&mut old);
    (centre, vec![world.mover_id()])
}

pub fn heads(world: &World) -> (Centre, Vec<RecordId>) {
    let (mut p, mut second) = (Office::new(world, P), Office::new(world, P));
    second.second_desk();
    let [x, y] = world.members();
    let head = |new: &str| {
        json!({"act": "change_of_head", "household": world.household(), "new_head": new,
        "evidence": [{"kind": "văn bản đồng ý"}]})
    };
    p.file(head(&x));
    second.file(head(&y));
    let centre = Centre::of(world);
    centre.take(&mut p);
    centre.take(&mut second);
    (centre, vec![world.household().parse().unwrap()])
}

/// Two desks of the commune of the household.
fn desks(world: &World, one: Json, two: Json) -> Centre {
    let (mut first, mut second) = (Office::new(world, P), Office::new(world, P));
    second.second_desk();
    first.file(one);
    second.file(two);
    let centre = Centre::of(world);
    centre.take(&mut first);
    centre.take(&mut second);
    centre
}

fn house(world: &World) -> Vec<RecordId> {
    let mut records = vec![world.household().parse().unwrap(), world.head_id()];
    records.extend(
        world
            .members()
            .iter()
            .map(|id| id.parse::<RecordId>().unwrap()),
    );
    records
}

fn moved_out(world: &World) -> (Centre, Vec<RecordId>) {
    let (mut p, mut r) = (Office::new(world, P), Office::new(world, R));
    p.file(world.joins_house());
    r.file(world.house_moves());
    let centre = Centre::of(world);
    centre.take(&mut p);
    centre.take(&mut r);
    let mut records = house(world);
    records.push(world.single(P).parse().unwrap());
    (centre, records)
}

/// Which claim is the move.
fn move_of(make: fn(&World) -> (Centre, Vec<RecordId>)) -> u8 {
    let world = World::new();
    let (centre, _) = make(&world);
    let claims = the_case(&centre).dispute.claims;
    let place = claims
        .iter()
        .position(|claim| claim.record == Some(world.head_id()));
    place.unwrap() as u8
}

fn head_left(world: &World) -> (Centre, Vec<RecordId>) {
    let [x, _] = world.members();
    let centre = desks(world, world.split(&[&x], &x), world.new_head(&x));
    (centre, house(world))
}

/// A household that came without a head: two desks tell two members to be it.
pub fn two_heads(world: &World) -> (Centre, Vec<RecordId>) {
    let (house, [u, v]) = world.headless();
    let centre = desks(world, world.told_head(u), world.told_head(v));
    (centre, vec![house, u, v])
}

/// The head moves away alone, by card.
pub fn head_gone(world: &World) -> (Centre, Vec<RecordId>) {
    let mut r = Office::new(world, R);
    r.file(world.head_moves());
    let centre = Centre::of(world);
    centre.take(&mut r);
    (centre, house(world))
}

fn consent(world: &World) -> (Centre, Vec<RecordId>) {
    let [x, _] = world.members();
    let mut change = world.new_head(&x);
    change["agreed"] = json!("2026-10-10");
    let centre = desks(world, world.head_dies("2026-10-01"), change);
    (centre, house(world))
}

fn deletion(world: &World) -> (Centre, Vec<RecordId>) {
    let centre = desks(
        world,
        world.deleted("2026-11-15"),
        world.absent("2025-10-20"),
    );
    (centre, vec![world.single(P).parse().unwrap()])
}

fn closed_officer(world: &World) -> (Centre, Vec<RecordId>) {
    let mut p = Office::new(world, P);
    p.file(correct(
        world,
        json!({"field": "name", "value": {"name": "Nguyễn Văn Bình"}}),
    ));
    let centre = Centre::of(world);
    centre.close_officer(&p, NOW + 10);
    centre.take(&mut p);
    (centre, vec![world.shared_id()])
}

/// They have been married since 2020; one desk enters the divorce, another office, which knows
/// neither of it nor of the marriage, marries one of them to somebody else.
fn divorce(world: &World) -> (Centre, Vec<RecordId>) {
    let wed = |code: u32, date: &str| {
        json!({"act": "marriage", "first": {"id": world.shared()},
            "second": {"id": world.single(code)}, "date": date})
    };
    let centre = Centre::of(world);
    let mut p = Office::new(world, P);
    p.file(wed(P, "2020-01-10"));
    centre.take(&mut p);
    let mut desk = p.beside();
    desk.file(court(
        json!({"act": "divorce", "first": {"id": world.shared()},
        "second": {"id": world.single(P)}, "date": "2026-10-01"}),
    ));
    let mut q = Office::new(world, Q);
    q.file(wed(Q, "2026-09-15"));
    centre.take(&mut desk);
    centre.take(&mut q);
    let spouses = [P, Q].map(|code| world.single(code).parse().unwrap());
    (centre, [vec![world.shared_id()], spouses.to_vec()].concat())
}

fn court(mut filing: Json) -> Json {
    filing["evidence"] = json!([{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-01"}]);
    filing
}

fn temporary(world: &World) -> (Centre, Vec<RecordId>) {
    let stays = |from: &str, to: &str| {
        json!({"act": "temporary_registration", "address": "Số 2", "from": from, "to": to,
            "ground": "thuê nhà", "person": mover_card(), "evidence": [{"kind": "CT01"}]})
    };
    let (mut q, mut r) = (Office::new(world, Q), Office::new(world, R));
    q.file(stays("2026-01-01", "2026-12-31"));
    r.file(stays("2026-07-01", "2027-06-30"));
    let centre = Centre::of(world);
    centre.take(&mut q);
    centre.take(&mut r);
    (centre, vec![world.mover_id()])
}

fn mover_card() -> Json {
    json!({"pin": "001185000004", "name": "Đỗ Thị Chuyển", "birth_date": "1985-07-07"})
}

fn application(world: &World) -> (Centre, Vec<RecordId>) {
    let name = json!({"field": "name", "value": {"name": "Lê Thị Mốt"}});
    let corrected = json!({"act": "correction", "person": world.single(P), "fields": [name],
        "evidence": [{"kind": "Giấy khai sinh bản gốc"}]});
    let applied = json!({"act": "card_application", "person": world.single(P), "reason": "lost",
        "collected": ["face", "fingerprints", "iris"]});
    let centre = desks(world, corrected, applied);
    (centre, vec![world.single(P).parse().unwrap()])
}

fn recognition(world: &World) -> (Centre, Vec<RecordId>) {
    let by = |pin: &str, name: &str, born: &str| {
        court(
            json!({"act": "parent_recognition", "child": {"id": world.single(P)},
            "father": {"pin": pin, "name": name, "birth_date": born}}),
        )
    };
    let centre = desks(
        world,
        by("001088000005", "Trần Văn Cha", "1988-01-01"),
        by("001080000001", "Nguyễn Văn Chung", "1980-03-04"),
    );
    (centre, vec![world.single(P).parse().unwrap()])
}

/// A reviewer asks about two records that share an old number.
fn asked(world: &World) -> (Centre, Vec<RecordId>) {
    let mut world = world.clone();
    let records = ["asked one", "asked two"].map(id);
    for (record, religion) in records.iter().zip([None, Some("01")]) {
        let value = |json: Json| serde_json::from_value::<Value>(json).unwrap();
        let mut fields = Fields::new();
        fields.set(Field::Name, Some(value(json!({"name": "Hoàng Thị Kép"}))));
        fields.set(
            Field::BirthDate,
            Some(value(json!({"birth": "1970-05-06"}))),
        );
        fields.set(Field::Sex, Some(value(json!({"sex": "female"}))));
        fields.push(Field::OldNumbers, value(json!({"text": "011223344"})));
        let home = json!({"unit": "00004", "address": "Số 1", "from": "2001-02-03"});
        fields.push(Field::Permanent, value(json!({"residence": home})));
        if religion.is_some() {
            fields.push(Field::OtherNames, value(json!({"name": "Kép Bé"})));
        }
        world.put(Record::new(*record, RecordKind::Person, fields));
    }
    let centre = Centre::of(&world);
    let registrar = centre.registrar();
    registrar.find_duplicates(NOW, 10).unwrap();
    let both =
        |pair: &PairRow| records.contains(&pair.records.0) && records.contains(&pair.records.1);
    let (pairs, _) = registrar.duplicates(Hint::Strong, both, 10).unwrap();
    let why = Line::parse("one old number").unwrap();
    registrar
        .stage_pair_word(
            NOW,
            pairs[0].number,
            &reviewer("mai"),
            PairWord::OpenCase,
            why,
        )
        .unwrap();
    (centre, records.to_vec())
}

/// A marriage that stands on one record alone, as an old register has it, is ended by card.
fn unmarried(world: &World) -> (Centre, Vec<RecordId>) {
    let mut p = Office::new(world, P);
    let wed = json!({"act": "marriage", "first": {"id": world.shared()},
        "second": mover_card(), "date": "2026-11-02"});
    p.file_and(confirmed(wed, "2026-10-01"), |body| {
        body.changes.truncate(1);
    });
    p.file(court(
        json!({"act": "divorce", "first": {"id": world.shared()},
        "second": mover_card(), "date": "2026-11-10"}),
    ));
    let centre = Centre::of(world);
    centre.take(&mut p);
    (centre, vec![world.shared_id(), world.mover_id()])
}

/// A divorce in force that is said to be of another couple.
fn contested(world: &World) -> (Centre, Vec<RecordId>) {
    let couple = json!({"first": {"id": world.shared()}, "second": {"id": world.single(P)}});
    let filing = |act: &str, date: &str| {
        let mut filing = court(couple.clone());
        filing["act"] = json!(act);
        filing["date"] = json!(date);
        filing
    };
    let mut p = Office::new(world, P);
    p.file(filing("marriage", "2026-09-01"));
    let act = p.file(filing("divorce", "2026-10-01"));
    let centre = Centre::of(world);
    centre.take(&mut p);
    let contest = Contest {
        act,
        reviewer: reviewer("mai"),
        paper: Line::parse("12/QĐ-UBND").unwrap(),
        reason: Line::parse("the judgment names another couple").unwrap(),
        dry_run: false,
    };
    centre
        .registrar()
        .stage_contest(NOW + 90, &contest)
        .unwrap();
    (
        centre,
        vec![world.shared_id(), world.single(P).parse().unwrap()],
    )
}

pub fn kinds() -> Vec<Kind> {
    let keep = |count: u8| (0..count).map(Outcome::Keep).collect::<Vec<_>>();
    let and = |mut list: Vec<Outcome>, more: &[Outcome]| {
        list.extend_from_slice(more);
        list
    };
    let name = serde_json::from_value(json!({"name": "Nguyễn Văn Bằng"})).unwrap();
    let one_person = [
        Outcome::Combine(0),
        Outcome::Combine(1),
        Outcome::NotAConflict,
    ];
    let kind = |name, make, outcomes| Kind {
        name,
        make,
        outcomes,
    };
    vec![
        kind("names", names, and(keep(2), &[Outcome::Enter(name)])),
        kind("moves", moves, keep(2)),
        kind("marriages", marriages, keep(2)),
        kind(
            "life",
            death_and_signs_of_life,
            and(keep(3), &[Outcome::NotAConflict]),
        ),
        kind(
            "first death",
            first_death,
            and(keep(2), &[Outcome::NotAConflict]),
        ),
        kind("births", two_births, and(keep(2), &one_person)),
        kind(
            "proposal",
            proposal,
            vec![Outcome::Keep(0), Outcome::Decline],
        ),
        kind("heads", heads, keep(2)),
        kind(
            "moved out",
            moved_out,
            vec![
                Outcome::Combine(move_of(moved_out)),
                Outcome::Keep(1 - move_of(moved_out)),
                Outcome::NotAConflict,
            ],
        ),
        kind("head left", head_left, keep(2)),
        kind(
            "two heads",
            two_heads,
            and(keep(2), &[Outcome::Enter(Value::Head(id("v")))]),
        ),
        kind(
            "head gone",
            head_gone,
            and(keep(2), &[Outcome::Enter(Value::Head(id("y")))]),
        ),
        kind("consent", consent, and(keep(2), &[Outcome::NotAConflict])),
        kind("deletion", deletion, and(keep(2), &[Outcome::NotAConflict])),
        kind(
            "closed officer",
            closed_officer,
            vec![Outcome::Keep(0), Outcome::Decline],
        ),
        kind("divorce", divorce, and(keep(2), &[Outcome::NotAConflict])),
        kind("temporary", temporary, keep(2)),
        kind(
            "application",
            application,
            and(keep(2), &[Outcome::NotAConflict]),
        ),
        kind("recognition", recognition, keep(2)),
        kind("asked", asked, and(keep(2), &one_person)),
        kind(
            "unmarried",
            unmarried,
            vec![Outcome::Keep(0), Outcome::Decline],
        ),
        kind("contested", contested, keep(2)),
    ]
}

pub fn the_case(centre: &Centre) -> Case {
    // Two heads clash in the household and in its members; the household's is the one looked at.
    let cases = centre.open_cases();
    let pick = cases.iter().find(|case| case.dispute.row == 13);
    pick.or(cases.first()).unwrap().clone()
}

/// Decides as people who have not spoken yet, as many as it takes.
pub fn settle(centre: &Centre, case: &Case, outcome: &Outcome, level: &str) {
    for turn in 0..2u32 {
        let who = reviewer(&format!("{level}-{turn}"));
        let decided = centre.decide(case.number, &who, outcome.clone(), case.version + turn);
        if decided.unwrap().step == "settled" {
            return;
        }
    }
    panic!("not settled by two");
}

/// How the records stand, in what a decision can change. Numbers that somebody was given while
/// they counted as a person of their own stay theirs, so for people it is told where they lead.
pub fn look(centre: &Centre, records: &[RecordId]) -> Vec<String> {
    let told = records.iter().map(|id| {
        let shown = centre.shown(id);
        let revoked = Person(&shown).is_revoked();
        let pin = Person(&shown).pin().copied();
        if let Some(pin) = pin {
            let to = centre.by_pin(&pin).unwrap();
            assert_eq!(revoked, to != *id, "whose number leads where");
            assert!(!Person(&centre.shown(&to)).is_revoked());
        }
        let numbered = !revoked && pin.is_some();
        // Without the names of entries: one that a decision made is named by that decision.
        let mut rest: Vec<String> = shown
            .iter()
            .filter(|(slot, _)| {
                !matches!(slot.field, Field::Pin | Field::PinAliases | Field::Revoked)
            })
            .map(|(slot, value)| {
                format!(
                    "{} {}",
                    slot.field.key(),
                    serde_json::to_string(value).unwrap()
                )
            })
            .collect();
        rest.sort();
        let rest = rest.join(", ");
        format!("{revoked} {numbered} {rest}")
    });
    told.collect()
}

pub fn decided_at_once(kind: &Kind, outcome: &Outcome) -> Vec<String> {
    let world = World::new();
    let (centre, records) = (kind.make)(&world);
    settle(&centre, &the_case(&centre), outcome, "at-once");
    look(&centre, &records)
}
