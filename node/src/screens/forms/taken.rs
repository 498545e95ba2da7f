//! Whom the table of forms says that an act takes is whom the act takes: every person that a form
//! asks for, with somebody who lives, is dead, is missing, and whose registration was revoked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use registry::act::{Act, Entered};
use registry::code::Role;
use registry::date::Date;
use registry::fields::Fields;
use registry::pin::Pin;
use registry::procedure::{Desk, Filing, Held, Slice, Whom, refusals};
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use registry::unit::Units;
use registry::{ActId, CommitSeq, OfficeCode, PaperId, RecordId};
use serde_json::{Value, json};

use super::spec::Widget;
use super::table::FORMS;

struct Town(BTreeMap<RecordId, Record>);

impl Slice for Town {
    fn record(&self, id: &RecordId) -> Option<Held> {
        Held::new(self.0.get(id)?.clone()).ok()
    }
    fn by_pin(&self, _: &Pin) -> Option<RecordId> {
        None
    }
    fn members(&self, _: &RecordId) -> Vec<RecordId> {
        [1, 9].map(id).to_vec()
    }
    fn paper(&self, _: &PaperId) -> Option<ActId> {
        None
    }
    fn own_act(&self, _: &ActId) -> Option<(Act, bool)> {
        None
    }
}

fn id(n: u8) -> RecordId {
    RecordId::new([n; 16])
}

/// 1 and 9 live, 2 and 8 are dead, 3 is missing, the registration of 4 was revoked; 20 and 21 are
/// households.
fn town() -> Town {
    let death = |declared: Value| json!({"death": {"date": "2025-01-01", "ground": "x", "declared": declared}});
    let other: BTreeMap<u8, (Field, Value)> = [
        (2, (Field::Death, death(Value::Null))),
        (3, (Field::Death, death(json!("missing")))),
        (4, (Field::Revoked, json!({"text": "x"}))),
        (8, (Field::Death, death(Value::Null))),
    ]
    .into();
    let mut town = BTreeMap::new();
    for n in [1, 2, 3, 4, 8, 9] {
        let mut fields = Fields::new();
        let own = [
            (Field::Name, json!({"name": "Lê Văn An"})),
            (Field::BirthDate, json!({"birth": "1980-05-05"})),
            (Field::Sex, json!({"sex": "male"})),
            (Field::Pin, json!({"pin": format!("00108000000{n}")})),
            (Field::Phone, json!({"phone": "0912345678"})),
            (
                Field::Membership,
                json!({"membership": {"household": id(20), "since": "2001-01-01"}}),
            ),
        ];
        for (field, value) in own.into_iter().chain(other.get(&n).cloned()) {
            fields.set(field, serde_json::from_value(value).ok());
        }
        town.insert(id(n), Record::new(id(n), RecordKind::Person, fields));
    }
    for n in [20, 21] {
        let record = Record::new(id(n), RecordKind::Household, Fields::new());
        town.insert(id(n), record);
    }
    Town(town)
}

fn desk() -> Desk {
    Desk {
        act: ActId::new([7; 16]),
        office: OfficeCode::new(4).unwrap(),
        officer: "lan".parse().unwrap(),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        today: Date::from_ymd(2026, 11, 21).unwrap(),
        entered: Entered {
            at_s: 1_795_230_000,
            error_s: 0,
        },
        horizon: CommitSeq::new(0),
        units: Arc::clone(Units::built_in()),
    }
}

/// An act that asks for `who` at a path, and is else as it should be, as far as one table can say.
fn filing(act: &str, path: &str, who: RecordId) -> Filing {
    let child = json!({"name": "Lê Thị Con", "birth_date": "2010-03-04", "sex": "female"});
    let mut json = match act {
        "birth" | "late_birth" | "repeated_birth" => json!({"child": child}),
        "death" => json!({"date": "2026-11-01", "ground": "giấy báo tử"}),
        "death_revoked" => json!({"cause": "error"}),
        "marriage_number" => json!({"certificate": "17/2026"}),
        "divorce" | "marriage_annulled" => json!({"date": "2026-11-01"}),
        "marital_confirmation" => json!({"number": "1", "purpose": "x"}),
        "birth_revoked" => json!({"ground": "x"}),
        "correction" => {
            json!({"fields": [{"field": "native_place", "value": {"place": {"text": "x"}}}]})
        }
        "registry_correction" => json!({"fields": [{"field": "blood", "value": {"blood": "a"}}]}),
        "permanent_registration" => json!({"address": "số 1", "ground": "x"}),
        "temporary_registration" => {
            json!({"address": "x", "from": "2026-11-01", "to": "2027-11-01", "ground": "x"})
        }
        "temporary_renewal" => json!({"to": "2027-11-01"}),
        "temporary_absence" => json!({"from": "2026-11-25", "to": "2026-12-25"}),
        "permanent_deletion" => json!({"ground": "settled_abroad"}),
        "temporary_deletion" => json!({"ground": "settled_abroad"}),
        "stay_notification" => json!({"from": "2026-11-20"}),
        "contact" => json!({"phone": "0912345678"}),
        "household_split" => json!({"household": id(20)}),
        "household_merge" => json!({"household": id(20), "into": id(21)}),
        "change_of_head" => json!({"household": id(20)}),
        "residence_adjustment" => json!({"ground": "x"}),
        "collection" => json!({"name": "Lê Văn Mới", "birth_date": "1990-01-01", "sex": "male",
            "address": "x"}),
        "card_application" => json!({"reason": "lost"}),
        _ => json!({}),
    };
    json["act"] = json!(act);
    json["evidence"] = json!([{"kind": "Quyết định", "number": "1/2026", "date": "2026-11-02"}]);
    let form = FORMS.iter().find(|form| form.act == act).unwrap();
    for ask in form.steps.iter().flat_map(|step| step.asks) {
        let person = match ask.whom {
            _ if ask.path == path => who,
            Whom::Deceased => id(8),
            _ => id(9),
        };
        if ask.path != path && !(ask.need && json.get(ask.path).is_none()) {
            continue;
        }
        json[ask.path] = match ask.by {
            Widget::Somebody => json!({"id": person}),
            Widget::Held => json!(person),
            Widget::Link => json!({"record": person}),
            Widget::Movers => json!([{"person": {"id": person}}]),
            Widget::People => json!([person]),
            Widget::Adjusted => json!([{"person": person, "relation": "child"}]),
            Widget::Relations => json!([{"person": person, "relation": "child"}]),
            _ => continue,
        };
    }
    // Who leaves a household, or heads it, is one of those who are told.
    if act == "household_split" && path == "new_head" {
        json["leaving"] = json!([who]);
    }
    serde_json::from_value(json.clone()).unwrap_or_else(|wrong| panic!("{json}: {wrong}"))
}

#[test]
fn whom_a_form_offers_is_whom_the_act_takes() {
    const OF_PEOPLE: [&str; 5] = [
        "person_dead",
        "person_missing",
        "registration_revoked",
        "person_not_dead",
        "record_frozen",
    ];
    const OTHERWISE: [(&str, &str); 9] = [
        // A head must be one of those who stay, whoever else they are.
        ("permanent_registration", "new_head"),
        ("permanent_deletion", "new_head"),
        ("household_split", "remaining_head"),
        // The ground says whether they must be alive.
        ("permanent_deletion", "people"),
        ("temporary_deletion", "people"),
        // They must be members of the household that ends.
        ("household_merge", "relations"),
        // A parent may be dead, and need not be on any record.
        ("collection", "father"),
        ("collection", "mother"),
        // Who asks must be a parent or guardian of whom it is about.
        ("child_pin_request", "asked_by"),
    ];
    let (town, desk) = (town(), desk());
    let (mut looked_at, mut wrong) = (0, Vec::new());
    let mut otherwise: BTreeSet<(&str, &str)> = OTHERWISE.into();
    for form in FORMS {
        for ask in form.steps.iter().flat_map(|step| step.asks) {
            let people = matches!(
                ask.by,
                Widget::Somebody
                    | Widget::Held
                    | Widget::Link
                    | Widget::Movers
                    | Widget::People
                    | Widget::Adjusted
                    | Widget::Relations
            );
            if !people || OTHERWISE.contains(&(form.act, ask.path)) {
                if people {
                    otherwise.remove(&(form.act, ask.path));
                }
                continue;
            }
            for n in [1, 2, 3, 4] {
                let held = town.record(&id(n)).unwrap();
                let all = refusals(&filing(form.act, ask.path, id(n)), &desk, &town);
                let codes: Vec<&str> = all.iter().map(|refusal| refusal.code()).collect();
                let refused = codes.iter().any(|code| OF_PEOPLE.contains(code));
                let offered = ask.whom.look("person", &held).is_ok();
                if offered == refused {
                    wrong.push(format!("{} {} {n}: {codes:?}", form.act, ask.path));
                }
                looked_at += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(otherwise.is_empty(), "no form asks for it: {otherwise:?}");
    assert!(looked_at > 100, "{looked_at}");
}
